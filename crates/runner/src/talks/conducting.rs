//! Who conducts itself how, and which values of parameters a draw has.

use std::collections::BTreeMap;

use tradewinds_engine::talks::StrategyChoice;
use tradewinds_kernel::draws::{Decision, Draws};
use tradewinds_units::EconomyCode;

use super::evidence::Ranged;
use super::{Held, Talks};
use crate::prior::Prior;

/// Values of parameters of talks.
const RANGES: Decision = Decision::named("talks: values");
/// Value and cost of offers.
const OFFERS: Decision = Decision::named("talks: offers");

/// Who conducts itself how, and which parameters differ from the files.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Conducting {
    /// Strategy of the principal.
    pub principal: StrategyChoice,
    /// Strategy of the partners.
    pub partners: StrategyChoice,
    /// Strategies of single partners.
    pub own: BTreeMap<EconomyCode, StrategyChoice>,
    /// Parameters in the place of those of the files, by name of the symbol.
    pub values: BTreeMap<String, f64>,
    /// Partners that talk; all where it is empty.
    pub only: Vec<EconomyCode>,
    /// Each draw of the parameters has its own values, over their ranges.
    pub has_ranges: bool,
    /// Value to the principal and cost to the partner of offers, USD bn a year, by partner and
    /// issue, in the place of those of the files.
    pub offers: BTreeMap<(EconomyCode, String), (f64, f64)>,
}

impl Conducting {
    /// The same with values of its own for a draw of the parameters, where ranges are
    /// drawn: triangular over the range of each symbol that `values` does not hold, and of
    /// value and cost of each offer.
    #[must_use]
    pub fn of_draw(&self, talks: &Talks, draws: &Draws) -> Self {
        if !self.has_ranges {
            return self.clone();
        }
        let mut values = self.values.clone();
        for symbol in &talks.symbols {
            if let Held::Number(number) = &symbol.held {
                let uniform = draws.uniform(RANGES, of_name(&symbol.name), 0);
                let drawn = triangular((number.low, number.value, number.high), uniform);
                values.entry(symbol.name.clone()).or_insert(drawn);
            }
        }
        let codes = (talks.governments.iter().map(|one| one.economy))
            .chain(talks.attached.iter().map(|one| one.economy));
        let of_code = |code: EconomyCode| {
            talks.offers(code).iter().map(move |offer| {
                let number = of_name(&format!("{code} {}", offer.issue));
                let of = |range: Ranged, place: u32| {
                    let uniform = draws.uniform(OFFERS, number, place);
                    triangular((range.low, range.value, range.high), uniform)
                };
                let key = (code, offer.issue.clone());
                (key, (of(offer.value, 0), of(offer.cost, 1)))
            })
        };
        Self {
            values,
            offers: codes.flat_map(of_code).collect(),
            ..self.clone()
        }
    }

    /// Value of a parameter over that of the files, of which governments have their own.
    pub(super) fn over_file(&self, talks: &Talks, name: &str) -> f64 {
        let value = self.values.get(name).zip(talks.value(name));
        value.map_or(1.0, |(own, of_file)| own / of_file)
    }
}

/// A value of a triangular prior over a range; the middle where there is none.
fn triangular((low, mode, high): (f64, f64, f64), uniform: f64) -> f64 {
    match low < high {
        true => Prior::Triangular { low, mode, high }.quantile(uniform),
        false => mode,
    }
}

/// Number of a symbol in draws: of its name alone (FNV-1a).
fn of_name(name: &str) -> u32 {
    let step = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(16_777_619);
    name.bytes().fold(2_166_136_261, step)
}
