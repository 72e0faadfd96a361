//! What happened between two readings of approval.

use tradewinds_kernel::maths::exp;
use tradewinds_units::{Date, days_between};

use super::{ApprovalPlan, EstimateError, Inputs};
use crate::politics::{APPROVAL, ConsumerPrice};

/// Days after which a rate of inflation is no longer the last one.
const STALE_DAYS: i64 = 62;

/// Readings of approval with what came before each.
pub(super) struct Weeks {
    /// Days of the readings.
    pub(super) dates: Vec<Date>,
    /// Weeks since inauguration.
    pub(super) age: Vec<f64>,
    /// Approval \[percent\].
    pub(super) approval: Vec<f64>,
    /// Tagged returns since the reading before \[percent\].
    pub(super) returns: Vec<f64>,
    /// Change of the average tariff \[points\].
    pub(super) tariff: Vec<f64>,
    /// Change of perceived inflation \[points\].
    pub(super) perceived: Vec<f64>,
}

/// Parameters of the path of approval.
#[derive(Debug, Clone, Copy)]
pub(super) struct Path {
    pub(super) base: f64,
    pub(super) honeymoon: f64,
    pub(super) time: f64,
    pub(super) back: f64,
    pub(super) stocks: f64,
    pub(super) news: f64,
    pub(super) smoothing: f64,
    pub(super) prices: f64,
}

impl Weeks {
    /// The readings of the plan; `expected` is the weight of expected inflation,
    /// `import` the expected rise of prices for a point of tariff, `twice` how
    /// often food and energy count.
    pub(super) fn new(
        own: &ApprovalPlan,
        inputs: &Inputs,
        (expected, import, twice): (f64, f64, f64),
    ) -> Result<Self, EstimateError> {
        let politics = &inputs.politics;
        let leader = politics
            .leader(&own.leader)
            .ok_or_else(|| inputs.missing(format!("leader `{}`", own.leader)))?;
        let readings = politics.approval(&own.leader, APPROVAL, &own.series);
        if readings.len() < 10 {
            let what = format!("ten readings of `{}` by `{}`", own.leader, own.series);
            return Err(inputs.missing(what));
        }
        let dates: Vec<Date> = readings.iter().map(|(date, _)| *date).collect();
        let tagged = tagged_returns(own, inputs)?;
        let tariff = |date: Date| level(&inputs.tariffs, date);
        let prices = Prices::new(&politics.prices, own, twice);
        let perceived =
            |date: Date| (1.0 - expected) * prices.known(date) + expected * import * tariff(date);
        let since = |level: &dyn Fn(Date) -> f64| {
            let changes = dates.windows(2).map(|pair| level(pair[1]) - level(pair[0]));
            std::iter::once(0.0).chain(changes).collect()
        };
        let sum = |date: Date| -> f64 {
            let before = tagged.iter().filter(|(day, _)| *day <= date);
            before.map(|(_, percent)| percent).sum()
        };
        Ok(Self {
            age: dates
                .iter()
                .map(|date| days_between(leader.from, *date) as f64 / 7.0)
                .collect(),
            approval: readings.iter().map(|(_, share)| 100.0 * share).collect(),
            returns: since(&sum),
            tariff: since(&tariff),
            perceived: since(&perceived),
            dates,
        })
    }

    /// The published average along the path.
    pub(super) fn published(&self, path: &Path) -> Vec<f64> {
        let shocks: Vec<f64> = (0..self.dates.len())
            .map(|t| {
                path.stocks * self.returns[t] + path.news * self.tariff[t]
                    - path.prices * self.perceived[t]
            })
            .collect();
        let (mut rest, mut shown) = (0.0, f64::NAN);
        let mut published = Vec::with_capacity(shocks.len());
        for (t, shock) in shocks.iter().enumerate() {
            rest = (1.0 - path.back) * rest + shock;
            let present = path.base + path.honeymoon * exp(-self.age[t] / path.time) + rest;
            shown = if t == 0 {
                present
            } else {
                shown + path.smoothing * (present - shown)
            };
            published.push(shown);
        }
        published
    }
}

/// Returns of the index on days of the leader's news, in percent.
fn tagged_returns(own: &ApprovalPlan, inputs: &Inputs) -> Result<Vec<(Date, f64)>, EstimateError> {
    let closes = inputs.closes(&own.index)?;
    let is_tagged =
        |date: Date| {
            inputs.markets.events.iter().any(|event| {
                event.date == date && event.by_leader && own.scopes.contains(&event.scope)
            })
        };
    let returns = closes
        .windows(2)
        .map(|pair| (pair[1].0, 100.0 * (pair[1].1 / pair[0].1 - 1.0)));
    Ok(returns.filter(|(date, _)| is_tagged(*date)).collect())
}

/// The last step on or before a date; the first where there is none.
fn level(steps: &[(Date, f64)], date: Date) -> f64 {
    let before = steps.partition_point(|(from, _)| *from <= date);
    steps
        .get(before.saturating_sub(1))
        .map_or(0.0, |(_, rate)| *rate)
}

/// Inflation over twelve months as known on a day.
struct Prices {
    /// Day from which it is known, and the rate in percent.
    known: Vec<(Date, f64)>,
}

impl Prices {
    fn new(prices: &[ConsumerPrice], own: &ApprovalPlan, twice: f64) -> Self {
        let index = |item: &str, month: Date| {
            let found = prices.iter().find(|p| p.item == item && p.month == month);
            found.map(|price| price.index)
        };
        let over_a_year = |item: &str, month: Date| {
            let before = month.with().year(month.year() - 1).build().ok()?;
            Some(100.0 * (index(item, month)? / index(item, before)? - 1.0))
        };
        let (food, energy) = own.weights;
        let extra = twice - 1.0;
        let felt = |month: Date| {
            let sum = over_a_year("all", month)?
                + extra * food * over_a_year("food", month)?
                + extra * energy * over_a_year("energy", month)?;
            Some(sum / (1.0 + extra * (food + energy)))
        };
        let mut known: Vec<(Date, f64)> = prices
            .iter()
            .filter(|price| price.item == "all")
            .filter_map(|price| Some((release(price.month, own.release_day), felt(price.month)?)))
            .collect();
        known.sort_by_key(|(date, _)| *date);
        Self { known }
    }

    /// The last rate known on a day; the next one where that is stale or there
    /// is none, so that a gap in the record makes no jump.
    fn known(&self, date: Date) -> f64 {
        let next = self.known.partition_point(|(from, _)| *from <= date);
        let last = next.checked_sub(1).and_then(|at| self.known.get(at));
        let is_fresh = |(from, _): &&(Date, f64)| days_between(*from, date) <= STALE_DAYS;
        let found = last.filter(is_fresh).or(self.known.get(next)).or(last);
        found.map_or(0.0, |(_, rate)| *rate)
    }
}

/// The day of the next month on which a month's prices are known.
fn release(month: Date, day: i64) -> Date {
    let next = tradewinds_units::days_after(month.last_of_month(), 1);
    tradewinds_units::days_after(next, day - 1)
}
