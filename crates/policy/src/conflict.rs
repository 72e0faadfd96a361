//! Checks that a law says how its measures combine.

use tradewinds_units::{Date, EconomyCode, SectorCode};

use crate::error::PolicyError;
use crate::law::LawBook;
use crate::measure::{Measure, RateEntry};
use crate::stacking::Resolved;

/// Whether two measures rest on one authority and tax goods of the same list.
pub(crate) fn same_goods(one: &Measure, other: &Measure) -> bool {
    one.id != other.id
        && one.importer == other.importer
        && one.authority == other.authority
        && one.coverage == other.coverage
        && one.content == other.content
}

/// Refuses measures of one authority that meet at different rates without a
/// stated combination, and entries of one measure that start together.
pub(crate) fn check(law: &LawBook) -> Result<(), Vec<PolicyError>> {
    let measures: Vec<&Measure> = law.measures().collect();
    let mut errors = Vec::new();
    for (index, one) in measures.iter().enumerate() {
        errors.extend(same_day(law, one));
        for other in &measures[index + 1..] {
            errors.extend(clash(law, one, other));
        }
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

fn clash(law: &LawBook, one: &Measure, other: &Measure) -> Option<PolicyError> {
    let stated = one.combine.is_some() || other.combine.is_some();
    if stated || !same_goods(one, other) {
        return None;
    }
    for origin in law.economies.modelled() {
        for product in one
            .products
            .iter()
            .filter(|product| other.products.contains(product))
        {
            if let Some(date) = differ_on(one, other, origin, product) {
                return Some(PolicyError::Conflict {
                    authority: one.authority.clone(),
                    first: one.id.clone(),
                    first_place: one.place.clone(),
                    second: other.id.clone(),
                    second_place: other.place.clone(),
                    example: format!("{product} from {origin} on {date}"),
                });
            }
        }
    }
    None
}

/// First day on which both measures are in force at different rates.
fn differ_on(
    one: &Measure,
    other: &Measure,
    origin: EconomyCode,
    product: &SectorCode,
) -> Option<Date> {
    let starts = one.rates.iter().chain(&other.rates).map(|entry| entry.from);
    let mut days: Vec<Date> = starts.collect();
    days.sort_unstable();
    days.into_iter().find(|day| {
        let rate = |measure: &Measure| {
            let (entry, rate) = measure.entry(origin, product, *day, None)?;
            Some((measure.rates[entry].stacking, rate))
        };
        match (rate(one), rate(other)) {
            (Some((stacking, rate)), Some((other_stacking, other_rate))) => {
                stacking != other_stacking || (rate - other_rate).abs() > 0.0
            }
            _ => false,
        }
    })
}

fn same_day(law: &LawBook, measure: &Measure) -> Option<PolicyError> {
    let pairs = (measure.rates.iter().enumerate()).flat_map(|(index, first)| {
        let later = &measure.rates[index + 1..];
        later.iter().map(move |second| (first, second))
    });
    for (first, second) in pairs.filter(|(first, second)| first.from == second.from) {
        if let Some(example) = meeting(law, measure, first, second) {
            return Some(PolicyError::SameDay {
                measure: measure.id.clone(),
                first: first.place.clone(),
                second: second.place.clone(),
                from: first.from,
                example,
            });
        }
    }
    None
}

fn meeting(
    law: &LawBook,
    measure: &Measure,
    first: &RateEntry,
    second: &RateEntry,
) -> Option<String> {
    let known = law.economies.modelled();
    let origins: Vec<_> = known
        .filter(|origin| measure.origins.contains(*origin))
        .collect();
    for product in &measure.products {
        for origin in &origins {
            let both =
                first.rate(*origin, product).is_some() && second.rate(*origin, product).is_some();
            if both {
                return Some(format!("{product} from {origin}"));
            }
        }
    }
    None
}

/// Refuses measures that give way to each other in a circle.
pub(crate) fn refuse_circles(measures: &[Resolved]) -> Result<(), Vec<PolicyError>> {
    // 0: not seen, 1: on the path, 2: done.
    let mut state = vec![0_u8; measures.len()];
    for start in 0..measures.len() {
        if let Some(index) = circle(measures, start, &mut state) {
            return Err(vec![PolicyError::Circle(
                measures[index].measure.id.clone(),
            )]);
        }
    }
    Ok(())
}

fn circle(measures: &[Resolved], at: usize, state: &mut [u8]) -> Option<usize> {
    match state[at] {
        1 => return Some(at),
        2 => return None,
        _ => state[at] = 1,
    }
    let next = measures[at]
        .first
        .iter()
        .flat_map(|(_, first)| first.iter().copied());
    for other in next {
        if let Some(index) = circle(measures, other, state) {
            return Some(index);
        }
    }
    state[at] = 2;
    None
}
