//! Civil dates and time in years.

use crate::UnitError;

/// A civil date of the Gregorian calendar, printed as `YYYY-MM-DD`.
pub type Date = jiff::civil::Date;

/// Days per year, the mean over the Gregorian leap cycle to two decimals.
pub const DAYS_PER_YEAR: f64 = 365.25;

/// Reads `YYYY-MM-DD`.
///
/// # Errors
/// [`UnitError::Date`] for any other text or a day that does not exist.
pub fn parse_date(text: &str) -> Result<Date, UnitError> {
    let bytes = text.as_bytes();
    let shaped = bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-';
    let parsed = shaped.then(|| text.parse().ok()).flatten();
    parsed.ok_or_else(|| UnitError::Date(text.to_owned()))
}

/// Days from `from` to `to`; negative when `to` is earlier.
pub fn days_between(from: Date, to: Date) -> i64 {
    i64::from(from.until(to).map_or(0, |span| span.get_days()))
}

/// The date `days` days after `from` (before it when negative), within the calendar.
pub fn days_after(from: Date, days: i64) -> Date {
    from.saturating_add(jiff::Span::new().days(days))
}

/// Years from `from` to `to` at [`DAYS_PER_YEAR`] days a year.
pub fn year_fraction(from: Date, to: Date) -> f64 {
    days_between(from, to) as f64 / DAYS_PER_YEAR
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_iso_and_exist() {
        assert!(parse_date("2024-02-29").is_ok());
        for bad in ["2025-02-29", "2025-2-9", "20250209", "09.02.2025", ""] {
            assert!(parse_date(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn days_span_months_and_years() {
        let day = |text| parse_date(text).unwrap();
        assert_eq!(days_between(day("2025-01-01"), day("2026-01-01")), 365);
        assert_eq!(days_between(day("2024-03-01"), day("2024-02-01")), -29);
    }
}
