//! Audit of shares: who owns firms, and what that is worth.

use super::books::Books;
use super::findings::Findings;
use super::{Account, Audit};

impl Books<'_, '_> {
    /// I12: claims on the firms of an economy add up to one, what they are worth to what
    /// its firms are, and wealth in shares changes by what is recorded as a revaluation.
    pub(super) fn check_shares(&self, audit: &mut Audit, found: &mut Findings) {
        if !self.model.frictions.equity.is_on {
            return;
        }
        let economy = &self.model.economy;
        let users = economy.users.len();
        let holdings = &*self.holdings;
        for n in 0..economy.economies {
            let own = n * users..(n + 1) * users;
            let claims: f64 = holdings.claim[own.clone()].iter().sum();
            let account = Account::Economy("I12 shares of a firm add up to one", n);
            found.close(account, claims + holdings.foreign[n] - 1.0, 1.0);
            let cells = self.cells(n);
            let firms = self.rows.firms[cells.start]..self.rows.firms[cells.end];
            let worth: f64 = self.equities.price[firms].iter().sum();
            let account = Account::Economy("I12 claims are worth what firms are", n);
            found.close(account, holdings.total(n) - worth, worth);
            let account = Account::Economy("I12 wealth changes by revaluation", n);
            let wealth = &holdings.wealth[own.clone()];
            let revalued = &holdings.revaluation[own.clone()];
            let moved = match audit.shares.get(own) {
                Some(before) => (wealth.iter().zip(before).zip(revalued))
                    .map(|((now, before), revalued)| now - before - revalued)
                    .fold(0.0, |most, gap: f64| {
                        if gap.abs() > f64::abs(most) {
                            gap
                        } else {
                            most
                        }
                    }),
                None => 0.0,
            };
            found.close(account, moved, worth);
        }
        audit.shares.clone_from(&holdings.wealth);
    }
}
