//! Running a program, passing its output on and counting the tests in it.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// What came of a step or of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Ran; so many tests or checks passed and failed.
    Ran {
        /// Passed.
        passed: u64,
        /// Failed.
        failed: u64,
    },
    /// Had nothing to do, for the reason given.
    Skipped(String),
}

impl Outcome {
    /// One check that held or did not.
    pub(crate) fn check(holds: bool) -> Self {
        Self::Ran {
            passed: u64::from(holds),
            failed: u64::from(!holds),
        }
    }

    /// Both together; a skipped one counts for nothing.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (
                Self::Ran {
                    passed: a,
                    failed: b,
                },
                Self::Ran {
                    passed: c,
                    failed: d,
                },
            ) => Self::Ran {
                passed: a + c,
                failed: b + d,
            },
            (Self::Skipped(_), other) => other,
            (ran, Self::Skipped(_)) => ran,
        }
    }
}

/// Runs cargo as one check: exit code 0 or not.
pub(crate) fn cargo_check(root: &Path, arguments: &[&str]) -> Outcome {
    let status = Command::new(cargo())
        .args(arguments)
        .current_dir(root)
        .status();
    Outcome::check(succeeded(arguments, status.map(|status| status.success())))
}

/// How the summary line of a test runner starts. The other runner's summary may
/// occur in the output of a failed test and does not count.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Summary {
    /// `cargo test`, one line per test program.
    Cargo,
    /// nextest, one line in all.
    Nextest,
}

/// Runs cargo and counts the tests it reports. A failure without a failed test
/// (a build that broke) counts as one.
pub(crate) fn cargo_tests(root: &Path, summary: Summary, arguments: &[&str]) -> Outcome {
    let child = Command::new(cargo())
        .args(arguments)
        .current_dir(root)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let counted = child.and_then(|mut child| {
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let counts = std::thread::scope(|scope| {
            let err = scope.spawn(|| pass_on(err, summary, &mut std::io::stderr()));
            let out = pass_on(out, summary, &mut std::io::stdout());
            (out, err.join().unwrap_or_default())
        });
        let success = child.wait()?.success();
        let (passed, failed) = (counts.0.0 + counts.1.0, counts.0.1 + counts.1.1);
        Ok((success, passed, failed))
    });
    match counted {
        Ok((success, passed, failed)) => Outcome::Ran {
            passed,
            failed: if success { failed } else { failed.max(1) },
        },
        Err(error) => Outcome::check(succeeded(arguments, Err(error))),
    }
}

/// Whether a program can be run at all.
pub(crate) fn exists(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn succeeded(arguments: &[&str], result: std::io::Result<bool>) -> bool {
    result.unwrap_or_else(|error| {
        eprintln!("cargo {}: {error}", arguments.join(" "));
        false
    })
}

fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

/// Copies a stream line by line and adds up the tests its summaries name.
fn pass_on(stream: Option<impl Read>, summary: Summary, to: &mut impl Write) -> (u64, u64) {
    let (mut passed, mut failed) = (0, 0);
    let Some(stream) = stream else {
        return (0, 0);
    };
    let mut reader = BufReader::new(stream);
    let mut line = Vec::new();
    while reader
        .read_until(b'\n', &mut line)
        .is_ok_and(|read| read > 0)
    {
        // A closed terminal must not end the tests.
        let _ = to.write_all(&line).and_then(|()| to.flush());
        if let Some((more_passed, more_failed)) = summary.counts(&String::from_utf8_lossy(&line)) {
            passed += more_passed;
            failed += more_failed;
        }
        line.clear();
    }
    (passed, failed)
}

impl Summary {
    /// Tests passed and failed, where the line is a summary.
    fn counts(self, line: &str) -> Option<(u64, u64)> {
        let line = line.trim();
        let counts = match self {
            Self::Cargo => line.strip_prefix("test result: ")?.split_once(". ")?.1,
            Self::Nextest => line.strip_prefix("Summary [")?.split_once(" run: ")?.1,
        };
        let words: Vec<&str> = counts
            .split([' ', ';', ','])
            .filter(|word| !word.is_empty())
            .collect();
        let count = |word: &str| {
            let at = words.iter().position(|found| *found == word)?;
            words.get(at.checked_sub(1)?)?.parse::<u64>().ok()
        };
        Some((count("passed")?, count("failed").unwrap_or(0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_of_both_test_runners_are_counted() {
        let cargo = "test result: FAILED. 11 passed; 2 failed; 0 ignored; finished in 0.04s\n";
        assert_eq!(Summary::Cargo.counts(cargo), Some((11, 2)));
        assert_eq!(Summary::Nextest.counts(cargo), None);
        let nextest = "     Summary [   0.123s] 44 tests run: 43 passed, 1 failed, 0 skipped";
        assert_eq!(Summary::Nextest.counts(nextest), Some((43, 1)));
        let slow = "     Summary [   0.1s] 5 tests run: 5 passed (1 slow), 0 skipped";
        assert_eq!(Summary::Nextest.counts(slow), Some((5, 0)));
        assert_eq!(Summary::Cargo.counts("test maths::tests::nan ... ok"), None);
    }

    #[test]
    fn output_is_passed_on_whole() {
        let text = "a\ntest result: ok. 3 passed; 0 failed; 0 ignored\nno newline";
        let mut copy = Vec::new();
        assert_eq!(
            pass_on(Some(text.as_bytes()), Summary::Cargo, &mut copy),
            (3, 0)
        );
        assert_eq!(copy, text.as_bytes());
    }

    #[test]
    fn skipped_parts_do_not_hide_others() {
        let skipped = Outcome::Skipped("no folder".to_owned());
        assert_eq!(
            skipped.clone().and(Outcome::check(false)),
            Outcome::check(false)
        );
        assert_eq!(Outcome::check(true).and(skipped), Outcome::check(true));
    }
}
