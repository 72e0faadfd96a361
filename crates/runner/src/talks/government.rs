//! A government that has an economy in the model: one file of `governments/`.

use tradewinds_config::{Diagnostics, Finding, Table};
use tradewinds_units::{Date, EconomyCode};

use super::evidence::{Evidence, adds_to_one, evidence, not_after};

/// A government with an economy in the model.
#[derive(Debug, Clone, PartialEq)]
pub struct Government {
    /// Its economy.
    pub economy: EconomyCode,
    /// Name in words.
    pub title: String,
    /// The day on which this was known.
    pub known_on: Date,
    /// What to know about it.
    pub note: String,
    /// Trade and size.
    pub economics: Economics,
    /// The rate announced for it; none where the announcement left it out.
    pub preset: Option<Preset>,
    /// Seats, mandate, votes.
    pub rule: Rule,
    /// How it bargains.
    pub types: TypePriors,
    /// How it answers duties.
    pub answers: AnswerPriors,
    /// What it feels and how it moves.
    pub conduct: Conduct,
}

impl Government {
    /// Exports to the principal \[share of own GDP\].
    pub fn dependence(&self) -> f64 {
        self.economics.exports / self.economics.gdp
    }
}

/// Trade and size of an economy in the base year.
#[derive(Debug, Clone, PartialEq)]
pub struct Economics {
    /// Goods exports to the principal \[USD bn a year\].
    pub exports: f64,
    /// Goods imports from the principal \[USD bn a year\].
    pub imports: f64,
    /// Gross domestic product \[USD bn a year\].
    pub gdp: f64,
    /// Part of the principal's goods imports that comes from it \[share\].
    pub size: f64,
    /// Part of the principal's goods exports that goes to it \[share\].
    pub import_share: f64,
    /// Root of its GDP over that of the largest government \[ratio\].
    pub power: f64,
    /// Cars and parts \[share of its exports to the principal\].
    pub auto_share: f64,
    /// Trade with the rival \[share of its goods trade\]; none for the rival itself.
    pub rival_share: Option<f64>,
    /// Defence \[share of GDP\].
    pub defence_share: f64,
    /// What these rest on.
    pub evidence: Evidence,
}

/// The rate announced for an economy.
#[derive(Debug, Clone, PartialEq)]
pub struct Preset {
    /// On top of other duties \[share of customs value\].
    pub rate: f64,
    /// What it rests on.
    pub evidence: Evidence,
}

/// Seats, mandate and votes, as known on one day.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Whether its last vote gave it a strong mandate.
    pub has_strong_mandate: bool,
    /// Seats behind it \[share\].
    pub seats: f64,
    /// First day without a majority; none while it has one.
    pub minority_from: Option<Date>,
    /// First day as a caretaker; none where it is not one.
    pub caretaker_from: Option<Date>,
    /// Last day as a caretaker, as expected.
    pub caretaker_to: Option<Date>,
    /// Day of the next vote, as known or expected.
    pub next_vote: Option<Date>,
    /// What is voted on then.
    pub next_vote_kind: String,
    /// What these rest on.
    pub evidence: Evidence,
}

impl Rule {
    /// Whether it governs without a majority on a day.
    pub fn is_minority(&self, day: Date) -> bool {
        self.minority_from.is_some_and(|from| from <= day)
    }

    /// Whether it is a caretaker on a day.
    pub fn is_caretaker(&self, day: Date) -> bool {
        let has_begun = self.caretaker_from.is_some_and(|from| from <= day);
        has_begun && self.caretaker_to.is_none_or(|to| day <= to)
    }
}

/// Chances of the ways of bargaining; they add up to one.
#[derive(Debug, Clone, PartialEq)]
pub struct TypePriors {
    /// Offers early \[share\].
    pub fast: f64,
    /// Listens first \[share\].
    pub listener: f64,
    /// Holds out for all or nothing \[share\].
    pub holdout: f64,
    /// Turns to third markets \[share\].
    pub hedger: f64,
    /// What these rest on.
    pub evidence: Evidence,
}

/// Chances of the ways of answering duties; they add up to one.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerPriors {
    /// Matches each rise \[share\].
    pub equaliser: f64,
    /// Answers in part \[share\].
    pub partial: f64,
    /// Decides slowly and suspends \[share\].
    pub slow: f64,
    /// Does not answer \[share\].
    pub none: f64,
    /// What these rest on.
    pub evidence: Evidence,
}

/// What a government feels and how it moves; codes from 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Conduct {
    /// Impatience: how it discounts what comes later \[per week\].
    pub patience: f64,
    /// Part of the preparation that is done \[share\].
    pub readiness: f64,
    /// Dependence on the principal for its security \[share\].
    pub security: f64,
    /// Anger at the duties at home \[share\].
    pub anger: f64,
    /// Sees itself as a power \[share\].
    pub self_image: f64,
    /// Attention of the press \[share\].
    pub press_salience: f64,
    /// Part of its issues that are hard \[share\].
    pub issue_load: f64,
    /// Whether a deal counts only when every duty of its set is cut.
    pub is_all_or_nothing: bool,
    /// What these rest on.
    pub evidence: Evidence,
}

/// The government of a checked file; `last` is the day of the talks.
pub(super) fn government(table: &Table, last: Date, problems: &mut Diagnostics) -> Government {
    let known_on: Date = table.required("known_on");
    not_after(table, "known_on", (last, "the day of the talks"), problems);
    let part = |key: &str| table.required::<&Table>(key);
    Government {
        economy: table.required("economy"),
        title: table.required("title"),
        known_on,
        note: table.required("note"),
        economics: economics(part("economics"), problems),
        preset: table.table("preset").map(|own| Preset {
            rate: own.required("rate"),
            evidence: evidence(own, problems),
        }),
        rule: rule(part("rule"), known_on, problems),
        types: types(part("types"), problems),
        answers: answers(part("answers"), problems),
        conduct: Conduct {
            patience: part("conduct").required("patience"),
            ..conduct(part("conduct"), problems)
        },
    }
}

fn economics(table: &Table, problems: &mut Diagnostics) -> Economics {
    Economics {
        exports: table.required("exports"),
        imports: table.required("imports"),
        gdp: table.required("gdp"),
        size: table.required("size"),
        import_share: table.required("import_share"),
        power: table.required("power"),
        auto_share: table.required("auto_share"),
        rival_share: table.get("rival_share"),
        defence_share: table.required("defence_share"),
        evidence: evidence(table, problems),
    }
}

fn rule(table: &Table, known_on: Date, problems: &mut Diagnostics) -> Rule {
    for key in ["minority_from", "caretaker_from"] {
        not_after(table, key, (known_on, "the day it was known"), problems);
    }
    let day = |key: &str| table.get::<Date>(key);
    match (day("caretaker_from"), day("caretaker_to")) {
        (Some(from), Some(to)) if to < from => {
            problems.push(table.error("caretaker_to", reversed(from, to)));
        }
        (None, Some(to)) => {
            let finding = Finding {
                summary: "a caretaker without a first day".into(),
                found: format!("`caretaker_to = {to}` alone"),
                expected: "`caretaker_from` beside it".into(),
                help: "add the first day, or delete the last".into(),
            };
            problems.push(table.error("caretaker_to", finding));
        }
        _ => {}
    }
    if let Some(vote) = day("next_vote").filter(|vote| *vote <= known_on) {
        let finding = Finding {
            summary: "the next vote is past".into(),
            found: vote.to_string(),
            expected: format!("a day after {known_on}, on which this was known"),
            help: "name the vote after it, or leave the key out".into(),
        };
        problems.push(table.error("next_vote", finding));
    }
    Rule {
        has_strong_mandate: table.required("strong_mandate"),
        seats: table.required("seats"),
        minority_from: day("minority_from"),
        caretaker_from: day("caretaker_from"),
        caretaker_to: day("caretaker_to"),
        next_vote: day("next_vote"),
        next_vote_kind: table.required("next_vote_kind"),
        evidence: evidence(table, problems),
    }
}

fn reversed(from: Date, to: Date) -> Finding {
    Finding {
        summary: "the caretaker ends before it begins".into(),
        found: to.to_string(),
        expected: format!("a day from {from} on"),
        help: "exchange the two days, or correct one of them".into(),
    }
}

/// How a government bargains.
pub(super) fn types(table: &Table, problems: &mut Diagnostics) -> TypePriors {
    let keys = ["fast", "listener", "holdout", "hedger"];
    let shares = keys.map(|key| (key, table.required::<f64>(key)));
    adds_to_one(table, &shares, problems);
    let [fast, listener, holdout, hedger] = shares.map(|(_, share)| share);
    TypePriors {
        fast,
        listener,
        holdout,
        hedger,
        evidence: evidence(table, problems),
    }
}

/// How a government answers duties.
pub(super) fn answers(table: &Table, problems: &mut Diagnostics) -> AnswerPriors {
    let keys = ["equaliser", "partial", "slow", "none"];
    let shares = keys.map(|key| (key, table.required::<f64>(key)));
    adds_to_one(table, &shares, problems);
    let [equaliser, partial, slow, none] = shares.map(|(_, share)| share);
    AnswerPriors {
        equaliser,
        partial,
        slow,
        none,
        evidence: evidence(table, problems),
    }
}

/// Conduct without patience, which is 0.
pub(super) fn conduct(table: &Table, problems: &mut Diagnostics) -> Conduct {
    Conduct {
        patience: 0.0,
        readiness: table.required("readiness"),
        security: table.required("security"),
        anger: table.required("anger"),
        self_image: table.required("self_image"),
        press_salience: table.required("press_salience"),
        issue_load: table.required("issue_load"),
        is_all_or_nothing: table.required("all_or_nothing"),
        evidence: evidence(table, problems),
    }
}
