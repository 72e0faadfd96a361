//! The tables that an ensemble adds to those of the engine.

use tradewinds_engine::tables;
use tradewinds_kernel::record::{ColumnSpec, TableSpec};

/// Runs of the dataset.
pub static RUNS: TableSpec = TableSpec {
    name: "runs",
    description: "One run: a scenario in a replication.",
    columns: &[
        ColumnSpec::code("scenario", "name", "Scenario of the experiment."),
        ColumnSpec::count(
            "replication",
            "id",
            "Replication; the same number shares parameters and noise in every scenario.",
        ),
        ColumnSpec::count("ticks", "count", "Ticks run."),
        ColumnSpec::count("firms", "count", "Firms."),
        ColumnSpec::count("lines", "count", "Lines: firms times destinations."),
        ColumnSpec::count(
            "floored_markups",
            "count",
            "Prices set with the perceived elasticity of demand at its floor of 1.05.",
        ),
        ColumnSpec::number(
            "worst_world_residual",
            "share of world output in a tick",
            "Largest residual of an identity of an economy or the world.",
        ),
        ColumnSpec::number(
            "worst_agent_residual",
            "share of own gross flow in a tick",
            "Largest residual of an agent's own accounts.",
        ),
    ],
};

/// Parameters of the dataset.
pub static PARAMETER_DRAWS: TableSpec = TableSpec {
    name: "parameters",
    description: "The value of one parameter in one replication, the same in every scenario.",
    columns: &[
        ColumnSpec::count("replication", "id", "Replication."),
        ColumnSpec::code(
            "parameter",
            "name",
            "Parameter, with the sector after a point where it is given by sector.",
        ),
        ColumnSpec::number(
            "value",
            "unit of the parameter",
            "Value drawn, or the constant.",
        ),
    ],
};

/// Costs of a scenario by income decile.
pub static HOUSEHOLD_COSTS: TableSpec = TableSpec {
    name: "household_costs",
    description: "One measure of what a scenario costs an income tenth of an economy under watch against the baseline of the same replication, mean over the window of the outcomes.",
    columns: &[
        ColumnSpec::code("scenario", "name", "Scenario of the experiment."),
        ColumnSpec::count(
            "replication",
            "id",
            "Replication; the same number shares parameters and noise in every scenario.",
        ),
        ColumnSpec::code("economy", "ISO 3166-1 alpha-3", "Economy."),
        ColumnSpec::count("decile", "income tenth, 1 to 10", "Households by income."),
        ColumnSpec::code(
            "measure",
            "name",
            "cost_before_substitution: base-year basket at new prices, loss; cost_after_substitution: equivalent variation of prices alone at the exact index, loss; wages, profits, rebate, other_incomes: equivalent variation of these incomes, gain, other_incomes being all else that moves spending (taxes, transfers, profits kept by firms, saving, money held); equivalent_variation (the four incomes less cost_after_substitution): of prices and all incomes, gain, as the scenario uses duties; equivalent_variation_without_rebate; equivalent_variation_all_duties: as if all duties above the baseline's were handed back by spending of the base year.",
        ),
        ColumnSpec::number(
            "value",
            "USD bn a year at base prices",
            "The measure for the decile, money of the economy at the exchange rate of the base year.",
        ),
        ColumnSpec::number(
            "per_household",
            "USD a year at base prices",
            "The measure by household; missing where households were not counted.",
        )
        .or_missing(),
        ColumnSpec::number(
            "share_of_income",
            "share",
            "The measure over income after taxes and transfers of the base year.",
        ),
    ],
};

/// Economies that are not recorded one by one.
pub static MOMENTS: TableSpec = TableSpec {
    name: "moments",
    description: "One variable of one sector of an economy not under watch in one period, over all replications.",
    columns: &[
        ColumnSpec::code("scenario", "name", "Scenario of the experiment."),
        ColumnSpec::date("date", "First day of the period; values are means over it."),
        ColumnSpec::code("economy", "ISO 3166-1 alpha-3", "Economy."),
        ColumnSpec::code("sector", "code", "Sector."),
        ColumnSpec::code(
            "variable",
            "name",
            "landed_price and store_price: index, base year = 1; employment: USD bn a year at base wages; imports: USD bn a year at the border.",
        ),
        ColumnSpec::count("replications", "count", "Replications."),
        ColumnSpec::number("mean", "unit of the variable", "Mean over replications."),
        ColumnSpec::number(
            "sd",
            "unit of the variable",
            "Standard deviation over replications.",
        ),
        ColumnSpec::number("smallest", "unit of the variable", "Smallest value."),
        ColumnSpec::number(
            "p05",
            "unit of the variable",
            "5 % quantile, to 0.05 % of its value.",
        ),
        ColumnSpec::number(
            "p50",
            "unit of the variable",
            "Median, to 0.05 % of its value.",
        ),
        ColumnSpec::number(
            "p95",
            "unit of the variable",
            "95 % quantile, to 0.05 % of its value.",
        ),
        ColumnSpec::number("largest", "unit of the variable", "Largest value."),
    ],
};

/// Every table of a dataset.
pub fn all_tables() -> Vec<&'static TableSpec> {
    [&RUNS, &PARAMETER_DRAWS, &HOUSEHOLD_COSTS, &MOMENTS]
        .into_iter()
        .chain(tables::ALL)
        .collect()
}
