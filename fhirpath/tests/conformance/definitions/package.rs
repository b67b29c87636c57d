//! Reads the definitions out of the package of FHIR R4.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use carewire_fhir_model::{Document, Node};

/// What is tested of the definitions.
#[derive(Default)]
pub(crate) struct Definitions {
    pub(crate) invariants: Vec<Invariant>,
    pub(crate) search_parameters: Vec<SearchParameter>,
}

/// An invariant where it is declared; elements that inherit it are left out.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Invariant {
    pub(crate) path: String,
    pub(crate) key: String,
    pub(crate) expression: String,
}

/// A search parameter that has an expression.
pub(crate) struct SearchParameter {
    pub(crate) id: String,
    pub(crate) bases: Vec<String>,
    pub(crate) expression: String,
}

pub(crate) fn read(path: &Path) -> Result<Definitions, String> {
    let fault = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(|error| fault(&error))?;
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
    let mut definitions = Definitions::default();
    let mut invariants = BTreeSet::new();
    for entry in archive.entries().map_err(|error| fault(&error))? {
        let mut entry = entry.map_err(|error| fault(&error))?;
        let name = entry.path().map_err(|error| fault(&error))?.display().to_string();
        let Some(name) = name
            .strip_prefix("package/")
            .filter(|name| name.ends_with(".json"))
        else {
            continue;
        };
        if !name.starts_with("StructureDefinition-") && !name.starts_with("SearchParameter-") {
            continue;
        }
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(|error| fault(&error))?;
        let document = Document::from_json(&bytes)
            .map_err(|error| fault(&error))?
            .document;
        let root = document.root();
        if name.starts_with("StructureDefinition-") {
            structure(root, &mut invariants);
        } else {
            definitions.search_parameters.extend(search_parameter(root));
        }
    }
    definitions.invariants = invariants.into_iter().collect();
    definitions
        .search_parameters
        .sort_by(|left, right| left.id.cmp(&right.id));
    Ok(definitions)
}

fn text(node: Node<'_>, name: &str) -> Option<String> {
    node.child(name)?.text().map(|text| text.into_owned())
}

/// The invariants of a base definition: of every resource and data type, `SimpleQuantity` and `MoneyQuantity` among them,
/// and of no profile of a resource or an extension.
fn structure(root: Node<'_>, invariants: &mut BTreeSet<Invariant>) {
    let is = |name, wanted: &str| text(root, name).as_deref() == Some(wanted);
    let is_base = !is("derivation", "constraint") || is("kind", "complex-type") && !is("type", "Extension");
    if !is_base || is("kind", "logical") {
        return;
    }
    let url = text(root, "url");
    // What a profile of a data type declares does not hold for the type.
    let profile = text(root, "id").filter(|_| is("derivation", "constraint"));
    let elements = root
        .child("snapshot")
        .into_iter()
        .flat_map(|it| it.children_named("element"));
    for element in elements {
        for constraint in element.children_named("constraint") {
            let source = text(constraint, "source");
            if source.is_some() && source != url {
                continue;
            }
            let fields = (
                profile.clone().or_else(|| text(element, "path")),
                text(constraint, "key"),
                text(constraint, "expression"),
            );
            if let (Some(path), Some(key), Some(expression)) = fields {
                invariants.insert(Invariant {
                    path,
                    key,
                    expression,
                });
            }
        }
    }
}

fn search_parameter(root: Node<'_>) -> Option<SearchParameter> {
    let bases = root.children_named("base").filter_map(|base| base.text());
    Some(SearchParameter {
        id: text(root, "id")?,
        bases: bases.map(|base| base.into_owned()).collect(),
        expression: text(root, "expression")?,
    })
}
