//! What a run remembers of where its elements came from, while it is asked to.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::ptr;

use carewire_fhir_model::Node;
use carewire_fhir_model::build::{BuildId, Builder};
use carewire_fhir_model::schema::TypeId;
use carewire_hl7v2::{Place, Segment};

use super::Run;
use super::expr::give;
use super::loose::{LooseId, Trees};
use super::sources::address;
use super::step::Flow;
use super::value::{Value, path_of};
use crate::lineage::{Lineage, SourcePlace, Traced};
use crate::program::{RuleOf, RulePlace};

/// What is remembered.
#[derive(Default)]
pub(super) struct Trace<'m> {
    records: RefCell<Vec<Record<'m>>>,
    /// The places whose text was taken for the targets that are being made, those of the innermost last.
    reads: RefCell<Vec<Origin<'m>>>,
    /// The targets that are being made, the innermost last.
    frames: RefCell<Vec<Frame<'m>>>,
}

struct Record<'m> {
    made: Made,
    place: RulePlace,
    origins: Vec<Origin<'m>>,
}

#[derive(Clone, Copy)]
enum Made {
    Fhir(BuildId),
    Loose(LooseId),
}

/// A place of a source.
#[derive(Clone, Copy)]
enum Origin<'m> {
    Place(Place<'m>),
    Segment(Segment<'m>),
    Node(Node<'m>),
}

struct Frame<'m> {
    rule: &'m RuleOf,
    /// How many places were read before.
    start: usize,
}

/// So many places are named of one element; a text that is joined of a thousand parts says no more by naming all.
const MOST_SOURCES: usize = 32;

impl<'m> Origin<'m> {
    fn of(value: &Value<'m>) -> Option<Self> {
        Some(match value {
            Value::Segment(segment) => Self::Segment(*segment),
            Value::Fhir(node) => Self::Node(*node),
            value => Self::Place(value.place()?),
        })
    }

    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Place(a), Self::Place(b)) => a.range() == b.range() && ptr::eq(a.message(), b.message()),
            (Self::Segment(a), Self::Segment(b)) => {
                a.position() == b.position() && ptr::eq(a.message(), b.message())
            }
            (Self::Node(a), Self::Node(b)) => a == b,
            _ => false,
        }
    }

    /// The place, and which of the sources it is in.
    fn shown(&self, sources: &[usize]) -> SourcePlace {
        let of = match self {
            Self::Place(place) => address(place.message()),
            Self::Segment(segment) => address(segment.message()),
            Self::Node(node) => address(node.document()),
        };
        let source = sources.iter().position(|one| *one == of).unwrap_or(0);
        match self {
            Self::Place(place) => SourcePlace {
                path: place.location().to_string(),
                bytes: Some(place.range()),
                source,
            },
            Self::Segment(segment) => SourcePlace {
                path: segment.location().to_string(),
                bytes: Some(segment.range()),
                source,
            },
            Self::Node(node) => SourcePlace {
                path: path_of(*node).unwrap_or_else(|| "$this".to_owned()),
                bytes: None,
                source,
            },
        }
    }
}

impl<'m> Run<'m, '_> {
    /// A target of a rule begins.
    #[cold]
    pub(super) fn trace_target(&self) {
        let program = self.program;
        if let (Some(trace), Some((rule, _))) = (&self.trace, program.origin(self.at.get())) {
            let start = trace.reads.borrow().len();
            trace.frames.borrow_mut().push(Frame { rule, start });
        }
    }

    /// The target that began last is done.
    #[cold]
    pub(super) fn trace_done(&self) {
        if let Some(trace) = &self.trace
            && let Some(frame) = trace.frames.borrow_mut().pop()
        {
            trace.reads.borrow_mut().truncate(frame.start);
        }
    }

    /// The text of a place of a message was taken.
    #[inline]
    pub(super) fn trace_place(&self, place: Place<'m>) {
        if let Some(trace) = &self.trace {
            trace.read(Origin::Place(place));
        }
    }

    /// The text of a node of a document was taken, or the node as it is.
    #[inline]
    pub(super) fn trace_node(&self, node: Node<'m>) {
        if let Some(trace) = &self.trace {
            trace.read(Origin::Node(node));
        }
    }

    /// An element was made by the target that began last.
    #[cold]
    pub(super) fn trace_made(&self, value: &Value<'m>) {
        let Some(trace) = &self.trace else { return };
        let made = match value {
            Value::Made(id) => Made::Fhir(*id),
            Value::Loose(id) => Made::Loose(*id),
            _ => return,
        };
        let frames = trace.frames.borrow();
        let Some(frame) = frames.last() else { return };
        let mut origins: Vec<Origin<'m>> = trace
            .reads
            .borrow()
            .get(frame.start..)
            .map(<[_]>::to_vec)
            .unwrap_or_default();
        if origins.is_empty() {
            for slot in &frame.rule.sources {
                let _ = give(self.var(*slot), &mut |value| {
                    origins.extend(Origin::of(&value));
                    Flow::Continue(())
                });
            }
        }
        trace.records.borrow_mut().push(Record {
            made,
            place: frame.rule.place,
            origins,
        });
    }

    /// What was remembered, with the paths that the elements have in the targets.
    pub(super) fn lineage(&mut self, roots: &[Value<'m>]) -> Option<Lineage> {
        let trace = self.trace.take()?;
        let mut paths = Paths::new(&self.builder, &self.trees);
        for (at, root) in roots.iter().enumerate() {
            match root {
                Value::Made(id) => paths.fhir(at, *id),
                Value::Loose(id) => paths.loose(at, *id),
                _ => {}
            }
        }
        let mut elements = Vec::new();
        for record in trace.records.into_inner() {
            let found = match record.made {
                Made::Fhir(id) => paths.of_fhir(id),
                Made::Loose(id) => paths.of_loose(id),
            };
            let (Some(found), Some(rule)) = (found, self.program.place(record.place)) else {
                continue;
            };
            elements.push(Traced {
                target: found.target,
                path: found.path,
                resource: found.resource,
                rule,
                sources: record
                    .origins
                    .iter()
                    .map(|origin| origin.shown(&self.sources))
                    .collect(),
            });
        }
        Some(Lineage { elements })
    }
}

impl<'m> Trace<'m> {
    fn read(&self, origin: Origin<'m>) {
        let frames = self.frames.borrow();
        let Some(frame) = frames.last() else { return };
        let mut reads = self.reads.borrow_mut();
        let own = reads.get(frame.start..).unwrap_or_default();
        if own.len() < MOST_SOURCES && !own.iter().any(|known| known.is_same(&origin)) {
            reads.push(origin);
        }
    }
}

/// The paths of elements in the targets.
struct Paths<'b, 'm> {
    builder: &'b Builder<'m>,
    trees: &'b Trees<'m>,
    /// Of each element that is written: the target, the element above, and the last part of its path.
    fhir: HashMap<BuildId, Step>,
    loose: HashMap<LooseId, Step>,
}

#[derive(Clone)]
struct Step {
    target: usize,
    above: Option<Above>,
    part: String,
    /// Where the path of a resource starts, its type.
    resource: Option<&'static str>,
}

#[derive(Clone, Copy)]
enum Above {
    Fhir(BuildId),
    Loose(LooseId),
}

struct Found {
    target: usize,
    path: String,
    resource: Option<(usize, &'static str)>,
}

impl<'b, 'm> Paths<'b, 'm> {
    fn new(builder: &'b Builder<'m>, trees: &'b Trees<'m>) -> Self {
        Self {
            builder,
            trees,
            fhir: HashMap::new(),
            loose: HashMap::new(),
        }
    }

    fn fhir(&mut self, target: usize, root: BuildId) {
        let own = self.builder.type_id(root).name();
        self.fhir_below(
            root,
            Step {
                target,
                above: None,
                part: own.to_owned(),
                resource: Some(own),
            },
        );
    }

    /// Gives a node and all that is written below it their parts.
    fn fhir_below(&mut self, root: BuildId, step: Step) {
        let target = step.target;
        let mut order = vec![root];
        let mut at = 0;
        while let Some(id) = order.get(at).copied() {
            order.extend(self.builder.children(id));
            at += 1;
        }
        // What stays empty is not written, and has no place among its siblings.
        let mut live: HashSet<BuildId> = HashSet::new();
        for id in order.iter().rev() {
            let own = self.builder.text(*id).is_some() && !self.is_url_of_extension(*id);
            let is_live = own
                || self.builder.type_id(*id).is_resource()
                || self.builder.children(*id).any(|child| live.contains(&child));
            if is_live {
                live.insert(*id);
            }
        }
        self.fhir.insert(root, step);
        for id in order {
            let mut counts: Vec<(u8, usize)> = Vec::new();
            let children: Vec<BuildId> = self.builder.children(id).collect();
            for child in children {
                let Some(property) = self.builder.property(child) else {
                    continue;
                };
                if !live.contains(&child) && !self.is_url_of_extension(child) {
                    continue;
                }
                let mut part = property.element().name().to_owned();
                if property.is_list() {
                    let slot = property.slot();
                    let index = match counts.iter_mut().find(|(known, _)| *known == slot) {
                        Some((_, count)) => {
                            *count += 1;
                            *count
                        }
                        None => {
                            counts.push((slot, 0));
                            0
                        }
                    };
                    part.push_str(&format!("[{index}]"));
                }
                let own = self.builder.type_id(child);
                self.fhir.insert(
                    child,
                    Step {
                        target,
                        above: Some(Above::Fhir(id)),
                        part,
                        resource: own.is_resource().then(|| own.name()),
                    },
                );
            }
        }
    }

    fn is_url_of_extension(&self, id: BuildId) -> bool {
        let parent = self.builder.parent(id).map(|parent| self.builder.type_id(parent));
        parent == Some(TypeId::EXTENSION)
            && self
                .builder
                .property(id)
                .is_some_and(|property| property.key() == "url")
    }

    fn loose(&mut self, target: usize, root: LooseId) {
        let name = self.trees.type_name(root).unwrap_or_default();
        self.loose.insert(
            root,
            Step {
                target,
                above: None,
                part: name.to_owned(),
                resource: None,
            },
        );
        let mut order = vec![root];
        while let Some(id) = order.pop() {
            let children: Vec<LooseId> = self.trees.children(id).collect();
            let mut counts: HashMap<&str, (usize, usize)> = HashMap::new();
            for child in &children {
                counts.entry(self.trees.name(*child)).or_default().1 += 1;
            }
            for child in children {
                let name = self.trees.name(child);
                let mut part = name.to_owned();
                if let Some((index, count)) = counts.get_mut(name)
                    && *count > 1
                {
                    part.push_str(&format!("[{index}]"));
                    *index += 1;
                }
                self.loose.insert(
                    child,
                    Step {
                        target,
                        above: Some(Above::Loose(id)),
                        part,
                        resource: None,
                    },
                );
                if let Some(made) = self.trees.made(child) {
                    self.fhir_below(
                        made,
                        Step {
                            target,
                            above: Some(Above::Loose(id)),
                            part: name.to_owned(),
                            resource: None,
                        },
                    );
                }
                order.push(child);
            }
        }
    }

    fn of_fhir(&self, id: BuildId) -> Option<Found> {
        self.found(self.fhir.get(&id)?)
    }

    fn of_loose(&self, id: LooseId) -> Option<Found> {
        self.found(self.loose.get(&id)?)
    }

    fn found(&self, last: &Step) -> Option<Found> {
        let mut steps = vec![last];
        let mut at = last;
        while let Some(above) = at.above {
            at = match above {
                Above::Fhir(id) => self.fhir.get(&id)?,
                Above::Loose(id) => self.loose.get(&id)?,
            };
            steps.push(at);
        }
        let (mut path, mut resource) = (String::new(), None);
        for step in steps.into_iter().rev() {
            if !path.is_empty() && !step.part.is_empty() {
                path.push('.');
            }
            path.push_str(&step.part);
            if let Some(name) = step.resource {
                resource = Some((path.len(), name));
            }
        }
        Some(Found {
            target: last.target,
            path,
            resource,
        })
    }
}
