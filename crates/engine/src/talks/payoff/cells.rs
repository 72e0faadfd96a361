//! The cells of the table: one partner, one sector, one rate.
//!
//! With the log of what a package makes of the landed price of a partner, τ, and its gate
//! price x, one pass of the tiers gives sales of the partner, one factor for all rivals
//! and one for domestic goods. The gate price is where the partner wants to sell that:
//!
//! x = response of its gate price · (sales of the pass − what they were − what the
//! response to x itself already holds),
//!
//! a single equation per cell, solved by secants. All markets of a partner are solved side
//! by side ([`lanes`]), at the rates of rivals as they are and at higher ones; one cell at
//! a time is the reference (`plain`), and both give the same bits.

mod lanes;
#[cfg(test)]
mod plain;

use tradewinds_kernel::maths::{Kernel, dispatch, exp, ln};

use self::lanes::{Filled, LANES, Search, Sides};
use super::books::Market;
use super::common::Responses;
use super::response::Response;
use super::state::log_change;
use crate::sourcing::log_ces;

/// Rise of the mean rate of rivals over which its gradient is taken.
const STEP: f64 = 0.1;
/// Columns of a cell before those by market.
pub(super) const TOTALS: usize = 5;
/// Log sales of the partner over those at the state.
pub(super) const EXPORTS: usize = 0;
/// Change of duties on rivals, USD bn a year.
pub(super) const REVENUE: usize = 1;
/// Cost to buyers, USD bn a year.
pub(super) const COST: usize = 2;
/// Change of the log of the partner's income.
pub(super) const INCOME: usize = 3;
/// Log sales of rivals together over those at the state.
pub(super) const RIVALS: usize = 4;
/// Parts of a shock, see [`lanes`].
const PARTS: usize = 6;

/// Origins of a market when the rate on each rises by a step, whoever is the partner.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Dearer {
    /// Change of the log of each landed price, `[i]`.
    log: Vec<f64>,
    /// Sales at unchanged indices and duties on them, `[i]`, USD bn a year.
    sales: Vec<f64>,
    duties: Vec<f64>,
}

impl Dearer {
    pub(super) fn of(market: &Market) -> Self {
        let duties = market.duty.iter();
        let log: Vec<f64> = duties.map(|duty| log_change(duty + STEP, *duty)).collect();
        let sales: Vec<f64> = (market.sales.iter().zip(&log))
            .map(|(sales, log)| sales * exp(-market.sigma * log))
            .collect();
        let duties = (0..sales.len())
            .map(|i| (market.duty[i] + STEP) * market.border[i] * sales[i])
            .collect();
        Self { log, sales, duties }
    }
}

/// Rivals of a partner in a market, at their rates or at others.
struct Rivals {
    /// Log price index relative to the state.
    index: f64,
    /// Sales at unchanged indices and duties on them, USD bn a year.
    sales: f64,
    duties: f64,
}

impl Rivals {
    /// At their rates, which change nothing.
    fn now(market: &Market, partner: usize) -> Self {
        let (sales, duties) = market.of_rivals(partner);
        Self {
            index: 0.0,
            sales,
            duties,
        }
    }

    /// When the rate of each rises by a step.
    fn dearer((market, dearer): (&Market, &Dearer), partner: usize, share: f64) -> Self {
        let rivals = market.rivals(partner);
        let offers = (rivals.clone()).map(|i| (market.share[i] / share, dearer.log[i]));
        Self {
            index: match share > 0.0 {
                true => log_ces(market.sigma, offers),
                false => 0.0,
            },
            sales: rivals.clone().map(|i| dearer.sales[i]).sum(),
            duties: rivals.map(|i| dearer.duties[i]).sum(),
        }
    }
}

/// Rows of responses that columns of cells are made of, by shock: `[shock][row]`.
struct Directions {
    /// Rows: duties, cost and income, then by market rivals, demand and gate price.
    count: usize,
    values: Vec<f64>,
}

impl Directions {
    fn of(shocks: usize, responses: &Responses) -> Self {
        let totals = responses.totals.iter().map(Vec::as_slice);
        let by_market = [&responses.rivals, &responses.demand, &responses.price];
        let by_market = by_market
            .into_iter()
            .flat_map(|rows| rows.chunks_exact(shocks));
        let rows: Vec<&[f64]> = totals.chain(by_market).collect();
        let mut values = Vec::with_capacity(rows.len() * shocks);
        for shock in 0..shocks {
            values.extend(rows.iter().map(|row| row[shock]));
        }
        Self {
            count: rows.len(),
            values,
        }
    }

    fn at(&self, shock: usize) -> &[f64] {
        &self.values[shock * self.count..(shock + 1) * self.count]
    }

    /// Adds what a change of sales of some size by rival does, by row.
    #[inline(always)]
    fn add(
        &self,
        sum: &mut [f64],
        (first, sales): (usize, &[f64]),
        rivals: impl Iterator<Item = usize>,
    ) {
        for rival in rivals {
            let (size, row) = (sales[rival], self.at(first + rival));
            for (sum, value) in sum.iter_mut().zip(row) {
                *sum += size * value;
            }
        }
    }
}

/// What the markets of a partner are filled from.
pub(super) struct Bench<'a> {
    pub(super) markets: &'a [Market],
    /// By market.
    pub(super) dearer: &'a [Dearer],
    pub(super) response: &'a Response,
    pub(super) responses: &'a Responses,
    pub(super) partner: usize,
}

/// Fills cells with vector instructions.
struct Fill<'a> {
    bench: &'a Bench<'a>,
    rates: &'a [f64],
}

impl Kernel for Fill<'_> {
    type Output = Vec<f64>;

    #[inline(always)]
    fn run(self) -> Vec<f64> {
        self.bench.all(self.rates)
    }
}

impl Bench<'_> {
    /// Cells of the partner, `[market][rate][level, gradient][column]`.
    pub(super) fn cells(&self, rates: &[f64]) -> Vec<f64> {
        dispatch(Fill { bench: self, rates })
    }

    #[inline(always)]
    fn all(&self, rates: &[f64]) -> Vec<f64> {
        let count = self.markets.len();
        let width = TOTALS + 2 * count;
        let directions = Directions::of(self.response.shocks, self.responses);
        let mut cells = vec![0.0; count * rates.len() * 2 * width];
        let columns = self.columns(&directions);
        let places: Vec<(usize, usize)> = (0..2)
            .flat_map(|step| (0..count).map(move |at| (at, step)))
            .collect();
        for places in places.chunks(LANES) {
            let mut sides = Sides::default();
            let mut rivals = Vec::with_capacity(places.len());
            for (lane, (at, step)) in places.iter().enumerate() {
                rivals.push(self.set(&mut sides, lane, (*at, *step)));
                for (part, price) in sides.price.iter_mut().enumerate() {
                    let columns = columns_of(&columns, (*at, *step), width);
                    price[lane] = columns[part * width + TOTALS + count + at];
                }
            }
            let filled = Search {
                sides: &sides,
                rates,
            };
            let filled = filled.run();
            for (rate, filled) in filled.iter().enumerate() {
                for (lane, (at, step)) in places.iter().enumerate() {
                    let first = ((at * rates.len() + rate) * 2 + step) * width;
                    let cell = &mut cells[first..first + width];
                    let columns = columns_of(&columns, (*at, *step), width);
                    self.fill(cell, columns, (*at, lane), (filled, &rivals[lane]));
                }
            }
        }
        for cell in cells.chunks_exact_mut(2 * width) {
            let (level, gradient) = cell.split_at_mut(width);
            for (gradient, level) in gradient.iter_mut().zip(level) {
                *gradient = (*gradient - *level) / STEP;
            }
        }
        cells
    }

    /// Puts a market into a lane.
    fn set(&self, sides: &mut Sides, lane: usize, (at, step): (usize, usize)) -> Rivals {
        let (market, partner) = (&self.markets[at], self.partner);
        let of_rivals: f64 = market.rivals(partner).map(|i| market.share[i]).sum();
        let rivals = match step == 0 {
            true => Rivals::now(market, partner),
            false => Rivals::dearer((market, &self.dearer[at]), partner, of_rivals),
        };
        let share = market.share[partner];
        let foreign = 1.0 - market.own;
        sides.sigma[lane] = market.sigma;
        sides.eps[lane] = market.eps;
        sides.of_composite[lane] = market.of_composite;
        sides.own[lane] = market.own;
        sides.of_rivals[lane] = of_rivals / foreign;
        sides.of_partner[lane] = share / foreign;
        sides.index[lane] = rivals.index;
        sides.share[lane] = share;
        sides.sales[lane] = market.sales[partner];
        sides.duty[lane] = market.duty[partner];
        sides.border[lane] = market.border[partner];
        sides.diverted[lane] = market.diverted(share);
        sides.drawn_home[lane] = market.drawn_home(share);
        sides.duties[lane] = rivals.duties;
        sides.duties_before[lane] = market.of_rivals(partner).1;
        rivals
    }

    /// Responses of each column of a cell to the parts of a shock,
    /// `[market][step][part][column]`.
    #[inline(always)]
    fn columns(&self, directions: &Directions) -> Vec<f64> {
        let (count, response) = (self.markets.len(), self.response);
        let width = TOTALS + 2 * count;
        let mut columns = vec![0.0; count * 2 * PARTS * width];
        let mut parts = vec![0.0; 3 * directions.count];
        for (at, market) in self.markets.iter().enumerate() {
            parts.fill(0.0);
            let (now, others) = parts.split_at_mut(directions.count);
            let (dearer, at_home) = others.split_at_mut(directions.count);
            let first = response.sales(at, 0);
            let rivals = market.rivals(self.partner);
            directions.add(now, (first, &market.sales), rivals.clone());
            directions.add(dearer, (first, &self.dearer[at].sales), rivals);
            let home = market.home();
            for (part, row) in at_home.iter_mut().zip(directions.at(first + home)) {
                *part = market.sales[home] * row;
            }
            for step in 0..2 {
                let changed: &[f64] = if step == 0 { now } else { dearer };
                let rows: [&[f64]; PARTS] = [
                    directions.at(first + self.partner),
                    changed,
                    now,
                    at_home,
                    directions.at(response.revenue()),
                    directions.at(response.composite(at)),
                ];
                let start = (at * 2 + step) * PARTS * width;
                let columns = &mut columns[start..start + PARTS * width];
                for (columns, row) in columns.chunks_exact_mut(width).zip(rows) {
                    // Own demand, then what all markets share, then other markets.
                    columns[EXPORTS] = row[3 + count + at];
                    columns[REVENUE..=INCOME].copy_from_slice(&row[..3]);
                    columns[RIVALS] = row[3 + at];
                    columns[TOTALS..].copy_from_slice(&row[3 + count..]);
                }
            }
        }
        columns
    }

    /// One cell from what its lane found.
    #[inline(always)]
    fn fill(
        &self,
        cell: &mut [f64],
        columns: &[f64],
        (at, lane): (usize, usize),
        (filled, rivals): (&Filled, &Rivals),
    ) {
        let (market, count) = (&self.markets[at], self.markets.len());
        for (columns, shock) in columns.chunks_exact(cell.len()).zip(&filled.shock) {
            for (value, column) in cell.iter_mut().zip(columns) {
                *value += column * shock[lane];
            }
        }
        // What other sectors see; here the pass has it.
        cell[TOTALS + at] = 0.0;
        cell[TOTALS + count + at] = 0.0;
        let (before, duties) = market.of_rivals(self.partner);
        cell[EXPORTS] += filled.log_sales[lane];
        cell[REVENUE] += rivals.duties * filled.by_rivals(lane) - duties;
        cell[COST] += market.exposure * filled.area[lane];
        if before > 0.0 {
            cell[RIVALS] += filled.log_rivals[lane] + ln(rivals.sales / before);
        }
    }
}

/// Columns of a market with rivals at a step.
fn columns_of(columns: &[f64], (at, step): (usize, usize), width: usize) -> &[f64] {
    let start = (at * 2 + step) * PARTS * width;
    &columns[start..start + PARTS * width]
}

#[cfg(test)]
mod tests {
    use super::super::RATES;
    use super::super::common::Common;
    use super::*;

    const ECONOMIES: usize = 5;

    /// Numbers between 0 and 1 without a pattern.
    fn spread(seed: usize) -> impl Iterator<Item = f64> {
        (1..).map(move |at| ((at + 131 * seed) as f64 * 0.618_033_988_749_895).fract())
    }

    fn market(sector: usize) -> Market {
        let mut numbers = spread(sector);
        let mut next = |low: f64, high: f64| {
            let number = numbers.next().unwrap_or(0.5);
            low + (high - low) * number
        };
        let own = next(0.4, 0.9);
        let mut share: Vec<f64> = (0..ECONOMIES).map(|_| next(0.1, 1.0)).collect();
        share[0] = 0.0;
        let foreign: f64 = share.iter().sum();
        share
            .iter_mut()
            .for_each(|share| *share *= (1.0 - own) / foreign);
        let mut of = |low: f64, high: f64| (0..ECONOMIES).map(|_| next(low, high)).collect();
        let (sales, duty, border) = (of(5.0, 90.0), of(0.0, 0.4), of(1.0, 1.1));
        Market {
            sector,
            home: 0,
            own,
            share,
            sales,
            duty,
            border,
            // One market at each limit of Cobb and Douglas.
            sigma: if sector == 1 { 1.0 } else { next(2.0, 5.0) },
            eps: if sector == 2 { 1.0 } else { next(1.1, 2.0) },
            of_composite: if sector == 3 { 1.0 } else { next(0.2, 0.8) },
            exposure: next(100.0, 900.0),
        }
    }

    fn response(markets: usize) -> Response {
        let shocks = markets * (ECONOMIES + 1) + 1;
        let values = |seed: usize, rows: usize, size: f64| -> Vec<f64> {
            let numbers = spread(seed).take(rows * shocks);
            numbers.map(|number| size * (number - 0.3)).collect()
        };
        Response {
            economies: ECONOMIES,
            shocks,
            price: values(7, markets * ECONOMIES, 2e-3),
            activity: values(8, markets, 1e-3),
            income: values(9, ECONOMIES, 1e-3),
        }
    }

    #[test]
    fn cells_side_by_side_have_the_bits_of_cells_one_at_a_time() {
        for count in [1, 4, 9] {
            let markets: Vec<Market> = (0..count).map(market).collect();
            let (response, dearer) = (
                response(count),
                markets.iter().map(Dearer::of).collect::<Vec<_>>(),
            );
            let common = Common::new(&response, &markets);
            for partner in 1..ECONOMIES {
                let responses = common.without(partner, (&response, &markets));
                let bench = Bench {
                    markets: &markets,
                    dearer: &dearer,
                    response: &response,
                    responses: &responses,
                    partner,
                };
                let found = bench.cells(&RATES);
                let known: Vec<f64> = (0..count)
                    .flat_map(|at| {
                        let within = (&response, &responses);
                        plain::Bench::cells(within, (&markets, at), partner, &RATES)
                    })
                    .collect();
                assert!(known.iter().all(|value| value.is_finite()));
                // Zeros of both signs are one.
                let differs = |(found, known): &(&f64, &f64)| {
                    (*found + 0.0).to_bits() != (*known + 0.0).to_bits()
                };
                let apart = found
                    .iter()
                    .zip(&known)
                    .position(|pair| differs(&(pair.0, pair.1)));
                assert_eq!(apart, None, "{count} markets, partner {partner}");
                assert_eq!(found.len(), known.len());
            }
        }
    }
}
