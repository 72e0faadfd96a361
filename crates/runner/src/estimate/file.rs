//! Files of estimated parameters: written by the command, read by everybody.

use std::fmt::Write;
use std::sync::LazyLock;

use tradewinds_config::{
    Diagnostics, FieldSpec, Finding, Kind, NON_NEGATIVE, Source, Table, TableSpec, check,
};
use tradewinds_units::Date;

use super::names::{NAMES, NameSpec, SECTIONS, name_spec};
use super::report::{rounded, significant};
use super::{Estimation, Stated};
use crate::experiment::leak;

/// A parameter with what it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Name, with the series after a point where it is for one.
    pub name: String,
    /// Value.
    pub value: f64,
    /// Unit.
    pub unit: &'static str,
    /// Plausible range.
    pub range: (f64, f64),
    /// Standard error; none where it was not estimated.
    pub standard_error: Option<f64>,
    /// Source in words.
    pub source: String,
    /// `estimated`, `literature` or `assumed`.
    pub status: String,
}

/// The content of a file of estimated parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimates {
    /// `approval` or `markets`.
    pub section: String,
    /// Last day of the rows used.
    pub through: Date,
    /// Entries in the order of [`NAMES`].
    pub entries: Vec<Entry>,
}

/// The table of a file of estimated parameters.
pub fn estimates_spec() -> &'static TableSpec {
    static SPEC: LazyLock<TableSpec> = LazyLock::new(|| {
        let head = [
            FieldSpec::required("section", Kind::Choice(SECTIONS), "Which parameters."),
            FieldSpec::required("through", Kind::Date, "Last day of the rows used."),
        ];
        let own = NAMES.iter().map(|spec| {
            let table = entry_spec(spec);
            let leaked: &'static TableSpec = &leak(vec![table])[0];
            FieldSpec::optional(spec.name, Kind::Table(leaked), spec.definition)
                .when_absent("the other section has it")
        });
        TableSpec::new(
            "estimated_parameters",
            "Parameters of approval or of markets, with standard errors and sources.",
            leak(head.into_iter().chain(own).collect()),
        )
    });
    &SPEC
}

fn entry_spec(spec: &NameSpec) -> TableSpec {
    let number = Kind::Float {
        low: spec.low,
        high: spec.high,
    };
    let units: &'static [&'static str] = leak(vec![spec.unit]);
    let unit = FieldSpec::required("unit", Kind::Choice(units), "Its unit.");
    let ends: &'static Kind = &leak(vec![number])[0];
    let own = vec![
        FieldSpec::required("value", number, "The value.").unit(spec.unit),
        FieldSpec::required(
            "range",
            Kind::List(ends),
            "Least and greatest plausible value.",
        )
        .unit(spec.unit),
        FieldSpec::optional(
            "standard_error",
            NON_NEGATIVE,
            "Standard error of the value.",
        )
        .unit(spec.unit)
        .when_absent("it was not estimated"),
        FieldSpec::required("source", Kind::Text, "Where it comes from, in words."),
        FieldSpec::required(
            "status",
            Kind::Choice(&["estimated", "literature", "assumed"]),
            "What it rests on.",
        ),
    ];
    if !spec.by_series {
        let fields = leak(std::iter::once(unit).chain(own).collect());
        return TableSpec::new(spec.name, spec.definition, fields);
    }
    let name: &'static str = format!("{}_of_a_series", spec.name).leak();
    let one: &'static TableSpec = &leak(vec![TableSpec::new(
        name,
        "The value for one series.",
        leak(own),
    )])[0];
    let series = FieldSpec::required("series", Kind::MapOfTables(one), "Values by series.");
    TableSpec::new(spec.name, spec.definition, leak(vec![unit, series]))
}

impl Estimates {
    /// Reads a file of estimated parameters.
    ///
    /// # Errors
    /// Names that do not exist or are missing, values outside their range.
    pub fn read(source: &Source) -> Result<Self, Diagnostics> {
        let table = check(source, estimates_spec())?;
        let section: String = table.required("section");
        let mut problems = Diagnostics::new();
        let mut entries = Vec::new();
        for spec in NAMES {
            let is_own = spec.section == section;
            if is_own != table.is_written(spec.name) {
                let (summary, help) = if is_own {
                    (
                        "a parameter is missing",
                        "let `tradewinds estimate --write` write the file",
                    )
                } else {
                    (
                        "a parameter of the other section",
                        "move it to the other file",
                    )
                };
                let finding = Finding {
                    summary: summary.into(),
                    found: spec.name.into(),
                    expected: format!("the parameters of {section}"),
                    help: help.into(),
                };
                problems.push(table.error(spec.name, finding));
                continue;
            }
            let Some(own) = table.table(spec.name) else {
                continue;
            };
            if spec.by_series {
                for (series, one) in own.map::<&Table>("series") {
                    let name = format!("{}.{}", spec.name, series.value);
                    entries.extend(entry(spec, name, one.value, &mut problems));
                }
            } else {
                entries.extend(entry(spec, spec.name.to_owned(), own, &mut problems));
            }
        }
        problems.into_result(Self {
            through: table.required("through"),
            section,
            entries,
        })
    }

    /// The entry of a parameter.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }
}

fn entry(
    spec: &NameSpec,
    name: String,
    table: &Table,
    problems: &mut Diagnostics,
) -> Option<Entry> {
    let ends: Vec<f64> = table
        .list::<f64>("range")
        .iter()
        .map(|end| end.value)
        .collect();
    let value: f64 = table.required("value");
    match ends[..] {
        [low, high] if (low..=high).contains(&value) => Some(Entry {
            name,
            value,
            unit: spec.unit,
            range: (low, high),
            standard_error: table.get("standard_error"),
            source: table.required("source"),
            status: table.required("status"),
        }),
        _ => {
            let finding = Finding {
                summary: "a value outside its own range".into(),
                found: value.to_string(),
                expected: "two ends with the value between them".into(),
                help: "move the value or the range".into(),
            };
            problems.push(table.error("range", finding));
            None
        }
    }
}

/// The file of estimated parameters that an estimation makes.
pub fn write(estimation: &Estimation) -> String {
    let plan = &estimation.plan;
    let mut text = format!(
        "# {}.\n# Written by `tradewinds estimate {} --write` from configs/estimation/{}.toml and the tables it names; do\n\
         # not edit. `standard_error` is that of the estimate, for priors; `range` holds the range of the\n\
         # specification and two standard errors either way.\n\nsection = \"{}\"\nthrough = {}\n",
        plan.title, plan.section, plan.section, plan.section, estimation.through
    );
    let mut shown_stem = "";
    for stated in &plan.parameters {
        let Some(spec) = name_spec(&stated.name) else {
            continue;
        };
        let series = stated.name.split_once('.').map(|(_, series)| series);
        match series {
            Some(series) => {
                if shown_stem != spec.name {
                    let _ = write!(text, "\n[{}]\nunit = \"{}\"\n", spec.name, spec.unit);
                    shown_stem = spec.name;
                }
                let _ = write!(text, "\n[{}.series.{series}]\n", spec.name);
            }
            None => {
                let _ = write!(text, "\n[{}]\n", spec.name);
            }
        }
        body(&mut text, estimation, stated, spec, series.is_none());
    }
    text
}

fn body(
    text: &mut String,
    estimation: &Estimation,
    stated: &Stated,
    spec: &NameSpec,
    has_unit: bool,
) {
    let own = estimation
        .estimates
        .iter()
        .find(|one| one.is_written && one.name == stated.name);
    let (low, high) = stated.range;
    let (value, error, range) = match own {
        Some(one) => {
            let (value, error) = (rounded(one.value, 4), rounded(one.error, 2));
            let low = low.min(value - 2.0 * error).max(spec.low);
            let high = high.max(value + 2.0 * error).min(spec.high);
            (value, Some(error), (rounded(low, 4), rounded(high, 4)))
        }
        None => (stated.value, None, (low, high)),
    };
    let _ = writeln!(text, "value = {}", float(value));
    if has_unit {
        let _ = writeln!(text, "unit = \"{}\"", spec.unit);
    }
    let _ = writeln!(text, "range = [{}, {}]", float(range.0), float(range.1));
    if let Some(error) = error {
        let _ = writeln!(text, "standard_error = {}", float(error));
    }
    let source = match own {
        Some(one) => {
            let mut source = format!(
                "{}; {} rows, {} to {}; specification {}",
                one.method,
                one.sample.rows,
                one.sample.first,
                one.sample.last,
                significant(stated.value, 4)
            );
            if one.differs() {
                source.push_str(", more than two standard errors away");
            }
            source
        }
        None => format!("specification, {}: {}", stated.symbol, stated.source),
    };
    let _ = writeln!(text, "source = \"{}\"", source.replace('"', "'"));
    let _ = writeln!(text, "status = \"{}\"", stated.status);
}

/// A number as TOML writes floats.
fn float(value: f64) -> String {
    format!("{value:?}")
}
