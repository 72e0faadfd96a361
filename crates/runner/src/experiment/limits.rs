//! What a machine can hold, and experiments refused because they would not fit.

use super::Experiment;

/// Limits of a run. Flags raise them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Memory \[bytes\].
    pub memory: f64,
    /// Runs: scenarios times replications.
    pub runs: f64,
}

/// Flag that raises [`Limits::memory`], in GB.
const MEMORY_FLAG: &str = "--max-memory";
/// Flag that raises [`Limits::runs`].
const RUNS_FLAG: &str = "--max-runs";

/// Memory when the machine does not tell, and the unit of the flag.
const GB: f64 = 1e9;
/// State of a firm with its stocks and accounts \[bytes\], rounded up.
const FIRM: f64 = 1024.0;
/// State of a line, a firm's sales to one destination \[bytes\], rounded up.
const LINE: f64 = 256.0;
/// State of a voter \[bytes\], rounded up.
const VOTER: f64 = 64.0;

/// Most ticks of a run: about 380 years of weeks.
const MOST_TICKS: u32 = 20_000;

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 16.0 * GB,
            runs: 1e7,
        }
    }
}

impl Limits {
    /// Half of the memory of this machine, or of the group of processes it
    /// runs in; 10 million runs.
    pub fn of_machine() -> Self {
        let machine = meminfo(&read("/proc/meminfo"));
        let group = [
            "/sys/fs/cgroup/memory.max",
            "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        ]
        .map(|path| read(path).trim().parse().unwrap_or(f64::INFINITY));
        let total = group
            .into_iter()
            .chain(machine)
            .fold(f64::INFINITY, f64::min);
        let default = Self::default();
        Self {
            memory: if total.is_finite() {
                0.5 * total
            } else {
                default.memory
            },
            ..default
        }
    }
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

/// Total memory in bytes, from the text of `/proc/meminfo`.
fn meminfo(text: &str) -> Option<f64> {
    let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024.0)
}

/// An experiment that would not fit.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LimitError {
    /// Too much memory.
    #[error(
        "refuse `{key} = {value}`: {what} need about {}, limit {}; write a smaller number, or raise the limit with `{MEMORY_FLAG} {}`",
        size(*.bytes), size(*.limit), gigabytes(*.bytes)
    )]
    Memory {
        /// Key that asks for it.
        key: &'static str,
        /// Its value.
        value: String,
        /// What there would be.
        what: String,
        /// Estimate \[bytes\].
        bytes: f64,
        /// Limit \[bytes\].
        limit: f64,
    },
    /// Too many ticks.
    #[error(
        "refuse `end = {end}`: {ticks} ticks, limit {MOST_TICKS}; write an earlier `end` or a longer `tick`"
    )]
    Ticks {
        /// Last day asked for.
        end: String,
        /// Ticks from the first to the last day.
        ticks: u32,
    },
    /// Too many runs.
    #[error(
        "refuse `replications = {replications}`: {scenarios} scenarios mean {} runs, limit {}; write a smaller number, or raise the limit with `{RUNS_FLAG} {}`",
        count(*.runs), count(*.limit), *.runs
    )]
    Runs {
        /// Replications asked for.
        replications: u32,
        /// Number of scenarios.
        scenarios: usize,
        /// Their product.
        runs: f64,
        /// Limit.
        limit: f64,
    },
}

fn power(value: f64) -> String {
    let scientific = format!("{value:.0e}");
    let exponent = scientific.split('e').nth(1).unwrap_or("0");
    format!("10^{exponent}")
}

fn size(bytes: f64) -> String {
    match bytes {
        _ if bytes >= 1e15 => format!("{} bytes", power(bytes)),
        _ if bytes >= GB => format!("{:.1} GB", bytes / GB),
        _ => format!("{:.0} MB", bytes / 1e6),
    }
}

fn count(value: f64) -> String {
    if value >= 1e6 {
        power(value)
    } else {
        format!("{value}")
    }
}

fn gigabytes(bytes: f64) -> String {
    format!("{:.0}", (bytes / GB).ceil())
}

impl Experiment {
    /// Bytes that the agents of `workers` simultaneous runs take, about.
    pub fn memory_estimate(&self, workers: usize) -> f64 {
        let economies = self.world.economy_count() as f64;
        let per_cell = self.firms_per_cell as f64;
        let lines = |share: f64| 1.0 + share * (economies - 1.0);
        let facts = self.world.firms.iter();
        let cell: f64 = facts
            .map(|firms| per_cell * (FIRM + LINE * lines(firms.exporter_share)))
            .sum();
        (economies * cell + self.voters() * VOTER) * workers.max(1) as f64
    }

    /// Voters of a run: every lean and income tenth by sector of work.
    fn voters(&self) -> f64 {
        let blocs = self.world.voters.len() * self.world.sector_count();
        blocs as f64 * self.voters_per_bloc as f64
    }

    /// Refuses an experiment that would not fit, before anything is allocated.
    ///
    /// # Errors
    /// [`LimitError`] with the estimate, the limit and the flag that raises it.
    pub fn check_limits(&self, limits: &Limits, workers: usize) -> Result<(), LimitError> {
        if self.ticks() > MOST_TICKS {
            return Err(LimitError::Ticks {
                end: self.end.to_string(),
                ticks: self.ticks(),
            });
        }
        let bytes = self.memory_estimate(workers);
        if bytes > limits.memory {
            let cells = (self.world.economy_count() * self.world.sector_count()) as f64;
            let firms = cells * self.firms_per_cell as f64;
            let (key, value, what) = match self.voters() * VOTER * workers.max(1) as f64 {
                voters if voters > 0.5 * bytes => (
                    "population.voters_per_bloc",
                    self.voters_per_bloc,
                    format!("{} voters", count(self.voters())),
                ),
                _ => (
                    "population.firms_per_cell",
                    self.firms_per_cell,
                    format!("{} firms", count(firms)),
                ),
            };
            return Err(LimitError::Memory {
                key,
                value: value.to_string(),
                what,
                bytes,
                limit: limits.memory,
            });
        }
        let runs = f64::from(self.replications()) * self.scenarios.len() as f64;
        if runs > limits.runs {
            return Err(LimitError::Runs {
                replications: self.replications(),
                scenarios: self.scenarios.len(),
                runs,
                limit: limits.runs,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_from_the_machine() {
        let text = "MemTotal:       16384 kB\nMemFree: 1 kB\n";
        assert_eq!(meminfo(text), Some(16_777_216.0));
        assert_eq!(meminfo("nothing"), None);
        let limits = Limits::of_machine();
        assert!(limits.memory > 0.0 && limits.memory.is_finite());
    }
}
