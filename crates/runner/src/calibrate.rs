//! From a world and parameters to a model at rest in its base year.
//!
//! Every draw of parameters recalibrates: markups follow the elasticity of
//! firms, cost shares follow from what is left, claims on incomes from the
//! accounts of households. The base year is reproduced exactly, so no burn-in
//! is needed.

use tradewinds_engine::ahead::AheadRule;
use tradewinds_engine::beliefs::BeliefRule;
use tradewinds_engine::capacity::CapacityRule;
use tradewinds_engine::credit::CreditRule;
use tradewinds_engine::currency::CurrencyRule;
use tradewinds_engine::equity::{EquityRule, NoiseRule, ResponseRule};
use tradewinds_engine::government::{GovernmentRule, RevenueUse};
use tradewinds_engine::inputs::SubstitutionRule;
use tradewinds_engine::investment::InvestmentRule;
use tradewinds_engine::labour::LabourRule;
use tradewinds_engine::model::{Deficits, Frictions, LabourPool, Population};
use tradewinds_engine::monetary::MonetaryRule;
use tradewinds_engine::quota::LicenceMarket;
use tradewinds_engine::regimes::{RegimeRule, RegimeSource};
use tradewinds_engine::sourcing::{EffortRule, SourcingRule};
use tradewinds_engine::stocks::{CostBasis, StockRule};
use tradewinds_engine::stress::StressRule;
use tradewinds_engine::transshipment::TransshipmentRule;
use tradewinds_engine::valuation::ValuationRule;
use tradewinds_equilibrium::{Economy, EconomyError, EconomyParts, FinalUser};
use tradewinds_kernel::maths::exp;
use tradewinds_world::{Budget, Currency, Regime, World};

use crate::parameters::{ParameterError, Parameters, pair};
use crate::{approval, conduct};

/// Why a world and parameters do not make a model.
#[derive(Debug, thiserror::Error)]
pub enum CalibrationError {
    /// A parameter is missing.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// The accounts do not make an economy.
    #[error("the world does not make an economy: {0}")]
    Economy(#[from] EconomyError),
}

/// Names of the final users of a world: household classes, government, investment.
pub fn user_names() -> Vec<String> {
    let classes = (1..=World::DECILES)
        .flat_map(|decile| ["owner", "worker"].map(|kind| format!("decile_{decile:02}_{kind}")));
    classes
        .chain(["government".to_owned(), "investment".to_owned()])
        .collect()
}

/// The calibrated structure of a world.
///
/// # Errors
/// A missing parameter, or accounts that do not close.
pub fn economy(world: &World, parameters: &Parameters) -> Result<Economy, CalibrationError> {
    let (n, s) = (world.economy_count(), world.sector_count());
    let markup = markups(world, parameters)?;
    let by_sector = |name: &str| -> Result<Vec<f64>, ParameterError> {
        world
            .sectors
            .iter()
            .map(|sector| parameters.for_sector(name, sector.as_str()))
            .collect()
    };
    let spending: Vec<f64> = (0..n * s)
        .map(|market| world.spending(market / s, market % s))
        .collect();
    let mut origin_share = vec![0.0; n * n * s];
    for (flow, share) in origin_share.iter_mut().enumerate() {
        let total = spending[flow / (n * s) * s + flow % s];
        if total > 0.0 {
            *share = (world.fob[flow] + world.duty[flow]) / total;
        }
    }
    let production = Production::new(world, &markup);
    let markup = (0..n * n * s)
        .map(|flow| markup[(flow / s) % n * s + flow % s])
        .collect();
    Ok(Economy::new(EconomyParts {
        economies: n,
        sectors: s,
        users: final_users(world, &production, parameters.get("rebate_share")?),
        spending,
        origin_share,
        import_duty: world.duty_rate.clone(),
        export_tax: vec![0.0; n * n * s],
        markup,
        labour_cost_share: production.factor_share,
        input_cost_share: production.input_share,
        wage_bill: production.factor_income,
        deficit: world.deficit.clone(),
        sigma: by_sector("origin_elasticity")?,
        eps: by_sector("import_elasticity")?,
        eta: parameters.get("final_demand_elasticity")?,
        rho: parameters.get("input_elasticity")?,
        services: Some(world.services),
        distribution_units: world.distribution_units.clone(),
        retail_markup: world.retail_markup.clone(),
        oligopoly: None,
    })?)
}

/// Markup of each cell: that of the elasticity of firms, or the largest that
/// the surplus of the cell can hold.
fn markups(world: &World, parameters: &Parameters) -> Result<Vec<f64>, ParameterError> {
    let mut markups = Vec::new();
    for n in 0..world.economy_count() {
        for s in 0..world.sector_count() {
            let elasticity = firm_elasticity(world, parameters, s)?;
            markups.push((elasticity / (elasticity - 1.0)).min(world.largest_markup(n, s)));
        }
    }
    Ok(markups)
}

/// Goods of one origin are at least as close substitutes as goods of two.
fn firm_elasticity(
    world: &World,
    parameters: &Parameters,
    sector: usize,
) -> Result<f64, ParameterError> {
    let code = world.sectors[sector].as_str();
    let between_origins = parameters.for_sector("origin_elasticity", code)?;
    Ok(parameters
        .given_for_sector("firm_elasticity", code)
        .unwrap_or(world.firms[sector].firm_elasticity)
        .max(between_origins))
}

/// Costs of production, `[n][s]` and `[n][k][s]`. The factor of production is a
/// composite of labour and capital in fixed proportion, paid the wage.
struct Production {
    factor_income: Vec<f64>,
    factor_share: Vec<f64>,
    input_share: Vec<f64>,
    profit: Vec<f64>,
}

impl Production {
    fn new(world: &World, markup: &[f64]) -> Self {
        let (n, s) = (world.economy_count(), world.sector_count());
        let mut production = Self {
            factor_income: vec![0.0; n * s],
            factor_share: vec![1.0; n * s],
            input_share: vec![0.0; n * s * s],
            profit: vec![0.0; n * s],
        };
        for cell in 0..n * s {
            let (economy, sector) = (cell / s, cell % s);
            let output = world.output[cell];
            if output <= 0.0 {
                continue;
            }
            let cost = output / markup[cell];
            let inputs: f64 = (0..s)
                .map(|k| world.inputs[world.input(economy, k, sector)])
                .sum();
            production.profit[cell] = output - cost;
            production.factor_income[cell] = cost - inputs;
            production.factor_share[cell] = (cost - inputs) / cost;
            for k in 0..s {
                let input = world.input(economy, k, sector);
                production.input_share[input] = world.inputs[input] / cost;
            }
        }
        production
    }
}

/// Incomes of an economy in the base year, USD bn.
struct Pools {
    factors: f64,
    profits: f64,
    revenue: f64,
}

/// Households by class, government and investment, with claims on incomes that
/// return the spending of the accounts.
fn final_users(world: &World, production: &Production, rebate_share: f64) -> Vec<FinalUser> {
    let n = world.economy_count();
    let blank = |is_retail: bool| FinalUser {
        budget_share: Vec::new(),
        labour_claim: vec![0.0; n],
        profit_claim: vec![0.0; n],
        revenue_claim: vec![0.0; n],
        transfer_claim: vec![0.0; n],
        is_retail,
    };
    let mut users: Vec<FinalUser> = (0..World::CLASSES).map(|_| blank(true)).collect();
    users.extend([blank(false), blank(false)]);
    for economy in 0..n {
        add_budgets(world, economy, &mut users);
        add_claims(world, production, rebate_share, economy, &mut users);
    }
    users
}

fn add_budgets(world: &World, economy: usize, users: &mut [FinalUser]) {
    let sectors = 0..world.sector_count();
    for (user, class) in users.iter_mut().zip(world.classes_of(economy)) {
        let basket: Vec<f64> = sectors
            .clone()
            .map(|k| world.baskets[world.basket(economy, class.decile, k)])
            .collect();
        user.budget_share.extend(shares(&basket));
    }
    let markets = world.market(economy, 0)..world.market(economy + 1, 0);
    users[World::CLASSES]
        .budget_share
        .extend(shares(&world.government[markets.clone()]));
    users[World::CLASSES + 1]
        .budget_share
        .extend(shares(&world.investment[markets]));
}

fn shares(values: &[f64]) -> Vec<f64> {
    let total: f64 = values.iter().sum();
    values.iter().map(|value| value / total).collect()
}

/// Each class keeps a share of its own factor income and profits (after taxes
/// and saving) and receives transfers as a share of the national income; taxes
/// finance the government, saving and the external deficit finance investment.
fn add_claims(
    world: &World,
    production: &Production,
    rebate_share: f64,
    economy: usize,
    users: &mut [FinalUser],
) {
    let markets = world.market(economy, 0)..world.market(economy + 1, 0);
    let sum = |values: &[f64]| -> f64 { values[markets.clone()].iter().sum() };
    let pools = Pools {
        factors: sum(&production.factor_income),
        profits: sum(&production.profit) + sum(&world.retail_profit),
        revenue: world.duties(economy),
    };
    let classes = world.classes_of(economy);
    let labour: f64 = classes.iter().map(|class| class.labour_income).sum();
    let capital: f64 = classes.iter().map(|class| class.capital_income).sum();
    let consumption: f64 = classes.iter().map(|class| class.spending).sum();
    let (mut factors_left, mut profits_left) = (1.0, 1.0);
    for (user, class) in users.iter_mut().zip(classes) {
        let owned = class.capital_income / capital;
        let worked = class.labour_income / labour;
        let factor_income = worked * labour + owned * (pools.factors - labour);
        let own_income = factor_income + owned * pools.profits;
        let rebate = rebate_share * class.spending / consumption;
        let received = (class.transfers + class.other_transfers.max(0.0))
            .min(class.spending - rebate * pools.revenue);
        let national = received / (pools.factors + pools.profits);
        let kept = (class.spending - rebate * pools.revenue - received) / own_income;
        user.labour_claim[economy] = kept * factor_income / pools.factors + national;
        user.profit_claim[economy] = kept * owned + national;
        user.revenue_claim[economy] = rebate;
        factors_left -= user.labour_claim[economy];
        profits_left -= user.profit_claim[economy];
    }
    let purchases: f64 = sum(&world.government);
    let left = factors_left * pools.factors + profits_left * pools.profits;
    let taxed = (purchases - (1.0 - rebate_share) * pools.revenue) / left;
    let [.., government, investment] = users else {
        return;
    };
    government.labour_claim[economy] = taxed * factors_left;
    government.profit_claim[economy] = taxed * profits_left;
    government.revenue_claim[economy] = 1.0 - rebate_share;
    investment.labour_claim[economy] = factors_left - taxed * factors_left;
    investment.profit_claim[economy] = profits_left - taxed * profits_left;
    investment.transfer_claim[economy] = 1.0;
}

/// The frictions of a world under parameters.
///
/// # Errors
/// A missing parameter.
pub fn frictions(world: &World, parameters: &Parameters) -> Result<Frictions, ParameterError> {
    let by_sector = |name: &str| -> Result<Vec<f64>, ParameterError> {
        world
            .sectors
            .iter()
            .map(|sector| parameters.for_sector(name, sector.as_str()))
            .collect()
    };
    Ok(Frictions {
        border_reset: by_sector("border_reset_rate")?,
        producer_reset: by_sector("producer_reset_rate")?,
        pricing: conduct::pricing(world, parameters)?,
        markups: conduct::markups(world, parameters)?,
        store_reset: by_sector("store_reset_rate")?,
        finished_cover: Some(parameters.get("finished_cover")?),
        material_cover: Some(parameters.get("material_cover")?),
        service_cover: parameters.get("service_cover")?,
        stock_adjustment: parameters.get("stock_adjustment")?,
        sales_expectation: parameters.get("sales_expectation")?,
        income_expectation: parameters.get("income_expectation")?,
        money_cover: parameters.get("money_cover")?,
        money_adjustment: parameters.get("money_adjustment")?,
        wage_speed: parameters.get("wage_speed")?,
        unemployment: world.unemployment.clone(),
        labour: LabourPool::Mobile,
        dividend_speed: parameters.get("dividend_speed")?,
        productivity_noise: parameters.get("productivity_noise")?,
        productivity_reversion: parameters.get("productivity_reversion")?,
        margin_squeeze: parameters.get("margin_squeeze")?,
        margin_recovery: parameters.get("margin_recovery")?,
        dollar_margin: parameters.get("dollar_margin")?,
        category_pricing: by_sector("category_pricing")?,
        deficits: Deficits::InWorldWages,
        staffing: LabourRule {
            hiring: parameters.get("hiring_speed")?,
            separations: parameters.get("separation_rate")?,
            firing: parameters.get("firing_speed")?,
            overtime: parameters.get("overtime")?,
            indexation: parameters.get("wage_indexation")?,
            largest_fall: parameters.get("largest_wage_fall")?,
        },
        capacity: CapacityRule {
            slope: parameters.get("capacity_slope")?,
            congestion: parameters.get("capacity_congestion")?,
            base_use: parameters.get("capacity_use")?,
        },
        currency: currency_rule(world, parameters)?,
        stocks: stocks(world, parameters)?,
        beliefs: BeliefRule {
            prior_carried_out: parameters.get("prior_carried_out")?,
            prior_withdrawn: parameters.get("prior_withdrawn")?,
            plan: parameters.get("plan_credibility")?,
        },
        ahead: AheadRule {
            holding_cost: by_sector("holding_cost")?,
            surge: parameters.get("surge")?,
            payback: parameters.get("payback_speed")?,
        },
        transshipment: TransshipmentRule {
            most: parameters.get("transshipment_share")?,
            cost: parameters.get("transshipment_cost")?,
            spread: parameters.get("transshipment_spread")?,
            enforcement: parameters.get("enforcement")?,
        },
        effort: EffortRule {
            response: parameters.get("effort_response")?,
            speed: parameters.get("effort_speed")?,
            noise: parameters.get("effort_noise")?,
        },
        sourcing: SourcingRule {
            origin_short: by_sector("origin_elasticity_short")?,
            import_short: by_sector("import_elasticity_short")?,
            speed: parameters.get("sourcing_speed")?,
            seed: seeds(&by_sector("entry_cost")?, parameters)?,
        },
        substitution: SubstitutionRule {
            short: parameters.get("input_elasticity_short")?,
            speed: parameters.get("input_speed")?,
        },
        criticality: criticality(world, parameters)?,
        monetary: monetary_rule(world, parameters)?,
        government: governments(world, parameters.get("rebate_share")?),
        licences: LicenceMarket {
            premium_speed: parameters.get("licence_price_speed")?,
            elasticity: parameters.get("licence_elasticity")?,
        },
        valuation: ValuationRule {
            expectation: parameters.get("plant_expectation")?,
            capital_share: capital_shares(world, parameters)?,
        },
        investment: investment_rule(parameters)?,
        credit: CreditRule {
            lending_rate: base_rates(world)
                .map(|rate| Ok(rate + parameters.get("lending_spread")?))
                .collect::<Result<_, ParameterError>>()?,
        },
        equity: equity_rule(world, parameters)?,
        stress: stress_rule(parameters)?,
        approval: approval::rule(world, parameters)?,
    })
}

/// How shares of firms are priced; the closure decides whether they are and whether
/// investment follows.
fn equity_rule(world: &World, parameters: &Parameters) -> Result<EquityRule, ParameterError> {
    let get = |name: &str| parameters.get(name);
    let beta = world.sectors.iter();
    Ok(EquityRule {
        is_on: true,
        regimes: RegimeSource::Believed(RegimeRule {
            deal: get("regime_deal")?,
            reversal: get("regime_reversal")?,
            breakdown: get("regime_breakdown")?,
            back_down: get("back_down_hazard")?,
            deal_relief: get("deal_relief")?,
            war_rate: get("war_rate")?,
            war_breadth: get("war_breadth")?,
        }),
        response: ResponseRule {
            horizon: get("share_response_horizon")?,
            cost_pass_through: get("share_cost_pass_through")?,
            protection_pricing: get("share_protection_pricing")?,
            demand_response: get("share_demand_response")?,
            telling_apart: get("share_telling_apart")?,
        },
        safe_rate: get("share_safe_rate")?,
        premium: get("equity_premium")?,
        beta: beta
            .map(|sector| parameters.for_sector("market_beta", sector.as_str()))
            .collect::<Result<_, _>>()?,
        growth: get("profit_growth")?,
        uncertainty_premium: get("uncertainty_premium")?,
        war_loss: get("war_loss")?,
        value_speed: get("share_price_speed")?,
        noise: NoiseRule {
            constant: get("market_variance_constant")?,
            response: get("market_variance_response")?,
            memory: get("market_variance_memory")?,
            half_freedom: get("market_tail")?.round() as u32,
            reversion: get("market_reversion")?,
            same_day: get("market_spill_same_day")?,
            next_day: get("market_spill_next_day")?,
            idiosyncratic: get("own_share_noise")?,
            idiosyncratic_reversion: get("own_share_reversion")?,
        },
        lead: world.reference,
        moves_investment: false,
    })
}

/// How policy uncertainty and market stress move.
fn stress_rule(parameters: &Parameters) -> Result<StressRule, ParameterError> {
    let get = |name: &str| parameters.get(name);
    Ok(StressRule {
        threat_shock: get("threat_shock")?,
        pause_share: get("pause_share")?,
        half_life: get("uncertainty_half_life")?,
        acceptance: get("duty_acceptance")?,
        spill: get("uncertainty_spill")?,
        is_felt: false,
        volatility: get("volatility_mean")?,
        volatility_response: get("volatility_response")?,
        volatility_reversion: get("volatility_reversion")?,
        volatility_relief: get("volatility_relief")?,
        yield_growth: get("yield_growth_response")?,
        term_premium: get("term_premium_response")?,
        term_speed: get("term_premium_speed")?,
        haven_response: get("haven_response")?,
    })
}

/// Shares with which new origins start, by sector.
fn seeds(entry_cost: &[f64], parameters: &Parameters) -> Result<Vec<f64>, ParameterError> {
    let share = parameters.get("new_origin_share")?;
    Ok((entry_cost.iter()).map(|cost| share * exp(-cost)).collect())
}

/// What a shortage of each input does to the output of each user, `[k][s]`.
fn criticality(world: &World, parameters: &Parameters) -> Result<Vec<f64>, ParameterError> {
    let uses = world.sectors.iter().flat_map(|input| {
        let users = world.sectors.iter();
        users.map(move |user| pair(input.as_str(), user.as_str()))
    });
    uses.map(|code| parameters.for_sector("input_criticality", &code))
        .collect()
}

/// Governments of a world. Interest is what the base year paid on its debt; social
/// transfers are shares of wages and dividends, as in [`add_claims`].
fn governments(world: &World, returned: f64) -> GovernmentRule {
    let of = |value: fn(&Budget) -> f64| world.budgets.iter().map(value).collect::<Vec<f64>>();
    let earned = |n: usize| -> f64 {
        let markets = world.market(n, 0)..world.market(n + 1, 0);
        let paid = markets.map(|at| world.labour[at] + world.surplus[at] + world.retail_profit[at]);
        paid.sum()
    };
    let transfers = world.budgets.iter().enumerate();
    GovernmentRule {
        user: Some(World::CLASSES),
        revenue: RevenueUse::ByClaims,
        returned,
        interest: of(|budget| match budget.debt > 0.0 {
            true => budget.interest / budget.debt,
            false => 0.0,
        }),
        debt: of(|budget| budget.debt),
        transfers: transfers
            .map(|(n, budget)| budget.transfers / earned(n))
            .collect(),
        ..GovernmentRule::by_claims()
    }
}

/// How firms invest under parameters: the last final user buys their plant, unless
/// its speed is zero.
fn investment_rule(parameters: &Parameters) -> Result<InvestmentRule, ParameterError> {
    let speed = parameters.get("plant_speed")?;
    Ok(InvestmentRule {
        investor: (speed > 0.0).then_some(World::CLASSES + 1),
        depreciation: parameters.get("depreciation")?,
        speed,
        expectation: parameters.get("plant_expectation")?,
        value_response: parameters.get("plant_value_response")?,
        uncertainty_response: parameters.get("plant_uncertainty_response")?,
    })
}

/// Share of the income of the factor of production that is not pay, by economy:
/// what households receive as income of labour is the rest.
fn capital_shares(world: &World, parameters: &Parameters) -> Result<Vec<f64>, ParameterError> {
    let production = Production::new(world, &markups(world, parameters)?);
    let share = |n: usize| {
        let markets = world.market(n, 0)..world.market(n + 1, 0);
        let factors: f64 = production.factor_income[markets].iter().sum();
        let pay: f64 = world
            .classes_of(n)
            .iter()
            .map(|class| class.labour_income)
            .sum();
        (1.0 - pay / factors).clamp(0.0, 1.0)
    };
    Ok((0..world.economy_count()).map(share).collect())
}

/// Policy rate of every economy in the base year: its own, or that of the reference.
fn base_rates(world: &World) -> impl Iterator<Item = f64> {
    let rate = |n: usize| world.currencies[n].policy_rate;
    let of_reference = world.reference.and_then(rate).unwrap_or(0.0);
    (0..world.economy_count()).map(move |n| rate(n).unwrap_or(of_reference))
}

/// Stocks of importers: by sector, and by the route goods take.
fn stocks(world: &World, parameters: &Parameters) -> Result<StockRule, ParameterError> {
    let cover = world
        .sectors
        .iter()
        .map(|sector| parameters.for_sector("import_cover", sector.as_str()))
        .collect::<Result<_, _>>()?;
    let (sea, land) = (
        parameters.get("transit_by_sea")?,
        parameters.get("transit_by_land")?,
    );
    let years = |by_land: &bool| if *by_land { land } else { sea };
    Ok(StockRule {
        cover,
        basis: CostBasis::WeightedAverage,
        adjustment: parameters.get("stock_adjustment")?,
        expectation: parameters.get("sales_expectation")?,
        transit: world.land_route.iter().map(years).collect(),
    })
}

/// How the central banks of a world answer under parameters, if they follow a rule:
/// the closure of the experiment says so.
fn monetary_rule(world: &World, parameters: &Parameters) -> Result<MonetaryRule, ParameterError> {
    let mut spending_response =
        vec![parameters.get("household_interest_response")?; World::CLASSES];
    spending_response.extend([0.0, parameters.get("investment_interest_response")?]);
    Ok(MonetaryRule {
        is_followed: false,
        base_rate: base_rates(world).collect(),
        inflation_response: parameters.get("policy_inflation_response")?,
        unemployment_response: parameters.get("policy_unemployment_response")?,
        floor: parameters.get("policy_rate_floor")?,
        speed: parameters.get("policy_rate_speed")?,
        spending_response,
    })
}

/// How the currencies of a world move under parameters.
fn currency_rule(world: &World, parameters: &Parameters) -> Result<CurrencyRule, ParameterError> {
    let managed = parameters.get("managed_flexibility")?;
    let flexibility = |currency: &Currency| match currency.regime {
        Regime::Float => 1.0,
        Regime::Managed => managed,
        Regime::Peg => 0.0,
    };
    Ok(CurrencyRule {
        reference: world.reference,
        flexibility: world.currencies.iter().map(flexibility).collect(),
        reference_invoicing: reference_invoicing(world),
        speed: parameters.get("exchange_rate_speed")?,
        volatility: parameters.get("exchange_rate_volatility")?,
        interest_response: parameters.get("exchange_rate_interest_response")?,
        balance_response: parameters.get("exchange_rate_trade_response")?,
        tariff_response: parameters.get("exchange_rate_tariff_response")?,
        import_content: parameters.get("import_content")?,
    })
}

/// Share of the reference currency in what each economy buys from each: the
/// record of the importer where the reference economy buys; elsewhere the mean of
/// the seller's share and the buyer's.
fn reference_invoicing(world: &World) -> Vec<f64> {
    let economies = world.economy_count();
    let share = |n: usize, i: usize| {
        let bought = world.currencies[n].imports_in_reference;
        let sold = world.currencies[i].exports_in_reference;
        match world.reference == Some(n) {
            true => bought,
            false => 0.5 * (bought + sold),
        }
    };
    (0..economies * economies)
        .map(|pair| share(pair / economies, pair % economies))
        .collect()
}

/// The populations of a world under parameters.
///
/// # Errors
/// A missing parameter.
pub fn population(
    world: &World,
    parameters: &Parameters,
    firms_per_cell: usize,
    importer_shares: Vec<f64>,
) -> Result<Population, ParameterError> {
    let facts = |name: &str, own: fn(&tradewinds_world::FirmFacts) -> f64| -> Vec<f64> {
        let value = |(sector, firms): (&tradewinds_units::SectorCode, _)| {
            parameters
                .given_for_sector(name, sector.as_str())
                .unwrap_or_else(|| own(firms))
        };
        world.sectors.iter().zip(&world.firms).map(value).collect()
    };
    Ok(Population {
        firms_per_cell,
        firms_by_cell: None,
        firm_elasticity: (0..world.sector_count())
            .map(|sector| firm_elasticity(world, parameters, sector))
            .collect::<Result<_, _>>()?,
        size_tail: Some(facts("firm_size_tail", |firms| firms.pareto_tail)),
        exporter_share: facts("exporter_share", |firms| firms.exporter_share),
        importer_shares,
        voters_per_bloc: 1,
    })
}
