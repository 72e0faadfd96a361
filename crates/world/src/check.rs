//! The identities of a loaded world.

use crate::WorldError;
use crate::world::World;

/// Largest difference of the two sides, relative to the larger.
const TOLERANCE: f64 = 1e-9;
/// A difference below half a dollar is rounding of f64.
const HALF_DOLLAR: f64 = 5e-10;

/// Checks signs and identities.
pub(crate) fn check(world: &World) -> Result<(), WorldError> {
    signs(world)?;
    for n in 0..world.economies.len() {
        for s in 0..world.sectors.len() {
            market(world, n, s)?;
        }
        households(world, n)?;
        budget(world, n)?;
    }
    let sum: f64 = world.deficit.iter().sum();
    let output: f64 = world.output.iter().sum();
    same("sum of deficits", "the world", output + sum, output)?;
    subsectors(world)
}

fn same(identity: &'static str, place: &str, left: f64, right: f64) -> Result<(), WorldError> {
    let size = left.abs().max(right.abs());
    if (left - right).abs() <= (TOLERANCE * size).max(HALF_DOLLAR) {
        return Ok(());
    }
    Err(WorldError::Identity {
        identity,
        place: place.to_owned(),
        left,
        right,
    })
}

fn place(world: &World, n: usize, s: usize) -> String {
    format!("{}, {}", world.economies[n], world.sectors[s])
}

fn signs(world: &World) -> Result<(), WorldError> {
    let arrays: [(&'static str, &[f64]); 11] = [
        ("output", &world.output),
        ("pay", &world.labour),
        ("surplus", &world.surplus),
        ("household use", &world.household),
        ("government use", &world.government),
        ("investment use", &world.investment),
        ("distribution", &world.distribution),
        ("retail profit", &world.retail_profit),
        ("employment", &world.employment),
        ("trade", &world.fob),
        ("intermediate use", &world.inputs),
    ];
    let sectors = world.sectors.len();
    for (what, values) in arrays {
        if let Some(cell) = values.iter().position(|value| *value < 0.0) {
            let n = cell * world.economies.len() / values.len();
            let place = place(world, n, cell % sectors);
            return Err(WorldError::Negative {
                what,
                place,
                value: values[cell],
            });
        }
    }
    Ok(())
}

fn market(world: &World, n: usize, s: usize) -> Result<(), WorldError> {
    let place = place(world, n, s);
    let market = world.market(n, s);
    let (mut used, mut cost, mut sold, mut charged) = (0.0, 0.0, 0.0, 0.0);
    for other in 0..world.sectors.len() {
        used += world.inputs[world.input(n, s, other)];
        cost += world.inputs[world.input(n, other, s)];
        if s == world.services {
            used += world.distribution[world.market(n, other)];
        }
    }
    for m in 0..world.economies.len() {
        sold += world.fob[world.flow(m, n, s)];
        let bought = world.flow(n, m, s);
        charged += world.fob[bought] * (1.0 + world.duty_rate[bought]);
    }
    used += world.household[market] + world.government[market] + world.investment[market];
    cost += world.labour[market] + world.surplus[market];
    same("spending and use", &place, world.spending(n, s), used)?;
    same(
        "spending and duty rates",
        &place,
        world.spending(n, s),
        charged,
    )?;
    same("output and sales", &place, world.output[market], sold)?;
    same("output and cost", &place, world.output[market], cost)
}

fn households(world: &World, n: usize) -> Result<(), WorldError> {
    let economy = world.economies[n].as_str();
    let found = world.classes.len();
    if found != world.economies.len() * World::CLASSES {
        return Err(WorldError::MissingFact {
            file: "households.csv".to_owned(),
            key: format!("{} classes in each economy", World::CLASSES),
        });
    }
    let classes = world.classes_of(n);
    for (c, class) in classes.iter().enumerate() {
        let received = class.labour_income + class.capital_income + class.transfers - class.taxes
            + class.other_transfers;
        let place = format!("{economy}, decile {}", class.decile);
        same(
            "income and spending of households",
            &place,
            received,
            class.spending + class.saving,
        )?;
        if c % 2 == 0 {
            let basket: f64 = (0..world.sectors.len())
                .map(|k| world.baskets[world.basket(n, class.decile, k)])
                .sum();
            let spending = class.spending + classes[c + 1].spending;
            same("basket and spending", &place, basket, spending)?;
        }
    }
    let sum = |of: fn(&crate::HouseholdClass) -> f64| classes.iter().map(of).sum::<f64>();
    let over_sectors = |values: &[f64]| {
        values[world.market(n, 0)..world.market(n + 1, 0)]
            .iter()
            .sum::<f64>()
    };
    let capital = over_sectors(&world.surplus) + over_sectors(&world.retail_profit);
    same("people", economy, sum(|class| class.population_share), 1.0)?;
    same(
        "pay",
        economy,
        sum(|class| class.labour_income),
        over_sectors(&world.labour),
    )?;
    same(
        "capital income",
        economy,
        sum(|class| class.capital_income),
        capital,
    )?;
    for k in 0..world.sectors.len() {
        let bought: f64 = (1..=World::DECILES)
            .map(|d| world.baskets[world.basket(n, d, k)])
            .sum();
        same(
            "baskets and store value",
            &place(world, n, k),
            bought,
            world.store_value(n, k),
        )?;
    }
    Ok(())
}

fn budget(world: &World, n: usize) -> Result<(), WorldError> {
    let economy = world.economies[n].as_str();
    let Some(budget) = world.budgets.get(n) else {
        return Err(WorldError::MissingFact {
            file: "governments.csv".to_owned(),
            key: economy.to_owned(),
        });
    };
    let taxes =
        budget.income_tax + budget.social_contributions + budget.corporate_tax + budget.goods_taxes;
    let outlays = budget.purchases + budget.investment + budget.transfers;
    same(
        "budget",
        economy,
        taxes + budget.duties,
        outlays + budget.balance,
    )?;
    same("duties", economy, budget.duties, world.duties(n))?;
    let classes = world.classes_of(n);
    let paid: f64 = classes.iter().map(|class| class.taxes).sum();
    same("taxes", economy, paid, taxes)?;
    let saving: f64 = classes.iter().map(|class| class.saving).sum();
    let investment: f64 = world.investment[world.market(n, 0)..world.market(n + 1, 0)]
        .iter()
        .sum();
    let financed = investment - budget.investment - budget.balance - world.deficit[n];
    same("saving and investment", economy, saving, financed)
}

/// Shares of the subsectors of a sector sum to one.
fn subsectors(world: &World) -> Result<(), WorldError> {
    for s in 0..world.sectors.len() {
        for i in 0..world.economies.len() {
            let shares = world.subsector_shares(usize::MAX, i, s);
            if !shares.is_empty() {
                let sum: f64 = shares.iter().map(|(_, share)| share).sum();
                // Nine decimals are printed.
                if (sum - 1.0).abs() > 1e-8 {
                    let place = place(world, i, s);
                    return Err(WorldError::Identity {
                        identity: "subsector shares",
                        place,
                        left: sum,
                        right: 1.0,
                    });
                }
            }
        }
    }
    Ok(())
}
