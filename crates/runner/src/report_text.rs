//! A [`Summary`] as a table of at most a hundred columns.

use std::fmt::Write;

use crate::summary::{Figure, ScenarioSummary, Summary};

/// Columns of a line.
const WIDTH: usize = 100;
/// Columns of the block of one scenario.
const BLOCK: usize = 35;
/// Columns of an interval.
const INTERVAL: usize = 14;
/// Characters of a title.
const TITLE: usize = 90;
/// Scenarios side by side.
const SIDE_BY_SIDE: usize = 2;
/// Replications below which the reader is warned.
const FEW: usize = 30;

/// The table: outcomes in groups, two scenarios side by side, each with mean,
/// interval, and standard deviations from parameters and from agents.
pub fn table(summary: &Summary) -> String {
    let mut text = String::new();
    for scenarios in summary.scenarios.chunks(SIDE_BY_SIDE) {
        let label = WIDTH - BLOCK * scenarios.len();
        head(&mut text, scenarios, label);
        for (at, figure) in scenarios[0].figures.iter().enumerate() {
            let group = &scenarios[0].figures;
            if at == 0 || group[at - 1].group != figure.group {
                line(&mut text, &format!("\n{}", group_title(group, at)));
            }
            row(&mut text, scenarios, at, label);
        }
        text.push('\n');
    }
    notes(&mut text, summary);
    text
}

/// Adds a line without blanks at its end.
fn line(text: &mut String, added: &str) {
    text.push_str(added.trim_end());
    text.push('\n');
}

fn head(text: &mut String, scenarios: &[ScenarioSummary], label: usize) {
    let titles: Vec<Vec<String>> = scenarios
        .iter()
        .map(|scenario| wrapped(&shortened(&scenario.title, TITLE), BLOCK - 3))
        .collect();
    let rows = titles.iter().map(Vec::len).max().unwrap_or(0);
    for row in 0..rows {
        let mut cells = " ".repeat(label);
        for title in &titles {
            // Titles stand on the row above the names of the columns.
            let at = (row + title.len()).checked_sub(rows);
            let part = at.and_then(|at| title.get(at)).map_or("", String::as_str);
            let _ = write!(cells, "{part:>BLOCK$}");
        }
        line(text, &cells);
    }
    let mut names = " ".repeat(label);
    for _ in scenarios {
        let _ = write!(
            names,
            " {:>7} {:>14}{:>6}{:>6}",
            "mean", "5 to 95 %", "param", "agent"
        );
    }
    line(text, &names);
}

/// The group and, where all its figures share one, the unit.
fn group_title(figures: &[Figure], at: usize) -> String {
    let group = &figures[at].group;
    match shared_unit(figures, group) {
        Some(unit) => format!("{} ({})", capital(group), Shown::of(unit).label),
        None => capital(group),
    }
}

fn shared_unit<'a>(figures: &'a [Figure], group: &str) -> Option<&'a str> {
    let mut units = figures
        .iter()
        .filter(|one| one.group == group)
        .map(|one| one.unit.as_str());
    let first = units.next()?;
    units.all(|unit| unit == first).then_some(first)
}

fn row(text: &mut String, scenarios: &[ScenarioSummary], at: usize, label: usize) {
    let figures = &scenarios[0].figures;
    let figure = &figures[at];
    let shown = Shown::of(&figure.unit);
    let name = match shared_unit(figures, &figure.group) {
        Some(_) => figure.name.clone(),
        None => format!("{}, {}", figure.name, shown.label),
    };
    let mut lines = wrapped(&name, label.saturating_sub(3));
    let last = lines.pop().unwrap_or_default();
    for one in lines {
        line(text, &format!("  {one}"));
    }
    let mut cells = format!("  {last:<width$}", width = label - 2);
    let digits = digits(scenarios, figure, &shown);
    for scenario in scenarios {
        let own = scenario
            .figures
            .iter()
            .find(|one| one.group == figure.group && one.name == figure.name);
        cells.push_str(&own.map_or_else(String::new, |own| cell(own, &shown, digits)));
    }
    line(text, &cells);
}

fn cell(figure: &Figure, shown: &Shown, digits: usize) -> String {
    if figure.count == 0 {
        return format!(" {:>7} {:>14}{:>6}{:>6}", "none", "", "", "");
    }
    let number = |value: f64| number(shown.factor * value, digits);
    let interval = interval(figure, shown, digits);
    let (parameters, agents) = match figure.parts {
        Some(parts) => (number(parts.parameters), number(parts.agents)),
        None => ("-".to_owned(), "-".to_owned()),
    };
    format!(
        " {:>7} {interval:>14}{parameters:>6}{agents:>6}",
        number(figure.mean)
    )
}

/// A number, never `-0`.
fn number(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    let is_zero = text.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.'));
    text.strip_prefix('-')
        .filter(|_| is_zero)
        .map_or_else(|| text.clone(), str::to_owned)
}

/// How a unit is printed.
struct Shown<'a> {
    label: &'a str,
    factor: f64,
}

impl<'a> Shown<'a> {
    fn of(unit: &'a str) -> Self {
        let (label, factor) = match unit {
            "share" => ("%", 100.0),
            "relative change" => ("change, %", 100.0),
            "relative change of volume" => ("change of volume, %", 100.0),
            "change of share" => ("change of share, points", 100.0),
            "share of the duty" => ("% of the duty", 100.0),
            "USD bn a year" => ("USD bn", 1.0),
            "USD a household a year" => ("USD a household", 1.0),
            unit => (unit, 1.0),
        };
        Self { label, factor }
    }
}

/// Decimals that show about two digits of the middle interval of all figures of
/// the group in this unit; those of the values where there is no spread.
fn digits(scenarios: &[ScenarioSummary], figure: &Figure, shown: &Shown) -> usize {
    let alike = scenarios
        .iter()
        .flat_map(|scenario| &scenario.figures)
        .filter(|one| one.group == figure.group && one.unit == figure.unit && one.count > 0);
    let scale = |of: fn(&Figure) -> f64| {
        let mut sizes: Vec<f64> = alike
            .clone()
            .map(|one| (shown.factor * of(one)).abs())
            .collect();
        sizes.sort_by(f64::total_cmp);
        sizes.get(sizes.len() / 2).copied().unwrap_or(0.0)
    };
    let spread = scale(|one| one.high - one.low);
    let size = if spread > 0.0 {
        spread
    } else {
        scale(|one| one.mean) / 10.0
    };
    let mut digits = match size {
        size if size >= 20.0 => 0,
        size if size >= 2.0 => 1,
        size if size >= 0.02 => 2,
        _ => 3,
    };
    let is_too_wide = |digits: usize| {
        alike
            .clone()
            .any(|one| interval(one, shown, digits).len() > INTERVAL)
    };
    while digits > 0 && is_too_wide(digits) {
        digits -= 1;
    }
    digits
}

/// The interval as printed; empty where its ends look the same.
fn interval(figure: &Figure, shown: &Shown<'_>, digits: usize) -> String {
    let number = |value: f64| number(shown.factor * value, digits);
    let (low, high) = (number(figure.low), number(figure.high));
    if low == high {
        String::new()
    } else {
        format!("{low} to {high}")
    }
}

fn notes(text: &mut String, summary: &Summary) {
    let Summary {
        replications,
        samples,
        ..
    } = summary;
    let told_apart = summary
        .scenarios
        .iter()
        .flat_map(|scenario| &scenario.figures)
        .any(|figure| figure.parts.is_some());
    let mut note = format!(
        "Amounts are a year. Against \"{}\", with the same parameters and noise in every scenario. {replications} \
         replications, {samples} draw{} of the parameters; mean and 5 to 95 % over replications. \
         param, agent: standard deviation from what is not known about parameters and from the \
         noise of agents",
        summary.baseline.title,
        if *samples == 1 { "" } else { "s" }
    );
    if !told_apart {
        note.push_str(", not told apart: that takes two draws of the parameters, each run twice");
    }
    note.push_str(". ");
    note.push_str(&error_note(summary));
    if *replications < FEW {
        let _ = write!(
            note,
            " With fewer than {FEW} replications the intervals are rough."
        );
    }
    for one in wrapped(&note, WIDTH) {
        line(text, &one);
    }
}

/// How exact the means are.
fn error_note(summary: &Summary) -> String {
    let figures = summary
        .scenarios
        .iter()
        .flat_map(|scenario| &scenario.figures);
    let relative = |one: &Figure| one.standard_error / one.sd;
    let largest = figures
        .filter(|one| one.count > 1 && one.sd > 0.0)
        .map(relative)
        .fold(0.0, f64::max);
    if largest > 0.0 {
        format!(
            "Monte Carlo error of a mean: up to {:.0} % of its spread.",
            100.0 * largest
        )
    } else {
        String::new()
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

fn shortened(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width - 1).collect();
    format!("{}…", kept.trim_end())
}

/// Lines of at most `width` characters, broken at blanks.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(last) if last.chars().count() + 1 + word.chars().count() <= width => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ensemble::ReplicationOutcomes;
    use crate::outcomes::Outcome;
    use crate::summary::Heading;

    fn summary(scenarios: usize, replications: u32) -> Summary {
        let headings: Vec<Heading> = (0..=scenarios)
            .map(|at| Heading {
                name: format!("s{at}"),
                title: format!(
                    "Scenario number {at} with a title that is far too long for its block"
                ),
            })
            .collect();
        let outcome = |name: &str, unit, value| Outcome {
            group: "prices and such",
            name: name.to_owned(),
            unit,
            value,
        };
        let outcomes: Vec<ReplicationOutcomes> = (0..replications)
            .map(|replication| {
                let noise = f64::from(replication % 7) / 1e3;
                let own = vec![
                    outcome(
                        "consumer prices in a fixed basket of all there is to buy",
                        "share",
                        0.0123 + noise,
                    ),
                    outcome("revenue", "USD bn a year", -1234.5 - 1e4 * noise),
                    outcome("nothing", "share", f64::NAN),
                ];
                ReplicationOutcomes {
                    replication,
                    scenarios: std::iter::once(Vec::new())
                        .chain((0..scenarios).map(|_| own.clone()))
                        .collect(),
                }
            })
            .collect();
        Summary::of(&outcomes, &headings, 0, 2)
    }

    #[test]
    fn no_line_is_wider_than_the_page_for_any_number_of_scenarios() {
        for scenarios in 1..=5 {
            let text = table(&summary(scenarios, 40));
            let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= WIDTH, "{widest} columns:\n{text}");
            assert_eq!(text.matches("revenue").count(), scenarios.div_ceil(2));
        }
    }

    #[test]
    fn shares_are_printed_in_per_cent_and_amounts_as_they_are() {
        let text = table(&summary(1, 40));
        assert!(text.contains("1.52"), "mean of 1.23 % and noise:\n{text}");
        assert!(text.contains("-1263"), "{text}");
        assert!(text.contains("none"), "{text}");
    }

    #[test]
    fn a_handful_of_replications_comes_with_a_warning() {
        assert!(table(&summary(1, 4)).contains("intervals are rough"));
        assert!(!table(&summary(1, 40)).contains("intervals are rough"));
    }

    #[test]
    fn zero_has_no_sign() {
        assert_eq!(number(-0.000_1, 2), "0.00");
        assert_eq!(number(-0.1, 2), "-0.10");
    }
}
