//! The budget of a government in a tick, from the flows of the tick.

use super::Treasuries;
use crate::currency::Currencies;
use crate::customs::DutiesCharged;
use crate::household::Incomes;
use crate::model::Model;

/// Receipts and outlays of one government over a tick, USD bn; debt at its end.
///
/// import duties + export taxes + taxes on wages + taxes on profit + from abroad
/// − transfers − handed to households − purchases − compensation − interest = saving.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    /// Import duties, less rents of quotas held abroad.
    pub import_duties: f64,
    /// Export taxes.
    pub export_taxes: f64,
    /// Taxes on wages: the claim of the government, and what social transfers take.
    pub wage_taxes: f64,
    /// Taxes on dividends and on interest paid by firms, in the same way.
    pub profit_taxes: f64,
    /// Net transfers from abroad.
    pub from_abroad: f64,
    /// Social transfers to households.
    pub transfers: f64,
    /// Duties and export taxes handed to households and other users.
    pub handed_on: f64,
    /// Goods bought, defence included.
    pub purchases: f64,
    /// Part of them that is defence beyond that of the base year, as planned.
    pub defence: f64,
    /// Compensation of producers.
    pub compensation: f64,
    /// Interest on the change of debt since the base year.
    pub interest: f64,
    /// What is left.
    pub saving: f64,
    /// Debt of the base year less what was repaid since.
    pub debt: f64,
}

/// What a budget is made of.
pub(crate) struct Ledger<'a> {
    pub(crate) model: &'a Model,
    pub(crate) incomes: &'a Incomes,
    pub(crate) charged: &'a DutiesCharged,
    pub(crate) treasuries: &'a Treasuries,
    pub(crate) currencies: &'a Currencies,
    /// Length of the tick in years.
    pub(crate) dt: f64,
}

impl Ledger<'_> {
    /// Export taxes of every economy over the tick, USD bn.
    pub(crate) fn export_taxes(&self) -> Vec<f64> {
        let economy = &self.model.economy;
        let mut taxes = vec![0.0; economy.economies];
        for (row, paid) in (self.charged.export_tax.chunks_exact(economy.sectors)).enumerate() {
            let taxes = &mut taxes[row % economy.economies];
            paid.iter().for_each(|tax| *taxes += tax);
        }
        taxes
    }

    /// The budget of an economy that raised these export taxes; none where no final
    /// user is the government.
    pub(crate) fn budget(&self, n: usize, export_taxes: f64) -> Option<Budget> {
        let rule = &self.model.frictions.government;
        let own = rule.user?;
        let users = &self.model.economy.users;
        let (incomes, treasuries) = (self.incomes, self.treasuries);
        let taken = rule.transfers.get(n).copied().unwrap_or(0.0);
        let tax = |claim: f64, income: f64| (claim + taken) * income;
        let wage_taxes = tax(users[own].labour_claim[n], incomes.wages[n]);
        let profits = incomes.profit[n] + incomes.interest[n];
        let profit_taxes = tax(users[own].profit_claim[n], profits);
        let kept_by_claim = users[own].revenue_claim[n] * treasuries.uses.by_claims[n];
        let others = treasuries.uses.by_claims[n] - kept_by_claim;
        let mut budget = Budget {
            import_duties: incomes.revenue[n] - export_taxes,
            export_taxes,
            wage_taxes,
            profit_taxes,
            from_abroad: users[own].transfer_claim[n] * incomes.transfer[n],
            transfers: taken * (incomes.wages[n] + profits),
            handed_on: others + treasuries.uses.returned[n],
            purchases: treasuries.purchases[n],
            defence: treasuries.defence[n] * self.dt,
            compensation: treasuries.compensation[n],
            interest: treasuries.interest[n],
            saving: 0.0,
            debt: self.debt(n),
        };
        budget.saving = budget.receipts() - budget.outlays();
        Some(budget)
    }

    fn debt(&self, n: usize) -> f64 {
        let rule = &self.model.frictions.government;
        let base = rule.debt.get(n).copied().unwrap_or(0.0);
        base * self.currencies.in_reference(n) - self.treasuries.balance[n]
    }
}

impl Budget {
    /// Everything received.
    pub fn receipts(&self) -> f64 {
        let taxes = self.wage_taxes + self.profit_taxes;
        self.import_duties + self.export_taxes + taxes + self.from_abroad
    }

    /// Everything paid.
    pub fn outlays(&self) -> f64 {
        let to_households = self.transfers + self.handed_on + self.interest;
        to_households + self.purchases + self.compensation
    }

    /// Flows, USD bn, in the order of the columns of the table `governments`.
    pub(crate) fn flows(&self) -> [f64; 12] {
        [
            self.import_duties,
            self.export_taxes,
            self.wage_taxes,
            self.profit_taxes,
            self.from_abroad,
            self.transfers,
            self.handed_on,
            self.purchases,
            self.defence,
            self.compensation,
            self.interest,
            self.saving,
        ]
    }
}
