//! The long run of a law: the frictionless equilibrium, solved directly.

use tradewinds_equilibrium::{Economy, Equilibrium, Labour, Shock, SolveError, solve};
use tradewinds_policy::TariffSchedule;
use tradewinds_units::Date;
use tradewinds_world::World;

use crate::calibrate::{self, CalibrationError};
use crate::parameters::{ParameterError, Parameters};
use crate::rates::{FlowMix, Names, SectorRates, Span};

/// Why there is no long run to report.
#[derive(Debug, thiserror::Error)]
pub enum RestPointError {
    /// A world and parameters that do not make an economy.
    #[error(transparent)]
    Calibration(#[from] CalibrationError),
    /// A parameter is missing.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// No equilibrium was found.
    #[error(transparent)]
    Solve(#[from] SolveError),
}

/// One economy at rest under the law, against its base year.
#[derive(Debug, Clone, PartialEq)]
pub struct EconomyAtRest {
    /// Index in the world.
    pub economy: usize,
    /// Real income of final users, new over old.
    pub welfare: f64,
    /// Average wage over the price of final spending, new over old.
    pub real_wage: f64,
    /// Price of final spending, new over old.
    pub price: f64,
    /// Goods and services bought abroad before duty \[USD bn a year\].
    pub imports: f64,
    /// The same in the base year.
    pub base_imports: f64,
    /// Import duties and export taxes \[USD bn a year\].
    pub revenue: f64,
    /// The same in the base year.
    pub base_revenue: f64,
    /// Duty collected on goods over their value before duty, base-year weights.
    pub rate: f64,
}

/// The world at rest under a law. Nominal values are in the unit in which the
/// world's wage bill is that of the base year.
#[derive(Debug, Clone)]
pub struct RestPoint {
    /// The calibrated base year.
    pub economy: Economy,
    /// Duties the law collects, `[n][i][s]` (share of customs value).
    pub duty: Vec<f64>,
    /// The solution.
    pub equilibrium: Equilibrium,
}

/// Solves for the world under the law of `schedule` on a day, relative to the
/// base year, whose law is that of the day `base`.
///
/// # Errors
/// [`RestPointError`]
pub fn rest_point(
    world: &World,
    parameters: &Parameters,
    (books, schedule): (&TariffSchedule, &TariffSchedule),
    (base, day): (Date, Date),
    labour: Labour,
) -> Result<RestPoint, RestPointError> {
    let economy = calibrate::economy(world, parameters)?;
    let span = Span {
        base,
        start: day,
        end: day,
    };
    let names = Names::of([books, schedule].into_iter());
    let rates = SectorRates::new(world, &FlowMix::of(world), (books, schedule), span, &names);
    let calendar = rates.calendar(world, parameters.get("collection_gap")?);
    let duty = calendar.last().collected.clone();
    let shock = Shock {
        import_duty: Some(duty.clone()),
        labour,
        ..Shock::default()
    };
    let equilibrium = solve(&economy, &shock)?;
    Ok(RestPoint {
        economy,
        duty,
        equilibrium,
    })
}

impl RestPoint {
    /// Every economy, in the order of the world.
    pub fn economies(&self) -> Vec<EconomyAtRest> {
        let (new, base) = (&self.equilibrium, self.economy.accounts());
        let n_economies = self.economy.economies;
        let at = |n: usize| {
            let abroad = |sales: &[f64]| self.abroad(n, |flow| sales[flow]);
            let goods = |value: &dyn Fn(usize) -> f64| {
                let services = self.economy.services;
                let sectors = self.economy.sectors;
                self.abroad(n, |flow| {
                    if Some(flow % sectors) == services {
                        0.0
                    } else {
                        value(flow)
                    }
                })
            };
            let imports_of_goods = goods(&|flow| base.sales[flow]);
            EconomyAtRest {
                economy: n,
                welfare: new.welfare_hat[n],
                real_wage: new.real_wage_hat[n],
                price: new.final_price_hat[n],
                imports: abroad(&new.sales),
                base_imports: abroad(&base.sales),
                revenue: new.revenue[n],
                base_revenue: self
                    .abroad(n, |flow| base.sales[flow] * self.economy.import_duty[flow]),
                rate: if imports_of_goods > 0.0 {
                    goods(&|flow| base.sales[flow] * self.duty[flow]) / imports_of_goods
                } else {
                    0.0
                },
            }
        };
        (0..n_economies).map(at).collect()
    }

    /// Sum over what an economy buys abroad.
    fn abroad(&self, n: usize, value: impl Fn(usize) -> f64) -> f64 {
        let economy = &self.economy;
        (0..economy.economies)
            .filter(|i| *i != n)
            .flat_map(|i| (0..economy.sectors).map(move |s| economy.flow(n, i, s)))
            .map(value)
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;
    use crate::library::Library;

    fn experiment() -> Experiment {
        let library = Library::embedded();
        Experiment::load(&library, "us-2025", &[]).unwrap()
    }

    #[test]
    fn the_law_of_the_base_year_changes_nothing() {
        let experiment = experiment();
        let schedule = experiment.schedules().unwrap().swap_remove(1);
        let books = experiment.books().unwrap();
        let base = experiment.base_law;
        let world = &experiment.world;
        let parameters = &experiment.parameters;
        let days = (base, base);
        let rest =
            rest_point(world, parameters, (&books, &schedule), days, Labour::Mobile).unwrap();
        for one in rest.economies() {
            assert!((one.welfare - 1.0).abs() < 1e-10, "{one:?}");
            assert!((one.imports / one.base_imports - 1.0).abs() < 1e-10);
            assert!((one.revenue - one.base_revenue).abs() < 1e-8 * one.base_imports);
        }
    }

    #[test]
    fn new_duties_raise_revenue_and_cut_imports_of_who_charges_them() {
        let experiment = experiment();
        let schedule = experiment.schedules().unwrap().swap_remove(1);
        let books = experiment.books().unwrap();
        let focus = experiment.outcomes.economy;
        let days = (experiment.base_law, experiment.end);
        let world = &experiment.world;
        let parameters = &experiment.parameters;
        let rest =
            rest_point(world, parameters, (&books, &schedule), days, Labour::Mobile).unwrap();
        let own = &rest.economies()[focus];
        assert!(own.revenue > 1.5 * own.base_revenue, "{own:?}");
        assert!(own.imports < own.base_imports, "{own:?}");
        assert!(own.rate > 0.05 && own.rate < 0.5, "{own:?}");
    }
}
