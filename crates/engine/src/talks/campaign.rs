//! What talks start from: the principal, its partners, and the rules they follow.
//!
//! Everything here is fixed for a run. Money is in USD bn a year, rates and shares are
//! fractions, patience is per week.

use tradewinds_policy::PresetFormula;
use tradewinds_policy::talks::alignment::AlignmentRule;
use tradewinds_policy::talks::back_down::BackDownWeights;
use tradewinds_policy::talks::bargaining::Pair;
use tradewinds_policy::talks::belief::{BetaBelief, EventLikelihoods};
use tradewinds_policy::talks::capacity::SlotSupply;
use tradewinds_policy::talks::coalition::TrustRule;
use tradewinds_policy::talks::disagreement::SecurityLink;
use tradewinds_policy::talks::hazard::HazardWeights;
use tradewinds_policy::talks::implementation::AfterDeal;
use tradewinds_policy::talks::issue::Showcase;
use tradewinds_policy::talks::nash_in_nash::DampedIteration;
use tradewinds_policy::talks::offer::{AspirationRule, ConcessionPath};
use tradewinds_policy::talks::order::{OrderTraits, OrderWeights};
use tradewinds_policy::talks::red_line::RedLineRule;
use tradewinds_policy::talks::retaliation::{Escalation, RetaliationTraits, RetaliationWeights};
use tradewinds_units::Date;

use super::law::PartnerStatutes;
use super::payoff::Weights;
use super::strategy::StrategyChoice;

/// Talks of one government with many, from a day on.
#[derive(Debug, Clone, PartialEq)]
pub struct Campaign {
    /// First day on which governments act.
    pub from: Date,
    /// Economy of the principal.
    pub principal: usize,
    /// Economy that stands for the rest of the world, of which attached governments own parts.
    pub rest: Option<usize>,
    /// Governments across the table.
    pub parties: Vec<Party>,
    /// Duties that talks can move, by economy.
    pub statutes: Vec<Option<PartnerStatutes>>,
    /// Names of issues, in the order of [`Offer::issue`].
    pub issues: Vec<String>,
    /// Day from which the rates of parties without a deal are due, as the law stands on the
    /// first day.
    pub deadline: Option<Date>,
    /// How they bargain.
    pub rule: TalksRule,
    /// How the principal conducts itself.
    pub principal_strategy: StrategyChoice,
}

/// A government across the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Party {
    /// Name in tables: the code of its economy.
    pub code: String,
    /// Its number in draws, which hangs on its code alone.
    pub id: u32,
    /// Its economy, or that of the rest of the world.
    pub economy: usize,
    /// Part of the exports of that economy to the principal that is its own, share.
    pub share: f64,
    /// It has no economy of its own.
    pub is_attached: bool,
    /// Weight of its rate in the mean of attached rates, share.
    pub weight: f64,
    /// Country rate of an attached government by first day, share.
    pub schedule: Vec<(Date, f64)>,
    /// It is not talked with; pauses and deadlines hold for it all the same.
    pub is_absent: bool,
    /// Rounds held before the first day.
    pub rounds_held: u32,
    /// Its own gross domestic product, USD bn a year.
    pub gdp: f64,
    /// Goods that it sells to the principal and buys of it as recorded, USD bn a year.
    pub trade: (f64, f64),
    /// What makes it come early or late, standardised.
    pub order: OrderTraits,
    /// What moves it to answer duties.
    pub retaliation: RetaliationTraits,
    /// Priors of its ways of bargaining: fast, listener, holdout, hedger.
    pub types: [f64; 4],
    /// Priors of its ways of answering: equaliser, partial, slow, none.
    pub answers: [f64; 4],
    /// Discount rate, per week: the higher, the less patient.
    pub patience: f64,
    /// Part of the preparation done, 0 to 1.
    pub readiness: f64,
    /// Dependence on the principal for its security, 0 to 1.
    pub security: f64,
    /// Only a deal that cuts sector duties counts.
    pub is_all_or_nothing: bool,
    /// Seats behind it, share.
    pub seats: f64,
    /// First day without a majority.
    pub minority_from: Option<Date>,
    /// First and last day as a caretaker.
    pub caretaker: Option<(Date, Date)>,
    /// Day of the next vote.
    pub next_vote: Option<Date>,
    /// Trade with the third option, share.
    pub rival_share: f64,
    /// What it can concede, the easiest first.
    pub offers: Vec<Offer>,
    /// How it conducts itself.
    pub strategy: StrategyChoice,
}

impl Campaign {
    /// Country rate of a government by first day, as the law has it on the first day of
    /// talks, share of customs value.
    pub fn scheduled_of<'a>(&'a self, party: &'a Party) -> &'a [(Date, f64)] {
        if party.is_attached {
            return &party.schedule;
        }
        let statutes = self.statutes.get(party.economy).and_then(Option::as_ref);
        statutes.map_or(&[], |one| &one.country.scheduled)
    }
}

/// Number of a government in draws: of its code alone, so that a government more or less
/// changes the luck of no other. Letters and digits, five at most, to base 36.
pub fn number_in_draws(code: &str) -> u32 {
    let digits = code.bytes().take(5).map(|byte| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        byte => 10 + u32::from(byte.to_ascii_uppercase().saturating_sub(b'A')) % 26,
    });
    digits.fold(0, |number, digit| 36 * number + digit)
}

/// What a government can concede on an issue.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// Index of the issue.
    pub issue: usize,
    /// Value to the principal at full concession.
    pub value: f64,
    /// Cost to the government at full concession.
    pub cost: f64,
    /// Largest concession away from votes, 0 to 1.
    pub red_line: f64,
    /// Tightening of it on the day of a vote, 0 to 1.
    pub tightening: f64,
    /// What a full concession changes in the economy.
    pub effect: Effect,
    /// It needs a law of the partner.
    pub needs_vote: bool,
}

/// What a concession changes in the economy at full extent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Effect {
    /// Imports of the partner from the principal in a sector, USD bn a year.
    Imports {
        /// Sector.
        sector: usize,
        /// Rise at full extent.
        by: f64,
    },
    /// Duty of the partner on all goods of the principal, share of customs value.
    Duty {
        /// Cut at full extent.
        by: f64,
    },
    /// Trade cost of all goods of the principal in the partner's market, share.
    Cost {
        /// Cut at full extent.
        by: f64,
    },
    /// Nothing that the model has.
    None,
}

/// How governments bargain.
#[derive(Debug, Clone, PartialEq)]
pub struct TalksRule {
    /// Lowest country rate that the principal grants, share.
    pub floor: f64,
    /// Days of a pause.
    pub pause_days: i64,
    /// Days by which a deadline is extended.
    pub extension_days: i64,
    /// How the principal values trade.
    pub weights: Weights,
    /// Value to a partner of a dollar of exports.
    pub export_value: f64,
    /// Value of being seen to sign.
    pub showcase: Showcase,
    /// Discount rate of the principal, per week.
    pub patience: f64,
    /// Tie of security to trade.
    pub security: SecurityLink,
    /// Weekly chance that a sector duty kept off the table is opened for a partner.
    pub relax: f64,
    /// Least days between rounds of a file.
    pub round_gap: f64,
    /// Standard deviation of the noise of a partner's offer, share of the red line.
    pub offer_noise: f64,
    /// Signings claimed above true ones.
    pub bluff: f64,
    /// Belief of partners that claims are true.
    pub claims: BetaBelief,
    /// Who is met first.
    pub order: OrderWeights,
    /// Gap to the rates of peers that a government refuses, share.
    pub peer_gap: f64,
    /// Further toughness of the principal for each deal still to follow.
    pub precedent: f64,
    /// The game of allies.
    pub allies: AlliesRule,
    /// Weekly chance that a file closes.
    pub hazard: HazardWeights,
    /// Belief that a deadline is extended.
    pub extension: BetaBelief,
    /// What partners think of the principal's kind.
    pub kinds: PrincipalKinds,
    /// Belief of both sides that their hand improves with a vote.
    pub optimism: f64,
    /// What each side holds out for, and how likely it is never to yield.
    pub attrition: AttritionRule,
    /// How politics moves red lines.
    pub red_lines: RedLineRule,
    /// Weeks before a new government negotiates.
    pub learning_weeks: f64,
    /// Whether caretakers are kept from signing.
    pub caretakers_wait: bool,
    /// Noise of votes, share of seats.
    pub ratify_noise: f64,
    /// Seats needed to ratify, share.
    pub seats_needed: f64,
    /// Rounds that the principal can hold.
    pub slots: SlotSupply,
    /// Closings at the level of leaders, per week.
    pub leader_slots: f64,
    /// Rounds needed per open issue.
    pub rounds_per_issue: f64,
    /// Standard deviation of the principal's counter-offer, share.
    pub principal_noise: f64,
    /// Chance that the leader refuses an agreed text.
    pub veto: f64,
    /// Weeks before the deadline at which letters go out.
    pub letter_margin: f64,
    /// When the principal backs down; per day.
    pub back_down: BackDownWeights,
    /// Resolve of the principal, 0 to 1.
    pub resolve: f64,
    /// Stress from which the principal's week is a crisis.
    pub crisis: f64,
    /// Rise of a rate from which governments answer, share.
    pub answered_rise: f64,
    /// Days from an answer to the principal's own.
    pub escalation_days: i64,
    /// Factor by which a quarrel over content lengthens the way to law.
    pub quarrel_lag: f64,
    /// Whether and how partners answer duties.
    pub retaliation: RetaliationWeights,
    /// Shares of a duty that can be matched, ascending.
    pub match_levels: Vec<f64>,
    /// Mean days to an answer: at once, and of a union with a qualified vote.
    pub answer_days: [f64; 2],
    /// Shape of the lag.
    pub answer_shape: f64,
    /// What the principal does to those that answer.
    pub escalation: Escalation,
    /// Strength of tit for tat.
    pub tit_for_tat: f64,
    /// Precision of choice, per share of what is at stake.
    pub precision: f64,
    /// Noise in what partners know of each other's rates, share.
    pub opacity: f64,
    /// How the rate that a government holds out for follows the terms of peers, a round.
    pub aspiration: AspirationRule,
    /// How types concede: fast, listener, holdout, hedger.
    pub paths: [ConcessionPath; 4],
    /// What follows a deal.
    pub after: AfterDeal,
    /// How alignment with the third option moves.
    pub alignment: AlignmentRule,
    /// Whether what partners are worth to each other's rivals enters payoffs.
    pub has_diversion: bool,
    /// Whether a pause takes duties on sector goods away too.
    pub pauses_sectors: bool,
    /// How pairs that reckon with each other's rates find them; none where they go by what
    /// is signed and claimed.
    pub nash_in_nash: Option<DampedIteration>,
    /// How the principal presets rates on the first day; as the law has them where none.
    pub presets: Option<PresetFormula>,
}

/// Kinds of principals that partners think possible, and what each would do in a month.
#[derive(Debug, Clone, PartialEq)]
pub struct PrincipalKinds {
    /// Prior of each, adding up to one.
    pub prior: Vec<f64>,
    /// Chance that each pauses in a month.
    pub pauses: Vec<f64>,
    /// Chance of what a month brings, by kind: bit 0 a pause or a deadline moved, bit 1
    /// letters, bit 2 a deal, bit 3 a deal undone.
    pub months: EventLikelihoods,
}

impl PrincipalKinds {
    /// How much likelier a belief makes a pause than the prior does.
    pub fn pauses_over_prior(&self, belief: &[f64]) -> f64 {
        let chance = |of: &[f64]| -> f64 { of.iter().zip(&self.pauses).map(|(p, q)| p * q).sum() };
        let prior = chance(&self.prior);
        if prior > 0.0 {
            chance(belief) / prior
        } else {
            1.0
        }
    }
}

/// The game of allies, in rates of duty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AlliesRule {
    /// Security dependence from which a partner is an ally, 0 to 1.
    pub least_security: f64,
    /// Cut of the rate that joint pressure brings when it works, share.
    pub joint_gain: f64,
    /// Cut that signing alone brings, share.
    pub lone_gain: f64,
    /// Extra rate on an ally that is singled out, share.
    pub penalty: f64,
    /// Allies that can be singled out at once.
    pub targets: f64,
    /// Share of allies at which pressure works half the time.
    pub half: f64,
    /// Steepness of that.
    pub steepness: f64,
    /// Cost of coordination, as a rate, share.
    pub cost: f64,
    /// Standard deviation of the private signal.
    pub noise: f64,
    /// Trust at the start, 0 to 1.
    pub trust: f64,
    /// How trust moves.
    pub trust_rule: TrustRule,
    /// Weight of a visible leader in the chance of being singled out.
    pub salience: f64,
}

/// Who holds out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AttritionRule {
    /// Shares of the surplus demanded.
    pub demands: Pair,
    /// Prior that a side never yields.
    pub stubborn: Pair,
    /// Factor on that of the principal for each of its reversals.
    pub reversal: f64,
}
