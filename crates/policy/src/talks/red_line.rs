//! Red lines over time: how far a government can go on an issue with a vote ahead, in a minority, or with a new mandate.
//!
//! ȳ = y₀ (1 − e exp(−weeks to the vote / s)) (1 − v (1 − cooperation) 1{minority})
//!   × (1 + bonus 1{new mandate}),
//!
//! at most 1. An issue that is closed (y₀ = 0) stays closed. A caretaker signs
//! nothing; a new government negotiates after a time of learning. Talks, section 7.

/// How politics moves red lines.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RedLineRule {
    /// Time scale of the tightening before a vote, s \[weeks\].
    pub election_weeks: f64,
    /// Cut for a minority government, v, 0 to 1.
    pub minority_cut: f64,
    /// Rise for a new mandate, as a share of the red line.
    pub mandate_bonus: f64,
}

/// An issue at home.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IssueAtHome {
    /// Largest concession away from votes, y₀, 0 to 1.
    pub red_line: f64,
    /// Tightening on the day of a vote, e, 0 to 1; high for goods of regions whose
    /// seats are at stake.
    pub tightening: f64,
}

/// A government at home.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HomePolitics {
    /// Weeks to the next vote; none when none is in view.
    pub weeks_to_vote: Option<f64>,
    /// It lacks a majority.
    pub is_minority: bool,
    /// Announced cooperation of the opposition, 0 to 1.
    pub cooperation: f64,
    /// It has won a vote since talks began.
    pub has_new_mandate: bool,
}

impl RedLineRule {
    /// Largest concession on an issue now, 0 to 1.
    pub fn at(&self, issue: &IssueAtHome, home: &HomePolitics) -> f64 {
        let nearness = home.weeks_to_vote.map_or(0.0, |weeks| {
            libm::exp(-weeks.max(0.0) / self.election_weeks)
        });
        let minority = if home.is_minority {
            self.minority_cut * (1.0 - home.cooperation)
        } else {
            0.0
        };
        let bonus = if home.has_new_mandate {
            self.mandate_bonus
        } else {
            0.0
        };
        let line = issue.red_line * (1.0 - issue.tightening * nearness);
        (line * (1.0 - minority) * (1.0 + bonus)).clamp(0.0, 1.0)
    }
}

/// What a government may do at the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    /// A caretaker: ministers may meet, nothing is signed.
    Caretaker,
    /// A new government that learns the file.
    Learning,
    /// Leaders may meet and sign.
    Full,
}

impl Authority {
    /// From the weeks in office, with the weeks that a new government learns.
    pub fn of(is_caretaker: bool, weeks_in_office: f64, learning_weeks: f64) -> Self {
        if is_caretaker {
            Self::Caretaker
        } else if weeks_in_office < learning_weeks {
            Self::Learning
        } else {
            Self::Full
        }
    }

    /// A deal can be signed.
    pub fn may_sign(self) -> bool {
        self == Self::Full
    }

    /// Leaders can meet, not only ministers.
    pub fn leaders_may_meet(self) -> bool {
        self != Self::Caretaker
    }
}

/// Value to the other side of a concession offered, which a caretaker can promise
/// only for its successor, who keeps it with probability `kept`.
pub fn value_of_promise(value: f64, authority: Authority, kept: f64) -> f64 {
    if authority == Authority::Caretaker {
        value * kept
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: RedLineRule = RedLineRule {
        election_weeks: 4.0,
        minority_cut: 0.25,
        mandate_bonus: 0.2,
    };
    const FARM: IssueAtHome = IssueAtHome {
        red_line: 0.5,
        tightening: 0.6,
    };
    const CALM: HomePolitics = HomePolitics {
        weeks_to_vote: None,
        is_minority: false,
        cooperation: 0.0,
        has_new_mandate: false,
    };

    fn before_vote(weeks: f64) -> HomePolitics {
        HomePolitics {
            weeks_to_vote: Some(weeks),
            ..CALM
        }
    }

    #[test]
    fn red_lines_tighten_towards_a_vote() {
        assert!((RULE.at(&FARM, &CALM) - 0.5).abs() < 1e-15);
        assert!((RULE.at(&FARM, &before_vote(0.0)) - 0.2).abs() < 1e-12);
        let month = 0.5 * (1.0 - 0.6 * libm::exp(-1.0));
        assert!((RULE.at(&FARM, &before_vote(4.0)) - month).abs() < 1e-12);
        assert!((RULE.at(&FARM, &before_vote(400.0)) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn cooperation_gives_a_minority_the_room_of_a_majority() {
        let minority = HomePolitics {
            is_minority: true,
            ..CALM
        };
        assert!((RULE.at(&FARM, &minority) - 0.375).abs() < 1e-12);
        let together = HomePolitics {
            cooperation: 1.0,
            ..minority
        };
        assert!((RULE.at(&FARM, &together) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn a_mandate_widens_what_is_open_and_opens_nothing() {
        let new = HomePolitics {
            has_new_mandate: true,
            ..CALM
        };
        assert!((RULE.at(&FARM, &new) - 0.6).abs() < 1e-12);
        let closed = IssueAtHome {
            red_line: 0.0,
            ..FARM
        };
        assert!(RULE.at(&closed, &new).abs() < 1e-15);
        let wide = IssueAtHome {
            red_line: 0.95,
            ..FARM
        };
        assert!((RULE.at(&wide, &new) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn only_a_government_in_office_that_knows_the_file_signs() {
        assert_eq!(Authority::of(true, 100.0, 4.0), Authority::Caretaker);
        assert!(!Authority::of(true, 100.0, 4.0).may_sign());
        let new = Authority::of(false, 3.9, 4.0);
        assert!(new.leaders_may_meet() && !new.may_sign());
        assert!(Authority::of(false, 4.0, 4.0).may_sign());
        assert!((value_of_promise(2.0, Authority::Caretaker, 0.4) - 0.8).abs() < 1e-15);
        assert!((value_of_promise(2.0, Authority::Full, 0.4) - 2.0).abs() < 1e-15);
    }
}
