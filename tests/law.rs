//! Law that changes in the midst of a run: from its day on customs charge it, and from the
//! day it is signed everybody acts on it.

use std::sync::Arc;

use bevy_app::App;
use bevy_ecs::prelude::*;
use tradewinds_engine::ahead::AheadRule;
use tradewinds_engine::beliefs::{BeliefRule, Beliefs};
use tradewinds_engine::customs::{DutiesCharged, LawSystems, RatesInForce};
use tradewinds_engine::equity::{Equities, EquityRule};
use tradewinds_engine::model::Model;
use tradewinds_engine::regimes::{RegimeRule, RegimeSource};
use tradewinds_engine::talks::levers::{Lever, Statute};
use tradewinds_engine::trade::Shipments;
use tradewinds_engine::transshipment::{Relabelled, TransshipmentRule};
use tradewinds_engine::valuation::ValuationRule;
use tradewinds_engine::{Simulation, Tick, baseline};
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::clock::{Clock, TickLength};
use tradewinds_tests::fixtures::closed::Closed;
use tradewinds_tests::fixtures::models;
use tradewinds_units::{Date, days_after};

/// Who sets the duty and whose goods pay it.
const PAIR: (usize, usize) = (0, 1);

/// A rate that economy 0 signs on one day for another.
#[derive(Resource, Clone)]
struct Treaty {
    lever: Lever,
    signed: Date,
    from: Date,
    rate: f64,
}

fn sign(mut model: ResMut<Model>, mut treaty: ResMut<Treaty>, clock: Res<Clock>) {
    if !(clock.date() <= treaty.signed && treaty.signed < clock.end()) {
        return;
    }
    let (today, from, rate) = (clock.date(), treaty.from, treaty.rate);
    let own = model.economy.flow(PAIR.0, 0, 0)..model.economy.flow(PAIR.0 + 1, 0, 0);
    let law = Arc::make_mut(&mut model.law);
    treaty.lever.set(law, from, rate);
    law.restate(today, own);
}

fn day(days: i64) -> Date {
    days_after(models::START, days)
}

/// Importers with stocks who buy ahead, and markets that believe what is law.
fn model(economy: &Economy, tick: TickLength) -> Model {
    let mut model = models::sticky(economy, 2, 5);
    let sectors = economy.sectors;
    model.tick = tick;
    let frictions = &mut model.frictions;
    frictions.productivity_noise = 0.0;
    frictions.beliefs = BeliefRule {
        prior_carried_out: 1e6,
        prior_withdrawn: 1e4,
        plan: 1.0,
    };
    for s in (0..sectors).filter(|s| Some(*s) != economy.services) {
        frictions.stocks.cover[s] = 0.1;
    }
    frictions.ahead = AheadRule {
        holding_cost: vec![0.25; sectors],
        surge: 0.5,
        payback: 10.0,
    };
    frictions.valuation = ValuationRule {
        expectation: 0.25,
        capital_share: vec![0.4; economy.economies],
    };
    frictions.equity = EquityRule {
        is_on: true,
        regimes: RegimeSource::Believed(RegimeRule::none()),
        response: models::answers(),
        safe_rate: 0.03,
        premium: 0.05,
        beta: vec![1.0; sectors],
        growth: 0.02,
        value_speed: f64::INFINITY,
        ..EquityRule::none()
    };
    model
}

/// The run in which a rate is signed on a day for another.
fn under(model: &Model, (signed, from): (i64, i64), rate: f64) -> Simulation {
    let statute = Statute::on_all_goods(&model.economy, PAIR, 0, 1.0);
    let treaty = Treaty {
        lever: Lever::new(statute, model.law.clone()),
        signed: day(signed),
        from: day(from),
        rate,
    };
    let plugins = move |app: &mut App| {
        baseline(app);
        app.insert_resource(treaty.clone())
            .add_systems(Tick, sign.in_set(LawSystems));
    };
    Simulation::new(model.clone(), plugins).unwrap_or_else(|error| panic!("{error}"))
}

/// Flows of goods between the pair.
fn flows(economy: &Economy) -> Vec<usize> {
    let statute = Statute::on_all_goods(economy, PAIR, 0, 1.0);
    let flows = statute.exposure.iter();
    flows.map(|one| one.flow as usize).collect()
}

/// Collected rate over that of the base year, of one flow.
fn added(simulation: &Simulation, economy: &Economy, flow: usize) -> f64 {
    let rates = &simulation.world().resource::<RatesInForce>().rates;
    rates.collected[flow] - economy.import_duty[flow]
}

#[test]
fn a_law_of_today_is_charged_in_the_tick_of_its_day() {
    let economy = Closed::default().build();
    let flow = flows(&economy)[0];
    let daily = model(&economy, TickLength::Days(1));
    let mut simulation = under(&daily, (3, 3), 0.2);
    for tick in 0..6 {
        simulation.step().unwrap();
        let known = if tick < 3 { 0.0 } else { 0.2 };
        let found = added(&simulation, &economy, flow);
        assert!((found - known).abs() < 1e-12, "day {tick}: {found}");
        let world = simulation.world();
        let charged = world.resource::<DutiesCharged>().import_duty[flow];
        let entered = world.resource::<Shipments>().entered[flow] / 365.25;
        let rate = economy.import_duty[flow] + known;
        assert!((charged / entered - rate).abs() < 1e-3, "day {tick}");
    }
    // In weeks: signed on Monday for Thursday, which leaves four days of seven.
    let weekly = model(&economy, TickLength::Days(7));
    let mut simulation = under(&weekly, (7, 10), 0.2);
    for known in [0.0, 0.2 * 4.0 / 7.0, 0.2, 0.2] {
        simulation.step().unwrap();
        let found = added(&simulation, &economy, flow);
        assert!((found - known).abs() < 1e-12, "{found} {known}");
    }
    // Written for the first week, for that of the day and after it, and not again.
    let laws = simulation.world().resource::<RatesInForce>().laws();
    assert_eq!(laws, 3);
}

#[test]
fn a_run_whose_law_is_set_to_what_it_is_does_not_change_by_a_bit() {
    let economy = Closed::default().build();
    let model = model(&economy, TickLength::Days(7));
    let (mut plain, mut signed) = (
        models::simulate(model.clone()),
        under(&model, (14, 20), 0.0),
    );
    models::run(&mut plain, 8);
    models::run(&mut signed, 8);
    let rates = |simulation: &Simulation| simulation.world().resource::<RatesInForce>().clone();
    let trade = |simulation: &Simulation| simulation.world().resource::<Shipments>().clone();
    assert_eq!(rates(&plain), rates(&signed));
    assert_eq!(trade(&plain), trade(&signed));
}

/// What one day of a run shows, over a run in which nothing is signed.
struct Seen {
    /// Log value of the shares of the partner.
    shares: f64,
    /// Imports from the partner.
    entered: f64,
    /// Announced changes that are expected.
    expected: usize,
    /// Collected rate over that of the base year.
    added: f64,
}

#[test]
fn a_duty_signed_ahead_moves_markets_and_importers_before_its_day() {
    const SIGNED: i64 = 10;
    const FROM: i64 = 38;
    let economy = Closed::default().build();
    let own = flows(&economy);
    let model = model(&economy, TickLength::Days(1));
    let (mut with, mut without) = (under(&model, (SIGNED, FROM), 0.2), models::simulate(model));
    let shares = |simulation: &Simulation| -> f64 {
        let shares = simulation.world().resource::<Equities>();
        let cells = economy.market(PAIR.1, 0)..economy.market(PAIR.1 + 1, 0);
        shares.capitalisation[cells].iter().sum()
    };
    let entered = |simulation: &Simulation| -> f64 {
        let entered = &simulation.world().resource::<Shipments>().entered;
        own.iter().map(|flow| entered[*flow]).sum()
    };
    let days: Vec<Seen> = (0..45)
        .map(|_| {
            with.step().unwrap();
            without.step().unwrap();
            Seen {
                shares: (shares(&with) / shares(&without)).ln(),
                entered: entered(&with) / entered(&without),
                expected: with.world().resource::<Beliefs>().expected.len(),
                added: added(&with, &economy, own[0]),
            }
        })
        .collect();
    let (signed, from) = (SIGNED as usize, FROM as usize);
    for (at, seen) in days.iter().enumerate() {
        let is_due = at >= from;
        assert!((seen.added - if is_due { 0.2 } else { 0.0 }).abs() < 1e-12);
        let expected = if (signed..from).contains(&at) {
            own.len()
        } else {
            0
        };
        assert_eq!(seen.expected, expected, "day {at}");
    }
    // Nobody knows before; then markets move at once, and hardly on the day itself.
    assert!(days[signed - 1].shares.abs() < 1e-12);
    let on_signing = days[signed].shares - days[signed - 1].shares;
    let on_the_day = days[from].shares - days[from - 1].shares;
    assert!(on_signing < -0.001, "{on_signing}");
    assert!(
        on_the_day.abs() < 0.15 * on_signing.abs(),
        "{on_the_day} {on_signing}"
    );
    // Importers buy ahead before the day, and less after it.
    let mean = |days: &[Seen]| days.iter().map(|one| one.entered).sum::<f64>() / days.len() as f64;
    let (before, ahead, after) = (
        mean(&days[..signed]),
        mean(&days[from - 5..from]),
        mean(&days[from..]),
    );
    assert!((before - 1.0).abs() < 1e-9, "{before}");
    assert!(ahead > 1.2 && after < 0.9, "{ahead} {after}");
}

#[test]
fn goods_are_relabelled_under_a_law_of_mid_run() {
    let economy = Closed::default().build();
    let mut model = model(&economy, TickLength::Days(7));
    model.frictions.transshipment = TransshipmentRule {
        most: 0.4,
        cost: 0.05,
        spread: 0.05,
        enforcement: 0.0,
    };
    let mut simulation = under(&model, (14, 21), 0.5);
    let flow = flows(&economy)[0];
    let shares: Vec<f64> = (0..5)
        .map(|_| {
            simulation.step().unwrap();
            simulation.world().resource::<Relabelled>().share[flow]
        })
        .collect();
    assert!(shares[2] < 0.2 && shares[3] > shares[2] + 0.1, "{shares:?}");
}

#[test]
fn a_rise_that_a_deal_undoes_before_its_day_counts_as_withdrawn() {
    let economy = Closed::default().build();
    let model = model(&economy, TickLength::Days(1));
    // Signed on the fifth day for the 40th; undone on the tenth.
    let mut simulation = under(&model, (5, 40), 0.2);
    models::run(&mut simulation, 8);
    let mut treaty = simulation.world_mut().resource_mut::<Treaty>();
    (treaty.signed, treaty.rate) = (day(10), 0.0);
    models::run(&mut simulation, 4);
    let beliefs = simulation.world().resource::<Beliefs>();
    let word = beliefs.seen[PAIR.0].rises;
    assert!((word.withdrawn - 1.0).abs() < 1e-12 && word.carried_out.abs() < 1e-12);
    assert!(beliefs.expected.is_empty());
    models::run(&mut simulation, 35);
    assert!(added(&simulation, &economy, flows(&economy)[0]).abs() < 1e-12);
}
