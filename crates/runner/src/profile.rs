//! Time of a run by system, in its phase, with the file that holds its mechanism.

use std::time::Duration;

use tradewinds_engine::accounts::audit_name;
use tradewinds_kernel::phase::Phase;

use crate::ensemble::{EnsembleError, Plan};
use crate::schedule::short;

/// Time of one system.
#[derive(Debug, Clone, PartialEq)]
pub struct SystemTime {
    /// Phase it runs in.
    pub phase: Phase,
    /// Name by module, as in `pricing::reset_prices`.
    pub system: String,
    /// File of its mechanism, from the root of the workspace.
    pub file: String,
    /// Time a tick.
    pub per_tick: Duration,
    /// Share of the time of all systems.
    pub share: f64,
}

/// Times of one run of a scenario with every system run by itself.
///
/// # Errors
/// As a run: [`EnsembleError`].
pub fn by_system(
    plan: &Plan,
    replication: u32,
    scenario: usize,
) -> Result<Vec<SystemTime>, EnsembleError> {
    let times = plan.profile(replication, scenario)?;
    Ok(listed(&times, plan.ticks))
}

/// Systems in the order of the tick: the audit of a phase is its last system.
fn listed(times: &[(String, Duration)], ticks: u32) -> Vec<SystemTime> {
    let total: Duration = times.iter().map(|(_, time)| *time).sum();
    let mut phases = Phase::ALL.into_iter();
    let mut phase = phases.next().unwrap_or(Phase::OpenPeriod);
    let mut found = Vec::new();
    for (name, time) in times {
        found.push(SystemTime {
            phase,
            system: short(name),
            file: file_of(name),
            per_tick: *time / ticks.max(1),
            share: time.as_secs_f64() / total.as_secs_f64(),
        });
        if *name == audit_name(phase) {
            phase = phases.next().unwrap_or(phase);
        }
    }
    found
}

/// `crates/engine/src/pricing.rs` of `tradewinds_engine::pricing::reset_prices`;
/// the module path for crates of others.
fn file_of(name: &str) -> String {
    let inner = name.trim_start_matches('<');
    let inner = inner.split_once(" as ").map_or(inner, |(plugin, _)| plugin);
    let inner = inner.split("::{{").next().unwrap_or(inner);
    let mut parts: Vec<&str> = inner.split("::").collect();
    parts.pop();
    match parts.split_first() {
        Some((krate, modules)) if krate.starts_with("tradewinds_") => {
            let krate = krate.trim_start_matches("tradewinds_");
            let path = if modules.is_empty() {
                "lib".to_owned()
            } else {
                modules.join("/")
            };
            format!("crates/{krate}/src/{path}.rs")
        }
        _ => parts.join("::"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;
    use crate::library::Library;

    #[test]
    fn a_system_goes_by_the_file_that_holds_it() {
        for (name, file) in [
            (
                "tradewinds_engine::pricing::reset",
                "crates/engine/src/pricing.rs",
            ),
            ("tradewinds_engine::a::b::f", "crates/engine/src/a/b.rs"),
            (
                "<tradewinds_engine::a::XPlugin as bevy_app::Plugin>::build::{{closure}}",
                "crates/engine/src/a.rs",
            ),
            ("mine::subsidy::pay", "mine::subsidy"),
        ] {
            assert_eq!(file_of(name), file);
        }
    }

    #[test]
    fn every_system_of_a_run_has_a_phase_a_file_and_a_time() {
        let set = ["population.firms_per_cell=1", "replications=1", "repeats=1"];
        let set: Vec<String> = set.iter().map(|one| (*one).to_owned()).collect();
        let experiment = Experiment::load(&Library::embedded(), "us-2025", &set).unwrap();
        let mut plan = Plan::of(&experiment).unwrap();
        plan.ticks = 3;
        let times = by_system(&plan, 0, 0).unwrap();
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for one in &times {
            assert!(root.join(&one.file).is_file(), "{one:?}");
        }
        assert!((times.iter().map(|one| one.share).sum::<f64>() - 1.0).abs() < 1e-9);
        assert!(times.iter().any(|one| one.per_tick > Duration::ZERO));
        let audits: Vec<Phase> = (times.iter())
            .filter(|one| one.system.starts_with("accounts::audit("))
            .map(|one| one.phase)
            .collect();
        assert_eq!(audits, Phase::ALL);
        let reset = times
            .iter()
            .find(|one| one.system == "observe::record")
            .unwrap();
        assert_eq!(reset.phase, Phase::Observe);
    }
}
