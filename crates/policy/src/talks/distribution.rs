//! Random counts and times as functions of a uniform draw.
//!
//! Each is the quantile of its distribution at a probability in \[0, 1), so one
//! addressed draw gives one value and a larger draw never a smaller value.

/// Smallest count n with P(N ≤ n) > `uniform`, N Poisson with `mean` ≥ 0, so that
/// n is drawn with its own probability.
///
/// Sums the probabilities from 0 up; `mean` up to about 700.
pub fn poisson_quantile(uniform: f64, mean: f64) -> u32 {
    let mut probability = libm::exp(-mean);
    let mut below = probability;
    let mut count = 0;
    // Beyond this count the rest is lost in rounding.
    let most = (mean + 12.0 * mean.sqrt() + 40.0) as u32;
    while below <= uniform && count < most {
        count += 1;
        probability *= mean / f64::from(count);
        below += probability;
    }
    count
}

/// The time below which an exponential variable with `mean` falls with
/// probability `uniform`.
pub fn exponential_quantile(uniform: f64, mean: f64) -> f64 {
    -mean * libm::log1p(-uniform)
}

/// The time below which a gamma variable with `mean` and `shape` falls with
/// probability `uniform`, to 1e-12 relative; shape from 0.1 to 100. Shape 1 is
/// the exponential, a larger one a lag with a typical length.
pub fn gamma_quantile(uniform: f64, shape: f64, mean: f64) -> f64 {
    if uniform <= 0.0 || mean <= 0.0 {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, shape.max(1.0));
    while is_below(shape, high, uniform) && high < 1e6 {
        low = high;
        high *= 2.0;
    }
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if high - low <= 1e-13 * high {
            break;
        }
        if is_below(shape, middle, uniform) {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high) * mean / shape
}

/// Whether a gamma variable of unit scale falls below x with less than
/// `probability`; compares upper tails above one half, where they are exact.
fn is_below(shape: f64, x: f64, probability: f64) -> bool {
    let (lower, upper) = gamma_tails(shape, x);
    if probability < 0.5 {
        lower < probability
    } else {
        upper > 1.0 - probability
    }
}

/// The value of a log-normal variable with `median` and the standard deviation
/// `deviation` of its logarithm, at a standard normal draw.
pub fn log_normal(median: f64, deviation: f64, normal: f64) -> f64 {
    median * libm::exp(deviation * normal)
}

/// Regularised incomplete gamma functions P(a, x) and Q(a, x) = 1 − P, for a, x > 0.
/// Source: Abramowitz and Stegun (1964), 6.5.29 (series) and 6.5.31 (continued
/// fraction).
fn gamma_tails(a: f64, x: f64) -> (f64, f64) {
    let front = libm::exp(a * libm::log(x) - x - libm::lgamma(a));
    if x < a + 1.0 {
        let lower = front * series(a, x);
        (lower, 1.0 - lower)
    } else {
        let upper = front * continued_fraction(a, x);
        (1.0 - upper, upper)
    }
}

fn series(a: f64, x: f64) -> f64 {
    let mut term = 1.0 / a;
    let mut sum = term;
    let mut n = a;
    while term > sum * 1e-17 {
        n += 1.0;
        term *= x / n;
        sum += term;
    }
    sum
}

/// Lentz's evaluation from the front.
fn continued_fraction(a: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / away(b);
    let mut value = d;
    for n in 1..1000 {
        let n = f64::from(n);
        let numerator = n * (a - n);
        b += 2.0;
        d = 1.0 / away(numerator * d + b);
        c = away(b + numerator / c);
        let factor = c * d;
        value *= factor;
        if (factor - 1.0).abs() < 1e-16 {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poisson_counts_have_their_probabilities() {
        // Mean 2: P(0) = 0.1353, P(≤ 1) = 0.4060, P(≤ 2) = 0.6767.
        assert_eq!(poisson_quantile(0.135_3, 2.0), 0);
        assert_eq!(poisson_quantile(0.135_4, 2.0), 1);
        assert_eq!(poisson_quantile(0.406_1, 2.0), 2);
        assert_eq!(poisson_quantile(0.676_7, 2.0), 3);
        assert_eq!(poisson_quantile(0.999, 0.0), 0);
    }

    #[test]
    fn poisson_counts_average_to_their_mean() {
        let n = 20_000;
        let total: u64 = (0..n)
            .map(|i| u64::from(poisson_quantile((f64::from(i) + 0.5) / f64::from(n), 6.0)))
            .sum();
        assert!((total as f64 / f64::from(n) - 6.0).abs() < 1e-3);
    }

    #[test]
    fn a_gamma_time_of_shape_one_is_exponential() {
        for p in [1e-6, 0.1, 0.5, 0.99, 1.0 - 1e-9] {
            let (gamma, exact) = (gamma_quantile(p, 1.0, 3.0), exponential_quantile(p, 3.0));
            assert!((gamma / exact - 1.0).abs() < 1e-9, "{p}: {gamma} {exact}");
        }
    }

    #[test]
    fn gamma_quantiles_invert_the_distribution_of_two_exponentials() {
        // Shape 2, mean 45 days: P(T ≤ t) = 1 − e^(−x)(1 + x), x = 2t/45.
        for p in [0.01, 0.3, 0.5, 0.9, 0.999] {
            let x = gamma_quantile(p, 2.0, 45.0) * 2.0 / 45.0;
            let below = 1.0 - libm::exp(-x) * (1.0 + x);
            assert!((below - p).abs() < 1e-12, "{p}: {below}");
        }
    }

    #[test]
    fn gamma_quantiles_average_to_the_mean() {
        let n = 2_000;
        let at = |i: i32| gamma_quantile((f64::from(i) + 0.5) / f64::from(n), 2.5, 45.0);
        let mean = (0..n).map(at).sum::<f64>() / f64::from(n);
        assert!((mean / 45.0 - 1.0).abs() < 1e-3, "{mean}");
        assert!(gamma_quantile(0.0, 2.0, 45.0).abs() < 1e-300);
    }

    #[test]
    fn half_of_log_normal_times_lie_below_the_median() {
        assert!((log_normal(55.0, 0.6, 0.0) - 55.0).abs() < 1e-12);
        assert!((log_normal(55.0, 0.6, 1.0) / 55.0 - libm::exp(0.6)).abs() < 1e-12);
    }
}
