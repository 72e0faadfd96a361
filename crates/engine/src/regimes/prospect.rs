//! What markets see ahead on a day: duties by regime, and who would pay them.

use tradewinds_kernel::maths::{exp, ln};
use tradewinds_units::{Date, days_between};

use super::{DEAL, ESCALATION, REGIMES, RegimeRule, STATUS_QUO};
use crate::base_trade::GoodsTrade;
use crate::beliefs::{Course, Deeds, Expectation, Text, courses};
use crate::customs::RateTable;
use crate::model::Model;

/// Days after which a prospect with dates is made anew: what is further off than they are
/// counts for more as they pass.
const LASTS: i64 = 28;

/// A pending change of one regime: those announced for one day with one credibility.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Pending {
    /// One of its expectations, by place in the list it was made from.
    at: usize,
    /// Trade × change.
    stake: f64,
    /// Trade × what of the change is believed, as a change for ever.
    believed: f64,
    /// Credibility of those who announced them.
    word: f64,
}

/// Regimes of a stretch of days, as far as they do not move with the calendar.
#[derive(Debug, Clone, PartialEq)]
pub struct Prospect {
    /// Log of one plus the collected rate over that of the base year, by regime and flow
    /// `[k][n][i][s]`.
    pub log_wedge: [Vec<f64>; REGIMES],
    /// The same of the law in force, without what is announced, `[n][i][s]`.
    pub log_wedge_in_force: Vec<f64>,
    /// Markets in which some regime changes a rate, `[n][s]`.
    pub is_changed: Vec<bool>,
    /// Whether the status quo differs from the law in force: cuts are announced.
    pub has_cuts: bool,
    /// Whether escalation differs from the status quo.
    pub has_rises: bool,
    /// Whether a deal differs from the status quo.
    pub has_relief: bool,
    /// Mean credibility of what is pending; that of the base where nothing is.
    pub credibility: f64,
    /// Announced cuts as far as they are believed, over all duties above those of the base
    /// year, by trade: 0 where nothing is announced.
    pub relief: f64,
    /// Rises announced by the own government over the imports of the economy, `[n]`, share.
    pub own: Vec<f64>,
    /// Rises announced by others over the exports of the economy, `[n]`, share.
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
    made: Date,
}

/// A day, and years from the start of the tick to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Today {
    pub date: Date,
    pub years: f64,
}

impl Prospect {
    /// Whether it still holds for the law of a day and what is expected on it; the years
    /// left to each change may differ.
    pub(crate) fn holds(&self, today: Today, law: &RateTable, expected: &[Expectation]) -> bool {
        let is_fresh = expected.is_empty() || days_between(self.made, today.date) < LASTS;
        is_fresh && self.is_same_news(law, expected)
    }

    /// Whether it was made from the same law and announcements.
    pub(crate) fn is_same_news(&self, law: &RateTable, expected: &[Expectation]) -> bool {
        let same = |(one, other): (&Expectation, &Expectation)| {
            one.flow == other.flow
                && one.effective == other.effective
                && one.change.to_bits() == other.change.to_bits()
                && one.probability.to_bits() == other.probability.to_bits()
        };
        self.expected.len() == expected.len()
            && self.expected.iter().zip(expected).all(same)
            && self.table == law.lasting()
    }

    /// Regimes under the law of a day and what is expected on it.
    pub(crate) fn of(
        model: &Model,
        (rule, trade): (&RegimeRule, &GoodsTrade),
        today: Today,
        law: &RateTable,
        expected: &[Expectation],
    ) -> Self {
        let economy = &model.economy;
        let (flows, economies) = (economy.flows(), economy.economies);
        let horizon = Horizon {
            rule,
            discount: model.frictions.equity.discount_of_all(),
            today: today.years,
        };
        let [rise, cut] = horizon.outlook(flows, expected);
        let (rises, rise_word) = rise.pending(trade, expected);
        let (cuts, cut_word) = cut.pending(trade, expected);
        let stake: f64 = rises.iter().map(|group| group.stake).sum();
        let believed: f64 = rises.iter().map(|group| group.believed).sum();
        let prior = model.frictions.beliefs;
        let none = || vec![0.0; economies];
        let mut prospect = Self {
            log_wedge: std::array::from_fn(|_| vec![0.0; flows]),
            log_wedge_in_force: vec![0.0; flows],
            is_changed: vec![false; economy.markets()],
            has_rises: !rises.is_empty(),
            has_cuts: !cuts.is_empty(),
            has_relief: false,
            credibility: match (rises.is_empty(), cuts.is_empty()) {
                (false, _) => rise_word,
                (true, false) => cut_word,
                (true, true) => Deeds::default().credibility(&prior),
            },
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
            made: today.date,
        };
        let (mut cut_of_all, mut added_of_all) = (0.0, 0.0);
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
            // Mean belief times both is what is expected of the flow.
            let up_share = if up == 0.0 {
                0.0
            } else {
                up_worth * stake / believed
            };
            let wedge = |rate: f64| ln((1.0 + rate.max(-0.9)) / (1.0 + base));
            let moved = |change: f64, share: f64| match change == 0.0 {
                true => 0.0,
                false => share * (wedge(now + change) - wedge(now)),
            };
            let held = added + down * down_worth;
            let relief = rule.deal_relief * held.max(0.0);
            prospect.has_relief |= relief > 0.0;
            cut_of_all -= sales * down * down_worth;
            added_of_all += sales * added.max(0.0);
            let status_quo = wedge(now) + moved(down, down_worth);
            prospect.log_wedge_in_force[flow] = wedge(now);
            prospect.log_wedge[STATUS_QUO][flow] = status_quo;
            prospect.log_wedge[ESCALATION][flow] = status_quo + moved(up, up_share);
            prospect.log_wedge[DEAL][flow] = match relief > 0.0 {
                true => wedge(base + held - relief),
                false => status_quo,
            };
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
            let hit = [
                now_hit,
                now_hit + step(up, up_share),
                rule.hit(held - relief),
            ];
            for (by_pair, hit) in prospect.hit.iter_mut().zip(hit) {
                by_pair[n * economies + i] += sales * hit;
            }
        }
        if cut_of_all > 0.0 && added_of_all > 0.0 {
            prospect.relief = cut_of_all / added_of_all;
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
        let (mut total, mut believed) = (0.0, 0.0);
        for one in &self.rises {
            let left = (expected[one.at].years - years).max(0.0);
            let stays = exp(-rule.back_down_hazard(one.word) * left);
            total += one.stake;
            believed += one.believed * stays;
        }
        let up = if total > 0.0 { believed / total } else { 0.0 };
        [1.0 - up, up, 0.0]
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
    /// Rises and cuts. A course counts by the present value of its levels over that of a
    /// change for ever, at the discount and at the rates at which regimes end.
    fn outlook(&self, flows: usize, expected: &[Expectation]) -> [Extreme; 2] {
        let mut found: [Extreme; 2] = std::array::from_fn(|_| Extreme::none(flows));
        let mut start = 0;
        for course in courses(expected) {
            for (extreme, sign) in found.iter_mut().zip([1.0, -1.0]) {
                let worth = self.worth(&course, sign);
                extreme.take(course, start, (sign, worth));
            }
            start += course.0.len();
        }
        found
    }

    /// What the levels of a course in one direction are worth as a change for ever.
    fn worth(&self, course: &Course<'_>, sign: f64) -> f64 {
        let word = course.0[0].word;
        let ends = match sign > 0.0 {
            true => self.rule.deal + self.rule.reversal * (1.0 - word),
            false => self.rule.deal * self.rule.deal_relief,
        };
        let rate = self.discount + ends;
        let present = |years: f64| exp(-rate * (years - self.today).max(0.0));
        let levels = course.levels(|one| self.believe(one));
        let worth = levels.map(|level| {
            let change = (sign * level.believed).max(0.0);
            match change > 0.0 {
                true => change * (present(level.years) - present(level.until)),
                false => 0.0,
            }
        });
        sign * worth.sum::<f64>()
    }

    /// Probability of a step. A rise back to duties that a cut was to lift may be withdrawn
    /// before its day; how rises above those of today are, weights follow day by day.
    fn believe(&self, one: &Expectation) -> f64 {
        let is_return = one.is_rise && one.change <= 1e-9 && one.text == Text::Law;
        match is_return {
            true => {
                let left = (one.years - self.today).max(0.0);
                one.probability * exp(-self.rule.back_down_hazard(one.word) * left)
            }
            false => one.probability,
        }
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

    /// Changes by day and credibility, and the mean credibility of those who announced them
    /// where there are any.
    fn pending(&self, trade: &GoodsTrade, expected: &[Expectation]) -> (Vec<Pending>, f64) {
        let mut groups: Vec<Pending> = Vec::new();
        for (flow, at) in self.at.iter().enumerate().filter(|(_, at)| **at != NONE) {
            let (change, probability) = self.change(expected, flow);
            let stake = trade.sales[flow] * change.abs();
            if stake <= 0.0 {
                continue;
            }
            // Most of it comes, or is withdrawn, with the first step that brings half.
            let first = self.first[flow] as usize;
            let word = expected[*at as usize].word;
            let same = |group: &&mut Pending| {
                expected[group.at].years.to_bits() == expected[first].years.to_bits()
                    && group.word.to_bits() == word.to_bits()
            };
            match groups.iter_mut().find(same) {
                Some(group) => {
                    group.stake += stake;
                    group.believed += stake * probability;
                }
                None => groups.push(Pending {
                    at: first,
                    stake,
                    believed: stake * probability,
                    word,
                }),
            }
        }
        let total: f64 = groups.iter().map(|group| group.stake).sum();
        let words = groups.iter().map(|group| group.stake * group.word);
        let word = words.sum::<f64>() / total;
        (groups, word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: RegimeRule = RegimeRule {
        escalation: 0.1,
        deal: 0.15,
        reversal: 0.3,
        breakdown: 0.1,
        back_down: 12.0,
        deal_relief: 0.5,
        war_rate: 0.25,
        war_breadth: 0.4,
    };

    #[test]
    fn the_largest_war_of_a_government_reaches_others_in_part() {
        let mut prospect = Prospect {
            log_wedge: Default::default(),
            log_wedge_in_force: Vec::new(),
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

    fn trade() -> GoodsTrade {
        GoodsTrade {
            sales: vec![2.0, 1.0],
            imports: vec![3.0],
            exports: vec![3.0],
        }
    }

    fn near(found: f64, known: f64) {
        assert!((found - known).abs() < 1e-14, "{found} {known}");
    }

    #[test]
    fn the_expected_change_of_every_flow_is_kept() {
        // A ramp that begins at once on one flow, a rise believed less on the other.
        let expected = [
            expectation(0, 0.0, 0.1, 0.5),
            expectation(0, 0.0, 0.3, 0.5),
            expectation(1, 0.0, 0.2, 0.25),
        ];
        let [rise, cut] = looking(&RULE).outlook(2, &expected);
        let (groups, word) = rise.pending(&trade(), &expected);
        assert_eq!(groups.len(), 2, "two governments' words");
        near(word, (0.6 * 0.5 + 0.2 * 0.25) / 0.8);
        for (flow, size, worth) in [(0, 0.3, 0.15), (1, 0.2, 0.05)] {
            let (change, share) = rise.change(&expected, flow);
            near(change, size);
            near(change * share, worth);
        }
        assert_eq!(cut.at, [NONE; 2]);
    }

    #[test]
    fn a_duty_counts_by_how_long_it_lasts() {
        let rule = &FOR_EVER;
        let worth = |steps: &[Expectation]| looking(rule).outlook(1, steps)[0].worth[0];
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
        let worth = |rule: &RegimeRule| looking(rule).outlook(1, &[pause, back])[1].worth[0];
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
        let [both, _] = looking(&RULE).outlook(2, &[order, plan]);
        assert_eq!(both.at[0], 0, "the order counts");
        let alone = [plan];
        let [rise, _] = looking(&RULE).outlook(2, &alone);
        let (groups, word) = rise.pending(&trade(), &alone);
        near(word, 0.6);
        near(groups[0].word, 0.6);
        let ends = RULE.deal + RULE.reversal * 0.4;
        near(
            groups[0].believed / groups[0].stake,
            0.3 * (-(0.05 + ends) * 0.5).exp(),
        );
    }
}
