//! Governments on whom a duty has risen answer it, and the principal answers them.

use tradewinds_policy::talks::retaliation::{AnswerLag, match_level};
use tradewinds_units::{days_after, days_between};

use super::file::{AnswerStyle, Status};
use super::log::AnswerRow;
use super::payoff::RATES;
use super::state::{ANSWER, ESCALATE};
use super::strategy::View;
use super::week::{Week, days};

/// Rate above which neither side raises a duty any more: little is left to hit.
pub(super) const PROHIBITIVE: f64 = RATES[RATES.len() - 1];

impl Week<'_, '_> {
    /// Governments on whom a duty has risen answer, and the principal answers them.
    pub(super) fn answer_duties(&mut self) {
        for at in 0..self.files.len() {
            let file = &mut *self.files[at];
            if file.status == Status::Signed {
                continue;
            }
            file.answered_rate = file.answered_rate.min(file.rate);
            let rise = file.rate - file.answered_rate;
            if rise < self.campaign.rule.answered_rise {
                continue;
            }
            let rate = file.rate;
            self.files[at].answered_rate = rate;
            self.answer(at, rate);
        }
    }

    fn answer(&mut self, at: usize, rate: f64) {
        let (party, rule) = (self.party(at), &self.campaign.rule);
        let agent = party.id;
        let day = days_between(self.campaign.from, self.today).max(0) as u32;
        let style = self.files[at].style;
        let expected = rule.retaliation.expected_match(&party.retaliation);
        let uniform = self.draws.uniform(ANSWER, 2 * agent, day);
        let chosen = match_level(expected, &rule.match_levels, uniform);
        let view = View {
            rounds: self.files[at].rounds,
            days_left: None,
            structural: 0.0,
            other_last: self.files[at].granted,
            // Its kind says how a government answers, the rule how much.
            answer: match style {
                AnswerStyle::None => 0.0,
                _ => chosen,
            },
            tit_for_tat: rule.tit_for_tat,
        };
        let level = party.strategy.0.answers(&view).clamp(0.0, 1.0);
        // A duty that answered an earlier rise stays.
        let before = self.files[at].answer;
        let duty = (level * rate).min(PROHIBITIVE);
        if duty <= before {
            return;
        }
        let lag = AnswerLag {
            mean_days: match style {
                AnswerStyle::Slow => rule.answer_days[1],
                _ => rule.answer_days[0],
            },
            shape: rule.answer_shape,
        };
        let days = days(lag.days(self.draws.uniform(ANSWER, 2 * agent + 1, day)));
        // Of attached governments the model has no imports.
        let is_suspended = style == AnswerStyle::Slow || party.is_attached;
        let from = (!is_suspended).then(|| days_after(self.today, days));
        if let Some(from) = from {
            let economy = party.economy;
            self.law.set_answer(economy, from, duty);
        }
        let next = rule.escalation;
        let uniform = self.draws.uniform(ESCALATE, agent, day);
        if !is_suspended {
            let file = &mut *self.files[at];
            (file.matched, file.answer) = (level, duty);
        }
        self.log.answers.push(AnswerRow {
            date: self.today,
            party: at as u32,
            by_principal: false,
            rate,
            level,
            duty,
            from,
        });
        // No answer is itself answered by more than it is.
        let raised = (next.next_rate(rate, level, uniform))
            .min(rate + duty)
            .min(PROHIBITIVE.max(rate));
        if raised > rate && !is_suspended {
            let from = days_after(self.today, days + rule.escalation_days);
            let file = &mut *self.files[at];
            file.due = file.due.max(raised);
            self.log.answers.push(AnswerRow {
                date: self.today,
                party: at as u32,
                by_principal: true,
                rate: duty,
                level: (raised - rate) / duty,
                duty: raised,
                from: Some(from),
            });
            self.law.set_country(at, from, raised);
        }
    }
}
