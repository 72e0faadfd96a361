//! `[talks]`: governments that bargain in some scenarios, from a day on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tradewinds_config::{FieldSpec, Finding, Kind, NUMBER, Table, TableSpec};
use tradewinds_engine::talks::{STRATEGIES, StrategyChoice, strategy};
use tradewinds_kernel::clock::TickLength;
use tradewinds_units::{DAYS_PER_YEAR, Date, EconomyCode, days_after};
use tradewinds_world::World;

use super::read::Reading;
use crate::library::LibraryError;
use crate::scenario::{Scenario, unknown};
use crate::talks::{Conducting, Held, Symbol, Talks};

/// Switches of talks that no file of parameters holds.
const SWITCHES: [&str; 6] = [
    "diversion",
    "all_or_nothing",
    "caretakers",
    "sector_pause",
    "presets",
    "nash_in_nash",
];

/// Largest value of a parameter of talks, either way.
const LARGEST: f64 = 1e4;

/// Most days of a tick in which governments can talk by the week.
const LONGEST_TICK: f64 = 7.5 / DAYS_PER_YEAR;

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
            "Parameters in the place of those of configs/talks/parameters.toml, by name; besides `diversion` (0: rivals do not matter to payoffs), `all_or_nothing` (0: no government asks for all), `sector_pause` (1: a pause takes duties on sector goods away too), `nash_in_nash` (1: pairs reckon with the rates on which the others would agree) and `presets` (the principal sets what is due itself on the first day, 1: by its formula, 0: the floor of it for all).",
        )
        .when_absent("those of the files"),
        FieldSpec::optional(
            "ranges",
            Kind::Flag,
            "Whether each draw of the parameters has its own values of talks: triangular over the ranges of configs/talks/parameters.toml, with the value there as mode; those of `values` stay.",
        )
        .default("false"),
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
        (scenarios, baseline): (&[Scenario], usize),
        (start, end, tick): (Date, Date, TickLength),
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
        if tick.years() > LONGEST_TICK {
            let finding = Finding {
                summary: "talks in ticks longer than a week".into(),
                found: format!("ticks of {:.0} days", tick.years() * DAYS_PER_YEAR),
                expected: "`tick = \"day\"` or `tick = \"week\"`: governments meet by the week"
                    .into(),
                help: "write `tick = \"week\"`".into(),
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
            has_ranges: table.required("ranges"),
            ..Conducting::default()
        };
        self.outsiders(table, &conducting);
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
            scenarios: self.talking(table, (scenarios, baseline), from),
            facts: Arc::new(facts),
            from,
            conducting,
        })
    }

    /// Scenarios in which governments talk: under a law that stands still from the first day
    /// on, because they write it, and with another to compare with.
    fn talking(
        &mut self,
        table: &Table,
        (scenarios, baseline): (&[Scenario], usize),
        from: Date,
    ) -> Vec<usize> {
        let held = self.holds_in(table, scenarios);
        for at in &held {
            let scenario = &scenarios[*at];
            let frozen = scenario.reform.frozen_after;
            let eve = days_after(from, -1);
            if frozen.is_none_or(|day| day > eve) {
                let finding = Finding {
                    summary: format!(
                        "scenario `{}`: a law that goes on while governments write it",
                        scenario.name
                    ),
                    found: match frozen {
                        Some(day) => format!("`frozen_after = {day}`, talks from {from}"),
                        None => format!("no `frozen_after`, talks from {from}"),
                    },
                    expected: format!("a law frozen on {eve} or before"),
                    help: format!("write `frozen_after = {eve}` in the scenario"),
                };
                self.problems.push(table.error("scenarios", finding));
            }
            if *at == baseline {
                let finding = Finding {
                    summary: "talks in the baseline".into(),
                    found: format!("`{}`", scenario.name),
                    expected: "a baseline in which nobody talks, to compare with".into(),
                    help: "name another baseline, or another scenario here".into(),
                };
                self.problems.push(table.error("scenarios", finding));
            }
        }
        held
    }

    /// Conduct of who is not at the table.
    fn outsiders(&mut self, table: &Table, conducting: &Conducting) {
        if conducting.only.is_empty() {
            return;
        }
        for (code, _) in table.map::<&str>("own") {
            let is_in = |one: &EconomyCode| *one.to_string() == *code.value;
            if !conducting.only.iter().any(is_in) {
                let finding = Finding {
                    summary: "conduct of a government that is not at the table".into(),
                    found: code.value.to_owned(),
                    expected: "one of those in `only`".into(),
                    help: "add it to `only`, or leave it out here".into(),
                };
                self.wrong_at(&table.path_of("own"), &code.span, finding);
            }
        }
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
        if table.is_written("only") && named.is_empty() {
            let finding = Finding {
                summary: "nobody at the table".into(),
                found: "[]".into(),
                expected: "one government at least".into(),
                help: "name some, or leave `only` out to talk with all".into(),
            };
            self.problems.push(table.error("only", finding));
        }
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
            let (low, high) = bounds(facts, name.value);
            if !(low..=high).contains(&value.value) {
                let finding = Finding {
                    summary: "a parameter of talks out of all bounds".into(),
                    found: value.value.to_string(),
                    expected: format!("a number from {low} to {high}"),
                    help: match SWITCHES.contains(&name.value) {
                        true => format!("write 1 for `{}`, or 0 without it", name.value),
                        false => format!(
                            "see what is plausible for `{}` in configs/talks/parameters.toml",
                            name.value
                        ),
                    },
                };
                let key = format!("{}.{}", table.path_of("values"), name.value);
                self.wrong_at(&key, &value.span, finding);
            }
            values.insert(name.value.to_owned(), value.value);
        }
        values
    }
}

/// Least and largest value of a parameter of talks, far from what is plausible but for parts
/// of something, which no value exceeds.
fn bounds(facts: &Talks, name: &str) -> (f64, f64) {
    if SWITCHES.contains(&name) {
        return (0.0, 1.0);
    }
    let Some(symbol) = facts.symbol(name) else {
        return (-LARGEST, LARGEST);
    };
    let Held::Number(number) = &symbol.held else {
        return (-LARGEST, LARGEST);
    };
    let is_part = matches!(
        symbol.unit.as_str(),
        "share" | "share of red line" | "share of surplus"
    );
    let high = if is_part && number.high <= 1.0 {
        1.0
    } else {
        LARGEST
    };
    match number.low < 0.0 {
        true => (-LARGEST, high),
        false => (0.0, high),
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
    fn talks_that_contradict_themselves_are_refused() {
        let cases = [
            (
                "talks.scenarios=[\"as-announced\", \"talks\"]",
                "talks in the baseline",
            ),
            ("talks.from=2025-05-03", "frozen on 2025-05-02 or before"),
            ("talks.only=[]", "nobody at the table"),
            ("tick=\"month\"", "longer than a week"),
        ];
        for (key, word) in cases {
            let keys = [key.to_owned()];
            let error = Experiment::load(&Library::embedded(), "talks-2025", &keys);
            let error = error.unwrap_err().to_string();
            assert!(error.contains(word), "{key}: {error}");
        }
        let keys = [
            "talks.only=[\"JPN\"]",
            "talks.own={ KOR = \"never_yields\" }",
        ];
        let error = Experiment::load(&Library::embedded(), "talks-2025", &keys.map(str::to_owned));
        let error = error.unwrap_err().to_string();
        assert!(error.contains("not at the table"), "{error}");
    }

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
            "leader_veto=1.5",
            "diversion=7",
        ] {
            let error = load(bad).unwrap_err().to_string();
            assert!(error.contains("out of all bounds"), "{error}");
        }
        for good in ["slots=1000.0", "hazard_const=-9.0", "leader_veto=0.0"] {
            assert!(load(good).is_ok(), "{good}");
        }
    }
}
