//! The two upper tiers: domestic against imports, and origins of imports.

use tradewinds_equilibrium::Economy;
use tradewinds_kernel::maths::{exp, exp_slice, ln};

use super::MarketPrices;
use super::ces::{NEAR_ONE, log_ces};

/// The two upper tiers of one market; `relative` is scratch space.
pub(super) fn choose_origins(
    economy: &Economy,
    prices: &mut MarketPrices,
    relative: &mut Vec<f64>,
    n: usize,
    s: usize,
) {
    let market = economy.market(n, s);
    let own = economy.flow(n, n, s);
    let (sigma, eps) = (economy.sigma[s], economy.eps[s]);
    let domestic = economy.origin_share[own];
    let share = |i: usize| match i == n {
        true => 0.0,
        false => economy.origin_share[economy.flow(n, i, s)],
    };
    let imported: f64 = (0..economy.economies).map(share).sum();
    let log_domestic = prices.log_offered[own];
    let slope = 1.0 - sigma;
    let offered = |i: usize| prices.log_offered[economy.flow(n, i, s)];
    // Origins that sell nothing take no part, at whatever price.
    let largest = (0..economy.economies)
        .filter(|i| share(*i) > 0.0)
        .map(|i| slope * offered(i))
        .fold(f64::NEG_INFINITY, f64::max);
    let mut log_import = 0.0;
    relative.clear();
    if imported > 0.0 {
        relative.extend((0..economy.economies).map(|i| match share(i) > 0.0 {
            true => slope * offered(i) - largest,
            false => 0.0,
        }));
        exp_slice(relative);
        let mut total = 0.0;
        for (i, power) in relative.iter_mut().enumerate() {
            *power *= share(i) / imported;
            total += *power;
        }
        log_import = if slope.abs() < NEAR_ONE {
            (0..economy.economies)
                .map(|i| share(i) / imported * offered(i))
                .sum()
        } else {
            (ln(total) + largest) / slope
        };
        for power in relative.iter_mut() {
            *power /= total;
        }
    }
    let tiers = [(domestic, log_domestic), (imported, log_import)];
    let log_composite = if domestic + imported > 0.0 {
        log_ces(eps, tiers.into_iter().filter(|(share, _)| *share > 0.0))
    } else {
        0.0
    };
    let domestic_now = domestic * exp((1.0 - eps) * (log_domestic - log_composite));
    let imported_now = imported * exp((1.0 - eps) * (log_import - log_composite));
    for (i, within) in relative.iter().enumerate() {
        prices.origin_share[economy.flow(n, i, s)] = imported_now * within;
    }
    prices.origin_share[own] = domestic_now;
    prices.log_domestic[market] = log_domestic;
    prices.log_import[market] = log_import;
    prices.log_composite[market] = log_composite;
    prices.domestic_units[market] = domestic_now * exp(log_composite - log_domestic);
    prices.import_units[market] = imported_now * exp(log_composite - log_import);
}
