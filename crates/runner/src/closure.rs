//! The closure of an experiment, in words economists know: what is fixed, what
//! adjusts.

use tradewinds_config::{FieldSpec, Kind, Table, TableSpec};
use tradewinds_engine::currency::CurrencyRule;
use tradewinds_engine::equity::EquityRule;
use tradewinds_engine::government::{FiscalPlan, RevenueUse};
use tradewinds_engine::investment::InvestmentRule;
use tradewinds_engine::model::{Deficits, Frictions, LabourPool};
use tradewinds_engine::stress::StressRule;

const FIXED: &str = "fixed";
const BY_REGIME: &str = "by_regime";
const UNCHANGED: &str = "unchanged";
const RULE: &str = "rule";
const WAGE_ADJUSTS: &str = "wage_adjusts";
const FIXED_WAGE: &str = "fixed_wage";
const IN_WAGES: &str = "share_of_world_wage_bill";
const IN_MONEY: &str = "fixed_in_reference_money";
const HOUSEHOLDS: &str = "households";
const GOVERNMENT: &str = "government";
const DEBT: &str = "debt";
const AS_PLANNED: &str = "as_planned";
const FROM_INCOME: &str = "from_income";
const REBATE: &str = "rebate_share";
const PRICED: &str = "priced";
const FELT: &str = "felt";
const OFF: &str = "off";
const FULL: &str = "full";
const SHORT_RUN: &str = "short_run";
const ORACLE: &str = "oracle";

/// Key of the mode in an experiment file.
pub(crate) const MODE: FieldSpec = FieldSpec::optional(
    "mode",
    Kind::Choice(&[FULL, SHORT_RUN, ORACLE]),
    "All frictions; suppliers, inputs, plant and the sectors of workers as they are in the base year; or no friction at all.",
)
.default("\"full\"");

/// The table `[closure]` of an experiment file.
pub(crate) static CLOSURE: TableSpec = TableSpec::new(
    "closure",
    "What is fixed and what adjusts.",
    &[
        FieldSpec::optional(
            "labour",
            Kind::Choice(&[WAGE_ADJUSTS, FIXED_WAGE]),
            "Wages answer labour demand and prices, or stay in local money and employment takes all of it.",
        )
        .default("\"wage_adjusts\""),
        FieldSpec::optional(
            "deficits",
            Kind::Choice(&[IN_WAGES, IN_MONEY]),
            "External deficits keep their size against the wages of the world, or in the reference money.",
        )
        .default("\"share_of_world_wage_bill\""),
        FieldSpec::optional(
            "exchange_rates",
            Kind::Choice(&[FIXED, BY_REGIME]),
            "Fixed for ever, or each currency floating, managed or pegged as the world has it.",
        )
        .default("\"by_regime\""),
        FieldSpec::optional(
            "interest_rates",
            Kind::Choice(&[UNCHANGED, RULE]),
            "Central banks look through prices and keep their rates, or follow the rule for inflation and unemployment.",
        )
        .default("\"unchanged\""),
        FieldSpec::optional(
            "revenue",
            Kind::Choice(&[HOUSEHOLDS, GOVERNMENT, DEBT]),
            "Use of duties above those of the base year: households receive the share `rebate_share`, the government spends the rest; or the government spends them, or they lower its debt, less the share `rebate_share` where the experiment gives one. Duties that lower debt are spent by nobody: over runs of more than about five years they drain demand, and output falls; choose another use there.",
        )
        .default("\"households\""),
        FieldSpec::optional(
            "purchases",
            Kind::Choice(&[AS_PLANNED, FROM_INCOME]),
            "Governments buy as planned in the base year, in local money, and borrow what taxes lack; or they spend what taxes bring in.",
        )
        .default("\"as_planned\""),
        FieldSpec::optional(
            "equities",
            Kind::Choice(&[PRICED, FELT, OFF]),
            "Shares are priced and policy uncertainty is told, but move nothing; or firms invest by what they are worth and put plant off when policy is uncertain, and the haven moves exchange rates; or there are no markets for shares.",
        )
        .default("\"off\""),
    ],
);

/// Which frictions an economy has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// All.
    #[default]
    Full,
    /// All, with suppliers, inputs, plant and the sectors of workers frozen.
    ShortRun,
    /// None.
    Oracle,
}

/// What markets for shares do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Markets {
    /// They price, and move nothing.
    #[default]
    Priced,
    /// Investment and exchange rates answer them and policy uncertainty.
    Felt,
    /// There are none.
    Off,
}

/// What is fixed and what adjusts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Closure {
    /// Which frictions there are.
    pub mode: Mode,
    /// Whether wages stay as they are in local money.
    pub fixed_wages: bool,
    /// What keeps external deficits.
    pub deficits: Deficits,
    /// Whether exchange rates never move.
    pub fixed_exchange_rates: bool,
    /// Whether central banks follow the rule for inflation and unemployment.
    pub monetary_rule: bool,
    /// What becomes of duties above those of the base year.
    pub revenue: RevenueUse,
    /// Whether governments spend what taxes bring in, and not what they planned.
    pub purchases_follow_taxes: bool,
    /// Whether a share of them is returned to households although `revenue` names
    /// another use: the experiment gives `rebate_share`.
    pub is_partly_returned: bool,
    /// What markets for shares do; without frictions there are none.
    pub markets: Markets,
}

impl Closure {
    /// From the table of an experiment, with its `[closure]` where it has one.
    pub(crate) fn read(experiment: &Table) -> Self {
        let mode = match experiment.required::<&str>("mode") {
            SHORT_RUN => Mode::ShortRun,
            ORACLE => Mode::Oracle,
            _ => Mode::Full,
        };
        let Some(table) = experiment.table("closure") else {
            return Self {
                mode,
                ..Self::default()
            };
        };
        let is = |key: &str, word: &str| table.required::<&str>(key) == word;
        Self {
            mode,
            fixed_wages: is("labour", FIXED_WAGE),
            deficits: match is("deficits", IN_MONEY) {
                true => Deficits::InReferenceMoney,
                false => Deficits::InWorldWages,
            },
            fixed_exchange_rates: is("exchange_rates", FIXED),
            monetary_rule: is("interest_rates", RULE),
            revenue: match table.required::<&str>("revenue") {
                GOVERNMENT => RevenueUse::Purchases,
                DEBT => RevenueUse::Debt,
                _ => RevenueUse::ByClaims,
            },
            purchases_follow_taxes: is("purchases", FROM_INCOME),
            is_partly_returned: gives_rebate(experiment),
            markets: match table.required::<&str>("equities") {
                FELT => Markets::Felt,
                OFF => Markets::Off,
                _ => Markets::Priced,
            },
        }
    }

    /// Share of duties above those of the base year that households receive, when
    /// `rebate_share` is that of the parameters.
    pub fn share_returned(self, rebate_share: f64) -> f64 {
        let by_claims = self.mode == Mode::Oracle || self.revenue == RevenueUse::ByClaims;
        if by_claims || self.is_partly_returned {
            rebate_share
        } else {
            0.0
        }
    }

    /// Whether there are markets for shares.
    pub fn prices_shares(self) -> bool {
        self.markets != Markets::Off && self.mode != Mode::Oracle
    }

    /// Frictions with what governments decide in a scenario; nothing is decided
    /// where there is no friction.
    #[must_use]
    pub fn with_plan(self, mut frictions: Frictions, plan: &FiscalPlan) -> Frictions {
        if self.mode != Mode::Oracle {
            frictions.government.plan = plan.clone();
        }
        frictions
    }

    /// The frictions under this closure.
    #[must_use]
    pub fn applied(self, mut frictions: Frictions) -> Frictions {
        match self.mode {
            Mode::Full => {}
            Mode::ShortRun => {
                frictions.labour = LabourPool::FixedToSector;
                frictions.sourcing.speed = 0.0;
                frictions.substitution.speed = 0.0;
                frictions.investment = InvestmentRule::frozen();
            }
            Mode::Oracle => {
                let (economies, sectors) =
                    (frictions.unemployment.len(), frictions.border_reset.len());
                frictions = Frictions::oracle(economies, sectors);
            }
        }
        if self.fixed_wages {
            frictions.wage_speed = 0.0;
            frictions.staffing.indexation = 0.0;
        }
        if self.fixed_exchange_rates {
            frictions.currency = CurrencyRule::fixed();
        }
        if self.mode != Mode::Oracle {
            let government = &mut frictions.government;
            government.revenue = self.revenue;
            government.returned = self.share_returned(government.returned);
            government.as_planned = !self.purchases_follow_taxes;
        }
        match self.markets {
            Markets::Priced => frictions.stress.haven_response = 0.0,
            Markets::Felt => {
                let is_on = frictions.equity.is_on;
                frictions.equity.moves_investment = is_on;
                frictions.stress.is_felt = is_on;
            }
            Markets::Off => {
                frictions.equity = EquityRule::none();
                frictions.stress = StressRule::none();
            }
        }
        frictions.deficits = self.deficits;
        frictions.monetary.is_followed = self.monetary_rule && self.mode != Mode::Oracle;
        frictions
    }
}

/// Whether an experiment says which share of duties is returned.
fn gives_rebate(experiment: &Table) -> bool {
    let constants = experiment.table("parameters");
    let is_constant = constants.is_some_and(|table| table.is_written(REBATE));
    let priors = experiment.map::<&Table>("uncertainties");
    is_constant || priors.iter().any(|(name, _)| name.value == REBATE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;
    use crate::library::Library;
    use crate::plan::Plan;

    fn frictions(changes: &[&str]) -> Frictions {
        let small = ["population.firms_per_cell=1", "replications=1"];
        let changes: Vec<String> = (small.iter().chain(changes))
            .map(|change| (*change).to_owned())
            .collect();
        let experiment = Experiment::load(&Library::embedded(), "us-2025", &changes).unwrap();
        let plan = Plan::of(&experiment).unwrap();
        plan.model(0, 0).unwrap().frictions
    }

    #[test]
    fn every_word_of_a_closure_reaches_the_model() {
        let default = frictions(&[]);
        assert!(default.currency.reference.is_some() && !default.monetary.is_followed);
        assert!(default.wage_speed > 0.0 && default.staffing.indexation > 0.0);
        assert!(default.government.as_planned);
        let changed = frictions(&[
            "closure.labour=fixed_wage",
            "closure.deficits=fixed_in_reference_money",
            "closure.exchange_rates=fixed",
            "closure.interest_rates=rule",
            "closure.purchases=from_income",
        ]);
        assert!(changed.wage_speed.abs() < 1e-15);
        assert!(changed.staffing.indexation.abs() < 1e-15);
        assert_eq!(changed.deficits, Deficits::InReferenceMoney);
        assert_eq!(changed.currency, CurrencyRule::fixed());
        assert!(changed.monetary.is_followed);
        assert!(!changed.government.as_planned);
    }

    #[test]
    fn duties_lower_debt_where_no_share_of_them_is_returned() {
        let found = |changes: &[&str]| frictions(changes).government;
        let debt = found(&["closure.revenue=debt"]);
        assert_eq!((debt.revenue, debt.returned), (RevenueUse::Debt, 0.0));
        let quarter = found(&["closure.revenue=debt", "parameters.rebate_share=0.25"]);
        assert_eq!(
            (quarter.revenue, quarter.returned),
            (RevenueUse::Debt, 0.25)
        );
        let spent = found(&["closure.revenue=government"]);
        assert_eq!(spent.revenue, RevenueUse::Purchases);
        let rebate = found(&["closure.revenue=households"]);
        assert_eq!(rebate.revenue, RevenueUse::ByClaims);
        assert!(rebate.user.is_some());
    }

    #[test]
    fn defence_and_compensation_hold_in_the_scenarios_they_name() {
        let lines = [
            "population.firms_per_cell=1",
            "replications=1",
            "defence=[{ scenarios = \"as-enacted\", economy = \"USA\", from = 2025-06-01, share = 0.05, source = \"none\" }]",
        ]
        .map(str::to_owned);
        let experiment = Experiment::load(&Library::embedded(), "us-2025", &lines).unwrap();
        let plan = Plan::of(&experiment).unwrap();
        let found = |scenario: usize| plan.model(0, scenario).unwrap().frictions.government.plan;
        assert!(found(0).defence.is_empty());
        let step = &found(1).defence[0];
        let world = &plan.world;
        let expected = 0.05 * world.gdp(step.economy) - world.budgets[step.economy].defence;
        assert!((step.purchases - expected).abs() < 1e-9 && expected > 0.0);
        let lost = Experiment::load(&Library::embedded(), "record-2018", &lines[..2]).unwrap();
        let plan = Plan::of(&lost).unwrap();
        let rule = plan.model(0, 1).unwrap().frictions.government.plan;
        assert_eq!(rule.compensation.len(), 1);
        assert!((rule.compensation[0].share - 1.0).abs() < 1e-15);
    }

    #[test]
    fn the_short_run_freezes_suppliers_inputs_plant_and_sectors_of_workers() {
        let found = frictions(&["mode=short_run"]);
        assert_eq!(found.labour, LabourPool::FixedToSector);
        assert!(found.sourcing.speed.abs() < 1e-15 && found.substitution.speed.abs() < 1e-15);
        assert_eq!(found.investment, InvestmentRule::frozen());
        let full = frictions(&[]);
        assert!(full.investment.investor.is_some());
        assert_eq!(found.border_reset, full.border_reset);
    }

    #[test]
    fn the_oracle_mode_has_no_friction_left() {
        let found = frictions(&["mode=oracle"]);
        let expected = Frictions::oracle(found.unemployment.len(), found.border_reset.len());
        assert_eq!(found, expected);
    }
}
