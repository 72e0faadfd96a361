//! From quotas of the law to quotas whose quantities a simulation follows.
//!
//! The law counts tonnes and vehicles, a world USD at base-year prices. What entered
//! in the base year links them: volume × (goods under the quota in the base year) /
//! (units that entered in that year).
//!
//! A quota that acts in the base year is part of what the record collected then: the
//! share of trade that entered within it stays, the rest goes on paying the rate above,
//! and its volume is at least what entered within it, so that the base year rests. Where
//! the volume is smaller in law, the quota binds from the first day at a price of zero.

use std::collections::BTreeMap;

use tradewinds_engine::customs::RateCalendar;
use tradewinds_engine::quota::{Allocation, QuotaRule, RentHolder};
use tradewinds_equilibrium::Economy;
use tradewinds_policy::{Practice, Quota, QuotaAllocation, QuotaRent, TariffSchedule};
use tradewinds_units::Date;

/// A quota whose quantities are followed.
#[derive(Debug, Clone, PartialEq)]
pub struct FollowedQuota {
    /// Name in the law.
    pub id: String,
    /// Volume of a quota year over the trade under it in the base year.
    pub relative_volume: f64,
    /// Whether it acts in the base year.
    pub acts_in_base: bool,
    terms: Quota,
}

impl FollowedQuota {
    /// The quotas of a law that a world of `base_year` can follow, by name: those with
    /// what entered in that year, and without a share fixed by the practice. `base` is
    /// the day whose law, on the `books`, the base year holds.
    pub fn all(
        (books, schedule): (&TariffSchedule, &TariffSchedule),
        base: Date,
        base_year: i32,
    ) -> Vec<Self> {
        let quotas = schedule.law().instruments.iter().flat_map(|one| {
            let own = one.quotas.values();
            own.map(|quota| (quota, quota.traded.get(&base_year)))
        });
        let fixed = &schedule.practice().inside_quota;
        let mut followed: Vec<Self> = quotas
            .filter(|(quota, _)| !fixed.contains_key(&quota.id))
            .filter_map(|(quota, traded)| Some((quota, *traded?)))
            .map(|(quota, traded)| {
                let acts_in_base = acts(books, quota, base);
                let inside = if acts_in_base && !quota.absolute {
                    quota.expected_inside
                } else {
                    1.0
                };
                let relative = quota.volume / (traded * inside);
                Self {
                    id: quota.id.clone(),
                    relative_volume: if acts_in_base {
                        relative.max(1.0)
                    } else {
                        relative
                    },
                    acts_in_base,
                    terms: quota.clone(),
                }
            })
            .collect();
        followed.sort_by(|a, b| a.id.cmp(&b.id));
        followed
    }

    /// The terms of the engine, for what enters a year under the quota in the base year
    /// \[USD bn\].
    fn rule(&self, traded: f64) -> QuotaRule {
        QuotaRule {
            volume: (self.relative_volume * traded).max(f64::MIN_POSITIVE),
            year_starts: self.terms.year_starts,
            periods: self.terms.periods,
            allocation: match self.terms.allocation {
                QuotaAllocation::FirstCome => Allocation::FirstCome,
                QuotaAllocation::Licences => Allocation::Licences,
            },
            holder: match self.terms.rent {
                QuotaRent::Importer => RentHolder::Importer,
                QuotaRent::Exporter => RentHolder::Exporter,
                QuotaRent::Government => RentHolder::Government,
            },
            is_absolute: self.terms.absolute,
        }
    }
}

/// Whether a rate of the books points to a quota on a day.
fn acts(books: &TariffSchedule, quota: &Quota, day: Date) -> bool {
    let law = books.law();
    let origins: Vec<_> = match quota.origin {
        Some(origin) => vec![origin],
        None => law.economies.modelled().collect(),
    };
    law.taxonomy.subsectors().iter().any(|product| {
        origins.iter().any(|origin| {
            let rate = books.rate(quota.importer, *origin, &product.code, day);
            let parts = rate.components.into_iter();
            parts
                .filter_map(|one| one.quota)
                .any(|part| part.quota == quota.id)
        })
    })
}

/// The practice under which a law is asked about rates within quotas: goods under a
/// quota that is followed enter within it, unless it acts in the base year.
pub fn practice(practice: &Practice, followed: &[FollowedQuota]) -> Practice {
    let opened = followed.iter().filter(|quota| !quota.acts_in_base);
    let mut inside_quota: BTreeMap<String, f64> = practice.inside_quota.clone();
    inside_quota.extend(opened.map(|quota| (quota.id.clone(), 1.0)));
    Practice {
        inside_quota,
        ..practice.clone()
    }
}

/// The quotas of a calendar whose tables point to `names`, with volumes in the trade of
/// an economy; a name that the law of the scenario does not hold is open to nothing.
pub fn with_quotas(
    calendar: RateCalendar,
    names: &[String],
    followed: &[FollowedQuota],
    economy: &Economy,
) -> RateCalendar {
    let sales = &economy.accounts().sales;
    let rule = |(at, name): (usize, &String)| {
        let open = calendar.open_to(at);
        let traded: f64 = open.iter().map(|(flow, share)| share * sales[*flow]).sum();
        match followed.iter().find(|quota| quota.id == *name) {
            Some(quota) => quota.rule(traded),
            None => QuotaRule {
                volume: f64::MIN_POSITIVE,
                year_starts: (1, 1),
                periods: 1,
                allocation: Allocation::FirstCome,
                holder: RentHolder::Importer,
                is_absolute: false,
            },
        }
    };
    let rules = names.iter().enumerate().map(rule).collect();
    calendar.with_quotas(rules)
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these figures are exact")]
mod tests {
    use super::*;
    use crate::experiment::Experiment;
    use crate::library::Library;
    use crate::plan::Plan;
    use tradewinds_engine::customs::{QuotaRate, RatesInForce};
    use tradewinds_engine::quota::Quotas;
    use tradewinds_engine::{Simulation, baseline};

    fn plan(experiment: &str, keys: &[&str]) -> Plan {
        let small = ["population.firms_per_cell=2", "replications=1", "repeats=1"];
        let keys: Vec<String> = small.iter().chain(keys).map(ToString::to_string).collect();
        let library = Library::embedded();
        Plan::of(&Experiment::load(&library, experiment, &keys).unwrap()).unwrap()
    }

    fn of<'a>(plan: &'a Plan, scenario: usize, id: &str) -> &'a FollowedQuota {
        let quotas = plan.scenarios[scenario].quotas.iter();
        quotas.clone().find(|quota| quota.id == id).unwrap()
    }

    /// Weight of a subsector in what an economy buys of an origin in its sector.
    fn weight(plan: &Plan, (buyer, origin): (&str, &str), product: &str) -> (usize, f64) {
        let world = &plan.world;
        let index = |code: &str| {
            let mut codes = world.economies.iter();
            codes.position(|one| one.to_string() == code).unwrap()
        };
        let sub = &world.subsectors;
        let at = sub
            .iter()
            .position(|one| one.0.as_str() == product)
            .unwrap();
        let (n, i) = (index(buyer), index(origin));
        let flows = (0..world.sector_count()).map(|s| world.flow(n, i, s));
        let mut parts = flows.flat_map(|flow| {
            let mix = plan.mix.of_flow(flow).iter();
            mix.map(move |(sub, weight)| (*sub, (flow, *weight)))
        });
        parts.find(|(sub, _)| *sub == at).unwrap().1
    }

    #[test]
    fn volumes_become_shares_of_the_trade_of_the_base_year() {
        let now = plan("us-2025", &[]);
        // 3.4 and 4.7 million tonnes entered in 2017, 2.573 and 4.112 in 2024.
        let then = plan("record-2018", &[]);
        let relative = |plan: &Plan, id: &str| of(plan, 1, id).relative_volume;
        assert!((relative(&then, "korea_steel") - 2.63 / 3.4).abs() < 1e-12);
        assert!((relative(&then, "brazil_steel") - 4.1 / 4.7).abs() < 1e-12);
        assert!((relative(&now, "korea_steel") - 2.63 / 2.573).abs() < 1e-12);
        assert_eq!(
            relative(&now, "brazil_steel"),
            1.0,
            "what entered in the base year"
        );
        assert!((relative(&now, "uk_cars_2025") - 65_205.0 / 102_000.0).abs() < 1e-12);
        assert!(of(&now, 1, "korea_steel").acts_in_base);
        assert!(!of(&then, 1, "korea_steel").acts_in_base);
        assert!(!of(&now, 1, "uk_cars").acts_in_base);
        // No tonnage of the year, or a share fixed by the experiment: not followed.
        let followed = |plan: &Plan, id: &str| plan.names.quotas.iter().any(|one| one == id);
        assert!(!followed(&then, "eu_steel") && !followed(&now, "washers"));
        let fixed = plan("us-2025", &["law.inside_quota.korea_steel=0.5"]);
        assert!(!followed(&fixed, "korea_steel") && followed(&fixed, "eu_steel"));
    }

    #[test]
    fn the_calendar_holds_a_quota_from_its_first_to_its_last_day() {
        let plan = plan("us-2025", &[]);
        let model = plan.model(0, 1).unwrap();
        let on = |day: &str, id: &str| -> Vec<QuotaRate> {
            let at = plan.names.quotas.iter().position(|one| one == id).unwrap();
            let table = model.law.on(day.parse().unwrap());
            let parts = table.quotas.iter();
            parts
                .filter(|part| part.quota as usize == at)
                .copied()
                .collect()
        };
        // The tariff-rate quota for Japanese steel is lost on 12 March 2025.
        let (flow, steel) = weight(&plan, ("USA", "JPN"), "steel_primary");
        let japan = on("2025-03-11", "japan_steel");
        assert_eq!((japan.len(), japan[0].flow as usize), (1, flow));
        let collected = 1.0 - plan.draws[0].get("collection_gap").unwrap();
        // 94.8606 % listed, 97.3 % of it within; 25 % above.
        let listed = steel * 0.948_606;
        assert!((japan[0].share - 0.973 * listed).abs() < 1e-9, "{japan:?}");
        assert!((japan[0].gap - collected * 0.973 * 0.25 * listed).abs() < 1e-9);
        assert_eq!(on("2025-03-12", "japan_steel"), vec![]);
        // An absolute quota has no rate above it.
        assert_eq!(on("2025-03-11", "korea_steel")[0].gap, 0.0);
        // British cars: 10 within, 27.5 above, on 91.1 % of vehicles.
        assert_eq!(on("2025-06-29", "uk_cars_2025"), vec![]);
        let (_, cars) = weight(&plan, ("USA", "GBR"), "autos_vehicles");
        let british = on("2025-12-31", "uk_cars_2025");
        assert!((british[0].gap - collected * 0.911 * cars * 0.175).abs() < 1e-9);
        assert!((british[0].share - 0.911 * cars).abs() < 1e-9);
        assert_eq!(on("2026-01-01", "uk_cars_2025"), vec![]);
        assert_eq!(on("2026-01-01", "uk_cars").len(), 1);
    }

    /// Runs the law as enacted; after each week calls with the quota of a name.
    fn run(plan: &Plan, scenario: usize, weeks: u32, mut see: impl FnMut(u32, &Simulation)) {
        let model = plan.model(0, scenario).unwrap();
        let mut simulation = Simulation::new(model, baseline).unwrap();
        for week in 0..weeks {
            // The audit stops the run at the first account that does not close.
            simulation.step().unwrap();
            see(week, &simulation);
        }
    }

    #[test]
    fn an_absolute_quota_holds_entries_at_its_volume_and_earns_a_rent_abroad() {
        let plan = plan("record-2018", &["parameters.productivity_noise=0.0"]);
        let at = plan
            .names
            .quotas
            .iter()
            .position(|one| one == "korea_steel")
            .unwrap();
        let (mut most, mut premium, mut rent) = (0.0_f64, 0.0, 0.0);
        run(&plan, 1, 100, |week, simulation| {
            let quotas = simulation.world().resource::<Quotas>();
            let state = &quotas.states[at];
            if week < 16 {
                assert!(state.flows.is_empty(), "the quota opens on 1 May");
            }
            // What was loaded before the quota opened has entered by July.
            if week > 26 {
                most = most.max(state.entered / state.rule.volume);
            }
            premium = state.premium;
            rent += quotas.paid_abroad().map(|(_, rent)| rent).sum::<f64>();
        });
        // What is loaded in a tick that is split between two is not quite the same.
        assert!(most < 1.0 + 1e-4, "{most}");
        assert!(premium > 0.02 && premium < 1.0, "{premium}");
        assert!(rent > 0.05 && rent < 3.0, "{rent}");
    }

    #[test]
    fn quotas_of_the_base_year_cost_nothing_where_the_law_is_frozen() {
        let plan = plan("us-2025", &["parameters.productivity_noise=0.0"]);
        run(&plan, 0, 60, |week, simulation| {
            let quotas = simulation.world().resource::<Quotas>();
            let rates = simulation.world().resource::<RatesInForce>();
            assert!(quotas.states.iter().any(|state| !state.flows.is_empty()));
            for state in &quotas.states {
                assert!(state.premium < 1e-7, "week {week}: {state:?}");
            }
            for flow in quotas.states.iter().flat_map(|state| &state.flows) {
                let change = rates.rates.collected[flow.flow] - plan.world.duty_rate[flow.flow];
                assert!(change.abs() < 1e-7, "week {week}: {change}");
            }
        });
    }
}
