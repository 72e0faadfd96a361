//! Payoffs of trade talks against the equilibrium that is solved in full.

use rayon::prelude::*;
use tradewinds_engine::customs::RatesInForce;
use tradewinds_engine::model::Model;
use tradewinds_engine::sourcing::MarketPrices;
use tradewinds_engine::talks::payoff::{
    Elasticities, Flows, Package, PayoffError, Payoffs, Response, Snapshot, State, Surplus, Terms,
    Version, Weights,
};
use tradewinds_engine::trade::Orders;
use tradewinds_equilibrium::{Economy, Equilibrium, Labour, Shock, solve};
use tradewinds_kernel::clock::{Clock, TickLength};
use tradewinds_policy::Reform;
use tradewinds_runner::calibrate;
use tradewinds_tests::fixtures::closed::Closed;
use tradewinds_tests::fixtures::{Numbers, models, real};

/// Situations and packages in each.
const SCENES: usize = 50;
const PACKAGES: usize = 4;
/// Duty on top of that of the base year when talks begin, and on sectors with rates of
/// their own.
const FLOOR: f64 = 0.10;
const SECTOR_RATE: f64 = 0.25;

const TERMS: Terms = Terms {
    export_value: 1.0,
    weights: Weights {
        revenue: 1.0,
        deficit: 0.2,
        cost: 0.8,
    },
    issues: (0.0, 0.0),
};

/// The calibrated world at which packages are compared.
struct Talks {
    economy: Economy,
    importer: usize,
    goods: Vec<usize>,
    with_own_rate: [usize; 2],
    names: Vec<String>,
}

/// A package, what holds without agreement, and rivals, as duties `[n][i][s]`.
struct Case {
    partner: usize,
    with: Vec<f64>,
    without: Vec<f64>,
    /// Change of the mean rate of rivals, `[s]`.
    rivals: Vec<f64>,
}

impl Talks {
    /// Elasticities of the long run, or some years after a change.
    fn new(years: Option<f64>) -> Self {
        let world = real::world();
        let model = real::model(&real::plan(&real::no_new_measures(), 1, 1, 1), 0);
        let mut parts = calibrate::economy(&world, &real::parameters())
            .unwrap()
            .into_parts();
        if let Some(years) = years {
            let (sigma, eps) = (model.frictions.sourcing).at_horizon(&model.economy, years);
            let rho = (model.frictions.substitution).at_horizon(&model.economy, years);
            (parts.sigma, parts.eps, parts.rho) = (sigma, eps, rho);
        }
        let place = |code: &str| {
            let mut sectors = world.sectors.iter();
            sectors.position(|sector| sector.as_str() == code).unwrap()
        };
        let names: Vec<String> = (world.economies.iter())
            .map(|code| code.as_str().to_owned())
            .collect();
        Self {
            importer: names.iter().position(|name| name == "USA").unwrap(),
            goods: (0..parts.sectors)
                .filter(|s| *s != world.services)
                .collect(),
            with_own_rate: [place("autos"), place("steel_aluminium")],
            economy: Economy::new(parts).unwrap(),
            names,
        }
    }

    fn now(&self, s: usize) -> f64 {
        match self.with_own_rate.contains(&s) {
            true => SECTOR_RATE,
            false => FLOOR,
        }
    }

    /// Duties of the base year with something added to those of the importer on goods.
    fn duties(&self, added: impl Fn(usize, usize) -> f64) -> Vec<f64> {
        let economy = &self.economy;
        let mut duties = economy.import_duty.clone();
        for origin in (0..economy.economies).filter(|i| *i != self.importer) {
            for s in &self.goods {
                duties[economy.flow(self.importer, origin, *s)] += added(origin, *s);
            }
        }
        duties
    }

    fn solve(&self, duties: &[f64]) -> Equilibrium {
        let shock = Shock {
            import_duty: Some(duties.to_vec()),
            labour: Labour::Fixed,
            ..Shock::default()
        };
        solve(&self.economy, &shock).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Imports of goods from a partner, and exports to it, in the base year.
    fn trade(&self, partner: usize) -> (f64, f64) {
        let economy = &self.economy;
        let sales = &economy.accounts().sales;
        let sum = |n: usize, i: usize| {
            let flows = self.goods.iter().map(|s| sales[economy.flow(n, i, *s)]);
            flows.sum::<f64>()
        };
        (sum(self.importer, partner), sum(partner, self.importer))
    }

    /// Half the deficit over imports in whole points, but at least the floor.
    fn preset(&self, partner: usize) -> f64 {
        let (imports, exports) = self.trade(partner);
        f64::max(FLOOR, (50.0 * (imports - exports) / imports).ceil() / 100.0)
    }

    /// Packages with one partner among rivals whose rates are drawn.
    fn scene(&self, scene: usize) -> Vec<Case> {
        let economy = &self.economy;
        let mut numbers = Numbers::new(1_000 + scene as u64);
        let partners: Vec<usize> = (0..economy.economies)
            .filter(|i| *i != self.importer)
            .collect();
        let partner = partners[scene % partners.len()];
        let shift = numbers.between(-0.10, 0.15);
        let moved: Vec<f64> = (0..economy.economies)
            .map(|_| shift + numbers.between(-0.05, 0.05))
            .collect();
        let preset = self.preset(partner);
        let with = |own: &dyn Fn(usize) -> f64| {
            self.duties(|i, s| match i == partner {
                true => own(s),
                false => (self.now(s) + moved[i]).max(0.0),
            })
        };
        let outside = |s: usize| match self.with_own_rate.contains(&s) {
            true => SECTOR_RATE,
            false => preset,
        };
        let without = with(&outside);
        let sales = &economy.accounts().sales;
        let rivals: Vec<f64> = (0..economy.sectors)
            .map(|s| {
                let others = partners.iter().filter(|i| **i != partner);
                let flows = others.map(|i| economy.flow(self.importer, *i, s));
                let (mut change, mut total) = (0.0, 0.0);
                for flow in flows {
                    let now = economy.import_duty[flow] + self.now(s);
                    change += (without[flow] - now) * sales[flow];
                    total += sales[flow];
                }
                change / total
            })
            .collect();
        (0..PACKAGES)
            .map(|_| {
                let level = match numbers.between(0.0, 1.0) < 0.15 {
                    true => numbers.between(0.3, 1.45),
                    false => numbers.between(0.0, 0.35),
                };
                let own: Vec<f64> = (0..economy.sectors)
                    .map(|_| (level * numbers.between(0.3, 1.7)).clamp(0.0, 1.45))
                    .collect();
                Case {
                    partner,
                    with: with(&|s| own[s]),
                    without: without.clone(),
                    rivals: rivals.clone(),
                }
            })
            .collect()
    }

    /// Flows of an equilibrium at the importer's mean wage of the base year.
    fn flows(&self, equilibrium: &Equilibrium, partner: usize) -> Flows {
        let (economy, n) = (&self.economy, self.importer);
        let wage = equilibrium.average_wage_hat[n];
        let sum = |n: usize, i: usize| {
            let flows = (0..economy.sectors).map(|s| equilibrium.sales[economy.flow(n, i, s)]);
            flows.sum::<f64>() / wage
        };
        let users = &economy.accounts().user_spending;
        let spending: f64 = users.iter().map(|user| user[n]).sum();
        let goods = (self.goods.iter()).map(|s| equilibrium.sales[economy.flow(n, partner, *s)]);
        Flows {
            exports: goods.sum::<f64>() / wage,
            revenue: equilibrium.revenue[n] / wage,
            deficit: sum(n, partner) - sum(partner, n),
            cost: spending * equilibrium.final_price_hat[n] / wage,
        }
    }

    fn rates<'a>(&self, duties: &'a [f64], partner: usize) -> &'a [f64] {
        let first = self.economy.flow(self.importer, partner, 0);
        &duties[first..first + self.economy.sectors]
    }
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    for (rank, at) in order.into_iter().enumerate() {
        ranks[at] = rank as f64;
    }
    ranks
}

fn rank_correlation(left: &[f64], right: &[f64]) -> f64 {
    let (left, right) = (ranks(left), ranks(right));
    let mean = (left.len() - 1) as f64 / 2.0;
    let product = |a: &[f64], b: &[f64]| -> f64 {
        let pairs = a.iter().zip(b);
        pairs.map(|(a, b)| (a - mean) * (b - mean)).sum()
    };
    product(&left, &right) / product(&left, &left)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    (values[half] + values[values.len() - 1 - half]) / 2.0
}

/// What was found and what is known.
type Pair = (Surplus, Surplus);

/// Compares 200 packages, with the response at the state and with one kept from the base year.
fn compare(talks: &Talks) {
    let state = talks.duties(|_, s| talks.now(s));
    let at_state = talks.solve(&state);
    let wage = at_state.average_wage_hat[talks.importer];
    let sales: Vec<f64> = at_state.sales.iter().map(|sales| sales / wage).collect();
    let economy = &talks.economy;
    let version = Version::new(&state, 0);
    let base = State::of_base(economy, talks.importer);
    let at_state = State {
        sales: &sales,
        duty: &state,
        ..base
    };
    let payoffs = Payoffs::new(&at_state, version);
    let kept = Payoffs::with_response(&at_state, &Response::at(&base), version);
    let solved: Vec<(Case, [Flows; 2])> = (0..SCENES)
        .into_par_iter()
        .flat_map_iter(|scene| {
            let cases = talks.scene(scene);
            let without = talks.solve(&cases[0].without);
            cases.into_iter().map(move |case| {
                let with = talks.flows(&talks.solve(&case.with), case.partner);
                let without = talks.flows(&without, case.partner);
                (case, [with, without])
            })
        })
        .collect();
    let (mut pairs, mut pairs_kept) = (Vec::new(), Vec::new());
    for (case, [with, without]) in &solved {
        let known = TERMS.surplus(with, without);
        let package = |duties| Package {
            partner: case.partner,
            rates: talks.rates(duties, case.partner),
            rivals: &case.rivals,
        };
        let both = (package(&case.with), package(&case.without));
        let found = payoffs.surplus(version, both, &TERMS).unwrap();
        pairs.push((found, known));
        let found = kept.surplus(version, both, &TERMS).unwrap();
        pairs_kept.push((found, known));
    }
    report(talks, &solved, (&pairs, "at the state"));
    report(
        talks,
        &solved,
        (&pairs_kept, "with the response of the base year"),
    );
}

/// Writes down the ten worst of each side and holds both gates.
fn report(talks: &Talks, solved: &[(Case, [Flows; 2])], (pairs, what): (&[Pair], &str)) {
    let sides: [(&str, fn(&Surplus) -> f64); 2] =
        [("W - D", |s| s.partner), ("U - D", |s| s.importer)];
    for (side, of) in sides {
        let found: Vec<f64> = pairs.iter().map(|(found, _)| of(found)).collect();
        let known: Vec<f64> = pairs.iter().map(|(_, known)| of(known)).collect();
        let errors = found.iter().zip(&known);
        let error = median(errors.map(|(f, k)| (f - k).abs() / k.abs()).collect());
        let rank = rank_correlation(&found, &known);
        let mut text =
            format!("{side} {what}: rank correlation {rank:.4}, median error {error:.3}\n");
        let mut worst: Vec<usize> = (0..found.len()).collect();
        worst.sort_by(|a, b| {
            let miss = |at: &usize| (found[*at] - known[*at]).abs();
            miss(b).total_cmp(&miss(a))
        });
        for at in worst.into_iter().take(10) {
            let (case, [with, without]) = &solved[at];
            let rates = talks.rates(&case.with, case.partner);
            let mean = talks.goods.iter().map(|s| rates[*s]).sum::<f64>();
            text += &format!(
                "  {} at {:.0} % (without agreement {:.0} %), rivals {:+.0}: {:.1} for {:.1}; \
                 exports {:+.1}, revenue {:+.1}, cost {:+.1}\n",
                talks.names[case.partner],
                100.0 * mean / talks.goods.len() as f64,
                100.0 * talks.preset(case.partner),
                100.0 * case.rivals[talks.goods[0]],
                found[at],
                known[at],
                with.exports - without.exports,
                with.revenue - without.revenue,
                with.cost - without.cost,
            );
        }
        eprintln!("{text}");
        assert!(rank >= 0.95, "{side}: rank correlation {rank}");
        assert!(error <= 0.20, "{side}: median error {error}");
    }
}

#[test]
fn packages_are_valued_as_the_equilibrium_with_fixed_labour_values_them() {
    compare(&Talks::new(None));
}

#[test]
fn so_are_they_at_elasticities_of_a_year() {
    compare(&Talks::new(Some(1.0)));
}

#[test]
fn the_rates_of_the_state_leave_trade_as_it_is() {
    let talks = Talks::new(None);
    let economy = &talks.economy;
    let version = Version::new(&economy.import_duty, 0);
    let payoffs = Payoffs::new(&State::of_base(economy, talks.importer), version);
    let none = vec![0.0; economy.sectors];
    for partner in (0..economy.economies).filter(|i| *i != talks.importer) {
        let package = Package {
            partner,
            rates: talks.rates(&economy.import_duty, partner),
            rivals: &none,
        };
        let flows = payoffs.flows(version, package).unwrap();
        // What is linear between two rates is not at one of them; duties of the base year
        // are small and sales nearly linear in them.
        let (exports, _) = talks.trade(partner);
        assert!(
            (flows.exports / exports - 1.0).abs() < 2e-3,
            "{flows:?} {exports}"
        );
        assert!(flows.cost.abs() < 0.1, "{flows:?}");
        let rivals = payoffs.rivals(version, package).unwrap();
        let known: f64 = (0..economy.economies)
            .filter(|i| *i != talks.importer && *i != partner)
            .map(|i| talks.trade(i).0)
            .sum();
        assert!((rivals.iter().sum::<f64>() / known - 1.0).abs() < 2e-3);
    }
}

#[test]
fn a_partner_gains_what_rivals_lose_and_less_in_all() {
    let talks = Talks::new(Some(1.0));
    let economy = &talks.economy;
    let version = Version::new(&economy.import_duty, 0);
    let payoffs = Payoffs::new(&State::of_base(economy, talks.importer), version);
    let of = |rate: f64, rivals: f64| {
        let (rates, rivals) = (vec![rate; economy.sectors], vec![rivals; economy.sectors]);
        let package = Package {
            partner: 3,
            rates: &rates,
            rivals: &rivals,
        };
        let flows = payoffs.flows(version, package).unwrap();
        let others: f64 = payoffs.rivals(version, package).unwrap().iter().sum();
        (flows, others)
    };
    let ((low, rivals_low), (high, rivals_high)) = (of(0.0, 0.0), of(0.5, 0.0));
    let (lost, won) = (low.exports - high.exports, rivals_high - rivals_low);
    assert!(lost > won && won > 0.0, "{lost} {won}");
    assert!(high.cost > low.cost && high.deficit < low.deficit);
    // A partner among rivals who pay more sells more.
    assert!(of(0.5, 0.1).0.exports > high.exports);
    assert!(of(0.5, 0.1).0.cost > high.cost);
}

#[test]
fn a_stale_table_answers_nothing() {
    let economy = Closed::default().build();
    let duty = &economy.import_duty;
    let version = Version::new(duty, 7);
    let payoffs = Payoffs::new(&State::of_base(&economy, 0), version);
    let (rates, rivals) = (vec![0.1; 3], vec![0.0; 3]);
    let package = Package {
        partner: 1,
        rates: &rates,
        rivals: &rivals,
    };
    assert!(payoffs.flows(version, package).is_ok());
    let mut changed = duty.clone();
    changed[4] += 1e-15;
    for stale in [Version::new(&changed, 7), Version::new(duty, 8)] {
        let refused = payoffs.flows(stale, package);
        assert!(
            matches!(refused, Err(PayoffError::Stale { .. })),
            "{refused:?}"
        );
        assert!(payoffs.rivals(stale, package).is_err());
    }
    let own = Package {
        partner: 0,
        ..package
    };
    let refused = payoffs.flows(version, own);
    assert_eq!(refused, Err(PayoffError::Partner { partner: 0 }));
    let short = Package {
        rates: &rates[..2],
        ..package
    };
    let refused = payoffs.flows(version, short);
    assert!(matches!(refused, Err(PayoffError::Shape { .. })));
}

#[test]
fn a_running_world_under_new_law_has_finite_payoffs_that_start_from_its_trade() {
    let plan = real::plan(&Reform::default(), 1, 20, 1);
    let mut simulation = models::simulate(real::model(&plan, 1));
    models::run(&mut simulation, 20);
    let world = simulation.world();
    let (model, clock) = (world.resource::<Model>(), world.resource::<Clock>());
    let rates = world.resource::<RatesInForce>();
    let economy = &model.economy;
    let snapshot = Snapshot::of(
        (model, clock),
        (world.resource::<MarketPrices>(), world.resource::<Orders>()),
        rates,
        (0, 1.0),
    );
    let version = Snapshot::version(economy, (rates, clock), 0);
    let payoffs = Payoffs::new(&snapshot.state(), version);
    let none = vec![0.0; economy.sectors];
    for partner in 1..economy.economies {
        let flows = economy.flow(0, partner, 0)..economy.flow(0, partner + 1, 0);
        let at = |rates: &[f64]| {
            let package = Package {
                partner,
                rates,
                rivals: &none,
            };
            payoffs.flows(version, package).unwrap()
        };
        let now = at(&rates.rates.collected[flows.clone()]);
        let goods = flows.filter(|flow| Some(flow % economy.sectors) != economy.services);
        let sales: f64 = goods.map(|flow| snapshot.state().sales[flow]).sum();
        assert!((now.exports / sales - 1.0).abs() < 0.02, "{now:?} {sales}");
        let dear = at(&vec![1.45; economy.sectors]);
        assert!(
            dear.exports < now.exports && dear.cost > now.cost,
            "{dear:?}"
        );
        assert!(dear.revenue.is_finite() && dear.deficit.is_finite());
    }
}

#[test]
fn a_running_world_at_rest_has_the_payoffs_of_its_base_year() {
    let economy = Closed::default().build();
    let model = models::frictionless(&economy, &Shock::default(), 2, TickLength::PerYear(52));
    let mut simulation = models::simulate(model);
    models::run(&mut simulation, 10);
    let world = simulation.world();
    let snapshot = Snapshot::of(
        (world.resource::<Model>(), world.resource::<Clock>()),
        (world.resource::<MarketPrices>(), world.resource::<Orders>()),
        world.resource::<RatesInForce>(),
        (0, 1.0),
    );
    let version = snapshot.version;
    let running = Payoffs::new(&snapshot.state(), version);
    let base = State::of_base(&economy, 0);
    let (sigma, eps) = (
        snapshot.state().elasticities.sigma,
        snapshot.state().elasticities.eps,
    );
    let elasticities = Elasticities {
        sigma,
        eps,
        ..base.elasticities
    };
    let at_base = Payoffs::new(
        &State {
            elasticities,
            ..base
        },
        version,
    );
    let (rates, rivals) = (vec![0.3; 3], vec![0.05; 3]);
    let package = Package {
        partner: 2,
        rates: &rates,
        rivals: &rivals,
    };
    let (found, known) = (
        running.flows(version, package).unwrap(),
        at_base.flows(version, package).unwrap(),
    );
    for (found, known) in [
        (found.exports, known.exports),
        (found.revenue, known.revenue),
        (found.deficit, known.deficit),
        (found.cost, known.cost),
    ] {
        assert!(
            (found - known).abs() < 1e-9 * known.abs().max(1.0),
            "{found} {known}"
        );
    }
}
