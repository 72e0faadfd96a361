//! A principal under the stress of markets and voters takes rates back for a time.

use tradewinds_policy::talks::back_down::BackDownState;
use tradewinds_policy::talks::choice::{happens, per_step};
use tradewinds_units::{Date, days_after, days_between};

use super::deadline::NOTABLE;
use super::file::Status;
use super::log::Act;
use super::state::BACK_DOWN;
use super::week::{Mood, Week};

/// Days of markets in a week.
const TRADING_DAYS: f64 = 5.0;

impl Week<'_, '_> {
    /// On a day of markets the principal may take rates back to the floor, and in a crisis put
    /// off those to come: the chance is one of a day in a crisis, else one of a week. In the 63
    /// days of its estimate five softenings were seen, of which one was a pause of all country
    /// rates; this reading makes that one.
    pub(super) fn watch_markets(&mut self, day: Date, mood: Mood) -> bool {
        let rule = &self.campaign.rule;
        let once = rule.back_down.probability(&BackDownState {
            stress: mood.stress,
            is_joint: mood.is_joint,
            approval_lost: mood.approval_lost,
            has_call: false,
            resolve: rule.resolve,
        });
        let is_crisis = mood.stress > rule.crisis;
        let chance = match is_crisis {
            true => once,
            false => per_step(once, TRADING_DAYS),
        };
        let since = days_between(self.campaign.from, day).max(0) as u32;
        let all = 0..self.files.len();
        let spared: Vec<usize> = all
            .filter(|at| self.can_pause(*at) || (is_crisis && self.can_put_off(*at)))
            .collect();
        if spared.is_empty() || !happens(chance, self.draws.uniform(BACK_DOWN, 0, since)) {
            return false;
        }
        self.pause(&spared, is_crisis);
        true
    }

    /// Whether a rate can be paused: of who has no deal and has not answered.
    fn can_pause(&self, at: usize) -> bool {
        self.is_spared(at) && self.files[at].rate > self.campaign.rule.floor + NOTABLE
    }

    /// Whether a rise to come can be put off.
    fn can_put_off(&self, at: usize) -> bool {
        self.is_spared(at) && self.files[at].due > self.files[at].rate + NOTABLE
    }

    fn is_spared(&self, at: usize) -> bool {
        let file = &self.files[at];
        file.status != Status::Signed && file.matched <= 0.0
    }

    /// Who is spared pays the floor at most to a day that is not before the deadline; in a crisis
    /// a deadline that is nearer than the length of a pause moves with it.
    fn pause(&mut self, spared: &[usize], is_crisis: bool) {
        let (floor, days) = (self.campaign.rule.floor, self.campaign.rule.pause_days);
        let pending = self.state.deadline.filter(|day| *day > self.today);
        let full = days_after(self.today, days);
        let ends = match pending {
            Some(deadline) if is_crisis => deadline.max(full),
            Some(deadline) => deadline,
            None => full,
        };
        for at in spared {
            let (due, rate) = (self.files[*at].due, self.files[*at].rate.min(floor));
            self.law.set_country(*at, self.today, rate);
            self.law.set_country(*at, ends, due);
            if self.campaign.rule.pauses_sectors && !self.party(*at).is_attached {
                let economy = self.party(*at).economy;
                let before = self.law.cut_sectors(economy, self.today, 0.0);
                self.law.set_sectors(economy, ends, &before);
            }
            self.files[*at].rate = rate;
        }
        if pending.is_some_and(|deadline| deadline < ends) {
            self.state.extension = self.state.extension.after(true);
        }
        if pending != Some(ends) {
            self.state.deadline = Some(ends);
            self.state.has_letters = false;
        }
        self.state.reversals += 1;
        self.act(Act::Pause, spared.len() as u32);
    }
}
