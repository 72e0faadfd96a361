//! Checks that parts make an economy: shapes, ranges, sums and accounts.

use crate::accounts::BaseAccounts;
use crate::economy::{EconomyError, EconomyParts};
use crate::markups::bertrand;

/// Largest relative gap in shares and accounts.
const TOLERANCE: f64 = 1e-9;

pub(crate) fn check_shapes(parts: &EconomyParts) -> Result<(), EconomyError> {
    for (field, count) in [
        ("economies", parts.economies),
        ("sectors", parts.sectors),
        ("users", parts.users.len()),
    ] {
        if count == 0 {
            return Err(EconomyError::Empty { field });
        }
    }
    let (economies, sectors, markets, flows) = (
        parts.economies,
        parts.sectors,
        parts.markets(),
        parts.flows(),
    );
    for (field, values, expected) in [
        ("spending", &parts.spending, markets),
        ("origin_share", &parts.origin_share, flows),
        ("import_duty", &parts.import_duty, flows),
        ("export_tax", &parts.export_tax, flows),
        ("markup", &parts.markup, flows),
        ("labour_cost_share", &parts.labour_cost_share, markets),
        ("input_cost_share", &parts.input_cost_share, parts.inputs()),
        ("wage_bill", &parts.wage_bill, markets),
        ("deficit", &parts.deficit, economies),
        ("sigma", &parts.sigma, sectors),
        ("eps", &parts.eps, sectors),
        ("distribution_units", &parts.distribution_units, markets),
        ("retail_markup", &parts.retail_markup, markets),
    ] {
        check_length(field, values, expected)?;
    }
    for user in &parts.users {
        check_length("users.budget_share", &user.budget_share, markets)?;
        check_length("users.labour_claim", &user.labour_claim, economies)?;
        check_length("users.profit_claim", &user.profit_claim, economies)?;
        check_length("users.revenue_claim", &user.revenue_claim, economies)?;
        check_length("users.transfer_claim", &user.transfer_claim, economies)?;
    }
    if let Some(oligopoly) = &parts.oligopoly {
        check_length("oligopoly.firms", &oligopoly.firms, markets)?;
        check_length("oligopoly.sigma_f", &oligopoly.sigma_f, sectors)?;
    }
    Ok(())
}

fn check_length(field: &'static str, values: &[f64], expected: usize) -> Result<(), EconomyError> {
    if values.len() == expected {
        Ok(())
    } else {
        Err(EconomyError::Shape {
            field,
            found: values.len(),
            expected,
        })
    }
}

pub(crate) fn check_ranges(parts: &EconomyParts) -> Result<(), EconomyError> {
    for (field, values) in [
        ("spending", &parts.spending),
        ("origin_share", &parts.origin_share),
        ("labour_cost_share", &parts.labour_cost_share),
        ("input_cost_share", &parts.input_cost_share),
        ("wage_bill", &parts.wage_bill),
        ("sigma", &parts.sigma),
        ("eps", &parts.eps),
        ("distribution_units", &parts.distribution_units),
        ("retail_markup", &parts.retail_markup),
    ] {
        check_each(field, values, "finite and not negative", |value| {
            value >= 0.0
        })?;
    }
    check_each(
        "import_duty",
        &parts.import_duty,
        "finite and above -1",
        |value| value > -1.0,
    )?;
    check_each(
        "export_tax",
        &parts.export_tax,
        "finite and above -1",
        |value| value > -1.0,
    )?;
    check_each("markup", &parts.markup, "finite and above 0", |value| {
        value > 0.0
    })?;
    check_each("deficit", &parts.deficit, "finite", |_| true)?;
    check_each("eta", &[parts.eta], "finite and not negative", |value| {
        value >= 0.0
    })?;
    check_each("rho", &[parts.rho], "finite and not negative", |value| {
        value >= 0.0
    })?;
    for user in &parts.users {
        check_each(
            "users.budget_share",
            &user.budget_share,
            "finite and not negative",
            |value| value >= 0.0,
        )?;
        for claim in [
            &user.labour_claim,
            &user.profit_claim,
            &user.revenue_claim,
            &user.transfer_claim,
        ] {
            check_each("users.claim", claim, "finite and not negative", |value| {
                value >= 0.0
            })?;
        }
    }
    if let Some(oligopoly) = &parts.oligopoly {
        check_each("oligopoly.firms", &oligopoly.firms, "at least 1", |value| {
            value >= 1.0
        })?;
        check_each(
            "oligopoly.sigma_f",
            &oligopoly.sigma_f,
            "above 1",
            |value| value > 1.0,
        )?;
        check_each(
            "oligopoly.perceived_eta",
            &[oligopoly.perceived_eta],
            "not negative",
            |value| value >= 0.0,
        )?;
    }
    check_services(parts)
}

fn check_each(
    field: &'static str,
    values: &[f64],
    range: &'static str,
    accepts: impl Fn(f64) -> bool,
) -> Result<(), EconomyError> {
    match values
        .iter()
        .position(|value| !(value.is_finite() && accepts(*value)))
    {
        Some(index) => Err(EconomyError::Range {
            field,
            index,
            value: values[index],
            range,
        }),
        None => Ok(()),
    }
}

/// Services reach users directly: they carry no distribution of their own.
fn check_services(parts: &EconomyParts) -> Result<(), EconomyError> {
    let range = "0 without a services sector, and 0 in the services sector";
    for n in 0..parts.economies {
        for s in 0..parts.sectors {
            let value = parts.distribution_units[parts.market(n, s)];
            if value > 0.0 && (parts.services.is_none() || parts.services == Some(s)) {
                return Err(EconomyError::Range {
                    field: "distribution_units",
                    index: parts.market(n, s),
                    value,
                    range,
                });
            }
        }
    }
    match parts.services {
        Some(services) if services >= parts.sectors => Err(EconomyError::Range {
            field: "services",
            index: 0,
            value: services as f64,
            range: "a sector index",
        }),
        _ => Ok(()),
    }
}

pub(crate) fn check_sums(parts: &EconomyParts) -> Result<(), EconomyError> {
    for n in 0..parts.economies {
        for s in 0..parts.sectors {
            let market = parts.market(n, s);
            let origins = (0..parts.economies)
                .map(|i| parts.origin_share[parts.flow(n, i, s)])
                .sum();
            let has_spending = parts.spending[market] > 0.0;
            check_sum("origin_share", (n, Some(s)), origins, has_spending)?;
            let materials: f64 = (0..parts.sectors)
                .map(|k| parts.input_cost_share[parts.input(n, k, s)])
                .sum();
            let has_output = (0..parts.economies).any(|buyer| {
                parts.origin_share[parts.flow(buyer, n, s)] * parts.spending[parts.market(buyer, s)]
                    > 0.0
            });
            let costs = materials + parts.labour_cost_share[market];
            check_sum(
                "labour_cost_share and input_cost_share",
                (n, Some(s)),
                costs,
                has_output,
            )?;
        }
        check_users(parts, n)?;
    }
    let largest = parts.wage_bill.iter().sum::<f64>();
    let deficits: f64 = parts.deficit.iter().sum();
    if deficits.abs() > TOLERANCE * largest {
        return Err(EconomyError::Sum {
            field: "deficit",
            economy: 0,
            sector: None,
            sum: deficits,
            expected: 0.0,
        });
    }
    Ok(())
}

fn check_users(parts: &EconomyParts, n: usize) -> Result<(), EconomyError> {
    for user in &parts.users {
        let budget = (0..parts.sectors)
            .map(|s| user.budget_share[parts.market(n, s)])
            .sum();
        check_sum("users.budget_share", (n, None), budget, true)?;
    }
    let total = |claim: fn(&crate::FinalUser) -> &Vec<f64>| {
        parts.users.iter().map(|user| claim(user)[n]).sum()
    };
    check_sum(
        "users.labour_claim",
        (n, None),
        total(|user| &user.labour_claim),
        true,
    )?;
    check_sum(
        "users.profit_claim",
        (n, None),
        total(|user| &user.profit_claim),
        true,
    )?;
    check_sum(
        "users.revenue_claim",
        (n, None),
        total(|user| &user.revenue_claim),
        true,
    )?;
    check_sum(
        "users.transfer_claim",
        (n, None),
        total(|user| &user.transfer_claim),
        true,
    )
}

/// Shares must sum to 1; where nothing is bought or made they may also be all zero.
fn check_sum(
    field: &'static str,
    (economy, sector): (usize, Option<usize>),
    sum: f64,
    is_used: bool,
) -> Result<(), EconomyError> {
    if (sum - 1.0).abs() <= TOLERANCE || (!is_used && sum.abs() <= TOLERANCE) {
        Ok(())
    } else {
        Err(EconomyError::Sum {
            field,
            economy,
            sector,
            sum,
            expected: 1.0,
        })
    }
}

pub(crate) fn check_accounts(
    parts: &EconomyParts,
    accounts: &BaseAccounts,
) -> Result<(), EconomyError> {
    for n in 0..parts.economies {
        let mut balance = 0.0;
        let scale = accounts.income[n].abs().max(f64::MIN_POSITIVE);
        let check = |account, sector, recorded: f64, implied: f64| {
            if (recorded - implied).abs() <= TOLERANCE * scale {
                Ok(())
            } else {
                Err(EconomyError::Accounts {
                    account,
                    economy: n,
                    sector,
                    recorded,
                    implied,
                })
            }
        };
        for s in 0..parts.sectors {
            let market = parts.market(n, s);
            let materials: f64 = (0..parts.sectors)
                .map(|user| {
                    parts.input_cost_share[parts.input(n, s, user)]
                        * accounts.production_cost[parts.market(n, user)]
                })
                .sum();
            check(
                "spending",
                Some(s),
                parts.spending[market],
                accounts.final_demand[market] + materials,
            )?;
            let wages = parts.labour_cost_share[market] * accounts.production_cost[market];
            check("wage_bill", Some(s), parts.wage_bill[market], wages)?;
            for other in 0..parts.economies {
                let (bought, sold) = (parts.flow(n, other, s), parts.flow(other, n, s));
                balance += accounts.sales[bought] * (1.0 + parts.export_tax[bought]);
                balance -= accounts.sales[sold] * (1.0 + parts.export_tax[sold]);
            }
        }
        check("deficit", None, parts.deficit[n], balance)?;
        check_positive(accounts, n)?;
    }
    check_markups(parts)
}

fn check_positive(accounts: &BaseAccounts, n: usize) -> Result<(), EconomyError> {
    let wages = accounts.wages[n];
    if wages <= 0.0 {
        let range = "above 0 in every economy";
        return Err(EconomyError::Range {
            field: "wage_bill",
            index: n,
            value: wages,
            range,
        });
    }
    match accounts
        .user_spending
        .iter()
        .find(|spending| spending[n] < 0.0)
    {
        Some(spending) => Err(EconomyError::Range {
            field: "spending of a final user",
            index: n,
            value: spending[n],
            range: "not negative: its claims must cover the deficit it carries",
        }),
        None => Ok(()),
    }
}

fn check_markups(parts: &EconomyParts) -> Result<(), EconomyError> {
    let Some(oligopoly) = &parts.oligopoly else {
        return Ok(());
    };
    let implied = bertrand(parts, oligopoly, &parts.origin_share).values;
    let used = |index: &usize| parts.origin_share[*index] > 0.0;
    let gap = |index: &usize| (parts.markup[*index] / implied[*index] - 1.0).abs() > TOLERANCE;
    match (0..parts.flows()).filter(used).find(gap) {
        Some(index) => Err(EconomyError::Markup {
            index,
            recorded: parts.markup[index],
            implied: implied[index],
        }),
        None => Ok(()),
    }
}
