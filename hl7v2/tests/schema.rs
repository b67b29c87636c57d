//! The tables of all versions: they hang together, and the known faults of their source are corrected.

use carewire_hl7v2::schema::{
    DatatypeDefinition, Element, SegmentDefinition, Structure, Table, Usage, Version, events,
    message_structure,
};

#[test]
fn known_faults_are_corrected() {
    let field = |version, segment, n| {
        SegmentDefinition::find(version, segment)
            .and_then(|s| s.field(n))
            .unwrap()
    };
    assert_eq!(field(Version::V2_5_1, "PID", 2).usage(), Usage::Backward);
    assert_eq!(field(Version::V2_5_1, "PID", 4).usage(), Usage::Backward);
    assert_eq!(field(Version::V2_5_1, "OBX", 8).max(), Some(5));
    assert_eq!(field(Version::V2_8, "PID", 2).usage(), Usage::NotUsed);
    // A data type that the source leaves out is one that varies.
    assert_eq!(field(Version::V2_5_1, "OBX", 5).datatype(), "varies");
    // MDM_T02 of 2.8 has lost its group in the source.
    let mdm = Structure::find(Version::V2_8, "MDM_T02").unwrap();
    assert!(
        mdm.elements()
            .any(|element| element.name() == "OBSERVATION" && element.repeats())
    );
}

#[test]
fn the_pages_checked_by_hand() {
    let names = |elements: carewire_hl7v2::schema::Elements| elements.map(|e| e.name()).collect::<Vec<_>>();
    let adt = Structure::find(Version::V2_5_1, "ADT_A01").unwrap();
    assert_eq!(
        names(adt.elements())[..8],
        ["MSH", "SFT", "EVN", "PID", "PD1", "ROL", "NK1", "PV1"]
    );
    let oru = Structure::find(Version::V2_5_1, "ORU_R01").unwrap();
    let result = oru.elements().nth(2).unwrap();
    assert_eq!(names(result.elements()), ["PATIENT", "ORDER_OBSERVATION"]);
    let xpn = DatatypeDefinition::find(Version::V2_5_1, "XPN").unwrap();
    assert_eq!(xpn.components().count(), 14);
    assert_eq!(xpn.component(1).map(|part| part.datatype()), Some("FN"));
}

#[test]
fn every_version_has_its_tables() {
    for version in Version::ALL {
        assert!(SegmentDefinition::find(version, "PID").is_some(), "{version}");
        assert!(Structure::find(version, "ADT_A01").is_some(), "{version}");
        assert_eq!(
            message_structure(version, "ORU", "R01"),
            Some("ORU_R01"),
            "{version}"
        );
        assert_eq!(
            message_structure(version, "ADT", "A01"),
            Some("ADT_A01"),
            "{version}"
        );
        assert_eq!(message_structure(version, "ACK", "A01"), Some("ACK"), "{version}");
        for segment in SegmentDefinition::all(version) {
            assert_eq!(
                SegmentDefinition::find(version, segment.id()).map(|found| found.name()),
                Some(segment.name())
            );
            assert!(
                segment
                    .fields()
                    .all(|field| !field.name().is_empty() || !field.datatype().is_empty())
            );
        }
        for structure in Structure::all(version) {
            assert_eq!(Structure::find(version, structure.name()), Some(structure));
            structure.elements().for_each(|element| nests(element, 0));
        }
    }
}

fn nests(element: Element, depth: usize) {
    assert!(depth < 12);
    assert_eq!(element.is_group(), element.elements().next().is_some());
    element.elements().for_each(|inner| nests(inner, depth + 1));
}

#[test]
fn adt_events_by_table() {
    assert_eq!(message_structure(Version::V2_3, "ADT", "A40"), Some("ADT_A39"));
    assert_eq!(message_structure(Version::V2_5_1, "ADT", "A28"), Some("ADT_A05"));
    assert_eq!(message_structure(Version::V2_5_1, "ADT", "A03"), Some("ADT_A03"));
    // No version knows the event: the usual structure of the message code.
    assert_eq!(message_structure(Version::V2_5_1, "ADT", "O99"), Some("ADT_A01"));
}

/// The row of the README of each version, so that it stays true.
#[test]
fn the_readme_counts_what_there_is() {
    let readme = include_str!("../README.md");
    for version in Version::ALL {
        let structures: Vec<_> = Structure::all(version).collect();
        let groups: usize = structures
            .iter()
            .flat_map(|structure| structure.elements())
            .map(count_groups)
            .sum();
        let segments: Vec<_> = SegmentDefinition::all(version).collect();
        let fields: usize = segments.iter().map(|segment| segment.fields().count()).sum();
        let tables: Vec<_> = Table::all(version).collect();
        let row = format!(
            "| {version} | {} | {groups} | {} | {} | {fields} | {} | {} | {} |",
            structures.len(),
            events(version).count(),
            segments.len(),
            DatatypeDefinition::all(version).count(),
            tables.len(),
            tables.iter().map(|table| table.codes().count()).sum::<usize>(),
        );
        assert!(readme.contains(&row), "{row}");
    }
}

fn count_groups(element: Element) -> usize {
    usize::from(element.is_group()) + element.elements().map(count_groups).sum::<usize>()
}

#[test]
fn lengths() {
    let field = |version, id: &str, n| {
        SegmentDefinition::find(version, id)
            .and_then(|it| it.field(n))
            .unwrap()
    };
    let component = |version, id: &str, n| {
        DatatypeDefinition::find(version, id)
            .and_then(|it| it.component(n))
            .unwrap()
    };
    let birth_order = field(Version::V2_8_2, "PID", 25);
    let least = birth_order.conformance_length().unwrap();
    assert_eq!((least.length(), least.may_be_truncated()), (2, false));
    assert_eq!((birth_order.min_length(), birth_order.length()), (None, None));
    let dead = field(Version::V2_8_2, "PID", 30);
    assert_eq!(
        (dead.min_length(), dead.length(), dead.conformance_length()),
        (Some(1), Some(1), None)
    );
    let given = component(Version::V2_7, "XPN", 2).conformance_length();
    assert_eq!(given.map(|it| it.to_string()).as_deref(), Some("30#"));
    assert_eq!(component(Version::V2_5_1, "XPN", 2).length(), Some(30));
    assert_eq!(field(Version::V2_5_1, "PID", 25).conformance_length(), None);
    let mut seen = (0, 0, 0);
    for version in Version::ALL {
        for field in SegmentDefinition::all(version).flat_map(|it| it.fields()) {
            let (least, most) = (field.min_length(), field.length());
            assert!(
                least.is_none_or(|least| most.is_none_or(|most| least <= most)),
                "{version} {field:?}"
            );
            seen.0 += usize::from(least.is_some());
            seen.1 += usize::from(most.is_some());
            seen.2 += usize::from(field.conformance_length().is_some());
        }
    }
    println!("{seen:?}");
    assert!(seen.0 > 1_300 && seen.1 > 13_000 && seen.2 > 1_000, "{seen:?}");
}

/// The source runs structures together, leaves the text of others empty, and closes groups of 2.5 too late.
#[test]
fn each_structure_is_one_message() {
    for version in Version::ALL {
        for structure in Structure::all(version) {
            let names: Vec<_> = structure.elements().map(|element| element.name()).collect();
            assert!(!names.is_empty(), "{structure:?}");
            let headers: Vec<_> = structure
                .elements()
                .filter(|element| element.name() == "MSH")
                .collect();
            assert!(headers.len() == 1 && !headers[0].repeats(), "{structure:?}");
        }
    }
    let names = |version, id: &str| {
        let structure = Structure::find(version, id).unwrap();
        structure
            .elements()
            .map(|element| element.name())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(Version::V2_5, "OUL_R24"), names(Version::V2_5_1, "OUL_R24"));
    let order = Structure::find(Version::V2_5, "ORM_O01")
        .unwrap()
        .elements()
        .last()
        .unwrap();
    assert_eq!(
        order.elements().map(|it| it.name()).collect::<Vec<_>>(),
        ["ORC", "ORDER_DETAIL", "FT1", "CTI", "BLG"]
    );
}
