//! Kinds in words: what is expected, and an example to write.

use crate::Kind;
use crate::suggest::listed;
use crate::tree::Form;

/// Words of a choice listed in a message.
const LISTED_WORDS: usize = 24;

/// What a kind expects, as the rest of "expected …".
pub(crate) fn expected(kind: &Kind) -> String {
    match kind {
        Kind::Float { low, high } => format!("a number{}", bounds(*low, *high)),
        Kind::Code { last } => codes(*last),
        Kind::Whole { low, high } => whole(i64::from(*low), i64::from(*high)),
        Kind::Rate => "a rate as a fraction, from -0.95 to 100 (0.25 is 25 %)".into(),
        Kind::Share => "a share from 0 to 1".into(),
        Kind::Integer { low, high } => whole(*low, *high),
        Kind::Text => "text in quotes".into(),
        Kind::Date => "a date as 2001-02-03, without quotes".into(),
        Kind::Flag => "true or false".into(),
        Kind::Economy => {
            "an economy in quotes: three capitals as in ISO 3166-1 alpha-3 (EUU: European Union, \
             ROW: rest of the world)"
                .into()
        }
        Kind::Sector => "a sector code in quotes: a-z, 0-9 and _, as \"autos_vehicles\"".into(),
        Kind::Choice(allowed) => {
            format!("one of {}", listed(allowed.iter().copied(), LISTED_WORDS))
        }
        Kind::List(inner) => format!("a list; each entry {}", expected(inner)),
        Kind::OneOrMany(inner) => format!("{}, or a list of at least one", expected(inner)),
        Kind::Table(spec) => format!("a table ({})", spec.name),
        Kind::Tables(spec) => format!("a list of tables ({})", spec.name),
        Kind::Map(inner) => format!(
            "a table with one value per key; each value {}",
            expected(inner)
        ),
        Kind::ByEconomy(inner) => {
            format!(
                "a table with one value per economy; each value {}",
                expected(inner)
            )
        }
        Kind::BySector(inner) => {
            format!(
                "a table with one value per sector; each value {}",
                expected(inner)
            )
        }
        Kind::MapOfTables(spec) => format!("a table with one table ({}) per key", spec.name),
        Kind::Variants { tag, tables } => {
            let names = listed(tables.iter().map(|spec| spec.name), LISTED_WORDS);
            format!("a table whose `{tag}` is one of {names}")
        }
        Kind::Either(kinds) => {
            let all: Vec<String> = kinds.iter().map(expected).collect();
            all.join("; or ")
        }
        Kind::Any => "any value".into(),
    }
}

fn bounds(low: f64, high: f64) -> String {
    match (low.is_finite(), high.is_finite()) {
        (true, true) => format!(" from {low} to {high}"),
        (true, false) => format!(" of at least {low}"),
        (false, true) => format!(" of at most {high}"),
        (false, false) => String::new(),
    }
}

/// The codes of a choice in words.
fn codes(last: u32) -> String {
    let before: Vec<String> = (0..last).map(|code| code.to_string()).collect();
    match before.is_empty() {
        true => "0".into(),
        false => format!("{} or {last}", before.join(", ")),
    }
}

fn whole(low: i64, high: i64) -> String {
    match (low > i64::MIN, high < i64::MAX) {
        (true, true) => format!("a whole number from {low} to {high}"),
        (true, false) => format!("a whole number of at least {low}"),
        (false, true) => format!("a whole number of at most {high}"),
        (false, false) => "a whole number".into(),
    }
}

/// A value of this kind in TOML.
pub(crate) fn example(kind: &Kind) -> String {
    match kind {
        Kind::Float { low, high } => example_number(*low, *high),
        Kind::Code { last } => last.to_string(),
        Kind::Whole { low, .. } => low.to_string(),
        Kind::Rate => "0.25".into(),
        Kind::Share => "0.5".into(),
        Kind::Integer { low, high } => 100.clamp(*low, (*high).max(*low)).to_string(),
        Kind::Text => "\"text\"".into(),
        Kind::Date => "2001-02-03".into(),
        Kind::Flag => "true".into(),
        Kind::Economy => "\"EUU\"".into(),
        Kind::Sector => "\"services\"".into(),
        Kind::Choice(allowed) => format!("\"{}\"", allowed.first().copied().unwrap_or_default()),
        Kind::List(inner) => format!("[{}]", example(inner)),
        Kind::OneOrMany(inner) => example(inner),
        Kind::Table(_) | Kind::MapOfTables(_) | Kind::Any => "{ ... }".into(),
        Kind::Tables(_) => "[{ ... }]".into(),
        Kind::ByEconomy(inner) => format!("{{ EUU = {} }}", example(inner)),
        Kind::BySector(inner) => format!("{{ services = {} }}", example(inner)),
        Kind::Map(inner) => format!("{{ key = {} }}", example(inner)),
        Kind::Variants { tag, tables } => {
            let name = tables.first().map(|spec| spec.name).unwrap_or_default();
            format!("{{ {tag} = \"{name}\", ... }}")
        }
        Kind::Either(kinds) => kinds.first().map(example).unwrap_or_default(),
    }
}

fn example_number(low: f64, high: f64) -> String {
    let middle = 0.5_f64.clamp(low, high.max(low));
    crate::slips::plain(middle)
}

/// Whether a kind is written in this TOML form.
pub(crate) fn takes(kind: &Kind, form: &Form) -> bool {
    match kind {
        Kind::Any => true,
        Kind::Float { .. }
        | Kind::Code { .. }
        | Kind::Whole { .. }
        | Kind::Rate
        | Kind::Share
        | Kind::Integer { .. } => {
            matches!(form, Form::Float(_) | Form::Integer { .. })
        }
        Kind::Text | Kind::Economy | Kind::Sector | Kind::Choice(_) => {
            matches!(form, Form::Text(_))
        }
        Kind::Date => matches!(form, Form::Moment(_)),
        Kind::Flag => matches!(form, Form::Flag(_)),
        Kind::List(_) | Kind::Tables(_) => matches!(form, Form::Array(_)),
        Kind::OneOrMany(inner) => matches!(form, Form::Array(_)) || takes(inner, form),
        Kind::Table(_)
        | Kind::Map(_)
        | Kind::ByEconomy(_)
        | Kind::BySector(_)
        | Kind::MapOfTables(_)
        | Kind::Variants { .. } => {
            matches!(form, Form::Table(_))
        }
        Kind::Either(kinds) => kinds.iter().any(|kind| takes(kind, form)),
    }
}
