use super::*;

const ZERO: Pair = Pair {
    principal: 0.0,
    partner: 0.0,
};

#[test]
fn a_responder_is_indifferent_between_accepting_and_proposing_next() {
    let (first, second) = (0.95, 0.9);
    let (proposing, responding) = rubinstein_shares(first, second).unwrap();
    assert!((proposing - 0.1 / (1.0 - 0.855)).abs() < 1e-12);
    assert!((responding - first * proposing).abs() < 1e-12);
    // And the second side, when it responds.
    assert!((1.0 - proposing - second * (1.0 - responding)).abs() < 1e-12);
    assert!(rubinstein_shares(1.0, 1.0).is_none());
}

#[test]
fn short_gaps_leave_only_patience() {
    let (principal, partner) = (0.02, 0.03);
    let weight = bargaining_weight(partner, principal);
    assert!((weight - 0.4).abs() < 1e-12);
    let share = |gap| {
        let of = |rate| discount_factor(rate, gap);
        rubinstein_shares(of(partner), of(principal)).unwrap()
    };
    let (proposing, responding) = share(1e-4);
    assert!((proposing - weight).abs() < 1e-6 && (responding - weight).abs() < 1e-6);
    // A fortnight between offers favours whoever proposes.
    let (proposing, responding) = share(15.0);
    assert!(proposing > weight + 0.01 && responding < weight - 0.005);
    assert!((bargaining_weight(0.0, 0.0) - 0.5).abs() < 1e-15);
}

#[test]
fn a_transferable_surplus_is_shared_by_weight() {
    let disagreement = Pair {
        principal: 2.0,
        partner: -5.0,
    };
    let split = transferable_split(7.0, disagreement, 0.4).unwrap();
    assert!((split.principal - 8.0).abs() < 1e-12 && (split.partner + 1.0).abs() < 1e-12);
    let found = nash_on_frontier(
        |s| Pair {
            principal: 20.0 - 30.0 * s,
            partner: -13.0 + 30.0 * s,
        },
        disagreement,
        0.4,
    );
    assert!((20.0 - 30.0 * found.unwrap() - split.principal).abs() < 1e-6);
    assert!(transferable_split(-3.1, disagreement, 0.4).is_none());
}

#[test]
fn the_nash_point_of_a_curved_frontier_has_its_closed_form() {
    // U = 1 − s², W = s: (1 − s²)^(1−w) s^w is largest at s² = w / (2 − w).
    for weight in [0.2, 0.5, 0.8] {
        let frontier = |s: f64| Pair {
            principal: 1.0 - s * s,
            partner: s,
        };
        let found = nash_on_frontier(frontier, ZERO, weight).unwrap();
        assert!((found - (weight / (2.0 - weight)).sqrt()).abs() < 1e-6);
    }
}

#[test]
fn a_frontier_below_the_disagreement_point_has_no_solution() {
    let frontier = |s: f64| Pair {
        principal: 1.0 - s,
        partner: s,
    };
    let far = Pair {
        principal: 0.7,
        partner: 0.4,
    };
    assert!(nash_on_frontier(frontier, far, 0.5).is_none());
    let near = Pair {
        principal: 0.6,
        partner: 0.4,
    };
    assert!((nash_on_frontier(frontier, near, 0.5).unwrap() - 0.4).abs() < 1e-6);
}

#[test]
fn of_candidates_the_largest_product_that_hurts_nobody_is_chosen() {
    let pair = |principal, partner| Pair { principal, partner };
    let candidates = [
        pair(10.0, -0.1),
        pair(1.0, 6.0),
        pair(3.0, 3.0),
        pair(6.0, 1.0),
    ];
    assert_eq!(nash_solution(&candidates, ZERO, 0.5), Some(2));
    assert_eq!(nash_solution(&candidates, ZERO, 0.1), Some(3));
    assert_eq!(nash_solution(&candidates, ZERO, 0.9), Some(1));
    assert_eq!(nash_solution(&candidates, pair(7.0, 0.0), 0.5), None);
    // Only one side can gain: the point that wastes nothing.
    let edge = [pair(0.0, 1.0), pair(0.0, 2.0)];
    assert_eq!(nash_solution(&edge, ZERO, 0.5), Some(1));
}

#[test]
fn a_last_offer_takes_all_but_the_disagreement_payoff() {
    let talks = FiniteHorizon {
        total: 10.0,
        discounts: Pair {
            principal: 0.9,
            partner: 0.8,
        },
        disagreement: Pair {
            principal: 1.0,
            partner: 2.0,
        },
    };
    let last = talks.settle(1, Side::Principal);
    assert!(last.is_immediate && (last.payoffs.partner - 1.6).abs() < 1e-12);
    assert!((last.payoffs.principal - 8.4).abs() < 1e-12);
    // Two rounds: the partner proposes, and leaves 0.9 of those 8.4.
    let two = talks.settle(2, Side::Partner);
    assert!((two.payoffs.principal - 0.9 * 8.4).abs() < 1e-12);
    let none = talks.settle(0, Side::Partner);
    assert!(!none.is_immediate && (none.payoffs.partner - 2.0).abs() < 1e-12);
}

#[test]
fn many_rounds_tend_to_the_shares_without_end() {
    let talks = FiniteHorizon {
        total: 1.0,
        discounts: Pair {
            principal: 0.95,
            partner: 0.9,
        },
        disagreement: Pair {
            principal: 0.3,
            partner: 0.2,
        },
    };
    let (proposing, responding) = rubinstein_shares(0.95, 0.9).unwrap();
    let first = talks.settle(400, Side::Principal).payoffs;
    assert!((first.principal - proposing).abs() < 1e-9);
    let second = talks.settle(400, Side::Partner).payoffs;
    assert!((second.principal - responding).abs() < 1e-9);
}

#[test]
fn without_a_surplus_the_sides_wait_for_the_last_day() {
    let talks = FiniteHorizon {
        total: 1.0,
        discounts: Pair {
            principal: 1.0,
            partner: 1.0,
        },
        disagreement: Pair {
            principal: 0.8,
            partner: 0.3,
        },
    };
    assert!(!talks.settle(5, Side::Principal).is_immediate);
}
