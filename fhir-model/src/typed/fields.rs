use alloc::boxed::Box;
use core::any::Any;
use core::fmt;

use super::leaf::{Leaf, Primitive, Raw};
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

    /// A code of a required binding.
    #[doc(hidden)]
    fn code(&mut self, element: u8, code: &'a str) {
        self.field(element, 0, Value::Leaf(Leaf::Code(code)));
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

    /// Makes a list of primitives empty.
    fn clear(&mut self);

    /// Gives back what a list that grew one by one has room for and does not need.
    fn fit(&mut self) {}
}

/// What a field may hold one or several of. Each type says what it can be made of; what it does not say is refused.
///
/// The functions of one shape are short and call others that are shared: there are 650 shapes, and the time to compile
/// them is that of what is compiled once for each.
#[doc(hidden)]
pub trait Item: Sized + 'static {
    fn value(&self) -> (u8, Value<'_>);

    #[inline]
    fn show<'a>(&'a self, element: u8, visit: &mut dyn Visit<'a>) {
        let (variant, value) = self.value();
        visit.field(element, variant, value);
    }

    /// The single value of a field from a primitive.
    #[inline]
    fn leaf(_into: &mut Option<Self>, _variant: u8, _raw: Raw<'_>) -> Result<(), Refused> {
        Err(Refused::Misfit)
    }

    /// The single value of a field, to be filled.
    #[inline]
    fn node(_into: &mut Option<Self>, _variant: u8, _ty: TypeId) -> Result<&mut dyn Fields, Refused> {
        Err(Refused::Misfit)
    }

    /// The single value of a field from JSON.
    #[inline]
    fn other(_into: &mut Option<Self>, _json: &str) -> Result<(), Refused> {
        Err(Refused::Misfit)
    }

    /// One more of a list from a primitive.
    #[inline]
    fn leaves(_into: &mut Items<Self>, _raw: Raw<'_>, _hint: usize) -> Result<(), Refused> {
        Err(Refused::Misfit)
    }

    /// One more of a list, to be filled.
    #[inline]
    fn nodes(_into: &mut Items<Self>, _ty: TypeId, _hint: usize) -> Result<&mut dyn Fields, Refused> {
        Err(Refused::Misfit)
    }

    /// One more of a list from JSON.
    #[inline]
    fn others(_into: &mut Items<Self>, _json: &str, _hint: usize) -> Result<(), Refused> {
        Err(Refused::Misfit)
    }

    /// Empties a list of primitives.
    #[inline]
    fn clear(_: &mut Items<Self>) {}
}

/// Puts a value where there is none, if one can be made.
///
/// What the field held is not dropped but forgotten, for it is nothing: the code that drops a value is the larger part
/// of what the compiler makes of an assignment.
#[inline]
pub(crate) fn put<T>(into: &mut Option<T>, make: impl FnOnce() -> Option<T>) -> Result<(), Refused> {
    if into.is_some() {
        return Err(Refused::Occupied);
    }
    core::mem::forget(core::mem::replace(into, make()));
    if into.is_some() {
        Ok(())
    } else {
        Err(Refused::Misfit)
    }
}

/// One more of a list, if one can be made.
#[inline]
pub(crate) fn add<T>(into: &mut Items<T>, value: Option<T>, hint: usize) -> Result<(), Refused> {
    into.put(value.ok_or(Refused::Misfit)?, hint);
    Ok(())
}

/// A new value of a type. As all that is compiled once a type and not inlined, it cannot unwind: see
/// [`Items`].
#[inline(never)]
pub(crate) extern "C" fn blank<T: Default>() -> Box<T> {
    // The place comes first, so that nothing is made elsewhere and copied.
    Box::write(Box::new_uninit(), T::default())
}

impl<T: Item> Slot for Option<T> {
    fn leaf(&mut self, variant: u8, raw: Raw<'_>, _: usize) -> Result<(), Refused> {
        T::leaf(self, variant, raw)
    }

    fn node(&mut self, variant: u8, ty: TypeId, _: usize) -> Result<&mut dyn Fields, Refused> {
        T::node(self, variant, ty)
    }

    fn other(&mut self, json: &str, _: usize) -> Result<(), Refused> {
        T::other(self, json)
    }

    fn clear(&mut self) {}
}

impl<T: Item> Slot for Items<T> {
    fn leaf(&mut self, _: u8, raw: Raw<'_>, hint: usize) -> Result<(), Refused> {
        T::leaves(self, raw, hint)
    }

    fn node(&mut self, _: u8, ty: TypeId, hint: usize) -> Result<&mut dyn Fields, Refused> {
        T::nodes(self, ty, hint)
    }

    fn other(&mut self, json: &str, hint: usize) -> Result<(), Refused> {
        T::others(self, json, hint)
    }

    fn clear(&mut self) {
        T::clear(self);
    }

    fn fit(&mut self) {
        Self::fit(self);
    }
}

impl<T: Item> List for Items<T> {
    fn len(&self) -> usize {
        self.shared_slice().len()
    }

    fn at(&self, index: usize) -> Option<Value<'_>> {
        self.as_slice().get(index).map(|one| one.value().1)
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

    #[inline]
    fn node(into: &mut Option<Self>, _: u8, _: TypeId) -> Result<&mut dyn Fields, Refused> {
        if into.is_some() {
            return Err(Refused::Occupied);
        }
        core::mem::forget(into.replace(blank()));
        match into {
            Some(one) => Ok(&mut **one),
            None => Err(Refused::Misfit),
        }
    }
}

/// `implicitRules`: a text in eight bytes, for nearly no resource has one.
impl Item for Box<FhirString> {
    fn value(&self) -> (u8, Value<'_>) {
        (**self).value()
    }

    fn leaf(into: &mut Option<Self>, _: u8, raw: Raw<'_>) -> Result<(), Refused> {
        put(into, || FhirString::read(raw).map(Box::new))
    }
}
