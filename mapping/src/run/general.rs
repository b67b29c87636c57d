//! Hands expressions to `carewire_fhirpath`: the mixed tree of a run as its nodes, variables and functions as its host.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::ptr;

use carewire_fhir_model::Node as FhirNode;
use carewire_fhir_model::build::BuildId;
use carewire_fhirpath as fhirpath;
use carewire_fhirpath::{Item, Name, Node, TypeName, TypeReference};
use carewire_hl7v2::{Segment, tree};

use super::Run;
use super::expr::give;
use super::loose::LooseId;
use super::step::{Flow, first_segment};
use super::value::{Piece, Repeated, Value};
use crate::context::HostValue;
use crate::finding::Code;
use crate::program::{General, Kind, Named};

/// A place of the source or the target, as an expression sees it.
#[derive(Clone, Copy)]
struct Spot<'a, 'm> {
    run: &'a Run<'m, 'a>,
    at: At<'m>,
}

#[derive(Clone, Copy)]
enum At<'m> {
    Group(tree::Node<'m>),
    All(tree::Node<'m>),
    Segment(Segment<'m>),
    Repetition(&'m Repeated<'m>),
    Component(&'m Piece<'m>),
    Subcomponent(&'m Piece<'m>),
    Fhir(FhirNode<'m>),
    Made(BuildId),
    Loose(LooseId),
    /// `position` of a segment.
    Position(Segment<'m>),
    /// `position` of a segment or group that is made.
    Number(u32),
    /// `whole` of a part.
    WholeRepetition(&'m Repeated<'m>),
    WholeComponent(&'m Piece<'m>),
    WholeSubcomponent(&'m Piece<'m>),
}

impl<'m> At<'m> {
    fn value(self) -> Value<'m> {
        match self {
            Self::Group(at) => Value::Group(at),
            Self::All(at) => Value::All(at),
            Self::Segment(at) => Value::Segment(at),
            Self::Repetition(at) => Value::Repetition(at),
            Self::Component(at) => Value::Component(at),
            Self::Subcomponent(at) => Value::Subcomponent(at),
            Self::Fhir(at) => Value::Fhir(at),
            Self::Made(at) => Value::Made(at),
            Self::Loose(at) => Value::Loose(at),
            Self::Position(at) => Value::integer(at.position()),
            Self::Number(number) => Value::Integer(i64::from(number)),
            Self::WholeRepetition(at) => Value::Repetition(at),
            Self::WholeComponent(at) => Value::Component(at),
            Self::WholeSubcomponent(at) => Value::Subcomponent(at),
        }
    }

    /// What `position` and `whole` give, which are no places of their own.
    fn derived(self, name: &str) -> Option<Self> {
        Some(match (name, self) {
            ("position", Self::Segment(at)) => Self::Position(at),
            ("position", Self::Group(at)) => Self::Position(first_segment(at)?),
            ("whole", Self::Repetition(at)) => Self::WholeRepetition(at),
            ("whole", Self::Component(at)) => Self::WholeComponent(at),
            ("whole", Self::Subcomponent(at)) => Self::WholeSubcomponent(at),
            _ => return None,
        })
    }

    fn is_whole(self) -> bool {
        matches!(
            self,
            Self::WholeRepetition(_) | Self::WholeComponent(_) | Self::WholeSubcomponent(_)
        )
    }
}

type Items<'a, 'm> = Item<'a, Spot<'a, 'm>>;

impl<'m> Run<'m, '_> {
    /// Evaluates an expression by the whole language.
    pub(super) fn general(
        &self,
        general: &'m General,
        focus: &Value<'m>,
        visit: &mut dyn FnMut(Value<'m>) -> Flow,
    ) -> Flow {
        // What is found is gathered first: the visitor may evaluate on its own.
        let mut found = Vec::new();
        self.general_values(general, focus, &mut found);
        found.into_iter().try_for_each(visit)
    }

    fn general_values<'a>(&'a self, general: &'a General, focus: &Value<'m>, found: &mut Vec<Value<'m>>)
    where
        'm: 'a,
    {
        let host = Answers {
            run: self.short(),
            general,
        };
        let context = fhirpath::Context::at(self.context.now).host(&host);
        let items = match self.item(focus) {
            Some(focus) => general.program.evaluate_item(&focus, &context),
            None => general.program.evaluate_without_node(&context),
        };
        match items {
            Ok(items) => found.extend(items.into_iter().filter_map(|item| self.value_of(&item))),
            Err(_) => self.find(Code::EvaluationFailed, focus.path()),
        }
    }

    /// The resource that a reference in the tree of a node leads to.
    fn referred(&self, node: FhirNode<'m>, reference: &str) -> Option<FhirNode<'m>> {
        let mut known = self.targets.borrow_mut();
        let of_tree = known
            .entry(Node::tree(node))
            .or_insert_with(|| fhirpath::Targets::of(node));
        of_tree.find(reference)
    }

    /// The run with its lifetimes cut to that of the borrow.
    fn short<'a>(&'a self) -> &'a Run<'m, 'a> {
        self
    }

    fn spot<'a>(&'a self, at: At<'m>) -> Items<'a, 'm> {
        Item::Node(Spot {
            run: self.short(),
            at,
        })
    }

    /// A value as FHIRPath has it.
    fn item<'a>(&'a self, value: &Value<'m>) -> Option<Items<'a, 'm>> {
        Some(match value {
            Value::Empty | Value::Several(_) => return None,
            Value::Group(at) => self.spot(At::Group(*at)),
            Value::All(at) => self.spot(At::All(*at)),
            Value::Segment(at) => self.spot(At::Segment(*at)),
            Value::Repetition(at) => self.spot(At::Repetition(at)),
            Value::Component(at) => self.spot(At::Component(at)),
            Value::Subcomponent(at) => self.spot(At::Subcomponent(at)),
            Value::Fhir(at) => self.spot(At::Fhir(*at)),
            Value::Made(at) => self.spot(At::Made(*at)),
            Value::Loose(at) => self.spot(At::Loose(*at)),
            Value::Integer(value) => Item::Integer(*value),
            Value::Computed(kind, text) => typed(*kind, text)?,
        })
    }

    /// An item as a value of the run.
    fn value_of(&self, item: &Items<'_, 'm>) -> Option<Value<'m>> {
        let text = |kind| {
            item.text()
                .map(|text| Value::Computed(kind, self.arena_text(&text)))
        };
        match item {
            Item::Node(spot) if spot.at.is_whole() => self.whole(&spot.at.value()).map(Value::string),
            Item::Node(spot) => Some(spot.at.value()),
            Item::Boolean(value) => Some(Value::boolean(*value)),
            Item::Integer(value) => Some(Value::Integer(*value)),
            Item::Decimal(_) => text(Kind::Decimal),
            Item::Date(_) => text(Kind::Date),
            Item::DateTime(_) => text(Kind::DateTime),
            Item::Time(_) => text(Kind::Time),
            _ => text(Kind::String),
        }
    }
}

/// A computed text as the value it stands for.
fn typed<'a, 'm: 'a>(kind: Kind, text: &'m str) -> Option<Items<'a, 'm>> {
    Some(match kind {
        Kind::String => Item::String(Cow::Borrowed(text)),
        Kind::Boolean => Item::Boolean(text == "true"),
        Kind::Integer => Item::Integer(text.parse().ok()?),
        Kind::Decimal => Item::Decimal(text.parse().ok()?),
        Kind::Date => Item::Date(text.parse().ok()?),
        Kind::DateTime => Item::DateTime(text.parse().ok()?),
        Kind::Time => Item::Time(text.parse().ok()?),
    })
}

/// The value of a primitive that the type says is one of these.
fn of_type<'a, 'm: 'a>(type_name: &str, text: &'m str) -> Items<'a, 'm> {
    let kind = match type_name {
        "boolean" => Kind::Boolean,
        "integer" | "positiveInt" | "unsignedInt" => Kind::Integer,
        "decimal" => Kind::Decimal,
        "date" => Kind::Date,
        "dateTime" | "instant" => Kind::DateTime,
        "time" => Kind::Time,
        _ => Kind::String,
    };
    typed(kind, text).unwrap_or(Item::String(Cow::Borrowed(text)))
}

impl<'a, 'm: 'a> Node<'a> for Spot<'a, 'm> {
    fn each_child<B>(self, name: &Name, mut visit: impl FnMut(Self) -> ControlFlow<B>) -> ControlFlow<B> {
        let made = match self.at {
            At::Loose(id) if name.as_str() == "position" => self.run.trees.position(id).map(At::Number),
            _ => None,
        };
        if let Some(at) = made.or_else(|| self.at.derived(name.as_str())) {
            return visit(Self { at, ..self });
        }
        let mut stopped = None;
        let _ = self.run.named(&self.at.value(), name.as_str(), &mut |value| {
            self.push(value, &mut visit, &mut stopped)
        });
        stopped.map_or(ControlFlow::Continue(()), ControlFlow::Break)
    }

    fn each<B>(self, mut visit: impl FnMut(Self) -> ControlFlow<B>) -> ControlFlow<B> {
        match self.at {
            At::Fhir(node) => node.children().try_for_each(|child| {
                visit(Self {
                    at: At::Fhir(child),
                    ..self
                })
            }),
            At::Made(id) => {
                let children: Vec<_> = self.run.builder.children(id).collect();
                children.into_iter().try_for_each(|child| {
                    visit(Self {
                        at: At::Made(child),
                        ..self
                    })
                })
            }
            At::Loose(id) => {
                let children: Vec<_> = self.run.trees.children(id).map(Value::Loose).collect();
                let mut stopped = None;
                for child in children {
                    if self.push(child, &mut visit, &mut stopped).is_break() {
                        break;
                    }
                }
                stopped.map_or(ControlFlow::Continue(()), ControlFlow::Break)
            }
            At::Group(group) => group.children().try_for_each(|child| {
                visit(Self {
                    at: child.segment().map_or(At::Group(child), At::Segment),
                    ..self
                })
            }),
            _ => ControlFlow::Continue(()),
        }
    }

    fn name(self) -> &'a str {
        match self.at {
            At::Group(node) => node.name(),
            At::Segment(segment) => segment.id(),
            At::Loose(id) => self.run.trees.name(id),
            At::Fhir(node) => node.name(),
            At::Made(id) => self
                .run
                .builder
                .property(id)
                .map_or("", |property| property.element().name()),
            _ => "",
        }
    }

    fn value(self) -> Option<Item<'a, Self>> {
        match self.at {
            At::Fhir(node) => {
                self.run.trace_node(node);
                let text = self.run.kept(node.text()?);
                Some(of_type(node.type_id().map_or("", |ty| ty.name()), text))
            }
            At::Made(id) => {
                let text = self.run.arena_text(self.run.builder.text(id)?);
                Some(of_type(self.run.builder.type_id(id).name(), text))
            }
            At::Position(segment) => i64::try_from(segment.position()).ok().map(Item::Integer),
            At::Number(number) => Some(Item::Integer(i64::from(number))),
            at if at.is_whole() => self
                .run
                .whole(&at.value())
                .map(|text| Item::String(Cow::Borrowed(text))),
            _ => self
                .run
                .text_of(&self.at.value())
                .map(|text| Item::String(Cow::Borrowed(text))),
        }
    }

    fn type_name(self) -> TypeName<'a> {
        let fhir = |name| TypeName {
            namespace: "FHIR",
            name,
        };
        match self.at {
            At::Fhir(node) => fhir(node.type_id().map_or("Element", |ty| ty.name())),
            At::Made(id) => fhir(self.run.builder.type_id(id).name()),
            At::Group(_) | At::All(_) => TypeName {
                namespace: "V2",
                name: "Group",
            },
            At::Position(_) | At::Number(_) => TypeName {
                namespace: "System",
                name: "Integer",
            },
            At::Loose(id) if self.run.trees.text(id).is_none() => {
                fhir(self.run.trees.type_name(id).unwrap_or("Element"))
            }
            At::Segment(_) => TypeName {
                namespace: "V2",
                name: "Segment",
            },
            _ => TypeName {
                namespace: "System",
                name: "String",
            },
        }
    }

    fn is_type(self, specifier: &TypeReference) -> bool {
        let own = match self.at {
            At::Fhir(node) => node.type_id(),
            At::Made(id) => Some(self.run.builder.type_id(id)),
            _ => {
                let own = self.type_name();
                return specifier.is_named(own.namespace, own.name);
            }
        };
        own.zip(specifier.fhir())
            .is_some_and(|(own, wanted)| own.is_a(wanted))
    }

    fn is_same(self, other: Self) -> bool {
        match (self.at, other.at) {
            (At::Fhir(a), At::Fhir(b)) => a == b,
            (At::Made(a), At::Made(b)) => a == b,
            (At::Group(a) | At::All(a), At::Group(b) | At::All(b)) => {
                a.index() == b.index() && ptr::eq(a.message(), b.message())
            }
            (At::Segment(a), At::Segment(b)) => {
                a.position() == b.position() && ptr::eq(a.message(), b.message())
            }
            (At::Loose(a), At::Loose(b)) => a == b,
            _ => match (self.at.value().place(), other.at.value().place()) {
                (Some(a), Some(b)) => a.range() == b.range() && ptr::eq(a.message(), b.message()),
                _ => false,
            },
        }
    }

    /// What the tree can be referred to by is listed once in a run, not in each expression: [`Node::each_target`] stays empty.
    fn resolve(self, reference: &str) -> Option<Self> {
        let At::Fhir(node) = self.at else {
            return None;
        };
        let found = if reference.starts_with('#') {
            Node::resolve(node, reference)
        } else {
            self.run.referred(node, reference)
        };
        found.map(|node| Self {
            at: At::Fhir(node),
            ..self
        })
    }

    fn is_primitive(self) -> bool {
        match self.at {
            At::Fhir(node) => node.type_id().is_some_and(|ty| ty.is_primitive()),
            At::Made(id) => self.run.builder.type_id(id).is_primitive(),
            At::Group(_) | At::All(_) | At::Segment(_) => false,
            At::Loose(id) => self.run.trees.text(id).is_some(),
            _ => true,
        }
    }

    fn has_value(self) -> bool {
        match self.at {
            At::Fhir(node) => node.has_value(),
            At::Made(id) => self.run.builder.text(id).is_some(),
            At::Group(_) | At::All(_) | At::Segment(_) => false,
            At::Loose(id) => self.run.trees.text(id).is_some(),
            _ => true,
        }
    }

    fn path(self) -> String {
        self.at.value().path().unwrap_or_default()
    }
}

impl<'a, 'm: 'a> Spot<'a, 'm> {
    /// Gives a value to a visitor of nodes and remembers what stopped it.
    fn push<B>(
        self,
        value: Value<'m>,
        visit: &mut impl FnMut(Self) -> ControlFlow<B>,
        stopped: &mut Option<B>,
    ) -> Flow {
        let at = match value {
            Value::Group(at) => At::Group(at),
            Value::All(at) => At::All(at),
            Value::Segment(at) => At::Segment(at),
            Value::Repetition(at) => At::Repetition(at),
            Value::Component(at) => At::Component(at),
            Value::Subcomponent(at) => At::Subcomponent(at),
            Value::Fhir(at) => At::Fhir(at),
            Value::Made(at) => At::Made(at),
            Value::Loose(at) => At::Loose(at),
            Value::Empty | Value::Integer(_) | Value::Computed(..) | Value::Several(_) => {
                return Flow::Continue(());
            }
        };
        match visit(Self { at, ..self }) {
            ControlFlow::Continue(()) => Flow::Continue(()),
            ControlFlow::Break(with) => {
                *stopped = Some(with);
                Flow::Break(())
            }
        }
    }
}

/// Answers an expression's variables and functions.
struct Answers<'a, 'm> {
    run: &'a Run<'m, 'a>,
    general: &'a General,
}

impl<'a, 'm: 'a> fhirpath::Host<'a, Spot<'a, 'm>> for Answers<'a, 'm> {
    fn variable(&self, _: &str, index: Option<usize>, push: &mut dyn FnMut(Items<'a, 'm>)) -> bool {
        let Some(named) = index.and_then(|index| self.general.variables.get(index)) else {
            return false;
        };
        let mut push = |value: Value<'m>| {
            if let Some(item) = self.run.item(&value) {
                push(item);
            }
            Flow::Continue(())
        };
        let _ = match named {
            Named::Slot(slot) => give(self.run.var(*slot), &mut push),
            Named::Special(special) => push(self.run.special(*special)),
            Named::Constant(constant) => self.run.constant(*constant, &mut push),
        };
        true
    }

    fn call(
        &self,
        _: &str,
        index: usize,
        _: &[Items<'a, 'm>],
        arguments: &[Vec<Items<'a, 'm>>],
    ) -> Result<Vec<Items<'a, 'm>>, fhirpath::Error> {
        let values = |items: &Vec<Items<'a, 'm>>| {
            items
                .iter()
                .filter_map(|item| self.run.value_of(item))
                .collect::<Vec<_>>()
        };
        let arguments: Vec<Vec<Value<'m>>> = arguments.iter().map(values).collect();
        let Some(function) = index.checked_sub(1) else {
            let id = self.run.uuid_of_values(&arguments);
            return Ok(id.map(|id| Item::String(Cow::Borrowed(id))).into_iter().collect());
        };
        let arguments: Vec<Vec<HostValue>> = arguments
            .iter()
            .map(|values| {
                values
                    .iter()
                    .filter_map(|value| self.run.host_value(value))
                    .collect()
            })
            .collect();
        let answer = self.run.answer(function, &arguments);
        Ok(answer
            .into_iter()
            .map(|value| match value {
                HostValue::Text(text) => Item::String(Cow::Owned(text)),
                HostValue::Boolean(value) => Item::Boolean(value),
                HostValue::Integer(value) => Item::Integer(value),
            })
            .collect())
    }

    fn trace(&self, _: &str, items: &[Items<'a, 'm>]) {
        for text in items.iter().filter_map(Item::text) {
            self.run.log(&text);
        }
    }
}
