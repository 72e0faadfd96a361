//! Shares of a whole.

use crate::UnitError;

/// A share of a whole, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Share(f64);

impl Share {
    /// Nothing.
    pub const ZERO: Self = Self(0.0);
    /// All of it.
    pub const ONE: Self = Self(1.0);

    /// Checks the range.
    ///
    /// # Errors
    /// [`UnitError::Range`] outside 0 to 1 or when not finite.
    pub fn new(value: f64) -> Result<Self, UnitError> {
        if (0.0..=1.0).contains(&value) {
            Ok(Self(value))
        } else {
            Err(UnitError::Range {
                what: "share",
                value,
                low: 0.0,
                high: 1.0,
            })
        }
    }

    /// The share as a number.
    pub fn get(self) -> f64 {
        self.0
    }

    /// What is left of the whole.
    pub fn complement(self) -> Self {
        Self(1.0 - self.0)
    }
}
