//! Cells filled one at a time: the reference for [`super::lanes`].

use tradewinds_kernel::maths::{exp, exp_m1, ln};

use super::super::books::Market;
use super::super::common::Responses;
use super::super::response::Response;
use super::super::state::log_change;
use super::lanes::{NEAR, SECANTS};
use super::{COST, EXPORTS, PARTS, REVENUE, RIVALS, STEP, TOTALS};
use crate::sourcing::{log_ces, log_tiers};

/// Everything about a partner in a market that does not depend on its rate.
pub(super) struct Bench<'a> {
    market: &'a Market,
    /// Sales of the partner at the state, USD bn a year.
    sales: f64,
    /// Its share in spending and the rate and taxes it pays.
    share: f64,
    duty: f64,
    border: f64,
    /// Sales of rivals and duties on them at the state.
    of_rivals: (f64, f64),
    /// Responses of each column of a cell to the parts of a shock, and of the gate price.
    columns: Vec<[f64; PARTS]>,
    price: [f64; PARTS],
    /// Log gate price of the cell filled last.
    last_price: f64,
}

/// Rivals at rates that differ from those of the state.
struct Rivals {
    /// Share in spending and log price index relative to the state.
    index: (f64, f64),
    /// Sales at unchanged indices and duties on them, USD bn a year.
    sales: f64,
    duties: f64,
}

/// One pass of the tiers.
struct Pass {
    /// Log of the partner's sales over those at the state.
    log_sales: f64,
    /// Log of rivals' sales over those at unchanged indices.
    log_rivals: f64,
    /// Log of domestic sales over those at the state.
    log_home: f64,
    /// Log price of the composite.
    composite: f64,
}

impl<'a> Bench<'a> {
    /// Cells of a partner in one market by rate, `[rate][level, gradient][column]`.
    pub(super) fn cells(
        (response, responses): (&Response, &Responses),
        (markets, at): (&'a [Market], usize),
        partner: usize,
        rates: &[f64],
    ) -> Vec<f64> {
        let market = &markets[at];
        let mut bench = Self {
            market,
            sales: market.sales[partner],
            share: market.share[partner],
            duty: market.duty[partner],
            border: market.border[partner],
            of_rivals: market.of_rivals(partner),
            columns: Vec::new(),
            price: [0.0; PARTS],
            last_price: 0.0,
        };
        let width = TOTALS + 2 * markets.len();
        let mut cells = vec![0.0; rates.len() * 2 * width];
        for (step, is_gradient) in [(0.0, false), (STEP, true)] {
            let (rivals, by_rival) = market.rivals_at(partner, step);
            bench.project((response, responses), (at, partner), &by_rival);
            bench.last_price = 0.0;
            for (rate, cell) in rates.iter().zip(cells.chunks_exact_mut(2 * width)) {
                let (level, gradient) = cell.split_at_mut(width);
                match is_gradient {
                    false => bench.fill(&rivals, *rate, (at, level)),
                    true => {
                        bench.fill(&rivals, *rate, (at, gradient));
                        for (gradient, level) in gradient.iter_mut().zip(level) {
                            *gradient = (*gradient - *level) / STEP;
                        }
                    }
                }
            }
        }
        cells
    }

    /// Projects responses on the directions in which a pass moves sales.
    fn project(
        &mut self,
        (response, responses): (&Response, &Responses),
        (at, partner): (usize, usize),
        by_rival: &[f64],
    ) {
        let market = self.market;
        let first = response.sales(at, 0);
        let (own, home) = (first + partner, first + market.home());
        let (revenue, composite) = (response.revenue(), response.composite(at));
        let project = |row: &[f64]| -> [f64; PARTS] {
            let (mut changed, mut before) = (0.0, 0.0);
            for (rival, sales) in market.rivals(partner).zip(by_rival) {
                changed += sales * row[first + rival];
                before += market.sales[rival] * row[first + rival];
            }
            let at_home = market.sales[market.home()] * row[home];
            [
                row[own],
                changed,
                before,
                at_home,
                row[revenue],
                row[composite],
            ]
        };
        self.price = project(response.row(&responses.price, at));
        self.columns.clear();
        let [duties, cost, income] = &responses.totals;
        let own_demand = response.row(&responses.demand, at);
        let of_rivals = response.row(&responses.rivals, at);
        for row in [own_demand, duties, cost, income, of_rivals] {
            self.columns.push(project(row));
        }
        for rows in [&responses.demand, &responses.price] {
            for row in rows.chunks_exact(response.shocks) {
                self.columns.push(project(row));
            }
        }
    }

    /// One cell.
    fn fill(&mut self, rivals: &Rivals, rate: f64, (at, cell): (usize, &mut [f64])) {
        let tau = log_change(rate, self.duty);
        let price = self.gate_price(rivals, (rate, tau), self.last_price);
        self.last_price = price;
        let pass = self.pass(rivals, (tau, price));
        let shock = self.shock(rivals, &pass, (rate, price));
        for (value, column) in cell.iter_mut().zip(&self.columns) {
            *value = dot(column, &shock);
        }
        // What other sectors see; here the pass has it.
        let markets = (cell.len() - TOTALS) / 2;
        cell[TOTALS + at] = 0.0;
        cell[TOTALS + markets + at] = 0.0;
        let (before, duties) = self.of_rivals;
        cell[EXPORTS] += pass.log_sales;
        let sold = exp(pass.log_rivals);
        cell[REVENUE] += rivals.duties * sold - duties;
        cell[COST] += self.market.exposure * area(self.market.of_composite, pass.composite);
        if before > 0.0 {
            cell[RIVALS] += pass.log_rivals + ln(rivals.sales / before);
        }
    }

    /// Log gate price of the partner at which it sells what buyers want, from that of a
    /// cell near by.
    fn gate_price(&self, rivals: &Rivals, (rate, tau): (f64, f64), start: f64) -> f64 {
        let gap = |price: f64| {
            let pass = self.pass(rivals, (tau, price));
            dot(&self.price, &self.shock(rivals, &pass, (rate, price))) - price
        };
        let (mut last, mut gap_last) = (start, gap(start));
        let mut price = start + gap_last;
        for _ in 0..SECANTS {
            let gap_now = gap(price);
            let slope = (gap_now - gap_last) / (price - last);
            if gap_now.abs() < NEAR || !slope.is_finite() || slope == 0.0 {
                break;
            }
            (last, gap_last) = (price, gap_now);
            price -= gap_now / slope;
        }
        price
    }

    /// One pass of the tiers at what duties and the partner's gate make of prices.
    fn pass(&self, rivals: &Rivals, (tau, price): (f64, f64)) -> Pass {
        let market = self.market;
        let (sigma, eps) = (market.sigma, market.eps);
        let landed = tau + price;
        let offers = [rivals.index, (self.share, landed)].into_iter();
        let (import, composite) = log_tiers((sigma, eps), (market.own, 0.0), offers);
        let of_composite = (1.0 - market.of_composite) * composite;
        let log_rivals = (sigma - 1.0) * import + (1.0 - eps) * (import - composite) + of_composite;
        Pass {
            log_sales: (1.0 - sigma) * landed - tau + log_rivals,
            log_rivals,
            log_home: (eps - 1.0) * composite + of_composite,
            composite,
        }
    }

    /// What a pass changes beyond the answer to the gate price that is in the response:
    /// sales of the partner, of rivals (factors of what they sell now and sold before),
    /// of domestic goods (share), revenue, and the price of the composite.
    fn shock(&self, rivals: &Rivals, pass: &Pass, (rate, price): (f64, f64)) -> [f64; PARTS] {
        let market = self.market;
        let (_, duties) = self.of_rivals;
        let diverted = market.diverted(self.share) * price;
        let own = 1.0 + (1.0 - market.sigma) * price + diverted;
        let (sold, by_rivals) = (exp(pass.log_sales), exp(pass.log_rivals));
        let paid = (rate * sold - self.duty * own) * self.border * self.sales;
        [
            self.sales * (sold - own),
            by_rivals,
            -(1.0 + diverted),
            exp_m1(pass.log_home) - market.drawn_home(self.share) * price,
            paid + rivals.duties * by_rivals - duties * (1.0 + diverted),
            pass.composite - self.share * price,
        ]
    }
}

impl Market {
    /// Rivals of a partner when the rate of each rises by a step, and what each sells
    /// then at unchanged indices.
    fn rivals_at(&self, partner: usize, step: f64) -> (Rivals, Vec<f64>) {
        let dearer = |i: usize| log_change(self.duty[i] + step, self.duty[i]);
        let share: f64 = self.rivals(partner).map(|i| self.share[i]).sum();
        let offers = self
            .rivals(partner)
            .map(|i| (self.share[i] / share, dearer(i)));
        let index = match share > 0.0 && step != 0.0 {
            true => log_ces(self.sigma, offers),
            false => 0.0,
        };
        let sales: Vec<f64> = self
            .rivals(partner)
            .map(|i| self.sales[i] * exp(-self.sigma * dearer(i)))
            .collect();
        let duties = self.rivals(partner).zip(&sales);
        let rivals = Rivals {
            index: (share, index),
            duties: duties
                .map(|(i, sales)| (self.duty[i] + step) * self.border[i] * sales)
                .sum(),
            sales: sales.iter().sum(),
        };
        (rivals, sales)
    }
}

fn dot(left: &[f64; PARTS], right: &[f64; PARTS]) -> f64 {
    left.iter()
        .zip(right)
        .map(|(left, right)| left * right)
        .sum()
}

/// What buyers with demand of an elasticity lose per unit bought when the log of a price
/// rises by x: (exp\[(1 − e) x\] − 1) / (1 − e), the area left of their demand curve.
fn area(elasticity: f64, x: f64) -> f64 {
    let slope = 1.0 - elasticity;
    match slope.abs() < 1e-9 {
        true => x,
        false => exp_m1(slope * x) / slope,
    }
}
