//! Named tables of shares: legal coverage of lists, content, claims.
//!
//! A row holds from its date until the next row of the same origin and product.

use std::collections::BTreeMap;

use tradewinds_units::{Date, EconomyCode, SectorCode};

/// Steps in time: date from which, value.
type Steps = Vec<(Date, f64)>;

/// One table: a share of customs value by origin, product and date.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ShareTable {
    by_origin: BTreeMap<(EconomyCode, SectorCode), Steps>,
    any_origin: BTreeMap<SectorCode, Steps>,
}

impl ShareTable {
    /// Adds a row; `origin` absent stands for every origin without a row of
    /// its own. Returns whether the row was new.
    pub fn insert(
        &mut self,
        origin: Option<EconomyCode>,
        product: SectorCode,
        from: Date,
        share: f64,
    ) -> bool {
        let steps = match origin {
            Some(origin) => self.by_origin.entry((origin, product)).or_default(),
            None => self.any_origin.entry(product).or_default(),
        };
        let at = steps.partition_point(|(known, _)| *known < from);
        if steps.get(at).is_some_and(|(known, _)| *known == from) {
            return false;
        }
        steps.insert(at, (from, share));
        true
    }

    /// Share in force; absent when no row reaches the cell and the date.
    pub fn get(&self, origin: EconomyCode, product: &SectorCode, date: Date) -> Option<f64> {
        let steps = self
            .by_origin
            .get(&(origin, product.clone()))
            .or_else(|| self.any_origin.get(product))?;
        let after = steps.partition_point(|(from, _)| *from <= date);
        after.checked_sub(1).map(|index| steps[index].1)
    }

    /// Dates on which a row starts, except those without a date.
    pub fn dates(&self) -> impl Iterator<Item = Date> + '_ {
        let rows = self.by_origin.values().chain(self.any_origin.values());
        rows.flatten()
            .map(|(from, _)| *from)
            .filter(|from| *from > Date::MIN)
    }
}

/// All share tables by name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ShareTables(pub(crate) BTreeMap<String, ShareTable>);

impl ShareTables {
    /// The table called `name`.
    pub fn get(&self, name: &str) -> Option<&ShareTable> {
        self.0.get(name)
    }

    /// Names of the tables.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradewinds_units::parse_date;

    #[test]
    fn a_row_holds_until_the_next_and_an_origin_of_its_own_wins() {
        let day = |text| parse_date(text).unwrap();
        let (mex, can) = ("MEX".parse().unwrap(), "CAN".parse().unwrap());
        let sector: SectorCode = "machinery".parse().unwrap();
        let mut table = ShareTable::default();
        assert!(table.insert(Some(mex), sector.clone(), day("2025-02-01"), 0.2));
        assert!(table.insert(Some(mex), sector.clone(), day("2025-01-01"), 0.1));
        assert!(!table.insert(Some(mex), sector.clone(), day("2025-01-01"), 0.3));
        assert!(table.insert(None, sector.clone(), Date::MIN, 0.9));
        let at = |origin, text| table.get(origin, &sector, day(text));
        assert_eq!(at(mex, "2024-12-31"), None);
        assert_eq!(at(mex, "2025-01-31"), Some(0.1));
        assert_eq!(at(mex, "2025-02-01"), Some(0.2));
        assert_eq!(at(can, "2025-02-01"), Some(0.9));
        assert_eq!(table.dates().count(), 2);
    }
}
