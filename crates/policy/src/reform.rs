//! Named changes to a law: the book frozen on a day, powers switched off,
//! measures added or changed.

use tradewinds_units::Date;

use crate::error::PolicyError;
use crate::law::{Instrument, LawBook};
use crate::measure::Measure;

/// An authority, instrument or measure switched off.
#[derive(Debug, Clone, PartialEq)]
pub struct Without {
    /// Name of the authority, instrument or measure.
    pub what: String,
    /// First day without it; absent means it never existed.
    pub from: Option<Date>,
}

/// A pause that ends early, so that the suspended part comes into force.
#[derive(Debug, Clone, PartialEq)]
pub struct Lapse {
    /// Name of the pause.
    pub pause: String,
    /// First day without it.
    pub from: Date,
}

/// What a scenario changes about the law. The default changes nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reform {
    /// Last day whose law counts: nothing made known later ever came.
    ///
    /// Steps known by then run their course, planned ends of rates (`ends` of a
    /// rate) included, and so do the clauses of a measure that begin with them. An end of
    /// an exemption or claim after that day is taken for the work of a later text, so it
    /// goes too, as does the end of a measure that was not announced by then.
    pub frozen_after: Option<Date>,
    /// Switched off.
    pub without: Vec<Without>,
    /// Pauses that end early.
    pub lapse: Vec<Lapse>,
    /// Added instruments; one with the id of an instrument of the law takes its place.
    pub instruments: Vec<Instrument>,
}

impl Reform {
    /// Whether the reform changes nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// This reform followed by `later`, as a scenario that extends another.
    #[must_use]
    pub fn then(mut self, later: Self) -> Self {
        self.without.extend(later.without);
        self.lapse.extend(later.lapse);
        self.frozen_after = match (self.frozen_after, later.frozen_after) {
            (Some(own), Some(its)) => Some(own.min(its)),
            (own, its) => own.or(its),
        };
        for instrument in later.instruments {
            self.instruments.retain(|known| known.id != instrument.id);
            self.instruments.push(instrument);
        }
        self
    }

    /// The law after this reform: the book is frozen first, then instruments
    /// are added or replaced, then pauses lapse, then powers are switched off.
    ///
    /// # Errors
    /// When it names an authority, instrument, measure or pause that the law
    /// does not hold.
    pub fn apply(&self, law: &LawBook) -> Result<LawBook, Vec<PolicyError>> {
        let errors = self.unknown(&self.with_instruments(law.clone()));
        if !errors.is_empty() {
            return Err(errors);
        }
        let mut law = law.clone();
        if let Some(last) = self.frozen_after {
            freeze(&mut law, last);
        }
        let mut law = self.with_instruments(law);
        for lapse in &self.lapse {
            let pauses = law.measures_mut().flat_map(|measure| &mut measure.pauses);
            for pause in pauses.filter(|pause| pause.id == lapse.pause) {
                let last = lapse.from.yesterday().unwrap_or(lapse.from);
                pause.ends = pause.ends.min(last);
            }
        }
        for without in &self.without {
            switch_off(&mut law, without);
        }
        Ok(law)
    }

    /// The reform that brings `law`, after this reform, back to what it was.
    ///
    /// # Errors
    /// As [`Reform::apply`].
    pub fn undo(&self, law: &LawBook) -> Result<Self, Vec<PolicyError>> {
        let after = self.apply(law)?;
        let known = |id: &str| law.instruments.iter().any(|one| one.id == id);
        let added = after.instruments.iter().filter(|one| !known(&one.id));
        Ok(Self {
            frozen_after: None,
            without: added
                .map(|one| Without {
                    what: one.id.clone(),
                    from: None,
                })
                .collect(),
            lapse: Vec::new(),
            instruments: (law.instruments.iter())
                .filter(|one| !after.instruments.contains(one))
                .cloned()
                .collect(),
        })
    }

    fn with_instruments(&self, mut law: LawBook) -> LawBook {
        for instrument in &self.instruments {
            law.instruments.retain(|known| known.id != instrument.id);
            law.instruments.push(instrument.clone());
        }
        law.instruments.sort_by(|a, b| a.id.cmp(&b.id));
        law
    }

    fn unknown(&self, law: &LawBook) -> Vec<PolicyError> {
        let mut errors = Vec::new();
        for without in &self.without {
            let what = &without.what;
            let whole = law.instruments.iter().any(|one| one.is_called(what));
            if !whole && !law.measures().any(|measure| measure.answers_to(what)) {
                errors.push(PolicyError::UnknownMeasure {
                    name: without.what.clone(),
                    known: law.authorities().join(", "),
                });
            }
        }
        let pauses = || law.measures().flat_map(|measure| &measure.pauses);
        for lapse in &self.lapse {
            if !pauses().any(|pause| pause.id == lapse.pause) {
                let known: Vec<_> = pauses().map(|pause| pause.id.as_str()).collect();
                errors.push(PolicyError::UnknownPause {
                    name: lapse.pause.clone(),
                    known: known.join(", "),
                });
            }
        }
        errors
    }
}

fn switch_off(law: &mut LawBook, without: &Without) {
    let ends = without.from.map(|from| from.yesterday().unwrap_or(from));
    for instrument in &mut law.instruments {
        let touched = |measure: &Measure| measure.answers_to(&without.what);
        let Some(ends) = ends else {
            instrument.measures.retain(|measure| !touched(measure));
            continue;
        };
        for measure in instrument
            .measures
            .iter_mut()
            .filter(|measure| touched(measure))
        {
            // Nobody announced the end that the reform invents.
            if measure.ends.is_none_or(|known| ends < known) {
                measure.ends = Some(ends);
                measure.ending_announced = None;
            }
        }
    }
    if ends.is_none() {
        law.instruments.retain(|one| !one.is_called(&without.what));
    }
}

/// Drops everything made known after `last`.
fn freeze(law: &mut LawBook, last: Date) {
    for instrument in &mut law.instruments {
        instrument.announcements.retain(|one| one.announced <= last);
        instrument.refunds.retain(|one| one.paid <= last);
        for measure in &mut instrument.measures {
            let later = |ends: &mut Option<Date>| {
                *ends = ends.filter(|day| *day <= last);
            };
            measure.rates.retain(|entry| entry.announced <= last);
            measure.pauses.retain(|pause| pause.announced <= last);
            // A clause that begins with a rate is part of the text that announced it, unless
            // it says when it was announced itself.
            let begins: Vec<Date> = measure.rates.iter().map(|entry| entry.from).collect();
            let is_known = |announced: Option<Date>, from: Date| match announced {
                Some(day) => day <= last,
                None => from <= last || begins.contains(&from),
            };
            (measure.exemptions).retain(|one| match one.published <= one.from {
                true => is_known(one.announced, one.from),
                false => one.published <= last,
            });
            (measure.claims).retain(|one| is_known(one.announced, one.from));
            (measure.gives_way).retain(|one| is_known(one.announced, one.from));
            if measure.ending_announced.is_none_or(|day| day > last) {
                later(&mut measure.ends);
            }
            (measure.exemptions.iter_mut()).for_each(|one| later(&mut one.ends));
            measure
                .claims
                .iter_mut()
                .for_each(|one| later(&mut one.ends));
        }
        instrument.measures.retain(|one| !one.rates.is_empty());
    }
    law.instruments.retain(|one| {
        let speaks = !one.announcements.is_empty() || !one.refunds.is_empty();
        speaks || !one.measures.is_empty()
    });
}

impl Instrument {
    /// Whether `name` is this instrument or its authority.
    fn is_called(&self, name: &str) -> bool {
        self.id == name || self.authority == name
    }
}

impl LawBook {
    fn measures_mut(&mut self) -> impl Iterator<Item = &mut Measure> {
        self.instruments
            .iter_mut()
            .flat_map(|one| &mut one.measures)
    }
}
