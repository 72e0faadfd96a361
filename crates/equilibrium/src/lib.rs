//! The frictionless equilibrium of a world under any law, solved directly.
//!
//! [`Economy`] is the calibrated base year, shared with the agent-based engine. [`solve`] gives the
//! rest point of that world after a [`Shock`] in exact hats (new over old): many economies, many
//! sectors, input-output links, nested demand, markups, deficits and distribution margins. The
//! engine without frictions must rest at the same point; [`oracle`] reads cases with expected
//! values and compares either of them.

mod accounts;
mod blocks;
mod ces;
mod economy;
mod equilibrium;
mod expenditure;
mod final_demand;
mod fixed_point;
mod gmres;
mod markups;
mod maths;
pub mod oracle;
mod prices;
mod search;
mod shock;
mod solve;
mod validate;

pub use accounts::BaseAccounts;
pub use economy::{Economy, EconomyError, EconomyParts, FinalUser};
pub use equilibrium::{Equilibrium, UserOutcome};
pub use markups::Oligopoly;
pub use shock::{Labour, Shock, SolveError};
pub use solve::solve;
