//! Logarithms, powers, tangents and roots with integers alone: the same digits on every machine.
//!
//! A number in fixed point is an integer that counts steps of 2^-256. The series below stop where a term is no step,
//! so that some 70 decimal digits are right before results are rounded to far fewer.

use num_bigint::BigInt;
use num_traits::{One as _, Signed as _, ToPrimitive as _, Zero as _};

use super::error::UcumErrorKind;
use super::rational::{MAX_BITS, Rational};

const POINT: u64 = 256;

type Result<T> = std::result::Result<T, UcumErrorKind>;

/// The natural logarithm; of numbers greater than zero.
pub(super) fn ln(number: &Rational) -> Result<Rational> {
    rational(ln_fixed(number)?)
}

/// The logarithm to an integer base.
pub(super) fn log(number: &Rational, base: u64) -> Result<Rational> {
    let base = ln_fixed(&Rational::from_integer(base))?;
    Rational::from_parts(ln_fixed(number)?, base)
}

/// An integer to the power of a number: exact if the number is whole.
pub(super) fn power(base: u64, exponent: &Rational) -> Result<Rational> {
    let base = Rational::from_integer(base);
    match exponent.to_i32() {
        Some(whole) => base.power(whole),
        None => exp_fixed(&multiply(&fixed(exponent)?, &ln_fixed(&base)?)),
    }
}

/// The power of Euler's number.
pub(super) fn exp(number: &Rational) -> Result<Rational> {
    exp_fixed(&fixed(number)?)
}

/// The square root; exact where the number is the square of a fraction.
pub(super) fn sqrt(number: &Rational) -> Result<Rational> {
    if number.is_negative() {
        return Err(UcumErrorKind::OutOfDomain);
    }
    let (numerator, denominator) = number.parts();
    let (up, down) = (numerator.sqrt(), denominator.sqrt());
    if &up * &up == numerator && &down * &down == denominator {
        return Rational::from_parts(up.into(), down.into());
    }
    let shift = POINT + denominator.bits().saturating_sub(numerator.bits());
    let root = ((numerator << (2 * shift)) / denominator).sqrt();
    let rounded = Rational::from_parts(root.into(), BigInt::one() << shift);
    // The root of a number at the limit has twice the digits that it needs.
    rounded.map(|it| it.round(40))
}

/// The tangent of an angle in radians.
pub(super) fn tan(angle: &Rational) -> Result<Rational> {
    let angle = fixed(angle)?;
    let pi = pi();
    let turns = round_div(&angle, &pi);
    // Whole turns take digits away.
    if turns.bits() > 64 {
        return Err(UcumErrorKind::Limit);
    }
    let rest = angle - turns * pi;
    let square = multiply(&rest, &rest);
    let (mut sine, mut cosine) = (BigInt::zero(), BigInt::zero());
    let (mut term, mut number) = (one(), 0_u32);
    // 1 - x^2/2! + x^4/4! ..., and x times 1 - x^2/3! + x^4/5! ...
    while !term.is_zero() {
        cosine += &term;
        sine += &term / BigInt::from(number + 1);
        term = -multiply(&term, &square) / BigInt::from((number + 1) * (number + 2));
        number += 2;
    }
    Rational::from_parts(multiply(&sine, &rest), cosine)
}

/// The angle in radians whose tangent the number is.
pub(super) fn atan(number: &Rational) -> Result<Rational> {
    let one = Rational::one();
    let size = if number.is_negative() {
        number.negated()
    } else {
        number.clone()
    };
    let angle = if size > one {
        pi() / 2 - atan_fixed(fixed(&one.divide(&size)?)?)
    } else {
        atan_fixed(fixed(&size)?)
    };
    rational(if number.is_negative() { -angle } else { angle })
}

fn one() -> BigInt {
    BigInt::one() << POINT
}

fn fixed(number: &Rational) -> Result<BigInt> {
    Ok((number.numerator() << POINT) / number.denominator())
}

fn rational(number: BigInt) -> Result<Rational> {
    Rational::from_parts(number, one())
}

fn multiply(left: &BigInt, right: &BigInt) -> BigInt {
    (left * right) >> POINT
}

fn round_div(number: &BigInt, by: &BigInt) -> BigInt {
    let half = by / 2;
    if number.is_negative() {
        (number - half) / by
    } else {
        (number + half) / by
    }
}

fn ln_fixed(number: &Rational) -> Result<BigInt> {
    if !number.is_positive() {
        return Err(UcumErrorKind::OutOfDomain);
    }
    // number = 2^twos * rest, and rest is between a half and two.
    let (numerator, denominator) = number.parts();
    let (up, down) = (numerator.bits(), denominator.bits());
    let (numerator, denominator) = if up > down {
        (numerator, denominator << (up - down))
    } else {
        (numerator << (down - up), denominator)
    };
    let twos = BigInt::from(up) - BigInt::from(down);
    let (numerator, denominator) = (BigInt::from(numerator), BigInt::from(denominator));
    let quotient = ((&numerator - &denominator) << POINT) / (numerator + denominator);
    let two = one() / 3;
    Ok(2 * atanh(&quotient) + twos * 2 * atanh(&two))
}

/// x + x^3/3 + x^5/5 ...; of numbers up to a third, of which half the logarithm of (1 + x) / (1 - x) is the sum.
fn atanh(number: &BigInt) -> BigInt {
    odd_powers(number, false)
}

fn odd_powers(number: &BigInt, alternating: bool) -> BigInt {
    let mut square = multiply(number, number);
    if alternating {
        square = -square;
    }
    let (mut sum, mut power, mut odd) = (BigInt::zero(), number.clone(), 1_u32);
    loop {
        let term = &power / BigInt::from(odd);
        if term.is_zero() {
            return sum;
        }
        sum += term;
        // Towards zero, so that a power below zero ends too.
        power = (&power * &square) / one();
        odd += 2;
    }
}

fn exp_fixed(number: &BigInt) -> Result<Rational> {
    let two: BigInt = 2 * atanh(&(one() / 3));
    let twos = round_div(number, &two);
    let count = twos
        .to_i64()
        .filter(|it| it.unsigned_abs() < MAX_BITS - 2 * POINT);
    let count = count.ok_or(UcumErrorKind::Limit)?;
    let rest = number - twos * two;
    let (mut sum, mut term, mut number) = (BigInt::zero(), one(), 1_u32);
    while !term.is_zero() {
        sum += &term;
        term = (&term * &rest) / one() / BigInt::from(number);
        number += 1;
    }
    let shift = count.unsigned_abs();
    if count < 0 {
        Rational::from_parts(sum, one() << shift)
    } else {
        Rational::from_parts(sum << shift, one())
    }
}

/// Of numbers from zero to one.
fn atan_fixed(number: BigInt) -> BigInt {
    // Twice half the angle, three times: atan(x) = 2 atan(x / (1 + sqrt(1 + x^2))).
    let mut number = number;
    for _ in 0..3 {
        let hypotenuse = (&one() * &one() + &number * &number).sqrt();
        number = (number << POINT) / (one() + hypotenuse);
    }
    odd_powers(&number, true) << 3
}

/// Machin's formula.
fn pi() -> BigInt {
    let part = |of: u32| odd_powers(&(one() / BigInt::from(of)), true);
    16 * part(5) - 4 * part(239)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Rational {
        text.parse().unwrap()
    }

    fn shown(result: Result<Rational>) -> String {
        result.unwrap().to_decimal(40)
    }

    /// The digits are those of tables of constants.
    #[test]
    fn known_values_have_forty_digits() {
        assert_eq!(
            shown(ln(&read("2"))),
            "0.6931471805599453094172321214581765680755"
        );
        assert_eq!(
            shown(ln(&read("10"))),
            "2.302585092994045684017991454684364207601"
        );
        assert_eq!(
            shown(ln(&read("0.1"))),
            "-2.302585092994045684017991454684364207601"
        );
        assert_eq!(
            shown(exp(&read("1"))),
            "2.718281828459045235360287471352662497757"
        );
        assert_eq!(
            shown(exp(&read("-1"))),
            "0.3678794411714423215955237701614608674458"
        );
        assert_eq!(
            shown(sqrt(&read("2"))),
            "1.41421356237309504880168872420969807857"
        );
        assert_eq!(
            shown(tan(&read("1"))),
            "1.557407724654902230506974807458360173087"
        );
        assert_eq!(
            shown(atan(&read("-1"))),
            "-0.7853981633974483096156608458198757210493"
        );
        assert_eq!(
            shown(power(10, &read("0.5"))),
            "3.162277660168379331998893544432718533720".trim_end_matches('0')
        );
        assert_eq!(shown(log(&read("1000"), 10)), "3");
    }

    #[test]
    fn what_is_exact_stays_so() {
        assert_eq!(sqrt(&read("9/4")), Ok(read("1.5")));
        assert_eq!(power(10, &read("-7")), Ok(read("1e-7")));
    }

    #[test]
    fn limits_and_domains() {
        assert_eq!(ln(&read("0")), Err(UcumErrorKind::OutOfDomain));
        assert_eq!(sqrt(&read("-1")), Err(UcumErrorKind::OutOfDomain));
        assert_eq!(exp(&read("1e5")), Err(UcumErrorKind::Limit));
        assert_eq!(power(10, &read("1e9")), Err(UcumErrorKind::Limit));
        assert_eq!(power(10, &read("123456.5")), Err(UcumErrorKind::Limit));
        assert_eq!(tan(&read("1e40")), Err(UcumErrorKind::Limit));
    }
}
