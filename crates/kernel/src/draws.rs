//! Addressed draws: a draw is looked up, never consumed.
//!
//! A draw is a pure function of its address: seed, replication, decision,
//! agent and tick (or event number). Nothing else enters, so scenarios of one
//! experiment share their noise, and neither threads nor the order of agents
//! nor other draws change a value. The scenario is never part of the address:
//! a difference between two runs is caused by what was changed.
//!
//! # Layout
//! One block of Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel
//! random numbers: as easy as 1, 2, 3") gives 128 bits per address:
//!
//! | Word | Content |
//! | --- | --- |
//! | key 0, key 1 | low and high half of the seed |
//! | counter 0 | agent |
//! | counter 1 | tick or event; block number for a [`Stream`] |
//! | counter 2 | decision (upper 24 bits), kind of draw (lower 8 bits) |
//! | counter 3 | replication |
//!
//! A uniform takes the first two words, a pair of normals all four (Box and
//! Muller 1958). The kind is part of the address, so a uniform, a normal, an
//! exponential and a stream of one decision are independent.
//!
//! Agents that exist under one scenario only take their numbers from a range
//! that no other scenario uses.

use crate::maths::{Kernel, dispatch, ln, sincos_2pi};

mod decision;
mod philox;
mod stream;

use self::philox::philox4x32_10;
pub use decision::{Decision, DecisionClash};
pub use stream::Stream;

/// Kinds of draws, the lower 8 bits of counter word 2.
mod kind {
    pub(super) const UNIFORM: u32 = 0;
    pub(super) const NORMAL: u32 = 1;
    pub(super) const EXPONENTIAL: u32 = 2;
    pub(super) const STREAM: u32 = 3;
}

/// All draws of one replication of one experiment.
#[derive(bevy_ecs::resource::Resource, Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draws {
    seed: u64,
    replication: u32,
}

impl Draws {
    /// The draws of a replication, counted from 0.
    pub fn new(seed: u64, replication: u32) -> Self {
        Self { seed, replication }
    }

    /// The seed of the experiment.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The replication, counted from 0.
    pub fn replication(&self) -> u32 {
        self.replication
    }

    /// A uniform number in the open interval (0, 1), with 52 random bits.
    #[inline(always)]
    pub fn uniform(&self, decision: Decision, agent: u32, tick: u32) -> f64 {
        let words = self.block(decision, kind::UNIFORM, agent, tick);
        unit(words[0], words[1])
    }

    /// A standard normal number; the first of [`Self::normal_pair`].
    #[inline(always)]
    pub fn normal(&self, decision: Decision, agent: u32, tick: u32) -> f64 {
        self.normal_pair(decision, agent, tick).0
    }

    /// Two independent standard normal numbers from one address.
    #[inline(always)]
    pub fn normal_pair(&self, decision: Decision, agent: u32, tick: u32) -> (f64, f64) {
        let words = self.block(decision, kind::NORMAL, agent, tick);
        let radius = (-2.0 * ln(unit(words[0], words[1]))).sqrt();
        let (sine, cosine) = sincos_2pi(unit(words[2], words[3]));
        (radius * cosine, radius * sine)
    }

    /// An exponential number with mean 1.
    #[inline(always)]
    pub fn exponential(&self, decision: Decision, agent: u32, tick: u32) -> f64 {
        let words = self.block(decision, kind::EXPONENTIAL, agent, tick);
        -ln(unit(words[0], words[1]))
    }

    /// A generator for distributions that take a varying number of draws
    /// (`rand_distr`), for set-up code.
    pub fn stream(&self, decision: Decision, agent: u32) -> Stream {
        Stream::new(*self, decision, agent)
    }

    /// [`Self::uniform`] for the agents `first`, `first + 1`, … of a slice.
    pub fn fill_uniform(&self, decision: Decision, first: u32, tick: u32, out: &mut [f64]) {
        dispatch(Fill(out, first, Uniform(self.at(decision, tick))));
    }

    /// [`Self::normal`] for the agents `first`, `first + 1`, … of a slice.
    pub fn fill_normal(&self, decision: Decision, first: u32, tick: u32, out: &mut [f64]) {
        dispatch(Fill(out, first, Normal(self.at(decision, tick))));
    }

    /// [`Self::exponential`] for the agents `first`, `first + 1`, … of a slice.
    pub fn fill_exponential(&self, decision: Decision, first: u32, tick: u32, out: &mut [f64]) {
        dispatch(Fill(out, first, Exponential(self.at(decision, tick))));
    }

    /// [`Self::uniform`] for each of the agents named.
    ///
    /// # Panics
    /// When the slices differ in length.
    pub fn uniform_for(&self, decision: Decision, agents: &[u32], tick: u32, out: &mut [f64]) {
        dispatch(FillFor(out, agents, Uniform(self.at(decision, tick))));
    }

    /// [`Self::normal`] for each of the agents named.
    ///
    /// # Panics
    /// When the slices differ in length.
    pub fn normal_for(&self, decision: Decision, agents: &[u32], tick: u32, out: &mut [f64]) {
        dispatch(FillFor(out, agents, Normal(self.at(decision, tick))));
    }

    /// [`Self::exponential`] for each of the agents named.
    ///
    /// # Panics
    /// When the slices differ in length.
    pub fn exponential_for(&self, decision: Decision, agents: &[u32], tick: u32, out: &mut [f64]) {
        dispatch(FillFor(out, agents, Exponential(self.at(decision, tick))));
    }

    /// An address without its agent.
    fn at(&self, decision: Decision, tick: u32) -> At {
        At {
            draws: *self,
            decision,
            tick,
        }
    }

    /// The 128 random bits of an address.
    #[inline(always)]
    fn block(&self, decision: Decision, kind: u32, agent: u32, tick: u32) -> [u32; 4] {
        let key = [self.seed as u32, (self.seed >> 32) as u32];
        let purpose = (decision.id() << 8) | kind;
        philox4x32_10([agent, tick, purpose, self.replication], key)
    }
}

/// Two words as a number in (0, 1): 52 bits, centred in their cell.
#[inline(always)]
fn unit(high: u32, low: u32) -> f64 {
    const HALF_CELL: f64 = 1.0 / 9_007_199_254_740_992.0;
    let bits = ((u64::from(high) << 32) | u64::from(low)) >> 12;
    (f64::from_bits(bits | 1.0_f64.to_bits()) - 1.0) + HALF_CELL
}

/// An address without its agent.
#[derive(Clone, Copy)]
struct At {
    draws: Draws,
    decision: Decision,
    tick: u32,
}

/// A kind of draw. A trait rather than closures, because its methods can be
/// marked for inlining.
trait Draw {
    fn draw(&self, agent: u32) -> f64;
}

struct Uniform(At);
struct Normal(At);
struct Exponential(At);

impl Draw for Uniform {
    #[inline(always)]
    fn draw(&self, agent: u32) -> f64 {
        self.0.draws.uniform(self.0.decision, agent, self.0.tick)
    }
}

impl Draw for Normal {
    #[inline(always)]
    fn draw(&self, agent: u32) -> f64 {
        self.0.draws.normal(self.0.decision, agent, self.0.tick)
    }
}

impl Draw for Exponential {
    #[inline(always)]
    fn draw(&self, agent: u32) -> f64 {
        self.0
            .draws
            .exponential(self.0.decision, agent, self.0.tick)
    }
}

/// A draw for consecutive agents.
struct Fill<'a, D>(&'a mut [f64], u32, D);

impl<D: Draw> Kernel for Fill<'_, D> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self(out, first, kind) = self;
        for (value, offset) in out.iter_mut().zip(0_u32..) {
            *value = kind.draw(first.wrapping_add(offset));
        }
    }
}

/// A draw for the agents of a list.
struct FillFor<'a, D>(&'a mut [f64], &'a [u32], D);

impl<D: Draw> Kernel for FillFor<'_, D> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Self(out, agents, kind) = self;
        assert_eq!(out.len(), agents.len(), "one draw for each agent");
        for (value, &agent) in out.iter_mut().zip(agents) {
            *value = kind.draw(agent);
        }
    }
}

#[cfg(test)]
mod tests;
