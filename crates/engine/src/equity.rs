//! Equity: what firms are worth under the trade policy that markets believe in, and
//! what their shares cost.
//!
//! The value of a firm is the present value of its surplus ([`crate::valuation`]) over
//! the regimes of [`crate::regimes`],
//!
//! V = `Σ_k` `weight_k` × `V_k` × e^(−b `war_k` − fading),   `V_k` = \[(diag(r − g) − Q)^(−1) π\]_k,
//!
//! with `π_k` the surplus the firm expects, times what regime k makes of it by its own
//! local response ([`response`]) over what its results already show: the response to
//! the law in force is learned at the speed at which expected surplus follows surplus. So
//! prices answer a duty at once, and in the end to what the firm earns. Discounts are
//!
//! `r_k` = safe rate + change of the policy rate + `β_s` × equity premium + θ × `g(u_k)`,   g(u) = √u,
//!
//! `u_k` the uncertainty that regime k keeps up: in escalation that of its rises, zero
//! otherwise. The uncertainty u of today ([`crate::stress`]) and that of duties raised
//! before fade at their speeds λ, which is worth Σ θ g(u) / (r − g + λ/2) in logs.
//!
//! `war_k` is the reach of a trade war in regime k ([`crate::regimes`]) and b, `war_loss`,
//! what a full one costs beyond duties and premium: credit, confidence, supply. It is not
//! derived from firms but estimated from the days on which markets priced one.
//!
//! The price of a sector relaxes to the value of its firms by days of trade, and carries
//! shocks ([`NoiseRule`]); within a sector prices differ by value and by what is a firm's
//! own. Abroad, part of the news of a day is priced on the next, as in the leading
//! market's shocks. Indices are weighted with capitalisation, in local money, over that
//! of the base year: sectors add up to their economy. Nothing here is a flow:
//! [`Shareholdings`] says who gains.

mod noise;
mod owners;
mod response;

use std::sync::Arc;

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_kernel::clock::{Clock, closing_share};
use tradewinds_kernel::draws::{Decision, Draws};
use tradewinds_kernel::maths::{exp, exp_slice, ln, ln_slice};
use tradewinds_kernel::phase::Phase;
use tradewinds_kernel::present_value::UnitValues;
use tradewinds_units::{Date, days_between};

pub use self::noise::{MARKET_SHOCK, MARKET_SHOCK_WIDTH, NoiseRule};
pub use self::owners::Shareholdings;
pub use self::response::ResponseRule;
use self::response::{Response, log_ratio};
use crate::Tick;
use crate::currency::Currencies;
use crate::firm::{Line, Owner, Rows};
use crate::model::Model;
use crate::monetary::PolicyRates;
use crate::regimes::{
    ESCALATION, Prospect, REGIMES, RegimeRule, RegimeSource, Regimes, STATUS_QUO,
};
use crate::stress::Uncertainty;
use crate::trade::Sales;
use crate::valuation::{FirmValues, ValuationSystems, value_firms};

/// What is a firm's own in the price of its shares.
pub const OWN_SHOCK: Decision = Decision::named("share price of a firm");

/// Days of trade a year.
const TRADING_DAYS: f64 = 252.0;
/// Least discount above growth: values stay finite.
const LEAST_DISCOUNT: f64 = 0.01;
/// Least expected surplus over that of the base year: owners lose no more than all.
const LEAST_SURPLUS: f64 = 0.02;

/// How shares are priced. Rates are shares a year.
#[derive(Debug, Clone, PartialEq)]
pub struct EquityRule {
    /// Whether there is a market for shares.
    pub is_on: bool,
    /// Where regimes come from.
    pub regimes: RegimeSource,
    /// How firms expect markets to answer duties.
    pub response: ResponseRule,
    /// Safe rate.
    pub safe_rate: f64,
    /// Premium of shares over it.
    pub premium: f64,
    /// Exposure of each sector to the market β, `[s]`.
    pub beta: Vec<f64>,
    /// Growth of profits.
    pub growth: f64,
    /// Premium per unit of g(u), θ.
    pub uncertainty_premium: f64,
    /// Loss of log value at a full trade war, b.
    pub war_loss: f64,
    /// Speed at which prices go to values, per year.
    pub value_speed: f64,
    /// Shocks to prices.
    pub noise: NoiseRule,
    /// Economy whose market leads.
    pub lead: Option<usize>,
    /// Whether investment follows these values instead of those of one regime.
    pub moves_investment: bool,
}

impl EquityRule {
    /// No market for shares.
    pub fn none() -> Self {
        Self {
            is_on: false,
            regimes: RegimeSource::Believed(RegimeRule::none()),
            response: ResponseRule::plain(),
            safe_rate: 0.0,
            premium: 0.0,
            beta: Vec::new(),
            growth: 0.0,
            uncertainty_premium: 0.0,
            war_loss: 0.0,
            value_speed: f64::INFINITY,
            noise: NoiseRule::none(),
            lead: None,
            moves_investment: false,
        }
    }

    fn beta(&self, sector: usize) -> f64 {
        self.beta.get(sector).copied().unwrap_or(1.0)
    }

    /// Discount less growth of the market as a whole, without uncertainty, share a year.
    pub(crate) fn discount_of_all(&self) -> f64 {
        (self.safe_rate + self.premium - self.growth).max(LEAST_DISCOUNT)
    }

    /// Discount less growth without uncertainty.
    fn net_discount(&self, sector: usize, policy: f64) -> f64 {
        let rate = self.safe_rate + policy + self.beta(sector) * self.premium;
        (rate - self.growth).max(LEAST_DISCOUNT)
    }
}

/// One day of trade in all markets.
#[derive(Debug, Clone, PartialEq)]
pub struct MarketDay {
    /// The day.
    pub date: Date,
    /// Index of each economy, local money, base year = 1, `[n]`.
    pub level: Vec<f64>,
    /// Index of each sector, `[n][s]`; zero where no firm is listed.
    pub sector_level: Vec<f64>,
    /// Change of the log index since the last day of trade, `[n]`.
    pub change: Vec<f64>,
    /// The same by sector, `[n][s]`.
    pub sector_change: Vec<f64>,
    /// Change of the log value of the firms of each economy by the news of the day, `[n]`:
    /// what policy did.
    pub policy_change: Vec<f64>,
    /// The same change of value by sector, `[n][s]`.
    pub sector_policy_change: Vec<f64>,
    /// Change of the log of expected surplus by the news of the day, `[n]`.
    pub growth_news: Vec<f64>,
    /// Weight of escalation.
    pub escalation: f64,
    /// Announced cuts as far as believed, over all duties added, by trade.
    pub relief: f64,
    /// Credibility of what is pending; that of the base where nothing is.
    pub credibility: f64,
    /// Reach of a trade war, expected over regimes, `[n]`.
    pub war: Vec<f64>,
}

/// Markets for shares.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct Equities {
    /// What each firm is worth, USD bn, at the end of the last day of trade.
    pub value: Vec<f64>,
    /// What its shares cost, USD bn.
    pub price: Vec<f64>,
    /// Days of trade of this tick.
    pub days: Vec<MarketDay>,
    /// Capitalisation by sector, `[n][s]`, USD bn.
    pub capitalisation: Vec<f64>,
    /// Capitalisation of the base year, `[n][s]`, USD bn: the divisors of the indices.
    pub base_capitalisation: Vec<f64>,
    state: State,
}

/// What the market remembers.
#[derive(Debug, Clone, PartialEq)]
struct State {
    /// Surplus of each firm in the base year, USD bn; zero for firms not listed.
    base: Vec<f64>,
    /// Value of each firm in the base year, USD bn.
    base_value: Vec<f64>,
    /// Factor of the law in force that results already show, by firm.
    learned: Vec<f64>,
    response: Option<Response>,
    /// What the factors stand for.
    measured: Option<Arc<Prospect>>,
    /// Log of what is a firm's own.
    own: Vec<f64>,
    /// The same, not in logs.
    own_factor: Vec<f64>,
    /// Surplus of each firm by regime, `[k][firm]`, USD bn a year.
    profit: Vec<f64>,
    /// Sums over the firms of a cell of surplus × what is their own, `[k][cell]`.
    sums: Vec<f64>,
    /// Value in each cell of one a year in each regime, `[cell][k][j]`.
    unit: Vec<f64>,
    /// Value today of one a year in each regime, `[cell][k]`.
    multiple: Vec<f64>,
    /// What uncertainty of today leaves of the value of each cell.
    kept: Vec<f64>,
    /// Value of each cell today, USD bn.
    worth: Vec<f64>,
    /// Whether the firms of a cell are worth anything.
    is_worth: Vec<bool>,
    /// Changes of policy rates that discounts hold.
    policy: Vec<f64>,
    /// Log value of each cell today and on the last day of trade.
    log_value: Vec<f64>,
    log_value_before: Vec<f64>,
    /// Log price of each cell without shocks.
    log_price: Vec<f64>,
    /// Index of each economy on the last day of trade.
    last_level: Vec<f64>,
    last_sector_level: Vec<f64>,
    weights: Vec<f64>,
    severity: Vec<f64>,
    /// Reach of a trade war in each regime, `[k][n]`, and what it leaves of values.
    war: Vec<f64>,
    after_war: Vec<f64>,
    noise: noise::Noise,
    solver: UnitValues,
    is_opened: bool,
}

/// Prices shares. Add after valuation, regimes, stress and currencies.
pub struct EquityPlugin;

/// Systems that price shares.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EquitySystems;

impl Plugin for EquityPlugin {
    fn build(&self, app: &mut App) {
        let (equities, holdings) = Equities::at_base(app.world_mut());
        app.insert_resource(equities)
            .insert_resource(holdings)
            .add_systems(
                Tick,
                trade_shares
                    .in_set(Phase::Settle)
                    .in_set(EquitySystems)
                    .in_set(ValuationSystems)
                    .after(value_firms),
            );
    }
}

impl Equities {
    fn at_base(world: &mut World) -> (Self, Shareholdings) {
        let mut lines = world.query_filtered::<(&Sales, &Owner), With<Line>>();
        let (sold, owner): (Vec<f64>, Vec<u32>) = (lines.iter(world))
            .map(|(sales, owner)| (sales.value, owner.0))
            .unzip();
        let (model, rows) = (world.resource::<Model>(), world.resource::<Rows>());
        let economy = &*model.economy;
        let rule = &model.frictions.equity;
        let (cells, firms) = (economy.markets(), rows.firm_count());
        let mut holdings = Shareholdings::of(economy);
        let mut equities = Self {
            value: Vec::new(),
            price: Vec::new(),
            days: Vec::new(),
            capitalisation: vec![0.0; cells],
            base_capitalisation: vec![0.0; cells],
            state: State::empty(rule, economy.economies),
        };
        if !rule.is_on {
            return (equities, holdings);
        }
        let mut base = world.resource::<FirmValues>().base_surplus().to_vec();
        let mut base_value = vec![0.0; firms];
        for cell in 0..cells {
            let discount = rule.net_discount(cell % economy.sectors, 0.0);
            for firm in rows.firms[cell]..rows.firms[cell + 1] {
                base[firm] = base[firm].max(0.0);
                base_value[firm] = base[firm] / discount;
                equities.base_capitalisation[cell] += base_value[firm];
            }
        }
        equities
            .capitalisation
            .clone_from(&equities.base_capitalisation);
        let outlay = outlay_by_flow(model);
        let surplus = line_surplus(model, rows, &outlay, &sold);
        let response = Response::new(model, rule.response, outlay, (surplus, owner), &base);
        let logs: Vec<f64> = (equities.base_capitalisation.iter())
            .map(|value| if *value > 0.0 { ln(*value) } else { 0.0 })
            .collect();
        equities.value.clone_from(&base_value);
        equities.price.clone_from(&base_value);
        equities.state = State {
            base,
            base_value,
            learned: vec![1.0; firms],
            response: Some(response),
            own: vec![0.0; firms],
            own_factor: vec![1.0; firms],
            log_value: logs.clone(),
            log_value_before: logs.clone(),
            log_price: logs,
            last_level: vec![1.0; economy.economies],
            last_sector_level: vec![1.0; cells],
            ..State::empty(rule, economy.economies)
        };
        holdings.revalue(&equities.by_economy(economy.sectors));
        holdings.revaluation.fill(0.0);
        holdings.foreign_revaluation.fill(0.0);
        (equities, holdings)
    }

    /// Capitalisation of each economy, USD bn.
    pub fn by_economy(&self, sectors: usize) -> Vec<f64> {
        let cells = self.capitalisation.chunks_exact(sectors.max(1));
        cells.map(|cells| cells.iter().sum()).collect()
    }
}

/// Outlay over revenue in the base year by flow: cost that is no income of the firm.
fn outlay_by_flow(model: &Model) -> Vec<f64> {
    let economy = &model.economy;
    let per_buyer = economy.economies * economy.sectors;
    (0..economy.flows())
        .map(|flow| {
            let outlay = model.frictions.valuation.outlay(model, flow % per_buyer);
            (outlay / economy.markup[flow]).min(0.999)
        })
        .collect()
}

/// Surplus of every line in the base year, USD bn.
fn line_surplus(model: &Model, rows: &Rows, outlay: &[f64], sold: &[f64]) -> Vec<f64> {
    let economy = &model.economy;
    let mut surplus = sold.to_vec();
    for n in 0..economy.economies {
        for s in 0..economy.sectors {
            for i in 0..economy.economies {
                let at = Rows::flow(economy, n, i, s);
                let kept = 1.0 - outlay[economy.flow(n, i, s)];
                for line in &mut surplus[rows.lines[at]..rows.lines[at + 1]] {
                    *line *= kept;
                }
            }
        }
    }
    surplus
}

impl State {
    fn empty(rule: &EquityRule, economies: usize) -> Self {
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

    fn regimes(rule: &EquityRule) -> usize {
        match &rule.regimes {
            RegimeSource::Believed(_) => REGIMES,
            RegimeSource::Given(given) => given.discount.len(),
        }
    }

    /// Surplus of every firm in every regime, and sums over cells.
    fn earn(&mut self, model: &Model, rows: &Rows, expected: &[f64]) {
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
    fn discount(&mut self, model: &Model, policy: &[f64], prospect: Option<&Prospect>) {
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
    fn value(&mut self, model: &Model, uncertainty: Option<&[[f64; 2]]>) {
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
    fn expected_war(&self, economies: usize) -> Vec<f64> {
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
    fn surplus(&self, cells: usize, sectors: usize) -> Vec<f64> {
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
}

/// Sums over the listed cells of each economy.
fn totals(worth: &[f64], listed: &[f64], sectors: usize) -> Vec<f64> {
    let cells = worth
        .chunks_exact(sectors)
        .zip(listed.chunks_exact(sectors));
    cells
        .map(|(worth, listed)| {
            let pairs = worth.iter().zip(listed);
            pairs
                .map(|(worth, base)| if *base > 0.0 { *worth } else { 0.0 })
                .sum()
        })
        .collect()
}

pub(crate) fn trade_shares(
    model: Res<Model>,
    clock: Res<Clock>,
    draws: Res<Draws>,
    rows: Res<Rows>,
    (regimes, uncertainty): (Res<Regimes>, Res<Uncertainty>),
    (policy, currencies): (Res<PolicyRates>, Res<Currencies>),
    mut values: ResMut<FirmValues>,
    mut equities: ResMut<Equities>,
    mut holdings: ResMut<Shareholdings>,
) {
    let rule = &model.frictions.equity;
    if !rule.is_on {
        return;
    }
    let economy = &*model.economy;
    let (sectors, cells) = (economy.sectors, economy.markets());
    let Equities {
        value,
        price,
        days,
        capitalisation,
        base_capitalisation,
        state,
    } = &mut *equities;
    days.clear();
    own_shocks(state, rule, &clock, &draws);
    let listed = &*base_capitalisation;
    // What is known before the news of this tick, at what firms have earned since.
    if !state.is_opened {
        state.weights = opening_weights(rule);
        state.measured = regimes.prospects.first().cloned();
        measure(state, &model, &rows);
        state.is_opened = true;
    }
    state.earn(&model, &rows, values.expected());
    let mut measured = state.measured.clone();
    if state.unit.is_empty() || state.policy != policy.change {
        state.discount(&model, &policy.change, measured.as_deref());
    }
    let mut today = uncertainty.before.clone();
    state.value(&model, given_or(rule, &today));
    let value_closing = closing_share(rule.value_speed, 1.0 / TRADING_DAYS);
    let abroad = (rule.noise.same_day + rule.noise.next_day).max(f64::MIN_POSITIVE);
    let at_once = match rule.noise.next_day > 0.0 {
        true => rule.noise.same_day / abroad,
        false => 1.0,
    };
    let kept = exp(-rule.noise.reversion / TRADING_DAYS);
    for (at, day) in regimes.days.iter().enumerate() {
        if !day.is_open {
            continue;
        }
        state.log_value_before.clone_from(&state.log_value);
        let of_day = uncertainty.by_day.get(at);
        let prices = of_day.cloned().unwrap_or_else(|| today.clone());
        let holds = |prospect: Option<&Arc<Prospect>>| match (prospect, &measured) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        };
        let is_quiet = holds(regimes.prospects.get(day.prospect))
            && prices == today
            && (state.weights == day.weights || !matches!(rule.regimes, RegimeSource::Believed(_)));
        let before = match is_quiet {
            true => None,
            false => Some((
                totals(&state.worth, listed, sectors),
                state.surplus(cells, sectors),
            )),
        };
        let prospect = regimes.prospects.get(day.prospect);
        if let (Some(prospect), RegimeSource::Believed(_)) = (prospect, &rule.regimes) {
            if measured
                .as_ref()
                .is_none_or(|known| !Arc::ptr_eq(known, prospect))
            {
                measured = Some(prospect.clone());
                state.measured.clone_from(&measured);
                measure(state, &model, &rows);
                state.earn(&model, &rows, values.expected());
                state.discount(&model, &policy.change, Some(prospect));
            }
            state.weights.clear();
            state.weights.extend_from_slice(&day.weights);
        }
        let zero = || vec![0.0; economy.economies];
        let (mut policy_change, mut growth_news) = (zero(), zero());
        if let Some((worth, earned)) = before {
            today = prices;
            state.value(&model, given_or(rule, &today));
            policy_change = log_ratios(&totals(&state.worth, listed, sectors), &worth);
            growth_news = log_ratios(&state.surplus(cells, sectors), &earned);
        }
        let since = days_between(model.start, day.date).max(0) as u32;
        (state.noise).advance(&rule.noise, rule.lead, &draws, (since, kept));
        let mut levels = MarketDay {
            date: day.date,
            level: vec![0.0; economy.economies],
            sector_level: vec![0.0; cells],
            change: vec![0.0; economy.economies],
            sector_change: vec![0.0; cells],
            policy_change,
            sector_policy_change: (state.log_value.iter().zip(&state.log_value_before))
                .map(|(now, before)| now - before)
                .collect(),
            growth_news,
            escalation: day.weights[ESCALATION],
            relief: prospect.map_or(0.0, |prospect| prospect.relief),
            credibility: prospect.map_or(0.0, |prospect| prospect.credibility),
            war: state.expected_war(economy.economies),
        };
        for n in 0..economy.economies {
            let local = currencies.in_local(n);
            let (mut total, mut base) = (0.0, 0.0);
            for s in 0..sectors {
                let cell = economy.market(n, s);
                if listed[cell] <= 0.0 {
                    continue;
                }
                base += listed[cell];
                if !state.is_worth[cell] {
                    capitalisation[cell] = 0.0;
                    continue;
                }
                let target = match rule.lead {
                    Some(lead) if lead != n => {
                        let (now, before) = (state.log_value[cell], state.log_value_before[cell]);
                        before + at_once * (now - before)
                    }
                    _ => state.log_value[cell],
                };
                state.log_price[cell] += value_closing * (target - state.log_price[cell]);
                let shocks = rule.beta(s) * state.noise.level[n];
                capitalisation[cell] = exp(state.log_price[cell] + shocks);
                let level = capitalisation[cell] * local / listed[cell];
                levels.sector_level[cell] = level;
                levels.sector_change[cell] = log_ratio(level, state.last_sector_level[cell]);
                state.last_sector_level[cell] = level;
                total += capitalisation[cell];
            }
            if base > 0.0 {
                levels.level[n] = total * local / base;
                levels.change[n] = log_ratio(levels.level[n], state.last_level[n]);
                state.last_level[n] = levels.level[n];
            }
        }
        days.push(levels);
    }
    let of_firms = (value.as_mut_slice(), price.as_mut_slice());
    close(state, (&model, &rows), of_firms, capitalisation);
    let learned = clock.closing_share(model.frictions.valuation.expectation);
    if let (Some(response), RegimeSource::Believed(_)) = (&state.response, &rule.regimes) {
        for (known, now) in state.learned.iter_mut().zip(&response.in_force) {
            *known += learned * (now - *known);
        }
    }
    if rule.moves_investment {
        for (firm, relative) in values.relative.iter_mut().enumerate() {
            if state.base_value[firm] > 0.0 {
                *relative = value[firm] / state.base_value[firm];
            }
        }
    }
    let mut by_economy = vec![0.0; economy.economies];
    for (cell, own) in capitalisation.iter().enumerate() {
        by_economy[cell / sectors] += own;
    }
    holdings.revalue(&by_economy);
}

fn given_or<'a>(rule: &EquityRule, today: &'a [[f64; 2]]) -> Option<&'a [[f64; 2]]> {
    match rule.regimes {
        RegimeSource::Believed(_) if !today.is_empty() => Some(today),
        _ => None,
    }
}

fn log_ratios(now: &[f64], before: &[f64]) -> Vec<f64> {
    (now.iter().zip(before))
        .map(|(now, before)| log_ratio(*now, *before))
        .collect()
}

fn opening_weights(rule: &EquityRule) -> Vec<f64> {
    let regimes = State::regimes(rule);
    match &rule.regimes {
        RegimeSource::Given(given) if !given.weight.is_empty() => given.weight.clone(),
        _ => {
            let mut weights = vec![0.0; regimes];
            weights[STATUS_QUO] = 1.0;
            weights
        }
    }
}

/// Factors of the prospect that holds.
fn measure(state: &mut State, model: &Model, rows: &Rows) {
    if let (Some(response), Some(prospect)) = (&mut state.response, &state.measured) {
        response.measure(model, rows, prospect);
    }
}

/// Moves what is a firm's own: an Ornstein-Uhlenbeck process by its exact transition.
fn own_shocks(state: &mut State, rule: &EquityRule, clock: &Clock, draws: &Draws) {
    let noise = &rule.noise;
    if noise.idiosyncratic <= 0.0 {
        return;
    }
    let kept = 1.0 - clock.closing_share(noise.idiosyncratic_reversion);
    let variance = match noise.idiosyncratic_reversion > 0.0 {
        true => (1.0 - kept * kept) / (2.0 * noise.idiosyncratic_reversion),
        false => clock.dt(),
    };
    let scale = noise.idiosyncratic * variance.sqrt();
    let shocks = &mut state.own_factor;
    draws.fill_normal(OWN_SHOCK, 0, clock.index(), shocks);
    for (own, shock) in state.own.iter_mut().zip(shocks.iter_mut()) {
        *own = kept * *own + scale * *shock;
        *shock = *own;
    }
    exp_slice(shocks);
}

/// Value and price of every firm at the end of the tick.
fn close(
    state: &State,
    (model, rows): (&Model, &Rows),
    (value, price): (&mut [f64], &mut [f64]),
    capitalisation: &[f64],
) {
    let (cells, firms) = (model.economy.markets(), state.base.len());
    let regimes = state.weights.len();
    for cell in 0..cells {
        let multiple = &state.multiple[cell * regimes..(cell + 1) * regimes];
        let own = rows.firms[cell]..rows.firms[cell + 1];
        let mut total = 0.0;
        for firm in own.clone() {
            let regimes = multiple.iter().enumerate();
            let worth: f64 = regimes
                .map(|(k, multiple)| multiple * state.profit[k * firms + firm])
                .sum();
            value[firm] = worth;
            price[firm] = worth * state.own_factor[firm];
            total += price[firm];
        }
        let over_value = match total > 0.0 {
            true => capitalisation[cell] / total,
            false => 0.0,
        };
        for firm in own {
            price[firm] *= over_value;
        }
    }
}
