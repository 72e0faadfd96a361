//! The checked tree: typed values with their places.

use std::collections::BTreeMap;

use serde_json::{Map as JsonMap, Value as Json, json};
use tradewinds_units::{AdValorem, Date, EconomyCode, SectorCode, Share};

use crate::{Span, Spanned, Table};

/// A checked value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A finite number, rate or share.
    Float(f64),
    /// A whole number.
    Integer(i64),
    /// `true` or `false`.
    Flag(bool),
    /// Text, or a word of a choice.
    Text(String),
    /// A date.
    Date(Date),
    /// An economy.
    Economy(EconomyCode),
    /// A sector.
    Sector(SectorCode),
    /// A list.
    List(Vec<Spanned<Value>>),
    /// A table with known keys.
    Table(Table),
    /// A table with free keys.
    Map(BTreeMap<String, MapEntry>),
}

/// One entry of a [`Value::Map`].
#[derive(Debug, Clone, PartialEq)]
pub struct MapEntry {
    /// Where the key stands.
    pub key: Span,
    /// The value.
    pub value: Spanned<Value>,
}

impl Value {
    /// The kind in one word.
    pub fn kind_name(&self) -> &'static str {
        match self {
            Self::Float(_) => "float",
            Self::Integer(_) => "integer",
            Self::Flag(_) => "flag",
            Self::Text(_) => "text",
            Self::Date(_) => "date",
            Self::Economy(_) => "economy",
            Self::Sector(_) => "sector",
            Self::List(_) => "list",
            Self::Table(_) => "table",
            Self::Map(_) => "map",
        }
    }

    /// The value as JSON; keys in alphabetical order, dates as text.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Float(number) => json!(number),
            Self::Integer(number) => json!(number),
            Self::Flag(flag) => json!(flag),
            Self::Text(text) => json!(text),
            Self::Date(date) => json!(date.to_string()),
            Self::Economy(code) => json!(code.as_str()),
            Self::Sector(code) => json!(code.as_str()),
            Self::List(list) => list.iter().map(|item| item.value.to_json()).collect(),
            Self::Table(table) => table.to_json(),
            Self::Map(map) => {
                let entry =
                    |(key, entry): (&String, &MapEntry)| (key.clone(), entry.value.value.to_json());
                Json::Object(map.iter().map(entry).collect::<JsonMap<_, _>>())
            }
        }
    }
}

/// A Rust type that a checked value can be read as.
pub trait FromValue<'t>: Sized {
    /// The value, when it is of this type.
    fn from_value(value: &'t Value) -> Option<Self>;
}

macro_rules! read_as {
    ($($type:ty: $pattern:pat => $read:expr,)*) => {$(
        impl<'t> FromValue<'t> for $type {
            fn from_value(value: &'t Value) -> Option<Self> {
                match value {
                    $pattern => $read,
                    _ => None,
                }
            }
        }
    )*};
}

read_as! {
    f64: Value::Float(number) => Some(*number),
    AdValorem: Value::Float(number) => Self::new(*number).ok(),
    Share: Value::Float(number) => Self::new(*number).ok(),
    i64: Value::Integer(number) => Some(*number),
    u64: Value::Integer(number) => Self::try_from(*number).ok(),
    u32: Value::Integer(number) => Self::try_from(*number).ok(),
    usize: Value::Integer(number) => Self::try_from(*number).ok(),
    bool: Value::Flag(flag) => Some(*flag),
    &'t str: Value::Text(text) => Some(text),
    String: Value::Text(text) => Some(text.clone()),
    Date: Value::Date(date) => Some(*date),
    EconomyCode: Value::Economy(code) => Some(*code),
    SectorCode: Value::Sector(code) => Some(code.clone()),
    &'t Table: Value::Table(table) => Some(table),
}

impl<'t> FromValue<'t> for &'t Value {
    fn from_value(value: &'t Value) -> Option<Self> {
        Some(value)
    }
}

impl<'t, T: FromValue<'t>> FromValue<'t> for Vec<T> {
    fn from_value(value: &'t Value) -> Option<Self> {
        match value {
            Value::List(list) => list.iter().map(|item| T::from_value(&item.value)).collect(),
            _ => None,
        }
    }
}

impl<'t, T: FromValue<'t>> FromValue<'t> for BTreeMap<&'t str, T> {
    fn from_value(value: &'t Value) -> Option<Self> {
        match value {
            Value::Map(map) => map
                .iter()
                .map(|(key, entry)| Some((key.as_str(), T::from_value(&entry.value.value)?)))
                .collect(),
            _ => None,
        }
    }
}
