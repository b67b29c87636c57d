//! `attachment-size`: the `size` of an Attachment is the number of bytes of its `data`.
//!
//! Why: it is what a receiver checks a transfer by.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Patient", "photo": [{"contentType": "text/plain", "data": "SGk=", "size": 2}]}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Patient", "photo": [{"contentType": "text/plain", "data": "SGk=", "size": 4}]}
//! ```
//!
//! Spec: FHIR R4, 2.24.0.12 Attachment, `size`.

use carewire_fhir_model::Node;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "attachment-size",
    severity: Severity::Error,
    code: IssueType::Structure,
    message: "the size of an attachment is not that of its data",
};

/// Looks at an Attachment.
pub(crate) fn check(walk: &mut Walk<'_>, attachment: Node<'_>) -> Flow {
    let (Some(size), Some(data)) = (attachment.child("size"), attachment.child("data")) else {
        return Flow::Continue(());
    };
    let (Some(stated), Some(data)) = (
        size.text().and_then(|size| size.parse::<usize>().ok()),
        data.text(),
    ) else {
        return Flow::Continue(());
    };
    // A text that is no base64 is the affair of another rule.
    match decoded_length(&data) {
        Some(length) if length != stated => walk.report(&RULE, attachment),
        _ => Flow::Continue(()),
    }
}

/// How many bytes a base64 text stands for.
fn decoded_length(text: &str) -> Option<usize> {
    super::primitive::base64_binary::fault(text).is_none().then(|| {
        let count = |what: fn(&u8) -> bool| text.bytes().filter(what).count();
        let (all, padding) = (
            count(|byte| !byte.is_ascii_whitespace()),
            count(|byte| *byte == b'='),
        );
        all / 4 * 3 - padding
    })
}

#[cfg(test)]
mod tests {
    use super::decoded_length;

    #[test]
    fn padding_counts_for_nothing() {
        assert_eq!(
            ["SGk=", "SA==", "SGkh", "SG kh\n"].map(decoded_length),
            [Some(2), Some(1), Some(3), Some(3)]
        );
        assert_eq!(decoded_length("SGk"), None);
    }
}
