//! The `div` of a narrative: well formed, of the elements FHIR allows, with some content.
//!
//! A scanner and no tree: it keeps the names of the open elements, borrowed from the text.
//!
//! ```
//! use carewire_fhir_model::narrative;
//!
//! let found = narrative::check("<div xmlns=\"http://www.w3.org/1999/xhtml\"><p onclick=\"x\">a</p></div>");
//! assert_eq!(found.form, None);
//! assert_eq!(found.forbidden, Some("an attribute is not one of the basic ones of HTML"));
//! assert!(!found.is_allowed());
//! ```
//!
//! Spec: <https://hl7.org/fhir/R4/narrative.html>

use alloc::vec::Vec;
use core::fmt;

/// The namespace of every element of a narrative.
const NAMESPACE: &str = "http://www.w3.org/1999/xhtml";
/// The most elements open at once.
const DEPTH: usize = 200;

/// What was found in one `div`. The reasons are fixed texts; nothing of the narrative is in them.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Findings<'a> {
    /// Why the text is not a well formed `div`.
    pub form: Option<&'static str>,
    /// What it holds that FHIR does not allow.
    pub forbidden: Option<&'static str>,
    /// Whether it has neither a character that shows nor an image.
    pub blank: bool,
    /// What its links and images within the resource name: `a` for `#a`.
    pub locals: Vec<&'a str>,
}

impl Findings<'_> {
    /// Whether it may be a narrative: well formed, nothing forbidden, and something to see.
    pub fn is_allowed(&self) -> bool {
        self.form.is_none() && self.forbidden.is_none() && !self.blank
    }
}

/// Shows no text of the narrative.
impl fmt::Debug for Findings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Findings")
            .field("form", &self.form)
            .field("forbidden", &self.forbidden)
            .field("blank", &self.blank)
            .field("locals", &self.locals.len())
            .finish()
    }
}

/// Reads a whole narrative: the text of `Narrative.div`.
pub fn check(text: &str) -> Findings<'_> {
    let mut scanner = Scanner {
        rest: text,
        open: Vec::new(),
        findings: Findings {
            blank: true,
            ..Findings::default()
        },
    };
    if let Err(fault) = scanner.document() {
        scanner.findings.form = Some(fault);
    }
    scanner.findings
}

struct Scanner<'a> {
    rest: &'a str,
    open: Vec<&'a str>,
    findings: Findings<'a>,
}

type Scanned<T = ()> = Result<T, &'static str>;

impl<'a> Scanner<'a> {
    fn document(&mut self) -> Scanned {
        self.rest = self.rest.trim_start();
        if !self.rest.starts_with('<') {
            return Err("a narrative is a div element");
        }
        loop {
            if let Some(after) = self.rest.strip_prefix("<!--") {
                self.rest = after.split_once("-->").ok_or("a comment does not end")?.1;
            } else if let Some(after) = self.rest.strip_prefix("<![CDATA[") {
                let (text, after) = after.split_once("]]>").ok_or("a CDATA section does not end")?;
                self.shows(text);
                self.rest = after;
            } else if self.rest.starts_with("<!") {
                return Err("a narrative has no document type");
            } else if self.rest.starts_with("<?") {
                return Err("a narrative has no processing instruction");
            } else if let Some(after) = self.rest.strip_prefix("</") {
                self.end_tag(after)?;
            } else if let Some(after) = self.rest.strip_prefix('<') {
                self.start_tag(after)?;
            } else {
                self.text()?;
            }
            if self.open.is_empty() {
                let rest = self.rest.trim_start();
                if rest.is_empty() {
                    return Ok(());
                }
                if !rest.starts_with("<!--") {
                    return Err("a narrative is one div element and nothing beside it");
                }
                self.rest = rest;
            } else if self.rest.is_empty() {
                return Err("an element is not closed");
            }
        }
    }

    fn shows(&mut self, text: &str) {
        self.findings.blank &= text.trim().is_empty();
    }

    fn forbid(&mut self, why: &'static str) {
        self.findings.forbidden.get_or_insert(why);
    }

    fn text(&mut self) -> Scanned {
        let end = self.rest.find('<').unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        self.shows(text);
        self.entities(text)
    }

    fn entities(&mut self, text: &str) -> Scanned {
        for after in text.split('&').skip(1) {
            let (name, _) = after.split_once(';').ok_or("an ampersand starts an entity")?;
            match name.strip_prefix('#') {
                Some(number) => {
                    if character(number).is_none() {
                        return Err("a character reference names a character");
                    }
                }
                None if matches!(name, "amp" | "lt" | "gt" | "quot" | "apos") => {}
                None if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                    self.forbid("the only named entities are those of XML");
                }
                None => return Err("an ampersand starts an entity"),
            }
        }
        Ok(())
    }

    fn end_tag(&mut self, after: &'a str) -> Scanned {
        let (name, rest) = after.split_once('>').ok_or("a tag does not end")?;
        if self.open.pop() != Some(name.trim_end()) {
            return Err("an end tag closes another element than the one open");
        }
        self.rest = rest;
        Ok(())
    }

    fn start_tag(&mut self, after: &'a str) -> Scanned {
        let (name, mut rest) = name(after).ok_or("a tag starts with a name")?;
        let root = self.open.is_empty();
        if root && name != "div" {
            return Err("a narrative is a div element");
        }
        if !ELEMENTS.contains(&name) {
            self.forbid("an element is not one of the basic ones of HTML");
        }
        if name == "img" {
            self.findings.blank = false;
        }
        let mut namespace = None;
        let mut keys = Vec::new();
        loop {
            let spaced = rest.trim_start();
            if let Some(after) = spaced.strip_prefix("/>") {
                self.rest = after;
                break;
            }
            if let Some(after) = spaced.strip_prefix('>') {
                if self.open.len() == DEPTH {
                    return Err("too many elements are open at once");
                }
                self.open.push(name);
                self.rest = after;
                break;
            }
            if spaced.len() == rest.len() {
                return Err("white space stands before an attribute");
            }
            let (key, value, after) = attribute(spaced)?;
            self.entities(value)?;
            keys.push(key);
            if let ("href" | "src", Some(id)) = (key, value.strip_prefix('#')) {
                self.findings.locals.push(id);
            }
            if matches!(key, "href" | "src" | "cite" | "longdesc") && is_script(value) {
                self.forbid("a link runs a script");
            }
            if key == "xmlns" {
                namespace = Some(value);
            } else if !allowed(name, key) {
                self.forbid("an attribute is not one of the basic ones of HTML");
            }
            rest = after;
        }
        keys.sort_unstable();
        if keys
            .windows(2)
            .any(|pair| matches!(pair, [first, second] if first == second))
        {
            return Err("a tag has each attribute once");
        }
        match namespace {
            Some(NAMESPACE) => Ok(()),
            Some(_) => Err("the namespace is that of XHTML"),
            None if root => Err("the div has the namespace of XHTML"),
            None => Ok(()),
        }
    }
}

/// The character that a reference names: `xe4` or `228`.
fn character(number: &str) -> Option<char> {
    let code = match number.strip_prefix('x') {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => number.parse(),
    };
    code.ok().and_then(char::from_u32)
}

/// Whether a URI is a program for the one who shows it. As browsers do, it leaves white space and control characters out.
fn is_script(uri: &str) -> bool {
    ["javascript:", "vbscript:"].iter().any(|scheme| {
        let mut rest = uri;
        scheme.chars().all(|wanted| {
            loop {
                let Some((found, after)) = next_character(rest) else {
                    return false;
                };
                rest = after;
                if !found.is_whitespace() && !found.is_control() {
                    return found.eq_ignore_ascii_case(&wanted);
                }
            }
        })
    })
}

/// The first character of `text`, which may be a reference, and what follows.
fn next_character(text: &str) -> Option<(char, &str)> {
    let reference = text.strip_prefix("&#").and_then(|after| after.split_once(';'));
    if let Some((number, after)) = reference
        && let Some(found) = character(number)
    {
        return Some((found, after));
    }
    let mut rest = text.chars();
    Some((rest.next()?, rest.as_str()))
}

/// An element or attribute name at the start of `text`, and what follows it.
fn name(text: &str) -> Option<(&str, &str)> {
    let end = text
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':')))
        .unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        .then_some((name, rest))
}

/// `name="value"` at the start of `text`: the name, the value between its quotes, and what follows.
fn attribute(text: &str) -> Scanned<(&str, &str, &str)> {
    let (key, rest) = name(text).ok_or("an attribute starts with a name")?;
    let rest = rest
        .trim_start()
        .strip_prefix('=')
        .ok_or("an attribute has a value")?
        .trim_start();
    let quote = rest
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '\''))
        .ok_or("the value of an attribute is quoted")?;
    let (value, rest) = rest
        .get(1..)
        .and_then(|rest| rest.split_once(quote))
        .ok_or("the value of an attribute does not end")?;
    if value.contains('<') {
        return Err("the value of an attribute has no tag");
    }
    Ok((key, value, rest))
}

/// The elements of chapters 7 to 11 (but 9.4) and 15 of HTML 4.0, `a`, `img` and their like.
const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "area",
    "b",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "kbd",
    "li",
    "map",
    "ol",
    "p",
    "pre",
    "q",
    "samp",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "ul",
    "var",
];

/// Attributes that any element may have.
const COMMON: &[&str] = &[
    "abbr",
    "accesskey",
    "align",
    "axis",
    "char",
    "charoff",
    "class",
    "colspan",
    "dir",
    "headers",
    "id",
    "idref",
    "lang",
    "rowspan",
    "scope",
    "span",
    "style",
    "tabindex",
    "title",
    "valign",
    "width",
    "xml:lang",
    "xml:space",
];

fn allowed(element: &str, attribute: &str) -> bool {
    if COMMON.contains(&attribute) {
        return true;
    }
    match element {
        "a" => matches!(
            attribute,
            "href" | "name" | "charset" | "type" | "hreflang" | "rel" | "rev" | "shape" | "coords"
        ),
        "area" => matches!(attribute, "shape" | "coords" | "href" | "nohref" | "alt"),
        "blockquote" | "q" => attribute == "cite",
        "br" => attribute == "clear",
        "hr" => matches!(attribute, "noshade" | "size"),
        "img" => matches!(
            attribute,
            "src" | "alt" | "border" | "height" | "longdesc" | "usemap" | "ismap" | "hspace" | "vspace"
        ),
        "li" => matches!(attribute, "type" | "value"),
        "map" => attribute == "name",
        "ol" | "ul" => matches!(attribute, "type" | "start" | "compact"),
        "table" => matches!(
            attribute,
            "summary" | "border" | "frame" | "rules" | "cellspacing" | "cellpadding" | "bgcolor"
        ),
        "td" | "th" => matches!(attribute, "nowrap" | "bgcolor" | "height"),
        "tr" => attribute == "bgcolor",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{DEPTH, Findings, check};

    fn inside(text: &str) -> Findings<'static> {
        let text = format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{text}</div>");
        let Findings {
            form,
            forbidden,
            blank,
            ..
        } = check(&text);
        Findings {
            form,
            forbidden,
            blank,
            locals: Vec::new(),
        }
    }

    #[test]
    fn local_links_are_given() {
        let text = "<div xmlns=\"http://www.w3.org/1999/xhtml\"><img src='#a'/><a href=\"#b\">c</a><a href='d#e'/></div>";
        assert_eq!(check(text).locals, ["a", "b"]);
    }

    #[test]
    fn ordinary_narratives_are_fine() {
        for good in [
            "a",
            "<p class='x'>a &amp; b &#160; &#xe4;</p><br/><br /><hr></hr>",
            "<!-- <p> --> a",
            "<a href=\"#a\">a</a>",
            "<a href='http://example.org/javascript:a' title='javascript:'>a</a>",
            "<img src='#a' alt='a'/>",
            "<table border=\"1\"><tr><td colspan='2'>a</td></tr></table>",
            "<![CDATA[a < b]]>",
            "a > b",
        ] {
            assert_eq!(inside(good), Findings::default(), "{good}");
        }
    }

    #[test]
    fn what_is_not_well_formed_is_said() {
        for bad in [
            "<p>",
            "</p>",
            "<p></b>",
            "<p a></p>",
            "<p a=b></p>",
            "<p a='b></p>",
            "a & b",
            "&#x110000;",
            "<!DOCTYPE a>",
            "<?a?>",
            "<1>",
            "<p",
            "<p/><p",
            "<p a='1'b='2'/>",
            "<p id='a' class='b' id='c'/>",
        ] {
            assert!(inside(bad).form.is_some(), "{bad}");
        }
        for bad in [
            "",
            "a",
            "<p xmlns=\"http://www.w3.org/1999/xhtml\">a</p>",
            "<div>a</div>",
            "<div xmlns='http://example.org'>a</div>",
        ] {
            assert!(check(bad).form.is_some(), "{bad}");
        }
        assert!(
            check("<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div><p>a</p>")
                .form
                .is_some()
        );
        assert!(inside(&"<b>".repeat(DEPTH + 1)).form.is_some());
    }

    #[test]
    fn forbidden_and_blank_are_said_apart() {
        for bad in [
            "<script>a</script>",
            "<p onclick='a'>a</p>",
            "<svg:svg>a</svg:svg>",
            "a&nbsp;",
            "<a href='javascript:a'>a</a>",
            "<a href=' Java&#x9;Scrip&#116;:a'>a</a>",
            "<img src=\"vbscript:a\" alt='a'/>",
        ] {
            let found = inside(bad);
            assert!(
                found.form.is_none() && found.forbidden.is_some() && !found.blank,
                "{bad}"
            );
        }
        assert!(inside(" <p> </p>\n").blank);
        assert!(!inside("<img src='a'/>").blank);
    }
}
