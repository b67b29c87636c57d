//! New segments and messages.

mod message;
mod segment;
#[cfg(feature = "versions")]
mod template;

pub use message::MessageBuilder;
pub use segment::SegmentBuilder;
#[cfg(feature = "versions")]
pub(crate) use template::wanted_of;
