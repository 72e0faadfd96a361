//! Scores as a table, as JSON and as a note.

use std::fmt::Write;

use serde_json::{Value as Json, json};

use super::{
    Backtest, Cell, FEW_MEMBERS, FEWEST_MEMBERS, Forecast, Means, Scored, Variable, Weeks, columns,
};

const OVERLAP: &str = "Forecasts over several weeks overlap: those of neighbouring weeks share most of their days and miss together. \
Errors of differences allow for it, but with fewer than some ten spells that do not overlap they are rough themselves.";

const READING: &str = "CRPS: continuous ranked probability score, in the unit of the variable, less is better; of the \
simulator by the fair estimator over its members, of the baselines for normal distributions. Skill: one less the simulator's score over \
the baseline's, above zero where the simulator is better. Difference: the simulator's score less the baseline's, with its standard error \
(Diebold and Mariano, autocovariances up to one week less than the horizon). Coverage: recorded values inside the central intervals. \
Bias: mean forecast less recorded value. Tariff weeks: an event after the forecast is made, up to the day that is forecast.";

const BASELINES: &str = "Baselines know the record up to the day on which the forecast is made. Random walk: the last value, with \
the root mean square of past changes over the horizon. Historical mean: of approval, mean and deviation of past readings; of an \
index, the last value plus the mean past change, with the deviation of changes. Where the record has lasted less than a year of \
changes over the horizon, weekly ones are scaled to it (by the root of the weeks; their mean by the weeks).";

fn weeks_ahead(weeks: u32) -> String {
    match weeks {
        1 => "1 week".to_owned(),
        more => format!("{more} weeks"),
    }
}

fn place(scored: &Scored) -> &'static str {
    if scored.window.is_fitted {
        "within the fit"
    } else {
        "outside the fit"
    }
}

fn heading(scored: &Scored) -> String {
    format!(
        "{} ({}): {} to {}, experiment `{}`, {} members",
        scored.window.title,
        place(scored),
        scored.window.from,
        scored.window.to,
        scored.experiment,
        scored.members,
    )
}

/// A line for each variable, horizon and choice of weeks, by window. How few members there
/// are is said before anything runs, by [`Backtest::warning`].
pub fn table(list: &Backtest, windows: &[Scored]) -> String {
    let mut text = String::new();
    for scored in windows {
        let _ = writeln!(text, "{}\n{}", heading(scored), columns::terminal_heading());
        for (at, cell) in scored.cells.iter().enumerate() {
            let is_new = at == 0 || scored.cells[at - 1].variable.name != cell.variable.name;
            if is_new {
                let _ = writeln!(text, "{}", cell.variable.title);
            }
            for row in columns::terminal_rows(cell) {
                let _ = writeln!(text, "{row}");
            }
        }
        for line in verdicts(scored) {
            let _ = writeln!(text, "{line}");
        }
        text.push('\n');
    }
    text.push_str(&conclusion(list, windows));
    text.push('\n');
    text
}

/// Variables that the target speaks of, each with its weeks.
fn targets(cells: &[Cell]) -> impl Iterator<Item = (&Cell, Weeks)> {
    cells
        .iter()
        .filter_map(|cell| Some((cell, cell.variable.target?)))
}

fn in_words(variable: &Variable, weeks: Weeks) -> String {
    let where_asked = match weeks {
        Weeks::All => "all weeks",
        Weeks::Tariff => "tariff weeks",
    };
    format!("{}, {where_asked}", variable.title)
}

/// Why a window has too few members to be judged; nothing where it has enough.
fn too_few(scored: &Scored) -> Option<String> {
    (scored.members < FEWEST_MEMBERS).then(|| {
        format!(
            "{} members are too few to judge forecasts by: {FEWEST_MEMBERS} are needed.",
            scored.members
        )
    })
}

/// What a window outside the fit says of the target, a line for each variable and
/// horizon; none within the fit.
fn verdicts(scored: &Scored) -> Vec<String> {
    if scored.window.is_fitted {
        return Vec::new();
    }
    if let Some(reason) = too_few(scored) {
        return vec![reason];
    }
    let line = |(cell, weeks): (&Cell, Weeks)| {
        let found = match cell.means(weeks).is_better() {
            None => "no forecast",
            Some([true, true]) => "better than both baselines",
            Some([true, false]) => "better than the random walk, not than the historical mean",
            Some([false, true]) => "better than the historical mean, not than the random walk",
            Some([false, false]) => "worse than both baselines",
        };
        let ahead = weeks_ahead(cell.weeks);
        format!(
            "{}, {ahead} ahead: {found}.",
            in_words(&cell.variable, weeks)
        )
    };
    targets(&scored.cells).map(line).collect()
}

/// Whether all variables of the target beat both baselines at a horizon; none where
/// that was not tested: within the fit, with too few members, or where a variable has no
/// forecast and no other misses the target.
fn is_met(scored: &Scored, weeks: u32) -> Option<bool> {
    if scored.window.is_fitted || too_few(scored).is_some() {
        return None;
    }
    let own = targets(&scored.cells).filter(|(cell, _)| cell.weeks == weeks);
    let found: Vec<Option<bool>> = own
        .map(|(cell, of)| cell.means(of).is_better().map(|better| better == [true; 2]))
        .collect();
    if found.contains(&Some(false)) {
        Some(false)
    } else {
        (!found.is_empty() && found.iter().all(Option::is_some)).then_some(true)
    }
}

/// Whether the target is met in a window outside the fit, by horizon.
fn conclusion(list: &Backtest, windows: &[Scored]) -> String {
    let is_short = |one: &Scored| !one.window.is_fitted && too_few(one).is_some();
    let missing = match windows.iter().any(is_short) {
        true => format!("{FEWEST_MEMBERS} members"),
        false => "forecasts".to_owned(),
    };
    let sentence = |weeks: &u32| {
        let of = |answer: bool| -> Vec<&str> {
            let own = windows
                .iter()
                .filter(|one| is_met(one, *weeks) == Some(answer));
            own.map(|scored| scored.window.title.as_str()).collect()
        };
        let ahead = weeks_ahead(*weeks);
        let met = of(true);
        if !met.is_empty() {
            format!("Target, {ahead} ahead: met in {}.", met.join(" and "))
        } else if of(false).is_empty() {
            format!(
                "Target, {ahead} ahead: not tested, for want of {missing} in a window outside the fit."
            )
        } else {
            format!("Target, {ahead} ahead: not met in a window outside the fit.")
        }
    };
    let all: Vec<String> = list.horizons.iter().map(sentence).collect();
    all.join("\n")
}

/// A warning where a forecast has few members.
fn few_members(windows: &[Scored]) -> Option<String> {
    let fewest = windows.iter().map(|one| one.members).min()?;
    noisy(fewest)
}

/// What to know of scores with so many members; nothing where they are enough.
pub(super) fn noisy(members: usize) -> Option<String> {
    (members < FEW_MEMBERS).then(|| {
        format!(
            "{members} members: with fewer than {FEW_MEMBERS} the score and the intervals of the simulator are noisy"
        )
    })
}

/// The note.
pub fn markdown(list: &Backtest, windows: &[Scored], command: &str) -> String {
    let mut text = format!(
        "# {}\n\nWritten by `{command}`; do not edit.\n\n{}\n\n{READING}\n\n{BASELINES}\n\n{OVERLAP}\n",
        list.title,
        list.introduction.trim(),
    );
    let _ = writeln!(
        text,
        "\n## Target\n\nBetter than both baselines on every variable of the target in a window outside the fit. The word better \
         is about means; the errors of differences below say how far chance may have made them.\n"
    );
    for line in conclusion(list, windows).lines() {
        let _ = writeln!(text, "- {line}");
    }
    if let Some(warning) = few_members(windows) {
        let _ = writeln!(text, "\n{warning}.");
    }
    for scored in windows {
        let _ = writeln!(text, "\n## {}\n\n{}.", scored.window.title, heading(scored));
        if !scored.window.note.is_empty() {
            let _ = writeln!(text, "{}", scored.window.note.trim());
        }
        text.push('\n');
        for line in verdicts(scored) {
            let _ = writeln!(text, "- {line}");
        }
        let _ = writeln!(text, "\n{}", columns::note_heading());
        for cell in &scored.cells {
            for row in columns::note_rows(cell) {
                let _ = writeln!(text, "{row}");
            }
        }
        if let Some(sentence) = scaled(scored) {
            let _ = writeln!(text, "\n{sentence}");
        }
    }
    text
}

/// How many forecasts have baselines with scaled weekly changes.
fn scaled(scored: &Scored) -> Option<String> {
    let own = scored.cells.iter().filter(|cell| cell.scaled() > 0);
    let parts: Vec<String> = own
        .map(|cell| {
            format!(
                "{}, {} ahead: {} of {}",
                cell.variable.title,
                weeks_ahead(cell.weeks),
                cell.scaled(),
                cell.forecasts.len()
            )
        })
        .collect();
    (!parts.is_empty()).then(|| {
        format!(
            "Forecasts whose baselines rest on scaled weekly changes: {}.",
            parts.join("; ")
        )
    })
}

/// Scores and forecasts as JSON.
pub fn to_json(list: &Backtest, windows: &[Scored]) -> Json {
    let window = |scored: &Scored| {
        json!({
            "window": scored.window.name, "title": scored.window.title,
            "from": scored.window.from.to_string(), "to": scored.window.to.to_string(),
            "is_fitted": scored.window.is_fitted, "note": scored.window.note,
            "experiment": scored.experiment, "members": scored.members,
            "verdicts": verdicts(scored),
            "target_met": (list.horizons.iter())
                .map(|weeks| json!({ "weeks": weeks, "met": is_met(scored, *weeks) }))
                .collect::<Json>(),
            "scores": scored.cells.iter().map(cell).collect::<Json>(),
        })
    };
    json!({ "title": list.title, "windows": windows.iter().map(window).collect::<Json>() })
}

fn cell(cell: &Cell) -> Json {
    json!({
        "variable": cell.variable.name, "title": cell.variable.title, "weeks": cell.weeks,
        "all_weeks": means(&cell.all), "tariff_weeks": means(&cell.tariff),
        "scaled_baselines": cell.scaled(),
        "forecasts": cell.forecasts.iter().map(forecast).collect::<Json>(),
    })
}

fn means(means: &Means) -> Json {
    let by = |of: &dyn Fn(usize) -> Json| json!({ "simulator": of(0), "random_walk": of(1), "historical_mean": of(2) });
    let against = |at: usize| {
        let (mean, error) = means.differences[at];
        json!({ "difference": mean, "standard_error": error, "skill": means.skill()[at] })
    };
    json!({
        "forecasts": means.count,
        "crps": by(&|own| json!(means.scores[own])),
        "coverage_50": by(&|own| json!(means.coverage[own][0])),
        "coverage_90": by(&|own| json!(means.coverage[own][1])),
        "bias": means.bias,
        "against_random_walk": against(0),
        "against_historical_mean": against(1),
    })
}

fn forecast(one: &Forecast) -> Json {
    let normal = |of: super::Normal| json!({ "mean": of.mean, "deviation": of.deviation });
    json!({
        "made": one.made.to_string(), "day": one.day.to_string(),
        "last": one.last, "recorded": one.recorded, "is_tariff": one.is_tariff,
        "mean": one.mean, "quantiles": one.quantiles,
        "random_walk": normal(one.baselines.random_walk),
        "historical_mean": normal(one.baselines.historical_mean),
        "crps": one.scores,
    })
}
