//! Typed values are the same whether they are read directly or over a document: generated resources, whole and damaged.
#![cfg(feature = "resources")]
#![allow(clippy::expect_used, reason = "a test")]

use carewire_fhir_model::r4::Resource;
use carewire_fhir_model::schema::{Property, TypeId, TypeKind};
use carewire_fhir_model::{Document, from_document, from_json, to_json};
use proptest::prelude::*;

/// Takes one of the bytes that a resource is made of.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn next(&mut self) -> usize {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        usize::from(*first)
    }
}

/// A value that a primitive may have, and now and then one that it may not.
fn primitive(ty: TypeId, choices: &mut Choices<'_>) -> String {
    let choice = choices.next();
    let text = match ty.name() {
        "boolean" => return choice.is_multiple_of(2).to_string(),
        "integer" | "unsignedInt" | "positiveInt" => return (choice + 1).to_string(),
        "decimal" => return format!("{choice}.50"),
        "date" => "1974-12",
        "dateTime" => "1974-12-25T14:35:45.123-05:00",
        "instant" => "2015-02-07T13:28:17.239+02:00",
        "time" => "14:35:45",
        "xhtml" => "<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\">a<\\/div>",
        _ => [
            "a",
            "male",
            "final",
            "\\u00e9\\ud83d\\ude00",
            "a text that is longer than what stands in the value",
        ][choice % 5],
    };
    format!("\"{text}\"")
}

fn member(property: &'static Property, choices: &mut Choices<'_>, depth: usize, out: &mut String) {
    let ty = property.type_id();
    let value = |choices: &mut Choices<'_>| match property.kind() {
        TypeKind::Primitive => primitive(ty, choices),
        TypeKind::Resource => object(TypeId::GROUP, choices, depth + 1),
        _ => object(ty, choices, depth + 1),
    };
    if property.is_list() {
        let count = choices.next() % 4 + 1;
        let items: Vec<String> = (0..count).map(|_| value(choices)).collect();
        out.push_str(&format!("\"{}\":[{}]", property.key(), items.join(", ")));
        return;
    }
    out.push_str(&format!("\"{}\": {}", property.key(), value(choices)));
    if property.kind() == TypeKind::Primitive && choices.next() % 16 == 7 {
        out.push_str(&format!(",\"_{}\":{{\"id\":\"i\"}}", property.key()));
    }
}

/// An object that has each property once at most, one at least.
fn object(ty: TypeId, choices: &mut Choices<'_>, depth: usize) -> String {
    let mut out = String::from("{");
    if ty.kind() == TypeKind::Resource {
        out.push_str(&format!("\"resourceType\":\"{}\",", ty.name()));
    }
    let wanted = choices.next() % 5 + 1;
    let mut seen = Vec::new();
    let properties = ty.properties();
    for _ in 0..wanted {
        let property = &properties[(choices.next() << 8 | choices.next()) % properties.len()];
        let element = property.element().slot();
        let fits = depth < 6 || property.kind() == TypeKind::Primitive;
        if !fits || seen.contains(&element) {
            continue;
        }
        if !seen.is_empty() {
            out.push(',');
        }
        seen.push(element);
        member(property, choices, depth, &mut out);
    }
    if seen.is_empty() {
        // Every type has an id.
        out.push_str("\"id\":\"a\"");
    }
    out.push('}');
    out
}

/// Fails if a document has another value or other findings. How many findings there are.
fn assert_alike(text: &str) -> Result<usize, TestCaseError> {
    let read = Document::from_json(text.as_bytes());
    let typed = from_json::<Resource>(text.as_bytes());
    let (read, typed) = match (read, typed) {
        (Ok(read), Ok(typed)) => (read, typed),
        (Err(read), Err(typed)) => {
            prop_assert_eq!(read, typed);
            return Ok(1);
        }
        (read, typed) => {
            return Err(TestCaseError::fail(format!(
                "{} and {}",
                read.is_ok(),
                typed.is_ok()
            )));
        }
    };
    let over = from_document::<Resource>(&read.document).expect("a resource");
    prop_assert_eq!(to_json(&typed.value), to_json(&over.value));
    prop_assert!(typed.value == over.value);
    let mut findings: Vec<String> = read
        .findings
        .iter()
        .chain(&over.findings)
        .map(|one| format!("{} {one}", one.offset()))
        .collect();
    let mut direct: Vec<String> = typed
        .findings
        .iter()
        .map(|one| format!("{} {one}", one.offset()))
        .collect();
    findings.sort();
    direct.sort();
    prop_assert_eq!(&direct, &findings);
    Ok(direct.len())
}

const TYPES: [TypeId; 6] = [
    TypeId::PATIENT,
    TypeId::OBSERVATION,
    TypeId::BUNDLE,
    TypeId::QUESTIONNAIRE,
    TypeId::CLAIM,
    TypeId::MEDICATION_REQUEST,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_resource_is_read_alike(bytes in proptest::collection::vec(any::<u8>(), 1..200)) {
        let text = object(TYPES[bytes.len() % TYPES.len()], &mut Choices(&bytes), 0);
        prop_assert_eq!(assert_alike(&text)?, 0);
    }

    #[test]
    fn a_damaged_resource_is_read_alike(
        bytes in proptest::collection::vec(any::<u8>(), 1..200),
        place in 0.0..1.0_f64,
        damage in proptest::sample::select(vec!["", "\"", ",", "{", "}", "[", "]", ":", "\\", "null", "1", " ", "_", "x"]),
        is_more in any::<bool>(),
    ) {
        let mut text = object(TYPES[bytes.len() % TYPES.len()], &mut Choices(&bytes), 0);
        let mut at = (text.len() as f64 * place) as usize;
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let end = text[at..].chars().next().map_or(at, |one| at + if is_more { 0 } else { one.len_utf8() });
        text.replace_range(at..end, damage);
        assert_alike(&text)?;
    }
}
