//! Ad valorem rates.

use crate::UnitError;

/// A duty as a share of customs value: 0.25 is 25 %. From -0.95 (a subsidy) to
/// 100 (10,000 %); at -1 a good would be free and demand unbounded.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct AdValorem(f64);

impl AdValorem {
    /// No duty.
    pub const ZERO: Self = Self(0.0);

    /// Checks the range.
    ///
    /// # Errors
    /// [`UnitError::Range`] outside -0.95 to 100 or when not finite.
    pub fn new(value: f64) -> Result<Self, UnitError> {
        if (-0.95..=100.0).contains(&value) {
            Ok(Self(value))
        } else {
            Err(UnitError::Range {
                what: "ad valorem rate",
                value,
                low: -0.95,
                high: 100.0,
            })
        }
    }

    /// Share of customs value.
    pub fn get(self) -> f64 {
        self.0
    }
}
