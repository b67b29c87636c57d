//! Codes that maps write, against the value sets that R4 requires.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use carewire_mapping::{Code, Maps, Options};

fn warnings(rules: &str) -> Vec<(Code, String, Option<String>)> {
    let text = format!(
        "/// url = 'http://example.org/m'\nconceptmap \"m\" {{\n  prefix s = \"urn:s\"\n  prefix t = \"urn:t\"\n  s:male - t:male\n  s:female - t:femal\n}}\n\
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
