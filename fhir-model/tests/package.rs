//! Packages that are made here, byte by byte: good, damaged and hostile ones.
#![allow(clippy::unwrap_used, reason = "a test")]

use carewire_fhir_model::package::{Package, PackageCode, PackageErrorKind, PackageLimits};
use carewire_fhir_model::snapshot::{Definitions as _, Snapshots};
use carewire_testkit::markers::{self, Markers};
use proptest::prelude::*;

const MANIFEST: &str = r#"{"name": "example.guide", "version": "1.0.0", "title": "Guide", "canonical": "http://example.org",
    "fhirVersions": ["4.0.1"], "fhir-version-list": ["4.0.1", "4.3.0"], "dependencies": {"hl7.fhir.r4.core": "4.0.1"}}"#;

fn resource(kind: &str, id: &str, version: &str) -> String {
    format!(
        r#"{{"resourceType": "{kind}", "id": "{id}", "url": "http://example.org/{kind}/{}", "version": "{version}"}}"#,
        id.split('-').next().unwrap()
    )
}

/// A header of a tar archive.
fn header(name: &[u8], size: usize, kind: u8) -> Vec<u8> {
    let mut header = vec![0; 512];
    header[..name.len()].copy_from_slice(name);
    header[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
    header[156] = kind;
    header[257..263].copy_from_slice(b"ustar\0");
    sign(&mut header);
    header
}

fn sign(header: &mut [u8]) {
    header[148..156].copy_from_slice(b"        ");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

fn member(name: &str, kind: u8, content: &[u8]) -> Vec<u8> {
    let mut member = header(name.as_bytes(), content.len(), kind);
    member.extend_from_slice(content);
    member.resize(member.len().next_multiple_of(512), 0);
    member
}

fn tar(members: &[(&str, &str)]) -> Vec<u8> {
    let members = members
        .iter()
        .map(|(name, content)| member(name, b'0', content.as_bytes()));
    let mut archive = members.collect::<Vec<_>>().concat();
    archive.resize(archive.len() + 1_024, 0);
    archive
}

/// A gzip file; the checksum is worked out bit by bit.
fn gzip(content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];
    bytes.extend(miniz_oxide::deflate::compress_to_vec(content, 6));
    let crc = !content.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 * (crc & 1))
        })
    });
    bytes.extend(crc.to_le_bytes());
    bytes.extend((content.len() as u32).to_le_bytes());
    bytes
}

fn package(members: &[(&str, &str)]) -> Package {
    Package::from_tgz(&gzip(&tar(members))).unwrap()
}

fn codes(package: &Package) -> Vec<PackageCode> {
    package.findings().iter().map(|one| one.code()).collect()
}

fn kind(bytes: &[u8]) -> Option<PackageErrorKind> {
    Package::from_tgz(bytes).err().map(|error| error.kind())
}

#[test]
fn a_package_is_listed_and_looked_up() {
    let package = package(&[
        ("package/package.json", MANIFEST),
        ("package/ValueSet-b.json", &resource("ValueSet", "b", "9.0.0")),
        (
            "package/ValueSet-b-10.json",
            &resource("ValueSet", "b-10", "10.0.0"),
        ),
        ("package/CodeSystem-a.json", &resource("CodeSystem", "a", "1.0.0")),
        (
            "package/example/Patient-c.json",
            r#"{"resourceType": "Patient", "id": "c"}"#,
        ),
        ("package/other/notes.json", r#"{"notes": []}"#),
    ]);
    assert_eq!(codes(&package), []);
    let manifest = package.manifest();
    assert_eq!(
        (manifest.name(), manifest.version()),
        (Some("example.guide"), Some("1.0.0"))
    );
    assert_eq!(
        (manifest.canonical(), manifest.title()),
        (Some("http://example.org"), Some("Guide"))
    );
    assert_eq!(manifest.fhir_versions(), ["4.0.1", "4.3.0"]);
    assert_eq!(
        manifest.dependencies(),
        [("hl7.fhir.r4.core".to_owned(), "4.0.1".to_owned())]
    );
    let ids: Vec<_> = package.resources().filter_map(|one| one.id()).collect();
    assert_eq!(ids, ["a", "b-10", "b"]);
    let found = |canonical: &str| package.resource(canonical).and_then(|one| one.id());
    assert_eq!(found("http://example.org/ValueSet/b"), Some("b-10"), "the latest");
    assert_eq!(found("http://example.org/ValueSet/b|9.0.0"), Some("b"));
    assert_eq!(found("http://example.org/ValueSet/b|9"), None);
    assert_eq!(package.resources_in("example").count(), 1);
    assert_eq!(package.resources_in("other").count(), 0);
    assert_eq!(package.file("other/notes.json"), Some(&br#"{"notes": []}"#[..]));
    assert_eq!(package.file_names().count(), 6);
}

#[test]
fn a_folder_gives_the_same_as_an_archive() {
    let files = [
        ("package/package.json", MANIFEST),
        ("package/CodeSystem-a.json", &resource("CodeSystem", "a", "1.0.0")),
    ];
    let (packed, folder) = (package(&files), Package::from_files(files).unwrap());
    assert_eq!(packed.manifest(), folder.manifest());
    assert!(packed.file_names().eq(folder.file_names()));
    let bytes = |one: &Package| {
        one.resource("http://example.org/CodeSystem/a")
            .map(|one| one.bytes().to_vec())
    };
    assert_eq!(bytes(&packed), bytes(&folder));
    assert!(bytes(&packed).is_some());
}

#[test]
fn the_definitions_of_a_package_make_snapshots() {
    let base = r#"{"resourceType": "StructureDefinition", "url": "http://hl7.org/fhir/StructureDefinition/Basic",
        "snapshot": {"element": [{"path": "Basic", "min": 0, "max": "*"}, {"path": "Basic.code", "min": 1, "max": "1"}]}}"#;
    let profile = r#"{"resourceType": "StructureDefinition", "url": "http://example.org/p", "derivation": "constraint",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Basic", "differential": {"element": [{"path": "Basic"}]}}"#;
    let core = package(&[("package/base.json", base)]);
    let guide = package(&[("package/profile.json", profile)]);
    let sources = [guide, core];
    let profile = sources.structure_definition("http://example.org/p").unwrap();
    let made = Snapshots::new(&sources).generate(profile).unwrap();
    assert_eq!(
        made.document.root().child("snapshot").unwrap().children().count(),
        2
    );
    assert!(
        sources
            .structure_definition("http://example.org/ValueSet/b")
            .is_none()
    );
}

#[test]
fn names_that_leave_the_package_are_left_out() {
    let package = package(&[
        ("package/package.json", MANIFEST),
        ("../evil.json", "{}"),
        ("package/../../evil.json", "{}"),
        ("/etc/evil.json", "{}"),
        ("package/a\\b.json", "{}"),
        ("C:evil.json", "{}"),
        ("package/a.json", "1"),
        ("package/./a.json", "2"),
    ]);
    let mut expected = vec![PackageCode::UnsafeName; 5];
    expected.push(PackageCode::NameRepeated);
    assert_eq!(codes(&package), expected);
    assert_eq!(package.findings()[0].member(), Some(1));
    assert_eq!(package.file("a.json"), Some(&b"1"[..]), "the first counts");
}

#[test]
fn links_and_devices_are_left_out_and_long_names_are_read() {
    let long = "package/".to_owned() + &"x".repeat(120) + ".json";
    let record = format!(" path={long}\n");
    let record = format!("{}{record}", record.len() + 3);
    let mut short = header(b"last.json", 2, b'0');
    short[345..352].copy_from_slice(b"package");
    sign(&mut short);
    let archive = [
        member("package/", b'5', b""),
        member("package/link", b'2', b""),
        member("package/hard", b'1', b""),
        member("pax", b'x', record.as_bytes()),
        member("cut", b'0', b"pax"),
        member("././@LongLink", b'L', long.replace('x', "y").as_bytes()),
        member("cut", b'0', b"gnu"),
        short,
        b"{}".iter().copied().chain([0; 510]).collect(),
    ];
    let package = Package::from_tgz(&gzip(&archive.concat())).unwrap();
    use PackageCode::{ManifestMissing, NotFile};
    assert_eq!(codes(&package), [NotFile, NotFile, ManifestMissing]);
    let names: Vec<_> = package
        .file_names()
        .map(|name| (name.len(), name.chars().next()))
        .collect();
    assert_eq!(names, [(9, Some('l')), (125, Some('x')), (125, Some('y'))]);
}

#[test]
fn the_index_is_compared_and_not_believed() {
    let index = r#"{"index-version": 1, "files": [
        {"filename": "CodeSystem-a.json", "resourceType": "CodeSystem", "id": "a", "url": "http://example.org/CodeSystem/a"},
        {"filename": "CodeSystem-a.json", "resourceType": "CodeSystem", "id": "a", "url": "http://example.org/other"},
        {"filename": "none.json", "resourceType": "CodeSystem"}]}"#;
    let package = package(&[
        ("package/package.json", MANIFEST),
        ("package/.index.json", index),
        ("package/CodeSystem-a.json", &resource("CodeSystem", "a", "1.0.0")),
    ]);
    assert!(package.resource("http://example.org/other").is_none());
    let found: Vec<_> = package
        .index_findings()
        .iter()
        .map(|one| (one.code(), one.member()))
        .collect();
    assert_eq!(
        found,
        [
            (PackageCode::IndexDiffers, Some(1)),
            (PackageCode::IndexFileMissing, Some(2))
        ]
    );
    let broken = Package::from_files([(".index.json", "["), ("package.json", "[]")]).unwrap();
    assert_eq!(codes(&broken), [PackageCode::ManifestMalformed]);
    assert_eq!(broken.index_findings()[0].code(), PackageCode::IndexMalformed);
}

#[test]
fn damage_is_an_error() {
    let good = gzip(&tar(&[("package/package.json", MANIFEST)]));
    assert_eq!(kind(&good), None);
    assert_eq!(kind(b""), Some(PackageErrorKind::NotGzip));
    assert_eq!(kind(b"PK"), Some(PackageErrorKind::NotGzip));
    for end in 2..good.len() {
        assert_eq!(kind(&good[..end]), Some(PackageErrorKind::UnexpectedEnd), "{end}");
    }
    let mut wrong = good.clone();
    *wrong.last_mut().unwrap() ^= 1;
    assert_eq!(kind(&wrong), Some(PackageErrorKind::WrongChecksum));
    let mut wrong = good.clone();
    wrong[10] = 0xFF;
    assert_eq!(kind(&wrong), Some(PackageErrorKind::Damaged));
    assert_eq!(kind(&gzip(b"")), Some(PackageErrorKind::MalformedTar));
    assert_eq!(kind(&gzip(&[7; 600])), Some(PackageErrorKind::MalformedTar));
    let cut = &tar(&[("package/package.json", MANIFEST)])[..600];
    assert_eq!(kind(&gzip(cut)), Some(PackageErrorKind::UnexpectedEnd));
}

#[test]
fn several_members_of_gzip_are_one_archive_and_more_bytes_are_found() {
    let archive = tar(&[("package/package.json", MANIFEST)]);
    let (first, second) = archive.split_at(700);
    let mut bytes = [gzip(first), gzip(second)].concat();
    assert_eq!(codes(&Package::from_tgz(&bytes).unwrap()), []);
    bytes.extend(b"\0\0more");
    assert_eq!(
        codes(&Package::from_tgz(&bytes).unwrap()),
        [PackageCode::TrailingData]
    );
}

#[test]
fn bombs_are_refused() {
    let zeros = gzip(&vec![b' '; 8 << 20]);
    assert_eq!(kind(&zeros), Some(PackageErrorKind::TooCompressed));
    let limits = PackageLimits::default().max_bytes(1_000);
    let archive = gzip(&tar(&[("package/package.json", MANIFEST)]));
    let error = Package::read_tgz(&archive, &limits)
        .err()
        .map(|error| error.kind());
    assert_eq!(error, Some(PackageErrorKind::TooLarge));
    let error = Package::read_files([("a", vec![0; 1_001])], &limits)
        .err()
        .map(|error| error.kind());
    assert_eq!(error, Some(PackageErrorKind::TooLarge));
    let many = tar(&[("a", ""), ("b", ""), ("c", "")]);
    let error = Package::read_tgz(&gzip(&many), &PackageLimits::default().max_members(2));
    assert_eq!(
        error.err().map(|error| error.kind()),
        Some(PackageErrorKind::TooManyMembers)
    );
    let huge = header(b"a", 0o77_777_777_777, b'0');
    assert_eq!(kind(&gzip(&huge)), Some(PackageErrorKind::UnexpectedEnd));
    let mut huge = header(b"a", 0, b'0');
    huge[124..136].copy_from_slice(&[0xFF; 12]);
    sign(&mut huge);
    assert_eq!(kind(&gzip(&huge)), Some(PackageErrorKind::MalformedTar));
}

#[test]
fn nothing_that_is_printed_quotes_the_package() {
    let mut markers = Markers::default();
    let name = format!("../{}", markers.marker());
    let manifest = markers.plant(
        r#"{"name": "@", "version": "@", "dependencies": {"@": "@"}}"#,
        "@",
    );
    let text = markers.plant(
        r#"{"resourceType": "Basic", "id": "@", "url": "http://example.org/@"}"#,
        "@",
    );
    let package = package(&[
        (name.as_str(), "{}"),
        ("package/package.json", &manifest),
        ("package/a.json", &text),
        (
            "package/.index.json",
            r#"{"files": [{"filename": "a.json", "id": "b"}]}"#,
        ),
    ]);
    let index = package.index_findings();
    for finding in package.findings().iter().chain(&index) {
        markers::assert_none("a finding", &format!("{finding} {finding:?}"));
    }
    assert_eq!(index.len(), 1);
    markers::assert_none("the package", &format!("{package:?}"));
    markers::assert_none("a resource", &format!("{:?}", package.resources().next()));
}

proptest! {
    /// Whatever is changed in an archive, reading it ends, and what it gives can be looked at.
    #[test]
    fn no_archive_makes_it_panic(changes in prop::collection::vec((0_usize..4_000, any::<u8>()), 0..8)) {
        let mut archive = tar(&[("package/package.json", MANIFEST), ("package/CodeSystem-a.json", &resource("CodeSystem", "a", "1.0.0"))]);
        for (at, byte) in changes {
            if let Some(place) = archive.get_mut(at) {
                *place = byte;
            }
        }
        if let Ok(package) = Package::from_tgz(&gzip(&archive)) {
            for resource in package.resources() {
                let _ = (resource.url(), resource.document().is_some());
            }
            let _ = package.index_findings();
        }
    }
}
