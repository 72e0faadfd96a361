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

/// Every table of a dataset.
pub fn all_tables() -> Vec<&'static TableSpec> {
    [&RUNS, &PARAMETER_DRAWS]
        .into_iter()
        .chain(tables::ALL)
        .collect()
}
