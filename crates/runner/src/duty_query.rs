//! The duty on one importer's trade with one origin, for a person who asks.
//!
//! A question may name a subsector, which the law speaks about, or a sector of
//! the model or a group of the law, which are means over their subsectors with
//! base-year trade as weights. The collected rate is what simulations charge
//! ([`crate::rates`]):
//!
//! collected = collected in the base year + (1 − gap) × (applied − applied in the base year).

use std::collections::BTreeMap;

use tradewinds_policy::{RateInForce, TariffSchedule};
use tradewinds_units::{Date, EconomyCode, SectorCode};
use tradewinds_world::World;

/// Whose duty on what.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Who charges.
    pub importer: EconomyCode,
    /// Where the good comes from.
    pub origin: EconomyCode,
    /// Subsector, group of the law or sector of the model.
    pub sector: SectorCode,
}

/// A question put to a law, ready for any day.
#[derive(Debug, Clone)]
pub struct DutyQuery<'a> {
    schedule: &'a TariffSchedule,
    question: Question,
    /// Last day of the base year's law.
    base: Date,
    /// Part of the applied duty that is not collected.
    gap: f64,
    goods: Vec<Good>,
}

/// A subsector of the question.
#[derive(Debug, Clone)]
struct Good {
    product: SectorCode,
    weight: f64,
    /// Duty collected in the base year \[share of customs value\].
    collected: f64,
}

/// The rate of one subsector.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The subsector.
    pub product: SectorCode,
    /// Its share of base-year trade; all sum to 1.
    pub weight: f64,
    /// The rate with each measure behind it.
    pub rate: RateInForce,
    /// What reaches the treasury \[share of customs value\].
    pub collected: f64,
}

/// The answer for a span of days on which nothing changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// By subsector.
    pub parts: Vec<Part>,
    /// Weighted mean \[share of customs value\].
    pub statutory: f64,
    /// Weighted mean \[share of customs value\].
    pub applied: f64,
    /// Weighted mean \[share of customs value\].
    pub collected: f64,
    /// Collected in the base year \[share of customs value\].
    pub base_collected: f64,
}

impl Answer {
    /// Every figure, by part and measure.
    fn figures<'a>(&'a self) -> Vec<(&'a str, f64, f64)> {
        let of = |part: &'a Part| {
            let base = ("", part.rate.base.statutory, part.rate.base.applied);
            let components = part.rate.components.iter();
            let added = components.map(|one| (one.measure.as_str(), one.statutory, one.applied));
            std::iter::once(base).chain(added).collect::<Vec<_>>()
        };
        self.parts.iter().flat_map(of).collect()
    }

    /// What each measure adds to the applied rate, largest first; measures that
    /// add nothing are left out.
    pub fn measures(&self) -> Vec<(String, f64)> {
        let mut sums: BTreeMap<&str, f64> = BTreeMap::new();
        for part in &self.parts {
            for component in &part.rate.components {
                *sums.entry(&component.measure).or_default() += part.weight * component.applied;
            }
        }
        let mut found: Vec<(String, f64)> = sums
            .into_iter()
            .filter(|(_, applied)| *applied != 0.0)
            .map(|(measure, applied)| (measure.to_owned(), applied))
            .collect();
        found.sort_by(|a, b| b.1.total_cmp(&a.1));
        found
    }
}

impl<'a> DutyQuery<'a> {
    /// Puts a question; none when nothing is called like its sector.
    pub fn new(
        world: &World,
        schedule: &'a TariffSchedule,
        question: Question,
        base: Date,
        gap: f64,
    ) -> Option<Self> {
        let goods = goods(world, schedule, &question)?;
        Some(Self {
            schedule,
            question,
            base,
            gap,
            goods,
        })
    }

    /// The answer for one day.
    pub fn on(&self, day: Date) -> Answer {
        let mut answer = Answer {
            from: day,
            to: day,
            parts: Vec::new(),
            statutory: 0.0,
            applied: 0.0,
            collected: 0.0,
            base_collected: 0.0,
        };
        for good in &self.goods {
            let (rate, before) = (self.rate(good, day), self.rate(good, self.base));
            let change = rate.applied - before.applied;
            let collected = good.collected + (1.0 - self.gap) * change;
            answer.statutory += good.weight * rate.statutory;
            answer.applied += good.weight * rate.applied;
            answer.collected += good.weight * collected;
            answer.base_collected += good.weight * good.collected;
            answer.parts.push(Part {
                product: good.product.clone(),
                weight: good.weight,
                rate,
                collected,
            });
        }
        answer
    }

    /// Answers from `from` to `to`, both included, one for each span of days on
    /// which no figure changes; words and sources are those of its first day.
    pub fn history(&self, from: Date, to: Date) -> Vec<Answer> {
        let changes = self
            .schedule
            .changes(Some(self.question.importer), from, to);
        let starts = std::iter::once(from).chain(changes.into_iter().filter(|day| *day > from));
        let mut found: Vec<Answer> = Vec::new();
        for start in starts {
            let answer = self.on(start);
            match found.last_mut() {
                Some(last) if last.figures() == answer.figures() => {}
                last => {
                    if let Some(last) = last {
                        last.to = start.yesterday().unwrap_or(start);
                    }
                    found.push(answer);
                }
            }
        }
        if let Some(last) = found.last_mut() {
            last.to = to;
        }
        found
    }

    fn rate(&self, good: &Good, day: Date) -> RateInForce {
        let Question {
            importer, origin, ..
        } = self.question;
        self.schedule.rate(importer, origin, &good.product, day)
    }
}

fn goods(world: &World, schedule: &TariffSchedule, question: &Question) -> Option<Vec<Good>> {
    let taxonomy = &schedule.law().taxonomy;
    let mut products = taxonomy.expand(&question.sector);
    if products.is_empty() {
        let sector = world.sector_index(&question.sector)?;
        products = world
            .subsectors
            .iter()
            .filter(|(_, of)| *of == sector)
            .map(|(code, _)| code.clone())
            .collect();
    }
    let trade = Trade::new(world, question);
    let mut goods: Vec<Good> = products
        .into_iter()
        .map(|product| trade.good(product))
        .collect();
    let total: f64 = goods.iter().map(|good| good.weight).sum();
    let count = goods.len() as f64;
    for good in &mut goods {
        // Without any trade on record all subsectors count alike.
        good.weight = if total > 0.0 {
            good.weight / total
        } else {
            1.0 / count
        };
    }
    (!goods.is_empty()).then_some(goods)
}

/// Base-year trade between importer and origin; a government inside an economy
/// that stands for many has that economy's mix.
struct Trade<'a> {
    world: &'a World,
    pair: Option<(usize, usize)>,
}

impl<'a> Trade<'a> {
    fn new(world: &'a World, question: &Question) -> Self {
        let index = |code: EconomyCode| {
            let host = || world.attached.iter().find(|one| one.code == code);
            world
                .economy_index(code)
                .or_else(|| host().map(|one| one.host))
        };
        let pair = index(question.importer).zip(index(question.origin));
        Self { world, pair }
    }

    fn good(&self, product: SectorCode) -> Good {
        let place = self.world.subsectors.iter().enumerate();
        let found = place
            .clone()
            .find(|(_, (code, _))| *code == product)
            .map(|(at, (_, sector))| (at, *sector))
            .zip(self.pair);
        let Some(((subsector, sector), (n, i))) = found else {
            return Good {
                product,
                weight: 0.0,
                collected: 0.0,
            };
        };
        let flow = self.world.flow(n, i, sector);
        let shares = self.world.subsector_shares(n, i, sector);
        let share = shares
            .into_iter()
            .find(|(at, _)| *at == subsector)
            .map_or(0.0, |(_, share)| share);
        let own = self
            .world
            .subsector_weights
            .iter()
            .find(|one| (one.importer, one.exporter, one.subsector) == (Some(n), i, subsector));
        Good {
            product,
            weight: share * self.world.fob[flow],
            collected: own
                .and_then(|one| one.duty_rate)
                .unwrap_or(self.world.duty_rate[flow]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::Library;
    use tradewinds_policy::{LawBook, Practice, Reform};

    fn base() -> (World, LawBook) {
        let library = Library::embedded();
        (library.world("2024").unwrap(), library.law().unwrap())
    }

    fn question(sector: &str) -> Question {
        Question {
            importer: "USA".parse().unwrap(),
            origin: "JPN".parse().unwrap(),
            sector: sector.parse().unwrap(),
        }
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_sector_is_the_weighted_mean_of_its_subsectors() {
        let (world, law) = base();
        let schedule =
            TariffSchedule::compile(&law, &Reform::default(), Practice::default()).unwrap();
        let ask = |sector: &str| {
            let base = day("2024-12-31");
            DutyQuery::new(&world, &schedule, question(sector), base, 0.1)
                .unwrap()
                .on(day("2025-04-20"))
        };
        let (whole, vehicles, parts) = (ask("autos"), ask("autos_vehicles"), ask("autos_parts"));
        let weight = whole.parts[0].weight;
        assert!((whole.parts.iter().map(|one| one.weight).sum::<f64>() - 1.0).abs() < 1e-12);
        let mean = weight * vehicles.applied + (1.0 - weight) * parts.applied;
        assert!((whole.applied - mean).abs() < 1e-12);
        assert!(vehicles.applied > parts.applied, "parts came on 3 May only");
        // 25 points on the 97.1 % of the subsector that are light vehicles and 10
        // points on the rest, on top of the base duty of 2.5 %.
        let expected = 0.025 + 0.971 * 0.25 + 0.029 * 0.10;
        assert!((vehicles.statutory - expected).abs() < 1e-3, "{vehicles:?}");
    }

    #[test]
    fn what_is_collected_is_the_base_year_and_the_change_less_the_gap() {
        let (world, law) = base();
        let schedule =
            TariffSchedule::compile(&law, &Reform::default(), Practice::default()).unwrap();
        let on = |gap: f64, when: &str| {
            let base = day("2024-12-31");
            DutyQuery::new(&world, &schedule, question("machinery"), base, gap)
                .unwrap()
                .on(day(when))
        };
        let (before, after) = (on(0.1, "2024-12-31"), on(0.1, "2025-06-01"));
        assert!((before.collected - before.base_collected).abs() < 1e-15);
        let change = after.applied - before.applied;
        assert!(change > 0.05);
        assert!((after.collected - before.collected - 0.9 * change).abs() < 1e-12);
        let all = on(0.0, "2025-06-01");
        assert!((all.collected - before.collected - change).abs() < 1e-12);
    }

    #[test]
    fn a_history_covers_every_day_once_and_agrees_with_each_day() {
        let (world, law) = base();
        let schedule =
            TariffSchedule::compile(&law, &Reform::default(), Practice::default()).unwrap();
        let base = day("2024-12-31");
        let query = DutyQuery::new(&world, &schedule, question("autos"), base, 0.1).unwrap();
        let (from, to) = (day("2025-01-01"), day("2025-12-31"));
        let history = query.history(from, to);
        assert!(history.len() >= 4);
        assert_eq!((history[0].from, history[history.len() - 1].to), (from, to));
        for pair in history.windows(2) {
            assert_eq!(pair[0].to.tomorrow().unwrap(), pair[1].from);
            assert_ne!(pair[0].figures(), pair[1].figures());
        }
        for answer in &history {
            assert_eq!(query.on(answer.to).figures(), answer.figures());
        }
    }

    #[test]
    fn nothing_is_called_like_an_unknown_sector() {
        let (world, law) = base();
        let schedule =
            TariffSchedule::compile(&law, &Reform::default(), Practice::default()).unwrap();
        let base = day("2024-12-31");
        assert!(DutyQuery::new(&world, &schedule, question("spaceships"), base, 0.1).is_none());
    }
}
