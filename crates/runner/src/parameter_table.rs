//! The table of parameters, made from the code and the file of defaults.

use serde_json::{Value as Json, json};

use crate::experiment::Defaults;
use crate::parameters::parameter;

/// One parameter, or its value for one sector.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Name, with the sector after a point.
    pub name: String,
    /// Value; none where the world holds it.
    pub value: Option<f64>,
    /// Unit.
    pub unit: &'static str,
    /// Least and greatest plausible value.
    pub range: (f64, f64),
    /// Limits of the program.
    pub limits: (f64, f64),
    /// Whether it can be given by sector.
    pub by_sector: bool,
    /// What it does.
    pub definition: &'static str,
    /// `estimated`, `calibrated` or `guessed`.
    pub status: String,
    /// Where the value comes from.
    pub source: String,
}

/// Every parameter in the order of the program, each followed by its sectors.
pub fn lines(defaults: &Defaults) -> Vec<Line> {
    let entries = defaults.entries.iter();
    entries
        .filter_map(|entry| {
            let spec = parameter(&entry.name)?;
            Some(Line {
                name: entry.name.clone(),
                value: entry.value,
                unit: entry.unit,
                range: entry.range,
                limits: (spec.low, spec.high),
                by_sector: spec.by_sector,
                definition: spec.definition,
                status: entry.status.clone(),
                source: entry.source.clone(),
            })
        })
        .collect()
}

/// One line as JSON.
pub fn to_json(line: &Line) -> Json {
    json!({
        "name": line.name, "value": line.value, "unit": line.unit,
        "range": [line.range.0, line.range.1], "limits": [line.limits.0, line.limits.1],
        "by_sector": line.by_sector, "definition": line.definition, "status": line.status,
        "source": line.source,
    })
}

/// The note.
pub fn markdown(defaults: &Defaults) -> String {
    let mut text = format!(
        "# Parameters\n\nWritten by `tradewinds parameters --markdown docs/parameters.md` from the program and \
         `configs/parameters/default.toml`; do not edit. Preset `{}`: {}. A parameter marked s can differ by \
         sector, one marked u by input and user; one without a value is a fact of the world.\n\n\
         | Parameter | Value | Unit | Plausible | Status | What it does | Source |\n\
         | --- | ---: | --- | --- | --- | --- | --- |\n",
        defaults.preset, defaults.title
    );
    for line in lines(defaults) {
        let is_sector = line.name.contains('.');
        let mark = match parameter(&line.name) {
            Some(spec) if spec.by_use && !is_sector => " u",
            Some(spec) if spec.by_sector && !is_sector => " s",
            _ => "",
        };
        let value = line
            .value
            .map_or("world".to_owned(), |value| value.to_string());
        let definition = if is_sector { "" } else { line.definition };
        text.push_str(&format!(
            "| `{}`{mark} | {value} | {} | {} to {} | {} | {definition} | {} |\n",
            line.name,
            line.unit,
            line.range.0,
            line.range.1,
            line.status,
            line.source.replace('|', "/"),
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::Library;
    use crate::parameters::PARAMETERS;

    fn defaults() -> Defaults {
        let path = "configs/parameters/default.toml";
        Defaults::read(&Library::embedded().source(path).unwrap()).unwrap()
    }

    #[test]
    fn every_parameter_of_the_program_is_in_the_table_with_status_and_source() {
        let lines = lines(&defaults());
        for spec in PARAMETERS {
            let own = lines.iter().find(|line| line.name == spec.name).unwrap();
            assert!(
                !own.source.is_empty() && !own.definition.is_empty(),
                "{own:?}"
            );
            assert!(
                own.limits.0 <= own.range.0 && own.range.1 <= own.limits.1,
                "{own:?}"
            );
        }
    }

    #[test]
    fn the_note_is_that_of_the_program_and_its_defaults() {
        let path =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/parameters.md");
        let written = std::fs::read_to_string(path).unwrap();
        assert_eq!(
            written,
            markdown(&defaults()),
            "run `tradewinds parameters --markdown docs/parameters.md`"
        );
    }
}
