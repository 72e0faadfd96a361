//! Whether a row answers the recorded value that it names.

use tradewinds_config::{Diagnostics, Finding, Table};

use super::{Asked, Target};
use crate::experiment::Experiment;

/// Measures in money, points or regression units: their factor is free.
const OF_FREE_FACTOR: &[&str] = &[
    "duties",
    "imports",
    "quota_rents",
    "duties_change",
    "value_loss",
    "approval",
    "approval_change",
    "basket_cost",
    "basket_cost_first_tenth",
    "basket_cost_last_tenth",
    "regression",
    "regression_pass_through",
];

/// What keeps a row from answering its recorded value, at the keys of its table.
pub(super) fn unmatched(
    experiment: &Experiment,
    table: &Table,
    asked: &Asked,
    target: &Target,
) -> Diagnostics {
    let mut problems = Diagnostics::new();
    economy(experiment, table, asked, target, &mut problems);
    factor(table, &asked.measure, target, &mut problems);
    problems
}

/// A row reads the economy whose value is recorded, on either side of its flows.
fn economy(
    experiment: &Experiment,
    table: &Table,
    asked: &Asked,
    target: &Target,
    problems: &mut Diagnostics,
) {
    let code = |n: &usize| experiment.world.economies[*n].to_string();
    let sides = (asked.importers.iter()).chain(asked.exporters.iter().flatten());
    let read: Vec<String> = sides.map(code).collect();
    if target.economy.is_empty() || read.contains(&target.economy) {
        return;
    }
    let (id, own) = (&target.id, &target.economy);
    let finding = Finding {
        summary: format!("the recorded value {id} is of {own}, which the row does not read"),
        found: read.join(", "),
        expected: format!("\"{own}\" among `importers` or `exporters`"),
        help: format!("write `importers = [\"{own}\"]`, or name another recorded value"),
    };
    let mut keys = ["importers", "exporters"].into_iter();
    let key = keys.find(|key| table.is_written(key));
    problems.push(table.error(key.unwrap_or("target"), finding));
}

/// Rates and changes are fractions, which a recorded value holds in per cent or as they are.
fn factor(table: &Table, measure: &str, target: &Target, problems: &mut Diagnostics) {
    if measure.is_empty() || OF_FREE_FACTOR.contains(&measure) {
        return;
    }
    let factor: f64 = match target.unit.as_str() {
        "share" => 1.0,
        unit if unit.starts_with("pct") => 100.0,
        _ => return,
    };
    let scale: f64 = table.required("scale");
    if (scale.abs() - factor).abs() <= 1e-9 * factor {
        return;
    }
    let unit = &target.unit;
    let finding = Finding {
        summary: format!("a factor that does not lead to the unit of {}", target.id),
        found: format!("`scale` {scale} for a fraction, and the unit `{unit}`"),
        expected: format!("{factor:?}, by which a fraction becomes {unit}"),
        help: format!("write `scale = {factor:?}`"),
    };
    let is_written = table.is_written("scale");
    let key = if is_written { "scale" } else { "measure" };
    problems.push(table.error(key, finding));
}
