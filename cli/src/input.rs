//! What a command reads: files, folders, a list of them, or standard input.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::failure::Failure;

/// The inputs of a command, as named on the command line.
#[derive(Args, Debug)]
pub(crate) struct Inputs {
    /// Files or folders (read with all below them, in order of their names); `-` is standard input.
    #[arg(value_name = "INPUT")]
    paths: Vec<PathBuf>,
    /// A file with one path a line, read after the others; `-` reads the list from standard input.
    #[arg(long, value_name = "LIST")]
    files_from: Option<PathBuf>,
}

/// What a folder's files are taken for: by their name's end, or by their first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// HL7 v2 messages and batches.
    Hl7v2,
    /// FHIR resources as JSON, NDJSON or XML.
    Fhir,
    /// Either.
    Any,
    /// Either, or a table where the name says so: what a map takes.
    AnyOrTable,
    /// Tables in CSV, with a header line.
    Table,
}

/// One input, not yet opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// Standard input.
    Standard,
    /// A file.
    File(PathBuf),
    /// A path that holds no input, and why.
    Unreadable(PathBuf, Failure),
}

/// What `Inputs::sources` found.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// The inputs in the order in which they are read.
    pub(crate) sources: Vec<Source>,
    /// Files of folders that are of another kind, or no files at all: pipes, sockets, devices.
    pub(crate) skipped: Vec<PathBuf>,
}

impl Inputs {
    /// Inputs that a command read from its words itself.
    pub(crate) fn new(paths: Vec<PathBuf>, files_from: Option<PathBuf>) -> Self {
        Self { paths, files_from }
    }

    /// Finds every input; fails if none is named.
    pub(crate) fn sources(&self, kind: Kind) -> Result<Sources, Failure> {
        let mut paths = self.paths.clone();
        if let Some(list) = &self.files_from {
            paths.extend(read_list(list)?);
        }
        if paths.is_empty() {
            return Err(Failure::new(
                "no-input",
                "name a file, a folder, --files-from LIST or - for standard input",
            ));
        }
        let mut found = Sources::default();
        for path in paths {
            if path.as_os_str() == "-" {
                found.sources.push(Source::Standard);
            } else if path.is_dir() {
                found.add_folder(&path, kind);
            } else {
                found.sources.push(Source::File(path));
            }
        }
        Ok(found)
    }
}

fn read_list(list: &Path) -> Result<Vec<PathBuf>, Failure> {
    let reader: Box<dyn BufRead> = if list.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(
            File::open(list).map_err(|error| Failure::io("list-unreadable", &error))?,
        ))
    };
    reader
        .lines()
        .filter(|line| !line.as_ref().is_ok_and(|line| line.trim().is_empty()))
        .map(|line| line.map(|line| PathBuf::from(line.trim_end_matches('\r'))))
        .collect::<Result<_, _>>()
        .map_err(|error| Failure::io("list-unreadable", &error))
}

impl Sources {
    /// Adds the files below a folder, sorted by name at every level; names that begin with a dot are left out.
    ///
    /// A folder without any input is an input that fails: nothing is passed over.
    fn add_folder(&mut self, folder: &Path, kind: Kind) {
        let before = self.sources.len();
        // The folders that are open, each with what is left of it in reverse order: depth is memory, not stack.
        let mut open = vec![Open {
            real: None,
            left: vec![folder.to_path_buf()],
        }];
        while let Some(level) = open.last_mut() {
            let Some(path) = level.left.pop() else {
                open.pop();
                continue;
            };
            match std::fs::metadata(&path) {
                Ok(found) if found.is_dir() => {
                    let real = path.canonicalize().ok();
                    // A link to a folder that it lies in shows what is being read already, and has no end.
                    if real.is_some() && open.iter().any(|above| above.real == real) {
                        continue;
                    }
                    match entries(&path) {
                        Ok(_) if open.len() > DEEPEST => {
                            let failure = Failure::new(
                                "too-deep",
                                format!("folders nest deeper than {DEEPEST} levels"),
                            );
                            self.sources.push(Source::Unreadable(path, failure));
                        }
                        Ok(left) => open.push(Open { real, left }),
                        Err(error) => {
                            let failure = Failure::io("unreadable", &error);
                            self.sources.push(Source::Unreadable(path, failure));
                        }
                    }
                }
                // What is no file might keep whoever opens it waiting.
                Ok(found) if !found.is_file() || !kind.fits(&path) => self.skipped.push(path),
                // One that cannot be looked at is reported when it is opened.
                Ok(_) | Err(_) => self.sources.push(Source::File(path)),
            }
        }
        if self.sources.len() == before {
            let failure = Failure::new("empty", "a folder without a file of this kind");
            self.sources
                .push(Source::Unreadable(folder.to_path_buf(), failure));
        }
    }

    /// The bytes of all files together; `None` if standard input is among them.
    pub(crate) fn total_bytes(&self) -> Option<u64> {
        self.sources
            .iter()
            .map(|source| match source {
                Source::Standard => None,
                Source::Unreadable(..) => Some(0),
                Source::File(path) => Some(std::fs::metadata(path).map_or(0, |metadata| metadata.len())),
            })
            .sum()
    }
}

/// Folders nested deeper than this are left, so that odd links cannot lead on and on.
const DEEPEST: usize = 256;

/// A folder while it is read.
struct Open {
    /// Its path without links.
    real: Option<PathBuf>,
    /// What is still to be looked at, the last first.
    left: Vec<PathBuf>,
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()?;
    entries.retain(|path| {
        !path
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
    });
    entries.sort_unstable_by(|left, right| right.cmp(left));
    Ok(entries)
}

impl Kind {
    /// The kind of an input by its name, where that decides.
    pub(crate) fn named(self, name: &str) -> Self {
        let end = Path::new(name).extension();
        match self {
            Self::AnyOrTable if end.is_some_and(|end| end.eq_ignore_ascii_case("csv")) => Self::Table,
            Self::AnyOrTable => Self::Any,
            decided => decided,
        }
    }

    /// Whether a file of a folder is of this kind; one that cannot be read is, so that it is reported.
    fn fits(self, path: &Path) -> bool {
        let end = path
            .extension()
            .and_then(|end| end.to_str())
            .unwrap_or_default()
            .to_ascii_lowercase();
        let by_name = match self {
            Self::Hl7v2 => matches!(end.as_str(), "hl7" | "er7" | "hl7v2"),
            Self::Fhir => matches!(end.as_str(), "ndjson"),
            Self::Any => matches!(end.as_str(), "hl7" | "er7" | "hl7v2" | "ndjson"),
            Self::AnyOrTable => matches!(end.as_str(), "hl7" | "er7" | "hl7v2" | "ndjson" | "csv"),
            Self::Table => return end == "csv",
        };
        by_name || head(path).map_or(true, |head| self.fits_bytes(&head))
    }

    /// Whether the first bytes of a file are of this kind.
    pub(crate) fn fits_bytes(self, head: &[u8]) -> bool {
        match self {
            Self::Hl7v2 => looks_like_hl7v2(head) || looks_like_v2_xml(head),
            Self::Fhir => looks_like_json(head) || looks_like_fhir_xml(head),
            Self::Any | Self::AnyOrTable => Self::Hl7v2.fits_bytes(head) || Self::Fhir.fits_bytes(head),
            Self::Table => true,
        }
    }
}

fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(4096);
    File::open(path)?.take(4096).read_to_end(&mut head)?;
    Ok(head)
}

/// A line, or what follows the start of an MLLP frame, begins with a header segment.
pub(crate) fn looks_like_hl7v2(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    head.split(|byte| matches!(byte, b'\r' | b'\n' | 0x0b))
        .any(|line| {
            let line = line.trim_ascii_start();
            let header = [b"MSH", b"FHS", b"BHS"].iter().any(|id| line.starts_with(*id));
            header
                && line
                    .get(3)
                    .is_some_and(|byte| !byte.is_ascii_alphanumeric() && *byte != b' ')
        })
}

/// The first byte that is no space opens an object: a resource, or the first of an NDJSON file.
pub(crate) fn looks_like_json(head: &[u8]) -> bool {
    begins_with(head, b"{")
}

/// The first byte that is no space opens a tag.
pub(crate) fn looks_like_xml(head: &[u8]) -> bool {
    begins_with(head, b"<")
}

/// Whether a text begins so, a byte order mark and white space left aside.
fn begins_with(head: &[u8], mark: &[u8]) -> bool {
    head.strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head)
        .trim_ascii_start()
        .starts_with(mark)
}

/// XML that names HL7 v2's namespace near its start.
pub(crate) fn looks_like_v2_xml(head: &[u8]) -> bool {
    looks_like_xml(head) && head.windows(V2_XML.len()).any(|window| window == V2_XML)
}

const V2_XML: &[u8] = b"urn:hl7-org:v2xml";

/// XML that names FHIR's namespace near its start: a folder may hold other XML.
fn looks_like_fhir_xml(head: &[u8]) -> bool {
    looks_like_xml(head) && head.windows(FHIR.len()).any(|window| window == FHIR)
}

const FHIR: &[u8] = b"http://hl7.org/fhir\"";

impl Source {
    /// The name under which results of this input are printed: the path as it was given.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Standard => "-".to_owned(),
            Self::File(path) | Self::Unreadable(path, _) => path.to_string_lossy().into_owned(),
        }
    }

    /// Opens the input.
    pub(crate) fn open(&self) -> Result<Box<dyn Read + Send>, Failure> {
        match self {
            Self::Standard => Ok(Box::new(io::stdin())),
            Self::File(path) => match File::open(path) {
                Ok(file) => Ok(Box::new(file)),
                Err(error) => Err(Failure::io("unreadable", &error)),
            },
            Self::Unreadable(_, failure) => Err(failure.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_known_by_their_first_bytes() {
        for head in [
            &b"MSH|^~\\&|"[..],
            b"\xef\xbb\xbfMSH|",
            b"\x0bMSH|",
            b"FHS|^~\\&",
            b"# note\r\nMSH#",
            b"\n  BHS|",
            b"<?xml version=\"1.0\"?><ACK xmlns=\"urn:hl7-org:v2xml\">",
        ] {
            assert!(Kind::Hl7v2.fits_bytes(head), "{head:?}");
        }
        for head in [
            &b""[..],
            b"# MSH is a segment",
            b"MSHA|",
            b"MSH segments\n",
            b"{\"resourceType\":\"Patient\"}",
        ] {
            assert!(!Kind::Hl7v2.fits_bytes(head), "{head:?}");
        }
        assert!(Kind::Any.fits_bytes(b" \n{\"resourceType\":\"Patient\"}"));
        assert!(!Kind::Fhir.fits_bytes(b"[1]"));
        assert!(Kind::Fhir.fits_bytes(b"<?xml version=\"1.0\"?><Patient xmlns=\"http://hl7.org/fhir\"/>"));
        assert!(!Kind::Any.fits_bytes(b"<html/>"));
    }

    #[test]
    fn a_folder_is_read_in_order_of_names_without_what_is_of_another_kind() {
        let folder = std::env::temp_dir().join(format!("carewire-cli-input-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("b/c")).unwrap();
        for (path, text) in [
            ("z.hl7", ""),
            ("b/c/2.txt", "MSH|"),
            ("b/1.txt", "MSH|"),
            ("a.md", "# a"),
            (".hidden.hl7", "MSH|"),
        ] {
            std::fs::write(folder.join(path), text).unwrap();
        }
        let inputs = Inputs {
            paths: vec![folder.clone()],
            files_from: None,
        };
        let found = inputs.sources(Kind::Hl7v2).unwrap();
        let names: Vec<_> = found
            .sources
            .iter()
            .map(|source| source.name().replace(&format!("{}/", folder.display()), ""))
            .collect();
        assert_eq!(names, ["b/1.txt", "b/c/2.txt", "z.hl7"]);
        assert_eq!(found.skipped, [folder.join("a.md")]);
        assert_eq!(found.total_bytes(), Some(8));
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_links_to_itself_is_read_once_and_what_is_no_file_is_not_opened() {
        let folder = std::env::temp_dir().join(format!("carewire-cli-links-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("b")).unwrap();
        std::fs::write(folder.join("b/1.hl7"), "MSH|").unwrap();
        for link in ["b/up", "b/again", "b/more"] {
            std::os::unix::fs::symlink(&folder, folder.join(link)).unwrap();
        }
        std::os::unix::fs::symlink("nowhere", folder.join("gone.hl7")).unwrap();
        let socket = std::os::unix::net::UnixListener::bind(folder.join("a.hl7")).unwrap();
        let mut found = Sources::default();
        found.add_folder(&folder, Kind::Hl7v2);
        let file = |name: &str| Source::File(folder.join(name));
        assert_eq!(found.sources, [file("b/1.hl7"), file("gone.hl7")]);
        assert_eq!(found.skipped, [folder.join("a.hl7")]);
        drop(socket);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn no_input_is_wrong_usage() {
        assert!(
            Inputs {
                paths: vec![],
                files_from: None
            }
            .sources(Kind::Any)
            .is_err()
        );
    }
}
