//! What a file of law may hold: the one description behind checks and schema.

use tradewinds_config::{ALLOW_EXTREME, FieldSpec, Kind, NON_NEGATIVE, TableSpec};

const ECONOMIES: Kind = Kind::List(&Kind::Economy);
const TEXTS: Kind = Kind::OneOrMany(&Kind::Text);

const SOURCE: TableSpec = TableSpec::new(
    "source",
    "What a statement rests on.",
    &[
        FieldSpec::required("title", Kind::Text, "Title of the legal text or page."),
        FieldSpec::required(
            "href",
            Kind::Text,
            "Link, or `recalled: …` when from general knowledge of the original.",
        ),
    ],
);

const SOURCE_FIELD: FieldSpec = FieldSpec::required(
    "source",
    Kind::Table(&SOURCE),
    "Where it is written, with a link.",
)
.example("{ title = \"Proclamation, article 2\", href = \"https://example.org\" }");
const CONFIDENCE: FieldSpec = FieldSpec::optional(
    "confidence",
    Kind::Choice(&["high", "medium", "low"]),
    "How far to trust it.",
)
.default("\"medium\"");
const RECORD: FieldSpec = FieldSpec::optional(
    "record",
    Kind::List(&Kind::Text),
    "Rows of the timeline of record that say so.",
)
.when_absent("the record does not mention it");
const ORIGINS: FieldSpec =
    FieldSpec::optional("origins", ECONOMIES, "Whose goods.").when_absent("every economy");
const EXCEPT: FieldSpec =
    FieldSpec::optional("except", ECONOMIES, "Economies left out.").when_absent("none");
const ANNOUNCED: FieldSpec = FieldSpec::required(
    "announced",
    Kind::Date,
    "Day it was made known, not after `from`.",
);
const PUBLISHED: FieldSpec = FieldSpec::optional(
    "published",
    Kind::Date,
    "Day of the text that put it in force, when later than `from`: duties charged in between are paid back.",
)
.when_absent("`from`");
const FROM: FieldSpec = FieldSpec::required("from", Kind::Date, "First day in force, from 00:00.");
const ENDS: FieldSpec = FieldSpec::optional("ends", Kind::Date, "Last day in force.")
    .when_absent("until the next entry");
const CLAUSE_ANNOUNCED: FieldSpec = FieldSpec::optional(
    "announced",
    Kind::Date,
    "Day it was made known, where it was not with the rate that begins with it.",
)
.when_absent("that of the rate that begins on the same day, or `from`");
const LIST: FieldSpec = FieldSpec::optional(
    "list",
    Kind::Text,
    "Table of the share of each product that is on the list.",
)
.when_absent("the whole product");
const SHARE: FieldSpec = FieldSpec::optional(
    "share",
    Kind::Share,
    "Share of each product that is on the list, the same everywhere.",
)
.when_absent("the whole product");
const STACKING_WORDS: Kind = Kind::Choice(&["adds", "all_in", "replaces"]);

const EXEMPT: TableSpec = TableSpec::new(
    "exempt",
    "Goods that a measure leaves out.",
    &[
        LIST,
        SHARE,
        ORIGINS,
        EXCEPT,
        CLAUSE_ANNOUNCED,
        FROM,
        ENDS,
        PUBLISHED,
        SOURCE_FIELD,
        CONFIDENCE,
        RECORD,
    ],
);

const CLAIM: TableSpec = TableSpec::new(
    "claim",
    "Relief for goods that claim a preference on entry.",
    &[
        FieldSpec::required(
            "table",
            Kind::Text,
            "Table of the share of value that claims.",
        ),
        FieldSpec::optional(
            "relief",
            Kind::Share,
            "Part of the duty a claim takes away.",
        )
        .default("1.0"),
        ORIGINS,
        EXCEPT,
        FieldSpec::optional(
            "products",
            Kind::OneOrMany(&Kind::Sector),
            "Products that may claim.",
        )
        .when_absent("all of the measure"),
        CLAUSE_ANNOUNCED,
        FROM,
        ENDS,
        SOURCE_FIELD,
        CONFIDENCE,
        RECORD,
    ],
);

const GIVES_WAY: TableSpec = TableSpec::new(
    "gives_way",
    "Measures that go first: their goods are left out of this one.",
    &[
        FieldSpec::required("to", TEXTS, "Authorities, instruments or measures."),
        ORIGINS,
        EXCEPT,
        CLAUSE_ANNOUNCED,
        FROM,
        SOURCE_FIELD,
        CONFIDENCE,
        RECORD,
    ],
);

const RATE: TableSpec = TableSpec::new(
    "rate",
    "A rate in force from a date until the next entry for the same origin and product.",
    &[
        ANNOUNCED,
        FROM,
        ENDS,
        PUBLISHED,
        ORIGINS,
        EXCEPT,
        FieldSpec::optional(
            "products",
            Kind::OneOrMany(&Kind::Sector),
            "Products it is for.",
        )
        .when_absent("all of the measure"),
        FieldSpec::optional("value", Kind::Rate, "The rate, as a fraction.")
            .unit("share of customs value")
            .synonyms(&["rate", "tariff", "duty"])
            .example("0.25"),
        FieldSpec::optional(
            "table",
            Kind::Text,
            "Rate vector by origin; origins without a row keep the entry before.",
        ),
        FieldSpec::optional(
            "rest",
            Kind::Rate,
            "With a vector: rate of governments without a row inside an aggregate economy.",
        )
        .unit("share of customs value"),
        FieldSpec::optional(
            "stacking",
            STACKING_WORDS,
            "How it relates to the base duty.",
        )
        .when_absent("as the measure says"),
        FieldSpec::optional(
            "cap",
            Kind::Rate,
            "Level that rate and base duty together may not pass.",
        )
        .unit("share of customs value"),
        FieldSpec::optional(
            "quota",
            Kind::Text,
            "Quota within which a lower rate holds.",
        ),
        FieldSpec::optional("in_quota_rate", Kind::Rate, "Rate within the quota.")
            .unit("share of customs value"),
        FieldSpec::optional(
            "loaded_before",
            Kind::Date,
            "Goods loaded before this day pay the rate before …",
        ),
        FieldSpec::optional(
            "entered_before",
            Kind::Date,
            "… when they enter before this day.",
        ),
        ALLOW_EXTREME,
        SOURCE_FIELD,
        CONFIDENCE,
        RECORD,
    ],
);

const PAUSE: TableSpec = TableSpec::new(
    "pause",
    "A suspension of the part of a rate above a level.",
    &[
        FieldSpec::required(
            "id",
            Kind::Text,
            "Name, used by scenarios that let it lapse.",
        ),
        ANNOUNCED,
        FROM,
        FieldSpec::required("ends", Kind::Date, "Last day."),
        ORIGINS,
        EXCEPT,
        FieldSpec::required("leaves", Kind::Rate, "Rate that stays in force.")
            .unit("share of customs value"),
        SOURCE_FIELD,
        CONFIDENCE,
        RECORD,
    ],
);

const MEASURE: TableSpec = TableSpec::new(
    "measure",
    "One measure: goods, origins and a history of rates.",
    &[
        FieldSpec::required("name", Kind::Text, "Name within the instrument."),
        FieldSpec::optional("title", Kind::Text, "What it is.")
            .when_absent("the title of the instrument"),
        FieldSpec::required(
            "products",
            Kind::OneOrMany(&Kind::Sector),
            "Subsectors or groups of them; `all_goods` stands for all.",
        ),
        ORIGINS,
        EXCEPT,
        LIST,
        SHARE,
        FieldSpec::optional(
            "content",
            Kind::Text,
            "Table of the share of value that is taxed, such as metal content.",
        ),
        FieldSpec::optional(
            "stacking",
            STACKING_WORDS,
            "How it relates to the base duty.",
        )
        .default("\"adds\""),
        FieldSpec::optional(
            "combine",
            Kind::Choice(&["add", "max"]),
            "How it combines with another measure of the same authority on the same goods.",
        ),
        ENDS,
        FieldSpec::optional(
            "ending_announced",
            Kind::Date,
            "Day it was made known that the measure would end; needs `ends`.",
        )
        .when_absent("the end is learned when it comes"),
        FieldSpec::required("rate", Kind::Tables(&RATE), "Its rates."),
        FieldSpec::optional("exempt", Kind::Tables(&EXEMPT), "Goods left out."),
        FieldSpec::optional("claim", Kind::Tables(&CLAIM), "Reliefs on claim."),
        FieldSpec::optional(
            "gives_way",
            Kind::Tables(&GIVES_WAY),
            "Measures that go first.",
        ),
        FieldSpec::optional("pause", Kind::Tables(&PAUSE), "Suspensions."),
    ],
);

const ANNOUNCEMENT: TableSpec = TableSpec::new(
    "announcement",
    "A step that was made known and is no rate in force.",
    &[
        FieldSpec::required("id", Kind::Text, "Name, unique in the book."),
        FieldSpec::required(
            "kind",
            Kind::Choice(&["plan", "threat", "ruling", "deal", "statement", "refund"]),
            "What it is.",
        ),
        FieldSpec::required("title", Kind::Text, "What was said."),
        FieldSpec::optional("by", ECONOMIES, "Who speaks.").when_absent("the importer of the file"),
        ANNOUNCED,
        FieldSpec::optional("from", Kind::Date, "First day it was to hold."),
        FieldSpec::optional(
            "ends",
            Kind::Date,
            "Day it was withdrawn, or last day it holds.",
        ),
        ORIGINS,
        EXCEPT,
        FieldSpec::optional(
            "products",
            Kind::OneOrMany(&Kind::Sector),
            "Products spoken of.",
        ),
        FieldSpec::optional("value", Kind::Rate, "Rate spoken of.").unit("share of customs value"),
        FieldSpec::optional(
            "values",
            Kind::Map(&Kind::Rate),
            "Rates by origin where they differ.",
        )
        .unit("share of customs value"),
        SOURCE_FIELD,
        CONFIDENCE,
        RECORD,
    ],
);

const REFUND: TableSpec = TableSpec::new(
    "refund",
    "Duties paid back after a ruling.",
    &[
        FieldSpec::required("id", Kind::Text, "Name, unique in the book."),
        FieldSpec::required("of", TEXTS, "Authorities, instruments or measures."),
        FROM,
        FieldSpec::required("to", Kind::Date, "Last day of the entries concerned."),
        FieldSpec::required("paid", Kind::Date, "First day on which it is paid."),
        FieldSpec::optional(
            "days",
            Kind::Integer { low: 0, high: 3660 },
            "Days over which it is paid evenly.",
        )
        .unit("days")
        .default("0"),
        FieldSpec::required(
            "share",
            Kind::Share,
            "Share of the duties that is paid back.",
        ),
        SOURCE_FIELD,
        CONFIDENCE,
        RECORD,
    ],
);

const QUOTA: TableSpec = TableSpec::new(
    "quota",
    "A volume per year that enters at a lower rate.",
    &[
        FieldSpec::required("id", Kind::Text, "Name, used by rates."),
        FieldSpec::optional("origin", Kind::Economy, "Whose goods.").when_absent("all together"),
        FieldSpec::required("volume", NON_NEGATIVE, "Volume of a quota year."),
        FieldSpec::required("unit", Kind::Text, "Unit of the volume."),
        FieldSpec::required("year_starts", Kind::Text, "Month and day, as `01-01`."),
        FieldSpec::optional(
            "periods",
            Kind::Integer { low: 1, high: 12 },
            "Equal periods of a quota year, each with its part of the volume: 1, 2, 3, 4, 6 or 12.",
        )
        .default("1"),
        FieldSpec::optional(
            "allocation",
            Kind::Choice(&["first_come", "licences"]),
            "Who may use the volume: whoever comes first, or who holds a licence, which spreads it over the year.",
        )
        .default("\"first_come\""),
        FieldSpec::optional(
            "rent",
            Kind::Choice(&["importer", "exporter", "government"]),
            "Who receives what a place within the quota is worth.",
        )
        .default("\"importer\""),
        FieldSpec::optional(
            "traded",
            Kind::Map(&NON_NEGATIVE),
            "What entered of the goods concerned in a year, by year, in the unit of the volume: turns the volume into a share of the trade of a base year.",
        )
        .when_absent("quantities are not followed: `expected_inside` holds")
        .example("{ 2024 = 102000 }"),
        FieldSpec::required(
            "expected_inside",
            Kind::Share,
            "Share of the trade expected inside when quantities are not followed.",
        ),
        FieldSpec::optional("absolute", Kind::Flag, "Nothing enters above the volume.")
            .default("false"),
        SOURCE_FIELD,
        CONFIDENCE,
        RECORD,
    ],
);

/// A file of law: one legal instrument.
pub static INSTRUMENT: TableSpec = TableSpec::new(
    "instrument",
    "One legal instrument: its measures with dated, sourced rates, and what was announced.",
    &[
        FieldSpec::required("id", Kind::Text, "Name, as `example.steel`."),
        FieldSpec::required("title", Kind::Text, "What it is."),
        FieldSpec::required(
            "authority",
            Kind::Text,
            "Legal power; scenarios switch it off by this name.",
        ),
        FieldSpec::required("legal_basis", Kind::Text, "The legal texts."),
        FieldSpec::required("importer", Kind::Economy, "Who charges it."),
        FieldSpec::optional("measure", Kind::Tables(&MEASURE), "Its measures."),
        FieldSpec::optional(
            "announcement",
            Kind::Tables(&ANNOUNCEMENT),
            "Steps that are no rates.",
        ),
        FieldSpec::optional("refund", Kind::Tables(&REFUND), "Refunds."),
        FieldSpec::optional("quota", Kind::Tables(&QUOTA), "Quotas."),
    ],
);

/// A power switched off, in reforms and scenarios.
pub const WITHOUT: TableSpec = TableSpec::new(
    "without",
    "A power switched off.",
    &[
        FieldSpec::required("what", Kind::Text, "Authority, instrument or measure."),
        FieldSpec::optional("from", Kind::Date, "First day without it.")
            .when_absent("it never existed"),
    ],
);

/// A pause cut short, in reforms and scenarios.
pub const LAPSE: TableSpec = TableSpec::new(
    "lapse",
    "A pause that ends early.",
    &[
        FieldSpec::required("pause", Kind::Text, "Name of the pause."),
        FieldSpec::required("from", Kind::Date, "First day without it."),
    ],
);

/// The day on which the book is frozen, in reforms and scenarios.
pub const FROZEN_AFTER: FieldSpec = FieldSpec::optional(
    "frozen_after",
    Kind::Date,
    "Last day whose law counts: nothing made known later ever came; steps known by then run their course.",
)
.when_absent("the law as it came");

/// The law of a scenario, as changes to the law on the books.
pub static REFORM: TableSpec = TableSpec::new(
    "reform",
    "Changes to the law: powers switched off, pauses cut short, measures added or changed.",
    &[
        FROZEN_AFTER,
        FieldSpec::optional("without", Kind::Tables(&WITHOUT), "Powers switched off."),
        FieldSpec::optional("lapse", Kind::Tables(&LAPSE), "Pauses that end early."),
        FieldSpec::optional(
            "instruments",
            Kind::OneOrMany(&Kind::Text),
            "Files of law to add; one with the id of an instrument on the books takes its place.",
        ),
    ],
);
