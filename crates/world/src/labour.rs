//! People at work: employment by sector, scaled to labour force less unemployment.

use crate::WorldError;
use crate::accounts::Accounts;
use crate::facts::Facts;
use crate::quality::{Mark, Quality};
use crate::shape::Shape;

/// Workers of one economy.
#[derive(Debug, Clone)]
pub(crate) struct Labour {
    /// Million persons by sector.
    pub(crate) employment: Vec<f64>,
    /// Million persons.
    pub(crate) labour_force: f64,
    /// Share of the labour force.
    pub(crate) unemployment: f64,
    pub(crate) mark: Mark,
}

/// Employment of economy n; by pay where no fact gives it.
pub(crate) fn labour(
    facts: &Facts,
    shape: &Shape,
    accounts: &Accounts,
    n: usize,
) -> Result<Labour, WorldError> {
    let code = shape.economy(n);
    let force = facts.macro_fact(code, "labour_force")?;
    let unemployment = facts.macro_fact(code, "unemployment")?.value;
    let facts_by_sector: Vec<_> = (0..shape.sectors)
        .map(|s| facts.output.get(&[code, shape.sector(s), "employment"]))
        .collect();
    #[expect(clippy::cast_precision_loss, reason = "weights only")]
    let weights: Vec<f64> = (0..shape.sectors)
        .map(|s| match facts_by_sector[s] {
            Some(fact) => fact.value,
            None if facts_by_sector.iter().all(Option::is_none) => {
                accounts.labour[shape.market(n, s)] as f64
            }
            None => 0.0,
        })
        .collect();
    let total: f64 = weights.iter().sum();
    let employed = force.value * (1.0 - unemployment);
    let mark = facts_by_sector.iter().flatten().next().map_or_else(
        || Mark::new(Quality::Assumed, &force.mark.source),
        |fact| fact.mark.clone(),
    );
    Ok(Labour {
        employment: weights
            .iter()
            .map(|weight| employed * weight / total)
            .collect(),
        labour_force: force.value,
        unemployment,
        mark,
    })
}
