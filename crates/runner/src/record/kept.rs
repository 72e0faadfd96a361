//! Whether an experiment keeps what a measure is computed of.

use tradewinds_config::{Diagnostic, Diagnostics, Finding, Table};
use tradewinds_units::{Date, days_after, days_between};

use super::measure::is_of_one;
use super::talks::OF_TALKS;
use super::{Asked, Window};
use crate::closure::Mode;
use crate::experiment::{Experiment, Level};
use crate::plan::watched;

/// Whether a measure is of figures that are recorded of every economy.
fn is_of_all(measure: &str) -> bool {
    OF_ALL.contains(&measure) || OF_TALKS.contains(&measure)
}

const OF_ALL: &[&str] = &[
    "quota_rents",
    "consumer_price_change",
    "real_consumption_change",
    "employment_change",
    "unemployment_change",
    "exports_change",
    "currency_change",
    "approval",
    "approval_change",
];

/// Measures of days of trade in shares.
const OF_SHARES: &[&str] = &["share_gain", "policy_share_gain", RATIO_OF_GAINS, BY_SECTOR];

/// The measure of one gain of shares over another, which has no value where shares gain nothing.
pub(crate) const RATIO_OF_GAINS: &str = "policy_share_gain_over_earlier";

/// The measure of shares by sector.
const BY_SECTOR: &str = "policy_share_gain_over_market";

/// Measures of approval, which has one row for each period.
const OF_APPROVAL: &[&str] = &["approval", "approval_change"];

/// What keeps a measure of an experiment from having a value, at the keys of its table.
pub(crate) fn unkept(
    experiment: &Experiment,
    table: &Table,
    (asked, window): (&Asked, Window),
) -> Diagnostics {
    let mut problems = Diagnostics::new();
    let measure = asked.measure.as_str();
    if measure.is_empty() {
        return problems;
    }
    economies(experiment, table, asked, &mut problems);
    against_itself(experiment, table, asked, &mut problems);
    flows(table, asked, &mut problems);
    needed(table, measure, &mut problems);
    if measure == BY_SECTOR && experiment.collect.level != Level::Panel {
        let finding = Finding {
            summary: "a measure of shares by sector, which the experiment does not record".into(),
            found: "`collect.level` below \"panel\"".into(),
            expected: "an experiment that records firms and sectors".into(),
            help: "write `collect.level = \"panel\"` in the experiment".into(),
        };
        problems.push(table.error("measure", finding));
    }
    let windows = [
        (["from", "to"], Some(window)),
        (["since", "since_end"], asked.since),
    ];
    for (keys, window) in windows {
        if let Some((window, day)) = window.zip(Day::of(measure)) {
            day.look(experiment, table, (keys, window), &mut problems);
        }
    }
    problems
}

/// Why a measure of shares has nothing to read in an experiment; none where it has, or is
/// no such measure.
pub(crate) fn without_shares(
    experiment: &Experiment,
    table: &Table,
    asked: &Asked,
) -> Option<Diagnostic> {
    let closure = experiment.closure;
    if !OF_SHARES.contains(&asked.measure.as_str()) || closure.prices_shares() {
        return None;
    }
    let (found, help) = match closure.mode {
        Mode::Oracle => ("mode = \"oracle\"", "set `mode = \"full\"`"),
        _ => (
            "closure.equities = \"off\"",
            "set `closure.equities = \"priced\"`",
        ),
    };
    let finding = Finding {
        summary: "the experiment has no markets for shares".into(),
        found: format!("`{found}`"),
        expected: "an experiment that prices shares".into(),
        help: format!("{help} in the experiment"),
    };
    Some(table.error("measure", finding))
}

/// Keys without which a measure has no meaning of its own.
fn needed(table: &Table, measure: &str, problems: &mut Diagnostics) {
    let (key, example) = match measure {
        RATIO_OF_GAINS => ("since", "since = YYYY-MM-DD"),
        BY_SECTOR => ("sectors", "sectors = [\"autos\"]"),
        _ => return,
    };
    if !table.is_written(key) {
        let finding = Finding {
            summary: format!("`{measure}` without `{key}`"),
            found: format!("no `{key}`"),
            expected: format!("`{key}` beside it"),
            help: format!("write `{example}` or the like"),
        };
        problems.push(table.error("measure", finding));
    }
}

/// A change is one between two scenarios, or from an earlier window.
fn against_itself(
    experiment: &Experiment,
    table: &Table,
    asked: &Asked,
    problems: &mut Diagnostics,
) {
    let is_of_one = is_of_one(&asked.measure);
    if is_of_one || asked.since.is_some() || asked.scenario != asked.against {
        return;
    }
    let name = &experiment.scenarios[asked.scenario].name;
    let finding = Finding {
        summary: format!("a change of the scenario `{name}` against itself"),
        found: format!("\"{name}\" on both sides"),
        expected: "two scenarios, or an earlier window".into(),
        help: "name another under `scenario` or `against`, or give `since`".into(),
    };
    let mut keys = ["scenario", "against"].into_iter();
    let key = keys.find(|key| table.is_written(key));
    problems.push(table.error(key.unwrap_or("measure"), finding));
}

/// Trade is between economies: within one there are no flows to add up.
fn flows(table: &Table, asked: &Asked, problems: &mut Diagnostics) {
    let Some(exporters) = &asked.exporters else {
        return;
    };
    let measure = asked.measure.as_str();
    let is_of_flows = !is_of_all(measure) && !OF_SHARES.contains(&measure);
    let mut importers = asked.importers.iter();
    let has_flow = importers.any(|n| exporters.iter().any(|i| i != n));
    if is_of_flows && !has_flow {
        let finding = Finding {
            summary: "no trade between `importers` and `exporters`".into(),
            found: table.span_of("exporters").text().to_owned(),
            expected: "an exporter that is not the only importer".into(),
            help: "name another economy".into(),
        };
        problems.push(table.error("exporters", finding));
    }
}

/// Economies that are not recorded one by one have no rows to read.
fn economies(experiment: &Experiment, table: &Table, asked: &Asked, problems: &mut Diagnostics) {
    let focus = experiment.outcomes.economy;
    if is_of_all(&asked.measure) || asked.importers == [focus] {
        return;
    }
    let law = experiment.books().and_then(|books| {
        let schedules = experiment.schedules()?;
        Ok((books, schedules))
    });
    let recorded = match law {
        Ok((books, schedules)) => watched(experiment, (&books, &schedules)),
        Err(errors) => return problems.extend(errors),
    };
    let code = |n: &usize| experiment.world.economies[*n].to_string();
    let mut known: Vec<String> = recorded.iter().map(code).collect();
    known.sort_unstable();
    for economy in asked.importers.iter().filter(|n| !recorded.contains(n)) {
        let finding = Finding {
            summary: format!("the experiment does not record {} by itself", code(economy)),
            found: format!("\"{}\"", code(economy)),
            expected: format!("one of {}", known.join(", ")),
            help: "add it to `collect.economies` of the experiment, or name another".into(),
        };
        problems.push(table.error("importers", finding));
    }
}

/// Days that have rows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Day {
    /// Mondays to Fridays.
    OfTrade,
    /// First days of periods.
    OfPeriod,
}

impl Day {
    /// The days of a measure; none where it is a mean over all days of a window.
    fn of(measure: &str) -> Option<Self> {
        if OF_SHARES.contains(&measure) {
            Some(Self::OfTrade)
        } else {
            OF_APPROVAL.contains(&measure).then_some(Self::OfPeriod)
        }
    }

    /// Tells a window of a run that holds none of these days.
    fn look(
        self,
        experiment: &Experiment,
        table: &Table,
        ([first, last], window): ([&str; 2], Window),
        problems: &mut Diagnostics,
    ) {
        let run = Window {
            from: experiment.start,
            to: experiment.last_day(),
        };
        let (from, to) = (window.from.max(run.from), window.to.min(run.to));
        let days = experiment.period_days();
        let has_row = match self {
            Self::OfTrade => (0..7)
                .map(|more| days_after(from, more))
                .any(|day| day <= to && is_trade(day)),
            Self::OfPeriod => {
                let before = days_between(run.from, from).max(0);
                let next = days_after(run.from, (before + days - 1) / days * days);
                // A period that is not whole has no row.
                next <= to && days_after(next, days - 1) <= run.to
            }
        };
        if has_row {
            return;
        }
        let (summary, what) = match self {
            Self::OfTrade => (
                "a window without a day of trade in shares",
                "a day from Monday to Friday".to_owned(),
            ),
            Self::OfPeriod => (
                "a window without a row of approval",
                format!(
                    "the first day of a period, which is every {days} days from {}",
                    run.from
                ),
            ),
        };
        let finding = Finding {
            summary: summary.into(),
            found: format!("{} to {}", window.from, window.to),
            expected: format!("{what}, between {} and {}", run.from, run.to),
            help: format!("correct `{first}` or `{last}`"),
        };
        let key = if table.is_written(last) { last } else { first };
        problems.push(table.error(key, finding));
    }
}

fn is_trade(day: Date) -> bool {
    day.weekday().to_monday_zero_offset() < 5
}
