//! The evaluator: every operation pushes its items to a sink, which can stop it.

mod arithmetic;
mod compare;
mod logic;
mod operation;
mod run;
mod seen;
mod watch;

pub(crate) use run::{Call, Few, Out, Run, Scope, Step, Stop};
pub(crate) use seen::{At, LOOKED_AT, Seen, fingerprint_of, fingerprint_of_text};
