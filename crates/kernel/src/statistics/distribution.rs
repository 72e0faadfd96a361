//! Quantiles of the normal and of Student's distribution, and tails of the latter.

use crate::maths::{exp_m1, ln, pow, sincos_2pi};

/// The number below which a standard normal variable falls with probability p,
/// for p in (0, 1), to about 1e-15 relative. Source: Wichura (1988),
/// algorithm AS 241 (PPND16), Applied Statistics 37.
///
/// ```
/// use tradewinds_kernel::statistics::normal_quantile;
/// assert!((normal_quantile(0.975) - 1.959963984540054).abs() < 1e-12);
/// ```
pub fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        return q * ratio(0.180_625 - q * q, &CENTRE, &CENTRE_BELOW);
    }
    let tail = if q < 0.0 { p } else { 1.0 - p };
    let r = (-ln(tail)).sqrt();
    let size = if r <= 5.0 {
        ratio(r - 1.6, &MIDDLE, &MIDDLE_BELOW)
    } else {
        ratio(r - 5.0, &FAR, &FAR_BELOW)
    };
    if q < 0.0 { -size } else { size }
}

/// The number below which a variable of Student's distribution falls with
/// probability p in (0, 1), for 1 or more degrees of freedom. Exact for 1 and
/// 2, to the three decimals of printed tables from 3 on, for p from 0.0005
/// to 0.9995. Source: Hill (1970), algorithm 396, Communications of the ACM 13.
pub fn student_quantile(p: f64, degrees_of_freedom: f64) -> f64 {
    let tails = 2.0 * p.min(1.0 - p);
    let n = degrees_of_freedom;
    let size = if n < 1.5 {
        let (sine, cosine) = sincos_2pi(tails * 0.25);
        cosine / sine
    } else if n < 2.5 {
        (2.0 / (tails * (2.0 - tails)) - 2.0).sqrt()
    } else {
        hill(tails, n)
    };
    if p < 0.5 { -size } else { size }
}

/// The probability of a number of Student's distribution at least as far from zero as
/// `statistic`, for 1 or more degrees of freedom, to about 1e-12 relative: the incomplete
/// beta function at ν/(ν + t²) with ν/2 and ½, by its continued fraction (Abramowitz and
/// Stegun 1964, 26.5.8 and 26.7.1).
///
/// ```
/// use tradewinds_kernel::statistics::student_tails;
/// assert!((student_tails(1.0, 1) - 0.5).abs() < 1e-12);
/// ```
pub fn student_tails(statistic: f64, degrees_of_freedom: u32) -> f64 {
    let n = f64::from(degrees_of_freedom.max(1));
    let square = statistic * statistic;
    if square.is_infinite() {
        return 0.0;
    }
    let (inside, outside) = (n / (n + square), square / (n + square));
    let a = 0.5 * n;
    // x^a (1 − x)^b over the complete beta function; the same from either end.
    let front = pow(inside, a) * outside.sqrt() / beta_with_half(degrees_of_freedom.max(1));
    if inside < (a + 1.0) / (a + 2.5) {
        front * beta_fraction(inside, (a, 0.5)) / a
    } else {
        1.0 - front * beta_fraction(outside, (0.5, a)) / 0.5
    }
}

/// The complete beta function of half of n and one half.
fn beta_with_half(n: u32) -> f64 {
    let (mut a, mut value) = match n % 2 {
        0 => (1.0, 2.0),
        _ => (0.5, std::f64::consts::PI),
    };
    while a < 0.5 * f64::from(n) {
        value *= a / (a + 0.5);
        a += 1.0;
    }
    value
}

/// The continued fraction of the incomplete beta function, by Lentz's method.
fn beta_fraction(x: f64, (a, b): (f64, f64)) -> f64 {
    const MOST: u32 = 10_000;
    let apart = |value: f64| match value.abs() < f64::MIN_POSITIVE {
        true => f64::MIN_POSITIVE,
        false => value,
    };
    let mut c = 1.0;
    let mut d = 1.0 / apart(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for step in 1..MOST {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            d = 1.0 / apart(1.0 + term * d);
            c = apart(1.0 + term / c);
            change = c * d;
            value *= change;
        }
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    value
}

/// Hill's expansion for the two-tailed probability.
fn hill(tails: f64, n: f64) -> f64 {
    let a = 1.0 / (n - 0.5);
    let b = 48.0 / (a * a);
    let mut c = ((20_700.0 * a / b - 98.0) * a - 16.0) * a + 96.36;
    let d = ((94.5 / (b + c) - 3.0) / b + 1.0) * (a * std::f64::consts::FRAC_PI_2).sqrt() * n;
    let mut y = pow(d * tails, 2.0 / n);
    if y > 0.05 + a {
        let x = normal_quantile(0.5 * tails);
        y = x * x;
        if n < 5.0 {
            c += 0.3 * (n - 4.5) * (x + 0.6);
        }
        c += (((0.05 * d * x - 5.0) * x - 7.0) * x - 2.0) * x + b;
        y = (((((0.4 * y + 6.3) * y + 36.0) * y + 94.5) / c - y - 3.0) / b + 1.0) * x;
        y = a * y * y;
        y = exp_m1(y);
    } else {
        y = ((1.0 / (((n + 6.0) / (n * y) - 0.089 * d - 0.822) * (n + 2.0) * 3.0)
            + 0.5 / (n + 4.0))
            * y
            - 1.0)
            * (n + 1.0)
            / (n + 2.0)
            + 1.0 / y;
    }
    (n * y).sqrt()
}

/// Ratio of two polynomials; coefficients from the highest power down.
fn ratio(x: f64, above: &[f64; 8], below: &[f64; 8]) -> f64 {
    let value = |coefficients: &[f64; 8]| coefficients.iter().fold(0.0, |sum, c| sum * x + c);
    value(above) / value(below)
}

const CENTRE: [f64; 8] = [
    2.509_080_928_730_122_7e3,
    3.343_057_558_358_813e4,
    6.726_577_092_700_87e4,
    4.592_195_393_154_987e4,
    1.373_169_376_550_946e4,
    1.971_590_950_306_551_4e3,
    1.331_416_678_917_843_8e2,
    3.387_132_872_796_366_6,
];
const CENTRE_BELOW: [f64; 8] = [
    5.226_495_278_852_854e3,
    2.872_908_573_572_194_3e4,
    3.930_789_580_009_271e4,
    2.121_379_430_158_659_6e4,
    5.394_196_021_424_751e3,
    6.871_870_074_920_579e2,
    4.231_333_070_160_091e1,
    1.0,
];
const MIDDLE: [f64; 8] = [
    7.745_450_142_783_414e-4,
    2.272_384_498_926_918_4e-2,
    2.417_807_251_774_506e-1,
    1.270_458_252_452_368_4,
    3.647_848_324_763_204_5,
    5.769_497_221_460_691,
    4.630_337_846_156_546,
    1.423_437_110_749_683_5,
];
const MIDDLE_BELOW: [f64; 8] = [
    1.050_750_071_644_416_9e-9,
    5.475_938_084_995_345e-4,
    1.519_866_656_361_645_7e-2,
    1.481_039_764_274_800_8e-1,
    6.897_673_349_851e-1,
    1.676_384_830_183_803_8,
    2.053_191_626_637_759,
    1.0,
];
const FAR: [f64; 8] = [
    2.010_334_399_292_288_1e-7,
    2.711_555_568_743_487_6e-5,
    1.242_660_947_388_078_4e-3,
    2.653_218_952_657_612_4e-2,
    2.965_605_718_285_048_7e-1,
    1.784_826_539_917_291_3,
    5.463_784_911_164_114,
    6.657_904_643_501_103,
];
const FAR_BELOW: [f64; 8] = [
    2.044_263_103_389_939_8e-15,
    1.421_511_758_316_446e-7,
    1.846_318_317_510_054_8e-5,
    7.868_691_311_456_133e-4,
    1.487_536_129_085_061_5e-2,
    1.369_298_809_227_358e-1,
    5.998_322_065_558_88e-1,
    1.0,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_quantiles_invert_the_distribution() {
        for p in [
            1e-300,
            1e-12,
            1e-4,
            0.01,
            0.074,
            0.076,
            0.3,
            0.5,
            0.7,
            0.9,
            0.99,
            1.0 - 1e-9,
        ] {
            let back = 0.5 * libm::erfc(-normal_quantile(p) / std::f64::consts::SQRT_2);
            assert!((back / p - 1.0).abs() < 1e-12, "{p}: {back}");
        }
    }

    #[test]
    fn student_tails_are_exact_far_out_and_near_zero() {
        // mpmath 1.3, betainc with 40 digits.
        for (t, n, expected) in [
            (3.106, 11, 0.009_996_548_644_353_95),
            (8.0, 11, 6.532_217_155_384_707e-6),
            (20.0, 11, 5.344_325_078_535_111e-10),
            (0.1, 11, 0.922_143_592_777_146_2),
            (40.0, 499, 8.817_210_478_091_959e-158),
            (3.3, 499, 0.001_035_996_729_031_567_2),
            (-1.5, 30, 0.144_065_929_128_646),
        ] {
            let found = student_tails(t, n);
            assert!((found / expected - 1.0).abs() < 1e-11, "{t} {n}: {found}");
        }
        assert!((student_tails(0.0, 7) - 1.0).abs() < 1e-15);
        assert!(student_tails(f64::INFINITY, 7).abs() < f64::MIN_POSITIVE);
    }

    #[test]
    fn student_quantiles_match_printed_tables() {
        // NIST/SEMATECH e-Handbook of Statistical Methods, table 1.3.6.7.2.
        for (p, n, expected) in [
            (0.975, 1.0, 12.706),
            (0.95, 2.0, 2.920),
            (0.975, 3.0, 3.182),
            (0.975, 4.0, 2.776),
            (0.975, 5.0, 2.571),
            (0.95, 10.0, 1.812),
            (0.995, 30.0, 2.750),
            (0.975, 99.0, 1.984),
            (0.999, 8.0, 4.501),
        ] {
            let found = student_quantile(p, n);
            assert!((found - expected).abs() < 6e-4, "{p} {n}: {found}");
            assert!((student_quantile(1.0 - p, n) + found).abs() < 1e-9);
        }
        assert!((student_quantile(0.975, 1e7) - normal_quantile(0.975)).abs() < 1e-6);
    }
}
