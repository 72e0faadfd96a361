//! Whether two versions of "reprice and sell" are the same economics: their
//! random numbers differ, so their firms and cells may differ by chance only.

use tradewinds_kernel::maths::ln;

use crate::by_hand::ByHand;
use crate::reprice::OnEcs;

/// Mean difference between two models and its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// What is compared.
    pub of: &'static str,
    /// Mean of one model less the other.
    pub mean: f64,
    /// Standard error of the mean.
    pub error: f64,
}

impl Difference {
    /// Largest number of standard errors at which a difference passes for
    /// chance: about 1 in 16,000.
    pub const LARGEST: f64 = 4.0;

    fn between(of: &'static str, one: &[f64], other: &[f64]) -> Self {
        let count = one.len() as f64;
        let differences = || one.iter().zip(other).map(|(one, other)| one - other);
        let mean = differences().sum::<f64>() / count;
        let squares: f64 = differences()
            .map(|value| (value - mean) * (value - mean))
            .sum();
        Self {
            of,
            mean,
            error: (squares / (count - 1.0) / count).sqrt(),
        }
    }

    /// Whether chance explains it.
    pub fn is_chance(&self) -> bool {
        self.mean.abs() <= Self::LARGEST * self.error
    }
}

/// Differences of firms' log prices and profits and of cells' log weights, between two models after the same number of ticks.
pub fn differences(on_ecs: &mut OnEcs, by_hand: &ByHand) -> [Difference; 3] {
    let (prices, profits) = on_ecs.log_prices_and_profits();
    let (hand_prices, hand_profits) = by_hand.log_prices_and_profits();
    let ratio: Vec<f64> = on_ecs
        .cell_weights()
        .iter()
        .zip(by_hand.cell_weights())
        .map(|(one, other)| ln(one / other))
        .collect();
    [
        Difference::between("log price", &prices, &hand_prices),
        Difference::between("profit", &profits, &hand_profits),
        Difference::between("log weight of a cell", &ratio, &vec![0.0; ratio.len()]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::by_hand::State;
    use crate::cells::{Cells, Start};

    const TICKS: usize = 80;

    fn compare(on_ecs: Cells, by_hand: Cells, state: State) -> [Difference; 3] {
        let start = Start::of(&on_ecs, 3);
        let mut one = OnEcs::new(on_ecs, start.clone(), 3);
        let mut other = ByHand::new(by_hand, start, state, 4);
        for _ in 0..TICKS {
            one.tick();
            other.tick();
        }
        differences(&mut one, &other)
    }

    #[test]
    fn the_versions_agree_within_chance() {
        let cells = Cells::equal(40_000, 64);
        for state in [State::Logs, State::Levels] {
            for difference in compare(cells.clone(), cells.clone(), state) {
                assert!(difference.is_chance(), "{state:?}: {difference:?}");
            }
        }
    }

    #[test]
    fn a_twentieth_more_on_markups_is_noticed() {
        let cells = Cells::equal(40_000, 64);
        let start = Start::of(&cells, 3);
        let mut dearer = start.clone();
        for markup in &mut dearer.log_markup {
            *markup *= 1.05;
        }
        let mut one = OnEcs::new(cells.clone(), start, 3);
        let mut other = ByHand::new(cells, dearer, State::Logs, 4);
        for _ in 0..TICKS {
            one.tick();
            other.tick();
        }
        let found = differences(&mut one, &other);
        assert!(
            found.iter().all(|difference| !difference.is_chance()),
            "{found:?}"
        );
    }

    #[test]
    fn more_noise_is_noticed_in_the_weights() {
        let cells = Cells::equal(40_000, 64);
        let noisier = Cells {
            noise: 2.0 * cells.noise,
            ..cells.clone()
        };
        let [.., weights] = compare(cells, noisier, State::Logs);
        assert!(!weights.is_chance(), "{weights:?}");
    }
}
