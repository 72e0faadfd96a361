//! Trade talks: one large importer and many partners, each a government that acts.
//!
//! The principal sets country rates and talks to each partner alone. Every week its
//! negotiators hold as many rounds as they can ([`week`]) with who may meet and sign
//! ([`home`]); files close with a hazard that hangs on the surplus of the best text
//! ([`prospects`]) at the state of the economy ([`payoff`]), and a signed text ([`deal`])
//! becomes law ([`law`]) after a lag. In between markets can make the principal
//! pause ([`pause`]), letters go to whom it has no time for ([`deadline`]), partners answer
//! duties ([`answers`]), and allies choose between pressure together and signing alone
//! ([`allies`]). What governments write is
//! dated law: customs, importers, prices, shares and voters see it like any other.
//!
//! Decision rules are those of `tradewinds_policy::talks`; how a government conducts itself
//! is a [`Strategy`].

mod allies;
mod answers;
mod campaign;
mod deadline;
mod deal;
mod desk;
mod file;
mod home;
mod law;
pub mod levers;
mod log;
mod pause;
pub mod payoff;
mod prospects;
mod state;
mod strategy;
pub mod tables;
mod week;

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::draws::Draws;
use tradewinds_kernel::phase::Phase;
use tradewinds_policy::talks::capacity::rounds_needed;
use tradewinds_policy::talks::choice::chosen;
use tradewinds_units::{Date, days_after, days_between};

pub use self::campaign::{
    AlliesRule, AttritionRule, Campaign, Effect, Offer, Party, PrincipalKinds, TalksRule,
    number_in_draws,
};
use self::desk::{Desk, similarities};
pub use self::file::{AnswerStyle, Deal, File, Seat, Status};
use self::law::LawWriter;
pub use self::law::{Levers, PartnerStatutes};
pub use self::log::{
    Act, ActRow, AnswerRow, CoalitionRow, DealRow, OfferRow, Outcome, RoundRow, StateRow, TalksLog,
};
use self::payoff::{Response, Snapshot};
pub use self::state::TalksState;
use self::state::{NEEDED, STYLE, TYPE};
pub use self::strategy::{
    GreedyFirstMover, NeverYields, STRATEGIES, Strategy, StrategyChoice, Structural, TitForTat,
    View, strategy,
};
use self::week::{Mood, Week};
use crate::Tick;
use crate::approval::Opinion;
use crate::customs::{LawSystems, RatesInForce};
use crate::equity::Equities;
use crate::model::Model;
use crate::sourcing::MarketPrices;
use crate::stress::Stress;
use crate::trade::Orders;

/// Years ahead at which payoffs take elasticities.
const AHEAD: f64 = 1.0;
/// Weeks for which the response of gate prices is kept.
const KEPT: u32 = 52;

/// Lets governments talk. Add after customs, stress and approval.
pub struct TalksPlugin;

/// The system in which governments act.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TalksSystems;

/// The response of gate prices, and the week it was made for.
#[derive(Resource, Debug, Default)]
struct KeptResponse(Option<(u32, Response)>);

impl Plugin for TalksPlugin {
    fn build(&self, app: &mut App) {
        let model = app.world().resource::<Model>().clone();
        app.init_resource::<TalksLog>()
            .init_resource::<KeptResponse>();
        let Some(campaign) = &model.talks else {
            return;
        };
        let draws = *app.world().resource::<Draws>();
        let of = (campaign.parties.as_slice(), campaign.rest);
        let levers = Levers::new(&model.law, &campaign.statutes, of);
        let exposure = levers.exposure(&model.economy);
        let alike = similarities(&model.economy, campaign.principal);
        let state = TalksState::of(campaign, &model.economy, (exposure, alike));
        for (at, party) in campaign.parties.iter().enumerate() {
            let seat = Seat(at as u32);
            let file = File::open(campaign, (at, party), &levers, &draws);
            app.world_mut().spawn((seat, file));
        }
        app.insert_resource(state)
            .insert_resource(levers)
            .add_systems(
                Tick,
                talk.in_set(Phase::EnactPolicy)
                    .in_set(TalksSystems)
                    .in_set(LawSystems),
            );
    }
}

impl File {
    /// The file of a party on the first day.
    fn open(
        campaign: &Campaign,
        (at, party): (usize, &Party),
        levers: &Levers,
        draws: &Draws,
    ) -> Self {
        let rule = &campaign.rule;
        let agent = party.id;
        let rate = levers.rate_on(at, party.economy, campaign.from);
        let due = match campaign.deadline {
            Some(deadline) => levers.rate_on(at, party.economy, deadline),
            None => rate,
        };
        let kind = chosen(&party.types, draws.uniform(TYPE, agent, 0)).unwrap_or(0);
        let style = chosen(&party.answers, draws.uniform(STYLE, agent, 0)).unwrap_or(3);
        let answer = match party.is_attached {
            true => 0.0,
            false => levers.answer_on(party.economy, campaign.from),
        };
        let needed = rounds_needed(
            party.offers.len() as f64,
            rule.rounds_per_issue,
            draws.uniform(NEEDED, agent, 0),
        );
        Self {
            status: match party.is_absent {
                true => Status::Absent,
                false => Status::Open,
            },
            rate,
            charged: rate,
            due: due.max(rate),
            kind,
            style: AnswerStyle::ALL[style],
            rounds: party.rounds_held,
            needed: needed.max(party.rounds_held + 1),
            last_round: None,
            aspiration: None,
            conceded: rule.paths[kind].offer(0, None),
            granted: 0.0,
            has_sectors: false,
            has_letter: false,
            in_effect: vec![0.0; party.offers.len()],
            deal: None,
            answer,
            matched: if rate > 0.0 {
                (answer / rate).min(1.0)
            } else {
                0.0
            },
            answered_rate: rate,
            coordinates: false,
            was_pressed: false,
            trust: rule.allies.trust,
            alignment: party.rival_share,
            first_round: None,
        }
    }
}

/// What governments read of the economy.
type Economy<'w> = (
    Res<'w, Clock>,
    Res<'w, Draws>,
    Res<'w, MarketPrices>,
    Res<'w, Orders>,
    Res<'w, RatesInForce>,
);

fn talk(
    (clock, draws, prices, orders, rates): Economy<'_>,
    (stress, equities, opinion): (Res<Stress>, Res<Equities>, Option<Res<Opinion>>),
    mut model: ResMut<Model>,
    mut files: Query<(&Seat, &mut File)>,
    (mut state, mut levers, mut log, mut kept): (
        ResMut<TalksState>,
        ResMut<Levers>,
        ResMut<TalksLog>,
        ResMut<KeptResponse>,
    ),
) {
    log.clear();
    let Some(campaign) = model.talks.clone() else {
        return;
    };
    let today = clock.date();
    if today < campaign.from {
        return;
    }
    let points = opinion.and_then(|opinion| approval(&opinion, campaign.principal));
    let lost = state.approval_lost(today, points);
    let moods = moods(&campaign, (&stress, &equities), lost);
    let is_week = today >= state.next;
    if !is_week && moods.is_empty() {
        return;
    }
    let importer = (campaign.principal, AHEAD);
    let snapshot = Snapshot::of((&model, &clock), (&prices, &orders), &rates, importer);
    let is_old = (kept.0.as_ref()).is_none_or(|(week, _)| state.week >= week + KEPT);
    if is_old {
        kept.0 = Some((state.week, Response::at(&snapshot.state())));
    }
    let Some((_, response)) = &kept.0 else {
        return;
    };
    let (exposure, sector_rates) = (state.exposure.clone(), levers.sector_rates(today));
    let economy = model.economy.clone();
    let mut law = LawWriter::new(
        (&mut levers, &mut model.law),
        &economy,
        &campaign.parties,
        (today, campaign.principal),
    );
    let mut seated: Vec<(Seat, Mut<File>)> =
        files.iter_mut().map(|(seat, file)| (*seat, file)).collect();
    seated.sort_by_key(|(seat, _)| *seat);
    let mut week = Week {
        campaign: &campaign,
        draws: &draws,
        today,
        mood: moods.last().map_or_else(Mood::default, |(_, mood)| *mood),
        desk: Desk::new(
            (&campaign, &economy),
            (&snapshot, response),
            (&exposure, &sector_rates),
        ),
        state: &mut state,
        files: seated.iter_mut().map(|(_, file)| &mut **file).collect(),
        law: &mut law,
        log: &mut log,
    };
    week.read_law(days_between(today, clock.end()).max(1));
    if week.state.week == 0 {
        week.law.owe_mean_rates();
        week.preset();
    }
    for (day, mood) in moods {
        if week.watch_markets(day, mood) {
            break;
        }
    }
    if is_week {
        if let Err(error) = week.run() {
            panic!("talks at a table that is not theirs: {error}");
        }
        state.next = days_after(today, 7);
    } else {
        week.answer_duties();
        week.notice();
    }
    state.remember(today, points);
    law.finish();
}

fn approval(opinion: &Opinion, principal: usize) -> Option<f64> {
    let mandate = opinion.mandates.get(principal)?.as_ref()?;
    mandate.published.is_finite().then_some(mandate.published)
}

/// What the principal's markets and voters showed on the days of the last tick.
fn moods(
    campaign: &Campaign,
    (stress, equities): (&Stress, &Equities),
    lost: f64,
) -> Vec<(Date, Mood)> {
    let principal = campaign.principal;
    let days = stress.days.iter().zip(&equities.days);
    days.filter(|(_, market)| market.date >= campaign.from)
        .map(|(day, market)| {
            let mood = Mood {
                stress: day.stress[principal],
                is_joint: day.is_joint[principal],
                approval_lost: lost,
            };
            (market.date, mood)
        })
        .collect()
}
