//! Stores between the border and the household: margins, services, and who is paid.

use crate::support::{Draft, across_borders, assert_close, with_stores};
use libm::pow;
use tradewinds_equilibrium::{Economy, EconomyError, Shock, solve};

fn world() -> Economy {
    Economy::new(with_stores(Draft::new(3, 3, 51).nested().parts())).unwrap()
}

fn surcharge(economy: &Economy) -> Shock {
    let duty = across_borders(economy, &economy.import_duty, |n, _, s, base| {
        if n == 0 && s == 0 { base + 0.5 } else { base }
    });
    Shock {
        import_duty: Some(duty),
        ..Shock::default()
    }
}

#[test]
fn base_accounts_pay_every_dollar_to_somebody() {
    let economy = world();
    let accounts = economy.accounts();
    for n in 0..3 {
        let spent: f64 = accounts
            .user_spending
            .iter()
            .map(|spending| spending[n])
            .sum();
        assert_close("income", &[spent], &[accounts.income[n]], 1e-13);
        // Households spend at store prices: goods, services and margin.
        let stores: f64 = accounts.user_spending[..2]
            .iter()
            .map(|spending| spending[n])
            .sum();
        let margin: f64 = (0..2)
            .map(|user| -> f64 {
                (0..3)
                    .map(|s| {
                        let market = economy.market(n, s);
                        let markup = economy.retail_markup[market];
                        economy.users[user].budget_share[market]
                            * accounts.user_spending[user][n]
                            * markup
                            / (1.0 + markup)
                    })
                    .sum()
            })
            .sum();
        assert_close(
            "retail profit",
            &[accounts.retail_profit[n]],
            &[margin],
            1e-12,
        );
        assert!(margin > 0.05 * stores);
    }
}

#[test]
fn world_income_is_world_spending_of_final_users_after_a_shock() {
    let economy = world();
    let found = solve(&economy, &surcharge(&economy)).unwrap();
    let mut produced = 0.0;
    for n in 0..3 {
        let spent: f64 = found.users.iter().map(|user| user.spending[n]).sum();
        assert_close("income", &[spent], &[found.income[n]], 1e-12);
        let wages: f64 = (0..3)
            .map(|s| economy.wage_bill[economy.market(n, s)] * found.wage_hat[economy.market(n, s)])
            .sum();
        produced += wages + found.revenue[n] + found.retail_profit[n];
    }
    let profits: f64 = found
        .sales
        .iter()
        .zip(&found.markup)
        .map(|(sales, markup)| sales - sales / markup)
        .sum();
    assert_close(
        "world income",
        &[found.income.iter().sum()],
        &[produced + profits],
        1e-12,
    );
}

/// A hand-made store: goods at 1, distribution 0.8 a unit, markup 0.25, so 2.25 on the shelf. All
/// goods come from abroad in fixed proportions and cost 10 % more to bring.
#[test]
fn shelf_price_of_an_import_is_the_border_price_with_local_services_and_margin() {
    // All labour is at home in two sectors; goods come only from abroad in fixed proportions.
    let mut parts = crate::support::blank(2, 2);
    parts.spending = vec![100.0, 180.0, 50.0, 20.0];
    parts.origin_share = vec![0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0];
    (parts.sigma, parts.eps) = (vec![0.0; 2], vec![0.0; 2]);
    parts.services = Some(1);
    parts.distribution_units = vec![0.8, 0.0, 0.0, 0.0];
    parts.retail_markup = vec![0.25, 0.0, 0.0, 0.0];
    // Home: wages 180 from services, deficit 100 pays for the goods; profit 180 * 0.25 = 45.
    parts.deficit = vec![100.0, -100.0];
    parts.wage_bill = vec![0.0, 180.0, 150.0, 20.0];
    let user = &mut parts.users[0];
    user.is_retail = true;
    user.budget_share = vec![225.0 / 325.0, 100.0 / 325.0, 50.0 / 70.0, 20.0 / 70.0];
    let economy = Economy::new(parts).unwrap();
    assert_close(
        "retail profit",
        &[economy.accounts().retail_profit[0]],
        &[45.0],
        1e-12,
    );

    let cost_hat = across_borders(&economy, &[1.0; 8], |n, _, s, _| {
        if n == 0 && s == 0 { 1.1 } else { 1.0 }
    });
    let found = solve(
        &economy,
        &Shock {
            cost_hat: Some(cost_hat),
            ..Shock::default()
        },
    )
    .unwrap();
    let (home, abroad) = (found.average_wage_hat[0], found.average_wage_hat[1]);
    assert_close(
        "goods at the border",
        &[found.price_hat[0]],
        &[1.1 * abroad],
        1e-12,
    );
    assert_close("services", &[found.price_hat[1]], &[home], 1e-12);
    let shelf = (1.1 * abroad + 0.8 * home) * 1.25 / 2.25;
    let index = pow(shelf, 225.0 / 325.0) * pow(home, 100.0 / 325.0);
    assert_close(
        "price index",
        &[found.users[0].price_index_hat[0]],
        &[index],
        1e-12,
    );
}

#[test]
fn claims_that_do_not_sum_to_one_are_refused() {
    let mut parts = world().into_parts();
    parts.users[1].profit_claim[2] += 1e-6;
    let error = Economy::new(parts).unwrap_err();
    assert!(
        matches!(
            error,
            EconomyError::Sum {
                field: "users.profit_claim",
                economy: 2,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn distribution_without_a_sector_that_supplies_it_is_refused() {
    let mut parts = world().into_parts();
    parts.services = None;
    let error = Economy::new(parts).unwrap_err();
    assert!(
        matches!(
            error,
            EconomyError::Range {
                field: "distribution_units",
                ..
            }
        ),
        "{error}"
    );
}
