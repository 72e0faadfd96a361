//! Nothing changes when nothing changes, when money is renamed, or when economies swap places.

use crate::support::{Draft, across_borders, assert_close, with_stores};
use tradewinds_equilibrium::{Economy, EconomyParts, FinalUser, Labour, Shock, solve};

fn worlds() -> Vec<Economy> {
    vec![
        Draft::new(3, 3, 21).build(),
        Draft::new(4, 3, 22).nested().build(),
        Economy::new(with_stores(Draft::new(3, 4, 23).nested().parts())).unwrap(),
    ]
}

fn surcharge(economy: &Economy) -> Shock {
    let duty = across_borders(economy, &economy.import_duty, |n, i, _, base| {
        if n == 1 {
            base + 0.1 * i as f64 + 0.1
        } else {
            base
        }
    });
    Shock {
        import_duty: Some(duty),
        ..Shock::default()
    }
}

#[test]
fn unchanged_law_changes_nothing_to_the_bit() {
    for economy in worlds() {
        for labour in [Labour::Mobile, Labour::Fixed] {
            let found = solve(
                &economy,
                &Shock {
                    labour,
                    ..Shock::default()
                },
            )
            .unwrap();
            assert_close("wage", &found.wage_hat, &vec![1.0; economy.markets()], 0.0);
            assert_close(
                "price",
                &found.price_hat,
                &vec![1.0; economy.markets()],
                0.0,
            );
            assert_close(
                "welfare",
                &found.welfare_hat,
                &vec![1.0; economy.economies],
                0.0,
            );
            assert_close("spending", &found.spending, &economy.spending, 0.0);
            assert_close("sales", &found.sales, &economy.accounts().sales, 0.0);
        }
    }
}

#[test]
fn counting_money_in_another_unit_changes_no_hat() {
    for economy in worlds() {
        let base = solve(&economy, &surcharge(&economy)).unwrap();
        let mut parts = economy.into_parts();
        for value in parts
            .spending
            .iter_mut()
            .chain(&mut parts.wage_bill)
            .chain(&mut parts.deficit)
        {
            *value *= 1024.0;
        }
        let economy = Economy::new(parts).unwrap();
        let scaled = solve(&economy, &surcharge(&economy)).unwrap();
        assert_close("wage", &scaled.wage_hat, &base.wage_hat, 1e-12);
        assert_close("welfare", &scaled.welfare_hat, &base.welfare_hat, 1e-12);
        let back: Vec<f64> = scaled
            .revenue
            .iter()
            .map(|revenue| revenue / 1024.0)
            .collect();
        assert_close("revenue", &back, &base.revenue, 1e-11);
    }
}

/// The same world with economy n called `order[n]`.
fn permuted(parts: &EconomyParts, order: &[usize]) -> EconomyParts {
    let (count, sectors) = (parts.economies, parts.sectors);
    let rows = |values: &[f64], width: usize| {
        let mut moved = values.to_vec();
        for n in 0..count {
            moved[order[n] * width..(order[n] + 1) * width]
                .copy_from_slice(&values[n * width..(n + 1) * width]);
        }
        moved
    };
    let flows = |values: &[f64]| {
        let mut moved = values.to_vec();
        for n in 0..count {
            for i in 0..count {
                for s in 0..sectors {
                    moved[parts.flow(order[n], order[i], s)] = values[parts.flow(n, i, s)];
                }
            }
        }
        moved
    };
    let user = |user: &FinalUser| FinalUser {
        budget_share: rows(&user.budget_share, sectors),
        labour_claim: rows(&user.labour_claim, 1),
        profit_claim: rows(&user.profit_claim, 1),
        revenue_claim: rows(&user.revenue_claim, 1),
        transfer_claim: rows(&user.transfer_claim, 1),
        is_retail: user.is_retail,
    };
    EconomyParts {
        spending: rows(&parts.spending, sectors),
        origin_share: flows(&parts.origin_share),
        import_duty: flows(&parts.import_duty),
        export_tax: flows(&parts.export_tax),
        markup: flows(&parts.markup),
        labour_cost_share: rows(&parts.labour_cost_share, sectors),
        input_cost_share: rows(&parts.input_cost_share, sectors * sectors),
        wage_bill: rows(&parts.wage_bill, sectors),
        deficit: rows(&parts.deficit, 1),
        users: parts.users.iter().map(user).collect(),
        distribution_units: rows(&parts.distribution_units, sectors),
        retail_markup: rows(&parts.retail_markup, sectors),
        ..parts.clone()
    }
}

#[test]
fn results_follow_economies_that_swap_places() {
    for economy in worlds() {
        let order: Vec<usize> = (0..economy.economies)
            .map(|n| (n + 1) % economy.economies)
            .collect();
        let moved = Economy::new(permuted(&economy, &order)).unwrap();
        let shock = surcharge(&economy);
        let base = solve(&economy, &shock).unwrap();
        let mut duties = moved.clone().into_parts();
        duties.import_duty = shock.import_duty.unwrap();
        duties.import_duty = {
            let mut values = vec![0.0; economy.flows()];
            for n in 0..economy.economies {
                for i in 0..economy.economies {
                    for s in 0..economy.sectors {
                        values[economy.flow(order[n], order[i], s)] =
                            duties.import_duty[economy.flow(n, i, s)];
                    }
                }
            }
            values
        };
        let found = solve(
            &moved,
            &Shock {
                import_duty: Some(duties.import_duty),
                ..Shock::default()
            },
        )
        .unwrap();
        for n in 0..economy.economies {
            assert_close(
                "welfare",
                &[found.welfare_hat[order[n]]],
                &[base.welfare_hat[n]],
                1e-12,
            );
            assert_close(
                "wage",
                &[found.average_wage_hat[order[n]]],
                &[base.average_wage_hat[n]],
                1e-12,
            );
        }
    }
}

#[test]
fn identical_economies_stay_identical() {
    let mut parts = Draft {
        materials: 0.3,
        ..Draft::new(1, 2, 24)
    }
    .parts();
    let one = parts.clone();
    parts = crate::support::blank(3, 2);
    for n in 0..3 {
        for s in 0..2 {
            let market = parts.market(n, s);
            parts.spending[market] = one.spending[s];
            parts.labour_cost_share[market] = one.labour_cost_share[s];
            for i in 0..3 {
                let flow = parts.flow(n, i, s);
                parts.origin_share[flow] = if i == n { 0.7 } else { 0.15 };
            }
            for k in 0..2 {
                let index = parts.input(n, k, s);
                parts.input_cost_share[index] = one.input_cost_share[one.input(0, k, s)];
            }
        }
    }
    let economy = Economy::new(crate::support::close_accounts(parts)).unwrap();
    let duty = across_borders(&economy, &economy.import_duty, |_, _, s, _| {
        0.2 + 0.3 * s as f64
    });
    let found = solve(
        &economy,
        &Shock {
            import_duty: Some(duty),
            ..Shock::default()
        },
    )
    .unwrap();
    assert_close("wage", &found.average_wage_hat, &[1.0; 3], 1e-12);
    assert_close(
        "welfare",
        &found.welfare_hat[1..],
        &[found.welfare_hat[0]; 2],
        1e-12,
    );
    assert!(
        found.welfare_hat[0] < 1.0,
        "a duty by everybody on everybody is a loss"
    );
}
