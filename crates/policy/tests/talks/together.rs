//! Rules that need each other: a deal from the table to the vote, and one war in
//! two descriptions.

use tradewinds_policy::talks::bargaining::{FiniteHorizon, transferable_split};
use tradewinds_policy::talks::bargaining::{Pair, Side, bargaining_weight, discount_factor};
use tradewinds_policy::talks::disagreement::SecurityLink;
use tradewinds_policy::talks::issue::{DutyCut, Issue};
use tradewinds_policy::talks::package::{Table, nash_package};
use tradewinds_policy::talks::ratification::{VetoPlayer, is_in_win_set};
use tradewinds_policy::talks::red_line::{HomePolitics, IssueAtHome, RedLineRule};

fn issue(value: f64, cost: f64, red_line: f64) -> Issue {
    Issue {
        value,
        cost,
        red_line,
        is_on_table: true,
    }
}

fn cut(value: f64, cost: f64) -> DutyCut {
    DutyCut {
        value,
        cost,
        is_on_table: true,
        is_required: false,
    }
}

fn table(partner_without_deal: f64) -> Table {
    Table {
        status: Pair::default(),
        disagreement: Pair {
            principal: 0.0,
            partner: partner_without_deal,
        },
        weight: bargaining_weight(0.03, 0.02),
    }
}

/// Concessions of a package \[USD bn a year to the principal\].
fn conceded(farm_red_line: f64, partner_without_deal: f64) -> f64 {
    let issues = [issue(3.0, 0.3, 1.0), issue(2.0, 1.6, farm_red_line)];
    let cuts = [cut(2.0, 1.0)];
    let terms: Vec<_> = (issues.iter().map(Issue::term))
        .chain(cuts.iter().map(DutyCut::term))
        .collect();
    let package = nash_package(&terms, table(partner_without_deal)).unwrap();
    issues
        .iter()
        .zip(&package.extents)
        .map(|(issue, extent)| issue.value * extent)
        .sum()
}

#[test]
fn a_vote_ahead_narrows_the_package() {
    let rule = RedLineRule {
        election_weeks: 4.0,
        minority_cut: 0.25,
        mandate_bonus: 0.2,
    };
    let farm = IssueAtHome {
        red_line: 0.8,
        tightening: 0.9,
    };
    let home = |weeks_to_vote| HomePolitics {
        weeks_to_vote,
        is_minority: false,
        cooperation: 0.0,
        has_new_mandate: false,
    };
    let red_line = |weeks| rule.at(&farm, &home(weeks));
    assert!(conceded(red_line(Some(0.5)), -4.0) < conceded(red_line(None), -4.0));
}

#[test]
fn dependence_on_security_raises_concessions() {
    let link = SecurityLink {
        loss: 0.01,
        probability: 0.3,
    };
    let with = |dependence| conceded(0.8, -link.expected_loss(dependence, 900.0));
    assert!(with(0.9) > with(0.0));
}

#[test]
fn a_last_round_between_short_gaps_forgets_who_spoke_first() {
    // Daily offers, and a last day far away: the split by patience.
    let gap = 1.0;
    let talks = FiniteHorizon {
        total: 5.0,
        discounts: Pair {
            principal: discount_factor(0.02, gap),
            partner: discount_factor(0.03, gap),
        },
        disagreement: Pair::default(),
    };
    let rounds = 4000;
    let first = talks.settle(rounds, Side::Principal).payoffs;
    let second = talks.settle(rounds, Side::Partner).payoffs;
    let limit = transferable_split(5.0, Pair::default(), bargaining_weight(0.03, 0.02)).unwrap();
    assert!((first.principal - limit.principal).abs() < 0.01);
    assert!((second.principal - limit.principal).abs() < 0.01);
}

#[test]
fn a_deal_that_pays_the_nation_can_fail_the_chamber_of_those_who_pay() {
    let players = |farm: f64, rest: f64| {
        [(0.4, farm), (0.6, rest)].map(|(seats, package)| VetoPlayer {
            seats,
            package,
            status_quo: 0.0,
        })
    };
    let deal = players(-2.0, 5.0);
    assert!(is_in_win_set(&deal, 0.5));
    assert!(!is_in_win_set(&deal, 0.667));
}
