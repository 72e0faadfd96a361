//! The closure of an experiment, in words economists know: what is fixed, what
//! adjusts.

use tradewinds_config::{FieldSpec, Kind, Table, TableSpec};
use tradewinds_engine::currency::CurrencyRule;
use tradewinds_engine::model::Frictions;

const FIXED: &str = "fixed";
const BY_REGIME: &str = "by_regime";
const UNCHANGED: &str = "unchanged";
const RULE: &str = "rule";

/// The table `[closure]` of an experiment file.
pub(crate) static CLOSURE: TableSpec = TableSpec::new(
    "closure",
    "What is fixed and what adjusts.",
    &[
        FieldSpec::optional(
            "exchange_rates",
            Kind::Choice(&[FIXED, BY_REGIME]),
            "Fixed for ever, or each currency floating, managed or pegged as the world has it.",
        )
        .default("\"by_regime\""),
        FieldSpec::optional(
            "interest_rates",
            Kind::Choice(&[UNCHANGED, RULE]),
            "Central banks look through prices and keep their rates, or follow the rule for inflation and unemployment.",
        )
        .default("\"unchanged\""),
    ],
);

/// What is fixed and what adjusts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Closure {
    /// Whether exchange rates never move.
    pub fixed_exchange_rates: bool,
    /// Whether central banks follow the rule for inflation and unemployment.
    pub monetary_rule: bool,
}

impl Closure {
    pub(crate) fn read(table: &Table) -> Self {
        Self {
            fixed_exchange_rates: table.required::<&str>("exchange_rates") == FIXED,
            monetary_rule: table.required::<&str>("interest_rates") == RULE,
        }
    }

    /// The frictions under this closure.
    #[must_use]
    pub fn applied(self, mut frictions: Frictions) -> Frictions {
        if self.fixed_exchange_rates {
            frictions.currency = CurrencyRule::fixed();
        }
        frictions.monetary.is_followed = self.monetary_rule;
        frictions
    }
}
