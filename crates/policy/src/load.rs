//! Reads files of law into a [`LawBook`].

use tradewinds_config::{Diagnostic, Diagnostics, Finding, Source, Table, check};

use crate::fields::{INSTRUMENT, REFORM};
use crate::law::{Instrument, LawBook};
use crate::load_tables;
use crate::read_instrument::Reader;
use crate::reform::{Lapse, Reform, Without};

impl LawBook {
    /// Reads a book: every `.toml` is an instrument, every `.csv` a table told
    /// by its file name (`economies`, `sectors`, `sources`, `base_duties`,
    /// `coverage`, `content`, `claims`, `rates`; others are left alone).
    ///
    /// # Errors
    /// Everything wrong in any file, in one pass, with file, line and key.
    pub fn load(files: &[Source]) -> Result<Self, Diagnostics> {
        let mut problems = Diagnostics::new();
        let mut book = Self::default();
        load_tables::read(files, &mut book, &mut problems);
        for source in files
            .iter()
            .filter(|source| source.name().ends_with(".toml"))
        {
            match book.read_instrument(source) {
                Ok(instrument) => book.add(instrument, source, &mut problems),
                Err(found) => problems.extend(found),
            }
        }
        book.instruments.sort_by(|a, b| a.id.cmp(&b.id));
        problems.into_result(book)
    }

    /// Reads one instrument against the tables of this book.
    ///
    /// # Errors
    /// Everything wrong in the file.
    pub fn read_instrument(&self, source: &Source) -> Result<Instrument, Diagnostics> {
        let table = check(source, &INSTRUMENT)?;
        let mut reader = Reader::new(self);
        let instrument = reader.instrument(&table);
        reader.problems.into_result(instrument)
    }

    fn add(&mut self, instrument: Instrument, source: &Source, problems: &mut Diagnostics) {
        if let Some(known) = self
            .instruments
            .iter()
            .find(|known| known.id == instrument.id)
        {
            let finding = Finding {
                summary: format!("instrument `{}` is there already", instrument.id),
                found: format!(
                    "a second file with this id; the first is {}",
                    known.place.file
                ),
                expected: "one file per instrument".into(),
                help: "give this one another id".into(),
            };
            problems.push(Diagnostic::error(&source.span(0, 0), "id", finding));
        } else {
            self.instruments.push(instrument);
        }
    }
}

impl Reform {
    /// Reads the checked table of a reform (see [`REFORM`]); `added` holds the
    /// texts of the files it names under `instruments`.
    ///
    /// # Errors
    /// Everything wrong in the added files, and names without a file.
    pub fn read(table: &Table, law: &LawBook, added: &[Source]) -> Result<Self, Diagnostics> {
        let mut problems = Diagnostics::new();
        let mut instruments = Vec::new();
        for name in table.list::<&str>("instruments") {
            let Some(source) = added
                .iter()
                .find(|source| source.name().ends_with(name.value))
            else {
                let finding = Finding {
                    summary: format!("no file of law called `{}`", name.value),
                    found: format!("{:?}", name.value),
                    expected: "the path of a file of law".into(),
                    help: "write the path relative to this file".into(),
                };
                problems.push(table.error_at(&name.span, "instruments", finding));
                continue;
            };
            match law.read_instrument(source) {
                Ok(instrument) => instruments.push(instrument),
                Err(found) => problems.extend(found),
            }
        }
        let without = table.tables("without").into_iter().map(|one| Without {
            what: one.required("what"),
            from: one.get("from"),
        });
        let lapse = table.tables("lapse").into_iter().map(|one| Lapse {
            pause: one.required("pause"),
            from: one.required("from"),
        });
        let reform = Self {
            frozen_after: table.get("frozen_after"),
            without: without.collect(),
            lapse: lapse.collect(),
            instruments,
        };
        problems.into_result(reform)
    }

    /// Reads a file that holds nothing but a reform.
    ///
    /// # Errors
    /// As [`Reform::read`].
    pub fn load(source: &Source, law: &LawBook, added: &[Source]) -> Result<Self, Diagnostics> {
        Self::read(&check(source, &REFORM)?, law, added)
    }
}
