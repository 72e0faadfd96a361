//! Volumes: flows at the prices of the base year.
//!
//! real GDP = final purchases + exports − imports + growth of the inventories of firms
//! ([`crate::inventories`]), each at base-year prices. Imports count when they are
//! used: from the stocks of importers, where they hold any.

use tradewinds_equilibrium::Economy;
use tradewinds_kernel::maths::exp_slice;

use crate::household::Budgets;
use crate::importer::StorePrices;
use crate::sourcing::MarketPrices;
use crate::stocks::{ImportStocks, base_taxes};
use crate::trade::Shipments;

/// What volumes are read from.
pub(crate) struct Volumes<'a> {
    pub(crate) economy: &'a Economy,
    pub(crate) prices: &'a MarketPrices,
    pub(crate) stores: &'a StorePrices,
    pub(crate) budgets: &'a Budgets,
    pub(crate) shipments: &'a Shipments,
    pub(crate) imports: &'a ImportStocks,
}

impl Volumes<'_> {
    /// Real GDP by economy, USD bn a year at base prices.
    pub(crate) fn gdp(&self) -> Vec<f64> {
        let economy = self.economy;
        let mut gdp: Vec<f64> = (0..economy.economies).map(|n| self.bought(n)).collect();
        let mut shipped: Vec<f64> = self.prices.log_gate.iter().map(|price| -price).collect();
        exp_slice(&mut shipped);
        for (flow, volume) in shipped.into_iter().enumerate() {
            let n = flow / (economy.economies * economy.sectors);
            let i = flow / economy.sectors % economy.economies;
            if n == i || self.shipments.value[flow] == 0.0 {
                continue;
            }
            let border = 1.0 + economy.export_tax[flow];
            let volume = volume * self.shipments.value[flow] * border;
            gdp[i] += volume;
            gdp[n] -= match self.imports.link_of(flow) {
                Some(link) => self.imports.sold[link] / base_taxes(economy, flow) * border,
                None => volume,
            };
        }
        gdp
    }

    /// What final users of an economy bought.
    fn bought(&self, n: usize) -> f64 {
        let economy = self.economy;
        let markets = economy.market(n, 0)..economy.market(n + 1, 0);
        let users = economy.users.iter().enumerate();
        users
            .flat_map(|(user, class)| {
                let row = (n * economy.users.len() + user) * economy.sectors;
                let units = &self.budgets.units[row..row + economy.sectors];
                units.iter().zip(markets.clone()).map(|(units, market)| {
                    let price = if class.is_retail {
                        self.stores.base[market]
                    } else {
                        1.0
                    };
                    units * price * self.shipments.delivered[market]
                })
            })
            .sum()
    }
}
