//! Distribution functions and their inverses.

use tradewinds_kernel::maths::{exp, ln, ln_1p};

/// Share of the standard normal distribution below `x`.
pub(super) fn normal_share(x: f64) -> f64 {
    0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2)
}

/// Quantile of the standard normal distribution cut at `low` and `high`.
pub(super) fn cut_normal(u: f64, low: f64, high: f64) -> f64 {
    // The upper tail is read from below, where shares keep their precision.
    if low > 0.0 {
        return -cut_normal(1.0 - u, -high, -low);
    }
    let (below, above) = (normal_share(low), normal_share(high));
    let share = below + u * (above - below);
    let from_below = |share: f64| invert(normal_share, (-40.0, 0.0), share);
    if share <= 0.5 {
        from_below(share)
    } else {
        let rest = normal_share(-high) + (1.0 - u) * (above - below);
        -from_below(rest)
    }
}

/// The point at which the rising function `share` reaches `u`, to the last bit.
pub(super) fn invert(share: impl Fn(f64) -> f64, (mut low, mut high): (f64, f64), u: f64) -> f64 {
    loop {
        let middle = low + 0.5 * (high - low);
        if middle <= low || middle >= high {
            return middle;
        }
        if share(middle) < u {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// Share of the beta distribution below `x`: the regularised incomplete beta
/// function by its continued fraction (NIST Digital Library of Mathematical
/// Functions, 8.17.22), evaluated by Lentz's method.
pub(super) fn beta_share(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return if x <= 0.0 { 0.0 } else { 1.0 };
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_share(1.0 - x, b, a);
    }
    let log_front =
        a * ln(x) + b * ln_1p(-x) + libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b);
    let kept = |value: f64| {
        if value == 0.0 {
            f64::MIN_POSITIVE
        } else {
            value
        }
    };
    let mut fraction = 1.0;
    let mut numerator = 1.0;
    let mut denominator = 1.0 / kept(1.0 - (a + b) / (a + 1.0) * x);
    fraction *= denominator;
    for step in 1..5000_u32 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            denominator = 1.0 / kept(1.0 + term * denominator);
            numerator = kept(1.0 + term / numerator);
            change = numerator * denominator;
            fraction *= change;
        }
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    exp(log_front) * fraction / a
}

pub(super) fn triangular(u: f64, low: f64, mode: f64, high: f64) -> f64 {
    let (width, left) = (high - low, mode - low);
    if u * width < left {
        low + (u * width * left).sqrt()
    } else {
        high - ((1.0 - u) * width * (high - mode)).sqrt()
    }
}

pub(super) fn pick(u: f64, values: &[f64], weights: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (value, weight) in values.iter().zip(weights) {
        sum += weight;
        if u < sum {
            return *value;
        }
    }
    // Rounding may leave the sum a little below 1: the last value that can occur.
    let possible = values
        .iter()
        .zip(weights)
        .rev()
        .find(|(_, weight)| **weight > 0.0);
    possible.map_or(f64::NAN, |(value, _)| *value)
}
