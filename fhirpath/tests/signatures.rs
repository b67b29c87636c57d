//! Functions of the host that say what they take and give.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use carewire_fhir_model::Document;
use carewire_fhir_model::schema::TypeId;
use carewire_fhirpath::{Compiler, Context, Error, Host, Item, Node, Signature, compile};

fn compiler(signatures: &[&str]) -> Compiler {
    let declared = signatures.iter().map(|text| Signature::parse(text).unwrap());
    declared.fold(Compiler::new().focus(TypeId::PATIENT), Compiler::declare)
}

/// What a compiler says, with whether a strict one refuses it.
fn said(signatures: &[&str], expression: &str) -> Vec<String> {
    let compiler = compiler(signatures);
    let program = compiler.compile(expression).unwrap();
    let refused: Vec<String> = match compiler.strict(true).compile(expression) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(|fault| fault.message().to_owned()).collect(),
    };
    let shown = program.warnings().iter().map(|warning| {
        let refused = refused.contains(&warning.message().to_owned());
        let weight = if refused { "error" } else { "warning" };
        format!(
            "{weight} {} {}: {}",
            warning.code(),
            warning.column(),
            warning.message()
        )
    });
    shown.collect()
}

#[test]
fn calls_that_fit_are_followed() {
    let signatures = [
        "Patient.age(at: Date): Integer",
        "HumanName*.best(use?: code): HumanName",
        "Any*.tagged(with: String*, by?: System.String): Any*",
        "dose(of: Quantity, times: Decimal): Quantity",
    ];
    for expression in [
        "age(@2024-02-10) + 1",
        "Patient.age(birthDate) > 18",
        "name.best().family.upper()",
        "name.best('official').given.first()",
        "name.best(name.first().use).family",
        "name.tagged(name.given).tagged('a' | 'b', 'c').whatever",
        "dose(4 'mg', 2).value",
        "dose(3, 2.5)",
        "name.best(%any).family",
    ] {
        let compiler = compiler(&signatures).strict(true).variable("any");
        let program = compiler.compile(expression).unwrap();
        assert!(
            program.warnings().is_empty(),
            "{expression}: {:?}",
            program.warnings()
        );
    }
}

#[test]
fn calls_that_do_not_fit_are_found_with_their_place() {
    let signatures = [
        "Patient.age(at: Date): Integer",
        "HumanName*.best(use?: code): HumanName",
        "String.padded(width: Integer): String",
    ];
    for (expression, wanted) in [
        (
            "age('2024')",
            "error wrong-type 5: expected Date as `at` of `age`, found System.String: `toDate()` converts it",
        ),
        (
            "age(name)",
            "error wrong-type 5: expected Date as `at` of `age`, found HumanName",
        ),
        (
            "name.age(@2024)",
            "error wrong-type 6: expected Patient as the input of `age`, found HumanName",
        ),
        (
            "age(1.5)",
            "error wrong-type 5: expected Date as `at` of `age`, found System.Decimal: `toDate()` converts it",
        ),
        (
            "'a'.padded(1.5)",
            "error wrong-type 12: expected Integer as `width` of `padded`, found System.Decimal: `toInteger()` converts it",
        ),
        (
            "name.best().famly",
            "error unknown-element 13: HumanName has no element `famly`, did you mean `family`?",
        ),
        (
            "age(@2024) & 'x'",
            "warning operand-types 1: `&` has no meaning between System.Integer and System.String",
        ),
        (
            "age(@2024).startsWith('1')",
            "error wrong-type 12: expected a string for `startsWith`, found System.Integer",
        ),
    ] {
        assert!(
            said(&signatures, expression).contains(&wanted.to_owned()),
            "{:#?}",
            said(&signatures, expression)
        );
    }
    let several = "warning not-singular 17: expected one item as the input of `padded`, there may be several: `first()`, `single()` or a filter leaves one";
    assert!(said(&signatures, "name.best().given.padded(3)").contains(&several.replace(" 17:", " 19:")));
    let several = "warning not-singular 12: expected one item as `width` of `padded`, there may be several: `first()`, `single()` or a filter leaves one";
    assert!(said(&signatures, "'a'.padded(telecom.rank)").contains(&several.to_owned()));
    for (expression, message) in [
        ("age()", "expected 1 argument for `age`, found 0"),
        ("name.best(1, 2)", "expected 0 to 1 arguments for `best`, found 2"),
    ] {
        let faults = compiler(&signatures).compile(expression).unwrap_err();
        assert_eq!(faults.iter().map(Error::message).collect::<Vec<_>>(), [message]);
    }
}

#[test]
fn signatures_that_are_none_are_refused_with_their_place() {
    for (text, wanted) in [
        (
            "HumanNam*.best()",
            "semantic unknown-type 1 8: there is no type `HumanNam`, did you mean `HumanName`?",
        ),
        (
            "best(use: strin)",
            "semantic unknown-type 11 5: there is no type `strin`, did you mean `string`?",
        ),
        (
            "best(): FHIR.Integer",
            "semantic unknown-type 14 7: there is no type `Integer`, did you mean `integer`?",
        ),
        (
            "best(a?: String, b: String)",
            "semantic parameter-order 18 1: expected `?` behind the name: a parameter before it may be left out",
        ),
        ("best", ""),
        ("best(a)", ""),
        ("best(a: String", ""),
        ("best(a: String) -> b", ""),
        ("3best()", ""),
        ("", ""),
        ("é()", ""),
        ("a(): String é", ""),
    ] {
        let fault = Signature::parse(text).map(|_| ()).unwrap_err();
        let span = fault.span();
        let shown = format!(
            "{} {} {} {}: {}",
            fault.kind().as_str(),
            fault.code(),
            fault.column(),
            span.end - span.start,
            fault.message()
        );
        if wanted.is_empty() {
            assert_eq!(fault.code(), "bad-signature", "{text}");
            assert!(
                text.get(span.start as usize..span.end as usize).is_some(),
                "{text}"
            );
        } else {
            assert_eq!(shown, wanted);
        }
    }
    let long = format!("a(): {}", "b".repeat(5_000));
    assert_eq!(
        Signature::parse(&long).map(|_| ()).unwrap_err().code(),
        "text-limit"
    );
}

#[test]
fn a_function_of_the_host_comes_before_a_built_in_one() {
    let signatures = ["Patient.trim(): Patient"];
    assert_eq!(said(&signatures, "trim().name"), Vec::<String>::new());
}

struct Answers;

impl<'a, N: Node<'a>> Host<'a, N> for Answers {
    fn call(
        &self,
        _: &str,
        _: usize,
        input: &[Item<'a, N>],
        arguments: &[Vec<Item<'a, N>>],
    ) -> Result<Vec<Item<'a, N>>, Error> {
        let count = input.len() + arguments.iter().map(Vec::len).sum::<usize>();
        Ok(vec![Item::Integer(i64::try_from(count).unwrap())])
    }
}

#[test]
fn a_host_is_never_given_several_items_where_one_is_taken() {
    let json = br#"{"resourceType": "Patient", "name": [{"given": ["A", "B"]}]}"#;
    let document = Document::from_json(json).unwrap().document;
    let compiler = compiler(&[
        "String.one(of: String): Integer",
        "String*.many(of: String*): Integer",
    ]);
    for (expression, wanted) in [
        ("name.given.first().one('a')", Ok(2)),
        ("name.family.one('a')", Ok(1)),
        ("name.given.one('a')", Err("not-singular")),
        ("'a'.one(name.given)", Err("not-singular")),
        ("name.given.many(name.given)", Ok(4)),
    ] {
        let program = compiler.compile(expression).unwrap();
        let given = program.evaluate(document.root(), &Context::new().host(&Answers));
        let given = given
            .map(|items| items[0].as_integer().unwrap())
            .map_err(|fault| fault.code());
        assert_eq!(given, wanted, "{expression}");
    }
    assert!(compile("name.given.one('a')").is_err());
}
