use std::path::{Path, PathBuf};

/// What a conformance target is asked to do: `[SUITE] [--corpora DIR] [--no-list]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arguments {
    /// The one suite to run; `None` runs all of the target.
    pub suite: Option<String>,
    /// The folder of the corpora.
    pub corpora: PathBuf,
    /// Leave the list of expected failures and the pinned size aside, and print every failing id.
    pub no_list: bool,
}

impl Arguments {
    /// Reads the arguments of a test target, without the name of the program.
    ///
    /// Without `--corpora` the folder is what the variable `CAREWIRE_CORPORA` names, else `../shared/corpora` beside the checkout.
    ///
    /// # Errors
    ///
    /// A sentence for people if an argument is unknown or `--corpora` has no folder.
    pub fn read(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut read = Self {
            suite: None,
            corpora: default_corpora(),
            no_list: false,
        };
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--no-list" => read.no_list = true,
                "--corpora" => read.corpora = arguments.next().ok_or("--corpora needs a folder")?.into(),
                // `cargo test -q` hands its own flag down.
                "--quiet" => {}
                other if other.starts_with('-') => return Err(format!("unknown option {other}")),
                suite if read.suite.is_none() => read.suite = Some(suite.to_owned()),
                second => return Err(format!("one suite at a time, and then came {second}")),
            }
        }
        Ok(read)
    }
}

fn default_corpora() -> PathBuf {
    std::env::var_os("CAREWIRE_CORPORA")
        .filter(|value| !value.is_empty())
        .map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora"),
            PathBuf::from,
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Arguments, String> {
        Arguments::read(arguments.iter().map(|&argument| argument.to_owned()))
    }

    #[test]
    fn suite_and_options_come_in_any_order() {
        let expected = Arguments {
            suite: Some("fml".into()),
            corpora: "/c".into(),
            no_list: true,
        };
        assert_eq!(
            read(&["fml", "--corpora", "/c", "--no-list"]).as_ref(),
            Ok(&expected)
        );
        assert_eq!(
            read(&["--no-list", "--quiet", "--corpora", "/c", "fml"]).as_ref(),
            Ok(&expected)
        );
    }

    #[test]
    fn wrong_arguments_are_refused() {
        assert!(read(&["--corpora"]).is_err());
        assert!(read(&["--list"]).is_err());
        assert!(read(&["fml", "ecl"]).is_err());
    }
}
