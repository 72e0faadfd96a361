//! Where the time of a run went.

use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use tradewinds_output::read_table;
use tradewinds_runner::ensemble::RUNS;

use crate::failure::Failure;
use crate::print::grouped;

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

/// Most memory this process has held [bytes], where the system tells.
fn peak_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(1024.0 * kilobytes)
}
