//! Buyers and sellers with a curve: behaviours that small worlds put in the place
//! of those of households and firms.
//!
//! Sellers ask the price at which their supply curve offers what they expect to
//! sell; buyers want what their demand curve says at the price of the market.
//! Everything in between stays with the mechanisms of the engine: expectations,
//! stocks, customs, the choice of origins, trade, payments and accounts. Prices are
//! relative to the base year, quantities in USD bn at base prices a year.

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_engine::Tick;
use tradewinds_engine::customs::RatesInForce;
use tradewinds_engine::firm::{BaseLogPrice, Firm, Line, Owner, Rows};
use tradewinds_engine::household::{BudgetSystems, Budgets, spread_budgets};
use tradewinds_engine::importer::StoreSystems;
use tradewinds_engine::model::Model;
use tradewinds_engine::pricing::{LogPrice, PricingSystems};
use tradewinds_engine::production::ExpectedSales;
use tradewinds_engine::sourcing::{MarketPrices, SourcingSystems};
use tradewinds_engine::stocks::ArrivalSystems;
use tradewinds_kernel::maths::{exp, ln, pow};
use tradewinds_kernel::phase::Phase;

/// A quantity as a function of a price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Curve {
    /// intercept + slope × price; an infinite slope holds the price at `intercept`.
    Linear {
        /// Quantity at a price of zero, or the price itself.
        intercept: f64,
        /// Change of the quantity per unit of the price.
        slope: f64,
    },
    /// scale × price^elasticity; an infinite elasticity holds the price at 1.
    Constant {
        /// Quantity at base prices.
        scale: f64,
        /// Log change of the quantity per log change of the price.
        elasticity: f64,
    },
}

impl Curve {
    /// The quantity at a price.
    pub(super) fn quantity(self, price: f64) -> f64 {
        match self {
            Self::Linear { intercept, slope } => intercept + slope * price,
            Self::Constant { scale, elasticity } => scale * pow(price, elasticity),
        }
    }

    /// The price at which a quantity is offered, above zero.
    fn price(self, quantity: f64) -> f64 {
        const LEAST: f64 = 1e-3;
        let price = match self {
            Self::Linear { intercept, slope } if slope.is_infinite() => intercept,
            Self::Linear { intercept, slope } => (quantity - intercept) / slope,
            Self::Constant { scale, elasticity } => pow(quantity / scale, 1.0 / elasticity),
        };
        price.max(LEAST)
    }
}

/// Sellers, buyers and rules of a small world.
#[derive(Resource, Debug, Clone, Default)]
pub(super) struct CurvesPlugin {
    /// Supply of the firms of a cell, `[i][s]`.
    pub(super) supply: Vec<(usize, Curve)>,
    /// Demand in a market, `[n][s]`.
    pub(super) demand: Vec<(usize, Curve)>,
    /// A good that is the same whoever makes it.
    pub(super) homogeneous: Option<Homogeneous>,
    /// A duty per unit of a flow, `[n][i][s]`, in units of the base price.
    pub(super) specific_duty: Option<(usize, f64)>,
}

/// A market in which home goods cost what imports cost: home sellers offer what
/// their curve says at that price and buyers import the rest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Homogeneous {
    /// The market, `[n][s]`, which is also the cell of its home sellers.
    pub(super) market: usize,
    /// Flow of home goods, `[n][n][s]`.
    pub(super) home: usize,
    /// Flow of imports, `[n][i][s]`.
    pub(super) imports: usize,
    /// Supply of home sellers.
    pub(super) supply: Curve,
    /// Demand of the market.
    pub(super) demand: Curve,
    /// Price above which nothing is imported.
    pub(super) autarky: f64,
}

impl Plugin for CurvesPlugin {
    fn build(&self, app: &mut App) {
        app.insert_resource(self.clone()).add_systems(
            Tick,
            (
                ask_prices.in_set(Phase::Plan).after(PricingSystems),
                charge_by_unit
                    .in_set(Phase::Trade)
                    .before(ArrivalSystems)
                    .before(SourcingSystems),
                share_market
                    .in_set(Phase::Trade)
                    .after(SourcingSystems)
                    .before(StoreSystems)
                    .before(spread_budgets),
                want_quantities
                    .in_set(Phase::Trade)
                    .in_set(BudgetSystems)
                    .after(spread_budgets),
            ),
        );
    }
}

/// A duty per unit as a share of the price asked for the first line of the flow.
fn charge_by_unit(
    model: Res<Model>,
    curves: Res<CurvesPlugin>,
    rows: Res<Rows>,
    lines: Query<(&LogPrice, &BaseLogPrice), With<Line>>,
    mut rates: ResMut<RatesInForce>,
) {
    let Some((flow, duty)) = curves.specific_duty else {
        return;
    };
    let economy = &model.economy;
    let (n, rest) = (
        flow / (economy.economies * economy.sectors),
        flow % (economy.economies * economy.sectors),
    );
    let row = Rows::flow(economy, n, rest / economy.sectors, rest % economy.sectors);
    if let Some((price, base)) = lines.iter().nth(rows.lines[row]) {
        rates.set_import_duty(flow, duty * exp(base.0 - price.0));
    }
}

fn ask_prices(
    curves: Res<CurvesPlugin>,
    rows: Res<Rows>,
    market: Res<MarketPrices>,
    firms: Query<&ExpectedSales, With<Firm>>,
    mut lines: Query<(&mut LogPrice, &BaseLogPrice, &Owner), With<Line>>,
) {
    let expected: Vec<f64> = firms.iter().map(|sales| sales.0).collect();
    let mut asked = vec![None; expected.len()];
    for (cell, curve) in &curves.supply {
        let sellers = rows.firms[*cell]..rows.firms[cell + 1];
        let quantity: f64 = expected[sellers.clone()].iter().sum();
        asked[sellers].fill(Some(ln(curve.price(quantity))));
    }
    if let Some(good) = curves.homogeneous {
        let sellers = rows.firms[good.market]..rows.firms[good.market + 1];
        asked[sellers].fill(Some(market.log_composite[good.market]));
    }
    for (mut price, base, owner) in &mut lines {
        if let Some(change) = asked[owner.0 as usize] {
            price.0 = base.0 + change;
        }
    }
}

/// One price for home goods and imports, and the shares that follow from it.
fn share_market(curves: Res<CurvesPlugin>, mut prices: ResMut<MarketPrices>) {
    let Some(good) = curves.homogeneous else {
        return;
    };
    let prices = &mut *prices;
    let price = exp(prices.log_landed[good.imports]).min(good.autarky);
    let at_home = (good.supply.quantity(price) / good.demand.quantity(price)).clamp(0.0, 1.0);
    prices.origin_share[good.home] = at_home;
    prices.origin_share[good.imports] = 1.0 - at_home;
    prices.domestic_units[good.market] = at_home;
    prices.import_units[good.market] = 1.0 - at_home;
    for log_price in [
        &mut prices.log_composite,
        &mut prices.log_domestic,
        &mut prices.log_import,
    ] {
        log_price[good.market] = ln(price);
    }
}

fn want_quantities(
    model: Res<Model>,
    curves: Res<CurvesPlugin>,
    prices: Res<MarketPrices>,
    mut budgets: ResMut<Budgets>,
) {
    let users = model.economy.users.len();
    let sectors = model.economy.sectors;
    for (market, curve) in &curves.demand {
        let wanted = curve.quantity(exp(prices.log_composite[*market])).max(0.0);
        let (n, s) = (market / sectors, market % sectors);
        for user in 0..users {
            let of_user = if user == 0 { wanted } else { 0.0 };
            budgets.units[(n * users + user) * sectors + s] = of_user;
        }
        let of_kind = match model.economy.users[0].is_retail {
            true => &mut budgets.store_units,
            false => &mut budgets.direct_units,
        };
        of_kind[*market] = wanted;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_price_of_a_quantity_on_a_curve_is_the_one_that_offers_it() {
        let linear = Curve::Linear {
            intercept: 2.0,
            slope: 3.0,
        };
        let constant = Curve::Constant {
            scale: 2.0,
            elasticity: 1.5,
        };
        for curve in [linear, constant] {
            assert!((curve.price(curve.quantity(1.3)) - 1.3).abs() < 1e-14);
        }
        let flat = Curve::Linear {
            intercept: 0.7,
            slope: f64::INFINITY,
        };
        assert_eq!(flat.price(123.0), 0.7);
    }
}
