//! Governments that bargain: what must hold in every campaign, whatever is drawn.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use tradewinds_engine::Simulation;
use tradewinds_engine::model::Model;
use tradewinds_engine::talks::levers::{Lever, Statute};
use tradewinds_engine::talks::{
    Act, AnswerRow, Campaign, DealRow, Effect, File, Offer, Outcome, PartnerStatutes, Party, Seat,
    Status, StrategyChoice, TalksLog, TalksRule, number_in_draws, strategy,
};
use tradewinds_equilibrium::{Economy, Shock};
use tradewinds_kernel::clock::TickLength;
use tradewinds_policy::talks::order::OrderTraits;
use tradewinds_policy::talks::red_line::{HomePolitics, IssueAtHome};
use tradewinds_policy::talks::retaliation::RetaliationTraits;
use tradewinds_runner::library::Library;
use tradewinds_runner::talks::{Talks, talks_rule};
use tradewinds_tests::fixtures::closed::Closed;
use tradewinds_tests::fixtures::models;
use tradewinds_units::{Date, days_after, days_between};

/// Day on which rates are due, and days of a run.
const DEADLINE: i64 = 60;
const WEEKS: u32 = 26;
/// Collected over applied duties.
const COLLECTION: f64 = 0.9;

fn day(days: i64) -> Date {
    days_after(models::START, days)
}

/// Numbers in (0, 1), one after the other.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.next()
    }
}

/// Rules of the files, quick enough that much happens in half a year.
fn rule(numbers: &mut Numbers) -> TalksRule {
    static FACTS: OnceLock<Talks> = OnceLock::new();
    let facts = FACTS.get_or_init(|| Talks::load(&Library::embedded()).unwrap());
    let own = [
        ("hazard_const", numbers.between(-2.0, 1.0)),
        ("slots", numbers.between(1.0, 6.0)),
        ("round_gap_days", 7.0),
        ("rounds_per_issue", numbers.between(0.2, 1.0)),
        ("leader_veto", numbers.between(0.0, 0.5)),
        ("p_unconfirmed", numbers.between(0.0, 0.5)),
        ("legal_lag_median", numbers.between(5.0, 60.0)),
        ("snapback", numbers.between(0.0, 0.1)),
        ("stubborn_partner", 0.45),
        ("stubborn_us", 0.35),
        ("exclusion_relax", 0.2),
        ("learning_lag", 2.0),
    ];
    let own: BTreeMap<String, f64> = (own.into_iter())
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    talks_rule(facts, &own).unwrap()
}

fn party(economy: usize, numbers: &mut Numbers) -> Party {
    let mut offers: Vec<Offer> = (0..4)
        .map(|issue| Offer {
            issue,
            value: numbers.between(0.01, 1.0),
            cost: numbers.between(0.01, 0.5),
            red_line: numbers.next(),
            tightening: numbers.next(),
            effect: match issue {
                0 => Effect::Duty { by: 0.02 },
                1 => Effect::Imports {
                    sector: 0,
                    by: 0.01,
                },
                2 => Effect::Cost { by: 0.01 },
                _ => Effect::None,
            },
            needs_vote: issue == 3,
        })
        .collect();
    offers.sort_by(|a, b| (b.value / b.cost).total_cmp(&(a.value / a.cost)));
    let caretaker = numbers.between(-60.0, 120.0) as i64;
    let is_caretaker = numbers.next() < 0.4;
    let vote = numbers.between(-30.0, 200.0) as i64;
    Party {
        code: format!("P{economy}"),
        id: number_in_draws(&format!("P{economy}")),
        economy,
        share: 1.0,
        is_attached: false,
        weight: 0.0,
        schedule: Vec::new(),
        is_absent: false,
        rounds_held: 0,
        gdp: 1.0,
        trade: (1.0, 1.0),
        order: OrderTraits::default(),
        retaliation: RetaliationTraits {
            power: numbers.next(),
            dependence: 0.2 * numbers.next(),
            security: numbers.next(),
            anger: numbers.next(),
            self_image: numbers.next(),
        },
        types: [0.25; 4],
        answers: [0.25; 4],
        patience: numbers.between(0.01, 0.08),
        readiness: numbers.next(),
        security: numbers.next(),
        is_all_or_nothing: numbers.next() < 0.2,
        seats: numbers.between(0.3, 0.7),
        minority_from: (numbers.next() < 0.3).then(|| day(-100)),
        caretaker: is_caretaker.then(|| (day(caretaker), day(caretaker + 40))),
        next_vote: (numbers.next() < 0.6).then(|| day(vote)),
        rival_share: 0.2,
        offers,
        strategy: StrategyChoice::default(),
    }
}

/// A law in which economy 0 charges all others and means to charge more from the deadline
/// on, and what talks can move in it.
fn law(economy: &Economy, numbers: &mut Numbers) -> (Model, Vec<Option<PartnerStatutes>>) {
    let mut model = models::sticky(economy, 1, 5);
    model.tick = TickLength::Days(7);
    model.frictions.productivity_noise = 0.0;
    let base = Arc::new(tradewinds_engine::customs::RateCalendar::new(vec![(
        models::START,
        models::rates(economy, &Shock::default()),
    )]));
    let mut calendar = (*base).clone();
    let mut statutes = vec![None];
    for partner in 1..economy.economies {
        let measure = partner as u32;
        let country = Statute::on_all_goods(economy, (0, partner), measure, COLLECTION);
        let path = vec![
            (models::START, 0.1),
            (day(DEADLINE), numbers.between(0.1, 0.5)),
        ];
        Lever::new(country.clone(), base.clone()).follow(&mut calendar, &path);
        // A duty on the goods of one sector, on which the country rate comes on top.
        let mut sector = Statute::on_all_goods(economy, (0, partner), 200 + measure, COLLECTION);
        let flow = economy.flow(0, partner, 0) as u32;
        sector.exposure.retain(|one| one.flow == flow);
        let duty = vec![(models::START, numbers.between(0.1, 0.4))];
        Lever::new(sector.clone(), base.clone()).follow(&mut calendar, &duty);
        sector.scheduled = duty;
        let answer = 100 + partner as u32;
        statutes.push(Some(PartnerStatutes {
            country: Statute {
                scheduled: path,
                ..country
            },
            sectors: vec![sector],
            answer: Statute::on_all_goods(economy, (partner, 0), answer, COLLECTION),
        }));
    }
    let own = economy.flow(0, 0, 0)..economy.flow(1, 0, 0);
    calendar.restate(models::START, own);
    model.law = Arc::new(calendar);
    (model, statutes)
}

/// A campaign drawn from a number, in a small closed world.
fn campaign(number: u64) -> (Model, Campaign) {
    let mut numbers = Numbers(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1);
    let economy = Closed::default().build();
    let (mut model, statutes) = law(&economy, &mut numbers);
    let rule = rule(&mut numbers);
    // The last economy stands for two governments that have none of their own.
    let rest = economy.economies - 1;
    let mut parties: Vec<Party> = (1..rest)
        .map(|partner| party(partner, &mut numbers))
        .collect();
    for (name, share) in [("Q1", 0.6), ("Q2", 0.4)] {
        let floor = (models::START, 0.1);
        parties.push(Party {
            code: name.to_owned(),
            id: number_in_draws(name),
            share,
            weight: share,
            is_attached: true,
            schedule: vec![floor, (day(DEADLINE), numbers.between(0.1, 0.5))],
            ..party(rest, &mut numbers)
        });
    }
    let campaign = Campaign {
        from: models::START,
        principal: 0,
        rest: Some(rest),
        parties,
        statutes,
        issues: (0..4).map(|issue| format!("issue {issue}")).collect(),
        deadline: Some(day(DEADLINE)),
        rule,
        principal_strategy: StrategyChoice::default(),
    };
    model.replication = number as u32;
    (model, campaign)
}

/// Everything that happened in a run, and what `watch` says after each week.
fn played(
    (mut model, campaign): (Model, Campaign),
    mut watch: impl FnMut(&mut Simulation),
) -> TalksLog {
    model.talks = Some(Arc::new(campaign));
    let mut simulation = models::simulate(model);
    let mut all = TalksLog::default();
    for _ in 0..WEEKS {
        simulation
            .step()
            .unwrap_or_else(|breach| panic!("{breach}"));
        watch(&mut simulation);
        let log = simulation.world().resource::<TalksLog>();
        all.rounds.extend(log.rounds.iter().cloned());
        all.offers.extend(log.offers.iter().cloned());
        all.deals.extend(log.deals.iter().cloned());
        all.answers.extend(log.answers.iter().cloned());
        all.acts.extend(log.acts.iter().cloned());
        all.states.extend(log.states.iter().cloned());
    }
    all
}

fn signed(log: &TalksLog) -> impl Iterator<Item = &DealRow> {
    log.deals
        .iter()
        .filter(|deal| deal.outcome == Outcome::Signed)
}

/// Red line of an offer of a party on a day.
fn red_line(campaign: &Campaign, party: usize, offer: usize, today: Date) -> f64 {
    let (party, rule) = (&campaign.parties[party], &campaign.rule);
    let weeks = party
        .next_vote
        .map(|vote| days_between(today, vote) as f64 / 7.0);
    let has_new_mandate = party.caretaker.is_some() && weeks.is_some_and(|weeks| weeks <= 0.0);
    rule.red_lines.at(
        &IssueAtHome {
            red_line: party.offers[offer].red_line,
            tightening: party.offers[offer].tightening,
        },
        &HomePolitics {
            weeks_to_vote: weeks.filter(|weeks| *weeks > 0.0),
            is_minority: !has_new_mandate && party.minority_from.is_some_and(|from| from <= today),
            cooperation: 0.0,
            has_new_mandate,
        },
    )
}

/// What is counted, so that none goes untested. Pauses follow markets, which this world lacks.
const KINDS: [&str; 9] = [
    "deals",
    "answers",
    "breakdowns",
    "letters",
    "extensions",
    "deadlines",
    "deals undone",
    "cuts of sector duties",
    "deals of attached governments",
];

/// Answers only rise until a deal ends them. A deal undone leaves what would be without it, but
/// never less than was agreed, and what was agreed is not answered.
fn keep_to_days(number: u64, campaign: &Campaign, log: &TalksLog) {
    let state = |party: u32, date: Date| {
        let found = log.states.iter();
        let mut found = found.filter(|state| state.party == party && state.date == date);
        found.next().expect("a state every week")
    };
    for (later, answer) in log.answers.iter().enumerate() {
        let is_in_force = |row: &&AnswerRow| !row.by_principal && row.from.is_some();
        let Some(answer) = Some(answer).filter(is_in_force) else {
            continue;
        };
        let earlier = log.answers[..later].iter().filter(is_in_force);
        for earlier in earlier.filter(|row| row.party == answer.party) {
            let was_ended = signed(log).any(|deal| {
                let between = earlier.date <= deal.date && deal.date <= answer.date;
                deal.party == answer.party && between
            });
            assert!(
                was_ended || answer.duty > earlier.duty,
                "{number}: {answer:?}"
            );
        }
    }
    let is_undone = |deal: &&DealRow| deal.outcome == Outcome::SnappedBack;
    for deal in log.deals.iter().filter(is_undone) {
        let of_party = signed(log).filter(|one| one.party == deal.party && one.date < deal.date);
        let text = of_party.last().expect("a deal to undo");
        // Deadlines only move to later days.
        let rule = &campaign.rule;
        let party = &campaign.parties[deal.party as usize];
        // What was agreed is no rise to answer. Pressure of allies may have lowered theirs since.
        if !party.is_attached && party.security >= rule.allies.least_security {
            continue;
        }
        let later = log.answers.iter().filter(|row| row.party == deal.party);
        // Up to the next deal, which may be a lower one.
        let mut next = signed(log).filter(|one| one.party == deal.party && one.date >= deal.date);
        let until = next.next().map_or(Date::MAX, |one| one.date);
        let span = deal.date..until;
        for answer in later.filter(|row| !row.by_principal && span.contains(&row.date)) {
            let least = text.rate + rule.answered_rise - 1e-9;
            assert!(answer.rate >= least, "{number}: {answer:?} after {text:?}");
        }
        let expected = match days_between(deal.date, day(DEADLINE)) > 1 {
            true => state(deal.party, text.date).rate.max(text.rate),
            false => deal.rate,
        };
        assert!(
            deal.rate >= state(deal.party, deal.date).rate - 1e-12,
            "{number}: a rate falls, {deal:?}"
        );
        assert!((deal.rate - expected).abs() < 1e-12, "{number}: {deal:?}");
    }
}

/// What must hold in a campaign; how often each of [`KINDS`] happened.
fn check(number: u64) -> [usize; KINDS.len()] {
    let (model, campaign) = campaign(number);
    let known = campaign.clone();
    let economy = model.economy.clone();
    let mut extents: Vec<(usize, Date, Vec<f64>)> = Vec::new();
    let mut before = model.law.clone();
    let log = played((model, campaign), |simulation| {
        let law = simulation.world().resource::<Model>().law.clone();
        let acts = simulation.world().resource::<TalksLog>().acts.iter();
        let is_paused = acts.clone().any(|row| row.act == Act::Pause);
        let world = simulation.world_mut();
        let mut files = world.query::<(&Seat, &File)>();
        for (seat, file) in files.iter(world) {
            let Some(deal) = &file.deal else { continue };
            let party = seat.0 as usize;
            if extents
                .iter()
                .all(|(other, signed, _)| (*other, *signed) != (party, deal.signed))
            {
                extents.push((party, deal.signed, deal.extents.clone()));
                // Until its day the law is what it was before anybody signed. The rate of the
                // rest of the world moves with other governments too.
                if is_paused || known.parties[party].is_attached {
                    continue;
                }
                let partner = known.parties[party].economy;
                let goods = (0..economy.sectors).filter(|s| Some(*s) != economy.services);
                for flow in goods.map(|s| economy.flow(0, partner, s)) {
                    let stood = before.on(deal.signed).collected[flow];
                    for ahead in 0..days_between(deal.signed, deal.legal) {
                        let on = law.on(days_after(deal.signed, ahead)).collected[flow];
                        assert!((on - stood).abs() < 1e-12, "{number}: {on} for {stood}");
                    }
                }
            }
        }
        before = law;
    });
    for deal in signed(&log) {
        let party = &known.parties[deal.party as usize];
        let is_caretaker =
            (party.caretaker).is_some_and(|(from, to)| from <= deal.date && deal.date <= to);
        assert!(
            !is_caretaker,
            "{number}: a caretaker signed on {}",
            deal.date
        );
        assert!(
            deal.legal.is_some_and(|legal| legal > deal.date),
            "{number}"
        );
        assert!(deal.rate >= known.rule.floor - 1e-12 && deal.rate <= deal.due + 1e-12);
        let broken = log
            .states
            .iter()
            .find(|state| state.party == deal.party && state.status == Status::BrokenDown);
        assert!(
            broken.is_none_or(|state| state.date >= deal.date),
            "{number}: after the end"
        );
    }
    for offer in &log.offers {
        assert!(
            offer.extent <= offer.red_line + 1e-12,
            "{number}: {offer:?}"
        );
    }
    for (party, date, extents) in &extents {
        for (offer, extent) in extents.iter().enumerate() {
            let line = red_line(&known, *party, offer, *date);
            assert!(*extent <= line + 1e-9, "{number}: {extent} beyond {line}");
        }
    }
    keep_to_days(number, &known, &log);
    let broken = log
        .states
        .iter()
        .filter(|state| state.status == Status::BrokenDown);
    let acts = |act: Act| log.acts.iter().filter(|row| row.act == act).count();
    let undone = log.deals.iter();
    [
        signed(&log).count(),
        log.answers.len(),
        broken.count(),
        acts(Act::Letters),
        acts(Act::Extension),
        acts(Act::Deadline),
        undone
            .filter(|deal| deal.outcome == Outcome::SnappedBack)
            .count(),
        signed(&log).filter(|deal| deal.has_sector_cut).count(),
        signed(&log)
            .filter(|deal| known.parties[deal.party as usize].is_attached)
            .count(),
    ]
}

#[test]
fn campaigns_of_all_kinds_keep_the_rules() {
    let counts: Vec<[usize; KINDS.len()]> = (0..10_000_u64).into_par_iter().map(check).collect();
    for (at, what) in KINDS.iter().enumerate() {
        let total: usize = counts.iter().map(|count| count[at]).sum();
        assert!(total > 200, "{total} {what} in all: nothing was tested");
    }
}

#[test]
fn a_red_line_changes_nothing_before_its_party_meets() {
    let (mut compared, mut differ) = (0, 0);
    for number in 0..40 {
        let usual = played(campaign(number), |_| ());
        let (model, mut other) = campaign(number);
        other.parties[1].offers[0].red_line *= 0.2;
        let changed = played((model, other), |_| ());
        let first = usual.rounds.iter().find(|round| round.party == 1);
        let Some(first) = first.map(|round| round.date) else {
            continue;
        };
        let before = |log: &TalksLog| {
            let rounds = log.rounds.iter().filter(|round| round.date < first);
            let states = log.states.iter().filter(|state| state.date < first);
            format!(
                "{:?}",
                (rounds.collect::<Vec<_>>(), states.collect::<Vec<_>>())
            )
        };
        assert_eq!(before(&usual), before(&changed), "{number}");
        compared += usize::from(usual.rounds.iter().any(|round| round.date < first));
        let offers = |log: &TalksLog| format!("{:?}", log.offers);
        differ += usize::from(offers(&usual) != offers(&changed));
    }
    assert!(compared > 5 && differ > 20, "{compared} {differ}");
}

#[test]
fn who_never_yields_concedes_nothing_and_a_run_repeats_itself() {
    let of = |name: &str, number: u64| {
        let (model, mut own) = campaign(number);
        for party in &mut own.parties {
            party.strategy = strategy(name).unwrap();
        }
        played((model, own), |_| ())
    };
    for number in 0..10 {
        let never = of("never_yields", number);
        assert!(!never.offers.is_empty());
        assert!(never.offers.iter().all(|offer| offer.extent.abs() < 1e-15));
        let greedy = of("greedy_first_mover", number);
        let all = |offer: &&tradewinds_engine::talks::OfferRow| {
            (offer.extent - offer.red_line).abs() < 1e-12
        };
        assert_eq!(
            greedy.offers.iter().filter(all).count(),
            greedy.offers.len()
        );
        let again = of("greedy_first_mover", number);
        assert_eq!(format!("{greedy:?}"), format!("{again:?}"));
    }
}

#[test]
fn before_the_first_day_a_run_is_one_without_talks() {
    let (model, own) = campaign(3);
    let output = |model: Model| {
        let mut simulation = models::simulate(model);
        models::run(&mut simulation, 10);
        let rates = simulation
            .world()
            .resource::<tradewinds_engine::customs::RatesInForce>();
        let labour = simulation
            .world()
            .resource::<tradewinds_engine::labour::Wages>();
        (
            format!("{:?}", rates.rates.collected),
            format!("{labour:?}"),
        )
    };
    let without = output(model.clone());
    let talks = Campaign {
        from: day(100),
        ..own
    };
    let with = output(Model {
        talks: Some(Arc::new(talks)),
        ..model
    });
    assert_eq!(without, with);
}
