//! Writing a dataset.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use parquet::file::metadata::KeyValue;
use tradewinds_kernel::record::TableSpec;

use crate::dictionary::dictionary_json;
use crate::error::OutputError;
use crate::manifest::{FORMAT, MANIFEST_FILE, Manifest, PartEntry, TableEntry};
use crate::part::{PartWriter, write_whole};

/// A dataset being written. Parts may be written from several threads; what
/// they hold must depend on their shard alone.
#[derive(Debug)]
pub struct DatasetWriter {
    folder: PathBuf,
    tables: Vec<&'static TableSpec>,
    provenance: BTreeMap<String, String>,
}

impl DatasetWriter {
    /// Creates the folder, and in it one for each table. Parts that a killed
    /// run left without a manifest are removed.
    ///
    /// # Errors
    /// [`OutputError::Exists`] when the folder holds a finished dataset.
    pub fn create(
        folder: &Path,
        tables: &[&'static TableSpec],
        provenance: BTreeMap<String, String>,
    ) -> Result<Self, OutputError> {
        if folder.join(MANIFEST_FILE).exists() {
            return Err(OutputError::Exists(folder.to_owned()));
        }
        let mut tables = tables.to_vec();
        tables.sort_by_key(|table| table.name);
        for table in &tables {
            let table_folder = folder.join(table.name);
            std::fs::create_dir_all(&table_folder)
                .map_err(OutputError::io("create", &table_folder))?;
            remove_left_overs(&table_folder)?;
        }
        Ok(Self {
            folder: folder.to_owned(),
            tables,
            provenance,
        })
    }

    /// The folder of the dataset.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Opens the part of a table that holds a shard's rows. Shards are named
    /// so that their names sort in their order (`0000`, `0001`, …).
    ///
    /// # Errors
    /// [`OutputError::UnknownTable`], or what the disk answers.
    pub fn part(&self, table: &str, shard: &str) -> Result<PartWriter, OutputError> {
        let Some(spec) = self.tables.iter().copied().find(|spec| spec.name == table) else {
            let known: Vec<&str> = self.tables.iter().map(|spec| spec.name).collect();
            return Err(OutputError::UnknownTable {
                table: table.to_owned(),
                known: known.join(", "),
            });
        };
        PartWriter::new(spec, self.folder.join(table), shard, self.footer(spec))
    }

    /// Writes the manifest: from now on the dataset exists. `run` holds facts
    /// that do not determine the content (times, threads, interruption).
    ///
    /// # Errors
    /// What the disk answers.
    pub fn finish(
        self,
        mut parts: Vec<PartEntry>,
        run: BTreeMap<String, String>,
    ) -> Result<Manifest, OutputError> {
        parts.sort_by(|a, b| (&a.shard, &a.file).cmp(&(&b.shard, &b.file)));
        let path = self.folder.join(MANIFEST_FILE);
        let tables = self
            .tables
            .iter()
            .map(|spec| table_entry(spec, &parts))
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| malformed(&path, "a part entry has no digest of its rows"))?;
        let manifest = Manifest {
            format: FORMAT,
            provenance: self.provenance,
            run,
            tables,
        };
        let mut text = serde_json::to_string_pretty(&manifest)
            .map_err(|error| malformed(&path, &error.to_string()))?;
        text.push('\n');
        write_whole(&path, text.as_bytes())?;
        Ok(manifest)
    }

    /// Key-value pairs of a part's footer, in a fixed order.
    fn footer(&self, spec: &'static TableSpec) -> Vec<KeyValue> {
        let described = dictionary_json(&[spec]).to_string();
        self.provenance
            .iter()
            .map(|(key, value)| KeyValue::new(format!("tradewinds.{key}"), value.clone()))
            .chain([KeyValue::new("tradewinds.dictionary".to_owned(), described)])
            .collect()
    }
}

fn malformed(path: &Path, reason: &str) -> OutputError {
    OutputError::Manifest {
        path: path.to_owned(),
        reason: reason.to_owned(),
    }
}

fn table_entry(spec: &TableSpec, parts: &[PartEntry]) -> Option<TableEntry> {
    let folder = format!("{}/", spec.name);
    let columns: Vec<String> = spec
        .columns
        .iter()
        .map(|column| column.name.to_owned())
        .collect();
    let mut entry = TableEntry {
        name: spec.name.to_owned(),
        description: spec.description.to_owned(),
        columns,
        rows: 0,
        content_hash: String::new(),
        parts: parts
            .iter()
            .filter(|part| part.file.starts_with(&folder))
            .cloned()
            .collect(),
    };
    let digest = entry.digest()?;
    entry.rows = digest.rows();
    entry.content_hash = digest.content_hash(&entry.name, entry.columns.iter().map(String::as_str));
    Some(entry)
}

/// Removes files with the names that parts and temporary files have.
fn remove_left_overs(folder: &Path) -> Result<(), OutputError> {
    let entries = std::fs::read_dir(folder).map_err(OutputError::io("list", folder))?;
    for entry in entries {
        let path = entry.map_err(OutputError::io("list", folder))?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let is_part = name.starts_with("part-") && name.ends_with(".parquet");
        let is_temporary = name.starts_with(".part-") && name.ends_with(".tmp");
        if is_part || is_temporary {
            std::fs::remove_file(&path).map_err(OutputError::io("remove", &path))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{PRICES, prices, write};
    use crate::read::read_table;

    #[test]
    fn rows_come_back_as_they_were_written() {
        let folder = tempfile::tempdir().unwrap();
        let rows = prices(0..70_000);
        let manifest = write(folder.path(), &[&rows]);
        let table = read_table(folder.path(), "prices").unwrap();
        assert_eq!(table.columns(), rows.columns());
        assert_eq!(manifest.tables[0].rows, 70_000);
        assert_eq!(manifest.bytes(), manifest.tables[0].parts[0].bytes);
    }

    #[test]
    fn the_same_rows_give_the_same_bytes() {
        let rows = prices(0..5_000);
        let write_once = || {
            let folder = tempfile::tempdir().unwrap();
            write(folder.path(), &[&rows]);
            std::fs::read(folder.path().join(MANIFEST_FILE)).unwrap()
        };
        assert_eq!(write_once(), write_once());
    }

    #[test]
    fn small_pushes_give_the_bytes_of_one_large_push() {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let whole = write(folders[0].path(), &[&prices(0..3_000)]);
        let dataset =
            DatasetWriter::create(folders[1].path(), &[&PRICES], crate::fixtures::provenance());
        let dataset = dataset.unwrap();
        let mut part = dataset.part("prices", "0000").unwrap();
        for start in (0..3_000).step_by(100) {
            part.push(&prices(start..start + 100)).unwrap();
        }
        assert_eq!(part.rows(), 3_000);
        assert_eq!(part.finish().unwrap(), whole.tables[0].parts[0]);
    }

    #[test]
    fn a_finished_dataset_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &[&prices(0..10)]);
        let again = DatasetWriter::create(folder.path(), &[&PRICES], BTreeMap::new());
        assert!(matches!(again, Err(OutputError::Exists(_))));
    }

    #[test]
    fn what_a_killed_run_left_is_removed_and_other_files_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let dataset = DatasetWriter::create(folder.path(), &[&PRICES], BTreeMap::new()).unwrap();
        let mut part = dataset.part("prices", "0000").unwrap();
        part.push(&prices(0..10)).unwrap();
        part.finish().unwrap();
        let table = folder.path().join("prices");
        std::fs::write(table.join(".part-x.tmp"), "half a part").unwrap();
        std::fs::write(table.join("notes.txt"), "mine").unwrap();
        drop(dataset);
        DatasetWriter::create(folder.path(), &[&PRICES], BTreeMap::new()).unwrap();
        let left: Vec<_> = std::fs::read_dir(&table)
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        assert_eq!(left, ["notes.txt"]);
    }

    #[test]
    fn a_dropped_part_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let dataset = DatasetWriter::create(folder.path(), &[&PRICES], BTreeMap::new()).unwrap();
        let mut part = dataset.part("prices", "0000").unwrap();
        part.push(&prices(0..70_000)).unwrap();
        drop(part);
        assert_eq!(
            std::fs::read_dir(folder.path().join("prices"))
                .unwrap()
                .count(),
            0
        );
        assert!(matches!(
            dataset.part("wages", "0"),
            Err(OutputError::UnknownTable { .. })
        ));
    }

    #[test]
    fn a_folder_that_vanishes_is_an_error_and_leaves_no_dataset() {
        let folder = tempfile::tempdir().unwrap();
        let dataset = DatasetWriter::create(folder.path(), &[&PRICES], BTreeMap::new()).unwrap();
        let mut part = dataset.part("prices", "0000").unwrap();
        part.push(&prices(0..10)).unwrap();
        std::fs::remove_dir_all(folder.path()).unwrap();
        assert!(matches!(part.finish(), Err(OutputError::Io { .. })));
        assert!(matches!(
            dataset.finish(Vec::new(), BTreeMap::new()),
            Err(OutputError::Io { .. })
        ));
    }
}
