//! An export subsidy: a government pays part of what one of its sectors sells abroad.
//!
//! price at the border = price at the factory gate × (1 + export tax of the law − subsidy),
//! subsidy paid \[USD\] = value at the factory gate × subsidy.
//!
//! The subsidy is a negative export tax, so it needs no accounts of its own:
//! buyers abroad pay the lower price at the border and their duties on it, firms
//! receive the price at the factory gate, and customs pays the difference out of
//! the revenue of the exporting economy. Who lives on that revenue (households by
//! the rebate share, government by the rest) pays for the subsidy. Firms hand it
//! on in full; a markup that kept part of it would be a rule of pricing.
//!
//! A subsidy that starts inside a tick enters with its share of the tick's days,
//! like every other rate.

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_engine::Tick;
use tradewinds_engine::customs::{CustomsSystems, RatesInForce};
use tradewinds_engine::model::Model;
use tradewinds_engine::quota::QuotaSystems;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::phase::Phase;
use tradewinds_units::{Date, days_between};

/// Pays an export subsidy. Add after [`tradewinds_engine::baseline`].
#[derive(Debug, Clone, Copy)]
pub struct ExportSubsidyPlugin {
    /// Who pays, by index.
    pub economy: usize,
    /// Whose exports, by index.
    pub sector: usize,
    /// Share of the value at the factory gate, from 0 to below 1.
    pub rate: f64,
    /// First day.
    pub from: Date,
}

/// The system that grants the subsidy; order your own mechanism before or after this set.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ExportSubsidySystems;

/// The subsidy in a run.
#[derive(Resource, Debug, Clone)]
struct ExportSubsidy {
    terms: ExportSubsidyPlugin,
    /// Flows that receive it.
    flows: Vec<usize>,
    /// Rate that the rates in force already hold.
    granted: f64,
}

impl Plugin for ExportSubsidyPlugin {
    fn build(&self, app: &mut App) {
        let economy = app.world().resource::<Model>().economy.clone();
        let abroad = (0..economy.economies).filter(|buyer| *buyer != self.economy);
        app.insert_resource(ExportSubsidy {
            terms: *self,
            flows: abroad
                .map(|buyer| economy.flow(buyer, self.economy, self.sector))
                .collect(),
            granted: 0.0,
        })
        .add_systems(
            Tick,
            grant_subsidy
                .in_set(ExportSubsidySystems)
                .in_set(Phase::EnactPolicy)
                .after(CustomsSystems)
                .before(QuotaSystems),
        );
    }
}

impl ExportSubsidyPlugin {
    /// Rate of a tick: the subsidy over the part of its days on which it holds.
    fn rate_over(&self, first: Date, end: Date) -> f64 {
        let held = days_between(self.from.max(first), end).max(0);
        self.rate * held as f64 / days_between(first, end) as f64
    }
}

fn grant_subsidy(
    clock: Res<Clock>,
    mut subsidy: ResMut<ExportSubsidy>,
    mut in_force: ResMut<RatesInForce>,
) {
    // Customs writes the rates anew when the law changes, without the subsidy.
    if in_force.is_changed() {
        subsidy.granted = 0.0;
    }
    let due = subsidy.terms.rate_over(clock.date(), clock.end());
    let change = due - subsidy.granted;
    if change == 0.0 {
        return;
    }
    for flow in &subsidy.flows {
        in_force.add_export_tax(*flow, -change);
    }
    subsidy.granted = due;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subsidy_that_starts_on_the_sixth_day_of_a_week_counts_for_two_days() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let terms = ExportSubsidyPlugin {
            economy: 0,
            sector: 0,
            rate: 0.07,
            from: day("2025-07-05"),
        };
        let week = |first: &str, end: &str| terms.rate_over(day(first), day(end));
        assert_eq!(week("2025-06-23", "2025-06-30"), 0.0);
        assert!((week("2025-06-30", "2025-07-07") - 0.02).abs() < 1e-15);
        assert_eq!(week("2025-07-07", "2025-07-14"), 0.07);
    }
}
