//! Investment: firms wear out their plant and build it towards what they expect
//! to sell and what a unit of it is worth.
//!
//! I = δ K + max(−δ K, (K* − K) / τ),   dK/dt = I − δ K,
//! K* = K0 × (expected sales / base sales) × max(0, 1 + ω (q − 1)) × e^(−θ u),
//! q = (V / V0) / (K / K0 × P / P0),
//!
//! with K the plant of a firm, V its value ([`crate::valuation`]), P the price of
//! what plant is made of and u policy uncertainty ([`PolicyUncertainty`]). So plant
//! rests at K*, and never falls faster than it wears out. Over a tick in which K*
//! does not move the path of K is exact at any length of tick. Capacity
//! ([`crate::capacity`]) is proportional to plant.
//!
//! One final user of each economy buys the plant of its firms:
//!
//! spending = base spending × P / P0 × Σ share of the firm × I / I0,
//!
//! shares by the income of the factor of production in the base year. What that
//! user has of its own (saving of the other users, by its claims on incomes) pays
//! for the investment of firms in the same shares; each firm pays the rest out of
//! profits it does not pay out ([`RetainedProfit`]), or pays out more where the
//! rest is negative. Owners spend less by what firms retain, at once: investment
//! moves demand and does not create it. What cannot be delivered is not built.

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_kernel::clock::{Clock, closing_share};
use tradewinds_kernel::maths::exp;
use tradewinds_kernel::phase::Phase;

use crate::Tick;
use crate::capacity::Capacity;
use crate::columns::{OnlyTable, raw};
use crate::firm::{BundlesPerUnit, Firm, Rows};
use crate::household::{Budgets, FinalBuyer, LogCostOfLiving, Spending, plan_spending};
use crate::model::Model;
use crate::monetary::PolicyRates;
use crate::production::ExpectedSales;
use crate::sourcing::MarketPrices;
use crate::trade::Shipments;
use crate::valuation::FirmValues;

/// How firms invest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InvestmentRule {
    /// Final user that buys the plant of firms, by index. `None` keeps plant as it
    /// is in the base year; spending on investment is then what its incomes allow.
    pub investor: Option<usize>,
    /// Share of plant that wears out δ, per year.
    pub depreciation: f64,
    /// Speed at which firms build the plant they want 1/τ, per year.
    pub speed: f64,
    /// Speed at which the sales that firms build plant for follow the sales they
    /// expect, per year: plant is built for sales that last.
    pub expectation: f64,
    /// Response of wanted plant to value per plant over that of the base year ω.
    pub value_response: f64,
    /// Fall of wanted plant, in logs, per standard deviation of policy uncertainty θ.
    pub uncertainty_response: f64,
}

impl InvestmentRule {
    /// Plant of the base year for ever.
    pub fn frozen() -> Self {
        Self {
            investor: None,
            depreciation: 0.0,
            speed: 0.0,
            expectation: 0.0,
            value_response: 0.0,
            uncertainty_response: 0.0,
        }
    }

    /// Plant that a firm wants, over that of the base year, at sales, value per
    /// plant and its price relative to the base year, and the part that uncertainty
    /// leaves.
    #[inline]
    fn wanted(&self, sales: f64, value_per_plant: f64, left: f64) -> f64 {
        let worth = (1.0 + self.value_response * (value_per_plant - 1.0)).max(0.0);
        sales * worth * left
    }

    /// Part of the plant wanted without uncertainty that is wanted with it.
    fn left_by(&self, uncertainty: f64) -> f64 {
        exp(-self.uncertainty_response * uncertainty)
    }

    /// Share of a gap built over a tick of `dt` years, over the part of plant that
    /// wears out.
    fn built(&self, dt: f64) -> f64 {
        closing_share(self.speed, dt) / self.worn(dt)
    }

    fn worn(&self, dt: f64) -> f64 {
        closing_share(self.depreciation, dt)
    }
}

/// Gross investment of a tick over that of the base year, at the share of a gap
/// that is built ([`InvestmentRule::built`]).
#[inline]
fn gross(plant: f64, wanted: f64, built: f64) -> f64 {
    (plant + built * (wanted - plant)).max(0.0)
}

/// Policy uncertainty in standard deviations above its mean, `[n]`. Nothing in
/// the baseline moves it.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct PolicyUncertainty(pub Vec<f64>);

/// Plant of each firm, by row, over that of the base year.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct Plant {
    /// What stands.
    pub stock: Vec<f64>,
    /// What the firm wants.
    pub wanted: Vec<f64>,
    /// Gross investment this tick over that of the base year.
    pub investment: Vec<f64>,
    /// Share of the firm in the investment of its economy in the base year.
    pub share: Vec<f64>,
    /// Sales to build for over those of the base year.
    sales: Vec<f64>,
    /// Units a year sold in the base year.
    base_sales: Vec<f64>,
    /// Investment of all firms over that of the base year, `[n]`.
    planned: Vec<f64>,
}

/// Profit that stays with the investment of firms instead of going to owners,
/// USD bn this tick: of a firm, what it hands over; of a final user, what it
/// receives. Negative where owners get what investment does not need.
#[derive(Component, Debug, Clone, Copy, Default, PartialEq)]
pub struct RetainedProfit(pub f64);

/// Builds plant. Add after households, capacity, trade and valuation.
pub struct InvestmentPlugin;

/// Systems that plan and finance investment.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct InvestmentSystems;

impl Plugin for InvestmentPlugin {
    fn build(&self, app: &mut App) {
        let plant = Plant::at_base(app.world_mut());
        let economies = plant.planned.len();
        app.insert_resource(plant)
            .insert_resource(PolicyUncertainty(vec![0.0; economies]))
            .add_systems(
                Tick,
                (
                    (plan_investment, finance_investment)
                        .chain()
                        .in_set(Phase::Plan)
                        .in_set(InvestmentSystems)
                        .after(plan_spending),
                    install_plant.in_set(Phase::ClosePeriod),
                ),
            );
    }
}

impl Plant {
    fn at_base(world: &mut World) -> Self {
        let mut firms = world.query_filtered::<(&ExpectedSales, &BundlesPerUnit), With<Firm>>();
        let (base_sales, bundles): (Vec<f64>, Vec<f64>) = (firms.iter(world))
            .map(|(sales, bundles)| (sales.0, sales.0 * bundles.0))
            .unzip();
        let (model, rows) = (world.resource::<Model>(), world.resource::<Rows>());
        let economy = &model.economy;
        let mut share = vec![0.0; bundles.len()];
        for n in 0..economy.economies {
            let cells = economy.market(n, 0)..economy.market(n + 1, 0);
            for cell in cells.clone() {
                for firm in rows.firms[cell]..rows.firms[cell + 1] {
                    share[firm] = economy.labour_cost_share[cell] * bundles[firm];
                }
            }
            let own = &mut share[rows.firms[cells.start]..rows.firms[cells.end]];
            let total: f64 = own.iter().sum();
            own.iter_mut().for_each(|share| *share /= total);
        }
        let one = vec![1.0; share.len()];
        Self {
            stock: one.clone(),
            wanted: one.clone(),
            investment: one.clone(),
            sales: one,
            share,
            base_sales,
            planned: vec![1.0; economy.economies],
        }
    }

    /// A mean over the firms of a cell, weighted with their plant in the base year;
    /// one where there is none.
    pub fn mean(&self, rows: &Rows, cell: usize, of: impl Fn(usize) -> f64) -> f64 {
        let firms = rows.firms[cell]..rows.firms[cell + 1];
        let total: f64 = self.share[firms.clone()].iter().sum();
        if total <= 0.0 {
            return 1.0;
        }
        let sum: f64 = firms.map(|firm| self.share[firm] * of(firm)).sum();
        sum / total
    }
}

/// Firms of an economy.
fn firms_of(model: &Model, rows: &Rows, n: usize) -> std::ops::Range<usize> {
    rows.firms[model.economy.market(n, 0)]..rows.firms[model.economy.market(n + 1, 0)]
}

/// Plant wanted at what firms expect, at prices of the last tick.
fn plan_investment(
    model: Res<Model>,
    clock: Res<Clock>,
    rows: Res<Rows>,
    values: Res<FirmValues>,
    uncertainty: Res<PolicyUncertainty>,
    mut plant: ResMut<Plant>,
    firms: Query<&ExpectedSales, With<Firm>>,
    users: Query<&LogCostOfLiving, With<FinalBuyer>>,
) {
    let rule = &model.frictions.investment;
    let Some(investor) = rule.investor else {
        return;
    };
    let (expected, index) = (firms.table(), users.table());
    let learned = clock.closing_share(rule.expectation);
    let built = rule.built(clock.dt());
    let plant = &mut *plant;
    for n in 0..model.economy.economies {
        let price = exp(index[n * model.economy.users.len() + investor].0);
        let left = rule.left_by(uncertainty.0[n]);
        let mut planned = 0.0;
        for firm in firms_of(&model, &rows, n) {
            let stock = plant.stock[firm];
            let per_plant = values.relative[firm] / (stock * price);
            let base = plant.base_sales[firm];
            let sales = &mut plant.sales[firm];
            if base > 0.0 {
                *sales += learned * (expected[firm].0 / base - *sales);
            }
            let wanted = rule.wanted(*sales, per_plant, left);
            let investment = gross(stock, wanted, built);
            plant.wanted[firm] = wanted;
            plant.investment[firm] = investment;
            planned += plant.share[firm] * investment;
        }
        plant.planned[n] = planned;
    }
}

/// The buyer of plant spends what firms invest; firms retain what it lacks, and
/// those who own them spend that much less.
fn finance_investment(
    model: Res<Model>,
    clock: Res<Clock>,
    rows: Res<Rows>,
    rates: Res<PolicyRates>,
    plant: Res<Plant>,
    mut users: Query<(&mut Spending, &mut RetainedProfit, &LogCostOfLiving), With<FinalBuyer>>,
    mut firms: Query<&mut RetainedProfit, (With<Firm>, Without<FinalBuyer>)>,
) {
    let Some(investor) = model.frictions.investment.investor else {
        return;
    };
    let (mut spending, mut received, index) = users.table_mut();
    let (spending, received) = (raw(&mut spending), raw(&mut received));
    let mut retained = firms.table_mut();
    let retained = raw(&mut retained);
    let economy = &model.economy;
    let dt = clock.dt();
    for n in 0..economy.economies {
        let first = n * economy.users.len();
        let row = first + investor;
        // The buyer of plant owns firms too; one that owns them all pays for itself.
        let of_others = 1.0 - economy.users[investor].profit_claim[n];
        if of_others <= 0.0 {
            continue;
        }
        let put_off = rates.spending_share(&model.frictions.monetary, n, investor);
        let base = economy.accounts().user_spending[investor][n];
        let at_base = base * exp(index[row].0) * put_off;
        let own = spending[row].0;
        let mut total = 0.0;
        for firm in firms_of(&model, &rows, n) {
            let lacking = (at_base * plant.investment[firm] - own) / of_others;
            let kept = plant.share[firm] * lacking * dt;
            retained[firm].0 = kept;
            total += kept;
        }
        for (user, class) in economy.users.iter().enumerate() {
            let forgone = class.profit_claim[n] * total / dt;
            spending[first + user].0 = (spending[first + user].0 - forgone).max(0.0);
        }
        received[row].0 = total;
        spending[row].0 = at_base * plant.planned[n];
    }
}

/// What was delivered is built, in the proportions planned.
fn install_plant(
    model: Res<Model>,
    clock: Res<Clock>,
    rows: Res<Rows>,
    prices: Res<MarketPrices>,
    shipments: Res<Shipments>,
    budgets: Res<Budgets>,
    mut plant: ResMut<Plant>,
    mut capacity: ResMut<Capacity>,
    users: Query<(&Spending, &LogCostOfLiving), With<FinalBuyer>>,
) {
    let rule = &model.frictions.investment;
    let Some(investor) = rule.investor else {
        return;
    };
    let economy = &model.economy;
    let worn = rule.worn(clock.dt());
    let (spending, index) = users.table();
    let plant = &mut *plant;
    for n in 0..economy.economies {
        let row = n * economy.users.len() + investor;
        let (mut ordered, mut handed_over) = (0.0, 0.0);
        for s in 0..economy.sectors {
            let market = economy.market(n, s);
            let units = budgets.units[row * economy.sectors + s];
            let value = units * exp(prices.log_composite[market]);
            ordered += value;
            handed_over += value * shipments.delivered[market];
        }
        let base = economy.accounts().user_spending[investor][n];
        let planned = base * plant.planned[n] * exp(index[row].0);
        let built = match ordered > 0.0 && planned > 0.0 {
            true => spending[row].0 / planned * (handed_over / ordered),
            false => 0.0,
        };
        for firm in firms_of(&model, &rows, n) {
            let added = plant.investment[firm] * built;
            plant.investment[firm] = added;
            plant.stock[firm] += worn * (added - plant.stock[firm]);
            capacity.normal_output[firm] = plant.base_sales[firm] * plant.stock[firm];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> InvestmentRule {
        InvestmentRule {
            investor: Some(0),
            depreciation: 0.08,
            speed: 1.0 / 3.0,
            expectation: 1.0,
            value_response: 0.2,
            uncertainty_response: 0.01,
        }
    }

    /// Plant after some years of the same wish.
    fn path(start: f64, wanted: f64, years: u32, ticks: u32) -> f64 {
        let dt = 1.0 / f64::from(ticks);
        (0..years * ticks).fold(start, |plant, _| {
            let invested = gross(plant, wanted, rule().built(dt));
            plant + rule().worn(dt) * (invested - plant)
        })
    }

    #[test]
    fn plant_closes_the_same_gap_at_any_length_of_tick() {
        let exact = 1.2 - 0.2 * exp(-5.0 / 3.0);
        for ticks in [1, 12, 52, 365] {
            assert!((path(1.0, 1.2, 5, ticks) - exact).abs() < 1e-13, "{ticks}");
        }
    }

    #[test]
    fn unwanted_plant_wears_out_and_no_faster() {
        assert!((path(1.0, 0.0, 5, 52) - exp(-0.4)).abs() < 1e-13);
        assert_eq!(
            gross(1.0, 0.5, rule().built(0.02)).to_bits(),
            0.0_f64.to_bits()
        );
    }

    #[test]
    fn at_rest_investment_replaces_what_wears_out() {
        for plant in [0.5, 1.0, 2.0] {
            assert!((gross(plant, plant, rule().built(0.02)) - plant).abs() < 1e-15);
        }
    }

    #[test]
    fn a_gap_raises_investment_by_its_share_of_the_building_time_in_depreciation() {
        let gross = gross(1.0, 1.01, rule().built(1e-6));
        assert!((gross - (1.0 + 0.01 / 3.0 / 0.08)).abs() < 1e-6, "{gross}");
    }

    #[test]
    fn wanted_plant_follows_sales_value_and_uncertainty() {
        assert_eq!(rule().wanted(1.0, 1.0, 1.0).to_bits(), 1.0_f64.to_bits());
        assert!((rule().wanted(1.1, 1.0, 1.0) - 1.1).abs() < 1e-15);
        assert!((rule().wanted(1.0, 1.5, 1.0) - 1.1).abs() < 1e-15);
        assert!((rule().wanted(1.0, 1.0, rule().left_by(2.0)) - exp(-0.02)).abs() < 1e-15);
        // Losses for ever are worth less than nothing, plant is not.
        assert_eq!(rule().wanted(1.0, -9.0, 1.0).to_bits(), 0.0_f64.to_bits());
    }
}
