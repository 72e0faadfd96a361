//! The functions themselves, one number at a time.

/// Adding it rounds to an integer and leaves that integer in the low bits
/// (1.5 · 2^52).
const ROUND_TO_INTEGER: f64 = 6_755_399_441_055_744.0;
/// ln 2 with its low bits zero, so that `k · LN_2_HIGH` is exact.
const LN_2_HIGH: f64 = f64::from_bits(0x3FE6_2E42_FEE0_0000);
/// ln 2 − `LN_2_HIGH`.
const LN_2_LOW: f64 = f64::from_bits(0x3DEA_39EF_3579_3C76);
/// 2^52, whose bit pattern turns small integers into numbers.
const TWO_52: f64 = 4_503_599_627_370_496.0;

/// 2^k for the integer k in the low bits of `bits`; k from −1022 to 1023.
#[inline(always)]
fn power_of_two(bits: u64) -> f64 {
    f64::from_bits(bits.wrapping_add(1023) << 52)
}

/// x limited to [low, high]; NaN stays NaN.
#[inline(always)]
fn limit(x: f64, low: f64, high: f64) -> f64 {
    let x = if x > high { high } else { x };
    if x < low { low } else { x }
}

/// (e^r − 1 − r) / r² for |r| ≤ ln 2 / 2, its Taylor series.
#[inline(always)]
fn exponential_tail(r: f64) -> f64 {
    let mut p = 1.0 / 6_227_020_800.0;
    p = p * r + 1.0 / 479_001_600.0;
    p = p * r + 1.0 / 39_916_800.0;
    p = p * r + 1.0 / 3_628_800.0;
    p = p * r + 1.0 / 362_880.0;
    p = p * r + 1.0 / 40_320.0;
    p = p * r + 1.0 / 5_040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p * r + 0.5
}

/// The exponential of x.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    let x = limit(x, -746.0, 710.0);
    let shifted = x * std::f64::consts::LOG2_E + ROUND_TO_INTEGER;
    let k = shifted - ROUND_TO_INTEGER;
    let r = x - k * LN_2_HIGH - k * LN_2_LOW;
    let p = (exponential_tail(r) * r + 1.0) * r + 1.0;
    // 2^k in two factors, so that results beyond the normal range round once.
    let half = (k * 0.5 + ROUND_TO_INTEGER).to_bits();
    let rest = shifted.to_bits().wrapping_sub(half);
    p * power_of_two(half) * power_of_two(rest)
}

/// e^x − 1, accurate near 0.
#[inline(always)]
pub fn exp_m1(x: f64) -> f64 {
    let x = limit(x, -60.0, 710.0);
    let shifted = x * std::f64::consts::LOG2_E + ROUND_TO_INTEGER;
    let k = shifted - ROUND_TO_INTEGER;
    let high = x - k * LN_2_HIGH;
    let low = k * LN_2_LOW;
    let r = high - low;
    let lost = (high - r) - low;
    let q = r + (r * r * exponential_tail(r) + lost);
    // 2^k q + (2^k − 1), computed at half size so that 2^1024 does not overflow.
    let scale = power_of_two(shifted.to_bits().wrapping_sub(1));
    2.0 * (scale * q + (scale - 0.5))
}

/// ln(x · 2^−shift + correction · x) for positive normal x, where
/// |correction| is at most a few ulp.
#[inline(always)]
fn ln_of_normal(x: f64, shift: f64, correction: f64) -> f64 {
    let bits = x.to_bits();
    // Exponent such that the mantissa lies in [√½, √2).
    let above_root_half = bits.wrapping_sub(0x3FE6_A09E_667F_3BCD);
    let mantissa = f64::from_bits(bits.wrapping_sub(above_root_half & 0xFFF0_0000_0000_0000));
    // The signed 12-bit exponent as a number, without a conversion instruction.
    let biased = ((above_root_half >> 52) ^ 0x800) & 0xFFF;
    let k = f64::from_bits(biased | TWO_52.to_bits()) - TWO_52 - 2048.0 - shift;
    let f = mantissa - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let even = w
        * (3.999_999_999_940_942e-1
            + w * (2.222_219_843_214_978_4e-1 + w * 1.531_383_769_920_937_3e-1));
    let odd = z
        * (6.666_666_666_666_735e-1
            + w * (2.857_142_874_366_239e-1
                + w * (1.818_357_216_161_805e-1 + w * 1.479_819_860_511_658_6e-1)));
    let half_square = 0.5 * f * f;
    let tail = s * (half_square + (even + odd)) + (k * LN_2_LOW + correction);
    k * LN_2_HIGH - ((half_square - tail) - f)
}

/// The natural logarithm of x.
#[inline(always)]
pub fn ln(x: f64) -> f64 {
    const TWO_54: f64 = 18_014_398_509_481_984.0;
    let is_subnormal = x < f64::MIN_POSITIVE;
    let normal = if is_subnormal { x * TWO_54 } else { x };
    let shift = if is_subnormal { 54.0 } else { 0.0 };
    let result = ln_of_normal(normal, shift, 0.0);
    let result = if x > 0.0 { result } else { f64::NAN };
    let result = if x == 0.0 { f64::NEG_INFINITY } else { result };
    if x == f64::INFINITY { x } else { result }
}

/// ln(1 + x), accurate near 0.
#[inline(always)]
pub fn ln_1p(x: f64) -> f64 {
    let sum = 1.0 + x;
    let back = sum - 1.0;
    let lost = (1.0 - (sum - back)) + (x - back);
    let result = ln_of_normal(sum, 0.0, lost / sum);
    let result = if x > -1.0 { result } else { f64::NAN };
    let result = if sum == 0.0 {
        f64::NEG_INFINITY
    } else {
        result
    };
    if x == f64::INFINITY { x } else { result }
}

/// x^y = e^(y ln x) for x ≥ 0; 1 where y is 0.
#[inline(always)]
pub fn pow(x: f64, y: f64) -> f64 {
    let result = exp(y * ln(x));
    if y == 0.0 { 1.0 } else { result }
}

/// Sine and cosine of an angle in turns: (sin 2πu, cos 2πu).
#[inline(always)]
pub fn sincos_2pi(turns: f64) -> (f64, f64) {
    let quarters = turns * 4.0;
    let shifted = quarters + ROUND_TO_INTEGER;
    let quadrant = shifted.to_bits();
    let angle = (quarters - (shifted - ROUND_TO_INTEGER)) * std::f64::consts::FRAC_PI_2;
    let z = angle * angle;
    let sine = angle + angle * z * sine_tail(z);
    let cosine = 1.0 - 0.5 * z + z * z * cosine_tail(z);
    let swap = 0_u64.wrapping_sub(quadrant & 1);
    let (sine, cosine) = (sine.to_bits(), cosine.to_bits());
    let sine_sign = ((quadrant >> 1) & 1) << 63;
    let cosine_sign = ((quadrant.wrapping_add(1) >> 1) & 1) << 63;
    (
        f64::from_bits(((sine & !swap) | (cosine & swap)) ^ sine_sign),
        f64::from_bits(((cosine & !swap) | (sine & swap)) ^ cosine_sign),
    )
}

/// (sin a / a − 1) / a² as a polynomial in z = a², |a| ≤ π/4.
#[inline(always)]
fn sine_tail(z: f64) -> f64 {
    let mut p = 1.589_690_995_211_55e-10;
    p = p * z + -2.505_076_025_340_686_4e-8;
    p = p * z + 2.755_731_370_707_006_8e-6;
    p = p * z + -1.984_126_982_985_795e-4;
    p = p * z + 8.333_333_333_322_49e-3;
    p * z + -1.666_666_666_666_663_2e-1
}

/// (cos a − 1 + a²/2) / a⁴ as a polynomial in z = a², |a| ≤ π/4.
#[inline(always)]
fn cosine_tail(z: f64) -> f64 {
    let mut p = -1.135_964_755_778_819_5e-11;
    p = p * z + 2.087_572_321_298_175e-9;
    p = p * z + -2.755_731_435_139_066_3e-7;
    p = p * z + 2.480_158_728_947_673e-5;
    p = p * z + -1.388_888_888_887_411e-3;
    p * z + 4.166_666_666_666_66e-2
}
