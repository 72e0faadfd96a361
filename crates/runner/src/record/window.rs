//! Windows of days over records.

use tradewinds_units::{DAYS_PER_YEAR, Date, days_between};

use crate::series::Panel;

/// Days from the first to the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

impl Window {
    /// Length in years.
    pub fn years(self) -> f64 {
        (days_between(self.from, self.to) + 1) as f64 / DAYS_PER_YEAR
    }

    /// The calendar months that begin in the window, in order.
    pub fn months(self) -> Vec<Self> {
        let mut months = Vec::new();
        let mut first = self.from.first_of_month();
        if first < self.from {
            first = next_month(first);
        }
        while first <= self.to {
            let next = next_month(first);
            let to = next.yesterday().unwrap_or(first);
            months.push(Self { from: first, to });
            first = next;
        }
        months
    }

    /// The month that lies `back` months before the one this window begins in.
    #[must_use]
    pub fn month_before(self, back: u32) -> Self {
        let mut first = self.from.first_of_month();
        for _ in 0..back {
            first = first.yesterday().map_or(first, |day| day.first_of_month());
        }
        Self {
            from: first,
            to: first.last_of_month(),
        }
    }
}

fn next_month(first: Date) -> Date {
    first.last_of_month().tomorrow().unwrap_or(Date::MAX)
}

/// When the periods of a run lie.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Calendar {
    /// First day of each period, in days since 1970-01-01.
    starts: Vec<i32>,
    /// Days of a period.
    length: i32,
}

impl Calendar {
    /// The periods of a table of records.
    pub(super) fn of(panel: &Panel<'_>, period_days: i32) -> Self {
        Self {
            starts: panel.dates(),
            length: period_days,
        }
    }

    /// Periods that overlap a window, with the share of its days in each; none
    /// when the window lies before the first period or after the last.
    pub(super) fn shares(&self, window: Window) -> Option<Vec<(usize, f64)>> {
        let day = |date: Date| days_between(Date::constant(1970, 1, 1), date) as i32;
        let (from, to) = (day(window.from), day(window.to) + 1);
        let overlap = |start: i32| (to.min(start + self.length) - from.max(start)).max(0);
        let inside: Vec<(usize, i32)> = (self.starts.iter().enumerate())
            .map(|(at, start)| (at, overlap(*start)))
            .filter(|(_, days)| *days > 0)
            .collect();
        let total: i32 = inside.iter().map(|(_, days)| days).sum();
        let share = |(at, days): (usize, i32)| (at, f64::from(days) / f64::from(total));
        (total > 0).then(|| inside.into_iter().map(share).collect())
    }

    /// Mean of a column over a window, by cell. Before the first period the
    /// economy is at rest, as it is in the first period of the baseline.
    pub(super) fn mean(&self, panel: &Panel<'_>, column: &str, window: Window) -> Option<Vec<f64>> {
        let mut mean = vec![0.0; panel.cells];
        for (period, share) in self.shares(window)? {
            for (sum, value) in mean.iter_mut().zip(panel.at(column, period)) {
                *sum += share * value;
            }
        }
        Some(mean)
    }

    /// Whether a window ends before the first period.
    pub(super) fn is_before(&self, window: Window) -> bool {
        let day = days_between(Date::constant(1970, 1, 1), window.to) as i32;
        self.starts.first().is_some_and(|first| day < *first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(from: &str, to: &str) -> Window {
        let date = |text: &str| tradewinds_units::parse_date(text).unwrap();
        Window {
            from: date(from),
            to: date(to),
        }
    }

    #[test]
    fn months_of_a_window_are_whole_calendar_months() {
        let months = window("2001-01-01", "2001-03-31").months();
        assert_eq!(months.len(), 3);
        assert_eq!(months[1], window("2001-02-01", "2001-02-28"));
        assert_eq!(window("2001-01-02", "2001-03-31").months().len(), 2);
        assert_eq!(
            months[0].month_before(12),
            window("2000-01-01", "2000-01-31")
        );
    }

    #[test]
    fn a_period_counts_by_its_days_in_the_window() {
        // Weeks from Monday 2001-01-01: the month holds four and three days of a fifth.
        let calendar = Calendar {
            starts: (0..10).map(|week| 11_323 + 7 * week).collect(),
            length: 7,
        };
        let shares = calendar.shares(window("2001-01-01", "2001-01-31")).unwrap();
        assert_eq!(shares.len(), 5);
        assert!((shares[4].1 - 3.0 / 31.0).abs() < 1e-12);
        assert!((shares.iter().map(|one| one.1).sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(
            calendar
                .shares(window("2000-01-01", "2000-12-31"))
                .is_none()
        );
        assert!(calendar.is_before(window("2000-01-01", "2000-12-31")));
    }
}
