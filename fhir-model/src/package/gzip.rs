//! Unpacking gzip (RFC 1952), under limits.

use alloc::boxed::Box;
use alloc::vec::Vec;

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use super::crc::crc32;
use super::error::{PackageError, PackageErrorKind};
use super::finding::{PackageCode, PackageFinding};
use super::limits::PackageLimits;

const MAGIC: [u8; 2] = [0x1F, 0x8B];
const HEADER_CRC: u8 = 2;
const EXTRA: u8 = 4;
const NAME: u8 = 8;
const COMMENT: u8 = 16;

/// What the members of a gzip file unpack to, one after the other.
pub(super) fn unpack(
    input: &[u8],
    limits: &PackageLimits,
    findings: &mut Vec<PackageFinding>,
) -> Result<Vec<u8>, PackageError> {
    let by_ratio = input.len().saturating_mul(limits.ratio).max(PackageLimits::FREE);
    let most = limits.bytes.min(by_ratio);
    let beyond = if limits.bytes <= by_ratio {
        PackageErrorKind::TooLarge
    } else {
        PackageErrorKind::TooCompressed
    };
    let mut out = Vec::new();
    let mut at = 0;
    while at == 0 || input.get(at..at + 2) == Some(&MAGIC[..]) {
        at = header(input, at)?;
        let start = out.len();
        at = inflate(input, at, &mut out, most, beyond)?;
        let trailer = input.get(at..at + 8);
        let trailer = trailer.ok_or(PackageError::new(PackageErrorKind::UnexpectedEnd, input.len()))?;
        let number = |bytes: &[u8]| {
            bytes
                .iter()
                .rev()
                .fold(0, |all, byte| all << 8 | u32::from(*byte))
        };
        let (crc, length) = trailer.split_at(4);
        let made = out.get(start..).unwrap_or_default();
        if number(crc) != crc32(made) || number(length) != made.len() as u32 {
            return Err(PackageError::new(PackageErrorKind::WrongChecksum, at));
        }
        at += 8;
    }
    if input
        .get(at..)
        .is_some_and(|rest| rest.iter().any(|byte| *byte != 0))
    {
        findings.push(PackageFinding::new(PackageCode::TrailingData, None));
    }
    Ok(out)
}

/// The end of the header that starts at a place.
fn header(input: &[u8], start: usize) -> Result<usize, PackageError> {
    let head = input.get(start..).unwrap_or_default();
    let refused = |kind| PackageError::new(kind, start);
    if !head.starts_with(&MAGIC) || head.get(2).is_some_and(|method| *method != 8) {
        return Err(refused(PackageErrorKind::NotGzip));
    }
    let end = || refused(PackageErrorKind::UnexpectedEnd);
    let flags = *head.get(3).ok_or_else(end)?;
    let mut at = 10;
    if flags & EXTRA != 0 {
        let (low, high) = (head.get(at).ok_or_else(end)?, head.get(at + 1).ok_or_else(end)?);
        at += 2 + usize::from(u16::from_le_bytes([*low, *high]));
    }
    for flag in [NAME, COMMENT] {
        if flags & flag != 0 {
            let text = head.get(at..).ok_or_else(end)?;
            at += memchr::memchr(0, text).ok_or_else(end)? + 1;
        }
    }
    if flags & HEADER_CRC != 0 {
        at += 2;
    }
    if at > head.len() {
        return Err(end());
    }
    Ok(start + at)
}

/// Appends what the compressed data at a place give; their end.
fn inflate(
    input: &[u8],
    mut at: usize,
    out: &mut Vec<u8>,
    most: usize,
    beyond: PackageErrorKind,
) -> Result<usize, PackageError> {
    let mut state = Box::<DecompressorOxide>::default();
    let start = out.len();
    let mut made = 0;
    let mut room = input.len().saturating_mul(4).max(1 << 12);
    loop {
        out.resize(start.saturating_add(room).min(most), 0);
        let target = out.get_mut(start..).unwrap_or_default();
        let (status, read, written) = decompress(
            &mut state,
            input.get(at..).unwrap_or_default(),
            target,
            made,
            TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
        );
        at += read;
        made += written;
        match status {
            TINFLStatus::Done => {
                out.truncate(start + made);
                return Ok(at);
            }
            TINFLStatus::HasMoreOutput if out.len() < most => room = room.saturating_mul(2),
            TINFLStatus::HasMoreOutput => return Err(PackageError::new(beyond, at)),
            TINFLStatus::FailedCannotMakeProgress | TINFLStatus::NeedsMoreInput => {
                return Err(PackageError::new(PackageErrorKind::UnexpectedEnd, at));
            }
            _ => return Err(PackageError::new(PackageErrorKind::Damaged, at)),
        }
    }
}
