//! Reading the tables of facts, layer by layer.

use std::collections::{BTreeMap, BTreeSet};

use tradewinds_units::SectorCode;

use crate::WorldError;
use crate::facts::{AttachedName, EconomyRow, Fact, FactTable, SectorRow, Shape, key_values};
use crate::quality::{Confidence, Mark, Quality};
use crate::table::{FileSet, Table};

pub(crate) fn read_long(layers: &[FileSet], shape: &Shape) -> Result<FactTable, WorldError> {
    let mut rows = BTreeMap::new();
    let mut found = false;
    for files in layers.iter().filter(|files| files.contains_key(shape.file)) {
        found = true;
        read_layer(files, shape, &mut rows)?;
    }
    if !found {
        return Err(WorldError::MissingFile {
            file: shape.file.to_owned(),
        });
    }
    Ok(FactTable {
        file: shape.file,
        rows,
    })
}

fn read_layer(
    files: &FileSet,
    shape: &Shape,
    rows: &mut BTreeMap<Vec<String>, Fact>,
) -> Result<(), WorldError> {
    let table = Table::read(files, shape.file)?;
    let mut seen = BTreeSet::new();
    for row in &table.rows {
        let mut key = Vec::new();
        for column in shape.key {
            key.push(table.text(row, column)?.to_owned());
        }
        if !seen.insert(key.clone()) {
            return Err(WorldError::Duplicate {
                file: shape.file.to_owned(),
                line: row.line,
                key: key.join(", "),
            });
        }
        let year = if table.has("year") {
            table.parse(row, "year", "a year", |text| text.parse().ok())?
        } else {
            0
        };
        let quality = table.parse(
            row,
            "quality",
            "observed, estimated or assumed",
            Quality::parse,
        )?;
        let fact = Fact {
            value: table.number(row, shape.value)?,
            year,
            confidence: table.parse(row, "confidence", "high, medium or low", Confidence::parse)?,
            mark: Mark::new(quality, table.text(row, "source")?),
        };
        rows.insert(key, fact);
    }
    Ok(())
}

/// The last layer that has the file.
pub(crate) fn last<'a>(layers: &'a [FileSet], file: &str) -> Result<&'a FileSet, WorldError> {
    layers
        .iter()
        .rev()
        .find(|files| files.contains_key(file))
        .ok_or_else(|| WorldError::MissingFile {
            file: file.to_owned(),
        })
}

pub(crate) fn base_year(layers: &[FileSet]) -> Result<i32, WorldError> {
    key_values(last(layers, "world.csv")?, "world.csv")?
        .get("base_year")
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| WorldError::MissingFact {
            file: "world.csv".to_owned(),
            key: "base_year".to_owned(),
        })
}

pub(crate) fn reference_currency(layers: &[FileSet]) -> Result<String, WorldError> {
    key_values(last(layers, "world.csv")?, "world.csv")?
        .remove("reference_currency")
        .ok_or_else(|| WorldError::MissingFact {
            file: "world.csv".to_owned(),
            key: "reference_currency".to_owned(),
        })
}

pub(crate) fn economies(layers: &[FileSet]) -> Result<Vec<EconomyRow>, WorldError> {
    let table = Table::read(last(layers, "economies.csv")?, "economies.csv")?;
    let read = |row| {
        Ok(EconomyRow {
            code: table.parse(row, "economy", "an economy code", |text| text.parse().ok())?,
            name: table.text(row, "name")?.to_owned(),
            structure: table.text(row, "structure")?.to_owned(),
            land_block: table.text(row, "land_block")?.to_owned(),
        })
    };
    table.rows.iter().map(read).collect()
}

pub(crate) fn sectors(layers: &[FileSet]) -> Result<Vec<SectorRow>, WorldError> {
    let table = Table::read(last(layers, "sectors.csv")?, "sectors.csv")?;
    let read = |row| {
        Ok(SectorRow {
            code: table.parse(row, "sector", "a sector code", |text| text.parse().ok())?,
            name: table.text(row, "name")?.to_owned(),
            is_service: table.parse(row, "kind", "goods or services", |text| match text {
                "goods" => Some(false),
                "services" => Some(true),
                _ => None,
            })?,
            group: table.text(row, "group")?.to_owned(),
            duty_sector: table.text(row, "duty_sector")?.to_owned(),
        })
    };
    table.rows.iter().map(read).collect()
}

pub(crate) fn subsectors(
    layers: &[FileSet],
) -> Result<Vec<(SectorCode, SectorCode, String)>, WorldError> {
    let table = Table::read(last(layers, "subsectors.csv")?, "subsectors.csv")?;
    let code = |row, column: &str| table.parse(row, column, "a sector code", |t| t.parse().ok());
    table
        .rows
        .iter()
        .map(|row| {
            Ok((
                code(row, "subsector")?,
                code(row, "sector")?,
                table.text(row, "hs")?.to_owned(),
            ))
        })
        .collect()
}

pub(crate) fn merged(
    layers: &[FileSet],
    file: &str,
    key: &str,
    value: &str,
) -> Result<BTreeMap<String, String>, WorldError> {
    let mut all = BTreeMap::new();
    for files in layers.iter().filter(|files| files.contains_key(file)) {
        let table = Table::read(files, file)?;
        for row in &table.rows {
            all.insert(
                table.text(row, key)?.to_owned(),
                table.text(row, value)?.to_owned(),
            );
        }
    }
    if all.is_empty() {
        return Err(WorldError::MissingFile {
            file: file.to_owned(),
        });
    }
    Ok(all)
}

pub(crate) fn attached_names(
    layers: &[FileSet],
) -> Result<BTreeMap<String, AttachedName>, WorldError> {
    let table = Table::read(last(layers, "attached.csv")?, "attached.csv")?;
    let mut names = BTreeMap::new();
    for row in &table.rows {
        names.insert(
            table.text(row, "economy")?.to_owned(),
            AttachedName {
                name: table.text(row, "name")?.to_owned(),
                host: table.text(row, "host")?.to_owned(),
                partner: table.text(row, "partner")?.to_owned(),
            },
        );
    }
    Ok(names)
}

pub(crate) fn weights(layers: &[FileSet]) -> Result<BTreeMap<(String, String), f64>, WorldError> {
    let table = Table::read(last(layers, "weights.csv")?, "weights.csv")?;
    let mut weights = BTreeMap::new();
    for row in &table.rows {
        weights.insert(
            (
                table.text(row, "item")?.to_owned(),
                table.text(row, "confidence")?.to_owned(),
            ),
            table.number(row, "relative_sd")?,
        );
    }
    Ok(weights)
}
