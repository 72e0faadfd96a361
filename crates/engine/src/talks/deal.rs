//! From an agreed text to law, and what can still go wrong.

use tradewinds_policy::talks::capacity::leader_signs;
use tradewinds_policy::talks::choice::happens;
use tradewinds_policy::talks::implementation::AfterDealDraws;
use tradewinds_policy::talks::ratification::ratification_probability;
use tradewinds_units::{Date, days_after, days_between};

use super::campaign::Offer;
use super::file::{Deal, Status};
use super::log::{DealRow, Outcome};
use super::prospects::{Prospects, Text};
use super::state::{AFTER, LEADER, RATIFY, SNAP_BACK};
use super::week::{Week, days};

/// What became of a text, before it is written into the law.
struct Ending {
    outcome: Outcome,
    /// First day as law, where it is signed.
    legal: Date,
    is_disputed: bool,
}

impl Week<'_, '_> {
    /// Both have agreed on a text: leaders and parliaments have their say.
    pub(super) fn sign(&mut self, at: usize, prospects: &Prospects) {
        let Some(text) = &prospects.text else {
            return;
        };
        let ending = self.ending(at, text);
        self.log_deal(at, (text, prospects), &ending);
        if ending.outcome != Outcome::Signed {
            // The text goes back to the table.
            let file = &mut *self.files[at];
            file.needed = file.needed.max(file.rounds + 1);
            self.state.claims = self.state.claims.after(false);
            return;
        }
        let sectors_before = self.enact(at, text, ending.legal);
        let file = &mut *self.files[at];
        file.status = Status::Signed;
        (file.answer, file.matched) = (0.0, 0.0);
        file.coordinates = false;
        file.deal = Some(Deal {
            signed: self.today,
            legal: ending.legal,
            rate: text.rate,
            has_sector_cut: text.has_sector_cut,
            extents: text.package.extents.clone(),
            rank: self.state.signed,
            is_disputed: ending.is_disputed,
            is_snapped_back: false,
            rate_before: file.rate,
            sectors_before,
        });
        self.state.signed += 1;
        self.state.claims = self.state.claims.after(true);
        if !self.is_ally(at) {
            return;
        }
        for file in self.files.iter_mut().filter(|file| file.coordinates) {
            let trust = &self.campaign.rule.allies.trust_rule;
            file.trust = trust.after_defection(file.trust);
        }
    }

    /// Whether leaders, parliament and confirmation let a text pass, and when it is law.
    fn ending(&self, at: usize, text: &Text) -> Ending {
        let (party, rule) = (self.party(at), &self.campaign.rule);
        let (week, agent) = (self.state.week, party.id);
        let mut paid = party.offers.iter().zip(&text.package.extents);
        let needs_vote = paid.any(|(offer, part)| offer.needs_vote && *part > 0.0);
        let ratified = match needs_vote {
            true => ratification_probability(party.seats, rule.seats_needed, rule.ratify_noise),
            false => 1.0,
        };
        let draw = |place: u32| self.draws.uniform(AFTER, 3 * agent + place, week);
        let after = rule.after.settle(&AfterDealDraws {
            lag: self.draws.normal(AFTER, 3 * agent, week),
            dispute: draw(1),
            confirmation: draw(2),
        });
        let outcome = match () {
            () if !leader_signs(rule.veto, self.draws.uniform(LEADER, agent, week)) => {
                Outcome::Vetoed
            }
            () if !happens(ratified, self.draws.uniform(RATIFY, agent, week)) => {
                Outcome::NotRatified
            }
            () if !after.is_confirmed => Outcome::NotConfirmed,
            () => Outcome::Signed,
        };
        let quarrel = if after.is_disputed {
            rule.quarrel_lag
        } else {
            1.0
        };
        let lag = days((after.lag_days * quarrel).round());
        Ending {
            outcome,
            legal: days_after(self.today, lag),
            is_disputed: after.is_disputed,
        }
    }

    fn log_deal(&mut self, at: usize, (text, prospects): (&Text, &Prospects), ending: &Ending) {
        let is_signed = ending.outcome == Outcome::Signed;
        let offers = self.party(at).offers.iter().zip(&text.package.extents);
        let paid = |of: fn(&Offer) -> f64| offers.clone().map(|(one, part)| part * of(one)).sum();
        let row = DealRow {
            date: self.today,
            party: at as u32,
            outcome: ending.outcome,
            legal: is_signed.then_some(ending.legal),
            rate: text.rate,
            due: self.files[at].due,
            has_sector_cut: text.has_sector_cut,
            rank: if is_signed { self.state.signed + 1 } else { 0 },
            rent: prospects.surplus(),
            rejection: prospects.rejection(),
            concessions: paid(|offer| offer.value),
            cost: paid(|offer| offer.cost),
            is_disputed: ending.is_disputed,
        };
        self.log.deals.push(row);
    }

    /// Writes a text into the law from its day on, until when all stays as it is; the duties on
    /// sector goods without it, where it cuts them.
    fn enact(&mut self, at: usize, text: &Text, legal: Date) -> Vec<f64> {
        self.law.set_country(at, self.today, self.files[at].rate);
        self.law.set_country(at, legal, text.rate);
        if self.party(at).is_attached {
            return Vec::new();
        }
        let economy = self.party(at).economy;
        let sectors_before = match text.has_sector_cut {
            true => self.law.cut_sectors(economy, legal, text.rate),
            false => Vec::new(),
        };
        if self.files[at].answer > 0.0 {
            self.law.set_answer(economy, legal, 0.0);
        }
        let offers = self.campaign.parties[at].offers.iter();
        for (number, (offer, part)) in offers.zip(&text.package.extents).enumerate() {
            // What an earlier deal put in effect has stayed.
            let held = &mut self.files[at].in_effect[number];
            let more = (part - *held).max(0.0);
            *held = held.max(*part);
            self.law.put_in_effect(economy, legal, (offer.effect, more));
        }
        sectors_before
    }

    /// The principal may undo what it granted in a deal in force: country rate and duties on
    /// sector goods are as they would be without it. What the partner granted stays in effect,
    /// and counts in the next deal.
    pub(super) fn snap_back(&mut self) {
        for at in 0..self.files.len() {
            let today = self.today;
            let Some(deal) = &mut self.files[at].deal else {
                continue;
            };
            if deal.is_snapped_back || days_between(deal.legal, today) < 0 {
                continue;
            }
            let unmet = if deal.is_disputed { 1.0 } else { 0.0 };
            let hazard = self.campaign.rule.after.weekly_snap_back(unmet);
            let id = self.campaign.parties[at].id;
            let uniform = self.draws.uniform(SNAP_BACK, id, self.state.week);
            let file = &mut *self.files[at];
            if !happens(hazard, uniform) {
                continue;
            }
            let Some(deal) = &mut file.deal else { continue };
            deal.is_snapped_back = true;
            let sectors = std::mem::take(&mut deal.sectors_before);
            let tomorrow = days_after(today, 1);
            // Never below what was agreed, as a pause may have been when it was signed.
            let (agreed, before) = (deal.rate, deal.rate_before.max(deal.rate));
            let deadline = self.state.deadline.filter(|day| *day > tomorrow);
            let row = DealRow {
                date: today,
                party: at as u32,
                outcome: Outcome::SnappedBack,
                legal: Some(tomorrow),
                rate: if deadline.is_some() {
                    before
                } else {
                    file.due.max(agreed)
                },
                due: file.due,
                has_sector_cut: false,
                rank: 0,
                rent: 0.0,
                rejection: 0.0,
                concessions: 0.0,
                cost: 0.0,
                is_disputed: deal.is_disputed,
            };
            file.status = Status::Open;
            // What was agreed is not answered, whatever becomes of the deal.
            file.answered_rate = agreed;
            file.needed = file.needed.max(file.rounds + 1);
            let due = file.due;
            self.law.set_country(at, tomorrow, row.rate);
            self.log.deals.push(row);
            if let Some(deadline) = deadline {
                self.law.set_country(at, deadline, due);
            }
            self.law
                .set_sectors(self.campaign.parties[at].economy, tomorrow, &sectors);
        }
    }
}
