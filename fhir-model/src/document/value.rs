/// What the value of a node is in the encoding it was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueKind {
    /// An object: a complex element, or a primitive that has only id and extensions.
    Object,
    /// A text in quotation marks.
    String,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// `null`: no value.
    Null,
    /// An array inside an array, which FHIR does not have.
    Array,
}
