//! What a compiled map or a run reports: a stable code, a severity and a place. Never a value.

use std::fmt;

/// How much a finding matters, in FHIR's words.
///
/// Spec: FHIR R4 value set `issue-severity`, without `fatal`, which here is a [`MapError`](crate::MapError).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing is lost.
    Information,
    /// Something was left out or decided on thin ground.
    Warning,
    /// What the map's author demanded does not hold, or the map is wrong.
    Error,
}

impl Severity {
    /// The code of FHIR's `issue-severity`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Information => "information",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Declares the register: one line a code, with its text, severity and meaning. Codes are never reused.
macro_rules! register {
    ($($name:ident $text:literal $severity:ident $meaning:literal)+) => {
        /// The register of codes, of maps and of runs. A code keeps its meaning for ever.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = concat!("`", $text, "`: ", $meaning, ".")] $name,)+
        }

        impl Code {
            /// Every code, in the order of the register.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable text of the code, as `null-value`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// What the code says, in one line without a value.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)+ }
            }

            /// How much it matters.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)+ }
            }
        }
    };
}

register! {
    // of a map's text
    Syntax "syntax" Error "the text does not follow the grammar"
    FhirPath "fhirpath" Error "an expression is not FHIRPath"
    Superset "superset" Error "the superset is used without `/// carewire = 'superset'`, or against strict options"
    MissingUrl "missing-url" Warning "a map has no url"
    MissingName "missing-name" Warning "a map has no name"
    ReservedName "reserved-name" Warning "a word of the language is used as a name"
    DuplicateUrl "duplicate-url" Error "two files of the set have the same url"
    DuplicateName "duplicate-name" Error "a name is declared twice"
    DuplicateEntry "duplicate-entry" Error "two maps declare the same entry"
    BadEntry "bad-entry" Error "a `carewire.entry` is not an event, a structure or a wildcard, or its group cannot start a run"
    UnknownImport "unknown-import" Warning "no map of the set has the imported url"
    UnknownType "unknown-type" Error "no such type"
    UnknownGroup "unknown-group" Error "no such group here"
    AmbiguousGroup "ambiguous-group" Error "several imported maps declare the group"
    UnknownVariable "unknown-variable" Error "no such variable here"
    UnknownElement "unknown-element" Error "the type has no such element"
    UnknownTransform "unknown-transform" Error "no such transform, group or host function"
    ParameterCount "parameter-count" Error "the number of arguments does not fit"
    ParameterMode "parameter-mode" Error "a source is given where a target is needed"
    BadArgument "bad-argument" Error "an argument is not what the transform takes"
    ChoiceType "choice-type" Error "a choice of types needs one of them"
    TypeMismatch "type-mismatch" Error "the type does not fit the element"
    NeedsTransform "needs-transform" Error "a primitive cannot be made without a value"
    NoDefaultGroup "no-default-group" Warning "no default group maps these types, so that the rule makes nothing"
    CircularExtends "circular-extends" Error "a group extends itself"
    CircularConstant "circular-constant" Error "a constant needs itself"
    UnknownConceptMap "unknown-concept-map" Warning "no concept map of the set has this url; a terminology service must know it"
    UnknownOverlay "unknown-overlay" Error "an overlay names a map that is not there, or replaces nothing of it"
    UnusedVariable "unused-variable" Warning "a variable is never used"
    UnreachableRule "unreachable-rule" Warning "a rule can never fire"
    WrongCardinality "wrong-cardinality" Warning "a rule asks for more source elements than there can be"
    BadCode "bad-code" Warning "a code is not in the value set that the element requires"
    ConceptMapGap "concept-map-gap" Warning "a concept map has no translation of a code that the source may hold"
    Unsupported "unsupported" Error "the engine does not do this yet"
    TooDeep "too-deep" Error "the text nests deeper than the limit"
    TooLong "too-long" Error "the text is longer than the limit"
    // of a run
    MapByStructure "map-by-structure" Information "the map was chosen by the message structure"
    MapFallback "map-fallback" Warning "no map names the event; a wildcard entry was taken"
    NullValue "null-value" Information "an explicit null was sent; it makes no element"
    CheckFailed "check-failed" Error "a check of the map does not hold"
    Cardinality "cardinality" Error "the number of source elements is outside what the map demands"
    OnlyOne "only-one" Error "the map demands one source element and there are more"
    AlreadySet "already-set" Warning "a second value for an element that takes one; the first is kept"
    BadValue "bad-value" Warning "the text does not fit the element's type; no element is made"
    BadDate "bad-date" Warning "the text is no date or time of the form that the rule reads, HL7's or FHIR's unless it names one; no element is made"
    TimeWithoutZone "time-without-zone" Warning "a time has no offset and none is known: it is cut to the date, and left out where FHIR wants an instant"
    NoTranslation "no-translation" Warning "the concept map has no match; no element is made"
    NoConceptMap "no-concept-map" Warning "nothing knows the concept map; no element is made"
    ManyValues "many-values" Warning "an expression gives several values for an element that takes one"
    EvaluationFailed "evaluation-failed" Error "an expression could not be evaluated"
    MissingType "missing-type" Error "the type of a new element is not known"
    NoReference "no-reference" Warning "a reference was asked of something that is no resource"
    ControlCharacters "control-characters" Warning "control characters that no FHIR text may hold were taken out"
    UnreadableText "unreadable-text" Warning "the text could not be decoded in the message's character set"
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing a run reports.
///
/// It names places, never values: the place in the source (an HL7 path as `PID-5[2].1`, counted from 1, or a FHIRPath, counted from 0)
/// and the rule's place in the map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    code: Code,
    path: Option<String>,
    rule: Option<Place>,
}

impl Finding {
    pub(crate) fn new(code: Code, path: Option<String>, rule: Option<Place>) -> Self {
        Self { code, path, rule }
    }

    /// What it is.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// How much it matters.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// Where in the source: an HL7 path (from 1) or a FHIRPath (from 0).
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// The rule that found it.
    #[must_use]
    pub fn rule(&self) -> Option<&Place> {
        self.rule.as_ref()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {}", self.severity(), self.code, self.code.meaning())?;
        if let Some(path) = &self.path {
            write!(f, " at {path}")?;
        }
        if let Some(rule) = &self.rule {
            write!(f, " ({rule})")?;
        }
        Ok(())
    }
}

/// A place in a map's text: file, line and column, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    pub(crate) file: std::sync::Arc<str>,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

impl Place {
    /// The name the file was given when it was compiled.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The line, from 1.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The column in characters, from 1.
    #[must_use]
    pub fn column(&self) -> u32 {
        self.column
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_lower_case() {
        let mut texts: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert!(
            texts
                .iter()
                .all(|text| text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
        );
        texts.sort_unstable();
        let count = texts.len();
        texts.dedup();
        assert_eq!(texts.len(), count);
    }
}
