//! `[talks]`: governments that bargain in some scenarios, from a day on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tradewinds_config::{FieldSpec, Finding, Kind, NUMBER, Table, TableSpec};
use tradewinds_engine::talks::{STRATEGIES, StrategyChoice, strategy};
use tradewinds_units::{Date, EconomyCode};
use tradewinds_world::World;

use super::read::Reading;
use crate::library::LibraryError;
use crate::scenario::{Scenario, unknown};
use crate::talks::{Conducting, Held, Symbol, Talks};

/// Switches of talks that no file of parameters holds.
const SWITCHES: [&str; 2] = ["diversion", "all_or_nothing"];

/// Largest value of a parameter of talks, either way.
const LARGEST: f64 = 1e4;

const CONDUCT: Kind = Kind::Choice(&STRATEGIES);

pub(super) static TALKS: TableSpec = TableSpec::new(
    "talks",
    "Governments that bargain: before the first day the law is as the scenarios have it, from it on governments write it.",
    &[
        FieldSpec::required(
            "scenarios",
            Kind::OneOrMany(&Kind::Text),
            "Scenarios in which governments talk; freeze their law on the day before `from`.",
        ),
        FieldSpec::required("from", Kind::Date, "First day on which governments act."),
        FieldSpec::optional(
            "folder",
            Kind::Text,
            "Folder of the governments, issues and their record, a path from the root of the project; parameters are those of configs/talks where it has none.",
        )
        .default("\"configs/talks\""),
        FieldSpec::optional(
            "principal",
            CONDUCT,
            "How the government conducts itself that sets the rates.",
        )
        .default("\"structural\""),
        FieldSpec::optional("partners", CONDUCT, "How the others conduct themselves.")
            .default("\"structural\""),
        FieldSpec::optional(
            "own",
            Kind::ByEconomy(&CONDUCT),
            "How single governments conduct themselves.",
        )
        .when_absent("as `partners`"),
        FieldSpec::optional(
            "only",
            Kind::List(&Kind::Economy),
            "Governments across the table.",
        )
        .when_absent("all that the folder has"),
        FieldSpec::optional(
            "values",
            Kind::Map(&NUMBER),
            "Parameters in the place of those of configs/talks/parameters.toml, by name; besides `diversion` (0: rivals do not matter to payoffs) and `all_or_nothing` (0: no government asks for all).",
        )
        .when_absent("those of the files"),
    ],
);

/// Talks of an experiment.
#[derive(Debug, Clone, PartialEq)]
pub struct TalksSpec {
    /// Facts of the governments.
    pub facts: Arc<Talks>,
    /// First day on which governments act.
    pub from: Date,
    /// Places of the scenarios in which they do.
    pub scenarios: Vec<usize>,
    /// Who conducts itself how.
    pub conducting: Conducting,
}

impl Reading<'_> {
    /// Talks of the experiment, with their facts.
    pub(super) fn talks(
        &mut self,
        world: &World,
        scenarios: &[Scenario],
        (start, end): (Date, Date),
    ) -> Option<TalksSpec> {
        let table = self.table.table("talks")?;
        let folder: &str = table.required("folder");
        let facts = match Talks::load_from(self.library(), folder) {
            Ok(facts) => facts,
            Err(LibraryError::Config(errors)) => {
                self.problems.extend(errors);
                return None;
            }
            Err(error) => {
                let finding = Finding {
                    summary: "talks without their files".into(),
                    found: error.to_string(),
                    expected: format!("the files of {folder}"),
                    help: "put them back, or leave `[talks]` out".into(),
                };
                self.problems.push(table.error("folder", finding));
                return None;
            }
        };
        let from: Date = table.required("from");
        if from < start || from > end {
            let finding = Finding {
                summary: "talks that begin outside the run".into(),
                found: from.to_string(),
                expected: format!("a day from {start} to {end}"),
                help: "let governments act from a day of the run on".into(),
            };
            self.problems.push(table.error("from", finding));
        }
        let of = |key: &str| {
            let name: &str = table.required(key);
            strategy(name).unwrap_or_default()
        };
        let conducting = Conducting {
            principal: of("principal"),
            partners: of("partners"),
            own: self.own_conduct(table, &facts),
            values: self.values(table, &facts),
            only: self.only(table, &facts),
        };
        let missing =
            (facts.governments.iter()).find(|one| world.economy_index(one.economy).is_none());
        if let Some(one) = missing {
            let finding = Finding {
                summary: "a government without an economy in the world".into(),
                found: one.economy.to_string(),
                expected: format!("a world that holds every economy of {folder}/governments"),
                help: "use another world, or another `folder` of talks".into(),
            };
            self.problems.push(table.error("from", finding));
        }
        Some(TalksSpec {
            scenarios: self.holds_in(table, scenarios),
            facts: Arc::new(facts),
            from,
            conducting,
        })
    }

    fn own_conduct(
        &mut self,
        table: &Table,
        facts: &Talks,
    ) -> BTreeMap<EconomyCode, StrategyChoice> {
        let mut own = BTreeMap::new();
        for (code, name) in table.map::<&str>("own") {
            let Ok(economy) = code.value.parse::<EconomyCode>() else {
                continue;
            };
            if !facts.economies().any(|known| known == economy) {
                let finding = nobody(economy);
                self.wrong_at(&table.path_of("own"), &code.span, finding);
            }
            own.insert(economy, strategy(name.value).unwrap_or_default());
        }
        own
    }

    fn only(&mut self, table: &Table, facts: &Talks) -> Vec<EconomyCode> {
        let named = table.list::<EconomyCode>("only");
        for one in &named {
            if !facts.economies().any(|known| known == one.value) {
                let finding = nobody(one.value);
                self.wrong_at(&table.path_of("only"), &one.span, finding);
            }
        }
        named.into_iter().map(|one| one.value).collect()
    }

    fn values(&mut self, table: &Table, facts: &Talks) -> BTreeMap<String, f64> {
        let is_number = |symbol: &&Symbol| matches!(symbol.held, Held::Number(_));
        let numbers = facts.symbols.iter().filter(is_number);
        let known: BTreeSet<&str> = (numbers.map(|symbol| symbol.name.as_str()))
            .chain(SWITCHES)
            .collect();
        let mut values = BTreeMap::new();
        for (name, value) in table.map::<f64>("values") {
            if !known.contains(name.value) {
                let names: Vec<&str> = known.iter().copied().collect();
                let finding = unknown("parameter of talks", name.value, &names);
                self.wrong_at(&table.path_of("values"), &name.span, finding);
            }
            let is_signed = (facts.symbol(name.value)).is_some_and(|symbol| match &symbol.held {
                Held::Number(number) => number.low < 0.0,
                _ => false,
            });
            let low = if is_signed { -LARGEST } else { 0.0 };
            if !(low..=LARGEST).contains(&value.value) {
                let finding = Finding {
                    summary: "a parameter of talks out of all bounds".into(),
                    found: value.value.to_string(),
                    expected: format!("a number from {low} to {LARGEST}"),
                    help: format!(
                        "see what is plausible for `{}` in configs/talks/parameters.toml",
                        name.value
                    ),
                };
                self.wrong_at(&table.path_of("values"), &value.span, finding);
            }
            values.insert(name.value.to_owned(), value.value);
        }
        values
    }
}

fn nobody(economy: EconomyCode) -> Finding {
    Finding {
        summary: "no government of talks".into(),
        found: economy.to_string(),
        expected: "an economy of the folder of talks: of `governments` or `attached`".into(),
        help: "write its ISO 3166-1 alpha-3 code as it stands there".into(),
    }
}

#[cfg(test)]
mod tests {
    use crate::experiment::Experiment;
    use crate::library::Library;

    #[test]
    fn values_out_of_all_bounds_are_refused_and_those_off_the_range_are_not() {
        let load = |value: &str| {
            let key = format!("talks.values.{value}");
            Experiment::load(&Library::embedded(), "talks-2025", &[key])
        };
        for bad in [
            "legal_lag_median=1e300",
            "rounds_per_issue=-1.0",
            "order_size=-1e5",
        ] {
            let error = load(bad).unwrap_err().to_string();
            assert!(error.contains("out of all bounds"), "{error}");
        }
        for good in ["slots=1000.0", "hazard_const=-9.0", "leader_veto=0.0"] {
            assert!(load(good).is_ok(), "{good}");
        }
    }
}
