//! Receives messages over MLLP and acknowledges each: what could not be read is refused, what has faults is answered
//! with them. Without arguments it serves a client of its own on the loopback address and ends when that hangs up.
//!
//! `cargo run -p carewire-examples --example mllp_server [ADDRESS]`
#![expect(clippy::print_stdout, reason = "a command line program")]

use std::error::Error;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use carewire_hl7v2::mllp::{self, Decoder, Event};
use carewire_hl7v2::{Ack, Message, reject};

type Failure = Box<dyn Error + Send + Sync>;

/// The largest message that is taken.
const LARGEST: usize = 16 << 20;

fn main() -> Result<(), Failure> {
    if let Some(address) = std::env::args().nth(1) {
        let listener = TcpListener::bind(address)?;
        for connection in listener.incoming() {
            // One connection after another; what goes wrong on one of them does not end the server.
            if let Err(error) = connection.map_err(Into::into).and_then(serve) {
                println!("connection lost: {error}");
            }
        }
        return Ok(());
    }
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let client = thread::spawn(move || send(TcpStream::connect(address)?));
    serve(listener.accept()?.0)?;
    client.join().map_err(|_| "the client failed")?
}

/// Answers every message of a connection until the sender hangs up.
fn serve(mut connection: TcpStream) -> Result<(), Failure> {
    let mut decoder = Decoder::with_limit(LARGEST);
    let mut chunk = [0; 4096];
    loop {
        let count = connection.read(&mut chunk)?;
        match count {
            0 => decoder.finish(),
            _ => decoder.push(chunk.get(..count).unwrap_or_default()),
        }
        while let Some(event) = decoder.next_event() {
            match event {
                Event::Finding(finding) => println!("server: {finding}"),
                // A part of a message is not acknowledged: the sender will send it again.
                Event::Frame(frame) if !frame.is_complete() => println!("server: {frame:?}"),
                Event::Frame(frame) => {
                    let mut out = Vec::new();
                    mllp::encode(&answer(frame.as_bytes()), &mut out)?;
                    connection.write_all(&out)?;
                }
            }
        }
        if count == 0 {
            return Ok(());
        }
    }
}

/// The acknowledgement of a message. A real receiver stores the message safely before it answers.
fn answer(bytes: &[u8]) -> Vec<u8> {
    let now = chrono::Utc::now().format("%Y%m%d%H%M%S+0000").to_string();
    match Message::parse(bytes) {
        Ok(message) => {
            println!("server: read {message:?}");
            Ack::of_findings(&message).now(&now).to_bytes()
        }
        Err(error) => {
            println!("server: {error}");
            reject(&error, &now, "NAK")
        }
    }
}

/// A sender: one good message, one that is none, in pieces as a network cuts them.
fn send(mut connection: TcpStream) -> Result<(), Failure> {
    let mut wire = Vec::new();
    mllp::encode(
        b"MSH|^~\\&|LAB|NORTH|EHR|SOUTH|20240102||ADT^A08^ADT_A01|42|T|2.5.1\rPID|1||7||Doe^Ann\r",
        &mut wire,
    )?;
    mllp::encode(b"PID|1||7\r", &mut wire)?;
    for piece in wire.chunks(20) {
        connection.write_all(piece)?;
    }
    let (mut decoder, mut chunk, mut answers) = (Decoder::new(), [0; 64], 0);
    while answers < 2 {
        let count = connection.read(&mut chunk)?;
        if count == 0 {
            return Err("the server hung up".into());
        }
        decoder.push(chunk.get(..count).unwrap_or_default());
        while let Some(event) = decoder.next_event() {
            let Event::Frame(frame) = event else { continue };
            let message = frame.parse()?;
            let code = message.find("MSA-1")?.map(|code| code.text().into_owned());
            println!("client: answered {}", code.unwrap_or_default());
            answers += 1;
        }
    }
    Ok(())
}
