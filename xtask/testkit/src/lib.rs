//! What the tests of the rooms share: the conformance runner, golden files, planted markers and an allocator that counts.
//!
//! It is a dev-dependency only, the one that a room has on this workspace, and is never published.

pub mod allocations;
pub mod conformance;
pub mod golden;
pub mod markers;
