//! Writing one part file.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, Date32Array, DictionaryArray, Float64Array, Int32Array, RecordBatch, StringArray,
    UInt32Array,
};
use arrow_schema::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::file::metadata::KeyValue;
use tempfile::NamedTempFile;
use tradewinds_kernel::record::{Column, Rows, TableSpec};

use crate::digest::{RowDigest, length};
use crate::error::OutputError;
use crate::manifest::PartEntry;
use crate::schema::{arrow_schema, properties};

/// Rows held back before they are encoded: below some 8,000 rows a batch
/// costs a quarter more time.
const BATCH: usize = 1 << 16;

/// Writes the rows of one table and one shard to one file. Memory is bounded:
/// a batch of rows and one encoded row group.
///
/// Nothing appears under the final name until [`PartWriter::finish`]; a
/// dropped writer removes its temporary file.
pub struct PartWriter {
    spec: &'static TableSpec,
    shard: String,
    folder: PathBuf,
    temporary: PathBuf,
    writer: ArrowWriter<HashingWriter>,
    schema: SchemaRef,
    held: Vec<Column>,
    digest: RowDigest,
}

impl PartWriter {
    /// Opens a temporary file in the folder of the table.
    pub(crate) fn new(
        spec: &'static TableSpec,
        folder: PathBuf,
        shard: &str,
        footer: Vec<KeyValue>,
    ) -> Result<Self, OutputError> {
        let file = tempfile::Builder::new()
            .prefix(".part-")
            .suffix(".tmp")
            .tempfile_in(&folder)
            .map_err(OutputError::io("create a file in", &folder))?;
        let temporary = file.path().to_owned();
        let schema = arrow_schema(spec);
        let writer = ArrowWriter::try_new(
            HashingWriter::new(file),
            schema.clone(),
            Some(properties(spec, footer)),
        )
        .map_err(OutputError::parquet(&temporary))?;
        let shard = shard.to_owned();
        let (held, digest) = (Vec::new(), RowDigest::default());
        Ok(Self {
            spec,
            shard,
            folder,
            temporary,
            writer,
            schema,
            held,
            digest,
        })
    }

    /// Adds rows, in order.
    ///
    /// # Errors
    /// [`OutputError::OtherTable`], or what the disk answers.
    pub fn push(&mut self, rows: &Rows) -> Result<(), OutputError> {
        if rows.spec() != self.spec {
            return Err(OutputError::OtherTable {
                expected: self.spec.name,
                found: rows.spec().name,
            });
        }
        if !have_same_names(&self.held, rows.columns()) {
            self.flush()?;
        }
        if self.held.is_empty() {
            self.held = rows.columns().to_vec();
        } else {
            for (held, new) in self.held.iter_mut().zip(rows.columns()) {
                extend(held, new);
            }
        }
        if self.held.first().map_or(0, length) >= BATCH {
            self.flush()
        } else {
            Ok(())
        }
    }

    /// Number of rows so far.
    pub fn rows(&self) -> u64 {
        self.digest.rows() + self.held.first().map_or(0, length) as u64
    }

    /// Writes the footer, syncs the file and renames it into place.
    ///
    /// # Errors
    /// What the disk or the Parquet library answers; then no part exists.
    pub fn finish(mut self) -> Result<PartEntry, OutputError> {
        self.flush()?;
        let hashing = self
            .writer
            .into_inner()
            .map_err(OutputError::parquet(&self.temporary))?;
        let (file, hash, bytes) = hashing
            .finish()
            .map_err(OutputError::io("write", &self.temporary))?;
        let hash = hash.to_hex().to_string();
        let name = format!("part-{}-{}.parquet", self.shard, &hash[..8]);
        let path = self.folder.join(&name);
        file.as_file()
            .sync_all()
            .map_err(OutputError::io("sync", &self.temporary))?;
        file.persist(&path)
            .map_err(|error| OutputError::io("rename into", &path)(error.error))?;
        make_readable(&path)?;
        sync_folder(&self.folder)?;
        Ok(PartEntry {
            file: format!("{}/{name}", self.spec.name),
            shard: self.shard,
            rows: self.digest.rows(),
            bytes,
            blake3: hash,
            rows_digest: self.digest.to_hex(),
        })
    }

    /// Encodes the rows held back.
    fn flush(&mut self) -> Result<(), OutputError> {
        let columns = std::mem::take(&mut self.held);
        if columns.first().map_or(0, length) == 0 {
            return Ok(());
        }
        self.digest.add_rows(&columns);
        let arrays = columns
            .into_iter()
            .zip(self.spec.columns)
            .map(|(column, spec)| to_array(column, spec.may_lack))
            .collect::<Result<Vec<_>, _>>();
        let batch = arrays.and_then(|arrays| {
            // Codes travel as dictionary arrays and are stored as plain text.
            let fields = self.schema.fields().iter().zip(&arrays);
            let fields: Vec<_> = fields
                .map(|(field, array)| {
                    Arc::new(
                        field
                            .as_ref()
                            .clone()
                            .with_data_type(array.data_type().clone()),
                    )
                })
                .collect();
            RecordBatch::try_new(Arc::new(arrow_schema::Schema::new(fields)), arrays)
        });
        let batch = batch.map_err(|error| OutputError::parquet(&self.temporary)(error.into()))?;
        self.writer
            .write(&batch)
            .map_err(OutputError::parquet(&self.temporary))
    }
}

/// An array; what is no number is null in it where rows may lack the column.
fn to_array(column: Column, may_lack: bool) -> Result<ArrayRef, arrow_schema::ArrowError> {
    Ok(match column {
        Column::Number(values) if may_lack => {
            let known = values.into_iter().map(|one| (!one.is_nan()).then_some(one));
            Arc::new(Float64Array::from_iter(known))
        }
        Column::Count(values) => Arc::new(UInt32Array::from(values)),
        Column::Date(values) => Arc::new(Date32Array::from(values)),
        Column::Number(values) => Arc::new(Float64Array::from(values)),
        Column::Code { indices, names } => {
            let keys = Int32Array::from_iter_values(indices.into_iter().map(|index| index as i32));
            let names = StringArray::from_iter_values(names.iter());
            Arc::new(DictionaryArray::<Int32Type>::try_new(
                keys,
                Arc::new(names),
            )?)
        }
    })
}

fn have_same_names(held: &[Column], new: &[Column]) -> bool {
    held.iter().zip(new).all(|pair| match pair {
        (Column::Code { names: a, .. }, Column::Code { names: b, .. }) => {
            Arc::ptr_eq(a, b) || a == b
        }
        _ => true,
    })
}

fn extend(held: &mut Column, new: &Column) {
    match (held, new) {
        (Column::Count(held), Column::Count(new)) => held.extend_from_slice(new),
        (Column::Date(held), Column::Date(new)) => held.extend_from_slice(new),
        (Column::Number(held), Column::Number(new)) => held.extend_from_slice(new),
        (Column::Code { indices: held, .. }, Column::Code { indices: new, .. }) => {
            held.extend_from_slice(new);
        }
        (held, new) => unreachable!("rows of one table: {held:?} and {new:?}"),
    }
}

/// Temporary files are private to the user; a dataset is as readable as any
/// other file the user creates.
fn make_readable(path: &Path) -> Result<(), OutputError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644))
            .map_err(OutputError::io("set permissions of", path))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Makes a rename inside a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), OutputError> {
    #[cfg(unix)]
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(OutputError::io("sync", folder))?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// Writes a small file whole: temporary name, sync, rename, sync.
pub(crate) fn write_whole(path: &Path, content: &[u8]) -> Result<(), OutputError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".part-")
        .suffix(".tmp")
        .tempfile_in(folder)
        .map_err(OutputError::io("create a file in", folder))?;
    file.write_all(content)
        .map_err(OutputError::io("write", path))?;
    file.as_file()
        .sync_all()
        .map_err(OutputError::io("sync", path))?;
    file.persist(path)
        .map_err(|error| OutputError::io("rename into", path)(error.error))?;
    make_readable(path)?;
    sync_folder(folder)
}

/// A file that hashes what is written to it.
struct HashingWriter {
    file: BufWriter<NamedTempFile<File>>,
    hasher: blake3::Hasher,
    bytes: u64,
}

impl HashingWriter {
    fn new(file: NamedTempFile<File>) -> Self {
        let file = BufWriter::with_capacity(1 << 20, file);
        Self {
            file,
            hasher: blake3::Hasher::new(),
            bytes: 0,
        }
    }

    fn finish(self) -> std::io::Result<(NamedTempFile<File>, blake3::Hash, u64)> {
        let file = self
            .file
            .into_inner()
            .map_err(std::io::IntoInnerError::into_error)?;
        Ok((file, self.hasher.finalize(), self.bytes))
    }
}

impl Write for HashingWriter {
    fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
        let written = self.file.write(buffer)?;
        self.hasher.update(&buffer[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}
