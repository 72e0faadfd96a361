//! Border prices: a markup on unit cost, reset by an exact clock.
//!
//! desired price = markup × unit cost × (1 + duty over base duty)^(−b),
//!
//! with the markup of [`crate::markup`] and b the part of a duty that exporters
//! concede, zero by default. Hazard accumulates in years; a price is reset when
//! it reaches a unit-exponential threshold drawn for that reset, so reset dates
//! do not depend on the tick. Hazard above the threshold carries over; several
//! crossings in a tick are one change. An infinite hazard resets every tick.
//!
//! The hazard is λ, and higher while the price is outside the band in which a
//! change is not worth its cost ([`InactionBand`]). A reset price looks
//! ahead ([`crate::beliefs`]): of a duty that is expected in T years with some
//! probability it takes in that probability × e^(−(λ + r) T), the part of its
//! discounted life after T.

mod menu_cost;

use std::cell::OnceCell;

use bevy_app::{App, Plugin};
use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::draws::{Decision, Draws};
use tradewinds_kernel::maths::{exp, ln};
use tradewinds_kernel::phase::Phase;

pub use self::menu_cost::InactionBand;
use crate::Tick;
use crate::beliefs::{BeliefSystems, Beliefs, strongest};
use crate::capacity::Capacity;
use crate::columns::{OnlyTable, raw};
use crate::customs::RatesInForce;
use crate::firm::{BaseLogPrice, BaseShare, Firm, Line, Owner, Rows};
use crate::markup::{BestPrice, Conduct, FlooredMarkups, KimballDemand, Nest, Position};
use crate::model::Model;
use crate::production::{LogUnitCost, ProductionPlanSystems};
use crate::sourcing::{LineWeights, MarketPrices, Opening};

/// Threshold of the next reset of a border price.
pub const BORDER_RESET: Decision = Decision::named("border price reset");

/// What prices at the factory gate answer besides cost and time; the hazard of time
/// alone is [`crate::model::Frictions::border_reset`], for buyers at home
/// [`crate::model::Frictions::producer_reset`].
#[derive(Debug, Clone, PartialEq)]
pub struct PricingRule {
    /// Hazard added while a price is outside its band, `[s]`, per year.
    pub gap_reset: Vec<f64>,
    /// Cost of changing a price, `[s]`, share of maximum profit; sets the band.
    pub menu_cost: Vec<f64>,
    /// Share of firms' foresight that enters a reset (0 to 1).
    pub foresight: f64,
    /// Rate at which firms discount profits, per year.
    pub discount: f64,
    /// Elasticity of the price at the factory gate to 1 + duty that exporters
    /// concede, `[s]`.
    pub shade: Vec<f64>,
}

impl PricingRule {
    /// Prices are reset by time alone and follow cost and markup alone.
    pub fn plain(sectors: usize) -> Self {
        Self {
            gap_reset: vec![0.0; sectors],
            menu_cost: vec![0.0; sectors],
            foresight: 0.0,
            discount: 0.0,
            shade: vec![0.0; sectors],
        }
    }

    /// Part of the discounted life of a price, reset now and then at some hazard
    /// a year, that lies more than some years ahead.
    pub fn weight_of_future(&self, hazard: f64, years: f64) -> f64 {
        if years <= 0.0 {
            return 1.0;
        }
        exp(-(hazard + self.discount) * years)
    }
}

/// Log of the price at the factory gate, USD bn per unit.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct LogPrice(pub f64);

/// What sellers expect of duties on top of the law in force, and how much of it
/// enters a price that is reset now.
#[derive(Resource, Debug, Clone, Default, PartialEq)]
struct ExpectedWedges(Vec<ExpectedWedge>);

/// One change of the landed price of a flow that is expected.
#[derive(Debug, Clone, Copy, PartialEq)]
struct ExpectedWedge {
    /// Flow `[n][i][s]`.
    flow: u32,
    /// Log change of 1 + duty.
    log_change: f64,
    /// Probability × part of the price's life after the change × foresight.
    weight: f64,
}

impl ExpectedWedges {
    /// Changes expected of a flow.
    fn of(&self, flow: usize) -> &[ExpectedWedge] {
        let start = self.0.partition_point(|one| (one.flow as usize) < flow);
        let end = self.0.partition_point(|one| one.flow as usize <= flow);
        &self.0[start..end]
    }
}

/// An exact clock: hazard left until the next reset, in expected resets.
#[derive(Component, Debug, Clone, Copy, PartialEq, Default)]
pub struct ResetClock {
    /// Hazard still to accumulate before the next reset.
    pub remaining: f64,
    /// Number of thresholds drawn so far.
    pub drawn: u32,
}

impl ResetClock {
    /// Draws the first threshold.
    pub fn started(draws: &Draws, decision: Decision, agent: u32) -> Self {
        Self {
            remaining: draws.exponential(decision, agent, 0),
            drawn: 1,
        }
    }

    /// Adds hazard; true when a threshold was reached. An infinite hazard leaves
    /// the threshold as it is.
    #[inline]
    pub fn advance(&mut self, hazard: f64, draws: &Draws, decision: Decision, agent: u32) -> bool {
        self.advance_to(hazard, draws, decision, agent).is_some()
    }

    /// Adds hazard; the share of the tick after the first threshold reached in it.
    #[inline]
    pub fn advance_to(
        &mut self,
        hazard: f64,
        draws: &Draws,
        decision: Decision,
        agent: u32,
    ) -> Option<f64> {
        if hazard.is_infinite() {
            return Some(1.0);
        }
        self.remaining -= hazard;
        if self.remaining > 0.0 {
            return None;
        }
        Some(self.start_again(hazard, draws, decision, agent))
    }

    /// Draws the next threshold; the share of the tick after the one just reached.
    #[cold]
    fn start_again(&mut self, hazard: f64, draws: &Draws, decision: Decision, agent: u32) -> f64 {
        let after = if hazard > 0.0 {
            -self.remaining / hazard
        } else {
            0.0
        };
        while self.remaining <= 0.0 {
            self.remaining += draws.exponential(decision, agent, self.drawn);
            self.drawn += 1;
        }
        after
    }
}

/// Sets border prices. Add after [`crate::firm::FirmPlugin`].
pub struct PricingPlugin;

/// Systems that set border prices.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PricingSystems;

impl Plugin for PricingPlugin {
    fn build(&self, app: &mut App) {
        let draws = *app.world().resource::<Draws>();
        let model = app.world().resource::<Model>().clone();
        let rows = app.world().resource::<Rows>().clone();
        let world = app.world_mut();
        let mut clocks = world.query_filtered::<&mut ResetClock, With<Line>>();
        for (line, mut clock) in clocks.iter_mut(world).enumerate() {
            *clock = ResetClock::started(&draws, BORDER_RESET, line as u32);
        }
        let mut shares = world.query_filtered::<&BaseShare, With<Line>>();
        let shares: Vec<f64> = shares.iter(world).map(|share| share.0).collect();
        app.insert_resource(Standing::at_base(&model, &rows, &shares))
            .insert_resource(FlooredMarkups::default())
            .insert_resource(ExpectedWedges::default())
            .add_systems(
                Tick,
                (
                    expect_wedges
                        .in_set(Phase::FormExpectations)
                        .after(BeliefSystems),
                    reset_border_prices
                        .in_set(Phase::Plan)
                        .in_set(PricingSystems)
                        .after(ProductionPlanSystems),
                ),
            );
    }
}

/// What does not change about the sellers of a run.
#[derive(Resource, Debug, Clone, PartialEq)]
struct Standing {
    /// Log of the markup at base shares by line; empty without oligopolies.
    base_markup: Vec<f64>,
    /// Log of base markups, `[n][i][s]`.
    log_markup: Vec<f64>,
    /// Band of prices not worth changing, `[s]`.
    bands: Vec<InactionBand>,
    /// Kimball demand, `[s]`.
    demands: Vec<KimballDemand>,
    /// Elasticity of demand for a whole sector that its sellers perceive, `[n][s]`.
    sector_elasticity: Vec<f64>,
}

impl Standing {
    fn at_base(model: &Model, rows: &Rows, shares: &[f64]) -> Self {
        let economy = &model.economy;
        let is_oligopoly = |sector| model.frictions.markups.is_oligopoly(sector);
        let sector_elasticity = model.frictions.markups.sector_elasticity(economy);
        let mut base_markup = Vec::new();
        let opening = Opening::of(model);
        if (0..economy.sectors).any(is_oligopoly) {
            base_markup.resize(shares.len(), 0.0);
            for market in 0..economy.markets() {
                let (n, s) = (market / economy.sectors, market % economy.sectors);
                if !is_oligopoly(s) {
                    continue;
                }
                let imported = imported_share(economy, &opening.share, n, s);
                for i in 0..economy.economies {
                    let share = opening.share[economy.flow(n, i, s)];
                    let nest = nest(model, sector_elasticity[market], (n, i, s));
                    let row = Rows::flow(economy, n, i, s);
                    let place = place(i == n, share, imported);
                    for line in rows.lines[row]..rows.lines[row + 1] {
                        let in_origin = shares[line];
                        base_markup[line] = nest.log_markup(Position { in_origin, ..place }).0;
                    }
                }
            }
        }
        let pricing = &model.frictions.pricing;
        let band = |(elasticity, cost): (&f64, &f64)| InactionBand::of(*elasticity, *cost);
        let elasticities = &model.population.firm_elasticity;
        let demand = |(elasticity, xi): (&f64, &f64)| KimballDemand::new(*elasticity, *xi);
        let superelasticity = &model.frictions.markups.superelasticity;
        let demands = elasticities.iter().zip(superelasticity).map(demand);
        let bands = elasticities.iter().zip(&pricing.menu_cost).map(band);
        Self {
            base_markup,
            log_markup: economy.markup.iter().map(|markup| ln(*markup)).collect(),
            bands: bands.collect(),
            demands: demands.collect(),
            sector_elasticity,
        }
    }
}

/// The tiers above the sellers of a flow.
fn nest(
    model: &Model,
    sector_elasticity: f64,
    (buyer, origin, sector): (usize, usize, usize),
) -> Nest {
    let (economy, rule) = (&model.economy, &model.frictions.markups);
    let (sigma, eps) = (economy.sigma[sector], economy.eps[sector]);
    Nest {
        firms: model.population.firm_elasticity[sector],
        origins: if origin == buyer { eps } else { sigma },
        imports: eps,
        sector: sector_elasticity,
        firms_per_agent: rule.firms_per_agent[economy.market(origin, sector)],
        is_cournot: rule.conduct[sector] == Conduct::Cournot,
    }
}

/// Share of imports in a market with these shares of origins.
fn imported_share(economy: &Economy, shares: &[f64], buyer: usize, sector: usize) -> f64 {
    let foreign = (0..economy.economies).filter(|i| *i != buyer);
    foreign
        .map(|i| shares[economy.flow(buyer, i, sector)])
        .sum()
}

/// The place of an origin with this share in a market of which a share is imported.
fn place(is_domestic: bool, share: f64, imported: f64) -> Position {
    let (in_imports, in_sector) = match (is_domestic, imported > 0.0) {
        (true, _) => (1.0, share),
        (false, true) => (share / imported, imported),
        (false, false) => (0.0, 0.0),
    };
    Position {
        in_origin: 0.0,
        in_imports,
        in_sector,
    }
}

/// What the sellers of a flow see.
struct Seller<'a> {
    conduct: Conduct,
    /// Log of base markup and concession.
    log_base: f64,
    /// Concession per log point of the wedge.
    shade: f64,
    nest: Nest,
    place: Position,
    demand: KimballDemand,
    /// Log of the price of the sector at the factory gate: composite over wedge.
    log_reference: f64,
    expected: &'a [ExpectedWedge],
    weights: &'a LineWeights,
    row: usize,
    base_markup: &'a [f64],
    base_price: &'a [BaseLogPrice],
}

impl Seller<'_> {
    /// Log of the price a line would reset to, foresight included.
    fn reset_price(&self, line: usize, log_cost: f64, log_price: f64) -> BestPrice {
        let now = self.desired(line, log_cost, log_price, 0.0);
        let mut best = now;
        for change in self.expected {
            let then = self.desired(line, log_cost, log_price, change.log_change);
            best.log_price += change.weight * (then.log_price - now.log_price);
            best.is_floored |= then.is_floored;
        }
        best
    }

    /// Log of the best price of a line after a log change of its origin's wedge.
    #[inline]
    fn desired(&self, line: usize, log_cost: f64, log_price: f64, change: f64) -> BestPrice {
        let at_base_markup = self.log_base + log_cost - self.shade * change;
        match self.conduct {
            Conduct::Constant => BestPrice {
                log_price: at_base_markup,
                is_floored: false,
            },
            Conduct::Bertrand | Conduct::Cournot => {
                let total = self.weights.total[self.row];
                let in_origin = match total > 0.0 {
                    true => self.weights.weight[line] / total,
                    false => 0.0,
                };
                let position = Position {
                    in_origin,
                    ..self.place
                };
                let wanted = at_base_markup - log_price;
                let base = self.base_markup[line];
                let best = self.nest.best_price(position, wanted, base, change);
                BestPrice {
                    log_price: log_price + best.log_price,
                    ..best
                }
            }
            Conduct::Kimball => {
                let reference = self.base_price[line].0 + self.log_reference - change;
                let best = self.demand.best_price(at_base_markup - reference);
                BestPrice {
                    log_price: reference + best.log_price,
                    ..best
                }
            }
        }
    }
}

/// What prices are set by.
#[derive(SystemParam)]
struct Sight<'w> {
    model: Res<'w, Model>,
    clock: Res<'w, Clock>,
    rows: Res<'w, Rows>,
    rates: Res<'w, RatesInForce>,
    expected: Res<'w, ExpectedWedges>,
    prices: Res<'w, MarketPrices>,
    weights: Res<'w, LineWeights>,
    standing: Res<'w, Standing>,
    capacity: Res<'w, Capacity>,
}

impl Sight<'_> {
    fn seller<'a>(
        &'a self,
        base_price: &'a [BaseLogPrice],
        (n, i, s): (usize, usize, usize),
        imported: f64,
    ) -> Seller<'a> {
        let (economy, frictions) = (&self.model.economy, &self.model.frictions);
        let (flow, pricing, markups) = (
            economy.flow(n, i, s),
            &frictions.pricing,
            &frictions.markups,
        );
        let shade = if n == i { 0.0 } else { pricing.shade[s] };
        let duty = (1.0 + self.rates.rates.collected[flow]) / (1.0 + economy.import_duty[flow]);
        let conceded = if shade == 0.0 { 0.0 } else { shade * ln(duty) };
        let sector_elasticity = self.standing.sector_elasticity[economy.market(n, s)];
        let share = self.prices.origin_share[flow];
        Seller {
            conduct: markups.conduct[s],
            log_base: self.standing.log_markup[flow] - conceded,
            shade,
            nest: nest(&self.model, sector_elasticity, (n, i, s)),
            place: place(i == n, share, imported),
            demand: self.standing.demands[s],
            log_reference: self.prices.log_composite[economy.market(n, s)]
                - self.rates.log_wedge[flow],
            expected: self.expected.of(flow),
            weights: &self.weights,
            row: Rows::flow(economy, n, i, s),
            base_markup: &self.standing.base_markup,
            base_price,
        }
    }
}

/// Puts what is believed into terms of prices. Without markups or concessions
/// that answer a duty there is nothing to look ahead to.
fn expect_wedges(
    model: Res<Model>,
    clock: Res<Clock>,
    beliefs: Res<Beliefs>,
    rates: Res<RatesInForce>,
    mut expected: ResMut<ExpectedWedges>,
) {
    let frictions = &model.frictions;
    let pricing = &frictions.pricing;
    expected.0.clear();
    let answers = |sector: usize| {
        frictions.markups.conduct[sector] != Conduct::Constant || pricing.shade[sector] != 0.0
    };
    if pricing.foresight <= 0.0 || !(0..model.economy.sectors).any(answers) {
        return;
    }
    for stretch in &beliefs.stretches {
        // A price is reset at any moment of the tick alike.
        let share = stretch.length() / clock.dt();
        let of_stretch = &beliefs.expected[stretch.expected.clone()];
        for course in strongest(of_stretch, |course| course.peak()) {
            let flow = course.flow();
            let sector = flow % model.economy.sectors;
            if !answers(sector) {
                continue;
            }
            let duty = rates.rates.collected[flow];
            let future = |years| pricing.weight_of_future(frictions.border_reset[sector], years);
            for level in course.levels(|one, _| one.probability) {
                let (change, probability) = level.lottery();
                let lasts = future(level.years) - future(level.until);
                expected.0.push(ExpectedWedge {
                    flow: flow as u32,
                    log_change: ln((1.0 + duty + change) / (1.0 + duty)),
                    weight: share * pricing.foresight * probability * lasts,
                });
            }
        }
    }
    expected.0.sort_by_key(|one| one.flow);
}

type Prices = (
    &'static mut LogPrice,
    &'static mut ResetClock,
    &'static Owner,
    &'static BaseLogPrice,
);

fn reset_border_prices(
    sight: Sight,
    draws: Res<Draws>,
    mut floored: ResMut<FlooredMarkups>,
    firms: Query<&LogUnitCost, With<Firm>>,
    mut lines: Query<Prices, With<Line>>,
) {
    let cost = firms.table();
    let (mut price, mut resets, owner, base_price) = lines.table_mut();
    let (price, resets) = (raw(&mut price), raw(&mut resets));
    let economy = &sight.model.economy;
    let pricing = &sight.model.frictions.pricing;
    let dt = sight.clock.dt();
    for market in 0..economy.markets() {
        let (buyer, sector) = (market / economy.sectors, market % economy.sectors);
        let more = pricing.gap_reset[sector] * dt;
        let band = sight.standing.bands[sector];
        let imported = match sight.model.frictions.markups.is_oligopoly(sector) {
            true => imported_share(economy, &sight.prices.origin_share, buyer, sector),
            false => 0.0,
        };
        for origin in 0..economy.economies {
            let flow = Rows::flow(economy, buyer, origin, sector);
            let span = sight.rows.lines[flow]..sight.rows.lines[flow + 1];
            if span.is_empty() {
                continue;
            }
            // Most flows of a tick have no price to reset.
            let seller = OnceCell::new();
            let seller = || {
                let place = (buyer, origin, sector);
                seller.get_or_init(|| sight.seller(base_price, place, imported))
            };
            let hazard = dt
                * match origin == buyer {
                    true => sight.model.frictions.producer_reset[sector],
                    false => sight.model.frictions.border_reset[sector],
                };
            for (line, clock) in span.clone().zip(&mut resets[span]) {
                let desired = || {
                    let log_cost = cost[owner[line].0 as usize].0;
                    seller().desired(line, log_cost, price[line].0, 0.0)
                };
                let is_left = more > 0.0 && band.is_left_by(price[line].0 - desired().log_price);
                let hazard = if is_left { hazard + more } else { hazard };
                if !clock.advance(hazard, &draws, BORDER_RESET, line as u32) {
                    continue;
                }
                let firm = owner[line].0 as usize;
                let best = seller().reset_price(line, cost[firm].0, price[line].0);
                let change = best.log_price - price[line].0;
                let settled = sight.capacity.settled(firm, line, change);
                price[line].0 = match settled.to_bits() == change.to_bits() {
                    true => best.log_price,
                    false => price[line].0 + settled,
                };
                floored.0 += u64::from(best.is_floored);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reset_dates_do_not_depend_on_the_tick() {
        let draws = Draws::new(7, 0);
        let dates = |ticks_per_year: u32| {
            let mut clock = ResetClock::started(&draws, BORDER_RESET, 3);
            let hazard = 1.3 / f64::from(ticks_per_year);
            (0..20 * ticks_per_year)
                .filter(|_| clock.advance(hazard, &draws, BORDER_RESET, 3))
                .map(|tick| f64::from(tick) / f64::from(ticks_per_year))
                .collect::<Vec<_>>()
        };
        let (weekly, daily) = (dates(52), dates(364));
        assert!(weekly.len() > 10, "{weekly:?}");
        assert_eq!(weekly.len(), daily.len());
        for (week, day) in weekly.iter().zip(&daily) {
            assert!((week - day).abs() < 1.0 / 51.0, "{week} against {day}");
        }
    }

    #[test]
    fn a_reset_tells_how_much_of_its_tick_comes_after_it() {
        let draws = Draws::new(7, 0);
        let mut clock = ResetClock {
            remaining: 0.7,
            drawn: 1,
        };
        assert_eq!(clock.advance_to(0.5, &draws, BORDER_RESET, 3), None);
        let after = clock.advance_to(0.5, &draws, BORDER_RESET, 3);
        assert!(
            after.is_some_and(|after| (after - 0.6).abs() < 1e-15),
            "{after:?}"
        );
        assert_eq!(
            clock.advance_to(f64::INFINITY, &draws, BORDER_RESET, 3),
            Some(1.0)
        );
    }

    #[test]
    fn an_infinite_hazard_resets_every_tick() {
        let draws = Draws::new(7, 0);
        let mut clock = ResetClock::started(&draws, BORDER_RESET, 3);
        assert!((0..5).all(|_| clock.advance(f64::INFINITY, &draws, BORDER_RESET, 3)));
        assert_eq!(clock.drawn, 1);
    }

    #[test]
    fn a_price_that_is_changed_at_once_keeps_its_clock() {
        let draws = Draws::new(7, 0);
        let mut clock = ResetClock::started(&draws, BORDER_RESET, 3);
        let before = clock;
        assert!(clock.advance(f64::INFINITY, &draws, BORDER_RESET, 3));
        assert_eq!(clock, before);
    }

    /// Discounted squared gap over the life of a price, desired price 0 before
    /// and 1 after `years`, by the midpoint rule.
    fn loss(speed: f64, price: f64, years: f64) -> f64 {
        let step = 1e-3;
        let gaps = (0..40_000).map(|k| {
            let at = (f64::from(k) + 0.5) * step;
            let desired = if at < years { 0.0 } else { 1.0 };
            exp(-speed * at) * (price - desired) * (price - desired) * step
        });
        gaps.sum()
    }

    #[test]
    fn the_weight_of_the_future_makes_the_discounted_loss_least() {
        let rule = PricingRule {
            discount: 0.03,
            ..PricingRule::plain(1)
        };
        for years in [0.25, 1.0] {
            let weight = rule.weight_of_future(1.1, years);
            let at = |price: f64| loss(1.13, price, years);
            let slope = (at(weight + 1e-4) - at(weight - 1e-4)) / 2e-4;
            assert!(slope.abs() < 1e-6, "{years}: {slope}");
        }
        assert!(rule.weight_of_future(f64::INFINITY, 0.5) < 1e-300);
        assert!((rule.weight_of_future(f64::INFINITY, 0.0) - 1.0).abs() < 1e-300);
    }
}
