//! Law as dated data: measures, how they stack, and the rate in force on a day.
//!
//! [`LawBook::load`] reads instruments (TOML) and tables (CSV);
//! [`TariffSchedule::compile`] applies a [`Reform`] and answers which duty an
//! importer owes on an origin's product on a day, with every measure behind it.
//! [`talks`] holds the decision rules of governments that negotiate over duties.
//! No rate, date or economy is written in this crate.

mod base;
mod conflict;
mod error;
mod fields;
mod formula;
mod law;
mod load;
mod load_tables;
mod measure;
mod quota;
mod read_instrument;
mod reform;
mod schedule;
mod shares;
mod stacking;
pub mod talks;
mod taxonomy;

pub use base::{BaseDuties, BaseDuty, BaseKind};
pub use error::PolicyError;
pub use fields::{FROZEN_AFTER, INSTRUMENT, LAPSE, REFORM, WITHOUT};
pub use formula::PresetFormula;
pub use law::{Announcement, AnnouncementKind, Instrument, LawBook, Refund};
pub use measure::{
    Claim, Combine, Coverage, Evidence, Exemption, GivesWay, InTransit, Measure, Origins, Pause,
    Place, RateEntry, RateValue, Stacking,
};
pub use quota::{Quota, QuotaAllocation, QuotaRent, QuotaUse, Quotas, blended_rate};
pub use reform::{Lapse, Reform, Without};
pub use schedule::{Interval, Practice, RateInForce, RefundDue, TariffSchedule};
pub use shares::{ShareTable, ShareTables};
pub use stacking::{Added, AddedQuota, Component, QuotaPart, Standing};
pub use taxonomy::{Economies, Subsector, Taxonomy};
