//! Whole small programs that another team would write; each is a file of this folder.

/// The programs of the workspace's README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
