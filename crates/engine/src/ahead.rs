//! Buying ahead: stocks built before a duty rises, orders held back before it falls.
//!
//! An importer that believes with probability φ that the rate t changes by Δ in
//! T years, and pays κ a year to hold goods, wants a cover of
//!
//! H = ln(1 + φ Δ / (1 + t)) / κ,
//!
//! beyond which carrying costs more than paying. It orders at a rate higher by
//! the surge in the last H / (1 + surge) years in which goods still arrive in
//! time, and afterwards uses what it bought before it orders again. Before a cut
//! it holds back a share φ of its orders as long as its stock lasts, and catches
//! up at the surge.

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::maths::ln;
use tradewinds_kernel::phase::Phase;

use crate::Tick;
use crate::beliefs::{Beliefs, Expectation};
use crate::customs::RatesInForce;
use crate::model::Model;
use crate::stocks::{ImportPlanSystems, ImportStocks};

/// How importers buy ahead of changes of duty.
#[derive(Debug, Clone, PartialEq)]
pub struct AheadRule {
    /// Cost of holding goods for a year over their value: interest, storage,
    /// obsolescence, `[s]`; infinite for goods that do not keep.
    pub holding_cost: Vec<f64>,
    /// Orders beyond usual ones that ports and suppliers can serve, as a share
    /// of expected sales; zero switches buying ahead off.
    pub surge: f64,
}

impl AheadRule {
    /// Nobody buys ahead.
    pub fn none(sectors: usize) -> Self {
        Self {
            holding_cost: vec![f64::INFINITY; sectors],
            surge: 0.0,
        }
    }
}

/// Lets importers buy ahead. Add after stocks and beliefs.
pub struct AheadPlugin;

impl Plugin for AheadPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Tick, buy_ahead.in_set(Phase::Plan).after(ImportPlanSystems));
    }
}

pub(crate) fn buy_ahead(
    model: Res<Model>,
    clock: Res<Clock>,
    rates: Res<RatesInForce>,
    beliefs: Res<Beliefs>,
    mut strongest: Local<Vec<Option<Expectation>>>,
    mut stocks: ResMut<ImportStocks>,
) {
    let rule = &model.frictions.ahead;
    if rule.surge <= 0.0 {
        return;
    }
    let stocks = &mut *stocks;
    strongest.clear();
    strongest.resize(stocks.len(), None);
    for one in &beliefs.expected {
        if let Some(link) = stocks.link_of(one.flow as usize) {
            let stake = |one: &Expectation| (one.probability * one.change).abs();
            let known = &mut strongest[link];
            if known.is_none_or(|known| stake(&known) < stake(one)) {
                *known = Some(*one);
            }
        }
    }
    let dt = clock.dt();
    let sectors = model.economy.sectors;
    for (link, believed) in strongest.iter().enumerate() {
        let flow = stocks.flow[link];
        let plan = Plan {
            usual: stocks.ordered[link],
            expected_sales: stocks.expected[link],
            ahead: stocks.ahead[link],
            held: stocks.held[link],
            transit: stocks.transit_years[link],
            holding_cost: rule.holding_cost[flow % sectors],
            surge: rule.surge,
            rate: rates.rates.collected[flow],
        };
        let (ordered, ahead) = plan.decide(*believed, dt);
        stocks.ordered[link] = ordered;
        stocks.ahead[link] = ahead;
    }
}

/// What an importer knows when it decides to buy ahead.
#[derive(Debug, Clone, Copy)]
struct Plan {
    /// Units a year it would order without regard to changes of duty.
    usual: f64,
    expected_sales: f64,
    /// Units bought ahead so far; negative for units held back.
    ahead: f64,
    /// Units at hand and under way.
    held: f64,
    /// Years under way.
    transit: f64,
    holding_cost: f64,
    surge: f64,
    rate: f64,
}

impl Plan {
    /// Units a year to order in this tick, and units bought ahead after it.
    fn decide(&self, believed: Option<Expectation>, dt: f64) -> (f64, f64) {
        if let Some(one) = believed {
            // Years in which an order still reaches the border before the day.
            let left = one.years - self.transit;
            if one.change > 0.0 {
                let share = self.share_of_tick(one, left, dt);
                if share > 0.0 {
                    let extra = share * self.surge * self.expected_sales;
                    return (self.usual + extra, self.ahead + extra * dt);
                }
            } else if left > 0.0 && self.held > one.years * self.expected_sales {
                let kept = self.usual * one.probability;
                return (self.usual - kept, self.ahead - kept * dt);
            }
        }
        self.settle(dt)
    }

    /// Part of the tick in which the importer builds stock.
    fn share_of_tick(&self, one: Expectation, left: f64, dt: f64) -> f64 {
        let saving = ln(1.0 + one.probability * one.change / (1.0 + self.rate));
        let build = saving / self.holding_cost / (1.0 + self.surge);
        // The window is the last `build` of the `left` years.
        let (from, to) = ((left - build).max(0.0), left.min(dt));
        ((to - from) / dt).clamp(0.0, 1.0)
    }

    /// Uses what was bought ahead, or catches up with what was held back.
    fn settle(&self, dt: f64) -> (f64, f64) {
        if self.ahead > 0.0 {
            let used = self.ahead.min(self.usual * dt);
            (self.usual - used / dt, self.ahead - used)
        } else if self.ahead < 0.0 {
            let caught_up = (-self.ahead).min(self.surge * self.expected_sales * dt);
            (self.usual + caught_up / dt, self.ahead + caught_up)
        } else {
            (self.usual, 0.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DT: f64 = 1.0 / 52.0;

    fn importer(ahead: f64) -> Plan {
        Plan {
            usual: 1.0,
            expected_sales: 1.0,
            ahead,
            held: 0.3,
            transit: 0.0,
            holding_cost: 0.2,
            surge: 1.5,
            rate: 0.0,
        }
    }

    /// Units bought ahead and years without orders, for an announcement `lead` years early.
    fn episode(change: f64, lead: f64) -> (f64, f64) {
        let (mut ahead, mut most, mut idle) = (0.0_f64, 0.0_f64, 0.0);
        for tick in 0..260 {
            let years = lead - f64::from(tick) * DT;
            let believed = (years > 0.0).then_some(Expectation {
                flow: 0,
                years,
                change,
                probability: 1.0,
            });
            let (ordered, after) = importer(ahead).decide(believed, DT);
            idle += (1.0 - ordered).max(0.0) * DT;
            ahead = after;
            most = most.max(ahead.abs());
        }
        assert!(ahead.abs() < 1e-12, "all of it is used");
        (most, idle)
    }

    #[test]
    fn stock_is_built_until_carrying_costs_as_much_as_paying() {
        let (built, idle) = episode(0.25, 1.0);
        let cover = 1.25_f64.ln() / 0.2;
        let expected = 1.5 * cover / 2.5;
        assert!((built - expected).abs() < 2.0 * DT, "{built} {expected}");
        assert!((idle - expected).abs() < 2.0 * DT, "{idle}");
    }

    #[test]
    fn a_short_lead_limits_what_is_bought() {
        let (built, _) = episode(0.25, 0.1);
        assert!((built - 0.15).abs() < 2.0 * DT, "{built}");
    }

    #[test]
    fn orders_wait_for_a_cut_while_stock_lasts() {
        let (held_back, idle) = episode(-0.1, 1.0);
        assert!((held_back - 0.3).abs() < 2.0 * DT, "{held_back}");
        assert!((idle - 0.3).abs() < 2.0 * DT, "{idle}");
    }
}
