//! Customs: which rates are in force, and what an importer owes.
//!
//! duty \[USD\] = price at the border × (1 + export tax) × collected rate.
//!
//! Three rates are kept apart: *statutory* (as written), *applied* (after
//! claims, content and exemptions) and *collected* (what reaches the treasury).
//! Only the collected rate enters a landed price. A rate that changes inside a
//! tick enters as its time-weighted mean over the tick.

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::maths::{ln, ln_slice};
use tradewinds_kernel::phase::Phase;
use tradewinds_units::{Date, days_between};

use crate::Tick;
use crate::beliefs::Outlook;
use crate::model::Model;
use crate::quota::QuotaRule;
use crate::refund::RefundOrder;

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
    /// Part of `collected` that each measure adds: flow, measure, rate.
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

/// Rates by date: a table holds from its date until the next.
#[derive(Debug, Clone, PartialEq)]
pub struct RateCalendar {
    tables: Vec<(Date, RateTable)>,
    outlook: Outlook,
    lasting_outlook: Option<Outlook>,
    quotas: Vec<QuotaRule>,
    refunds: Vec<RefundOrder>,
}

impl RateCalendar {
    /// Tables by first day in force.
    ///
    /// # Panics
    /// When there is no table or the dates do not increase.
    pub fn new(mut tables: Vec<(Date, RateTable)>) -> Self {
        assert!(!tables.is_empty(), "a calendar needs a table");
        assert!(
            tables.windows(2).all(|pair| pair[0].0 < pair[1].0),
            "dates must increase"
        );
        // Rates written down again change nothing, not even the rounding of a mean.
        tables.dedup_by(|next, last| next.1 == last.1);
        Self {
            tables,
            outlook: Outlook::default(),
            lasting_outlook: None,
            quotas: Vec::new(),
            refunds: Vec::new(),
        }
    }

    /// The same rates for ever.
    pub fn constant(table: RateTable) -> Self {
        Self::new(vec![(Date::MIN, table)])
    }

    /// The same rates, with what is announced before it holds.
    pub fn with_outlook(mut self, outlook: Outlook) -> Self {
        self.outlook = outlook;
        self
    }

    /// The same rates, with what is announced of lasting rates where that differs.
    pub fn with_lasting_outlook(mut self, outlook: Outlook) -> Self {
        self.lasting_outlook = Some(outlook);
        self
    }

    /// The same rates, with the quotas to which its tables point.
    pub fn with_quotas(mut self, quotas: Vec<QuotaRule>) -> Self {
        self.quotas = quotas;
        self
    }

    /// The same rates, with the refund orders to which its tables point.
    pub fn with_refunds(mut self, refunds: Vec<RefundOrder>) -> Self {
        self.refunds = refunds;
        self
    }

    /// Refund orders, in the order in which tables point to them.
    pub fn refunds(&self) -> &[RefundOrder] {
        &self.refunds
    }

    /// Quotas, in the order in which tables point to them.
    pub fn quotas(&self) -> &[QuotaRule] {
        &self.quotas
    }

    /// Flows to which a quota is open at some time, with the share on the first day
    /// of each, sorted by flow.
    pub fn open_to(&self, quota: usize) -> Vec<(usize, f64)> {
        let parts = self.tables.iter().flat_map(|(_, table)| &table.quotas);
        let mut open: Vec<(usize, f64)> = parts
            .filter(|part| part.quota as usize == quota)
            .map(|part| (part.flow as usize, part.share))
            .collect();
        open.sort_by_key(|(flow, _)| *flow);
        open.dedup_by_key(|(flow, _)| *flow);
        open
    }

    /// What is announced before it holds.
    pub fn outlook(&self) -> &Outlook {
        &self.outlook
    }

    /// What is announced of lasting rates before it holds: clauses on goods afloat apart.
    pub fn lasting_outlook(&self) -> &Outlook {
        self.lasting_outlook.as_ref().unwrap_or(&self.outlook)
    }

    /// The table that holds from the last change on.
    ///
    /// # Panics
    /// Never: a calendar has a table.
    pub fn last(&self) -> &RateTable {
        &self.tables[self.tables.len() - 1].1
    }

    /// The table that holds on a day.
    pub fn on(&self, day: Date) -> &RateTable {
        let in_force = self.tables.iter().rposition(|(date, _)| *date <= day);
        &self.tables[in_force.unwrap_or(0)].1
    }

    /// Tables that hold on some day from `from` to the day before `to`, with
    /// the number of days each holds. The first table also holds before its date.
    fn spans(&self, from: Date, to: Date) -> Vec<(usize, i64)> {
        let starts = self.tables.iter().map(|(date, _)| *date);
        let ends = starts.clone().skip(1).chain(std::iter::once(Date::MAX));
        let mut spans = Vec::new();
        for (table, (start, end)) in starts.zip(ends).enumerate() {
            let first = if table == 0 { from } else { start.max(from) };
            let days = days_between(first, end.min(to));
            if days > 0 {
                spans.push((table, days));
            }
        }
        if spans.is_empty() {
            // A tick within one day.
            let in_force = self.tables.iter().rposition(|(date, _)| *date <= from);
            spans.push((in_force.unwrap_or(0), 1));
        }
        spans
    }
}

/// Rates of the current tick, and what they make of a price.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct RatesInForce {
    /// Time-weighted rates over the tick.
    pub rates: RateTable,
    /// Log of the landed price relative to the price at the factory gate, relative to
    /// the base year: (1 + duty)(1 + export tax) × trade cost over the base value.
    pub log_wedge: Vec<f64>,
    spans: Vec<(usize, i64)>,
    /// Number of times that rates were written anew.
    laws: u32,
}

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
        let rates = model.law.tables[0].1.clone();
        let log_wedge = log_wedge(&model, &rates);
        app.insert_resource(RatesInForce {
            rates,
            log_wedge,
            spans: vec![(0, 1)],
            laws: 0,
        })
        .insert_resource(DutiesCharged {
            import_duty: vec![0.0; flows],
            export_tax: vec![0.0; flows],
        })
        .add_systems(
            Tick,
            enact_rates
                .in_set(Phase::EnactPolicy)
                .in_set(CustomsSystems),
        );
    }
}

/// Fills [`RatesInForce`] when the date crosses a boundary of the calendar.
pub(crate) fn enact_rates(
    model: Res<Model>,
    clock: Res<Clock>,
    mut in_force: ResMut<RatesInForce>,
) {
    let spans = model.law.spans(clock.date(), clock.end());
    if spans == in_force.spans {
        return;
    }
    let rates = match spans.as_slice() {
        [(table, _)] => model.law.tables[*table].1.clone(),
        _ => mean_rates(&model.law, &spans),
    };
    *in_force = RatesInForce {
        log_wedge: log_wedge(&model, &rates),
        rates,
        spans,
        laws: in_force.laws + 1,
    };
}

fn mean_rates(law: &RateCalendar, spans: &[(usize, i64)]) -> RateTable {
    let days: i64 = spans.iter().map(|(_, days)| days).sum();
    let tables: Vec<(&RateTable, f64)> = spans
        .iter()
        .map(|(table, held)| (&law.tables[*table].1, *held as f64 / days as f64))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rate: f64) -> RateTable {
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

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_rate_that_changes_inside_a_week_is_weighted_by_days() {
        let law = RateCalendar::new(vec![
            (day("2025-01-01"), table(0.0)),
            (day("2025-03-12"), table(0.25)),
        ]);
        let spans = law.spans(day("2025-03-10"), day("2025-03-17"));
        assert_eq!(spans, vec![(0, 2), (1, 5)]);
        let mean = mean_rates(&law, &spans);
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
        let spans = law.spans(day("2025-03-10"), day("2025-03-17"));
        let mean = mean_rates(&law, &spans);
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
        let mean = mean_rates(&law, &law.spans(day("2025-03-10"), day("2025-03-17")));
        assert!((mean.quotas[0].share - 0.5).abs() < 1e-15);
        assert!((mean.quotas[0].gap - 0.15).abs() < 1e-15);
        assert_eq!(law.open_to(0), vec![(0, 0.7)]);
        assert_eq!(law.open_to(1), vec![]);
    }

    #[test]
    fn rates_written_down_again_are_no_boundary() {
        let law = RateCalendar::new(vec![
            (day("2025-01-01"), table(0.1)),
            (day("2025-03-12"), table(0.1)),
        ]);
        let spans = law.spans(day("2025-03-10"), day("2025-03-17"));
        assert_eq!(spans, vec![(0, 7)]);
    }

    #[test]
    fn a_tick_within_a_day_takes_the_rates_of_that_day() {
        let law = RateCalendar::new(vec![
            (day("2025-01-01"), table(0.0)),
            (day("2025-03-12"), table(0.25)),
        ]);
        let noon = day("2025-03-20");
        assert_eq!(law.spans(noon, noon), vec![(1, 1)]);
    }

    #[test]
    fn the_first_table_also_holds_before_its_date() {
        let law = RateCalendar::new(vec![(day("2025-01-01"), table(0.1))]);
        assert_eq!(
            law.spans(day("2024-01-01"), day("2024-01-08")),
            vec![(0, 7)]
        );
    }
}
