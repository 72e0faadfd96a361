//! Governments at home: who may meet and sign, where red lines stand, who will never yield.

use tradewinds_policy::talks::attrition::{WarOfAttrition, after_reversals};
use tradewinds_policy::talks::bargaining::{Pair, Side};
use tradewinds_policy::talks::red_line::{Authority, HomePolitics, IssueAtHome};
use tradewinds_units::{days_after, days_between};

use super::campaign::{Offer, Party};
use super::file::Status;
use super::state::STUBBORN;
use super::week::{Week, days};

impl Week<'_, '_> {
    /// Whether the government may meet and sign.
    pub(super) fn authority(&self, at: usize) -> Authority {
        let (party, rule) = (self.party(at), &self.campaign.rule);
        let is_caretaker = rule.caretakers_wait
            && (party.caretaker).is_some_and(|(from, to)| from <= self.today && self.today <= to);
        let weeks = self.weeks_in_office(party);
        Authority::of(
            is_caretaker,
            weeks.unwrap_or(f64::INFINITY),
            rule.learning_weeks,
        )
    }

    /// Weeks since a vote made a new government: of one that followed a caretaker.
    fn weeks_in_office(&self, party: &Party) -> Option<f64> {
        let vote = party.next_vote.filter(|_| party.caretaker.is_some())?;
        let weeks = days_between(vote, self.today) as f64 / 7.0;
        (weeks >= 0.0).then_some(weeks)
    }

    fn home(&self, at: usize) -> HomePolitics {
        let party = self.party(at);
        let to_vote = (party.next_vote).map(|vote| days_between(self.today, vote) as f64 / 7.0);
        let has_new_mandate = self.weeks_in_office(party).is_some();
        let has_majority =
            has_new_mandate || (party.minority_from).is_none_or(|from| from > self.today);
        HomePolitics {
            weeks_to_vote: to_vote.filter(|weeks| *weeks > 0.0),
            is_minority: !has_majority,
            cooperation: 0.0,
            has_new_mandate,
        }
    }

    /// Files in which neither side yields end when both are known not to.
    pub(super) fn break_down(&mut self) {
        for at in 0..self.files.len() {
            if self.files[at].is_open() && self.is_known_to_fail(at) {
                self.files[at].status = Status::BrokenDown;
            }
        }
    }

    /// Whether both sides of a file are of the kind that never yields, and have talked for so
    /// long that both know. Each reversal makes the principal less likely to be of it.
    fn is_known_to_fail(&self, at: usize) -> bool {
        let (party, rule) = (self.party(at), &self.campaign.rule.attrition);
        let Some(first) = self.files[at].first_round else {
            return false;
        };
        let stubborn = Pair {
            principal: after_reversals(
                rule.stubborn.principal,
                rule.reversal,
                self.state.reversals,
            ),
            partner: rule.stubborn.partner,
        };
        let rates = Pair {
            principal: self.campaign.rule.patience,
            partner: party.patience,
        };
        let Some(war) = WarOfAttrition::new(rule.demands, rates, stubborn) else {
            return false;
        };
        let known = days_after(first, days(7.0 * war.end()));
        let yields = |side: Side, place: u32| {
            let uniform = self.draws.uniform(STUBBORN, 2 * party.id + place, 0);
            war.time_to_yield(side, uniform).is_some()
        };
        known <= self.today && !yields(Side::Principal, 0) && !yields(Side::Partner, 1)
    }

    /// Red line of each offer today, 0 to 1.
    pub(super) fn red_lines(&self, at: usize) -> Vec<f64> {
        let (rule, home) = (&self.campaign.rule.red_lines, self.home(at));
        let line = |offer: &Offer| {
            let issue = IssueAtHome {
                red_line: offer.red_line,
                tightening: offer.tightening,
            };
            rule.at(&issue, &home)
        };
        self.party(at).offers.iter().map(line).collect()
    }
}
