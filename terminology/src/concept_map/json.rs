use serde::Deserialize;

use super::{ConceptMap, ConceptMapBuilder, Equivalence, Unmapped};
use crate::resource::{self, present};
use crate::{Error, ErrorKind, Limits};

#[derive(Deserialize)]
struct Resource {
    url: Option<String>,
    version: Option<String>,
    #[serde(default)]
    group: Vec<GroupJson>,
}

#[derive(Deserialize)]
struct GroupJson {
    source: Option<String>,
    target: Option<String>,
    #[serde(default)]
    element: Vec<ElementJson>,
    unmapped: Option<UnmappedJson>,
}

#[derive(Deserialize)]
struct ElementJson {
    code: Option<String>,
    #[serde(default)]
    target: Vec<TargetJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TargetJson {
    code: Option<String>,
    display: Option<String>,
    equivalence: Option<String>,
    #[serde(default)]
    depends_on: Vec<serde::de::IgnoredAny>,
    #[serde(default)]
    product: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct UnmappedJson {
    mode: Option<String>,
    code: Option<String>,
    display: Option<String>,
    url: Option<String>,
}

pub(super) fn read(json: &[u8], limits: &Limits) -> Result<ConceptMap, Error> {
    let resource: Resource = resource::read(json, "ConceptMap", limits)?;
    let mut map = ConceptMapBuilder::new(&present(resource.url, "ConceptMap.url")?);
    if let Some(version) = &resource.version {
        map.version(version);
    }
    let mut left = limits.concepts;
    for group in resource.group {
        let mut to = map.group(group.source.as_deref(), group.target.as_deref());
        for element in group.element {
            let code = present(element.code, "ConceptMap.group.element.code")?;
            left = (left.checked_sub(1 + element.target.len()))
                .ok_or(Error::at(ErrorKind::Limit, "ConceptMap.group.element"))?;
            if element.target.is_empty() {
                to.unmatched(&code);
            }
            for target in element.target {
                let equivalence = equivalence(&target)?;
                match target.code {
                    Some(it) => to.map(&code, equivalence, &it, target.display.as_deref()),
                    None => to.unmatched(&code),
                };
            }
        }
        if let Some(it) = group.unmapped {
            to.unmapped(unmapped(it)?);
        }
    }
    Ok(map.build())
}

fn equivalence(target: &TargetJson) -> Result<Equivalence, Error> {
    if !target.depends_on.is_empty() {
        return Err(Error::at(
            ErrorKind::NotSupported,
            "ConceptMap.group.element.target.dependsOn",
        ));
    }
    if !target.product.is_empty() {
        return Err(Error::at(
            ErrorKind::NotSupported,
            "ConceptMap.group.element.target.product",
        ));
    }
    const ELEMENT: &str = "ConceptMap.group.element.target.equivalence";
    let code = target
        .equivalence
        .as_deref()
        .ok_or(Error::at(ErrorKind::MissingElement, ELEMENT))?;
    let equivalence = Equivalence::from_code(code).ok_or(Error::at(ErrorKind::InvalidElement, ELEMENT))?;
    if target.code.is_none() && equivalence != Equivalence::Unmatched {
        return Err(Error::at(
            ErrorKind::MissingElement,
            "ConceptMap.group.element.target.code",
        ));
    }
    Ok(equivalence)
}

fn unmapped(it: UnmappedJson) -> Result<Unmapped, Error> {
    const ELEMENT: &str = "ConceptMap.group.unmapped.mode";
    match present(it.mode, ELEMENT)?.as_str() {
        "provided" => Ok(Unmapped::Provided),
        "fixed" => {
            let code = present(it.code, "ConceptMap.group.unmapped.code")?;
            Ok(Unmapped::fixed(&code, it.display.as_deref()))
        }
        "other-map" => Ok(Unmapped::other_map(&present(
            it.url,
            "ConceptMap.group.unmapped.url",
        )?)),
        _ => Err(Error::at(ErrorKind::InvalidElement, ELEMENT)),
    }
}
