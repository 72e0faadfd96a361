//! One measure of a legal instrument: which goods, which origins, which rate from when.

use std::collections::{BTreeMap, BTreeSet};

use tradewinds_units::{Date, EconomyCode, SectorCode};

use crate::quota::QuotaUse;

/// Where in a file something was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Name of the file.
    pub file: String,
    /// Line, counted from 1.
    pub line: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}:{}", self.file, self.line)
    }
}

/// What a statement rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Title of the legal text or page.
    pub title: String,
    /// Link or page; `recalled: …` when from general knowledge of the original.
    pub href: String,
    /// How far to trust it: `high`, `medium`, `low`.
    pub confidence: String,
    /// Rows of the timeline that say so.
    pub record: Vec<String>,
}

/// A set of origins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origins {
    /// Every economy except these.
    AllExcept(BTreeSet<EconomyCode>),
    /// These only.
    Only(BTreeSet<EconomyCode>),
}

impl Origins {
    /// Every economy.
    pub fn all() -> Self {
        Self::AllExcept(BTreeSet::new())
    }

    /// Whether `origin` belongs to the set.
    pub fn contains(&self, origin: EconomyCode) -> bool {
        match self {
            Self::AllExcept(except) => !except.contains(&origin),
            Self::Only(only) => only.contains(&origin),
        }
    }

    /// Whether some economy among `known` belongs to both sets.
    pub fn meets(&self, other: &Self, known: impl IntoIterator<Item = EconomyCode>) -> bool {
        let mut known = known.into_iter();
        known.any(|origin| self.contains(origin) && other.contains(origin))
    }
}

/// How a rate relates to the base duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stacking {
    /// Comes on top of the base duty.
    Adds,
    /// Tops the base duty up to the rate; nothing where the base duty is higher.
    AllIn,
    /// Takes the place of the base duty, up or down.
    Replaces,
}

impl Stacking {
    /// What a rate adds to a base duty \[both share of customs value\].
    pub fn added(self, rate: f64, base: f64) -> f64 {
        match self {
            Self::Adds => rate,
            Self::AllIn => (rate - base).max(0.0),
            Self::Replaces => rate - base,
        }
    }
}

/// How measures of one authority on the same goods combine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Combine {
    /// Both are owed.
    Add,
    /// The higher is owed.
    Max,
}

/// Which part of a product a measure reaches.
#[derive(Debug, Clone, PartialEq)]
pub enum Coverage {
    /// All of it.
    Whole,
    /// The share in a named table.
    List(String),
    /// The same share everywhere, from 0 to 1.
    Share(f64),
}

/// Goods that a measure leaves out.
#[derive(Debug, Clone, PartialEq)]
pub struct Exemption {
    /// Day it was made known, where it was not with the rate that begins with it.
    pub announced: Option<Date>,
    /// The goods: a named list, or a share.
    pub goods: Coverage,
    /// Origins that enjoy it.
    pub origins: Origins,
    /// First day.
    pub from: Date,
    /// Last day, if it ended.
    pub ends: Option<Date>,
    /// Day it became known; later than `from` when retroactive.
    pub published: Date,
    /// Source.
    pub evidence: Evidence,
}

/// Relief for goods that claim a preference when they enter.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Day it was made known, where it was not with the rate that begins with it.
    pub announced: Option<Date>,
    /// Table of the share of value that claims.
    pub table: String,
    /// Part of the duty a claim takes away, from 0 to 1.
    pub relief: f64,
    /// Origins that may claim.
    pub origins: Origins,
    /// Products that may claim; all when empty.
    pub products: Vec<SectorCode>,
    /// First day.
    pub from: Date,
    /// Last day, if it ended.
    pub ends: Option<Date>,
    /// Source.
    pub evidence: Evidence,
}

/// A rule that goods under another measure are left out of this one.
#[derive(Debug, Clone, PartialEq)]
pub struct GivesWay {
    /// Day it was made known, where it was not with the rate that begins with it.
    pub announced: Option<Date>,
    /// Authorities, instruments or measures that go first.
    pub to: Vec<String>,
    /// First day.
    pub from: Date,
    /// Origins for which the rule holds.
    pub origins: Origins,
    /// Source.
    pub evidence: Evidence,
}

/// Goods afloat that still pay the rate before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InTransit {
    /// Loaded before this day.
    pub loaded_before: Date,
    /// And entered before this day.
    pub entered_before: Date,
}

/// The rate by origin \[share of customs value\].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RateValue {
    /// Origins without a rate of their own.
    pub default: Option<f64>,
    /// Own rates.
    pub by_origin: BTreeMap<EconomyCode, f64>,
}

impl RateValue {
    /// Rate of an origin; absent when the entry says nothing about it.
    pub fn get(&self, origin: EconomyCode) -> Option<f64> {
        self.by_origin.get(&origin).copied().or(self.default)
    }
}

/// A rate in force from a date until the next entry for the same origin and product.
#[derive(Debug, Clone, PartialEq)]
pub struct RateEntry {
    /// Day it was made known that it would come.
    pub announced: Date,
    /// First day in force.
    pub from: Date,
    /// Last day in force, if it ends without a successor.
    pub ends: Option<Date>,
    /// Day of the text that put it in force; later than `from` when retroactive.
    pub published: Date,
    /// Origins, within those of the measure.
    pub origins: Origins,
    /// Products, within those of the measure.
    pub products: Vec<SectorCode>,
    /// The rate.
    pub value: RateValue,
    /// How it stacks.
    pub stacking: Stacking,
    /// Level that rate and base duty together may not pass \[share of customs value\].
    pub cap: Option<f64>,
    /// Quota at a lower rate, if any.
    pub quota: Option<QuotaUse>,
    /// Clause for goods afloat, if any.
    pub in_transit: Option<InTransit>,
    /// Source.
    pub evidence: Evidence,
    /// Where it is written.
    pub place: Place,
}

impl RateEntry {
    /// What `rate` adds to a base duty under this entry \[share of customs value\].
    pub fn added(&self, rate: f64, base: f64) -> f64 {
        let added = self.stacking.added(rate, base);
        self.cap
            .map_or(added, |cap| added.min((cap - base).max(0.0)))
    }

    /// Rate for an origin and product, if the entry speaks about them.
    pub fn rate(&self, origin: EconomyCode, product: &SectorCode) -> Option<f64> {
        let reaches = self.origins.contains(origin) && self.products.contains(product);
        reaches.then(|| self.value.get(origin)).flatten()
    }
}

/// A suspension of the part of a rate above a level.
#[derive(Debug, Clone, PartialEq)]
pub struct Pause {
    /// Name, unique within the measure.
    pub id: String,
    /// Day it was announced.
    pub announced: Date,
    /// First day.
    pub from: Date,
    /// Last day.
    pub ends: Date,
    /// Origins that enjoy it.
    pub origins: Origins,
    /// Rate that stays in force \[share of customs value\].
    pub leaves: f64,
    /// Source.
    pub evidence: Evidence,
}

/// One measure: goods, origins, and a history of rates.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Instrument and name, as in `example.steel.primary`.
    pub id: String,
    /// Instrument it belongs to, as in `example.steel`.
    pub instrument: String,
    /// What it is.
    pub title: String,
    /// Legal power it rests on; measures are switched off and displaced by it.
    pub authority: String,
    /// Who charges it.
    pub importer: EconomyCode,
    /// Whose goods.
    pub origins: Origins,
    /// Which subsectors, sorted.
    pub products: Vec<SectorCode>,
    /// Which part of them.
    pub coverage: Coverage,
    /// Table of the share of value that is taxed, such as metal content.
    pub content: Option<String>,
    /// How it combines with another measure of the same authority on the same goods.
    pub combine: Option<Combine>,
    /// Goods left out.
    pub exemptions: Vec<Exemption>,
    /// Reliefs that importers claim.
    pub claims: Vec<Claim>,
    /// Measures that go first.
    pub gives_way: Vec<GivesWay>,
    /// Rates, sorted by their first day.
    pub rates: Vec<RateEntry>,
    /// Pauses.
    pub pauses: Vec<Pause>,
    /// Last day of the whole measure, if it ended.
    pub ends: Option<Date>,
    /// Day its end was made known; the end itself where no text said so before.
    pub ending_announced: Option<Date>,
    /// Where it is written.
    pub place: Place,
}

impl Measure {
    /// Whether the measure could ever reach these goods.
    pub fn reaches(&self, origin: EconomyCode, product: &SectorCode) -> bool {
        origin != self.importer && self.origins.contains(origin) && self.products.contains(product)
    }

    /// Whether `name` is this measure, its instrument or its authority.
    pub fn answers_to(&self, name: &str) -> bool {
        self.id == name || self.instrument == name || self.authority == name
    }

    /// The entry in force on `date`, by its index, and its rate. With `known_on`, texts published later
    /// than that day are not yet seen.
    pub fn entry(
        &self,
        origin: EconomyCode,
        product: &SectorCode,
        date: Date,
        known_on: Option<Date>,
    ) -> Option<(usize, f64)> {
        if self.ends.is_some_and(|ends| date > ends) || !self.reaches(origin, product) {
            return None;
        }
        let seen = |entry: &RateEntry| {
            entry.from <= date && known_on.is_none_or(|known| entry.published <= known)
        };
        let latest = self.rates.iter().enumerate().rev();
        let (at, entry, rate) = latest
            .filter(|(_, entry)| seen(entry))
            .find_map(|(at, entry)| Some((at, entry, entry.rate(origin, product)?)))?;
        let holds = entry.ends.is_none_or(|ends| date <= ends);
        holds.then_some((at, rate))
    }

    /// The pause in force on `date` for an origin.
    pub fn pause(&self, origin: EconomyCode, date: Date) -> Option<&Pause> {
        let in_force = |pause: &&Pause| {
            pause.from <= date && date <= pause.ends && pause.origins.contains(origin)
        };
        self.pauses.iter().find(in_force)
    }
}
