//! Names for people.

use super::atom;
use super::unit::{Component, Operator, Simple, Term, Unit};

impl Unit {
    /// The unit in words: names in parentheses, with their powers, and the operators between them.
    ///
    /// The words are English, as in UCUM's table.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_terminology::ucum::Unit;
    /// assert_eq!(Unit::parse("mmol/L")?.name(), "(millimole) / (liter)");
    /// assert_eq!(Unit::parse("kg.m/s2")?.name(), "(kilogram) * (meter) / (second ^ 2)");
    /// assert_eq!(Unit::one().name(), "(unity)");
    /// # Ok::<(), carewire_terminology::ucum::UcumError>(())
    /// ```
    #[must_use]
    pub fn name(&self) -> String {
        let term = &self.term;
        if matches!(term.first, Component::Factor(1, None)) && term.rest.is_empty() {
            return "(unity)".to_owned();
        }
        let mut name = String::new();
        write_term(term, &mut name);
        name
    }
}

/// No deeper than the parser lets parentheses be.
fn write_term(term: &Term, name: &mut String) {
    if term.inverse {
        name.push_str("1 / ");
    }
    write_component(&term.first, name);
    for (operator, component) in &term.rest {
        name.push_str(match operator {
            Operator::Multiply => " * ",
            Operator::Divide => " / ",
        });
        write_component(component, name);
    }
}

fn write_component(component: &Component, name: &mut String) {
    let annotation = match component {
        Component::Group(term) => {
            name.push('(');
            write_term(term, name);
            name.push(')');
            return;
        }
        Component::Factor(number, annotation) => {
            name.push_str(&number.to_string());
            annotation
        }
        Component::Annotation(text) => {
            name.push_str(&format!("{{{text}}}"));
            return;
        }
        Component::Simple(simple) => {
            write_simple(simple, name);
            &simple.annotation
        }
    };
    if let Some(text) = annotation {
        name.push_str(&format!(" {{{text}}}"));
    }
}

fn write_simple(simple: &Simple, name: &mut String) {
    name.push('(');
    name.push_str(simple.prefix.and_then(atom::prefix).map_or("", |it| it.name));
    name.push_str(atom::atom(simple.atom).map_or("", |it| it.name()));
    if let Some(exponent) = simple.exponent {
        name.push_str(&format!(" ^ {exponent}"));
    }
    name.push(')');
}
