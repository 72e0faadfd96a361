//! From law to the rates of a simulation.
//!
//! The law answers by subsector; a world trades sectors. Rates of a sector are
//! means over its subsectors with base-year weights of the bilateral flow. The
//! base year holds what was collected then; later dates add what the law adds,
//! less the collection gap:
//!
//! collected(t) = collected in the base year + (1 − gap) × (applied(t) − applied in the base year).

use std::collections::{BTreeMap, BTreeSet};

use tradewinds_engine::customs::{MeasureRate, RateCalendar, RateTable};
use tradewinds_policy::{RateInForce, TariffSchedule};
use tradewinds_units::Date;
use tradewinds_world::World;

/// Name under which the duty before any measure is recorded.
pub const BASE_DUTY: &str = "base_duty";

/// Span of a simulation and the day on which base-year rates stood.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// Day whose law the base year holds.
    pub base: Date,
    /// First day simulated.
    pub start: Date,
    /// Last day simulated.
    pub end: Date,
}

/// Statutory and applied rates of one bilateral flow on one day, and what each
/// measure adds to the applied rate.
#[derive(Debug, Clone, Default, PartialEq)]
struct FlowRate {
    statutory: f64,
    applied: f64,
    by_measure: BTreeMap<usize, f64>,
}

/// Subsectors of every traded flow of goods with their base-year weights.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowMix(Vec<Vec<(usize, f64)>>);

impl FlowMix {
    /// The mix of every flow `[n][i][s]`; empty where nothing is traded across
    /// a border, and for services.
    pub fn of(world: &World) -> Self {
        let (economies, sectors) = (world.economy_count(), world.sector_count());
        let mix = |flow: usize| {
            let (n, i, s) = (
                flow / (economies * sectors),
                flow / sectors % economies,
                flow % sectors,
            );
            if n == i || world.fob[flow] <= 0.0 || s == world.services {
                return Vec::new();
            }
            world.subsector_shares(n, i, s)
        };
        Self((0..world.fob.len()).map(mix).collect())
    }

    /// Subsectors of a flow with their weights.
    pub fn of_flow(&self, flow: usize) -> &[(usize, f64)] {
        &self.0[flow]
    }
}

/// Law compiled against a world: everything but the collection gap.
#[derive(Debug, Clone)]
pub struct SectorRates {
    /// Measures that add to rates somewhere in the span; the last is [`BASE_DUTY`].
    pub measures: Vec<String>,
    /// Importers whose law changes in the span, by index.
    pub changing: Vec<usize>,
    dates: Vec<Date>,
    /// By date and flow; flows of importers whose law does not change hold for all dates.
    rates: Vec<BTreeMap<usize, FlowRate>>,
    base: BTreeMap<usize, FlowRate>,
}

impl SectorRates {
    /// Asks the law about every flow of the world on every day on which
    /// something changes. `books` is the law on the books before any reform,
    /// whose rates the base year holds; `measures` names the measures over all
    /// scenarios, so that they share one dictionary.
    pub fn new(
        world: &World,
        mix: &FlowMix,
        (books, schedule): (&TariffSchedule, &TariffSchedule),
        span: Span,
        measures: &[String],
    ) -> Self {
        let names: BTreeMap<&str, usize> = measures
            .iter()
            .enumerate()
            .map(|(at, name)| (name.as_str(), at))
            .collect();
        let ask = |law: &TariffSchedule, date: Date, importers: &[usize]| {
            let mut rates = BTreeMap::new();
            for n in importers {
                for flow in world.flow(*n, 0, 0)..world.flow(*n + 1, 0, 0) {
                    if let Some(rate) = flow_rate(world, &mix.0[flow], law, &names, flow, date) {
                        rates.insert(flow, rate);
                    }
                }
            }
            rates
        };
        let everyone: Vec<usize> = (0..world.economy_count()).collect();
        let base = ask(books, span.base, &everyone);
        let reformed = ask(schedule, span.base, &everyone);
        let mut dates = BTreeSet::from([span.start]);
        let mut changing = Vec::new();
        for (n, code) in world.economies.iter().enumerate() {
            let changes = schedule.changes(Some(*code), span.base, span.end);
            let own = world.flow(n, 0, 0)..world.flow(n + 1, 0, 0);
            let differs = base.range(own.clone()).ne(reformed.range(own));
            if differs || changes.iter().any(|date| *date > span.base) {
                changing.push(n);
            }
            dates.extend(changes.into_iter().filter(|date| *date > span.start));
        }
        let dates: Vec<Date> = dates.into_iter().collect();
        Self {
            measures: measures.to_vec(),
            rates: dates
                .iter()
                .map(|date| ask(schedule, *date, &changing))
                .collect(),
            base,
            changing,
            dates,
        }
    }

    /// The calendar of rates at a collection gap.
    pub fn calendar(&self, world: &World, collection_gap: f64) -> RateCalendar {
        let tables = self.dates.iter().zip(&self.rates);
        RateCalendar::new(
            tables
                .map(|(date, rates)| (*date, self.table(world, rates, collection_gap)))
                .collect(),
        )
    }

    fn table(
        &self,
        world: &World,
        rates: &BTreeMap<usize, FlowRate>,
        collection_gap: f64,
    ) -> RateTable {
        let flows = world.fob.len();
        let mut table = RateTable {
            statutory: vec![0.0; flows],
            applied: vec![0.0; flows],
            collected: world.duty_rate.clone(),
            export_tax: vec![0.0; flows],
            trade_cost: vec![1.0; flows],
            by_measure: Vec::new(),
        };
        let base_duty = self.measures.len() as u32 - 1;
        for (flow, base) in &self.base {
            let now = rates.get(flow).unwrap_or(base);
            let collected = 1.0 - collection_gap;
            table.statutory[*flow] = now.statutory;
            table.applied[*flow] = now.applied;
            // Where the record lies below the law, what is taken away cannot
            // exceed what was collected: no duty turns into a subsidy.
            let lowest = (collected * now.applied).min(0.0);
            table.collected[*flow] =
                (table.collected[*flow] + collected * (now.applied - base.applied)).max(lowest);
            let mut rest = table.collected[*flow];
            for (measure, rate) in &now.by_measure {
                let rate = collected * rate;
                rest -= rate;
                table.by_measure.push(MeasureRate {
                    flow: *flow as u32,
                    measure: *measure as u32,
                    rate,
                });
            }
            if rest != 0.0 {
                table.by_measure.push(MeasureRate {
                    flow: *flow as u32,
                    measure: base_duty,
                    rate: rest,
                });
            }
        }
        table
    }
}

/// Every measure in force somewhere in a span, in name order, then
/// [`BASE_DUTY`]; over all scenarios.
pub fn measure_names<'a>(schedules: impl Iterator<Item = &'a TariffSchedule>) -> Vec<String> {
    let mut names = BTreeSet::new();
    for schedule in schedules {
        names.extend(schedule.law().measures().map(|measure| measure.id.clone()));
    }
    names.into_iter().chain([BASE_DUTY.to_owned()]).collect()
}

fn flow_rate(
    world: &World,
    mix: &[(usize, f64)],
    schedule: &TariffSchedule,
    names: &BTreeMap<&str, usize>,
    flow: usize,
    date: Date,
) -> Option<FlowRate> {
    if mix.is_empty() {
        return None;
    }
    let (sectors, economies) = (world.sector_count(), world.economy_count());
    let (n, i) = (flow / (economies * sectors), flow / sectors % economies);
    let mut total = FlowRate::default();
    for (subsector, weight) in mix {
        let product = &world.subsectors[*subsector].0;
        let rate = schedule.rate(world.economies[n], world.economies[i], product, date);
        add(&mut total, &rate, *weight, names);
    }
    Some(total)
}

fn add(total: &mut FlowRate, rate: &RateInForce, weight: f64, names: &BTreeMap<&str, usize>) {
    total.statutory += weight * rate.statutory;
    total.applied += weight * rate.applied;
    for component in &rate.components {
        if let Some(measure) = names.get(component.measure.as_str()) {
            *total.by_measure.entry(*measure).or_default() += weight * component.applied;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;
    use crate::library::Library;
    use tradewinds_policy::{Reform, Without};

    #[test]
    fn switching_off_what_acts_in_the_base_year_lowers_collected_duties() {
        let library = Library::embedded();
        let experiment = Experiment::load(&library, "us-2025", &[]).unwrap();
        let books = experiment.books().unwrap();
        let world = &experiment.world;
        let day = experiment.base_law;
        let acting = |authority: &str| {
            let reform = Reform {
                without: vec![Without {
                    what: authority.to_owned(),
                    from: None,
                }],
                ..Reform::default()
            };
            TariffSchedule::compile(&experiment.law, &reform, books.practice().clone()).ok()
        };
        let span = Span {
            base: day,
            start: day,
            end: day,
        };
        let names = measure_names(std::iter::once(&books));
        let mix = FlowMix::of(world);
        let collected = |schedule: &TariffSchedule| {
            let rates = SectorRates::new(world, &mix, (&books, schedule), span, &names);
            let duties = rates.calendar(world, 0.1).last().collected.clone();
            duties
                .iter()
                .zip(&world.fob)
                .map(|(rate, fob)| rate * fob)
                .sum::<f64>()
        };
        let before = collected(&books);
        let lower: Vec<f64> = (experiment.law.authorities().into_iter())
            .filter_map(acting)
            .map(|schedule| collected(&schedule))
            .collect();
        assert!(lower.iter().all(|after| *after <= before + 1e-9));
        // The largest of them holds a tenth of the duties collected in the base year.
        let least = lower.iter().copied().fold(before, f64::min);
        assert!(least < 0.95 * before, "{least} of {before}");
    }
}
