//! Checking every hash of a dataset.

use std::path::Path;

use serde::Serialize;

use crate::digest::RowDigest;
use crate::error::OutputError;
use crate::manifest::{PartEntry, TableEntry};
use crate::read::{ColumnBuilder, check_part, read_manifest, read_part};

/// The result of checking a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Part files checked.
    pub parts: u64,
    /// Their bytes, as listed.
    pub bytes: u64,
    /// Rows decoded.
    pub rows: u64,
    /// Content hash of each table, by name, where all its parts are good.
    pub tables: Vec<(String, String)>,
    /// What is wrong; empty for a good dataset.
    pub findings: Vec<Finding>,
}

/// One thing wrong with a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The file or table.
    pub subject: String,
    /// What is wrong with it.
    pub problem: String,
}

impl Verification {
    /// Whether nothing is wrong.
    pub fn is_good(&self) -> bool {
        self.findings.is_empty()
    }

    fn report(&mut self, subject: &str, problem: impl ToString) {
        self.findings.push(Finding {
            subject: subject.to_owned(),
            problem: problem.to_string(),
        });
    }
}

/// Checks size and hash of every part, then the digest of its rows, then the
/// content hash of every table; and that no part lies there unlisted.
///
/// # Errors
/// Only when there is no readable manifest; all else is a finding.
pub fn verify(folder: &Path) -> Result<Verification, OutputError> {
    let manifest = read_manifest(folder)?;
    let (tables, findings) = (Vec::new(), Vec::new());
    let mut result = Verification {
        parts: 0,
        bytes: 0,
        rows: 0,
        tables,
        findings,
    };
    for table in &manifest.tables {
        let before = result.findings.len();
        let mut digest = RowDigest::default();
        for part in &table.parts {
            result.parts += 1;
            result.bytes += part.bytes;
            match part_digest(folder, part) {
                Ok(found) => digest.merge(&found),
                Err(error) => result.report(&part.file, error),
            }
        }
        report_unlisted(folder, table, &mut result);
        result.rows += digest.rows();
        if result.findings.len() == before {
            compare(table, &digest, &mut result);
        }
    }
    Ok(result)
}

/// The digest of a part's rows, after its bytes were found unchanged.
fn part_digest(folder: &Path, part: &PartEntry) -> Result<RowDigest, OutputError> {
    let path = check_part(folder, part)?;
    let mut digest = RowDigest::default();
    read_part(&path, |names, arrays| {
        let mut columns = Vec::with_capacity(arrays.len());
        for (array, name) in arrays.iter().zip(names) {
            let mut column = ColumnBuilder::default();
            column.append(array, &path, name)?;
            columns.push(column.finish());
        }
        digest.add_rows(&columns);
        Ok(())
    })?;
    Ok(digest)
}

fn compare(table: &TableEntry, digest: &RowDigest, result: &mut Verification) {
    let found = digest.content_hash(&table.name, table.columns.iter().map(String::as_str));
    if digest.rows() != table.rows {
        let problem = format!("{} rows, the manifest lists {}", digest.rows(), table.rows);
        result.report(&table.name, problem);
    } else if found != table.content_hash {
        let listed = &table.content_hash;
        result.report(
            &table.name,
            format!("content hash {found}, the manifest lists {listed}"),
        );
    } else {
        result.tables.push((table.name.clone(), found));
    }
}

/// A reader who opens a table's folder would read unlisted files too.
fn report_unlisted(folder: &Path, table: &TableEntry, result: &mut Verification) {
    let Ok(entries) = std::fs::read_dir(folder.join(&table.name)) else {
        return;
    };
    let mut unlisted: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        // What starts with a point is a part in the making.
        .filter(|name| !name.starts_with('.'))
        .map(|name| format!("{}/{name}", table.name))
        .filter(|file| table.parts.iter().all(|part| &part.file != file))
        .collect();
    unlisted.sort();
    for file in unlisted {
        result.report(&file, "is not listed in the manifest");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{prices, write};
    use crate::manifest::MANIFEST_FILE;

    #[test]
    fn a_good_dataset_has_no_findings() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = write(folder.path(), &[&prices(0..900), &prices(900..1_000)]);
        let result = verify(folder.path()).unwrap();
        assert!(result.is_good(), "{result:?}");
        assert_eq!(
            (result.parts, result.rows, result.bytes),
            (2, 1_000, manifest.bytes())
        );
        assert_eq!(result.tables[0].1, manifest.tables[0].content_hash);
    }

    #[test]
    fn the_content_hash_does_not_depend_on_split_or_order() {
        let hash = |parts: &[&tradewinds_kernel::record::Rows]| {
            let folder = tempfile::tempdir().unwrap();
            write(folder.path(), parts).tables[0].content_hash.clone()
        };
        let whole = hash(&[&prices(0..300)]);
        assert_eq!(hash(&[&prices(0..7), &prices(7..300)]), whole);
        assert_eq!(hash(&[&prices(120..300), &prices(0..120)]), whole);
        assert_ne!(hash(&[&prices(0..299)]), whole);
        assert_ne!(hash(&[&prices(1..301)]), whole);
    }

    #[test]
    fn flipped_bits_are_found_wherever_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = write(folder.path(), &[&prices(0..50)]);
        let path = folder.path().join(&manifest.tables[0].parts[0].file);
        let good = std::fs::read(&path).unwrap();
        for at in (0..good.len()).step_by(7) {
            let mut bad = good.clone();
            bad[at] ^= 1 << (at % 8);
            std::fs::write(&path, &bad).unwrap();
            let result = verify(folder.path()).unwrap();
            assert_eq!(result.findings.len(), 1, "byte {at}");
            assert!(
                result.findings[0]
                    .problem
                    .contains("changed after it was written")
            );
        }
    }

    #[test]
    fn missing_extra_and_left_over_files_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = write(folder.path(), &[&prices(0..50), &prices(50..60)]);
        let [first, second] = &manifest.tables[0].parts[..] else {
            panic!("two parts")
        };
        let table = folder.path().join("prices");
        std::fs::write(table.join(".part-abc.tmp"), "half").unwrap();
        assert!(verify(folder.path()).unwrap().is_good());
        std::fs::copy(
            folder.path().join(&first.file),
            table.join("part-9-x.parquet"),
        )
        .unwrap();
        std::fs::remove_file(folder.path().join(&second.file)).unwrap();
        let findings = verify(folder.path()).unwrap().findings;
        let told: Vec<&str> = findings
            .iter()
            .map(|finding| finding.subject.as_str())
            .collect();
        assert_eq!(told, [second.file.as_str(), "prices/part-9-x.parquet"]);
    }

    #[test]
    fn a_manifest_changed_by_hand_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = write(folder.path(), &[&prices(0..50)]);
        let path = folder.path().join(MANIFEST_FILE);
        let text = std::fs::read_to_string(&path).unwrap();
        let hash = &manifest.tables[0].content_hash;
        std::fs::write(&path, text.replace(hash, &hash.replace(&hash[..4], "0000"))).unwrap();
        let result = verify(folder.path()).unwrap();
        assert_eq!(result.findings[0].subject, "prices");
    }
}
