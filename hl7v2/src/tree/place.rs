//! The rule that places segments; [the module above](super) states it.

use alloc::vec::Vec;

use super::{Entry, GROUP, Name, Placement, Tree};
use crate::finding::{Code, Finding};
use crate::schema::{Element, Elements, Structure, segment_symbol};

/// The nodes of a structure nest no deeper.
const DEPTH: usize = 16;

/// How far ahead is looked for a required segment before it counts as missing.
const AHEAD: usize = 256;

/// Findings beyond these are not kept.
const FINDINGS: usize = 1_000;

/// A group that is open.
struct Frame {
    /// The group's element; `None` for the message itself.
    group: Option<Element>,
    elements: Elements,
    /// The place of the element that was filled last, and whether any was.
    position: u32,
    filled: bool,
    /// The node of the group in the tree.
    node: u32,
    /// The first segment of the group in the message.
    first: usize,
}

impl Frame {
    /// In a choice no single element is required.
    fn is_choice(&self) -> bool {
        self.group.is_some_and(|group| group.is_choice())
    }
}

/// Where a segment can go: the elements to open, from an element of the frame down to the segment's own.
#[derive(Default)]
struct Route {
    elements: [Option<Element>; DEPTH],
    length: usize,
}

impl Route {
    fn push(&mut self, element: Element) -> bool {
        let Some(place) = self.elements.get_mut(self.length) else {
            return false;
        };
        *place = Some(element);
        self.length += 1;
        true
    }

    fn pop(&mut self) {
        self.length = self.length.saturating_sub(1);
    }

    fn iter(&self) -> impl Iterator<Item = Element> + '_ {
        self.elements.iter().take(self.length).flatten().copied()
    }
}

/// What a search in an open group came to.
enum Search {
    Found(Route),
    /// There is a place, but a required segment before it still follows: this one comes too early.
    Blocked,
    Nothing,
}

/// How far a search goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// To the next required element.
    Near,
    /// Past required elements of the open group, to what groups can begin with.
    Far,
    /// Past required elements anywhere.
    Inside,
}

pub(super) struct Placer<'t, 'm> {
    tree: &'t mut Tree<'m>,
    frames: Vec<Frame>,
    /// The symbol of each segment's id; `None` where the tables have no such name.
    symbols: Vec<Option<u16>>,
    structure: Structure,
}

impl<'t, 'm> Placer<'t, 'm> {
    pub(super) fn new(tree: &'t mut Tree<'m>, structure: Structure) -> Self {
        let segments = tree.message.index.segments.iter();
        let symbols = segments.map(|segment| segment_symbol(segment.id)).collect();
        let elements = structure.elements();
        let position = elements.start();
        let root = Frame {
            group: None,
            elements,
            position,
            filled: false,
            node: 0,
            first: 0,
        };
        let mut frames = Vec::with_capacity(DEPTH);
        frames.push(root);
        Self {
            tree,
            frames,
            symbols,
            structure,
        }
    }

    pub(super) fn run(mut self) {
        for segment in 0..self.symbols.len() {
            if !self.place(segment) {
                self.keep(segment);
            }
        }
        self.close(0, self.symbols.len());
        self.tree.entries[0].end = self.tree.entries.len() as u32;
    }

    /// Rules 1 to 3; false if none applies.
    fn place(&mut self, segment: usize) -> bool {
        let Some(symbol) = self.symbols[segment] else {
            return false;
        };
        for reach in [Reach::Near, Reach::Far, Reach::Inside] {
            for depth in (0..self.frames.len()).rev() {
                match self.forward(depth, symbol, reach, segment) {
                    Search::Found(route) => {
                        if let Some(outer) = self.gives_way(depth, &route, symbol)
                            && self.repeat(outer, symbol, segment)
                        {
                            return true;
                        }
                        self.close(depth + 1, segment);
                        self.open(depth, &route, segment);
                        return true;
                    }
                    // Inside a group that has not begun there may be a place that is not too early.
                    Search::Blocked if reach == Reach::Far => break,
                    Search::Blocked => return false,
                    Search::Nothing => {}
                }
                if reach == Reach::Near && self.repeat(depth, symbol, segment) {
                    return true;
                }
            }
        }
        false
    }

    /// Opens a new repetition of an open group, if the group repeats and can begin with the segment, or began with
    /// such a one: what was missing before it then is missing again.
    fn repeat(&mut self, depth: usize, symbol: u16, segment: usize) -> bool {
        let frame = &self.frames[depth];
        let Some(group) = frame.group.filter(|group| group.repeats()) else {
            return false;
        };
        let again = self.symbols.get(frame.first).copied().flatten() == Some(symbol);
        let mut route = Route::default();
        let found = begins(group, symbol, Reach::Near, &mut route)
            || (again && begins(group, symbol, Reach::Inside, &mut route));
        if !found {
            return false;
        }
        self.close(depth, segment);
        // The group's own element: the frame around it is where the route starts.
        self.open(depth - 1, &route, segment);
        true
    }

    /// The open group whose repetition began with such a segment, if the route enters a new group past that
    /// group's own first elements.
    fn gives_way(&self, depth: usize, route: &Route, symbol: u16) -> Option<usize> {
        let steps = route.iter().zip(route.iter().skip(1));
        let past_first = steps
            .filter(|(group, _)| !group.is_choice())
            .any(|(group, next)| {
                group
                    .elements()
                    .next()
                    .is_some_and(|first| first.index() != next.index())
            });
        if !past_first {
            return None;
        }
        let began = |frame: &Frame| {
            let first = self.symbols.get(frame.first).copied().flatten();
            first == Some(symbol) && frame.group.is_some_and(|group| group.repeats())
        };
        self.frames[..=depth].iter().rposition(began)
    }

    /// The nearest place further on in an open group.
    fn forward(&self, depth: usize, symbol: u16, reach: Reach, segment: usize) -> Search {
        let frame = &self.frames[depth];
        let open = self.frames.get(depth + 1).and_then(|inner| inner.group);
        let mut route = Route::default();
        for element in frame.elements.after(frame.position) {
            let current = frame.filled && element.index() == frame.position;
            // A new repetition of a group that is open begins as the group begins, or not at all.
            let closed = open != Some(element) || reach == Reach::Near;
            if (!current || element.repeats()) && closed && begins(element, symbol, reach, &mut route) {
                if reach != Reach::Near && self.follows(depth, &route, segment) {
                    return Search::Blocked;
                }
                return Search::Found(route);
            }
            let required = !current && !element.is_optional() && !frame.is_choice();
            if required && reach == Reach::Near {
                break;
            }
        }
        Search::Nothing
    }

    /// True if a required segment that the route would pass over still follows in the same repetition.
    fn follows(&self, depth: usize, route: &Route, segment: usize) -> bool {
        let frame = &self.frames[depth];
        let target = route
            .iter()
            .next()
            .map_or(frame.position, |element| element.index());
        let passed = frame
            .elements
            .after(frame.position)
            .take_while(|element| element.index() < target)
            .filter(|element| !(frame.filled && element.index() == frame.position))
            .filter(|_| !frame.is_choice());
        let inside = route.iter().zip(route.iter().skip(1)).flat_map(|(group, next)| {
            group
                .elements()
                .take_while(move |element| element.index() < next.index())
                .filter(move |_| !group.is_choice())
        });
        // Within one repetition: up to the next segment like the one that the innermost repeating group began with.
        let around = self.frames[..=depth]
            .iter()
            .rev()
            .find(|frame| frame.group.is_some_and(|g| g.repeats()));
        let again = around.and_then(|frame| self.symbols.get(frame.first).copied().flatten());
        let rest = self.symbols.get(segment + 1..).unwrap_or(&[]);
        let own = self.symbols[segment];
        for element in passed.chain(inside).filter(|element| !element.is_optional()) {
            let heads = heads(element);
            let stop = |symbol: &Option<u16>| *symbol == again && again.is_some();
            let window = rest.iter().take(AHEAD).take_while(|symbol| !stop(symbol));
            let mut found = window.flatten().filter(|symbol| Some(**symbol) != own);
            if found.any(|symbol| heads.contains(&Some(*symbol))) {
                return true;
            }
        }
        false
    }

    /// Puts a segment where the route says, and opens the groups on the way.
    fn open(&mut self, depth: usize, route: &Route, segment: usize) {
        let mut depth = depth;
        let last = route.length.saturating_sub(1);
        for (step, element) in route.iter().enumerate() {
            self.advance(depth, element, segment);
            let parent = self.frames[depth].node;
            if step == last {
                self.push(
                    Name::Symbol(element.symbol()),
                    segment as u32,
                    parent,
                    Placement::Expected,
                );
            } else if element.name().is_empty() {
                // A choice that has no name is no group of its own: what is chosen stands in its place.
                let elements = element.elements();
                let position = elements.start();
                let first = segment;
                self.frames.push(Frame {
                    group: Some(element),
                    elements,
                    position,
                    filled: false,
                    node: parent,
                    first,
                });
                depth += 1;
            } else {
                let node = self.push(Name::Symbol(element.symbol()), GROUP, parent, Placement::Expected);
                let elements = element.elements();
                let position = elements.start();
                let first = segment;
                self.frames.push(Frame {
                    group: Some(element),
                    elements,
                    position,
                    filled: false,
                    node,
                    first,
                });
                depth += 1;
            }
        }
    }

    /// Moves a group's position to an element, and reports what is passed over.
    fn advance(&mut self, depth: usize, to: Element, segment: usize) {
        self.report_missing(depth, to.index(), segment);
        let frame = &mut self.frames[depth];
        frame.position = to.index();
        frame.filled = true;
    }

    /// Closes the groups from `depth` on.
    fn close(&mut self, depth: usize, segment: usize) {
        while self.frames.len() > depth {
            let top = self.frames.len() - 1;
            self.report_missing(top, u32::MAX, segment);
            let Some(frame) = self.frames.pop() else { return };
            self.tree.entries[frame.node as usize].end = self.tree.entries.len() as u32;
        }
    }

    /// Reports the required elements from a group's position up to another.
    fn report_missing(&mut self, depth: usize, to: u32, segment: usize) {
        let frame = &self.frames[depth];
        if frame.is_choice() || self.tree.findings.len() >= FINDINGS {
            return;
        }
        let index = &self.tree.message.index;
        let entry = index.segments.get(segment);
        let offset = entry.map_or(self.tree.message.as_bytes().len(), |entry| entry.start as usize);
        for element in frame.elements.after(frame.position) {
            if element.index() >= to {
                break;
            }
            let current = frame.filled && element.index() == frame.position;
            if !current && !element.is_optional() && !element.name().is_empty() {
                let code = if element.is_group() {
                    Code::GroupMissing
                } else {
                    Code::SegmentMissing
                };
                // Which one of its like the segment is takes a walk.
                let location = entry.map(|_| index.location(segment));
                self.tree
                    .findings
                    .push(Finding::new(code, offset, location).about(element.name()));
            }
        }
    }

    /// Rule 4: keeps a segment where it stands.
    fn keep(&mut self, segment: usize) {
        let index = &self.tree.message.index;
        let entry = index.segments[segment];
        let known = self.symbols[segment].filter(|symbol| has(self.structure.elements(), *symbol));
        let placement = match known {
            Some(_) => Placement::Misplaced,
            None if entry.id.0[0] == b'Z' => Placement::Local,
            None => Placement::Unknown,
        };
        let code = match placement {
            Placement::Misplaced => Some(Code::SegmentMisplaced),
            Placement::Unknown => Some(Code::SegmentUnknown),
            _ => None,
        };
        if let Some(code) = code
            && self.tree.findings.len() < FINDINGS
        {
            let finding = Finding::new(code, entry.start as usize, Some(index.location(segment)));
            self.tree.findings.push(finding);
        }
        let home = self.frames.iter().rposition(|frame| {
            frame
                .elements
                .clone()
                .any(|element| !element.is_group() && Some(element.symbol()) == known)
        });
        if let Some(depth) = home.filter(|_| known.is_some()) {
            self.close(depth + 1, segment);
        }
        let parent = self.frames.last().map_or(0, |frame| frame.node);
        self.push(Name::Segment, segment as u32, parent, placement);
    }

    fn push(&mut self, name: Name, segment: u32, parent: u32, placement: Placement) -> u32 {
        let node = self.tree.entries.len() as u32;
        self.tree.entries.push(Entry {
            name,
            segment,
            end: node + 1,
            parent,
            placement,
        });
        node
    }
}

/// True if an element is the segment or a group that can begin with it; notes the elements on the way.
fn begins(element: Element, symbol: u16, reach: Reach, route: &mut Route) -> bool {
    if !element.is_group() {
        return element.symbol() == symbol && route.push(element);
    }
    if !route.push(element) {
        return false;
    }
    for inner in element.elements() {
        if begins(inner, symbol, reach, route) {
            return true;
        }
        if reach != Reach::Inside && !inner.is_optional() && !element.is_choice() {
            break;
        }
    }
    route.pop();
    false
}

/// The segments that an element, if it is required, is known by: its own, or the first required one inside.
fn heads(element: Element) -> [Option<u16>; 8] {
    let mut heads = [None; 8];
    let mut count = 0;
    gather(element, &mut heads, &mut count);
    heads
}

fn gather(element: Element, heads: &mut [Option<u16>; 8], count: &mut usize) {
    if !element.is_group() {
        if let Some(place) = heads.get_mut(*count) {
            *place = Some(element.symbol());
            *count += 1;
        }
        return;
    }
    for inner in element.elements() {
        gather(inner, heads, count);
        if !inner.is_optional() && !element.is_choice() {
            break;
        }
    }
}

/// True if the elements or those in them have the segment.
fn has(elements: Elements, symbol: u16) -> bool {
    elements.into_iter().any(|element| {
        if element.is_group() {
            has(element.elements(), symbol)
        } else {
            element.symbol() == symbol
        }
    })
}
