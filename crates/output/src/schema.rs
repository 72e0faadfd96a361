//! From the description of a table to an Arrow schema and Parquet encodings.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use tradewinds_kernel::record::{ColumnKind, TableSpec};

/// Rows of a row group.
const ROW_GROUP: usize = 1 << 20;

/// The Arrow schema; every field carries `unit` and `description`, and may be null where
/// rows may lack it.
pub(crate) fn arrow_schema(spec: &TableSpec) -> SchemaRef {
    let field = |column: &tradewinds_kernel::record::ColumnSpec| {
        let metadata = [("unit", column.unit), ("description", column.description)];
        let metadata = metadata.map(|(key, value)| (key.to_owned(), value.to_owned()));
        Field::new(column.name, data_type(column.kind), column.may_lack).with_metadata(metadata)
    };
    Arc::new(Schema::new(
        spec.columns.iter().map(field).collect::<Vec<_>>(),
    ))
}

fn data_type(kind: ColumnKind) -> DataType {
    match kind {
        ColumnKind::Count => DataType::UInt32,
        ColumnKind::Date => DataType::Date32,
        ColumnKind::Number => DataType::Float64,
        ColumnKind::Code => DataType::Utf8,
    }
}

/// Encodings: Zstandard level 1 over split bytes of floats and packed
/// differences of integers; dictionaries for codes only, because on floats
/// they halve the speed and enlarge the file.
pub(crate) fn properties(spec: &TableSpec, footer: Vec<KeyValue>) -> WriterProperties {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .set_key_value_metadata(Some(footer));
    for column in spec.columns {
        let path = ColumnPath::from(column.name);
        properties = match column.kind {
            ColumnKind::Number => properties.set_column_encoding(path, Encoding::BYTE_STREAM_SPLIT),
            ColumnKind::Count | ColumnKind::Date => {
                properties.set_column_encoding(path, Encoding::DELTA_BINARY_PACKED)
            }
            ColumnKind::Code => properties.set_column_dictionary_enabled(path, true),
        };
    }
    properties.build()
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use parquet::basic::Type;

    use super::*;
    use crate::fixtures::{PRICES, prices, write};

    #[test]
    fn files_carry_units_provenance_and_the_encodings_stated() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = write(folder.path(), &[&prices(0..1_000)]);
        let file = File::open(folder.path().join(&manifest.tables[0].parts[0].file)).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        for (field, column) in reader.schema().fields().iter().zip(PRICES.columns) {
            assert_eq!(
                field.metadata().get("unit").map(String::as_str),
                Some(column.unit)
            );
            assert_eq!(
                field.metadata().get("description").map(String::as_str),
                Some(column.description)
            );
        }
        let pairs = reader
            .metadata()
            .file_metadata()
            .key_value_metadata()
            .unwrap();
        let keys: Vec<&str> = pairs.iter().map(|pair| pair.key.as_str()).collect();
        assert_eq!(
            keys[..3],
            [
                "tradewinds.seed",
                "tradewinds.version",
                "tradewinds.dictionary"
            ]
        );
        assert!(pairs[2].value.as_ref().unwrap().contains("index, base = 1"));
        for column in reader.metadata().row_group(0).columns() {
            assert_eq!(
                column.compression(),
                Compression::ZSTD(ZstdLevel::default())
            );
            let encodings: Vec<Encoding> = column.encodings().collect();
            let expected = match column.column_type() {
                Type::DOUBLE => Encoding::BYTE_STREAM_SPLIT,
                Type::INT32 => Encoding::DELTA_BINARY_PACKED,
                _ => Encoding::RLE_DICTIONARY,
            };
            assert!(
                encodings.contains(&expected),
                "{}: {encodings:?}",
                column.column_path()
            );
        }
    }
}
