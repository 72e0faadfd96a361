//! The solver against an independent solution in levels.

use crate::support::levels::solve_in_levels;
use crate::support::{Draft, across_borders, assert_close, close_accounts, with_stores};
use tradewinds_equilibrium::{Economy, Labour, Oligopoly, Shock, solve};

fn compare(economy: &Economy, shock: &Shock) {
    let levels = solve_in_levels(economy, shock, 20_000);
    assert!(
        levels.last_change < 1e-13,
        "the levels did not come to rest: {:e}",
        levels.last_change
    );
    let found = solve(economy, shock).unwrap();
    assert_close("wage", &found.wage_hat, &levels.wage, 1e-10);
    assert_close("price", &found.price_hat, &levels.price, 1e-10);
    assert_close("spending", &found.spending, &levels.spending, 1e-10);
    assert_close("markup", &found.markup, &levels.markup, 1e-10);
    for (user, outcome) in found.users.iter().enumerate() {
        assert_close(
            "user spending",
            &outcome.spending,
            &levels.user_spending[user],
            1e-10,
        );
        assert_close(
            "user price",
            &outcome.price_index_hat,
            &levels.user_price[user],
            1e-10,
        );
    }
}

fn surcharge(economy: &Economy, rate: f64) -> Shock {
    let import_duty = across_borders(economy, &economy.import_duty, |n, i, s, base| {
        if n == 0 {
            base + rate / (1.0 + s as f64)
        } else {
            base + 0.05 * i as f64
        }
    });
    Shock {
        import_duty: Some(import_duty),
        ..Shock::default()
    }
}

#[test]
fn cobb_douglas_world_with_deficits_matches_the_levels() {
    let economy = Economy::new(Draft::new(3, 3, 1).parts()).unwrap();
    compare(&economy, &surcharge(&economy, 0.25));
}

#[test]
fn nested_world_with_markups_and_export_taxes_matches_the_levels() {
    let economy = Draft::new(4, 3, 2).nested().build();
    let mut shock = surcharge(&economy, 0.3);
    shock.export_tax = Some(across_borders(
        &economy,
        &economy.export_tax,
        |_, i, _, base| base + 0.03 * i as f64,
    ));
    shock.cost_hat = Some(across_borders(
        &economy,
        &vec![1.0; economy.flows()],
        |n, _, s, _| 1.0 + 0.02 * (n + s) as f64,
    ));
    compare(&economy, &shock);
}

#[test]
fn world_with_labour_fixed_to_its_sector_matches_the_levels() {
    let economy = Draft {
        markup: 0.2,
        ..Draft::new(3, 4, 3)
    }
    .build();
    compare(
        &economy,
        &Shock {
            labour: Labour::Fixed,
            ..surcharge(&economy, 0.4)
        },
    );
}

#[test]
fn world_with_stores_and_three_kinds_of_users_matches_the_levels() {
    for (seed, draft) in [(4, Draft::new(3, 3, 4)), (5, Draft::new(3, 4, 5).nested())] {
        let economy = Economy::new(with_stores(draft.parts())).unwrap();
        assert!(
            economy
                .accounts()
                .retail_profit
                .iter()
                .all(|profit| *profit > 0.0),
            "{seed}"
        );
        compare(&economy, &surcharge(&economy, 0.25));
    }
}

#[test]
fn oligopoly_with_markups_by_destination_matches_the_levels() {
    let economy = Economy::new(oligopoly(
        Draft {
            materials: 0.2,
            ..Draft::new(3, 3, 6).nested()
        }
        .parts(),
    ))
    .unwrap();
    compare(&economy, &surcharge(&economy, 0.35));
}

/// Gives the parts 2 to 6 firms per origin and sector, and the markups those firms would set.
fn oligopoly(
    mut parts: tradewinds_equilibrium::EconomyParts,
) -> tradewinds_equilibrium::EconomyParts {
    let firms = (0..parts.markets())
        .map(|market| 2.0 + (market % 5) as f64)
        .collect();
    let conduct = Oligopoly {
        firms,
        sigma_f: vec![9.0; parts.sectors],
        perceived_eta: parts.eta,
    };
    for n in 0..parts.economies {
        for i in 0..parts.economies {
            for s in 0..parts.sectors {
                let firms = conduct.firms[parts.market(i, s)];
                let sector = parts.origin_share[parts.flow(n, i, s)] / firms;
                let imports = sector / (1.0 - parts.origin_share[parts.flow(n, n, s)]);
                let (f, sigma, eps) = (conduct.sigma_f[s], parts.sigma[s], parts.eps[s]);
                let tiers = if i == n {
                    (f - eps) / firms
                } else {
                    (f - sigma) / firms + (sigma - eps) * imports
                };
                let elasticity = f - tiers - (eps - conduct.perceived_eta) * sector;
                let flow = parts.flow(n, i, s);
                parts.markup[flow] = elasticity / (elasticity - 1.0);
            }
        }
    }
    parts.oligopoly = Some(conduct);
    close_accounts(parts)
}
