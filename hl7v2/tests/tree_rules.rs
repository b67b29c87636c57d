//! The rule that places segments, structure by structure: each test says which of its sentences it holds to.
#![expect(clippy::unwrap_used, reason = "a test")]

use carewire_hl7v2::Message;
use carewire_hl7v2::tree::{Node, Placement};

/// The groups in brackets, and after them what was found: `PID ORDER(ORC OBR)`.
fn placed(kind: &str, version: &str, segments: &str) -> String {
    let lines: String = segments.split(' ').map(|id| format!("{id}|1\r")).collect();
    let text = format!("MSH|^~\\&|||||||{kind}|1|T|{version}\r{lines}");
    let message = Message::parse(text.as_bytes()).unwrap();
    let tree = message.tree();
    let mut said = within(tree.root());
    for finding in tree.findings() {
        let at = finding.path().map_or("end".to_owned(), |place| place.to_string());
        let about = finding.subject().unwrap_or_default();
        said += &format!("; {} {about} at {at}", finding.code().as_str()).replace("  ", " ");
    }
    said.trim_start_matches("MSH ").to_owned()
}

fn within(group: Node<'_>) -> String {
    let parts = group.children().map(|node| {
        let mark = match node.placement() {
            Placement::Expected => "",
            Placement::Misplaced => "!",
            Placement::Local => "+",
            _ => "?",
        };
        if node.is_group() {
            format!("{}({})", node.name(), within(node))
        } else {
            format!("{}{mark}", node.name())
        }
    });
    parts.collect::<Vec<_>>().join(" ")
}

/// "The nearest open position after the last segment in this group", "then a new repetition of the group".
#[test]
fn oru_r01() {
    // NTE after OBR is the order's, after OBX the observation's; OBX begins a new OBSERVATION each time.
    assert_eq!(
        placed("ORU^R01", "2.5.1", "PID NTE OBR NTE OBX NTE NTE OBX"),
        "PATIENT_RESULT(PATIENT(PID NTE) ORDER_OBSERVATION(OBR NTE OBSERVATION(OBX NTE NTE) OBSERVATION(OBX)))"
    );
    // OBX after SPM is the specimen's: it is nearer than a new OBSERVATION, which would go back.
    assert_eq!(
        placed("ORU^R01", "2.5.1", "PID OBR OBX SPM OBX OBR OBX"),
        "PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(OBR OBSERVATION(OBX) SPECIMEN(SPM OBX)) \
         ORDER_OBSERVATION(OBR OBSERVATION(OBX)))"
    );
    // "Then the same in the group around it": PID begins a new PATIENT_RESULT.
    assert_eq!(
        placed("ORU^R01", "2.5.1", "PID OBR OBX PID OBR"),
        "PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(OBR OBSERVATION(OBX))) \
         PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(OBR))"
    );
    // "Past required elements that are missing": OBX without OBR.
    assert_eq!(
        placed("ORU^R01", "2.5.1", "PID OBX"),
        "PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(OBSERVATION(OBX))); segment-missing OBR at OBX"
    );
    // "If they do follow, the segment comes too early": NTE between ORC and OBR.
    assert_eq!(
        placed("ORU^R01", "2.5.1", "PID ORC NTE OBR OBX"),
        "PATIENT_RESULT(PATIENT(PID) ORDER_OBSERVATION(ORC NTE! OBR OBSERVATION(OBX))); segment-misplaced at NTE"
    );
}

/// "A group that can begin with the segment only without its own first elements gives way to a new repetition of an
/// open group that did begin with such a segment."
#[test]
fn oml_o21() {
    assert_eq!(
        placed("OML^O21", "2.5.1", "PID ORC OBR SPM ORC OBR OBX"),
        "PATIENT(PID) ORDER(ORC OBSERVATION_REQUEST(OBR SPECIMEN(SPM))) \
         ORDER(ORC OBSERVATION_REQUEST(OBR OBSERVATION(OBX)))"
    );
    // With its own first elements the prior result is one.
    assert_eq!(
        placed("OML^O21", "2.5.1", "PID ORC OBR PID PV1 ORC OBR OBX"),
        "PATIENT(PID) ORDER(ORC OBSERVATION_REQUEST(OBR PRIOR_RESULT(PATIENT_PRIOR(PID) PATIENT_VISIT_PRIOR(PV1) \
         ORDER_PRIOR(ORC OBR OBSERVATION_PRIOR(OBX)))))"
    );
    // OBX before SPM is the request's, after it the specimen's, after SAC the container's.
    assert_eq!(
        placed("OML^O21", "2.5.1", "PID ORC OBR OBX SPM OBX SAC OBX"),
        "PATIENT(PID) ORDER(ORC OBSERVATION_REQUEST(OBR OBSERVATION(OBX) SPECIMEN(SPM OBX CONTAINER(SAC OBX))))"
    );
}

/// "The nearest open position": the observations of a person before those of an order.
#[test]
fn vxu_v04() {
    assert_eq!(
        placed("VXU^V04", "2.5.1", "PID NK1 ORC RXA RXR OBX NTE OBX ORC RXA"),
        "PID NK1 ORDER(ORC RXA RXR OBSERVATION(OBX NTE) OBSERVATION(OBX)) ORDER(ORC RXA)"
    );
    assert_eq!(
        placed("VXU^V04", "2.8", "PID OBX ORC RXA OBX"),
        "PID PERSON_OBSERVATION(OBX) ORDER(ORC RXA OBSERVATION(OBX))"
    );
    // 2.5.1 has no observations of a person: before an order such an OBX is misplaced, as ORC and RXA follow.
    assert_eq!(
        placed("VXU^V04", "2.5.1", "PID OBX ORC RXA"),
        "PID OBX! ORDER(ORC RXA); segment-misplaced at OBX"
    );
    // Orders without ORC: "or its last repetition did begin with such a one".
    assert_eq!(
        placed("VXU^V04", "2.5.1", "PID RXA RXR RXA"),
        "PID ORDER(RXA RXR) ORDER(RXA); segment-missing ORC at RXA; segment-missing ORC at RXA[2]"
    );
}

/// "The nearest open position": the same segment before and after the encoded order.
#[test]
fn rde_o11() {
    assert_eq!(
        placed(
            "RDE^O11",
            "2.5.1",
            "PID ORC TQ1 RXO RXR RXC RXE TQ1 RXR RXC OBX ORC RXE TQ1 RXR"
        ),
        "PATIENT(PID) ORDER(ORC TIMING(TQ1) ORDER_DETAIL(RXO RXR COMPONENT(RXC)) RXE TIMING_ENCODED(TQ1) RXR RXC \
         OBSERVATION(OBX)) ORDER(ORC RXE TIMING_ENCODED(TQ1) RXR)"
    );
    // TIMING_ENCODED is required and missing: RXR goes past it.
    assert_eq!(
        placed("RDE^O11", "2.5.1", "PID ORC RXE RXR"),
        "PATIENT(PID) ORDER(ORC RXE RXR); group-missing TIMING_ENCODED at RXR"
    );
}

/// "A position inside a group that is not open, past that group's first segments", and the two before it.
#[test]
fn siu_s12() {
    assert_eq!(
        placed("SIU^S12", "2.5.1", "SCH PID PV1 RGS AIS NTE AIS AIL AIP RGS AIP"),
        "SCH PATIENT(PID PV1) RESOURCES(RGS SERVICE(AIS NTE) SERVICE(AIS) LOCATION_RESOURCE(AIL) \
         PERSONNEL_RESOURCE(AIP)) RESOURCES(RGS PERSONNEL_RESOURCE(AIP))"
    );
    // Out of order: AIL after AIP would go back, and stays in the innermost open group.
    assert_eq!(
        placed("SIU^S12", "2.5.1", "SCH PID RGS AIP AIL"),
        "SCH PATIENT(PID) RESOURCES(RGS PERSONNEL_RESOURCE(AIP AIL!)); segment-misplaced at AIL"
    );
    // No RGS: the resource opens RESOURCES past it.
    assert_eq!(
        placed("SIU^S12", "2.5.1", "SCH PID AIS AIL"),
        "SCH PATIENT(PID) RESOURCES(SERVICE(AIS) LOCATION_RESOURCE(AIL)); segment-missing RGS at AIS"
    );
}

/// "Or the segment comes too early for it": the routes of the order, though RXD, which has routes too, still follows.
#[test]
fn rds_o13() {
    assert_eq!(
        placed("RDS^O13", "2.5.1", "PID ORC RXO RXR RXD RXR"),
        "PATIENT(PID) ORDER(ORC ORDER_DETAIL(RXO ORDER_DETAIL_SUPPLEMENT(RXR)) RXD RXR); segment-missing NTE at RXR"
    );
}

/// "An element with that id ... in this group": ROL is the patient's, the visit's, the procedure's, the insurance's.
#[test]
fn adt_a01() {
    assert_eq!(
        placed("ADT^A01", "2.5.1", "EVN PID ROL PV1 ROL PR1 ROL IN1 ROL"),
        "EVN PID ROL PV1 ROL PROCEDURE(PR1 ROL) INSURANCE(IN1 ROL)"
    );
    // "No position changes, so what follows is placed as if it were not there", and Z segments stay.
    assert_eq!(
        placed("ADT^A01", "2.5.1", "EVN PID AL1 XYZ PV1 ZPI NK1 DG1"),
        "EVN PID AL1! XYZ? PV1 ZPI+ NK1! DG1; segment-misplaced at AL1; segment-unknown at XYZ; segment-misplaced at NK1"
    );
}

/// "Of a choice" one element is enough; the details of an order without a name stand in its place.
#[test]
fn orm_o01() {
    assert_eq!(
        placed("ORM^O01", "2.5.1", "PID ORC OBR DG1 OBX NTE ORC RXO OBX"),
        "PATIENT(PID) ORDER(ORC ORDER_DETAIL(OBR DG1 OBSERVATION(OBX NTE))) ORDER(ORC ORDER_DETAIL(RXO OBSERVATION(OBX)))"
    );
}
