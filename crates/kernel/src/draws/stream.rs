//! Generators for distributions that take a varying number of draws.

use std::convert::Infallible;

use rand::rand_core::TryRng;

use super::{Decision, Draws, kind};

/// The random words of one decision of one agent, in order. A `rand`
/// generator: `rand_distr` samples from it.
///
/// It holds 2^32 blocks of four words; the block number takes the place of
/// the tick in the address.
#[derive(Debug, Clone)]
pub struct Stream {
    draws: Draws,
    decision: Decision,
    agent: u32,
    block: u32,
    words: [u32; 4],
    used: usize,
}

impl Stream {
    pub(super) fn new(draws: Draws, decision: Decision, agent: u32) -> Self {
        Self {
            draws,
            decision,
            agent,
            block: 0,
            words: [0; 4],
            used: 4,
        }
    }

    fn word(&mut self) -> u32 {
        if self.used == self.words.len() {
            self.words = self
                .draws
                .block(self.decision, kind::STREAM, self.agent, self.block);
            self.block = self.block.wrapping_add(1);
            self.used = 0;
        }
        self.used += 1;
        self.words[self.used - 1]
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.word())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let low = u64::from(self.word());
        Ok(low | (u64::from(self.word()) << 32))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(4) {
            let word = self.word().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}
