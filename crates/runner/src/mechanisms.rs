//! Mechanisms on and off: paired runs, one observable each, with its p-value.
//!
//! A `mechanisms.toml` beside an experiment lists mechanisms: the keys that
//! switch each on and off, an observable named as in a `record.toml`, and the
//! sign of on less off. Both runs share parameters and chance events.

use std::sync::LazyLock;

use serde_json::{Value as Json, json};
use tradewinds_config::{FieldSpec, Kind, Source, TableSpec};
use tradewinds_kernel::statistics::{Moments, student_tails};

use crate::ensemble::Control;
use crate::experiment::{Experiment, leak};
use crate::plan::Plan;
use crate::record::{Measured, RecordError, how};

mod read;
mod report;
mod settings;

pub use report::{markdown, table};
pub use settings::Setting;

/// Name of the file beside an experiment's.
pub const MECHANISMS_FILE: &str = "mechanisms.toml";
/// Probability of an effect by chance above which it does not count.
pub const LEVEL: f64 = 0.01;

/// One mechanism.
#[derive(Debug, Clone, PartialEq)]
pub struct Mechanism {
    /// Name.
    pub name: String,
    /// The mechanism and its observable in words, with unit.
    pub title: String,
    /// Keys that switch it on.
    pub on: Vec<String>,
    /// Keys that switch it off.
    pub off: Vec<String>,
    /// Whether on less off is expected above zero.
    pub is_positive: bool,
    /// The observable.
    pub observable: Measured,
}

/// The list of an experiment.
#[derive(Debug, Clone)]
pub struct Mechanisms {
    /// Title in words.
    pub title: String,
    /// What stands above the table.
    pub introduction: String,
    /// The mechanisms, in the order of the file.
    pub list: Vec<Mechanism>,
    /// Lists of keys that differ, each with the experiment it makes.
    tried: Vec<(Vec<String>, Experiment)>,
}

/// What switching a mechanism does to its observable.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// The mechanism.
    pub mechanism: Mechanism,
    /// Mean of the observable with it.
    pub on: f64,
    /// Mean without it.
    pub off: f64,
    /// Mean of on less off.
    pub difference: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Two-sided probability of such a difference by chance.
    pub p: f64,
    /// Replications.
    pub replications: usize,
}

impl Effect {
    /// Whether the observable has a value in every replication, with the mechanism and without.
    pub fn is_available(&self) -> bool {
        self.on.is_finite() && self.off.is_finite() && self.standard_error.is_finite()
    }

    /// Whether the difference has the expected sign and is not chance.
    pub fn holds(&self) -> bool {
        self.is_available()
            && self.p < LEVEL
            && (self.difference > 0.0) == self.mechanism.is_positive
    }
}

static MECHANISM: LazyLock<TableSpec> = LazyLock::new(|| {
    let texts = Kind::OneOrMany(&Kind::Text);
    let head = vec![
        FieldSpec::required("name", Kind::Text, "Name of the mechanism."),
        FieldSpec::required("title", Kind::Text, "Mechanism and observable, with unit."),
        FieldSpec::required("on", texts, "Keys of the experiment that switch it on.")
            .example("[\"parameters.margin_squeeze=0.3\"]"),
        FieldSpec::required("off", texts, "Keys of the experiment that switch it off."),
        FieldSpec::required(
            "sign",
            Kind::Choice(&["positive", "negative"]),
            "Expected sign of on less off.",
        ),
    ];
    TableSpec::new(
        "mechanism",
        "A mechanism with its switch and its observable.",
        leak(head.into_iter().chain(how()).collect()),
    )
});

/// The table of a `mechanisms.toml`.
pub fn mechanisms_spec() -> &'static TableSpec {
    static SPEC: LazyLock<TableSpec> = LazyLock::new(|| {
        TableSpec::new(
            "mechanisms",
            "Mechanisms to switch on and off, one at a time.",
            leak(vec![
                FieldSpec::required("title", Kind::Text, "Title in words."),
                FieldSpec::required("introduction", Kind::Text, "What stands above the table."),
                FieldSpec::required("mechanism", Kind::Tables(&MECHANISM), "The mechanisms."),
            ]),
        )
    });
    &SPEC
}

impl Mechanisms {
    /// Reads the `mechanisms.toml` beside an experiment's file and tries its keys.
    ///
    /// # Errors
    /// Every mistake found.
    pub fn load(experiment: &Experiment) -> Result<Self, RecordError> {
        Self::read(experiment, &experiment.source_beside(MECHANISMS_FILE)?)
    }

    /// The same of a list in another file.
    ///
    /// # Errors
    /// Every mistake found.
    pub(crate) fn read(experiment: &Experiment, source: &Source) -> Result<Self, RecordError> {
        read::read(experiment, source)
    }
}

/// Runs every setting and compares each mechanism on and off.
///
/// # Errors
/// [`RecordError`]: the first run that failed.
pub fn run(
    list: &Mechanisms,
    settings: &[Setting],
    control: &Control,
) -> Result<Vec<Effect>, RecordError> {
    let mut values = vec![[Vec::new(), Vec::new()]; list.list.len()];
    for setting in settings {
        let plan = Plan::of(&setting.experiment)?;
        let found = plan.replicate(&setting.scenarios, control, |one| -> Vec<f64> {
            let observe = |(at, _): &(usize, usize)| list.list[*at].observable.value(&plan, one);
            setting.asked.iter().map(observe).collect()
        });
        for of_replication in found? {
            for ((at, side), value) in setting.asked.iter().zip(of_replication) {
                values[*at][*side].push(value);
            }
        }
    }
    let pairs = list.list.iter().zip(&values);
    Ok(pairs.map(|(one, [on, off])| effect(one, on, off)).collect())
}

fn effect(mechanism: &Mechanism, on: &[f64], off: &[f64]) -> Effect {
    let differences: Vec<f64> = on.iter().zip(off).map(|(on, off)| on - off).collect();
    let moments = Moments::of(&differences);
    let standard_error = moments.standard_error();
    let statistic = moments.mean().abs() / standard_error;
    Effect {
        mechanism: mechanism.clone(),
        on: Moments::of(on).mean(),
        off: Moments::of(off).mean(),
        difference: moments.mean(),
        standard_error,
        p: two_sided(statistic, differences.len()),
        replications: differences.len(),
    }
}

/// Two-sided probability of a t-statistic at least this large of so many differences; 1
/// where there is none.
fn two_sided(statistic: f64, differences: usize) -> f64 {
    let degrees = u32::try_from(differences.saturating_sub(1)).unwrap_or(u32::MAX);
    if statistic.is_nan() || degrees == 0 {
        return 1.0;
    }
    student_tails(statistic, degrees)
}

/// Effects as JSON; numbers of an effect that is not available are null.
pub fn to_json(effects: &[Effect]) -> Json {
    let one = |effect: &Effect| {
        let known = |value: f64| effect.is_available().then_some(value);
        json!({
            "mechanism": effect.mechanism.name, "title": effect.mechanism.title,
            "on": known(effect.on), "off": known(effect.off),
            "difference": known(effect.difference),
            "standard_error": known(effect.standard_error), "p": known(effect.p),
            "replications": effect.replications, "holds": effect.holds(),
            "keys_on": effect.mechanism.on, "keys_off": effect.mechanism.off,
        })
    };
    effects.iter().map(one).collect()
}

#[cfg(test)]
mod tests;
