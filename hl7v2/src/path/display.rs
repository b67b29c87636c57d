//! Writing a path as it is read.

use core::fmt;

use super::{Condition, Path, Select};

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.terser.is_empty() {
            return self.fmt_terser(f);
        }
        if self.absolute {
            f.write_str("/")?;
        }
        for group in &self.groups {
            write!(f, "{}{}/", group.name, group.index)?;
        }
        write!(f, "{}{}", self.segment(), self.index)?;
        if self.field == 0 {
            return Ok(());
        }
        write!(f, "-{}{}", self.field, self.repetition)?;
        parts(f, [self.component, self.subcomponent])
    }
}

impl Path {
    /// Every number is written: so that no Terser path looks like one of the others.
    fn fmt_terser(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.terser {
            let searched = if step.searched { "." } else { "" };
            write!(f, "/{searched}{}({})", step.pattern, step.rep)?;
        }
        let Select::Number(repetition) = self.repetition else {
            return Ok(());
        };
        if self.field == 0 {
            return Ok(());
        }
        let (field, component, subcomponent) = (self.field, self.component, self.subcomponent);
        write!(f, "-{field}({})-{component}-{subcomponent}", repetition - 1)
    }
}

impl fmt::Display for Select {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(1) => Ok(()),
            Self::Number(n) => write!(f, "[{n}]"),
            Self::All => f.write_str("[*]"),
            Self::Where(condition) => write!(f, "[{condition}]"),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.field > 0 {
            write!(f, "{}", self.field)?;
        }
        parts(f, [self.component, self.subcomponent])?;
        let operator = if self.equal { "=" } else { "!=" };
        write!(f, "{operator}'{}'", self.text.replace('\'', "''"))
    }
}

/// The numbers below a repetition, up to the first 0.
fn parts(f: &mut fmt::Formatter<'_>, numbers: [u32; 2]) -> fmt::Result {
    for number in numbers.into_iter().take_while(|number| *number > 0) {
        write!(f, ".{number}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_form() {
        for (path, printed) in [
            ("PID[1]-3[1].1", "PID-3.1"),
            ("OBX[*]-5[*].2.1", "OBX[*]-5[*].2.1"),
            ("OBX[3.1!='a''b']-5", "OBX[3.1!='a''b']-5"),
            ("PID-3[.4.2='x'].1", "PID-3[.4.2='x'].1"),
            ("/A_B[1]/C1[*]/OBX[2]", "/A_B/C1[*]/OBX[2]"),
            ("/MSH-9", "/MSH-9"),
        ] {
            let compiled = Path::parse(path).unwrap();
            assert_eq!(compiled.to_string(), printed);
            assert_eq!(Path::parse(printed).as_ref(), Ok(&compiled));
        }
    }
}
