use std::sync::Arc;

use tradewinds_kernel::clock::{Clock, TickLength, closing_share};
use tradewinds_kernel::maths::{exp, ln, sincos_2pi};
use tradewinds_units::{Date, days_after};

use super::elections::{Local, cabinet_hazard, seats, vote_share};
use super::rule::WEEK;
use super::*;

const TERM_START: Date = Date::constant(2001, 1, 20);
const SHARES: [f64; 3] = [0.30, 0.42, 0.28];
const LEANS: [Lean; 3] = [
    Lean::With(Camp::First),
    Lean::Independent,
    Lean::With(Camp::Second),
];
const USERS: usize = 10;
const SECTORS: usize = 10;

fn leader() -> Leader {
    Leader {
        id: "first".to_owned(),
        since: TERM_START,
        camp: Camp::First,
        base: 42.5,
        honeymoon: 6.0,
        honeymoon_time: 17.0 * WEEK,
        start: [90.0, 45.0, 7.0],
        firmness: 1.0,
        cabinet: None,
        caretaker: None,
        seats: 0.5,
        vote: None,
    }
}

/// Blocs of unequal wealth, tenth by sector, with shares that vary.
fn electorate(leader: Leader) -> Electorate {
    let mut blocs = Vec::new();
    for (lean, share) in LEANS.into_iter().zip(SHARES) {
        for user in 0..USERS {
            for sector in 0..SECTORS {
                let tilt = 1.0 + 0.05 * (user as f64 - 4.5) * (sector as f64 - 4.5) / 4.5;
                blocs.push(Bloc {
                    lean,
                    user,
                    sector,
                    share: share * tilt / 100.0,
                    wealth: 0.2 + user as f64,
                });
            }
        }
    }
    Electorate {
        leaders: vec![leader],
        blocs,
    }
}

fn rule_of(leader: Leader) -> ApprovalRule {
    let off = ApprovalRule::off();
    ApprovalRule {
        is_on: true,
        fading: -ln(0.95) / WEEK,
        stocks: 0.03,
        prices: 0.6,
        jobs: 0.8,
        news: -0.08,
        noise: 0.35,
        slopes: [0.3, 1.0, 0.4],
        opposed_floor: 3.0,
        rally: RallyRule {
            firm: 4.0,
            soft: 0.5,
            half_life: 8.0 * WEEK,
            scale: 10.0,
            partisan_distance: 0.4,
        },
        polls: PollRule {
            speed: std::f64::consts::LN_2 / WEEK,
            pollster_error: 2.0,
            sample: 1500.0,
        },
        issues: IssueRule {
            gaps: [-6.3, -7.3, -2.5],
            mobility: 2.0,
        },
        elections: ElectionRule {
            slope: 0.4,
            noise: 2.5,
            protection: 0.05,
            retaliation: 0.2,
            compensation: 0.3,
            seat_swing: 2.5,
            majority_hazard: 0.025,
            minority_hazard: 0.055,
            hazard_slope: -0.04,
            lost_vote_hazard: 0.1,
            dissolution_hazard: 0.03,
            notice: 0.164,
        },
        voters: VoterRule {
            noise: 10.0,
            spread: 0.5,
        },
        electorates: Arc::new([electorate(leader)]),
        ..off
    }
}

fn rule() -> ApprovalRule {
    rule_of(leader())
}

/// Shocks that all blocs see alike: inflation, unemployment and the rest.
fn shared(week: u32) -> (Common, f64, f64) {
    let at = f64::from(week);
    let common = Common {
        market: sincos_2pi(0.11 * at).0,
        tariff: if week == 10 { 4.0 } else { 0.0 },
        threat: 0.0,
        disturbance: sincos_2pi(0.21 * at).1,
    };
    (
        common,
        0.05 * sincos_2pi(0.05 * at).0,
        0.02 * sincos_2pi(0.03 * at).1,
    )
}

/// Approval week by week, with one voter for each bloc.
fn approval(rule: &ApprovalRule, weeks: u32, shock: impl Fn(u32) -> (Common, f64, f64)) -> Opinion {
    let mut opinion = Opinion::new(rule, TERM_START);
    let kept = 1.0 - closing_share(rule.fading, WEEK);
    for week in 0..weeks {
        let (common, inflation, unemployment) = shock(week);
        let seen = Seen {
            inflation: &[inflation; USERS],
            unemployment: &[unemployment; SECTORS],
        };
        opinion.feel(rule, 0, (common, seen, WEEK));
        for (mood, shock) in opinion.mood.iter_mut().zip(&opinion.shock) {
            *mood = kept * *mood + shock;
        }
        let day = days_after(TERM_START, 7 * i64::from(week + 1));
        opinion.add_up(rule, 0, day);
    }
    opinion
}

fn mandate(opinion: &Opinion) -> &Mandate {
    opinion.mandates[0].as_ref().unwrap()
}

#[test]
fn blocs_that_see_the_same_add_up_to_the_formula_without_blocs() {
    let rule = rule();
    for weeks in [1, 15, 40] {
        let found = mandate(&approval(&rule, weeks, shared)).approval;
        let mut a = 0.0;
        for week in 0..weeks {
            let (common, inflation, unemployment) = shared(week);
            a = 0.95 * a + 0.03 * common.market
                - 0.6 * inflation
                - 0.8 * unemployment
                - 0.08 * common.tariff
                + 0.35 * common.disturbance;
        }
        let expected = 42.5 + 6.0 * exp(-f64::from(weeks) / 17.0) + a;
        assert!(
            (found - expected).abs() < 1e-12,
            "{weeks}: {found} {expected}"
        );
    }
}

#[test]
fn without_prices_jobs_markets_and_news_exactly_the_honeymoon_is_left() {
    let still = ApprovalRule {
        stocks: 0.0,
        prices: 0.0,
        jobs: 0.0,
        news: 0.0,
        noise: 0.0,
        ..rule()
    };
    let found = approval(&still, 15, shared);
    let parts = mandate(&found).parts;
    for part in [
        parts.prices,
        parts.jobs,
        parts.markets,
        parts.news,
        parts.rally,
    ] {
        assert!(part.abs() < 1e-300, "{part}");
    }
    let expected = 42.5 + 6.0 * exp(-15.0 / 17.0);
    assert!((mandate(&found).approval - expected).abs() < 1e-12);
    assert!(parts.other.abs() < 1e-12, "{}", parts.other);
}

#[test]
fn parts_add_up_to_approval() {
    let found = approval(&rule(), 30, shared);
    let sum: f64 = mandate(&found).parts.columns().iter().sum();
    assert!((sum - mandate(&found).approval).abs() < 1e-12);
}

#[test]
fn independents_carry_the_move_and_opponents_have_a_floor() {
    let hit = |week| {
        let tariff = if week == 0 { 50.0 } else { 0.0 };
        let common = Common {
            tariff,
            ..Common::default()
        };
        (common, 0.0, 0.0)
    };
    let found = approval(&rule(), 1, hit);
    let start = approval(&rule(), 1, |_| (Common::default(), 0.0, 0.0));
    let fall = |side: Side| {
        mandate(&start).by_side[side as usize] - mandate(&found).by_side[side as usize]
    };
    assert!((fall(Side::Own) / fall(Side::Independent) - 0.3).abs() < 1e-9);
    let [_, _, opposed] = mandate(&found).by_side;
    assert!(opposed >= 3.0);
    let deep = approval(&rule(), 1, |week| {
        let (mut common, inflation, jobs) = hit(week);
        common.tariff *= 4.0;
        (common, inflation, jobs)
    });
    assert!((mandate(&deep).by_side[Side::Opposed as usize] - 3.0).abs() < 1e-12);
    assert!(
        mandate(&deep).parts.other > 0.0,
        "the floor shows in the rest"
    );
}

#[test]
fn a_bloc_answers_its_own_prices_jobs_and_wealth() {
    let rule = rule();
    let mut opinion = Opinion::new(&rule, TERM_START);
    let mut inflation = [0.0; USERS];
    inflation[2] = 1.0;
    let mut unemployment = [0.0; SECTORS];
    unemployment[7] = 1.0;
    let seen = Seen {
        inflation: &inflation,
        unemployment: &unemployment,
    };
    opinion.feel(&rule, 0, (Common::default(), seen, WEEK));
    let shock = |lean: usize, user: usize, sector: usize| {
        opinion.shock[(lean * USERS + user) * SECTORS + sector]
    };
    let slope = 1.0 / 0.622;
    assert!((shock(1, 2, 0) + slope * 0.6).abs() < 1e-12);
    assert!((shock(1, 0, 7) + slope * 0.8).abs() < 1e-12);
    assert!((shock(0, 2, 7) + 0.3 * slope * 1.4).abs() < 1e-12);
    assert!(shock(1, 3, 3).abs() < 1e-15);
    let market = Common {
        market: -10.0,
        ..Common::default()
    };
    let nothing = Seen {
        inflation: &[0.0; USERS],
        unemployment: &[0.0; SECTORS],
    };
    opinion.feel(&rule, 0, (market, nothing, WEEK));
    let (poor, rich) = (opinion.shock[100], opinion.shock[199]);
    assert!(rich < poor && poor < 0.0, "{rich} {poor}");
}

#[test]
fn a_firm_leader_rallies_more_and_it_fades_by_half_in_its_half_life() {
    let threatened = |firmness: f64| {
        let rule = rule_of(Leader {
            firmness,
            ..leader()
        });
        let threat = |week| {
            let threat = if week == 0 { 0.8 } else { 0.0 };
            let common = Common {
                threat,
                ..Common::default()
            };
            (common, 0.0, 0.0)
        };
        [1, 9].map(|weeks| mandate(&approval(&rule, weeks, threat)).parts.rally)
    };
    let [firm, later] = threatened(1.0);
    let ([soft, _], [none, _]) = (threatened(0.3), threatened(0.0));
    assert!(firm > soft && soft > none && none.abs() < 1e-15);
    // All but two fifths of the opponents join.
    assert!((firm - 4.0 * 0.8 * (1.0 - 0.28 * 0.4)).abs() < 1e-12);
    assert!((later / firm - 0.5).abs() < 1e-12);
}

#[test]
fn disturbances_of_days_weeks_and_months_leave_the_same_spread() {
    let rule = rule();
    let variance = |dt: f64| {
        let kept = 1.0 - closing_share(rule.fading, dt);
        let of_tick = super::opinion::noise_of_tick(&rule, dt);
        of_tick * of_tick / (1.0 - kept * kept)
    };
    let weekly = variance(WEEK);
    assert!((weekly - 0.35 * 0.35 / (1.0 - 0.95 * 0.95)).abs() < 1e-12);
    for days in [1.0, 28.0] {
        assert!((variance(days / 7.0 * WEEK) / weekly - 1.0).abs() < 1e-12);
    }
}

#[test]
fn a_shock_fades_alike_in_days_weeks_and_months() {
    let rule = rule();
    let kept = |dt: f64| 1.0 - closing_share(rule.fading, dt);
    let left = |ticks: u32, dt: f64| (0..ticks).map(|_| kept(dt)).product::<f64>();
    let weekly = left(8, WEEK);
    assert!((weekly - (0..8).map(|_| 0.95).product::<f64>()).abs() < 1e-12);
    assert!((left(56, WEEK / 7.0) - weekly).abs() < 1e-12);
    assert!((left(2, 4.0 * WEEK) - weekly).abs() < 1e-12);
}

/// Voters of one electorate through a year: mean approval each week.
fn with_voters(per_bloc: usize, seed: u64) -> Vec<f64> {
    let rule = rule();
    let draws = Draws::new(seed, 0);
    let mut opinion = Opinion::new(&rule, TERM_START);
    let rows = super::voters::spawn(&draws, &rule.voters, (opinion.bloc_count(), per_bloc));
    let (mut moods, sensitivities): (Vec<Mood>, Vec<Sensitivity>) =
        rows.into_iter().map(|row| (row.1, row.2)).unzip();
    (0..52)
        .map(|week| {
            let (common, inflation, unemployment) = shared(week);
            let seen = Seen {
                inflation: &[inflation; USERS],
                unemployment: &[unemployment; SECTORS],
            };
            opinion.feel(&rule, 0, (common, seen, WEEK));
            let step = super::voters::Step {
                draws: &draws,
                tick: week,
                kept: 0.95,
                noise: rule.voters.noise,
                per_bloc,
            };
            let columns = (&mut moods[..], &sensitivities[..]);
            step.run(&opinion.shock, columns, &mut opinion.mood);
            opinion.add_up(&rule, 0, days_after(TERM_START, 7 * i64::from(week + 1)));
            mandate(&opinion).approval
        })
        .collect()
}

#[test]
fn twenty_thousand_voters_are_expected_to_be_their_blocs() {
    let blocs = with_voters(1, 0);
    // 300 blocs of 67 voters; the mean of moods with deviation 10, the same at any week.
    let voters = f64::from(300 * 67);
    let error = 10.0 / voters.sqrt();
    let runs: Vec<Vec<f64>> = (0..12).map(|seed| with_voters(67, seed)).collect();
    let (mut squares, mut sum) = (0.0, 0.0);
    for run in &runs {
        for (voters, bloc) in run.iter().zip(&blocs) {
            assert!((voters - bloc).abs() < 5.0 * error, "{voters} {bloc}");
        }
        let last = run[51] - blocs[51];
        squares += last * last;
        sum += last;
    }
    let count = runs.len() as f64;
    assert!((sum / count).abs() < 3.0 * error / count.sqrt(), "{sum}");
    let spread = (squares / count).sqrt();
    assert!(
        spread > 0.4 * error && spread < 2.0 * error,
        "{spread} {error}"
    );
}

#[test]
fn a_published_average_goes_half_way_in_a_week_and_polls_scatter_around_approval() {
    let rule = rule();
    let mut opinion = approval(&rule, 1, shared);
    let mandate = opinion.mandates[0].as_mut().unwrap();
    let draws = Draws::new(7, 0);
    let clock = |days| Clock::new(TERM_START, TickLength::Days(days));
    mandate.published = mandate.approval - 4.0;
    super::polls::publish(&rule.polls, (&clock(7), &draws), 0, mandate);
    assert!((mandate.approval - mandate.published - 2.0).abs() < 1e-12);
    let mut errors = Vec::new();
    let mut week = clock(7);
    for _ in 0..400 {
        super::polls::publish(&rule.polls, (&week, &draws), 0, mandate);
        errors.push(mandate.poll - mandate.approval);
        week.advance();
    }
    let mean = errors.iter().sum::<f64>() / 400.0;
    let spread = (errors.iter().map(|e| (e - mean) * (e - mean)).sum::<f64>() / 400.0).sqrt();
    assert!(
        mean.abs() < 2.5 && spread > 1.0 && spread < 4.0,
        "{mean} {spread}"
    );
}

#[test]
fn issues_lie_below_approval_and_move_more() {
    let rule = rule();
    let hit = |points: f64| {
        let shock = move |week| {
            let tariff = if week == 0 { points } else { 0.0 };
            let common = Common {
                tariff,
                ..Common::default()
            };
            (common, 0.0, 0.0)
        };
        let found = approval(&rule, 1, shock);
        (mandate(&found).approval, mandate(&found).issues(&rule))
    };
    let ((before, calm), (after, hurt)) = (hit(0.0), hit(20.0));
    for issue in calm {
        assert!(issue < before);
    }
    assert!(calm[0] - hurt[0] > before - after && before > after);
}

fn local(protection: f64, retaliation: f64, compensation: f64) -> f64 {
    let share = [0.2, 0.8];
    let perceptions = Perceptions::for_tests(&[protection, 0.0], &[retaliation, 0.0]);
    let exposure = Local {
        perceptions: &perceptions,
        share: &share,
        compensation: &[compensation, 0.0],
    }
    .exposure(&rule().elections, 0);
    exposure.total()
}

#[test]
fn protection_and_compensation_raise_the_local_vote_and_retaliation_lowers_it() {
    assert!((local(10.0, 0.0, 0.0) - 0.2 * 0.05 * 10.0).abs() < 1e-12);
    assert!((local(0.0, 10.0, 0.0) + 0.2 * 0.2 * 10.0).abs() < 1e-12);
    assert!((local(0.0, 0.0, 5.0) - 0.2 * 0.3 * 5.0).abs() < 1e-12);
}

fn vote(date: Date) -> Vote {
    Vote {
        date,
        term: 4.0,
        decides: true,
        base: 50.0,
        needed: 50.0,
    }
}

#[test]
fn votes_follow_approval_and_seats_exaggerate_votes() {
    let rule = rule().elections;
    let share = |approval: f64| vote_share(&rule, (&vote(TERM_START), approval), 0.0, 0.0);
    assert!((share(45.0) - 48.0).abs() < 1e-12 && (share(50.0) - 50.0).abs() < 1e-12);
    assert!((seats(&rule, 50.0) - 0.5).abs() < 1e-12);
    assert!(seats(&rule, 55.0) > 0.62 && seats(&rule, 100.0) > 0.999);
}

#[test]
fn minority_cabinets_end_at_about_twice_the_rate_and_sooner_when_unpopular() {
    let rule = rule().elections;
    let hazard = |cabinet, approval| cabinet_hazard(&rule, (cabinet, approval), false);
    let ratio = hazard(Cabinet::Minority, 40.0) / hazard(Cabinet::Majority, 40.0);
    assert!((ratio - 2.2).abs() < 1e-12);
    assert!(hazard(Cabinet::Majority, 30.0) > hazard(Cabinet::Majority, 45.0));
    let lost = cabinet_hazard(&rule, (Cabinet::Majority, 40.0), true);
    assert!((lost - 0.125).abs() < 1e-12);
}

/// Events of ten years of an electorate of one leader, by ticks of some days.
fn events(leader: Leader, replication: u32, days: u32) -> Vec<ElectionEvent> {
    let rule = ApprovalRule {
        noise: 0.0,
        ..rule_of(leader)
    };
    let draws = Draws::new(3, replication);
    let mut clock = Clock::new(TERM_START, TickLength::Days(days));
    let mut opinion = Opinion::new(&rule, TERM_START);
    let mut elections = Elections::new(1);
    for _ in 0..3650 / days {
        opinion.add_up(&rule, 0, clock.end());
        let stage = (&mut opinion, LocalExposure::default());
        elections.hold(&rule, (&clock, &draws), 0, stage);
        clock.advance();
    }
    elections.events
}

#[test]
fn a_lost_vote_brings_the_other_camp_with_a_honeymoon() {
    let unpopular = Leader {
        base: 33.0,
        honeymoon: 8.0,
        start: [75.0, 30.0, 5.0],
        vote: Some(vote(Date::constant(2004, 6, 1))),
        ..leader()
    };
    let found = events(unpopular.clone(), 0, 7);
    assert_eq!(found[0].kind, EventKind::Vote);
    assert!(!found[0].stays && found[0].vote_share < 50.0);
    assert_eq!(found[0].leader, 0);
    // The next vote is another leader's.
    assert_eq!(found[1].leader, 1);
    let rule = rule_of(unpopular);
    let mut opinion = Opinion::new(&rule, TERM_START);
    opinion.add_up(&rule, 0, Date::constant(2004, 6, 1));
    let before = mandate(&opinion).clone();
    let next = before.successor(
        Camp::Second,
        Date::constant(2004, 6, 2),
        &rule.electorates[0],
    );
    opinion.swear_in(&rule, 0, (&next, None));
    opinion.add_up(&rule, 0, Date::constant(2004, 6, 2));
    assert!(mandate(&opinion).approval > before.approval + 7.0);
    assert_eq!(mandate(&opinion).leader.camp, Camp::Second);
}

#[test]
fn cabinets_end_about_as_often_in_days_and_weeks() {
    let weak = Leader {
        cabinet: Some(Cabinet::Minority),
        base: 40.0,
        honeymoon: 0.0,
        ..leader()
    };
    let count = |days| -> usize {
        let runs = (0..40).map(|replication| events(weak.clone(), replication, days).len());
        runs.sum()
    };
    let (daily, weekly) = (count(1), count(7));
    // Ten years at 0.055 a month are 6.6 ends.
    let mean = daily as f64 / 40.0;
    assert!((mean - 6.6).abs() < 1.3, "{mean}");
    assert!(daily.abs_diff(weekly) <= 12, "{daily} {weekly}");
}

#[test]
fn a_caretaker_does_not_fall() {
    let keeper = Leader {
        cabinet: Some(Cabinet::Minority),
        caretaker: Some((TERM_START, Date::constant(2020, 1, 1))),
        ..leader()
    };
    assert!(events(keeper, 0, 7).is_empty());
}

#[test]
fn leaders_of_the_data_take_office_on_their_day() {
    let mut electorate = electorate(leader());
    electorate.leaders.push(Leader {
        id: "second".to_owned(),
        since: Date::constant(2001, 3, 1),
        camp: Camp::Second,
        ..leader()
    });
    let rule = ApprovalRule {
        electorates: Arc::new([electorate]),
        ..rule()
    };
    let mut opinion = Opinion::new(&rule, TERM_START);
    let mut elections = Elections::new(1);
    let mut clock = Clock::new(TERM_START, TickLength::Days(7));
    let mut changed_on = None;
    for _ in 0..10 {
        if !elections
            .listed_changes(&rule, &clock, &mut opinion)
            .is_empty()
        {
            changed_on = Some((clock.date(), clock.end()));
        }
        opinion.add_up(&rule, 0, clock.end());
        clock.advance();
    }
    let (first, end) = changed_on.unwrap();
    assert!(first <= Date::constant(2001, 3, 1) && end > Date::constant(2001, 3, 1));
    assert_eq!(mandate(&opinion).leader.id, "second");
    assert_eq!(elections.events.len(), 1);
    assert_eq!(elections.events[0].date, Date::constant(2001, 3, 1));
}

#[test]
fn held_votes_and_changes_in_the_first_tick_are_rows_with_approval() {
    let mut electorate = electorate(leader());
    electorate.leaders.push(Leader {
        id: "second".to_owned(),
        since: Date::constant(2001, 2, 5),
        ..leader()
    });
    let rule = ApprovalRule {
        electorates: Arc::new([electorate]),
        held: Arc::new([HeldVote {
            economy: 0,
            date: Date::constant(2001, 2, 3),
        }]),
        ..rule()
    };
    let start = Date::constant(2001, 1, 25);
    let mut opinion = Opinion::new(&rule, start);
    let mut elections = Elections::new(1);
    let clock = Clock::new(start, TickLength::Days(28));
    elections.held_votes(&rule, &clock, &opinion);
    elections.listed_changes(&rule, &clock, &mut opinion);
    let [held, changed] = elections.events[..] else {
        panic!("{:?}", elections.events);
    };
    assert_eq!(
        (held.kind, held.date, held.stays),
        (EventKind::Held, Date::constant(2001, 2, 3), true)
    );
    assert_eq!(changed.kind, EventKind::Listed);
    assert!(held.approval > 0.0 && changed.approval > 0.0, "{changed:?}");
    assert!(held.vote_share.is_nan());
}
