//! "Reprice and sell", the smallest model with the work of a real one: costs
//! move, some firms reset their price, buyers choose, firms earn.
//!
//! In a cell with elasticity sigma and spending E, a firm in a tick does
//!
//! - log cost ← kept × log cost + noise × z, z standard normal;
//! - with probability theta (Calvo 1983): log price ← log cost + log markup;
//! - weight = exp(log appeal + (1 − sigma) × log price);
//! - revenue = E × weight / sum of the weights of the cell;
//! - demand = revenue / price, profit = revenue − demand × cost.
//!
//! This is the version on the ECS: six components of one number, read as
//! slices ([`tradewinds_engine::columns`]), draws addressed by firm and tick,
//! and loops compiled for several instruction sets
//! ([`tradewinds_kernel::maths::dispatch`]). Its twin in plain Rust is
//! [`crate::by_hand`].
//!
//! Cells may be as small as one firm. Rows are therefore worked through in
//! blocks of [`BLOCK`] whatever their cells, with the parameters of the cells
//! written out by row first: a vector never stops at the edge of a cell.

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use bevy_ecs::schedule::{Schedules, SingleThreadedExecutor};
use bytemuck::TransparentWrapper;
use tradewinds_engine::Tick;
use tradewinds_engine::columns::{OnlyTable, raw};
use tradewinds_kernel::clock::{Clock, TickLength};
use tradewinds_kernel::draws::{Decision, Draws};
use tradewinds_kernel::maths::{Kernel, dispatch, exp};
use tradewinds_kernel::phase::Phase;
use tradewinds_kernel::reduce::sum_cells;
use tradewinds_units::Date;

use crate::cells::{Cells, Start};

/// Cost shock and Calvo draw of a firm in a tick: the two normals of an address.
pub const COST_AND_RESET: Decision = Decision::named("cost shock and price reset");
/// Rows worked on at a time; their scratch stays in the innermost cache.
const BLOCK: usize = 1_024;

macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Component, TransparentWrapper, Debug, Clone, Copy, PartialEq)]
        #[repr(transparent)]
        pub struct $name(pub f64);
    )*};
}

columns! {
    /// Log of the cost of a unit; moves every tick.
    LogCost,
    /// Log of the price of a unit; moves when reset.
    LogPrice,
    /// Log of the weight at a price of 1; fixed.
    LogAppeal,
    /// Log of the markup a reset aims at; fixed.
    LogMarkup,
    /// Units sold this tick; within a tick, the weight in the cell's index.
    Demand,
    /// Revenue less cost this tick, money.
    Profit,
}

/// Sum of the weights of each cell this tick.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct CellWeights(pub Vec<f64>);

/// Spawns the firms of the cells, sorted by cell, and makes them reprice and sell.
pub struct RepriceAndSellPlugin {
    /// The cells.
    pub cells: Cells,
    /// Where the firms start.
    pub start: Start,
}

impl Plugin for RepriceAndSellPlugin {
    fn build(&self, app: &mut App) {
        let Start {
            log_cost,
            log_price,
            log_appeal,
            log_markup,
        } = self.start.clone();
        let firms: Vec<_> = (0..self.cells.firms())
            .map(|firm| {
                (
                    LogCost(log_cost[firm]),
                    LogPrice(log_price[firm]),
                    LogAppeal(log_appeal[firm]),
                    LogMarkup(log_markup[firm]),
                    Demand(0.0),
                    Profit(0.0),
                )
            })
            .collect();
        app.world_mut().spawn_batch(firms);
        app.insert_resource(CellWeights(vec![0.0; self.cells.count()]))
            .insert_resource(self.cells.clone())
            .add_systems(
                Tick,
                (
                    reprice.in_set(Phase::Plan),
                    sell.in_set(Phase::Trade).after(reprice),
                ),
            );
    }
}

/// Moves costs, resets prices, weighs firms and adds up the weights by cell.
fn reprice(
    cells: Res<Cells>,
    clock: Res<Clock>,
    draws: Res<Draws>,
    mut weights: ResMut<CellWeights>,
    mut firms: Query<(
        &mut LogCost,
        &mut LogPrice,
        &LogAppeal,
        &LogMarkup,
        &mut Demand,
    )>,
) {
    let (mut cost, mut price, appeal, markup, mut weight) = firms.table_mut();
    let weight = Demand::peel_slice_mut(raw(&mut weight));
    dispatch(Reprice {
        cells: &cells,
        draws: *draws,
        tick: clock.index(),
        cost: LogCost::peel_slice_mut(raw(&mut cost)),
        price: LogPrice::peel_slice_mut(raw(&mut price)),
        appeal: LogAppeal::peel_slice(appeal),
        markup: LogMarkup::peel_slice(markup),
        weight,
    });
    sum_cells(weight, &cells.first_firm, &mut weights.0);
}

struct Reprice<'a> {
    cells: &'a Cells,
    draws: Draws,
    tick: u32,
    cost: &'a mut [f64],
    price: &'a mut [f64],
    appeal: &'a [f64],
    markup: &'a [f64],
    weight: &'a mut [f64],
}

impl Kernel for Reprice<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let (kept, noise) = (self.cells.kept, self.cells.noise);
        let (mut slope, mut reset_below) = ([0.0; BLOCK], [0.0; BLOCK]);
        let mut rows = Blocks::new(&self.cells.first_firm);
        while let Some(span) = rows.next_block(|cell, of_cell| {
            slope[of_cell.clone()].fill(1.0 - self.cells.elasticity[cell]);
            reset_below[of_cell].fill(self.cells.reset_below[cell]);
        }) {
            let first = span.start as u32;
            // Slices of one length: without it every access is checked, and
            // checked loops do not become vector code.
            let count = span.len();
            let cost = &mut self.cost[span.clone()][..count];
            let price = &mut self.price[span.clone()][..count];
            let appeal = &self.appeal[span.clone()][..count];
            let markup = &self.markup[span.clone()][..count];
            let weight = &mut self.weight[span][..count];
            let (slope, reset_below) = (&slope[..count], &reset_below[..count]);
            for row in 0..count {
                let firm = first + row as u32;
                let (shock, reset) = self.draws.normal_pair(COST_AND_RESET, firm, self.tick);
                let new_cost = kept * cost[row] + noise * shock;
                let desired = new_cost + markup[row];
                let new_price = if reset < reset_below[row] {
                    desired
                } else {
                    price[row]
                };
                cost[row] = new_cost;
                price[row] = new_price;
                weight[row] = exp(appeal[row] + slope[row] * new_price);
            }
        }
    }
}

/// Sells what buyers want at the prices of the tick.
fn sell(
    cells: Res<Cells>,
    weights: Res<CellWeights>,
    mut firms: Query<(&LogCost, &LogPrice, &mut Demand, &mut Profit)>,
) {
    let (cost, price, mut demand, mut profit) = firms.table_mut();
    dispatch(Sell {
        cells: &cells,
        weights: &weights.0,
        cost: LogCost::peel_slice(cost),
        price: LogPrice::peel_slice(price),
        demand: Demand::peel_slice_mut(raw(&mut demand)),
        profit: Profit::peel_slice_mut(raw(&mut profit)),
    });
}

struct Sell<'a> {
    cells: &'a Cells,
    weights: &'a [f64],
    cost: &'a [f64],
    price: &'a [f64],
    demand: &'a mut [f64],
    profit: &'a mut [f64],
}

impl Kernel for Sell<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let mut per_weight = [0.0; BLOCK];
        let mut rows = Blocks::new(&self.cells.first_firm);
        while let Some(span) = rows.next_block(|cell, of_cell| {
            per_weight[of_cell].fill(self.cells.spending[cell] / self.weights[cell]);
        }) {
            let count = span.len();
            let cost = &self.cost[span.clone()][..count];
            let price = &self.price[span.clone()][..count];
            let demand = &mut self.demand[span.clone()][..count];
            let profit = &mut self.profit[span][..count];
            let per_weight = &per_weight[..count];
            for row in 0..count {
                let revenue = per_weight[row] * demand[row];
                demand[row] = revenue * exp(-price[row]);
                profit[row] = revenue - revenue * exp(cost[row] - price[row]);
            }
        }
    }
}

/// Rows in blocks, and which part of a block each cell fills.
struct Blocks<'a> {
    first_firm: &'a [usize],
    row: usize,
    cell: usize,
}

impl<'a> Blocks<'a> {
    fn new(first_firm: &'a [usize]) -> Self {
        Self {
            first_firm,
            row: 0,
            cell: 0,
        }
    }

    /// The next rows; calls with each of their cells and its rows, counted
    /// from the first of the block.
    #[inline(always)]
    fn next_block(
        &mut self,
        mut fill: impl FnMut(usize, std::ops::Range<usize>),
    ) -> Option<std::ops::Range<usize>> {
        let start = self.row;
        let end = (start + BLOCK).min(*self.first_firm.last()?);
        if start == end {
            return None;
        }
        while self.row < end {
            let cell_end = self.first_firm[self.cell + 1];
            let stop = cell_end.min(end);
            fill(self.cell, self.row - start..stop - start);
            self.row = stop;
            self.cell += usize::from(stop == cell_end);
        }
        Some(start..end)
    }
}

/// The model on the ECS, ready to tick.
pub struct OnEcs {
    world: World,
    schedule: Schedule,
}

impl OnEcs {
    /// Firms before their first tick.
    ///
    /// # Panics
    /// When the schedule is not well ordered.
    pub fn new(cells: Cells, start: Start, seed: u64) -> Self {
        let mut app = App::empty();
        app.init_resource::<Schedules>();
        app.edit_schedule(Tick, |schedule| {
            schedule.set_executor(SingleThreadedExecutor::new());
            for pair in Phase::ALL.windows(2) {
                schedule.configure_sets(pair[0].before(pair[1]));
            }
        });
        app.insert_resource(Clock::new(Date::constant(2000, 1, 1), TickLength::Days(7)))
            .insert_resource(Draws::new(seed, 0))
            .add_plugins(RepriceAndSellPlugin { cells, start });
        let mut world = std::mem::take(app.world_mut());
        let schedule = world.resource_mut::<Schedules>().remove(Tick);
        let mut schedule = schedule.unwrap_or_else(|| panic!("a model without systems"));
        let built = schedule.initialize(&mut world);
        built.unwrap_or_else(|error| panic!("{}", error.to_string(schedule.graph(), &world)));
        Self { world, schedule }
    }

    /// One tick.
    pub fn tick(&mut self) {
        self.schedule.run(&mut self.world);
        self.world.resource_mut::<Clock>().advance();
    }

    /// Log prices and profits by firm.
    pub fn log_prices_and_profits(&mut self) -> (Vec<f64>, Vec<f64>) {
        let mut firms = self.world.query::<(&LogPrice, &Profit)>();
        firms
            .iter(&self.world)
            .map(|(price, profit)| (price.0, profit.0))
            .unzip()
    }

    /// Sum of the weights of each cell.
    pub fn cell_weights(&self) -> Vec<f64> {
        self.world.resource::<CellWeights>().0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_cover_every_row_with_its_own_cell() {
        let first_firm = [0, 0, 1, 1_030, 1_030, 3_000];
        let mut cell_of = Vec::new();
        let mut rows = Blocks::new(&first_firm);
        let mut block = Vec::new();
        while let Some(span) = rows.next_block(|cell, of_cell| {
            block.resize(of_cell.end, cell);
        }) {
            assert_eq!((span.start, span.len()), (cell_of.len(), block.len()));
            cell_of.append(&mut block);
        }
        assert_eq!(cell_of.len(), 3_000);
        for (row, cell) in cell_of.into_iter().enumerate() {
            assert!(
                (first_firm[cell]..first_firm[cell + 1]).contains(&row),
                "{row} in {cell}"
            );
        }
    }

    #[test]
    fn cells_spend_their_budget_and_firms_earn_their_margin() {
        let cells = Cells::equal(3_000, 7);
        let start = Start::of(&cells, 1);
        let mut model = OnEcs::new(cells.clone(), start, 1);
        for _ in 0..5 {
            model.tick();
        }
        let mut firms = model
            .world
            .query::<(&LogCost, &LogPrice, &Demand, &Profit)>();
        let rows: Vec<_> = firms.iter(&model.world).collect();
        for cell in 0..cells.count() {
            let of_cell = &rows[cells.first_firm[cell]..cells.first_firm[cell + 1]];
            let revenue = of_cell
                .iter()
                .map(|(_, price, demand, _)| demand.0 * price.0.exp());
            assert!((revenue.sum::<f64>() - cells.spending[cell]).abs() < 1e-12);
            for (cost, price, demand, profit) in of_cell {
                let margin = price.0.exp() - cost.0.exp();
                assert!((profit.0 - demand.0 * margin).abs() < 1e-15);
            }
        }
    }
}
