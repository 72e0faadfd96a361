//! The reader of oracle files: a case solved by hand, faults named, and a file given by name.

use crate::support::assert_close;
use libm::pow;
use tradewinds_equilibrium::oracle::{self, OracleError};
use tradewinds_equilibrium::solve;

/// Two equal economies, one sector, free trade with 20 % imports, sigma 3; both set a duty of 100 %.
///
/// By symmetry wages stay. Price: (0.8 + 0.2 / 4)^(-1/2). Home share after: 0.8 / 0.85 = 16/17. With
/// X spending and 1/17 of it duty-paid imports, duty is X/34 and X = 1 + X/34, so X = 34/33.
fn symmetric_case() -> String {
    let zero = "[[[0],[0]],[[0],[0]]]";
    let price = pow(0.85, -0.5);
    let (income, foreign) = (34.0 / 33.0, 34.0 / 33.0 / 34.0);
    let home = income * 16.0 / 17.0;
    format!(
        r#"{{"family": "EH", "format": 1, "cases": [{{
            "name": "two_equals", "statement": "both set a duty of 100 %",
            "inputs": {{"economy": {{
                "wLs": [[1],[1]], "D": [0,0], "pi": [[[0.8],[0.2]],[[0.2],[0.8]]], "X": [[1],[1]],
                "t": {zero}, "tx": {zero}, "mu": [[1],[1]], "beta": [[1],[1]], "gam": [[[0]],[[0]]],
                "alpha": [[1],[1]], "sigma": [3], "eps": [3], "eta": 1.0, "rho": 1.0}},
              "shock": {{"t1": [[[0],[1]],[[1],[0]]]}}}},
            "expected": {{
                "w_avg": [1,1], "Phat": [[{price}],[{price}]], "Ihat": [{income},{income}],
                "welfare_hat": [{0},{0}], "R": [{foreign},{foreign}],
                "M": [[[{home}],[{foreign}]],[[{foreign}],[{home}]]], "border_price_hat": [[[1],[1]],[[1],[1]]]}},
            "tolerance": {{"frictionless_solver_rel": 1e-9, "abm_converged_rel": 1e-6}}}}]}}"#,
        income / price,
    )
}

#[test]
fn two_equal_economies_are_solved_as_by_hand() {
    let cases = oracle::read_cases(&symmetric_case()).unwrap();
    assert_eq!((cases.len(), cases[0].name.as_str()), (1, "two_equals"));
    let found = solve(&cases[0].economy, &cases[0].shock).unwrap();
    let errors = oracle::compare(&cases[0], &found).unwrap();
    assert_eq!(errors.len(), 7);
    assert!(errors.iter().all(|error| error.error < 1e-12), "{errors:?}");
    assert_close(
        "tolerance",
        &[cases[0].solver_tolerance, cases[0].path_tolerance],
        &[1e-9, 1e-6],
        0.0,
    );
}

#[test]
fn errors_are_relative_to_the_value_or_to_a_billionth_of_the_field() {
    let error = oracle::field_error("X", &[2.0, 0.0, -4.0], &[2.0, 1e-12, -4.4]);
    assert_eq!(error.index, 2);
    assert!((error.error - 0.1).abs() < 1e-12);
    let on_zero = oracle::field_error("X", &[2.0, 0.0, -4.0], &[2.0, 1e-9, -4.0]);
    assert!((on_zero.error - 0.25).abs() < 1e-12, "{on_zero:?}");
    assert!(
        oracle::field_error("X", &[1.0], &[f64::NAN])
            .error
            .is_infinite()
    );
    assert!(
        oracle::field_error("X", &[1.0], &[1.0, 2.0])
            .error
            .is_infinite()
    );
}

#[test]
fn fields_in_money_are_told_from_real_ones() {
    let real = ["real_wage_hat", "welfare_hat", "Lhat", "mu"];
    assert!(
        ["w_avg", "Phat", "R", "X", "M", "border_price_hat"]
            .into_iter()
            .all(oracle::is_nominal)
    );
    assert!(!real.into_iter().any(oracle::is_nominal));
}

#[test]
fn faults_in_a_file_are_named() {
    let text = symmetric_case();
    let read = |text: &str| oracle::read_cases(text).unwrap_err().to_string();
    assert!(read(&text.replace("\"EH\"", "\"PE\"")).contains("family"));
    assert!(read(&text.replace("\"sigma\"", "\"sigmas\"")).contains("sigma"));
    assert!(read(&text.replace("\"X\": [[1],[1]]", "\"X\": [[1],[2]]")).contains("do not close"));
    let case = &oracle::read_cases(&text.replace("\"R\"", "\"unknown\"")).unwrap()[0];
    let found = solve(&case.economy, &case.shock).unwrap();
    assert!(
        matches!(oracle::compare(case, &found), Err(OracleError::UnknownField { field }) if field == "unknown")
    );
    let mut longer = oracle::read_cases(&text).unwrap().swap_remove(0);
    let (field, values) = &mut longer.expected[0];
    let (name, count) = (field.clone(), values.len());
    values.push(1.0);
    let told = oracle::compare(&longer, &found).unwrap_err().to_string();
    let expected = format!(
        "`expected.{name}` has {} entries, expected {count}",
        count + 1
    );
    assert_eq!(told, expected);
}

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
