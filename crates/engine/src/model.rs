//! What a run starts from: a calibrated economy, frictions, populations, law.
//!
//! Everything here is fixed for the length of a run. The frictionless limit of
//! all frictions is [`Frictions::oracle`]; the systems that run are the same.

use std::sync::Arc;

use bevy_ecs::resource::Resource;
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::clock::TickLength;
use tradewinds_units::Date;

use crate::ahead::AheadRule;
use crate::approval::ApprovalRule;
use crate::beliefs::BeliefRule;
use crate::capacity::CapacityRule;
use crate::credit::CreditRule;
use crate::currency::CurrencyRule;
use crate::customs::RateCalendar;
use crate::equity::EquityRule;
use crate::government::GovernmentRule;
use crate::inputs::SubstitutionRule;
use crate::investment::InvestmentRule;
use crate::labour::LabourRule;
use crate::markup::MarkupRule;
use crate::monetary::MonetaryRule;
use crate::pricing::PricingRule;
use crate::quota::LicenceMarket;
use crate::sourcing::{EffortRule, SourcingRule};
use crate::stocks::StockRule;
use crate::stress::StressRule;
use crate::talks::Campaign;
use crate::transshipment::TransshipmentRule;
use crate::valuation::ValuationRule;

/// Whether workers move between the sectors of an economy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabourPool {
    /// One pool and one wage per economy.
    Mobile,
    /// Workers stay in their sector; one wage per economy and sector.
    FixedToSector,
}

/// What keeps the external deficit of an economy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Deficits {
    /// Its size relative to the wage bill of the world.
    #[default]
    InWorldWages,
    /// Its size in reference money.
    InReferenceMoney,
}

/// Speeds, covers and noise: everything that keeps the economy from its
/// equilibrium. Speeds are per year; an infinite speed means every tick.
#[derive(Debug, Clone, PartialEq)]
pub struct Frictions {
    /// Hazard of resetting a price at the border, `[s]`, per year.
    pub border_reset: Vec<f64>,
    /// Hazard of resetting a price for buyers at home, `[s]`, per year.
    pub producer_reset: Vec<f64>,
    /// What border prices answer besides cost and time.
    pub pricing: PricingRule,
    /// How firms set markups.
    pub markups: MarkupRule,
    /// Hazard of resetting a price in the store, `[s]`, per year.
    pub store_reset: Vec<f64>,
    /// Cover of finished goods in years of expected sales; `None` is one tick.
    pub finished_cover: Option<f64>,
    /// Cover of materials in years of expected use; `None` is one tick.
    pub material_cover: Option<f64>,
    /// Cover of services, which do not keep, where those of goods are longer: as what
    /// is made and as what is bought; one tick at least.
    pub service_cover: f64,
    /// Speed at which stocks are brought to their cover, per year.
    pub stock_adjustment: f64,
    /// Speed at which expected sales follow sales, per year.
    pub sales_expectation: f64,
    /// Speed at which expected income follows income, per year.
    pub income_expectation: f64,
    /// Money that final users want to hold, in years of expected income.
    pub money_cover: f64,
    /// Speed at which spending corrects money holdings, per year.
    pub money_adjustment: f64,
    /// Wage growth per log point of excess labour demand, per year.
    pub wage_speed: f64,
    /// Share of the labour force out of work at rest, `[n]`.
    pub unemployment: Vec<f64>,
    /// Whether workers move between sectors.
    pub labour: LabourPool,
    /// Speed at which firms and importers pay out their cash, per year.
    pub dividend_speed: f64,
    /// Standard deviation of log productivity of a firm in the long run.
    pub productivity_noise: f64,
    /// Speed at which log productivity returns to its mean, per year.
    pub productivity_reversion: f64,
    /// Share of a rise in unit cost that stores absorb at first.
    pub margin_squeeze: f64,
    /// Speed at which stores win the margin back, per year.
    pub margin_recovery: f64,
    /// Weight of a constant margin in dollars against one in per cent of cost.
    pub dollar_margin: f64,
    /// Weight of the mean target of its category (domestic and imported goods of the
    /// sector) in the target of a store price, `[s]`.
    pub category_pricing: Vec<f64>,
    /// What keeps external deficits.
    pub deficits: Deficits,
    /// How fast firms hire, and what else moves wages.
    pub staffing: LabourRule,
    /// How marginal cost depends on the use of capacity.
    pub capacity: CapacityRule,
    /// How exchange rates move.
    pub currency: CurrencyRule,
    /// Stocks of importers and the time goods are under way.
    pub stocks: StockRule,
    /// How far announcements are believed.
    pub beliefs: BeliefRule,
    /// Buying ahead of changes of duty.
    pub ahead: AheadRule,
    /// How readily goods are relabelled on the way.
    pub transshipment: TransshipmentRule,
    /// How the price of quota licences moves.
    pub licences: LicenceMarket,
    /// How firms spread their sales effort over destinations.
    pub effort: EffortRule,
    /// How fast buyers change their suppliers.
    pub sourcing: SourcingRule,
    /// How fast firms change their inputs.
    pub substitution: SubstitutionRule,
    /// Share of a shortage of an input by which the output of its user falls,
    /// `[k][s]`: 1 for critical inputs, 0 for those a firm can go without.
    pub criticality: Vec<f64>,
    /// How central banks set their rates.
    pub monetary: MonetaryRule,
    /// What governments do with their revenue.
    pub government: GovernmentRule,
    /// What firms are worth.
    pub valuation: ValuationRule,
    /// How firms build and wear out their plant.
    pub investment: InvestmentRule,
    /// What debt of firms and importers costs.
    pub credit: CreditRule,
    /// How shares of firms are priced.
    pub equity: EquityRule,
    /// How policy uncertainty and market stress move.
    pub stress: StressRule,
    /// How approval of leaders moves; nothing else depends on it.
    pub approval: ApprovalRule,
}

impl Frictions {
    /// No friction: prices reset every tick, one tick of stocks, no noise.
    /// Stocks, expectations, money and wages keep finite speeds, which decide
    /// how fast the economy comes to rest but not where. They are slow enough
    /// for explicit weekly ticks: with stocks and wages faster than expected
    /// sales, economies with materials above half of cost or elasticities above
    /// ten ring for ever.
    pub fn oracle(economies: usize, sectors: usize) -> Self {
        Self {
            border_reset: vec![f64::INFINITY; sectors],
            producer_reset: vec![f64::INFINITY; sectors],
            pricing: PricingRule::plain(sectors),
            markups: MarkupRule::constant(economies, sectors),
            store_reset: vec![f64::INFINITY; sectors],
            finished_cover: None,
            material_cover: None,
            service_cover: f64::INFINITY,
            stock_adjustment: 3.0,
            sales_expectation: 26.0,
            income_expectation: 26.0,
            money_cover: 0.5,
            money_adjustment: 3.0,
            wage_speed: 1.0,
            unemployment: vec![0.0; economies],
            labour: LabourPool::Mobile,
            dividend_speed: f64::INFINITY,
            productivity_noise: 0.0,
            productivity_reversion: 1.0,
            margin_squeeze: 0.0,
            margin_recovery: 0.5,
            dollar_margin: 0.0,
            category_pricing: vec![0.0; sectors],
            deficits: Deficits::InWorldWages,
            staffing: LabourRule::at_once(),
            capacity: CapacityRule::unlimited(),
            currency: CurrencyRule::fixed(),
            stocks: StockRule::none(economies, sectors),
            beliefs: BeliefRule::none(),
            ahead: AheadRule::none(sectors),
            transshipment: TransshipmentRule::none(),
            licences: LicenceMarket::free(),
            effort: EffortRule::frictionless(),
            sourcing: SourcingRule::frictionless(sectors),
            substitution: SubstitutionRule::frictionless(),
            criticality: vec![1.0; sectors * sectors],
            monetary: MonetaryRule::unchanged(),
            government: GovernmentRule::by_claims(),
            valuation: ValuationRule::unchanging(),
            investment: InvestmentRule::frozen(),
            credit: CreditRule::free(),
            equity: EquityRule::none(),
            stress: StressRule::none(),
            approval: ApprovalRule::off(),
        }
    }
}

/// How many agents there are, and how they differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Population {
    /// Firms per economy and sector.
    pub firms_per_cell: usize,
    /// Firms of each cell where they differ, `[i][s]`, at least 1.
    pub firms_by_cell: Option<Vec<usize>>,
    /// Elasticity of substitution between firms of one origin, `[s]`.
    pub firm_elasticity: Vec<f64>,
    /// Tail index of the Pareto distribution of sizes, `[s]`; `None` makes all
    /// firms of a cell equal.
    pub size_tail: Option<Vec<f64>>,
    /// Share of firms that export, `[s]`; the largest do.
    pub exporter_share: Vec<f64>,
    /// Shares of the importer-retailers of a market; sums to 1.
    pub importer_shares: Vec<f64>,
    /// Agents that stand for a bloc of voters, at least 1.
    pub voters_per_bloc: usize,
}

impl Population {
    /// Equal firms that serve every destination; one importer per market.
    pub fn uniform(firms_per_cell: usize, sectors: usize) -> Self {
        Self {
            firms_per_cell,
            firms_by_cell: None,
            firm_elasticity: vec![6.0; sectors],
            size_tail: None,
            exporter_share: vec![1.0; sectors],
            importer_shares: vec![1.0],
            voters_per_bloc: 1,
        }
    }

    /// Firms of a cell, `[i][s]`.
    pub fn firms_in(&self, cell: usize) -> usize {
        match &self.firms_by_cell {
            Some(firms) => firms[cell],
            None => self.firms_per_cell,
        }
    }
}

/// A run before its first tick.
#[derive(Resource, Debug, Clone)]
pub struct Model {
    /// Calibrated structure of the base year.
    pub economy: Arc<Economy>,
    /// What keeps the economy from its equilibrium.
    pub frictions: Frictions,
    /// How many agents there are.
    pub population: Population,
    /// Rates by date.
    pub law: Arc<RateCalendar>,
    /// Governments that bargain over them; none where the law is given.
    pub talks: Option<Arc<Campaign>>,
    /// First day of the first tick.
    pub start: Date,
    /// Length of a tick.
    pub tick: TickLength,
    /// Seed of the experiment.
    pub seed: u64,
    /// Number of the replication.
    pub replication: u32,
}

impl Model {
    /// Years of sales of a sector that its firms hold in finished goods.
    pub fn finished_cover(&self, sector: usize) -> f64 {
        self.frictions.cover(
            &self.economy,
            self.frictions.finished_cover,
            (self.tick, sector),
        )
    }

    /// Years of use that firms hold in materials bought from a sector.
    pub fn material_cover(&self, sector: usize) -> f64 {
        self.frictions.cover(
            &self.economy,
            self.frictions.material_cover,
            (self.tick, sector),
        )
    }
}

impl Frictions {
    /// Years of sales held of what a sector makes: those given for goods, or a tick;
    /// for services not more than theirs.
    pub(crate) fn cover(
        &self,
        economy: &Economy,
        of_goods: Option<f64>,
        (tick, sector): (TickLength, usize),
    ) -> f64 {
        let tick = tick.years();
        match of_goods {
            Some(years) if economy.services == Some(sector) => {
                years.min(self.service_cover.max(tick))
            }
            Some(years) => years,
            None => tick,
        }
    }
}
