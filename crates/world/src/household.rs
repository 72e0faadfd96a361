//! Households by income decile, owners of capital and others, with budgets that close.
//!
//! Totals come from the accounts; facts only give shapes. An economy with its own decile shares uses
//! them; one with the income shares of fifths has them split into tenths and takes sources of
//! income, taxes and spending per unit of income from the economy with decile facts; any other
//! takes the mean of those fifths.
//!
//! Every class: labour + capital + transfers - taxes + other transfers - saving = spending. Where a
//! decile spends more than it receives, the gap is `other_transfers` (income that surveys miss,
//! dissaving), paid by the deciles that save; over an economy these sum to zero.

use crate::WorldError;
use crate::accounts::Accounts;
use crate::distribution::Distribution;
use crate::dollars;
use crate::facts::Facts;
use crate::government::Government;
use crate::quality::{Mark, Quality};
use crate::shape::Shape;

/// Income tenths.
pub(crate) const DECILES: usize = 10;

/// One class (dollars a year).
#[derive(Debug, Clone)]
pub(crate) struct Class {
    pub(crate) decile: usize,
    pub(crate) is_owner: bool,
    pub(crate) population_share: f64,
    pub(crate) labour_income: i64,
    pub(crate) capital_income: i64,
    pub(crate) transfers: i64,
    pub(crate) taxes: i64,
    pub(crate) other_transfers: i64,
    pub(crate) saving: i64,
    pub(crate) spending: i64,
}

/// Households of one economy.
#[derive(Debug, Clone)]
pub(crate) struct Households {
    /// By decile, owner before worker.
    pub(crate) classes: Vec<Class>,
    /// Spending at store prices `[decile][k]` (dollars).
    pub(crate) baskets: Vec<i64>,
    pub(crate) mark: Mark,
}

/// Shapes over deciles; each sums to 1 except the owners' share of each decile.
struct Shapes {
    consumption: Vec<f64>,
    labour: Vec<f64>,
    capital: Vec<f64>,
    transfers: Vec<f64>,
    income_tax: Vec<f64>,
    owners: Vec<f64>,
    mark: Mark,
}

/// Households of economy n.
pub(crate) fn households(
    facts: &Facts,
    shape: &Shape,
    accounts: &Accounts,
    distribution: &Distribution,
    government: &Government,
    n: usize,
) -> Result<Households, WorldError> {
    let shapes = shapes(facts, shape.economy(n))?;
    let baskets = baskets(facts, shape, accounts, distribution, &shapes, n)?;
    let spending: Vec<i64> = baskets
        .chunks(shape.sectors)
        .map(|basket| basket.iter().sum())
        .collect();
    let first = shape.market(n, 0);
    let pay: i64 = accounts.labour[first..first + shape.sectors].iter().sum();
    let capital: i64 = accounts.surplus[first..first + shape.sectors]
        .iter()
        .sum::<i64>()
        + distribution.total_profit(shape, n);
    let labour = dollars::split(pay, &shapes.labour);
    let capital = dollars::split(capital, &shapes.capital);
    let transfers = dollars::split(government.transfers, &shapes.transfers);
    let mut taxes = [0; DECILES];
    let by_kind = [
        &shapes.income_tax,
        &shapes.labour,
        &shapes.capital,
        &shapes.consumption,
    ];
    for (total, weights) in government.taxes.iter().zip(by_kind) {
        for (tax, part) in taxes.iter_mut().zip(dollars::split(*total, weights)) {
            *tax += part;
        }
    }
    let gap: Vec<i64> = (0..DECILES)
        .map(|d| labour[d] + capital[d] + transfers[d] - taxes[d] - spending[d])
        .collect();
    let saving = saving(&gap);
    let mut classes = Vec::new();
    for d in 0..DECILES {
        let decile = Class {
            decile: d + 1,
            is_owner: true,
            population_share: 0.1,
            labour_income: labour[d],
            capital_income: capital[d],
            transfers: transfers[d],
            taxes: taxes[d],
            other_transfers: saving[d] - gap[d],
            saving: saving[d],
            spending: spending[d],
        };
        classes.extend(owners_and_workers(&decile, shapes.owners[d]));
    }
    Ok(Households {
        classes,
        baskets,
        mark: shapes.mark,
    })
}

/// Saving by decile: those who have something left save it, less what covers the others' gaps.
fn saving(gap: &[i64]) -> Vec<i64> {
    let total: i64 = gap.iter().sum();
    #[expect(clippy::cast_precision_loss, reason = "weights only")]
    let left: Vec<f64> = gap.iter().map(|&gap| gap.max(0) as f64).collect();
    if total > 0 && left.iter().any(|left| *left > 0.0) {
        dollars::split(total, &left)
    } else {
        dollars::split(total, &vec![1.0; gap.len()])
    }
}

/// Splits a decile: owners get all capital income, the rest goes by head; both spend and save the
/// same share of what they have.
fn owners_and_workers(decile: &Class, owners: f64) -> [Class; 2] {
    let heads = [owners, 1.0 - owners];
    let labour = dollars::split(decile.labour_income, &heads);
    let transfers = dollars::split(decile.transfers, &heads);
    let capital = [decile.capital_income, 0];
    let received = [0, 1].map(|c| dollars::bn(labour[c] + capital[c] + transfers[c]).max(0.0));
    let taxes = dollars::split(decile.taxes, &received);
    let spending = dollars::split(decile.spending, &received);
    let saving = dollars::split(decile.saving, &received);
    [0, 1].map(|c| Class {
        decile: decile.decile,
        is_owner: c == 0,
        population_share: decile.population_share * heads[c],
        labour_income: labour[c],
        capital_income: capital[c],
        transfers: transfers[c],
        taxes: taxes[c],
        other_transfers: spending[c] + saving[c] + taxes[c] - labour[c] - capital[c] - transfers[c],
        saving: saving[c],
        spending: spending[c],
    })
}

/// Spending by decile and sector at store prices: the pattern of the economy with facts, fitted to
/// the spending of each decile and to the economy's spending on each sector.
fn baskets(
    facts: &Facts,
    shape: &Shape,
    accounts: &Accounts,
    distribution: &Distribution,
    shapes: &Shapes,
    n: usize,
) -> Result<Vec<i64>, WorldError> {
    let columns: Vec<i64> = (0..shape.sectors)
        .map(|k| distribution.store_value(shape, accounts, n, k))
        .collect();
    let total: f64 = columns.iter().map(|&column| dollars::bn(column)).sum();
    let reference = reference(facts)?;
    let pattern = decile_facts(facts, &reference, "consumption_share")?;
    let mut cells = vec![0.0; DECILES * shape.sectors];
    for d in 0..DECILES {
        for k in 0..shape.sectors {
            let tilt = facts
                .baskets
                .get(&[&reference, &(d + 1).to_string(), shape.sector(k)])
                .map_or(1.0, |fact| fact.value / pattern[d]);
            cells[d * shape.sectors + k] = shapes.consumption[d] * tilt * dollars::bn(columns[k]);
        }
    }
    for _ in 0..200 {
        for (d, row) in cells.chunks_mut(shape.sectors).enumerate() {
            let factor = shapes.consumption[d] * total / row.iter().sum::<f64>();
            row.iter_mut().for_each(|cell| *cell *= factor);
        }
        for (k, column) in columns.iter().enumerate() {
            let sum: f64 = (0..DECILES).map(|d| cells[d * shape.sectors + k]).sum();
            let factor = if sum > 0.0 {
                dollars::bn(*column) / sum
            } else {
                0.0
            };
            (0..DECILES).for_each(|d| cells[d * shape.sectors + k] *= factor);
        }
    }
    let mut whole = vec![0; cells.len()];
    for (k, column) in columns.iter().enumerate() {
        let weights: Vec<f64> = (0..DECILES).map(|d| cells[d * shape.sectors + k]).collect();
        for (d, part) in dollars::split(*column, &weights).into_iter().enumerate() {
            whole[d * shape.sectors + k] = part;
        }
    }
    Ok(whole)
}

/// The economy with decile facts.
fn reference(facts: &Facts) -> Result<String, WorldError> {
    facts
        .households
        .iter()
        .find(|(key, _)| key[2] == "consumption_share")
        .map(|(key, _)| key[0].clone())
        .ok_or_else(|| WorldError::MissingFact {
            file: "households.csv".to_owned(),
            key: "consumption_share of any economy".to_owned(),
        })
}

fn decile_facts(facts: &Facts, economy: &str, variable: &str) -> Result<Vec<f64>, WorldError> {
    (1..=DECILES)
        .map(|d| {
            Ok(facts
                .households
                .need(&[economy, &d.to_string(), variable])?
                .value)
        })
        .collect()
}

fn normalised(values: Vec<f64>) -> Vec<f64> {
    let sum: f64 = values.iter().sum();
    values.into_iter().map(|value| value / sum).collect()
}

fn shapes(facts: &Facts, economy: &str) -> Result<Shapes, WorldError> {
    let reference = reference(facts)?;
    let of = |variable: &str| decile_facts(facts, &reference, variable);
    let consumption = of("consumption_share")?;
    let per_income = of("consumption_to_income")?;
    let own_income = normalised(
        (0..DECILES)
            .map(|d| consumption[d] / per_income[d])
            .collect(),
    );
    let is_reference = economy == reference;
    let (income, mark) = if is_reference {
        let mark = &facts
            .households
            .need(&[economy, "1", "consumption_share"])?
            .mark;
        (own_income.clone(), mark.clone())
    } else {
        income_tenths(facts, economy)?
    };
    let tilted = |variable: &str| -> Result<Vec<f64>, WorldError> {
        let values = of(variable)?;
        Ok(normalised(
            (0..DECILES)
                .map(|d| values[d] * income[d] / own_income[d])
                .collect(),
        ))
    };
    let owner_factor = if is_reference {
        1.0
    } else {
        facts
            .households
            .need(&["*", "all", "owner_share_factor"])?
            .value
    };
    Ok(Shapes {
        consumption: tilted("consumption_share")?,
        labour: tilted("labour_income_share")?,
        capital: tilted("capital_income_share")?,
        transfers: tilted("transfer_share")?,
        income_tax: tilted("income_tax_share")?,
        owners: of("owner_share")?
            .into_iter()
            .map(|share| share * owner_factor)
            .collect(),
        mark,
    })
}

/// Income shares of tenths from those of fifths; the mean of all fifths where there are none.
fn income_tenths(facts: &Facts, economy: &str) -> Result<(Vec<f64>, Mark), WorldError> {
    let mut fifths = vec![0.0; 5];
    let mut found = None;
    for (key, fact) in facts.households.iter() {
        let fifth = key[1]
            .strip_prefix('Q')
            .and_then(|text| text.parse::<usize>().ok());
        if let (Some(fifth @ 1..=5), "income_share", true) =
            (fifth, key[2].as_str(), key[0] == economy)
        {
            fifths[fifth - 1] = fact.value;
            found = Some(fact.mark.clone());
        }
    }
    if let Some(mark) = found {
        return Ok((tenths(&normalised(fifths)), mark));
    }
    for (key, fact) in facts
        .households
        .iter()
        .filter(|(key, _)| key[2] == "income_share")
    {
        let fifth = key[1]
            .strip_prefix('Q')
            .and_then(|text| text.parse::<usize>().ok());
        if let Some(fifth @ 1..=5) = fifth {
            fifths[fifth - 1] += fact.value;
        }
    }
    if fifths.iter().any(|share| *share <= 0.0) {
        let key = format!("{economy} or any economy, Q1 to Q5, income_share");
        return Err(WorldError::MissingFact {
            file: "households.csv".to_owned(),
            key,
        });
    }
    Ok((
        tenths(&normalised(fifths)),
        Mark::new(Quality::Assumed, "household_default"),
    ))
}

/// Splits fifths into tenths that add up to them and keep their order: half of each fifth lies a
/// quarter of the smaller step to its neighbours off the middle, at both ends half of the one step.
fn tenths(fifths: &[f64]) -> Vec<f64> {
    let last = fifths.len() - 1;
    let step = |f: usize| (fifths[f + 1] - fifths[f]) / 2.0;
    let mut tenths = Vec::with_capacity(DECILES);
    for (f, fifth) in fifths.iter().enumerate() {
        let offset = match f {
            0 => (step(0) / 2.0).min(0.2 * fifth),
            _ if f == last => step(f - 1) / 2.0,
            _ => step(f - 1).min(step(f)) / 4.0,
        };
        tenths.push(fifth / 2.0 - offset);
        tenths.push(fifth / 2.0 + offset);
    }
    tenths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenths_add_up_to_their_fifths_and_rise() {
        let fifths = [0.075, 0.12, 0.165, 0.225, 0.415];
        let tenths = tenths(&fifths);
        for (f, fifth) in fifths.iter().enumerate() {
            assert!((tenths[2 * f] + tenths[2 * f + 1] - fifth).abs() < 1e-15);
        }
        assert!(
            tenths.windows(2).all(|pair| pair[0] < pair[1]),
            "{tenths:?}"
        );
    }

    #[test]
    fn deciles_with_a_gap_save_nothing_and_the_others_cover_it() {
        let saving = saving(&[-30, -10, 40, 100]);
        assert_eq!(&saving[..2], &[0, 0]);
        assert_eq!(saving.iter().sum::<i64>(), 100);
        assert!(saving[2] < 40 && saving[3] < 100);
    }

    #[test]
    fn both_halves_of_a_decile_close_their_budgets() {
        let decile = Class {
            decile: 5,
            is_owner: true,
            population_share: 0.1,
            labour_income: 1001,
            capital_income: 203,
            transfers: 97,
            taxes: 311,
            other_transfers: -15,
            saving: 275,
            spending: 700,
        };
        let classes = owners_and_workers(&decile, 0.3);
        for c in &classes {
            assert_eq!(
                c.labour_income + c.capital_income + c.transfers - c.taxes + c.other_transfers,
                c.saving + c.spending
            );
        }
        assert_eq!(classes[0].other_transfers + classes[1].other_transfers, -15);
        assert_eq!(classes[1].capital_income, 0);
    }
}
