//! Oracle cases: small worlds with expected values, run through the mechanism
//! that owns the rule.
//!
//! A file holds cases of one family; each family has its file here and tells
//! kinds of cases apart by their inputs. A case ends in a [`Report`]: every
//! expected field beside what a route found, with error and tolerance.
//!
//! | family | file |
//! | --- | --- |
//! | `EH` general equilibrium: direct solver, and agents at rest | `general` |
//! | `PR` pricing | `pricing` |
//! | `PE` one market: incidence, quotas, supply curves, cost push | `partial` |
//! | `DY` dynamics: relaxation, sourcing, stocks, firms, ticks | `dynamics` |

mod case;
mod curves;
mod dynamics;
mod general;
mod keys;
mod partial;
mod pricing;
mod report;
mod small;
#[cfg(test)]
mod tests;

use bevy_ecs::prelude::With;
use tradewinds_engine::Simulation;
use tradewinds_engine::firm::{Firm, Line};
use tradewinds_engine::household::FinalBuyer;
use tradewinds_engine::importer::Importer;
use tradewinds_kernel::clock::TickLength;

pub use self::case::{CaseFile, Family, FileError, InputError, RawCase};
pub use self::general::oracle_model;
pub use self::report::{CaseError, Check, Report, Verdict, Work};

/// How general-equilibrium cases are run; the other families fix both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Firms per economy and sector.
    pub firms_per_cell: usize,
    /// Length of a tick.
    pub tick: TickLength,
}

/// Runs a case; a case that cannot be read or run ends in a report that says why.
pub fn run(family: Family, case: &RawCase, options: Options) -> Report {
    let checked = keys::check(family, case).map_err(CaseError::from);
    let report = checked.and_then(|()| match family {
        Family::GeneralEquilibrium => general::run(case, options),
        Family::Pricing => pricing::run(case),
        Family::PartialEquilibrium => partial::run(case),
        Family::Dynamics => dynamics::run(case),
    });
    report.unwrap_or_else(|error| Report::failed(case, &error))
}

/// Firms, lines, importers and final users of a simulation.
fn agents(simulation: &mut Simulation) -> usize {
    let world = simulation.world_mut();
    world.query_filtered::<(), With<Firm>>().iter(world).count()
        + world.query_filtered::<(), With<Line>>().iter(world).count()
        + world
            .query_filtered::<(), With<Importer>>()
            .iter(world)
            .count()
        + world
            .query_filtered::<(), With<FinalBuyer>>()
            .iter(world)
            .count()
}
