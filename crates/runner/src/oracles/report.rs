//! How a case went: every check with its error and tolerance, and what ran.

use tradewinds_engine::BuildError;
use tradewinds_engine::Simulation;
use tradewinds_engine::accounts::Breach;
use tradewinds_equilibrium::SolveError;
use tradewinds_equilibrium::oracle::OracleError;

use super::case::{InputError, RawCase};

/// Why a case could not be run.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// An input that cannot be read.
    #[error("{0}")]
    Input(#[from] InputError),
    /// A general-equilibrium case that cannot be read.
    #[error("{0}")]
    Oracle(#[from] OracleError),
    /// The direct solver found no equilibrium.
    #[error("the direct solver: {0}")]
    Solve(#[from] SolveError),
    /// The simulation could not be built.
    #[error("the simulation: {0}")]
    Build(#[from] BuildError),
    /// Accounts did not close.
    #[error("the simulation: {0}")]
    Breach(#[from] Breach),
    /// A small world that does not come to rest or cannot be built.
    #[error("the small world of the case: {0}")]
    World(String),
}

impl CaseError {
    /// Whether the case itself is at fault, not the program.
    pub fn is_unreadable(&self) -> bool {
        matches!(self, Self::Input(_) | Self::Oracle(_))
    }
}

/// One expected field beside what a route found.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// What computed it, as in `solver`, `agents`.
    pub route: &'static str,
    /// Field of the case.
    pub field: String,
    /// Index of the largest error in the flat array of the field.
    pub index: usize,
    /// The largest error, in the unit of the tolerance.
    pub error: f64,
    /// Error allowed.
    pub tolerance: f64,
}

impl Check {
    /// Whether the error is within its tolerance.
    pub fn passes(&self) -> bool {
        self.error <= self.tolerance
    }

    /// The error as a share of its tolerance.
    pub fn strain(&self) -> f64 {
        match self.error {
            error if error.is_nan() => f64::INFINITY,
            0.0 => 0.0,
            error => error / self.tolerance,
        }
    }
}

/// What ran to answer a case.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Work {
    /// The mechanisms that own the rule, in words.
    pub mechanism: String,
    /// Systems run each tick.
    pub systems: usize,
    /// Agents of the largest world built.
    pub agents: usize,
    /// Ticks of all simulations together.
    pub ticks: u64,
}

impl Work {
    /// Nothing has run yet.
    pub fn by(mechanism: impl Into<String>) -> Self {
        Self {
            mechanism: mechanism.into(),
            ..Self::default()
        }
    }

    /// Adds a simulation that ran for some ticks.
    pub fn add(&mut self, simulation: &mut Simulation, ticks: u32) {
        self.systems = self.systems.max(simulation.systems().len());
        self.agents = self.agents.max(super::agents(simulation));
        self.ticks += u64::from(ticks);
    }
}

/// How a case ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Everything expected was compared.
    Run,
    /// Some of it waits for a mechanism that is not there yet.
    Waiting(String),
    /// It cannot be read.
    Unreadable(String),
    /// It could not be run.
    Broken(String),
}

/// How a case went.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Name of the case.
    pub name: String,
    /// What it states, in words.
    pub statement: String,
    /// Everything compared.
    pub checks: Vec<Check>,
    /// What ran.
    pub work: Work,
    /// How it ended.
    pub verdict: Verdict,
}

impl Report {
    /// A report of a case with nothing compared yet.
    pub fn new(case: &RawCase, work: Work) -> Self {
        Self {
            name: case.name.clone(),
            statement: case.statement.clone(),
            checks: Vec::new(),
            work,
            verdict: Verdict::Run,
        }
    }

    /// A case that waits for a mechanism.
    pub fn waiting(case: &RawCase, why: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Waiting(why.into()),
            ..Self::new(case, Work::default())
        }
    }

    /// A case that could not be run.
    pub fn failed(case: &RawCase, error: &CaseError) -> Self {
        let why = error.to_string();
        Self {
            verdict: match error.is_unreadable() {
                true => Verdict::Unreadable(why),
                false => Verdict::Broken(why),
            },
            ..Self::new(case, Work::default())
        }
    }

    /// Compares a field by |x - e| / max(|e|, 1e-9 max |field|).
    ///
    /// # Errors
    /// [`InputError::Shape`] when the case expects no such field, [`InputError::Length`]
    /// when it expects another number of values.
    pub fn relative(
        &mut self,
        case: &RawCase,
        (route, path): (&'static str, &[&str]),
        found: &[f64],
        tolerance: f64,
    ) -> Result<(), InputError> {
        self.compare(case, (route, path), found, tolerance, |x, e, scale| {
            (x - e).abs() / e.abs().max(1e-9 * scale)
        })
    }

    /// Compares a field by |x - e|.
    ///
    /// # Errors
    /// [`InputError::Shape`] when the case expects no such field, [`InputError::Length`]
    /// when it expects another number of values.
    pub fn absolute(
        &mut self,
        case: &RawCase,
        (route, path): (&'static str, &[&str]),
        found: &[f64],
        tolerance: f64,
    ) -> Result<(), InputError> {
        self.compare(case, (route, path), found, tolerance, |x, e, _| {
            (x - e).abs()
        })
    }

    fn compare(
        &mut self,
        case: &RawCase,
        (route, path): (&'static str, &[&str]),
        found: &[f64],
        tolerance: f64,
        measure: impl Fn(f64, f64, f64) -> f64,
    ) -> Result<(), InputError> {
        let field = path.join(".");
        let wanted = expected(case, path)?;
        if wanted.len() != found.len() {
            return Err(InputError::Length {
                key: format!("expected.{field}"),
                found: wanted.len(),
                expected: found.len(),
            });
        }
        let mut check = Check {
            route,
            field,
            index: 0,
            error: 0.0,
            tolerance,
        };
        let scale = wanted
            .iter()
            .flatten()
            .fold(0.0_f64, |scale, value| scale.max(value.abs()));
        for (index, (wanted, found)) in wanted.iter().zip(found).enumerate() {
            let Some(wanted) = wanted else { continue };
            let error = match (found - wanted).abs() {
                0.0 => 0.0,
                _ => measure(*found, *wanted, scale),
            };
            if error > check.error || error.is_nan() {
                check.index = index;
                check.error = if error.is_nan() { f64::INFINITY } else { error };
            }
        }
        self.checks.push(check);
        Ok(())
    }

    /// Adds a statement with its own measure of error.
    pub fn state(&mut self, route: &'static str, field: &str, error: f64, tolerance: f64) {
        self.checks.push(Check {
            route,
            field: field.to_owned(),
            index: 0,
            error: if error.is_nan() { f64::INFINITY } else { error },
            tolerance,
        });
    }

    /// Whether everything compared is within its tolerance, and something was.
    pub fn passes(&self) -> bool {
        let is_sound = matches!(self.verdict, Verdict::Run | Verdict::Waiting(_));
        is_sound && !self.checks.is_empty() && self.checks.iter().all(Check::passes)
    }

    /// Whether the case failed: a check outside its tolerance, or a run that broke.
    pub fn fails(&self) -> bool {
        match self.verdict {
            Verdict::Run => !self.passes(),
            Verdict::Waiting(_) => !self.checks.iter().all(Check::passes),
            Verdict::Unreadable(_) => false,
            Verdict::Broken(_) => true,
        }
    }

    /// The check nearest to its tolerance, or farthest beyond it, of every route.
    pub fn worst(&self) -> Vec<&Check> {
        let mut routes: Vec<&'static str> = Vec::new();
        for check in &self.checks {
            if !routes.contains(&check.route) {
                routes.push(check.route);
            }
        }
        let worst = |route: &&'static str| {
            let of_route = self.checks.iter().filter(|check| check.route == *route);
            of_route.max_by(|a, b| a.strain().total_cmp(&b.strain()))
        };
        routes.iter().filter_map(worst).collect()
    }
}

fn expected(case: &RawCase, path: &[&str]) -> Result<Vec<Option<f64>>, InputError> {
    let found = case.expected(path);
    let has_value = |found: &Vec<Option<f64>>| found.iter().any(Option::is_some);
    found.filter(has_value).ok_or_else(|| InputError::Shape {
        key: format!("expected.{}", path.join(".")),
        expected: "a number or an array of numbers",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracles::case::CaseFile;

    fn report(expected: &str) -> (RawCase, Report) {
        let text = format!(
            r#"{{"family": "PE", "format": 1, "cases": [{{"name": "x", "expected": {expected}}}]}}"#
        );
        let case = CaseFile::read(&text).unwrap().cases.swap_remove(0);
        let report = Report::new(&case, Work::default());
        (case, report)
    }

    #[test]
    fn an_expected_zero_is_judged_on_the_scale_of_its_field() {
        let (case, mut report) = report(r#"{"x": [0.0, 2.0, null]}"#);
        let found = [2e-12, 2.0, 7.0];
        report
            .relative(&case, ("agents", &["x"]), &found, 1e-4)
            .unwrap();
        assert!((report.checks[0].error - 1e-3).abs() < 1e-12);
        assert!(report.fails() && !report.passes());
    }

    #[test]
    fn the_worst_check_of_a_route_is_the_one_nearest_to_its_tolerance() {
        let (case, mut report) = report(r#"{"x": 1.0, "y": 1.0}"#);
        report
            .relative(&case, ("agents", &["x"]), &[1.0 + 1e-6], 1e-5)
            .unwrap();
        report
            .absolute(&case, ("agents", &["y"]), &[1.01], 1.0)
            .unwrap();
        assert_eq!(report.worst().len(), 1);
        assert_eq!(report.worst()[0].field, "x");
        assert!(report.passes());
    }

    #[test]
    fn nothing_compared_is_no_success_and_a_nan_fails() {
        let (case, mut report) = report(r#"{"x": 1.0}"#);
        assert!(!report.passes());
        assert!(
            report
                .relative(&case, ("agents", &["y"]), &[1.0], 1.0)
                .is_err()
        );
        report
            .relative(&case, ("agents", &["x"]), &[f64::NAN], 1.0)
            .unwrap();
        assert!(report.fails());
    }
}
