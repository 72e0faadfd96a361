//! The manifest: what a dataset consists of and where it comes from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::digest::RowDigest;

/// Name of the manifest in the folder of a dataset.
pub const MANIFEST_FILE: &str = "manifest.json";
/// Version of the layout of datasets.
pub(crate) const FORMAT: u32 = 1;

/// What a dataset consists of and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the layout.
    pub format: u32,
    /// What determines the content: tool version, git revision, hash of the
    /// configuration, seeds. Also in the footer of every part.
    pub provenance: BTreeMap<String, String>,
    /// What does not: times, threads, whether the run was cut short.
    pub run: BTreeMap<String, String>,
    /// The tables, by name.
    pub tables: Vec<TableEntry>,
}

/// One table of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableEntry {
    /// Name; also the folder of its parts.
    pub name: String,
    /// What one row is.
    pub description: String,
    /// Names of the columns, in order.
    pub columns: Vec<String>,
    /// Number of rows.
    pub rows: u64,
    /// Hash of the content, whatever the order and split of the rows:
    /// [`RowDigest::content_hash`].
    pub content_hash: String,
    /// The part files, by shard.
    pub parts: Vec<PartEntry>,
}

/// One part file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartEntry {
    /// Path from the folder of the dataset, with `/`.
    pub file: String,
    /// The shard whose rows it holds.
    pub shard: String,
    /// Number of rows.
    pub rows: u64,
    /// Size.
    pub bytes: u64,
    /// Hash of the bytes.
    pub blake3: String,
    /// Sum of the hashes of the rows ([`RowDigest`]).
    pub rows_digest: String,
}

impl Manifest {
    /// The entry of a table.
    pub fn table(&self, name: &str) -> Option<&TableEntry> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// Bytes of all parts.
    pub fn bytes(&self) -> u64 {
        self.tables
            .iter()
            .flat_map(|table| &table.parts)
            .map(|part| part.bytes)
            .sum()
    }
}

impl TableEntry {
    /// The digest of all parts together; `None` when an entry is malformed.
    pub fn digest(&self) -> Option<RowDigest> {
        let mut digest = RowDigest::default();
        for part in &self.parts {
            digest.merge(&RowDigest::from_hex(&part.rows_digest, part.rows)?);
        }
        Some(digest)
    }
}
