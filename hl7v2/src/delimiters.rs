//! The delimiters of a message: MSH-1 and MSH-2.

/// The characters that separate and escape in one message, read from MSH-1 and MSH-2.
///
/// One that the sender left out is `None`: it separates nothing, and the character that usually does is text.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
///
/// let msg = Message::parse(b"MSH$%~?!$LAB$$$$$$ADT%A08$1$T$2.5.1\r")?;
/// let characters = msg.encoding_characters();
/// assert_eq!((characters.field(), characters.component()), (b'$', Some(b'%')));
/// assert_eq!(msg.header().message_code().as_deref(), Some("ADT"));
/// # Ok::<(), carewire_hl7v2::Error>(())
/// ```
///
/// Spec: HL7 v2.5.1 chapter 2, 2.5.4 Message delimiters; v2.7 chapter 2, 2.5.5.2 truncation pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EncodingCharacters {
    pub(crate) field: u8,
    pub(crate) component: Option<u8>,
    pub(crate) repetition: Option<u8>,
    pub(crate) escape: Option<u8>,
    pub(crate) subcomponent: Option<u8>,
    pub(crate) truncation: Option<u8>,
}

impl Default for EncodingCharacters {
    /// The ones the standard recommends: `|^~\&`.
    fn default() -> Self {
        Self {
            field: b'|',
            component: Some(b'^'),
            repetition: Some(b'~'),
            escape: Some(b'\\'),
            subcomponent: Some(b'&'),
            truncation: None,
        }
    }
}

/// What was noticed while reading MSH-2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notice {
    None,
    Short,
    Bad,
}

impl EncodingCharacters {
    /// The delimiters that MSH-1 and MSH-2 declare; `None` unless they are legal: ASCII, all different, neither
    /// letters nor digits, four or five in MSH-2.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::EncodingCharacters;
    ///
    /// let characters = EncodingCharacters::new(b'|', b"^~\\&#").expect("those of version 2.7");
    /// assert_eq!(characters.truncation(), Some(b'#'));
    /// assert_eq!(EncodingCharacters::new(b'|', b"^~|&"), None);
    /// ```
    pub fn new(field: u8, encoding: &[u8]) -> Option<Self> {
        let (read, notice) = Self::read(field, encoding);
        (Self::may_separate(field) && notice == Notice::None).then_some(read)
    }

    /// MSH-2.
    pub(crate) fn encoding(&self) -> impl Iterator<Item = u8> {
        let all = [
            self.component,
            self.repetition,
            self.escape,
            self.subcomponent,
            self.truncation,
        ];
        all.into_iter().map_while(|byte| byte)
    }

    /// The field separator, MSH-1.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::EncodingCharacters;
    /// assert_eq!(EncodingCharacters::default().field(), b'|');
    /// ```
    pub fn field(&self) -> u8 {
        self.field
    }

    /// The component separator, usually `^`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::EncodingCharacters;
    /// assert_eq!(EncodingCharacters::default().component(), Some(b'^'));
    /// ```
    pub fn component(&self) -> Option<u8> {
        self.component
    }

    /// The repetition separator, usually `~`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::EncodingCharacters;
    /// assert_eq!(EncodingCharacters::default().repetition(), Some(b'~'));
    /// ```
    pub fn repetition(&self) -> Option<u8> {
        self.repetition
    }

    /// The escape character, usually `\`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::EncodingCharacters;
    /// assert_eq!(EncodingCharacters::default().escape(), Some(b'\\'));
    /// ```
    pub fn escape(&self) -> Option<u8> {
        self.escape
    }

    /// The subcomponent separator, usually `&`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::EncodingCharacters;
    /// assert_eq!(EncodingCharacters::default().subcomponent(), Some(b'&'));
    /// ```
    pub fn subcomponent(&self) -> Option<u8> {
        self.subcomponent
    }

    /// The truncation character of version 2.7 and later, usually `#`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::EncodingCharacters;
    /// assert_eq!(EncodingCharacters::default().truncation(), None);
    /// ```
    pub fn truncation(&self) -> Option<u8> {
        self.truncation
    }

    /// True if the byte separates fields, repetitions, components or subcomponents.
    pub(crate) fn separates(&self, byte: u8) -> bool {
        let byte = Some(byte);
        byte == Some(self.field)
            || byte == self.component
            || byte == self.repetition
            || byte == self.subcomponent
    }

    /// True if the byte may be MSH-1: any ASCII character but letters, digits, line ends and NUL.
    pub(crate) fn may_separate(byte: u8) -> bool {
        byte.is_ascii() && !byte.is_ascii_alphanumeric() && !matches!(byte, b'\r' | b'\n' | 0)
    }

    /// Reads MSH-2. A character that is repeated is taken once (`^~\\&` reads as `^~\&`); letters, digits and
    /// spaces end it; if nothing usable is left, the recommended characters are used.
    pub(crate) fn read(field: u8, text: &[u8]) -> (Self, Notice) {
        let usual = Self {
            field,
            ..Self::default()
        }
        .without(field);
        let mut seen = [0_u8; 5];
        let mut count = 0;
        let mut bad = false;
        for &byte in text {
            let usable = Self::may_separate(byte) && !byte.is_ascii_whitespace() && byte != b'"';
            if !usable || count == seen.len() {
                bad = true;
                break;
            }
            if byte == field || seen[..count].contains(&byte) {
                bad = true;
                continue;
            }
            seen[count] = byte;
            count += 1;
        }
        if count == 0 {
            return (usual, Notice::Bad);
        }
        let at = |n: usize| (n < count).then(|| seen[n]);
        let read = Self {
            field,
            component: at(0),
            repetition: at(1),
            escape: at(2),
            subcomponent: at(3),
            truncation: at(4),
        };
        let notice = match count {
            _ if bad => Notice::Bad,
            0..4 => Notice::Short,
            _ => Notice::None,
        };
        (read, notice)
    }

    fn without(mut self, byte: u8) -> Self {
        for place in [
            &mut self.component,
            &mut self.repetition,
            &mut self.escape,
            &mut self.subcomponent,
        ] {
            if *place == Some(byte) {
                *place = None;
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_any_legal_set() {
        let (read, notice) = EncodingCharacters::read(b'|', b"^~\\&#");
        assert_eq!(
            read,
            EncodingCharacters {
                truncation: Some(b'#'),
                ..EncodingCharacters::default()
            }
        );
        assert_eq!(notice, Notice::None);
        let (read, notice) = EncodingCharacters::read(b'*', b"#$!@");
        assert_eq!(
            (read.component, read.subcomponent, notice),
            (Some(b'#'), Some(b'@'), Notice::None)
        );
    }

    #[test]
    fn takes_a_doubled_escape_once() {
        let (read, notice) = EncodingCharacters::read(b'|', b"^~\\\\&");
        assert_eq!((read, notice), (EncodingCharacters::default(), Notice::Bad));
    }

    #[test]
    fn reports_what_is_missing() {
        let (read, notice) = EncodingCharacters::read(b'|', b"^~");
        assert_eq!(
            (read.escape, read.subcomponent, notice),
            (None, None, Notice::Short)
        );
        let (read, notice) = EncodingCharacters::read(b'|', b"");
        assert_eq!((read, notice), (EncodingCharacters::default(), Notice::Bad));
    }

    #[test]
    fn falls_back_when_letters_stand_there() {
        let (read, notice) = EncodingCharacters::read(b'\t', b"http://");
        assert_eq!((read.component, notice), (Some(b'^'), Notice::Bad));
    }
}
