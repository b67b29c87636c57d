//! What helps against a finding of its kind, where nothing nearer is known of the place.

use crate::finding::Code;

/// The hint of a code.
pub(super) fn of(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::Superset => "compile without `strict`, or write the rule in the standard language",
        Code::MissingUrl => "add `/// url = 'http://example.org/maps/name'` at the top of the file",
        Code::MissingName => "add `/// name = 'Name'` beside the url",
        Code::ReservedName => "give it another name, or write it in backticks wherever it stands",
        Code::DuplicateUrl => {
            "give each file a url of its own; a file that changes another says `/// carewire.overlay = 'url'`"
        }
        Code::DuplicateName => "rename one of the two, or take it away",
        Code::DuplicateEntry => "leave the event to one of the maps",
        Code::BadEntry => "the first group takes one source and then its targets",
        Code::UnknownImport => "give the file that has the url with the others; `*` stands for any text",
        Code::UnknownType => "name a type of R4, or the alias of a structure that the file `uses`",
        Code::UnknownGroup => "declare the group in this file, or import the map that does",
        Code::AmbiguousGroup => "import one of them alone, or declare the group in this file",
        Code::UnknownVariable => "a variable is one of the group's, of the rule's or of a rule around it",
        Code::UnknownTransform => {
            "it is a transform of the language, or a function of the library or of the host"
        }
        Code::ParameterCount => "there is one argument for each parameter, in their order",
        Code::ParameterMode => "what is filled is a target of the group, or a variable of a rule's target",
        Code::BadArgument => "the reference says what each transform takes",
        Code::ChoiceType => "write the type, as in `valueQuantity` or `value = create('Quantity')`",
        Code::TypeMismatch => {
            "convert the value, as by `cast(x, 'string')`, or fill the elements of the target one by one"
        }
        Code::NeedsTransform => "write `= value`, or name it with `as` and fill it in a group",
        Code::NoDefaultGroup => {
            "declare a group for the two types with `<<types>>`, or import the map that does; or fill the elements one by one"
        }
        Code::CircularExtends => "one of the groups that extend each other must extend none",
        Code::CircularConstant => "give one of the constants a value that names no other",
        Code::UnknownConceptMap => {
            "declare a `conceptmap` of that name in this file, or run with a terminology that has it"
        }
        Code::UnknownOverlay => {
            "name the url of the map below, and give a group or concept map a name that it has"
        }
        Code::UnusedVariable => "take it away, or begin its name with `_`",
        Code::UnreachableRule => "take the rule away, or change the one that comes before it",
        Code::WrongCardinality => "ask for no more than there can be",
        Code::ConceptMapGap => "translate them, or say `unmapped for prefix = provided`",
        Code::TooDeep => "give what stands inside a group or a constant of its own",
        Code::TooLong => "divide it among several files",
        _ => return None,
    })
}
