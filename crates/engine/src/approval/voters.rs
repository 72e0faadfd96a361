//! Voters as columns: a bloc each, or many agents of a bloc.
//!
//! mood' = (1 − fading) mood + sensitivity × shock of the bloc + own noise
//!
//! with sensitivities whose mean over the bloc is one and noise of mean zero, so that
//! the mean of many voters is expected to be the mood of one that stands for all.

use bevy_ecs::prelude::*;
use tradewinds_kernel::draws::{Decision, Draws};
use tradewinds_kernel::maths::exp;
use tradewinds_kernel::reduce::sum;

use super::rule::VoterRule;

const MOOD: Decision = Decision::named("voter_mood");
const SENSITIVITY: Decision = Decision::named("voter_sensitivity");
/// Tick of the draws made before the first.
const SET_UP: u32 = u32::MAX;

/// Marks the rows of voters: bloc × voters per bloc + voter.
#[derive(Component, Debug, Clone, Copy)]
pub struct Voter;

/// Approval of the leader against what the lean and the honeymoon of the bloc give, in
/// points.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
#[repr(transparent)]
pub struct Mood(pub f64);

/// Answer of a voter to the shocks of the bloc; its mean over the bloc is one.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
#[repr(transparent)]
pub struct Sensitivity(pub f64);

/// Voters before the first tick.
pub(super) fn spawn(
    draws: &Draws,
    rule: &VoterRule,
    (blocs, per_bloc): (usize, usize),
) -> Vec<(Voter, Mood, Sensitivity)> {
    let mut rows = Vec::with_capacity(blocs * per_bloc);
    for bloc in 0..blocs {
        let first = rows.len();
        for voter in 0..per_bloc {
            let row = (first + voter) as u32;
            let (mood, sensitivity) = match per_bloc {
                1 => (0.0, 1.0),
                _ => (
                    rule.noise * draws.normal(MOOD, row, SET_UP),
                    exp(rule.spread * draws.normal(SENSITIVITY, row, SET_UP)),
                ),
            };
            rows.push((Voter, Mood(mood), Sensitivity(sensitivity)));
        }
        let own = &mut rows[first..];
        let mean = own.iter().map(|row| row.2.0).sum::<f64>() / per_bloc as f64;
        own.iter_mut().for_each(|row| row.2.0 /= mean);
        debug_assert_eq!(rows.len(), (bloc + 1) * per_bloc);
    }
    rows
}

/// One tick of all voters.
pub(super) struct Step<'a> {
    pub(super) draws: &'a Draws,
    pub(super) tick: u32,
    /// Part of a mood that is left at the end of the tick.
    pub(super) kept: f64,
    /// Standard deviation of a voter's own mood in the long run.
    pub(super) noise: f64,
    pub(super) per_bloc: usize,
}

impl Step<'_> {
    /// Moves moods by the shocks of their blocs; writes the mean of each bloc.
    pub(super) fn run(
        &self,
        shocks: &[f64],
        (moods, sensitivities): (&mut [Mood], &[Sensitivity]),
        means: &mut [f64],
    ) {
        if self.per_bloc == 1 {
            for ((mood, shock), mean) in moods.iter_mut().zip(shocks).zip(means) {
                mood.0 = self.kept * mood.0 + shock;
                *mean = mood.0;
            }
            return;
        }
        let spread = self.noise * (1.0 - self.kept * self.kept).max(0.0).sqrt();
        let mut own = vec![0.0; self.per_bloc];
        let blocs = moods.chunks_exact_mut(self.per_bloc);
        let blocs = blocs.zip(sensitivities.chunks_exact(self.per_bloc));
        for (bloc, (moods, sensitivities)) in blocs.enumerate() {
            let first = (bloc * self.per_bloc) as u32;
            self.draws.fill_normal(MOOD, first, self.tick, &mut own);
            let shock = shocks[bloc];
            for ((mood, sensitivity), own) in moods.iter_mut().zip(sensitivities).zip(&mut own) {
                mood.0 = self.kept * mood.0 + sensitivity.0 * shock + spread * *own;
                *own = mood.0;
            }
            means[bloc] = sum(&own) / self.per_bloc as f64;
        }
    }
}

/// Takes the mean of each bloc out of its moods: voters meet a new leader.
pub(super) fn forget(
    moods: &mut [Mood],
    means: &mut [f64],
    per_bloc: usize,
    blocs: std::ops::Range<usize>,
) {
    for bloc in blocs {
        for mood in &mut moods[bloc * per_bloc..(bloc + 1) * per_bloc] {
            mood.0 -= means[bloc];
        }
        means[bloc] = 0.0;
    }
}
