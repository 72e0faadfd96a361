//! A duty per unit on a good with straight curves: who pays, what is lost, and
//! which duty is best for the importer.
//!
//! Home demand a − b p, home supply c + d p, supply from abroad f + g p. Home goods
//! and imports are the same good. Customs charges the duty, firms expect, produce
//! and ship, buyers pay; prices, quantities and revenue are those of the run at
//! rest, and surpluses are areas between the runs with and without the duty, which
//! are trapezes where curves are straight.

use tradewinds_engine::{Simulation, baseline};
use tradewinds_kernel::clock::Clock;

use super::{CaseError, RawCase, Report};
use crate::oracles::case::InputError;
use crate::oracles::curves::{Curve, CurvesPlugin, Homogeneous};
use crate::oracles::report::Work;
use crate::oracles::small::{GOOD, HOME, Market, flow, prices_and_sales, settle, user_price};

const ABROAD: usize = 1;
/// Years after which a world that still moves is given up.
const PATIENCE: u32 = 400;
const MECHANISM: &str = "customs, expectations, production, trade, accounts";

/// The curves of a case.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Curves {
    a: f64,
    b: f64,
    c: f64,
    d: f64,
    f: f64,
    g: f64,
}

/// The market at rest, in the units of the case.
#[derive(Debug, Clone, Copy, PartialEq)]
struct AtRest {
    p_home: f64,
    p_world: f64,
    demand: f64,
    supply: f64,
    imports: f64,
    revenue: f64,
}

impl Curves {
    fn read(case: &RawCase) -> Result<Self, InputError> {
        let any = |key: &str| case.within(key, "finite", f64::is_finite);
        let slope = |key: &str| case.within(key, "not negative", |slope| slope >= 0.0);
        let curves = Self {
            a: case.positive("a")?,
            b: case.positive("b")?,
            c: any("c")?,
            d: case.within("d", "finite and not negative", |d| {
                d >= 0.0 && d.is_finite()
            })?,
            f: any("f")?,
            g: slope("g")?,
        };
        let price = curves.reference();
        let is_traded = price > 0.0
            && price < curves.autarky()
            && curves.c + curves.d * price > 0.0
            && (curves.g.is_infinite() || (curves.g > 0.0 && curves.f + curves.g * price > 0.0));
        if is_traded {
            return Ok(curves);
        }
        Err(InputError::Range {
            key: "inputs.a, b, c, d, f, g".to_owned(),
            found: curves.shown(),
            range: "curves with positive quantities at some price below that of autarky",
        })
    }

    /// The numbers as a case lists them.
    fn shown(&self) -> String {
        let Self { a, b, c, d, f, g } = self;
        format!("{a}, {b}, {c}, {d}, {f}, {g}")
    }

    /// Price at which home supply meets home demand.
    fn autarky(&self) -> f64 {
        (self.a - self.c) / (self.b + self.d)
    }

    /// A price to start from, at which goods are made here and abroad and imported;
    /// the world price where it is given.
    fn reference(&self) -> f64 {
        if self.g.is_infinite() {
            return self.f;
        }
        let offered_here = if self.d > 0.0 { -self.c / self.d } else { 0.0 };
        let offered = offered_here.max(-self.f / self.g).max(0.0);
        0.5 * (offered + self.autarky())
    }

    /// The market at rest under a duty per unit.
    fn at_rest(&self, duty: f64, work: &mut Work) -> Result<AtRest, CaseError> {
        let unit = self.reference();
        // Quantities are counted at base prices, prices relative to them.
        let straight = |intercept: f64, slope: f64| Curve::Linear {
            intercept: intercept * unit,
            slope: slope * unit * unit,
        };
        let demand = straight(self.a, -self.b);
        let supply = straight(self.c, self.d);
        let abroad = match self.g.is_infinite() {
            true => Curve::Linear {
                intercept: 1.0,
                slope: f64::INFINITY,
            },
            false => straight(self.f, self.g),
        };
        let home = supply.quantity(1.0);
        let market = Market {
            home,
            abroad: vec![demand.quantity(1.0) - home],
            duty: vec![0.0],
            sigma: 4.0,
        };
        let followed = 0.5 / (1.0 + (self.b + self.d) / self.g);
        let model = market.model(&[0.0], followed)?;
        let economy = model.economy.clone();
        let imports = economy.flow(HOME, ABROAD, GOOD);
        let mut wanted = Market::all_else(&economy);
        wanted.push((economy.market(HOME, GOOD), demand));
        let curves = CurvesPlugin {
            supply: vec![(economy.market(ABROAD, GOOD), abroad)],
            demand: wanted,
            homogeneous: Some(Homogeneous {
                market: economy.market(HOME, GOOD),
                home: economy.flow(HOME, HOME, GOOD),
                imports,
                supply,
                demand,
                autarky: self.autarky() / unit,
            }),
            specific_duty: Some((imports, duty / unit)),
        };
        let mut simulation = Simulation::new(model, (baseline, curves))?;
        settle(&mut simulation, PATIENCE, prices_and_sales)?;
        let ticks = simulation.world().resource::<Clock>().index();
        work.add(&mut simulation, ticks);
        let (from_home, from_abroad) = (flow(&simulation, HOME), flow(&simulation, ABROAD));
        Ok(AtRest {
            p_home: unit * user_price(&simulation),
            p_world: unit * from_abroad.gate,
            demand: (from_home.quantity + from_abroad.quantity) / unit,
            supply: from_home.quantity / unit,
            imports: from_abroad.quantity / unit,
            revenue: from_abroad.duty,
        })
    }
}

impl AtRest {
    /// Change of the surplus of home buyers since `base`.
    fn buyers_gain(&self, base: &Self) -> f64 {
        -0.5 * (self.p_home - base.p_home) * (self.demand + base.demand)
    }

    /// Change of the surplus of home sellers since `base`.
    fn sellers_gain(&self, base: &Self) -> f64 {
        0.5 * (self.p_home - base.p_home) * (self.supply + base.supply)
    }

    /// Change of the welfare of the home economy since `base`.
    fn welfare(&self, base: &Self) -> f64 {
        self.buyers_gain(base) + self.sellers_gain(base) + self.revenue - base.revenue
    }
}

/// Prices, incidence, revenue and triangles of one duty.
pub(super) fn run(case: &RawCase) -> Result<Report, CaseError> {
    let curves = Curves::read(case)?;
    let duty = case.within("tau", "finite and not zero", |duty| {
        duty.is_finite() && duty != 0.0
    })?;
    let mut report = Report::new(case, Work::by(MECHANISM));
    let base = curves.at_rest(0.0, &mut report.work)?;
    let new = curves.at_rest(duty, &mut report.work)?;
    let passed_on = (new.p_home - base.p_home) / duty;
    let found = [
        ("p_home", new.p_home),
        ("p_world", new.p_world),
        ("p0", base.p_home),
        ("imports0", base.imports),
        ("imports", new.imports),
        ("dCS", new.buyers_gain(&base)),
        ("dPS", new.sellers_gain(&base)),
        ("revenue", new.revenue),
        ("dW", new.welfare(&base)),
        (
            "dwl_triangles",
            0.5 * (new.p_home - base.p_home) * (base.imports - new.imports),
        ),
        ("tot_gain", (base.p_world - new.p_world) * new.imports),
        ("passthrough", passed_on),
        ("passthrough_formula", passed_on),
    ];
    let tolerance = case.tolerance("rel").unwrap_or(1e-10);
    for (field, value) in found {
        report.relative(case, ("agents", &[field]), &[value], tolerance)?;
    }
    Ok(report)
}

/// The duty that is best for the importer, as the root of the slope of its welfare
/// over runs.
pub(super) fn best_duty(case: &RawCase) -> Result<Report, CaseError> {
    let curves = Curves::read(case)?;
    let mut report = Report::new(case, Work::by(format!("{MECHANISM}; best duty over runs")));
    let base = curves.at_rest(0.0, &mut report.work)?;
    let step = 0.05 * base.p_home;
    let mut slope = |duty: f64| -> Result<f64, CaseError> {
        let up = curves.at_rest(duty + step, &mut report.work)?;
        let down = curves.at_rest(duty - step, &mut report.work)?;
        Ok((up.welfare(&base) - down.welfare(&base)) / (2.0 * step))
    };
    let (mut last, mut duty) = (step, 2.0 * step);
    let mut slope_last = slope(last)?;
    for _ in 0..20 {
        let now = slope(duty)?;
        let next = duty - now * (duty - last) / (now - slope_last);
        (last, slope_last, duty) = (duty, now, next);
        let moved = (duty - last).abs();
        if moved.is_nan() || moved <= 1e-12 * base.p_home {
            break;
        }
    }
    let best = curves.at_rest(duty, &mut report.work)?;
    // A supply curve is as elastic as the runs around the best duty show.
    let step = step.min(0.25 * best.p_world);
    let (more, less) = (
        curves.at_rest(duty - step, &mut report.work)?,
        curves.at_rest(duty + step, &mut report.work)?,
    );
    let steepness = (more.p_world - less.p_world) / (more.imports - less.imports);
    let tolerance = case.tolerance("rel").unwrap_or(1e-8);
    for (field, value) in [
        ("tau", duty),
        ("p_world", best.p_world),
        ("ave", duty / best.p_world),
        (
            "inv_supply_elasticity",
            steepness * best.imports / best.p_world,
        ),
    ] {
        report.relative(case, ("agents", &[field]), &[value], tolerance)?;
    }
    Ok(report)
}
