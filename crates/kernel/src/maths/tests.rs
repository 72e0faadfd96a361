#![expect(clippy::float_cmp, reason = "bits are what is under test")]

use super::*;

/// Distance in units in the last place; 0 for two NaN.
fn ulp(a: f64, b: f64) -> u64 {
    if a.is_nan() && b.is_nan() {
        return 0;
    }
    if a.is_nan() || b.is_nan() {
        return u64::MAX;
    }
    let ordered = |x: f64| {
        let bits = x.to_bits() as i64;
        if bits < 0 {
            i64::MIN.wrapping_sub(bits)
        } else {
            bits
        }
    };
    ordered(a).abs_diff(ordered(b))
}

/// A fixed sequence of numbers in [0, 1).
fn points(count: usize) -> impl Iterator<Item = f64> {
    let golden = 0.618_033_988_749_894_9;
    (0..count).map(move |i| (0.5 + golden * i as f64).fract())
}

/// Points of [low, high].
fn range(low: f64, high: f64, count: usize) -> impl Iterator<Item = f64> {
    points(count).map(move |u| low + (high - low) * u)
}

fn largest_ulp(
    inputs: impl Iterator<Item = f64>,
    ours: fn(f64) -> f64,
    theirs: fn(f64) -> f64,
) -> u64 {
    let mut worst = (0, 0.0);
    for x in inputs {
        let distance = ulp(ours(x), theirs(x));
        if distance > worst.0 {
            worst = (distance, x);
        }
    }
    assert!(
        worst.0 <= 2,
        "{} ulp at {:e}: {:e} against {:e}",
        worst.0,
        worst.1,
        ours(worst.1),
        theirs(worst.1)
    );
    worst.0
}

#[test]
fn exp_is_within_two_ulp_of_libm() {
    largest_ulp(range(-745.5, 709.9, 200_000), exp, libm::exp);
    largest_ulp(range(-1.0, 1.0, 200_000), exp, libm::exp);
    largest_ulp(range(-1e-8, 1e-8, 20_000), exp, libm::exp);
}

#[test]
fn exp_m1_is_within_two_ulp_of_libm() {
    largest_ulp(range(-70.0, 709.9, 200_000), exp_m1, libm::expm1);
    largest_ulp(range(-2.0, 2.0, 400_000), exp_m1, libm::expm1);
    largest_ulp(
        range(-300.0, 0.0, 100_000).map(|x| -libm::exp(x)),
        exp_m1,
        libm::expm1,
    );
}

#[test]
fn ln_is_within_two_ulp_of_libm() {
    largest_ulp(range(-744.0, 709.0, 200_000).map(libm::exp), ln, libm::log);
    largest_ulp(range(0.5, 2.0, 400_000), ln, libm::log);
    largest_ulp(range(1.0 - 1e-9, 1.0 + 1e-9, 20_000), ln, libm::log);
}

#[test]
fn ln_1p_is_within_two_ulp_of_libm() {
    largest_ulp(range(-0.999, 3.0, 400_000), ln_1p, libm::log1p);
    largest_ulp(
        range(-100.0, 300.0, 100_000).map(libm::exp),
        ln_1p,
        libm::log1p,
    );
    largest_ulp(
        range(-700.0, 0.0, 100_000).map(|x| -libm::exp(x)),
        ln_1p,
        libm::log1p,
    );
}

#[test]
fn pow_loses_at_most_one_ulp_per_unit_of_the_exponent() {
    for (base, exponent) in range(-10.0, 10.0, 100_000)
        .map(libm::exp)
        .zip(range(-9.0, 7.0, 99_991))
    {
        let allowed = 2 + (exponent * libm::log(base)).abs().ceil() as u64;
        let distance = ulp(pow(base, exponent), libm::pow(base, exponent));
        assert!(distance <= allowed, "{distance} ulp at {base}^{exponent}");
    }
}

#[test]
fn sine_and_cosine_of_turns_match_libm() {
    for u in range(-3.0, 3.0, 200_000) {
        // The reference sees the angle's fraction of a turn only, which is exact.
        let angle = (u - u.round()) * std::f64::consts::TAU;
        let (sine, cosine) = sincos_2pi(u);
        assert!((sine - libm::sin(angle)).abs() <= 6e-16, "sin at {u}");
        assert!((cosine - libm::cos(angle)).abs() <= 6e-16, "cos at {u}");
        assert!((sine * sine + cosine * cosine - 1.0).abs() <= 5e-16);
    }
    assert_eq!(sincos_2pi(0.25), (1.0, 0.0));
    assert_eq!(sincos_2pi(0.5), (0.0, -1.0));
}

#[test]
fn values_outside_the_domain_have_a_defined_result() {
    assert_eq!(ln(0.0), f64::NEG_INFINITY);
    assert_eq!(ln(f64::INFINITY), f64::INFINITY);
    assert_eq!(ln(1.0), 0.0);
    assert!(ulp(ln(5e-324), libm::log(5e-324)) <= 1);
    assert!(ln(-1.0).is_nan() && ln(f64::NEG_INFINITY).is_nan());
    assert_eq!(ln_1p(-1.0), f64::NEG_INFINITY);
    assert_eq!(ln_1p(f64::INFINITY), f64::INFINITY);
    assert!(ln_1p(-1.5).is_nan());
    assert_eq!(exp(f64::INFINITY), f64::INFINITY);
    assert_eq!(exp(f64::NEG_INFINITY), 0.0);
    assert_eq!(exp(0.0), 1.0);
    assert_eq!(exp_m1(f64::NEG_INFINITY), -1.0);
    assert_eq!(exp_m1(0.0), 0.0);
    assert_eq!(exp_m1(f64::INFINITY), f64::INFINITY);
    assert_eq!(pow(0.0, 2.0), 0.0);
    assert_eq!(pow(0.0, -2.0), f64::INFINITY);
    assert_eq!(pow(0.0, 0.0), 1.0);
}

#[test]
fn nan_is_never_swallowed() {
    for function in [
        exp,
        exp_m1,
        ln,
        ln_1p,
        |x| pow(x, 2.0),
        |x| pow(2.0, x),
        |x| sincos_2pi(x).0,
        |x| sincos_2pi(x).1,
    ] {
        assert!(function(f64::NAN).is_nan());
    }
}

/// Every function on every input, appended to one column.
struct Everything<'a>(&'a [f64], &'a mut Vec<u64>);

impl Kernel for Everything<'_> {
    type Output = ();
    #[inline(always)]
    fn run(self) {
        for &x in self.0 {
            let (sine, cosine) = sincos_2pi(x);
            for value in [
                exp(x),
                exp_m1(x),
                ln(x),
                ln_1p(x),
                pow(x, -4.3),
                sine,
                cosine,
            ] {
                self.1.push(if value.is_nan() {
                    u64::MAX
                } else {
                    value.to_bits()
                });
            }
        }
    }
}

#[test]
fn every_instruction_set_gives_the_same_bits() {
    let mut inputs: Vec<f64> = range(-30.0, 30.0, 20_011).collect();
    inputs.extend(range(-700.0, 700.0, 5_003).map(libm::exp));
    inputs.extend([
        0.0,
        -0.0,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        5e-324,
    ]);
    let column = |tier| {
        let mut values = Vec::new();
        dispatch_on(tier, Everything(&inputs, &mut values));
        values
    };
    let reference = column(Tier::Baseline);
    for tier in Tier::ALL {
        assert_eq!(column(tier), reference, "{tier:?}");
    }
    let mut whole = inputs.clone();
    exp_slice(&mut whole);
    for (x, y) in inputs.iter().zip(whole) {
        assert_eq!(ulp(exp(*x), y), 0);
    }
}

#[test]
fn slices_agree_with_single_values() {
    let mut logs = vec![0.5, 1.0, 2.0];
    ln_slice(&mut logs);
    assert_eq!(logs, [ln(0.5), 0.0, ln(2.0)]);
    let mut powers = vec![0.5, 1.0, 2.0];
    pow_slice(&mut powers, -3.0);
    assert_eq!(powers, [pow(0.5, -3.0), 1.0, pow(2.0, -3.0)]);
}

#[test]
fn tiers_are_known_by_name() {
    for tier in Tier::ALL {
        assert_eq!(Tier::from_name(tier.name()), Some(tier));
    }
    assert_eq!(Tier::from_name("mmx"), None);
    assert!(Tier::active().is_supported());
}
