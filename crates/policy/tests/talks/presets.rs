//! The preset rule against the published rates.

use tradewinds_policy::talks::preset::PresetRule;

const RULE: PresetRule = PresetRule {
    floor: 0.10,
    elasticity: 4.0,
    pass_through: 0.25,
    charged: 0.5,
    rounds_up: true,
};

struct Partner {
    name: String,
    imports: f64,
    exports: f64,
    published: f64,
}

fn partners() -> Vec<Partner> {
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(include_str!("published_presets.csv").as_bytes());
    let number = |text: &str| text.parse::<f64>().unwrap();
    (reader.records())
        .map(|row| {
            let row = row.unwrap();
            Partner {
                name: row[0].to_owned(),
                imports: number(&row[1]),
                exports: number(&row[2]),
                published: number(&row[3]) / 100.0,
            }
        })
        .collect()
}

fn correlation(pairs: &[(f64, f64)]) -> f64 {
    let count = pairs.len() as f64;
    let mean_x = pairs.iter().map(|(x, _)| x).sum::<f64>() / count;
    let mean_y = pairs.iter().map(|(_, y)| y).sum::<f64>() / count;
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in pairs {
        let (x, y) = (x - mean_x, y - mean_y);
        xy += x * y;
        xx += x * x;
        yy += y * y;
    }
    xy / (xx * yy).sqrt()
}

fn against(rule: PresetRule) -> Vec<(f64, f64)> {
    let rate = |partner: &Partner| {
        (
            rule.rate(partner.imports, partner.exports),
            partner.published,
        )
    };
    partners().iter().map(rate).collect()
}

#[test]
fn all_57_published_rates_lie_within_a_point_of_the_rule() {
    assert_eq!(partners().len(), 57);
    for partner in partners() {
        let rate = RULE.rate(partner.imports, partner.exports);
        let gap = (rate - partner.published).abs();
        assert!(
            gap < 0.0101,
            "{}: {rate} {}",
            partner.name,
            partner.published
        );
    }
}

#[test]
fn the_rule_correlates_with_the_published_rates_above_99_in_100() {
    let found = correlation(&against(RULE));
    assert!(found > 0.99, "{found}");
    // And in level, not in order alone.
    let mean = |pairs: &[(f64, f64)]| {
        let gaps = pairs
            .iter()
            .map(|(rule, published)| (rule - published).abs());
        gaps.sum::<f64>() / pairs.len() as f64
    };
    assert!(mean(&against(RULE)) < 0.005);
    let full = PresetRule {
        pass_through: 1.0,
        ..RULE
    };
    assert!(mean(&against(full)) > 0.1);
}

#[test]
fn a_flat_rate_explains_nothing() {
    let flat = PresetRule {
        charged: 0.0,
        ..RULE
    };
    let rates = against(flat);
    assert!(rates.iter().all(|(rate, _)| (rate - 0.10).abs() < 1e-15));
}
