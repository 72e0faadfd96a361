//! What a regime does to the surplus of firms: their own local response to its duties.
//!
//! One pass through the tiers of demand, against the base year, in logs. Buyers answer
//! with the elasticity at a horizon h, short + (long − short)(1 − e^(−speed h)):
//!
//! ```text
//! landed price of origin j     p_j = duty_j + φ c_j          (domestic: φ c + κ P_M)
//! price of imports, composite  P_M = CES over foreign origins, P = CES of domestic and imports
//! cost of a cell               c = Σ_k share of input k × P_k at duties alone
//! quantity of origin j         q_j = −σ (p_j − P_M) − ε (P_M − P) − η P + D
//! demand of the buyer          D = ln(1 − ψ × what duties take / income)
//! surplus by flow              e^q (e^gate price − o e^c) / (1 − o)
//! ```
//!
//! with φ the part of a cost that prices pass on, κ how far domestic prices follow those
//! of protected imports, ψ the spending that buyers give up for duties, and o outlay over
//! revenue of the base year. Duties enter the indices exactly, what follows from them
//! (φ c, κ `P_M`) to first order at shares of the base year. The factor of a firm is the
//! mean over its lines by surplus of the base year.

use std::ops::Range;
use std::sync::Arc;

use tradewinds_equilibrium::Economy;
use tradewinds_kernel::maths::{exp, exp_m1, exp_slice, ln, ln_1p};

use crate::firm::Rows;
use crate::model::Model;
use crate::regimes::{DEAL, DEAL_AFTER, ESCALATION, Prospect, REGIMES, STATUS_QUO};
use crate::sourcing::log_tiers;

/// Smallest factor of a firm: what is left to owners of one that would only lose.
const LEAST: f64 = 0.02;

/// How firms expect markets to answer duties.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ResponseRule {
    /// Years after a change at which elasticities are taken, h.
    pub horizon: f64,
    /// Part of a change of cost that prices pass on, φ.
    pub cost_pass_through: f64,
    /// Rise of domestic prices per rise of the price of imports beside them, κ.
    pub protection_pricing: f64,
    /// Spending that buyers give up per unit that duties take, ψ.
    pub demand_response: f64,
    /// How far owners tell firms apart: 1 by the factor of each, 0 by that of their economy.
    pub telling_apart: f64,
}

impl ResponseRule {
    /// Elasticities at once, costs passed on in full.
    pub fn plain() -> Self {
        Self {
            horizon: 0.0,
            cost_pass_through: 1.0,
            protection_pricing: 0.0,
            demand_response: 0.0,
            telling_apart: 1.0,
        }
    }
}

/// Duties that firms answer.
#[derive(Debug, Clone, Copy)]
struct Duties<'a> {
    /// Log of one plus the rate over that of the base year, `[n][i][s]`.
    log_wedge: &'a [f64],
    /// Markets in which one differs from zero, `[n][s]`.
    is_changed: &'a [bool],
}

/// Factors of surplus by regime, and the scratch space to find them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Response {
    rule: ResponseRule,
    /// Elasticities at the horizon, `[s]`.
    sigma: Vec<f64>,
    eps: Vec<f64>,
    /// Outlay over revenue in the base year, `[n][i][s]`.
    outlay: Vec<f64>,
    /// Share of each line in the surplus of its firm, by line.
    weight: Vec<f64>,
    owner: Vec<u32>,
    /// Surplus of each firm in the base year.
    surplus: Vec<f64>,
    /// What the factors stand for.
    measured: Option<Arc<Prospect>>,
    /// Factor of each firm, `[k][firm]`.
    pub(crate) factor: [Vec<f64>; REGIMES],
    /// The same without announced cuts, `[k][firm]`.
    law: [Vec<f64>; REGIMES],
    /// The same under the law with announced cuts, and under a deal about it, `[firm]`.
    cut: [Vec<f64>; 2],
    /// Change of the cost of each cell in the last regime measured, `[n][s]`, logs.
    cost: Vec<f64>,
    composite: Vec<f64>,
    import: Vec<f64>,
    demand: Vec<f64>,
    /// By flow in line order.
    by_flow: Vec<f64>,
}

impl Response {
    /// `weight` holds the surplus of every line in the base year and `surplus` that of
    /// every firm.
    pub(crate) fn new(
        model: &Model,
        rule: ResponseRule,
        outlay: Vec<f64>,
        (mut weight, owner): (Vec<f64>, Vec<u32>),
        surplus: &[f64],
    ) -> Self {
        for (weight, owner) in weight.iter_mut().zip(&owner) {
            let of_firm = surplus[*owner as usize];
            *weight = if of_firm > 0.0 {
                *weight / of_firm
            } else {
                0.0
            };
        }
        let economy = &model.economy;
        let sourcing = &model.frictions.sourcing;
        let (sigma, eps) = sourcing.at_horizon(economy, rule.horizon);
        let (markets, flows) = (economy.markets(), economy.flows());
        Self {
            rule,
            sigma,
            eps,
            outlay,
            measured: None,
            factor: std::array::from_fn(|_| vec![1.0; surplus.len()]),
            law: std::array::from_fn(|_| vec![1.0; surplus.len()]),
            cut: std::array::from_fn(|_| vec![1.0; surplus.len()]),
            weight,
            owner,
            surplus: surplus.to_vec(),
            cost: vec![0.0; markets],
            composite: vec![0.0; markets],
            import: vec![0.0; markets],
            demand: vec![0.0; economy.economies],
            by_flow: vec![0.0; flows],
        }
    }

    /// Factors of all firms under the law in force.
    pub(crate) fn in_force(&self) -> &[f64] {
        &self.law[STATUS_QUO]
    }

    /// Factors of all firms under the regimes of a prospect.
    /// A regime with the duties of the last prospect is not measured again.
    pub(crate) fn measure(&mut self, model: &Model, rows: &Rows, prospect: &Arc<Prospect>) {
        let last = self.measured.replace(prospect.clone());
        if !prospect.is_changed.iter().any(|changed| *changed) {
            for factor in self.factor.iter_mut().chain(&mut self.law) {
                factor.fill(1.0);
            }
            return;
        }
        let is_known = |regime: usize| {
            let known = |last: &Arc<Prospect>| last.log_wedge[regime] == prospect.log_wedge[regime];
            last.as_ref().is_some_and(known)
        };
        let duties = |log_wedge| Duties {
            log_wedge,
            is_changed: &prospect.is_changed,
        };
        let (rises, relief) = (prospect.has_rises, prospect.has_relief);
        // The regime whose duties it has where it has none of its own.
        let like = |regime: usize| match regime {
            ESCALATION if !rises => Some(STATUS_QUO),
            DEAL if !relief => Some(STATUS_QUO),
            DEAL_AFTER if !rises => Some(DEAL),
            DEAL_AFTER if !relief => Some(ESCALATION),
            _ => None,
        };
        for regime in [STATUS_QUO, ESCALATION, DEAL, DEAL_AFTER] {
            let mut factor = std::mem::take(&mut self.law[regime]);
            match like(regime) {
                Some(other) => factor.copy_from_slice(&self.law[other]),
                None if is_known(regime) => (),
                None => {
                    let duties = duties(&prospect.log_wedge[regime]);
                    self.answer(model, rows, duties, &mut factor);
                }
            }
            self.law[regime] = factor;
        }
        for (factor, law) in self.factor.iter_mut().zip(&self.law) {
            factor.copy_from_slice(law);
        }
        if prospect.has_cuts {
            let mut cut = std::mem::take(&mut self.cut);
            for (cut, log_wedge) in cut.iter_mut().zip(&prospect.log_wedge_cut) {
                self.answer(model, rows, duties(log_wedge), cut);
            }
            self.cut = cut;
            self.expect_cuts(prospect.cut_weight);
        }
    }

    /// Moves the factors of all regimes by what is expected of announced cuts: their
    /// weight times what they do to the law in force, or to a deal about it.
    fn expect_cuts(&mut self, weight: f64) {
        for (regime, factor) in self.factor.iter_mut().enumerate() {
            let (cut, uncut) = match regime {
                STATUS_QUO | ESCALATION => (&self.cut[0], &self.law[STATUS_QUO]),
                _ => (&self.cut[1], &self.law[DEAL]),
            };
            for (factor, (cut, uncut)) in factor.iter_mut().zip(cut.iter().zip(uncut)) {
                *factor = (*factor + weight * (cut - uncut)).max(LEAST);
            }
        }
    }

    /// Factors of all firms at some duties.
    fn answer(&mut self, model: &Model, rows: &Rows, duties: Duties<'_>, factor: &mut [f64]) {
        let economy = &*model.economy;
        self.price_duties(economy, duties);
        self.push_costs(economy);
        self.sell(economy, duties.log_wedge);
        factor.fill(0.0);
        for (flow, by_flow) in self.by_flow.iter().enumerate() {
            let lines = rows.lines[flow]..rows.lines[flow + 1];
            let (weight, owner) = (&self.weight[lines.clone()], &self.owner[lines]);
            // The owners of a flow mostly stand in a row: then no line is looked up.
            if let Some(in_a_row) = in_a_row(owner) {
                for (factor, weight) in factor[in_a_row].iter_mut().zip(weight) {
                    *factor += weight * by_flow;
                }
            } else {
                for (owner, weight) in owner.iter().zip(weight) {
                    factor[*owner as usize] += weight * by_flow;
                }
            }
        }
        for factor in factor.iter_mut() {
            *factor = factor.max(LEAST);
        }
        if self.rule.telling_apart < 1.0 {
            self.blur(rows, (economy.economies, economy.sectors), factor);
        }
    }

    /// Draws the factors of the firms of an economy to their mean by surplus of the base year.
    fn blur(&self, rows: &Rows, (economies, sectors): (usize, usize), factor: &mut [f64]) {
        let apart = self.rule.telling_apart;
        for n in 0..economies {
            let firms = rows.firms[n * sectors]..rows.firms[(n + 1) * sectors];
            let surplus = &self.surplus[firms.clone()];
            let factor = &mut factor[firms];
            let total: f64 = surplus.iter().sum();
            if total <= 0.0 {
                continue;
            }
            let pairs = factor.iter().zip(surplus);
            let mean = pairs.map(|(factor, surplus)| factor * surplus).sum::<f64>() / total;
            for factor in factor {
                *factor = mean + apart * (*factor - mean);
            }
        }
    }

    /// Prices of imports and composites at duties alone, and what duties take.
    fn price_duties(&mut self, economy: &Economy, duties: Duties<'_>) {
        let sales = &economy.accounts().sales;
        let wedge = duties.log_wedge;
        for n in 0..economy.economies {
            let mut taken = 0.0;
            for s in 0..economy.sectors {
                let market = economy.market(n, s);
                (self.import[market], self.composite[market]) = (0.0, 0.0);
                if !duties.is_changed[market] {
                    continue;
                }
                let own = economy.origin_share[economy.flow(n, n, s)];
                if own >= 1.0 {
                    continue;
                }
                let origins = (0..economy.economies).filter(|i| *i != n);
                let terms = origins.clone().map(|i| {
                    let flow = economy.flow(n, i, s);
                    (economy.origin_share[flow], wedge[flow])
                });
                let eps = self.eps[s];
                let (import, composite) = log_tiers((self.sigma[s], eps), (own, 0.0), terms);
                (self.import[market], self.composite[market]) = (import, composite);
                for i in origins {
                    let flow = economy.flow(n, i, s);
                    if wedge[flow] == 0.0 {
                        continue;
                    }
                    let bought = -self.sigma[s] * (wedge[flow] - import)
                        - eps * (import - composite)
                        - economy.eta * composite;
                    let at_border = sales[flow] * (1.0 + economy.import_duty[flow]);
                    taken += at_border * exp_m1(wedge[flow]) * exp(bought);
                }
            }
            let burden = self.rule.demand_response * taken / economy.accounts().income[n];
            self.demand[n] = ln_1p(-burden.clamp(-1.0, 0.9));
        }
    }

    /// Change of unit cost of each cell at the prices of composites.
    fn push_costs(&mut self, economy: &Economy) {
        let sectors = economy.sectors;
        for n in 0..economy.economies {
            let own = economy.market(n, 0)..economy.market(n + 1, 0);
            let cost = &mut self.cost[own.clone()];
            cost.fill(0.0);
            for (k, price) in self.composite[own].iter().enumerate() {
                if *price == 0.0 {
                    continue;
                }
                let first = economy.input(n, k, 0);
                let shares = &economy.input_cost_share[first..first + sectors];
                for (cost, share) in cost.iter_mut().zip(shares) {
                    *cost += share * price;
                }
            }
        }
    }

    /// Surplus by flow over that of the base year, in line order.
    fn sell(&mut self, economy: &Economy, wedge: &[f64]) {
        let (economies, sectors) = (economy.economies, economy.sectors);
        let (passed, follow) = (self.rule.cost_pass_through, self.rule.protection_pricing);
        for n in 0..economies {
            for s in 0..sectors {
                let market = economy.market(n, s);
                let (sigma, eps) = (self.sigma[s], self.eps[s]);
                let own = economy.origin_share[economy.flow(n, n, s)];
                let pushed: f64 = (0..economies)
                    .filter(|i| *i != n)
                    .map(|i| {
                        let share = economy.origin_share[economy.flow(n, i, s)];
                        share * passed * self.cost[economy.market(i, s)]
                    })
                    .sum();
                let foreign = 1.0 - own;
                let import = match foreign > 0.0 {
                    true => self.import[market] + pushed / foreign,
                    false => 0.0,
                };
                let domestic = passed * self.cost[market] + follow * self.import[market];
                let composite = self.composite[market] + pushed + own * domestic;
                let common = -economy.eta * composite + self.demand[n];
                let of_imports = common - eps * (import - composite) + sigma * import;
                let first = market * economies;
                for i in 0..economies {
                    self.by_flow[first + i] = match i == n {
                        true => common - eps * (domestic - composite),
                        false => {
                            let cost = passed * self.cost[economy.market(i, s)];
                            of_imports - sigma * (wedge[economy.flow(n, i, s)] + cost)
                        }
                    };
                }
            }
        }
        exp_slice(&mut self.by_flow);
        let dearer: Vec<f64> = self.cost.iter().map(|cost| exp(*cost)).collect();
        let gate: Vec<f64> = self.cost.iter().map(|cost| exp(passed * cost)).collect();
        for n in 0..economies {
            for s in 0..sectors {
                let market = economy.market(n, s);
                let at_home = exp(passed * self.cost[market] + follow * self.import[market]);
                for i in 0..economies {
                    let cell = economy.market(i, s);
                    let outlay = self.outlay[economy.flow(n, i, s)];
                    let price = if i == n { at_home } else { gate[cell] };
                    let margin = (price - outlay * dearer[cell]) / (1.0 - outlay);
                    self.by_flow[market * economies + i] *= margin;
                }
            }
        }
    }
}

/// The firms that own the lines of a flow, where they are neighbours; owners ascend.
fn in_a_row(owner: &[u32]) -> Option<Range<usize>> {
    debug_assert!(owner.is_sorted(), "owners of a flow ascend");
    let (first, last) = (*owner.first()? as usize, *owner.last()? as usize);
    (last - first + 1 == owner.len()).then_some(first..last + 1)
}

/// Log of the ratio of two positive numbers; zero where one is not.
pub(super) fn log_ratio(now: f64, before: f64) -> f64 {
    match now > 0.0 && before > 0.0 {
        true => ln(now / before),
        false => 0.0,
    }
}
