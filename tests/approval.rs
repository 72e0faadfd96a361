//! Approval follows the economy and leaves it alone.

use tradewinds_engine::approval::{Elections, Opinion, Perceptions};
use tradewinds_engine::model::Model;
use tradewinds_engine::observe::{ObservePlugin, Recorded};
use tradewinds_engine::{Simulation, baseline};
use tradewinds_policy::Reform;
use tradewinds_runner::ensemble::Plan;
use tradewinds_tests::fixtures::real;
use tradewinds_tests::fixtures::watched::bits;

const WEEKS: u32 = 26;

/// The law as enacted in the world of the repository, one firm per cell.
fn plan() -> Plan {
    real::plan(&Reform::default(), 1, WEEKS, 1)
}

fn run(plan: &Plan, model: Model, ticks: u32) -> (Simulation, Recorded) {
    let mechanisms = (baseline, ObservePlugin(plan.watch(1)));
    let mut simulation = Simulation::new(model, mechanisms).unwrap();
    for _ in 0..ticks {
        simulation.step().unwrap();
    }
    let recorded = simulation.world_mut().remove_resource::<Recorded>();
    (simulation, recorded.unwrap())
}

fn enacted(plan: &Plan) -> Model {
    plan.model(0, 1).unwrap()
}

fn without(mut model: Model) -> Model {
    model.frictions.approval.is_on = false;
    model
}

fn index(plan: &Plan, code: &str) -> usize {
    plan.world.economy_index(code.parse().unwrap()).unwrap()
}

#[test]
fn an_economy_is_the_same_to_the_bit_with_and_without_approval() {
    let plan = plan();
    let mut many = enacted(&plan);
    many.population.voters_per_bloc = 5;
    let (_, off) = run(&plan, without(enacted(&plan)), WEEKS);
    for model in [enacted(&plan), many] {
        let (_, on) = run(&plan, model, WEEKS);
        for (on, off) in on.tables().iter().zip(off.tables()) {
            let name = off.spec().name;
            if ["approval", "elections"].contains(&name) {
                assert!(off.is_empty(), "{name}");
            } else {
                assert!(bits(on) == bits(off), "{name}");
            }
        }
        assert!(!on.approval.is_empty());
    }
}

#[test]
fn every_economy_with_a_leader_is_recorded_and_parts_add_up() {
    let plan = plan();
    let (_, recorded) = run(&plan, enacted(&plan), 4);
    let rows = &recorded.approval;
    assert_eq!(
        rows.len(),
        plan.world.economy_count() - 1,
        "all but the rest of the world"
    );
    let column = |name: &str| rows.numbers(name).unwrap();
    for row in 0..rows.len() {
        let parts = [
            "base",
            "honeymoon",
            "prices",
            "jobs",
            "markets",
            "news",
            "rally",
            "other",
        ];
        let sum: f64 = parts.iter().map(|part| column(part)[row]).sum();
        assert!((sum - column("true_approval")[row]).abs() < 1e-9);
        assert!((0.0..=100.0).contains(&column("poll")[row]));
    }
}

#[test]
fn duties_cost_their_government_approval_and_threats_rally_others() {
    let plan = plan();
    let mut model = enacted(&plan);
    model.frictions.approval.noise = 0.0;
    let (simulation, _) = run(&plan, model, 15);
    let opinion = simulation.world().resource::<Opinion>();
    let parts = |code: &str| {
        let mandate = opinion.mandates[index(&plan, code)].as_ref().unwrap();
        mandate.parts
    };
    let setter = parts("USA");
    assert!(setter.news < -0.5 && setter.prices < 0.0, "{setter:?}");
    assert!(setter.rally.abs() < 1e-12, "threats that answer its own");
    let rallies = ["CAN", "MEX", "JPN", "GBR"].map(|code| parts(code).rally);
    assert!(
        rallies.windows(2).all(|pair| pair[0] > pair[1]),
        "{rallies:?}"
    );
    let seen = simulation.world().resource::<Perceptions>();
    let (usa, can) = (index(&plan, "USA"), index(&plan, "CAN"));
    let steel = plan.world.sector_index(&"steel_aluminium".parse().unwrap());
    let cell = |n: usize| plan.world.market(n, steel.unwrap());
    assert!(seen.protection[cell(usa)] > 5.0 && seen.retaliation[cell(can)] > 5.0);
}

#[test]
fn poor_and_rich_feel_their_own_prices() {
    let plan = plan();
    let (simulation, _) = run(&plan, enacted(&plan), WEEKS);
    let seen = simulation.world().resource::<Perceptions>();
    let users = 22;
    let own = &seen.inflation_change[index(&plan, "USA") * users..][..20];
    let differ = own.iter().any(|one| (one - own[1]).abs() > 1e-9);
    assert!(differ, "{own:?}");
    // Owner and worker of a tenth buy one basket.
    assert!((own[0] - own[1]).abs() < 1e-12);
}

#[test]
fn days_weeks_and_months_agree_on_approval() {
    use tradewinds_kernel::clock::TickLength;
    let plan = plan();
    let found = [(1, 168), (7, 24), (28, 6)].map(|(days, ticks)| {
        let mut model = enacted(&plan);
        model.tick = TickLength::Days(days);
        model.frictions.approval.noise = 0.0;
        // Jobs at one firm per cell move with its productivity and with the tick.
        model.frictions.productivity_noise = 0.0;
        model.frictions.approval.jobs = 0.0;
        let (simulation, _) = run(&plan, model, ticks);
        let opinion = simulation.world().resource::<Opinion>();
        let usa = opinion.mandates[index(&plan, "USA")].as_ref().unwrap();
        (usa.approval, usa.parts)
    });
    let (weekly, parts) = found[1];
    for (approval, other) in [found[0], found[2]] {
        assert!((approval - weekly).abs() < 0.15, "{found:?}");
        assert!(
            (other.honeymoon - parts.honeymoon).abs() < 1e-9,
            "{found:?}"
        );
        assert!(
            (other.news - parts.news).abs() < 0.1 * parts.news.abs(),
            "{found:?}"
        );
    }
}

#[test]
fn votes_fall_on_their_days() {
    let plan = plan();
    let mut model = enacted(&plan);
    // A chamber is elected in the seventeenth week; the leader stays.
    let (mut found, mut simulation) = (Vec::new(), {
        model.frictions.approval.noise = 0.0;
        let mechanisms = (baseline, ObservePlugin(plan.watch(1)));
        Simulation::new(model, mechanisms).unwrap()
    });
    for _ in 0..WEEKS {
        simulation.step().unwrap();
        found.extend(simulation.world().resource::<Elections>().events.clone());
    }
    let phl = index(&plan, "PHL");
    let vote = found.iter().find(|event| event.economy == phl).unwrap();
    assert_eq!(vote.date.to_string(), "2025-05-12");
    assert!(vote.stays && (20.0..80.0).contains(&vote.vote_share));
    let kor = index(&plan, "KOR");
    let decides = found.iter().filter(|event| event.economy == kor);
    assert_eq!(decides.count(), 1, "{found:?}");
}
