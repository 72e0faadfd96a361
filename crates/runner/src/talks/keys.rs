//! Keys of governments in talks, those of attached ones among them.

use tradewinds_config::{FieldSpec, Kind, NON_NEGATIVE, TableSpec};

use super::evidence::{KNOWN_ON, SOURCE, STATUS};

const POSITIVE: Kind = Kind::Float {
    low: 1e-9,
    high: f64::INFINITY,
};
const USD: &str = "USD bn a year";

/// Exports to the principal.
pub(super) const EXPORTS: FieldSpec =
    FieldSpec::required("exports", NON_NEGATIVE, "Goods exports to the principal.").unit(USD);
/// Imports from the principal.
pub(super) const IMPORTS: FieldSpec =
    FieldSpec::required("imports", NON_NEGATIVE, "Goods imports from the principal.").unit(USD);
/// Size of an economy.
pub(super) const GDP: FieldSpec =
    FieldSpec::required("gdp", POSITIVE, "Gross domestic product.").unit(USD);
/// Power of a government.
pub(super) const POWER: FieldSpec = FieldSpec::required(
    "power",
    NON_NEGATIVE,
    "Root of GDP over that of the largest government.",
)
.unit("ratio");
/// The rate announced.
pub(super) const RATE: FieldSpec =
    FieldSpec::required("rate", Kind::Rate, "The rate announced, on top of others.")
        .unit("share of customs value");
/// Discounting of what comes later.
pub(super) const PATIENCE: FieldSpec =
    FieldSpec::required("patience", Kind::Share, "Discounting of what comes later.")
        .unit("per week");
/// Seats of a government.
pub(super) const SEATS: FieldSpec =
    FieldSpec::required("seats", Kind::Share, "Seats behind the government.");

pub(super) const READINESS: FieldSpec =
    FieldSpec::required("readiness", Kind::Share, "Part of the preparation done.");
pub(super) const SECURITY: FieldSpec = FieldSpec::required(
    "security",
    Kind::Share,
    "Dependence on the principal for security.",
);
pub(super) const ANGER: FieldSpec =
    FieldSpec::required("anger", Kind::Share, "Anger at the duties at home.");
pub(super) const SELF_IMAGE: FieldSpec =
    FieldSpec::required("self_image", Kind::Share, "Sees itself as a power.");
pub(super) const PRESS: FieldSpec =
    FieldSpec::required("press_salience", Kind::Share, "Attention of the press.");
pub(super) const LOAD: FieldSpec = FieldSpec::required(
    "issue_load",
    Kind::Share,
    "Part of its issues that are hard.",
);
pub(super) const ALL_OR_NOTHING: FieldSpec = FieldSpec::required(
    "all_or_nothing",
    Kind::Flag,
    "Whether a deal counts only when every duty of its set is cut.",
);

static ECONOMICS: TableSpec = TableSpec::new(
    "economics_of_a_government",
    "Trade and size in the base year.",
    &[
        EXPORTS,
        IMPORTS,
        GDP,
        FieldSpec::required(
            "size",
            Kind::Share,
            "Part of the principal's goods imports.",
        ),
        FieldSpec::required(
            "import_share",
            Kind::Share,
            "Part of the principal's goods exports.",
        ),
        POWER,
        FieldSpec::required(
            "auto_share",
            Kind::Share,
            "Cars and parts in its exports to the principal.",
        ),
        FieldSpec::optional("rival_share", Kind::Share, "Trade with the rival.")
            .unit("share of its goods trade")
            .when_absent("it is the rival, or nothing is known"),
        FieldSpec::required("defence_share", Kind::Share, "Defence.").unit("share of GDP"),
        STATUS,
        SOURCE,
    ],
);
static PRESET: TableSpec = TableSpec::new(
    "preset_rate",
    "The rate announced for it.",
    &[RATE, STATUS, SOURCE],
);
static RULE: TableSpec = TableSpec::new(
    "rule_of_a_government",
    "Seats, mandate and votes.",
    &[
        FieldSpec::required(
            "strong_mandate",
            Kind::Flag,
            "Whether its last vote was clear.",
        ),
        SEATS,
        FieldSpec::optional("minority_from", Kind::Date, "First day without a majority.")
            .when_absent("it has a majority"),
        FieldSpec::optional("caretaker_from", Kind::Date, "First day as a caretaker.")
            .when_absent("it is not one"),
        FieldSpec::optional(
            "caretaker_to",
            Kind::Date,
            "Last day as a caretaker, as expected.",
        )
        .when_absent("until further notice"),
        FieldSpec::optional(
            "next_vote",
            Kind::Date,
            "Day of the next vote, as expected.",
        )
        .when_absent("no vote is known"),
        FieldSpec::optional("next_vote_kind", Kind::Text, "What is voted on then.").default("\"\""),
        STATUS,
        SOURCE,
    ],
);
/// How a government bargains.
pub(super) static TYPES: TableSpec = TableSpec::new(
    "bargaining_types",
    "Chances of the ways of bargaining; they add up to one.",
    &[
        FieldSpec::required("fast", Kind::Share, "Offers early."),
        FieldSpec::required("listener", Kind::Share, "Listens first."),
        FieldSpec::required("holdout", Kind::Share, "Holds out for all or nothing."),
        FieldSpec::required("hedger", Kind::Share, "Turns to third markets."),
        STATUS,
        SOURCE,
    ],
);
/// How a government answers duties.
pub(super) static ANSWERS: TableSpec = TableSpec::new(
    "answers_to_duties",
    "Chances of the ways of answering duties; they add up to one.",
    &[
        FieldSpec::required("equaliser", Kind::Share, "Matches each rise."),
        FieldSpec::required("partial", Kind::Share, "Answers in part."),
        FieldSpec::required("slow", Kind::Share, "Decides slowly and suspends."),
        FieldSpec::required("none", Kind::Share, "Does not answer."),
        STATUS,
        SOURCE,
    ],
);
static CONDUCT: TableSpec = TableSpec::new(
    "conduct_of_a_government",
    "What it feels and how it moves; codes from 0 to 1.",
    &[
        PATIENCE,
        READINESS,
        SECURITY,
        ANGER,
        SELF_IMAGE,
        PRESS,
        LOAD,
        ALL_OR_NOTHING,
        STATUS,
        SOURCE,
    ],
);

/// The table of a file of `governments/`.
pub fn government_spec() -> &'static TableSpec {
    static SPEC: TableSpec = TableSpec::new(
        "government_in_talks",
        "A government that has an economy in the model.",
        &[
            FieldSpec::required("economy", Kind::Economy, "Its economy."),
            FieldSpec::required("title", Kind::Text, "Its name."),
            KNOWN_ON,
            FieldSpec::optional("note", Kind::Text, "What to know about it.").default("\"\""),
            FieldSpec::required("economics", Kind::Table(&ECONOMICS), "Trade and size."),
            FieldSpec::optional("preset", Kind::Table(&PRESET), "The rate announced for it.")
                .when_absent("the announcement left it out"),
            FieldSpec::required("rule", Kind::Table(&RULE), "Seats, mandate, votes."),
            FieldSpec::required("types", Kind::Table(&TYPES), "How it bargains."),
            FieldSpec::required("answers", Kind::Table(&ANSWERS), "How it answers duties."),
            FieldSpec::required("conduct", Kind::Table(&CONDUCT), "How it feels and moves."),
        ],
    );
    &SPEC
}
