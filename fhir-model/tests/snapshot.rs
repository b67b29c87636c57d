//! Snapshots of small profiles over small definitions, compared whole. All of them are made up.
#![allow(clippy::unwrap_used, reason = "a test")]

use carewire_fhir_model::snapshot::{
    DefinitionSet, Snapshot, SnapshotCode, SnapshotErrorKind, SnapshotLimits, Snapshots,
};
use carewire_fhir_model::{Document, Node};
use carewire_testkit::markers::{self, Markers};

fn read(text: &str) -> Document<'static> {
    let read = Document::from_json_vec(text.as_bytes().to_vec()).unwrap();
    assert!(read.findings.is_empty(), "{:?}", read.findings);
    read.document
}

/// A definition that has a snapshot; `elements` in short: `Type.path min..max type,type`.
fn definition(name: &str, elements: &str) -> Document<'static> {
    let mut snapshot = Vec::new();
    for line in elements.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut words = line.split(' ');
        let (path, cardinality) = (words.next().unwrap(), words.next().unwrap());
        let (min, max) = cardinality.split_once("..").unwrap();
        let mut facts = format!(r#"{{"path": "{path}", "min": {min}, "max": "{max}""#);
        match words.next() {
            Some(reference) if reference.starts_with('#') => {
                facts += &format!(r#", "contentReference": "{reference}""#);
            }
            Some(types) => {
                let types: Vec<_> = types
                    .split(',')
                    .map(|one| format!(r#"{{"code": "{one}"}}"#))
                    .collect();
                facts += &format!(r#", "type": [{}]"#, types.join(", "));
            }
            None => {}
        }
        facts += &words.collect::<Vec<_>>().join(" ");
        snapshot.push(facts + "}");
    }
    read(&format!(
        r#"{{"resourceType": "StructureDefinition", "url": "http://hl7.org/fhir/StructureDefinition/{name}", "type": "{name}",
            "derivation": "specialization", "snapshot": {{"element": [{}]}}}}"#,
        snapshot.join(", ")
    ))
}

fn base() -> DefinitionSet<'static> {
    DefinitionSet::from_iter([
        definition(
            "Observation",
            r#"Observation 0..*
            Observation.extension 0..* Extension
            Observation.status 1..1 code , "binding": {"strength": "required", "valueSet": "http://example.org/vs/status"}
            Observation.category 0..* CodeableConcept
            Observation.value[x] 0..1 Quantity,CodeableConcept,string , "constraint": [{"key": "obs-9", "severity": "error", "human": "-"}]
            Observation.referenceRange 0..* BackboneElement
            Observation.referenceRange.low 0..1 Quantity
            Observation.referenceRange.text 0..1 string
            Observation.component 0..* BackboneElement
            Observation.component.code 1..1 CodeableConcept
            Observation.component.value[x] 0..1 Quantity,string
            Observation.component.referenceRange 0..* #Observation.referenceRange"#,
        ),
        definition(
            "Extension",
            "Extension 0..*
            Extension.id 0..1 string
            Extension.extension 0..* Extension
            Extension.url 1..1 uri
            Extension.value[x] 0..1 string,Coding",
        ),
        definition(
            "CodeableConcept",
            "CodeableConcept 0..*
            CodeableConcept.coding 0..* Coding
            CodeableConcept.text 0..1 string",
        ),
        definition(
            "Coding",
            "Coding 0..*\nCoding.system 0..1 uri\nCoding.code 0..1 code",
        ),
        definition(
            "Quantity",
            "Quantity 0..*\nQuantity.value 0..1 decimal\nQuantity.unit 0..1 string",
        ),
    ])
}

fn profile_of(url: &str, base: &str, elements: &str) -> Document<'static> {
    read(&format!(
        r#"{{"resourceType": "StructureDefinition", "url": "http://example.org/{url}", "type": "Observation",
            "derivation": "constraint", "baseDefinition": "{base}", "differential": {{"element": [{elements}]}}}}"#
    ))
}

fn profile(elements: &str) -> Document<'static> {
    profile_of(
        "profile",
        "http://hl7.org/fhir/StructureDefinition/Observation",
        elements,
    )
}

fn generate(elements: &str) -> Snapshot {
    Snapshots::new(&base()).generate(&profile(elements)).unwrap()
}

fn text(node: Node<'_>, name: &str) -> String {
    node.child(name)
        .and_then(|one| one.text().map(|text| text.into_owned()))
        .unwrap_or_default()
}

/// The elements in short, those of the base that nothing was done to left out.
fn outline(made: &Snapshot) -> String {
    let before: Vec<String> = base_lines();
    let lines = lines(&made.document);
    let changed = lines.iter().filter(|line| !before.contains(line));
    changed.fold(String::new(), |all, line| all + line + "\n")
}

fn base_lines() -> Vec<String> {
    let same = generate(r#"{"path": "Observation"}"#);
    lines(&same.document)
}

fn lines(document: &Document<'_>) -> Vec<String> {
    let snapshot = document.root().child("snapshot").unwrap();
    let lines = snapshot.children_named("element").map(|element| {
        let types: Vec<_> = element
            .children_named("type")
            .map(|ty| text(ty, "code"))
            .collect();
        let slicing = element.child("slicing").map_or(String::new(), |one| {
            let by = one
                .child("discriminator")
                .map(|by| text(by, "type") + " " + &text(by, "path"));
            format!(" sliced by {} {}", by.unwrap_or_default(), text(one, "rules"))
        });
        let (id, min, max) = (text(element, "id"), text(element, "min"), text(element, "max"));
        format!("{id} {min}..{max} {}{slicing}", types.join(","))
            .trim_end()
            .to_owned()
    });
    lines.collect()
}

fn codes(made: &Snapshot) -> Vec<SnapshotCode> {
    made.findings.iter().map(|one| one.code()).collect()
}

fn check(elements: &str, expected: &str) {
    let made = generate(elements);
    assert_eq!(codes(&made), []);
    let expected = expected.lines().map(str::trim).filter(|line| !line.is_empty());
    assert_eq!(
        outline(&made),
        expected.fold(String::new(), |all, line| all + line + "\n")
    );
}

#[test]
fn a_differential_without_anything_gives_the_base() {
    assert_eq!(base_lines().len(), 12);
    assert_eq!(
        base_lines()[4],
        "Observation.value[x] 0..1 Quantity,CodeableConcept,string"
    );
}

#[test]
fn cardinality_and_types_are_narrowed() {
    check(
        r#"{"path": "Observation"}, {"path": "Observation.category", "min": 1, "max": "2"},
           {"path": "Observation.value[x]", "type": [{"code": "string"}]}"#,
        "Observation.category 1..2 CodeableConcept
        Observation.value[x] 0..1 string",
    );
}

#[test]
fn a_datatype_is_unfolded_where_the_differential_goes_into_it() {
    check(
        r#"{"path": "Observation"}, {"path": "Observation.category.coding.system", "min": 1}"#,
        "Observation.category.coding 0..* Coding
        Observation.category.coding.system 1..1 uri
        Observation.category.coding.code 0..1 code
        Observation.category.text 0..1 string",
    );
}

#[test]
fn slices_stand_behind_the_element_and_have_its_children() {
    check(
        r#"{"path": "Observation"},
           {"path": "Observation.component", "slicing": {"discriminator": [{"type": "pattern", "path": "code"}], "rules": "open"}, "min": 1},
           {"path": "Observation.component", "sliceName": "a", "min": 1, "max": "1"},
           {"path": "Observation.component.code", "max": "1"},
           {"path": "Observation.component", "sliceName": "b"},
           {"path": "Observation.component.value[x]", "min": 1}"#,
        "Observation.component 1..* BackboneElement sliced by pattern code open
        Observation.component:a 1..1 BackboneElement
        Observation.component:a.code 1..1 CodeableConcept
        Observation.component:a.value[x] 0..1 Quantity,string
        Observation.component:a.referenceRange 0..*
        Observation.component:b 0..* BackboneElement
        Observation.component:b.code 1..1 CodeableConcept
        Observation.component:b.value[x] 1..1 Quantity,string
        Observation.component:b.referenceRange 0..*",
    );
}

#[test]
fn a_slice_is_sliced_again() {
    check(
        r#"{"path": "Observation"},
           {"path": "Observation.category", "slicing": {"discriminator": [{"type": "pattern", "path": "$this"}], "rules": "open"}},
           {"path": "Observation.category", "sliceName": "a", "max": "3"},
           {"path": "Observation.category", "sliceName": "b"},
           {"path": "Observation.category", "sliceName": "a/x", "max": "1"}"#,
        "Observation.category 0..* CodeableConcept sliced by pattern $this open
        Observation.category:a 0..3 CodeableConcept
        Observation.category:a/x 0..1 CodeableConcept
        Observation.category:b 0..* CodeableConcept",
    );
}

#[test]
fn one_type_in_shorthand_closes_the_choice() {
    check(
        r#"{"path": "Observation"}, {"path": "Observation.valueQuantity", "min": 1}, {"path": "Observation.valueQuantity.unit", "min": 1}"#,
        "Observation.value[x] 1..1 Quantity sliced by type $this closed
        Observation.value[x]:valueQuantity 1..1 Quantity
        Observation.value[x]:valueQuantity.value 0..1 decimal
        Observation.value[x]:valueQuantity.unit 1..1 string",
    );
}

#[test]
fn several_types_in_shorthand_are_all_there_may_be() {
    check(
        r#"{"path": "Observation"}, {"path": "Observation.valueString", "mustSupport": true}, {"path": "Observation.valueQuantity"}"#,
        "Observation.value[x] 0..1 Quantity,string sliced by type $this closed
        Observation.value[x]:valueString 0..1 string
        Observation.value[x]:valueQuantity 0..1 Quantity",
    );
}

#[test]
fn shorthand_beside_the_choice_leaves_it_open() {
    check(
        r#"{"path": "Observation"}, {"path": "Observation.value[x]", "type": [{"code": "Quantity"}, {"code": "string"}]},
           {"path": "Observation.valueQuantity", "mustSupport": true}"#,
        "Observation.value[x] 0..1 Quantity,string sliced by type $this open
        Observation.value[x]:valueQuantity 0..1 Quantity",
    );
}

#[test]
fn a_slice_of_a_choice_is_of_the_type_in_its_name() {
    check(
        r#"{"path": "Observation"}, {"path": "Observation.value[x]", "sliceName": "valueString", "min": 0}"#,
        "Observation.value[x] 0..1 Quantity,CodeableConcept,string sliced by type $this open
        Observation.value[x]:valueString 0..1 string",
    );
}

#[test]
fn a_content_reference_is_followed() {
    check(
        r#"{"path": "Observation"}, {"path": "Observation.component.referenceRange.low", "min": 1}"#,
        "Observation.component.referenceRange 0..* BackboneElement
        Observation.component.referenceRange.low 1..1 Quantity
        Observation.component.referenceRange.text 0..1 string",
    );
}

/// An extension: `Extension.url` is fixed and the value is of one type.
fn extension() -> Document<'static> {
    profile_of(
        "extension",
        "http://hl7.org/fhir/StructureDefinition/Extension",
        r#"{"path": "Extension", "short": "An extension", "max": "1"}, {"path": "Extension.extension", "max": "0"},
           {"path": "Extension.url", "fixedUri": "http://example.org/extension"}, {"path": "Extension.value[x]", "type": [{"code": "string"}]}"#,
    )
}

const WITH_EXTENSION: &str = r#"{"path": "Observation"}, {"path": "Observation.extension", "sliceName": "about", "min": 1,
    "type": [{"code": "Extension", "profile": ["http://example.org/extension"]}]}"#;

#[test]
fn an_extension_is_sliced_by_its_url_and_says_what_its_definition_says() {
    let mut definitions = base();
    definitions.add(extension());
    let below = r#", {"path": "Observation.extension", "sliceName": "about"}, {"path": "Observation.extension.value[x]", "min": 1}"#;
    let made = Snapshots::new(&definitions)
        .generate(&profile(WITH_EXTENSION))
        .unwrap();
    assert_eq!(codes(&made), []);
    let expected = "Observation.extension 0..* Extension sliced by value url open\nObservation.extension:about 1..* Extension\n";
    assert_eq!(outline(&made), expected);
    let slice = made
        .document
        .root()
        .child("snapshot")
        .unwrap()
        .children()
        .nth(2)
        .unwrap();
    assert_eq!(text(slice, "short"), "An extension");

    let made = Snapshots::new(&definitions)
        .generate(&profile(&(WITH_EXTENSION.to_owned() + below)))
        .unwrap();
    assert_eq!(codes(&made), [SnapshotCode::ElementRepeated]);
    assert_eq!(
        outline(&made),
        expected.to_owned()
            + "Observation.extension:about.id 0..1 string\nObservation.extension:about.extension 0..0 Extension\n\
               Observation.extension:about.url 1..1 uri\nObservation.extension:about.value[x] 1..1 string\n"
    );
    let url = made
        .document
        .root()
        .child("snapshot")
        .unwrap()
        .children()
        .nth(5)
        .unwrap();
    assert_eq!(text(url, "fixed"), "http://example.org/extension");
}

#[test]
fn constraints_add_up_and_say_where_they_come_from() {
    let made = generate(
        r#"{"path": "Observation"}, {"path": "Observation.value[x]", "constraint": [
           {"key": "obs-9", "severity": "warning", "human": "-"}, {"key": "own-1", "severity": "error", "human": "-"}]}"#,
    );
    let value = made
        .document
        .root()
        .child("snapshot")
        .unwrap()
        .children()
        .nth(4)
        .unwrap();
    let constraints: Vec<_> = value
        .children_named("constraint")
        .map(|one| [text(one, "key"), text(one, "severity"), text(one, "source")].join(" "))
        .collect();
    assert_eq!(
        constraints,
        [
            "obs-9 error http://hl7.org/fhir/StructureDefinition/Observation",
            "own-1 error http://example.org/profile"
        ]
    );
}

#[test]
fn values_mappings_and_definitions_are_laid_over_the_base() {
    let mut definitions = base();
    definitions.add(profile_of(
        "first",
        "http://hl7.org/fhir/StructureDefinition/Observation",
        r#"{"path": "Observation"}, {"path": "Observation.status", "definition": "One.", "alias": ["state"], "patternCode": "final",
           "mapping": [{"identity": "a", "map": "x"}], "isModifier": true}"#,
    ));
    let second = profile_of(
        "second",
        "http://example.org/first",
        r#"{"path": "Observation"}, {"path": "Observation.status", "definition": "...Two.", "alias": ["state", "code"], "fixedCode": "final",
           "mapping": [{"identity": "a", "map": "x"}, {"identity": "a", "map": "y"}], "isModifier": false}"#,
    );
    let made = Snapshots::new(&definitions).generate(&second).unwrap();
    let status = made
        .document
        .root()
        .child("snapshot")
        .unwrap()
        .children()
        .nth(2)
        .unwrap();
    assert_eq!(
        status.to_json(),
        r#"{"id":"Observation.status","path":"Observation.status","definition":"One.\nTwo.","alias":["state","code"],"#.to_owned()
            + r#""min":1,"max":"1","base":{"path":"Observation.status","min":1,"max":"1"},"type":[{"code":"code"}],"#
            + r#""fixedCode":"final","isModifier":true,"binding":{"strength":"required","valueSet":"http://example.org/vs/status"},"#
            + r#""mapping":[{"identity":"a","map":"x"},{"identity":"a","map":"y"}]}"#
    );
}

#[test]
fn what_does_not_apply_is_found() {
    for (elements, code) in [
        (r#"{"path": "Observation.nothing"}"#, SnapshotCode::PathUnknown),
        (r#"{"path": "Observation.valueRatio"}"#, SnapshotCode::PathUnknown),
        (r#"{"path": "Patient.name"}"#, SnapshotCode::PathUnknown),
        (r#"{"path": "Observation..status"}"#, SnapshotCode::PathMalformed),
        (r#"{"min": 1}"#, SnapshotCode::PathMalformed),
        (
            r#"{"path": "Observation.status", "min": 0}"#,
            SnapshotCode::CardinalityWidened,
        ),
        (
            r#"{"path": "Observation.status", "max": "*"}"#,
            SnapshotCode::CardinalityWidened,
        ),
        (
            r#"{"path": "Observation.category", "min": 3, "max": "2"}"#,
            SnapshotCode::CardinalityEmpty,
        ),
        (
            r#"{"path": "Observation.status", "type": [{"code": "Period"}]}"#,
            SnapshotCode::TypeNotInBase,
        ),
        (
            r#"{"path": "Observation.value[x].unit", "min": 1}"#,
            SnapshotCode::TypeAmbiguous,
        ),
        (
            r#"{"path": "Observation.status.length", "min": 1}"#,
            SnapshotCode::TypeUnknown,
        ),
        (WITH_EXTENSION, SnapshotCode::ProfileUnknown),
        (
            r#"{"path": "Observation.status", "binding": {"strength": "preferred", "valueSet": "http://example.org/vs/b"}}"#,
            SnapshotCode::BindingWeakened,
        ),
        (
            r#"{"path": "Observation.component", "binding": {"strength": "required", "valueSet": "http://example.org/vs/b"}}"#,
            SnapshotCode::BindingWithoutCodes,
        ),
        (
            r#"{"path": "Observation.category", "sliceName": "a"}"#,
            SnapshotCode::SlicingMissing,
        ),
    ] {
        let made = generate(&format!(r#"{{"path": "Observation"}}, {elements}"#));
        let found = codes(&made);
        let found: Vec<_> = found
            .iter()
            .filter(|code| **code != SnapshotCode::ElementRepeated)
            .collect();
        assert_eq!(found, [&code], "{elements}");
    }
}

#[test]
fn what_does_not_apply_leaves_the_base_alone() {
    let made = generate(
        r#"{"path": "Observation"}, {"path": "Observation.status", "min": 0, "max": "*", "type": [{"code": "Period"}]},
           {"path": "Observation.value[x].unit", "min": 1}"#,
    );
    assert_eq!(outline(&made), "");
}

#[test]
fn profiles_on_profiles_are_generated_on_the_way() {
    let mut definitions = base();
    definitions.add(profile_of(
        "first",
        "http://hl7.org/fhir/StructureDefinition/Observation",
        r#"{"path": "Observation"}, {"path": "Observation.valueQuantity"}"#,
    ));
    let second = profile_of(
        "second",
        "http://example.org/first",
        r#"{"path": "Observation"}, {"path": "Observation.value[x]", "sliceName": "valueQuantity", "min": 1},
           {"path": "Observation.value[x].unit", "id": "Observation.value[x]:valueQuantity.unit", "min": 1}"#,
    );
    let made = Snapshots::new(&definitions).generate(&second).unwrap();
    assert_eq!(codes(&made), []);
    assert_eq!(
        outline(&made),
        "Observation.value[x] 0..1 Quantity sliced by type $this closed\n\
         Observation.value[x]:valueQuantity 1..1 Quantity\n\
         Observation.value[x]:valueQuantity.value 0..1 decimal\n\
         Observation.value[x]:valueQuantity.unit 1..1 string\n"
    );
}

#[test]
fn cycles_and_limits_are_refused() {
    let root = r#"{"path": "Observation"}"#;
    let mut definitions = base();
    definitions.add(profile_of("a", "http://example.org/b", root));
    definitions.add(profile_of("b", "http://example.org/a", root));
    for number in 0..70 {
        let base = format!("http://example.org/line{}", number + 1);
        definitions.add(profile_of(&format!("line{number}"), &base, root));
    }
    let mut snapshots = Snapshots::new(&definitions).limits(SnapshotLimits::default().max_depth(1_000));
    let mut kind = |base: &str| {
        let profile = profile_of("x", base, root);
        snapshots.generate(&profile).map_err(|error| error.kind()).err()
    };
    assert_eq!(kind("http://example.org/a"), Some(SnapshotErrorKind::Cycle));
    assert_eq!(kind("http://example.org/x"), Some(SnapshotErrorKind::Cycle));
    assert_eq!(kind("http://example.org/line0"), Some(SnapshotErrorKind::TooDeep));
    assert_eq!(
        kind("http://example.org/none"),
        Some(SnapshotErrorKind::BaseUnknown)
    );
    let few = SnapshotLimits::default().max_elements(11);
    let made = Snapshots::new(&base())
        .limits(few)
        .generate(&profile(root))
        .map_err(|error| error.kind());
    assert_eq!(made.err(), Some(SnapshotErrorKind::TooLarge));
    let small = SnapshotLimits::default().max_bytes(500);
    let made = Snapshots::new(&base())
        .limits(small)
        .generate(&profile(root))
        .map_err(|error| error.kind());
    assert_eq!(made.err(), Some(SnapshotErrorKind::TooLarge));
}

#[test]
fn an_extension_that_holds_itself_is_no_endless_loop() {
    let mut definitions = base();
    definitions.add(profile_of(
        "extension",
        "http://hl7.org/fhir/StructureDefinition/Extension",
        r#"{"path": "Extension"}, {"path": "Extension.extension", "sliceName": "again",
           "type": [{"code": "Extension", "profile": ["http://example.org/extension"]}]}, {"path": "Extension.extension.url", "min": 1}"#,
    ));
    let made = Snapshots::new(&definitions)
        .generate(&profile(WITH_EXTENSION))
        .unwrap();
    assert_eq!(codes(&made), []);
    let own = definitions_own(&definitions);
    assert_eq!(
        codes(&own),
        [SnapshotCode::ProfileCycle, SnapshotCode::ProfileCycle]
    );
}

fn definitions_own(definitions: &DefinitionSet<'_>) -> Snapshot {
    use carewire_fhir_model::snapshot::Definitions as _;
    let extension = definitions
        .structure_definition("http://example.org/extension")
        .unwrap();
    Snapshots::new(definitions).generate(extension).unwrap()
}

#[test]
fn no_finding_quotes_the_profile() {
    let mut markers = Markers::default();
    let elements = markers.plant(
        r#"{"path": "Observation"}, {"path": "Observation.@"}, {"path": "Observation.status.@", "id": "@", "short": "@"},
           {"path": "Observation.category", "sliceName": "@", "type": [{"code": "@", "profile": ["http://example.org/@"]}]}"#,
        "@",
    );
    let made = generate(&elements);
    assert!(made.findings.len() >= 4);
    for finding in &made.findings {
        markers::assert_none("a finding", &finding.to_string());
        markers::assert_none("a finding", &format!("{finding:?}"));
    }
    markers::assert_none("the snapshot", &format!("{made:?}"));
    let mut definitions = base();
    definitions.add(profile(&elements));
    markers::assert_none(
        "the definitions",
        &format!("{definitions:?} {:?}", Snapshots::new(&definitions)),
    );
}
