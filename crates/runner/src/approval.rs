//! Voters, leaders and the rule of approval, from a world and parameters.
//!
//! A bloc is a lean in an income tenth, from the world's `voters.csv`, times a sector of
//! work by employment. Shares of firms are owned as capital income is earned.

use std::sync::Arc;

use tradewinds_engine::approval::{
    ApprovalRule, Bloc, Cabinet, Camp, ElectionRule, Electorate, IssueRule, Leader, Lean,
    PerceptionRule, PollRule, RallyRule, Vote, VoterRule,
};
use tradewinds_units::DAYS_PER_YEAR;
use tradewinds_world::{LeaderFacts, Lean as LeanFacts, Office, World};

use crate::parameters::{ParameterError, Parameters};

/// The rule of approval of a world under parameters.
pub(crate) fn rule(world: &World, parameters: &Parameters) -> Result<ApprovalRule, ParameterError> {
    let get = |name: &str| parameters.get(name);
    let attention = world.sectors.iter();
    let attention = attention.map(|s| parameters.for_sector("price_attention", s.as_str()));
    let is_on = get("approval")? >= 0.5;
    let electorates: Arc<[Electorate]> = match is_on {
        true => (0..world.economy_count())
            .map(|n| electorate(world, n))
            .collect(),
        false => Arc::new([]),
    };
    Ok(ApprovalRule {
        held: Arc::new([]),
        is_on,
        base_shift: get("approval_base_shift")?,
        honeymoon_scale: get("honeymoon_scale")?,
        honeymoon_time_scale: get("honeymoon_time_scale")?,
        fading: get("approval_fading")?,
        stocks: get("approval_stocks")?,
        prices: get("approval_prices")?,
        jobs: get("approval_jobs")?,
        news: get("approval_news")?,
        noise: get("approval_noise")?,
        slopes: [
            get("approval_slope_own")?,
            get("approval_slope_independent")?,
            get("approval_slope_opposed")?,
        ],
        opposed_floor: get("approval_floor_opposed")?,
        perception: PerceptionRule {
            expected_weight: get("inflation_expected_weight")?,
            per_tariff: get("inflation_per_tariff")?,
            attention: attention.collect::<Result<_, _>>()?,
            lag: get("price_news_lag")?,
        },
        rally: RallyRule {
            firm: get("rally_firm")?,
            soft: get("rally_soft")?,
            half_life: get("rally_half_life")?,
            scale: get("rally_scale")?,
            partisan_distance: get("rally_partisan_distance")?,
        },
        polls: PollRule {
            speed: get("poll_speed")?,
            pollster_error: get("pollster_error")?,
            sample: get("poll_sample")?,
        },
        issues: IssueRule {
            gaps: [
                get("issue_gap_trade")?,
                get("issue_gap_inflation")?,
                get("issue_gap_economy")?,
            ],
            mobility: get("issue_mobility")?,
        },
        elections: ElectionRule {
            slope: get("vote_slope")?,
            noise: get("vote_noise")?,
            protection: get("vote_protection")?,
            retaliation: get("vote_retaliation")?,
            compensation: get("vote_compensation")?,
            seat_swing: get("seat_swing")?,
            majority_hazard: get("cabinet_hazard_majority")?,
            minority_hazard: get("cabinet_hazard_minority")?,
            hazard_slope: get("cabinet_hazard_approval")?,
            lost_vote_hazard: get("cabinet_hazard_lost_vote")?,
            dissolution_hazard: get("cabinet_hazard_dissolution")?,
            notice: get("election_notice")?,
        },
        voters: VoterRule {
            noise: get("voter_noise")?,
            spread: get("voter_spread")?,
        },
        electorates,
    })
}

/// Voters and leaders of economy n; nobody where no leader is listed.
fn electorate(world: &World, n: usize) -> Electorate {
    let own = world.leaders.iter().filter(|leader| leader.economy == n);
    let leaders: Vec<Leader> = own.map(leader).collect();
    if leaders.is_empty() {
        return Electorate::default();
    }
    let markets = world.market(n, 0)..world.market(n + 1, 0);
    let employment = &world.employment[markets];
    let employed: f64 = employment.iter().sum();
    let owned: Vec<f64> = (1..=World::DECILES).map(|d| wealth(world, n, d)).collect();
    let mut blocs = Vec::new();
    for voters in world.voters.iter().filter(|voters| voters.economy == n) {
        for (sector, workers) in employment.iter().enumerate() {
            let share = voters.share * workers / employed;
            if share > 0.0 {
                blocs.push(Bloc {
                    lean: lean(voters.lean),
                    // Owner before worker; both buy the basket of their tenth.
                    user: 2 * (voters.decile - 1) + 1,
                    sector,
                    share,
                    wealth: owned[voters.decile - 1],
                });
            }
        }
    }
    let sum: f64 = blocs.iter().map(|bloc| bloc.share).sum();
    blocs.iter_mut().for_each(|bloc| bloc.share /= sum);
    Electorate { leaders, blocs }
}

/// Capital income a head of an income tenth against that of the economy.
fn wealth(world: &World, n: usize, decile: usize) -> f64 {
    let (mut people, mut income, mut all) = (0.0, 0.0, 0.0);
    for class in world.classes_of(n) {
        all += class.capital_income;
        if class.decile == decile {
            people += class.population_share;
            income += class.capital_income;
        }
    }
    income / all / people
}

fn lean(lean: LeanFacts) -> Lean {
    match lean {
        LeanFacts::First => Lean::With(Camp::First),
        LeanFacts::Independent => Lean::Independent,
        LeanFacts::Second => Lean::With(Camp::Second),
    }
}

fn leader(facts: &LeaderFacts) -> Leader {
    Leader {
        id: facts.id.clone(),
        since: facts.since,
        camp: if facts.is_first_camp {
            Camp::First
        } else {
            Camp::Second
        },
        base: facts.base,
        honeymoon: facts.honeymoon,
        honeymoon_time: facts.honeymoon_weeks * 7.0 / DAYS_PER_YEAR,
        start: facts.start,
        firmness: facts.firmness,
        cabinet: match facts.office {
            Office::Fixed => None,
            Office::Majority => Some(Cabinet::Majority),
            Office::Minority => Some(Cabinet::Minority),
        },
        caretaker: facts.caretaker,
        seats: facts.seats,
        vote: facts.vote.map(|vote| Vote {
            date: vote.date,
            term: vote.term,
            decides: vote.decides,
            base: vote.base,
            needed: vote.needed,
        }),
    }
}
