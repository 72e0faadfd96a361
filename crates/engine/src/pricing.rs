//! Border prices: a constant markup on unit cost, reset by an exact clock.
//!
//! desired price = markup × unit cost. Hazard accumulates in years; a price is
//! reset when it reaches a unit-exponential threshold drawn for that reset, so
//! reset dates do not depend on the tick. Hazard above the threshold carries
//! over; several crossings in a tick are one change. An infinite hazard resets
//! every tick.

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::draws::{Decision, Draws};
use tradewinds_kernel::maths::ln;
use tradewinds_kernel::phase::Phase;

use crate::Tick;
use crate::columns::{OnlyTable, raw};
use crate::firm::{Firm, Line, Owner, Rows};
use crate::model::Model;
use crate::production::{LogUnitCost, ProductionPlanSystems};

/// Threshold of the next reset of a border price.
pub const BORDER_RESET: Decision = Decision::named("border price reset");

/// Log of the price at the factory gate, USD bn per unit.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct LogPrice(pub f64);

/// An exact clock: hazard left until the next reset, in expected resets.
#[derive(Component, Debug, Clone, Copy, PartialEq, Default)]
pub struct ResetClock {
    /// Hazard still to accumulate before the next reset.
    pub remaining: f64,
    /// Number of thresholds drawn so far.
    pub drawn: u32,
}

impl ResetClock {
    /// Draws the first threshold.
    pub fn started(draws: &Draws, decision: Decision, agent: u32) -> Self {
        Self {
            remaining: draws.exponential(decision, agent, 0),
            drawn: 1,
        }
    }

    /// Adds hazard; true when a threshold was reached.
    #[inline]
    pub fn advance(&mut self, hazard: f64, draws: &Draws, decision: Decision, agent: u32) -> bool {
        self.remaining -= hazard;
        if self.remaining > 0.0 {
            return false;
        }
        if hazard.is_infinite() {
            self.remaining = 0.0;
            return true;
        }
        while self.remaining <= 0.0 {
            self.remaining += draws.exponential(decision, agent, self.drawn);
            self.drawn += 1;
        }
        true
    }
}

/// Sets border prices. Add after [`crate::firm::FirmPlugin`].
pub struct PricingPlugin;

/// Systems that set border prices.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PricingSystems;

impl Plugin for PricingPlugin {
    fn build(&self, app: &mut App) {
        let draws = *app.world().resource::<Draws>();
        let world = app.world_mut();
        let mut clocks = world.query_filtered::<&mut ResetClock, With<Line>>();
        for (line, mut clock) in clocks.iter_mut(world).enumerate() {
            *clock = ResetClock::started(&draws, BORDER_RESET, line as u32);
        }
        app.add_systems(
            Tick,
            reset_border_prices
                .in_set(Phase::Plan)
                .in_set(PricingSystems)
                .after(ProductionPlanSystems),
        );
    }
}

fn reset_border_prices(
    model: Res<Model>,
    clock: Res<Clock>,
    draws: Res<Draws>,
    rows: Res<Rows>,
    firms: Query<&LogUnitCost, With<Firm>>,
    mut lines: Query<(&mut LogPrice, &mut ResetClock, &Owner), With<Line>>,
) {
    let cost = firms.table();
    let (mut price, mut resets, owner) = lines.table_mut();
    let (price, resets) = (raw(&mut price), raw(&mut resets));
    let economy = &model.economy;
    for buyer in 0..economy.economies {
        for sector in 0..economy.sectors {
            let hazard = model.frictions.border_reset[sector] * clock.dt();
            for origin in 0..economy.economies {
                let flow = Rows::flow(economy, buyer, origin, sector);
                let log_markup = ln(economy.markup[economy.flow(buyer, origin, sector)]);
                for line in rows.lines[flow]..rows.lines[flow + 1] {
                    if resets[line].advance(hazard, &draws, BORDER_RESET, line as u32) {
                        price[line].0 = log_markup + cost[owner[line].0 as usize].0;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reset_dates_do_not_depend_on_the_tick() {
        let draws = Draws::new(7, 0);
        let dates = |ticks_per_year: u32| {
            let mut clock = ResetClock::started(&draws, BORDER_RESET, 3);
            let hazard = 1.3 / f64::from(ticks_per_year);
            (0..20 * ticks_per_year)
                .filter(|_| clock.advance(hazard, &draws, BORDER_RESET, 3))
                .map(|tick| f64::from(tick) / f64::from(ticks_per_year))
                .collect::<Vec<_>>()
        };
        let (weekly, daily) = (dates(52), dates(364));
        assert!(weekly.len() > 10, "{weekly:?}");
        assert_eq!(weekly.len(), daily.len());
        for (week, day) in weekly.iter().zip(&daily) {
            assert!((week - day).abs() < 1.0 / 51.0, "{week} against {day}");
        }
    }

    #[test]
    fn an_infinite_hazard_resets_every_tick() {
        let draws = Draws::new(7, 0);
        let mut clock = ResetClock::started(&draws, BORDER_RESET, 3);
        assert!((0..5).all(|_| clock.advance(f64::INFINITY, &draws, BORDER_RESET, 3)));
        assert_eq!(clock.drawn, 1);
    }
}
