//! `check`: files of configuration, by kind.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tradewinds_runner::check::{Checker, FileKind};
use tradewinds_runner::experiment::{ExperimentError, Limits};
use tradewinds_runner::library::Library;

use crate::failure::Failure;
use crate::print::{say, say_json};
use crate::{Form, Outcome, inputs};

/// Check configuration files: every mistake in one pass, with its place and fix
#[derive(Debug, clap::Args)]
#[command(after_help = include_str!("../../../configs/help/check.txt"))]
pub(crate) struct Arguments {
    /// TOML files, or folders with such files at any depth
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    form: Form,
}

pub(crate) fn check(arguments: &Arguments) -> Outcome {
    let mut files = Vec::new();
    for path in &arguments.files {
        if path.is_dir() {
            list(path, &mut files)?;
        } else {
            files.push(path.clone());
        }
    }
    let checker = Checker::new(Library::embedded(), Limits::of_machine());
    let (mut told, mut wrong, mut code) = (Vec::new(), 0, 0);
    for path in &files {
        let (kind, result) = checker.check(path);
        if let Err(error) = &result {
            wrong += 1;
            // Mistakes in files go before limits, limits before the disk.
            let own = error.exit_code();
            code = if code == 0 { own } else { code.min(own) };
        }
        if arguments.form.json {
            told.push(to_json(path, kind, &result));
        } else {
            tell(path, kind, result)?;
        }
    }
    let count = files.len();
    if arguments.form.json {
        say_json(&json!({ "files": told, "checked": count, "wrong": wrong }))?;
    } else {
        say(&format!("{count} files checked, {wrong} wrong"))?;
    }
    if wrong > 0 {
        return Err(Failure::Checked { code });
    }
    Ok(())
}

/// TOML files below a folder, sorted; hidden folders are left out.
fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let fault = |error| Failure::io("list", folder)(error);
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(fault)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(|error| Failure::io("list", folder)(error))?;
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() && !path.is_symlink() && !name.starts_with('.') {
            list(&path, files)?;
        } else if name.ends_with(".toml") && name != "Cargo.toml" {
            files.push(path);
        }
    }
    Ok(())
}

fn tell(path: &Path, kind: Option<FileKind>, result: Result<(), ExperimentError>) -> Outcome {
    let word = kind.map_or("file", FileKind::name);
    let shown = path.display();
    match result {
        Ok(()) => say(&format!("ok     {word:<10} {shown}")),
        Err(error) => {
            say(&format!("WRONG  {word:<10} {shown}"))?;
            inputs::say_project(path);
            let _ = Failure::Experiment(error).report();
            Ok(())
        }
    }
}

fn to_json(path: &Path, kind: Option<FileKind>, result: &Result<(), ExperimentError>) -> Value {
    let mut told = json!({
        "file": path.display().to_string(),
        "kind": kind.map(FileKind::name),
        "is_right": result.is_ok(),
    });
    match result {
        Ok(()) => {}
        Err(ExperimentError::Config(errors)) => told["diagnostics"] = errors.to_json(),
        Err(error) => told["error"] = json!(error.to_string()),
    }
    told
}
