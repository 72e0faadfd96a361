//! `world`: base-year accounts, built from facts or shown.

use serde_json::{Value, json};
use tradewinds_runner::launch::write_whole;
use tradewinds_runner::library::{Library, WORLDS};
use tradewinds_world::{FileSet, Quality, Report, Sources, World, build};

use crate::failure::Failure;
use crate::print::{percent, say, say_json};
use crate::{Form, Outcome, inputs};

/// Build the base-year accounts of a world from sourced facts, or show them
#[derive(Debug, clap::Args)]
#[command(after_help = include_str!("../../../configs/help/world.txt"))]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Balance the facts of a world and report closing errors, moves and sources
    Build {
        /// Name of the world, as 2024
        world: String,
        /// Write the accounts under configs/worlds of this project
        #[arg(long)]
        write: bool,
        #[command(flatten)]
        form: Form,
    },
    /// Show the accounts of a world, by economy and by sector
    Show {
        /// Name of the world, as 2024
        world: String,
        #[command(flatten)]
        form: Form,
    },
}

pub(crate) fn world(arguments: &Arguments) -> Outcome {
    let library = inputs::library()?;
    match &arguments.action {
        Action::Build { world, write, form } => rebuild(&library, world, *write, *form),
        Action::Show { world, form } => {
            let accounts = library.world(world)?;
            if form.json {
                say_json(&accounts_json(&accounts))
            } else {
                say(&accounts_text(&accounts))
            }
        }
    }
}

fn rebuild(library: &Library, name: &str, is_written: bool, form: Form) -> Outcome {
    let committed = library.world_files(name)?;
    let built = build(&sources(library, name)?)?;
    let differing = differences(&built.files, &committed);
    if is_written {
        write(name, &built.files)?;
    }
    let told = match (is_written, differing.as_slice()) {
        (true, _) => format!("{} files written to {WORLDS}/{name}", built.files.len()),
        (false, []) => format!(
            "{} files, byte for byte those of {WORLDS}/{name}",
            built.files.len()
        ),
        (false, files) => format!(
            "differs from {WORLDS}/{name} in {}; --write replaces them",
            files.join(", ")
        ),
    };
    if form.json {
        let mut report = report_json(&built.report);
        report["differing_files"] = json!(differing);
        report["written"] = json!(is_written);
        return say_json(&report);
    }
    say(&format!("{}\n\n{told}", built.report))
}

/// The facts of a world on top of those of the world it extends.
fn sources(library: &Library, name: &str) -> Result<Sources, Failure> {
    let folder = format!("{WORLDS}/{name}/sources/");
    let mut files = FileSet::new();
    for path in library.files(folder.trim_end_matches('/')) {
        if let Some(inside) = path.strip_prefix(&folder) {
            files.insert(inside.to_owned(), library.text(&path)?);
        }
    }
    let own = Sources::new(files);
    Ok(match own.extends()? {
        Some(parent) => own.on_top_of(sources(library, &parent)?),
        None => own,
    })
}

fn differences(built: &FileSet, committed: &FileSet) -> Vec<String> {
    let names = built.keys().chain(committed.keys());
    let differs = |name: &&String| built.get(*name) != committed.get(*name);
    let mut found: Vec<String> = names.filter(differs).cloned().collect();
    found.sort();
    found.dedup();
    found
}

fn write(name: &str, files: &FileSet) -> Result<(), Failure> {
    let root = inputs::project().ok_or_else(|| Failure::Request {
        problem: "there is no project around the working directory to write to".to_owned(),
        help: "go to a folder that holds `configs` and `experiments`".to_owned(),
    })?;
    let folder = root.join(WORLDS).join(name);
    std::fs::create_dir_all(&folder).map_err(Failure::io("create", &folder))?;
    for (file, text) in files {
        write_whole(&folder.join(file), text.as_bytes())?;
    }
    Ok(())
}

fn report_json(report: &Report) -> Value {
    let movements: Vec<Value> = report
        .movements
        .iter()
        .map(|one| {
            json!({
                "quality": one.quality.as_str(), "cells": one.cells,
                "largest": one.max, "median": one.median, "by_value": one.weighted,
            })
        })
        .collect();
    let shares: Vec<Value> = report
        .shares
        .iter()
        .map(|one| {
            let mut told = json!({ "group": one.group, "usd_bn": one.total });
            for (quality, share) in Quality::ALL.iter().zip(one.shares) {
                told[quality.as_str()] = json!(share);
            }
            told
        })
        .collect();
    let moves: Vec<Value> = report
        .largest_moves
        .iter()
        .map(|one| json!({ "cell": one.cell, "fact_usd_bn": one.fact, "account_usd_bn": one.account }))
        .collect();
    json!({
        "margins": report.margins,
        "rounds": report.rounds,
        "solver_residual": report.solver_residual,
        "closing_residual": report.closing_residual,
        "movements": movements,
        "shares": shares,
        "largest_moves": moves,
        "thin_surplus": report.thin_surplus,
    })
}

/// One economy on a line.
struct Line {
    code: String,
    name: String,
    gdp: f64,
    output: f64,
    exports: f64,
    imports: f64,
    duties: f64,
    deficit: f64,
    people: f64,
}

fn lines(world: &World) -> Vec<Line> {
    let (economies, sectors) = (world.economy_count(), world.sector_count());
    let abroad = |n: usize, is_buyer: bool| -> f64 {
        (0..economies)
            .filter(|other| *other != n)
            .flat_map(|other| {
                let (buyer, seller) = if is_buyer { (n, other) } else { (other, n) };
                (0..sectors).map(move |s| (buyer, seller, s))
            })
            .map(|(buyer, seller, s)| world.fob[world.flow(buyer, seller, s)])
            .sum()
    };
    (0..economies)
        .map(|n| Line {
            code: world.economies[n].to_string(),
            name: world.economy_names[n].clone(),
            gdp: world.gdp(n),
            output: (0..sectors).map(|s| world.output[world.market(n, s)]).sum(),
            exports: abroad(n, false),
            imports: abroad(n, true),
            duties: world.duties(n),
            deficit: world.deficit[n],
            people: world.population[n],
        })
        .collect()
}

/// Output, trade across borders and duties of a sector (USD bn).
fn sector_line(world: &World, s: usize) -> (f64, f64, f64) {
    let economies = world.economy_count();
    let output = (0..economies)
        .map(|n| world.output[world.market(n, s)])
        .sum();
    let (mut traded, mut duty) = (0.0, 0.0);
    for n in 0..economies {
        for i in (0..economies).filter(|i| *i != n) {
            traded += world.fob[world.flow(n, i, s)];
            duty += world.duty[world.flow(n, i, s)];
        }
    }
    (output, traded, duty)
}

fn accounts_text(world: &World) -> String {
    let mut text = vec![format!(
        "Base year {}, USD bn at basic prices\n\n{:<4} {:<20} {:>9} {:>9} {:>8} {:>8} {:>8} {:>8} {:>8}",
        world.base_year,
        "",
        "",
        "GDP",
        "output",
        "exports",
        "imports",
        "deficit",
        "duties",
        "people m"
    )];
    for one in lines(world) {
        let name: String = one.name.chars().take(20).collect();
        text.push(format!(
            "{:<4} {name:<20} {:>9.0} {:>9.0} {:>8.0} {:>8.0} {:>8.0} {:>8.1} {:>8.0}",
            one.code,
            one.gdp,
            one.output,
            one.exports,
            one.imports,
            one.deficit,
            one.duties,
            one.people
        ));
    }
    text.push(format!(
        "\n{:<38} {:>9} {:>9} {:>8} {:>8}",
        "", "output", "traded", "duties", "rate"
    ));
    for s in 0..world.sector_count() {
        let (output, traded, duty) = sector_line(world, s);
        let rate = if traded > 0.0 { duty / traded } else { 0.0 };
        text.push(format!(
            "{:<38} {output:>9.0} {traded:>9.0} {duty:>8.1} {:>8}",
            format!("{} ({})", world.sector_names[s], world.sectors[s]),
            percent(rate, 2)
        ));
    }
    text.join("\n")
}

fn accounts_json(world: &World) -> Value {
    let economies: Vec<Value> = lines(world)
        .into_iter()
        .map(|one| {
            json!({
                "economy": one.code, "name": one.name, "gdp": one.gdp, "output": one.output,
                "exports": one.exports, "imports": one.imports, "deficit": one.deficit,
                "duties": one.duties, "population_m": one.people,
            })
        })
        .collect();
    let sectors: Vec<Value> = (0..world.sector_count())
        .map(|s| {
            let (output, traded, duty) = sector_line(world, s);
            json!({
                "sector": world.sectors[s].to_string(), "name": world.sector_names[s],
                "output": output, "traded": traded, "duties": duty,
            })
        })
        .collect();
    json!({
        "base_year": world.base_year, "unit": "USD bn a year",
        "economies": economies, "sectors": sectors,
    })
}
