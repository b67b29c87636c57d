//! Reading a message allocates three times, and not at all into memory that an earlier message left; values allocate nothing.

use std::hint::black_box;

use carewire_hl7v2::{Buffer, Message, ParseOptions, Path};
use carewire_testkit::allocations::{Counting, counted};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// An admission, an observation report of 300 lines, one with a large field, and one that is all separators.
fn messages() -> [Vec<u8>; 4] {
    let msh = "MSH|^~\\&|A|B|C|D|20240102||ORU^R01^ORU_R01|1|T|2.5.1||||||UNICODE UTF-8\r";
    let pid = "PID|1||7^^^A&1.2&ISO^MR~8^^^B||Doe^Ann^^^^^L~Roe^Ann||19700101|F|||1 Way^^Town\r";
    let obx = "OBX|1|NM|8867-4^Pulse^LN||61|/min^^UCUM|50-90|N|||F|||20240102\r";
    let large = format!("OBX|1|ED|PDF||^AP^^Base64^{}||||||F\r", "QUJD".repeat(50_000));
    [
        format!("{msh}{pid}PV1|1|I|W^1^2|||||||MED||||1\r"),
        format!("{msh}{pid}{}", obx.repeat(300)),
        format!("{msh}{pid}{large}"),
        format!("{msh}PID{}\r", "|^&~".repeat(1_000)),
    ]
    .map(String::into_bytes)
}

#[test]
fn a_message_takes_three_allocations() {
    for bytes in &messages() {
        let made = counted(|| drop(black_box(Message::parse(bytes).unwrap())));
        // What is nothing but separators shows only on the way how much it takes.
        let most = if bytes.ends_with(b"|^&~\r") { 3..=5 } else { 3..=3 };
        assert!(most.contains(&made), "{} bytes: {made}", bytes.len());
    }
}

#[test]
fn a_buffer_takes_none() {
    let options = ParseOptions::new();
    let mut buffer = Buffer::default();
    for round in 0..2 {
        for bytes in &messages() {
            let made = counted(|| {
                let message = options.parse_in(bytes, &mut buffer).unwrap();
                buffer.reclaim(black_box(message));
            });
            assert!(round == 0 || made == 0, "{} bytes: {made}", bytes.len());
        }
    }
}

#[test]
fn values_take_none() {
    let paths = ["PID-5.1", "PID-3.1", "OBX[*]-5"].map(|path| Path::parse(path).unwrap());
    for bytes in &messages() {
        let message = Message::parse(bytes).unwrap();
        let made = counted(|| {
            let places = paths.iter().flat_map(|path| message.query(path));
            black_box(places.map(|place| place.text().len()).sum::<usize>());
        });
        assert_eq!(made, 0, "{} bytes", bytes.len());
    }
}
