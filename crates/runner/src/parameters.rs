//! The parameters of the model: names, units, ranges; values come from files.
//!
//! A parameter may be given for all sectors (`origin_elasticity`) or for one
//! (`origin_elasticity.autos`), which then goes first; one of an input in its use for
//! one pair of sectors (`input_criticality.electronics_into_autos`).

use std::collections::BTreeMap;

use tradewinds_config::Kind;

/// What a parameter is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ParameterSpec {
    /// Name in files and in the table of runs.
    pub name: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// Lowest allowed value.
    pub low: f64,
    /// Highest allowed value.
    pub high: f64,
    /// Whether it can be given by sector.
    pub by_sector: bool,
    /// Whether what stands for a sector is a pair of them, an input and its user
    /// ([`pair`]).
    pub by_use: bool,
    /// What it does, in one sentence.
    pub definition: &'static str,
}

const fn spec(
    name: &'static str,
    unit: &'static str,
    (low, high): (f64, f64),
    by_sector: bool,
    definition: &'static str,
) -> ParameterSpec {
    ParameterSpec {
        name,
        unit,
        low,
        high,
        by_sector,
        by_use: false,
        definition,
    }
}

/// Unit of parameters that choose among rules by number.
const CODE: &str = "code";
/// Unit of the parameter that counts, two by two, degrees of freedom.
const HALF_FREEDOM: &str = "half the degrees of freedom";

impl ParameterSpec {
    /// Whether the value is a choice by number, whole from 0 to `high`, and no
    /// quantity.
    pub fn is_code(&self) -> bool {
        self.unit == CODE
    }

    /// Whether only whole numbers mean something.
    pub fn is_whole(&self) -> bool {
        self.is_code() || self.unit == HALF_FREEDOM
    }

    /// What its value may be in a file.
    pub(crate) fn kind(&self) -> Kind {
        if self.is_code() {
            Kind::Code {
                last: self.high as u32,
            }
        } else if self.is_whole() {
            Kind::Whole {
                low: self.low as u32,
                high: self.high as u32,
            }
        } else {
            Kind::Float {
                low: self.low,
                high: self.high,
            }
        }
    }
}

/// A parameter of inputs in their uses.
const fn by_use(spec: ParameterSpec) -> ParameterSpec {
    ParameterSpec {
        by_sector: true,
        by_use: true,
        ..spec
    }
}

/// How the use of an input by a sector is written.
pub fn pair(input: &str, user: &str) -> String {
    format!("{input}_into_{user}")
}

/// Every parameter of the model.
pub const PARAMETERS: &[ParameterSpec] = &[
    spec(
        "origin_elasticity",
        "1",
        (0.0, 30.0),
        true,
        "Elasticity of substitution between foreign origins in the long run.",
    ),
    spec(
        "origin_elasticity_short",
        "1",
        (0.0, 30.0),
        true,
        "The same at once, before buyers adapt their suppliers.",
    ),
    spec(
        "import_elasticity",
        "1",
        (0.0, 30.0),
        true,
        "Elasticity of substitution between domestic goods and imports in the long run.",
    ),
    spec(
        "import_elasticity_short",
        "1",
        (0.0, 30.0),
        true,
        "The same at once, before buyers adapt their suppliers.",
    ),
    spec(
        "sourcing_speed",
        "per year",
        (0.0, 1e4),
        false,
        "Speed at which buyers adapt their suppliers to prices.",
    ),
    spec(
        "new_origin_share",
        "share of the market",
        (0.0, 0.05),
        false,
        "Seed of origins that sell a good, but not in a market that buys it, where entry costs nothing; zero keeps them out.",
    ),
    spec(
        "entry_cost",
        "log points",
        (0.0, 20.0),
        true,
        "Cost of entering a market: the seed is the share given times its negative exponential.",
    ),
    spec(
        "firm_elasticity",
        "1",
        (1.01, 50.0),
        true,
        "Elasticity of substitution between firms of one origin, at least that between origins; sets the markup.",
    ),
    spec(
        "final_demand_elasticity",
        "1",
        (0.0, 10.0),
        false,
        "Elasticity of substitution between sectors in final demand.",
    ),
    spec(
        "input_elasticity",
        "1",
        (0.0, 10.0),
        false,
        "Elasticity of substitution among labour and materials in the long run.",
    ),
    spec(
        "input_elasticity_short",
        "1",
        (0.0, 10.0),
        false,
        "The same at once, before firms change how they produce.",
    ),
    spec(
        "input_speed",
        "per year",
        (0.0, 1e4),
        false,
        "Speed at which firms adapt their inputs to prices.",
    ),
    by_use(spec(
        "input_criticality",
        "share of the shortage",
        (0.0, 1.0),
        true,
        "Fall of output where an input is short: 1 critical, 0.5 important, 0 not critical; 1 for all inputs makes output the least that any of them allows.",
    )),
    spec(
        "effort_response",
        "1",
        (0.0, 5.0),
        false,
        "Sales effort of a line per margin above the mean of its firm, both in logs.",
    ),
    spec(
        "effort_speed",
        "per year",
        (0.0, 26.0),
        false,
        "Speed at which firms move their sales effort.",
    ),
    spec(
        "effort_noise",
        "log points",
        (0.0, 1.0),
        false,
        "Standard deviation of the log effort of a line from noise.",
    ),
    spec(
        "transshipment_share",
        "share",
        (0.0, 1.0),
        false,
        "Largest share of a flow that enters under the name of another origin.",
    ),
    spec(
        "transshipment_cost",
        "share of the price at the border",
        (0.0, 2.0),
        false,
        "Cost of the detour of relabelled goods; the gap in duties at which half of the largest share is relabelled.",
    ),
    spec(
        "transshipment_spread",
        "log points",
        (0.001, 1.0),
        false,
        "Spread of that cost over sellers.",
    ),
    spec(
        "enforcement",
        "share",
        (0.0, 1.0),
        false,
        "Share of attempts at relabelling that are prevented.",
    ),
    spec(
        "border_reset_rate",
        "per year",
        (0.0, 1e4),
        true,
        "Hazard of resetting a price at the border.",
    ),
    spec(
        "producer_reset_rate",
        "per year",
        (0.0, 1e4),
        true,
        "Hazard of resetting a price for buyers at home.",
    ),
    spec(
        "gap_reset_rate",
        "per year",
        (0.0, 1e4),
        true,
        "Hazard added while a border price is so far from the desired one that a change pays.",
    ),
    spec(
        "menu_cost",
        "share of maximum profit",
        (0.0, 1.0),
        true,
        "Cost of changing a border price; sets the gap beyond which gap_reset_rate applies.",
    ),
    spec(
        "price_foresight",
        "share",
        (0.0, 1.0),
        false,
        "Weight that border prices, when reset, give to duties that are expected.",
    ),
    spec(
        "price_discount_rate",
        "per year",
        (0.0, 1.0),
        false,
        "Rate at which firms discount profits when they set prices.",
    ),
    spec(
        "exporter_shade",
        "1",
        (0.0, 1.0),
        true,
        "Part of a duty that exporters concede: the gate price times (1 + duty)^-shade.",
    ),
    spec(
        "markup_rule",
        CODE,
        (0.0, 3.0),
        true,
        "Markups: 0 constant, 1 Bertrand and 2 Cournot competition, 3 Kimball demand.",
    ),
    spec(
        "household_elasticity_oligopoly",
        "1",
        (0.1, 10.0),
        false,
        "Elasticity of final demand for a sector that oligopolists perceive.",
    ),
    spec(
        "kimball_superelasticity",
        "1",
        (0.0, 50.0),
        true,
        "Elasticity of the elasticity of Kimball demand at base prices.",
    ),
    spec(
        "firms_per_agent",
        "firms",
        (1.0, 1e5),
        true,
        "Firms that one agent stands for, of which oligopolists see the share of one.",
    ),
    spec(
        "store_reset_rate",
        "per year",
        (0.0, 1e4),
        true,
        "Hazard of resetting a store price.",
    ),
    spec(
        "finished_cover",
        "years of sales",
        (0.02, 2.0),
        false,
        "Cover of finished goods.",
    ),
    spec(
        "material_cover",
        "years of use",
        (0.02, 2.0),
        false,
        "Cover of materials.",
    ),
    spec(
        "service_cover",
        "years of sales",
        (0.0, 2.0),
        false,
        "Cover of services, as what is made and as what is bought, where those of goods are longer; one tick at least.",
    ),
    spec(
        "import_cover",
        "years of sales",
        (0.0, 2.0),
        true,
        "Cover of imports held by importers; zero lets goods pass straight through.",
    ),
    spec(
        "transit_by_sea",
        "years",
        (0.0, 1.0),
        false,
        "Time goods are under way between economies without a land route.",
    ),
    spec(
        "transit_by_land",
        "years",
        (0.0, 1.0),
        false,
        "Time goods are under way between economies with a land route.",
    ),
    spec(
        "licence_price_speed",
        "per year",
        (0.0, 20.0),
        false,
        "Growth of the price of a quota licence, as a share of the price at the border, per unit of excess applications; zero makes licences free.",
    ),
    spec(
        "licence_elasticity",
        "elasticity",
        (0.0, 20.0),
        false,
        "Elasticity of substitution between goods of a flow that need a quota licence and its other goods.",
    ),
    spec(
        "holding_cost",
        "per year",
        (0.01, 1e3),
        true,
        "Cost of holding goods for a year over their value: interest, storage, obsolescence.",
    ),
    spec(
        "surge",
        "share of expected sales",
        (0.0, 10.0),
        false,
        "Orders beyond usual ones that ports and suppliers can serve; zero switches buying ahead off.",
    ),
    spec(
        "payback_speed",
        "per year",
        (0.1, 1000.0),
        false,
        "Speed at which what was bought ahead of a duty is used instead of new orders.",
    ),
    spec(
        "prior_carried_out",
        "announcements",
        (0.0, 1e3),
        false,
        "Announcements carried out that agents start with, as if seen.",
    ),
    spec(
        "prior_withdrawn",
        "announcements",
        (0.0, 1e3),
        false,
        "Announcements withdrawn that agents start with, as if seen.",
    ),
    spec(
        "plan_credibility",
        "share",
        (0.0, 1.0),
        false,
        "How far a plan, a text that orders nothing, is believed against an order or a threat.",
    ),
    spec(
        "stock_adjustment",
        "per year",
        (0.0, 26.0),
        false,
        "Speed at which stocks are brought to their cover.",
    ),
    spec(
        "sales_expectation",
        "per year",
        (0.0, 1e4),
        false,
        "Speed at which expected sales follow sales.",
    ),
    spec(
        "income_expectation",
        "per year",
        (0.0, 1e4),
        false,
        "Speed at which expected income follows income.",
    ),
    spec(
        "money_cover",
        "years of income",
        (0.0, 10.0),
        false,
        "Money that final users want to hold.",
    ),
    spec(
        "money_adjustment",
        "per year",
        (0.0, 26.0),
        false,
        "Speed at which spending corrects money holdings.",
    ),
    spec(
        "wage_speed",
        "per year",
        (0.0, 26.0),
        false,
        "Wage growth per log point of excess labour demand.",
    ),
    spec(
        "hiring_speed",
        "per year",
        (0.0, 1e4),
        false,
        "Speed at which firms hire towards what their plans need.",
    ),
    spec(
        "separation_rate",
        "per year",
        (0.0, 10.0),
        false,
        "Staff that leaves of its own accord.",
    ),
    spec(
        "firing_speed",
        "per year",
        (0.0, 1e4),
        false,
        "Speed at which firms dismiss staff beyond what their plans need.",
    ),
    spec(
        "overtime",
        "share of staff",
        (0.0, 1.0),
        false,
        "Work beyond its staff that a firm can have done.",
    ),
    spec(
        "wage_indexation",
        "share",
        (0.0, 1.0),
        false,
        "Part of inflation over about the last year that wages follow.",
    ),
    spec(
        "largest_wage_fall",
        "log points per year",
        (0.0, 1e4),
        false,
        "Fastest fall of wages in local money.",
    ),
    spec(
        "dividend_speed",
        "per year",
        (0.1, 1e4),
        false,
        "Speed at which firms and importers pay out their cash.",
    ),
    spec(
        "productivity_noise",
        "log points",
        (0.0, 1.0),
        false,
        "Standard deviation of a firm's log productivity.",
    ),
    spec(
        "productivity_reversion",
        "per year",
        (0.01, 100.0),
        false,
        "Speed at which productivity returns to its mean.",
    ),
    spec(
        "margin_squeeze",
        "share",
        (0.0, 1.0),
        false,
        "Share of a cost rise that stores absorb at first.",
    ),
    spec(
        "margin_recovery",
        "per year",
        (0.0, 26.0),
        false,
        "Speed at which stores win their margin back.",
    ),
    spec(
        "dollar_margin",
        "share",
        (0.0, 1.0),
        false,
        "Weight of a margin constant in dollars against one in per cent.",
    ),
    spec(
        "category_pricing",
        "share",
        (0.0, 1.0),
        true,
        "Weight of the mean target of its category, domestic and imported goods, in the target of a store price.",
    ),
    spec(
        "capacity_slope",
        "elasticity",
        (0.0, 2.0),
        false,
        "Elasticity of marginal cost to the use of capacity.",
    ),
    spec(
        "capacity_congestion",
        "1",
        (0.0, 100.0),
        false,
        "Rise of marginal cost with the square of use above that of the base year.",
    ),
    spec(
        "capacity_use",
        "share",
        (0.1, 1.0),
        false,
        "Use of capacity in the base year.",
    ),
    spec(
        "depreciation",
        "per year",
        (0.001, 1.0),
        false,
        "Share of plant that wears out.",
    ),
    spec(
        "plant_speed",
        "per year",
        (0.0, 10.0),
        false,
        "Speed at which firms build the plant they want; zero freezes plant, and incomes alone decide what is invested.",
    ),
    spec(
        "plant_value_response",
        "1",
        (0.0, 2.0),
        false,
        "Rise of wanted plant with the value of a firm per unit of plant, both over the base year.",
    ),
    spec(
        "plant_uncertainty_response",
        "log points per standard deviation",
        (0.0, 0.1),
        false,
        "Fall of wanted plant with policy uncertainty.",
    ),
    spec(
        "plant_expectation",
        "per year",
        (0.0, 52.0),
        false,
        "Speed at which the sales and profits that firms build plant for follow those of the day.",
    ),
    spec(
        "lending_spread",
        "share a year",
        (0.0, 0.5),
        false,
        "Rate on debt of firms and importers above the policy rate.",
    ),
    spec(
        "exchange_rate_speed",
        "per year",
        (0.0, 1e4),
        false,
        "Speed at which exchange rates go to their targets.",
    ),
    spec(
        "exchange_rate_volatility",
        "log points per root of a year",
        (0.0, 1.0),
        false,
        "Standard deviation of shocks to a floating exchange rate over a year.",
    ),
    spec(
        "exchange_rate_interest_response",
        "log points per unit of rate",
        (0.0, 20.0),
        false,
        "Appreciation of a currency per unit of its policy rate above that of the reference.",
    ),
    spec(
        "exchange_rate_trade_response",
        "log points per unit of GDP",
        (0.0, 20.0),
        false,
        "Appreciation of a currency per unit of net exports over GDP.",
    ),
    spec(
        "exchange_rate_tariff_response",
        "share of the duty",
        (-2.0, 2.0),
        false,
        "Part of a duty of the reference economy that its currency offsets; negative where it falls.",
    ),
    spec(
        "import_content",
        "share",
        (0.0, 1.0),
        false,
        "Imported part of the goods on which the offset of duties is counted.",
    ),
    spec(
        "managed_flexibility",
        "share",
        (0.0, 1.0),
        false,
        "Part of the response of a floating currency that a managed one shows.",
    ),
    spec(
        "policy_inflation_response",
        "points of rate per point of inflation",
        (0.0, 10.0),
        false,
        "Rise of the policy rate with inflation over the last year, where banks follow the rule.",
    ),
    spec(
        "policy_unemployment_response",
        "points of rate per point of unemployment",
        (0.0, 10.0),
        false,
        "Fall of the policy rate with unemployment, where banks follow the rule.",
    ),
    spec(
        "policy_rate_floor",
        "share a year",
        (-0.02, 0.1),
        false,
        "Lowest policy rate, where the base year has no lower one.",
    ),
    spec(
        "policy_rate_speed",
        "per year",
        (0.0, 1e4),
        false,
        "Speed at which policy rates go where the rule wants them.",
    ),
    spec(
        "household_interest_response",
        "log points per unit of rate",
        (0.0, 10.0),
        false,
        "Spending that households put off per unit of policy rate.",
    ),
    spec(
        "investment_interest_response",
        "log points per unit of rate",
        (0.0, 20.0),
        false,
        "Investment that is put off per unit of policy rate.",
    ),
    spec(
        "share_safe_rate",
        "share a year",
        (0.0, 0.2),
        false,
        "Safe rate at which profits are discounted in share prices, before changes of the policy rate.",
    ),
    spec(
        "equity_premium",
        "share a year",
        (0.0, 0.3),
        false,
        "Premium of shares over the safe rate.",
    ),
    spec(
        "market_beta",
        "1",
        (0.0, 3.0),
        true,
        "Exposure of the shares of a sector to the market.",
    ),
    spec(
        "profit_growth",
        "share a year",
        (-0.05, 0.1),
        false,
        "Growth of profits that share prices count on.",
    ),
    spec(
        "uncertainty_premium",
        "share a year per root of a standard deviation",
        (0.0, 0.05),
        false,
        "Premium on shares per root of policy uncertainty.",
    ),
    spec(
        "share_price_speed",
        "per year",
        (1.0, 1e5),
        false,
        "Speed at which share prices go to values.",
    ),
    spec(
        "share_response_horizon",
        "years",
        (0.0, 20.0),
        false,
        "Years after a change of duty at which firms take elasticities of demand when they foresee profits.",
    ),
    spec(
        "share_cost_pass_through",
        "share",
        (0.0, 1.5),
        false,
        "Part of a change of cost that prices are foreseen to pass on.",
    ),
    spec(
        "share_protection_pricing",
        "share",
        (0.0, 1.0),
        false,
        "Foreseen rise of domestic prices per rise of the price of imports beside them.",
    ),
    spec(
        "share_demand_response",
        "share",
        (0.0, 2.0),
        false,
        "Spending that buyers are foreseen to give up per unit that duties take.",
    ),
    spec(
        "share_telling_apart",
        "share",
        (0.0, 1.0),
        false,
        "How far owners of shares tell firms of an economy apart when duties change: 1 each by its own exposure, 0 all alike.",
    ),
    spec(
        "market_variance_constant",
        "squared logs a day",
        (0.0, 0.01),
        false,
        "Constant of the variance of a day's shock to share prices; zero switches shocks off.",
    ),
    spec(
        "market_variance_response",
        "ratio",
        (0.0, 1.0),
        false,
        "Response of that variance to the square of the last shock.",
    ),
    spec(
        "market_variance_memory",
        "ratio",
        (0.0, 1.0),
        false,
        "Part of the last variance that is kept.",
    ),
    spec(
        "market_tail",
        HALF_FREEDOM,
        (2.0, 50.0),
        false,
        "Tails of shocks to share prices: half the degrees of freedom of Student's t, a whole number; draws of a prior are rounded.",
    ),
    spec(
        "market_reversion",
        "per year",
        (0.0, 52.0),
        false,
        "Speed at which share prices return from shocks.",
    ),
    spec(
        "market_spill_same_day",
        "share",
        (0.0, 0.7),
        false,
        "Part of a shock to the leading market that others take on its day.",
    ),
    spec(
        "market_spill_next_day",
        "share",
        (0.0, 0.7),
        false,
        "The same on the next day.",
    ),
    spec(
        "own_share_noise",
        "log points per root of a year",
        (0.0, 2.0),
        false,
        "Standard deviation of what is a firm's own in its share price.",
    ),
    spec(
        "own_share_reversion",
        "per year",
        (0.1, 100.0),
        false,
        "Speed at which that returns to zero.",
    ),
    spec(
        "regime_deal",
        "per year",
        (0.0, 20.0),
        false,
        "Hazard at which a deal takes back part of the duties added since the base year.",
    ),
    spec(
        "regime_reversal",
        "per year",
        (0.0, 20.0),
        false,
        "Hazard that the same happens without a deal, for a government without credibility.",
    ),
    spec(
        "regime_breakdown",
        "per year",
        (0.0, 20.0),
        false,
        "Hazard that what was taken back comes again.",
    ),
    spec(
        "back_down_hazard",
        "per year",
        (0.0, 100.0),
        false,
        "Hazard that an announcement is withdrawn before its day, for a government without credibility.",
    ),
    spec(
        "deal_relief",
        "share",
        (0.0, 1.0),
        false,
        "Part of the duties added since the base year that a deal takes back.",
    ),
    spec(
        "war_rate",
        "share",
        (0.1, 10.0),
        false,
        "Duty above that of the base year from which a flow is at war; counted by steps from 10 points below to 10 above.",
    ),
    spec(
        "war_breadth",
        "share",
        (0.01, 1.0),
        false,
        "Share of trade at war at which a trade war has its full reach; below in proportion.",
    ),
    spec(
        "war_loss",
        "log points",
        (0.0, 1.0),
        false,
        "Loss of the value of firms at a full trade war, besides duties and premium.",
    ),
    spec(
        "threat_shock",
        "standard deviations per unit of duty",
        (0.0, 1000.0),
        false,
        "Rise of trade policy uncertainty with the duty that is expected.",
    ),
    spec(
        "pause_share",
        "share",
        (0.0, 1.0),
        false,
        "Part of that which falling duties take back.",
    ),
    spec(
        "uncertainty_half_life",
        "years",
        (0.01, 10.0),
        false,
        "Years in which policy uncertainty halves.",
    ),
    spec(
        "duty_acceptance",
        "per year",
        (0.0, 20.0),
        false,
        "Speed at which duties in force become usual and their conflict ends.",
    ),
    spec(
        "uncertainty_spill",
        "share",
        (0.0, 1.0),
        false,
        "Part of the largest home-made uncertainty that all economies feel.",
    ),
    spec(
        "volatility_mean",
        "index",
        (5.0, 60.0),
        false,
        "Level of the volatility index at rest.",
    ),
    spec(
        "volatility_response",
        "1",
        (0.0, 20.0),
        false,
        "Rise of the log volatility index per fall of log share prices.",
    ),
    spec(
        "volatility_reversion",
        "share a day",
        (0.0, 1.0),
        false,
        "Part of its gap that the log volatility index closes in a day of trade.",
    ),
    spec(
        "volatility_relief",
        "share a day",
        (0.0, 1.0),
        false,
        "The same in the two weeks after a reversal of policy.",
    ),
    spec(
        "yield_growth_response",
        "share a year per log point",
        (0.0, 1.0),
        false,
        "Fall of the yield of ten years per fall of log profits expected.",
    ),
    spec(
        "term_premium_response",
        "share a year per root of a standard deviation",
        (0.0, 0.05),
        false,
        "Term premium per root of home-made policy uncertainty.",
    ),
    spec(
        "term_premium_speed",
        "per year",
        (0.0, 1e4),
        false,
        "Speed of the term premium.",
    ),
    spec(
        "haven_response",
        "log points per root of a standard deviation",
        (-0.2, 0.2),
        false,
        "Appreciation of the reference money in policy uncertainty from abroad, and its fall in that of its own making.",
    ),
    spec(
        "collection_gap",
        "share",
        (0.0, 0.9),
        false,
        "Part of the applied duty that does not reach the treasury.",
    ),
    spec(
        "preference_uptake",
        "ratio to the record",
        (0.0, 2.0),
        false,
        "Use of preferences on base duties.",
    ),
    spec(
        "claim_scale",
        "ratio to the record",
        (0.0, 2.0),
        false,
        "Claims of relief from measures.",
    ),
    spec(
        "rebate_share",
        "share",
        (0.0, 1.0),
        false,
        "Share of duties returned to households; the rest is spent by government. Where closure.revenue names another use of duties above those of the base year, that use takes all of them unless the experiment gives this share.",
    ),
    spec(
        "firm_size_tail",
        "1",
        (0.5, 5.0),
        true,
        "Tail index of the Pareto distribution of firm sizes.",
    ),
    spec(
        "exporter_share",
        "share of firms",
        (0.0, 1.0),
        true,
        "Firms that export; the largest do.",
    ),
    spec(
        "approval",
        CODE,
        (0.0, 1.0),
        false,
        "Whether approval of leaders is followed: 0 no, 1 yes; nothing else depends on it.",
    ),
    spec(
        "approval_base_shift",
        "points",
        (-30.0, 30.0),
        false,
        "Added to the approval of every leader after the honeymoon.",
    ),
    spec(
        "honeymoon_scale",
        "ratio",
        (0.0, 5.0),
        false,
        "Size of honeymoons against the world's leaders.",
    ),
    spec(
        "honeymoon_time_scale",
        "ratio",
        (0.05, 20.0),
        false,
        "Length of honeymoons against the world's leaders.",
    ),
    spec(
        "approval_fading",
        "per year",
        (0.0, 500.0),
        false,
        "Speed at which shocks to approval fade.",
    ),
    spec(
        "approval_stocks",
        "points per per cent",
        (-1.0, 1.0),
        false,
        "Approval gained per per cent of market return that policy caused.",
    ),
    spec(
        "approval_prices",
        "points per point",
        (-10.0, 10.0),
        false,
        "Approval lost per point of perceived inflation a year.",
    ),
    spec(
        "approval_jobs",
        "points per point",
        (-10.0, 10.0),
        false,
        "Approval lost per point of unemployment in a voter's sector of work.",
    ),
    spec(
        "approval_news",
        "points per point",
        (-5.0, 5.0),
        false,
        "Approval gained per point of the average statutory tariff on its day, negative where duties cost approval.",
    ),
    spec(
        "approval_noise",
        "points",
        (0.0, 10.0),
        false,
        "Standard deviation of the disturbance of approval in a week.",
    ),
    spec(
        "approval_slope_own",
        "ratio",
        (0.0, 10.0),
        false,
        "How the leader's own camp answers, against independents.",
    ),
    spec(
        "approval_slope_independent",
        "ratio",
        (0.01, 10.0),
        false,
        "How voters of no camp answer; all three are scaled to a mean of one.",
    ),
    spec(
        "approval_slope_opposed",
        "ratio",
        (0.0, 10.0),
        false,
        "How the other camp answers, against independents.",
    ),
    spec(
        "approval_floor_opposed",
        "per cent",
        (0.0, 50.0),
        false,
        "Lowest approval in the other camp.",
    ),
    spec(
        "inflation_expected_weight",
        "share",
        (0.0, 1.0),
        false,
        "Weight of expected inflation in perceived inflation.",
    ),
    spec(
        "inflation_per_tariff",
        "points per point",
        (0.0, 2.0),
        false,
        "Rise of consumer prices that voters expect per point of the announced average tariff.",
    ),
    spec(
        "price_attention",
        "ratio",
        (0.0, 20.0),
        true,
        "How often voters count the price of a sector.",
    ),
    spec(
        "price_news_lag",
        "years",
        (0.0, 1.0),
        false,
        "Age of the last published prices.",
    ),
    spec(
        "rally_firm",
        "points",
        (0.0, 40.0),
        false,
        "Rally behind a firm leader under a full threat from abroad.",
    ),
    spec(
        "rally_soft",
        "points",
        (0.0, 40.0),
        false,
        "Rally behind a conciliatory leader under a full threat from abroad.",
    ),
    spec(
        "rally_half_life",
        "years",
        (0.01, 10.0),
        false,
        "Time in which half of a rally fades.",
    ),
    spec(
        "rally_scale",
        "points",
        (0.1, 100.0),
        false,
        "Duties abroad on all exports of goods at which 63 % of a rally comes.",
    ),
    spec(
        "rally_partisan_distance",
        "share",
        (0.0, 1.0),
        false,
        "Part of a rally that the other camp does not join.",
    ),
    spec(
        "poll_speed",
        "per year",
        (0.1, 1e4),
        false,
        "Speed at which the published average of polls goes to approval.",
    ),
    spec(
        "pollster_error",
        "points",
        (0.0, 20.0),
        false,
        "Standard deviation of the lasting error of a pollster.",
    ),
    spec(
        "poll_sample",
        "people",
        (1.0, 1e9),
        false,
        "People asked in a poll.",
    ),
    spec(
        "issue_gap_trade",
        "points",
        (-50.0, 50.0),
        false,
        "Approval on trade and tariffs less approval, before anything happens.",
    ),
    spec(
        "issue_gap_inflation",
        "points",
        (-50.0, 50.0),
        false,
        "Approval on inflation less approval, before anything happens.",
    ),
    spec(
        "issue_gap_economy",
        "points",
        (-50.0, 50.0),
        false,
        "Approval on the economy less approval, before anything happens.",
    ),
    spec(
        "issue_mobility",
        "ratio",
        (0.0, 20.0),
        false,
        "How approval on an issue moves with the parts of approval that concern it.",
    ),
    spec(
        "vote_slope",
        "points per point",
        (-5.0, 5.0),
        false,
        "Vote share gained per point of approval.",
    ),
    spec(
        "vote_noise",
        "points",
        (0.0, 30.0),
        false,
        "Standard deviation of a vote share.",
    ),
    spec(
        "vote_protection",
        "points per point",
        (-5.0, 5.0),
        false,
        "Local vote gained per point of duty that protects a sector of work.",
    ),
    spec(
        "vote_retaliation",
        "points per point",
        (-5.0, 5.0),
        false,
        "Local vote lost per point of foreign duty on what a sector of work exports.",
    ),
    spec(
        "vote_compensation",
        "points per per cent",
        (-5.0, 5.0),
        false,
        "Local vote gained per per cent of a sector's pay in compensation.",
    ),
    spec(
        "seat_swing",
        "1",
        (0.5, 10.0),
        false,
        "Seat odds are vote odds to this power.",
    ),
    spec(
        "cabinet_hazard_majority",
        "per month",
        (0.0, 5.0),
        false,
        "Chance that a majority cabinet ends at an approval of 40.",
    ),
    spec(
        "cabinet_hazard_minority",
        "per month",
        (0.0, 5.0),
        false,
        "Chance that a minority cabinet ends at an approval of 40.",
    ),
    spec(
        "cabinet_hazard_approval",
        "per point",
        (-1.0, 1.0),
        false,
        "Change of the log of that chance per point of approval.",
    ),
    spec(
        "cabinet_hazard_lost_vote",
        "per month",
        (0.0, 5.0),
        false,
        "Added to the chance in the three months after a lost national vote.",
    ),
    spec(
        "cabinet_hazard_dissolution",
        "per month",
        (0.0, 5.0),
        false,
        "Chance of an early vote in the last year of a term, while polls promise seats.",
    ),
    spec(
        "election_notice",
        "years",
        (0.0, 1.0),
        false,
        "Time from the call of an early vote to its day.",
    ),
    spec(
        "voter_noise",
        "points",
        (0.0, 100.0),
        false,
        "Standard deviation of a voter's own mood, where a bloc has several.",
    ),
    spec(
        "voter_spread",
        "log points",
        (0.0, 3.0),
        false,
        "Standard deviation of the log of a voter's sensitivity, where a bloc has several.",
    ),
];

/// The description of a parameter, by its name with or without a sector.
pub fn parameter(name: &str) -> Option<&'static ParameterSpec> {
    let (stem, sector) = name
        .split_once('.')
        .map_or((name, None), |(s, t)| (s, Some(t)));
    PARAMETERS
        .iter()
        .find(|spec| spec.name == stem && (sector.is_none() || spec.by_sector))
}

/// Values of parameters by name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parameters(BTreeMap<String, f64>);

/// A parameter that no file gives, or that is out of its range.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ParameterError {
    /// No value.
    #[error("parameter `{0}` has no value; give it in the parameter file or in [parameters]")]
    Missing(String),
    /// Not one of the codes of a choice.
    #[error("parameter `{name}` is {value}, but the choices are whole numbers from 0 to {last}")]
    Choice {
        /// Name.
        name: String,
        /// Value.
        value: f64,
        /// Highest code.
        last: usize,
    },
    /// Out of range.
    #[error("parameter `{name}` is {value}, outside {low} to {high}")]
    Range {
        /// Name.
        name: String,
        /// Value.
        value: f64,
        /// Lowest allowed.
        low: f64,
        /// Highest allowed.
        high: f64,
    },
}

impl Parameters {
    /// Sets a value.
    ///
    /// # Errors
    /// [`ParameterError::Range`] outside the range of the parameter,
    /// [`ParameterError::Choice`] for a number that is none of its codes, or for an
    /// unknown name [`ParameterError::Missing`].
    pub fn set(&mut self, name: &str, value: f64) -> Result<(), ParameterError> {
        let spec = parameter(name).ok_or_else(|| ParameterError::Missing(name.to_owned()))?;
        if !(spec.low..=spec.high).contains(&value) {
            return Err(ParameterError::Range {
                name: name.to_owned(),
                value,
                low: spec.low,
                high: spec.high,
            });
        }
        if spec.is_code() && value.fract() != 0.0 {
            return Err(ParameterError::Choice {
                name: name.to_owned(),
                value,
                last: spec.high as usize,
            });
        }
        self.0.insert(name.to_owned(), value);
        Ok(())
    }

    /// A value.
    ///
    /// # Errors
    /// [`ParameterError::Missing`] when no file gives it.
    pub fn get(&self, name: &str) -> Result<f64, ParameterError> {
        self.0
            .get(name)
            .copied()
            .ok_or_else(|| ParameterError::Missing(name.to_owned()))
    }

    /// The value for a sector: its own, or the one for all.
    ///
    /// # Errors
    /// [`ParameterError::Missing`] when there is neither.
    pub fn for_sector(&self, name: &str, sector: &str) -> Result<f64, ParameterError> {
        self.0
            .get(&format!("{name}.{sector}"))
            .copied()
            .map_or_else(|| self.get(name), Ok)
    }

    /// The value for a sector where a file gives one.
    pub fn given_for_sector(&self, name: &str, sector: &str) -> Option<f64> {
        self.for_sector(name, sector).ok()
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.0.iter().map(|(name, value)| (name.as_str(), *value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sector_goes_before_all_sectors() {
        let mut values = Parameters::default();
        values.set("origin_elasticity", 2.5).unwrap();
        values.set("origin_elasticity.autos", 4.0).unwrap();
        assert_eq!(values.for_sector("origin_elasticity", "autos"), Ok(4.0));
        assert_eq!(values.for_sector("origin_elasticity", "energy"), Ok(2.5));
    }

    #[test]
    fn a_use_of_an_input_goes_before_all_uses() {
        let mut values = Parameters::default();
        values.set("input_criticality", 0.0).unwrap();
        values
            .set("input_criticality.energy_into_autos", 1.0)
            .unwrap();
        let value = |input, user| values.for_sector("input_criticality", &pair(input, user));
        assert_eq!(value("energy", "autos"), Ok(1.0));
        assert_eq!(value("autos", "energy"), Ok(0.0));
    }

    #[test]
    fn unknown_names_and_values_out_of_range_are_refused() {
        let mut values = Parameters::default();
        assert!(values.set("sigma", 2.0).is_err());
        assert!(
            values.set("wage_speed.autos", 0.5).is_err(),
            "not a parameter by sector"
        );
        assert!(values.set("margin_squeeze", f64::NAN).is_err());
        let between = values.set("markup_rule", 1.5).unwrap_err().to_string();
        assert!(between.contains("whole numbers from 0 to 3"), "{between}");
        assert_eq!(values.set("markup_rule", 3.0), Ok(()));
        assert!(values.get("wage_speed").is_err());
    }
}
