//! A tariff-rate quota on imports at a given world price, with a straight demand
//! curve: with licences over a whole year, and first come, first served.

use std::sync::Arc;

use tradewinds_engine::customs::{QuotaRate, RateCalendar};
use tradewinds_engine::quota::{Allocation, LicenceMarket, QuotaRule, Quotas, RentHolder};
use tradewinds_engine::{Simulation, baseline};
use tradewinds_kernel::clock::Clock;

use super::{CaseError, RawCase, Report};
use crate::oracles::case::InputError;
use crate::oracles::curves::{Curve, CurvesPlugin};
use crate::oracles::report::Work;
use crate::oracles::small::{
    GOOD, HOME, Market, TICKS, flow, prices_and_sales, settle, user_price,
};

const ABROAD: usize = 1;

/// A case.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Terms {
    world_price: f64,
    inside: f64,
    outside: f64,
    volume: f64,
    a: f64,
    b: f64,
}

/// A year under the quota, in the units of the case.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Year {
    price: f64,
    imports: f64,
    inside: f64,
    over: f64,
    rent: f64,
    revenue: f64,
    premium: f64,
    filled_at: Option<f64>,
}

impl Terms {
    fn read(case: &RawCase) -> Result<Self, InputError> {
        let rate = |key: &str| {
            case.within(key, "finite and above -1", |rate| {
                rate.is_finite() && rate > -1.0
            })
        };
        let terms = Self {
            world_price: case.positive("pw")?,
            inside: rate("t_in")?,
            outside: rate("t_out")?,
            volume: case.positive("quota")?,
            a: case.positive("a")?,
            b: case.positive("b")?,
        };
        if terms.outside < terms.inside {
            return Err(InputError::Range {
                key: "inputs.t_out".to_owned(),
                found: terms.outside.to_string(),
                range: "at least `t_in`",
            });
        }
        if terms.a <= terms.b * terms.world_price * (1.0 + terms.inside) {
            return Err(InputError::Range {
                key: "inputs.a".to_owned(),
                found: terms.a.to_string(),
                range: "demand above 0 at the in-quota price",
            });
        }
        Ok(terms)
    }

    /// The market with the quota, before its first tick; the base year has the
    /// in-quota rate.
    fn simulation(
        &self,
        (allocation, premium_speed): (Allocation, f64),
        holder: RentHolder,
    ) -> Result<Simulation, CaseError> {
        let unit = self.world_price;
        // Relative to the duty-paid price of the base year.
        let dutied = unit * (1.0 + self.inside);
        let demand = Curve::Linear {
            intercept: self.a * dutied,
            slope: -self.b * dutied * dutied,
        };
        let market = Market {
            home: 0.0,
            abroad: vec![demand.quantity(1.0)],
            duty: vec![self.inside],
            sigma: 4.0,
        };
        let mut model = market.model(&[self.inside], 0.4)?;
        let economy = model.economy.clone();
        let mut wanted = Market::all_else(&economy);
        wanted.push((economy.market(HOME, GOOD), demand));
        let curves = CurvesPlugin {
            demand: wanted,
            ..CurvesPlugin::default()
        };
        let mut rates = model.law.last().clone();
        rates.quotas = vec![QuotaRate {
            quota: 0,
            flow: economy.flow(HOME, ABROAD, GOOD) as u32,
            measure: 0,
            share: 1.0,
            gap: self.outside - self.inside,
        }];
        let quota = QuotaRule {
            volume: self.volume * unit,
            year_starts: (1, 1),
            periods: 1,
            allocation,
            holder,
            is_absolute: false,
        };
        model.law = Arc::new(RateCalendar::constant(rates).with_quotas(vec![quota]));
        model.frictions.licences = LicenceMarket {
            premium_speed,
            elasticity: 0.0,
        };
        Ok(Simulation::new(model, (baseline, curves))?)
    }

    /// Runs a year and adds it up.
    fn year(&self, simulation: &mut Simulation) -> Result<Year, CaseError> {
        let (dt, unit) = (1.0 / f64::from(TICKS), self.world_price);
        let mut year = Year::default();
        for _ in 0..TICKS {
            simulation.step()?;
            let shipped = flow(simulation, ABROAD);
            let quotas = simulation.world().resource::<Quotas>();
            let state = &quotas.states[0];
            let rent: f64 = quotas.rents.iter().map(|(.., rent)| rent).sum();
            year.price += dt * unit * (1.0 + self.inside) * user_price(simulation);
            year.imports += dt * shipped.quantity / unit;
            year.inside += dt * state.inside / unit;
            year.over += dt * (state.entered - state.inside) / unit;
            year.rent += rent;
            year.revenue += dt * shipped.duty;
            year.premium = state.premium;
            year.filled_at = state.filled_at;
        }
        Ok(year)
    }

    /// Imports and price with licences, at rest.
    fn with_licences(&self, work: &mut Work) -> Result<Year, CaseError> {
        // A premium of one per cent cuts demand by this share of the volume.
        let response = self.b * self.world_price / self.volume;
        let premium_speed = 0.5 * f64::from(TICKS) / response;
        let licences = (Allocation::Licences, premium_speed);
        let mut simulation = self.simulation(licences, RentHolder::Importer)?;
        settle(&mut simulation, 100, prices_and_sales)?;
        let year = self.year(&mut simulation)?;
        let ticks = simulation.world().resource::<Clock>().index();
        work.add(&mut simulation, ticks);
        Ok(year)
    }

    /// The first quota year, first come, first served.
    fn first_come(&self, work: &mut Work) -> Result<Year, CaseError> {
        let mut simulation = self.simulation((Allocation::FirstCome, 0.0), RentHolder::Importer)?;
        let year = self.year(&mut simulation)?;
        work.add(&mut simulation, TICKS);
        Ok(year)
    }
}

/// Runs a case both ways.
pub(super) fn run(case: &RawCase) -> Result<Report, CaseError> {
    let terms = Terms::read(case)?;
    let mut report = Report::new(case, Work::by("customs, quotas, trade, accounts"));
    let tolerance = case.tolerance("rel").unwrap_or(1e-10);
    let annual = terms.with_licences(&mut report.work)?;
    for (field, value) in [
        ("price", annual.price),
        ("imports", annual.imports),
        ("in_quota", annual.inside),
        ("over_quota", annual.over),
        ("quota_rent", annual.rent),
        ("revenue", annual.revenue),
    ] {
        let path = ["annual", field];
        report.relative(case, ("licences", &path), &[value], tolerance)?;
    }
    let regime = match annual.premium {
        0.0 => "in_quota",
        premium if premium < terms.outside - terms.inside => "binding",
        _ => "over_quota",
    };
    let expected = &case.value["expected"]["annual"]["regime"];
    let differs = if expected == regime { 0.0 } else { 1.0 };
    report.state("licences", "annual.regime", differs, 0.0);
    let fill = terms.first_come(&mut report.work)?;
    for (field, value) in [
        ("imports", fill.imports),
        ("revenue", fill.revenue),
        ("avg_price", fill.price),
    ] {
        let path = ["fill", field];
        report.relative(case, ("first come", &path), &[value], tolerance)?;
    }
    let path = ["fill", "fill_time"];
    let one_tick = 1.0 / f64::from(TICKS);
    let filled = [fill.filled_at.unwrap_or(1.0)];
    report.absolute(case, ("first come", &path), &filled, one_tick)?;
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tradewinds_engine::household::Incomes;

    #[test]
    fn whoever_holds_the_rent_receives_it_and_the_accounts_close() {
        let terms = Terms {
            world_price: 1.0,
            inside: 0.05,
            outside: 0.4,
            volume: 20.0,
            a: 100.0,
            b: 40.0,
        };
        let licences = (Allocation::Licences, 4.0);
        let incomes = |holder: RentHolder| {
            let mut simulation = terms.simulation(licences, holder).unwrap();
            // The audit stops the run at the first account that does not close.
            let year = terms.year(&mut simulation).unwrap();
            assert!(year.rent > 1.0, "{year:?}");
            let found = simulation.world().resource::<Incomes>().clone();
            let rents = &simulation.world().resource::<Quotas>().rents;
            (found, rents[0].2)
        };
        let (importer, rent) = incomes(RentHolder::Importer);
        let (exporter, _) = incomes(RentHolder::Exporter);
        let (government, _) = incomes(RentHolder::Government);
        let close = |found: f64, wanted: f64| assert!((found - wanted).abs() < 1e-12, "{found}");
        close(importer.profit[0] - government.profit[0], rent);
        close(government.revenue[0] - importer.revenue[0], rent);
        close(exporter.profit[1] - importer.profit[1], rent);
        close(importer.profit[0] - exporter.profit[0], rent);
    }
}
