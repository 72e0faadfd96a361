//! Capacity: what one more unit costs depends on how much of the plant is in use.
//!
//! marginal cost = unit cost × (u / u0)^ξ1 × \[1 + ξ2 max(0, u − u0)²\],   u = expected sales / capacity,
//!
//! one at the use of the base year u0. A firm that loses sales gets cheaper at the
//! margin and sells cheaper everywhere: that is how goods turned away by a duty
//! reach third countries at lower prices. Congestion makes a rush dear. The factor
//! is a price of scarce capacity, not an outlay: what firms pay for labour and
//! materials does not change with it, the difference is profit. Capacity is that of
//! the base year; it neither wears out nor grows.

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_kernel::maths::{ln, ln_slice};
use tradewinds_kernel::phase::Phase;

use crate::Tick;
use crate::columns::{OnlyTable, raw};
use crate::firm::Firm;
use crate::model::Model;
use crate::production::{ExpectedSales, LogUnitCost, ProductionPlanSystems, price_inputs};

/// How marginal cost depends on the use of capacity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CapacityRule {
    /// Elasticity of marginal cost to use ξ1.
    pub slope: f64,
    /// Congestion ξ2: marginal cost rises by this times the square of use above
    /// that of the base year.
    pub congestion: f64,
    /// Use of capacity in the base year u0, share.
    pub base_use: f64,
}

impl CapacityRule {
    /// Constant marginal cost.
    pub fn unlimited() -> Self {
        Self {
            slope: 0.0,
            congestion: 0.0,
            base_use: 0.85,
        }
    }

    fn is_off(&self) -> bool {
        self.slope == 0.0 && self.congestion == 0.0
    }

    /// Log of the factor at the log of use over that of the base year and use itself.
    fn log_factor(&self, log_use: f64, used: f64) -> f64 {
        let above = (used - self.base_use).max(0.0);
        let factor = self.slope * log_use;
        match above > 0.0 {
            true => factor + ln(1.0 + self.congestion * above * above),
            false => factor,
        }
    }
}

/// Plant of each firm, by row.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct Capacity {
    /// Units a year at the use of the base year: capacity times u0.
    pub normal_output: Vec<f64>,
    /// Use over that of the base year, by firm.
    pub relative_use: Vec<f64>,
}

/// Makes marginal cost depend on the use of capacity. Add after
/// [`crate::production::ProductionPlugin`].
pub struct CapacityPlugin;

impl Plugin for CapacityPlugin {
    fn build(&self, app: &mut App) {
        let world = app.world_mut();
        let mut firms = world.query_filtered::<&ExpectedSales, With<Firm>>();
        let normal_output: Vec<f64> = firms.iter(world).map(|sales| sales.0).collect();
        let relative_use = vec![1.0; normal_output.len()];
        app.insert_resource(Capacity {
            normal_output,
            relative_use,
        })
        .add_systems(
            Tick,
            price_capacity
                .in_set(Phase::Plan)
                .in_set(ProductionPlanSystems)
                .after(price_inputs),
        );
    }
}

/// Adds the price of capacity to the unit cost of every firm.
fn price_capacity(
    model: Res<Model>,
    mut capacity: ResMut<Capacity>,
    mut firms: Query<(&mut LogUnitCost, &ExpectedSales), With<Firm>>,
) {
    let rule = &model.frictions.capacity;
    if rule.is_off() {
        return;
    }
    let (mut cost, expected) = firms.table_mut();
    let cost = raw(&mut cost);
    let Capacity {
        normal_output,
        relative_use,
    } = &mut *capacity;
    for (used, (expected, normal)) in relative_use
        .iter_mut()
        .zip(expected.iter().zip(normal_output.iter()))
    {
        // A firm without sales keeps the cost of hardly any.
        *used = (expected.0 / normal).max(1e-3);
    }
    let mut log_use = relative_use.clone();
    ln_slice(&mut log_use);
    for (cost, (log_use, used)) in cost.iter_mut().zip(log_use.iter().zip(relative_use.iter())) {
        cost.0 += rule.log_factor(*log_use, used * rule.base_use);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> CapacityRule {
        CapacityRule {
            slope: 0.15,
            congestion: 2.0,
            base_use: 0.85,
        }
    }

    fn factor(relative_use: f64) -> f64 {
        rule().log_factor(ln(relative_use), relative_use * 0.85)
    }

    #[test]
    fn marginal_cost_is_one_at_the_use_of_the_base_year() {
        assert_eq!(factor(1.0).to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn lost_sales_lower_and_a_rush_raises_marginal_cost_more_than_in_proportion() {
        assert!((factor(0.9) - 0.15 * ln(0.9)).abs() < 1e-15);
        let above: f64 = 0.85 * 0.2;
        let expected = 0.15 * ln(1.2) + ln(1.0 + 2.0 * above * above);
        assert!((factor(1.2) - expected).abs() < 1e-15);
        assert!(factor(1.2) > -factor(1.0 / 1.2));
    }
}
