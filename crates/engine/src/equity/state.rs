//! What the market for shares remembers, and values of firms under today's regimes.

use std::sync::Arc;

use tradewinds_kernel::maths::{exp, exp_slice, ln_slice};
use tradewinds_kernel::present_value::UnitValues;

use super::noise;
use super::response::Response;
use super::rule::EquityRule;
use crate::firm::Rows;
use crate::model::Model;
use crate::regimes::{ESCALATION, Prospect, REGIMES, RegimeRule, RegimeSource, STATUS_QUO, World};
use crate::stress::Unrest;

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
    /// What the premium of [`Unrest`] leaves of the value of each cell, `[cell][4]`.
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
    /// Reach of a trade war today in the status quo and in escalation, `[world][n]`, and
    /// what it leaves of values.
    pub(super) war: [Vec<f64>; 2],
    pub(super) after_war: [Vec<f64>; 2],
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
            war: [vec![0.0; economies], vec![0.0; economies]],
            after_war: [vec![1.0; economies], vec![1.0; economies]],
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
        if let (RegimeSource::Believed(own), Some(prospect)) = (&rule.regimes, prospect) {
            self.fight(model, own, prospect);
        }
        let believed = match (&rule.regimes, prospect) {
            (RegimeSource::Believed(own), Some(prospect)) => {
                own.generator(prospect.credibility).to_vec()
            }
            (RegimeSource::Believed(own), None) => own.generator([0.0; 2]).to_vec(),
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
                }
            }
            match self.solver.solve(&believed, &net) {
                Ok(values) => self.unit.extend_from_slice(values),
                Err(error) => panic!("regimes without a value in cell {cell}: {error}"),
            }
        }
    }

    /// Reach of wars under a prospect, and what they leave of values: announced cuts end
    /// one with their weight.
    fn fight(&mut self, model: &Model, rule: &RegimeRule, prospect: &Prospect) {
        let (loss, spill) = (
            model.frictions.equity.war_loss,
            model.frictions.stress.spill,
        );
        let worlds = [World::InForce, World::Risen, World::Cut];
        let [now, risen, cut] = worlds.map(|world| prospect.war(rule, world, spill));
        let left = |war: f64| exp(-loss * war);
        for n in 0..now.len() {
            let cut_short =
                |of: &dyn Fn(f64) -> f64| prospect.cut_weight * (of(cut[n]) - of(now[n]));
            let (reach, values) = (cut_short(&|war| war), cut_short(&left));
            for (world, war) in [now[n], risen[n]].into_iter().enumerate() {
                self.war[world][n] = (war + reach).max(0.0);
                self.after_war[world][n] = left(war) + values;
            }
        }
    }

    /// What the premium leaves of the value of a cell in the status quo and in escalation.
    fn kept(&self, cell: usize) -> [f64; 2] {
        let [uncertainty, conflict, after_cut, after_rise] =
            std::array::from_fn(|part| self.kept[4 * cell + part]);
        let Some(prospect) = &self.measured else {
            return [1.0; 2];
        };
        let today = conflict + prospect.calm * (after_cut - conflict);
        let risen = today + prospect.conflict * (after_rise - conflict);
        [today, risen.max(0.0)].map(|kept| uncertainty * kept)
    }

    /// Values of all cells on a day.
    pub(super) fn value(&mut self, model: &Model, unrest: Option<&[Unrest]>) {
        let rule = &model.frictions.equity;
        let (sectors, regimes) = (model.economy.sectors, self.weights.len());
        let cells = model.economy.markets();
        self.multiple.resize(cells * regimes, 0.0);
        self.is_worth.resize(cells, false);
        self.worth.resize(cells, 0.0);
        self.kept.clear();
        self.kept.resize(4 * cells, 0.0);
        if let Some(today) = unrest {
            let [fading, acceptance] = model.frictions.stress.speeds();
            for (cell, kept) in self.kept.chunks_exact_mut(4).enumerate() {
                let (n, s) = (cell / sectors, cell % sectors);
                let discount = rule.net_discount(s, 0.0);
                // A premium on the root of what fades fades half as fast.
                let worth = |speed: f64| -rule.uncertainty_premium / (discount + 0.5 * speed);
                let (soon, later) = (worth(fading), worth(acceptance));
                let of = &today[n];
                kept[0] = soon * of.uncertainty;
                kept[1] = later * of.conflict;
                kept[2] = later * of.after_cut;
                kept[3] = later * of.after_rise;
            }
        }
        exp_slice(&mut self.kept);
        for cell in 0..cells {
            let n = cell / sectors;
            let kept = self.kept(cell);
            let of_world: [f64; 2] =
                std::array::from_fn(|world| self.after_war[world][n] * kept[world]);
            let unit = &self.unit[cell * regimes * regimes..(cell + 1) * regimes * regimes];
            let multiple = &mut self.multiple[cell * regimes..(cell + 1) * regimes];
            let mut value = 0.0;
            for (j, multiple) in multiple.iter_mut().enumerate() {
                let rows = self.weights.iter().enumerate();
                let of_one = rows.map(|(k, weight)| {
                    let left = match &rule.regimes {
                        RegimeSource::Believed(_) => of_world[usize::from(k == ESCALATION)],
                        RegimeSource::Given(_) => 1.0,
                    };
                    weight * left * unit[k * regimes + j]
                });
                *multiple = of_one.sum();
                value += *multiple * self.sums[j * cells + cell];
            }
            self.is_worth[cell] = value > 0.0;
            self.worth[cell] = value.max(0.0);
            self.log_value[cell] = if value > 0.0 { value } else { 1.0 };
        }
        ln_slice(&mut self.log_value);
    }

    /// Reach of a trade war, expected over today's worlds, `[n]`.
    pub(super) fn expected_war(&self) -> Vec<f64> {
        let [now, risen] = &self.war;
        let escalation = self.weights.get(ESCALATION).copied().unwrap_or(0.0);
        (now.iter().zip(risen))
            .map(|(now, risen)| now + escalation * (risen - now))
            .collect()
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
