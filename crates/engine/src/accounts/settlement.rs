//! Audit of payments: what the balance of each agent should be after them.

use tradewinds_kernel::maths::{exp, exp_slice};

use super::books::Books;
use super::findings::{Findings, gross};
use super::{Account, Audit};
use crate::columns::OnlyTable;
use crate::firm::Rows;
use crate::trade::distribution_units;

/// Prices in the markets of a tick, `[n][s]`, USD.
pub(super) struct UnitPrices {
    /// Of a unit handed over, to buyers that pay landed prices.
    pub(super) composite: Vec<f64>,
    /// The same for a unit ordered, after the delivered share.
    pub(super) landed: Vec<f64>,
    /// Mean over stores of a unit handed over.
    pub(super) retail: Vec<f64>,
}

impl UnitPrices {
    /// What final users pay for a unit handed over, `[n][s]`.
    fn of_users(&self, is_retail: bool) -> &[f64] {
        match is_retail {
            true => &self.retail,
            false => &self.composite,
        }
    }
}

impl Books<'_, '_> {
    pub(super) fn unit_prices(&self) -> UnitPrices {
        let mut composite = self.prices.log_composite.clone();
        exp_slice(&mut composite);
        let delivered = composite.iter().zip(&self.shipments.delivered);
        let shares = &self.model.population.importer_shares;
        let mean = |levels: &[f64]| -> f64 {
            let stores = shares.iter().zip(levels);
            stores.map(|(share, level)| share * level).sum()
        };
        UnitPrices {
            landed: delivered.map(|(price, share)| price * share).collect(),
            retail: (self.stores.level.chunks_exact(shares.len()))
                .map(mean)
                .collect(),
            composite,
        }
    }

    pub(super) fn check_settlement(&self, audit: &mut Audit, found: &mut Findings) {
        let prices = self.unit_prices();
        self.count_earnings(audit);
        self.count_entered(audit);
        self.count_retained(audit);
        self.check_firms(audit, &prices, found);
        self.check_importers(audit, &prices, found);
        self.check_users(audit, &prices, found);
        self.check_treasuries(audit, found);
    }

    /// Sales by firm, USD bn in the tick, and by flow, from quantities and prices of lines.
    fn count_earnings(&self, audit: &mut Audit) {
        let economy = &self.model.economy;
        let dt = self.clock.dt();
        let (sales, price, owner) = self.lines.table();
        let Audit {
            work: value,
            earned,
            gate_value,
            ..
        } = audit;
        value.clear();
        value.extend(price.iter().map(|price| price.0));
        exp_slice(value);
        for (value, sales) in value.iter_mut().zip(sales) {
            *value *= sales.quantity;
        }
        earned.clear();
        earned.resize(self.rows.firm_count(), 0.0);
        for (value, owner) in value.iter().zip(owner) {
            earned[owner.0 as usize] += value * dt;
        }
        gate_value.resize(economy.flows(), 0.0);
        for n in 0..economy.economies {
            for s in 0..economy.sectors {
                for i in 0..economy.economies {
                    let row = Rows::flow(economy, n, i, s);
                    let lines = &value[self.rows.lines[row]..self.rows.lines[row + 1]];
                    gate_value[economy.flow(n, i, s)] =
                        lines.iter().fold(0.0, |sum, one| sum + one);
                }
            }
        }
        // Compensation of producers; empty where nobody gets any.
        for (earned, support) in earned.iter_mut().zip(&self.treasuries.to_firms) {
            *earned += support;
        }
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

    fn check_firms(&self, audit: &mut Audit, prices: &UnitPrices, found: &mut Findings) {
        let economy = &self.model.economy;
        let dt = self.clock.dt();
        let (cash, _, _, _, workforce, dividend, retained, interest) = self.firms.table();
        let spent = &mut audit.work;
        spent.clear();
        spent.resize(cash.len(), 0.0);
        self.for_each_material(|range| {
            let price = prices.landed[range.market] * dt;
            let ordered = &self.materials.ordered[range.at];
            for (spent, ordered) in spent[range.firms].iter_mut().zip(ordered) {
                *spent += ordered * price;
            }
        });
        for cell in 0..economy.markets() {
            let wage = exp(self.wages.log_wage[cell]) * dt;
            let firms = self.rows.firms[cell]..self.rows.firms[cell + 1];
            let workforce = &workforce[firms.clone()];
            for (spent, workforce) in spent[firms].iter_mut().zip(workforce) {
                *spent += wage * workforce.0;
            }
        }
        let received = audit.firm_cash.iter().zip(&audit.earned);
        let kept = retained.iter().zip(interest);
        let paid = spent.iter().zip(kept.zip(dividend));
        let residuals = (cash.iter().zip(received.zip(paid))).map(|(now, (received, paid))| {
            let (before, earned) = received;
            let (costs, ((retained, interest), dividend)) = paid;
            let kept = retained.0 + interest.0;
            let expected = before + earned - (costs + dividend.0 + kept);
            let flow = gross(earned + costs + dividend.0.abs(), *before);
            (now.0 - expected, flow)
        });
        found.close_all(cash.len(), residuals, Account::FirmCash);
    }

    fn check_importers(&self, audit: &Audit, prices: &UnitPrices, found: &mut Findings) {
        let economy = &self.model.economy;
        let dt = self.clock.dt();
        let (cash, share, dividend, interest) = self.importers.table();
        let per_market = self.model.population.importer_shares.len();
        for (market, landed) in self.landed_values(audit).into_iter().enumerate() {
            let stores = self.orders.stores[market] * self.shipments.delivered[market];
            let wholesale = self.orders.wholesale(market) * prices.landed[market];
            let services = economy.services.map_or(0.0, |services| {
                let seller = economy.market(market / economy.sectors, services);
                distribution_units(&self.model, &self.prices, &self.orders.stores, market)
                    * prices.landed[seller]
            });
            let costs = landed + services;
            let refunds = self.refunds.to_market(market);
            for importer in market * per_market..(market + 1) * per_market {
                let share = share[importer].0 * dt;
                let earned = share * (wholesale + stores * self.stores.level[importer]);
                let costs = share * costs;
                let paid_out = dividend[importer].0 + interest[importer].0;
                let paid_back = refunds * share / dt;
                let before = audit.importer_cash[importer];
                let expected = before + earned + paid_back - (costs + paid_out);
                let flow = gross(earned + paid_back + costs + paid_out.abs(), before);
                let account = Account::ImporterCash(importer);
                found.close(account, cash[importer].0 - expected, flow);
            }
        }
    }

    /// Border value that customs cleared, by flow, USD bn a year: what was shipped,
    /// or what arrived of it where goods are under way.
    fn count_entered(&self, audit: &mut Audit) {
        let imports = &*self.imports;
        let flows = audit.gate_value.iter().zip(&self.rates.rates.export_tax);
        audit.entered.clear();
        (audit.entered).extend(flows.map(|(gate, export_tax)| gate * (1.0 + export_tax)));
        for (flow, arrived) in imports.flow.iter().zip(&imports.arrived) {
            audit.entered[*flow] = arrived.border() / self.clock.dt();
        }
    }

    /// What the importers of each market pay for goods with all duties and taxes,
    /// from the sales of the lines, USD bn a year: duty on what entered, the rest
    /// on what was shipped.
    fn landed_values(&self, audit: &Audit) -> Vec<f64> {
        let economy = &self.model.economy;
        let rates = &self.rates.rates;
        let mut landed = vec![0.0; economy.markets()];
        for n in 0..economy.economies {
            let landed = &mut landed[self.cells(n)];
            for i in 0..economy.economies {
                let first = economy.flow(n, i, 0);
                for (flow, landed) in (first..).zip(landed.iter_mut()) {
                    let border = audit.gate_value[flow] * (1.0 + rates.export_tax[flow]);
                    *landed += border + rates.collected[flow] * audit.entered[flow];
                }
            }
        }
        landed
    }

    fn check_users(&self, audit: &Audit, prices: &UnitPrices, found: &mut Findings) {
        let economy = &self.model.economy;
        let dt = self.clock.dt();
        let (cash, retained) = self.users.table();
        for (row, cash) in cash.iter().enumerate() {
            let (n, user) = (row / economy.users.len(), row % economy.users.len());
            let class = &economy.users[user];
            let cells = self.cells(n);
            let price = &prices.of_users(class.is_retail)[cells.clone()];
            let units = &self.budgets.units[row * economy.sectors..(row + 1) * economy.sectors];
            let bought = units.iter().zip(price);
            let paid: f64 = (bought.zip(&self.shipments.delivered[cells]))
                .map(|((units, price), delivered)| units * dt * price * delivered)
                .sum();
            let received = class.labour_claim[n] * self.incomes.wages[n]
                + class.profit_claim[n] * (self.incomes.profit[n] + self.incomes.interest[n])
                + class.revenue_claim[n] * self.treasuries.uses.by_claims[n]
                + class.transfer_claim[n] * self.incomes.transfer[n]
                + self.treasuries.beyond_claims(user, n)
                + self.treasuries.defence_of(user, n) * dt
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
            let planned = self.planned_shortfall(n);
            let account = Account::Economy("governments buy as planned", n);
            let residual = self.treasuries.shortfall[n] - planned;
            found.close(
                account,
                residual,
                gross(self.treasuries.purchases[n], planned),
            );
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

    /// What the government of an economy lacks of its spending in the base year, duties
    /// apart and in local money, after what it received this tick, USD bn.
    fn planned_shortfall(&self, n: usize) -> f64 {
        let (rule, economy) = (&self.model.frictions.government, &self.model.economy);
        let Some(user) = rule.user.filter(|_| rule.as_planned) else {
            return 0.0;
        };
        let (class, accounts) = (&economy.users[user], economy.accounts());
        let base = accounts.user_spending[user][n] - class.revenue_claim[n] * accounts.revenue[n];
        let owned = self.incomes.profit[n] + self.incomes.interest[n];
        let own = class.labour_claim[n] * self.incomes.wages[n] + class.profit_claim[n] * owned;
        let retained = self.users.table().1[n * economy.users.len() + user].0;
        let received = own + class.transfer_claim[n] * self.incomes.transfer[n] + retained;
        base * self.clock.dt() * self.currencies.in_reference(n) - received
    }
}
