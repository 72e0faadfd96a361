//! What happens instead of a deal: pauses, letters, deadlines, answers, and allies who
//! choose between pressure together and signing alone.

use tradewinds_policy::talks::alignment::Pressure;
use tradewinds_policy::talks::back_down::BackDownState;
use tradewinds_policy::talks::capacity::{counter_offer, letter_is_due};
use tradewinds_policy::talks::choice::{happens, logistic, per_step};
use tradewinds_policy::talks::coalition::Coalition;
use tradewinds_policy::talks::retaliation::{AnswerLag, match_level};
use tradewinds_units::{Date, days_after, days_between};

use super::file::{AnswerStyle, Status};
use super::log::{Act, ActRow, AnswerRow, CoalitionRow, StateRow};
use super::payoff::{PayoffError, RATES};
use super::prospects::Signings;
use super::state::{ANSWER, BACK_DOWN, ESCALATE, EXTENSION, LETTER, PRESSURE, SIGNAL};
use super::strategy::View;
use super::week::{CRISIS, Mood, Week, days};

/// Least rate above the floor that counts as a duty in force, share.
const NOTABLE: f64 = 0.001;
/// Rise of a rate that is answered, share.
const HOSTILE: f64 = 0.05;
/// Rate above which neither side raises a duty any more: little is left to hit.
const PROHIBITIVE: f64 = RATES[RATES.len() - 1];
/// Days of markets in a week.
const TRADING_DAYS: f64 = 5.0;
/// Days from a match to the principal's own answer.
const TO_ESCALATE: i64 = 2;

impl Week<'_, '_> {
    fn act(&mut self, act: Act, parties: u32) {
        self.log.acts.push(ActRow {
            date: self.today,
            act,
            deadline: self.state.deadline,
            parties,
            stress: self.mood.stress,
        });
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

    /// On a day of markets the principal may take rates back to the floor, and in a crisis put
    /// off those to come: the chance is one of a day in a crisis, else one of a week. In the 63 days of its estimate five softenings
    /// were seen, of which one was a pause of all country rates; this reading makes that one.
    pub(super) fn watch_markets(&mut self, day: Date, mood: Mood) -> bool {
        let rule = &self.campaign.rule;
        let once = rule.back_down.probability(&BackDownState {
            stress: mood.stress,
            is_joint: mood.is_joint,
            approval_lost: mood.approval_lost,
            has_call: false,
            resolve: rule.resolve,
        });
        let is_crisis = mood.stress > CRISIS;
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

    /// On the first day the principal presets what is due of those on whom rates are to rise,
    /// on top of what they pay: by its formula from the goods of the base year.
    pub(super) fn preset(&mut self) {
        let (Some(rule), Some(deadline)) = (self.campaign.rule.presets, self.state.deadline) else {
            return;
        };
        let economy = self.desk.economy;
        let principal = self.campaign.principal;
        let goods = |importer: usize, origin: usize| -> f64 {
            let goods = (0..economy.sectors).filter(|s| Some(*s) != economy.services);
            let flows = goods.map(|s| economy.flow(importer, origin, s));
            flows.map(|flow| economy.accounts().sales[flow]).sum()
        };
        for at in 0..self.files.len() {
            let partner = self.party(at).economy;
            let file = &mut *self.files[at];
            if file.due <= file.rate + NOTABLE {
                continue;
            }
            let preset = rule.rate(goods(principal, partner), goods(partner, principal));
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

    /// Governments on whom a duty has risen answer, and the principal answers them.
    pub(super) fn answer_duties(&mut self) {
        for at in 0..self.files.len() {
            let file = &mut *self.files[at];
            file.answered_rate = file.answered_rate.min(file.rate);
            let rise = file.rate - file.answered_rate;
            if file.status == Status::Signed || rise < HOSTILE {
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
            let from = days_after(self.today, days + TO_ESCALATE);
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

    /// Allies choose between pressure together and signing alone.
    pub(super) fn meet_allies(&mut self) -> Result<(), PayoffError> {
        let rule = self.campaign.rule.allies;
        let allies: Vec<usize> = (0..self.files.len())
            .filter(|at| {
                let file = &self.files[*at];
                let has_stake = file.due > self.campaign.rule.floor + NOTABLE;
                file.is_open() && !file.was_pressed && has_stake && self.is_ally(*at)
            })
            .collect();
        for file in &mut self.files {
            file.coordinates = false;
        }
        if allies.len() < 2 || self.state.deadline.is_none() {
            return Ok(());
        }
        let games: Vec<Coalition> = allies
            .iter()
            .map(|at| self.game(*at, &allies))
            .collect::<Result<_, _>>()?;
        let mut together = Vec::new();
        for (at, game) in allies.iter().zip(&games) {
            let months = if self.state.week > 0 { 1.0 } else { 0.0 };
            let file = &self.files[*at];
            let trust = rule.trust_rule.after_months(file.trust, months);
            let id = self.party(*at).id;
            let noise = rule.noise * self.draws.normal(SIGNAL, id, self.state.week);
            let signal = (trust + noise).clamp(0.0, 1.0);
            let salience = match self.party(*at).order.size > 1.0 {
                true => rule.salience,
                false => 1.0,
            };
            let gain = game.expected_gain(signal, rule.noise, salience);
            // Payoffs are told apart by their size against what is at stake.
            let odds = self.campaign.rule.precision * gain / game.joint_gain.max(1e-9);
            let uniform = self.draws.uniform(SIGNAL, id, self.state.week);
            let coordinates = happens(logistic(odds), uniform);
            let file = &mut *self.files[*at];
            (file.trust, file.coordinates) = (trust, coordinates);
            if coordinates {
                together.push(*at);
            }
        }
        let share = together.len() as f64 / allies.len() as f64;
        let uniform = self.draws.uniform(PRESSURE, 0, self.state.week);
        let works = together.len() > 1 && happens(games[0].success(share), uniform);
        let mean =
            |of: fn(&Coalition) -> f64| games.iter().map(of).sum::<f64>() / games.len() as f64;
        self.log.coalitions.push(CoalitionRow {
            date: self.today,
            allies: allies.len() as u32,
            coordinating: together.len() as u32,
            works,
            reward: mean(|game| game.matrix().reward),
            temptation: mean(|game| game.matrix().temptation),
            sucker: mean(|game| game.matrix().sucker),
            punishment: mean(|game| game.matrix().punishment),
        });
        if together.len() > 1 {
            self.end_pressure((&allies, &together), works);
        }
        Ok(())
    }

    /// Whether a government is one of those that could stand together.
    pub(super) fn is_ally(&self, at: usize) -> bool {
        let party = self.party(at);
        !party.is_attached && party.security >= self.campaign.rule.allies.least_security
    }

    /// What a cut of points leaves of what is due, the floor at least.
    fn due_after(&self, at: usize, cut: f64) -> f64 {
        let (due, floor) = (self.files[at].due, self.campaign.rule.floor);
        (due - cut).max(floor.min(due))
    }

    /// Pressure that works brings a lower rate to all allies at the table, and to those that have
    /// signed alone, who are to be treated no worse; one that fails a higher one to those who
    /// stand out.
    fn end_pressure(&mut self, (allies, together): (&[usize], &[usize]), works: bool) {
        let rule = self.campaign.rule.allies;
        let mut hit: Vec<usize> = match works {
            true => allies.to_vec(),
            false => together.to_vec(),
        };
        if works {
            self.treat_no_worse(rule.joint_gain);
        } else {
            hit.sort_by(|a, b| {
                let size = |at: &usize| self.party(*at).order.size;
                size(b).total_cmp(&size(a))
            });
            hit.truncate(rule.targets as usize);
        }
        let deadline = self.state.deadline;
        for at in &hit {
            let less = self.due_after(*at, rule.joint_gain);
            let file = &mut *self.files[*at];
            file.was_pressed = true;
            file.due = match works {
                true => less,
                false => (file.due + rule.penalty).min(PROHIBITIVE.max(file.due)),
            };
            let due = file.due;
            if let Some(deadline) = deadline {
                self.law.set_country(*at, deadline, due);
            }
        }
        if !works {
            self.act(Act::SinglingOut, hit.len() as u32);
        }
    }

    /// Allies with a deal that stands pay no more than they would without it after a cut.
    fn treat_no_worse(&mut self, cut: f64) {
        for at in 0..self.files.len() {
            let (less, is_ally) = (self.due_after(at, cut), self.is_ally(at));
            let file = &mut *self.files[at];
            let Some(deal) = file.deal.as_mut().filter(|_| is_ally) else {
                continue;
            };
            if deal.is_snapped_back || deal.rate <= less {
                continue;
            }
            deal.rate = less;
            let from = deal.legal;
            self.law.set_country(at, from, less);
        }
    }

    /// The game of an ally, its rates turned into money by the simulated economy.
    fn game(&self, at: usize, allies: &[usize]) -> Result<Coalition, PayoffError> {
        let file = &self.files[at];
        let rule = self.campaign.rule.allies;
        // Other allies are a part of its rivals.
        let bought = |files: &mut dyn Iterator<Item = usize>| -> f64 {
            let others = files.filter(|other| *other != at);
            others.map(|other| self.state.imports[other]).sum()
        };
        let of_rivals = bought(&mut (0..self.files.len()));
        let part = match of_rivals > 0.0 {
            true => bought(&mut allies.iter().copied()) / of_rivals,
            false => 0.0,
        };
        let stand = self.rivals(at, Signings::None).due;
        // Nobody pays less than the floor.
        let cut_of_others = |cut: f64| {
            let others = allies.iter().filter(|other| **other != at);
            let (mut cuts, mut imports) = (0.0, 0.0);
            for other in others {
                let bought = self.state.imports[*other];
                cuts += bought * (self.files[*other].due - self.due_after(*other, cut));
                imports += bought;
            }
            if imports > 0.0 { cuts / imports } else { 0.0 }
        };
        let (joint, lone) = (rule.joint_gain, rule.lone_gain);
        let (joint_of_others, lone_of_others) = (cut_of_others(joint), cut_of_others(lone));
        let value = |rate: f64, allies: f64| {
            let rate = (rate.max(0.0), false);
            let value = self.value(at, rate, stand + part * allies)?;
            Ok::<f64, PayoffError>(value.partner)
        };
        let allies = allies.len() as f64;
        let stands = value(file.due, 0.0)?;
        let together = value(self.due_after(at, joint), -joint_of_others)? - stands;
        // Alone among others who sign alone, and alone while the others hold out.
        let alone = self.due_after(at, lone);
        let lone = value(alone, -lone_of_others)? - stands;
        let hit = rule.penalty * rule.targets / allies;
        let among_hit = value(alone, hit)? - stands;
        let game = Coalition {
            joint_gain: together,
            lone_gain: lone,
            lone_gain_slope: 0.0,
            penalty: stands - value(file.due + rule.penalty, 0.0)?,
            targets: rule.targets,
            allies,
            half: rule.half,
            steepness: rule.steepness,
            cost: stands - value(file.due + rule.cost, 0.0)?,
        };
        // Pressure that works is for all (`end_pressure`): who signed alone has its gain, without
        // its cost and its risk.
        let others = 1.0 - 1.0 / allies;
        let works = game.success(others);
        let tempted = works * together + (1.0 - works) * among_hit;
        Ok(Coalition {
            lone_gain_slope: (tempted - lone) / others,
            ..game
        })
    }

    /// Alignment moves, and the week is written down.
    pub(super) fn write_states(&mut self) {
        for at in 0..self.files.len() {
            let (party, rule) = (self.party(at), &self.campaign.rule);
            let pressure = Pressure {
                rate_points: 100.0 * self.files[at].rate,
                security: party.security,
                backlash: 0.0,
            };
            let alignment = rule.alignment.next(self.files[at].alignment, &pressure);
            let (today, file) = (self.today, &mut *self.files[at]);
            file.alignment = alignment;
            self.log.states.push(StateRow {
                date: today,
                party: at as u32,
                status: file.status,
                rate: file.rate,
                due: file.due,
                rounds: file.rounds,
                answer: file.answer,
                has_letter: file.has_letter,
                coordinates: file.coordinates,
                alignment,
            });
        }
    }
}
