//! `verify`: every hash of a dataset.

use std::path::PathBuf;

use serde_json::json;

use crate::failure::Failure;
use crate::print::{grouped, say, say_json};
use crate::{Form, Outcome};

/// Check every hash of a dataset, and print one hash per table
#[derive(Debug, clap::Args)]
#[command(after_help = include_str!("../../../configs/help/verify.txt"))]
pub(crate) struct Arguments {
    /// Folder of the dataset, the one with manifest.json
    dataset: PathBuf,
    #[command(flatten)]
    form: Form,
}

pub(crate) fn verify(arguments: &Arguments) -> Outcome {
    let found = tradewinds_output::verify(&arguments.dataset)?;
    let manifest = tradewinds_output::read_manifest(&arguments.dataset)?;
    if arguments.form.json {
        let tables: serde_json::Map<_, _> = found
            .tables
            .iter()
            .map(|(name, hash)| (name.clone(), json!(hash)))
            .collect();
        let findings: Vec<_> = found
            .findings
            .iter()
            .map(|finding| json!({ "subject": finding.subject, "problem": finding.problem }))
            .collect();
        say_json(&json!({
            "good": found.is_good(),
            "parts": found.parts,
            "bytes": found.bytes,
            "rows": found.rows,
            "tables": tables,
            "findings": findings,
            "provenance": manifest.provenance,
            "run": manifest.run,
        }))?;
    } else {
        let mut lines: Vec<String> = found
            .tables
            .iter()
            .map(|(name, hash)| format!("{name:<12} {hash}"))
            .collect();
        lines.push(format!(
            "{} parts, {} rows, {} bytes checked",
            found.parts,
            grouped(found.rows),
            grouped(found.bytes)
        ));
        if manifest.run.get("interrupted").map(String::as_str) == Some("true") {
            lines.push("the run was interrupted: the dataset holds the runs that ended".to_owned());
        }
        say(&lines.join("\n"))?;
    }
    if found.is_good() {
        return Ok(());
    }
    let shown: Vec<String> = found
        .findings
        .iter()
        .map(|finding| format!("{}: {}", finding.subject, finding.problem))
        .collect();
    Err(Failure::Integrity(shown.join("\n")))
}
