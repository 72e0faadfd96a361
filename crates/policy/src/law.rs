//! The book of law: instruments, base duties, tables and announcements.

use std::collections::BTreeMap;

use tradewinds_units::{Date, EconomyCode, SectorCode};

use crate::base::BaseDuties;
use crate::measure::{Evidence, Measure, Origins, Place};
use crate::quota::Quotas;
use crate::shares::ShareTables;
use crate::taxonomy::{Economies, Taxonomy};

/// Kind of a step that was made known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AnnouncementKind {
    /// A rate of a measure was announced.
    Rate,
    /// A pause was announced.
    Pause,
    /// The end of a measure was announced.
    End,
    /// A plan or an authority without a rate in force.
    Plan,
    /// A rate threatened and not (yet) put in force.
    Threat,
    /// A court ruling.
    Ruling,
    /// An agreement.
    Deal,
    /// A statement, such as that no answer will come.
    Statement,
    /// Duties paid back.
    Refund,
}

/// Something made known on a day, whether or not it ever came into force.
#[derive(Debug, Clone, PartialEq)]
pub struct Announcement {
    /// Name, unique in the book.
    pub id: String,
    /// What it is.
    pub kind: AnnouncementKind,
    /// What was said.
    pub title: String,
    /// Who speaks or charges.
    pub by: Vec<EconomyCode>,
    /// Legal power it speaks of.
    pub authority: String,
    /// Day it was made known.
    pub announced: Date,
    /// First day it is to hold, if said.
    pub from: Option<Date>,
    /// Day it was withdrawn, or last day it holds.
    pub ends: Option<Date>,
    /// Whose goods.
    pub origins: Origins,
    /// Which products; all when empty.
    pub products: Vec<SectorCode>,
    /// Rate spoken of \[share of customs value\], by origin where they differ.
    pub value: Option<f64>,
    /// Rates by origin where they differ.
    pub by_origin: BTreeMap<EconomyCode, f64>,
    /// Source.
    pub evidence: Evidence,
}

/// Duties paid back after a text or ruling.
#[derive(Debug, Clone, PartialEq)]
pub struct Refund {
    /// Name, unique in the book.
    pub id: String,
    /// Who pays back.
    pub importer: EconomyCode,
    /// Authorities, instruments or measures whose duties are paid back.
    pub of: Vec<String>,
    /// Duties on entries from this day.
    pub from: Date,
    /// To this day.
    pub to: Date,
    /// First day on which it is paid.
    pub paid: Date,
    /// Days over which it is paid evenly; zero pays all on the first.
    pub days: u32,
    /// Share of the duties, from 0 to 1.
    pub share: f64,
    /// Source.
    pub evidence: Evidence,
}

/// One legal instrument, as one file holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Instrument {
    /// Name, as in `example.steel`.
    pub id: String,
    /// What it is.
    pub title: String,
    /// Legal power.
    pub authority: String,
    /// The legal texts.
    pub legal_basis: String,
    /// Who charges it.
    pub importer: EconomyCode,
    /// Its measures.
    pub measures: Vec<Measure>,
    /// Steps made known that are not rates.
    pub announcements: Vec<Announcement>,
    /// Refunds.
    pub refunds: Vec<Refund>,
    /// Quotas it opens.
    pub quotas: Quotas,
    /// Where it is written.
    pub place: Place,
}

/// Everything the law says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LawBook {
    /// Economies.
    pub economies: Economies,
    /// Products.
    pub taxonomy: Taxonomy,
    /// Base duties.
    pub base: BaseDuties,
    /// Coverage, content and claims.
    pub shares: ShareTables,
    /// Rate vectors by name: economy to rate \[share of customs value\].
    pub vectors: BTreeMap<String, BTreeMap<EconomyCode, f64>>,
    /// Titles of sources by id.
    pub sources: BTreeMap<String, String>,
    /// Instruments, sorted by id.
    pub instruments: Vec<Instrument>,
}

impl LawBook {
    /// All measures.
    pub fn measures(&self) -> impl Iterator<Item = &Measure> {
        self.instruments.iter().flat_map(|one| &one.measures)
    }

    /// A measure by its id.
    pub fn measure(&self, id: &str) -> Option<&Measure> {
        self.measures().find(|measure| measure.id == id)
    }

    /// Authorities in force somewhere, sorted, without repeats.
    pub fn authorities(&self) -> Vec<&str> {
        let mut names: Vec<_> = self.measures().map(|one| one.authority.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// All quotas.
    pub fn quota(&self, id: &str) -> Option<&crate::quota::Quota> {
        self.instruments.iter().find_map(|one| one.quotas.get(id))
    }

    /// Everything made known from `from` to `to`, both included: rates, pauses
    /// and steps that never came into force, sorted by day.
    pub fn announcements(&self, from: Date, to: Date) -> Vec<Announcement> {
        let mut found: Vec<_> = self
            .instruments
            .iter()
            .flat_map(Instrument::announcements)
            .filter(|one| from <= one.announced && one.announced <= to)
            .collect();
        found.sort_by(|a, b| (a.announced, &a.id).cmp(&(b.announced, &b.id)));
        found
    }
}

impl Measure {
    /// The announcement of its end, with the evidence of its last rate.
    fn announced_end(&self) -> Option<Announcement> {
        let (announced, ends) = self.ending_announced.zip(self.ends)?;
        Some(Announcement {
            id: format!("{}/end", self.id),
            kind: AnnouncementKind::End,
            title: self.title.clone(),
            by: vec![self.importer],
            authority: self.authority.clone(),
            announced,
            from: ends.tomorrow().ok(),
            ends: None,
            origins: self.origins.clone(),
            products: self.products.clone(),
            value: Some(0.0),
            by_origin: BTreeMap::new(),
            evidence: self.rates.last()?.evidence.clone(),
        })
    }
}

impl Instrument {
    /// Its own announcements and those of its rates and pauses.
    pub fn announcements(&self) -> Vec<Announcement> {
        let mut all = self.announcements.clone();
        for measure in &self.measures {
            all.extend(measure.rates.iter().map(|entry| Announcement {
                id: format!("{}@{}", measure.id, entry.from),
                kind: AnnouncementKind::Rate,
                title: measure.title.clone(),
                by: vec![measure.importer],
                authority: measure.authority.clone(),
                announced: entry.announced,
                from: Some(entry.from),
                ends: entry.ends,
                origins: entry.origins.clone(),
                products: entry.products.clone(),
                value: entry.value.default,
                by_origin: entry.value.by_origin.clone(),
                evidence: entry.evidence.clone(),
            }));
            all.extend(measure.pauses.iter().map(|pause| Announcement {
                id: format!("{}/{}", measure.id, pause.id),
                kind: AnnouncementKind::Pause,
                title: measure.title.clone(),
                by: vec![measure.importer],
                authority: measure.authority.clone(),
                announced: pause.announced,
                from: Some(pause.from),
                ends: Some(pause.ends),
                origins: pause.origins.clone(),
                products: measure.products.clone(),
                value: Some(pause.leaves),
                by_origin: BTreeMap::new(),
                evidence: pause.evidence.clone(),
            }));
            all.extend(measure.announced_end());
        }
        all
    }
}
