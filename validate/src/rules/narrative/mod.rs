//! The rules of narratives.

pub(crate) mod form;
pub(crate) mod txt_1;
pub(crate) mod txt_2;
