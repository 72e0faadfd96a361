//! A bargain of two: what a signed deal gives each side beside the closed form.

use tradewinds_engine::talks::{DealRow, Outcome, RoundRow, TalksLog};
use tradewinds_policy::talks::bargaining::{
    FiniteHorizon, Pair, Side, bargaining_weight, discount_factor, rubinstein_shares,
    transferable_split,
};
use tradewinds_runner::experiment::Experiment;
use tradewinds_runner::library::Library;
use tradewinds_runner::plan::Plan;
use tradewinds_tests::fixtures::models;

/// Scenario in which the two talk.
const TALKS: usize = 1;
/// Discount rate of the partner in its file, per week.
const PARTNER: f64 = 0.03;
/// Days between rounds.
const GAP: f64 = 7.0;
/// Weeks from the first round to the day on which the duty is due.
const WEEKS: u32 = 13;

/// The round in which the two agree, and the deal.
fn signed(changes: &[&str]) -> Option<(RoundRow, DealRow)> {
    let changes: Vec<String> = changes.iter().map(|one| (*one).to_owned()).collect();
    let library = Library::embedded();
    let experiment = Experiment::load(&library, "textbook-bargain", &changes).unwrap();
    let plan = Plan::of(&experiment).unwrap();
    let mut simulation = models::simulate(plan.model(0, TALKS).unwrap());
    for _ in 0..experiment.ticks() {
        models::run(&mut simulation, 1);
        let log = simulation.world().resource::<TalksLog>();
        let deal = log
            .deals
            .iter()
            .find(|deal| deal.outcome == Outcome::Signed);
        if let Some(deal) = deal {
            return Some((log.rounds.last()?.clone(), deal.clone()));
        }
    }
    None
}

fn gains(round: &RoundRow) -> Pair {
    Pair {
        principal: round.principal_gain,
        partner: round.partner_gain,
    }
}

#[test]
fn a_deal_splits_the_surplus_as_the_closed_form_says() {
    let mut surpluses = Vec::new();
    for rate in [0.01, 0.02, 0.03, 0.06] {
        let change = format!("talks.values.discount_us={rate}");
        let (round, deal) = signed(&[&change]).unwrap();
        let found = gains(&round);
        let weight = bargaining_weight(PARTNER, rate);
        let closed = transferable_split(found.total(), Pair::default(), weight).unwrap();
        assert!(found.total() > 1.0, "{found:?}");
        assert!(
            (found.partner - closed.partner).abs() < 1e-9,
            "{rate}: {found:?}"
        );
        assert!((found.principal - closed.principal).abs() < 1e-9);
        // A dollar costs a dollar, and a duty that hurts both together is gone.
        assert!((deal.concessions - deal.cost).abs() < 1e-9);
        assert!(deal.rate.abs() < 1e-12 && (deal.due - 0.3).abs() < 1e-12);
        surpluses.push((found.total(), deal.concessions));
        // Alternating offers a week apart: first and second mover on either side of it.
        let factor = |rate: f64| discount_factor(rate, GAP);
        let (first, second) = rubinstein_shares(factor(PARTNER), factor(rate)).unwrap();
        let share = found.partner / found.total();
        assert!(second < share && share < first, "{second} {share} {first}");
    }
    // The less patient the principal, the less it is paid.
    assert!(surpluses.windows(2).all(|pair| pair[1].1 < pair[0].1));
}

#[test]
fn equal_patience_halves_the_surplus() {
    let (round, _) = signed(&["talks.values.discount_us=0.03"]).unwrap();
    let found = gains(&round);
    assert!(
        (found.partner / found.total() - 0.5).abs() < 1e-9,
        "{found:?}"
    );
}

#[test]
fn nothing_is_signed_where_there_is_nothing_to_divide() {
    // Exports are worth nothing to the partner, and the principal wants the duty and can wait.
    let free = [
        "talks.values.export_value=0.0",
        "talks.values.us_weight_deficit=1.0",
        "talks.values.discount_us=0.0",
    ];
    assert!(signed(&free).is_none());
}

#[test]
fn a_last_round_moves_the_split_to_who_makes_the_last_offer() {
    let (round, _) = signed(&[]).unwrap();
    let found = gains(&round);
    let table = FiniteHorizon {
        total: found.total(),
        discounts: Pair {
            principal: discount_factor(0.02, GAP),
            partner: discount_factor(PARTNER, GAP),
        },
        disagreement: Pair::default(),
    };
    let share = |proposer: Side| table.settle(WEEKS, proposer).payoffs.partner / found.total();
    let (low, high) = (share(Side::Principal), share(Side::Partner));
    let own = found.partner / found.total();
    assert!(low < own && own < high, "{low} {own} {high}");
}
