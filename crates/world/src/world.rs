//! A world as the engine and the solver read it: dense arrays with checked accounts.

use tradewinds_units::{EconomyCode, SectorCode};

use crate::currency::Currency;
use crate::politics::{LeaderFacts, VoterShare};
use crate::quality::Mark;

/// Base-year accounts of N economies and S sectors.
///
/// All flows are USD bn a year; prices of the base year are 1. Arrays are flat in row-major order of
/// the indices written with each; use [`World::flow`], [`World::market`], [`World::input`] and
/// [`World::basket`]. n is a buyer, i an origin, s a sector, k an input or bought sector.
///
/// Identities, checked on loading to 1e-9 of their own size:
/// - spending of n on k: fob and duty over origins = inputs over users + household + government +
///   investment (+ distribution for the sector that supplies it);
/// - output of s in n = fob over buyers = labour + surplus + inputs over k;
/// - deficits sum to zero; classes spend what they receive; baskets sum to household use at store prices.
#[derive(Debug, Clone, PartialEq)]
pub struct World {
    /// Year of the flows.
    pub base_year: i32,
    /// Economies in index order.
    pub economies: Vec<EconomyCode>,
    /// Money of each economy.
    pub currencies: Vec<Currency>,
    /// Economy in whose money accounts are kept; `None` when no economy uses it.
    pub reference: Option<usize>,
    /// Name of each economy.
    pub economy_names: Vec<String>,
    /// Whether goods go from `i` to `n` over land `[n][i]`.
    pub land_route: Vec<bool>,
    /// Sectors in index order.
    pub sectors: Vec<SectorCode>,
    /// Name of each sector.
    pub sector_names: Vec<String>,
    /// The sector that supplies distribution.
    pub services: usize,
    /// fob value sold `[n][i][s]`; n = i is domestic sales.
    pub fob: Vec<f64>,
    /// Duty collected `[n][i][s]`.
    pub duty: Vec<f64>,
    /// Duty rate collected `[n][i][s]` (share of fob): duty over value, or the rate that would apply
    /// where nothing is traded.
    pub duty_rate: Vec<f64>,
    /// Duty collected over what base rates (preferences, most favoured nation) would give `[n]`; 1
    /// where rates were recorded as collected.
    pub collection_share: Vec<f64>,
    /// Where each fob value comes from `[n][i][s]`; `None` where nothing is traded.
    pub trade_mark: Vec<Option<Mark>>,
    /// Gross output `[n][s]`.
    pub output: Vec<f64>,
    /// Pay `[n][s]`.
    pub labour: Vec<f64>,
    /// Output less inputs and pay `[n][s]`: profits, capital, land, taxes on inputs.
    pub surplus: Vec<f64>,
    /// Use of k by s at duty-paid basic prices `[n][k][s]`.
    pub inputs: Vec<f64>,
    /// Household use at duty-paid basic prices, without distribution `[n][k]`.
    pub household: Vec<f64>,
    /// Government use at duty-paid basic prices `[n][k]`.
    pub government: Vec<f64>,
    /// Investment use at duty-paid basic prices `[n][k]`.
    pub investment: Vec<f64>,
    /// Services bought to distribute what households buy of k `[n][k]`.
    pub distribution: Vec<f64>,
    /// Net profit of stores on k `[n][k]`; no part of any sector's output.
    pub retail_profit: Vec<f64>,
    /// Units of services per unit of household purchase `[n][k]`.
    pub distribution_units: Vec<f64>,
    /// Net store markup on goods and distribution `[n][k]` (share of their cost).
    pub retail_markup: Vec<f64>,
    /// fob imports less fob exports `[n]`; sums to zero.
    pub deficit: Vec<f64>,
    /// GDP at market prices as published `[n]`.
    pub published_gdp: Vec<f64>,
    /// People `[n]` (million).
    pub population: Vec<f64>,
    /// Households `[n]` (million), where they were counted.
    pub households: Vec<Option<f64>>,
    /// Labour force `[n]` (million).
    pub labour_force: Vec<f64>,
    /// Unemployment `[n]` (share of the labour force).
    pub unemployment: Vec<f64>,
    /// Employment `[n][s]` (million).
    pub employment: Vec<f64>,
    /// Budget of each government `[n]`.
    pub budgets: Vec<Budget>,
    /// Household classes, [`World::CLASSES`] per economy, by decile, owner before worker.
    pub classes: Vec<HouseholdClass>,
    /// Spending at store prices `[n][decile][k]`; owner and worker of a decile buy one basket.
    pub baskets: Vec<f64>,
    /// Facts about firms `[s]`.
    pub firms: Vec<FirmFacts>,
    /// Subsectors with the index of their sector.
    pub subsectors: Vec<(SectorCode, usize)>,
    /// Share of each subsector in its sector's flow.
    pub subsector_weights: Vec<SubsectorWeight>,
    /// Governments attached to an economy that stands for many.
    pub attached: Vec<AttachedGovernment>,
    /// Leaders by economy and first day in office; empty where nobody's approval is followed.
    pub leaders: Vec<LeaderFacts>,
    /// Voters by economy, lean and income tenth.
    pub voters: Vec<VoterShare>,
}

/// Budget of a government (USD bn a year).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    /// Purchases of goods and services.
    pub purchases: f64,
    /// Investment, part of the economy's investment.
    pub investment: f64,
    /// Social transfers to households.
    pub transfers: f64,
    /// Duties collected.
    pub duties: f64,
    /// Personal income tax.
    pub income_tax: f64,
    /// Social contributions.
    pub social_contributions: f64,
    /// Tax on profits.
    pub corporate_tax: f64,
    /// Taxes on goods and services.
    pub goods_taxes: f64,
    /// Revenue less outlays; negative for a deficit.
    pub balance: f64,
    /// Gross debt (USD bn).
    pub debt: f64,
    /// Interest on it; no part of the balance here, as it stays in the economy.
    pub interest: f64,
    /// Defence, part of purchases and investment.
    pub defence: f64,
}

/// One household class (USD bn a year).
///
/// labour + capital + transfers - taxes + other transfers - saving = spending.
#[derive(Debug, Clone, PartialEq)]
pub struct HouseholdClass {
    /// Income tenth, 1 to 10.
    pub decile: usize,
    /// Whether it owns capital.
    pub is_owner: bool,
    /// Share of the economy's people.
    pub population_share: f64,
    /// Pay.
    pub labour_income: f64,
    /// Surplus of firms and profit of stores.
    pub capital_income: f64,
    /// From the government.
    pub transfers: f64,
    /// To the government.
    pub taxes: f64,
    /// From other classes; sums to zero over an economy.
    pub other_transfers: f64,
    /// Gross saving, that of firms included.
    pub saving: f64,
    /// Spending at store prices.
    pub spending: f64,
    /// Where the shape comes from.
    pub mark: Mark,
}

/// Facts about the firms of a sector.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FirmFacts {
    /// Exponent of the upper tail of sales.
    pub pareto_tail: f64,
    /// Share of firms that export.
    pub exporter_share: f64,
    /// Share of exporters' sales that is exported.
    pub export_share_of_exporter_sales: f64,
    /// Elasticity between firms of one origin.
    pub firm_elasticity: f64,
    /// Stock in stores (years of sales), where known.
    pub retail_inventory_cover: Option<f64>,
}

/// Share of a subsector in the flow of its sector.
#[derive(Debug, Clone, PartialEq)]
pub struct SubsectorWeight {
    /// Importer; `None` for any without records of its own.
    pub importer: Option<usize>,
    /// Origin.
    pub exporter: usize,
    /// Index of the subsector.
    pub subsector: usize,
    /// Share of the sector's flow; sums to 1 over the sector.
    pub weight: f64,
    /// Duty rate collected on it, where recorded (share of fob).
    pub duty_rate: Option<f64>,
    /// Where it comes from.
    pub mark: Mark,
}

/// A government inside an economy that stands for many.
#[derive(Debug, Clone, PartialEq)]
pub struct AttachedGovernment {
    /// Its own code.
    pub code: EconomyCode,
    /// Its name.
    pub name: String,
    /// Index of the economy it is part of.
    pub host: usize,
    /// Index of the economy whose trade the shares are about.
    pub partner: usize,
    /// Share of the partner's imports from the host.
    pub import_share: f64,
    /// Share of the partner's exports to the host.
    pub export_share: f64,
}

impl World {
    /// Income tenths.
    pub const DECILES: usize = crate::household::DECILES;
    /// Classes per economy.
    pub const CLASSES: usize = 2 * Self::DECILES;

    /// Number of economies, N.
    pub fn economy_count(&self) -> usize {
        self.economies.len()
    }

    /// Number of sectors, S.
    pub fn sector_count(&self) -> usize {
        self.sectors.len()
    }

    /// Index into `[n][i][s]` arrays.
    pub fn flow(&self, n: usize, i: usize, s: usize) -> usize {
        (n * self.economies.len() + i) * self.sectors.len() + s
    }

    /// Index into `[n][s]` arrays.
    pub fn market(&self, n: usize, s: usize) -> usize {
        n * self.sectors.len() + s
    }

    /// Index into `[n][k][s]` arrays.
    pub fn input(&self, n: usize, k: usize, s: usize) -> usize {
        (n * self.sectors.len() + k) * self.sectors.len() + s
    }

    /// Index into `baskets`; `decile` from 1.
    pub fn basket(&self, n: usize, decile: usize, k: usize) -> usize {
        (n * Self::DECILES + decile - 1) * self.sectors.len() + k
    }

    /// Classes of economy n, by decile, owner before worker.
    pub fn classes_of(&self, n: usize) -> &[HouseholdClass] {
        &self.classes[n * Self::CLASSES..(n + 1) * Self::CLASSES]
    }

    /// Index of an economy.
    pub fn economy_index(&self, code: EconomyCode) -> Option<usize> {
        self.economies.iter().position(|own| *own == code)
    }

    /// Index of a sector.
    pub fn sector_index(&self, code: &SectorCode) -> Option<usize> {
        self.sectors.iter().position(|own| own == code)
    }

    /// Spending of n on k at duty-paid basic prices (USD bn a year).
    pub fn spending(&self, n: usize, k: usize) -> f64 {
        (0..self.economies.len())
            .map(|i| self.flow(n, i, k))
            .map(|flow| self.fob[flow] + self.duty[flow])
            .sum()
    }

    /// What households of n pay for k at store prices (USD bn a year).
    pub fn store_value(&self, n: usize, k: usize) -> f64 {
        let market = self.market(n, k);
        self.household[market] + self.distribution[market] + self.retail_profit[market]
    }

    /// Duties collected by n (USD bn a year).
    pub fn duties(&self, n: usize) -> f64 {
        let first = self.flow(n, 0, 0);
        self.duty[first..first + self.economies.len() * self.sectors.len()]
            .iter()
            .sum()
    }

    /// GDP of n at basic prices with duties: pay, surplus, profit of stores, duties (USD bn a year).
    pub fn gdp(&self, n: usize) -> f64 {
        let markets = self.market(n, 0)..self.market(n + 1, 0);
        markets
            .map(|market| self.labour[market] + self.surplus[market] + self.retail_profit[market])
            .sum::<f64>()
            + self.duties(n)
    }

    /// Surplus of s in n as a share of output: the most that profits can be; 0 without output.
    pub fn surplus_share(&self, n: usize, s: usize) -> f64 {
        let market = self.market(n, s);
        if self.output[market] > 0.0 {
            self.surplus[market] / self.output[market]
        } else {
            0.0
        }
    }

    /// Largest markup over cost that the surplus can hold: 1 / (1 - surplus share).
    pub fn largest_markup(&self, n: usize, s: usize) -> f64 {
        1.0 / (1.0 - self.surplus_share(n, s))
    }

    /// Markup of the sector's firm elasticity e, e / (e - 1), or the largest the surplus can hold.
    pub fn markup(&self, n: usize, s: usize) -> f64 {
        let elasticity = self.firms[s].firm_elasticity;
        (elasticity / (elasticity - 1.0)).min(self.largest_markup(n, s))
    }

    /// Shares of the subsectors of s in what n buys from i, as (subsector, share).
    ///
    /// An importer without records takes the origin's mix elsewhere.
    pub fn subsector_shares(&self, n: usize, i: usize, s: usize) -> Vec<(usize, f64)> {
        let of = |importer: Option<usize>| -> Vec<(usize, f64)> {
            self.subsector_weights
                .iter()
                .filter(|w| w.importer == importer && w.exporter == i)
                .filter(|w| self.subsectors[w.subsector].1 == s)
                .map(|w| (w.subsector, w.weight))
                .collect()
        };
        let own = of(Some(n));
        if own.is_empty() { of(None) } else { own }
    }
}
