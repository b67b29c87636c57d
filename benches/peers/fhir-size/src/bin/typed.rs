//! Reads any resource as its type and writes it: the same with every resource of the typed layer.

use std::io::{Read as _, stdin};

use carewire_fhir_model::{Document, from_document, r4::Resource, to_json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut input = Vec::new();
    stdin().read_to_end(&mut input)?;
    let document = Document::from_json(&input)?.document;
    println!("{}", document.to_json());
    println!("{}", to_json(&from_document::<Resource>(&document)?.value));
    Ok(())
}
