//! A picture of a result: what the law charges, and how far prices follow on
//! their way from the port to the store.

mod data;
mod panel;

use std::path::Path;

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;
use tradewinds_runner::ensemble::Plan;
use tradewinds_runner::experiment::Experiment;
use tradewinds_runner::launch::write_whole;

use crate::failure::Failure;
use data::Spread;
use panel::{FAINT, Fault, INK, Line, Panel, day, text, write};

/// Name of the picture beside the manifest.
pub(crate) const FILE: &str = "figure.svg";

const SIZE: (u32, u32) = (1280, 580);
/// Space at the sides, above and below the panels [pixels].
const MARGIN: i32 = 24;
const HEAD: i32 = 76;
const FOOT: i32 = 36;
const BLUE: RGBColor = RGBColor(29, 78, 137);
const ORANGE: RGBColor = RGBColor(194, 84, 27);
const GREEN: RGBColor = RGBColor(43, 122, 91);
const GREY: RGBColor = RGBColor(120, 128, 140);

/// Draws the first scenario that is not the baseline, from the dataset in
/// `folder`, and puts the picture beside it.
pub(crate) fn draw(experiment: &Experiment, plan: &Plan, folder: &Path) -> Result<(), Failure> {
    let Some(scenario) = (0..experiment.scenarios.len()).find(|at| *at != experiment.baseline)
    else {
        return Err(Failure::Request {
            problem: "there is nothing to draw: the experiment has no scenario but its baseline"
                .to_owned(),
            help: "add a scenario, or leave out --figure".to_owned(),
        });
    };
    let prices = data::prices(experiment, scenario, folder)?;
    let panels = [
        rates_panel(experiment, plan, scenario),
        prices_panel(experiment, &prices),
    ];
    let mut picture = String::new();
    compose(&mut picture, experiment, scenario, &panels)
        .map_err(|fault| Failure::Result(format!("the picture could not be drawn: {fault}")))?;
    write_whole(&folder.join(FILE), picture.as_bytes())?;
    Ok(())
}

fn rates_panel(experiment: &Experiment, plan: &Plan, scenario: usize) -> Panel {
    let rates = data::rates(experiment, plan, scenario);
    let line = |name: [&str; 2], colour: RGBColor, of: fn(&data::Rates) -> f64| {
        let mut points = Vec::new();
        for (at, rate) in rates.iter().enumerate() {
            let until = rates.get(at + 1).map_or(experiment.end, |next| next.from);
            points.extend([(day(rate.from), of(rate)), (day(until), of(rate))]);
        }
        Line {
            name: name.map(str::to_owned),
            colour,
            points,
            bands: Vec::new(),
        }
    };
    let economy = &experiment.world.economy_names[experiment.outcomes.economy];
    Panel {
        title: format!("Duty on imports of goods, {economy}"),
        unit: "% of customs value, mean with base-year trade as weights".to_owned(),
        days: (experiment.start, experiment.end),
        lines: vec![
            line(["Statutory", "as written in law"], GREY, |rate| {
                rate.statutory
            }),
            line(["Applied", "after claims, quotas"], BLUE, |rate| {
                rate.applied
            }),
            line(["Collected", "by the treasury"], ORANGE, |rate| {
                rate.collected
            }),
        ],
    }
}

fn prices_panel(experiment: &Experiment, prices: &[Vec<Spread>; 3]) -> Panel {
    let names = [
        (["Landed price", "of imports, duty paid"], ORANGE),
        (["Store price", "of imported goods"], BLUE),
        (["Store price", "of domestic goods"], GREEN),
    ];
    let line = |(spreads, (name, colour)): (&Vec<Spread>, ([&str; 2], RGBColor))| {
        let band = |low: usize, high: usize| -> Vec<(f64, f64)> {
            spreads
                .iter()
                .map(|spread| (spread.quantiles[low], spread.quantiles[high]))
                .collect()
        };
        // A value is the mean over a period and stands at its middle.
        let half = match spreads.as_slice() {
            [first, second, ..] => f64::from(second.day - first.day) / 2.0,
            _ => 0.0,
        };
        Line {
            name: name.map(str::to_owned),
            colour,
            points: spreads
                .iter()
                .map(|spread| (f64::from(spread.day) + half, spread.mean))
                .collect(),
            bands: vec![band(0, 3), band(1, 2)],
        }
    };
    let baseline = &experiment.scenarios[experiment.baseline].title;
    Panel {
        title: "Prices of goods from port to store".to_owned(),
        unit: format!("% change against \"{baseline}\", weighted with imports"),
        days: (experiment.start, experiment.end),
        lines: prices.iter().zip(names).map(line).collect(),
    }
}

fn compose(
    picture: &mut String,
    experiment: &Experiment,
    scenario: usize,
    panels: &[Panel; 2],
) -> Result<(), Fault> {
    let root = SVGBackend::with_string(picture, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let heading = text(24, &INK, HPos::Left);
    let heading = TextStyle {
        font: heading.font.style(FontStyle::Bold),
        ..heading
    };
    write(&root, &experiment.title, &heading, (MARGIN, 40))?;
    let subtitle = format!("Scenario: {}", experiment.scenarios[scenario].title);
    write(
        &root,
        &subtitle,
        &text(15, &FAINT, HPos::Left),
        (MARGIN, 64),
    )?;
    let half = (SIZE.0 as i32 - 2 * MARGIN) / 2;
    let size = (half - MARGIN / 2, SIZE.1 as i32 - HEAD - FOOT);
    panels[0].draw(&root, (MARGIN, HEAD), size)?;
    panels[1].draw(&root, (MARGIN + half + MARGIN / 2, HEAD), size)?;
    let source = format!(
        "Source: Tradewinds {}, experiment {}, {} replications with {} draws of the parameters; line: mean, bands: 50 and 90 % of replications. Configuration {}.",
        env!("CARGO_PKG_VERSION"),
        experiment.name,
        experiment.replications(),
        experiment.design.samples(),
        &experiment.config_hash[..8.min(experiment.config_hash.len())],
    );
    write(
        &root,
        &source,
        &text(12, &FAINT, HPos::Left),
        (MARGIN, SIZE.1 as i32 - 14),
    )?;
    root.present()?;
    Ok(())
}
