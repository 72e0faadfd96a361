//! Labour: who works where, at which wage.
//!
//! Labour is counted in base-year wage bills. Firms draw on the pool of their
//! economy (or of their sector where workers do not move); when plans need
//! more than the labour force, every firm gets the same share of its need.
//!
//! d ln wage / dt = speed × ln(labour demand / labour employed at rest).

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::maths::{exp, ln};
use tradewinds_kernel::phase::Phase;

use crate::Tick;
use crate::accounts::Cash;
use crate::columns::{OnlyTable, raw};
use crate::firm::{BundlesPerUnit, Firm, Rows};
use crate::household::Incomes;
use crate::model::{LabourPool, Model};
use crate::production::{Output, PlannedOutput, Recipe};

/// Labour used by a firm, in base-year wage bills a year.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct Workforce(pub f64);

/// Wages relative to the base year.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct Wages {
    /// Log of the wage, `[n][s]`; equal across sectors where workers move.
    pub log_wage: Vec<f64>,
}

/// Labour demanded and granted this tick.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct LabourRationing {
    /// Labour that plans need, `[n][s]`, in base-year wage bills.
    pub demand: Vec<f64>,
    /// Share of plans that labour allows, `[n][s]`.
    pub share: Vec<f64>,
    /// Labour employed, `[n][s]`, in base-year wage bills.
    pub employed: Vec<f64>,
}

/// Allocates labour, pays and adjusts wages. Add after production.
pub struct LabourPlugin;

impl Plugin for LabourPlugin {
    fn build(&self, app: &mut App) {
        let economy = app.world().resource::<Model>().economy.clone();
        app.insert_resource(Wages {
            log_wage: vec![0.0; economy.markets()],
        })
        .insert_resource(LabourRationing {
            demand: economy.wage_bill.clone(),
            share: vec![1.0; economy.markets()],
            employed: economy.wage_bill.clone(),
        })
        .add_systems(
            Tick,
            (
                adjust_wages.in_set(Phase::FormExpectations),
                allocate_labour.in_set(Phase::HireAndLend),
                pay_wages
                    .in_set(Phase::Settle)
                    .before(crate::household::IncomeSystems),
            ),
        );
    }
}

/// Sums an `[n][s]` array over the sectors that share a pool and calls with the
/// cells of each pool.
fn for_each_pool(model: &Model, mut visit: impl FnMut(usize, std::ops::Range<usize>)) {
    let economy: &Economy = &model.economy;
    for n in 0..economy.economies {
        let cells = economy.market(n, 0)..economy.market(n, 0) + economy.sectors;
        match model.frictions.labour {
            LabourPool::Mobile => visit(n, cells),
            LabourPool::FixedToSector => {
                for cell in cells {
                    visit(n, cell..cell + 1);
                }
            }
        }
    }
}

fn adjust_wages(
    model: Res<Model>,
    clock: Res<Clock>,
    labour: Res<LabourRationing>,
    mut wages: ResMut<Wages>,
) {
    let step = model.frictions.wage_speed * clock.dt();
    for_each_pool(&model, |_, cells| {
        let demand: f64 = labour.demand[cells.clone()].iter().sum();
        let at_rest: f64 = model.economy.wage_bill[cells.clone()].iter().sum();
        if at_rest > 0.0 && demand > 0.0 {
            let change = step * ln(demand / at_rest);
            for cell in cells {
                wages.log_wage[cell] += change;
            }
        }
    });
}

fn allocate_labour(
    model: Res<Model>,
    rows: Res<Rows>,
    recipe: Res<Recipe>,
    mut labour: ResMut<LabourRationing>,
    firms: Query<(&PlannedOutput, &BundlesPerUnit), With<Firm>>,
) {
    let (planned, bundles_per_unit) = firms.table();
    for cell in 0..model.economy.markets() {
        let bundles: f64 = (rows.firms[cell]..rows.firms[cell + 1])
            .map(|firm| planned[firm].0 * bundles_per_unit[firm].0)
            .sum();
        labour.demand[cell] = recipe.labour[cell] * bundles;
    }
    let LabourRationing { demand, share, .. } = &mut *labour;
    for_each_pool(&model, |n, cells| {
        let wanted: f64 = demand[cells.clone()].iter().sum();
        let at_rest: f64 = model.economy.wage_bill[cells.clone()].iter().sum();
        let force = at_rest / (1.0 - model.frictions.unemployment[n]);
        let granted = if wanted > force { force / wanted } else { 1.0 };
        share[cells].fill(granted);
    });
}

pub(crate) fn pay_wages(
    model: Res<Model>,
    clock: Res<Clock>,
    rows: Res<Rows>,
    recipe: Res<Recipe>,
    wages: Res<Wages>,
    mut labour: ResMut<LabourRationing>,
    mut incomes: ResMut<Incomes>,
    mut firms: Query<(&mut Cash, &mut Workforce, &Output, &BundlesPerUnit), With<Firm>>,
) {
    let (mut cash, mut workforce, output, bundles_per_unit) = firms.table_mut();
    let (cash, workforce) = (raw(&mut cash), raw(&mut workforce));
    for cell in 0..model.economy.markets() {
        let wage = exp(wages.log_wage[cell]) * clock.dt();
        let (mut paid, mut employed) = (0.0, 0.0);
        for firm in rows.firms[cell]..rows.firms[cell + 1] {
            let used = recipe.labour[cell] * output[firm].0 * bundles_per_unit[firm].0;
            workforce[firm].0 = used;
            cash[firm].0 -= wage * used;
            employed += used;
            paid += wage * used;
        }
        labour.employed[cell] = employed;
        incomes.wages[cell / model.economy.sectors] += paid;
    }
}
