//! What governments decide beside the law of duties: `[[compensation]]` of
//! producers hit by foreign duties, `[[defence]]` steps, by scenario.

use tradewinds_config::{FieldSpec, Finding, Kind, Table, TableSpec};
use tradewinds_engine::government::{CompensationRule, DefenceStep, FiscalPlan};
use tradewinds_units::{Date, EconomyCode, SectorCode};
use tradewinds_world::World;

use super::read::Reading;
use crate::scenario::{Scenario, unknown};

const SCENARIOS: FieldSpec = FieldSpec::optional(
    "scenarios",
    Kind::OneOrMany(&Kind::Text),
    "Scenarios in which it holds.",
)
.when_absent("all scenarios");
const ECONOMY: FieldSpec =
    FieldSpec::required("economy", Kind::Economy, "Whose government decides.");
const SOURCE: FieldSpec =
    FieldSpec::required("source", Kind::Text, "Where it comes from, in words.");

pub(super) static COMPENSATION: TableSpec = TableSpec::new(
    "compensation",
    "Money for producers who sell less to economies that raised their duties, paid from public debt.",
    &[
        SCENARIOS,
        ECONOMY,
        FieldSpec::required(
            "sectors",
            Kind::OneOrMany(&Kind::Sector),
            "Sectors whose producers receive.",
        ),
        FieldSpec::required("from", Kind::Date, "First day."),
        FieldSpec::required("to", Kind::Date, "Last day."),
        FieldSpec::required(
            "share",
            Kind::Float {
                low: 0.0,
                high: 10.0,
            },
            "Part of the sales lost against the base year that is paid.",
        )
        .unit("share"),
        SOURCE,
    ],
);

pub(super) static DEFENCE: TableSpec = TableSpec::new(
    "defence",
    "Defence of a government from a day on, paid for with public debt.",
    &[
        SCENARIOS,
        ECONOMY,
        FieldSpec::required("from", Kind::Date, "First day."),
        FieldSpec::required(
            "share",
            Kind::Share,
            "Defence as a share of the GDP of the base year, in the place of that of the base year.",
        )
        .unit("share of GDP"),
        SOURCE,
    ],
);

impl Reading<'_> {
    /// The plan of every scenario.
    pub(super) fn fiscal(&mut self, world: &World, scenarios: &[Scenario]) -> Vec<FiscalPlan> {
        let mut plans = vec![FiscalPlan::default(); scenarios.len()];
        for table in self.table.tables("compensation") {
            let held = self.holds_in(table, scenarios);
            if let Some(rule) = self.compensation(world, table) {
                for at in &held {
                    plans[*at].compensation.push(rule.clone());
                }
            }
        }
        for table in self.table.tables("defence") {
            let held = self.holds_in(table, scenarios);
            if let Some(step) = self.defence(world, table) {
                for at in &held {
                    plans[*at].defence.push(step.clone());
                }
            }
        }
        plans
    }

    /// Places of the scenarios in which a table holds.
    pub(super) fn holds_in(&mut self, table: &Table, scenarios: &[Scenario]) -> Vec<usize> {
        let named = table.list::<&str>("scenarios");
        if named.is_empty() {
            return (0..scenarios.len()).collect();
        }
        let mut found = Vec::new();
        for name in named {
            match scenarios.iter().position(|one| one.name == name.value) {
                Some(at) => found.push(at),
                None => {
                    let known: Vec<&str> = scenarios.iter().map(|one| one.name.as_str()).collect();
                    let finding = unknown("scenario", name.value, &known);
                    self.wrong_at(&table.path_of("scenarios"), &name.span, finding);
                }
            }
        }
        found
    }

    fn compensation(&mut self, world: &World, table: &Table) -> Option<CompensationRule> {
        let economy = self.government(world, table)?;
        let codes: Vec<&str> = world.sectors.iter().map(SectorCode::as_str).collect();
        let mut sectors = Vec::new();
        for code in table.list::<SectorCode>("sectors") {
            match world.sector_index(&code.value) {
                Some(at) => sectors.push(at),
                None => {
                    let finding = unknown("sector of the world", code.value.as_str(), &codes);
                    self.wrong_at(&table.path_of("sectors"), &code.span, finding);
                }
            }
        }
        let (from, to) = (table.get::<Date>("from")?, table.get::<Date>("to")?);
        if to < from {
            let finding = Finding {
                summary: "the last day comes before the first".into(),
                found: to.to_string(),
                expected: format!("a day from {from} on"),
                help: "swap `from` and `to`".into(),
            };
            self.problems.push(table.error("to", finding));
        }
        Some(CompensationRule {
            economy,
            sectors,
            from,
            to,
            share: table.get("share")?,
        })
    }

    fn defence(&mut self, world: &World, table: &Table) -> Option<DefenceStep> {
        let economy = self.government(world, table)?;
        let share: f64 = table.get("share")?;
        Some(DefenceStep {
            economy,
            from: table.get("from")?,
            purchases: share * world.gdp(economy) - world.budgets[economy].defence,
        })
    }

    fn government(&mut self, world: &World, table: &Table) -> Option<usize> {
        let code = table.economy("economy")?;
        let found = world.economy_index(code.value);
        if found.is_none() {
            let codes: Vec<&str> = world.economies.iter().map(EconomyCode::as_str).collect();
            let finding = unknown("economy of the world", code.value.as_str(), &codes);
            self.wrong_at(&table.path_of("economy"), &code.span, finding);
        }
        found
    }
}
