//! Approval of leaders: blocs of voters that answer what they pay, where they work,
//! what they own and what they hear.
//!
//! A bloc is a lean, a tenth of income and a sector of work. Shocks enter once and
//! fade ([`opinion`]); what a bloc sees is its own ([`perception`]); a bloc is one
//! voter or many ([`voters`]). Polls measure approval with error ([`polls`]), votes and
//! cabinets depend on it ([`elections`]). Nothing else in the model reads any of it, so
//! an economy is the same to the bit with and without.

mod elections;
mod electorate;
mod opinion;
mod perception;
mod polls;
mod rule;
mod voters;

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::draws::{Decision, Draws};
use tradewinds_kernel::phase::Phase;

use crate::Tick;
use crate::beliefs::Beliefs;
use crate::columns::{OnlyTable, raw};
use crate::currency::Currencies;
use crate::customs::RatesInForce;
use crate::equity::Equities;
use crate::firm::Rows;
use crate::government::Treasuries;
use crate::importer::StorePrices;
use crate::labour::{LabourRationing, Wages};
use crate::model::Model;
use crate::regimes::Regimes;
use crate::sourcing::MarketPrices;
use crate::stress::Uncertainty;

pub use self::elections::{ElectionEvent, Elections, EventKind, LocalExposure};
pub use self::electorate::{Bloc, Cabinet, Camp, Electorate, Leader, Lean, Side, Vote};
pub use self::opinion::{Common, Mandate, Opinion, Parts, Seen};
pub use self::perception::Perceptions;
pub use self::rule::{
    ApprovalRule, ElectionRule, HeldVote, IssueRule, PerceptionRule, PollRule, RallyRule,
    SUCCESSOR, VoterRule,
};
pub use self::voters::{Mood, Sensitivity, Voter};

const DISTURBANCE: Decision = Decision::named("approval_disturbance");

/// What the own government's policy did to the shares of each economy; zero where shares
/// are not priced.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct MarketReturns {
    /// Change of the value of listed firms over the tick by the news that the own
    /// government made, per cent, `[n]`.
    pub week: Vec<f64>,
}

/// Follows approval. Add after households, labour and beliefs.
pub struct ApprovalPlugin;

/// Systems that form and measure approval, in [`Phase::ClosePeriod`].
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ApprovalSystems;

impl Plugin for ApprovalPlugin {
    fn build(&self, app: &mut App) {
        let model = app.world().resource::<Model>().clone();
        let draws = *app.world().resource::<Draws>();
        let rule = &model.frictions.approval;
        let opinion = Opinion::new(rule, model.start);
        if rule.is_on {
            let count = (opinion.bloc_count(), model.population.voters_per_bloc);
            let voters = voters::spawn(&draws, &rule.voters, count);
            app.world_mut().spawn_batch(voters);
        }
        let economies = model.economy.economies;
        app.insert_resource(Perceptions::new(&model))
            .insert_resource(Elections::new(economies))
            .insert_resource(opinion)
            .insert_resource(MarketReturns {
                week: vec![0.0; economies],
            })
            .add_systems(
                Tick,
                (read_returns, look_around, form_opinions, ask_and_vote)
                    .chain()
                    .in_set(Phase::ClosePeriod)
                    .in_set(ApprovalSystems),
            );
    }
}

/// The economy as voters see it.
#[derive(SystemParam)]
struct Economy<'w> {
    rates: Res<'w, RatesInForce>,
    beliefs: Res<'w, Beliefs>,
    prices: Res<'w, MarketPrices>,
    stores: Res<'w, StorePrices>,
    currencies: Res<'w, Currencies>,
    labour: Res<'w, LabourRationing>,
}

fn is_followed(model: &Model, opinion: &Opinion) -> bool {
    model.frictions.approval.is_on && opinion.bloc_count() > 0
}

/// News counts as the government's by its part in the change of duties expected.
fn read_returns(
    (regimes, equities, uncertainty): (Res<Regimes>, Res<Equities>, Res<Uncertainty>),
    mut returns: ResMut<MarketReturns>,
) {
    let returns = &mut returns.week;
    returns.fill(0.0);
    let news = regimes.days.iter().zip(&uncertainty.news_at_home);
    let open = news.filter(|(day, _)| day.is_open);
    for ((_, at_home), market) in open.zip(&equities.days) {
        for ((sum, change), share) in returns.iter_mut().zip(&market.policy_change).zip(at_home) {
            *sum += 100.0 * share * change;
        }
    }
}

fn look_around(
    model: Res<Model>,
    economy: Economy,
    opinion: Res<Opinion>,
    mut perceptions: ResMut<Perceptions>,
) {
    if !is_followed(&model, &opinion) {
        return;
    }
    perceptions.look(&perception::Sources {
        model: &model,
        rates: &economy.rates,
        beliefs: &economy.beliefs,
        prices: &economy.prices,
        stores: &economy.stores,
        currencies: &economy.currencies,
        labour: &economy.labour,
    });
}

fn form_opinions(
    model: Res<Model>,
    (clock, draws): (Res<Clock>, Res<Draws>),
    perceptions: Res<Perceptions>,
    returns: Res<MarketReturns>,
    (mut opinion, mut elections): (ResMut<Opinion>, ResMut<Elections>),
    mut voters: Query<(&mut Mood, &Sensitivity), With<Voter>>,
) {
    if !is_followed(&model, &opinion) {
        return;
    }
    let rule = &model.frictions.approval;
    let (opinion, economy) = (&mut *opinion, &model.economy);
    let per_bloc = model.population.voters_per_bloc;
    let (mut moods, sensitivities) = voters.table_mut();
    let moods = raw(&mut moods);
    elections.events.clear();
    elections.held_votes(rule, &clock, opinion);
    for n in elections.listed_changes(rule, &clock, opinion) {
        let blocs = opinion.blocs_of(n);
        voters::forget(moods, &mut opinion.mood, per_bloc, blocs);
    }
    let users = economy.users.len();
    for n in 0..economy.economies {
        let common = Common {
            market: returns.week[n],
            tariff: perceptions.tariff_change[n],
            threat: perceptions.threat_rise[n],
            disturbance: draws.normal(DISTURBANCE, n as u32, clock.index()),
        };
        let seen = Seen {
            inflation: &perceptions.inflation_change[n * users..(n + 1) * users],
            unemployment: &perceptions.unemployment_change
                [economy.market(n, 0)..economy.market(n + 1, 0)],
        };
        opinion.feel(rule, n, (common, seen, clock.dt()));
    }
    let step = voters::Step {
        draws: &draws,
        tick: clock.index(),
        kept: 1.0 - clock.closing_share(rule.fading),
        noise: rule.voters.noise,
        per_bloc,
    };
    step.run(&opinion.shock, (moods, sensitivities), &mut opinion.mood);
    for n in 0..economy.economies {
        opinion.add_up(rule, n, clock.end());
    }
}

fn ask_and_vote(
    model: Res<Model>,
    (clock, draws): (Res<Clock>, Res<Draws>),
    perceptions: Res<Perceptions>,
    (treasuries, wages): (Res<Treasuries>, Res<Wages>),
    (rows, labour): (Res<Rows>, Res<LabourRationing>),
    (mut opinion, mut elections): (ResMut<Opinion>, ResMut<Elections>),
    mut voters: Query<&mut Mood, With<Voter>>,
) {
    if !is_followed(&model, &opinion) {
        return;
    }
    let rule = &model.frictions.approval;
    let economy = &model.economy;
    let per_bloc = model.population.voters_per_bloc;
    let opinion = &mut *opinion;
    for n in 0..economy.economies {
        let Some(mandate) = &mut opinion.mandates[n] else {
            continue;
        };
        polls::publish(&rule.polls, (&clock, &draws), n, mandate);
        let share = opinion.share_by_sector(n, economy.sectors);
        let compensation: Vec<f64> = (0..economy.sectors)
            .map(|s| {
                let cell = economy.market(n, s);
                let firms = rows.firms[cell]..rows.firms[cell + 1];
                let paid: f64 = treasuries
                    .to_firms
                    .get(firms)
                    .map_or(0.0, |paid| paid.iter().sum());
                let pay = tradewinds_kernel::maths::exp(wages.log_wage[cell])
                    * labour.employed[cell]
                    * clock.dt();
                if pay > 0.0 { 100.0 * paid / pay } else { 0.0 }
            })
            .collect();
        let local = elections::Local {
            perceptions: &perceptions,
            share: &share,
            compensation: &compensation,
        };
        let exposure = local.exposure(&rule.elections, n);
        let has_new = elections.hold(rule, (&clock, &draws), n, (&mut *opinion, exposure));
        if has_new {
            let mut moods = voters.table_mut();
            let blocs = opinion.blocs_of(n);
            voters::forget(raw(&mut moods), &mut opinion.mood, per_bloc, blocs);
            opinion.add_up(rule, n, clock.end());
        }
    }
}

#[cfg(test)]
mod tests;
