//! Prior accounts: what the facts say before anything is made to agree.

use crate::WorldError;
use crate::facts::{Fact, Facts};
use crate::gravity;
use crate::quality::{Confidence, Mark, Quality};
use crate::shape::Shape;

/// A cell before the balance.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    /// \[USD bn\].
    pub(crate) value: f64,
    /// Relative standard deviation; 0 keeps the cell.
    pub(crate) relative_sd: f64,
    pub(crate) mark: Mark,
}

/// The three final users of the source tables, in the order of [`Prior::final_use`].
pub(crate) const USERS: [&str; 3] = ["household", "government", "investment"];

/// All cells and the base duty rates.
#[derive(Debug)]
pub(crate) struct Prior {
    /// fob value `[n][i][s]`; n = i is domestic sales.
    pub(crate) trade: Vec<Cell>,
    /// Base duty rate collected `[n][i][s]` (share of fob).
    pub(crate) duty_rate: Vec<f64>,
    pub(crate) duty_mark: Vec<Mark>,
    /// Duty collected over what base rates would give `[n]`.
    pub(crate) collection_share: Vec<f64>,
    /// Gross output `[n][s]`.
    pub(crate) output: Vec<Cell>,
    /// Value added with taxes on inputs `[n][s]`.
    pub(crate) value_added: Vec<Cell>,
    /// Labour's share of value added `[n][s]`.
    pub(crate) labour_share: Vec<f64>,
    /// Intermediate use `[n][k][s]` of input k by s.
    pub(crate) inputs: Vec<Cell>,
    /// Final use `[user][n][k]`, users as in [`USERS`].
    pub(crate) final_use: Vec<Cell>,
    /// Total of each final user `[user][n]`.
    pub(crate) final_total: Vec<Cell>,
}

/// Builds the prior from the facts.
pub(crate) fn prior(facts: &Facts, shape: &Shape) -> Result<Prior, WorldError> {
    let (output, value_added, labour_share) = production(facts, shape)?;
    let mut inputs = inputs(facts, shape, &output, &value_added)?;
    let mut trade = gravity::trade(facts, shape, &output)?;
    let duties = crate::duties::collected_rates(facts, shape, &trade)?;
    domestic_sales(facts, shape, &output, &mut trade)?;
    let (mut final_use, final_total) = final_use(facts, shape, &value_added, &trade, &duties.rate)?;
    firm_up_large_uses(shape, &mut inputs, &mut final_use);
    Ok(Prior {
        trade,
        duty_rate: duties.rate,
        duty_mark: duties.mark,
        collection_share: duties.collection_share,
        output,
        value_added,
        labour_share,
        inputs,
        final_use,
        final_total,
    })
}

/// A level of another year carried to the base year by growth, and less certain for it.
pub(crate) fn carried(
    facts: &Facts,
    item: &str,
    fact: &Fact,
    growth: f64,
) -> Result<Cell, WorldError> {
    let own = facts.relative_sd(item, fact.confidence)?;
    let extra = if fact.year == facts.base_year {
        0.0
    } else {
        facts.relative_sd("carried", Confidence::Low)?
    };
    Ok(Cell {
        value: fact.value * growth,
        relative_sd: (own * own + extra * extra).sqrt(),
        mark: fact.mark.clone(),
    })
}

type Production = (Vec<Cell>, Vec<Cell>, Vec<f64>);

fn production(facts: &Facts, shape: &Shape) -> Result<Production, WorldError> {
    let (mut output, mut value_added, mut labour_share) = (Vec::new(), Vec::new(), Vec::new());
    for economy in &facts.economies {
        let code = economy.code.as_str();
        for s in 0..shape.sectors {
            let sector = shape.sector(s);
            let gross = facts.output.need(&[code, sector, "gross_output"])?;
            let added = facts.output.need(&[code, sector, "value_added"])?;
            let labour = facts
                .inputs
                .need(&[&economy.structure, sector, "labour"])?
                .value;
            let other = facts
                .inputs
                .need(&[&economy.structure, sector, "other_value_added"])?
                .value;
            let growth = facts.growth(code, gross.year)?;
            let gross_cell = carried(facts, "gross_output", gross, growth)?;
            let mut added_cell = carried(facts, "value_added", added, growth)?;
            let share = if economy.structure == code {
                labour + other
            } else {
                added.value / gross.value + facts.assumption("input_tax_share")?
            };
            added_cell.value = gross_cell.value * share.clamp(0.1, 0.95);
            output.push(gross_cell);
            value_added.push(added_cell);
            labour_share.push(labour / (labour + other));
        }
    }
    Ok((output, value_added, labour_share))
}

/// Input columns of the economy's table, scaled to one less its own value-added ratio.
fn inputs(
    facts: &Facts,
    shape: &Shape,
    output: &[Cell],
    value_added: &[Cell],
) -> Result<Vec<Cell>, WorldError> {
    let mut cells = Vec::with_capacity(shape.economies * shape.sectors * shape.sectors);
    for (n, economy) in facts.economies.iter().enumerate() {
        let is_own = economy.structure == economy.code.as_str();
        let need = |k: usize, s: usize| {
            facts
                .inputs
                .need(&[&economy.structure, shape.sector(s), shape.sector(k)])
        };
        for k in 0..shape.sectors {
            for s in 0..shape.sectors {
                let mut column = 0.0;
                for input in 0..shape.sectors {
                    column += need(input, s)?.value;
                }
                let fact = need(k, s)?;
                let market = shape.market(n, s);
                let total = output[market].value - value_added[market].value;
                let mut mark = fact.mark.clone();
                if !is_own {
                    mark.quality = Quality::Assumed;
                }
                let confidence = if is_own {
                    fact.confidence
                } else {
                    Confidence::Low
                };
                cells.push(Cell {
                    value: total * fact.value / column,
                    relative_sd: facts.relative_sd("intermediate", confidence)?,
                    mark,
                });
            }
        }
    }
    Ok(cells)
}

/// Domestic sales are output less exports: a remainder.
fn domestic_sales(
    facts: &Facts,
    shape: &Shape,
    output: &[Cell],
    trade: &mut [Cell],
) -> Result<(), WorldError> {
    for n in 0..shape.economies {
        for s in 0..shape.sectors {
            let market = shape.market(n, s);
            let exports: f64 = (0..shape.economies)
                .filter(|&m| m != n)
                .map(|m| trade[shape.flow(m, n, s)].value)
                .sum();
            let gross = &output[market];
            trade[shape.flow(n, n, s)] = Cell {
                value: (gross.value - exports).max(0.02 * gross.value),
                relative_sd: facts.relative_sd("domestic", Confidence::Low)?,
                mark: Mark {
                    quality: gross.mark.quality.max(Quality::Estimated),
                    source: gross.mark.source.clone(),
                },
            };
        }
    }
    Ok(())
}

fn final_use(
    facts: &Facts,
    shape: &Shape,
    value_added: &[Cell],
    trade: &[Cell],
    duty_rate: &[f64],
) -> Result<(Vec<Cell>, Vec<Cell>), WorldError> {
    let mut use_cells = Vec::new();
    let mut totals = Vec::new();
    for user in USERS {
        for (n, economy) in facts.economies.iter().enumerate() {
            let code = economy.code.as_str();
            let demand = domestic_demand(shape, n, value_added, trade, duty_rate);
            let total = facts.final_demand.need(&[code, user, "total"])?;
            let mut sum = 0.0;
            for s in 0..shape.sectors {
                sum += facts
                    .final_demand
                    .need(&[code, user, shape.sector(s)])?
                    .value;
            }
            totals.push(Cell {
                value: demand * total.value,
                relative_sd: facts.relative_sd("total", total.confidence)?,
                mark: total.mark.clone(),
            });
            for s in 0..shape.sectors {
                let fact = facts.final_demand.need(&[code, user, shape.sector(s)])?;
                use_cells.push(Cell {
                    value: demand * total.value * fact.value / sum,
                    relative_sd: facts.relative_sd("final", fact.confidence)?,
                    mark: fact.mark.clone(),
                });
            }
        }
    }
    Ok((use_cells, totals))
}

/// Large uses of a commodity are known better than small ones: the relative error falls with the
/// root of the cell over the mean use, so that a gap is shared about in proportion and no single
/// large cell takes it all. Observed cells keep theirs.
fn firm_up_large_uses(shape: &Shape, inputs: &mut [Cell], final_use: &mut [Cell]) {
    for n in 0..shape.economies {
        for k in 0..shape.sectors {
            let row = shape.input(n, k, 0)..shape.input(n, k, 0) + shape.sectors;
            let users = (0..USERS.len())
                .map(|user| (user * shape.economies + n) * shape.sectors + k)
                .collect::<Vec<_>>();
            let total: f64 = inputs[row.clone()]
                .iter()
                .map(|cell| cell.value)
                .sum::<f64>()
                + users.iter().map(|&cell| final_use[cell].value).sum::<f64>();
            let mean = total / users_of_a_commodity(shape);
            inputs[row].iter_mut().for_each(|cell| firm_up(cell, mean));
            users
                .iter()
                .for_each(|&cell| firm_up(&mut final_use[cell], mean));
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a handful of users")]
fn users_of_a_commodity(shape: &Shape) -> f64 {
    (shape.sectors + USERS.len()) as f64
}

fn firm_up(cell: &mut Cell, mean: f64) {
    if cell.mark.quality != Quality::Observed && cell.value > 0.0 {
        cell.relative_sd *= (mean / cell.value).sqrt().clamp(0.25, 1.5);
    }
}

/// Final demand of an economy: value added, duties and net imports.
fn domestic_demand(
    shape: &Shape,
    n: usize,
    value_added: &[Cell],
    trade: &[Cell],
    duty_rate: &[f64],
) -> f64 {
    let mut demand = 0.0;
    for s in 0..shape.sectors {
        demand += value_added[shape.market(n, s)].value;
        for m in (0..shape.economies).filter(|&m| m != n) {
            let import = shape.flow(n, m, s);
            demand += trade[import].value * (1.0 + duty_rate[import]);
            demand -= trade[shape.flow(m, n, s)].value;
        }
    }
    demand
}
