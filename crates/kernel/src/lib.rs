//! Time, phases, addressed draws, deterministic maths and records; no economic behaviour.

pub mod clock;
pub mod draws;
pub mod maths;
pub mod phase;
pub mod present_value;
pub mod record;
pub mod reduce;
pub mod statistics;
