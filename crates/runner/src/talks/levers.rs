//! Levers of talks out of a law: which duties of a government talks can move, and what
//! they do to the flows of a world.
//!
//! A lever is named by instruments: the country rates of the principal, its duties on a
//! sector, the duties with which a partner answers. Its statutory rate on a day is the sum
//! over the instruments of the highest rate that any of their measures charges on the
//! goods of the origin; its exposure is what its measures collect per unit of that rate,
//! once goods afloat have arrived:
//!
//! exposure = (1 − gap) × Σ weight of the subsector × Σ added by its measures / rate.
//!
//! It is that of the first day of talks, or where the rate is zero then, of the next day
//! above zero, or of the last one before. A government without such instruments answers on
//! all goods, under a measure of no law.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tradewinds_engine::talks::levers::{Exposure, Statute};
use tradewinds_policy::TariffSchedule;
use tradewinds_units::Date;
use tradewinds_world::World;

use crate::rates::{ANSWERS_OF_TALKS, FlowMix, Span};

/// A law over the flows of a world, in which levers are looked for.
#[derive(Debug, Clone, Copy)]
pub struct LeverLaw<'a> {
    /// The world.
    pub world: &'a World,
    /// Subsectors of its flows.
    pub mix: &'a FlowMix,
    /// The law, under the practice of the run; frozen where talks are to write what follows.
    pub schedule: &'a TariffSchedule,
    /// Measures of the scenario, in the order of records.
    pub measures: &'a Arc<[String]>,
    /// Days of the run.
    pub span: Span,
    /// First day of talks.
    pub from: Date,
    /// Part of applied duties that is not collected.
    pub collection_gap: f64,
}

/// What the measures of a lever add on one day.
#[derive(Debug, Clone, Default)]
struct Charged {
    /// Highest rate by instrument.
    highest: Vec<f64>,
    /// Statutory and applied rate that they add to each flow.
    flows: Vec<(u32, [f64; 2])>,
}

impl LeverLaw<'_> {
    /// The lever of an importer on the goods of an origin under some instruments, by id; of
    /// those that are not the importer's, or not in the law, nothing.
    pub fn statute(&self, (importer, origin): (usize, usize), instruments: &[&str]) -> Statute {
        let own = self.measures_of(importer, instruments);
        let days = self.days(importer);
        let charged: Vec<Charged> = (days.iter())
            .map(|day| self.charged((importer, origin), (&own, instruments.len()), *day))
            .collect();
        let rates: Vec<f64> = (charged.iter())
            .map(|one| one.highest.iter().sum::<f64>())
            .collect();
        let mut scheduled: Vec<(Date, f64)> = days.into_iter().zip(rates).collect();
        let unit = (self.unit(&scheduled)).map(|at| (&charged[at], scheduled[at].1));
        scheduled.dedup_by(|next, last| next.1.to_bits() == last.1.to_bits());
        let collection = 1.0 - self.collection_gap;
        let exposure = unit.into_iter().flat_map(|(charged, rate)| {
            let flows = charged.flows.iter();
            flows.map(move |(flow, [statutory, applied])| Exposure {
                flow: *flow,
                collected: collection * applied / rate,
                statutory: statutory / rate,
            })
        });
        let numbered = self.measures.iter().zip(0_u32..);
        let ids = self.ids(&own);
        Statute {
            importer,
            origin,
            measures: numbered
                .filter(|(name, _)| ids.contains(&name.as_str()))
                .map(|(_, at)| at)
                .collect(),
            scheduled,
            exposure: exposure.collect(),
            collection,
        }
    }

    /// The day whose rate stands for a unit of it, by place; none where no rate is above zero.
    fn unit(&self, scheduled: &[(Date, f64)]) -> Option<usize> {
        let begun = scheduled.partition_point(|(day, _)| *day <= self.from);
        let now = begun.saturating_sub(1);
        let is_charged = |at: &usize| scheduled[*at].1 > 0.0;
        let later = (now..scheduled.len()).find(is_charged);
        later.or_else(|| (0..now).rev().find(is_charged))
    }

    /// The lever of an importer on all goods of an origin that no law knows yet; nothing
    /// where its measure is not recorded.
    pub fn on_all_goods(&self, (importer, origin): (usize, usize)) -> Option<Statute> {
        let mut measures = self.measures.iter();
        let measure = measures.position(|name| name == ANSWERS_OF_TALKS)?;
        let world = self.world;
        let flows = world.flow(importer, origin, 0)..world.flow(importer, origin + 1, 0);
        Some(Statute::on_flows(
            (importer, origin),
            flows.filter(|flow| !self.mix.of_flow(*flow).is_empty()),
            measure as u32,
            1.0 - self.collection_gap,
        ))
    }

    /// Measures of the instruments, by place in the law, with the place of the instrument.
    fn measures_of(&self, importer: usize, instruments: &[&str]) -> BTreeMap<usize, usize> {
        let code = self.world.economies[importer];
        let law = self.schedule.law();
        let place = |id: &str| instruments.iter().position(|one| *one == id);
        let of_instruments = law.instruments.iter().flat_map(|one| {
            let instrument = place(&one.id).filter(|_| one.importer == code);
            one.measures.iter().map(move |_| instrument)
        });
        let numbered = of_instruments.enumerate();
        numbered
            .filter_map(|(at, instrument)| Some((at, instrument?)))
            .collect()
    }

    fn ids(&self, own: &BTreeMap<usize, usize>) -> Vec<&str> {
        let measures = self.schedule.law().measures().enumerate();
        measures
            .filter(|(at, _)| own.contains_key(at))
            .map(|(_, measure)| measure.id.as_str())
            .collect()
    }

    /// The first day of the run and of talks, and those on which a rate of the importer may
    /// change.
    fn days(&self, importer: usize) -> Vec<Date> {
        let code = Some(self.world.economies[importer]);
        let (start, end) = (self.span.start, self.span.end);
        let changes = self.schedule.changes(code, start, end).into_iter();
        let later = changes.chain([self.from]).filter(|day| *day > start);
        let days: BTreeSet<Date> = std::iter::once(start).chain(later).collect();
        days.into_iter().collect()
    }

    /// What the measures charge on the goods of an origin on a day, goods afloat or not.
    fn charged(
        &self,
        (importer, origin): (usize, usize),
        (own, instruments): (&BTreeMap<usize, usize>, usize),
        day: Date,
    ) -> Charged {
        let world = self.world;
        let codes = [importer, origin].map(|one| world.economies[one]);
        let mut charged = Charged {
            highest: vec![0.0; instruments],
            flows: Vec::new(),
        };
        for flow in world.flow(importer, origin, 0)..world.flow(importer, origin + 1, 0) {
            let mix = self.mix.of_flow(flow);
            let mut added = [0.0; 2];
            for (subsector, weight) in mix {
                let product = &world.subsectors[*subsector].0;
                let standing = self.schedule.standing(codes[0], codes[1], product, day);
                self.schedule.rates_under(&standing, |part| {
                    let Some(instrument) = own.get(&part.index) else {
                        return;
                    };
                    if part.statutory > 0.0 {
                        let highest = &mut charged.highest[*instrument];
                        *highest = highest.max(part.rate);
                    }
                    added[0] += weight * part.statutory;
                    added[1] += weight * part.lasting;
                });
            }
            if !mix.is_empty() {
                charged.flows.push((flow as u32, added));
            }
        }
        charged
    }
}

#[cfg(test)]
mod tests {
    use tradewinds_engine::beliefs::Announced;
    use tradewinds_engine::customs::RateCalendar;
    use tradewinds_engine::talks::levers::Lever;
    use tradewinds_policy::Reform;

    use super::*;
    use crate::experiment::Experiment;
    use crate::library::Library;
    use crate::outlook::outlook;
    use crate::rates::{Names, SectorRates};
    use crate::talks::{Talks, statutes};

    const COUNTRY: [&str; 2] = ["usa.ieepa_reciprocal", "usa.ieepa_fentanyl"];
    const AUTOS: [&str; 1] = ["usa.s232_autos"];
    const GAP: f64 = 0.1;
    /// First day of talks.
    const FROM: &str = "2025-05-04";

    /// The law of 3 May 2025, with claims as they were then.
    struct Frozen {
        experiment: Experiment,
        schedule: TariffSchedule,
        mix: FlowMix,
        names: Names,
    }

    impl Frozen {
        fn new() -> Self {
            let experiment = Experiment::load(&Library::embedded(), "us-2025", &[]).unwrap();
            let reform = Reform {
                frozen_after: Some(day("2025-05-03")),
                ..Reform::default()
            };
            let practice = experiment.books().unwrap().practice().clone();
            let schedule = TariffSchedule::compile(&experiment.law, &reform, practice).unwrap();
            Self {
                mix: FlowMix::of(&experiment.world),
                names: Names::of(std::iter::once(&schedule)).of_talks(),
                schedule,
                experiment,
            }
        }

        fn law(&self) -> LeverLaw<'_> {
            LeverLaw {
                world: &self.experiment.world,
                mix: &self.mix,
                schedule: &self.schedule,
                measures: &self.names.measures,
                span: self.span(),
                from: day(FROM),
                collection_gap: GAP,
            }
        }

        fn span(&self) -> Span {
            self.experiment.span()
        }

        fn place(&self, code: &str) -> usize {
            let mut codes = self.experiment.world.economies.iter();
            codes.position(|one| one.to_string() == code).unwrap()
        }

        fn sector(&self, name: &str) -> usize {
            let mut sectors = self.experiment.world.sectors.iter();
            sectors.position(|one| one.as_str() == name).unwrap()
        }

        fn lever(&self, importer: &str, origin: &str, instruments: &[&str]) -> Statute {
            let pair = (self.place(importer), self.place(origin));
            self.law().statute(pair, instruments)
        }

        fn calendar(&self) -> RateCalendar {
            let (world, books) = (&self.experiment.world, self.experiment.books().unwrap());
            let laws = (&books, &self.schedule);
            let rates = SectorRates::new(world, &self.mix, laws, self.span(), &self.names);
            let outlook = outlook(world, &self.mix, &self.schedule, self.span(), GAP);
            rates.calendar(world, GAP).with_outlook(outlook)
        }
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn near(found: &[f64], known: &[f64]) {
        assert_eq!(found.len(), known.len());
        for (found, known) in found.iter().zip(known) {
            assert!((found - known).abs() < 1e-12, "{found} {known}");
        }
    }

    #[test]
    fn levers_have_the_rates_of_the_law_of_3_may() {
        let frozen = Frozen::new();
        let rates = |importer: &str, origin: &str, instruments: &[&str]| {
            let lever = frozen.lever(importer, origin, instruments);
            let days = ["2025-05-05", "2025-07-08", "2025-07-09", "2026-01-01"];
            days.map(|on| lever.rate_on(day(on)))
        };
        near(&rates("USA", "JPN", &COUNTRY), &[0.1, 0.1, 0.24, 0.24]);
        near(&rates("USA", "CHN", &COUNTRY), &[1.45; 4]);
        near(&rates("USA", "CAN", &COUNTRY), &[0.25; 4]);
        near(&rates("USA", "JPN", &AUTOS), &[0.25; 4]);
        near(&rates("CHN", "USA", &["chn.retaliation_2025"]), &[1.25; 4]);
        near(
            &rates("CAN", "USA", &["can.countertariff_2025"]),
            &[0.25; 4],
        );
        // Nothing under instruments of others.
        let none = frozen.lever("JPN", "USA", &COUNTRY);
        assert!(none.measures.is_empty() && none.exposure.is_empty());
        assert_eq!(none.scheduled.len(), 1);
    }

    #[test]
    fn a_country_lever_moves_all_but_the_goods_of_sector_duties() {
        let frozen = Frozen::new();
        let exposure = |lever: &Statute, sector: &str| {
            let world = &frozen.experiment.world;
            let flow = world.flow(lever.importer, lever.origin, frozen.sector(sector));
            let mut found = lever.exposure.iter();
            let found = found.find(|one| one.flow as usize == flow).unwrap();
            found.collected / (1.0 - GAP)
        };
        let (country, autos) = (
            frozen.lever("USA", "JPN", &COUNTRY),
            frozen.lever("USA", "JPN", &AUTOS),
        );
        assert!(exposure(&country, "machinery") > 0.8);
        assert!(exposure(&country, "apparel_consumer") > 0.99);
        assert!(exposure(&country, "autos") < 0.1);
        assert!(exposure(&autos, "autos") > 0.8);
        assert!(exposure(&autos, "apparel_consumer") < 1e-12);
    }

    #[test]
    fn exposure_times_rate_is_what_the_law_collects() {
        let frozen = Frozen::new();
        let (law, start) = (Arc::new(frozen.calendar()), day(FROM));
        assert!(frozen.span().start < start);
        for partner in ["JPN", "CHN", "CAN", "MEX", "EUU"] {
            let statute = frozen.lever("USA", partner, &COUNTRY);
            let rate = statute.rate_on(start);
            let table = law.on(start);
            for one in &statute.exposure {
                let parts = table.by_measure.iter();
                let own = parts.filter(|part| {
                    part.flow == one.flow && statute.measures.contains(&part.measure)
                });
                let own: f64 = own.map(|part| part.rate).sum();
                assert!((own - one.collected * rate).abs() < 1e-12, "{partner}");
            }
            // Set to its own rates it changes nothing; half of it is half of all.
            let mut lever = Lever::new(statute, law.clone());
            let mut calendar = RateCalendar::clone(&law);
            let own: Vec<(Date, f64)> = lever.scheduled().to_vec();
            lever.follow(&mut calendar, &own);
            assert_eq!(calendar, *law);
            lever.set(&mut calendar, day("2025-06-01"), 0.5 * rate);
            for one in lever.statute().exposure.clone() {
                let flow = one.flow as usize;
                let [before, after] =
                    [&*law, &calendar].map(|law| law.on(day("2025-06-01")).collected[flow]);
                let known = 0.5 * one.collected * rate;
                assert!((before - after - known).abs() < 1e-12, "{partner}");
            }
        }
    }

    #[test]
    fn exposure_is_that_of_the_first_day_of_talks() {
        let frozen = Frozen::new();
        let of = |partner: &str, from: &str| {
            let law = LeverLaw {
                from: day(from),
                ..frozen.law()
            };
            let (usa, partner) = (frozen.place("USA"), frozen.place(partner));
            let statute = law.statute((usa, partner), &COUNTRY);
            let sectors = law.world.sector_count();
            move |sector: usize| {
                let mut found = statute.exposure.iter();
                let found = found.find(|one| one.flow as usize % sectors == sector);
                found.unwrap().collected / (1.0 - GAP)
            }
        };
        // Claims of preference free most goods of a neighbour since 7 March.
        let energy = frozen.sector("energy");
        let (first, now) = (of("CAN", "2025-03-04")(energy), of("CAN", FROM)(energy));
        assert!(first > 0.0 && now < 0.7 * first, "{first} {now}");
        // Before the first duty the next one counts.
        let before = of("CAN", "2025-01-10")(energy);
        assert!((before - first).abs() < 1e-12, "{before} {first}");
        // Phones and computers are exempt from the larger part since 11 April.
        let electronics = frozen.sector("electronics");
        let (first, now) = (of("CHN", "2025-02-04"), of("CHN", FROM));
        let shares = [first(electronics), now(electronics)];
        assert!(shares[1] < 0.8 * shares[0], "{shares:?}");
        let apparel = frozen.sector("apparel_consumer");
        assert!(now(apparel) > 0.95, "{}", now(apparel));
    }

    #[test]
    fn the_last_day_above_zero_counts_where_none_is_later() {
        let frozen = Frozen::new();
        let law = frozen.law();
        let days = |rates: [f64; 3]| -> Vec<(Date, f64)> {
            let days = ["2025-02-01", "2025-04-01", "2025-06-01"].map(day);
            days.into_iter().zip(rates).collect()
        };
        assert_eq!(law.unit(&days([0.1, 0.2, 0.3])), Some(1));
        assert_eq!(law.unit(&days([0.1, 0.0, 0.3])), Some(2));
        assert_eq!(law.unit(&days([0.1, 0.0, 0.0])), Some(0));
        assert_eq!(law.unit(&days([0.0; 3])), None);
    }

    #[test]
    fn who_has_no_list_answers_on_all_goods() {
        let frozen = Frozen::new();
        let talks = Talks::load(&Library::embedded()).unwrap();
        let statutes = statutes(&talks, &frozen.law());
        let answer = |code: &str| statutes[frozen.place(code)].clone().unwrap().answer;
        let named = |statute: &Statute| -> Vec<String> {
            let measures = statute.measures.iter();
            let names = measures.map(|at| frozen.names.measures[*at as usize].clone());
            names.collect()
        };
        for (code, list) in [
            ("CHN", "chn.retaliation_2025"),
            ("CAN", "can.countertariff_2025"),
        ] {
            let names = named(&answer(code));
            assert!(!names.is_empty(), "{code}");
            let is_list = |one: &String| one.starts_with(list);
            assert!(names.iter().all(is_list), "{code}: {names:?}");
        }
        // Of attached governments the model has no imports.
        assert!(answer("ROW").exposure.is_empty());
        let law = Arc::new(frozen.calendar());
        let world = &frozen.experiment.world;
        // A list that ended before it began is none.
        for code in ["JPN", "KOR", "MEX", "EUU"] {
            let statute = answer(code);
            assert_eq!(named(&statute), [ANSWERS_OF_TALKS]);
            let (usa, partner) = (frozen.place("USA"), frozen.place(code));
            let mut lever = Lever::new(statute.clone(), law.clone());
            let mut calendar = RateCalendar::clone(&law);
            lever.set(&mut calendar, day("2025-06-01"), 0.2);
            let (before, after) = (law.on(day("2025-06-01")), calendar.on(day("2025-06-01")));
            let autos = world.flow(partner, usa, frozen.sector("autos"));
            for flow in 0..world.fob.len() {
                let rise = after.collected[flow] - before.collected[flow];
                let is_hit = statute.exposure.iter().any(|one| one.flow as usize == flow);
                let known = if is_hit { 0.2 * (1.0 - GAP) } else { 0.0 };
                assert!((rise - known).abs() < 1e-12, "{code} {flow}");
                let parts = after.by_measure.iter().filter(|part| {
                    part.flow as usize == flow && statute.measures.contains(&part.measure)
                });
                let booked: f64 = parts.map(|part| part.rate).sum();
                assert!((booked - known).abs() < 1e-12, "{code} {flow}");
                assert!(flow != autos || is_hit);
            }
            // Taken back, nothing of it is left, and what was before it never was.
            lever.set(&mut calendar, day("2025-07-01"), 0.0);
            assert_eq!(calendar.on(day("2025-05-31")), law.on(day("2025-05-31")));
            let [now, known] = [&calendar, &*law].map(|law| law.on(day("2025-07-02")));
            assert_eq!(now.by_measure, known.by_measure);
            assert_eq!(lever.rate_on(day("2025-05-31")).to_bits(), 0);
        }
    }

    #[test]
    fn a_law_restated_as_it_is_announces_what_it_did() {
        let frozen = Frozen::new();
        let law = frozen.calendar();
        let world = &frozen.experiment.world;
        let usa = frozen.place("USA");
        let own = world.flow(usa, 0, 0)..world.flow(usa + 1, 0, 0);
        // The exemption of 11 April, of phones and computers, is no day with news.
        let exempt = ["electronics", "machinery"].map(|name| frozen.sector(name));
        let is_exempt = |one: &Announced| {
            let sector = one.flow as usize % world.sector_count();
            exempt.contains(&sector)
        };
        let mut compared = 0;
        for today in ["2025-05-20", "2025-07-10"].map(day) {
            let mut restated = law.clone();
            restated.restate(today, own.clone());
            for on in [today, day("2025-07-09"), day("2025-09-01")] {
                if on < today {
                    continue;
                }
                let told = |law: &RateCalendar| -> Vec<(u32, Date, [f64; 2])> {
                    let known = law.outlook().announced().iter().filter(|one| {
                        one.known_from <= on && on < one.known_until && !is_exempt(one)
                    });
                    let mut told: Vec<(u32, Date, [f64; 2])> = known
                        .map(|one| (one.flow, one.effective, [one.change, one.step]))
                        .collect();
                    told.sort_by_key(|one| (one.0, one.1));
                    told
                };
                let (found, known) = (told(&restated), told(&law));
                assert_eq!(found.len(), known.len(), "{today} {on}");
                compared += found.len();
                for (found, known) in found.iter().zip(&known) {
                    assert_eq!((found.0, found.1), (known.0, known.1));
                    near(&found.2, &known.2);
                }
            }
        }
        assert!(compared > 50, "{compared}");
    }
}
