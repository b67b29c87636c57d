//! Facts about types and elements: what a primitive looks like, bindings, invariants.

#[cfg(feature = "typed")]
use crate::document::tape::Kind;

use super::TypeId;
use super::rows::{BindingRow, InvariantRow, PrimitiveRow};
use crate::generated::{bindings, invariants, primitives};

/// How JSON writes a primitive's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JsonForm {
    /// In quotation marks.
    String,
    /// Bare digits: `decimal` and the integers.
    Number,
    /// `true` or `false`, bare.
    Boolean,
}

#[cfg(feature = "typed")]
impl JsonForm {
    /// Whether a JSON value of a kind is of the form.
    pub(crate) fn has(self, kind: Kind) -> bool {
        match self {
            Self::String => kind == Kind::String,
            Self::Number => kind == Kind::Number,
            Self::Boolean => matches!(kind, Kind::True | Kind::False),
        }
    }
}

/// What the value of a primitive type looks like.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::schema::{JsonForm, TypeId};
/// let id = TypeId::ID.primitive().ok_or("no primitive")?;
/// assert_eq!((id.form(), id.regex()), (JsonForm::String, Some(r"[A-Za-z0-9\-\.]{1,64}")));
/// # Ok::<(), &str>(())
/// ```
///
/// Spec: FHIR R4, [Primitive Types](https://hl7.org/fhir/R4/datatypes.html#primitive).
#[derive(Clone, Copy)]
pub struct Primitive(&'static PrimitiveRow);

impl Primitive {
    pub(super) fn of(ty: TypeId) -> Option<Self> {
        primitives::ROWS.iter().find(|row| row.ty == ty).map(Self)
    }

    /// The type.
    pub fn type_id(self) -> TypeId {
        self.0.ty
    }

    /// How JSON writes the value.
    pub fn form(self) -> JsonForm {
        self.0.form
    }

    /// The regular expression of the definitions, to be matched by the whole value. `None` for `xhtml`.
    ///
    /// It is the text of the standard, in XML Schema's dialect: `\s` there is space, tab, line feed and carriage
    /// return.
    pub fn regex(self) -> Option<&'static str> {
        (!self.0.regex.is_empty()).then_some(self.0.regex)
    }

    /// The smallest number, if the definitions name one.
    pub fn min(self) -> Option<i64> {
        self.0.min
    }

    /// The largest number, if the definitions name one.
    pub fn max(self) -> Option<i64> {
        self.0.max
    }

    /// The greatest number of characters, if the definitions name one.
    pub fn max_length(self) -> Option<u32> {
        self.0.max_length
    }
}

/// How much a binding binds.
///
/// Spec: <https://hl7.org/fhir/R4/valueset-binding-strength.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BindingStrength {
    /// The code must be from the value set.
    Required,
    /// From the value set unless none of its codes fits.
    Extensible,
    /// Better from the value set.
    Preferred,
    /// The value set is an illustration.
    Example,
}

/// The value set that an element's codes are bound to.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::schema::{BindingStrength, Schema};
/// let gender = Schema::r4().element("Patient.gender").and_then(|one| one.binding()).ok_or("no binding")?;
/// assert_eq!(gender.strength(), BindingStrength::Required);
/// assert_eq!(gender.value_set(), "http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1");
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy)]
pub struct Binding(&'static BindingRow);

impl Binding {
    pub(super) fn numbered(number: u16) -> Option<Self> {
        usize::from(number)
            .checked_sub(1)
            .and_then(|at| bindings::ROWS.get(at))
            .map(Self)
    }

    /// How much it binds.
    pub fn strength(self) -> BindingStrength {
        self.0.strength
    }

    /// The canonical URL, with `|version` where the definitions have one.
    pub fn value_set(self) -> &'static str {
        self.0.value_set
    }

    /// The value set that no code may leave, where a weaker binding has one.
    pub fn max_value_set(self) -> Option<&'static str> {
        (!self.0.max_value_set.is_empty()).then_some(self.0.max_value_set)
    }
}

/// A rule of the definitions, as a FHIRPath expression.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::schema::TypeId;
/// let per_1 = TypeId::PERIOD.invariants().next().ok_or("no invariant")?;
/// assert_eq!((per_1.key(), per_1.is_error()), ("per-1", true));
/// assert!(per_1.expression().is_some_and(|expression| expression.contains("start <= end")));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy)]
pub struct Invariant(pub(super) &'static InvariantRow);

impl Invariant {
    pub(super) fn at(path: &str) -> impl ExactSizeIterator<Item = Self> + use<> {
        let rows = &invariants::ROWS;
        let start = rows.partition_point(|row| row.path < path);
        let end = rows.partition_point(|row| row.path <= path);
        rows.get(start..end).unwrap_or_default().iter().map(Self)
    }

    /// The path of the type or element it is declared on.
    pub fn path(self) -> &'static str {
        self.0.path
    }

    /// Its key, `pat-1`.
    pub fn key(self) -> &'static str {
        self.0.key
    }

    /// Whether breaking it is an error; otherwise it is a warning.
    pub fn is_error(self) -> bool {
        self.0.is_error
    }

    /// The FHIRPath expression that must be true. `None` if the definitions give the rule in words alone.
    pub fn expression(self) -> Option<&'static str> {
        (!self.0.expression.is_empty()).then_some(self.0.expression)
    }
}
