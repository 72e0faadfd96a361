//! The margins that the base-year accounts must meet, as constraints on cells.

use crate::WorldError;
use crate::balance::{Balance, Margin};
use crate::facts::{Fact, Facts};
use crate::prior::{Cell, Prior, USERS};
use crate::quality::{Confidence, Quality};
use crate::shape::Shape;

/// Where each group of cells starts in the balance.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) trade: usize,
    pub(crate) output: usize,
    pub(crate) value_added: usize,
    pub(crate) inputs: usize,
    pub(crate) final_use: usize,
}

/// A total of fob trade that was observed and is held exactly, in USD bn.
#[derive(Debug, Clone)]
pub(crate) struct HeldTotal {
    pub(crate) flows: Vec<usize>,
    pub(crate) target: f64,
}

/// The problem and what is needed to read its answer.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) balance: Balance,
    pub(crate) layout: Layout,
    pub(crate) held: Vec<HeldTotal>,
}

/// Cells and margins of a world.
pub(crate) fn problem(facts: &Facts, shape: &Shape, prior: &Prior) -> Result<Problem, WorldError> {
    let mut balance = Balance::default();
    let mut add = |cells: &[Cell]| {
        let start = balance.prior.len();
        for cell in cells {
            balance.cell(cell.value, cell.relative_sd);
        }
        start
    };
    let layout = Layout {
        trade: add(&prior.trade),
        output: add(&prior.output),
        value_added: add(&prior.value_added),
        inputs: add(&prior.inputs),
        final_use: add(&prior.final_use),
    };
    markets(shape, prior, &layout, &mut balance);
    totals_of_use(facts, shape, prior, &layout, &mut balance)?;
    let held = trade_totals(facts, shape, prior, &layout, &mut balance)?;
    Ok(Problem {
        balance,
        layout,
        held,
    })
}

/// Output is sold, supply is used, and cost is output: three margins per economy and sector.
fn markets(shape: &Shape, prior: &Prior, layout: &Layout, balance: &mut Balance) {
    for n in 0..shape.economies {
        for s in 0..shape.sectors {
            let market = shape.market(n, s);
            let place = shape.place(n, s);
            let mut sold = vec![(layout.output + market, 1.0)];
            let mut used = Vec::new();
            let mut cost = vec![
                (layout.output + market, 1.0),
                (layout.value_added + market, -1.0),
            ];
            for m in 0..shape.economies {
                sold.push((layout.trade + shape.flow(m, n, s), -1.0));
                let bought = shape.flow(n, m, s);
                used.push((layout.trade + bought, 1.0 + prior.duty_rate[bought]));
            }
            for other in 0..shape.sectors {
                used.push((layout.inputs + shape.input(n, s, other), -1.0));
                cost.push((layout.inputs + shape.input(n, other, s), -1.0));
            }
            for user in 0..USERS.len() {
                let cell = (user * shape.economies + n) * shape.sectors + s;
                used.push((layout.final_use + cell, -1.0));
            }
            for (name, terms) in [("sales of ", sold), ("use of ", used), ("cost of ", cost)] {
                balance.margins.push(Margin {
                    name: format!("{name}{place}"),
                    terms,
                    target: 0.0,
                });
            }
        }
    }
}

/// Totals of final users and of value added: known to a few percent, so they are cells of their own.
fn totals_of_use(
    facts: &Facts,
    shape: &Shape,
    prior: &Prior,
    layout: &Layout,
    balance: &mut Balance,
) -> Result<(), WorldError> {
    for n in 0..shape.economies {
        for (user, name) in USERS.iter().enumerate() {
            let total = &prior.final_total[user * shape.economies + n];
            let cell = balance.cell(total.value, total.relative_sd);
            let first = layout.final_use + (user * shape.economies + n) * shape.sectors;
            let mut terms: Vec<_> = (first..first + shape.sectors).map(|c| (c, 1.0)).collect();
            terms.push((cell, -1.0));
            let name = format!("{name} demand of {}", shape.economy(n));
            balance.margins.push(Margin {
                name,
                terms,
                target: 0.0,
            });
        }
        let added = &prior.value_added[shape.market(n, 0)..shape.market(n, 0) + shape.sectors];
        let is_observed = added
            .iter()
            .any(|cell| cell.mark.quality == Quality::Observed);
        let confidence = if is_observed {
            Confidence::High
        } else {
            Confidence::Medium
        };
        let total: f64 = added.iter().map(|cell| cell.value).sum();
        let cell = balance.cell(total, facts.relative_sd("total", confidence)?);
        let first = layout.value_added + shape.market(n, 0);
        let mut terms: Vec<_> = (first..first + shape.sectors).map(|c| (c, 1.0)).collect();
        terms.push((cell, -1.0));
        let name = format!("value added of {}", shape.economy(n));
        balance.margins.push(Margin {
            name,
            terms,
            target: 0.0,
        });
    }
    Ok(())
}

/// Totals of trade: observed ones are held exactly, others are cells of their own.
fn trade_totals(
    facts: &Facts,
    shape: &Shape,
    prior: &Prior,
    layout: &Layout,
    balance: &mut Balance,
) -> Result<Vec<HeldTotal>, WorldError> {
    let mut held = held_detail(facts, shape, prior);
    for (key, fact) in facts.trade_totals.iter() {
        let flows = flows_of(facts, shape, key);
        let prior_sum: f64 = flows.iter().map(|&flow| prior.trade[flow].value).sum();
        if flows.is_empty() || prior_sum <= 0.0 {
            continue;
        }
        let target = fact.value * total_growth(facts, key, fact)?;
        let terms = flows
            .iter()
            .map(|&flow| (layout.trade + flow, 1.0))
            .collect::<Vec<_>>();
        if is_held(key, fact) {
            held.push(HeldTotal { flows, target });
            continue;
        }
        let cell = crate::prior::carried(facts, "total", fact, target / fact.value)?;
        let own = balance.cell(cell.value, cell.relative_sd);
        let mut terms = terms;
        terms.push((own, -1.0));
        let name = format!("trade {}", key.join(" to "));
        balance.margins.push(Margin {
            name,
            terms,
            target: 0.0,
        });
    }
    for total in &held {
        let terms = total
            .flows
            .iter()
            .map(|&flow| (layout.trade + flow, 1.0))
            .collect();
        let name = "a trade total held exactly".to_owned();
        balance.margins.push(Margin {
            name,
            terms,
            target: total.target,
        });
    }
    Ok(held)
}

/// All goods between two named economies, observed for the base year: finer totals overlap with it,
/// so only this one is held to the dollar.
fn is_held(key: &[String], fact: &Fact) -> bool {
    key[2] == "goods"
        && key[0] != "*"
        && key[1] != "*"
        && fact.mark.quality == Quality::Observed
        && fact.confidence == Confidence::High
}

/// Goods imports by origin in detailed records of the base year.
fn held_detail(facts: &Facts, shape: &Shape, prior: &Prior) -> Vec<HeldTotal> {
    let mut held = Vec::new();
    for n in 0..shape.economies {
        for i in (0..shape.economies).filter(|&i| i != n) {
            let is_current = facts.trade_detail.iter().any(|(key, fact)| {
                key[0] == shape.economy(n)
                    && key[1] == shape.economy(i)
                    && fact.year == facts.base_year
            });
            if is_current {
                let flows = goods(facts, shape, n, i);
                let target = flows.iter().map(|&flow| prior.trade[flow].value).sum();
                held.push(HeldTotal { flows, target });
            }
        }
    }
    held
}

fn goods(facts: &Facts, shape: &Shape, n: usize, i: usize) -> Vec<usize> {
    (0..shape.sectors)
        .filter(|&s| !facts.sectors[s].is_service)
        .map(|s| shape.flow(n, i, s))
        .collect()
}

/// Flows in a total: `*` is every economy; a sector is one sector, a group of sectors, or `goods`.
fn flows_of(facts: &Facts, shape: &Shape, key: &[String]) -> Vec<usize> {
    let matches = |pattern: &str, n: usize| pattern == "*" || pattern == shape.economy(n);
    let in_total = |s: usize| {
        let row = &facts.sectors[s];
        match key[2].as_str() {
            "goods" => !row.is_service,
            group => row.group == group || row.code.as_str() == group,
        }
    };
    let mut flows = Vec::new();
    for n in (0..shape.economies).filter(|&n| matches(&key[1], n)) {
        for i in (0..shape.economies).filter(|&i| i != n && matches(&key[0], i)) {
            flows.extend(
                (0..shape.sectors)
                    .filter(|&s| in_total(s))
                    .map(|s| shape.flow(n, i, s)),
            );
        }
    }
    flows
}

fn total_growth(facts: &Facts, key: &[String], fact: &Fact) -> Result<f64, WorldError> {
    match (key[0].as_str(), key[1].as_str()) {
        ("*", "*") => facts.world_growth(fact.year),
        (exporter, "*") => facts.growth(exporter, fact.year),
        ("*", importer) => facts.growth(importer, fact.year),
        (exporter, importer) => Ok(facts.growth(exporter, fact.year)?
            * facts.growth(importer, fact.year)?
            / facts.world_growth(fact.year)?),
    }
}
