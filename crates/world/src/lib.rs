//! Base-year accounts: from sourced facts to a balanced world.
