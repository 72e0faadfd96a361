//! Time: ticks, dates and years.

use bevy_ecs::resource::Resource;
use tradewinds_units::{DAYS_PER_YEAR, Date};

/// Length of a tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TickLength {
    /// A calendar tick of whole days: 1 is a day, 7 a week.
    Days(u32),
    /// An exact fraction of a year, detached from the calendar: `PerYear(52)` is
    /// the tick of the oracle cases.
    PerYear(u32),
}

impl TickLength {
    /// Length in years.
    pub fn years(self) -> f64 {
        match self {
            Self::Days(days) => f64::from(days) / DAYS_PER_YEAR,
            Self::PerYear(ticks) => 1.0 / f64::from(ticks),
        }
    }
}

/// The clock of a run.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct Clock {
    start: Date,
    tick: TickLength,
    index: u32,
}

impl Clock {
    /// A clock that stands before its first tick; tick 0 starts on `start`.
    pub fn new(start: Date, tick: TickLength) -> Self {
        Self {
            start,
            tick,
            index: 0,
        }
    }

    /// Length of a tick in years.
    pub fn dt(&self) -> f64 {
        self.tick.years()
    }

    /// Number of the current tick, from 0.
    pub fn index(&self) -> u32 {
        self.index
    }

    /// Years since the start at the end of the current tick.
    pub fn years_at_end(&self) -> f64 {
        f64::from(self.index + 1) * self.dt()
    }

    /// First day of a tick.
    pub fn date_of(&self, index: u32) -> Date {
        let days = match self.tick {
            TickLength::Days(days) => i64::from(index) * i64::from(days),
            TickLength::PerYear(ticks) => {
                (f64::from(index) * DAYS_PER_YEAR / f64::from(ticks)).floor() as i64
            }
        };
        self.start.saturating_add(jiff::Span::new().days(days))
    }

    /// First day of the current tick.
    pub fn date(&self) -> Date {
        self.date_of(self.index)
    }

    /// The first day after the current tick.
    pub fn end(&self) -> Date {
        self.date_of(self.index + 1)
    }

    /// Moves to the next tick.
    pub fn advance(&mut self) {
        self.index += 1;
    }

    /// Share of a gap that a relaxation of `speed` per year closes in one tick,
    /// `1 - exp(-speed dt)`; an infinite speed closes all of it.
    pub fn closing_share(&self, speed: f64) -> f64 {
        closing_share(speed, self.dt())
    }

    /// Share of a gap that a relaxation of `speed` per year closes in the first half
    /// of a tick. Plans for a tick that follow what was seen in the one before are made
    /// at what is expected in its middle: their mean lag is then `1 / speed` to second
    /// order in the tick, where that of the expectation at its start is half a tick more.
    pub fn closing_share_at_middle(&self, speed: f64) -> f64 {
        closing_share(speed, 0.5 * self.dt())
    }
}

/// Share of a gap closed in `dt` years at `speed` per year, `1 - exp(-speed dt)`.
pub fn closing_share(speed: f64, dt: f64) -> f64 {
    if speed.is_infinite() {
        1.0
    } else {
        -crate::maths::exp_m1(-speed * dt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_follow_the_calendar() {
        let mut clock = Clock::new("2025-01-01".parse().unwrap(), TickLength::Days(7));
        clock.advance();
        assert_eq!(clock.date().to_string(), "2025-01-08");
        assert_eq!(clock.end().to_string(), "2025-01-15");
        assert!((clock.years_at_end() - 14.0 / 365.25).abs() < 1e-15);
    }

    #[test]
    fn plans_at_the_middle_of_a_tick_have_the_lag_of_their_speed() {
        // The years by which plans trail a step in what is seen; the tick of the step
        // itself was planned before it.
        let lag = |tick: TickLength| {
            let clock = Clock::new("2025-01-01".parse().unwrap(), tick);
            let (mut expected, mut behind) = (0.0, clock.dt());
            for _ in 0..10_000 {
                expected += clock.closing_share(13.0) * (1.0 - expected);
                let planned = expected + clock.closing_share_at_middle(13.0) * (1.0 - expected);
                behind += (1.0 - planned) * clock.dt();
            }
            behind
        };
        for ticks in [52, 104, 365] {
            let dt = 1.0 / f64::from(ticks);
            let gap = lag(TickLength::PerYear(ticks)) - 1.0 / 13.0;
            assert!(gap.abs() < 13.0 * dt * dt, "{ticks}: {gap}");
        }
    }

    #[test]
    fn an_infinite_speed_closes_the_whole_gap() {
        let clock = Clock::new("2025-01-01".parse().unwrap(), TickLength::PerYear(52));
        assert_eq!(clock.closing_share(f64::INFINITY), 1.0);
        let two_halves = 1.0 - (1.0 - closing_share(2.0, 0.05)).powi(2);
        assert!((two_halves - closing_share(2.0, 0.1)).abs() < 1e-15);
    }
}
