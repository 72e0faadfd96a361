//! What the audit of a phase reads and compares, agent by agent.

use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::maths::{exp, exp_slice};
use tradewinds_kernel::phase::Phase;
use tradewinds_kernel::reduce::CompensatedSum;

use super::{AGENT_TOLERANCE, Account, Audit, Breach, Cash, ONE_DOLLAR};
use crate::columns::OnlyTable;
use crate::credit::InterestPaid;
use crate::currency::Currencies;
use crate::customs::RatesInForce;
use crate::firm::{BundlesPerUnit, Dividend, Firm, Line, Owner, Rows};
use crate::government::Treasuries;
use crate::household::{Budgets, FinalBuyer, Incomes};
use crate::importer::{Importer, MarketShare, StorePrices};
use crate::investment::RetainedProfit;
use crate::labour::{LabourRationing, Wages, Workforce};
use crate::model::Model;
use crate::pricing::LogPrice;
use crate::production::{FinishedStock, Materials, Output, Recipe};
use crate::quota::Quotas;
use crate::refund::Refunds;
use crate::sourcing::MarketPrices;
use crate::stocks::{Cargo, ImportStocks, base_taxes, market_of};
use crate::trade::{Orders, Sales, Shipments, distribution_units};

/// Everything the audit reads.
#[derive(SystemParam)]
pub(super) struct Books<'w, 's> {
    pub(super) model: Res<'w, Model>,
    pub(super) clock: Res<'w, Clock>,
    pub(super) rows: Res<'w, Rows>,
    pub(super) recipe: Res<'w, Recipe>,
    pub(super) wages: Res<'w, Wages>,
    pub(super) labour: Res<'w, LabourRationing>,
    pub(super) rates: Res<'w, RatesInForce>,
    pub(super) prices: Res<'w, MarketPrices>,
    pub(super) stores: Res<'w, StorePrices>,
    pub(super) orders: Res<'w, Orders>,
    pub(super) budgets: Res<'w, Budgets>,
    pub(super) shipments: Res<'w, Shipments>,
    pub(super) materials: Res<'w, Materials>,
    pub(super) imports: Res<'w, ImportStocks>,
    pub(super) incomes: Res<'w, Incomes>,
    pub(super) treasuries: Res<'w, Treasuries>,
    pub(super) currencies: Res<'w, Currencies>,
    pub(super) quotas: Res<'w, Quotas>,
    pub(super) refunds: Res<'w, Refunds>,
    pub(super) firms: Query<'w, 's, FirmBooks, With<Firm>>,
    pub(super) lines:
        Query<'w, 's, (&'static Sales, &'static LogPrice, &'static Owner), With<Line>>,
    pub(super) importers: Query<'w, 's, ImporterBooks, With<Importer>>,
    pub(super) users: Query<'w, 's, UserBooks, With<FinalBuyer>>,
}

type FirmBooks = (
    &'static Cash,
    &'static FinishedStock,
    &'static Output,
    &'static BundlesPerUnit,
    &'static Workforce,
    &'static Dividend,
    &'static RetainedProfit,
    &'static InterestPaid,
);
type ImporterBooks = (
    &'static Cash,
    &'static MarketShare,
    &'static Dividend,
    &'static InterestPaid,
);
type UserBooks = (&'static Cash, &'static RetainedProfit);

impl Books<'_, '_> {
    pub(super) fn audit(&self, phase: Phase, audit: &mut Audit) {
        if audit.breach.is_some() {
            return;
        }
        let mut found = Findings::default();
        match phase {
            Phase::OpenPeriod => {
                self.check_revaluation(audit, &mut found);
                self.check_stock_revaluation(audit, &mut found);
                self.check_goods_unchanged(audit, &mut found);
            }
            Phase::Produce => {
                self.check_cash_unchanged(audit, &mut found);
                self.check_production(audit, &mut found);
                self.check_imports_unchanged(audit, &mut found);
            }
            Phase::Trade => {
                self.check_cash_unchanged(audit, &mut found);
                self.check_deliveries(audit, &mut found);
                self.check_imports(audit, &mut found);
            }
            Phase::Settle => {
                self.check_goods_unchanged(audit, &mut found);
                self.check_settlement(audit, &mut found);
            }
            _ => {
                self.check_cash_unchanged(audit, &mut found);
                self.check_goods_unchanged(audit, &mut found);
            }
        }
        if phase == Phase::ClosePeriod {
            self.check_world(audit, &mut found);
        }
        audit.worst_agent = audit.worst_agent.max(found.worst);
        audit.breach = found.breach.map(|(account, amount, flow)| Breach {
            tick: self.clock.index(),
            phase,
            account,
            amount,
            flow,
        });
        match phase {
            Phase::Produce | Phase::Trade => self.remember_goods(audit),
            Phase::OpenPeriod | Phase::Settle => self.remember_cash(audit),
            _ => {}
        }
    }

    /// Copies the money that the next audits compare with.
    pub(super) fn remember_cash(&self, audit: &mut Audit) {
        copy(
            &mut audit.firm_cash,
            self.firms.table().0.iter().map(|cash| cash.0),
        );
        copy(
            &mut audit.importer_cash,
            self.importers.table().0.iter().map(|cash| cash.0),
        );
        copy(
            &mut audit.user_cash,
            self.users.table().0.iter().map(|cash| cash.0),
        );
        audit.treasury.clone_from(&self.treasuries.balance);
    }

    /// Copies the goods that the next audits compare with.
    pub(super) fn remember_goods(&self, audit: &mut Audit) {
        copy(
            &mut audit.stock,
            self.firms.table().1.iter().map(|stock| stock.0),
        );
        audit.import_units.clone_from(&self.imports.book.units);
        self.imports.transit.total(&mut audit.under_way);
        audit.import_value = self.import_value(&audit.under_way);
        audit.materials.clone_from(&self.materials.stock);
        audit.materials_written = Some(self.materials.last_changed());
        audit.imports_written = Some(self.imports.last_changed());
    }

    /// Compensated: the rounding of a plain sum grows with agents and breaches
    /// the tolerance where ticks are short and so world output per tick is small.
    pub(super) fn money(&self) -> f64 {
        let mut total = CompensatedSum::default();
        let cash = self.firms.table().0.iter();
        let cash = cash.chain(self.importers.table().0);
        for cash in cash.chain(self.users.table().0) {
            total.add(cash.0);
        }
        for balance in &self.treasuries.balance {
            total.add(*balance);
        }
        total.total()
    }

    /// Balances of all, without regard to their sign.
    pub(super) fn held(&self) -> f64 {
        let cash = self.firms.table().0.iter();
        let cash = cash.chain(self.importers.table().0);
        let cash = cash.chain(self.users.table().0).map(|cash| cash.0.abs());
        let treasuries = self.treasuries.balance.iter().map(|balance| balance.abs());
        cash.chain(treasuries).sum()
    }

    pub(super) fn check_cash_unchanged(&self, audit: &Audit, found: &mut Findings) {
        for (firm, cash) in self.firms.table().0.iter().enumerate() {
            found.unchanged(Account::FirmCash(firm), audit.firm_cash[firm], cash.0);
        }
        for (importer, cash) in self.importers.table().0.iter().enumerate() {
            found.unchanged(
                Account::ImporterCash(importer),
                audit.importer_cash[importer],
                cash.0,
            );
        }
        for (user, cash) in self.users.table().0.iter().enumerate() {
            found.unchanged(Account::FinalUserCash(user), audit.user_cash[user], cash.0);
        }
        for (n, balance) in self.treasuries.balance.iter().enumerate() {
            found.unchanged(Account::Treasury(n), audit.treasury[n], *balance);
        }
    }

    /// Money balances keep their number in local money; what that changes in
    /// reference money is what the exchange rates recorded, and no more.
    pub(super) fn check_revaluation(&self, audit: &mut Audit, found: &mut Findings) {
        let economies = self.model.economy.economies;
        let firms = self.firms.table().0;
        let importers = self.importers.table().0;
        let users = self.users.table().0;
        let per_importer = importers.len() / economies;
        let per_user = users.len() / economies;
        for n in 0..economies {
            let factor = self.currencies.factor[n];
            let (mut change, mut held) = (CompensatedSum::default(), 0.0);
            let mut revalued = |account: Account, before: f64, now: f64| {
                found.unchanged(account, before * factor, now);
                change.add(now - before);
                held += now.abs();
            };
            let cells = self.cells(n);
            for firm in self.rows.firms[cells.start]..self.rows.firms[cells.end] {
                let account = Account::FirmCash(firm);
                revalued(account, audit.firm_cash[firm], firms[firm].0);
            }
            for at in n * per_importer..(n + 1) * per_importer {
                let account = Account::ImporterCash(at);
                revalued(account, audit.importer_cash[at], importers[at].0);
            }
            for at in n * per_user..(n + 1) * per_user {
                let account = Account::FinalUserCash(at);
                revalued(account, audit.user_cash[at], users[at].0);
            }
            let (before, now) = (audit.treasury[n], self.treasuries.balance[n]);
            revalued(Account::Treasury(n), before, now);
            let change = change.total();
            let account = Account::Economy("revaluations are recorded", n);
            found.close(account, change - self.currencies.revaluation[n], held);
            audit.money += change;
        }
    }

    /// The cost of goods at hand keeps its number in local money; goods under way
    /// keep their value.
    fn check_stock_revaluation(&self, audit: &mut Audit, found: &mut Findings) {
        if audit.imports_written == Some(self.imports.last_changed()) {
            return;
        }
        let mut under_way = Vec::new();
        self.imports.transit.total(&mut under_way);
        let value = self.import_value(&under_way);
        for (link, flow) in self.imports.flow.iter().enumerate() {
            let n = market_of(&self.model.economy, *flow) / self.model.economy.sectors;
            let shipped = audit.under_way[link].border();
            let at_hand = (audit.import_value[link] - shipped) * self.currencies.factor[n];
            let residual = value[link] - (shipped + at_hand);
            found.close(Account::ImporterGoodsValue(link), residual, value[link]);
        }
        audit.import_value = value;
    }

    pub(super) fn check_goods_unchanged(&self, audit: &mut Audit, found: &mut Findings) {
        for (firm, stock) in self.firms.table().1.iter().enumerate() {
            found.unchanged(Account::FinishedGoods(firm), audit.stock[firm], stock.0);
        }
        self.check_imports_unchanged(audit, found);
        // Only systems that touched materials since the last audit can have moved them.
        if audit.materials_written == Some(self.materials.last_changed()) {
            return;
        }
        let firms = self.rows.firm_count();
        for (at, stock) in self.materials.stock.iter().enumerate() {
            let account = Account::FirmMaterials(at / firms, at % firms);
            found.unchanged(account, audit.materials[at], *stock);
        }
        audit.materials_written = Some(self.materials.last_changed());
    }

    fn check_imports_unchanged(&self, audit: &mut Audit, found: &mut Findings) {
        if audit.imports_written == Some(self.imports.last_changed()) {
            return;
        }
        let mut under_way = Vec::new();
        self.imports.transit.total(&mut under_way);
        let value = self.import_value(&under_way);
        for (link, units) in self.imports.book.units.iter().enumerate() {
            let account = Account::ImporterGoods(link);
            found.unchanged(account, audit.import_units[link], *units);
            let (before, now) = (audit.under_way[link], under_way[link]);
            found.unchanged(Account::GoodsUnderWay(link), before.units, now.units);
            let account = Account::ImporterGoodsValue(link);
            found.unchanged(account, audit.import_value[link], value[link]);
        }
        audit.imports_written = Some(self.imports.last_changed());
    }

    pub(super) fn check_production(&self, audit: &Audit, found: &mut Findings) {
        let dt = self.clock.dt();
        let (_, stock, output, bundles_per_unit, ..) = self.firms.table();
        for firm in 0..stock.len() {
            let made = output[firm].0 * dt;
            let expected = audit.stock[firm] + made;
            found.close(
                Account::FinishedGoods(firm),
                stock[firm].0 - expected,
                gross(made, audit.stock[firm]),
            );
        }
        let bundle: Vec<f64> = output
            .iter()
            .zip(bundles_per_unit)
            .map(|(output, bundles)| output.0 * bundles.0 * dt)
            .collect();
        self.for_each_material(|k, firm, at, input| {
            let used = self.recipe.materials[input] * bundle[firm];
            let change = self.materials.stock[at] - (audit.materials[at] - used);
            found.close(
                Account::FirmMaterials(k, firm),
                change,
                gross(used, audit.materials[at]),
            );
        });
    }

    pub(super) fn check_deliveries(&self, audit: &Audit, found: &mut Findings) {
        let dt = self.clock.dt();
        let (_, stock, ..) = self.firms.table();
        let (sales, _, owner) = self.lines.table();
        let mut sold = vec![0.0; stock.len()];
        for (sales, owner) in sales.iter().zip(owner) {
            sold[owner.0 as usize] += sales.quantity * dt;
        }
        for firm in 0..stock.len() {
            let change = stock[firm].0 - (audit.stock[firm] - sold[firm]);
            found.close(
                Account::FinishedGoods(firm),
                change,
                gross(sold[firm], audit.stock[firm]),
            );
        }
        let sectors = self.model.economy.sectors;
        self.for_each_material(|k, firm, at, input| {
            let economy = input / (sectors * sectors);
            let delivered = self.shipments.delivered[economy * sectors + k];
            let arrived = self.materials.ordered[at] * delivered * dt;
            let change = self.materials.stock[at] - (audit.materials[at] + arrived);
            found.close(
                Account::FirmMaterials(k, firm),
                change,
                gross(arrived, audit.materials[at]),
            );
        });
    }

    /// Calls with input sector, firm, entry in [`Materials`] and entry of the input share.
    pub(super) fn for_each_material(&self, mut visit: impl FnMut(usize, usize, usize, usize)) {
        let economy = &self.model.economy;
        let firms = self.rows.firm_count();
        for cell in 0..economy.markets() {
            let (n, s) = (cell / economy.sectors, cell % economy.sectors);
            for k in 0..economy.sectors {
                for firm in self.rows.firms[cell]..self.rows.firms[cell + 1] {
                    visit(k, firm, k * firms + firm, economy.input(n, k, s));
                }
            }
        }
    }

    pub(super) fn check_settlement(&self, audit: &mut Audit, found: &mut Findings) {
        let earned = self.earnings(audit);
        self.count_retained(audit);
        self.check_firms(audit, &earned, found);
        self.check_importers(audit, found);
        self.check_users(audit, found);
        self.check_treasuries(audit, found);
    }

    /// Sales by firm, USD bn in the tick, and by flow, from quantities and prices of lines.
    pub(super) fn earnings(&self, audit: &mut Audit) -> Vec<f64> {
        let economy = &self.model.economy;
        let (sales, price, owner) = self.lines.table();
        let mut value: Vec<f64> = price.iter().map(|price| price.0).collect();
        exp_slice(&mut value);
        for (value, sales) in value.iter_mut().zip(sales) {
            *value *= sales.quantity;
        }
        let mut earned = vec![0.0; self.rows.firm_count()];
        audit.gate_value.resize(economy.flows(), 0.0);
        for n in 0..economy.economies {
            for s in 0..economy.sectors {
                for i in 0..economy.economies {
                    let row = Rows::flow(economy, n, i, s);
                    let mut total = 0.0;
                    for line in self.rows.lines[row]..self.rows.lines[row + 1] {
                        earned[owner[line].0 as usize] += value[line] * self.clock.dt();
                        total += value[line];
                    }
                    audit.gate_value[economy.flow(n, i, s)] = total;
                }
            }
        }
        earned
    }

    pub(super) fn count_retained(&self, audit: &mut Audit) {
        let economy = &self.model.economy;
        let per_market = self.model.population.importer_shares.len();
        let firms = self.firms.table().0;
        let importers = self.importers.table().0;
        let cash = self.users.table().0;
        audit.retained.clear();
        audit.saved.clear();
        for n in 0..economy.economies {
            let cells = self.cells(n);
            let firms_kept: f64 = (self.rows.firms[cells.start]..self.rows.firms[cells.end])
                .map(|firm| firms[firm].0 - audit.firm_cash[firm])
                .sum();
            let importers_kept: f64 = (cells.start * per_market..cells.end * per_market)
                .map(|importer| importers[importer].0 - audit.importer_cash[importer])
                .sum();
            audit.retained.push(firms_kept + importers_kept);
            let users = n * economy.users.len()..(n + 1) * economy.users.len();
            let saved: f64 = users.map(|user| cash[user].0 - audit.user_cash[user]).sum();
            let lent = self.treasuries.balance[n] - audit.treasury[n];
            audit.saved.push(saved + lent);
        }
    }

    pub(super) fn check_firms(&self, audit: &Audit, earned: &[f64], found: &mut Findings) {
        let economy = &self.model.economy;
        let dt = self.clock.dt();
        let (cash, _, _, _, workforce, dividend, retained, interest) = self.firms.table();
        let mut spent = vec![0.0; cash.len()];
        let prices: Vec<f64> = (0..economy.markets())
            .map(|market| self.landed_price(market) * dt)
            .collect();
        self.for_each_material(|k, firm, at, input| {
            let market = economy.market(input / (economy.sectors * economy.sectors), k);
            spent[firm] += self.materials.ordered[at] * prices[market];
        });
        for cell in 0..economy.markets() {
            let wage = exp(self.wages.log_wage[cell]) * dt;
            for firm in self.rows.firms[cell]..self.rows.firms[cell + 1] {
                let costs = spent[firm] + wage * workforce[firm].0;
                let support = self.treasuries.to_firms.get(firm).copied().unwrap_or(0.0);
                let earned = earned[firm] + support;
                let kept = retained[firm].0 + interest[firm].0;
                let expected = audit.firm_cash[firm] + earned - (costs + dividend[firm].0 + kept);
                let flow = gross(
                    earned + costs + dividend[firm].0.abs(),
                    audit.firm_cash[firm],
                );
                found.close(Account::FirmCash(firm), cash[firm].0 - expected, flow);
            }
        }
    }

    /// What buyers pay for a unit ordered, after the delivered share, USD.
    pub(super) fn landed_price(&self, market: usize) -> f64 {
        exp(self.prices.log_composite[market]) * self.shipments.delivered[market]
    }

    pub(super) fn check_importers(&self, audit: &Audit, found: &mut Findings) {
        let economy = &self.model.economy;
        let dt = self.clock.dt();
        let (cash, share, dividend, interest) = self.importers.table();
        let per_market = self.model.population.importer_shares.len();
        for importer in 0..cash.len() {
            let market = importer / per_market;
            let share = share[importer].0 * dt;
            let stores = self.orders.stores[market] * self.shipments.delivered[market];
            let earned = share
                * (self.orders.wholesale(market) * self.landed_price(market)
                    + stores * self.stores.level[importer]);
            let services = economy.services.map_or(0.0, |services| {
                let seller = economy.market(market / economy.sectors, services);
                distribution_units(&self.model, &self.prices, &self.orders.stores, market)
                    * self.landed_price(seller)
            });
            let costs = share * (self.landed_value(&audit.gate_value, market) + services);
            let paid_out = dividend[importer].0 + interest[importer].0;
            let paid_back = self.refunds.to_market(market) * share / dt;
            let expected = audit.importer_cash[importer] + earned + paid_back - (costs + paid_out);
            let flow = gross(
                earned + paid_back + costs + paid_out.abs(),
                audit.importer_cash[importer],
            );
            found.close(
                Account::ImporterCash(importer),
                cash[importer].0 - expected,
                flow,
            );
        }
    }

    /// What the importers of a market pay for goods with all duties and taxes,
    /// from the sales of the lines, USD bn a year: duty on what entered, the rest
    /// on what was shipped.
    pub(super) fn landed_value(&self, gate_value: &[f64], market: usize) -> f64 {
        let economy = &self.model.economy;
        let (n, s) = (market / economy.sectors, market % economy.sectors);
        let value = |i: usize| {
            let flow = economy.flow(n, i, s);
            let border = gate_value[flow] * (1.0 + self.rates.rates.export_tax[flow]);
            border + self.rates.rates.collected[flow] * self.entered(gate_value, flow)
        };
        (0..economy.economies).map(value).sum()
    }

    /// Border value that customs cleared, USD bn a year: what was shipped, or
    /// what arrived of it where goods are under way.
    pub(super) fn entered(&self, gate_value: &[f64], flow: usize) -> f64 {
        match self.imports.link_of(flow) {
            Some(link) => self.imports.moved[link].arrived.border() / self.clock.dt(),
            None => gate_value[flow] * (1.0 + self.rates.rates.export_tax[flow]),
        }
    }

    fn import_value(&self, under_way: &[Cargo]) -> Vec<f64> {
        let value = |(link, cargo): (usize, &Cargo)| self.imports.book.value(link) + cargo.border();
        under_way.iter().enumerate().map(value).collect()
    }

    /// Stocks of importers and goods under way changed by what was loaded, what
    /// arrived and what was sold, in units and at cost.
    pub(super) fn check_imports(&self, audit: &mut Audit, found: &mut Findings) {
        let economy = &self.model.economy;
        let dt = self.clock.dt();
        let imports = &*self.imports;
        let mut under_way = Vec::new();
        imports.transit.total(&mut under_way);
        let value = self.import_value(&under_way);
        audit.stocked.clear();
        audit.stocked.resize(economy.economies, 0.0);
        for (link, flow) in imports.flow.iter().enumerate() {
            let moved = &imports.moved[link];
            let sold = imports.sold[link] * dt;
            let held = audit.import_units[link];
            let arrived = moved.arrived.units;
            let residual = imports.book.units[link] - (held + arrived - sold);
            let flows = gross(arrived + sold, held);
            found.close(Account::ImporterGoods(link), residual, flows);
            // What was loaded follows from what firms sold, not from the importers' own record.
            let gate = self.shipments.value[*flow] * dt;
            let price = exp(self.prices.log_gate[*flow]) * self.rates.rates.trade_cost[*flow];
            let loaded = gate * base_taxes(economy, *flow) / price;
            let before = audit.under_way[link].units;
            let residual = under_way[link].units - (before + loaded - arrived);
            found.close(
                Account::GoodsUnderWay(link),
                residual,
                gross(loaded + arrived, before),
            );
            let change = value[link] - audit.import_value[link];
            let bought = gate * (1.0 + self.rates.rates.export_tax[*flow]) + moved.duty;
            let residual = change - (bought - moved.cost_of_sales);
            let flows = gross(bought + moved.cost_of_sales, value[link]);
            found.close(Account::ImporterGoodsValue(link), residual, flows);
            audit.stocked[market_of(economy, *flow) / economy.sectors] += change;
        }
    }

    pub(super) fn check_users(&self, audit: &Audit, found: &mut Findings) {
        let economy = &self.model.economy;
        let dt = self.clock.dt();
        let (cash, retained) = self.users.table();
        for (row, cash) in cash.iter().enumerate() {
            let n = row / economy.users.len();
            let is_retail = economy.users[row % economy.users.len()].is_retail;
            let paid: f64 = (0..economy.sectors)
                .map(|s| {
                    let market = economy.market(n, s);
                    let units = self.budgets.units[row * economy.sectors + s] * dt;
                    units * self.user_price(market, is_retail) * self.shipments.delivered[market]
                })
                .sum();
            let class = &economy.users[row % economy.users.len()];
            let received = class.labour_claim[n] * self.incomes.wages[n]
                + class.profit_claim[n] * (self.incomes.profit[n] + self.incomes.interest[n])
                + class.revenue_claim[n] * self.treasuries.uses.by_claims[n]
                + class.transfer_claim[n] * self.incomes.transfer[n]
                + self.treasuries.beyond_claims(row % economy.users.len(), n)
                + self.treasuries.defence_of(row % economy.users.len(), n) * dt
                + retained[row].0;
            let expected = audit.user_cash[row] + received - paid;
            let flow = gross(received.abs() + paid, audit.user_cash[row]);
            found.close(Account::FinalUserCash(row), cash.0 - expected, flow);
        }
    }

    /// All revenue is put to some use; what the treasury keeps, less what it pays
    /// from debt, is the change of its balance.
    fn check_treasuries(&self, audit: &Audit, found: &mut Findings) {
        let uses = &self.treasuries.uses;
        for (n, revenue) in self.incomes.revenue.iter().enumerate() {
            let handed_out = uses.by_claims[n] + uses.returned[n] + uses.spent[n];
            let paid = self.treasuries.interest[n]
                + self.treasuries.compensation[n]
                + self.treasuries.defence[n] * self.clock.dt()
                + self.treasuries.shortfall[n];
            let kept = revenue - handed_out - paid;
            let change = self.treasuries.balance[n] - audit.treasury[n];
            let mut flow = revenue.abs() + handed_out.abs() + paid.abs();
            if self.treasuries.shortfall[n] != 0.0 {
                // What purchases need is the difference of all that government receives.
                flow += self.treasuries.purchases[n];
            }
            let flow = gross(flow, audit.treasury[n]);
            found.close(Account::Treasury(n), change - kept, flow);
        }
    }

    pub(super) fn user_price(&self, market: usize, is_retail: bool) -> f64 {
        if !is_retail {
            return exp(self.prices.log_composite[market]);
        }
        let shares = &self.model.population.importer_shares;
        let levels = &self.stores.level[market * shares.len()..];
        shares
            .iter()
            .zip(levels)
            .map(|(share, level)| share * level)
            .sum()
    }

    pub(super) fn cells(&self, n: usize) -> std::ops::Range<usize> {
        self.model.economy.market(n, 0)..self.model.economy.market(n + 1, 0)
    }
}

/// The first breach of a phase and the largest residual of an agent.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) breach: Option<(Account, f64, f64)>,
    pub(super) worst: f64,
}

impl Findings {
    pub(super) fn breach(&mut self, account: Account, amount: f64, flow: f64) {
        self.breach.get_or_insert((account, amount, flow));
    }

    /// A residual within tolerance of the account's own gross flow.
    #[inline]
    pub(super) fn close(&mut self, account: Account, residual: f64, flow: f64) {
        let flow = flow.max(ONE_DOLLAR);
        if residual.abs() > self.worst * flow || residual.is_nan() {
            self.worst = residual.abs() / flow;
            if self.worst.is_nan() || self.worst > AGENT_TOLERANCE {
                self.breach(account, residual, flow);
            }
        }
    }

    /// A value that this phase may not change.
    #[inline]
    pub(super) fn unchanged(&mut self, account: Account, before: f64, now: f64) {
        if before.to_bits() != now.to_bits() {
            self.breach(account, now - before, before.abs());
        }
    }
}

/// Gross flow of an account in the tick; where hardly anything flows, a millionth
/// of the balance, whose rounding is all that can be off.
fn gross(flow: f64, balance: f64) -> f64 {
    flow.max(1e-6 * balance.abs())
}

fn copy(target: &mut Vec<f64>, values: impl Iterator<Item = f64>) {
    target.clear();
    target.extend(values);
}
