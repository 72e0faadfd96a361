//! The record of talks: orders, pauses, meetings, rounds, offers, answers, as
//! dated rows of `record.csv`.

use std::collections::BTreeMap;

use tradewinds_config::{Diagnostics, Source};
use tradewinds_units::{Date, EconomyCode};

use crate::sourced_table::{self, Refused, Row, rows};

/// What happened.
pub const KINDS: &[&str] = &[
    "announcement",
    "election",
    "escalation",
    "meeting",
    "offer",
    "order",
    "other",
    "pause",
    "politics",
    "quota",
    "relief",
    "retaliation",
    "round",
    "threat",
];
const SCOPES: &[&str] = &["all", "all_but", "some"];

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its day.
    pub date: Date,
    /// `all` economies, `all_but` those named, or `some`: those named.
    pub scope: String,
    /// Economies named.
    pub economies: Vec<EconomyCode>,
    /// One of [`KINDS`].
    pub kind: String,
    /// The event in a few words, as `round 2`.
    pub event: String,
    /// Rate on top of others before \[share of customs value\]; none where there
    /// is none or there are several.
    pub rate_before: Option<f64>,
    /// The same after.
    pub rate_after: Option<f64>,
    /// What happened, in words.
    pub detail: String,
    /// Title of its source.
    pub source: String,
    /// `high`, `medium` or `low`.
    pub confidence: String,
}

/// The events of `record.csv` in order of time.
pub(super) fn record(
    (table, sources): (&Source, &Source),
    last: Date,
    problems: &mut Diagnostics,
) -> Vec<Event> {
    let sources = sourced_table::sources(std::slice::from_ref(sources), problems);
    let mut found = rows(table, problems, |row| event(row, &sources, last));
    found.sort_by_key(|event| event.date);
    found
}

fn event(row: &Row<'_>, sources: &BTreeMap<String, String>, last: Date) -> Result<Event, Refused> {
    let date = row.date("date")?;
    if date > last {
        let expected = format!("a day up to {last}, on which the talks are known");
        return Err(Refused::new("date", date.to_string(), expected));
    }
    let rate = |column| row.number(column, (0.0, 1.5), "a rate, as 0.24 for 24 %");
    let source = row.source(sources)?;
    Ok(Event {
        date,
        scope: row.choice("scope", SCOPES)?,
        economies: economies(row)?,
        kind: row.choice("kind", KINDS)?,
        event: row.owned("event")?,
        rate_before: rate("rate_before")?,
        rate_after: rate("rate_after")?,
        detail: row.owned("detail")?,
        source: sources.get(&source).cloned().unwrap_or_default(),
        confidence: row.confidence()?,
    })
}

/// Codes with `|` between them.
fn economies(row: &Row<'_>) -> Result<Vec<EconomyCode>, Refused> {
    let text = row.text("economies")?;
    let codes = text.split('|').filter(|code| !code.is_empty());
    codes
        .map(|code| {
            let expected = "three capitals as in ISO 3166-1 alpha-3, with `|` between them";
            code.parse()
                .map_err(|_| Refused::new("economies", format!("`{code}`"), expected))
        })
        .collect()
}
