//! Accounts of economies and of the world at the end of a tick.

use super::books::Books;
use super::findings::Findings;
use super::settlement::UnitPrices;
use super::{AGENT_TOLERANCE, Account, Audit, WORLD_TOLERANCE};
use crate::columns::OnlyTable;
use crate::trade::distribution_units;

/// Production, income and expenditure of an economy in a tick, USD bn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NationalAccounts {
    /// Sales less materials, with store margins and taxes on trade.
    pub production: f64,
    /// Wages, dividends, interest, profits kept for investment, what firms and
    /// importers kept in cash, taxes on trade less compensation of producers.
    pub income: f64,
    /// Final spending, stocks built by importers and net exports.
    pub expenditure: f64,
    /// Exports less imports at the border.
    pub net_exports: f64,
    /// Materials bought by firms.
    pub materials: f64,
    /// Spending of final users.
    pub final_spending: f64,
    /// What importers and stores keep after the cost of goods and distribution.
    pub trade_margin: f64,
    /// Change of the cost of importers' stocks and goods under way.
    pub stocks_built: f64,
    /// What firms and importers kept in cash.
    pub retained: f64,
    /// Profits that firms handed over for investment.
    pub reinvested: f64,
}

/// Share of all balances that counts as flow: with the tolerance of the world it is
/// about ten times the rounding of a number.
const ROUNDING_SHARE: f64 = 2e-3;

impl Books<'_, '_> {
    pub(super) fn check_world(&self, audit: &mut Audit, found: &mut Findings) {
        let economy = &self.model.economy;
        let output: f64 = self.shipments.value.iter().sum::<f64>() * self.clock.dt();
        let gate_value = std::mem::take(&mut audit.gate_value);
        let entered = std::mem::take(&mut audit.entered);
        let retained = std::mem::take(&mut audit.retained);
        let saved = std::mem::take(&mut audit.saved);
        let stocked = std::mem::take(&mut audit.stocked);
        // Where ticks are so short that hardly anything flows, what is off is the
        // rounding of balances.
        let output = output.max(ROUNDING_SHARE * self.held());
        let mut close = |account: Account, residual: f64| {
            let relative = (residual / output).abs();
            audit.worst_world = audit.worst_world.max(relative);
            if relative.is_nan() || relative > WORLD_TOLERANCE {
                found.breach(account, residual, output);
            }
        };
        let change = self.money() - audit.money;
        close(Account::World("money is neither made nor lost"), change);
        let transfers: f64 = self.incomes.transfer.iter().sum();
        close(
            Account::World("transfers between economies add up to zero"),
            transfers,
        );
        let mut balances = 0.0;
        let prices = self.unit_prices();
        let trade = (&gate_value[..], &entered[..]);
        self.imports
            .exp_by_link(|flow| self.prices.log_offered[flow], &mut audit.work);
        let mut accounts = std::mem::take(&mut audit.national);
        accounts.clear();
        for n in 0..economy.economies {
            let kept = (retained[n], stocked[n]);
            let margin_on_stocks = self.margin_on_stocks(&audit.work, n);
            let national = self.national_accounts(trade, &prices, kept, margin_on_stocks, n);
            let abroad = national.net_exports + self.incomes.transfer[n];
            close(
                Account::Economy("net exports and transfers are the change of money", n),
                saved[n] + retained[n] - abroad,
            );
            balances += national.net_exports;
            accounts.push(national);
            close(
                Account::Economy("production is income", n),
                national.production - national.income,
            );
            close(
                Account::Economy("production is expenditure", n),
                national.production - national.expenditure,
            );
            let (_, received) = self.users.table();
            let users = n * economy.users.len()..(n + 1) * economy.users.len();
            let received: f64 = users.map(|user| received[user].0).sum();
            close(
                Account::Economy("profits kept for investment are received", n),
                national.reinvested - received,
            );
            let employed: f64 = self.cells(n).map(|cell| self.labour.employed[cell]).sum();
            let at_rest: f64 = self.cells(n).map(|cell| economy.wage_bill[cell]).sum();
            let force = at_rest / (1.0 - self.model.frictions.unemployment[n]);
            if employed > force * (1.0 + AGENT_TOLERANCE) {
                let account = "employment does not exceed the labour force";
                close(Account::Economy(account, n), employed - force);
            }
        }
        close(Account::World("external balances add up to zero"), balances);
        audit.money += change;
        (audit.gate_value, audit.entered) = (gate_value, entered);
        audit.retained = retained;
        (audit.saved, audit.stocked) = (saved, stocked);
        audit.national = accounts;
    }

    /// Value added from three sides, at market prices, over the tick, USD bn.
    pub(super) fn national_accounts(
        &self,
        (gate_value, entered): (&[f64], &[f64]),
        prices: &UnitPrices,
        (retained, stocks_built): (f64, f64),
        margin_on_stocks: f64,
        n: usize,
    ) -> NationalAccounts {
        let economy = &self.model.economy;
        let dt = self.clock.dt();
        let (mut produced, mut exports, mut imports, mut duties, mut taxes) =
            (0.0, 0.0, 0.0, 0.0, 0.0);
        for s in 0..economy.sectors {
            for other in 0..economy.economies {
                let sold = economy.flow(other, n, s);
                let value = gate_value[sold] * dt;
                let tax = self.rates.rates.export_tax[sold] * value;
                produced += value;
                taxes += tax;
                exports += value + tax;
                let bought = economy.flow(n, other, s);
                imports += gate_value[bought] * (1.0 + self.rates.rates.export_tax[bought]) * dt;
                duties += self.rates.rates.collected[bought] * entered[bought] * dt;
            }
        }
        // Rents that exporters hold are part of the price at the border.
        for (flow, rent) in self.quotas.paid_abroad() {
            let per_economy = economy.economies * economy.sectors;
            if flow / per_economy == n {
                duties -= rent;
                imports += rent;
            }
            if flow / economy.sectors % economy.economies == n {
                produced += rent;
                exports += rent;
            }
        }
        let materials: f64 = self
            .cells(n)
            .map(|market| self.orders.materials[market] * prices.landed[market] * dt)
            .sum();
        let (final_spending, store_margin) = self.final_spending(prices, n);
        let trade_margin = store_margin + margin_on_stocks;
        let reinvested = self.reinvested(n);
        NationalAccounts {
            production: produced - materials + trade_margin + duties + taxes,
            income: self.incomes.wages[n]
                + self.incomes.profit[n]
                + self.incomes.interest[n]
                + reinvested
                + retained
                + stocks_built
                + self.incomes.revenue[n]
                - self.treasuries.compensation[n],
            expenditure: final_spending + stocks_built + exports - imports,
            net_exports: exports - imports,
            materials,
            final_spending,
            trade_margin,
            stocks_built,
            retained,
            reinvested,
        }
    }

    /// Profits that firms handed over for investment, USD bn.
    pub(super) fn reinvested(&self, n: usize) -> f64 {
        let cells = self.cells(n);
        let retained = self.firms.table().6;
        (self.rows.firms[cells.start]..self.rows.firms[cells.end])
            .map(|firm| retained[firm].0)
            .sum()
    }

    /// Spending of final users and what importers keep after the cost of what
    /// they sold at current prices, USD bn.
    fn final_spending(&self, prices: &UnitPrices, n: usize) -> (f64, f64) {
        let economy = &self.model.economy;
        let dt = self.clock.dt();
        let (mut spending, mut margin) = (0.0, 0.0);
        for market in self.cells(n) {
            let delivered = self.shipments.delivered[market] * dt;
            let stores = self.orders.stores[market] * delivered;
            let direct = self.orders.direct[market] * delivered;
            let (cost, retail) = (prices.composite[market], prices.retail[market]);
            let services = economy.services.map_or(0.0, |services| {
                distribution_units(&self.model, &self.prices, &self.orders.stores, market)
                    * prices.landed[economy.market(n, services)]
                    * dt
            });
            spending += stores * retail + direct * cost;
            margin += stores * (retail - cost) - services;
        }
        (spending, margin)
    }

    /// Value of the goods sold from stock at offered prices, by link, over their
    /// cost, USD bn.
    fn margin_on_stocks(&self, offered: &[f64], n: usize) -> f64 {
        let imports = &*self.imports;
        let cells = self.cells(n);
        (imports.first[cells.start]..imports.first[cells.end])
            .map(|link| {
                let earned = imports.sold[link] * offered[link] * self.clock.dt();
                earned - imports.cost_of_sales[link]
            })
            .sum()
    }
}
