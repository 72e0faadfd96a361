//! Cases of an oracle file named by the environment, for development.

use tradewinds_equilibrium::{oracle, solve};

#[test]
#[ignore = "reads the file named by TRADEWINDS_ORACLE_EH"]
fn every_case_of_the_named_oracle_file_is_met_within_a_hundredth_of_its_tolerance() {
    let path = std::env::var("TRADEWINDS_ORACLE_EH").unwrap();
    let cases = oracle::read_cases(&std::fs::read_to_string(path).unwrap()).unwrap();
    for case in cases {
        let found = solve(&case.economy, &case.shock).unwrap();
        let errors = oracle::compare(&case, &found).unwrap();
        let worst = errors
            .iter()
            .max_by(|a, b| a.error.total_cmp(&b.error))
            .unwrap();
        eprintln!(
            "{}: {worst:?}, {} evaluations",
            case.name, found.evaluations
        );
        assert!(
            worst.error < 0.01 * case.solver_tolerance,
            "{}: {errors:?}",
            case.name
        );
    }
}
