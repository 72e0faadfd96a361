//! A folder that holds a run of another configuration.

use std::fmt;

use serde_json::Value as Json;

use super::Experiment;

/// Changes listed in a message.
const LISTED: usize = 12;

/// A key on which two configurations differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Path of the key, as `population.firms_per_cell`.
    pub key: String,
    /// What the first says, as JSON; none when it lacks the key.
    pub before: Option<String>,
    /// What the second says, as JSON; none when it lacks the key.
    pub after: Option<String>,
}

impl fmt::Display for Change {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |side: &Option<String>| side.as_deref().unwrap_or("(absent)").to_owned();
        let (before, after) = (shown(&self.before), shown(&self.after));
        write!(out, "  {}: {before} there, {after} here", self.key)
    }
}

/// The folder holds results of another configuration; exit code 2.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("use `{folder}`: it holds a run of another configuration\n{}\nhelp: give this run another folder with `--out`, or repeat the configuration with hash {hash} there; the same command starts a run that was cut short again", listed(.changes))]
pub struct OtherRun {
    /// The folder.
    pub folder: String,
    /// Hash of the configuration of the run there.
    pub hash: String,
    /// On what they differ.
    pub changes: Vec<Change>,
}

fn listed(changes: &[Change]) -> String {
    let mut lines: Vec<String> = changes.iter().take(LISTED).map(Change::to_string).collect();
    if changes.len() > LISTED {
        lines.push(format!("  and {} more", changes.len() - LISTED));
    }
    lines.join("\n")
}

/// Checks that the run in `folder`, with the resolved configuration `stored`
/// and its hash, is one of this experiment.
///
/// # Errors
/// [`OtherRun`] with the keys on which they differ.
pub fn same_run(
    experiment: &Experiment,
    folder: &str,
    stored: &Json,
    hash: &str,
) -> Result<(), OtherRun> {
    if hash == experiment.config_hash {
        return Ok(());
    }
    Err(OtherRun {
        folder: folder.to_owned(),
        hash: hash.to_owned(),
        changes: changes(stored, &experiment.resolved),
    })
}

/// Keys on which two resolved configurations differ, in alphabetical order.
pub fn changes(before: &Json, after: &Json) -> Vec<Change> {
    let mut found = Vec::new();
    compare("", Some(before), Some(after), &mut found);
    found
}

fn compare(path: &str, before: Option<&Json>, after: Option<&Json>, found: &mut Vec<Change>) {
    if before == after {
        return;
    }
    let join = |key: &str| match path {
        "" => key.to_owned(),
        path => format!("{path}.{key}"),
    };
    match (before, after) {
        (Some(Json::Object(one)), Some(Json::Object(other))) => {
            let keys: std::collections::BTreeSet<&String> =
                one.keys().chain(other.keys()).collect();
            for key in keys {
                compare(&join(key), one.get(key), other.get(key), found);
            }
        }
        (Some(Json::Array(one)), Some(Json::Array(other))) => {
            for at in 0..one.len().max(other.len()) {
                compare(&format!("{path}[{at}]"), one.get(at), other.get(at), found);
            }
        }
        _ => found.push(Change {
            key: path.to_owned(),
            before: before.map(Json::to_string),
            after: after.map(Json::to_string),
        }),
    }
}
