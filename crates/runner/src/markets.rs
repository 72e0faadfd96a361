//! Recorded prices of markets: daily closes, days of news, single moves.
//!
//! The tables lie in `configs/markets`: `series.csv` says what each series is,
//! `daily.csv` has one row per day and one column per series, `events.csv` the
//! days on which policy was news, `moves.csv` single moves of series that have
//! no daily closes.

use std::collections::{BTreeMap, BTreeSet};

use tradewinds_config::{Diagnostics, Source};
use tradewinds_units::{Date, EconomyCode};

use crate::library::{Library, LibraryError};
use crate::sourced_table::{self, Refused, rows, unique};

/// Folder of the tables.
pub const MARKETS: &str = "configs/markets";

/// What the news of a day was.
pub const TAGS: &[&str] = &["escalation", "relief", "sector", "other"];
/// Whose session of a day reacted: the leader's own economy is at home.
pub const SCOPES: &[&str] = &["all", "home", "abroad"];

/// What a series is.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Name in tables.
    pub id: String,
    /// Name in words.
    pub title: String,
    /// `index`, `volatility`, `yield`, `currency` or `share`.
    pub kind: String,
    /// Economy it belongs to.
    pub economy: EconomyCode,
    /// Sector of a share; empty for others.
    pub sector: String,
    /// Unit of its values.
    pub unit: String,
    /// What to know before using it.
    pub note: String,
    /// Id of its source.
    pub source: String,
    /// How far it can be trusted.
    pub confidence: String,
}

/// A day on which policy was news.
#[derive(Debug, Clone, PartialEq)]
pub struct EventDay {
    /// Day of the session.
    pub date: Date,
    /// Whose session: one of [`SCOPES`].
    pub scope: String,
    /// One of [`TAGS`].
    pub tag: String,
    /// Whether the news came from what the leader did or said.
    pub by_leader: bool,
    /// What happened.
    pub title: String,
}

/// A move of a series on one day.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    /// Day of the session.
    pub date: Date,
    /// Id of the series.
    pub series: String,
    /// Change as a fraction.
    pub change: f64,
    /// The news.
    pub event: String,
    /// How exact it is.
    pub note: String,
}

/// The tables of one folder.
#[derive(Debug, Clone, PartialEq)]
pub struct Markets {
    /// What the series are.
    pub series: Vec<Series>,
    /// Days with closes, in order.
    pub dates: Vec<Date>,
    columns: BTreeMap<String, Vec<Option<f64>>>,
    /// Days of news, in the order of the file.
    pub events: Vec<EventDay>,
    /// Single moves.
    pub moves: Vec<Move>,
    /// Sources: id to title.
    pub sources: BTreeMap<String, String>,
}

impl Markets {
    /// Reads the tables of [`MARKETS`].
    ///
    /// # Errors
    /// A file that cannot be read, or every mistake in the tables.
    pub fn load(library: &Library) -> Result<Self, LibraryError> {
        let paths = library.files(MARKETS).into_iter();
        let files = paths
            .filter(|path| path.ends_with(".csv"))
            .map(|path| library.source(&path))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self::read(&files)?)
    }

    /// Reads tables from their text.
    ///
    /// # Errors
    /// Every mistake, with file, line, column and fix.
    pub fn read(files: &[Source]) -> Result<Self, Diagnostics> {
        let mut problems = Diagnostics::new();
        let sources = sourced_table::sources(files, &mut problems);
        let mut file = |name| sourced_table::file(files, name, &mut problems);
        let [series, daily, events, moves] =
            ["series.csv", "daily.csv", "events.csv", "moves.csv"].map(&mut file);
        let mut seen = BTreeSet::new();
        let series = rows(&series, &mut problems, |row| {
            let id = row.id("id")?;
            unique(&mut seen, id.clone(), "id")?;
            Ok(Series {
                id,
                title: row.owned("title")?,
                kind: row.choice(
                    "kind",
                    &["index", "volatility", "yield", "currency", "share"],
                )?,
                economy: row.economy("economy")?,
                sector: row.owned("sector")?,
                unit: row.owned("unit")?,
                note: row.owned("note")?,
                source: row.source(&sources)?,
                confidence: row.confidence()?,
            })
        });
        let (dates, columns) = closes(&daily, &series, &mut problems);
        let events = rows(&events, &mut problems, |row| {
            row.source(&sources)?;
            row.confidence()?;
            Ok(EventDay {
                date: row.date("date")?,
                scope: row.choice("scope", SCOPES)?,
                tag: row.choice("tag", TAGS)?,
                by_leader: row.choice("by_leader", &["0", "1"])? == "1",
                title: row.owned("title")?,
            })
        });
        let moves = rows(&moves, &mut problems, |row| {
            row.source(&sources)?;
            row.confidence()?;
            Ok(Move {
                date: row.date("date")?,
                series: known(&row.id("series")?, &series)?,
                change: row.value("change", (-1.0, 1.0), "a fraction, as -0.05 for -5 %")?,
                event: row.owned("event")?,
                note: row.owned("note")?,
            })
        });
        problems.into_result(Self {
            series,
            dates,
            columns,
            events,
            moves,
            sources,
        })
    }

    /// The same tables without anything dated after `last`.
    #[must_use]
    pub fn until(&self, last: Date) -> Self {
        let mut own = self.clone();
        let kept = own.dates.partition_point(|date| *date <= last);
        own.dates.truncate(kept);
        for column in own.columns.values_mut() {
            column.truncate(kept);
        }
        own.events.retain(|event| event.date <= last);
        own.moves.retain(|one| one.date <= last);
        own
    }

    /// Days on which a series has a close, with the close; none when there is no
    /// such column.
    pub fn closes(&self, id: &str) -> Option<Vec<(Date, f64)>> {
        let column = self.columns.get(id)?;
        let pairs = self.dates.iter().zip(column);
        Some(
            pairs
                .filter_map(|(date, close)| close.map(|close| (*date, close)))
                .collect(),
        )
    }

    /// Ids of the series with daily closes.
    pub fn daily(&self) -> impl Iterator<Item = &str> {
        self.columns.keys().map(String::as_str)
    }
}

fn known(id: &str, series: &[Series]) -> Result<String, Refused> {
    if series.iter().any(|one| one.id == id) {
        Ok(id.to_owned())
    } else {
        Err(Refused::new(
            "series",
            format!("`{id}`"),
            "an id of series.csv",
        ))
    }
}

type Closes = (Vec<Date>, BTreeMap<String, Vec<Option<f64>>>);

/// The wide table of closes.
fn closes(source: &Source, series: &[Series], problems: &mut Diagnostics) -> Closes {
    let names: Vec<String> = sourced_table::columns(source, problems)
        .into_iter()
        .filter(|name| name != "date")
        .collect();
    let mut columns: BTreeMap<String, Vec<Option<f64>>> = names
        .iter()
        .map(|name| (name.clone(), Vec::new()))
        .collect();
    let mut last = Date::MIN;
    let dates = rows(source, problems, |row| {
        let date = row.date("date")?;
        if date <= last {
            return Err(Refused::new(
                "date",
                format!("{date} after {last}"),
                "days in rising order",
            ));
        }
        let mut values = Vec::new();
        for name in &names {
            let own = series.iter().find(|one| one.id == *name);
            let own = own.ok_or_else(|| Refused::new(name, "the column", "an id of series.csv"))?;
            values.push(if own.kind == "yield" {
                row.number(name, (-0.05, 0.5), "a share a year, as 0.0242 for 2.42 %")?
            } else {
                row.number(name, (f64::MIN_POSITIVE, f64::MAX), "a number above zero")?
            });
        }
        for (name, value) in names.iter().zip(values) {
            columns.entry(name.clone()).or_default().push(value);
        }
        last = date;
        Ok(date)
    });
    (dates, columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sourced_table::testing::{Change, are_told, changed};
    use tradewinds_units::parse_date;

    fn files(change: Change) -> Vec<Source> {
        let tables = [
            ("sources.csv", "id,title\ns,A source\n"),
            (
                "series.csv",
                "id,title,kind,economy,sector,unit,table,note,source,confidence\n\
                 abc,An index,index,AAA,,points,daily,,s,high\n\
                 bond,A yield,yield,AAA,,share a year,daily,,s,high\n",
            ),
            (
                "daily.csv",
                "date,abc,bond\n2001-01-02,10,0.02\n2001-01-03,,0.021\n",
            ),
            (
                "events.csv",
                "date,scope,tag,by_leader,title,source,confidence\n\
                 2001-01-03,all,relief,1,News,s,low\n",
            ),
            (
                "moves.csv",
                "date,series,change,event,note,source,confidence\n",
            ),
        ];
        changed(&tables, change)
    }

    #[test]
    fn closes_leave_out_days_without_one_and_end_at_the_last_day_asked_for() {
        let markets = Markets::read(&files(("", "", ""))).unwrap();
        assert_eq!(markets.closes("abc").unwrap().len(), 1);
        assert_eq!(markets.closes("bond").unwrap().len(), 2);
        let cut = markets.until(parse_date("2001-01-02").unwrap());
        assert_eq!(
            (cut.closes("bond").unwrap().len(), cut.events.len()),
            (1, 0)
        );
    }

    #[test]
    fn mistakes_name_file_line_column_and_fix() {
        let mistakes = [
            (
                ("daily.csv", "0.021", "2.1"),
                ["daily.csv:3:13", "0.0242 for 2.42 %"],
            ),
            (
                ("daily.csv", "2001-01-03", "2001-01-01"),
                ["daily.csv:3:1", "rising order"],
            ),
            (
                ("daily.csv", "abc", "abd"),
                ["daily.csv:2", "an id of series.csv"],
            ),
            (
                ("events.csv", "relief", "relieve"),
                ["events.csv:2:16", "one of escalation"],
            ),
            (
                ("series.csv", ",s,", ",t,"),
                ["series.csv:2", "an id of sources.csv"],
            ),
            (
                ("series.csv", "bond,", "abc,"),
                ["series.csv:3:1", "one row for each"],
            ),
        ];
        are_told(&mistakes, |change| Markets::read(&files(change)));
    }

    #[test]
    fn the_committed_tables_are_right() {
        let markets = Markets::load(&Library::embedded()).unwrap();
        assert!(markets.dates.len() > 1_800 && markets.daily().count() > 25);
        assert!(markets.events.iter().any(|event| event.tag == "sector"));
    }
}
