//! Equity: what firms are worth under the trade policy that markets believe in, and
//! what their shares cost.
//!
//! The value of a firm is the present value of its surplus ([`crate::valuation`]) over
//! the regimes of [`crate::regimes`],
//!
//! V = `Σ_k` `weight_k` × `V_k` × e^(−b `war_k` − `unrest_k`),   `V_k` = \[(diag(r − g) − Q)^(−1) π\]_k,
//!
//! with `π_k` the surplus the firm expects, times what regime k makes of it by its own
//! local response ([`response`]) over what its results already show: the response to
//! the law in force is learned at the speed at which expected surplus follows surplus. So
//! prices answer a duty at once, and in the end to what the firm earns. Discounts are
//!
//! r = safe rate + change of the policy rate + `β_s` × equity premium.
//!
//! Uncertainty ([`crate::stress`]) and the conflict that duties in force keep up take a
//! premium θ g(u), g(u) = √u, and fade at their speeds λ, which is worth Σ θ g(u) / (r − g + λ/2)
//! in logs. The conflict of escalation is that of today and of its rises, from their day on;
//! announced cuts end one, with their weight, like a war.
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
mod rule;
mod state;

use std::sync::Arc;

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_kernel::clock::{Clock, closing_share};
use tradewinds_kernel::draws::{Decision, Draws};
use tradewinds_kernel::maths::{exp, exp_slice, ln};
use tradewinds_kernel::phase::Phase;
use tradewinds_units::{Date, days_between};

pub use self::noise::{MARKET_SHOCK, MARKET_SHOCK_WIDTH, NoiseRule};
pub use self::owners::Shareholdings;
pub use self::response::ResponseRule;
use self::response::{Response, log_ratio};
pub use self::rule::EquityRule;
use self::state::State;
use crate::Tick;
use crate::currency::Currencies;
use crate::firm::{Line, Owner, Rows};
use crate::model::Model;
use crate::monetary::PolicyRates;
use crate::regimes::{ESCALATION, Prospect, RegimeSource, Regimes};
use crate::stress::{Uncertainty, Unrest};
use crate::trade::Sales;
use crate::valuation::{FirmValues, ValuationSystems, value_firms};

/// What is a firm's own in the price of its shares.
pub const OWN_SHOCK: Decision = Decision::named("share price of a firm");

/// Days of trade a year.
const TRADING_DAYS: f64 = 252.0;

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
    /// Weight of escalation: the largest worth of an announced rise over its size, as far as
    /// it is not withdrawn before its day.
    pub escalation: f64,
    /// Part of the duties added, by trade, that announced cuts are believed to take back.
    pub relief: f64,
    /// Credibility of the rises of governments, by trade under duties added or announced.
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
        state.weights = State::opening_weights(rule);
        state.measured = regimes.prospects.first().cloned();
        state.measure(&model, &rows);
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
        // Dates that come nearer and unrest that fades were known.
        let is_news = match (prospect, &measured) {
            (Some(one), Some(other)) => one.news != other.news,
            _ => true,
        };
        if let (Some(prospect), RegimeSource::Believed(_)) = (prospect, &rule.regimes) {
            if measured
                .as_ref()
                .is_none_or(|known| !Arc::ptr_eq(known, prospect))
            {
                measured = Some(prospect.clone());
                state.measured.clone_from(&measured);
                state.measure(&model, &rows);
                state.earn(&model, &rows, values.expected());
                state.discount(&model, &policy.change, Some(prospect));
            }
            state.weights.clear();
            state.weights.extend_from_slice(&day.weights);
        }
        let zero = || vec![0.0; economy.economies];
        let (mut policy_change, mut growth_news) = (zero(), zero());
        let mut sector_policy_change = vec![0.0; cells];
        if let Some((worth, earned)) = before {
            today = prices;
            state.value(&model, given_or(rule, &today));
            if is_news {
                policy_change = log_ratios(&totals(&state.worth, listed, sectors), &worth);
                growth_news = log_ratios(&state.surplus(cells, sectors), &earned);
                let pairs = state.log_value.iter().zip(&state.log_value_before);
                for (change, (now, before)) in sector_policy_change.iter_mut().zip(pairs) {
                    *change = now - before;
                }
            }
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
            sector_policy_change,
            growth_news,
            escalation: day.weights[ESCALATION],
            relief: prospect.map_or(0.0, |prospect| prospect.relief),
            credibility: prospect.map_or(0.0, |prospect| prospect.credibility[1]),
            war: state.expected_war(),
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
        for (known, now) in state.learned.iter_mut().zip(response.in_force()) {
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

fn given_or<'a>(rule: &EquityRule, today: &'a [Unrest]) -> Option<&'a [Unrest]> {
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
