//! Codes of economies and sectors.

use std::fmt;
use std::str::FromStr;

use crate::UnitError;

/// An economy by its ISO 3166-1 alpha-3 code; `EUU` is the European Union and
/// `ROW` the rest of the world.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EconomyCode([u8; 3]);

impl EconomyCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }
}

impl FromStr for EconomyCode {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        match text.as_bytes() {
            [a, b, c] if [a, b, c].iter().all(|letter| letter.is_ascii_uppercase()) => {
                Ok(Self([*a, *b, *c]))
            }
            _ => Err(UnitError::EconomyCode(text.to_owned())),
        }
    }
}

impl fmt::Display for EconomyCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl fmt::Debug for EconomyCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// A sector or subsector, as in `autos_vehicles`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SectorCode(Box<str>);

impl SectorCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SectorCode {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if !text.is_empty() && text.chars().all(allowed) {
            Ok(Self(text.into()))
        } else {
            Err(UnitError::SectorCode(text.to_owned()))
        }
    }
}

impl fmt::Display for SectorCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Debug for SectorCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_economy_code_is_three_capitals() {
        assert_eq!("JPN".parse::<EconomyCode>().unwrap().as_str(), "JPN");
        for bad in ["jpn", "JP", "JPNX", "J N", ""] {
            assert!(bad.parse::<EconomyCode>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_sector_code_is_lower_case() {
        assert!("autos_vehicles".parse::<SectorCode>().is_ok());
        for bad in ["Autos", "autos vehicles", ""] {
            assert!(bad.parse::<SectorCode>().is_err(), "{bad}");
        }
    }
}
