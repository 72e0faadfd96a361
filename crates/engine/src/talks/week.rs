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
use tradewinds_policy::talks::issue::{DutyCut, Issue, Term};
use tradewinds_policy::talks::offer::seen_terms;
use tradewinds_policy::talks::optimism::{hoped_shares, waits_for_news};
use tradewinds_policy::talks::package::{Package, Table, nash_package_on_grid};
use tradewinds_policy::talks::peers::{SignedPeer, reference_rate, share_under_precedent};
use tradewinds_policy::talks::red_line::{Authority, HomePolitics, IssueAtHome};
use tradewinds_units::{Date, days_after, days_between};

use super::campaign::{Campaign, Party};
use super::desk::{Desk, Question};
use super::file::{File, Status};
use super::law::LawWriter;
use super::log::{OfferRow, RoundRow, TalksLog};
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

/// What both sides could agree on in a file.
pub(super) struct Prospects {
    /// The best package with the rate it holds; none where no package serves both.
    pub package: Option<(f64, Package)>,
    pub disagreement: Pair,
    /// What is at stake for the partner: floor against what is due, USD bn a year.
    pub stake: f64,
    /// What signings of others take from the value of rejection, USD bn a year, at most 0
    /// where trade diverts.
    pub rejection: f64,
    /// Red line of each offer today, 0 to 1.
    pub lines: Vec<f64>,
    /// Part of demands beyond red lines, 0 to 1.
    pub gap: f64,
    pub weight: f64,
}

impl Prospects {
    pub(super) fn gain(&self) -> Option<Pair> {
        let (_, package) = self.package.as_ref()?;
        Some(package.payoffs.over(self.disagreement))
    }

    /// Whether the package changes a duty of the principal: a rate that is due, or those on
    /// sector goods, which come after the issues.
    fn changes(&self, due: f64, issues: usize) -> bool {
        self.package.as_ref().is_some_and(|(rate, package)| {
            let has_sector_cut = package.extents.get(issues).is_some_and(|part| *part > 0.5);
            *rate < due - LEAST_CUT || has_sector_cut
        })
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
        if self.state.week.is_multiple_of(4) {
            self.meet_allies()?;
        }
        self.hold_rounds()?;
        self.close_files()?;
        self.snap_back();
        self.keep_deadline();
        self.answer_duties();
        self.write_states();
        self.state.week += 1;
        Ok(())
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
        let rule = &self.campaign.rule.attrition;
        for at in 0..self.files.len() {
            if !self.files[at].is_open() || self.state.week > 0 {
                let file = &mut self.files[at];
                if file.is_open() && file.breaks_down_on.is_some_and(|day| day <= self.today) {
                    file.status = Status::BrokenDown;
                }
                continue;
            }
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
                partner: self.party(at).patience,
            };
            let Some(war) = WarOfAttrition::new(rule.demands, rates, stubborn) else {
                continue;
            };
            let yields = |side: Side, place: u32| {
                let uniform = self.draws.uniform(STUBBORN, 2 * at as u32 + place, 0);
                war.time_to_yield(side, uniform).is_some()
            };
            let holds_out = !yields(Side::Principal, 0) && !yields(Side::Partner, 1);
            if holds_out {
                let end = days_after(self.today, days(7.0 * war.end()));
                self.files[at].breaks_down_on = Some(end);
            }
        }
    }

    /// Sector duties that are off the table may be put on it for who talks.
    fn open_sectors(&mut self) {
        let relax = self.campaign.rule.relax;
        for (at, file) in self.files.iter_mut().enumerate() {
            let uniform = self.draws.uniform(RELAX, at as u32, self.state.week);
            file.has_sectors |= file.is_open() && file.rounds > 0 && happens(relax, uniform);
        }
    }

    /// Whether the government may meet and sign.
    pub(super) fn authority(&self, at: usize) -> Authority {
        let (party, rule) = (self.party(at), &self.campaign.rule);
        let is_caretaker = rule.caretakers_wait
            && (party.caretaker).is_some_and(|(from, to)| from <= self.today && self.today <= to);
        let since_vote = (party.next_vote).map(|vote| days_between(vote, self.today) as f64 / 7.0);
        let weeks = since_vote.filter(|weeks| *weeks >= 0.0);
        Authority::of(
            is_caretaker,
            weeks.unwrap_or(f64::INFINITY),
            rule.learning_weeks,
        )
    }

    fn home(&self, at: usize) -> HomePolitics {
        let party = self.party(at);
        let to_vote = (party.next_vote).map(|vote| days_between(self.today, vote) as f64 / 7.0);
        HomePolitics {
            weeks_to_vote: to_vote.filter(|weeks| *weeks > 0.0),
            is_minority: party.minority_from.is_some_and(|from| from <= self.today),
            cooperation: 0.0,
            has_new_mandate: to_vote.is_some_and(|weeks| weeks <= 0.0),
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
        let uniform = self.draws.uniform(ORDER, at as u32, 0);
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
        let prospects = self.prospects(at)?;
        let hazard = self.hazard(at, &prospects);
        let lowest = self.lowest_rate(at);
        let (party, today) = (at as u32, self.today);
        let file = &mut *self.files[at];
        file.rounds += 1;
        file.last_round = Some(today);
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
        let (round, conceded) = (file.rounds, file.conceded);
        let offers = self.campaign.parties[at].offers.iter();
        for (offer, red_line) in offers.zip(&prospects.lines) {
            self.log.offers.push(OfferRow {
                date: today,
                party,
                round,
                issue: offer.issue as u32,
                extent: conceded * red_line,
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
        let noise = rule.offer_noise * self.draws.normal(OFFER, at as u32, week);
        let path = rule.paths[file.kind].offer(file.rounds, seen) + noise;
        let partner = view(path.clamp(0.0, 1.0), file.granted);
        let principal = view(1.0, file.conceded);
        let conceded = self.party(at).strategy.0.concedes(&partner);
        let granted = self.campaign.principal_strategy.0.concedes(&principal);
        let file = &mut *self.files[at];
        file.conceded = conceded.clamp(0.0, 1.0);
        file.granted = granted.clamp(0.0, 1.0);
    }

    /// Mean concession of partners with similar exports that have met, as far as it is seen.
    fn seen_offers(&self, at: usize) -> Option<f64> {
        let own = self.party(at).economy;
        let peers = (0..self.files.len()).filter(|other| {
            *other != at && self.files[*other].rounds > 0 && self.party(*other).economy != own
        });
        let (mut sum, mut weight) = (0.0, 0.0);
        for other in peers {
            let similarity = self.similarity(own, self.party(other).economy);
            sum += similarity * self.files[other].conceded;
            weight += similarity;
        }
        (weight > 0.0).then(|| sum / weight)
    }

    /// Lowest country rate that the principal grants a file today.
    fn lowest_rate(&self, at: usize) -> f64 {
        let (file, rule) = (&self.files[at], &self.campaign.rule);
        let normal = self.draws.normal(COUNTER, at as u32, self.state.week);
        let line = file.due - file.granted * (file.due - rule.floor).max(0.0);
        counter_offer(line, rule.principal_noise, normal).clamp(rule.floor.min(file.due), file.due)
    }

    /// Rate that similar partners got, as this one sees it.
    fn reference(&self, at: usize) -> Option<f64> {
        let (own, rule) = (self.party(at).economy, &self.campaign.rule);
        let peers: Vec<SignedPeer> = (0..self.files.len())
            .filter(|other| self.party(*other).economy != own)
            .filter_map(|other| {
                let deal = self.files[other].deal.as_ref()?;
                let normal = self
                    .draws
                    .normal(SEEN, (at * self.files.len() + other) as u32, 0);
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
        let rivals = self.rivals();
        let value = |rate: f64, has_sector_cut: bool| {
            let question = Question {
                rate,
                has_sector_cut,
                rivals,
            };
            self.desk.value(party, file.rate, question)
        };
        let (now, due) = (value(file.rate, false)?, value(file.due, false)?);
        let floor = value(rule.floor.min(file.due), false)?;
        let alone = self.desk.value(
            party,
            file.rate,
            Question {
                rate: file.due,
                has_sector_cut: false,
                rivals: 0.0,
            },
        )?;
        let disagreement = self.disagreement(at, now, due);
        let home = self.home(at);
        let lines: Vec<f64> = (party.offers.iter())
            .map(|offer| {
                let issue = IssueAtHome {
                    red_line: offer.red_line,
                    tightening: offer.tightening,
                };
                rule.red_lines.at(&issue, &home)
            })
            .collect();
        let mut terms: Vec<Term> = (party.offers.iter().zip(&lines))
            .map(|(offer, line)| {
                Issue {
                    value: offer.value,
                    cost: offer.cost,
                    red_line: line * file.conceded,
                    is_on_table: true,
                }
                .term()
            })
            .collect();
        let asked: f64 = party.offers.iter().map(|offer| offer.value).sum();
        let within: f64 = (party.offers.iter().zip(&lines))
            .map(|(offer, line)| offer.value * line)
            .sum();
        let lowest = self.lowest_rate(at);
        let most = match self.reference(at) {
            Some(reference) => file.due.min(reference + rule.peer_gap),
            None => file.due,
        };
        let rates = rates_between(lowest, most);
        let showcase = match party.is_attached {
            true => 0.0,
            false => rule.showcase.next(self.state.signed),
        };
        let statuses: Vec<Pair> = rates
            .iter()
            .map(|rate| {
                let value = value(*rate, false)?;
                Ok(Pair {
                    principal: value.principal + showcase,
                    ..value
                })
            })
            .collect::<Result<_, PayoffError>>()?;
        if party.is_all_or_nothing || file.has_sectors {
            let rate = rates.first().copied().unwrap_or(lowest);
            let (with, without) = (value(rate, true)?, value(rate, false)?);
            terms.push(
                DutyCut {
                    value: (with.partner - without.partner).max(0.0),
                    cost: (without.principal - with.principal).max(0.0),
                    is_on_table: file.has_sectors,
                    is_required: party.is_all_or_nothing,
                }
                .term(),
            );
        }
        let weight = self.weight(at);
        let table = Table {
            status: Pair::default(),
            disagreement,
            weight,
        };
        let package = nash_package_on_grid(&statuses, &terms, table)
            .map(|(index, package)| (rates[index], package));
        Ok(Prospects {
            package,
            disagreement,
            stake: (floor.partner - due.partner).abs().max(LEAST_STAKE),
            rejection: due.partner - alone.partner,
            lines,
            gap: match asked > 0.0 {
                true => 1.0 - within / asked,
                false => 0.0,
            },
            weight,
        })
    }

    /// Change of the mean rate of rivals that the partners believe to come with signings.
    fn rivals(&self) -> f64 {
        let open: Vec<&&mut File> = self.files.iter().filter(|file| file.is_open()).collect();
        if open.is_empty() {
            return 0.0;
        }
        let way = |file: &&&mut File| 0.5 * (file.due - self.campaign.rule.floor).max(0.0);
        let mean = open.iter().map(way).sum::<f64>() / open.len() as f64;
        let claimed = perceived_signings(
            f64::from(self.state.signed),
            self.campaign.rule.bluff,
            &self.state.claims,
        );
        -mean * (claimed / self.files.len() as f64).min(1.0)
    }

    fn disagreement(&self, at: usize, now: Pair, due: Pair) -> Pair {
        let (party, rule) = (self.party(at), &self.campaign.rule);
        let lasting = |impasse: f64, reversion: f64, rate_per_week: f64| match self.days_left() {
            None => impasse,
            Some(days_left) => Disagreement { impasse, reversion }.lasting(ExpectedDeadline {
                days_left,
                extension: self.state.extension.mean(),
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
        let prepared = f64::from(file.rounds) / f64::from(file.needed.max(1));
        let is_caretaker = self.authority(at) == Authority::Caretaker;
        rule.hazard.weekly(&FileState {
            surplus,
            deadline: Deadline {
                days_left: self.days_left(),
                extension: self.state.extension.mean(),
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
        for at in 0..self.files.len() {
            let file = &self.files[at];
            if !file.is_open() || file.rounds == 0 || closings == 0 {
                continue;
            }
            let uniform = self.draws.uniform(CLOSE, at as u32, self.state.week);
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
        if !prospects.changes(self.files[at].due, party.offers.len()) {
            return false;
        }
        if !self.authority(at).may_sign() {
            return false;
        }
        let optimism = Pair {
            principal: self.campaign.rule.optimism,
            partner: self.campaign.rule.optimism,
        };
        let rates = Pair {
            principal: self.campaign.rule.patience,
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
