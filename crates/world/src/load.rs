//! Reads the files of a world and checks its accounts.

use std::str::FromStr;

use tradewinds_units::{EconomyCode, SectorCode};

use crate::currency::Currency;
use crate::dollars::bn;
use crate::files::DISTRIBUTION;
use crate::quality::{Mark, Quality};
use crate::table::{FileSet, Row, Table};
use crate::world::{AttachedGovernment, Budget, FirmFacts, HouseholdClass, SubsectorWeight, World};
use crate::{WorldError, check, currency, politics};

impl World {
    /// Reads the files that [`crate::build`] writes.
    ///
    /// # Errors
    /// [`WorldError`] when a file is missing or malformed, a code is unknown, a cell is negative or
    /// an identity does not close to 1e-9.
    pub fn load(files: &FileSet) -> Result<Self, WorldError> {
        let mut world = empty(files)?;
        read_trade(files, &mut world)?;
        read_uses(files, &mut world)?;
        read_value_added(files, &mut world)?;
        read_margins(files, &mut world)?;
        read_governments(files, &mut world)?;
        read_households(files, &mut world)?;
        read_firms(files, &mut world)?;
        read_subsectors(files, &mut world)?;
        read_attached(files, &mut world)?;
        politics::read(files, &mut world)?;
        for n in 0..world.economies.len() {
            world.deficit[n] = deficit(&world, n);
        }
        check::check(&world)?;
        Ok(world)
    }
}

/// fob imports less fob exports.
fn deficit(world: &World, n: usize) -> f64 {
    let mut deficit = 0.0;
    for m in (0..world.economies.len()).filter(|&m| m != n) {
        for s in 0..world.sectors.len() {
            deficit += world.fob[world.flow(n, m, s)] - world.fob[world.flow(m, n, s)];
        }
    }
    deficit
}

fn code<T: FromStr>(table: &Table, row: &Row, column: &str) -> Result<T, WorldError> {
    table.parse(row, column, "a code", |text| text.parse().ok())
}

fn mark(table: &Table, row: &Row) -> Result<Mark, WorldError> {
    let quality = table.parse(
        row,
        "quality",
        "observed, estimated or assumed",
        Quality::parse,
    )?;
    Ok(Mark::new(quality, table.text(row, "source")?))
}

fn economy(world: &World, table: &Table, row: &Row, column: &str) -> Result<usize, WorldError> {
    table.parse(row, column, "an economy of economies.csv", |text| {
        EconomyCode::from_str(text)
            .ok()
            .and_then(|code| world.economy_index(code))
    })
}

fn sector(world: &World, table: &Table, row: &Row, column: &str) -> Result<usize, WorldError> {
    table.parse(row, column, "a sector of sectors.csv", |text| {
        SectorCode::from_str(text)
            .ok()
            .and_then(|code| world.sector_index(&code))
    })
}

fn money(table: &Table, row: &Row, column: &str) -> Result<f64, WorldError> {
    table.dollars(row, column).map(bn)
}

/// The first economy that uses the currency in which accounts are kept.
fn reference(settings: &Table, currencies: &[Currency]) -> Result<Option<usize>, WorldError> {
    for row in &settings.rows {
        if settings.text(row, "key")? == "reference_currency" {
            let code = settings.text(row, "value")?;
            return Ok(currencies.iter().position(|currency| currency.code == code));
        }
    }
    Ok(None)
}

/// Households of each economy in millions, where they were counted.
fn household_counts(people: &Table) -> Result<Vec<Option<f64>>, WorldError> {
    let count = |row| match people.text(row, "households_million")? {
        "" => Ok(None),
        _ => people.number(row, "households_million").map(Some),
    };
    people.rows.iter().map(count).collect()
}

/// Codes, names and people; all flows zero.
fn empty(files: &FileSet) -> Result<World, WorldError> {
    let settings = Table::read(files, "world.csv")?;
    let mut base_year = None;
    for row in settings.rows.iter() {
        if settings.text(row, "key")? == "base_year" {
            base_year = Some(settings.parse(row, "value", "a year", |text| text.parse().ok())?);
        }
    }
    let base_year = base_year.ok_or_else(|| WorldError::MissingFact {
        file: "world.csv".to_owned(),
        key: "base_year".to_owned(),
    })?;
    let people = Table::read(files, "economies.csv")?;
    let column = |name: &str| -> Result<Vec<f64>, WorldError> {
        people
            .rows
            .iter()
            .map(|row| people.number(row, name))
            .collect()
    };
    let names = |table: &Table| -> Result<Vec<String>, WorldError> {
        table
            .rows
            .iter()
            .map(|row| Ok(table.text(row, "name")?.to_owned()))
            .collect()
    };
    let goods = Table::read(files, "sectors.csv")?;
    let economies: Vec<EconomyCode> = people
        .rows
        .iter()
        .map(|row| code(&people, row, "economy"))
        .collect::<Result<_, _>>()?;
    let sectors: Vec<SectorCode> = goods
        .rows
        .iter()
        .map(|row| code(&goods, row, "sector"))
        .collect::<Result<_, _>>()?;
    let mut services = None;
    for (s, row) in goods.rows.iter().enumerate() {
        if goods.text(row, "kind")? == "services" {
            services = Some(s);
        }
    }
    let services = services.ok_or_else(|| WorldError::MissingFact {
        file: "sectors.csv".to_owned(),
        key: "kind services".to_owned(),
    })?;
    let (n, s) = (economies.len(), sectors.len());
    let currencies = currency::load(files, &economies)?;
    let reference = reference(&settings, &currencies)?;
    let blocks: Vec<&str> = people
        .rows
        .iter()
        .map(|row| people.text(row, "land_block"))
        .collect::<Result<_, _>>()?;
    let by_land = |n: &&str, i: &&str| n == i && !n.is_empty();
    let land_route = blocks
        .iter()
        .flat_map(|n| blocks.iter().map(move |i| by_land(n, i)))
        .collect();
    Ok(World {
        currencies,
        reference,
        base_year,
        economy_names: names(&people)?,
        land_route,
        sector_names: names(&goods)?,
        services,
        fob: vec![0.0; n * n * s],
        duty: vec![0.0; n * n * s],
        duty_rate: vec![0.0; n * n * s],
        trade_mark: vec![None; n * n * s],
        output: vec![0.0; n * s],
        labour: vec![0.0; n * s],
        surplus: vec![0.0; n * s],
        inputs: vec![0.0; n * s * s],
        household: vec![0.0; n * s],
        government: vec![0.0; n * s],
        investment: vec![0.0; n * s],
        distribution: vec![0.0; n * s],
        retail_profit: vec![0.0; n * s],
        distribution_units: vec![0.0; n * s],
        retail_markup: vec![0.0; n * s],
        deficit: vec![0.0; n],
        published_gdp: column("gdp_market_prices_usd_bn")?,
        population: column("population_million")?,
        households: household_counts(&people)?,
        labour_force: column("labour_force_million")?,
        unemployment: column("unemployment")?,
        collection_share: column("collection_share")?,
        employment: vec![0.0; n * s],
        budgets: Vec::new(),
        classes: Vec::new(),
        baskets: vec![0.0; n * World::DECILES * s],
        firms: Vec::new(),
        subsectors: Vec::new(),
        subsector_weights: Vec::new(),
        attached: Vec::new(),
        leaders: Vec::new(),
        voters: Vec::new(),
        economies,
        sectors,
    })
}

fn read_trade(files: &FileSet, world: &mut World) -> Result<(), WorldError> {
    let table = Table::read(files, "trade.csv")?;
    for row in &table.rows {
        let n = economy(world, &table, row, "importer")?;
        let i = economy(world, &table, row, "exporter")?;
        let s = sector(world, &table, row, "sector")?;
        let flow = world.flow(n, i, s);
        world.fob[flow] = money(&table, row, "fob_usd_bn")?;
        world.duty[flow] = money(&table, row, "duty_usd_bn")?;
        let printed = table.number(row, "duty_rate")?;
        world.duty_rate[flow] = effective_rate(world.fob[flow], world.duty[flow], printed);
        world.trade_mark[flow] = Some(mark(&table, row)?);
    }
    Ok(())
}

/// Duty over value, so that spending closes to the dollar; the printed rate where nothing is traded
/// or where the two differ by more than nine decimals (which the checks then report).
fn effective_rate(fob: f64, duty: f64, printed: f64) -> f64 {
    let is_rounding = (duty - fob * printed).abs() <= 0.6e-9 * (1.0 + fob);
    if fob > 0.0 && is_rounding {
        duty / fob
    } else {
        printed
    }
}

fn read_uses(files: &FileSet, world: &mut World) -> Result<(), WorldError> {
    let table = Table::read(files, "uses.csv")?;
    for row in &table.rows {
        let n = economy(world, &table, row, "economy")?;
        let k = sector(world, &table, row, "commodity")?;
        let amount = money(&table, row, "usd_bn")?;
        let market = world.market(n, k);
        match table.text(row, "user")? {
            "household" => world.household[market] = amount,
            "government" => world.government[market] = amount,
            "investment" => world.investment[market] = amount,
            // Read with the goods it distributes, from margins.csv.
            DISTRIBUTION => {}
            _ => {
                let s = sector(world, &table, row, "user")?;
                let input = world.input(n, k, s);
                world.inputs[input] = amount;
            }
        }
    }
    Ok(())
}

fn read_value_added(files: &FileSet, world: &mut World) -> Result<(), WorldError> {
    let table = Table::read(files, "value_added.csv")?;
    for row in &table.rows {
        let n = economy(world, &table, row, "economy")?;
        let s = sector(world, &table, row, "sector")?;
        let market = world.market(n, s);
        world.output[market] = money(&table, row, "gross_output_usd_bn")?;
        world.labour[market] = money(&table, row, "labour_usd_bn")?;
        world.surplus[market] = money(&table, row, "surplus_usd_bn")?;
        world.employment[market] = table.number(row, "employment_million")?;
    }
    Ok(())
}

fn read_margins(files: &FileSet, world: &mut World) -> Result<(), WorldError> {
    let table = Table::read(files, "margins.csv")?;
    for row in &table.rows {
        let n = economy(world, &table, row, "economy")?;
        let k = sector(world, &table, row, "sector")?;
        let market = world.market(n, k);
        let goods = money(&table, row, "goods_usd_bn")?;
        let services = money(&table, row, "distribution_usd_bn")?;
        let profit = money(&table, row, "retail_profit_usd_bn")?;
        world.distribution[market] = services;
        world.retail_profit[market] = profit;
        // Ratios from the amounts, so that they close with them.
        if goods > 0.0 {
            world.distribution_units[market] = services / goods;
            world.retail_markup[market] = profit / (goods + services);
        }
    }
    Ok(())
}

fn read_governments(files: &FileSet, world: &mut World) -> Result<(), WorldError> {
    let table = Table::read(files, "governments.csv")?;
    for row in &table.rows {
        economy(world, &table, row, "economy")?;
        let amount = |column: &str| money(&table, row, column);
        world.budgets.push(Budget {
            purchases: amount("purchases_usd_bn")?,
            investment: amount("investment_usd_bn")?,
            transfers: amount("transfers_usd_bn")?,
            duties: amount("duties_usd_bn")?,
            income_tax: amount("personal_income_tax_usd_bn")?,
            social_contributions: amount("social_contributions_usd_bn")?,
            corporate_tax: amount("corporate_tax_usd_bn")?,
            goods_taxes: amount("goods_taxes_usd_bn")?,
            balance: amount("balance_usd_bn")?,
            debt: amount("debt_usd_bn")?,
            interest: amount("interest_usd_bn")?,
            defence: amount("defence_usd_bn")?,
        });
    }
    Ok(())
}

fn read_households(files: &FileSet, world: &mut World) -> Result<(), WorldError> {
    let table = Table::read(files, "households.csv")?;
    for row in &table.rows {
        economy(world, &table, row, "economy")?;
        let amount = |column: &str| money(&table, row, column);
        world.classes.push(HouseholdClass {
            decile: table.parse(row, "decile", "1 to 10", |text| text.parse().ok())?,
            is_owner: table.text(row, "kind")? == "owner",
            population_share: table.number(row, "population_share")?,
            labour_income: amount("labour_income_usd_bn")?,
            capital_income: amount("capital_income_usd_bn")?,
            transfers: amount("transfers_usd_bn")?,
            taxes: amount("taxes_usd_bn")?,
            other_transfers: amount("other_transfers_usd_bn")?,
            saving: amount("saving_usd_bn")?,
            spending: amount("spending_usd_bn")?,
            mark: mark(&table, row)?,
        });
    }
    let table = Table::read(files, "baskets.csv")?;
    for row in &table.rows {
        let n = economy(world, &table, row, "economy")?;
        let k = sector(world, &table, row, "sector")?;
        let decile = table.parse(row, "decile", "1 to 10", |text| {
            text.parse()
                .ok()
                .filter(|decile| (1..=World::DECILES).contains(decile))
        })?;
        let basket = world.basket(n, decile, k);
        world.baskets[basket] = money(&table, row, "store_usd_bn")?;
    }
    Ok(())
}

fn read_firms(files: &FileSet, world: &mut World) -> Result<(), WorldError> {
    let table = Table::read(files, "firms.csv")?;
    let find = |sector: &SectorCode, variable: &str| -> Result<Option<f64>, WorldError> {
        for row in &table.rows {
            if table.text(row, "sector")? == sector.as_str()
                && table.text(row, "variable")? == variable
            {
                return table.number(row, "value").map(Some);
            }
        }
        Ok(None)
    };
    let need = |sector: &SectorCode, variable: &str| -> Result<f64, WorldError> {
        find(sector, variable)?.ok_or_else(|| WorldError::MissingFact {
            file: "firms.csv".to_owned(),
            key: format!("{sector}, {variable}"),
        })
    };
    for sector in &world.sectors {
        world.firms.push(FirmFacts {
            pareto_tail: need(sector, "pareto_tail")?,
            exporter_share: need(sector, "exporter_share")?,
            export_share_of_exporter_sales: need(sector, "export_share_of_exporter_sales")?,
            firm_elasticity: need(sector, "firm_elasticity")?,
            retail_inventory_cover: find(sector, "retail_inventory_cover")?,
        });
    }
    Ok(())
}

fn read_subsectors(files: &FileSet, world: &mut World) -> Result<(), WorldError> {
    let table = Table::read(files, "subsectors.csv")?;
    for row in &table.rows {
        let own: SectorCode = code(&table, row, "subsector")?;
        let s = sector(world, &table, row, "sector")?;
        let subsector = match world.subsectors.iter().position(|(code, _)| *code == own) {
            Some(known) => known,
            None => {
                world.subsectors.push((own, s));
                world.subsectors.len() - 1
            }
        };
        let importer = match table.text(row, "importer")? {
            crate::subsector::ANY => None,
            _ => Some(economy(world, &table, row, "importer")?),
        };
        let duty_rate = match table.text(row, "duty_rate")? {
            "" => None,
            _ => Some(table.number(row, "duty_rate")?),
        };
        world.subsector_weights.push(SubsectorWeight {
            importer,
            exporter: economy(world, &table, row, "exporter")?,
            subsector,
            weight: table.number(row, "weight")?,
            duty_rate,
            mark: mark(&table, row)?,
        });
    }
    Ok(())
}

fn read_attached(files: &FileSet, world: &mut World) -> Result<(), WorldError> {
    let table = Table::read(files, "attached.csv")?;
    for row in &table.rows {
        world.attached.push(AttachedGovernment {
            code: code(&table, row, "economy")?,
            name: table.text(row, "name")?.to_owned(),
            host: economy(world, &table, row, "host")?,
            partner: economy(world, &table, row, "partner")?,
            import_share: table.number(row, "share_of_partner_imports_from_host")?,
            export_share: table.number(row, "share_of_partner_exports_to_host")?,
        });
    }
    Ok(())
}
