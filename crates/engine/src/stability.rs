//! Whether stocks would cycle for ever: how far an order sets off more orders.
//!
//! A firm that sells one unit more orders the materials of that unit and what
//! brings stocks back to their cover; its suppliers do the same. An order of a unit
//! at (i, k) by a producer at (n, s) is
//!
//! share of i in the market (n, k) / (1 + taxes) × cost share of k in s × cost over sales of (n, s)
//!   × (1 + κ material cover) × (1 + κ finished cover) × (1 + κ' (import cover + transit)),
//!
//! the last for goods that importers hold, units at prices of the factory gate in the
//! base year. The spectral radius of these orders is what a wave of orders is
//! multiplied by at every stage of supply; well above one, waves feed themselves.

use tradewinds_equilibrium::Economy;
use tradewinds_kernel::clock::TickLength;

use crate::model::{Frictions, Model};
use crate::stocks::base_taxes;

/// Radius above which a model is likely to cycle.
pub const LIKELY_TO_CYCLE: f64 = 1.1;

/// Factor by which a wave of orders grows from one stage of supply to the next.
pub fn order_multiplier(model: &Model) -> f64 {
    multiplier(&model.economy, &model.frictions, model.tick)
}

/// The factor of an economy with these frictions and ticks of this length.
pub fn multiplier(economy: &Economy, frictions: &Frictions, tick: TickLength) -> f64 {
    const ROUNDS: usize = 200;
    let markets = economy.markets();
    let orders = Orders {
        economy,
        frictions,
        tick,
        cost: cost_over_sales(economy),
    };
    let mut wave = vec![1.0 / markets as f64; markets];
    let mut growth = 0.0;
    for _ in 0..ROUNDS {
        wave = orders.of(&wave);
        growth = wave.iter().sum();
        if growth <= 0.0 {
            return 0.0;
        }
        for part in &mut wave {
            *part /= growth;
        }
    }
    growth
}

/// The largest speed of stock adjustment, for firms and importers alike, with which
/// orders grow by no more than [`LIKELY_TO_CYCLE`]; none when even zero is too fast.
pub fn steady_adjustment(
    economy: &Economy,
    frictions: &Frictions,
    tick: TickLength,
) -> Option<f64> {
    const HALVINGS: usize = 30;
    let mut slower = frictions.clone();
    let mut cycles = |speed: f64| {
        slower.stock_adjustment = speed;
        slower.stocks.adjustment = speed;
        multiplier(economy, &slower, tick) > LIKELY_TO_CYCLE
    };
    if cycles(0.0) {
        return None;
    }
    let fastest = frictions.stock_adjustment.max(frictions.stocks.adjustment);
    let (mut low, mut high) = (0.0, fastest);
    for _ in 0..HALVINGS {
        let middle = 0.5 * (low + high);
        if cycles(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(low)
}

/// Cost over sales at the factory gate in the base year, `[n][s]`; zero where nothing
/// is made.
fn cost_over_sales(economy: &Economy) -> Vec<f64> {
    let sales = &economy.accounts().sales;
    let sold = |cell: usize| -> f64 {
        let (i, s) = (cell / economy.sectors, cell % economy.sectors);
        (0..economy.economies)
            .map(|n| sales[economy.flow(n, i, s)])
            .sum()
    };
    let cost = |cell: usize| -> f64 {
        let (i, s) = (cell / economy.sectors, cell % economy.sectors);
        let made = |n: usize| {
            let flow = economy.flow(n, i, s);
            sales[flow] / economy.markup[flow]
        };
        (0..economy.economies).map(made).sum()
    };
    let ratio = |cell| match sold(cell) > 0.0 {
        true => cost(cell) / sold(cell),
        false => 0.0,
    };
    (0..economy.markets()).map(ratio).collect()
}

/// What decides how orders set off orders.
struct Orders<'a> {
    economy: &'a Economy,
    frictions: &'a Frictions,
    tick: TickLength,
    /// Cost over sales, `[n][s]`.
    cost: Vec<f64>,
}

impl Orders<'_> {
    /// Orders that production at each (economy, sector) sets off.
    fn of(&self, made: &[f64]) -> Vec<f64> {
        let (economy, frictions) = (self.economy, self.frictions);
        let speed = frictions.stock_adjustment;
        let for_stock = |of_goods: Option<f64>, sector: usize| {
            1.0 + speed * frictions.cover(economy, of_goods, (self.tick, sector))
        };
        let mut orders = vec![0.0; economy.markets()];
        for n in 0..economy.economies {
            for k in 0..economy.sectors {
                let used = |s: usize| {
                    let cell = economy.market(n, s);
                    let share = economy.input_cost_share[economy.input(n, k, s)];
                    share * self.cost[cell] * for_stock(frictions.finished_cover, s) * made[cell]
                };
                let used = (0..economy.sectors).map(used).sum::<f64>();
                let wanted = for_stock(frictions.material_cover, k) * used;
                for i in 0..economy.economies {
                    let flow = economy.flow(n, i, k);
                    let share = economy.origin_share[flow] / base_taxes(economy, flow);
                    orders[economy.market(i, k)] += self.for_stocks((n, i, k)) * share * wanted;
                }
            }
        }
        orders
    }

    /// Orders of importers per unit that they sell more.
    fn for_stocks(&self, (n, i, k): (usize, usize, usize)) -> f64 {
        let stocks = &self.frictions.stocks;
        if !stocks.holds(self.economy, (n, i, k)) {
            return 1.0;
        }
        let on_the_way = stocks.cover[k] + stocks.transit[n * self.economy.economies + i];
        1.0 + stocks.adjustment * on_the_way
    }
}
