//! The data dictionary, from the descriptions of the tables.

use std::fmt::Write;

use serde_json::{Value, json};
use tradewinds_kernel::record::{ColumnKind, ColumnSpec, TableSpec};

fn type_name(column: &ColumnSpec) -> &'static str {
    match column.kind {
        ColumnKind::Number if column.may_lack => "float64 or null",
        ColumnKind::Count => "uint32",
        ColumnKind::Date => "date",
        ColumnKind::Number => "float64",
        ColumnKind::Code => "text",
    }
}

/// Tables and columns as Markdown, one section per table.
pub fn dictionary_markdown(tables: &[&TableSpec]) -> String {
    let mut text = String::from("# Data dictionary\n");
    for table in tables {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n## `{}`\n\n{}\n\n", table.name, table.description);
        text.push_str("| Column | Type | Unit | Definition |\n| --- | --- | --- | --- |\n");
        for column in table.columns {
            let definition = column.description.replace('|', "\\|");
            let unit = column.unit.replace('|', "\\|");
            let kind = type_name(column);
            let _ = writeln!(
                text,
                "| `{}` | {kind} | {unit} | {definition} |",
                column.name
            );
        }
    }
    text
}

/// Tables and columns as JSON.
pub fn dictionary_json(tables: &[&TableSpec]) -> Value {
    let tables = tables.iter().map(|table| {
        let columns: Vec<Value> = table
            .columns
            .iter()
            .map(|column| {
                json!({
                    "name": column.name,
                    "type": type_name(column),
                    "unit": column.unit,
                    "description": column.description,
                })
            })
            .collect();
        json!({ "name": table.name, "description": table.description, "columns": columns })
    });
    json!({ "tables": tables.collect::<Vec<_>>() })
}

/// Tables and columns without a unit or a definition, as `table.column`; a
/// complete dictionary has none.
pub fn missing_descriptions(tables: &[&TableSpec]) -> Vec<String> {
    let mut missing = Vec::new();
    for table in tables {
        if table.description.trim().is_empty() {
            missing.push(table.name.to_owned());
        }
        for column in table.columns {
            if column.unit.trim().is_empty() || column.description.trim().is_empty() {
                missing.push(format!("{}.{}", table.name, column.name));
            }
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::PRICES;

    #[test]
    fn every_column_is_in_both_forms() {
        let markdown = dictionary_markdown(&[&PRICES]);
        let json = dictionary_json(&[&PRICES]);
        for (at, column) in PRICES.columns.iter().enumerate() {
            assert!(markdown.contains(&format!("| `{}` | ", column.name)));
            assert_eq!(json["tables"][0]["columns"][at]["unit"], column.unit);
        }
        assert!(missing_descriptions(&[&PRICES]).is_empty());
    }

    #[test]
    fn a_column_without_a_unit_is_reported() {
        static BARE: TableSpec = TableSpec {
            name: "bare",
            description: " ",
            columns: &[ColumnSpec {
                name: "value",
                kind: ColumnKind::Number,
                unit: "",
                description: "A value",
                may_lack: false,
            }],
        };
        assert_eq!(
            missing_descriptions(&[&PRICES, &BARE]),
            ["bare", "bare.value"]
        );
    }
}
