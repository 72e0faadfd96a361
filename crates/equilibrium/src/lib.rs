//! The frictionless equilibrium of a world under any law, solved directly.
//!
//! [`Economy`] is the calibrated base year, shared with the agent-based engine. [`solve`] gives the
//! rest point of that world after a [`Shock`] in exact hats (new over old): many countries, many
//! sectors, input-output links, nested demand, markups, deficits and distribution margins. The
//! engine without frictions must rest at the same point; [`oracle`] reads cases with expected
//! values and compares either of them.

mod accounts;
mod ces;
mod economy;
mod final_demand;
mod markups;
mod maths;
mod validate;

pub use accounts::BaseAccounts;
pub use economy::{Economy, EconomyError, EconomyParts, FinalUser};
pub use markups::Oligopoly;
