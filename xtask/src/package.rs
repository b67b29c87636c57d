//! `cargo xtask package`: what each published package would hold.

use crate::{Outcome, arrows, workspace};

/// Lists the files of each package that may be published; fails if one lacks its README or carries what is not its own.
pub(crate) fn run() -> Outcome {
    let metadata = arrows::metadata()?;
    let mut faults = Vec::new();
    for name in metadata.published() {
        let list = workspace::output(workspace::cargo().args([
            "package",
            "--list",
            "--allow-dirty",
            "--locked",
            "--package",
            name,
        ]))?;
        println!("{name}: {} files", list.lines().count());
        faults.extend(wrong(&list).into_iter().map(|fault| format!("{name}: {fault}")));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults.join("\n       ").into())
    }
}

fn wrong(list: &str) -> Vec<String> {
    let needed = ["Cargo.toml", "README.md"];
    let missing = needed
        .iter()
        .filter(|file| !list.lines().any(|line| line == **file))
        .map(|file| format!("{file} is missing"));
    let foreign = list
        .lines()
        .filter(|line| line.split('/').any(|part| matches!(part, "corpora" | "target")))
        .map(|line| format!("{line} does not belong in a package"));
    missing.chain(foreign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_needs_its_readme_and_holds_no_corpus() {
        assert!(wrong("Cargo.toml\nREADME.md\nsrc/lib.rs\n").is_empty());
        assert_eq!(
            wrong("Cargo.toml\nsrc/corpora/a.hl7\n"),
            [
                "README.md is missing",
                "src/corpora/a.hl7 does not belong in a package"
            ]
        );
    }
}
