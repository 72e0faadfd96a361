//! Approval of the leader of each economy, by bloc and in all.
//!
//! With level L = base + honeymoon e^(−t / time), S the mean of the starts of the three
//! sides and slopes scaled to a mean of one,
//!
//! approval of a side = start + slope (L − S) + mean mood + rally,
//! shock of a bloc = slope (stocks × wealth × return − prices × d inflation − jobs ×
//! d unemployment + news × d tariff + disturbance).
//!
//! When all blocs see the same, the mean over them is L + a with
//! a' = (1 − fading) a + shock: the formula without blocs.

use tradewinds_kernel::clock::closing_share;
use tradewinds_kernel::maths::exp;
use tradewinds_units::{Date, year_fraction};

use super::electorate::{Cabinet, Camp, Electorate, Leader, Side, Vote};
use super::rule::{ApprovalRule, WEEK};

/// What all voters of an economy see in a tick.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Common {
    /// Market return, per cent.
    pub market: f64,
    /// Change of the average tariff, points.
    pub tariff: f64,
    /// Rise of the threat from abroad over the highest so far, 0 to 1.
    pub threat: f64,
    /// A standard normal number.
    pub disturbance: f64,
}

/// What each bloc sees in a tick; changes in points.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// Change of perceived inflation, by final user.
    pub inflation: &'a [f64],
    /// Change of unemployment, by sector.
    pub unemployment: &'a [f64],
}

/// What approval is made of, points.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Parts {
    /// Level after the honeymoon.
    pub base: f64,
    /// What is left of the honeymoon.
    pub honeymoon: f64,
    /// Perceived inflation.
    pub prices: f64,
    /// Unemployment in the sectors of work.
    pub jobs: f64,
    /// Market returns.
    pub markets: f64,
    /// The average tariff.
    pub news: f64,
    /// Threats from abroad.
    pub rally: f64,
    /// Disturbances, own moods of voters and limits.
    pub other: f64,
}

/// The term of a leader as it goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Mandate {
    /// Index of the leader in the data; `None` for one who came by chance.
    pub listed: Option<usize>,
    /// What is known of the leader; the next vote and the seats move on.
    pub leader: Leader,
    /// Approval, per cent.
    pub approval: f64,
    /// Approval among own camp, independents and opponents, per cent.
    pub by_side: [f64; 3],
    /// What approval is made of.
    pub parts: Parts,
    /// Published average of polls, per cent.
    pub published: f64,
    /// The last poll, per cent.
    pub poll: f64,
    /// What is left of the threats felt; a new leader of the economy inherits it.
    felt: f64,
    /// Until when a lost national vote weighs.
    pub(super) lost_vote_until: Option<Date>,
}

/// The voters of all economies, bloc by bloc.
#[derive(Debug, Clone, PartialEq)]
struct Blocs {
    /// First bloc of each economy, `[n + 1]`.
    first: Vec<usize>,
    user: Vec<usize>,
    sector: Vec<usize>,
    share: Vec<f64>,
    side: Vec<Side>,
    slope: Vec<f64>,
    /// Shares of firms a head, scaled so that all returns move approval as one.
    wealth: Vec<f64>,
}

/// Approval of all leaders.
#[derive(bevy_ecs::resource::Resource, Debug, Clone, PartialEq)]
pub struct Opinion {
    /// Terms as they go, `[n]`; `None` where approval is not followed.
    pub mandates: Vec<Option<Mandate>>,
    blocs: Blocs,
    /// Shock of each bloc in this tick.
    pub(super) shock: Vec<f64>,
    /// Mean mood of each bloc.
    pub(super) mood: Vec<f64>,
}

impl Mandate {
    fn of(leader: &Leader, listed: Option<usize>, rule: &ApprovalRule) -> Self {
        let mut leader = leader.clone();
        leader.base += rule.base_shift;
        leader.honeymoon *= rule.honeymoon_scale;
        leader.honeymoon_time *= rule.honeymoon_time_scale;
        Self {
            listed,
            leader,
            approval: f64::NAN,
            by_side: [f64::NAN; 3],
            parts: Parts::default(),
            published: f64::NAN,
            poll: f64::NAN,
            felt: 0.0,
            lost_vote_until: None,
        }
    }

    /// Honeymoon left on a day, points.
    fn honeymoon(&self, day: Date) -> f64 {
        let years = year_fraction(self.leader.since, day).max(0.0);
        self.leader.honeymoon * exp(-years / self.leader.honeymoon_time)
    }

    /// Points that a full threat puts behind the leader.
    fn rally_of(&self, rule: &ApprovalRule) -> f64 {
        let (soft, firm) = (rule.rally.soft, rule.rally.firm);
        (soft + (firm - soft) * self.leader.firmness) * self.leader.firmness
    }

    /// Whether the leader only keeps the office on a day.
    pub fn is_caretaker(&self, day: Date) -> bool {
        let term = self.leader.caretaker;
        term.is_some_and(|(from, to)| from <= day && day <= to)
    }
}

impl Opinion {
    /// Leaders in office on a day, with nothing behind them.
    pub(super) fn new(rule: &ApprovalRule, day: Date) -> Self {
        let all = rule.electorates.iter().flat_map(|one| &one.blocs);
        let mut first = vec![0];
        for electorate in rule.electorates.iter() {
            first.push(first[first.len() - 1] + electorate.blocs.len());
        }
        let count = first[first.len() - 1];
        let blocs = Blocs {
            first,
            user: all.clone().map(|bloc| bloc.user).collect(),
            sector: all.clone().map(|bloc| bloc.sector).collect(),
            share: all.map(|bloc| bloc.share).collect(),
            side: vec![Side::Independent; count],
            slope: vec![1.0; count],
            wealth: vec![1.0; count],
        };
        let mut opinion = Self {
            mandates: vec![None; rule.electorates.len()],
            blocs,
            shock: vec![0.0; count],
            mood: vec![0.0; count],
        };
        if !rule.is_on {
            return opinion;
        }
        for (n, electorate) in rule.electorates.iter().enumerate() {
            if let Some(listed) = electorate.in_office(day) {
                opinion.swear_in(rule, n, (&electorate.leaders[listed], Some(listed)));
            }
        }
        opinion
    }

    /// Economies whose leaders are followed.
    pub fn followed(&self) -> impl Iterator<Item = (usize, &Mandate)> {
        let all = self.mandates.iter().enumerate();
        all.filter_map(|(n, mandate)| Some((n, mandate.as_ref()?)))
    }

    /// Number of blocs.
    pub fn bloc_count(&self) -> usize {
        self.blocs.share.len()
    }

    /// Blocs of an economy.
    pub(super) fn blocs_of(&self, n: usize) -> std::ops::Range<usize> {
        self.blocs.first[n]..self.blocs.first[n + 1]
    }

    /// A new leader takes office: sides and slopes of the blocs follow the camp. The
    /// caller makes voters forget.
    pub(super) fn swear_in(
        &mut self,
        rule: &ApprovalRule,
        n: usize,
        (leader, listed): (&Leader, Option<usize>),
    ) {
        let felt = self.mandates[n].as_ref().map_or(0.0, |last| last.felt);
        let mut mandate = Mandate::of(leader, listed, rule);
        mandate.felt = felt;
        self.mandates[n] = Some(mandate);
        let range = self.blocs_of(n);
        let electorate: &Electorate = &rule.electorates[n];
        let own = range.clone().zip(&electorate.blocs);
        let mut mean = 0.0;
        for (at, bloc) in own.clone() {
            self.blocs.side[at] = bloc.lean.to(leader.camp);
            mean += bloc.share * rule.slopes[self.blocs.side[at] as usize];
        }
        let mut weighted = 0.0;
        for (at, bloc) in own.clone() {
            self.blocs.slope[at] = rule.slopes[self.blocs.side[at] as usize] / mean;
            weighted += bloc.share * self.blocs.slope[at] * bloc.wealth;
        }
        for (at, bloc) in own {
            self.blocs.wealth[at] = if weighted > 0.0 {
                bloc.wealth / weighted
            } else {
                1.0
            };
        }
    }

    /// Writes the shocks of the blocs of an economy and adds them to its parts.
    pub(super) fn feel(
        &mut self,
        rule: &ApprovalRule,
        n: usize,
        (common, seen, dt): (Common, Seen<'_>, f64),
    ) {
        let range = self.blocs_of(n);
        let Some(mandate) = &mut self.mandates[n] else {
            return;
        };
        let kept = 1.0 - closing_share(rule.fading, dt);
        let blocs = &self.blocs;
        let (market, news) = (rule.stocks * common.market, rule.news * common.tariff);
        let disturbance = noise_of_tick(rule, dt) * common.disturbance;
        let (mut prices, mut jobs, mut markets) = (0.0, 0.0, 0.0);
        for bloc in range {
            let (share, slope) = (blocs.share[bloc], blocs.slope[bloc]);
            let of_prices = -rule.prices * seen.inflation[blocs.user[bloc]];
            let of_jobs = -rule.jobs * seen.unemployment[blocs.sector[bloc]];
            let of_market = market * blocs.wealth[bloc];
            self.shock[bloc] = slope * (of_prices + of_jobs + of_market + news + disturbance);
            prices += share * slope * of_prices;
            jobs += share * slope * of_jobs;
            markets += share * slope * of_market;
        }
        let parts = &mut mandate.parts;
        parts.prices = kept * parts.prices + prices;
        parts.jobs = kept * parts.jobs + jobs;
        parts.markets = kept * parts.markets + markets;
        parts.news = kept * parts.news + news;
        let fading = std::f64::consts::LN_2 / rule.rally.half_life;
        mandate.felt = (1.0 - closing_share(fading, dt)) * mandate.felt + common.threat;
    }

    /// Approval of the leader of an economy from the moods of its blocs.
    pub(super) fn add_up(&mut self, rule: &ApprovalRule, n: usize, day: Date) {
        let range = self.blocs_of(n);
        let Some(mandate) = &mut self.mandates[n] else {
            return;
        };
        let leader = &mandate.leader;
        let honeymoon = mandate.honeymoon(day);
        let (mut share, mut slope, mut mood) = ([0.0; 3], [0.0; 3], [0.0; 3]);
        for bloc in range {
            let side = self.blocs.side[bloc] as usize;
            share[side] += self.blocs.share[bloc];
            slope[side] = self.blocs.slope[bloc];
            mood[side] += self.blocs.share[bloc] * self.mood[bloc];
        }
        let start: f64 = (0..3).map(|side| share[side] * leader.start[side]).sum();
        let above = leader.base + honeymoon - start;
        let (mut approval, mut rally) = (0.0, 0.0);
        let behind = mandate.rally_of(rule) * mandate.felt;
        for side in 0..3 {
            if share[side] == 0.0 {
                continue;
            }
            let (floor, joins) = match side == Side::Opposed as usize {
                true => (rule.opposed_floor, 1.0 - rule.rally.partisan_distance),
                false => (0.0, 1.0),
            };
            let joined = joins * behind;
            let level = leader.start[side] + slope[side] * above + joined;
            let level = (level + mood[side] / share[side]).clamp(floor, 100.0);
            mandate.by_side[side] = level;
            approval += share[side] * level;
            rally += share[side] * joined;
        }
        let parts = &mut mandate.parts;
        parts.base = leader.base;
        parts.honeymoon = honeymoon;
        parts.rally = rally;
        let named = [parts.prices, parts.jobs, parts.markets, parts.news];
        let named = leader.base + honeymoon + rally + named.iter().sum::<f64>();
        parts.other = approval - named;
        mandate.approval = approval;
        if mandate.published.is_nan() {
            mandate.published = approval;
            mandate.poll = approval;
        }
    }

    /// Share of the electorate of an economy that works in each sector.
    pub(super) fn share_by_sector(&self, n: usize, sectors: usize) -> Vec<f64> {
        let mut share = vec![0.0; sectors];
        for bloc in self.blocs_of(n) {
            share[self.blocs.sector[bloc]] += self.blocs.share[bloc];
        }
        share
    }
}

/// Standard deviation of the disturbance of a tick: the disturbances of a week, one by
/// one or by the month, leave the same spread of approval.
pub(super) fn noise_of_tick(rule: &ApprovalRule, dt: f64) -> f64 {
    let variance = |years: f64| match rule.fading > 0.0 {
        true => closing_share(2.0 * rule.fading, years),
        false => years,
    };
    rule.noise * (variance(dt) / variance(WEEK)).sqrt()
}

impl Parts {
    /// The columns of the record.
    pub(crate) fn columns(&self) -> [f64; 8] {
        [
            self.base,
            self.honeymoon,
            self.prices,
            self.jobs,
            self.markets,
            self.news,
            self.rally,
            self.other,
        ]
    }
}

impl Mandate {
    /// The numbers of the record.
    pub(crate) fn columns(&self, rule: &ApprovalRule) -> Vec<f64> {
        let shown = [self.approval, self.published, self.poll];
        let (issues, parts) = (self.issues(rule), self.parts.columns());
        let shown = shown.into_iter().chain(self.by_side).chain(issues);
        shown.chain(parts).collect()
    }

    /// Index of the leader's name in [`ApprovalRule::leader_names`].
    pub fn name_index(&self, rule: &ApprovalRule, n: usize) -> usize {
        let before = |to: usize| -> usize {
            let electorates = rule.electorates[..to].iter();
            electorates.map(|one| one.leaders.len()).sum()
        };
        match self.listed {
            Some(listed) => before(n) + listed,
            None => before(rule.electorates.len()),
        }
    }

    /// Approval on trade and tariffs, inflation, the economy, per cent.
    pub fn issues(&self, rule: &ApprovalRule) -> [f64; 3] {
        let parts = &self.parts;
        let concerned = [
            parts.news + parts.rally,
            parts.prices,
            parts.prices + parts.jobs + parts.markets,
        ];
        let more = rule.issues.mobility - 1.0;
        std::array::from_fn(|issue| {
            let own = self.approval + rule.issues.gaps[issue] + more * concerned[issue];
            own.clamp(0.0, 100.0)
        })
    }

    /// A leader nobody knows yet, in the place of this one.
    pub(super) fn successor(&self, n_camp: Camp, day: Date, electorate: &Electorate) -> Leader {
        // Levels as the data have them, not as shifted for this run.
        let listed = electorate.leaders.last().unwrap_or(&self.leader);
        Leader {
            id: super::rule::SUCCESSOR.to_owned(),
            since: day,
            camp: n_camp,
            base: listed.base,
            honeymoon: listed.honeymoon,
            honeymoon_time: listed.honeymoon_time,
            start: listed.start,
            firmness: listed.firmness,
            cabinet: self.leader.cabinet,
            caretaker: None,
            seats: self.leader.seats,
            vote: self.leader.vote,
        }
    }

    pub(super) fn set_seats(&mut self, seats: f64) {
        self.leader.seats = seats;
        if let Some(cabinet) = &mut self.leader.cabinet {
            *cabinet = match seats >= 0.5 {
                true => Cabinet::Majority,
                false => Cabinet::Minority,
            };
        }
    }

    pub(super) fn set_vote(&mut self, vote: Option<Vote>) {
        self.leader.vote = vote;
    }
}
