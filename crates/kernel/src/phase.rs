//! The life of one tick: this list, in this order, and nothing else.

use bevy_ecs::schedule::SystemSet;

/// A phase of the tick. Phases run in the order of [`Phase::ALL`].
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// What date is it? Writes the clock; this period's flows start at zero.
    OpenPeriod,
    /// Which rules hold today, which were announced? Writes policy resources only.
    EnactPolicy,
    /// What does each agent believe? Writes own expectations, from published figures.
    FormExpectations,
    /// What does each agent want? Writes own intents: prices, output, vacancies, budgets.
    Plan,
    /// Who gets labour and credit? Writes contracts.
    HireAndLend,
    /// What is made? Writes inventories.
    Produce,
    /// Who buys what from whom, at which landed price? Writes orders and shipments.
    Trade,
    /// Who owes whom? Writes the ledger: wages, payments, duties, transfers.
    Settle,
    /// Which lines open or close, who fails? The only phase that retires agents.
    EnterAndExit,
    /// Do the accounts close? Writes published aggregates; a leak stops the run.
    ClosePeriod,
    /// What do we record? Read-only, emits records.
    Observe,
}

impl Phase {
    /// All phases, in the order in which they run.
    pub const ALL: [Self; 11] = [
        Self::OpenPeriod,
        Self::EnactPolicy,
        Self::FormExpectations,
        Self::Plan,
        Self::HireAndLend,
        Self::Produce,
        Self::Trade,
        Self::Settle,
        Self::EnterAndExit,
        Self::ClosePeriod,
        Self::Observe,
    ];

    /// The question the phase answers.
    pub fn question(self) -> &'static str {
        match self {
            Self::OpenPeriod => "what date is it?",
            Self::EnactPolicy => "which rules hold today, which were announced?",
            Self::FormExpectations => "what does each agent believe?",
            Self::Plan => "what does each agent want?",
            Self::HireAndLend => "who gets labour and credit?",
            Self::Produce => "what is made?",
            Self::Trade => "who buys what from whom, at which landed price?",
            Self::Settle => "who owes whom?",
            Self::EnterAndExit => "which lines open or close, who fails?",
            Self::ClosePeriod => "do the accounts close?",
            Self::Observe => "what do we record?",
        }
    }
}
