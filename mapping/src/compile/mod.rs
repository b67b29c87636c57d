//! From trees to a program: names, groups and types resolved, everything that is wrong reported at once.

mod codes;
mod concept_map;
mod condense;
mod constant;
mod expression;
mod group;
mod hint;
mod lines;
mod lower;
mod names;
pub(crate) mod nearest;
mod overlay;
mod quick;
mod reach;
mod rule;
mod scope;
mod set;
mod target;
mod transform;
mod types;
pub(crate) mod v2;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use carewire_fhirpath::Pattern;

use crate::diagnostic::{Diagnostic, SourceText, Span};
use crate::finding::{Code, Severity};
use crate::model::Models;
use crate::options::Options;
use crate::parse::{self, Trees};
use crate::program::{Group, GroupId, Program, RulePlace};
use crate::run::hash::Seeded;
use crate::syntax::{self, Map, Word};

use self::expression::Meaning;
use self::group::DefaultGroup;
pub(crate) use self::rule::numbered;
use self::set::Sees;
pub(crate) use self::transform::is_transform_name;
use self::types::Type;
pub(crate) use self::v2::unread_fields;

/// What is looked up while a set is compiled.
type Table<K, V> = HashMap<K, V, Seeded>;

/// One file of the set, parsed.
struct Unit<'a> {
    source: SourceText<'a>,
    /// Where its lines after the first start: every rule remembers its place.
    line_starts: Vec<usize>,
    /// Without its groups.
    map: Rc<Map>,
    url: Option<Word>,
    groups: Vec<Rc<syntax::Group>>,
    /// What the names of types mean in the file.
    types: Table<Word, Type>,
    uses_superset: bool,
    /// The files whose groups it sees, itself first.
    sees: Sees,
    /// Its constants, by name: their number in the program.
    constants: Table<Word, u16>,
    /// Its concept maps, by name and url: their number in the program.
    concept_maps: Table<String, u32>,
}

/// A group of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct GroupOf {
    unit: usize,
    index: usize,
}

struct Compiler<'a> {
    units: Vec<Unit<'a>>,
    /// The expressions of all files, parsed.
    trees: Trees,
    /// Those that are left to `carewire_fhirpath`, compiled.
    programs: Table<Meaning, Arc<carewire_fhirpath::Program>>,
    /// The regular expressions of others.
    patterns: RefCell<Table<String, Option<Arc<Pattern>>>>,
    options: &'a Options,
    models: Models,
    program: Program,
    diagnostics: Vec<Diagnostic>,
    /// A group compiled for several types says the same thing several times.
    reported: HashSet<(usize, Code, u32)>,
    specialised: Table<(GroupOf, Vec<Type>), GroupId>,
    /// The types that the parameters of groups are declared with.
    declared: Table<GroupOf, Rc<[Type]>>,
    /// The groups that are compiled for some types.
    called: HashSet<GroupOf, Seeded>,
    pending: Vec<(GroupId, GroupOf, Vec<Type>)>,
    shares: Table<Word, u32>,
    /// The files that lie over others, each with the one below.
    overlays: HashMap<usize, usize>,
    /// The groups that stand in the place of others.
    replaced: Table<GroupOf, GroupOf>,
    /// Where each concept map of the program was declared: its file, and its place there.
    declared_maps: Vec<(usize, usize)>,
    /// Whether a map of the set starts by an event.
    takes_messages: bool,
    /// While set, fields are named to be left out, not read.
    is_ignoring: bool,
    /// The statements of that kind that were met, by file and offset.
    ignored: HashSet<(usize, u32)>,
    /// The groups of all files, by name.
    named: Table<Word, Vec<GroupOf>>,
    /// The groups that are called for their types, by the type of their source.
    default_groups: Table<Type, Vec<DefaultGroup>>,
    /// The concept maps of all files, by name and url.
    concept_maps: Table<String, u32>,
    /// Emptied, for the next expression.
    used: expression::Used,
    /// The fields of segments that rules read.
    reads: HashSet<([u8; 3], u16), Seeded>,
    /// The codes of the value sets and tables that were looked at.
    codes: Table<codes::Bound, Option<Rc<codes::Codes>>>,
}

/// Room is made in advance for no more bytes of text than this.
const LARGEST: usize = 4 << 20;

/// Compiles a set of files. The second of the result are the warnings.
pub(crate) fn compile(
    files: &[(&str, &str)],
    options: &Options,
) -> Result<(Program, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut diagnostics = Vec::new();
    let mut trees = Trees::default();
    let mut units = Vec::new();
    for (file, text) in files {
        // What nothing reaches is not compiled then, and its expressions need no look.
        let mut parsed = parse::parse_with_trees(file, text, !options.reachable_only, &mut trees);
        diagnostics.extend(parsed.diagnostics);
        let source = SourceText { file, text };
        units.push(Unit {
            source,
            line_starts: source.line_starts(),
            groups: std::mem::take(&mut parsed.map.groups)
                .into_iter()
                .map(Rc::new)
                .collect(),
            url: parsed.map.url().map(Word::from),
            map: Rc::new(parsed.map),
            types: Table::default(),
            uses_superset: false,
            sees: Sees::default(),
            constants: Table::default(),
            concept_maps: Table::default(),
        });
    }
    let program = Program {
        files: files.iter().map(|(name, _)| Arc::from(*name)).collect(),
        functions: options.functions.clone(),
        ..Program::default()
    };
    let mut compiler = Compiler {
        units,
        trees,
        programs: Table::default(),
        patterns: RefCell::default(),
        options,
        models: Models::new(&options.models),
        program,
        diagnostics,
        reported: HashSet::new(),
        specialised: Table::default(),
        declared: Table::default(),
        called: HashSet::default(),
        pending: Vec::new(),
        shares: Table::default(),
        overlays: HashMap::new(),
        replaced: Table::default(),
        declared_maps: Vec::new(),
        takes_messages: false,
        is_ignoring: false,
        ignored: HashSet::new(),
        named: Table::default(),
        default_groups: Table::default(),
        concept_maps: Table::default(),
        used: Vec::new(),
        reads: HashSet::default(),
        codes: Table::default(),
    };
    if !options.reachable_only {
        let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
        compiler.program.reserve(bytes.min(LARGEST));
    }
    compiler.set();
    compiler.groups();
    compiler.program.link();
    if options.reachable_only {
        // What ships is compiled once for all that a process maps.
        compiler.program.settle();
    }
    let Compiler {
        mut program,
        mut diagnostics,
        reads,
        ..
    } = compiler;
    program.reads = reads.into_iter().collect();
    let order = |one: &Diagnostic| files.iter().position(|(name, _)| *name == one.file());
    diagnostics.sort_by_key(|one| (order(one), one.span().start));
    if diagnostics.iter().any(|one| one.severity() == Severity::Error) {
        Err(diagnostics)
    } else {
        Ok((program, diagnostics))
    }
}

impl Compiler<'_> {
    fn report(
        &mut self,
        unit: usize,
        code: Code,
        span: Span,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        if self.reported.insert((unit, code, span.start))
            && let Some(of) = self.units.get(unit)
        {
            let help = help.or_else(|| hint::of(code).map(str::to_owned));
            self.diagnostics.push(
                of.source
                    .diagnostic(&of.line_starts, code, span, message.into(), help),
            );
        }
    }

    /// Reports a use of the superset where the file or the options do not allow it.
    fn superset(&mut self, unit: usize, span: Span, what: &str) {
        let allowed = self.units.get(unit).is_some_and(|unit| unit.uses_superset);
        if self.options.strict {
            self.report(
                unit,
                Code::Superset,
                span,
                format!("{what} is not of the standard language, which alone is allowed"),
                None,
            );
        } else if !allowed {
            let help = Some("say `/// carewire = 'superset'` at the top of the file".to_owned());
            self.report(
                unit,
                Code::Superset,
                span,
                format!("{what} is not of the standard language"),
                help,
            );
        }
    }

    /// A function of the library is ours; a host's is the site's own matter.
    fn library_is_superset(&mut self, unit: usize, name: &str, span: Span) {
        let function = self
            .options
            .functions
            .iter()
            .find(|function| function.name == name);
        if function.is_some_and(|function| function.library.is_some()) {
            self.superset(unit, span, &format!("the function `{name}`"));
        }
    }

    fn place(&self, unit: usize, span: Span) -> RulePlace {
        let (line, column) = self
            .units
            .get(unit)
            .map_or((0, 0), |unit| unit.source.position(span.start, &unit.line_starts));
        RulePlace {
            file: u16::try_from(unit).unwrap_or(u16::MAX),
            line,
            column,
        }
    }

    /// The group for these types of arguments, compiled later if it is new.
    fn specialise(&mut self, group: GroupOf, types: Vec<Type>) -> GroupId {
        let key = (group, types);
        if let Some(known) = self.specialised.get(&key) {
            return *known;
        }
        self.called.insert(group);
        let id = GroupId(u32::try_from(self.program.groups.len()).unwrap_or(u32::MAX));
        self.program.groups.push(Group {
            frame: 0,
            parameters: Vec::new(),
            code: 0..0,
        });
        self.pending.push((id, group, key.1.clone()));
        self.specialised.insert(key, id);
        id
    }
}
