//! Places of a message as the tables write them: `AL1-2`, `XTN.3`, `OBX-5.1`.

/// A field, component or subcomponent; all without numbers is the segment or data type itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) of: String,
    pub(super) first: Option<usize>,
    pub(super) second: Option<usize>,
}

impl Place {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split(['-', '.']);
        let of = parts.next()?;
        let is_name = of.len() >= 2
            && of.len() <= 3
            && of.starts_with(|one: char| one.is_ascii_uppercase())
            && of
                .chars()
                .all(|one| one.is_ascii_uppercase() || one.is_ascii_digit());
        if !is_name {
            return None;
        }
        let mut numbers = parts.map(str::parse::<usize>);
        let first = numbers.next().transpose().ok()?;
        let second = numbers.next().transpose().ok()?;
        if first.is_none() || numbers.next().is_some() {
            return None;
        }
        Some(Self {
            of: of.to_owned(),
            first,
            second,
        })
    }
}

/// What a table's places are under.
pub(super) struct Scope<'s> {
    /// The segment or data type of the table.
    of: &'s str,
    /// `f` for a segment, `c` for a data type that is a field, `s` for one that is a component.
    level: char,
    /// The variable of the segment or data type.
    variable: &'s str,
}

impl<'s> Scope<'s> {
    pub(super) fn new(of: &'s str, level: char, variable: &'s str) -> Self {
        Self { of, level, variable }
    }

    pub(super) fn level(&self) -> char {
        self.level
    }

    fn below(&self) -> char {
        if self.level == 'f' { 'c' } else { 's' }
    }

    /// The path of a place below the variable: `f3.c1`.
    pub(super) fn path(&self, place: &Place) -> String {
        let mut made = String::new();
        if let Some(first) = place.first {
            made.push_str(&format!("{}{first}", self.level));
        }
        if let Some(second) = place.second {
            made.push_str(&format!(".{}{second}", self.below()));
        }
        made
    }

    /// A place as FHIRPath in the `where` of a source that stands at `own`: what is below the row's own field is asked of the
    /// repetition at hand.
    pub(super) fn fhirpath(&self, place: &Place, own: &Place) -> Result<String, String> {
        if place.of != self.of {
            // The components of the row's own data type.
            let Some(number) = place.first.filter(|_| place.second.is_none()) else {
                return self.other(place);
            };
            if self.level == 'f' && !is_segment(&place.of) {
                return Ok(format!("c{number}"));
            }
            return self.other(place);
        }
        if own.first.is_some() && place.first == own.first && own.second.is_none() {
            return Ok(match place.second {
                Some(second) => format!("{}{second}", self.below()),
                None => "$this".to_owned(),
            });
        }
        Ok(format!("%{}.{}", self.variable, self.path(place)))
    }

    /// A place of another segment: the next one of the message.
    fn other(&self, place: &Place) -> Result<String, String> {
        if self.level != 'f' || !is_segment(&place.of) {
            return Err(format!("the condition asks of {}, which is elsewhere", place.of));
        }
        let scope = Scope::new(&place.of, 'f', "");
        Ok(format!(
            "%msg.all.{}.where(position > %{}.position).first().{}",
            place.of,
            self.variable,
            scope.path(place)
        ))
    }
}

/// Data types have names of two or three letters too; those that the tables speak of are few.
fn is_segment(name: &str) -> bool {
    name.len() == 3
        && ![
            "CWE", "CNE", "XCN", "XON", "XPN", "XTN", "XAD", "EIP", "DLN", "PLN", "NDL", "SPS", "DLD", "CNN",
            "SAD", "RPT", "MSG", "DTM",
        ]
        .contains(&name)
}
