use super::*;
use tradewinds_units::parse_date;

fn estimation(section: &str) -> Estimation {
    run(&Library::embedded(), section, None).unwrap()
}

fn estimate<'a>(estimation: &'a Estimation, name: &str) -> &'a Estimate {
    let found = estimation.estimates.iter().find(|one| one.name == name);
    found.unwrap_or_else(|| panic!("no {name}"))
}

fn committed(path: &str) -> String {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join(path)).unwrap()
}

#[test]
fn the_committed_parameters_are_those_the_rows_give_today() {
    for section in SECTIONS {
        let path = format!("configs/parameters/{section}.toml");
        assert_eq!(
            committed(&path),
            write(&estimation(section)),
            "run `tradewinds estimate {section} --write`"
        );
    }
}

#[test]
fn the_committed_note_is_the_one_the_command_writes() {
    let path = "docs/calibration-markets-approval.md";
    let both: Vec<Estimation> = SECTIONS.iter().map(|section| estimation(section)).collect();
    let command = format!("tradewinds estimate --markdown {path}");
    assert_eq!(
        committed(path),
        markdown(&both, &command),
        "run `{command}`"
    );
}

#[test]
fn every_parameter_can_be_read_with_range_source_and_status() {
    for section in SECTIONS {
        let path = format!("configs/parameters/{section}.toml");
        let read = Estimates::read(&Library::embedded().source(&path).unwrap()).unwrap();
        for spec in NAMES.iter().filter(|spec| spec.section == *section) {
            let stem = |name: &str| name.split('.').next() == Some(spec.name);
            let own: Vec<&Entry> = read.entries.iter().filter(|one| stem(&one.name)).collect();
            assert!(!own.is_empty(), "{}", spec.name);
            for entry in own {
                assert!(!entry.source.is_empty(), "{entry:?}");
                assert_eq!(entry.standard_error.is_some(), entry.status == "estimated");
            }
        }
    }
}

#[test]
fn no_row_after_the_last_day_is_used() {
    for section in SECTIONS {
        let own = estimation(section);
        for one in &own.estimates {
            assert!(one.sample.last <= own.through, "{one:?}");
        }
    }
    // A day without readings of the main fit leaves nothing to fit.
    let early = parse_date("2025-01-31").unwrap();
    let error = run(&Library::embedded(), "approval", Some(early)).unwrap_err();
    assert!(error.to_string().contains("up to 2025-01-31"), "{error}");
}

#[test]
fn later_rows_change_nothing_that_ends_earlier() {
    let later = parse_date("2025-07-09").unwrap();
    let (now, then) = (
        estimation("approval"),
        run(&Library::embedded(), "approval", Some(later)).unwrap(),
    );
    let name = "decay of the honeymoon, earlier term";
    assert_eq!(estimate(&now, name), estimate(&then, name));
    let base = "approval_base";
    assert!(estimate(&then, base).sample.rows > estimate(&now, base).sample.rows);
}

#[test]
fn regressions_agree_with_an_independent_program() {
    // statsmodels 0.14 (OLS, HAC with the automatic lags and n/(n − k)), same rows.
    let own = estimation("markets");
    for &(name, value, error) in MARKETS_REFERENCE {
        let found = estimate(&own, name);
        assert!(
            (found.value / value - 1.0).abs() < 1e-6,
            "{name}: {found:?}"
        );
        assert!(
            (found.error / error - 1.0).abs() < 1e-6,
            "{name}: {found:?}"
        );
    }
}

#[test]
fn the_likelihood_has_its_top_where_an_independent_program_finds_it() {
    // arch 7: ConstantMean, GARCH(1, 1), StudentsT; it starts the variance a little apart.
    let own = estimation("markets");
    for (name, value, tolerance) in [
        ("garch_omega", 0.034_56, 5e-4),
        ("garch_alpha", 0.175_2, 1e-3),
        ("garch_beta", 0.813_0, 1e-3),
        ("garch_freedom", 5.960, 2e-2),
    ] {
        let found = estimate(&own, name);
        assert!((found.value - value).abs() < tolerance, "{name}: {found:?}");
    }
}

#[test]
fn fits_of_approval_agree_with_an_independent_program() {
    // scipy 1.x optimize.least_squares, on an implementation of the path of its own, for the decay
    // and the joint fit; statsmodels 0.14 for the return.
    let own = estimation("approval");
    for &(name, value, error, tolerance) in APPROVAL_REFERENCE {
        let found = estimate(&own, name);
        assert!(
            (found.value / value - 1.0).abs() < tolerance,
            "{name}: {found:?}"
        );
        assert!(
            (found.error / error - 1.0).abs() < 10.0 * tolerance,
            "{name}: {found:?}"
        );
    }
}

const MARKETS_REFERENCE: &[(&str, f64, f64)] = &[
    ("spillover_previous_day.n225", 0.470911472, 0.071225878),
    ("spillover_previous_day.kospi", 0.343938387, 0.042342625),
    ("spillover_previous_day.dax", 0.231694121, 0.043115648),
    ("spillover_same_day.dax", 0.575210783, 0.043746029),
    ("vix_slope", -4.736429615, 0.482234270),
    ("vix_persistence", 0.966495795, 0.006252704),
    ("yield_slope", 0.590042280, 0.192727740),
    ("yield_slope_stress", 1.115760810, 0.566379402),
    ("term_premium", -5.638867343, 9.945693341),
    ("dollar_slope", -0.051258950, 0.020048048),
    ("dollar_slope_stress", 0.074594023, 0.056545812),
];
/// Name, value, error, relative tolerance.
const APPROVAL_REFERENCE: &[(&str, f64, f64, f64)] = &[
    ("approval_base", 42.5454332, 1.7400260, 0.0001),
    ("approval_honeymoon", 5.8267810, 1.7983654, 0.0001),
    ("approval_honeymoon_time", 17.8892741, 3.8289258, 0.0001),
    ("approval_return", 0.0355988, 0.0209514, 0.0001),
    ("approval_stocks", 0.0550518, 0.0349824, 0.0001),
    ("approval_news", -0.0879418, 0.0254424, 0.0001),
    ("poll_smoothing", 0.3847599, 0.1457739, 0.0001),
    ("approval_prices", 0.6641660, 0.2470684, 0.0001),
    ("approval_noise", 0.3548326, 0.0695884, 0.0001),
    (
        "decay of the honeymoon, earlier term",
        17.0958166,
        3.8616414,
        1e-5,
    ),
    (
        "return of approval, earlier term",
        0.0460975,
        0.0215306,
        1e-5,
    ),
];

#[test]
fn numbers_keep_their_significant_digits() {
    let shown =
        [0.034_561, 42.650_1, -4.736_4, 0.5, 0.0, 1_788.4].map(|v| report::significant(v, 4));
    assert_eq!(shown, ["0.03456", "42.65", "-4.736", "0.5", "0", "1788"]);
}
