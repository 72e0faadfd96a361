//! The reference of a configuration as Markdown.

use crate::spec::all_tables;
use crate::{FieldSpec, Kind, TableSpec, words};

/// One section per table, one row per key: kind, unit, default and meaning.
pub fn reference_markdown(root: &'static TableSpec) -> String {
    let sections: Vec<String> = all_tables(root).into_iter().map(section).collect();
    sections.join("\n")
}

fn section(spec: &'static TableSpec) -> String {
    let mut out = format!("## `{}`\n\n{}\n\n", spec.name, spec.doc);
    if spec.fields.is_empty() {
        return out;
    }
    out.push_str("| Key | Kind | Unit | When absent | Meaning |\n");
    out.push_str("| --- | --- | --- | --- | --- |\n");
    for field in spec.fields {
        out.push_str(&row(field));
    }
    for grave in spec.removed {
        out.push_str(&format!(
            "\n`{}` was removed: {}.\n",
            grave.key, grave.advice
        ));
    }
    out
}

fn row(field: &FieldSpec) -> String {
    let absent = match (field.required, field.default, field.when_absent) {
        (true, _, _) => "**required**".to_owned(),
        (_, "", "") => "not set".to_owned(),
        (_, "", words) => words.to_owned(),
        (_, default, "") => format!("`{default}`"),
        (_, default, words) => format!("`{default}` ({words})"),
    };
    let cells = [
        format!("`{}`", field.key),
        sentence(&field.kind),
        field.unit.to_owned(),
        absent,
        field.doc.to_owned(),
    ];
    let escaped = cells.map(|cell| cell.replace('|', "\\|").replace('\n', " "));
    format!("| {} |\n", escaped.join(" | "))
}

/// The kind in words; tables link to their section.
fn sentence(kind: &Kind) -> String {
    let link = |spec: &TableSpec| format!("[`{}`](#{})", spec.name, spec.name.to_lowercase());
    match kind {
        Kind::Table(spec) => format!("table {}", link(spec)),
        Kind::Tables(spec) => format!("list of tables {}", link(spec)),
        Kind::MapOfTables(spec) => format!("one table {} per key", link(spec)),
        Kind::Variants { tag, tables } => {
            let links: Vec<String> = tables.iter().map(link).collect();
            format!("table told by `{tag}`: {}", links.join(", "))
        }
        Kind::Either(kinds) => kinds.iter().map(sentence).collect::<Vec<_>>().join("; or "),
        Kind::List(inner) => format!("list; each entry {}", sentence(inner)),
        Kind::OneOrMany(inner) => format!("{}, or a list of at least one", sentence(inner)),
        Kind::Map(inner) => format!("one value per key; each {}", sentence(inner)),
        Kind::ByEconomy(inner) => format!("one value per economy; each {}", sentence(inner)),
        Kind::BySector(inner) => format!("one value per sector; each {}", sentence(inner)),
        scalar => words::expected(scalar),
    }
}
