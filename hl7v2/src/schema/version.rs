//! The versions of the standard.

use core::fmt;

/// A version of HL7 v2 that the tables know.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::schema::Version;
///
/// assert_eq!(Version::parse("2.5.1"), Some(Version::V2_5_1));
/// assert_eq!(Version::parse("2.5.9"), None);
/// assert_eq!(Version::nearest("2.5.9"), Version::V2_5_1);
/// assert!(Version::V2_3 < Version::V2_3_1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it all")]
#[non_exhaustive]
pub enum Version {
    V2_1,
    V2_2,
    V2_3,
    V2_3_1,
    V2_4,
    V2_5,
    V2_5_1,
    V2_6,
    V2_7,
    V2_7_1,
    V2_8,
    V2_8_1,
    V2_8_2,
}

impl Version {
    /// Every version, oldest first.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::Version;
    /// assert_eq!((Version::ALL[0], Version::ALL[12]), (Version::V2_1, Version::V2_8_2));
    /// ```
    pub const ALL: [Self; 13] = [
        Self::V2_1,
        Self::V2_2,
        Self::V2_3,
        Self::V2_3_1,
        Self::V2_4,
        Self::V2_5,
        Self::V2_5_1,
        Self::V2_6,
        Self::V2_7,
        Self::V2_7_1,
        Self::V2_8,
        Self::V2_8_1,
        Self::V2_8_2,
    ];

    /// The version that MSH-12.1 spells, exactly.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::Version;
    /// assert_eq!(Version::parse("2.5.1"), Some(Version::V2_5_1));
    /// assert_eq!(Version::parse("2.9"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.as_str() == text)
    }

    /// The version whose tables fit a text best: the newest known one that is not newer than it; 2.1 for what is
    /// older; 2.5.1 for what is no version at all, as most senders mean something like it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::Version;
    /// assert_eq!(Version::nearest("2.3"), Version::V2_3);
    /// assert_eq!(Version::nearest("2.9"), Version::V2_8_2);
    /// assert_eq!(Version::nearest("unknown"), Version::V2_5_1);
    /// ```
    pub fn nearest(text: &str) -> Self {
        let text = text.trim();
        if let Some(version) = Self::parse(text) {
            return version;
        }
        let Some(asked) = numbers(text) else {
            return Self::V2_5_1;
        };
        let fits = |version: &Self| numbers(version.as_str()).is_some_and(|known| known <= asked);
        Self::ALL.into_iter().rev().find(fits).unwrap_or(Self::V2_1)
    }

    /// The version as MSH-12.1 spells it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::Version;
    /// assert_eq!(Version::V2_5_1.as_str(), "2.5.1");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V2_1 => "2.1",
            Self::V2_2 => "2.2",
            Self::V2_3 => "2.3",
            Self::V2_3_1 => "2.3.1",
            Self::V2_4 => "2.4",
            Self::V2_5 => "2.5",
            Self::V2_5_1 => "2.5.1",
            Self::V2_6 => "2.6",
            Self::V2_7 => "2.7",
            Self::V2_7_1 => "2.7.1",
            Self::V2_8 => "2.8",
            Self::V2_8_1 => "2.8.1",
            Self::V2_8_2 => "2.8.2",
        }
    }

    /// Every other version, the nearest first; of two equally near ones the newer.
    pub(crate) fn others(self) -> impl Iterator<Item = Self> {
        let own = self as usize;
        (1..Self::ALL.len()).flat_map(move |distance| {
            let newer = Self::ALL.get(own + distance);
            let older = own.checked_sub(distance).and_then(|n| Self::ALL.get(n));
            newer.into_iter().chain(older).copied()
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Up to three numbers with dots between, at the start of the text.
fn numbers(text: &str) -> Option<[u16; 3]> {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let mut parts = text[..end].split('.').filter(|part| !part.is_empty());
    let first = parts.next()?.parse().ok()?;
    let mut number = || parts.next().and_then(|part| part.parse().ok()).unwrap_or(0);
    Some([first, number(), number()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest() {
        for (text, version) in [
            ("2.3 PID", Version::V2_3),
            ("2.6.1", Version::V2_6),
            ("2.9", Version::V2_8_2),
            ("5.0.0", Version::V2_8_2),
            ("1.0", Version::V2_1),
            ("P", Version::V2_5_1),
            ("", Version::V2_5_1),
        ] {
            assert_eq!(Version::nearest(text), version);
        }
    }

    #[test]
    fn others_by_distance() {
        let near: Vec<_> = Version::V2_5.others().take(3).collect();
        assert_eq!(near, [Version::V2_5_1, Version::V2_4, Version::V2_6]);
        assert_eq!(Version::V2_1.others().count(), 12);
    }
}
