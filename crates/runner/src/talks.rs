//! Talks over tariffs: governments, issues and parameters, as facts.
//!
//! The files lie in a folder, `configs/talks` where none is named: `talks.toml` (who sets the rates),
//! `parameters.toml` (every symbol of the rules), `governments/` (one file for
//! each government with an economy in the model), `attached/` (governments that
//! own a part of the trade of the rest of the world), `issues/` (one file for
//! each subject) and `record.csv` (what happened). A file added to a folder is read too. Money is in USD bn a
//! year, rates and shares are fractions; nothing rests on what happened after
//! the day the talks are known on.

mod attached;
mod campaign;
mod conducting;
mod evidence;
mod files;
mod government;
mod issue;
mod keys;
pub mod levers;

mod read;
mod record;
mod rule;
mod symbol;
pub(crate) mod table;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use tradewinds_config::Diagnostics;
use tradewinds_units::{Date, EconomyCode};

pub use attached::{Attached, attached_spec};
pub use campaign::{campaign, statutes};
pub use conducting::Conducting;
pub use evidence::{Evidence, Ranged, Status};
pub use files::{TalksFiles, TalksPart, talks_spec};
pub use government::{AnswerPriors, Conduct, Economics, Government, Preset, Rule, TypePriors};
pub use issue::{Effect, Issue, Offer, issue_spec};
pub use keys::government_spec;
pub use record::{Event, KINDS};
pub use rule::{CampaignError, talks_rule};
pub use symbol::{Column, Held, Party, Symbol, symbols_spec};

use crate::library::{Library, LibraryError};

/// Folder of the files where none is named.
pub const TALKS: &str = "configs/talks";

/// Goods trade of somebody in the base year.
#[derive(Debug, Clone, PartialEq)]
pub struct Trade {
    /// Exports \[USD bn a year\].
    pub exports: f64,
    /// Imports \[USD bn a year\].
    pub imports: f64,
    /// What these rest on.
    pub evidence: Evidence,
}

/// Facts of talks.
#[derive(Debug, Clone, PartialEq)]
pub struct Talks {
    /// Which talks.
    pub title: String,
    /// The economy that sets the rates.
    pub principal: EconomyCode,
    /// The third option of the others.
    pub rival: EconomyCode,
    /// The economy of which attached governments own parts.
    pub rest: Option<EconomyCode>,
    /// The day on which all of this was known.
    pub known_on: Date,
    /// Instruments of the principal that charge all goods of a partner.
    pub country_rates: Vec<String>,
    /// Instruments of the principal on goods of some sectors.
    pub sector_duties: Vec<String>,
    /// Instruments of partners that answer.
    pub answers: Vec<String>,
    /// All trade of the principal.
    pub all_trade: Trade,
    /// Trade of the rest of the world with the principal.
    pub rest_of_world: Trade,
    /// Governments with an economy in the model, by code.
    pub governments: Vec<Government>,
    /// Governments attached to the rest of the world, by code.
    pub attached: Vec<Attached>,
    /// Issues, by id.
    pub issues: Vec<Issue>,
    /// Parameters, by name.
    pub symbols: Vec<Symbol>,
    /// What happened, in order of time.
    pub record: Vec<Event>,
    /// What each government can concede.
    offers: BTreeMap<EconomyCode, Vec<Offer>>,
}

impl Talks {
    /// Reads the files of [`TALKS`].
    ///
    /// # Errors
    /// A file that cannot be read, or every mistake in the files.
    pub fn load(library: &Library) -> Result<Self, LibraryError> {
        Self::load_from(library, TALKS)
    }

    /// Reads the files of a folder.
    ///
    /// # Errors
    /// As [`Talks::load`].
    pub fn load_from(library: &Library, folder: &str) -> Result<Self, LibraryError> {
        Ok(Self::read(&TalksFiles::within(library, folder)?)?)
    }

    /// Reads files of talks.
    ///
    /// # Errors
    /// Every mistake, with file, line, column and fix.
    pub fn read(files: &TalksFiles) -> Result<Self, Diagnostics> {
        read::read(files)
    }

    /// Economies with a government, modelled ones first.
    pub fn economies(&self) -> impl Iterator<Item = EconomyCode> {
        let own = self.governments.iter().map(|one| one.economy);
        own.chain(self.attached.iter().map(|one| one.economy))
    }

    /// The government of an economy in the model.
    pub fn government(&self, economy: EconomyCode) -> Option<&Government> {
        self.governments.iter().find(|one| one.economy == economy)
    }

    /// The attached government of an economy.
    pub fn attached_government(&self, economy: EconomyCode) -> Option<&Attached> {
        self.attached.iter().find(|one| one.economy == economy)
    }

    /// An issue by id.
    pub fn issue(&self, id: &str) -> Option<&Issue> {
        self.issues.iter().find(|one| one.id == id)
    }

    /// What a government can concede, the easiest first: its rows, or where it has
    /// none the offers by default, scaled by its trade; nothing where there is no
    /// such government.
    pub fn offers(&self, economy: EconomyCode) -> &[Offer] {
        self.offers.get(&economy).map_or(&[], Vec::as_slice)
    }

    /// A parameter by name.
    pub fn symbol(&self, name: &str) -> Option<&Symbol> {
        self.symbols.iter().find(|one| one.name == name)
    }

    /// Value of a parameter that is one number; that of who has none of its own
    /// where governments have theirs.
    pub fn value(&self, name: &str) -> Option<f64> {
        match self.symbol(name)?.held {
            Held::Number(number) => Some(number.value),
            _ => None,
        }
    }

    /// Value of a parameter for a government: its own where it has one, else that
    /// of everybody.
    pub fn value_for(&self, name: &str, economy: EconomyCode) -> Option<f64> {
        let column = self.symbol(name)?.column;
        let own = column.and_then(|column| self.of_government(column, economy));
        own.or_else(|| self.value(name))
    }

    /// Value of a parameter for an issue of a government.
    pub fn value_on(&self, name: &str, (economy, issue): (EconomyCode, &str)) -> Option<f64> {
        let offers = self.offers(economy).iter();
        let offer = offers.clone().find(|offer| offer.issue == issue);
        let own = match (self.symbol(name)?.column, offer) {
            (Some(Column::Value), Some(offer)) => Some(offer.value.value),
            (Some(Column::Cost), Some(offer)) => Some(offer.cost.value),
            (Some(Column::RedLine), Some(offer)) => Some(offer.red_line),
            _ => None,
        };
        own.or_else(|| self.value_for(name, economy))
    }

    fn of_government(&self, column: Column, economy: EconomyCode) -> Option<f64> {
        let (modelled, attached) = (self.government(economy), self.attached_government(economy));
        let conduct = modelled
            .map(|one| &one.conduct)
            .or(attached.map(|one| &one.conduct))?;
        let either = |own: fn(&Government) -> f64, rest: fn(&Attached) -> f64| {
            modelled.map(own).or(attached.map(rest))
        };
        match column {
            Column::Dependence => either(Government::dependence, Attached::dependence),
            Column::Size => either(|one| one.economics.size, |one| one.size),
            Column::Power => either(|one| one.economics.power, |one| one.power),
            Column::RivalShare => modelled.and_then(|one| one.economics.rival_share),
            Column::DefenceShare => modelled.map(|one| one.economics.defence_share),
            Column::Seats => either(|one| one.rule.seats, |one| one.seats),
            Column::Holdout => either(|one| one.types.holdout, |one| one.types.holdout),
            Column::Patience => Some(conduct.patience),
            Column::Readiness => Some(conduct.readiness),
            Column::Security => Some(conduct.security),
            Column::PressSalience => Some(conduct.press_salience),
            Column::IssueLoad => Some(conduct.issue_load),
            Column::Anger => Some(conduct.anger),
            Column::SelfImage => Some(conduct.self_image),
            Column::AllOrNothing => Some(f64::from(u8::from(conduct.is_all_or_nothing))),
            Column::Value | Column::Cost | Column::RedLine => None,
        }
    }

    /// Exports to and imports from the principal of each government \[USD bn a year\].
    fn trade(&self) -> BTreeMap<EconomyCode, (f64, f64)> {
        let own = self.governments.iter().map(|one| {
            let trade = &one.economics;
            (one.economy, (trade.exports, trade.imports))
        });
        let rest = self.attached.iter();
        own.chain(rest.map(|one| (one.economy, (one.exports, one.imports))))
            .collect()
    }
}
