//! What a counterfactual changes: duties, taxes, costs, deficits, and where labour may go.

use crate::economy::Economy;
use crate::maths::ln;

/// Whether workers can change sector.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Labour {
    /// One wage per economy; employment moves between sectors (long run).
    #[default]
    Mobile,
    /// Employment stays in its sector and wages differ by sector (short run).
    Fixed,
}

/// A counterfactual; `None` leaves the base values in place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shock {
    /// New import duties, `[n][i][s]` (share of the price at the border, above -1).
    pub import_duty: Option<Vec<f64>>,
    /// New export taxes, `[n][i][s]` (share of the seller's price, above -1).
    pub export_tax: Option<Vec<f64>>,
    /// Factor on the cost of bringing goods of i to n, `[n][i][s]` (above 0).
    pub cost_hat: Option<Vec<f64>>,
    /// New deficits, `[n]`, in USD bn a year at an unchanged world wage bill; sum 0.
    pub deficit: Option<Vec<f64>>,
    /// Whether workers can change sector.
    pub labour: Labour,
}

/// Why there is no equilibrium to report.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SolveError {
    /// An array of the shock has the wrong number of entries.
    #[error("shock `{field}` has {found} entries, expected {expected}")]
    Shape {
        /// Field of [`Shock`].
        field: &'static str,
        /// Entries found.
        found: usize,
        /// Entries needed.
        expected: usize,
    },
    /// A value of the shock is not finite or outside its range.
    #[error("shock `{field}` entry {index} is {value}, must be {range}")]
    Range {
        /// Field of [`Shock`].
        field: &'static str,
        /// Index in the flat array.
        index: usize,
        /// Value found.
        value: f64,
        /// Allowed range in words.
        range: &'static str,
    },
    /// Deficits do not cancel over the world.
    #[error("shock `deficit` sums to {sum}, expected 0")]
    Deficit {
        /// Sum found (USD bn a year).
        sum: f64,
    },
    /// No wages were found that clear the labour markets.
    #[error(
        "no equilibrium found: labour markets are out of balance by {gap:e} after {evaluations} evaluations"
    )]
    NotConverged {
        /// Largest log gap between labour demand and supply.
        gap: f64,
        /// Evaluations of the world.
        evaluations: usize,
    },
}

impl SolveError {
    /// The field of the shock at fault; empty where the shock is not.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::Shape { field, .. } | Self::Range { field, .. } => field,
            Self::Deficit { .. } => "deficit",
            Self::NotConverged { .. } => "",
        }
    }
}

impl Shock {
    /// Whether it fits an economy.
    ///
    /// # Errors
    /// As [`solve`](crate::solve), except that nothing is solved.
    pub fn check(&self, economy: &Economy) -> Result<(), SolveError> {
        Law::new(economy, self).map(|_| ())
    }
}

/// The law and costs of a counterfactual, complete and checked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Law {
    pub(crate) import_duty: Vec<f64>,
    pub(crate) export_tax: Vec<f64>,
    pub(crate) deficit: Vec<f64>,
    /// Log change of price over cost at unchanged markups, `[n][i][s]`.
    pub(crate) log_wedge: Vec<f64>,
    pub(crate) labour: Labour,
}

impl Law {
    pub(crate) fn new(economy: &Economy, shock: &Shock) -> Result<Self, SolveError> {
        let import_duty = chosen(
            "import_duty",
            &shock.import_duty,
            &economy.import_duty,
            (-1.0, "finite and above -1"),
        )?;
        let export_tax = chosen(
            "export_tax",
            &shock.export_tax,
            &economy.export_tax,
            (-1.0, "finite and above -1"),
        )?;
        let ones = vec![1.0; economy.flows()];
        let cost_hat = chosen(
            "cost_hat",
            &shock.cost_hat,
            &ones,
            (0.0, "finite and above 0"),
        )?;
        let deficit = chosen(
            "deficit",
            &shock.deficit,
            &economy.deficit,
            (f64::NEG_INFINITY, "finite"),
        )?;
        let sum: f64 = deficit.iter().sum();
        if sum.abs() > 1e-9 * economy.accounts().wages.iter().sum::<f64>() {
            return Err(SolveError::Deficit { sum });
        }
        let log_wedge = (0..economy.flows())
            .map(|flow| {
                let duty = (1.0 + import_duty[flow]) / (1.0 + economy.import_duty[flow]);
                let tax = (1.0 + export_tax[flow]) / (1.0 + economy.export_tax[flow]);
                ln(duty) + ln(tax) + ln(cost_hat[flow])
            })
            .collect();
        Ok(Self {
            import_duty,
            export_tax,
            deficit,
            log_wedge,
            labour: shock.labour,
        })
    }

    /// The law part of the way (0 to 1) from the base of `economy` to `self`.
    pub(crate) fn part_way(&self, economy: &Economy, way: f64) -> Self {
        let mix = |base: &[f64], new: &[f64]| {
            base.iter()
                .zip(new)
                .map(|(a, b)| a + way * (b - a))
                .collect()
        };
        let geometric = |base: &[f64], new: &[f64]| {
            let between = |(a, b): (&f64, &f64)| {
                crate::maths::exp((1.0 - way) * ln(1.0 + a) + way * ln(1.0 + b)) - 1.0
            };
            base.iter().zip(new).map(between).collect()
        };
        Self {
            import_duty: geometric(&economy.import_duty, &self.import_duty),
            export_tax: geometric(&economy.export_tax, &self.export_tax),
            deficit: mix(&economy.deficit, &self.deficit),
            log_wedge: self.log_wedge.iter().map(|wedge| way * wedge).collect(),
            labour: self.labour,
        }
    }
}

fn chosen(
    field: &'static str,
    new: &Option<Vec<f64>>,
    base: &[f64],
    (above, range): (f64, &'static str),
) -> Result<Vec<f64>, SolveError> {
    let Some(values) = new else {
        return Ok(base.to_vec());
    };
    if values.len() != base.len() {
        return Err(SolveError::Shape {
            field,
            found: values.len(),
            expected: base.len(),
        });
    }
    match values
        .iter()
        .position(|value| !(value.is_finite() && *value > above))
    {
        Some(index) => Err(SolveError::Range {
            field,
            index,
            value: values[index],
            range,
        }),
        None => Ok(values.clone()),
    }
}
