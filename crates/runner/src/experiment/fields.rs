//! What an experiment file may hold: the one description behind checks,
//! schema and reference.

use std::sync::LazyLock;

use tradewinds_config::{EXTENDS, FieldSpec, Kind, NON_NEGATIVE, TableSpec};

use super::fiscal::{COMPENSATION, DEFENCE};
use super::talks::TALKS;
use crate::closure::{CLOSURE, MODE};
use crate::parameters::{PARAMETERS, ParameterSpec};
use crate::prior::PRIOR;
use crate::scenario::{IN_EXPERIMENT, SCENARIO};

const AT_LEAST_ONE: Kind = Kind::Integer {
    low: 1,
    high: i64::MAX,
};

const POPULATION: TableSpec = TableSpec::new(
    "population",
    "How many agents there are.",
    &[
        FieldSpec::optional(
            "firms_per_cell",
            AT_LEAST_ONE,
            "Firms per economy and sector.",
        )
        .unit("firms")
        .default("20")
        .synonyms(&["firms"]),
        FieldSpec::optional(
            "importers",
            Kind::OneOrMany(&NON_NEGATIVE),
            "Market shares of the importer-retailers of each economy and sector, with sum 1.",
        )
        .unit("share")
        .default("[0.5, 0.3, 0.2]"),
        FieldSpec::optional(
            "voters_per_bloc",
            AT_LEAST_ONE,
            "Agents that stand for a bloc of voters: one lean, income tenth and sector of work.",
        )
        .unit("voters")
        .default("1")
        .synonyms(&["voters"]),
    ],
);

const LAW: TableSpec = TableSpec::new(
    "law",
    "How the law is applied at the border.",
    &[
        FieldSpec::optional(
            "as_published",
            Kind::Flag,
            "Charge what was published by the day of entry, so that a retroactive text counts only from the day it was made known (refunds of what was charged before are not paid); otherwise the law as it finally stands.",
        )
        .default("true"),
        FieldSpec::optional(
            "transit_days",
            Kind::Integer { low: 0, high: 365 },
            "Days between loading and entry, for clauses on goods afloat.",
        )
        .unit("days")
        .when_absent("the time under way of each route by sea"),
        FieldSpec::optional(
            "inside_quota",
            Kind::Map(&Kind::Share),
            "Share of the trade inside a quota, by the name of the quota; its quantities are not followed.",
        )
        .unit("share")
        .when_absent("quantities are followed, or as the law expects"),
    ],
);

/// Words for sets of economies.
pub(super) const CHANGING: &str = "changing";
/// All economies.
pub(super) const ALL: &str = "all";
static WATCHED: [Kind; 2] = [Kind::Choice(&[CHANGING, ALL]), Kind::List(&Kind::Economy)];

static COLLECT: TableSpec = TableSpec::new(
    "collect",
    "What is written.",
    &[
        FieldSpec::optional(
            "level",
            Kind::Choice(&["summary", "aggregate", "panel"]),
            "Moments and quantiles over replications only; flows and prices of each replication; or every firm as well.",
        )
        .default("\"aggregate\""),
        FieldSpec::optional("period_weeks", Kind::Integer { low: 1, high: 520 }, "Weeks per record.")
            .unit("weeks")
            .default("4"),
        FieldSpec::optional(
            "economies",
            Kind::Either(&WATCHED),
            "Economies recorded one by one: those whose law changes, all, or a list.",
        )
        .default("\"changing\""),
    ],
);

const OUTCOMES: TableSpec = TableSpec::new(
    "outcomes",
    "What the summary at the end is about.",
    &[
        FieldSpec::required(
            "economy",
            Kind::Economy,
            "The importer whose outcomes are printed.",
        )
        .synonyms(&["importer", "focus"]),
        FieldSpec::optional(
            "from",
            Kind::Date,
            "First day of the window that is averaged.",
        )
        .when_absent("a year before its end, or the first day of the run"),
        FieldSpec::optional("to", Kind::Date, "Last day of the window that is averaged.")
            .when_absent("the last day of the run"),
    ],
);

/// The table of an experiment file.
pub fn experiment_spec() -> &'static TableSpec {
    static SPEC: LazyLock<TableSpec> = LazyLock::new(|| {
        TableSpec::new(
            "experiment",
            "A question put to a world: scenarios, what is uncertain, and what is written down.",
            leak(fields()),
        )
    });
    &SPEC
}

fn fields() -> Vec<FieldSpec> {
    vec![
        EXTENDS,
        FieldSpec::required(
            "name",
            Kind::Text,
            "Name in paths and tables: letters, digits, `-` and `_`.",
        )
        .example("\"steel-duties\""),
        FieldSpec::required("title", Kind::Text, "Title in words."),
        FieldSpec::required("question", Kind::Text, "The question it answers."),
        FieldSpec::required(
            "world",
            Kind::Text,
            "World of the base year, by its name under `configs/worlds`.",
        )
        .example("\"2024\""),
        FieldSpec::required("start", Kind::Date, "First day."),
        FieldSpec::required(
            "end",
            Kind::Date,
            "Last day; a last tick that would pass it is left out.",
        ),
        FieldSpec::required("base_law", Kind::Date, "Day whose law the base year holds.")
            .synonyms(&["base_date", "law_date"]),
        FieldSpec::optional(
            "tick",
            Kind::Choice(&["day", "week", "month"]),
            "Length of a tick: 1, 7 or 28 days.",
        )
        .default("\"week\""),
        FieldSpec::required(
            "baseline",
            Kind::Text,
            "Scenario that the others are compared with.",
        )
        .example("\"no-new-tariffs\""),
        FieldSpec::optional("replications", AT_LEAST_ONE, "Runs of each scenario.")
            .default("100")
            .synonyms(&["runs"]),
        FieldSpec::optional(
            "repeats",
            AT_LEAST_ONE,
            "Replications that share one draw of the parameters and differ in the noise of agents.",
        )
        .default("1"),
        FieldSpec::optional(
            "sampling",
            Kind::Choice(&["random", "latin_hypercube"]),
            "How parameters are drawn.",
        )
        .default("\"random\""),
        FieldSpec::optional(
            "seed",
            Kind::Integer {
                low: 0,
                high: i64::MAX,
            },
            "Seed of all draws.",
        )
        .default("1"),
        FieldSpec::optional(
            "population",
            Kind::Table(&POPULATION),
            "How many agents there are.",
        ),
        MODE,
        FieldSpec::optional(
            "closure",
            Kind::Table(&CLOSURE),
            "What is fixed and what adjusts.",
        ),
        FieldSpec::optional(
            "law",
            Kind::Table(&LAW),
            "How the law is applied at the border.",
        ),
        FieldSpec::optional(
            "parameter_file",
            Kind::Text,
            "File of default parameters, a path from the root of the project.",
        )
        .default("\"configs/parameters/default.toml\""),
        FieldSpec::optional(
            "preset",
            Kind::Text,
            "Named set of elasticities of the file of default parameters.",
        )
        .when_absent("the set of the file itself"),
        FieldSpec::optional(
            "parameters",
            Kind::Table(leak_one(constants())),
            "Constants in the place of defaults: one value, or a table by sector.",
        )
        .synonyms(&["constants"]),
        FieldSpec::optional(
            "uncertainties",
            Kind::Map(&PRIOR),
            "Priors by name of the parameter, or `\"name.sector\"` for one sector.",
        )
        .synonyms(&["priors"]),
        FieldSpec::required("scenario", Kind::Tables(&IN_EXPERIMENT), "The scenarios.")
            .synonyms(&["scenarios", "policy", "policies", "levers"]),
        FieldSpec::optional(
            "compensation",
            Kind::Tables(&COMPENSATION),
            "Money for producers hit by foreign duties.",
        ),
        FieldSpec::optional(
            "defence",
            Kind::Tables(&DEFENCE),
            "Defence above that of the base year.",
        ),
        FieldSpec::optional("talks", Kind::Table(&TALKS), "Governments that bargain.")
            .when_absent("the law is given"),
        FieldSpec::optional("collect", Kind::Table(&COLLECT), "What is written."),
        FieldSpec::required(
            "outcomes",
            Kind::Table(&OUTCOMES),
            "What the summary is about.",
        ),
    ]
}

/// The table of a reusable scenario file.
pub fn scenario_spec() -> &'static TableSpec {
    &SCENARIO
}

/// Values in the place of defaults.
pub(super) fn constants() -> TableSpec {
    let fields = PARAMETERS.iter().map(|parameter| {
        FieldSpec::optional(
            parameter.name,
            constant_kind(parameter),
            parameter.definition,
        )
        .unit(parameter.unit)
        .when_absent("the default")
    });
    TableSpec::new(
        "parameters",
        "Constants in the place of defaults.",
        leak(fields.collect()),
    )
}

fn constant_kind(parameter: &ParameterSpec) -> Kind {
    let number = parameter.kind();
    if parameter.by_sector {
        Kind::Either(leak(vec![number, Kind::BySector(leak_one(number))]))
    } else {
        number
    }
}

/// Descriptions are static; those made from the list of parameters are made
/// once and kept for the life of the program.
pub(crate) fn leak<T>(items: Vec<T>) -> &'static [T] {
    Vec::leak(items)
}

pub(super) fn leak_one<T>(item: T) -> &'static T {
    Box::leak(Box::new(item))
}
