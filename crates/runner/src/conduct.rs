//! From parameters to how firms set prices.

use tradewinds_engine::markup::{Conduct, MarkupRule};
use tradewinds_engine::pricing::PricingRule;
use tradewinds_world::World;

use crate::parameters::{ParameterError, Parameters};

/// What markup rules mean by their codes in parameter files.
const CONDUCTS: [Conduct; 4] = [
    Conduct::Constant,
    Conduct::Bertrand,
    Conduct::Cournot,
    Conduct::Kimball,
];

/// What border prices answer besides cost and time.
pub(crate) fn pricing(
    world: &World,
    parameters: &Parameters,
) -> Result<PricingRule, ParameterError> {
    Ok(PricingRule {
        gap_reset: by_sector(world, parameters, "gap_reset_rate")?,
        menu_cost: by_sector(world, parameters, "menu_cost")?,
        foresight: parameters.get("price_foresight")?,
        discount: parameters.get("price_discount_rate")?,
        shade: by_sector(world, parameters, "exporter_shade")?,
    })
}

/// How firms set markups. Input users respond as in production.
pub(crate) fn markups(
    world: &World,
    parameters: &Parameters,
) -> Result<MarkupRule, ParameterError> {
    let codes = by_sector(world, parameters, "markup_rule")?;
    let firms = by_sector(world, parameters, "firms_per_agent")?;
    Ok(MarkupRule {
        conduct: codes.into_iter().map(conduct).collect::<Result<_, _>>()?,
        final_elasticity: parameters.get("household_elasticity_oligopoly")?,
        input_elasticity: parameters.get("input_elasticity")?,
        superelasticity: by_sector(world, parameters, "kimball_superelasticity")?,
        firms_per_agent: firms.repeat(world.economy_count()),
    })
}

fn conduct(code: f64) -> Result<Conduct, ParameterError> {
    let index = (0..CONDUCTS.len()).find(|index| (code - *index as f64).abs() < 1e-9);
    index
        .map(|index| CONDUCTS[index])
        .ok_or_else(|| ParameterError::Choice {
            name: "markup_rule".to_owned(),
            value: code,
            last: CONDUCTS.len() - 1,
        })
}

fn by_sector(
    world: &World,
    parameters: &Parameters,
    name: &str,
) -> Result<Vec<f64>, ParameterError> {
    let value =
        |sector: &tradewinds_units::SectorCode| parameters.for_sector(name, sector.as_str());
    world.sectors.iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_between_two_rules_is_refused() {
        assert_eq!(conduct(1.0), Ok(Conduct::Bertrand));
        assert_eq!(conduct(3.0), Ok(Conduct::Kimball));
        let told = conduct(1.5).unwrap_err().to_string();
        assert!(
            told.contains("markup_rule") && told.contains("0 to 3"),
            "{told}"
        );
    }
}
