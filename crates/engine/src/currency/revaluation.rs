//! What is held or fixed in local money, at a new exchange rate.
//!
//! Wages, store prices, the costs that store margins refer to, expected incomes,
//! values of firms, remembered prices of inputs and of plant and the cost of goods
//! at hand keep their number in local money. So do money balances and public debt; the
//! change of
//! their value in reference money is recorded by economy in
//! [`Currencies::revaluation`].

use std::ops::Range;

use bevy_ecs::prelude::*;

use super::Currencies;
use crate::accounts::Cash;
use crate::columns::{OnlyTable, raw};
use crate::firm::{Firm, Rows};
use crate::government::Treasuries;
use crate::household::{ExpectedIncome, FinalBuyer, Income, LogCostOfLiving};
use crate::importer::{Importer, LogReferenceCost, LogStorePrice, SHELVES, Shelf};
use crate::investment::RetainedProfit;
use crate::labour::Wages;
use crate::model::Model;
use crate::sourcing::MarketPrices;
use crate::stocks::ImportStocks;
use crate::valuation::FirmValues;

/// Calls with every economy whose money moved.
fn for_each_moved(currencies: &Currencies, mut visit: impl FnMut(usize, f64)) {
    for (n, change) in currencies.change.iter().enumerate() {
        if *change != 0.0 {
            visit(n, *change);
        }
    }
}

/// Wages, and the prices of the last tick as buyers remember them.
pub(super) fn convert_wages_and_memories(
    model: Res<Model>,
    currencies: Res<Currencies>,
    mut wages: ResMut<Wages>,
    mut prices: ResMut<MarketPrices>,
) {
    let economy = &model.economy;
    for_each_moved(&currencies, |n, change| {
        for market in economy.market(n, 0)..economy.market(n + 1, 0) {
            wages.log_wage[market] -= change;
            prices.log_composite[market] -= change;
        }
    });
}

pub(super) fn convert_store_prices(
    model: Res<Model>,
    currencies: Res<Currencies>,
    mut shelves: Query<(&mut LogStorePrice, &mut LogReferenceCost), With<Shelf>>,
) {
    let (mut price, mut reference) = shelves.table_mut();
    let (price, reference) = (raw(&mut price), raw(&mut reference));
    let per_economy = model.economy.sectors * model.population.importer_shares.len() * SHELVES;
    for_each_moved(&currencies, |n, change| {
        for shelf in n * per_economy..(n + 1) * per_economy {
            price[shelf].0 -= change;
            reference[shelf].0 -= change;
        }
    });
}

/// What goods at hand cost stays a number in local money; goods under way keep
/// the value of their invoice.
pub(super) fn convert_import_stocks(
    model: Res<Model>,
    currencies: Res<Currencies>,
    mut stocks: ResMut<ImportStocks>,
) {
    if stocks.is_empty() {
        return;
    }
    let economy = &model.economy;
    for_each_moved(&currencies, |n, _| {
        let factor = currencies.factor[n];
        let markets = economy.market(n, 0)..economy.market(n + 1, 0);
        for link in stocks.first[markets.start]..stocks.first[markets.end] {
            stocks.book.revalue(link, factor);
        }
        for value in &mut stocks.opening_value[markets] {
            *value *= factor;
        }
    });
}

/// New value of the balances of an economy; returns the change.
fn revalue(cash: &mut [Cash], factor: f64) -> f64 {
    let mut change = 0.0;
    for cash in cash {
        let before = cash.0;
        cash.0 *= factor;
        change += cash.0 - before;
    }
    change
}

/// New value of the balances of all economies whose money moved.
fn revalue_rows(
    currencies: &mut Currencies,
    cash: &mut [Cash],
    rows_of: impl Fn(usize) -> Range<usize>,
) {
    for n in 0..currencies.change.len() {
        if currencies.change[n] != 0.0 {
            let change = revalue(&mut cash[rows_of(n)], currencies.factor[n]);
            currencies.revaluation[n] += change;
        }
    }
}

pub(super) fn revalue_firms(
    model: Res<Model>,
    rows: Res<Rows>,
    mut currencies: ResMut<Currencies>,
    mut firms: Query<&mut Cash, With<Firm>>,
) {
    let mut cash = firms.table_mut();
    let economy = &model.economy;
    revalue_rows(&mut currencies, raw(&mut cash), |n| {
        rows.firms[economy.market(n, 0)]..rows.firms[economy.market(n + 1, 0)]
    });
}

/// Profits that firms are valued at are expected in local money.
pub(super) fn convert_values(
    model: Res<Model>,
    rows: Res<Rows>,
    currencies: Res<Currencies>,
    values: Option<ResMut<FirmValues>>,
) {
    let Some(mut values) = values else {
        return;
    };
    let economy = &model.economy;
    for_each_moved(&currencies, |n, _| {
        let own = rows.firms[economy.market(n, 0)]..rows.firms[economy.market(n + 1, 0)];
        let FirmValues {
            relative, expected, ..
        } = &mut *values;
        let of_firms = relative[own.clone()].iter_mut();
        for value in of_firms.chain(&mut expected[own]) {
            *value *= currencies.factor[n];
        }
    });
}

pub(super) fn revalue_importers(
    model: Res<Model>,
    mut currencies: ResMut<Currencies>,
    mut importers: Query<&mut Cash, With<Importer>>,
) {
    let mut cash = importers.table_mut();
    let per_economy = model.economy.sectors * model.population.importer_shares.len();
    revalue_rows(&mut currencies, raw(&mut cash), |n| {
        n * per_economy..(n + 1) * per_economy
    });
}

type UserBalances = (
    &'static mut Cash,
    &'static mut ExpectedIncome,
    &'static mut Income,
    &'static mut RetainedProfit,
    &'static mut LogCostOfLiving,
);

pub(super) fn revalue_users(
    model: Res<Model>,
    mut currencies: ResMut<Currencies>,
    mut users: Query<UserBalances, With<FinalBuyer>>,
) {
    let (mut cash, mut expected, mut income, mut retained, mut index) = users.table_mut();
    let (expected, income) = (raw(&mut expected), raw(&mut income));
    let (retained, index) = (raw(&mut retained), raw(&mut index));
    let users = model.economy.users.len();
    for_each_moved(&currencies, |n, change| {
        let factor = currencies.factor[n];
        for user in n * users..(n + 1) * users {
            expected[user].0 *= factor;
            income[user].0 *= factor;
            retained[user].0 *= factor;
            index[user].0 -= change;
        }
    });
    revalue_rows(&mut currencies, raw(&mut cash), |n| {
        n * users..(n + 1) * users
    });
}

/// Debt is a number in local money.
pub(super) fn revalue_treasuries(
    mut currencies: ResMut<Currencies>,
    mut treasuries: ResMut<Treasuries>,
) {
    for n in 0..currencies.change.len() {
        if currencies.change[n] != 0.0 {
            let change = treasuries.revalue(n, currencies.factor[n]);
            currencies.revaluation[n] += change;
        }
    }
}
