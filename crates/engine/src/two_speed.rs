//! Choice at two speeds: buyers answer a price at once and adapt over years.
//!
//! Shares of the goods of a set, with base shares s⁰ and log prices relative to
//! the base year p:
//!
//! s ∝ s⁰ × exp\[(1 − short) p − (long − short) x + pull\],   dx / dt = speed × (p − x),
//!
//! so that the elasticity h years after a change that stays is
//! short + (long − short)(1 − exp(−speed × h)). The price index is
//! ln P = Σ w p with Sato-Vartia weights w ∝ (s − s⁰) / ln(s / s⁰). Without a
//! pull it is the CES index at the elasticity of the moment; it moves one for
//! one with a uniform change of prices. (Tastes that adapt in a CES function
//! would give the same shares and a wrong index.)

use tradewinds_kernel::maths::{Kernel, dispatch, exp, exp_m1, ln};

/// How buyers of some sets of goods answer prices.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// 1 − short, by set.
    at_once: Vec<f64>,
    /// long − short, by set.
    over_years: Vec<f64>,
}

impl Answer {
    /// Short- and long-run elasticities by set; buyers who adapt at an infinite
    /// speed answer with the long-run elasticity at once.
    pub fn new(short: &[f64], long: &[f64], speed: f64) -> Self {
        let short = if speed.is_infinite() { long } else { short };
        Self {
            at_once: short.iter().map(|short| 1.0 - short).collect(),
            over_years: short
                .iter()
                .zip(long)
                .map(|(short, long)| long - short)
                .collect(),
        }
    }
}

/// The goods of several sets at current prices; arrays are `[good][set]`.
#[derive(Debug, Clone, Copy)]
pub struct Menu<'a> {
    /// Shares in the base year, which sum to 1 over the goods of a set; a good
    /// without a share is not for sale.
    pub base_share: &'a [f64],
    /// Log prices relative to the base year.
    pub log_price: &'a [f64],
    /// Log prices to which buyers have adapted.
    pub adapted: &'a [f64],
    /// What else draws buyers, in logs; none is empty.
    pub pull: &'a [f64],
}

/// What buyers choose: results of [`Chosen::choose`], used again and again.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Chosen {
    /// Shares now, `[good][set]`.
    pub share: Vec<f64>,
    /// Log of the price index relative to the base year, `[set]`; zero for a
    /// set of which nothing is for sale.
    pub log_index: Vec<f64>,
    /// Log of share over base share, `[good][set]`.
    change: Vec<f64>,
    weight: Vec<f64>,
    /// Largest change before shares are made to sum to 1, then the log of
    /// their total, `[set]`.
    largest: Vec<f64>,
    total: Vec<f64>,
}

impl Chosen {
    /// Fills the shares and indices of a menu.
    pub fn choose(&mut self, answer: &Answer, menu: Menu<'_>) {
        let (goods, sets) = (menu.base_share.len(), answer.at_once.len());
        for column in [&mut self.share, &mut self.change, &mut self.weight] {
            column.clear();
            column.resize(goods, 0.0);
        }
        for (column, value) in [
            (&mut self.log_index, 0.0),
            (&mut self.total, 0.0),
            (&mut self.largest, f64::NEG_INFINITY),
        ] {
            column.clear();
            column.resize(sets, value);
        }
        dispatch(Choose {
            chosen: self,
            answer,
            menu,
        });
    }
}

struct Choose<'a> {
    chosen: &'a mut Chosen,
    answer: &'a Answer,
    menu: Menu<'a>,
}

impl Kernel for Choose<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let (chosen, menu) = (self.chosen, self.menu);
        measure_pull(chosen, self.answer, &menu);
        set_shares(chosen, &menu);
        set_indices(chosen, &menu);
    }
}

/// Log of what prices make of each share, relative to the largest of its set.
#[inline(always)]
fn measure_pull(chosen: &mut Chosen, answer: &Answer, menu: &Menu<'_>) {
    let sets = answer.at_once.len();
    let answers = || answer.at_once.iter().zip(&answer.over_years);
    let seen = menu.log_price.chunks_exact(sets);
    let prices = seen.zip(menu.adapted.chunks_exact(sets));
    for (changes, (seen, adapted)) in chosen.change.chunks_exact_mut(sets).zip(prices) {
        let prices = seen.iter().zip(adapted);
        for (change, ((seen, adapted), (at_once, over_years))) in
            changes.iter_mut().zip(prices.zip(answers()))
        {
            *change = at_once * seen - over_years * adapted;
        }
    }
    for (change, pull) in chosen.change.iter_mut().zip(menu.pull) {
        *change += pull;
    }
    let shares = || menu.base_share.chunks_exact(sets);
    for (changes, shares) in chosen.change.chunks_exact(sets).zip(shares()) {
        let goods = changes.iter().zip(shares);
        for (largest, (change, share)) in chosen.largest.iter_mut().zip(goods) {
            let is_larger = *share > 0.0 && change > largest;
            *largest = if is_larger { *change } else { *largest };
        }
    }
    for (changes, shares) in chosen.change.chunks_exact_mut(sets).zip(shares()) {
        let goods = changes.iter_mut().zip(shares);
        for ((change, share), largest) in goods.zip(&chosen.largest) {
            let below = *change - largest;
            *change = if *share > 0.0 { below } else { 0.0 };
        }
    }
}

#[inline(always)]
fn set_shares(chosen: &mut Chosen, menu: &Menu<'_>) {
    let sets = chosen.total.len();
    let goods = chosen.change.iter().zip(menu.base_share);
    for (share, (change, base)) in chosen.share.iter_mut().zip(goods) {
        *share = base * exp(*change);
    }
    for good in chosen.share.chunks_exact(sets) {
        for (total, share) in chosen.total.iter_mut().zip(good) {
            *total += share;
        }
    }
    for (total, log_total) in chosen.total.iter_mut().zip(&mut chosen.largest) {
        *total = if *total > 0.0 { *total } else { 1.0 };
        *log_total = ln(*total);
    }
    let goods = chosen.share.chunks_exact_mut(sets);
    for (shares, changes) in goods.zip(chosen.change.chunks_exact_mut(sets)) {
        for (share, total) in shares.iter_mut().zip(&chosen.total) {
            *share /= total;
        }
        for (change, log_total) in changes.iter_mut().zip(&chosen.largest) {
            *change -= log_total;
        }
    }
}

/// Prices weighted with logarithmic means of base shares and shares.
#[inline(always)]
fn set_indices(chosen: &mut Chosen, menu: &Menu<'_>) {
    let sets = chosen.total.len();
    let goods = chosen.change.iter().zip(menu.base_share);
    for (weight, (change, base)) in chosen.weight.iter_mut().zip(goods) {
        // (s − s⁰) / ln(s / s⁰), which tends to s⁰.
        let mean = exp_m1(*change) / *change;
        *weight = base * if *change == 0.0 { 1.0 } else { mean };
    }
    chosen.total.fill(0.0);
    for (weights, prices) in
        (chosen.weight.chunks_exact(sets)).zip(menu.log_price.chunks_exact(sets))
    {
        let goods = weights.iter().zip(prices);
        let sums = chosen.total.iter_mut().zip(&mut chosen.log_index);
        for ((total, index), (weight, price)) in sums.zip(goods) {
            *total += weight;
            *index += if *weight > 0.0 { weight * price } else { 0.0 };
        }
    }
    for (index, total) in chosen.log_index.iter_mut().zip(&chosen.total) {
        *index = if *total > 0.0 { *index / *total } else { 0.0 };
    }
}

/// Moves what buyers have adapted to towards the prices they see, by the closed
/// share of a tick ([`tradewinds_kernel::clock::Clock::closing_share`]): exact
/// for prices that stay through the tick.
pub fn adapt(adapted: &mut [f64], seen: &[f64], closed: f64) {
    dispatch(Adapt {
        adapted,
        seen,
        closed,
    });
}

struct Adapt<'a> {
    adapted: &'a mut [f64],
    seen: &'a [f64],
    closed: f64,
}

impl Kernel for Adapt<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (adapted, seen) in self.adapted.iter_mut().zip(self.seen) {
            *adapted += self.closed * (seen - *adapted);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sourcing::log_ces;

    const SHARES: [f64; 4] = [0.55, 0.3, 0.149, 0.001];

    /// Shares and index of one set.
    fn choice(elasticities: (f64, f64), price: &[f64], adapted: &[f64]) -> Chosen {
        let answer = Answer::new(&[elasticities.0], &[elasticities.1], 0.5);
        let mut chosen = Chosen::default();
        let menu = Menu {
            base_share: &SHARES[..price.len()],
            log_price: price,
            adapted,
            pull: &[],
        };
        chosen.choose(&answer, menu);
        chosen
    }

    fn ces(elasticity: f64, price: &[f64]) -> f64 {
        log_ces(elasticity, SHARES.into_iter().zip(price.iter().copied()))
    }

    #[test]
    fn one_speed_is_the_ces_function() {
        let price = [0.3, -0.2, 0.01, 1.4];
        // The CES formula itself loses digits near an elasticity of one.
        for (elasticity, rounding) in [
            (0.2, 2e-15),
            (1.0, 2e-15),
            (1.0 + 1e-7, 1e-8),
            (2.5, 2e-15),
            (30.0, 2e-15),
        ] {
            let chosen = choice((elasticity, elasticity), &price, &[7.0; 4]);
            let index = ces(elasticity, &price);
            assert!(
                (chosen.log_index[0] - index).abs() < rounding,
                "{elasticity}: {} against {index}",
                chosen.log_index[0]
            );
            let index = chosen.log_index[0];
            for (good, share) in chosen.share.iter().enumerate() {
                let expected = SHARES[good] * exp((1.0 - elasticity) * (price[good] - index));
                assert!((share / expected - 1.0).abs() < 1e-13, "{elasticity}");
            }
        }
    }

    #[test]
    fn an_infinite_speed_is_the_long_run_at_once() {
        let answer = Answer::new(&[1.3], &[4.3], f64::INFINITY);
        assert_eq!(answer, Answer::new(&[4.3], &[4.3], 0.5));
    }

    #[test]
    fn the_index_follows_a_uniform_change_at_every_stage_of_adaptation() {
        for adapted in [0.0, 0.04, 0.1] {
            for short in [0.33, 1.0, 1.3] {
                let chosen = choice((short, 4.3), &[0.1; 4], &[adapted; 4]);
                assert!((chosen.log_index[0] - 0.1).abs() < 1e-15);
            }
        }
    }

    #[test]
    fn the_index_is_that_of_the_elasticity_of_the_moment() {
        let price = [0.0, 0.25, 0.0, 0.0];
        for share_adapted in [0.0, 0.3, 0.8, 1.0] {
            let adapted = price.map(|price| share_adapted * price);
            let chosen = choice((1.3, 4.3), &price, &adapted);
            let index = ces(1.3 + 3.0 * share_adapted, &price);
            assert!((chosen.log_index[0] - index).abs() < 1e-15);
        }
    }

    #[test]
    fn a_dearer_good_is_replaced_in_proportion_by_all_others() {
        let chosen = choice((1.3, 4.3), &[0.2, 0.0, 0.0, 0.0], &[0.1, 0.0, 0.0, 0.0]);
        assert!(chosen.share[0] < SHARES[0]);
        for good in 2..4 {
            let ratio = chosen.share[good] / chosen.share[1];
            assert!((ratio / (SHARES[good] / SHARES[1]) - 1.0).abs() < 1e-15);
        }
    }

    #[test]
    fn a_prohibitive_price_and_goods_not_for_sale_leave_the_rest() {
        let chosen = choice((1.3, 30.0), &[0.0, 9.2, 0.0, 0.0], &[0.0, 9.2, 0.0, 0.0]);
        assert!(chosen.share[1] < 1e-100 && chosen.share.iter().all(|share| share.is_finite()));
        let answer = Answer::new(&[1.3, 1.3], &[4.3, 4.3], 0.5);
        let mut chosen = Chosen::default();
        let menu = Menu {
            base_share: &[0.0, 0.4, 0.0, 0.6],
            log_price: &[f64::NEG_INFINITY, 0.1, 0.2, 0.1],
            adapted: &[0.0; 4],
            pull: &[],
        };
        chosen.choose(&answer, menu);
        assert!(chosen.share[0].abs() < 1e-300);
        assert!(chosen.log_index[0].abs() < 1e-300, "nothing for sale");
        assert!((chosen.log_index[1] - 0.1).abs() < 1e-15);
    }

    #[test]
    fn a_pull_moves_shares_and_leaves_the_index_of_equal_prices() {
        let answer = Answer::new(&[1.3], &[4.3], 0.5);
        let mut chosen = Chosen::default();
        let menu = Menu {
            base_share: &SHARES,
            log_price: &[0.2; 4],
            adapted: &[0.2; 4],
            pull: &[0.5, 0.0, 0.0, 0.0],
        };
        chosen.choose(&answer, menu);
        assert!(chosen.share[0] > SHARES[0]);
        assert!((chosen.log_index[0] - 0.2).abs() < 1e-15);
    }

    #[test]
    fn adaptation_does_not_depend_on_the_tick() {
        let after = |ticks: u32| {
            let mut adapted = [0.0];
            for _ in 0..2 * ticks {
                let closed = -exp_m1(-0.53 / f64::from(ticks));
                adapt(&mut adapted, &[0.25], closed);
            }
            adapted[0]
        };
        for ticks in [1, 12, 52, 365] {
            assert!((after(ticks) - 0.25 * (1.0 - exp(-1.06))).abs() < 1e-14);
        }
    }
}
