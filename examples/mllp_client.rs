//! Sends a message over MLLP, waits for its acknowledgement, and checks that against what was sent. Without arguments
//! it talks to a small server of its own on the loopback address.
//!
//! `cargo run -p carewire-examples --example mllp_client [MESSAGE [ADDRESS]]`
#![expect(clippy::print_stdout, reason = "a command line program")]

use std::error::Error;
use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use carewire_hl7v2::mllp::{self, Decoder, Event, Frame};
use carewire_hl7v2::{AckCode, Message};

type Failure = Box<dyn Error + Send + Sync>;

const MESSAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/adt-a08-update.hl7");

/// How long an answer may take.
const WITHIN: Duration = Duration::from_secs(10);

fn main() -> Result<ExitCode, Failure> {
    let mut arguments = std::env::args().skip(1);
    let bytes = std::fs::read(arguments.next().unwrap_or_else(|| MESSAGE.to_owned()))?;
    let message = Message::parse(&bytes)?;
    if let Some(address) = arguments.next() {
        return send(&message, TcpStream::connect(address)?);
    }
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let server = thread::spawn(move || answer(listener.accept()?.0));
    let code = send(&message, TcpStream::connect(address)?)?;
    server.join().map_err(|_| "the server failed")??;
    Ok(code)
}

/// Sends a message and says what came of it.
fn send(message: &Message<'_>, mut connection: TcpStream) -> Result<ExitCode, Failure> {
    let mut wire = Vec::new();
    mllp::encode(message.as_bytes(), &mut wire)?;
    connection.write_all(&wire)?;
    let sent = Instant::now();
    let frame = receive(&mut connection, sent + WITHIN)?;
    // The clock is this program's; the library only compares.
    let waited = sent.elapsed();
    let answer = frame.as_ref().map(Frame::parse).transpose()?;
    if answer.is_none() && waited < WITHIN {
        println!("the other side hung up");
    }
    let check = message.check_ack(answer.as_ref(), waited, WITHIN);
    for fault in check.faults() {
        println!("{fault}");
    }
    println!("answered {}", check.code().map_or("nothing", AckCode::as_str));
    Ok(if check.is_accepted() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The next complete message of a connection, or `None` if none comes until `until`, or the other side hangs up.
fn receive(connection: &mut TcpStream, until: Instant) -> Result<Option<Frame>, Failure> {
    let (mut decoder, mut chunk) = (Decoder::new(), [0; 4096]);
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(None);
        }
        connection.set_read_timeout(Some(left))?;
        let count = match connection.read(&mut chunk) {
            Ok(0) => return Ok(None),
            Ok(count) => count,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => continue,
            Err(error) => return Err(error.into()),
        };
        decoder.push(chunk.get(..count).unwrap_or_default());
        while let Some(event) = decoder.next_event() {
            match event {
                Event::Frame(frame) if frame.is_complete() => return Ok(Some(frame)),
                Event::Frame(frame) => println!("{frame:?}"),
                Event::Finding(finding) => println!("{finding}"),
            }
        }
    }
}

/// A receiver that accepts one message.
fn answer(mut connection: TcpStream) -> Result<(), Failure> {
    if let Some(frame) = receive(&mut connection, Instant::now() + WITHIN)? {
        let message = frame.parse()?;
        let mut wire = Vec::new();
        mllp::encode(&message.ack(AckCode::AA, "20240102030405"), &mut wire)?;
        connection.write_all(&wire)?;
    }
    Ok(())
}
