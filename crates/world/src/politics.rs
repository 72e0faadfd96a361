//! Leaders and voters: `leaders.csv` and `voters.csv`, handed from the facts to the world as
//! they are. A world without them follows nobody's approval.

use std::collections::BTreeMap;
use std::str::FromStr;

use tradewinds_units::{Date, EconomyCode, parse_date};

use crate::WorldError;
use crate::quality::{Mark, Quality};
use crate::table::{FileSet, Row, Table};
use crate::world::World;

const LEADERS: &str = "leaders.csv";
const VOTERS: &str = "voters.csv";

/// Where a leader or voters stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lean {
    /// With the first camp of an economy.
    First,
    /// With neither camp.
    Independent,
    /// With the second camp.
    Second,
}

impl Lean {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "first" => Some(Self::First),
            "independent" => Some(Self::Independent),
            "second" => Some(Self::Second),
            _ => None,
        }
    }
}

/// How a leader keeps the office between votes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Office {
    /// For a fixed term.
    Fixed,
    /// With a majority of a parliament.
    Majority,
    /// With a minority of it.
    Minority,
}

impl Office {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "fixed" => Some(Self::Fixed),
            "majority" => Some(Self::Majority),
            "minority" => Some(Self::Minority),
            _ => None,
        }
    }
}

/// The next national vote under a leader.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VoteFacts {
    /// Its day.
    pub date: Date,
    /// Years to the one after it; zero where none follows.
    pub term: f64,
    /// Whether it decides who leads.
    pub decides: bool,
    /// Vote share of the leader's camp at an approval of half (per cent of both camps).
    pub base: f64,
    /// Vote share from which it is won (per cent).
    pub needed: f64,
}

/// A leader.
#[derive(Debug, Clone, PartialEq)]
pub struct LeaderFacts {
    /// Index of the economy.
    pub economy: usize,
    /// Name in records.
    pub id: String,
    /// First day in office.
    pub since: Date,
    /// Whether the leader belongs to the first camp; else to the second.
    pub is_first_camp: bool,
    /// Approval after the honeymoon (per cent).
    pub base: f64,
    /// What the honeymoon adds on the first day (points).
    pub honeymoon: f64,
    /// Weeks in which it falls to 1/e.
    pub honeymoon_weeks: f64,
    /// Approval among own camp, independents, opponents on the first day (per cent).
    pub start: [f64; 3],
    /// Firmness against threats from abroad (0 to 1).
    pub firmness: f64,
    /// How the leader keeps the office.
    pub office: Office,
    /// First and last day as a caretaker.
    pub caretaker: Option<(Date, Date)>,
    /// Seats of the leader's camp (share).
    pub seats: f64,
    /// The next vote.
    pub vote: Option<VoteFacts>,
    /// Where it comes from.
    pub mark: Mark,
}

/// Voters of one lean in one income tenth.
#[derive(Debug, Clone, PartialEq)]
pub struct VoterShare {
    /// Index of the economy.
    pub economy: usize,
    /// Where they stand.
    pub lean: Lean,
    /// Income tenth, 1 to 10.
    pub decile: usize,
    /// Share of the electorate; sums to 1 over an economy.
    pub share: f64,
    /// Where it comes from.
    pub mark: Mark,
}

/// The files as the facts have them, from the last layer that holds each.
pub(crate) fn files(layers: &[FileSet]) -> BTreeMap<String, String> {
    let last = |name: &&str| {
        let found = layers.iter().rev().find_map(|files| files.get(*name));
        found.map(|text| ((*name).to_owned(), text.clone()))
    };
    [LEADERS, VOTERS].iter().filter_map(last).collect()
}

/// Reads leaders and voters into a world; both are empty where the files are absent.
pub(crate) fn read(files: &FileSet, world: &mut World) -> Result<(), WorldError> {
    if files.contains_key(LEADERS) {
        let table = Table::read(files, LEADERS)?;
        for row in &table.rows {
            let leader = leader(world, &table, row)?;
            world.leaders.push(leader);
        }
        world
            .leaders
            .sort_by_key(|leader| (leader.economy, leader.since));
    }
    if files.contains_key(VOTERS) {
        let table = Table::read(files, VOTERS)?;
        for row in &table.rows {
            let voters = voters(world, &table, row)?;
            world.voters.push(voters);
        }
    }
    check(world)
}

fn economy(world: &World, table: &Table, row: &Row) -> Result<usize, WorldError> {
    let index = |text: &str| world.economy_index(EconomyCode::from_str(text).ok()?);
    table.parse(row, "economy", "an economy of economies.csv", index)
}

fn mark(table: &Table, row: &Row) -> Result<Mark, WorldError> {
    let expected = "observed, estimated or assumed";
    let quality = table.parse(row, "quality", expected, Quality::parse)?;
    Ok(Mark::new(quality, table.text(row, "source")?))
}

fn within(
    table: &Table,
    row: &Row,
    column: &str,
    (low, high): (f64, f64),
) -> Result<f64, WorldError> {
    let expected = format!("a number from {low} to {high}");
    let read = |text: &str| {
        let value: Option<f64> = text.parse().ok();
        value.filter(|value| (low..=high).contains(value))
    };
    table.parse(row, column, &expected, read)
}

fn date(table: &Table, row: &Row, column: &str) -> Result<Option<Date>, WorldError> {
    match table.text(row, column)? {
        "" => Ok(None),
        _ => table
            .parse(row, column, "a date as 2001-02-03 or nothing", |text| {
                parse_date(text).ok()
            })
            .map(Some),
    }
}

fn leader(world: &World, table: &Table, row: &Row) -> Result<LeaderFacts, WorldError> {
    const PERCENT: (f64, f64) = (0.0, 100.0);
    let number = |column: &str, range: (f64, f64)| within(table, row, column, range);
    let flag = |text: &str| match text {
        "0" => Some(false),
        "1" => Some(true),
        _ => None,
    };
    let needed = |day: Option<Date>, column: &str| {
        day.ok_or_else(|| WorldError::MissingFact {
            file: LEADERS.to_owned(),
            key: format!("line {}, {column}", row.line),
        })
    };
    let vote = match date(table, row, "next_vote")? {
        None => None,
        Some(day) => Some(VoteFacts {
            date: day,
            term: number("vote_term_years", (0.0, 20.0))?,
            decides: table.parse(row, "vote_decides", "0 or 1", flag)?,
            base: number("vote_base", PERCENT)?,
            needed: number("vote_needed", PERCENT)?,
        }),
    };
    let caretaker = match date(table, row, "caretaker_from")? {
        None => None,
        Some(from) => {
            let to = date(table, row, "caretaker_to")?;
            Some((from, needed(to, "caretaker_to")?))
        }
    };
    Ok(LeaderFacts {
        economy: economy(world, table, row)?,
        id: table.text(row, "leader")?.to_owned(),
        since: needed(date(table, row, "since")?, "since")?,
        is_first_camp: table.parse(row, "camp", "first or second", |text| match text {
            "first" => Some(true),
            "second" => Some(false),
            _ => None,
        })?,
        base: number("approval_base", PERCENT)?,
        honeymoon: number("honeymoon", PERCENT)?,
        honeymoon_weeks: number("honeymoon_weeks", (0.1, 1000.0))?,
        start: [
            number("own_start", PERCENT)?,
            number("independent_start", PERCENT)?,
            number("opposed_start", PERCENT)?,
        ],
        firmness: number("firmness", (0.0, 1.0))?,
        office: table.parse(row, "office", "fixed, majority or minority", Office::parse)?,
        caretaker,
        seats: number("seat_share", (0.0, 1.0))?,
        vote,
        mark: mark(table, row)?,
    })
}

fn voters(world: &World, table: &Table, row: &Row) -> Result<VoterShare, WorldError> {
    let decile = |text: &str| {
        let decile: Option<usize> = text.parse().ok();
        decile.filter(|decile| (1..=World::DECILES).contains(decile))
    };
    let lean = "first, independent or second";
    Ok(VoterShare {
        economy: economy(world, table, row)?,
        lean: table.parse(row, "lean", lean, Lean::parse)?,
        decile: table.parse(row, "decile", "1 to 10", decile)?,
        share: within(table, row, "share", (0.0, 1.0))?,
        mark: mark(table, row)?,
    })
}

/// Shares sum to one, and whoever has a leader has voters.
fn check(world: &World) -> Result<(), WorldError> {
    for (n, code) in world.economies.iter().enumerate() {
        let own = world.voters.iter().filter(|voters| voters.economy == n);
        let sum: f64 = own.map(|voters| voters.share).sum();
        let is_led = world.leaders.iter().any(|leader| leader.economy == n);
        if (sum - 1.0).abs() > 1e-6 && (is_led || sum > 0.0) {
            return Err(WorldError::Shares {
                file: VOTERS.to_owned(),
                economy: code.to_string(),
                sum,
            });
        }
    }
    Ok(())
}
