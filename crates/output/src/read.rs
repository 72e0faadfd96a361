//! Reading a dataset back.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Float64Type, UInt32Type};
use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchReader};
use arrow_schema::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tradewinds_kernel::record::Column;

use crate::error::OutputError;
use crate::manifest::{FORMAT, MANIFEST_FILE, Manifest, PartEntry};

/// Last bytes of every whole Parquet file.
const MAGIC: &[u8; 4] = b"PAR1";

/// Rows read back, by column; numbers that are missing as NaN.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    names: Vec<String>,
    columns: Vec<Column>,
}

impl Table {
    /// Names of the columns, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The columns, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, crate::digest::length)
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A column by name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        let at = self.names.iter().position(|known| known == name)?;
        self.columns.get(at)
    }

    /// The values of a column of numbers.
    pub fn numbers(&self, name: &str) -> Option<&[f64]> {
        match self.column(name)? {
            Column::Number(values) => Some(values),
            _ => None,
        }
    }

    /// The values of a column of counts.
    pub fn counts(&self, name: &str) -> Option<&[u32]> {
        match self.column(name)? {
            Column::Count(values) => Some(values),
            _ => None,
        }
    }

    /// The values of a column of dates, in days since 1970-01-01.
    pub fn dates(&self, name: &str) -> Option<&[i32]> {
        match self.column(name)? {
            Column::Date(values) => Some(values),
            _ => None,
        }
    }

    /// The names in a column of codes, row by row.
    pub fn codes(&self, name: &str) -> Option<Vec<&str>> {
        match self.column(name)? {
            Column::Code { indices, names } => Some(
                indices
                    .iter()
                    .map(|&index| names[index as usize].as_str())
                    .collect(),
            ),
            _ => None,
        }
    }
}

/// Reads the manifest of a dataset.
///
/// # Errors
/// [`OutputError::NoManifest`], [`OutputError::Manifest`].
pub fn read_manifest(folder: &Path) -> Result<Manifest, OutputError> {
    let path = folder.join(MANIFEST_FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(OutputError::NoManifest(folder.to_owned()));
        }
        Err(error) => return Err(OutputError::io("read", &path)(error)),
    };
    let malformed = |reason: String| OutputError::Manifest {
        path: path.clone(),
        reason,
    };
    let manifest: Manifest =
        serde_json::from_str(&text).map_err(|error| malformed(error.to_string()))?;
    if manifest.format != FORMAT {
        let found = manifest.format;
        return Err(malformed(format!(
            "layout {found}; this version reads layout {FORMAT}"
        )));
    }
    Ok(manifest)
}

/// Reads a whole table into memory, parts in the order of the manifest. The
/// hash of each part is checked before it is decoded.
///
/// # Errors
/// [`OutputError`], integrity included.
pub fn read_table(folder: &Path, table: &str) -> Result<Table, OutputError> {
    let manifest = read_manifest(folder)?;
    let Some(entry) = manifest.table(table) else {
        let known: Vec<&str> = manifest
            .tables
            .iter()
            .map(|table| table.name.as_str())
            .collect();
        let known = known.join(", ");
        return Err(OutputError::UnknownTable {
            table: table.to_owned(),
            known,
        });
    };
    let mut columns: Vec<ColumnBuilder> = Vec::new();
    for part in &entry.parts {
        let path = check_part(folder, part)?;
        read_part(&path, |names, arrays| {
            if columns.is_empty() {
                columns.resize_with(arrays.len(), ColumnBuilder::default);
            }
            for ((column, array), name) in columns.iter_mut().zip(arrays).zip(names) {
                column.append(array, &path, name)?;
            }
            Ok(())
        })?;
    }
    let columns = columns.into_iter().map(ColumnBuilder::finish).collect();
    Ok(Table {
        names: entry.columns.clone(),
        columns,
    })
}

/// Checks size and hash of a part and returns its path.
pub(crate) fn check_part(folder: &Path, part: &PartEntry) -> Result<PathBuf, OutputError> {
    let path = folder.join(&part.file);
    let mut file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(OutputError::MissingPart(path));
        }
        Err(error) => return Err(OutputError::io("open", &path)(error)),
    };
    let have = file
        .metadata()
        .map_err(OutputError::io("read", &path))?
        .len();
    if have < part.bytes && !ends_with_magic(&mut file, have) {
        return Err(OutputError::Truncated {
            path,
            have,
            listed: part.bytes,
        });
    }
    file.seek(SeekFrom::Start(0))
        .map_err(OutputError::io("read", &path))?;
    let mut hasher = blake3::Hasher::new();
    hasher
        .update_reader(&mut file)
        .map_err(OutputError::io("read", &path))?;
    let found = hasher.finalize().to_hex().to_string();
    if found != part.blake3 {
        return Err(OutputError::Changed {
            path,
            found,
            listed: part.blake3.clone(),
        });
    }
    Ok(path)
}

fn ends_with_magic(file: &mut File, length: u64) -> bool {
    let mut tail = [0; 4];
    length >= 4
        && file.seek(SeekFrom::Start(length - 4)).is_ok()
        && file.read_exact(&mut tail).is_ok()
        && &tail == MAGIC
}

/// Decodes a part whose hash was checked, batch by batch.
pub(crate) fn read_part(
    path: &Path,
    mut visit: impl FnMut(&[String], &[ArrayRef]) -> Result<(), OutputError>,
) -> Result<(), OutputError> {
    let file = File::open(path).map_err(OutputError::io("open", path))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(|builder| builder.with_batch_size(1 << 16).build())
        .map_err(OutputError::parquet(path))?;
    let schema = reader.schema();
    let names: Vec<String> = schema
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    // An empty batch first, so that a part without rows still has columns.
    visit(&names, RecordBatch::new_empty(schema).columns())?;
    for batch in reader {
        let batch = batch.map_err(|error| OutputError::parquet(path)(error.into()))?;
        visit(&names, batch.columns())?;
    }
    Ok(())
}

/// A column put together from Arrow arrays.
#[derive(Debug, Default)]
pub(crate) struct ColumnBuilder {
    column: Option<Column>,
    names: Vec<String>,
    known: BTreeMap<String, u32>,
}

impl ColumnBuilder {
    /// Adds the values of an array.
    pub(crate) fn append(
        &mut self,
        array: &ArrayRef,
        path: &Path,
        name: &str,
    ) -> Result<(), OutputError> {
        let refused = || OutputError::ColumnType {
            path: path.to_owned(),
            column: name.to_owned(),
            found: array.data_type().to_string(),
        };
        let column = self.column.get_or_insert_with(|| empty(array.data_type()));
        match (column, array.data_type()) {
            (Column::Count(held), DataType::UInt32) => {
                held.extend_from_slice(array.as_primitive::<UInt32Type>().values());
            }
            (Column::Date(held), DataType::Date32) => {
                held.extend_from_slice(array.as_primitive::<Date32Type>().values());
            }
            (Column::Number(held), DataType::Float64) => {
                let array = array.as_primitive::<Float64Type>();
                match array.null_count() {
                    0 => held.extend_from_slice(array.values()),
                    _ => held.extend(array.iter().map(|one| one.unwrap_or(f64::NAN))),
                }
            }
            (Column::Code { indices, .. }, DataType::Utf8) => {
                for text in array.as_string::<i32>().iter() {
                    let text = text.ok_or_else(refused)?;
                    indices.push(index_of(text, &mut self.names, &mut self.known));
                }
            }
            _ => return Err(refused()),
        }
        Ok(())
    }

    /// The whole column.
    pub(crate) fn finish(self) -> Column {
        match self.column {
            Some(Column::Code { indices, .. }) => Column::Code {
                indices,
                names: Arc::from(self.names),
            },
            Some(column) => column,
            None => Column::Number(Vec::new()),
        }
    }
}

fn empty(data_type: &DataType) -> Column {
    match data_type {
        DataType::UInt32 => Column::Count(Vec::new()),
        DataType::Date32 => Column::Date(Vec::new()),
        DataType::Utf8 => Column::Code {
            indices: Vec::new(),
            names: Arc::from([]),
        },
        _ => Column::Number(Vec::new()),
    }
}

fn index_of(text: &str, names: &mut Vec<String>, known: &mut BTreeMap<String, u32>) -> u32 {
    if let Some(&index) = known.get(text) {
        return index;
    }
    let index = names.len() as u32;
    names.push(text.to_owned());
    known.insert(text.to_owned(), index);
    index
}

#[cfg(test)]
mod tests {
    use tradewinds_kernel::record::{ColumnSpec, Rows, TableSpec};

    use super::*;
    use crate::DatasetWriter;
    use crate::fixtures::{prices, write};

    #[test]
    fn columns_are_found_by_name_and_kind() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &[&prices(0..4), &prices(4..6)]);
        let table = read_table(folder.path(), "prices").unwrap();
        assert_eq!((table.len(), table.is_empty()), (6, false));
        assert_eq!(table.counts("run").unwrap(), [0, 1, 2, 3, 4, 5]);
        assert_eq!(table.dates("date").unwrap()[5], 20_005);
        assert_eq!(
            table.codes("sector").unwrap()[..4],
            ["autos", "energy", "machinery", "autos"]
        );
        assert_eq!(table.numbers("price").unwrap().len(), 6);
        assert!(table.numbers("run").is_none() && table.numbers("wage").is_none());
        let unknown = read_table(folder.path(), "wages").unwrap_err();
        assert_eq!(
            unknown.to_string(),
            "no table `wages`; the dataset holds prices"
        );
    }

    #[test]
    fn a_number_that_a_row_may_lack_is_null_in_the_file_and_nan_when_read() {
        static SHARES: TableSpec = TableSpec {
            name: "shares",
            description: "One share",
            columns: &[
                ColumnSpec::count("run", "number", "Run"),
                ColumnSpec::number("vote", "share", "A share").or_missing(),
            ],
        };
        let folder = tempfile::tempdir().unwrap();
        let dataset = DatasetWriter::create(folder.path(), &[&SHARES], BTreeMap::new()).unwrap();
        let mut rows = Rows::new(&SHARES, &[]);
        for (run, vote) in [0.4, f64::NAN, 0.6].into_iter().enumerate() {
            let _ = rows.row().count(run as u32).number(vote);
        }
        let mut part = dataset.part("shares", "0000").unwrap();
        part.push(&rows).unwrap();
        let manifest = dataset
            .finish(vec![part.finish().unwrap()], BTreeMap::new())
            .unwrap();
        let path = folder.path().join(&manifest.tables[0].parts[0].file);
        let mut nulls = 0;
        read_part(&path, |_, arrays| {
            nulls += arrays[1].null_count();
            Ok(())
        })
        .unwrap();
        assert_eq!(nulls, 1);
        let table = read_table(folder.path(), "shares").unwrap();
        let found = table.numbers("vote").unwrap();
        assert!(found[1].is_nan() && (found[0] + found[2] - 1.0).abs() < 1e-15);
        assert!(crate::verify(folder.path()).unwrap().is_good());
    }

    #[test]
    fn a_part_without_rows_has_columns() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &[&prices(0..0)]);
        let table = read_table(folder.path(), "prices").unwrap();
        assert_eq!(table.numbers("price"), Some([].as_slice()));
        assert!(table.is_empty() && crate::verify(folder.path()).unwrap().is_good());
    }

    #[test]
    fn a_cut_file_is_said_to_be_truncated() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = write(folder.path(), &[&prices(0..4_000)]);
        let part = &manifest.tables[0].parts[0];
        let path = folder.path().join(&part.file);
        let bytes = std::fs::read(&path).unwrap();
        let cut = bytes.len() * 6 / 10;
        std::fs::write(&path, &bytes[..cut]).unwrap();
        let message = read_table(folder.path(), "prices").unwrap_err().to_string();
        assert!(
            message.contains(&format!(
                "footer missing: file is truncated (have {cut} bytes"
            )),
            "{message}"
        );
        assert!(message.contains(&part.file));
    }

    #[test]
    fn a_folder_without_a_manifest_is_not_a_dataset() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(
            read_manifest(folder.path()),
            Err(OutputError::NoManifest(_))
        ));
        std::fs::write(folder.path().join(MANIFEST_FILE), "{").unwrap();
        let error = read_manifest(folder.path()).unwrap_err();
        assert!(
            error.is_integrity() && error.to_string().contains("line 1"),
            "{error}"
        );
    }
}
