//! The typed structs: one file a type of the specification, with the backbone elements, choices and codes that it
//! declares. Shapes and tables alone; what is done with them is written by hand in `fhir-model/src/typed`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Alternative, Failure, HEAD, Row, Spec, alternative, key_of, page, title};

/// The feature that a category of resources is behind; no feature: always there with the typed layer.
fn feature(category: &str) -> Result<Option<&'static str>, Failure> {
    Ok(match category {
        "Base.Entities"
        | "Base.Individuals"
        | "Base.Management"
        | "Foundation.Documents"
        | "Foundation.Other"
        | "Foundation.Security" => None,
        "Clinical.Summary" | "Clinical.Care Provision" | "Clinical.Request & Response" => Some("clinical"),
        "Clinical.Diagnostics" => Some("diagnostics"),
        "Clinical.Medications" => Some("medications"),
        "Base.Workflow" | "Specialized.Definitional Artifacts" => Some("workflow"),
        "Financial.Billing" | "Financial.General" | "Financial.Payment" | "Financial.Support" => {
            Some("financial")
        }
        "Foundation.Conformance" | "Foundation.Terminology" | "Specialized.Quality Reporting & Testing" => {
            Some("conformance")
        }
        "Specialized.Evidence-Based Medicine" | "Specialized.Public Health & Research" => Some("research"),
        "Specialized.Medication Definition" => Some("medication-definition"),
        other => return Err(format!("no feature for the category {other}").into()),
    })
}

/// The files under `typed/`, by name.
pub(super) fn files(spec: &Spec, ids: &BTreeMap<&str, usize>) -> Result<Vec<(String, String)>, Failure> {
    let mut elements: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &spec.elements {
        let (owner, _) = row[0].rsplit_once('.').ok_or("an element without a type")?;
        elements.entry(owner).or_default().push(row);
    }
    let enums = Enums::new(spec, &elements)?;
    let categories: BTreeMap<&str, &str> = spec
        .categories
        .iter()
        .map(|row| (row[0].as_str(), row[1].as_str()))
        .collect();
    let mut types: Vec<&Row> = spec.types.iter().collect();
    types.sort_by(|a, b| a[0].cmp(&b[0]));
    let generator = Generator {
        kinds: types
            .iter()
            .map(|row| (row[0].as_str(), row[1].as_str()))
            .collect(),
        enums: &enums,
        elements: &elements,
        ids,
        bindings: &spec.bindings,
        shared: shared(spec)?,
    };

    let (mut files, mut modules, mut resources) = (Vec::new(), String::new(), String::new());
    let mut names = Names::default();
    for one in enums.sets.values() {
        names.take(&one.name)?;
    }
    let mut choices = format!(
        "{HEAD}//! Choices that several elements have.\n\nuse super::*;\nuse crate::typed::shape::choice;\n"
    );
    for (types, name) in &generator.shared {
        if name != OPEN {
            names.take(name)?;
            let alternatives = types.split(' ').map(alternative).collect::<Result<Vec<_>, _>>()?;
            choices.push_str(&generator.choice(
                name,
                &format!("A choice that several elements have: `{types}`"),
                "",
                &alternatives,
            ));
        }
    }
    files.push(("typed/choices.rs".to_owned(), choices));
    for row in &types {
        let name = row[0].as_str();
        if row[2] == "abstract" || !matches!(row[1].as_str(), "resource" | "data-type") {
            continue;
        }
        let cfg = match categories.get(name) {
            Some(category) if row[1] == "resource" => {
                feature(category)?.map_or(String::new(), |one| format!("#[cfg(feature = \"{one}\")] "))
            }
            _ => String::new(),
        };
        let inner = types.iter().filter(|one| {
            one[0]
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('.'))
        });
        names.choices.clear();
        let mut text = format!(
            "{HEAD}//! [`{name}`](https://hl7.org/fhir/R4/{}).\n\nuse super::*;\nuse crate::typed::shape::*;\n",
            page(row)
        );
        for one in std::iter::once(row).chain(inner) {
            generator.shape(one, &mut text, &mut names)?;
        }
        for set in enums
            .sets
            .values()
            .filter(|set| set.file.as_deref() == Some(name))
        {
            set.write(&mut text);
        }
        let module = snake(name);
        let _ = writeln!(modules, "{cfg}mod {module};\n{cfg}pub use {module}::*;");
        if row[1] == "resource" {
            let _ = writeln!(resources, "    {cfg}{} {name},", generator.id(name)?);
        }
        files.push((format!("typed/{module}.rs"), text));
    }
    let mut codes = format!(
        "{HEAD}//! Codes of required bindings that several types have.\n\nuse crate::typed::shape::codes;\n"
    );
    for set in enums.sets.values().filter(|set| set.file.is_none()) {
        set.write(&mut codes);
    }
    files.push(("typed/codes.rs".to_owned(), codes));
    files.push((
        "typed/resource.rs".to_owned(),
        format!(
            "{HEAD}//! Any resource.\n\nuse super::*;\nuse crate::typed::Other;\nuse crate::typed::shape::*;\n\nresources! {{\n{resources}}}\n"
        ),
    ));
    let index = format!(
        "{HEAD}//! The data types and resources of FHIR R4 4.0.1, one struct each, by the names of the standard.\n\
         //!\n\
         //! Every element is a public field and may be absent; `new` asks for those that the standard wants.\n\
         //! Backbone elements are named by their path, `PatientContact`, choices by their element,\n\
         //! `ObservationValue`, codes of required bindings by their value set, `AdministrativeGender`.\n\n\
         use alloc::boxed::Box;\n\nmod choices;\nmod codes;\nmod resource;\n\
         pub use crate::typed::alias::*;\n\
         pub use crate::typed::{{Date, DateTime, Decimal, Extra, FhirString, Instant, Items, NotDate, NotDecimal, Other, ResourceExtra, Time}};\n\
         pub use choices::*;\npub use codes::*;\npub use resource::*;\n{modules}"
    );
    files.push(("typed/mod.rs".to_owned(), index));
    Ok(files)
}

/// The value sets that are enums.
struct Enums {
    sets: BTreeMap<String, Set>,
    /// The value set of each element that has one.
    paths: BTreeMap<String, String>,
}

struct Set {
    url: String,
    name: String,
    codes: Vec<String>,
    /// The type whose file has it, if only one has.
    file: Option<String>,
}

impl Enums {
    fn new(spec: &Spec, elements: &BTreeMap<&str, Vec<&Row>>) -> Result<Self, Failure> {
        let mut users: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        let mut paths = BTreeMap::new();
        for row in elements.values().flatten() {
            if row[3] == "code"
                && let Some(url) = required(spec, &row[0])
            {
                let file = row[0].split('.').next().unwrap_or_default();
                paths.insert(row[0].clone(), url.clone());
                users.entry(url).or_default().insert(file);
            }
        }
        let mut sets: BTreeMap<String, Set> = BTreeMap::new();
        let mut titles: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for row in &spec.codes {
            titles.entry(&row[1]).or_default().insert(&row[0]);
        }
        for row in &spec.codes {
            let Some(users) = users.get(&row[0]) else { continue };
            let set = sets.entry(row[0].clone()).or_insert_with(|| Set {
                url: row[0].clone(),
                name: if titles.get(row[1].as_str()).is_some_and(|urls| urls.len() == 1) {
                    set_name(&row[1], &row[0])
                } else {
                    from_url(&row[0])
                },
                codes: Vec::new(),
                file: match users.iter().next() {
                    Some(only) if users.len() == 1 => Some((*only).to_owned()),
                    _ => None,
                },
            });
            set.codes.push(row[2].clone());
        }
        let names: BTreeSet<&str> = sets.values().map(|set| set.name.as_str()).collect();
        if names.len() != sets.len() {
            return Err("two value sets of one name".into());
        }
        Ok(Self { sets, paths })
    }
}

/// The value set that an element's code must be of, without its version.
fn required(spec: &Spec, path: &str) -> Option<String> {
    let binding = spec.bindings.get(path).filter(|row| row[0] == "required")?;
    binding[1].split('|').next().map(str::to_owned)
}

/// The value set's own name where that is one of several words, else the end of its URL.
fn set_name(name: &str, url: &str) -> String {
    let words: Vec<&str> = name.split([' ', '-', '.']).collect();
    let text = words.iter().fold(String::new(), |text, word| key_of(&text, word));
    let capitals = text.chars().filter(char::is_ascii_uppercase).count();
    if capitals < 2 || !name.starts_with(|letter: char| letter.is_ascii_uppercase()) && words.len() == 1 {
        return from_url(url);
    }
    text
}

fn from_url(url: &str) -> String {
    title(url.rsplit('/').next().unwrap_or(url))
}

impl Set {
    fn write(&self, text: &mut String) {
        let _ = writeln!(
            text,
            "\ncodes! {{\n    /// The codes of <{}>.\n    {} {{",
            self.url, self.name
        );
        let mut line = String::from("       ");
        for (at, code) in self.codes.iter().enumerate() {
            let one = format!(" {at} {} = {code:?},", variant(code));
            if line.len() + one.len() > 110 {
                let _ = writeln!(text, "{line}");
                line = String::from("       ");
            }
            line.push_str(&one);
        }
        let _ = writeln!(text, "{line}\n    }}\n}}");
    }
}

/// The name of a code as a variant.
fn variant(code: &str) -> String {
    let sign = match code {
        "=" => "Equal",
        "!=" => "NotEqual",
        "<" => "LessThan",
        "<=" => "LessOrEqual",
        ">" => "GreaterThan",
        ">=" => "GreaterOrEqual",
        _ => "",
    };
    if !sign.is_empty() {
        return sign.to_owned();
    }
    let number = code.starts_with(|letter: char| letter.is_ascii_digit());
    let between = if number { "_" } else { "" };
    let words = code.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<String> = words.filter(|word| !word.is_empty()).map(title).collect();
    format!("{}{}", if number { "V" } else { "" }, words.join(between))
}

struct Generator<'a> {
    kinds: BTreeMap<&'a str, &'a str>,
    enums: &'a Enums,
    elements: &'a BTreeMap<&'a str, Vec<&'a Row>>,
    ids: &'a BTreeMap<&'a str, usize>,
    bindings: &'a BTreeMap<String, Row>,
    /// The name of a choice by its types.
    shared: BTreeMap<String, String>,
}

/// The choice of any type, by the name of the one that every build has.
const OPEN: &str = "ExtensionValue";

/// The names that are taken, and the choices of the file that is written, by their types.
#[derive(Default)]
struct Names {
    taken: BTreeSet<String>,
    choices: BTreeMap<String, String>,
}

impl Names {
    fn take(&mut self, name: &str) -> Result<(), Failure> {
        if self.taken.insert(name.to_owned()) {
            Ok(())
        } else {
            Err(format!("two types are named {name}").into())
        }
    }
}

/// The types of a choice, as text.
fn codes(alternatives: &[Alternative<'_>]) -> String {
    let codes: Vec<&str> = alternatives.iter().map(|one| one.code).collect();
    codes.join(" ")
}

/// The choices that are one enum wherever they are: those of few types, named after them, and the open one.
fn shared(spec: &Spec) -> Result<BTreeMap<String, String>, Failure> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut shared = BTreeMap::new();
    for row in spec.elements.iter().filter(|row| row[0].ends_with("[x]")) {
        let alternatives = row[3]
            .split(' ')
            .map(alternative)
            .collect::<Result<Vec<_>, _>>()?;
        let types = codes(&alternatives);
        let count = counts.entry(types.clone()).or_default();
        *count += 1;
        if row[0] == "Extension.value[x]" {
            shared.insert(types, OPEN.to_owned());
        } else if *count == 2 && alternatives.len() < 6 {
            let names: Vec<String> = alternatives.iter().map(|one| title(one.code)).collect();
            shared.insert(types, names.join("Or"));
        }
    }
    Ok(shared)
}

/// A field as the struct, the constructor and the table need it.
struct Field {
    number: usize,
    name: String,
    ty: String,
    /// Of an element that must be there: the constructor's argument and what it makes of it.
    argument: Option<(String, String)>,
    doc: String,
}

impl Generator<'_> {
    fn id(&self, name: &str) -> Result<usize, Failure> {
        self.ids
            .get(name)
            .copied()
            .ok_or_else(|| format!("unknown type {name}").into())
    }

    /// The struct, its table, and the choices of its elements.
    fn shape(&self, row: &Row, text: &mut String, names: &mut Names) -> Result<(), Failure> {
        let (path, kind) = (row[0].as_str(), row[1].as_str());
        let name = struct_name(path);
        names.take(&name)?;
        let own = self.elements.get(path).map(Vec::as_slice).unwrap_or_default();
        let last = |row: &Row| row[0].rsplit('.').next().unwrap_or_default().to_owned();
        let rare = match own.iter().map(|row| last(row)).collect::<Vec<_>>().as_slice() {
            _ if kind == "resource" => 0,
            [id, extension, modifier, ..]
                if id == "id" && extension == "extension" && modifier == "modifierExtension" =>
            {
                3
            }
            [id, extension, ..] if id == "id" && extension == "extension" => 2,
            _ => return Err(format!("{path}: no id and extension first").into()),
        };
        let mut choices = String::new();
        let mut fields = Vec::new();
        for (number, element) in own.iter().enumerate().skip(rare) {
            fields.push(self.field(number, element, &name, &mut choices, names)?);
        }
        let _ = writeln!(text, "\n/// `{path}`.\npub struct {name} {{");
        for field in &fields {
            let _ = writeln!(
                text,
                "    /// {}\n    pub {}: {},",
                field.doc, field.name, field.ty
            );
        }
        let extra = if kind == "resource" {
            "    /// Ids and extensions of primitives, and what the type does not have.\n    pub extra: ResourceExtra,\n}"
        } else {
            "    /// Id, extensions, those of primitives, and what the type does not have.\n    pub extra: Extra,\n}"
        };
        let _ = writeln!(text, "{extra}");
        let arguments: Vec<&(String, String)> = fields
            .iter()
            .filter_map(|field| field.argument.as_ref())
            .collect();
        if !arguments.is_empty() {
            let taken: Vec<&str> = arguments.iter().map(|one| one.0.as_str()).collect();
            let made: Vec<&str> = arguments.iter().map(|one| one.1.as_str()).collect();
            let many = if taken.len() > 7 {
                "    #[expect(clippy::too_many_arguments, reason = \"so many are required\")]\n"
            } else {
                ""
            };
            let _ = writeln!(
                text,
                "\nimpl {name} {{\n    /// With what every `{path}` must have.\n{many}    #[inline]\n    pub fn new({}) -> Self {{\n        Self {{ {}, ..Self::default() }}\n    }}\n}}",
                taken.join(", "),
                made.join(", ")
            );
        }
        let _ = writeln!(text, "\ntyped! {{\n    {name} = {}, {rare} {{", self.id(path)?);
        let mut line = String::from("       ");
        for field in &fields {
            let one = format!(" {} {},", field.number, field.name);
            if line.len() + one.len() > 110 {
                let _ = writeln!(text, "{line}");
                line = String::from("       ");
            }
            line.push_str(&one);
        }
        let _ = writeln!(text, "{line}\n    }}\n}}");
        text.push_str(&choices);
        Ok(())
    }

    fn field(
        &self,
        number: usize,
        row: &Row,
        owner: &str,
        choices: &mut String,
        names: &mut Names,
    ) -> Result<Field, Failure> {
        let path = row[0].as_str();
        let last = path.rsplit('.').next().unwrap_or(path);
        let alternatives = row[3]
            .split(' ')
            .map(alternative)
            .collect::<Result<Vec<_>, _>>()?;
        let element = last.strip_suffix("[x]").unwrap_or(last);
        let name = identifier(element);
        let is_list = row[2] == "*";
        let is_required = row[1] != "0";
        let doc = doc(last, row, &alternatives, self.bindings.get(path));
        let (ty, form) = if last.ends_with("[x]") {
            let choice = format!("{owner}{}", title(element));
            names.take(&choice)?;
            let types = codes(&alternatives);
            let same = names.choices.get(&types).or_else(|| self.shared.get(&types));
            match same.filter(|same| **same != choice) {
                Some(same) => {
                    let _ = writeln!(choices, "\n/// `{path}`.\npub type {choice} = {same};");
                }
                None => {
                    choices.push_str(&self.choice(&choice, &format!("`{path}`"), path, &alternatives));
                    names.choices.insert(types, choice.clone());
                }
            }
            (choice, Form::Value)
        } else {
            let [one] = &alternatives[..] else {
                return Err(format!("{path}: several types and no choice").into());
            };
            self.type_of(path, one)
        };
        let argument = is_required.then(|| match (is_list, form) {
            (true, _) => (
                format!("{name}: impl Into<Items<{ty}>>"),
                format!("{name}: {name}.into()"),
            ),
            (_, Form::Node) => (format!("{name}: {ty}"), format!("{name}: Some(Box::new({name}))")),
            (_, Form::Text) => (
                format!("{name}: impl Into<{ty}>"),
                format!("{name}: Some({name}.into())"),
            ),
            _ => (format!("{name}: {ty}"), format!("{name}: Some({name})")),
        });
        let ty = match (is_list, form) {
            (true, _) => format!("Items<{ty}>"),
            (_, Form::Node) => format!("Option<Box<{ty}>>"),
            // Eight bytes, for nearly no resource has one.
            _ if last == "implicitRules" => format!("Option<Box<{ty}>>"),
            _ => format!("Option<{ty}>"),
        };
        Ok(Field {
            number,
            name,
            ty,
            argument,
            doc,
        })
    }

    /// An enum of the types of a choice: primitives, then the others.
    fn choice(&self, name: &str, doc: &str, path: &str, alternatives: &[Alternative<'_>]) -> String {
        let (mut leaves, mut nodes) = (String::new(), String::new());
        for (number, one) in alternatives.iter().enumerate() {
            let (ty, form) = self.type_of(path, one);
            let to = if form == Form::Node {
                &mut nodes
            } else {
                &mut leaves
            };
            let _ = writeln!(to, "            {number} {}({ty}),", title(one.code));
        }
        let mut text = format!("\nchoice! {{\n    /// {doc}.\n    {name} {{\n");
        for (group, all) in [("leaves", leaves), ("nodes", nodes)] {
            if !all.is_empty() {
                let _ = writeln!(text, "        {group} {{\n{all}        }}");
            }
        }
        text.push_str("    }\n}\n");
        text
    }

    fn type_of(&self, path: &str, one: &Alternative<'_>) -> (String, Form) {
        let code = one.code;
        match code {
            "boolean" => ("bool".to_owned(), Form::Value),
            "integer" => ("i32".to_owned(), Form::Value),
            "unsignedInt" | "positiveInt" => ("u32".to_owned(), Form::Value),
            "decimal" | "date" | "dateTime" | "instant" | "time" | "Resource" => (title(code), Form::Value),
            "string" => ("FhirString".to_owned(), Form::Text),
            "code" => match self.enums.of(path) {
                Some(set) => (set.name.clone(), Form::Value),
                None => ("Code".to_owned(), Form::Text),
            },
            _ if self.kinds.get(code) == Some(&"primitive") => (title(code), Form::Text),
            _ => (struct_name(code), Form::Node),
        }
    }
}

/// How a value stands in a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Value,
    Node,
}

impl Enums {
    fn of(&self, path: &str) -> Option<&Set> {
        self.sets.get(self.paths.get(path)?)
    }
}

/// Path, cardinality, types and binding, on one line.
fn doc(last: &str, row: &Row, alternatives: &[Alternative<'_>], binding: Option<&Row>) -> String {
    let types: Vec<String> = alternatives
        .iter()
        .map(|one| match one.targets.as_slice() {
            [] => one.code.to_owned(),
            targets => format!("{}({})", one.code, targets.join("|")),
        })
        .collect();
    let types = if types.len() > 12 {
        "any type".to_owned()
    } else {
        format!("`{}`", types.join(", "))
    };
    let binding = binding.map_or(String::new(), |binding| {
        format!("; {} `{}`", binding[0], binding[1])
    });
    format!("`{last}` {}..{} {types}{binding}.", row[1], row[2])
}

fn struct_name(path: &str) -> String {
    path.split('.')
        .fold(String::new(), |name, part| key_of(&name, part))
}

fn snake(name: &str) -> String {
    let mut text = String::new();
    let mut small = false;
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && small {
            text.push('_');
        }
        small = letter.is_ascii_lowercase() || letter.is_ascii_digit();
        text.push(letter.to_ascii_lowercase());
    }
    text
}

fn identifier(element: &str) -> String {
    let name = snake(element);
    match name.as_str() {
        "abstract" | "as" | "const" | "else" | "enum" | "final" | "fn" | "for" | "if" | "impl" | "in"
        | "let" | "loop" | "match" | "mod" | "override" | "pub" | "ref" | "return" | "static" | "struct"
        | "trait" | "true" | "type" | "use" | "where" | "while" => format!("r#{name}"),
        _ => name,
    }
}
