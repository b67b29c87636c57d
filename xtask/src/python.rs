//! A Python with the libraries that a suite compares us with, under `target/`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::workspace;

/// The Python of an environment of its own with what `requirements` pins; made if it is not there yet. `None` if this
/// machine has no Python.
pub(crate) fn with(requirements: &Path) -> Result<Option<PathBuf>, Box<dyn std::error::Error>> {
    let pins = fs::read_to_string(requirements)?;
    let folder = workspace::root().join("target/python");
    let (python, installed) = (folder.join("bin/python"), folder.join("installed.txt"));
    if python.exists() && fs::read_to_string(&installed).is_ok_and(|text| text == pins) {
        return Ok(Some(python));
    }
    let mut version = Command::new("python3");
    version
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if !version.status().is_ok_and(|status| status.success()) {
        return Ok(None);
    }
    workspace::call(
        Command::new("python3")
            .args(["-m", "venv", "--clear"])
            .arg(&folder),
    )?;
    let mut pip = Command::new(&python);
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--requirement",
    ]);
    workspace::call(pip.arg(requirements))?;
    fs::write(&installed, pins)?;
    Ok(Some(python))
}
