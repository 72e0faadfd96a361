//! What the audit of a phase found, and how it looks for it.

use bytemuck::cast_slice;
use tradewinds_kernel::maths::{Kernel, dispatch};

use super::{AGENT_TOLERANCE, Account, ONE_DOLLAR};

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

    /// The same for every residual and gross flow of a run of so many accounts. They are
    /// looked at one by one only where one of them is larger than all so far.
    ///
    /// # Panics
    /// When there are fewer residuals: a column that is too short would hide accounts.
    #[inline]
    pub(super) fn close_all(
        &mut self,
        accounts: usize,
        residuals: impl ExactSizeIterator<Item = (f64, f64)> + Clone,
        account: impl Fn(usize) -> Account,
    ) {
        assert_eq!(residuals.len(), accounts, "every account is looked at");
        let is_larger = dispatch(AnyLarger {
            residuals: residuals.clone(),
            worst: self.worst,
        });
        if is_larger {
            for (at, (residual, flow)) in residuals.enumerate() {
                self.close(account(at), residual, flow);
            }
        }
    }

    /// Values that this phase may not change.
    #[inline]
    pub(super) fn unchanged(
        &mut self,
        before: &[f64],
        now: &[f64],
        account: impl Fn(usize) -> Account,
    ) {
        if cast_slice::<f64, u8>(before) == cast_slice::<f64, u8>(now) {
            return;
        }
        assert_eq!(before.len(), now.len(), "agents do not come or go");
        for (at, (before, now)) in before.iter().zip(now).enumerate() {
            if before.to_bits() != now.to_bits() {
                self.breach(account(at), now - before, before.abs());
            }
        }
    }
}

/// Whether a residual is larger than a share of its gross flow, or no number.
struct AnyLarger<R> {
    residuals: R,
    worst: f64,
}

impl<R: Iterator<Item = (f64, f64)>> Kernel for AnyLarger<R> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        let mut is_larger = false;
        for (residual, flow) in self.residuals {
            let is_within = residual.abs() <= self.worst * flow.max(ONE_DOLLAR);
            is_larger |= !is_within;
        }
        is_larger
    }
}

/// Gross flow of an account in the tick; where hardly anything flows, a millionth
/// of the balance, whose rounding is all that can be off.
#[inline(always)]
pub(super) fn gross(flow: f64, balance: f64) -> f64 {
    flow.max(1e-6 * balance.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closed(residuals: &[(f64, f64)]) -> Findings {
        let mut found = Findings::default();
        found.close_all(
            residuals.len(),
            residuals.iter().copied(),
            Account::FirmCash,
        );
        found
    }

    #[test]
    fn a_run_of_accounts_is_judged_like_one_account_after_the_other() {
        for at in [0, 3, 16] {
            for wrong in [1e-8, -1e-8, f64::NAN] {
                let mut residuals = vec![(1e-15, 2.0); 17];
                residuals[at].0 = wrong;
                let mut one_by_one = Findings::default();
                for (at, (residual, flow)) in residuals.iter().enumerate() {
                    one_by_one.close(Account::FirmCash(at), *residual, *flow);
                }
                let found = closed(&residuals);
                let account = found.breach.map(|(account, ..)| account);
                assert_eq!(account, Some(Account::FirmCash(at)));
                assert_eq!(account, one_by_one.breach.map(|(account, ..)| account));
                assert_eq!(found.worst.to_bits(), one_by_one.worst.to_bits());
            }
        }
    }

    #[test]
    #[should_panic(expected = "every account is looked at")]
    fn a_column_that_is_too_short_hides_no_account() {
        let (now, before) = ([1.0, 2.0, 3.0], [1.0, 2.0]);
        let residuals = now
            .iter()
            .zip(&before)
            .map(|(now, before)| (now - before, 1.0));
        Findings::default().close_all(now.len(), residuals, Account::FirmCash);
    }

    #[test]
    fn residuals_within_tolerance_are_measured_and_no_breach() {
        let found = closed(&[(1e-15, 1.0), (-3e-15, 1.0), (2e-15, 1.0)]);
        assert_eq!(found.worst.to_bits(), 3e-15_f64.to_bits());
        assert!(found.breach.is_none());
    }

    #[test]
    fn the_first_changed_value_is_named_with_the_change() {
        let mut found = Findings::default();
        found.unchanged(&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0], Account::FirmCash);
        assert!(found.breach.is_none());
        found.unchanged(&[1.0, 2.0, 3.0], &[1.0, 2.5, 4.0], Account::FirmCash);
        assert_eq!(found.breach, Some((Account::FirmCash(1), 0.5, 2.0)));
        let mut found = Findings::default();
        found.unchanged(&[0.0], &[-0.0], Account::FirmCash);
        assert!(found.breach.is_some(), "a sign is a bit");
    }
}
