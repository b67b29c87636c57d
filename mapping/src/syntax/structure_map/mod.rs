//! Maps as StructureMap resources, from and to JSON.

mod concept_map;
mod export;
mod import;
mod metadata;

use crate::json::Object;

pub use export::{Exported, Loss, to_structure_map};
pub use import::{StructureMapError, from_structure_map};

/// The forms of the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Release {
    /// FHIR R4: every rule has a name, `default` is a typed constant, dependent groups take names of variables.
    R4,
    /// FHIR R5 and the current guide: constants, `default` as an expression, dependent groups take values.
    #[default]
    R5,
}

/// What the resource cannot say stands in extensions under this url.
const EXTENSION: &str = "https://example.org/carewire/StructureDefinition/";

/// The statement as text, where the resource cannot say it; the elements beside it are what comes nearest.
const STATEMENT: &str = "fml-statement";

/// A metadata line that no element of the resource has a place for.
const METADATA: &str = "fml-metadata";

/// A concept map that the map contains: what is contained has to be referred to (dom-3), and a transform names it by a text.
const CONTAINED: &str = "fml-concept-map";

/// A constant: R4 has no place for one.
const CONSTANT: &str = "fml-constant";

/// A parameter that is an expression, where the transform takes constants.
const EXPRESSION: &str = "fml-expression";

/// A rule that has no name in the text, where R4 wants one.
const UNNAMED: &str = "fml-unnamed";

/// The variable of a rule of the short form, as the reference implementation names it.
const SHORT: &str = "vvv";

/// What stands in an extension: its url behind the common part, and its value as JSON.
fn extension(name: &str, key: &str, value: &str) -> String {
    let mut object = Object::default();
    object.text("url", &format!("{EXTENSION}{name}"));
    object.raw(key, value);
    object.finish()
}

fn quoted(text: &str) -> String {
    let mut out = String::new();
    crate::json::push_string(text, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{self, Map};

    fn parsed(text: &str) -> Map {
        let parsed = syntax::parse("m.fml", text);
        assert!(parsed.diagnostics.is_empty(), "{text}\n{}", parsed.diagnostics[0]);
        parsed.map
    }

    const TEXT: &str = r#"
/// url = 'http://example.org/m'
/// name = 'M'
/// status = 'active'
/// experimental = true
/// description = """
two
lines
"""
/// jurisdiction =
/// jurisdiction.coding =
/// jurisdiction.coding.system = 'urn:iso:std:iso:3166'
/// jurisdiction.coding.code = 'AQ'
/// carewire = 'superset'
conceptmap "sex" {
  prefix s = "http://example.org/s"
  prefix t = "http://example.org/t"
  unmapped for s = fixed "unknown"
  s:M - t:male
  s:F - t:female
}
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias P as source
uses "http://hl7.org/fhir/StructureDefinition/Person" as target
imports "http://example.org/*"
let a = 'x' & 'y';
// about the group
group g(source src : P, target tgt) extends base <<type+>> {
  src.name -> tgt.name; // the short form
  src -> tgt : id, active "both";
  src.gender : code 0..1 default ('x') first as g where (g = 'M') check (true) log (g) -> tgt.gender = translate(g, '#sex', 'code') first "r1";
  src.a.b as v -> tgt.`odd-name`.c = v as w share one, tgt.d = 'text' single, tgt.e = 5.0, tgt.f = true, tgt.g = @2024-01, tgt.h = {} then one(v, w), two(v, 'x', 1 + 1) {
    v -> (v & 'x') as y, create('Patient') as z, tgt.i = append(v, v.c, 'q'), tgt.j = evaluate(v, c.d), tgt.k = (v.c), tgt.l = v.c.d, tgt.m = copy(v) "inner";
  } "outer";
  else src.q as q -> tgt.n share (q) then {};
  ignore src.z "unused";
}
"#;

    #[test]
    fn a_map_comes_back_as_it_was() {
        let map = parsed(TEXT);
        for release in [Release::R4, Release::R5] {
            let exported = to_structure_map(&map, release);
            let text = from_structure_map(exported.json.as_bytes()).unwrap();
            let mut back = parsed(&text);
            // Comments become documentation, which stands before what it is about.
            assert_eq!(back.comments.len(), 2, "{text}");
            back.comments.clear();
            assert_eq!(map, back, "{text}");
            let again = to_structure_map(&parsed(&text), release);
            assert_eq!(again.json, exported.json);
            assert!(exported.losses.iter().any(|loss| loss.what() == "`else`"));
        }
    }

    #[test]
    fn a_rule_that_was_changed_beside_its_text_is_taken_as_it_stands() {
        let map = parsed(
            "/// url = 'http://example.org/m'\n/// name = 'M'\n/// status = 'draft'\ngroup g(source s, target t) {\n  s -> t : a, b;\n}\n",
        );
        let json = to_structure_map(&map, Release::R5).json;
        let changed = json.replacen("\"element\":\"a\"", "\"element\":\"z\"", 2);
        let text = from_structure_map(changed.as_bytes()).unwrap();
        assert!(
            text.contains("s.z -> t.z;") && text.contains("s -> t : b;") || text.contains("s.b -> t.b"),
            "{text}"
        );
    }

    #[test]
    fn what_is_no_structure_map_is_refused() {
        for json in ["{", "[]", "{\"resourceType\":\"Patient\"}"] {
            assert!(from_structure_map(json.as_bytes()).is_err(), "{json}");
        }
    }

    #[test]
    fn maps_of_other_tools_are_read() {
        let json = r#"{"resourceType":"StructureMap","url":"http://example.org/m","name":"m","status":"draft","group":[{"name":"g","typeMode":"type-and-types",
            "input":[{"name":"src","type":"P","mode":"source"},{"name":"tgt","mode":"target"}],
            "rule":[{"name":"a-b","source":[{"context":"src","element":"x","variable":"x","min":0,"max":"*","type":"string","defaultValueString":"it's","listMode":"only_one","condition":"x = 'a'"}],
              "target":[{"context":"tgt","contextType":"variable","element":"y","transform":"copy","parameter":[{"valueId":"x"}],"listMode":["share"],"listRuleId":"one"},
                {"context":"tgt","element":"z","transform":"translate","parameter":[{"valueId":"x"},{"valueString":"\#m"},{"valueString":"code"}]}],
              "dependent":[{"name":"h","variable":["x","tgt"]}]}]}]}"#.replace("\\#", "#");
        let text = from_structure_map(json.as_bytes()).unwrap();
        let expected = "group g(source src : P, target tgt) <<type+>> {\n  \
            src.x : string 0..* default ('it\\'s') only_one as x where (x = 'a') -> tgt.y = x share one, tgt.z = translate(x, '#m', 'code') then h(x, tgt) \"a-b\";\n}\n";
        assert!(text.ends_with(expected), "{text}");
        parsed(&text);
    }
}
