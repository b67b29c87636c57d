//! The shapes of the generated rows, and the tables that are worked out from them when the crate is compiled.

use super::{BindingStrength, Element, JsonForm, Property, SearchType, TypeId, TypeInfo, TypeKind};
use crate::generated::{self, ELEMENT_COUNT, PROPERTY_COUNT};

/// No type, where a row has room for one.
pub(crate) const NONE: u16 = u16::MAX;
/// No upper bound.
pub(crate) const M: u8 = u8::MAX;

pub(crate) struct TypeRow {
    name: &'static str,
    kind: TypeKind,
    is_abstract: bool,
    base: u16,
    elements: u8,
    binding: u16,
}

pub(crate) const fn t(
    name: &'static str,
    kind: TypeKind,
    is_abstract: bool,
    base: u16,
    elements: u8,
    binding: u16,
) -> TypeRow {
    TypeRow {
        name,
        kind,
        is_abstract,
        base,
        elements,
        binding,
    }
}

#[derive(Clone, Copy)]
pub(crate) struct ElementRow {
    name: u16,
    name_length: u8,
    min: u8,
    max: u8,
    flags: u8,
    /// The type, or the first row of the choice.
    ty: u16,
    /// How many alternatives a choice has; 0: not a choice.
    choices: u8,
    targets: u16,
    binding: u16,
}

#[expect(
    clippy::too_many_arguments,
    reason = "one argument a column of the generated table"
)]
pub(crate) const fn e(
    name: u16,
    name_length: u8,
    min: u8,
    max: u8,
    flags: u8,
    ty: u16,
    choices: u8,
    targets: u16,
    binding: u16,
) -> ElementRow {
    ElementRow {
        name,
        name_length,
        min,
        max,
        flags,
        ty,
        choices,
        targets,
        binding,
    }
}

#[derive(Clone, Copy)]
pub(crate) struct ChoiceRow {
    name: u16,
    name_length: u8,
    ty: u16,
    targets: u16,
}

pub(crate) const fn c(name: u16, name_length: u8, ty: u16, targets: u16) -> ChoiceRow {
    ChoiceRow {
        name,
        name_length,
        ty,
        targets,
    }
}

pub(crate) struct BindingRow {
    pub(crate) strength: BindingStrength,
    pub(crate) value_set: &'static str,
    pub(crate) max_value_set: &'static str,
}

pub(crate) const fn b(
    strength: BindingStrength,
    value_set: &'static str,
    max_value_set: &'static str,
) -> BindingRow {
    BindingRow {
        strength,
        value_set,
        max_value_set,
    }
}

pub(crate) struct InvariantRow {
    pub(crate) path: &'static str,
    pub(crate) key: &'static str,
    pub(crate) is_error: bool,
    pub(crate) expression: &'static str,
}

pub(crate) const fn i(
    path: &'static str,
    key: &'static str,
    is_error: bool,
    expression: &'static str,
) -> InvariantRow {
    InvariantRow {
        path,
        key,
        is_error,
        expression,
    }
}

pub(crate) struct PrimitiveRow {
    pub(crate) ty: TypeId,
    pub(crate) form: JsonForm,
    pub(crate) min: Option<i64>,
    pub(crate) max: Option<i64>,
    pub(crate) max_length: Option<u32>,
    pub(crate) regex: &'static str,
}

pub(crate) const fn p(
    ty: u16,
    form: JsonForm,
    min: Option<i64>,
    max: Option<i64>,
    max_length: Option<u32>,
    regex: &'static str,
) -> PrimitiveRow {
    PrimitiveRow {
        ty: TypeId::new(ty),
        form,
        min,
        max,
        max_length,
        regex,
    }
}

/// A text of the pool of search parameters.
#[derive(Clone, Copy)]
pub(crate) struct Text {
    at: u32,
    length: u16,
}

impl Text {
    pub(crate) fn get(self) -> &'static str {
        let start = self.at as usize;
        generated::search_texts::TEXTS
            .get(start..start + usize::from(self.length))
            .unwrap_or_default()
    }
}

pub(crate) const fn x(at: u32, length: u16) -> Text {
    Text { at, length }
}

pub(crate) struct SearchRow {
    pub(crate) id: Text,
    pub(crate) code: Text,
    pub(crate) expression: Text,
    pub(crate) kind: SearchType,
    pub(crate) components: u8,
    pub(crate) bases: u16,
    pub(crate) targets: u16,
    pub(crate) first_component: u16,
}

#[expect(
    clippy::too_many_arguments,
    reason = "one argument a column of the generated table"
)]
pub(crate) const fn s(
    id_at: u32,
    id_length: u16,
    code_at: u32,
    code_length: u16,
    expression_at: u32,
    expression_length: u16,
    kind: SearchType,
    bases: u16,
    targets: u16,
    first_component: u16,
    components: u8,
) -> SearchRow {
    SearchRow {
        id: x(id_at, id_length),
        code: x(code_at, code_length),
        expression: x(expression_at, expression_length),
        kind,
        components,
        bases,
        targets,
        first_component,
    }
}

/// A part of a composite search parameter.
pub(crate) struct SearchPart {
    pub(crate) definition: Text,
    pub(crate) expression: Text,
}

pub(crate) const fn g(at: u32, length: u16, expression_at: u32, expression_length: u16) -> SearchPart {
    SearchPart {
        definition: x(at, length),
        expression: x(expression_at, expression_length),
    }
}

pub(crate) struct CompartmentRow {
    pub(crate) compartment: TypeId,
    pub(crate) resource: TypeId,
    pub(crate) codes: &'static [Text],
}

pub(crate) const fn k(compartment: u16, resource: u16, codes: &'static [Text]) -> CompartmentRow {
    CompartmentRow {
        compartment: TypeId::new(compartment),
        resource: TypeId::new(resource),
        codes,
    }
}

pub(crate) const fn ids<const N: usize>(numbers: [u16; N]) -> [TypeId; N] {
    let mut ids = [TypeId::new(0); N];
    let mut at = 0;
    while at < N {
        ids[at] = TypeId::new(numbers[at]);
        at += 1;
    }
    ids
}

pub(crate) const TYPE_COUNT: usize = generated::types::ROWS.len();

/// Every type, in the order of the names.
pub(crate) static TYPES: [TypeInfo; TYPE_COUNT] = types();
/// Every element, type by type.
pub(crate) static ELEMENTS: [Element; ELEMENT_COUNT] = elements();
/// Every property: an element's JSON key, and for a choice the key of each alternative.
pub(crate) static PROPERTIES: [Property; PROPERTY_COUNT] = properties();

const fn types() -> [TypeInfo; TYPE_COUNT] {
    let rows = &generated::types::ROWS;
    let blank = TypeInfo {
        name: "",
        kind: TypeKind::Backbone,
        is_abstract: false,
        form: None,
        base: NONE,
        first_element: 0,
        first_property: 0,
        elements: 0,
        binding: 0,
    };
    let mut all = [blank; TYPE_COUNT];
    let (mut at, mut first, mut property) = (0, 0, 0);
    let (mut part, mut row_of_part) = (0, 0);
    while at < TYPE_COUNT {
        let row = &rows[at];
        all[at] = TypeInfo {
            name: row.name,
            kind: row.kind,
            is_abstract: row.is_abstract,
            form: form(at),
            base: row.base,
            first_element: first,
            first_property: property,
            elements: row.elements,
            binding: row.binding,
        };
        let mut element = 0;
        while element < row.elements {
            while row_of_part == generated::ELEMENT_ROWS[part].len() {
                part += 1;
                row_of_part = 0;
            }
            let choices = generated::ELEMENT_ROWS[part][row_of_part].choices;
            property += if choices == 0 { 1 } else { choices as u16 };
            row_of_part += 1;
            element += 1;
        }
        first += row.elements as u16;
        at += 1;
    }
    all
}

const fn form(ty: usize) -> Option<JsonForm> {
    let rows = &generated::primitives::ROWS;
    let mut at = 0;
    while at < rows.len() {
        if rows[at].ty.index() == ty {
            return Some(rows[at].form);
        }
        at += 1;
    }
    None
}

const fn elements() -> [Element; ELEMENT_COUNT] {
    let mut all = [Element::BLANK; ELEMENT_COUNT];
    let (mut part, mut row, mut property, mut at) = (0, 0, 0, 0);
    let (mut owner, mut slot) = (0, 0);
    while at < ELEMENT_COUNT {
        while row == generated::ELEMENT_ROWS[part].len() {
            part += 1;
            row = 0;
        }
        while slot == generated::types::ROWS[owner].elements {
            owner += 1;
            slot = 0;
        }
        let from = generated::ELEMENT_ROWS[part][row];
        let properties = if from.choices == 0 { 1 } else { from.choices };
        all[at] = Element {
            name: from.name,
            name_length: from.name_length,
            slot,
            owner: owner as u16,
            property,
            properties,
            min: from.min,
            max: from.max,
            flags: from.flags | if from.choices > 0 { Element::CHOICE } else { 0 },
            binding: from.binding,
        };
        property += properties as u16;
        slot += 1;
        row += 1;
        at += 1;
    }
    all
}

const fn properties() -> [Property; PROPERTY_COUNT] {
    let mut all = [Property::BLANK; PROPERTY_COUNT];
    let (mut part, mut row, mut element, mut at) = (0, 0, 0, 0);
    while at < PROPERTY_COUNT {
        while row == generated::ELEMENT_ROWS[part].len() {
            part += 1;
            row = 0;
        }
        let from = generated::ELEMENT_ROWS[part][row];
        if from.choices == 0 {
            all[at] = property(from.name, from.name_length, from.ty, from.targets, element, 0, at);
            at += 1;
        } else {
            let mut choice = 0;
            while choice < from.choices {
                let row = generated::choices::ROWS[from.ty as usize + choice as usize];
                all[at] = property(
                    row.name,
                    row.name_length,
                    row.ty,
                    row.targets,
                    element,
                    choice,
                    at,
                );
                choice += 1;
                at += 1;
            }
        }
        row += 1;
        element += 1;
    }
    all
}

const fn property(
    name: u16,
    length: u8,
    ty: u16,
    targets: u16,
    element: usize,
    variant: u8,
    number: usize,
) -> Property {
    let names = generated::names::NAMES.as_bytes();
    let (_, rest) = names.split_at(name as usize);
    let head = match rest.first_chunk::<16>() {
        Some(chunk) => u128::from_le_bytes(*chunk),
        None => 0,
    };
    let of = &ELEMENTS[element];
    Property {
        head: head & super::key::mask(length as usize + 1),
        name,
        length,
        slot: of.slot,
        ty: TypeId::new(ty),
        owner: TypeId::new(of.owner),
        number: number as u16,
        targets,
        form: TYPES[ty as usize].form,
        kind: TYPES[ty as usize].kind,
        is_list: of.max == M,
        variant,
    }
}
