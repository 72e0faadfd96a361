//! Parameters of talks, one for each symbol of the rules: `parameters.toml`.

use tradewinds_config::{Diagnostics, FieldSpec, Finding, Kind, NUMBER, Table, TableSpec};

use super::evidence::{
    Evidence, KNOWN_ON, Ranged, SOURCE, STATUS, Status, adds_to_one, ranged, source,
};
use crate::estimate::Entry;
use crate::scenario::unknown;

/// Whose parameter it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// Everybody's, or the market's.
    All,
    /// Of the economy whose rates are talked about.
    Principal,
    /// Of each other government.
    Government,
    /// Of each issue of a government.
    Issue,
}

/// What holds the value of a parameter for each government or issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// Exports to the principal over GDP.
    Dependence,
    /// Part of the principal's imports.
    Size,
    /// Part of the preparation done.
    Readiness,
    /// Dependence for security.
    Security,
    /// Attention of the press.
    PressSalience,
    /// Part of the issues that are hard.
    IssueLoad,
    /// Anger at home.
    Anger,
    /// Sees itself as a power.
    SelfImage,
    /// Root of GDP over that of the largest.
    Power,
    /// Trade with the rival.
    RivalShare,
    /// Defence over GDP.
    DefenceShare,
    /// Seats behind the government.
    Seats,
    /// Discounting of what comes later.
    Patience,
    /// Prior of holding out.
    Holdout,
    /// 1 where only the whole set counts, else 0.
    AllOrNothing,
    /// Value of an issue to the principal.
    Value,
    /// Cost of an issue to the government.
    Cost,
    /// Largest concession on an issue.
    RedLine,
}

impl Column {
    const ALL: [(&'static str, Self); 18] = [
        ("dependence", Self::Dependence),
        ("size", Self::Size),
        ("readiness", Self::Readiness),
        ("security", Self::Security),
        ("press_salience", Self::PressSalience),
        ("issue_load", Self::IssueLoad),
        ("anger", Self::Anger),
        ("self_image", Self::SelfImage),
        ("power", Self::Power),
        ("rival_share", Self::RivalShare),
        ("defence_share", Self::DefenceShare),
        ("seats", Self::Seats),
        ("patience", Self::Patience),
        ("holdout", Self::Holdout),
        ("all_or_nothing", Self::AllOrNothing),
        ("value", Self::Value),
        ("cost", Self::Cost),
        ("red_line", Self::RedLine),
    ];
    /// The words of [`Self::ALL`].
    const WORDS: &'static [&'static str] = &{
        let mut words = [""; Self::ALL.len()];
        let mut at = 0;
        while at < words.len() {
            words[at] = Self::ALL[at].0;
            at += 1;
        }
        words
    };

    fn named(word: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(own, _)| *own == word);
        found.map(|(_, column)| *column)
    }

    /// Whether each issue has its own.
    pub fn is_of_issues(self) -> bool {
        matches!(self, Self::Value | Self::Cost | Self::RedLine)
    }
}

/// What a parameter is.
#[derive(Debug, Clone, PartialEq)]
pub enum Held {
    /// A number with its range.
    Number(Ranged),
    /// Some numbers to choose from.
    Levels(Vec<f64>),
    /// Some words.
    Words(Vec<String>),
    /// A number for each government or issue, in their tables only.
    InTables,
    /// The base year holds it.
    InWorld,
}

/// A parameter of talks.
#[derive(Debug, Clone, PartialEq)]
pub struct Symbol {
    /// Name in files.
    pub name: String,
    /// Symbol in formulas.
    pub symbol: String,
    /// Section of the specification.
    pub section: u32,
    /// What it is, in words.
    pub meaning: String,
    /// Unit.
    pub unit: String,
    /// Whose it is.
    pub party: Party,
    /// Its value; with a column, that of who has none of its own.
    pub held: Held,
    /// What holds it for each government or issue.
    pub column: Option<Column>,
    /// The parameter of approval or of markets that holds it.
    pub estimate: Option<String>,
    /// Others of the same group add up to one with it.
    pub group: Option<String>,
    /// What it rests on.
    pub evidence: Evidence,
}

const PARTIES: &[&str] = &["all", "principal", "government", "issue"];

static ROW: TableSpec = TableSpec::new(
    "symbol_of_talks",
    "One parameter. Exactly one of `value`, `levels`, `words`, `estimate`, `held_by` holds it, or \
     `column` alone.",
    &[
        FieldSpec::required("symbol", Kind::Text, "Its symbol in formulas."),
        FieldSpec::required(
            "section",
            Kind::Integer { low: 0, high: 99 },
            "Section of the specification.",
        ),
        FieldSpec::required("meaning", Kind::Text, "What it is, in words."),
        FieldSpec::required("applies_to", Kind::Choice(PARTIES), "Whose it is."),
        FieldSpec::optional("value", NUMBER, "Its value.").when_absent("another key holds it"),
        FieldSpec::optional(
            "range",
            Kind::List(&NUMBER),
            "Least and greatest plausible value.",
        )
        .when_absent("there is no single value"),
        FieldSpec::optional("levels", Kind::List(&NUMBER), "Numbers to choose from.")
            .when_absent("there is one value"),
        FieldSpec::optional(
            "words",
            Kind::List(&Kind::Text),
            "Words, where it is a set.",
        )
        .when_absent("it is a number"),
        FieldSpec::optional(
            "column",
            Kind::Choice(Column::WORDS),
            "What holds it for each government or issue.",
        )
        .when_absent("all have the same"),
        FieldSpec::optional(
            "estimate",
            Kind::Text,
            "The parameter of approval or of markets.",
        )
        .when_absent("the value is here"),
        FieldSpec::optional("held_by", Kind::Choice(&["world"]), "What else holds it.")
            .when_absent("the value is here"),
        FieldSpec::optional(
            "group",
            Kind::Text,
            "A name; all of one name add up to one.",
        )
        .when_absent("it stands alone"),
        FieldSpec::optional("unit", Kind::Text, "Its unit.").when_absent("that of the estimate"),
        FieldSpec {
            required: false,
            ..STATUS
        }
        .when_absent("that of the estimate"),
        FieldSpec {
            required: false,
            ..SOURCE
        }
        .when_absent("that of the estimate"),
    ],
);

/// The table of `parameters.toml`.
pub fn symbols_spec() -> &'static TableSpec {
    static SPEC: TableSpec = TableSpec::new(
        "parameters_of_talks",
        "Parameters of talks, one for each symbol of the rules.",
        &[
            FieldSpec::required("title", Kind::Text, "What they are."),
            KNOWN_ON,
            FieldSpec::required(
                "symbols",
                Kind::MapOfTables(&ROW),
                "The parameters, by name.",
            ),
        ],
    );
    &SPEC
}

/// The parameters of a checked file.
pub(super) fn symbols(
    table: &Table,
    estimates: &[Entry],
    problems: &mut Diagnostics,
) -> Vec<Symbol> {
    let rows = table.map::<&Table>("symbols");
    let found: Vec<Symbol> = rows
        .iter()
        .filter_map(|(name, row)| symbol(row.value, (name.value, estimates), problems))
        .collect();
    let groups: std::collections::BTreeSet<&String> =
        found.iter().filter_map(|one| one.group.as_ref()).collect();
    for group in groups {
        let own = found.iter().filter(|one| one.group.as_ref() == Some(group));
        let shares: Vec<(&str, f64)> = own
            .filter_map(|one| match one.held {
                Held::Number(number) => Some((one.name.as_str(), number.value)),
                _ => None,
            })
            .collect();
        let first = rows
            .iter()
            .find(|(name, _)| Some(name.value) == shares.first().map(|(n, _)| *n));
        if let Some((_, row)) = first {
            adds_to_one(row.value, &shares, problems);
        }
    }
    found
}

/// One parameter; none where nothing, or too much, holds its value.
fn symbol(
    row: &Table,
    (name, estimates): (&str, &[Entry]),
    problems: &mut Diagnostics,
) -> Option<Symbol> {
    let keys = ["value", "levels", "words", "estimate", "held_by"];
    let written: Vec<&str> = keys.into_iter().filter(|key| row.is_written(key)).collect();
    let column = row.get::<&str>("column").and_then(Column::named);
    if written.len() > 1 || (written.is_empty() && column.is_none()) {
        problems.push(row.error(written.get(1).copied().unwrap_or(""), places(&written)));
        return None;
    }
    let base = |held: Held| Symbol {
        name: name.to_owned(),
        symbol: row.required("symbol"),
        section: row.required("section"),
        meaning: row.required("meaning"),
        unit: row.get("unit").unwrap_or_default(),
        party: party(row.required("applies_to")),
        held,
        column,
        estimate: row.get("estimate"),
        group: row.get("group"),
        evidence: Evidence {
            status: Status::named(row.get("status").unwrap_or_default()),
            source: row.get("source").unwrap_or_default(),
        },
    };
    if let Some(asked) = row.get::<&str>("estimate") {
        let Some(entry) = estimates.iter().find(|entry| entry.name == asked) else {
            let known: Vec<&str> = estimates.iter().map(|entry| entry.name.as_str()).collect();
            problems.push(row.error("estimate", unknown("estimated parameter", asked, &known)));
            return None;
        };
        let (low, high) = entry.range;
        let value = entry.value;
        return Some(Symbol {
            unit: entry.unit.to_owned(),
            evidence: Evidence {
                status: Status::named(&entry.status),
                source: entry.source.clone(),
            },
            ..base(Held::Number(Ranged { value, low, high }))
        });
    }
    complete(row, problems);
    let texts = |key: &str| row.get::<Vec<String>>(key);
    let held = match (
        row.get::<f64>("value"),
        row.get::<Vec<f64>>("levels"),
        texts("words"),
    ) {
        (Some(value), ..) => Held::Number(ranged(row, ("range", value), problems)),
        (_, Some(levels), _) => Held::Levels(levels),
        (_, _, Some(words)) => Held::Words(words),
        _ if row.is_written("held_by") => Held::InWorld,
        _ => Held::InTables,
    };
    Some(base(held))
}

/// Unit, status, source and, beside a value, a range.
fn complete(row: &Table, problems: &mut Diagnostics) {
    for key in ["unit", "status", "source", "range"] {
        let is_needed = key != "range" || row.is_written("value");
        if is_needed && !row.is_written(key) {
            let finding = Finding {
                summary: format!("a parameter without `{key}`"),
                found: format!("no `{key}`"),
                expected: "unit, range, status and source beside a value".into(),
                help: format!("add a line `{key} = …`"),
            };
            problems.push(row.error("", finding));
        }
    }
    source(row, problems);
}

fn places(written: &[&str]) -> Finding {
    let found = match written {
        [] => "none of them".to_owned(),
        many => format!("`{}`", many.join("` and `")),
    };
    Finding {
        summary: "a parameter is held in one place".into(),
        found,
        expected: "one of `value`, `levels`, `words`, `estimate`, `held_by`, or `column`".into(),
        help: "keep the one that is true".into(),
    }
}

fn party(word: &str) -> Party {
    match word {
        "principal" => Party::Principal,
        "government" => Party::Government,
        "issue" => Party::Issue,
        _ => Party::All,
    }
}
