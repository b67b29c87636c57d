//! The members of a tar archive: ustar, pax and GNU long names.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::error::{PackageError, PackageErrorKind};
use super::limits::PackageLimits;

const BLOCK: usize = 512;

/// A member that is not a folder.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Member {
    /// A file: its name and where its bytes are.
    File(String, Range<usize>),
    /// A link, a device or the like.
    NotFile,
    /// A file whose name is not UTF-8.
    NameNotText,
}

/// What a header says of the member behind it, before the header of the member itself.
#[derive(Default)]
struct Ahead {
    name: Option<Vec<u8>>,
    size: Option<usize>,
}

/// The members of an archive in their order.
pub(super) fn members(data: &[u8], limits: &PackageLimits) -> Result<Vec<Member>, PackageError> {
    let mut members = Vec::new();
    let mut ahead = Ahead::default();
    let (mut at, mut headers) = (0, 0);
    while let Some(header) = data.get(at..at + BLOCK) {
        if header.iter().all(|byte| *byte == 0) {
            return Ok(members);
        }
        let malformed = PackageError::new(PackageErrorKind::MalformedTar, at);
        let field = |range: Range<usize>| header.get(range).unwrap_or_default();
        if number(field(148..156)) != Some(checksum(header)) {
            return Err(malformed);
        }
        headers += 1;
        if headers > limits.members {
            return Err(PackageError::new(PackageErrorKind::TooManyMembers, at));
        }
        let size = number(field(124..136)).ok_or(malformed)?;
        let size = ahead.size.take().unwrap_or(size);
        let start = at + BLOCK;
        let end = start.checked_add(size).filter(|end| *end <= data.len());
        let end = end.ok_or(PackageError::new(PackageErrorKind::UnexpectedEnd, at))?;
        let content = data.get(start..end).unwrap_or_default();
        at = end.next_multiple_of(BLOCK);
        match field(156..157) {
            b"x" => pax(content, &mut ahead).ok_or(malformed)?,
            b"L" => ahead.name = Some(until_nul(content).to_owned()),
            b"g" | b"K" => {}
            b"5" => ahead.name = None,
            b"0" | b"\0" | b"7" => {
                let name = ahead.name.take().unwrap_or_else(|| name(header));
                // A folder of before ustar.
                if name.ends_with(b"/") {
                    continue;
                }
                members.push(match String::from_utf8(name) {
                    Ok(name) => Member::File(name, start..end),
                    Err(_) => Member::NameNotText,
                });
            }
            _ => {
                ahead.name = None;
                members.push(Member::NotFile);
            }
        }
    }
    // Writers leave the blocks of zeros at the end out now and then.
    if at >= data.len() && !data.is_empty() {
        return Ok(members);
    }
    Err(PackageError::new(PackageErrorKind::MalformedTar, at))
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// The name in a header, with the prefix that ustar has for long ones.
fn name(header: &[u8]) -> Vec<u8> {
    let mut name = Vec::new();
    let is_ustar = header.get(257..263) == Some(&b"ustar\0"[..]);
    let prefix = header.get(345..500).filter(|_| is_ustar).map(until_nul);
    if let Some(prefix) = prefix.filter(|prefix| !prefix.is_empty()) {
        name.extend_from_slice(prefix);
        name.push(b'/');
    }
    name.extend_from_slice(until_nul(header.get(..100).unwrap_or_default()));
    name
}

/// A number: octal digits between spaces and zeros, or big-endian behind a set bit.
fn number(field: &[u8]) -> Option<usize> {
    if let Some((first, rest)) = field.split_first()
        && first & 0x80 != 0
    {
        return rest.iter().try_fold(usize::from(first & 0x7F), |all, byte| {
            Some(all.checked_mul(256)? + usize::from(*byte))
        });
    }
    let digits = field.trim_ascii_start();
    let end = digits
        .iter()
        .position(|byte| matches!(byte, b' ' | 0))
        .unwrap_or(digits.len());
    digits
        .get(..end)?
        .iter()
        .try_fold(0_usize, |all, digit| match digit {
            b'0'..=b'7' => all.checked_mul(8)?.checked_add(usize::from(digit - b'0')),
            _ => None,
        })
}

/// The sum of a header's bytes, its own field counted as spaces.
fn checksum(header: &[u8]) -> usize {
    let bytes = header.iter().enumerate();
    bytes.fold(0, |sum, (place, byte)| {
        sum + if (148..156).contains(&place) {
            32
        } else {
            usize::from(*byte)
        }
    })
}

/// The records of a pax header: `27 path=package/a.json`.
fn pax(mut records: &[u8], ahead: &mut Ahead) -> Option<()> {
    while !records.is_empty() {
        let space = records.iter().take(20).position(|byte| *byte == b' ')?;
        let length: usize = core::str::from_utf8(records.get(..space)?).ok()?.parse().ok()?;
        let record = records.get(space + 1..length)?.strip_suffix(b"\n")?;
        records = records.get(length..)?;
        if let Some(path) = record.strip_prefix(b"path=") {
            ahead.name = Some(path.to_owned());
        } else if let Some(size) = record.strip_prefix(b"size=") {
            ahead.size = Some(core::str::from_utf8(size).ok()?.parse().ok()?);
        }
    }
    Some(())
}
