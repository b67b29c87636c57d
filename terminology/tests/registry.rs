//! Value sets that take codes from code systems, filters and other value sets, asked through a registry.
#![expect(clippy::unwrap_used, reason = "a test")]

use carewire_terminology::{
    CodeSystem, ErrorKind, Expand, ExpandRequest, Limits, Registry, ValidateCode, ValidateCodeIssue,
    ValidateCodeRequest, ValueSet,
};

const COLOURS: &str = r#"{"resourceType":"CodeSystem","url":"http://example.org/colour","version":"2",
  "valueSet":"http://example.org/all","content":"complete","concept":[
  {"code":"red","display":"Red","concept":[
    {"code":"crimson","display":"Crimson","designation":[{"language":"de","value":"Karmesin"}]},
    {"code":"scarlet","display":"Scarlet","property":[{"code":"inactive","valueBoolean":true}]}]},
  {"code":"blue","display":"Blue","property":[{"code":"temperature","valueCode":"cold"}]}]}"#;

const RED: &str = r#"{"include":[{"system":"http://example.org/colour","filter":[{"property":"concept","op":"is-a","value":"red"}]}]}"#;
const BLUE: &str = r#"{"include":[{"system":"http://example.org/colour","concept":[{"code":"blue"}]}]}"#;

fn registry(sets: &[(&str, &str)]) -> Registry {
    let mut registry = Registry::new();
    registry.add_code_system(CodeSystem::from_json(COLOURS.as_bytes()).unwrap());
    for (url, compose) in sets {
        let json = format!(r#"{{"resourceType":"ValueSet","url":"{url}","compose":{compose}}}"#);
        registry.add_value_set(ValueSet::from_json(json.as_bytes()).unwrap());
    }
    registry
}

fn codes(registry: &Registry, url: &str) -> Result<Vec<String>, ErrorKind> {
    let expansion = registry
        .expand(&ExpandRequest::new(url))
        .map_err(|it| it.kind())?;
    Ok(expansion.contains.iter().map(|it| it.code.to_string()).collect())
}

fn issue(
    registry: &Registry,
    request: ValidateCodeRequest<'_>,
) -> Result<Option<ValidateCodeIssue>, ErrorKind> {
    let response = registry.validate_code(&request).map_err(|it| it.kind())?;
    assert_eq!(response.result, response.issue.is_none());
    Ok(response.issue)
}

/// Membership and listing must agree for every code.
fn holds(compose: &str, expected: &[&str]) {
    let registry = registry(&[("v", compose), ("warm", RED), ("cold", BLUE)]);
    assert_eq!(
        codes(&registry, "v").as_deref(),
        Ok(&expected.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>()[..]),
        "{compose}"
    );
    for code in ["red", "crimson", "scarlet", "blue", "green"] {
        for system in [
            None,
            Some("http://example.org/colour"),
            Some("http://example.org/colour|2"),
        ] {
            let request = match system {
                Some(system) => ValidateCodeRequest::in_value_set("v", code).system(system),
                None => ValidateCodeRequest::in_value_set("v", code),
            };
            let expected = (!expected.contains(&code)).then_some(ValidateCodeIssue::NotInValueSet);
            assert_eq!(issue(&registry, request), Ok(expected), "{compose} {code}");
        }
        let other = ValidateCodeRequest::in_value_set("v", code).system("http://example.org/other");
        assert_eq!(
            issue(&registry, other),
            Ok(Some(ValidateCodeIssue::NotInValueSet))
        );
    }
}

#[test]
fn includes_excludes_and_filters() {
    let colour = r#""system":"http://example.org/colour""#;
    let filter = |property: &str, op: &str, value: &str| {
        format!(
            r#"{{"include":[{{{colour},"filter":[{{"property":"{property}","op":"{op}","value":"{value}"}}]}}]}}"#
        )
    };
    holds(
        &format!(r#"{{"include":[{{{colour}}}]}}"#),
        &["red", "crimson", "scarlet", "blue"],
    );
    holds(
        &format!(r#"{{"include":[{{{colour},"version":"2"}}]}}"#),
        &["red", "crimson", "scarlet", "blue"],
    );
    holds(
        &format!(r#"{{"inactive":false,"include":[{{{colour}}}]}}"#),
        &["red", "crimson", "blue"],
    );
    holds(&filter("concept", "is-a", "red"), &["red", "crimson", "scarlet"]);
    holds(
        &filter("concept", "descendent-of", "red"),
        &["crimson", "scarlet"],
    );
    holds(&filter("concept", "is-not-a", "red"), &["blue"]);
    holds(&filter("concept", "generalizes", "crimson"), &["red", "crimson"]);
    holds(&filter("concept", "in", "red, blue"), &["red", "blue"]);
    holds(&filter("temperature", "=", "cold"), &["blue"]);
    holds(
        &filter("temperature", "exists", "false"),
        &["red", "crimson", "scarlet"],
    );
    holds(&filter("parent", "not-in", "red"), &["red", "blue"]);
    holds(
        &format!(r#"{{"include":[{{{colour}}}],"exclude":[{{{colour},"concept":[{{"code":"red"}}]}}]}}"#),
        &["crimson", "scarlet", "blue"],
    );
}

#[test]
fn a_code_that_is_listed_twice_is_one_code() {
    let colour = r#""system":"http://example.org/colour""#;
    holds(
        &format!(
            r#"{{"include":[{{{colour},"concept":[{{"code":"red"}},{{"code":"red"}},{{"code":"blue"}},{{"code":"blue"}}]}}]}}"#
        ),
        &["red", "blue"],
    );
    let set = ValueSet::from_json(
        br#"{"resourceType":"ValueSet","url":"v","compose":{"include":[{"system":"s","concept":[
            {"code":"a","display":"A"},{"code":"a","display":"Again"},{"code":"b","display":"B"}]}]}}"#,
    )
    .unwrap();
    let answer = set
        .validate_code(&ValidateCodeRequest::in_value_set("v", "a"))
        .unwrap();
    assert_eq!(answer.display.as_deref(), Some("A"));
}

#[test]
fn imports_of_one_include_must_all_hold() {
    holds(
        r#"{"include":[{"valueSet":["warm"]},{"valueSet":["cold"]}]}"#,
        &["red", "crimson", "scarlet", "blue"],
    );
    holds(r#"{"include":[{"valueSet":["warm","cold"]}]}"#, &[]);
    holds(
        r#"{"include":[{"system":"http://example.org/colour","valueSet":["warm"],
            "concept":[{"code":"blue"},{"code":"red"}]}]}"#,
        &["red"],
    );
    holds(
        r#"{"include":[{"valueSet":["http://example.org/all"]}],"exclude":[{"valueSet":["warm"]}]}"#,
        &["blue"],
    );
}

#[test]
fn listed_codes_are_those_that_the_code_system_has() {
    holds(
        r#"{"include":[{"system":"http://example.org/colour","concept":[{"code":"green"},{"code":"red"}]}]}"#,
        &["red"],
    );
}

#[test]
fn imports_hold_for_a_code_of_one_system() {
    let of = |system: &str| format!(r#"{{"include":[{{"system":"{system}","concept":[{{"code":"x"}}]}}]}}"#);
    let (one, other) = (of("http://example.org/one"), of("http://example.org/other"));
    let both = r#"{"include":[{"valueSet":["one","other"]}]}"#;
    let registry = registry(&[("one", &one), ("other", &other), ("both", both)]);
    assert_eq!(codes(&registry, "both"), Ok(vec![]));
    let ask = ValidateCodeRequest::in_value_set("both", "x");
    assert_eq!(issue(&registry, ask), Ok(Some(ValidateCodeIssue::NotInValueSet)));
}

#[test]
fn imports_that_multiply_have_a_limit() {
    let imports = |next: usize| {
        let url = format!(r#""v{next}""#);
        format!(
            r#"{{"include":[{{"valueSet":[{url}]}},{{"valueSet":[{url}]}},{{"valueSet":[{url}]}},{{"valueSet":[{url}]}}]}}"#
        )
    };
    let mut sets: Vec<(String, String)> = (0..15).map(|it| (format!("v{it}"), imports(it + 1))).collect();
    sets.push(("v15".to_owned(), BLUE.to_owned()));
    let sets: Vec<(&str, &str)> = sets
        .iter()
        .map(|(url, set)| (url.as_str(), set.as_str()))
        .collect();
    let mut registry = registry(&sets);
    registry.set_limits(Limits::default().max_concepts(10_000));
    let ask = |code| issue(&registry, ValidateCodeRequest::in_value_set("v0", code));
    assert_eq!((ask("blue"), ask("red")), (Ok(None), Err(ErrorKind::Limit)));
    assert_eq!(codes(&registry, "v0"), Err(ErrorKind::Limit));
}

#[test]
fn displays_are_checked_against_all_that_are_right() {
    let list = r#"{"include":[{"system":"http://example.org/colour","concept":[{"code":"crimson","display":"Deep"}]}]}"#;
    let registry = registry(&[("list", list), ("warm", RED)]);
    let ask = |set, display| {
        issue(
            &registry,
            ValidateCodeRequest::in_value_set(set, "crimson").display(display),
        )
    };
    for display in ["Crimson", "karmesin", "deep"] {
        assert_eq!(ask("list", display), Ok(None), "{display}");
    }
    assert_eq!(ask("list", "Blue"), Ok(Some(ValidateCodeIssue::InvalidDisplay)));
    assert_eq!(ask("warm", "Blue"), Ok(Some(ValidateCodeIssue::InvalidDisplay)));
    assert_eq!(ask("warm", "Deep"), Ok(Some(ValidateCodeIssue::InvalidDisplay)));
}

#[test]
fn what_cannot_be_answered_is_an_error() {
    let registry = registry(&[
        ("other", r#"{"include":[{"system":"http://example.org/other"}]}"#),
        (
            "listed",
            r#"{"include":[{"system":"http://example.org/other","concept":[{"code":"x"}]}]}"#,
        ),
        (
            "missing",
            r#"{"include":[{"valueSet":["http://example.org/nowhere"]}]}"#,
        ),
        ("a", r#"{"include":[{"valueSet":["b"]}]}"#),
        ("b", r#"{"include":[{"valueSet":["a"]}]}"#),
    ]);
    let ask = |set| issue(&registry, ValidateCodeRequest::in_value_set(set, "x"));
    assert_eq!(ask("other"), Err(ErrorKind::UnknownCodeSystem));
    assert_eq!(ask("listed"), Ok(None));
    assert_eq!(ask("missing"), Err(ErrorKind::UnknownValueSet));
    assert_eq!(ask("a"), Err(ErrorKind::Circular));
    assert_eq!(codes(&registry, "a"), Err(ErrorKind::Circular));
    assert_eq!(ask("nowhere"), Err(ErrorKind::UnknownValueSet));
}

#[test]
fn a_page_and_a_filter_cut_an_expansion() {
    let registry = registry(&[]);
    let request = ExpandRequest::new("http://example.org/all|2").page(1, 2);
    let page = registry.expand(&request).unwrap();
    assert_eq!(
        (page.total, page.contains.len(), &*page.contains[0].code),
        (4, 2, "crimson")
    );
    let active = registry.expand(&request.filter("R").active_only(true)).unwrap();
    assert_eq!((active.total, &*active.contains[0].code), (2, "crimson"));
}

#[test]
fn an_expansion_has_a_limit() {
    let mut registry = registry(&[("warm", RED)]);
    registry.set_limits(Limits::default().max_concepts(2));
    assert_eq!(codes(&registry, "warm"), Err(ErrorKind::Limit));
}

#[test]
fn a_stored_expansion_answers_when_there_is_no_definition() {
    let set = ValueSet::from_json(
        br#"{"resourceType":"ValueSet","url":"v","expansion":{"contains":[
            {"display":"group","contains":[{"system":"s","code":"1"},{"system":"t","code":"1","inactive":true}]},
            {"system":"s","code":"2","abstract":true}]}}"#,
    )
    .unwrap();
    let expansion = set.expand(&ExpandRequest::new("v")).unwrap();
    let flags: Vec<_> = expansion
        .contains
        .iter()
        .map(|it| (&*it.system, it.inactive, it.abstract_code))
        .collect();
    assert_eq!(
        flags,
        [("s", false, false), ("t", true, false), ("s", false, true)]
    );
    let ask = |system, code| {
        set.validate_code(&ValidateCodeRequest::in_value_set("v", code).system(system))
            .unwrap()
    };
    assert!(ask("t", "1").result && !ask("t", "2").result);
}

#[cfg(feature = "tables")]
#[test]
fn embedded_tables_answer_through_a_registry() {
    use carewire_terminology::{Subsumes as _, SubsumesOutcome, SubsumesRequest};

    let mut registry = Registry::new();
    registry.add_embedded();
    let sex = "http://terminology.hl7.org/CodeSystem/v2-0001";
    assert_eq!(
        issue(&registry, ValidateCodeRequest::in_code_system(sex, "F")),
        Ok(None)
    );
    let gender = "http://hl7.org/fhir/ValueSet/administrative-gender";
    assert_eq!(
        issue(&registry, ValidateCodeRequest::in_value_set(gender, "female")),
        Ok(None)
    );
    let not_in = Some(ValidateCodeIssue::NotInValueSet);
    assert_eq!(
        issue(&registry, ValidateCodeRequest::in_value_set(gender, "F")),
        Ok(not_in)
    );
    let outcome = registry.subsumes(&SubsumesRequest::new(sex, "F", "M"));
    assert_eq!(outcome, Ok(SubsumesOutcome::NotSubsumed));
    let cvx = ValidateCodeRequest::in_code_system("http://hl7.org/fhir/sid/cvx", "08");
    assert_eq!(issue(&registry, cvx), Err(ErrorKind::UnknownCodeSystem));
}
