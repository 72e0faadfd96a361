//! `equilibrium`: the long run of a law, solved directly.

use serde_json::{Value, json};
use tradewinds_equilibrium::Labour;
use tradewinds_runner::rest_point::{EconomyAtRest, RestPoint, rest_point};
use tradewinds_units::Date;

use crate::failure::Failure;
use crate::law::{Which, date};
use crate::print::{percent, say, say_json};
use crate::{Form, Outcome, inputs};

/// Solve for the frictionless long run under the law of a day
#[derive(Debug, clap::Args)]
#[command(after_help = include_str!("../../../configs/help/equilibrium.txt"))]
pub(crate) struct Arguments {
    /// World [default: that of the experiment]
    #[arg(long, value_name = "NAME")]
    world: Option<String>,
    /// Day whose law holds for good [default: last day of the experiment]
    #[arg(long, value_name = "DATE", value_parser = date)]
    on: Option<Date>,
    /// Labour stays in its sector, as in the short run
    #[arg(long)]
    fixed_labour: bool,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    form: Form,
}

pub(crate) fn equilibrium(arguments: &Arguments) -> Outcome {
    let law = arguments.which.law()?;
    let experiment = &law.experiment;
    let world = match &arguments.world {
        Some(name) if *name != experiment.world_name => {
            std::sync::Arc::new(inputs::library()?.world(name)?)
        }
        _ => experiment.world.clone(),
    };
    // The law that the accounts of a world hold is that of its last day.
    let base = if world.base_year == experiment.world.base_year {
        experiment.base_law
    } else {
        last_day(world.base_year)?
    };
    let day = arguments.on.unwrap_or(experiment.end);
    let labour = if arguments.fixed_labour {
        Labour::Fixed
    } else {
        Labour::Mobile
    };
    let parameters = &experiment.parameters;
    let books = experiment
        .books()?
        .with_practice(law.schedule.practice().clone());
    let laws = (&books, &law.schedule);
    let found = rest_point(&world, parameters, laws, (base, day), labour)
        .map_err(|error| Failure::Result(error.to_string()))?;
    let names: Vec<String> = world.economies.iter().map(ToString::to_string).collect();
    if arguments.form.json {
        let told = json!({
            "law": law.title, "on": day.to_string(), "base_law": base.to_string(),
            "base_year": world.base_year, "labour_gap": found.equilibrium.labour_gap,
            "economies": found.economies().iter().map(|one| to_json(&names, one)).collect::<Vec<_>>(),
        });
        return say_json(&told);
    }
    let heading = format!(
        "Long run under {} as of {day}, against the law of {base}\n",
        law.title
    );
    say(&format!("{heading}\n{}", table(&names, &found)))
}

fn last_day(year: i32) -> Result<Date, Failure> {
    date(&format!("{year:04}-12-31")).map_err(Failure::Result)
}

fn table(names: &[String], found: &RestPoint) -> String {
    let mut lines = vec![
        format!(
            "{:<5} {:>9} {:>10} {:>9} {:>9} {:>18} {:>20}",
            "", "duty", "welfare", "real wage", "prices", "imports", "revenue, USD bn"
        ),
        format!(
            "{:<5} {:>9} {:>10} {:>9} {:>9} {:>9} {:>8} {:>10} {:>9}",
            "", "%", "%", "%", "%", "USD bn", "%", "new", "base"
        ),
    ];
    let change = |hat: f64| format!("{:+.2}", 100.0 * (hat - 1.0));
    for one in found.economies() {
        lines.push(format!(
            "{:<5} {:>9} {:>10} {:>9} {:>9} {:>9.0} {:>8} {:>10.1} {:>9.1}",
            names[one.economy],
            percent(one.rate, 2).trim_end_matches(" %"),
            change(one.welfare),
            change(one.real_wage),
            change(one.price),
            one.imports,
            change(one.imports / one.base_imports),
            one.revenue,
            one.base_revenue,
        ));
    }
    lines.push(format!(
        "duty: collected on goods, base-year weights. Nominal values at an unchanged world wage bill.\n\
         Labour markets clear to {:.0e} (log).",
        found.equilibrium.labour_gap
    ));
    lines.join("\n")
}

fn to_json(names: &[String], one: &EconomyAtRest) -> Value {
    json!({
        "economy": names[one.economy],
        "collected_rate": one.rate,
        "welfare_change": one.welfare - 1.0,
        "real_wage_change": one.real_wage - 1.0,
        "price_change": one.price - 1.0,
        "imports": one.imports,
        "base_imports": one.base_imports,
        "revenue": one.revenue,
        "base_revenue": one.base_revenue,
    })
}
