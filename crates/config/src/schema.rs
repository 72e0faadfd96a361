//! JSON Schema 2020-12 of a configuration.

use serde_json::{Map, Value as Json, json};

use crate::spec::{ALLOW_EXTREME_KEY, EXTREME_RATE, all_tables};
use crate::{Diagnostics, FieldSpec, Kind, TableSpec, defaults};

const ECONOMY: &str = "^[A-Z]{3}$";
const SECTOR: &str = "^[a-z0-9_]+$";

/// Tables with their names under `$defs`; a second table of one name gets a number.
type Names = Vec<(&'static TableSpec, String)>;

/// The JSON Schema (draft 2020-12) of `root`, with descriptions, units (as
/// `x-unit`), defaults and ranges.
///
/// It accepts what [`crate::check`] accepts, dates being text, as TOML-aware
/// editors hand them to validators.
pub fn schema(root: &'static TableSpec) -> Json {
    let names = names(root);
    let mut defs = Map::new();
    for (spec, name) in names.iter().skip(1) {
        defs.insert(name.clone(), table(spec, &names, None));
    }
    let mut out = table(root, &names, None);
    out["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    out["title"] = json!(root.name);
    if !defs.is_empty() {
        out["$defs"] = Json::Object(defs);
    }
    out
}

fn names(root: &'static TableSpec) -> Names {
    let mut names: Names = Vec::new();
    for spec in all_tables(root) {
        let same = names.iter().filter(|(known, _)| known.name == spec.name);
        let name = match same.count() {
            0 => spec.name.to_owned(),
            count => format!("{}_{}", spec.name, count + 1),
        };
        names.push((spec, name));
    }
    names
}

/// One table; `tag` is the key and word of a variant.
fn table(spec: &'static TableSpec, names: &Names, tag: Option<(&str, &str)>) -> Json {
    let mut properties = Map::new();
    let mut required: Vec<&str> = Vec::new();
    if let Some((key, word)) = tag {
        properties.insert(key.to_owned(), json!({ "const": word }));
        required.push(key);
    }
    for field in spec.fields {
        properties.insert(field.key.to_owned(), property(field, names));
        if field.required {
            required.push(field.key);
        }
    }
    let mut out = json!({
        "type": "object",
        "description": spec.doc,
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        out["required"] = json!(required);
    }
    if let Some(rule) = extreme_rule(spec) {
        out["allOf"] = json!([rule]);
    }
    out
}

/// Rates above [`EXTREME_RATE`] only beside `allow_extreme = true`.
fn extreme_rule(spec: &TableSpec) -> Option<Json> {
    let mut limits = Map::new();
    for field in spec.fields {
        let limit = limited(&field.kind);
        limits.extend(limit.map(|limit| (field.key.to_owned(), limit)));
    }
    if limits.is_empty() {
        return None;
    }
    let limits = json!({ "properties": limits });
    if spec.field(ALLOW_EXTREME_KEY).is_none() {
        return Some(limits);
    }
    let mut allowed = Map::new();
    allowed.insert(ALLOW_EXTREME_KEY.into(), json!({ "const": true }));
    Some(json!({
        "if": { "properties": allowed, "required": [ALLOW_EXTREME_KEY] },
        "then": true,
        "else": limits,
    }))
}

/// The part of `kind` that limits rates to [`EXTREME_RATE`].
fn limited(kind: &Kind) -> Option<Json> {
    match kind {
        Kind::Rate => Some(json!({ "maximum": EXTREME_RATE })),
        Kind::List(inner) => limited(inner).map(|limit| json!({ "items": limit })),
        Kind::OneOrMany(inner) => limited(inner).map(|limit| {
            let mut both = limit.clone();
            both["items"] = limit;
            both
        }),
        Kind::Map(inner) | Kind::ByEconomy(inner) | Kind::BySector(inner) => {
            limited(inner).map(|limit| json!({ "additionalProperties": limit }))
        }
        Kind::Either(kinds) => {
            let limits: Vec<Json> = kinds.iter().filter_map(limited).collect();
            (!limits.is_empty()).then(|| json!({ "allOf": limits }))
        }
        _ => None,
    }
}

fn property(field: &'static FieldSpec, names: &Names) -> Json {
    let mut out = kind(&field.kind, names);
    out["description"] = match field.when_absent {
        "" => json!(field.doc),
        absent => json!(format!("{} When absent: {absent}.", field.doc)),
    };
    if !field.unit.is_empty() {
        out["x-unit"] = json!(field.unit);
    }
    if let Some(value) = defaults::default_value(field, &mut Diagnostics::new()) {
        out["default"] = value.to_json();
    }
    out
}

fn reference(spec: &'static TableSpec, names: &Names) -> Json {
    let known = names.iter().position(|(known, _)| known.is_same(spec));
    match known {
        Some(0) | None => json!({ "$ref": "#" }),
        Some(at) => json!({ "$ref": format!("#/$defs/{}", names[at].1) }),
    }
}

fn kind(of: &'static Kind, names: &Names) -> Json {
    match of {
        Kind::Float { low, high } => {
            let mut out = json!({ "type": "number" });
            if low.is_finite() {
                out["minimum"] = json!(low);
            }
            if high.is_finite() {
                out["maximum"] = json!(high);
            }
            out
        }
        Kind::Code { last } => json!({ "enum": (0..=*last).collect::<Vec<u32>>() }),
        Kind::Whole { low, high } => {
            json!({ "type": "integer", "minimum": low, "maximum": high })
        }
        Kind::Rate => json!({ "type": "number", "minimum": -0.95, "maximum": 100.0 }),
        Kind::Share => json!({ "type": "number", "minimum": 0.0, "maximum": 1.0 }),
        Kind::Integer { low, high } => {
            json!({ "type": "integer", "minimum": low, "maximum": high })
        }
        Kind::Text => json!({ "type": "string" }),
        Kind::Date => json!({ "type": "string", "format": "date" }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Economy => json!({ "type": "string", "pattern": ECONOMY }),
        Kind::Sector => json!({ "type": "string", "pattern": SECTOR }),
        Kind::Choice(words) => json!({ "enum": words }),
        Kind::List(inner) => json!({ "type": "array", "items": kind(inner, names) }),
        Kind::OneOrMany(inner) => {
            let one = kind(inner, names);
            let many = json!({ "type": "array", "items": one, "minItems": 1 });
            json!({ "anyOf": [one, many] })
        }
        Kind::Table(spec) => reference(spec, names),
        Kind::Tables(spec) => json!({ "type": "array", "items": reference(spec, names) }),
        Kind::Map(inner) => {
            json!({ "type": "object", "additionalProperties": kind(inner, names) })
        }
        Kind::ByEconomy(inner) => json!({
            "type": "object",
            "propertyNames": { "pattern": ECONOMY },
            "additionalProperties": kind(inner, names),
        }),
        Kind::BySector(inner) => json!({
            "type": "object",
            "propertyNames": { "pattern": SECTOR },
            "additionalProperties": kind(inner, names),
        }),
        Kind::MapOfTables(spec) => {
            json!({ "type": "object", "additionalProperties": reference(spec, names) })
        }
        Kind::Variants { tag, tables } => {
            let tagged = |spec: &'static TableSpec| table(spec, names, Some((tag, spec.name)));
            json!({ "oneOf": tables.iter().map(tagged).collect::<Vec<_>>() })
        }
        Kind::Either(kinds) => {
            let each: Vec<Json> = kinds.iter().map(|inner| kind(inner, names)).collect();
            json!({ "anyOf": each })
        }
        Kind::Any => json!({}),
    }
}
