//! What a price is made of: changes of landed and store prices, split exactly.
//!
//! Logs relative to the base year, in the buyer's money, means over origins with
//! current shares of imports:
//!
//! landed = fob price (seller's money) + exchange rate + duty + export tax + freight,
//! store = landed + stock timing + mix + distribution + margin.
//!
//! *Stock timing* is what importers' stocks cost against what they would cost
//! now, *mix* what buyers save by changing origins, *distribution* the price of
//! services against that of the goods, *margin* all the rest: prices not yet
//! reset, margins squeezed, and prices set for a category as a whole.

use tradewinds_equilibrium::Economy;
use tradewinds_kernel::maths::{exp, ln};

use crate::customs::RateTable;
use crate::importer::StorePrices;
use crate::sourcing::MarketPrices;

/// Parts of the log change of the price of imports of a sector since the base
/// year, in the buyer's money.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PriceParts {
    /// Price at the factory gate in the money of the seller.
    pub fob_price: f64,
    /// What the buyer's money costs in that of the seller.
    pub exchange_rate: f64,
    /// Duty that reaches the treasury.
    pub duty: f64,
    /// Export tax of the origin.
    pub export_tax: f64,
    /// Cost of bringing goods over the border.
    pub freight: f64,
    /// Cost of goods from stock against what they would cost now.
    pub stock_timing: f64,
    /// Price index against the mean price: the saving from changing origins.
    pub mix: f64,
    /// Price of distribution against that of goods.
    pub distribution: f64,
    /// Store price against its cost.
    pub margin: f64,
}

/// Prices and rates that the parts are read from.
#[derive(Debug, Clone, Copy)]
pub struct Priced<'a> {
    /// Structure of the base year.
    pub economy: &'a Economy,
    /// Rates in force.
    pub rates: &'a RateTable,
    /// Prices of markets.
    pub prices: &'a MarketPrices,
    /// Prices of stores.
    pub stores: &'a StorePrices,
    /// Log of units of own money per unit of reference money, `[n]`.
    pub log_rate: &'a [f64],
}

impl PriceParts {
    /// Parts for the imports of sector `s` into economy `n`; zero where nothing
    /// is imported.
    pub fn of_imports(priced: &Priced<'_>, n: usize, s: usize) -> Self {
        let Priced {
            economy,
            rates,
            prices,
            stores,
            log_rate,
        } = *priced;
        let market = economy.market(n, s);
        let abroad = (0..economy.economies).filter(|i| *i != n);
        let bought = |i: usize| prices.origin_share[economy.flow(n, i, s)];
        let imported: f64 = abroad.clone().map(bought).sum();
        let mut parts = Self::default();
        if imported <= 0.0 {
            return parts;
        }
        let mut offered = 0.0;
        for i in abroad.filter(|i| bought(*i) > 0.0) {
            let flow = economy.flow(n, i, s);
            let weight = bought(i) / imported;
            let tax = |now: f64, base: f64| weight * ln((1.0 + now) / (1.0 + base));
            parts.fob_price += weight * (prices.log_gate[flow] + log_rate[i]);
            parts.exchange_rate += weight * (log_rate[n] - log_rate[i]);
            parts.duty += tax(rates.collected[flow], economy.import_duty[flow]);
            parts.export_tax += tax(rates.export_tax[flow], economy.export_tax[flow]);
            parts.freight += weight * ln(rates.trade_cost[flow]);
            parts.stock_timing += weight * (prices.log_offered[flow] - prices.log_landed[flow]);
            offered += weight * prices.log_offered[flow];
        }
        parts.mix = prices.log_import[market] - offered;
        let units = economy.distribution_units[market];
        let services = economy.services.map_or(1.0, |services| {
            exp(prices.log_composite[economy.market(n, services)])
        });
        let goods = prices.log_import[market];
        let cost = ln((exp(goods) + units * services) / (1.0 + units));
        parts.distribution = cost - goods;
        parts.margin = stores.log_import[market] - cost;
        parts
    }

    /// Log change of the mean landed price.
    pub fn landed(&self) -> f64 {
        self.fob_price + self.exchange_rate + self.duty + self.export_tax + self.freight
    }

    /// Log change of the store price.
    pub fn store(&self) -> f64 {
        self.landed() + self.stock_timing + self.mix + self.distribution + self.margin
    }

    /// The columns of [`crate::tables::PRICE_PARTS`].
    pub fn columns(&self) -> [f64; 11] {
        [
            self.fob_price,
            self.exchange_rate,
            self.duty,
            self.export_tax,
            self.freight,
            self.landed(),
            self.stock_timing,
            self.mix,
            self.distribution,
            self.margin,
            self.store(),
        ]
    }
}
