//! Regressions of the literature, run on simulated records by month.
//!
//! A cell is a flow of an importer, an origin and a sector. Log prices, volumes
//! or values are regressed on ln(1 + duty) with fixed effects:
//!
//! - `twelve_months`: changes over twelve months (Amiti, Redding and Weinstein
//!   2019, J. Econ. Perspectives 33(4));
//! - `levels`: levels with effects of each flow (Fajgelbaum, Goldberg, Kennedy
//!   and Khandelwal 2020, Q. J. Econ. 135(1));
//! - `lags`: monthly changes on the change of the duty in the month and the
//!   eleven before, coefficients added up (Cavallo, Gopinath, Neiman and Tang
//!   2021, AER: Insights 3(1)).
//!
//! Months before the first day are the economy at rest.

use tradewinds_kernel::maths::{exp, ln};
use tradewinds_kernel::statistics::{least_squares, without_fixed_effects};

use super::sims::{Of, Sims, When};
use super::{Asked, Window};

/// Names of designs.
pub(super) const DESIGNS: &[&str] = &["twelve_months", "levels", "lags"];
/// Names of left-hand sides: columns of the trade table.
pub(super) const OUTCOMES: &[&str] = &["gate_price", "landed_price", "volume", "customs_value"];
/// Names of fixed effects; those with `_month` are by month.
pub(super) const EFFECTS: &[&str] = &[
    "flow",
    "importer",
    "exporter",
    "sector",
    "month",
    "importer_month",
    "exporter_month",
    "sector_month",
];

/// Months of changes of the duty in the design `lags`.
const LAGS: u32 = 12;

/// The coefficient on the duty, or the change it makes at a given rise of it.
pub(super) fn regression(sims: &Sims<'_>, asked: &Asked, window: Window) -> f64 {
    let rows = Rows::new(sims, asked, window);
    let Some(coefficient) = rows.coefficient(asked) else {
        return f64::NAN;
    };
    match asked.rise {
        Some(rise) => exp(coefficient * rise) - 1.0,
        None => coefficient,
    }
}

/// Observations: one per flow and month.
struct Rows {
    outcome: Vec<f64>,
    /// One column per regressor.
    duty: Vec<Vec<f64>>,
    importer: Vec<u32>,
    exporter: Vec<u32>,
    sector: Vec<u32>,
    flow: Vec<u32>,
    month: Vec<u32>,
}

impl Rows {
    fn new(sims: &Sims<'_>, asked: &Asked, window: Window) -> Self {
        let panel = sims.table(asked.scenario, Of::Trade);
        let [importer, exporter, sector] =
            ["importer", "exporter", "sector"].map(|column| panel.codes(column));
        let regressors = if asked.design == "lags" { LAGS } else { 1 };
        let mut rows = Self {
            outcome: Vec::new(),
            duty: vec![Vec::new(); regressors as usize],
            importer: Vec::new(),
            exporter: Vec::new(),
            sector: Vec::new(),
            flow: Vec::new(),
            month: Vec::new(),
        };
        let flows = sims.flows(asked);
        for (at, month) in window.months().into_iter().enumerate() {
            let history = History::new(sims, asked, month);
            for cell in &flows {
                rows.outcome.push(history.outcome(asked, *cell));
                for (lag, column) in rows.duty.iter_mut().enumerate() {
                    column.push(history.duty(asked, lag, *cell));
                }
                rows.importer.push(importer[*cell]);
                rows.exporter.push(exporter[*cell]);
                rows.sector.push(sector[*cell]);
                rows.flow.push(*cell as u32);
                rows.month.push(at as u32);
            }
        }
        rows.keep_finite();
        rows
    }

    /// Drops observations without goods.
    fn keep_finite(&mut self) {
        let good: Vec<bool> = self.outcome.iter().map(|value| value.is_finite()).collect();
        let mut codes = [
            &mut self.importer,
            &mut self.exporter,
            &mut self.sector,
            &mut self.flow,
            &mut self.month,
        ];
        for column in &mut codes {
            let mut at = good.iter();
            column.retain(|_| at.next().copied().unwrap_or(false));
        }
        for column in self.duty.iter_mut().chain([&mut self.outcome]) {
            let mut at = good.iter();
            column.retain(|_| at.next().copied().unwrap_or(false));
        }
    }

    fn group(&self, effect: &str) -> Vec<u32> {
        let months = self.month.iter().max().map_or(1, |last| last + 1);
        let stem = effect.trim_end_matches("_month");
        let own = match stem {
            "flow" => &self.flow,
            "importer" => &self.importer,
            "exporter" => &self.exporter,
            "sector" => &self.sector,
            _ => return self.month.clone(),
        };
        if stem == effect {
            return own.clone();
        }
        let pairs = own.iter().zip(&self.month);
        pairs.map(|(own, month)| own * months + month).collect()
    }

    fn coefficient(&self, asked: &Asked) -> Option<f64> {
        let groups: Vec<Vec<u32>> = asked.effects.iter().map(|one| self.group(one)).collect();
        let groups: Vec<&[u32]> = groups.iter().map(Vec::as_slice).collect();
        let weights = vec![1.0; self.outcome.len()];
        let within = |values: &[f64]| without_fixed_effects(values, &groups, &weights).ok();
        let outcome = within(&self.outcome)?;
        // A lag that no duty moved in says nothing and is left out.
        let duty: Vec<Vec<f64>> = self
            .duty
            .iter()
            .map(|column| within(column))
            .collect::<Option<Vec<_>>>()?
            .into_iter()
            .filter(|column| column.iter().any(|value| value.abs() > 1e-9))
            .collect();
        let regressors: Vec<&[f64]> = duty.iter().map(Vec::as_slice).collect();
        let fit = least_squares(&outcome, &regressors, &weights, &self.flow).ok()?;
        let sum: f64 = fit.coefficients.iter().sum();
        (!fit.coefficients.is_empty()).then_some(sum)
    }
}

/// What a month and the months before it hold, by flow.
struct History {
    /// Logs of the outcome: now and then.
    outcome: [Vec<f64>; 2],
    /// Logs of one plus duty, this month first.
    duty: Vec<Vec<f64>>,
}

impl History {
    fn new(sims: &Sims<'_>, asked: &Asked, month: Window) -> Self {
        let at = |back: u32, column: &str| {
            let when = When {
                scenario: asked.scenario,
                window: month.month_before(back),
            };
            sims.at(when, Of::Trade, column)
        };
        let outcome = |back: u32| -> Vec<f64> {
            at(back, &asked.outcome)
                .iter()
                .map(|value| ln(*value))
                .collect()
        };
        let duty = |back: u32| -> Vec<f64> {
            let rates = at(back, &asked.duty);
            rates.iter().map(|rate| ln(1.0 + rate)).collect()
        };
        match asked.design.as_str() {
            "levels" => Self {
                outcome: [outcome(0), Vec::new()],
                duty: vec![duty(0)],
            },
            "lags" => Self {
                outcome: [outcome(0), outcome(1)],
                duty: (0..=LAGS).map(duty).collect(),
            },
            _ => Self {
                outcome: [outcome(0), outcome(12)],
                duty: vec![duty(0), duty(12)],
            },
        }
    }

    fn outcome(&self, asked: &Asked, cell: usize) -> f64 {
        let [now, then] = &self.outcome;
        if asked.design == "levels" {
            now[cell]
        } else {
            now[cell] - then[cell]
        }
    }

    fn duty(&self, asked: &Asked, lag: usize, cell: usize) -> f64 {
        if asked.design == "levels" {
            self.duty[0][cell]
        } else {
            self.duty[lag][cell] - self.duty[lag + 1][cell]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Flows of four origins and three sectors over six months, with effects of
    /// flow and of sector by month, and an answer of -0.4 to the duty.
    fn planted() -> Rows {
        let mut rows = Rows {
            outcome: Vec::new(),
            duty: vec![Vec::new()],
            importer: Vec::new(),
            exporter: Vec::new(),
            sector: Vec::new(),
            flow: Vec::new(),
            month: Vec::new(),
        };
        for month in 0..6_u32 {
            for flow in 0..12_u32 {
                let (exporter, sector) = (flow / 3, flow % 3);
                let duty = 0.01 * f64::from((flow * 7 + month * 5) % 11);
                let effects = 0.3 * f64::from(flow) + 0.05 * f64::from(sector * month);
                rows.outcome.push(effects - 0.4 * duty);
                rows.duty[0].push(duty);
                rows.importer.push(0);
                rows.exporter.push(exporter);
                rows.sector.push(sector);
                rows.flow.push(flow);
                rows.month.push(month);
            }
        }
        rows
    }

    fn asked(effects: &[&str]) -> Asked {
        Asked {
            measure: String::new(),
            importers: Vec::new(),
            exporters: None,
            sectors: Vec::new(),
            scenario: 0,
            against: 0,
            since: None,
            outcome: String::new(),
            duty: String::new(),
            design: "levels".to_owned(),
            effects: effects.iter().map(|one| (*one).to_owned()).collect(),
            rise: None,
            by_imports: false,
        }
    }

    #[test]
    fn a_planted_answer_is_found_behind_its_fixed_effects() {
        let rows = planted();
        let found = rows.coefficient(&asked(&["flow", "sector_month"])).unwrap();
        assert!((found + 0.4).abs() < 1e-9, "{found}");
        let without = rows.coefficient(&asked(&["month"])).unwrap();
        assert!((without + 0.4).abs() > 0.01, "{without}");
    }

    #[test]
    fn flows_without_goods_are_left_out() {
        let mut rows = planted();
        for column in rows.duty.iter_mut() {
            column.push(0.5);
        }
        rows.outcome.push(f64::NEG_INFINITY);
        for codes in [
            &mut rows.importer,
            &mut rows.exporter,
            &mut rows.sector,
            &mut rows.flow,
            &mut rows.month,
        ] {
            codes.push(1);
        }
        rows.keep_finite();
        let found = rows.coefficient(&asked(&["flow", "sector_month"])).unwrap();
        assert!((found + 0.4).abs() < 1e-9, "{found}");
    }
}
