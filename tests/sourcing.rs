//! Sourcing in whole worlds: one speed is the CES function, two speeds part
//! where they should and nowhere else.

use std::sync::Arc;

use tradewinds_engine::customs::{MeasureRate, RateCalendar, RatesInForce};
use tradewinds_engine::firm::Rows;
use tradewinds_engine::model::Model;
use tradewinds_engine::pricing::LogPrice;
use tradewinds_engine::refund::RefundOrder;
use tradewinds_engine::sourcing::{
    Effort, EffortRule, MarketPrices, Opening, SourcingRule, log_ces,
};
use tradewinds_engine::trade::Shipments;
use tradewinds_engine::transshipment::{Relabelled, TransshipmentRule};
use tradewinds_engine::{Simulation, inputs::SubstitutionRule};
use tradewinds_equilibrium::{Economy, Shock};
use tradewinds_kernel::clock::{Clock, TickLength};
use tradewinds_kernel::maths::{exp, ln};
use tradewinds_tests::fixtures::closed::{Closed, close};
use tradewinds_tests::fixtures::{Numbers, models};
use tradewinds_units::Date;

const WEEK: TickLength = TickLength::PerYear(52);

/// The plain nested CES function at the prices of the moment: shares and index
/// of one market.
fn plain(economy: &Economy, prices: &MarketPrices, n: usize, s: usize) -> (Vec<f64>, f64) {
    let flows = (0..economy.economies).map(|i| economy.flow(n, i, s));
    let share: Vec<f64> = flows
        .clone()
        .map(|flow| economy.origin_share[flow])
        .collect();
    let price: Vec<f64> = flows.map(|flow| prices.log_offered[flow]).collect();
    let imported = 1.0 - share[n];
    let origins = (0..share.len()).filter(|i| *i != n);
    let within = origins.clone().map(|i| (share[i] / imported, price[i]));
    let (sigma, eps) = (economy.sigma[s], economy.eps[s]);
    let log_import = log_ces(sigma, within);
    let tiers = [(share[n], price[n]), (imported, log_import)];
    let log_composite = log_ces(eps, tiers.into_iter());
    let imports_now = imported * exp((1.0 - eps) * (log_import - log_composite));
    let mut now: Vec<f64> = share
        .iter()
        .zip(&price)
        .map(|(share, price)| {
            share / imported * exp((1.0 - sigma) * (price - log_import)) * imports_now
        })
        .collect();
    now[n] = share[n] * exp((1.0 - eps) * (price[n] - log_composite));
    (now, log_composite)
}

/// Largest distance of shares and indices from the plain function.
fn from_plain(simulation: &Simulation) -> f64 {
    let world = simulation.world();
    let economy = &world.resource::<Model>().economy;
    let prices = world.resource::<MarketPrices>();
    let mut worst = 0.0_f64;
    for n in 0..economy.economies {
        for s in 0..economy.sectors {
            let (shares, index) = plain(economy, prices, n, s);
            let found = prices.log_composite[economy.market(n, s)];
            worst = worst.max((found - index).abs());
            for (i, share) in shares.iter().enumerate() {
                let found = prices.origin_share[economy.flow(n, i, s)];
                worst = worst.max((found - share).abs());
            }
        }
    }
    worst
}

fn shocked(speed: f64, short: f64) -> Simulation {
    let economy = Closed::default().build();
    let mut model = models::sticky(&economy, 4, 3);
    model.frictions.sourcing = SourcingRule {
        origin_short: economy.sigma.iter().map(|long| short * long).collect(),
        import_short: economy.eps.iter().map(|long| short * long).collect(),
        speed,
        seed: vec![0.0; economy.sectors],
    };
    let shock = models::added_duty(&economy, 0, 0.25);
    model.law = Arc::new(RateCalendar::constant(models::rates(&economy, &shock)));
    models::simulate(model)
}

/// A world without other frictions, and a duty from the first day.
fn two_speeds() -> Simulation {
    let economy = Closed::default().build();
    let shock = models::added_duty(&economy, 0, 0.25);
    let mut model = models::frictionless(&economy, &shock, 1, WEEK);
    model.frictions.sourcing = SourcingRule {
        origin_short: vec![1.3; economy.sectors],
        import_short: vec![0.9; economy.sectors],
        speed: 1.0,
        seed: vec![0.0; economy.sectors],
    };
    model.frictions.substitution = SubstitutionRule {
        short: 0.2,
        speed: 1.0,
    };
    models::simulate(model)
}

#[test]
fn one_speed_is_the_plain_ces_function_in_every_tick() {
    for (speed, short) in [(f64::INFINITY, 0.3), (0.5, 1.0)] {
        let mut simulation = shocked(speed, short);
        for _ in 0..60 {
            models::run(&mut simulation, 1);
            let distance = from_plain(&simulation);
            assert!(distance < 1e-14, "{speed}, {short}: {distance:e}");
        }
    }
}

#[test]
fn two_speeds_keep_suppliers_at_first_and_reach_the_plain_function_in_the_end() {
    let mut simulation = two_speeds();
    models::run(&mut simulation, 1);
    let first = from_plain(&simulation);
    models::run(&mut simulation, 52);
    let later = from_plain(&simulation);
    models::run(&mut simulation, 52 * 30);
    let last = from_plain(&simulation);
    assert!(first > 0.01, "{first}");
    assert!(later < 0.8 * first && last < 1e-6, "{first} {later} {last}");
}

#[test]
fn two_speeds_rest_at_the_equilibrium_of_the_long_run() {
    let economy = Closed::default().build();
    let shock = models::added_duty(&economy, 0, 0.25);
    let rest = models::rest(&mut two_speeds());
    let worst = models::farthest(&rest, &models::equilibrium(&economy, &shock));
    assert!(worst.error < 1e-6, "{}: {:e}", worst.field, worst.error);
}

#[test]
fn a_change_that_is_taken_back_is_forgotten_at_the_speed_of_adaptation() {
    let economy = Closed::default().build();
    let start = models::START;
    let back: tradewinds_units::Date = "2002-01-01".parse().unwrap();
    let mut model = models::frictionless(&economy, &Shock::default(), 1, TickLength::Days(7));
    model.frictions.sourcing = SourcingRule {
        origin_short: vec![1.3; economy.sectors],
        import_short: vec![0.9; economy.sectors],
        speed: 1.0,
        seed: vec![0.0; economy.sectors],
    };
    let mut dear = models::rates(&economy, &Shock::default());
    dear.collected[economy.flow(0, 1, 0)] += 0.25;
    let base = models::rates(&economy, &Shock::default());
    model.law = Arc::new(RateCalendar::new(vec![(start, dear), (back, base)]));
    let mut simulation = models::simulate(model);
    let flow = economy.flow(0, 1, 0);
    let mut lost = |ticks: u32| {
        models::run(&mut simulation, ticks);
        let share = simulation.world().resource::<MarketPrices>().origin_share[flow];
        1.0 - share / economy.origin_share[flow]
    };
    let (under_duty, just_after) = (lost(52), lost(2));
    let (a_year_after, long_after) = (lost(52), lost(52 * 12));
    assert!(under_duty > 0.05, "{under_duty}");
    assert!(just_after > 0.2 * under_duty && just_after < under_duty);
    assert!(a_year_after < 0.7 * just_after && a_year_after > 0.0);
    assert!(long_after.abs() < 1e-3, "{long_after}");
}

/// A world whose firms move their effort, with a price that only one destination sees.
fn with_effort(response: f64, noise: f64) -> Simulation {
    let economy = Closed::default().build();
    let mut model = models::sticky(&economy, 4, 3);
    model.frictions.productivity_noise = 0.0;
    model.frictions.border_reset.fill(0.0);
    model.frictions.producer_reset.fill(0.0);
    model.frictions.effort = EffortRule {
        response,
        speed: 2.0,
        noise,
    };
    models::simulate(model)
}

#[test]
fn firms_move_their_effort_to_where_they_earn_more() {
    let mut simulation = with_effort(1.0, 0.0);
    models::run(&mut simulation, 52);
    let world = simulation.world();
    let economy = world.resource::<Model>().economy.clone();
    let rows = world.resource::<Rows>().clone();
    assert!(
        world
            .resource::<Effort>()
            .log
            .iter()
            .all(|log| log.abs() < 1e-12)
    );
    // Sellers of economy 1 earn 10 % more in economy 0 than before.
    let row = Rows::flow(&economy, 0, 1, 0);
    let dear = rows.lines[row]..rows.lines[row + 1];
    let world = simulation.world_mut();
    let mut lines = world.query::<&mut LogPrice>();
    for (line, mut price) in lines.iter_mut(world).enumerate() {
        if dear.contains(&line) {
            price.0 += 0.1;
        }
    }
    let share = |simulation: &Simulation, n: usize| {
        let prices = simulation.world().resource::<MarketPrices>();
        prices.origin_share[economy.flow(n, 1, 0)] / economy.origin_share[economy.flow(n, 1, 0)]
    };
    models::run(&mut simulation, 1);
    let before = [share(&simulation, 0), share(&simulation, 2)];
    models::run(&mut simulation, 13);
    let after = [share(&simulation, 0), share(&simulation, 2)];
    let effort = simulation.world().resource::<Effort>();
    assert!(
        dear.clone().all(|line| effort.log[line] > 0.01),
        "more where it pays"
    );
    assert!(effort.pull[economy.flow(0, 1, 0)] > 0.01 && effort.pull[economy.flow(2, 1, 0)] < 0.0);
    assert!(after[0] > before[0] + 0.01 && after[1] < before[1]);
}

#[test]
fn effort_alone_moves_no_price_and_the_accounts_close() {
    let mut simulation = with_effort(0.0, 0.2);
    models::run(&mut simulation, 60);
    let world = simulation.world();
    let prices = world.resource::<MarketPrices>();
    for prices in [&prices.log_gate, &prices.log_landed, &prices.log_composite] {
        assert!(prices.iter().all(|price| price.abs() < 1e-12));
    }
    let effort = &world.resource::<Effort>().log;
    let sd = (effort.iter().map(|log| log * log).sum::<f64>() / effort.len() as f64).sqrt();
    assert!(sd > 0.1 && sd < 0.3, "{sd}");
}

/// A world in which one origin pays 40 % more duty and part of its goods may be relabelled.
fn targeted(rule: TransshipmentRule) -> Simulation {
    let economy = Closed::default().build();
    let mut model = models::sticky(&economy, 4, 3);
    model.frictions.transshipment = rule;
    let mut rates = models::rates(&economy, &Shock::default());
    rates.collected[economy.flow(0, 1, 0)] += 0.4;
    model.law = Arc::new(RateCalendar::new(vec![
        (models::START, models::rates(&economy, &Shock::default())),
        ("2001-03-01".parse().unwrap(), rates),
    ]));
    models::simulate(model)
}

#[test]
fn duties_by_measure_add_up_to_what_relabelled_goods_pay() {
    let economy = Closed::default().build();
    let mut model = models::sticky(&economy, 4, 3);
    model.frictions.transshipment = TransshipmentRule {
        most: 1.0,
        ..TransshipmentRule::none()
    };
    // One measure on each origin: 40 % on the first, 10 % on its hub.
    let (targeted, hub) = (economy.flow(0, 1, 0), economy.flow(0, 2, 0));
    let mut rates = models::rates(&economy, &Shock::default());
    rates.collected.fill(0.0);
    for (measure, (flow, rate)) in [(targeted, 0.4), (hub, 0.1)].into_iter().enumerate() {
        rates.collected[flow] = rate;
        let part = MeasureRate {
            flow: flow as u32,
            measure: measure as u32,
            rate,
        };
        rates.by_measure.push(part);
        rates.refunds.push(part);
    }
    let order = RefundOrder {
        importer: 0,
        paid: Date::MAX,
        days: 0,
        measures: Vec::new(),
    };
    let law = RateCalendar::constant(rates);
    model.law = Arc::new(law.with_refunds(vec![order.clone(), order]));
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, 2);
    let world = simulation.world();
    let share = world.resource::<Relabelled>().share[targeted];
    assert!(share > 0.5, "{share}");
    let rates = &world.resource::<RatesInForce>().rates;
    for parts in [&rates.by_measure, &rates.refunds] {
        for flow in [targeted, hub] {
            let own = parts.iter().filter(|part| part.flow as usize == flow);
            let sum: f64 = own.map(|part| part.rate).sum();
            let paid = rates.collected[flow];
            assert!((sum - paid).abs() < 1e-15, "{flow}: {sum} {paid}");
        }
    }
}

#[test]
fn relabelled_goods_pay_less_duty_and_enforcement_takes_that_back() {
    let rule = |enforcement: f64| TransshipmentRule {
        most: 0.5,
        enforcement,
        ..TransshipmentRule::none()
    };
    let outcome = |rule: TransshipmentRule| {
        let mut simulation = targeted(rule);
        models::run(&mut simulation, 4);
        let world = simulation.world();
        let flow = world.resource::<Model>().economy.flow(0, 1, 0);
        let is_untouched = world
            .resource::<Relabelled>()
            .share
            .iter()
            .all(|share| *share == 0.0);
        assert!(is_untouched, "nothing is relabelled before the duty");
        models::run(&mut simulation, 30);
        let world = simulation.world();
        let in_force = world.resource::<RatesInForce>();
        let bought = world.resource::<MarketPrices>().origin_share[flow];
        (in_force.rates.collected[flow], bought)
    };
    let honest = outcome(TransshipmentRule::none());
    let open = outcome(rule(0.0));
    let enforced = outcome(rule(0.8));
    assert!(
        open.0 < enforced.0 && enforced.0 < honest.0,
        "{open:?} {enforced:?} {honest:?}"
    );
    assert!(honest.0 - open.0 > 0.1 && honest.0 - enforced.0 < 0.25 * (honest.0 - open.0));
    assert!(open.1 > honest.1, "cheaper goods sell more");
    assert_eq!(
        outcome(rule(1.0)),
        honest,
        "full enforcement is as if there were none"
    );
}

/// A world in which economy 0 buys nothing of good 0 from economy 2, which makes it and
/// sells it to economy 1; importers hold stocks of it, and links may open.
fn with_a_closed_link(seed: f64, duty: f64) -> Model {
    let case = Closed::default();
    let mut parts = case.parts();
    let (closed, main) = (parts.flow(0, 2, 0), parts.flow(0, 1, 0));
    parts.origin_share[main] += parts.origin_share[closed];
    parts.origin_share[closed] = 0.0;
    close(&mut parts, &mut Numbers::new(5), case.is_retail);
    let economy = Economy::new(parts).expect("accounts that close");
    let mut model = models::frictionless(&economy, &Shock::default(), 2, WEEK);
    model.frictions.sourcing = SourcingRule {
        origin_short: vec![1.3; economy.sectors],
        import_short: vec![0.9; economy.sectors],
        speed: 0.8,
        seed: vec![seed; economy.sectors],
    };
    model.frictions.stocks.cover = vec![0.1; economy.sectors];
    let mut dear = models::rates(&economy, &Shock::default());
    dear.collected[main] += duty;
    model.law = Arc::new(RateCalendar::constant(dear));
    model
}

#[test]
fn a_new_origin_takes_the_place_of_a_dear_one_at_two_speeds() {
    const SEED: f64 = 1e-3;
    let model = with_a_closed_link(SEED, 9.0);
    let economy = model.economy.clone();
    let (old, new) = (economy.flow(0, 1, 0), economy.flow(0, 2, 0));
    let base = SEED / economy.origin_share[old];
    let (short, long, speed) = (1.3, economy.sigma[0], 0.8);
    let mut simulation = models::simulate(model);
    let (mut adapted, mut shares) = (0.0, Vec::new());
    for week in 0..52 * 4 {
        models::run(&mut simulation, 1);
        let world = simulation.world();
        let prices = world.resource::<MarketPrices>();
        let closed = world.resource::<Clock>().closing_share(speed);
        let gap = prices.log_offered[new] - prices.log_offered[old];
        let found = prices.origin_share[new] / prices.origin_share[old] / base;
        let expected = (1.0 - short) * gap - (long - short) * adapted;
        assert!((ln(found) - expected).abs() < 1e-11, "week {week}");
        adapted += closed * (gap - adapted);
        shares.push(prices.origin_share[new]);
        assert!(
            world.resource::<Shipments>().value[new] > 0.0,
            "week {week}"
        );
        if week == 52 * 3 {
            // At prices that have stayed for three years, but for the months in which
            // the stock bought before the duty was sold and for wages.
            let closed_form =
                (1.0 - short) * gap - (long - short) * gap * (1.0 - exp(-speed * 3.0));
            assert!(
                (ln(found) / closed_form - 1.0).abs() < 0.1,
                "{found} {closed_form}"
            );
        }
    }
    assert!(
        shares[51] > 1.5 * shares[2] && shares[155] > shares[51],
        "{shares:?}"
    );
}

#[test]
fn seeds_move_a_world_at_rest_by_no_more_than_themselves() {
    const SEED: f64 = 1e-4;
    let model = with_a_closed_link(SEED, 0.0);
    let (economy, opening) = (model.economy.clone(), Opening::of(&model));
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, 52 * 5);
    let value = &simulation.world().resource::<Shipments>().value;
    for (flow, base) in economy.accounts().sales.iter().enumerate() {
        let change = (value[flow] - opening.sales[flow]).abs();
        let most = match *base > 0.0 {
            true => 10.0 * SEED * base,
            false => 0.01 * opening.sales[flow],
        };
        assert!(change <= most, "{flow}: {change} of {base}");
    }
    let new = economy.flow(0, 2, 0);
    assert!(opening.sales[new] > 0.0 && value[new] > 0.0);
}

#[test]
fn without_seeds_a_closed_link_stays_closed_whatever_the_duty() {
    let model = with_a_closed_link(0.0, 9.0);
    let new = model.economy.flow(0, 2, 0);
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, 104);
    let world = simulation.world();
    assert!(world.resource::<Shipments>().value[new].abs() < 1e-300);
    assert!(world.resource::<MarketPrices>().origin_share[new].abs() < 1e-300);
}
