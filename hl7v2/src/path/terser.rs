//! Finding what a Terser path names: in the structure first, then in the message.

use alloc::boxed::Box;

/// A step of a Terser path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    /// True if the name is searched for, below the group as well as in it.
    pub(crate) searched: bool,
    /// With `*` for any characters and `?` for one.
    pub(crate) pattern: Box<str>,
    /// Counted from 0.
    pub(crate) rep: u32,
}

#[cfg(feature = "versions")]
pub(super) use found::resolve;

#[cfg(feature = "versions")]
mod found {
    use alloc::borrow::Cow;
    use alloc::vec::Vec;

    use super::Step;
    use crate::schema::{Element, Elements};
    use crate::tree::{Node, Placement, Tree};

    /// Groups nest no deeper than this; the deepest structure of the standard has seven levels.
    const DEPTH: usize = 16;

    /// The position of the segment that the steps lead to.
    pub(in crate::path) fn resolve(tree: &Tree<'_>, steps: &[Step]) -> Option<usize> {
        let structure = tree.structure();
        let message = structure.map_or("", |structure| structure.name());
        let (last, groups) = steps.split_last()?;
        let mut group = Group {
            node: Some(tree.root()),
            elements: structure.map(|structure| structure.elements()),
        };
        for step in groups {
            let found = group.step(step, true, message)?;
            group = found.group(step.rep);
        }
        let found = group.step(last, false, message)?;
        let node = found.nodes.get(last.rep as usize)?;
        node.segment().map(|segment| segment.position())
    }

    /// A repetition of a group: what the structure has in it, and what the message has.
    #[derive(Clone)]
    struct Group<'t> {
        node: Option<Node<'t>>,
        elements: Option<Elements>,
    }

    /// A place of a group, with its repetitions in the message.
    struct Place<'t> {
        /// As the group calls it: a second one of the same name has its number at the end.
        name: Cow<'t, str>,
        /// As the structure calls it.
        plain: &'t str,
        is_group: bool,
        element: Option<Element>,
        nodes: Vec<Node<'t>>,
    }

    impl<'t> Place<'t> {
        fn group(&self, rep: u32) -> Group<'t> {
            Group {
                node: self.nodes.get(rep as usize).copied(),
                elements: self.element.map(|element| element.elements()),
            }
        }

        /// HAPI's class of a group has the name of the message before its own.
        fn fits(&self, pattern: &str, is_group: bool, message: &str) -> bool {
            let whole = || {
                let rest = pattern
                    .strip_prefix(message)
                    .and_then(|rest| rest.strip_prefix('_'));
                self.is_group && rest.is_some_and(|rest| matches(rest, self.plain))
            };
            self.is_group == is_group
                && (matches(pattern, self.plain) || matches(pattern, &self.name) || whole())
        }
    }

    impl<'t> Group<'t> {
        fn step(&self, step: &Step, is_group: bool, message: &str) -> Option<Place<'t>> {
            if step.searched {
                return self.search(&step.pattern, is_group, message, 0);
            }
            let mut places = self.places().into_iter();
            places.find(|place| {
                // Without a search the name is that in the group alone.
                place.is_group == is_group && matches(&step.pattern, &place.name)
            })
        }

        /// The first place that fits, each group before the places in its first repetition.
        fn search(&self, pattern: &str, is_group: bool, message: &str, depth: usize) -> Option<Place<'t>> {
            for place in self.places() {
                if place.fits(pattern, is_group, message) {
                    return Some(place);
                }
                if place.is_group
                    && depth < DEPTH
                    && let Some(found) = place.group(0).search(pattern, is_group, message, depth + 1)
                {
                    return Some(found);
                }
            }
            None
        }

        /// The places of the structure in their order, each with what the message has there; after it the segments
        /// that the structure does not have there.
        fn places(&self) -> Vec<Place<'t>> {
            let mut places = Vec::new();
            if let Some(elements) = &self.elements {
                gather(elements.clone(), &mut places, 0);
            }
            let mut at = 0;
            for child in self.node.iter().flat_map(|node| node.children()) {
                let fits =
                    |place: &Place<'_>| place.plain == child.name() && place.is_group == child.is_group();
                let expected = child.placement() == Placement::Expected || self.elements.is_none();
                let later = places.iter().skip(at).position(fits).map(|n| at + n);
                match later.or_else(|| places.iter().position(fits)) {
                    Some(found) => {
                        if expected {
                            at = found;
                        }
                        places[found].nodes.push(child);
                    }
                    None => {
                        let place = Place {
                            name: Cow::Borrowed(child.name()),
                            plain: child.name(),
                            is_group: child.is_group(),
                            element: None,
                            nodes: vec![child],
                        };
                        at = (at + 1).min(places.len());
                        places.insert(at, place);
                    }
                }
            }
            for n in 1..places.len() {
                let alike = places[..n]
                    .iter()
                    .filter(|place| place.plain == places[n].plain)
                    .count();
                if alike > 0 {
                    places[n].name = Cow::Owned(format!("{}{}", places[n].plain, alike + 1));
                }
            }
            places
        }
    }

    /// A choice without a name is no group of its own: what is chosen stands in its place.
    fn gather(elements: Elements, places: &mut Vec<Place<'_>>, depth: usize) {
        for element in elements {
            if element.name().is_empty() {
                if depth < DEPTH {
                    gather(element.elements(), places, depth + 1);
                }
                continue;
            }
            places.push(Place {
                name: Cow::Borrowed(element.name()),
                plain: element.name(),
                is_group: element.is_group(),
                element: element.is_group().then_some(element),
                nodes: Vec::new(),
            });
        }
    }

    /// True if the whole name is as the pattern says.
    fn matches(pattern: &str, name: &str) -> bool {
        let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
        let (mut p, mut n) = (0, 0);
        // The last `*`, and the place in the name up to which it was taken to stand.
        let mut star = None;
        while n < name.len() {
            match pattern.get(p) {
                Some(b'*') => {
                    star = Some((p, n));
                    p += 1;
                }
                Some(&byte) if byte == b'?' || byte == name[n] => {
                    p += 1;
                    n += 1;
                }
                _ => match star {
                    Some((at, taken)) => {
                        star = Some((at, taken + 1));
                        p = at + 1;
                        n = taken + 1;
                    }
                    None => return false,
                },
            }
        }
        pattern[p..].iter().all(|byte| *byte == b'*')
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn patterns() {
            for (pattern, name, fits) in [
                ("PID", "PID", true),
                ("P?D", "PID", true),
                ("*ID", "PID", true),
                ("*", "PID", true),
                ("P*", "PID", true),
                ("*OBS*ION", "ORDER_OBSERVATION", true),
                ("PI", "PID", false),
                ("PID?", "PID", false),
                ("*X", "PID", false),
                ("", "PID", false),
            ] {
                assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
            }
        }
    }
}
