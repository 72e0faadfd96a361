//! Cases with values worked out here, and the same cases with wrong values.

use serde_json::{Value, json};

use super::{CaseFile, Options, Report, Verdict, run};
use tradewinds_kernel::clock::TickLength;

fn report(family: &str, inputs: Value, expected: Value, tolerance: Value) -> Report {
    let file = json!({ "family": family, "format": 1, "cases": [{
        "name": "one", "statement": "", "inputs": inputs, "expected": expected,
        "tolerance": tolerance,
    }]});
    let file = CaseFile::read(&file.to_string()).unwrap();
    let options = Options {
        firms_per_cell: 1,
        tick: TickLength::PerYear(52),
    };
    run(file.family, &file.cases[0], options)
}

#[test]
fn half_of_a_duty_is_borne_abroad_where_supply_is_as_steep_as_import_demand() {
    // Imports 80 − 4 p against 4 p: p = 10 without, 9 with a duty of 2.
    let inputs = json!({ "a": 90, "b": 3, "c": 10, "d": 1, "f": 0, "g": 4, "tau": 2.0 });
    let expected = |world_price: f64| {
        json!({ "p_home": 11.0, "p_world": world_price, "p0": 10.0, "imports0": 40.0,
            "imports": 36.0, "dCS": -58.5, "dPS": 20.5, "revenue": 72.0, "dW": 34.0,
            "dwl_triangles": 2.0, "tot_gain": 36.0, "passthrough": 0.5,
            "passthrough_formula": 0.5 })
    };
    let tolerance = json!({ "rel": 1e-10 });
    let right = report("PE", inputs.clone(), expected(9.0), tolerance.clone());
    assert!(right.passes(), "{right:?}");
    assert!(right.work.ticks > 52 && right.work.systems > 30);
    let wrong = report("PE", inputs, expected(9.00001), tolerance);
    assert!(
        wrong.fails() && wrong.worst()[0].field == "p_world",
        "{wrong:?}"
    );
}

#[test]
fn a_quota_that_binds_earns_its_rent_and_one_that_fills_ends_the_low_duty() {
    // Demand 60 − 20 p at a world price of 2: 20 inside, 8 outside, quota 15.
    let inputs = json!({ "pw": 2.0, "t_in": 0.0, "t_out": 0.3, "quota": 15.0, "a": 60, "b": 20 });
    let expected = |rent: f64| {
        json!({
            "annual": { "regime": "binding", "price": 2.25, "imports": 15.0, "in_quota": 15.0,
                "over_quota": 0.0, "quota_rent": rent, "revenue": 0.0 },
            "fill": { "fill_time": 0.75, "imports": 17.0, "revenue": 1.2, "avg_price": 2.15 },
        })
    };
    let tolerance = json!({ "rel": 1e-10, "fill_time": "one tick" });
    let right = report("PE", inputs.clone(), expected(3.75), tolerance.clone());
    assert!(right.passes(), "{right:?}");
    assert!(report("PE", inputs, expected(3.7), tolerance).fails());
}

#[test]
fn a_subsidy_on_an_input_lowers_prices_and_one_of_all_its_price_is_refused() {
    let inputs = |rate: f64| json!({ "A_dom": [[0.2]], "A_imp": [[0.4]], "t": [rate] });
    for rate in [0.25, -0.25, -0.9] {
        // Passed on at every round of production: 0.4 t / (1 - 0.2).
        let expected = json!({ "dp": [0.4 * rate / 0.8] });
        let found = report("PE", inputs(rate), expected, json!({ "rel": 1e-10 }));
        assert!(found.passes(), "{rate}: {found:?}");
    }
    for rate in [-1.0, -1.5] {
        let case = json!({ "name": "one", "inputs": inputs(rate), "expected": { "dp": [0.0] },
            "tolerance": { "rel": 1e-10 } });
        let told = refusal("PE", case);
        assert!(told.contains("`inputs.t[0]` is -1"), "{told}");
        assert!(told.contains("above -1"), "{told}");
    }
}

#[test]
fn a_case_that_expects_another_number_of_values_is_told_how_many_there_are() {
    let case = json!({ "name": "one", "expected": { "dp": [0.1, 0.1] }, "tolerance": { "rel": 1e-10 },
        "inputs": { "A_dom": [[0.2]], "A_imp": [[0.4]], "t": [0.25] } });
    let told = refusal("PE", case);
    assert_eq!(told, "`expected.dp` has 2 entries, expected 1");
}

#[test]
fn two_coupled_relaxations_converge_with_the_tick() {
    // Symmetric: the mean relaxes at 1 a year, the difference at 3.
    let at = |t: f64| {
        let (mean, half_gap) = (1.0 + libm::exp(-t), 0.5 * libm::exp(-3.0 * t));
        json!([mean + half_gap, mean - half_gap])
    };
    let inputs = json!({ "A": [[-2.0, 1.0], [1.0, -2.0]], "x0": [2.5, 1.5],
        "target": [1.0, 1.0], "t": [0.5, 1.0] });
    let tolerance = json!({ "rel_dt52": 1e-2, "richardson_rel": 1e-4 });
    let right = report("DY", inputs, json!({ "x": [at(0.5), at(1.0)] }), tolerance);
    assert!(right.passes(), "{right:?}");
    let halvings = right.checks.iter().filter(|check| check.route == "halving");
    assert_eq!(halvings.count(), 2);
}

#[test]
fn a_case_without_known_inputs_or_with_impossible_ones_is_unreadable() {
    let why = |inputs: Value, expected: Value| {
        let found = report("PE", inputs, expected, json!({}));
        assert!(!found.passes() && !found.fails());
        match found.verdict {
            Verdict::Unreadable(why) => why,
            other => panic!("{other:?}"),
        }
    };
    assert!(why(json!({ "z": 1 }), json!({})).contains("inputs z"));
    let negative =
        json!({ "pw": -1.0, "t_in": 0.0, "t_out": 0.3, "quota": 15.0, "a": 60, "b": 20 });
    assert!(why(negative, json!({ "annual": { "price": 1.0 } })).contains("`inputs.pw` is -1"));
    let choked = json!({ "a": 10, "b": 1, "c": 20, "d": 1, "f": 0, "g": 4, "tau": 2.0 });
    assert!(why(choked, json!({ "p_home": 1.0 })).contains("positive quantities"));
}

/// What the program says about a case of a family that it refuses.
fn refusal(family: &str, case: Value) -> String {
    let file = json!({ "family": family, "format": 1, "cases": [case] });
    let file = CaseFile::read(&file.to_string()).unwrap();
    let options = Options {
        firms_per_cell: 1,
        tick: TickLength::PerYear(52),
    };
    match run(file.family, &file.cases[0], options).verdict {
        Verdict::Unreadable(why) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_misspelt_key_is_refused_with_the_one_that_was_meant() {
    let right = json!({ "name": "one", "inputs": { "sigma": 4.0, "F": 0.01 },
        "expected": { "x_low": -0.1, "x_high": 0.1 }, "tolerance": { "rel": 0.5 } });
    let with = |pointer: &str, key: &str, value: Value| {
        let mut case = right.clone();
        case.pointer_mut(pointer).unwrap()[key] = value;
        refusal("PR", case)
    };
    let told = with("/expected", "x_hihg", json!(0.1));
    assert!(
        told.contains("`expected.x_hihg`; did you mean `expected.x_high`?"),
        "{told}"
    );
    assert!(with("/tolerance", "rell", json!(1.0)).contains("`tolerance.rel`?"));
    assert!(with("", "toleranse", json!({})).contains("did you mean `tolerance`?"));
    assert!(with("/inputs", "sigmas", json!(1.0)).contains("allowed here: sigma, F"));
    assert!(with("/tolerance", "rel", json!("wide")).contains("must be a number above 0"));
    let mut remarked = right.clone();
    remarked["inputs"]["read_by"] = json!("people");
    let file = json!({ "family": "PR", "format": 1, "cases": [remarked] });
    let file = CaseFile::read(&file.to_string()).unwrap();
    let options = Options {
        firms_per_cell: 1,
        tick: TickLength::PerYear(52),
    };
    let verdict = run(file.family, &file.cases[0], options).verdict;
    assert!(!matches!(verdict, Verdict::Unreadable(_)), "{verdict:?}");
    let none = with("", "expected", json!({}));
    assert!(none.contains("x_low, x_high"), "{none}");
    let mut case = right.clone();
    case["inputs"] = json!({ "theta": 5.0, "xi": 1.0, "cost0": 1.0 });
    let told = refusal("PR", case);
    assert!(told.contains("`inputs.x` is missing"), "{told}");
}

#[test]
fn a_firm_without_taste_or_cost_and_a_list_without_times_are_refused() {
    let firms = |key: &str, value: f64| {
        let mut case = json!({ "name": "one", "inputs": { "cost": [1.0, 1.0],
            "taste": [1.0, 1.0], "foreign": [false, true], "rho": 5.0, "eta": 1.2,
            "mode": "bertrand", "tariff0": [0.0, 0.0], "tariff1": [0.0, 0.1] },
            "expected": { "p0": [1.0, 1.0] }, "tolerance": { "rel": 1e-8 } });
        case["inputs"][key][1] = json!(value);
        refusal("PR", case)
    };
    for key in ["cost", "taste"] {
        let told = firms(key, 0.0);
        let expected = format!("`inputs.{key}[1]` is 0, must be finite and above 0");
        assert!(told.contains(&expected), "{told}");
    }
    assert!(firms("tariff1", -1.0).contains("above -1"));
    let told = refusal(
        "DY",
        json!({ "name": "one", "inputs": { "x0": 1.0, "target": 0.8, "kappa": 2.5, "t": [] },
            "expected": { "x": [] }, "tolerance": { "rel": 1e-12 } }),
    );
    assert!(
        told.contains("`inputs.t` is missing or not a list of at least one number"),
        "{told}"
    );
}

#[test]
fn a_general_equilibrium_case_without_a_shock_or_with_an_impossible_duty_is_refused() {
    let zero = json!([[[0.0], [0.0]], [[0.0], [0.0]]]);
    let right = json!({ "name": "two", "inputs": {
        "economy": { "wLs": [[1.0], [1.0]], "D": [0.0, 0.0],
            "pi": [[[0.8], [0.2]], [[0.2], [0.8]]], "X": [[1.0], [1.0]], "t": zero, "tx": zero,
            "mu": [[1.0], [1.0]], "beta": [[1.0], [1.0]], "gam": [[[0.0]], [[0.0]]],
            "alpha": [[1.0], [1.0]], "sigma": [3.0], "eps": [3.0], "eta": 1.0, "rho": 1.0 },
        "shock": { "t1": [[[0.0], [1.0]], [[1.0], [0.0]]] } },
        "expected": { "w_avg": [1.0, 1.0] },
        "tolerance": { "frictionless_solver_rel": 1e-9, "abm_converged_rel": 1e-6 } });
    let with = |pointer: &str, value: Value| {
        let mut case = right.clone();
        *case.pointer_mut(pointer).unwrap() = value;
        refusal("EH", case)
    };
    assert!(with("/inputs/shock", Value::Null).contains("`inputs.shock` is missing"));
    for duty in [-1.0, -2.0] {
        let told = with("/inputs/shock/t1/0/1/0", json!(duty));
        assert!(
            told.contains("`inputs.shock.t1`") && told.contains("above -1"),
            "{told}"
        );
        let told = with("/inputs/economy/t/0/1/0", json!(duty));
        assert!(told.contains("`inputs.economy.t`"), "{told}");
    }
    let told = with("/inputs/economy/X/0/0", json!(2.0));
    assert!(
        !told.contains("Some(") && told.contains("sector 0"),
        "{told}"
    );
    assert!(with("/inputs/shock", json!({ "t2": [0.0] })).contains("`inputs.shock.t2`"));
}
