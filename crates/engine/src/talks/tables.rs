//! Tables of talks: what each row holds, and how the log of a tick becomes rows.

use std::sync::Arc;

use tradewinds_kernel::record::{ColumnSpec, RowWriter, Rows as Records, TableSpec};
use tradewinds_units::{Date, days_between};

use super::campaign::Campaign;
use super::file::Status;
use super::log::{Act, Outcome, TalksLog};
use crate::tables::{RATE, REPLICATION, SCENARIO, VALUE};

const DAY: ColumnSpec = ColumnSpec::date("date", "Day.");
const GOVERNMENT: ColumnSpec = ColumnSpec::code(
    "government",
    "ISO 3166-1 alpha-3",
    "Government across the table (EUU: European Union).",
);
const SHARE: &str = "share";
const FLAG: &str = "0 or 1";

/// Rounds of talks.
pub static TALKS_ROUNDS: TableSpec = TableSpec {
    name: "talks_rounds",
    description: "One round of talks between the principal and one government.",
    columns: &[
        SCENARIO,
        REPLICATION,
        DAY,
        GOVERNMENT,
        ColumnSpec::count("round", "number", "Number of the round, from 1."),
        ColumnSpec::count("needed", "number", "Rounds that full preparation takes; a file that closes earlier does so with a lower chance."),
        ColumnSpec::number("conceded", SHARE, "What the government offers, share of its red lines."),
        ColumnSpec::number("granted_rate", RATE, "Lowest country rate that the principal would grant."),
        ColumnSpec::number(
            "government_gain",
            VALUE,
            "Gain of the government from the best package over disagreement; missing where no package serves both.",
        )
        .or_missing(),
        ColumnSpec::number("principal_gain", VALUE, "The same of the principal.").or_missing(),
        ColumnSpec::number("hazard", "probability a week", "Chance that the file closes once it is prepared."),
    ],
};

/// Offers by issue.
pub static TALKS_OFFERS: TableSpec = TableSpec {
    name: "talks_offers",
    description: "What one government offered on one issue in one round.",
    columns: &[
        SCENARIO,
        REPLICATION,
        DAY,
        GOVERNMENT,
        ColumnSpec::count("round", "number", "Number of the round, from 1."),
        ColumnSpec::code("issue", "name", "Issue."),
        ColumnSpec::number(
            "extent",
            SHARE,
            "Extent offered, share of the full concession.",
        ),
        ColumnSpec::number(
            "red_line",
            SHARE,
            "Largest concession that home allows on the day.",
        ),
    ],
};

/// Agreed texts.
pub static TALKS_DEALS: TableSpec = TableSpec {
    name: "talks_deals",
    description: "One text that negotiators agreed on, or one deal of which the principal raised the rate again.",
    columns: &[
        SCENARIO,
        REPLICATION,
        DAY,
        GOVERNMENT,
        ColumnSpec::code("outcome", "name", "What became of it."),
        ColumnSpec::number(
            "legal_lag",
            "days",
            "Days until it is law; missing where it is not signed.",
        )
        .or_missing(),
        ColumnSpec::number("rate", RATE, "Country rate of the text."),
        ColumnSpec::number("due", RATE, "Country rate due without it."),
        ColumnSpec::count(
            "sector_cut",
            FLAG,
            "Goods under sector duties pay the country rate too.",
        ),
        ColumnSpec::count(
            "rank",
            "number",
            "Place among signed deals, from 1; 0 where it is not signed.",
        ),
        ColumnSpec::number(
            "rent",
            SHARE,
            "Gain of the government over disagreement, share of what was at stake.",
        ),
        ColumnSpec::number(
            "rejection",
            SHARE,
            "What deals of others, as far as they are believed, took from the value of rejection, share of what was at stake.",
        ),
        ColumnSpec::number(
            "concessions",
            VALUE,
            "Value of its concessions to the principal.",
        ),
        ColumnSpec::number("cost", VALUE, "Their cost to the government."),
        ColumnSpec::count("disputed", FLAG, "The sides quarrel over content."),
    ],
};

/// Answers to duties.
pub static TALKS_ANSWERS: TableSpec = TableSpec {
    name: "talks_answers",
    description: "One duty that answers another: of a government to the principal, or of the principal to that.",
    columns: &[
        SCENARIO,
        REPLICATION,
        DAY,
        GOVERNMENT,
        ColumnSpec::count(
            "by_principal",
            FLAG,
            "The principal answers the government.",
        ),
        ColumnSpec::number("rate", RATE, "Rate answered."),
        ColumnSpec::number("level", SHARE, "Share of it that is matched."),
        ColumnSpec::number("duty", RATE, "Duty that follows."),
        ColumnSpec::number(
            "lag",
            "days",
            "Days until it is in force; missing where it is suspended.",
        )
        .or_missing(),
    ],
};

/// Games of allies.
pub static TALKS_COALITIONS: TableSpec = TableSpec {
    name: "talks_coalitions",
    description: "One choice of the principal's allies between pressure together and signing alone, with the mean payoffs that the simulated economy gives it.",
    columns: &[
        SCENARIO,
        REPLICATION,
        DAY,
        ColumnSpec::count("allies", "governments", "Allies that choose."),
        ColumnSpec::count("coordinating", "governments", "Those that coordinate."),
        ColumnSpec::count("works", FLAG, "The pressure worked."),
        ColumnSpec::number("reward", VALUE, "All coordinate."),
        ColumnSpec::number(
            "temptation",
            VALUE,
            "One signs alone while the others coordinate.",
        ),
        ColumnSpec::number("sucker", VALUE, "One coordinates alone."),
        ColumnSpec::number("punishment", VALUE, "All sign alone."),
    ],
};

/// Acts of the principal.
pub static TALKS_ACTS: TableSpec = TableSpec {
    name: "talks_acts",
    description: "One act of the principal towards many governments.",
    columns: &[
        SCENARIO,
        REPLICATION,
        DAY,
        ColumnSpec::code("act", "name", "What it did."),
        ColumnSpec::number(
            "days_left",
            "days",
            "Days until the deadline after it; missing without one.",
        )
        .or_missing(),
        ColumnSpec::count("governments", "governments", "Governments concerned."),
        ColumnSpec::number(
            "stress",
            "index",
            "Stress of the principal's markets; about 1 in a crisis.",
        ),
    ],
};

/// States of governments.
pub static TALKS_STATES: TableSpec = TableSpec {
    name: "talks_states",
    description: "State of one government at the end of one week of talks.",
    columns: &[
        SCENARIO,
        REPLICATION,
        DAY,
        GOVERNMENT,
        ColumnSpec::code("status", "name", "How far its file is."),
        ColumnSpec::number("rate", RATE, "Country rate that it pays."),
        ColumnSpec::number("due", RATE, "Country rate due without a deal."),
        ColumnSpec::count("rounds", "number", "Rounds held."),
        ColumnSpec::number("answer", RATE, "Duty with which it answers."),
        ColumnSpec::count("letter", FLAG, "It has a letter of the principal."),
        ColumnSpec::count("coordinates", FLAG, "It coordinates with other allies."),
        ColumnSpec::number(
            "alignment",
            SHARE,
            "Alignment of its trade policy with the third option.",
        ),
    ],
};

/// Rows of the tables of talks; none where nobody talks.
#[derive(Debug, Clone)]
pub struct TalksRecords {
    /// By table: rounds, offers, deals, answers, coalitions, acts, states.
    pub tables: [Records; 7],
}

/// All tables of talks, in the order of [`TalksRecords::tables`].
pub static TALKS_TABLES: [&TableSpec; 7] = [
    &TALKS_ROUNDS,
    &TALKS_OFFERS,
    &TALKS_DEALS,
    &TALKS_ANSWERS,
    &TALKS_COALITIONS,
    &TALKS_ACTS,
    &TALKS_STATES,
];

const STATUSES: [Status; 4] = [
    Status::Open,
    Status::Signed,
    Status::BrokenDown,
    Status::Absent,
];
const OUTCOMES: [Outcome; 5] = [
    Outcome::Signed,
    Outcome::Vetoed,
    Outcome::NotRatified,
    Outcome::NotConfirmed,
    Outcome::SnappedBack,
];
const ACTS: [Act; 5] = [
    Act::Pause,
    Act::Extension,
    Act::Deadline,
    Act::Letters,
    Act::SinglingOut,
];

impl TalksRecords {
    /// Empty tables of a campaign, or of none.
    pub fn new(scenarios: &Arc<[String]>, campaign: Option<&Campaign>) -> Self {
        let names = |names: Vec<String>| -> Arc<[String]> { names.into() };
        let parties = names(campaign.map_or_else(Vec::new, |campaign| {
            campaign
                .parties
                .iter()
                .map(|party| party.code.clone())
                .collect()
        }));
        let issues = names(campaign.map_or_else(Vec::new, |campaign| campaign.issues.clone()));
        let outcomes = names(OUTCOMES.iter().map(|one| one.name().to_owned()).collect());
        let acts = names(ACTS.iter().map(|one| one.name().to_owned()).collect());
        let statuses = names(STATUSES.iter().map(|one| one.name().to_owned()).collect());
        let first = || scenarios.clone();
        Self {
            tables: [
                Records::new(&TALKS_ROUNDS, &[first(), parties.clone()]),
                Records::new(&TALKS_OFFERS, &[first(), parties.clone(), issues]),
                Records::new(&TALKS_DEALS, &[first(), parties.clone(), outcomes]),
                Records::new(&TALKS_ANSWERS, &[first(), parties.clone()]),
                Records::new(&TALKS_COALITIONS, &[first()]),
                Records::new(&TALKS_ACTS, &[first(), acts]),
                Records::new(&TALKS_STATES, &[first(), parties, statuses]),
            ],
        }
    }

    /// Adds the rows of a tick.
    pub fn add(&mut self, log: &TalksLog, (scenario, replication): (usize, u32)) {
        let [rounds, offers, deals, answers, coalitions, acts, states] = &mut self.tables;
        for one in &log.rounds {
            let _ = open(rounds, (scenario, replication), one.date)
                .code(one.party as usize)
                .count(one.round)
                .count(one.needed)
                .numbers(&[
                    one.conceded,
                    one.granted_rate,
                    one.partner_gain,
                    one.principal_gain,
                    one.hazard,
                ]);
        }
        for one in &log.offers {
            let _ = open(offers, (scenario, replication), one.date)
                .code(one.party as usize)
                .count(one.round)
                .code(one.issue as usize)
                .numbers(&[one.extent, one.red_line]);
        }
        for one in &log.deals {
            let lag = one
                .legal
                .map_or(f64::NAN, |legal| days_between(one.date, legal) as f64);
            let _ = open(deals, (scenario, replication), one.date)
                .code(one.party as usize)
                .code(place(&OUTCOMES, one.outcome))
                .numbers(&[lag, one.rate, one.due])
                .count(one.has_sector_cut.into())
                .count(one.rank)
                .numbers(&[one.rent, one.rejection, one.concessions, one.cost])
                .count(one.is_disputed.into());
        }
        for one in &log.answers {
            let lag = one
                .from
                .map_or(f64::NAN, |from| days_between(one.date, from) as f64);
            let _ = open(answers, (scenario, replication), one.date)
                .code(one.party as usize)
                .count(one.by_principal.into())
                .numbers(&[one.rate, one.level, one.duty, lag]);
        }
        for one in &log.coalitions {
            let _ = open(coalitions, (scenario, replication), one.date)
                .count(one.allies)
                .count(one.coordinating)
                .count(one.works.into())
                .numbers(&[one.reward, one.temptation, one.sucker, one.punishment]);
        }
        for one in &log.acts {
            let left = one
                .deadline
                .map_or(f64::NAN, |day| days_between(one.date, day) as f64);
            let _ = open(acts, (scenario, replication), one.date)
                .code(place(&ACTS, one.act))
                .number(left)
                .count(one.parties)
                .number(one.stress);
        }
        for one in &log.states {
            let _ = open(states, (scenario, replication), one.date)
                .code(one.party as usize)
                .code(place(&STATUSES, one.status))
                .numbers(&[one.rate, one.due])
                .count(one.rounds)
                .number(one.answer)
                .count(one.has_letter.into())
                .count(one.coordinates.into())
                .number(one.alignment);
        }
    }
}

fn open(rows: &mut Records, (scenario, replication): (usize, u32), date: Date) -> RowWriter<'_> {
    let day = days_between(Date::constant(1970, 1, 1), date) as i32;
    rows.row().code(scenario).count(replication).date(day)
}

fn place<T: PartialEq>(all: &[T], one: T) -> usize {
    all.iter().position(|known| *known == one).unwrap_or(0)
}
