//! From a `backtest.toml` to variables, windows and their experiments.

use tradewinds_config::{Diagnostics, Finding, FromValue, Source, Table, check};
use tradewinds_kernel::clock::TickLength;
use tradewinds_units::{Date, EconomyCode, days_after};

use super::{
    AS_APPROVAL, Backtest, BacktestError, TARIFF_WEEKS, Variable, VariableKind, Weeks, Window,
    backtest_spec,
};
use crate::closure::Markets as ShareMarkets;
use crate::experiment::Experiment;
use crate::library::experiment_path;
use crate::markets::Markets;
use crate::plan::watched;
use crate::politics::{APPROVAL, Politics};
use crate::scenario::{twice, unknown};

pub(super) fn read(
    experiment: &Experiment,
    source: &Source,
    set: &[String],
) -> Result<Backtest, BacktestError> {
    let library = experiment.library();
    let table = check(source, backtest_spec())?;
    let (markets, politics) = (Markets::load(library)?, Politics::load(library)?);
    let mut problems = Diagnostics::new();
    let mut experiments = vec![experiment.clone()];
    let mut windows: Vec<Window> = Vec::new();
    for own in table.tables("window") {
        let window = window(own, &mut experiments, set, &mut problems)?;
        if windows.iter().any(|other| other.name == window.name) {
            problems.push(own.error("name", twice("window", &window.name)));
        }
        windows.push(window);
    }
    let mut used: Vec<(&Experiment, Vec<usize>)> = Vec::new();
    for (at, experiment) in experiments.iter().enumerate() {
        if windows.iter().any(|window| window.experiment == at) {
            let (books, schedules) = (experiment.books()?, experiment.schedules()?);
            used.push((experiment, watched(experiment, (&books, &schedules))));
        }
    }
    let mut variables: Vec<Variable> = Vec::new();
    for own in table.tables("variable") {
        let variable = variable(own, (&markets, &politics), &mut problems);
        if variables.iter().any(|other| other.name == variable.name) {
            problems.push(own.error("name", twice("variable", &variable.name)));
        }
        for (experiment, recorded) in &used {
            fits(own, &variable, (experiment, recorded), &mut problems);
        }
        variables.push(variable);
    }
    once::<i64>(&table, "horizons", &mut problems);
    let horizons = table.list::<i64>("horizons").into_iter();
    let texts = |key: &str| {
        let list = table.list::<String>(key).into_iter();
        list.map(|one| one.value).collect::<Vec<String>>()
    };
    Ok(problems.into_result(Backtest {
        title: table.required("title"),
        introduction: table.required("introduction"),
        horizons: horizons
            .filter_map(|one| u32::try_from(one.value).ok())
            .collect(),
        tags: texts("tags"),
        variables,
        windows,
        experiments,
    })?)
}

fn window(
    table: &Table,
    experiments: &mut Vec<Experiment>,
    set: &[String],
    problems: &mut Diagnostics,
) -> Result<Window, BacktestError> {
    let (from, to): (Date, Date) = (table.required("from"), table.required("to"));
    if to < from {
        let finding = Finding {
            summary: "a window ends before it begins".into(),
            found: to.to_string(),
            expected: format!("a day from {from} on"),
            help: "exchange `from` and `to`, or correct one of them".into(),
        };
        problems.push(table.error("to", finding));
    }
    let name: String = table.required("name");
    let experiment = match table.get::<String>("experiment") {
        None => 0,
        Some(asked) => episode(table, &asked, (&name, set), experiments, problems)?,
    };
    if from <= to {
        inside(table, (from, to), &experiments[experiment], problems);
    }
    Ok(Window {
        title: table.required("title"),
        is_fitted: table.required("is_fitted"),
        note: table.required("note"),
        name,
        from,
        to,
        experiment,
    })
}

/// A window holds days of its run. Values are weekly: nothing is lost where it begins in the
/// week before, and the value of the week that ends the run is dated the day after.
fn inside(
    table: &Table,
    (from, to): (Date, Date),
    experiment: &Experiment,
    problems: &mut Diagnostics,
) {
    let (start, end) = (experiment.start, experiment.end);
    let mut wrong = |key: &str, summary: &str, found: Date, expected: String| {
        let finding = Finding {
            summary: summary.into(),
            found: found.to_string(),
            expected,
            help: format!(
                "correct it, or let the experiment `{}` run longer",
                experiment.name
            ),
        };
        problems.push(table.error(key, finding));
    };
    if from <= days_after(start, -7) {
        let expected = format!("a day from {start} on");
        wrong("from", "a window begins before its run", from, expected);
    }
    let last = days_after(end, 1);
    if to > last {
        let expected = format!("a day up to {last}");
        wrong("to", "a window ends after its run", to, expected);
    }
}

/// The number of an experiment, which is loaded when first asked for.
fn episode(
    table: &Table,
    asked: &str,
    (window, set): (&str, &[String]),
    experiments: &mut Vec<Experiment>,
    problems: &mut Diagnostics,
) -> Result<usize, BacktestError> {
    let path = experiment_path(asked);
    if let Some(known) = experiments.iter().position(|one| one.path == path) {
        return Ok(known);
    }
    let library = experiments[0].library().clone();
    if !library.holds(&path) {
        let known = library.experiments();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        problems.push(table.error("experiment", unknown("experiment", asked, &known)));
        return Ok(0);
    }
    let loaded = Experiment::load(&library, asked, set);
    let wrong = |source| BacktestError::Experiment {
        window: window.to_owned(),
        source: Box::new(source),
    };
    experiments.push(loaded.map_err(wrong)?);
    Ok(experiments.len() - 1)
}

fn variable(
    table: &Table,
    (markets, politics): (&Markets, &Politics),
    problems: &mut Diagnostics,
) -> Variable {
    let texts = |key: &str| {
        let list = table.list::<String>(key).into_iter();
        list.map(|one| one.value).collect::<Vec<String>>()
    };
    let economy: EconomyCode = table.required("economy");
    let kind = match table.required("kind") {
        AS_APPROVAL => VariableKind::Approval,
        _ => VariableKind::Index,
    };
    let known: Vec<&str> = match kind {
        VariableKind::Index => markets.daily().collect(),
        VariableKind::Approval => (politics.polls.iter())
            .filter(|poll| poll.economy == economy && poll.measure == APPROVAL)
            .map(|poll| poll.series.as_str())
            .collect(),
    };
    let series = texts("series");
    if known.is_empty() {
        problems.push(table.error("economy", without_polls(economy, politics)));
    } else {
        for one in &series {
            if !known.contains(&one.as_str()) {
                problems.push(table.error("series", unknown("series", one, &known)));
            }
        }
    }
    once::<String>(table, "series", problems);
    let trend = table.get::<f64>("trend");
    if trend.is_some() && kind == VariableKind::Approval {
        problems.push(table.error(
            "trend",
            Finding {
                summary: "approval has no trend".into(),
                found: "a trend beside `kind = \"approval\"`".into(),
                expected: "a trend for an index only".into(),
                help: "remove the line".into(),
            },
        ));
    }
    Variable {
        name: table.required("name"),
        title: table.required("title"),
        kind,
        economy,
        series,
        scopes: texts("scopes"),
        trend: trend.unwrap_or(0.0),
        target: match table.get::<&str>("target") {
            Some(TARIFF_WEEKS) => Some(Weeks::Tariff),
            Some(_) => Some(Weeks::All),
            None => None,
        },
    }
}

/// What is said where no approval of an economy's leaders is recorded.
fn without_polls(economy: EconomyCode, politics: &Politics) -> Finding {
    let polls = politics
        .polls
        .iter()
        .filter(|poll| poll.measure == APPROVAL);
    let mut known: Vec<String> = polls.map(|poll| poll.economy.to_string()).collect();
    known.sort_unstable();
    known.dedup();
    Finding {
        summary: format!("no approval of leaders of {economy} is recorded"),
        found: format!("\"{economy}\""),
        expected: format!("one of {}", known.join(", ")),
        help: "name one of them, or add its polls to `configs/politics/approval.csv`".into(),
    }
}

/// Every entry of a list stands there once.
fn once<'t, T>(table: &'t Table, key: &str, problems: &mut Diagnostics)
where
    T: FromValue<'t> + PartialEq + std::fmt::Display,
{
    let list = table.list::<T>(key);
    for (at, one) in list.iter().enumerate() {
        if list[..at].iter().any(|before| before.value == one.value) {
            let finding = Finding {
                summary: format!("{} stands twice under `{key}`", one.value),
                found: table.span_of(key).text().to_owned(),
                expected: "each entry once".into(),
                help: "delete one of the two".into(),
            };
            problems.push(table.error_at(&one.span, key, finding));
        }
    }
}

/// Whether an experiment records a variable week by week; `recorded` are the
/// economies that it records one by one.
fn fits(
    table: &Table,
    own: &Variable,
    (experiment, recorded): (&Experiment, &[usize]),
    problems: &mut Diagnostics,
) {
    let name = &experiment.name;
    let mut wrong = |key: &str, summary: String, found: String, help: &str| {
        let finding = Finding {
            summary,
            found,
            expected: "a variable that the experiment records every week".into(),
            help: help.into(),
        };
        problems.push(table.error(key, finding));
    };
    let codes = &experiment.world.economies;
    let Some(economy) = codes.iter().position(|code| *code == own.economy) else {
        let known: Vec<String> = codes.iter().map(ToString::to_string).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let what = format!("economy of the experiment `{name}`");
        let finding = unknown(&what, &own.economy.to_string(), &known);
        problems.push(table.error("economy", finding));
        return;
    };
    let (tick, period) = (experiment.tick, experiment.collect.period);
    if tick != TickLength::Days(7) || period != 1 {
        let length = match tick {
            TickLength::Days(days) => format!("ticks of {days} days"),
            TickLength::PerYear(count) => format!("{count} ticks a year"),
        };
        wrong(
            "kind",
            format!("the experiment `{name}` does not run and record week by week"),
            format!("{length}, a record every {period} of them"),
            "set `tick = \"week\"` and `collect.period_weeks = 1` there",
        );
    }
    if own.kind == VariableKind::Approval {
        let value = experiment.parameters.get("approval").unwrap_or(0.0);
        if value < 0.5 {
            wrong(
                "kind",
                format!("the experiment `{name}` has no approval of leaders"),
                format!("`parameters.approval = {value:?}` there"),
                "set `parameters.approval = 1.0` there",
            );
        }
        return;
    }
    if experiment.closure.markets == ShareMarkets::Off {
        wrong(
            "kind",
            format!("the experiment `{name}` has no markets for shares"),
            "`closure.equities = \"off\"` there".into(),
            "set `closure.equities = \"priced\"` there",
        );
    }
    if !recorded.contains(&economy) {
        wrong(
            "economy",
            format!(
                "the experiment `{name}` does not record {} by itself",
                own.economy
            ),
            format!("\"{}\"", own.economy),
            "add it to `collect.economies` there",
        );
    }
}
