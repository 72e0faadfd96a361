//! Estimates of approval: honeymoon, return, slopes, noise, polls, rallies.
//!
//! Approval t weeks after inauguration is base + H exp(−t/th) + a; a falls at
//! rate k and moves with tagged returns, the average tariff and perceived
//! inflation; a published average goes a part w of the way to it each week.

use tradewinds_kernel::maths::{exp, ln};
use tradewinds_kernel::statistics::{CurveFit, automatic_lags, fit_curve, least_squares_serial};
use tradewinds_units::{Date, days_between};

use super::plan::{ApprovalPlan, EstimationPlan};
use super::week::{Path, Weeks};
use super::{Correlation, Estimate, EstimateError, Inputs, Sample};
use crate::politics::APPROVAL;

/// Weeks in a month.
const WEEKS_PER_MONTH: f64 = 365.25 / 12.0 / 7.0;

/// Parameters of the joint fit, in the order of its vector.
const JOINT: [&str; 8] = [
    "approval_base",
    "approval_honeymoon",
    "approval_honeymoon_time",
    "approval_return",
    "approval_stocks",
    "approval_news",
    "poll_smoothing",
    "approval_prices",
];

/// Slopes whose priors are as wide as what the readings tell.
const WIDE: [&str; 2] = ["approval_stocks", "approval_news"];

/// Parameters of [`JOINT`] counted against the readings: those without a prior, and the
/// slopes of [`WIDE`]. The others stay where their priors hold them.
fn free(priors: &[Option<(f64, f64)>]) -> usize {
    let fitted = JOINT.iter().zip(priors);
    let is_free = |(name, prior): &(&&str, &Option<_>)| prior.is_none() || WIDE.contains(*name);
    fitted.filter(is_free).count()
}

type Found = (Vec<Estimate>, Vec<Correlation>);

pub(super) fn estimate(
    plan: &EstimationPlan,
    own: &ApprovalPlan,
    inputs: &Inputs,
) -> Result<Found, EstimateError> {
    let of_plan = |name: &str| {
        let found = plan.stated(name).map(|stated| stated.value);
        found.ok_or_else(|| inputs.missing(format!("stated value of `{name}`")))
    };
    let perception = (
        of_plan("perception_expected")?,
        of_plan("perception_import")?,
        of_plan("perception_food_energy")?,
    );
    let weeks = Weeks::new(own, inputs, perception)?;
    let honeymoon = honeymoon(own, inputs)?;
    let back = back(own, inputs)?;
    let mut found = vec![];
    let correlations = joint(plan, inputs, &weeks, (&honeymoon, &back), &mut found)?;
    found.extend(unrestricted(plan, inputs, &weeks)?);
    found.extend(rallies(plan, own, inputs)?);
    found.extend([honeymoon, back]);
    Ok((found, correlations))
}

fn estimate_of(name: &str, unit: &str, value: f64, error: f64, sample: Sample) -> Estimate {
    Estimate {
        name: name.to_owned(),
        value,
        error,
        unit: unit.to_owned(),
        method: String::new(),
        sample,
        stated: None,
        stated_error: None,
        is_written: false,
        note: String::new(),
    }
}

/// Months of the earlier term, with approval in percent.
fn months(own: &ApprovalPlan, inputs: &Inputs, until: Date) -> Vec<(Date, f64)> {
    let politics = &inputs.politics;
    let mut found = politics.approval(&own.earlier_leader, APPROVAL, &own.earlier_series);
    found.retain(|(date, _)| *date <= until);
    if let Some(first) = found.first_mut() {
        first.0 = own.earlier_first;
    }
    found
        .iter()
        .map(|(date, share)| (*date, 100.0 * share))
        .collect()
}

/// The decay of the honeymoon in the first year of the earlier term.
fn honeymoon(own: &ApprovalPlan, inputs: &Inputs) -> Result<Estimate, EstimateError> {
    let leader = inputs
        .politics
        .leader(&own.earlier_leader)
        .ok_or_else(|| inputs.missing(format!("leader `{}`", own.earlier_leader)))?;
    let rows = months(own, inputs, own.honeymoon_until);
    let [(_, first), .., (_, last)] = rows[..] else {
        return Err(inputs.missing(format!("readings of `{}`", own.earlier_leader)));
    };
    let weeks = |date: Date| days_between(leader.from, date) as f64 / 7.0;
    let residuals = |p: &[f64]| -> Vec<f64> {
        let curve = |date| p[0] + p[1] * exp(-weeks(date) / p[2]);
        rows.iter().map(|(date, y)| y - curve(*date)).collect()
    };
    let fit = fit_curve(residuals, &[last, first - last, 17.0]).map_err(|source| {
        EstimateError::Curve {
            what: "decay of the honeymoon",
            source,
        }
    })?;
    let spread = (fit.squares() / (rows.len() as f64 - 3.0)).sqrt();
    let sample = inputs.sample(rows.iter().map(|(date, _)| *date))?;
    Ok(Estimate {
        method: "least squares of base + H exp(−t/th) on monthly means of the first year of the \
                 earlier term"
            .to_owned(),
        note: "prior of approval_honeymoon_time in the joint fit".to_owned(),
        ..estimate_of(
            "decay of the honeymoon, earlier term",
            "weeks",
            fit.parameters[2],
            spread * fit.unit_error(2),
            sample,
        )
    })
}

/// The rate at which monthly approval of the earlier term returns to its mean.
fn back(own: &ApprovalPlan, inputs: &Inputs) -> Result<Estimate, EstimateError> {
    let rows = months(own, inputs, own.return_until);
    let level: Vec<f64> = rows.iter().map(|(_, y)| *y).collect();
    let change: Vec<f64> = level.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let before = &level[..change.len()];
    let lags = usize::try_from(own.return_lags).unwrap_or(0);
    let fit = least_squares_serial(&change, &[before], lags).map_err(|source| {
        EstimateError::Regression {
            what: "return of approval",
            source,
        }
    })?;
    let (slope, error) = (fit.coefficients[1], fit.standard_errors[1]);
    let kept = (1.0 + slope).max(1e-6);
    let sample = inputs.sample(rows.iter().skip(1).map(|(date, _)| *date))?;
    Ok(Estimate {
        method: format!(
            "monthly change on the level before, {slope:.3} a month (Newey-West error {error:.3}, \
             {lags} lags), turned into a weekly rate"
        ),
        note: "prior of approval_return in the joint fit; noise of polls biases it upwards"
            .to_owned(),
        ..estimate_of(
            "return of approval, earlier term",
            "per week",
            -ln(kept) / WEEKS_PER_MONTH,
            error / kept / WEEKS_PER_MONTH,
            sample,
        )
    })
}

fn path(p: &[f64]) -> Path {
    Path {
        base: p[0],
        honeymoon: p[1],
        time: p[2],
        back: p[3],
        stocks: p[4],
        news: p[5],
        smoothing: p[6],
        prices: p[7],
    }
}

/// Base, honeymoon, slopes and weight of new polls together, with priors.
fn joint(
    plan: &EstimationPlan,
    inputs: &Inputs,
    weeks: &Weeks,
    (honeymoon, back): (&Estimate, &Estimate),
    found: &mut Vec<Estimate>,
) -> Result<Vec<Correlation>, EstimateError> {
    let mut priors: Vec<Option<(f64, f64)>> = Vec::new();
    let mut start = Vec::new();
    for name in JOINT {
        let own = plan.prior(name).map(|one| (one.mean, one.deviation));
        priors.push(match name {
            "approval_honeymoon_time" => Some((honeymoon.value, honeymoon.error)),
            "approval_return" => Some((back.value, back.error)),
            _ => own,
        });
        let stated = plan.stated(name).map(|one| one.value);
        start.push(stated.ok_or_else(|| inputs.missing(format!("stated value of `{name}`")))?);
    }
    let count = weeks.dates.len();
    let free = free(&priors);
    if count <= free {
        return Err(inputs.missing(format!("more than {free} weekly averages of approval")));
    }
    let freedom = (count - free) as f64;
    let mut spread = 0.3;
    let mut fit = None;
    for _ in 0..20 {
        let own = joint_fit(weeks, &priors, spread, &start)?;
        let squares: f64 = own.residuals[..count].iter().map(|r| r * r).sum();
        let next = spread * (squares / freedom).sqrt();
        let is_settled = (next / spread - 1.0).abs() < 1e-10;
        start.clone_from(&own.parameters);
        spread = next;
        fit = Some(own);
        if is_settled {
            break;
        }
    }
    let fit = fit.ok_or_else(|| inputs.missing("joint fit"))?;
    let sample = inputs.sample(weeks.dates.iter().copied())?;
    for (at, name) in JOINT.iter().enumerate() {
        let spec = super::name_spec(name).map_or("", |spec| spec.unit);
        let method = match priors[at] {
            Some((mean, deviation)) => format!(
                "joint least squares of the weekly averages with priors; prior {} ({}); error from \
                 the curvature",
                short(mean),
                short(deviation)
            ),
            None => {
                "joint least squares of the weekly averages with priors on the slopes; no prior \
                     on this one; error from the curvature"
                    .to_owned()
            }
        };
        found.push(Estimate {
            method,
            ..estimate_of(name, spec, fit.parameters[at], fit.unit_error(at), sample)
        });
    }
    found.extend(changes(weeks, &fit, sample));
    let residuals: Vec<f64> = fit.residuals[..count].iter().map(|r| spread * r).collect();
    found.push(noise(&residuals, sample));
    found.push(memory(&residuals, sample));
    Ok(correlations(&fit))
}

fn joint_fit(
    weeks: &Weeks,
    priors: &[Option<(f64, f64)>],
    spread: f64,
    start: &[f64],
) -> Result<CurveFit, EstimateError> {
    let residuals = |p: &[f64]| -> Vec<f64> {
        let published = weeks.published(&path(p));
        let readings = weeks.approval.iter().zip(&published);
        let own = readings.map(|(seen, own)| (seen - own) / spread);
        let prior = priors
            .iter()
            .zip(p)
            .filter_map(|(prior, value)| prior.map(|(mean, deviation)| (value - mean) / deviation));
        own.chain(prior).collect()
    };
    fit_curve(residuals, start).map_err(|source| EstimateError::Curve {
        what: "joint fit of approval",
        source,
    })
}

/// What the published average does from the second reading to the last: in all,
/// and from the honeymoon alone.
fn changes(weeks: &Weeks, fit: &CurveFit, sample: Sample) -> Vec<Estimate> {
    let all = |p: &[f64]| {
        let published = weeks.published(&path(p));
        published[published.len() - 1] - published[1]
    };
    let alone = |p: &[f64]| {
        let mut own = p.to_vec();
        [own[4], own[5], own[7]] = [0.0; 3];
        all(&own)
    };
    let error = |of: &dyn Fn(&[f64]) -> f64| {
        let slope = |at: usize| {
            let step = 1e-4 * fit.parameters[at].abs().max(1e-3);
            let mut above = fit.parameters.clone();
            let mut below = fit.parameters.clone();
            above[at] += step;
            below[at] -= step;
            (of(&above) - of(&below)) / (2.0 * step)
        };
        let slopes: Vec<f64> = (0..fit.parameters.len()).map(slope).collect();
        let rows = fit.inverse.iter().zip(&slopes);
        let sum: f64 = rows
            .map(|(row, left)| left * row.iter().zip(&slopes).map(|(c, s)| c * s).sum::<f64>())
            .sum();
        sum.sqrt()
    };
    let of = |name: &str, value: f64, error: f64| Estimate {
        method: "path of the joint fit from the second reading to the last; error by first-order \
                 propagation"
            .to_owned(),
        ..estimate_of(name, "points", value, error, sample)
    };
    vec![
        of(
            "change of approval, fitted",
            all(&fit.parameters),
            error(&all),
        ),
        of(
            "change of approval, honeymoon alone",
            alone(&fit.parameters),
            error(&alone),
        ),
    ]
}

/// Standard deviation of weekly changes of the residuals.
fn noise(residuals: &[f64], sample: Sample) -> Estimate {
    let changes: Vec<f64> = residuals.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let count = changes.len() as f64;
    let mean = changes.iter().sum::<f64>() / count;
    let squares: f64 = changes.iter().map(|c| (c - mean) * (c - mean)).sum();
    let value = (squares / (count - 1.0)).sqrt();
    Estimate {
        method: "standard deviation of weekly changes of the residuals of the joint fit; error \
                 value / √(2(n − 1))"
            .to_owned(),
        ..estimate_of(
            "approval_noise",
            "points",
            value,
            value / (2.0 * (count - 1.0)).sqrt(),
            sample,
        )
    }
}

/// Correlation of residuals with those of the week before: errors from the
/// curvature hold where there is none.
fn memory(residuals: &[f64], sample: Sample) -> Estimate {
    let squares: f64 = residuals.iter().map(|r| r * r).sum();
    let products: f64 = residuals.windows(2).map(|pair| pair[0] * pair[1]).sum();
    Estimate {
        method: "residuals of the joint fit on those of the week before; error 1/√n".to_owned(),
        ..estimate_of(
            "memory of the residuals",
            "ratio",
            products / squares,
            1.0 / (residuals.len() as f64).sqrt(),
            sample,
        )
    }
}

fn correlations(fit: &CurveFit) -> Vec<Correlation> {
    let mut found = Vec::new();
    for left in 0..JOINT.len() {
        for right in left + 1..JOINT.len() {
            found.push(Correlation {
                left: JOINT[left].to_owned(),
                right: JOINT[right].to_owned(),
                value: fit.correlation(left, right),
            });
        }
    }
    found
}

/// Both slopes without priors, all else as stated: what the readings alone say.
fn unrestricted(
    plan: &EstimationPlan,
    inputs: &Inputs,
    weeks: &Weeks,
) -> Result<Vec<Estimate>, EstimateError> {
    let stated = |name: &str| plan.stated(name).map_or(0.0, |one| one.value);
    let zero = Path {
        base: 0.0,
        honeymoon: 0.0,
        time: stated("approval_honeymoon_time"),
        back: stated("approval_return"),
        stocks: 0.0,
        news: 0.0,
        smoothing: stated("poll_smoothing"),
        prices: 0.0,
    };
    // The path is linear in these, so a unit of each is its regressor.
    let decay = weeks.published(&Path {
        honeymoon: 1.0,
        ..zero
    });
    let stocks = weeks.published(&Path {
        stocks: 1.0,
        ..zero
    });
    let news = weeks.published(&Path { news: 1.0, ..zero });
    let prices = weeks.published(&Path {
        prices: stated("approval_prices"),
        ..zero
    });
    let rest: Vec<f64> = weeks
        .approval
        .iter()
        .zip(&prices)
        .map(|(a, p)| a - p)
        .collect();
    let lags = automatic_lags(rest.len());
    let fit = least_squares_serial(&rest, &[&decay, &stocks, &news], lags).map_err(|source| {
        EstimateError::Regression {
            what: "slopes of approval",
            source,
        }
    })?;
    let sample = inputs.sample(weeks.dates.iter().copied())?;
    let names = [
        (2, "approval_stocks", "points per percent"),
        (3, "approval_news", "points per point"),
    ];
    Ok(names
        .into_iter()
        .map(|(at, name, unit)| Estimate {
            method: "least squares with base and honeymoon free, all else as stated; classical \
                     error"
                .to_owned(),
            ..estimate_of(
                &format!("{name} without a prior"),
                unit,
                fit.coefficients[at],
                fit.classical_errors[at],
                sample,
            )
        })
        .collect())
}

/// Rallies: a mean of the rises seen with weights by their precision, drawn to
/// the prior.
fn rallies(
    plan: &EstimationPlan,
    own: &ApprovalPlan,
    inputs: &Inputs,
) -> Result<Vec<Estimate>, EstimateError> {
    let mut found = Vec::new();
    for name in ["rally_firm", "rally_soft"] {
        let prior = plan
            .prior(name)
            .ok_or_else(|| inputs.missing(format!("prior of `{name}`")))?;
        let weight = 1.0 / (prior.deviation * prior.deviation);
        let (mut precision, mut sum) = (weight, weight * prior.mean);
        let mut seen = Vec::new();
        let mut dates = Vec::new();
        for rally in own.rallies.iter().filter(|rally| rally.parameter == name) {
            let [leader, measure, series] = &rally.poll;
            let share = |who: &str, day: Date| {
                let readings = inputs.politics.approval(who, measure, series);
                let on_the_day = readings.iter().find(|(date, _)| *date == day);
                on_the_day.map(|(_, share)| 100.0 * share).ok_or_else(|| {
                    inputs.missing(format!("poll of `{who}` by `{series}` on {day}"))
                })
            };
            let rise = share(leader, rally.after)? - share(&rally.leader_before, rally.before)?;
            let (due, unsure) = rally.due;
            let of_polls = due * due * 2.0 * own.poll_deviation * own.poll_deviation;
            let variance = of_polls + rise * rise * unsure * unsure;
            precision += 1.0 / variance;
            sum += due * rise / variance;
            seen.push(format!("{leader} {:+.1}", due * rise));
            dates.extend([rally.before, rally.after]);
        }
        let sample = inputs.sample(dates)?;
        found.push(Estimate {
            method: format!(
                "mean of the rises due to the threat, weights by precision (polls {} points, share \
                 due), drawn to a prior of {} ({})",
                short(own.poll_deviation),
                short(prior.mean),
                short(prior.deviation)
            ),
            note: format!("rises: {}", seen.join(", ")),
            ..estimate_of(
                name,
                "points",
                sum / precision,
                (1.0 / precision).sqrt(),
                sample,
            )
        });
    }
    Ok(found)
}

/// A number with three significant digits.
fn short(value: f64) -> String {
    super::report::significant(value, 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_without_a_prior_costs_a_degree_of_freedom() {
        let mut priors = vec![Some((0.0, 1.0)); JOINT.len()];
        assert_eq!(free(&priors), 2, "the two wide slopes");
        (priors[0], priors[1]) = (None, None);
        assert_eq!(free(&priors), 4, "base and honeymoon too");
        (priors[4], priors[7]) = (None, None);
        assert_eq!(free(&priors), 5, "stocks count once, prices as well");
    }
}
