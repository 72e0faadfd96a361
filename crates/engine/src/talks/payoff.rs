//! Payoffs of trade talks: what a package of rates is worth to an importer and a partner.
//!
//! Talks weigh thousands of packages a week, so nothing is simulated or solved again.
//! Payoffs come from the demand system at the state: one pass of the tiers of the
//! importer, with p the log change of a landed price, a share in imports, h that of
//! domestic goods in spending,
//!
//! ```text
//! π^M = ln[Σ_i a_i exp((1 − σ) p_i)] / (1 − σ)                 origins
//! π   = ln[h + (1 − h) exp((1 − ε) π^M)] / (1 − ε)             home against imports
//! Δ ln sales_i = (1 − σ) p_i − τ_i + (σ − 1) π^M + (1 − ε)(π^M − π) + (1 − e) π,
//! ```
//!
//! with τ the log change of (1 + duty) and e the elasticity of demand for the composite,
//! the mean over final users (that between sectors, times the part of the price that
//! reaches the shelf) and firms (that among their inputs).
//!
//! **Gate prices answer.** Within a year workers stay in their sectors, so who sells less
//! to a large buyer sells cheaper, a partner with few other goods to sell most of all,
//! and what an importer does not buy abroad makes its own wages dear against all others.
//! At gate prices as they stand payoffs of the partner are ranked well (0.998), those of
//! the importer, where revenue and cost nearly cancel, are not (0.93). [`Response`] holds what
//! a change of sales, revenue or composite prices does to all gate prices, to first order
//! at the state; a cell of the table is the one price of the partner that fits its own
//! sales (module `cells`). No coefficient is fitted. Against the equilibrium with labour
//! fixed to sectors, over 200 packages at elasticities of the long run and of a year,
//! rank correlations are 1.000 for the partner and 0.996 and 0.986 for the importer,
//! median errors below 1 % and of 5 and 8 %; largest for partners that sell most of
//! what they make to the importer at duties of 100 %, where first order ends.
//!
//! **Table.** By partner, sector and rate ([`RATES`]), each with rivals at their rates and
//! with the gradient in their mean rate, linear in log(1 + rate) in between: log sales of
//! the partner, duties on rivals, cost to buyers, income of the partner, sales of rivals,
//! and what the cell does to the demand for the other goods of the partner and to their
//! gate prices. A package is the sum of its cells, looked up where the gate prices
//! that the others cause put them: a fall of the gate price is a lower rate.
//!
//! **Cost to buyers** is what final users pay more than wages rise, with what firms at home pay
//! handed on at their markups: exposure × \[exp((1 − e) π) − 1\] / (1 − e). All money is in
//! USD bn a year at the importer's mean wage as it stands.
//!
//! ```text
//! W_j − D_j = m_j (X_j − X_j⁰) − concessions
//! U_0 − D_0 = a_R (R − R⁰) − a_D (deficit − deficit⁰) − a_C (cost − cost⁰) + issues
//! ```
//!
//! with X exports of the partner to the importer, R all duties, ⁰ the package without
//! agreement. Issues are given. A table knows the law and the week it was built for and
//! answers for no other. Source of the form: Armington demand in three tiers as in
//! [`crate::sourcing`]; of the response: the market clearing of
//! `tradewinds_equilibrium` with labour fixed to sectors.

mod books;
mod cells;
mod common;
mod elimination;
mod response;
mod state;

use std::sync::Arc;

use tradewinds_kernel::maths::{exp, ln_1p};

use self::books::{Books, Market};
use self::cells::{Bench, COST, Dearer, EXPORTS, INCOME, REVENUE, RIVALS, TOTALS};
use self::common::Common;
pub use self::response::Response;
pub use self::state::{Elasticities, Snapshot, State, Version};

/// Rates of the table, share of the price at the border. Outside them the log of sales
/// goes on as between the nearest two.
pub const RATES: [f64; 10] = [0.0, 0.05, 0.10, 0.15, 0.20, 0.25, 0.35, 0.50, 1.0, 1.45];

/// Rates for the goods of one partner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Package<'a> {
    /// Economy of the partner.
    pub partner: usize,
    /// Duty on its goods, base duties included, `[s]`, share of the price at the border
    /// above -1; that on distribution services is not looked at.
    pub rates: &'a [f64],
    /// Change of the mean rate of its rivals against the state, `[s]`.
    pub rivals: &'a [f64],
}

/// What trade comes to under a package, USD bn a year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flows {
    /// Sales of the partner to the importer at the gate.
    pub exports: f64,
    /// Duties that the importer collects on the goods of all origins.
    pub revenue: f64,
    /// Sales of the partner to the importer less those of the importer to it, at the gate.
    pub deficit: f64,
    /// What buyers of the importer pay more than at the state.
    pub cost: f64,
}

/// What the importer makes of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Of a dollar of revenue, `a_R`.
    pub revenue: f64,
    /// Of a dollar of bilateral deficit less, `a_D`.
    pub deficit: f64,
    /// Of a dollar of cost to buyers, `a_C`.
    pub cost: f64,
}

/// How both sides value flows, and issues beside rates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// Value to the partner of a dollar of exports, `m_j`.
    pub export_value: f64,
    /// Weights of the importer.
    pub weights: Weights,
    /// Cost to the partner of what it concedes, and value of that to the importer, over
    /// those without agreement, USD bn a year.
    pub issues: (f64, f64),
}

/// Gains of both sides from a package over another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surplus {
    /// `W_j − D_j`, USD bn a year.
    pub partner: f64,
    /// `U_0 − D_0`, USD bn a year.
    pub importer: f64,
}

/// Why there is no payoff.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum PayoffError {
    /// Rates, quotas or exemptions changed, or a week went by, since the table was built.
    #[error(
        "the table of payoffs is stale: built for {built:?}, asked for {asked:?}; build it again"
    )]
    Stale {
        /// Law and week of the table.
        built: Version,
        /// Law and week of the question.
        asked: Version,
    },
    /// A package has too few or too many sectors.
    #[error("`{field}` of a package has {found} sectors, expected {expected}")]
    Shape {
        /// Field of [`Package`].
        field: &'static str,
        /// Sectors found.
        found: usize,
        /// Sectors needed.
        expected: usize,
    },
    /// A rate is not above -1.
    #[error("rate {rate} on sector {sector} must be finite and above -1")]
    Rate {
        /// Sector s.
        sector: usize,
        /// Rate found.
        rate: f64,
    },
    /// The importer does not talk to itself, or there is no such economy.
    #[error("economy {partner} is no partner")]
    Partner {
        /// Economy found.
        partner: usize,
    },
}

/// Payoffs of all packages at one state.
#[derive(Debug, Clone, PartialEq)]
pub struct Payoffs {
    version: Version,
    sectors: usize,
    markets: Arc<[Market]>,
    /// Columns of a cell.
    width: usize,
    /// ln(1 + rate) of the grid.
    log_rates: [f64; RATES.len()],
    /// By economy; empty for the importer and for those that nobody asks about.
    partners: Vec<Partner>,
}

/// The table of one partner.
#[derive(Debug, Clone, PartialEq, Default)]
struct Partner {
    /// Purchases from the importer at the state, USD bn a year.
    purchases: f64,
    /// Duties on rivals at the state, USD bn a year.
    duties_of_rivals: f64,
    /// `[market][rate][level, gradient][column]`.
    cells: Vec<f64>,
}

/// Where a rate stands in the table.
#[derive(Clone, Copy)]
struct Place {
    /// Start of the cell below.
    start: usize,
    /// Weight of the cell above.
    above: f64,
    /// Change of the mean rate of rivals.
    rivals: f64,
}

impl Payoffs {
    /// Payoffs at a state under a law and in a week.
    pub fn new(state: &State<'_>, version: Version) -> Self {
        Self::with_response(state, &Response::at(state), version)
    }

    /// The same with a response kept from another state of the world, such as the last
    /// month: the response takes more time than the table. Kept from the base year, before
    /// ten points more on all goods, it costs a hundredth of rank correlation of the
    /// importer's gains, nothing of the partner's.
    pub fn with_response(state: &State<'_>, response: &Response, version: Version) -> Self {
        Groundwork::at(state, response).payoffs((state, response), version, |_| true)
    }
}

/// What the tables of all partners at one state rest on.
#[derive(Debug, Clone, PartialEq)]
pub struct Groundwork {
    markets: Arc<[Market]>,
    /// By market, at higher rates.
    dearer: Vec<Dearer>,
    common: Common,
}

impl Groundwork {
    /// At a state, with a response of that or of another one.
    pub fn at(state: &State<'_>, response: &Response) -> Self {
        let markets = Market::all(state, &Books::of_importer(state));
        Self {
            common: Common::new(response, &markets),
            dearer: markets.iter().map(Dearer::of).collect(),
            markets: markets.into(),
        }
    }

    /// Payoffs of packages for some partners, at the state and with the response of the
    /// groundwork; questions about others are refused.
    pub fn payoffs(
        &self,
        (state, response): (&State<'_>, &Response),
        version: Version,
        is_wanted: impl Fn(usize) -> bool,
    ) -> Payoffs {
        let is_partner = |one: usize| one != state.importer && is_wanted(one);
        let partners = (0..state.economy.economies).map(|partner| match is_partner(partner) {
            true => self.partner((state, partner), response),
            false => Partner::default(),
        });
        Payoffs {
            version,
            sectors: state.economy.sectors,
            width: TOTALS + 2 * self.markets.len(),
            log_rates: RATES.map(ln_1p),
            partners: partners.collect(),
            markets: self.markets.clone(),
        }
    }

    /// The table of one partner.
    fn partner(&self, (state, partner): (&State<'_>, usize), response: &Response) -> Partner {
        let (economy, markets) = (state.economy, &*self.markets);
        let bench = Bench {
            markets,
            dearer: &self.dearer,
            response,
            responses: &self.common.without(partner, (response, markets)),
            partner,
        };
        let sold = economy.flow(partner, state.importer, 0);
        Partner {
            purchases: state.sales[sold..sold + economy.sectors].iter().sum(),
            duties_of_rivals: (markets.iter())
                .map(|market| market.of_rivals(partner).1)
                .sum(),
            cells: bench.cells(&RATES),
        }
    }
}

impl Payoffs {
    /// What a package makes of trade.
    ///
    /// # Errors
    /// [`PayoffError`] where the table is stale or the package does not fit it.
    pub fn flows(&self, version: Version, package: Package<'_>) -> Result<Flows, PayoffError> {
        let partner = self.check(version, &package)?;
        let count = self.markets.len();
        let mut by_market = vec![0.0; 4 * count];
        let (price, others) = by_market.split_at_mut(count);
        let (demand, others) = others.split_at_mut(count);
        let (log_sales, log_rates) = others.split_at_mut(count);
        for at in 0..count {
            log_rates[at] = ln_1p(package.rates[self.markets[at].sector]);
            let place = self.place(&package, (at, log_rates[at]));
            let prices = TOTALS + count..self.width;
            self.add(partner, place, (prices, &mut *price));
        }
        let mut totals = [0.0; TOTALS];
        let mut exports = [0.0; 2];
        for at in 0..count {
            // Where the gate prices that other cells cause put it.
            let place = self.place(&package, (at, log_rates[at] + price[at]));
            let mut cell = [0.0; TOTALS];
            self.add(partner, place, (0..TOTALS, &mut cell));
            self.add(partner, place, (TOTALS..TOTALS + count, &mut *demand));
            log_sales[at] = cell[EXPORTS] + price[at];
            for (total, value) in totals.iter_mut().zip(cell) {
                *total += value;
            }
        }
        for (at, market) in self.markets.iter().enumerate() {
            let sales = market.sales[package.partner];
            if sales > 0.0 {
                let sold = sales * exp(log_sales[at] + demand[at]);
                exports[0] += sold;
                exports[1] += package.rates[market.sector] * market.border[package.partner] * sold;
            }
        }
        let [exports, duties] = exports;
        Ok(Flows {
            exports,
            revenue: partner.duties_of_rivals + totals[REVENUE] + duties,
            deficit: exports - partner.purchases * exp(totals[INCOME]),
            cost: totals[COST],
        })
    }

    /// Gains of both sides from a package over what holds without agreement.
    ///
    /// # Errors
    /// As [`Payoffs::flows`].
    pub fn surplus(
        &self,
        version: Version,
        (package, without): (Package<'_>, Package<'_>),
        terms: &Terms,
    ) -> Result<Surplus, PayoffError> {
        let with = self.flows(version, package)?;
        let without = self.flows(version, without)?;
        Ok(terms.surplus(&with, &without))
    }

    /// Sales of every rival of the partner to the importer under a package, `[i]`, USD bn
    /// a year: all rivals in a sector gain or lose by one factor. Zero for the importer
    /// and for the partner.
    ///
    /// # Errors
    /// As [`Payoffs::flows`].
    pub fn rivals(&self, version: Version, package: Package<'_>) -> Result<Vec<f64>, PayoffError> {
        let partner = self.check(version, &package)?;
        let mut sales = vec![0.0; self.partners.len()];
        for (at, market) in self.markets.iter().enumerate() {
            let mut cell = [0.0; TOTALS];
            let log_rate = ln_1p(package.rates[market.sector]);
            let place = self.place(&package, (at, log_rate));
            self.add(partner, place, (0..TOTALS, &mut cell));
            let factor = exp(cell[RIVALS]);
            for rival in market.rivals(package.partner) {
                sales[rival] += market.sales[rival] * factor;
            }
        }
        Ok(sales)
    }

    fn check(&self, asked: Version, package: &Package<'_>) -> Result<&Partner, PayoffError> {
        let built = self.version;
        if built != asked {
            return Err(PayoffError::Stale { built, asked });
        }
        for (field, found) in [
            ("rates", package.rates.len()),
            ("rivals", package.rivals.len()),
        ] {
            if found != self.sectors {
                let expected = self.sectors;
                return Err(PayoffError::Shape {
                    field,
                    found,
                    expected,
                });
            }
        }
        let is_rate = |rate: &f64| rate.is_finite() && *rate > -1.0;
        if let Some(sector) = package.rates.iter().position(|rate| !is_rate(rate)) {
            let rate = package.rates[sector];
            return Err(PayoffError::Rate { sector, rate });
        }
        let partner = package.partner;
        let found = self
            .partners
            .get(partner)
            .filter(|found| !found.cells.is_empty());
        found.ok_or(PayoffError::Partner { partner })
    }

    /// Where ln(1 + rate) stands in a market.
    fn place(&self, package: &Package<'_>, (at, log_rate): (usize, f64)) -> Place {
        let sector = self.markets[at].sector;
        let inner = &self.log_rates[1..RATES.len() - 1];
        let below = inner.iter().filter(|known| **known <= log_rate).count();
        let (low, high) = (self.log_rates[below], self.log_rates[below + 1]);
        Place {
            start: (at * RATES.len() + below) * 2 * self.width,
            above: (log_rate - low) / (high - low),
            rivals: package.rivals[sector],
        }
    }

    /// Adds some columns of the table at a place.
    fn add(
        &self,
        partner: &Partner,
        place: Place,
        (columns, sum): (std::ops::Range<usize>, &mut [f64]),
    ) {
        let rows = |row: usize| {
            let start = place.start + row * self.width;
            &partner.cells[start + columns.start..start + columns.end]
        };
        let (level, gradient) = (rows(0), rows(1));
        let (level_above, gradient_above) = (rows(2), rows(3));
        for (at, sum) in sum.iter_mut().enumerate() {
            let below = level[at] + place.rivals * gradient[at];
            let above = level_above[at] + place.rivals * gradient_above[at];
            *sum += below + place.above * (above - below);
        }
    }
}

impl Terms {
    /// Gains from some flows over others.
    pub fn surplus(&self, with: &Flows, without: &Flows) -> Surplus {
        let Weights {
            revenue,
            deficit,
            cost,
        } = self.weights;
        let (conceded, received) = self.issues;
        Surplus {
            partner: self.export_value * (with.exports - without.exports) - conceded,
            importer: revenue * (with.revenue - without.revenue)
                - deficit * (with.deficit - without.deficit)
                - cost * (with.cost - without.cost)
                + received,
        }
    }
}
