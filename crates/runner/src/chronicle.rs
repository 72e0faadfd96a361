//! A chronicle of talks: what governments did in one run, day by day, out of the
//! tables of talks of its dataset.

use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};
use tradewinds_output::OutputError;

mod closing;
mod event;
mod part;
mod read;
mod sentence;

pub use event::{Event, Kind, State};

/// Why there is no chronicle.
#[derive(Debug, thiserror::Error)]
pub enum ChronicleError {
    /// Nobody talks in any scenario of the run.
    #[error(
        "there are no talks in `{}`\n  help: governments talk in the scenarios that `[talks]` of an experiment names (docs/how-to/talks.md)", .0.display()
    )]
    NoTalks(PathBuf),
    /// Nobody talks in the scenario, or there is none of that name.
    #[error("there are no talks in a scenario `{asked}`\n  help: there are in {}", known.join(", "))]
    Scenario {
        /// The scenario asked for.
        asked: String,
        /// Scenarios with talks.
        known: Vec<String>,
    },
    /// The dataset holds no such replication.
    #[error(
        "there is no replication {asked} of the scenario `{scenario}`\n  help: there are {known}"
    )]
    Replication {
        /// The replication asked for.
        asked: u32,
        /// The scenario.
        scenario: String,
        /// Replications in the dataset, as `0 to 9, 12`.
        known: String,
    },
    /// No such government talks.
    #[error("no government `{asked}` talks\n  help: there are {}", known.join(", "))]
    Government {
        /// The code asked for.
        asked: String,
        /// Codes of the governments that talk.
        known: Vec<String>,
    },
    /// A table of another version of the program.
    #[error(
        "the table {table} has no column `{column}`\n  help: run the experiment again with this version"
    )]
    Column {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// A dataset that cannot be read.
    #[error(transparent)]
    Output(#[from] OutputError),
}

/// What happened in one run.
#[derive(Debug, Clone, PartialEq)]
pub struct Chronicle {
    /// Title of the experiment.
    pub title: String,
    /// Scenario.
    pub scenario: String,
    /// Replication.
    pub replication: u32,
    /// What happened, by day.
    pub events: Vec<Event>,
    /// How it ends for each government, by code.
    pub last: Vec<State>,
}

impl Chronicle {
    /// Reads the chronicle of a run in a dataset: of the first scenario and the first
    /// replication with talks unless others are asked for.
    ///
    /// # Errors
    /// [`ChronicleError`].
    pub fn read(
        folder: &Path,
        scenario: Option<&str>,
        replication: Option<u32>,
    ) -> Result<Self, ChronicleError> {
        read::read(folder, scenario, replication)
    }

    /// Only what concerns some governments, and what concerns all; without rounds where they
    /// are not asked for.
    ///
    /// # Errors
    /// [`ChronicleError::Government`] where one does not talk.
    pub fn only(
        mut self,
        governments: &[String],
        has_rounds: bool,
    ) -> Result<Self, ChronicleError> {
        let known = |code: &String| self.last.iter().any(|state| state.government == *code);
        if let Some(stranger) = governments.iter().find(|code| !known(code)) {
            return Err(ChronicleError::Government {
                asked: stranger.clone(),
                known: self.last.into_iter().map(|one| one.government).collect(),
            });
        }
        let is_asked =
            |code: &str| governments.is_empty() || governments.iter().any(|asked| asked == code);
        self.events.retain(|event| {
            let is_round = matches!(event.kind, Kind::Round { .. });
            (has_rounds || !is_round) && event.kind.government().is_none_or(is_asked)
        });
        self.last.retain(|state| is_asked(&state.government));
        Ok(self)
    }

    /// The chronicle in words, with a table of how it ends.
    pub fn text(&self) -> String {
        let head = format!(
            "{}\nScenario {}, replication {}. Money in USD bn a year.\n",
            self.title, self.scenario, self.replication
        );
        [
            head,
            sentence::days(&self.events),
            closing::table(&self.last),
        ]
        .join("\n")
    }

    /// The same as JSON.
    pub fn to_json(&self) -> Json {
        let events: Vec<Json> = self.events.iter().map(Event::to_json).collect();
        let last: Vec<Json> = self.last.iter().map(State::to_json).collect();
        json!({
            "title": self.title, "scenario": self.scenario, "replication": self.replication,
            "events": events, "last": last,
        })
    }
}

#[cfg(test)]
mod tests;
