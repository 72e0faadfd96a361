//! Buying ahead: stocks built before a duty rises, orders held back before it falls.
//!
//! An importer that believes with probability φ that the rate t changes by Δ in
//! T years, and pays κ a year to hold goods, wants a cover of
//!
//! H = ln(1 + φ Δ / (1 + t)) / κ,
//!
//! beyond which carrying costs more than paying, and no more than sells until the change
//! is to end where an end is known. It orders at a rate higher by
//! the surge in the last H / (1 + surge) years in which goods still arrive in
//! time. Afterwards it uses what it bought ahead,
//!
//! orders −= min(orders, payback × bought ahead):
//!
//! at an infinite speed before it orders again, as one importer of one good would;
//! at the speed at which stocks turn over, as importers of many goods do, who still
//! order what they did not buy ahead. Before a cut it holds
//! back a share φ of its orders as long as its stock lasts, and catches up at the surge.

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_kernel::clock::{Clock, closing_share};
use tradewinds_kernel::maths::ln;
use tradewinds_kernel::phase::Phase;

use crate::Tick;
use crate::beliefs::{Beliefs, Expectation, strongest};
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
    /// Speed at which what was bought ahead is used instead of orders, per year;
    /// infinite for nothing ordered before it is used up.
    pub payback: f64,
}

impl AheadRule {
    /// Nobody buys ahead.
    pub fn none(sectors: usize) -> Self {
        Self {
            holding_cost: vec![f64::INFINITY; sectors],
            surge: 0.0,
            payback: f64::INFINITY,
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
    mut believed: Local<Vec<Option<Change>>>,
    mut stocks: ResMut<ImportStocks>,
) {
    let rule = &model.frictions.ahead;
    if rule.surge <= 0.0 {
        return;
    }
    let stocks = &mut *stocks;
    let sectors = model.economy.sectors;
    let plan = |link: usize, stocks: &ImportStocks| Plan {
        usual: stocks.ordered[link],
        expected_sales: stocks.expected[link],
        held: stocks.held[link],
        transit: stocks.transit_years[link],
        holding_cost: rule.holding_cost[stocks.flow[link] % sectors],
        surge: rule.surge,
        payback: rule.payback,
        rate: rates.rates.collected[stocks.flow[link]],
        split: stocks.timely[link] * clock.dt(),
    };
    let mut books: Vec<Ordered> = (stocks.ahead.iter())
        .map(|ahead| Ordered {
            extra: 0.0,
            before_split: 0.0,
            ahead: *ahead,
        })
        .collect();
    for stretch in &beliefs.stretches {
        let expected = &beliefs.expected[stretch.expected.clone()];
        find_changes(stocks, expected, &mut believed);
        for ((link, book), believed) in books.iter_mut().enumerate().zip(&*believed) {
            if believed.is_some() || book.ahead != 0.0 {
                plan(link, stocks).order(*believed, stretch.years, book);
            }
        }
    }
    for (link, book) in books.iter().enumerate() {
        // All orders held back may leave a rounding error.
        let usual = stocks.ordered[link] * clock.dt();
        let ordered = (usual + book.extra).max(0.0);
        stocks.ahead[link] = book.ahead;
        if book.extra != 0.0 {
            stocks.ordered[link] = ordered / clock.dt();
            let timely = usual * stocks.timely[link] + book.before_split;
            stocks.timely[link] = match ordered > 0.0 {
                true => (timely / ordered).clamp(0.0, 1.0),
                false => 0.0,
            };
        }
    }
}

/// A change of duty that an importer looks at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    /// Years from the start of the tick until it is to hold.
    years: f64,
    /// Change of the rate, and the probability that it comes.
    size: f64,
    probability: f64,
    /// Years from the start of the tick until most of it is believed to be undone.
    undone: f64,
}

/// The change with the largest stake, by link.
fn find_changes(
    stocks: &ImportStocks,
    expected: &[Expectation],
    changes: &mut Vec<Option<Change>>,
) {
    changes.clear();
    changes.resize(stocks.len(), None);
    for course in strongest(expected, |course| course.peak()) {
        if let Some(link) = stocks.link_of(course.flow()) {
            let (level, undone) = course.main_level();
            let (size, probability) = level.lottery();
            changes[link] = Some(Change {
                years: level.years,
                size,
                probability,
                undone,
            });
        }
    }
}

/// What an importer knows when it decides to buy ahead.
#[derive(Debug, Clone, Copy)]
struct Plan {
    /// Units a year it would order without regard to changes of duty.
    usual: f64,
    expected_sales: f64,
    /// Units at hand and under way at the start of the tick.
    held: f64,
    /// Years under way.
    transit: f64,
    holding_cost: f64,
    surge: f64,
    payback: f64,
    rate: f64,
    /// Moment of the tick until which what is ordered arrives with the earlier of the
    /// two ticks around the transit time, years.
    split: f64,
}

/// What an importer has ordered beyond its usual orders so far in a tick.
#[derive(Debug, Clone, Copy)]
struct Ordered {
    extra: f64,
    /// The part of it ordered before the moment that splits the tick.
    before_split: f64,
    /// Units bought ahead so far; negative for units held back.
    ahead: f64,
}

impl Plan {
    /// Orders for a stretch of the tick, in years from its start.
    fn order(&self, believed: Option<Change>, (from, to): (f64, f64), book: &mut Ordered) {
        let Some(one) = believed else {
            return self.settle((from, to), book);
        };
        // Years in which an order still reaches the border before the day.
        let left = one.years - self.transit;
        let start = match one.size > 0.0 {
            true => left - self.years_of_building(&one),
            false => self.covered_from(one.years, from, book.extra),
        };
        let (start, end) = (start.clamp(from, to), left.clamp(from, to));
        if start >= end {
            return self.settle((from, to), book);
        }
        self.settle((from, start), book);
        let changed = match one.size > 0.0 {
            true => self.surge * self.expected_sales,
            false => -self.usual * one.probability,
        };
        book.ahead += changed * (end - start);
        self.change(changed, (start, end), book);
        self.settle((end, to), book);
    }

    /// Years before the last order in which stock is built.
    fn years_of_building(&self, one: &Change) -> f64 {
        let saving = ln(1.0 + one.probability * one.size / (1.0 + self.rate));
        let cover = (saving / self.holding_cost).min(one.undone - one.years);
        cover / (1.0 + self.surge)
    }

    /// Moment from which what is held lasts until the day: sales use up what is held
    /// and time alike, so that orders alone bring it nearer.
    fn covered_from(&self, years: f64, from: f64, extra: f64) -> f64 {
        let ordered = self.usual * from + extra;
        let missing = years * self.expected_sales - self.held - ordered;
        match missing > 0.0 {
            true if self.usual > 0.0 => from + missing / self.usual,
            true => f64::INFINITY,
            false => from,
        }
    }

    /// Uses what was bought ahead before ordering again, or catches up with what was
    /// held back.
    fn settle(&self, (from, to): (f64, f64), book: &mut Ordered) {
        if book.ahead > 0.0 && self.payback.is_finite() {
            return self.work_off((from, to), book);
        }
        let changed = match book.ahead > 0.0 {
            true => -self.usual,
            false => self.surge * self.expected_sales,
        };
        if book.ahead == 0.0 || changed == 0.0 {
            return;
        }
        let years = (to - from).min(-book.ahead / changed);
        let settled = match years < to - from {
            true => -book.ahead,
            false => changed * years,
        };
        book.ahead += settled;
        self.change(changed, (from, from + years), book);
    }

    /// Uses part of what was bought ahead instead of orders.
    fn work_off(&self, (from, to): (f64, f64), book: &mut Ordered) {
        let years = to - from;
        if years <= 0.0 {
            return;
        }
        let used = closing_share(self.payback, years) * book.ahead;
        let used = used.min(self.usual * years);
        book.ahead -= used;
        self.change(-used / years, (from, to), book);
    }

    /// Orders at a rate beyond the usual one, from one moment of the tick to another.
    fn change(&self, rate: f64, (from, to): (f64, f64), book: &mut Ordered) {
        book.extra += rate * (to - from);
        book.before_split += rate * (to.min(self.split) - from).max(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DT: f64 = 1.0 / 52.0;

    fn importer() -> Plan {
        Plan {
            usual: 1.0,
            expected_sales: 1.0,
            held: 0.3,
            transit: 0.0,
            holding_cost: 0.2,
            surge: 1.5,
            payback: f64::INFINITY,
            rate: 0.0,
            split: DT,
        }
    }

    /// Units bought ahead and years without orders, for an announcement `lead` years early.
    fn episode(change: f64, lead: f64) -> (f64, f64) {
        let (most, idle, ahead) = course(importer(), (change, f64::INFINITY), lead);
        assert!(ahead.abs() < 1e-12, "all of it is used");
        (most, idle)
    }

    /// The same, and what is left of it, five years after the start.
    fn course(importer: Plan, (change, lasts): (f64, f64), lead: f64) -> (f64, f64, f64) {
        let (mut ahead, mut most, mut idle) = (0.0_f64, 0.0_f64, 0.0);
        for tick in 0..260 {
            let years = lead - f64::from(tick) * DT;
            let believed = (years > 0.0).then_some(Change {
                years,
                size: change,
                probability: 1.0,
                undone: years + lasts,
            });
            let mut book = Ordered {
                extra: 0.0,
                before_split: 0.0,
                ahead,
            };
            importer.order(believed, (0.0, DT), &mut book);
            idle += (-book.extra).max(0.0);
            ahead = book.ahead;
            most = most.max(ahead.abs());
        }
        (most, idle, ahead)
    }

    #[test]
    fn importers_of_many_goods_work_off_what_they_bought_over_months() {
        let importer = Plan {
            payback: 2.0,
            ..importer()
        };
        let (built, idle, left) = course(importer, (0.25, f64::INFINITY), 1.0);
        assert!((built - episode(0.25, 1.0).0).abs() < 1e-12);
        assert!((built - idle - left).abs() < 1e-12, "nothing is lost");
        let expected = built * (-2.0 * 4.0_f64).exp();
        assert!((left / expected - 1.0).abs() < 0.05, "{left} {expected}");
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
    fn nobody_builds_more_than_sells_while_the_duty_holds() {
        let (built, idle, left) = course(importer(), (0.25, 0.5), 2.0);
        // Building takes its share of the years that the stock lasts beside usual orders.
        assert!((built - 0.5 * 1.5 / 2.5).abs() < 2.0 * DT, "{built}");
        assert!((built - idle).abs() < 1e-12 && left.abs() < 1e-12);
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
