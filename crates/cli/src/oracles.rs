//! `oracles`: cases with expected values, through the mechanism that owns the rule.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tradewinds_kernel::clock::TickLength;
use tradewinds_runner::oracles::{CaseFile, Check, Options, Report, Verdict, run};

use crate::failure::Failure;
use crate::print::{say, say_json};
use crate::{Form, Outcome};

/// Run cases with expected values through the solver and the agents
#[derive(Debug, clap::Args)]
#[command(after_help = include_str!("../../../configs/help/oracles.txt"))]
pub(crate) struct Arguments {
    /// Case files (JSON; families EH, PR, PE, DY)
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Firms per economy and sector, in general-equilibrium cases
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    firms_per_cell: u32,
    /// Length of a tick, in general-equilibrium cases
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

pub(crate) fn oracles(arguments: &Arguments) -> Outcome {
    let options = Options {
        firms_per_cell: arguments.firms_per_cell as usize,
        tick: arguments.tick.length(),
    };
    let (mut counts, mut told) = (Counts::default(), Vec::new());
    for file in read(arguments)? {
        for case in &file.cases {
            let report = run(file.family, case, options);
            counts.add(&report);
            if arguments.form.json {
                told.push(to_json(&report));
            } else {
                say(&line(&report))?;
            }
        }
    }
    if arguments.form.json {
        say_json(&json!({ "cases": told, "counts": counts.to_json() }))?;
    } else if counts.run > 0 {
        say(&counts.line())?;
    }
    counts.outcome()
}

/// The files, with the cases that were asked for.
fn read(arguments: &Arguments) -> Result<Vec<CaseFile>, Failure> {
    let mut files = Vec::new();
    for path in &arguments.files {
        files.push(read_file(path)?);
    }
    let Some(wanted) = &arguments.case else {
        return Ok(files);
    };
    let cases = files.iter().flat_map(|file| &file.cases);
    let known: Vec<String> = cases.map(|case| case.name.clone()).collect();
    if !known.contains(wanted) {
        return Err(Failure::Request {
            problem: format!("no file has a case `{wanted}`"),
            help: format!("they have {}", known.join(", ")),
        });
    }
    for file in &mut files {
        file.cases.retain(|case| case.name == *wanted);
    }
    Ok(files)
}

fn read_file(path: &Path) -> Result<CaseFile, Failure> {
    let text = std::fs::read_to_string(path).map_err(Failure::io("read", path))?;
    CaseFile::read(&text).map_err(|source| Failure::Oracle {
        path: path.to_owned(),
        source,
    })
}

/// How many cases ended how.
#[derive(Debug, Default)]
struct Counts {
    run: u32,
    passed: u32,
    failed: u32,
    /// Part of the case passed, the rest waits for a mechanism.
    in_part: u32,
    /// All of the case waits for a mechanism.
    waiting: u32,
    unreadable: u32,
}

impl Counts {
    fn add(&mut self, report: &Report) {
        self.run += 1;
        let count = match &report.verdict {
            Verdict::Unreadable(_) => &mut self.unreadable,
            _ if report.fails() => &mut self.failed,
            Verdict::Waiting(_) if report.checks.is_empty() => &mut self.waiting,
            Verdict::Waiting(_) => &mut self.in_part,
            _ => &mut self.passed,
        };
        *count += 1;
    }

    fn to_json(&self) -> Value {
        json!({
            "run": self.run, "passed": self.passed, "failed": self.failed,
            "passed_in_part": self.in_part, "waiting": self.waiting,
            "unreadable": self.unreadable,
        })
    }

    fn line(&self) -> String {
        let mut line = format!(
            "{} cases: {} pass, {} fail",
            self.run, self.passed, self.failed
        );
        for (count, word) in [
            (self.in_part, "pass in part"),
            (self.waiting, "wait for a mechanism"),
            (self.unreadable, "cannot be read"),
        ] {
            if count > 0 {
                line += &format!(", {count} {word}");
            }
        }
        line
    }

    /// What was not run may not look like success.
    fn outcome(&self) -> Outcome {
        let of = self.run;
        if self.failed > 0 {
            let failed = self.failed;
            return Err(Failure::Result(format!(
                "{failed} of {of} cases are outside their tolerance or could not be run"
            )));
        }
        if self.unreadable > 0 {
            let unreadable = self.unreadable;
            return Err(Failure::UnreadableCases(format!(
                "{unreadable} of {of} cases cannot be read"
            )));
        }
        if self.run == self.passed + self.in_part && self.run > 0 {
            return Ok(());
        }
        let (problem, help) = match self.run {
            0 => ("no case was run".to_owned(), "name a file with cases in it"),
            _ => (
                format!("{} of {of} cases were not run", self.waiting),
                "leave out what waits for a mechanism, with --case or a file without it",
            ),
        };
        let help = help.to_owned();
        Err(Failure::Request { problem, help })
    }
}

fn word(report: &Report) -> &'static str {
    match &report.verdict {
        Verdict::Unreadable(_) => "unread",
        _ if report.fails() => "FAIL",
        Verdict::Waiting(_) if report.checks.is_empty() => "wait",
        _ => "pass",
    }
}

fn line(report: &Report) -> String {
    let mut line = format!("{} {:<28}", word(report), report.name);
    for check in report.worst() {
        let (error, tolerance) = (check.error, check.tolerance);
        let relation = if check.passes() { "<=" } else { ">" };
        let place = place(check);
        let route = check.route;
        line += &format!(" {route} {error:.1e} {relation} {tolerance:.0e} ({place}) ");
    }
    let work = &report.work;
    match &report.verdict {
        Verdict::Run => {
            line += &format!(
                " {}: {} systems, {} agents, {} ticks",
                work.mechanism, work.systems, work.agents, work.ticks
            );
        }
        Verdict::Waiting(why) | Verdict::Unreadable(why) | Verdict::Broken(why) => {
            line += &format!(" {why}");
        }
    }
    line
}

fn to_json(report: &Report) -> Value {
    let (verdict, why) = match &report.verdict {
        Verdict::Run => ("run", Value::Null),
        Verdict::Waiting(why) => ("waiting", json!(why)),
        Verdict::Unreadable(why) => ("unreadable", json!(why)),
        Verdict::Broken(why) => ("could not be run", json!(why)),
    };
    let checks: Vec<Value> = report
        .checks
        .iter()
        .map(|check| {
            json!({
                "route": check.route, "field": check.field, "index": check.index,
                "error": if check.error.is_finite() { json!(check.error) } else { json!("inf") },
                "tolerance": check.tolerance, "passes": check.passes(),
            })
        })
        .collect();
    json!({
        "case": report.name, "statement": report.statement, "verdict": verdict, "why": why,
        "passes": report.passes(), "checks": checks, "mechanism": report.work.mechanism,
        "systems": report.work.systems, "agents": report.work.agents, "ticks": report.work.ticks,
    })
}

fn place(check: &Check) -> String {
    match check.error {
        0.0 => "exact".to_owned(),
        _ => format!("{}[{}]", check.field, check.index),
    }
}
