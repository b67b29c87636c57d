//! The maps between R4 and R5 as the sets that they are: imports and groups resolve, and what they say of R4 is true of R4.

use std::collections::BTreeMap;
use std::path::Path;

use carewire_mapping::{Maps, Options, Severity};
use carewire_testkit::conformance::{Case, Verdict};

pub(crate) fn cases(root: &Path) -> Result<Vec<Case>, String> {
    let mut cases = Vec::new();
    for set in ["R4toR5", "R5toR4"] {
        let folder = root.join("hl7-xver").join(set);
        let mut files = Vec::new();
        let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for entry in entries {
            let path = entry.map_err(|error| error.to_string())?.path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let text = std::fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
            files.push((name, text));
        }
        files.sort();
        let texts: Vec<(&str, &str)> = files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        let found = match Maps::compile(&texts, &Options::default()) {
            Ok(maps) => maps.warnings().to_vec(),
            Err(all) => all,
        };
        let mut faults: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        // Concept maps between versions are served by a terminology service, and what is only doubtful is no fault.
        for one in found.iter().filter(|one| one.severity() == Severity::Error) {
            faults.entry(one.file()).or_default().push(format!(
                "{}:{} {}: {}",
                one.line(),
                one.column(),
                one.code(),
                one.message()
            ));
        }
        for (name, _) in &files {
            let fault = faults.get(name.as_str()).map(|all| all.join("; "));
            cases.push(Case::run(format!("set/{set}/{name}"), || match fault {
                None => Verdict::Pass,
                Some(fault) => Verdict::Fail(fault),
            }));
        }
    }
    Ok(cases)
}
