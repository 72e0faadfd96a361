//! The parameters of approval and of markets: names, units, limits.

/// What a parameter is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NameSpec {
    /// `approval` or `markets`.
    pub section: &'static str,
    /// Name in files.
    pub name: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// Lowest allowed value.
    pub low: f64,
    /// Highest allowed value.
    pub high: f64,
    /// Whether it has one value for each series of a market in the place of one.
    pub by_series: bool,
    /// What it does, in one sentence.
    pub definition: &'static str,
}

/// Names of the sections.
pub const SECTIONS: &[&str] = &["approval", "markets"];

const fn approval(
    name: &'static str,
    unit: &'static str,
    (low, high): (f64, f64),
    definition: &'static str,
) -> NameSpec {
    NameSpec {
        section: "approval",
        name,
        unit,
        low,
        high,
        by_series: false,
        definition,
    }
}

const fn market(
    name: &'static str,
    unit: &'static str,
    limits: (f64, f64),
    definition: &'static str,
) -> NameSpec {
    NameSpec {
        section: "markets",
        ..approval(name, unit, limits, definition)
    }
}

const fn by_series(one: NameSpec) -> NameSpec {
    NameSpec {
        by_series: true,
        ..one
    }
}

const SHARE: (f64, f64) = (0.0, 1.0);
const PERCENT: (f64, f64) = (0.0, 100.0);

/// Every parameter of both sections.
pub const NAMES: &[NameSpec] = &[
    approval(
        "approval_base",
        "percent",
        PERCENT,
        "Approval once the honeymoon is over and shocks have faded.",
    ),
    approval(
        "approval_honeymoon",
        "points",
        (0.0, 60.0),
        "What approval stands above its base on inauguration day.",
    ),
    approval(
        "approval_honeymoon_time",
        "weeks",
        (1.0, 260.0),
        "Time in which the honeymoon falls to 1/e.",
    ),
    approval(
        "approval_return",
        "per week",
        SHARE,
        "Share of a shock to approval that fades in a week.",
    ),
    approval(
        "approval_stocks",
        "points per percent",
        (-2.0, 2.0),
        "Change of approval for 1 % of the week's returns on days of the leader's news.",
    ),
    approval(
        "approval_prices",
        "points per point",
        (0.0, 10.0),
        "Fall of approval for a point of perceived annual inflation.",
    ),
    approval(
        "approval_unemployment",
        "points per point",
        (0.0, 20.0),
        "Fall of approval for a point of unemployment.",
    ),
    approval(
        "approval_news",
        "points per point",
        (-2.0, 2.0),
        "Change of approval for a point of the average statutory tariff.",
    ),
    approval(
        "approval_noise",
        "points",
        (0.0, 10.0),
        "Standard deviation of the weekly disturbance of approval.",
    ),
    approval(
        "poll_smoothing",
        "share",
        SHARE,
        "Part of the way to present approval that a published average goes in a week.",
    ),
    approval(
        "perception_expected",
        "share",
        SHARE,
        "Weight of expected inflation in perceived inflation.",
    ),
    approval(
        "perception_import",
        "points per point",
        SHARE,
        "Expected rise of consumer prices for a point of the average tariff.",
    ),
    approval(
        "perception_food_energy",
        "ratio",
        (1.0, 10.0),
        "How often food and energy count in perceived inflation.",
    ),
    approval(
        "share_own",
        "share",
        SHARE,
        "Share of the electorate that belongs to the leader's party.",
    ),
    approval(
        "share_independent",
        "share",
        SHARE,
        "Share of the electorate that belongs to no party.",
    ),
    approval(
        "share_opposed",
        "share",
        SHARE,
        "Share of the electorate that belongs to the other party.",
    ),
    approval(
        "start_own",
        "percent",
        PERCENT,
        "Approval of the leader's party at the start.",
    ),
    approval(
        "start_independent",
        "percent",
        PERCENT,
        "Approval of voters of no party at the start.",
    ),
    approval(
        "start_opposed",
        "percent",
        PERCENT,
        "Approval of the other party at the start.",
    ),
    approval(
        "slope_own",
        "ratio",
        (0.0, 10.0),
        "Move of the leader's party over the average move.",
    ),
    approval(
        "slope_independent",
        "ratio",
        (0.0, 10.0),
        "Move of voters of no party over the average move.",
    ),
    approval(
        "slope_opposed",
        "ratio",
        (0.0, 10.0),
        "Move of the other party over the average move.",
    ),
    approval(
        "floor_opposed",
        "percent",
        PERCENT,
        "Approval of the other party never falls below this.",
    ),
    approval(
        "rally_firm",
        "points",
        (-20.0, 40.0),
        "Rise of approval of a leader who stands firm under threat.",
    ),
    approval(
        "rally_soft",
        "points",
        (-20.0, 40.0),
        "The same of one who gives way.",
    ),
    approval(
        "rally_halflife",
        "weeks",
        (0.5, 104.0),
        "Half-life of a rally.",
    ),
    approval(
        "rally_firmness",
        "share",
        SHARE,
        "Firmness where the type of a leader does not say: 1 less the share of a red line offered at once.",
    ),
    approval(
        "partisan_distance",
        "share",
        SHARE,
        "Part of a rally that is lost on voters of other parties.",
    ),
    approval(
        "vote_protection",
        "points per point",
        (0.0, 5.0),
        "Vote of an area for a point of protection of its output.",
    ),
    approval(
        "vote_retaliation",
        "points per point",
        (0.0, 5.0),
        "Vote an area takes away for a point of foreign duty on its output.",
    ),
    approval(
        "vote_subsidy",
        "points per percent",
        (0.0, 5.0),
        "Vote of an area for 1 % of its income in subsidy.",
    ),
    approval(
        "vote_slope",
        "points per point",
        (0.0, 5.0),
        "Vote share for a point of approval.",
    ),
    approval(
        "vote_noise",
        "points",
        (0.0, 20.0),
        "Standard deviation of a vote share about what approval says.",
    ),
    approval(
        "seat_swing",
        "ratio",
        (1.0, 5.0),
        "Odds of seats are the odds of votes to this power.",
    ),
    approval(
        "hazard_majority",
        "per month",
        SHARE,
        "Chance that a cabinet with a majority ends.",
    ),
    approval(
        "hazard_minority",
        "per month",
        SHARE,
        "Chance that a cabinet without one ends.",
    ),
    approval(
        "hazard_approval",
        "per point",
        (-1.0, 1.0),
        "Log change of these chances for a point of approval above 40.",
    ),
    approval(
        "hazard_lost_vote",
        "per month",
        SHARE,
        "Added for three months after a lost national vote.",
    ),
    approval(
        "hazard_talks",
        "ratio",
        (0.0, 5.0),
        "Factor while talks are pending.",
    ),
    approval(
        "hazard_dissolution",
        "per month",
        SHARE,
        "Added chance of dissolution in the last year of a term.",
    ),
    market(
        "market_average_tariff",
        "percent per point",
        (0.0, 5.0),
        "Fall of the index for a point of surprise in the average tariff.",
    ),
    market(
        "market_tail",
        "percent",
        PERCENT,
        "Fall of the index for a unit of probability of the tail.",
    ),
    market(
        "market_volatility",
        "percent per ten points",
        (0.0, 20.0),
        "Fall of the index for ten points of volatility from elsewhere.",
    ),
    market(
        "belief_reversals",
        "count",
        (0.0, 100.0),
        "Reversals in the prior belief about threats (Beta).",
    ),
    market(
        "belief_follow_through",
        "count",
        (0.0, 100.0),
        "Threats carried out in the prior belief (Beta).",
    ),
    by_series(market(
        "spillover_same_day",
        "ratio",
        (-3.0, 3.0),
        "Return of another index for 1 % of the leading index on the same day.",
    )),
    by_series(market(
        "spillover_previous_day",
        "ratio",
        (-3.0, 3.0),
        "The same on the session before.",
    )),
    market(
        "vix_slope",
        "percent per percent",
        (-20.0, 20.0),
        "Change of log volatility for 1 % of the index.",
    ),
    market(
        "vix_persistence",
        "ratio",
        SHARE,
        "Weight of yesterday's log volatility.",
    ),
    market(
        "yield_slope",
        "basis points per percent",
        (-50.0, 50.0),
        "Change of the ten-year yield for 1 % of the index, in normal times.",
    ),
    market(
        "yield_slope_stress",
        "basis points per percent",
        (-50.0, 50.0),
        "The same when policy at home is the source of stress.",
    ),
    market(
        "term_premium",
        "basis points",
        (-500.0, 500.0),
        "Rise of the ten-year yield for a log point of uncertainty that comes from policy at home.",
    ),
    market(
        "dollar_slope",
        "percent per percent",
        (-5.0, 5.0),
        "Change of the currency index for 1 % of the index, in normal times.",
    ),
    market(
        "dollar_slope_stress",
        "percent per percent",
        (-5.0, 5.0),
        "The same when policy at home is the source of stress.",
    ),
    market(
        "garch_omega",
        "percent squared",
        (0.0, 10.0),
        "Constant of the variance of daily returns of the index.",
    ),
    market(
        "garch_alpha",
        "ratio",
        SHARE,
        "Weight of the last squared surprise.",
    ),
    market("garch_beta", "ratio", SHARE, "Weight of the last variance."),
    market(
        "garch_freedom",
        "ratio",
        (2.0, 200.0),
        "Degrees of freedom of Student's distribution of the surprise.",
    ),
    market(
        "sector_margin",
        "percent per point",
        (0.0, 5.0),
        "Fall of a share for a point of surprise on the share of sales that is hit.",
    ),
    market(
        "sector_beta",
        "ratio",
        (0.0, 5.0),
        "Return of a sector over that of the market.",
    ),
    market(
        "own_deal_spill",
        "share",
        SHARE,
        "Change of a partner's own chance of a deal when a rival signs.",
    ),
    market(
        "uncertainty_threat",
        "log points",
        (0.0, 5.0),
        "Rise of log uncertainty on a threat of ten points on all partners.",
    ),
    market(
        "uncertainty_pause",
        "share",
        SHARE,
        "Share of the rise that a pause takes away.",
    ),
    market(
        "uncertainty_halflife",
        "weeks",
        (0.5, 260.0),
        "Half-life of uncertainty.",
    ),
    market(
        "uncertainty_power",
        "ratio",
        (0.0, 2.0),
        "Power of the concave map from uncertainty to effects.",
    ),
    market(
        "uncertainty_investment",
        "percent",
        PERCENT,
        "Fall of investment within a year at a unit of uncertainty.",
    ),
    market(
        "market_discount",
        "per year",
        SHARE,
        "Discount rate of the path of earnings.",
    ),
    market(
        "market_premium",
        "percent",
        PERCENT,
        "Rise of the premium for a unit of log uncertainty.",
    ),
    market(
        "stress_drawdown",
        "ratio",
        SHARE,
        "Weight of a fall of 10 % in ten days in the stress index.",
    ),
    market(
        "stress_yield",
        "ratio",
        SHARE,
        "Weight of a rise of the ten-year yield by 40 basis points in five days.",
    ),
    market(
        "stress_volatility",
        "ratio",
        SHARE,
        "Weight of 30 points of volatility above 20.",
    ),
];

/// The parameter behind a name; for one series the name goes on after a point.
pub fn name_spec(name: &str) -> Option<&'static NameSpec> {
    let (stem, series) = name.split_once('.').unwrap_or((name, ""));
    NAMES
        .iter()
        .find(|one| one.name == stem && one.by_series != series.is_empty())
}
