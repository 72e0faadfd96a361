//! A case as it stands in its file: a name, inputs, expected values, tolerances.
//!
//! Families read inputs by key and tell kinds of cases apart by the keys they
//! find, never by the name of the case.

use serde_json::Value;

/// Why a file cannot be read as a list of cases.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Not JSON.
    #[error("the case file is not valid JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// Another format.
    #[error("the case file is of format {found}; this program reads format {FORMAT}")]
    Format {
        /// Format found.
        found: String,
    },
    /// A family that nobody knows.
    #[error("the case file is of family {found}; known are EH, PR, PE and DY")]
    Family {
        /// Family found.
        found: String,
    },
    /// There is no list of cases.
    #[error("the case file has no list `cases`")]
    NoCases,
}

/// The format that is read.
const FORMAT: u64 = 1;

/// What a family of cases is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// `EH`: general equilibrium.
    GeneralEquilibrium,
    /// `PR`: pricing.
    Pricing,
    /// `PE`: one market, tariffs and quotas.
    PartialEquilibrium,
    /// `DY`: dynamics.
    Dynamics,
}

impl Family {
    /// The family of a code in a file.
    fn of(code: &str) -> Option<Self> {
        Some(match code {
            "EH" => Self::GeneralEquilibrium,
            "PR" => Self::Pricing,
            "PE" => Self::PartialEquilibrium,
            "DY" => Self::Dynamics,
            _ => return None,
        })
    }
}

/// A file of cases.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseFile {
    /// Their family.
    pub family: Family,
    /// The cases, in the order of the file.
    pub cases: Vec<RawCase>,
}

impl CaseFile {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// [`FileError`] when it is not a list of cases of a known family; a single
    /// case that cannot be read is told of when it is run.
    pub fn read(text: &str) -> Result<Self, FileError> {
        let file: Value = serde_json::from_str(text)?;
        if file["format"].as_u64() != Some(FORMAT) {
            let found = file["format"].to_string();
            return Err(FileError::Format { found });
        }
        let family = file["family"].as_str().unwrap_or_default();
        let family = Family::of(family).ok_or_else(|| FileError::Family {
            found: file["family"].to_string(),
        })?;
        let cases = file["cases"].as_array().ok_or(FileError::NoCases)?;
        Ok(Self {
            family,
            cases: cases.iter().cloned().map(RawCase::new).collect(),
        })
    }
}

/// What is wrong with an input of a case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// It is not there, or of another shape.
    #[error("`{key}` is missing or not {expected}")]
    Shape {
        /// Path of the value, as in `inputs.t0`.
        key: String,
        /// What was expected.
        expected: &'static str,
    },
    /// Its value makes no sense.
    #[error("`{key}` is {found}, must be {range}")]
    Range {
        /// Path of the value.
        key: String,
        /// Value found.
        found: String,
        /// Allowed range in words.
        range: &'static str,
    },
    /// Two inputs that must be of one length are not.
    #[error("`{key}` has {found} entries, expected {expected}")]
    Length {
        /// Path of the value.
        key: String,
        /// Entries found.
        found: usize,
        /// Entries needed.
        expected: usize,
    },
    /// An input that its kind of case needs is not there.
    #[error("`{key}` is missing; this kind of case has the inputs {known}")]
    Missing {
        /// Path of the input.
        key: String,
        /// Inputs of the kind.
        known: String,
    },
    /// Its kind of case has no such key.
    #[error("there is no `{key}`{}; allowed here: {known}", did_you_mean(meant.as_deref()))]
    Unknown {
        /// Path of the key.
        key: String,
        /// The key that was probably meant.
        meant: Option<String>,
        /// Keys that are known.
        known: String,
    },
    /// There is nothing to compare with.
    #[error("`expected` has no values; this kind of case may expect {known}")]
    NothingExpected {
        /// Values that the kind of case reports.
        known: String,
    },
    /// No kind of case of the family has such inputs.
    #[error("no kind of case of this family has the inputs {found}; known are {known}")]
    Kind {
        /// Keys found.
        found: String,
        /// Inputs of the known kinds.
        known: &'static str,
    },
}

fn did_you_mean(meant: Option<&str>) -> String {
    meant.map_or_else(String::new, |key| format!("; did you mean `{key}`?"))
}

/// A case before anything of it is interpreted.
#[derive(Debug, Clone, PartialEq)]
pub struct RawCase {
    /// Name in the file.
    pub name: String,
    /// What the case states, in words.
    pub statement: String,
    /// The whole case.
    pub value: Value,
}

impl RawCase {
    fn new(value: Value) -> Self {
        let text = |key: &str, default: &str| value[key].as_str().unwrap_or(default).to_owned();
        Self {
            name: text("name", "(unnamed)"),
            statement: text("statement", ""),
            value,
        }
    }

    /// Whether all these inputs are given.
    pub fn has_inputs(&self, keys: &[&str]) -> bool {
        keys.iter().all(|key| !self.value["inputs"][*key].is_null())
    }

    /// No kind of case has these inputs.
    pub fn unknown_kind(&self, known: &'static str) -> InputError {
        let found = self.value["inputs"].as_object().map_or_else(
            || "(none)".to_owned(),
            |inputs| inputs.keys().cloned().collect::<Vec<_>>().join(", "),
        );
        InputError::Kind { found, known }
    }

    /// A number of the inputs; `"inf"` is infinite.
    ///
    /// # Errors
    /// [`InputError::Shape`] when it is missing or no number.
    pub fn number(&self, key: &str) -> Result<f64, InputError> {
        number(&self.value["inputs"][key]).ok_or_else(|| wrong("inputs", key, "a number"))
    }

    /// A finite number above zero.
    ///
    /// # Errors
    /// [`InputError`] when it is missing, no number or out of range.
    pub fn positive(&self, key: &str) -> Result<f64, InputError> {
        self.within(key, "finite and above 0", |value| {
            value.is_finite() && value > 0.0
        })
    }

    /// A number that satisfies a condition.
    ///
    /// # Errors
    /// [`InputError`] when it is missing, no number or out of range.
    pub fn within(
        &self,
        key: &str,
        range: &'static str,
        holds: impl Fn(f64) -> bool,
    ) -> Result<f64, InputError> {
        let value = self.number(key)?;
        if holds(value) {
            return Ok(value);
        }
        Err(InputError::Range {
            key: format!("inputs.{key}"),
            found: value.to_string(),
            range,
        })
    }

    /// A word of the inputs.
    ///
    /// # Errors
    /// [`InputError::Shape`] when it is missing or no text.
    pub fn word(&self, key: &str) -> Result<&str, InputError> {
        let word = self.value["inputs"][key].as_str();
        word.ok_or_else(|| wrong("inputs", key, "a word"))
    }

    /// A list of at least one number of the inputs.
    ///
    /// # Errors
    /// [`InputError::Shape`] when it is missing, empty or no list of numbers.
    pub fn numbers(&self, key: &str) -> Result<Vec<f64>, InputError> {
        list(&self.value["inputs"][key])
            .filter(|values| !values.is_empty())
            .ok_or_else(|| wrong("inputs", key, "a list of at least one number"))
    }

    /// A list of numbers of a given length that all satisfy a condition.
    ///
    /// # Errors
    /// [`InputError`] when it is missing, of another length, or an entry is out of range.
    pub fn each_within(
        &self,
        key: &str,
        length: usize,
        range: &'static str,
        holds: impl Fn(f64) -> bool,
    ) -> Result<Vec<f64>, InputError> {
        let values = self.numbers_of(key, length)?;
        match values.iter().position(|value| !holds(*value)) {
            None => Ok(values),
            Some(at) => Err(InputError::Range {
                key: format!("inputs.{key}[{at}]"),
                found: values[at].to_string(),
                range,
            }),
        }
    }

    /// A list of numbers of a given length.
    ///
    /// # Errors
    /// [`InputError`] when it is missing, no list of numbers or of another length.
    pub fn numbers_of(&self, key: &str, length: usize) -> Result<Vec<f64>, InputError> {
        let values = self.numbers(key)?;
        if values.len() == length {
            return Ok(values);
        }
        Err(InputError::Length {
            key: format!("inputs.{key}"),
            found: values.len(),
            expected: length,
        })
    }

    /// A square matrix of the inputs, in rows.
    ///
    /// # Errors
    /// [`InputError`] when it is missing or not square.
    pub fn square(&self, key: &str) -> Result<Vec<Vec<f64>>, InputError> {
        let shape = || wrong("inputs", key, "a square matrix of numbers");
        let rows = self.value["inputs"][key].as_array().ok_or_else(shape)?;
        let rows: Vec<Vec<f64>> = rows
            .iter()
            .map(list)
            .collect::<Option<_>>()
            .ok_or_else(shape)?;
        if rows.iter().any(|row| row.len() != rows.len()) || rows.is_empty() {
            return Err(shape());
        }
        Ok(rows)
    }

    /// A tolerance, where the case gives it.
    pub fn tolerance(&self, key: &str) -> Option<f64> {
        number(&self.value["tolerance"][key])
    }

    /// Expected numbers at a path below `expected`, flat in reading order; `None`
    /// where the file has `null`.
    pub fn expected(&self, path: &[&str]) -> Option<Vec<Option<f64>>> {
        let value = path
            .iter()
            .fold(&self.value["expected"], |at, key| &at[*key]);
        let mut found = Vec::new();
        flatten(value, &mut found).then_some(found)
    }
}

/// An input that is missing or of another shape.
fn wrong(parent: &str, key: &str, expected: &'static str) -> InputError {
    InputError::Shape {
        key: format!("{parent}.{key}"),
        expected,
    }
}

fn number(value: &Value) -> Option<f64> {
    match value.as_str() {
        Some("inf" | "Infinity") => Some(f64::INFINITY),
        Some("-inf" | "-Infinity") => Some(f64::NEG_INFINITY),
        _ => value.as_f64(),
    }
}

fn list(value: &Value) -> Option<Vec<f64>> {
    value.as_array()?.iter().map(number).collect()
}

/// Numbers in words, as a list.
pub(super) fn listed(values: &[f64]) -> String {
    let words: Vec<String> = values.iter().map(f64::to_string).collect();
    words.join(", ")
}

/// Adds the numbers of a nested array; false where something is no number.
fn flatten(value: &Value, found: &mut Vec<Option<f64>>) -> bool {
    match value {
        Value::Array(items) => items.iter().all(|item| flatten(item, found)),
        Value::Null => {
            found.push(None);
            true
        }
        other => {
            let value = number(other);
            found.push(value);
            value.is_some()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(text: &str) -> RawCase {
        RawCase::new(serde_json::from_str(text).unwrap())
    }

    #[test]
    fn faults_of_a_file_are_named() {
        let error = |text: &str| CaseFile::read(text).unwrap_err().to_string();
        assert!(error("{").contains("not valid JSON"));
        assert!(error(r#"{"family": "PE", "format": 2}"#).contains("format 2"));
        assert!(error(r#"{"family": "XX", "format": 1}"#).contains("\"XX\""));
        assert!(error(r#"{"family": "PE", "format": 1}"#).contains("`cases`"));
    }

    #[test]
    fn inputs_are_read_by_key_and_faults_say_which() {
        let case = case(r#"{"inputs": {"g": "inf", "t": [1, "inf"], "A": [[1, 2], [3]]}}"#);
        assert_eq!(case.number("g"), Ok(f64::INFINITY));
        assert_eq!(case.numbers("t").unwrap(), [1.0, f64::INFINITY]);
        let fault = |error: InputError| error.to_string();
        assert!(fault(case.number("a").unwrap_err()).contains("`inputs.a`"));
        assert!(fault(case.positive("g").unwrap_err()).contains("above 0"));
        assert!(fault(case.numbers_of("t", 3).unwrap_err()).contains("2 entries, expected 3"));
        assert!(fault(case.square("A").unwrap_err()).contains("square"));
        assert!(fault(case.unknown_kind("none")).contains("A, g, t"));
    }

    #[test]
    fn expected_values_may_be_nested_or_null() {
        let case = case(r#"{"expected": {"fill": {"x": [[1], [null, 2]]}}}"#);
        let found = case.expected(&["fill", "x"]).unwrap();
        assert_eq!(found, [Some(1.0), None, Some(2.0)]);
        assert_eq!(case.expected(&["absent"]), Some(vec![None]));
    }
}
