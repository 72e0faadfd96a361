//! Economies and subsectors that the law speaks about.

use std::collections::BTreeMap;

use tradewinds_units::{EconomyCode, SectorCode};

/// Economies of the world tables, and governments counted inside one of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Economies {
    /// Modelled economies with the weight of their trade \[billion USD\], in
    /// file order.
    pub(crate) modelled: Vec<(EconomyCode, f64)>,
    /// Attached government to the economy that holds it and its weight
    /// \[billion USD\].
    pub(crate) attached: BTreeMap<EconomyCode, (EconomyCode, f64)>,
}

impl Economies {
    /// Codes of the modelled economies, in file order.
    pub fn modelled(&self) -> impl Iterator<Item = EconomyCode> + '_ {
        self.modelled.iter().map(|(code, _)| *code)
    }

    /// Governments counted inside `host`, with the weight of their trade
    /// \[billion USD\].
    pub fn attached_to(&self, host: EconomyCode) -> impl Iterator<Item = (EconomyCode, f64)> + '_ {
        self.attached
            .iter()
            .filter(move |(_, (held_by, _))| *held_by == host)
            .map(|(code, (_, weight))| (*code, *weight))
    }

    /// Whether `code` is modelled on its own.
    pub fn is_modelled(&self, code: EconomyCode) -> bool {
        self.modelled().any(|modelled| modelled == code)
    }

    /// Whether `code` is modelled or attached.
    pub fn knows(&self, code: EconomyCode) -> bool {
        self.is_modelled(code) || self.attached.contains_key(&code)
    }

    /// Weight of an economy's trade \[billion USD\]; zero when unknown.
    pub fn weight(&self, code: EconomyCode) -> f64 {
        let modelled = self.modelled.iter().find(|(known, _)| *known == code);
        modelled.map_or(0.0, |(_, weight)| *weight)
    }
}

/// One subsector and where it belongs.
#[derive(Debug, Clone, PartialEq)]
pub struct Subsector {
    /// Code, as in `autos_parts`.
    pub code: SectorCode,
    /// Group in which many tables of the law come.
    pub group: SectorCode,
    /// Sector of the model.
    pub model_sector: SectorCode,
}

/// Subsectors in file order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Taxonomy {
    pub(crate) subsectors: Vec<Subsector>,
}

impl Taxonomy {
    /// Subsectors in file order.
    pub fn subsectors(&self) -> &[Subsector] {
        &self.subsectors
    }

    /// Subsectors that `code` stands for: itself, or the members of its group.
    /// Empty when the code is unknown.
    pub fn expand(&self, code: &SectorCode) -> Vec<SectorCode> {
        let itself = self.subsectors.iter().find(|sub| sub.code == *code);
        match itself {
            Some(sub) => vec![sub.code.clone()],
            None => self
                .subsectors
                .iter()
                .filter(|sub| sub.group == *code)
                .map(|sub| sub.code.clone())
                .collect(),
        }
    }

    /// Every code that [`Taxonomy::expand`] understands, without repeats.
    pub fn codes(&self) -> Vec<SectorCode> {
        let mut codes: Vec<_> = self.subsectors.iter().map(|sub| sub.code.clone()).collect();
        for sub in &self.subsectors {
            if !codes.contains(&sub.group) {
                codes.push(sub.group.clone());
            }
        }
        codes
    }
}
