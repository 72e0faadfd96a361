//! Whether stocks would cycle for ever: how far an order sets off more orders.
//!
//! A firm that sells one unit more orders the materials of that unit and what
//! brings stocks back to their cover; its suppliers do the same. An order of a unit
//! at (i, k) by a producer at (n, s) is
//!
//! share of i in the market (n, k) × cost share of k in s
//!   × (1 + κ material cover) × (1 + κ finished cover) × (1 + κ' (import cover + transit)),
//!
//! the last for goods that importers hold. The spectral radius of these orders is
//! what a wave of orders is multiplied by at every stage of supply; well above one,
//! waves feed themselves.

use crate::model::Model;

/// Radius above which a model is likely to cycle.
pub const LIKELY_TO_CYCLE: f64 = 1.1;

/// Factor by which a wave of orders grows from one stage of supply to the next.
pub fn order_multiplier(model: &Model) -> f64 {
    const ROUNDS: usize = 200;
    let markets = model.economy.markets();
    let mut wave = vec![1.0 / markets as f64; markets];
    let mut growth = 0.0;
    for _ in 0..ROUNDS {
        wave = orders_of(model, &wave);
        growth = wave.iter().sum();
        if growth <= 0.0 {
            return 0.0;
        }
        for part in &mut wave {
            *part /= growth;
        }
    }
    growth
}

/// Orders that production at each (economy, sector) sets off.
fn orders_of(model: &Model, made: &[f64]) -> Vec<f64> {
    let economy = &model.economy;
    let frictions = &model.frictions;
    let speed = frictions.stock_adjustment;
    let per_stage = (1.0 + speed * model.material_cover()) * (1.0 + speed * model.finished_cover());
    let stocks = &frictions.stocks;
    let mut orders = vec![0.0; economy.markets()];
    for n in 0..economy.economies {
        for k in 0..economy.sectors {
            let used = |s: usize| {
                economy.input_cost_share[economy.input(n, k, s)] * made[economy.market(n, s)]
            };
            let wanted = per_stage * (0..economy.sectors).map(used).sum::<f64>();
            for i in 0..economy.economies {
                let is_held = i != n && stocks.cover[k] > 0.0;
                let on_the_way = stocks.cover[k] + stocks.transit[n * economy.economies + i];
                let importers = match is_held {
                    true => 1.0 + stocks.adjustment * on_the_way,
                    false => 1.0,
                };
                let share = economy.origin_share[economy.flow(n, i, k)];
                orders[economy.market(i, k)] += importers * share * wanted;
            }
        }
    }
    orders
}
