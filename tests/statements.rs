//! Statements of trade theory on the simulated path, one sentence each; the
//! direct solver has the same ones in `crates/equilibrium/tests/checks`.
//!
//! | statement | here, or where else |
//! | --- | --- |
//! | O3 welfare is a power of the home share | here |
//! | O4 Lerner symmetry | here |
//! | O5 best duty, O6 second-order loss | here |
//! | O7, O8 incidence, quotas | `runner::oracles::partial` |
//! | O19, O20 many firms, ticks | `runner::oracles::dynamics`, `convergence` |
//! | O21 no news is no change | here; `repeat` |
//! | O22 to O25, O27 to O29 | `limits`, `equilibrium_at_rest`, `population` |
//! | O26 accounts | `identities` over random worlds; `accounting` |

use std::sync::Arc;

use tradewinds_engine::beliefs::{Announced, Outlook, Text};
use tradewinds_engine::customs::RateCalendar;
use tradewinds_engine::rest::{RestPoint, run_to_rest};
use tradewinds_engine::sourcing::MarketPrices;
use tradewinds_engine::stability::{LIKELY_TO_CYCLE, order_multiplier};
use tradewinds_engine::trade::Shipments;
use tradewinds_equilibrium::{Economy, EconomyParts, FinalUser, Shock};
use tradewinds_kernel::clock::TickLength;
use tradewinds_kernel::maths::{ln, pow};
use tradewinds_tests::fixtures::closed::Closed;
use tradewinds_tests::fixtures::models;
use tradewinds_tests::fixtures::relabelled::equal_economies;
use tradewinds_units::Date;

const WEEK: TickLength = TickLength::PerYear(52);

/// Two economies that make one good from labour, trade freely and balance.
fn one_good(home_shares: [f64; 2], sigma: f64) -> Economy {
    // Spending that balances trade at these shares.
    let spending = [1.0, (1.0 - home_shares[0]) / (1.0 - home_shares[1])];
    let claims = vec![1.0; 2];
    let parts = EconomyParts {
        economies: 2,
        sectors: 1,
        spending: spending.to_vec(),
        origin_share: vec![
            home_shares[0],
            1.0 - home_shares[0],
            1.0 - home_shares[1],
            home_shares[1],
        ],
        import_duty: vec![0.0; 4],
        export_tax: vec![0.0; 4],
        markup: vec![1.0; 4],
        labour_cost_share: vec![1.0; 2],
        input_cost_share: vec![0.0; 2],
        wage_bill: spending.to_vec(),
        deficit: vec![0.0; 2],
        sigma: vec![sigma],
        eps: vec![sigma],
        eta: 1.0,
        rho: 1.0,
        users: vec![FinalUser {
            budget_share: vec![1.0; 2],
            labour_claim: claims.clone(),
            profit_claim: claims.clone(),
            revenue_claim: claims.clone(),
            transfer_claim: claims,
            is_retail: false,
        }],
        services: None,
        distribution_units: vec![0.0; 2],
        retail_markup: vec![0.0; 2],
        oligopoly: None,
    };
    Economy::new(parts).unwrap()
}

/// Where the agents rest, to the last digits.
fn at_rest(economy: &Economy, shock: &Shock) -> RestPoint {
    let mut simulation = models::simulate(models::frictionless(economy, shock, 1, WEEK));
    run_to_rest(&mut simulation, 80, 1e-13).unwrap();
    RestPoint::of(&mut simulation)
}

#[test]
fn agents_of_one_good_gain_what_their_home_share_says() {
    let (economy, sigma) = (one_good([0.8, 0.88], 4.0), 4.0);
    let shock = Shock {
        cost_hat: Some(vec![1.0, 1.3, 1.1, 1.0]),
        ..Shock::default()
    };
    let rest = at_rest(&economy, &shock);
    for n in 0..2 {
        let own = economy.flow(n, n, 0);
        let share = rest.sales[own] / rest.spending[n] / economy.origin_share[own];
        let formula = pow(share, -1.0 / (sigma - 1.0));
        assert!((formula - 1.0).abs() > 1e-3, "{formula}");
        assert!((rest.real_wage_hat[n] - formula).abs() < 1e-10, "{rest:?}");
    }
}

#[test]
fn agents_undo_a_duty_by_the_matching_export_subsidy() {
    let economy = equal_economies(3);
    let duty = 0.2;
    let mut shock = models::added_duty(&economy, 0, duty);
    let alone = at_rest(&economy, &shock);
    let mut export_tax = economy.export_tax.clone();
    for buyer in 1..3 {
        for s in 0..economy.sectors {
            let flow = economy.flow(buyer, 0, s);
            let base = 1.0 + economy.export_tax[flow];
            // The duty is on top of a base duty; so is the factor that undoes it.
            let added = models::rates(&economy, &shock).collected[economy.flow(0, 1, s)];
            let factor = (1.0 + added) / (1.0 + economy.import_duty[economy.flow(0, 1, s)]);
            export_tax[flow] = base / factor - 1.0;
        }
    }
    shock.export_tax = Some(export_tax);
    let undone = at_rest(&economy, &shock);
    let moved = (alone.real_wage_hat[0] - 1.0).abs();
    assert!(moved > 1e-3, "the duty alone must matter: {moved}");
    // Prices of home goods rise by the duty against those abroad; nothing real moves.
    let worst = undone
        .employment_hat
        .iter()
        .fold(0.0_f64, |most, hat| most.max((hat - 1.0).abs()));
    assert!(worst < 1e-9, "employment moves by {worst}");
}

#[test]
fn the_best_duty_of_agents_is_the_inverse_of_foreign_demand_and_home_share() {
    let sigma = 4.0;
    let economy = one_good([0.7, 0.9], sigma);
    let welfare =
        |duty: f64| at_rest(&economy, &models::added_duty(&economy, 0, duty)).welfare_hat[0];
    let slope = |duty: f64| (welfare(duty + 0.02) - welfare(duty - 0.02)) / 0.04;
    let (mut last, mut duty) = (0.25, 0.4);
    let mut slope_last = slope(last);
    for _ in 0..8 {
        let now = slope(duty);
        let next = duty - now * (duty - last) / (now - slope_last);
        (last, slope_last, duty) = (duty, now, next);
        if (duty - last).abs() < 1e-6 {
            break;
        }
    }
    let rest = at_rest(&economy, &models::added_duty(&economy, 0, duty));
    let foreign = rest.sales[economy.flow(1, 1, 0)] / rest.spending[1];
    let formula = 1.0 / ((sigma - 1.0) * foreign);
    // A central difference over 0.02 is off by a third derivative of some 1e-4.
    assert!((duty - formula).abs() < 1e-3, "{duty} against {formula}");
}

#[test]
fn agents_lose_a_quarter_when_a_small_duty_is_halved() {
    let economy = one_good([0.7, 0.9], 4.0);
    let loss = |duty: f64| {
        let rest = at_rest(&economy, &models::added_duty(&economy, 0, duty));
        let weight = |n: usize| economy.wage_bill[n] / economy.wage_bill.iter().sum::<f64>();
        -(0..2)
            .map(|n| weight(n) * ln(rest.welfare_hat[n]))
            .sum::<f64>()
    };
    let ratio = loss(0.002) / loss(0.001);
    assert!((ratio - 4.0).abs() < 0.08, "{ratio}");
}

#[test]
fn an_announcement_that_nobody_believes_and_that_is_cancelled_changes_no_bit() {
    let economy = Closed::default().build();
    let path = |outlook: Outlook| -> Vec<u64> {
        let mut model = models::sticky(&economy, 3, 5);
        let law = RateCalendar::clone(&model.law).with_outlook(outlook);
        model.law = Arc::new(law);
        let mut simulation = models::simulate(model);
        models::run(&mut simulation, 60);
        let world = simulation.world();
        let prices = world.resource::<MarketPrices>().log_composite.iter();
        let sales = world.resource::<Shipments>().value.iter();
        prices.chain(sales).map(|value| value.to_bits()).collect()
    };
    let announced = Announced {
        known_from: Date::constant(2001, 2, 1),
        known_until: Date::constant(2001, 5, 1),
        text: Text::Law,
        effective: Date::constant(2001, 6, 1),
        flow: economy.flow(0, 1, 0) as u32,
        change: 0.5,
        step: 0.5,
    };
    assert_eq!(
        path(Outlook::default()),
        path(Outlook::new(vec![announced]))
    );
}

#[test]
fn elasticities_below_zero_shares_that_are_none_and_rates_below_minus_one_are_refused() {
    let refused = |change: fn(&mut EconomyParts)| {
        let mut parts = Closed::default().parts();
        change(&mut parts);
        Economy::new(parts).unwrap_err().to_string()
    };
    assert!(refused(|parts| parts.sigma[0] = -1.0).contains("`sigma` entry 0 is -1"));
    assert!(refused(|parts| parts.eta = -0.5).contains("`eta` entry 0 is -0.5"));
    assert!(refused(|parts| parts.rho = f64::NAN).contains("`rho`"));
    assert!(refused(|parts| parts.origin_share[0] = -0.1).contains("`origin_share`"));
    assert!(refused(|parts| parts.origin_share[0] += 0.1).contains("sums to"));
    assert!(refused(|parts| parts.import_duty[1] = -1.5).contains("`import_duty`"));
}

#[test]
fn stocks_that_would_cycle_are_told_from_those_that_would_not() {
    let economy = Closed::default().build();
    let mut model = models::sticky(&economy, 2, 1);
    let usual = order_multiplier(&model);
    assert!(usual > 0.0 && usual < LIKELY_TO_CYCLE, "{usual}");
    model.frictions.stock_adjustment = 40.0;
    model.frictions.material_cover = Some(0.5);
    assert!(order_multiplier(&model) > LIKELY_TO_CYCLE);
}

#[test]
fn without_covers_the_order_multiplier_is_that_of_the_input_output_tables() {
    // Half of cost is one's own good, and nothing is traded.
    let mut parts = one_good([0.999_999, 0.999_999], 4.0).into_parts();
    parts.labour_cost_share = vec![0.5; 2];
    parts.input_cost_share = vec![0.5; 2];
    parts.wage_bill = parts.spending.iter().map(|spent| 0.5 * spent).collect();
    let economy = Economy::new(parts).unwrap();
    let mut model = models::frictionless(&economy, &Shock::default(), 1, WEEK);
    model.frictions.stock_adjustment = 0.0;
    assert!((order_multiplier(&model) - 0.5).abs() < 1e-12);
}

/// Ticks until an account no longer closes, and the largest log price until then.
fn under_a_large_duty(stock_adjustment: f64, material_cover: f64) -> (Option<u32>, f64) {
    let economy = Closed::default().build();
    let shock = models::added_duty(&economy, 0, 0.5);
    let mut model = models::sticky(&economy, 2, 1);
    model.frictions.stock_adjustment = stock_adjustment;
    model.frictions.material_cover = Some(material_cover);
    model.law = models::from_date(&economy, &shock, Date::constant(2001, 2, 20));
    let mut simulation = models::simulate(model);
    let mut largest = 0.0_f64;
    for tick in 0..416 {
        if simulation.step().is_err() {
            return (Some(tick), largest);
        }
        let prices = simulation.world().resource::<MarketPrices>();
        for price in &prices.log_composite {
            assert!(price.is_finite(), "tick {tick}");
            largest = largest.max(price.abs());
        }
    }
    (None, largest)
}

#[test]
fn stocks_that_do_not_cycle_keep_prices_near_the_duty_and_stocks_that_do_stop_the_run() {
    let (stopped, largest) = under_a_large_duty(3.0, 0.15);
    assert_eq!(stopped, None);
    assert!(largest > 0.01 && largest < 1.0, "{largest}");
    let (stopped, _) = under_a_large_duty(40.0, 0.5);
    assert!(
        stopped.is_some(),
        "a wave that feeds itself ends in an error"
    );
}
