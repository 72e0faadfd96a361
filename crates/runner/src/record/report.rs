//! A record as a table, as a note, as JSON and as lines of a CSV file.

use std::fmt::Write;

use serde_json::{Value as Json, json};

use super::{Answer, Record, Verdict, few_replications};

/// Columns of a line.
const WIDTH: usize = 100;
/// Columns of a title.
const TITLE: usize = 36;

impl Verdict {
    /// The verdict in a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Inside => "inside",
            Self::Near => "near",
            Self::Outside => "outside",
            Self::None => "-",
        }
    }
}

/// The table: recorded value, simulated median and interval, verdict, sign and
/// order of magnitude; then the long run where rows ask for it.
pub fn table(record: &Record) -> String {
    let has_long_run = record
        .answers
        .iter()
        .any(|answer| answer.long_run.is_some());
    let mut text = format!("{}\n\n", record.title);
    let _ = writeln!(
        text,
        "{:<TITLE$} {:>9} {:>9} {:>19} {:<7} {:<4} {}",
        "",
        "recorded",
        "median",
        "5 to 95 %",
        "",
        "sign",
        if has_long_run {
            "size  long run"
        } else {
            "size"
        }
    );
    let mut group = "";
    for answer in &record.answers {
        if answer.row.group != group {
            group = &answer.row.group;
            let _ = writeln!(text, "\n{group} ({})", answer.row.target.unit);
        }
        line(&mut text, answer);
    }
    text.push('\n');
    for one in wrapped(&footnote(record), WIDTH) {
        let _ = writeln!(text, "{one}");
    }
    text
}

fn line(text: &mut String, answer: &Answer) {
    let row = &answer.row;
    let name = if row.group.is_empty() {
        format!("{} {}", row.target.id, row.title)
    } else {
        format!("  {}", row.title)
    };
    let unit = if row.group.is_empty() {
        format!(", {}", row.target.unit)
    } else {
        String::new()
    };
    let mut lines = wrapped(&format!("{name}{unit}"), TITLE);
    let last = lines.pop().unwrap_or_default();
    for one in lines {
        let _ = writeln!(text, "{one}");
    }
    let size = scale_of(answer);
    let long_run = answer
        .long_run
        .map_or(String::new(), |value| number(value, size));
    let cells = match answer.simulated {
        None => format!("{:>9} {:>19} {:<7} {:<4} {:<4}", "none", "", "", "", ""),
        Some(own) => format!(
            "{:>9} {:>19} {:<7} {:<4} {:<4}",
            number(own.median, size),
            format!("{} to {}", number(own.low, size), number(own.high, size)),
            answer.verdict().word(),
            yes(answer.sign_agrees()),
            yes(answer.magnitude_agrees()),
        ),
    };
    let shown = format!(
        "{last:<TITLE$} {:>9} {cells} {long_run:>8}",
        number(row.target.value, size)
    );
    let _ = writeln!(text, "{}", shown.trim_end());
}

fn yes(agrees: Option<bool>) -> &'static str {
    match agrees {
        Some(true) => "yes",
        Some(false) => "NO",
        None => "",
    }
}

/// Size that decides how many decimals a row shows.
fn scale_of(answer: &Answer) -> f64 {
    let own = answer.simulated.map_or(0.0, |own| own.median.abs());
    answer.row.target.value.abs().max(own)
}

/// A number with about three digits at this size, never `-0`.
fn number(value: f64, size: f64) -> String {
    let digits = match size {
        size if size >= 1000.0 => 0,
        size if size >= 100.0 => 1,
        size if size >= 1.0 => 2,
        _ => 3,
    };
    let text = format!("{value:.digits$}");
    let is_zero = text.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.'));
    text.strip_prefix('-')
        .filter(|_| is_zero)
        .map_or_else(|| text.clone(), str::to_owned)
}

fn footnote(record: &Record) -> String {
    let single: Vec<&Answer> = in_group(record, false);
    let of_series: Vec<&Answer> = in_group(record, true);
    let mut text = counts(&single, "rows");
    if !of_series.is_empty() {
        text.push_str(&counts(&of_series, "values of series"));
    }
    let _ = write!(
        text,
        "Near: the interval meets the tolerance band of the record. Size: within half an order of magnitude. \
         Experiment {} ({}), {} replications of {} draws of the parameters.",
        record.experiment,
        &record.config_hash[..8.min(record.config_hash.len())],
        record.replications,
        record.samples,
    );
    if let Some(warning) = few_replications(record.replications) {
        let _ = write!(text, " Warning: {warning}.");
    }
    text
}

fn in_group(record: &Record, is_series: bool) -> Vec<&Answer> {
    let own = record.answers.iter();
    own.filter(|answer| answer.row.group.is_empty() != is_series)
        .collect()
}

fn counts(answers: &[&Answer], what: &str) -> String {
    let count = |verdict: Verdict| {
        answers
            .iter()
            .filter(|one| one.verdict() == verdict)
            .count()
    };
    let right = |of: fn(&Answer) -> Option<bool>| {
        let own = answers.iter();
        own.filter(|answer| of(answer) == Some(true)).count()
    };
    format!(
        "{} {what}, {} with a simulated value: {} inside the simulated interval, {} near, {} outside; right sign in \
         {}, right size in {}. ",
        answers.len(),
        answers.len() - count(Verdict::None),
        count(Verdict::Inside),
        count(Verdict::Near),
        count(Verdict::Outside),
        right(Answer::sign_agrees),
        right(Answer::magnitude_agrees),
    )
}

/// The note: introduction, tables, and what is said about every row.
pub fn markdown(records: &[Record], command: &str, title: &str) -> String {
    let mut text = format!(
        "# {title}\n\nWritten by `{command}`; do not edit. Nothing in the model is fitted to a row of these tables; \
         the column *input* names inputs of the model that come from the same records.\n\n"
    );
    for record in records {
        let _ = writeln!(
            text,
            "## {}\n\n{}\n",
            record.title,
            record.introduction.trim()
        );
        let _ = writeln!(text, "{}\n", footnote(record));
        singles(&mut text, record);
        series(&mut text, record);
        discussion(&mut text, record);
    }
    format!("{}\n", text.trim_end())
}

fn singles(text: &mut String, record: &Record) {
    let has_long_run = record
        .answers
        .iter()
        .any(|answer| answer.long_run.is_some());
    text.push_str("| Row | Recorded | Band | Simulated | 5 to 95 % | | Sign | Size |");
    text.push_str(if has_long_run {
        " Long run |"
    } else {
        " Input |"
    });
    text.push_str("\n| --- | ---: | --- | ---: | --- | --- | --- | --- | --- |\n");
    let own = record.answers.iter();
    for answer in own.filter(|answer| answer.row.group.is_empty()) {
        let row = &answer.row;
        let size = scale_of(answer);
        let band = match (row.target.low, row.target.high) {
            (Some(low), Some(high)) => format!("{} to {}", number(low, size), number(high, size)),
            _ => String::new(),
        };
        let (median, interval) = simulated(answer, size);
        let last = if has_long_run {
            answer
                .long_run
                .map_or(String::new(), |value| number(value, size))
        } else {
            row.fitted.clone()
        };
        let _ = writeln!(
            text,
            "| {} {} ({}) | {} | {band} | {median} | {interval} | {} | {} | {} | {last} |",
            row.target.id,
            row.title,
            row.target.unit,
            number(row.target.value, size),
            answer.verdict().word(),
            yes(answer.sign_agrees()),
            yes(answer.magnitude_agrees()),
        );
    }
    text.push('\n');
}

fn simulated(answer: &Answer, size: f64) -> (String, String) {
    answer.simulated.map_or_else(
        || ("none".to_owned(), String::new()),
        |own| {
            let interval = format!("{} to {}", number(own.low, size), number(own.high, size));
            (number(own.median, size), interval)
        },
    )
}

/// Series: recorded and simulated side by side, one line per value.
fn series(text: &mut String, record: &Record) {
    let mut groups: Vec<&str> = Vec::new();
    for answer in record
        .answers
        .iter()
        .filter(|answer| !answer.row.group.is_empty())
    {
        if groups.last() != Some(&answer.row.group.as_str()) {
            groups.push(&answer.row.group);
        }
    }
    for group in groups {
        let own: Vec<&Answer> = record
            .answers
            .iter()
            .filter(|one| one.row.group == group)
            .collect();
        let row = &own[0].row;
        let _ = writeln!(text, "**{group}** ({}). {}\n", row.target.unit, row.note);
        text.push_str(
            "| From | Recorded | Simulated | 5 to 95 % | |\n| --- | ---: | ---: | --- | --- |\n",
        );
        for answer in &own {
            let size = scale_of(answer);
            let (median, interval) = simulated(answer, size);
            let _ = writeln!(
                text,
                "| {} | {} | {median} | {interval} | {} |",
                answer.row.title,
                number(answer.row.target.value, size),
                answer.verdict().word(),
            );
        }
        let mut told: Vec<&str> = own
            .iter()
            .filter_map(|answer| answer.explanation())
            .collect();
        told.dedup();
        for words in told.iter().filter(|words| !words.is_empty()) {
            let _ = writeln!(text, "\n{words}");
        }
        text.push('\n');
    }
}

/// What is said about every single row.
fn discussion(text: &mut String, record: &Record) {
    let single: Vec<&Answer> = (record.answers.iter())
        .filter(|answer| answer.row.group.is_empty())
        .collect();
    let misses: Vec<&&Answer> = (single.iter())
        .filter(|answer| answer.verdict() == Verdict::Outside)
        .collect();
    if !misses.is_empty() {
        text.push_str("### Misses\n\n");
    }
    for answer in misses {
        let why = answer.explanation().filter(|words| !words.is_empty());
        let _ = writeln!(
            text,
            "- **{} {}**: {} {}",
            answer.row.target.id,
            answer.row.title,
            why.unwrap_or("not explained."),
            answer.row.note,
        );
    }
    let unanswered: Vec<&&Answer> = (single.iter())
        .filter(|answer| answer.simulated.is_none())
        .collect();
    if !unanswered.is_empty() {
        text.push_str("\n### Rows without a simulated value\n\n");
    }
    for answer in unanswered {
        let _ = writeln!(
            text,
            "- **{} {}**: {}",
            answer.row.target.id, answer.row.title, answer.row.missing
        );
    }
    let noted: Vec<&&Answer> = (single.iter())
        .filter(|answer| matches!(answer.verdict(), Verdict::Inside | Verdict::Near))
        .filter(|answer| !answer.row.note.is_empty())
        .collect();
    if !noted.is_empty() {
        text.push_str("\n### How other rows are measured\n\n");
    }
    for answer in noted {
        let row = &answer.row;
        let _ = writeln!(text, "- **{} {}**: {}", row.target.id, row.title, row.note);
    }
    text.push('\n');
}

/// The record as JSON: `title`, `experiment`, `config_hash`, `replications`,
/// `samples`, `warning` where they are few, and `rows`.
pub fn to_json(record: &Record) -> Json {
    json!({
        "title": record.title,
        "experiment": record.experiment,
        "config_hash": record.config_hash,
        "replications": record.replications,
        "samples": record.samples,
        "interval": 0.9,
        "warning": few_replications(record.replications),
        "rows": record.answers.iter().map(row_json).collect::<Vec<_>>(),
    })
}

fn row_json(answer: &Answer) -> Json {
    let row = &answer.row;
    let target = &row.target;
    json!({
        "id": target.id, "group": row.group, "title": row.title, "variable": target.variable,
        "kind": target.kind, "definition": target.definition, "unit": target.unit,
        "economy": target.economy, "partner": target.partner, "sector": target.sector,
        "from": row.window.from.to_string(), "to": row.window.to.to_string(),
        "recorded": target.value, "recorded_low": target.low, "recorded_high": target.high,
        "source": target.source, "confidence": target.confidence,
        "measure": row.asked.as_ref().map(|asked| asked.measure.clone()),
        "median": answer.simulated.map(|own| own.median),
        "low": answer.simulated.map(|own| own.low),
        "high": answer.simulated.map(|own| own.high),
        "replications": answer.simulated.map(|own| own.count),
        "long_run": answer.long_run,
        "verdict": answer.verdict().word(),
        "sign_agrees": answer.sign_agrees(),
        "size_agrees": answer.magnitude_agrees(),
        "fitted": row.fitted, "note": row.note,
        "explanation": answer.explanation(), "missing": row.missing,
    })
}

/// Columns of [`csv`].
const COLUMNS: [&str; 20] = [
    "id",
    "group",
    "title",
    "kind",
    "unit",
    "from",
    "to",
    "recorded",
    "recorded_low",
    "recorded_high",
    "measure",
    "median",
    "low",
    "high",
    "long_run",
    "verdict",
    "sign_agrees",
    "size_agrees",
    "source",
    "missing",
];

/// The record as CSV with a line of names.
pub fn csv(record: &Record) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut text = COLUMNS.join(",");
    text.push('\n');
    for answer in &record.answers {
        let told = row_json(answer);
        let cells: Vec<String> = (COLUMNS.iter())
            .map(|column| match &told[*column] {
                Json::Null => String::new(),
                Json::String(words) => quoted(words),
                other => other.to_string(),
            })
            .collect();
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    text
}

/// Lines of at most `width` characters, broken at blanks.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(last) if last.chars().count() + 1 + word.chars().count() <= width => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
