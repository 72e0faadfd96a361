//! Constants and priors of an experiment file.

use tradewinds_config::{Diagnostic, Finding, Spanned, Table, Value};
use tradewinds_units::SectorCode;
use tradewinds_world::World;

use super::read::Reading;
use super::{Uncertainty, belongs, replaced};
use crate::parameters::{PARAMETERS, ParameterSpec, Parameters, pair, parameter};
use crate::prior::Prior;
use crate::scenario::unknown;

impl Reading<'_> {
    pub(super) fn parameters(&mut self, world: &World, defaults: &Parameters) -> Parameters {
        let Some(table) = self.table.table("parameters") else {
            return defaults.clone();
        };
        for one in PARAMETERS.iter().filter(|one| table.is_written(one.name)) {
            if let Some(Value::Map(_)) = table.get::<&Value>(one.name) {
                for (sector, _) in table.map::<f64>(one.name) {
                    self.check_sector(world, &table.path_of(one.name), (one, &sector));
                }
            }
        }
        let constants = constants_of(table);
        with_constants(defaults, &constants)
    }

    fn check_sector(
        &mut self,
        world: &World,
        key: &str,
        (spec, sector): (&ParameterSpec, &Spanned<&str>),
    ) {
        let codes: Vec<&str> = world.sectors.iter().map(SectorCode::as_str).collect();
        let users = |input: &&str| {
            let uses = codes.iter().map(|user| pair(input, user));
            uses.collect::<Vec<String>>()
        };
        let pairs: Vec<String> = match spec.by_use {
            true => codes.iter().flat_map(users).collect(),
            false => Vec::new(),
        };
        let (what, known) = match spec.by_use {
            true => (
                "input of a sector of the world",
                pairs.iter().map(String::as_str).collect(),
            ),
            false => ("sector of the world", codes),
        };
        if !known.contains(&sector.value) {
            let finding = unknown(what, sector.value, &known);
            self.wrong_at(key, &sector.span, finding);
        }
    }

    pub(super) fn uncertainties(&mut self, world: &World, values: &Parameters) -> Vec<Uncertainty> {
        let mut found = Vec::new();
        for (name, table) in self.table.map::<&Table>("uncertainties") {
            let key = self.table.path_of("uncertainties");
            let Some(spec) = parameter(name.value) else {
                let finding = unknown_parameter(name.value);
                self.wrong_at(&key, &name.span, finding);
                continue;
            };
            if let Some((_, sector)) = name.value.split_once('.') {
                let sector = Spanned {
                    value: sector,
                    span: name.span.clone(),
                };
                self.check_sector(world, &key, (spec, &sector));
            }
            let relative: bool = table.value.required("relative");
            let range = if relative {
                self.factors(&name, values, (spec.low, spec.high), &key)
            } else {
                (spec.low, spec.high)
            };
            self.check_given_once(&name, relative, &key);
            match Prior::read(table.value, range) {
                Ok(prior) if spec.is_code() && (relative || !prior.is_whole()) => {
                    self.problems.push(not_a_choice(spec, table.value));
                }
                Ok(prior) => found.push(Uncertainty {
                    name: name.value.to_owned(),
                    prior,
                    relative,
                    source: table.value.required("source"),
                    status: table.value.required("status"),
                }),
                Err(errors) => self.problems.extend(errors),
            }
        }
        found
    }

    /// Parameters of shares that have no sense together.
    pub(super) fn check_shares(&mut self, values: &Parameters, priors: &[Uncertainty]) {
        self.check_variance(values, priors);
        self.check_growth(values, priors);
    }

    /// The variance of shocks to shares stays finite: response and memory below one in all.
    fn check_variance(&mut self, values: &Parameters, priors: &[Uncertainty]) {
        const NAMES: [&str; 2] = ["market_variance_response", "market_variance_memory"];
        let [response, memory] = NAMES.map(|name| support(name, values, priors).1);
        if response + memory < 1.0 {
            return;
        }
        let finding = Finding {
            summary: "shocks to share prices whose variance grows without bound".into(),
            found: format!(
                "{} up to {response} and {} up to {memory}",
                NAMES[0], NAMES[1]
            ),
            expected: "a sum below 1".into(),
            help: "lower one of them until they sum to less than 1".into(),
        };
        self.together(&NAMES, finding);
    }

    /// Shares have a value: the discount of the market as a whole lies above the growth of
    /// profits.
    fn check_growth(&mut self, values: &Parameters, priors: &[Uncertainty]) {
        const NAMES: [&str; 3] = ["profit_growth", "share_safe_rate", "equity_premium"];
        let [growth, safe, premium] = NAMES.map(|name| support(name, values, priors));
        let (growth, discount) = (growth.1, safe.0 + premium.0);
        if growth < discount {
            return;
        }
        let finding = Finding {
            summary: "profits that grow as fast as they are discounted: shares without a value"
                .into(),
            found: format!(
                "{} up to {growth}, {} from {} and {} from {}",
                NAMES[0], NAMES[1], safe.0, NAMES[2], premium.0
            ),
            expected: format!("`{}` below the sum of the other two, {discount}", NAMES[0]),
            help: format!("lower `{}` or raise one of the others", NAMES[0]),
        };
        self.together(&NAMES, finding);
    }

    /// Tells what is wrong with parameters at the first that is written.
    fn together(&mut self, names: &[&str], finding: Finding) {
        let parameters = self.table.table("parameters");
        let place = parameters.and_then(|table| {
            let written = names.iter().find(|name| table.is_written(name));
            written.map(|name| (table, name))
        });
        let diagnostic = match (place, self.table.is_written("uncertainties")) {
            (Some((table, name)), _) => table.error(name, finding),
            (None, true) => self.table.error("uncertainties", finding),
            (None, false) => self.table.error("", finding),
        };
        self.problems.push(diagnostic);
    }

    /// Factors that keep every value called `name` inside `range`.
    fn factors(
        &mut self,
        name: &Spanned<&str>,
        values: &Parameters,
        (low, high): (f64, f64),
        key: &str,
    ) -> (f64, f64) {
        let own: Vec<f64> = values
            .iter()
            .filter(|(entry, _)| belongs(entry, name.value))
            .map(|(_, value)| value)
            .collect();
        if own.is_empty() {
            let finding = Finding {
                summary: format!("`{}` has no value to multiply", name.value),
                found: "relative = true".into(),
                expected: "a parameter with a default".into(),
                help: "leave `relative` out, or give a value under [parameters]".into(),
            };
            self.wrong_at(key, &name.span, finding);
        }
        let positive = own.iter().filter(|value| **value > 0.0);
        positive.fold((0.0, f64::INFINITY), |(from, to), value| {
            (f64::max(from, low / value), f64::min(to, high / value))
        })
    }

    /// A constant and a prior for one parameter contradict each other.
    fn check_given_once(&mut self, name: &Spanned<&str>, relative: bool, key: &str) {
        let Some(table) = self.table.table("parameters").filter(|_| !relative) else {
            return;
        };
        if PARAMETERS.iter().any(|one| one.name == name.value) && table.is_written(name.value) {
            let place = table.span_of(name.value).clone();
            let finding = Finding {
                summary: format!("`{}` is a constant and uncertain", name.value),
                found: "a prior and a constant".into(),
                expected: "one of the two".into(),
                help: "delete the constant or the prior, or write `relative = true` with a prior around 1".into(),
            };
            let diagnostic = Diagnostic::error(&name.span, key, finding);
            self.problems
                .push(diagnostic.related(&place, "the constant"));
        }
    }
}

/// Least and greatest value that a parameter may have.
fn support(name: &str, values: &Parameters, priors: &[Uncertainty]) -> (f64, f64) {
    let value = values.get(name).unwrap_or_default();
    let prior = priors.iter().find(|one| one.name == name);
    prior.map_or((value, value), |one| {
        let (low, high) = one.prior.support();
        match one.relative {
            true => (value * low, value * high),
            false => (low, high),
        }
    })
}

/// The constants of a table of them, by name; a point and the sector follow where
/// a constant is for one sector.
pub(super) fn constants_of(table: &Table) -> Vec<(String, f64)> {
    let mut constants = Vec::new();
    for one in PARAMETERS.iter().filter(|one| table.is_written(one.name)) {
        match table.get::<&Value>(one.name) {
            Some(Value::Float(value)) => constants.push((one.name.to_owned(), *value)),
            Some(Value::Map(_)) => {
                let sectors = table.map::<f64>(one.name).into_iter();
                constants.extend(sectors.map(|(sector, value)| {
                    (format!("{}.{}", one.name, sector.value), value.value)
                }));
            }
            _ => {}
        }
    }
    constants
}

/// Values with constants in their place: one for all sectors takes the place of
/// those of sectors as well.
pub(super) fn with_constants(values: &Parameters, constants: &[(String, f64)]) -> Parameters {
    let mut values = values.clone();
    for (name, value) in constants {
        if name.contains('.') {
            // Its range was checked with the file.
            let _ = values.set(name, *value);
        } else {
            values = replaced(&values, name, *value);
        }
    }
    values
}

/// A prior that draws numbers between the codes of a choice.
fn not_a_choice(spec: &ParameterSpec, table: &Table) -> Diagnostic {
    let last = spec.high;
    let (key, found) = match (table.required::<bool>("relative"), table.spec().name) {
        (true, _) => ("relative", "a prior of a factor".to_owned()),
        (_, "constant") => ("value", table.span_of("value").text().to_owned()),
        (_, "discrete") => ("values", table.span_of("values").text().to_owned()),
        (_, name) => ("prior", format!("a {name} prior")),
    };
    let finding = Finding {
        summary: format!(
            "`{}` is a choice, and the prior draws other numbers",
            spec.name
        ),
        found,
        expected: format!("whole numbers from 0 to {last}, in a constant or discrete prior"),
        help: format!("write `prior = \"discrete\"` and `values = [0, {last}]`"),
    };
    table.error(key, finding)
}

fn unknown_parameter(name: &str) -> Finding {
    let (stem, sector) = name
        .split_once('.')
        .map_or((name, None), |(stem, sector)| (stem, Some(sector)));
    let by_sector = PARAMETERS
        .iter()
        .filter(|one| sector.is_none() || one.by_sector);
    let names: Vec<&str> = by_sector.map(|one| one.name).collect();
    let mut finding = unknown("parameter", stem, &names);
    if sector.is_some() {
        finding.summary = format!("there is no parameter by sector `{stem}`");
    }
    finding
}
