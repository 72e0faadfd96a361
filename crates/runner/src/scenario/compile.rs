//! The law of a scenario, and contradictions in it.

use tradewinds_config::{Diagnostic, Diagnostics, Finding, Source, Span};
use tradewinds_policy::{LawBook, Place, PolicyError, Practice, TariffSchedule};

use super::Scenario;
use crate::library::Library;

/// Compiles the law of a scenario; contradictions are shown where the
/// measures are written.
pub(crate) fn compile(
    scenario: &Scenario,
    law: &LawBook,
    practice: &Practice,
    library: &Library,
) -> Result<TariffSchedule, Diagnostics> {
    TariffSchedule::compile(law, &scenario.reform, practice.clone()).map_err(|errors| {
        let mut problems = Diagnostics::new();
        for error in &errors {
            problems.push(contradiction(error, scenario, library));
        }
        problems
    })
}

fn contradiction(error: &PolicyError, scenario: &Scenario, library: &Library) -> Diagnostic {
    let span = |place: &Place| {
        let source = library
            .source(&place.file)
            .unwrap_or_else(|_| Source::new(place.file.as_str(), ""));
        line_span(&source, place.line)
    };
    match error {
        PolicyError::Conflict {
            authority,
            first,
            first_place,
            second,
            second_place,
            example,
        } => {
            let (one, other) = (span(first_place), span(second_place));
            let finding = Finding {
                summary: format!("two measures of `{authority}` tax the same goods at different rates"),
                found: format!(
                    "`{first}` (line {}) and `{second}` (line {}) are both in force on {example}",
                    first_place.line, second_place.line
                ),
                expected: "one rate, or a word on how the two combine".into(),
                help: "write combine = \"add\" if both are owed, combine = \"max\" if the higher one is, or split them by date with `ends`".into(),
            };
            Diagnostic::error(&other, "measure", finding).related(&one, format!("`{first}`"))
        }
        PolicyError::SameDay {
            measure,
            first,
            second,
            from,
            example,
        } => {
            let finding = Finding {
                summary: format!("two rates of `{measure}` start on {from}"),
                found: format!("both speak about {example}"),
                expected: "one rate for the same goods on a day".into(),
                help: "give them different dates, origins or products".into(),
            };
            Diagnostic::error(&span(second), "measure.rate", finding)
                .related(&span(first), "the first")
        }
        other => {
            let finding = Finding {
                summary: format!(
                    "the law of the scenario `{}` cannot be put together",
                    scenario.name
                ),
                found: other.to_string(),
                expected: "a law that says how its measures combine".into(),
                help: "change what the scenario adds or switches off".into(),
            };
            let nowhere = Source::new(scenario.name.as_str(), "");
            Diagnostic::error(&nowhere.span(0, 0), "scenario", finding)
        }
    }
}

fn line_span(source: &Source, line: usize) -> Span {
    let before: usize = source
        .text()
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    source.span(before, before + source.line(line).len())
}
