//! Joins what two messages say of one patient, an admission and a result, in a typed Patient, and tells which of them each element came from.
//!
//! `cargo run -p carewire-examples --example two_messages`
#![expect(clippy::print_stdout, reason = "a command line program")]

use std::error::Error;

use carewire_fhir_model::r4::Patient;
use carewire_hl7v2::Message;
use carewire_mapping::{Context, Input, Maps, Options};

const MAP: &str = r"
/// url = 'http://example.org/maps/join'
/// carewire = 'superset'
uses 'urn:hl7-org:v2xml:ADT_A01' alias ADT as source
uses 'urn:hl7-org:v2xml:ORU_R01' alias ORU as source
uses 'http://hl7.org/fhir/StructureDefinition/Patient' alias Patient as target

group Join(source adt : ADT, source oru : ORU, target patient : Patient) {
  adt.PID as a, oru.all.PID as b where (f3.c1 = %a.f3.c1) -> patient.active = true then {
    a.f5 as v -> patient.name as name, name.family = (v.c1), name.given = (v.c2);
    b.f7 as d -> patient.birthDate = toDate(d);
  };
}";

const ADMISSION: &[u8] = b"MSH|^~\\&|ADT|HOSP|||20240201103000||ADT^A01^ADT_A01|17|T|2.5.1\rPID|1||7^^^HOSP^MR||Doe^Ann\rPV1|1|I\r";
const RESULT: &[u8] =
    b"MSH|^~\\&|LAB|HOSP|||20240201113000||ORU^R01^ORU_R01|18|T|2.5.1\rPID|1||7^^^HOSP^MR||Doe||19800229\rOBR|1\r";

fn main() -> Result<(), Box<dyn Error>> {
    let maps = Maps::compile(&[("join.map", MAP)], &Options::default()).map_err(|all| all[0].to_string())?;
    let (admission, result) = (Message::parse(ADMISSION)?, Message::parse(RESULT)?);
    let context = Context::at("2024-02-01T12:00:00Z".parse()?).lineage(true);
    let sources = [Input::Message(&admission), Input::Message(&result)];
    let out = maps.transform("http://example.org/maps/join", &sources, &context)?;

    let patient: Patient = out.targets.first().ok_or("a target")?.typed()?.value;
    println!("{}", carewire_fhir_model::to_json(&patient));
    for element in out.lineage.iter().flat_map(|lineage| lineage.elements()) {
        for source in element.sources() {
            println!(
                "{} from {} of message {}",
                element.path(),
                source.path(),
                source.source() + 1
            );
        }
    }
    Ok(())
}
