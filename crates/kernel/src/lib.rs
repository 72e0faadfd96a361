//! Time, phases, addressed draws, deterministic maths, the ledger and records; no economic behaviour.

pub mod maths;
