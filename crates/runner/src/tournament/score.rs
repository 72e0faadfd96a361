//! What of a run with talks is compared between strategies.

use tradewinds_engine::observe::Recorded;
use tradewinds_engine::talks::{Campaign, Outcome};
use tradewinds_kernel::maths::ln;
use tradewinds_kernel::record::{Column, Rows};

use crate::plan::Plan;
use crate::series::Series;

/// One figure of a pairing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// Name in JSON.
    pub name: &'static str,
    /// Heading of its column.
    pub heading: &'static str,
    /// What it is, with its unit.
    pub title: &'static str,
}

/// The figures of a pairing, in the order in which they are shown.
pub const MEASURES: [Measure; 6] = [
    Measure {
        name: "deals",
        heading: "deals",
        title: "deals signed, by all governments",
    },
    Measure {
        name: "rate",
        heading: "rate, %",
        title: "country rate at the end, mean of governments with an economy, %",
    },
    Measure {
        name: "partner_gain",
        heading: "partner",
        title: "gain of a partner over disagreement in its last round, USD bn a year a deal",
    },
    Measure {
        name: "principal_gain",
        heading: "principal",
        title: "the same of the principal, USD bn a year a deal",
    },
    Measure {
        name: "answered",
        heading: "answer, %",
        title: "governments that answered duties with duties, % of all",
    },
    Measure {
        name: "consumption",
        heading: "use, %",
        title: "real consumption of the principal's economy against no talks, log change in %",
    },
];

/// Real consumption of the principal's economy in the window of the summary.
pub(super) fn consumption(plan: &Plan, campaign: &Campaign, recorded: &Recorded) -> f64 {
    let series = Series::of(recorded);
    let window = plan.window_periods(&series);
    series.macroeconomy.mean("real_consumption", window)[campaign.principal]
}

/// The figures of a run, given consumption without talks; not a number where a figure has
/// no value, as gains where nobody signs.
pub(super) fn observed(
    plan: &Plan,
    campaign: &Campaign,
    recorded: &Recorded,
    before: f64,
) -> [f64; MEASURES.len()] {
    let [rounds, _, deals, answers, _, _, states] = &recorded.talks.tables;
    let signed = signed(deals);
    let rates = last_rates(states, campaign.parties.len());
    let own: Vec<f64> = (campaign.parties.iter().zip(rates))
        .filter(|(party, _)| !party.is_attached)
        .filter_map(|(_, rate)| rate)
        .collect();
    let [partner, principal] = gains(rounds, &signed);
    let change = ln(consumption(plan, campaign, recorded) / before);
    [
        signed.len() as f64,
        100.0 * average(&own),
        average(&partner),
        average(&principal),
        100.0 * answering(answers) as f64 / campaign.parties.len() as f64,
        100.0 * change,
    ]
}

/// Government and day of each deal that is signed.
fn signed(deals: &Rows) -> Vec<(u32, i32)> {
    let (who, days) = (codes(deals, "government"), dates(deals));
    let Some(Column::Code { indices, names }) = column(deals, "outcome") else {
        return Vec::new();
    };
    let is_signed = |at: &usize| names[indices[*at] as usize] == Outcome::Signed.name();
    let found = (0..deals.len()).filter(is_signed);
    found.map(|at| (who[at], days[at])).collect()
}

/// Gains of governments and of the principal in the last round up to the day of each deal,
/// where some package served both.
fn gains(rounds: &Rows, signed: &[(u32, i32)]) -> [Vec<f64>; 2] {
    let (who, days) = (codes(rounds, "government"), dates(rounds));
    let (own, other) = (
        rounds.numbers("government_gain").unwrap_or(&[]),
        rounds.numbers("principal_gain").unwrap_or(&[]),
    );
    let last = |(party, day): &(u32, i32)| {
        (0..rounds.len())
            .rev()
            .find(|at| who[*at] == *party && days[*at] <= *day)
    };
    let found: Vec<usize> = (signed.iter().filter_map(last))
        .filter(|at| own[*at].is_finite() && other[*at].is_finite())
        .collect();
    [own, other].map(|gains| found.iter().map(|at| gains[*at]).collect())
}

/// Governments that answered.
fn answering(answers: &Rows) -> usize {
    let Some(Column::Count(by_principal)) = column(answers, "by_principal") else {
        return 0;
    };
    let who = codes(answers, "government").iter().zip(by_principal);
    let mut found: Vec<u32> = who
        .filter(|(_, by_principal)| **by_principal == 0)
        .map(|(party, _)| *party)
        .collect();
    found.sort_unstable();
    found.dedup();
    found.len()
}

/// The last rate of each government.
fn last_rates(states: &Rows, parties: usize) -> Vec<Option<f64>> {
    let mut last = vec![None; parties];
    let rates = states.numbers("rate").unwrap_or(&[]);
    for (party, rate) in codes(states, "government").iter().zip(rates) {
        last[*party as usize] = Some(*rate);
    }
    last
}

/// Mean; not a number of nothing.
fn average(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn column<'a>(rows: &'a Rows, name: &str) -> Option<&'a Column> {
    let at = rows
        .spec()
        .columns
        .iter()
        .position(|one| one.name == name)?;
    rows.columns().get(at)
}

fn codes<'a>(rows: &'a Rows, name: &str) -> &'a [u32] {
    match column(rows, name) {
        Some(Column::Code { indices, .. }) => indices,
        _ => &[],
    }
}

fn dates(rows: &Rows) -> &[i32] {
    match column(rows, "date") {
        Some(Column::Date(days)) => days,
        _ => &[],
    }
}
