//! The economy: agents and mechanisms on the ECS, one file each.
//!
//! The list of mechanisms is [`baseline`]; the order of a tick is
//! [`tradewinds_kernel::phase::Phase`], with every system in its phase. In the
//! frictionless limit ([`model::Frictions::oracle`]) the economy rests at the
//! equilibrium that `tradewinds-equilibrium` solves directly.

pub mod accounts;
pub mod ahead;
pub mod approval;
mod base_trade;
pub mod beliefs;
pub mod capacity;
pub mod columns;
pub mod credit;
pub mod currency;
pub mod customs;
pub mod decompose;
pub mod equity;
pub mod firm;
pub mod government;
pub mod household;
pub mod importer;
pub mod inputs;
pub mod investment;
pub mod labour;
pub mod markup;
pub mod model;
pub mod monetary;
pub mod observe;
pub mod pricing;
pub mod production;
pub mod profile;
pub mod quota;
pub mod refund;
pub mod regimes;
pub mod rest;
mod simulation;
pub mod sourcing;
pub mod stability;
pub mod stocks;
pub mod stress;
pub mod tables;
pub mod talks;
pub mod trade;
pub mod transshipment;
pub mod two_speed;
pub mod valuation;
mod volumes;

use bevy_app::App;
use bevy_ecs::schedule::ScheduleLabel;

pub use simulation::{BuildError, Simulation};

/// The schedule of one tick.
#[derive(ScheduleLabel, Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tick;

/// Adds the mechanisms of the baseline model.
pub fn baseline(app: &mut App) {
    app.add_plugins((
        (customs::CustomsPlugin, transshipment::TransshipmentPlugin),
        (beliefs::BeliefsPlugin, regimes::RegimesPlugin),
        firm::FirmPlugin,
        pricing::PricingPlugin,
        production::ProductionPlugin,
        capacity::CapacityPlugin,
        labour::LabourPlugin,
        stocks::StocksPlugin,
        ahead::AheadPlugin,
        sourcing::SourcingPlugin,
        importer::ImporterPlugin,
        (government::GovernmentPlugin, household::HouseholdPlugin),
        (
            (trade::TradePlugin, quota::QuotaPlugin, refund::RefundPlugin),
            valuation::ValuationPlugin,
            investment::InvestmentPlugin,
            credit::CreditPlugin,
        ),
        (
            (monetary::MonetaryPlugin, currency::CurrencyPlugin),
            (equity::EquityPlugin, stress::StressPlugin),
        ),
        (
            approval::ApprovalPlugin,
            talks::TalksPlugin,
            accounts::AccountsPlugin,
        ),
    ));
}
