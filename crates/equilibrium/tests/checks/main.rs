//! Checks of the equilibrium solver: against levels, against theory, at the limits.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of a test fails like the test itself"
)]
#![expect(
    clippy::needless_range_loop,
    reason = "loops over economies and sectors index many arrays at once"
)]

mod distribution;
mod levels;
mod limits;
mod oracle_file;
mod size;
mod statements;
mod support;
mod symmetry;
