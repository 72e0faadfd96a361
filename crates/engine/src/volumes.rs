//! Volumes: real GDP by production, at the prices of the base year.
//!
//! real GDP = Σ over firms of (output − materials used)
//!          + trade margins of stores (sales − goods − distribution services)
//!          + base-year duties and export taxes on the volumes that bear them.
//!
//! What is made counts when it is made, sold or not. By expenditure the same sum
//! needs every stock in the economy, and composites that are worth more than the
//! goods in them when the mix is right: by production it needs neither.

use bevy_ecs::prelude::*;
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::maths::exp_slice;

use crate::firm::{BundlesPerUnit, Firm, Rows};
use crate::importer::StorePrices;
use crate::model::Model;
use crate::production::{ExpectedSales, Output, Recipe};
use crate::sourcing::{MarketPrices, Opening};
use crate::trade::{Orders, Shipments, distribution_units};

/// What a unit of each firm is worth at the factory gate in the base year, by row,
/// USD bn: the mean over its markets.
#[derive(Resource, Debug, Clone, PartialEq)]
pub(crate) struct BaseValues(Vec<f64>);

impl BaseValues {
    /// Reads the firms with which a run starts.
    pub(crate) fn read(economy: &Economy, world: &mut World) -> Self {
        let mut firms = world.query_filtered::<(&ExpectedSales, &BundlesPerUnit), With<Firm>>();
        let (mut made, mut bundles) = (Vec::new(), Vec::new());
        for (sales, per_unit) in firms.iter(world) {
            made.push(sales.0 * per_unit.0);
            bundles.push(per_unit.0);
        }
        let rows = world.resource::<Rows>();
        let cells = economy.markets();
        let mut sold = vec![0.0; cells];
        // Links opened from a seed sell from the start.
        let opening = Opening::of(world.resource::<Model>());
        for (flow, value) in opening.sales.iter().enumerate() {
            sold[flow % cells] += value;
        }
        let mut units = bundles;
        for (cell, sold) in sold.iter().enumerate() {
            let firms = rows.firms[cell]..rows.firms[cell + 1];
            let made: f64 = made[firms.clone()].iter().sum();
            for unit in &mut units[firms] {
                *unit *= sold / made;
            }
        }
        Self(units)
    }
}

/// What volumes are read from.
pub(crate) struct Volumes<'a> {
    pub(crate) model: &'a Model,
    pub(crate) rows: &'a Rows,
    pub(crate) values: &'a BaseValues,
    pub(crate) recipe: &'a Recipe,
    pub(crate) prices: &'a MarketPrices,
    pub(crate) stores: &'a StorePrices,
    pub(crate) orders: &'a Orders,
    pub(crate) shipments: &'a Shipments,
    /// What firms made in the tick, by row.
    pub(crate) output: &'a [Output],
    /// Bundles of inputs that a unit of it took, by row.
    pub(crate) bundles: &'a [BundlesPerUnit],
    /// What firms went without, `[n][s]`, units a year.
    pub(crate) missed: &'a [f64],
}

impl Volumes<'_> {
    /// Real GDP by economy, USD bn a year at base prices.
    pub(crate) fn gdp(&self) -> Vec<f64> {
        let economy = &self.model.economy;
        let mut gdp: Vec<f64> = (0..economy.economies)
            .map(|n| {
                (0..economy.sectors)
                    .map(|s| self.value_added(n, s) + self.trade_margin(economy.market(n, s)))
                    .sum()
            })
            .collect();
        self.add_taxes(&mut gdp);
        gdp
    }

    /// Output less materials used.
    fn value_added(&self, n: usize, s: usize) -> f64 {
        let economy = &self.model.economy;
        let cell = economy.market(n, s);
        let materials: f64 = (0..economy.sectors)
            .map(|k| economy.input(n, k, s))
            .filter(|input| economy.input_cost_share[*input] > 0.0)
            .map(|input| self.recipe.materials[input])
            .sum();
        let of_recipe: f64 = (self.rows.firms[cell]..self.rows.firms[cell + 1])
            .map(|firm| {
                let (output, bundles) = (self.output[firm].0, self.bundles[firm].0);
                output * (self.values.0[firm] - materials * bundles)
            })
            .sum();
        of_recipe + self.missed[cell]
    }

    /// What stores add to the goods that they sell to households.
    fn trade_margin(&self, market: usize) -> f64 {
        let economy = &self.model.economy;
        let sold = self.orders.stores[market] * self.shipments.delivered[market];
        let services = economy.services.map_or(0.0, |services| {
            let seller = market - market % economy.sectors + services;
            distribution_units(self.model, self.prices, &self.orders.stores, market)
                * self.shipments.delivered[seller]
        });
        sold * (self.stores.base[market] - 1.0) - services
    }

    /// Duties and export taxes at the rates of the base year.
    fn add_taxes(&self, gdp: &mut [f64]) {
        let economy = &self.model.economy;
        let mut units: Vec<f64> = self.prices.log_gate.iter().map(|price| -price).collect();
        exp_slice(&mut units);
        // Where nothing is sold there may be no price.
        let volume = |flow: usize| match self.shipments.value[flow] {
            0.0 => 0.0,
            value => value * units[flow],
        };
        for n in 0..economy.economies {
            for i in (0..economy.economies).filter(|i| *i != n) {
                let first = economy.flow(n, i, 0);
                for flow in first..first + economy.sectors {
                    let (duty, export_tax) = (economy.import_duty[flow], economy.export_tax[flow]);
                    let entered = self.shipments.entered_volume[flow];
                    gdp[n] += duty * (1.0 + export_tax) * entered;
                    if export_tax != 0.0 {
                        gdp[i] += export_tax * volume(flow);
                    }
                }
            }
        }
    }
}
