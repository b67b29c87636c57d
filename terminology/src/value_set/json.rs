use serde::Deserialize;

use super::{Concept, Concepts, Filter, Include, ValueSet};
use crate::resource::{self, present};
use crate::{Error, ErrorKind, Limits};

#[derive(Deserialize)]
struct Resource {
    url: Option<String>,
    version: Option<String>,
    compose: Option<ComposeJson>,
    expansion: Option<ExpansionJson>,
}

#[derive(Deserialize)]
struct ComposeJson {
    inactive: Option<bool>,
    #[serde(default)]
    include: Vec<IncludeJson>,
    #[serde(default)]
    exclude: Vec<IncludeJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct IncludeJson {
    system: Option<String>,
    version: Option<String>,
    #[serde(default)]
    concept: Vec<ConceptJson>,
    #[serde(default)]
    filter: Vec<FilterJson>,
    #[serde(default)]
    value_set: Vec<String>,
}

#[derive(Deserialize)]
struct ConceptJson {
    code: Option<String>,
    display: Option<String>,
}

#[derive(Deserialize)]
struct FilterJson {
    property: Option<String>,
    op: Option<String>,
    value: Option<String>,
}

#[derive(Deserialize)]
struct ExpansionJson {
    #[serde(default)]
    contains: Vec<ContainsJson>,
}

#[derive(Deserialize)]
struct ContainsJson {
    system: Option<String>,
    code: Option<String>,
    display: Option<String>,
    inactive: Option<bool>,
    #[serde(rename = "abstract")]
    abstract_code: Option<bool>,
    #[serde(default)]
    contains: Vec<ContainsJson>,
}

pub(super) fn read(json: &[u8], limits: &Limits) -> Result<ValueSet, Error> {
    let resource: Resource = resource::read(json, "ValueSet", limits)?;
    let mut set = ValueSet {
        url: present(resource.url, "ValueSet.url")?.into(),
        version: resource.version.map(Into::into),
        include: Vec::new(),
        exclude: Vec::new(),
        active_only: false,
    };
    let mut left = limits.concepts;
    match (resource.compose, resource.expansion) {
        (Some(compose), _) => {
            set.active_only = compose.inactive == Some(false);
            for include in compose.include {
                set.include.push(read_include(include, &mut left)?);
            }
            for exclude in compose.exclude {
                set.exclude.push(read_include(exclude, &mut left)?);
            }
        }
        (None, Some(expansion)) => set.include = read_expansion(expansion, limits)?,
        (None, None) => return Err(Error::at(ErrorKind::MissingElement, "ValueSet.compose")),
    }
    Ok(set)
}

fn read_include(json: IncludeJson, left: &mut usize) -> Result<Include, Error> {
    let mut include = Include::default();
    if json.system.is_none() && json.value_set.is_empty() {
        return Err(Error::at(
            ErrorKind::MissingElement,
            "ValueSet.compose.include.system",
        ));
    }
    if json.system.is_none() && !(json.concept.is_empty() && json.filter.is_empty()) {
        return Err(Error::at(
            ErrorKind::MissingElement,
            "ValueSet.compose.include.system",
        ));
    }
    include.system = json.system.map(|it| match json.version {
        Some(version) => format!("{it}|{version}").into(),
        None => it.into(),
    });
    include.value_set = json.value_set.into_iter().map(Into::into).collect();
    *left = (left.checked_sub(json.concept.len()))
        .ok_or(Error::at(ErrorKind::Limit, "ValueSet.compose.include.concept"))?;
    if !json.concept.is_empty() {
        let concepts = include.concept.insert(Concepts::default());
        for concept in json.concept {
            let code = present(concept.code, "ValueSet.compose.include.concept.code")?;
            concepts.push(Concept::new(code, concept.display));
        }
    }
    for filter in json.filter {
        let property = present(filter.property, "ValueSet.compose.include.filter.property")?;
        let op = present(filter.op, "ValueSet.compose.include.filter.op")?;
        let value = present(filter.value, "ValueSet.compose.include.filter.value")?;
        include.filter.push(Filter::new(&property, &op, &value)?);
    }
    Ok(include)
}

/// One include for each run of codes of the same system.
fn read_expansion(expansion: ExpansionJson, limits: &Limits) -> Result<Vec<Include>, Error> {
    let mut includes: Vec<Include> = Vec::new();
    let mut open: Vec<_> = expansion.contains.into_iter().rev().map(|it| (1, it)).collect();
    let mut left = limits.concepts;
    while let Some((depth, item)) = open.pop() {
        left = left
            .checked_sub(1)
            .ok_or(Error::at(ErrorKind::Limit, "ValueSet.expansion.contains"))?;
        if depth > limits.depth {
            return Err(Error::at(ErrorKind::Limit, "ValueSet.expansion.contains"));
        }
        open.extend(item.contains.into_iter().rev().map(|it| (depth + 1, it)));
        // A group without a code only orders the others.
        let Some(code) = item.code.filter(|it| !it.is_empty()) else {
            continue;
        };
        let system = present(item.system, "ValueSet.expansion.contains.system")?;
        let mut concept = Concept::new(code, item.display);
        concept.inactive = item.inactive == Some(true);
        concept.abstract_code = item.abstract_code == Some(true);
        match includes
            .last_mut()
            .filter(|it| it.system.as_deref() == Some(&*system))
        {
            Some(include) => include.concept.get_or_insert_default().push(concept),
            None => {
                let mut concepts = Concepts::default();
                concepts.push(concept);
                includes.push(Include {
                    system: Some(system.into()),
                    concept: Some(concepts),
                    ..Include::default()
                });
            }
        }
    }
    Ok(includes)
}

impl Concept {
    fn new(code: String, display: Option<String>) -> Self {
        Self {
            code: code.into(),
            display: display.map(Into::into),
            inactive: false,
            abstract_code: false,
        }
    }
}
