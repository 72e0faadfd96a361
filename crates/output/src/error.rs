//! What can go wrong with a dataset.

use std::path::PathBuf;

use parquet::errors::ParquetError;

/// Why a dataset could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The file system refused.
    #[error("{action} `{}`: {source}", path.display())]
    Io {
        /// What was tried, as in `create`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The Parquet library refused.
    #[error("`{}`: {source}", path.display())]
    Parquet {
        /// The part file.
        path: PathBuf,
        /// The library's answer.
        source: ParquetError,
    },
    /// The folder already holds a finished dataset.
    #[error("`{}` already holds a dataset; choose another folder or remove it", .0.display())]
    Exists(PathBuf),
    /// No manifest: not a dataset, or one whose run was killed.
    #[error(
        "`{}` has no manifest.json: it is not a dataset, or its run did not end", .0.display()
    )]
    NoManifest(PathBuf),
    /// The manifest cannot be understood.
    #[error("`{}`: {reason}", path.display())]
    Manifest {
        /// The manifest file.
        path: PathBuf,
        /// What is wrong, with line and column where known.
        reason: String,
    },
    /// A part that the manifest lists is not there.
    #[error("`{}` is listed in the manifest but missing", .0.display())]
    MissingPart(PathBuf),
    /// A part lost its end.
    #[error(
        "`{}`: footer missing: file is truncated (have {have} bytes, the manifest lists {listed})",
        path.display()
    )]
    Truncated {
        /// The part file.
        path: PathBuf,
        /// Bytes found.
        have: u64,
        /// Bytes written.
        listed: u64,
    },
    /// A part has other bytes than those written.
    #[error(
        "`{}` was changed after it was written: BLAKE3 is {found}, the manifest lists {listed}",
        path.display()
    )]
    Changed {
        /// The part file.
        path: PathBuf,
        /// Hash of the bytes found.
        found: String,
        /// Hash of the bytes written.
        listed: String,
    },
    /// No table of that name.
    #[error("no table `{table}`; the dataset holds {known}")]
    UnknownTable {
        /// The name asked for.
        table: String,
        /// The names there are.
        known: String,
    },
    /// Rows of one table pushed to the part of another.
    #[error("rows of table `{found}` pushed to a part of `{expected}`")]
    OtherTable {
        /// Table of the part.
        expected: &'static str,
        /// Table of the rows.
        found: &'static str,
    },
    /// A column of a type that no table of ours has.
    #[error("`{}`: column `{column}` has type {found}, which this version does not read", path.display())]
    ColumnType {
        /// The part file.
        path: PathBuf,
        /// The column.
        column: String,
        /// Its Arrow type.
        found: String,
    },
}

impl OutputError {
    /// Wraps an error of the file system.
    pub(crate) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }

    /// Wraps an error of the Parquet library, which may carry one of the disk.
    pub(crate) fn parquet(path: impl Into<PathBuf>) -> impl FnOnce(ParquetError) -> Self {
        let path = path.into();
        move |source| match source {
            ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
                Ok(disk) => Self::Io {
                    action: "read or write",
                    path,
                    source: *disk,
                },
                Err(inner) => Self::Parquet {
                    path,
                    source: ParquetError::External(inner),
                },
            },
            source => Self::Parquet { path, source },
        }
    }

    /// Whether the data are at fault rather than the disk or the caller.
    pub fn is_integrity(&self) -> bool {
        matches!(
            self,
            Self::Parquet { .. }
                | Self::Manifest { .. }
                | Self::MissingPart(_)
                | Self::Truncated { .. }
                | Self::Changed { .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_not_taken_for_damaged_data() {
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        let error = OutputError::parquet("part")(ParquetError::External(Box::new(full)));
        assert!(matches!(error, OutputError::Io { .. }) && !error.is_integrity());
        let odd = OutputError::parquet("part")(ParquetError::General("odd page".to_owned()));
        assert!(odd.is_integrity() && odd.to_string() == "`part`: Parquet error: odd page");
    }
}
