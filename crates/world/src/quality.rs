//! How well a number is known: its confidence, and whether it was observed, estimated or assumed.

/// How far a source can be trusted, as its fact says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Read in the named original or a faithful copy.
    High,
    /// One indirect source, or a computation with an approximation.
    Medium,
    /// Recalled, rounded, proxied or fitted.
    Low,
}

impl Confidence {
    /// The word used in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::High, Self::Medium, Self::Low]
            .into_iter()
            .find(|c| c.as_str() == text)
    }
}

/// Where a cell comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quality {
    /// Read in a source for the base year.
    Observed,
    /// Computed from facts of the same economy: recalled, of another year, or fitted to margins.
    Estimated,
    /// Taken from another economy or set by choice.
    Assumed,
}

impl Quality {
    /// All three, best first.
    pub const ALL: [Self; 3] = [Self::Observed, Self::Estimated, Self::Assumed];

    /// The word used in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Estimated => "estimated",
            Self::Assumed => "assumed",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|quality| quality.as_str() == text)
    }
}

/// Quality and source of one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Observed, estimated or assumed.
    pub quality: Quality,
    /// Id in `sources.csv`.
    pub source: String,
}

impl Mark {
    pub(crate) fn new(quality: Quality, source: &str) -> Self {
        Self {
            quality,
            source: source.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_written_is_a_word_read() {
        for quality in Quality::ALL {
            assert_eq!(Quality::parse(quality.as_str()), Some(quality));
        }
        assert_eq!(Confidence::parse("low"), Some(Confidence::Low));
        assert_eq!(Confidence::parse("certain"), None);
    }
}
