//! What is talked about: one file of `issues/` for each issue, with what each
//! government can concede.

use std::collections::BTreeMap;

use tradewinds_config::{Diagnostics, FieldSpec, Finding, Kind, NON_NEGATIVE, Table, TableSpec};
use tradewinds_units::{EconomyCode, SectorCode};

use super::evidence::{Evidence, Ranged, SOURCE, STATUS, Status, evidence, ranged, source};

/// What changes in the economy when a concession takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// The government buys more from the principal \[USD bn a year\].
    Purchases,
    /// It cuts its duties on goods of the principal \[share of customs value\].
    TariffCut,
    /// It opens a quota for goods of the principal \[USD bn a year\].
    ImportQuota,
    /// It frees exports to the principal from licences \[share\].
    ExportQuota,
    /// It lowers other costs of trade: exports of the principal that follow
    /// \[USD bn a year\], or the cut itself \[share\].
    TradeCost,
    /// It invests in the principal \[USD bn\].
    Investment,
    /// It spends more on defence \[share of GDP\].
    DefenceBudget,
    /// It stops goods of the rival that pass as its own \[USD bn a year\].
    Relabelling,
    /// Nothing.
    None,
}

const TARIFF: &str = "share of customs value";
const YEARLY: &str = "USD bn a year";
const ONCE: &str = "USD bn";
const SHARE: &str = "share";
const BUDGET: &str = "share of GDP";

impl Effect {
    /// Words in files, what they stand for, and the units their change can have;
    /// any where none is listed.
    const ALL: [(&'static str, Self, &'static [&'static str]); 9] = [
        ("purchases", Self::Purchases, &[YEARLY]),
        ("tariff_cut", Self::TariffCut, &[TARIFF]),
        ("import_quota", Self::ImportQuota, &[YEARLY]),
        ("export_quota", Self::ExportQuota, &[SHARE]),
        ("trade_cost", Self::TradeCost, &[YEARLY, SHARE]),
        ("investment", Self::Investment, &[ONCE]),
        ("defence_budget", Self::DefenceBudget, &[BUDGET]),
        ("relabelling", Self::Relabelling, &[YEARLY]),
        ("none", Self::None, &[]),
    ];
    /// The words of [`Self::ALL`].
    const WORDS: &'static [&'static str] = &{
        let mut words = [""; Self::ALL.len()];
        let mut at = 0;
        while at < words.len() {
            words[at] = Self::ALL[at].0;
            at += 1;
        }
        words
    };

    /// The word in files.
    pub fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(_, effect, _)| *effect == self);
        found.map_or("none", |(word, _, _)| word)
    }

    fn named(word: &str) -> (Self, &'static [&'static str]) {
        let found = Self::ALL.iter().find(|(own, _, _)| *own == word);
        found.map_or((Self::None, &[]), |(_, effect, units)| (*effect, units))
    }

    fn needs_sector(self) -> bool {
        matches!(self, Self::Purchases | Self::ImportQuota)
    }
}

/// What governments can concede on one subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Issue {
    /// Name in tables.
    pub id: String,
    /// Name in words.
    pub title: String,
    /// What changes in the economy.
    pub effect: Effect,
    /// The quantity that changes, in words.
    pub quantity: String,
    /// Unit of the largest change.
    pub change_unit: String,
    /// The sector whose goods it is about; none for all or none.
    pub sector: Option<SectorCode>,
    /// Years over which it is spread; none where it is yearly or at once.
    pub spread_years: Option<f64>,
    /// Years before anything follows.
    pub delay_years: f64,
    /// Part that would not have come anyway \[share\].
    pub additional_share: f64,
    /// The parameter that says how much its red lines tighten before a vote.
    pub election: String,
    /// What its rows rest on where they do not say.
    pub evidence: Evidence,
    /// What each government can concede.
    pub offers: BTreeMap<EconomyCode, Offer>,
}

/// What one government can concede on one issue.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// Id of the issue.
    pub issue: String,
    /// Value to the principal at full concession \[USD bn a year\].
    pub value: Ranged,
    /// Cost to the government at full concession \[USD bn a year\].
    pub cost: Ranged,
    /// Order in which it is raised: the higher, the earlier \[0 to 1\].
    pub ease: f64,
    /// Largest concession outside elections \[share of the full one\].
    pub red_line: f64,
    /// Change of the quantity at full concession, in the unit of the issue.
    pub largest_change: f64,
    /// What it rests on.
    pub evidence: Evidence,
}

impl Offer {
    /// The same offer by a government whose trade is `factor` times as large:
    /// money grows with it, rates and shares do not.
    #[must_use]
    pub(super) fn scaled(&self, factor: f64, is_money: bool) -> Self {
        Self {
            value: self.value.times(factor),
            cost: self.cost.times(factor),
            largest_change: self.largest_change * if is_money { factor } else { 1.0 },
            ..self.clone()
        }
    }
}

impl Issue {
    /// Whether its change is an amount of money.
    pub fn is_money(&self) -> bool {
        self.change_unit.starts_with(ONCE)
    }
}

static ROW: TableSpec = TableSpec::new(
    "offer",
    "What one government can concede.",
    &[
        FieldSpec::required(
            "value",
            NON_NEGATIVE,
            "Value to the principal, all conceded.",
        )
        .unit(YEARLY),
        FieldSpec::required(
            "cost",
            NON_NEGATIVE,
            "Cost to the government, all conceded.",
        )
        .unit(YEARLY),
        FieldSpec::optional(
            "value_range",
            Kind::List(&NON_NEGATIVE),
            "Range of the value.",
        )
        .unit(YEARLY)
        .when_absent("`range_factors` times the value"),
        FieldSpec::optional(
            "cost_range",
            Kind::List(&NON_NEGATIVE),
            "Range of the cost.",
        )
        .unit(YEARLY)
        .when_absent("`range_factors` times the cost"),
        FieldSpec::required("ease", Kind::Share, "The higher, the earlier it is raised."),
        FieldSpec::required(
            "red_line",
            Kind::Share,
            "Largest concession outside elections.",
        )
        .unit("share of the full one"),
        FieldSpec::required(
            "largest_change",
            NON_NEGATIVE,
            "Change of the quantity at full concession, in `change_unit`.",
        ),
        FieldSpec {
            required: false,
            ..STATUS
        }
        .when_absent("that of the issue"),
        FieldSpec {
            required: false,
            ..SOURCE
        }
        .when_absent("that of the issue"),
    ],
);

/// The table of a file of `issues/`.
pub fn issue_spec() -> &'static TableSpec {
    static SPEC: TableSpec = TableSpec::new(
        "issue_of_talks",
        "A subject of talks and what each government can concede on it.",
        &[
            FieldSpec::required("id", Kind::Text, "Its name in tables."),
            FieldSpec::required("title", Kind::Text, "Its name in words."),
            FieldSpec::required(
                "effect",
                Kind::Choice(Effect::WORDS),
                "What changes in the economy.",
            ),
            FieldSpec::required(
                "quantity",
                Kind::Text,
                "The quantity that changes, in words.",
            ),
            FieldSpec::required(
                "change_unit",
                Kind::Choice(&[TARIFF, YEARLY, ONCE, "USD bn held", BUDGET, SHARE, "none"]),
                "Unit of the largest change.",
            ),
            FieldSpec::optional(
                "sector",
                Kind::Sector,
                "The sector whose goods it is about.",
            )
            .when_absent("all goods, or none"),
            FieldSpec::optional(
                "spread_years",
                NON_NEGATIVE,
                "Time over which it is spread.",
            )
            .unit("years")
            .when_absent("it is yearly, or at once"),
            FieldSpec::optional("delay_years", NON_NEGATIVE, "Time before anything follows.")
                .unit("years")
                .default("0.0"),
            FieldSpec::optional(
                "additional_share",
                Kind::Share,
                "Part that would not have come anyway.",
            )
            .default("1.0"),
            FieldSpec::required(
                "election",
                Kind::Text,
                "The parameter of how much red lines tighten before a vote.",
            ),
            FieldSpec::required(
                "range_factors",
                Kind::List(&NON_NEGATIVE),
                "Least and greatest value and cost over those of a row.",
            ),
            STATUS,
            SOURCE,
            FieldSpec::required(
                "offers",
                Kind::ByEconomy(&Kind::Table(&ROW)),
                "What each government can concede.",
            ),
        ],
    );
    &SPEC
}

/// The issue of a checked file.
pub(super) fn issue(table: &Table, problems: &mut Diagnostics) -> Issue {
    let id: String = table.required("id");
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if id.is_empty() || !id.chars().all(is_plain) {
        let finding = Finding {
            summary: "an id of other letters".into(),
            found: format!("{id:?}"),
            expected: "a name of lower-case letters, digits and `_`".into(),
            help: "write it as `farm_purchases` is written".into(),
        };
        problems.push(table.error("id", finding));
    }
    let own = evidence(table, problems);
    let factors = factors(table, problems);
    let mut offers = BTreeMap::new();
    for (code, row) in table.map::<&Table>("offers") {
        let offer = offer(row.value, (&id, &own, factors), problems);
        offers.extend(
            code.value
                .parse()
                .ok()
                .map(|code: EconomyCode| (code, offer)),
        );
    }
    Issue {
        title: table.required("title"),
        effect: effect(table, problems),
        quantity: table.required("quantity"),
        change_unit: table.required("change_unit"),
        sector: table.get("sector"),
        spread_years: table.get("spread_years"),
        delay_years: table.required("delay_years"),
        additional_share: table.required("additional_share"),
        election: table.required("election"),
        evidence: own,
        offers,
        id,
    }
}

fn effect(table: &Table, problems: &mut Diagnostics) -> Effect {
    let word: &str = table.required("effect");
    let (effect, units) = Effect::named(word);
    let unit: &str = table.required("change_unit");
    if !units.is_empty() && !units.contains(&unit) {
        let finding = Finding {
            summary: format!("`{word}` does not change by {unit}"),
            found: format!("\"{unit}\""),
            expected: format!("one of {}", units.join(", ")),
            help: format!("write \"{}\", and the changes in it", units[0]),
        };
        problems.push(table.error("change_unit", finding));
    }
    if effect.needs_sector() && !table.is_written("sector") {
        let finding = Finding {
            summary: format!("`{word}` of no sector"),
            found: "no `sector`".into(),
            expected: "the sector whose goods are bought".into(),
            help: "add a line such as `sector = \"agriculture\"`".into(),
        };
        problems.push(table.error("effect", finding));
    }
    effect
}

/// Least and greatest value over the value of a row.
fn factors(table: &Table, problems: &mut Diagnostics) -> (f64, f64) {
    let ends = table.list::<f64>("range_factors");
    match ends.as_slice() {
        [low, high] if low.value <= 1.0 && high.value >= 1.0 => (low.value, high.value),
        _ => {
            let finding = Finding {
                summary: "factors of a range without the value in it".into(),
                found: table.span_of("range_factors").text().to_owned(),
                expected: "two factors, up to 1 and from 1 on".into(),
                help: "write [0.5, 2.0] for half and twice the value".into(),
            };
            problems.push(table.error("range_factors", finding));
            (1.0, 1.0)
        }
    }
}

fn offer(
    row: &Table,
    (issue, base, (low, high)): (&str, &Evidence, (f64, f64)),
    problems: &mut Diagnostics,
) -> Offer {
    let mut money = |key: &str, range: &str| {
        let value: f64 = row.required(key);
        match row.is_written(range) {
            true => ranged(row, (range, value), problems),
            false => Ranged {
                value,
                low: value * low,
                high: value * high,
            },
        }
    };
    let (value, cost) = (money("value", "value_range"), money("cost", "cost_range"));
    let own = source(row, problems);
    Offer {
        issue: issue.to_owned(),
        value,
        cost,
        ease: row.required("ease"),
        red_line: row.required("red_line"),
        largest_change: row.required("largest_change"),
        evidence: Evidence {
            status: row.get("status").map_or(base.status, Status::named),
            source: if own.is_empty() {
                base.source.clone()
            } else {
                own
            },
        },
    }
}
