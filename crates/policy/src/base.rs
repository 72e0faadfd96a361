//! Base duties: what a good pays when no special measure touches it.

use std::collections::BTreeMap;

use tradewinds_units::{EconomyCode, SectorCode};

/// Base duty of one importer, origin and product \[share of customs value\].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BaseDuty {
    /// Most-favoured-nation rate.
    pub statutory: f64,
    /// Rate after preferences are claimed, at the uptake of the record.
    pub applied: f64,
}

/// Base rates of one importer, origin and product \[share of customs value\], before
/// preferences are claimed.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct BaseRates {
    statutory: f64,
    preferential: Option<f64>,
}

impl BaseRates {
    /// Base duty at an uptake of preferences: 1 is the record, 0 means that every good
    /// pays the most-favoured-nation rate.
    pub(crate) fn at(self, uptake: f64) -> BaseDuty {
        let statutory = self.statutory;
        let applied = self.preferential.map_or(statutory, |rate| {
            ((1.0 - uptake) * statutory + uptake * rate).max(0.0)
        });
        BaseDuty { statutory, applied }
    }
}

/// What a row of the base duty table says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaseKind {
    /// Most-favoured-nation rate, the same for all origins.
    Mfn,
    /// Most-favoured-nation rate on this origin's own mix of goods.
    OwnMix,
    /// Rate still paid under an agreement.
    Preference,
}

/// Base duties of all importers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BaseDuties {
    mfn: BTreeMap<(EconomyCode, SectorCode), f64>,
    own_mix: BTreeMap<(EconomyCode, EconomyCode, SectorCode), f64>,
    preference: BTreeMap<(EconomyCode, EconomyCode, SectorCode), f64>,
}

impl BaseDuties {
    /// Sets a rate \[share of customs value\]; an `origin` is required except
    /// for [`BaseKind::Mfn`]. Returns whether the row was new.
    pub fn insert(
        &mut self,
        importer: EconomyCode,
        origin: Option<EconomyCode>,
        product: SectorCode,
        (kind, rate): (BaseKind, f64),
    ) -> bool {
        let old = match (kind, origin) {
            (BaseKind::OwnMix, Some(origin)) => {
                self.own_mix.insert((importer, origin, product), rate)
            }
            (BaseKind::Preference, Some(origin)) => {
                self.preference.insert((importer, origin, product), rate)
            }
            _ => self.mfn.insert((importer, product), rate),
        };
        old.is_none()
    }

    /// Base duty of a cell. `uptake` scales the use of preferences: 1 is the
    /// record, 0 means that every good pays the most-favoured-nation rate.
    pub fn get(
        &self,
        importer: EconomyCode,
        origin: EconomyCode,
        product: &SectorCode,
        uptake: f64,
    ) -> BaseDuty {
        self.rates(importer, origin, product).at(uptake)
    }

    /// Base rates of a cell.
    pub(crate) fn rates(
        &self,
        importer: EconomyCode,
        origin: EconomyCode,
        product: &SectorCode,
    ) -> BaseRates {
        let pair = (importer, origin, product.clone());
        let mfn = self.mfn.get(&(importer, product.clone())).copied();
        BaseRates {
            statutory: self.own_mix.get(&pair).copied().or(mfn).unwrap_or(0.0),
            preferential: self.preference.get(&pair).copied(),
        }
    }

    /// Whether any importer has a rate.
    pub fn is_empty(&self) -> bool {
        self.mfn.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preference_lowers_the_applied_rate_only() {
        let code = |text: &str| text.parse::<EconomyCode>().unwrap();
        let product: SectorCode = "machinery".parse().unwrap();
        let mut base = BaseDuties::default();
        base.insert(code("JPN"), None, product.clone(), (BaseKind::Mfn, 0.05));
        base.insert(
            code("JPN"),
            Some(code("VNM")),
            product.clone(),
            (BaseKind::Preference, 0.01),
        );
        let full = base.get(code("JPN"), code("VNM"), &product, 1.0);
        assert_eq!((full.statutory, full.applied), (0.05, 0.01));
        let half = base.get(code("JPN"), code("VNM"), &product, 0.5);
        assert!((half.applied - 0.03).abs() < 1e-15);
        let other = base.get(code("JPN"), code("CHN"), &product, 1.0);
        assert_eq!((other.statutory, other.applied), (0.05, 0.05));
    }
}
