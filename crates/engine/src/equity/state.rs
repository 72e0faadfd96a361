//! What the market for shares remembers, and values of firms under today's regimes.

use std::sync::Arc;

use tradewinds_kernel::maths::{exp_slice, ln_slice};
use tradewinds_kernel::present_value::UnitValues;

use super::noise;
use super::response::Response;
use super::rule::EquityRule;
use crate::firm::Rows;
use crate::model::Model;
use crate::regimes::{ESCALATION, Prospect, REGIMES, RegimeSource, STATUS_QUO};

/// Least expected surplus over that of the base year: owners lose no more than all.
const LEAST_SURPLUS: f64 = 0.02;

/// What the market remembers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct State {
    /// Surplus of each firm in the base year, USD bn; zero for firms not listed.
    pub(super) base: Vec<f64>,
    /// Value of each firm in the base year, USD bn.
    pub(super) base_value: Vec<f64>,
    /// Factor of the law in force that results already show, by firm.
    pub(super) learned: Vec<f64>,
    pub(super) response: Option<Response>,
    /// What the factors stand for.
    pub(super) measured: Option<Arc<Prospect>>,
    /// Log of what is a firm's own.
    pub(super) own: Vec<f64>,
    /// The same, not in logs.
    pub(super) own_factor: Vec<f64>,
    /// Surplus of each firm by regime, `[k][firm]`, USD bn a year.
    pub(super) profit: Vec<f64>,
    /// Sums over the firms of a cell of surplus × what is their own, `[k][cell]`.
    pub(super) sums: Vec<f64>,
    /// Value in each cell of one a year in each regime, `[cell][k][j]`.
    pub(super) unit: Vec<f64>,
    /// Value today of one a year in each regime, `[cell][k]`.
    pub(super) multiple: Vec<f64>,
    /// What uncertainty of today leaves of the value of each cell.
    pub(super) kept: Vec<f64>,
    /// Value of each cell today, USD bn.
    pub(super) worth: Vec<f64>,
    /// Whether the firms of a cell are worth anything.
    pub(super) is_worth: Vec<bool>,
    /// Changes of policy rates that discounts hold.
    pub(super) policy: Vec<f64>,
    /// Log value of each cell today and on the last day of trade.
    pub(super) log_value: Vec<f64>,
    pub(super) log_value_before: Vec<f64>,
    /// Log price of each cell without shocks.
    pub(super) log_price: Vec<f64>,
    /// Index of each economy on the last day of trade.
    pub(super) last_level: Vec<f64>,
    pub(super) last_sector_level: Vec<f64>,
    pub(super) weights: Vec<f64>,
    pub(super) severity: Vec<f64>,
    /// Reach of a trade war in each regime, `[k][n]`, and what it leaves of values.
    pub(super) war: Vec<f64>,
    pub(super) after_war: Vec<f64>,
    pub(super) noise: noise::Noise,
    pub(super) solver: UnitValues,
    pub(super) is_opened: bool,
}

impl State {
    pub(super) fn empty(rule: &EquityRule, economies: usize) -> Self {
        Self {
            base: Vec::new(),
            base_value: Vec::new(),
            learned: Vec::new(),
            response: None,
            measured: None,
            own: Vec::new(),
            own_factor: Vec::new(),
            profit: Vec::new(),
            sums: Vec::new(),
            unit: Vec::new(),
            multiple: Vec::new(),
            kept: Vec::new(),
            worth: Vec::new(),
            is_worth: Vec::new(),
            policy: Vec::new(),
            log_value: Vec::new(),
            log_value_before: Vec::new(),
            log_price: Vec::new(),
            last_level: Vec::new(),
            last_sector_level: Vec::new(),
            weights: Vec::new(),
            severity: vec![0.0; economies],
            war: Vec::new(),
            after_war: Vec::new(),
            noise: noise::Noise::new(&rule.noise, economies),
            solver: UnitValues::default(),
            is_opened: false,
        }
    }

    pub(super) fn regimes(rule: &EquityRule) -> usize {
        match &rule.regimes {
            RegimeSource::Believed(_) => REGIMES,
            RegimeSource::Given(given) => given.discount.len(),
        }
    }

    /// Surplus of every firm in every regime, and sums over cells.
    pub(super) fn earn(&mut self, model: &Model, rows: &Rows, expected: &[f64]) {
        let rule = &model.frictions.equity;
        let (regimes, firms) = (Self::regimes(rule), self.base.len());
        self.profit.resize(regimes * firms, 0.0);
        match (&rule.regimes, &self.response) {
            (RegimeSource::Given(given), _) => {
                for firm in 0..firms {
                    for k in 0..regimes {
                        self.profit[k * firms + firm] = given.profit[firm * regimes + k];
                    }
                }
            }
            (RegimeSource::Believed(_), Some(response)) => {
                let scaled: Vec<f64> = (0..firms)
                    .map(|firm| {
                        self.base[firm] * expected[firm].max(LEAST_SURPLUS) / self.learned[firm]
                    })
                    .collect();
                for (profit, factor) in self.profit.chunks_exact_mut(firms).zip(&response.factor) {
                    for ((profit, factor), scaled) in profit.iter_mut().zip(factor).zip(&scaled) {
                        *profit = scaled * factor;
                    }
                }
            }
            (RegimeSource::Believed(_), None) => {}
        }
        let cells = rows.firms.len() - 1;
        self.sums.resize(regimes * cells, 0.0);
        for (k, profit) in self.profit.chunks_exact(firms).enumerate() {
            for cell in 0..cells {
                let own = rows.firms[cell]..rows.firms[cell + 1];
                let sum = own.map(|firm| profit[firm] * self.own_factor[firm]).sum();
                self.sums[k * cells + cell] = sum;
            }
        }
    }

    /// Values of one a year in each regime, by cell.
    pub(super) fn discount(&mut self, model: &Model, policy: &[f64], prospect: Option<&Prospect>) {
        let rule = &model.frictions.equity;
        let (sectors, cells) = (model.economy.sectors, model.economy.markets());
        let regimes = Self::regimes(rule);
        let mut net = vec![0.0; regimes];
        self.unit.clear();
        self.policy.clear();
        self.policy.extend_from_slice(policy);
        let stress = &model.frictions.stress;
        self.severity = match prospect {
            Some(prospect) => prospect.severity(stress.spill),
            None => vec![0.0; model.economy.economies],
        };
        self.war.clear();
        for k in 0..regimes {
            match (&rule.regimes, prospect) {
                (RegimeSource::Believed(own), Some(prospect)) => {
                    self.war.extend(prospect.war(own, k, stress.spill));
                }
                _ => self.war.extend((0..model.economy.economies).map(|_| 0.0)),
            }
        }
        self.after_war.clear();
        let losses = self.war.iter().map(|reach| -rule.war_loss * reach);
        self.after_war.extend(losses);
        exp_slice(&mut self.after_war);
        let believed = match (&rule.regimes, prospect) {
            (RegimeSource::Believed(own), Some(prospect)) => {
                own.generator(prospect.credibility).to_vec()
            }
            (RegimeSource::Believed(own), None) => own.generator(0.0).to_vec(),
            (RegimeSource::Given(given), _) => given.switching.clone(),
        };
        for cell in 0..cells {
            let (n, s) = (cell / sectors, cell % sectors);
            match &rule.regimes {
                RegimeSource::Given(given) => {
                    for (net, discount) in net.iter_mut().zip(&given.discount) {
                        *net = discount - rule.growth;
                    }
                }
                RegimeSource::Believed(_) => {
                    net.fill(rule.net_discount(s, policy.get(n).copied().unwrap_or(0.0)));
                    let kept_up = stress.threat_shock * self.severity[n];
                    net[ESCALATION] += rule.uncertainty_premium * kept_up.max(0.0).sqrt();
                }
            }
            match self.solver.solve(&believed, &net) {
                Ok(values) => self.unit.extend_from_slice(values),
                Err(error) => panic!("regimes without a value in cell {cell}: {error}"),
            }
        }
    }

    /// Values of all cells on a day; returns the log of what fades, by cell.
    pub(super) fn value(&mut self, model: &Model, uncertainty: Option<&[[f64; 2]]>) {
        let rule = &model.frictions.equity;
        let (sectors, regimes) = (model.economy.sectors, self.weights.len());
        let (cells, economies) = (model.economy.markets(), model.economy.economies);
        let speeds = model.frictions.stress.speeds();
        self.multiple.resize(cells * regimes, 0.0);
        self.is_worth.resize(cells, false);
        self.worth.resize(cells, 0.0);
        self.kept.resize(cells, 0.0);
        for cell in 0..cells {
            let (n, s) = (cell / sectors, cell % sectors);
            let fading: f64 = uncertainty.map_or(0.0, |today| {
                let discount = rule.net_discount(s, 0.0);
                (today[n].iter().zip(speeds))
                    .map(|(g, speed)| rule.uncertainty_premium * g / (discount + 0.5 * speed))
                    .sum()
            });
            self.kept[cell] = -fading;
        }
        exp_slice(&mut self.kept);
        for cell in 0..cells {
            let (n, kept) = (cell / sectors, self.kept[cell]);
            let unit = &self.unit[cell * regimes * regimes..(cell + 1) * regimes * regimes];
            let multiple = &mut self.multiple[cell * regimes..(cell + 1) * regimes];
            let mut value = 0.0;
            for (j, multiple) in multiple.iter_mut().enumerate() {
                let rows = self.weights.iter().enumerate();
                let of_one: f64 = rows
                    .map(|(k, weight)| {
                        weight * self.after_war[k * economies + n] * unit[k * regimes + j]
                    })
                    .sum();
                *multiple = of_one * kept;
                value += *multiple * self.sums[j * cells + cell];
            }
            self.is_worth[cell] = value > 0.0;
            self.worth[cell] = value.max(0.0);
            self.log_value[cell] = if value > 0.0 { value } else { 1.0 };
        }
        ln_slice(&mut self.log_value);
    }

    /// Reach of a trade war, expected over today's regimes, `[n]`.
    pub(super) fn expected_war(&self, economies: usize) -> Vec<f64> {
        let by_regime = self.war.chunks_exact(economies).zip(&self.weights);
        let mut expected = vec![0.0; economies];
        for (war, weight) in by_regime {
            for (expected, war) in expected.iter_mut().zip(war) {
                *expected += weight * war;
            }
        }
        expected
    }

    /// Expected surplus of each economy at today's weights, USD bn a year.
    pub(super) fn surplus(&self, cells: usize, sectors: usize) -> Vec<f64> {
        (0..cells / sectors)
            .map(|n| {
                let own = n * sectors..(n + 1) * sectors;
                let weights = self.weights.iter().enumerate();
                weights
                    .map(|(k, weight)| {
                        let sums = &self.sums[k * cells..(k + 1) * cells];
                        weight * sums[own.clone()].iter().sum::<f64>()
                    })
                    .sum()
            })
            .collect()
    }

    /// Weights before the first news.
    pub(super) fn opening_weights(rule: &EquityRule) -> Vec<f64> {
        match &rule.regimes {
            RegimeSource::Given(given) if !given.weight.is_empty() => given.weight.clone(),
            _ => {
                let mut weights = vec![0.0; Self::regimes(rule)];
                weights[STATUS_QUO] = 1.0;
                weights
            }
        }
    }

    /// Factors of the prospect that holds.
    pub(super) fn measure(&mut self, model: &Model, rows: &Rows) {
        if let (Some(response), Some(prospect)) = (&mut self.response, &self.measured) {
            response.measure(model, rows, prospect);
        }
    }
}
