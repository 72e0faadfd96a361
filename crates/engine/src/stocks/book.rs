//! Units at hand and what they cost: weighted average, first in first out, or
//! what they would cost now.

use std::collections::VecDeque;

/// What goods from stock cost their buyers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CostBasis {
    /// The mean cost of all units at hand.
    #[default]
    WeightedAverage,
    /// The cost of the units that arrived first.
    FirstInFirstOut,
    /// What a unit bought today costs landed.
    Replacement,
}

/// Stocks by link, with their cost.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Book {
    /// What goods from stock cost their buyers.
    pub basis: CostBasis,
    /// Units at hand, by link.
    pub units: Vec<f64>,
    /// Cost of all units at hand, by link, USD bn.
    cost: Vec<f64>,
    /// Units and cost of each arrival still at hand, oldest first; kept for
    /// [`CostBasis::FirstInFirstOut`] only.
    lots: Vec<VecDeque<(f64, f64)>>,
}

impl Book {
    /// Stocks that cost 1 a unit.
    pub fn opened(basis: CostBasis, units: &[f64]) -> Self {
        let lots = match basis {
            CostBasis::FirstInFirstOut => {
                units.iter().map(|u| VecDeque::from([(*u, *u)])).collect()
            }
            CostBasis::WeightedAverage | CostBasis::Replacement => Vec::new(),
        };
        Self {
            basis,
            units: units.to_vec(),
            cost: units.to_vec(),
            lots,
        }
    }

    /// Cost of the units at hand, USD bn.
    pub fn value(&self, link: usize) -> f64 {
        self.cost[link]
    }

    /// Cost of the units at hand, by link, USD bn.
    pub fn values(&self) -> &[f64] {
        &self.cost
    }

    /// Cost of a unit that is sold next; `None` when nothing is at hand or
    /// buyers pay what replaces it.
    pub fn unit_cost(&self, link: usize) -> Option<f64> {
        match self.basis {
            CostBasis::Replacement => None,
            CostBasis::WeightedAverage => {
                (self.units[link] > 0.0).then(|| self.cost[link] / self.units[link])
            }
            CostBasis::FirstInFirstOut => {
                let oldest = self.lots[link].iter().find(|lot| lot.0 > 0.0);
                oldest.map(|(units, cost)| cost / units)
            }
        }
    }

    /// Multiplies the cost of what is at hand, as a new exchange rate does.
    pub fn revalue(&mut self, link: usize, factor: f64) {
        self.cost[link] *= factor;
        if let Some(lots) = self.lots.get_mut(link) {
            lots.iter_mut().for_each(|lot| lot.1 *= factor);
        }
    }

    /// Adds an arrival.
    pub fn put(&mut self, link: usize, units: f64, cost: f64) {
        self.units[link] += units;
        self.cost[link] += cost;
        if let Some(lots) = self.lots.get_mut(link)
            && units > 0.0
        {
            lots.push_back((units, cost));
        }
    }

    /// Takes at most the units at hand; their cost leaves the book and is
    /// returned, USD bn.
    pub fn take(&mut self, link: usize, units: f64) -> f64 {
        let (held, worth) = (self.units[link], self.cost[link]);
        if held <= 0.0 {
            return 0.0;
        }
        let left = (held - units).max(0.0);
        let cost = match self.lots.get_mut(link) {
            Some(lots) => take_oldest(lots, units),
            None => worth * (units / held).min(1.0),
        };
        self.units[link] = left;
        self.cost[link] = if left > 0.0 {
            (worth - cost).max(0.0)
        } else {
            0.0
        };
        worth - self.cost[link]
    }
}

fn take_oldest(lots: &mut VecDeque<(f64, f64)>, mut units: f64) -> f64 {
    let mut cost = 0.0;
    while let Some((held, worth)) = lots.front_mut() {
        if *held > units {
            let part = *worth * (units / *held);
            *held -= units;
            *worth -= part;
            return cost + part;
        }
        units -= *held;
        cost += *worth;
        lots.pop_front();
    }
    cost
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book(basis: CostBasis) -> Book {
        let mut book = Book::opened(basis, &[10.0]);
        book.put(0, 5.0, 10.0);
        book
    }

    #[test]
    fn the_mean_cost_of_what_is_at_hand_is_charged() {
        let mut book = book(CostBasis::WeightedAverage);
        assert!((book.unit_cost(0).unwrap() - 20.0 / 15.0).abs() < 1e-15);
        book.take(0, 3.0);
        assert!((book.unit_cost(0).unwrap() - 20.0 / 15.0).abs() < 1e-15);
        assert!((book.units[0] - 12.0).abs() < 1e-15);
    }

    #[test]
    fn first_in_first_out_charges_the_old_cost_until_old_units_are_sold() {
        let mut book = book(CostBasis::FirstInFirstOut);
        book.take(0, 9.0);
        assert_eq!(book.unit_cost(0), Some(1.0));
        book.take(0, 2.0);
        assert_eq!(book.unit_cost(0), Some(2.0));
        assert!((book.value(0) - 8.0).abs() < 1e-14);
    }

    #[test]
    fn an_empty_stock_has_no_cost() {
        let mut book = book(CostBasis::WeightedAverage);
        book.take(0, 15.0);
        assert_eq!(book.unit_cost(0), None);
        assert!(book.value(0).abs() < 1e-15);
    }
}
