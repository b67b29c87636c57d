//! The value of a number, whatever its digits.

use alloc::format;
use alloc::vec::Vec;

/// Appends a number of JSON so that equal ones are alike: the digits without zeros at the ends, and the power of ten.
///
/// One whose exponent has more than 17 digits is appended as it is written.
pub(super) fn push_value(out: &mut Vec<u8>, number: &str) {
    let (sign, rest) = match number.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", number),
    };
    let (mantissa, exponent) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
    let digits = exponent.trim_start_matches(['+', '-']).trim_start_matches('0');
    if digits.len() > 17 {
        return out.extend_from_slice(number.as_bytes());
    }
    let mut power: i64 = digits.parse().unwrap_or(0);
    if exponent.starts_with('-') {
        power = -power;
    }
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let start = out.len();
    out.extend_from_slice(sign.as_bytes());
    if fraction.is_empty() {
        let kept = whole.trim_end_matches('0');
        power += (whole.len() - kept.len()) as i64;
        out.extend_from_slice(kept.trim_start_matches('0').as_bytes());
    } else {
        power -= fraction.len() as i64;
        let whole = whole.trim_start_matches('0');
        let fraction = if whole.is_empty() {
            fraction.trim_start_matches('0')
        } else {
            fraction
        };
        out.extend_from_slice(whole.as_bytes());
        out.extend_from_slice(fraction.as_bytes());
    }
    if out.len() == start + sign.len() {
        out.truncate(start);
        out.push(b'0');
        return;
    }
    if power != 0 {
        out.extend_from_slice(format!("e{power}").as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_numbers_are_alike() {
        for (alike, value) in [
            (
                &["1.50", "1.5", "15e-1", "0.15E+1", "150e-2", "1500E-0003"][..],
                "15e-1",
            ),
            (&["0", "-0", "0.00", "-0e7"], "0"),
            (&["100", "1e2", "1.00e+02", "0.1e3"], "1e2"),
            (&["-7", "-7.0", "-70e-1"], "-7"),
            (&["0.001", "1e-3"], "1e-3"),
            (&["1e999999999999999999"], "1e999999999999999999"),
        ] {
            for number in alike {
                let mut out = Vec::new();
                push_value(&mut out, number);
                assert_eq!(String::from_utf8(out).as_deref(), Ok(value), "{number}");
            }
        }
    }
}
