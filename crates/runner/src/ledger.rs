//! Balance sheets and transactions from the ledger of one run.

use tradewinds_engine::accounts::{Institutions, Matrix, balance_sheets, money, transactions};
use tradewinds_engine::{Simulation, baseline};

use crate::calibrate::user_names;
use crate::ensemble::{EnsembleError, Plan};

/// The matrices of one economy.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Index of the economy; none for the world.
    pub economy: Option<usize>,
    /// Balance sheet at the end.
    pub balance_sheet: Matrix,
    /// Transactions over the last ticks.
    pub transactions: Matrix,
}

/// Institutions of the final users of a world: households, government, investment.
pub fn institutions() -> Institutions {
    let of = |name: &String| match name.as_str() {
        "government" => 1,
        "investment" => 2,
        _ => 0,
    };
    Institutions {
        names: ["households", "government", "investment"]
            .map(str::to_owned)
            .into(),
        of_user: user_names().iter().map(of).collect(),
        treasury: 1,
    }
}

/// Runs a scenario for a number of ticks and draws up the matrices of every
/// economy, then of the world, over the last `over` of them.
///
/// # Errors
/// As a run: [`EnsembleError`].
pub fn statements(
    plan: &Plan,
    scenario: usize,
    (ticks, over): (u32, u32),
) -> Result<Vec<Statement>, EnsembleError> {
    let institutions = institutions();
    let mut simulation = Simulation::new(plan.model(0, scenario)?, baseline)?;
    let mut sums: Vec<Matrix> = Vec::new();
    for tick in 0..ticks.max(1) {
        let before = money(simulation.world_mut(), &institutions);
        simulation.step().map_err(|source| EnsembleError::Breach {
            scenario: plan.scenarios[scenario].name.clone(),
            replication: 0,
            source,
        })?;
        if tick + over < ticks {
            continue;
        }
        let flows = transactions(simulation.world_mut(), &institutions, &before);
        if sums.is_empty() {
            sums = flows;
        } else {
            sums.iter_mut()
                .zip(&flows)
                .for_each(|(sum, flows)| sum.add(flows));
        }
    }
    let sheets = balance_sheets(simulation.world_mut(), &institutions);
    let mut found: Vec<Statement> = (sheets.into_iter().zip(sums).enumerate())
        .map(|(n, (balance_sheet, transactions))| Statement {
            economy: Some(n),
            balance_sheet,
            transactions,
        })
        .collect();
    if let Some(first) = found.first().cloned() {
        let others = found[1..].to_vec();
        found.push(world(first, &others));
    }
    Ok(found)
}

fn world(first: Statement, others: &[Statement]) -> Statement {
    let mut sum = first;
    sum.economy = None;
    for one in others {
        sum.balance_sheet.add(&one.balance_sheet);
        sum.transactions.add(&one.transactions);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;
    use crate::library::Library;

    /// Rounding allowed to a sum, as a share of the largest cell.
    const ROUNDING: f64 = 1e-10;

    fn plan() -> Plan {
        let set = ["population.firms_per_cell=2", "replications=1", "repeats=1"];
        let set: Vec<String> = set.iter().map(|one| (*one).to_owned()).collect();
        let experiment = Experiment::load(&Library::embedded(), "us-2025", &set).unwrap();
        Plan::of(&experiment).unwrap()
    }

    #[test]
    fn every_row_and_column_adds_up_to_zero_in_every_economy_and_the_world() {
        let plan = plan();
        // Duties rise in the tenth week of the enacted law.
        let found = statements(&plan, 1, (20, 10)).unwrap();
        assert_eq!(found.len(), plan.world.economy_count() + 1);
        for one in &found {
            for matrix in [&one.balance_sheet, &one.transactions] {
                let limit = ROUNDING * matrix.largest();
                for (name, sum) in matrix.rows.iter().zip(matrix.row_sums()) {
                    assert!(sum.abs() < limit, "{:?} row {name}: {sum:e}", one.economy);
                }
                for (name, sum) in matrix.columns.iter().zip(matrix.column_sums()) {
                    assert!(
                        sum.abs() < limit,
                        "{:?} column {name}: {sum:e}",
                        one.economy
                    );
                }
            }
        }
    }

    #[test]
    fn what_the_world_pays_abroad_it_receives() {
        let plan = plan();
        let found = statements(&plan, 1, (2, 1)).unwrap();
        let world = &found.last().unwrap().transactions;
        let abroad = world
            .columns
            .iter()
            .position(|name| name == "abroad")
            .unwrap();
        // The last three rows hold lending and revaluations, which nobody abroad receives.
        let paid = world.rows.len() - 3;
        for (row, cells) in world.rows.iter().zip(&world.cells).take(paid) {
            assert!(
                cells[abroad].abs() < 1e-9 * world.largest(),
                "{row}: {}",
                cells[abroad]
            );
        }
        assert!(world.cells[2][1] > 0.0, "duties reach the government");
    }
}
