//! Distribution: the services and the net margin that stand between basic and store prices.
//!
//! A household purchase of goods worth C at duty-paid basic prices needs d·C of services (wholesale,
//! retail, transport), where d = f/(1 - f) and f is distribution's share of the store price, and the
//! store keeps a net markup m: store value = (C + d·C)(1 + m). The source tables book both as
//! services that households use, so they are carved out of it: distribution stays an output of
//! services, the net profit of stores leaves services' output and surplus and stands on its own.

use crate::WorldError;
use crate::accounts::Accounts;
use crate::dollars;
use crate::facts::{Fact, Facts};
use crate::quality::{Mark, Quality};
use crate::shape::Shape;

/// The household among final users.
pub(crate) const HOUSEHOLD: usize = 0;

/// Distribution and net profit of stores on what households buy.
#[derive(Debug, Clone)]
pub(crate) struct Distribution {
    /// The sector that supplies it.
    pub(crate) services: usize,
    /// Services bought for distribution `[n][k]` (dollars).
    pub(crate) services_bought: Vec<i64>,
    /// Net profit of stores `[n][k]` (dollars).
    pub(crate) retail_profit: Vec<i64>,
    /// `[n][k]`.
    pub(crate) mark: Vec<Mark>,
}

impl Distribution {
    /// What households of n pay for k at store prices (dollars).
    pub(crate) fn store_value(
        &self,
        shape: &Shape,
        accounts: &Accounts,
        n: usize,
        k: usize,
    ) -> i64 {
        let market = shape.market(n, k);
        accounts.final_use[Accounts::use_of(shape, HOUSEHOLD, n, k)]
            + self.services_bought[market]
            + self.retail_profit[market]
    }

    /// Services bought for distribution in n (dollars).
    pub(crate) fn total_services(&self, shape: &Shape, n: usize) -> i64 {
        self.services_bought[shape.market(n, 0)..][..shape.sectors]
            .iter()
            .sum()
    }

    /// Net profit of all stores in n (dollars).
    pub(crate) fn total_profit(&self, shape: &Shape, n: usize) -> i64 {
        self.retail_profit[shape.market(n, 0)..][..shape.sectors]
            .iter()
            .sum()
    }
}

/// Carves distribution and retail profit out of the services that households use.
pub(crate) fn carve(
    facts: &Facts,
    shape: &Shape,
    accounts: &mut Accounts,
) -> Result<Distribution, WorldError> {
    let services = facts
        .sectors
        .iter()
        .position(|row| row.is_service)
        .ok_or_else(|| WorldError::MissingFact {
            file: "sectors.csv".to_owned(),
            key: "kind services".to_owned(),
        })?;
    let markup = facts
        .distribution
        .need(&["*", "*", "net_retail_markup"])?
        .value;
    let markup = markup / (1.0 - markup);
    let mut distribution = Distribution {
        services,
        services_bought: vec![0; shape.economies * shape.sectors],
        retail_profit: vec![0; shape.economies * shape.sectors],
        mark: Vec::with_capacity(shape.economies * shape.sectors),
    };
    for n in 0..shape.economies {
        let units = units(facts, shape, accounts, services, n, &mut distribution.mark)?;
        for (k, units) in units.iter().enumerate().filter(|&(k, _)| k != services) {
            let goods = dollars::bn(accounts.final_use[Accounts::use_of(shape, HOUSEHOLD, n, k)]);
            let market = shape.market(n, k);
            distribution.services_bought[market] = dollars::round(goods * units);
            distribution.retail_profit[market] = dollars::round(goods * (1.0 + units) * markup);
        }
        let profit = distribution.total_profit(shape, n);
        let moved = distribution.total_services(shape, n) + profit;
        accounts.final_use[Accounts::use_of(shape, HOUSEHOLD, n, services)] -= moved;
        let market = shape.market(n, services);
        accounts.output[market] -= profit;
        accounts.surplus[market] -= profit;
        accounts.fob[shape.flow(n, n, services)] -= profit;
    }
    crate::accounts::check_signs(shape, accounts)?;
    Ok(distribution)
}

/// Units of services per unit of goods, scaled down where they would take too much of services.
fn units(
    facts: &Facts,
    shape: &Shape,
    accounts: &Accounts,
    services: usize,
    n: usize,
    marks: &mut Vec<Mark>,
) -> Result<Vec<f64>, WorldError> {
    let mut units = vec![0.0; shape.sectors];
    let mut wanted = 0.0;
    for (k, unit) in units.iter_mut().enumerate() {
        let (share, mark) = share(facts, shape, n, k)?;
        marks.push(mark);
        if k != services {
            *unit = share / (1.0 - share);
            wanted +=
                *unit * dollars::bn(accounts.final_use[Accounts::use_of(shape, HOUSEHOLD, n, k)]);
        }
    }
    let largest = facts
        .distribution
        .need(&["*", "*", "largest_share_of_services"])?
        .value;
    let room =
        largest * dollars::bn(accounts.final_use[Accounts::use_of(shape, HOUSEHOLD, n, services)]);
    let scale = if wanted > room { room / wanted } else { 1.0 };
    Ok(units.iter().map(|unit| unit * scale).collect())
}

/// Share of the store price: of the economy, of all, or of the one economy with facts.
fn share(facts: &Facts, shape: &Shape, n: usize, k: usize) -> Result<(f64, Mark), WorldError> {
    let sector = shape.sector(k);
    let found = |economy: &str| {
        facts
            .distribution
            .get(&[economy, sector, "distribution_share"])
    };
    if facts.sectors[k].is_service {
        return Ok((0.0, Mark::new(Quality::Observed, "none")));
    }
    if let Some(fact) = found(shape.economy(n)) {
        return Ok((fact.value, fact.mark.clone()));
    }
    let elsewhere: Option<&Fact> = found("*").or_else(|| {
        shape
            .economy_codes
            .iter()
            .find_map(|code| found(code.as_str()))
    });
    elsewhere
        .map(|fact| (fact.value, Mark::new(Quality::Assumed, &fact.mark.source)))
        .ok_or_else(|| WorldError::MissingFact {
            file: "distribution.csv".to_owned(),
            key: format!("{} or *, {sector}, distribution_share", shape.economy(n)),
        })
}
