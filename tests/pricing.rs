//! How firms set prices, against theory: oligopoly, Kimball demand, clocks and
//! menu costs in small markets, and every markup rule in whole economies.
//!
//! Expected values are computed here, by other means than the engine's.

use std::sync::Arc;

use serde_json::{Value, json};
use tradewinds_engine::beliefs::{Announced, BeliefRule, Outlook, Text};
use tradewinds_engine::customs::RateCalendar;
use tradewinds_engine::firm::{Line, Rows};
use tradewinds_engine::markup::{Conduct, FlooredMarkups};
use tradewinds_engine::model::Model;
use tradewinds_engine::pricing::LogPrice;
use tradewinds_engine::sourcing::MarketPrices;
use tradewinds_equilibrium::{Economy, Shock};
use tradewinds_kernel::clock::TickLength;
use tradewinds_runner::oracles::{CaseFile, Options, Report, run};
use tradewinds_tests::fixtures::closed::Closed;
use tradewinds_tests::fixtures::{models, oligopoly, real};
use tradewinds_units::days_after;

const WEEK: TickLength = TickLength::PerYear(52);
const RULES: [Conduct; 4] = [
    Conduct::Constant,
    Conduct::Bertrand,
    Conduct::Cournot,
    Conduct::Kimball,
];

/// Runs one pricing case through a small market of firms.
fn judge(inputs: &Value, expected: &Value, tolerance: f64) -> Report {
    let file = json!({ "family": "PR", "format": 1, "cases": [{
        "name": "case", "inputs": inputs, "expected": expected,
        "tolerance": { "rel": tolerance },
    }]});
    let file = CaseFile::read(&file.to_string()).expect("a file of cases");
    let options = Options {
        firms_per_cell: 1,
        tick: WEEK,
    };
    run(file.family, &file.cases[0], options)
}

fn assert_passes(report: &Report) {
    assert!(report.passes(), "{:#?}", report);
}

/// One oligopoly by damped iteration on shares: prices and markups.
fn nash(cost: &[f64], taste: &[f64], (rho, eta): (f64, f64), mode: &str) -> [Vec<f64>; 3] {
    let mut price: Vec<f64> = cost.iter().map(|cost| 1.3 * cost).collect();
    let (mut share, mut markup) = (vec![0.0; cost.len()], vec![0.0; cost.len()]);
    for _ in 0..200_000 {
        let value = |j: usize| taste[j] * price[j].powf(1.0 - rho);
        let total: f64 = (0..cost.len()).map(value).sum();
        share = (0..cost.len()).map(|j| value(j) / total).collect();
        for j in 0..cost.len() {
            let elasticity = match mode {
                "bertrand" => rho - (rho - eta) * share[j],
                _ => 1.0 / ((1.0 - share[j]) / rho + share[j] / eta),
            };
            markup[j] = elasticity / (elasticity - 1.0);
            price[j] = price[j].powf(0.8) * (cost[j] * markup[j]).powf(0.2);
        }
    }
    [price, share, markup]
}

fn oligopoly_case(mode: &str) -> (Value, Value) {
    let (cost, taste) = ([0.9, 1.3, 1.0, 1.1], [1.4, 0.7, 1.0, 0.6]);
    let (rho, eta, duty) = (6.5, 1.4, 0.25);
    let foreign = [true, false, true, false];
    let raised: Vec<f64> = (cost.iter().zip(foreign))
        .map(|(cost, foreign)| if foreign { cost * (1.0 + duty) } else { *cost })
        .collect();
    let [p0, share0, markup0] = nash(&cost, &taste, (rho, eta), mode);
    let [p1, share1, markup1] = nash(&raised, &taste, (rho, eta), mode);
    let tariff = foreign.map(|foreign| if foreign { duty } else { 0.0 });
    let inputs = json!({ "cost": cost, "taste": taste, "foreign": foreign, "rho": rho, "eta": eta,
        "mode": mode, "tariff0": vec![0.0; 4], "tariff1": tariff });
    let matrix = local_matrix(&share0, &markup0, (rho, eta), mode);
    let expected = json!({ "p0": p0, "share0": share0, "markup0": markup0, "p1": p1,
        "share1": share1, "markup1": markup1, "local_passthrough_matrix": matrix });
    (inputs, expected)
}

/// (I + diag(k) (I − 1 s'))⁻¹ by its series, which converges for weak feedback.
fn local_matrix(
    share: &[f64],
    markup: &[f64],
    (rho, eta): (f64, f64),
    mode: &str,
) -> Vec<Vec<f64>> {
    let n = share.len();
    let response = |j: usize| {
        let elasticity = markup[j] / (markup[j] - 1.0);
        let per_share = match mode {
            "bertrand" => (rho - eta) / (elasticity * (elasticity - 1.0)),
            _ => markup[j] * (1.0 / eta - 1.0 / rho),
        };
        per_share * (rho - 1.0) * share[j]
    };
    // x = (e + k s'x) / (1 + k) row by row, iterated to its fixed point.
    let mut matrix = vec![vec![0.0; n]; n];
    for column in 0..n {
        for _ in 0..10_000 {
            let mean: f64 = (0..n).map(|j| share[j] * matrix[j][column]).sum();
            for j in 0..n {
                let own = if j == column { 1.0 } else { 0.0 };
                let k = response(j);
                matrix[j][column] = (own + k * mean) / (1.0 + k);
            }
        }
    }
    matrix
}

#[test]
fn oligopolists_set_the_prices_of_the_nash_equilibrium_before_and_after_a_duty() {
    for mode in ["bertrand", "cournot"] {
        let (inputs, expected) = oligopoly_case(mode);
        assert_passes(&judge(&inputs, &expected, 1e-8));
    }
}

#[test]
fn rows_of_the_pass_through_matrix_sum_to_one() {
    let (_, expected) = oligopoly_case("bertrand");
    for row in expected["local_passthrough_matrix"].as_array().unwrap() {
        let sum: f64 = row
            .as_array()
            .unwrap()
            .iter()
            .map(|x| x.as_f64().unwrap())
            .sum();
        assert!((sum - 1.0).abs() < 1e-12, "{sum}");
    }
}

#[test]
fn a_wrong_expectation_of_a_pricing_case_is_noticed() {
    let (inputs, mut expected) = oligopoly_case("bertrand");
    expected["p1"][2] = json!(expected["p1"][2].as_f64().unwrap() * 1.0001);
    assert!(judge(&inputs, &expected, 1e-8).fails());
}

fn equal_firms(firms: usize, rho: f64, eta: f64, mode: &str) -> Value {
    json!({ "cost": vec![1.0; firms], "taste": vec![1.0; firms], "foreign": vec![false; firms],
        "rho": rho, "eta": eta, "mode": mode, "tariff0": vec![0.0; firms],
        "tariff1": vec![0.0; firms] })
}

#[test]
fn many_firms_set_the_markup_of_monopolistic_competition() {
    let inputs = equal_firms(400, 5.0, 1.5, "bertrand");
    let expected = json!({ "markup0": vec![1.25; 400] });
    assert_passes(&judge(&inputs, &expected, 1e-3));
}

#[test]
fn two_price_setters_with_equal_goods_sell_at_cost() {
    let inputs = equal_firms(2, 1e6, 1.5, "bertrand");
    assert_passes(&judge(&inputs, &json!({ "p0": [1.0, 1.0] }), 1e-5));
    let inputs = equal_firms(2, 10.0, 1.5, "bertrand");
    assert!(judge(&inputs, &json!({ "p0": [1.0, 1.0] }), 1e-5).fails());
}

#[test]
fn a_monopolist_sets_the_markup_of_demand_for_the_sector() {
    for mode in ["bertrand", "cournot"] {
        let mut inputs = equal_firms(2, 5.0, 1.5, mode);
        inputs["taste"] = json!([1.0, 1e-13]);
        let report = judge(&inputs, &json!({ "markup0": [3.0, null] }), 1e-10);
        assert_passes(&report);
    }
}

#[test]
fn a_kimball_firm_passes_on_what_its_demand_lets_it() {
    for (theta, xi, rise) in [
        (5.0_f64, 4.0_f64, 0.1_f64),
        (3.5, 1.2, -0.08),
        (6.0, 0.0, 0.2),
    ] {
        // u + ln(1 + xi u / (theta - 1)) = ln(1 + rise), by bisection.
        let (mut low, mut high) = (-1.0_f64, 1.0_f64);
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            let inside = 1.0 + xi * middle / (theta - 1.0);
            let is_low = inside <= 0.0 || middle + inside.ln() < (1.0 + rise).ln();
            if is_low { low = middle } else { high = middle }
        }
        let inputs = json!({ "theta": theta, "xi": xi, "x": rise, "cost0": (theta - 1.0) / theta });
        let expected = json!({ "p1": low.exp(), "passthrough": low / (1.0 + rise).ln(),
            "local_passthrough": (theta - 1.0) / (theta - 1.0 + xi) });
        assert_passes(&judge(&inputs, &expected, 1e-9));
    }
}

#[test]
fn prices_reset_by_clocks_follow_the_closed_form_of_calvo() {
    let (hazard, sigma, price) = (1.7_f64, 4.0_f64, 0.85_f64);
    let times = [0.0, 3.0 / 52.0, 0.5, 1.5];
    let index = |t: f64| {
        let kept = (-hazard * t).exp();
        (kept + (1.0 - kept) * price.powf(1.0 - sigma)).powf(1.0 / (1.0 - sigma))
    };
    let inputs = json!({ "reset_rate": hazard, "sigma": sigma, "p1": price, "t": times });
    let report = judge(&inputs, &json!({ "P": times.map(index) }), 1e-12);
    assert_passes(&report);
    assert!(
        report.checks.len() >= 7,
        "no statement of chance was checked"
    );
}

#[test]
fn a_menu_cost_is_paid_exactly_outside_the_band_in_which_it_exceeds_the_gain() {
    let (sigma, cost) = (3.5_f64, 0.02_f64);
    let loss =
        |x: f64| 1.0 - sigma * ((1.0 - sigma) * x).exp() + (sigma - 1.0) * (-sigma * x).exp();
    let root = |mut far: f64| {
        let mut near = 0.0;
        for _ in 0..200 {
            let middle = 0.5 * (near + far);
            if loss(middle) < cost {
                near = middle
            } else {
                far = middle
            }
        }
        near
    };
    let expected = json!({ "x_low": root(-1.0), "x_high": root(1.0) });
    assert_passes(&judge(
        &json!({ "sigma": sigma, "F": cost }),
        &expected,
        1e-9,
    ));
}

// The law of large numbers.

/// Log price index of a flow over ticks with independent shocks to all firms.
fn indices(firms: usize, elasticity: f64, deviation: f64) -> Vec<f64> {
    let economy = Closed {
        economies: 1,
        sectors: 1,
        materials: 0.0,
        markup: 0.0,
        is_retail: false,
        ..Closed::default()
    }
    .build();
    let mut model = models::frictionless(&economy, &Shock::default(), firms, WEEK);
    model.population.firm_elasticity.fill(elasticity);
    model.frictions.wage_speed = 0.0;
    model.frictions.unemployment.fill(0.5);
    model.frictions.productivity_noise = deviation;
    model.frictions.productivity_reversion = f64::INFINITY;
    let mut simulation = models::simulate(model);
    (0..400)
        .map(|_| {
            models::run(&mut simulation, 1);
            simulation.world().resource::<MarketPrices>().log_gate[0]
        })
        .collect()
}

#[test]
fn the_index_of_many_firms_approaches_its_limit_like_the_root_of_their_number() {
    let (elasticity, deviation) = (3.0, 0.25_f64);
    let slope = 1.0 - elasticity;
    let variance = deviation * deviation;
    let limit = slope * variance / 2.0;
    let spread = ((slope * slope * variance).exp() - 1.0).sqrt() / slope.abs();
    let sizes = [32_usize, 128, 512, 2048];
    let mut points = Vec::new();
    for firms in sizes {
        let found = indices(firms, elasticity, deviation);
        let runs = found.len() as f64;
        let mean = found.iter().sum::<f64>() / runs;
        let sd = (found.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (runs - 1.0)).sqrt();
        let rmse = (found.iter().map(|x| (x - limit).powi(2)).sum::<f64>() / runs).sqrt();
        let expected = spread / (firms as f64).sqrt();
        assert!(
            (sd / expected - 1.0).abs() < 0.1,
            "{firms}: {sd} {expected}"
        );
        // Second order: -variance of the mean power / (2 slope), of order 1/N.
        let bias = -0.5 * slope * spread * spread / firms as f64;
        let error = 4.0 * sd / runs.sqrt() + 5.0 * bias.abs() / (firms as f64).sqrt();
        assert!(
            (mean - limit - bias).abs() < error,
            "{firms}: {} {bias}",
            mean - limit
        );
        points.push(((firms as f64).ln(), rmse.ln()));
    }
    let means = |f: fn(&(f64, f64)) -> f64| points.iter().map(f).sum::<f64>() / points.len() as f64;
    let (x, y) = (means(|p| p.0), means(|p| p.1));
    let over: f64 = points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum();
    let under: f64 = points.iter().map(|p| (p.0 - x).powi(2)).sum();
    assert!((over / under + 0.5).abs() < 0.05, "{}", over / under);
}

// Whole economies.

fn with_duty(model: &mut Model, economy: &Economy, duty: f64) {
    let shock = models::added_duty(economy, 0, duty);
    model.law = Arc::new(RateCalendar::constant(models::rates(economy, &shock)));
}

#[test]
fn oligopolists_rest_at_the_equilibrium_of_the_direct_solver() {
    let case = Closed {
        economies: 3,
        sectors: 2,
        seed: 61,
        ..Closed::default()
    };
    let economy = oligopoly::economy(&case, |i, s| (2 + i + 2 * s) as f64);
    let shock = models::added_duty(&economy, 0, 0.3);
    let firms = &economy.oligopoly.as_ref().unwrap().firms;
    let one_each: Vec<usize> = firms.iter().map(|firms| *firms as usize).collect();
    let equilibrium = models::equilibrium(&economy, &shock);
    for agents in [one_each, vec![1; economy.markets()]] {
        let model = oligopoly::frictionless(&economy, &shock, &agents, WEEK);
        let mut simulation = models::simulate(model);
        let rest = models::rest(&mut simulation);
        let worst = models::farthest(&rest, &equilibrium);
        assert!(worst.error < 1e-6, "{worst:?}");
        for (found, expected) in [
            (&rest.markup, &equilibrium.markup),
            (&rest.border_price_hat, &equilibrium.border_price_hat),
        ] {
            for (found, expected) in found.iter().zip(expected) {
                assert!((found / expected - 1.0).abs() < 1e-6, "{found} {expected}");
            }
        }
        assert_eq!(rest.floored_markups, 0);
    }
}

#[test]
fn firms_that_are_not_a_whole_number_rest_at_the_equilibrium_too() {
    let case = Closed {
        economies: 2,
        sectors: 2,
        seed: 62,
        ..Closed::default()
    };
    let economy = oligopoly::economy(&case, |i, s| 2.4 + i as f64 + 0.7 * s as f64);
    let shock = models::added_duty(&economy, 0, 0.5);
    let agents = vec![2; economy.markets()];
    let mut simulation = models::simulate(oligopoly::frictionless(&economy, &shock, &agents, WEEK));
    let rest = models::rest(&mut simulation);
    let worst = models::farthest(&rest, &models::equilibrium(&economy, &shock));
    assert!(worst.error < 1e-6, "{worst:?}");
}

/// Log change of the gate price of an imported flow relative to the seller's
/// home price, which has the same cost: what exporters concede.
fn concession(rule: Conduct, change: impl Fn(&mut Model)) -> f64 {
    let economy = Closed {
        economies: 3,
        sectors: 2,
        seed: 63,
        ..Closed::default()
    }
    .build();
    let mut model = models::frictionless(&economy, &Shock::default(), 4, WEEK);
    oligopoly::set_conduct(&mut model, rule);
    change(&mut model);
    with_duty(&mut model, &economy, 0.25);
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, 60 * 52);
    let prices = simulation.world().resource::<MarketPrices>();
    prices.log_gate[economy.flow(0, 1, 0)] - prices.log_gate[economy.flow(1, 1, 0)]
}

#[test]
fn exporters_absorb_part_of_a_duty_when_markups_answer_and_none_when_they_do_not() {
    let constant = concession(Conduct::Constant, |_| ());
    assert!(constant.abs() < 1e-12, "{constant}");
    // Four foreign firms with small shares of the market give way a little only.
    for (rule, least) in [
        (Conduct::Bertrand, 1e-4),
        (Conduct::Cournot, 1e-4),
        (Conduct::Kimball, 1e-2),
    ] {
        let conceded = concession(rule, |_| ());
        assert!(conceded < -least, "{rule:?}: {conceded}");
    }
    let bertrand = concession(Conduct::Bertrand, |_| ());
    let crowded = concession(Conduct::Bertrand, |model| {
        model.frictions.markups.firms_per_agent.fill(1e4);
    });
    assert!(
        crowded.abs() < 1e-3 * bertrand.abs(),
        "{crowded} {bertrand}"
    );
}

#[test]
fn a_shade_concedes_its_part_of_the_duty_exactly() {
    let economy = Closed {
        economies: 3,
        sectors: 2,
        seed: 63,
        ..Closed::default()
    }
    .build();
    let flow = economy.flow(0, 1, 0);
    let base = economy.import_duty[flow];
    let conceded = concession(Conduct::Constant, |model| {
        model.frictions.pricing.shade.fill(0.1)
    });
    let expected = -0.1 * ((1.25 + base) / (1.0 + base)).ln();
    assert!((conceded - expected).abs() < 1e-12, "{conceded} {expected}");
}

/// A sticky economy under a rule, without shocks to firms.
fn quiet(rule: Conduct) -> (Economy, Model) {
    let economy = Closed::default().build();
    let mut model = models::sticky(&economy, 5, 9);
    model.frictions.productivity_noise = 0.0;
    oligopoly::set_conduct(&mut model, rule);
    model.frictions.pricing.shade.fill(0.05);
    model.frictions.pricing.gap_reset.fill(4.0);
    model.frictions.pricing.menu_cost.fill(0.01);
    (economy, model)
}

#[test]
fn the_base_year_is_at_rest_under_every_markup_rule() {
    for rule in RULES {
        let (economy, model) = quiet(rule);
        let mut simulation = models::simulate(model);
        models::run(&mut simulation, 3 * 52);
        let prices = simulation.world().resource::<MarketPrices>();
        let moved = prices
            .log_landed
            .iter()
            .fold(0.0_f64, |most, price| most.max(price.abs()));
        assert!(moved < 1e-12, "{rule:?}: {moved:e}");
        let shares = prices.origin_share.iter().zip(&economy.origin_share);
        assert!(
            shares
                .into_iter()
                .all(|(now, base)| (now - base).abs() < 1e-12)
        );
    }
}

#[test]
fn accounts_close_and_prices_are_finite_under_every_rule_and_any_duty() {
    for rule in RULES {
        for duty in [-0.5, 0.4, 1e6] {
            let (economy, mut model) = quiet(rule);
            model.frictions.productivity_noise = 0.05;
            with_duty(&mut model, &economy, duty);
            let mut simulation = models::simulate(model);
            models::run(&mut simulation, 2 * 52);
            let prices = simulation.world().resource::<MarketPrices>();
            let is_finite = prices.log_gate.iter().chain(&prices.log_composite);
            assert!(
                is_finite.into_iter().all(|price| price.is_finite()),
                "{rule:?} {duty}"
            );
        }
    }
}

#[test]
fn a_lone_seller_before_inelastic_demand_is_counted_at_the_floor() {
    let economy = Closed {
        economies: 1,
        sectors: 1,
        is_retail: false,
        ..Closed::default()
    }
    .build();
    let mut model = models::frictionless(&economy, &Shock::default(), 1, WEEK);
    oligopoly::set_conduct(&mut model, Conduct::Bertrand);
    model.frictions.markups.final_elasticity = 0.9;
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, 3);
    assert_eq!(simulation.world().resource::<FlooredMarkups>().0, 3);
}

/// Log gate price of imports half a year after a duty was announced for some
/// years after the start, believed with certainty.
fn gate_price(years: Option<f64>, foresight: f64) -> f64 {
    let (economy, mut model) = quiet(Conduct::Kimball);
    model.frictions.pricing.foresight = foresight;
    model.frictions.beliefs = BeliefRule {
        prior_carried_out: 1.0,
        prior_withdrawn: 0.0,
        plan: 1.0,
    };
    let flow = economy.flow(0, 1, 0);
    let announced = years.map(|years| {
        let effective = days_after(models::START, (years * 365.25) as i64);
        Announced {
            known_from: models::START,
            known_until: effective,
            text: Text::Law,
            effective,
            flow: flow as u32,
            change: 0.2,
            step: 0.2,
        }
    });
    let law = RateCalendar::constant(models::rates(&economy, &Shock::default()));
    model.law = Arc::new(law.with_outlook(Outlook::new(announced.into_iter().collect())));
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, 26);
    simulation.world().resource::<MarketPrices>().log_gate[flow]
}

#[test]
fn resets_look_ahead_to_an_expected_duty_the_more_the_nearer_it_is() {
    let (near, far) = (gate_price(Some(0.6), 1.0), gate_price(Some(2.0), 1.0));
    assert!(near < far && far < -1e-4, "{near} {far}");
    assert!(gate_price(Some(0.6), 0.0).abs() < 1e-12);
    assert!(gate_price(None, 1.0).abs() < 1e-12);
}

#[test]
fn prices_far_from_the_desired_one_are_changed_sooner() {
    let changed = |gap_reset: f64| {
        let economy = Closed::default().build();
        let mut model = models::sticky(&economy, 40, 4);
        model.frictions.productivity_noise = 0.0;
        model.frictions.pricing.gap_reset.fill(gap_reset);
        model.frictions.pricing.menu_cost.fill(0.001);
        model.frictions.pricing.shade.fill(0.5);
        with_duty(&mut model, &economy, 0.5);
        let mut simulation = models::simulate(model);
        models::run(&mut simulation, 26);
        let flow = Rows::flow(&economy, 0, 1, 0);
        let rows = simulation.world().resource::<Rows>().clone();
        let world = simulation.world_mut();
        let mut lines = world.query_filtered::<(&LogPrice, &tradewinds_engine::firm::BaseLogPrice), bevy_ecs::prelude::With<Line>>();
        let lines: Vec<bool> = lines
            .iter(world)
            .map(|(now, base)| (now.0 - base.0).abs() > 0.1)
            .collect();
        let of_flow = &lines[rows.lines[flow]..rows.lines[flow + 1]];
        of_flow.iter().filter(|changed| **changed).count() as f64 / of_flow.len() as f64
    };
    // Half a year at 1.3 a year changes 48 %, at 9.3 a year 99 %.
    let (slow, fast) = (changed(0.0), changed(8.0));
    assert!(slow < 0.75 && fast > 0.9, "{slow} {fast}");
}

// The world of the repository.

/// Part of a duty of 25 points, laid by one importer on one sector from all
/// origins, that is added to duty-paid prices two years later: mean over flows
/// by base value.
fn pass_through(rule: f64, change: Option<(&str, f64)>) -> f64 {
    let mut plan = real::plan(&real::no_new_measures(), 1, 104, 20);
    let parameters = &mut plan.draws[0];
    for (name, value) in [("productivity_noise", 0.0), ("markup_rule", rule)]
        .into_iter()
        .chain(change)
    {
        parameters.set(name, value).unwrap();
    }
    let (importer, sector) = (0, 4);
    let mut model = real::model(&plan, 0);
    let economy = model.economy.clone();
    let flows: Vec<usize> = (0..economy.economies)
        .filter(|origin| *origin != importer)
        .map(|origin| economy.flow(importer, origin, sector))
        .collect();
    let mut duty = economy.import_duty.clone();
    flows.iter().for_each(|flow| duty[*flow] += 0.25);
    let shock = Shock {
        import_duty: Some(duty.clone()),
        ..Shock::default()
    };
    model.law = Arc::new(RateCalendar::constant(models::rates(&economy, &shock)));
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, 104);
    let prices = simulation.world().resource::<MarketPrices>();
    let (mut passed, mut total) = (0.0, 0.0);
    for flow in flows {
        let value = economy.accounts().sales[flow];
        let wedge = ((1.0 + duty[flow]) / (1.0 + economy.import_duty[flow])).ln();
        passed += value * (1.0 + prices.log_gate[flow] / wedge);
        total += value;
    }
    passed / total
}

#[test]
fn pass_through_at_the_border_is_near_one_unless_demand_or_a_shade_says_otherwise() {
    let constant = pass_through(0.0, None);
    // Sellers' costs fall with their use of capacity and wages, whatever the markup.
    assert!((0.92..1.0).contains(&constant), "{constant}");
    // Sellers with small shares of the market give way by well under one per cent.
    let bertrand = pass_through(1.0, None);
    assert!((bertrand - constant).abs() < 0.01, "{bertrand} {constant}");
    let kimball = pass_through(3.0, None);
    assert!((0.6..0.9).contains(&kimball), "{kimball}");
    // Of a shade of 0.1, prices that have been reset since: 1 - exp(-1.1 x 2).
    let shaded = pass_through(0.0, Some(("exporter_shade", 0.1)));
    assert!(
        (constant - shaded - 0.089).abs() < 0.01,
        "{shaded} {constant}"
    );
}
