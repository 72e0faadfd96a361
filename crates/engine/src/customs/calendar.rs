//! The calendar of rates: which table of rates holds on which day.
//!
//! A law may change during a run ([`RateCalendar::amend`]): tables that held before the
//! day stay as they are, those that hold from it on are written anew. An amended table is
//! another table, by which customs tell that rates have changed. Calendars of many runs
//! share their tables; a run that amends its own copies those that it changes.

use std::ops::Range;
use std::sync::Arc;

use tradewinds_units::{Date, days_between};

use super::RateTable;
use crate::beliefs::Outlook;
use crate::quota::QuotaRule;
use crate::refund::RefundOrder;

/// Rates by date: a table holds from its date until the next.
#[derive(Debug, Clone, PartialEq)]
pub struct RateCalendar {
    /// Shared by the calendars of all runs until one of them is amended.
    tables: Vec<(Date, Arc<RateTable>)>,
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
        let shared = |(date, table)| (date, Arc::new(table));
        Self {
            tables: tables.into_iter().map(shared).collect(),
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

    /// The table that holds until the first change.
    ///
    /// # Panics
    /// Never: a calendar has a table.
    pub(super) fn first(&self) -> &Arc<RateTable> {
        &self.tables[0].1
    }

    /// Changes the law from a day on: `change` is given every table that holds then or
    /// later, with the first day on which it does.
    pub fn amend(&mut self, from: Date, change: impl FnMut(Date, &mut RateTable)) {
        self.amend_on(&[from], change);
    }

    /// The same from the first of some days on, where a table that holds across one of them
    /// becomes two.
    pub fn amend_on(&mut self, days: &[Date], mut change: impl FnMut(Date, &mut RateTable)) {
        let Some(from) = days.iter().min() else {
            return;
        };
        let first = self.tables[0].0;
        for day in days {
            self.split(*day);
        }
        for (day, table) in &mut self.tables {
            if *day < *from {
                continue;
            }
            // A table that is this calendar's alone has not been in force.
            match Arc::get_mut(table) {
                Some(own) => change(*day, own),
                None => {
                    let mut amended = RateTable::clone(table);
                    change(*day, &mut amended);
                    if amended != **table {
                        *table = Arc::new(amended);
                    }
                }
            }
        }
        // A day on which nothing changes is no boundary.
        self.tables.dedup_by(|next, last| {
            Arc::ptr_eq(&next.1, &last.1) || (days.contains(&next.0) && next.1 == last.1)
        });
        if self.tables.get(1).is_none_or(|(second, _)| *second > first) {
            self.tables[0].0 = first;
        }
    }

    /// Announces on a day what the law still holds for the flows of an importer,
    /// `[n][i][s]`, in the place of what was announced of it as law; after
    /// [`amend`](Self::amend). A change that holds from that day on is no longer announced.
    /// All that the calendar holds is taken for known: a law is frozen, and its claims of
    /// relief with it, before it is restated.
    pub fn restate(&mut self, today: Date, flows: Range<usize>) {
        let tables = &self.tables;
        self.outlook.restate(
            today,
            flows.clone(),
            &coming(tables, today, |table| &table.collected),
        );
        if let Some(lasting) = &mut self.lasting_outlook {
            lasting.restate(today, flows, &coming(tables, today, RateTable::lasting));
        }
    }

    /// Makes a day the first of a table.
    fn split(&mut self, day: Date) {
        let held = self.tables.partition_point(|(first, _)| *first <= day);
        let table = self.tables[held.saturating_sub(1)].clone();
        // The first table also holds before its date.
        if held <= 1
            && table.0 >= day
            && let Ok(before) = day.yesterday()
        {
            self.tables.insert(0, (before, table.1.clone()));
            return self.split(day);
        }
        if table.0 < day {
            self.tables.insert(held, (day, table.1));
        }
    }

    /// Tables that hold on some day from `from` to the day before `to`, with the number of
    /// days each holds.
    pub(super) fn held(&self, from: Date, to: Date) -> Vec<(Arc<RateTable>, i64)> {
        let spans = self.spans(from, to).into_iter();
        spans
            .map(|(table, days)| (self.tables[table].1.clone(), days))
            .collect()
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

/// Rates that hold on a day, and on the first day of every table after it.
fn coming(
    tables: &[(Date, Arc<RateTable>)],
    today: Date,
    rates: fn(&RateTable) -> &[f64],
) -> Vec<(Date, &[f64])> {
    let held = tables.partition_point(|(first, _)| *first <= today);
    let tables = tables[held.saturating_sub(1)..].iter();
    tables
        .enumerate()
        .map(|(at, (first, table))| (if at == 0 { today } else { *first }, rates(table)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::table;
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// 10 % from January, 25 % from March, 30 % from June.
    fn steps() -> RateCalendar {
        RateCalendar::new(vec![
            (day("2025-01-01"), table(0.1)),
            (day("2025-03-12"), table(0.25)),
            (day("2025-06-01"), table(0.3)),
        ])
    }

    fn collects(law: &RateCalendar, on: &str, rate: f64) {
        let found = law.on(day(on)).collected[0];
        assert!((found - rate).abs() < 1e-15, "{on}: {found} {rate}");
    }

    #[test]
    fn an_amendment_leaves_the_law_before_its_day() {
        let (before, mut law) = (steps(), steps());
        let mut days = Vec::new();
        law.amend(day("2025-04-01"), |first, table| {
            days.push(first);
            table.collected[0] += 0.01;
        });
        assert_eq!(days, [day("2025-04-01"), day("2025-06-01")]);
        for on in ["2024-06-01", "2025-02-01", "2025-03-12", "2025-03-31"] {
            assert_eq!(law.on(day(on)), before.on(day(on)));
        }
        collects(&law, "2025-04-01", 0.26);
        collects(&law, "2025-07-01", 0.31);
        assert_eq!(law.tables[..2], before.tables[..2]);
    }

    #[test]
    fn an_amendment_from_the_first_day_leaves_what_held_before_it() {
        for from in ["2024-12-01", "2025-01-01"] {
            let mut law = steps();
            law.amend(day(from), |_, table| table.collected[0] = 0.0);
            collects(&law, "2024-11-30", 0.1);
            collects(&law, from, 0.0);
            collects(&law, "2025-02-01", 0.0);
        }
    }

    #[test]
    fn an_amendment_that_changes_nothing_leaves_the_calendar_as_it_is() {
        let (before, mut law) = (steps(), steps());
        let days = [day("2025-02-01"), day("2025-04-01")];
        law.amend_on(&days, |_, _| ());
        assert_eq!(law, before);
        law.amend_on(&[day("2024-06-01"), day("2025-01-01")], |_, _| ());
        assert_eq!(law, before);
        // Where nothing changes on the second day, there is none.
        law.amend_on(&days, |_, table| table.collected[0] += 0.01);
        law.amend(day("2025-05-01"), |_, _| ());
        let first_days: Vec<Date> = law.tables.iter().map(|(first, _)| *first).collect();
        let known = ["01-01", "02-01", "03-12", "06-01"].map(|on| day(&format!("2025-{on}")));
        assert_eq!(first_days, known);
    }

    #[test]
    fn a_calendar_shares_the_tables_that_it_does_not_amend() {
        let shared = steps();
        let mut own = shared.clone();
        own.amend(day("2025-06-01"), |_, table| table.collected[0] = 0.0);
        assert!(Arc::ptr_eq(&own.tables[1].1, &shared.tables[1].1));
        collects(&shared, "2025-07-01", 0.3);
        collects(&own, "2025-07-01", 0.0);
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
