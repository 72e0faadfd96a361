//! Corners: subsidies, prohibitive duties, unit elasticities, missing trade, a single economy.

use crate::support::{Draft, Draws, across_borders, assert_close, blank, close_accounts};
use libm::log;
use tradewinds_equilibrium::{
    Economy, EconomyError, Equilibrium, Labour, Oligopoly, Shock, SolveError, solve,
};

fn with_duty(economy: &Economy, rate: f64) -> Shock {
    let duty = across_borders(economy, &economy.import_duty, |n, _, _, base| {
        if n == 0 { rate } else { base }
    });
    Shock {
        import_duty: Some(duty),
        ..Shock::default()
    }
}

fn assert_sound(economy: &Economy, found: &Equilibrium) {
    let all = [
        &found.wage_hat,
        &found.price_hat,
        &found.welfare_hat,
        &found.spending,
        &found.sales,
        &found.revenue,
    ];
    assert!(
        all.iter()
            .all(|values| values.iter().all(|value| value.is_finite()))
    );
    assert!(found.spending.iter().all(|value| *value >= 0.0));
    let bill: f64 = economy
        .wage_bill
        .iter()
        .zip(&found.wage_hat)
        .map(|(bill, hat)| bill * hat)
        .sum();
    assert_close(
        "world wage bill",
        &[bill],
        &[economy.wage_bill.iter().sum()],
        1e-11,
    );
    for n in 0..economy.economies {
        let spent: f64 = found.users.iter().map(|user| user.spending[n]).sum();
        assert_close("income spent", &[spent], &[found.income[n]], 1e-11);
        let markets = economy.market(n, 0)..economy.market(n, 0) + economy.sectors;
        let employed: f64 = markets
            .clone()
            .map(|m| economy.wage_bill[m] * found.employment_hat[m])
            .sum();
        assert_close(
            "labour force",
            &[employed],
            &[economy.accounts().wages[n]],
            1e-11,
        );
    }
}

#[test]
fn subsidies_and_prohibitive_duties_have_finite_sound_equilibria() {
    for draft in [
        Draft::new(3, 3, 31),
        Draft::new(4, 3, 32).nested(),
        Draft {
            duty: 0.0,
            ..Draft::new(2, 1, 33)
        },
    ] {
        let economy = draft.build();
        for rate in [-0.5, -0.9, 0.0, 1.0, 20.0, 1e3, 1e6] {
            for labour in [Labour::Mobile, Labour::Fixed] {
                let found = solve(
                    &economy,
                    &Shock {
                        labour,
                        ..with_duty(&economy, rate)
                    },
                )
                .unwrap_or_else(|error| {
                    panic!(
                        "{:?} at {rate} {labour:?}: {error}",
                        (draft.economies, draft.seed)
                    )
                });
                assert_sound(&economy, &found);
            }
        }
    }
}

#[test]
fn a_balanced_economy_behind_a_prohibitive_duty_lives_as_in_autarky() {
    let economy = Draft {
        duty: 0.0,
        ..Draft::new(2, 1, 33)
    }
    .build();
    let found = solve(&economy, &with_duty(&economy, 1e12)).unwrap();
    let power = 1.0 / ((economy.sigma[0] - 1.0) * economy.labour_cost_share[0]);
    assert_close(
        "welfare",
        &[found.welfare_hat[0]],
        &[libm::pow(economy.origin_share[0], power)],
        1e-9,
    );
}

#[test]
fn results_are_continuous_through_unit_elasticities() {
    let base = Draft {
        eta: 1.0,
        rho: 1.0,
        ..Draft::new(3, 2, 34)
    }
    .parts();
    let welfare = |distance: f64| {
        let mut parts = base.clone();
        parts.sigma = vec![1.0 + distance; 2];
        parts.eps = vec![1.0 + distance; 2];
        (parts.eta, parts.rho) = (1.0 + distance, 1.0 + distance);
        let economy = Economy::new(parts).unwrap();
        solve(&economy, &with_duty(&economy, 0.4))
            .unwrap()
            .welfare_hat
    };
    let at_one = welfare(0.0);
    for distance in [-1e-6, -1e-8, 1e-12, 1e-8, 0.99e-6, 1.01e-6] {
        assert_close("welfare", &welfare(distance), &at_one, 1e-6);
    }
    let jump: Vec<f64> = welfare(1.000_1e-6)
        .iter()
        .zip(welfare(0.999_9e-6))
        .map(|(a, b)| a - b)
        .collect();
    assert!(jump.iter().all(|jump| jump.abs() < 1e-9), "{jump:?}");
}

#[test]
fn two_tiers_tend_to_one_tier_when_their_elasticities_meet() {
    let parts = Draft::new(3, 3, 35).parts();
    let one_tier = Economy::new(parts.clone()).unwrap();
    let expected = solve(&one_tier, &with_duty(&one_tier, 0.3)).unwrap();
    let mut nested = parts;
    nested.eps.iter_mut().for_each(|eps| *eps -= 1e-9);
    let nested = Economy::new(nested).unwrap();
    let found = solve(&nested, &with_duty(&nested, 0.3)).unwrap();
    assert_close("welfare", &found.welfare_hat, &expected.welfare_hat, 1e-8);
    assert_close("sales", &found.sales, &expected.sales, 1e-7);
}

#[test]
fn a_single_economy_answers_only_to_its_own_costs() {
    let economy = Draft {
        duty: 0.0,
        ..Draft::new(1, 3, 36)
    }
    .build();
    let found = solve(
        &economy,
        &Shock {
            import_duty: Some(vec![0.0; 3]),
            ..Shock::default()
        },
    )
    .unwrap();
    assert_close("welfare", &found.welfare_hat, &[1.0], 1e-14);
    let found = solve(
        &economy,
        &Shock {
            cost_hat: Some(vec![1.1; 3]),
            ..Shock::default()
        },
    )
    .unwrap();
    assert_sound(&economy, &found);
    assert!(
        found.welfare_hat[0] < 1.0 / 1.1,
        "costs add up along the chain of materials"
    );
}

/// Economy 2 sells nothing of sector 0 anywhere, economy 0 buys sector 1 only at home, and economy 1
/// has no home producer of sector 2.
fn world_with_holes() -> Economy {
    let mut parts = Draft::new(3, 3, 37).nested().parts();
    for n in 0..3 {
        let silent = parts.flow(n, 2, 0);
        parts.origin_share[silent] = 0.0;
    }
    for i in 1..3 {
        let import = parts.flow(0, i, 1);
        parts.origin_share[import] = 0.0;
    }
    for n in 0..3 {
        let missing = parts.flow(n, 1, 2);
        parts.origin_share[missing] = 0.0;
    }
    for n in 0..3 {
        for s in 0..3 {
            let sum: f64 = (0..3)
                .map(|i| parts.origin_share[parts.flow(n, i, s)])
                .sum();
            for i in 0..3 {
                let flow = parts.flow(n, i, s);
                parts.origin_share[flow] /= sum;
            }
        }
    }
    Economy::new(close_accounts(parts)).unwrap()
}

#[test]
fn empty_flows_stay_empty_and_empty_sectors_hire_nobody() {
    let economy = world_with_holes();
    for labour in [Labour::Mobile, Labour::Fixed] {
        let found = solve(
            &economy,
            &Shock {
                labour,
                ..with_duty(&economy, 0.5)
            },
        )
        .unwrap();
        assert_sound(&economy, &found);
        for (flow, sales) in economy.accounts().sales.iter().enumerate() {
            assert_eq!(*sales > 0.0, found.sales[flow] > 0.0, "{flow}");
        }
        assert_close(
            "employment",
            &[found.employment_hat[economy.market(2, 0)]],
            &[1.0],
            0.0,
        );
    }
}

#[test]
fn a_tiny_share_is_the_limit_of_none() {
    let welfare = |share: f64| {
        let mut parts = Draft::new(3, 1, 38).parts();
        parts.origin_share[1] = share;
        let rest: f64 = parts.origin_share[0] + parts.origin_share[2];
        (parts.origin_share[0], parts.origin_share[2]) = (
            parts.origin_share[0] / rest * (1.0 - share),
            parts.origin_share[2] / rest * (1.0 - share),
        );
        let economy = Economy::new(close_accounts(parts)).unwrap();
        solve(&economy, &with_duty(&economy, 0.3))
            .unwrap()
            .welfare_hat
    };
    assert_close("welfare", &welfare(1e-12), &welfare(0.0), 1e-10);
}

#[test]
fn very_many_firms_charge_the_constant_markup_and_a_lone_one_is_floored() {
    let mut parts = Draft {
        duty: 0.0,
        ..Draft::new(2, 2, 39)
    }
    .parts();
    parts.markup = vec![6.0 / 5.0; parts.flows()];
    let constant = Economy::new(close_accounts(parts.clone())).unwrap();
    let expected = solve(&constant, &with_duty(&constant, 0.25)).unwrap();
    // With 1e12 firms the markup differs from 6/5 by less than the check of base markups allows.
    parts.oligopoly = Some(Oligopoly {
        firms: vec![1e12; 4],
        sigma_f: vec![6.0; 2],
        perceived_eta: 1.0,
    });
    let many = Economy::new(close_accounts(parts)).unwrap();
    let found = solve(&many, &with_duty(&many, 0.25)).unwrap();
    assert_close("markup", &found.markup, &expected.markup, 1e-11);
    assert_close("welfare", &found.welfare_hat, &expected.welfare_hat, 1e-10);
    assert_eq!(found.floored_markups, 0);

    let mut lone = blank(1, 1);
    (lone.spending, lone.origin_share, lone.markup) = (vec![1.0], vec![1.0], vec![1.05 / 0.05]);
    lone.oligopoly = Some(Oligopoly {
        firms: vec![1.0],
        sigma_f: vec![6.0],
        perceived_eta: 0.9,
    });
    let lone = Economy::new(close_accounts(lone)).unwrap();
    assert_eq!(solve(&lone, &Shock::default()).unwrap().floored_markups, 1);
}

#[test]
fn large_duties_by_everybody_are_followed_to_the_end() {
    let economy = Draft {
        home: 0.5,
        materials: 0.5,
        ..Draft::new(5, 4, 40)
    }
    .nested()
    .build();
    let duty = across_borders(&economy, &economy.import_duty, |n, i, _, _| {
        [0.0, 3.0, 50.0, -0.6, 0.3][(n + i) % 5]
    });
    let found = solve(
        &economy,
        &Shock {
            import_duty: Some(duty),
            ..Shock::default()
        },
    )
    .unwrap();
    assert_sound(&economy, &found);
    assert!(found.welfare_hat.iter().any(|hat| log(*hat).abs() > 0.05));
}

#[test]
fn random_worlds_under_random_law_all_come_to_rest() {
    let mut draw = Draws(42);
    let mut most = 0;
    for seed in 0..120 {
        let (economies, sectors) = (2 + seed as usize % 5, 1 + seed as usize % 4);
        let mut draft = Draft::new(economies, sectors, 1000 + seed);
        draft = if seed % 2 == 0 { draft.nested() } else { draft };
        draft.home = draw.between(0.5, 8.0);
        draft.materials = draw.between(0.05, 0.5);
        draft.balanced = false;
        let mut parts = draft.parts();
        let steep = draw.between(0.3, 3.0);
        for value in parts.sigma.iter_mut().chain(&mut parts.eps) {
            *value = 1.0 + (*value - 1.0) * steep;
        }
        let economy = Economy::new(parts).unwrap();
        let duty = across_borders(&economy, &economy.import_duty, |_, _, _, base| {
            if draw.between(0.0, 1.0) < 0.4 {
                draw.between(-0.6, 3.0)
            } else {
                base
            }
        });
        let tax = across_borders(&economy, &economy.export_tax, |_, _, _, _| {
            draw.between(-0.2, 0.3)
        });
        let labour = if seed % 3 == 0 {
            Labour::Fixed
        } else {
            Labour::Mobile
        };
        let deficit = (seed % 4 == 0).then(|| vec![0.0; economies]);
        let shock = Shock {
            import_duty: Some(duty),
            export_tax: Some(tax),
            cost_hat: None,
            deficit,
            labour,
        };
        let found = solve(&economy, &shock).unwrap_or_else(|error| panic!("world {seed}: {error}"));
        assert_sound(&economy, &found);
        most = most.max(found.evaluations);
    }
    assert!(most <= 60, "a search took {most} evaluations");
}

#[test]
fn faulty_shocks_and_parts_are_named() {
    let economy = Draft::new(2, 2, 41).build();
    let short = Shock {
        import_duty: Some(vec![0.0; 3]),
        ..Shock::default()
    };
    assert_eq!(
        solve(&economy, &short),
        Err(SolveError::Shape {
            field: "import_duty",
            found: 3,
            expected: 8
        })
    );
    let gift = Shock {
        deficit: Some(vec![1.0, 0.0]),
        ..Shock::default()
    };
    assert_eq!(
        solve(&economy, &gift),
        Err(SolveError::Deficit { sum: 1.0 })
    );
    let below = Shock {
        export_tax: Some(vec![-1.0; 8]),
        ..Shock::default()
    };
    assert!(matches!(
        solve(&economy, &below),
        Err(SolveError::Range {
            field: "export_tax",
            index: 0,
            ..
        })
    ));

    let mut parts = economy.into_parts();
    parts.spending[0] *= 1.0 + 1e-6;
    let error = Economy::new(parts.clone()).unwrap_err();
    assert!(matches!(error, EconomyError::Accounts { .. }), "{error}");
    parts.sigma = vec![4.0];
    assert!(matches!(
        Economy::new(parts),
        Err(EconomyError::Shape { field: "sigma", .. })
    ));
}
