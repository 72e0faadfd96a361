//! Commands that read and print.

use std::path::Path;

use super::{expect, json};

const COMMANDS: [&str; 19] = [
    "run",
    "record",
    "accounts",
    "chronicle",
    "tournament",
    "mechanisms",
    "backtest",
    "parameters",
    "check",
    "schema",
    "rates",
    "schedule",
    "oracles",
    "world",
    "equilibrium",
    "estimate",
    "dictionary",
    "verify",
    "help",
];

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn near(found: &serde_json::Value, expected: f64, tolerance: f64) {
    let value = found.as_f64().unwrap();
    assert!(
        (value - expected).abs() <= tolerance,
        "{value}, expected {expected}"
    );
}

#[test]
fn the_help_of_every_command_fits_on_a_screen_and_has_examples() {
    for command in COMMANDS.iter().filter(|command| **command != "help") {
        let (text, _) = expect(0, here(), &[command, "--help"]);
        let lines = text.lines().count();
        assert!(lines <= 40, "{command}: {lines} lines");
        assert!(text.contains("Examples:"), "{command}");
        assert!(
            text.lines().all(|line| line.len() <= 120),
            "{command}\n{text}"
        );
    }
    let (all, _) = expect(0, here(), &["--help"]);
    for command in COMMANDS {
        assert!(all.contains(&format!("\n  {command} ")), "{command}\n{all}");
    }
}

#[test]
fn the_version_names_the_revision() {
    let (text, _) = expect(0, here(), &["--version"]);
    assert!(
        text.starts_with(concat!("tradewinds ", env!("CARGO_PKG_VERSION"), " (")),
        "{text}"
    );
}

#[test]
fn an_unknown_command_or_flag_is_a_bad_request() {
    expect(2, here(), &["rune"]);
    expect(2, here(), &["rates", "--importer", "USA"]);
    expect(2, here(), &["run", "--replications", "0"]);
}

#[test]
fn goods_of_the_importer_itself_have_no_import_duty_to_ask_for() {
    let own = [
        "rates",
        "--importer",
        "USA",
        "--origin",
        "USA",
        "--sector",
        "autos",
    ];
    expect(2, here(), &own);
}

#[test]
fn in_the_pause_cars_pay_25_points_and_other_goods_10_on_top_of_the_base_duty() {
    let ask = |sector: &str, day: &str| {
        let told = json(
            here(),
            &[
                "rates",
                "--importer",
                "USA",
                "--origin",
                "JPN",
                "--sector",
                sector,
                "--on",
                day,
                "--json",
            ],
        );
        told["rates"][0]["parts"][0].clone()
    };
    let cars = ask("autos_vehicles", "2025-04-20");
    let measures = cars["measures"].as_array().unwrap();
    let car_duty = measures
        .iter()
        .find(|one| one["measure"] == "usa.s232_autos.vehicles")
        .unwrap();
    near(&car_duty["rate"], 0.25, 1e-12);
    assert!(
        car_duty["source"]["title"]
            .as_str()
            .is_some_and(|title| !title.is_empty())
    );
    let machinery = ask("machinery", "2025-04-20");
    let reciprocal = &machinery["measures"][0];
    assert_eq!(reciprocal["measure"], "usa.ieepa_reciprocal.country_rate");
    near(&reciprocal["rate"], 0.10, 1e-12);
    let names = |part: &serde_json::Value| part["measures"].to_string();
    assert!(!names(&ask("autos_parts", "2025-05-02")).contains("s232_autos.parts"));
    assert!(names(&ask("autos_parts", "2025-05-03")).contains("s232_autos.parts"));
}

#[test]
fn a_sector_is_told_with_its_parts_and_a_history_without_gaps() {
    let told = json(
        here(),
        &[
            "rates",
            "--importer",
            "USA",
            "--origin",
            "CHN",
            "--sector",
            "electronics",
            "--from",
            "2025-01-01",
            "--to",
            "2025-12-31",
            "--json",
        ],
    );
    let rates = told["rates"].as_array().unwrap();
    assert!(rates.len() > 8);
    for rate in rates {
        let parts = rate["parts"].as_array().unwrap();
        let mean: f64 = parts
            .iter()
            .map(|part| part["weight"].as_f64().unwrap() * part["applied"].as_f64().unwrap())
            .sum();
        near(&rate["applied"], mean, 1e-12);
    }
    assert_eq!(rates[0]["from"], "2025-01-01");
    assert_eq!(rates[rates.len() - 1]["to"], "2025-12-31");
}

#[test]
fn a_scenario_without_new_measures_keeps_the_rates_of_the_base_year() {
    let applied = |scenario: &str, day: &str| {
        let told = json(
            here(),
            &[
                "rates",
                "--importer",
                "USA",
                "--origin",
                "CHN",
                "--sector",
                "autos",
                "--on",
                day,
                "--scenario",
                scenario,
                "--json",
            ],
        );
        told["rates"][0]["applied"].as_f64().unwrap()
    };
    let base = applied("no-new-tariffs", "2024-12-31");
    near(
        &serde_json::json!(applied("no-new-tariffs", "2025-12-31")),
        base,
        0.0,
    );
    assert!(applied("as-enacted", "2025-12-31") > base + 0.05);
}

#[test]
fn codes_and_scenarios_that_do_not_exist_come_with_what_was_meant() {
    let ask = |arguments: &[&str]| {
        let all = [&["rates", "--on", "2025-05-01"], arguments].concat();
        expect(2, here(), &all).1
    };
    let told = ask(&["--importer", "USA", "--origin", "JPX", "--sector", "autos"]);
    assert!(told.contains("did you mean `JPN`?"), "{told}");
    let told = ask(&["--importer", "USA", "--origin", "JPN", "--sector", "autoz"]);
    assert!(told.contains("did you mean `autos`?"), "{told}");
    let told = ask(&[
        "--importer",
        "USA",
        "--origin",
        "JPN",
        "--sector",
        "autos",
        "--scenario",
        "as-enactd",
    ]);
    assert!(told.contains("did you mean `as-enacted`?"), "{told}");
}

#[test]
fn both_modes_of_the_schedule_list_the_same_systems() {
    let list = |mode: &str| json(here(), &["schedule", "--mode", mode, "--json"]);
    let full = list("full");
    assert_eq!(full, list("oracle"));
    let phases = full["phases"].as_array().unwrap();
    assert_eq!(phases.len(), 11);
    assert!(
        phases
            .iter()
            .all(|one| one["question"].as_str().unwrap().ends_with('?'))
    );
}

#[test]
fn every_schema_and_the_dictionary_are_json() {
    let all = json(here(), &["schema"]);
    for kind in [
        "experiment",
        "scenario",
        "instrument",
        "parameters",
        "estimation",
        "estimates",
        "talks",
        "talks_parameters",
        "talks_government",
        "talks_attached",
        "talks_issue",
    ] {
        assert_eq!(all[kind], json(here(), &["schema", kind]));
        assert_eq!(
            all[kind]["$schema"],
            "https://json-schema.org/draft/2020-12/schema"
        );
    }
    let tables = json(here(), &["dictionary", "--json"]);
    let names: Vec<&str> = tables["tables"]
        .as_array()
        .unwrap()
        .iter()
        .map(|table| table["name"].as_str().unwrap())
        .collect();
    for table in [
        "runs",
        "parameters",
        "trade",
        "markets",
        "macro",
        "duties",
        "households",
    ] {
        assert!(names.contains(&table), "{table} in {names:?}");
    }
    assert!(expect(0, here(), &["dictionary"]).0.contains("## `trade`"));
}

#[test]
fn the_committed_worlds_are_what_their_facts_build() {
    let report = json(here(), &["world", "build", "2024", "--json"]);
    assert_eq!(report["differing_files"], serde_json::json!([]));
    near(&report["closing_residual"], 0.0, 1e-9);
    let shares = report["shares"].as_array().unwrap();
    for group in shares {
        let sum: f64 = ["observed", "estimated", "assumed"]
            .iter()
            .map(|quality| group[*quality].as_f64().unwrap())
            .sum();
        near(&serde_json::json!(sum), 1.0, 1e-9);
    }
    let world = json(here(), &["world", "show", "2017", "--json"]);
    assert_eq!(world["base_year"], 2017);
    expect(2, here(), &["world", "show", "1850"]);
}

#[test]
fn the_long_run_of_no_change_is_the_base_year() {
    let told = json(
        here(),
        &[
            "equilibrium",
            "--scenario",
            "no-new-tariffs",
            "--on",
            "2024-12-31",
            "--json",
        ],
    );
    for one in told["economies"].as_array().unwrap() {
        near(&one["welfare_change"], 0.0, 1e-10);
    }
    let told = json(here(), &["equilibrium", "--on", "2025-12-31", "--json"]);
    let own = &told["economies"][0];
    assert!(own["revenue"].as_f64() > own["base_revenue"].as_f64());
}

#[test]
fn cases_and_case_files_that_cannot_be_read_are_told_apart_from_failures() {
    let folder = tempfile::tempdir().unwrap();
    let write = |text: &str| std::fs::write(folder.path().join("cases.json"), text).unwrap();
    // Nothing was run, and nothing that was not run may look like success.
    write(r#"{"family": "PE", "format": 1, "cases": []}"#);
    expect(2, folder.path(), &["oracles", "cases.json"]);
    write(r#"{"family": "PE", "format": 1, "cases": [{"name": "odd", "inputs": {"z": 1}}]}"#);
    let (out, err) = expect(3, folder.path(), &["oracles", "cases.json"]);
    assert!(
        out.contains("unread odd") && out.contains("has the inputs z"),
        "{out}"
    );
    assert!(err.contains("1 of 1 cases cannot be read"), "{err}");
    write(r#"{"family": "XX", "format": 1, "cases": []}"#);
    let (_, err) = expect(3, folder.path(), &["oracles", "cases.json"]);
    assert!(
        err.contains("family \"XX\"; known are EH, PR, PE and DY"),
        "{err}"
    );
    write("{");
    expect(3, folder.path(), &["oracles", "cases.json"]);
    expect(6, folder.path(), &["oracles", "absent.json"]);
}

/// One good made of itself and of its imported twin: a duty of a tenth on the
/// twin raises its price by 0.2 × 0.1 / (1 − 0.3).
#[test]
fn a_case_of_another_family_runs_through_the_agents() {
    let folder = tempfile::tempdir().unwrap();
    let case = |expected: f64| {
        format!(
            r#"{{"family": "PE", "format": 1, "cases": [{{"name": "push", "statement": "",
            "inputs": {{"A_dom": [[0.3]], "A_imp": [[0.2]], "t": [0.1]}},
            "expected": {{"dp": [{expected}]}}, "tolerance": {{"rel": 1e-10}}}}]}}"#
        )
    };
    let path = folder.path().join("cases.json");
    std::fs::write(&path, case(0.02 / 0.7)).unwrap();
    let told = json(folder.path(), &["oracles", "cases.json", "--json"]);
    assert_eq!(told["counts"]["passed"], 1, "{told}");
    assert!(told["cases"][0]["ticks"].as_u64() > Some(50), "{told}");
    std::fs::write(&path, case(0.0286)).unwrap();
    let (out, _) = expect(1, folder.path(), &["oracles", "cases.json"]);
    assert!(out.contains("FAIL push"), "{out}");
}

/// Two equal economies and no shock: nothing may change, on neither route.
#[test]
fn a_case_passes_on_both_routes_and_fails_when_its_expectation_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let case = |expected: f64| {
        format!(
            r#"{{"family": "EH", "format": 1, "cases": [{{"name": "free", "statement": "no shock",
            "inputs": {{"economy": {{"N": 2, "S": 1, "sigma": [4.0], "eps": [3.0], "eta": 1.0, "rho": 1.0,
            "X": [[1.0], [1.0]], "pi": [[[0.7], [0.3]], [[0.3], [0.7]]],
            "t": [[[0.0], [0.0]], [[0.0], [0.0]]], "tx": [[[0.0], [0.0]], [[0.0], [0.0]]],
            "beta": [[1.0], [1.0]], "gam": [[[0.0]], [[0.0]]], "alpha": [[1.0], [1.0]],
            "mu": [[1.0], [1.0]], "wLs": [[1.0], [1.0]], "D": [0.0, 0.0]}}, "shock": {{}}}},
            "expected": {{"welfare_hat": [{expected}, 1.0]}},
            "tolerance": {{"frictionless_solver_rel": 1e-9, "abm_converged_rel": 1e-6}}}}]}}"#
        )
    };
    let path = folder.path().join("cases.json");
    std::fs::write(&path, case(1.0)).unwrap();
    let (out, _) = expect(
        0,
        folder.path(),
        &["oracles", "cases.json", "--firms-per-cell", "3"],
    );
    assert!(
        out.contains("pass free") && out.contains("1 cases: 1 pass, 0 fail"),
        "{out}"
    );
    std::fs::write(&path, case(1.00001)).unwrap();
    let (out, err) = expect(1, folder.path(), &["oracles", "cases.json"]);
    assert!(
        out.contains("FAIL free") && err.contains("1 of 1"),
        "{out}{err}"
    );
    expect(
        2,
        folder.path(),
        &["oracles", "cases.json", "--case", "other"],
    );
}

#[test]
fn the_accounts_of_an_economy_add_up_to_zero_along_rows_and_columns() {
    let told = json(
        here(),
        &[
            "accounts",
            "--economy",
            "USA",
            "--ticks",
            "12",
            "--set",
            "population.firms_per_cell=1",
            "--json",
        ],
    );
    for matrix in ["balance_sheet", "transactions"] {
        let cells = told[matrix]["cells"].as_array().unwrap();
        let largest = cells
            .iter()
            .flat_map(|row| row.as_array().unwrap())
            .fold(0.0_f64, |largest, cell| {
                largest.max(cell.as_f64().unwrap().abs())
            });
        assert!(largest > 100.0, "{matrix}: {largest}");
        for sums in ["row_sums", "column_sums"] {
            for sum in told[matrix][sums].as_array().unwrap() {
                near(sum, 0.0, 1e-9 * largest);
            }
        }
    }
    expect(2, here(), &["accounts", "--economy", "XXX"]);
}

#[test]
fn a_recorded_value_without_a_row_is_told_and_nothing_runs() {
    let (_, err) = expect(2, here(), &["record", "us-2026"]);
    assert!(err.contains("record-2025"), "{err}");
}

#[test]
fn estimates_have_errors_and_rows_and_no_row_is_later_than_asked_for() {
    let told = json(
        here(),
        &["estimate", "markets", "--through", "2025-04-30", "--json"],
    );
    let own = &told["estimations"][0];
    assert_eq!(own["through"], "2025-04-30");
    let estimates = own["estimates"].as_array().unwrap();
    assert!(estimates.len() > 15);
    for one in estimates {
        assert!(one["standard_error"].as_f64().unwrap() > 0.0, "{one}");
        assert!(one["rows"].as_u64().unwrap() > 1, "{one}");
        assert!(one["last"].as_str().unwrap() <= "2025-04-30", "{one}");
        assert!(!one["method"].as_str().unwrap().is_empty(), "{one}");
    }
}

#[test]
fn parameters_are_not_written_from_rows_that_the_plan_does_not_have() {
    let (_, told) = expect(
        2,
        here(),
        &["estimate", "markets", "--through", "2025-06-30", "--write"],
    );
    assert!(told.contains("ends on 2025-05-03"), "{told}");
    let (_, told) = expect(
        3,
        here(),
        &["estimate", "approval", "--through", "2025-01-31"],
    );
    assert!(told.contains("up to 2025-01-31"), "{told}");
}

#[test]
fn a_last_day_before_which_a_method_has_too_few_rows_is_bad_data() {
    for (section, day) in [
        ("approval", "1990-01-01"),
        ("approval", "2017-02-28"),
        ("approval", "2017-06-30"),
        ("markets", "1990-01-01"),
        ("markets", "2018-01-05"),
        ("markets", "2018-02-28"),
    ] {
        let (_, told) = expect(3, here(), &["estimate", section, "--through", day]);
        assert!(told.contains(&format!("up to {day}")), "{told}");
    }
}
