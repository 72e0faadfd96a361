//! Why a command did not do what it was asked, and the code it exits with.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use tradewinds_config::Diagnostics;
use tradewinds_output::OutputError;
use tradewinds_runner::backtest::BacktestError;
use tradewinds_runner::chronicle::ChronicleError;
use tradewinds_runner::estimate::EstimateError;
use tradewinds_runner::experiment::{ExperimentError, LimitError};
use tradewinds_runner::launch::LaunchError;
use tradewinds_runner::library::LibraryError;
use tradewinds_runner::oracles::FileError;
use tradewinds_runner::record::RecordError;
use tradewinds_runner::tournament::TournamentError;
use tradewinds_world::WorldError;

/// Why a command failed. [`Failure::exit_code`] is part of the contract.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The reader of our output closed it (`tradewinds … | head`).
    #[error("the output was closed")]
    ClosedOutput,
    /// The result says no: cases that fail, accounts that do not close.
    #[error("{0}")]
    Result(String),
    /// A request that makes no sense, and what would.
    #[error("{problem}\n  help: {help}")]
    Request {
        /// What is wrong.
        problem: String,
        /// What to write instead.
        help: String,
    },
    /// Inputs that are not there or do not fit together.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// An experiment with mistakes, or refused by a limit.
    #[error(transparent)]
    Experiment(#[from] ExperimentError),
    /// Recorded values that cannot be read or answered.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Forecasts that cannot be scored.
    #[error(transparent)]
    Backtest(#[from] BacktestError),
    /// Rows that give no estimate.
    #[error(transparent)]
    Estimate(#[from] EstimateError),
    /// Talks that cannot be told.
    #[error(transparent)]
    Chronicle(#[from] ChronicleError),
    /// Strategies that cannot be played.
    #[error(transparent)]
    Tournament(#[from] TournamentError),
    /// A limit.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// A run that failed, or a folder that holds another.
    #[error(transparent)]
    Launch(#[from] LaunchError),
    /// Stopped by its user.
    #[error("interrupted: {replications} of {of} replications ended; `{}` is readable and holds them", folder.display())]
    Interrupted {
        /// Replications that ended.
        replications: usize,
        /// Replications asked for.
        of: u32,
        /// The dataset.
        folder: PathBuf,
    },
    /// Stopped by its user before it wrote anything.
    #[error("interrupted: nothing was written")]
    Stopped,
    /// Configuration files with mistakes.
    #[error(transparent)]
    Config(#[from] Diagnostics),
    /// Files that were checked and told about, with the code of the first class
    /// of mistakes.
    #[error("")]
    Checked {
        /// Exit code.
        code: u8,
    },
    /// A law whose measures contradict each other.
    #[error("{0}")]
    Contradiction(String),
    /// A world that cannot be built or does not fit together.
    #[error(transparent)]
    World(#[from] WorldError),
    /// A case file that cannot be read.
    #[error("{path}: {source}", path = path.display())]
    Oracle {
        /// The file.
        path: PathBuf,
        /// Why.
        source: FileError,
    },
    /// Cases in a readable file that cannot be read themselves.
    #[error("{0}")]
    UnreadableCases(String),
    /// A dataset with other content than was written.
    #[error("{0}")]
    Integrity(String),
    /// The disk refused.
    #[error("cannot {action} `{path}`: {source}", path = path.display())]
    Io {
        /// What was tried, as in `read`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// A dataset that could not be written or read.
    #[error(transparent)]
    Output(#[from] OutputError),
}

impl Failure {
    /// 0 done, 1 run failed, 2 bad configuration, 3 bad data, 4 refused by a
    /// limit, 5 partial, 6 I/O or integrity, 130 interrupted.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::ClosedOutput => 0,
            Self::Result(_) => 1,
            Self::Checked { code } => *code,
            Self::Request { .. } | Self::Config(_) | Self::Contradiction(_) => 2,
            Self::Library(error)
            | Self::Record(RecordError::Library(error))
            | Self::Backtest(BacktestError::Library(error))
            | Self::Estimate(EstimateError::Library(error)) => error.exit_code(),
            Self::Experiment(error) => error.exit_code(),
            Self::Record(RecordError::Config(_)) => 2,
            Self::Record(RecordError::Ensemble(_) | RecordError::RestPoint(_)) => 1,
            Self::Backtest(BacktestError::Experiment { source, .. }) => source.exit_code(),
            Self::Backtest(BacktestError::Config(_)) => 2,
            Self::Backtest(BacktestError::Ensemble(_)) => 1,
            Self::Estimate(EstimateError::Config(_) | EstimateError::NoMethod(_)) => 2,
            // Rows that are not there, or that tell a method nothing.
            Self::Estimate(_) => 3,
            Self::Chronicle(ChronicleError::Output(_)) => 6,
            Self::Chronicle(ChronicleError::Column { .. }) => 3,
            Self::Chronicle(_) => 2,
            Self::Tournament(TournamentError::Experiment(error)) => error.exit_code(),
            Self::Tournament(TournamentError::Ensemble(_)) => 1,
            Self::Tournament(_) => 2,
            Self::Limit(_) => 4,
            Self::Launch(LaunchError::OtherRun(_)) => 2,
            Self::Launch(LaunchError::Ensemble(_)) => 1,
            Self::Launch(_) => 6,
            Self::Interrupted { .. } | Self::Stopped => 130,
            Self::World(_) | Self::Oracle { .. } | Self::UnreadableCases(_) => 3,
            Self::Output(_) | Self::Integrity(_) | Self::Io { .. } => 6,
        }
    }

    /// Says once, on stderr, what went wrong.
    pub(crate) fn report(self) -> ExitCode {
        let code = ExitCode::from(self.exit_code());
        let text = self.to_string();
        // Diagnostics say `error:` at each of their findings.
        let has_own_lead = matches!(
            self,
            Self::Config(_)
                | Self::Library(LibraryError::Config(_))
                | Self::Experiment(ExperimentError::Config(_))
                | Self::Record(
                    RecordError::Config(_) | RecordError::Library(LibraryError::Config(_))
                )
                | Self::Tournament(
                    TournamentError::Law(_)
                        | TournamentError::Experiment(ExperimentError::Config(_))
                )
                | Self::Backtest(
                    BacktestError::Config(_) | BacktestError::Library(LibraryError::Config(_))
                )
                | Self::Estimate(
                    EstimateError::Config(_) | EstimateError::Library(LibraryError::Config(_))
                )
        );
        let lead = if has_own_lead { "" } else { "error: " };
        if !matches!(self, Self::ClosedOutput | Self::Checked { .. }) {
            // Nothing is left to tell when stderr is gone too.
            let _ = writeln!(std::io::stderr(), "{lead}{text}");
        }
        code
    }

    /// An error of the disk on `path`.
    pub(crate) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }
}
