//! Inventories of firms at the prices of the base year, for real GDP: what is made
//! and not sold yet is product too.

use bevy_ecs::prelude::*;
use tradewinds_equilibrium::Economy;

use crate::firm::{BundlesPerUnit, Firm, Rows};
use crate::production::{ExpectedSales, FinishedStock, Materials};

/// What inventories were worth when they were last counted.
#[derive(Resource, Debug, Clone, PartialEq)]
pub(crate) struct Inventories {
    /// Price at the factory gate of the base year of what a bundle of inputs makes,
    /// `[n][s]`, USD bn.
    price: Vec<f64>,
    /// Finished goods and materials of firms, `[n]`, USD bn at base prices.
    level: Vec<f64>,
}

impl Inventories {
    /// Those with which a run starts.
    pub(crate) fn at_base(economy: &Economy, world: &mut World) -> Self {
        let mut firms =
            world.query_filtered::<(&ExpectedSales, &FinishedStock, &BundlesPerUnit), With<Firm>>();
        let (mut made, mut stock) = (Vec::new(), Vec::new());
        for (sales, held, bundles) in firms.iter(world) {
            made.push(sales.0 * bundles.0);
            stock.push(held.0 * bundles.0);
        }
        let rows = world.resource::<Rows>();
        let mut sold = vec![0.0; economy.markets()];
        for (flow, value) in economy.accounts().sales.iter().enumerate() {
            let of = economy.economies * economy.sectors;
            sold[flow % of] += value;
        }
        let price = (sold.iter().enumerate())
            .map(|(cell, sold)| {
                let made: f64 = made[rows.firms[cell]..rows.firms[cell + 1]].iter().sum();
                if made > 0.0 { sold / made } else { 0.0 }
            })
            .collect();
        let mut inventories = Self {
            price,
            level: Vec::new(),
        };
        inventories.level =
            inventories.count(economy, rows, &stock, &world.resource::<Materials>().stock);
        inventories
    }

    /// Inventories by economy; finished goods in bundles, materials in units of the
    /// composites, which cost one in the base year.
    fn count(&self, economy: &Economy, rows: &Rows, stock: &[f64], materials: &[f64]) -> Vec<f64> {
        let firms = rows.firm_count();
        let by_cell = |cell: usize| {
            let span = rows.firms[cell]..rows.firms[cell + 1];
            let finished: f64 = stock[span.clone()].iter().sum();
            let held: f64 = (0..economy.sectors)
                .map(|k| {
                    materials[k * firms + span.start..k * firms + span.end]
                        .iter()
                        .sum::<f64>()
                })
                .sum();
            finished * self.price[cell] + held
        };
        (0..economy.economies)
            .map(|n| {
                (economy.market(n, 0)..economy.market(n + 1, 0))
                    .map(by_cell)
                    .sum()
            })
            .collect()
    }

    /// Counts inventories; returns by how much they grew since the last count, `[n]`.
    pub(crate) fn grown(
        &mut self,
        economy: &Economy,
        rows: &Rows,
        (stock, materials): (&[f64], &[f64]),
    ) -> Vec<f64> {
        let level = self.count(economy, rows, stock, materials);
        let grown = level.iter().zip(&self.level).map(|(now, then)| now - then);
        let grown = grown.collect();
        self.level = level;
        grown
    }
}
