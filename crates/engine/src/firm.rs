//! Firms and their lines: who produces, and who sells where.
//!
//! A firm belongs to an economy and a sector. A line is a firm in one
//! destination. Firms are rows sorted by (economy, sector, rank by size), lines
//! by (destination, sector, origin, firm), so that the lines of one bilateral
//! flow are one contiguous range. The base sales of the lines of a flow add up
//! to the flow exactly.
//!
//! Money is in USD bn, quantities in the firm's own physical units, of which
//! one costs `1 / productivity` to make at base wages and input prices.

use std::iter::repeat_n;

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use rand::RngExt;
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::clock::{Clock, closing_share};
use tradewinds_kernel::draws::{Decision, Draws};
use tradewinds_kernel::maths::{Kernel, dispatch, exp, ln, pow};
use tradewinds_kernel::phase::Phase;

use crate::Tick;
use crate::accounts::Cash;
use crate::columns::{OnlyTable, raw};
use crate::credit::InterestPaid;
use crate::household::Incomes;
use crate::investment::RetainedProfit;
use crate::labour::Workforce;
use crate::model::Model;
use crate::pricing::{LogPrice, ResetClock};
use crate::production::{ExpectedSales, FinishedStock, LogUnitCost, Output, PlannedOutput};
use crate::sourcing::Opening;
use crate::trade::{Demand, Sales};

/// Sizes of the firms of a cell.
pub const FIRM_SIZE: Decision = Decision::named("firm size");
/// Productivity shock of a firm in a tick.
pub const PRODUCTIVITY_SHOCK: Decision = Decision::named("productivity shock");

/// Marks the rows of firms.
#[derive(Component, Debug, Clone, Copy)]
pub struct Firm;

/// Log of output per input bundle; base value by size, moved by shocks.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct LogProductivity(pub f64);

/// Input bundles that a unit of output takes: exp(-[`LogProductivity`]).
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct BundlesPerUnit(pub f64);

/// Base value of [`LogProductivity`].
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct BaseLogProductivity(pub f64);

/// Marks the rows of lines.
#[derive(Component, Debug, Clone, Copy)]
pub struct Line;

/// Row of the firm that owns the line.
#[derive(Component, Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner(pub u32);

/// Share of the line in its bilateral flow in the base year, by value.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct BaseShare(pub f64);

/// Log of the base price at the factory gate, USD bn per unit.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct BaseLogPrice(pub f64);

/// Where the rows of each cell and flow begin: `cell c` owns firms
/// `firms[c]..firms[c + 1]`, `flow o` owns lines `lines[o]..lines[o + 1]`.
///
/// Flows are in line order: `(destination * S + sector) * N + origin`.
#[derive(Resource, Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// First firm of each (economy, sector), and the number of firms.
    pub firms: Vec<usize>,
    /// First line of each flow in line order, and the number of lines.
    pub lines: Vec<usize>,
}

impl Rows {
    /// Position of a flow in line order.
    pub fn flow(economy: &Economy, buyer: usize, origin: usize, sector: usize) -> usize {
        economy.market(buyer, sector) * economy.economies + origin
    }

    /// Number of firms.
    pub fn firm_count(&self) -> usize {
        self.firms.last().copied().unwrap_or(0)
    }

    /// Number of lines.
    pub fn line_count(&self) -> usize {
        self.lines.last().copied().unwrap_or(0)
    }
}

/// Creates firms and lines, moves productivity, pays dividends.
pub struct FirmPlugin;

impl Plugin for FirmPlugin {
    fn build(&self, app: &mut App) {
        let model = app.world().resource::<Model>().clone();
        let draws = *app.world().resource::<Draws>();
        let census = Census::take(&model, &draws);
        census.spawn(&model, app.world_mut());
        app.add_systems(
            Tick,
            (
                shock_productivity.in_set(Phase::FormExpectations),
                pay_dividends
                    .in_set(Phase::Settle)
                    .after(crate::trade::PaymentSystems),
            ),
        );
    }
}

/// Log productivity is an Ornstein-Uhlenbeck process by its exact transition.
fn shock_productivity(
    model: Res<Model>,
    clock: Res<Clock>,
    draws: Res<Draws>,
    mut firms: Query<
        (
            &mut LogProductivity,
            &mut BundlesPerUnit,
            &BaseLogProductivity,
        ),
        With<Firm>,
    >,
) {
    let noise = model.frictions.productivity_noise;
    if noise == 0.0 {
        return;
    }
    let kept = 1.0 - clock.closing_share(model.frictions.productivity_reversion);
    let scale = noise * (1.0 - kept * kept).sqrt();
    let (mut productivity, mut bundles, base) = firms.table_mut();
    let mut shocks = vec![0.0; base.len()];
    draws.fill_normal(PRODUCTIVITY_SHOCK, 0, clock.index(), &mut shocks);
    dispatch(Shock {
        productivity: raw(&mut productivity),
        bundles: raw(&mut bundles),
        base,
        shocks: &shocks,
        kept,
        scale,
    });
}

/// One step of the productivity of all firms.
struct Shock<'a> {
    productivity: &'a mut [LogProductivity],
    bundles: &'a mut [BundlesPerUnit],
    base: &'a [BaseLogProductivity],
    shocks: &'a [f64],
    kept: f64,
    scale: f64,
}

impl Kernel for Shock<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for firm in 0..self.shocks.len() {
            let base = self.base[firm].0;
            let deviation = self.productivity[firm].0 - base;
            let level = base + self.kept * deviation + self.scale * self.shocks[firm];
            self.productivity[firm].0 = level;
            self.bundles[firm].0 = exp(-level);
        }
    }
}

/// A firm pays out its cash at the speed of dividends, less what it keeps for
/// investment; a negative payment is money its owners put in.
pub(crate) fn pay_dividends(
    model: Res<Model>,
    clock: Res<Clock>,
    rows: Res<Rows>,
    mut incomes: ResMut<Incomes>,
    mut firms: Query<(&mut Cash, &mut Dividend, &RetainedProfit), With<Firm>>,
) {
    let share = clock.closing_share(model.frictions.dividend_speed);
    let (mut cash, mut dividend, retained) = firms.table_mut();
    let (cash, dividend) = (raw(&mut cash), raw(&mut dividend));
    let sectors = model.economy.sectors;
    for cell in 0..rows.firms.len() - 1 {
        let mut paid = 0.0;
        for firm in rows.firms[cell]..rows.firms[cell + 1] {
            let payment = share * cash[firm].0;
            cash[firm].0 -= payment;
            dividend[firm].0 = payment - retained[firm].0;
            paid += dividend[firm].0;
        }
        incomes.profit[cell / sectors] += paid;
    }
}

/// Paid to the owners this tick, USD bn.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct Dividend(pub f64);

/// Firms and lines before they are spawned.
struct Census {
    rows: Rows,
    /// Size of each firm within its cell; sums to 1 over the cell.
    size: Vec<f64>,
    log_productivity: Vec<f64>,
    owner: Vec<u32>,
    base_share: Vec<f64>,
    base_log_price: Vec<f64>,
    /// Base sales of each line, USD bn a year.
    base_sales: Vec<f64>,
}

impl Census {
    fn take(model: &Model, draws: &Draws) -> Self {
        let economy = &model.economy;
        let mut census = Self {
            rows: Rows {
                firms: vec![0],
                lines: vec![0],
            },
            size: Vec::new(),
            log_productivity: Vec::new(),
            owner: Vec::new(),
            base_share: Vec::new(),
            base_log_price: Vec::new(),
            base_sales: Vec::new(),
        };
        for origin in 0..economy.economies {
            for sector in 0..economy.sectors {
                census.add_cell(model, draws, origin, sector);
            }
        }
        let largest = largest_exports(economy);
        let opening = Opening::of(model);
        for buyer in 0..economy.economies {
            for sector in 0..economy.sectors {
                for origin in 0..economy.economies {
                    let sales = opening.sales[economy.flow(buyer, origin, sector)];
                    census.add_flow(model, (&largest, sales), buyer, origin, sector);
                }
            }
        }
        census
    }

    fn add_cell(&mut self, model: &Model, draws: &Draws, origin: usize, sector: usize) {
        let economy = &model.economy;
        let population = &model.population;
        let cell = economy.market(origin, sector);
        if economy.accounts().production_cost[cell] > 0.0 {
            let sizes = firm_sizes(model, draws, cell, sector);
            let count = sizes.len() as f64;
            let slope = 1.0 / (population.firm_elasticity[sector] - 1.0);
            self.log_productivity
                .extend(sizes.iter().map(|size| slope * ln(size * count)));
            self.size.extend(sizes);
        }
        self.rows.firms.push(self.size.len());
    }

    fn add_flow(
        &mut self,
        model: &Model,
        (largest, sales): (&[f64], f64),
        buyer: usize,
        origin: usize,
        sector: usize,
    ) {
        let economy = &model.economy;
        let flow = economy.flow(buyer, origin, sector);
        let cell = economy.market(origin, sector);
        let base_sales = economy.accounts().sales[flow];
        if sales > 0.0 {
            let first = self.rows.firms[cell];
            let count = self.rows.firms[cell + 1] - first;
            let sellers = if buyer == origin {
                count
            } else if base_sales <= 0.0 {
                // A link that opens is served by the largest firm.
                1
            } else {
                // Equal firms have no reason to choose other destinations than their like.
                let relative_size = match model.population.size_tail {
                    Some(_) => base_sales / largest[cell],
                    None => 1.0,
                };
                exporters(
                    count,
                    model.population.exporter_share[sector],
                    relative_size,
                )
            };
            let served: f64 = self.size[first..first + sellers].iter().sum();
            for firm in first..first + sellers {
                let share = self.size[firm] / served;
                self.owner.push(firm as u32);
                self.base_share.push(share);
                self.base_log_price
                    .push(ln(economy.markup[flow]) - self.log_productivity[firm]);
                self.base_sales.push(share * sales);
            }
        }
        self.rows.lines.push(self.owner.len());
    }

    fn spawn(self, model: &Model, world: &mut World) {
        let output = self.base_output();
        let years = model.tick.years();
        let paid = closing_share(model.frictions.dividend_speed, years);
        let profit = self.base_profit(model);
        let sectors = model.economy.sectors;
        let cover: Vec<f64> = (self.rows.firms.windows(2).enumerate())
            .flat_map(|(cell, firms)| {
                repeat_n(model.finished_cover(cell % sectors), firms[1] - firms[0])
            })
            .collect();
        let firms = (0..self.size.len()).map(|firm| {
            // Cash at which the dividend of a tick equals its profit.
            let cash = profit[firm] * years * (1.0 - paid) / paid;
            (
                Firm,
                LogProductivity(self.log_productivity[firm]),
                BundlesPerUnit(exp(-self.log_productivity[firm])),
                BaseLogProductivity(self.log_productivity[firm]),
                LogUnitCost(-self.log_productivity[firm]),
                ExpectedSales(output[firm]),
                FinishedStock(cover[firm] * output[firm]),
                PlannedOutput(output[firm]),
                Output(output[firm]),
                Demand(output[firm]),
                Workforce(0.0),
                Cash(cash),
                Dividend(0.0),
                RetainedProfit(0.0),
                InterestPaid(0.0),
            )
        });
        world.spawn_batch(firms.collect::<Vec<_>>());
        let lines = (0..self.owner.len()).map(|line| {
            (
                Line,
                Owner(self.owner[line]),
                BaseShare(self.base_share[line]),
                BaseLogPrice(self.base_log_price[line]),
                LogPrice(self.base_log_price[line]),
                ResetClock::default(),
                Sales {
                    value: self.base_sales[line],
                    quantity: 0.0,
                },
            )
        });
        world.spawn_batch(lines.collect::<Vec<_>>());
        world.insert_resource(self.rows);
    }

    /// Units each firm sells in a base year.
    fn base_output(&self) -> Vec<f64> {
        let mut output = vec![0.0; self.size.len()];
        for (line, owner) in self.owner.iter().enumerate() {
            output[*owner as usize] += self.base_sales[line] * exp(-self.base_log_price[line]);
        }
        output
    }

    /// Profit of each firm in a base year, USD bn.
    fn base_profit(&self, model: &Model) -> Vec<f64> {
        let economy = &model.economy;
        let mut profit = vec![0.0; self.size.len()];
        for buyer in 0..economy.economies {
            for sector in 0..economy.sectors {
                for origin in 0..economy.economies {
                    let markup = economy.markup[economy.flow(buyer, origin, sector)];
                    let flow = Rows::flow(economy, buyer, origin, sector);
                    for line in self.rows.lines[flow]..self.rows.lines[flow + 1] {
                        profit[self.owner[line] as usize] +=
                            self.base_sales[line] * (1.0 - 1.0 / markup);
                    }
                }
            }
        }
        profit
    }
}

/// Largest export flow of each cell, USD bn a year.
fn largest_exports(economy: &Economy) -> Vec<f64> {
    let mut largest = vec![0.0_f64; economy.markets()];
    for buyer in 0..economy.economies {
        for origin in (0..economy.economies).filter(|origin| *origin != buyer) {
            for sector in 0..economy.sectors {
                let cell = economy.market(origin, sector);
                let sales = economy.accounts().sales[economy.flow(buyer, origin, sector)];
                largest[cell] = largest[cell].max(sales);
            }
        }
    }
    largest
}

/// Firms that serve an export flow: all exporters of the cell serve its
/// largest destination, fewer the smaller ones, at least one firm each. Exporters of
/// equal size all serve every destination.
fn exporters(firms: usize, exporter_share: f64, relative_size: f64) -> usize {
    let exporters = (firms as f64 * exporter_share).round().max(1.0);
    let serving = (exporters * relative_size.sqrt()).ceil();
    (serving as usize).clamp(1, firms)
}

/// Sizes of the firms of a cell in descending order, summing to 1: a Pareto
/// distribution truncated at a thousand times the smallest size.
fn firm_sizes(model: &Model, draws: &Draws, cell: usize, sector: usize) -> Vec<f64> {
    const LARGEST_TO_SMALLEST: f64 = 1000.0;
    let count = model.population.firms_in(cell);
    let Some(tails) = &model.population.size_tail else {
        return vec![1.0 / count as f64; count];
    };
    let tail = tails[sector];
    let kept = 1.0 - pow(LARGEST_TO_SMALLEST, -tail);
    let mut stream = draws.stream(FIRM_SIZE, cell as u32);
    let mut sizes: Vec<f64> = (0..count)
        .map(|_| pow(1.0 - kept * stream.random::<f64>(), -1.0 / tail))
        .collect();
    sizes.sort_by(|a, b| b.total_cmp(a));
    let total: f64 = sizes.iter().sum();
    sizes.iter().map(|size| size / total).collect()
}
