//! What a scenario costs households, by income decile, against the baseline.
//!
//! With S the spending of a class in the base year, and the scenario over the
//! baseline: b the price of the base-year basket, ℓ the exact price index, x spending,
//!
//! cost before substitution = S (b − 1),
//! cost after substitution = S (1 − 1/ℓ), the equivalent variation of prices alone,
//! equivalent variation = S (x/ℓ − 1) = incomes − cost after substitution.
//!
//! Incomes, S Δ/(x₀ ℓ) each, are wages and profits by the claims of the class, its
//! part of the duties handed on, and the rest: taxes and transfers on all else, profits
//! kept by firms, saving, spending from money held, and incomes that spending has not
//! followed yet. The four add up to incomes. Amounts are in local money of the base year.

use tradewinds_world::World;

use super::{Lens, Outcome};
use crate::series::Series;

/// What a decile loses or gains, bn a year.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct DecileCost {
    /// Index of the economy.
    pub economy: usize,
    /// Income tenth, 1 to 10.
    pub decile: usize,
    /// Income after taxes and transfers in the base year.
    pub income: f64,
    /// Households in billions, where they were counted.
    pub households: Option<f64>,
    /// Loss at the prices of the base-year basket.
    pub before: f64,
    /// Loss at the exact price index.
    pub after: f64,
    /// From wages.
    pub wages: f64,
    /// From profits.
    pub profits: f64,
    /// From duties handed on.
    pub rebate: f64,
    /// From all other incomes that were spent, taxes and saving among them.
    pub other: f64,
    /// Duties above those of the baseline, if all were handed on.
    pub all_duties: f64,
    /// Equivalent variation, as the scenario is.
    pub variation: f64,
}

/// What is reported about a decile, defined in the table `household_costs`.
pub const MEASURES: [&str; 9] = [
    "cost_before_substitution",
    "cost_after_substitution",
    "wages",
    "profits",
    "rebate",
    "equivalent_variation",
    "equivalent_variation_without_rebate",
    "equivalent_variation_all_duties",
    "other_incomes",
];

impl DecileCost {
    /// Values in the order of [`MEASURES`], bn a year.
    pub fn values(&self) -> [f64; 9] {
        let without = self.variation - self.rebate;
        [
            self.before,
            self.after,
            self.wages,
            self.profits,
            self.rebate,
            self.variation,
            without,
            without + self.all_duties,
            self.other,
        ]
    }

    /// Adds the other class of the decile.
    fn add(&mut self, other: &Self) {
        self.income += other.income;
        self.before += other.before;
        self.after += other.after;
        self.wages += other.wages;
        self.profits += other.profits;
        self.rebate += other.rebate;
        self.other += other.other;
        self.all_duties += other.all_duties;
        self.variation += other.variation;
    }
}

/// What a class earns and pays in a window; money in local money.
#[derive(Debug, Clone, Copy)]
struct Seen {
    basket_price: f64,
    cost_of_living: f64,
    spending: f64,
    wages: f64,
    profits: f64,
    duties: f64,
}

/// Parts of the incomes of an economy that a class holds.
#[derive(Debug, Clone, Copy)]
struct Claims {
    wages: f64,
    profits: f64,
    /// Share of duties above the base year that is handed on.
    returned: f64,
    /// Its part of what households receive.
    share: f64,
}

/// Costs of a class with this spending in the base year.
fn of_class(spent: f64, claims: Claims, (new, old): (Seen, Seen)) -> DecileCost {
    let living = new.cost_of_living / old.cost_of_living;
    let in_base = spent / (old.spending * living);
    let gain = |claim: f64, new: f64, old: f64| in_base * claim * (new - old);
    let all_duties = gain(claims.share, new.duties, old.duties);
    let wages = gain(claims.wages, new.wages, old.wages);
    let profits = gain(claims.profits, new.profits, old.profits);
    let rebate = claims.returned * all_duties;
    let spent_more = gain(1.0, new.spending, old.spending);
    DecileCost {
        before: spent * (new.basket_price / old.basket_price - 1.0),
        after: spent * (1.0 - 1.0 / living),
        wages,
        profits,
        rebate,
        other: spent_more - wages - profits - rebate,
        all_duties,
        variation: spent * (new.spending / old.spending / living - 1.0),
        ..DecileCost::default()
    }
}

impl Lens<'_> {
    /// Costs of every decile of an economy under watch.
    pub fn costs(&self, scenario: &Series, baseline: &Series, n: usize) -> Vec<DecileCost> {
        let (new, old) = (self.seen(scenario, n), self.seen(baseline, n));
        let spending = &self.economy.accounts().user_spending;
        let households: f64 = (0..World::CLASSES).map(|user| spending[user][n]).sum();
        let classes = self.world.classes_of(n);
        let counted = self.world.households[n].map(|millions| 1e-3 * millions);
        let mut deciles = Vec::new();
        for (at, pair) in classes.chunks(2).enumerate() {
            let mut decile = DecileCost::default();
            for (kind, class) in pair.iter().enumerate() {
                let user = 2 * at + kind;
                let spent = spending[user][n];
                let claims = self.claims(user, n, spent / households);
                let mut own = of_class(spent, claims, (new[user], old[user]));
                own.income = class.spending + class.saving;
                decile.add(&own);
            }
            decile.economy = n;
            decile.decile = at + 1;
            let heads: f64 = pair.iter().map(|class| class.population_share).sum();
            decile.households = counted.map(|counted| counted * heads);
            deciles.push(decile);
        }
        deciles
    }

    fn claims(&self, user: usize, n: usize, share: f64) -> Claims {
        let user = &self.economy.users[user];
        Claims {
            wages: user.labour_claim[n],
            profits: user.profit_claim[n],
            returned: self.rebate_share,
            share,
        }
    }

    /// What the classes of an economy saw in the window.
    fn seen(&self, series: &Series, n: usize) -> Vec<Seen> {
        let mean = |column: &str| series.households.mean(column, self.window.clone());
        let account = |column: &str| series.accounts.mean(column, self.window.clone())[n];
        let local = series
            .macroeconomy
            .mean("exchange_rate", self.window.clone())[n];
        let codes = series.households.codes("economy");
        let cells = (0..series.households.cells).filter(|cell| codes[*cell] as usize == n);
        let (basket, living, spending) = (
            mean("basket_price"),
            mean("cost_of_living"),
            mean("spending"),
        );
        let (wages, profits) = (account("wages"), account("dividends"));
        let duties = account("taxes_on_trade");
        cells
            .take(World::CLASSES)
            .map(|cell| Seen {
                basket_price: basket[cell],
                cost_of_living: living[cell],
                spending: spending[cell] * local,
                wages: wages * local,
                profits: profits * local,
                duties: duties * local,
            })
            .collect()
    }

    /// Costs by decile: dollars a household where households were counted, and
    /// shares of income.
    pub(super) fn deciles(&self, scenario: &Series, baseline: &Series, found: &mut Vec<Outcome>) {
        let costs = self.costs(scenario, baseline, self.focus);
        for (at, group, as_share) in GROUPS {
            for cost in &costs {
                let name = format!("decile {:02}", cost.decile);
                let value = cost.values()[at];
                let (unit, value) = match (as_share, cost.households) {
                    (true, _) => ("share", value / cost.income),
                    (false, Some(households)) => ("USD a household a year", value / households),
                    (false, None) => continue,
                };
                found.push(Outcome {
                    group,
                    name,
                    unit,
                    value,
                });
            }
        }
    }
}

/// Groups of outcomes: place in [`MEASURES`], name, whether a share of income.
const GROUPS: [(usize, &str, bool); 11] = [
    (0, "cost of living by decile, before substitution", false),
    (1, "cost of living by decile, after substitution", false),
    (
        0,
        "cost of living by decile, before substitution, share of income",
        true,
    ),
    (
        1,
        "cost of living by decile, after substitution, share of income",
        true,
    ),
    (2, "income by decile, wages", false),
    (3, "income by decile, profits", false),
    (5, "equivalent variation by decile", false),
    (
        6,
        "equivalent variation by decile, without the rebate",
        false,
    ),
    (
        7,
        "equivalent variation by decile, all duties handed back",
        false,
    ),
    (5, "equivalent variation by decile, share of income", true),
    (
        6,
        "equivalent variation by decile, without the rebate, share of income",
        true,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: Seen = Seen {
        basket_price: 1.0,
        cost_of_living: 1.0,
        spending: 100.0,
        wages: 400.0,
        profits: 100.0,
        duties: 10.0,
    };

    fn claims(returned: f64) -> Claims {
        Claims {
            wages: 0.2,
            profits: 0.1,
            returned,
            share: 0.25,
        }
    }

    #[test]
    fn prices_alone_cost_the_basket_before_and_the_index_after_substitution() {
        let new = Seen {
            basket_price: 1.05,
            cost_of_living: 1.04,
            ..OLD
        };
        let found = of_class(100.0, claims(0.0), (new, OLD));
        assert!((found.before - 5.0).abs() < 1e-12);
        assert!((found.after - (100.0 - 100.0 / 1.04)).abs() < 1e-12);
        assert!((found.variation + found.after).abs() < 1e-12);
        assert_eq!((found.wages, found.rebate), (0.0, 0.0));
    }

    #[test]
    fn incomes_and_prices_add_up_to_the_equivalent_variation_as_worked_by_hand() {
        // Wages 8, profits 2, duties 5 handed back in full: spending rises by 15.
        let new = Seen {
            cost_of_living: 1.25,
            spending: 115.0,
            wages: 440.0,
            profits: 120.0,
            duties: 30.0,
            ..OLD
        };
        let found = of_class(100.0, claims(1.0), (new, OLD));
        assert!((found.wages - 8.0 / 1.25).abs() < 1e-12);
        assert!((found.profits - 2.0 / 1.25).abs() < 1e-12);
        assert!((found.rebate - 5.0 / 1.25).abs() < 1e-12);
        assert!((found.variation - (92.0 - 100.0)).abs() < 1e-12);
        let incomes = found.wages + found.profits + found.rebate;
        assert!((found.variation - (incomes - found.after)).abs() < 1e-12);
        let [.., as_it_is, without, all, _] = found.values();
        assert!((as_it_is + 8.0).abs() < 1e-12 && (all - as_it_is).abs() < 1e-12);
        assert!((without + 12.0).abs() < 1e-12);
    }

    #[test]
    fn duties_that_are_not_handed_back_are_no_income() {
        let new = Seen {
            duties: 30.0,
            ..OLD
        };
        let found = of_class(100.0, claims(0.0), (new, OLD));
        let [.., as_it_is, without, all, _] = found.values();
        assert!((as_it_is - without).abs() < 1e-15);
        assert!((all - as_it_is - 5.0).abs() < 1e-12);
    }

    #[test]
    fn parts_add_up_to_the_equivalent_variation_whatever_else_is_earned_or_taxed() {
        // Spending falls by 30 although wages, profits and duties bring 15.
        let new = Seen {
            basket_price: 1.3,
            cost_of_living: 1.25,
            spending: 70.0,
            wages: 440.0,
            profits: 120.0,
            duties: 30.0,
        };
        let found = of_class(80.0, claims(0.5), (new, OLD));
        let incomes = found.wages + found.profits + found.rebate + found.other;
        assert!((found.variation - (incomes - found.after)).abs() < 1e-12);
        // Of 80 spent: (−30 − 8 − 2 − 2.5) × 0.8 / 1.25.
        assert!((found.other + 42.5 * 0.8 / 1.25).abs() < 1e-12);
    }
}
