//! An estimation as a table, a note and JSON.

use std::fmt::Write;

use serde_json::{Value as Json, json};

use super::{Estimate, Estimation, name_spec};

/// A number with so many significant digits.
pub(super) fn significant(value: f64, digits: i32) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let size = libm::floor(libm::log10(value.abs())) as i32;
    let decimals = usize::try_from((digits - 1 - size).max(0)).unwrap_or(0);
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        let text = text.trim_end_matches('0').trim_end_matches('.');
        return text.to_owned();
    }
    text
}

/// The number that [`significant`] writes.
pub(super) fn rounded(value: f64, digits: i32) -> f64 {
    significant(value, digits).parse().unwrap_or(value)
}

/// What becomes a parameter, and what was only looked at.
fn parts(estimation: &Estimation) -> [(&'static str, Vec<&Estimate>); 2] {
    let of = |is_written: bool| {
        let all = estimation.estimates.iter();
        all.filter(|one| one.is_written == is_written).collect()
    };
    [
        ("Parameters", of(true)),
        ("Readings, not written", of(false)),
    ]
}

/// The table for a terminal, and notes.
pub fn table(estimation: &Estimation) -> String {
    let mut text = format!(
        "{}: rows up to {}\n",
        estimation.plan.title, estimation.through
    );
    for (title, estimates) in parts(estimation) {
        let _ = writeln!(
            text,
            "\n{title:<38} {:>9} {:>8} {:>8} {:>5}  {:>4} rows",
            "value", "s.e.", "stated", "away", ""
        );
        for one in estimates {
            let _ = writeln!(
                text,
                "{:<38} {:>9} {:>8} {:>8} {:>5}  {:>4} {} to {}{}",
                one.name,
                significant(one.value, 4),
                significant(one.error, 2),
                one.stated
                    .map_or("-".to_owned(), |value| significant(value, 4)),
                one.distance()
                    .map_or("-".to_owned(), |away| format!("{away:+.1}")),
                one.sample.rows,
                one.sample.first,
                one.sample.last,
                if one.differs() { "  differs" } else { "" },
            );
        }
    }
    text.push_str("\naway: distance from the stated value in standard errors. Methods:\n");
    for one in &estimation.estimates {
        let _ = writeln!(text, "- {}: {}", one.name, method(one));
    }
    text
}

fn method(one: &Estimate) -> String {
    if one.note.is_empty() {
        one.method.clone()
    } else {
        format!("{}. {}", one.method, one.note)
    }
}

/// The estimation as JSON.
pub fn to_json(estimation: &Estimation) -> Json {
    let estimates: Vec<Json> = estimation
        .estimates
        .iter()
        .map(|one| {
            json!({
                "name": one.name, "value": one.value, "standard_error": one.error,
                "unit": one.unit, "method": one.method, "note": one.note,
                "rows": one.sample.rows, "first": one.sample.first.to_string(),
                "last": one.sample.last.to_string(), "stated": one.stated,
                "stated_error": one.stated_error, "is_parameter": one.is_written,
                "differs": one.differs(),
            })
        })
        .collect();
    let correlations: Vec<Json> = estimation
        .correlations
        .iter()
        .map(|one| json!({ "left": one.left, "right": one.right, "value": one.value }))
        .collect();
    json!({
        "section": estimation.plan.section, "title": estimation.plan.title,
        "through": estimation.through.to_string(), "estimates": estimates,
        "correlations": correlations,
    })
}

/// The note about sections; `command` writes it again.
pub fn markdown(estimations: &[Estimation], command: &str) -> String {
    let mut text = format!(
        "# Calibration of approval and markets\n\nWritten by `{command}`; do not edit. Rows and stated values \
         are in `configs/estimation`, tables in `configs/politics` and `configs/markets`, results in \
         `configs/parameters`. \"Away\" is the distance from the value the specification states, in standard \
         errors of the estimate. A reading is printed and not used: its parameter is assumed or comes from \
         the literature.\n"
    );
    for estimation in estimations {
        section(&mut text, estimation);
    }
    text
}

fn section(text: &mut String, estimation: &Estimation) {
    let plan = &estimation.plan;
    let _ = write!(
        text,
        "\n## {}\n\n{} No row after {} is used.\n",
        plan.title, plan.introduction, estimation.through
    );
    for (title, estimates) in parts(estimation) {
        let _ = write!(
            text,
            "\n### {title}\n\n| | Value | Standard error | Stated | Away | Unit | Rows | First | Last |\n\
             | --- | ---: | ---: | ---: | ---: | --- | ---: | --- | --- |\n"
        );
        for one in estimates {
            let name = if name_spec(&one.name).is_some() {
                format!("`{}`", one.name)
            } else {
                one.name.clone()
            };
            let stated = match (one.stated, one.stated_error) {
                (Some(value), Some(error)) => {
                    format!("{} ({})", significant(value, 4), significant(error, 2))
                }
                (Some(value), None) => significant(value, 4),
                _ => String::new(),
            };
            let away = one.distance().map_or(String::new(), |away| {
                let mark = if one.differs() { " **differs**" } else { "" };
                format!("{away:+.1}{mark}")
            });
            let _ = writeln!(
                text,
                "| {name} | {} | {} | {stated} | {away} | {} | {} | {} | {} |",
                significant(one.value, 4),
                significant(one.error, 2),
                one.unit,
                one.sample.rows,
                one.sample.first,
                one.sample.last,
            );
        }
    }
    text.push_str("\n### Methods\n\n");
    for one in &estimation.estimates {
        let _ = writeln!(text, "- **{}**: {}.", one.name, method(one));
    }
    if !plan.priors.is_empty() {
        text.push_str(
            "\n### Priors\n\n| | Mean | Deviation | Source |\n| --- | ---: | ---: | --- |\n",
        );
        for prior in &plan.priors {
            let _ = writeln!(
                text,
                "| `{}` | {} | {} | {} |",
                prior.name,
                significant(prior.mean, 4),
                significant(prior.deviation, 3),
                prior.source
            );
        }
    }
    correlations(text, estimation);
    text.push_str(
        "\n### Not estimated\n\n| | Value | Plausible | Status | Source |\n| --- | ---: | --- | --- | --- |\n",
    );
    for stated in plan
        .parameters
        .iter()
        .filter(|one| one.status != "estimated")
    {
        let _ = writeln!(
            text,
            "| `{}` | {} | {} to {} | {} | {} |",
            stated.name,
            stated.value,
            stated.range.0,
            stated.range.1,
            stated.status,
            stated.source.replace('|', "/"),
        );
    }
}

/// Correlations of the joint fit as a triangle.
fn correlations(text: &mut String, estimation: &Estimation) {
    let mut names: Vec<&str> = Vec::new();
    for one in &estimation.correlations {
        for name in [one.left.as_str(), one.right.as_str()] {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    if names.is_empty() {
        return;
    }
    text.push_str("\n### Correlations of the joint fit\n\n| |");
    for at in 1..names.len() {
        let _ = write!(text, " {at} |");
    }
    text.push_str("\n| --- |");
    text.push_str(&" ---: |".repeat(names.len() - 1));
    text.push('\n');
    for (at, name) in names.iter().enumerate() {
        let _ = write!(text, "| {} `{name}` |", at + 1);
        for earlier in &names[..at.min(names.len() - 1)] {
            let own = estimation.correlations.iter();
            let value = own
                .filter(|one| one.left == *earlier && one.right == *name)
                .map(|one| one.value)
                .next();
            let _ = write!(
                text,
                " {} |",
                value.map_or(String::new(), |v| format!("{v:.2}"))
            );
        }
        text.push_str(&" |".repeat(names.len() - 1 - at.min(names.len() - 1)));
        text.push('\n');
    }
}
