//! Transshipment: goods of a targeted origin that enter under the name of another.
//!
//! share = most × (1 − enforcement) × logistic((gap − cost) / spread), from zero at no gap,
//!
//! where the gap is how much more duty the origin pays than the hub with the least
//! duty, in logs and against the gap of the base year. Hubs are origins that sell the
//! same good to the same buyer. Relabelled goods pay the duty of the hub, and the cost
//! of the detour uses up goods, as a trade cost does; what they pay is owed to the measures
//! on the hub. Trade is recorded where goods come
//! from; what is declared is in [`Relabelled`].

use std::collections::BTreeMap;

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::maths::{exp, ln};
use tradewinds_kernel::phase::Phase;

use crate::Tick;
use crate::customs::{CustomsSystems, MeasureRate, RatesInForce, enact_rates};
use crate::model::Model;

/// How readily goods are relabelled. No estimate is known: values are guesses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TransshipmentRule {
    /// Share of a flow that is relabelled at the most, without enforcement.
    pub most: f64,
    /// Cost of the detour, share of the price at the border.
    pub cost: f64,
    /// Spread of costs over sellers, log points of the gap.
    pub spread: f64,
    /// Share of attempts that enforcement prevents.
    pub enforcement: f64,
}

impl TransshipmentRule {
    /// Goods enter under their own origin.
    pub fn none() -> Self {
        Self {
            most: 0.0,
            cost: 0.1,
            spread: 0.05,
            enforcement: 0.0,
        }
    }

    /// Share relabelled at a gap in duties \[log points\]; none without a gap.
    pub fn share(&self, gap: f64) -> f64 {
        let logistic = |gap: f64| 1.0 / (1.0 + exp((self.cost - gap) / self.spread));
        let (now, at_none) = (logistic(gap), logistic(0.0));
        let above = ((now - at_none) / (1.0 - at_none)).max(0.0);
        self.most * (1.0 - self.enforcement) * above
    }
}

/// What is declared under another origin.
#[derive(Resource, Debug, Clone, Default, PartialEq)]
pub struct Relabelled {
    /// Share of each flow, `[n][i][s]`; empty where nothing ever is.
    pub share: Vec<f64>,
    /// Origin under whose name it enters, `[n][i][s]`.
    pub hub: Vec<u32>,
    /// Laws written so far when goods were last relabelled.
    laws: u32,
}

impl Relabelled {
    /// Rates by measure of what is declared: relabelled goods pay the measures of the
    /// hub and not those of their origin.
    fn attribute(&self, economy: &Economy, parts: &mut Vec<MeasureRate>) {
        let mut enacted: BTreeMap<usize, Vec<MeasureRate>> = BTreeMap::new();
        for part in parts.iter_mut() {
            let flow = part.flow as usize;
            enacted.entry(flow).or_default().push(*part);
            part.rate *= 1.0 - self.share[flow];
        }
        for (flow, share) in self.share.iter().enumerate() {
            if *share <= 0.0 {
                continue;
            }
            let buyer = flow / (economy.sectors * economy.economies);
            let hub = economy.flow(buyer, self.hub[flow] as usize, flow % economy.sectors);
            let of_hub = enacted.get(&hub).into_iter().flatten();
            parts.extend(of_hub.map(|part| MeasureRate {
                flow: flow as u32,
                rate: share * part.rate,
                ..*part
            }));
        }
    }
}

/// Relabels origins at the border. Add after [`crate::customs::CustomsPlugin`].
pub struct TransshipmentPlugin;

impl Plugin for TransshipmentPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Relabelled>().add_systems(
            Tick,
            relabel_origins
                .in_set(Phase::EnactPolicy)
                .in_set(CustomsSystems)
                .after(enact_rates),
        );
    }
}

fn relabel_origins(
    model: Res<Model>,
    mut in_force: ResMut<RatesInForce>,
    mut relabelled: ResMut<Relabelled>,
) {
    let rule = model.frictions.transshipment;
    if rule.most == 0.0 || in_force.laws() == relabelled.laws {
        return;
    }
    let economy = &model.economy;
    let as_enacted = in_force.rates.collected.clone();
    relabelled.share = vec![0.0; economy.flows()];
    relabelled.hub = (0..economy.flows())
        .map(|flow| (flow / economy.sectors % economy.economies) as u32)
        .collect();
    for flow in 0..economy.flows() {
        let Some((hub, gap)) = best_hub(economy, &as_enacted, flow) else {
            continue;
        };
        let share = rule.share(gap);
        if share <= 0.0 {
            continue;
        }
        let own = as_enacted[flow];
        let paid = own + share * (as_enacted[hub] - own);
        let detour = 1.0 + share * rule.cost;
        in_force.rates.collected[flow] = paid;
        in_force.rates.trade_cost[flow] *= detour;
        in_force.log_wedge[flow] += ln((1.0 + paid) / (1.0 + own) * detour);
        relabelled.share[flow] = share;
        relabelled.hub[flow] = (hub / economy.sectors % economy.economies) as u32;
    }
    let rates = &mut in_force.rates;
    relabelled.attribute(economy, &mut rates.by_measure);
    relabelled.attribute(economy, &mut rates.refunds);
    relabelled.laws = in_force.laws();
}

/// The flow of the hub with the largest gap below a flow, and the gap.
fn best_hub(economy: &Economy, collected: &[f64], flow: usize) -> Option<(usize, f64)> {
    let (sectors, economies) = (economy.sectors, economy.economies);
    let (buyer, origin) = (flow / (sectors * economies), flow / sectors % economies);
    if buyer == origin || economy.origin_share[flow] <= 0.0 {
        return None;
    }
    let change = |flow: usize| (1.0 + collected[flow]) / (1.0 + economy.import_duty[flow]);
    (0..economies)
        .filter(|hub| *hub != buyer && *hub != origin)
        .map(|hub| economy.flow(buyer, hub, flow % sectors))
        .filter(|hub| economy.origin_share[*hub] > 0.0)
        .map(|hub| (hub, change(flow) / change(hub)))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(hub, ratio)| (hub, ln(ratio)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: TransshipmentRule = TransshipmentRule {
        most: 0.4,
        cost: 0.1,
        spread: 0.05,
        enforcement: 0.0,
    };

    #[test]
    fn nothing_is_relabelled_without_a_gap_and_the_most_at_a_prohibitive_one() {
        assert_eq!(RULE.share(0.0), 0.0);
        assert_eq!(RULE.share(-0.5), 0.0);
        assert!((RULE.share(3.0) - 0.4).abs() < 1e-12);
    }

    #[test]
    fn half_of_the_most_is_relabelled_where_the_gap_is_the_cost() {
        // Less what a logistic that starts at zero takes off: (0.5 − a) / (1 − a).
        let at_none = 1.0 / (1.0 + exp(2.0));
        let expected = 0.4 * (0.5 - at_none) / (1.0 - at_none);
        assert!((RULE.share(0.1) - expected).abs() < 1e-15);
        assert!(RULE.share(0.05) < expected && RULE.share(0.2) > expected);
    }

    #[test]
    fn enforcement_prevents_its_share() {
        let enforced = TransshipmentRule {
            enforcement: 0.75,
            ..RULE
        };
        assert!((enforced.share(0.2) - 0.25 * RULE.share(0.2)).abs() < 1e-15);
    }
}
