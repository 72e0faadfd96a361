//! Levers: duties of one government on the goods of one origin that talks can move.
//!
//! A lever is the part of the rates of some flows that some measures make up: the country
//! rate of a partner, a duty on its cars, an answer to the duties of another. It has one
//! statutory rate, and moves what its measures add to every rate in proportion:
//!
//! ```text
//! part(day) = part in law(day) × rate / rate in law(day)      where the law has a rate
//! part(day) = part in law(day) + exposure × rate              where it has none
//! ```
//!
//! with exposure the collected rate per unit of the lever's rate. Collected rates move by
//! the change of the parts, so that all the rest of them stays; rates once goods afloat
//! have arrived by that with goods afloat counted; applied rates by the change of the
//! parts over the share that is collected; statutory ones by coverage × change of the
//! rate. A rate set in mid-run spares no goods afloat of its own, and a cut below what
//! the record collected is not stopped at zero. What quotas and refunds make of the parts
//! moves with them.
//!
//! Everything is taken from the law as it stood, so that a lever that is set twice is where
//! it would be if it had been set once. No two levers own one measure on one flow.

mod shift;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use tradewinds_equilibrium::Economy;
use tradewinds_units::Date;

use crate::customs::RateCalendar;

/// What a unit of the rate of a lever does to one flow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exposure {
    /// Flow `[n][i][s]`.
    pub flow: u32,
    /// Collected rate per unit of the lever's, once goods afloat have arrived, share.
    pub collected: f64,
    /// Statutory rate per unit of the lever's: the part of the flow on its lists, share.
    pub statutory: f64,
}

/// A lever as the law has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Statute {
    /// Economy that sets the rate.
    pub importer: usize,
    /// Economy whose goods pay it.
    pub origin: usize,
    /// Measures whose parts of rates move, in the list of the scenario; a rate where the
    /// law has none is booked under the first.
    pub measures: Vec<u32>,
    /// Statutory rate (share of customs value) by its first day, in order of days; the first
    /// also holds before its day, and without any there is no rate.
    pub scheduled: Vec<(Date, f64)>,
    /// Flows that it moves, in order.
    pub exposure: Vec<Exposure>,
    /// Share of applied duties that is collected, above zero.
    pub collection: f64,
}

impl Statute {
    /// Rate that the law has on a day, share of customs value.
    pub fn rate_on(&self, day: Date) -> f64 {
        rate_on(&self.scheduled, day)
    }

    /// A duty on all goods of an origin that no law knows yet, booked under a measure.
    pub fn on_all_goods(
        economy: &Economy,
        (importer, origin): (usize, usize),
        measure: u32,
        collection: f64,
    ) -> Self {
        let sales = &economy.accounts().sales;
        let goods = (0..economy.sectors).filter(|s| Some(*s) != economy.services);
        let flows = goods.map(|s| economy.flow(importer, origin, s));
        let traded = flows.filter(|flow| sales[*flow] > 0.0);
        Self::on_flows((importer, origin), traded, measure, collection)
    }

    /// A duty on all of some flows, in order, that no law knows yet, booked under a measure.
    pub fn on_flows(
        (importer, origin): (usize, usize),
        flows: impl Iterator<Item = usize>,
        measure: u32,
        collection: f64,
    ) -> Self {
        Self {
            importer,
            origin,
            measures: vec![measure],
            scheduled: vec![(Date::MIN, 0.0)],
            exposure: flows
                .map(|flow| Exposure {
                    flow: flow as u32,
                    collected: collection,
                    statutory: 1.0,
                })
                .collect(),
            collection,
        }
    }
}

/// A duty that talks can move, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Lever {
    /// The lever as the law had it.
    statute: Statute,
    /// The law as it stood.
    law: Arc<RateCalendar>,
    scheduled: Vec<(Date, f64)>,
}

impl Lever {
    /// A lever of a law that nobody has moved yet.
    pub fn new(statute: Statute, law: Arc<RateCalendar>) -> Self {
        Self {
            scheduled: statute.scheduled.clone(),
            statute,
            law,
        }
    }

    /// The lever as the law had it before anybody moved it.
    pub fn statute(&self) -> &Statute {
        &self.statute
    }

    /// Statutory rate by its first day as it stands, share of customs value.
    pub fn scheduled(&self) -> &[(Date, f64)] {
        &self.scheduled
    }

    /// Statutory rate on a day as it stands, share of customs value.
    pub fn rate_on(&self, day: Date) -> f64 {
        rate_on(&self.scheduled, day)
    }

    /// Sets the rate for good from a day on. The calendar is that of the lever's law, with
    /// whatever was amended since.
    pub fn set(&mut self, calendar: &mut RateCalendar, from: Date, rate: f64) {
        self.follow(calendar, &[(from, rate)]);
    }

    /// Sets rates by their first days, in order of days; the last one for good.
    pub fn follow(&mut self, calendar: &mut RateCalendar, path: &[(Date, f64)]) {
        let Some((from, _)) = path.first() else {
            return;
        };
        let before = self.scheduled.iter().filter(|(day, _)| day < from);
        let scheduled: Vec<(Date, f64)> = before.chain(path).copied().collect();
        let days: Vec<Date> = path.iter().map(|(day, _)| *day).collect();
        calendar.amend_on(&days, |day, table| {
            let rates = (rate_on(&self.scheduled, day), rate_on(&scheduled, day));
            self.shift(day, rates, table);
        });
        self.scheduled = scheduled;
    }
}

/// Rate on a day of a schedule; the first also holds before its day.
pub fn rate_on(scheduled: &[(Date, f64)], day: Date) -> f64 {
    let held = scheduled.partition_point(|(first, _)| *first <= day);
    let at = scheduled.get(held.saturating_sub(1));
    at.map_or(0.0, |(_, rate)| *rate)
}

/// Mean rate of governments that share the trade of one economy, weighed by their shares
/// of it; nothing where they have none.
pub fn mean_rate(rates: &[f64], shares: &[f64]) -> Option<f64> {
    let all: f64 = shares.iter().sum();
    let first = rates.first().filter(|_| all > 0.0)?;
    // Equal rates are their own mean, to the last bit.
    let apart = rates.iter().zip(shares);
    let apart: f64 = apart.map(|(rate, share)| share * (rate - first)).sum();
    Some(first + apart / all)
}
