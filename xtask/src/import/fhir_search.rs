//! The search parameters and compartments of `hl7.fhir.r4.core` 4.0.1 into `fhir-model/spec`.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::fhir::{Failure, list, resources, text, write_table};

const PARAMETER: &str = "http://hl7.org/fhir/SearchParameter/";
const COMPARTMENT: &str = "http://hl7.org/fhir/CompartmentDefinition/";

/// Writes `search.tsv`, `search-components.tsv` and `compartments.tsv`.
pub(super) fn write(package: &[u8], folder: &Path) -> Result<(), Failure> {
    let (mut parameters, mut components) = (BTreeMap::new(), BTreeMap::new());
    for parameter in resources(package, "SearchParameter")? {
        let id = text(&parameter, "id");
        if text(&parameter, "url") != format!("{PARAMETER}{id}") {
            return Err(format!("{id}: the url does not end with the id").into());
        }
        let row = format!(
            "{id}\t{}\t{}\t{}\t{}\t{}",
            text(&parameter, "code"),
            text(&parameter, "type"),
            words(&parameter, "base"),
            words(&parameter, "target"),
            expression(&parameter),
        );
        parameters.insert(id.to_owned(), row);
        for (number, component) in list(&parameter, "component").enumerate() {
            let definition = text(component, "definition");
            let definition = definition
                .strip_prefix(PARAMETER)
                .ok_or_else(|| format!("{id}: a component of another guide"))?;
            let row = format!("{id}\t{definition}\t{}", expression(component));
            components.insert((id.to_owned(), number), row);
        }
    }
    let mut compartments = BTreeMap::new();
    for compartment in resources(package, "CompartmentDefinition")? {
        // The sixth is an example of how a compartment is defined.
        if text(&compartment, "id") == "example" {
            continue;
        }
        let code = text(&compartment, "code");
        let url = text(&compartment, "url");
        if !url.starts_with(COMPARTMENT) || !url[COMPARTMENT.len()..].eq_ignore_ascii_case(code) {
            return Err(format!("{code}: the url does not end with the code").into());
        }
        for resource in list(&compartment, "resource") {
            let codes = words(resource, "param");
            if codes != "-" {
                let resource = text(resource, "code");
                let row = format!("{code}\t{resource}\t{codes}");
                compartments.insert((code.to_owned(), resource.to_owned()), row);
            }
        }
    }
    let head = "id\tcode\ttype\tbase\ttarget\texpression";
    write_table(folder, "search.tsv", head, parameters.values())?;
    let head = "id\tdefinition\texpression";
    write_table(folder, "search-components.tsv", head, components.values())?;
    let head = "compartment\tresource\tcodes";
    write_table(folder, "compartments.tsv", head, compartments.values())?;
    println!(
        "fhir-model/spec: {} search parameters, {} resources in compartments",
        parameters.len(),
        compartments.len()
    );
    Ok(())
}

/// The words of a list, between spaces.
fn words(value: &Value, key: &str) -> String {
    let words: Vec<&str> = list(value, key).filter_map(Value::as_str).collect();
    if words.is_empty() {
        "-".to_owned()
    } else {
        words.join(" ")
    }
}

fn expression(value: &Value) -> String {
    let words: Vec<&str> = text(value, "expression").split_whitespace().collect();
    if words.is_empty() {
        "-".to_owned()
    } else {
        words.join(" ")
    }
}
