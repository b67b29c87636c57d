//! Whole small programs that another team would write; each is a file of this folder.
