//! Events of talks, and the state in which they leave a government.

use serde_json::{Value as Json, json};
use tradewinds_units::Date;

use super::sentence::sentence;

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Day.
    pub date: Date,
    /// What.
    pub kind: Kind,
}

/// What happened. Rates are shares of customs value, money is in USD bn a year.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// The principal took rates back.
    Pause {
        /// Governments concerned.
        governments: u32,
        /// Until when.
        until: Option<Date>,
        /// Stress of the principal's markets.
        stress: f64,
    },
    /// Neither side will yield any more, or there is nothing to talk about.
    End {
        /// Government.
        government: String,
        /// Status of its file.
        status: String,
    },
    /// Allies chose between pressure together and signing alone.
    Coalition {
        /// Allies that chose.
        allies: u32,
        /// Those that coordinate.
        coordinating: u32,
        /// Whether the pressure worked.
        works: bool,
        /// Mean gain where all coordinate.
        together: f64,
        /// Mean gain where all sign alone.
        alone: f64,
    },
    /// The principal singled out allies.
    SinglingOut {
        /// Governments concerned.
        governments: u32,
    },
    /// A round.
    Round {
        /// Government.
        government: String,
        /// Number of the round.
        round: u32,
        /// Rounds that the file needs.
        needed: u32,
        /// What it offers, share of its red lines.
        conceded: f64,
        /// Lowest rate that the principal would grant.
        granted_rate: f64,
        /// Gains of the government and the principal from the best package; none where
        /// no package serves both.
        gains: Option<[f64; 2]>,
        /// Issues on the table with their extents, the largest first.
        offers: Vec<(String, f64)>,
    },
    /// What became of an agreed text.
    Deal {
        /// Government.
        government: String,
        /// `signed`, `vetoed`, `not ratified`, `not confirmed`, `snapped back`.
        outcome: String,
        /// First day as law.
        law_from: Option<Date>,
        /// Rate of the text.
        rate: f64,
        /// Rate due without it.
        due: f64,
        /// Sector goods pay the country rate too.
        has_sector_cut: bool,
        /// Place among signed deals, from 1; 0 where it is not signed.
        rank: u32,
        /// Value of its concessions to the principal.
        concessions: f64,
        /// Their cost to the government.
        cost: f64,
        /// Whether the sides quarrel over content.
        is_disputed: bool,
        /// Issues that were last on the table, the largest extent first.
        offers: Vec<(String, f64)>,
    },
    /// Letters with rates, or a deadline moved, or both.
    Letters {
        /// Governments with a letter.
        letters: u32,
        /// The deadline, where it moved.
        extended_to: Option<Date>,
    },
    /// The deadline passed.
    Deadline {
        /// Governments whose rates rise.
        governments: u32,
    },
    /// A duty that answers another.
    Answer {
        /// Government.
        government: String,
        /// The principal answers the government.
        by_principal: bool,
        /// Rate answered.
        rate: f64,
        /// Duty that follows.
        duty: f64,
        /// First day in force; none where it is suspended.
        from: Option<Date>,
    },
}

impl Kind {
    /// Place of its kind in a day.
    pub(super) fn place(&self) -> usize {
        match self {
            Self::Pause { .. } => 0,
            Self::End { .. } => 1,
            Self::Coalition { .. } => 2,
            Self::SinglingOut { .. } => 3,
            Self::Round { .. } => 4,
            Self::Deal { .. } => 5,
            Self::Letters { .. } => 6,
            Self::Deadline { .. } => 7,
            Self::Answer { .. } => 8,
        }
    }
}

impl Kind {
    /// The government it concerns; none where it concerns all.
    pub fn government(&self) -> Option<&str> {
        match self {
            Self::End { government, .. }
            | Self::Round { government, .. }
            | Self::Deal { government, .. }
            | Self::Answer { government, .. } => Some(government),
            Self::Pause { .. }
            | Self::Coalition { .. }
            | Self::SinglingOut { .. }
            | Self::Letters { .. }
            | Self::Deadline { .. } => None,
        }
    }
}

impl Event {
    /// The event as JSON, in words and in numbers.
    pub fn to_json(&self) -> Json {
        let day = |date: &Option<Date>| date.map(|date| date.to_string());
        let mut found = match &self.kind {
            Kind::Pause {
                governments,
                until,
                stress,
            } => json!({
                "event": "pause", "governments": governments, "until": day(until), "stress": stress,
            }),
            Kind::End { government, status } => json!({
                "event": "end", "government": government, "status": status,
            }),
            Kind::Coalition {
                allies,
                coordinating,
                works,
                together,
                alone,
            } => json!({
                "event": "coalition", "allies": allies, "coordinating": coordinating,
                "works": works, "together": together, "alone": alone,
            }),
            Kind::SinglingOut { governments } => json!({
                "event": "singling out", "governments": governments,
            }),
            Kind::Round {
                government,
                round,
                needed,
                conceded,
                granted_rate,
                gains,
                offers,
            } => {
                json!({
                    "event": "round", "government": government, "round": round, "needed": needed,
                    "conceded": conceded, "granted_rate": granted_rate,
                    "government_gain": gains.map(|[own, _]| own),
                    "principal_gain": gains.map(|[_, other]| other),
                    "offers": extents(offers),
                })
            }
            Kind::Deal {
                government,
                outcome,
                law_from,
                rate,
                due,
                has_sector_cut,
                rank,
                concessions,
                cost,
                is_disputed,
                offers,
            } => json!({
                "event": "deal", "government": government, "outcome": outcome,
                "law_from": day(law_from), "rate": rate, "due": due, "sector_cut": has_sector_cut,
                "rank": (*rank > 0).then_some(rank), "concessions": concessions, "cost": cost,
                "disputed": is_disputed, "offers": extents(offers),
            }),
            Kind::Letters {
                letters,
                extended_to,
            } => json!({
                "event": "letters", "letters": letters, "extended_to": day(extended_to),
            }),
            Kind::Deadline { governments } => json!({
                "event": "deadline", "governments": governments,
            }),
            Kind::Answer {
                government,
                by_principal,
                rate,
                duty,
                from,
            } => json!({
                "event": "answer", "government": government, "by_principal": by_principal,
                "rate": rate, "duty": duty, "from": day(from),
            }),
        };
        found["date"] = json!(self.date.to_string());
        found["text"] = json!(sentence(&self.kind));
        found
    }
}

fn extents(offers: &[(String, f64)]) -> Json {
    let all = offers
        .iter()
        .map(|(issue, extent)| (issue.clone(), json!(extent)));
    Json::Object(all.collect())
}

/// How far a government is at the end of a week.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Day.
    pub date: Date,
    /// Government.
    pub government: String,
    /// Whether it owns a part of the rest of the world instead of an economy.
    pub is_attached: bool,
    /// Status of its file.
    pub status: String,
    /// Country rate that it pays, share.
    pub rate: f64,
    /// Country rate due without a deal, share.
    pub due: f64,
    /// Rounds held.
    pub rounds: u32,
    /// Duty with which it answers, share.
    pub answer: f64,
    /// Whether it has a letter.
    pub has_letter: bool,
}

impl State {
    /// The state as JSON.
    pub fn to_json(&self) -> Json {
        json!({
            "government": self.government, "attached": self.is_attached, "status": self.status,
            "rate": self.rate, "due": self.due, "rounds": self.rounds, "answer": self.answer,
            "letter": self.has_letter,
        })
    }
}
