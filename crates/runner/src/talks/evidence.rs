//! What a value rests on, and what tables of talks check alike.

use tradewinds_config::{Diagnostics, FieldSpec, Finding, Kind, Table};
use tradewinds_units::Date;

/// What a value rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Read or estimated from rows.
    Estimated,
    /// Taken from what others found or recorded.
    Literature,
    /// Judged; to be swept over its range.
    Assumed,
}

impl Status {
    /// The words of [`STATUS`].
    const WORDS: &'static [&'static str] = &["estimated", "literature", "assumed"];

    /// The status called so; assumed for any other word.
    pub(super) fn named(word: &str) -> Self {
        match word {
            "estimated" => Self::Estimated,
            "literature" => Self::Literature,
            _ => Self::Assumed,
        }
    }
}

/// Status and source of a value or of the values beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// What they rest on.
    pub status: Status,
    /// Where they come from, in words; never empty.
    pub source: String,
}

/// A value with its plausible range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranged {
    /// The value.
    pub value: f64,
    /// Least plausible value.
    pub low: f64,
    /// Greatest plausible value.
    pub high: f64,
}

impl Ranged {
    /// Value and range times a factor of at least 0.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self {
            value: self.value * factor,
            low: self.low * factor,
            high: self.high * factor,
        }
    }
}

pub(super) const STATUS: FieldSpec = FieldSpec::required(
    "status",
    Kind::Choice(Status::WORDS),
    "What the values rest on.",
);
pub(super) const SOURCE: FieldSpec =
    FieldSpec::required("source", Kind::Text, "Where they come from, in words.");
pub(super) const KNOWN_ON: FieldSpec = FieldSpec::required(
    "known_on",
    Kind::Date,
    "The day on which this was known; nothing rests on what came later.",
);

/// Status and source of a table that has both.
pub(super) fn evidence(table: &Table, problems: &mut Diagnostics) -> Evidence {
    Evidence {
        status: Status::named(table.required("status")),
        source: source(table, problems),
    }
}

/// The source of a table, which must not be blank; none written is an empty one.
pub(super) fn source(table: &Table, problems: &mut Diagnostics) -> String {
    let source: Option<String> = table.get("source");
    if source.as_ref().is_some_and(|text| text.trim().is_empty()) {
        problems.push(table.error("source", blank()));
    }
    source.unwrap_or_default()
}

/// What is said of a source without words.
fn blank() -> Finding {
    Finding {
        summary: "a row without a source".into(),
        found: "\"\"".into(),
        expected: "where the values come from, in words".into(),
        help: "name a document, a table, or `own judgement`".into(),
    }
}

/// Two ends under `key` with a value between them; the value alone where the key
/// is absent or wrong.
pub(super) fn ranged(
    table: &Table,
    (key, value): (&str, f64),
    problems: &mut Diagnostics,
) -> Ranged {
    let ends: Vec<f64> = table.list::<f64>(key).iter().map(|end| end.value).collect();
    match ends[..] {
        [low, high] if (low..=high).contains(&value) => return Ranged { value, low, high },
        [] if !table.is_written(key) => {}
        _ => {
            let ends: Vec<String> = ends.iter().map(|end| format!("{end}")).collect();
            let finding = Finding {
                summary: "a value outside its own range".into(),
                found: format!("{value} beside [{}]", ends.join(", ")),
                expected: "two ends, the lower first, with the value between them".into(),
                help: "move the value or the range".into(),
            };
            problems.push(table.error(key, finding));
        }
    }
    Ranged {
        value,
        low: value,
        high: value,
    }
}

/// Refuses shares that do not add up to one.
pub(super) fn adds_to_one(table: &Table, shares: &[(&str, f64)], problems: &mut Diagnostics) {
    let sum: f64 = shares.iter().map(|(_, share)| share).sum();
    if (sum - 1.0).abs() > 1e-9 {
        let keys: Vec<&str> = shares.iter().map(|(key, _)| *key).collect();
        let finding = Finding {
            summary: format!("the priors of `{}` do not add up to one", table.path()),
            found: format!("{} in all", rounded(sum)),
            expected: format!("{} that add up to 1", keys.join(", ")),
            help: format!("change one of them by {}", rounded(1.0 - sum)),
        };
        problems.push(table.error("", finding));
    }
}

/// Refuses a day under `key` after `last`.
pub(super) fn not_after(
    table: &Table,
    key: &str,
    (last, meaning): (Date, &str),
    problems: &mut Diagnostics,
) {
    let Some(day) = table.get::<Date>(key).filter(|day| *day > last) else {
        return;
    };
    let finding = Finding {
        summary: format!("`{key}` lies after {meaning}"),
        found: day.to_string(),
        expected: format!("a day up to {last}"),
        help: "correct one of the two days, or leave out what was not known".into(),
    };
    problems.push(table.error(key, finding));
}

/// A number without the noise of its last digits.
pub(super) fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}
