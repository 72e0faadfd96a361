//! The rate in force: one law, compiled, asked by importer, origin, product and day.
//!
//! Three rates are kept apart. *Statutory*: rate in law on the legal coverage
//! of lists. *Applied*: after claims of preference, content shares, quotas and
//! goods afloat. *Collected*: applied × (1 − collection gap), which callers
//! compute. A rate holds from 00:00 of its first day.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tradewinds_units::{Date, EconomyCode, SectorCode};

use crate::base::BaseDuty;
use crate::conflict;
use crate::error::PolicyError;
use crate::law::{Announcement, LawBook};
use crate::measure::{Combine, Measure};
use crate::reform::Reform;
use crate::stacking::{Added, Cell, Component, Resolved, Stack, Standing, whole_days};

/// How the law is applied at the border. The default follows the record.
#[derive(Debug, Clone, PartialEq)]
pub struct Practice {
    /// Scales the use of base-duty preferences; 1 is the record, 0 means none.
    pub preference_uptake: f64,
    /// Scales the share of trade that claims relief from a measure; 1 is the record.
    pub claim_scale: f64,
    /// Share of trade inside a quota by quota id; absent means the expected one.
    pub inside_quota: BTreeMap<String, f64>,
    /// Days between loading and entry on every route; when set, in-transit clauses hold.
    pub transit_days: Option<u32>,
    /// Days between loading and entry by importer and origin, where no `transit_days`
    /// are set; in-transit clauses do not hold for other pairs.
    pub transit_by_pair: BTreeMap<(EconomyCode, EconomyCode), u32>,
    /// Claims are made as on this day on every later one: how claims will grow is not
    /// law, and nobody knows it beforehand. Under a law that is frozen it is at the latest
    /// the day after which it is: claims of later days answer a later law.
    pub claims_as_of: Option<Date>,
    /// Charge what was published by the day of entry, so that retroactive
    /// texts act through refunds. Off: the law as it finally stands.
    pub as_published: bool,
}

impl Default for Practice {
    fn default() -> Self {
        Self {
            preference_uptake: 1.0,
            claim_scale: 1.0,
            inside_quota: BTreeMap::new(),
            transit_days: None,
            transit_by_pair: BTreeMap::new(),
            claims_as_of: None,
            as_published: false,
        }
    }
}

impl Practice {
    /// Days between loading and entry, if in-transit clauses hold for a pair.
    pub(crate) fn transit(&self, importer: EconomyCode, origin: EconomyCode) -> Option<u32> {
        let of_pair = || self.transit_by_pair.get(&(importer, origin)).copied();
        self.transit_days.or_else(of_pair)
    }

    /// The same with claims as on a day, or on an earlier one where it says so.
    fn known_on(self, day: Option<Date>) -> Self {
        let known = [self.claims_as_of, day].into_iter().flatten().min();
        Self {
            claims_as_of: known,
            ..self
        }
    }

    /// All lengths of transit to an importer, without repeats.
    fn transits(&self, importer: EconomyCode) -> BTreeSet<u32> {
        let own = self.transit_by_pair.iter();
        let own = own.filter(|((buyer, _), _)| *buyer == importer);
        match self.transit_days {
            Some(days) => BTreeSet::from([days]),
            None => own.map(|(_, days)| *days).collect(),
        }
    }
}

/// The duty on one importer's trade with one origin in one product on one day.
#[derive(Debug, Clone, PartialEq)]
pub struct RateInForce {
    /// Rate in law on legal coverage, with the base duty \[share of customs value\].
    pub statutory: f64,
    /// Rate after claims, content, quotas and transit, with the base duty
    /// \[share of customs value\].
    pub applied: f64,
    /// Base duty.
    pub base: BaseDuty,
    /// Measures in force, in the order of the book.
    pub components: Vec<Component>,
}

impl RateInForce {
    /// Statutory rate on top of the base duty \[share of customs value\].
    pub fn added_statutory(&self) -> f64 {
        self.components.iter().map(|one| one.statutory).sum()
    }

    /// Applied rate on top of the base duty \[share of customs value\].
    pub fn added_applied(&self) -> f64 {
        self.components.iter().map(|one| one.applied).sum()
    }
}

/// A rate and the days on which it holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Interval {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// The rate.
    pub rate: RateInForce,
}

/// Duties to be paid back on one cell.
#[derive(Debug, Clone, PartialEq)]
pub struct RefundDue {
    /// Day on which it is owed.
    pub paid: Date,
    /// First day of the entries concerned.
    pub from: Date,
    /// Last day of the entries concerned.
    pub to: Date,
    /// What is paid back \[share of customs value\].
    pub rate: f64,
    /// Text or ruling behind it.
    pub why: String,
}

/// A law after a reform, ready to be asked.
#[derive(Debug, Clone)]
pub struct TariffSchedule {
    law: Arc<LawBook>,
    measures: Arc<[Resolved]>,
    by_importer: Arc<BTreeMap<EconomyCode, Vec<usize>>>,
    practice: Practice,
}

impl TariffSchedule {
    /// Applies `reform` to `law` and checks that every combination is stated.
    ///
    /// # Errors
    /// When the reform names what the law does not hold, two measures of one
    /// authority tax the same goods at different rates without a stated
    /// combination, or measures give way to each other in a circle.
    pub fn compile(
        law: &LawBook,
        reform: &Reform,
        practice: Practice,
    ) -> Result<Self, Vec<PolicyError>> {
        let practice = practice.known_on(reform.frozen_after);
        let law = reform.apply(law)?;
        conflict::check(&law)?;
        let measures = resolve(&law)?;
        let mut by_importer: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (index, one) in measures.iter().enumerate() {
            by_importer
                .entry(one.measure.importer)
                .or_default()
                .push(index);
        }
        Ok(Self {
            law: Arc::new(law),
            measures: measures.into(),
            by_importer: Arc::new(by_importer),
            practice,
        })
    }

    /// The law after the reform.
    pub fn law(&self) -> &LawBook {
        &self.law
    }

    /// How it is applied.
    pub fn practice(&self) -> &Practice {
        &self.practice
    }

    /// The same law applied otherwise, with claims as they were at the latest when it was
    /// frozen.
    #[must_use]
    pub fn with_practice(&self, practice: Practice) -> Self {
        Self {
            practice: practice.known_on(self.practice.claims_as_of),
            ..self.clone()
        }
    }

    /// The rate on `date`, with each measure behind it.
    pub fn rate(
        &self,
        importer: EconomyCode,
        origin: EconomyCode,
        product: &SectorCode,
        date: Date,
    ) -> RateInForce {
        let cell = Cell {
            importer,
            origin,
            product,
            date,
        };
        let stack = self.stack();
        let standing = stack.standing(self.indices(importer), cell);
        let mut components = Vec::new();
        let (statutory, applied) = self.rates_under(&standing, |added| {
            components.push(stack.component(added, cell));
        });
        RateInForce {
            statutory,
            applied,
            base: standing.base.at(self.practice.preference_uptake),
            components,
        }
    }

    /// What the law says on `date`, before it is applied at the border: all that
    /// [`TariffSchedule::rates_under`] needs, for many practices.
    pub fn standing(
        &self,
        importer: EconomyCode,
        origin: EconomyCode,
        product: &SectorCode,
        date: Date,
    ) -> Standing {
        let cell = Cell {
            importer,
            origin,
            product,
            date,
        };
        self.stack().standing(self.indices(importer), cell)
    }

    /// Statutory and applied rate of a standing of this law under its practice, base
    /// duty included \[share of customs value\]; `each` is told what every measure in
    /// force adds, in the order of the book.
    pub fn rates_under<'a>(
        &'a self,
        standing: &Standing,
        mut each: impl FnMut(Added<'a>),
    ) -> (f64, f64) {
        let base = standing.base.at(self.practice.preference_uptake);
        let (mut statutory, mut applied) = (0.0, 0.0);
        for added in self.stack().added(standing) {
            statutory += added.statutory;
            applied += added.applied;
            each(added);
        }
        (base.statutory + statutory, base.applied + applied)
    }

    /// Days from `from` to `to`, both included, on which a rate of `importer`
    /// may change; of any importer when none is given. Sorted, without repeats.
    pub fn changes(&self, importer: Option<EconomyCode>, from: Date, to: Date) -> Vec<Date> {
        let mut dates = BTreeSet::new();
        for one in self.measures.iter() {
            if importer.is_none_or(|importer| importer == one.measure.importer) {
                self.dates_of(&one.measure, &mut dates);
            }
        }
        dates.range(from..=to).copied().collect()
    }

    /// Rates from `from` to `to`, both included, as intervals in which nothing changes.
    pub fn history(
        &self,
        importer: EconomyCode,
        origin: EconomyCode,
        product: &SectorCode,
        (from, to): (Date, Date),
    ) -> Vec<Interval> {
        let mut starts = vec![from];
        starts.extend(
            self.changes(Some(importer), from, to)
                .into_iter()
                .filter(|day| *day > from),
        );
        let mut found: Vec<Interval> = Vec::new();
        for start in starts {
            let rate = self.rate(importer, origin, product, start);
            match found.last_mut() {
                Some(last) if last.rate == rate => {}
                _ => {
                    if let Some(last) = found.last_mut() {
                        last.to = start.yesterday().unwrap_or(start);
                    }
                    found.push(Interval {
                        from: start,
                        to,
                        rate,
                    });
                }
            }
        }
        found
    }

    /// First day on which the law puts something in force, over all importers.
    pub fn first_change(&self) -> Option<Date> {
        self.changes(None, Date::MIN, Date::MAX).first().copied()
    }

    /// Everything made known from `from` to `to`, both included.
    pub fn announcements(&self, from: Date, to: Date) -> Vec<Announcement> {
        self.law.announcements(from, to)
    }

    /// Duties to be paid back on a cell: the difference between what was
    /// charged before a retroactive text and what the law finally says, and
    /// the refunds that rulings order.
    pub fn refunds(
        &self,
        importer: EconomyCode,
        origin: EconomyCode,
        product: &SectorCode,
    ) -> Vec<RefundDue> {
        let mut due = self.retroactive_refunds(importer, origin, product);
        let refunds = self.law.instruments.iter().flat_map(|one| &one.refunds);
        for refund in refunds.filter(|one| one.importer == importer && one.share > 0.0) {
            for interval in self.history(importer, origin, product, (refund.from, refund.to)) {
                let named = |one: &&Component| {
                    let measure = self.law.measure(&one.measure);
                    measure.is_some_and(|known| refund.of.iter().any(|name| known.answers_to(name)))
                };
                let paid = interval
                    .rate
                    .components
                    .iter()
                    .filter(named)
                    .map(|one| one.applied);
                let rate = paid.sum::<f64>() * refund.share;
                if rate > 0.0 {
                    due.push(RefundDue {
                        paid: refund.paid,
                        from: interval.from,
                        to: interval.to,
                        rate,
                        why: refund.id.clone(),
                    });
                }
            }
        }
        due
    }

    /// Digest of everything that can change a rate or an announcement: two
    /// schedules with the same digest say the same on every day.
    pub fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let mut law = LawBook::clone(&self.law);
        for instrument in &mut law.instruments {
            instrument.place = crate::measure::Place::default();
            for measure in &mut instrument.measures {
                measure.place = crate::measure::Place::default();
                for entry in &mut measure.rates {
                    entry.place = crate::measure::Place::default();
                }
            }
        }
        hasher.update(format!("{law:?} {:?}", self.practice).as_bytes());
        hasher.finalize().to_hex().to_string()
    }

    fn retroactive_refunds(
        &self,
        importer: EconomyCode,
        origin: EconomyCode,
        product: &SectorCode,
    ) -> Vec<RefundDue> {
        let charged = self.with_practice(Practice {
            as_published: true,
            ..self.practice.clone()
        });
        let mut windows = BTreeSet::new();
        for index in self.indices(importer) {
            let measure = &self.measures[*index].measure;
            let rates = measure.rates.iter().map(|one| (one.from, one.published));
            let exempt = measure
                .exemptions
                .iter()
                .map(|one| (one.from, one.published));
            let late = rates
                .chain(exempt)
                .filter(|(from, published)| from < published);
            windows.extend(late.map(|(from, published)| (published, from, measure.id.clone())));
        }
        let mut due = Vec::new();
        let mut done: BTreeSet<(Date, Date)> = BTreeSet::new();
        for (published, from, why) in windows {
            let last = published.yesterday().unwrap_or(published);
            for interval in charged.history(importer, origin, product, (from, last)) {
                let law = self.rate(importer, origin, product, interval.from);
                let rate = interval.rate.applied - law.applied;
                if rate > 1e-12 && done.insert((interval.from, published)) {
                    due.push(RefundDue {
                        paid: published,
                        from: interval.from,
                        to: interval.to,
                        rate,
                        why: why.clone(),
                    });
                }
            }
        }
        due
    }

    fn indices(&self, importer: EconomyCode) -> &[usize] {
        self.by_importer.get(&importer).map_or(&[], Vec::as_slice)
    }

    fn stack(&self) -> Stack<'_> {
        Stack {
            law: &self.law,
            measures: &self.measures,
            practice: &self.practice,
        }
    }

    fn dates_of(&self, measure: &Measure, dates: &mut BTreeSet<Date>) {
        let until = |ends: Option<Date>| ends.and_then(|day| day.tomorrow().ok());
        let mut found: Vec<Option<Date>> = vec![until(measure.ends)];
        for entry in &measure.rates {
            found.extend([Some(entry.from), Some(entry.published), until(entry.ends)]);
            if let Some(clause) = entry.in_transit {
                for days in self.practice.transits(measure.importer) {
                    let arrives = clause.loaded_before.checked_add(whole_days(days));
                    found.extend([Some(clause.entered_before), arrives.ok()]);
                }
            }
        }
        for pause in &measure.pauses {
            found.extend([Some(pause.from), until(Some(pause.ends))]);
        }
        for one in &measure.exemptions {
            found.extend([Some(one.from), Some(one.published), until(one.ends)]);
        }
        for one in &measure.claims {
            found.extend([Some(one.from), until(one.ends)]);
            found.extend(self.dates_of_table(&one.table));
        }
        found.extend(measure.gives_way.iter().map(|one| Some(one.from)));
        found.extend(
            measure
                .content
                .iter()
                .flat_map(|table| self.dates_of_table(table)),
        );
        let first = measure.rates.first().map(|entry| entry.from);
        let inside = |day: &Date| {
            first.is_some_and(|first| *day >= first)
                && measure
                    .ends
                    .is_none_or(|ends| day.yesterday().is_ok_and(|day| day <= ends))
        };
        dates.extend(found.into_iter().flatten().filter(inside));
    }

    fn dates_of_table(&self, table: &str) -> Vec<Option<Date>> {
        let table = self.law.shares.get(table);
        table.map_or_else(Vec::new, |table| table.dates().map(Some).collect())
    }
}

fn resolve(law: &LawBook) -> Result<Vec<Resolved>, Vec<PolicyError>> {
    let measures: Vec<&Measure> = law.measures().collect();
    let matching = |one: &Measure, names: &[String]| -> Vec<usize> {
        let other = measures.iter().enumerate().filter(|(_, other)| {
            other.importer == one.importer
                && other.id != one.id
                && names.iter().any(|name| other.answers_to(name))
        });
        other.map(|(index, _)| index).collect()
    };
    let resolved: Vec<Resolved> = measures
        .iter()
        .map(|one| Resolved {
            measure: (*one).clone(),
            first: (one.gives_way.iter().enumerate())
                .map(|(rule, way)| (rule, matching(one, &way.to)))
                .collect(),
            rivals: if one.combine == Some(Combine::Max) {
                (measures.iter().enumerate())
                    .filter(|(_, other)| conflict::same_goods(one, other))
                    .map(|(index, _)| index)
                    .collect()
            } else {
                Vec::new()
            },
        })
        .collect();
    conflict::refuse_circles(&resolved)?;
    Ok(resolved)
}
