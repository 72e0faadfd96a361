//! What firms are worth: profits expected to go on as they are.
//!
//! value = ∫ expected surplus × e^(−discount t) dt = expected surplus / discount,
//!
//! the discounted profit of one regime. Surplus is what sales leave after labour
//! and materials,
//!
//! surplus = revenue − (1 − capital's share × factor share of cost) × cost of what was sold:
//!
//! the factor of production is a composite of labour and capital paid one price,
//! and the capital in it belongs to the firm. Expected surplus follows surplus.
//! The discount does not change, so value over that of the base year is expected
//! surplus over that of the base year. Where markets for shares move investment
//! ([`crate::equity`]), their values take the place of these.

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::maths::exp;
use tradewinds_kernel::phase::Phase;

use crate::Tick;
use crate::columns::OnlyTable;
use crate::firm::{BundlesPerUnit, Firm, Line, Owner, Rows};
use crate::model::Model;
use crate::production::{ExpectedSales, Recipe};
use crate::trade::{Demand, FilledShare, PaymentSystems, Revenue, Sales};

/// How firms are valued.
#[derive(Debug, Clone, PartialEq)]
pub struct ValuationRule {
    /// Speed at which expected surplus follows surplus, per year; zero keeps values.
    pub expectation: f64,
    /// Share of the income of the factor of production that belongs to capital, `[n]`.
    pub capital_share: Vec<f64>,
}

impl ValuationRule {
    /// Values of the base year for ever.
    pub fn unchanging() -> Self {
        Self {
            expectation: 0.0,
            capital_share: Vec::new(),
        }
    }

    /// Cost of a cell that is no income of the firm, as a share of its cost.
    pub(crate) fn outlay(&self, model: &Model, cell: usize) -> f64 {
        let economy = &model.economy;
        let capital = self.capital_share.get(cell / economy.sectors);
        let capital = capital.copied().unwrap_or(0.0);
        1.0 - capital * economy.labour_cost_share[cell]
    }
}

/// Value of firms, by row.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct FirmValues {
    /// Value over that of the base year, both in reference money; negative where
    /// losses are expected. What investment follows: of one regime, unless markets for
    /// shares write theirs ([`crate::equity`]).
    pub relative: Vec<f64>,
    /// Expected surplus over that of the base year, in reference money.
    pub(crate) expected: Vec<f64>,
    /// Surplus of the base year, USD bn.
    base: Vec<f64>,
}

impl FirmValues {
    /// Expected surplus over that of the base year, by firm.
    pub fn expected(&self) -> &[f64] {
        &self.expected
    }

    /// Surplus of the base year, by firm, USD bn; empty where nothing is valued.
    pub fn base_surplus(&self) -> &[f64] {
        &self.base
    }
}

/// Values firms. Add after trade.
pub struct ValuationPlugin;

/// Systems that value firms.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ValuationSystems;

impl Plugin for ValuationPlugin {
    fn build(&self, app: &mut App) {
        let frictions = &app.world().resource::<Model>().frictions;
        let base = match frictions.valuation.expectation > 0.0 || frictions.equity.is_on {
            true => base_surplus(app.world_mut()),
            false => Vec::new(),
        };
        let relative = vec![1.0; app.world().resource::<Rows>().firm_count()];
        app.insert_resource(FirmValues {
            expected: relative.clone(),
            relative,
            base,
        })
        .add_systems(
            Tick,
            value_firms
                .in_set(Phase::Settle)
                .in_set(ValuationSystems)
                .after(PaymentSystems),
        );
    }
}

/// Surplus of firms before the first tick, USD bn a year.
fn base_surplus(world: &mut World) -> Vec<f64> {
    let mut lines = world.query_filtered::<(&Sales, &Owner), With<Line>>();
    let mut surplus = vec![0.0; world.resource::<Rows>().firm_count()];
    for (sales, owner) in lines.iter(world) {
        surplus[owner.0 as usize] += sales.value;
    }
    let mut firms = world.query_filtered::<(&ExpectedSales, &BundlesPerUnit), With<Firm>>();
    let cost: Vec<f64> = (firms.iter(world))
        .map(|(sales, bundles)| sales.0 * bundles.0)
        .collect();
    let (model, rows) = (world.resource::<Model>(), world.resource::<Rows>());
    for cell in 0..model.economy.markets() {
        let outlay = model.frictions.valuation.outlay(model, cell);
        for firm in rows.firms[cell]..rows.firms[cell + 1] {
            surplus[firm] -= outlay * cost[firm];
        }
    }
    surplus
}

pub(crate) fn value_firms(
    model: Res<Model>,
    clock: Res<Clock>,
    rows: Res<Rows>,
    recipe: Res<Recipe>,
    revenue: Res<Revenue>,
    filled: Res<FilledShare>,
    mut values: ResMut<FirmValues>,
    firms: Query<(&Demand, &BundlesPerUnit), With<Firm>>,
) {
    let rule = &model.frictions.valuation;
    if rule.expectation == 0.0 {
        return;
    }
    let closed = clock.closing_share(rule.expectation);
    let (demand, bundles) = firms.table();
    let FirmValues {
        relative,
        expected,
        base,
    } = &mut *values;
    for cell in 0..model.economy.markets() {
        let outlay = rule.outlay(&model, cell) * exp(recipe.log_cost[cell]);
        for firm in rows.firms[cell]..rows.firms[cell + 1] {
            let sold = demand[firm].0 * filled.0[firm] * bundles[firm].0;
            let surplus = revenue.0[firm] - outlay * sold;
            // A firm whose capital earned nothing has no value to compare with.
            if base[firm] > 0.0 {
                expected[firm] += closed * (surplus / base[firm] - expected[firm]);
            }
        }
    }
    if !model.frictions.equity.moves_investment {
        relative.copy_from_slice(expected);
    }
}
