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
    let why = |inputs: Value| {
        let found = report("PE", inputs, json!({}), json!({}));
        assert!(!found.passes() && !found.fails());
        match found.verdict {
            Verdict::Unreadable(why) => why,
            other => panic!("{other:?}"),
        }
    };
    assert!(why(json!({ "z": 1 })).contains("inputs z"));
    let negative =
        json!({ "pw": -1.0, "t_in": 0.0, "t_out": 0.3, "quota": 15.0, "a": 60, "b": 20 });
    assert!(why(negative).contains("`inputs.pw` is -1"));
    let choked = json!({ "a": 10, "b": 1, "c": 20, "d": 1, "f": 0, "g": 4, "tau": 2.0 });
    assert!(why(choked).contains("positive quantities"));
}
