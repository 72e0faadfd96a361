//! How the measures of one importer combine on one origin, product and day.
//!
//! A measure reaches the share of a product that is on its list, less exempt
//! goods and less goods under measures it gives way to:
//!
//! share = list × max(0, 1 − Σ exempt − Σ shares of measures that go first).
//!
//! Lists that exclude each other in law are disjoint, so their shares are
//! subtracted; a list of the measure's own is taken as independent of them.
//! The *statutory* rate uses legal coverage. The *applied* rate also counts
//! content (metal, foreign), claims of preference, quotas and goods afloat.
//!
//! A rate is found in two steps: what the law says ([`Standing`]), and what the
//! practice at the border makes of it ([`Added`]). Practices that differ in uptakes,
//! shares inside quotas or days at sea share the first step.

use std::time::Duration;

use tradewinds_units::{Date, EconomyCode, SectorCode};

use crate::base::BaseRates;
use crate::law::LawBook;
use crate::measure::{Combine, Coverage, Evidence, Measure, RateEntry};
use crate::quota::{Quota, blended_rate};
use crate::schedule::Practice;

/// An importer's trade with one origin in one product on one day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell<'a> {
    pub(crate) importer: EconomyCode,
    pub(crate) origin: EconomyCode,
    pub(crate) product: &'a SectorCode,
    pub(crate) date: Date,
}

/// A measure with the measures it gives way to, by index, each with the first
/// day of the rule.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Resolved {
    pub(crate) measure: Measure,
    /// Index into `gives_way` of the measure, and indices of measures that go first.
    pub(crate) first: Vec<(usize, Vec<usize>)>,
    /// Measures of the same authority of which only the highest is owed.
    pub(crate) rivals: Vec<usize>,
}

/// What a quota makes of the applied rate of one measure on one product.
#[derive(Debug, Clone, PartialEq)]
pub struct QuotaPart {
    /// The quota.
    pub quota: String,
    /// Share of the product that enters within it, as far as its volume goes.
    pub share: f64,
    /// What the applied rate rises by when all of that share enters above the volume
    /// \[share of customs value\]; zero where nothing may.
    pub gap: f64,
}

/// What one measure contributes.
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// The measure.
    pub measure: String,
    /// Its legal power.
    pub authority: String,
    /// Rate in law on goods it reaches \[share of customs value\].
    pub rate: f64,
    /// What it adds to the statutory rate \[share of customs value\].
    pub statutory: f64,
    /// What it adds to the applied rate \[share of customs value\].
    pub applied: f64,
    /// Share of the product it reaches in law.
    pub legal_share: f64,
    /// What its quota makes of the applied rate, if it has one.
    pub quota: Option<QuotaPart>,
    /// Source of the rate.
    pub evidence: Evidence,
    /// How the figure came about, in words.
    pub why: String,
}

/// What the law says about one importer's trade with one origin in one product on one
/// day, before it is applied at the border. Of the practice it rests on
/// `as_published` and `claims_as_of` only.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    importer: EconomyCode,
    origin: EconomyCode,
    pub(crate) base: BaseRates,
    /// Measures in force, in the order of the book.
    reached: Vec<Reached>,
}

/// A measure in force on a cell.
#[derive(Debug, Clone, PartialEq)]
struct Reached {
    /// Index of the measure in the book and of the entry in the measure.
    at: (usize, usize),
    rate: f64,
    reach: Reach,
    /// Claims in force: share of value that claims in the record, part of the duty a
    /// claim takes away.
    claims: Vec<(f64, f64)>,
    afloat: Option<Afloat>,
}

/// What goods afloat pay.
#[derive(Debug, Clone, PartialEq)]
struct Afloat {
    /// Day of entry.
    entered: Date,
    /// Steps of the rate whose clause has not run out, in order: the first day of
    /// loading that they cover no more, and the rate before the step.
    steps: Vec<(Date, f64)>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Reach {
    legal: f64,
    applied: f64,
    exempt: f64,
    displaced: f64,
}

/// What one measure adds to a rate, in numbers.
#[derive(Debug, Clone, Copy)]
pub struct Added<'a> {
    /// Place of the measure in [`LawBook::measures`] of the law asked.
    pub index: usize,
    /// The measure.
    pub measure: &'a Measure,
    /// Rate in law on goods it reaches \[share of customs value\].
    pub rate: f64,
    /// What it adds to the statutory rate \[share of customs value\].
    pub statutory: f64,
    /// What it adds to the applied rate \[share of customs value\].
    pub applied: f64,
    /// The same once no goods afloat pay the rate before \[share of customs value\].
    pub lasting: f64,
    /// What its quota makes of the applied rate, if it has one.
    pub quota: Option<AddedQuota<'a>>,
    entry: &'a RateEntry,
    reach: Reach,
    relief: f64,
}

/// What a quota makes of the applied rate of one measure; as [`QuotaPart`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AddedQuota<'a> {
    /// The quota.
    pub quota: &'a str,
    /// Share of the product that enters within it, as far as its volume goes.
    pub share: f64,
    /// What the applied rate rises by when all of that share enters above the volume
    /// \[share of customs value\]; zero where nothing may.
    pub gap: f64,
}

pub(crate) struct Stack<'a> {
    pub(crate) law: &'a LawBook,
    pub(crate) measures: &'a [Resolved],
    pub(crate) practice: &'a Practice,
}

impl<'a> Stack<'a> {
    /// What the law says of a cell, by the measures at `indices`.
    pub(crate) fn standing(&self, indices: &[usize], cell: Cell<'_>) -> Standing {
        let reached = indices
            .iter()
            .filter_map(|index| self.reached(*index, cell));
        Standing {
            importer: cell.importer,
            origin: cell.origin,
            base: if cell.importer == cell.origin {
                BaseRates::default()
            } else {
                (self.law.base).rates(cell.importer, cell.origin, cell.product)
            },
            reached: reached.collect(),
        }
    }

    fn reached(&self, index: usize, cell: Cell<'_>) -> Option<Reached> {
        let resolved = &self.measures[index];
        let measure = &resolved.measure;
        let (entry, rate) = self.rate(measure, cell, cell.date)?;
        let is_listed = self.coverage(&measure.coverage, cell) > 0.0;
        if !is_listed || self.loses_to_a_rival(resolved, index, rate, cell) {
            return None;
        }
        Some(Reached {
            at: (index, entry),
            rate,
            reach: self.reach(index, cell),
            claims: self.claims(measure, cell),
            afloat: self.afloat(measure, cell),
        })
    }

    /// What each measure of a standing adds under the practice, in the order of the book.
    pub(crate) fn added(&self, standing: &Standing) -> impl Iterator<Item = Added<'a>> {
        let base = standing.base.at(self.practice.preference_uptake);
        let transit = self.practice.transit(standing.importer, standing.origin);
        standing.reached.iter().map(move |reached| {
            let (index, entry) = reached.at;
            let measure = &self.measures[index].measure;
            let entry = &measure.rates[entry];
            let relief = self.relief(&reached.claims);
            let afloat = reached
                .afloat
                .as_ref()
                .and_then(|afloat| afloat.rate(transit));
            let above = afloat.unwrap_or(reached.rate);
            let within = |above: f64| match self.quota_rate(entry, above) {
                Some((within, quota, inside)) => (within, Some((quota, inside))),
                None => (above, None),
            };
            let (applied_rate, quota) = within(above);
            let paying = reached.reach.applied * (1.0 - relief);
            let added = entry.added(applied_rate, base.applied);
            let lasting = match afloat {
                Some(_) => entry.added(within(reached.rate).0, base.applied),
                None => added,
            };
            let quota = quota.map(|(quota, inside)| AddedQuota {
                quota: quota.id.as_str(),
                share: paying * inside,
                gap: if quota.absolute {
                    0.0
                } else {
                    paying * (entry.added(above, base.applied) - added)
                },
            });
            Added {
                index,
                measure,
                rate: reached.rate,
                statutory: reached.reach.legal * entry.added(reached.rate, base.statutory),
                applied: paying * added,
                lasting: paying * lasting,
                quota,
                entry,
                reach: reached.reach,
                relief,
            }
        })
    }

    /// The same in words.
    pub(crate) fn component(&self, added: Added<'_>, cell: Cell<'_>) -> Component {
        let measure = added.measure;
        Component {
            measure: measure.id.clone(),
            authority: measure.authority.clone(),
            rate: added.rate,
            statutory: added.statutory,
            applied: added.applied,
            legal_share: added.reach.legal,
            quota: added.quota.map(|part| QuotaPart {
                quota: part.quota.to_owned(),
                share: part.share,
                gap: part.gap,
            }),
            evidence: added.entry.evidence.clone(),
            why: self.why(measure, cell, added.reach, added.relief, added.entry),
        }
    }

    /// Entry, by index, and rate on `date`, after pauses.
    fn rate(&self, measure: &Measure, cell: Cell<'_>, date: Date) -> Option<(usize, f64)> {
        let known = self.practice.as_published.then_some(date);
        let (entry, rate) = measure.entry(cell.origin, cell.product, date, known)?;
        let pause = measure.pause(cell.origin, date);
        Some((entry, pause.map_or(rate, |pause| rate.min(pause.leaves))))
    }

    /// Shares of the product that a measure in force reaches; zero when it is not.
    fn reach(&self, index: usize, cell: Cell<'_>) -> Reach {
        let resolved = &self.measures[index];
        let measure = &resolved.measure;
        if self.rate(measure, cell, cell.date).is_none() {
            return Reach::default();
        }
        let list = self.coverage(&measure.coverage, cell);
        let content = measure
            .content
            .as_deref()
            .map_or(1.0, |table| self.share(table, cell).unwrap_or(1.0));
        let exempt: f64 = self.exempt(measure, cell);
        let (mut legal_first, mut applied_first) = (0.0, 0.0);
        for (rule, first) in &resolved.first {
            let rule = &measure.gives_way[*rule];
            if cell.date < rule.from || !rule.origins.contains(cell.origin) {
                continue;
            }
            for other in first {
                let other = self.reach(*other, cell);
                legal_first += other.legal;
                applied_first += other.applied;
            }
        }
        Reach {
            legal: list * (1.0 - exempt - legal_first).max(0.0),
            applied: list * content * (1.0 - exempt - applied_first).max(0.0),
            exempt,
            displaced: legal_first,
        }
    }

    fn exempt(&self, measure: &Measure, cell: Cell<'_>) -> f64 {
        let in_force = measure.exemptions.iter().filter(|one| {
            let known = !self.practice.as_published || one.published <= cell.date;
            known
                && one.from <= cell.date
                && one.ends.is_none_or(|ends| cell.date <= ends)
                && one.origins.contains(cell.origin)
        });
        in_force
            .map(|one| self.coverage(&one.goods, cell))
            .sum::<f64>()
            .min(1.0)
    }

    fn coverage(&self, coverage: &Coverage, cell: Cell<'_>) -> f64 {
        match coverage {
            Coverage::Whole => 1.0,
            Coverage::Share(share) => *share,
            Coverage::List(table) => self.share(table, cell).unwrap_or(0.0),
        }
    }

    fn share(&self, table: &str, cell: Cell<'_>) -> Option<f64> {
        self.law
            .shares
            .get(table)?
            .get(cell.origin, cell.product, cell.date)
    }

    /// Claims in force, as [`Reached`] holds them.
    fn claims(&self, measure: &Measure, cell: Cell<'_>) -> Vec<(f64, f64)> {
        let in_force = measure.claims.iter().filter(|claim| {
            claim.from <= cell.date
                && claim.ends.is_none_or(|ends| cell.date <= ends)
                && claim.origins.contains(cell.origin)
                && (claim.products.is_empty() || claim.products.contains(cell.product))
        });
        let known = self.practice.claims_as_of.unwrap_or(Date::MAX);
        let as_known = Cell {
            date: cell.date.min(known),
            ..cell
        };
        in_force
            .map(|claim| {
                let share = self.share(&claim.table, as_known).unwrap_or(0.0);
                (share, claim.relief)
            })
            .collect()
    }

    /// Part of the duty taken away by claims.
    fn relief(&self, claims: &[(f64, f64)]) -> f64 {
        let claimed = claims
            .iter()
            .map(|(share, relief)| (share * self.practice.claim_scale).min(1.0) * relief);
        claimed.sum::<f64>().min(1.0)
    }

    /// Steps that still leave goods afloat the rate of the day before.
    fn afloat(&self, measure: &Measure, cell: Cell<'_>) -> Option<Afloat> {
        let steps = measure.rates.iter().filter(|entry| {
            entry.from <= cell.date && entry.rate(cell.origin, cell.product).is_some()
        });
        let steps = steps.filter_map(|step| {
            let clause = (step.in_transit).filter(|clause| cell.date < clause.entered_before)?;
            let before = self.rate(measure, cell, step.from.yesterday().ok()?);
            Some((clause.loaded_before, before.map_or(0.0, |(_, rate)| rate)))
        });
        let steps: Vec<(Date, f64)> = steps.collect();
        (!steps.is_empty()).then_some(Afloat {
            entered: cell.date,
            steps,
        })
    }

    /// Rate with the share inside the quota of the entry, the quota and that share.
    fn quota_rate(&self, entry: &RateEntry, above: f64) -> Option<(f64, &'a Quota, f64)> {
        let used = entry.quota.as_ref()?;
        let quota = self.law.quota(&used.quota)?;
        let inside = self.practice.inside_quota.get(&used.quota);
        let inside = inside.copied().unwrap_or(quota.expected_inside);
        if quota.absolute {
            Some((used.rate, quota, 1.0))
        } else {
            Some((blended_rate(inside, used.rate, above), quota, inside))
        }
    }

    fn loses_to_a_rival(
        &self,
        resolved: &Resolved,
        index: usize,
        rate: f64,
        cell: Cell<'_>,
    ) -> bool {
        if resolved.measure.combine != Some(Combine::Max) {
            return false;
        }
        resolved.rivals.iter().any(|rival| {
            let other = self.rate(&self.measures[*rival].measure, cell, cell.date);
            // Between equal rates the first in the book is owed.
            other.is_some_and(|(_, other)| other > rate || (other >= rate && *rival < index))
        })
    }

    fn why(
        &self,
        measure: &Measure,
        cell: Cell<'_>,
        reach: Reach,
        relief: f64,
        entry: &RateEntry,
    ) -> String {
        let mut parts = Vec::new();
        let percent = |share: f64| format!("{:.1} %", share * 100.0);
        match &measure.coverage {
            Coverage::Whole => {}
            Coverage::List(table) => {
                let share = self.coverage(&measure.coverage, cell);
                parts.push(format!("{} on list {table}", percent(share)));
            }
            Coverage::Share(share) => parts.push(format!("{} listed", percent(*share))),
        }
        if reach.exempt > 0.0 {
            parts.push(format!("{} exempt", percent(reach.exempt)));
        }
        if reach.displaced > 0.0 {
            parts.push(format!(
                "{} under measures that go first",
                percent(reach.displaced)
            ));
        }
        if let Some(table) = &measure.content {
            let share = self.share(table, cell).unwrap_or(1.0);
            parts.push(format!("pays on {} of value ({table})", percent(share)));
        }
        if relief > 0.0 {
            parts.push(format!("{} of duty relieved by claims", percent(relief)));
        }
        if let Some(pause) = measure.pause(cell.origin, cell.date) {
            parts.push(format!(
                "pause `{}` leaves {}",
                pause.id,
                percent(pause.leaves)
            ));
        }
        if let Some(used) = &entry.quota {
            parts.push(format!(
                "{} within quota {}",
                percent(used.rate),
                used.quota
            ));
        }
        if let Some(cap) = entry.cap {
            parts.push(format!("at most {} with the base duty", percent(cap)));
        }
        parts.push(
            match entry.stacking {
                crate::measure::Stacking::Adds => "on top of the base duty",
                crate::measure::Stacking::AllIn => "tops the base duty up",
                crate::measure::Stacking::Replaces => "in place of the base duty",
            }
            .to_owned(),
        );
        parts.join("; ")
    }
}

impl Afloat {
    /// Rate for goods that were so many days at sea: that before the first step whose
    /// clause covers them.
    fn rate(&self, days: Option<u32>) -> Option<f64> {
        let loaded = self.entered.checked_sub(whole_days(days?)).ok()?;
        let mut covered = self.steps.iter().filter(|(before, _)| loaded < *before);
        covered.next().map(|(_, rate)| *rate)
    }
}

/// So many days as a length of time.
pub(crate) fn whole_days(days: u32) -> Duration {
    Duration::from_secs(u64::from(days) * 24 * 60 * 60)
}
