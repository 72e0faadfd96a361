//! Governments of the base year: what they buy, invest, hand over and take.
//!
//! Taxes are what closes the budget: purchases + investment + transfers + balance - duties. They are
//! split over kinds as in the facts. Interest is left out on both sides (it goes from taxpayers to
//! bondholders of the same economy) and stands beside the budget with gross debt; product taxes stand
//! with taxes on consumption.

use crate::WorldError;
use crate::accounts::Accounts;
use crate::dollars;
use crate::facts::Facts;
use crate::shape::Shape;

/// Kinds of tax, in the order of [`Government::taxes`], with the fact that weighs each.
pub(crate) const TAXES: [&str; 4] = [
    "personal_income_tax",
    "social_contributions",
    "corporate_tax",
    "goods_taxes",
];

/// The budget of one economy (dollars a year).
#[derive(Debug, Clone)]
pub(crate) struct Government {
    pub(crate) purchases: i64,
    pub(crate) investment: i64,
    pub(crate) transfers: i64,
    pub(crate) duties: i64,
    /// By kind, as in [`TAXES`].
    pub(crate) taxes: [i64; 4],
    /// Revenue less outlays; negative for a deficit.
    pub(crate) balance: i64,
    /// Gross debt (dollars).
    pub(crate) debt: i64,
    pub(crate) interest: i64,
    /// Part of purchases and investment.
    pub(crate) defence: i64,
}

/// GDP at basic prices with duties (dollars).
pub(crate) fn gdp(shape: &Shape, accounts: &Accounts, retail_profit: i64, n: usize) -> i64 {
    let first = shape.market(n, 0);
    let added: i64 = (first..first + shape.sectors)
        .map(|market| accounts.labour[market] + accounts.surplus[market])
        .sum();
    added + retail_profit + accounts.duties(shape, n)
}

/// Budget of economy n.
pub(crate) fn government(
    facts: &Facts,
    shape: &Shape,
    accounts: &Accounts,
    retail_profit: i64,
    n: usize,
) -> Result<Government, WorldError> {
    let code = shape.economy(n);
    let gdp = dollars::bn(gdp(shape, accounts, retail_profit, n));
    let share = |variable: &str| {
        Ok(dollars::round(
            facts.macro_fact(code, variable)?.value * gdp,
        ))
    };
    let bought = |user: usize| -> i64 {
        (0..shape.sectors)
            .map(|k| accounts.final_use[Accounts::use_of(shape, user, n, k)])
            .sum()
    };
    let purchases = bought(1);
    let investment: i64 = share("government_investment")?;
    let investment = investment.min(bought(2));
    let (transfers, balance): (i64, i64) = (share("social_transfers")?, share("fiscal_balance")?);
    let duties = accounts.duties(shape, n);
    let needed = purchases + investment + transfers + balance - duties;
    if needed < 0 {
        let value = dollars::bn(needed);
        return Err(WorldError::Negative {
            what: "tax revenue",
            place: code.to_owned(),
            value,
        });
    }
    let mut weights = Vec::new();
    for kind in TAXES {
        weights.push(facts.macro_fact(code, kind)?.value);
    }
    let parts = dollars::split(needed, &weights);
    let mut taxes = [0; 4];
    taxes.copy_from_slice(&parts);
    Ok(Government {
        purchases,
        investment,
        transfers,
        duties,
        taxes,
        balance,
        debt: share("gross_debt")?,
        interest: share("interest")?,
        defence: share("defence")?,
    })
}
