//! Dense indices of economies and sectors.

use tradewinds_units::{EconomyCode, SectorCode};

use crate::facts::Facts;

/// Which economies and sectors there are, and how arrays over them are laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) economies: usize,
    pub(crate) sectors: usize,
    pub(crate) economy_codes: Vec<EconomyCode>,
    pub(crate) sector_codes: Vec<SectorCode>,
}

impl Shape {
    pub(crate) fn of(facts: &Facts) -> Self {
        Self {
            economies: facts.economies.len(),
            sectors: facts.sectors.len(),
            economy_codes: facts.economies.iter().map(|row| row.code).collect(),
            sector_codes: facts.sectors.iter().map(|row| row.code.clone()).collect(),
        }
    }

    /// `[n][i][s]`.
    pub(crate) fn flow(&self, n: usize, i: usize, s: usize) -> usize {
        (n * self.economies + i) * self.sectors + s
    }

    /// `[n][s]`.
    pub(crate) fn market(&self, n: usize, s: usize) -> usize {
        n * self.sectors + s
    }

    /// `[n][k][s]`.
    pub(crate) fn input(&self, n: usize, k: usize, s: usize) -> usize {
        (n * self.sectors + k) * self.sectors + s
    }

    pub(crate) fn economy(&self, n: usize) -> &str {
        self.economy_codes[n].as_str()
    }

    pub(crate) fn sector(&self, s: usize) -> &str {
        self.sector_codes[s].as_str()
    }

    pub(crate) fn economy_index(&self, code: &str) -> Option<usize> {
        self.economy_codes
            .iter()
            .position(|own| own.as_str() == code)
    }

    pub(crate) fn sector_index(&self, code: &str) -> Option<usize> {
        self.sector_codes
            .iter()
            .position(|own| own.as_str() == code)
    }

    pub(crate) fn place(&self, n: usize, s: usize) -> String {
        format!("{}, {}", self.economy(n), self.sector(s))
    }
}
