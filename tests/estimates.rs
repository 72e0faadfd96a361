//! Default parameters of markets and approval against the estimates that
//! `tradewinds estimate` writes: within one standard error; and the priors of the backtest
//! against both.

use toml::Table;
use tradewinds_runner::library::Library;

/// Weeks of a year.
const WEEKS: f64 = 365.25 / 7.0;

/// A default, the estimate that it rests on, and how the one follows from the other.
struct Tie {
    parameter: &'static str,
    file: &'static str,
    estimate: &'static str,
    convert: fn(f64) -> f64,
}

const fn tie(
    parameter: &'static str,
    (file, estimate): (&'static str, &'static str),
    convert: fn(f64) -> f64,
) -> Tie {
    Tie {
        parameter,
        file,
        estimate,
        convert,
    }
}

const TIES: [Tie; 14] = [
    tie("war_loss", ("markets", "market_tail"), |b| b / 100.0),
    tie(
        "market_variance_constant",
        ("markets", "garch_omega"),
        |v| v / 1e4,
    ),
    tie(
        "market_variance_response",
        ("markets", "garch_alpha"),
        |a| a,
    ),
    tie("market_variance_memory", ("markets", "garch_beta"), |b| b),
    tie("market_tail", ("markets", "garch_freedom"), |f| f / 2.0),
    tie("volatility_response", ("markets", "vix_slope"), |s| -s),
    tie(
        "volatility_reversion",
        ("markets", "vix_persistence"),
        |p| 1.0 - p,
    ),
    tie("approval_fading", ("approval", "approval_return"), |k| {
        -(1.0 - k).ln() * WEEKS
    }),
    tie("approval_stocks", ("approval", "approval_stocks"), |b| b),
    tie("approval_news", ("approval", "approval_news"), |b| b),
    tie("approval_noise", ("approval", "approval_noise"), |e| e),
    tie("rally_firm", ("approval", "rally_firm"), |r| r),
    tie("rally_soft", ("approval", "rally_soft"), |r| r),
    tie("poll_speed", ("approval", "poll_smoothing"), |w| {
        -(1.0 - w).ln() * WEEKS
    }),
];

#[expect(clippy::unwrap_used, reason = "part of a test")]
fn parsed(path: &str) -> Table {
    let text = Library::embedded().text(path).unwrap();
    text.parse().unwrap()
}

fn number(table: &Table, name: &str, key: &str) -> f64 {
    let value = table.get(name).and_then(|one| one.get(key));
    value
        .and_then(toml::Value::as_float)
        .unwrap_or_else(|| panic!("{name} has no {key}"))
}

/// The estimate in the unit of the default, and its ends at one standard error.
fn estimated(tie: &Tie) -> [f64; 3] {
    let file = parsed(&format!("configs/parameters/{}.toml", tie.file));
    let value = number(&file, tie.estimate, "value");
    let error = number(&file, tie.estimate, "standard_error");
    [value, value - error, value + error].map(tie.convert)
}

#[test]
fn defaults_lie_within_a_standard_error_of_their_estimates() {
    let defaults = parsed("configs/parameters/default.toml");
    for tie in &TIES {
        let [_, one, other] = estimated(tie);
        let default = number(&defaults, tie.parameter, "value");
        assert!(
            one.min(other) <= default && default <= one.max(other),
            "{}: {default} is not between {one} and {other}",
            tie.parameter
        );
    }
}

#[test]
fn priors_of_the_backtest_are_the_estimates() {
    let experiment = parsed("experiments/backtest/experiment.toml");
    let priors = experiment["uncertainties"].as_table().expect("a table");
    let mut tied = 0;
    for tie in &TIES {
        let Some(prior) = priors.get(tie.parameter) else {
            continue;
        };
        if prior["prior"].as_str() != Some("normal") {
            continue;
        }
        let [value, one, other] = estimated(tie);
        let (mean, sd) = (
            number(priors, tie.parameter, "mean"),
            number(priors, tie.parameter, "sd"),
        );
        let error = 0.5 * (other - one).abs();
        // Written with three or four digits.
        assert!(
            (mean / value - 1.0).abs() < 0.003,
            "{}: {mean} {value}",
            tie.parameter
        );
        assert!(
            (sd / error - 1.0).abs() < 0.03,
            "{}: {sd} {error}",
            tie.parameter
        );
        tied += 1;
    }
    assert!(tied >= 8, "{tied}");
}
