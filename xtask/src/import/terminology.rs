//! Code systems and value sets into `terminology/spec`; PATH is a folder laid out as the corpora are.
//!
//! Three tables come out: the codes of the value sets that R4 binds as required, the HL7 v2 tables, and the URIs of
//! coding systems by their names in HL7 table 0396. Codes and displays of CC0 sources only; none of SNOMED CT or
//! LOINC. The essence of UCUM and its licence are copied byte for byte, because the licence forbids changes.

mod packages;
mod systems;
mod tables;
mod value_sets;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use self::packages::{Fhir, Tho};
use crate::workspace;

type Failure = Box<dyn std::error::Error>;

/// The sources, by their place under PATH.
const CORE: Pin = Pin {
    name: "hl7.fhir.r4.core",
    version: "4.0.1",
    path: "fhir/definitions/hl7.fhir.r4.core-4.0.1.tgz",
    sha256: "b090bf929e1f665cf2c91583720849695bc38d2892a7c5037c56cb00817fb091",
    licence: "CC0-1.0",
};
const EXPANSIONS: Pin = Pin {
    name: "hl7.fhir.r4.expansions",
    version: "4.0.1",
    path: "fhir/definitions/hl7.fhir.r4.expansions-4.0.1.tgz",
    sha256: "ca55d11f29d972a9d4427307ee9b9c3f777653ad3f561dc571343aee30fbff40",
    licence: "CC0-1.0",
};
const THO: Pin = Pin {
    name: "HL7 Terminology (UTG sourceOfTruth)",
    version: "v2-tables 7.0.0",
    path: "terminology/tho/utg-sourceOfTruth.tar.xz",
    sha256: "3a03cd2a11b68e87aa5610f85702ab78a81c68c8d961638ca60553dc1d196751",
    licence: "CC0-1.0",
};
/// The essence of UCUM and its licence: the file's place under PATH, and its name in `spec/`.
const UCUM: [(Pin, &str); 2] = [
    (
        Pin {
            name: "UCUM essence",
            version: "2.2",
            path: "terminology/ucum/ucum-essence.xml",
            sha256: "dfccea1b5dc284245ebae97edd1dc03c45864da4e87df55bc9851797b4fd0b61",
            licence: "UCUM License 1.1 (ucum-LICENSE.md)",
        },
        "ucum-essence.xml",
    ),
    (
        Pin {
            name: "UCUM Copyright Notice and License",
            version: "1.1",
            path: "terminology/ucum/LICENSE.md",
            sha256: "b7989c84c68b7a80d42aad28cfdd824d756c2f70f26eaf1347d2e49f7838bbdf",
            licence: "UCUM License 1.1 (ucum-LICENSE.md)",
        },
        "ucum-LICENSE.md",
    ),
];
/// The newest first, whose displays win.
const STRUCTURES: [Pin; 13] = [
    structures(
        "2.8.2",
        "hl7v2-structures/hl7v2-2.8.2.json",
        "707f6af58a2afe212bcdb1607bbb477f675f51c123fa1ed654ca67f948adf5e9",
    ),
    structures(
        "2.8.1",
        "hl7v2-structures/hl7v2-2.8.1.json",
        "bffd68b19833b19885316d272914ff25cc9e9064de4027d3a6a392ffb97aa331",
    ),
    structures(
        "2.8",
        "hl7v2-structures/hl7v2-2.8.json",
        "069dc4167483358e0c26ce51f7284aaea1ae9e6ab52185d971ad458b23cee3b0",
    ),
    structures(
        "2.7.1",
        "hl7v2-structures/hl7v2-2.7.1.json",
        "aff000e40e764f815cf0a8eca17b59929e68181b586623d6e7c1f9787e2b811e",
    ),
    structures(
        "2.7",
        "hl7v2-structures/hl7v2-2.7.json",
        "42f3cfcb8081f8f4e898e0f2195d620e9877b111047effcd3ffa390756a18739",
    ),
    structures(
        "2.6",
        "hl7v2-structures/hl7v2-2.6.json",
        "9fe7f1eb733bad4bd59157ab91349163a1b97c1db5ba1818e7458e16896c4b23",
    ),
    structures(
        "2.5.1",
        "hl7v2-structures/hl7v2-2.5.1.json",
        "8b9eab230746bc82ea067c4579b5b31a4f2f0f1edd2b5f125dd28f33fd857573",
    ),
    structures(
        "2.5",
        "hl7v2-structures/hl7v2-2.5.json",
        "1d9ffe11078cf868f8b2fcffdf346a200770aa80f3f98da05dfa1b3a3366433e",
    ),
    structures(
        "2.4",
        "hl7v2-structures/hl7v2-2.4.json",
        "58af45e48503547f4306836f27ea32c3bb0a6b527497ac27d58e17d7c2589152",
    ),
    structures(
        "2.3.1",
        "hl7v2-structures/hl7v2-2.3.1.json",
        "9ef61b64625981279cb84b3035938fda5ce719c2070a1c10c065053002c2da02",
    ),
    structures(
        "2.3",
        "hl7v2-structures/hl7v2-2.3.json",
        "7bb22242750679a3eea29887dd70636b6ee0cb4bf75c4b783a295ec5b0fde362",
    ),
    structures(
        "2.2",
        "hl7v2-structures/hl7v2-2.2.json",
        "6a8c9fb2d8a52d5931289131b9688936ca615ca117c5e7090993f3e92c4573d7",
    ),
    structures(
        "2.1",
        "hl7v2-structures/hl7v2-2.1.json",
        "6e41381eccf4423da2fe3aa118eb9e39f4406acd996cdf3c7b8c492c9deff841",
    ),
];

const fn structures(version: &'static str, path: &'static str, sha256: &'static str) -> Pin {
    Pin {
        name: "HL7 v2 database as exported by NIST (usnistgov/igamt-hl7Tools-service 09374475)",
        version,
        path,
        sha256,
        licence: "United States government work",
    }
}

/// A source of one version, and no other.
struct Pin {
    name: &'static str,
    version: &'static str,
    path: &'static str,
    sha256: &'static str,
    licence: &'static str,
}

impl Pin {
    fn read(&self, folder: &Path) -> Result<Vec<u8>, Failure> {
        let path = folder.join(self.path);
        let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let digest = Sha256::digest(&bytes)
            .iter()
            .fold(String::new(), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            });
        if digest != self.sha256 {
            return Err(format!("{}: sha256 is {digest}, expected {}", path.display(), self.sha256).into());
        }
        Ok(bytes)
    }
}

/// Reads the sources under `path` and rewrites the tables.
pub(crate) fn run(path: &Path) -> Result<(), Failure> {
    let core = Fhir::open(&CORE.read(path)?)?;
    let expansions = Fhir::open(&EXPANSIONS.read(path)?)?;
    let tho = Tho::open(&THO.read(path)?)?;
    let mut structures = Vec::new();
    for version in &STRUCTURES {
        structures.push(serde_json::from_slice::<serde_json::Value>(&version.read(path)?)?);
    }

    let spec = workspace::root().join("terminology/spec");
    let mnemonics = fs::read_to_string(spec.join("mnemonics.txt"))?;
    for (pin, name) in &UCUM {
        fs::write(spec.join(name), pin.read(path)?)?;
    }
    let outputs = [
        (
            "r4-required-value-sets.txt",
            value_sets::table(&core, &expansions)?,
        ),
        ("hl7v2-tables.txt", tables::table(&tho, &core, &structures)?),
        ("coding-systems.txt", systems::table(&tho, &core, &mnemonics)?),
        ("SOURCE.toml", source()),
    ];
    for (name, text) in outputs {
        println!("terminology/spec/{name}: {} lines", text.lines().count());
        fs::write(spec.join(name), text)?;
    }
    Ok(())
}

fn source() -> String {
    let mut text = String::from("command = \"cargo xtask import terminology ../shared/corpora\"\n");
    for pin in [&CORE, &EXPANSIONS, &THO]
        .into_iter()
        .chain(&STRUCTURES)
        .chain(UCUM.iter().map(|it| &it.0))
    {
        let _ = write!(
            text,
            "\n[[source]]\nname = \"{}\"\nversion = \"{}\"\nfile = \"{}\"\nsha256 = \"{}\"\nlicence = \"{}\"\n",
            pin.name, pin.version, pin.path, pin.sha256, pin.licence
        );
    }
    text
}

/// A text on one line, with no more than single spaces.
fn line(text: &str) -> String {
    text.split(|it: char| it.is_whitespace() || it.is_control())
        .filter(|it| !it.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
