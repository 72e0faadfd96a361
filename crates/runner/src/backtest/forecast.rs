//! Forecasts of one variable at one horizon, and their scores over a window.

use tradewinds_units::{DAYS_PER_YEAR, Date, days_between};

use super::record::{Baselines, Basis, Reading, ahead, baselines};
use super::scores::{
    LEVELS, ensemble_covers, ensemble_quantile, ensemble_score, error_of_mean, normal_covers,
    normal_score,
};
use super::{Simulated, Variable};

/// Weeks over which scores are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weeks {
    /// Every week.
    All,
    /// Weeks with an event between the forecast and the day that is forecast.
    Tariff,
}

/// One forecast with what was recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// Day on which it is made.
    pub made: Date,
    /// Day that is forecast.
    pub day: Date,
    /// Recorded value of the day on which it is made.
    pub last: f64,
    /// Recorded value of the day that is forecast.
    pub recorded: f64,
    /// Quantiles of the members at 5, 25, 50, 75 and 95 %.
    pub quantiles: [f64; 5],
    /// Mean of the members.
    pub mean: f64,
    /// The baselines.
    pub baselines: Baselines,
    /// Whether an event lies in between.
    pub is_tariff: bool,
    /// Continuous ranked probability scores of simulator, random walk and historical
    /// mean.
    pub scores: [f64; 3],
    /// Whether the central intervals of each hold the recorded value.
    pub covers: [[bool; LEVELS.len()]; 3],
}

/// Means over some weeks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Means {
    /// Forecasts.
    pub count: usize,
    /// Scores of simulator, random walk and historical mean.
    pub scores: [f64; 3],
    /// Share of recorded values in the central intervals of each.
    pub coverage: [[f64; LEVELS.len()]; 3],
    /// Mean of the simulator's forecasts less recorded values.
    pub bias: f64,
    /// Score of the simulator less that of random walk and historical mean, with
    /// standard errors.
    pub differences: [(f64, f64); 2],
}

impl Means {
    /// One less the score of the simulator over that of a baseline: random walk,
    /// historical mean. Not a number without forecasts.
    pub fn skill(&self) -> [f64; 2] {
        [1, 2].map(|baseline| 1.0 - self.scores[0] / self.scores[baseline])
    }

    /// Whether the simulator's score is below that of each baseline; none without
    /// forecasts.
    pub fn is_better(&self) -> Option<[bool; 2]> {
        (self.count > 0).then(|| self.differences.map(|(mean, _)| mean < 0.0))
    }
}

/// Forecasts of one variable at one horizon in one window.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The variable.
    pub variable: Variable,
    /// Weeks ahead.
    pub weeks: u32,
    /// The forecasts, in order of time.
    pub forecasts: Vec<Forecast>,
    /// Means over all weeks.
    pub all: Means,
    /// Means over tariff weeks.
    pub tariff: Means,
}

impl Cell {
    /// Means over the weeks asked for.
    pub fn means(&self, weeks: Weeks) -> &Means {
        match weeks {
            Weeks::All => &self.all,
            Weeks::Tariff => &self.tariff,
        }
    }

    /// Forecasts whose baselines rest on scaled weekly changes.
    pub fn scaled(&self) -> usize {
        let scaled = |one: &&Forecast| one.baselines.basis == Basis::Scaled;
        self.forecasts.iter().filter(scaled).count()
    }
}

/// What forecasts are made of.
#[derive(Debug, Clone, Copy)]
pub struct Forecaster<'a> {
    /// The variable.
    pub variable: &'a Variable,
    /// Recorded values, in order of time.
    pub readings: &'a [Reading],
    /// Simulated values at the readings, by replication.
    pub paths: &'a [&'a [Option<Simulated>]],
    /// Weeks ahead.
    pub weeks: u32,
}

impl Forecaster<'_> {
    /// Members of the forecast made at one reading for another, ascending: the value
    /// recorded at the first plus the simulated change and the trend, of replications in which one
    /// leader holds office.
    pub fn members(&self, made: usize, day: usize) -> Vec<f64> {
        let [from, to] = [made, day].map(|at| self.readings[at].date);
        let years = days_between(from, to) as f64 / DAYS_PER_YEAR;
        let last = self.readings[made].value + 100.0 * self.variable.trend * years;
        let member = |path: &&[Option<Simulated>]| {
            let (then, later) = (path[made]?, path[day]?);
            (then.leader == later.leader).then_some(last + later.value - then.value)
        };
        let mut members: Vec<f64> = self.paths.iter().filter_map(member).collect();
        members.sort_by(f64::total_cmp);
        members
    }

    /// The forecast made at a reading; none where nothing is recorded at the horizon,
    /// the run does not hold both days, or the baselines have too short a record.
    pub fn forecast(&self, made: usize) -> Option<Forecast> {
        let day = ahead(self.readings, made, self.weeks)?;
        let baselines = baselines(self.variable.kind, &self.readings[..=made], self.weeks)?;
        let members = self.members(made, day);
        if members.len() < 2 {
            return None;
        }
        let recorded = self.readings[day].value;
        let normals = [baselines.random_walk, baselines.historical_mean];
        let scores = normals.map(|one| normal_score(one, recorded));
        let covers = normals.map(|one| normal_covers(one, recorded));
        Some(Forecast {
            made: self.readings[made].date,
            day: self.readings[day].date,
            last: self.readings[made].value,
            recorded,
            quantiles: [0.05, 0.25, 0.5, 0.75, 0.95].map(|p| ensemble_quantile(&members, p)),
            mean: members.iter().sum::<f64>() / members.len() as f64,
            baselines,
            is_tariff: false,
            scores: [ensemble_score(&members, recorded), scores[0], scores[1]],
            covers: [ensemble_covers(&members, recorded), covers[0], covers[1]],
        })
    }

    /// Forecasts of the days from `from` to `to` with their scores.
    pub fn cell(&self, (from, to): (Date, Date), is_tariff: impl Fn(Date, Date) -> bool) -> Cell {
        let mut forecasts = Vec::new();
        for made in 0..self.readings.len() {
            let day = ahead(self.readings, made, self.weeks);
            let is_inside = |day: usize| (from..=to).contains(&self.readings[day].date);
            if !day.is_some_and(is_inside) {
                continue;
            }
            if let Some(one) = self.forecast(made) {
                let is_tariff = is_tariff(one.made, one.day);
                forecasts.push(Forecast { is_tariff, ..one });
            }
        }
        let chosen: Vec<&Forecast> = forecasts.iter().collect();
        let in_tariff_weeks: Vec<&Forecast> =
            forecasts.iter().filter(|one| one.is_tariff).collect();
        Cell {
            variable: self.variable.clone(),
            weeks: self.weeks,
            all: means(&chosen, self.weeks),
            tariff: means(&in_tariff_weeks, self.weeks),
            forecasts,
        }
    }
}

fn means(forecasts: &[&Forecast], weeks: u32) -> Means {
    let count = forecasts.len() as f64;
    let mean = |of: &dyn Fn(&Forecast) -> f64| -> f64 {
        forecasts.iter().map(|one| of(one)).sum::<f64>() / count
    };
    let first = Date::constant(1970, 1, 1);
    let lags = weeks.saturating_sub(1) as usize;
    Means {
        count: forecasts.len(),
        scores: [0, 1, 2].map(|own| mean(&|one| one.scores[own])),
        coverage: [0, 1, 2].map(|own| {
            [0, 1].map(|level| mean(&|one| f64::from(u8::from(one.covers[own][level]))))
        }),
        bias: mean(&|one| one.mean - one.recorded),
        differences: [1, 2].map(|baseline| {
            let of = |one: &&Forecast| {
                let week = days_between(first, one.made).div_euclid(7);
                (week, one.scores[0] - one.scores[baseline])
            };
            let own: Vec<(i64, f64)> = forecasts.iter().map(of).collect();
            (
                own.iter().map(|(_, value)| value).sum::<f64>() / count,
                error_of_mean(&own, lags),
            )
        }),
    }
}
