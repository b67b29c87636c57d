//! Messages in the order of segments that senders use, beside the trees they give; `tests/data/trees/README.md`.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use carewire_hl7v2::Message;
use carewire_hl7v2::tree::{Node, Placement, Tree};
use carewire_testkit::golden;

/// The groups, each on a line of its own, and the segments between them side by side.
fn outline(tree: &Tree<'_>) -> String {
    let structure = tree.structure().unwrap();
    let mut text = format!("{} {}\n", structure.name(), structure.version());
    within(tree.root(), 1, &mut text);
    for finding in tree.findings() {
        let subject = finding
            .subject()
            .map_or(String::new(), |name| format!(" ({name})"));
        text += &format!("{finding}{subject}\n");
    }
    text
}

fn within(group: Node<'_>, depth: usize, text: &mut String) {
    let mut fresh = true;
    for node in group.children() {
        if node.is_group() || fresh {
            text.push_str(&"  ".repeat(depth));
        } else {
            // The segment goes on the line of the one before it.
            text.pop();
            text.push(' ');
        }
        text.push_str(node.name());
        match node.placement() {
            Placement::Expected => {}
            other => *text += &format!("[{other:?}]"),
        }
        text.push('\n');
        within(node, depth + 1, text);
        fresh = node.is_group();
    }
}

#[test]
fn trees_checked_by_hand() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/trees");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "hl7"));
    paths.sort();
    let mut structures = BTreeSet::new();
    for path in &paths {
        let bytes = fs::read(path).unwrap();
        let message = Message::parse(&bytes).unwrap();
        assert!(message.findings().is_empty(), "{}", path.display());
        let tree = message.tree();
        structures.insert(tree.structure().unwrap().name());
        let in_tree: Vec<_> = tree.root().segments().map(|segment| segment.position()).collect();
        let all: Vec<_> = message.segments().map(|segment| segment.position()).collect();
        assert_eq!(in_tree, all, "{}", path.display());
        golden::check(&path.with_extension("tree"), &outline(&tree));
    }
    assert!(paths.len() >= 40, "{} messages", paths.len());
    assert!(structures.len() >= 25, "{} structures", structures.len());
}
