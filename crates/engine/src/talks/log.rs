//! What happened at the table: rows of the tables of talks.

use bevy_ecs::resource::Resource;
use tradewinds_policy::talks::alignment::Pressure;
use tradewinds_units::Date;

use super::file::Status;
use super::week::Week;

/// A round of one file.
#[derive(Debug, Clone, PartialEq)]
pub struct RoundRow {
    /// Day.
    pub date: Date,
    /// Party.
    pub party: u32,
    /// Number of the round, from 1.
    pub round: u32,
    /// Rounds that the file needs.
    pub needed: u32,
    /// What the partner conceded, share of its red lines.
    pub conceded: f64,
    /// Lowest country rate that the principal would grant, share.
    pub granted_rate: f64,
    /// Gain of the partner from the best package over disagreement, USD bn a year; NaN
    /// where no package serves both.
    pub partner_gain: f64,
    /// The same of the principal.
    pub principal_gain: f64,
    /// Weekly probability that the file closes.
    pub hazard: f64,
}

/// What a partner offered on an issue in a round.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferRow {
    /// Day.
    pub date: Date,
    /// Party.
    pub party: u32,
    /// Number of the round, from 1.
    pub round: u32,
    /// Index of the issue.
    pub issue: u32,
    /// Extent offered, 0 to 1.
    pub extent: f64,
    /// Red line on the day, 0 to 1.
    pub red_line: f64,
}

/// What became of an agreed text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Signed.
    Signed,
    /// The leader of the principal refused.
    Vetoed,
    /// The partner's parliament refused.
    NotRatified,
    /// One side did not confirm the rate.
    NotConfirmed,
    /// The principal raised its rate again.
    SnappedBack,
}

impl Outcome {
    /// Word in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Signed => "signed",
            Self::Vetoed => "vetoed",
            Self::NotRatified => "not ratified",
            Self::NotConfirmed => "not confirmed",
            Self::SnappedBack => "snapped back",
        }
    }
}

/// A text that was agreed.
#[derive(Debug, Clone, PartialEq)]
pub struct DealRow {
    /// Day.
    pub date: Date,
    /// Party.
    pub party: u32,
    /// What became of it.
    pub outcome: Outcome,
    /// Day from which it is law, where it is signed.
    pub legal: Option<Date>,
    /// Country rate of the text, share.
    pub rate: f64,
    /// Rate due without it, share.
    pub due: f64,
    /// Sector goods pay the country rate too.
    pub has_sector_cut: bool,
    /// Place among signed deals, from 1; 0 where it is not signed.
    pub rank: u32,
    /// Gain of the partner over disagreement as a share of what was at stake.
    pub rent: f64,
    /// What signings of others took from the value of rejection, share of what was at stake.
    pub rejection: f64,
    /// Value of concessions to the principal, USD bn a year.
    pub concessions: f64,
    /// Cost of them to the partner, USD bn a year.
    pub cost: f64,
    /// The sides quarrel over content.
    pub is_disputed: bool,
}

/// Duties that answer others.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerRow {
    /// Day on which it is decided.
    pub date: Date,
    /// Party.
    pub party: u32,
    /// The principal answers the party, not the party the principal.
    pub by_principal: bool,
    /// Rate answered, share.
    pub rate: f64,
    /// Share of it that is matched.
    pub level: f64,
    /// Duty that follows, share.
    pub duty: f64,
    /// First day in force; none where it is adopted and suspended.
    pub from: Option<Date>,
}

/// A choice of allies between pressure together and signing alone.
#[derive(Debug, Clone, PartialEq)]
pub struct CoalitionRow {
    /// Day.
    pub date: Date,
    /// Allies that choose.
    pub allies: u32,
    /// Those that coordinate.
    pub coordinating: u32,
    /// Whether the pressure worked.
    pub works: bool,
    /// Mean payoffs from the simulated economy, USD bn a year: all coordinate.
    pub reward: f64,
    /// One separates while the others coordinate.
    pub temptation: f64,
    /// One coordinates alone.
    pub sucker: f64,
    /// Nobody coordinates.
    pub punishment: f64,
}

/// What the principal did to all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Took rates back to the floor.
    Pause,
    /// Moved the deadline.
    Extension,
    /// Let the deadline pass.
    Deadline,
    /// Sent letters.
    Letters,
    /// Singled out allies.
    SinglingOut,
}

impl Act {
    /// Word in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Extension => "extension",
            Self::Deadline => "deadline",
            Self::Letters => "letters",
            Self::SinglingOut => "singling out",
        }
    }
}

/// An act of the principal.
#[derive(Debug, Clone, PartialEq)]
pub struct ActRow {
    /// Day.
    pub date: Date,
    /// What it did.
    pub act: Act,
    /// The deadline after it.
    pub deadline: Option<Date>,
    /// Governments concerned.
    pub parties: u32,
    /// Stress of the principal's markets on the day.
    pub stress: f64,
}

/// State of a government in a week.
#[derive(Debug, Clone, PartialEq)]
pub struct StateRow {
    /// Day.
    pub date: Date,
    /// Party.
    pub party: u32,
    /// Status of its file.
    pub status: Status,
    /// Country rate that it pays, share.
    pub rate: f64,
    /// Rate due without a deal, share.
    pub due: f64,
    /// Rounds held.
    pub rounds: u32,
    /// Duty with which it answers, share.
    pub answer: f64,
    /// It has a letter.
    pub has_letter: bool,
    /// It coordinates with other allies.
    pub coordinates: bool,
    /// Alignment with the third option, 0 to 1.
    pub alignment: f64,
}

/// Everything that happened in this tick.
#[derive(Resource, Debug, Clone, Default, PartialEq)]
pub struct TalksLog {
    /// Rounds.
    pub rounds: Vec<RoundRow>,
    /// Offers.
    pub offers: Vec<OfferRow>,
    /// Agreed texts.
    pub deals: Vec<DealRow>,
    /// Answers to duties.
    pub answers: Vec<AnswerRow>,
    /// Games of allies.
    pub coalitions: Vec<CoalitionRow>,
    /// Acts of the principal.
    pub acts: Vec<ActRow>,
    /// States at the end of a week of talks.
    pub states: Vec<StateRow>,
}

impl TalksLog {
    /// Begins a tick.
    pub fn clear(&mut self) {
        self.rounds.clear();
        self.offers.clear();
        self.deals.clear();
        self.answers.clear();
        self.coalitions.clear();
        self.acts.clear();
        self.states.clear();
    }
}

impl Week<'_, '_> {
    /// Writes down an act of the principal.
    pub(super) fn act(&mut self, act: Act, parties: u32) {
        self.log.acts.push(ActRow {
            date: self.today,
            act,
            deadline: self.state.deadline,
            parties,
            stress: self.mood.stress,
        });
    }

    /// Alignment moves, and the week is written down.
    pub(super) fn write_states(&mut self) {
        for at in 0..self.files.len() {
            let (party, rule) = (self.party(at), &self.campaign.rule);
            let pressure = Pressure {
                rate_points: 100.0 * self.files[at].rate,
                security: party.security,
                backlash: 0.0,
            };
            let alignment = rule.alignment.next(self.files[at].alignment, &pressure);
            let (today, file) = (self.today, &mut *self.files[at]);
            file.alignment = alignment;
            self.log.states.push(StateRow {
                date: today,
                party: at as u32,
                status: file.status,
                rate: file.rate,
                due: file.due,
                rounds: file.rounds,
                answer: file.answer,
                has_letter: file.has_letter,
                coordinates: file.coordinates,
                alignment,
            });
        }
    }
}
