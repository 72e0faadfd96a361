//! What approval answers, and how strongly.

use std::sync::Arc;

use tradewinds_units::Date;

use super::electorate::Electorate;

/// Length of a week in years.
pub(crate) const WEEK: f64 = 7.0 / tradewinds_units::DAYS_PER_YEAR;

/// A national vote that was held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldVote {
    /// Economy.
    pub economy: usize,
    /// Its day.
    pub date: Date,
}

/// How approval moves. Speeds are per year, approval in per cent.
#[derive(Debug, Clone, PartialEq)]
pub struct ApprovalRule {
    /// Votes that the data record as held.
    pub held: Arc<[HeldVote]>,
    /// Whether it is followed at all.
    pub is_on: bool,
    /// Added to the level of every leader after the honeymoon, points.
    pub base_shift: f64,
    /// Size of honeymoons against those of the data.
    pub honeymoon_scale: f64,
    /// Length of honeymoons against those of the data.
    pub honeymoon_time_scale: f64,
    /// Speed at which shocks fade.
    pub fading: f64,
    /// Points per per cent of market return.
    pub stocks: f64,
    /// Points lost per point of perceived inflation a year.
    pub prices: f64,
    /// Points lost per point of unemployment.
    pub jobs: f64,
    /// Points per point of the average tariff (negative).
    pub news: f64,
    /// Standard deviation of the disturbance of a week, points.
    pub noise: f64,
    /// How own camp, independents and opponents answer, up to scale.
    pub slopes: [f64; 3],
    /// Lowest approval among opponents, per cent.
    pub opposed_floor: f64,
    /// How prices are perceived.
    pub perception: PerceptionRule,
    /// What threats from abroad do.
    pub rally: RallyRule,
    /// How approval is measured.
    pub polls: PollRule,
    /// Approval on single issues.
    pub issues: IssueRule,
    /// Votes and cabinets.
    pub elections: ElectionRule,
    /// What sets voters of a bloc apart, where there is more than one.
    pub voters: VoterRule,
    /// Voters and leaders, `[n]`; shared by all runs of a world.
    pub electorates: Arc<[Electorate]>,
}

/// How prices are perceived.
#[derive(Debug, Clone, PartialEq)]
pub struct PerceptionRule {
    /// Weight of expected against current inflation.
    pub expected_weight: f64,
    /// Expected rise of consumer prices per point of the announced average tariff.
    pub per_tariff: f64,
    /// How often the price of a sector is counted, `[s]`.
    pub attention: Vec<f64>,
    /// Age of the last published prices, years.
    pub lag: f64,
}

/// What threats from abroad do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RallyRule {
    /// Points behind a firm leader under a full threat.
    pub firm: f64,
    /// Points behind a conciliatory one.
    pub soft: f64,
    /// Years in which half of a rally fades.
    pub half_life: f64,
    /// Points of duty on all exports of goods at which 63 % of the rally comes.
    pub scale: f64,
    /// Part of the rally that opponents do not join.
    pub partisan_distance: f64,
}

/// How approval is measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PollRule {
    /// Speed at which the published average goes to approval.
    pub speed: f64,
    /// Standard deviation of the error of a pollster, points.
    pub pollster_error: f64,
    /// People asked in a poll.
    pub sample: f64,
}

/// Approval on trade and tariffs, inflation, the economy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IssueRule {
    /// Distance to approval in general, points.
    pub gaps: [f64; 3],
    /// How the part of approval that concerns an issue moves approval on it.
    pub mobility: f64,
}

/// Votes and the lives of cabinets. Chances are per month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ElectionRule {
    /// Points of vote per point of approval.
    pub slope: f64,
    /// Standard deviation of a vote share, points.
    pub noise: f64,
    /// Points of vote per point of duty that protects a sector of work.
    pub protection: f64,
    /// Points of vote lost per point of foreign duty on what a sector exports.
    pub retaliation: f64,
    /// Points of vote per per cent of a sector's pay in compensation.
    pub compensation: f64,
    /// Seat odds are vote odds to this power.
    pub seat_swing: f64,
    /// Chance that a majority cabinet ends at an approval of 40.
    pub majority_hazard: f64,
    /// The same for a minority cabinet.
    pub minority_hazard: f64,
    /// Change of the log of that chance per point of approval.
    pub hazard_slope: f64,
    /// Added in the three months after a lost national vote.
    pub lost_vote_hazard: f64,
    /// Chance of an early vote in the last year of a term, while it would win seats.
    pub dissolution_hazard: f64,
    /// Years from the call of an early vote to its day.
    pub notice: f64,
}

/// What sets voters of a bloc apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VoterRule {
    /// Standard deviation of a voter's own mood, points.
    pub noise: f64,
    /// Standard deviation of the log of a voter's sensitivity.
    pub spread: f64,
}

impl ApprovalRule {
    /// Nobody is asked.
    pub fn off() -> Self {
        Self {
            held: Arc::new([]),
            is_on: false,
            base_shift: 0.0,
            honeymoon_scale: 1.0,
            honeymoon_time_scale: 1.0,
            fading: 0.0,
            stocks: 0.0,
            prices: 0.0,
            jobs: 0.0,
            news: 0.0,
            noise: 0.0,
            slopes: [1.0; 3],
            opposed_floor: 0.0,
            perception: PerceptionRule {
                expected_weight: 0.0,
                per_tariff: 0.0,
                attention: Vec::new(),
                lag: 0.0,
            },
            rally: RallyRule {
                firm: 0.0,
                soft: 0.0,
                half_life: 1.0,
                scale: 1.0,
                partisan_distance: 0.0,
            },
            polls: PollRule {
                speed: f64::INFINITY,
                pollster_error: 0.0,
                sample: 1000.0,
            },
            issues: IssueRule {
                gaps: [0.0; 3],
                mobility: 1.0,
            },
            elections: ElectionRule {
                slope: 0.0,
                noise: 0.0,
                protection: 0.0,
                retaliation: 0.0,
                compensation: 0.0,
                seat_swing: 1.0,
                majority_hazard: 0.0,
                minority_hazard: 0.0,
                hazard_slope: 0.0,
                lost_vote_hazard: 0.0,
                dissolution_hazard: 0.0,
                notice: 0.0,
            },
            voters: VoterRule {
                noise: 0.0,
                spread: 0.0,
            },
            electorates: Arc::new([]),
        }
    }

    /// Names of all leaders, and at the end the one of those who are not in the data.
    pub fn leader_names(&self) -> Vec<String> {
        let leaders = self.electorates.iter().flat_map(|one| &one.leaders);
        let names = leaders.map(|leader| leader.id.clone());
        names.chain([SUCCESSOR.to_owned()]).collect()
    }
}

/// Name of leaders who came to office by chance.
pub const SUCCESSOR: &str = "successor";
