use core::fmt;

/// Something of a differential that does not apply to the base.
///
/// It holds a code and a place, never text of the profile.
///
/// # Examples
///
/// See the [module](super).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotFinding {
    code: SnapshotCode,
    element: u32,
}

/// What does not apply, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SnapshotCode {
    /// An element that the base does not have, nor any type that may be there. It is left out with all below it.
    PathUnknown,
    /// An element without a path, or with one that is too long or has too many steps. It is left out.
    PathMalformed,
    /// An element that was there before. Both apply, in their order.
    ElementRepeated,
    /// A minimum below that of the base, or a maximum above it. That of the base stays.
    CardinalityWidened,
    /// A minimum above the maximum. Both stay.
    CardinalityEmpty,
    /// A type that the base does not allow there. It is left out.
    TypeNotInBase,
    /// The differential goes into an element that may be of several types. What is below it is left out.
    TypeAmbiguous,
    /// The differential goes into a type that no source has. What is below it is left out.
    TypeUnknown,
    /// A profile of the type that no source has; the type itself stands for it.
    ProfileUnknown,
    /// A profile of the type that is being generated at the moment, or too many of them; the type itself stands for it.
    ProfileCycle,
    /// The differential goes into a reference to an element that is not there. What is below it is left out.
    ReferenceUnknown,
    /// A binding weaker than the base allows. It applies all the same, as published guides count on.
    BindingWeakened,
    /// A binding of an element whose types have no codes. It is left out.
    BindingWithoutCodes,
    /// `mustSupport` that the base demands and the profile does not. It applies all the same.
    MustSupportDropped,
    /// A slice of an element that is not sliced, and is neither an extension nor a choice. The slice stays.
    SlicingMissing,
    /// A value that has something twice that may occur once. It is left out, or a part of it.
    ValueMalformed,
}

impl SnapshotCode {
    /// The stable code: `path-unknown` and so on.
    pub fn code(self) -> &'static str {
        match self {
            Self::PathUnknown => "path-unknown",
            Self::PathMalformed => "path-malformed",
            Self::ElementRepeated => "element-repeated",
            Self::CardinalityWidened => "cardinality-widened",
            Self::CardinalityEmpty => "cardinality-empty",
            Self::TypeNotInBase => "type-not-in-base",
            Self::TypeAmbiguous => "type-ambiguous",
            Self::TypeUnknown => "type-unknown",
            Self::ProfileUnknown => "profile-unknown",
            Self::ProfileCycle => "profile-cycle",
            Self::ReferenceUnknown => "reference-unknown",
            Self::BindingWeakened => "binding-weakened",
            Self::BindingWithoutCodes => "binding-without-codes",
            Self::MustSupportDropped => "must-support-dropped",
            Self::SlicingMissing => "slicing-missing",
            Self::ValueMalformed => "value-malformed",
        }
    }

    /// What is wrong, in a few words.
    pub fn message(self) -> &'static str {
        match self {
            Self::PathUnknown => "the base has no such element",
            Self::PathMalformed => "the element has no path, or one that is too long",
            Self::ElementRepeated => "the element was there before",
            Self::CardinalityWidened => "the cardinality is wider than that of the base",
            Self::CardinalityEmpty => "the minimum is above the maximum",
            Self::TypeNotInBase => "the base does not allow the type",
            Self::TypeAmbiguous => "the element may be of several types",
            Self::TypeUnknown => "the definition of the type is not known",
            Self::ProfileUnknown => "the profile of the type is not known",
            Self::ProfileCycle => "the profile of the type goes back to this profile",
            Self::ReferenceUnknown => "the element that is referred to is not known",
            Self::BindingWeakened => "the binding is weaker than the base allows",
            Self::BindingWithoutCodes => "the types of the element have no codes to bind",
            Self::MustSupportDropped => "the base demands support",
            Self::SlicingMissing => "the element is not sliced",
            Self::ValueMalformed => "the value has something twice that may occur once",
        }
    }
}

impl SnapshotFinding {
    pub(super) fn new(code: SnapshotCode, element: u32) -> Self {
        Self { code, element }
    }

    /// What was found.
    pub fn code(&self) -> SnapshotCode {
        self.code
    }

    /// The number of the element in the differential, from 0.
    pub fn element(&self) -> u32 {
        self.element
    }
}

impl fmt::Display for SnapshotFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} at StructureDefinition.differential.element[{}]",
            self.code.code(),
            self.code.message(),
            self.element
        )
    }
}
