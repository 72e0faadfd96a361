//! The law of a scenario, and codes a person types.

use clap::Args;
use tradewinds_config::suggest;
use tradewinds_policy::{Practice, TariffSchedule};
use tradewinds_runner::experiment::Experiment;
use tradewinds_runner::parameters::ParameterError;
use tradewinds_units::{Date, EconomyCode};

use crate::failure::Failure;
use crate::inputs;

/// Which law is asked.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Scenario of the experiment [default: the law on the books]
    #[arg(long, value_name = "NAME")]
    scenario: Option<String>,
    /// Experiment that describes the scenario
    #[arg(long, value_name = "NAME")]
    experiment: Option<String>,
    /// Only texts published by the day asked about, as customs charged it then
    #[arg(long)]
    as_published: bool,
}

/// An experiment and one law of it.
pub(crate) struct Law {
    pub(crate) experiment: Experiment,
    pub(crate) schedule: TariffSchedule,
    /// What the law is called.
    pub(crate) title: String,
    /// Part of the applied duty that does not reach the treasury.
    pub(crate) gap: f64,
}

impl Which {
    /// Reads the experiment and compiles the law of the scenario.
    pub(crate) fn law(&self) -> Result<Law, Failure> {
        let experiment = inputs::experiment(self.experiment.as_deref(), &[])?;
        let wrong = |error: ParameterError| Failure::Result(error.to_string());
        let practice = Practice {
            preference_uptake: experiment
                .parameters
                .get("preference_uptake")
                .map_err(wrong)?,
            claim_scale: experiment.parameters.get("claim_scale").map_err(wrong)?,
            as_published: self.as_published,
            ..Practice::default()
        };
        let gap = experiment.parameters.get("collection_gap").map_err(wrong)?;
        let (schedule, title) = match &self.scenario {
            None => {
                let schedule =
                    TariffSchedule::compile(&experiment.law, &Default::default(), practice);
                let schedule = schedule.map_err(|errors| {
                    let all: Vec<String> = errors.iter().map(ToString::to_string).collect();
                    Failure::Contradiction(all.join("\n"))
                })?;
                (schedule, "the law on the books".to_owned())
            }
            Some(name) => {
                let at = scenario(&experiment, name)?;
                let schedule = experiment.schedules()?.swap_remove(at);
                let title = experiment.scenarios[at].title.clone();
                (schedule.with_practice(practice), title)
            }
        };
        Ok(Law {
            experiment,
            schedule,
            title,
            gap,
        })
    }
}

/// Index of a scenario by its name.
pub(crate) fn scenario(experiment: &Experiment, name: &str) -> Result<usize, Failure> {
    let known: Vec<&str> = experiment
        .scenarios
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    known
        .iter()
        .position(|one| *one == name)
        .ok_or_else(|| unknown("scenario", name, &known))
}

/// An error that names what there is.
pub(crate) fn unknown(kind: &str, name: &str, known: &[&str]) -> Failure {
    let help = match suggest(name, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`? There are {}", known.join(", ")),
        None => format!("there are {}", known.join(", ")),
    };
    Failure::Request {
        problem: format!("there is no {kind} `{name}`"),
        help,
    }
}

/// Reads an economy code from the command line.
pub(crate) fn economy(text: &str) -> Result<EconomyCode, String> {
    text.parse()
        .map_err(|error: tradewinds_units::UnitError| error.to_string())
}

/// Reads a date from the command line.
pub(crate) fn date(text: &str) -> Result<Date, String> {
    tradewinds_units::parse_date(text).map_err(|error| error.to_string())
}
