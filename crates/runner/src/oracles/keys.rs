//! Keys of the kinds of cases: a misspelt key, an expected value that nobody compares, a
//! key that is missing or a tolerance that is none is refused before a case is run.

use serde_json::{Map, Value};
use tradewinds_config::suggest;

use super::case::{Family, InputError, RawCase};

/// Keys of one kind of case; a point separates a table from its keys.
struct Keys {
    /// Inputs that must be there.
    inputs: &'static [&'static str],
    /// Inputs that may be there.
    optional: &'static [&'static str],
    /// Expected values.
    expected: &'static [&'static str],
    /// Tolerances that are numbers.
    tolerance: &'static [&'static str],
}

/// Keys of a case itself.
const CASE: [&str; 6] = [
    "name",
    "statement",
    "inputs",
    "expected",
    "tolerance",
    "note",
];
/// Tolerances in words, which people read.
const IN_WORDS: [&str; 6] = [
    "note",
    "abm_note",
    "mc",
    "dt_independent",
    "order_in_dt",
    "fill_time",
];

const fn keys(
    inputs: &'static [&'static str],
    expected: &'static [&'static str],
    tolerance: &'static [&'static str],
) -> Keys {
    Keys {
        inputs,
        optional: &[],
        expected,
        tolerance,
    }
}

const GENERAL: [Keys; 1] = [Keys {
    inputs: &[
        "economy",
        "economy.wLs",
        "economy.D",
        "economy.pi",
        "economy.X",
        "economy.t",
        "economy.tx",
        "economy.mu",
        "economy.beta",
        "economy.gam",
        "economy.alpha",
        "economy.sigma",
        "economy.eps",
        "economy.eta",
        "economy.rho",
        "shock",
    ],
    optional: &[
        "shock.t1",
        "shock.tx1",
        "shock.dhat",
        "shock.D1",
        "shock.labour",
        "nf",
        "sigma_f",
    ],
    expected: &tradewinds_equilibrium::oracle::KNOWN,
    tolerance: &["rel", "frictionless_solver_rel", "abm_converged_rel"],
}];

const PRICING: [Keys; 4] = [
    keys(
        &[
            "cost", "taste", "foreign", "rho", "eta", "mode", "tariff0", "tariff1",
        ],
        &[
            "p0",
            "share0",
            "markup0",
            "P0",
            "p1",
            "share1",
            "markup1",
            "P1",
            "border_price_change",
            "duty_paid_passthrough",
            "local_passthrough_matrix",
        ],
        &["rel"],
    ),
    keys(
        &["theta", "xi", "cost0", "x"],
        &["p1", "passthrough", "local_passthrough"],
        &["rel"],
    ),
    keys(&["reset_rate", "sigma", "p1", "t"], &["P"], &["rel"]),
    keys(&["sigma", "F"], &["x_low", "x_high"], &["rel"]),
];

const PARTIAL: [Keys; 5] = [
    keys(
        &["a", "b", "c", "d", "f", "g", "tau"],
        &[
            "p_home",
            "p_world",
            "p0",
            "imports0",
            "imports",
            "dCS",
            "dPS",
            "revenue",
            "dW",
            "dwl_triangles",
            "tot_gain",
            "passthrough",
            "passthrough_formula",
        ],
        &["rel"],
    ),
    keys(
        &["a", "b", "c", "d", "f", "g"],
        &["tau", "p_world", "ave", "inv_supply_elasticity"],
        &["rel"],
    ),
    keys(
        &["pw", "t_in", "t_out", "quota", "a", "b"],
        &[
            "annual",
            "annual.regime",
            "annual.price",
            "annual.imports",
            "annual.in_quota",
            "annual.over_quota",
            "annual.quota_rent",
            "annual.revenue",
            "fill",
            "fill.fill_time",
            "fill.imports",
            "fill.revenue",
            "fill.avg_price",
        ],
        &["rel"],
    ),
    keys(
        &["share", "sigma", "eta", "supply_elasticity", "t0", "t1"],
        &[
            "producer_price_hat",
            "user_price_hat",
            "P_hat",
            "q_hat",
            "revenue",
            "passthrough",
            "resid",
        ],
        &["rel"],
    ),
    keys(&["A_dom", "A_imp", "t"], &["dp"], &["rel"]),
];

const DYNAMICS: [Keys; 8] = [
    keys(&["x0", "target", "kappa", "t"], &["x"], &["rel"]),
    keys(
        &["share0", "p_hat", "sigma_s", "sigma_l", "kappa", "t"],
        &["shares", "sigma_eff"],
        &["rel"],
    ),
    keys(
        &["tariff", "hold_rate", "lead", "surge", "prob", "q"],
        &["H_star", "build_time", "extra_stock", "zero_import_time"],
        &["abs"],
    ),
    keys(
        &["x", "stock_cover_years", "reset_rate", "basis", "t"],
        &["P"],
        &["rel_dt52"],
    ),
    keys(&["profit", "Q", "r", "g"], &["V"], &["rel"]),
    keys(
        &["sigma", "s", "N"],
        &["rows", "rows.lnP_inf", "rows.sd", "rows.bias", "slope"],
        &["slope", "sd_ratio", "runs"],
    ),
    keys(
        &["A", "x0", "target", "t"],
        &["x"],
        &["rel_dt52", "richardson_rel"],
    ),
    keys(&["x0", "mean", "kappa", "vol", "t"], &["mean", "var"], &[]),
];

fn kinds(family: Family) -> &'static [Keys] {
    match family {
        Family::GeneralEquilibrium => &GENERAL,
        Family::Pricing => &PRICING,
        Family::PartialEquilibrium => &PARTIAL,
        Family::Dynamics => &DYNAMICS,
    }
}

/// Checks the keys of a case against those of the kind it has most inputs of.
///
/// # Errors
/// [`InputError`] for an unknown key, an input that is missing, nothing expected or a
/// tolerance that is no number. A case that has no input of any kind is left to its
/// family.
pub(super) fn check(family: Family, case: &RawCase) -> Result<(), InputError> {
    let given = written(&case.value["inputs"]);
    let has = |key: &&&str| given.iter().any(|one| one == **key);
    let known = |kind: &&Keys| kind.inputs.iter().filter(has).count();
    let missing = |kind: &&Keys| kind.inputs.len() - known(kind);
    // Of kinds with as many of the inputs, the one that lacks fewest.
    let kind = kinds(family)
        .iter()
        .max_by_key(|kind| (known(kind), usize::MAX - missing(kind)));
    let Some(kind) = kind.filter(|kind| known(kind) > 0) else {
        return Ok(());
    };
    only("", &written_here(&case.value), &[&CASE])?;
    only("inputs", &given, &[kind.inputs, kind.optional])?;
    if let Some(key) = kind.inputs.iter().find(|key| !has(key)) {
        return Err(InputError::Missing {
            key: format!("inputs.{key}"),
            known: list(&[kind.inputs]),
        });
    }
    let expected = written(&case.value["expected"]);
    if expected.is_empty() {
        return Err(InputError::NothingExpected {
            known: list(&[kind.expected]),
        });
    }
    only("expected", &expected, &[kind.expected])?;
    let tolerances = written_here(&case.value["tolerance"]);
    only("tolerance", &tolerances, &[kind.tolerance, &IN_WORDS])?;
    for key in kind.tolerance {
        let value = &case.value["tolerance"][*key];
        // A tolerance in words, as of one in ticks, is for people, and only where the runner has its own.
        let is_told = value.is_null() || (*key == "abs" && value.is_string());
        if !is_told && !value.as_f64().is_some_and(|number| number > 0.0) {
            return Err(InputError::Range {
                key: format!("tolerance.{key}"),
                found: value.to_string(),
                range: "a number above 0",
            });
        }
    }
    Ok(())
}

/// Letters from which on a key can be told from another by its spelling.
const SPELLED: usize = 2;

/// Refuses keys that are known ones misspelt; other unknown keys are remarks.
fn only(parent: &str, given: &[String], known: &[&[&'static str]]) -> Result<(), InputError> {
    let path = |key: &str| match parent {
        "" => key.to_owned(),
        _ => format!("{parent}.{key}"),
    };
    let all = || known.concat();
    let last = |key: &str| {
        key.rsplit('.')
            .next()
            .map_or(0, |last| last.chars().count())
    };
    // What is expected is compared, and a shock is applied, or refused.
    let is_vital = |key: &str| parent == "expected" || key.starts_with("shock.");
    let is_close = |key: &str, meant: &str| {
        last(key) >= SPELLED && 3 * last(meant) >= 2 * last(key) && last(meant) >= SPELLED
    };
    let unknown = (given.iter()).filter(|key| !all().contains(&key.as_str()));
    let mut wrong = unknown
        .map(|key| (key, suggest(key, all())))
        .filter(|(key, meant)| is_vital(key) || meant.is_some_and(|meant| is_close(key, meant)));
    match wrong.next() {
        None => Ok(()),
        Some((key, meant)) => Err(InputError::Unknown {
            key: path(key),
            meant: meant.map(path),
            known: list(known),
        }),
    }
}

fn list(known: &[&[&'static str]]) -> String {
    known.concat().join(", ")
}

/// Keys of a table with a value, without those of tables in it.
fn written_here(value: &Value) -> Vec<String> {
    value.as_object().map_or_else(Vec::new, |table| {
        let given = table.iter().filter(|(_, value)| !value.is_null());
        given.map(|(key, _)| key.clone()).collect()
    })
}

/// Keys of a table and of tables in it, a point between them.
fn written(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(table) = value.as_object() {
        collect("", table, &mut found);
    }
    found
}

fn collect(parent: &str, table: &Map<String, Value>, found: &mut Vec<String>) {
    for (key, value) in table.iter().filter(|(_, value)| !value.is_null()) {
        let path = match parent {
            "" => key.clone(),
            _ => format!("{parent}.{key}"),
        };
        found.push(path.clone());
        match value {
            Value::Object(inside) => collect(&path, inside, found),
            Value::Array(rows) => {
                for row in rows.iter().filter_map(Value::as_object) {
                    collect(&path, row, found);
                }
            }
            _ => {}
        }
    }
}
