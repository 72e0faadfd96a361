//! What the principal remembers between weeks of talks.

use std::collections::VecDeque;

use bevy_ecs::resource::Resource;
use tradewinds_kernel::draws::Decision;
use tradewinds_policy::talks::belief::BetaBelief;
use tradewinds_units::{Date, days_between};

use tradewinds_equilibrium::Economy;

use super::campaign::{Campaign, Party};
use super::desk::Exposure;

/// Days of a week.
const WEEK: i64 = 7;

/// Talks as they go.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct TalksState {
    /// Day from which rates are due of those without a deal.
    pub deadline: Option<Date>,
    /// Letters for this deadline are out.
    pub has_letters: bool,
    /// Deals signed so far, those among them that the principal has undone included.
    pub signed: u32,
    /// Deadlines for which it was drawn whether they move.
    pub deadlines: u32,
    /// Belief that a deadline is extended.
    pub extension: BetaBelief,
    /// Belief of partners that claims of the principal are true.
    pub claims: BetaBelief,
    /// Belief of partners in each kind of principal.
    pub kinds: Vec<f64>,
    /// What this month of talks has brought, as bits of [`PrincipalKinds::months`].
    ///
    /// [`PrincipalKinds::months`]: super::campaign::PrincipalKinds::months
    pub month: usize,
    /// Reversals of the principal so far.
    pub reversals: u32,
    /// Parts of rounds and closings kept for the next week.
    pub kept: [f64; 2],
    /// Approval of the principal's leader on days of the last two weeks, points, in order of days.
    pub(super) approval: VecDeque<(Date, f64)>,
    /// Weeks of talks so far.
    pub week: u32,
    /// First day of the next week of talks.
    pub next: Date,
    /// Exposure of each economy's goods.
    pub(super) exposure: Vec<Exposure>,
    /// Country rates of all parties that pairs reckon with, where they do.
    pub expected: Option<Vec<f64>>,
    /// Similarity of exports, `[economy][economy]`, 0 to 1.
    pub(super) similarity: Vec<f64>,
    /// Goods that the principal buys of each party in the base year, USD bn a year.
    pub(super) imports: Vec<f64>,
}

impl TalksState {
    pub(super) fn of(
        campaign: &Campaign,
        economy: &Economy,
        (exposure, similarity): (Vec<Exposure>, Vec<f64>),
    ) -> Self {
        let imports = |party: &Party| -> f64 {
            let goods = (0..economy.sectors).filter(|s| Some(*s) != economy.services);
            let flows = goods.map(|s| economy.flow(campaign.principal, party.economy, s));
            let sales = &economy.accounts().sales;
            party.share * flows.map(|flow| sales[flow]).sum::<f64>()
        };
        Self {
            deadline: campaign.deadline,
            has_letters: false,
            signed: 0,
            deadlines: 0,
            extension: campaign.rule.extension,
            claims: campaign.rule.claims,
            kinds: campaign.rule.kinds.prior.clone(),
            month: 0,
            reversals: 0,
            kept: [0.0; 2],
            approval: VecDeque::new(),
            week: 0,
            next: campaign.from,
            expected: None,
            exposure,
            similarity,
            imports: campaign.parties.iter().map(imports).collect(),
        }
    }
}

impl TalksState {
    /// Points of approval that the principal's leader has lost in a week, or since talks began
    /// where that is less.
    pub(super) fn approval_lost(&self, today: Date, now: Option<f64>) -> f64 {
        let is_week_old = |(day, _): &&(Date, f64)| days_between(*day, today) >= WEEK;
        let last = self.approval.iter().rev().find(is_week_old);
        let before = last.or_else(|| self.approval.front());
        let lost = before.zip(now).map(|((_, before), now)| before - now);
        lost.unwrap_or(0.0)
    }

    /// Remembers the approval of a day.
    pub(super) fn remember(&mut self, today: Date, now: Option<f64>) {
        self.approval
            .retain(|(day, _)| days_between(*day, today) <= 2 * WEEK);
        self.approval.extend(now.map(|points| (today, points)));
    }
}

/// Way of bargaining of a party.
pub(super) const TYPE: Decision = Decision::named("talks: type");
/// Way of answering duties of a party.
pub(super) const STYLE: Decision = Decision::named("talks: style");
/// Rounds that a file needs.
pub(super) const NEEDED: Decision = Decision::named("talks: rounds needed");
/// Whether a side never yields; agents are twice the parties.
pub(super) const STUBBORN: Decision = Decision::named("talks: stubborn");
/// Order in which parties are met.
pub(super) const ORDER: Decision = Decision::named("talks: order");
/// Noise of a partner's offers.
pub(super) const OFFER: Decision = Decision::named("talks: offer");
/// Noise of the principal's counter-offer.
pub(super) const COUNTER: Decision = Decision::named("talks: counter-offer");
/// What a partner sees of the rates of others.
pub(super) const SEEN: Decision = Decision::named("talks: seen rates");
/// Whether a file closes.
pub(super) const CLOSE: Decision = Decision::named("talks: closing");
/// Whether the leader of the principal signs.
pub(super) const LEADER: Decision = Decision::named("talks: leader");
/// Whether a parliament ratifies.
pub(super) const RATIFY: Decision = Decision::named("talks: ratification");
/// Lag of a deal, quarrel and confirmation; agents are thrice the parties.
pub(super) const AFTER: Decision = Decision::named("talks: after the deal");
/// Whether sector duties are put on the table.
pub(super) const RELAX: Decision = Decision::named("talks: sector duties");
/// Whether the principal raises a rate again.
pub(super) const SNAP_BACK: Decision = Decision::named("talks: snap-back");
/// Rate of a letter.
pub(super) const LETTER: Decision = Decision::named("talks: letter");
/// Whether a deadline is extended; agents are deadlines.
pub(super) const EXTENSION: Decision = Decision::named("talks: extension");
/// Whether the principal backs down on a day.
pub(super) const BACK_DOWN: Decision = Decision::named("talks: back-down");
/// Level and lag of an answer by day; agents are twice the parties.
pub(super) const ANSWER: Decision = Decision::named("talks: answer");
/// Whether the principal answers an answer of a day.
pub(super) const ESCALATE: Decision = Decision::named("talks: escalation");
/// Private signal of an ally.
pub(super) const SIGNAL: Decision = Decision::named("talks: signal");
/// Whether joint pressure works.
pub(super) const PRESSURE: Decision = Decision::named("talks: pressure");
