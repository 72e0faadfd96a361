//! From law to what is announced before it holds.
//!
//! On every day with news of a government the book is frozen: what it would
//! still change, if nothing more came, is what agents can expect. Threats and
//! plans that name a rate and a day stand beside it until they are withdrawn.
//! Changes are of collected rates, by sector with base-year weights:
//!
//! expected change = (1 − gap) × (applied on the day − applied now),
//!
//! stated for each day on which a rate takes another step, one back to today's rate among
//! them, and anew when one has been taken, so that what is still to come is always against
//! what holds. Claims of relief stay as
//! they are on the day of the news: how they will grow is not law.

use std::collections::{BTreeMap, BTreeSet};

use tradewinds_engine::beliefs::{Announced, HORIZON, NEWS, Outlook, Text};
use tradewinds_policy::{Announcement, AnnouncementKind, Reform, TariffSchedule};
use tradewinds_units::{Date, EconomyCode, SectorCode, days_after, days_between};
use tradewinds_world::World;

use crate::rates::{FlowMix, Span};

/// Days before the run from which on news still counts.
const BEFORE: i64 = 366;

/// What is announced over a span under a schedule.
///
/// A law that does not stand when it is frozen on the day of some news
/// contributes nothing for that day: it was checked as a whole before.
pub fn outlook(
    world: &World,
    mix: &FlowMix,
    schedule: &TariffSchedule,
    span: Span,
    collection_gap: f64,
) -> Outlook {
    let first = days_after(span.start, -BEFORE);
    let news = schedule.announcements(first, span.end);
    let mut announced = Vec::new();
    for importer in 0..world.economy_count() {
        let code = world.economies[importer];
        let own: Vec<&Announcement> = news.iter().filter(|one| one.by.contains(&code)).collect();
        let asked = Asked {
            world,
            mix,
            schedule,
            importer,
            collected: 1.0 - collection_gap,
        };
        asked.pending(&own, span, &mut announced);
        for one in own {
            asked.threatened(one, &mut announced);
        }
    }
    Outlook::new(announced)
}

/// Applied rates of an importer from a day on, by flow.
struct Level {
    day: Date,
    rates: BTreeMap<u32, f64>,
}

struct Asked<'a> {
    world: &'a World,
    mix: &'a FlowMix,
    schedule: &'a TariffSchedule,
    importer: usize,
    collected: f64,
}

impl Asked<'_> {
    /// Changes still to come on every day with news, until the next such day.
    fn pending(&self, own: &[&Announcement], span: Span, announced: &mut Vec<Announced>) {
        let days: BTreeSet<Date> = own.iter().map(|one| one.announced).collect();
        let days: Vec<Date> = days.into_iter().collect();
        for (at, day) in days.iter().enumerate() {
            let until = days.get(at + 1).copied().unwrap_or(Date::MAX);
            let reform = Reform {
                frozen_after: Some(*day),
                ..Reform::default()
            };
            let practice = self.schedule.practice().clone();
            let Ok(frozen) = TariffSchedule::compile(self.schedule.law(), &reform, practice) else {
                continue;
            };
            if until <= span.start {
                continue;
            }
            let steps = self.steps(&frozen, *day);
            for (at, now) in steps.iter().enumerate() {
                let Some(next) = steps.get(at + 1) else { break };
                let known = (now.day, until.min(next.day));
                if known.0 < known.1 {
                    self.still_to_come(&steps[at..], known, announced);
                }
            }
        }
    }

    /// Rates on a day, and on every later day on which a rate takes a step.
    fn steps(&self, frozen: &TariffSchedule, day: Date) -> Vec<Level> {
        let code = self.world.economies[self.importer];
        let mut steps = vec![Level {
            day,
            rates: self.rates(frozen, day),
        }];
        for coming in frozen.changes(Some(code), day, days_after(day, HORIZON)) {
            let rates = self.rates(frozen, coming);
            let last = &steps[steps.len() - 1].rates;
            let moves = |(flow, rate): (&u32, &f64)| self.is_news(rate - last[flow]);
            if coming > day && rates.iter().any(moves) {
                steps.push(Level { day: coming, rates });
            }
        }
        steps
    }

    /// Whether a change of an applied rate is worth acting on.
    fn is_news(&self, change: f64) -> bool {
        (self.collected * change).abs() >= NEWS
    }

    /// Steps after the first of `steps`, against the rates of the first.
    fn still_to_come(
        &self,
        steps: &[Level],
        (known_from, known_until): (Date, Date),
        announced: &mut Vec<Announced>,
    ) {
        let now = &steps[0].rates;
        for pair in steps.windows(2) {
            let (before, then) = (&pair[0].rates, &pair[1]);
            for (flow, rate) in &then.rates {
                let (change, step) = (rate - now[flow], rate - before[flow]);
                if self.is_news(step) {
                    announced.push(Announced {
                        known_from,
                        known_until,
                        effective: then.day,
                        flow: *flow,
                        change: self.collected * change,
                        step: self.collected * step,
                        text: Text::Law,
                    });
                }
            }
        }
    }

    /// Applied rate of every flow of the importer on a day.
    fn rates(&self, law: &TariffSchedule, day: Date) -> BTreeMap<u32, f64> {
        let world = self.world;
        let per_origin = world.sector_count();
        let first = world.flow(self.importer, 0, 0);
        let flows = first..world.flow(self.importer + 1, 0, 0);
        flows
            .filter(|flow| !self.mix.of_flow(*flow).is_empty())
            .map(|flow| {
                let origin = world.economies[(flow - first) / per_origin];
                let rate = |(subsector, weight): &(usize, f64)| {
                    let product = &world.subsectors[*subsector].0;
                    let importer = world.economies[self.importer];
                    let standing = law.standing(importer, origin, product, day);
                    let (_, applied) = law.rates_under(&standing, |_| ());
                    weight * applied
                };
                (flow as u32, self.mix.of_flow(flow).iter().map(rate).sum())
            })
            .collect()
    }

    /// A threat or plan that names a rate and a day.
    fn threatened(&self, one: &Announcement, announced: &mut Vec<Announced>) {
        let is_open = matches!(one.kind, AnnouncementKind::Threat | AnnouncementKind::Plan);
        let Some(effective) = one.from.filter(|from| is_open && *from > one.announced) else {
            return;
        };
        let withdrawn = one.ends.filter(|ends| *ends < effective);
        let known_until = withdrawn.unwrap_or(effective);
        if days_between(one.announced, known_until) <= 0 {
            return;
        }
        let world = self.world;
        let first = world.flow(self.importer, 0, 0);
        for flow in first..world.flow(self.importer + 1, 0, 0) {
            let origin = world.economies[(flow - first) / world.sector_count()];
            let value = one.by_origin.get(&origin).copied().or(one.value);
            let Some(value) = value.filter(|_| one.origins.contains(origin)) else {
                continue;
            };
            let change: f64 = (self.mix.of_flow(flow).iter())
                .map(|(subsector, weight)| (&world.subsectors[*subsector].0, weight))
                .filter(|(product, _)| self.concerns(one, product))
                .map(|(product, weight)| weight * self.asked(one, origin, product, value))
                .sum();
            let change = self.collected * change;
            if change.abs() >= NEWS {
                announced.push(Announced {
                    known_from: one.announced,
                    known_until,
                    effective,
                    flow: flow as u32,
                    change,
                    step: change,
                    text: match one.kind {
                        AnnouncementKind::Plan => Text::Plan,
                        _ => Text::Threat,
                    },
                });
            }
        }
    }

    /// Change of the applied rate that a threat asks for: a rate said under an authority
    /// stands in the place of what the authority charges, with the same relief.
    fn asked(
        &self,
        one: &Announcement,
        origin: EconomyCode,
        product: &SectorCode,
        value: f64,
    ) -> f64 {
        let importer = self.world.economies[self.importer];
        let now = (self.schedule).standing(importer, origin, product, one.announced);
        let (mut rate, mut applied) = (0.0, 0.0);
        self.schedule.rates_under(&now, |part| {
            if part.measure.authority == one.authority && part.rate > 0.0 {
                rate += part.rate;
                applied += part.applied;
            }
        });
        if rate > 0.0 {
            applied * (value / rate - 1.0)
        } else {
            value
        }
    }

    fn concerns(&self, one: &Announcement, product: &SectorCode) -> bool {
        let taxonomy = &self.schedule.law().taxonomy;
        one.products.is_empty()
            || (one.products.iter()).any(|code| taxonomy.expand(code).contains(product))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;
    use crate::library::Library;

    fn announced(scenario: usize) -> (Experiment, Vec<Announced>) {
        let library = Library::embedded();
        let experiment = Experiment::load(&library, "us-2025", &[]).unwrap();
        let schedule = experiment.schedules().unwrap().swap_remove(scenario);
        let world = experiment.world.clone();
        let mix = FlowMix::of(&world);
        let outlook = outlook(&world, &mix, &schedule, experiment.span(), 0.1);
        (experiment, outlook.announced().to_vec())
    }

    #[test]
    fn a_law_frozen_before_the_run_announces_nothing_new() {
        let (experiment, announced) = announced(0);
        let new = announced
            .iter()
            .filter(|one| one.known_from >= experiment.start);
        assert_eq!(new.count(), 0);
    }

    #[test]
    fn changes_are_known_before_they_hold_and_no_longer_after() {
        let (experiment, announced) = announced(1);
        assert!(announced.len() > 500, "{}", announced.len());
        for one in &announced {
            assert!(one.known_from < one.known_until && one.known_until <= one.effective);
            assert!(one.change.abs() < 2.0, "{one:?}");
        }
        let day = |text: &str| text.parse::<Date>().unwrap();
        let world = &experiment.world;
        let index = |code: &str| {
            let codes = world.economies.iter();
            codes
                .map(ToString::to_string)
                .position(|one| one == code)
                .unwrap()
        };
        let steel = world
            .sectors
            .iter()
            .position(|one| one.as_str() == "steel_aluminium")
            .unwrap();
        let flow = world.flow(index("USA"), index("JPN"), steel) as u32;
        // Announced on 10 February for 12 March.
        let known = announced.iter().find(|one| {
            one.flow == flow
                && one.effective == day("2025-03-12")
                && one.known_from == day("2025-02-10")
        });
        assert!(known.is_some_and(|one| one.change > 0.1), "{known:?}");
        // The letter of 12 July asks for 30 % where 10 hold, with the exceptions of the 10.
        let europe = of_flow(&experiment, &announced, ("EUU", "machinery"));
        let mut letters = europe
            .iter()
            .filter(|one| one.known_from == day("2025-07-12"));
        let letter = letters.find(|one| one.effective == day("2025-08-01"));
        assert!(letter.is_some_and(|one| one.change > 0.1 && one.change <= 0.18));
        // Threatened with 100 points from 1 November, dropped before.
        let flow = world.flow(index("USA"), index("CHN"), steel) as u32;
        let threat = announced
            .iter()
            .find(|one| one.flow == flow && one.known_from == day("2025-10-10"));
        assert!(threat.is_some_and(|one| one.change > 0.5 && one.known_until < one.effective));
    }

    fn of_flow<'a>(
        experiment: &Experiment,
        announced: &'a [Announced],
        (origin, sector): (&str, &str),
    ) -> Vec<&'a Announced> {
        let world = &experiment.world;
        let place = |code: &str| {
            let mut codes = world.economies.iter().map(ToString::to_string);
            codes.position(|one| one == code).unwrap()
        };
        let mut sectors = world.sectors.iter();
        let sector = sectors.position(|one| one.as_str() == sector).unwrap();
        let flow = world.flow(place("USA"), place(origin), sector) as u32;
        announced.iter().filter(|one| one.flow == flow).collect()
    }

    #[test]
    fn how_claims_will_grow_is_no_news() {
        // The share of Canada's goods that claim relief jumps in the record in July.
        let (experiment, announced) = announced(1);
        let canada = of_flow(&experiment, &announced, ("CAN", "other"));
        assert!(canada.len() > 5);
        for one in canada {
            assert!(one.effective != "2025-07-01".parse().unwrap(), "{one:?}");
        }
    }

    #[test]
    fn what_is_still_to_come_is_against_what_holds() {
        let (experiment, announced) = announced(1);
        let china = of_flow(&experiment, &announced, ("CHN", "electronics"));
        let day = |text: &str| text.parse::<Date>().unwrap();
        // The truce of 12 May for 14 May runs out on 12 August.
        let change = |known: &str, effective: &str| {
            let mut found = china
                .iter()
                .filter(|one| (one.known_from, one.effective) == (day(known), day(effective)));
            found.next().map(|one| one.change)
        };
        let now = change("2025-05-12", "2025-05-14").unwrap();
        let later = change("2025-05-12", "2025-08-12").unwrap();
        let then = change("2025-05-14", "2025-08-12").unwrap();
        assert!(now < -0.2 && later < -0.1 && then > 0.03);
        assert!((now + then - later).abs() < 1e-12, "{now} {then} {later}");
    }

    #[test]
    fn an_end_that_a_text_tells_of_is_a_step_of_its_course() {
        // The surcharge of February 2026 is proclaimed on the 20th for 150 days from the 24th.
        let (experiment, announced) = announced(1);
        let day = |text: &str| text.parse::<Date>().unwrap();
        let steps = of_flow(&experiment, &announced, ("EUU", "machinery"));
        let told = |known: &str| -> Vec<&&Announced> {
            let of_day = steps.iter().filter(|one| one.known_from == day(known));
            of_day
                .filter(|one| one.effective > day("2026-07-01"))
                .collect()
        };
        let (before, after) = (told("2026-02-20"), told("2026-02-24"));
        assert!(!before.is_empty() && !after.is_empty(), "{steps:?}");
        assert!(before.iter().all(|one| one.step < 0.0));
        assert!(after.iter().all(|one| one.change < 0.0));
    }
}
