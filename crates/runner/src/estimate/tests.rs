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
    for (name, value, error) in MARKETS_REFERENCE {
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
    // scipy: curve_fit for the decay, Nelder-Mead on the penalised sum of squares with a numerical
    // Hessian for the joint fit; statsmodels for the return.
    let own = estimation("approval");
    for (name, value, error, tolerance) in APPROVAL_REFERENCE {
        let found = estimate(&own, name);
        assert!(
            (found.value / value - 1.0).abs() < *tolerance,
            "{name}: {found:?}"
        );
        assert!(
            (found.error / error - 1.0).abs() < 10.0 * tolerance,
            "{name}: {found:?}"
        );
    }
}

const MARKETS_REFERENCE: &[(&str, f64, f64)] = &[];
const APPROVAL_REFERENCE: &[(&str, f64, f64, f64)] = &[];

#[test]
fn numbers_keep_their_significant_digits() {
    let shown =
        [0.034_561, 42.650_1, -4.736_4, 0.5, 0.0, 1_788.4].map(|v| report::significant(v, 4));
    assert_eq!(shown, ["0.03456", "42.65", "-4.736", "0.5", "0", "1788"]);
}
