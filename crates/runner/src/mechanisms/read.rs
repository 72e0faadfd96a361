//! From a `mechanisms.toml` to mechanisms whose keys have been tried.

use tradewinds_config::{Diagnostic, Diagnostics, Finding, Severity, Source, Table, check};

use super::{Mechanism, Mechanisms, mechanisms_spec};
use crate::experiment::{Experiment, ExperimentError};
use crate::record::{Measured, RATIO_OF_GAINS, RecordError, Window, unkept, without_shares};
use crate::scenario::twice;

/// Beginnings of measures that are read of days of the run alone.
const OF_DAYS: [&str; 3] = ["share_gain", "policy_share_gain", "approval"];

pub(super) fn read(experiment: &Experiment, source: &Source) -> Result<Mechanisms, RecordError> {
    let table = check(source, mechanisms_spec())?;
    let mut reader = Reader {
        experiment,
        tried: Vec::new(),
        problems: Diagnostics::new(),
    };
    let (mut list, mut names) = (Vec::new(), Vec::new());
    for own in table.tables("mechanism") {
        let name: &str = own.required("name");
        if names.contains(&name) {
            let finding = twice("mechanism", name);
            reader.problems.push(own.error("name", finding));
        }
        names.push(name);
        list.extend(reader.mechanism(own)?);
    }
    Ok(reader.problems.into_result(Mechanisms {
        title: table.required("title"),
        introduction: table.required("introduction"),
        list,
        tried: reader.tried,
    })?)
}

struct Reader<'a> {
    experiment: &'a Experiment,
    /// Keys that make an experiment, and which.
    tried: Vec<(Vec<String>, Experiment)>,
    problems: Diagnostics,
}

impl Reader<'_> {
    /// A mechanism; none where its observable cannot be read.
    fn mechanism(&mut self, table: &Table) -> Result<Option<Mechanism>, RecordError> {
        let [on, off] = ["on", "off"].map(|side| texts(table, side));
        let tried = [
            self.try_keys(table, "on", &on),
            self.try_keys(table, "off", &off),
        ];
        if let [Some(on), Some(off)] = tried
            && self.tried[on].1.runs_as(&self.tried[off].1)
        {
            self.problems.push(table.error("off", idle(table)));
        }
        let observable = match Measured::read(self.experiment, table) {
            Ok(found) => found,
            Err(RecordError::Config(errors)) => {
                self.problems.extend(errors);
                return Ok(None);
            }
            Err(other) => return Err(other),
        };
        let before = self.problems.len();
        self.windows(table, &observable);
        if self.problems.len() == before {
            for at in tried.into_iter().flatten() {
                let read = (&observable.asked, observable.window);
                let found = unkept(&self.tried[at].1, table, read);
                self.problems.extend(found);
            }
            self.markets(table, tried, &observable);
        }
        Ok(Some(Mechanism {
            name: table.required("name"),
            title: table.required("title"),
            on,
            off,
            is_positive: table.required::<&str>("sign") == "positive",
            observable,
        }))
    }

    /// The place of an experiment among those tried; none where its keys make none.
    fn try_keys(&mut self, table: &Table, side: &str, keys: &[String]) -> Option<usize> {
        let known = self.tried.iter().position(|(own, _)| own == keys);
        if known.is_some() {
            return known;
        }
        match self.experiment.with(keys) {
            Ok(found) => {
                self.tried.push((keys.to_vec(), found));
                Some(self.tried.len() - 1)
            }
            Err(error) => {
                self.problems.extend(refused(table, side, &error));
                None
            }
        }
    }

    /// One side at least prices shares, where they are observed, and both where their gains
    /// are divided: without markets for shares a gain is zero.
    fn markets(&mut self, table: &Table, tried: [Option<usize>; 2], observable: &Measured) {
        let [Some(on), Some(off)] = tried else {
            return;
        };
        let asked = &observable.asked;
        let lack = |at: usize| without_shares(&self.tried[at].1, table, asked);
        let one_sided = match (lack(on), lack(off)) {
            (Some(wrong), Some(_)) => return self.problems.push(wrong),
            (Some(_), None) => "on",
            (None, Some(_)) => "off",
            (None, None) => return,
        };
        if asked.measure == RATIO_OF_GAINS {
            let finding = Finding {
                summary: format!("a ratio of gains of shares, which `{one_sided}` does not price"),
                found: table.span_of(one_sided).text().to_owned(),
                expected: "keys with markets for shares on both sides".into(),
                help: "switch something else, or name a measure that is no ratio".into(),
            };
            self.problems.push(table.error(one_sided, finding));
        }
    }

    /// Windows hold days of the run; an earlier one may hold days of rest before it.
    fn windows(&mut self, table: &Table, observable: &Measured) {
        self.window(table, ["from", "to"], (observable.window, false));
        if let Some(since) = observable.asked.since {
            let measure = &observable.asked.measure;
            let may_precede = !OF_DAYS.iter().any(|start| measure.starts_with(start));
            self.window(table, ["since", "since_end"], (since, may_precede));
        }
    }

    fn window(&mut self, table: &Table, keys: [&str; 2], (window, may_precede): (Window, bool)) {
        let (start, end) = (self.experiment.start, self.experiment.end);
        let [first, last] = keys;
        let mut wrong = |key: &str, summary: &str, found: String, expected: String| {
            let help = format!("correct `{first}` or `{last}`, or the days of the experiment");
            let finding = Finding {
                summary: summary.to_owned(),
                found,
                expected,
                help,
            };
            self.problems.push(table.error(key, finding));
        };
        let (from, to) = (window.from, window.to);
        let is_written = |key: &str| table.is_written(key);
        if to < from {
            let key = if is_written(last) { last } else { first };
            let days = format!("{from} to {to}");
            let expected = format!("a last day from {from} on");
            wrong(key, "a window ends before it begins", days, expected);
        } else if from < start && !may_precede {
            let expected = format!("a day from {start} on");
            wrong(
                first,
                "a window begins before the run",
                from.to_string(),
                expected,
            );
        } else if to > end {
            let key = if is_written(last) { last } else { first };
            let expected = format!("a day up to {end}");
            wrong(key, "a window ends after the run", to.to_string(), expected);
        }
    }
}

fn texts(table: &Table, key: &str) -> Vec<String> {
    let list = table.list::<String>(key).into_iter();
    list.map(|one| one.value).collect()
}

fn idle(table: &Table) -> Finding {
    Finding {
        summary: "`on` and `off` make the same experiment".into(),
        found: table.span_of("off").text().to_owned(),
        expected: "keys of `on` and `off` that make a difference".into(),
        help: "change a key of one of them".into(),
    }
}

/// Why keys make no experiment, each at the key it is about.
fn refused(table: &Table, side: &str, error: &ExperimentError) -> Diagnostics {
    let mut told = Diagnostics::new();
    let keys = table.list::<String>(side);
    let ExperimentError::Config(errors) = error else {
        let finding = Finding {
            summary: format!("the keys of `{side}` make no experiment"),
            found: error.to_string(),
            expected: "keys that the experiment takes".into(),
            help: "correct the keys".into(),
        };
        return table.error(side, finding).into();
    };
    for one in errors.iter().filter(|one| one.severity == Severity::Error) {
        let key = keys
            .iter()
            .find(|key| key.value == one.span.source().text());
        let finding = Finding {
            summary: format!("a key that the experiment refuses: {}", one.finding.summary),
            ..one.finding.clone()
        };
        let span = key.map_or_else(|| table.span_of(side), |key| &key.span);
        let diagnostic: Diagnostic = table.error_at(span, side, finding);
        told.push(match key {
            Some(_) => diagnostic,
            None => diagnostic.related(&one.span, one.key.clone()),
        });
    }
    told
}
