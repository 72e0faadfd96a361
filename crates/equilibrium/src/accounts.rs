//! Base-year flows and incomes that follow from the parts of an economy.

use crate::economy::EconomyParts;
use crate::final_demand::{
    FinalDemand, LABOUR, POOLS, PROFIT, REVENUE, StorePrices, TRANSFER, spending,
};

/// Base-year flows and incomes (USD bn a year).
#[derive(Clone, Debug, PartialEq)]
pub struct BaseAccounts {
    /// Revenue kept by the sellers of i in n, duties and export taxes excluded, `[n][i][s]`.
    pub sales: Vec<f64>,
    /// Cost of production of i in s (wages and materials), `[i][s]`.
    pub production_cost: Vec<f64>,
    /// Wage bill of all sectors, `[n]`.
    pub wages: Vec<f64>,
    /// Profits of producers, `[n]`.
    pub producer_profit: Vec<f64>,
    /// Profits of retail, `[n]`.
    pub retail_profit: Vec<f64>,
    /// Import duty and export tax, `[n]`.
    pub revenue: Vec<f64>,
    /// Wages, all profits, revenue and deficit, `[n]`; equals the spending of all final users.
    pub income: Vec<f64>,
    /// Spending of each final user at the prices it pays, `[user][n]`.
    pub user_spending: Vec<Vec<f64>>,
    /// Final demand for the composite of s at composite prices, distribution services included,
    /// `[n][s]`.
    pub final_demand: Vec<f64>,
}

/// Sales, costs, profits and taxes at given spending, shares, taxes and markups.
pub(crate) struct Receipts {
    pub(crate) sales: Vec<f64>,
    pub(crate) production_cost: Vec<f64>,
    pub(crate) producer_profit: Vec<f64>,
    pub(crate) revenue: Vec<f64>,
}

/// Taxes and markups in force, `[n][i][s]`.
#[derive(Clone, Copy)]
pub(crate) struct Terms<'a> {
    pub(crate) import_duty: &'a [f64],
    pub(crate) export_tax: &'a [f64],
    pub(crate) markup: &'a [f64],
}

impl Receipts {
    pub(crate) fn new(
        parts: &EconomyParts,
        spending: &[f64],
        shares: &[f64],
        terms: Terms<'_>,
    ) -> Self {
        let mut receipts = Self {
            sales: vec![0.0; parts.flows()],
            production_cost: vec![0.0; parts.markets()],
            producer_profit: vec![0.0; parts.economies],
            revenue: vec![0.0; parts.economies],
        };
        for n in 0..parts.economies {
            for i in 0..parts.economies {
                for s in 0..parts.sectors {
                    let flow = parts.flow(n, i, s);
                    let (duty, tax) = (terms.import_duty[flow], terms.export_tax[flow]);
                    let sales =
                        shares[flow] * spending[parts.market(n, s)] / ((1.0 + duty) * (1.0 + tax));
                    let cost = sales / terms.markup[flow];
                    receipts.sales[flow] = sales;
                    receipts.production_cost[parts.market(i, s)] += cost;
                    receipts.producer_profit[i] += sales - cost;
                    receipts.revenue[n] += duty * (1.0 + tax) * sales;
                    receipts.revenue[i] += tax * sales;
                }
            }
        }
        receipts
    }
}

impl BaseAccounts {
    pub(crate) fn of(parts: &EconomyParts) -> Self {
        let terms = Terms {
            import_duty: &parts.import_duty,
            export_tax: &parts.export_tax,
            markup: &parts.markup,
        };
        let receipts = Receipts::new(parts, &parts.spending, &parts.origin_share, terms);
        let unchanged = vec![0.0; parts.markets()];
        let stores = StorePrices::new(parts, &unchanged, &vec![1.0; parts.markets()]);
        let demand = FinalDemand::new(parts, &unchanged, &stores);
        let wages = (0..parts.economies)
            .map(|n| {
                parts.wage_bill[parts.market(n, 0)..parts.market(n, 0) + parts.sectors]
                    .iter()
                    .sum()
            })
            .collect();
        let incomes = Incomes::new(parts, &demand, (wages, &receipts), &parts.deficit);
        Self {
            sales: receipts.sales,
            production_cost: receipts.production_cost,
            wages: incomes.wages,
            producer_profit: receipts.producer_profit,
            retail_profit: incomes.retail_profit,
            revenue: receipts.revenue,
            income: incomes.income,
            user_spending: incomes.user_spending,
            final_demand: incomes.final_demand,
        }
    }
}

/// Incomes by economy, what users spend and what they demand.
pub(crate) struct Incomes {
    pub(crate) wages: Vec<f64>,
    pub(crate) retail_profit: Vec<f64>,
    pub(crate) income: Vec<f64>,
    pub(crate) user_spending: Vec<Vec<f64>>,
    pub(crate) final_demand: Vec<f64>,
}

impl Incomes {
    pub(crate) fn new(
        parts: &EconomyParts,
        demand: &FinalDemand,
        (wages, receipts): (Vec<f64>, &Receipts),
        deficit: &[f64],
    ) -> Self {
        let mut incomes = Self {
            retail_profit: vec![0.0; parts.economies],
            income: vec![0.0; parts.economies],
            user_spending: vec![vec![0.0; parts.economies]; parts.users.len()],
            final_demand: vec![0.0; parts.markets()],
            wages,
        };
        for (n, transfer) in deficit.iter().enumerate() {
            let mut pools = [0.0; POOLS];
            pools[LABOUR] = incomes.wages[n];
            pools[PROFIT] = receipts.producer_profit[n];
            pools[REVENUE] = receipts.revenue[n];
            pools[TRANSFER] = *transfer;
            for s in 0..parts.sectors {
                let market = parts.market(n, s);
                incomes.final_demand[market] = (0..POOLS)
                    .map(|pool| demand.loading[pool][market] * pools[pool])
                    .sum();
            }
            incomes.retail_profit[n] = demand.retail_profit_at(n, pools);
            pools[PROFIT] += incomes.retail_profit[n];
            incomes.income[n] = pools.iter().sum();
            for (index, user) in parts.users.iter().enumerate() {
                incomes.user_spending[index][n] = spending(user, n, pools);
            }
        }
        incomes
    }
}
