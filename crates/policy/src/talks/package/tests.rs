use super::*;
use crate::talks::issue::DutyCut;

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

fn table(weight: f64) -> Table {
    Table {
        status: Pair::default(),
        disagreement: Pair::default(),
        weight,
    }
}

#[test]
fn concessions_are_bought_in_descending_value_over_cost() {
    // Value over cost: 1, 4, 2.
    let issues = [
        issue(2.0, 2.0, 1.0),
        issue(4.0, 1.0, 0.5),
        issue(3.0, 1.5, 1.0),
    ];
    let paid = concessions_worth(3.5, &issues);
    // 2 from the second up to its red line, then 1.5 from the third.
    let expected = [0.0, 0.5, 0.5];
    for (extent, right) in paid.extents.iter().zip(expected) {
        assert!((extent - right).abs() < 1e-12);
    }
    assert!((paid.value - 3.5).abs() < 1e-12 && (paid.cost - 1.25).abs() < 1e-12);
}

#[test]
fn red_lines_and_closed_issues_cap_what_can_be_paid() {
    let mut issues = [issue(2.0, 2.0, 0.5), issue(4.0, 1.0, 1.0)];
    issues[1].is_on_table = false;
    let paid = concessions_worth(10.0, &issues);
    assert!((paid.value - 1.0).abs() < 1e-12 && paid.extents[1].abs() < 1e-15);
    assert!(concessions_worth(0.0, &issues).cost.abs() < 1e-15);
}

#[test]
fn the_solution_has_at_most_one_term_in_part() {
    let terms: Vec<Term> = [
        issue(2.0, 1.0, 0.8),
        issue(3.0, 0.4, 1.0),
        issue(1.0, 0.9, 1.0),
    ]
    .iter()
    .map(Issue::term)
    .chain([cut(6.0, 2.0).term(), cut(2.0, 1.5).term()])
    .collect();
    let package = nash_package(&terms, table(0.4)).unwrap();
    let is_partial =
        |(term, extent): &(&Term, &f64)| **extent > 1e-9 && **extent < term.limit - 1e-9;
    assert!(
        terms
            .iter()
            .zip(&package.extents)
            .filter(is_partial)
            .count()
            <= 1
    );
}

#[test]
fn the_solution_beats_every_package_of_a_grid() {
    let terms = [
        issue(2.0, 1.0, 0.8).term(),
        issue(3.0, 0.4, 1.0).term(),
        cut(4.0, 2.0).term(),
    ];
    let at = |weight: f64| Table {
        disagreement: Pair {
            principal: 0.2,
            partner: -0.5,
        },
        ..table(weight)
    };
    for weight in [0.15, 0.4, 0.5, 0.8] {
        let best = nash_package(&terms, at(weight)).unwrap().product;
        let mut found = 0.0_f64;
        for step in 0..21_usize.pow(3) {
            let extents: Vec<f64> = [step % 21, step / 21 % 21, step / 441]
                .iter()
                .zip(&terms)
                .map(|(part, term)| *part as f64 / 20.0 * term.limit)
                .collect();
            let gains = gains(&terms, &extents, at(weight));
            found = found.max(nash_product(gains, weight).unwrap_or(0.0));
        }
        assert!(best >= found - 1e-12, "{weight}: {best} < {found}");
        assert!(
            best < found * 1.02,
            "{weight}: {best} too far above {found}"
        );
    }
}

#[test]
fn a_stronger_partner_gets_more_for_less() {
    let terms = [issue(5.0, 2.0, 1.0).term(), cut(6.0, 2.0).term()];
    let weak = nash_package(&terms, table(0.2)).unwrap();
    let strong = nash_package(&terms, table(0.7)).unwrap();
    assert!(strong.payoffs.partner > weak.payoffs.partner);
    assert!(strong.payoffs.principal < weak.payoffs.principal);
}

#[test]
fn a_single_exchange_follows_the_closed_form() {
    // A cut worth 6 for 2 and cash up to 10: the surplus of 4 is shared by weight.
    let terms = [issue(10.0, 10.0, 1.0).term(), cut(6.0, 2.0).term()];
    let package = nash_package(&terms, table(0.25)).unwrap();
    assert!((package.payoffs.partner - 1.0).abs() < 1e-12);
    assert!((package.payoffs.principal - 3.0).abs() < 1e-12);
}

#[test]
fn all_or_nothing_stands_or_falls_with_the_principals_excluded_set() {
    let required = DutyCut {
        is_required: true,
        ..cut(2.0, 6.0)
    };
    let terms = |cut: DutyCut| [issue(12.0, 1.0, 1.0).term(), cut.term()];
    let with = nash_package(&terms(required), table(0.4)).unwrap();
    assert!((with.extents[1] - 1.0).abs() < 1e-15);
    // It would be cut in part only if it were not required.
    let free = DutyCut {
        is_required: false,
        ..required
    };
    assert!(nash_package(&terms(free), table(0.05)).unwrap().extents[1] < 0.6);
    let closed = DutyCut {
        is_on_table: false,
        ..required
    };
    assert!(nash_package(&terms(closed), table(0.4)).is_none());
}

#[test]
fn no_package_is_signed_that_leaves_a_side_worse_off() {
    let terms = [issue(1.0, 3.0, 1.0).term(), cut(1.0, 3.0).term()];
    let table = Table {
        disagreement: Pair {
            principal: 0.5,
            partner: 0.5,
        },
        ..table(0.5)
    };
    assert!(nash_package(&terms, table).is_none());
}

#[test]
fn of_several_base_rates_the_one_with_the_best_package_is_chosen() {
    let pair = |principal, partner| Pair { principal, partner };
    let terms = [issue(2.0, 1.0, 1.0).term()];
    let statuses = [pair(3.0, -2.0), pair(1.0, 4.0), pair(0.5, 3.0)];
    let (rate, package) = nash_package_on_grid(&statuses, &terms, table(0.5)).unwrap();
    assert_eq!(rate, 1);
    // (1 + 2s)(4 − s) rises up to s = 1.75, so the concession is made in full.
    assert!((package.product - 3.0).abs() < 1e-12);
}
