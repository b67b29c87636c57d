use alloc::boxed::Box;
use core::any::Any;
use core::fmt;

use super::leaf::{Leaf, Raw};
use super::{Extra, FhirString, Items};
use crate::r4::Resource;
use crate::schema::TypeId;

/// A typed value by its elements: what reading, writing, comparing and walking are written over.
///
/// Every data type, backbone element and resource is one. Elements are numbered as by
/// [`Element::slot`](crate::schema::Element::slot).
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::r4::Patient;
/// # use carewire_fhir_model::typed::Fields;
/// let patient: &dyn Fields = &Patient { birth_date: "1974".parse().ok(), ..Default::default() };
/// let element = patient.fhir_type().element("birthDate").ok_or("no such element")?;
/// assert!(patient.get(element.slot()).is_some());
/// # Ok::<(), &str>(())
/// ```
pub trait Fields: Any {
    /// Its type in the schema.
    fn fhir_type(&self) -> TypeId;

    /// An element to be filled.
    #[doc(hidden)]
    fn slot(&mut self, element: u8) -> Option<&mut dyn Slot>;

    /// Shows each field that is there, in the order of the schema. What [`Fields::extra`] holds is not shown.
    fn visit<'a>(&'a self, visit: &mut dyn Visit<'a>);

    /// What is rare.
    fn extra(&self) -> &Extra;

    /// What is rare, to be changed.
    fn extra_mut(&mut self) -> &mut Extra;
}

impl dyn Fields + '_ {
    /// The value of an element, and which alternative of a choice it is. `None` if it is absent.
    pub fn get(&self, element: u8) -> Option<(u8, Value<'_>)> {
        let mut find = Find { element, found: None };
        if !self.fhir_type().is_resource() {
            self.extra().show(&mut find);
        }
        self.visit(&mut find);
        find.found
    }
}

/// Keeps one of the fields that are shown.
struct Find<'a> {
    element: u8,
    found: Option<(u8, Value<'a>)>,
}

impl<'a> Visit<'a> for Find<'a> {
    fn field(&mut self, element: u8, variant: u8, value: Value<'a>) {
        if element == self.element {
            self.found = Some((variant, value));
        }
    }
}

/// What [`Fields::visit`] shows the fields to.
pub trait Visit<'a> {
    /// An element that is there: its number, which alternative of a choice it is, its value.
    fn field(&mut self, element: u8, variant: u8, value: Value<'a>);

    /// An element that repeats.
    #[doc(hidden)]
    fn list(&mut self, element: u8, list: &'a dyn List) {
        self.field(element, 0, Value::List(list));
    }

    /// A text.
    #[doc(hidden)]
    fn text(&mut self, element: u8, text: &'a FhirString) {
        self.field(element, 0, Value::Leaf(Leaf::Text(text)));
    }

    /// A data type or backbone element.
    #[doc(hidden)]
    fn node(&mut self, element: u8, node: &'a dyn Fields) {
        self.field(element, 0, Value::Node(node));
    }
}

/// The value of a field.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Value<'a> {
    /// A primitive.
    Leaf(Leaf<'a>),
    /// A data type or backbone element.
    Node(&'a dyn Fields),
    /// A resource.
    Resource(&'a Resource),
    /// The values of an element that repeats.
    List(&'a dyn List),
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leaf(leaf) => leaf.fmt(f),
            Self::Node(node) => super::erased::debug(*node, f),
            Self::Resource(resource) => resource.fmt(f),
            Self::List(list) => {
                let items = (0..list.len()).filter_map(|at| list.at(at));
                f.debug_list().entries(items).finish()
            }
        }
    }
}

/// The values of an element that repeats.
#[expect(clippy::len_without_is_empty, reason = "an empty list is not shown")]
pub trait List {
    /// How many there are.
    fn len(&self) -> usize;
    /// One of them, from 0.
    fn at(&self, index: usize) -> Option<Value<'_>>;
}

/// Why a value was not taken.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It does not fit.
    Misfit,
    /// There is one already.
    Occupied,
}

/// A field of a typed value, whatever its type, to be filled.
#[doc(hidden)]
pub trait Slot {
    /// Takes a primitive.
    fn leaf(&mut self, variant: u8, raw: Raw<'_>, hint: usize) -> Result<(), Refused>;

    /// Takes a new value of a type and gives it to be filled.
    fn node(&mut self, variant: u8, ty: TypeId, hint: usize) -> Result<&mut dyn Fields, Refused>;

    /// Takes a resource that has no type here, as JSON.
    fn other(&mut self, json: &str, hint: usize) -> Result<(), Refused>;

    /// Makes it absent.
    fn clear(&mut self);
}

/// What a field may hold one or several of.
#[doc(hidden)]
pub trait Item: Sized + 'static {
    fn value(&self) -> (u8, Value<'_>);

    fn show<'a>(&'a self, element: u8, visit: &mut dyn Visit<'a>) {
        let (variant, value) = self.value();
        visit.field(element, variant, value);
    }

    fn read(_variant: u8, _raw: Raw<'_>) -> Option<Self> {
        None
    }

    fn blank(_variant: u8, _ty: TypeId) -> Option<Self> {
        None
    }

    fn node(&mut self) -> Option<&mut dyn Fields> {
        None
    }

    fn other(_json: &str) -> Option<Self> {
        None
    }
}

impl<T: Item> Slot for Option<T> {
    fn leaf(&mut self, variant: u8, raw: Raw<'_>, _: usize) -> Result<(), Refused> {
        if self.is_some() {
            return Err(Refused::Occupied);
        }
        *self = T::read(variant, raw);
        if self.is_some() {
            Ok(())
        } else {
            Err(Refused::Misfit)
        }
    }

    fn node(&mut self, variant: u8, ty: TypeId, _: usize) -> Result<&mut dyn Fields, Refused> {
        if self.is_some() {
            return Err(Refused::Occupied);
        }
        *self = T::blank(variant, ty);
        self.as_mut().and_then(T::node).ok_or(Refused::Misfit)
    }

    fn other(&mut self, json: &str, _: usize) -> Result<(), Refused> {
        if self.is_some() {
            return Err(Refused::Occupied);
        }
        *self = T::other(json);
        if self.is_some() {
            Ok(())
        } else {
            Err(Refused::Misfit)
        }
    }

    fn clear(&mut self) {
        *self = None;
    }
}

impl<T: Item> Slot for Items<T> {
    fn leaf(&mut self, variant: u8, raw: Raw<'_>, hint: usize) -> Result<(), Refused> {
        let value = T::read(variant, raw).ok_or(Refused::Misfit)?;
        self.put(value, hint).map(|_| ()).ok_or(Refused::Misfit)
    }

    fn node(&mut self, variant: u8, ty: TypeId, hint: usize) -> Result<&mut dyn Fields, Refused> {
        let value = T::blank(variant, ty).ok_or(Refused::Misfit)?;
        self.put(value, hint).and_then(T::node).ok_or(Refused::Misfit)
    }

    fn other(&mut self, json: &str, hint: usize) -> Result<(), Refused> {
        let value = T::other(json).ok_or(Refused::Misfit)?;
        self.put(value, hint).map(|_| ()).ok_or(Refused::Misfit)
    }

    fn clear(&mut self) {
        Items::clear(self);
    }
}

impl<T: Item> List for Items<T> {
    fn len(&self) -> usize {
        self.as_slice().len()
    }

    fn at(&self, index: usize) -> Option<Value<'_>> {
        self.get(index).map(|one| one.value().1)
    }
}

/// How the generated `visit` shows a field.
pub(crate) trait Show {
    fn show<'a>(&'a self, element: u8, visit: &mut dyn Visit<'a>);
}

impl<T: Item> Show for Option<T> {
    #[inline(always)]
    fn show<'a>(&'a self, element: u8, visit: &mut dyn Visit<'a>) {
        if let Some(one) = self {
            one.show(element, visit);
        }
    }
}

impl<T: Item> Show for Items<T> {
    #[inline(always)]
    fn show<'a>(&'a self, element: u8, visit: &mut dyn Visit<'a>) {
        if !self.is_blank() {
            visit.list(element, self);
        }
    }
}

impl<T: Item + Fields + Default> Item for Box<T> {
    #[inline]
    fn value(&self) -> (u8, Value<'_>) {
        (0, Value::Node(&**self))
    }

    #[inline(always)]
    fn show<'a>(&'a self, element: u8, visit: &mut dyn Visit<'a>) {
        visit.node(element, &**self);
    }

    fn blank(_: u8, _: TypeId) -> Option<Self> {
        Some(Box::default())
    }

    #[inline]
    fn node(&mut self) -> Option<&mut dyn Fields> {
        Some(&mut **self)
    }
}

/// `implicitRules`: a text in eight bytes, for nearly no resource has one.
impl Item for Box<FhirString> {
    fn value(&self) -> (u8, Value<'_>) {
        (**self).value()
    }

    fn read(variant: u8, raw: Raw<'_>) -> Option<Self> {
        FhirString::read(variant, raw).map(Box::new)
    }
}
