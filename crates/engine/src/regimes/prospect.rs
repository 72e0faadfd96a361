//! What markets see ahead on a day: duties by regime, and who would pay them.

use tradewinds_kernel::maths::{exp, exp_m1, ln};
use tradewinds_units::{Date, days_between};

use super::{DEAL, DEAL_AFTER, ESCALATION, REGIMES, RegimeRule, STATUS_QUO};
use crate::base_trade::GoodsTrade;
use crate::beliefs::{Course, Expectation, courses};
use crate::customs::RateTable;
use crate::model::Model;

/// Days after which a prospect with dates is made anew: what is further off than they are
/// counts for more as they pass.
const LASTS: i64 = 7;

/// Rises announced for one day.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Pending {
    /// One of its expectations, by place in the list it was made from.
    at: usize,
    /// Probability times the part of a rise for ever that it is worth, the largest of them.
    probability: f64,
    /// Credibility of those who announced them.
    word: f64,
}

impl Pending {
    /// Probability on a day that so many years are left: what is announced may be withdrawn.
    fn weight(&self, rule: &RegimeRule, left: f64) -> f64 {
        self.probability * exp(-rule.back_down_hazard(self.word) * left.max(0.0))
    }
}

/// Regimes of a stretch of days, as far as they do not move with the calendar.
#[derive(Debug, Clone, PartialEq)]
pub struct Prospect {
    /// Log of one plus the collected rate over that of the base year, by regime and flow
    /// `[k][n][i][s]`, without announced cuts: that of the status quo is the law in force.
    pub log_wedge: [Vec<f64>; REGIMES],
    /// The same of the law with announced cuts, and of a deal about it, `[n][i][s]`.
    pub log_wedge_cut: [Vec<f64>; 2],
    /// Probability of those cuts, times the part of a cut for ever that they are worth.
    pub cut_weight: f64,
    /// Markets in which some regime changes a rate, `[n][s]`.
    pub is_changed: Vec<bool>,
    /// Whether cuts are announced.
    pub has_cuts: bool,
    /// Whether escalation differs from the status quo.
    pub has_rises: bool,
    /// Whether a deal differs from the status quo.
    pub has_relief: bool,
    /// Credibility of the rises of governments, by trade under duties that they added or
    /// announced; the mean of all where there are none.
    pub credibility: f64,
    /// Part of the duties above those of the base year, by trade, that announced cuts are
    /// believed to take back: 0 where nothing is announced.
    pub relief: f64,
    /// Rises announced by the own government, each at its share of escalation, over the
    /// imports of the economy, `[n]`, share.
    pub own: Vec<f64>,
    /// The same of rises announced by others over the exports of the economy, `[n]`, share.
    pub abroad: Vec<f64>,
    /// Duty in force above that of the base year: on the imports of an economy, `[n]`, share.
    pub added: Vec<f64>,
    /// The same on its exports, `[n]`, share.
    pub added_abroad: Vec<f64>,
    /// Announced cuts as far as they are believed, on imports, `[n]`, share, below zero.
    pub cut: Vec<f64>,
    /// The same on exports, `[n]`, share.
    pub cut_abroad: Vec<f64>,
    /// Number of the news it stands for.
    pub news: u64,
    /// Imports that duties of the own government hit, by partner, `[k][n][i]`, USD bn.
    hit: [Vec<f64>; REGIMES],
    /// Imports and exports of each economy, `[n]`, USD bn.
    traded: [Vec<f64>; 2],
    rises: Vec<Pending>,
    /// What it was made from, and when.
    expected: Vec<Expectation>,
    table: Vec<f64>,
    words: Vec<f64>,
    made: Date,
}

/// A day, and years from the start of the tick to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Today {
    pub date: Date,
    pub years: f64,
}

/// What is known on a day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    pub law: &'a RateTable,
    /// What is expected of lasting rates.
    pub expected: &'a [Expectation],
    /// Credibility of the rises of each government, `[n]`.
    pub words: &'a [f64],
}

impl Prospect {
    /// Whether it still holds for what is known on a day; the years left to each change may
    /// differ.
    pub(crate) fn holds(&self, today: Today, known: &Known<'_>) -> bool {
        let is_fresh = known.expected.is_empty() || days_between(self.made, today.date) < LASTS;
        is_fresh && self.is_same_news(known)
    }

    /// Whether it was made from the same law, announcements and words.
    pub(crate) fn is_same_news(&self, known: &Known<'_>) -> bool {
        let same = |(one, other): (&Expectation, &Expectation)| {
            let years = other.years;
            Expectation { years, ..*one } == *other
        };
        self.expected.len() == known.expected.len()
            && self.expected.iter().zip(known.expected).all(same)
            && self.table == known.law.lasting()
            && self.words == known.words
    }

    /// Regimes under what is known on a day.
    pub(crate) fn of(
        model: &Model,
        (rule, trade): (&RegimeRule, &GoodsTrade),
        today: Today,
        known: &Known<'_>,
    ) -> Self {
        let economy = &model.economy;
        let (flows, economies) = (economy.flows(), economy.economies);
        let (law, expected) = (known.law, known.expected);
        let horizon = Horizon {
            rule,
            discount: model.frictions.equity.discount_of_all(),
            today: today.years,
        };
        let per_importer = economies * economy.sectors;
        let word_of = |flow: usize| known.words[flow / per_importer];
        let [rise, cut] = horizon.outlook(flows, expected, word_of);
        let rises = rise.pending(expected);
        let most = horizon.most(&rises, expected);
        let none = || vec![0.0; economies];
        let mut prospect = Self {
            log_wedge: std::array::from_fn(|_| vec![0.0; flows]),
            log_wedge_cut: [vec![0.0; flows], vec![0.0; flows]],
            cut_weight: cut.largest(expected),
            is_changed: vec![false; economy.markets()],
            has_rises: !rises.is_empty(),
            has_cuts: cut.at.iter().any(|at| *at != NONE),
            has_relief: false,
            credibility: known.words.iter().sum::<f64>() / economies as f64,
            relief: 0.0,
            own: none(),
            abroad: none(),
            added: none(),
            added_abroad: none(),
            cut: none(),
            cut_abroad: none(),
            news: 0,
            hit: std::array::from_fn(|_| vec![0.0; economies * economies]),
            traded: [trade.imports.clone(), trade.exports.clone()],
            rises,
            expected: expected.to_vec(),
            table: law.lasting().to_vec(),
            words: known.words.to_vec(),
            made: today.date,
        };
        let (mut taken_back, mut added_of_all) = (0.0, 0.0);
        let (mut words, mut stakes) = (0.0, 0.0);
        for flow in 0..flows {
            let (now, base) = (law.lasting()[flow], economy.import_duty[flow]);
            let added = now - base;
            if added == 0.0 && rise.at[flow] == NONE && cut.at[flow] == NONE {
                continue;
            }
            let (n, i, s) = economy.place(flow);
            let sales = trade.sales[flow];
            if sales <= 0.0 {
                continue;
            }
            let (up, up_worth) = rise.change(expected, flow);
            let (down, down_worth) = cut.change(expected, flow);
            // The largest belief times the share is what is expected of the flow.
            let stays = rise.weight(&horizon, expected, flow);
            let up_share = match up > 0.0 {
                true => (up_worth * stays / most).min(1.0),
                false => 0.0,
            };
            let wedge = |rate: f64| ln((1.0 + rate.max(-0.9)) / (1.0 + base));
            let moved = |change: f64, share: f64| match change == 0.0 {
                true => 0.0,
                false => share * (wedge(now + change) - wedge(now)),
            };
            let down_share = match down < 0.0 {
                true => (down_worth / prospect.cut_weight).min(1.0),
                false => 0.0,
            };
            let status_quo = wedge(now);
            let escalation = status_quo + moved(up, up_share);
            let kept = |log_wedge: f64| {
                let held = (1.0 + base) * exp_m1(log_wedge);
                (1.0 - rule.deal_relief) * held.max(0.0) + held.min(0.0)
            };
            let (deal, deal_after) = (kept(status_quo), kept(escalation));
            prospect.has_relief |= escalation > 0.0 && rule.deal_relief > 0.0;
            taken_back += sales * (-down * down_worth).min(added).max(0.0);
            added_of_all += sales * added.max(0.0);
            words += sales * (added.abs() + up) * word_of(flow);
            stakes += sales * (added.abs() + up);
            let cut = status_quo + moved(down, down_share);
            prospect.log_wedge_cut[0][flow] = cut;
            prospect.log_wedge_cut[1][flow] = wedge(base + kept(cut));
            prospect.log_wedge[STATUS_QUO][flow] = status_quo;
            prospect.log_wedge[ESCALATION][flow] = escalation;
            prospect.log_wedge[DEAL][flow] = wedge(base + deal);
            prospect.log_wedge[DEAL_AFTER][flow] = wedge(base + deal_after);
            prospect.is_changed[economy.market(n, s)] = true;
            if n == i || Some(s) == economy.services {
                continue;
            }
            let (of_imports, of_exports) = (sales / trade.imports[n], sales / trade.exports[i]);
            prospect.own[n] += of_imports * up * up_share;
            prospect.abroad[i] += of_exports * up * up_share;
            prospect.added[n] += of_imports * added;
            prospect.added_abroad[i] += of_exports * added;
            prospect.cut[n] += of_imports * down * down_worth;
            prospect.cut_abroad[i] += of_exports * down * down_worth;
            let step =
                |change: f64, share: f64| share * (rule.hit(added + change) - rule.hit(added));
            let now_hit = rule.hit(added) + step(down, down_worth);
            let risen = now_hit + step(up, up_share);
            // Of what announced cuts take off the war, deals leave as much as of the rest.
            let lifted = (1.0 - rule.deal_relief) * (now_hit - rule.hit(added));
            let hit = [
                now_hit,
                risen,
                (rule.hit(deal) + lifted).max(0.0),
                (rule.hit(deal_after) + lifted).max(0.0),
            ];
            for (by_pair, hit) in prospect.hit.iter_mut().zip(hit) {
                by_pair[n * economies + i] += sales * hit;
            }
        }
        if added_of_all > 0.0 {
            prospect.relief = taken_back / added_of_all;
        }
        if stakes > 0.0 {
            prospect.credibility = words / stakes;
        }
        prospect
    }

    /// Weight of each regime some years after the start of the tick whose expectations
    /// are given.
    pub fn weights(
        &self,
        rule: &RegimeRule,
        expected: &[Expectation],
        years: f64,
    ) -> [f64; REGIMES] {
        let of = |one: &Pending| one.weight(rule, expected[one.at].years - years);
        let up = self.rises.iter().map(of).fold(0.0, f64::max);
        [1.0 - up, up, 0.0, 0.0]
    }

    /// Reach of a trade war in a regime for each economy, `[n]`, 0 to 1: the larger of
    /// that over its imports and over its exports, and the share `spill` of what it is
    /// for the economy whose own government makes the largest.
    pub fn war(&self, rule: &RegimeRule, regime: usize, spill: f64) -> Vec<f64> {
        let (hit, [imports, exports]) = (&self.hit[regime], &self.traded);
        let economies = imports.len();
        let own = (0..economies).map(|n| {
            let partners = &hit[n * economies..(n + 1) * economies];
            rule.reach(partners.iter().copied(), imports[n])
        });
        let abroad = (0..economies).map(|i| {
            let governments = hit[i..].iter().step_by(economies);
            rule.reach(governments.copied(), exports[i])
        });
        let (own, abroad): (Vec<f64>, Vec<f64>) = (own.collect(), abroad.collect());
        felt(&own, &abroad, spill)
    }

    /// How much escalation would concern each economy: the larger of what its own
    /// government and what others announced, and the share `spill` of what concerns the
    /// most concerned government, `[n]`, share of trade.
    pub fn severity(&self, spill: f64) -> Vec<f64> {
        felt(&self.own, &self.abroad, spill)
    }
}

/// The larger of what stems from the own government and from abroad, and the share
/// `spill` of what stems from the own government where that is largest, `[n]`.
pub(crate) fn felt(own: &[f64], abroad: &[f64], spill: f64) -> Vec<f64> {
    let largest = own.iter().fold(0.0_f64, |most, own| most.max(*own));
    (own.iter().zip(abroad))
        .map(|(own, abroad)| own.max(*abroad).max(spill * largest))
        .collect()
}

const NONE: u32 = u32::MAX;

/// How far markets look.
struct Horizon<'a> {
    rule: &'a RegimeRule,
    /// Discount less growth, share a year.
    discount: f64,
    /// Years from the start of the tick to today.
    today: f64,
}

/// The change in one direction of each flow.
struct Extreme {
    /// The largest step of the course that counts, by place in the list of expectations.
    at: Vec<u32>,
    /// The first step of it that brings half of that.
    first: Vec<u32>,
    /// What the course is believed to be worth: the change for ever that costs as much.
    worth: Vec<f64>,
}

impl Horizon<'_> {
    /// Rises and cuts; `word_of` is the credibility of the rises of the importer of a flow.
    fn outlook(
        &self,
        flows: usize,
        expected: &[Expectation],
        word_of: impl Fn(usize) -> f64,
    ) -> [Extreme; 2] {
        let mut found: [Extreme; 2] = std::array::from_fn(|_| Extreme::none(flows));
        let mut start = 0;
        for course in courses(expected) {
            let word = word_of(course.flow());
            for (extreme, sign) in found.iter_mut().zip([1.0, -1.0]) {
                let worth = self.worth(&course, sign, word);
                extreme.take(course, start, (sign, worth));
            }
            start += course.0.len();
        }
        found
    }

    /// What the levels of a course in one direction are worth as a change for ever.
    fn worth(&self, course: &Course<'_>, sign: f64, word: f64) -> f64 {
        let ahead = |years: f64| (years - self.today).max(0.0);
        // A duty in force is being taken back already when a cut comes.
        let begins = match sign > 0.0 {
            true => ahead(course.0[0].years),
            false => 0.0,
        };
        let until_then = exp(-self.discount * begins);
        let left = |years: f64| {
            let since = ahead(years) - begins;
            until_then * self.rule.left(since, (self.discount, word))
        };
        let levels = course.levels(|one, before| self.believe(one, before));
        let worth = levels.map(|level| {
            let change = (sign * level.believed).max(0.0);
            match change > 0.0 {
                true => change * (left(level.years) - left(level.until)),
                false => 0.0,
            }
        });
        sign * worth.sum::<f64>()
    }

    /// Probability of a step that follows a level. A rise that mostly undoes a cut may be
    /// withdrawn before its day; how rises above today's duties are, weights follow day by day.
    fn believe(&self, one: &Expectation, before: f64) -> f64 {
        match one.is_rise && before < -one.change {
            true => {
                let left = (one.years - self.today).max(0.0);
                one.probability * exp(-self.rule.back_down_hazard(one.word) * left)
            }
            false => one.probability,
        }
    }

    /// The largest probability of what is pending today.
    fn most(&self, rises: &[Pending], expected: &[Expectation]) -> f64 {
        let of = |one: &Pending| one.weight(self.rule, expected[one.at].years - self.today);
        rises.iter().map(of).fold(0.0, f64::max)
    }
}

impl Extreme {
    fn none(flows: usize) -> Self {
        Self {
            at: vec![NONE; flows],
            first: vec![NONE; flows],
            worth: vec![0.0; flows],
        }
    }

    /// Takes a course, which begins at a place in the list, where it is worth more than
    /// what is known of its flow.
    fn take(&mut self, course: Course<'_>, start: usize, (sign, worth): (f64, f64)) {
        let flow = course.flow();
        if worth.abs() <= self.worth[flow].abs() {
            return;
        }
        let change = |at: usize| sign * course.0[at].change;
        let steps = 0..course.0.len();
        let Some(largest) = steps.clone().max_by(|a, b| {
            // Of equal ones the first.
            change(*a).total_cmp(&change(*b)).then(b.cmp(a))
        }) else {
            return;
        };
        let first = (steps.into_iter()).find(|at| change(*at) >= 0.5 * change(largest));
        self.worth[flow] = worth;
        self.at[flow] = (start + largest) as u32;
        self.first[flow] = (start + first.unwrap_or(largest)) as u32;
    }

    /// Largest change announced of a flow, and the part of it for ever that it is believed
    /// to be worth.
    fn change(&self, expected: &[Expectation], flow: usize) -> (f64, f64) {
        match self.at[flow] {
            NONE => (0.0, 0.0),
            at => {
                let change = expected[at as usize].change;
                (change, self.worth[flow] / change)
            }
        }
    }

    /// The largest worth over the change announced.
    fn largest(&self, expected: &[Expectation]) -> f64 {
        let of = |flow| self.change(expected, flow).1;
        (0..self.at.len()).map(of).fold(0.0, f64::max)
    }

    /// What withdrawal leaves of a rise of a flow until its day.
    fn weight(&self, horizon: &Horizon<'_>, expected: &[Expectation], flow: usize) -> f64 {
        match self.first[flow] {
            NONE => 0.0,
            at => {
                let one = &expected[at as usize];
                let hazard = horizon.rule.back_down_hazard(one.word);
                exp(-hazard * (one.years - horizon.today).max(0.0))
            }
        }
    }

    /// What is believed of changes, by day and credibility: the largest of each.
    fn pending(&self, expected: &[Expectation]) -> Vec<Pending> {
        let mut groups: Vec<Pending> = Vec::new();
        // Most of a course comes, or is withdrawn, with the first step that brings half.
        for (flow, at) in self.first.iter().enumerate().filter(|(_, at)| **at != NONE) {
            let first = &expected[*at as usize];
            let (_, probability) = self.change(expected, flow);
            let same = |group: &&mut Pending| {
                let other = &expected[group.at];
                (other.effective, other.word.to_bits()) == (first.effective, first.word.to_bits())
            };
            match groups.iter_mut().find(same) {
                Some(group) => group.probability = group.probability.max(probability),
                None => groups.push(Pending {
                    at: *at as usize,
                    probability,
                    word: first.word,
                }),
            }
        }
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::super::SOME_RULE as RULE;
    use super::*;
    use crate::beliefs::Text;

    #[test]
    fn the_largest_war_of_a_government_reaches_others_in_part() {
        let mut prospect = Prospect {
            log_wedge: Default::default(),
            log_wedge_cut: Default::default(),
            cut_weight: 0.0,
            is_changed: Vec::new(),
            has_rises: false,
            has_cuts: false,
            has_relief: false,
            relief: 0.0,
            credibility: 0.5,
            own: Vec::new(),
            abroad: Vec::new(),
            added: Vec::new(),
            added_abroad: Vec::new(),
            cut: Vec::new(),
            cut_abroad: Vec::new(),
            news: 0,
            hit: std::array::from_fn(|_| vec![0.0; 9]),
            traded: [vec![10.0; 3], vec![10.0; 3]],
            rises: Vec::new(),
            expected: Vec::new(),
            table: Vec::new(),
            words: Vec::new(),
            made: Date::constant(2001, 1, 1),
        };
        // Economy 0 hits the two others alike.
        prospect.hit[ESCALATION][1] = 3.0;
        prospect.hit[ESCALATION][2] = 3.0;
        let war = prospect.war(&RULE, ESCALATION, 0.4);
        assert!((war[0] - 0.5).abs() < 1e-15, "{war:?}");
        for abroad in &war[1..] {
            assert!((abroad - 0.2).abs() < 1e-15, "{war:?}");
        }
        let calm = prospect.war(&RULE, STATUS_QUO, 0.4);
        assert!(calm.iter().all(|war| war.abs() < 1e-300));
    }

    /// Markets that discount at 5 % and do not expect regimes to end.
    const FOR_EVER: RegimeRule = RegimeRule {
        deal: 0.0,
        reversal: 0.0,
        ..RULE
    };

    fn looking(rule: &RegimeRule) -> Horizon<'_> {
        Horizon {
            rule,
            discount: 0.05,
            today: 0.0,
        }
    }

    fn expectation(flow: u32, years: f64, change: f64, probability: f64) -> Expectation {
        Expectation {
            effective: Date::constant(2001, 1, 1),
            flow,
            years,
            change,
            text: Text::Law,
            is_rise: change > 0.0,
            probability,
            word: probability,
        }
    }

    fn near(found: f64, known: f64) {
        assert!((found - known).abs() < 1e-14, "{found} {known}");
    }

    #[test]
    fn the_expected_change_of_every_flow_is_kept_and_no_rise_is_larger_than_announced() {
        // A ramp on one flow, a rise believed less on the other, one that ends on the third.
        let end = Expectation {
            change: 0.0,
            is_rise: false,
            ..expectation(2, 0.4, 0.0, 0.75)
        };
        let expected = [
            expectation(0, 0.0, 0.1, 0.5),
            expectation(0, 0.0, 0.3, 0.5),
            expectation(1, 0.0, 0.2, 0.25),
            expectation(2, 0.0, 0.2, 0.5),
            end,
        ];
        let horizon = looking(&FOR_EVER);
        let [rise, cut] = horizon.outlook(3, &expected, |_| 0.5);
        let most = horizon.most(&rise.pending(&expected), &expected);
        near(most, 0.5);
        let ended = 0.5 * 0.2 * (1.0 - 0.75 * (-0.05_f64 * 0.4).exp());
        for (flow, size, worth) in [(0, 0.3, 0.15), (1, 0.2, 0.05), (2, 0.2, ended)] {
            let (change, share) = rise.change(&expected, flow);
            near(change, size);
            near(change * share, worth);
            assert!(share / most <= 1.0 + 1e-12);
        }
        assert_eq!(cut.at, [NONE; 3]);
    }

    #[test]
    fn a_duty_counts_by_how_long_it_lasts() {
        let rule = &FOR_EVER;
        let worth = |steps: &[Expectation]| looking(rule).outlook(1, steps, |_| 0.5)[0].worth[0];
        let for_ever = worth(&[expectation(0, 0.0, 0.2, 1.0)]);
        near(for_ever, 0.2);
        // From one year on, for two years.
        let back = Expectation {
            change: 0.0,
            is_rise: false,
            ..expectation(0, 3.0, 0.0, 1.0)
        };
        let known = 0.2 * ((-0.05_f64).exp() - (-0.15_f64).exp());
        near(worth(&[expectation(0, 1.0, 0.2, 1.0), back]), known);
        // Where nobody believes that it ends, it does not.
        let doubted = Expectation {
            probability: 0.0,
            ..back
        };
        let known = 0.2 * (-0.05_f64).exp();
        near(worth(&[expectation(0, 1.0, 0.2, 1.0), doubted]), known);
    }

    #[test]
    fn a_pause_is_worth_more_where_what_comes_after_may_be_withdrawn() {
        let pause = expectation(0, 0.0, -0.2, 1.0);
        let back = Expectation {
            change: 0.0,
            is_rise: true,
            word: 0.5,
            ..expectation(0, 0.5, 0.0, 0.5)
        };
        let worth =
            |rule: &RegimeRule| looking(rule).outlook(1, &[pause, back], |_| 0.5)[1].worth[0];
        let stays = RegimeRule {
            back_down: 0.0,
            ..FOR_EVER
        };
        let later = (-0.025_f64).exp();
        near(worth(&stays), -0.2 * (1.0 - 0.5 * later));
        let comes = 0.5 * (-6.0 * 0.5_f64).exp();
        near(worth(&FOR_EVER), -0.2 * (1.0 - comes * later));
    }

    #[test]
    fn a_plan_hides_no_order_and_is_withdrawn_like_one() {
        // An order of 0.2 beside a plan of 0.3 believed half as much, on one flow.
        let order = expectation(0, 0.5, 0.2, 0.6);
        let plan = Expectation {
            probability: 0.3,
            word: 0.6,
            text: Text::Plan,
            ..expectation(0, 0.5, 0.3, 0.6)
        };
        let [both, _] = looking(&RULE).outlook(2, &[order, plan], |_| 0.6);
        assert_eq!(both.at[0], 0, "the order counts");
        let alone = [plan];
        let [rise, _] = looking(&RULE).outlook(2, &alone, |_| 0.6);
        let groups = rise.pending(&alone);
        near(groups[0].word, 0.6);
        let known = 0.3 * (-0.05 * 0.5_f64).exp();
        near(groups[0].probability, known);
        near(
            groups[0].weight(&RULE, 0.5),
            known * (-12.0 * 0.4 * 0.5_f64).exp(),
        );
        near(rise.worth[0], 0.3 * known);
    }
}
