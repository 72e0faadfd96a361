use super::*;
use crate::talks::bargaining::nash_solution;
use crate::talks::dilemma::Dilemma;

const MARKET: LinearMarket = LinearMarket {
    demand_slope: 2.0,
    supply_slope: 2.0,
    gap: 3.0,
};
const EQUALS: TariffGame = TariffGame {
    principal: MARKET,
    partner: MARKET,
};

/// The tariff in steps of a thousandth of the gap with the largest value.
fn best(value: impl Fn(f64) -> f64, gap: f64) -> f64 {
    (0..=1000)
        .map(|step| f64::from(step) * gap / 1000.0)
        .max_by(|a, b| value(*a).total_cmp(&value(*b)))
        .unwrap()
}

#[test]
fn the_closed_form_is_the_best_tariff() {
    for supply_slope in [0.5, 2.0, 20.0] {
        let market = LinearMarket {
            supply_slope,
            ..MARKET
        };
        let found = best(|t| market.importer_gain(t), market.gap);
        assert!((found - market.optimal_tariff()).abs() <= 0.0016);
    }
    // Equal slopes: a third of the prohibitive tariff.
    assert!((MARKET.optimal_tariff() - 1.0).abs() < 1e-15);
}

#[test]
fn the_best_tariff_is_the_inverse_elasticity_of_supply() {
    // Suppliers take at least 1: at the price p they sell s (p − 1).
    let tariff = MARKET.optimal_tariff();
    let imports = MARKET.imports(tariff);
    let price = 1.0 + imports / MARKET.supply_slope;
    let elasticity = MARKET.supply_slope * price / imports;
    assert!((tariff / price - optimal_tariff(elasticity)).abs() < 1e-12);
    assert!((optimal_tariff_on_offer_curve(3.0).unwrap() - 0.5).abs() < 1e-15);
    assert!(optimal_tariff_on_offer_curve(1.0).is_none());
}

#[test]
fn a_small_country_gains_nothing_from_a_tariff() {
    let small = LinearMarket {
        supply_slope: 1e9,
        ..MARKET
    };
    assert!(small.optimal_tariff() < 1e-8);
    assert!(optimal_tariff(f64::INFINITY).abs() < 1e-300);
}

#[test]
fn a_war_of_equals_is_a_prisoners_dilemma() {
    for matrix in [EQUALS.principal_matrix(), EQUALS.partner_matrix()] {
        assert_eq!(matrix.dilemma(), Dilemma::PrisonersDilemma);
        // In units of (gap)² × slope: R 1/4, T 7/24, P 2/9, S 13/72.
        let unit = 18.0;
        assert!((matrix.reward - unit / 4.0).abs() < 1e-12);
        assert!((matrix.temptation - unit * 7.0 / 24.0).abs() < 1e-12);
        assert!((matrix.punishment - unit * 2.0 / 9.0).abs() < 1e-12);
        assert!((matrix.sucker - unit * 13.0 / 72.0).abs() < 1e-12);
    }
    // (7/24 − 1/4) / (7/24 − 2/9) = 3/5.
    let least = EQUALS.principal_matrix().least_patience().unwrap();
    assert!((least - 0.6).abs() < 1e-12);
}

#[test]
fn no_answer_beats_the_equilibrium_tariff() {
    let nash = EQUALS.nash_tariffs();
    for other in [0.0, nash.partner, 2.0] {
        let gain = |principal| {
            let tariffs = Pair {
                principal,
                partner: other,
            };
            EQUALS.gains(tariffs).principal
        };
        assert!((best(gain, 3.0) - nash.principal).abs() <= 0.0016);
    }
}

#[test]
fn free_trade_maximises_the_joint_gain_and_is_the_bargain_of_equals() {
    let total = |tariff| {
        let both = Pair {
            principal: tariff,
            partner: tariff,
        };
        EQUALS.gains(both).total()
    };
    assert!(best(total, 3.0).abs() < 1e-12);
    let war = EQUALS.gains(EQUALS.nash_tariffs());
    let tariffs: Vec<Pair> = (0..=12)
        .map(|step| {
            let tariff = f64::from(step) / 12.0;
            EQUALS.gains(Pair {
                principal: tariff,
                partner: tariff,
            })
        })
        .collect();
    assert_eq!(nash_solution(&tariffs, war, 0.5), Some(0));
}

#[test]
fn a_much_larger_country_wins_the_war() {
    // The principal's market is large against its suppliers; the partner's own is small
    // against the principal's supply.
    let uneven = TariffGame {
        principal: LinearMarket {
            demand_slope: 20.0,
            ..MARKET
        },
        partner: LinearMarket {
            supply_slope: 20.0,
            ..MARKET
        },
    };
    let free = uneven.gains(uneven.cooperative_tariffs());
    let war = uneven.gains(uneven.nash_tariffs());
    assert!(war.principal > free.principal && war.partner < free.partner);
    assert_eq!(uneven.principal_matrix().dilemma(), Dilemma::Deadlock);
}

#[test]
fn a_prohibitive_tariff_ends_trade() {
    assert!(MARKET.imports(3.0).abs() < 1e-15 && MARKET.importer_gain(5.0).abs() < 1e-15);
}
