//! The table at the end.

use std::fmt;

use crate::command::Outcome;

/// One step that ran or was skipped.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) budget_seconds: u32,
    pub(crate) seconds: f64,
    pub(crate) outcome: Outcome,
}

/// All steps of a run.
#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

impl Report {
    pub(crate) fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// Tests and checks that failed.
    pub(crate) fn failed(&self) -> u64 {
        self.total(|_, failed| failed)
    }

    fn total(&self, pick: impl Fn(u64, u64) -> u64) -> u64 {
        let counts = self.rows.iter().map(|row| match row.outcome {
            Outcome::Ran { passed, failed } => pick(passed, failed),
            Outcome::Skipped(_) => 0,
        });
        counts.sum()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n{:<12} {:>8} {:>8}  result",
            "step", "seconds", "budget"
        )?;
        for row in &self.rows {
            write!(
                f,
                "{:<12} {:>8.1} {:>8}  ",
                row.name, row.seconds, row.budget_seconds
            )?;
            match &row.outcome {
                Outcome::Skipped(reason) => write!(f, "skipped: {reason}")?,
                Outcome::Ran { passed, failed: 0 } => write!(f, "{passed} passed")?,
                Outcome::Ran { passed, failed } => write!(f, "{passed} passed, {failed} FAILED")?,
            }
            let is_late = row.seconds > f64::from(row.budget_seconds);
            writeln!(f, "{}", if is_late { " (over its budget)" } else { "" })?;
        }
        writeln!(
            f,
            "\n{} passed, {} failed",
            self.total(|passed, _| passed),
            self.failed()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_counts_everything() {
        let row = |name, seconds, outcome| Row {
            name,
            budget_seconds: 10,
            seconds,
            outcome,
        };
        let mut report = Report::default();
        report.push(row("format", 1.0, Outcome::check(true)));
        report.push(row(
            "tests",
            11.0,
            Outcome::Ran {
                passed: 40,
                failed: 2,
            },
        ));
        report.push(row(
            "oracles",
            0.0,
            Outcome::Skipped("no folder".to_owned()),
        ));
        let text = report.to_string();
        assert_eq!(text.lines().last(), Some("41 passed, 2 failed"));
        assert!(text.contains("40 passed, 2 FAILED (over its budget)"));
        assert!(text.contains("skipped: no folder"));
    }
}
