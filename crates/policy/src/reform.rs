//! Named changes to a law: powers switched off, measures added or changed.

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
        for instrument in later.instruments {
            self.instruments.retain(|known| known.id != instrument.id);
            self.instruments.push(instrument);
        }
        self
    }

    /// The law after this reform: instruments are added or replaced first,
    /// then pauses lapse, then powers are switched off.
    ///
    /// # Errors
    /// When it names an authority, instrument, measure or pause that the law
    /// does not hold.
    pub fn apply(&self, law: &LawBook) -> Result<LawBook, Vec<PolicyError>> {
        let mut law = law.clone();
        for instrument in &self.instruments {
            law.instruments.retain(|known| known.id != instrument.id);
            law.instruments.push(instrument.clone());
        }
        law.instruments.sort_by(|a, b| a.id.cmp(&b.id));
        let errors = self.unknown(&law);
        if !errors.is_empty() {
            return Err(errors);
        }
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

    fn unknown(&self, law: &LawBook) -> Vec<PolicyError> {
        let mut errors = Vec::new();
        for without in &self.without {
            if !law
                .measures()
                .any(|measure| measure.answers_to(&without.what))
            {
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
            measure.ends = Some(measure.ends.map_or(ends, |known| known.min(ends)));
        }
    }
    law.instruments.retain(|one| {
        let held = !one.measures.is_empty() || !one.announcements.is_empty();
        held || !(one.id == without.what || one.authority == without.what)
    });
}

impl LawBook {
    fn measures_mut(&mut self) -> impl Iterator<Item = &mut Measure> {
        self.instruments
            .iter_mut()
            .flat_map(|one| &mut one.measures)
    }
}
