//! Where the time of a run went.

use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use tradewinds_output::read_table;
use tradewinds_runner::ensemble::{Plan, RUNS};
use tradewinds_runner::launch::LaunchError;
use tradewinds_runner::profile::{SystemTime, by_system};

use crate::failure::Failure;
use crate::print::{grouped, percent};

/// Steps with the time each took.
#[derive(Debug)]
pub(crate) struct Profile {
    last: Instant,
    steps: Vec<(&'static str, Duration)>,
}

impl Profile {
    pub(crate) fn start() -> Self {
        Self {
            last: Instant::now(),
            steps: Vec::new(),
        }
    }

    /// Ends a step.
    pub(crate) fn step(&mut self, name: &'static str) {
        let now = Instant::now();
        self.steps.push((name, now - self.last));
        self.last = now;
    }

    /// Steps, work per second, memory and disk.
    pub(crate) fn table(&self, folder: &Path, runs: usize, bytes: u64) -> Result<String, Failure> {
        let mut text = String::from("\nProfile\n");
        for (name, time) in &self.steps {
            let _ = writeln!(text, "  {name:<20} {:>8.2} s", time.as_secs_f64());
        }
        let table = read_table(folder, RUNS.name)?;
        let counts = |column: &str| table.counts(column).unwrap_or_default();
        let line_ticks: u64 = counts("ticks")
            .iter()
            .zip(counts("lines"))
            .map(|(ticks, lines)| u64::from(*ticks) * u64::from(*lines))
            .sum();
        let busy = self
            .steps
            .iter()
            .find(|(name, _)| name.starts_with("simulate"))
            .map_or(0.0, |(_, time)| time.as_secs_f64());
        if busy > 0.0 {
            let _ = writeln!(
                text,
                "  {} runs, {:.1} a second; {} line-ticks, {:.1} million a second",
                grouped(runs as u64),
                runs as f64 / busy,
                grouped(line_ticks),
                line_ticks as f64 / busy / 1e6,
            );
        }
        if let Some(peak) = peak_memory() {
            let _ = writeln!(text, "  {:.0} MB of memory at the peak", peak / 1e6);
        }
        let _ = write!(text, "  {:.1} MB of disk", bytes as f64 / 1e6);
        Ok(text)
    }
}

/// Time of one run by system: phase, nanoseconds a tick, share, file. Each
/// system runs by itself on one thread, so that the sum is a little more than a
/// tick of the run above.
pub(crate) fn systems(plan: &Plan) -> Result<String, Failure> {
    let times = by_system(plan, 0, plan.scenarios.len() - 1).map_err(LaunchError::from)?;
    let mut text = format!(
        "\n  {:<16} {:<39} {:>11} {:>7}  {}\n",
        "phase", "system", "ns a tick", "share", "file"
    );
    let mut last = None;
    for one in &times {
        let phase = if last == Some(one.phase) {
            String::new()
        } else {
            format!("{:?}", one.phase)
        };
        last = Some(one.phase);
        let _ = writeln!(
            text,
            "  {phase:<16} {:<39} {:>11} {:>7}  {}",
            one.system,
            grouped(u64::try_from(one.per_tick.as_nanos()).unwrap_or(u64::MAX)),
            percent(one.share, 1),
            one.file,
        );
    }
    text.push_str(&mechanisms(&times));
    Ok(text)
}

/// The same by file, the slowest first.
fn mechanisms(times: &[SystemTime]) -> String {
    let mut files: Vec<(&str, Duration, f64)> = Vec::new();
    for one in times {
        match files.iter_mut().find(|(file, ..)| *file == one.file) {
            Some((_, time, share)) => (*time, *share) = (*time + one.per_tick, *share + one.share),
            None => files.push((&one.file, one.per_tick, one.share)),
        }
    }
    files.sort_by(|a, b| b.2.total_cmp(&a.2));
    let mut text = String::from("\n  by mechanism\n");
    for (file, time, share) in files {
        let nanoseconds = grouped(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
        let _ = writeln!(
            text,
            "  {file:<56} {nanoseconds:>11} {:>7}",
            percent(share, 1)
        );
    }
    text
}

/// Most memory this process has held [bytes], where the system tells.
fn peak_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(1024.0 * kilobytes)
}
