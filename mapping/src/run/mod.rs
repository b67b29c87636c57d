//! Runs a compiled program over one source.

mod direct;
mod expr;
mod general;
pub(crate) mod hash;
mod key;
mod line;
mod located;
mod loose;
mod message;
mod presence;
mod read;
mod rule;
mod scratch;
mod shared;
mod sources;
mod step;
mod target;
mod trace;
mod transform;
mod value;
mod write;

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{HashMap, HashSet};

use bumpalo::Bump;
use carewire_fhir_model::Node;
use carewire_fhir_model::build::{BuildId, Builder};
use carewire_fhir_model::schema::TypeId;
use carewire_fhirpath::Targets;
use carewire_hl7v2::{Field, Message, Place, tree};

use self::hash::Seeded;
use self::located::Index;
use self::loose::Trees;
pub(crate) use self::loose::Written;
use self::read::Read;
use self::scratch::Scratch;
use self::shared::Shared;
use self::sources::{Other, Separators};
use self::step::Flow;
use self::trace::Trace;
use self::transform::Translated;
use self::value::Value;
pub(crate) use self::write::{can_be, fits_as_it_stands, fits_by_its_letters};
use crate::context::{Context, Zone};
use crate::error::{MapError, MapErrorKind};
use crate::finding::{Code, Finding};
use crate::lineage::Lineage;
use crate::maps::Unread;
use crate::program::{At, Entry, KindOf, Program, RulePlace, Slot, Step};

/// Why a run ends early. Where it was is known by then.
type Stop = MapErrorKind;

/// What a run reads.
pub(crate) enum Input<'m> {
    /// A message by the groups of its structure.
    Message(&'m Message<'m>, tree::Node<'m>),
    /// A node of a document.
    Fhir(Node<'m>),
}

impl Input<'_> {
    /// Whether two quotation marks stand together in a message, as HL7's null has them.
    fn has_nulls(&self) -> bool {
        match self {
            Self::Message(message, _) => {
                let bytes = message.as_bytes();
                let pairs = bytes.iter().zip(bytes.iter().skip(1));
                // Without a way out of the loop it is done in blocks.
                pairs.fold(false, |found, pair| found | (pair == (&b'"', &b'"')))
            }
            Self::Fhir(_) => false,
        }
    }

    fn address(&self) -> usize {
        match self {
            Self::Message(message, _) => sources::address(*message),
            Self::Fhir(node) => sources::address(node.document()),
        }
    }
}

/// One run: variables, targets, and what was noticed. `'m` is the life of program, source and arena.
struct Run<'m, 'h> {
    program: &'m Program,
    /// Where the run keeps texts and places; nothing of it stays when the run ends.
    arena: &'m Bump,
    scratch: Scratch,
    /// The name of an id in the making, while it is not in use.
    name: Cell<Vec<u8>>,
    context: &'h Context<'h>,
    /// The first message among the sources.
    message: Option<&'m Message<'m>>,
    /// The sources in their order, by what tells them apart.
    sources: Vec<usize>,
    /// The messages behind it.
    others: Vec<Other<'m>>,
    root: Value<'m>,
    /// Where things stand in the first message.
    index: Index<'m>,
    /// Those of the first message.
    separators: Separators,
    builder: Builder<'m>,
    /// Where elements come from, if that is asked for.
    trace: Option<Box<Trace<'m>>>,
    /// The targets that are no FHIR R4.
    trees: Trees<'m>,
    /// The variables of every open call; those of the innermost start at `base`.
    variables: Vec<Value<'m>>,
    base: usize,
    /// Where those of the next call start.
    top: usize,
    depth: u32,
    steps: u64,
    /// What the references of each document among the sources lead to, once one was asked for.
    targets: RefCell<HashMap<usize, Targets<'m, Node<'m>>, Seeded>>,
    /// Lists of matches that are not in use.
    pool: Vec<Vec<Value<'m>>>,
    shared: Shared<'m>,
    /// The operation that runs.
    at: Cell<At>,
    /// What findings are about while none runs.
    outside: RulePlace,
    findings: RefCell<Vec<Finding>>,
    dropped: Cell<usize>,
    /// How many places a walk over many of them has looked at.
    looked: Cell<u64>,
    /// What was reported of a place, by its start, and is not to be said again.
    said: RefCell<HashSet<(Code, usize), Seeded>>,
    /// While set, nulls are not reported.
    quiet: Cell<bool>,
    /// For each byte of the messages whether a leaf that starts there was read.
    read: Read,
    /// Whether it will be asked what was not read.
    counts_read: bool,
    constants: RefCell<Vec<Option<&'m [Value<'m>]>>>,
    translated: Translated<'m>,
    /// How many ids were made of the count.
    count: Cell<u64>,
    /// The message's key, once it was asked for.
    key: OnceCell<&'m str>,
    /// MSH-7's offset, once it was asked for.
    zone: Cell<Option<Option<Zone>>>,
}

/// A target of a run.
pub(crate) enum Target {
    Fhir(BuildId),
    Written(Written),
}

/// What a run leaves.
pub(crate) struct Ended<'m> {
    pub(crate) builder: Builder<'m>,
    pub(crate) targets: Vec<Target>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) dropped: usize,
    pub(crate) unread: Unread,
    pub(crate) lineage: Option<Lineage>,
}

/// There is room at once for so many elements that are found again by a key for each segment, of so many segments at most.
const SHARED: usize = 8;
const MANY: usize = 64;

/// HL7's explicit null.
const NULL: &[u8] = b"\"\"";

/// Starts with a group: makes its targets and runs it.
pub(crate) fn run<'m>(
    program: &'m Program,
    context: &Context<'_>,
    entry: &Entry,
    fallback: Option<Code>,
    inputs: &[Input<'m>],
    builder: Builder<'m>,
    arena: &'m Bump,
) -> Result<Ended<'m>, MapError> {
    let value = |input: &Input<'m>| match input {
        Input::Message(_, root) => Value::Group(*root),
        Input::Fhir(node) => Value::Fhir(*node),
    };
    let message = inputs.iter().find_map(|input| match input {
        Input::Message(message, _) => Some(*message),
        Input::Fhir(_) => None,
    });
    let (others, bits) = sources::others(inputs);
    let root = inputs.first().map_or(Value::Empty, value);
    let group = program.groups.get(entry.group.0 as usize);
    let group = group.ok_or(MapError::new(MapErrorKind::NoMap))?;
    let wanted = group.parameters.iter().filter(|one| !one.is_target).count();
    if wanted != inputs.len() {
        return Err(MapError::count(wanted, inputs.len()).at(program.place(entry.place)));
    }
    let segments = message.map_or(0, |message| message.segments().len()).min(MANY);
    let mut run = Run {
        program,
        arena,
        scratch: Scratch::default(),
        name: Cell::default(),
        context,
        message,
        sources: inputs.iter().map(Input::address).collect(),
        others,
        root,
        index: Index::default(),
        separators: message.map(Separators::of).unwrap_or_default(),
        builder,
        trace: context.lineage.then(Box::default),
        trees: Trees::default(),
        variables: vec![Value::Empty; 64],
        base: 0,
        top: 0,
        depth: 0,
        steps: 0,
        targets: RefCell::default(),
        pool: Vec::new(),
        shared: Shared::with_capacity(SHARED * segments),
        at: Cell::new(At::MAX),
        outside: entry.place,
        findings: RefCell::default(),
        dropped: Cell::new(0),
        looked: Cell::new(0),
        said: RefCell::default(),
        quiet: Cell::new(false),
        read: Read::none_of(bits),
        counts_read: context.coverage || inputs.iter().any(Input::has_nulls),
        constants: RefCell::new(vec![None; program.constants.len()]),
        translated: Translated::default(),
        count: Cell::new(0),
        key: OnceCell::new(),
        zone: Cell::new(None),
    };
    if let Some(code) = fallback {
        run.find(code, Some("MSH-9".to_owned()));
    }
    let mut arguments = Vec::new();
    let mut targets = Vec::new();
    let mut left = (1..).zip(inputs);
    for parameter in &group.parameters {
        if !parameter.is_target {
            // A message is given where one is declared, and nowhere else.
            let Some((number, input)) = left.next() else {
                continue;
            };
            if let Some((wanted, given)) = misfit(&parameter.kind, input) {
                return Err(MapError::source(number, wanted, given).at(program.place(entry.place)));
            }
            arguments.push(value(input));
            continue;
        }
        let target = match &parameter.kind {
            KindOf::Fhir(type_id) if !type_id.is_abstract() => Value::Made(run.builder.resource(*type_id)),
            KindOf::Fhir(_) => Value::Made(run.builder.resource(TypeId::BUNDLE)),
            KindOf::Message(structure) => Value::Loose(run.trees.message(structure.as_deref())),
            KindOf::Loose(resource) => {
                Value::Loose(run.trees.root("", resource.as_deref().unwrap_or_default()))
            }
        };
        targets.push(target);
        arguments.push(target);
    }
    if let Err(stop) = run.call_group(entry.group, &arguments) {
        return Err(MapError::new(stop).at(program.place(run.here().0)));
    }
    let lineage = run.lineage(&targets);
    let targets = targets
        .into_iter()
        .filter_map(|target| match target {
            Value::Made(id) => Some(Target::Fhir(id)),
            Value::Loose(id) => Some(Target::Written(run.write_loose(id))),
            _ => None,
        })
        .collect();
    (run.at, run.outside) = (Cell::new(At::MAX), RulePlace::default());
    let mut unread = Unread::default();
    for message in run.messages().collect::<Vec<_>>() {
        unread.add(run.unread(message));
    }
    let Run {
        builder,
        findings,
        dropped,
        ..
    } = run;
    Ok(Ended {
        builder,
        targets,
        findings: findings.into_inner(),
        dropped: dropped.get(),
        unread,
        lineage,
    })
}

/// What a parameter takes and what an input is, where the two do not fit.
fn misfit(kind: &KindOf, input: &Input<'_>) -> Option<(&'static str, &'static str)> {
    const MESSAGE: &str = "an HL7 v2 message";
    match (kind, input) {
        (KindOf::Message(_), Input::Fhir(node)) => {
            Some((MESSAGE, node.type_id().map_or("a document", TypeId::name)))
        }
        (KindOf::Fhir(wanted), Input::Message(..)) => Some((wanted.name(), MESSAGE)),
        (KindOf::Fhir(wanted), Input::Fhir(node)) => {
            let given = node.type_id().filter(|own| !own.is_a(*wanted))?;
            Some((wanted.name(), given.name()))
        }
        (KindOf::Message(_), Input::Message(..)) | (KindOf::Loose(_), _) => None,
    }
}

impl<'m> Run<'m, '_> {
    #[inline]
    fn var(&self, slot: Slot) -> Value<'m> {
        self.variables
            .get(self.base + usize::from(slot))
            .copied()
            .unwrap_or(Value::Empty)
    }

    /// A variable where it stands; none for one that is not there.
    #[inline]
    fn at(&self, slot: Slot) -> Option<&Value<'m>> {
        self.variables.get(self.base + usize::from(slot))
    }

    #[inline]
    fn set(&mut self, slot: Slot, value: Value<'m>) {
        if let Some(place) = self.variables.get_mut(self.base + usize::from(slot)) {
            *place = value;
        }
    }

    /// Copies a variable whole, by the places of both among all.
    #[inline]
    fn copy(&mut self, from: usize, to: usize) {
        if let Some(value) = self.variables.get(from).copied()
            && let Some(place) = self.variables.get_mut(to)
        {
            *place = value;
        }
    }

    /// The place of the rule that runs, and the variable that it is about.
    fn here(&self) -> (RulePlace, Option<Slot>) {
        match self.program.origin(self.at.get()) {
            Some((rule, about)) => (rule.place, about),
            None => (self.outside, None),
        }
    }

    /// Makes a text in the arena.
    fn spell(&self, write: impl FnOnce(&mut String)) -> &'m str {
        self.scratch.spell(write, |text| &*self.arena.alloc_str(text))
    }

    /// Notes a finding at the rule that runs; without a place of its own it is about what the rule reads.
    #[cold]
    fn find(&self, code: Code, path: Option<String>) {
        let (place, slot) = self.here();
        let path = path.or_else(|| slot.and_then(|slot| self.var(slot).path()));
        let mut findings = self.findings.borrow_mut();
        if findings.len() >= self.context.limits.findings {
            self.dropped.set(self.dropped.get() + 1);
            return;
        }
        findings.push(Finding::new(code, path, self.program.place(place)));
    }

    /// As [`Run::find`], about a place of the message; only once, however many rules look there.
    #[cold]
    fn find_once(&self, code: Code, place: Place<'m>) {
        if self.said.borrow_mut().insert((code, self.bit(place))) {
            self.find(code, Some(place.location().to_string()));
        }
    }

    fn log(&self, text: &str) {
        if let (Some(host), Some(place)) = (self.context.host, self.program.place(self.here().0)) {
            host.log(&place, text);
        }
    }

    /// The leaf that starts at an offset counts as read.
    #[inline]
    fn mark(&self, start: usize) {
        self.read.mark(start);
    }

    /// As [`Run::walk`], without reporting nulls on the way.
    fn walk_quietly(
        &self,
        value: &Value<'m>,
        steps: &[Step],
        visit: &mut dyn FnMut(Value<'m>) -> Flow,
    ) -> Flow {
        let before = self.quiet.replace(true);
        let flow = self.walk(value, steps, visit);
        self.quiet.set(before);
        flow
    }

    /// The fields with leaves that no rule read, each with their number, in the order of the message; of explicit nulls among them
    /// also a finding.
    fn unread(&self, message: &'m Message<'m>) -> Unread {
        let mut unread = Unread::default();
        let bytes = message.as_bytes();
        if !self.counts_read {
            return unread;
        }
        let base = self.base_of(message);
        let mut places: HashMap<(&str, usize), usize, Seeded> = HashMap::default();
        let mut nulls: Vec<Field<'m>> = Vec::new();
        for segment in message.segments() {
            for leaf in segment.leaves() {
                unread.values += 1;
                if self.read.has(base + leaf.start) {
                    continue;
                }
                let Some(field) = segment.field_at(leaf.start) else {
                    continue;
                };
                if bytes.get(leaf) == Some(NULL)
                    && nulls.last().is_none_or(|last| last.range() != field.range())
                {
                    nulls.push(field);
                }
                let at = *places.entry((segment.id(), field.number())).or_insert_with(|| {
                    unread
                        .fields
                        .push((format!("{}-{}", segment.id(), field.number()), 0));
                    unread.fields.len() - 1
                });
                if let Some((_, count)) = unread.fields.get_mut(at) {
                    *count += 1;
                }
            }
        }
        nulls.into_iter().for_each(|field| self.unread_nulls(field));
        if self.context.coverage {
            unread
        } else {
            Unread::default()
        }
    }

    /// Reports each explicit null of a field that no rule met.
    #[cold]
    fn unread_nulls(&self, field: Field<'m>) {
        for repetition in field.repetitions() {
            for component in repetition.components() {
                for part in component.subcomponents().map(Place::from) {
                    if part.is_null() && !self.read.has(self.bit(part)) {
                        // The highest level that says no more than this.
                        let levels = [Place::from(field), repetition.into(), component.into()];
                        self.null(levels.into_iter().find(Place::is_null).unwrap_or(part));
                    }
                }
            }
        }
    }
}
