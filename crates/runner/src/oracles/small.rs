//! What small worlds share: one market with its origins, a law that holds for
//! ever, running to rest, and what the world looks like there.

use std::sync::Arc;

use tradewinds_engine::Simulation;
use tradewinds_engine::customs::{DutiesCharged, RateCalendar, RateTable};
use tradewinds_engine::model::{Frictions, Model, Population};
use tradewinds_engine::production::ExpectedSales;
use tradewinds_engine::sourcing::MarketPrices;
use tradewinds_engine::trade::Shipments;
use tradewinds_equilibrium::{Economy, EconomyParts, FinalUser};
use tradewinds_kernel::clock::{Clock, TickLength};
use tradewinds_kernel::maths::{exp, ln_1p};
use tradewinds_units::Date;

use super::curves::Curve;
use super::report::CaseError;

/// Ticks in a year of a small world.
pub(super) const TICKS: u32 = 52;
/// The economy whose market is looked at.
pub(super) const HOME: usize = 0;
/// The sector of the good; the other sector of an economy is all else.
pub(super) const GOOD: usize = 0;
const ALL_ELSE: usize = 1;

/// One market for one good, with its suppliers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Market {
    /// Bought from home sellers in the base year, USD bn.
    pub(super) home: f64,
    /// Bought from each supplier abroad in the base year, duty paid, USD bn.
    pub(super) abroad: Vec<f64>,
    /// Duty on each supplier abroad in the base year.
    pub(super) duty: Vec<f64>,
    /// Elasticity of substitution among all of them.
    pub(super) sigma: f64,
}

impl Market {
    /// The world around the market: every supplier has an economy of its own, in
    /// which a second sector supplies all else.
    ///
    /// # Errors
    /// [`CaseError::World`] when the numbers make no economy.
    pub(super) fn economy(&self) -> Result<Economy, CaseError> {
        let mut parts = blank(1 + self.abroad.len(), 2);
        let bought = self.home + self.abroad.iter().sum::<f64>();
        parts.spending[0] = bought;
        parts.wage_bill[0] = self.home;
        (parts.sigma, parts.eps) = (vec![self.sigma; 2], vec![self.sigma; 2]);
        let else_at_home = bought;
        let mut imports = 0.0;
        let own = parts.flow(HOME, HOME, GOOD);
        parts.origin_share[own] = self.home / bought;
        for (at, (value, duty)) in self.abroad.iter().zip(&self.duty).enumerate() {
            let origin = at + 1;
            let flow = parts.flow(HOME, origin, GOOD);
            let sales = value / (1.0 + duty);
            parts.origin_share[flow] = value / bought;
            parts.import_duty[flow] = *duty;
            let cell = parts.market(origin, GOOD);
            parts.wage_bill[cell] = sales;
            parts.deficit[origin] = -sales;
            imports += sales;
        }
        parts.deficit[HOME] = imports;
        for n in 0..parts.economies {
            let (good, rest) = (parts.market(n, GOOD), parts.market(n, ALL_ELSE));
            let own = parts.flow(n, n, ALL_ELSE);
            let spent = if n == HOME { else_at_home } else { bought };
            parts.spending[rest] = spent;
            parts.wage_bill[rest] = spent;
            parts.origin_share[own] = 1.0;
            (parts.labour_cost_share[good], parts.labour_cost_share[rest]) = (1.0, 1.0);
            let share = if n == HOME { 0.5 } else { 0.0 };
            let budget = &mut parts.users[0].budget_share;
            (budget[good], budget[rest]) = (share, 1.0 - share);
        }
        Economy::new(parts).map_err(|error| CaseError::World(error.to_string()))
    }

    /// Demand for all else, which stays what it is: money spent on it would
    /// otherwise go round for centuries at fixed wages.
    pub(super) fn all_else(economy: &Economy) -> Vec<(usize, Curve)> {
        let constant = |n: usize| {
            let market = economy.market(n, ALL_ELSE);
            let scale = economy.spending[market];
            let elasticity = 0.0;
            (market, Curve::Constant { scale, elasticity })
        };
        (0..economy.economies).map(constant).collect()
    }

    /// The market under these duties, `[n][i][s]`, at fixed wages, with stocks that
    /// cover any jump of demand and expectations that follow at a share a tick.
    ///
    /// # Errors
    /// As [`Market::economy`].
    pub(super) fn model(&self, duty: &[f64], followed: f64) -> Result<Model, CaseError> {
        let economy = self.economy()?;
        let mut law = economy.import_duty.clone();
        for (at, rate) in duty.iter().enumerate() {
            law[economy.flow(HOME, at + 1, GOOD)] = *rate;
        }
        let mut frictions = Frictions::oracle(economy.economies, economy.sectors);
        frictions.wage_speed = 0.0;
        frictions.unemployment = vec![0.99; economy.economies];
        frictions.finished_cover = Some(1.0);
        frictions.sales_expectation = -ln_1p(-followed) * f64::from(TICKS);
        Ok(Model {
            law: Arc::new(constant_law(&economy, law)),
            talks: None,
            frictions,
            population: Population::uniform(1, economy.sectors),
            economy: Arc::new(economy),
            start: Date::ZERO,
            tick: TickLength::PerYear(TICKS),
            seed: 0,
            replication: 0,
        })
    }
}

/// Arrays of an economy of the right length, with one final user that buys at
/// landed prices and owns everything.
pub(super) fn blank(economies: usize, sectors: usize) -> EconomyParts {
    let (markets, flows) = (economies * sectors, economies * economies * sectors);
    EconomyParts {
        economies,
        sectors,
        spending: vec![0.0; markets],
        origin_share: vec![0.0; flows],
        import_duty: vec![0.0; flows],
        export_tax: vec![0.0; flows],
        markup: vec![1.0; flows],
        labour_cost_share: vec![0.0; markets],
        input_cost_share: vec![0.0; markets * sectors],
        wage_bill: vec![0.0; markets],
        deficit: vec![0.0; economies],
        sigma: vec![4.0; sectors],
        eps: vec![4.0; sectors],
        eta: 1.0,
        rho: 0.0,
        users: vec![FinalUser {
            budget_share: vec![0.0; markets],
            labour_claim: vec![1.0; economies],
            profit_claim: vec![1.0; economies],
            revenue_claim: vec![1.0; economies],
            transfer_claim: vec![1.0; economies],
            is_retail: false,
        }],
        services: None,
        distribution_units: vec![0.0; markets],
        retail_markup: vec![0.0; markets],
        oligopoly: None,
    }
}

/// These duties for ever, `[n][i][s]`, and nothing else.
pub(super) fn constant_law(economy: &Economy, duty: Vec<f64>) -> RateCalendar {
    RateCalendar::constant(RateTable {
        statutory: duty.clone(),
        applied: duty.clone(),
        collected: duty,
        once_arrived: Vec::new(),
        export_tax: economy.export_tax.clone(),
        trade_cost: vec![1.0; economy.flows()],
        by_measure: Vec::new(),
        quotas: Vec::new(),
        refunds: Vec::new(),
    })
}

/// Runs whole years until nothing that is watched has moved by more than rounding
/// over a year.
///
/// # Errors
/// [`CaseError`] when an account does not close or the world does not come to
/// rest in `years`.
pub(super) fn settle(
    simulation: &mut Simulation,
    years: u32,
    watched: impl Fn(&mut Simulation) -> Vec<f64>,
) -> Result<(), CaseError> {
    const ROUNDING: f64 = 2e-14;
    let per_year = (1.0 / simulation.world().resource::<Clock>().dt()).round() as u32;
    let mut last = watched(simulation);
    let mut moved = f64::INFINITY;
    for _ in 0..years {
        for _ in 0..per_year {
            simulation.step()?;
        }
        let now = watched(simulation);
        let change = |(now, last): (&f64, &f64)| (now - last).abs() / last.abs().max(1.0);
        moved = now.iter().zip(&last).map(change).fold(0.0, f64::max);
        if moved < ROUNDING {
            return Ok(());
        }
        last = now;
    }
    Err(CaseError::World(format!(
        "it still moves by {moved:.1e} a year after {years} years"
    )))
}

/// Prices at which goods land, and prices of composites.
pub(super) fn prices(simulation: &mut Simulation) -> Vec<f64> {
    let prices = simulation.world().resource::<MarketPrices>();
    [&prices.log_landed[..], &prices.log_composite].concat()
}

/// Prices, and what firms expect to sell relative to the largest of them.
pub(super) fn prices_and_sales(simulation: &mut Simulation) -> Vec<f64> {
    let mut state = prices(simulation);
    let world = simulation.world_mut();
    let mut firms = world.query::<&ExpectedSales>();
    let sales: Vec<f64> = firms.iter(world).map(|sales| sales.0).collect();
    let largest = sales
        .iter()
        .fold(f64::MIN_POSITIVE, |most, one| most.max(*one));
    state.extend(sales.iter().map(|one| one / largest));
    state
}

/// A flow of the home economy in the last tick, relative to base prices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Flow {
    /// Price at the factory gate, new over old.
    pub(super) gate: f64,
    /// Price with duty, new over old.
    pub(super) landed: f64,
    /// Units shipped, USD bn at base prices a year.
    pub(super) quantity: f64,
    /// Duty charged, USD bn a year.
    pub(super) duty: f64,
}

/// The flow of the good from an origin to the home economy.
pub(super) fn flow(simulation: &Simulation, origin: usize) -> Flow {
    let world = simulation.world();
    let at = world.resource::<Model>().economy.flow(HOME, origin, GOOD);
    let prices = world.resource::<MarketPrices>();
    let gate = exp(prices.log_gate[at]);
    Flow {
        gate,
        landed: exp(prices.log_landed[at]),
        quantity: world.resource::<Shipments>().value[at] / gate,
        duty: world.resource::<DutiesCharged>().import_duty[at] / world.resource::<Clock>().dt(),
    }
}

/// Price of the good to buyers at home, relative to the base year.
pub(super) fn user_price(simulation: &Simulation) -> f64 {
    exp(simulation.world().resource::<MarketPrices>().log_composite[GOOD])
}
