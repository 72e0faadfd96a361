//! Measures: what is computed of the records of one replication.
//!
//! A change is one between a scenario and another in the same window, or, where
//! an earlier window is given, between two windows of the scenario. Rates and
//! changes are fractions; the `scale` of a row turns them into its unit.

use std::collections::BTreeSet;

use tradewinds_kernel::maths::{exp, ln};
use tradewinds_kernel::statistics::slope;

use super::regression::regression;
use super::sims::{Of, Sims, When};
use super::talks::OF_TALKS;
use super::{Asked, Window, moods};
use crate::experiment::Experiment;

/// Names of measures.
pub const MEASURES: &[&str] =
    &joined::<{ OF_ECONOMIES.len() + OF_TALKS.len() }>(&[OF_ECONOMIES, OF_TALKS]);

/// Lists, one after the other, of so many names in all.
const fn joined<const N: usize>(lists: &[&[&'static str]]) -> [&'static str; N] {
    let mut all = [""; N];
    let (mut next, mut list) = (0, 0);
    while list < lists.len() {
        let mut at = 0;
        while at < lists[list].len() {
            all[next] = lists[list][at];
            (next, at) = (next + 1, at + 1);
        }
        list += 1;
    }
    all
}

/// Measures of economies, their markets and their voters, in the order of [`measure`].
const OF_ECONOMIES: &[&str] = &[
    // Levels.
    "duty_rate",
    "duties",
    "imports",
    "collected_over_statutory",
    "quota_rents",
    // Changes.
    "duty_rate_change",
    "duties_change",
    "volume_change",
    "value_change",
    "value_loss",
    "share_of_loss",
    "source_share",
    "source_share_change",
    "gate_price_change",
    "landed_price_change",
    "wholesale_price_change",
    "store_price_change",
    "imported_store_price_change",
    "domestic_store_price_change",
    "consumer_price_change",
    "real_consumption_change",
    "real_spending_change",
    "employment_change",
    "unemployment_change",
    "exports_change",
    "investment_change",
    "currency_change",
    // Markets and approval.
    "share_gain",
    "policy_share_gain",
    "policy_share_gain_over_earlier",
    "policy_share_gain_over_market",
    "approval",
    "approval_change",
    "basket_cost",
    "basket_cost_first_tenth",
    "basket_cost_last_tenth",
    // Per unit of the change of duties.
    "border_pass_through",
    "store_per_point",
    "store_slope",
    "buyers_loss",
    "borne_by_firms",
    "borne_by_consumers",
    "borne_abroad",
    "regression",
    "regression_pass_through",
];

/// Whether a measure is of one scenario in one window; others compare it with another, or
/// with an earlier window.
pub(super) fn is_of_one(measure: &str) -> bool {
    OF_ONE.contains(&measure) || OF_TALKS.contains(&measure)
}

const OF_ONE: &[&str] = &[
    "duty_rate",
    "duties",
    "imports",
    "collected_over_statutory",
    "quota_rents",
    "source_share",
    "share_gain",
    "policy_share_gain",
    "policy_share_gain_over_market",
    "approval",
    "regression",
    "regression_pass_through",
];

/// Scenarios that a measure reads, by index.
pub(super) fn scenarios(asked: &Asked, window: Window, experiment: &Experiment) -> BTreeSet<usize> {
    let mut found = BTreeSet::from([asked.scenario]);
    if !is_of_one(&asked.measure) && asked.since.is_none() {
        found.insert(asked.against);
    }
    // Before the first day the economy is as in the first period of the baseline.
    let windows = [Some(window), asked.since];
    let is_early = windows
        .into_iter()
        .flatten()
        .any(|one| one.to < experiment.start);
    if is_early || asked.measure.starts_with("regression") {
        found.insert(experiment.baseline);
    }
    found
}

/// The value of a measure; not a number where it has none.
pub(super) fn measure(sims: &Sims<'_>, asked: &Asked, window: Window) -> f64 {
    let now = When {
        scenario: asked.scenario,
        window,
    };
    let then = When {
        scenario: if asked.since.is_some() {
            asked.scenario
        } else {
            asked.against
        },
        window: asked.since.unwrap_or(window),
    };
    let seen = Seen {
        sims,
        asked,
        now,
        then,
    };
    match asked.measure.as_str() {
        "duty_rate" => seen.duty_rate(now),
        "duties" => seen.total("duty", now) * window.years(),
        "imports" => seen.total("customs_value", now) * window.years(),
        "collected_over_statutory" => {
            seen.duty_rate(now) / seen.weighted_rate(now, "statutory_rate")
        }
        "quota_rents" => sims.quota_rents(now, asked),
        "duty_rate_change" => seen.duty_rate(now) - seen.duty_rate(then),
        "duties_change" => seen.total("duty", now) - seen.total("duty", then),
        "volume_change" => seen.relative("volume"),
        "value_change" => seen.relative("customs_value"),
        "value_loss" => seen.total("customs_value", then) - seen.total("customs_value", now),
        "share_of_loss" => seen.share_of_loss(),
        "source_share" => seen.source_share(now),
        "source_share_change" => seen.source_share(now) - seen.source_share(then),
        "gate_price_change" => exp(seen.flow_log_change("gate_price")) - 1.0,
        "landed_price_change" => exp(seen.flow_log_change("landed_price")) - 1.0,
        "wholesale_price_change" => exp(seen.market_log_change("landed_price_domestic")) - 1.0,
        "store_price_change" => exp(seen.market_log_change("store_price")) - 1.0,
        "imported_store_price_change" => exp(seen.market_log_change("store_price_imported")) - 1.0,
        "domestic_store_price_change" => exp(seen.market_log_change("store_price_domestic")) - 1.0,
        "consumer_price_change" => seen.macro_change("consumer_prices"),
        "real_consumption_change" => seen.macro_change("real_consumption"),
        "real_spending_change" => seen.real_spending_change(),
        "employment_change" => seen.macro_change("employment"),
        "unemployment_change" => seen.macro_difference("unemployment_rate"),
        "exports_change" => seen.macro_change("exports"),
        "investment_change" => seen.investment_change(),
        "currency_change" => seen.macro_change("effective_exchange_rate"),
        "share_gain" => seen.share_gain("index_return", now),
        "policy_share_gain" => seen.share_gain("policy_return", now),
        "policy_share_gain_over_earlier" => {
            seen.share_gain("policy_return", now) / seen.share_gain("policy_return", then)
        }
        "policy_share_gain_over_market" => {
            let total = sims.economy.sectors;
            moods::gain_over_market(sims.market_days(now.scenario), asked, total, window)
        }
        "approval" => seen.approval(now),
        "approval_change" => seen.approval(now) - seen.approval(then),
        "basket_cost" => seen.basket_cost(0, usize::MAX),
        "basket_cost_first_tenth" => seen.basket_cost(0, 2),
        "basket_cost_last_tenth" => seen.basket_cost(18, 20),
        "border_pass_through" => seen.flow_log_change("landed_price") / seen.duty_log_change(),
        "store_per_point" => {
            seen.market_log_change("store_price_imported") / seen.duty_log_change()
        }
        "store_slope" => seen.store_slope(),
        "buyers_loss" => seen.buyers_loss(),
        "borne_by_firms" => 1.0 - seen.borne_by_consumers() - seen.borne_abroad(),
        "borne_by_consumers" => seen.borne_by_consumers(),
        "borne_abroad" => seen.borne_abroad(),
        "regression" => regression(sims, asked, window),
        "regression_pass_through" => 1.0 + regression(sims, asked, window),
        name if OF_TALKS.contains(&name) => sims.talks(now, asked).measure(name),
        _ => f64::NAN,
    }
}

struct Seen<'a, 'b> {
    sims: &'a Sims<'b>,
    asked: &'a Asked,
    now: When,
    then: When,
}

impl Seen<'_, '_> {
    fn pair(&self) -> [When; 2] {
        [self.now, self.then]
    }

    /// What the shares of the focus gained.
    fn share_gain(&self, column: &str, when: When) -> f64 {
        let cell = (self.focus(), self.sims.economy.sectors);
        moods::gain(
            self.sims.market_days(when.scenario),
            cell,
            column,
            when.window,
        )
    }

    /// Published approval of the leader of the focus, points.
    fn approval(&self, when: When) -> f64 {
        let rows = self.sims.opinions(when.scenario);
        moods::approval(rows, self.focus(), "published", when.window)
    }

    /// Change of investment over the sectors asked for.
    fn investment_change(&self) -> f64 {
        let total = |when: When| -> f64 {
            let values = self.sims.at(when, Of::Markets, "investment");
            let markets = self.sims.markets(self.asked).into_iter();
            markets.map(|(cell, _)| values[cell]).sum()
        };
        total(self.now) / total(self.then) - 1.0
    }

    /// Sum of a column of flows, a year.
    fn total(&self, column: &str, when: When) -> f64 {
        let values = self.sims.at(when, Of::Trade, column);
        let flows = self.sims.flows(self.asked);
        flows.iter().map(|cell| values[*cell]).sum()
    }

    /// The same over all origins and the importers asked for.
    fn total_of_all_origins(&self, column: &str, when: When) -> f64 {
        let values = self.sims.at(when, Of::Trade, column);
        let everyone = Asked {
            exporters: None,
            ..self.asked.clone()
        };
        let flows = self.sims.flows(&everyone);
        flows.iter().map(|cell| values[*cell]).sum()
    }

    fn relative(&self, column: &str) -> f64 {
        self.total(column, self.now) / self.total(column, self.then) - 1.0
    }

    fn duty_rate(&self, when: When) -> f64 {
        self.total("duty", when) / self.total("customs_value", when)
    }

    /// Mean of a rate with base-year values as weights.
    fn weighted_rate(&self, when: When, column: &str) -> f64 {
        let rates = self.sims.at(when, Of::Trade, column);
        self.by_base_value(&rates)
    }

    /// Mean over the flows asked for, with base-year values as weights.
    fn by_base_value(&self, values: &[f64]) -> f64 {
        let base = self.sims.base_values();
        let flows = self.sims.flows(self.asked);
        let sum = |of: &dyn Fn(usize) -> f64| flows.iter().map(|cell| of(*cell)).sum::<f64>();
        sum(&|cell| base[cell] * values[cell]) / sum(&|cell| base[cell])
    }

    fn source_share(&self, when: When) -> f64 {
        self.total("customs_value", when) / self.total_of_all_origins("customs_value", when)
    }

    /// Loss of the flows asked for over that of the same flows into all
    /// importers on record.
    fn share_of_loss(&self) -> f64 {
        let loss = |asked: &Asked| {
            let seen = Seen { asked, ..*self };
            seen.total("customs_value", self.then) - seen.total("customs_value", self.now)
        };
        let everyone = Asked {
            importers: (0..self.sims.economy.economies).collect(),
            ..self.asked.clone()
        };
        loss(self.asked) / loss(&everyone)
    }

    fn flow_log_change(&self, column: &str) -> f64 {
        let change = self.sims.log_change(self.pair(), Of::Trade, column);
        self.by_base_value(&change)
    }

    /// Mean log change of one plus duty.
    fn duty_log_change(&self) -> f64 {
        let log = |when: When| -> Vec<f64> {
            let rates = self.sims.at(when, Of::Trade, &self.asked.duty);
            rates.iter().map(|rate| ln(1.0 + rate)).collect()
        };
        self.by_base_value(&log(self.now)) - self.by_base_value(&log(self.then))
    }

    /// Mean log change over markets: household spending as weights, base-year
    /// imports where the column is of imports.
    fn market_log_change(&self, column: &str) -> f64 {
        let change = self.sims.log_change(self.pair(), Of::Markets, column);
        let panel = self.sims.table(self.now.scenario, Of::Markets);
        let economies = panel.codes("economy");
        let (mut sum, mut weights) = (0.0, 0.0);
        for (cell, sector) in self.sims.markets(self.asked) {
            let economy = economies[cell] as usize;
            let weight = if column.ends_with("imported") || self.asked.by_imports {
                self.base_imports(economy, sector)
            } else {
                self.sims.household_spending(economy, sector)
            };
            sum += weight * change[cell];
            weights += weight;
        }
        sum / weights
    }

    fn base_imports(&self, economy: usize, sector: usize) -> f64 {
        let structure = self.sims.economy;
        (0..structure.economies)
            .filter(|origin| *origin != economy)
            .map(|origin| structure.accounts().sales[structure.flow(economy, origin, sector)])
            .sum()
    }

    /// Slope across sectors of imported store prices on duties (log changes).
    fn store_slope(&self) -> f64 {
        let change = self
            .sims
            .log_change(self.pair(), Of::Markets, "store_price_imported");
        let points: Vec<(f64, f64)> = (self.sims.markets(self.asked).into_iter())
            .map(|(cell, sector)| {
                let asked = Asked {
                    sectors: vec![sector],
                    ..self.asked.clone()
                };
                let own = Seen {
                    asked: &asked,
                    ..*self
                };
                (own.duty_log_change(), change[cell])
            })
            .collect();
        slope(&points).unwrap_or(f64::NAN)
    }

    /// The importer that macro figures are about.
    fn focus(&self) -> usize {
        self.asked.importers.first().copied().unwrap_or(0)
    }

    fn macro_pair(&self, column: &str) -> [f64; 2] {
        let at = |when: When| self.sims.at(when, Of::Macro, column)[self.focus()];
        self.pair().map(at)
    }

    fn macro_change(&self, column: &str) -> f64 {
        let [new, old] = self.macro_pair(column);
        new / old - 1.0
    }

    fn macro_difference(&self, column: &str) -> f64 {
        let [new, old] = self.macro_pair(column);
        new - old
    }

    /// Cells of the households table of the focus, by class.
    fn classes(&self) -> Vec<usize> {
        let panel = self.sims.table(self.now.scenario, Of::Households);
        let economies = panel.codes("economy");
        let own = |cell: &usize| economies[*cell] as usize == self.focus();
        (0..panel.cells).filter(own).collect()
    }

    /// Real spending of households, government and investment together.
    fn real_spending_change(&self) -> f64 {
        let total = |when: When| -> f64 {
            let real = self.sims.at(when, Of::Households, "real_spending");
            self.classes().iter().map(|cell| real[*cell]).sum()
        };
        total(self.now) / total(self.then) - 1.0
    }

    /// Rise of the cost of base-year baskets of household classes, USD bn a year.
    fn basket_cost(&self, first: usize, end: usize) -> f64 {
        let [new, old] = self
            .pair()
            .map(|when| self.sims.at(when, Of::Households, "basket_price"));
        let users = &self.sims.economy.users;
        let spending = &self.sims.economy.accounts().user_spending;
        let classes = self.classes().into_iter().enumerate();
        classes
            .filter(|(class, _)| users[*class].is_retail && (first..end).contains(class))
            .map(|(class, cell)| spending[class][self.focus()] * (new[cell] / old[cell] - 1.0))
            .sum()
    }

    /// Rise of landed prices times base-year imports, over income.
    fn buyers_loss(&self) -> f64 {
        let base = self.sims.base_values();
        let change = self.sims.log_change(self.pair(), Of::Trade, "landed_price");
        let flows = self.sims.flows(self.asked);
        let loss: f64 = flows.iter().map(|cell| base[*cell] * change[*cell]).sum();
        loss / self.sims.economy.accounts().income[self.focus()]
    }

    /// New duties on the base year's imports, USD bn a year.
    fn new_duties(&self) -> f64 {
        let base = self.sims.base_values();
        let change = self.sims.change(self.pair(), Of::Trade, "collected_rate");
        let flows = self.sims.flows(self.asked);
        flows.iter().map(|cell| base[*cell] * change[*cell]).sum()
    }

    /// Rise of store prices times base-year spending, over new duties.
    fn borne_by_consumers(&self) -> f64 {
        let change = self
            .sims
            .log_change(self.pair(), Of::Markets, "store_price");
        let markets = self.sims.markets(self.asked);
        let paid: f64 = (markets.iter())
            .map(|(cell, sector)| {
                self.sims.household_spending(self.focus(), *sector) * change[*cell]
            })
            .sum();
        paid / self.new_duties()
    }

    /// Fall of prices at the factory gate times base-year imports, over new duties.
    fn borne_abroad(&self) -> f64 {
        let base = self.sims.base_values();
        let change = self.sims.log_change(self.pair(), Of::Trade, "gate_price");
        let flows = self.sims.flows(self.asked);
        let fall: f64 = flows.iter().map(|cell| -base[*cell] * change[*cell]).sum();
        fall / self.new_duties()
    }
}
