//! Reader of the oracle family `EH`: general-equilibrium cases with expected values.
//!
//! A file is `{"family": "EH", "format": 1, "cases": [...]}`; a case carries an economy, a shock,
//! expected hats and levels, and tolerances. The direct solver and the engine at rest are compared
//! with the same values.

use serde_json::Value;

use crate::economy::{Economy, EconomyError, EconomyParts, FinalUser};
use crate::equilibrium::Equilibrium;
use crate::markups::Oligopoly;
use crate::shock::{Labour, Shock, SolveError};

/// One case: inputs, expected values and tolerances.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Name in the file.
    pub name: String,
    /// What the case states, in words.
    pub statement: String,
    /// The base world.
    pub economy: Economy,
    /// The counterfactual.
    pub shock: Shock,
    /// Expected values, field name and flat array, in the file's order of names.
    pub expected: Vec<(String, Vec<f64>)>,
    /// Relative error allowed to a direct solver (`frictionless_solver_rel`).
    pub solver_tolerance: f64,
    /// Relative error allowed to a simulated path at rest (`abm_converged_rel`).
    pub path_tolerance: f64,
}

/// How far one field of a case is from its expected values.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldError {
    /// Field name in the file.
    pub field: String,
    /// Largest |x - e| / max(|e|, 1e-9 max |field|); infinite for a wrong length or a NaN.
    pub error: f64,
    /// Index of that entry in the flat array.
    pub index: usize,
}

/// Why a file cannot be read as cases of the family `EH`.
#[derive(Debug, thiserror::Error)]
pub enum OracleError {
    /// Not JSON.
    #[error("the oracle file is not valid JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// Another family or format.
    #[error("the oracle file is of family {family} format {format}, expected EH format 1")]
    Family {
        /// Family found.
        family: String,
        /// Format found.
        format: String,
    },
    /// A field is missing or of the wrong type.
    #[error("case `{case}`: `{field}` is missing or not {expected}")]
    Field {
        /// Case name.
        case: String,
        /// Path of the field.
        field: &'static str,
        /// What was expected.
        expected: &'static str,
    },
    /// The economy of a case does not close.
    #[error("case `{case}`: {source}{}", in_file(source.field()))]
    Economy {
        /// Case name.
        case: String,
        /// What is wrong with it.
        source: EconomyError,
    },
    /// The shock of a case does not fit its economy.
    #[error("case `{case}`: {source}{}", of_shock(source.field()))]
    Shock {
        /// Case name.
        case: String,
        /// What is wrong with it.
        source: SolveError,
    },
    /// The case expects a field nobody reports.
    #[error("`expected.{field}` is not known; known are {}", KNOWN.join(", "))]
    UnknownField {
        /// Field name.
        field: String,
    },
    /// The case expects another number of values than there are.
    #[error("`expected.{field}` has {wanted} entries, expected {found}")]
    Length {
        /// Field name.
        field: String,
        /// Entries in the case.
        wanted: usize,
        /// Entries that are reported.
        found: usize,
    },
}

/// Names of the fields that an [`Equilibrium`] can be asked for.
pub const KNOWN: [&str; 13] = [
    "what",
    "w_avg",
    "real_wage_hat",
    "Pc_hat",
    "Phat",
    "welfare_hat",
    "Ihat",
    "R",
    "Lhat",
    "X",
    "M",
    "mu",
    "border_price_hat",
];

/// Where a field of an economy stands in a file, to end a message with.
fn in_file(field: &str) -> String {
    let key = match field {
        "spending" => "inputs.economy.X",
        "origin_share" => "inputs.economy.pi",
        "import_duty" => "inputs.economy.t",
        "export_tax" => "inputs.economy.tx",
        "markup" => "inputs.economy.mu",
        "labour_cost_share" => "inputs.economy.beta",
        "input_cost_share" => "inputs.economy.gam",
        "wage_bill" => "inputs.economy.wLs",
        "deficit" => "inputs.economy.D",
        "sigma" => "inputs.economy.sigma",
        "eps" => "inputs.economy.eps",
        "eta" => "inputs.economy.eta",
        "rho" => "inputs.economy.rho",
        "users.budget_share" => "inputs.economy.alpha",
        "oligopoly.firms" => "inputs.nf",
        "oligopoly.sigma_f" => "inputs.sigma_f",
        _ => return String::new(),
    };
    format!(" (`{key}` in the file)")
}

/// Where a field of a shock stands in a file, to end a message with.
fn of_shock(field: &str) -> String {
    let key = match field {
        "import_duty" => "t1",
        "export_tax" => "tx1",
        "cost_hat" => "dhat",
        _ => "D1",
    };
    format!(" (`inputs.shock.{key}` in the file)")
}

/// Reads all cases of a file's text.
///
/// # Errors
/// [`OracleError`] with the case and field at fault.
pub fn read_cases(text: &str) -> Result<Vec<Case>, OracleError> {
    let file: Value = serde_json::from_str(text)?;
    if file["family"] != "EH" || file["format"] != 1 {
        return Err(OracleError::Family {
            family: file["family"].to_string(),
            format: file["format"].to_string(),
        });
    }
    let cases = file["cases"]
        .as_array()
        .ok_or_else(|| missing("", "cases", "a list"))?;
    cases.iter().map(read_case).collect()
}

fn missing(case: &str, field: &'static str, expected: &'static str) -> OracleError {
    OracleError::Field {
        case: case.to_owned(),
        field,
        expected,
    }
}

/// Reads one case.
///
/// # Errors
/// [`OracleError`] with the field at fault.
pub fn read_case(value: &Value) -> Result<Case, OracleError> {
    let name = value["name"].as_str().unwrap_or("(unnamed)").to_owned();
    let inputs = &value["inputs"];
    let parts = read_parts(&name, inputs)?;
    if !inputs["shock"].is_object() {
        let expected = "an object with any of t1, tx1, dhat, D1 and labour";
        return Err(missing(&name, "inputs.shock", expected));
    }
    let shock = read_shock(&name, &inputs["shock"])?;
    let expected = value["expected"]
        .as_object()
        .ok_or_else(|| missing(&name, "expected", "an object"))?;
    let expected: Vec<(String, Vec<f64>)> = expected
        .iter()
        .map(|(field, values)| match flat(values) {
            Some(values) => Ok((field.clone(), values)),
            None => Err(missing(&name, "expected", "an object of arrays of numbers")),
        })
        .collect::<Result<_, _>>()?;
    // A case with one tolerance for both routes calls it `rel`.
    let tolerance = |field: &'static str| {
        let given = &value["tolerance"];
        given[field]
            .as_f64()
            .or_else(|| given["rel"].as_f64())
            .ok_or_else(|| missing(&name, field, "a number"))
    };
    if expected.is_empty() {
        return Err(missing(
            &name,
            "expected",
            "an object with at least one field",
        ));
    }
    let economy = Economy::new(parts).map_err(|source| OracleError::Economy {
        case: name.clone(),
        source,
    })?;
    shock.check(&economy).map_err(|source| OracleError::Shock {
        case: name.clone(),
        source,
    })?;
    Ok(Case {
        statement: value["statement"].as_str().unwrap_or_default().to_owned(),
        solver_tolerance: tolerance("frictionless_solver_rel")?,
        path_tolerance: tolerance("abm_converged_rel")?,
        economy,
        shock,
        expected,
        name,
    })
}

fn read_parts(case: &str, inputs: &Value) -> Result<EconomyParts, OracleError> {
    let given = &inputs["economy"];
    let array = |field: &'static str| {
        flat(&given[field]).ok_or_else(|| missing(case, field, "an array of numbers"))
    };
    let number = |field: &'static str| {
        given[field]
            .as_f64()
            .ok_or_else(|| missing(case, field, "a number"))
    };
    let (deficit, sigma) = (array("D")?, array("sigma")?);
    let (economies, sectors) = (deficit.len(), sigma.len());
    let (markets, flows) = (economies * sectors, economies * economies * sectors);
    let eta = number("eta")?;
    let markup = array("mu")?;
    let claims = vec![1.0; economies];
    let user = FinalUser {
        budget_share: array("alpha")?,
        labour_claim: claims.clone(),
        profit_claim: claims.clone(),
        revenue_claim: claims.clone(),
        transfer_claim: claims,
        is_retail: false,
    };
    Ok(EconomyParts {
        economies,
        sectors,
        spending: array("X")?,
        origin_share: array("pi")?,
        import_duty: array("t")?,
        export_tax: array("tx")?,
        markup: if markup.len() == markets && markets != flows {
            markup.repeat(economies)
        } else {
            markup
        },
        labour_cost_share: array("beta")?,
        input_cost_share: array("gam")?,
        wage_bill: array("wLs")?,
        deficit,
        eps: array("eps")?,
        sigma,
        eta,
        rho: number("rho")?,
        users: vec![user],
        services: None,
        distribution_units: vec![0.0; markets],
        retail_markup: vec![0.0; markets],
        oligopoly: read_oligopoly(case, inputs, eta)?,
    })
}

fn read_oligopoly(
    case: &str,
    inputs: &Value,
    perceived_eta: f64,
) -> Result<Option<Oligopoly>, OracleError> {
    if inputs["nf"].is_null() {
        return Ok(None);
    }
    let array = |field: &'static str| {
        flat(&inputs[field]).ok_or_else(|| missing(case, field, "an array of numbers"))
    };
    Ok(Some(Oligopoly {
        firms: array("nf")?,
        sigma_f: array("sigma_f")?,
        perceived_eta,
    }))
}

fn read_shock(case: &str, given: &Value) -> Result<Shock, OracleError> {
    let optional = |field: &'static str| match &given[field] {
        Value::Null => Ok(None),
        values => flat(values)
            .map(Some)
            .ok_or_else(|| missing(case, field, "an array of numbers")),
    };
    let labour = match given["labour"].as_str() {
        None | Some("mobile") => Labour::Mobile,
        Some("fixed") => Labour::Fixed,
        Some(_) => return Err(missing(case, "labour", "\"mobile\" or \"fixed\"")),
    };
    Ok(Shock {
        import_duty: optional("t1")?,
        export_tax: optional("tx1")?,
        cost_hat: optional("dhat")?,
        deficit: optional("D1")?,
        labour,
    })
}

/// Numbers of a nested array in reading order.
fn flat(value: &Value) -> Option<Vec<f64>> {
    match value {
        Value::Array(items) => items
            .iter()
            .map(flat)
            .collect::<Option<Vec<_>>>()
            .map(|rows| rows.concat()),
        other => other.as_f64().map(|number| vec![number]),
    }
}

/// The array an [`Equilibrium`] reports under a name of the family `EH`.
#[must_use]
pub fn reported<'a>(equilibrium: &'a Equilibrium, field: &str) -> Option<&'a [f64]> {
    Some(match field {
        "what" => &equilibrium.wage_hat,
        "w_avg" => &equilibrium.average_wage_hat,
        "real_wage_hat" => &equilibrium.real_wage_hat,
        "Pc_hat" => &equilibrium.final_price_hat,
        "Phat" => &equilibrium.price_hat,
        "welfare_hat" => &equilibrium.welfare_hat,
        "Ihat" => &equilibrium.income_hat,
        "R" => &equilibrium.revenue,
        "Lhat" => &equilibrium.employment_hat,
        "X" => &equilibrium.spending,
        "M" => &equilibrium.sales,
        "mu" => &equilibrium.markup,
        "border_price_hat" => &equilibrium.border_price_hat,
        _ => return None,
    })
}

/// Whether a field is in money, so that a path whose world wage bill differs from the base one is
/// rescaled before it is compared.
#[must_use]
pub fn is_nominal(field: &str) -> bool {
    matches!(
        field,
        "what" | "w_avg" | "Pc_hat" | "Phat" | "Ihat" | "R" | "X" | "M" | "border_price_hat"
    )
}

/// Errors of every expected field of a case; nominal items in the numeraire of [`Equilibrium`].
///
/// # Errors
/// [`OracleError::UnknownField`] if the case expects a field no equilibrium reports,
/// [`OracleError::Length`] if it expects another number of values of it.
pub fn compare(case: &Case, found: &Equilibrium) -> Result<Vec<FieldError>, OracleError> {
    compare_with(case, |field| reported(found, field))
}

/// Errors of every expected field, with found values looked up by name (an engine's rest point).
///
/// # Errors
/// [`OracleError::UnknownField`] if the lookup does not know an expected field,
/// [`OracleError::Length`] if it has another number of values of it.
pub fn compare_with<'a>(
    case: &Case,
    found: impl Fn(&str) -> Option<&'a [f64]>,
) -> Result<Vec<FieldError>, OracleError> {
    case.expected
        .iter()
        .map(|(field, expected)| {
            let found = found(field).ok_or_else(|| OracleError::UnknownField {
                field: field.clone(),
            })?;
            if expected.len() != found.len() {
                return Err(OracleError::Length {
                    field: field.clone(),
                    wanted: expected.len(),
                    found: found.len(),
                });
            }
            Ok(field_error(field, expected, found))
        })
        .collect()
}

/// Largest |x - e| / max(|e|, 1e-9 max |field|) over one field.
#[must_use]
pub fn field_error(field: &str, expected: &[f64], found: &[f64]) -> FieldError {
    let mut worst = FieldError {
        field: field.to_owned(),
        error: 0.0,
        index: 0,
    };
    if expected.len() != found.len() {
        worst.error = f64::INFINITY;
        return worst;
    }
    let scale = expected
        .iter()
        .fold(0.0_f64, |scale, value| scale.max(value.abs()));
    for (index, (wanted, value)) in expected.iter().zip(found).enumerate() {
        let distance = (value - wanted).abs();
        let error = if distance > 0.0 {
            distance / wanted.abs().max(1e-9 * scale)
        } else {
            distance
        };
        if error > worst.error || error.is_nan() {
            worst.index = index;
            worst.error = if error.is_nan() { f64::INFINITY } else { error };
        }
    }
    worst
}
