//! Philox4x32-10, the counter-based generator behind every address.
//!
//! Salmon, Moraes, Dror and Shaw (2011), "Parallel random numbers: as easy as
//! 1, 2, 3". Written out here, because the loops over agents vectorise only
//! when all ten rounds are inlined into them; the `rand_philox` crate is the
//! reference in the tests.

const ROUNDS: u32 = 10;
const MULTIPLIERS: [u64; 2] = [0xD251_1F53, 0xCD9E_8D57];
const KEY_STEPS: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];

/// The 128 bits at a counter under a key.
#[inline(always)]
pub(super) fn philox4x32_10(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    let ([mut c0, mut c1, mut c2, mut c3], [mut k0, mut k1]) = (counter, key);
    for _ in 0..ROUNDS {
        let (a, b) = (
            u64::from(c0) * MULTIPLIERS[0],
            u64::from(c2) * MULTIPLIERS[1],
        );
        (c0, c1, c2, c3) = (
            (b >> 32) as u32 ^ c1 ^ k0,
            b as u32,
            (a >> 32) as u32 ^ c3 ^ k1,
            a as u32,
        );
        (k0, k1) = (k0.wrapping_add(KEY_STEPS[0]), k1.wrapping_add(KEY_STEPS[1]));
    }
    [c0, c1, c2, c3]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_crate_gives_the_same_bits() {
        for index in 0..1000_u32 {
            let spread = |salt: u32| index.wrapping_mul(0x9E37_79B9).rotate_left(salt) ^ salt;
            let counter = [spread(1), spread(7), index, spread(13)];
            let key = [spread(3), spread(29)];
            assert_eq!(
                philox4x32_10(counter, key),
                rand_philox::philox4x32_10(counter, key)
            );
        }
    }
}
