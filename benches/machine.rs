//! What a measurement ran on, and what the process used.
//!
//! Facts and memory are read from `/proc`; elsewhere than on Linux they are
//! absent.

use std::fmt;
use std::fs;
use std::process::Command;

use rustix::time::{ClockId, clock_gettime};
use tradewinds_kernel::maths::Tier;

/// The machine, the build and the revision that a table of timings belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Processor by its own name.
    pub processor: String,
    /// Cores this process may use.
    pub cores: usize,
    /// Memory, bytes.
    pub memory: u64,
    /// Widest instructions that [`tradewinds_kernel::maths::dispatch`] uses here.
    pub tier: Tier,
    /// Compiler.
    pub compiler: String,
    /// Git revision, `+` where files were changed.
    pub revision: String,
    /// Other work: mean number of running processes over the last minute.
    pub load: String,
}

impl Machine {
    /// This machine, now.
    pub fn here() -> Self {
        let first_word = |path: &str| {
            let text = fs::read_to_string(path).unwrap_or_default();
            text.split(' ').next().unwrap_or("unknown").to_owned()
        };
        let model = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned());
        let family = field("/proc/cpuinfo", "cpu family").unwrap_or_else(|| "unknown".to_owned());
        let changed = !said("git", &["status", "--porcelain", "-uno"]).is_empty();
        Self {
            processor: format!("{model} (family {family})"),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory: kibibytes("/proc/meminfo", "MemTotal").unwrap_or(0),
            tier: Tier::active(),
            compiler: said("rustc", &["--version"]),
            revision: said("git", &["rev-parse", "--short", "HEAD"])
                + if changed { "+" } else { "" },
            load: first_word("/proc/loadavg"),
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gibibytes = self.memory as f64 / 1_073_741_824.0;
        writeln!(
            f,
            "processor  {}, {} cores, {gibibytes:.0} GiB",
            self.processor, self.cores
        )?;
        writeln!(
            f,
            "vectors    {:?} (chosen when the program runs)",
            self.tier
        )?;
        writeln!(f, "compiler   {}", self.compiler)?;
        writeln!(f, "revision   {}", self.revision)?;
        write!(f, "load       {} before the start", self.load)
    }
}

/// Seconds of processor time this process has used, on all threads, user and
/// system, those of finished threads included.
pub fn processor_seconds() -> f64 {
    seconds_of(ClockId::ProcessCPUTime)
}

/// Seconds of processor time this thread has used: what other work on the
/// machine takes away is not in it.
pub fn thread_seconds() -> f64 {
    seconds_of(ClockId::ThreadCPUTime)
}

fn seconds_of(clock: ClockId) -> f64 {
    let time = clock_gettime(clock);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// Bytes of memory resident now.
pub fn resident_bytes() -> Option<u64> {
    kibibytes("/proc/self/status", "VmRSS")
}

/// Largest number of bytes resident since the start, or since the last
/// [`forget_peak`].
pub fn peak_bytes() -> Option<u64> {
    kibibytes("/proc/self/status", "VmHWM")
}

/// Starts a new count of [`peak_bytes`]; whether the kernel allowed it.
pub fn forget_peak() -> bool {
    fs::write("/proc/self/clear_refs", "5").is_ok()
}

/// The middle value.
///
/// # Panics
/// When there is none.
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// The value below which a share of the values lies, the nearest one.
///
/// # Panics
/// When there is none.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[(share * (sorted.len() - 1) as f64).round() as usize]
}

/// The value of `key: value` in a file.
fn field(path: &str, key: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// Bytes of a `key: value kB` in a file.
fn kibibytes(path: &str, key: &str) -> Option<u64> {
    let value = field(path, key)?;
    Some(value.trim_end_matches(" kB").parse::<u64>().ok()? * 1024)
}

/// What a command prints; nothing when it fails.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let text = output.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&text).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_of_the_sample() {
        let values = [5.0, 1.0, 9.0, 7.0, 3.0];
        let at = |share| quantile(&values, share);
        assert_eq!(
            [at(0.0), at(0.25), median(&values), at(1.0)],
            [1.0, 3.0, 5.0, 9.0]
        );
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn memory_and_processor_time_grow_with_use() {
        let (resident, used) = (resident_bytes().unwrap(), processor_seconds());
        let mut block = vec![1_u64; 8 << 20];
        while processor_seconds().min(thread_seconds()) < used + 0.02 {
            block
                .iter_mut()
                .for_each(|word| *word = word.rotate_left(1));
        }
        assert!(
            resident_bytes().unwrap() > resident + (50 << 20),
            "{}",
            block[0]
        );
        assert!(peak_bytes().unwrap() >= resident_bytes().unwrap());
    }
}
