//! What falls due without a deal: presets, letters before the deadline, its extension, the day.

use tradewinds_policy::talks::capacity::{counter_offer, letter_is_due};
use tradewinds_policy::talks::choice::happens;
use tradewinds_units::{Date, days_after, days_between};

use super::file::Status;
use super::log::Act;
use super::state::{EXTENSION, LETTER};
use super::week::Week;

/// Least difference of rates that counts, share.
pub(super) const NOTABLE: f64 = 0.001;

impl Week<'_, '_> {
    /// On the first day the principal presets what is due of those on whom rates are to rise,
    /// on top of what they pay: by its formula from recorded trade in goods.
    pub(super) fn preset(&mut self) {
        let (Some(rule), Some(deadline)) = (self.campaign.rule.presets, self.state.deadline) else {
            return;
        };
        for at in 0..self.files.len() {
            let (exports, imports) = self.party(at).trade;
            let file = &mut *self.files[at];
            if file.due <= file.rate + NOTABLE {
                continue;
            }
            let preset = rule.rate(exports, imports);
            file.due = file.rate + preset;
            let due = file.due;
            self.law.set_country(at, deadline, due);
        }
    }

    /// Letters before the deadline, its extension, and the day itself.
    pub(super) fn keep_deadline(&mut self) {
        let Some(deadline) = self.state.deadline else {
            return;
        };
        let rule = &self.campaign.rule;
        let (margin, extension) = (rule.letter_margin, rule.extension_days);
        let left = days_between(self.today, deadline) as f64;
        // The last week of talks before the margin is the one that writes; of duties that were
        // due sooner when talks began nobody writes.
        let had_time = days_between(self.campaign.from, deadline) as f64 > 7.0 * (margin + 1.0);
        if had_time && !self.state.has_letters && letter_is_due((left - 7.0).max(0.0), margin) {
            self.state.has_letters = true;
            let uniform = self.draws.uniform(EXTENSION, self.state.deadlines, 0);
            self.state.deadlines += 1;
            let is_extended = happens(self.campaign.rule.extension.mean(), uniform);
            self.write_letters(
                deadline,
                is_extended.then(|| days_after(deadline, extension)),
            );
            return;
        }
        if left > 0.0 {
            return;
        }
        let mut parties = 0;
        for at in 0..self.files.len() {
            let eve = self.law.rate_on(at, days_after(deadline, -1));
            let rises = self.files[at].rate > eve + NOTABLE;
            parties += u32::from(self.files[at].status != Status::Signed && rises);
        }
        self.state.deadline = None;
        self.state.has_letters = false;
        self.state.extension = self.state.extension.after(false);
        self.act(Act::Deadline, parties);
    }

    fn write_letters(&mut self, deadline: Date, extended: Option<Date>) {
        let (floor, noise) = (self.campaign.rule.floor, self.campaign.rule.principal_noise);
        let mut letters = 0;
        for at in 0..self.files.len() {
            let file = &mut *self.files[at];
            // Deadlines hold for who is not at the table, letters are for who is.
            if file.status == Status::Signed || (!file.is_open() && extended.is_none()) {
                continue;
            }
            if file.is_open() && !file.has_letter && file.due > file.rate + NOTABLE {
                let id = self.campaign.parties[at].id;
                let normal = self.draws.normal(LETTER, id, self.state.week);
                let rate = counter_offer(file.due, noise, normal).max(floor);
                file.due = (rate * 100.0).round() / 100.0;
                file.has_letter = true;
                letters += 1;
            }
            let (rate, due) = (file.rate, file.due);
            if let Some(later) = extended {
                self.law.set_country(at, self.today, rate);
                self.law.set_country(at, later, due);
            } else {
                self.law.set_country(at, deadline, due);
            }
        }
        if let Some(later) = extended {
            self.state.deadline = Some(later);
            self.state.has_letters = false;
            self.state.extension = self.state.extension.after(true);
            let open = self.files.iter().filter(|file| file.is_open()).count();
            self.act(Act::Extension, open as u32);
        }
        if letters > 0 {
            self.act(Act::Letters, letters);
        }
    }
}
