//! A week of talks: who is met, what is offered, which files close.

use tradewinds_kernel::draws::Draws;
use tradewinds_policy::talks::back_down::impatience_under_stress;
use tradewinds_policy::talks::bargaining::Pair;
use tradewinds_policy::talks::capacity::{
    QueuedFile, SlotSupply, counter_offer, serve, whole_slots,
};
use tradewinds_policy::talks::choice::happens;
use tradewinds_policy::talks::hazard::{Deadline, FileState};
use tradewinds_policy::talks::offer::seen_terms;
use tradewinds_policy::talks::optimism::{hoped_shares, waits_for_news};
use tradewinds_policy::talks::peers::{SignedPeer, reference_rate};
use tradewinds_policy::talks::red_line::Authority;
use tradewinds_units::{Date, days_after, days_between};

use super::campaign::{Campaign, Party};
use super::desk::Desk;
use super::file::File;
use super::law::LawWriter;
use super::log::{Act, OfferRow, Outcome, RoundRow, TalksLog};
use super::payoff::PayoffError;
use super::prospects::Prospects;
use super::state::{CLOSE, COUNTER, OFFER, ORDER, RELAX, SEEN, TalksState};
use super::strategy::View;

/// Longest span before anything that is decided happens, days.
const LIFETIME: f64 = 36_525.0;
/// Weeks of talks in a month.
const MONTH: u32 = 4;

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

impl Week<'_, '_> {
    /// Goes through a week.
    pub(super) fn run(&mut self) -> Result<(), PayoffError> {
        self.break_down();
        self.open_sectors();
        if self.state.week.is_multiple_of(MONTH) {
            self.meet_allies()?;
        }
        self.hold_rounds()?;
        self.reckon()?;
        self.close_files()?;
        self.snap_back();
        self.keep_deadline();
        self.answer_duties();
        self.notice();
        self.learn();
        self.write_states();
        self.state.week += 1;
        Ok(())
    }

    /// Keeps in mind what everybody saw the principal do today.
    pub(super) fn notice(&mut self) {
        let acts = self.log.acts.iter().map(|row| match row.act {
            Act::Pause => 1,
            Act::Letters => 2,
            // That deadlines move is a belief of its own.
            Act::Extension | Act::Deadline | Act::SinglingOut => 0,
        });
        let deals = self.log.deals.iter().map(|row| match row.outcome {
            Outcome::Signed => 4,
            Outcome::SnappedBack => 8,
            Outcome::Vetoed | Outcome::NotRatified | Outcome::NotConfirmed => 0,
        });
        self.state.month |= acts.chain(deals).fold(0, |seen, bit| seen | bit);
    }

    /// What a month has brought tells of the kind of the principal.
    fn learn(&mut self) {
        if self.state.week % MONTH == MONTH - 1 {
            let months = &self.campaign.rule.kinds.months;
            self.state.kinds = months.after(&self.state.kinds, self.state.month);
            self.state.month = 0;
        }
    }

    /// Believed chance that a deadline is extended, 0 to 1.
    pub(super) fn extension(&self) -> f64 {
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
    pub(super) fn similarity(&self, one: usize, other: usize) -> f64 {
        self.state.similarity[one * self.desk.economy.economies + other]
    }

    /// Weight of one government in what another knows of terms: that of an attached one is its
    /// share of the similarity of the rest of the world.
    fn likeness(&self, at: usize, other: usize) -> f64 {
        let (own, peer) = (self.party(at), self.party(other));
        peer.share * self.similarity(own.economy, peer.economy)
    }

    pub(super) fn days_left(&self) -> Option<f64> {
        let days = |deadline: Date| days_between(self.today, deadline) as f64;
        self.state.deadline.map(days)
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

    /// Rounds of the week: slots go to the files with the highest priority.
    fn hold_rounds(&mut self) -> Result<(), PayoffError> {
        let rule = &self.campaign.rule;
        let is_crisis = self.mood.stress > rule.crisis;
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
        let rule = &self.campaign.rule;
        let seen = self.seen_offers(at);
        let view = |structural: f64, other_last: f64| View {
            rounds: self.files[at].rounds,
            days_left: self.days_left(),
            structural,
            other_last,
            answer: 0.0,
            tit_for_tat: rule.tit_for_tat,
        };
        let file = &self.files[at];
        // One misjudgement a file: the largest of many would make every offer more generous.
        let noise = rule.offer_noise * self.draws.normal(OFFER, self.party(at).id, 0);
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
        let rule = &self.campaign.rule;
        let met = |other: &usize| *other != at && self.files[*other].rounds > 0;
        let (mut sum, mut weight) = (0.0, 0.0);
        for other in (0..self.files.len()).filter(met) {
            let similarity = self.likeness(at, other);
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
    pub(super) fn lowest_rate(&self, at: usize) -> f64 {
        let (file, rule) = (&self.files[at], &self.campaign.rule);
        let normal = self
            .draws
            .normal(COUNTER, self.party(at).id, self.state.week);
        let line = file.due - file.granted * (file.due - rule.floor).max(0.0);
        counter_offer(line, rule.principal_noise, normal).clamp(rule.floor.min(file.due), file.due)
    }

    /// Rate that similar partners got, as this one sees it.
    pub(super) fn reference(&self, at: usize) -> Option<f64> {
        let rule = &self.campaign.rule;
        let peers: Vec<SignedPeer> = (0..self.files.len())
            .filter(|other| *other != at)
            .filter_map(|other| {
                let deal = self.files[other].deal.as_ref();
                let deal = deal.filter(|deal| !deal.is_snapped_back)?;
                let normal = self.glance(at, other);
                let is_published = deal.legal <= self.today;
                Some(SignedPeer {
                    similarity: self.likeness(at, other),
                    rate: seen_terms(deal.rate, rule.opacity, normal, is_published),
                })
            })
            .collect();
        reference_rate(&peers)
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
            self.sign(at, &prospects);
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
