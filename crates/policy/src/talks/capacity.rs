//! Capacity of the principal: rounds that a file needs, slots a week, the queue, and letters to those not served.
//!
//! A file needs 1 + Poisson(μ × issues) rounds, each of which takes one slot of a
//! principal negotiator. Slots go to the highest priority; a crisis comes before
//! all. A closed text still needs the leader, who refuses it with some probability.
//! Files unsettled shortly before the deadline get a letter with a rate, which needs
//! no slot. Talks, section 8.

use super::choice::happens;
use super::distribution::poisson_quantile;

/// Rounds that a file of some open issues needs, with μ rounds per issue, at a
/// uniform draw.
pub fn rounds_needed(issues: f64, rounds_per_issue: f64, uniform: f64) -> u32 {
    1 + poisson_quantile(uniform, rounds_per_issue * issues)
}

/// Rounds that the principal can hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SlotSupply {
    /// With all negotiators and no crisis \[per week\].
    pub per_week: f64,
    /// Share that a crisis takes, 0 to 1.
    pub crisis_share: f64,
    /// Negotiators of rank.
    pub negotiators: f64,
}

impl SlotSupply {
    /// Slots of a week with `absent` negotiators.
    pub fn in_week(&self, is_crisis: bool, absent: f64) -> f64 {
        let present = (1.0 - absent / self.negotiators).max(0.0);
        let free = if is_crisis {
            1.0 - self.crisis_share
        } else {
            1.0
        };
        self.per_week * present * free
    }
}

/// Whole slots of a week and the part that is kept for the next, from the part kept
/// before and the new supply; over time none is lost.
pub fn whole_slots(kept: f64, supply: f64) -> (u32, f64) {
    let total = kept + supply;
    // The tolerance keeps 0.1 ten times from falling short of one.
    let whole = libm::floor(total + 1e-9).max(0.0);
    (whole as u32, (total - whole).max(0.0))
}

/// A file in the queue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QueuedFile {
    /// Score of the order rule; higher is served earlier.
    pub priority: f64,
    /// It comes before all files that are none.
    pub is_crisis: bool,
    /// Both sides can meet this week.
    pub is_available: bool,
    /// Rounds still needed.
    pub rounds_left: u32,
}

/// Files that get a round this week, at most one each: crises first, then by
/// priority, ties in the order of the list.
pub fn serve(files: &[QueuedFile], slots: u32) -> Vec<usize> {
    let mut waiting: Vec<usize> = (0..files.len())
        .filter(|&file| files[file].is_available && files[file].rounds_left > 0)
        .collect();
    waiting.sort_by(|&a, &b| {
        let crisis = files[b].is_crisis.cmp(&files[a].is_crisis);
        crisis.then(files[b].priority.total_cmp(&files[a].priority))
    });
    waiting.truncate(slots as usize);
    waiting
}

/// Whether the leader signs an agreed text, at a uniform draw.
pub fn leader_signs(veto: f64, uniform: f64) -> bool {
    !happens(veto, uniform)
}

/// The rate that the principal puts to a partner when its negotiators disagree:
/// the agreed line plus noise of standard deviation `disagreement` \[shares of
/// customs value\], at a standard normal draw; never below zero.
pub fn counter_offer(line: f64, disagreement: f64, normal: f64) -> f64 {
    (line + disagreement * normal).max(0.0)
}

/// Whether an unsettled file gets a letter: within `margin_weeks` of the deadline.
pub fn letter_is_due(days_left: f64, margin_weeks: f64) -> bool {
    days_left <= 7.0 * margin_weeks
}

/// Files that get letters when these are due: all that are not settled.
pub fn letters(is_settled: &[bool]) -> Vec<usize> {
    (0..is_settled.len())
        .filter(|&file| !is_settled[file])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUPPLY: SlotSupply = SlotSupply {
        per_week: 3.3,
        crisis_share: 0.4,
        negotiators: 3.0,
    };

    fn file(priority: f64) -> QueuedFile {
        QueuedFile {
            priority,
            is_crisis: false,
            is_available: true,
            rounds_left: 7,
        }
    }

    /// Files of seven rounds that close in thirteen weeks, of seventeen.
    fn closed(supply: &SlotSupply) -> usize {
        let mut files: Vec<QueuedFile> = (0..17).map(|i| file(-f64::from(i))).collect();
        let mut kept = 0.0;
        for _ in 0..13 {
            let (slots, rest) = whole_slots(kept, supply.in_week(false, 0.0));
            kept = rest;
            for served in serve(&files, slots) {
                files[served].rounds_left -= 1;
            }
        }
        files.iter().filter(|file| file.rounds_left == 0).count()
    }

    #[test]
    fn a_file_without_issues_needs_one_round() {
        assert_eq!(rounds_needed(0.0, 0.6, 0.99), 1);
        let mean = (0..1000).map(|i| rounds_needed(10.0, 0.6, (f64::from(i) + 0.5) / 1000.0));
        assert!((mean.map(f64::from).sum::<f64>() / 1000.0 - 7.0).abs() < 0.01);
    }

    #[test]
    fn slots_shrink_with_absence_and_crisis() {
        assert!((SUPPLY.in_week(false, 0.0) - 3.3).abs() < 1e-12);
        assert!((SUPPLY.in_week(true, 1.0) - 3.3 * 0.6 * 2.0 / 3.0).abs() < 1e-12);
        assert!(SUPPLY.in_week(false, 3.0).abs() < 1e-12);
    }

    #[test]
    fn no_part_of_a_slot_is_lost() {
        let (mut kept, mut total) = (0.0, 0);
        for _ in 0..100 {
            let (whole, rest) = whole_slots(kept, 3.3);
            kept = rest;
            total += whole;
        }
        assert_eq!(total, 330);
    }

    #[test]
    fn a_crisis_pre_empts_and_absence_skips() {
        let mut files = [file(3.0), file(2.0), file(1.0), file(2.0)];
        files[2].is_crisis = true;
        assert_eq!(serve(&files, 3), [2, 0, 1]);
        files[0].is_available = false;
        files[1].rounds_left = 0;
        assert_eq!(serve(&files, 3), [2, 3]);
    }

    #[test]
    fn a_quarter_of_files_closes_in_three_months_and_twice_the_slots_close_more() {
        // 3.3 × 13 / 7 = 6.1 files at most; some are under way when time is out.
        let base = closed(&SUPPLY);
        let double = closed(&SlotSupply {
            per_week: 6.6,
            ..SUPPLY
        });
        assert!((4..=6).contains(&base), "{base}");
        assert!(double as f64 > 1.5 * base as f64, "{double}");
    }

    #[test]
    fn letters_go_to_the_unsettled_when_time_is_out() {
        assert!(letter_is_due(3.5, 0.5) && !letter_is_due(3.6, 0.5));
        assert_eq!(letters(&[true, false, false]), [1, 2]);
        assert!(leader_signs(0.25, 0.25) && !leader_signs(0.25, 0.24));
        assert!((counter_offer(0.15, 0.03, -1.0) - 0.12).abs() < 1e-12);
        assert!(counter_offer(0.15, 0.03, -9.0).abs() < 1e-15);
    }
}
