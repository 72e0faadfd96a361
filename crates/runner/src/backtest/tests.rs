use tradewinds_kernel::draws::{Decision, Draws};
use tradewinds_kernel::statistics::{least_squares_serial, normal_quantile};
use tradewinds_units::parse_date;

use super::*;
use crate::library::Library;

const SMALL: [&str; 3] = [
    "population.firms_per_cell=1",
    "replications=4",
    "end=2025-03-04",
];

fn day(text: &str) -> Date {
    parse_date(text).unwrap()
}

/// Numerical integral of (F(x) − 1{x ≥ recorded})², the definition of the score.
fn integral(below: impl Fn(f64) -> f64, recorded: f64, (low, high): (f64, f64)) -> f64 {
    let steps = 400_000;
    let width = (high - low) / f64::from(steps);
    let at = |step: i32| {
        let x = low + (f64::from(step) + 0.5) * width;
        let gap = below(x) - if x >= recorded { 1.0 } else { 0.0 };
        gap * gap * width
    };
    (0..steps).map(at).sum()
}

#[test]
fn the_score_of_a_normal_forecast_is_the_integral_that_defines_it() {
    let forecast = Normal {
        mean: 1.0,
        deviation: 2.0,
    };
    for recorded in [-4.0, 0.3, 1.0, 7.5] {
        let below =
            |x: f64| 0.5 * libm::erfc(-(x - forecast.mean) / (forecast.deviation * 2_f64.sqrt()));
        let expected = integral(below, recorded, (-25.0, 27.0));
        let found = normal_score(forecast, recorded);
        assert!(
            (found - expected).abs() < 1e-4,
            "{recorded}: {found} {expected}"
        );
    }
}

#[test]
fn the_score_of_an_ensemble_is_the_integral_less_the_bias_of_few_members() {
    let members = [-1.0, 0.2, 0.5, 3.0];
    let count = members.len() as f64;
    for recorded in [-2.0, 0.4, 5.0] {
        let below = |x: f64| members.iter().filter(|member| **member <= x).count() as f64 / count;
        let distances: f64 = (members.iter())
            .flat_map(|a| members.iter().map(move |b| (a - b).abs()))
            .sum();
        let bias = distances / (2.0 * count * count * (count - 1.0));
        let expected = integral(below, recorded, (-10.0, 10.0)) - bias;
        let found = ensemble_score(&members, recorded);
        assert!(
            (found - expected).abs() < 1e-3,
            "{recorded}: {found} {expected}"
        );
    }
}

#[test]
fn the_score_of_a_large_normal_ensemble_is_the_closed_form() {
    let count = 4000;
    let member = |at: i32| 2.0 * normal_quantile((f64::from(at) + 0.5) / f64::from(count)) - 1.0;
    let members: Vec<f64> = (0..count).map(member).collect();
    let forecast = Normal {
        mean: -1.0,
        deviation: 2.0,
    };
    for recorded in [-6.0, -1.0, 0.5] {
        let (found, expected) = (
            ensemble_score(&members, recorded),
            normal_score(forecast, recorded),
        );
        assert!(
            (found - expected).abs() < 2e-3,
            "{recorded}: {found} {expected}"
        );
    }
}

#[test]
fn intervals_of_calibrated_forecasts_hold_half_and_nine_tenths() {
    let draws = Draws::new(11, 0);
    let (trials, members) = (4000, 40);
    let (mut ensemble, mut normal) = ([0.0; 2], [0.0; 2]);
    let mut scores = [0.0; 2];
    for trial in 0..trials {
        let draw = |id: u32| draws.normal(Decision::named("backtest_test"), id, trial);
        let mut own: Vec<f64> = (0..members).map(draw).collect();
        own.sort_by(f64::total_cmp);
        let recorded = draw(members);
        let standard = Normal {
            mean: 0.0,
            deviation: 1.0,
        };
        scores[0] += ensemble_score(&own, recorded) / f64::from(trials);
        scores[1] += normal_score(standard, recorded) / f64::from(trials);
        for level in 0..LEVELS.len() {
            let add = |is_inside: bool| f64::from(u8::from(is_inside)) / f64::from(trials);
            ensemble[level] += add(ensemble_covers(&own, recorded)[level]);
            normal[level] += add(normal_covers(standard, recorded)[level]);
        }
    }
    for found in [ensemble, normal] {
        assert!((found[0] - 0.5).abs() < 0.03, "{found:?}");
        assert!((found[1] - 0.9).abs() < 0.02, "{found:?}");
    }
    // The fair score does not punish few members.
    assert!((scores[0] - scores[1]).abs() < 0.01, "{scores:?}");
}

#[test]
fn errors_of_differences_are_those_of_a_regression_on_a_constant() {
    let values: Vec<f64> = (0..30)
        .map(|t| f64::from((t * 7) % 11) - 0.1 * f64::from(t))
        .collect();
    let weekly: Vec<(i64, f64)> = (0..).zip(values.iter().copied()).collect();
    for lags in [0, 7] {
        let fit = least_squares_serial(&values, &[], lags).unwrap();
        let found = error_of_mean(&weekly, lags);
        assert!((found - fit.standard_errors[0]).abs() < 1e-12, "{lags}");
    }
    // Weeks far apart are not taken for neighbours.
    let apart: Vec<(i64, f64)> = weekly
        .iter()
        .map(|(week, value)| (100 * week, *value))
        .collect();
    assert!((error_of_mean(&apart, 7) - error_of_mean(&weekly, 0)).abs() < 1e-12);
}

fn made_up(kind: VariableKind) -> (Variable, Vec<Reading>) {
    let variable = Variable {
        name: "made up".into(),
        title: "Made up".into(),
        kind,
        economy: "AAA".parse().unwrap(),
        series: Vec::new(),
        scopes: Vec::new(),
        trend: 0.0,
        target: None,
    };
    let reading = |week: i64| Reading {
        date: days_after(day("2001-01-03"), 7 * week),
        value: 40.0 + 3.0 * ((week * 37) % 17) as f64 / 17.0,
        spell: 0,
    };
    (variable, (0..120).map(reading).collect())
}

#[test]
fn what_happens_later_changes_no_forecast() {
    for kind in [VariableKind::Approval, VariableKind::Index] {
        let (variable, readings) = made_up(kind);
        let path = |member: i64| -> Vec<Option<Simulated>> {
            let value = |week: i64| ((week * 13 + member * 29) % 23) as f64 / 23.0;
            let found = |week: i64| Simulated {
                value: value(week),
                leader: 0,
            };
            (0..120).map(|week| Some(found(week))).collect()
        };
        let paths: Vec<Vec<Option<Simulated>>> = (0..20).map(path).collect();
        let paths: Vec<&[Option<Simulated>]> = paths.iter().map(Vec::as_slice).collect();
        for (made, weeks) in [(20, 1), (20, 8), (90, 1), (90, 8)] {
            let forecast = |readings: &[Reading]| {
                let forecaster = Forecaster {
                    variable: &variable,
                    readings,
                    paths: &paths,
                    weeks,
                };
                forecaster.forecast(made).unwrap()
            };
            let before = forecast(&readings);
            let mut changed = readings.clone();
            for reading in &mut changed[made + 1..] {
                reading.value = 100.0 - reading.value;
            }
            let after = forecast(&changed);
            assert_eq!(before.quantiles, after.quantiles);
            assert_eq!(before.baselines, after.baselines);
            assert!((before.recorded - after.recorded).abs() > 1.0);
            let expected = if made == 90 {
                Basis::Changes
            } else {
                Basis::Scaled
            };
            assert_eq!(before.baselines.basis, expected);
        }
    }
}

#[test]
fn a_trend_lifts_every_member_by_its_part_of_a_year() {
    let (variable, readings) = made_up(VariableKind::Index);
    let still = Simulated {
        value: 5.0,
        leader: 0,
    };
    let path = vec![Some(still); readings.len()];
    let growing = Variable {
        trend: 0.04,
        ..variable
    };
    let forecaster = Forecaster {
        variable: &growing,
        readings: &readings,
        paths: &[&path],
        weeks: 8,
    };
    let known = readings[90].value + 100.0 * 0.04 * 56.0 / 365.25;
    let found = forecaster.members(90, 98);
    assert!((found[0] - known).abs() < 1e-12, "{found:?} {known}");
}

#[test]
fn a_change_of_leader_makes_no_forecast_and_a_short_record_no_baseline() {
    let (variable, mut readings) = made_up(VariableKind::Approval);
    assert_eq!(baselines(variable.kind, &readings[..FEWEST], 1), None);
    assert!(baselines(variable.kind, &readings[..=FEWEST], 1).is_some());
    for reading in &mut readings[60..] {
        reading.spell = 1;
    }
    assert_eq!(ahead(&readings, 58, 1), Some(59));
    assert_eq!(ahead(&readings, 59, 1), None);
    assert_eq!(ahead(&readings, 55, 8), None);
}

#[test]
fn an_index_is_read_on_its_last_day_of_trade_up_to_friday() {
    let library = Library::embedded();
    let (markets, politics) = (
        Markets::load(&library).unwrap(),
        Politics::load(&library).unwrap(),
    );
    let variable = Variable {
        economy: "USA".parse().unwrap(),
        series: vec!["spx".into()],
        ..made_up(VariableKind::Index).0
    };
    let found = readings(&variable, &markets, &politics);
    let closes = markets.closes("spx").unwrap();
    let close = |date: &str| closes.iter().find(|one| one.0 == day(date)).unwrap().1;
    let value = |date: &str| {
        found
            .iter()
            .find(|one| one.date == day(date))
            .unwrap()
            .value
    };
    let log = |close: f64| 100.0 * tradewinds_kernel::maths::ln(close);
    assert!((value("2025-04-04") - log(close("2025-04-04"))).abs() < 1e-12);
    // Good Friday.
    assert!((value("2025-04-18") - log(close("2025-04-17"))).abs() < 1e-12);
    assert!(found.windows(2).all(|pair| pair[0].date < pair[1].date));
}

fn loaded(library: &Library, set: &[String]) -> Result<Backtest, BacktestError> {
    let experiment = Experiment::load(library, "backtest", set).unwrap();
    Backtest::load(&experiment, set)
}

#[test]
fn forecasts_are_scored_in_windows_that_hold_their_days() {
    let set: Vec<String> = SMALL.iter().map(|one| (*one).to_owned()).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("experiments/backtest");
    std::fs::create_dir_all(&path).unwrap();
    let file = format!("experiments/backtest/{BACKTEST_FILE}");
    let text = Library::embedded().text(&file).unwrap();
    let mut parts = text.split("[[window]]");
    let (head, fit) = (parts.next().unwrap(), parts.next().unwrap());
    let fit = fit.replace("to = 2025-05-03", "to = 2025-03-05");
    std::fs::write(path.join(BACKTEST_FILE), format!("{head}[[window]]{fit}")).unwrap();
    let library = Library::embedded().under(folder.path()).unwrap();
    let list = loaded(&library, &set).unwrap();
    assert_eq!(list.runs(), 4);
    let found = run(&list, &Control::default()).unwrap();
    let [scored] = found.as_slice() else {
        panic!("{} windows", found.len());
    };
    assert_eq!((scored.members, scored.cells.len()), (4, 18));
    let approval = &scored.cells[0];
    // Weekly averages from 22 January; the last tick ends before 5 March.
    assert_eq!(approval.forecasts.len(), 6, "{:?}", approval.forecasts);
    for cell in &scored.cells {
        for one in &cell.forecasts {
            assert!((scored.window.from..=scored.window.to).contains(&one.day));
            assert!(one.made < one.day && one.scores.iter().all(|score| *score >= -1.0));
        }
        let ahead = |one: &Forecast| tradewinds_units::days_between(one.made, one.day);
        let right = |one: &Forecast| ahead(one) == 7 * i64::from(cell.weeks);
        assert!(cell.forecasts.iter().all(right));
        assert!(cell.tariff.count <= cell.all.count);
    }
    let text = table(&list, &found);
    assert!(
        text.contains("within the fit") && text.contains("Approval"),
        "{text}"
    );
    let note = markdown(&list, &found, "tradewinds backtest");
    assert!(note.contains("## 2025, fit"), "{note}");
    // Nothing outside the fit was forecast: the target is neither met nor missed.
    for told in [&text, &note] {
        assert!(told.contains("1 week ahead: not tested"), "{told}");
        assert!(!told.contains("not met"), "{told}");
    }
    // The terminal has been told before anything ran.
    let few = "4 members: with fewer than 30";
    assert!(note.contains(few) && !text.contains(few), "{text}\n{note}");
    assert!(list.warning().unwrap().contains(few));
    // No row is written twice where all weeks are tariff weeks.
    for (first, second) in text.lines().zip(text.lines().skip(1)) {
        let values = |line: &str| line.split_whitespace().skip(2).map(str::to_owned).collect();
        let [first, second]: [Vec<String>; 2] = [first, second].map(values);
        assert!(first.is_empty() || first != second, "{text}");
    }
    assert!(text.contains(" both "), "{text}");
    assert!(to_json(&list, &found)["windows"][0]["target_met"][0]["met"].is_null());
    // Both tables hold the same scores.
    let first = found[0].cells[0].all;
    let score = format!("{:.3}", first.scores[0]);
    let row = |line: &&str| line.contains(&score) && line.contains(&format!("{:.3}", first.bias));
    assert!(text.lines().any(|line| row(&line)) && note.lines().any(|line| row(&line)));
    // Outside the fit the same scores decide, once there are members enough.
    let mut outside = found;
    outside[0].window.is_fitted = false;
    let told = table(&list, &outside);
    for part in [
        "4 members are too few to judge forecasts by: 20 are needed.",
        "1 week ahead: not tested, for want of 20 members",
    ] {
        assert!(told.contains(part), "{told}");
    }
    assert!(
        !told.contains("met in") && !told.contains("baselines."),
        "{told}"
    );
    assert!(to_json(&list, &outside)["windows"][0]["target_met"][0]["met"].is_null());
    outside[0].members = FEWEST_MEMBERS;
    let told = table(&list, &outside);
    assert!(told.contains("1 week ahead: not met") || told.contains("1 week ahead: met"));
    outside[0].members = FEW_MEMBERS;
    assert!(!markdown(&list, &outside, "").contains("noisy"));
}

#[test]
fn few_members_are_told_before_anything_runs() {
    let list = |members: usize| {
        let set = vec![format!("replications={members}")];
        loaded(&Library::embedded(), &set).unwrap()
    };
    assert!(list(FEW_MEMBERS - 1).warning().unwrap().contains("noisy"));
    assert_eq!(list(FEW_MEMBERS).warning(), None);
}

#[test]
fn mistakes_of_a_list_are_told_with_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("experiments/backtest");
    std::fs::create_dir_all(&path).unwrap();
    let file = "experiments/backtest/backtest.toml";
    let text = Library::embedded().text(file).unwrap();
    let told = |from: &str, to: &str, set: &[String]| {
        assert!(text.contains(from), "{from}");
        std::fs::write(path.join(BACKTEST_FILE), text.replacen(from, to, 1)).unwrap();
        let library = Library::embedded().under(folder.path()).unwrap();
        loaded(&library, set).unwrap_err().to_string()
    };
    for (from, to, parts) in [
        (
            "\"spx\"",
            "\"spy\"",
            ["variable[1].series", "there is no series `spy`"],
        ),
        (
            "\"backtest-2018\"",
            "\"backtest-2081\"",
            ["window[2].experiment", "did you mean"],
        ),
        (
            "to = 2025-05-03",
            "to = 2024-05-03",
            ["window[0].to", "before it begins"],
        ),
        (
            "from = 2025-01-01",
            "from = 2024-12-25",
            ["window[0].from", "begins before its run"],
        ),
        (
            "to = 2025-07-09",
            "to = 2025-07-17",
            ["window[1].to", "a day up to 2025-07-16"],
        ),
        (
            "to = 2019-12-31",
            "to = 2025-12-31",
            [
                "window[2].to",
                "let the experiment `backtest-2018` run longer",
            ],
        ),
        (
            "economy = \"JPN\"",
            "economy = \"FRA\"",
            ["variable[3].economy", "FRA"],
        ),
        ("horizons", "horizon", ["horizon", "did you mean"]),
        (
            "name = \"open-check\"",
            "name = \"fit\"",
            ["window[1].name", "rename"],
        ),
        (
            "horizons = [1, ",
            "horizons = [1, 1, ",
            ["horizons", "1 stands twice"],
        ),
        (
            "series = \"spx\"",
            "series = [\"spx\", \"spx\"]",
            ["variable[1].series", "spx stands twice"],
        ),
    ] {
        let found = told(from, to, &[]);
        assert!(found.contains("backtest.toml:"), "{found}");
        for part in parts {
            assert!(found.contains(part), "{part} in {found}");
        }
    }
    let off = ["closure.equities=off".to_owned()];
    let found = told("\"spx\"", "\"spx\"", &off);
    assert!(found.contains("closure.equities = \"priced\""), "{found}");
    assert!(
        found.contains("`closure.equities = \"off\"` there"),
        "{found}"
    );
    let set = |change: &str| vec![change.to_owned()];
    let found = told("\"spx\"", "\"spx\"", &set("parameters.approval=0.0"));
    assert!(found.contains("variable[0].kind"), "{found}");
    assert!(found.contains("`parameters.approval = 0.0`"), "{found}");
    let found = told("\"spx\"", "\"spx\"", &set("collect.period_weeks=4"));
    assert!(
        found.contains("ticks of 7 days, a record every 4 of them"),
        "{found}"
    );
    // Only economies whose law changes are recorded.
    let found = told("\"spx\"", "\"spx\"", &set("collect.economies=\"changing\""));
    assert!(found.contains("does not record AUS by itself"), "{found}");
    assert!(!found.contains("does not record USA"), "{found}");
}

#[test]
fn columns_of_the_note_are_those_of_the_written_one() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let note = std::fs::read_to_string(root.join("docs/backtest.md")).unwrap();
    assert!(
        note.contains(&columns::note_heading()),
        "{}",
        columns::note_heading()
    );
    let widest = columns::terminal_heading().chars().count();
    assert!(widest <= 130, "{widest}");
}
