//! Allies choose between pressure together and signing alone.

use tradewinds_policy::talks::choice::{happens, logistic};
use tradewinds_policy::talks::coalition::Coalition;

use super::answers::PROHIBITIVE;
use super::deadline::NOTABLE;
use super::log::{Act, CoalitionRow};
use super::payoff::PayoffError;
use super::prospects::Signings;
use super::state::{PRESSURE, SIGNAL};
use super::week::Week;

impl Week<'_, '_> {
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
}
