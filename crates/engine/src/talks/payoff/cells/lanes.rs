//! The search for gate prices in many markets side by side, with vector instructions.
//!
//! A lane does what the reference (`plain`) does for one market, operation by operation; one
//! that has found its price stands still until all have.
//!
//! Parts of a shock are what a pass changes beyond the answer to the gate price that is in
//! the response: sales of the partner, of rivals (factors of what they sell now and sold
//! before), of domestic goods (share), revenue, and the price of the composite.

use tradewinds_kernel::maths::{Kernel, exp, exp_m1, ln};

use super::PARTS;

/// Markets that are searched side by side.
pub(super) const LANES: usize = 16;
/// Largest gap left in the log of a gate price.
pub(super) const NEAR: f64 = 1e-8;
/// Secants after which a search ends.
pub(super) const SECANTS: usize = 20;
/// Elasticities closer to one than this use the Cobb-Douglas limit.
const NEAR_ONE: f64 = 1e-9;

/// One value a lane.
type Lanes = [f64; LANES];

/// Everything about a partner in its markets that does not depend on its rate.
#[derive(Debug, Default)]
pub(super) struct Sides {
    pub(super) sigma: Lanes,
    pub(super) eps: Lanes,
    pub(super) of_composite: Lanes,
    /// Share of domestic goods in spending.
    pub(super) own: Lanes,
    /// Shares of rivals and of the partner in imports.
    pub(super) of_rivals: Lanes,
    pub(super) of_partner: Lanes,
    /// Log price index of rivals relative to the state.
    pub(super) index: Lanes,
    /// Share of the partner in spending, its sales, and the rate and taxes it pays.
    pub(super) share: Lanes,
    pub(super) sales: Lanes,
    pub(super) duty: Lanes,
    pub(super) border: Lanes,
    /// Answers of foreign and of domestic sales to the price of the partner.
    pub(super) diverted: Lanes,
    pub(super) drawn_home: Lanes,
    /// Duties on rivals at unchanged indices, and at the state.
    pub(super) duties: Lanes,
    pub(super) duties_before: Lanes,
    /// Response of the gate price to the parts of a shock.
    pub(super) price: [Lanes; PARTS],
}

/// What a search found at one rate.
#[derive(Debug, Clone, Default)]
pub(super) struct Filled {
    pub(super) shock: [Lanes; PARTS],
    /// Log of the partner's sales over those at the state.
    pub(super) log_sales: Lanes,
    /// Log of rivals' sales over those at unchanged indices.
    pub(super) log_rivals: Lanes,
    /// Log price of the composite, and what buyers lose by it.
    composite: Lanes,
    pub(super) area: Lanes,
    /// By how much the gate price misses.
    gap: Lanes,
}

impl Filled {
    /// Rivals' sales over those at unchanged indices.
    pub(super) fn by_rivals(&self, lane: usize) -> f64 {
        self.shock[1][lane]
    }
}

/// The gate prices at some rates; each rate starts from the price of the one before.
pub(super) struct Search<'a> {
    pub(super) sides: &'a Sides,
    pub(super) rates: &'a [f64],
}

impl Kernel for Search<'_> {
    type Output = Vec<Filled>;

    #[inline(always)]
    fn run(self) -> Vec<Filled> {
        let mut found = vec![Filled::default(); self.rates.len()];
        let mut price = [0.0; LANES];
        for (rate, filled) in self.rates.iter().zip(&mut found) {
            let mut tau = [0.0; LANES];
            for (tau, duty) in tau.iter_mut().zip(&self.sides.duty) {
                *tau = ln((1.0 + rate) / (1.0 + duty));
            }
            search(self.sides, (*rate, &tau), &mut price, filled);
            buyers_lose(&self.sides.of_composite, filled);
        }
        found
    }
}

/// Secants from a price near by.
#[inline(always)]
fn search(sides: &Sides, (rate, tau): (f64, &Lanes), price: &mut Lanes, filled: &mut Filled) {
    pass(sides, (rate, tau), price, filled);
    let mut last = *price;
    let mut gap_last = filled.gap;
    for (price, gap) in price.iter_mut().zip(&gap_last) {
        *price += gap;
    }
    let mut goes_on = [true; LANES];
    for _ in 0..SECANTS {
        pass(sides, (rate, tau), price, filled);
        let mut is_any = false;
        for lane in 0..LANES {
            let gap = filled.gap[lane];
            let slope = (gap - gap_last[lane]) / (price[lane] - last[lane]);
            let is_moved = goes_on[lane]
                & (gap.abs() >= NEAR)
                & (slope.abs() < f64::INFINITY)
                & (slope != 0.0);
            let next = price[lane] - gap / slope;
            last[lane] = if is_moved { price[lane] } else { last[lane] };
            gap_last[lane] = if is_moved { gap } else { gap_last[lane] };
            price[lane] = if is_moved { next } else { price[lane] };
            goes_on[lane] = is_moved;
            is_any |= is_moved;
        }
        if !is_any {
            return;
        }
    }
    pass(sides, (rate, tau), price, filled);
}

/// One pass of the tiers at what duties and the partner's gate make of prices.
#[inline(always)]
fn pass(sides: &Sides, (rate, tau): (f64, &Lanes), price: &Lanes, filled: &mut Filled) {
    for lane in 0..LANES {
        let (sigma, eps) = (sides.sigma[lane], sides.eps[lane]);
        let (own, share) = (sides.own[lane], sides.share[lane]);
        let (tau, price) = (tau[lane], price[lane]);
        let landed = tau + price;
        let rivals = (sides.of_rivals[lane], sides.index[lane]);
        let foreign = 1.0 - own;
        let import = ces(sigma, rivals, (sides.of_partner[lane], landed));
        let import = if foreign > 0.0 { import } else { 0.0 };
        let composite = ces(eps, (own, 0.0), (foreign, import));
        let composite = if own > 0.0 { composite } else { import };
        let composite = if foreign > 0.0 { composite } else { 0.0 };
        let of_composite = (1.0 - sides.of_composite[lane]) * composite;
        let log_rivals = (sigma - 1.0) * import + (1.0 - eps) * (import - composite) + of_composite;
        let log_sales = (1.0 - sigma) * landed - tau + log_rivals;
        let log_home = (eps - 1.0) * composite + of_composite;

        let diverted = sides.diverted[lane] * price;
        let before = 1.0 + (1.0 - sigma) * price + diverted;
        let (sold, by_rivals) = (exp(log_sales), exp(log_rivals));
        let paid = (rate * sold - sides.duty[lane] * before) * sides.border[lane];
        let paid = paid * sides.sales[lane];
        let shock = [
            sides.sales[lane] * (sold - before),
            by_rivals,
            -(1.0 + diverted),
            exp_m1(log_home) - sides.drawn_home[lane] * price,
            paid + sides.duties[lane] * by_rivals - sides.duties_before[lane] * (1.0 + diverted),
            composite - share * price,
        ];
        let mut answered = sides.price[0][lane] * shock[0];
        filled.shock[0][lane] = shock[0];
        for part in 1..PARTS {
            answered += sides.price[part][lane] * shock[part];
            filled.shock[part][lane] = shock[part];
        }
        filled.gap[lane] = answered - price;
        filled.log_sales[lane] = log_sales;
        filled.log_rivals[lane] = log_rivals;
        filled.composite[lane] = composite;
    }
}

/// [`crate::sourcing::log_ces`] of two goods, without branches; the power of the larger
/// term is one, exactly.
#[inline(always)]
fn ces(elasticity: f64, one: (f64, f64), other: (f64, f64)) -> f64 {
    let slope = 1.0 - elasticity;
    let (first, second) = (slope * one.1, slope * other.1);
    let is_first = first > second;
    let (largest, other_term) = if is_first {
        (first, second)
    } else {
        (second, first)
    };
    let power = exp(other_term - largest);
    let (power, other_power) = if is_first { (1.0, power) } else { (power, 1.0) };
    let total = one.0 * power + other.0 * other_power;
    let index = (ln(total) + largest) / slope;
    let limit = one.0 * one.1 + other.0 * other.1;
    if slope.abs() < NEAR_ONE { limit } else { index }
}

/// What buyers with demand of an elasticity e lose per unit bought when the log of a price
/// rises by x: (exp\[(1 − e) x\] − 1) / (1 − e), the area left of their demand curve.
#[inline(always)]
fn buyers_lose(of_composite: &Lanes, filled: &mut Filled) {
    for lane in 0..LANES {
        let (slope, price) = (1.0 - of_composite[lane], filled.composite[lane]);
        let area = exp_m1(slope * price) / slope;
        filled.area[lane] = if slope.abs() < NEAR_ONE { price } else { area };
    }
}
