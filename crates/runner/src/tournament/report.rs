//! Scores of a tournament as a table, as a note and as JSON.

use std::fmt::Write;

use serde_json::{Value as Json, json};

use super::{MEASURES, Mean, Score};

/// Columns of a name.
const NAME: usize = 21;
/// Columns of a figure with its error.
const FIGURE: usize = 13;

/// A mean with its standard error in brackets; a dash where there is none.
fn cell(mean: &Mean) -> String {
    let digits = if mean.mean.abs() < 10.0 { 2 } else { 1 };
    let shown = format!("{:.digits$}", mean.mean);
    // Zero has no sign.
    let is_zero = shown.trim_matches(['-', '0', '.']).is_empty();
    let shown = if is_zero {
        shown.trim_start_matches('-')
    } else {
        &shown
    };
    match (mean.mean.is_finite(), mean.standard_error.is_finite()) {
        (false, _) => "-".to_owned(),
        (true, false) => shown.to_owned(),
        (true, true) => format!("{shown} ({:.digits$})", mean.standard_error),
    }
}

fn cells(score: &Score) -> Vec<String> {
    score.means.iter().map(cell).collect()
}

/// A group of lines for each strategy of the principal, a line for each of the partners.
pub fn table(scores: &[Score]) -> String {
    let mut text = String::from("Partners by principal");
    for measure in MEASURES {
        let _ = write!(text, "{:>FIGURE$}", measure.heading);
    }
    text.push('\n');
    for group in scores.chunk_by(|one, next| one.principal == next.principal) {
        let _ = writeln!(text, "{}", group[0].principal);
        for score in group {
            let _ = write!(text, "{:<NAME$}", format!("  {}", score.partners));
            for cell in cells(score) {
                let _ = write!(text, "{cell:>FIGURE$}");
            }
            text.push('\n');
        }
    }
    let _ = write!(text, "\n{}\n", explained(scores));
    text
}

/// What the columns are.
fn explained(scores: &[Score]) -> String {
    let replications = scores.iter().map(|score| score.replications).max();
    let mut text = format!(
        "Means over {} replications, standard errors in brackets.",
        replications.unwrap_or(0)
    );
    for measure in MEASURES {
        let _ = write!(text, "\n  {:<10} {}", measure.heading, measure.title);
    }
    text
}

/// The note.
pub fn markdown(title: &str, scores: &[Score], command: &str) -> String {
    let headings: Vec<&str> = MEASURES.iter().map(|one| one.heading).collect();
    let mut text = format!(
        "# Strategies against each other: {title}\n\nWritten by `{command}`; do not edit.\n\n\
         | Principal | Partners | {} |\n| --- | --- |{}\n",
        headings.join(" | "),
        " ---: |".repeat(MEASURES.len())
    );
    for score in scores {
        let _ = writeln!(
            text,
            "| {} | {} | {} |",
            score.principal,
            score.partners,
            cells(score).join(" | ")
        );
    }
    let replications = scores.iter().map(|score| score.replications).max();
    let _ = writeln!(
        text,
        "\nMeans over {} replications with the same parameters and chance events, standard errors in brackets.\n",
        replications.unwrap_or(0)
    );
    for measure in MEASURES {
        let _ = writeln!(text, "- **{}**: {}", measure.heading, measure.title);
    }
    text
}

/// Scores as JSON; figures without a value are null.
pub fn to_json(scores: &[Score]) -> Json {
    let known = |value: f64| value.is_finite().then_some(value);
    let one = |score: &Score| {
        let mut found = json!({
            "principal": score.principal, "partners": score.partners,
            "replications": score.replications,
        });
        for (measure, mean) in MEASURES.iter().zip(&score.means) {
            found[measure.name] = json!({
                "mean": known(mean.mean), "standard_error": known(mean.standard_error),
                "replications": mean.count,
            });
        }
        found
    };
    scores.iter().map(one).collect()
}
