//! The typed values of `carewire_fhir_model::r4` as a tree to ask.

use std::borrow::Cow;
use std::fmt;
use std::fmt::Write as _;
use std::ops::ControlFlow;

use carewire_fhir_model::schema::{Element, Property, TypeId};
use carewire_fhir_model::typed::{Extra, Fields, Leaf, List, Primitive, Value, Visit};
use carewire_fhir_model::{Document, FhirType, Node as Place, to_document};

use crate::document::{of_texts, reference_key, typed};
use crate::item::Item;
use crate::node::{Name, Node, TypeName, TypeReference};
use crate::value::Quantity;

/// A typed value to ask: a resource or any other value of `carewire_fhir_model::r4`.
///
/// It gives what the document of the value's JSON gives. It walks the value itself; where that holds what no type has
/// (an unknown element, a text that is no date, a resource whose type is turned off), which is seen once, here, that
/// very document is walked in its place. Places have no offset.
///
/// # Examples
///
/// ```
/// use carewire_fhir_model::r4::{HumanName, Patient};
/// use carewire_fhirpath::{Context, TypedTree, compile};
///
/// let name = HumanName { given: ["Ann".into(), "Lee".into()].into(), ..Default::default() };
/// let patient = Patient { name: name.into(), ..Default::default() };
/// let tree = TypedTree::new(&patient);
/// let given = compile("Patient.name.where(given.count() = 2).given.last()")?;
/// let found = given.evaluate(tree.root(), &Context::new())?;
/// assert_eq!(found[0].text().as_deref(), Some("Lee"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct TypedTree<'v> {
    root: Option<&'v dyn Fields>,
    /// Of the whole, where it holds what no type has.
    document: Option<Document<'static>>,
}

/// Shows the type, no value.
impl fmt::Debug for TypedTree<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypedTree")
            .field("type", &self.root.map(Fields::fhir_type))
            .finish_non_exhaustive()
    }
}

impl<'v> TypedTree<'v> {
    /// The tree of a value. It costs one pass over the value.
    #[must_use]
    pub fn new<T: FhirType>(value: &'v T) -> Self {
        let root = value.fields();
        let document = match root {
            Some(root) if fits(root) => None,
            _ => to_document(value).ok(),
        };
        Self { root, document }
    }

    /// True if the value holds nothing that no type has, so that it is walked itself.
    #[must_use]
    pub fn fits(&self) -> bool {
        self.document.is_none()
    }

    /// The value as a place.
    #[must_use]
    pub fn root(&self) -> TypedNode<'_> {
        if let Some(document) = &self.document {
            return TypedNode(Inner::Document(self, document.root()));
        }
        let resource = self.root.map(|fields| Holder { fields, name: "" });
        TypedNode(Inner::Typed(Typed::new(self, resource, None)))
    }
}

/// True if a value and all it holds is seen through its fields.
fn fits(root: &dyn Fields) -> bool {
    struct Below<'v> {
        fits: bool,
        left: Vec<&'v dyn Fields>,
    }
    impl<'v> Below<'v> {
        fn value(&mut self, value: Value<'v>) {
            match value {
                Value::Node(node) => self.left.push(node),
                Value::Resource(resource) => match resource.fields() {
                    Some(fields) => self.left.push(fields),
                    None => self.fits = false,
                },
                // A list of primitives holds nothing more.
                Value::List(list) if !matches!(list.at(0), Some(Value::Leaf(_))) => {
                    (0..list.len())
                        .filter_map(|at| list.at(at))
                        .for_each(|one| self.value(one));
                }
                _ => {}
            }
        }
    }
    impl<'v> Visit<'v> for Below<'v> {
        fn field(&mut self, _: u8, _: u8, value: Value<'v>) {
            self.value(value);
        }
    }
    let mut below = Below {
        fits: true,
        left: vec![root],
    };
    while let Some(fields) = below.left.pop() {
        fields.visit(&mut below);
        let extra = fields.extra();
        if !below.fits || !extra.unknown().is_empty() {
            return false;
        }
        if !fields.fhir_type().is_resource() {
            let own = extra.extension().iter().chain(extra.modifier_extension());
            below.left.extend(own.map(|one| one as &dyn Fields));
        }
        let primitives = extra.primitives().iter();
        below
            .left
            .extend(primitives.map(|one| one.extra() as &dyn Fields));
    }
    true
}

/// A place in a typed value: see [`TypedTree`].
#[derive(Clone, Copy)]
pub struct TypedNode<'t>(Inner<'t>);

#[derive(Clone, Copy)]
enum Inner<'t> {
    Typed(Typed<'t>),
    Document(&'t TypedTree<'t>, Place<'t>),
}

/// A place that is seen through its fields.
#[derive(Clone, Copy)]
struct Typed<'t> {
    tree: &'t TypedTree<'t>,
    /// None for a primitive without a value.
    value: Option<Value<'t>>,
    /// The id and extensions of a primitive.
    beside: Option<&'t Extra>,
    name: &'static str,
    kind: TypeId,
    /// What tells it from other places.
    id: Identity,
    /// The resource it is in, or is, and the one that contains that.
    resource: Option<Holder<'t>>,
    container: Option<Holder<'t>>,
}

/// Of what has fields the address of its extra; of a primitive that of its parent, its element and its place in the list.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Identity {
    extra: usize,
    primitive: Option<(u8, usize)>,
}

impl Identity {
    fn of(fields: &dyn Fields) -> Self {
        Self {
            extra: std::ptr::from_ref(fields.extra()).addr(),
            primitive: None,
        }
    }
}

/// A resource, and the name of the element that it is.
#[derive(Clone, Copy)]
struct Holder<'t> {
    fields: &'t dyn Fields,
    name: &'static str,
}

/// Shows the type, no value.
impl fmt::Debug for TypedNode<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypedNode")
            .field("type", &self.kind())
            .finish_non_exhaustive()
    }
}

impl<'t> TypedNode<'t> {
    /// The typed value at this place; `None` for a primitive that has only an id or extensions, and for what no type
    /// has.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::any::Any;
    ///
    /// use carewire_fhir_model::r4::{HumanName, Patient};
    /// use carewire_fhir_model::typed::Value;
    /// use carewire_fhirpath::{Context, TypedTree, compile};
    ///
    /// let name = HumanName { family: Some("Doe".into()), ..Default::default() };
    /// let patient = Patient { name: name.into(), ..Default::default() };
    /// let tree = TypedTree::new(&patient);
    /// let program = compile("name")?;
    /// let found = program.evaluate(tree.root(), &Context::new())?;
    /// let Some(Value::Node(name)) = found[0].node().and_then(|node| node.typed()) else { panic!() };
    /// let name: &dyn Any = name;
    /// assert_eq!(name.downcast_ref::<HumanName>(), patient.name.first());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn typed(self) -> Option<Value<'t>> {
        match self.0 {
            Inner::Typed(own) => own.value,
            Inner::Document(tree, place) => at_place(tree, place),
        }
    }

    fn kind(self) -> Option<TypeId> {
        match self.0 {
            Inner::Typed(own) => Some(own.kind),
            Inner::Document(_, place) => place.type_id(),
        }
    }
}

/// The typed value where a place of its document is.
fn at_place<'t>(tree: &'t TypedTree<'t>, place: Place<'t>) -> Option<Value<'t>> {
    let mut line = place.ancestors();
    line.push(place);
    let mut value = Value::Node(tree.root?);
    for pair in line.windows(2) {
        let [parent, child] = pair else { continue };
        let (element, property) = (child.element()?, child.property()?);
        let index = parent
            .children_of(element)
            .take_while(|other| other != child)
            .count();
        let fields = match value {
            Value::Node(fields) => fields,
            Value::Resource(resource) => resource.fields()?,
            _ => return None,
        };
        let (variant, found) = fields.get(element.slot())?;
        if element.properties().get(usize::from(variant)).map(Property::id) != Some(property.id()) {
            return None;
        }
        value = match found {
            Value::List(list) => list.at(index)?,
            one if index == 0 => one,
            _ => return None,
        };
    }
    Some(value)
}

impl<'t> Typed<'t> {
    /// A resource, or the root, as a place.
    fn new(tree: &'t TypedTree<'t>, resource: Option<Holder<'t>>, container: Option<Holder<'t>>) -> Self {
        let fields = resource.map(|it| it.fields);
        let none = Identity {
            extra: 0,
            primitive: None,
        };
        Self {
            tree,
            value: fields.map(Value::Node),
            beside: None,
            name: resource.map_or("", |it| it.name),
            kind: fields.map_or(TypeId::ELEMENT, Fields::fhir_type),
            id: fields.map_or(none, Identity::of),
            resource,
            container,
        }
    }

    /// What has its children.
    fn fields(&self) -> Option<&'t dyn Fields> {
        match self.value {
            Some(Value::Node(fields)) => Some(fields),
            Some(Value::Resource(resource)) => resource.fields(),
            _ => self.beside.map(|extra| extra as &dyn Fields),
        }
    }

    fn leaf(&self) -> Option<Leaf<'t>> {
        match self.value {
            Some(Value::Leaf(leaf)) => Some(leaf),
            _ => None,
        }
    }

    /// The children of one element, or all.
    fn children<B>(
        &self,
        only: Option<&Element>,
        mut take: impl FnMut(Self) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let Some(fields) = self.fields() else {
            return ControlFlow::Continue(());
        };
        let extra = fields.extra();
        let mut walk = Walk {
            parent: self,
            owner: std::ptr::from_ref(extra).addr(),
            elements: fields.fhir_type().elements(),
            primitives: extra.primitives(),
            only: only.map(Element::slot),
            take: &mut take,
            outcome: ControlFlow::Continue(()),
        };
        if !fields.fhir_type().is_resource() && !extra.is_blank() {
            walk.rare(extra);
        }
        fields.visit(&mut walk);
        if !walk.primitives.is_empty() {
            walk.lone(fields);
        }
        walk.outcome
    }

    fn text_of(&self, name: &str) -> Option<Cow<'t, str>> {
        let fields = self.fields()?;
        let (_, value) = fields.get(fields.fhir_type().element(name)?.slot())?;
        match value {
            Value::Leaf(leaf) => Some(text(leaf)),
            _ => None,
        }
    }

    /// Finds this place below another, and notes the path to it.
    fn find(&self, from: &Self, path: &mut String) -> bool {
        let length = path.len();
        let mut last = ("", 0);
        let found = from.children(None, |child| {
            let index = if last.0 == child.name { last.1 + 1 } else { 0 };
            last = (child.name, index);
            path.push('.');
            path.push_str(child.name);
            let is_list = from
                .fields()
                .and_then(|it| it.fhir_type().element(child.name))
                .is_some_and(Element::is_list);
            if is_list {
                let _ = write!(path, "[{index}]");
            }
            if child.id == self.id || self.find(&child, path) {
                return ControlFlow::Break(());
            }
            path.truncate(length);
            ControlFlow::Continue(())
        });
        found.is_break()
    }
}

/// Shows the children of a place to a visitor.
struct Walk<'w, 't, F, B> {
    parent: &'w Typed<'t>,
    owner: usize,
    elements: &'static [Element],
    primitives: &'t [Primitive],
    only: Option<u8>,
    take: &'w mut F,
    outcome: ControlFlow<B>,
}

impl<'t, B, F: FnMut(Typed<'t>) -> ControlFlow<B>> Walk<'_, 't, F, B> {
    fn is_wanted(&self, element: u8) -> bool {
        self.outcome.is_continue() && self.only.is_none_or(|only| only == element)
    }

    /// The id and extensions of an element that is no resource.
    #[cold]
    fn rare(&mut self, extra: &'t Extra) {
        let elements = self.elements;
        for element in elements.iter().take(3) {
            let slot = element.slot();
            if !self.is_wanted(slot) {
                continue;
            }
            let Some(property) = element.properties().first() else {
                continue;
            };
            let all = match element.name() {
                "id" => {
                    if let Some(id) = extra.id() {
                        self.push(property, slot, 0, Some(Value::Leaf(Leaf::Text(id))));
                    }
                    continue;
                }
                "extension" => extra.extension(),
                "modifierExtension" => extra.modifier_extension(),
                _ => break,
            };
            for (index, one) in all.iter().enumerate() {
                self.push(property, slot, index, Some(Value::Node(one)));
            }
        }
    }

    /// Primitives that have no value but an id or extensions.
    #[cold]
    fn lone(&mut self, fields: &'t dyn Fields) {
        let mut seen: Vec<&str> = Vec::new();
        for one in self.primitives {
            let Some(property) = fields.fhir_type().property(one.key()) else {
                continue;
            };
            let slot = property.slot();
            if seen.contains(&one.key()) || !self.is_wanted(slot) {
                continue;
            }
            seen.push(one.key());
            let shown = fields.get(slot).is_some_and(|(variant, _)| {
                property
                    .element()
                    .properties()
                    .get(usize::from(variant))
                    .map(Property::id)
                    == Some(property.id())
            });
            if !shown {
                self.beyond(property, slot, 0);
            }
        }
    }

    /// The primitives of a key from a place of its list on that have no value.
    fn beyond(&mut self, property: &'static Property, slot: u8, from: usize) {
        let mut places: Vec<usize> = self
            .primitives
            .iter()
            .filter(|one| one.key() == property.key() && one.index() >= from && !one.extra().is_empty())
            .map(Primitive::index)
            .collect();
        places.sort_unstable();
        for index in places {
            self.push(property, slot, index, None);
        }
    }

    fn push(&mut self, property: &'static Property, slot: u8, index: usize, value: Option<Value<'t>>) {
        if self.outcome.is_break() {
            return;
        }
        let mut beside = None;
        let mut value = value;
        if !self.primitives.is_empty() && property.type_id().is_primitive() {
            let mut known = self.primitives.iter();
            let known = known.find(|one| one.index() == index && one.key() == property.key());
            if let (Some(known), Some(Value::Leaf(leaf))) = (known, value)
                && known.is_hole(leaf)
            {
                value = None;
            }
            beside = known.map(Primitive::extra).filter(|extra| !extra.is_empty());
        }
        let (parent, name) = (self.parent, property.element().name());
        let child = match value {
            Some(Value::Resource(resource)) => {
                let resource = resource.fields().map(|fields| Holder { fields, name });
                let container = parent.resource.filter(|_| name == "contained");
                Typed::new(parent.tree, resource, container)
            }
            _ => {
                let id = match value {
                    Some(Value::Node(fields)) => Identity::of(fields),
                    _ => Identity {
                        extra: self.owner,
                        primitive: Some((slot, index)),
                    },
                };
                Typed {
                    value,
                    beside,
                    name,
                    kind: property.type_id(),
                    id,
                    ..*parent
                }
            }
        };
        self.outcome = (self.take)(child);
    }
}

impl<'t, B, F: FnMut(Typed<'t>) -> ControlFlow<B>> Visit<'t> for Walk<'_, 't, F, B> {
    fn field(&mut self, element: u8, variant: u8, value: Value<'t>) {
        if !self.is_wanted(element) {
            return;
        }
        let elements = self.elements;
        let Some(property) = elements
            .get(usize::from(element))
            .and_then(|one| one.properties().get(usize::from(variant)))
        else {
            return;
        };
        match value {
            Value::List(list) => {
                for index in 0..list.len() {
                    if let Some(one) = list.at(index) {
                        self.push(property, element, index, Some(one));
                    }
                }
                if !self.primitives.is_empty() && property.type_id().is_primitive() {
                    self.beyond(property, element, list.len());
                }
            }
            one => self.push(property, element, 0, Some(one)),
        }
    }

    fn list(&mut self, element: u8, list: &'t dyn List) {
        if self.is_wanted(element) {
            self.field(element, 0, Value::List(list));
        }
    }
}

/// The text of a primitive, as JSON has it.
fn text(leaf: Leaf<'_>) -> Cow<'_, str> {
    match leaf {
        Leaf::Text(text) => Cow::Borrowed(text),
        Leaf::Code(text) => Cow::Borrowed(text),
        Leaf::Decimal(value) => Cow::Borrowed(value.as_str()),
        other => Cow::Owned(other.to_string()),
    }
}

/// What a text says that needs no memory of its own: dates and times.
fn parsed<T: std::str::FromStr>(leaf: Leaf<'_>) -> Option<T> {
    struct Short {
        bytes: [u8; 48],
        length: usize,
    }
    impl fmt::Write for Short {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            let end = self.length + text.len();
            let to = self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?;
            to.copy_from_slice(text.as_bytes());
            self.length = end;
            Ok(())
        }
    }
    let mut short = Short {
        bytes: [0; 48],
        length: 0,
    };
    write!(short, "{leaf}").ok()?;
    std::str::from_utf8(short.bytes.get(..short.length)?)
        .ok()?
        .parse()
        .ok()
}

impl<'t> Node<'t> for TypedNode<'t> {
    fn each_child<B>(self, name: &Name, mut visit: impl FnMut(Self) -> ControlFlow<B>) -> ControlFlow<B> {
        match self.0 {
            Inner::Typed(own) => match own.fields().and_then(|it| name.element_of(it.fhir_type())) {
                Some(element) => own.children(Some(element), |child| visit(Self(Inner::Typed(child)))),
                None => ControlFlow::Continue(()),
            },
            Inner::Document(tree, place) => {
                Node::each_child(place, name, |child| visit(Self(Inner::Document(tree, child))))
            }
        }
    }

    fn each<B>(self, mut visit: impl FnMut(Self) -> ControlFlow<B>) -> ControlFlow<B> {
        match self.0 {
            Inner::Typed(own) => own.children(None, |child| visit(Self(Inner::Typed(child)))),
            Inner::Document(tree, place) => {
                Node::each(place, |child| visit(Self(Inner::Document(tree, child))))
            }
        }
    }

    fn name(self) -> &'t str {
        match self.0 {
            Inner::Typed(own) => own.name,
            Inner::Document(_, place) => place.name(),
        }
    }

    fn value(self) -> Option<Item<'t, Self>> {
        let own = match self.0 {
            Inner::Typed(own) => own,
            Inner::Document(_, place) => {
                let text = place.text()?;
                return Some(match Node::value(place)? {
                    Item::Boolean(value) => Item::Boolean(value),
                    Item::Integer(value) => Item::Integer(value),
                    Item::Decimal(value) => Item::Decimal(value),
                    Item::Date(value) => Item::Date(value),
                    Item::DateTime(value) => Item::DateTime(value),
                    Item::Time(value) => Item::Time(value),
                    _ => Item::String(text),
                });
            }
        };
        let leaf = own.leaf()?;
        let value = match leaf {
            Leaf::Text(text) => return Some(Item::String(Cow::Borrowed(text))),
            Leaf::Code(text) => return Some(Item::String(Cow::Borrowed(text))),
            Leaf::Boolean(value) => Some(Item::Boolean(value)),
            Leaf::Integer(value) => Some(Item::Integer(value.into())),
            Leaf::Unsigned(value) => Some(Item::Integer(value.into())),
            Leaf::Date(_) => parsed(leaf).map(Item::Date),
            Leaf::DateTime(_) | Leaf::Instant(_) => parsed(leaf).map(Item::DateTime),
            Leaf::Time(_) => parsed(leaf).map(Item::Time),
            _ => None,
        };
        Some(value.unwrap_or_else(|| typed(own.kind, text(leaf))))
    }

    fn type_name(self) -> TypeName<'t> {
        TypeName {
            namespace: "FHIR",
            name: self.kind().map_or("Element", TypeId::name),
        }
    }

    fn is_type(self, specifier: &TypeReference) -> bool {
        match (self.kind(), specifier.fhir()) {
            (Some(own), Some(wanted)) => own.is_a(wanted),
            _ => false,
        }
    }

    fn is_same(self, other: Self) -> bool {
        match (self.0, other.0) {
            (Inner::Typed(one), Inner::Typed(other)) => {
                one.id == other.id && self.tree() == Self(Inner::Typed(other)).tree()
            }
            (Inner::Document(_, one), Inner::Document(_, other)) => one == other,
            _ => false,
        }
    }

    fn is_primitive(self) -> bool {
        match self.0 {
            Inner::Typed(own) => own.kind.is_primitive(),
            Inner::Document(_, place) => Node::is_primitive(place),
        }
    }

    fn is_text(self, text: &str) -> Option<bool> {
        match self.0 {
            Inner::Typed(own) => match own.leaf()? {
                Leaf::Text(own) => Some(own.as_str() == text),
                Leaf::Code(own) => Some(own == text),
                _ => None,
            },
            Inner::Document(_, place) => place.is_text(text),
        }
    }

    fn has_value(self) -> bool {
        match self.0 {
            Inner::Typed(own) => own.leaf().is_some(),
            Inner::Document(_, place) => Node::has_value(place),
        }
    }

    fn quantity(self) -> Option<Quantity<'t>> {
        match self.0 {
            Inner::Typed(own) if own.kind.is_a(TypeId::QUANTITY) => of_texts(|name| own.text_of(name)),
            Inner::Typed(_) => None,
            Inner::Document(_, place) => place.quantity(),
        }
    }

    fn resolve(self, reference: &str) -> Option<Self> {
        let own = match self.0 {
            Inner::Typed(own) => own,
            Inner::Document(tree, place) => {
                return Node::resolve(place, reference).map(|found| Self(Inner::Document(tree, found)));
            }
        };
        let Some(id) = reference.strip_prefix('#') else {
            let wanted = reference_key(reference);
            let mut found = None;
            self.each_target(&mut |key, target| {
                if found.is_none() && key == wanted {
                    found = Some(target);
                }
            });
            return found;
        };
        let holder = Typed::new(own.tree, own.container.or(own.resource), None);
        if id.is_empty() {
            return Some(Self(Inner::Typed(holder)));
        }
        let element = holder.kind.element("contained")?;
        let found = holder.children(Some(element), |child| match child.text_of("id") {
            Some(own) if own == id => ControlFlow::Break(child),
            _ => ControlFlow::Continue(()),
        });
        found.break_value().map(|found| Self(Inner::Typed(found)))
    }

    fn tree(self) -> usize {
        match self.0 {
            Inner::Typed(own) => std::ptr::from_ref(own.tree).addr(),
            Inner::Document(tree, _) => std::ptr::from_ref(tree).addr(),
        }
    }

    fn each_target(self, visit: &mut dyn FnMut(Cow<'t, str>, Self)) {
        let own = match self.0 {
            Inner::Typed(own) => own,
            Inner::Document(tree, place) => {
                return Node::each_target(place, &mut |key, found| {
                    visit(key, Self(Inner::Document(tree, found)));
                });
            }
        };
        let Inner::Typed(root) = own.tree.root().0 else {
            return;
        };
        let Some(entries) = root.kind.element("entry").filter(|_| root.kind == TypeId::BUNDLE) else {
            return;
        };
        let _: ControlFlow<()> = root.children(Some(entries), |entry| {
            let Some(element) = entry.kind.element("resource") else {
                return ControlFlow::Continue(());
            };
            entry.children(Some(element), |resource| {
                if let Some(url) = entry.text_of("fullUrl") {
                    visit(url, Self(Inner::Typed(resource)));
                }
                if let Some(id) = resource.text_of("id") {
                    let key = format!("{}/{id}", resource.kind.name());
                    visit(Cow::Owned(key), Self(Inner::Typed(resource)));
                }
                ControlFlow::Continue(())
            })
        });
    }

    /// It is looked for from the root: ask for few.
    fn path(self) -> String {
        let own = match self.0 {
            Inner::Typed(own) => own,
            Inner::Document(_, place) => return place.path(),
        };
        let Inner::Typed(root) = own.tree.root().0 else {
            return String::new();
        };
        let mut path = root.kind.name().to_owned();
        if root.id != own.id {
            own.find(&root, &mut path);
        }
        path
    }
}
