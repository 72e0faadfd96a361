//! What voters see: prices of their own basket, jobs in their sector, tariffs, threats.
//!
//! perceived inflation = (1 − ω) current + ω × rise per point × announced average tariff
//!
//! Current inflation is that of the basket of a final user over the year to the last
//! published prices, with the prices that people notice counted more often. The
//! announced average tariff is the one in force and what is announced, as far as it
//! is believed, as a mean over the year ahead. Every figure is compared with the tick before, so a shock enters once.

use bevy_ecs::prelude::*;
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::maths::{exp, ln};

use super::rule::{PerceptionRule, RallyRule};
use crate::beliefs::{Beliefs, strongest};
use crate::currency::Currencies;
use crate::customs::RatesInForce;
use crate::importer::StorePrices;
use crate::labour::LabourRationing;
use crate::model::Model;
use crate::sourcing::MarketPrices;

/// Figures of the tick and their changes; inflation, unemployment and tariffs in points.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct Perceptions {
    /// Average statutory tariff on imports of goods at weights of the base year, `[n]`.
    pub tariff: Vec<f64>,
    /// The same with what is announced, as far as it is believed, `[n]`.
    pub announced: Vec<f64>,
    /// Change of `tariff` in the tick, `[n]`.
    pub tariff_change: Vec<f64>,
    /// Duties abroad on all exports of goods above those at the start, with what is
    /// announced, `[n]`.
    pub threat: Vec<f64>,
    /// Rise of the threat in the tick over the highest so far, 0 to 1, `[n]`.
    pub threat_rise: Vec<f64>,
    /// Change of perceived inflation, `[n][user]`.
    pub inflation_change: Vec<f64>,
    /// Change of unemployment, `[n][s]`.
    pub unemployment_change: Vec<f64>,
    /// Own statutory duty on a sector above that at the start, `[n][s]`.
    pub protection: Vec<f64>,
    /// Foreign statutory duty on what a sector exports above that at the start, `[n][s]`.
    pub retaliation: Vec<f64>,
    memory: Memory,
}

/// What the next tick compares with.
#[derive(Debug, Clone, PartialEq)]
struct Memory {
    is_first: bool,
    laws: Option<u32>,
    weights: Weights,
    /// Statutory rates of the first tick, by flow.
    statutory: Vec<f64>,
    /// Threat from duties in force.
    threat_in_force: Vec<f64>,
    highest_threat: Vec<f64>,
    inflation: Vec<f64>,
    unemployment: Vec<f64>,
    prices: PriceHistory,
}

/// Shares of a flow of goods, `[n][i][s]`, in percent, so that sums are points.
#[derive(Debug, Clone, PartialEq)]
struct Weights {
    in_imports: Vec<f64>,
    in_exports: Vec<f64>,
    in_imports_of_sector: Vec<f64>,
    in_exports_of_sector: Vec<f64>,
}

impl Weights {
    fn of(economy: &Economy) -> Self {
        let sales = &economy.accounts().sales;
        let (n_count, s_count) = (economy.economies, economy.sectors);
        let goods = |flow: usize| {
            let (n, i) = (flow / s_count / n_count, flow / s_count % n_count);
            let is_traded = n != i && economy.services != Some(flow % s_count);
            if is_traded { sales[flow] } else { 0.0 }
        };
        let mut totals = (vec![0.0; n_count], vec![0.0; n_count]);
        let mut by_sector = (vec![0.0; n_count * s_count], vec![0.0; n_count * s_count]);
        for flow in 0..economy.flows() {
            let (n, i, s) = economy.place(flow);
            totals.0[n] += goods(flow);
            totals.1[i] += goods(flow);
            by_sector.0[n * s_count + s] += goods(flow);
            by_sector.1[i * s_count + s] += goods(flow);
        }
        let share = |part: f64, total: f64| {
            if total > 0.0 {
                100.0 * part / total
            } else {
                0.0
            }
        };
        let of = |total: &dyn Fn(usize, usize, usize) -> f64| {
            (0..economy.flows())
                .map(|flow| {
                    let (n, i, s) = economy.place(flow);
                    share(goods(flow), total(n, i, s))
                })
                .collect()
        };
        Self {
            in_imports: of(&|n, _, _| totals.0[n]),
            in_exports: of(&|_, i, _| totals.1[i]),
            in_imports_of_sector: of(&|n, _, s| by_sector.0[n * s_count + s]),
            in_exports_of_sector: of(&|_, i, s| by_sector.1[i * s_count + s]),
        }
    }
}

/// Log prices of baskets over the last year and the time until they are published.
#[derive(Debug, Clone, PartialEq)]
struct PriceHistory {
    /// Ticks by rows, a ring.
    log_price: Vec<f64>,
    rows: usize,
    slots: usize,
    /// Ticks from the prices of a day to their publication, and in a year.
    lag: usize,
    year: usize,
    tick: usize,
}

impl PriceHistory {
    /// Prices that have always been what they were.
    fn constant(rows: usize, (lag, dt): (f64, f64)) -> Self {
        let ticks = |years: f64| (years / dt).round().max(0.0) as usize;
        let (lag, year) = (ticks(lag), ticks(1.0).max(1));
        let slots = lag + year + 1;
        Self {
            log_price: vec![0.0; slots * rows],
            rows,
            slots,
            lag,
            year,
            tick: 0,
        }
    }

    fn slot(&self, ago: usize) -> usize {
        (self.tick + self.slots - ago) % self.slots * self.rows
    }

    /// Writes the prices of a tick.
    fn push(&mut self, log_price: impl Iterator<Item = f64>) {
        self.tick = (self.tick + 1) % self.slots;
        let slot = self.slot(0);
        for (entry, log_price) in self.log_price[slot..].iter_mut().zip(log_price) {
            *entry = log_price;
        }
    }

    /// Change over the year to the last published prices, points.
    fn inflation(&self, row: usize) -> f64 {
        let published = self.log_price[self.slot(self.lag) + row];
        100.0 * (published - self.log_price[self.slot(self.lag + self.year) + row])
    }
}

/// What perceptions are formed from.
pub(super) struct Sources<'a> {
    pub(super) model: &'a Model,
    pub(super) rates: &'a RatesInForce,
    pub(super) beliefs: &'a Beliefs,
    pub(super) prices: &'a MarketPrices,
    pub(super) stores: &'a StorePrices,
    pub(super) currencies: &'a Currencies,
    pub(super) labour: &'a LabourRationing,
}

impl Perceptions {
    pub(super) fn new(model: &Model) -> Self {
        let economy = &model.economy;
        let (n, markets) = (economy.economies, economy.markets());
        let rows = n * economy.users.len();
        let rule = &model.frictions.approval.perception;
        Self {
            tariff: vec![0.0; n],
            announced: vec![0.0; n],
            tariff_change: vec![0.0; n],
            threat: vec![0.0; n],
            threat_rise: vec![0.0; n],
            inflation_change: vec![0.0; rows],
            unemployment_change: vec![0.0; markets],
            protection: vec![0.0; markets],
            retaliation: vec![0.0; markets],
            memory: Memory {
                is_first: true,
                laws: None,
                weights: Weights::of(economy),
                statutory: Vec::new(),
                threat_in_force: vec![0.0; n],
                highest_threat: vec![0.0; n],
                inflation: vec![0.0; rows],
                unemployment: vec![0.0; markets],
                prices: PriceHistory::constant(rows, (rule.lag, model.tick.years())),
            },
        }
    }

    /// Looks at the figures of the tick.
    pub(super) fn look(&mut self, sources: &Sources<'_>) {
        self.see_tariffs(sources);
        self.see_prices(sources);
        self.see_jobs(sources);
        self.memory.is_first = false;
    }

    fn see_tariffs(&mut self, sources: &Sources<'_>) {
        let economy = &sources.model.economy;
        let statutory = &sources.rates.rates.statutory;
        let memory = &mut self.memory;
        let before = self.tariff.clone();
        if memory.statutory.is_empty() {
            memory.statutory = statutory.clone();
        }
        if memory.laws != Some(sources.rates.laws()) {
            memory.laws = Some(sources.rates.laws());
            for totals in [&mut self.tariff, &mut memory.threat_in_force] {
                totals.fill(0.0);
            }
            for totals in [&mut self.protection, &mut self.retaliation] {
                totals.fill(0.0);
            }
            let weights = &memory.weights;
            for (flow, rate) in statutory.iter().enumerate() {
                let (n, i, s) = economy.place(flow);
                let risen = rate - memory.statutory[flow];
                self.tariff[n] += weights.in_imports[flow] * rate;
                memory.threat_in_force[i] += weights.in_exports[flow] * risen;
                let (own, abroad) = (economy.market(n, s), economy.market(i, s));
                self.protection[own] += weights.in_imports_of_sector[flow] * risen;
                self.retaliation[abroad] += weights.in_exports_of_sector[flow] * risen;
            }
        }
        for n in 0..economy.economies {
            self.tariff_change[n] = match memory.is_first {
                true => 0.0,
                false => self.tariff[n] - before[n],
            };
        }
        self.announced.copy_from_slice(&self.tariff);
        self.threat.copy_from_slice(&memory.threat_in_force);
        let latest = sources.beliefs.stretches.last();
        let expected = latest.map_or(&[][..], |latest| {
            &sources.beliefs.lasting[latest.lasting.clone()]
        });
        for course in strongest(expected, |course| course.peak()) {
            let flow = course.flow();
            let (n, i, _) = economy.place(flow);
            let [ahead, peak] = [course.mean_of_a_year(), course.peak()];
            self.announced[n] += memory.weights.in_imports[flow] * ahead;
            self.threat[i] += memory.weights.in_exports[flow] * peak;
        }
        let rally = &sources.model.frictions.approval.rally;
        for n in 0..economy.economies {
            let threat = threat_felt(rally, self.threat[n]);
            let highest = &mut memory.highest_threat[n];
            // What was threatened before the run began moves nobody in it.
            self.threat_rise[n] = match memory.is_first {
                true => 0.0,
                false => (threat - *highest).max(0.0),
            };
            *highest = highest.max(threat);
        }
    }

    fn see_prices(&mut self, sources: &Sources<'_>) {
        let economy = &sources.model.economy;
        let rule: &PerceptionRule = &sources.model.frictions.approval.perception;
        let users = economy.users.len();
        let attention = |s: usize| rule.attention.get(s).copied().unwrap_or(1.0);
        let mut log_price = Vec::with_capacity(economy.economies * users);
        for n in 0..economy.economies {
            let cells = economy.market(n, 0)..economy.market(n + 1, 0);
            let local = sources.currencies.log_rate[n];
            let price = |log_prices: &[f64]| -> Vec<f64> {
                let at = log_prices[cells.clone()].iter();
                at.map(|log_price| exp(log_price + local)).collect()
            };
            let in_stores = price(&sources.stores.log_price);
            let landed = price(&sources.prices.log_composite);
            for class in &economy.users {
                let price = if class.is_retail { &in_stores } else { &landed };
                let (mut cost, mut base) = (0.0, 0.0);
                for (s, share) in class.budget_share[cells.clone()].iter().enumerate() {
                    cost += share * attention(s) * price[s];
                    base += share * attention(s);
                }
                log_price.push(if base > 0.0 { ln(cost / base) } else { 0.0 });
            }
        }
        let memory = &mut self.memory;
        memory.prices.push(log_price.into_iter());
        for row in 0..economy.economies * users {
            let expected = rule.per_tariff * self.announced[row / users];
            let current = memory.prices.inflation(row);
            let perceived = current + rule.expected_weight * (expected - current);
            self.inflation_change[row] = match memory.is_first {
                true => 0.0,
                false => perceived - memory.inflation[row],
            };
            memory.inflation[row] = perceived;
        }
    }

    fn see_jobs(&mut self, sources: &Sources<'_>) {
        let model = sources.model;
        for cell in 0..model.economy.markets() {
            let at_rest = model.economy.wage_bill[cell];
            let out_of_work = model.frictions.unemployment[cell / model.economy.sectors];
            let unemployment = match at_rest > 0.0 {
                true => {
                    100.0 * (1.0 - out_of_work) * (1.0 - sources.labour.employed[cell] / at_rest)
                }
                false => 0.0,
            };
            let before = &mut self.memory.unemployment[cell];
            self.unemployment_change[cell] = match self.memory.is_first {
                true => 0.0,
                false => unemployment - *before,
            };
            *before = unemployment;
        }
    }
}

/// How far duties of a size on all exports are felt as a threat, 0 to 1.
fn threat_felt(rule: &RallyRule, points: f64) -> f64 {
    1.0 - exp(-points.max(0.0) / rule.scale)
}

#[cfg(test)]
impl Perceptions {
    /// Perceptions of one economy in which only duties by sector are known.
    pub(super) fn for_tests(protection: &[f64], retaliation: &[f64]) -> Self {
        let none = Vec::new;
        let no_weights = Weights {
            in_imports: none(),
            in_exports: none(),
            in_imports_of_sector: none(),
            in_exports_of_sector: none(),
        };
        Self {
            tariff: none(),
            announced: none(),
            tariff_change: none(),
            threat: none(),
            threat_rise: none(),
            inflation_change: none(),
            unemployment_change: none(),
            protection: protection.to_vec(),
            retaliation: retaliation.to_vec(),
            memory: Memory {
                is_first: true,
                laws: None,
                weights: no_weights,
                statutory: none(),
                threat_in_force: none(),
                highest_threat: none(),
                inflation: none(),
                unemployment: none(),
                prices: PriceHistory::constant(1, (0.0, 1.0)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inflation_is_that_of_the_year_to_the_last_published_prices() {
        // A tick is a month; prices are published after one.
        let mut history = PriceHistory::constant(1, (1.0 / 12.0, 1.0 / 12.0));
        let mut seen = Vec::new();
        for month in 0..30 {
            history.push(std::iter::once(if month >= 3 { 0.02 } else { 0.0 }));
            seen.push(history.inflation(0));
        }
        for (month, seen) in seen.iter().enumerate() {
            let expected = if (4..16).contains(&month) { 2.0 } else { 0.0 };
            assert!((seen - expected).abs() < 1e-12, "{month}: {seen}");
        }
    }

    #[test]
    fn a_threat_is_felt_less_for_each_point_more() {
        let rule = RallyRule {
            firm: 4.0,
            soft: 0.5,
            half_life: 0.15,
            scale: 10.0,
            partisan_distance: 0.4,
        };
        assert!(threat_felt(&rule, -3.0).abs() < 1e-15);
        let (one, two) = (threat_felt(&rule, 10.0), threat_felt(&rule, 20.0));
        assert!((one - 0.632).abs() < 1e-3 && two < 2.0 * one && two < 1.0);
    }
}
