//! The plan of an ensemble: everything fixed before anything runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;
use tradewinds_config::Diagnostics;
use tradewinds_engine::approval::HeldVote;
use tradewinds_engine::beliefs::Outlook;
use tradewinds_engine::customs::RateCalendar;
use tradewinds_engine::government::FiscalPlan;
use tradewinds_engine::model::{Frictions, Model};
use tradewinds_engine::observe::{Labels, Watch};
use tradewinds_engine::talks::{Campaign, PartnerStatutes};
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::clock::TickLength;
use tradewinds_kernel::draws::Draws;
use tradewinds_kernel::record::TableSpec;
use tradewinds_policy::{Practice, TariffSchedule};
use tradewinds_units::{DAYS_PER_YEAR, Date, days_between};
use tradewinds_world::World;

use crate::calibrate;
use crate::closure::Closure;
use crate::ensemble::EnsembleError;
use crate::experiment::{Experiment, Level, Watched};
use crate::flow_law::StandingLaw;
use crate::outlook::outlook;
use crate::parameters::Parameters;
use crate::quotas::{self, FollowedQuota};
use crate::rates::{FlowMix, Names, SectorRates, Span};
use crate::series::Series;
use crate::talks::levers::LeverLaw;
use crate::talks::{Conducting, Talks, campaign, statutes};
use crate::transit::days_at_sea;

/// One scenario with its law.
#[derive(Debug, Clone)]
pub struct PlannedScenario {
    /// Name in files.
    pub name: String,
    /// Title in words.
    pub title: String,
    /// The law after its reform.
    pub schedule: TariffSchedule,
    /// What that law and the books say of every flow, before practice.
    pub standing: Arc<StandingLaw>,
    /// What is announced before it holds.
    pub outlook: Outlook,
    /// The same of rates once goods afloat have arrived.
    pub lasting_outlook: Outlook,
    /// What governments decide beside the law; nothing where there is no friction.
    pub fiscal: FiscalPlan,
    /// Quotas of its law whose quantities are followed.
    pub quotas: Vec<FollowedQuota>,
    /// Governments that bargain; none where the law is given.
    pub talks: Option<Arc<Campaign>>,
    /// What the campaign of each draw of the parameters is made of.
    pub talks_of_draws: Option<CampaignSource>,
}

/// Everything an ensemble needs, fixed before anything runs.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The world of the base year.
    pub world: Arc<World>,
    /// National votes that were held.
    pub held: Arc<[HeldVote]>,
    /// Scenarios; the one at `baseline` is compared with.
    pub scenarios: Vec<PlannedScenario>,
    /// The law on the books before any reform, which the base year holds.
    pub books: TariffSchedule,
    /// Index of the baseline.
    pub baseline: usize,
    /// Parameters of each replication; its length is the number of replications.
    pub draws: Vec<Parameters>,
    /// Consecutive replications that share a draw of parameters.
    pub repeats: usize,
    /// Seed of all noise.
    pub seed: u64,
    /// Days of the simulation and of the base year's law.
    pub span: Span,
    /// What is fixed and what adjusts.
    pub closure: Closure,
    /// Subsectors of every flow.
    pub mix: FlowMix,
    /// Measures and quotas over all scenarios, for records.
    pub names: Names,
    /// Length of a tick.
    pub tick: TickLength,
    /// Number of ticks.
    pub ticks: u32,
    /// Ticks per record.
    pub period: u32,
    /// Firms per economy and sector.
    pub firms_per_cell: usize,
    /// Shares of the importer-retailers of a market.
    pub importer_shares: Vec<f64>,
    /// Agents that stand for a bloc of voters.
    pub voters_per_bloc: usize,
    /// How much is written.
    pub level: Level,
    /// Economies whose flows, markets and households are recorded.
    pub watched: Vec<usize>,
    /// The importer that summaries are about.
    pub focus: usize,
    /// First and last day of the window that summaries average.
    pub window: (Date, Date),
    /// What determines the content of the dataset.
    pub provenance: BTreeMap<String, String>,
}

/// What campaigns of the draws of a scenario are made of.
#[derive(Debug, Clone)]
pub struct CampaignSource {
    facts: Arc<Talks>,
    conducting: Conducting,
    statutes: Vec<Option<PartnerStatutes>>,
    from: Date,
    world: Arc<World>,
}

impl CampaignSource {
    /// The campaign under the values of a draw, or under those of the files.
    fn campaign(&self, draws: Option<&Draws>) -> Arc<Campaign> {
        let conducting = match draws {
            Some(draws) => self.conducting.of_draw(&self.facts, draws),
            None => self.conducting.clone(),
        };
        let of = (&*self.facts, &conducting);
        match campaign(of, &self.world, self.statutes.clone(), self.from) {
            Ok(found) => Arc::new(found),
            Err(error) => panic!("a checked experiment has no campaign: {error}"),
        }
    }
}

/// Campaigns of the scenarios in which governments talk, by name of the scenario; their
/// exposures are those of the central parameters.
fn campaigns(
    experiment: &Experiment,
    (mix, names): (&FlowMix, &Names),
    schedules: &[TariffSchedule],
    collection_gap: f64,
) -> BTreeMap<String, CampaignSource> {
    let Some(talks) = &experiment.talks else {
        return BTreeMap::new();
    };
    let of_scenario = |at: &usize| {
        let law = LeverLaw {
            world: &experiment.world,
            mix,
            schedule: &schedules[*at],
            measures: &names.measures,
            span: experiment.span(),
            from: talks.from,
            collection_gap,
        };
        let source = CampaignSource {
            facts: talks.facts.clone(),
            conducting: talks.conducting.clone(),
            statutes: statutes(&talks.facts, &law),
            from: talks.from,
            world: experiment.world.clone(),
        };
        (experiment.scenarios[*at].name.clone(), source)
    };
    talks.scenarios.iter().map(of_scenario).collect()
}

impl Plan {
    /// Everything an ensemble of this experiment needs.
    ///
    /// # Errors
    /// As [`Experiment::schedules`].
    pub fn of(experiment: &Experiment) -> Result<Self, Diagnostics> {
        let schedules = experiment.schedules()?;
        let books = experiment.books()?;
        let span = experiment.span();
        let base_year = experiment.world.base_year;
        let followed: Vec<Vec<FollowedQuota>> = schedules
            .iter()
            .map(|schedule| FollowedQuota::all((&books, schedule), span.base, base_year))
            .collect();
        let names = Names::of(schedules.iter().chain([&books]))
            .following(followed.iter().flatten().map(|quota| quota.id.clone()));
        let names = match experiment.talks {
            Some(_) => names.of_talks(),
            None => names,
        };
        let mix = match experiment.opens_links() {
            true => FlowMix::with_new_origins(&experiment.world),
            false => FlowMix::of(&experiment.world),
        };
        // Announcements are read at the central collection gap.
        let gap = experiment.parameters.get("collection_gap").unwrap_or(0.0);
        let watched = watched(experiment, (&books, &schedules));
        // A calibration that fails is told when models are made.
        let under_way = calibrate::frictions(&experiment.world, &experiment.parameters)
            .map(|frictions| experiment.closure.applied(frictions))
            .map(|frictions| days_at_sea(&experiment.world, &frictions.stocks))
            .unwrap_or_default();
        let talks = campaigns(experiment, (&mix, &names), &schedules, gap);
        let scenarios = experiment
            .scenarios
            .iter()
            .zip(schedules.into_iter().zip(followed))
            .zip(&experiment.fiscal)
            .collect::<Vec<_>>()
            .into_par_iter()
            .map(|((scenario, (schedule, quotas)), fiscal)| {
                let afloat = Practice {
                    transit_by_pair: under_way.clone(),
                    ..quotas::practice(schedule.practice(), &quotas)
                };
                let lasting = schedule.with_practice(Practice {
                    transit_days: None,
                    transit_by_pair: BTreeMap::new(),
                    ..afloat.clone()
                });
                let schedule = schedule.with_practice(afloat);
                let standing = StandingLaw::of(&experiment.world, &mix, (&books, &schedule), span);
                PlannedScenario {
                    standing: Arc::new(standing),
                    name: scenario.name.clone(),
                    title: scenario.title.clone(),
                    outlook: outlook(&experiment.world, &mix, &schedule, span, gap),
                    lasting_outlook: outlook(&experiment.world, &mix, &lasting, span, gap),
                    talks: talks
                        .get(&scenario.name)
                        .map(|source| source.campaign(None)),
                    talks_of_draws: talks.get(&scenario.name).cloned(),
                    fiscal: fiscal.clone(),
                    schedule,
                    quotas,
                }
            })
            .collect();
        Ok(Self {
            closure: experiment.closure,
            mix,
            world: experiment.world.clone(),
            held: experiment.held.clone(),
            scenarios,
            books,
            repeats: experiment.design.repeats.max(1) as usize,
            baseline: experiment.baseline,
            draws: experiment.draws(),
            seed: experiment.seed(),
            span,
            names,
            tick: experiment.tick,
            ticks: experiment.ticks(),
            period: experiment.collect.period,
            firms_per_cell: experiment.firms_per_cell,
            importer_shares: experiment.importer_shares.clone(),
            voters_per_bloc: experiment.voters_per_bloc,
            level: experiment.collect.level,
            watched,
            focus: experiment.outcomes.economy,
            window: (experiment.outcomes.from, experiment.outcomes.to),
            provenance: experiment.provenance(),
        })
    }

    /// The models of the scenarios of the cache in a replication: one calibration, the
    /// same noise.
    pub(crate) fn models(
        &self,
        replication: u32,
        rates: &mut RatesCache,
    ) -> Result<Vec<Model>, EnsembleError> {
        let parameters = &self.draws[replication as usize];
        if rates.parameters.as_ref() != Some(parameters) {
            rates.models = self.calibrated(replication, rates)?;
            rates.parameters = Some(parameters.clone());
        }
        let models = rates.models.iter().map(|model| Model {
            replication,
            ..model.clone()
        });
        Ok(models.collect())
    }

    fn calibrated(
        &self,
        replication: u32,
        rates: &mut RatesCache,
    ) -> Result<Vec<Model>, EnsembleError> {
        let parameters = &self.draws[replication as usize];
        let failed = |source| EnsembleError::Calibration {
            replication,
            source,
        };
        let value = |name: &str| parameters.get(name).map_err(|error| failed(error.into()));
        let gap = value("collection_gap")?;
        let practice = Practice {
            preference_uptake: value("preference_uptake")?,
            claim_scale: value("claim_scale")?,
            ..self.books.practice().clone()
        };
        let (economy, frictions) = self.structure(replication)?;
        let importers = self.importer_shares.clone();
        let mut population =
            calibrate::population(&self.world, parameters, self.firms_per_cell, importers)
                .map_err(|error| failed(error.into()))?;
        population.voters_per_bloc = self.voters_per_bloc;
        let practice = Practice {
            transit_by_pair: days_at_sea(&self.world, &frictions.stocks),
            ..practice
        };
        let calendar = |rates: &SectorRates, scenario: &PlannedScenario| -> RateCalendar {
            let calendar = (rates.calendar(&self.world, gap))
                .with_outlook(scenario.outlook.clone())
                .with_lasting_outlook(scenario.lasting_outlook.clone());
            let quotas = &scenario.quotas;
            quotas::with_quotas(calendar, &self.names.quotas, quotas, &economy)
        };
        let scenarios = rates.scenarios.clone();
        let draws = Draws::new(self.seed, replication / self.repeats as u32);
        let under = (scenarios.iter().map(|at| &self.scenarios[*at]))
            .zip(rates.under(self, &practice))
            .map(|(scenario, rates)| Model {
                economy: economy.clone(),
                frictions: self.closure.with_plan(frictions.clone(), &scenario.fiscal),
                population: population.clone(),
                law: Arc::new(calendar(rates, scenario)),
                talks: (scenario.talks_of_draws.as_ref())
                    .map(|source| source.campaign(Some(&draws))),
                start: self.span.start,
                tick: self.tick,
                seed: self.seed,
                replication,
            });
        Ok(under.collect())
    }

    /// The economy and its frictions under the parameters of a replication.
    pub(crate) fn structure(
        &self,
        replication: u32,
    ) -> Result<(Arc<Economy>, Frictions), EnsembleError> {
        let parameters = &self.draws[replication as usize];
        let failed = |source| EnsembleError::Calibration {
            replication,
            source,
        };
        let economy = calibrate::economy(&self.world, parameters).map_err(failed)?;
        let mut frictions =
            calibrate::frictions(&self.world, parameters).map_err(|error| failed(error.into()))?;
        if frictions.approval.is_on {
            frictions.approval.held = self.held.clone();
        }
        Ok((Arc::new(economy), self.closure.applied(frictions)))
    }

    /// The model of one run.
    ///
    /// # Errors
    /// [`EnsembleError::Calibration`].
    pub fn model(&self, replication: u32, scenario: usize) -> Result<Model, EnsembleError> {
        let mut models = self.models(replication, &mut RatesCache::of(vec![scenario]))?;
        Ok(models.swap_remove(0))
    }

    /// Whether a table of the engine is written, run by run: flows, markets and
    /// households from the level `aggregate` on, firms at the level `panel`;
    /// macro figures, accounts and duties always.
    pub(crate) fn writes(&self, table: &TableSpec) -> bool {
        match table.name {
            "trade" | "markets" | "price_parts" | "households" => self.level >= Level::Aggregate,
            "firms" => self.level >= Level::Panel,
            _ => true,
        }
    }

    /// What a run of a scenario records.
    pub fn watch(&self, scenario: usize) -> Watch {
        Watch {
            economies: self.watched.clone(),
            period: self.period,
            firms: self.level >= Level::Panel,
            labels: self.labels(scenario),
        }
    }

    /// All scenarios, by index.
    pub(crate) fn every_scenario(&self) -> Vec<usize> {
        (0..self.scenarios.len()).collect()
    }

    /// Runs in all.
    pub fn runs(&self) -> usize {
        self.draws.len() * self.scenarios.len()
    }

    pub(crate) fn scenario_names(&self) -> Arc<[String]> {
        self.scenarios
            .iter()
            .map(|scenario| scenario.name.clone())
            .collect()
    }

    /// Names behind the indices of records, for one scenario.
    pub fn labels(&self, scenario: usize) -> Labels {
        let names = |codes: &mut dyn Iterator<Item = String>| codes.collect::<Arc<[String]>>();
        Labels {
            scenarios: self.scenario_names(),
            scenario,
            economies: names(&mut self.world.economies.iter().map(ToString::to_string)),
            sectors: names(&mut self.world.sectors.iter().map(ToString::to_string)),
            users: calibrate::user_names().into(),
            measures: self.names.measures.clone(),
            quotas: self.names.quotas.clone(),
        }
    }

    /// Periods whose middle lies in the window of the summary; the last one
    /// when none does.
    pub(crate) fn window_periods(&self, series: &Series) -> std::ops::Range<usize> {
        let dates = series.macroeconomy.dates();
        let day = |date: Date| days_between(Date::constant(1970, 1, 1), date) as i32;
        let (from, to) = (day(self.window.0), day(self.window.1));
        // A period belongs to the window that holds its middle.
        let half = (self.tick.years() * f64::from(self.period) * DAYS_PER_YEAR / 2.0) as i32;
        let inside: Vec<usize> = (0..dates.len())
            .filter(|at| (from..=to).contains(&(dates[*at] + half)))
            .collect();
        match inside.as_slice() {
            [first, .., last] => *first..*last + 1,
            [only] => *only..*only + 1,
            [] => dates.len().saturating_sub(1)..dates.len(),
        }
    }
}

/// Economies recorded one by one; that of the outcomes always is.
pub(crate) fn watched(
    experiment: &Experiment,
    (books, schedules): (&TariffSchedule, &[TariffSchedule]),
) -> Vec<usize> {
    let with_outcomes = |mut watched: Vec<usize>| {
        if !watched.contains(&experiment.outcomes.economy) {
            watched.push(experiment.outcomes.economy);
            watched.sort_unstable();
        }
        watched
    };
    if let Watched::These(economies) = &experiment.collect.economies {
        return with_outcomes(economies.clone());
    }
    let (codes, span) = (&experiment.world.economies, experiment.span());
    let changes = |n: &usize| {
        schedules.iter().any(|schedule| {
            let dates = schedule.changes(Some(codes[*n]), span.base, span.end);
            dates.iter().any(|date| *date > span.base)
                || books.changes(Some(codes[*n]), Date::MIN, span.base)
                    != schedule.changes(Some(codes[*n]), Date::MIN, span.base)
        })
    };
    with_outcomes((0..codes.len()).filter(changes).collect())
}

/// Models of the last replication, which those of one sample share but for their
/// noise, and rates of the scenarios that are run under its practice.
pub(crate) struct RatesCache {
    /// Scenarios that are run, by index, in the order of models and rates.
    pub(crate) scenarios: Vec<usize>,
    parameters: Option<Parameters>,
    models: Vec<Model>,
    practice: Option<Practice>,
    rates: Vec<SectorRates>,
}

impl RatesCache {
    /// An empty one for these scenarios.
    pub(crate) fn of(scenarios: Vec<usize>) -> Self {
        Self {
            scenarios,
            parameters: None,
            models: Vec::new(),
            practice: None,
            rates: Vec::new(),
        }
    }

    fn under(&mut self, plan: &Plan, practice: &Practice) -> &[SectorRates] {
        if self.practice.as_ref() != Some(practice) {
            let rates = |scenario: &PlannedScenario| {
                let within = quotas::practice(practice, &scenario.quotas);
                let schedule = scenario.schedule.with_practice(within);
                let books = plan.books.with_practice(practice.clone());
                SectorRates::under(
                    &scenario.standing,
                    &plan.world,
                    &plan.mix,
                    (&books, &schedule),
                    plan.span,
                    &plan.names,
                )
            };
            let scenarios = self.scenarios.iter().map(|at| &plan.scenarios[*at]);
            self.rates = scenarios.map(rates).collect();
            self.practice = Some(practice.clone());
        }
        &self.rates
    }
}
