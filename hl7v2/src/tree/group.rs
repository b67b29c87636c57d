//! The names of groups as constants: `group::ORDER_OBSERVATION` for `"ORDER_OBSERVATION"`.
//!
//! Each says which structures have such a group, of all versions; versions may name the same group differently.
//!
//! Each works like the one in this example.
//!
//! # Examples
//!
//! ```
//! use carewire_hl7v2::{Message, tree::group};
//!
//! let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rOBX|2\r")?;
//! assert_eq!(msg.tree().groups(group::OBSERVATION).count(), 2);
//! # Ok::<(), carewire_hl7v2::Error>(())
//! ```

use core::fmt;

use crate::schema;

pub use crate::generated::groups::*;

/// The name of a group of a structure: one of the constants of [this module](self), or any text.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::tree::{GroupName, group};
///
/// assert_eq!(group::ORDER_OBSERVATION, GroupName::from("ORDER_OBSERVATION"));
/// assert_eq!(group::ORDER_OBSERVATION.as_str(), "ORDER_OBSERVATION");
/// assert_eq!(GroupName::from("no such group").as_str(), "");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct GroupName(pub(crate) u16);

impl GroupName {
    /// The name; empty if no structure has such a group.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::tree::{GroupName, group};
    /// assert_eq!(group::PATIENT.as_str(), "PATIENT");
    /// ```
    pub fn as_str(self) -> &'static str {
        schema::name(self.0)
    }
}

impl From<&str> for GroupName {
    fn from(name: &str) -> Self {
        Self(schema::symbol(name).unwrap_or(u16::MAX))
    }
}

impl fmt::Debug for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GroupName({})", self.as_str())
    }
}

/// Constants: `NAME number "name" "structures";`.
macro_rules! groups {
    ($($constant:ident $number:literal $name:literal $structures:literal;)*) => {
        $(
            #[doc = concat!("`", $name, "` of ", $structures, ".")]
            pub const $constant: $crate::tree::GroupName = $crate::tree::GroupName($number);
        )*

        #[cfg(test)]
        pub(crate) const ALL: &[($crate::tree::GroupName, &str)] = &[$(($constant, $name)),*];
    };
}

pub(crate) use groups;

#[cfg(test)]
mod tests {
    use crate::generated::groups::ALL;

    #[test]
    fn the_constants_are_the_names() {
        assert!(ALL.len() > 150);
        for (group, name) in ALL {
            assert_eq!(group.as_str(), *name);
        }
    }
}
