//! Batches and streams: cut at every byte, trailers, and 2 GB in little memory.

use std::io::{self, Read};

use carewire_hl7v2::batch::{self, BatchError, BatchFinding, Reader};
use proptest::prelude::*;

/// Gives its bytes in two pieces.
struct Cut<'a> {
    before: &'a [u8],
    after: &'a [u8],
}

impl Read for Cut<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let piece = if self.before.is_empty() {
            &mut self.after
        } else {
            &mut self.before
        };
        piece.read(buffer)
    }
}

type Found = (Vec<(u64, usize, usize, Vec<u8>)>, Vec<BatchFinding>, usize);

fn whole(bytes: &[u8]) -> Found {
    let mut messages = batch::messages(bytes);
    let found = messages.by_ref();
    let found = found
        .map(|raw| {
            (
                raw.offset(),
                raw.number(),
                raw.batch(),
                raw.into_bytes().into_owned(),
            )
        })
        .collect();
    (found, messages.findings().to_vec(), messages.batches())
}

fn streamed(source: impl Read) -> Found {
    let mut reader = Reader::new(source);
    let found = reader.by_ref().map(Result::unwrap);
    let found = found
        .map(|raw| {
            (
                raw.offset(),
                raw.number(),
                raw.batch(),
                raw.into_bytes().into_owned(),
            )
        })
        .collect();
    (found, reader.findings().to_vec(), reader.batches())
}

/// Pieces of files: messages, envelopes, frames, and what goes wrong with them.
fn file() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "MSH|^~\\&|A\r",
        "MSH|^~\\&|B\r\nPID|1\r\n",
        "MSH|^~\\&|C\nPID|1\n",
        "PID|1\r",
        "FHS|^~\\&\r",
        "BHS|^~\\&\r",
        "BTS|1\r",
        "BTS|2\r",
        "BTS|\r",
        "FTS|1\r",
        "FTS|9\r",
        "\x0B",
        "\x1C\r",
        "\x1C",
        "\r",
        "\n",
        "\r\n",
        " ",
        "\t",
        "\0",
        "\u{1A}",
        "junk\r",
        "MSH",
        "MS",
        "\u{FEFF}",
        "NTE|1||é\r",
    ]);
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn cut_at_every_byte(bytes in file()) {
        let expected = whole(&bytes);
        for cut in 0..=bytes.len() {
            let (before, after) = bytes.split_at(cut);
            prop_assert_eq!(&streamed(Cut { before, after }), &expected, "cut at {}", cut);
        }
    }

    #[test]
    fn nothing_is_lost_but_envelopes_and_frames(bytes in file()) {
        let (found, ..) = whole(&bytes);
        let mut at = 0;
        for (offset, _, _, message) in found {
            let start = offset as usize;
            prop_assert_eq!(&bytes[start..start + message.len()], &message[..]);
            let between = String::from_utf8_lossy(&bytes[at..start]).into_owned();
            let lines = between.split(['\r', '\n', '\u{B}', '\u{1C}']);
            for line in lines.map(|line| line.trim_matches([' ', '\t', '\0', '\u{1A}', '\u{FEFF}'])).filter(|line| !line.is_empty()) {
                prop_assert!(["FHS", "BHS", "BTS", "FTS"].contains(&&line[..3]), "{}", line);
            }
            at = start + message.len();
        }
    }
}

#[test]
fn trailers() {
    let codes = |text: &str| {
        let (_, findings, _) = whole(text.as_bytes());
        findings
            .iter()
            .map(|finding| finding.code().as_str())
            .collect::<Vec<_>>()
    };
    let message = "MSH|^~\\&|A\r";
    for (text, expected) in [
        (format!("FHS|\rBHS|\r{message}{message}BTS|2\rFTS|1\r"), vec![]),
        (format!("FHS|\rBHS|\r{message}BTS|\rFTS|\r"), vec![]),
        (
            format!("FHS|\rBHS|\r{message}BTS|2\rFTS|3\r"),
            vec!["batch-count", "file-count"],
        ),
        (
            format!("BHS|\r{message}BHS|\r{message}BTS|1\r"),
            vec!["batch-trailer"],
        ),
        (
            format!("FHS|\rBHS|\r{message}"),
            vec!["batch-trailer", "file-trailer"],
        ),
        (
            format!("{message}BTS|1\rFTS|1\r"),
            vec!["batch-trailer", "file-trailer"],
        ),
        // A line that belongs to no message is not counted as one.
        (format!("BHS|\rPID|1\r{message}BTS|1\r"), vec!["stray-lines"]),
    ] {
        assert_eq!(codes(&text), expected, "{text:?}");
    }
}

#[test]
fn a_bad_message_does_not_stop_the_next() {
    let good = "MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\r";
    let text = format!("{good}MSH\r{good}MSHA|\rMSH|^~\\&|{}\r{good}", "x".repeat(500));
    let reader = Reader::with_limit(text.as_bytes(), 200);
    let read: Vec<_> = reader
        .map(|raw| match raw {
            Ok(raw) => raw.parse().is_ok(),
            Err(BatchError::TooLarge { number, .. }) => number == 99,
            Err(_) => false,
        })
        .collect();
    assert_eq!(read, [true, false, true, false, true]);
}

/// A file of so many bytes that is never held: one batch of messages of all sizes up to 1 MB, made as it is read.
struct Made {
    left: u64,
    piece: Vec<u8>,
    at: usize,
    number: u64,
}

impl Read for Made {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.piece.len() && self.left > 0 {
            self.number += 1;
            let size = [200, 2_000, 20_000, 1_000_000][(self.number % 4) as usize];
            let head = format!(
                "MSH|^~\\&|A||||20240102||ORU^R01|{}|T|2.5.1\rOBX|1|ED|a||",
                self.number
            );
            self.piece = head.into_bytes();
            self.piece.resize(size, b'x');
            self.piece.push(b'\r');
            self.at = 0;
            self.left = self.left.saturating_sub(self.piece.len() as u64);
        }
        let count = (self.piece.len() - self.at).min(buffer.len());
        buffer[..count].copy_from_slice(&self.piece[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

/// `cargo test -p carewire-hl7v2 --test batch -- --ignored --nocapture two_gigabytes`
#[test]
#[ignore = "reads 2 GB"]
fn two_gigabytes_in_less_than_64_mb() {
    let bytes = 2 << 30;
    let source = Made {
        left: bytes,
        piece: Vec::new(),
        at: 0,
        number: 0,
    };
    let mut reader = Reader::new(source);
    let (mut count, mut read) = (0_u64, 0_u64);
    for raw in reader.by_ref() {
        let raw = raw.unwrap();
        let message = raw.parse().unwrap();
        assert_eq!(message.segments().count(), 2);
        count += 1;
        read += raw.as_bytes().len() as u64;
    }
    assert!(read >= bytes && reader.findings().is_empty());
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    println!("{count} messages, {read} bytes, at most {peak} kB of memory");
    assert!(peak < 64 << 10, "{peak} kB");
}
