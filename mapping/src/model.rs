//! Structures that are no type of FHIR R4: logical models, other versions of FHIR, tables with headers.

use std::fmt;

use carewire_fhir_model::{Document, Node};

/// A structure that maps read or fill and that is no type of FHIR R4.
///
/// A map names it by its url (`uses "http://example.org/StructureDefinition/Visit" alias Visit as target`). Where the set is compiled with its
/// model, elements that it does not have are faults of the map, lists and numbers are written as such, and an element that occurs once is
/// filled once. A structure without a model is taken as it comes: any name may stand in it.
///
/// ```
/// use carewire_mapping::{Context, Input, Maps, Model, Options, Output};
///
/// let visit = Model::structure_definition(br#"{"resourceType":"StructureDefinition","url":"http://example.org/Visit","name":"Visit",
///     "kind":"logical","type":"Visit","snapshot":{"element":[{"path":"Visit","min":0,"max":"*"},
///     {"path":"Visit.beds","min":0,"max":"1","type":[{"code":"integer"}]},{"path":"Visit.ward","min":0,"max":"*","type":[{"code":"string"}]}]}}"#)?;
/// let map = "/// url = 'http://example.org/m'\nuses 'urn:example:row' alias Row as source\nuses 'http://example.org/Visit' alias Visit as target\n\
///     group m(source row : Row, target visit : Visit) {\n  row.n as n -> visit.beds = n;\n  row.w as w -> visit.ward = w;\n}";
/// let options = Options::default().model(visit).model(Model::table("urn:example:row", ["n", "w"]));
/// let maps = Maps::compile(&[("m.map", map)], &options).map_err(|all| all[0].clone())?;
/// let row = carewire_mapping::csv::Table::read(b"n,w\r\n12,North\r\n")?.rows().next().ok_or("no row")??;
/// let out = maps.transform("http://example.org/m", &[Input::Node(row.root())], &Context::at("2024-02-01T10:00:00Z".parse()?))?;
/// assert_eq!(out.targets, [Output::Json(r#"{"beds":12,"ward":["North"]}"#.to_owned())]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Model {
    url: String,
    name: String,
    is_logical: bool,
    /// The types of the structure, itself first, then those of the elements that are described in place.
    nodes: Vec<Vec<ModelElement>>,
}

/// One element of a model.
#[derive(Clone, Debug)]
pub(crate) struct ModelElement {
    /// Without `[x]`.
    pub(crate) name: String,
    pub(crate) is_choice: bool,
    pub(crate) is_list: bool,
    pub(crate) types: Vec<String>,
    /// Its own elements, where they are described in place.
    pub(crate) node: Option<usize>,
}

/// Why bytes are no model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelError {
    reason: &'static str,
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason)
    }
}

impl std::error::Error for ModelError {}

/// A model with more elements than this is refused.
const MOST_ELEMENTS: usize = 100_000;

impl Model {
    /// Reads a StructureDefinition, of R4 or R5, as JSON. The snapshot is taken, else the differential as it stands.
    ///
    /// # Errors
    ///
    /// [`ModelError`] if the bytes are no StructureDefinition, or it has no url and no elements.
    pub fn structure_definition(json: &[u8]) -> Result<Self, ModelError> {
        let refuse = |reason| Err(ModelError { reason });
        let Ok(read) = Document::from_json(json) else {
            return refuse("the structure is no JSON");
        };
        let root = read.document.root();
        let (Some(url), Some(name)) = (text(root, "url"), text(root, "name")) else {
            return refuse("the structure has no url or no name");
        };
        let view = root.child("snapshot").or_else(|| root.child("differential"));
        let Some(view) = view else {
            return refuse("the structure has neither snapshot nor differential");
        };
        let mut model = Self {
            is_logical: text(root, "kind").as_deref() == Some("logical"),
            url,
            name,
            nodes: vec![Vec::new()],
        };
        // The elements that are open, each with its path and the number of its own elements.
        let mut open: Vec<(String, usize)> = Vec::new();
        let mut count = 0;
        for element in view.children_named("element") {
            count += 1;
            if count > MOST_ELEMENTS {
                return refuse("the structure has more elements than the limit allows");
            }
            let Some(path) = text(element, "path") else {
                continue;
            };
            if open.is_empty() {
                open.push((path, 0));
                continue;
            }
            while open.len() > 1 && !open.last().is_some_and(|(above, _)| is_below(&path, above)) {
                open.pop();
            }
            let Some((above, node)) = open.last().cloned() else {
                continue;
            };
            let Some(last) = path.get(above.len() + 1..).filter(|_| is_below(&path, &above)) else {
                continue;
            };
            // A slice says more of an element that is known already.
            let plain = last.strip_suffix("[x]").unwrap_or(last);
            let siblings = model.nodes.get_mut(node);
            let own = siblings.and_then(|siblings| {
                if siblings.iter().any(|one| one.name == plain) {
                    return None;
                }
                siblings.push(ModelElement {
                    name: plain.to_owned(),
                    is_choice: last.ends_with("[x]"),
                    is_list: text(element, "max").is_some_and(|max| max != "0" && max != "1"),
                    types: element
                        .children_named("type")
                        .filter_map(|one| text(one, "code"))
                        .collect(),
                    node: None,
                });
                Some(siblings.len() - 1)
            });
            if let Some(own) = own {
                let below = model.nodes.len();
                model.nodes.push(Vec::new());
                if let Some(element) = model.nodes.get_mut(node).and_then(|all| all.get_mut(own)) {
                    element.node = Some(below);
                }
                open.push((path, below));
            }
        }
        // An element without elements of its own is described by its types.
        let is_empty: Vec<bool> = model.nodes.iter().map(Vec::is_empty).collect();
        for element in model.nodes.iter_mut().flatten() {
            element.node = element
                .node
                .filter(|node| is_empty.get(*node).is_some_and(|empty| !empty));
        }
        Ok(model)
    }

    /// The rows of a table: an element for each column. Columns are texts.
    pub fn table<'c>(url: &str, columns: impl IntoIterator<Item = &'c str>) -> Self {
        let column = |name: &str| ModelElement {
            name: name.to_owned(),
            is_choice: false,
            is_list: false,
            types: vec!["string".to_owned()],
            node: None,
        };
        Self {
            url: url.to_owned(),
            name: url.rsplit(['/', ':']).next().unwrap_or_default().to_owned(),
            is_logical: true,
            nodes: vec![columns.into_iter().map(column).collect()],
        }
    }

    /// The canonical url by which maps name it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The name that it has in maps without an alias.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

fn text(node: Node<'_>, name: &str) -> Option<String> {
    node.child(name)?.text().map(|text| text.into_owned())
}

fn is_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.starts_with('.'))
}

/// The structures of a set that are no types of R4, each by a number: those with a model and those that are only named.
#[derive(Default)]
pub(crate) struct Models {
    given: Vec<Model>,
    known: Vec<Known>,
}

struct Known {
    url: String,
    /// Which model, and which of its nodes; none where only the url is known.
    of: Option<(usize, usize)>,
}

/// The number of a structure that is no type of R4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ModelId(u32);

/// What stands under a name in a structure.
pub(crate) enum Below<'a> {
    /// Nothing is known of the structure.
    Open,
    /// It has no such element.
    Nothing,
    Element(&'a ModelElement, Typed),
}

/// What is known of an element's type.
#[derive(Clone, Copy)]
pub(crate) enum Typed {
    Unknown,
    Fhir(carewire_fhir_model::schema::TypeId),
    Model(ModelId),
}

impl Models {
    pub(crate) fn new(given: &[Model]) -> Self {
        let mut models = Self {
            given: given.to_vec(),
            known: Vec::new(),
        };
        // Every node has its number before the first map is read: looking an element up changes nothing.
        for (at, model) in given.iter().enumerate() {
            for node in 0..model.nodes.len() {
                let url = if node == 0 {
                    model.url.clone()
                } else {
                    format!("{}#{node}", model.url)
                };
                models.known.push(Known {
                    url,
                    of: Some((at, node)),
                });
            }
        }
        models
    }

    /// The structure of a url.
    pub(crate) fn of_url(&mut self, url: &str) -> ModelId {
        let bare = url.split('|').next().unwrap_or(url);
        let at = self.find(bare).unwrap_or_else(|| {
            self.known.push(Known {
                url: bare.to_owned(),
                of: None,
            });
            self.known.len() - 1
        });
        ModelId(u32::try_from(at).unwrap_or(u32::MAX))
    }

    fn find(&self, url: &str) -> Option<usize> {
        self.known.iter().position(|known| known.url == url)
    }

    /// Whether a model of this url was given.
    pub(crate) fn is_given(&self, url: &str) -> bool {
        self.given.iter().any(|model| model.url == url)
    }

    /// The name of a model of this url.
    pub(crate) fn name_of(&self, url: &str) -> Option<&str> {
        self.given
            .iter()
            .find(|model| model.url == url)
            .map(|model| model.name.as_str())
    }

    pub(crate) fn url(&self, id: ModelId) -> &str {
        self.known
            .get(id.0 as usize)
            .map_or("", |known| known.url.as_str())
    }

    /// The element of a name; that of a choice also with its type behind it, as `valueString`.
    pub(crate) fn below(&self, id: ModelId, name: &str) -> Below<'_> {
        let Some((at, node)) = self.known.get(id.0 as usize).and_then(|known| known.of) else {
            return Below::Open;
        };
        let elements = self.elements(at, node);
        let element = elements.iter().find(|one| one.name == name).or_else(|| {
            elements.iter().find(|one| {
                let kind = name.strip_prefix(one.name.as_str()).unwrap_or_default();
                one.is_choice && one.types.iter().any(|ty| ty.eq_ignore_ascii_case(kind))
            })
        });
        match element {
            Some(element) => Below::Element(element, self.typed(at, element)),
            None => Below::Nothing,
        }
    }

    fn elements(&self, at: usize, node: usize) -> &[ModelElement] {
        self.given
            .get(at)
            .and_then(|model| model.nodes.get(node))
            .map_or(&[], Vec::as_slice)
    }

    /// The names of a structure's elements.
    pub(crate) fn names(&self, id: ModelId) -> Vec<&str> {
        let of = self.known.get(id.0 as usize).and_then(|known| known.of);
        let elements = of.map_or(&[] as &[ModelElement], |(at, node)| self.elements(at, node));
        elements.iter().map(|element| element.name.as_str()).collect()
    }

    fn typed(&self, at: usize, element: &ModelElement) -> Typed {
        let number = |at: usize| Typed::Model(ModelId(u32::try_from(at).unwrap_or(u32::MAX)));
        let Some(model) = self.given.get(at) else {
            return Typed::Unknown;
        };
        if let Some(node) = element.node {
            return self
                .find(&format!("{}#{node}", model.url))
                .map_or(Typed::Unknown, number);
        }
        let [only] = element.types.as_slice() else {
            return Typed::Unknown;
        };
        // A type of the same family, a type by its url, else one of R4 where the model is no version of FHIR itself.
        let family = model.url.rsplit_once('/').map_or("", |(family, _)| family);
        let own = self.find(&format!("{family}/{only}")).or_else(|| self.find(only));
        let fhir = only
            .strip_prefix("http://hl7.org/fhir/StructureDefinition/")
            .unwrap_or(only);
        match (own, carewire_fhir_model::schema::Schema::r4().type_named(fhir)) {
            (Some(at), _) => number(at),
            (None, Some(ty)) if model.is_logical || ty.is_primitive() => Typed::Fhir(ty),
            _ => Typed::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_structure_definition_without_its_parts_is_refused() {
        for (json, reason) in [
            ("{", "the structure is no JSON"),
            ("{\"url\":\"u\"}", "the structure has no url or no name"),
            (
                "{\"url\":\"u\",\"name\":\"n\"}",
                "the structure has neither snapshot nor differential",
            ),
        ] {
            let error = Model::structure_definition(json.as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), reason);
        }
    }

    #[test]
    fn elements_described_in_place_have_a_type_of_their_own() {
        let json = r#"{"resourceType":"StructureDefinition","url":"http://example.org/V","name":"V","kind":"logical","differential":{"element":[
            {"path":"V"},{"path":"V.a","max":"*"},{"path":"V.a.b","min":1,"max":"1","type":[{"code":"Quantity"}]},{"path":"V.c[x]","max":"1","type":[{"code":"string"},{"code":"integer"}]}]}}"#;
        let mut models = Models::new(&[Model::structure_definition(json.as_bytes()).unwrap()]);
        let root = models.of_url("http://example.org/V|1.0");
        assert_eq!(models.names(root), ["a", "c"]);
        let inner = match models.below(root, "a") {
            Below::Element(a, Typed::Model(inner)) if a.is_list => inner,
            _ => panic!("a is a list that is described in place"),
        };
        assert!(
            matches!(models.below(inner, "b"), Below::Element(b, Typed::Fhir(ty)) if !b.is_list && ty.name() == "Quantity")
        );
        assert!(matches!(models.below(root, "cInteger"), Below::Element(c, _) if c.is_choice));
        assert!(matches!(models.below(root, "d"), Below::Nothing));
        let other = models.of_url("urn:other");
        assert!(matches!(models.below(other, "d"), Below::Open));
    }
}
