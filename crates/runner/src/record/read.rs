//! From a `record.toml` to rows.

use std::collections::BTreeSet;

use tradewinds_config::{Diagnostic, Diagnostics, Finding, FromValue, Source, Table, check};
use tradewinds_units::Date;

use super::matched::unmatched;
use super::{
    Asked, Measured, RecordError, RecordPlan, Row, Target, Window, read_series, read_targets,
    record_spec, unkept, window, without_shares,
};
use crate::experiment::Experiment;
use crate::scenario::unknown;

pub(super) fn plan(experiment: &Experiment, source: &Source) -> Result<RecordPlan, RecordError> {
    let library = experiment.library();
    let table = check(source, record_spec())?;
    let path: String = table.required("targets");
    let targets = read_targets(&library.source(&path)?)?;
    let series = match table.get::<String>("monthly") {
        Some(path) => read_series(&library.source(&path)?)?,
        None => Vec::new(),
    };
    let mut reader = Reader {
        experiment,
        problems: Diagnostics::new(),
    };
    let mut rows = Vec::new();
    for own in table.tables("row") {
        let id: String = own.required("target");
        match targets.iter().find(|target| target.id == id) {
            Some(target) => rows.push(reader.row(own, target, String::new())),
            None => reader
                .problems
                .push(own.error("target", unknown("recorded value", &id, &ids(&targets)))),
        }
    }
    for own in table.tables("series") {
        rows.extend(reader.series(own, &series));
    }
    every_target_once(&table, &targets, &mut reader.problems);
    Ok(reader.problems.into_result(RecordPlan {
        title: table.required("title"),
        introduction: table.required("introduction"),
        rows,
    })?)
}

/// A measure with its window, from a table with the keys of [`super::how`].
pub(super) fn measured(experiment: &Experiment, table: &Table) -> Result<Measured, RecordError> {
    let mut reader = Reader {
        experiment,
        problems: Diagnostics::new(),
    };
    let measure: String = table.get("measure").unwrap_or_default();
    if measure.is_empty() {
        let known: Vec<&str> = super::MEASURES.to_vec();
        reader
            .problems
            .push(table.error("measure", unknown("measure", "", &known)));
    }
    let found = Measured {
        asked: reader.asked(table, measure),
        window: window(table.get("from"), table.get("to"), experiment),
        scale: table.required("scale"),
    };
    Ok(reader.problems.into_result(found)?)
}

fn ids(targets: &[Target]) -> Vec<&str> {
    targets.iter().map(|target| target.id.as_str()).collect()
}

/// Each recorded value has one row, or none where another experiment answers to it.
fn every_target_once(table: &Table, targets: &[Target], problems: &mut Diagnostics) {
    let mut answered: BTreeSet<String> = texts(table, "elsewhere").into_iter().collect();
    for row in table.tables("row") {
        let id: String = row.required("target");
        if !answered.insert(id.clone()) {
            let finding = Finding {
                summary: format!("the recorded value {id} is answered twice"),
                found: format!("\"{id}\" in another row or under `elsewhere`"),
                expected: "one answer to each recorded value".into(),
                help: "delete one of them".into(),
            };
            problems.push(row.error("target", finding));
        }
    }
    let mut without = ids(targets);
    without.retain(|id| !answered.contains(*id));
    if !without.is_empty() {
        let finding = Finding {
            summary: "recorded values without a row".into(),
            found: format!("no row for {}", without.join(", ")),
            expected: "one row for each recorded value of the file".into(),
            help: "add a `[[row]]` for each, or name it under `elsewhere`".into(),
        };
        problems.push(table.error("targets", finding));
    }
}

/// A row without an answer says why.
fn mute(table: &Table, target: &Target) -> Option<Diagnostic> {
    let is_told = !table.required::<String>("missing").is_empty();
    (!is_told).then(|| {
        let finding = Finding {
            summary: format!("nothing is computed for {}", target.id),
            found: "neither `measure` nor `long_run`".into(),
            expected: "one of them, or `missing`".into(),
            help: "write `missing = \"why the model cannot produce it\"`".into(),
        };
        table.error("missing", finding)
    })
}

fn texts<'t, T: FromValue<'t>>(table: &'t Table, key: &str) -> Vec<T> {
    table.list(key).into_iter().map(|one| one.value).collect()
}

struct Reader<'a> {
    experiment: &'a Experiment,
    problems: Diagnostics,
}

impl Reader<'_> {
    fn series(&mut self, table: &Table, series: &[Target]) -> Vec<Row> {
        let (name, item): (String, String) = (table.required("name"), table.required("item"));
        let own: Vec<&Target> = (series.iter())
            .filter(|target| target.variable == name && target.sector == item)
            .collect();
        if own.is_empty() {
            let known: Vec<&str> = series
                .iter()
                .map(|target| target.variable.as_str())
                .collect();
            self.problems
                .push(table.error("name", unknown("series", &name, &known)));
        }
        let group: String = table.required("title");
        own.into_iter()
            .map(|target| self.row(table, target, group.clone()))
            .collect()
    }

    fn row(&mut self, table: &Table, target: &Target, group: String) -> Row {
        let from = table.get::<Date>("from").or(target.from);
        let to = table.get::<Date>("to").or(target.to);
        let title = if group.is_empty() {
            table
                .get("title")
                .unwrap_or_else(|| target.variable.replace('_', " "))
        } else {
            target.period.clone()
        };
        let measure: Option<String> = table.get("measure");
        let is_answered = measure.is_some() || table.is_written("long_run");
        let asked = is_answered.then(|| self.asked(table, measure.unwrap_or_default()));
        let window = window(from, to, self.experiment);
        if asked.is_none() {
            let silent = mute(table, target);
            silent.into_iter().for_each(|one| self.problems.push(one));
        }
        if let Some(asked) = &asked {
            let found = unkept(self.experiment, table, (asked, window));
            self.problems.extend(found);
            let found = unmatched(self.experiment, table, asked, target);
            self.problems.extend(found);
            let unpriced = without_shares(self.experiment, table, asked);
            unpriced.into_iter().for_each(|one| self.problems.push(one));
        }
        Row {
            group,
            title,
            target: target.clone(),
            asked,
            long_run: table.get("long_run"),
            window,
            scale: table.required("scale"),
            note: table.required("note"),
            too_low: table.required("too_low"),
            too_high: table.required("too_high"),
            fitted: table.required("fitted"),
            missing: table.required("missing"),
        }
    }

    fn asked(&mut self, table: &Table, measure: String) -> Asked {
        let world = &self.experiment.world;
        let economies: Vec<String> = world.economies.iter().map(ToString::to_string).collect();
        let sectors: Vec<String> = world.sectors.iter().map(ToString::to_string).collect();
        let goods = || {
            (0..sectors.len())
                .filter(|s| *s != world.services)
                .collect()
        };
        let focus = self.experiment.outcomes.economy;
        let baseline = self.experiment.baseline;
        let mut scenarios = 0..self.experiment.scenarios.len();
        let first = scenarios.find(|own| *own != baseline).unwrap_or(baseline);
        let effects: Vec<String> = texts(table, "effects");
        Asked {
            importers: self
                .indices(table, "importers", "economy", &economies)
                .unwrap_or_else(|| vec![focus]),
            exporters: self.indices(table, "exporters", "economy", &economies),
            sectors: self
                .indices(table, "sectors", "sector", &sectors)
                .unwrap_or_else(goods),
            scenario: self.scenario(table, "scenario").unwrap_or(first),
            against: self.scenario(table, "against").unwrap_or(baseline),
            since: table.get::<Date>("since").map(|from| Window {
                from,
                to: table.get("since_end").unwrap_or(from),
            }),
            outcome: table.required("outcome"),
            duty: table.required("duty"),
            design: table.required("design"),
            effects: if effects.is_empty() {
                vec!["sector_month".to_owned()]
            } else {
                effects
            },
            rise: table.get("rise"),
            by_imports: table.required("by_imports"),
            measure,
        }
    }

    fn indices(
        &mut self,
        table: &Table,
        key: &str,
        kind: &str,
        known: &[String],
    ) -> Option<Vec<usize>> {
        if !table.is_written(key) {
            return None;
        }
        let names: Vec<&str> = known.iter().map(String::as_str).collect();
        let mut found = Vec::new();
        for name in texts::<String>(table, key) {
            match known.iter().position(|one| *one == name) {
                Some(at) => found.push(at),
                None => self
                    .problems
                    .push(table.error(key, unknown(kind, &name, &names))),
            }
        }
        Some(found)
    }

    fn scenario(&mut self, table: &Table, key: &str) -> Option<usize> {
        let name: String = table.get(key)?;
        let scenarios = &self.experiment.scenarios;
        let found = scenarios.iter().position(|one| one.name == name);
        if found.is_none() {
            let known: Vec<&str> = scenarios.iter().map(|one| one.name.as_str()).collect();
            self.problems
                .push(table.error(key, unknown("scenario", &name, &known)));
        }
        found
    }
}
