//! The weekly chance that a file closes, and why it waits.
//!
//! logit h = h₀ + h₁ surplus + h₂ D + h₃ summit + h₄ readiness − h₅ red-line gap
//!   − h₆ caretaker − h₇ queue − h₈ P(extension),
//!
//! D = (1 − P) e^(−d/7) + P e^(−(d + x)/7), d days to the deadline, P the believed
//! chance of an extension by x days. A deadline that is sure to move draws deals to
//! its later date (Fanning 2016 on uncertain deadlines). With x = 0, or P = 0, D is
//! e^(−d/7). Talks, section 6.

use super::choice::logistic;

/// Weights of the hazard, in log odds per week.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HazardWeights {
    /// Constant, h₀.
    pub constant: f64,
    /// Of the surplus, h₁.
    pub surplus: f64,
    /// Of the deadline, h₂.
    pub deadline: f64,
    /// Of a meeting of leaders in the week, h₃.
    pub summit: f64,
    /// Of readiness, h₄.
    pub readiness: f64,
    /// Of the gap to red lines, h₅; enters with a minus.
    pub red_line_gap: f64,
    /// Of a caretaker government, h₆; enters with a minus.
    pub caretaker: f64,
    /// Of the queue, h₇ \[per week\]; enters with a minus.
    pub queue: f64,
    /// Of the believed chance of an extension, h₈; enters with a minus.
    pub extension: f64,
}

/// A deadline as one side sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Deadline {
    /// Days until it; none when no date is set.
    pub days_left: Option<f64>,
    /// Believed probability that it is extended, 0 to 1.
    pub extension: f64,
    /// Days by which it would be extended.
    pub extended_by: f64,
}

impl Deadline {
    /// Believed chance of an extension; without a date there is none to hope for.
    pub fn hoped(&self) -> f64 {
        self.days_left.map_or(0.0, |_| self.extension)
    }

    /// Nearness of the believed date, D: 1 on the day itself, e^(−1) a week before.
    pub fn nearness(&self) -> f64 {
        let Some(days) = self.days_left else {
            return 0.0;
        };
        let near = |days: f64| libm::exp(-days.max(0.0) / 7.0);
        (1.0 - self.extension) * near(days) + self.extension * near(days + self.extended_by)
    }
}

/// State of one file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FileState {
    /// Gain of a deal over disagreement as a share of what is at stake, 0 to 1.
    pub surplus: f64,
    /// The deadline.
    pub deadline: Deadline,
    /// Leaders meet this week.
    pub has_summit: bool,
    /// Part of the preparation done, 0 to 1.
    pub readiness: f64,
    /// Part of the demands beyond red lines, 0 to 1.
    pub red_line_gap: f64,
    /// The partner has a caretaker government.
    pub is_caretaker: bool,
    /// Open files over weekly slots \[weeks\].
    pub queue_weeks: f64,
}

impl HazardWeights {
    /// Log odds that the file closes this week.
    pub fn log_odds(&self, file: &FileState) -> f64 {
        let flag = |is_so: bool| if is_so { 1.0 } else { 0.0 };
        self.constant
            + self.surplus * file.surplus
            + self.deadline * file.deadline.nearness()
            + self.summit * flag(file.has_summit)
            + self.readiness * file.readiness
            - self.red_line_gap * file.red_line_gap
            - self.caretaker * flag(file.is_caretaker)
            - self.queue * file.queue_weeks
            - self.extension * file.deadline.hoped()
    }

    /// Probability that the file closes this week.
    pub fn weekly(&self, file: &FileState) -> f64 {
        logistic(self.log_odds(file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::talks::choice::per_step;

    const WEIGHTS: HazardWeights = HazardWeights {
        constant: -3.5,
        surplus: 2.0,
        deadline: 2.5,
        summit: 0.8,
        readiness: 1.0,
        red_line_gap: 2.0,
        caretaker: 3.0,
        queue: 0.1,
        extension: 1.5,
    };

    fn file(days_left: f64, extension: f64, extended_by: f64) -> FileState {
        FileState {
            surplus: 0.5,
            deadline: Deadline {
                days_left: Some(days_left),
                extension,
                extended_by,
            },
            has_summit: false,
            readiness: 0.5,
            red_line_gap: 0.3,
            is_caretaker: false,
            queue_weeks: 5.0,
        }
    }

    /// Share of the deals of 90 days that falls in the last 18.
    fn bunching(extension: f64, extended_by: f64, weights: &HazardWeights) -> f64 {
        let (mut open, mut early, mut late) = (1.0, 0.0, 0.0);
        for day in 0..90 {
            let state = file(f64::from(90 - day), extension, extended_by);
            let signed = open * per_step(weights.weekly(&state), 7.0);
            open -= signed;
            if day < 72 {
                early += signed;
            } else {
                late += signed;
            }
        }
        late / (early + late)
    }

    #[test]
    fn every_term_enters_with_its_sign() {
        let mut state = file(0.0, 0.5, 0.0);
        let odds = -3.5 + 1.0 + 2.5 + 0.5 - 0.6 - 0.5 - 0.75;
        assert!((WEIGHTS.log_odds(&state) - odds).abs() < 1e-12);
        state.has_summit = true;
        assert!((WEIGHTS.log_odds(&state) - odds - 0.8).abs() < 1e-12);
        state.is_caretaker = true;
        assert!((WEIGHTS.log_odds(&state) - odds - 0.8 + 3.0).abs() < 1e-12);
    }

    #[test]
    fn reference_inputs_give_the_starting_value_of_the_table() {
        // Log odds about −4.0 a week far from the deadline, at a chance of 0.57.
        assert!((WEIGHTS.log_odds(&file(1e4, 0.57, 0.0)) + 4.0).abs() < 0.06);
    }

    #[test]
    fn a_caretaker_cuts_the_hazard_by_about_twenty() {
        let mut state = file(1e4, 0.5, 0.0);
        let full = WEIGHTS.weekly(&state);
        state.is_caretaker = true;
        let ratio = full / WEIGHTS.weekly(&state);
        assert!((18.0..21.0).contains(&ratio), "{ratio}");
    }

    #[test]
    fn deals_bunch_before_a_deadline_that_is_believed() {
        let held = bunching(0.0, 90.0, &WEIGHTS);
        let doubted = bunching(0.57, 90.0, &WEIGHTS);
        let moved = bunching(1.0, 90.0, &WEIGHTS);
        assert!(
            held > doubted && doubted > moved,
            "{held} {doubted} {moved}"
        );
        let none = HazardWeights {
            deadline: 0.0,
            ..WEIGHTS
        };
        assert!((moved - bunching(1.0, 90.0, &none)).abs() < 1e-5);
    }

    #[test]
    fn a_certain_extension_moves_the_pull_to_the_later_date() {
        let certain = file(3.0, 1.0, 90.0).deadline;
        let later = file(93.0, 0.0, 0.0).deadline;
        assert!((certain.nearness() - later.nearness()).abs() < 1e-15);
        let open = Deadline {
            days_left: None,
            ..certain
        };
        assert!(open.nearness().abs() < 1e-15);
    }
}
