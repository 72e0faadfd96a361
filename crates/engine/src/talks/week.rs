//! A week of talks: who is met, what is offered, which files close.

use tradewinds_kernel::draws::Draws;
use tradewinds_policy::talks::attrition::{WarOfAttrition, after_reversals};
use tradewinds_policy::talks::back_down::impatience_under_stress;
use tradewinds_policy::talks::bargaining::{Pair, Side, bargaining_weight};
use tradewinds_policy::talks::capacity::{
    QueuedFile, SlotSupply, counter_offer, serve, whole_slots,
};
use tradewinds_policy::talks::choice::happens;
use tradewinds_policy::talks::disagreement::{Disagreement, ExpectedDeadline};
use tradewinds_policy::talks::divide::perceived_signings;
use tradewinds_policy::talks::hazard::{Deadline, FileState};
use tradewinds_policy::talks::issue::{Issue, Term};
use tradewinds_policy::talks::offer::seen_terms;
use tradewinds_policy::talks::optimism::{hoped_shares, waits_for_news};
use tradewinds_policy::talks::package::{Package, Table, nash_package_on_grid};
use tradewinds_policy::talks::peers::{SignedPeer, reference_rate, share_under_precedent};
use tradewinds_policy::talks::red_line::{Authority, HomePolitics, IssueAtHome};
use tradewinds_units::{Date, days_after, days_between};

use super::campaign::{Campaign, Offer, Party};
use super::desk::{Desk, Question};
use super::file::{Deal, File, Status};
use super::law::LawWriter;
use super::log::{Act, OfferRow, Outcome, RoundRow, TalksLog};
use super::payoff::PayoffError;
use super::state::{CLOSE, COUNTER, OFFER, ORDER, RELAX, SEEN, STUBBORN, TalksState};
use super::strategy::View;

/// Step of the rates that are compared, share.
const STEP: f64 = 0.025;
/// Similarity of exports from which partners ask for the same terms.
const ALIKE: f64 = 0.8;
/// Longest span before anything that is decided happens, days.
const LIFETIME: f64 = 36_525.0;
/// Least cut of a country rate that makes a deal, share.
const LEAST_CUT: f64 = 0.001;
/// Stake below which a partner has nothing to lose, USD bn a year.
const LEAST_STAKE: f64 = 1e-3;
/// Weeks of talks in a month.
const MONTH: u32 = 4;
/// Stress from which the principal's week is a crisis.
pub(super) const CRISIS: f64 = 0.5;

/// Markets and voters of the principal.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Mood {
    /// Index of stress z.
    pub stress: f64,
    /// Shares fall while yields rise.
    pub is_joint: bool,
    /// Approval lost in a week, points.
    pub approval_lost: f64,
}

/// One week at the table; files are in the order of parties.
pub(super) struct Week<'a, 'f> {
    pub campaign: &'a Campaign,
    pub draws: &'a Draws,
    pub today: Date,
    pub mood: Mood,
    pub desk: Desk<'a>,
    pub state: &'a mut TalksState,
    pub files: Vec<&'f mut File>,
    pub law: &'a mut LawWriter<'f>,
    pub log: &'a mut TalksLog,
}

/// A text that both sides could sign.
pub(super) struct Text {
    /// Country rate, share of customs value.
    pub rate: f64,
    /// Sector goods pay it too.
    pub has_sector_cut: bool,
    /// Concessions with their payoffs.
    pub package: Package,
}

/// Which deals of others a payoff reckons with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Signings {
    /// None: everybody pays what is due.
    None,
    /// Those that stand, and so many more that are claimed and believed.
    Claimed(f64),
}

/// What both sides could agree on in a file.
pub(super) struct Prospects {
    /// The best text; none where none serves both.
    pub text: Option<Text>,
    pub disagreement: Pair,
    /// What is at stake for the partner: floor against what is due, USD bn a year.
    pub stake: f64,
    /// What signings of others take from the value of rejection, USD bn a year, at most 0
    /// where trade diverts.
    pub rejection: f64,
    /// Red line of each offer today, 0 to 1.
    pub lines: Vec<f64>,
    /// What the partner offers of each, 0 to 1.
    pub offered: Vec<f64>,
    /// Part of demands beyond red lines, 0 to 1.
    pub gap: f64,
    pub weight: f64,
}

impl Prospects {
    pub(super) fn gain(&self) -> Option<Pair> {
        let text = self.text.as_ref()?;
        Some(text.package.payoffs.over(self.disagreement))
    }

    /// Whether the text changes a duty of the principal: a rate that is due, or those on
    /// sector goods.
    fn changes(&self, due: f64) -> bool {
        self.text
            .as_ref()
            .is_some_and(|text| text.rate < due - LEAST_CUT || text.has_sector_cut)
    }

    /// What signings of others took from the value of rejection as a share of what is at
    /// stake; zero where nothing is.
    pub(super) fn rejection(&self) -> f64 {
        match self.stake > LEAST_STAKE {
            true => self.rejection / self.stake,
            false => 0.0,
        }
    }

    /// Gain of the partner as a share of what is at stake, 0 to 1.
    pub(super) fn surplus(&self) -> f64 {
        let gain = self.gain().map_or(0.0, |gain| gain.partner);
        (gain / self.stake).clamp(0.0, 1.0)
    }
}

impl Week<'_, '_> {
    /// Goes through a week.
    pub(super) fn run(&mut self) -> Result<(), PayoffError> {
        self.break_down();
        self.open_sectors();
        if self.state.week.is_multiple_of(MONTH) {
            self.meet_allies()?;
        }
        self.hold_rounds()?;
        self.close_files()?;
        self.snap_back();
        self.keep_deadline();
        self.answer_duties();
        self.learn();
        self.write_states();
        self.state.week += 1;
        Ok(())
    }

    /// What everybody sees the principal do in a month tells of its kind.
    fn learn(&mut self) {
        let acts = self.log.acts.iter().map(|row| match row.act {
            Act::Pause | Act::Extension => 1,
            Act::Letters => 2,
            Act::Deadline | Act::SinglingOut => 0,
        });
        let deals = self.log.deals.iter().map(|row| match row.outcome {
            Outcome::Signed => 4,
            Outcome::SnappedBack => 8,
            Outcome::Vetoed | Outcome::NotRatified | Outcome::NotConfirmed => 0,
        });
        self.state.month |= acts.chain(deals).fold(0, |seen, bit| seen | bit);
        if self.state.week % MONTH == MONTH - 1 {
            let months = &self.campaign.rule.kinds.months;
            self.state.kinds = months.after(&self.state.kinds, self.state.month);
            self.state.month = 0;
        }
    }

    /// Believed chance that a deadline is extended, 0 to 1.
    fn extension(&self) -> f64 {
        let kinds = &self.campaign.rule.kinds;
        let likelier = kinds.pauses_over_prior(&self.state.kinds);
        (self.state.extension.mean() * likelier).min(1.0)
    }

    /// Reads what the law has on the goods of every government: only it says which rates are
    /// paid.
    pub(super) fn read_law(&mut self, days_a_tick: i64) {
        for at in 0..self.files.len() {
            let before = (1..=days_a_tick).map(|ago| days_after(self.today, -ago));
            let paid: f64 = before.map(|day| self.law.rate_on(at, day)).sum();
            self.files[at].charged = paid / days_a_tick as f64;
            self.files[at].rate = self.law.rate_on(at, self.today);
        }
    }

    pub(super) fn party(&self, at: usize) -> &Party {
        // The campaign outlives the week.
        let campaign: &Campaign = self.campaign;
        &campaign.parties[at]
    }

    /// Similarity of the exports of two economies, 0 to 1.
    fn similarity(&self, one: usize, other: usize) -> f64 {
        self.state.similarity[one * self.desk.economy.economies + other]
    }

    fn days_left(&self) -> Option<f64> {
        let days = |deadline: Date| days_between(self.today, deadline) as f64;
        self.state.deadline.map(days)
    }

    /// Files in which neither side yields end when both are known not to.
    fn break_down(&mut self) {
        for at in 0..self.files.len() {
            if self.files[at].is_open() && self.is_known_to_fail(at) {
                self.files[at].status = Status::BrokenDown;
            }
        }
    }

    /// Whether both sides of a file are of the kind that never yields, and have talked for so
    /// long that both know. Each reversal makes the principal less likely to be of it.
    fn is_known_to_fail(&self, at: usize) -> bool {
        let (party, rule) = (self.party(at), &self.campaign.rule.attrition);
        let Some(first) = self.files[at].first_round else {
            return false;
        };
        let stubborn = Pair {
            principal: after_reversals(
                rule.stubborn.principal,
                rule.reversal,
                self.state.reversals,
            ),
            partner: rule.stubborn.partner,
        };
        let rates = Pair {
            principal: self.campaign.rule.patience,
            partner: party.patience,
        };
        let Some(war) = WarOfAttrition::new(rule.demands, rates, stubborn) else {
            return false;
        };
        let known = days_after(first, days(7.0 * war.end()));
        let yields = |side: Side, place: u32| {
            let uniform = self.draws.uniform(STUBBORN, 2 * party.id + place, 0);
            war.time_to_yield(side, uniform).is_some()
        };
        known <= self.today && !yields(Side::Principal, 0) && !yields(Side::Partner, 1)
    }

    /// Sector duties that are off the table may be put on it for who talks.
    fn open_sectors(&mut self) {
        let relax = self.campaign.rule.relax;
        for (at, file) in self.files.iter_mut().enumerate() {
            let party = &self.campaign.parties[at];
            let uniform = self.draws.uniform(RELAX, party.id, self.state.week);
            // Of attached governments no goods of single sectors are known.
            let may = file.is_open() && file.rounds > 0 && !party.is_attached;
            file.has_sectors |= may && happens(relax, uniform);
        }
    }

    /// Whether the government may meet and sign.
    pub(super) fn authority(&self, at: usize) -> Authority {
        let (party, rule) = (self.party(at), &self.campaign.rule);
        let is_caretaker = rule.caretakers_wait
            && (party.caretaker).is_some_and(|(from, to)| from <= self.today && self.today <= to);
        let weeks = self.weeks_in_office(party);
        Authority::of(
            is_caretaker,
            weeks.unwrap_or(f64::INFINITY),
            rule.learning_weeks,
        )
    }

    /// Weeks since a vote made a new government: of one that followed a caretaker.
    fn weeks_in_office(&self, party: &Party) -> Option<f64> {
        let vote = party.next_vote.filter(|_| party.caretaker.is_some())?;
        let weeks = days_between(vote, self.today) as f64 / 7.0;
        (weeks >= 0.0).then_some(weeks)
    }

    fn home(&self, at: usize) -> HomePolitics {
        let party = self.party(at);
        let to_vote = (party.next_vote).map(|vote| days_between(self.today, vote) as f64 / 7.0);
        let has_new_mandate = self.weeks_in_office(party).is_some();
        let has_majority =
            has_new_mandate || (party.minority_from).is_none_or(|from| from > self.today);
        HomePolitics {
            weeks_to_vote: to_vote.filter(|weeks| *weeks > 0.0),
            is_minority: !has_majority,
            cooperation: 0.0,
            has_new_mandate,
        }
    }

    /// Rounds of the week: slots go to the files with the highest priority.
    fn hold_rounds(&mut self) -> Result<(), PayoffError> {
        let rule = &self.campaign.rule;
        let is_crisis = self.mood.stress > CRISIS;
        let supply: SlotSupply = rule.slots;
        let (slots, kept) = whole_slots(self.state.kept[0], supply.in_week(is_crisis, 0.0));
        self.state.kept[0] = kept.min(supply.per_week);
        let queue: Vec<QueuedFile> = (0..self.files.len()).map(|at| self.queued(at)).collect();
        for at in serve(&queue, slots) {
            self.hold_round(at)?;
        }
        Ok(())
    }

    fn queued(&self, at: usize) -> QueuedFile {
        let (party, file, rule) = (self.party(at), &self.files[at], &self.campaign.rule);
        // The order rule draws one after the other with odds e^(score / T): as scores with
        // Gumbel noise.
        let uniform = self.draws.uniform(ORDER, party.id, 0);
        let gumbel = -libm::log(-libm::log(uniform));
        let is_rested = (file.last_round)
            .is_none_or(|last| days_between(last, self.today) as f64 >= rule.round_gap);
        QueuedFile {
            priority: rule.order.score(&party.order)
                + party.strategy.0.haste()
                + rule.order.temperature * gumbel,
            is_crisis: false,
            is_available: file.is_open() && is_rested && self.authority(at) != Authority::Learning,
            rounds_left: file.needed.saturating_sub(file.rounds),
        }
    }

    fn hold_round(&mut self, at: usize) -> Result<(), PayoffError> {
        self.concede(at);
        if let Some(reference) = self.reference(at) {
            let rule = self.campaign.rule.aspiration;
            let file = &mut *self.files[at];
            let held = file.aspiration.unwrap_or(file.due);
            file.aspiration = Some(rule.after(held, reference));
        }
        let prospects = self.prospects(at)?;
        let hazard = self.hazard(at, &prospects);
        let lowest = self.lowest_rate(at);
        let (party, today) = (at as u32, self.today);
        let file = &mut *self.files[at];
        file.rounds += 1;
        file.last_round = Some(today);
        file.first_round = file.first_round.or(Some(today));
        let gain = prospects.gain();
        let of = |side: fn(Pair) -> f64| gain.map_or(f64::NAN, side);
        self.log.rounds.push(RoundRow {
            date: today,
            party,
            round: file.rounds,
            needed: file.needed,
            conceded: file.conceded,
            granted_rate: lowest,
            partner_gain: of(|gain| gain.partner),
            principal_gain: of(|gain| gain.principal),
            hazard,
        });
        let round = file.rounds;
        let offers = self.campaign.parties[at].offers.iter();
        let limits = prospects.lines.iter().zip(&prospects.offered);
        for (offer, (red_line, extent)) in offers.zip(limits) {
            self.log.offers.push(OfferRow {
                date: today,
                party,
                round,
                issue: offer.issue as u32,
                extent: *extent,
                red_line: *red_line,
            });
        }
        Ok(())
    }

    /// What both sides concede in the next round.
    fn concede(&mut self, at: usize) {
        let (rule, week) = (&self.campaign.rule, self.state.week);
        let seen = self.seen_offers(at);
        let view = |structural: f64, other_last: f64| View {
            rounds: self.files[at].rounds,
            days_left: self.days_left(),
            structural,
            other_last,
            answer: 0.0,
            is_hit: false,
            tit_for_tat: rule.tit_for_tat,
        };
        let file = &self.files[at];
        let noise = rule.offer_noise * self.draws.normal(OFFER, self.party(at).id, week);
        let path = rule.paths[file.kind].offer(file.rounds, seen) + noise;
        // What was offered once stays on the table.
        let kept = match file.first_round {
            Some(_) => file.conceded,
            None => 0.0,
        };
        let partner = view(path.clamp(kept, 1.0), file.granted);
        let principal = view(1.0, file.conceded);
        let conceded = self.party(at).strategy.0.concedes(&partner);
        let granted = self.campaign.principal_strategy.0.concedes(&principal);
        let file = &mut *self.files[at];
        file.conceded = conceded.clamp(0.0, 1.0);
        file.granted = granted.clamp(0.0, 1.0);
    }

    /// Mean concession of partners with similar exports that have met, as far as it is seen:
    /// what is known of rates of others to some points is known of the way to the floor to so
    /// much of it.
    fn seen_offers(&self, at: usize) -> Option<f64> {
        let (own, rule) = (self.party(at).economy, &self.campaign.rule);
        let peers = (0..self.files.len()).filter(|other| {
            *other != at && self.files[*other].rounds > 0 && self.party(*other).economy != own
        });
        let (mut sum, mut weight) = (0.0, 0.0);
        for other in peers {
            let similarity = self.similarity(own, self.party(other).economy);
            let file = &self.files[other];
            let way = (file.due - rule.floor).max(rule.opacity);
            let noise = if way > 0.0 { rule.opacity / way } else { 0.0 };
            let seen = seen_terms(file.conceded, noise, self.glance(at, other), false);
            sum += similarity * seen.clamp(0.0, 1.0);
            weight += similarity;
        }
        (weight > 0.0).then(|| sum / weight)
    }

    /// How one government misreads another, in standard deviations.
    fn glance(&self, at: usize, other: usize) -> f64 {
        let (own, seen) = (self.party(at).id, self.party(other).id);
        self.draws.normal(SEEN, own, seen)
    }

    /// Lowest country rate that the principal grants a file today.
    fn lowest_rate(&self, at: usize) -> f64 {
        let (file, rule) = (&self.files[at], &self.campaign.rule);
        let normal = self
            .draws
            .normal(COUNTER, self.party(at).id, self.state.week);
        let line = file.due - file.granted * (file.due - rule.floor).max(0.0);
        counter_offer(line, rule.principal_noise, normal).clamp(rule.floor.min(file.due), file.due)
    }

    /// Rate that similar partners got, as this one sees it.
    fn reference(&self, at: usize) -> Option<f64> {
        let (own, rule) = (self.party(at).economy, &self.campaign.rule);
        let peers: Vec<SignedPeer> = (0..self.files.len())
            .filter(|other| self.party(*other).economy != own)
            .filter_map(|other| {
                let deal = self.files[other].deal.as_ref();
                let deal = deal.filter(|deal| !deal.is_snapped_back)?;
                let normal = self.glance(at, other);
                let is_published = deal.legal <= self.today;
                Some(SignedPeer {
                    similarity: self.similarity(own, self.party(other).economy),
                    rate: seen_terms(deal.rate, rule.opacity, normal, is_published),
                })
            })
            .collect();
        reference_rate(&peers)
    }

    /// What a file could close on today.
    pub(super) fn prospects(&self, at: usize) -> Result<Prospects, PayoffError> {
        let (party, rule) = (self.party(at), &self.campaign.rule);
        let file = &self.files[at];
        let rivals = self.rivals(at, self.claimed());
        let value = |rate: f64| self.value(at, (rate, false), rivals);
        let (now, due) = (value(file.rate)?, value(file.due)?);
        let floor = value(rule.floor.min(file.due))?;
        let alone = self.value(at, (file.due, false), self.rivals(at, Signings::None))?;
        let disagreement = self.disagreement(at, now, due);
        let lines = self.red_lines(at);
        let offered = offered(&party.offers, &lines, file.conceded);
        let terms = terms(&party.offers, &offered);
        let asked: f64 = party.offers.iter().map(|offer| offer.value).sum();
        let within: f64 = (party.offers.iter().zip(&lines))
            .map(|(offer, line)| offer.value * line)
            .sum();
        let of_peers = self
            .reference(at)
            .map(|reference| reference + rule.peer_gap);
        let limits = of_peers.into_iter().chain(file.aspiration);
        let most = limits.fold(file.due, f64::min);
        let rates = rates_between(self.lowest_rate(at), most);
        let weight = self.weight(at);
        let table = Table {
            status: Pair::default(),
            disagreement,
            weight,
        };
        let mut best: Option<Text> = None;
        for has_sector_cut in self.cuts(at) {
            let statuses = self.statuses(at, (&rates, has_sector_cut), rivals)?;
            let Some((index, package)) = nash_package_on_grid(&statuses, &terms, table) else {
                continue;
            };
            if best
                .as_ref()
                .is_none_or(|best| package.product > best.package.product)
            {
                best = Some(Text {
                    rate: rates[index],
                    has_sector_cut,
                    package,
                });
            }
        }
        Ok(Prospects {
            text: best,
            disagreement,
            stake: (floor.partner - due.partner).abs().max(LEAST_STAKE),
            rejection: due.partner - alone.partner,
            lines,
            offered,
            gap: match asked > 0.0 {
                true => 1.0 - within / asked,
                false => 0.0,
            },
            weight,
        })
    }

    /// Payoffs of a country rate, with the duties on sector goods cut to it or not.
    pub(super) fn value(
        &self,
        at: usize,
        (rate, has_sector_cut): (f64, bool),
        rivals: f64,
    ) -> Result<Pair, PayoffError> {
        let file = &self.files[at];
        let question = Question {
            rate,
            has_sector_cut,
            rivals,
        };
        let rates = (file.charged, file.rate);
        self.desk.value(self.party(at), rates, question)
    }

    /// Red line of each offer today, 0 to 1.
    fn red_lines(&self, at: usize) -> Vec<f64> {
        let (rule, home) = (&self.campaign.rule.red_lines, self.home(at));
        let line = |offer: &Offer| {
            let issue = IssueAtHome {
                red_line: offer.red_line,
                tightening: offer.tightening,
            };
            rule.at(&issue, &home)
        };
        self.party(at).offers.iter().map(line).collect()
    }

    /// Whether texts may hold a cut of sector duties: they may once it is on the table, and
    /// must where only such a text counts. A principal that grants nothing cuts none.
    fn cuts(&self, at: usize) -> Vec<bool> {
        let (party, file) = (self.party(at), &self.files[at]);
        let may = file.has_sectors && file.granted > 0.0;
        match (party.is_all_or_nothing, may) {
            (true, true) => vec![true],
            (true, false) => Vec::new(),
            (false, true) => vec![false, true],
            (false, false) => vec![false],
        }
    }

    /// Payoffs of rates before any concession, with what a signature is worth to the principal
    /// for being seen.
    fn statuses(
        &self,
        at: usize,
        (rates, has_sector_cut): (&[f64], bool),
        rivals: f64,
    ) -> Result<Vec<Pair>, PayoffError> {
        let showcase = match self.party(at).is_attached {
            true => 0.0,
            false => self.campaign.rule.showcase.next(self.state.signed),
        };
        let status = |rate: &f64| {
            let value = self.value(at, (*rate, has_sector_cut), rivals)?;
            Ok(Pair {
                principal: value.principal + showcase,
                ..value
            })
        };
        rates.iter().map(status).collect()
    }

    /// Signings of others as the partners believe them: those made and those claimed.
    fn claimed(&self) -> Signings {
        let signed = self.standing().count() as f64;
        let claimed = perceived_signings(signed, self.campaign.rule.bluff, &self.state.claims);
        Signings::Claimed(claimed - signed)
    }

    /// Deals that stand.
    fn standing(&self) -> impl Iterator<Item = &Deal> {
        let deals = self.files.iter().filter_map(|file| file.deal.as_ref());
        deals.filter(|deal| !deal.is_snapped_back)
    }

    /// Change of the mean country rate of the rivals of a government, by what the principal
    /// imports of them, from now to the day on which rates are due: those that have signed pay
    /// what they agreed, of the others those that are believed to have signed the floor, the
    /// rest what is due.
    pub(super) fn rivals(&self, at: usize, signings: Signings) -> f64 {
        let floor = self.campaign.rule.floor;
        let open = self.files.iter().filter(|file| file.is_open()).count() as f64;
        let believed = match signings {
            Signings::Claimed(more) if open > 0.0 => (more / open).clamp(0.0, 1.0),
            _ => 0.0,
        };
        let (mut change, mut imports) = (0.0, 0.0);
        for (other, file) in self
            .files
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != at)
        {
            let deal = file.deal.as_ref().filter(|deal| !deal.is_snapped_back);
            let then = match (deal, signings) {
                (Some(deal), Signings::Claimed(_)) => deal.rate,
                _ if file.is_open() => believed * floor.min(file.due) + (1.0 - believed) * file.due,
                _ => file.due,
            };
            change += self.state.imports[other] * (then - file.charged);
            imports += self.state.imports[other];
        }
        if imports > 0.0 { change / imports } else { 0.0 }
    }

    fn disagreement(&self, at: usize, now: Pair, due: Pair) -> Pair {
        let (party, rule) = (self.party(at), &self.campaign.rule);
        let lasting = |impasse: f64, reversion: f64, rate_per_week: f64| match self.days_left() {
            None => impasse,
            Some(days_left) => Disagreement { impasse, reversion }.lasting(ExpectedDeadline {
                days_left,
                extension: self.extension(),
                rate_per_week,
            }),
        };
        let stressed = impatience_under_stress(rule.patience, self.mood.stress);
        let ties = rule.security.expected_loss(party.security, party.gdp);
        Pair {
            principal: lasting(now.principal, due.principal, stressed),
            partner: lasting(now.partner, due.partner, party.patience) - ties,
        }
    }

    /// Bargaining weight of a partner: the less patient the principal, the more.
    fn weight(&self, at: usize) -> f64 {
        let (party, rule) = (self.party(at), &self.campaign.rule);
        let stressed = impatience_under_stress(rule.patience, self.mood.stress);
        let weight = bargaining_weight(party.patience, stressed);
        let alike = (0..self.files.len()).filter(|other| {
            let peer = self.party(*other);
            *other != at
                && !peer.is_attached
                && self.files[*other].is_open()
                && self.similarity(party.economy, peer.economy) >= ALIKE
        });
        share_under_precedent(weight, rule.precedent, alike.count() as u32)
    }

    pub(super) fn hazard(&self, at: usize, prospects: &Prospects) -> f64 {
        self.hazard_of(at, (prospects.surplus(), prospects.gap.clamp(0.0, 1.0)))
    }

    /// Weekly chance that a file closes at a surplus and a gap to red lines, 0 to 1.
    fn hazard_of(&self, at: usize, (surplus, gap): (f64, f64)) -> f64 {
        let (party, rule, file) = (self.party(at), &self.campaign.rule, &self.files[at]);
        let at_table = self
            .files
            .iter()
            .filter(|file| file.is_open() && file.rounds > 0);
        let open = at_table.count() as f64;
        // Who is in haste does not wait for preparation.
        let prepared = match self.campaign.principal_strategy.0.haste() > 0.0 {
            true => 1.0,
            false => f64::from(file.rounds) / f64::from(file.needed.max(1)),
        };
        let is_caretaker = self.authority(at) == Authority::Caretaker;
        rule.hazard.weekly(&FileState {
            surplus,
            deadline: Deadline {
                days_left: self.days_left(),
                extension: self.extension(),
                extended_by: rule.extension_days as f64,
            },
            has_summit: false,
            // Rounds do what preparation at home has not.
            readiness: party.readiness + (1.0 - party.readiness) * prepared.min(1.0),
            red_line_gap: gap,
            is_caretaker,
            queue_weeks: open / rule.slots.per_week.max(0.1),
        })
    }

    /// Files at the table close with their hazard, as far as leaders have time.
    fn close_files(&mut self) -> Result<(), PayoffError> {
        let rule = &self.campaign.rule;
        let (mut closings, kept) = whole_slots(self.state.kept[1], rule.leader_slots);
        self.state.kept[1] = kept;
        let priority: Vec<f64> = (0..self.files.len())
            .map(|at| self.queued(at).priority)
            .collect();
        let mut order: Vec<usize> = (0..self.files.len()).collect();
        order.sort_by(|one, other| priority[*other].total_cmp(&priority[*one]));
        for at in order {
            let file = &self.files[at];
            if !file.is_open() || file.rounds == 0 || closings == 0 {
                continue;
            }
            let uniform = self
                .draws
                .uniform(CLOSE, self.party(at).id, self.state.week);
            // Most draws close no file on any terms: then terms need not be sought.
            if !happens(self.hazard_of(at, (1.0, 0.0)), uniform) {
                continue;
            }
            let prospects = self.prospects(at)?;
            let hazard = self.hazard(at, &prospects);
            if !happens(hazard, uniform) || !self.is_agreed(at, &prospects) {
                continue;
            }
            closings -= 1;
            self.sign(at, &prospects)?;
        }
        self.state.kept[1] += f64::from(closings).min(1.0);
        Ok(())
    }

    /// Whether both want the package, and the partner may sign it now.
    fn is_agreed(&self, at: usize, prospects: &Prospects) -> bool {
        let party = self.party(at);
        let Some(gain) = prospects.gain() else {
            return false;
        };
        if !prospects.changes(self.files[at].due) {
            return false;
        }
        if !self.authority(at).may_sign() {
            return false;
        }
        let optimism = Pair {
            principal: self.campaign.rule.optimism,
            partner: self.campaign.rule.optimism,
        };
        let stressed = impatience_under_stress(self.campaign.rule.patience, self.mood.stress);
        let rates = Pair {
            principal: stressed,
            partner: party.patience,
        };
        let to_vote = (party.next_vote).map(|vote| days_between(self.today, vote) as f64 / 7.0);
        let waits = to_vote.filter(|weeks| *weeks > 0.0).is_some_and(|weeks| {
            waits_for_news(hoped_shares(prospects.weight, optimism), rates, weeks)
        });
        let accepts = party.strategy.0.accepts(gain.partner / prospects.stake);
        !waits && accepts && self.campaign.principal_strategy.0.accepts(gain.principal)
    }
}

/// Whole days of a span, one at least and a lifetime at most.
pub(super) fn days(span: f64) -> i64 {
    span.ceil().clamp(1.0, LIFETIME) as i64
}

/// What a partner offers when it concedes a share of what its red lines cost it: the easiest
/// issue first, each to its red line, until the share is spent.
fn offered(offers: &[Offer], lines: &[f64], conceded: f64) -> Vec<f64> {
    let costs = offers
        .iter()
        .zip(lines)
        .map(|(offer, line)| offer.cost * line);
    let mut left = conceded * costs.sum::<f64>();
    let extent = |(offer, line): (&Offer, &f64)| {
        let cost = offer.cost * line;
        if cost <= 0.0 {
            return *line;
        }
        let part = (left / cost).clamp(0.0, 1.0);
        left -= part * cost;
        part * line
    };
    offers.iter().zip(lines).map(extent).collect()
}

fn terms(offers: &[Offer], limits: &[f64]) -> Vec<Term> {
    let term = |(offer, limit): (&Offer, &f64)| {
        Issue {
            value: offer.value,
            cost: offer.cost,
            red_line: *limit,
            is_on_table: true,
        }
        .term()
    };
    offers.iter().zip(limits).map(term).collect()
}

/// Rates from the lowest to the highest, both among them.
fn rates_between(lowest: f64, highest: f64) -> Vec<f64> {
    if lowest > highest {
        return Vec::new();
    }
    let steps = ((highest - lowest) / STEP).ceil().min(60.0) as u32;
    let mut rates: Vec<f64> = (0..steps)
        .map(|step| lowest + f64::from(step) * STEP)
        .filter(|rate| *rate < highest)
        .collect();
    rates.push(highest);
    rates
}
