//! Reads the tables of the law from CSV.

use std::collections::BTreeMap;

use tradewinds_config::{Diagnostic, Diagnostics, Finding, Source};
use tradewinds_units::{Date, EconomyCode, SectorCode, parse_date};

use crate::base::BaseKind;
use crate::law::LawBook;
use crate::taxonomy::Subsector;

/// Largest rate a table may hold \[share of customs value\].
const HIGHEST_RATE: f64 = 5.0;

/// Reads every known table among `files` into `book`: those that define codes first.
pub(crate) fn read(files: &[Source], book: &mut LawBook, problems: &mut Diagnostics) {
    for name in [
        "sources",
        "sectors",
        "economies",
        "base_duties",
        "coverage",
        "content",
        "claims",
        "rates",
    ] {
        for source in files.iter().filter(|source| stem(source) == Some(name)) {
            each_row(source, problems, |row| match name {
                "sources" => source_row(row, book),
                "sectors" => sector(row, book),
                "economies" => economy(row, book),
                "base_duties" => base_duty(row, book),
                "rates" => rate(row, book),
                _ => share(row, book),
            });
        }
    }
}

fn stem(source: &Source) -> Option<&str> {
    let file = source.name().rsplit(['/', '\\']).next()?;
    file.strip_suffix(".csv")
}

/// One row: column name to text.
struct Row(BTreeMap<String, String>);

/// Why a row is refused: column, what is wrong, what may stand there.
struct Refused(&'static str, String, String);

impl Row {
    fn text(&self, column: &'static str) -> Result<&str, Refused> {
        let missing = || {
            Refused(
                column,
                "the column is missing".into(),
                format!("a column `{column}`"),
            )
        };
        self.0.get(column).map(String::as_str).ok_or_else(missing)
    }

    fn parse<T: std::str::FromStr>(&self, column: &'static str) -> Result<T, Refused>
    where
        T::Err: std::fmt::Display,
    {
        let text = self.text(column)?;
        text.parse().map_err(|error: T::Err| {
            Refused(
                column,
                format!("`{text}`: {error}"),
                "a value of this kind".into(),
            )
        })
    }

    fn number(&self, column: &'static str, high: f64) -> Result<f64, Refused> {
        let value: f64 = self.parse(column)?;
        if (0.0..=high).contains(&value) {
            Ok(value)
        } else {
            Err(Refused(
                column,
                format!("{value} is out of range"),
                format!("a fraction from 0 to {high}"),
            ))
        }
    }

    fn date(&self, column: &'static str) -> Result<Date, Refused> {
        let text = self.text(column)?;
        if text.is_empty() {
            return Ok(Date::MIN);
        }
        let refused = |error: tradewinds_units::UnitError| {
            Refused(column, error.to_string(), "YYYY-MM-DD, or nothing".into())
        };
        parse_date(text).map_err(refused)
    }

    /// An economy of the book; nothing for `*`.
    fn economy(
        &self,
        column: &'static str,
        book: &LawBook,
    ) -> Result<Option<EconomyCode>, Refused> {
        if self.text(column)? == "*" {
            return Ok(None);
        }
        let code: EconomyCode = self.parse(column)?;
        if book.economies.knows(code) {
            Ok(Some(code))
        } else {
            Err(Refused(
                column,
                format!("`{code}` is not in economies.csv"),
                "a code of economies.csv".into(),
            ))
        }
    }

    fn products(&self, book: &LawBook) -> Result<Vec<SectorCode>, Refused> {
        let code: SectorCode = self.parse("product")?;
        let found = book.taxonomy.expand(&code);
        if found.is_empty() {
            Err(Refused(
                "product",
                format!("`{code}` is not in sectors.csv"),
                "a subsector or group".into(),
            ))
        } else {
            Ok(found)
        }
    }

    fn source(&self, book: &LawBook) -> Result<(), Refused> {
        let id = self.text("source")?;
        if book.sources.contains_key(id) {
            Ok(())
        } else {
            Err(Refused(
                "source",
                format!("`{id}` is not in sources.csv"),
                "an id of sources.csv".into(),
            ))
        }
    }
}

fn once(new: bool, column: &'static str) -> Result<(), Refused> {
    if new {
        Ok(())
    } else {
        Err(Refused(
            column,
            "the row repeats an earlier one".into(),
            "one row per cell".into(),
        ))
    }
}

fn each_row(
    source: &Source,
    problems: &mut Diagnostics,
    mut read: impl FnMut(&Row) -> Result<(), Refused>,
) {
    let mut reader = csv::ReaderBuilder::new().from_reader(source.text().as_bytes());
    let columns: Vec<String> = match reader.headers() {
        Ok(headers) => headers.iter().map(str::to_owned).collect(),
        Err(error) => return problems.push(csv_error(source, &error)),
    };
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                problems.push(csv_error(source, &error));
                continue;
            }
        };
        let cells = columns
            .iter()
            .cloned()
            .zip(record.iter().map(str::to_owned));
        if let Err(Refused(column, found, expected)) = read(&Row(cells.collect())) {
            let start = record
                .position()
                .map_or(0, |at| usize::try_from(at.byte()).unwrap_or(0));
            let length = source.text()[start..].find('\n').unwrap_or(0);
            let finding = Finding {
                summary: format!("the row is refused at `{column}`"),
                found,
                help: format!("write {expected}"),
                expected,
            };
            problems.push(Diagnostic::error(
                &source.span(start, start + length),
                column,
                finding,
            ));
        }
    }
}

fn csv_error(source: &Source, error: &csv::Error) -> Diagnostic {
    let start = error
        .position()
        .map_or(0, |at| usize::try_from(at.byte()).unwrap_or(0));
    let finding = Finding {
        summary: "the table cannot be read".into(),
        found: error.to_string(),
        expected: "comma-separated values with a header".into(),
        help: "check the number of columns and the quotes".into(),
    };
    Diagnostic::error(&source.span(start, start), "", finding)
}

fn source_row(row: &Row, book: &mut LawBook) -> Result<(), Refused> {
    let (id, title) = (row.text("id")?.to_owned(), row.text("title")?.to_owned());
    once(book.sources.insert(id, title).is_none(), "id")
}

fn sector(row: &Row, book: &mut LawBook) -> Result<(), Refused> {
    let subsector = Subsector {
        code: row.parse("subsector")?,
        group: row.parse("group")?,
        model_sector: row.parse("model_sector")?,
    };
    row.source(book)?;
    let new = book
        .taxonomy
        .subsectors
        .iter()
        .all(|known| known.code != subsector.code);
    book.taxonomy.subsectors.push(subsector);
    once(new, "subsector")
}

fn economy(row: &Row, book: &mut LawBook) -> Result<(), Refused> {
    let code: EconomyCode = row.parse("code")?;
    row.source(book)?;
    let weight = match row.text("trade_usd_bn")? {
        "" => 0.0,
        _ => row.number("trade_usd_bn", f64::MAX)?,
    };
    once(!book.economies.knows(code), "code")?;
    if row.text("attached_to")?.is_empty() {
        book.economies.modelled.push((code, weight));
    } else {
        let host: EconomyCode = row.parse("attached_to")?;
        book.economies.attached.insert(code, (host, weight));
    }
    Ok(())
}

fn base_duty(row: &Row, book: &mut LawBook) -> Result<(), Refused> {
    let importer = row.economy("importer", book)?;
    let origin = row.economy("origin", book)?;
    let rate = row.number("rate", HIGHEST_RATE)?;
    row.source(book)?;
    let kind = match (row.text("kind")?, origin) {
        ("mfn", None) => BaseKind::Mfn,
        ("own_mix", Some(_)) => BaseKind::OwnMix,
        ("preference", Some(_)) => BaseKind::Preference,
        (kind, _) => {
            return Err(Refused(
                "kind",
                format!("`{kind}`"),
                "mfn with origin *, or own_mix or preference with an origin".into(),
            ));
        }
    };
    let importer =
        importer.ok_or_else(|| Refused("importer", "`*`".into(), "one economy".into()))?;
    let mut new = true;
    for product in row.products(book)? {
        new &= book.base.insert(importer, origin, product, (kind, rate));
    }
    once(new, "product")
}

fn share(row: &Row, book: &mut LawBook) -> Result<(), Refused> {
    let table = row.text("table")?.to_owned();
    let origin = row.economy("origin", book)?;
    let (from, share) = (row.date("from")?, row.number("share", 1.0)?);
    row.source(book)?;
    let products = row.products(book)?;
    let table = book.shares.0.entry(table).or_default();
    let mut new = true;
    for product in products {
        new &= table.insert(origin, product, from, share);
    }
    once(new, "product")
}

fn rate(row: &Row, book: &mut LawBook) -> Result<(), Refused> {
    let table = row.text("table")?.to_owned();
    let rate = row.number("rate", HIGHEST_RATE)?;
    row.source(book)?;
    let code = row
        .economy("economy", book)?
        .ok_or_else(|| Refused("economy", "`*`".into(), "one economy".into()))?;
    let vector = book.vectors.entry(table).or_default();
    once(vector.insert(code, rate).is_none(), "economy")
}
