//! Effort of exporters: how a firm spreads its selling over destinations.
//!
//! d ln z / dt = speed × \[response × ln(margin / mean margin) − ln z\] + noise
//!
//! for each line, with z = 1 in the base year. Margins are prices over the cost of
//! the firm, relative to the base year; the mean is over the firm's lines, weighted
//! with sales. The cost of a firm is the same for all its lines, so that only prices
//! count. z multiplies the weight of the line among the lines of its flow and draws
//! buyers to the flow; it is no price and moves no price index by itself.

use bevy_ecs::prelude::*;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::draws::{Decision, Draws};
use tradewinds_kernel::maths::{exp_slice, ln};

use super::lines::LineWeights;
use crate::columns::OnlyTable;
use crate::firm::{BaseLogPrice, Line, Owner, Rows};
use crate::model::Model;
use crate::pricing::LogPrice;
use crate::trade::Sales;

/// Noise in the effort of a line in a tick.
pub const EFFORT_NOISE: Decision = Decision::named("noise in sales effort");

/// How firms spread their sales effort. No estimate is known: values are guesses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EffortRule {
    /// Log points of effort per log point of margin above the firm's mean, in the
    /// long run; zero is none.
    pub response: f64,
    /// Speed, per year.
    pub speed: f64,
    /// Standard deviation of log effort from noise in the long run.
    pub noise: f64,
}

impl EffortRule {
    /// Firms that never move their effort.
    pub fn frictionless() -> Self {
        Self {
            response: 0.0,
            speed: 1.0,
            noise: 0.0,
        }
    }

    fn is_off(self) -> bool {
        self.response == 0.0 && self.noise == 0.0
    }
}

/// Sales effort of all lines; empty where firms never move it.
#[derive(Resource, Debug, Clone, Default, PartialEq)]
pub struct Effort {
    /// Log of effort relative to the base year, by line.
    pub log: Vec<f64>,
    /// Log of what effort makes of the demand for a flow at given prices, `[n][i][s]`.
    pub pull: Vec<f64>,
    /// Scratch space by line.
    level: Vec<f64>,
}

impl Effort {
    pub(super) fn at_base(model: &Model, rows: &Rows) -> Self {
        if model.frictions.effort.is_off() {
            return Self::default();
        }
        Self {
            log: vec![0.0; rows.line_count()],
            pull: vec![0.0; model.economy.flows()],
            level: vec![1.0; rows.line_count()],
        }
    }
}

/// Firms move effort to lines with margins above their mean.
pub(super) fn direct_effort(
    model: Res<Model>,
    clock: Res<Clock>,
    draws: Res<Draws>,
    rows: Res<Rows>,
    mut effort: ResMut<Effort>,
    lines: Query<(&LogPrice, &BaseLogPrice, &Owner, &Sales), With<Line>>,
) {
    let rule = model.frictions.effort;
    if rule.is_off() {
        return;
    }
    let (price, base, owner, sales) = lines.table();
    let margin = |line: usize| price[line].0 - base[line].0;
    let mut means = vec![(0.0, 0.0); rows.firm_count()];
    for line in 0..owner.len() {
        let (total, sum) = &mut means[owner[line].0 as usize];
        *total += sales[line].value;
        *sum += sales[line].value * margin(line);
    }
    let closed = clock.closing_share(rule.speed);
    for line in 0..owner.len() {
        let (total, sum) = means[owner[line].0 as usize];
        let above = if total > 0.0 {
            margin(line) - sum / total
        } else {
            0.0
        };
        effort.log[line] += closed * (rule.response * above - effort.log[line]);
    }
    if rule.noise > 0.0 {
        let mut shocks = vec![0.0; owner.len()];
        draws.fill_normal(EFFORT_NOISE, 0, clock.index(), &mut shocks);
        // The exact transition of an Ornstein-Uhlenbeck process.
        let scale = rule.noise * (closed * (2.0 - closed)).sqrt();
        for (log, shock) in effort.log.iter_mut().zip(shocks) {
            *log += scale * shock;
        }
    }
}

/// Effort multiplies the weights of lines, and what it makes of each flow becomes
/// the pull of the flow.
pub(super) fn weigh_effort(
    model: Res<Model>,
    rows: Res<Rows>,
    mut effort: ResMut<Effort>,
    mut weights: ResMut<LineWeights>,
) {
    if model.frictions.effort.is_off() {
        return;
    }
    let economy = &model.economy;
    let Effort { log, pull, level } = &mut *effort;
    let LineWeights { weight, total, .. } = &mut *weights;
    level.copy_from_slice(log);
    exp_slice(level);
    for (weight, level) in weight.iter_mut().zip(level) {
        *weight *= *level;
    }
    for n in 0..economy.economies {
        for s in 0..economy.sectors {
            for i in 0..economy.economies {
                let row = Rows::flow(economy, n, i, s);
                let before = total[row];
                if before > 0.0 {
                    total[row] = weight[rows.lines[row]..rows.lines[row + 1]].iter().sum();
                    pull[economy.flow(n, i, s)] = ln(total[row] / before);
                }
            }
        }
    }
}
