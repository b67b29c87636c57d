use super::codes::Codes;
use super::{ConceptMap, Equivalence, Group, Target, Unmapped};

/// Builds a [`ConceptMap`] in code, for maps that are written elsewhere than in a FHIR resource, such as the
/// `conceptmap` blocks of the FHIR Mapping Language.
///
/// # Examples
///
/// ```
/// use carewire_terminology::{ConceptMapBuilder, Equivalence};
/// let mut map = ConceptMapBuilder::new("#flag");
/// map.group(None, None).map("Y", Equivalence::Equal, "true", None).map("N", Equivalence::Equal, "false", None);
/// let map = map.build();
/// assert_eq!(map.translate(None, "Y").found().and_then(|it| it.code), Some("true"));
/// ```
#[derive(Clone)]
pub struct ConceptMapBuilder {
    url: Box<str>,
    version: Option<Box<str>>,
    groups: Vec<Draft>,
}

#[derive(Clone)]
struct Draft {
    source: Option<Box<str>>,
    target: Option<Box<str>>,
    /// The codes with their targets, in the order they came, which makes the map the same on every run.
    codes: Vec<(Box<str>, Target)>,
    unmapped: Option<Unmapped>,
}

impl ConceptMapBuilder {
    /// An empty map under a canonical URL or, for a contained one, a local name such as `#gender`.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self {
            url: url.into(),
            version: None,
            groups: Vec::new(),
        }
    }

    /// Sets the version.
    pub fn version(&mut self, version: &str) -> &mut Self {
        self.version = Some(version.into());
        self
    }

    /// The group from one system to another; the same pair gives the same group again.
    ///
    /// A group without a source system is for codes of every system.
    pub fn group(&mut self, source: Option<&str>, target: Option<&str>) -> GroupBuilder<'_> {
        let same = |it: &Draft| it.source.as_deref() == source && it.target.as_deref() == target;
        let place = self.groups.iter().position(same).unwrap_or(self.groups.len());
        if place == self.groups.len() {
            self.groups.push(Draft {
                source: source.map(Into::into),
                target: target.map(Into::into),
                codes: Vec::new(),
                unmapped: None,
            });
        }
        GroupBuilder {
            group: &mut self.groups[place],
        }
    }

    /// The finished map.
    #[must_use]
    pub fn build(self) -> ConceptMap {
        let groups = self.groups.into_iter().map(Draft::finish).collect();
        ConceptMap {
            url: self.url,
            version: self.version,
            groups,
        }
    }
}

impl Draft {
    fn finish(self) -> Group {
        let (codes, targets) = Codes::of(self.codes);
        Group {
            source: self.source,
            target: self.target,
            codes,
            targets,
            unmapped: self.unmapped,
        }
    }
}

/// Fills one group of a [`ConceptMapBuilder`].
pub struct GroupBuilder<'a> {
    group: &'a mut Draft,
}

impl GroupBuilder<'_> {
    /// Maps a code to a target; a code may have several, which keep their order.
    pub fn map(
        &mut self,
        code: &str,
        equivalence: Equivalence,
        target: &str,
        display: Option<&str>,
    ) -> &mut Self {
        let target = Target {
            equivalence,
            code: Some(target.into()),
            display: display.map(Into::into),
        };
        self.group.codes.push((code.into(), target));
        self
    }

    /// Says that a code has no match in the target system, so that `unmapped` is not used for it.
    pub fn unmatched(&mut self, code: &str) -> &mut Self {
        let target = Target {
            equivalence: Equivalence::Unmatched,
            code: None,
            display: None,
        };
        self.group.codes.push((code.into(), target));
        self
    }

    /// Says what becomes of codes that the group does not list.
    pub fn unmapped(&mut self, unmapped: Unmapped) -> &mut Self {
        self.group.unmapped = Some(unmapped);
        self
    }
}
