//! Currencies: whose money it is, how its rate moves, who invoices in which money.

use tradewinds_units::EconomyCode;

use crate::WorldError;
use crate::facts::EconomyRow;
use crate::files::{File, marked, ratio};
use crate::quality::{Mark, Quality};
use crate::read::last;
use crate::table::{FileSet, Row, Table};

/// The file, both of facts and of a world.
const FILE: &str = "currencies.csv";
const HEADER: [&str; 8] = [
    "economy",
    "currency",
    "regime",
    "policy_rate",
    "exports_in_reference",
    "imports_in_reference",
    "quality",
    "source",
];

/// How the exchange rate of a currency is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Regime {
    /// By the market.
    Float,
    /// By the market within limits that the authorities keep.
    Managed,
    /// Held fixed against the reference currency.
    Peg,
}

impl Regime {
    /// The word in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Float => "float",
            Self::Managed => "managed",
            Self::Peg => "peg",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Float, Self::Managed, Self::Peg]
            .into_iter()
            .find(|regime| regime.as_str() == text)
    }
}

/// The money of an economy.
#[derive(Debug, Clone, PartialEq)]
pub struct Currency {
    /// Code (ISO 4217).
    pub code: String,
    /// How its exchange rate is made.
    pub regime: Regime,
    /// Policy rate at the start of the episode (share a year); `None` where there
    /// is none.
    pub policy_rate: Option<f64>,
    /// Share of exports invoiced in the reference currency.
    pub exports_in_reference: f64,
    /// Share of imports invoiced in the reference currency.
    pub imports_in_reference: f64,
    /// Where it comes from.
    pub mark: Mark,
}

/// Reads the currencies of economies in their order.
fn currencies(table: &Table, economies: &[EconomyCode]) -> Result<Vec<Currency>, WorldError> {
    let find = |economy: &EconomyCode| -> Result<Currency, WorldError> {
        for row in &table.rows {
            if table.text(row, "economy")? == economy.as_str() {
                return currency(table, row);
            }
        }
        Err(WorldError::MissingFact {
            file: FILE.to_owned(),
            key: economy.to_string(),
        })
    };
    economies.iter().map(find).collect()
}

fn currency(table: &Table, row: &Row) -> Result<Currency, WorldError> {
    let share = |column: &str| {
        table.parse(row, column, "a share from 0 to 1", |text| {
            text.parse()
                .ok()
                .filter(|share| (0.0..=1.0).contains(share))
        })
    };
    let code = |text: &str| {
        let is_code = text.len() == 3 && text.bytes().all(|letter| letter.is_ascii_uppercase());
        is_code.then(|| text.to_owned())
    };
    let policy_rate = match table.text(row, "policy_rate")? {
        "" => None,
        _ => Some(table.number(row, "policy_rate")?),
    };
    let quality = table.parse(
        row,
        "quality",
        "observed, estimated or assumed",
        Quality::parse,
    )?;
    Ok(Currency {
        code: table.parse(row, "currency", "a code of three letters", code)?,
        regime: table.parse(row, "regime", "float, managed or peg", Regime::parse)?,
        policy_rate,
        exports_in_reference: share("exports_in_reference")?,
        imports_in_reference: share("imports_in_reference")?,
        mark: Mark::new(quality, table.text(row, "source")?),
    })
}

/// Currencies among facts: the last layer that lists them.
pub(crate) fn facts(
    layers: &[FileSet],
    economies: &[EconomyRow],
) -> Result<Vec<Currency>, WorldError> {
    let table = Table::read(last(layers, FILE)?, FILE)?;
    let codes: Vec<EconomyCode> = economies.iter().map(|economy| economy.code).collect();
    currencies(&table, &codes)
}

/// Currencies of a world.
pub(crate) fn load(
    files: &FileSet,
    economies: &[EconomyCode],
) -> Result<Vec<Currency>, WorldError> {
    currencies(&Table::read(files, FILE)?, economies)
}

/// The file of a world.
pub(crate) fn file(economies: &[EconomyRow], currencies: &[Currency]) -> File {
    let row = |(economy, currency): (&EconomyRow, &Currency)| {
        let row = vec![
            economy.code.to_string(),
            currency.code.clone(),
            currency.regime.as_str().to_owned(),
            currency.policy_rate.map(ratio).unwrap_or_default(),
            ratio(currency.exports_in_reference),
            ratio(currency.imports_in_reference),
        ];
        marked(row, &currency.mark)
    };
    File {
        name: FILE,
        header: &HEADER,
        rows: economies.iter().zip(currencies).map(row).collect(),
    }
}
