//! What a `record.toml` may hold.

use std::sync::LazyLock;

use tradewinds_config::{FieldSpec, Kind, NUMBER, TableSpec};

use super::measure::MEASURES;
use super::regression::{DESIGNS, EFFECTS, OUTCOMES};
use super::rest::LONG_RUN;
use crate::experiment::leak;

const TEXTS: Kind = Kind::OneOrMany(&Kind::Text);

/// A factor between units.
const SCALE: Kind = Kind::Float {
    low: -1e9,
    high: 1e9,
};

/// The table of a `record.toml`.
pub fn record_spec() -> &'static TableSpec {
    static SPEC: LazyLock<TableSpec> = LazyLock::new(|| {
        TableSpec::new(
            "record",
            "Recorded values beside those of an experiment.",
            leak(vec![
                FieldSpec::required("title", Kind::Text, "Title in words."),
                FieldSpec::required(
                    "introduction",
                    Kind::Text,
                    "What stands above the table in the note.",
                ),
                FieldSpec::required(
                    "targets",
                    Kind::Text,
                    "File of recorded values, a path from the root of the project.",
                )
                .example("\"configs/validation/targets.csv\""),
                FieldSpec::optional(
                    "monthly",
                    Kind::Text,
                    "File of recorded series, a path from the root of the project.",
                )
                .when_absent("no series"),
                FieldSpec::optional(
                    "elsewhere",
                    TEXTS,
                    "Ids of recorded values that another experiment answers to.",
                )
                .when_absent("every value of the file has a row"),
                FieldSpec::required("row", Kind::Tables(&ROW), "The recorded values."),
                FieldSpec::optional("series", Kind::Tables(&SERIES), "The recorded series."),
            ]),
        )
    });
    &SPEC
}

/// One recorded value.
static ROW: LazyLock<TableSpec> = LazyLock::new(|| {
    let head = vec![
        FieldSpec::required("target", Kind::Text, "Id of the recorded value."),
        FieldSpec::optional("title", Kind::Text, "Name in tables.")
            .when_absent("the name of the variable"),
    ];
    TableSpec::new(
        "record_row",
        "One recorded value and how the model answers to it.",
        leak(head.into_iter().chain(how()).collect()),
    )
});

/// A recorded series.
static SERIES: LazyLock<TableSpec> = LazyLock::new(|| {
    let head = vec![
        FieldSpec::required("name", Kind::Text, "Series of the file of series."),
        FieldSpec::optional("item", Kind::Text, "Item of the series.").default("\"all\""),
        FieldSpec::required("title", Kind::Text, "Name in tables."),
    ];
    TableSpec::new(
        "record_series",
        "A recorded series and how the model answers to each of its values.",
        leak(head.into_iter().chain(how()).collect()),
    )
});

/// Keys shared by rows and series, and by mechanisms.
pub(crate) fn how() -> Vec<FieldSpec> {
    vec![
    FieldSpec::optional("measure", Kind::Choice(MEASURES), "What is computed of the records.")
        .when_absent("the model cannot produce the row; `missing` says why"),
    FieldSpec::optional(
        "long_run",
        Kind::Choice(LONG_RUN),
        "What is computed of the frictionless equilibrium under the law of the window's last day.",
    )
    .when_absent("nothing"),
    FieldSpec::optional("importers", TEXTS, "Importing economies.")
        .when_absent("the economy of `[outcomes]`"),
    FieldSpec::optional("exporters", TEXTS, "Economies of origin.").when_absent("all others"),
    FieldSpec::optional("sectors", TEXTS, "Sectors.").when_absent("all goods"),
    FieldSpec::optional(
        "scenario",
        Kind::Text,
        "Scenario that stands for what happened.",
    )
    .when_absent("the first one after the baseline"),
    FieldSpec::optional("against", Kind::Text, "Scenario it is compared with.")
        .when_absent("the baseline"),
    FieldSpec::optional(
        "since",
        Kind::Date,
        "First day of the earlier window, where a change over time is meant.",
    )
    .when_absent("a change against the other scenario in the same window"),
    FieldSpec::optional("since_end", Kind::Date, "Last day of the earlier window.")
        .when_absent("`since`"),
    FieldSpec::optional("from", Kind::Date, "First day of the window.")
        .when_absent("that of the recorded value"),
    FieldSpec::optional("to", Kind::Date, "Last day of the window.")
        .when_absent("that of the recorded value"),
    FieldSpec::optional("outcome", Kind::Choice(OUTCOMES), "Left-hand side of a regression.")
        .default("\"gate_price\""),
    FieldSpec::optional(
        "duty",
        Kind::Choice(&["applied_rate", "collected_rate", "statutory_rate"]),
        "The rate that counts as the duty.",
    )
    .default("\"applied_rate\""),
    FieldSpec::optional(
        "design",
        Kind::Choice(DESIGNS),
        "Levels by month, changes over twelve months, or monthly changes on the duty changes of the month and the eleven before, added up.",
    )
    .default("\"twelve_months\""),
    FieldSpec::optional(
        "effects",
        Kind::OneOrMany(&Kind::Choice(EFFECTS)),
        "Fixed effects of a regression.",
    )
    .when_absent("those of sector and month"),
    FieldSpec::optional(
        "rise",
        NUMBER,
        "Log change of one plus duty at which an elasticity is turned into a change.",
    )
    .when_absent("the coefficient itself"),
    FieldSpec::optional(
        "by_imports",
        Kind::Flag,
        "Weigh store prices of all goods with base-year imports instead of household spending.",
    )
    .default("false"),
    FieldSpec::optional(
        "fitted",
        Kind::Text,
        "Inputs of the model that come from the recorded value or its near relatives.",
    )
    .default("\"\""),
    FieldSpec::optional("scale", SCALE, "Factor to the unit of the recorded value.")
        .default("1.0"),
    FieldSpec::optional("note", Kind::Text, "How it is measured, where that differs from the recorded value.")
        .default("\"\""),
    FieldSpec::optional("too_low", Kind::Text, "Why the simulated value would lie below the recorded one.")
        .default("\"\""),
    FieldSpec::optional("too_high", Kind::Text, "Why it would lie above.")
        .default("\"\""),
    FieldSpec::optional("missing", Kind::Text, "Why the model cannot produce the row.")
        .default("\"\""),
]
}
