//! Labour: who works where, at which wage.
//!
//! Labour is counted in base-year wage bills. Firms draw on the pool of their
//! economy (or of their sector where workers do not move). A firm hires and
//! dismisses towards the need of its plans,
//!
//! staff += min(\[separations + hiring\] of the tick, need − staff)   where need is larger,
//! staff −= min(\[separations + firing\] of the tick, staff − need)   where it is smaller,
//!
//! and works its staff overtime up to a share. A firm used to replacing those who leave
//! can take on as many more: without that, needs that go up and down by little would
//! lower staff at once and raise it in months, and hold employment below need for ever.
//! Idle staff is paid. When staff would be more than the labour force, every firm gets
//! the same share of it.
//!
//! d ln wage / dt = speed × ln(labour demand / labour employed at rest)
//!                  + indexation × inflation, not below a largest fall a year.

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::clock::{Clock, closing_share};
use tradewinds_kernel::maths::{exp, ln};
use tradewinds_kernel::phase::Phase;

use crate::Tick;
use crate::accounts::Cash;
use crate::columns::{OnlyTable, raw};
use crate::firm::{BundlesPerUnit, Firm, Rows};
use crate::household::Incomes;
use crate::model::{LabourPool, Model};
use crate::monetary::PolicyRates;
use crate::production::{Output, PlannedOutput, Recipe};

/// Labour paid by a firm, in base-year wage bills a year.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct Workforce(pub f64);

/// Wages relative to the base year.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct Wages {
    /// Log of the wage, `[n][s]`; equal across sectors where workers move.
    pub log_wage: Vec<f64>,
}

/// How fast firms hire and wages answer. Speeds are per year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabourRule {
    /// Speed at which firms hire towards their need; infinite means every tick.
    pub hiring: f64,
    /// Share of staff that leaves of its own accord.
    pub separations: f64,
    /// Speed at which firms dismiss staff beyond their need.
    pub firing: f64,
    /// Work beyond staff that a firm can have done, share of staff.
    pub overtime: f64,
    /// Part of the inflation of about the last year that wages follow.
    pub indexation: f64,
    /// Largest fall of log wages a year.
    pub largest_fall: f64,
}

impl LabourRule {
    /// Staff is what plans need; wages answer labour demand alone.
    pub fn at_once() -> Self {
        Self {
            hiring: f64::INFINITY,
            separations: 0.0,
            firing: f64::INFINITY,
            overtime: 0.0,
            indexation: 0.0,
            largest_fall: f64::INFINITY,
        }
    }

    pub(crate) fn is_at_once(&self) -> bool {
        self.hiring.is_infinite() && self.firing.is_infinite()
    }

    /// What may change in a tick of `dt` years.
    fn turnover(&self, dt: f64) -> Turnover {
        Turnover {
            leaving: closing_share(self.separations, dt),
            hired: closing_share(self.hiring, dt),
            fired: closing_share(self.firing, dt),
        }
    }
}

/// Parts of a [`LabourRule`] that a tick makes of it.
#[derive(Clone, Copy)]
struct Turnover {
    /// Share of staff that leaves of its own.
    leaving: f64,
    /// Shares of a gap closed beyond that by hiring and by firing.
    hired: f64,
    fired: f64,
}

impl Turnover {
    /// Staff of a firm after the tick.
    #[inline]
    fn staff(self, staff: f64, need: f64) -> f64 {
        let gap = need - staff;
        let closed = if need >= staff {
            self.hired
        } else {
            self.fired
        };
        let most = self.leaving * staff + closed * gap.abs();
        staff + gap.clamp(-most, most)
    }
}

/// Staff of each firm, by row.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct Staff {
    /// In base-year wage bills.
    pub employed: Vec<f64>,
    /// Share of its plans that each firm has the labour for.
    pub share: Vec<f64>,
}

/// Labour demanded and granted this tick.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct LabourRationing {
    /// Labour that plans need, `[n][s]`, in base-year wage bills.
    pub demand: Vec<f64>,
    /// Share of its need that the labour force allows, `[n][s]`.
    pub share: Vec<f64>,
    /// Labour employed, `[n][s]`, in base-year wage bills.
    pub employed: Vec<f64>,
}

/// Allocates labour, pays and adjusts wages. Add after production.
pub struct LabourPlugin;

impl Plugin for LabourPlugin {
    fn build(&self, app: &mut App) {
        let economy = app.world().resource::<Model>().economy.clone();
        let rows = app.world().resource::<Rows>().clone();
        let staff = Staff::at_base(&economy, &rows, app.world_mut());
        app.insert_resource(staff)
            .insert_resource(Wages {
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

impl Staff {
    /// What the output of the base year needs.
    fn at_base(economy: &Economy, rows: &Rows, world: &mut World) -> Self {
        let mut firms = world.query_filtered::<(&Output, &BundlesPerUnit), With<Firm>>();
        let mut employed: Vec<f64> = (firms.iter(world))
            .map(|(output, bundles)| output.0 * bundles.0)
            .collect();
        for cell in 0..economy.markets() {
            for staff in &mut employed[rows.firms[cell]..rows.firms[cell + 1]] {
                *staff *= economy.labour_cost_share[cell];
            }
        }
        let share = vec![1.0; employed.len()];
        Self { employed, share }
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
    rates: Res<PolicyRates>,
    mut wages: ResMut<Wages>,
) {
    let dt = clock.dt();
    let step = model.frictions.wage_speed * dt;
    let rule = &model.frictions.staffing;
    for_each_pool(&model, |n, cells| {
        let demand: f64 = labour.demand[cells.clone()].iter().sum();
        let at_rest: f64 = model.economy.wage_bill[cells.clone()].iter().sum();
        if at_rest > 0.0 && demand > 0.0 {
            let indexed = rule.indexation * rates.inflation[n] * dt;
            let change = (step * ln(demand / at_rest) + indexed).max(-rule.largest_fall * dt);
            for cell in cells {
                wages.log_wage[cell] += change;
            }
        }
    });
}

fn allocate_labour(
    model: Res<Model>,
    clock: Res<Clock>,
    rows: Res<Rows>,
    recipe: Res<Recipe>,
    mut labour: ResMut<LabourRationing>,
    mut staff: ResMut<Staff>,
    firms: Query<(&PlannedOutput, &BundlesPerUnit), With<Firm>>,
) {
    let (planned, bundles_per_unit) = firms.table();
    for cell in 0..model.economy.markets() {
        let bundles: f64 = (rows.firms[cell]..rows.firms[cell + 1])
            .map(|firm| planned[firm].0 * bundles_per_unit[firm].0)
            .sum();
        labour.demand[cell] = recipe.labour[cell] * bundles;
    }
    let rule = &model.frictions.staffing;
    let needs = |cell: usize, firm: usize| {
        recipe.labour[cell] * (planned[firm].0 * bundles_per_unit[firm].0)
    };
    if !rule.is_at_once() {
        let turnover = rule.turnover(clock.dt());
        for cell in 0..model.economy.markets() {
            for firm in rows.firms[cell]..rows.firms[cell + 1] {
                let need = needs(cell, firm);
                staff.employed[firm] = turnover.staff(staff.employed[firm], need);
            }
        }
    }
    let LabourRationing { demand, share, .. } = &mut *labour;
    for_each_pool(&model, |n, cells| {
        let at_rest: f64 = model.economy.wage_bill[cells.clone()].iter().sum();
        let force = at_rest / (1.0 - model.frictions.unemployment[n]);
        let firms = rows.firms[cells.start]..rows.firms[cells.end];
        let wanted: f64 = match rule.is_at_once() {
            true => demand[cells.clone()].iter().sum(),
            false => staff.employed[firms.clone()].iter().sum(),
        };
        let granted = if wanted > force { force / wanted } else { 1.0 };
        share[cells.clone()].fill(granted);
        if rule.is_at_once() {
            staff.share[firms].fill(granted);
            return;
        }
        for cell in cells {
            for firm in rows.firms[cell]..rows.firms[cell + 1] {
                staff.employed[firm] *= granted;
                let work = staff.employed[firm] * (1.0 + rule.overtime);
                let need = needs(cell, firm);
                staff.share[firm] = if need > work { work / need } else { 1.0 };
            }
        }
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
    mut staff: ResMut<Staff>,
    mut firms: Query<(&mut Cash, &mut Workforce, &Output, &BundlesPerUnit), With<Firm>>,
) {
    let (mut cash, mut workforce, output, bundles_per_unit) = firms.table_mut();
    let (cash, workforce) = (raw(&mut cash), raw(&mut workforce));
    let at_once = model.frictions.staffing.is_at_once();
    for cell in 0..model.economy.markets() {
        let wage = exp(wages.log_wage[cell]) * clock.dt();
        let (mut paid, mut employed) = (0.0, 0.0);
        for firm in rows.firms[cell]..rows.firms[cell + 1] {
            let used = recipe.labour[cell] * output[firm].0 * bundles_per_unit[firm].0;
            if at_once {
                staff.employed[firm] = used;
            }
            // Idle staff is paid, overtime too.
            let hours = used.max(staff.employed[firm]);
            workforce[firm].0 = hours;
            cash[firm].0 -= wage * hours;
            employed += staff.employed[firm];
            paid += wage * hours;
        }
        labour.employed[cell] = employed;
        incomes.wages[cell / model.economy.sectors] += paid;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> LabourRule {
        LabourRule {
            hiring: 4.0,
            separations: 0.4,
            firing: 2.0,
            ..LabourRule::at_once()
        }
    }

    #[test]
    fn staff_closes_the_same_gap_in_one_long_or_many_short_ticks_of_hiring() {
        let rule = LabourRule {
            separations: 0.0,
            ..rule()
        };
        let weekly = (0..52).fold(1.0, |staff, _| rule.turnover(1.0 / 52.0).staff(staff, 1.5));
        assert!((weekly - rule.turnover(1.0).staff(1.0, 1.5)).abs() < 1e-14);
        assert!(weekly > 1.4 && weekly < 1.5, "{weekly}");
    }

    #[test]
    fn needs_that_go_up_and_down_keep_staff_at_their_mean() {
        let (mut staff, mut sum) = (1.0, 0.0);
        for week in 0..520 {
            let need = 1.0 + 0.02 * (f64::from(week) / 4.0).sin();
            staff = rule().turnover(1.0 / 52.0).staff(staff, need);
            sum += staff;
        }
        assert!((sum / 520.0 - 1.0).abs() < 1e-3, "{}", sum / 520.0);
    }

    #[test]
    fn a_firm_takes_on_no_more_than_it_is_used_to_replacing_and_part_of_the_rest() {
        let dt = 1.0 / 52.0;
        let hired = closing_share(0.4, dt) + closing_share(4.0, dt) * 0.5;
        assert!((rule().turnover(dt).staff(1.0, 1.5) - (1.0 + hired)).abs() < 1e-15);
        assert!((rule().turnover(dt).staff(1.0, 1.001) - 1.001).abs() < 1e-15);
    }

    #[test]
    fn staff_falls_by_those_who_leave_and_are_dismissed_never_below_need() {
        let dt = 1.0 / 52.0;
        let left = closing_share(0.4, dt) + closing_share(2.0, dt) * 0.5;
        assert!((rule().turnover(dt).staff(1.0, 0.5) - (1.0 - left)).abs() < 1e-15);
        assert!((rule().turnover(dt).staff(1.0, 0.999) - 0.999).abs() < 1e-15);
        assert!((rule().turnover(dt).staff(1.0, 1.0) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn hiring_at_once_is_need() {
        for need in [0.2, 1.0, 7.0] {
            let staff = LabourRule::at_once().turnover(0.02).staff(1.0, need);
            assert!((staff - need).abs() < 1e-15, "{staff}");
        }
    }
}
