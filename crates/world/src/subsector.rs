//! Subsectors: which part of a sector's flow each finer heading has.

use std::collections::BTreeMap;

use crate::facts::Facts;
use crate::quality::{Mark, Quality};
use crate::shape::Shape;

/// Any importer without records of its own.
pub(crate) const ANY: &str = "*";

/// Share of one subsector in its sector for one importer (or any other) and origin.
#[derive(Debug, Clone)]
pub(crate) struct SubsectorWeight {
    pub(crate) importer: String,
    pub(crate) exporter: String,
    /// Position among the subsectors.
    pub(crate) subsector: usize,
    /// Share of the sector's flow.
    pub(crate) weight: f64,
    /// Duty rate collected, where recorded (share of fob).
    pub(crate) duty_rate: Option<f64>,
    pub(crate) mark: Mark,
}

/// Weights for each importer with detailed records, then for any other importer, by origin.
///
/// Any other importer takes the origin's mix in the records there are, or the mix of all origins
/// where the origin has none.
pub(crate) fn subsector_weights(facts: &Facts, shape: &Shape) -> Vec<SubsectorWeight> {
    let mut value = BTreeMap::new();
    let mut mark = Mark::new(Quality::Assumed, "none");
    for (key, fact) in facts.trade_detail.iter() {
        if let Some(sub) = facts
            .subsectors
            .iter()
            .position(|(code, _, _)| code.as_str() == key[2])
        {
            for importer in [key[0].as_str(), ANY] {
                for exporter in [key[1].as_str(), ANY] {
                    *value
                        .entry((importer.to_owned(), exporter.to_owned(), sub))
                        .or_insert(0.0) += fact.value;
                }
            }
            mark.source.clone_from(&fact.mark.source);
        }
    }
    let mut importers: Vec<String> = facts
        .trade_detail
        .iter()
        .map(|(key, _)| key[0].clone())
        .collect();
    importers.sort();
    importers.dedup();
    importers.push(ANY.to_owned());
    let mut weights = Vec::new();
    for importer in &importers {
        for exporter in &shape.economy_codes {
            if importer != exporter.as_str() {
                pair(
                    facts,
                    &value,
                    importer,
                    exporter.as_str(),
                    &mark,
                    &mut weights,
                );
            }
        }
    }
    weights
}

fn pair(
    facts: &Facts,
    value: &BTreeMap<(String, String, usize), f64>,
    importer: &str,
    exporter: &str,
    fallback: &Mark,
    weights: &mut Vec<SubsectorWeight>,
) {
    let of = |importer: &str, exporter: &str, sub: usize| {
        value
            .get(&(importer.to_owned(), exporter.to_owned(), sub))
            .copied()
            .unwrap_or(0.0)
    };
    for (sub, (code, sector, _)) in facts.subsectors.iter().enumerate() {
        let siblings: Vec<usize> = (0..facts.subsectors.len())
            .filter(|&other| facts.subsectors[other].1 == *sector)
            .collect();
        let sum = |exporter: &str| {
            siblings
                .iter()
                .map(|&s| of(importer, exporter, s))
                .sum::<f64>()
        };
        let is_own = sum(exporter) > 0.0;
        let origin = if is_own { exporter } else { ANY };
        let total = sum(origin);
        if total <= 0.0 {
            continue;
        }
        let key = [importer, exporter, code.as_str()];
        let fact = facts.trade_detail.get(&key);
        let mark = match fact {
            Some(fact) => fact.mark.clone(),
            None if is_own && importer != ANY => Mark {
                quality: Quality::Observed,
                source: fallback.source.clone(),
            },
            None => fallback.clone(),
        };
        weights.push(SubsectorWeight {
            importer: importer.to_owned(),
            exporter: exporter.to_owned(),
            subsector: sub,
            weight: of(importer, origin, sub) / total,
            duty_rate: facts.detail_duty_rate.get(&key).map(|fact| fact.value),
            mark,
        });
    }
}
