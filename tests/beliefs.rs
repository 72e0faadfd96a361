//! What governments' announcements are believed to be worth, and what markets make of it.

use std::sync::Arc;

use tradewinds_engine::Simulation;
use tradewinds_engine::beliefs::{Announced, BeliefRule, Beliefs, Deeds, Outlook};
use tradewinds_engine::customs::RateCalendar;
use tradewinds_engine::equity::{Equities, EquityRule};
use tradewinds_engine::model::Model;
use tradewinds_engine::regimes::{RegimeRule, RegimeSource, Regimes};
use tradewinds_engine::valuation::ValuationRule;
use tradewinds_equilibrium::{Economy, Shock};
use tradewinds_kernel::clock::TickLength;
use tradewinds_tests::fixtures::closed::Closed;
use tradewinds_tests::fixtures::models;
use tradewinds_units::days_after;

/// What is announced of the duties of economy 0: known from, effective, no longer known,
/// and the change.
type Said = (i64, i64, i64, f64);

fn announced(economy: &Economy, said: &[Said]) -> Outlook {
    let day = |days: i64| days_after(models::START, days);
    let mut all = Vec::new();
    for (known, effective, until, change) in said {
        for flow in abroad(economy) {
            all.push(Announced {
                known_from: day(*known),
                known_until: day(*until),
                is_plan: false,
                effective: day(*effective),
                flow,
                change: *change,
            });
        }
    }
    Outlook::new(all)
}

/// Flows from abroad to economy 0.
fn abroad(economy: &Economy) -> Vec<u32> {
    let sectors = 0..economy.sectors;
    let flows = sectors.flat_map(|s| (1..economy.economies).map(move |i| economy.flow(0, i, s)));
    let sales = &economy.accounts().sales;
    (flows
        .filter(|flow| sales[*flow] > 0.0)
        .map(|flow| flow as u32))
    .collect()
}

/// Duties of economy 0 above those of the base year from some days on.
fn duties(economy: &Economy, steps: &[(i64, f64)]) -> RateCalendar {
    let base = (models::START, models::rates(economy, &Shock::default()));
    let step = |(days, duty): &(i64, f64)| {
        let shock = models::added_duty(economy, 0, *duty);
        (
            days_after(models::START, *days),
            models::rates(economy, &shock),
        )
    };
    RateCalendar::new([base].into_iter().chain(steps.iter().map(step)).collect())
}

fn model(economy: &Economy, law: RateCalendar) -> Model {
    let mut model = models::sticky(economy, 2, 5);
    model.tick = TickLength::Days(1);
    model.frictions.productivity_noise = 0.0;
    model.frictions.beliefs = BeliefRule {
        prior_carried_out: 1.0,
        prior_withdrawn: 1.0,
        plan: 1.0,
    };
    model.law = Arc::new(law);
    model
}

/// What was seen of economy 0 after some days: rises and cuts, carried out and withdrawn.
fn seen(steps: &[(i64, f64)], said: &[Said], days: u32) -> [(f64, f64); 2] {
    let economy = Closed::default().build();
    let law = duties(&economy, steps).with_outlook(announced(&economy, said));
    let simulation = after(model(&economy, law), days);
    let word = simulation.world().resource::<Beliefs>().seen[0];
    let pair = |deeds: Deeds| (deeds.carried_out, deeds.withdrawn);
    [pair(word.rises), pair(word.cuts)]
}

fn after(model: Model, days: u32) -> Simulation {
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, days);
    simulation
}

#[test]
fn a_threat_that_comes_is_carried_out_and_one_that_is_dropped_is_withdrawn() {
    let comes = seen(&[(10, 0.2)], &[(2, 10, 10, 0.2)], 12);
    assert_eq!(comes, [(1.0, 0.0), (0.0, 0.0)]);
    let is_halved = seen(&[(10, 0.09)], &[(2, 10, 10, 0.2)], 12);
    assert_eq!(is_halved, [(0.0, 1.0), (0.0, 0.0)]);
    let is_dropped = seen(&[], &[(2, 10, 5, 0.2)], 12);
    assert_eq!(is_dropped, [(0.0, 1.0), (0.0, 0.0)]);
}

#[test]
fn what_stands_anew_for_about_the_same_day_teaches_nothing() {
    // Stated again on day 5 for the same day, and for five days later.
    for effective in [10, 15] {
        let said = [(2, 10, 5, 0.2), (5, effective, 20, 0.2)];
        assert_eq!(seen(&[], &said, 8), [(0.0, 0.0), (0.0, 0.0)], "{effective}");
    }
    // Put off by a month: withdrawn.
    let put_off = [(2, 10, 5, 0.2), (5, 40, 40, 0.2)];
    assert_eq!(seen(&[], &put_off, 8), [(0.0, 1.0), (0.0, 0.0)]);
    // Another text that is known by then stands for it too, not only one of that day.
    let parallel = [(2, 10, 5, 0.2), (3, 12, 20, 0.2)];
    assert_eq!(seen(&[], &parallel, 8), [(0.0, 0.0), (0.0, 0.0)]);
}

#[test]
fn a_step_taken_is_no_withdrawal_of_the_steps_after_it() {
    // Two steps; after the first, what is to come is stated against what holds.
    let said = [(2, 6, 6, 0.2), (2, 12, 6, 0.25), (6, 12, 12, 0.05)];
    let steps = [(6, 0.2), (12, 0.25)];
    assert_eq!(seen(&steps, &said, 8), [(1.0, 0.0), (0.0, 0.0)]);
    assert_eq!(seen(&steps, &said, 14), [(2.0, 0.0), (0.0, 0.0)]);
}

#[test]
fn one_text_with_many_dates_is_one_deed() {
    let dates = [20, 50, 80, 110];
    let said = dates.map(|effective| (2, effective, 5, 0.2));
    assert_eq!(seen(&[], &said, 8), [(0.0, 1.0), (0.0, 0.0)]);
}

#[test]
fn a_rise_taken_back_counts_as_withdrawn_and_the_cut_as_carried_out() {
    let said = [(2, 6, 6, 0.2), (10, 12, 12, -0.2)];
    let steps = [(6, 0.2), (12, 0.0)];
    assert_eq!(seen(&steps, &said, 8), [(1.0, 0.0), (0.0, 0.0)]);
    assert_eq!(seen(&steps, &said, 14), [(1.0, 1.0), (1.0, 0.0)]);
    // A cut below the base year takes nothing back.
    let said = [(2, 6, 6, -0.02)];
    assert_eq!(seen(&[(6, -0.02)], &said, 8), [(0.0, 0.0), (1.0, 0.0)]);
}

#[test]
fn what_hardly_moves_the_average_duty_teaches_nothing() {
    assert_eq!(seen(&[], &[(2, 10, 5, 0.0001)], 8), [(0.0, 0.0); 2]);
}

#[test]
fn importers_read_the_rate_on_entry_and_markets_the_rate_once_all_has_arrived() {
    let economy = Closed::default().build();
    let law = duties(&economy, &[(10, 0.2)])
        .with_outlook(announced(&economy, &[(2, 10, 10, 0.05)]))
        .with_lasting_outlook(announced(&economy, &[(2, 10, 10, 0.2)]));
    let simulation = after(model(&economy, law), 4);
    let beliefs = simulation.world().resource::<Beliefs>();
    let flows = abroad(&economy).len();
    for (list, change) in [(&beliefs.expected, 0.05), (&beliefs.lasting, 0.2)] {
        assert_eq!(list.len(), flows);
        for one in list {
            assert!((one.change - change).abs() < 1e-15 && (one.probability - 0.5).abs() < 1e-15);
        }
    }
}

/// A market without stress, premium or hazards, so that values differ by regimes alone.
fn market(sectors: usize, rule: RegimeRule, war_loss: f64) -> EquityRule {
    EquityRule {
        is_on: true,
        regimes: RegimeSource::Believed(rule),
        response: models::answers(),
        safe_rate: 0.03,
        premium: 0.05,
        beta: vec![1.0; sectors],
        growth: 0.02,
        war_loss,
        value_speed: f64::INFINITY,
        ..EquityRule::none()
    }
}

fn valued(law: RateCalendar, rule: RegimeRule, war_loss: f64, days: u32) -> Simulation {
    let economy = Closed::default().build();
    let mut model = model(&economy, law);
    model.frictions.valuation = ValuationRule {
        expectation: 0.25,
        capital_share: vec![0.4; economy.economies],
    };
    model.frictions.equity = market(economy.sectors, rule, war_loss);
    after(model, days)
}

#[test]
fn a_small_cut_announced_is_no_deal_about_everything() {
    let economy = Closed::default().build();
    // Duties of 20 points hold; half would go in a deal. A cut of one point is announced.
    let weight = |cut: f64| {
        let law =
            duties(&economy, &[(2, 0.2)]).with_outlook(announced(&economy, &[(7, 30, 30, cut)]));
        let rule = RegimeRule {
            deal_relief: 0.5,
            ..RegimeRule::none()
        };
        let simulation = valued(law, rule, 0.0, 9);
        let regimes = simulation.world().resource::<Regimes>();
        regimes
            .days
            .last()
            .map(|day| day.weights)
            .unwrap_or_default()
    };
    let [status_quo, rise, deal] = weight(-0.01);
    // Believed with one half, it is a tenth of what a deal would take back.
    assert!((deal - 0.05).abs() < 1e-12 && rise.abs() < 1e-300, "{deal}");
    assert!((status_quo + deal - 1.0).abs() < 1e-12);
    let [_, _, whole] = weight(-0.2);
    assert!((whole - 0.5).abs() < 1e-12, "{whole}");
}

#[test]
fn a_war_costs_its_loss_times_its_reach() {
    let economy = Closed::default().build();
    let rule = RegimeRule {
        war_rate: 0.2,
        war_breadth: 0.5,
        ..RegimeRule::none()
    };
    // All imports of economy 0 pay 40 points more from the fifth day.
    let value = |war_loss: f64| {
        let simulation = valued(duties(&economy, &[(4, 0.4)]), rule, war_loss, 9);
        let equities = simulation.world().resource::<Equities>();
        let war = equities.days.last().map_or(0.0, |day| day.war[0]);
        let own = equities.capitalisation[..economy.sectors].iter();
        (own.sum::<f64>(), war)
    };
    let ((with, reach), (without, _)) = (value(0.2), value(0.0));
    assert!(reach > 0.4 && reach < 0.6, "two partners: {reach}");
    let fall = (with / without).ln();
    assert!((fall + 0.2 * reach).abs() < 1e-9, "{fall} {reach}");
}

#[test]
fn a_plan_is_believed_less_than_an_order() {
    let economy = Closed::default().build();
    let flow = abroad(&economy)[0];
    let day = |days: i64| days_after(models::START, days);
    let said = |is_plan: bool| Announced {
        known_from: day(2),
        known_until: day(10),
        effective: day(10),
        flow,
        change: 0.2,
        is_plan,
    };
    let outlook = Outlook::new(vec![said(true), said(false)]);
    let mut model = model(&economy, duties(&economy, &[]).with_outlook(outlook));
    model.frictions.beliefs.plan = 0.4;
    let simulation = after(model, 4);
    let expected = &simulation.world().resource::<Beliefs>().expected;
    let mut believed: Vec<f64> = expected.iter().map(|one| one.probability).collect();
    believed.sort_by(f64::total_cmp);
    let known = [0.5 * 0.4, 0.5];
    assert_eq!(believed.len(), 2);
    for (found, known) in believed.iter().zip(known) {
        assert!((found - known).abs() < 1e-15, "{found} {known}");
    }
}
