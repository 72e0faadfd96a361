//! Statements of trade theory that hold exactly in this class of models.

use crate::support::{
    Draft, across_borders, assert_close, blank, close_accounts, everyone, rebased,
};
use libm::{log, pow};
use tradewinds_equilibrium::{Economy, EconomyParts, Equilibrium, Shock, solve};

fn duties(economy: &Economy, change: impl Fn(usize, usize, usize, f64) -> f64) -> Shock {
    Shock {
        import_duty: Some(across_borders(economy, &economy.import_duty, change)),
        ..Shock::default()
    }
}

#[test]
fn uniform_import_duty_equals_uniform_export_tax_under_balanced_trade() {
    let economy = Draft {
        duty: 0.0,
        ..Draft::new(3, 3, 11)
    }
    .build();
    let rate = |n: usize, base: f64| if n == 0 { 0.2 } else { base };
    let duty = solve(&economy, &duties(&economy, |n, _, _, base| rate(n, base))).unwrap();
    let taxed = across_borders(&economy, &economy.export_tax, |_, i, _, base| rate(i, base));
    let tax = solve(
        &economy,
        &Shock {
            export_tax: Some(taxed),
            ..Shock::default()
        },
    )
    .unwrap();
    assert!(
        (duty.welfare_hat[0] - 1.0).abs() > 1e-3,
        "the duty must matter"
    );
    assert_close("welfare", &duty.welfare_hat, &tax.welfare_hat, 1e-9);
    assert_close(
        "employment",
        &duty.employment_hat,
        &tax.employment_hat,
        1e-9,
    );
    assert_close("origin share", &duty.origin_share, &tax.origin_share, 1e-9);
}

#[test]
fn import_duty_with_the_matching_export_subsidy_changes_nothing_real() {
    let economy = Draft {
        duty: 0.0,
        ..Draft::new(3, 2, 12)
    }
    .build();
    let mut shock = duties(&economy, |n, _, _, base| if n == 0 { 0.2 } else { base });
    let subsidy = 1.0 / 1.2 - 1.0;
    let subsidised = across_borders(&economy, &economy.export_tax, |_, i, _, base| {
        if i == 0 { subsidy } else { base }
    });
    shock.export_tax = Some(subsidised);
    let found = solve(&economy, &shock).unwrap();
    assert_close("welfare", &found.welfare_hat, &[1.0; 3], 1e-10);
    assert_close("employment", &found.employment_hat, &[1.0; 6], 1e-10);
}

/// Balanced two-economy, one-sector world with materials and no taxes.
fn one_sector(materials: f64, sigma: f64) -> Economy {
    let mut parts = blank(2, 1);
    parts.spending = vec![3.0, 5.0];
    parts.origin_share = vec![0.8, 0.2, 0.12, 0.88];
    parts.labour_cost_share = vec![1.0 - materials; 2];
    parts.input_cost_share = vec![materials; 2];
    (parts.sigma, parts.eps) = (vec![sigma], vec![sigma]);
    Economy::new(close_accounts(parts)).unwrap()
}

fn home_share(world: &Equilibrium, economy: &Economy, n: usize) -> f64 {
    world.origin_share[economy.flow(n, n, 0)] / economy.origin_share[economy.flow(n, n, 0)]
}

#[test]
fn one_sector_welfare_is_the_home_share_to_the_power_of_arkolakis_costinot_rodriguez_clare() {
    for (materials, sigma) in [(0.0, 5.0), (0.45, 3.0)] {
        let economy = one_sector(materials, sigma);
        let cost_hat = across_borders(&economy, &[1.0; 4], |n, _, _, _| 1.1 + 0.3 * n as f64);
        let found = solve(
            &economy,
            &Shock {
                cost_hat: Some(cost_hat),
                ..Shock::default()
            },
        )
        .unwrap();
        for n in 0..2 {
            let formula = pow(
                home_share(&found, &economy, n),
                -1.0 / ((sigma - 1.0) * (1.0 - materials)),
            );
            assert_close("real wage", &[found.real_wage_hat[n]], &[formula], 1e-10);
            assert!((formula - 1.0).abs() > 1e-3);
        }
    }
}

#[test]
fn prohibitive_costs_lead_to_the_welfare_of_autarky() {
    let economy = one_sector(0.45, 4.0);
    let cost_hat = across_borders(&economy, &[1.0; 4], |_, _, _, _| 1e9);
    let found = solve(
        &economy,
        &Shock {
            cost_hat: Some(cost_hat),
            ..Shock::default()
        },
    )
    .unwrap();
    for (n, home) in [0.8_f64, 0.88].into_iter().enumerate() {
        assert_close(
            "welfare",
            &[found.real_wage_hat[n]],
            &[pow(home, 1.0 / (3.0 * 0.55))],
            1e-10,
        );
    }
}

#[test]
fn halving_a_small_duty_from_free_trade_quarters_the_world_loss() {
    let economy = Draft {
        duty: 0.0,
        ..Draft::new(3, 3, 13)
    }
    .build();
    let loss = |rate: f64| -> f64 {
        let found = solve(&economy, &duties(&economy, |_, _, _, _| rate)).unwrap();
        found
            .welfare_hat
            .iter()
            .zip(&economy.accounts().income)
            .map(|(hat, income)| income * log(*hat))
            .sum()
    };
    let ratio = loss(0.002) / loss(0.001);
    assert!((ratio - 4.0).abs() < 0.08, "{ratio}");
}

#[test]
fn relative_spending_on_two_other_origins_follows_their_relative_price_alone() {
    let economy = Draft::new(4, 2, 14).nested().build();
    let found = solve(
        &economy,
        &duties(
            &economy,
            |n, i, _, base| if n == 0 && i == 1 { base + 0.5 } else { base },
        ),
    )
    .unwrap();
    for s in 0..2 {
        let (a, b) = (economy.flow(0, 2, s), economy.flow(0, 3, s));
        let shares = found.origin_share[a] / economy.origin_share[a] * economy.origin_share[b]
            / found.origin_share[b];
        let prices = found.border_price_hat[a] / found.border_price_hat[b];
        assert_close(
            "ratio",
            &[shares],
            &[pow(prices, 1.0 - economy.sigma[s])],
            1e-12,
        );
    }
}

#[test]
fn up_and_down_again_returns_to_the_base_and_two_steps_equal_one() {
    let economy = Draft::new(3, 3, 15).nested().build();
    let whole = duties(
        &economy,
        |n, _, _, base| if n == 0 { base + 0.3 } else { base },
    );
    let half = duties(
        &economy,
        |n, _, _, base| if n == 0 { base + 0.15 } else { base },
    );
    let direct = solve(&economy, &whole).unwrap();
    let middle = solve(&economy, &half).unwrap();
    let second = solve(&rebased(&economy, &middle, &half), &whole).unwrap();
    let chained: Vec<f64> = middle
        .welfare_hat
        .iter()
        .zip(&second.welfare_hat)
        .map(|(a, b)| a * b)
        .collect();
    assert_close("two steps", &chained, &direct.welfare_hat, 1e-10);
    assert_close("spending", &second.spending, &direct.spending, 1e-10);
    let back = Shock {
        import_duty: Some(economy.import_duty.clone()),
        ..Shock::default()
    };
    let returned = solve(&rebased(&economy, &direct, &whole), &back).unwrap();
    assert_close("round trip", &returned.spending, &economy.spending, 1e-10);
    assert_close(
        "round trip",
        &returned.sales,
        &economy.accounts().sales,
        1e-10,
    );
}

#[test]
fn best_duty_of_one_of_two_economies_is_the_inverse_of_the_foreign_home_share() {
    let sigma = 4.0;
    let economy = one_sector(0.0, sigma);
    let at = |rate: f64| {
        solve(
            &economy,
            &duties(&economy, |n, _, _, _| if n == 0 { rate } else { 0.0 }),
        )
        .unwrap()
    };
    // The slope of welfare changes sign at the best duty.
    let slope = |rate: f64| at(rate + 1e-4).welfare_hat[0] - at(rate - 1e-4).welfare_hat[0];
    let (mut low, mut high) = (0.1, 1.0);
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if slope(middle) > 0.0 {
            low = middle
        } else {
            high = middle
        }
    }
    let foreign = at(low).sales;
    let home_share = foreign[3] / (foreign[2] + foreign[3]);
    let formula = 1.0 / ((sigma - 1.0) * home_share);
    assert!((low - formula).abs() < 1e-4, "{low} is not {formula}");
}

/// Without substitution and at given wages abroad and at home, a duty on materials is passed on as
/// in an input-output price model: `dp = (1 - A_home')^{-1} A_imported' t`.
#[test]
fn a_duty_without_any_substitution_is_the_cost_push_of_the_input_output_tables() {
    let economy = Economy::new(leontief()).unwrap();
    let rate = [0.25, 0.1];
    let found = solve(
        &economy,
        &duties(&economy, |n, _, s, _| if n == 0 { rate[s] } else { 0.0 }),
    )
    .unwrap();
    let wage = [found.average_wage_hat[0], found.average_wage_hat[1]];
    // Home price of s: h_s [beta_s w_0 + sum_k g_ks p_k] + (1 - h_s)(1 + t_s) w_1, two unknowns.
    let h = [economy.origin_share[0], economy.origin_share[1]];
    let g = |k: usize, s: usize| economy.input_cost_share[economy.input(0, k, s)];
    let known: Vec<f64> = (0..2)
        .map(|s| {
            h[s] * economy.labour_cost_share[s] * wage[0] + (1.0 - h[s]) * (1.0 + rate[s]) * wage[1]
        })
        .collect();
    let (a, b, c, d) = (
        1.0 - h[0] * g(0, 0),
        -h[0] * g(1, 0),
        -h[1] * g(0, 1),
        1.0 - h[1] * g(1, 1),
    );
    let determinant = a * d - b * c;
    let expected = [
        (d * known[0] - b * known[1]) / determinant,
        (a * known[1] - c * known[0]) / determinant,
    ];
    assert_close("price", &found.price_hat[..2], &expected, 1e-10);
}

/// Home uses materials, abroad only labour; nothing can be substituted for anything.
fn leontief() -> EconomyParts {
    let mut parts = blank(2, 2);
    parts.spending = vec![4.0, 6.0, 8.0, 7.0];
    parts.origin_share = vec![0.7, 0.9, 0.3, 0.1, 0.1, 0.15, 0.9, 0.85];
    parts.labour_cost_share = vec![0.5, 0.6, 1.0, 1.0];
    parts.input_cost_share = vec![0.3, 0.15, 0.2, 0.25, 0.0, 0.0, 0.0, 0.0];
    (parts.sigma, parts.eps, parts.eta, parts.rho) = (vec![0.0; 2], vec![0.0; 2], 1.0, 0.0);
    parts.users = vec![everyone(2, 2)];
    close_accounts(parts)
}
