//! Production: unit costs, output plans, materials and what is made.
//!
//! Unit cost follows the wage and input prices ([`crate::inputs`]), divided by
//! the firm's productivity. Firms plan on expected sales, produce from materials
//! bought in earlier ticks and from labour, and bring both stocks to their cover:
//!
//! planned output = expected sales + κ × (cover × expected sales − stock),
//! ordered materials = planned use + κ × (cover × planned use − stock),
//!
//! both never below zero. Materials follow planned output, not expected sales:
//! with a cover of one tick, stocks for expected sales alone would never let a
//! firm make more than it expects to sell, and a finished stock once drawn down
//! could not be rebuilt.
//!
//! A shortage of an input lowers output by its criticality c (Pichler and others
//! 2022): output = planned × min over inputs of \[1 − c × missing share\]. What is
//! missing of inputs that are not critical, firms go without.

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use bytemuck::TransparentWrapper;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::phase::Phase;

use crate::Tick;
use crate::columns::{OnlyTable, raw};
use crate::firm::{BundlesPerUnit, Firm, LogProductivity, Rows};
use crate::inputs::{Inputs, adapt_inputs};
use crate::labour::{Staff, Wages};
use crate::model::Model;
use crate::sourcing::MarketPrices;
use crate::trade::Demand;

/// Log of the cost of one unit at current wages and input prices.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct LogUnitCost(pub f64);

/// Units a firm expects to sell in a year.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct ExpectedSales(pub f64);

/// Finished goods in stock, units.
#[derive(Component, TransparentWrapper, Debug, Clone, Copy, PartialEq)]
#[repr(transparent)]
pub struct FinishedStock(pub f64);

/// Units a year that a firm wants to make.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct PlannedOutput(pub f64);

/// Units a year that a firm makes.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct Output(pub f64);

/// What one unit of output of productivity 1 takes, by cell.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct Recipe {
    /// Log of unit cost relative to the base year, `[n][s]`.
    pub log_cost: Vec<f64>,
    /// Labour per unit, in base wage bills, `[n][s]`.
    pub labour: Vec<f64>,
    /// Units of the composite of input k per unit, `[n][k][s]`.
    pub materials: Vec<f64>,
}

/// Materials of firms, by input: entry `k * firms + f`, in units of the
/// composite (1 USD bn at base prices).
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct Materials {
    /// In stock.
    pub stock: Vec<f64>,
    /// Ordered this tick, a year.
    pub ordered: Vec<f64>,
    /// What firms of a cell needed for their output and went without, all inputs
    /// together, `[n][s]`, units a year.
    pub missed: Vec<f64>,
}

/// Systems that set unit costs and output plans.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProductionPlanSystems;

/// Plans output and orders, and produces. Add after [`crate::firm::FirmPlugin`].
pub struct ProductionPlugin;

impl Plugin for ProductionPlugin {
    fn build(&self, app: &mut App) {
        let model = app.world().resource::<Model>().clone();
        let rows = app.world().resource::<Rows>().clone();
        let recipe = Recipe::at_base(&model);
        let world = app.world_mut();
        let mut firms = world.query_filtered::<(&ExpectedSales, &BundlesPerUnit), With<Firm>>();
        let bundles: Vec<f64> = firms
            .iter(world)
            .map(|(sales, bundles)| sales.0 * bundles.0)
            .collect();
        let materials = Materials::at_rest(&model, &rows, &recipe, &bundles);
        app.insert_resource(Inputs::new(&model))
            .insert_resource(recipe)
            .insert_resource(materials)
            .add_systems(
                Tick,
                (
                    expect_sales.in_set(Phase::FormExpectations),
                    (price_inputs, adapt_inputs, plan_output, order_materials)
                        .chain()
                        .in_set(Phase::Plan)
                        .in_set(ProductionPlanSystems),
                    produce.in_set(Phase::Produce),
                ),
            );
    }
}

impl Recipe {
    fn at_base(model: &Model) -> Self {
        Self {
            log_cost: vec![0.0; model.economy.markets()],
            labour: model.economy.labour_cost_share.clone(),
            materials: model.economy.input_cost_share.clone(),
        }
    }
}

impl Materials {
    fn at_rest(model: &Model, rows: &Rows, recipe: &Recipe, bundles: &[f64]) -> Self {
        let economy = &model.economy;
        let firms = rows.firm_count();
        let mut ordered = vec![0.0; economy.sectors * firms];
        let mut stock = ordered.clone();
        for_each_input(model, rows, |input, k, range| {
            let cover = model.material_cover(k);
            for firm in range {
                let use_a_year = recipe.materials[input] * bundles[firm];
                ordered[k * firms + firm] = use_a_year;
                stock[k * firms + firm] = cover * use_a_year;
            }
        });
        Self {
            stock,
            ordered,
            missed: vec![0.0; economy.markets()],
        }
    }
}

/// What of a wanted use is left where only part of the input is there, and output
/// falls by a share of the shortage.
fn allowed(wanted: f64, at_hand: f64, criticality: f64) -> f64 {
    if criticality >= 1.0 {
        return at_hand;
    }
    wanted - criticality * (wanted - at_hand).max(0.0)
}

/// Calls with the index of the input share, the input sector and the firms of
/// every (economy, input, sector) that uses the input.
fn for_each_input(
    model: &Model,
    rows: &Rows,
    mut visit: impl FnMut(usize, usize, std::ops::Range<usize>),
) {
    let economy = &model.economy;
    for n in 0..economy.economies {
        for s in 0..economy.sectors {
            let cell = economy.market(n, s);
            let firms = rows.firms[cell]..rows.firms[cell + 1];
            for k in 0..economy.sectors {
                let input = economy.input(n, k, s);
                if economy.input_cost_share[input] > 0.0 && !firms.is_empty() {
                    visit(input, k, firms.clone());
                }
            }
        }
    }
}

/// Expected sales follow what was demanded, filled or not.
fn expect_sales(
    model: Res<Model>,
    clock: Res<Clock>,
    mut firms: Query<(&mut ExpectedSales, &Demand), With<Firm>>,
) {
    let closed = clock.closing_share(model.frictions.sales_expectation);
    let (mut expected, demand) = firms.table_mut();
    for (expected, demand) in raw(&mut expected).iter_mut().zip(demand) {
        expected.0 += closed * (demand.0 - expected.0);
    }
}

/// Unit cost and input requirements at current wages and last tick's prices.
pub(crate) fn price_inputs(
    model: Res<Model>,
    rows: Res<Rows>,
    wages: Res<Wages>,
    prices: Res<MarketPrices>,
    mut inputs: ResMut<Inputs>,
    mut recipe: ResMut<Recipe>,
    mut firms: Query<(&mut LogUnitCost, &LogProductivity), With<Firm>>,
) {
    let economy = &model.economy;
    inputs.see(&wages.log_wage, &prices.log_composite);
    for n in 0..economy.economies {
        inputs.choose(economy, &mut recipe, n);
    }
    let (mut cost, productivity) = firms.table_mut();
    let cost = raw(&mut cost);
    for cell in 0..economy.markets() {
        for firm in rows.firms[cell]..rows.firms[cell + 1] {
            cost[firm].0 = recipe.log_cost[cell] - productivity[firm].0;
        }
    }
}

/// Plans for a tick follow the sales expected in its middle.
fn plan_output(
    model: Res<Model>,
    clock: Res<Clock>,
    rows: Res<Rows>,
    mut firms: Query<(&mut PlannedOutput, &ExpectedSales, &Demand, &FinishedStock), With<Firm>>,
) {
    let speed = model.frictions.stock_adjustment;
    let closed = clock.closing_share_at_middle(model.frictions.sales_expectation);
    let (mut planned, expected, demand, stock) = firms.table_mut();
    let planned = raw(&mut planned);
    for cell in 0..model.economy.markets() {
        let cover = model.finished_cover(cell % model.economy.sectors);
        for firm in rows.firms[cell]..rows.firms[cell + 1] {
            let (expected, stock) = (expected[firm].0, stock[firm].0);
            let expected = expected + closed * (demand[firm].0 - expected);
            planned[firm].0 = (expected + speed * (cover * expected - stock)).max(0.0);
        }
    }
}

fn order_materials(
    model: Res<Model>,
    rows: Res<Rows>,
    recipe: Res<Recipe>,
    staff: Res<Staff>,
    mut materials: ResMut<Materials>,
    firms: Query<(&PlannedOutput, &BundlesPerUnit), With<Firm>>,
) {
    let (planned, bundles_per_unit) = firms.table();
    let count = rows.firm_count();
    let speed = model.frictions.stock_adjustment;
    let at_once = model.frictions.staffing.is_at_once();
    let bundles: Vec<f64> = planned
        .iter()
        .zip(bundles_per_unit)
        .zip(&staff.share)
        .map(|((output, bundles), share)| {
            // Where staff is had at once, the pool's ration of this tick says nothing
            // about the next: to buy less for it would starve the whole economy.
            let share = if at_once { 1.0 } else { *share };
            output.0 * bundles.0 * share
        })
        .collect();
    let Materials { stock, ordered, .. } = &mut *materials;
    for_each_input(&model, &rows, |input, k, range| {
        let need = recipe.materials[input] * (1.0 + speed * model.material_cover(k));
        let at = k * count + range.start..k * count + range.end;
        let firms = bundles[range].iter().zip(&stock[at.clone()]);
        for (ordered, (bundles, stock)) in ordered[at].iter_mut().zip(firms) {
            *ordered = (need * bundles - speed * stock).max(0.0);
        }
    });
}

/// Output is what plans, labour and critical inputs allow.
fn produce(
    model: Res<Model>,
    clock: Res<Clock>,
    rows: Res<Rows>,
    recipe: Res<Recipe>,
    staff: Res<Staff>,
    mut materials: ResMut<Materials>,
    mut firms: Query<
        (
            &mut Output,
            &mut FinishedStock,
            &PlannedOutput,
            &BundlesPerUnit,
        ),
        With<Firm>,
    >,
) {
    let dt = clock.dt();
    let count = rows.firm_count();
    let (mut output, mut stock, planned, bundle) = firms.table_mut();
    let (output, stock) = (raw(&mut output), raw(&mut stock));
    for cell in 0..model.economy.markets() {
        for firm in rows.firms[cell]..rows.firms[cell + 1] {
            output[firm].0 = planned[firm].0 * staff.share[firm];
        }
    }
    let sectors = model.economy.sectors;
    let criticality = |input: usize| model.frictions.criticality[input % (sectors * sectors)];
    let mut possible = vec![f64::INFINITY; count];
    for_each_input(&model, &rows, |input, k, range| {
        let need = recipe.materials[input] * dt;
        let criticality = criticality(input);
        let stock = &materials.stock[k * count + range.start..k * count + range.end];
        let firms = output[range.clone()].iter().zip(&bundle[range.clone()]);
        let possible = possible[range].iter_mut().zip(stock);
        for ((possible, stock), (output, bundle)) in possible.zip(firms) {
            let wanted = output.0 * bundle.0;
            *possible = possible.min(allowed(wanted, stock / need, criticality));
        }
    });
    for firm in 0..count {
        output[firm].0 = output[firm].0.min(possible[firm] / bundle[firm].0);
        stock[firm].0 += output[firm].0 * dt;
    }
    let Materials { stock, missed, .. } = &mut *materials;
    missed.fill(0.0);
    for_each_input(&model, &rows, |input, k, range| {
        let need = recipe.materials[input] * dt;
        let cell = (model.economy).market(input / (sectors * sectors), input % sectors);
        let stock = &mut stock[k * count + range.start..k * count + range.end];
        let firms = output[range.clone()].iter().zip(&bundle[range]);
        for (stock, (output, bundle)) in stock.iter_mut().zip(firms) {
            let used = need * output.0 * bundle.0;
            // What rounding leaves of critical inputs is no shortage.
            if criticality(input) < 1.0 && used > *stock {
                missed[cell] += (used - *stock) / dt;
            }
            *stock = (*stock - used).max(0.0);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shortage_of_a_critical_input_limits_output_in_proportion() {
        assert!((allowed(10.0, 7.0, 1.0) - 7.0).abs() < 1e-15);
    }

    #[test]
    fn of_an_important_input_by_half_of_it_and_of_another_not_at_all() {
        assert!((allowed(10.0, 7.0, 0.5) - 8.5).abs() < 1e-15);
        assert!((allowed(10.0, 0.0, 0.5) - 5.0).abs() < 1e-15);
        assert!((allowed(10.0, 7.0, 0.0) - 10.0).abs() < 1e-15);
    }

    #[test]
    fn enough_of_an_input_never_limits_output() {
        for criticality in [0.0, 0.3, 1.0] {
            assert!(allowed(10.0, 12.0, criticality) >= 10.0);
        }
    }
}
