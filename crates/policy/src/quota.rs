//! Tariff-rate quotas: a lower rate up to a volume, the full rate above it, or nothing.

use std::collections::BTreeMap;

use tradewinds_units::{Date, EconomyCode};

use crate::measure::Evidence;

/// Who may use the volume of a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotaAllocation {
    /// Whoever comes first.
    FirstCome,
    /// Who holds a licence; the volume is spread over the year.
    Licences,
}

/// Who receives what a place within a quota is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotaRent {
    /// Importers.
    Importer,
    /// Exporters.
    Exporter,
    /// The treasury, which auctions licences.
    Government,
}

/// A volume per quota year that may enter at a lower rate.
#[derive(Debug, Clone, PartialEq)]
pub struct Quota {
    /// Name, used by rate entries.
    pub id: String,
    /// Who grants it.
    pub importer: EconomyCode,
    /// Whose goods; all together when absent.
    pub origin: Option<EconomyCode>,
    /// Volume of a quota year in `unit`.
    pub volume: f64,
    /// Unit of the volume, as in `vehicles`, `tonnes`.
    pub unit: String,
    /// Month and day on which the quota year starts.
    pub year_starts: (i8, i8),
    /// Equal periods of a quota year, each with its part of the volume; divides 12.
    pub periods: u32,
    /// Who may use it.
    pub allocation: QuotaAllocation,
    /// Who receives its rent.
    pub rent: QuotaRent,
    /// What entered of the goods concerned in a year, in `unit`, by year: turns the
    /// volume into a share of the trade of a base year. Quantities of a quota
    /// without the year are not followed.
    pub traded: BTreeMap<i32, f64>,
    /// Share of the origin's trade expected inside, when quantities are not
    /// followed, from 0 to 1.
    pub expected_inside: f64,
    /// Nothing may enter above the volume.
    pub absolute: bool,
    /// Source.
    pub evidence: Evidence,
}

/// Use of a quota by a rate entry.
#[derive(Debug, Clone, PartialEq)]
pub struct QuotaUse {
    /// The quota.
    pub quota: String,
    /// Rate within it \[share of customs value\], stacked as the entry is.
    pub rate: f64,
}

impl Quota {
    /// First day of the quota year that holds `date`.
    pub fn year_start(&self, date: Date) -> Date {
        let (month, day) = self.year_starts;
        let start = |year| Date::new(year, month, day).unwrap_or(date);
        let this_year = start(date.year());
        if date < this_year {
            start(date.year() - 1)
        } else {
            this_year
        }
    }

    /// Share of `order` that fits in what is left after `used` \[both in the
    /// quota's unit\]; claimants share pro rata.
    pub fn share_inside(&self, used: f64, order: f64) -> f64 {
        let left = (self.volume - used).max(0.0);
        if order > 0.0 {
            (left / order).min(1.0)
        } else {
            1.0
        }
    }
}

/// Rate on trade of which a share enters inside a quota \[share of customs value\].
pub fn blended_rate(inside: f64, inside_rate: f64, outside_rate: f64) -> f64 {
    inside * inside_rate + (1.0 - inside) * outside_rate
}

/// All quotas by name.
pub type Quotas = BTreeMap<String, Quota>;

#[cfg(test)]
mod tests {
    use super::*;
    use tradewinds_units::parse_date;

    fn quota() -> Quota {
        Quota {
            id: "cars".into(),
            importer: "USA".parse().unwrap(),
            origin: "GBR".parse().ok(),
            volume: 100_000.0,
            unit: "vehicles".into(),
            year_starts: (4, 1),
            periods: 1,
            allocation: QuotaAllocation::FirstCome,
            rent: QuotaRent::Importer,
            traded: BTreeMap::new(),
            expected_inside: 1.0,
            absolute: false,
            evidence: Evidence::default(),
        }
    }

    #[test]
    fn the_quota_year_starts_on_its_own_day() {
        let day = |text| parse_date(text).unwrap();
        assert_eq!(quota().year_start(day("2025-03-31")), day("2024-04-01"));
        assert_eq!(quota().year_start(day("2025-04-01")), day("2025-04-01"));
    }

    #[test]
    fn an_order_across_the_limit_is_split() {
        assert!((quota().share_inside(90_000.0, 20_000.0) - 0.5).abs() < 1e-15);
        assert!((quota().share_inside(0.0, 20_000.0) - 1.0).abs() < 1e-15);
        assert!(quota().share_inside(120_000.0, 1.0).abs() < 1e-15);
        assert!((blended_rate(0.5, 0.10, 0.275) - 0.1875).abs() < 1e-15);
    }
}
