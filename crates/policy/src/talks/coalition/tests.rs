use super::*;
use crate::talks::dilemma::Dilemma;

const ALLIES: Coalition = Coalition {
    joint_gain: 13.0,
    lone_gain: 4.0,
    lone_gain_slope: 0.0,
    penalty: 15.0,
    targets: 1.0,
    allies: 8.0,
    half: 0.5,
    steepness: 4.0,
    cost: 1.0,
};

/// ∫₀ˣ a^h / (m^h + a^h) dm for integer h, from the roots of −1: with
/// zₖ = a e^(iπ(2k+1)/h) it is −(1/h) Σ zₖ ln(1 − x/zₖ).
fn fails(x: f64, a: f64, h: u32) -> f64 {
    let terms = (0..h).map(|k| {
        let angle = std::f64::consts::PI * f64::from(2 * k + 1) / f64::from(h);
        let (re, im) = (a * libm::cos(angle), a * libm::sin(angle));
        // 1 − x/z = 1 − x z̄ / a².
        let (left, up) = (1.0 - x * re / (a * a), x * im / (a * a));
        let (log, turn) = (
            0.5 * libm::log(left * left + up * up),
            libm::atan2(up, left),
        );
        re * log - im * turn
    });
    -terms.sum::<f64>() / f64::from(h)
}

#[test]
fn the_closed_form_of_the_tests_is_the_known_one() {
    let a = 0.5;
    assert!((fails(1.0, a, 1) - a * libm::log(3.0)).abs() < 1e-14);
    assert!((fails(1.0, a, 2) - a * libm::atan(2.0)).abs() < 1e-14);
}

#[test]
fn the_quadrature_meets_the_closed_form_for_integer_steepness() {
    for h in 1..=10 {
        let game = Coalition {
            steepness: f64::from(h),
            ..ALLIES
        };
        let (works, exposed) = game.laplacian_terms();
        assert!((works - (1.0 - fails(1.0, 0.5, h))).abs() < 1e-12, "{h}");
        let odds = |m: f64| libm::log1p(libm::pow(0.5 / m, f64::from(h))) / f64::from(h);
        let exact = fails(0.125, 0.5, h) + 0.125 * (odds(0.125) - odds(1.0));
        assert!((exposed - exact).abs() < 1e-12, "{h}");
    }
}

#[test]
fn the_mean_gain_is_the_integral_of_the_payoffs() {
    let gain = |m: f64| ALLIES.coordinates(m, 1.0) - ALLIES.separates(m);
    let kink = 1.0 / 8.0;
    let by_hand = integral(gain, 0.0, kink) + integral(gain, kink, 1.0);
    assert!((ALLIES.laplacian_gain() - by_hand).abs() < 1e-10);
}

#[test]
fn starting_values_say_separate_and_no_penalty_says_coordinate() {
    // The parameter table: −3.4 at a penalty of 15 points, +1.0 without.
    assert!((ALLIES.laplacian_gain() + 3.4).abs() < 0.06);
    let harmless = Coalition {
        penalty: 0.0,
        ..ALLIES
    };
    assert!((harmless.laplacian_gain() - 1.0).abs() < 0.06);
    assert!(!ALLIES.is_chosen() && harmless.is_chosen());
}

#[test]
fn at_its_threshold_the_penalty_leaves_allies_indifferent() {
    let penalty = ALLIES.penalty_threshold();
    assert!(penalty > 0.0 && penalty < 15.0);
    let at = Coalition { penalty, ..ALLIES };
    assert!(at.laplacian_gain().abs() < 1e-12);
    // Many fronts at once: each of more allies is less likely to be the target.
    let many = Coalition {
        allies: 24.0,
        ..ALLIES
    };
    assert!(many.penalty_threshold() > penalty);
}

#[test]
fn pressure_works_half_the_time_at_the_half_share() {
    assert!((ALLIES.success(0.5) - 0.5).abs() < 1e-15);
    assert!(ALLIES.success(0.0).abs() < 1e-15);
    assert!((ALLIES.success(1.0) - 16.0 / 17.0).abs() < 1e-12);
}

#[test]
fn a_visible_leader_is_the_likelier_target() {
    // Four of eight take part: one in four, and the leader two in five.
    assert!((ALLIES.chance_singled_out(0.5, 1.0) - 0.25).abs() < 1e-12);
    assert!((ALLIES.chance_singled_out(0.5, 2.0) - 0.4).abs() < 1e-12);
    assert!((ALLIES.chance_singled_out(0.0, 1.0) - 1.0).abs() < 1e-12);
}

#[test]
fn a_large_joint_gain_makes_a_stag_hunt() {
    assert_eq!(ALLIES.matrix().dilemma(), Dilemma::StagHunt);
}

#[test]
fn a_lone_signer_that_gains_from_hit_rivals_makes_a_prisoners_dilemma() {
    let diverts = Coalition {
        lone_gain_slope: 10.0,
        ..ALLIES
    };
    assert_eq!(diverts.matrix().dilemma(), Dilemma::PrisonersDilemma);
    // Without a gain from pressure there is nothing to coordinate for.
    let pointless = Coalition {
        joint_gain: 2.0,
        lone_gain_slope: 1.0,
        ..ALLIES
    };
    assert_eq!(pointless.matrix().dilemma(), Dilemma::Deadlock);
}

#[test]
fn much_noise_is_the_laplacian_rule_and_none_the_signal() {
    let smooth = Coalition {
        targets: 8.0,
        ..ALLIES
    };
    let noisy = smooth.expected_gain(0.3, 1e4, 1.0);
    assert!((noisy - smooth.laplacian_gain()).abs() < 1e-6);
    let exact = smooth.coordinates(0.7, 1.0) - smooth.separates(0.7);
    assert!((smooth.expected_gain(0.7, 0.0, 1.0) - exact).abs() < 1e-12);
    assert!((smooth.expected_gain(0.7, 1e-4, 1.0) - exact).abs() < 1e-4);
}

#[test]
fn trust_fades_by_the_month_and_falls_by_defection() {
    let rule = TrustRule {
        decay: 0.02,
        fall: 0.2,
    };
    assert!((rule.after_months(0.5, 2.0) - 0.5 * 0.98 * 0.98).abs() < 1e-12);
    assert!((rule.after_defection(0.5) - 0.3).abs() < 1e-15);
    assert!(rule.after_defection(0.1).abs() < 1e-15);
}
