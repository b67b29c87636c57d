//! Results that go to a writer piece by piece.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::io::{self, Write};
use std::path::Path;

use carewire_hl7v2::Message;
use carewire_mapping::{Context, WriteError, v2_to_fhir};
use carewire_testkit::allocations::{Counting, peak};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn context() -> Context<'static> {
    Context::at("2024-02-01T10:00:00Z".parse().unwrap())
}

/// A report with an encapsulated document.
fn report(data: &str) -> String {
    format!(
        "MSH|^~\\&|LAB|HOSP|RCV|RF|20240201103000+0100||ORU^R01^ORU_R01|17|T|2.5.1\rPID|1||7^^^HOSP^MR\r\
         OBR|1||9|11502-2^Report^LN|||20240201\rOBX|1|ED|11502-2^Report^LN||^application^pdf^Base64^{data}||||||F\r"
    )
}

fn both(message: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let msg = Message::parse(message).unwrap();
    let (mut whole, mut pieces) = (Vec::new(), Vec::new());
    let left = v2_to_fhir().run_json(&msg, &context(), &mut whole).unwrap();
    let right = v2_to_fhir().run_json_to(&msg, &context(), &mut pieces).unwrap();
    assert_eq!(left, right);
    let document = v2_to_fhir().run(&msg, &context()).unwrap().bundle;
    assert!(document.to_json().as_bytes() == whole);
    (whole, pieces)
}

/// Takes so many bytes and fails then.
struct Full(usize);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0 == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_document_of_any_size_takes_no_memory_beside_the_message() {
    let (mut sizes, mut lengths) = (Vec::new(), Vec::new());
    // The maps are compiled, and the memory of a run is there.
    both(report("TWFu").as_bytes());
    for size in [1 << 10, 16 << 20] {
        let message = report(&"TWFu".repeat(size / 4));
        let msg = Message::parse(message.as_bytes()).unwrap();
        let mut out = Counted(0);
        let (done, bytes) = peak(|| v2_to_fhir().run_json_to(&msg, &context(), &mut out));
        assert!(
            done.unwrap()
                .findings
                .iter()
                .all(|it| it.code().as_str() != "bad-value")
        );
        sizes.push(bytes);
        lengths.push(out.0);
    }
    // The Observation, the report and the document have it each.
    assert_eq!(lengths[1] - lengths[0], 3 * ((16 << 20) - (1 << 10)));
    assert!(sizes[1] < 1 << 20, "{sizes:?}");
}

struct Counted(usize);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_writer_gets_what_a_vector_gets() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/convert");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "hl7") {
            continue;
        }
        let message = std::fs::read(&path).unwrap();
        let (whole, pieces) = both(&message);
        assert!(whole == pieces, "{}", path.display());
        count += 1;
    }
    assert!(count > 10);
    // Base64 of many lengths, base64 in lines and what is none, and texts that JSON escapes.
    let lines = |mark: &str| vec!["TWFuTWFuTWFu"; 2000].join(mark);
    let mut data: Vec<String> = [1000, 1023, 1024, 20_000]
        .map(|count| "TWFu".repeat(count))
        .into();
    data.extend(["\\X0D0A\\", "\\.br\\", " "].map(lines));
    data.push("TWFu".repeat(5000) + "!");
    for data in data {
        let (whole, pieces) = both(report(&data).as_bytes());
        assert!(whole == pieces);
        let packed = data
            .replace("\\X0D0A\\", "")
            .replace("\\.br\\", "")
            .replace(' ', "");
        let expected = if packed.ends_with('!') { 0 } else { 3 };
        let json = String::from_utf8(whole).unwrap();
        assert_eq!(json.matches(&format!("\"data\":\"{packed}\"")).count(), expected);
    }
    let text = "two\\T\\ \"quoted\" words, \u{e9} ".repeat(10_000);
    let message = report("TWFu")
        .replace("|ED|", "|TX|")
        .replace("^application^pdf^Base64^TWFu", &text);
    let (whole, pieces) = both(message.as_bytes());
    assert!(whole == pieces && whole.len() > 200_000);
}

#[test]
fn a_writer_that_fails_gets_no_more_and_its_error_is_told() {
    let message = report(&"TWFu".repeat(50_000));
    let msg = Message::parse(message.as_bytes()).unwrap();
    let (whole, _) = both(message.as_bytes());
    for room in [0, 10, 70_000, 250_000, whole.len() - 1] {
        let mut out = Full(room);
        match v2_to_fhir().run_json_to(&msg, &context(), &mut out) {
            Err(WriteError::Io(error)) => assert_eq!(error.kind(), io::ErrorKind::StorageFull),
            other => panic!("{room}: {other:?}"),
        }
        assert_eq!(out.0, 0);
    }
    assert!(
        v2_to_fhir()
            .run_json_to(&msg, &context(), &mut Full(whole.len()))
            .is_ok()
    );
}

#[test]
fn nothing_is_written_where_nothing_is_mapped() {
    let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|||20240201||ZZZ^Z99|1|T|2.5.1\r").unwrap();
    let mut out = Vec::new();
    let error = v2_to_fhir().run_json_to(&msg, &context(), &mut out).unwrap_err();
    assert!(matches!(error, WriteError::Map(_)) && out.is_empty());
    assert_eq!(
        error.to_string(),
        "no map has an entry for the event of the message"
    );
}
