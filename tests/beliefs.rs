//! What governments' announcements are believed to be worth, and what markets make of it.

use std::sync::Arc;

use tradewinds_engine::Simulation;
use tradewinds_engine::beliefs::{Announced, BeliefRule, Beliefs, Deeds, Outlook, Text};
use tradewinds_engine::customs::RateCalendar;
use tradewinds_engine::equity::{Equities, EquityRule};
use tradewinds_engine::model::Model;
use tradewinds_engine::regimes::{RegimeRule, RegimeSource};
use tradewinds_engine::stress::StressRule;
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
                text: Text::Law,
                effective: day(*effective),
                flow,
                change: *change,
                step: *change,
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
    after(priced(law, rule, war_loss), days)
}

fn priced(law: RateCalendar, rule: RegimeRule, war_loss: f64) -> Model {
    let economy = Closed::default().build();
    let mut model = model(&economy, law);
    model.frictions.valuation = ValuationRule {
        expectation: 0.25,
        capital_share: vec![0.4; economy.economies],
    };
    model.frictions.equity = market(economy.sectors, rule, war_loss);
    model
}

/// Value of the shares of economy 1, which sells to economy 0, on the last of some days, over
/// that without news, in logs.
fn moved(steps: &[(i64, f64)], courses: &[Vec<Announced>], days: u32) -> f64 {
    let economy = Closed::default().build();
    let rule = RegimeRule {
        deal_relief: 0.5,
        ..RegimeRule::none()
    };
    let value = |steps: &[(i64, f64)], outlook: Outlook| {
        let law = duties(&economy, steps).with_outlook(outlook);
        let simulation = valued(law, rule, 0.0, days);
        let shares = simulation.world().resource::<Equities>();
        let own = economy.market(1, 0)..economy.market(2, 0);
        shares.capitalisation[own].iter().sum::<f64>()
    };
    let with = value(steps, Outlook::new(courses.concat()));
    (with / value(&[], Outlook::default())).ln()
}

/// A course of duties of economy 0 on all that comes from abroad: days and levels against
/// what holds, as a law tells of them from one day until another.
fn course((from, until): (i64, i64), levels: &[(i64, f64)]) -> Vec<Announced> {
    let economy = Closed::default().build();
    let day = |days: i64| days_after(models::START, days);
    let before = [0.0].into_iter().chain(levels.iter().map(|level| level.1));
    let steps = levels.iter().zip(before);
    let announced = steps.flat_map(|((effective, change), before)| {
        abroad(&economy).into_iter().map(move |flow| Announced {
            known_from: day(from),
            known_until: day(until),
            effective: day(*effective),
            flow,
            change: *change,
            step: change - before,
            text: Text::Law,
        })
    });
    announced.collect()
}

#[test]
fn a_duty_of_a_day_costs_owners_what_they_doubt_of_its_end() {
    // A rise in two weeks for good; the same for a day and for a year, told at once.
    let rise = |levels: &[(i64, f64)]| moved(&[], &[course((7, 21), levels)], 9);
    let for_ever = rise(&[(21, 0.2)]);
    let of_a_day = rise(&[(21, 0.2), (22, 0.0)]);
    let of_a_year = rise(&[(21, 0.2), (21 + 365, 0.0)]);
    assert!(for_ever < -0.001, "{for_ever}");
    // An end is believed with one half.
    let share = of_a_day / for_ever;
    assert!((share - 0.5).abs() < 0.01, "{share}");
    let longer = of_a_year / for_ever;
    let known = 1.0 - 0.5 * (-0.06_f64).exp();
    assert!((longer - known).abs() < 0.01, "{longer} {known}");
}

#[test]
fn the_day_on_which_a_duty_with_an_end_enters_is_no_relief() {
    let days = [(14, 0.2), (14 + 150, 0.0)];
    let told = [
        course((7, 14), &days),
        course((14, 14 + 150), &[(14 + 150, -0.2)]),
    ];
    let (eve, entry) = (moved(&[], &told, 12), moved(&days[..1], &told, 16));
    // It was believed with one half, and shares fall by about the other one.
    assert!(entry < eve && eve < -0.0005, "{entry} {eve}");
    assert!((eve / entry - 0.5).abs() < 0.05, "{}", eve / entry);
}

/// Conflicts that become usual, a war and its loss: what duties cost beyond profits.
#[derive(Clone, Copy)]
struct Beyond {
    premium: f64,
    war_loss: f64,
}

/// Value of the shares of economy 1 on the eve of a day and after it, over that without
/// news, in logs, in a market with hazards where a word is worth two thirds and hardly learned.
fn around(steps: &[(i64, f64)], outlook: &[Vec<Announced>], day: u32, beyond: Beyond) -> [f64; 2] {
    let economy = Closed::default().build();
    let rule = RegimeRule {
        deal: 0.1,
        reversal: 0.2,
        breakdown: 0.1,
        back_down: 6.0,
        deal_relief: 0.5,
        war_rate: 0.2,
        war_breadth: 0.5,
    };
    let values = |steps: &[(i64, f64)], outlook: Outlook| {
        let law = duties(&economy, steps).with_outlook(outlook);
        let mut model = priced(law, rule, beyond.war_loss);
        model.frictions.equity.uncertainty_premium = beyond.premium;
        // Uncertainty itself is gone in an hour, so that conflicts alone take a premium.
        model.frictions.stress = StressRule {
            threat_shock: 100.0,
            pause_share: 1.0,
            half_life: 1e-4,
            acceptance: 1.0,
            ..StressRule::none()
        };
        model.frictions.beliefs = BeliefRule {
            prior_carried_out: 2e6,
            prior_withdrawn: 1e6,
            plan: 1.0,
        };
        let mut simulation = models::simulate(model);
        let mut value = |days: u32| {
            models::run(&mut simulation, days);
            let shares = simulation.world().resource::<Equities>();
            let own = economy.market(1, 0)..economy.market(2, 0);
            shares.capitalisation[own].iter().sum::<f64>()
        };
        [value(day), value(1)]
    };
    let (with, without) = (
        values(steps, Outlook::new(outlook.concat())),
        values(&[], Outlook::default()),
    );
    std::array::from_fn(|at| (with[at] / without[at]).ln())
}

#[test]
fn the_day_of_an_announcement_changes_values_by_what_was_not_known() {
    // A day of trade after one: two weeks and a day after a Monday.
    let day = (0..7)
        .map(|days| 14 + days)
        .find(|day| {
            days_after(models::START, *day)
                .weekday()
                .to_monday_zero_offset()
                == 2
        })
        .unwrap();
    let course = |from: i64, until: i64, levels: &[(i64, f64)]| course((from, until), levels);
    let (later, pause) = (day + 150, day + 90);
    let word = 2.0 / 3.0;
    // (what held before, what is told, what holds then and is told then, if it comes)
    let cases = [
        ("a rise", vec![], vec![(day, 0.2)], vec![]),
        (
            "a rise that ends",
            vec![],
            vec![(day, 0.2), (later, 0.0)],
            vec![(later, -0.2)],
        ),
        ("a cut", vec![(1, 0.2)], vec![(day, -0.2)], vec![]),
        (
            "a pause",
            vec![(1, 0.2)],
            vec![(day, -0.2), (pause, 0.0)],
            vec![(pause, 0.2)],
        ),
    ];
    let plain = Beyond {
        premium: 0.0,
        war_loss: 0.0,
    };
    let with_premium = Beyond {
        premium: 0.005,
        ..plain
    };
    let with_war = Beyond {
        war_loss: 0.2,
        ..plain
    };
    for (name, before, told, then) in cases {
        for beyond in [plain, with_premium, with_war] {
            let around = |steps: &[(i64, f64)], outlook: &[Vec<Announced>]| {
                around(steps, outlook, day as u32, beyond)
            };
            let announced = course(day - 1, day, &told);
            let held = before.last().map_or(0.0, |step: &(i64, f64)| step.1);
            let mut comes = before.clone();
            comes.push((day, held + told[0].1));
            let next = course(day, day + 150, &then);
            let [eve, kept] = around(&comes, &[announced.clone(), next]);
            let [_, broken] = around(&before, &[announced]);
            // Values, not their logs, are expected; a rise may be withdrawn on its eve.
            let probability = match told[0].1 > 0.0 {
                true => word * (-6.0 * (1.0 - word) / 365.25_f64).exp(),
                false => word,
            };
            let expected = (probability * kept.exp() + (1.0 - probability) * broken.exp()).ln();
            let size = (kept - broken).abs();
            assert!(size > 0.001, "{name}: {kept} {broken}");
            assert!(
                (eve - expected).abs() < 0.01 * size,
                "{name}, premium {}, war {}: {eve} {expected} of {kept} and {broken}",
                beyond.premium,
                beyond.war_loss
            );
        }
    }
}

#[test]
fn a_cut_for_one_partner_lifts_its_exporters_alone() {
    let economy = Closed::default().build();
    let is_of = |partner: usize| {
        let sectors = economy.sectors;
        move |one: &Announced| one.flow as usize / sectors % economy.economies == partner
    };
    let cut = course((14, 40), &[(40, -0.2)]);
    let for_one: Vec<Announced> = cut.iter().copied().filter(is_of(1)).collect();
    let value = |outlook: Vec<Announced>| {
        let economy = Closed::default().build();
        let law = duties(&economy, &[(2, 0.2)]).with_outlook(Outlook::new(outlook));
        let simulation = valued(law, RegimeRule::none(), 0.0, 16);
        let shares = simulation.world().resource::<Equities>().clone();
        let of =
            |n: usize| shares.capitalisation[economy.market(n, 0)..economy.market(n + 1, 0)].iter();
        [1, 2].map(|n| of(n).sum::<f64>())
    };
    let (with, without, all) = (value(for_one), value(Vec::new()), value(cut));
    let lift = |n: usize| (with[n] / without[n]).ln();
    assert!(lift(0) > 0.0001 && lift(1) < 0.0, "{} {}", lift(0), lift(1));
    let of_all = (all[1] / without[1]).ln();
    assert!(of_all > 0.0001, "{of_all}");
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
    let said = |text: Text| Announced {
        known_from: day(2),
        known_until: day(10),
        effective: day(10),
        flow,
        change: 0.2,
        step: 0.2,
        text,
    };
    let outlook = Outlook::new(vec![said(Text::Plan), said(Text::Law)]);
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
