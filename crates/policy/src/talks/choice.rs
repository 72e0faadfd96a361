//! Choices with noise: logit probabilities, and the uniform draw that settles them.
//!
//! P(a) = exp(λ uₐ) / Σ exp(λ u), the logit quantal response with precision λ
//! (McKelvey and Palfrey 1995); of two options, the logistic function of the
//! difference. λ = 0 chooses blindly, λ → ∞ the best option.

/// Probability with log odds `x`: 1 / (1 + e^(−x)).
pub fn logistic(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + libm::exp(-x))
    } else {
        let odds = libm::exp(x);
        odds / (1.0 + odds)
    }
}

/// Log odds of a probability in (0, 1); the inverse of [`logistic`].
pub fn log_odds(probability: f64) -> f64 {
    libm::log(probability) - libm::log1p(-probability)
}

/// Probability of each option from its payoff, with `precision` λ \[per unit of
/// payoff\]. Payoffs of −∞ are never chosen; empty without options.
pub fn quantal_response(payoffs: &[f64], precision: f64) -> Vec<f64> {
    let best = payoffs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weight = |payoff: f64| {
        if payoff == f64::NEG_INFINITY {
            0.0
        } else {
            libm::exp(precision * (payoff - best))
        }
    };
    let weights: Vec<f64> = payoffs.iter().map(|payoff| weight(*payoff)).collect();
    let total: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / total).collect()
}

/// The option that a uniform draw in \[0, 1) selects from weights, which need not
/// add to one; none when no weight is above zero.
pub fn chosen(weights: &[f64], uniform: f64) -> Option<usize> {
    let total: f64 = weights.iter().sum();
    let mut left = uniform * total;
    let mut last = None;
    for (index, weight) in weights.iter().enumerate().filter(|(_, w)| **w > 0.0) {
        if left < *weight {
            return Some(index);
        }
        left -= weight;
        last = Some(index);
    }
    last
}

/// Whether an event of a given probability happens at a uniform draw in \[0, 1).
pub fn happens(probability: f64, uniform: f64) -> bool {
    uniform < probability
}

/// Probability per shorter step of an event with `probability` per longer step
/// that holds `steps` of them: 1 − (1 − p)^(1/steps).
pub fn per_step(probability: f64, steps: f64) -> f64 {
    -libm::expm1(libm::log1p(-probability) / steps)
}

/// Probability over `steps` steps of an event with `probability` in each.
pub fn over_steps(probability: f64, steps: f64) -> f64 {
    -libm::expm1(libm::log1p(-probability) * steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logistic_function_is_the_inverse_of_log_odds() {
        for p in [1e-9, 0.05, 0.5, 0.93] {
            assert!((logistic(log_odds(p)) - p).abs() < 1e-15);
        }
        assert!(logistic(-800.0).abs() < 1e-300 && (logistic(800.0) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn two_options_follow_the_logistic_of_their_difference() {
        let p = quantal_response(&[1.3, 1.0], 10.0);
        assert!((p[0] - logistic(3.0)).abs() < 1e-15);
        assert!((p[0] + p[1] - 1.0).abs() < 1e-15);
    }

    #[test]
    fn no_precision_is_blind_and_much_precision_picks_the_best() {
        let payoffs = [0.0, 2.0, 1.0];
        assert!((quantal_response(&payoffs, 0.0)[2] - 1.0 / 3.0).abs() < 1e-15);
        assert!((quantal_response(&payoffs, 1e6)[1] - 1.0).abs() < 1e-15);
    }

    #[test]
    fn impossible_options_are_never_chosen() {
        let p = quantal_response(&[f64::NEG_INFINITY, 1.0, 1.0], 3.0);
        assert!(p[0].abs() < 1e-300 && (p[1] - 0.5).abs() < 1e-15);
        assert_eq!(chosen(&p, 0.0), Some(1));
    }

    #[test]
    fn a_uniform_draw_falls_into_the_interval_of_its_option() {
        let weights = [2.0, 0.0, 6.0];
        assert_eq!(chosen(&weights, 0.2499), Some(0));
        assert_eq!(chosen(&weights, 0.25), Some(2));
        assert_eq!(chosen(&weights, 0.999_999), Some(2));
        assert_eq!(chosen(&[0.0], 0.5), None);
    }

    #[test]
    fn seven_daily_chances_make_the_weekly_one() {
        let daily = per_step(0.3, 7.0);
        assert!((over_steps(daily, 7.0) - 0.3).abs() < 1e-15);
        assert!(daily < 0.3 / 7.0 + 0.01 && daily > 0.3 / 7.0);
    }
}
