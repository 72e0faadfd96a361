//! From the text of an experiment to a checked [`Experiment`].

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value as Json, json};
use tradewinds_config::{
    Diagnostic, Diagnostics, Document, EXTENDS_KEY, Finding, Source, Span, Spanned, Table, Value,
};
use tradewinds_engine::approval::HeldVote;
use tradewinds_kernel::clock::TickLength;
use tradewinds_policy::{LawBook, Practice};
use tradewinds_units::{Date, EconomyCode, days_between};
use tradewinds_world::World;

use super::fields::{ALL, experiment_spec};
use super::{Collect, Defaults, Experiment, ExperimentError, Level, Outcomes, Watched, tick_days};
use crate::closure::Closure;
use crate::design::{Design, Sampling};
use crate::library::{Library, LibraryError};
use crate::politics::{Election, held_votes};
use crate::scenario::{ScenarioReader, compile, is_plain, plain_name, unknown};

/// Rounding allowed to shares that must sum to 1.
const SHARE_ROUNDING: f64 = 1e-9;

pub(super) fn experiment(
    library: Library,
    path: &str,
    overrides: &[String],
) -> Result<Experiment, ExperimentError> {
    let reader = |name: &str| library.bytes(name);
    let mut document = Document::load(path, &reader);
    overrides.iter().for_each(|change| document.set(change));
    // The rest reads keys that the description requires: without them there is
    // nothing to check against.
    let table = document.check(experiment_spec())?;
    let mut reading = Reading {
        library: &library,
        table: &table,
        problems: Diagnostics::new(),
    };
    let world = Arc::new(reading.world()?);
    let law = Arc::new(library.law()?);
    let held = held_in(&world, &held_votes(&library)?);
    let defaults = reading.defaults()?;
    let mut found = reading.experiment(world, law, defaults);
    reading.problems.sort();
    reading.problems.into_result(())?;
    found.held = held;
    found.overrides = document.overrides().to_vec();
    let mut clashes = Diagnostics::new();
    for scenario in &found.scenarios {
        let compiled = compile(scenario, &found.law, &found.practice, &library);
        clashes.extend(compiled.err().unwrap_or_default());
    }
    clashes.sort();
    clashes.into_result(())?;
    found.path = path.to_owned();
    found.inputs = library.inputs();
    found.resolved = resolved(&document, &table, &found);
    let text = found.resolved.to_string();
    found.config_hash = blake3::hash(text.as_bytes()).to_hex().to_string();
    Ok(found)
}

/// Votes of economies of the world; those of parts of one are none.
fn held_in(world: &World, votes: &[Election]) -> Arc<[HeldVote]> {
    let own = votes.iter().filter_map(|vote| {
        Some(HeldVote {
            economy: world.economy_index(vote.economy)?,
            date: vote.date,
        })
    });
    own.collect()
}

/// The file as it holds, with the hashes of what it was made of. The file
/// itself and its parents are left out: their content is the rest.
fn resolved(document: &Document, table: &Table, experiment: &Experiment) -> Json {
    let own: Vec<&str> = document.sources().iter().map(Source::name).collect();
    let inputs: BTreeMap<&str, &str> = (experiment.inputs.iter())
        .filter(|input| !own.contains(&input.path.as_str()))
        .map(|input| (input.path.as_str(), input.hash.as_str()))
        .collect();
    let mut json = table.to_json();
    if let Some(map) = json.as_object_mut() {
        map.remove(EXTENDS_KEY);
        map.insert("inputs".into(), json!(inputs));
    }
    json
}

/// A file on its way to an experiment.
pub(super) struct Reading<'a> {
    library: &'a Library,
    pub(super) table: &'a Table,
    pub(super) problems: Diagnostics,
}

impl Reading<'_> {
    pub(super) fn library(&self) -> &Library {
        self.library
    }

    fn wrong(&mut self, key: &str, summary: &str, expected: String, help: String) {
        let finding = Finding {
            summary: summary.into(),
            found: self.table.span_of(key).text().to_owned(),
            expected,
            help,
        };
        self.problems.push(self.table.error(key, finding));
    }

    pub(super) fn wrong_at(&mut self, key: &str, span: &Span, finding: Finding) {
        self.problems.push(Diagnostic::error(span, key, finding));
    }

    fn world(&mut self) -> Result<World, ExperimentError> {
        let name: &str = self.table.required("world");
        match self.library.world(name) {
            Err(LibraryError::Unknown { .. }) => {
                let known = self.library.worlds();
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                let diagnostic = self.table.error("world", unknown("world", name, &known));
                Err(Diagnostics::from(diagnostic).into())
            }
            other => Ok(other?),
        }
    }

    fn defaults(&mut self) -> Result<Defaults, ExperimentError> {
        let path: &str = self.table.required("parameter_file");
        match self.library.source(path) {
            Ok(source) => self.chosen(Defaults::read(&source)?),
            Err(LibraryError::Config(errors)) => Err(errors.into()),
            Err(error) => {
                let finding = Finding {
                    summary: "a file of parameters that cannot be read".into(),
                    found: error.to_string(),
                    expected: "a path from the root of the project".into(),
                    help: "write \"configs/parameters/default.toml\" or a file of your own".into(),
                };
                Err(Diagnostics::from(self.table.error("parameter_file", finding)).into())
            }
        }
    }

    /// The defaults with the preset that the experiment names.
    fn chosen(&mut self, defaults: Defaults) -> Result<Defaults, ExperimentError> {
        let Some(name) = self.table.get::<&str>("preset") else {
            return Ok(defaults);
        };
        defaults.with_preset(name).ok_or_else(|| {
            let finding = unknown("preset", name, &defaults.preset_names());
            Diagnostics::from(self.table.error("preset", finding)).into()
        })
    }

    fn experiment(
        &mut self,
        world: Arc<World>,
        law: Arc<LawBook>,
        defaults: Defaults,
    ) -> Experiment {
        let table = self.table;
        let name: String = table.required("name");
        if !is_plain(&name) {
            self.problems.push(table.error("name", plain_name(&name)));
        }
        let tick = TickLength::Days(match table.required::<&str>("tick") {
            "day" => 1,
            "week" => 7,
            _ => 28,
        });
        let (start, end, base_law) = self.days(tick);
        let (firms_per_cell, importer_shares, voters_per_bloc) = self.population();
        let parameters = self.parameters(&world, &defaults.values);
        let uncertainties = self.uncertainties(&world, &parameters);
        self.check_shares(&parameters, &uncertainties);
        let scenarios = ScenarioReader {
            library: self.library,
            law: &law,
            problems: &mut self.problems,
        }
        .scenarios(&table.tables("scenario"));
        let baseline = self.baseline(&scenarios);
        let fiscal = self.fiscal(&world, &scenarios);
        let talks = self.talks(&world, (&scenarios, baseline), (start, end, tick));
        Experiment {
            title: table.required("title"),
            question: table.required("question"),
            world_name: table.required("world"),
            design: self.design(),
            practice: self.practice(&law, &scenarios),
            closure: Closure::read(table),
            fiscal,
            talks,
            collect: self.collect(&world, tick),
            outcomes: self.outcomes(&world, (start, end)),
            name,
            world,
            held: Arc::new([]),
            law,
            start,
            end,
            base_law,
            tick,
            baseline,
            firms_per_cell,
            importer_shares,
            voters_per_bloc,
            defaults,
            parameters,
            uncertainties,
            scenarios,
            overrides: Vec::new(),
            inputs: Vec::new(),
            resolved: Json::Null,
            config_hash: String::new(),
            path: String::new(),
            library: self.library.clone(),
        }
    }

    fn days(&mut self, tick: TickLength) -> (Date, Date, Date) {
        let day = |key: &str| self.table.required::<Date>(key);
        let (start, end, base) = (day("start"), day("end"), day("base_law"));
        if end < start {
            let expected = format!("a day from {start} on");
            self.wrong(
                "end",
                "the last day comes before the first",
                expected,
                "swap `start` and `end`".into(),
            );
        } else if days_between(start, end) + 1 < i64::from(tick_days(tick)) {
            let expected = format!("at least {} days from {start}", tick_days(tick));
            let help = "let it run longer, or set a shorter `tick`".to_owned();
            self.wrong("end", "not one whole tick", expected, help);
        }
        if base > start {
            let expected = format!("a day up to {start}");
            let help = "name the day whose duties the base year holds".to_owned();
            self.wrong(
                "base_law",
                "the base year's law comes after the first day",
                expected,
                help,
            );
        }
        (start, end, base)
    }

    fn population(&mut self) -> (usize, Vec<f64>, usize) {
        let Some(table) = self.table.table("population") else {
            return (20, vec![0.5, 0.3, 0.2], 1);
        };
        let shares: Vec<f64> = table.required("importers");
        let sum: f64 = shares.iter().sum();
        if (sum - 1.0).abs() > SHARE_ROUNDING || shares.iter().any(|share| *share <= 0.0) {
            let finding = Finding {
                summary: "market shares that do not make a whole".into(),
                found: format!("{} with sum {sum}", table.span_of("importers").text()),
                expected: "positive shares with sum 1".into(),
                help: "write, say, [0.5, 0.3, 0.2]".into(),
            };
            self.problems.push(table.error("importers", finding));
        }
        let voters = table.required("voters_per_bloc");
        (table.required("firms_per_cell"), shares, voters)
    }

    fn design(&mut self) -> Design {
        let whole = |key: &str| self.table.required::<i64>(key);
        let most = i64::from(u32::MAX);
        for key in ["replications", "repeats"] {
            if whole(key) > most {
                let help = "write a smaller number".to_owned();
                self.wrong(
                    key,
                    "more replications than are numbered",
                    format!("at most {most}"),
                    help,
                );
            }
        }
        Design {
            seed: self.table.required("seed"),
            replications: count_or_one(self.table, "replications"),
            repeats: count_or_one(self.table, "repeats"),
            sampling: match self.table.required::<&str>("sampling") {
                "random" => Sampling::Random,
                _ => Sampling::LatinHypercube,
            },
        }
    }

    fn baseline(&mut self, scenarios: &[crate::scenario::Scenario]) -> usize {
        let name: &str = self.table.required("baseline");
        if self.table.tables("scenario").is_empty() {
            let help = "add `[[scenario]]` with a `name` and a `title`".to_owned();
            let expected = "at least one scenario, the baseline among them".to_owned();
            self.wrong("scenario", "no scenario", expected, help);
            return 0;
        }
        let found = scenarios.iter().position(|one| one.name == name);
        if found.is_none() {
            let known: Vec<&str> = scenarios.iter().map(|one| one.name.as_str()).collect();
            let finding = unknown("scenario", name, &known);
            self.problems.push(self.table.error("baseline", finding));
        }
        found.unwrap_or(0)
    }

    fn practice(&mut self, law: &LawBook, scenarios: &[crate::scenario::Scenario]) -> Practice {
        let Some(table) = self.table.table("law") else {
            return Practice {
                as_published: true,
                ..Practice::default()
            };
        };
        let added = scenarios.iter().flat_map(|one| &one.reform.instruments);
        let instruments: Vec<_> = law.instruments.iter().chain(added).collect();
        let mut inside_quota = BTreeMap::new();
        for (name, share) in table.map::<f64>("inside_quota") {
            if !instruments
                .iter()
                .any(|one| one.quotas.contains_key(name.value))
            {
                let finding = unknown("quota", name.value, &[]);
                self.wrong_at("law.inside_quota", &name.span, finding);
            }
            inside_quota.insert(name.value.to_owned(), share.value);
        }
        Practice {
            as_published: table.required("as_published"),
            transit_days: table.get("transit_days"),
            inside_quota,
            ..Practice::default()
        }
    }

    fn collect(&mut self, world: &World, tick: TickLength) -> Collect {
        let Some(table) = self.table.table("collect") else {
            return Collect {
                level: Level::Aggregate,
                period: (28 / tick_days(tick)).max(1),
                economies: Watched::Changing,
            };
        };
        let days = 7 * table.required::<u32>("period_weeks");
        let own = tick_days(tick);
        if days % own != 0 {
            let finding = Finding {
                summary: "a record period that is not a whole number of ticks".into(),
                found: format!("{days} days, with ticks of {own} days"),
                expected: format!("a multiple of {} weeks", own / 7),
                help: "write `period_weeks = 4`".into(),
            };
            self.problems.push(table.error("period_weeks", finding));
        }
        Collect {
            level: match table.required::<&str>("level") {
                "summary" => Level::Summary,
                "aggregate" => Level::Aggregate,
                _ => Level::Panel,
            },
            period: (days / own).max(1),
            economies: match table.get::<&Value>("economies") {
                Some(Value::List(_)) => Watched::These(
                    table
                        .list::<EconomyCode>("economies")
                        .into_iter()
                        .filter_map(|one| self.economy(world, "collect.economies", &one))
                        .collect(),
                ),
                Some(Value::Text(word)) if word == ALL => {
                    Watched::These((0..world.economy_count()).collect())
                }
                _ => Watched::Changing,
            },
        }
    }

    fn economy(&mut self, world: &World, key: &str, code: &Spanned<EconomyCode>) -> Option<usize> {
        let found = world.economy_index(code.value);
        if found.is_none() {
            let codes: Vec<&str> = world.economies.iter().map(EconomyCode::as_str).collect();
            let finding = unknown("economy of the world", code.value.as_str(), &codes);
            self.wrong_at(key, &code.span, finding);
        }
        found
    }

    fn outcomes(&mut self, world: &World, (start, end): (Date, Date)) -> Outcomes {
        let year_before = |day: Date| {
            let before = Date::new(day.year() - 1, day.month(), day.day());
            before
                .ok()
                .and_then(|day| day.tomorrow().ok())
                .unwrap_or(day)
        };
        let whole = Outcomes {
            economy: 0,
            from: start,
            to: end,
        };
        let Some(table) = self.table.table("outcomes") else {
            return whole;
        };
        let economy = table.economy("economy");
        let economy = economy.and_then(|code| self.economy(world, "outcomes.economy", &code));
        let to = table.get("to").unwrap_or(end);
        let from = table.get("from").unwrap_or(year_before(to).max(start));
        for (key, day) in [("from", from), ("to", to)] {
            let is_outside = table.is_written(key) && !(start..=end).contains(&day);
            // A run that ends before it starts has no days, and has been told so.
            if start <= end && (is_outside || (key == "to" && to < from)) {
                let finding = Finding {
                    summary: "a window outside the run".into(),
                    found: day.to_string(),
                    expected: format!("days from {start} to {end}, `from` before `to`"),
                    help: "leave it out for the last year of the run".into(),
                };
                self.problems.push(table.error(key, finding));
            }
        }
        Outcomes {
            economy: economy.unwrap_or(0),
            from,
            to,
        }
    }
}

fn count_or_one(table: &Table, key: &str) -> u32 {
    u32::try_from(table.required::<i64>(key)).unwrap_or(1)
}
