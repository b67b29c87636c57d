//! What a reader reports, each with its FHIRPath, line and column; limits; strict reading; lines of NDJSON.
#![allow(clippy::expect_used, clippy::panic, reason = "a test")]

use carewire_fhir_model::{Document, ErrorKind, Limits, Refusal, ndjson};

/// The findings of a Patient with some members, from the second line on.
fn found(members: &[u8]) -> Vec<String> {
    let mut json = b"{\"resourceType\":\"Patient\",\n".to_vec();
    json.extend_from_slice(members);
    json.push(b'}');
    let read = Document::from_json(&json).expect("a document");
    let findings: Vec<String> = read
        .findings
        .iter()
        .map(|one| {
            format!(
                "{} {} {}:{}",
                one.code().code(),
                one.path(),
                one.line(),
                one.column()
            )
        })
        .collect();
    // Strict reading stops at the first of them.
    let strict = Document::read_json_strict(json.as_slice(), &Limits::default()).map(drop);
    match (strict, read.findings.into_iter().next()) {
        (Err(Refusal::Finding(strict)), Some(first)) => assert_eq!(strict, first),
        (Ok(()), None) => {}
        (strict, first) => assert_eq!(strict.is_err(), first.is_some(), "strict and lenient differ"),
    }
    findings
}

#[test]
fn each_fault_is_reported_with_its_place() {
    for (members, findings) in [
        (
            &br#""name":[{"use":"usual","family":"A","use":"old"}]"#[..],
            &["duplicate-key Patient.name[0].use 2:42"][..],
        ),
        (
            br#""x":1,"x":2"#,
            &[
                "unknown-element Patient 2:2",
                "unknown-element Patient 2:8",
                "duplicate-key Patient 2:11",
            ],
        ),
        (
            br#""name":{"family":"A"}"#,
            &["single-for-list Patient.name[0] 2:8"],
        ),
        (
            br#""gender":["male"]"#,
            &["list-for-single Patient.gender[0] 2:10"],
        ),
        (br#""name":[]"#, &["empty-array Patient.name[0] 2:8"]),
        (br#""name":[{}]"#, &["empty-object Patient.name[0] 2:9"]),
        (
            br#""name":[[{"family":"A"}]]"#,
            &["nested-array Patient.name[0] 2:9"],
        ),
        (br#""gender":null"#, &["null Patient.gender 2:10"]),
        (
            br#""name":[{"given":["A",null],"_given":[{"id":"a"}]}]"#,
            &[
                "companion-length Patient.name[0].given[0] 2:20",
                "null Patient.name[0].given[1] 2:23",
            ],
        ),
        (
            br#""name":[{"given":["A","B"],"_given":[null,null,null]}]"#,
            &["companion-length Patient.name[0].given[0] 2:20"],
        ),
        (br#""name":["A"]"#, &["primitive-for-object Patient.name[0] 2:9"]),
        (
            br#""gender":{"a":1}"#,
            &["object-for-primitive Patient.gender 2:10"],
        ),
        (br#""active":"true""#, &["wrong-json-type Patient.active 2:10"]),
        (b"\"language\":\"\xC3(\"", &["bad-utf8 Patient 2:13"]),
        (b"\"language\":\"\xF0\x9F\x98\"", &["bad-utf8 Patient 2:13"]),
        (br#""language":"\ud83d!""#, &["bad-escape Patient.language 2:13"]),
        (br#""language":"\x""#, &["bad-escape Patient.language 2:13"]),
        (
            b"\"language\":\"a\x01\"",
            &["control-character Patient.language 2:14"],
        ),
        (br#""_name":[{"id":"a"}]"#, &["companion-of-complex Patient 2:2"]),
        (
            br#""contained":[{"id":"a"}]"#,
            &["no-resource-type Patient.contained[0] 2:14"],
        ),
        (
            br#""contained":[{"resourceType":"Nobody"}]"#,
            &["unknown-resource-type Patient.contained[0] 2:14"],
        ),
        (br#""language":"de""#, &[]),
    ] {
        assert_eq!(found(members), findings, "{}", String::from_utf8_lossy(members));
    }
}

#[test]
fn depth_attacks_are_refused_with_their_place() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
        let json = format!(
            "{{\"resourceType\":\"Basic\",\n\"x\":{}1{}}}",
            open.repeat(100_000),
            close.repeat(100_000)
        );
        let error = Document::from_json(json.as_bytes())
            .map(drop)
            .expect_err("too deep");
        assert_eq!((error.kind(), error.line()), (ErrorKind::TooDeep, 2), "{open}");
        let cut = format!("{{\"x\":{}", open.repeat(100));
        let error = Document::from_json(cut.as_bytes())
            .map(drop)
            .expect_err("cut off");
        assert_eq!(
            (error.kind(), error.offset()),
            (ErrorKind::UnexpectedEnd, cut.len()),
            "{open}"
        );
    }
}

#[test]
fn nodes_are_bounded() {
    let limits = Limits::default().max_nodes(400);
    let json = format!("{{\"resourceType\":\"Basic\",\"x\":[{}1]}}", "1,".repeat(500));
    let error = Document::read_json(json.as_bytes(), &limits)
        .map(drop)
        .expect_err("too many");
    assert_eq!(error.kind(), ErrorKind::TooManyNodes);
}

#[cfg(feature = "xml")]
#[test]
fn elements_and_attributes_of_xml_are_bounded() {
    let limits = Limits::default().max_nodes(400);
    let read = |inside: &str, limits: &Limits| {
        let xml = format!("<Basic xmlns=\"http://hl7.org/fhir\">{inside}</Basic>");
        Document::read_xml(xml.as_bytes(), limits)
            .map(drop)
            .map_err(|error| error.kind())
    };
    assert_eq!(read(&"<a/>".repeat(90), &limits), Ok(()));
    assert_eq!(read(&"<a/>".repeat(100), &limits), Err(ErrorKind::TooManyNodes));
    assert_eq!(read(&"<a b=\"\"/>".repeat(98), &limits), Ok(()));
    assert_eq!(
        read(&"<a b=\"\" c=\"\"/>".repeat(60), &limits),
        Err(ErrorKind::TooManyNodes)
    );
    let attributes: String = (0..100_000).map(|number| format!(" a{number}=\"\"")).collect();
    assert_eq!(
        read(&format!("<a{attributes}/>"), &Limits::default()),
        Err(ErrorKind::TooManyNodes)
    );
    let strict = Document::read_xml_strict(b"<Basic/>", &limits)
        .map(drop)
        .map_err(|refusal| refusal.to_string());
    assert_eq!(
        strict,
        Err("wrong-namespace: the XML namespace is missing or wrong at Basic (line 1, column 1)".to_owned())
    );
}

#[test]
fn lines_are_read_one_by_one_and_faults_end_with_their_line() {
    let input = b"\r\n{\"resourceType\":\"Patient\"}\r\n{\"a\":\n  \n[1]\n{\"resourceType\":\"Patient\",\"x\":1}\n\xFF\n{\"resourceType\":\"Group\"}";
    let seen = |number: u64,
                offset: u64,
                result: Result<carewire_fhir_model::Read<'_>, carewire_fhir_model::Error>| {
        let result = result
            .map(|read| read.findings.len())
            .map_err(|error| (error.kind(), error.line()));
        assert_eq!(
            input
                .get(..offset as usize)
                .map(|before| before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1),
            Some(number)
        );
        (number, result)
    };
    let expected = [
        (2, Ok(0)),
        (3, Err((ErrorKind::UnexpectedEnd, 1))),
        (5, Err((ErrorKind::ExpectedObject, 1))),
        (6, Ok(1)),
        (7, Err((ErrorKind::ExpectedObject, 1))),
        (8, Ok(0)),
    ];
    let all: Vec<_> = ndjson::lines(input)
        .map(|line| seen(line.number, line.offset, line.result))
        .collect();
    assert_eq!(all, expected);
    // However the stream is cut.
    for size in 1..9 {
        let stream = std::io::BufReader::with_capacity(size, &input[..]);
        let all: Vec<_> = ndjson::Reader::new(stream)
            .map(|line| line.expect("no fault of the stream"))
            .map(|line| seen(line.number, line.offset, line.result))
            .collect();
        assert_eq!(all, expected, "{size}");
    }
}

/// Gives a line without an end, and then fails.
struct Endless(usize);

impl std::io::Read for Endless {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        self.0 = self
            .0
            .checked_sub(1)
            .ok_or_else(|| std::io::Error::other("the line was cut"))?;
        out.fill(b' ');
        Ok(out.len())
    }
}

#[test]
fn a_long_line_is_not_kept_and_a_fault_of_the_stream_ends_it() {
    let stream = std::io::BufReader::new(Endless(3_000));
    let mut reader = ndjson::Reader::new(stream).limits(&Limits::default().max_bytes(100));
    assert!(reader.next().expect("an answer").is_err());
    assert!(reader.next().is_none());
    let long = [b"{\"id\":\"".as_slice(), &[b'a'; 200], b"\"}\n{}\n"].concat();
    let limits = Limits::default().max_bytes(100);
    let kinds: Vec<_> = ndjson::Reader::new(&long[..])
        .limits(&limits)
        .map(|line| {
            line.expect("no fault")
                .result
                .map(drop)
                .map_err(|error| error.kind())
        })
        .collect();
    assert_eq!(kinds, [Err(ErrorKind::TooLarge), Ok(())]);
    let in_memory: Vec<_> = ndjson::lines_within(&long, &limits)
        .map(|line| line.result.map(drop).map_err(|error| error.kind()))
        .collect();
    assert_eq!(in_memory, kinds);
}
