//! The commands of the workspace.
//!
//! `cargo xtask test` runs everything that must hold before a change lands;
//! `cargo xtask test format clippy` runs the steps named; `cargo xtask list`
//! prints the steps with their time budgets.

#![expect(
    clippy::print_stdout,
    reason = "a command line tool reports on standard output"
)]

mod command;
mod report;
mod steps;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use report::{Report, Row};
use steps::{STEPS, Step};

const USAGE: &str = "usage: cargo xtask test [STEP…] | cargo xtask list";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.split_first() {
        Some((&"test", names)) => match select(names) {
            Ok(steps) => test(&steps),
            Err(message) => refuse(&message),
        },
        Some((&"list", [])) => {
            for step in STEPS {
                println!(
                    "{:<12} {:>5} s  {}",
                    step.name, step.budget_seconds, step.what
                );
            }
            ExitCode::SUCCESS
        }
        _ => refuse(USAGE),
    }
}

fn refuse(message: &str) -> ExitCode {
    eprintln!("{message}");
    ExitCode::from(2)
}

/// The steps named, or all of them.
fn select(names: &[&str]) -> Result<Vec<&'static Step>, String> {
    if names.is_empty() {
        return Ok(STEPS.iter().collect());
    }
    let find = |name: &&str| {
        STEPS.iter().find(|step| step.name == *name).ok_or_else(|| {
            let known: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
            format!("no step `{name}`; the steps are {}", known.join(", "))
        })
    };
    names.iter().map(find).collect()
}

/// Runs every step, also after a failure, and reports once.
fn test(steps: &[&Step]) -> ExitCode {
    let root = root();
    let mut report = Report::default();
    for step in steps {
        println!("\n==> {}: {}", step.name, step.what);
        let start = Instant::now();
        let outcome = (step.run)(&root);
        let seconds = start.elapsed().as_secs_f64();
        report.push(Row {
            name: step.name,
            budget_seconds: step.budget_seconds,
            seconds,
            outcome,
        });
    }
    print!("{report}");
    if report.failed() == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The folder of the workspace.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_found_by_name_and_unknown_ones_refused() {
        assert_eq!(select(&[]).unwrap().len(), STEPS.len());
        assert_eq!(select(&["clippy"]).unwrap()[0].name, "clippy");
        assert!(select(&["clipy"]).unwrap_err().contains("format, clippy"));
    }

    #[test]
    fn no_two_steps_share_a_name() {
        let mut names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), STEPS.len());
    }
}
