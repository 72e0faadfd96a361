//! Estimates of markets: spillovers, volatility, yields, the currency, noise,
//! and what the tail weighs.

use tradewinds_kernel::maths::ln;
use tradewinds_kernel::statistics::{
    Garch, SerialRegression, automatic_lags, least_squares_serial,
};
use tradewinds_units::Date;

use super::plan::{EstimationPlan, MarketsPlan, Surprise};
use super::{Estimate, EstimateError, Inputs, Sample};

/// Rows below which the larger of two standard errors is used: errors that
/// allow for correlation over time come out too small in short samples.
const FEW: usize = 60;

/// A dated series.
type Dated = Vec<(Date, f64)>;

pub(super) fn estimate(
    plan: &EstimationPlan,
    own: &MarketsPlan,
    inputs: &Inputs,
) -> Result<Vec<Estimate>, EstimateError> {
    let closes = |series: &str| -> Result<Dated, EstimateError> {
        let mut found = inputs.closes(series)?;
        found.retain(|(date, _)| *date >= own.from);
        Ok(found)
    };
    let index = log_returns(&closes(&own.index)?);
    let mut found = Vec::new();
    for follower in &own.followers {
        let returns = log_returns(&closes(&follower.series)?);
        found.extend(spillover(
            inputs,
            &index,
            &follower.series,
            &returns,
            follower.same_day,
        )?);
    }
    let volatility = closes(&own.volatility)?;
    let moves = log_returns(&volatility);
    found.push(slope(
        inputs,
        "vix_slope",
        &index,
        &moves,
        "log change of volatility",
    )?);
    found.push(persistence(inputs, &volatility)?);
    let yields: Dated = closes(&own.bond)?
        .windows(2)
        .map(|pair| (pair[1].0, 1e4 * (pair[1].1 - pair[0].1)))
        .collect();
    let dollar = log_returns(&closes(&own.dollar)?);
    let normal = slope(
        inputs,
        "yield_slope",
        &index,
        &yields,
        "change of the yield",
    )?;
    let in_stress = |series: &Dated| -> Dated {
        let (from, to) = own.stress;
        let days = series.iter().filter(|(date, _)| (from..=to).contains(date));
        days.copied().collect()
    };
    let stress = slope(
        inputs,
        "yield_slope_stress",
        &index,
        &in_stress(&yields),
        "change of the yield on days of stress",
    )?;
    found.push(Estimate {
        note: "a reading: the specification holds a state, not a slope of these days".to_owned(),
        ..stress
    });
    found.push(premium(
        inputs,
        (&index, normal.value),
        &in_stress(&yields),
        &moves,
    )?);
    found.push(sell_off(own, inputs, (&index, &normal), &yields)?);
    found.push(normal);
    found.push(slope(
        inputs,
        "dollar_slope",
        &index,
        &dollar,
        "log change of the currency",
    )?);
    found.push(slope(
        inputs,
        "dollar_slope_stress",
        &index,
        &in_stress(&dollar),
        "log change of the currency on days of stress",
    )?);
    found.extend(noise(inputs, &index)?);
    found.extend(tail(plan, own, inputs, &closes(&own.index)?)?);
    found.extend(spells(own, inputs)?);
    Ok(found)
}

/// Log returns in percent.
fn log_returns(closes: &Dated) -> Dated {
    closes
        .windows(2)
        .map(|pair| (pair[1].0, 100.0 * ln(pair[1].1 / pair[0].1)))
        .collect()
}

/// The value on a day.
fn on(series: &Dated, date: Date) -> Option<f64> {
    let at = series.binary_search_by_key(&date, |(day, _)| *day).ok()?;
    Some(series[at].1)
}

/// The last value before a day.
fn before(series: &Dated, date: Date) -> Option<f64> {
    let at = series.partition_point(|(day, _)| *day < date);
    Some(series[at.checked_sub(1)?].1)
}

fn regress(
    what: &'static str,
    outcome: &[f64],
    regressors: &[&[f64]],
) -> Result<SerialRegression, EstimateError> {
    least_squares_serial(outcome, regressors, automatic_lags(outcome.len()))
        .map_err(|source| EstimateError::Regression { what, source })
}

/// Standard error of a coefficient, and which it is.
fn error_of(fit: &SerialRegression, at: usize) -> (f64, String) {
    let (serial, classical) = (fit.standard_errors[at], fit.classical_errors[at]);
    if fit.residuals.len() < FEW && classical > serial {
        (classical, "classical error, the larger one".to_owned())
    } else {
        (serial, format!("Newey-West error, {} lags", fit.lags))
    }
}

fn estimate_of(name: &str, (value, error): (f64, f64), sample: Sample, method: String) -> Estimate {
    let unit = super::name_spec(name).map_or("", |spec| spec.unit);
    Estimate {
        name: name.to_owned(),
        value,
        error,
        unit: unit.to_owned(),
        method,
        sample,
        stated: None,
        stated_error: None,
        is_written: false,
        note: String::new(),
    }
}

/// An index on the leading one of the session before, and of the same day
/// where it trades then.
fn spillover(
    inputs: &Inputs,
    index: &Dated,
    series: &str,
    returns: &Dated,
    same_day: bool,
) -> Result<Vec<Estimate>, EstimateError> {
    let (mut own, mut lag, mut same, mut dates) = (vec![], vec![], vec![], vec![]);
    for (date, value) in returns {
        let today = if same_day {
            on(index, *date)
        } else {
            Some(0.0)
        };
        if let (Some(yesterday), Some(today)) = (before(index, *date), today) {
            own.push(*value);
            lag.push(yesterday);
            same.push(today);
            dates.push(*date);
        }
    }
    let regressors: Vec<&[f64]> = if same_day {
        vec![&lag, &same]
    } else {
        vec![&lag]
    };
    let fit = regress("spillovers", &own, &regressors)?;
    let sample = inputs.sample(dates)?;
    let names = ["spillover_previous_day", "spillover_same_day"];
    let coefficients = names.iter().zip(1..fit.coefficients.len());
    Ok(coefficients
        .map(|(name, at)| {
            let (error, kind) = error_of(&fit, at);
            let method = format!(
                "least squares of daily log returns on the leading index, R² {:.2}; {kind}; \
                 classical error {:.3}",
                fit.explained, fit.classical_errors[at]
            );
            let unit = super::name_spec(&format!("{name}.{series}")).map_or("", |spec| spec.unit);
            Estimate {
                name: format!("{name}.{series}"),
                unit: unit.to_owned(),
                ..estimate_of(name, (fit.coefficients[at], error), sample, method)
            }
        })
        .collect())
}

/// A series on the index of the same day.
fn slope(
    inputs: &Inputs,
    name: &'static str,
    index: &Dated,
    series: &Dated,
    what: &str,
) -> Result<Estimate, EstimateError> {
    let pairs: Vec<(Date, f64, f64)> = series
        .iter()
        .filter_map(|(date, value)| Some((*date, *value, on(index, *date)?)))
        .collect();
    let (own, market): (Vec<f64>, Vec<f64>) = pairs.iter().map(|(_, y, x)| (*y, *x)).unzip();
    let fit = regress(name, &own, &[&market])?;
    let (error, kind) = error_of(&fit, 1);
    let sample = inputs.sample(pairs.iter().map(|(date, _, _)| *date))?;
    let method = format!(
        "least squares of the {what} on the return of the day, R² {:.2}; {kind}; classical error {:.3}",
        fit.explained, fit.classical_errors[1]
    );
    Ok(estimate_of(
        name,
        (fit.coefficients[1], error),
        sample,
        method,
    ))
}

/// Log volatility on itself a day before.
fn persistence(inputs: &Inputs, volatility: &Dated) -> Result<Estimate, EstimateError> {
    let logs: Vec<f64> = volatility.iter().map(|(_, level)| ln(*level)).collect();
    let fit = regress("vix_persistence", &logs[1..], &[&logs[..logs.len() - 1]])?;
    let (error, kind) = error_of(&fit, 1);
    let sample = inputs.sample(volatility.iter().skip(1).map(|(date, _)| *date))?;
    let method = format!(
        "least squares of log volatility on itself a session before; {kind}; classical error {:.4}",
        fit.classical_errors[1]
    );
    Ok(estimate_of(
        "vix_persistence",
        (fit.coefficients[1], error),
        sample,
        method,
    ))
}

/// What is left of the yield on days of stress once growth is taken out,
/// on the rise of log volatility as a stand-in for uncertainty.
fn premium(
    inputs: &Inputs,
    (index, growth): (&Dated, f64),
    yields: &Dated,
    moves: &Dated,
) -> Result<Estimate, EstimateError> {
    let (mut rest, mut uncertainty, mut dates) = (vec![], vec![], vec![]);
    for (date, change) in yields {
        if let (Some(market), Some(volatility)) = (on(index, *date), on(moves, *date)) {
            rest.push(change - growth * market);
            uncertainty.push(volatility / 100.0);
            dates.push(*date);
        }
    }
    let fit = regress("term premium", &rest, &[&uncertainty])?;
    let (error, kind) = error_of(&fit, 1);
    let sample = inputs.sample(dates)?;
    let method = format!(
        "change of the yield on days of stress less yield_slope times the return, on the log change \
         of volatility as a stand-in for uncertainty; {kind}"
    );
    Ok(Estimate {
        note: "a reading: daily volatility falls when yields rise in a rebound, so it does not \
               identify the premium"
            .to_owned(),
        ..estimate_of("term_premium", (fit.coefficients[1], error), sample, method)
    })
}

/// What a sell-off did to the yield once growth is taken out.
fn sell_off(
    own: &MarketsPlan,
    inputs: &Inputs,
    (index, growth): (&Dated, &Estimate),
    yields: &Dated,
) -> Result<Estimate, EstimateError> {
    let (from, to) = own.sell_off;
    let rest = |(date, change): &(Date, f64)| Some(change - growth.value * on(index, *date)?);
    let days: Dated = yields
        .iter()
        .filter(|(date, _)| (from..=to).contains(date))
        .copied()
        .collect();
    let value: f64 = days.iter().filter_map(rest).sum();
    let returns: f64 = days.iter().filter_map(|(date, _)| on(index, *date)).sum();
    let all: Vec<f64> = yields.iter().filter_map(rest).collect();
    let daily = all.iter().map(|r| r * r).sum::<f64>() / all.len() as f64;
    let of_growth = growth.error * returns;
    let error = (of_growth * of_growth + days.len() as f64 * daily).sqrt();
    let sample = inputs.sample(days.iter().map(|(date, _)| *date))?;
    Ok(Estimate {
        name: "yield in the sell-off, growth taken out".to_owned(),
        unit: "basis points".to_owned(),
        note: "a reading of one spell: it sizes the premium, it does not say what it answers to"
            .to_owned(),
        ..estimate_of(
            "",
            (value, error),
            sample,
            "sum of changes of the yield less yield_slope times the return; error from yield_slope \
             and the usual daily deviation"
                .to_owned(),
        )
    })
}

/// GARCH(1,1) with Student's distribution.
fn noise(inputs: &Inputs, index: &Dated) -> Result<Vec<Estimate>, EstimateError> {
    let returns: Vec<f64> = index.iter().map(|(_, value)| *value).collect();
    let fit = Garch::fit(&returns).map_err(|source| EstimateError::Regression {
        what: "GARCH",
        source,
    })?;
    let sample = inputs.sample(index.iter().map(|(date, _)| *date))?;
    let method = format!(
        "maximum likelihood of daily log returns in percent with a constant mean of {:.3}, \
         log-likelihood {:.2}; errors from the curvature",
        fit.garch.mean, fit.log_likelihood
    );
    let errors = fit.standard_errors;
    let found = [
        ("garch_omega", fit.garch.omega, errors[1]),
        ("garch_alpha", fit.garch.alpha, errors[2]),
        ("garch_beta", fit.garch.beta, errors[3]),
        ("garch_freedom", fit.garch.freedom, errors[4]),
    ];
    Ok(found
        .into_iter()
        .map(|(name, value, error)| estimate_of(name, (value, error), sample, method.clone()))
        .collect())
}

/// The weight of the tail out of returns on days whose surprise in the average
/// tariff is known.
fn tail(
    plan: &EstimationPlan,
    own: &MarketsPlan,
    inputs: &Inputs,
    closes: &Dated,
) -> Result<Vec<Estimate>, EstimateError> {
    let stated = plan
        .stated("market_average_tariff")
        .ok_or_else(|| inputs.missing("stated value of `market_average_tariff`"))?;
    let daily = simple_returns(closes);
    let mean = daily.iter().map(|(_, r)| r).sum::<f64>() / daily.len() as f64;
    let squares: f64 = daily.iter().map(|(_, r)| (r - mean) * (r - mean)).sum();
    let spread = (squares / (daily.len() as f64 - 1.0)).sqrt();
    let mut equations = Vec::new();
    let mut dates = Vec::new();
    for surprise in &own.surprises {
        let days: Vec<(Date, f64)> = daily
            .iter()
            .filter(|(date, _)| (surprise.from..=surprise.to).contains(date))
            .copied()
            .collect();
        if days.is_empty() {
            return Err(inputs.missing(format!("return from {} to {}", surprise.from, surprise.to)));
        }
        let growth = days
            .iter()
            .fold(1.0, |total, (_, r)| total * (1.0 + r / 100.0));
        equations.push((surprise, 100.0 * (growth - 1.0), days.len() as f64));
        dates.extend(days.iter().map(|(date, _)| *date));
    }
    let count = equations.len() as f64;
    let a = stated.value;
    let of = |(surprise, total, _): &(&Surprise, f64, f64)| {
        -(total + a * surprise.tariff.0) / surprise.tail.0
    };
    let value = equations.iter().map(of).sum::<f64>() / count;
    // First-order propagation: the slope in common, the rest apart.
    let by_slope = equations
        .iter()
        .map(|(surprise, _, _)| surprise.tariff.0 / surprise.tail.0)
        .sum::<f64>()
        / count;
    let mut variance = by_slope * by_slope * stated.deviation() * stated.deviation();
    for equation in &equations {
        let (surprise, _, days) = equation;
        let of_tariff = a * surprise.tariff.1;
        let of_tail = of(equation) * surprise.tail.1;
        let own = of_tariff * of_tariff + of_tail * of_tail + days * spread * spread;
        variance += own / (surprise.tail.0 * surprise.tail.0 * count * count);
    }
    let sample = inputs.sample(dates)?;
    let shown: Vec<String> = equations
        .iter()
        .map(|one| format!("{:+.2} % gives {:.1}", one.1, of(one)))
        .collect();
    let mut found = vec![Estimate {
        note: shown.join("; "),
        ..estimate_of(
            "market_tail",
            (value, variance.sqrt()),
            sample,
            format!(
                "mean of b = −(r + a × tariff surprise) / tail surprise with a = {a}; error by \
                 first-order propagation of a, both surprises and a daily deviation of {spread:.2} %"
            ),
        )
    }];
    if let [first, second] = &equations[..] {
        found.push(both(first, second, spread, sample));
    }
    Ok(found)
}

/// Both unknowns out of two equations.
fn both(
    (one, first, days): &(&Surprise, f64, f64),
    (other, second, later): &(&Surprise, f64, f64),
    spread: f64,
    sample: Sample,
) -> Estimate {
    let determinant = one.tariff.0 * other.tail.0 - other.tariff.0 * one.tail.0;
    let value = -(first * other.tail.0 - second * one.tail.0) / determinant;
    // Noise of the days, and of either surprise at the solution.
    let tail = -(one.tariff.0 * second - other.tariff.0 * first) / determinant;
    let variance = |surprise: &Surprise, days: f64| {
        let (of_tariff, of_tail) = (value * surprise.tariff.1, tail * surprise.tail.1);
        days * spread * spread + of_tariff * of_tariff + of_tail * of_tail
    };
    let sum = other.tail.0 * other.tail.0 * variance(one, *days)
        + one.tail.0 * one.tail.0 * variance(other, *later);
    Estimate {
        note: format!("the tail then weighs {tail:.1}"),
        ..estimate_of(
            "market_average_tariff",
            (value, sum.sqrt() / determinant.abs()),
            sample,
            "both unknowns out of the two equations of market_tail; error by first-order \
             propagation"
                .to_owned(),
        )
    }
}

fn simple_returns(closes: &Dated) -> Dated {
    closes
        .windows(2)
        .map(|pair| (pair[1].0, 100.0 * (pair[1].1 / pair[0].1 - 1.0)))
        .collect()
}

/// Mean returns of the index on days of news of one kind.
fn spells(own: &MarketsPlan, inputs: &Inputs) -> Result<Vec<Estimate>, EstimateError> {
    let daily = simple_returns(&inputs.closes(&own.index)?);
    let mut found = Vec::new();
    for spell in &own.spells {
        let is_of_it = |date: Date| {
            inputs.markets.events.iter().any(|event| {
                event.date == date
                    && event.tag == spell.tag
                    && own.scopes.contains(&event.scope)
                    && (spell.from..=spell.to).contains(&date)
            })
        };
        let days: Dated = daily
            .iter()
            .filter(|(day, _)| is_of_it(*day))
            .copied()
            .collect();
        let count = days.len() as f64;
        let sum = days.iter().map(|(_, r)| r).sum::<f64>();
        let mean = sum / count;
        let squares: f64 = days.iter().map(|(_, r)| (r - mean) * (r - mean)).sum();
        found.push(Estimate {
            name: spell.title.clone(),
            unit: "percent a day".to_owned(),
            stated: spell.stated,
            note: format!("sum {sum:+.1} %; days were picked from the news record"),
            ..estimate_of(
                "",
                (mean, (squares / (count - 1.0) / count).sqrt()),
                inputs.sample(days.iter().map(|(date, _)| *date))?,
                "mean return of the index on days with the tag".to_owned(),
            )
        });
    }
    Ok(found)
}
