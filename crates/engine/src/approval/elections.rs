//! Votes and the lives of cabinets.
//!
//! vote share = base + slope (approval − 50) + local exposure + noise,
//! local exposure = Σ share of the sector of work (protection × own duty on the sector
//!   − retaliation × foreign duty on its exports + compensation over its pay),
//! seats : rest = (votes : rest)^swing,
//! hazard of a cabinet a month = base e^(slope (approval − 40)) + a term after a lost vote.
//!
//! Cabinets have exact clocks: thresholds are drawn by event, hazard adds up in years,
//! so their end does not depend on the tick. A vote or a fall changes who is approved
//! of and nothing else in the model.

use bevy_ecs::prelude::*;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::draws::{Decision, Draws};
use tradewinds_kernel::maths::{exp, pow};
use tradewinds_units::{DAYS_PER_YEAR, Date, days_after};

use super::electorate::{Cabinet, Vote};
use super::opinion::{Mandate, Opinion};
use super::perception::Perceptions;
use super::rule::{ApprovalRule, ElectionRule};

const VOTE: Decision = Decision::named("vote_share");
const CABINET: Decision = Decision::named("cabinet_falls");
const DISSOLUTION: Decision = Decision::named("early_vote_called");

/// Years for which a lost national vote weighs on a cabinet.
const LOST_VOTE_YEARS: f64 = 0.25;
/// Approval at which the chances of cabinets are given, per cent.
const HAZARD_APPROVAL: f64 = 40.0;

/// What happened to a leader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// A vote that decides who leads.
    Vote,
    /// Another national vote.
    OtherVote,
    /// A cabinet that ended without a vote.
    Replacement,
    /// An early vote was called.
    Dissolution,
    /// A change of leaders that the data date.
    Listed,
    /// A vote that the data record as held, whose outcome is in the leaders they list.
    Held,
}

impl EventKind {
    /// Names in the order of the kinds.
    pub const NAMES: [&'static str; 6] = [
        "vote",
        "other_vote",
        "replacement",
        "early_vote_called",
        "dated_change",
        "held_vote",
    ];
}

/// What local exposure is made of, points of vote.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct LocalExposure {
    /// From duties that protect sectors of work.
    pub protection: f64,
    /// From foreign duties on what they export (negative).
    pub retaliation: f64,
    /// From compensation.
    pub compensation: f64,
}

impl LocalExposure {
    /// Points of vote in all.
    pub fn total(&self) -> f64 {
        self.protection + self.retaliation + self.compensation
    }
}

/// One event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ElectionEvent {
    /// Economy.
    pub economy: usize,
    /// Day.
    pub date: Date,
    /// What happened.
    pub kind: EventKind,
    /// Index of the leader whom it happened to, in [`ApprovalRule::leader_names`].
    pub leader: usize,
    /// Approval of that leader, per cent.
    pub approval: f64,
    /// Vote share of the leader's camp, per cent; NaN without a vote.
    pub vote_share: f64,
    /// Seats of the camp after it, share.
    pub seats: f64,
    /// Local part of the vote share.
    pub local: LocalExposure,
    /// Whether the leader stays.
    pub stays: bool,
}

/// Events of the tick, and the clocks of cabinets.
#[derive(Resource, Debug, Clone, Default, PartialEq)]
pub struct Elections {
    /// Events of the tick.
    pub events: Vec<ElectionEvent>,
    /// By economy.
    clocks: Vec<Clocks>,
}

/// Exact clocks of an economy: hazard gathered since the last event, and the number of
/// events so far, which addresses the next threshold.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Clocks {
    fall: (f64, u32),
    dissolution: (f64, u32),
    votes: u32,
}

/// What a sector receives and earns, for local exposure.
pub(super) struct Local<'a> {
    pub(super) perceptions: &'a Perceptions,
    /// Share of the electorate by sector of work.
    pub(super) share: &'a [f64],
    /// Compensation over pay by sector, per cent.
    pub(super) compensation: &'a [f64],
}

impl Local<'_> {
    /// Points of vote in economy n.
    pub(super) fn exposure(&self, rule: &ElectionRule, n: usize) -> LocalExposure {
        let sectors = self.share.len();
        let mut exposure = LocalExposure::default();
        for (s, share) in self.share.iter().enumerate() {
            let cell = n * sectors + s;
            exposure.protection += share * rule.protection * self.perceptions.protection[cell];
            exposure.retaliation -= share * rule.retaliation * self.perceptions.retaliation[cell];
            exposure.compensation += share * rule.compensation * self.compensation[s];
        }
        exposure
    }
}

/// Vote share of the leader's camp, per cent.
pub(super) fn vote_share(
    rule: &ElectionRule,
    (vote, approval): (&Vote, f64),
    local: f64,
    normal: f64,
) -> f64 {
    let share = vote.base + rule.slope * (approval - 50.0) + local + rule.noise * normal;
    share.clamp(0.0, 100.0)
}

/// Seats won with a vote share in per cent, share.
pub(super) fn seats(rule: &ElectionRule, vote_share: f64) -> f64 {
    if vote_share <= 0.0 || vote_share >= 100.0 {
        return vote_share / 100.0;
    }
    let odds = pow(vote_share / (100.0 - vote_share), rule.seat_swing);
    odds / (1.0 + odds)
}

/// Chance a month that a cabinet ends.
pub(super) fn cabinet_hazard(
    rule: &ElectionRule,
    (cabinet, approval): (Cabinet, f64),
    has_lost_vote: bool,
) -> f64 {
    let base = match cabinet {
        Cabinet::Majority => rule.majority_hazard,
        Cabinet::Minority => rule.minority_hazard,
    };
    let lost = if has_lost_vote {
        rule.lost_vote_hazard
    } else {
        0.0
    };
    base * exp(rule.hazard_slope * (approval - HAZARD_APPROVAL)) + lost
}

/// Approval of the leader of economy n before the first tick has closed.
fn opening_approval(rule: &ApprovalRule, n: usize, (opinion, day): (&Opinion, Date)) -> f64 {
    let mut opening = opinion.clone();
    opening.add_up(rule, n, day);
    let mandate = &opening.mandates[n];
    mandate.as_ref().map_or(f64::NAN, |own| own.approval)
}

fn years_after(day: Date, years: f64) -> Date {
    days_after(day, (years * DAYS_PER_YEAR).round() as i64)
}

impl Elections {
    pub(super) fn new(economies: usize) -> Self {
        Self {
            events: Vec::new(),
            clocks: vec![Clocks::default(); economies],
        }
    }

    /// Votes of the tick that the data record as held, where no vote of the model falls
    /// on their day. Who leads after them is in the data.
    pub(super) fn held_votes(&mut self, rule: &ApprovalRule, clock: &Clock, opinion: &Opinion) {
        for held in rule.held.iter() {
            let (n, day) = (held.economy, held.date);
            if day < clock.date() || day >= clock.end() {
                continue;
            }
            let Some(mandate) = opinion.mandates.get(n).and_then(Option::as_ref) else {
                continue;
            };
            let is_own = mandate.leader.vote.is_some_and(|vote| vote.date == day);
            if is_own {
                continue;
            }
            let mut event = self.event(rule, n, (mandate, EventKind::Held), day);
            if event.approval.is_nan() {
                event.approval = opening_approval(rule, n, (opinion, clock.date()));
            }
            self.events.push(event);
        }
    }

    /// Leaders whose first day lies in the tick; says which economies have a new one.
    pub(super) fn listed_changes(
        &mut self,
        rule: &ApprovalRule,
        clock: &Clock,
        opinion: &mut Opinion,
    ) -> Vec<usize> {
        let mut changed = Vec::new();
        for (n, electorate) in rule.electorates.iter().enumerate() {
            let last_day = clock.end().yesterday().unwrap_or(clock.end());
            let Some(now) = electorate.in_office(last_day.max(clock.date())) else {
                continue;
            };
            let Some(mandate) = &opinion.mandates[n] else {
                continue;
            };
            let is_due = mandate.listed.is_some_and(|listed| listed < now);
            if is_due {
                let leader = &electorate.leaders[now];
                let mut event = self.event(rule, n, (mandate, EventKind::Listed), leader.since);
                if event.approval.is_nan() {
                    event.approval = opening_approval(rule, n, (opinion, clock.date()));
                }
                self.events.push(ElectionEvent {
                    stays: false,
                    ..event
                });
                opinion.swear_in(rule, n, (leader, Some(now)));
                changed.push(n);
            }
        }
        changed
    }

    fn event(
        &self,
        rule: &ApprovalRule,
        n: usize,
        (mandate, kind): (&Mandate, EventKind),
        date: Date,
    ) -> ElectionEvent {
        ElectionEvent {
            economy: n,
            date,
            kind,
            leader: mandate.name_index(rule, n),
            approval: mandate.approval,
            vote_share: f64::NAN,
            seats: mandate.leader.seats,
            local: LocalExposure::default(),
            stays: true,
        }
    }

    /// Votes and falls of cabinets of economy n in the tick; says whether it has a new
    /// leader.
    pub(super) fn hold(
        &mut self,
        rule: &ApprovalRule,
        (clock, draws): (&Clock, &Draws),
        n: usize,
        (opinion, local): (&mut Opinion, LocalExposure),
    ) -> bool {
        let Some(mandate) = opinion.mandates[n].clone() else {
            return false;
        };
        // What the data date is history: chance comes after the last of it.
        let electorate = &rule.electorates[n];
        let has_more = mandate
            .listed
            .is_some_and(|listed| listed + 1 < electorate.leaders.len());
        if let Some(vote) = mandate.leader.vote
            && vote.date >= clock.date()
            && vote.date < clock.end()
        {
            return self.vote(rule, draws, n, (opinion, vote, local));
        }
        let Some(cabinet) = mandate.leader.cabinet else {
            return false;
        };
        if has_more || mandate.is_caretaker(clock.date()) {
            return false;
        }
        let day = clock.date();
        if self.dissolves(rule, (clock, draws), n, &mandate) {
            let called = self.event(rule, n, (&mandate, EventKind::Dissolution), day);
            self.events.push(called);
            if let Some(own) = &mut opinion.mandates[n] {
                let early = years_after(day, rule.elections.notice);
                own.set_vote(mandate.leader.vote.map(|vote| Vote {
                    date: early,
                    ..vote
                }));
            }
            return false;
        }
        let has_lost = mandate.lost_vote_until.is_some_and(|until| day < until);
        let hazard = cabinet_hazard(&rule.elections, (cabinet, mandate.approval), has_lost);
        let own = &mut self.clocks[n].fall;
        if !strikes(draws, (CABINET, n), own, 12.0 * hazard * clock.dt()) {
            return false;
        }
        let fallen = self.event(rule, n, (&mandate, EventKind::Replacement), day);
        self.events.push(ElectionEvent {
            stays: false,
            ..fallen
        });
        let leader = mandate.successor(mandate.leader.camp, clock.end(), electorate);
        opinion.swear_in(rule, n, (&leader, None));
        true
    }

    /// Whether an early vote is called in the tick.
    fn dissolves(
        &mut self,
        rule: &ApprovalRule,
        (clock, draws): (&Clock, &Draws),
        n: usize,
        mandate: &Mandate,
    ) -> bool {
        let Some(vote) = mandate.leader.vote.filter(|vote| vote.decides) else {
            return false;
        };
        let in_last_year = years_after(clock.date(), 1.0) >= vote.date;
        // An early vote is called once, before the last weeks.
        let is_early = years_after(clock.date(), rule.elections.notice) < vote.date;
        let polls = vote_share(&rule.elections, (&vote, mandate.published), 0.0, 0.0);
        let would_win =
            polls >= vote.needed && seats(&rule.elections, polls) > mandate.leader.seats;
        if !(in_last_year && is_early && would_win) {
            return false;
        }
        let hazard = 12.0 * rule.elections.dissolution_hazard * clock.dt();
        strikes(
            draws,
            (DISSOLUTION, n),
            &mut self.clocks[n].dissolution,
            hazard,
        )
    }

    fn vote(
        &mut self,
        rule: &ApprovalRule,
        draws: &Draws,
        n: usize,
        (opinion, vote, local): (&mut Opinion, Vote, LocalExposure),
    ) -> bool {
        let Some(mandate) = &mut opinion.mandates[n] else {
            return false;
        };
        let kind = match vote.decides {
            true => EventKind::Vote,
            false => EventKind::OtherVote,
        };
        let clocks = &mut self.clocks[n];
        let normal = draws.normal(VOTE, n as u32, clocks.votes);
        clocks.votes += 1;
        let share = vote_share(
            &rule.elections,
            (&vote, mandate.approval),
            local.total(),
            normal,
        );
        let won = share >= vote.needed;
        let seats = seats(&rule.elections, share);
        let next = (vote.term > 0.0).then(|| Vote {
            date: years_after(vote.date, vote.term),
            ..vote
        });
        mandate.set_vote(next);
        if vote.decides {
            mandate.set_seats(if won { seats } else { 1.0 - seats });
        }
        if !won {
            mandate.lost_vote_until = Some(years_after(vote.date, LOST_VOTE_YEARS));
        }
        let mandate = mandate.clone();
        let event = self.event(rule, n, (&mandate, kind), vote.date);
        self.events.push(ElectionEvent {
            vote_share: share,
            seats,
            local,
            stays: won || !vote.decides,
            ..event
        });
        if won || !vote.decides {
            return false;
        }
        let after = vote.date.tomorrow().unwrap_or(vote.date);
        let leader = mandate.successor(mandate.leader.camp.other(), after, &rule.electorates[n]);
        opinion.swear_in(rule, n, (&leader, None));
        true
    }
}

/// Adds hazard to an exact clock; whether it passes its threshold, after which it
/// starts anew.
fn strikes(
    draws: &Draws,
    (decision, n): (Decision, usize),
    (gathered, events): &mut (f64, u32),
    hazard: f64,
) -> bool {
    *gathered += hazard;
    let is_due = *gathered >= draws.exponential(decision, n as u32, *events);
    if is_due {
        *gathered = 0.0;
        *events += 1;
    }
    is_due
}
