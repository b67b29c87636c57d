//! How much a caller lets a message cost.

/// Bounds on what reading one message may take. What goes beyond them is [`ErrorKind::Limit`](crate::ErrorKind::Limit).
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{ErrorKind, Limits, ParseOptions};
///
/// let options = ParseOptions::new().limits(Limits::default().bytes(16));
/// let error = options.parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\r").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Limit);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub(crate) bytes: usize,
    pub(crate) segments: usize,
    pub(crate) findings: usize,
}

impl Default for Limits {
    /// 256 MiB a message, 1,000,000 segments, 1,000 findings kept.
    fn default() -> Self {
        Self {
            bytes: 256 << 20,
            segments: 1_000_000,
            findings: 1_000,
        }
    }
}

impl Limits {
    /// The largest message, in bytes. More than 4 GiB counts as 4 GiB: places are 32 bits wide.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Limits, ParseOptions};
    /// let bytes = b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1\rpv1|1\r";
    /// let options = ParseOptions::new().limits(Limits::default().bytes(10));
    /// assert!(options.parse(bytes).is_err());
    /// ```
    #[must_use]
    pub fn bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes.min(u32::MAX as usize - 16);
        self
    }

    /// The largest number of segments in a message.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Limits, ParseOptions};
    /// let bytes = b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1\rpv1|1\r";
    /// let options = ParseOptions::new().limits(Limits::default().segments(1));
    /// assert!(options.parse(bytes).is_err());
    /// ```
    #[must_use]
    pub fn segments(mut self, segments: usize) -> Self {
        self.segments = segments;
        self
    }

    /// How many findings are kept; those beyond are counted only ([`Usage::findings`]). This one makes no error.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Limits, ParseOptions};
    /// let bytes = b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1\rpv1|1\r";
    /// let options = ParseOptions::new().limits(Limits::default().findings(0));
    /// assert!(options.parse(bytes)?.findings().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn findings(mut self, findings: usize) -> Self {
        self.findings = findings;
        self
    }
}

/// What reading a message took: the high-water marks beside [`Limits`].
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7\r")?;
/// let usage = msg.usage();
/// assert_eq!((usage.bytes, usage.segments, usage.findings), (42, 2, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Usage {
    /// Bytes of the message.
    pub bytes: usize,
    /// Segments.
    pub segments: usize,
    /// Entries of the index: fields and subcomponents, one of each where nothing separates; segment ids are counted as fields.
    pub entries: usize,
    /// Findings, those that were not kept included.
    pub findings: usize,
}
