//! Markets for shares: limits, what news does, and that nothing leaks.

use std::sync::Arc;

use tradewinds_engine::Simulation;
use tradewinds_engine::accounts::Audit;
use tradewinds_engine::beliefs::{Announced, BeliefRule, Outlook, Text};
use tradewinds_engine::customs::RateCalendar;
use tradewinds_engine::equity::{Equities, EquityRule, MarketDay, Shareholdings};
use tradewinds_engine::firm::Rows;
use tradewinds_engine::investment::{InvestmentRule, Plant};
use tradewinds_engine::model::Model;
use tradewinds_engine::regimes::{RegimeRule, RegimeSource};
use tradewinds_engine::stress::{Stress, StressRule, Uncertainty};
use tradewinds_engine::valuation::{FirmValues, ValuationRule};
use tradewinds_equilibrium::{Economy, Shock};
use tradewinds_kernel::clock::TickLength;
use tradewinds_tests::fixtures::closed::Closed;
use tradewinds_tests::fixtures::watched::{bits, record};
use tradewinds_tests::fixtures::{models, real};
use tradewinds_units::{Date, days_after};

const FIRST: Date = models::START;

fn rule(sectors: usize) -> EquityRule {
    EquityRule {
        is_on: true,
        regimes: RegimeSource::Believed(RegimeRule {
            deal: 0.1,
            reversal: 0.2,
            breakdown: 0.1,
            back_down: 12.0,
            deal_relief: 0.5,
            ..RegimeRule::none()
        }),
        response: models::answers(),
        safe_rate: 0.03,
        premium: 0.05,
        beta: vec![1.0; sectors],
        growth: 0.02,
        uncertainty_premium: 0.005,
        value_speed: f64::INFINITY,
        ..EquityRule::none()
    }
}

fn stress() -> StressRule {
    StressRule {
        threat_shock: 100.0,
        pause_share: 0.25,
        half_life: 0.135,
        acceptance: 1.0,
        spill: 0.5,
        is_felt: true,
        volatility_response: 4.7,
        volatility_reversion: 0.034,
        volatility_relief: 0.12,
        yield_growth: 0.05,
        term_premium: 0.0012,
        term_speed: 60.0,
        ..StressRule::none()
    }
}

/// A small world with markets and without chance.
fn traded(economy: &Economy) -> Model {
    let mut model = models::sticky(economy, 3, 5);
    model.tick = TickLength::Days(1);
    let frictions = &mut model.frictions;
    frictions.productivity_noise = 0.0;
    frictions.beliefs = BeliefRule {
        prior_carried_out: 1.0,
        prior_withdrawn: 1.0,
        plan: 1.0,
    };
    frictions.valuation = ValuationRule {
        expectation: 0.25,
        capital_share: vec![0.4; economy.economies],
    };
    frictions.equity = rule(economy.sectors);
    frictions.stress = stress();
    model
}

/// A rise of all duties of economy 0 on goods from abroad, threatened from one day for
/// another and withdrawn on a third, or not (`withdrawn` equals `effective`).
fn threat(
    economy: &Economy,
    (known, effective, withdrawn): (i64, i64, i64),
    size: f64,
) -> Vec<Announced> {
    let day = |days: i64| days_after(FIRST, days);
    let mut announced = Vec::new();
    for origin in 1..economy.economies {
        for sector in 0..economy.sectors {
            let flow = economy.flow(0, origin, sector);
            if economy.accounts().sales[flow] > 0.0 {
                announced.push(Announced {
                    known_from: day(known),
                    known_until: day(withdrawn),
                    text: Text::Law,
                    effective: day(effective),
                    flow: flow as u32,
                    change: size,
                    step: size,
                });
            }
        }
    }
    announced
}

/// Rates that change for good after some days, with what is announced.
fn law(economy: &Economy, steps: &[(i64, Shock)], announced: Vec<Announced>) -> Arc<RateCalendar> {
    let mut tables = vec![(FIRST, models::rates(economy, &Shock::default()))];
    for (days, shock) in steps {
        tables.push((days_after(FIRST, *days), models::rates(economy, shock)));
    }
    Arc::new(RateCalendar::new(tables).with_outlook(Outlook::new(announced)))
}

/// All days of trade of a run, and the run at its end.
fn days(model: Model, ticks: u32) -> (Vec<MarketDay>, Simulation) {
    let mut simulation = models::simulate(model);
    let mut days = Vec::new();
    for _ in 0..ticks {
        simulation
            .step()
            .unwrap_or_else(|breach| panic!("{breach}"));
        days.extend(simulation.world().resource::<Equities>().days.clone());
    }
    (days, simulation)
}

fn on(days: &[MarketDay], after: i64) -> &MarketDay {
    let date = days_after(FIRST, after);
    let day = days.iter().find(|day| day.date == date);
    day.unwrap_or_else(|| panic!("no trade on {date}"))
}

#[test]
fn in_one_regime_a_share_costs_its_profit_over_discount_less_growth() {
    let economy = Closed::default().build();
    let model = traded(&economy);
    let (_, simulation) = days(model, 5);
    let equities = simulation.world().resource::<Equities>();
    let values = simulation.world().resource::<FirmValues>();
    for ((value, price), (base, expected)) in (equities.value.iter().zip(&equities.price))
        .zip(values.base_surplus().iter().zip(values.expected()))
    {
        // Nothing is announced and nothing was added, so every regime is the status quo.
        let gordon = base * expected / 0.06;
        assert!((value / gordon - 1.0).abs() < 1e-12, "{value} {gordon}");
        assert!((price / gordon - 1.0).abs() < 1e-10, "{price} {gordon}");
    }
}

#[test]
fn the_third_identical_threat_moves_shares_less_than_the_first() {
    let economy = Closed::default().build();
    let mut model = traded(&economy);
    // Known on a Monday, withdrawn on the Friday of the next week, due a month later.
    let starts = [7, 63, 119];
    let announced = (starts.iter())
        .flat_map(|start| threat(&economy, (*start, start + 40, start + 11), 0.25))
        .collect();
    model.law = law(&economy, &[], announced);
    let (days, simulation) = days(model, 140);
    let moved = starts.map(|start| on(&days, start).policy_change[0]);
    assert!(moved[0] < -0.01, "{moved:?}");
    assert!(
        moved[0] < moved[1] && moved[1] < moved[2] && moved[2] < 0.0,
        "{moved:?}"
    );
    assert!(moved[2] / moved[0] < 0.5, "{moved:?}");
    let stress = simulation.world().resource::<Uncertainty>();
    assert!(stress.own[0] > 0.0);
}

#[test]
fn a_pause_lifts_shares_although_duties_hardly_fall() {
    let economy = Closed::default().build();
    let mut model = traded(&economy);
    // A small duty holds from the fourth day; a large one for next week is put off by three months.
    let small = models::added_duty(&economy, 0, 0.02);
    let mut announced = threat(&economy, (7, 16, 14), 0.3);
    announced.extend(threat(&economy, (14, 105, 105), 0.29));
    model.law = law(&economy, &[(3, small)], announced);
    let (days, _) = days(model, 21);
    let (fall, pause) = (
        on(&days, 7).policy_change[0],
        on(&days, 14).policy_change[0],
    );
    assert!(fall < -0.01 && pause > 0.3 * -fall, "{fall} {pause}");
}

#[test]
fn without_uncertainty_plant_is_not_put_off() {
    let economy = Closed::default().build();
    let wanted = |change: &dyn Fn(&mut Model)| {
        let mut model = traded(&economy);
        model.frictions.investment = InvestmentRule {
            investor: Some(3),
            depreciation: 0.08,
            speed: 1.0 / 3.0,
            expectation: 0.25,
            value_response: 0.0,
            uncertainty_response: 0.01,
        };
        // Uncertainty alone: importers do not buy ahead of the duty.
        model.frictions.ahead.surge = 0.0;
        model.law = law(&economy, &[], threat(&economy, (7, 200, 200), 0.3));
        change(&mut model);
        let (_, simulation) = days(model, 14);
        let rows = simulation.world().resource::<Rows>();
        let plant = simulation.world().resource::<Plant>();
        plant.mean(rows, 0, |firm| plant.wanted[firm])
    };
    let felt = wanted(&|_| {});
    let unfelt = wanted(&|model| model.frictions.stress.is_felt = false);
    let without = wanted(&|model| model.frictions.equity = EquityRule::none());
    assert!(felt < without - 0.005, "{felt} {without}");
    assert_eq!(unfelt.to_bits(), without.to_bits());
}

#[test]
fn sectors_add_up_to_their_economy_and_owners_own_it_all() {
    let economy = Closed::default().build();
    let mut model = traded(&economy);
    model.tick = TickLength::Days(7);
    model.law = law(&economy, &[], threat(&economy, (9, 60, 60), 0.25));
    let (days, mut simulation) = days(model, 12);
    let equities = simulation.world().resource::<Equities>().clone();
    assert_eq!(days.len(), 60);
    for day in &days {
        for n in 0..economy.economies {
            let (mut total, mut base) = (0.0, 0.0);
            for s in 0..economy.sectors {
                let cell = economy.market(n, s);
                total += equities.base_capitalisation[cell] * day.sector_level[cell];
                base += equities.base_capitalisation[cell];
            }
            assert!((total / base / day.level[n] - 1.0).abs() < 1e-12);
        }
    }
    let holdings = simulation.world().resource::<Shareholdings>();
    for (n, worth) in equities.by_economy(economy.sectors).iter().enumerate() {
        assert!((holdings.total(n) / worth - 1.0).abs() < 1e-12);
    }
    // A share that nobody owns stops the run.
    simulation.world_mut().resource_mut::<Shareholdings>().claim[0] += 0.01;
    let breach = simulation.step().expect_err("a breach");
    assert!(format!("{breach:?}").contains("I12"), "{breach:?}");
}

#[test]
fn weekly_and_daily_ticks_trade_the_same_news() {
    let economy = Closed::default().build();
    let run = |tick: TickLength, ticks: u32| {
        let mut model = traded(&economy);
        model.tick = tick;
        model.frictions.equity.value_speed = 250.0;
        model.frictions.equity.noise.constant = 1e-5;
        model.frictions.equity.noise.half_freedom = 3;
        model.law = law(&economy, &[], threat(&economy, (9, 40, 25), 0.25));
        days(model, ticks).0
    };
    let (weekly, daily) = (run(TickLength::Days(7), 6), run(TickLength::Days(1), 42));
    assert_eq!(weekly.len(), daily.len());
    for (one, other) in weekly.iter().zip(&daily) {
        assert_eq!(one.date, other.date);
        for n in 0..economy.economies {
            let gap = one.level[n] / other.level[n] - 1.0;
            assert!(gap.abs() < 2e-3, "{}: {gap}", one.date);
            let gap = one.policy_change[n] - other.policy_change[n];
            assert!(gap.abs() < 1e-9, "{}: {gap}", one.date);
        }
    }
}

#[test]
fn markets_that_move_nothing_leave_every_other_record_as_it_is() {
    let economy = Closed::default().build();
    let run = |is_on: bool| {
        let mut model = traded(&economy);
        model.tick = TickLength::Days(7);
        model.frictions.productivity_noise = 0.02;
        model.frictions.stress.is_felt = false;
        model.law = law(&economy, &[], threat(&economy, (9, 60, 60), 0.25));
        if !is_on {
            model.frictions.equity = EquityRule::none();
            model.frictions.stress = StressRule::none();
        }
        record(model, 20)
    };
    let (on, off) = (run(true), run(false));
    for (on, off) in on.tables().iter().zip(off.tables()) {
        match on.spec().name {
            "market_days" => assert!(off.is_empty() && !on.is_empty()),
            // Two columns more have something to tell.
            "firms" => assert_eq!(bits(on)[..12], bits(off)[..12]),
            name => assert!(bits(on) == bits(off), "{name}"),
        }
    }
}

fn place(codes: impl Iterator<Item = String>, code: &str) -> usize {
    codes
        .into_iter()
        .position(|one| one == code)
        .expect("a code")
}

/// The world of 2024, its economies of those codes, and its sector.
fn world(economies: &[&str], sector: &str) -> (Model, Vec<usize>, usize) {
    let plan = real::plan(&real::no_new_measures(), 1, 4, 4);
    let mut model = real::model(&plan, 0);
    let codes = || plan.world.economies.iter().map(ToString::to_string);
    let found = economies.iter().map(|code| place(codes(), code)).collect();
    let sectors = plan.world.sectors.iter().map(ToString::to_string);
    let sector = place(sectors, sector);
    model.frictions.productivity_noise = 0.0;
    model.frictions.equity.noise = tradewinds_engine::equity::NoiseRule::none();
    (model, found, sector)
}

/// Change of the value of each cell when economy `by` puts a duty on a sector at once.
fn hit(mut model: Model, by: usize, sector: usize, duty: f64) -> (Vec<f64>, Arc<Economy>) {
    let economy = model.economy.clone();
    let base = models::rates(&economy, &Shock::default());
    let mut raised = base.clone();
    for origin in (0..economy.economies).filter(|origin| *origin != by) {
        raised.collected[economy.flow(by, origin, sector)] += duty;
    }
    model.tick = TickLength::Days(1);
    model.start = Date::constant(2025, 1, 6);
    let day = Date::constant(2025, 1, 7);
    model.law = Arc::new(RateCalendar::new(vec![(model.start, base), (day, raised)]));
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, 2);
    let equities = simulation.world().resource::<Equities>();
    (equities.days[0].sector_policy_change.clone(), economy)
}

#[test]
fn car_makers_fall_by_what_they_sell_to_the_economy_that_taxes_cars() {
    let (model, found, cars) = world(&["USA", "MEX", "JPN", "KOR", "EUU", "CHN"], "autos");
    let (moved, economy) = hit(model, found[0], cars, 0.25);
    let sales = &economy.accounts().sales;
    let mut exposed: Vec<(f64, f64)> = (found[1..].iter())
        .map(|i| {
            let all: f64 = (0..economy.economies)
                .map(|n| sales[economy.flow(n, *i, cars)])
                .sum();
            let there = sales[economy.flow(found[0], *i, cars)] / all;
            (there, moved[economy.market(*i, cars)])
        })
        .collect();
    exposed.sort_by(|a, b| a.0.total_cmp(&b.0));
    assert!(
        exposed.windows(2).all(|pair| pair[0].1 > pair[1].1),
        "{exposed:?}"
    );
    assert!(exposed[4].1 < -0.05, "{exposed:?}");
}

#[test]
fn a_protected_steel_producer_rises_and_its_rivals_fall() {
    let (model, found, steel) = world(&["USA", "JPN", "KOR", "CAN"], "steel_aluminium");
    let (moved, economy) = hit(model, found[0], steel, 0.25);
    let of = |n: usize| moved[economy.market(n, steel)];
    assert!(of(found[0]) > 0.01, "{}", of(found[0]));
    for rival in &found[1..] {
        assert!(of(*rival) < 0.0, "{}", of(*rival));
    }
}

#[test]
fn stress_of_own_making_lowers_the_haven_and_lifts_the_yield() {
    let economy = Closed::default().build();
    let mut model = traded(&economy);
    model.law = law(&economy, &[], threat(&economy, (7, 60, 60), 0.3));
    let (_, simulation) = days(model, 40);
    let stress = simulation.world().resource::<Stress>();
    let audit = simulation.world().resource::<Audit>();
    assert!(audit.breach.is_none());
    let open = stress.days.last().expect("a day of trade");
    assert!(open.haven[0] < 0.0 && open.haven[1] > 0.0, "{open:?}");
    assert!(open.yield_change[0] > 0.0, "{open:?}");
    assert!(open.volatility[0] > 20.0, "{open:?}");
}
