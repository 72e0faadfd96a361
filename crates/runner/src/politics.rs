//! Recorded politics: approval, leaders, elections, voters, consumer prices.
//!
//! The tables lie in `configs/politics`. Shares and rates are fractions.

use std::collections::{BTreeMap, BTreeSet};

use tradewinds_config::{Diagnostics, Source};
use tradewinds_units::{Date, EconomyCode};

use crate::library::{Library, LibraryError};
use crate::sourced_table::{self, Refused, Row, rows, unique};

/// Folder of the tables.
pub const POLITICS: &str = "configs/politics";

const SOURCES: &str = "sources.csv";
const ELECTIONS: &str = "elections.csv";

/// The measure that is approval of the leader as a whole.
pub const APPROVAL: &str = "approval";

/// A reading of opinion about a leader.
#[derive(Debug, Clone, PartialEq)]
pub struct Poll {
    /// End of the field, or middle of a month.
    pub date: Date,
    /// Id of the leader.
    pub leader: String,
    /// Economy.
    pub economy: EconomyCode,
    /// What was asked: [`APPROVAL`], an issue, a vote.
    pub measure: String,
    /// Pollster or average.
    pub series: String,
    /// Share that approves.
    pub approve: Option<f64>,
    /// Share that disapproves.
    pub disapprove: Option<f64>,
    /// What to know before using it.
    pub note: String,
}

/// A leader in office.
#[derive(Debug, Clone, PartialEq)]
pub struct Leader {
    /// Name in tables; one for each term.
    pub id: String,
    /// Name in words.
    pub name: String,
    /// Economy.
    pub economy: EconomyCode,
    /// Economy of the model it belongs to.
    pub model_economy: EconomyCode,
    /// Office.
    pub office: String,
    /// Inauguration.
    pub from: Date,
    /// Last day in office; none while in office.
    pub to: Option<Date>,
    /// `firm` or `conciliatory` under threat; empty where nobody says.
    pub stance: String,
    /// Party.
    pub party: String,
}

/// An election.
#[derive(Debug, Clone, PartialEq)]
pub struct Election {
    /// Economy.
    pub economy: EconomyCode,
    /// Day; for a scheduled one, the day known or expected.
    pub date: Date,
    /// What is elected.
    pub kind: String,
    /// Whether it was held.
    pub is_held: bool,
    /// Share of votes of the first.
    pub winner_share: Option<f64>,
    /// Share of votes of the second.
    pub runner_up_share: Option<f64>,
    /// Remarks.
    pub note: String,
}

/// A fact about a group of voters.
#[derive(Debug, Clone, PartialEq)]
pub struct VoterFact {
    /// Economy.
    pub economy: EconomyCode,
    /// How people are grouped.
    pub grouping: String,
    /// The group.
    pub group: String,
    /// What is counted.
    pub variable: String,
    /// The value.
    pub value: f64,
    /// Its unit.
    pub unit: String,
    /// First day it speaks of; none where no date is stated.
    pub from: Option<Date>,
    /// The time in words.
    pub period: String,
}

/// An index of consumer prices in a month.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsumerPrice {
    /// `all`, `food` or `energy`.
    pub item: String,
    /// First day of the month.
    pub month: Date,
    /// The index.
    pub index: f64,
}

/// The tables of one folder.
#[derive(Debug, Clone, PartialEq)]
pub struct Politics {
    /// Opinion about leaders.
    pub polls: Vec<Poll>,
    /// Leaders.
    pub leaders: Vec<Leader>,
    /// Elections.
    pub elections: Vec<Election>,
    /// Voters.
    pub voters: Vec<VoterFact>,
    /// Consumer prices.
    pub prices: Vec<ConsumerPrice>,
    /// Sources: id to title.
    pub sources: BTreeMap<String, String>,
}

impl Politics {
    /// Reads the tables of [`POLITICS`].
    ///
    /// # Errors
    /// A file that cannot be read, or every mistake in the tables.
    pub fn load(library: &Library) -> Result<Self, LibraryError> {
        let paths = library.files(POLITICS).into_iter();
        let files = paths
            .filter(|path| path.ends_with(".csv"))
            .map(|path| library.source(&path))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self::read(&files)?)
    }

    /// Reads tables from their text.
    ///
    /// # Errors
    /// Every mistake, with file, line, column and fix.
    pub fn read(files: &[Source]) -> Result<Self, Diagnostics> {
        let mut problems = Diagnostics::new();
        let sources = sourced_table::sources(files, &mut problems);
        let mut file = |name| sourced_table::file(files, name, &mut problems);
        let [polls, leaders, elections, voters, prices] = [
            "approval.csv",
            "leaders.csv",
            ELECTIONS,
            "voters.csv",
            "consumer_prices.csv",
        ]
        .map(&mut file);
        let mut seen = BTreeSet::new();
        let leaders = rows(&leaders, &mut problems, |row| {
            sourced(row, &sources)?;
            let one = leader(row)?;
            unique(&mut seen, one.id.clone(), "id")?;
            Ok(one)
        });
        let polls = rows(&polls, &mut problems, |row| {
            sourced(row, &sources)?;
            poll(row, &leaders)
        });
        let elections = rows(&elections, &mut problems, |row| {
            sourced(row, &sources)?;
            election(row)
        });
        let voters = rows(&voters, &mut problems, |row| {
            sourced(row, &sources)?;
            voter(row)
        });
        let mut seen = BTreeSet::new();
        let prices = rows(&prices, &mut problems, |row| {
            sourced(row, &sources)?;
            let one = ConsumerPrice {
                item: row.choice("item", &["all", "food", "energy"])?,
                month: row.date("month")?,
                index: row.value("index", (1e-9, f64::MAX), "an index above zero")?,
            };
            unique(&mut seen, (one.item.clone(), one.month), "month")?;
            Ok(one)
        });
        problems.into_result(Self {
            polls,
            leaders,
            elections,
            voters,
            prices,
            sources,
        })
    }

    /// The same tables without anything dated after `last`, and without prices of
    /// months that end later; scheduled elections stay, since their days were known.
    /// Prices come out in the month after theirs: what voters knew on a day is for
    /// who reads them to say, as the estimates do by the day of release.
    #[must_use]
    pub fn until(&self, last: Date) -> Self {
        let mut own = self.clone();
        own.polls.retain(|poll| poll.date <= last);
        own.leaders.retain(|leader| leader.from <= last);
        own.elections
            .retain(|election| election.date <= last || !election.is_held);
        own.voters
            .retain(|fact| fact.from.is_some_and(|from| from <= last));
        own.prices
            .retain(|price| price.month.last_of_month() <= last);
        own
    }

    /// A leader by id.
    pub fn leader(&self, id: &str) -> Option<&Leader> {
        self.leaders.iter().find(|leader| leader.id == id)
    }

    /// Shares that approve of a leader by one measure in one series, in order of
    /// time.
    pub fn approval(&self, leader: &str, measure: &str, series: &str) -> Vec<(Date, f64)> {
        let own = self.polls.iter().filter(|poll| {
            poll.leader == leader && poll.measure == measure && poll.series == series
        });
        let mut found: Vec<(Date, f64)> = own
            .filter_map(|poll| poll.approve.map(|share| (poll.date, share)))
            .collect();
        found.sort_by_key(|(date, _)| *date);
        found
    }
}

fn sourced(row: &Row<'_>, sources: &BTreeMap<String, String>) -> Result<(), Refused> {
    row.source(sources)?;
    row.confidence()?;
    Ok(())
}

fn election(row: &Row<'_>) -> Result<Election, Refused> {
    Ok(Election {
        economy: row.economy("economy")?,
        date: row.date("date")?,
        kind: row.owned("kind")?,
        is_held: row.choice("status", &["held", "scheduled"])? == "held",
        winner_share: row.share("winner_share")?,
        runner_up_share: row.share("runner_up_share")?,
        note: row.owned("note")?,
    })
}

/// National votes that were held; none where a library has no table of elections.
///
/// # Errors
/// A file that cannot be read, or every mistake in the table.
pub fn held_votes(library: &Library) -> Result<Vec<Election>, LibraryError> {
    let paths = library.files(POLITICS).into_iter();
    let files = paths
        .filter(|path| path.ends_with(SOURCES) || path.ends_with(ELECTIONS))
        .map(|path| library.source(&path))
        .collect::<Result<Vec<_>, _>>()?;
    if !files.iter().any(|file| file.name().ends_with(ELECTIONS)) {
        return Ok(Vec::new());
    }
    let mut problems = Diagnostics::new();
    let sources = sourced_table::sources(&files, &mut problems);
    let table = sourced_table::file(&files, ELECTIONS, &mut problems);
    let mut elections = rows(&table, &mut problems, |row| {
        sourced(row, &sources)?;
        election(row)
    });
    elections.retain(|election| election.is_held);
    Ok(problems.into_result(elections)?)
}

fn leader(row: &Row<'_>) -> Result<Leader, Refused> {
    Ok(Leader {
        id: row.id("id")?,
        name: row.owned("name")?,
        economy: row.economy("economy")?,
        model_economy: row.economy("model_economy")?,
        office: row.owned("office")?,
        from: row.date("from")?,
        to: row.date_if_any("to")?,
        stance: row.choice("stance", &["firm", "conciliatory", ""])?,
        party: row.owned("party")?,
    })
}

fn poll(row: &Row<'_>, leaders: &[Leader]) -> Result<Poll, Refused> {
    let (approve, disapprove) = (row.share("approve")?, row.share("disapprove")?);
    let sum = approve.unwrap_or(0.0) + disapprove.unwrap_or(0.0);
    if sum > 1.0 + 1e-9 {
        return Err(Refused::new(
            "disapprove",
            format!("{sum} in all"),
            "shares that add up to at most one",
        ));
    }
    let leader = row.id("leader")?;
    if leaders.iter().all(|known| known.id != leader) {
        return Err(Refused::new(
            "leader",
            format!("`{leader}`"),
            "an id of leaders.csv",
        ));
    }
    Ok(Poll {
        date: row.date("date")?,
        leader,
        economy: row.economy("economy")?,
        measure: row.id("measure")?,
        series: row.id("series")?,
        approve,
        disapprove,
        note: row.owned("note")?,
    })
}

fn voter(row: &Row<'_>) -> Result<VoterFact, Refused> {
    let unit = row.owned("unit")?;
    let limits = if unit.starts_with("share") {
        (-1.0, 1.0)
    } else {
        (f64::MIN, f64::MAX)
    };
    Ok(VoterFact {
        economy: row.economy("economy")?,
        grouping: row.id("grouping")?,
        group: row.id("group")?,
        variable: row.id("variable")?,
        value: row.value("value", limits, "a number; a share as 0.42 for 42 %")?,
        unit,
        from: row.date_if_any("from")?,
        period: row.owned("period")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sourced_table::testing::{Change, are_told, changed};
    use tradewinds_units::parse_date;

    fn files(change: Change) -> Vec<Source> {
        let tables = [
            ("sources.csv", "id,title\ns,A source\n"),
            (
                "leaders.csv",
                "id,name,economy,model_economy,office,from,to,stance,party,source,confidence\n\
                 ada,Ada,AAA,AAA,head,2001-01-01,,firm,A,s,high\n",
            ),
            (
                "approval.csv",
                "date,leader,economy,measure,series,approve,disapprove,note,source,confidence\n\
                 2001-02-01,ada,AAA,approval,poll,0.5,0.4,,s,high\n\
                 2001-01-15,ada,AAA,approval,poll,0.55,,,s,high\n",
            ),
            (
                "elections.csv",
                "economy,date,kind,status,winner_share,runner_up_share,note,source,confidence\n\
                 AAA,2002-01-01,general,scheduled,,,,s,high\n",
            ),
            (
                "voters.csv",
                "economy,grouping,group,variable,value,unit,from,period,note,source,confidence\n\
                 AAA,all,left,party_id,0.3,share of adults,2001-01-01,2001,,s,high\n",
            ),
            (
                "consumer_prices.csv",
                "item,month,index,source,confidence\nall,2001-01-01,100,s,high\n",
            ),
        ];
        changed(&tables, change)
    }

    #[test]
    fn approval_comes_in_order_of_time_and_ends_at_the_last_day_asked_for() {
        let politics = Politics::read(&files(("", "", ""))).unwrap();
        let found = politics.approval("ada", APPROVAL, "poll");
        assert_eq!(found.len(), 2);
        assert!(found[0].0 < found[1].0);
        let cut = politics.until(parse_date("2001-01-20").unwrap());
        assert_eq!(cut.approval("ada", APPROVAL, "poll").len(), 1);
        assert_eq!(cut.elections.len(), 1, "a scheduled election is known");
    }

    #[test]
    fn mistakes_name_file_line_column_and_fix() {
        let mistakes = [
            (
                ("approval.csv", "0.5,", "50,"),
                ["approval.csv:2:34", "0.42 for 42 %"],
            ),
            (
                ("approval.csv", "ada", "bob"),
                ["approval.csv:2:12", "an id of leaders.csv"],
            ),
            (
                ("approval.csv", "0.4,", "0.6,"),
                ["approval.csv:2", "at most one"],
            ),
            (
                ("leaders.csv", "firm", "hard"),
                ["leaders.csv:2", "one of firm"],
            ),
            (
                ("voters.csv", "0.3", "30"),
                ["voters.csv:2", "0.42 for 42 %"],
            ),
            (
                ("elections.csv", "2002-01-01", "01.01.2002"),
                ["elections.csv:2:5", "YYYY-MM-DD"],
            ),
        ];
        are_told(&mistakes, |change| Politics::read(&files(change)));
    }

    #[test]
    fn the_committed_tables_are_right() {
        let politics = Politics::load(&Library::embedded()).unwrap();
        assert!(politics.polls.len() > 200 && politics.voters.len() > 300);
        let ids: Vec<&str> = politics.leaders.iter().map(|one| one.id.as_str()).collect();
        for poll in &politics.polls {
            assert!(ids.contains(&poll.leader.as_str()));
        }
    }
}
