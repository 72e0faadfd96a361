//! Printing results.

use std::fmt;
use std::io::{ErrorKind, Write};
use std::path::Path;

use serde_json::Value;

use crate::failure::Failure;

/// Prints text and a line end to stdout.
pub(crate) fn say(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let written = writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush());
    written.map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => Failure::ClosedOutput,
        _ => Failure::io("write", "stdout")(error),
    })
}

/// Prints JSON to stdout.
pub(crate) fn say_json(value: &Value) -> Result<(), Failure> {
    say(&format!("{value:#}"))
}

/// A command that writes a note about an experiment, as a note tells how to write it again.
pub(crate) struct NoteCommand<'a> {
    /// The command, which is also the name of the experiment it reads unless told.
    pub(crate) name: &'a str,
    pub(crate) experiment: &'a str,
    pub(crate) only: Option<&'a str>,
    pub(crate) replications: Option<u32>,
    pub(crate) set: &'a [String],
    pub(crate) file: &'a Path,
}

impl fmt::Display for NoteCommand<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tradewinds {}", self.name)?;
        if self.experiment != self.name {
            write!(f, " {}", self.experiment)?;
        }
        if let Some(only) = self.only {
            write!(f, " --only '{only}'")?;
        }
        if let Some(replications) = self.replications {
            write!(f, " --replications {replications}")?;
        }
        for key in self.set {
            write!(f, " --set '{key}'")?;
        }
        write!(f, " --markdown {}", file_in_note(self.file))
    }
}

/// A file as a note names it: without folders of the machine on which it was written.
pub(crate) fn file_in_note(file: &Path) -> String {
    let own = match file.is_absolute() {
        true => file.file_name().map_or(file, Path::new),
        false => file,
    };
    own.display().to_string()
}

/// A number with a thin group mark at thousands: `12,345`.
pub(crate) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A fraction in per cent: `12.50 %` of 0.125.
pub(crate) fn percent(fraction: f64, digits: usize) -> String {
    format!("{:.digits$} %", 100.0 * fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped_from_the_right() {
        let shown = [0, 12, 999, 1_000, 12_345, 1_234_567].map(grouped);
        assert_eq!(shown, ["0", "12", "999", "1,000", "12,345", "1,234,567"]);
    }

    #[test]
    fn a_note_names_no_folder_of_a_machine() {
        let shown = ["docs/a.md", "a.md", "/home/somebody/docs/a.md"].map(Path::new);
        assert_eq!(shown.map(file_in_note), ["docs/a.md", "a.md", "a.md"]);
    }

    #[test]
    fn a_note_names_the_experiment_it_is_about() {
        let command = |experiment: &str, set: &[String]| {
            let command = NoteCommand {
                name: "mechanisms",
                experiment,
                only: None,
                replications: Some(9),
                set,
                file: Path::new("a.md"),
            };
            command.to_string()
        };
        let usual = "tradewinds mechanisms --replications 9 --markdown a.md";
        assert_eq!(command("mechanisms", &[]), usual);
        let other = "tradewinds mechanisms markets --replications 9 --set 'seed=1' --markdown a.md";
        assert_eq!(command("markets", &["seed=1".to_owned()]), other);
    }
}
