//! The state of an economy at which payoffs are taken.

use std::sync::Arc;

use tradewinds_equilibrium::Economy;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::maths::exp;

use crate::customs::RatesInForce;
use crate::model::Model;
use crate::sourcing::MarketPrices;
use crate::trade::Orders;

/// How buyers and firms substitute within the horizon of a payoff.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Elasticities<'a> {
    /// Between foreign origins, `[s]`.
    pub sigma: &'a [f64],
    /// Between domestic goods and imports, `[s]`.
    pub eps: &'a [f64],
    /// Among labour and materials.
    pub rho: f64,
}

/// Trade, rates and elasticities at which payoffs are taken.
#[derive(Debug, Clone, Copy)]
pub struct State<'a> {
    /// Recipes, markups, margins and claims.
    pub economy: &'a Economy,
    /// The economy that talks to all others.
    pub importer: usize,
    /// Sales at the factory gate, USD bn a year, `[n][i][s]`; purchases of the importer
    /// are positive where there is anything to talk about.
    pub sales: &'a [f64],
    /// Import duties, `[n][i][s]`, share of the price at the border.
    pub duty: &'a [f64],
    /// Export taxes, `[n][i][s]`, share of the price at the gate.
    pub export_tax: &'a [f64],
    /// Elasticities at the horizon of payoffs.
    pub elasticities: Elasticities<'a>,
}

impl<'a> State<'a> {
    /// The base year, at elasticities of the long run.
    pub fn of_base(economy: &'a Economy, importer: usize) -> Self {
        Self {
            economy,
            importer,
            sales: &economy.accounts().sales,
            duty: &economy.import_duty,
            export_tax: &economy.export_tax,
            elasticities: Elasticities {
                sigma: &economy.sigma,
                eps: &economy.eps,
                rho: economy.rho,
            },
        }
    }
}

/// Which law and which week payoffs were computed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// Digest of the rates that the importer collects.
    rates: u64,
    /// Number of the week, or of any other span within which the state is taken to stand.
    period: u64,
}

impl Version {
    /// The version of the rates of the importer, `[i][s]`, in a period. A rate that
    /// changes by its last bit, be it by law, quota or exemption, makes another version.
    pub fn new(rates: &[f64], period: u64) -> Self {
        // FNV-1a, by words.
        let step = |hash: u64, rate: &f64| (hash ^ rate.to_bits()).wrapping_mul(0x0100_0000_01b3);
        Self {
            rates: rates.iter().fold(0xcbf2_9ce4_8422_2325, step),
            period,
        }
    }
}

/// The state of a running world, kept.
///
/// Trade is what buyers use at the prices and shares of the moment; what importers order
/// for their stocks, or hold back before a date, is not in it.
#[derive(Debug, Clone)]
pub struct Snapshot {
    economy: Arc<Economy>,
    importer: usize,
    sales: Vec<f64>,
    duty: Vec<f64>,
    export_tax: Vec<f64>,
    sigma: Vec<f64>,
    eps: Vec<f64>,
    rho: f64,
    /// The law and the week of the snapshot.
    pub version: Version,
}

impl Snapshot {
    /// The state seen by an importer who looks some years ahead.
    pub fn of(
        (model, clock): (&Model, &Clock),
        (prices, orders): (&MarketPrices, &Orders),
        rates: &RatesInForce,
        (importer, years): (usize, f64),
    ) -> Self {
        let economy = &model.economy;
        let (duty, export_tax) = (&rates.rates.collected, &rates.rates.export_tax);
        let mut sales = vec![0.0; economy.flows()];
        for n in 0..economy.economies {
            for s in 0..economy.sectors {
                let market = economy.market(n, s);
                let spending = orders.total(market) * exp(prices.log_composite[market]);
                // Before the first orders the base year is all there is.
                let spending = match spending > 0.0 {
                    true => spending,
                    false => economy.spending[market],
                };
                for i in 0..economy.economies {
                    let flow = economy.flow(n, i, s);
                    let taxes = (1.0 + duty[flow]) * (1.0 + export_tax[flow]);
                    sales[flow] = prices.origin_share[flow] * spending / taxes;
                }
            }
        }
        let (sigma, eps) = model.frictions.sourcing.at_horizon(economy, years);
        Self {
            importer,
            sales,
            duty: duty.clone(),
            export_tax: export_tax.clone(),
            sigma,
            eps,
            rho: model.frictions.substitution.at_horizon(economy, years),
            version: Self::version(economy, (rates, clock), importer),
            economy: economy.clone(),
        }
    }

    /// The law and the week of a running world as an importer sees them.
    pub fn version(
        economy: &Economy,
        (rates, clock): (&RatesInForce, &Clock),
        importer: usize,
    ) -> Version {
        let own = economy.flow(importer, 0, 0)..economy.flow(importer + 1, 0, 0);
        let days = clock.dt() * f64::from(clock.index()) * DAYS;
        Version::new(&rates.rates.collected[own], ((days + 0.5) / 7.0) as u64)
    }

    /// The state as slices.
    pub fn state(&self) -> State<'_> {
        State {
            economy: &self.economy,
            importer: self.importer,
            sales: &self.sales,
            duty: &self.duty,
            export_tax: &self.export_tax,
            elasticities: Elasticities {
                sigma: &self.sigma,
                eps: &self.eps,
                rho: self.rho,
            },
        }
    }
}

/// Days of a year.
const DAYS: f64 = 365.25;

/// Log of the mean factor by which a rate changes a price.
pub(super) fn log_change(rate: f64, before: f64) -> f64 {
    tradewinds_kernel::maths::ln((1.0 + rate) / (1.0 + before))
}
