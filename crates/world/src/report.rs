//! What the balance did to the facts, and how much of a world is known how well.

use std::fmt;

use crate::accounts::Accounts;
use crate::build::BaseYear;
use crate::dollars::{bn, round};
use crate::margins::Layout;
use crate::prior::{Cell, USERS};
use crate::quality::Quality;

/// How far cells of one quality moved from their facts.
#[derive(Debug, Clone, PartialEq)]
pub struct Movement {
    /// Observed, estimated or assumed.
    pub quality: Quality,
    /// Cells with a positive fact.
    pub cells: usize,
    /// Largest change, as a share of the fact.
    pub max: f64,
    /// Median change.
    pub median: f64,
    /// Mean change, weighted by value.
    pub weighted: f64,
}

/// Value by quality of one group of cells \[USD bn\].
#[derive(Debug, Clone, PartialEq)]
pub struct GroupShare {
    /// Which cells.
    pub group: &'static str,
    /// Value of all.
    pub total: f64,
    /// Shares by quality, in the order of [`Quality::ALL`]; they sum to 1.
    pub shares: [f64; 3],
}

/// A cell that moved, largest first in [`Report::largest_moves`].
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    /// What and where.
    pub cell: String,
    /// The fact \[USD bn\].
    pub fact: f64,
    /// The account \[USD bn\].
    pub account: f64,
}

/// How a world came about.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Rounds of projection.
    pub rounds: usize,
    /// Margins met.
    pub margins: usize,
    /// Largest relative residual of a margin before rounding to dollars.
    pub solver_residual: f64,
    /// Largest relative residual of an identity after it (spending, output, deficits).
    pub closing_residual: f64,
    /// By quality, in the order of [`Quality::ALL`].
    pub movements: Vec<Movement>,
    /// By group of cells, the last one all of them.
    pub shares: Vec<GroupShare>,
    /// Observed cells that moved most, by share of the fact.
    pub largest_moves: Vec<Move>,
    /// Economy and sector cells whose surplus is below the profit of the sector's markup.
    pub thin_surplus: Vec<String>,
}

/// A group of cells: name, fact, account and what to call a cell.
struct Group<'a> {
    name: &'static str,
    cells: &'a [Cell],
    balanced: &'a [f64],
    label: Box<dyn Fn(usize) -> String + 'a>,
}

pub(crate) fn report(year: &BaseYear) -> Report {
    let groups = groups(year);
    let movements = Quality::ALL
        .iter()
        .map(|&quality| movement(&groups, quality))
        .collect();
    let mut shares: Vec<GroupShare> = groups.iter().map(share).collect();
    let total: f64 = shares.iter().map(|group| group.total).sum();
    let all = [0, 1, 2].map(|q| {
        shares
            .iter()
            .map(|group| group.shares[q] * group.total)
            .sum::<f64>()
            / total
    });
    shares.push(GroupShare {
        group: "all cells",
        total,
        shares: all,
    });
    Report {
        rounds: year.balanced.rounds,
        margins: year.problem.balance.margins.len(),
        solver_residual: year.balanced.residual,
        closing_residual: closing_residual(year),
        movements,
        shares,
        largest_moves: largest_moves(&groups),
        thin_surplus: thin_surplus(year),
    }
}

fn groups(year: &BaseYear) -> Vec<Group<'_>> {
    let Layout {
        trade,
        output,
        value_added,
        inputs,
        final_use,
    } = year.problem.layout;
    let (shape, prior) = (&year.shape, &year.prior);
    let cells = &year.balanced.cells;
    let of = |start: usize, cells_of: &[Cell]| &cells[start..start + cells_of.len()];
    let economies = shape.economies;
    let sectors = shape.sectors;
    vec![
        Group {
            name: "trade and domestic sales",
            cells: &prior.trade,
            balanced: of(trade, &prior.trade),
            label: Box::new(move |c| {
                let (pair, s) = (c / sectors, c % sectors);
                format!(
                    "{} from {}",
                    shape.place(pair / economies, s),
                    shape.economy(pair % economies)
                )
            }),
        },
        Group {
            name: "gross output",
            cells: &prior.output,
            balanced: of(output, &prior.output),
            label: Box::new(move |c| {
                format!("output of {}", shape.place(c / sectors, c % sectors))
            }),
        },
        Group {
            name: "value added",
            cells: &prior.value_added,
            balanced: of(value_added, &prior.value_added),
            label: Box::new(move |c| {
                format!("value added of {}", shape.place(c / sectors, c % sectors))
            }),
        },
        Group {
            name: "intermediate use",
            cells: &prior.inputs,
            balanced: of(inputs, &prior.inputs),
            label: Box::new(move |c| {
                let (row, s) = (c / sectors, c % sectors);
                format!(
                    "{} used by {}",
                    shape.place(row / sectors, row % sectors),
                    shape.sector(s)
                )
            }),
        },
        Group {
            name: "final use",
            cells: &prior.final_use,
            balanced: of(final_use, &prior.final_use),
            label: Box::new(move |c| {
                let (row, k) = (c / sectors, c % sectors);
                format!(
                    "{} use of {}",
                    USERS[row / economies],
                    shape.place(row % economies, k)
                )
            }),
        },
    ]
}

fn movement(groups: &[Group<'_>], quality: Quality) -> Movement {
    let (mut changes, mut moved, mut value) = (Vec::new(), 0.0, 0.0);
    for group in groups {
        for (cell, balanced) in group.cells.iter().zip(group.balanced) {
            if cell.mark.quality == quality && cell.value > 0.0 {
                changes.push((balanced / cell.value - 1.0).abs());
                moved += (balanced - cell.value).abs();
                value += cell.value;
            }
        }
    }
    changes.sort_by(f64::total_cmp);
    Movement {
        quality,
        cells: changes.len(),
        max: changes.last().copied().unwrap_or(0.0),
        median: changes.get(changes.len() / 2).copied().unwrap_or(0.0),
        weighted: if value > 0.0 { moved / value } else { 0.0 },
    }
}

fn share(group: &Group<'_>) -> GroupShare {
    let mut sums = [0.0; 3];
    for (cell, balanced) in group.cells.iter().zip(group.balanced) {
        sums[cell.mark.quality as usize] += balanced;
    }
    let total: f64 = sums.iter().sum();
    GroupShare {
        group: group.name,
        total,
        shares: sums.map(|sum| sum / total),
    }
}

fn largest_moves(groups: &[Group<'_>]) -> Vec<Move> {
    let mut moves = Vec::new();
    for group in groups {
        for (c, (cell, balanced)) in group.cells.iter().zip(group.balanced).enumerate() {
            if cell.mark.quality == Quality::Observed && cell.value > 0.0 {
                moves.push(Move {
                    cell: (group.label)(c),
                    fact: cell.value,
                    account: *balanced,
                });
            }
        }
    }
    let size = |m: &Move| (m.account / m.fact - 1.0).abs();
    moves.sort_by(|a, b| size(b).total_cmp(&size(a)));
    moves.truncate(10);
    moves
}

/// Largest relative residual of the identities in the closed accounts, in exact dollars.
fn closing_residual(year: &BaseYear) -> f64 {
    let BaseYear {
        shape,
        accounts,
        distribution,
        ..
    } = year;
    let mut largest: f64 = 0.0;
    let mut deficits = 0;
    for n in 0..shape.economies {
        deficits += accounts.deficit(shape, n);
        for k in 0..shape.sectors {
            let spent = accounts.spending(shape, n, k);
            let mut used: i64 = (0..shape.sectors)
                .map(|s| accounts.inputs[shape.input(n, k, s)])
                .sum();
            used += (0..USERS.len())
                .map(|user| accounts.final_use[Accounts::use_of(shape, user, n, k)])
                .sum::<i64>();
            if k == distribution.services {
                used += distribution.total_services(shape, n);
            }
            let market = shape.market(n, k);
            let output = accounts.output[market];
            let sold: i64 = (0..shape.economies)
                .map(|m| accounts.fob[shape.flow(m, n, k)])
                .sum();
            let cost: i64 = accounts.labour[market]
                + accounts.surplus[market]
                + (0..shape.sectors)
                    .map(|j| accounts.inputs[shape.input(n, j, k)])
                    .sum::<i64>();
            for (left, right) in [(spent, used), (output, sold), (output, cost)] {
                largest = largest.max(bn(left - right).abs() / bn(left.max(1)));
            }
        }
    }
    largest.max(bn(deficits).abs() / bn(accounts.output.iter().sum::<i64>()))
}

fn thin_surplus(year: &BaseYear) -> Vec<String> {
    let BaseYear {
        shape,
        accounts,
        facts,
        ..
    } = year;
    let mut thin = Vec::new();
    for s in 0..shape.sectors {
        let Some(elasticity) = facts.firms.get(&[shape.sector(s), "firm_elasticity"]) else {
            continue;
        };
        let profit_share = 1.0 / elasticity.value;
        for n in 0..shape.economies {
            let market = shape.market(n, s);
            if accounts.surplus[market] < round(profit_share * bn(accounts.output[market])) {
                thin.push(shape.place(n, s));
            }
        }
    }
    thin
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            out,
            "{} margins met in {} rounds; largest relative residual {:.1e}, after closing in whole dollars {:.1e}",
            self.margins, self.rounds, self.solver_residual, self.closing_residual
        )?;
        writeln!(
            out,
            "\nmoved from the fact      cells      max   median  by value"
        )?;
        for m in &self.movements {
            writeln!(
                out,
                "{:<20} {:>9} {:>7.2}% {:>7.2}% {:>8.2}%",
                m.quality.as_str(),
                m.cells,
                100.0 * m.max,
                100.0 * m.median,
                100.0 * m.weighted
            )?;
        }
        writeln!(
            out,
            "\nshare of value            USD bn  observed estimated  assumed"
        )?;
        for g in &self.shares {
            let [observed, estimated, assumed] = g.shares.map(|share| 100.0 * share);
            writeln!(
                out,
                "{:<24} {:>8.0} {observed:>8.1}% {estimated:>8.1}% {assumed:>7.1}%",
                g.group, g.total
            )?;
        }
        writeln!(out, "\nobserved cells that moved most")?;
        for m in &self.largest_moves {
            writeln!(
                out,
                "{:<52} {:>10.3} to {:>10.3}",
                m.cell, m.fact, m.account
            )?;
        }
        write!(
            out,
            "\n{} cells have less surplus than their markup would need; the markup is capped there",
            self.thin_surplus.len()
        )
    }
}
