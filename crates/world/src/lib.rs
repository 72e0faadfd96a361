//! Base-year accounts: from sourced facts to a balanced world.
//!
//! [`build`] turns a folder of sourced facts ([`Sources`]) into the files of a world: a prior from
//! the facts (gravity where no flow is known), a least-squares balance weighted by
//! confidence, and accounts closed in whole dollars at basic prices, duties and distribution apart.
//! [`World::load`] reads those files as dense arrays and checks every identity. The library opens no
//! file: it is handed text and hands back text.

mod accounts;
mod balance;
mod build;
mod check;
mod currency;
mod distribution;
mod dollars;
mod duties;
mod error;
mod facts;
mod files;
mod government;
mod gravity;
mod household;
mod labour;
mod load;
mod margins;
mod people_files;
mod politics;
mod prior;
mod quality;
mod read;
mod report;
mod shape;
mod subsector;
mod table;
mod world;

pub use build::{Built, build};
pub use currency::{Currency, Regime};
pub use error::WorldError;
pub use facts::Sources;
pub use politics::{LeaderFacts, Lean, Office, VoteFacts, VoterShare};
pub use quality::{Confidence, Mark, Quality};
pub use report::{GroupShare, Move, Movement, Report};
pub use table::FileSet;
pub use world::{AttachedGovernment, Budget, FirmFacts, HouseholdClass, SubsectorWeight, World};
