//! Governments attached to the rest of the world: files of `attached/`.
//!
//! They have no economy of their own. Each owns a part of the trade of the rest
//! of the world with the principal and a rate inside it.

use tradewinds_config::{Diagnostics, FieldSpec, Kind, Table, TableSpec};
use tradewinds_units::{Date, EconomyCode};

use super::evidence::{Evidence, KNOWN_ON, SOURCE, STATUS, evidence, not_after};
use super::government::{AnswerPriors, Conduct, TypePriors, answers, conduct, types};
use super::keys::{
    ALL_OR_NOTHING, ANGER, ANSWERS, EXPORTS, GDP, IMPORTS, LOAD, PATIENCE, POWER, PRESS, RATE,
    READINESS, SEATS, SECURITY, SELF_IMAGE, TYPES,
};

/// A government without an economy of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Attached {
    /// Its economy.
    pub economy: EconomyCode,
    /// Name in words.
    pub title: String,
    /// Goods exports to the principal \[USD bn a year\].
    pub exports: f64,
    /// Goods imports from the principal \[USD bn a year\].
    pub imports: f64,
    /// Part of the principal's goods imports \[share\].
    pub size: f64,
    /// Part of the principal's goods exports \[share\].
    pub import_share: f64,
    /// Part of the exports of the rest of the world to the principal \[share\];
    /// all of them add up to at most one, the others have no rate of their own.
    pub share_of_exports: f64,
    /// Part of the imports of the rest of the world from the principal \[share\].
    pub share_of_imports: f64,
    /// Weight of its rate in the mean of the attached rates, by exports \[share\];
    /// all of them add up to one.
    pub weight: f64,
    /// Gross domestic product \[USD bn a year\].
    pub gdp: f64,
    /// Root of its GDP over that of the largest government \[ratio\].
    pub power: f64,
    /// The rate announced for it \[share of customs value\].
    pub rate: f64,
    /// Seats behind it \[share\].
    pub seats: f64,
    /// How it bargains.
    pub types: TypePriors,
    /// How it answers duties.
    pub answers: AnswerPriors,
    /// What it feels and how it moves.
    pub conduct: Conduct,
    /// Trade agreement with the principal; empty where none is known.
    pub agreement: String,
    /// Tie of security with the principal; empty where none is known.
    pub tie: String,
    /// What to know about it.
    pub note: String,
    /// What trade, GDP and rate rest on.
    pub evidence: Evidence,
}

impl Attached {
    /// Exports to the principal \[share of own GDP\].
    pub fn dependence(&self) -> f64 {
        self.exports / self.gdp
    }
}

const fn own(key: FieldSpec) -> FieldSpec {
    FieldSpec {
        required: false,
        ..key
    }
    .when_absent("the one of `common.conduct`")
}

static ROW: TableSpec = TableSpec::new(
    "attached_government",
    "One government of the rest of the world.",
    &[
        FieldSpec::required("title", Kind::Text, "Its name."),
        EXPORTS,
        IMPORTS,
        GDP,
        POWER,
        RATE,
        PATIENCE,
        own(READINESS),
        own(SECURITY),
        own(ANGER),
        own(SELF_IMAGE),
        own(PRESS),
        own(LOAD),
        FieldSpec::optional(
            "agreement",
            Kind::Text,
            "Trade agreement with the principal.",
        )
        .default("\"\""),
        FieldSpec::optional("tie", Kind::Text, "Tie of security with the principal.")
            .default("\"\""),
        FieldSpec::optional("note", Kind::Text, "What to know about it.").default("\"\""),
    ],
);
static COMMON_CONDUCT: TableSpec = TableSpec::new(
    "common_conduct",
    "What they feel and how they move; codes from 0 to 1.",
    &[
        READINESS,
        SECURITY,
        ANGER,
        SELF_IMAGE,
        PRESS,
        LOAD,
        ALL_OR_NOTHING,
        STATUS,
        SOURCE,
    ],
);
static COMMON: TableSpec = TableSpec::new(
    "common_of_the_attached",
    "What governments without a value of their own have.",
    &[
        SEATS,
        FieldSpec::required("types", Kind::Table(&TYPES), "How they bargain."),
        FieldSpec::required("answers", Kind::Table(&ANSWERS), "How they answer duties."),
        FieldSpec::required("conduct", Kind::Table(&COMMON_CONDUCT), "How they move."),
    ],
);
static FACTS: TableSpec = TableSpec::new(
    "facts_of_the_attached",
    "What their trade, GDP and rates rest on.",
    &[STATUS, SOURCE],
);

/// The table of a file of `attached/`.
pub fn attached_spec() -> &'static TableSpec {
    static SPEC: TableSpec = TableSpec::new(
        "attached_governments",
        "Governments that own a part of the trade of the rest of the world.",
        &[
            FieldSpec::required("title", Kind::Text, "Who they are."),
            KNOWN_ON,
            FieldSpec::required("common", Kind::Table(&COMMON), "What they have in common."),
            FieldSpec::required("facts", Kind::Table(&FACTS), "Source of trade and rates."),
            FieldSpec::required(
                "governments",
                Kind::ByEconomy(&Kind::Table(&ROW)),
                "The governments.",
            ),
        ],
    );
    &SPEC
}

/// What the governments of a file have in common.
struct Common {
    seats: f64,
    types: TypePriors,
    answers: AnswerPriors,
    conduct: Conduct,
    facts: Evidence,
}

/// The governments of a checked file; shares and weights are filled in later.
pub(super) fn attached(table: &Table, last: Date, problems: &mut Diagnostics) -> Vec<Attached> {
    not_after(table, "known_on", (last, "the day of the talks"), problems);
    let part: &Table = table.required("common");
    let common = Common {
        seats: part.required("seats"),
        types: types(part.required("types"), problems),
        answers: answers(part.required("answers"), problems),
        conduct: conduct(part.required("conduct"), problems),
        facts: evidence(table.required("facts"), problems),
    };
    let rows = table.map::<&Table>("governments").into_iter();
    rows.filter_map(|(code, row)| {
        let economy = code.value.parse().ok()?;
        Some(one(economy, row.value, &common))
    })
    .collect()
}

fn one(economy: EconomyCode, row: &Table, common: &Common) -> Attached {
    let base = &common.conduct;
    let or = |key: &str, common: f64| row.get(key).unwrap_or(common);
    Attached {
        economy,
        title: row.required("title"),
        exports: row.required("exports"),
        imports: row.required("imports"),
        size: 0.0,
        import_share: 0.0,
        share_of_exports: 0.0,
        share_of_imports: 0.0,
        weight: 0.0,
        gdp: row.required("gdp"),
        power: row.required("power"),
        rate: row.required("rate"),
        seats: common.seats,
        types: common.types.clone(),
        answers: common.answers.clone(),
        conduct: Conduct {
            patience: row.required("patience"),
            readiness: or("readiness", base.readiness),
            security: or("security", base.security),
            anger: or("anger", base.anger),
            self_image: or("self_image", base.self_image),
            press_salience: or("press_salience", base.press_salience),
            issue_load: or("issue_load", base.issue_load),
            ..base.clone()
        },
        agreement: row.required("agreement"),
        tie: row.required("tie"),
        note: row.required("note"),
        evidence: common.facts.clone(),
    }
}
