//! Errors of the law after it was read.

use crate::measure::Place;

/// Why a law cannot be put together.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PolicyError {
    /// A reform switches off something that the law does not hold.
    #[error(
        "switch off `{name}`: no authority, instrument or measure is called so; known authorities: {known}"
    )]
    UnknownMeasure {
        /// The name found.
        name: String,
        /// Authorities of the law.
        known: String,
    },
    /// A reform changes a pause that the law does not hold.
    #[error("let pause `{name}` lapse: no pause is called so; known pauses: {known}")]
    UnknownPause {
        /// The name found.
        name: String,
        /// Pauses of the law.
        known: String,
    },
    /// Two measures of one authority tax the same goods at different rates.
    #[error(
        "combine `{first}` ({first_place}) and `{second}` ({second_place}): both are in force under `{authority}` on {example} with different rates; write combine = \"add\" if both are owed, combine = \"max\" if the higher one is, or split them by date with `ends`"
    )]
    Conflict {
        /// Authority of both.
        authority: String,
        /// First measure.
        first: String,
        /// Where it is written.
        first_place: Place,
        /// Second measure.
        second: String,
        /// Where it is written.
        second_place: Place,
        /// Origin, product and date on which they meet.
        example: String,
    },
    /// Two entries of one measure start on one day for the same goods.
    #[error(
        "order the rates of `{measure}`: the entries at {first} and {second} both start on {from} for {example}; give them different dates, origins or products"
    )]
    SameDay {
        /// The measure.
        measure: String,
        /// First entry.
        first: Place,
        /// Second entry.
        second: Place,
        /// Their common first day.
        from: tradewinds_units::Date,
        /// Origin and product on which they meet.
        example: String,
    },
    /// Measures that give way to each other in a circle.
    #[error("order `{0}`: it gives way to a measure that gives way to it")]
    Circle(String),
    /// A table of likelihoods whose row is no probability distribution.
    #[error(
        "use the likelihoods of type {row}: they add to {sum}; give every type one number from 0 to 1 per event, adding to 1"
    )]
    Likelihoods {
        /// Row of the table, from 0.
        row: usize,
        /// Sum of the row.
        sum: f64,
    },
}
