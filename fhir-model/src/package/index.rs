//! The index that a package brings of itself.

use alloc::vec::Vec;

use super::Package;
use super::finding::{PackageCode, PackageFinding};
use crate::document::{Document, Node};

/// What an index says that is not so.
pub(super) fn compare(package: &Package, bytes: &[u8]) -> Vec<PackageFinding> {
    let Ok(read) = Document::from_json(bytes) else {
        return [PackageFinding::new(PackageCode::IndexMalformed, None)].into();
    };
    let mut findings = Vec::new();
    for (number, entry) in (0..).zip(read.document.root().children_named("files")) {
        if findings.len() >= package.limits.findings {
            break;
        }
        let name = entry.child("filename").and_then(Node::text).unwrap_or_default();
        let place = package
            .files
            .binary_search_by(|file| file.name.as_str().cmp(&name));
        let header = place.ok().and_then(|place| package.header(place as u32));
        let Some(header) = header else {
            findings.push(PackageFinding::new(PackageCode::IndexFileMissing, Some(number)));
            continue;
        };
        let differs = |key: &str, value: Option<&str>| {
            let said = entry.child(key).and_then(Node::text);
            said.is_some_and(|said| Some(&*said) != value)
        };
        if differs("resourceType", Some(&header.resource_type))
            || differs("id", header.id.as_deref())
            || differs("url", header.url.as_deref())
            || differs("version", header.version.as_deref())
        {
            findings.push(PackageFinding::new(PackageCode::IndexDiffers, Some(number)));
        }
    }
    findings
}
