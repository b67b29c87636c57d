//! The trees an expression can run over.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use carewire_fhir_model::schema::{Element, Schema, TypeId};

use crate::eval::{LOOKED_AT, fingerprint_of};
use crate::item::Item;
use crate::value::{Date, Quantity};

/// A place in a tree, as an expression sees it: a small copyable handle.
///
/// Everything an expression can ask of a tree goes through here, so that any tree can be asked: implement the
/// required methods and the rest follows. `'a` is the life of the tree; text is lent from it.
/// Children are pushed to a visitor, which can stop: that way `exists()` looks at no more than it needs.
///
/// # Examples
///
/// A tree of words, each with a number:
///
/// ```
/// use std::ops::ControlFlow;
/// use carewire_fhirpath::{Context, Item, Name, Node, TypeName, TypeReference};
///
/// struct Word { name: &'static str, count: i64, inner: Vec<Word> }
///
/// impl<'a> Node<'a> for &'a Word {
///     fn each_child<B>(
///         self, name: &Name, mut visit: impl FnMut(Self) -> ControlFlow<B>,
///     ) -> ControlFlow<B> {
///         self.inner.iter().filter(|word| name.as_str() == word.name).try_for_each(&mut visit)
///     }
///     fn each<B>(self, mut visit: impl FnMut(Self) -> ControlFlow<B>) -> ControlFlow<B> {
///         self.inner.iter().try_for_each(&mut visit)
///     }
///     fn name(self) -> &'a str { self.name }
///     fn value(self) -> Option<Item<'a, Self>> { Some(Item::Integer(self.count)) }
///     fn type_name(self) -> TypeName<'a> { TypeName { namespace: "Words", name: "Word" } }
///     fn is_type(self, specifier: &TypeReference) -> bool { specifier.is_named("Words", "Word") }
///     fn is_same(self, other: Self) -> bool { std::ptr::eq(self, other) }
/// }
///
/// let leaf = |name, count| Word { name, count, inner: Vec::new() };
/// let tree = Word { name: "root", count: 0, inner: vec![leaf("a", 1), leaf("b", 2), leaf("a", 3)] };
/// let sum = carewire_fhirpath::compile("a.where($this > 1) + b")?;
/// let result = sum.evaluate(&tree, &Context::new())?;
/// assert!(matches!(result[..], [Item::Integer(5)]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Spec: FHIRPath 2.0.0, 2 Navigation Model and 3 Path Selection.
pub trait Node<'a>: Copy {
    /// Visits the children of a name, in order, until the visitor breaks.
    ///
    /// For a choice element the name is the one without the type: `value`, not `valueQuantity`.
    ///
    /// # Errors
    ///
    /// Passes on the visitor's break.
    fn each_child<B>(self, name: &Name, visit: impl FnMut(Self) -> ControlFlow<B>) -> ControlFlow<B>;

    /// Visits all children in order, until the visitor breaks.
    ///
    /// # Errors
    ///
    /// Passes on the visitor's break.
    fn each<B>(self, visit: impl FnMut(Self) -> ControlFlow<B>) -> ControlFlow<B>;

    /// True if the place is known to have no children, so that `descendants()` need not look for them. Trees that cannot tell
    /// cheaply leave it false.
    fn is_leaf(self) -> bool {
        false
    }

    /// The name of the element that this place is in its parent.
    fn name(self) -> &'a str;

    /// The value of a primitive, as a value of the System model; `None` for a place without a value.
    ///
    /// It is asked only where an expression needs the value, never to see whether a place exists.
    fn value(self) -> Option<Item<'a, Self>>;

    /// The type of this place.
    fn type_name(self) -> TypeName<'a>;

    /// True if this place is of the type, or of one derived from it.
    fn is_type(self, specifier: &TypeReference) -> bool;

    /// True if both are the same place of the same tree.
    fn is_same(self, other: Self) -> bool;

    /// True if the place is a primitive. `as` and `ofType` take a primitive by its own type only, other places by
    /// the types they are derived from as well.
    fn is_primitive(self) -> bool {
        self.value().is_some()
    }

    /// True if `as` and `ofType` let the place through: a primitive by its own type only.
    fn is_taken_as(self, specifier: &TypeReference) -> bool {
        if self.is_primitive() {
            let own = self.type_name();
            specifier.is_named(own.namespace, own.name)
        } else {
            self.is_type(specifier)
        }
    }

    /// True if the place's value is this string; `None` if its value is no string. Trees that can tell without making
    /// the value are asked it in conditions.
    fn is_text(self, text: &str) -> Option<bool> {
        match self.value() {
            Some(Item::String(own)) => Some(own == text),
            _ => None,
        }
    }

    /// The place's value if that is a boolean. Trees that can tell without making the value are asked it in conditions.
    fn boolean(self) -> Option<bool> {
        match self.value() {
            Some(Item::Boolean(own)) => Some(own),
            _ => None,
        }
    }

    /// The place's value if that is a date. Trees that can tell without making the value are asked it where a date is moved and
    /// compared.
    fn date(self) -> Option<Date> {
        match self.value() {
            Some(Item::Date(own)) => Some(own),
            _ => None,
        }
    }

    /// The place's value if that is a string. Trees that can tell without making the value are asked it for the items of
    /// `repeat`, `distinct` and unions.
    fn string(self) -> Option<Cow<'a, str>> {
        match self.value() {
            Some(Item::String(own)) => Some(own),
            _ => None,
        }
    }

    /// A number that this place shares with all places that are equal to it, and with few others; 0 for a place that may
    /// equal a computed value. Places whose value is a string are told apart by that, and not asked.
    ///
    /// `repeat`, `distinct` and unions compare only places of one number. Unless it is implemented it comes from the first
    /// texts below the place.
    fn fingerprint(self) -> u64 {
        if self.has_value() || self.quantity().is_some() {
            return 0;
        }
        let mut texts = [const { None }; LOOKED_AT];
        let mut places = texts.iter_mut();
        let _: ControlFlow<()> = self.each(|child| match places.next() {
            Some(place) => {
                *place = Some(child.string());
                ControlFlow::Continue(())
            }
            None => ControlFlow::Break(()),
        });
        let mut texts = texts.into_iter().flatten();
        fingerprint_of(|| texts.next())
    }

    /// True if the place is a primitive that has a value.
    fn has_value(self) -> bool {
        self.value().is_some()
    }

    /// The place as a quantity, if it is one.
    fn quantity(self) -> Option<Quantity<'a>> {
        None
    }

    /// The place a reference leads to, if it is in this tree: an entry of the Bundle, a contained resource.
    fn resolve(self, reference: &str) -> Option<Self> {
        let _ = reference;
        None
    }

    /// A number that the places of one tree share and those of another living one do not.
    fn tree(self) -> usize {
        0
    }

    /// Visits each place that a reference in this tree can lead to, with the reference: an absolute URL, or `Type/id`.
    ///
    /// It is asked once in an evaluation; [`Node::resolve`] is then asked for fragments alone.
    fn each_target(self, visit: &mut dyn FnMut(Cow<'a, str>, Self)) {
        let _ = visit;
    }

    /// The path of this place for people, such as `Patient.name[0].given[1]`; empty where it is not known.
    fn path(self) -> String {
        String::new()
    }

    /// The offset of this place in the input it was read from.
    fn offset(self) -> Option<usize> {
        None
    }
}

/// The name of an element in a compiled program, with the elements of FHIR R4 that have it.
pub struct Name {
    text: Cow<'static, str>,
    /// In the order of the types; none for a name of the room's own.
    elements: Option<&'static [(TypeId, &'static Element)]>,
    /// Where among them the last one was found: most paths meet one type.
    hint: AtomicUsize,
}

impl Clone for Name {
    fn clone(&self) -> Self {
        Self {
            text: self.text.clone(),
            elements: self.elements,
            hint: AtomicUsize::new(0),
        }
    }
}

impl Name {
    pub(crate) fn new(text: &str) -> Self {
        let (text, elements) = match ELEMENTS.get_key_value(text) {
            Some((name, found)) => (Cow::Borrowed(*name), &found[..]),
            None => (Cow::Owned(text.to_owned()), &[][..]),
        };
        Self {
            text,
            elements: Some(elements),
            hint: AtomicUsize::new(0),
        }
    }

    /// A name that the room itself uses.
    pub(crate) const fn fixed(text: &'static str) -> Self {
        Self {
            text: Cow::Borrowed(text),
            elements: None,
            hint: AtomicUsize::new(0),
        }
    }

    /// The name, as it was written, without backticks.
    #[inline]
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The element of this name that a type of FHIR R4 has; found without comparing text.
    #[inline]
    #[must_use]
    pub fn element_of(&self, owner: TypeId) -> Option<&'static Element> {
        match self.elements {
            Some(elements) => match elements.get(self.hint.load(Ordering::Relaxed)) {
                Some((found, element)) if *found == owner => Some(element),
                _ => self.search(elements, owner),
            },
            None => owner.element(&self.text),
        }
    }

    fn search(
        &self,
        elements: &'static [(TypeId, &'static Element)],
        owner: TypeId,
    ) -> Option<&'static Element> {
        let found = elements.binary_search_by_key(&owner, |(owner, _)| *owner).ok()?;
        self.hint.store(found, Ordering::Relaxed);
        elements.get(found).map(|(_, element)| *element)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

/// Every name of an element of FHIR R4 with the types that have it.
static ELEMENTS: LazyLock<HashMap<&'static str, Vec<(TypeId, &'static Element)>>> = LazyLock::new(|| {
    let mut elements: HashMap<_, Vec<_>> = HashMap::new();
    for owner in Schema::r4().types() {
        for element in owner.elements() {
            elements.entry(element.name()).or_default().push((owner, element));
        }
    }
    elements
});

/// The name of a type with the model it belongs to: `FHIR.Patient`, `System.String`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TypeName<'a> {
    /// The model: `FHIR` or `System`, or another's name.
    pub namespace: &'a str,
    /// The type.
    pub name: &'a str,
}

impl fmt::Display for TypeName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.namespace, self.name)
    }
}

/// A type that an expression names, in a compiled program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeReference {
    namespace: Option<Box<str>>,
    name: Box<str>,
    fhir: Option<TypeId>,
}

impl TypeReference {
    pub(crate) fn new(namespace: Option<&str>, name: &str) -> Self {
        let fhir = if namespace.is_none_or(|namespace| namespace == "FHIR") {
            Schema::r4().type_named(name)
        } else {
            None
        };
        Self {
            namespace: namespace.map(Into::into),
            name: name.into(),
            fhir,
        }
    }

    /// The model that was named, if one was.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// The type's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The type of FHIR R4 that is meant, if there is one.
    #[must_use]
    pub fn fhir(&self) -> Option<TypeId> {
        self.fhir
    }

    /// True if the type has this name and the model is this one or was not named.
    #[must_use]
    pub fn is_named(&self, namespace: &str, name: &str) -> bool {
        *self.name == *name && self.namespace().is_none_or(|given| given == namespace)
    }

    /// True if the name is a type of the System model or of FHIR R4, or of a model that the room does not know.
    pub(crate) fn is_known(&self) -> bool {
        match self.namespace() {
            None => self.fhir.is_some() || is_system(&self.name),
            Some("FHIR") => self.fhir.is_some(),
            Some("System") => is_system(&self.name) || self.fhir_by_name().is_some(),
            Some(_) => true,
        }
    }

    fn fhir_by_name(&self) -> Option<TypeId> {
        Schema::r4().type_named(&self.name)
    }
}

/// The types of the System model.
pub(crate) const SYSTEM_TYPES: &[&str] = &[
    "Any", "Boolean", "String", "Integer", "Long", "Decimal", "Date", "DateTime", "Time", "Quantity",
];

fn is_system(name: &str) -> bool {
    SYSTEM_TYPES.contains(&name)
}
