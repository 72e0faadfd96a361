//! What all partners of the importer share: responses of demand and of totals to shocks.

use tradewinds_kernel::maths::{Kernel, dispatch};

use super::books::Market;
use super::response::Response;

/// Linear responses, `[..][shock]`, in which every foreign origin takes part.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Common {
    /// Log sales of a foreign origin at its own gate price as it stands, `[market][shock]`.
    demand: Vec<f64>,
    /// Sales of all foreign origins, `[market][shock]`, USD bn a year.
    imports: Vec<f64>,
    /// Duties on them, USD bn a year.
    revenue: Vec<f64>,
    /// Cost to buyers of changed gate prices, USD bn a year.
    cost: Vec<f64>,
}

/// The same without one partner, whose own terms are followed exactly.
pub(super) struct Responses {
    /// Log sales of the partner by market, at its own gate price, `[market][shock]`.
    pub(super) demand: Vec<f64>,
    /// Log gate price of the partner, `[market][shock]`.
    pub(super) price: Vec<f64>,
    /// Log sales of its rivals together, `[market][shock]`.
    pub(super) rivals: Vec<f64>,
    /// Duties on rivals, cost to buyers of what rivals sell, log income of the partner.
    pub(super) totals: [Vec<f64>; 3],
}

/// Adds responses up with vector instructions.
struct AddUp<'a> {
    response: &'a Response,
    markets: &'a [Market],
}

impl Kernel for AddUp<'_> {
    type Output = Common;

    #[inline(always)]
    fn run(self) -> Common {
        Common::add_up(self.response, self.markets)
    }
}

/// Takes a partner out with vector instructions.
struct Without<'a> {
    common: &'a Common,
    partner: usize,
    response: &'a Response,
    markets: &'a [Market],
}

impl Kernel for Without<'_> {
    type Output = Responses;

    #[inline(always)]
    fn run(self) -> Responses {
        (self.common).take_out(self.partner, (self.response, self.markets))
    }
}

impl Common {
    pub(super) fn new(response: &Response, markets: &[Market]) -> Self {
        dispatch(AddUp { response, markets })
    }

    /// Responses as a partner sees them.
    pub(super) fn without(
        &self,
        partner: usize,
        (response, markets): (&Response, &[Market]),
    ) -> Responses {
        dispatch(Without {
            common: self,
            partner,
            response,
            markets,
        })
    }

    #[inline(always)]
    fn add_up(response: &Response, markets: &[Market]) -> Self {
        let shocks = response.shocks;
        let mut common = Self {
            demand: response.activity.clone(),
            imports: vec![0.0; markets.len() * shocks],
            revenue: vec![0.0; shocks],
            cost: vec![0.0; shocks],
        };
        for (at, market) in markets.iter().enumerate() {
            let demand = &mut common.demand[at * shocks..(at + 1) * shocks];
            for origin in 0..response.economies {
                let by = match market.is_home(origin) {
                    true => market.drawn_home(market.own),
                    false => market.diverted(market.share[origin]),
                };
                add(demand, response.gate_price(at, origin), by);
            }
            let imports = &mut common.imports[at * shocks..(at + 1) * shocks];
            for origin in (0..response.economies).filter(|i| !market.is_home(*i)) {
                let price = response.gate_price(at, origin);
                let (sales, paid) = (market.sales[origin], market.duty_paid(origin));
                add(imports, demand, sales);
                add(imports, price, sales * (1.0 - market.sigma));
                add(&mut common.revenue, demand, sales * paid);
                add(
                    &mut common.revenue,
                    price,
                    sales * paid * (1.0 - market.sigma),
                );
                add(
                    &mut common.cost,
                    price,
                    market.exposure * market.share[origin],
                );
            }
        }
        common
    }

    #[inline(always)]
    fn take_out(&self, partner: usize, (response, markets): (&Response, &[Market])) -> Responses {
        let shocks = response.shocks;
        let mut seen = Responses {
            demand: self.demand.clone(),
            price: Vec::with_capacity(self.demand.len()),
            rivals: self.imports.clone(),
            totals: [
                self.revenue.clone(),
                self.cost.clone(),
                response.row(&response.income, partner).to_vec(),
            ],
        };
        for (at, market) in markets.iter().enumerate() {
            let price = response.gate_price(at, partner);
            seen.price.extend(price);
            let own = at * shocks..(at + 1) * shocks;
            let (sales, paid) = (market.sales[partner], market.duty_paid(partner));
            let diverted = market.diverted(market.share[partner]);
            let all = &self.demand[own.clone()];
            add(&mut seen.demand[own.clone()], price, -diverted);
            let (of_rivals, duties) = market.of_rivals(partner);
            let [revenue, cost, _] = &mut seen.totals;
            add(revenue, all, -sales * paid);
            add(
                revenue,
                price,
                -sales * paid * (1.0 - market.sigma) - duties * diverted,
            );
            add(cost, price, -market.exposure * market.share[partner]);
            let rivals = &mut seen.rivals[own];
            add(rivals, all, -sales);
            add(
                rivals,
                price,
                -sales * (1.0 - market.sigma) - of_rivals * diverted,
            );
            if of_rivals > 0.0 {
                rivals.iter_mut().for_each(|value| *value /= of_rivals);
            }
        }
        seen
    }
}

impl Market {
    /// Sales of the rivals of a partner and duties on them, USD bn a year.
    pub(super) fn of_rivals(&self, partner: usize) -> (f64, f64) {
        self.rivals(partner).fold((0.0, 0.0), |(sales, duties), i| {
            let duty = self.duty_paid(i) * self.sales[i];
            (sales + self.sales[i], duties + duty)
        })
    }
}

#[inline(always)]
fn add(sum: &mut [f64], row: &[f64], factor: f64) {
    for (sum, value) in sum.iter_mut().zip(row) {
        *sum += factor * value;
    }
}
