//! Capacity: what one more unit costs depends on how much of the plant is in use.
//!
//! marginal cost = unit cost × (u / u0)^ξ1 × \[1 + ξ2 max(0, u − u0)²\],   u = expected sales / capacity,
//!
//! one at the use of the base year u0. A firm that loses sales gets cheaper at the
//! margin and sells cheaper everywhere: that is how goods turned away by a duty
//! reach third countries at lower prices. Congestion makes a rush dear. A seller
//! knows that its new price will change its own sales and so its own marginal cost:
//! of the way to markup × marginal cost at today's use it goes
//!
//! 1 / (1 + ε × d ln marginal cost / d ln u),   ε = elasticity of demand × line's share of the firm's sales,
//!
//! the first step of the solution of price = markup × marginal cost(sales(price)).
//! A seller who took today's use for given would swing between idle and overrun
//! plants for ever, the more so the steeper the curve. The factor
//! is a price of scarce capacity, not an outlay: what firms pay for labour and
//! materials does not change with it, the difference is profit. Capacity is that of
//! the base year; it neither wears out nor grows.

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_kernel::maths::{Kernel, dispatch, ln};
use tradewinds_kernel::phase::Phase;

use crate::Tick;
use crate::columns::{OnlyTable, raw};
use crate::firm::{BaseShare, Firm, Line, Owner, Rows};
use crate::model::Model;
use crate::production::{ExpectedSales, LogUnitCost, ProductionPlanSystems, price_inputs};
use crate::sourcing::Opening;

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

    /// Elasticity of marginal cost to use, at this use.
    fn elasticity(&self, used: f64) -> f64 {
        let above = (used - self.base_use).max(0.0);
        let congestion = self.congestion * above;
        self.slope + 2.0 * congestion * used / (1.0 + congestion * above)
    }

    /// Log of the factor at the log of use over that of the base year and use itself.
    #[inline(always)]
    fn log_factor(&self, log_use: f64, used: f64) -> f64 {
        let above = (used - self.base_use).max(0.0);
        let factor = self.slope * log_use;
        let congested = factor + ln(1.0 + self.congestion * above * above);
        if above > 0.0 { congested } else { factor }
    }
}

/// Plant of each firm, by row.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct Capacity {
    /// Units a year at the use of the base year: capacity times u0.
    pub normal_output: Vec<f64>,
    /// Use over that of the base year, by firm.
    pub relative_use: Vec<f64>,
    /// Elasticity of marginal cost to use at the use of this tick, by firm; empty
    /// where marginal cost is constant.
    elasticity: Vec<f64>,
    /// Elasticity of the sales of its firm to the price of each line.
    own_sales: Vec<f64>,
}

impl Capacity {
    /// The part of a wanted change of the log price of a line that leaves its price
    /// right once the firm's sales have answered.
    #[inline]
    pub fn settled(&self, firm: usize, line: usize, change: f64) -> f64 {
        match self.elasticity.get(firm) {
            Some(elasticity) => change / (1.0 + elasticity * self.own_sales[line]),
            None => change,
        }
    }
}

/// Elasticity of the sales of its firm to the price of each line at base shares.
fn own_sales(model: &Model, rows: &Rows, shares: &[f64], owners: &[usize]) -> Vec<f64> {
    let economy = &model.economy;
    let sales = Opening::of(model).sales;
    let mut value = vec![0.0; shares.len()];
    let mut elasticity = vec![0.0; shares.len()];
    for (n, s) in (0..economy.markets()).map(|at| (at / economy.sectors, at % economy.sectors)) {
        for i in 0..economy.economies {
            let row = Rows::flow(economy, n, i, s);
            let among = match i == n {
                true => economy.eps[s],
                false => economy.sigma[s],
            };
            let firms = model.population.firm_elasticity[s];
            for line in rows.lines[row]..rows.lines[row + 1] {
                value[line] = sales[economy.flow(n, i, s)] * shares[line];
                elasticity[line] = firms - (firms - among) * shares[line];
            }
        }
    }
    let mut total = vec![0.0; rows.firm_count()];
    for (firm, value) in owners.iter().zip(&value) {
        total[*firm] += value;
    }
    for (line, firm) in owners.iter().enumerate() {
        if total[*firm] > 0.0 {
            elasticity[line] *= value[line] / total[*firm];
        }
    }
    elasticity
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
        let (model, rows) = (
            world.resource::<Model>().clone(),
            world.resource::<Rows>().clone(),
        );
        let mut lines = world.query_filtered::<(&BaseShare, &Owner), With<Line>>();
        let (shares, owners): (Vec<f64>, Vec<usize>) = (lines.iter(world))
            .map(|(share, owner)| (share.0, owner.0 as usize))
            .unzip();
        let rule = &model.frictions.capacity;
        let (elasticity, own_sales) = match rule.is_off() {
            true => (Vec::new(), Vec::new()),
            false => (
                vec![rule.slope; normal_output.len()],
                own_sales(&model, &rows, &shares, &owners),
            ),
        };
        app.insert_resource(Capacity {
            normal_output,
            relative_use,
            elasticity,
            own_sales,
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
        elasticity,
        ..
    } = &mut *capacity;
    for (used, (expected, normal)) in relative_use
        .iter_mut()
        .zip(expected.iter().zip(normal_output.iter()))
    {
        // A firm without sales keeps the cost of hardly any.
        *used = (expected.0 / normal).max(1e-3);
    }
    for (elasticity, used) in elasticity.iter_mut().zip(relative_use.iter()) {
        *elasticity = rule.elasticity(used * rule.base_use);
    }
    dispatch(AddCapacity {
        cost,
        relative_use,
        rule,
    });
}

/// The price of capacity, added to the cost of every firm.
struct AddCapacity<'a> {
    cost: &'a mut [LogUnitCost],
    relative_use: &'a [f64],
    rule: &'a CapacityRule,
}

impl Kernel for AddCapacity<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let rule = *self.rule;
        for (cost, used) in self.cost.iter_mut().zip(self.relative_use) {
            cost.0 += rule.log_factor(ln(*used), used * rule.base_use);
        }
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
    fn the_elasticity_of_marginal_cost_is_its_slope_in_logs() {
        for used in [0.3, 0.84, 0.86, 0.95, 1.6] {
            let step = 1e-6;
            let at = |log_used: f64| {
                let used = tradewinds_kernel::maths::exp(log_used);
                rule().log_factor(log_used - ln(0.85), used)
            };
            let slope = (at(ln(used) + step) - at(ln(used) - step)) / (2.0 * step);
            assert!((rule().elasticity(used) - slope).abs() < 1e-6, "{used}");
        }
    }

    /// Price over markup × cost of a seller with demand u = (p / p0)^−6 who goes
    /// again and again to its best price.
    #[test]
    fn a_seller_settles_where_price_and_marginal_cost_agree() {
        let capacity = |log_price: f64, step: bool| {
            let log_use = -6.0 * (log_price - 0.1);
            let used = 0.85 * tradewinds_kernel::maths::exp(log_use);
            let wanted = rule().log_factor(log_use, used) - log_price;
            let elasticity = if step {
                vec![rule().elasticity(used)]
            } else {
                Vec::new()
            };
            let own_sales = vec![6.0];
            let capacity = Capacity {
                normal_output: vec![1.0],
                relative_use: vec![1.0],
                elasticity,
                own_sales,
            };
            (wanted, log_price + capacity.settled(0, 0, wanted))
        };
        let gap = |step: bool| {
            let last = (0..4).fold(0.0, |log_price, _| capacity(log_price, step).1);
            capacity(last, step).0.abs()
        };
        assert!(gap(true) < 1e-5, "{}", gap(true));
        assert!(gap(false) > 100.0 * gap(true) + 1.0, "{}", gap(false));
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
