//! What an ensemble found, outcome by outcome, with its uncertainty told apart.
//!
//! Replications come in groups that share one draw of the parameters and differ
//! in the noise of agents ([`crate::design`]). The spread between groups is what
//! is not known about parameters, the spread within them what chance does to
//! agents (one-way analysis of variance, [`VarianceComponents`]). The Monte
//! Carlo standard error of a mean counts groups, not replications, because
//! replications of one group are not independent.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use tradewinds_kernel::maths::exp;
use tradewinds_kernel::statistics::{Moments, VarianceComponents, quantiles};

use crate::ensemble::ReplicationOutcomes;

/// Probability that the interval of a [`Figure`] covers, over replications.
pub const INTERVAL: f64 = 0.9;

/// One outcome of one scenario against the baseline, over replications.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// Group it is printed under.
    pub group: String,
    /// Name within the group.
    pub name: String,
    /// Unit of all values; shares and changes are fractions.
    pub unit: String,
    /// Replications with a finite value; the others are left out.
    pub count: usize,
    /// Mean.
    pub mean: f64,
    /// Median.
    pub median: f64,
    /// 5 % quantile.
    pub low: f64,
    /// 95 % quantile.
    pub high: f64,
    /// Standard deviation over replications.
    pub sd: f64,
    /// Part of it from parameters and from the noise of agents; none when no
    /// two replications share their parameters, or all do.
    pub parts: Option<Parts>,
    /// Monte Carlo standard error of the mean.
    pub standard_error: f64,
}

/// Standard deviations by source; their squares add up to the variance of one
/// replication.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parts {
    /// From what is not known about parameters.
    pub parameters: f64,
    /// From the noise of agents.
    pub agents: f64,
}

/// All figures of one scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct ScenarioSummary {
    /// Name in tables.
    pub name: String,
    /// Title in words.
    pub title: String,
    /// Its outcomes against the baseline, groups together, in the order in
    /// which they were first reported.
    pub figures: Vec<Figure>,
}

/// Name and title of a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Name in tables.
    pub name: String,
    /// Title in words.
    pub title: String,
}

/// What an ensemble found.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Scenario the others are compared with.
    pub baseline: Heading,
    /// The others, in the order of the experiment.
    pub scenarios: Vec<ScenarioSummary>,
    /// Replications that ended.
    pub replications: usize,
    /// Draws of the parameters among them.
    pub samples: usize,
}

impl Summary {
    /// Summarises outcomes; replication r belongs to draw r / `repeats` of the
    /// parameters. `headings` names the scenarios in the order of the plan.
    ///
    /// # Panics
    /// When `baseline` is no index of `headings`.
    pub fn of(
        outcomes: &[ReplicationOutcomes],
        headings: &[Heading],
        baseline: usize,
        repeats: u32,
    ) -> Self {
        let sample = |one: &ReplicationOutcomes| one.replication / repeats.max(1);
        let samples: std::collections::BTreeSet<u32> = outcomes.iter().map(sample).collect();
        let others = (0..headings.len()).filter(|at| *at != baseline);
        let scenario = |at: usize| ScenarioSummary {
            name: headings[at].name.clone(),
            title: headings[at].title.clone(),
            figures: figures(outcomes, at, sample),
        };
        Self {
            baseline: headings[baseline].clone(),
            scenarios: others.map(scenario).collect(),
            replications: outcomes.len(),
            samples: samples.len(),
        }
    }

    /// The summary as JSON: `interval`, `baseline`, `replications`, `samples`
    /// and, by scenario, each outcome with `group`, `name`, `unit`, `mean`,
    /// `median`, `low`, `high`, `sd`, `sd_parameters`, `sd_agents`,
    /// `standard_error` and `replications`.
    pub fn to_json(&self) -> Json {
        let heading = |name: &str, title: &str| json!({ "name": name, "title": title });
        let scenarios: Vec<Json> = self
            .scenarios
            .iter()
            .map(|scenario| {
                let mut told = heading(&scenario.name, &scenario.title);
                told["outcomes"] = scenario.figures.iter().map(Figure::to_json).collect();
                told
            })
            .collect();
        json!({
            "interval": INTERVAL,
            "baseline": heading(&self.baseline.name, &self.baseline.title),
            "replications": self.replications,
            "samples": self.samples,
            "scenarios": scenarios,
        })
    }
}

impl Summary {
    /// Reads what [`Summary::to_json`] wrote; none when it is something else.
    pub fn from_json(told: &Json) -> Option<Self> {
        let scenario = |told: &Json| {
            let Heading { name, title } = Heading::from_json(told)?;
            let figures = told["outcomes"].as_array()?.iter();
            Some(ScenarioSummary {
                name,
                title,
                figures: figures.map(Figure::from_json).collect::<Option<_>>()?,
            })
        };
        let count = |key: &str| usize::try_from(told[key].as_u64()?).ok();
        Some(Self {
            baseline: Heading::from_json(&told["baseline"])?,
            scenarios: told["scenarios"]
                .as_array()?
                .iter()
                .map(scenario)
                .collect::<Option<_>>()?,
            replications: count("replications")?,
            samples: count("samples")?,
        })
    }
}

impl Heading {
    fn from_json(told: &Json) -> Option<Self> {
        Some(Self {
            name: told["name"].as_str()?.to_owned(),
            title: told["title"].as_str()?.to_owned(),
        })
    }
}

/// Values of one outcome by draw of the parameters.
type Groups = BTreeMap<u32, Vec<f64>>;

fn figures(
    outcomes: &[ReplicationOutcomes],
    scenario: usize,
    sample: impl Fn(&ReplicationOutcomes) -> u32,
) -> Vec<Figure> {
    let mut found: Vec<(String, String, &'static str, Groups)> = Vec::new();
    for replication in outcomes {
        for (at, outcome) in replication.scenarios[scenario].iter().enumerate() {
            let (unit, value) = as_fraction(outcome.unit, outcome.value);
            let is_same = |known: &(String, String, &str, Groups)| {
                known.0 == outcome.group && known.1 == outcome.name
            };
            // Replications report the same list unless one lacks an outcome.
            let known = if found.get(at).is_some_and(is_same) {
                Some(at)
            } else {
                found.iter().position(is_same)
            };
            let at = known.unwrap_or_else(|| {
                let group = outcome.group.to_string();
                found.push((group, outcome.name.clone(), unit, Groups::new()));
                found.len() - 1
            });
            if value.is_finite() {
                let values = &mut found[at].3;
                values.entry(sample(replication)).or_default().push(value);
            }
        }
    }
    let mut order: Vec<String> = Vec::new();
    for (group, ..) in &found {
        if !order.contains(group) {
            order.push(group.clone());
        }
    }
    found.sort_by_key(|(group, ..)| order.iter().position(|known| known == group));
    let figure = |(group, name, unit, groups)| Figure::of(group, name, unit, &groups);
    found.into_iter().map(figure).collect()
}

/// Changes as fractions: 0.02 for two per cent.
fn as_fraction(unit: &'static str, value: f64) -> (&'static str, f64) {
    match unit {
        "log change" => ("relative change", exp(value) - 1.0),
        "log change of volume" => ("relative change of volume", exp(value) - 1.0),
        "per cent" => ("relative change", value / 100.0),
        "change of share, points" => ("change of share", value / 100.0),
        _ => (unit, value),
    }
}

impl Figure {
    fn of(group: String, name: String, unit: &'static str, groups: &Groups) -> Self {
        let values: Vec<f64> = groups.values().flatten().copied().collect();
        let [low, median, high] = quantiles(&values, [0.05, 0.5, 0.95]);
        let all = Moments::of(&values);
        let means: Vec<f64> = groups
            .values()
            .map(|values| Moments::of(values).mean())
            .collect();
        let shares_draws = values.len() > means.len() && means.len() > 1;
        let components = VarianceComponents::of(groups.values().map(Vec::as_slice));
        Self {
            group,
            name,
            unit: unit.to_owned(),
            count: values.len(),
            mean: if values.is_empty() {
                f64::NAN
            } else {
                all.mean()
            },
            median,
            low,
            high,
            sd: all.standard_deviation(),
            parts: shares_draws.then(|| Parts {
                parameters: components.between.sqrt(),
                agents: components.within.sqrt(),
            }),
            standard_error: match means.len() {
                0 | 1 => all.standard_error(),
                _ => Moments::of(&means).standard_error(),
            },
        }
    }

    fn from_json(told: &Json) -> Option<Self> {
        let text = |key: &str| Some(told[key].as_str()?.to_owned());
        // JSON has no word for a value that is no number.
        let number = |key: &str| told[key].as_f64().unwrap_or(f64::NAN);
        let parameters = told["sd_parameters"].as_f64();
        Some(Self {
            group: text("group")?,
            name: text("name")?,
            unit: text("unit")?,
            count: usize::try_from(told["replications"].as_u64()?).ok()?,
            mean: number("mean"),
            median: number("median"),
            low: number("low"),
            high: number("high"),
            sd: number("sd"),
            parts: parameters.map(|parameters| Parts {
                parameters,
                agents: number("sd_agents"),
            }),
            standard_error: number("standard_error"),
        })
    }

    fn to_json(&self) -> Json {
        json!({
            "group": self.group,
            "name": self.name,
            "unit": self.unit,
            "mean": self.mean,
            "median": self.median,
            "low": self.low,
            "high": self.high,
            "sd": self.sd,
            "sd_parameters": self.parts.map(|parts| parts.parameters),
            "sd_agents": self.parts.map(|parts| parts.agents),
            "standard_error": self.standard_error,
            "replications": self.count,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcomes::Outcome;

    fn headings() -> Vec<Heading> {
        ["none", "duty"]
            .map(|name| Heading {
                name: name.to_owned(),
                title: name.to_uppercase(),
            })
            .to_vec()
    }

    fn outcome(name: &str, unit: &'static str, value: f64) -> Outcome {
        Outcome {
            group: "group",
            name: name.to_owned(),
            unit,
            value,
        }
    }

    fn replications(values: &[f64], unit: &'static str) -> Vec<ReplicationOutcomes> {
        (0..)
            .zip(values)
            .map(|(replication, value)| ReplicationOutcomes {
                replication,
                scenarios: vec![Vec::new(), vec![outcome("price", unit, *value)]],
            })
            .collect()
    }

    fn figure(values: &[f64], unit: &'static str, repeats: u32) -> Figure {
        let summary = Summary::of(&replications(values, unit), &headings(), 0, repeats);
        summary.scenarios[0].figures[0].clone()
    }

    #[test]
    fn spread_is_split_between_parameters_and_agents_as_worked_by_hand() {
        // Means 2, 4, 9 of three draws: within 2, between 12, means' variance 13.
        let found = figure(&[1.0, 3.0, 3.0, 5.0, 8.0, 10.0], "elasticity", 2);
        let parts = found.parts.unwrap();
        assert!((parts.agents - 2f64.sqrt()).abs() < 1e-12);
        assert!((parts.parameters - 12f64.sqrt()).abs() < 1e-12);
        assert!((found.standard_error - (13f64 / 3.0).sqrt()).abs() < 1e-12);
        assert!((found.mean - 5.0).abs() < 1e-12);
        assert!(
            (found.low - 1.5).abs() < 1e-12,
            "type 7 quantile, {found:?}"
        );
    }

    #[test]
    fn without_repeats_the_sources_are_not_told_apart() {
        let found = figure(&[1.0, 2.0, 4.0], "elasticity", 1);
        assert_eq!(found.parts, None);
        assert!((found.sd * found.sd - 7.0 / 3.0).abs() < 1e-12);
        let json = Summary::of(&replications(&[1.0], "share"), &headings(), 0, 1).to_json();
        assert!(json["scenarios"][0]["outcomes"][0]["sd_agents"].is_null());
    }

    #[test]
    fn a_summary_read_back_is_the_summary_written() {
        let summary = Summary::of(
            &replications(&[1.0, 3.0, 3.5, 5.0], "elasticity"),
            &headings(),
            0,
            2,
        );
        let text = summary.to_json().to_string();
        let back = Summary::from_json(&serde_json::from_str(&text).unwrap());
        assert_eq!(back, Some(summary));
        assert_eq!(Summary::from_json(&json!({ "samples": 2 })), None);
    }

    #[test]
    fn logs_and_points_become_fractions_before_they_are_averaged() {
        let logs = [0.1f64, 0.3];
        let found = figure(&logs, "log change", 1);
        let expected = (logs[0].exp() + logs[1].exp()) / 2.0 - 1.0;
        assert_eq!(found.unit, "relative change");
        assert!((found.mean - expected).abs() < 1e-14);
        assert!((figure(&[2.0], "change of share, points", 1).mean - 0.02).abs() < 1e-15);
    }

    #[test]
    fn values_that_are_no_numbers_are_counted_out() {
        let found = figure(&[1.0, f64::NAN, 3.0, f64::INFINITY], "share", 2);
        assert_eq!(found.count, 2);
        assert!((found.mean - 2.0).abs() < 1e-15);
        assert!(figure(&[f64::NAN], "share", 1).mean.is_nan());
    }

    #[test]
    fn an_outcome_that_some_replications_lack_keeps_its_own_values() {
        let mut all = replications(&[1.0, 2.0, 3.0], "share");
        all[1].scenarios[1].insert(0, outcome("extra", "share", 9.0));
        let figures = Summary::of(&all, &headings(), 0, 1).scenarios[0]
            .figures
            .clone();
        let told: Vec<(&str, usize, f64)> = figures
            .iter()
            .map(|one| (one.name.as_str(), one.count, one.mean))
            .collect();
        assert_eq!(told, [("price", 3, 2.0), ("extra", 1, 9.0)]);
    }
}
