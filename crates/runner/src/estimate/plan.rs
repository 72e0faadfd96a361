//! What is estimated from which rows: the files of `configs/estimation`.

use std::sync::LazyLock;

use tradewinds_config::{
    Diagnostics, FieldSpec, Finding, Kind, NON_NEGATIVE, NUMBER, Source, Table, TableSpec, check,
};
use tradewinds_units::Date;

use super::names::{NAMES, SECTIONS, name_spec};

/// A parameter as the specification states it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stated {
    /// Name, with the series after a point where it is for one.
    pub name: String,
    /// Symbol in the specification.
    pub symbol: String,
    /// Value.
    pub value: f64,
    /// Range to sweep.
    pub range: (f64, f64),
    /// Standard error that the specification gives.
    pub error: Option<f64>,
    /// `estimated`, `literature` or `assumed`.
    pub status: String,
    /// Source in words.
    pub source: String,
}

impl Stated {
    /// The deviation that the range stands for, its width being four of them.
    pub fn deviation(&self) -> f64 {
        (self.range.1 - self.range.0) / 4.0
    }
}

/// A normal prior.
#[derive(Debug, Clone, PartialEq)]
pub struct NormalPrior {
    /// Parameter.
    pub name: String,
    /// Mean.
    pub mean: f64,
    /// Standard deviation.
    pub deviation: f64,
    /// Source in words.
    pub source: String,
}

/// A leader before and after a threat.
#[derive(Debug, Clone, PartialEq)]
pub struct Rally {
    /// Parameter it informs.
    pub parameter: String,
    /// Leader, measure and series of the poll after.
    pub poll: [String; 3],
    /// Leader of the poll before.
    pub leader_before: String,
    /// Day of the poll before.
    pub before: Date,
    /// Day of the poll after.
    pub after: Date,
    /// Share of the change that is due to the threat, and its deviation.
    pub due: (f64, f64),
}

/// Rows and settings of the estimates of approval.
#[derive(Debug, Clone, PartialEq)]
pub struct ApprovalPlan {
    /// Leader and series of polls of the main fit.
    pub leader: String,
    /// Series of polls.
    pub series: String,
    /// Series of the market whose returns are tagged.
    pub index: String,
    /// Scopes of days of news that count.
    pub scopes: Vec<String>,
    /// Table of the average tariff by date.
    pub tariffs: String,
    /// Its column.
    pub tariff_column: String,
    /// Weights of food and energy in consumer prices.
    pub weights: (f64, f64),
    /// Day of the month on which prices of the month before are known.
    pub release_day: i64,
    /// Leader of the earlier term.
    pub earlier_leader: String,
    /// Series of polls of the earlier term.
    pub earlier_series: String,
    /// Day the first monthly mean of the earlier term stands for.
    pub earlier_first: Date,
    /// Last day of the fit of the honeymoon.
    pub honeymoon_until: Date,
    /// Last day of the fit of the return.
    pub return_until: Date,
    /// Months between polls whose errors are allowed to be related.
    pub return_lags: i64,
    /// Standard deviation of one poll.
    pub poll_deviation: f64,
    /// Leaders under threat.
    pub rallies: Vec<Rally>,
}

/// A series that follows the index.
#[derive(Debug, Clone, PartialEq)]
pub struct Follower {
    /// The series.
    pub series: String,
    /// Whether it trades after the index opens, so that the same day counts too.
    pub same_day: bool,
}

/// News that moved the index, with what it changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Surprise {
    /// First session.
    pub from: Date,
    /// Last session.
    pub to: Date,
    /// Surprise in the average tariff, points, and its deviation.
    pub tariff: (f64, f64),
    /// Change of the probability of the tail, and its deviation.
    pub tail: (f64, f64),
}

/// Days whose returns are added up.
#[derive(Debug, Clone, PartialEq)]
pub struct Spell {
    /// Name in words.
    pub title: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Tag of the days.
    pub tag: String,
    /// Mean return a day that the specification states.
    pub stated: Option<f64>,
}

/// Rows and settings of the estimates of markets.
#[derive(Debug, Clone, PartialEq)]
pub struct MarketsPlan {
    /// First day used.
    pub from: Date,
    /// The leading index.
    pub index: String,
    /// Volatility.
    pub volatility: String,
    /// Ten-year yield.
    pub bond: String,
    /// Currency index.
    pub dollar: String,
    /// Scopes of days of news that count for the index.
    pub scopes: Vec<String>,
    /// Days of stress that comes from policy at home.
    pub stress: (Date, Date),
    /// Sessions in which stocks and bonds fell together.
    pub sell_off: (Date, Date),
    /// Indices that follow.
    pub followers: Vec<Follower>,
    /// The two equations of the tail.
    pub surprises: Vec<Surprise>,
    /// Days of news to be counted.
    pub spells: Vec<Spell>,
}

/// A file of `configs/estimation`.
#[derive(Debug, Clone, PartialEq)]
pub struct EstimationPlan {
    /// `approval` or `markets`.
    pub section: String,
    /// Title in words.
    pub title: String,
    /// What stands above the table of the note.
    pub introduction: String,
    /// Last day of rows that may be used.
    pub through: Date,
    /// Approval; none in the file of markets.
    pub approval: Option<ApprovalPlan>,
    /// Markets; none in the file of approval.
    pub markets: Option<MarketsPlan>,
    /// Priors.
    pub priors: Vec<NormalPrior>,
    /// What the specification states about readings: name, value, error.
    pub readings: Vec<(String, f64, Option<f64>)>,
    /// Parameters of the section, in the order of the program.
    pub parameters: Vec<Stated>,
}

const SHARE: Kind = Kind::Share;
const TEXTS: Kind = Kind::OneOrMany(&Kind::Text);

const RALLY: TableSpec = TableSpec::new(
    "rally",
    "A leader before and after a threat.",
    &[
        FieldSpec::required("parameter", Kind::Text, "Parameter it informs."),
        FieldSpec::required("leader", Kind::Text, "Id of the leader."),
        FieldSpec::optional("leader_before", Kind::Text, "Leader of the poll before.")
            .when_absent("the same"),
        FieldSpec::optional("measure", Kind::Text, "Measure of the polls.").default("\"approval\""),
        FieldSpec::required("series", Kind::Text, "Series of the polls."),
        FieldSpec::required("before", Kind::Date, "Day of the poll before."),
        FieldSpec::required("after", Kind::Date, "Day of the poll after."),
        FieldSpec::optional("due", SHARE, "Share of the change due to the threat.").default("1.0"),
        FieldSpec::optional("due_deviation", SHARE, "Standard deviation of that share.")
            .default("0.0"),
    ],
);

const APPROVAL: TableSpec = TableSpec::new(
    "approval_sample",
    "Rows and settings of the estimates of approval.",
    &[
        FieldSpec::required("leader", Kind::Text, "Leader of the main fit."),
        FieldSpec::required("series", Kind::Text, "Series of polls of the main fit."),
        FieldSpec::required("index", Kind::Text, "Series of the market."),
        FieldSpec::required("scopes", TEXTS, "Scopes of days of news that count."),
        FieldSpec::required(
            "tariffs",
            Kind::Text,
            "Table of the average tariff by date.",
        ),
        FieldSpec::required("tariff_column", Kind::Text, "Its column."),
        FieldSpec::required("food_weight", SHARE, "Weight of food in consumer prices."),
        FieldSpec::required(
            "energy_weight",
            SHARE,
            "Weight of energy in consumer prices.",
        ),
        FieldSpec::required(
            "release_day",
            Kind::Integer { low: 1, high: 28 },
            "Day of the month on which prices of the month before are known.",
        ),
        FieldSpec::required("earlier_leader", Kind::Text, "Leader of the earlier term."),
        FieldSpec::required(
            "earlier_series",
            Kind::Text,
            "Series of polls of the earlier term.",
        ),
        FieldSpec::required(
            "earlier_first",
            Kind::Date,
            "Day its first mean stands for.",
        ),
        FieldSpec::required(
            "honeymoon_until",
            Kind::Date,
            "Last day of the fit of the honeymoon.",
        ),
        FieldSpec::required(
            "return_until",
            Kind::Date,
            "Last day of the fit of the return.",
        ),
        FieldSpec::required(
            "return_lags",
            Kind::Integer { low: 0, high: 24 },
            "Months over which errors may be related.",
        ),
        FieldSpec::required(
            "poll_deviation",
            NON_NEGATIVE,
            "Standard deviation of one poll.",
        )
        .unit("points"),
        FieldSpec::required("rally", Kind::Tables(&RALLY), "Leaders under threat."),
    ],
);

const FOLLOWER: TableSpec = TableSpec::new(
    "follower",
    "A series that follows the index.",
    &[
        FieldSpec::required("series", Kind::Text, "The series."),
        FieldSpec::optional("same_day", Kind::Flag, "Whether the same day counts too.")
            .default("false"),
    ],
);

const SURPRISE: TableSpec = TableSpec::new(
    "surprise",
    "News that moved the index, with what it changed.",
    &[
        FieldSpec::required("from", Kind::Date, "First session."),
        FieldSpec::required("to", Kind::Date, "Last session."),
        FieldSpec::required("tariff", NUMBER, "Surprise in the average tariff.").unit("points"),
        FieldSpec::required("tariff_deviation", NON_NEGATIVE, "Its standard deviation."),
        FieldSpec::required("tail", NUMBER, "Change of the probability of the tail."),
        FieldSpec::required("tail_deviation", NON_NEGATIVE, "Its standard deviation."),
    ],
);

const SPELL: TableSpec = TableSpec::new(
    "spell",
    "Days of news whose returns are counted.",
    &[
        FieldSpec::required("title", Kind::Text, "Name in words."),
        FieldSpec::required("from", Kind::Date, "First day."),
        FieldSpec::required("to", Kind::Date, "Last day."),
        FieldSpec::required("tag", Kind::Text, "Tag of the days."),
        FieldSpec::optional(
            "stated",
            NUMBER,
            "Mean return that the specification states.",
        )
        .unit("percent")
        .when_absent("the specification states none"),
    ],
);

const MARKETS: TableSpec = TableSpec::new(
    "markets_sample",
    "Rows and settings of the estimates of markets.",
    &[
        FieldSpec::required("from", Kind::Date, "First day used."),
        FieldSpec::required("index", Kind::Text, "The leading index."),
        FieldSpec::required("volatility", Kind::Text, "The volatility index."),
        FieldSpec::required("bond", Kind::Text, "The ten-year yield."),
        FieldSpec::required("dollar", Kind::Text, "The currency index."),
        FieldSpec::required("scopes", TEXTS, "Scopes of days of news that count."),
        FieldSpec::required(
            "stress_from",
            Kind::Date,
            "First day of stress from policy at home.",
        ),
        FieldSpec::required("stress_to", Kind::Date, "Last day of it."),
        FieldSpec::required(
            "sell_off_from",
            Kind::Date,
            "First session of falling stocks and bonds.",
        ),
        FieldSpec::required("sell_off_to", Kind::Date, "Last one."),
        FieldSpec::required("follower", Kind::Tables(&FOLLOWER), "Indices that follow."),
        FieldSpec::required(
            "surprise",
            Kind::Tables(&SURPRISE),
            "The equations of the tail.",
        ),
        FieldSpec::optional("spell", Kind::Tables(&SPELL), "Days of news to be counted."),
    ],
);

const PRIOR: TableSpec = TableSpec::new(
    "normal_prior",
    "A normal prior.",
    &[
        FieldSpec::required("mean", NUMBER, "Mean."),
        FieldSpec::required("deviation", NON_NEGATIVE, "Standard deviation."),
        FieldSpec::required("source", Kind::Text, "Where it comes from, in words."),
    ],
);

const READING: TableSpec = TableSpec::new(
    "stated_reading",
    "What the specification states about a number that is no parameter.",
    &[
        FieldSpec::required("value", NUMBER, "Value."),
        FieldSpec::optional("standard_error", NON_NEGATIVE, "Standard error it gives.")
            .when_absent("it gives none"),
    ],
);

const STATED: TableSpec = TableSpec::new(
    "stated_parameter",
    "A parameter as the specification states it.",
    &[
        FieldSpec::required("symbol", Kind::Text, "Symbol in the specification."),
        FieldSpec::required("value", NUMBER, "Value."),
        FieldSpec::required("range", Kind::List(&NUMBER), "Range to sweep."),
        FieldSpec::optional("standard_error", NON_NEGATIVE, "Standard error it gives.")
            .when_absent("it gives none"),
        FieldSpec::required(
            "status",
            Kind::Choice(&["estimated", "literature", "assumed"]),
            "What it rests on; those estimated are estimated here.",
        ),
        FieldSpec::required("source", Kind::Text, "Where it comes from, in words."),
    ],
);

/// The table of a file of `configs/estimation`.
pub fn estimation_spec() -> &'static TableSpec {
    static SPEC: LazyLock<TableSpec> = LazyLock::new(|| {
        let fields = vec![
            FieldSpec::required("section", Kind::Choice(SECTIONS), "What is estimated."),
            FieldSpec::required("title", Kind::Text, "Title in words."),
            FieldSpec::required("introduction", Kind::Text, "What stands above the table."),
            FieldSpec::required("through", Kind::Date, "Last day of rows that may be used."),
            FieldSpec::optional("approval", Kind::Table(&APPROVAL), "Rows of approval.")
                .when_absent("nothing about approval is estimated"),
            FieldSpec::optional("markets", Kind::Table(&MARKETS), "Rows of markets.")
                .when_absent("nothing about markets is estimated"),
            FieldSpec::optional("priors", Kind::MapOfTables(&PRIOR), "Priors by parameter."),
            FieldSpec::optional(
                "readings",
                Kind::MapOfTables(&READING),
                "What the specification states about readings, by their name.",
            ),
            FieldSpec::required(
                "parameters",
                Kind::MapOfTables(&STATED),
                "Every parameter of the section, as the specification states it.",
            ),
        ];
        TableSpec::new(
            "estimation",
            "What is estimated from which rows.",
            crate::experiment::leak(fields),
        )
    });
    &SPEC
}

impl EstimationPlan {
    /// Reads a file of `configs/estimation`.
    ///
    /// # Errors
    /// Every mistake, parameters that are missing or unknown included.
    pub fn read(source: &Source) -> Result<Self, Diagnostics> {
        let table = check(source, estimation_spec())?;
        let mut problems = Diagnostics::new();
        let section: String = table.required("section");
        let parameters = stated(&table, &section, &mut problems);
        let approval = table.table("approval").map(approval);
        let markets = table.table("markets").map(markets);
        let is_there = match section.as_str() {
            "approval" => approval.is_some(),
            _ => markets.is_some(),
        };
        if !is_there {
            let finding = finding("the rows of the section are missing", &section, "its table");
            problems.push(table.error(&section, finding));
        }
        let priors = table.map::<&Table>("priors").into_iter();
        let readings = table.map::<&Table>("readings").into_iter();
        let plan = Self {
            title: table.required("title"),
            introduction: table.required("introduction"),
            through: table.required("through"),
            priors: priors
                .map(|(name, own)| NormalPrior {
                    name: name.value.to_owned(),
                    mean: own.value.required("mean"),
                    deviation: own.value.required("deviation"),
                    source: own.value.required("source"),
                })
                .collect(),
            readings: readings
                .map(|(name, own)| {
                    let error = own.value.get("standard_error");
                    (name.value.to_owned(), own.value.required("value"), error)
                })
                .collect(),
            section,
            approval,
            markets,
            parameters,
        };
        problems.into_result(plan)
    }

    /// What the specification states about a parameter.
    pub fn stated(&self, name: &str) -> Option<&Stated> {
        self.parameters.iter().find(|one| one.name == name)
    }

    /// The prior of a parameter.
    pub fn prior(&self, name: &str) -> Option<&NormalPrior> {
        self.priors.iter().find(|one| one.name == name)
    }
}

fn finding(summary: &str, found: &str, expected: &str) -> Finding {
    Finding {
        summary: summary.into(),
        found: found.into(),
        expected: expected.into(),
        help: format!("write {expected}"),
    }
}

fn stated(table: &Table, section: &str, problems: &mut Diagnostics) -> Vec<Stated> {
    let mut found = Vec::new();
    for (name, own) in table.map::<&Table>("parameters") {
        let (name, own) = (name.value, own.value);
        if name_spec(name).is_none_or(|spec| spec.section != section) {
            let finding = finding(
                "a parameter that the section does not have",
                name,
                "a name that `tradewinds estimate` prints",
            );
            problems.push(table.error("parameters", finding));
            continue;
        }
        let range: Vec<f64> = own
            .list::<f64>("range")
            .iter()
            .map(|end| end.value)
            .collect();
        let value: f64 = own.required("value");
        let [low, high] = range[..] else {
            problems.push(own.error(
                "range",
                finding("a range has two ends", "", "`[low, high]`"),
            ));
            continue;
        };
        if !(low..=high).contains(&value) {
            let expected = format!("a number from {low} to {high}");
            let finding = finding(
                "a value outside its own range",
                &value.to_string(),
                &expected,
            );
            problems.push(own.error("value", finding));
        }
        found.push(Stated {
            name: name.to_owned(),
            symbol: own.required("symbol"),
            value,
            range: (low, high),
            error: own.get("standard_error"),
            status: own.required("status"),
            source: own.required("source"),
        });
    }
    let stem = |one: &Stated| one.name.split('.').next().unwrap_or_default().to_owned();
    for spec in NAMES.iter().filter(|spec| spec.section == section) {
        if found.iter().all(|one| stem(one) != spec.name) {
            let expected = format!("`[parameters.{}]`", spec.name);
            problems.push(table.error(
                "parameters",
                finding("a parameter is missing", "", &expected),
            ));
        }
    }
    let place = |one: &Stated| NAMES.iter().position(|spec| spec.name == stem(one));
    found.sort_by_key(|one| (place(one), one.name.clone()));
    found
}

fn texts(table: &Table, key: &str) -> Vec<String> {
    table.list(key).into_iter().map(|one| one.value).collect()
}

fn approval(table: &Table) -> ApprovalPlan {
    let rally = |own: &&Table| Rally {
        parameter: own.required("parameter"),
        poll: ["leader", "measure", "series"].map(|key| own.required(key)),
        leader_before: own
            .get("leader_before")
            .unwrap_or_else(|| own.required("leader")),
        before: own.required("before"),
        after: own.required("after"),
        due: (own.required("due"), own.required("due_deviation")),
    };
    ApprovalPlan {
        leader: table.required("leader"),
        series: table.required("series"),
        index: table.required("index"),
        scopes: texts(table, "scopes"),
        tariffs: table.required("tariffs"),
        tariff_column: table.required("tariff_column"),
        weights: (
            table.required("food_weight"),
            table.required("energy_weight"),
        ),
        release_day: table.required("release_day"),
        earlier_leader: table.required("earlier_leader"),
        earlier_series: table.required("earlier_series"),
        earlier_first: table.required("earlier_first"),
        honeymoon_until: table.required("honeymoon_until"),
        return_until: table.required("return_until"),
        return_lags: table.required("return_lags"),
        poll_deviation: table.required("poll_deviation"),
        rallies: table.tables("rally").iter().map(rally).collect(),
    }
}

fn markets(table: &Table) -> MarketsPlan {
    let follower = |own: &&Table| Follower {
        series: own.required("series"),
        same_day: own.required("same_day"),
    };
    let surprise = |own: &&Table| Surprise {
        from: own.required("from"),
        to: own.required("to"),
        tariff: (own.required("tariff"), own.required("tariff_deviation")),
        tail: (own.required("tail"), own.required("tail_deviation")),
    };
    let spell = |own: &&Table| Spell {
        title: own.required("title"),
        from: own.required("from"),
        to: own.required("to"),
        tag: own.required("tag"),
        stated: own.get("stated"),
    };
    MarketsPlan {
        from: table.required("from"),
        index: table.required("index"),
        volatility: table.required("volatility"),
        bond: table.required("bond"),
        dollar: table.required("dollar"),
        scopes: texts(table, "scopes"),
        stress: (table.required("stress_from"), table.required("stress_to")),
        sell_off: (
            table.required("sell_off_from"),
            table.required("sell_off_to"),
        ),
        followers: table.tables("follower").iter().map(follower).collect(),
        surprises: table.tables("surprise").iter().map(surprise).collect(),
        spells: table.tables("spell").iter().map(spell).collect(),
    }
}
