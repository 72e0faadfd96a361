//! Prior trade flows: found or fitted where a table lists them, gravity where none does.
//!
//! Gravity: flow = output of the seller × use of the buyer / world output × openness of the sector,
//! where openness makes the formula meet the sum of the flows that are listed. A flow that no table
//! lists is taken at a share of that (`gravity_missing_share`): tables leave out what is small.
//! A flow of another year is carried by growth of both economies over growth of the world.

use std::collections::BTreeSet;

use crate::WorldError;
use crate::facts::Facts;
use crate::prior::{Cell, carried};
use crate::quality::{Confidence, Mark, Quality};
use crate::shape::Shape;

/// Mark of a flow that a detailed table lists by leaving it out.
const LISTED_AS_ZERO: &str = "listed";

/// Prior of every flow between two economies `[n][i][s]`; domestic cells are zero.
pub(crate) fn trade(
    facts: &Facts,
    shape: &Shape,
    output: &[Cell],
) -> Result<Vec<Cell>, WorldError> {
    let empty = Cell {
        value: 0.0,
        relative_sd: 0.0,
        mark: Mark::new(Quality::Assumed, LISTED_AS_ZERO),
    };
    let mut cells = vec![empty; shape.economies * shape.economies * shape.sectors];
    let mut listed = BTreeSet::new();
    from_detail(facts, shape, &mut cells, &mut listed)?;
    from_tables(facts, shape, &mut cells, &mut listed)?;
    for s in 0..shape.sectors {
        fill_sector(facts, shape, s, output, &mut cells, &listed)?;
    }
    Ok(cells)
}

fn pair_growth(facts: &Facts, n: &str, i: &str, year: i32) -> Result<f64, WorldError> {
    Ok(facts.growth(n, year)? * facts.growth(i, year)? / facts.world_growth(year)?)
}

fn from_detail(
    facts: &Facts,
    shape: &Shape,
    cells: &mut [Cell],
    listed: &mut BTreeSet<usize>,
) -> Result<(), WorldError> {
    for (key, fact) in facts.trade_detail.iter() {
        let (Some(n), Some(i)) = (shape.economy_index(&key[0]), shape.economy_index(&key[1]))
        else {
            continue;
        };
        let Some(s) = facts
            .subsectors
            .iter()
            .find(|(subsector, _, _)| subsector.as_str() == key[2])
            .and_then(|(_, sector, _)| shape.sector_index(sector.as_str()))
        else {
            continue;
        };
        let growth = pair_growth(facts, &key[0], &key[1], fact.year)?;
        let part = carried(facts, "trade", fact, growth)?;
        let cell = &mut cells[shape.flow(n, i, s)];
        *cell = Cell {
            value: cell.value + part.value,
            ..part
        };
        // Every goods sector of this pair has been looked at.
        for s in (0..shape.sectors).filter(|&s| !facts.sectors[s].is_service) {
            let flow = shape.flow(n, i, s);
            listed.insert(flow);
            if cells[flow].mark.source == LISTED_AS_ZERO {
                cells[flow].mark = fact.mark.clone();
            }
        }
    }
    Ok(())
}

fn from_tables(
    facts: &Facts,
    shape: &Shape,
    cells: &mut [Cell],
    listed: &mut BTreeSet<usize>,
) -> Result<(), WorldError> {
    for (key, fact) in facts.trade.iter() {
        let place = (
            shape.economy_index(&key[0]),
            shape.economy_index(&key[1]),
            shape.sector_index(&key[2]),
        );
        let (Some(n), Some(i), Some(s)) = place else {
            continue;
        };
        let growth = pair_growth(facts, &key[0], &key[1], fact.year)?;
        cells[shape.flow(n, i, s)] = carried(facts, "trade", fact, growth)?;
        listed.insert(shape.flow(n, i, s));
    }
    Ok(())
}

fn fill_sector(
    facts: &Facts,
    shape: &Shape,
    s: usize,
    output: &[Cell],
    cells: &mut [Cell],
    listed: &BTreeSet<usize>,
) -> Result<(), WorldError> {
    let size: Vec<f64> = (0..shape.economies)
        .map(|n| output[shape.market(n, s)].value)
        .collect();
    let world: f64 = size.iter().sum();
    let (mut known, mut by_size) = (0.0, 0.0);
    for n in 0..shape.economies {
        for i in (0..shape.economies).filter(|&i| i != n) {
            if listed.contains(&shape.flow(n, i, s)) {
                known += cells[shape.flow(n, i, s)].value;
                by_size += size[n] * size[i] / world;
            }
        }
    }
    let openness = if by_size > 0.0 { known / by_size } else { 0.1 };
    let share = facts.assumption("gravity_missing_share")?;
    let relative_sd = facts.relative_sd("trade", Confidence::Low)?;
    for n in 0..shape.economies {
        for i in (0..shape.economies).filter(|&i| i != n) {
            let flow = shape.flow(n, i, s);
            if !listed.contains(&flow) {
                cells[flow] = Cell {
                    value: share * openness * size[n] * size[i] / world,
                    relative_sd,
                    mark: Mark::new(Quality::Assumed, "gravity"),
                };
            }
        }
    }
    Ok(())
}
