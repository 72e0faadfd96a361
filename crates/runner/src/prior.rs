//! Priors of uncertain parameters, as inverse distribution functions.
//!
//! A draw is the quantile at a uniform number, so that a design may choose the
//! numbers as it likes (random, stratified, low discrepancy). Distribution
//! functions rest on `libm` (error function, log gamma) and the workspace's own
//! exponential and logarithm, and are inverted by bisection: the same bits on
//! every machine. Crates of distributions call the platform's functions.

use tradewinds_config::{
    Diagnostics, FieldSpec, Finding, Kind, NON_NEGATIVE, NUMBER, Table, TableSpec,
};
use tradewinds_kernel::maths::{exp, ln};

mod shares;
#[cfg(test)]
mod tests;
use shares::{beta_share, cut_normal, invert, pick, triangular};

/// What is believed about a number before the run.
#[derive(Debug, Clone, PartialEq)]
pub enum Prior {
    /// Known.
    Constant {
        /// The value.
        value: f64,
    },
    /// Equally likely from `low` to `high`.
    Uniform {
        /// Least.
        low: f64,
        /// Most.
        high: f64,
    },
    /// Normal, cut at `low` and `high`.
    Normal {
        /// Mean before the cut.
        mean: f64,
        /// Standard deviation before the cut.
        sd: f64,
        /// Least.
        low: f64,
        /// Most.
        high: f64,
    },
    /// The logarithm is normal; cut at `low` and `high`.
    LogNormal {
        /// Median before the cut.
        median: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
        /// Least.
        low: f64,
        /// Most.
        high: f64,
    },
    /// Beta, stretched to `low` and `high`.
    Beta {
        /// First shape.
        a: f64,
        /// Second shape.
        b: f64,
        /// Least.
        low: f64,
        /// Most.
        high: f64,
    },
    /// Triangular.
    Triangular {
        /// Least.
        low: f64,
        /// Most likely.
        mode: f64,
        /// Most.
        high: f64,
    },
    /// One of some values.
    Discrete {
        /// The values, ascending.
        values: Vec<f64>,
        /// Their probabilities.
        weights: Vec<f64>,
    },
}

const POSITIVE: Kind = Kind::Float {
    low: 1e-6,
    high: f64::INFINITY,
};
/// Shapes of a beta distribution for which its sum converges quickly.
const SHAPE: Kind = Kind::Float {
    low: 0.01,
    high: 10_000.0,
};
const LOW: FieldSpec = FieldSpec::required("low", NUMBER, "Least value.");
const HIGH: FieldSpec = FieldSpec::required("high", NUMBER, "Greatest value.");
const CUT_LOW: FieldSpec = FieldSpec::optional("low", NUMBER, "The distribution is cut here.")
    .when_absent("the lowest value the parameter may have");
const CUT_HIGH: FieldSpec = FieldSpec::optional("high", NUMBER, "The distribution is cut here.")
    .when_absent("the highest value the parameter may have");
const SOURCE: FieldSpec = FieldSpec::required(
    "source",
    Kind::Text,
    "Where the prior comes from, in words.",
);
const STATUS: FieldSpec = FieldSpec::optional(
    "status",
    Kind::Choice(&["estimated", "calibrated", "guessed"]),
    "What it rests on.",
)
.default("\"guessed\"");
const RELATIVE: FieldSpec = FieldSpec::optional(
    "relative",
    Kind::Flag,
    "Whether the draw multiplies the default values, those of sectors too, instead of replacing them.",
)
.default("false");

/// The kinds of prior, told apart by the key `prior`.
pub static PRIORS: [TableSpec; 7] =
    [
        TableSpec::new(
            "constant",
            "A known value.",
            &[
                FieldSpec::required("value", NUMBER, "The value."),
                RELATIVE,
                SOURCE,
                STATUS,
            ],
        ),
        TableSpec::new(
            "uniform",
            "Equally likely between two values.",
            &[LOW, HIGH, RELATIVE, SOURCE, STATUS],
        ),
        TableSpec::new(
            "normal",
            "Normal, cut at two values.",
            &[
                FieldSpec::required("mean", NUMBER, "Mean before the cut."),
                FieldSpec::required("sd", POSITIVE, "Standard deviation before the cut.")
                    .synonyms(&["std", "sigma", "std_error", "standard_deviation"]),
                CUT_LOW,
                CUT_HIGH,
                RELATIVE,
                SOURCE,
                STATUS,
            ],
        ),
        TableSpec::new(
            "lognormal",
            "Its logarithm is normal; cut at two values.",
            &[
                FieldSpec::required("median", POSITIVE, "Median before the cut."),
                FieldSpec::required("sigma", POSITIVE, "Standard deviation of the logarithm.")
                    .unit("log points")
                    .synonyms(&["sd", "std"]),
                CUT_LOW,
                CUT_HIGH,
                RELATIVE,
                SOURCE,
                STATUS,
            ],
        ),
        TableSpec::new(
            "beta",
            "Beta, stretched between two values.",
            &[
                FieldSpec::required("a", SHAPE, "First shape.").synonyms(&["alpha"]),
                FieldSpec::required("b", SHAPE, "Second shape.").synonyms(&["beta"]),
                FieldSpec::optional("low", NUMBER, "Least value.").default("0.0"),
                FieldSpec::optional("high", NUMBER, "Greatest value.").default("1.0"),
                RELATIVE,
                SOURCE,
                STATUS,
            ],
        ),
        TableSpec::new(
            "triangular",
            "Rises from the least value to the most likely one and falls to the greatest.",
            &[
                LOW,
                FieldSpec::required("mode", NUMBER, "Most likely value."),
                HIGH,
                RELATIVE,
                SOURCE,
                STATUS,
            ],
        ),
        TableSpec::new(
            "discrete",
            "One of some values.",
            &[
                FieldSpec::required("values", Kind::OneOrMany(&NUMBER), "The values."),
                FieldSpec::optional(
                    "weights",
                    Kind::OneOrMany(&NON_NEGATIVE),
                    "Weight of each value.",
                )
                .when_absent("equal weights"),
                RELATIVE,
                SOURCE,
                STATUS,
            ],
        ),
    ];

/// What a prior may be in a file.
pub static PRIOR: Kind = Kind::Variants {
    tag: "prior",
    tables: &PRIORS,
};

impl Prior {
    /// Reads a checked table of [`PRIORS`]; the parameter may be from `range.0`
    /// to `range.1`.
    ///
    /// # Errors
    /// Values that contradict each other or leave the range.
    pub fn read(table: &Table, range: (f64, f64)) -> Result<Self, Diagnostics> {
        let number = |key: &str| table.required::<f64>(key);
        let cut = |key: &str, end: f64| table.get::<f64>(key).unwrap_or(end);
        let prior = match table.spec().name {
            "constant" => Self::Constant {
                value: number("value"),
            },
            "uniform" => Self::Uniform {
                low: number("low"),
                high: number("high"),
            },
            "normal" => Self::Normal {
                mean: number("mean"),
                sd: number("sd"),
                low: cut("low", range.0),
                high: cut("high", range.1),
            },
            "lognormal" => Self::LogNormal {
                median: number("median"),
                sigma: number("sigma"),
                low: cut("low", range.0.max(0.0)),
                high: cut("high", range.1),
            },
            "beta" => Self::Beta {
                a: number("a"),
                b: number("b"),
                low: number("low"),
                high: number("high"),
            },
            "triangular" => Self::Triangular {
                low: number("low"),
                mode: number("mode"),
                high: number("high"),
            },
            _ => discrete(table)?,
        };
        prior.check(table, range)?;
        Ok(prior)
    }

    fn check(&self, table: &Table, range: (f64, f64)) -> Result<(), Diagnostics> {
        let fault = |key: &str, summary: &str, expected: String, help: String| {
            let finding = Finding {
                summary: summary.into(),
                found: table.span_of(key).text().to_owned(),
                expected,
                help,
            };
            Err(Diagnostics::from(table.error(key, finding)))
        };
        let (low, high) = self.support();
        if !(low < high || matches!(self, Self::Constant { .. } | Self::Discrete { .. })) {
            let expected = format!("a value above `low`, {low}");
            return fault(
                "high",
                "`high` is not above `low`",
                expected,
                "swap them".into(),
            );
        }
        let centre = match self {
            Self::Normal { mean, .. } => Some(("mean", *mean)),
            Self::LogNormal { median, .. } => Some(("median", *median)),
            Self::Triangular { mode, .. } => Some(("mode", *mode)),
            _ => None,
        };
        if let Some((key, _)) = centre.filter(|(_, value)| !(low..=high).contains(value)) {
            let expected = format!("a value from {low} to {high}");
            let help = format!("move `{key}` inside, or widen `low` and `high`");
            return fault(key, "the centre lies outside the limits", expected, help);
        }
        if low < range.0 || high > range.1 {
            let key = match self {
                Self::Constant { .. } => "value",
                Self::Discrete { .. } => "values",
                _ if low < range.0 => "low",
                _ => "high",
            };
            let expected = format!("values from {} to {}", range.0, range.1);
            let help = "narrow the prior to what the parameter may be".to_owned();
            return fault(
                key,
                "a prior outside the range of its parameter",
                expected,
                help,
            );
        }
        Ok(())
    }

    /// Least and greatest value.
    pub fn support(&self) -> (f64, f64) {
        match self {
            Self::Constant { value } => (*value, *value),
            Self::Uniform { low, high }
            | Self::Normal { low, high, .. }
            | Self::LogNormal { low, high, .. }
            | Self::Beta { low, high, .. }
            | Self::Triangular { low, high, .. } => (*low, *high),
            Self::Discrete { values, .. } => (
                values.iter().copied().fold(f64::INFINITY, f64::min),
                values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            ),
        }
    }

    /// Whether every draw is a whole number.
    pub fn is_whole(&self) -> bool {
        match self {
            Self::Constant { value } => value.fract() == 0.0,
            Self::Discrete { values, .. } => values.iter().all(|value| value.fract() == 0.0),
            _ => false,
        }
    }

    /// The value below which a share `u` of the distribution lies; `u` from 0 to 1.
    pub fn quantile(&self, u: f64) -> f64 {
        let value = match self {
            Self::Constant { value } => *value,
            Self::Uniform { low, high } => low + u * (high - low),
            Self::Normal {
                mean,
                sd,
                low,
                high,
            } => mean + sd * cut_normal(u, (low - mean) / sd, (high - mean) / sd),
            Self::LogNormal {
                median,
                sigma,
                low,
                high,
            } => {
                let standard = |value: &f64| (ln(*value) - ln(*median)) / sigma;
                median * exp(sigma * cut_normal(u, standard(low), standard(high)))
            }
            Self::Beta { a, b, low, high } => {
                let inside = invert(|x| beta_share(x, *a, *b), (0.0, 1.0), u);
                low + inside * (high - low)
            }
            Self::Triangular { low, mode, high } => triangular(u, *low, *mode, *high),
            Self::Discrete { values, weights } => pick(u, values, weights),
        };
        let (low, high) = self.support();
        value.clamp(low, high)
    }
}

fn discrete(table: &Table) -> Result<Prior, Diagnostics> {
    let values: Vec<f64> = table.required("values");
    let weights: Option<Vec<f64>> = table.get("weights");
    let weights = weights.unwrap_or_else(|| vec![1.0; values.len()]);
    let total: f64 = weights.iter().sum();
    if weights.len() != values.len() || !(total > 0.0 && total.is_finite()) {
        let finding = Finding {
            summary: "weights that do not fit the values".into(),
            found: format!("{} weights with sum {total}", weights.len()),
            expected: format!("{} weights, not all 0", values.len()),
            help: "give one weight for each value".into(),
        };
        return Err(table.error("weights", finding).into());
    }
    let mut pairs: Vec<(f64, f64)> = values
        .into_iter()
        .zip(weights.iter().map(|weight| weight / total))
        .collect();
    pairs.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (values, weights) = pairs.into_iter().unzip();
    Ok(Prior::Discrete { values, weights })
}
