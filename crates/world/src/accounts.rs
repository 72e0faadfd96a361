//! Base-year accounts in whole dollars: the balance, closed to the last unit.

use crate::WorldError;
use crate::balance::Balanced;
use crate::dollars;
use crate::margins::{Layout, Problem};
use crate::prior::{Prior, USERS};
use crate::shape::Shape;

/// Accounts in whole US dollars of one year, at basic prices, duties apart.
#[derive(Debug, Clone)]
pub(crate) struct Accounts {
    /// fob value `[n][i][s]`; n = i is domestic sales.
    pub(crate) fob: Vec<i64>,
    /// Duty collected `[n][i][s]`.
    pub(crate) duty: Vec<i64>,
    /// Gross output `[n][s]`.
    pub(crate) output: Vec<i64>,
    /// Pay `[n][s]`.
    pub(crate) labour: Vec<i64>,
    /// Output less inputs and pay `[n][s]`.
    pub(crate) surplus: Vec<i64>,
    /// Use of input k by s `[n][k][s]`.
    pub(crate) inputs: Vec<i64>,
    /// Final use `[user][n][k]` before distribution.
    pub(crate) final_use: Vec<i64>,
}

impl Accounts {
    /// Index of final use.
    pub(crate) fn use_of(shape: &Shape, user: usize, n: usize, k: usize) -> usize {
        (user * shape.economies + n) * shape.sectors + k
    }

    /// Spending of n on k at duty-paid basic prices.
    pub(crate) fn spending(&self, shape: &Shape, n: usize, k: usize) -> i64 {
        (0..shape.economies)
            .map(|i| shape.flow(n, i, k))
            .map(|flow| self.fob[flow] + self.duty[flow])
            .sum()
    }

    /// fob imports less fob exports of n.
    pub(crate) fn deficit(&self, shape: &Shape, n: usize) -> i64 {
        let mut deficit = 0;
        for m in (0..shape.economies).filter(|&m| m != n) {
            for s in 0..shape.sectors {
                deficit += self.fob[shape.flow(n, m, s)] - self.fob[shape.flow(m, n, s)];
            }
        }
        deficit
    }

    /// Duties collected by n.
    pub(crate) fn duties(&self, shape: &Shape, n: usize) -> i64 {
        let first = shape.flow(n, 0, 0);
        self.duty[first..first + shape.economies * shape.sectors]
            .iter()
            .sum()
    }
}

/// Rounds balanced cells to dollars and lets one cell of each margin take the rounding.
pub(crate) fn close(
    shape: &Shape,
    prior: &Prior,
    problem: &Problem,
    balanced: &Balanced,
) -> Result<Accounts, WorldError> {
    let Layout {
        trade,
        output,
        value_added,
        inputs,
        final_use,
    } = problem.layout;
    let cells = &balanced.cells;
    let whole = |start: usize, count: usize| -> Vec<i64> {
        cells[start..start + count]
            .iter()
            .map(|cell| dollars::round(*cell))
            .collect()
    };
    let mut accounts = Accounts {
        fob: whole(trade, prior.trade.len()),
        duty: vec![0; prior.trade.len()],
        output: whole(output, prior.output.len()),
        labour: vec![0; prior.output.len()],
        surplus: vec![0; prior.output.len()],
        inputs: whole(inputs, prior.inputs.len()),
        final_use: whole(final_use, prior.final_use.len()),
    };
    hold_totals(problem, &mut accounts);
    for (flow, duty) in accounts.duty.iter_mut().enumerate() {
        *duty = dollars::round(dollars::bn(accounts.fob[flow]) * prior.duty_rate[flow]);
    }
    for market in 0..accounts.labour.len() {
        let pay = cells[value_added + market] * prior.labour_share[market];
        accounts.labour[market] = dollars::round(pay);
    }
    for n in 0..shape.economies {
        for s in 0..shape.sectors {
            close_market(shape, n, s, &mut accounts);
        }
    }
    for n in 0..shape.economies {
        for s in 0..shape.sectors {
            close_cost(shape, n, s, &mut accounts);
        }
    }
    check_signs(shape, &accounts)?;
    Ok(accounts)
}

/// Totals held exactly stay exact: the largest flow takes the rounding.
fn hold_totals(problem: &Problem, accounts: &mut Accounts) {
    for total in &problem.held {
        let sum: i64 = total.flows.iter().map(|&flow| accounts.fob[flow]).sum();
        if let Some(&largest) = total.flows.iter().max_by_key(|&&flow| accounts.fob[flow]) {
            accounts.fob[largest] += dollars::round(total.target) - sum;
        }
    }
}

/// Domestic sales are output less exports; the largest use takes what supply leaves over.
fn close_market(shape: &Shape, n: usize, s: usize, accounts: &mut Accounts) {
    let exports: i64 = (0..shape.economies)
        .filter(|&m| m != n)
        .map(|m| accounts.fob[shape.flow(m, n, s)])
        .sum();
    accounts.fob[shape.flow(n, n, s)] = accounts.output[shape.market(n, s)] - exports;
    let supply = accounts.spending(shape, n, s);
    let input_cells = (0..shape.sectors).map(|user| shape.input(n, s, user));
    let used: i64 = input_cells.clone().map(|cell| accounts.inputs[cell]).sum();
    let final_cells = (0..USERS.len()).map(|user| Accounts::use_of(shape, user, n, s));
    let bought: i64 = final_cells
        .clone()
        .map(|cell| accounts.final_use[cell])
        .sum();
    let left = supply - used - bought;
    let input = input_cells
        .max_by_key(|&cell| accounts.inputs[cell])
        .unwrap_or_default();
    let user = final_cells
        .max_by_key(|&cell| accounts.final_use[cell])
        .unwrap_or_default();
    if accounts.inputs[input] > accounts.final_use[user] {
        accounts.inputs[input] += left;
    } else {
        accounts.final_use[user] += left;
    }
}

/// Surplus is output less inputs and pay.
fn close_cost(shape: &Shape, n: usize, s: usize, accounts: &mut Accounts) {
    let market = shape.market(n, s);
    let used: i64 = (0..shape.sectors)
        .map(|k| accounts.inputs[shape.input(n, k, s)])
        .sum();
    accounts.surplus[market] = accounts.output[market] - used - accounts.labour[market];
}

/// No cell of the accounts is negative.
pub(crate) fn check_signs(shape: &Shape, accounts: &Accounts) -> Result<(), WorldError> {
    let negative = |what, n, s, value: i64| {
        if value < 0 {
            let place = shape.place(n, s);
            return Err(WorldError::Negative {
                what,
                place,
                value: dollars::bn(value),
            });
        }
        Ok(())
    };
    for n in 0..shape.economies {
        for s in 0..shape.sectors {
            let market = shape.market(n, s);
            negative("domestic sales", n, s, accounts.fob[shape.flow(n, n, s)])?;
            negative("surplus", n, s, accounts.surplus[market])?;
            negative("pay", n, s, accounts.labour[market])?;
            for user in 0..USERS.len() {
                let cell = Accounts::use_of(shape, user, n, s);
                negative("final use", n, s, accounts.final_use[cell])?;
            }
            for other in 0..shape.sectors {
                negative(
                    "intermediate use",
                    n,
                    s,
                    accounts.inputs[shape.input(n, s, other)],
                )?;
            }
            for m in 0..shape.economies {
                negative("trade", n, s, accounts.fob[shape.flow(n, m, s)])?;
            }
        }
    }
    Ok(())
}
