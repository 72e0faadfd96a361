//! Files of default parameters: value, unit, plausible range, source and
//! status of every parameter of the model.

use std::sync::LazyLock;

use tradewinds_config::{Diagnostics, FieldSpec, Finding, Kind, Source, Table, TableSpec, check};

use super::belongs;
use super::fields::{constants, leak, leak_one};
use super::read_parameters::{constants_of, with_constants};
use crate::parameters::{PARAMETERS, ParameterSpec, Parameters, parameter};

/// What a default rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct DefaultEntry {
    /// Name, with the sector where it is for one, as `store_reset_rate.autos`.
    pub name: String,
    /// The value; none when the world holds it.
    pub value: Option<f64>,
    /// Unit.
    pub unit: &'static str,
    /// Plausible range.
    pub range: (f64, f64),
    /// Source in words.
    pub source: String,
    /// `estimated`, `calibrated` or `guessed`.
    pub status: String,
}

/// The content of a file of default parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Defaults {
    /// Name of the set.
    pub preset: String,
    /// What the set stands for.
    pub title: String,
    /// Entries in the order of [`PARAMETERS`], each followed by its sectors.
    pub entries: Vec<DefaultEntry>,
    /// Their values.
    pub values: Parameters,
    /// Other sets of elasticities by name.
    pub presets: Vec<Preset>,
}

/// A named set of values that belong together, in the place of defaults.
#[derive(Debug, Clone, PartialEq)]
pub struct Preset {
    /// Name.
    pub name: String,
    /// What it stands for.
    pub title: String,
    /// Where its values come from, in words.
    pub source: String,
    /// Values by name, with the sector after a point where it is for one.
    pub values: Vec<(String, f64)>,
}

const STATUS: FieldSpec = FieldSpec::required(
    "status",
    Kind::Choice(&["estimated", "calibrated", "guessed"]),
    "What it rests on.",
);
const SOURCE: FieldSpec =
    FieldSpec::required("source", Kind::Text, "Where it comes from, in words.");

/// The table of a file of default parameters.
pub fn defaults_spec() -> &'static TableSpec {
    static SPEC: LazyLock<TableSpec> = LazyLock::new(|| {
        let head = [
            FieldSpec::required("preset", Kind::Text, "Name of the set."),
            FieldSpec::required("title", Kind::Text, "What the set stands for."),
        ];
        let own = PARAMETERS.iter().map(|parameter| {
            let table = Kind::Table(leak_one(entry_spec(parameter)));
            FieldSpec::required(parameter.name, table, parameter.definition)
        });
        let presets = FieldSpec::optional(
            "presets",
            Kind::MapOfTables(leak_one(preset_spec())),
            "Other sets of values, by the name an experiment gives as `preset`.",
        );
        TableSpec::new(
            "default_parameters",
            "Default parameters of the model, with their sources.",
            leak(head.into_iter().chain(own).chain([presets]).collect()),
        )
    });
    &SPEC
}

fn preset_spec() -> TableSpec {
    let fields = vec![
        FieldSpec::required("title", Kind::Text, "What the set stands for."),
        SOURCE,
        FieldSpec::required(
            "values",
            Kind::Table(leak_one(constants())),
            "Its values; all others stay.",
        ),
    ];
    TableSpec::new(
        "preset",
        "A set of values that belong together.",
        leak(fields),
    )
}

fn entry_spec(parameter: &ParameterSpec) -> TableSpec {
    let number = parameter.kind();
    let doc = match parameter.is_code() {
        true => parameter.definition,
        false => "The value.",
    };
    let value = |doc| FieldSpec::optional("value", number, doc).unit(parameter.unit);
    let mut fields = vec![
        value(doc).when_absent("the world holds it, see `from_world`"),
        FieldSpec::optional(
            "from_world",
            Kind::Flag,
            "The value by sector is a fact of the world, not of this file.",
        )
        .default("false"),
        FieldSpec::required(
            "unit",
            Kind::Choice(leak(vec![parameter.unit])),
            "Its unit.",
        ),
        FieldSpec::required(
            "range",
            Kind::List(leak_one(number)),
            "Least and greatest plausible value.",
        )
        .unit(parameter.unit),
        SOURCE,
        STATUS,
    ];
    if parameter.by_sector {
        let sector = TableSpec::new(
            leak_one(format!("{}_of_a_sector", parameter.name)).as_str(),
            "The value for one sector.",
            leak(vec![
                FieldSpec::required("value", number, doc).unit(parameter.unit),
                SOURCE,
                STATUS,
            ]),
        );
        fields.push(FieldSpec::optional(
            "sectors",
            Kind::MapOfTables(leak_one(sector)),
            "Sectors with a value of their own.",
        ));
    }
    TableSpec::new(parameter.name, parameter.definition, leak(fields))
}

impl Defaults {
    /// Reads a file of default parameters.
    ///
    /// # Errors
    /// Names the model does not have or that are missing, values outside the
    /// plausible range, ranges that are none.
    pub fn read(source: &Source) -> Result<Self, Diagnostics> {
        let table = check(source, defaults_spec())?;
        let mut problems = Diagnostics::new();
        let mut entries = Vec::new();
        for parameter in PARAMETERS {
            if let Some(own) = table.table(parameter.name) {
                entries.extend(entry(parameter, own, &mut problems));
            }
        }
        let mut values = Parameters::default();
        for one in &entries {
            if let Some(value) = one.value {
                // In range: the description of the file holds the same limits.
                let _ = values.set(&one.name, value);
            }
        }
        let presets = table
            .map::<&Table>("presets")
            .into_iter()
            .map(|(name, own)| Preset {
                name: name.value.to_owned(),
                title: own.value.required("title"),
                source: own.value.required("source"),
                values: own
                    .value
                    .table("values")
                    .map_or_else(Vec::new, constants_of),
            });
        problems.into_result(Self {
            preset: table.required("preset"),
            title: table.required("title"),
            presets: presets.collect(),
            entries,
            values,
        })
    }

    /// Names of the sets that an experiment may choose, its own first.
    pub fn preset_names(&self) -> Vec<&str> {
        let others = self.presets.iter().map(|one| one.name.as_str());
        std::iter::once(self.preset.as_str())
            .chain(others)
            .collect()
    }

    /// The defaults with a set of that name in their place; none when there is
    /// no such set.
    pub fn with_preset(&self, name: &str) -> Option<Self> {
        if name == self.preset {
            return Some(self.clone());
        }
        let preset = self.presets.iter().find(|one| one.name == name)?;
        let mut chosen = self.clone();
        chosen.preset.clone_from(&preset.name);
        chosen.title.clone_from(&preset.title);
        chosen.values = with_constants(&self.values, &preset.values);
        let is_replaced = |entry: &DefaultEntry| {
            let mut names = preset.values.iter().map(|(name, _)| name);
            names.any(|name| entry.name == *name || belongs(&entry.name, name))
        };
        chosen.entries.retain(|entry| !is_replaced(entry));
        for (name, value) in &preset.values {
            let (spec, own) = (parameter(name)?, self.entry(name));
            chosen.entries.push(DefaultEntry {
                name: name.clone(),
                value: Some(*value),
                unit: spec.unit,
                range: own.map_or((spec.low, spec.high), |own| own.range),
                source: preset.source.clone(),
                status: "calibrated".to_owned(),
            });
        }
        Some(chosen)
    }

    /// The entry behind a value: of the sector, or of all.
    pub fn entry(&self, name: &str) -> Option<&DefaultEntry> {
        self.entries.iter().find(|entry| entry.name == name)
    }
}

fn entry(
    parameter: &ParameterSpec,
    table: &Table,
    problems: &mut Diagnostics,
) -> Vec<DefaultEntry> {
    let range: Vec<f64> = table.required("range");
    let [low, high] = range[..] else {
        let finding = Finding {
            summary: "a range has two ends".into(),
            found: format!("{} numbers", range.len()),
            expected: "the least and the greatest plausible value".into(),
            help: "write `range = [low, high]`".into(),
        };
        problems.push(table.error("range", finding));
        return Vec::new();
    };
    let of = |table: &Table, name: String, value| DefaultEntry {
        name,
        value,
        unit: parameter.unit,
        range: (low, high),
        source: table.required("source"),
        status: table.required("status"),
    };
    let value: Option<f64> = table.get("value");
    if value.is_some() == table.required::<bool>("from_world") {
        let finding = Finding {
            summary: "a value is given here or by the world, one of the two".into(),
            found: "both or neither".into(),
            expected: "`value`, or `from_world = true`".into(),
            help: "write one of them".into(),
        };
        problems.push(table.error("value", finding));
    }
    let mut entries = vec![of(table, parameter.name.to_owned(), value)];
    check_range(table, value, (low, high), problems);
    if parameter.by_sector && table.is_written("sectors") {
        for (sector, own) in table.map::<&Table>("sectors") {
            let name = format!("{}.{}", parameter.name, sector.value);
            let value = own.value.get("value");
            check_range(own.value, value, (low, high), problems);
            entries.push(of(own.value, name, value));
        }
    }
    entries
}

fn check_range(
    table: &Table,
    value: Option<f64>,
    (low, high): (f64, f64),
    problems: &mut Diagnostics,
) {
    if let Some(value) = value.filter(|value| !(low..=high).contains(value)) {
        let finding = Finding {
            summary: "a default outside its own range".into(),
            found: value.to_string(),
            expected: format!("a number from {low} to {high}"),
            help: "move the value or the range".into(),
        };
        problems.push(table.error("value", finding));
    }
}
