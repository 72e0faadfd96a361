//! `oracles`: cases with expected values, through the solver and the agents.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tradewinds_equilibrium::oracle::{Case, FieldError, compare, read_cases};
use tradewinds_equilibrium::solve;
use tradewinds_kernel::clock::TickLength;
use tradewinds_runner::oracles::{CaseReport, run_case};

use crate::failure::Failure;
use crate::print::{say, say_json};
use crate::{Form, Outcome};

/// Run cases with expected values through the direct solver and the agents
#[derive(Debug, clap::Args)]
#[command(after_help = include_str!("../../../configs/help/oracles.txt"))]
pub(crate) struct Arguments {
    /// Case files (JSON; family EH)
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Firms per economy and sector
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    firms_per_cell: u32,
    /// Length of a tick
    #[arg(long, value_enum, default_value_t = Tick::Weekly)]
    tick: Tick,
    /// Only the case of this name
    #[arg(long)]
    case: Option<String>,
    #[command(flatten)]
    form: Form,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Tick {
    Weekly,
    Daily,
}

impl Tick {
    fn length(self) -> TickLength {
        match self {
            Self::Weekly => TickLength::PerYear(52),
            Self::Daily => TickLength::PerYear(365),
        }
    }
}

/// How a case went.
enum Verdict {
    /// Both routes ran.
    Run(CaseReport),
    /// The solver ran; the agents of the engine do not set such prices yet.
    Waiting(FieldError),
    /// It could not be run.
    Broken(String),
}

/// The family whose cases can be run.
const COVERED: &str = "EH";

pub(crate) fn oracles(arguments: &Arguments) -> Outcome {
    let mut told = Vec::new();
    let (mut failed, mut waiting, mut run) = (0, 0, 0);
    for path in &arguments.files {
        let Some(cases) = cases(path, arguments, &mut told)? else {
            continue;
        };
        for case in cases {
            let verdict = judge(&case, arguments);
            run += 1;
            failed += u32::from(!verdict.passes(&case));
            waiting += u32::from(verdict.passes(&case) && matches!(verdict, Verdict::Waiting(_)));
            if arguments.form.json {
                told.push(verdict.to_json(&case));
            } else {
                say(&verdict.line(&case))?;
            }
        }
    }
    if arguments.form.json {
        let counts = json!({ "run": run, "failed": failed, "solver_alone": waiting });
        say_json(&json!({ "cases": told, "counts": counts }))?;
    } else if run > 0 {
        let both = run - failed - waiting;
        say(&format!(
            "{run} cases: {both} pass on both routes, {waiting} on the solver alone, {failed} fail"
        ))?;
    }
    if failed > 0 {
        return Err(Failure::Result(format!(
            "{failed} of {run} cases are outside their tolerance or could not be run"
        )));
    }
    if run == 0 {
        return Err(Failure::Request {
            problem: "no case was run".to_owned(),
            help: format!("name a file of the family {COVERED} with cases in it"),
        });
    }
    Ok(())
}

/// The cases of a file that were asked for; none when the family is not covered.
fn cases(
    path: &Path,
    arguments: &Arguments,
    told: &mut Vec<Value>,
) -> Result<Option<Vec<Case>>, Failure> {
    let text = std::fs::read_to_string(path).map_err(Failure::io("read", path))?;
    let wrong = |source| Failure::Oracle {
        path: path.to_owned(),
        source,
    };
    let parsed: Value = serde_json::from_str(&text).map_err(|error| wrong(error.into()))?;
    if let Some(family) = parsed["family"]
        .as_str()
        .filter(|family| *family != COVERED)
    {
        let count = parsed["cases"].as_array().map_or(0, Vec::len);
        let shown = path.display();
        if arguments.form.json {
            told.push(json!({
                "file": shown.to_string(), "family": family, "cases": count, "verdict": "not covered",
            }));
        } else {
            say(&format!(
                "{shown}: family {family} is not yet covered; its {count} cases were not run"
            ))?;
        }
        return Ok(None);
    }
    let mut cases = read_cases(&text).map_err(wrong)?;
    if let Some(wanted) = &arguments.case {
        let known: Vec<String> = cases.iter().map(|case| case.name.clone()).collect();
        cases.retain(|case| case.name == *wanted);
        if cases.is_empty() {
            return Err(Failure::Request {
                problem: format!("{} has no case `{wanted}`", path.display()),
                help: format!("it has {}", known.join(", ")),
            });
        }
    }
    Ok(Some(cases))
}

fn judge(case: &Case, arguments: &Arguments) -> Verdict {
    if case.economy.oligopoly.is_some() {
        return solver_alone(case).map_or_else(Verdict::Broken, Verdict::Waiting);
    }
    match run_case(
        case,
        arguments.firms_per_cell as usize,
        arguments.tick.length(),
    ) {
        Ok(report) => Verdict::Run(report),
        Err(error) => Verdict::Broken(error.to_string()),
    }
}

fn solver_alone(case: &Case) -> Result<FieldError, String> {
    let found = solve(&case.economy, &case.shock).map_err(|error| error.to_string())?;
    let errors = compare(case, &found).map_err(|error| error.to_string())?;
    errors
        .into_iter()
        .max_by(|a, b| a.error.total_cmp(&b.error))
        .ok_or_else(|| "the case expects nothing".to_owned())
}

impl Verdict {
    fn passes(&self, case: &Case) -> bool {
        match self {
            Self::Run(report) => report.passes(),
            Self::Waiting(solver) => solver.error <= case.solver_tolerance,
            Self::Broken(_) => false,
        }
    }

    fn line(&self, case: &Case) -> String {
        let word = if self.passes(case) { "pass" } else { "FAIL" };
        let head = format!("{word} {:<26}", case.name);
        match self {
            Self::Run(report) => format!(
                "{head} solver {:.1e} {} {:.0e}  path {:.1e} {} {:.0e} ({})  {} systems, {} agents, {} ticks",
                report.solver.error,
                relation(report.solver.error, report.solver_tolerance),
                report.solver_tolerance,
                report.path.error,
                relation(report.path.error, report.path_tolerance),
                report.path_tolerance,
                place(&report.path),
                report.systems,
                report.agents,
                report.ticks,
            ),
            Self::Waiting(solver) => format!(
                "{head} solver {:.1e} {} {:.0e}  path waiting: firms do not set oligopoly markups yet",
                solver.error,
                relation(solver.error, case.solver_tolerance),
                case.solver_tolerance,
            ),
            Self::Broken(why) => format!("{head} {why}"),
        }
    }

    fn to_json(&self, case: &Case) -> Value {
        let mut told = json!({
            "case": case.name,
            "passes": self.passes(case),
            "solver_tolerance": case.solver_tolerance,
            "path_tolerance": case.path_tolerance,
        });
        let error = |error: &FieldError| json!({ "error": error.error, "field": error.field, "index": error.index });
        match self {
            Self::Run(report) => {
                told["verdict"] = json!("run");
                told["solver"] = error(&report.solver);
                told["path"] = error(&report.path);
                told["systems"] = json!(report.systems);
                told["agents"] = json!(report.agents);
                told["ticks"] = json!(report.ticks);
                told["yearly_change"] = json!(report.yearly_change);
            }
            Self::Waiting(solver) => {
                told["verdict"] = json!("path waiting");
                told["solver"] = error(solver);
            }
            Self::Broken(why) => {
                told["verdict"] = json!("could not be run");
                told["why"] = json!(why);
            }
        }
        told
    }
}

fn relation(error: f64, tolerance: f64) -> &'static str {
    if error <= tolerance { "<=" } else { ">" }
}

fn place(error: &FieldError) -> String {
    if error.field.is_empty() {
        "exact".to_owned()
    } else {
        format!("{}[{}]", error.field, error.index)
    }
}
