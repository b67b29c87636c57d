//! A site's table: assigning authorities, facilities and local codes as data.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use carewire_hl7v2::Message;
use carewire_mapping::{Context, Maps, Options, SiteTable, v2_to_fhir, v2_to_fhir_files};
use proptest::prelude::*;

const MESSAGE: &[u8] = b"MSH|^~\\&|LAB|NORTH|||20240201103000+0100||ORU^R01^ORU_R01|17|T|2.5.1\r\
    PID|1||7^^^MAIN^MR~8^^^MAIN&2.16.840.1.113883.19.5&ISO^PI||Doe^Ann\r\
    OBR|1|P1|F1|GLU^Glucose^L\r\
    OBX|1|NM|GLU^Glucose^L||5.4|mmol/L|||||F\r\
    OBX|2|NM|GLU^Glucose^LN||5.4|mmol/L|||||F\r";

const TABLE: &str = "table,local,system,code,display\n\
    authority,MAIN,http://hospital.example.org/mrn,,\n\
    facility,NORTH,http://registry.example.org/sites,N7,North Laboratory\n\
    code,GLU,http://loinc.org,15074-8,Glucose [Moles/volume] in Blood\n";

fn converted(table: &str) -> String {
    let site = SiteTable::read(table.as_bytes()).unwrap().maps();
    let mut files = v2_to_fhir_files().to_vec();
    files.extend(site.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    let maps = Maps::compile(&files, &Options::default()).unwrap_or_else(|all| panic!("{}", all[0]));
    let msg = Message::parse(MESSAGE).unwrap();
    let out = maps
        .run(&msg, &Context::at("2024-02-01T10:00:00Z".parse().unwrap()))
        .unwrap();
    assert!(
        out.findings
            .iter()
            .all(|finding| finding.code().as_str() != "already-set"),
        "{:?}",
        out.findings
    );
    out.bundle.to_json()
}

#[test]
fn authorities_facilities_and_codes_are_those_of_the_table() {
    let json = converted(TABLE);
    // By the table; a universal id that was sent goes before it.
    assert!(
        json.contains(r#""system":"http://hospital.example.org/mrn","value":"7""#),
        "{json}"
    );
    assert!(
        json.contains(r#""system":"urn:oid:2.16.840.1.113883.19.5","value":"8""#),
        "{json}"
    );
    assert!(
        json.contains(
            r#""system":"http://registry.example.org/sites","value":"N7"}],"name":"North Laboratory""#
        ),
        "{json}"
    );
    // The local code stays, with that of the table behind it; a code with a system of its own has none.
    let coded = r#"{"code":"GLU","display":"Glucose"},{"system":"http://loinc.org","code":"15074-8","display":"Glucose [Moles/volume] in Blood"}"#;
    assert_eq!(json.matches(coded).count(), 3, "{json}");
    assert_eq!(
        json.matches(r#"{"system":"http://loinc.org","code":"GLU","display":"Glucose"}]"#)
            .count(),
        1,
        "{json}"
    );
}

#[test]
fn without_rows_the_standard_maps_are_as_they_were() {
    let msg = Message::parse(MESSAGE).unwrap();
    let context = Context::at("2024-02-01T10:00:00Z".parse().unwrap());
    let standard = v2_to_fhir().run(&msg, &context).unwrap().bundle.to_json();
    assert_eq!(converted("table,local\n"), standard);
    assert_eq!(
        converted("table,local,system\nauthority,ELSEWHERE,urn:x:y\n"),
        standard
    );
}

#[test]
fn what_is_wrong_with_a_table_is_said_with_its_line_and_no_cell() {
    let refused = |text: &str| SiteTable::read(text.as_bytes()).unwrap_err().to_string();
    for (text, said) in [
        ("", "line 1, column 1: the table has no header"),
        (
            "table,local\nauthority,A,MARKER\n",
            "line 2, column 13: a cell beyond the columns of the header",
        ),
        (
            "table,local\nauthority,\"MARKER\nauthority,B\n",
            "line 2, column 11: a quoted cell does not end",
        ),
        (
            "table,local\nauthority,\"A\"MARKER\n",
            "line 2, column 11: text behind the closing quote of a cell",
        ),
        (
            "table,name\n",
            "line 1: the columns are table, local, system, code and display",
        ),
        ("table\n", "line 1: the columns table and local are required"),
        (
            "table,local\n\nward,MARKER\n",
            "line 3: expected authority, facility or code in the column table",
        ),
        (
            "table,local\nauthority,MARKER\n",
            "line 2: an authority needs a system",
        ),
        (
            "table,local,system\nauthority,A,MARKER\n",
            "line 2: a system is a uri, an OID or a UUID",
        ),
        (
            "table,local,system\nauthority,,urn:x\n",
            "line 2: expected a name in the column local",
        ),
        (
            "table,local,system\nfacility,MARKER,urn:x\n",
            "line 2: a facility needs a display, or a system and a code",
        ),
        (
            "table,local,system\ncode,MARKER,urn:x\n",
            "line 2: a code needs a system and a code",
        ),
        (
            "table,local,system\nauthority,A,urn:x\nauthority,A,urn:y\n",
            "line 3: the table has a row for this name already",
        ),
    ] {
        assert_eq!(refused(text), said);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    /// Whatever stands in the cells, the table compiles, and its name is found again.
    #[test]
    fn any_text_may_stand_in_a_table(local in "\\PC{1,12}", display in "\\PC{1,12}") {
        prop_assume!(!local.trim().is_empty() && !display.trim().is_empty());
        let cell = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let table = format!("table,local,system,code,display\ncode,{0},urn:x:y,{1},{1}\nfacility,{0},,,{1}\n", cell(&local), cell(&display));
        let table = SiteTable::read(table.as_bytes()).unwrap();
        let site = table.maps();
        let mut files = v2_to_fhir_files().to_vec();
        files.extend(site.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        prop_assert!(Maps::compile(&files, &Options::default()).is_ok());
    }
}
