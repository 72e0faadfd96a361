//! A description that uses every kind, for the tests.

use tradewinds_config::{
    ALLOW_EXTREME, Diagnostics, EXTENDS, FieldSpec, Kind, NUMBER, Source, TableSpec, Tombstone,
    check,
};

const AT_LEAST_ONE: Kind = Kind::Integer {
    low: 1,
    high: i64::MAX,
};

/// A policy.
pub(crate) static POLICY: TableSpec = TableSpec::new(
    "policy",
    "A duty on imports.",
    &[
        FieldSpec::required("rate", Kind::Rate, "Additional duty.")
            .unit("share of customs value")
            .synonyms(&["tariff", "duty"]),
        FieldSpec::optional("origin", Kind::Economy, "Origin of the goods.")
            .when_absent("all origins"),
        ALLOW_EXTREME,
    ],
);

static SIZE: TableSpec = TableSpec::new(
    "size",
    "How large the economy is.",
    &[
        FieldSpec::optional("firms", AT_LEAST_ONE, "Firms."),
        FieldSpec::optional("lines", AT_LEAST_ONE, "Lines per firm.").default("4"),
        FieldSpec::optional("inner", Kind::Table(&SIZE), "A part of it."),
    ],
);

static SHAPES: [TableSpec; 2] = [
    TableSpec::new(
        "normal",
        "A bell curve.",
        &[
            FieldSpec::required("mean", NUMBER, "Centre."),
            FieldSpec::required("spread", NUMBER, "Standard deviation."),
        ],
    ),
    TableSpec::new(
        "uniform",
        "Equally likely.",
        &[
            FieldSpec::required("low", NUMBER, "Least."),
            FieldSpec::required("high", NUMBER, "Most."),
        ],
    ),
];

static SCOPE: [Kind; 2] = [Kind::Choice(&["all", "none"]), Kind::List(&Kind::Economy)];

/// A file with every kind of key.
pub(crate) static SCENARIO: TableSpec = TableSpec::new(
    "scenario",
    "A scenario.",
    &[
        EXTENDS,
        FieldSpec::optional("name", Kind::Text, "Name of the scenario."),
        FieldSpec::optional("firms", AT_LEAST_ONE, "Number of firms.")
            .unit("firms")
            .default("5000")
            .renamed_from(&["company_count"]),
        FieldSpec::optional("elasticity", NUMBER, "Of substitution.").default("4.0"),
        FieldSpec::optional("uptake", Kind::Share, "Preference uptake."),
        FieldSpec::optional("from", Kind::Date, "First day."),
        FieldSpec::optional("is_open", Kind::Flag, "Whether it trades."),
        FieldSpec::optional("home", Kind::Economy, "The home economy."),
        FieldSpec::optional(
            "combine",
            Kind::Choice(&["add", "max"]),
            "How rates combine.",
        ),
        FieldSpec::optional("note", Kind::Text, "A note."),
        FieldSpec::optional("tags", Kind::List(&Kind::Text), "Tags."),
        FieldSpec::optional("partners", Kind::OneOrMany(&Kind::Economy), "Partners."),
        FieldSpec::optional("weights", Kind::Map(&Kind::Share), "Weight by sector."),
        FieldSpec::optional("scope", Kind::Either(&SCOPE), "Who it applies to."),
        FieldSpec::optional("size", Kind::Table(&SIZE), "Size."),
        FieldSpec::optional("policy", Kind::Tables(&POLICY), "Duties."),
        FieldSpec::optional("law", Kind::MapOfTables(&POLICY), "Duties by name."),
        FieldSpec::optional(
            "prior",
            Kind::Variants {
                tag: "shape",
                tables: &SHAPES,
            },
            "What is known.",
        ),
        FieldSpec::optional("extra", Kind::Any, "Anything else."),
    ],
)
.removed(&[Tombstone {
    key: "tariff_rate",
    advice: "write a [[policy]] instead",
}]);

/// The errors of a text called `scenario.toml`.
pub(crate) fn errors(text: &str) -> Diagnostics {
    let source = Source::new("scenario.toml", text);
    match check(&source, &SCENARIO) {
        Ok(table) => panic!("accepted {text:?} as {table:?}"),
        Err(errors) => errors,
    }
}
