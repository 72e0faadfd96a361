//! Sourced facts: long tables, one fact a row, with year, source, confidence and quality.

use std::collections::BTreeMap;

use tradewinds_units::{EconomyCode, SectorCode};

use crate::WorldError;
use crate::currency::{self, Currency};
use crate::quality::{Confidence, Mark, Quality};
use crate::read::{
    attached_names, base_year, economies, merged, read_long, reference_currency, sectors,
    subsectors, weights,
};
use crate::table::{FileSet, Table};

/// The folder of facts of one world and, where it names one, of its parent.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Oldest ancestor first.
    layers: Vec<FileSet>,
}

impl Sources {
    /// Facts of a world, by file name (`trade.csv` and so on).
    pub fn new(files: FileSet) -> Self {
        Self {
            layers: vec![files],
        }
    }

    /// The folders of facts, oldest ancestor first.
    pub(crate) fn layers(&self) -> &[FileSet] {
        &self.layers
    }

    /// The world whose facts these facts extend (`world.csv`, key `extends`), if there is one.
    ///
    /// # Errors
    /// [`WorldError`] when `world.csv` is missing or malformed.
    pub fn extends(&self) -> Result<Option<String>, WorldError> {
        let parent = match self.layers.first() {
            Some(files) => key_values(files, "world.csv")?.remove("extends"),
            None => None,
        };
        Ok(parent.filter(|name| !name.is_empty()))
    }

    /// These facts on top of those of the parent: a row here replaces the parent's row for the
    /// same thing.
    #[must_use]
    pub fn on_top_of(mut self, parent: Self) -> Self {
        let own = std::mem::take(&mut self.layers);
        self.layers = parent.layers;
        self.layers.extend(own);
        self
    }
}

pub(crate) fn key_values(
    files: &FileSet,
    file: &str,
) -> Result<BTreeMap<String, String>, WorldError> {
    let table = Table::read(files, file)?;
    let mut values = BTreeMap::new();
    for row in &table.rows {
        values.insert(
            table.text(row, "key")?.to_owned(),
            table.text(row, "value")?.to_owned(),
        );
    }
    Ok(values)
}

/// One number with its provenance.
#[derive(Debug, Clone)]
pub(crate) struct Fact {
    pub(crate) value: f64,
    /// Year it describes.
    pub(crate) year: i32,
    pub(crate) confidence: Confidence,
    pub(crate) mark: Mark,
}

/// One file of facts, by the text of its key columns.
#[derive(Debug)]
pub(crate) struct FactTable {
    pub(crate) file: &'static str,
    pub(crate) rows: BTreeMap<Vec<String>, Fact>,
}

impl FactTable {
    pub(crate) fn get(&self, key: &[&str]) -> Option<&Fact> {
        let key: Vec<String> = key.iter().map(|part| (*part).to_owned()).collect();
        self.rows.get(&key)
    }

    pub(crate) fn need(&self, key: &[&str]) -> Result<&Fact, WorldError> {
        self.get(key).ok_or_else(|| WorldError::MissingFact {
            file: self.file.to_owned(),
            key: key.join(", "),
        })
    }

    /// The keys of the file, in order, of the rows that hold.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[String], &Fact)> {
        self.rows.iter().map(|(key, fact)| (key.as_slice(), fact))
    }
}

/// How to read one file.
pub(crate) struct Shape {
    pub(crate) file: &'static str,
    pub(crate) key: &'static [&'static str],
    pub(crate) value: &'static str,
}

/// Names and links of an economy.
#[derive(Debug, Clone)]
pub(crate) struct EconomyRow {
    pub(crate) code: EconomyCode,
    pub(crate) name: String,
    /// Whose input-output table it uses.
    pub(crate) structure: String,
    /// Economies of one block reach one another over land; empty where all trade goes by sea or air.
    pub(crate) land_block: String,
}

/// Names and groups of a sector.
#[derive(Debug, Clone)]
pub(crate) struct SectorRow {
    pub(crate) code: SectorCode,
    pub(crate) name: String,
    pub(crate) is_service: bool,
    /// Group used by coarser totals.
    pub(crate) group: String,
    /// Sector whose duty it pays where it has none of its own.
    pub(crate) duty_sector: String,
}

/// A government inside another economy of the world.
#[derive(Debug, Clone)]
pub(crate) struct AttachedName {
    pub(crate) name: String,
    /// Economy it is part of.
    pub(crate) host: String,
    /// Economy whose trade its shares are about.
    pub(crate) partner: String,
}

/// All facts, layered.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) base_year: i32,
    pub(crate) economies: Vec<EconomyRow>,
    pub(crate) currencies: Vec<Currency>,
    /// Code of the currency in which accounts are kept.
    pub(crate) reference_currency: String,
    pub(crate) sectors: Vec<SectorRow>,
    /// Subsector, its sector and its headings.
    pub(crate) subsectors: Vec<(SectorCode, SectorCode, String)>,
    pub(crate) assumptions: BTreeMap<String, String>,
    pub(crate) sources: BTreeMap<String, String>,
    pub(crate) macroeconomy: FactTable,
    pub(crate) output: FactTable,
    pub(crate) inputs: FactTable,
    pub(crate) final_demand: FactTable,
    pub(crate) trade: FactTable,
    pub(crate) trade_detail: FactTable,
    pub(crate) detail_duty_rate: FactTable,
    pub(crate) trade_totals: FactTable,
    pub(crate) duties: FactTable,
    pub(crate) distribution: FactTable,
    pub(crate) households: FactTable,
    pub(crate) baskets: FactTable,
    pub(crate) firms: FactTable,
    pub(crate) attached_imports: FactTable,
    pub(crate) attached_exports: FactTable,
    pub(crate) attached_names: BTreeMap<String, AttachedName>,
    weights: BTreeMap<(String, String), f64>,
}

impl Facts {
    /// Reads every table of every layer.
    pub(crate) fn read(sources: &Sources) -> Result<Self, WorldError> {
        let layers = &sources.layers;
        let long = |file, key, value| read_long(layers, &Shape { file, key, value });
        let economies = economies(layers)?;
        let mut facts = Self {
            base_year: base_year(layers)?,
            currencies: currency::facts(layers, &economies)?,
            reference_currency: reference_currency(layers)?,
            economies,
            sectors: sectors(layers)?,
            subsectors: subsectors(layers)?,
            assumptions: merged(layers, "assumptions.csv", "key", "value")?,
            sources: merged(layers, "sources.csv", "id", "text")?,
            macroeconomy: long("macro.csv", &["economy", "variable", "year"], "value")?,
            output: long("output.csv", &["economy", "sector", "variable"], "value")?,
            inputs: long(
                "input_output.csv",
                &["structure", "using_sector", "input_sector"],
                "share",
            )?,
            final_demand: long("final_demand.csv", &["economy", "user", "sector"], "share")?,
            trade: long(
                "trade.csv",
                &["importer", "exporter", "sector"],
                "fob_usd_bn",
            )?,
            trade_detail: long(
                "trade_detail.csv",
                &["importer", "exporter", "subsector"],
                "value_usd_bn",
            )?,
            detail_duty_rate: long(
                "trade_detail.csv",
                &["importer", "exporter", "subsector"],
                "duty_rate",
            )?,
            trade_totals: long(
                "trade_totals.csv",
                &["exporter", "importer", "sector"],
                "fob_usd_bn",
            )?,
            duties: long("duties.csv", &["importer", "exporter", "sector"], "rate")?,
            distribution: long(
                "distribution.csv",
                &["economy", "sector", "variable"],
                "value",
            )?,
            households: long("households.csv", &["economy", "group", "variable"], "value")?,
            baskets: long(
                "household_baskets.csv",
                &["economy", "decile", "sector"],
                "share_of_sector_spending",
            )?,
            firms: long("firms.csv", &["sector", "variable"], "value")?,
            attached_imports: long(
                "attached.csv",
                &["economy"],
                "share_of_partner_imports_from_host",
            )?,
            attached_exports: long(
                "attached.csv",
                &["economy"],
                "share_of_partner_exports_to_host",
            )?,
            attached_names: attached_names(layers)?,
            weights: weights(layers)?,
        };
        facts.check_sources()?;
        facts.demote_other_years();
        Ok(facts)
    }

    fn tables(&self) -> [&FactTable; 14] {
        [
            &self.macroeconomy,
            &self.output,
            &self.inputs,
            &self.final_demand,
            &self.trade,
            &self.trade_detail,
            &self.trade_totals,
            &self.duties,
            &self.distribution,
            &self.households,
            &self.baskets,
            &self.firms,
            &self.attached_imports,
            &self.attached_exports,
        ]
    }

    fn check_sources(&self) -> Result<(), WorldError> {
        for table in self.tables() {
            for fact in table.rows.values() {
                if !self.sources.contains_key(&fact.mark.source) {
                    return Err(WorldError::UnknownSource {
                        file: table.file.to_owned(),
                        id: fact.mark.source.clone(),
                    });
                }
            }
        }
        for currency in &self.currencies {
            if !self.sources.contains_key(&currency.mark.source) {
                return Err(WorldError::UnknownSource {
                    file: "currencies.csv".to_owned(),
                    id: currency.mark.source.clone(),
                });
            }
        }
        Ok(())
    }

    /// What was observed in another year is an estimate of this one.
    fn demote_other_years(&mut self) {
        let year = self.base_year;
        for table in [
            &mut self.output,
            &mut self.inputs,
            &mut self.final_demand,
            &mut self.trade,
            &mut self.trade_detail,
            &mut self.trade_totals,
            &mut self.duties,
            &mut self.distribution,
            &mut self.households,
            &mut self.attached_imports,
            &mut self.attached_exports,
        ] {
            for fact in table.rows.values_mut() {
                if fact.year != year && fact.mark.quality == Quality::Observed {
                    fact.mark.quality = Quality::Estimated;
                }
            }
        }
    }

    /// Relative standard deviation of a kind of cell at a confidence (`weights.csv`).
    pub(crate) fn relative_sd(
        &self,
        item: &str,
        confidence: Confidence,
    ) -> Result<f64, WorldError> {
        self.weights
            .get(&(item.to_owned(), confidence.as_str().to_owned()))
            .copied()
            .ok_or_else(|| WorldError::MissingFact {
                file: "weights.csv".to_owned(),
                key: format!("{item}, {}", confidence.as_str()),
            })
    }

    /// A number of `assumptions.csv`.
    pub(crate) fn assumption(&self, key: &str) -> Result<f64, WorldError> {
        self.assumptions
            .get(key)
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| WorldError::MissingFact {
                file: "assumptions.csv".to_owned(),
                key: key.to_owned(),
            })
    }

    /// Macroeconomic fact of the base year, or the latest one before or after it.
    pub(crate) fn macro_fact(&self, economy: &str, variable: &str) -> Result<&Fact, WorldError> {
        let year = self.base_year.to_string();
        if let Some(fact) = self.macroeconomy.get(&[economy, variable, &year]) {
            return Ok(fact);
        }
        self.macroeconomy
            .iter()
            .filter(|(key, _)| key[0] == economy && key[1] == variable)
            .map(|(_, fact)| fact)
            .last()
            .ok_or_else(|| WorldError::MissingFact {
                file: "macro.csv".to_owned(),
                key: format!("{economy}, {variable}"),
            })
    }

    /// GDP of the base year over GDP of another year.
    pub(crate) fn growth(&self, economy: &str, year: i32) -> Result<f64, WorldError> {
        if year == self.base_year {
            return Ok(1.0);
        }
        let base = self
            .macroeconomy
            .need(&[economy, "gdp", &self.base_year.to_string()])?;
        let then = self
            .macroeconomy
            .need(&[economy, "gdp", &year.to_string()])?;
        Ok(base.value / then.value)
    }

    /// GDP growth of all economies together.
    pub(crate) fn world_growth(&self, year: i32) -> Result<f64, WorldError> {
        if year == self.base_year {
            return Ok(1.0);
        }
        let (mut base, mut then) = (0.0, 0.0);
        for economy in &self.economies {
            let code = economy.code.as_str();
            base += self
                .macroeconomy
                .need(&[code, "gdp", &self.base_year.to_string()])?
                .value;
            then += self
                .macroeconomy
                .need(&[code, "gdp", &year.to_string()])?
                .value;
        }
        Ok(base / then)
    }
}
