//! From law to the rates of a simulation.
//!
//! The law answers by subsector; a world trades sectors. Rates of a sector are
//! means over its subsectors with base-year weights of the bilateral flow. The
//! base year holds what was collected then; later dates add what the law adds,
//! less the collection gap:
//!
//! collected(t) = collected in the base year + (1 − gap) × (applied(t) − applied in the base year).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tradewinds_engine::customs::{MeasureRate, QuotaRate, RateCalendar, RateTable};
use tradewinds_engine::refund::RefundOrder;
use tradewinds_policy::{Refund, Standing, TariffSchedule};
use tradewinds_units::{Date, days_after};
use tradewinds_world::World;

use crate::flow_law::{FlowLaw, StandingLaw};

/// Name under which the duty before any measure is recorded.
pub const BASE_DUTY: &str = "base_duty";
/// Name under which duties are recorded with which governments answer without a list in law.
pub const ANSWERS_OF_TALKS: &str = "answers_of_talks";

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
    /// The applied rate once no goods afloat pay the rate before.
    lasting: f64,
    /// By measure, sorted.
    by_measure: Vec<(usize, f64)>,
    /// Share and gap by quota and measure, sorted.
    quotas: Vec<((usize, usize), [f64; 2])>,
}

/// The entry of a key in a short sorted list, made if need be.
fn entry<K: Ord, V: Default>(list: &mut Vec<(K, V)>, key: K) -> &mut V {
    let at = list.partition_point(|(known, _)| *known < key);
    if list.get(at).is_none_or(|(known, _)| *known != key) {
        list.insert(at, (key, V::default()));
    }
    &mut list[at].1
}

/// What measures and quotas are called, over all scenarios, so that they share one
/// dictionary.
#[derive(Debug, Clone, PartialEq)]
pub struct Names {
    /// Measures in name order, then [`ANSWERS_OF_TALKS`] where governments talk, then
    /// [`BASE_DUTY`].
    pub measures: Arc<[String]>,
    /// Quotas whose quantities are followed, in name order.
    pub quotas: Arc<[String]>,
}

impl Names {
    /// Every measure in force somewhere; no quantities of quotas are followed.
    pub fn of<'a>(schedules: impl Iterator<Item = &'a TariffSchedule>) -> Self {
        Self {
            measures: measure_names(schedules).into(),
            quotas: Arc::new([]),
        }
    }

    /// The same with quotas that are followed.
    pub fn following(mut self, quotas: impl Iterator<Item = String>) -> Self {
        let names: BTreeSet<String> = quotas.collect();
        self.quotas = names.into_iter().collect();
        self
    }

    /// The same where governments talk.
    pub fn of_talks(mut self) -> Self {
        let mut measures = self.measures.to_vec();
        let base_duty = measures.len().saturating_sub(1);
        measures.insert(base_duty, ANSWERS_OF_TALKS.to_owned());
        self.measures = measures.into();
        self
    }

    fn indices(names: &[String]) -> BTreeMap<&str, usize> {
        let numbered = names.iter().enumerate();
        numbered.map(|(at, name)| (name.as_str(), at)).collect()
    }
}

/// Subsectors of every traded flow of goods with their base-year weights.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowMix(Vec<Vec<(usize, f64)>>);

impl FlowMix {
    /// The mix of every flow `[n][i][s]`; empty where nothing is traded across
    /// a border, and for services.
    pub fn of(world: &World) -> Self {
        Self::of_links(world, |_| false)
    }

    /// The same with the flows that may open: nothing is traded yet, but the origin
    /// makes the good. They take the mix of other flows.
    pub fn with_new_origins(world: &World) -> Self {
        let (economies, sectors) = (world.economy_count(), world.sector_count());
        Self::of_links(world, |flow| {
            let origin = flow / sectors % economies;
            world.output[world.market(origin, flow % sectors)] > 0.0
        })
    }

    fn of_links(world: &World, may_open: impl Fn(usize) -> bool) -> Self {
        let (economies, sectors) = (world.economy_count(), world.sector_count());
        let mix = |flow: usize| {
            let (n, i, s) = (
                flow / (economies * sectors),
                flow / sectors % economies,
                flow % sectors,
            );
            let is_traded = world.fob[flow] > 0.0 || may_open(flow);
            if n == i || !is_traded || s == world.services {
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
    pub measures: Arc<[String]>,
    /// Importers whose law changes in the span, by index.
    pub changing: Vec<usize>,
    dates: Vec<Date>,
    /// Flows that are traded.
    flows: Vec<usize>,
    /// Different rates; the first, one for each of `flows`, are those of the base year.
    rates: Vec<FlowRate>,
    /// Place in `rates` by date and place in `flows`.
    in_force: Vec<Vec<u32>>,
    refunds: Vec<Voided>,
}

/// A refund order of the law, with the measures whose duties are paid back.
#[derive(Debug, Clone)]
struct Voided {
    order: RefundOrder,
    terms: Refund,
    measures: BTreeSet<usize>,
}

impl Voided {
    /// Orders of a law that pay something back.
    fn all(world: &World, schedule: &TariffSchedule, measures: &[String]) -> Vec<Self> {
        let law = schedule.law();
        let refunds = law.instruments.iter().flat_map(|one| &one.refunds);
        let ordered = refunds.filter(|one| one.share > 0.0).filter_map(|terms| {
            let importer = world.economies.iter().position(|n| *n == terms.importer)?;
            let is_voided = |name: &String| {
                law.measure(name).is_some_and(|measure| {
                    measure.importer == terms.importer
                        && terms.of.iter().any(|of| measure.answers_to(of))
                })
            };
            let numbered = measures.iter().enumerate();
            let measures: BTreeSet<usize> = numbered
                .filter(|(_, name)| is_voided(name))
                .map(|(at, _)| at)
                .collect();
            Some(Self {
                order: RefundOrder {
                    importer,
                    paid: terms.paid,
                    days: i64::from(terms.days),
                    measures: measures.iter().map(|at| *at as u32).collect(),
                },
                terms: terms.clone(),
                measures,
            })
        });
        ordered.collect()
    }

    /// First day of the entries concerned and first day after them.
    fn boundaries(&self) -> [Date; 2] {
        [self.terms.from, days_after(self.terms.to, 1)]
    }

    /// Share of the duty of a measure that is paid back on entries of a day.
    fn share(&self, measure: usize, date: Date) -> f64 {
        let is_concerned = self.terms.from <= date && date <= self.terms.to;
        if is_concerned && self.measures.contains(&measure) {
            self.terms.share
        } else {
            0.0
        }
    }
}

impl SectorRates {
    /// Asks the law about every flow of the world on every day on which
    /// something changes. `books` is the law on the books before any reform,
    /// whose rates the base year holds.
    pub fn new(
        world: &World,
        mix: &FlowMix,
        (books, schedule): (&TariffSchedule, &TariffSchedule),
        span: Span,
        names: &Names,
    ) -> Self {
        let law = StandingLaw::of(world, mix, (books, schedule), span);
        Self::under(&law, world, mix, (books, schedule), span, names)
    }

    /// The same with what the law says known: `law` was asked under practices that agree
    /// with those of `books` and `schedule` on `as_published` and `claims_as_of`.
    pub fn under(
        law: &StandingLaw,
        world: &World,
        mix: &FlowMix,
        (books, schedule): (&TariffSchedule, &TariffSchedule),
        span: Span,
        names: &Names,
    ) -> Self {
        let of_importer = |n: usize| {
            let first = |n: usize| {
                let start = world.flow(n, 0, 0);
                law.flows.partition_point(|flow| *flow < start)
            };
            first(n)..first(n + 1)
        };
        let asked = Asked::new(mix, schedule, names);
        let mut rates = Asked::new(mix, books, names).all(&law.books);
        let count = law.flows.len();
        rates.extend(asked.all(&law.reformed));
        let at_base = law.reformed.all_on(span.base);
        let mut dates = BTreeSet::from([span.start]);
        let mut own_dates = BTreeMap::new();
        for (n, code) in world.economies.iter().enumerate() {
            let changes = schedule.changes(Some(*code), span.base, span.end);
            let differs = of_importer(n).any(|at| rates[at] != rates[count + at_base[at]]);
            let changes_later = changes.iter().any(|date| *date > span.base);
            let later: BTreeSet<Date> = (changes.into_iter())
                .filter(|date| *date > span.start)
                .collect();
            dates.extend(&later);
            if differs || changes_later {
                own_dates.insert(n, later);
            }
        }
        let refunds = Voided::all(world, schedule, &names.measures);
        let boundaries = refunds.iter().flat_map(Voided::boundaries);
        dates.extend(boundaries.filter(|date| *date > span.start && *date <= span.end));
        let mut now: Vec<u32> = (0..count as u32).collect();
        let mut in_force = Vec::with_capacity(dates.len());
        for date in &dates {
            for (n, changes) in &own_dates {
                if *date != span.start && !changes.contains(date) {
                    continue;
                }
                let own = of_importer(*n);
                match law.reformed.on(*n, *date) {
                    Some(known) => {
                        for (now, at) in now[own].iter_mut().zip(known) {
                            *now = count as u32 + at;
                        }
                    }
                    // A day that only this practice knows, as when goods at sea arrive.
                    None => {
                        for at in own {
                            now[at] = rates.len() as u32;
                            let flow = law.flows[at];
                            let cells = FlowLaw::cells(world, mix, schedule, flow, *date);
                            rates.push(asked.rate(flow, &cells));
                        }
                    }
                }
            }
            in_force.push(now.clone());
        }
        Self {
            measures: names.measures.clone(),
            changing: own_dates.into_keys().collect(),
            dates: dates.into_iter().collect(),
            flows: law.flows.clone(),
            rates,
            in_force,
            refunds,
        }
    }

    /// The calendar of rates at a collection gap.
    pub fn calendar(&self, world: &World, collection_gap: f64) -> RateCalendar {
        let tables = self.dates.iter().zip(&self.in_force);
        let orders = self.refunds.iter().map(|one| one.order.clone());
        RateCalendar::new(
            tables
                .map(|(date, now)| (*date, self.table(world, (*date, now), collection_gap)))
                .collect(),
        )
        .with_refunds(orders.collect())
    }

    fn table(
        &self,
        world: &World,
        (date, in_force): (Date, &[u32]),
        collection_gap: f64,
    ) -> RateTable {
        let flows = world.fob.len();
        let mut table = RateTable {
            statutory: vec![0.0; flows],
            applied: vec![0.0; flows],
            collected: world.duty_rate.clone(),
            once_arrived: world.duty_rate.clone(),
            export_tax: vec![0.0; flows],
            trade_cost: vec![1.0; flows],
            by_measure: Vec::new(),
            quotas: Vec::new(),
            refunds: Vec::new(),
        };
        let base_duty = self.measures.len() as u32 - 1;
        for ((flow, base), now) in self.flows.iter().zip(&self.rates).zip(in_force) {
            let now = &self.rates[*now as usize];
            let collected = 1.0 - collection_gap;
            table.statutory[*flow] = now.statutory;
            table.applied[*flow] = now.applied;
            // Where the record lies below the law, what is taken away cannot
            // exceed what was collected: no duty turns into a subsidy.
            let reaches = |before: f64, applied: f64| {
                let lowest = (collected * applied).min(0.0);
                (before + collected * (applied - base.applied)).max(lowest)
            };
            table.collected[*flow] = reaches(table.collected[*flow], now.applied);
            table.once_arrived[*flow] = reaches(table.once_arrived[*flow], now.lasting);
            for ((quota, measure), [share, gap]) in &now.quotas {
                table.quotas.push(QuotaRate {
                    quota: *quota as u32,
                    flow: *flow as u32,
                    measure: *measure as u32,
                    share: *share,
                    gap: collected * gap,
                });
            }
            let mut rest = table.collected[*flow];
            for (measure, rate) in &now.by_measure {
                let rate = collected * rate;
                rest -= rate;
                for (order, voided) in self.refunds.iter().enumerate() {
                    let paid_back = voided.share(*measure, date);
                    if paid_back > 0.0 {
                        table.refunds.push(MeasureRate {
                            flow: *flow as u32,
                            measure: order as u32,
                            rate: paid_back * rate,
                        });
                    }
                }
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
        if table.once_arrived == table.collected {
            table.once_arrived = Vec::new();
        }
        table
    }
}

/// Every measure in force somewhere in a span, in name order, then
/// [`BASE_DUTY`]; over all scenarios.
fn measure_names<'a>(schedules: impl Iterator<Item = &'a TariffSchedule>) -> Vec<String> {
    let mut names = BTreeSet::new();
    for schedule in schedules {
        names.extend(schedule.law().measures().map(|measure| measure.id.clone()));
    }
    names.into_iter().chain([BASE_DUTY.to_owned()]).collect()
}

/// A law that is asked under its practice.
struct Asked<'a> {
    mix: &'a FlowMix,
    schedule: &'a TariffSchedule,
    /// Index of each measure of the book in the records.
    measures: Vec<Option<usize>>,
    quotas: BTreeMap<&'a str, usize>,
}

impl<'a> Asked<'a> {
    fn new(mix: &'a FlowMix, schedule: &'a TariffSchedule, names: &'a Names) -> Self {
        let recorded = Names::indices(&names.measures);
        let measures = schedule.law().measures();
        Self {
            mix,
            schedule,
            measures: measures
                .map(|measure| recorded.get(measure.id.as_str()).copied())
                .collect(),
            quotas: Names::indices(&names.quotas),
        }
    }

    /// Every rate that the law leads to somewhere.
    fn all(&self, law: &FlowLaw) -> Vec<FlowRate> {
        let standings = law.standings.iter();
        standings
            .map(|(flow, cells)| self.rate(*flow, cells))
            .collect()
    }

    /// Rate of a flow, by the standings of its subsectors.
    fn rate(&self, flow: usize, cells: &[Standing]) -> FlowRate {
        let mut total = FlowRate::default();
        for ((_, weight), standing) in self.mix.of_flow(flow).iter().zip(cells) {
            let mut afloat = 0.0;
            let (statutory, applied) = self.schedule.rates_under(standing, |added| {
                afloat += added.lasting - added.applied;
                let Some(measure) = self.measures[added.index] else {
                    return;
                };
                *entry(&mut total.by_measure, measure) += weight * added.applied;
                if let Some(part) = added.quota
                    && let Some(quota) = self.quotas.get(part.quota)
                {
                    let [share, gap] = entry(&mut total.quotas, (*quota, measure));
                    *share += weight * part.share;
                    *gap += weight * part.gap;
                }
            });
            total.statutory += weight * statutory;
            total.applied += weight * applied;
            total.lasting += weight * (applied + afloat);
        }
        total
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
        let names = Names::of(std::iter::once(&books));
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

    #[test]
    fn rates_hold_until_a_day_on_which_the_law_says_that_they_change() {
        let library = Library::embedded();
        let experiment = Experiment::load(&library, "us-2025", &[]).unwrap();
        let plan = crate::plan::Plan::of(&experiment).unwrap();
        let (world, schedule) = (&plan.world, &plan.scenarios[1].schedule);
        let laws = (&plan.books, schedule);
        let rates = SectorRates::new(world, &plan.mix, laws, plan.span, &plan.names);
        let asked = Asked::new(&plan.mix, schedule, &plan.names);
        for (date, now) in rates.dates.iter().zip(&rates.in_force) {
            for (flow, now) in rates.flows.iter().zip(now) {
                let (n, at) = (flow / world.flow(1, 0, 0), *now as usize);
                if rates.changing.contains(&n) {
                    let cells = FlowLaw::cells(world, &plan.mix, schedule, *flow, *date);
                    assert_eq!(rates.rates[at], asked.rate(*flow, &cells), "{flow} {date}");
                }
            }
        }
    }

    #[test]
    fn what_a_ruling_voids_is_paid_back_to_importers_out_of_revenue() {
        use crate::plan::Plan;
        use tradewinds_engine::customs::RatesInForce;
        use tradewinds_engine::household::Incomes;
        use tradewinds_engine::refund::Refunds;
        use tradewinds_engine::trade::Shipments;
        use tradewinds_engine::{Simulation, baseline};
        use tradewinds_kernel::clock::Clock;

        let library = Library::embedded();
        let keys = ["population.firms_per_cell=2", "replications=1", "repeats=1"];
        let keys = keys.map(str::to_owned);
        let mut experiment = Experiment::load(&library, "us-2025", &keys).unwrap();
        let file = library
            .source("configs/scenarios/ieepa_refunded.toml")
            .unwrap();
        let reform = crate::scenario::read_file(&library, &experiment.law, &file).unwrap();
        experiment.scenarios[1].reform = reform;
        let plan = Plan::of(&experiment).unwrap();
        let model = plan.model(0, 1).unwrap();
        let usa = plan.focus;
        let is_voided: Vec<bool> = (plan.names.measures.iter())
            .map(|name| name.starts_with("usa.ieepa_"))
            .collect();
        let mut simulation = Simulation::new(model, baseline).unwrap();
        let (mut voided, mut paid, mut paying_weeks) = (0.0, 0.0, 0);
        // To the middle of June 2026, 39 days after 20 April and more.
        for _ in 0..76 {
            simulation.step().unwrap();
            let world = simulation.world();
            let (rates, shipments) = (
                world.resource::<RatesInForce>(),
                world.resource::<Shipments>(),
            );
            let dt = world.resource::<Clock>().dt();
            for part in &rates.rates.by_measure {
                if is_voided[part.measure as usize] {
                    voided += part.rate * shipments.entered[part.flow as usize] * dt;
                }
            }
            let this_week: f64 = world.resource::<Refunds>().paid.iter().sum();
            if this_week > 0.0 {
                paying_weeks += 1;
                assert!(world.resource::<Incomes>().revenue[usa] < 0.0);
            }
            paid += this_week;
        }
        assert!(voided > 50.0 && voided < 400.0, "{voided}");
        assert!(
            (paid - 0.51 * voided).abs() < 1e-9 * voided,
            "{paid} of {voided}"
        );
        // From Monday 20 April to Thursday 28 May, in weeks that start on Wednesdays.
        assert_eq!(paying_weeks, 7);
    }
}
