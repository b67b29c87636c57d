//! What each kind of damage is: where it fits, how it is done, and which rule it breaks.

use carewire_fhir_model::schema::{BindingStrength, TypeId};
use serde_json::{Value, json};

use super::places::Place;

/// A kind of damage.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    /// Its name in the ids of cases.
    pub(crate) name: &'static str,
    /// In how many of the 500 examples it can be done.
    pub(crate) pinned: usize,
    /// Whether it can be done to a property with this value.
    pub(crate) fits: fn(&Place, &Value) -> bool,
    /// Does it and gives the FHIRPath where the error is expected.
    pub(crate) damage: fn(&Place, &mut Value) -> String,
    /// The rules one of which must speak there.
    pub(crate) rules: &'static [&'static str],
}

/// All kinds.
pub(crate) const KINDS: [Kind; 12] = [
    Kind {
        name: "unknown-element",
        pinned: 500,
        fits: |_, _| true,
        damage: unknown_element,
        rules: &["element-unknown"],
    },
    Kind {
        name: "wrong-type",
        pinned: 500,
        fits: wrong_type_fits,
        damage: wrong_type,
        rules: &["element-type"],
    },
    Kind {
        name: "array-for-single",
        pinned: 500,
        fits: |place, _| !place.property.element().is_list(),
        damage: array_for_single,
        rules: &["array-unexpected"],
    },
    Kind {
        name: "single-for-array",
        pinned: 482,
        fits: |place, _| place.property.element().is_list(),
        damage: single_for_array,
        rules: &["array-expected"],
    },
    Kind {
        name: "missing-required",
        pinned: 500,
        fits: |place, _| place.property.element().min() > 0,
        damage: missing_required,
        rules: &["element-missing"],
    },
    Kind {
        name: "bad-date",
        pinned: 410,
        fits: |place, value| is(place, DATES) && value.is_string(),
        damage: bad_date,
        rules: &["date-format", "date-time-format", "instant-format", "time-format"],
    },
    Kind {
        name: "bad-id",
        pinned: 500,
        fits: |place, value| place.in_resource && is(place, &[TypeId::ID]) && value.is_string(),
        damage: bad_id,
        rules: &["id-format"],
    },
    Kind {
        name: "bad-code",
        pinned: 498,
        fits: bad_code_fits,
        damage: bad_code,
        rules: &["binding-required"],
    },
    Kind {
        name: "too-many",
        pinned: 500,
        fits: |place, value| !place.property.element().is_list() && !value.is_array(),
        damage: too_many,
        rules: &["element-repeated"],
    },
    Kind {
        name: "two-variants",
        pinned: 341,
        fits: |place, _| place.property.element().is_choice(),
        damage: two_variants,
        rules: &["choice-repeated"],
    },
    Kind {
        name: "empty",
        pinned: 500,
        fits: |_, value| value.is_string() || value.is_object() || value.is_array(),
        damage: empty,
        rules: &["element-empty"],
    },
    Kind {
        name: "bad-primitive",
        pinned: 496,
        fits: bad_primitive_fits,
        damage: bad_primitive,
        rules: &[
            "element-type",
            "integer-format",
            "uri-format",
            "base64-format",
            "code-format",
            "string-format",
        ],
    },
];

const DATES: &[TypeId] = &[TypeId::DATE, TypeId::DATE_TIME, TypeId::INSTANT, TypeId::TIME];

fn is(place: &Place, types: &[TypeId]) -> bool {
    types.contains(&place.property.type_id())
}

fn set(place: &Place, example: &mut Value, value: Value) {
    place
        .object(example)
        .insert(place.property.key().to_owned(), value);
}

fn take(place: &Place, example: &mut Value) -> Value {
    place
        .object(example)
        .remove(place.property.key())
        .expect("the walk was there")
}

/// The value of the property, or the first of its array.
fn first<'a>(place: &Place, example: &'a mut Value) -> &'a mut Value {
    match place
        .object(example)
        .get_mut(place.property.key())
        .expect("the walk was there")
    {
        Value::Array(items) => items.first_mut().expect("arrays of examples have items"),
        one => one,
    }
}

fn unknown_element(place: &Place, example: &mut Value) -> String {
    place.object(example).insert("unheardOf".into(), json!("a"));
    place.parent.clone()
}

fn wrong_type_fits(_: &Place, value: &Value) -> bool {
    !value.is_null() && value[0] != Value::Null || !value.is_array()
}

fn wrong_type(place: &Place, example: &mut Value) -> String {
    let value = first(place, example);
    *value = match &*value {
        Value::String(_) => json!(true),
        Value::Bool(_) => json!("true"),
        Value::Number(number) => json!(number.to_string()),
        _ => json!("text"),
    };
    place.first()
}

fn array_for_single(place: &Place, example: &mut Value) -> String {
    let value = take(place, example);
    set(place, example, json!([value]));
    place.expression(None)
}

fn single_for_array(place: &Place, example: &mut Value) -> String {
    let value = take(place, example);
    set(place, example, value[0].clone());
    place.expression(None)
}

fn missing_required(place: &Place, example: &mut Value) -> String {
    take(place, example);
    place
        .object(example)
        .remove(&format!("_{}", place.property.key()));
    place.parent.clone()
}

fn bad_date(place: &Place, example: &mut Value) -> String {
    set(place, example, json!("2024-02-30"));
    place.expression(None)
}

fn bad_id(place: &Place, example: &mut Value) -> String {
    set(place, example, json!("no id_"));
    place.expression(None)
}

fn bad_code_fits(place: &Place, value: &Value) -> bool {
    let required = place.property.element().binding().is_some_and(|binding| {
        binding.strength() == BindingStrength::Required
            && carewire_terminology::valuesets::r4().contains(binding.value_set(), None, "unheard-of")
                == Some(false)
    });
    required && is(place, &[TypeId::CODE]) && (value.is_string() || value[0].is_string())
}

fn bad_code(place: &Place, example: &mut Value) -> String {
    *first(place, example) = json!("unheard-of");
    place.first()
}

fn too_many(place: &Place, example: &mut Value) -> String {
    let value = take(place, example);
    set(place, example, json!([value, value]));
    place.expression(None)
}

fn two_variants(place: &Place, example: &mut Value) -> String {
    let properties = place.property.element().properties();
    let other = properties
        .iter()
        .find(|other| other.key() != place.property.key())
        .expect("a choice has two variants");
    let value = match other.type_id().json_form() {
        _ if other.type_id() == TypeId::BOOLEAN => json!(true),
        Some(carewire_fhir_model::schema::JsonForm::Number) => json!(1),
        Some(_) => json!("2024"),
        None => json!({ "id": "a" }),
    };
    place.object(example).insert(other.key().to_owned(), value);
    place.expression(None)
}

fn empty(place: &Place, example: &mut Value) -> String {
    let value = take(place, example);
    let empty = match value {
        Value::String(_) => json!(""),
        Value::Object(_) => json!({}),
        _ => json!([]),
    };
    set(place, example, empty);
    place.expression(None)
}

fn bad_primitive_fits(place: &Place, value: &Value) -> bool {
    let types = &[
        TypeId::BOOLEAN,
        TypeId::DECIMAL,
        TypeId::INTEGER,
        TypeId::POSITIVE_INT,
        TypeId::UNSIGNED_INT,
        TypeId::URI,
        TypeId::URL,
        TypeId::CANONICAL,
        TypeId::BASE64_BINARY,
        TypeId::STRING,
    ];
    is(place, types) && !value.is_null() && !value[0].is_null() | !value.is_array()
}

fn bad_primitive(place: &Place, example: &mut Value) -> String {
    let ty = place.property.type_id();
    *first(place, example) = match ty {
        TypeId::BOOLEAN => json!("yes"),
        TypeId::DECIMAL => json!("1,5"),
        TypeId::INTEGER | TypeId::POSITIVE_INT | TypeId::UNSIGNED_INT => json!(1.5),
        TypeId::BASE64_BINARY => json!("%%%"),
        TypeId::STRING => json!("a\u{1}"),
        _ => json!("a b"),
    };
    place.first()
}
