//! Paths, `where`, `exists` and conditions over a document must not allocate.
#![allow(missing_docs, reason = "a test")]

use std::collections::BTreeSet;
use std::iter;
use std::ops::ControlFlow;

use carewire_fhir_model::{Document, Node};
use carewire_fhirpath::{Context, Error, Host, Item, Program, compile};
use carewire_testkit::allocations::{Counting, counted};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const PATIENT: &[u8] = br#"{"resourceType": "Patient", "id": "p1", "active": true, "gender": "female",
    "identifier": [{"system": "http://example.org/mrn", "value": "7"}],
    "name": [{"use": "usual", "given": ["Annie"]}, {"use": "official", "family": "Doe", "given": ["Ann", "Lee"]}],
    "birthDate": "1970-03-01", "_birthDate": {"extension": [{"url": "http://example.org/t", "valueString": "x"}]},
    "contact": [{"name": {"family": "Roe"}}]}"#;

#[test]
fn the_counter_counts() {
    assert_eq!(counted(|| drop(Box::new(1))), 1);
}

#[test]
fn results_are_pushed_without_allocating() {
    let document = Document::from_json(PATIENT).unwrap().document;
    for (text, wanted) in [
        ("name.given", 3),
        ("Patient.name.where(use = 'official').given", 2),
        ("name.where(use = 'official').family.first()", 1),
        (
            "identifier.where(system = 'http://example.org/mrn' and value.exists()).value",
            1,
        ),
        ("name[1].given[0]", 1),
        ("name.select(given.first())", 2),
        ("birthDate.extension('http://example.org/t').value", 1),
        ("name.given.skip(1).take(1)", 1),
        ("descendants().ofType(HumanName).family", 2),
        ("iif(active, name.given, {})", 3),
        ("name.exists()", 1),
    ] {
        let program = compile(text).unwrap();
        let context = Context::new();
        let mut found = 0;
        let count = counted(|| {
            let outcome = program.for_each(document.root(), &context, |_| {
                found += 1;
                ControlFlow::Continue(())
            });
            assert!(outcome.is_ok());
        });
        assert_eq!((found, count), (wanted, 0), "{text}");
    }
}

#[test]
fn conditions_do_not_allocate() {
    let document = Document::from_json(PATIENT).unwrap().document;
    for (text, wanted) in [
        ("name.exists()", true),
        ("name.exists(use = 'official' and family.exists())", true),
        ("name.all(given.exists() or family.exists())", true),
        (
            "contact.all(name.exists() or telecom.exists() or address.exists() or organization.exists())",
            true,
        ),
        ("hasValue() or (children().count() > id.count())", true),
        ("birthDate < @2000-01-01 and birthDate >= @1970", false),
        ("gender in ('male' | 'other')", false),
        ("name.count() = 2 and name[0].use != 'official'", true),
        ("gender = 'female' implies active", true),
    ] {
        let program = compile(text).unwrap();
        let context = Context::new();
        let mut holds = false;
        let count = counted(|| holds = program.evaluate_bool(document.root(), &context).unwrap());
        // A union keeps what it has seen.
        let allowed = if text.contains('|') { 1 } else { 0 };
        assert_eq!((holds, count.min(allowed)), (wanted, count), "{text}");
    }
}

/// Resources and elements of many types, each with what the invariants of its type ask for.
const RESOURCES: [&[u8]; 9] = [
    PATIENT,
    br##"{"resourceType": "Observation", "id": "o1", "meta": {"versionId": "1"}, "language": "en",
        "text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">Pulse</div>"},
        "contained": [{"resourceType": "Practitioner", "id": "doctor"}],
        "status": "final", "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "performer": [{"reference": "#doctor"}], "effectivePeriod": {"start": "2024-02-01", "end": "2024-02-03"},
        "valueQuantity": {"value": 72, "unit": "/min", "system": "http://unitsofmeasure.org", "code": "/min"},
        "referenceRange": [{"low": {"value": 60, "unit": "/min"}, "high": {"value": 90, "unit": "/min"}}],
        "component": [{"code": {"text": "c"}, "valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 2}}}]}"##,
    br#"{"resourceType": "Bundle", "type": "searchset", "total": 1, "entry": [{"fullUrl": "urn:uuid:1",
        "resource": {"resourceType": "Patient", "id": "p"}, "search": {"mode": "match", "score": 0.5}}]}"#,
    br#"{"resourceType": "Questionnaire", "url": "http://example.org/q", "name": "Q", "status": "draft", "item": [
        {"linkId": "1", "type": "choice", "answerOption": [{"valueString": "a"}], "item": [{"linkId": "1.1", "type": "display"}]},
        {"linkId": "2", "type": "group", "enableWhen": [{"question": "1", "operator": "=", "answerString": "a"}]}]}"#,
    br#"{"resourceType": "MedicationRequest", "status": "active", "intent": "order", "medicationReference": {"display": "m"},
        "subject": {"reference": "Patient/1", "type": "Patient"}, "dosageInstruction": [{"timing": {"repeat": {"boundsRange":
        {"low": {"value": 1, "unit": "d"}, "high": {"value": 2, "unit": "d"}}, "duration": 1, "durationUnit": "h", "count": 3,
        "period": 1, "periodMax": 2, "periodUnit": "d", "when": ["MORN"], "offset": 10}}, "doseAndRate": [{"rateRatio":
        {"numerator": {"value": 1}, "denominator": {"value": 1}}}]}]}"#,
    br#"{"resourceType": "ValueSet", "url": "http://example.org/v", "name": "V", "status": "draft", "compose": {"include": [
        {"system": "http://loinc.org", "concept": [{"code": "a"}], "filter": []}]},
        "expansion": {"timestamp": "2024-02-01", "contains": [{"code": "a", "system": "http://loinc.org"}],
        "parameter": [{"name": "p", "valueBoolean": true}]}}"#,
    br#"{"resourceType": "StructureDefinition", "url": "http://example.org/s", "name": "S", "status": "draft", "kind": "resource",
        "abstract": false, "type": "Basic", "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Basic",
        "derivation": "constraint", "differential": {"element": [{"id": "Basic", "path": "Basic", "min": 0, "max": "*",
        "slicing": {"rules": "open"}, "type": [{"code": "Basic"}], "binding": {"strength": "required", "valueSet": "http://e.org"},
        "constraint": [{"key": "k", "severity": "error", "human": "h", "expression": "true"}]}]}}"#,
    br#"{"resourceType": "Claim", "status": "active", "total": {"value": 1.5, "currency": "EUR"}, "item": [{"sequence": 1}],
        "supportingInfo": [{"sequence": 1, "valueAttachment": {"contentType": "text/plain", "data": "YQ=="}}]}"#,
    br#"{"resourceType": "Consent", "status": "active", "patient": {"reference": "Patient/1"}, "policy": [{"uri": "http://e.org"}],
        "provision": {"data": [{"meaning": "instance", "reference": {"identifier": {"value": "7"}}}]}}"#,
];

/// A host that finds no fault with narratives, which txt-1 and txt-2 ask it for.
struct Reader;

impl<'a> Host<'a, Node<'a>> for Reader {
    fn html_checks(&self, _: &Item<'a, Node<'a>>) -> Result<Option<bool>, Error> {
        Ok(Some(true))
    }
}

/// Invariants that need memory, with the reason.
const ALLOCATING: [(&str, &str); 2] = [
    ("bdl-7", "it puts the URL and the version of each entry together"),
    ("dom-3", "it puts a number sign and an id together"),
];

#[test]
fn the_invariants_of_fhir_do_not_allocate() {
    let mut judged = BTreeSet::new();
    let mut allocating = BTreeSet::new();
    for resource in RESOURCES {
        let document = Document::from_json(resource).unwrap().document;
        for place in iter::once(document.root()).chain(document.root().descendants()) {
            let invariants = invariants(place);
            let alone = Context::new().resource(document.root());
            let asking = Context::new().resource(document.root()).host(&Reader);
            for (key, program) in &invariants {
                let asks = key.starts_with("txt-");
                let context = if asks { &asking } else { &alone };
                let judge = || program.evaluate_bool(place, context).unwrap();
                // A regular expression makes its room at its first use.
                judge();
                judged.insert(*key);
                if counted(|| _ = judge()) > 0 {
                    allocating.insert(*key);
                }
            }
        }
    }
    assert!(judged.len() > 100, "{}", judged.len());
    let wanted = ALLOCATING.map(|(key, _)| key);
    assert_eq!(allocating, BTreeSet::from(wanted));
}

/// The invariants of the type of a place and of what it is derived from, and those of its element.
fn invariants(place: Node<'_>) -> Vec<(&'static str, Program)> {
    let of_types = iter::successors(place.type_id(), |own| own.base()).flat_map(|own| own.invariants());
    let of_element = place
        .element()
        .into_iter()
        .flat_map(|element| element.invariants());
    let all = of_types.chain(of_element);
    all.filter_map(|one| Some((one.key(), compile(one.expression()?).ok()?)))
        .collect()
}
