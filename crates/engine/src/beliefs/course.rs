//! The course of a duty as a text tells it: levels from days on.
//!
//! A law may raise a duty on one day, raise it again on a second and end it on a third. Each
//! step is stated against what holds today, so that steps of one law are levels in a row,
//! not changes to be added up. Every threat and every plan is a course of one level.
//!
//! With probability p a step comes. A level further from today's rate than the one before is
//! believed to be higher by p × the step; one nearer to it to have lost p × the part that is
//! undone; one across today's rate is, besides, p of what it is.

use super::{Expectation, Text};

/// Steps of one text for one flow, by day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Course<'a>(pub(crate) &'a [Expectation]);

/// Believed level of a duty from a day on.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Level {
    /// Years from the start of the tick until it is to hold.
    pub years: f64,
    /// Years until the next level.
    pub until: f64,
    /// Change against today that is announced, share of customs value.
    pub announced: f64,
    /// What is believed of it: the expected change.
    pub believed: f64,
}

impl Level {
    /// A change and its probability with the expected change: the announced one where it
    /// can be; what is believed of a level that is to be today's again, as if certain.
    pub(crate) fn lottery(&self) -> (f64, f64) {
        let probability = self.believed / self.announced;
        match (0.0..=1.0).contains(&probability) {
            true => (self.announced, probability),
            false => (self.believed, 1.0),
        }
    }
}

/// Puts expectations of one stretch in order of courses.
pub(super) fn sort(expected: &mut [Expectation]) {
    expected.sort_by_key(|one| (one.flow, one.text, one.effective));
}

/// Courses of all flows, in order of flows.
pub(crate) fn courses(expected: &[Expectation]) -> impl Iterator<Item = Course<'_>> {
    let is_one = |a: &Expectation, b: &Expectation| {
        a.flow == b.flow && a.text == Text::Law && b.text == Text::Law
    };
    expected.chunk_by(is_one).map(Course)
}

/// The course of each flow that moves it most, in order of flows: a plan stands beside the
/// law it becomes, so that courses of a flow must not be added up.
pub(crate) fn strongest<'a>(
    expected: &'a [Expectation],
    stake: impl Fn(&Course<'a>) -> f64,
) -> impl Iterator<Item = Course<'a>> {
    let of_flows = expected.chunk_by(|a, b| a.flow == b.flow);
    of_flows.filter_map(move |of_flow| {
        let with_stakes = courses(of_flow).map(|course| (stake(&course).abs(), course));
        let larger = |best: (f64, Course<'a>), next: (f64, Course<'a>)| match next.0 > best.0 {
            true => next,
            false => best,
        };
        with_stakes.reduce(larger).map(|(_, course)| course)
    })
}

impl<'a> Course<'a> {
    /// The flow `[n][i][s]`.
    pub(crate) fn flow(&self) -> usize {
        self.0[0].flow as usize
    }

    /// Believed levels, where a step comes with the probability that `believe` gives it, the
    /// level announced before it being known.
    pub(crate) fn levels(
        self,
        believe: impl Fn(&Expectation, f64) -> f64 + 'a,
    ) -> impl Iterator<Item = Level> + 'a {
        let (mut announced, mut believed) = (0.0, 0.0);
        let next = self.0.iter().skip(1).map(|one| one.years);
        let until = next.chain([f64::INFINITY]);
        self.0.iter().zip(until).map(move |(one, until)| {
            let p = believe(one, announced);
            believed = match () {
                () if one.change * announced < 0.0 => believed * (1.0 - p) + p * one.change,
                () if one.change.abs() >= f64::abs(announced) => {
                    let raised = believed + p * (one.change - announced);
                    // What was believed to stay of a level that lapsed is not added to it.
                    raised.clamp(one.change.min(0.0), one.change.max(0.0))
                }
                () => believed * (1.0 - p * (1.0 - one.change / announced)),
            };
            announced = one.change;
            Level {
                years: one.years,
                until,
                announced,
                believed,
            }
        })
    }

    /// The largest believed change, with its sign.
    pub(crate) fn peak(self) -> f64 {
        let levels = self.levels(|one, _| one.probability);
        levels.fold(0.0, |peak: f64, level| {
            match level.believed.abs() > peak.abs() {
                true => level.believed,
                false => peak,
            }
        })
    }

    /// The level with the largest believed change, and the years until less than half of it
    /// is believed to be left.
    pub(crate) fn main_level(self) -> (Level, f64) {
        let levels = || self.levels(|one, _| one.probability);
        let Some(main) =
            levels().reduce(
                |main, level| match level.believed.abs() > main.believed.abs() {
                    true => level,
                    false => main,
                },
            )
        else {
            return (Level::default(), f64::INFINITY);
        };
        let is_undone = |later: &Level| {
            let left = main.believed.signum() * later.believed;
            later.years > main.years && left < 0.5 * main.believed.abs()
        };
        let undone = levels().find(is_undone);
        (main, undone.map_or(f64::INFINITY, |later| later.years))
    }

    /// Mean over the next year of the believed change.
    pub(crate) fn mean_of_a_year(self) -> f64 {
        let levels = self.levels(|one, _| one.probability);
        levels
            .map(|level| {
                let within = |years: f64| years.clamp(0.0, 1.0);
                level.believed * (within(level.until) - within(level.years))
            })
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use tradewinds_units::Date;

    use super::*;

    fn one(flow: u32, day: i8, change: f64, text: Text) -> Expectation {
        Expectation {
            flow,
            effective: Date::constant(2001, 1, day),
            years: f64::from(day) / 365.0,
            change,
            text,
            is_rise: change > 0.0,
            probability: 0.5,
            word: 0.5,
        }
    }

    fn levels(steps: &[Expectation]) -> Vec<f64> {
        let course = Course(steps);
        course
            .levels(|one, _| one.probability)
            .map(|level| level.believed)
            .collect()
    }

    fn close(found: &[f64], known: &[f64]) {
        assert_eq!(found.len(), known.len());
        for (found, known) in found.iter().zip(known) {
            assert!((found - known).abs() < 1e-15, "{found} {known}");
        }
    }

    #[test]
    fn steps_of_a_law_are_levels_in_a_row() {
        let law = |day, change| one(3, day, change, Text::Law);
        // A ramp: p of each level.
        close(&levels(&[law(2, 0.1), law(4, 0.3)]), &[0.05, 0.15]);
        // A rise that is to end: half of what is believed of it is believed to go.
        close(&levels(&[law(2, 0.2), law(4, 0.0)]), &[0.1, 0.05]);
        close(&levels(&[law(2, 0.2), law(4, 0.1)]), &[0.1, 0.075]);
        // A level that lapses, which few believe, and comes again is not believed twice.
        let doubted = Expectation {
            probability: 0.1,
            ..law(4, 0.0)
        };
        let certain = Expectation {
            probability: 0.9,
            ..law(2, 0.2)
        };
        let again = Expectation {
            probability: 0.9,
            ..law(6, 0.2)
        };
        close(&levels(&[certain, doubted, again]), &[0.18, 0.162, 0.2]);
        // A pause after which more comes than before.
        close(&levels(&[law(2, -0.2), law(4, 0.1)]), &[-0.1, 0.0]);
    }

    #[test]
    fn courses_of_a_flow_stand_beside_each_other() {
        let mut all = vec![
            one(4, 9, 0.3, Text::Plan),
            one(4, 5, 0.2, Text::Law),
            one(2, 5, -0.3, Text::Threat),
            one(4, 2, 0.1, Text::Law),
            one(2, 3, 0.1, Text::Threat),
        ];
        sort(&mut all);
        let lengths: Vec<usize> = courses(&all).map(|course| course.0.len()).collect();
        assert_eq!(lengths, [1, 1, 2, 1]);
        let peaks = strongest(&all, |course| course.peak());
        let peaks: Vec<(usize, f64)> = peaks.map(|one| (one.flow(), one.peak())).collect();
        assert_eq!(peaks, [(2, -0.15), (4, 0.15)]);
    }

    #[test]
    fn the_main_level_lasts_until_half_of_it_is_believed_to_be_gone() {
        let law = |day, change| one(3, day, change, Text::Law);
        let certain = |one: Expectation| Expectation {
            probability: 1.0,
            ..one
        };
        let steps = [law(2, 0.1), law(4, 0.3), law(6, 0.2), law(8, 0.1)].map(certain);
        let (level, undone) = Course(&steps).main_level();
        assert!((level.believed - 0.3).abs() < 1e-15);
        assert!((undone - 8.0 / 365.0).abs() < 1e-15);
        assert!(Course(&steps[..3]).main_level().1.is_infinite());
        // An end that is hardly believed ends nothing, and is no larger rise.
        let doubted = Expectation {
            probability: 0.9,
            is_rise: false,
            ..law(6, 0.25)
        };
        let (level, undone) = Course(&[law(4, 0.3), doubted]).main_level();
        assert!((level.announced - 0.3).abs() < 1e-15 && undone.is_infinite());
    }

    #[test]
    fn a_year_ahead_counts_by_its_days() {
        let far = Expectation {
            years: 0.75,
            ..one(3, 2, 0.2, Text::Law)
        };
        assert!((Course(&[far]).mean_of_a_year() - 0.25 * 0.1).abs() < 1e-15);
    }
}
