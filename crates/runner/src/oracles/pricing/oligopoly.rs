//! Atkeson-Burstein oligopolies before and after a duty on foreign firms.
//!
//! The base year of the small world is the market in which all firms have equal
//! shares: there every firm sells at μ₀, and tastes are the units in which its
//! good is measured (price 1 in units of which share ∝ taste × price^(1 − ρ)).
//! The costs of the case are then set, the market runs to rest, and again under
//! the duty. Firms of one duty are one origin; all tiers have elasticity ρ.

use tradewinds_engine::markup::{Conduct, MarkupRule, Nest, Position};
use tradewinds_kernel::maths::{exp, ln, pow};

use super::market::{Market, Plan};
use super::slope;
use crate::oracles::case::{InputError, RawCase};
use crate::oracles::report::{CaseError, Report, Work};

/// What a case gives.
struct Case {
    cost: Vec<f64>,
    taste: Vec<f64>,
    duty: [Vec<f64>; 2],
    rho: f64,
    eta: f64,
    conduct: Conduct,
    /// Economy of each firm; 0 is the buyer's own.
    origin: Vec<usize>,
    /// Firms in the order of economies.
    order: Vec<usize>,
}

/// The market at rest, by firm in the order of the case.
struct AtRest {
    price: Vec<f64>,
    share: Vec<f64>,
    markup: Vec<f64>,
    index: f64,
}

pub(super) fn run(raw: &RawCase) -> Result<Report, CaseError> {
    let case = Case::read(raw)?;
    let mut report = Report::new(raw, Work::by("pricing, markups, customs, sourcing"));
    let mut before = case.market(0)?;
    let mut after = case.market(1)?;
    let rest = [case.rest(&mut before, 0)?, case.rest(&mut after, 1)?];
    let tolerance = raw.tolerance("rel").unwrap_or(1e-8);
    let mut compare = |field: &str, found: &[f64]| -> Result<(), CaseError> {
        if raw
            .expected(&[field])
            .is_some_and(|values| values.iter().any(Option::is_some))
        {
            report.relative(raw, ("agents", &[field]), found, tolerance)?;
        }
        Ok(())
    };
    for (rest, when) in rest.iter().zip(["0", "1"]) {
        compare(&format!("p{when}"), &rest.price)?;
        compare(&format!("share{when}"), &rest.share)?;
        compare(&format!("markup{when}"), &rest.markup)?;
        compare(&format!("P{when}"), &[rest.index])?;
    }
    let firms = 0..case.cost.len();
    let change = |firm: usize| ln(rest[1].price[firm] / rest[0].price[firm]);
    let wedge = |firm: usize| ln((1.0 + case.duty[1][firm]) / (1.0 + case.duty[0][firm]));
    let border = |firm: usize| exp(change(firm) - wedge(firm)) - 1.0;
    let passed = |firm: usize| change(firm) / wedge(firm);
    compare(
        "border_price_change",
        &firms.clone().map(border).collect::<Vec<_>>(),
    )?;
    compare(
        "duty_paid_passthrough",
        &firms.map(passed).collect::<Vec<_>>(),
    )?;
    if raw
        .expected(&["local_passthrough_matrix"])
        .is_some_and(|values| values.len() > 1)
    {
        compare("local_passthrough_matrix", &case.local(&mut before)?)?;
    }
    before.account(&mut report.work);
    after.account(&mut report.work);
    Ok(report)
}

impl Case {
    fn read(raw: &RawCase) -> Result<Self, InputError> {
        let firms = raw.numbers("cost")?.len();
        let positive = |key: &str| {
            raw.each_within(key, firms, "finite and above 0", |value| {
                value.is_finite() && value > 0.0
            })
        };
        let duty = |key: &str| {
            raw.each_within(key, firms, "finite and above -1", |rate| {
                rate.is_finite() && rate > -1.0
            })
        };
        let foreign = raw.value["inputs"]["foreign"].as_array();
        let foreign: Vec<bool> = foreign
            .filter(|list| list.len() == firms)
            .and_then(|list| list.iter().map(serde_json::Value::as_bool).collect())
            .ok_or_else(|| InputError::Shape {
                key: "inputs.foreign".to_owned(),
                expected: "a list of true and false, one for each firm",
            })?;
        let conduct = match raw.word("mode")? {
            "bertrand" => Conduct::Bertrand,
            "cournot" => Conduct::Cournot,
            other => {
                return Err(InputError::Range {
                    key: "inputs.mode".to_owned(),
                    found: other.to_owned(),
                    range: "bertrand or cournot",
                });
            }
        };
        let duty = [duty("tariff0")?, duty("tariff1")?];
        let origin = origins(&foreign, &duty);
        let mut order: Vec<usize> = (0..firms).collect();
        order.sort_by_key(|firm| origin[*firm]);
        let above_one = |value: f64| value > 1.0 && value.is_finite();
        Ok(Self {
            rho: raw.within("rho", "finite and above 1", above_one)?,
            eta: raw.positive("eta")?,
            taste: positive("taste")?,
            cost: positive("cost")?,
            duty,
            conduct,
            origin,
            order,
        })
    }

    /// Values by firm in the order of economies.
    fn ordered(&self, values: impl Fn(usize) -> f64) -> Vec<f64> {
        self.order.iter().map(|firm| values(*firm)).collect()
    }

    /// Values by firm in the order of the case.
    fn restored(&self, values: &[f64]) -> Vec<f64> {
        let mut restored = vec![0.0; values.len()];
        for (firm, value) in self.order.iter().zip(values) {
            restored[*firm] = *value;
        }
        restored
    }

    /// The market under the duties before (0) or after (1).
    fn market(&self, when: usize) -> Result<Market, CaseError> {
        let economies = 1 + self.origin.iter().copied().max().unwrap_or(0);
        let all = self.cost.len() as f64;
        let mut plan = Plan::at_home(0, self.rho);
        plan.firms = vec![0; economies];
        plan.duty = vec![0.0; economies];
        for (firm, origin) in self.origin.iter().enumerate() {
            plan.firms[*origin] += 1;
            plan.duty[*origin] = self.duty[when][firm];
        }
        plan.share = plan.firms.iter().map(|firms| *firms as f64 / all).collect();
        let nest = Nest {
            firms: self.rho,
            origins: self.rho,
            imports: self.rho,
            sector: self.eta,
            firms_per_agent: 1.0,
            is_cournot: self.conduct == Conduct::Cournot,
        };
        let equal = Position {
            in_origin: 1.0 / all,
            in_imports: 1.0,
            in_sector: 1.0,
        };
        plan.markup = exp(nest.log_markup(equal).0);
        let mut frictions = plan.frictions();
        frictions.markups = MarkupRule {
            conduct: vec![self.conduct, Conduct::Constant],
            final_elasticity: self.eta,
            input_elasticity: self.eta,
            ..frictions.markups
        };
        let mut market = plan.build(frictions)?;
        let unit = |firm: usize| pow(self.taste[firm] * all, 1.0 / (self.rho - 1.0));
        market.set_base_prices(&self.ordered(unit));
        market.set_costs(&self.ordered(|firm| self.cost[firm]));
        Ok(market)
    }

    fn rest(&self, market: &mut Market, when: usize) -> Result<AtRest, CaseError> {
        market.settle()?;
        let gate = self.restored(&market.log_prices());
        let firms = 0..self.cost.len();
        Ok(AtRest {
            price: (firms.clone())
                .map(|firm| exp(gate[firm]) * (1.0 + self.duty[when][firm]))
                .collect(),
            share: self.restored(&market.shares()),
            markup: firms
                .map(|firm| exp(gate[firm]) / self.cost[firm])
                .collect(),
            index: market.index(),
        })
    }

    /// Slopes of log prices (rows) in log costs (columns) before the duty.
    fn local(&self, market: &mut Market) -> Result<Vec<f64>, CaseError> {
        let firms = self.cost.len();
        let mut matrix = vec![0.0; firms * firms];
        for moved in 0..firms {
            let slopes = slope(0.05 / self.rho, |by| {
                let cost = |firm: usize| match firm == moved {
                    true => self.cost[firm] * exp(by),
                    false => self.cost[firm],
                };
                market.set_costs(&self.ordered(cost));
                market.settle()?;
                Ok(self.restored(&market.log_prices()))
            })?;
            for (firm, slope) in slopes.iter().enumerate() {
                matrix[firm * firms + moved] = *slope;
            }
        }
        Ok(matrix)
    }
}

/// Economy of each firm: the buyer's own, or one for each pair of duties.
fn origins(foreign: &[bool], duty: &[Vec<f64>; 2]) -> Vec<usize> {
    let mut known: Vec<[u64; 2]> = Vec::new();
    let mut origin = Vec::new();
    for (firm, is_foreign) in foreign.iter().enumerate() {
        let rates = [duty[0][firm].to_bits(), duty[1][firm].to_bits()];
        let is_home = !is_foreign && rates == [0, 0];
        if !is_home && !known.contains(&rates) {
            known.push(rates);
        }
        let of_rates = known.iter().position(|known| *known == rates);
        origin.push(match is_home {
            true => 0,
            false => of_rates.map_or(0, |at| at + 1),
        });
    }
    origin
}
