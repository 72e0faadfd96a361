//! Scenarios: the law on the books and what a scenario changes about it.
//!
//! Changes add up in this order: the scenario it extends, the reform files it
//! names, then its own keys. What is frozen is frozen first, then instruments
//! are added or replaced, then pauses lapse, then powers are switched off
//! (see [`Reform::apply`]).

use std::collections::BTreeMap;

use tradewinds_config::{
    Diagnostics, FieldSpec, Finding, Kind, Source, Span, Table, TableSpec, check, suggest,
};
use tradewinds_policy::{
    FROZEN_AFTER, Instrument, LAPSE, Lapse, LawBook, Reform, WITHOUT, Without,
};

use crate::library::{Library, LibraryError, resolve};

mod compile;

pub(crate) use compile::compile;

/// One scenario of an experiment.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Name in files and tables.
    pub name: String,
    /// Title in words.
    pub title: String,
    /// What it changes about the law on the books.
    pub reform: Reform,
}

const TITLE: FieldSpec = FieldSpec::required("title", Kind::Text, "Title in words.");
const REFORM_FILES: FieldSpec = FieldSpec::optional(
    "reform",
    Kind::OneOrMany(&Kind::Text),
    "Scenario files whose changes come first, relative to this file.",
)
.example("\"../../configs/scenarios/free_trade.toml\"");
const OFF: FieldSpec = FieldSpec::optional(
    "without",
    Kind::Tables(&WITHOUT),
    "Powers, instruments or measures switched off.",
);
const LAPSES: FieldSpec =
    FieldSpec::optional("lapse", Kind::Tables(&LAPSE), "Pauses that end early.");
const ADD: FieldSpec = FieldSpec::optional(
    "add",
    Kind::OneOrMany(&Kind::Text),
    "Files of law to add, relative to this file; one with the id of an instrument on the books takes its place.",
)
.synonyms(&["instruments", "measures"])
.example("\"my_duty.toml\"");

/// A scenario inside an experiment file.
pub static IN_EXPERIMENT: TableSpec = TableSpec::new(
    "scenario",
    "The law on the books with changes.",
    &[
        FieldSpec::required(
            "name",
            Kind::Text,
            "Name in tables: letters, digits, `-` and `_`.",
        ),
        TITLE,
        FieldSpec::optional(
            "extends",
            Kind::Text,
            "Scenario of this experiment that it starts from.",
        )
        .when_absent("the law on the books"),
        REFORM_FILES,
        FROZEN_AFTER,
        OFF,
        LAPSES,
        ADD,
    ],
);

/// A scenario file, to be named under `reform`.
pub static SCENARIO: TableSpec = TableSpec::new(
    "scenario_file",
    "Changes to the law that several experiments may use.",
    &[TITLE, REFORM_FILES, FROZEN_AFTER, OFF, LAPSES, ADD],
);

/// Deepest chain of scenario files.
const MAX_DEPTH: usize = 8;

/// Reads a scenario file.
///
/// # Errors
/// Every mistake in it and in the files it names.
#[cfg(test)]
pub(crate) fn read_file(
    library: &Library,
    law: &LawBook,
    source: &Source,
) -> Result<Reform, Diagnostics> {
    let table = check(source, &SCENARIO)?;
    let mut problems = Diagnostics::new();
    let mut reader = ScenarioReader {
        library,
        law,
        problems: &mut problems,
    };
    let reform = reader.own(&table);
    reader.check_names(&table, &reform);
    problems.into_result(reform)
}

/// Reads scenarios against a book of law.
pub(crate) struct ScenarioReader<'a> {
    pub(crate) library: &'a Library,
    pub(crate) law: &'a LawBook,
    pub(crate) problems: &'a mut Diagnostics,
}

impl ScenarioReader<'_> {
    /// The scenarios of an experiment file, in its order.
    pub(crate) fn scenarios(&mut self, tables: &[&Table]) -> Vec<Scenario> {
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, table) in tables.iter().enumerate() {
            let Some(name) = table.get::<&str>("name") else {
                continue;
            };
            self.check_name(table, name);
            if let Some(first) = places.insert(name, at) {
                let finding = Finding {
                    summary: format!("two scenarios are called `{name}`"),
                    found: format!("`{name}` a second time"),
                    expected: "a name of its own".into(),
                    help: "rename one of them".into(),
                };
                let first = tables[first].span_of("name");
                self.problems
                    .push(table.error("name", finding).related(first, "the first"));
            }
        }
        let own: Vec<Reform> = tables.iter().map(|table| self.own(table)).collect();
        let parents: Vec<Option<usize>> = tables
            .iter()
            .map(|table| self.parent(table, &places))
            .collect();
        let mut scenarios = Vec::new();
        for (at, table) in tables.iter().enumerate() {
            let Some(line) = self.line(at, &parents, tables) else {
                continue;
            };
            let reform = line
                .into_iter()
                .fold(Reform::default(), |sum, at| sum.then(own[at].clone()));
            self.check_names(table, &reform);
            scenarios.push(Scenario {
                name: table.get("name").unwrap_or_default(),
                title: table.get("title").unwrap_or_default(),
                reform,
            });
        }
        scenarios
    }

    fn check_name(&mut self, table: &Table, name: &str) {
        if !is_plain(name) {
            self.problems.push(table.error("name", plain_name(name)));
        }
    }

    fn parent(&mut self, table: &Table, places: &BTreeMap<&str, usize>) -> Option<usize> {
        let parent = table.text("extends")?;
        let found = places.get(parent.value).copied();
        if found.is_none() {
            let known: Vec<&str> = places.keys().copied().collect();
            let finding = unknown("scenario", parent.value, &known);
            self.problems.push(table.error("extends", finding));
        }
        found
    }

    /// The scenario's ancestors, oldest first, and itself.
    fn line(
        &mut self,
        start: usize,
        parents: &[Option<usize>],
        tables: &[&Table],
    ) -> Option<Vec<usize>> {
        let mut line = vec![start];
        let mut at = start;
        while let Some(parent) = parents[at] {
            if line.contains(&parent) {
                // Each circle is reported once, at its first scenario.
                if parent == start && line.iter().all(|one| *one >= start) {
                    self.circle(&line, tables);
                }
                return None;
            }
            line.push(parent);
            at = parent;
        }
        line.reverse();
        Some(line)
    }

    fn circle(&mut self, line: &[usize], tables: &[&Table]) {
        let name = |at: &usize| tables[*at].get::<&str>("name").unwrap_or_default();
        let names: Vec<&str> = line.iter().chain(&line[..1]).map(name).collect();
        let first = tables[line[0]];
        let mut diagnostic = first.error(
            "extends",
            Finding {
                summary: format!("`extends` goes round in a circle: {}", names.join(" -> ")),
                found: first.span_of("extends").text().to_owned(),
                expected: "a chain that ends".into(),
                help: "delete one `extends` of the chain".into(),
            },
        );
        for at in line {
            let place = tables[*at].span_of("extends");
            let label = format!("line {} extends {}", place.line(), place.text());
            diagnostic = diagnostic.related(place, label);
        }
        self.problems.push(diagnostic);
    }

    fn own(&mut self, table: &Table) -> Reform {
        self.reform(table, &[table.span().source().name().to_owned()])
    }

    /// What a table of changes says; `chain` holds the files on the way to it.
    fn reform(&mut self, table: &Table, chain: &[String]) -> Reform {
        let mut sum = Reform::default();
        for file in table.list::<&str>("reform") {
            if let Some(part) = self.reform_file(table, file.value, &file.span, chain) {
                sum = sum.then(part);
            }
        }
        let without = table.tables("without").into_iter();
        let lapse = table.tables("lapse").into_iter();
        let own = Reform {
            frozen_after: table.get("frozen_after"),
            without: without
                .filter_map(|one| {
                    Some(Without {
                        what: one.get("what")?,
                        from: one.get("from"),
                    })
                })
                .collect(),
            lapse: lapse
                .filter_map(|one| {
                    Some(Lapse {
                        pause: one.get("pause")?,
                        from: one.get("from")?,
                    })
                })
                .collect(),
            instruments: self.added(table),
        };
        sum.then(own)
    }

    fn reform_file(
        &mut self,
        table: &Table,
        target: &str,
        span: &Span,
        chain: &[String],
    ) -> Option<Reform> {
        let source = self.open(table, "reform", target, span)?;
        let name = source.name().to_owned();
        if chain.contains(&name) || chain.len() >= MAX_DEPTH {
            let way: Vec<&str> = chain.iter().chain([&name]).map(String::as_str).collect();
            let finding = Finding {
                summary: format!(
                    "`reform` goes round in a circle or too deep: {}",
                    way.join(" -> ")
                ),
                found: target.to_owned(),
                expected: format!("a chain of at most {MAX_DEPTH} files that ends"),
                help: "delete one `reform` of the chain".into(),
            };
            self.problems.push(table.error_at(span, "reform", finding));
            return None;
        }
        let chain: Vec<String> = chain.iter().cloned().chain([name]).collect();
        match check(&source, &SCENARIO) {
            Ok(file) => {
                let reform = self.reform(&file, &chain);
                self.check_names(&file, &reform);
                Some(reform)
            }
            Err(errors) => {
                self.problems.extend(errors);
                None
            }
        }
    }

    fn added(&mut self, table: &Table) -> Vec<Instrument> {
        let mut instruments = Vec::new();
        for file in table.list::<&str>("add") {
            let Some(source) = self.open(table, "add", file.value, &file.span) else {
                continue;
            };
            match self.law.read_instrument(&source) {
                Ok(instrument) => instruments.push(instrument),
                Err(errors) => self.problems.extend(errors),
            }
        }
        instruments
    }

    fn open(&mut self, table: &Table, key: &str, target: &str, span: &Span) -> Option<Source> {
        let from = table.span().source().name();
        let fault = |summary: String, found: String, expected: &str, help: &str| {
            let finding = Finding {
                summary,
                found,
                expected: expected.into(),
                help: help.into(),
            };
            table.error_at(span, key, finding)
        };
        let Some(path) = resolve(from, target) else {
            self.problems.push(fault(
                format!("`{key}` names a file outside the project root"),
                target.to_owned(),
                "a relative path inside the project root",
                "copy the file into the project and name it there",
            ));
            return None;
        };
        match self.library.source(&path) {
            Ok(source) => Some(source),
            Err(LibraryError::Config(errors)) => {
                self.problems.extend(errors);
                None
            }
            Err(error) => {
                self.problems.push(fault(
                    format!("`{key}` names a file that cannot be read"),
                    error.to_string(),
                    "a readable file",
                    "check the path; it is relative to the file that names it",
                ));
                None
            }
        }
    }

    /// Whether the law, with what the scenario adds, holds every name.
    fn check_names(&mut self, table: &Table, reform: &Reform) {
        let mut names: Vec<&str> = self.law.measures().flat_map(names_of).collect();
        let mut authorities = self.law.authorities();
        for one in &reform.instruments {
            names.extend([one.id.as_str(), one.authority.as_str()]);
            names.extend(one.measures.iter().flat_map(names_of));
            authorities.push(&one.authority);
        }
        for one in &self.law.instruments {
            names.extend([one.id.as_str(), one.authority.as_str()]);
        }
        for one in table.tables("without") {
            let what: &str = one.get("what").unwrap_or_default();
            if !what.is_empty() && !names.contains(&what) {
                let mut finding = unknown("authority, instrument or measure", what, &authorities);
                if let Some(meant) = suggest(what, names.iter().copied()) {
                    finding.help = format!("did you mean \"{meant}\"?");
                }
                self.problems.push(one.error("what", finding));
            }
        }
        let measures = self.law.measures();
        let added = reform.instruments.iter().flat_map(|one| &one.measures);
        let pauses: Vec<&str> = measures
            .chain(added)
            .flat_map(|measure| &measure.pauses)
            .map(|pause| pause.id.as_str())
            .collect();
        for one in table.tables("lapse") {
            let pause: &str = one.get("pause").unwrap_or_default();
            if !pause.is_empty() && !pauses.contains(&pause) {
                self.problems
                    .push(one.error("pause", unknown("pause", pause, &pauses)));
            }
        }
    }
}

fn names_of(measure: &tradewinds_policy::Measure) -> [&str; 3] {
    [&measure.id, &measure.instrument, &measure.authority].map(String::as_str)
}

/// Whether a name may stand in paths and tables.
pub(crate) fn is_plain(name: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    !name.is_empty() && name.len() <= 64 && name.chars().all(plain)
}

pub(crate) fn plain_name(name: &str) -> Finding {
    Finding {
        summary: "a name with letters that paths and tables cannot hold".into(),
        found: format!("{name:?}"),
        expected: "at most 64 ASCII letters, digits, `-` and `_`".into(),
        help: "put the words into `title`".into(),
    }
}

pub(crate) fn unknown(kind: &str, name: &str, known: &[&str]) -> Finding {
    let mut listed: Vec<&str> = known.to_vec();
    listed.sort_unstable();
    listed.dedup();
    Finding {
        summary: format!("there is no {kind} `{name}`"),
        found: format!("\"{name}\""),
        expected: format!("one of {}", listed.join(", ")),
        help: match suggest(name, listed.iter().copied()) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => "use one of the names above".into(),
        },
    }
}

/// A name that two of a list have.
pub(crate) fn twice(what: &str, name: &str) -> Finding {
    Finding {
        summary: format!("two of one name among the {what}s"),
        found: format!("\"{name}\""),
        expected: format!("one {what} for each name"),
        help: "rename one of them".into(),
    }
}
