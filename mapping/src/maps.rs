//! A compiled set of maps, and what running it gives.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::sync::{Mutex, OnceLock};

use bumpalo::Bump;
use carewire_fhir_model::build::{BuildId, Builder};
use carewire_fhir_model::schema::Schema;
use carewire_fhir_model::{Document, Node};
use carewire_hl7v2::Message;
use carewire_hl7v2::tree::Tree;

use crate::compile;
use crate::context::Context;
use crate::coverage::{LeftOut, StaticUnread};
use crate::diagnostic::Diagnostic;
use crate::error::{MapError, MapErrorKind, WriteError};
use crate::event;
use crate::finding::{Code, Finding};
use crate::lineage::Lineage;
use crate::options::Options;
use crate::program::{Entry, Program};
use crate::run::{self, Ended, Written};
use crate::shipped;

/// A set of maps, compiled once and run by any number of threads.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
/// use carewire_mapping::{Context, Maps, Options};
///
/// let map = r"
/// /// url = 'http://example.org/maps/names'
/// /// carewire.entry = 'ADT^*'
/// uses 'urn:hl7-org:v2xml:ADT_A01' alias ADT_A01 as source
/// uses 'http://hl7.org/fhir/StructureDefinition/Patient' as target
///
/// group names(source msg : ADT_A01, target patient : Patient) {
///   msg.PID as pid then {
///     pid.f5 as name -> patient.name as n then {
///       name.c1 as family -> n.family = family;
///       name.c2 as given -> n.given = given;
///     };
///   };
/// }";
/// let maps = Maps::compile(&[("names.map", map)], &Options::default()).map_err(|all| all[0].clone())?;
/// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||||Doe^Ann\r")?;
/// let out = maps.run(&msg, &Context::at("2024-02-01T10:00:00Z".parse()?))?;
/// assert_eq!(out.bundle.to_json(), r#"{"resourceType":"Patient","name":[{"family":"Doe","given":["Ann"]}]}"#);
/// assert_eq!(out.findings[0].code().as_str(), "map-fallback");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Maps {
    program: Program,
    warnings: Vec<Diagnostic>,
    /// What runs worked in before.
    memories: Mutex<Vec<Memory>>,
}

/// What a run works in.
struct Memory {
    builder: Builder<'static>,
    arena: Bump,
}

/// What an arena starts with: enough for most messages.
const ARENA: usize = 16 << 10;

/// So many are kept: one for each thread that runs at the same time, as a rule.
const KEPT: usize = 16;

/// A builder that grew larger than this many nodes is not kept, nor is an arena of more bytes.
const LARGEST: usize = 1 << 16;
const LARGEST_ARENA: usize = 4 << 20;

impl Maps {
    /// Compiles files, each with its name, to a set.
    ///
    /// # Errors
    ///
    /// Everything that is wrong in any of them, in the order of files and lines; warnings are among it.
    pub fn compile(files: &[(&str, &str)], options: &Options) -> Result<Self, Vec<Diagnostic>> {
        compile::compile(files, options).map(|(program, warnings)| Self::of(program, warnings))
    }

    fn of(program: Program, warnings: Vec<Diagnostic>) -> Self {
        Self {
            program,
            warnings,
            memories: Mutex::default(),
        }
    }

    #[cfg(test)]
    pub(crate) fn into_program(self) -> Program {
        self.program
    }

    fn memory(&self) -> Memory {
        let kept = self.memories.lock().ok().and_then(|mut kept| kept.pop());
        kept.unwrap_or_else(|| Memory {
            builder: Builder::new(Schema::r4()),
            arena: Bump::with_capacity(ARENA),
        })
    }

    fn keep(&self, builder: Option<Builder<'static>>, mut arena: Bump) {
        if let Some(builder) = builder
            && arena.allocated_bytes() <= LARGEST_ARENA
            && let Ok(mut kept) = self.memories.lock()
            && kept.len() < KEPT
        {
            arena.reset();
            kept.push(Memory { builder, arena });
        }
    }

    /// What is doubtful in the files.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// The events, structures and wildcards that start a map, sorted: what its `carewire.entry` lines say.
    #[must_use]
    pub fn entries(&self) -> Vec<&str> {
        let mut entries: Vec<&str> = self.program.entries.keys().map(String::as_str).collect();
        entries.sort_unstable();
        entries
    }

    /// Maps a message. Which map it goes through is declared by the maps themselves, by MSH-9.
    ///
    /// What is odd in the message makes findings, not an error.
    ///
    /// # Errors
    ///
    /// [`MapError`] if no map has an entry for the message, a limit is reached, or the map makes no FHIR first (see [`Maps::transform_message`]).
    pub fn run(&self, msg: &Message<'_>, context: &Context<'_>) -> Result<Outcome, MapError> {
        let tree = msg.tree();
        let Memory { builder, arena } = self.memory();
        let mut ended = self.start(&tree, context, builder, &arena)?;
        let bundle = document(&mut ended.builder, &ended.targets)?;
        let (report, builder) = report(ended);
        self.keep(builder, arena);
        Ok(report.with(bundle))
    }

    /// Maps a message and appends the result to `out` as compact JSON, without making the document.
    ///
    /// # Errors
    ///
    /// As [`Maps::run`]; nothing is appended then.
    pub fn run_json(
        &self,
        msg: &Message<'_>,
        context: &Context<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Report, MapError> {
        let tree = msg.tree();
        let Memory { builder, arena } = self.memory();
        let mut ended = self.start(&tree, context, builder, &arena)?;
        let first = root(&ended.targets)?;
        ended.builder.write_json(first, out);
        let (report, builder) = report(ended);
        self.keep(builder, arena);
        Ok(report)
    }

    /// Maps a message and writes the result to `out` as compact JSON, 64 KiB at a time.
    ///
    /// Texts of 4 KiB or more that stand in the message as FHIR has them, such as the base64 of an encapsulated document (ED), go from there to `out`: beside the
    /// message the run needs no more memory for 100 MB of them than for none. The bytes are those of [`Maps::run_json`].
    ///
    /// Nothing is written before the whole message was mapped. `out` is not flushed.
    ///
    /// # Errors
    ///
    /// [`WriteError::Map`] as [`Maps::run`]: nothing was written then. [`WriteError::Io`] with what `out` fails with: it may have taken a part of the
    /// JSON, and is given no more.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    /// use carewire_mapping::{Context, v2_to_fhir};
    ///
    /// let scan = "TWFu".repeat(1 << 20);
    /// let text = format!("MSH|^~\\&|LAB|HOSP|||20240201||ORU^R01^ORU_R01|1|T|2.5.1\rPID|1||7^^^HOSP^MR\r\
    ///     OBR|1||9|11502-2^Report^LN\rOBX|1|ED|11502-2^Report^LN||^application^pdf^Base64^{scan}||||||F\r");
    /// let msg = Message::parse(text.as_bytes())?;
    /// let mut out = std::io::sink(); // or a file, or a connection
    /// let report = v2_to_fhir().run_json_to(&msg, &Context::at("2024-02-01T10:00:00Z".parse()?), &mut out)?;
    /// assert_eq!(report.findings_dropped, 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run_json_to(
        &self,
        msg: &Message<'_>,
        context: &Context<'_>,
        out: &mut impl io::Write,
    ) -> Result<Report, WriteError> {
        let tree = msg.tree();
        let Memory { builder, arena } = self.memory();
        let mut ended = self.start(&tree, context, builder, &arena)?;
        let first = root(&ended.targets)?;
        let written = ended.builder.write_json_to(first, out);
        let (report, builder) = report(ended);
        self.keep(builder, arena);
        written?;
        Ok(report)
    }

    fn start<'m>(
        &'m self,
        tree: &'m Tree<'m>,
        context: &Context<'_>,
        builder: Builder<'m>,
        arena: &'m Bump,
    ) -> Result<Ended<'m>, MapError> {
        let root = tree.root();
        let msg = root.message();
        let (entry, fallback) = self.entry(msg).ok_or_else(|| self.no_entry(msg))?;
        run::run(
            &self.program,
            context,
            entry,
            fallback,
            &[run::Input::Message(msg, root)],
            builder,
            arena,
        )
    }

    /// The entry for a message, and what is to be said of how it was found.
    fn entry(&self, msg: &Message<'_>) -> Option<(&Entry, Option<Code>)> {
        let header = msg.header();
        let code = header.message_code().unwrap_or_default();
        let event = header.trigger_event().unwrap_or_default();
        let entries = &self.program.entries;
        if let Some(entry) = entries.get(&format!("{code}^{event}")) {
            return Some((entry, None));
        }
        let structure = header.structure().map(|structure| structure.name());
        let sent = header.message_structure();
        let by_structure = structure
            .and_then(|name| entries.get(name))
            .or_else(|| sent.and_then(|name| entries.get(&*name)));
        if let Some(entry) = by_structure {
            return Some((entry, Some(Code::MapByStructure)));
        }
        let any = entries.get(&format!("{code}^*")).or_else(|| entries.get("*"));
        any.map(|entry| (entry, Some(Code::MapFallback)))
    }

    #[cold]
    fn no_entry(&self, msg: &Message<'_>) -> MapError {
        MapError::no_entry(match msg.header().message_code() {
            _ if self.program.entries.is_empty() => {
                "no map of the set says by `carewire.entry` which messages it takes"
            }
            Some(code) if !code.is_empty() => "no map has an entry for the event of the message",
            _ => "the message does not say in MSH-9 what it is, and no map takes any",
        })
    }

    /// Maps a FHIR resource, or an element of one, by the first group of the map with this url.
    ///
    /// # Errors
    ///
    /// [`MapError`] if there is no such map, it takes another source, or a limit is reached.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_fhir_model::Document;
    /// use carewire_mapping::{Context, Maps, Options};
    ///
    /// let map = "/// url = 'http://example.org/maps/p'\n\
    ///     group p(source src : Patient, target tgt : Person) {\n  src.name -> tgt.name;\n  src.birthDate -> tgt.birthDate;\n}";
    /// let maps = Maps::compile(&[("p.map", map)], &Options::default()).map_err(|all| all[0].clone())?;
    /// let patient = Document::from_json(br#"{"resourceType":"Patient","name":[{"family":"Doe"}],"birthDate":"1980-02"}"#)?.document;
    /// let out = maps.run_document("http://example.org/maps/p", patient.root(), &Context::at("2024-02-01T10:00:00Z".parse()?))?;
    /// assert_eq!(out.bundle.to_json(), r#"{"resourceType":"Person","name":[{"family":"Doe"}],"birthDate":"1980-02"}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run_document(
        &self,
        url: &str,
        source: Node<'_>,
        context: &Context<'_>,
    ) -> Result<Outcome, MapError> {
        let entry = self
            .program
            .starts
            .get(url)
            .ok_or(MapError::new(MapErrorKind::NoMap))?;
        let Memory { builder, arena } = self.memory();
        let mut ended = run::run(
            &self.program,
            context,
            entry,
            None,
            &[run::Input::Fhir(source)],
            builder,
            &arena,
        )?;
        let bundle = document(&mut ended.builder, &ended.targets)?;
        let (report, builder) = report(ended);
        self.keep(builder, arena);
        Ok(report.with(bundle))
    }

    /// Runs the first group of the map with this url over what it takes, and gives every target that it makes.
    ///
    /// The inputs are its sources, in their order; several of them may be messages. `msg` and `%msg` mean the first source, `%messageKey` is that of the first
    /// message, and a time without an offset takes that of MSH-7 of its own message. A target is a FHIR document, an HL7 v2 message or JSON, as
    /// the map declares it: `uses "urn:hl7-org:v2xml:ADT_A01" alias ADT as target` makes a message.
    ///
    /// # Errors
    ///
    /// [`MapError`] if there is no such map, its first group takes other things than are given, a limit is reached, or a message cannot be written.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_fhir_model::Document;
    /// use carewire_mapping::{Context, Input, Maps, Options, Output};
    ///
    /// let map = "/// url = 'http://example.org/maps/back'\nuses 'urn:hl7-org:v2xml:ADT_A01' alias ADT as target\n\
    ///     group back(source patient : Patient, target msg : ADT) {\n\
    ///       patient -> msg.MSH as msh, msh.f9.c1 = 'ADT', msh.f9.c2 = 'A08', msh.f12 = '2.5.1';\n\
    ///       patient.name as name -> msg.PID as pid single, pid.f5 as f5 then {\n\
    ///         name.family as family -> f5.c1 = family;\n    name.given first as given -> f5.c2 = given;\n  };\n\
    ///       patient.birthDate as born -> msg.PID as pid single, pid.f7 = born;\n}";
    /// let maps = Maps::compile(&[("back.map", map)], &Options::default()).map_err(|all| all[0].clone())?;
    /// let patient = Document::from_json(br#"{"resourceType":"Patient","name":[{"family":"Doe","given":["Ann"]}],"birthDate":"1980-02-29"}"#)?.document;
    /// let context = Context::at("2024-02-01T10:00:00Z".parse()?);
    /// let out = maps.transform("http://example.org/maps/back", &[Input::Node(patient.root())], &context)?;
    /// let [Output::Message(message)] = out.targets.as_slice() else { return Err("no message".into()) };
    /// assert_eq!(message.as_bytes(), b"MSH|^~\\&|||||||ADT^A08|||2.5.1\rPID|||||Doe^Ann||19800229\r");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn transform(
        &self,
        url: &str,
        inputs: &[Input<'_>],
        context: &Context<'_>,
    ) -> Result<Transformed, MapError> {
        let entry = self
            .program
            .starts
            .get(url)
            .ok_or(MapError::new(MapErrorKind::NoMap))?;
        let trees: Vec<Option<Tree<'_>>> = inputs
            .iter()
            .map(|input| match input {
                Input::Message(message) => Some(message.tree()),
                Input::Node(_) => None,
            })
            .collect();
        let given: Vec<run::Input<'_>> = inputs
            .iter()
            .zip(&trees)
            .filter_map(|(input, tree)| match input {
                Input::Message(message) => Some(run::Input::Message(message, tree.as_ref()?.root())),
                Input::Node(node) => Some(run::Input::Fhir(*node)),
            })
            .collect();
        let Memory { builder, arena } = self.memory();
        let ended = run::run(&self.program, context, entry, None, &given, builder, &arena)?;
        let (done, builder) = transformed(ended)?;
        self.keep(builder, arena);
        Ok(done)
    }

    /// Maps a message as [`Maps::run`] does, and gives every target, whatever it is.
    ///
    /// # Errors
    ///
    /// As [`Maps::run`], and if a message cannot be written.
    pub fn transform_message(
        &self,
        msg: &Message<'_>,
        context: &Context<'_>,
    ) -> Result<Transformed, MapError> {
        let tree = msg.tree();
        let Memory { builder, arena } = self.memory();
        let ended = self.start(&tree, context, builder, &arena)?;
        let (done, builder) = transformed(ended)?;
        self.keep(builder, arena);
        Ok(done)
    }

    /// Maps a Bundle to what its event starts, as [`Maps::run`] does a message, and gives every target.
    ///
    /// The event is that of the Bundle's MessageHeader: a `Coding` whose display is written as MSH-9 (`ADT^A01^ADT_A01`) or whose code is an event (`A01`), or a
    /// uri that ends with one. Maps whose first group takes a FHIR type declare by `carewire.entry` what starts them, as maps of messages do.
    ///
    /// # Errors
    ///
    /// As [`Maps::transform`], and if no map has an entry for the event.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_fhir_model::Document;
    /// use carewire_mapping::{Context, fhir_to_v2};
    ///
    /// let json = br#"{"resourceType":"Bundle","type":"message","entry":[
    ///   {"resource":{"resourceType":"MessageHeader","eventCoding":{"code":"A08"},"source":{"name":"ADT","endpoint":"urn:oid:1.2.3"}}},
    ///   {"resource":{"resourceType":"Patient","name":[{"family":"Doe","given":["Ann"]}],"birthDate":"1980-02-29"}}]}"#;
    /// let bundle = Document::from_json(json)?.document;
    /// let out = fhir_to_v2().transform_bundle(bundle.root(), &Context::at("2024-02-01T10:00:00Z".parse()?))?;
    /// let message = String::from_utf8(out.targets[0].to_bytes())?;
    /// assert!(message.contains("|ADT^A08^ADT_A01|") && message.contains("\rPID|1||||Doe^Ann||19800229"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn transform_bundle(&self, bundle: Node<'_>, context: &Context<'_>) -> Result<Transformed, MapError> {
        let entry = event::entry(&self.program.document_entries, bundle)
            .ok_or_else(|| MapError::no_entry(event::missing(bundle)))?;
        let inputs = [run::Input::Fhir(bundle)];
        let Memory { builder, arena } = self.memory();
        let ended = run::run(&self.program, context, entry, None, &inputs, builder, &arena)?;
        let (done, builder) = transformed(ended)?;
        self.keep(builder, arena);
        Ok(done)
    }

    /// The fields that no rule reads, of the segments that the maps read: what a feed may send in vain, known before it does.
    ///
    /// ```
    /// let unread: Vec<String> = carewire_mapping::v2_to_fhir().unread_fields().map(|field| field.path().to_owned()).collect();
    /// assert!(!unread.contains(&"PID-5".to_owned()));
    /// ```
    pub fn unread_fields(&self) -> impl Iterator<Item = StaticUnread> {
        compile::unread_fields(&self.program.reads)
    }

    /// What the maps leave out on purpose, with their reasons, in the order of the files.
    pub fn left_out(&self) -> impl Iterator<Item = LeftOut> {
        self.program.left_out.iter().filter_map(|(path, reason, place)| {
            Some(LeftOut {
                path: path.clone(),
                reason: reason.clone(),
                rule: self.program.place(*place)?,
            })
        })
    }

    /// The urls of the maps that can be run by name, in the order of their files.
    #[must_use]
    pub fn urls(&self) -> Vec<&str> {
        let mut urls: Vec<(u16, &str)> = self
            .program
            .starts
            .iter()
            .map(|(url, entry)| (entry.place.file, url.as_str()))
            .collect();
        urls.sort_unstable();
        urls.into_iter().map(|(_, url)| url).collect()
    }
}

/// What a map reads.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Input<'i> {
    /// An HL7 v2 message.
    Message(&'i Message<'i>),
    /// A FHIR resource or an element of one, any other JSON as a document, or a row of a [`Table`](crate::csv::Table).
    Node(Node<'i>),
}

/// A target of a map.
#[non_exhaustive]
pub enum Output {
    /// FHIR R4.
    Document(Document<'static>),
    /// An HL7 v2 message.
    Message(Box<Message<'static>>),
    /// A structure that is no FHIR R4, as JSON.
    Json(String),
}

impl Output {
    /// The bytes of the target: JSON, or the message as it is sent.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Document(document) => document.to_json().into_bytes(),
            Self::Message(message) => message.as_bytes().to_vec(),
            Self::Json(text) => text.clone().into_bytes(),
        }
    }
}

/// Equal bytes of the same kind.
impl PartialEq for Output {
    fn eq(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other) && self.to_bytes() == other.to_bytes()
    }
}

/// Shows the kind and the length, never text.
impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::Document(_) => "Document",
            Self::Message(_) => "Message",
            Self::Json(_) => "Json",
        };
        write!(f, "{kind}({} bytes)", self.to_bytes().len())
    }
}

/// What [`Maps::transform`] gives.
#[derive(Debug)]
#[non_exhaustive]
pub struct Transformed {
    /// The targets of the map, in their order.
    pub targets: Vec<Output>,
    /// What was noticed, in the order in which rules ran.
    pub findings: Vec<Finding>,
    /// How many findings were left out because there were more than the limit.
    pub findings_dropped: usize,
    /// What the messages among the inputs hold that no rule read.
    pub unread: Unread,
    /// Where each element comes from, if the context asked for it.
    pub lineage: Option<Lineage>,
}

/// What a run gives beside its targets, and its builder for another run unless it grew too large.
fn report(ended: Ended<'_>) -> (Report, Option<Builder<'static>>) {
    let builder = ended.builder;
    let kept = (builder.node_count() <= LARGEST).then(|| builder.recycle());
    let report = Report {
        findings: ended.findings,
        findings_dropped: ended.dropped,
        unread: ended.unread,
        lineage: ended.lineage,
    };
    (report, kept)
}

/// As [`report`], with every target.
fn transformed(mut ended: Ended<'_>) -> Result<(Transformed, Option<Builder<'static>>), MapError> {
    let mut targets = Vec::with_capacity(ended.targets.len());
    for target in std::mem::take(&mut ended.targets) {
        targets.push(match target {
            run::Target::Fhir(id) => Output::Document(ended.builder.finish(id)),
            run::Target::Written(Written::Json(text)) => Output::Json(text),
            run::Target::Written(Written::Message(message)) => Output::Message(message),
            run::Target::Written(Written::Refused) => return Err(MapError::new(MapErrorKind::Message)),
        });
    }
    let (report, builder) = report(ended);
    let done = Transformed {
        targets,
        findings: report.findings,
        findings_dropped: report.findings_dropped,
        unread: report.unread,
        lineage: report.lineage,
    };
    Ok((done, builder))
}

/// The first target, which must be FHIR.
fn root(targets: &[run::Target]) -> Result<BuildId, MapError> {
    match targets.first() {
        Some(run::Target::Fhir(id)) => Ok(*id),
        _ => Err(MapError::new(MapErrorKind::NoDocument)),
    }
}

/// The first target as a document.
fn document(builder: &mut Builder<'_>, targets: &[run::Target]) -> Result<Document<'static>, MapError> {
    Ok(builder.finish(root(targets)?))
}

impl fmt::Debug for Maps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Maps")
            .field("entries", &self.entries())
            .field("groups", &self.program.groups.len())
            .finish_non_exhaustive()
    }
}

/// What mapping one source gives.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// The first target of the map: a Bundle, for the standard maps.
    pub bundle: Document<'static>,
    /// What was noticed, in the order in which rules ran.
    pub findings: Vec<Finding>,
    /// How many findings were left out because there were more than the limit.
    pub findings_dropped: usize,
    /// What the message holds that no rule read.
    pub unread: Unread,
    /// Where each element comes from, if the context asked for it.
    pub lineage: Option<Lineage>,
}

/// What mapping gives beside the result.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// What was noticed, in the order in which rules ran.
    pub findings: Vec<Finding>,
    /// How many findings were left out because there were more than the limit.
    pub findings_dropped: usize,
    /// What the message holds that no rule read.
    pub unread: Unread,
    /// Where each element comes from, if the context asked for it.
    pub lineage: Option<Lineage>,
}

impl Report {
    fn with(self, bundle: Document<'static>) -> Outcome {
        Outcome {
            bundle,
            findings: self.findings,
            findings_dropped: self.findings_dropped,
            unread: self.unread,
            lineage: self.lineage,
        }
    }
}

/// What a message holds that no rule read: how many values, by field.
///
/// A value counts as read once a rule took its text. Left out are MSH-1 and MSH-2, explicit nulls, and what `ignore` names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unread {
    pub(crate) fields: Vec<(String, usize)>,
    pub(crate) values: usize,
}

impl Unread {
    /// What another message holds as well.
    pub(crate) fn add(&mut self, other: Self) {
        self.values += other.values;
        if self.fields.is_empty() {
            self.fields = other.fields;
            return;
        }
        let mut places: HashMap<String, usize> = HashMap::new();
        for (at, (path, _)) in self.fields.iter().enumerate() {
            places.insert(path.clone(), at);
        }
        for (path, count) in other.fields {
            match places.get(&path).and_then(|at| self.fields.get_mut(*at)) {
                Some((_, sum)) => *sum += count,
                None => self.fields.push((path, count)),
            }
        }
    }

    /// How many values the message holds, read or not.
    #[must_use]
    pub fn values(&self) -> usize {
        self.values
    }

    /// How many values no rule read.
    #[must_use]
    pub fn count(&self) -> usize {
        self.fields.iter().map(|(_, count)| count).sum()
    }

    /// The fields, as `PID-4`, each with how many values it holds in all segments of that id, in the order of the message.
    pub fn fields(&self) -> impl Iterator<Item = (&str, usize)> {
        self.fields.iter().map(|(path, count)| (path.as_str(), *count))
    }
}

/// The standard maps from HL7 v2 to FHIR R4, compiled at the first call and shared.
///
/// They follow the HL7 v2-to-FHIR implementation guide and make a Bundle.
///
/// # Panics
///
/// Never: the maps are part of the crate and its tests compile them. Should one not compile all the same, the set is empty and every run
/// says [`MapErrorKind::NoEntry`].
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
/// use carewire_mapping::{Context, v2_to_fhir};
///
/// let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|||20240201||ADT^A08^ADT_A01|1|T|2.5.1\rEVN|A08|20240201\rPID|1||7^^^HOSP^MR||Doe^Ann\rPV1|1|I\r")?;
/// let out = v2_to_fhir().run(&msg, &Context::at("2024-02-01T10:00:00Z".parse()?))?;
/// assert!(out.bundle.to_json().contains(r#""family":"Doe""#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn v2_to_fhir() -> &'static Maps {
    static MAPS: OnceLock<Maps> = OnceLock::new();
    MAPS.get_or_init(|| {
        Maps::compile(v2_to_fhir_files(), &Options::default().reachable_only())
            .unwrap_or_else(|warnings| Maps::of(Program::default(), warnings))
    })
}

/// The standard maps from FHIR R4 to HL7 v2, compiled at the first call and shared.
///
/// They take a Bundle and make a message, by the event of its MessageHeader ([`Maps::transform_bundle`]) or by the url of a map ([`Maps::transform`]):
/// `urn:carewire:maps:back:message:` and `ADT`, `ORU`, `OML`, `ORM`, `SIU` or `VXU`. What a Bundle was made of by [`v2_to_fhir`] comes back as far as the
/// guide has a place for it in FHIR.
///
/// # Panics
///
/// Never, as [`v2_to_fhir`].
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
/// use carewire_mapping::{Context, fhir_to_v2, v2_to_fhir};
///
/// let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|||20240201101500+0000||ADT^A08^ADT_A01|1|T|2.5.1\rEVN||20240201101500+0000\rPID|1||7^^^HOSP^MR||Doe^Ann\r")?;
/// let context = Context::at("2024-02-01T10:00:00Z".parse()?);
/// let bundle = v2_to_fhir().run(&msg, &context)?.bundle;
/// let back = fhir_to_v2().transform_bundle(bundle.root(), &context)?;
/// assert_eq!(back.targets[0].to_bytes(), msg.as_bytes());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fhir_to_v2() -> &'static Maps {
    static MAPS: OnceLock<Maps> = OnceLock::new();
    MAPS.get_or_init(|| {
        Maps::compile(fhir_to_v2_files(), &Options::default())
            .unwrap_or_else(|warnings| Maps::of(Program::default(), warnings))
    })
}

/// The files of the standard maps to HL7 v2, each with its name: what [`fhir_to_v2`] compiles. A site's own map imports from them or lies over one.
///
/// # Examples
///
/// ```
/// assert!(carewire_mapping::fhir_to_v2_files().iter().any(|(name, _)| *name == "back/message/ADT.map"));
/// ```
#[must_use]
pub fn fhir_to_v2_files() -> &'static [(&'static str, &'static str)] {
    shipped::FILES.split_at(backward()).0
}

/// How many of the files, which are in the order of their names, make messages.
fn backward() -> usize {
    shipped::FILES.partition_point(|(name, _)| name.starts_with("back/"))
}

/// The files of the standard maps, each with its name: what [`v2_to_fhir`] compiles.
///
/// A site's own maps import from them and are compiled together with those they need.
///
/// # Examples
///
/// ```
/// use carewire_mapping::{Maps, Options, v2_to_fhir_files};
///
/// let own = "/// url = 'http://example.org/maps/names'\n/// carewire.entry = 'ADT^*'\nimports 'urn:carewire:maps:datatype:*'\n\
///     group Names(source msg, target out) {\n  msg.PID as pid -> out.entry as entry;\n}";
/// let mut files = vec![("names.map", own)];
/// // What starts by an event stays out, but the one message map that the others call.
/// let called = |name: &str| !name.starts_with("message/") || name == "message/Entry.map";
/// files.extend(v2_to_fhir_files().iter().filter(|(name, _)| called(name)));
/// assert_eq!(Maps::compile(&files, &Options::default()).map_err(|all| all[0].clone())?.entries(), ["ADT^*"]);
/// # Ok::<(), carewire_mapping::Diagnostic>(())
/// ```
#[must_use]
pub fn v2_to_fhir_files() -> &'static [(&'static str, &'static str)] {
    shipped::FILES.split_at(backward()).1
}
