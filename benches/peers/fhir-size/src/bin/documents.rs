//! Reads a document and writes it.

use std::io::{Read as _, stdin};

use carewire_fhir_model::Document;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut input = Vec::new();
    stdin().read_to_end(&mut input)?;
    println!("{}", Document::from_json(&input)?.document.to_json());
    Ok(())
}
