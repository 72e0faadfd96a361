//! A small table for the tests.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use tradewinds_kernel::record::{ColumnKind, ColumnSpec, Rows, TableSpec};

use crate::{DatasetWriter, Manifest};

const fn column(name: &'static str, kind: ColumnKind, unit: &'static str) -> ColumnSpec {
    ColumnSpec {
        name,
        kind,
        unit,
        description: "A column | for tests",
        may_lack: false,
    }
}

pub(crate) static PRICES: TableSpec = TableSpec {
    name: "prices",
    description: "One price of one run",
    columns: &[
        column("run", ColumnKind::Count, "number"),
        column("date", ColumnKind::Date, "date"),
        column("sector", ColumnKind::Code, "code"),
        column("price", ColumnKind::Number, "index, base = 1"),
    ],
};

/// Rows with those numbers.
pub(crate) fn prices(numbers: Range<u32>) -> Rows {
    let sectors = Arc::from(["autos", "energy", "machinery"].map(str::to_owned));
    let mut rows = Rows::new(&PRICES, &[sectors]);
    for number in numbers {
        let price = 1.0 + f64::from(number * 37 % 101) / 1_000.0;
        let date = 20_000 + number as i32;
        let _ = rows
            .row()
            .count(number)
            .date(date)
            .code(number as usize % 3)
            .number(price);
    }
    rows
}

pub(crate) fn provenance() -> BTreeMap<String, String> {
    BTreeMap::from([
        ("seed".to_owned(), "7".to_owned()),
        ("version".to_owned(), "0".to_owned()),
    ])
}

/// A dataset with one part for each of the given sets of rows.
pub(crate) fn write(folder: &Path, parts: &[&Rows]) -> Manifest {
    let dataset = DatasetWriter::create(folder, &[&PRICES], provenance()).unwrap();
    let entries = parts.iter().enumerate().map(|(shard, rows)| {
        let mut part = dataset.part("prices", &format!("{shard:04}")).unwrap();
        part.push(rows).unwrap();
        part.finish().unwrap()
    });
    let entries = entries.collect();
    dataset.finish(entries, BTreeMap::new()).unwrap()
}
