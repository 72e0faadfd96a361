//! What announced courses of duties are worth on a day, as changes for ever.

use tradewinds_kernel::maths::exp;

use super::RegimeRule;
use crate::beliefs::{Course, Expectation, Level, courses};

/// Place of a flow of which nothing is announced.
pub(super) const NONE: u32 = u32::MAX;

/// How far markets look, from one day.
pub(super) struct Horizon<'a> {
    pub rule: &'a RegimeRule,
    /// Discount less growth, share a year.
    pub discount: f64,
    /// Speed at which the premium of a conflict fades, per year.
    pub fading: f64,
    /// Years from the start of the tick to today.
    pub today: f64,
}

/// The change in one direction of each flow.
pub(super) struct Extreme {
    /// The largest step of the course that counts, by place in the list of expectations.
    pub at: Vec<u32>,
    /// The first step of it that brings half of that.
    first: Vec<u32>,
    worth: Vec<Worth>,
}

/// Changes for ever that cost as much as a course is believed to.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Worth {
    /// In profits.
    profit: f64,
    /// In the premium of a conflict, which fades from the day on which a rise enters.
    conflict: f64,
}

/// Rises announced for one day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pending {
    /// One of its expectations, by place in the list it was made from.
    pub at: usize,
    /// The largest worth over the rise announced, on the day it was weighed.
    pub weight: f64,
    /// Years left on that day.
    left: f64,
    /// Credibility of those who announced them.
    word: f64,
}

impl Pending {
    /// Weight when so many years are left, where nothing was withdrawn until then.
    pub(super) fn weight_at(&self, rule: &RegimeRule, left: f64) -> f64 {
        let passed = (self.left - left.max(0.0)).max(0.0);
        self.weight * exp(rule.back_down_hazard(self.word) * passed)
    }
}

impl Horizon<'_> {
    /// Rises and cuts; `word_of` is the credibility of the rises of the importer of a flow.
    pub(super) fn outlook(
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

    /// What the levels of a course in one direction are worth.
    fn worth(&self, course: &Course<'_>, sign: f64, word: f64) -> Worth {
        let levels = || course.levels(|one, _| self.believe(one));
        let size = |level: &Level| (sign * level.believed).max(0.0);
        // A duty in force is being taken back, and becomes usual, already when a cut comes.
        let begins = match sign > 0.0 {
            true => levels().find(|level| size(level) > 0.0),
            false => None,
        };
        let begins = begins.map_or(0.0, |level| self.ahead(level.years));
        let until_then = exp(-self.discount * begins);
        let left = |years: f64| {
            let since = self.ahead(years) - begins;
            until_then * self.rule.left(since.max(0.0), (self.discount, word))
        };
        let profit: f64 = levels()
            .filter(|level| size(level) > 0.0)
            .map(|level| size(&level) * (left(level.years) - left(level.until)))
            .sum();
        let (mut conflict, mut held) = (0.0, 0.0);
        for level in levels() {
            let (step, years) = (size(&level) - held, self.ahead(level.years));
            // A rise begins a conflict; a cut ends what is left of one by then.
            let is_rise = sign * step > 0.0;
            let since = if is_rise {
                0.0
            } else {
                (years - begins).max(0.0)
            };
            conflict += step * exp(-self.discount * years - self.fading * since);
            held = size(&level);
        }
        Worth {
            profit: sign * profit,
            conflict: sign * conflict,
        }
    }

    fn ahead(&self, years: f64) -> f64 {
        (years - self.today).max(0.0)
    }

    /// Probability of a step: a rise may be withdrawn before its day.
    fn believe(&self, one: &Expectation) -> f64 {
        match one.is_rise {
            true => {
                let hazard = self.rule.back_down_hazard(one.word);
                one.probability * exp(-hazard * self.ahead(one.years))
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
            worth: vec![Worth::default(); flows],
        }
    }

    /// Takes a course, which begins at a place in the list, where it is worth more than
    /// what is known of its flow.
    fn take(&mut self, course: Course<'_>, start: usize, (sign, worth): (f64, Worth)) {
        let flow = course.flow();
        if worth.profit.abs() <= self.worth[flow].profit.abs() {
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

    /// Largest change announced of a flow, and the parts of it for ever that it is believed
    /// to be worth: in profits, and in the premium of a conflict.
    pub(super) fn change(&self, expected: &[Expectation], flow: usize) -> (f64, f64, f64) {
        match self.at[flow] {
            NONE => (0.0, 0.0, 0.0),
            at => {
                let (change, worth) = (expected[at as usize].change, self.worth[flow]);
                (change, worth.profit / change, worth.conflict / change)
            }
        }
    }

    /// The largest worth over the change announced, in profits and in the premium.
    pub(super) fn largest(&self, expected: &[Expectation]) -> (f64, f64) {
        let of = |flow| self.change(expected, flow);
        let largest = |(profit, conflict): (f64, f64), next: (f64, f64, f64)| {
            (profit.max(next.1), conflict.max(next.2))
        };
        (0..self.at.len()).map(of).fold((0.0, 0.0), largest)
    }

    /// What is believed of changes, by day and credibility: the largest of each.
    pub(super) fn pending(&self, expected: &[Expectation], horizon: &Horizon<'_>) -> Vec<Pending> {
        let mut groups: Vec<Pending> = Vec::new();
        // Most of a course comes, or is withdrawn, with the first step that brings half.
        for (flow, at) in self.first.iter().enumerate().filter(|(_, at)| **at != NONE) {
            let first = &expected[*at as usize];
            let (_, weight, _) = self.change(expected, flow);
            let same = |group: &&mut Pending| {
                let other = &expected[group.at];
                (other.effective, other.word.to_bits()) == (first.effective, first.word.to_bits())
            };
            match groups.iter_mut().find(same) {
                Some(group) => group.weight = group.weight.max(weight),
                None => groups.push(Pending {
                    at: *at as usize,
                    weight,
                    left: horizon.ahead(first.years),
                    word: first.word,
                }),
            }
        }
        groups
    }
}

#[cfg(test)]
mod tests {
    use tradewinds_units::Date;

    use super::super::SOME_RULE as RULE;
    use super::*;
    use crate::beliefs::Text;

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
            fading: 0.5,
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
        let (most, _) = rise.largest(&expected);
        near(most, 0.5);
        let ended = 0.5 * 0.2 * (1.0 - 0.75 * (-0.05_f64 * 0.4).exp());
        for (flow, size, worth) in [(0, 0.3, 0.15), (1, 0.2, 0.05), (2, 0.2, ended)] {
            let (change, share, _) = rise.change(&expected, flow);
            near(change, size);
            near(change * share, worth);
            assert!(share / most <= 1.0 + 1e-12);
        }
        assert_eq!(cut.at, [NONE; 3]);
    }

    #[test]
    fn a_duty_counts_by_how_long_it_lasts() {
        let rule = &FOR_EVER;
        let worth =
            |steps: &[Expectation]| looking(rule).outlook(1, steps, |_| 0.5)[0].worth[0].profit;
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
        let worth = |rule: &RegimeRule| {
            looking(rule).outlook(1, &[pause, back], |_| 0.5)[1].worth[0].profit
        };
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
        let horizon = looking(&RULE);
        let [rise, _] = horizon.outlook(2, &alone, |_| 0.6);
        let groups = rise.pending(&alone, &horizon);
        near(groups[0].word, 0.6);
        let on_its_day = 0.3 * (-0.05 * 0.5_f64).exp();
        let today = on_its_day * (-12.0 * 0.4 * 0.5_f64).exp();
        near(groups[0].weight_at(&RULE, 0.5), today);
        near(groups[0].weight_at(&RULE, 0.0), on_its_day);
        near(rise.worth[0].profit, 0.3 * today);
    }

    #[test]
    fn each_step_of_a_ramp_may_be_withdrawn_until_its_day() {
        let ramp = [
            expectation(0, 0.25, 0.1, 0.6),
            Expectation {
                word: 0.6,
                ..expectation(0, 0.5, 0.3, 0.6)
            },
        ];
        let worth = looking(&RULE).outlook(1, &ramp, |_| 0.6)[0].worth[0].profit;
        let step = |size: f64, years: f64| size * 0.6 * (-12.0 * 0.4 * years).exp();
        // Relief runs from the first step on, for what is raised later too.
        let left = |years: f64| RULE.left(years, (0.05, 0.6));
        let known = step(0.1, 0.25) + step(0.2, 0.5) * left(0.25);
        near(worth, (-0.05 * 0.25_f64).exp() * known);
    }

    #[test]
    fn a_conflict_begins_with_a_rise_and_fades_until_its_end() {
        let rise = expectation(0, 1.0, 0.2, 1.0);
        let end = Expectation {
            change: 0.0,
            is_rise: false,
            ..expectation(0, 3.0, 0.0, 1.0)
        };
        let of = |steps: &[Expectation], way: usize| {
            looking(&FOR_EVER).outlook(1, steps, |_| 0.5)[way].worth[0].conflict
        };
        let known = 0.2 * ((-0.05_f64).exp() - (-0.05 * 3.0 - 0.5 * 2.0_f64).exp());
        near(of(&[rise, end], 0), known);
        // A cut ends what is left of a conflict; what comes after a pause is a new one.
        let cut = expectation(0, 1.0, -0.2, 1.0);
        let back = Expectation {
            change: 0.0,
            is_rise: true,
            word: 1.0,
            ..expectation(0, 3.0, 0.0, 1.0)
        };
        let known = -0.2 * ((-0.55_f64).exp() - (-0.05 * 3.0_f64).exp());
        near(of(&[cut, back], 1), known);
    }
}
