//! Every public value can be shared by threads.

use carewire_hl7v2::{
    Buffer, Change, DiffOptions, Error, Field, Finding, Header, Location, Message, ParseOptions, Path,
    PathError, Place, Query, Redaction, Segment, Statistics, TextError, mllp,
};

fn shared<T: Send + Sync>() {}

#[test]
fn public_values_are_send_and_sync() {
    shared::<Message<'_>>();
    shared::<Buffer>();
    shared::<ParseOptions>();
    shared::<Segment<'_>>();
    shared::<Field<'_>>();
    shared::<Place<'_>>();
    shared::<Header<'_>>();
    shared::<Path>();
    shared::<Query<'_, '_>>();
    shared::<Location>();
    shared::<Finding>();
    shared::<Error>();
    shared::<PathError>();
    shared::<TextError>();
    shared::<Change<'_>>();
    shared::<DiffOptions>();
    shared::<Redaction>();
    shared::<Statistics>();
    shared::<mllp::Decoder>();
}
