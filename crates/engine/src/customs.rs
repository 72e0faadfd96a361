//! Customs: which rates are in force, and what an importer owes.
//!
//! duty \[USD\] = price at the border × (1 + export tax) × collected rate.
//!
//! Three rates are kept apart: *statutory* (as written), *applied* (after
//! claims, content and exemptions) and *collected* (what reaches the treasury).
//! Only the collected rate enters a landed price. A rate that changes inside a
//! tick enters as its time-weighted mean over the tick.

mod calendar;

use std::sync::Arc;

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::maths::{ln, ln_slice};
use tradewinds_kernel::phase::Phase;

pub use self::calendar::RateCalendar;
use crate::Tick;
use crate::model::Model;

/// Rates of all bilateral flows over a span of days; arrays are `[n][i][s]` in
/// the order of [`tradewinds_equilibrium::EconomyParts::flow`], as shares of
/// the price at the border.
#[derive(Debug, Clone, PartialEq)]
pub struct RateTable {
    /// Rates as written in law, base duties included.
    pub statutory: Vec<f64>,
    /// Rates after claims, content shares and exemptions.
    pub applied: Vec<f64>,
    /// Rates that reach the treasury; goods under a quota pay the rate within it.
    pub collected: Vec<f64>,
    /// The same once no goods afloat pay the rate before, of the law of a day; empty where
    /// none do, and in the means of a tick.
    pub once_arrived: Vec<f64>,
    /// Export taxes of the origin.
    pub export_tax: Vec<f64>,
    /// Trade cost relative to the base year (1 is unchanged).
    pub trade_cost: Vec<f64>,
    /// Part of `collected` that each measure adds: flow, measure, rate; in order of flows.
    pub by_measure: Vec<MeasureRate>,
    /// Quotas that are open to some flow.
    pub quotas: Vec<QuotaRate>,
    /// Part of `collected` that is to be paid back: flow, index of the refund order in
    /// the list of the calendar (in the place of the measure), rate.
    pub refunds: Vec<MeasureRate>,
}

impl RateTable {
    /// Rates that reach the treasury once no goods afloat pay the rate before: what
    /// markets look at.
    pub fn lasting(&self) -> &[f64] {
        match self.once_arrived.is_empty() {
            true => &self.collected,
            false => &self.once_arrived,
        }
    }
}

/// What a quota makes of one flow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuotaRate {
    /// Index of the quota in the list of the calendar.
    pub quota: u32,
    /// Index of the flow, `[n][i][s]`.
    pub flow: u32,
    /// Index of the measure that owns the rate above the volume.
    pub measure: u32,
    /// Share of the flow to which the quota is open.
    pub share: f64,
    /// What the flow pays on top when all of that share enters above the volume
    /// (share of its price at the border).
    pub gap: f64,
}

/// What one measure adds to the collected rate of one flow.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeasureRate {
    /// Index of the flow, `[n][i][s]`.
    pub flow: u32,
    /// Index of the measure in the list of the scenario.
    pub measure: u32,
    /// Rate it adds, share of the price at the border.
    pub rate: f64,
}

/// Rates of the current tick, and what they make of a price.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct RatesInForce {
    /// Time-weighted rates over the tick.
    pub rates: RateTable,
    /// Log of the landed price relative to the price at the factory gate, relative to
    /// the base year: (1 + duty)(1 + export tax) × trade cost over the base value.
    pub log_wedge: Vec<f64>,
    /// Tables that hold in the tick, with the days that each holds.
    spans: Vec<(Arc<RateTable>, i64)>,
    /// Number of times that rates were written anew.
    laws: u32,
}

/// Systems that change the law itself, as by a signed deal, through
/// [`RateCalendar::amend`]: in [`Phase::EnactPolicy`], before everything that reads it.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LawSystems;

/// The system that puts the law of the day in force; a rule that changes rates
/// comes after it and before [`QuotaSystems`](crate::quota::QuotaSystems), in
/// [`Phase::EnactPolicy`].
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CustomsSystems;

impl RatesInForce {
    /// Number of times that customs has written all rates anew; what others make of
    /// the rates holds as long as it stands still.
    pub fn laws(&self) -> u32 {
        self.laws
    }

    /// Adds to the export tax of a flow, `[n][i][s]`, and to what it makes of a
    /// price; a negative change is a subsidy. It holds until the law changes.
    pub fn add_export_tax(&mut self, flow: usize, change: f64) {
        let before = self.rates.export_tax[flow];
        self.rates.export_tax[flow] = before + change;
        self.log_wedge[flow] += ln((1.0 + before + change) / (1.0 + before));
    }

    /// Replaces the collected rate of a flow, `[n][i][s]` (share of the price at the
    /// border, above -1), and what it makes of a price. It holds until the law
    /// changes.
    pub fn set_import_duty(&mut self, flow: usize, rate: f64) {
        let before = self.rates.collected[flow];
        self.rates.collected[flow] = rate;
        self.log_wedge[flow] += ln((1.0 + rate) / (1.0 + before));
    }
}

/// Duties and export taxes charged this tick, by flow, USD bn.
#[derive(Resource, Debug, Clone, Default, PartialEq)]
pub struct DutiesCharged {
    /// Import duties, `[n][i][s]`.
    pub import_duty: Vec<f64>,
    /// Export taxes, `[n][i][s]`.
    pub export_tax: Vec<f64>,
}

/// Sets the rates in force.
pub struct CustomsPlugin;

impl Plugin for CustomsPlugin {
    fn build(&self, app: &mut App) {
        let model = app.world().resource::<Model>().clone();
        let flows = model.economy.flows();
        let first = model.law.first();
        app.insert_resource(RatesInForce {
            rates: RateTable::clone(first),
            log_wedge: log_wedge(&model, first),
            spans: vec![(first.clone(), 1)],
            laws: 0,
        })
        .insert_resource(DutiesCharged {
            import_duty: vec![0.0; flows],
            export_tax: vec![0.0; flows],
        })
        .configure_sets(
            Tick,
            LawSystems.in_set(Phase::EnactPolicy).before(CustomsSystems),
        )
        .add_systems(
            Tick,
            enact_rates
                .in_set(Phase::EnactPolicy)
                .in_set(CustomsSystems),
        );
    }
}

/// Fills [`RatesInForce`] when the date crosses a boundary of the calendar, and when a
/// table that holds in the tick was amended: an amended table is another one.
pub(crate) fn enact_rates(
    model: Res<Model>,
    clock: Res<Clock>,
    mut in_force: ResMut<RatesInForce>,
) {
    let spans = model.law.held(clock.date(), clock.end());
    if is_same(&spans, &in_force.spans) {
        return;
    }
    let rates = match spans.as_slice() {
        [(table, _)] => RateTable::clone(table),
        _ => mean_rates(&spans),
    };
    *in_force = RatesInForce {
        log_wedge: log_wedge(&model, &rates),
        rates,
        spans,
        laws: in_force.laws + 1,
    };
}

/// Whether the same tables hold for the same days.
fn is_same(spans: &[(Arc<RateTable>, i64)], others: &[(Arc<RateTable>, i64)]) -> bool {
    let mut pairs = spans.iter().zip(others);
    spans.len() == others.len()
        && pairs.all(|(one, other)| Arc::ptr_eq(&one.0, &other.0) && one.1 == other.1)
}

fn mean_rates(spans: &[(Arc<RateTable>, i64)]) -> RateTable {
    let days: i64 = spans.iter().map(|(_, days)| days).sum();
    let tables: Vec<(&RateTable, f64)> = spans
        .iter()
        .map(|(table, held)| (&**table, *held as f64 / days as f64))
        .collect();
    // Rates equal in all tables are their own mean, to the last bit.
    let mean = |column: fn(&RateTable) -> &[f64]| -> Vec<f64> {
        let first = column(tables[0].0);
        let mut mean = first.to_vec();
        for (table, weight) in &tables[1..] {
            for ((sum, rate), first) in mean.iter_mut().zip(column(table)).zip(first) {
                *sum += weight * (rate - first);
            }
        }
        mean
    };
    let by_measure = mean_by_measure(&tables, |table| &table.by_measure);
    let refunds = mean_by_measure(&tables, |table| &table.refunds);
    let quotas = mean_quotas(&tables);
    RateTable {
        statutory: mean(|table| &table.statutory),
        applied: mean(|table| &table.applied),
        collected: mean(|table| &table.collected),
        once_arrived: Vec::new(),
        export_tax: mean(|table| &table.export_tax),
        trade_cost: mean(|table| &table.trade_cost),
        by_measure,
        quotas,
        refunds,
    }
}

/// Mean share and gap of each quota and flow; zero in the tables that do not name it.
fn mean_quotas(tables: &[(&RateTable, f64)]) -> Vec<QuotaRate> {
    let first = &tables[0].0.quotas;
    if tables.iter().all(|(table, _)| table.quotas == *first) {
        return first.clone();
    }
    let mut parts: Vec<QuotaRate> = tables
        .iter()
        .flat_map(|(table, weight)| {
            table.quotas.iter().map(move |part| QuotaRate {
                share: weight * part.share,
                gap: weight * part.gap,
                ..*part
            })
        })
        .collect();
    let key = |part: &QuotaRate| (part.quota, part.flow, part.measure);
    parts.sort_by_key(key);
    let sum = |parts: &[QuotaRate]| QuotaRate {
        share: parts.iter().map(|part| part.share).sum(),
        gap: parts.iter().map(|part| part.gap).sum(),
        ..parts[0]
    };
    let same = |a: &QuotaRate, b: &QuotaRate| key(a) == key(b);
    parts.chunk_by(same).map(sum).collect()
}

/// Mean rate of each flow and measure; zero in the tables that do not name it.
fn mean_by_measure(
    tables: &[(&RateTable, f64)],
    column: fn(&RateTable) -> &Vec<MeasureRate>,
) -> Vec<MeasureRate> {
    let mut parts: Vec<(MeasureRate, f64)> = tables
        .iter()
        .flat_map(|(table, weight)| column(table).iter().map(|part| (*part, *weight)))
        .collect();
    parts.sort_by_key(|(part, _)| (part.flow, part.measure));
    let same = |a: &(MeasureRate, f64), b: &(MeasureRate, f64)| {
        (a.0.flow, a.0.measure) == (b.0.flow, b.0.measure)
    };
    let mean = |parts: &[(MeasureRate, f64)]| {
        let first = parts[0].0.rate.to_bits();
        let is_constant = parts.iter().all(|(part, _)| part.rate.to_bits() == first);
        let rate = if is_constant && parts.len() == tables.len() {
            parts[0].0.rate
        } else {
            parts.iter().map(|(part, weight)| part.rate * weight).sum()
        };
        MeasureRate { rate, ..parts[0].0 }
    };
    parts.chunk_by(same).map(mean).collect()
}

fn log_wedge(model: &Model, rates: &RateTable) -> Vec<f64> {
    let economy = &model.economy;
    let mut wedge: Vec<f64> = (0..economy.flows())
        .map(|flow| {
            let now = (1.0 + rates.collected[flow]) * (1.0 + rates.export_tax[flow]);
            let base = (1.0 + economy.import_duty[flow]) * (1.0 + economy.export_tax[flow]);
            now / base * rates.trade_cost[flow]
        })
        .collect();
    ln_slice(&mut wedge);
    wedge
}

/// A table of one flow and one measure, for tests.
#[cfg(test)]
pub(crate) fn table(rate: f64) -> RateTable {
    RateTable {
        statutory: vec![rate],
        applied: vec![rate],
        collected: vec![rate],
        once_arrived: Vec::new(),
        export_tax: vec![0.0],
        trade_cost: vec![1.0],
        by_measure: vec![MeasureRate {
            flow: 0,
            measure: 0,
            rate,
        }],
        quotas: Vec::new(),
        refunds: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use tradewinds_units::Date;

    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_rate_that_changes_inside_a_week_is_weighted_by_days() {
        let law = RateCalendar::new(vec![
            (day("2025-01-01"), table(0.0)),
            (day("2025-03-12"), table(0.25)),
        ]);
        let spans = law.held(day("2025-03-10"), day("2025-03-17"));
        let days: Vec<i64> = spans.iter().map(|(_, days)| *days).collect();
        assert_eq!(days, [2, 5]);
        let mean = mean_rates(&spans);
        assert!((mean.collected[0] - 0.25 * 5.0 / 7.0).abs() < 1e-15);
        assert_eq!(mean.by_measure.len(), 1);
        assert!((mean.by_measure[0].rate - mean.collected[0]).abs() < 1e-15);
    }

    #[test]
    fn a_rate_that_does_not_change_is_its_own_mean_to_the_last_bit() {
        let tables = [0.1, 0.3].map(|other| RateTable {
            applied: vec![other],
            ..table(0.123)
        });
        let [before, after] = tables;
        let law = RateCalendar::new(vec![
            (day("2025-01-01"), before),
            (day("2025-03-12"), after),
        ]);
        let spans = law.held(day("2025-03-10"), day("2025-03-17"));
        let mean = mean_rates(&spans);
        assert_eq!(mean.collected[0].to_bits(), 0.123_f64.to_bits());
        assert_eq!(mean.by_measure[0].rate.to_bits(), 0.123_f64.to_bits());
        assert!(mean.applied[0] > 0.1 && mean.applied[0] < 0.3);
    }

    #[test]
    fn a_quota_that_opens_inside_a_week_is_open_for_its_days() {
        let part = QuotaRate {
            quota: 0,
            flow: 0,
            measure: 0,
            share: 0.7,
            gap: 0.21,
        };
        let under = RateTable {
            quotas: vec![part],
            ..table(0.1)
        };
        let law = RateCalendar::new(vec![
            (day("2025-01-01"), table(0.1)),
            (day("2025-03-12"), under),
        ]);
        let mean = mean_rates(&law.held(day("2025-03-10"), day("2025-03-17")));
        assert!((mean.quotas[0].share - 0.5).abs() < 1e-15);
        assert!((mean.quotas[0].gap - 0.15).abs() < 1e-15);
        assert_eq!(law.open_to(0), vec![(0, 0.7)]);
        assert_eq!(law.open_to(1), vec![]);
    }
}
