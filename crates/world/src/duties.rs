//! Base duty rates: what importers collected in the base year, by importer, origin and sector.
//!
//! Base rate, in order: a row for the pair (preference or collected rate), the rate collected in
//! detailed records (duties over value), the importer's most favoured nation rate, zero for services.
//! Importers with detailed records collected just that. For the others base rates overstate duties
//! (unclaimed suspensions, processing trade, drawback), so they are scaled down to the customs
//! revenue of the economy: the factor is its collection share, at most 1.

use crate::WorldError;
use crate::facts::{Fact, Facts};
use crate::prior::Cell;
use crate::quality::{Mark, Quality};
use crate::shape::Shape;

/// Rates collected and how they came about.
#[derive(Debug)]
pub(crate) struct Duties {
    /// `[n][i][s]` (share of fob).
    pub(crate) rate: Vec<f64>,
    pub(crate) mark: Vec<Mark>,
    /// `[n]`, 0 to 1.
    pub(crate) collection_share: Vec<f64>,
}

/// Base rates scaled to customs revenue.
pub(crate) fn collected_rates(
    facts: &Facts,
    shape: &Shape,
    trade: &[Cell],
) -> Result<Duties, WorldError> {
    let (mut rate, mark) = base_rates(facts, shape)?;
    let mut collection_share = Vec::with_capacity(shape.economies);
    for n in 0..shape.economies {
        let code = shape.economy(n);
        let flows = shape.flow(n, 0, 0)..shape.flow(n + 1, 0, 0);
        let owed: f64 = flows
            .clone()
            .map(|flow| rate[flow] * trade[flow].value)
            .sum();
        let has_records = facts.trade_detail.iter().any(|(key, _)| key[0] == code);
        let share = if has_records || owed <= 0.0 {
            1.0
        } else {
            let revenue = facts.macro_fact(code, "customs_revenue")?.value
                * facts.macro_fact(code, "gdp")?.value;
            (revenue / owed).min(1.0)
        };
        rate[flows].iter_mut().for_each(|rate| *rate *= share);
        collection_share.push(share);
    }
    Ok(Duties {
        rate,
        mark,
        collection_share,
    })
}

/// Rates `[n][i][s]` (share of fob) and their marks.
fn base_rates(facts: &Facts, shape: &Shape) -> Result<(Vec<f64>, Vec<Mark>), WorldError> {
    let mut rates = Vec::with_capacity(shape.economies * shape.economies * shape.sectors);
    let mut marks = Vec::with_capacity(rates.capacity());
    for n in 0..shape.economies {
        for i in 0..shape.economies {
            for s in 0..shape.sectors {
                let (rate, mark) = if n == i || facts.sectors[s].is_service {
                    (0.0, Mark::new(Quality::Observed, "none"))
                } else {
                    base_rate(facts, shape, n, i, s)?
                };
                rates.push(rate);
                marks.push(mark);
            }
        }
    }
    Ok((rates, marks))
}

fn base_rate(
    facts: &Facts,
    shape: &Shape,
    n: usize,
    i: usize,
    s: usize,
) -> Result<(f64, Mark), WorldError> {
    let (importer, exporter) = (shape.economy(n), shape.economy(i));
    let found = |exporter: &str, sector: &str| facts.duties.get(&[importer, exporter, sector]);
    let answer = |fact: &Fact| (fact.value, fact.mark.clone());
    if let Some(fact) = found(exporter, shape.sector(s)) {
        return Ok(answer(fact));
    }
    if let Some(collected) = collected(facts, shape, n, i, s) {
        return Ok(collected);
    }
    let general = &facts.sectors[s].duty_sector;
    for key in [
        (exporter, general.as_str()),
        ("*", shape.sector(s)),
        ("*", general.as_str()),
    ] {
        if let Some(fact) = found(key.0, key.1) {
            return Ok(answer(fact));
        }
    }
    // An importer with detailed records and none for this pair imported nothing.
    if facts.trade_detail.iter().any(|(key, _)| key[0] == importer) {
        return Ok((0.0, Mark::new(Quality::Observed, "none")));
    }
    Err(WorldError::MissingFact {
        file: "duties.csv".to_owned(),
        key: format!("{importer}, {exporter} or *, {}", shape.sector(s)),
    })
}

/// Duties over value in the detailed records of a pair.
fn collected(facts: &Facts, shape: &Shape, n: usize, i: usize, s: usize) -> Option<(f64, Mark)> {
    let (mut value, mut duty, mut mark) = (0.0, 0.0, None);
    for (subsector, sector, _) in &facts.subsectors {
        if sector.as_str() != shape.sector(s) {
            continue;
        }
        let key = [shape.economy(n), shape.economy(i), subsector.as_str()];
        if let (Some(flow), Some(rate)) = (
            facts.trade_detail.get(&key),
            facts.detail_duty_rate.get(&key),
        ) {
            value += flow.value;
            duty += flow.value * rate.value;
            mark = Some(flow.mark.clone());
        }
    }
    mark.filter(|_| value > 0.0)
        .map(|mark| (duty / value, mark))
}
