//! A government as an agent of talks: its seat at the table and the state of its file.

use bevy_ecs::component::Component;
use tradewinds_units::Date;

/// Place of a government in the list of parties.
#[derive(Component, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seat(pub u32);

/// How far a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Talks go on.
    Open,
    /// A deal is signed.
    Signed,
    /// Neither side will ever yield.
    BrokenDown,
    /// It is not at the table.
    Absent,
}

impl Status {
    /// Word in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Signed => "signed",
            Self::BrokenDown => "broken down",
            Self::Absent => "absent",
        }
    }
}

/// How a government answers duties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerStyle {
    /// In full and at once.
    Equaliser,
    /// In part and at once.
    Partial,
    /// Slowly, and suspended.
    Slow,
    /// Not at all.
    None,
}

impl AnswerStyle {
    /// In the order of priors in files.
    pub const ALL: [Self; 4] = [Self::Equaliser, Self::Partial, Self::Slow, Self::None];
}

/// Signed terms.
#[derive(Debug, Clone, PartialEq)]
pub struct Deal {
    /// Day of signature.
    pub signed: Date,
    /// Day from which it is law.
    pub legal: Date,
    /// Country rate, share of customs value.
    pub rate: f64,
    /// Sector goods pay the country rate too.
    pub has_sector_cut: bool,
    /// Extent of each offer of the party, 0 to 1.
    pub extents: Vec<f64>,
    /// Place among all deals, from 0.
    pub rank: u32,
    /// The sides quarrel over content.
    pub is_disputed: bool,
    /// The principal has raised its rate again.
    pub is_snapped_back: bool,
    /// Country rate on the day of signature, which holds without it to a deadline to come.
    pub rate_before: f64,
    /// Duties on sector goods before it, to which the principal may go back.
    pub sectors_before: Vec<f64>,
}

/// State of the file of one government.
#[derive(Component, Debug, Clone, PartialEq)]
pub struct File {
    /// How far it is.
    pub status: Status,
    /// Country rate in law today, share of customs value.
    pub rate: f64,
    /// Mean country rate in law on the days of the last tick, whose duties payoffs start from.
    pub charged: f64,
    /// Country rate that the law holds without a deal from the deadline on, share.
    pub due: f64,
    /// Way of bargaining: fast, listener, holdout, hedger.
    pub kind: usize,
    /// Way of answering duties.
    pub style: AnswerStyle,
    /// Rounds held, and rounds needed.
    pub rounds: u32,
    /// Rounds that the file needs.
    pub needed: u32,
    /// Day of the last round.
    pub last_round: Option<Date>,
    /// Country rate that it holds out for; none before it has seen terms of others.
    pub aspiration: Option<f64>,
    /// What the partner conceded last, share of its red lines.
    pub conceded: f64,
    /// What the principal conceded last, share of the way to the floor.
    pub granted: f64,
    /// Sector duties are on the table.
    pub has_sectors: bool,
    /// It has a letter of the principal that names a rate on its goods.
    pub has_letter: bool,
    /// Extent of each of its offers that a deal has put in effect, 0 to 1.
    pub in_effect: Vec<f64>,
    /// Terms signed.
    pub deal: Option<Deal>,
    /// Duty in force or decided on goods of the principal, share of customs value.
    pub answer: f64,
    /// Share of the principal's duty that it matched last, 0 to 1.
    pub matched: f64,
    /// Rate on it that it has answered so far.
    pub answered_rate: f64,
    /// It coordinates with other allies.
    pub coordinates: bool,
    /// Pressure together has brought it a lower rate, or singled it out.
    pub was_pressed: bool,
    /// Trust in other allies, 0 to 1.
    pub trust: f64,
    /// Trade-policy alignment with the third option, 0 to 1.
    pub alignment: f64,
    /// Day of the first round.
    pub first_round: Option<Date>,
}

impl File {
    /// Whether terms can still be agreed.
    pub fn is_open(&self) -> bool {
        self.status == Status::Open
    }
}
