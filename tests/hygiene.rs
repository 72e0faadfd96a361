//! What the workspace may not contain: arrows against the grain, and the
//! episode it is used to study.

#[path = "hygiene/source.rs"]
mod source;
#[path = "hygiene/words.rs"]
mod words;

use std::collections::BTreeMap;
use std::path::Path;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// The crates of the workspace that each crate may use, for itself and not
/// only in its tests. A crate that is not listed is an error.
const ARROWS: &[(&str, &[&str])] = &[
    ("units", &[]),
    ("config", &["units"]),
    ("kernel", &["units"]),
    ("policy", &["config", "units"]),
    ("equilibrium", &["kernel", "units"]),
    ("world", &["config", "equilibrium", "kernel", "units"]),
    ("engine", &["equilibrium", "kernel", "policy", "units"]),
    ("output", &["kernel", "units"]),
    (
        "runner",
        &[
            "config",
            "engine",
            "equilibrium",
            "kernel",
            "output",
            "policy",
            "units",
            "world",
        ],
    ),
    (
        "cli",
        &[
            "config",
            "engine",
            "equilibrium",
            "kernel",
            "output",
            "policy",
            "runner",
            "units",
            "world",
        ],
    ),
];

/// Libraries that only some crates may use, by the start of their name: law
/// and files know no agents, agents know no files, only the runner starts
/// threads and only the command line talks to people.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("bevy_", &["kernel", "engine", "runner"]),
    ("arrow-", &["output"]),
    ("parquet", &["output"]),
    ("blake3", &["output", "policy", "runner"]),
    ("tempfile", &["output"]),
    ("rayon", &["runner", "engine"]),
    ("rand", &["kernel", "engine", "runner"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli", "runner"]),
    ("ctrlc", &["cli"]),
    ("toml", &["config"]),
];

const PREFIX: &str = "tradewinds-";

fn metadata() -> Metadata {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    MetadataCommand::new()
        .manifest_path(manifest)
        .no_deps()
        .exec()
        .unwrap()
}

/// Short name of each crate under `crates/`, with the libraries it uses.
fn uses() -> BTreeMap<String, Vec<String>> {
    let metadata = metadata();
    let crates = metadata.workspace_root.join("crates");
    let ours = metadata
        .packages
        .iter()
        .filter(|package| package.manifest_path.starts_with(&crates));
    ours.map(|package| {
        let normal = package
            .dependencies
            .iter()
            .filter(|used| used.kind == DependencyKind::Normal);
        let short = package.name.as_str().trim_start_matches(PREFIX).to_owned();
        (short, normal.map(|used| used.name.clone()).collect())
    })
    .collect()
}

#[test]
fn crates_use_only_the_crates_their_arrows_allow() {
    let allowed: BTreeMap<_, _> = ARROWS.iter().copied().collect();
    let mut wrong = Vec::new();
    for (name, used) in uses() {
        let Some(allowed) = allowed.get(name.as_str()) else {
            wrong.push(format!("{name} is not in the list of arrows"));
            continue;
        };
        for other in used.iter().filter_map(|used| used.strip_prefix(PREFIX)) {
            if !allowed.contains(&other) {
                wrong.push(format!("{name} may not use {other}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_arrows_point_one_way() {
    let mut placed: Vec<&str> = Vec::new();
    for (name, used) in ARROWS {
        assert!(
            used.iter().all(|used| placed.contains(used)),
            "{name} uses a crate listed below it"
        );
        placed.push(name);
    }
}

#[test]
fn libraries_stay_in_the_crates_that_own_them() {
    let mut wrong = Vec::new();
    for (name, used) in uses() {
        for library in used {
            let owners = LIBRARIES
                .iter()
                .find(|(start, _)| library.starts_with(start));
            if owners.is_some_and(|(_, owners)| !owners.contains(&name.as_str())) {
                wrong.push(format!("{name} may not use {library}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_code_names_a_country_a_leader_or_a_date_of_the_episode() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let files = source::rust_files(&crates);
    assert!(files.len() > 50, "found {} files only", files.len());
    let mut wrong = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let shown = path.strip_prefix(&crates).unwrap().display().to_string();
        for (number, line) in source::model_code(&text) {
            for word in words::of_the_episode(line) {
                if !words::is_definition(line, word) {
                    wrong.push(format!("crates/{shown}:{number}: `{word}`"));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "belongs into configs:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_public_column_has_a_unit_a_definition_and_a_plain_name() {
    let tables = tradewinds_engine::tables::ALL;
    let missing = tradewinds_output::missing_descriptions(&tables);
    assert!(
        missing.is_empty(),
        "without unit or definition: {missing:?}"
    );
    for table in tables {
        let mut names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        names.push(table.name);
        for name in &names {
            let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            assert!(
                name.chars().all(is_plain),
                "{}: `{name}` is not snake_case",
                table.name
            );
        }
        names.sort_unstable();
        assert!(
            names.windows(2).all(|pair| pair[0] != pair[1]),
            "{}: a name twice",
            table.name
        );
    }
}

#[test]
fn no_code_allows_a_lint_in_silence() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    for path in source::rust_files(&crates) {
        let text = std::fs::read_to_string(&path).unwrap();
        let shown = path.display();
        assert!(
            !text.contains("#[allow("),
            "{shown}: write #[expect(…, reason = \"…\")]"
        );
        assert!(
            !text.contains("#![allow("),
            "{shown}: write #![expect(…, reason = \"…\")]"
        );
    }
}

#[test]
fn the_readme_leads_to_every_how_to() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    for file in std::fs::read_dir(root.join("docs/how-to")).unwrap() {
        let name = file.unwrap().file_name();
        let link = format!("(docs/how-to/{})", name.to_string_lossy());
        assert!(readme.contains(&link), "README.md has no link {link}");
    }
}
