//! Who votes and who leads: data of a world, as the engine takes them.

use tradewinds_units::Date;

/// One of the two camps of an economy's politics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Camp {
    /// The first camp of the data.
    First,
    /// The other.
    Second,
}

impl Camp {
    /// The other camp.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }
}

/// Where a voter stands in general.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lean {
    /// With a camp.
    With(Camp),
    /// With neither.
    Independent,
}

/// How a voter stands to a leader: an index of `[own, independent, opposed]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Of the leader's camp.
    Own = 0,
    /// Of neither.
    Independent = 1,
    /// Of the other camp.
    Opposed = 2,
}

impl Lean {
    /// How a voter of this lean stands to a leader of a camp.
    #[must_use]
    pub fn to(self, leader: Camp) -> Side {
        match self {
            Self::Independent => Side::Independent,
            Self::With(camp) if camp == leader => Side::Own,
            Self::With(_) => Side::Opposed,
        }
    }
}

/// Voters of one lean, income and sector of work.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bloc {
    /// Where they stand.
    pub lean: Lean,
    /// Final user whose basket they buy.
    pub user: usize,
    /// Sector in which they work.
    pub sector: usize,
    /// Share of the electorate.
    pub share: f64,
    /// Shares of firms they own a head, against the mean of the electorate.
    pub wealth: f64,
}

/// A national vote.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vote {
    /// Day of the next one.
    pub date: Date,
    /// Years from one to the next; zero where none follows.
    pub term: f64,
    /// Whether it decides who leads; others, as of one chamber or half-way, only cost.
    pub decides: bool,
    /// Vote share of the leader's camp at an approval of half, per cent.
    pub base: f64,
    /// Vote share from which it is won, per cent.
    pub needed: f64,
}

/// A leader and what the first day in office brought.
#[derive(Debug, Clone, PartialEq)]
pub struct Leader {
    /// Name in records.
    pub id: String,
    /// First day in office.
    pub since: Date,
    /// Whose leader it is.
    pub camp: Camp,
    /// Approval after the honeymoon, per cent.
    pub base: f64,
    /// What the honeymoon adds on the first day, points.
    pub honeymoon: f64,
    /// Time in which it falls to 1/e, years.
    pub honeymoon_time: f64,
    /// Approval among own camp, independents and opponents on the first day, per cent.
    pub start: [f64; 3],
    /// How firmly the leader meets threats from abroad, 0 to 1.
    pub firmness: f64,
    /// Whether a parliament can replace the leader, and whether it holds less than half
    /// of the seats.
    pub cabinet: Option<Cabinet>,
    /// First and last day on which the leader only keeps the office.
    pub caretaker: Option<(Date, Date)>,
    /// Seats of the leader's camp, share.
    pub seats: f64,
    /// The next vote.
    pub vote: Option<Vote>,
}

/// A leader who answers to a parliament.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cabinet {
    /// With half of the seats or more.
    Majority,
    /// With less.
    Minority,
}

/// The voters of an economy and its leaders, by the day on which they took office.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Electorate {
    /// Leaders; empty where approval is not followed.
    pub leaders: Vec<Leader>,
    /// Voters; shares sum to one.
    pub blocs: Vec<Bloc>,
}

impl Electorate {
    /// The leader on a day; before the first one took office, that one.
    pub(crate) fn in_office(&self, day: Date) -> Option<usize> {
        let later = self.leaders.iter().skip(1);
        let passed = later.take_while(|leader| leader.since <= day).count();
        (!self.leaders.is_empty()).then_some(passed)
    }
}
