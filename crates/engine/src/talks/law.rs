//! What talks write into the law: country rates, sector duties, answers, concessions.
//!
//! Changes of a week are gathered and put into the calendar of the run together, and what
//! governments then still plan is announced.

use std::collections::BTreeSet;
use std::sync::Arc;

use bevy_ecs::resource::Resource;
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::maths::{exp, ln};
use tradewinds_units::Date;

use super::campaign::{Effect, Party};
use super::desk::Exposure;
use super::levers::{Lever, Statute, mean_rate, rate_on};
use crate::customs::RateCalendar;

/// Levers of one partner as the law has them on the first day.
#[derive(Debug, Clone, PartialEq)]
pub struct PartnerStatutes {
    /// The country rate.
    pub country: Statute,
    /// Duties on goods of some sectors, with the sectors.
    pub sectors: Vec<Statute>,
    /// The partner's answer, on those goods of the principal that are on its lists, or on all
    /// of them where it has none.
    pub answer: Statute,
}

/// Levers of one partner.
#[derive(Debug, Clone, PartialEq)]
struct PartnerLevers {
    country: Lever,
    sectors: Vec<Lever>,
    answer: Lever,
}

/// All levers, and the rates of attached governments.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct Levers {
    /// By economy.
    partners: Vec<Option<PartnerLevers>>,
    /// Rates by first day of attached governments, by party; empty for others.
    paths: Vec<Vec<(Date, f64)>>,
    /// Weights of their rates in the mean.
    weights: Vec<f64>,
    rest: Option<usize>,
}

impl Levers {
    /// Levers of a law that nobody has moved yet; `statutes` by economy.
    pub(super) fn new(
        law: &Arc<RateCalendar>,
        statutes: &[Option<PartnerStatutes>],
        (parties, rest): (&[Party], Option<usize>),
    ) -> Self {
        let lever = |statute: &Statute| Lever::new(statute.clone(), law.clone());
        let of_partner = |one: &PartnerStatutes| PartnerLevers {
            country: lever(&one.country),
            sectors: one.sectors.iter().map(lever).collect(),
            answer: lever(&one.answer),
        };
        Self {
            partners: (statutes.iter())
                .map(|one| one.as_ref().map(of_partner))
                .collect(),
            paths: (parties.iter())
                .map(|party| match party.is_attached {
                    true => party.schedule.clone(),
                    false => Vec::new(),
                })
                .collect(),
            weights: parties.iter().map(|party| party.weight).collect(),
            rest,
        }
    }

    /// Country rate of a party on a day.
    pub(super) fn rate_on(&self, party: usize, economy: usize, day: Date) -> f64 {
        match self.paths[party].is_empty() {
            true => self.partners[economy]
                .as_ref()
                .map_or(0.0, |one| one.country.rate_on(day)),
            false => rate_on(&self.paths[party], day),
        }
    }

    /// Duty with which the government of an economy answers on a day.
    pub(super) fn answer_on(&self, economy: usize, day: Date) -> f64 {
        let partner = self.partners[economy].as_ref();
        partner.map_or(0.0, |one| one.answer.rate_on(day))
    }

    /// What a unit of each rate does to the goods of each economy.
    pub(super) fn exposure(&self, economy: &Economy) -> Vec<Exposure> {
        let of_lever = |lever: &Lever| {
            let mut by_sector = vec![0.0; economy.sectors];
            for one in &lever.statute().exposure {
                by_sector[one.flow as usize % economy.sectors] = one.collected;
            }
            by_sector
        };
        let of_partner = |partner: &Option<PartnerLevers>| match partner {
            Some(partner) => Exposure {
                country: of_lever(&partner.country),
                sectors: partner.sectors.iter().map(of_lever).collect(),
            },
            None => Exposure {
                country: vec![0.0; economy.sectors],
                sectors: Vec::new(),
            },
        };
        self.partners.iter().map(of_partner).collect()
    }

    /// Duties on sector goods of each economy on a day, `[economy][lever]`.
    pub(super) fn sector_rates(&self, day: Date) -> Vec<Vec<f64>> {
        let rates = |partner: &Option<PartnerLevers>| {
            let levers = partner.iter().flat_map(|one| &one.sectors);
            levers.map(|lever| lever.rate_on(day)).collect()
        };
        self.partners.iter().map(rates).collect()
    }
}

/// Writes the law of one day of talks.
pub(super) struct LawWriter<'a> {
    levers: &'a mut Levers,
    /// Copied when something changes and others hold it too.
    law: &'a mut Arc<RateCalendar>,
    today: Date,
    principal: usize,
    economies: Vec<usize>,
    attached: Vec<bool>,
    /// Importers whose law changed.
    changed: BTreeSet<usize>,
    /// First day from which the mean of attached rates has changed.
    rest_from: Option<Date>,
    /// Sales of the base year, elasticities and shape, for concessions.
    economy: Arc<Economy>,
}

impl<'a> LawWriter<'a> {
    pub(super) fn new(
        (levers, law): (&'a mut Levers, &'a mut Arc<RateCalendar>),
        economy: &Arc<Economy>,
        parties: &[Party],
        (today, principal): (Date, usize),
    ) -> Self {
        Self {
            levers,
            law,
            today,
            principal,
            economies: parties.iter().map(|party| party.economy).collect(),
            attached: parties.iter().map(|party| party.is_attached).collect(),
            changed: BTreeSet::new(),
            rest_from: None,
            economy: economy.clone(),
        }
    }

    /// Lets the rest of the world owe the mean of the rates of its governments from today on.
    pub(super) fn owe_mean_rates(&mut self) {
        if self.attached.contains(&true) {
            self.rest_from = Some(self.today);
            self.changed.insert(self.principal);
        }
    }

    /// Sets the country rate of a party for good from a day on, not before today.
    pub(super) fn set_country(&mut self, party: usize, from: Date, rate: f64) {
        let from = from.max(self.today);
        self.changed.insert(self.principal);
        if self.attached[party] {
            let path = &mut self.levers.paths[party];
            path.retain(|(day, _)| *day < from);
            path.push((from, rate));
            self.rest_from = Some(self.rest_from.map_or(from, |first| first.min(from)));
            return;
        }
        let economy = self.economies[party];
        if let Some(partner) = &mut self.levers.partners[economy] {
            partner.country.set(Arc::make_mut(self.law), from, rate);
        }
    }

    /// Lets sector goods of a partner pay a country rate where that is less; what they would
    /// pay without it.
    pub(super) fn cut_sectors(&mut self, economy: usize, from: Date, rate: f64) -> Vec<f64> {
        let from = from.max(self.today);
        let partner = self.levers.partners[economy].as_ref();
        let sectors = partner.map_or(&[][..], |partner| &partner.sectors);
        let before: Vec<f64> = sectors.iter().map(|lever| lever.rate_on(from)).collect();
        let after: Vec<f64> = before.iter().map(|now| now.min(rate)).collect();
        self.set_sectors(economy, from, &after);
        before
    }

    /// Sets the duties on sector goods of a partner from a day on, as far as rates are given.
    pub(super) fn set_sectors(&mut self, economy: usize, from: Date, rates: &[f64]) {
        let from = from.max(self.today);
        if rates.is_empty() {
            return;
        }
        self.changed.insert(self.principal);
        if let Some(partner) = &mut self.levers.partners[economy] {
            for (lever, rate) in partner.sectors.iter_mut().zip(rates) {
                lever.set(Arc::make_mut(self.law), from, *rate);
            }
        }
    }

    /// Country rate of a party on a day.
    pub(super) fn rate_on(&self, party: usize, day: Date) -> f64 {
        self.levers.rate_on(party, self.economies[party], day)
    }

    /// Sets the duty with which a partner answers, from a day on.
    pub(super) fn set_answer(&mut self, economy: usize, from: Date, duty: f64) {
        let from = from.max(self.today);
        self.changed.insert(economy);
        if let Some(partner) = &mut self.levers.partners[economy] {
            partner.answer.set(Arc::make_mut(self.law), from, duty);
        }
    }

    /// Puts part of a concession in effect from a day on: a cut of the partner's duties,
    /// or a trade cost at which the partner imports so much more of the principal.
    pub(super) fn put_in_effect(
        &mut self,
        partner: usize,
        from: Date,
        (effect, part): (Effect, f64),
    ) {
        if part <= 0.0 {
            return;
        }
        let from = from.max(self.today);
        let (economy, principal) = (self.economy.clone(), self.principal);
        let sales = &economy.accounts().sales;
        match effect {
            Effect::None => return,
            Effect::Duty { by } => {
                let flows = (0..economy.sectors).map(|s| economy.flow(partner, principal, s));
                let flows: Vec<usize> = flows.collect();
                Arc::make_mut(self.law).amend(from, |_, table| {
                    for flow in &flows {
                        let cut = (by * part).min(table.collected[*flow].max(0.0));
                        table.collected[*flow] -= cut;
                        table.applied[*flow] -= cut;
                        table.statutory[*flow] -= cut;
                        if !table.once_arrived.is_empty() {
                            table.once_arrived[*flow] -= cut;
                        }
                    }
                });
            }
            Effect::Imports { sector, by } => {
                let flow = economy.flow(partner, principal, sector);
                if sales[flow] <= 0.0 {
                    return;
                }
                // Sales at the gate follow (cost)^(1 − σ).
                let rise = ln(1.0 + by * part / sales[flow]);
                let factor = exp(rise / (1.0 - economy.sigma[sector]));
                self.scale_cost(from, &[flow], factor);
            }
            Effect::Cost { by } => {
                let goods = (0..economy.sectors).filter(|s| Some(*s) != economy.services);
                let flows: Vec<usize> =
                    goods.map(|s| economy.flow(partner, principal, s)).collect();
                self.scale_cost(from, &flows, 1.0 - by * part);
            }
        }
        self.changed.insert(partner);
    }

    fn scale_cost(&mut self, from: Date, flows: &[usize], factor: f64) {
        Arc::make_mut(self.law).amend(from, |_, table| {
            for flow in flows {
                table.trade_cost[*flow] *= factor;
            }
        });
    }

    /// Moves the mean rate and announces what changed.
    pub(super) fn finish(mut self) {
        if self.changed.is_empty() {
            return;
        }
        if let (Some(from), Some(rest)) = (self.rest_from, self.levers.rest) {
            self.move_rest(rest, from);
        }
        let per_importer = self.economy.economies * self.economy.sectors;
        for importer in &self.changed {
            let flows = importer * per_importer..(importer + 1) * per_importer;
            Arc::make_mut(self.law).restate(self.today, flows);
        }
    }

    /// The rate of the rest of the world is the mean of those of its governments.
    fn move_rest(&mut self, rest: usize, from: Date) {
        let paths = self.levers.paths.iter();
        let later = paths
            .flatten()
            .map(|(day, _)| *day)
            .filter(|day| *day > from);
        let days: BTreeSet<Date> = later.chain([from]).collect();
        let rates: Vec<(Date, f64)> = days
            .into_iter()
            .filter_map(|day| {
                let owned = self.levers.paths.iter().zip(&self.levers.weights);
                let (rates, weights): (Vec<f64>, Vec<f64>) = owned
                    .filter(|(path, _)| !path.is_empty())
                    .map(|(path, weight)| (rate_on(path, day), *weight))
                    .unzip();
                Some((day, mean_rate(&rates, &weights)?))
            })
            .collect();
        if let Some(partner) = &mut self.levers.partners[rest] {
            partner.country.follow(Arc::make_mut(self.law), &rates);
        }
    }
}
