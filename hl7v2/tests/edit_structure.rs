//! Segments and groups that are added where the structure has them.
#![expect(clippy::unwrap_used, reason = "a test")]

use carewire_hl7v2::schema::{Elements, Structure, Version};
use carewire_hl7v2::{Edit, EditError, EditErrorKind, Message, MessageBuilder, Value};

const ORU: &str = "MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rZZZ|1\rOBX|2\rOBR|2\rOBX|1\r";

fn ids(message: &Message<'_>) -> String {
    let all: Vec<_> = message.segments().map(|segment| segment.id()).collect();
    all.join(" ")
}

/// What an edit of `text` makes of it, once it was undone and made again.
fn after(
    text: &str,
    edit: impl Fn(&mut Message<'_>) -> Result<(), EditError>,
) -> Result<String, EditErrorKind> {
    let mut message = Message::parse(text.as_bytes()).unwrap();
    let done = edit(&mut message).map_err(|error| error.kind());
    let again = Message::parse(message.as_bytes()).unwrap();
    assert_eq!(ids(&message), ids(&again));
    if done.is_err() {
        assert_eq!(message.as_bytes(), text.as_bytes(), "what fails changes nothing");
    }
    done.map(|()| ids(&message))
}

/// Makes an edit, takes it back, and makes it again.
fn twice(
    message: &mut Message<'_>,
    edit: impl Fn(&mut Message<'_>) -> Result<Edit, EditError>,
) -> Result<(), EditError> {
    let before = message.as_bytes().to_vec();
    let done = edit(message)?;
    message.undo(done)?;
    assert_eq!(message.as_bytes(), before);
    edit(message).map(drop)
}

#[test]
fn segments_go_to_their_place() {
    let add = |group: &str, id: &str| after(ORU, |message| twice(message, |it| it.add_segment(group, id)));
    for (group, id, expected) in [
        ("", "SFT", "MSH SFT PID OBR OBX ZZZ OBX OBR OBX"),
        ("/", "DSC", "MSH PID OBR OBX ZZZ OBX OBR OBX DSC"),
        ("", "NTE", "MSH PID NTE OBR OBX ZZZ OBX OBR OBX"),
        ("", "NK1", "MSH PID NK1 OBR OBX ZZZ OBX OBR OBX"),
        ("", "PV2", "MSH PID PV2 OBR OBX ZZZ OBX OBR OBX"),
        ("", "OBX", "MSH PID OBR OBX ZZZ OBX OBR OBX OBX"),
        (
            "/PATIENT_RESULT/ORDER_OBSERVATION",
            "NTE",
            "MSH PID OBR NTE OBX ZZZ OBX OBR OBX",
        ),
        (
            "/PATIENT_RESULT/ORDER_OBSERVATION[1]",
            "ORC",
            "MSH PID ORC OBR OBX ZZZ OBX OBR OBX",
        ),
        (
            "/PATIENT_RESULT/ORDER_OBSERVATION[2]",
            "FT1",
            "MSH PID OBR OBX ZZZ OBX OBR OBX FT1",
        ),
        (
            "/PATIENT_RESULT/ORDER_OBSERVATION[1]/OBSERVATION[2]",
            "NTE",
            "MSH PID OBR OBX ZZZ OBX NTE OBR OBX",
        ),
        (
            "/PATIENT_RESULT/ORDER_OBSERVATION[1]/SPECIMEN",
            "SPM",
            "MSH PID OBR OBX ZZZ OBX SPM OBR OBX",
        ),
        (
            "/PATIENT_RESULT/ORDER_OBSERVATION[1]/OBSERVATION",
            "ZAB",
            "MSH PID OBR OBX ZZZ ZAB OBX OBR OBX",
        ),
        ("/", "ZAB", "MSH PID OBR OBX ZZZ OBX OBR OBX ZAB"),
        (
            "/PATIENT_RESULT/ORDER_OBSERVATION[3]",
            "OBR",
            "MSH PID OBR OBX ZZZ OBX OBR OBX OBR",
        ),
        ("/PATIENT_RESULT/ORDER_OBSERVATION[4]", "OBR", ""),
        ("/PATIENT_RESULT/ORDER_OBSERVATION[1]", "OBR", ""),
        ("/PATIENT_RESULT/NO_SUCH_GROUP", "OBR", ""),
        ("/", "OBX", ""),
        ("", "AL1", ""),
    ] {
        let expected = match expected {
            "" => Err(EditErrorKind::Place),
            ids => Ok(ids.to_owned()),
        };
        assert_eq!(add(group, id), expected, "{id} in {group}");
    }
    assert_eq!(add("", "MSH"), Err(EditErrorKind::Header));
    assert_eq!(add("", "nte"), Err(EditErrorKind::SegmentId));
    for path in [
        "PATIENT_RESULT",
        "//",
        "/A-1",
        "/PATIENT_RESULT[*]",
        "/PATIENT_RESULT[",
        "/X/PID-3[1]",
    ] {
        assert_eq!(add(path, "NTE"), Err(EditErrorKind::Path), "{path}");
    }
    let unknown = ORU.replace("ORU^R01", "XXX^X01");
    let add = after(&unknown, |message| message.add_segment("", "NTE").map(drop));
    assert_eq!(add, Err(EditErrorKind::Place));
}

#[test]
fn groups_go_to_their_place() {
    let add = |group: &str, optional: &[&str]| {
        after(ORU, |message| twice(message, |it| it.add_group(group, optional)))
    };
    for (group, optional, expected) in [
        (
            "/PATIENT_RESULT/ORDER_OBSERVATION",
            &[][..],
            "MSH PID OBR OBX ZZZ OBX OBR OBX OBR",
        ),
        (
            "/PATIENT_RESULT",
            &["PATIENT", "OBSERVATION"],
            "MSH PID OBR OBX ZZZ OBX OBR OBX PID OBR OBX",
        ),
        (
            "/PATIENT_RESULT/ORDER_OBSERVATION[1]/OBSERVATION",
            &["NTE"],
            "MSH PID OBR OBX ZZZ OBX OBX NTE OBR OBX",
        ),
        (
            "/PATIENT_RESULT/ORDER_OBSERVATION[2]/SPECIMEN",
            &["OBX"],
            "MSH PID OBR OBX ZZZ OBX OBR OBX SPM OBX",
        ),
        (
            "/PATIENT_RESULT/PATIENT/VISIT",
            &[],
            "MSH PID PV1 OBR OBX ZZZ OBX OBR OBX",
        ),
        ("/PATIENT_RESULT/PATIENT", &[], ""),
        ("/", &[], ""),
        ("", &[], ""),
    ] {
        let expected = match expected {
            "" => Err(EditErrorKind::Place),
            ids => Ok(ids.to_owned()),
        };
        assert_eq!(add(group, optional), expected, "{group}");
    }
}

#[test]
fn what_is_put_is_read() {
    for (path, made) in [
        ("PID-5.1", false),
        ("NTE-3", true),
        ("PV1-2", true),
        ("OBX[3]-5.2", false),
        ("OBX[4]-5.2", true),
        (
            "/PATIENT_RESULT/ORDER_OBSERVATION[2]/OBSERVATION[2]/OBX-5[2].1",
            true,
        ),
        ("/PATIENT_RESULT/ORDER_OBSERVATION[1]/OBSERVATION[1]/NTE-3", true),
        ("ZZZ-2", false),
        ("ZAB-2", true),
    ] {
        let mut message = Message::parse(ORU.as_bytes()).unwrap();
        let count = message.segments().count();
        twice(&mut message, |it| it.put(path, "a&b")).unwrap();
        assert_eq!(message.find(path).unwrap().unwrap().text(), "a&b", "{path}");
        assert_eq!(message.segments().count(), count + usize::from(made), "{path}");
    }
    for (path, kind) in [
        ("NTE[2]-3", EditErrorKind::Missing),
        ("NTE[*]-3", EditErrorKind::Missing),
        ("NTE[1='2']-3", EditErrorKind::Missing),
        ("NTE-3[.1='2']", EditErrorKind::Missing),
        ("NTE", EditErrorKind::Missing),
        ("AL1-3", EditErrorKind::Place),
        ("/NTE-3", EditErrorKind::Place),
        ("NTE-", EditErrorKind::Path),
    ] {
        let put = after(ORU, |message| message.put(path, "x").map(drop));
        assert_eq!(put, Err(kind), "{path}");
    }
    let put = after(ORU, |message| {
        message.put("NTE-3", Value::raw(b"a|b".as_slice())).map(drop)
    });
    assert_eq!(put, Err(EditErrorKind::Raw));
}

/// A group of a structure: its path, whether it repeats, and its segments with whether they do.
type GroupOf = (String, bool, Vec<(&'static str, bool)>);

/// The groups below a row of elements.
fn groups(elements: Elements, around: (&str, bool), found: &mut Vec<GroupOf>) {
    let mut own = Vec::new();
    for element in elements {
        if !element.is_group() {
            own.push((element.name(), element.repeats()));
        } else if !element.name().is_empty() {
            let path = format!("{}/{}", around.0, element.name().replace('/', "_"));
            groups(element.elements(), (&path, element.repeats()), found);
        }
    }
    found.push((around.0.to_owned(), around.1, own));
}

/// How many segments and groups can be added to a message that has their group, and how many are refused: the
/// rule that reads groups would place those elsewhere.
fn every_structure(version: Version) -> (usize, usize) {
    let (mut added, mut refused) = (0, 0);
    for structure in Structure::all(version) {
        let mut all = Vec::new();
        groups(structure.elements(), ("", false), &mut all);
        for (path, repeats, own) in &all {
            let names: Vec<_> = path.split('/').collect();
            // Every template can be built, also where a structure leaves a segment open.
            let template = MessageBuilder::template_with(version, structure.name(), &names).unwrap();
            let mut message = template.control_id("1").build().unwrap();
            if message.tree().structure() != Some(structure) {
                continue;
            }
            let before = message.as_bytes().to_vec();
            let there: Vec<_> = message
                .segments()
                .map(|segment| segment.id().to_owned())
                .collect();
            let mut count = |message: &mut Message<'_>, edit: Result<Edit, EditError>| {
                match edit {
                    Ok(edit) => {
                        added += 1;
                        message.undo(edit).unwrap();
                    }
                    Err(error) => {
                        refused += 1;
                        assert_eq!(error.kind(), EditErrorKind::Place, "{} {path}", structure.name());
                    }
                }
                assert_eq!(message.as_bytes(), before);
            };
            if *repeats {
                let edit = message.add_group(path, &[]);
                count(&mut message, edit);
            }
            let path = if path.is_empty() { "/" } else { path };
            let written = |id: &str| {
                id.bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
            };
            for (id, repeats) in own {
                if written(id) && (*repeats || !there.iter().any(|other| other == id)) {
                    let edit = message.add_segment(path, *id);
                    count(&mut message, edit);
                }
            }
        }
    }
    (added, refused)
}

#[test]
fn of_every_structure() {
    for version in [Version::V2_3_1, Version::V2_5_1, Version::V2_8_2] {
        let (added, refused) = every_structure(version);
        assert!(
            added > 1_000 && refused * 20 < added,
            "{version}: {added} added, {refused} refused"
        );
    }
}
