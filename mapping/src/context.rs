//! What the caller hands to a run: the time, the zone, the key of ids, services and limits.

use std::fmt;

use carewire_fhirpath::DateTime;
use carewire_terminology::Translate;

use crate::finding::Place;

/// What one run is given. Nothing is read from the machine.
///
/// ```
/// use carewire_mapping::{BundleKind, Context, Zone};
///
/// let context = Context::at("2024-02-01T10:00:00Z".parse()?)
///     .zone(Zone::parse("-05:00").ok_or("no zone")?)
///     .bundle(BundleKind::Transaction);
/// # let _ = context;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Context<'h> {
    pub(crate) now: DateTime,
    pub(crate) now_text: String,
    pub(crate) zone: Option<Zone>,
    pub(crate) namespace: Namespace,
    pub(crate) bundle: BundleKind,
    pub(crate) host: Option<&'h dyn Host>,
    pub(crate) terminology: Option<&'h dyn Translate>,
    pub(crate) limits: Limits,
    pub(crate) coverage: bool,
    pub(crate) lineage: bool,
}

impl<'h> Context<'h> {
    /// A context at a time, which `%now` gives to maps.
    #[must_use]
    pub fn at(now: DateTime) -> Self {
        Self {
            now,
            now_text: now.to_string(),
            zone: None,
            namespace: Namespace::default(),
            bundle: BundleKind::default(),
            host: None,
            terminology: None,
            limits: Limits::default(),
            coverage: true,
            lineage: false,
        }
    }

    /// Sets the zone of times that have no offset, when MSH-7 has none either. Without it they are cut to the date.
    #[must_use]
    pub fn zone(mut self, zone: Zone) -> Self {
        self.zone = Some(zone);
        self
    }

    /// Sets the namespace of the ids that maps make. Two systems with the same namespace make equal ids for equal keys.
    #[must_use]
    pub fn namespace(mut self, namespace: Namespace) -> Self {
        self.namespace = namespace;
        self
    }

    /// Sets what `%bundle` says. It is the maps that act on it.
    #[must_use]
    pub fn bundle(mut self, kind: BundleKind) -> Self {
        self.bundle = kind;
        self
    }

    /// Sets what answers host functions and takes what `log` writes.
    #[must_use]
    pub fn host(mut self, host: &'h dyn Host) -> Self {
        self.host = Some(host);
        self
    }

    /// Sets what translates by concept maps that the set does not hold.
    #[must_use]
    pub fn terminology(mut self, service: &'h dyn Translate) -> Self {
        self.terminology = Some(service);
        self
    }

    /// Sets the limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Whether the run counts what no rule reads; on unless set. Counting walks over the message once.
    #[must_use]
    pub fn coverage(mut self, coverage: bool) -> Self {
        self.coverage = coverage;
        self
    }

    /// Keeps where each element of the output comes from: [`Outcome::lineage`](crate::Outcome::lineage). Off by default, and then it costs nothing.
    #[must_use]
    pub fn lineage(mut self, lineage: bool) -> Self {
        self.lineage = lineage;
        self
    }
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("zone", &self.zone)
            .field("bundle", &self.bundle)
            .finish_non_exhaustive()
    }
}

/// The kind of Bundle that the caller wants, for maps that make one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BundleKind {
    /// With a MessageHeader first.
    #[default]
    Message,
    /// With a request in each entry, so that sending it twice changes nothing.
    Transaction,
    /// Only the resources.
    Collection,
}

impl BundleKind {
    /// The code of `Bundle.type`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Transaction => "transaction",
            Self::Collection => "collection",
        }
    }
}

/// An offset from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Zone {
    minutes: i16,
}

impl Zone {
    /// UTC.
    pub const UTC: Self = Self { minutes: 0 };

    /// So many minutes east of UTC; none beyond 14 hours.
    #[must_use]
    pub fn east(minutes: i16) -> Option<Self> {
        (-840..=840).contains(&minutes).then_some(Self { minutes })
    }

    /// Reads `Z`, `+01:00`, `-0500`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "Z" {
            return Some(Self::UTC);
        }
        let (sign, digits) = match text.as_bytes() {
            [b'+', rest @ ..] => (1, rest),
            [b'-', rest @ ..] => (-1, rest),
            _ => return None,
        };
        let [a, b, c, d] = match digits {
            [a, b, b':', c, d] | [a, b, c, d] => [*a, *b, *c, *d],
            _ => return None,
        };
        let digit = |byte: u8| byte.is_ascii_digit().then(|| i16::from(byte - b'0'));
        let (hours, minutes) = (digit(a)? * 10 + digit(b)?, digit(c)? * 10 + digit(d)?);
        if minutes > 59 {
            return None;
        }
        Self::east(sign * (hours * 60 + minutes))
    }

    /// Minutes east of UTC.
    #[must_use]
    pub fn minutes(self) -> i16 {
        self.minutes
    }
}

/// As FHIR writes it: `Z`, `+01:00`.
impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.minutes == 0 {
            return f.write_str("Z");
        }
        let sign = if self.minutes < 0 { '-' } else { '+' };
        let minutes = self.minutes.unsigned_abs();
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

/// The namespace of UUIDs, a UUID itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Namespace(pub(crate) [u8; 16]);

impl Default for Namespace {
    /// Ours: the UUID v5 of `https://example.org/carewire/ids` as a url.
    fn default() -> Self {
        let urls = Self(*uuid::Uuid::NAMESPACE_URL.as_bytes());
        Self(*urls.id("https://example.org/carewire/ids").as_bytes())
    }
}

impl Namespace {
    /// The UUID v5 of a key.
    fn id(self, key: &str) -> uuid::Uuid {
        uuid_of_name(&mut [&self.0, key.as_bytes()].concat())
    }

    /// A namespace from the bytes of a UUID.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Reads a UUID in its text form.
    ///
    /// ```
    /// use carewire_mapping::Namespace;
    /// assert!(Namespace::parse("6ba7b811-9dad-11d1-80b4-00c04fd430c8").is_some());
    /// assert!(Namespace::parse("here").is_none());
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        uuid::Uuid::try_parse(text).ok().map(|id| Self(*id.as_bytes()))
    }
}

/// The UUID v5 of a name, which begins with the bytes of its namespace. SHA-1 needs padding behind it, which stays there.
///
/// Spec: RFC 9562, 5.5 UUID Version 5; FIPS 180-4, 5.1.1 and 6.1 SHA-1.
#[inline(always)]
pub(crate) fn uuid_of_name(name: &mut Vec<u8>) -> uuid::Uuid {
    let bits = 8 * name.len() as u64;
    name.push(0x80);
    let length = (name.len() + size_of_val(&bits)).next_multiple_of(SHA_1_BLOCK);
    name.resize(length - size_of_val(&bits), 0);
    name.extend_from_slice(&bits.to_be_bytes());
    let mut state = SHA_1_START;
    sha1::block_api::compress(&mut state, name.as_chunks().0);
    let [a, b, c, d, _] = state.map(u128::from);
    let first = a << 96 | b << 64 | c << 32 | d;
    uuid::Builder::from_sha1_bytes(first.to_be_bytes()).into_uuid()
}

const SHA_1_BLOCK: usize = 64;

/// Spec: FIPS 180-4, 5.3.1 SHA-1.
const SHA_1_START: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];

/// What maps may ask of the program around them.
///
/// Functions are declared with [`Options::function`](crate::Options::function). What they are given and give back may be values of a patient.
pub trait Host: Send + Sync {
    /// Calls a function. Each argument is a collection; no result is the empty collection.
    ///
    /// # Errors
    ///
    /// [`HostError`], which becomes a finding of the run.
    fn call(&self, function: &str, arguments: &[Vec<HostValue>]) -> Result<Vec<HostValue>, HostError>;

    /// Takes what a `log` of a rule writes. The text holds values of the source: show it only where the user asked for it.
    fn log(&self, rule: &Place, text: &str) {
        let _ = (rule, text);
    }
}

/// A value that goes to a host function or comes from it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum HostValue {
    /// A text, also of a date, a time, a decimal.
    Text(String),
    /// A boolean.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
}

impl HostValue {
    /// The value as text.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Boolean(value) => value.to_string(),
            Self::Integer(value) => value.to_string(),
        }
    }
}

impl From<&str> for HostValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// Shows the kind and the length, never the value.
impl fmt::Debug for HostValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Boolean(_) => f.write_str("Boolean"),
            Self::Integer(_) => f.write_str("Integer"),
        }
    }
}

/// A host function could not answer. It carries nothing: the finding names the rule, and what failed may be a patient's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HostError;

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the host function could not answer")
    }
}

impl std::error::Error for HostError {}

/// How much one run may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub(crate) steps: u64,
    pub(crate) depth: u32,
    pub(crate) elements: usize,
    pub(crate) findings: usize,
}

impl Default for Limits {
    /// 20 million rules, 100 groups and rules with several matches deep, 10 million elements, 10,000 findings.
    fn default() -> Self {
        Self {
            steps: 20_000_000,
            depth: 100,
            elements: 10_000_000,
            findings: 10_000,
        }
    }
}

impl Limits {
    /// Sets how many rules may fire or be tried, and at how many segments and groups walks over them may look.
    #[must_use]
    pub fn steps(self, steps: u64) -> Self {
        Self { steps, ..self }
    }

    /// Sets how deep groups, and rules whose sources have several matches, may nest while running; at most 200, since the thread's stack is used in proportion.
    #[must_use]
    pub fn depth(self, depth: u32) -> Self {
        Self {
            depth: depth.min(200),
            ..self
        }
    }

    /// Sets how many elements the targets may have.
    #[must_use]
    pub fn elements(self, elements: usize) -> Self {
        Self { elements, ..self }
    }

    /// Sets how many findings are kept; more are counted only.
    #[must_use]
    pub fn findings(self, findings: usize) -> Self {
        Self { findings, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones() {
        assert_eq!(
            Zone::parse("-0530").map(|zone| zone.to_string()).as_deref(),
            Some("-05:30")
        );
        assert_eq!(Zone::parse("+00:00"), Some(Zone::UTC));
        assert_eq!(Zone::parse("+15:00"), None);
        assert_eq!(Zone::parse("+0560"), None);
        assert_eq!(Zone::parse("0500"), None);
    }

    #[test]
    fn ids_are_those_of_the_rfc_whatever_the_length_of_the_key() {
        let dns = Namespace(*uuid::Uuid::NAMESPACE_DNS.as_bytes());
        for (length, expected) in [
            (0, "4ebd0208-8328-5d69-8c44-ec50939c0967"),
            // Where the padding just fits its block, and where it does not.
            (39, "5824f981-4282-59d4-9716-acb6d741350e"),
            (40, "39f39c20-db47-5131-8879-62f8f67f9014"),
            (47, "660c273c-8a00-5941-b6f4-8d0afed88966"),
            (48, "7280cc42-274a-5c4a-91fc-ae23f853eeb7"),
            (103, "1cf1b329-74b7-50b0-a819-28e28c61c775"),
            (104, "31477a3f-211d-5651-b3ce-be7c82999e70"),
        ] {
            assert_eq!(dns.id(&"a".repeat(length)).to_string(), expected, "{length}");
        }
    }

    #[test]
    fn host_values_do_not_show_themselves() {
        assert_eq!(format!("{:?}", HostValue::from("secret")), "Text(6 bytes)");
    }
}
