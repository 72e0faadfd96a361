//! The steps of `cargo xtask test`, in order.

use std::path::{Path, PathBuf};

use crate::command::{Outcome, Summary, cargo_check, cargo_tests, exists};

/// One step.
#[derive(Debug)]
pub(crate) struct Step {
    /// Its name on the command line.
    pub(crate) name: &'static str,
    /// What it does, in a few words.
    pub(crate) what: &'static str,
    /// Seconds it may take on two cores, dependencies built.
    pub(crate) budget_seconds: u32,
    /// Runs it in the folder of the workspace.
    pub(crate) run: fn(&Path) -> Outcome,
}

/// All steps.
pub(crate) static STEPS: &[Step] = &[
    Step {
        name: "format",
        what: "rustfmt",
        budget_seconds: 10,
        run: format,
    },
    Step {
        name: "clippy",
        what: "lints of all code, bans in model code",
        budget_seconds: 240,
        run: clippy,
    },
    Step {
        name: "tests",
        what: "unit and workspace tests",
        budget_seconds: 400,
        run: tests,
    },
    Step {
        name: "doc-tests",
        what: "examples in the documentation",
        budget_seconds: 60,
        run: doc_tests,
    },
    Step {
        name: "configs",
        what: "every file under configs and experiments",
        budget_seconds: 120,
        run: configs,
    },
    Step {
        name: "examples",
        what: "crates under examples, outside the workspace",
        budget_seconds: 300,
        run: examples,
    },
    Step {
        name: "oracles",
        what: "published limit cases, where the files are at hand",
        budget_seconds: 300,
        run: oracles,
    },
];

fn format(root: &Path) -> Outcome {
    with_component("rustfmt", &["fmt", "--version"])
        .unwrap_or_else(|| cargo_check(root, &["fmt", "--all", "--check"]))
}

/// Two passes: tests and benches may unwrap, print, compare numbers exactly and
/// use the standard library's functions as a reference; all other code may not.
fn clippy(root: &Path) -> Outcome {
    const EVERYTHING: &[&str] = &[
        "clippy",
        "--workspace",
        "--keep-going",
        "--all-targets",
        "--",
        "-Dwarnings",
    ];
    const FREE_IN_TESTS: &[&str] = &[
        "-Aclippy::disallowed_methods",
        "-Aclippy::disallowed_types",
        "-Aclippy::float_cmp",
        "-Aclippy::print_stdout",
        "-Aclippy::unwrap_used",
    ];
    const MODEL: &[&str] = &[
        "clippy",
        "--workspace",
        "--keep-going",
        "--lib",
        "--bins",
        "--",
        "-Dwarnings",
    ];
    with_component("clippy", &["clippy", "--version"]).unwrap_or_else(|| {
        cargo_check(root, &[EVERYTHING, FREE_IN_TESTS].concat()).and(cargo_check(root, MODEL))
    })
}

fn tests(root: &Path) -> Outcome {
    if exists("cargo", &["nextest", "--version"]) {
        let run = ["nextest", "run", "--workspace", "--no-fail-fast"];
        cargo_tests(root, Summary::Nextest, &run)
    } else {
        let run = [
            "test",
            "--workspace",
            "--lib",
            "--bins",
            "--tests",
            "--no-fail-fast",
        ];
        cargo_tests(root, Summary::Cargo, &run)
    }
}

fn doc_tests(root: &Path) -> Outcome {
    cargo_tests(
        root,
        Summary::Cargo,
        &["test", "--workspace", "--doc", "--no-fail-fast"],
    )
}

fn configs(root: &Path) -> Outcome {
    let present = |folder: &&str| root.join(folder).is_dir();
    let folders: Vec<&str> = ["configs", "experiments", "examples/own-measure"]
        .into_iter()
        .filter(present)
        .collect();
    if folders.is_empty() {
        return Outcome::Skipped("no configs and no experiments".to_owned());
    }
    let command = [
        "run",
        "--quiet",
        "--package",
        "tradewinds-cli",
        "--",
        "check",
    ];
    cargo_check(root, &[&command, folders.as_slice()].concat())
}

/// Runs every example crate; each proves that the workspace can be extended
/// from outside.
fn examples(root: &Path) -> Outcome {
    let manifests = manifests(&root.join("examples"));
    if manifests.is_empty() {
        return Outcome::Skipped("no crates under examples".to_owned());
    }
    let nothing = Outcome::Ran {
        passed: 0,
        failed: 0,
    };
    // The folder of the workspace: the same dependencies in the same profile.
    let target = root.join("target");
    let target = target.to_string_lossy();
    let crates = manifests.iter().fold(nothing, |sum, manifest| {
        let manifest = manifest.to_string_lossy();
        let run = [
            "run",
            "--quiet",
            "--manifest-path",
            &manifest,
            "--target-dir",
            &target,
        ];
        sum.and(cargo_check(root, &run))
    });
    crates.and(own_measure(root))
}

/// Runs the experiment that adds a measure by a file alone.
fn own_measure(root: &Path) -> Outcome {
    let experiment = root
        .join("examples")
        .join("own-measure")
        .join("experiment.toml");
    let out = root.join("target").join("own-measure");
    let (experiment, out) = (experiment.to_string_lossy(), out.to_string_lossy());
    // An earlier run of the same configuration would be reused.
    let _ = std::fs::remove_dir_all(&*out);
    let run = ["run", "--quiet", "--package", "tradewinds-cli", "--"];
    let own = ["run", &experiment, "--quiet", "--out", &out];
    cargo_check(root, &[&run[..], &own[..]].concat())
}

fn manifests(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.path().join("Cargo.toml"))
        .filter(|manifest| manifest.is_file())
        .collect();
    found.sort();
    found
}

/// The files are not part of the repository: their folder is named by
/// `TRADEWINDS_ORACLES`, or lies beside the checkout.
fn oracles(root: &Path) -> Outcome {
    let folder = std::env::var_os("TRADEWINDS_ORACLES").map_or_else(
        || root.join("..").join("shared").join("oracles"),
        PathBuf::from,
    );
    let file = folder.join("EH.json");
    if !file.is_file() {
        return Outcome::Skipped("no EH.json in the folder TRADEWINDS_ORACLES".to_owned());
    }
    let file = file.to_string_lossy();
    let run = [
        "run",
        "--release",
        "--quiet",
        "--package",
        "tradewinds-cli",
        "--",
        "oracles",
    ];
    let nothing = Outcome::Ran {
        passed: 0,
        failed: 0,
    };
    let grid = ORACLE_GRID
        .iter()
        .map(|options| [&run[..], &[&file], options].concat());
    let equilibria = grid.fold(nothing, |sum, arguments| {
        sum.and(cargo_check(root, &arguments))
    });
    // The other families fix firms and ticks themselves.
    let others = ["PR", "PE", "DY"].map(|family| folder.join(format!("{family}.json")));
    let others = others.iter().filter(|file| file.is_file());
    others.fold(equilibria, |sum, file| {
        let file = file.to_string_lossy();
        sum.and(cargo_check(root, &[&run[..], &[&file]].concat()))
    })
}

/// Firms per cell and ticks with which the cases run: all of them weekly and
/// daily with one firm and weekly with forty; daily with forty three small ones.
const ORACLE_GRID: &[&[&str]] = &[
    &["--tick", "weekly", "--firms-per-cell", "1"],
    &["--tick", "weekly", "--firms-per-cell", "40"],
    &["--tick", "daily", "--firms-per-cell", "1"],
    &[
        "--tick",
        "daily",
        "--firms-per-cell",
        "40",
        "--case",
        "2x1_noIO_0",
    ],
    &[
        "--tick",
        "daily",
        "--firms-per-cell",
        "40",
        "--case",
        "3x3_export_tax_0",
    ],
    &[
        "--tick",
        "daily",
        "--firms-per-cell",
        "40",
        "--case",
        "4x3_freight_0",
    ],
];

/// Installs a missing component of the toolchain where rustup manages it. The
/// outcome of the step when there is no way to get the component.
fn with_component(component: &str, probe: &[&str]) -> Option<Outcome> {
    if exists("cargo", probe) || exists("rustup", &["component", "add", component]) {
        return None;
    }
    eprintln!("{component} is missing; install it with `rustup component add {component}`");
    Some(Outcome::check(false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_folders_with_a_manifest_are_examples() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let crates = manifests(&root.join("crates"));
        assert!(
            crates
                .iter()
                .any(|manifest| manifest.ends_with("kernel/Cargo.toml"))
        );
        assert!(manifests(&root.join("no-such-folder")).is_empty());
    }
}
