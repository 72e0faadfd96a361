//! Columns of tables of scores, for the terminal and for the note.

use super::{Cell, Means, Weeks};

/// One column of scores.
pub(super) struct Column {
    /// Heading in the note.
    pub(super) long: &'static str,
    /// Heading and width on the terminal; none where it is in the note alone.
    pub(super) short: Option<(&'static str, usize)>,
    /// Whether it holds words.
    is_text: bool,
    /// What stands in a row.
    value: fn(&Cell, Weeks, &Means) -> String,
}

const fn column(
    long: &'static str,
    short: (&'static str, usize),
    value: fn(&Cell, Weeks, &Means) -> String,
) -> Column {
    Column {
        long,
        short: Some(short),
        is_text: false,
        value,
    }
}

/// Heading of the column that tells weeks apart on the terminal.
const WEEKS: &str = "weeks";
/// What stands there where all weeks are tariff weeks.
const BOTH: &str = "both";

/// The columns, in their order.
const COLUMNS: &[Column] = &[
    // On the terminal the variable stands above its rows.
    Column {
        long: "Variable",
        short: None,
        is_text: true,
        value: |cell, _, _| cell.variable.title.clone(),
    },
    column("Weeks ahead", ("ahead", 5), |cell, _, _| {
        cell.weeks.to_string()
    }),
    Column {
        long: "Weeks",
        short: Some((WEEKS, 6)),
        is_text: true,
        value: |_, weeks, _| words(weeks).to_owned(),
    },
    column("Forecasts", ("n", 4), |_, _, means| means.count.to_string()),
    column("CRPS", ("CRPS", 7), |_, _, means| number(means.scores[0])),
    column("Random walk", ("walk", 7), |_, _, means| {
        number(means.scores[1])
    }),
    column("Historical mean", ("mean", 7), |_, _, means| {
        number(means.scores[2])
    }),
    column("Skill, walk, %", ("skill, %", 8), |_, _, means| {
        percent(means.skill()[0])
    }),
    column("Skill, mean, %", ("skill, %", 8), |_, _, means| {
        percent(means.skill()[1])
    }),
    column("Less walk (error)", ("less walk", 16), |_, _, means| {
        difference(means.differences[0])
    }),
    column("Less mean (error)", ("less mean", 16), |_, _, means| {
        difference(means.differences[1])
    }),
    column("In 50 %, %", ("50 %", 4), |_, _, means| {
        percent(means.coverage[0][0])
    }),
    column("In 90 %, %", ("90 %", 4), |_, _, means| {
        percent(means.coverage[0][1])
    }),
    Column {
        long: "Walk in 50 %, 90 %",
        short: None,
        is_text: false,
        value: |_, _, means| {
            let [half, most] = means.coverage[1].map(percent);
            format!("{half}, {most}")
        },
    },
    column("Bias", ("bias", 7), |_, _, means| number(means.bias)),
];

/// Rows of a cell: all weeks, and tariff weeks.
fn rows(cell: &Cell) -> [(Weeks, &Means); 2] {
    [Weeks::All, Weeks::Tariff].map(|weeks| (weeks, cell.means(weeks)))
}

/// Headings on the terminal.
pub(super) fn terminal_heading() -> String {
    let shown = COLUMNS.iter().filter_map(|column| column.short);
    let cells: Vec<String> = shown
        .map(|(name, width)| format!("{name:>width$}"))
        .collect();
    cells.join(" ")
}

/// Rows of a cell on the terminal: one where all its weeks are tariff weeks.
pub(super) fn terminal_rows(cell: &Cell) -> Vec<String> {
    let is_same = cell.tariff.count == cell.all.count;
    let row = |(weeks, means): (Weeks, &Means)| {
        let shown = COLUMNS.iter().filter_map(|column| {
            let (name, width) = column.short?;
            let value = match name {
                WEEKS if is_same => BOTH.to_owned(),
                _ => (column.value)(cell, weeks, means),
            };
            Some(format!("{value:>width$}"))
        });
        shown.collect::<Vec<String>>().join(" ")
    };
    let shown = if is_same { 1 } else { 2 };
    rows(cell).into_iter().take(shown).map(row).collect()
}

/// Headings of the note, with the line below them.
pub(super) fn note_heading() -> String {
    let names: Vec<&str> = COLUMNS.iter().map(|column| column.long).collect();
    let rule = |column: &Column| if column.is_text { "---" } else { "---:" };
    let rules: Vec<&str> = COLUMNS.iter().map(rule).collect();
    format!("| {} |\n| {} |", names.join(" | "), rules.join(" | "))
}

/// Rows of a cell in the note.
pub(super) fn note_rows(cell: &Cell) -> [String; 2] {
    rows(cell).map(|(weeks, means)| {
        let values = COLUMNS
            .iter()
            .map(|column| (column.value)(cell, weeks, means));
        format!("| {} |", values.collect::<Vec<String>>().join(" | "))
    })
}

/// Weeks of a row in words.
fn words(weeks: Weeks) -> &'static str {
    match weeks {
        Weeks::All => "all",
        Weeks::Tariff => "tariff",
    }
}

fn percent(share: f64) -> String {
    if share.is_finite() {
        format!("{:.0}", 100.0 * share)
    } else {
        "-".to_owned()
    }
}

fn number(value: f64) -> String {
    if value.is_finite() {
        format!("{value:.3}")
    } else {
        "-".to_owned()
    }
}

fn difference((mean, error): (f64, f64)) -> String {
    format!("{} ({})", number(mean), number(error))
}
