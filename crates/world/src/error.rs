//! What can go wrong between a folder of facts and a world.

/// Why facts could not be read, accounts could not be balanced, or a world could not be loaded.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum WorldError {
    /// A file that the build or the loader needs is not there.
    #[error("`{file}` is missing; a world needs it")]
    MissingFile {
        /// Name of the file inside the folder.
        file: String,
    },
    /// A file that is not a table.
    #[error("`{file}` is not a table with one header row: {reason}")]
    NotATable {
        /// Name of the file.
        file: String,
        /// What the reader said.
        reason: String,
    },
    /// A column that the table must have.
    #[error("`{file}` has no column `{column}`; its columns are {found}")]
    MissingColumn {
        /// Name of the file.
        file: String,
        /// The column looked for.
        column: String,
        /// The columns there are.
        found: String,
    },
    /// A field that cannot be read.
    #[error("`{file}` line {line}, column `{column}`: found `{found}`, expected {expected}")]
    Field {
        /// Name of the file.
        file: String,
        /// Line in the file, from 1.
        line: u64,
        /// Name of the column.
        column: String,
        /// Text found.
        found: String,
        /// What would be right.
        expected: String,
    },
    /// Two rows for the same thing.
    #[error("`{file}` line {line}: a second row for {key}; keep one of them")]
    Duplicate {
        /// Name of the file.
        file: String,
        /// Line of the second row, from 1.
        line: u64,
        /// What both rows describe.
        key: String,
    },
    /// A fact the build cannot do without.
    #[error("`{file}` has no row for {key}; add it with its source")]
    MissingFact {
        /// Name of the file.
        file: String,
        /// What was looked for.
        key: String,
    },
    /// A source id that `sources.csv` does not explain.
    #[error("`{file}` names source `{id}`, which `sources.csv` does not have")]
    UnknownSource {
        /// Name of the file.
        file: String,
        /// The id.
        id: String,
    },
    /// Shares of an economy that do not make a whole.
    #[error("`{file}`: the shares of {economy} add up to {sum}, not to 1")]
    Shares {
        /// Name of the file.
        file: String,
        /// Code of the economy.
        economy: String,
        /// Their sum.
        sum: f64,
    },
    /// The balance did not close.
    #[error(
        "the accounts do not balance: relative residual {residual:e} after {rounds} rounds, largest in {worst}; two margins held exactly contradict each other, or a cell would have to turn negative"
    )]
    NoBalance {
        /// Largest residual relative to its margin.
        residual: f64,
        /// Rounds of projection made.
        rounds: usize,
        /// The margin with the largest residual.
        worst: String,
    },
    /// A cell that must not be negative.
    #[error("{what} of {place} is {value} USD bn, but it cannot be negative")]
    Negative {
        /// What the cell holds.
        what: &'static str,
        /// Where it stands, as economy and sector.
        place: String,
        /// The value \[USD bn\].
        value: f64,
    },
    /// An identity of the accounts that does not hold.
    #[error("{identity} does not close for {place}: {left} against {right} USD bn")]
    Identity {
        /// The identity, in words.
        identity: &'static str,
        /// Where it fails.
        place: String,
        /// Left side \[USD bn\].
        left: f64,
        /// Right side \[USD bn\].
        right: f64,
    },
}
