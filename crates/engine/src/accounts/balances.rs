//! Audit of balances of money between the flows: unchanged, or revalued.

use bytemuck::TransparentWrapper;
use tradewinds_kernel::reduce::{CompensatedSum, compensated_sum};

use super::books::Books;
use super::findings::Findings;
use super::{Account, Audit, Cash};
use crate::columns::OnlyTable;

impl Books<'_, '_> {
    fn firm_cash(&self) -> &[f64] {
        Cash::peel_slice(self.firms.table().0)
    }

    fn importer_cash(&self) -> &[f64] {
        Cash::peel_slice(self.importers.table().0)
    }

    fn user_cash(&self) -> &[f64] {
        Cash::peel_slice(self.users.table().0)
    }

    /// Money of everyone.
    fn balances(&self) -> [&[f64]; 4] {
        [
            self.firm_cash(),
            self.importer_cash(),
            self.user_cash(),
            &self.treasuries.balance,
        ]
    }

    /// Copies the money that the next audits compare with.
    pub(super) fn remember_cash(&self, audit: &mut Audit) {
        let remembered = [
            &mut audit.firm_cash,
            &mut audit.importer_cash,
            &mut audit.user_cash,
            &mut audit.treasury,
        ];
        for (remembered, now) in remembered.into_iter().zip(self.balances()) {
            remembered.clear();
            remembered.extend_from_slice(now);
        }
    }

    /// Compensated: the rounding of a plain sum grows with agents and breaches
    /// the tolerance where ticks are short and so world output per tick is small.
    pub(super) fn money(&self) -> f64 {
        let mut total = CompensatedSum::default();
        for balances in self.balances() {
            total.add(compensated_sum(balances));
        }
        total.total()
    }

    /// Balances of all, without regard to their sign.
    pub(super) fn held(&self) -> f64 {
        self.balances().into_iter().map(sum_of_sizes).sum()
    }

    pub(super) fn check_cash_unchanged(&self, audit: &Audit, found: &mut Findings) {
        let [firms, importers, users, treasuries] = self.balances();
        found.unchanged(&audit.firm_cash, firms, Account::FirmCash);
        found.unchanged(&audit.importer_cash, importers, Account::ImporterCash);
        found.unchanged(&audit.user_cash, users, Account::FinalUserCash);
        found.unchanged(&audit.treasury, treasuries, Account::Treasury);
    }

    /// Money balances keep their number in local money; what that changes in
    /// reference money is what the exchange rates recorded, and no more.
    pub(super) fn check_revaluation(&self, audit: &mut Audit, found: &mut Findings) {
        let economies = self.model.economy.economies;
        let [firms, importers, users, treasuries] = self.balances();
        let per_importer = importers.len() / economies;
        let per_user = users.len() / economies;
        let mut work = std::mem::take(&mut audit.work);
        for n in 0..economies {
            let factor = self.currencies.factor[n];
            let (mut change, mut held) = (CompensatedSum::default(), 0.0);
            let mut revalued = |before: &[f64], now: &[f64], account: &dyn Fn(usize) -> Account| {
                work.clear();
                work.extend(before.iter().map(|before| before * factor));
                found.unchanged(&work, now, account);
                work.clear();
                work.extend(before.iter().zip(now).map(|(before, now)| now - before));
                change.add(compensated_sum(&work));
                held += sum_of_sizes(now);
            };
            let cells = self.cells(n);
            let at = self.rows.firms[cells.start]..self.rows.firms[cells.end];
            let account = |firm| Account::FirmCash(at.start + firm);
            revalued(&audit.firm_cash[at.clone()], &firms[at.clone()], &account);
            let at = n * per_importer..(n + 1) * per_importer;
            let account = |importer| Account::ImporterCash(at.start + importer);
            revalued(
                &audit.importer_cash[at.clone()],
                &importers[at.clone()],
                &account,
            );
            let at = n * per_user..(n + 1) * per_user;
            let account = |user| Account::FinalUserCash(at.start + user);
            revalued(&audit.user_cash[at.clone()], &users[at.clone()], &account);
            let account = |_| Account::Treasury(n);
            revalued(&audit.treasury[n..=n], &treasuries[n..=n], &account);
            let change = change.total();
            let account = Account::Economy("revaluations are recorded", n);
            found.close(account, change - self.currencies.revaluation[n], held);
            audit.money += change;
        }
        audit.work = work;
    }
}

fn sum_of_sizes(values: &[f64]) -> f64 {
    values.iter().map(|value| value.abs()).sum()
}
