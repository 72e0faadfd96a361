//! Money of several economies: what moves with an exchange rate and what must not.

use std::sync::Arc;

use bevy_app::App;
use bevy_ecs::prelude::*;
use tradewinds_engine::accounts::{Account, AuditOf, Cash};
use tradewinds_engine::currency::{Currencies, CurrencyRule, CurrencySystems, Invoicing};
use tradewinds_engine::customs::RateCalendar;
use tradewinds_engine::firm::{BaseLogPrice, Line, Rows};
use tradewinds_engine::household::FinalBuyer;
use tradewinds_engine::labour::{LabourRationing, Wages};
use tradewinds_engine::model::Model;
use tradewinds_engine::monetary::{MonetaryRule, PolicyRates};
use tradewinds_engine::pricing::LogPrice;
use tradewinds_engine::rest::RestPoint;
use tradewinds_engine::sourcing::MarketPrices;
use tradewinds_engine::trade::Shipments;
use tradewinds_engine::{Simulation, Tick, baseline};
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::clock::TickLength;
use tradewinds_kernel::maths::exp;
use tradewinds_kernel::phase::Phase;
use tradewinds_tests::fixtures::closed::Closed;
use tradewinds_tests::fixtures::{models, real};

const WEEK: TickLength = TickLength::PerYear(52);

/// Sticky prices and wages, no noise, currencies that float.
fn floating(economy: &Economy) -> Model {
    let mut model = models::sticky(economy, 6, 6);
    model.frictions.productivity_noise = 0.0;
    model.frictions.currency = models::floating(economy.economies);
    model
}

/// The same with rates that answer nothing but a shift of their target, at once.
fn shifted(economy: &Economy) -> Model {
    let mut model = floating(economy);
    model.frictions.currency = CurrencyRule {
        speed: f64::INFINITY,
        interest_response: 0.0,
        balance_response: 0.0,
        tariff_response: 0.0,
        ..model.frictions.currency
    };
    model
}

fn with_duty(mut model: Model, duty: f64) -> Model {
    let economy = model.economy.clone();
    let shock = models::added_duty(&economy, 0, duty);
    model.law = Arc::new(RateCalendar::constant(models::rates(&economy, &shock)));
    model
}

/// Moves the targets of log rates.
fn shift(simulation: &mut Simulation, by: impl Fn(usize) -> f64) {
    let mut currencies = simulation.world_mut().resource_mut::<Currencies>();
    for (n, shift) in currencies.shift.iter_mut().enumerate() {
        *shift = by(n);
    }
}

/// Employment, shares and relative values: nothing that depends on the money.
fn real_side(simulation: &Simulation) -> Vec<f64> {
    let world = simulation.world();
    let mut values = world.resource::<LabourRationing>().employed.clone();
    values.extend(&world.resource::<MarketPrices>().origin_share);
    values
}

fn largest_gap(found: &[f64], expected: &[f64]) -> f64 {
    let gaps = found.iter().zip(expected).map(|(a, b)| (a - b).abs());
    gaps.fold(0.0, f64::max)
}

fn bits(simulation: &Simulation) -> Vec<u64> {
    let world = simulation.world();
    let prices = world.resource::<MarketPrices>();
    let mut values = prices.log_composite.clone();
    values.extend(&prices.log_landed);
    values.extend(&world.resource::<Wages>().log_wage);
    values.extend(&world.resource::<Shipments>().value);
    values.into_iter().map(f64::to_bits).collect()
}

#[test]
fn currencies_that_answer_nothing_leave_every_bit_as_with_fixed_rates() {
    let economy = Closed::default().build();
    let mut fixed = with_duty(shifted(&economy), 0.3);
    let mut still = models::simulate(fixed.clone());
    fixed.frictions.currency = CurrencyRule::fixed();
    let mut fixed = models::simulate(fixed);
    for simulation in [&mut still, &mut fixed] {
        models::run(simulation, 104);
    }
    assert_eq!(bits(&still), bits(&fixed));
}

#[test]
fn the_base_year_is_at_rest_with_currencies_that_float() {
    let economy = Closed::default().build();
    let mut simulation = models::simulate(floating(&economy));
    let before = real_side(&simulation);
    models::run(&mut simulation, 5 * 52);
    let gap = largest_gap(&real_side(&simulation), &before);
    assert!(
        gap < 1e-12 * economy.wage_bill.iter().sum::<f64>(),
        "{gap:e}"
    );
    let rates = &simulation.world().resource::<Currencies>().log_rate;
    assert!(rates.iter().all(|rate| rate.abs() < 1e-12), "{rates:?}");
}

#[test]
fn a_duty_lifts_or_lowers_the_reference_money_as_the_response_says() {
    let economy = Closed::default().build();
    for response in [0.3, -0.3] {
        let mut model = with_duty(shifted(&economy), 0.1);
        model.frictions.currency.tariff_response = response;
        let mut simulation = models::simulate(model);
        models::run(&mut simulation, 3);
        let rates = &simulation.world().resource::<Currencies>().log_rate;
        assert!(rates[0].abs() < 1e-15);
        for rate in &rates[1..] {
            assert!((rate - response * 0.58 * 0.1).abs() < 1e-12, "{rate}");
        }
    }
}

fn money(simulation: &mut Simulation) -> f64 {
    let world = simulation.world_mut();
    let mut cash = world.query::<&Cash>();
    cash.iter(world).map(|cash| cash.0).sum()
}

#[test]
fn accounts_close_and_money_changes_by_revaluations_alone() {
    let economy = Closed::default().build();
    let mut model = with_duty(floating(&economy), 0.3);
    model.frictions.currency.volatility = 0.2;
    let mut simulation = models::simulate(model);
    let (start, mut recorded, mut gross) = (money(&mut simulation), 0.0, 0.0);
    for _ in 0..104 {
        models::run(&mut simulation, 1);
        let currencies = simulation.world().resource::<Currencies>();
        recorded += currencies.revaluation.iter().sum::<f64>();
        gross += currencies
            .revaluation
            .iter()
            .map(|one| one.abs())
            .sum::<f64>();
    }
    assert!(gross > 0.05 * start, "nothing was revalued: {gross}");
    let gap = money(&mut simulation) - start - recorded;
    assert!(gap.abs() < 1e-12 * start, "{gap:e} of {start}");
}

#[test]
fn the_accounts_of_the_real_world_close_with_moving_currencies() {
    let mut plan = real::plan(&real::no_new_measures(), 1, 40, 2);
    plan.draws[0]
        .set("exchange_rate_volatility", 0.1)
        .expect("a parameter");
    let model = with_duty(real::model(&plan, 0), 0.1);
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, 40);
    let rates = &simulation.world().resource::<Currencies>().log_rate;
    let moved = rates.iter().filter(|rate| rate.abs() > 1e-3).count();
    assert!(moved > rates.len() / 2, "{rates:?}");
}

/// What a plugin that tampers with money of the second economy is caught at.
fn fault(tamper: fn(&mut App)) -> Option<(Phase, Account)> {
    let economy = Closed::default().build();
    let mut simulation =
        Simulation::new(shifted(&economy), (baseline, tamper)).expect("an ordered schedule");
    shift(&mut simulation, |n| 0.05 * n as f64);
    let breach = (0..3).find_map(|_| simulation.step().err());
    breach.map(|breach| (breach.phase, breach.account))
}

#[test]
fn money_that_appears_during_a_revaluation_is_found() {
    fn give(mut users: Query<&mut Cash, With<FinalBuyer>>) {
        if let Some(mut cash) = users.iter_mut().nth(4) {
            cash.0 += 1e-6;
        }
    }
    let system = |app: &mut App| {
        app.add_systems(
            Tick,
            give.in_set(Phase::OpenPeriod)
                .after(CurrencySystems)
                .before(AuditOf(Phase::OpenPeriod)),
        );
    };
    assert_eq!(
        fault(system),
        Some((Phase::OpenPeriod, Account::FinalUserCash(4)))
    );
    assert_eq!(fault(|_| {}), None);
}

#[test]
fn a_revaluation_left_out_of_the_record_is_found() {
    fn forget(mut currencies: ResMut<Currencies>) {
        currencies.revaluation[1] = 0.0;
    }
    let system = |app: &mut App| {
        app.add_systems(
            Tick,
            forget
                .in_set(Phase::OpenPeriod)
                .after(CurrencySystems)
                .before(AuditOf(Phase::OpenPeriod)),
        );
    };
    let found = fault(system).expect("a breach");
    assert_eq!(found.1, Account::Economy("revaluations are recorded", 1));
}

/// Mean log change of the prices of the lines from one economy to another, by
/// the money of the invoice: reference, origin.
fn price_changes(simulation: &mut Simulation, buyer: usize, origin: usize) -> [f64; 2] {
    let world = simulation.world_mut();
    let economy = world.resource::<Model>().economy.clone();
    let rows = world.resource::<Rows>().clone();
    let invoicing = world.resource::<Invoicing>().in_origin_money.clone();
    let mut lines = world.query_filtered::<(&LogPrice, &BaseLogPrice), With<Line>>();
    let change: Vec<f64> = lines
        .iter(world)
        .map(|(now, base)| now.0 - base.0)
        .collect();
    let (mut sum, mut count) = ([0.0; 2], [0.0; 2]);
    for s in 0..economy.sectors {
        let flow = Rows::flow(&economy, buyer, origin, s);
        for line in rows.lines[flow]..rows.lines[flow + 1] {
            let kind = invoicing[line] as usize;
            sum[kind] += change[line];
            count[kind] += 1.0;
        }
    }
    assert!(count[0] > 0.0 && count[1] > 0.0, "both kinds of invoices");
    [sum[0] / count[0], sum[1] / count[1]]
}

/// The fall of the seller's money reaches prices in reference money at once
/// where the invoice is in the seller's money, with resets where it is not; in
/// the end both have passed on what costs fell.
#[test]
fn a_fall_of_the_sellers_money_reaches_dollar_prices_only_with_resets() {
    let economy = Closed::default().build();
    let mut model = shifted(&economy);
    model.population.firms_per_cell = 40;
    model.population.exporter_share = vec![1.0; economy.sectors];
    model.frictions.currency.reference_invoicing.fill(0.5);
    model.frictions.wage_speed = 0.0;
    let mut simulation = models::simulate(model);
    let fall = 0.1;
    shift(&mut simulation, |n| if n == 1 { fall } else { 0.0 });
    let mut pass_through = |ticks: u32| {
        models::run(&mut simulation, ticks);
        price_changes(&mut simulation, 0, 1).map(|change| -change / fall)
    };
    let [at_once_dollar, at_once_local] = pass_through(1);
    let [year_dollar, year_local] = pass_through(51);
    let [late_dollar, late_local] = pass_through(4 * 52);
    assert!(at_once_dollar < 0.1, "{at_once_dollar}");
    assert!(at_once_local > 0.95, "{at_once_local}");
    assert!(
        year_dollar > 0.3 && year_dollar < 0.9 * year_local,
        "{year_dollar} {year_local}"
    );
    assert!(
        (late_dollar - late_local).abs() < 0.02,
        "{late_dollar} {late_local}"
    );
    assert!(late_dollar > 0.5 && late_dollar < 1.0, "{late_dollar}");
}

/// Volume of trade among all economies but the first, at base prices.
fn trade_of_others(simulation: &Simulation) -> f64 {
    let world = simulation.world();
    let economy = &world.resource::<Model>().economy;
    let (prices, shipments) = (
        world.resource::<MarketPrices>(),
        world.resource::<Shipments>(),
    );
    let mut volume = 0.0;
    for n in 1..economy.economies {
        for i in (1..economy.economies).filter(|i| *i != n) {
            for s in 0..economy.sectors {
                let flow = economy.flow(n, i, s);
                volume += shipments.value[flow] * exp(-prices.log_gate[flow]);
            }
        }
    }
    volume
}

#[test]
fn a_dearer_dollar_lowers_trade_of_others_the_more_is_invoiced_in_dollars() {
    let economy = Closed {
        economies: 4,
        ..Closed::default()
    }
    .build();
    let change = |share: f64| {
        let mut model = shifted(&economy);
        model.frictions.currency.reference_invoicing.fill(share);
        let mut simulation = models::simulate(model);
        models::run(&mut simulation, 1);
        let before = trade_of_others(&simulation);
        shift(&mut simulation, |n| if n > 0 { 0.1 } else { 0.0 });
        models::run(&mut simulation, 13);
        trade_of_others(&simulation) / before - 1.0
    };
    let (producer, dollar) = (change(0.0), change(1.0));
    assert!(dollar < -0.02, "{dollar}");
    assert!(producer > dollar + 0.02, "{producer} against {dollar}");
}

/// Without frictions money is neutral: the rest point does not know the rate.
#[test]
fn a_rate_moved_for_good_changes_nothing_real_in_the_end() {
    let economy = Closed::default().build();
    let shock = models::added_duty(&economy, 0, 0.2);
    let rest = |by: f64| -> RestPoint {
        let mut model = models::frictionless(&economy, &shock, 2, WEEK);
        model.frictions.currency = shifted(&economy).frictions.currency;
        let mut simulation = models::simulate(model);
        shift(&mut simulation, |n| by * n as f64);
        models::run(&mut simulation, 4);
        let moved = simulation.world().resource::<Currencies>().log_rate[1];
        assert!((moved - by).abs() < 1e-15);
        models::rest(&mut simulation)
    };
    let (still, moved) = (rest(0.0), rest(0.1));
    for field in models::REPORTED {
        let (Some(still), Some(moved)) = (still.reported(field), moved.reported(field)) else {
            continue;
        };
        for (a, b) in still.iter().zip(moved) {
            assert!((a - b).abs() < 1e-6 * a.abs().max(1.0), "{field}: {a} {b}");
        }
    }
}

/// Which money accounts are kept in is a convention: the same movement told in
/// the money of another economy is the same real path. So transfers in units of
/// the world wage bill need no change when rates move.
#[test]
fn the_choice_of_the_reference_money_changes_nothing_real() {
    let economy = Closed::default().build();
    let path = |reference: usize| {
        let mut model = with_duty(shifted(&economy), 0.2);
        model.frictions.dollar_margin = 0.5;
        model.frictions.currency.reference = Some(reference);
        model.frictions.currency.reference_invoicing.fill(0.0);
        model.frictions.currency.speed = 3.0;
        let mut simulation = models::simulate(model);
        // Everyone else's money falls by 10 per cent against that of economy 0.
        shift(&mut simulation, |n| match (reference, n) {
            (0, 1..) => 0.1,
            (1.., 0) => -0.1,
            _ => 0.0,
        });
        models::run(&mut simulation, 104);
        let wage = simulation.world().resource::<Wages>().log_wage[0];
        (real_side(&simulation), wage)
    };
    let ((one, one_wage), (other, other_wage)) = (path(0), path(1));
    let scale = economy.wage_bill.iter().sum::<f64>();
    let gap = largest_gap(&one, &other);
    assert!(gap < 1e-11 * scale, "{gap:e}");
    assert!(
        (one_wage - other_wage).abs() > 0.05,
        "{one_wage} {other_wage}"
    );
}

#[test]
fn a_peg_holds_while_others_float() {
    let economy = Closed::default().build();
    let mut model = with_duty(floating(&economy), 0.2);
    model.frictions.currency.volatility = 0.1;
    model.frictions.currency.flexibility[1] = 0.0;
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, 52);
    let rates = &simulation.world().resource::<Currencies>().log_rate;
    assert_eq!(rates[1].to_bits(), 0.0_f64.to_bits());
    assert!(rates[2].abs() > 1e-3, "{rates:?}");
}

/// A central bank of every economy that follows the rule.
fn rule(economy: &Economy) -> MonetaryRule {
    MonetaryRule {
        is_followed: true,
        base_rate: vec![0.04; economy.economies],
        inflation_response: 1.5,
        unemployment_response: 1.0,
        floor: 0.0,
        speed: 4.0,
        spending_response: vec![0.5; economy.users.len()],
    }
}

#[test]
fn the_base_year_is_at_rest_with_central_banks_that_follow_the_rule() {
    let economy = Closed::default().build();
    let mut model = floating(&economy);
    model.frictions.monetary = rule(&economy);
    let mut simulation = models::simulate(model);
    let before = real_side(&simulation);
    models::run(&mut simulation, 3 * 52);
    let gap = largest_gap(&real_side(&simulation), &before);
    assert!(
        gap < 1e-12 * economy.wage_bill.iter().sum::<f64>(),
        "{gap:e}"
    );
    let rates = &simulation.world().resource::<PolicyRates>().change;
    assert!(rates.iter().all(|rate| rate.abs() < 1e-12), "{rates:?}");
}

/// A duty raises prices; the rule answers with a higher rate, dearer money and
/// less employment than banks that look through it.
#[test]
fn a_bank_that_follows_the_rule_answers_a_duty_with_a_higher_rate() {
    let economy = Closed::default().build();
    let outcome = |is_followed: bool| {
        let mut model = with_duty(floating(&economy), 0.03);
        model.frictions.currency.tariff_response = 0.0;
        model.frictions.monetary = MonetaryRule {
            is_followed,
            ..rule(&economy)
        };
        let mut simulation = models::simulate(model);
        models::run(&mut simulation, 40);
        let world = simulation.world();
        let cells = 0..economy.sectors;
        let employed = world.resource::<LabourRationing>().employed[cells]
            .iter()
            .sum::<f64>();
        let rate = world.resource::<PolicyRates>().change[0];
        (
            rate,
            world.resource::<Currencies>().effective_rate(0),
            employed,
        )
    };
    let (followed, looked_through) = (outcome(true), outcome(false));
    assert!(looked_through.0.abs() < 1e-15);
    assert!(followed.0 > 1e-3, "{followed:?}");
    assert!(
        followed.1 > looked_through.1 + 1e-3,
        "{followed:?} {looked_through:?}"
    );
    assert!(
        followed.2 < looked_through.2,
        "{followed:?} {looked_through:?}"
    );
}

#[test]
fn a_peg_takes_the_rate_of_the_reference() {
    let economy = Closed::default().build();
    let mut model = with_duty(floating(&economy), 0.3);
    model.frictions.monetary = rule(&economy);
    model.frictions.currency.flexibility[1] = 0.0;
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, 40);
    let rates = &simulation.world().resource::<PolicyRates>().change;
    assert_eq!(rates[1].to_bits(), rates[0].to_bits());
    assert!((rates[2] - rates[0]).abs() > 1e-4, "{rates:?}");
}
