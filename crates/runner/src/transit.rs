//! Days between loading and entry, for clauses on goods afloat.
//!
//! The transit time of a route is fixed, so what enters on a day was loaded that many
//! days before: a clause that spares goods loaded before a day shifts the day on which
//! a route first pays. Clauses speak of vessels: land routes have none.

use std::collections::BTreeMap;

use tradewinds_engine::stocks::StockRule;
use tradewinds_units::{DAYS_PER_YEAR, EconomyCode};
use tradewinds_world::World;

/// Days under way by importer and origin, for routes by sea on which goods are under
/// way at all; a sector without stocks of importers follows the others.
pub fn days_at_sea(world: &World, rule: &StockRule) -> BTreeMap<(EconomyCode, EconomyCode), u32> {
    let codes = &world.economies;
    let mut days = BTreeMap::new();
    if rule.cover.iter().all(|cover| *cover <= 0.0) {
        return days;
    }
    for (pair, years) in rule.transit.iter().enumerate() {
        let (n, i) = (pair / codes.len(), pair % codes.len());
        if n != i && !world.land_route[pair] {
            let whole = (years * DAYS_PER_YEAR).round() as u32;
            days.insert((codes[n], codes[i]), whole);
        }
    }
    days
}

#[cfg(test)]
mod tests {
    use crate::experiment::Experiment;
    use crate::library::Library;
    use crate::plan::Plan;

    fn plan(keys: &[&str]) -> Plan {
        let small = ["population.firms_per_cell=2", "replications=1", "repeats=1"];
        let keys: Vec<String> = small.iter().chain(keys).map(ToString::to_string).collect();
        Plan::of(&Experiment::load(&Library::embedded(), "us-2025", &keys).unwrap()).unwrap()
    }

    /// Collected rate of United States imports of machinery on a day, as enacted.
    fn rate(plan: &Plan, origin: &str, day: &str) -> f64 {
        let world = &plan.world;
        let codes: Vec<String> = world.economies.iter().map(ToString::to_string).collect();
        let index = |code: &str| codes.iter().position(|one| one == code).unwrap();
        let sectors = &world.sectors;
        let machinery = sectors
            .iter()
            .position(|one| one.as_str() == "machinery")
            .unwrap();
        let model = plan.model(0, 1).unwrap();
        let flow = world.flow(index("USA"), index(origin), machinery);
        model.law.on(day.parse().unwrap()).collected[flow]
    }

    #[test]
    fn goods_loaded_before_5_april_2025_pay_nothing_new_until_they_have_arrived() {
        let at_sea = plan(&["parameters.transit_by_sea=0.1"]);
        // 37 days: what enters on 12 May was loaded on 5 April.
        let [before, afloat, arrived] =
            ["2025-04-04", "2025-05-11", "2025-05-12"].map(|day| rate(&at_sea, "AUS", day));
        // Parts of vehicles pay since 3 May, without a clause.
        assert!((afloat - before).abs() < 0.01, "{before} {afloat}");
        assert!(arrived > afloat + 0.08, "{afloat} {arrived}");
        // Without stocks nothing is under way, and no clause holds.
        let at_once = plan(&["parameters.import_cover=0.0"]);
        assert!(rate(&at_once, "AUS", "2025-05-11") > before + 0.05);
    }

    #[test]
    fn the_day_on_which_a_clause_runs_out_bounds_the_longest_voyage() {
        let slow = plan(&["parameters.transit_by_sea=0.3"]);
        // 110 days at sea, but entries pay from 16 June 2025.
        let [last, first] = ["2025-06-15", "2025-06-16"].map(|day| rate(&slow, "AUS", day));
        assert!(first > last + 0.05, "{last} {first}");
    }

    #[test]
    fn buying_ahead_stops_when_goods_can_no_longer_be_loaded_in_time() {
        let plan = plan(&["parameters.transit_by_sea=0.1"]);
        let world = &plan.world;
        let codes: Vec<String> = world.economies.iter().map(ToString::to_string).collect();
        let index = |code: &str| codes.iter().position(|one| one == code).unwrap();
        let own = world.flow(index("USA"), index("AUS"), 0)
            ..world.flow(index("USA"), index("AUS") + 1, 0);
        let day = |text: &str| text.parse::<tradewinds_units::Date>().unwrap();
        let announced = plan.scenarios[1].outlook.announced().iter();
        let own = announced.filter(|one| own.contains(&(one.flow as usize)));
        // News of 2 April: with the clause, the day is 5 April and the voyage. Vehicles
        // have a duty of their own, without a clause.
        let days: Vec<_> = own
            .filter(|one| one.known_from == day("2025-04-02"))
            .filter(|one| (0.06..0.12).contains(&one.change))
            .map(|one| one.effective)
            .collect();
        assert!(days.contains(&day("2025-05-12")), "{days:?}");
        assert!(!days.contains(&day("2025-04-05")), "{days:?}");
    }
}
