//! Quantiles against published values, moments and each other.

use tradewinds_config::{FieldSpec, Source, check};

use super::shares::normal_share;
use super::*;

fn near(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{found} is not {expected}"
    );
}

fn wide_normal() -> Prior {
    Prior::Normal {
        mean: 0.0,
        sd: 1.0,
        low: f64::NEG_INFINITY,
        high: f64::INFINITY,
    }
}

/// Mean and standard deviation over evenly spread quantiles.
fn moments(prior: &Prior) -> (f64, f64) {
    let count = 20_000_u32;
    let values: Vec<f64> = (0..count)
        .map(|at| prior.quantile((f64::from(at) + 0.5) / f64::from(count)))
        .collect();
    let mean = values.iter().sum::<f64>() / f64::from(count);
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (mean, (squares / f64::from(count)).sqrt())
}

#[test]
fn normal_quantiles_are_those_of_the_tables() {
    let normal = wide_normal();
    // Abramowitz and Stegun, table 26.5, and the two quantiles everybody knows.
    near(normal.quantile(0.975), 1.959_963_984_540_054, 1e-14);
    near(normal.quantile(0.95), 1.644_853_626_951_472_2, 1e-14);
    near(normal.quantile(0.5), 0.0, 1e-15);
    near(normal.quantile(1e-10), -6.361_340_902_404_056, 1e-12);
    near(normal.quantile(0.025), -normal.quantile(0.975), 1e-14);
}

#[test]
fn a_cut_distribution_has_no_mass_outside_and_keeps_its_shape_inside() {
    let cut = Prior::Normal {
        mean: 2.53,
        sd: 0.26,
        low: 2.0,
        high: 3.0,
    };
    near(cut.quantile(0.0), 2.0, 1e-12);
    near(cut.quantile(1.0), 3.0, 1e-12);
    // Mean of a normal cut at alpha and beta: mu - sigma (phi(beta) - phi(alpha)) / (Phi(beta) - Phi(alpha)).
    let density = |x: f64| (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let (alpha, beta) = ((2.0 - 2.53) / 0.26, (3.0 - 2.53) / 0.26);
    let mass = normal_share(beta) - normal_share(alpha);
    let expected = 2.53 - 0.26 * (density(beta) - density(alpha)) / mass;
    near(moments(&cut).0, expected, 1e-6);
    let tail = Prior::Normal {
        mean: 0.0,
        sd: 1.0,
        low: 9.0,
        high: 10.0,
    };
    let middle = tail.quantile(0.5);
    assert!(middle > 9.05 && middle < 9.1, "{middle}");
}

#[test]
fn lognormal_has_its_median_and_mean() {
    let prior = Prior::LogNormal {
        median: 2.0,
        sigma: 0.3,
        low: 0.0,
        high: f64::INFINITY,
    };
    near(prior.quantile(0.5), 2.0, 1e-14);
    near(moments(&prior).0, 2.0 * (0.5 * 0.09_f64).exp(), 1e-4);
}

#[test]
fn beta_quantiles_follow_closed_forms_and_moments() {
    let beta = |a, b| Prior::Beta {
        a,
        b,
        low: 0.0,
        high: 1.0,
    };
    for u in [0.001, 0.2, 0.5, 0.9, 0.999] {
        near(beta(1.0, 1.0).quantile(u), u, 1e-14);
        near(beta(3.0, 1.0).quantile(u), u.powf(1.0 / 3.0), 1e-13);
        near(
            beta(1.0, 4.0).quantile(u),
            1.0 - (1.0 - u).powf(0.25),
            1e-13,
        );
        // The arcsine law.
        let arcsine = (0.5 * std::f64::consts::PI * u).sin().powi(2);
        near(beta(0.5, 0.5).quantile(u), arcsine, 1e-12);
    }
    let (mean, sd) = moments(&beta(4.0, 36.0));
    near(mean, 0.1, 1e-6);
    near(sd, (0.1 * 0.9 / 41.0_f64).sqrt(), 1e-4);
    let (mean, sd) = moments(&beta(500.0, 1500.0));
    near(mean, 0.25, 1e-6);
    near(sd, (0.25 * 0.75 / 2001.0_f64).sqrt(), 1e-5);
}

#[test]
fn triangular_and_uniform_have_their_moments() {
    let triangular = Prior::Triangular {
        low: 1.0,
        mode: 2.0,
        high: 6.0,
    };
    let (mean, sd) = moments(&triangular);
    near(mean, 3.0, 1e-4);
    // Variance (a² + b² + c² - ab - ac - bc) / 18.
    near(sd, (21.0 / 18.0_f64).sqrt(), 1e-3);
    let (mean, sd) = moments(&Prior::Uniform {
        low: -1.0,
        high: 3.0,
    });
    near(mean, 1.0, 1e-9);
    near(sd, 4.0 / 12.0_f64.sqrt(), 1e-6);
}

#[test]
fn discrete_values_come_with_their_weights() {
    let prior = Prior::Discrete {
        values: vec![1.0, 2.0, 5.0],
        weights: vec![0.5, 0.25, 0.25],
    };
    let picks = [0.0, 0.49, 0.5, 0.74, 0.75, 0.999_999].map(|u| prior.quantile(u));
    assert_eq!(picks, [1.0, 1.0, 2.0, 2.0, 5.0, 5.0]);
    near(moments(&prior).0, 2.25, 1e-12);
}

#[test]
fn quantiles_never_fall() {
    let priors = [
        wide_normal(),
        Prior::Beta {
            a: 0.3,
            b: 7.0,
            low: 0.0,
            high: 0.9,
        },
        Prior::LogNormal {
            median: 1.0,
            sigma: 2.0,
            low: 0.1,
            high: 50.0,
        },
    ];
    for prior in priors {
        let values: Vec<f64> = (1..1000)
            .map(|at| prior.quantile(f64::from(at) / 1000.0))
            .collect();
        assert!(
            values.windows(2).all(|pair| pair[0] <= pair[1]),
            "{prior:?}"
        );
    }
}

fn read(text: &str) -> Result<Prior, String> {
    static SPEC: TableSpec = TableSpec::new(
        "test",
        "A prior.",
        &[FieldSpec::required("p", PRIOR_KIND, "The prior.")],
    );
    const PRIOR_KIND: Kind = Kind::Variants {
        tag: "prior",
        tables: &PRIORS,
    };
    let table = check(&Source::new("p.toml", text), &SPEC).map_err(|errors| errors.to_string())?;
    let table = table.table("p").ok_or("no table")?;
    Prior::read(table, (0.0, 10.0)).map_err(|errors| errors.to_string())
}

#[test]
fn priors_are_read_and_cut_at_the_range_of_the_parameter() {
    let prior = read("[p]\nprior = \"normal\"\nmean = 2.5\nsd = 0.3\nsource = \"x\"\n").unwrap();
    assert_eq!(prior.support(), (0.0, 10.0));
    let text = "[p]\nprior = \"discrete\"\nvalues = [3, 1]\nweights = [1, 3]\nsource = \"x\"\n";
    let prior = read(text).unwrap();
    assert_eq!((prior.quantile(0.7), prior.quantile(0.8)), (1.0, 3.0));
}

#[test]
fn contradictions_are_refused_where_they_stand() {
    for (body, parts) in [
        (
            "prior = \"uniform\"\nlow = 3\nhigh = 2",
            ["p.toml:4:8", "`high` is not above `low`"],
        ),
        (
            "prior = \"uniform\"\nlow = -3\nhigh = 2",
            ["p.toml:3:7", "values from 0 to 10"],
        ),
        (
            "prior = \"triangular\"\nlow = 1\nmode = 9\nhigh = 2",
            ["p.toml:4:8", "a value from 1 to 2"],
        ),
        (
            "prior = \"discrete\"\nvalues = [1, 2]\nweights = [1]",
            ["p.toml:4:11", "2 weights"],
        ),
        (
            "prior = \"normal\"\nmean = 2\nsd = -1",
            ["p.toml:4:6", "key:      p.sd"],
        ),
        (
            "prior = \"normal\"\nmean = nan\nsd = 1",
            ["p.toml:3:8", "finite"],
        ),
        (
            "prior = \"gaussian\"\nmean = 2\nsd = 1",
            ["p.toml:2:9", "normal"],
        ),
    ] {
        let message = read(&format!("[p]\n{body}\nsource = \"x\"\n")).unwrap_err();
        for part in parts {
            assert!(message.contains(part), "no {part:?} in\n{message}");
        }
    }
}
