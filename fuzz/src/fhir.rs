//! Documents, packages and snapshots of FHIR.

use std::io;

use carewire_fhir_model::edit::{self, Edit, Spot};
use carewire_fhir_model::package::{Package, PackageLimits};
use carewire_fhir_model::schema::TypeId;
use carewire_fhir_model::snapshot::{DefinitionSet, SnapshotLimits, Snapshots};
use carewire_fhir_model::{Document, ErrorKind, JsonStyle, Order, Summary, ndjson};
use carewire_validate::Validator;

/// Reads a document and writes it; what is written reads back and is written alike.
pub fn fhir_json(data: &[u8]) {
    let read = match Document::from_json(data) {
        Ok(read) => read,
        Err(error) => return assert!(error.offset() <= data.len() && !error.to_string().is_empty()),
    };
    for finding in &read.findings {
        assert!(finding.offset() <= data.len() && !finding.to_string().is_empty());
    }
    for index in 0..read.document.node_count() {
        if let Some(node) = u32::try_from(index).ok().and_then(|it| read.document.node(it)) {
            let _ = (node.text(), node.value_kind(), node.line_column(), node.name());
            assert!(node.offset() <= data.len());
        }
    }
    let judge = Validator::r4();
    let report = judge.validate_read(&read);
    assert_eq!(
        report.is_valid(),
        judge.is_valid_read(&read),
        "the verdicts agree"
    );
    assert_eq!(
        report.is_valid(),
        judge.first_issue_read(&read).is_none(),
        "the verdicts agree"
    );
    let outcome = report.to_json();
    assert!(
        Validator::r4().is_valid_json(outcome.as_bytes()),
        "an OperationOutcome is valid itself"
    );
    let written = read.document.to_json();
    let again = Document::from_json(written.as_bytes());
    let again = again.map(|it| it.document.to_json());
    assert_eq!(
        again.as_ref().ok(),
        Some(&written),
        "what is written reads back and is written alike"
    );
    for style in [
        JsonStyle::pretty(),
        JsonStyle::canonical(),
        JsonStyle::compact().order(Order::Schema),
    ] {
        let written = read.document.to_json_in(&style);
        let again = Document::from_json(written.as_bytes()).map(|it| it.document);
        assert!(
            again.is_ok_and(|it| it.is_equivalent(&read.document) && it.to_json_in(&style) == written),
            "in every style the same is written, and written alike again"
        );
    }
}

/// Reads a package, or an archive that is packed first, under small limits; every resource is found by what it says it is.
pub fn fhir_package(data: &[u8]) {
    let packed;
    let bytes = if data.starts_with(&[0x1F, 0x8B]) {
        data
    } else {
        packed = stored(data);
        &packed[..]
    };
    let limits = PackageLimits::default().max_bytes(1 << 22).max_members(1_000);
    let package = match Package::read_tgz(bytes, &limits) {
        Ok(package) => package,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let findings = package.index_findings();
    for finding in package.findings().iter().chain(&findings) {
        assert!(!finding.to_string().is_empty());
    }
    for name in package.file_names() {
        let leaves = name.starts_with('/') || name.split('/').any(|step| matches!(step, "" | "." | ".."));
        assert!(!leaves, "names stay inside");
        assert!(package.file(name).is_some());
    }
    for resource in package.resources() {
        if let Some(url) = resource.url().filter(|url| !url.contains('|')) {
            assert!(package.resource(url).is_some_and(|one| one.url() == Some(url)));
        }
        if let Some(document) = resource.document() {
            let root = document.root();
            let id = root.children_named("id").next().and_then(|one| one.text());
            let is_text = resource.id().is_none() || id.is_some();
            assert!(is_text, "the document has the id as well");
        }
    }
}

/// Packs bytes as gzip without compressing them.
fn stored(data: &[u8]) -> Vec<u8> {
    let mut packed = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];
    for block in data.chunks(0xFFFF) {
        let length = block.len() as u16;
        packed.push(0);
        packed.extend(length.to_le_bytes());
        packed.extend((!length).to_le_bytes());
        packed.extend(block);
    }
    // An empty last block.
    packed.extend([1, 0, 0, 0xFF, 0xFF]);
    let crc = !data.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 * (crc & 1))
        })
    });
    packed.extend(crc.to_le_bytes());
    packed.extend((data.len() as u32).to_le_bytes());
    packed
}

/// Generates the snapshot of a profile, the first line, over definitions, the other lines; again it is the same, and the
/// profile with its snapshot gives the same once more.
pub fn fhir_snapshot(data: &[u8]) {
    let mut lines = data.split(|byte| *byte == b'\n').take(50);
    let read = |line: &[u8]| Document::from_json_vec(line.to_vec()).ok();
    let Some(profile) = lines.next().and_then(read) else {
        return;
    };
    // What the schema does not know is not copied with the profile.
    let is_copied = profile.findings.is_empty();
    let profile = profile.document;
    let definitions: DefinitionSet<'_> = lines.filter_map(read).map(|it| it.document).collect();
    let limits = SnapshotLimits::default()
        .max_elements(2_000)
        .max_bytes(1 << 20)
        .max_depth(8);
    let mut snapshots = Snapshots::new(&definitions).limits(limits.clone());
    let made = match snapshots.generate(&profile) {
        Ok(made) => made,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let differential = profile.root().child("differential");
    let elements = differential.map_or(0, |it| it.children_named("element").count());
    for finding in &made.findings {
        assert!((finding.element() as usize) < elements && !finding.to_string().is_empty());
    }
    let text = made.document.to_json();
    let again = snapshots.generate(&profile).map(|it| it.document.to_json());
    assert_eq!(
        again.as_ref(),
        Ok(&text),
        "the same profile has the same snapshot"
    );
    if !is_copied {
        return;
    }
    let mut others = Snapshots::new(&definitions).limits(limits);
    let again = others.generate(&made.document).map(|it| it.document.to_json());
    assert_eq!(again.as_ref(), Ok(&text), "the snapshot it has does not count");
}

/// Reads a document from XML and writes it; what is written reads back.
pub fn fhir_xml(data: &[u8]) {
    let read = match Document::from_xml(data) {
        Ok(read) => read,
        Err(error) => return assert!(error.offset() <= data.len() && !error.to_string().is_empty()),
    };
    for finding in &read.findings {
        assert!(finding.offset() <= data.len() && !finding.to_string().is_empty());
    }
    for node in read.document.root().descendants() {
        assert!(node.offset() <= data.len());
    }
    let again = Document::from_json(read.document.source().as_bytes()).map(|it| it.document);
    assert!(
        again.is_ok_and(|again| again.is_same(&read.document)),
        "a document is that of its JSON"
    );
    let written = read.document.to_xml();
    let again = match Document::from_xml(written.as_bytes()) {
        Ok(again) => again.document,
        Err(error) => return assert_eq!(error.kind(), ErrorKind::TooDeep, "what is written reads back"),
    };
    let settled = again.to_xml();
    let once_more = Document::from_xml(settled.as_bytes()).map(|it| it.document.to_xml());
    assert_eq!(
        once_more.ok(),
        Some(settled),
        "what was written and read is written alike"
    );
}

/// Reads lines from memory and from a slow stream: they are the same.
pub fn fhir_ndjson(data: &[u8]) {
    let seen = |line: ndjson::Line<'_>| {
        let result = line.result.map(|read| (read.findings, read.document.to_json()));
        (line.number, line.offset, result)
    };
    let lines: Vec<_> = ndjson::lines(data).map(seen).collect();
    for (number, offset, _) in &lines {
        assert!(*number > 0 && *offset < data.len() as u64);
    }
    let slow = io::BufReader::with_capacity(3, data);
    let streamed: Vec<_> = ndjson::Reader::new(slow)
        .filter_map(Result::ok)
        .map(seen)
        .collect();
    assert_eq!(streamed, lines, "a slow stream gives the same");
    // A line is read as it would be alone.
    for (_, offset, result) in &lines {
        let rest = data.get(*offset as usize..).unwrap_or_default();
        let end = rest.iter().position(|it| *it == b'\n').unwrap_or(rest.len());
        let alone = Document::from_json(&rest[..end]).map(|read| read.document.to_json());
        let same = match (result, &alone) {
            (Ok((_, json)), Ok(alone)) => json == alone,
            (Err(_), Err(_)) => true,
            _ => false,
        };
        assert!(same, "a line is read as it would be alone");
    }
}

/// Edits a document by commands, four bytes each; or applies a merge patch. What comes out is the document of its JSON,
/// and the differences to what went in lead there and back.
pub fn fhir_edit(data: &[u8]) {
    let end = data.iter().position(|it| *it == b'\n').unwrap_or(data.len());
    let (commands, json) = data.split_at(end);
    let Ok(read) = Document::from_json(json.get(1..).unwrap_or(b"{}")) else {
        return;
    };
    let document = read.document;
    if let Ok(patched) = document.merge_patch(commands) {
        let patch = document.merge_patch_to(&patched);
        assert!(
            document.merge_patch(patch.as_bytes()).is_ok(),
            "a patch that was made can be applied"
        );
    }
    let mut edit = Edit::new(&document);
    let nodes = 0..document.node_count().min(256) as u32;
    let mut spots: Vec<Spot> = nodes.filter_map(|at| document.node(at)).map(Spot::from).collect();
    let names = ["name", "given", "extension", "value", "id", "valueString", "x"];
    let mut changed = false;
    for command in commands.chunks_exact(4).take(64) {
        let &[operation, spot, index, name] = command else {
            continue;
        };
        let (Some(&spot), Some(name)) = (
            spots.get(usize::from(spot) % spots.len()),
            names.get(usize::from(name) % names.len()),
        ) else {
            continue;
        };
        let value = match index % 4 {
            0 => edit::Value::text("t").of(TypeId::STRING),
            1 => edit::Value::object(),
            2 => edit::Value::json(r#"{"url":"j"}"#),
            _ => edit::Value::node(document.root()),
        };
        let index = usize::from(index / 4 % 8);
        let other = spots[index % spots.len()];
        let done = match operation % 10 {
            0 => edit.add(spot, name, value).map(Some),
            1 => edit.insert(spot, name, index, value).map(Some),
            2 => edit.delete(spot).map(|()| None),
            3 => edit.replace(spot, value).map(Some),
            4 => edit.move_to(spot, index).map(|()| None),
            5 => edit.set_text(spot, "s").map(|()| None),
            6 => edit.set_unknown(spot, name, "[1.0, {}]").map(|()| None),
            7 => edit.delete_unknown(spot, name).map(|()| None),
            8 => edit.move_after(spot, other).map(|()| None),
            _ => edit.insert_after(spot, value).map(Some),
        };
        changed |= done.is_ok();
        spots.extend(done.ok().flatten());
    }
    let Ok(result) = edit.finish() else { return };
    if !changed {
        assert_eq!(
            result.to_json(),
            document.to_json(),
            "what is refused changes nothing"
        );
    }
    let again = Document::from_json(result.source().as_bytes()).map(|it| it.document);
    assert!(
        again.is_ok_and(|again| again.is_same(&result)),
        "a document is that of its JSON"
    );
    if let Ok(diff) = document.diff(&result) {
        let inverse = diff.inverse();
        for (way, to) in [(diff.apply(), &result), (inverse.apply(), &document)] {
            let rest = way.ok().map(|made| made.diff(to).map(|rest| rest.is_empty()));
            assert_eq!(rest, Some(Ok(true)), "differences lead there and back");
        }
        assert!(changed || diff.is_empty(), "no difference where nothing changed");
    }
    for summary in [Summary::True, Summary::Text, Summary::Data, Summary::Count] {
        assert!(document.summary(summary).is_ok(), "what was read can be cut");
    }
}
