//! Codes that maps write, against the value sets that R4 requires.
#![allow(missing_docs, clippy::panic, clippy::unwrap_used, reason = "a test")]

use carewire_mapping::{Code, Maps, Options};

fn warnings(rules: &str) -> Vec<(Code, String, Option<String>)> {
    let text = format!(
        "/// url = 'http://example.org/m'\n/// name = 'm'\nconceptmap \"m\" {{\n  prefix s = \"urn:s\"\n  prefix t = \"urn:t\"\n  s:male - t:male\n  s:female - t:femal\n}}\n\
         conceptmap \"all\" {{\n  prefix s = \"urn:s\"\n  prefix t = \"urn:t\"\n  unmapped for s = provided\n  s:male - t:male\n}}\n\
         group g(source src : Patient, target tgt : Person) {{\n{rules}\n}}\n"
    );
    let maps = Maps::compile(&[("m.map", &text)], &Options::default())
        .map_err(|all| all[0].clone())
        .unwrap();
    let all = maps.warnings().iter();
    all.map(|one| {
        (
            one.code(),
            one.message().to_owned(),
            one.help().map(str::to_owned),
        )
    })
    .collect()
}

#[test]
fn a_constant_that_the_value_set_lacks_is_named_with_the_nearest() {
    assert_eq!(
        warnings("  src -> tgt.gender = 'femal';"),
        [(
            Code::BadCode,
            "`femal` is not a code of `Person.gender`".to_owned(),
            Some("did you mean `female`?".to_owned())
        )]
    );
    assert_eq!(warnings("  src -> tgt.gender = 'female';"), []);
    // What is bound less strictly, and what is no code, is free.
    assert_eq!(
        warnings("  src -> tgt.text as t, t.div = 'x', tgt.birthDate = '1980';"),
        []
    );
}

#[test]
fn a_concept_map_has_codes_that_the_target_allows_and_those_that_the_source_may_hold() {
    let found = warnings("  src.gender as g -> tgt.gender = translate(g, '#m', 'code');");
    let shown: Vec<(Code, &str)> = found
        .iter()
        .map(|(code, message, _)| (*code, message.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            (Code::BadCode, "`femal` is not a code of `Person.gender`"),
            (
                Code::ConceptMapGap,
                "the concept map does not translate `other`, `unknown`"
            ),
        ]
    );
    assert_eq!(
        warnings("  src.gender as g -> tgt.gender = translate(g, '#all', 'code');"),
        []
    );
}

/// A field of a message has the codes of its table, unless a condition leaves some of them out or there is a default.
#[test]
fn a_concept_map_has_the_codes_of_the_table_of_a_field() {
    let warnings = |rule: &str| {
        let text = format!(
            "/// url = 'http://example.org/m'\n/// name = 'm'\n/// carewire = 'superset'\nuses \"urn:hl7-org:v2xml:PID\" alias PID as source\n\
             conceptmap \"sex\" {{\n  prefix s = \"http://terminology.hl7.org/CodeSystem/v2-0001\"\n  prefix t = \"http://hl7.org/fhir/administrative-gender\"\n\
             \x20 s:M - t:male\n  s:F - t:female\n  s:U - t:unknown\n}}\n\
             group g(source pid : PID, target tgt : Person) {{\n  {rule}\n}}\n"
        );
        let maps = Maps::compile(&[("m.map", &text)], &Options::default())
            .map_err(|all| all[0].clone())
            .unwrap();
        let all = maps.warnings().iter();
        all.map(|one| (one.code(), one.message().to_owned()))
            .collect::<Vec<_>>()
    };
    let [(Code::ConceptMapGap, message)] =
        &warnings("pid.f8 as v -> tgt.gender = translate(v, '#sex', 'code');")[..]
    else {
        panic!("one gap");
    };
    assert!(
        message.contains("`A`") && message.contains("`O`") && !message.contains("`M`"),
        "{message}"
    );
    assert_eq!(
        warnings("pid.f8 as v where ($this != 'O') -> tgt.gender = translate(v, '#sex', 'code');"),
        []
    );
    assert_eq!(
        warnings("pid.f8 as v -> tgt.gender = translate(v, '#sex', 'code', 'other');"),
        []
    );
    // A field without a table, and a component, may hold anything.
    assert_eq!(
        warnings("pid.f24 as v -> tgt.gender = translate(v, '#sex', 'code', 'other');"),
        []
    );
    assert_eq!(
        warnings("pid.f2.c1 as v -> tgt.gender = translate(v, '#sex', 'code');"),
        []
    );
}
