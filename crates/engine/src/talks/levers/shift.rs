//! What moving a lever does to a table of rates.

use tradewinds_units::Date;

use super::{Exposure, Lever};
use crate::customs::{MeasureRate, RateTable};

/// What the law said, as it stood, where a table holds.
struct Stood<'a> {
    table: &'a RateTable,
    /// Rate of the lever, share of customs value.
    rate: f64,
}

impl Stood<'_> {
    /// By how much parts of the law grow at a rate.
    fn factor(&self, rate: f64) -> f64 {
        match self.rate > 0.0 {
            true => rate / self.rate,
            false => 1.0,
        }
    }
}

/// Parts of one flow, in a list in order of flows.
fn of_flow(parts: &[MeasureRate], flow: u32) -> &[MeasureRate] {
    let first = parts.partition_point(|part| part.flow < flow);
    let end = parts.partition_point(|part| part.flow <= flow);
    &parts[first..end]
}

impl Lever {
    /// Moves a table that holds from a day on from one rate to another.
    pub(super) fn shift(&self, day: Date, (before, after): (f64, f64), table: &mut RateTable) {
        if before.to_bits() == after.to_bits() {
            return;
        }
        let stood = Stood {
            table: self.law.on(day),
            rate: self.statute.rate_on(day),
        };
        for exposure in &self.statute.exposure {
            let flow = exposure.flow as usize;
            let parts = self.parts(&stood, exposure, after);
            let now = of_flow(&table.by_measure, exposure.flow);
            let change = self.sum(&parts, |_| true) - self.sum(now, |_| true);
            self.shift_refunds(&stood, (exposure.flow, &parts), table);
            table.collected[flow] += change;
            if !table.once_arrived.is_empty() {
                let arrived = |rate: f64| self.once_arrived(&stood, exposure, rate);
                table.once_arrived[flow] += arrived(after) - arrived(before);
            }
            table.applied[flow] += change / self.statute.collection;
            table.statutory[flow] += exposure.statutory * (after - before);
            self.put(parts, exposure.flow, &mut table.by_measure);
        }
        self.shift_quotas(&stood, after, table);
    }

    /// Puts parts of a flow in the place of its own ones, in order of measures.
    fn put(&self, parts: Vec<MeasureRate>, flow: u32, by_measure: &mut Vec<MeasureRate>) {
        let first = by_measure.partition_point(|part| part.flow < flow);
        let end = by_measure.partition_point(|part| part.flow <= flow);
        let others = by_measure[first..end].iter();
        let others = others.filter(|part| !self.owns(part.measure));
        let mut all: Vec<MeasureRate> = others.copied().chain(parts).collect();
        all.sort_by_key(|part| part.measure);
        match all.len() == end - first {
            true => by_measure[first..end].copy_from_slice(&all),
            false => drop(by_measure.splice(first..end, all)),
        }
    }

    fn owns(&self, measure: u32) -> bool {
        self.statute.measures.contains(&measure)
    }

    fn moves(&self, flow: u32) -> bool {
        let flows = &self.statute.exposure;
        flows.binary_search_by_key(&flow, |one| one.flow).is_ok()
    }

    /// Sum of its own parts, of those measures that are asked for.
    fn sum(&self, parts: &[MeasureRate], is_asked: impl Fn(u32) -> bool) -> f64 {
        let own = parts.iter();
        own.filter(|part| self.owns(part.measure) && is_asked(part.measure))
            .map(|part| part.rate)
            .sum()
    }

    /// What its measures add to the collected rate of a flow at a rate.
    fn parts(&self, stood: &Stood<'_>, exposure: &Exposure, rate: f64) -> Vec<MeasureRate> {
        let factor = stood.factor(rate);
        let in_law = of_flow(&stood.table.by_measure, exposure.flow).iter();
        let own = in_law.filter(|part| self.owns(part.measure));
        let scaled = own.map(|part| MeasureRate {
            rate: part.rate * factor,
            ..*part
        });
        let mut parts: Vec<MeasureRate> = scaled.collect();
        let new = exposure.collected * rate;
        if let Some(measure) = self.statute.measures.first()
            && stood.rate <= 0.0
            && new > 0.0
        {
            match parts.iter_mut().find(|part| part.measure == *measure) {
                Some(part) => part.rate += new,
                None => parts.push(MeasureRate {
                    flow: exposure.flow,
                    measure: *measure,
                    rate: new,
                }),
            }
        }
        parts
    }

    /// The same in all, once goods afloat have arrived: in a table in which some pay the
    /// rate before, what they do not pay is the lever's as far as its exposure says so.
    fn once_arrived(&self, stood: &Stood<'_>, exposure: &Exposure, rate: f64) -> f64 {
        let own = self.sum(of_flow(&stood.table.by_measure, exposure.flow), |_| true);
        if stood.rate <= 0.0 {
            return own + exposure.collected * rate;
        }
        let flow = exposure.flow as usize;
        let missing = exposure.collected * stood.rate - own;
        let afloat = stood.table.lasting()[flow] - stood.table.collected[flow];
        (own + afloat.clamp(missing.min(0.0), missing.max(0.0))) * stood.factor(rate)
    }

    /// What is paid on top above the volume of a quota of its measures.
    fn shift_quotas(&self, stood: &Stood<'_>, rate: f64, table: &mut RateTable) {
        for part in &mut table.quotas {
            if !self.moves(part.flow) || !self.owns(part.measure) {
                continue;
            }
            let key = (part.quota, part.flow, part.measure);
            let mut in_law = stood.table.quotas.iter();
            let in_law = in_law.find(|one| (one.quota, one.flow, one.measure) == key);
            part.gap = in_law.map_or(part.gap, |one| one.gap * stood.factor(rate));
        }
    }

    /// What is paid back of its measures: the same share of what they collect.
    fn shift_refunds(
        &self,
        stood: &Stood<'_>,
        (flow, parts): (u32, &[MeasureRate]),
        table: &mut RateTable,
    ) {
        for (order, terms) in self.law.refunds().iter().enumerate() {
            let is_voided = |measure: u32| terms.measures.contains(&measure);
            let is_paid = |part: &&MeasureRate| part.flow == flow && part.measure == order as u32;
            let in_law = of_flow(&stood.table.by_measure, flow).iter();
            let voided: f64 = (in_law.filter(|part| is_voided(part.measure)))
                .map(|part| part.rate)
                .sum();
            let paid = stood.table.refunds.iter().filter(is_paid);
            let paid: f64 = paid.map(|part| part.rate).sum();
            if voided <= 0.0 || paid <= 0.0 {
                continue;
            }
            let now = of_flow(&table.by_measure, flow);
            let change = self.sum(parts, is_voided) - self.sum(now, is_voided);
            if let Some(part) = table.refunds.iter_mut().find(|part| is_paid(&&**part)) {
                part.rate += paid / voided * change;
            }
        }
    }
}
