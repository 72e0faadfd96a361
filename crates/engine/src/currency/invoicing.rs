//! In which money a line is invoiced, and what happens to its price when
//! exchange rates move.
//!
//! A sticky price is a number in the money of the invoice: a line invoiced in
//! the seller's money gets cheaper in reference money by the whole fall of that
//! money at once, a line invoiced in reference money not before its next reset.

use bevy_ecs::prelude::*;

use super::Currencies;
use crate::columns::{OnlyTable, raw};
use crate::firm::{BaseShare, Line, Rows};
use crate::model::Model;
use crate::pricing::LogPrice;

/// Which lines are invoiced in the money of their origin.
#[derive(Resource, Debug, Clone, PartialEq)]
pub struct Invoicing {
    /// 1 where the price moves with the money of the origin, 0 where it is
    /// invoiced in reference money, by line; empty where rates are fixed.
    pub in_origin_money: Vec<f64>,
    /// Origin of each line; empty likewise.
    origin: Vec<u32>,
}

impl Invoicing {
    /// Lines of a flow in order of size; each takes the money of which the lines
    /// so far fall short, so that shares by value come out as near to those of
    /// the rule as the sizes of lines allow.
    pub(super) fn of(model: &Model, rows: &Rows, world: &mut World) -> Self {
        let rule = &model.frictions.currency;
        if rule.reference.is_none() {
            return Self {
                in_origin_money: Vec::new(),
                origin: Vec::new(),
            };
        }
        let economy = &model.economy;
        let mut shares = world.query_filtered::<&BaseShare, With<Line>>();
        let shares: Vec<f64> = shares.iter(world).map(|share| share.0).collect();
        let mut in_origin_money = vec![1.0; shares.len()];
        for n in 0..economy.economies {
            for i in (0..economy.economies).filter(|i| *i != n) {
                let wanted = rule.reference_invoicing[n * economy.economies + i];
                for s in 0..economy.sectors {
                    let flow = Rows::flow(economy, n, i, s);
                    let span = rows.lines[flow]..rows.lines[flow + 1];
                    assign(wanted, &shares[span.clone()], &mut in_origin_money[span]);
                }
            }
        }
        let origin = (rows.lines.windows(2).enumerate())
            .flat_map(|(flow, lines)| {
                let origin = (flow % economy.economies) as u32;
                std::iter::repeat_n(origin, lines[1] - lines[0])
            })
            .collect();
        Self {
            in_origin_money,
            origin,
        }
    }
}

/// Sets the lines of a flow to 0 (reference money) or 1 (money of the origin).
fn assign(wanted: f64, shares: &[f64], in_origin_money: &mut [f64]) {
    let (mut so_far, mut in_reference) = (0.0, 0.0);
    for (share, line) in shares.iter().zip(in_origin_money) {
        so_far += share;
        let missing = wanted * so_far - in_reference;
        *line = if missing >= 0.5 * share {
            in_reference += share;
            0.0
        } else {
            1.0
        };
    }
}

/// Prices in reference money of lines invoiced in the money of their origin.
pub(super) fn convert_prices(
    currencies: Res<Currencies>,
    invoicing: Res<Invoicing>,
    mut lines: Query<&mut LogPrice, With<Line>>,
) {
    if invoicing.in_origin_money.is_empty() {
        return;
    }
    let mut price = lines.table_mut();
    let invoiced = invoicing.in_origin_money.iter().zip(&invoicing.origin);
    for (price, (local, origin)) in raw(&mut price).iter_mut().zip(invoiced) {
        price.0 -= currencies.change[*origin as usize] * local;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_reference(wanted: f64, shares: &[f64]) -> f64 {
        let mut lines = vec![1.0; shares.len()];
        assign(wanted, shares, &mut lines);
        let in_reference = shares.iter().zip(&lines).filter(|(_, line)| **line == 0.0);
        in_reference.map(|(share, _)| share).sum()
    }

    #[test]
    fn invoicing_shares_come_out_within_half_a_line() {
        let shares = [0.4, 0.2, 0.1, 0.1, 0.08, 0.05, 0.04, 0.03];
        for wanted in [0.0, 0.2, 0.5, 0.72, 0.93, 1.0] {
            let found = in_reference(wanted, &shares);
            assert!((found - wanted).abs() <= 0.05, "{wanted}: {found}");
        }
    }

    #[test]
    fn a_single_line_takes_the_money_of_the_larger_share() {
        assert!(in_reference(0.4, &[1.0]) < 0.5);
        assert!(in_reference(0.6, &[1.0]) > 0.5);
    }
}
