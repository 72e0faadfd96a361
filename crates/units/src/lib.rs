//! Money, shares, rates, dates and codes, each with a checked constructor.
//!
//! Quantities that could be confused carry a type; pure ratios inside a
//! function stay bare `f64`. One file per type.

mod calendar;
mod codes;
mod rate;
mod share;

pub use calendar::{DAYS_PER_YEAR, Date, days_after, days_between, parse_date, year_fraction};
pub use codes::{EconomyCode, SectorCode};
pub use rate::AdValorem;
pub use share::Share;

/// Why a value was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum UnitError {
    /// An economy code that is not three upper-case letters.
    #[error(
        "`{0}` is not an economy code; write three capitals as in ISO 3166-1 alpha-3 (EUU: European Union, ROW: rest of the world)"
    )]
    EconomyCode(String),
    /// A sector code with characters outside `a-z`, `0-9`, `_`.
    #[error(
        "`{0}` is not a sector code; write lower-case letters, digits and `_`, as in `autos_vehicles`"
    )]
    SectorCode(String),
    /// A date that is not `YYYY-MM-DD`.
    #[error("`{0}` is not a date; write YYYY-MM-DD, as in 2001-02-03")]
    Date(String),
    /// A value outside its range.
    #[error("{what} {value} is outside {low} to {high}")]
    Range {
        /// What the value measures.
        what: &'static str,
        /// The value found.
        value: f64,
        /// Lowest allowed value.
        low: f64,
        /// Highest allowed value.
        high: f64,
    },
}
