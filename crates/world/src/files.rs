//! The files of a world: readable tables in USD bn and shares, each row with quality and source.

use std::collections::BTreeSet;

use crate::accounts::Accounts;
use crate::build::BaseYear;
use crate::currency;
use crate::dollars::{bn, text};
use crate::government;
use crate::people_files::{baskets, governments, households};
use crate::prior::USERS;
use crate::quality::{Mark, Quality};
use crate::table::{FileSet, write};

/// The user of services that stands for distribution in `uses.csv`.
pub(crate) const DISTRIBUTION: &str = "distribution";

/// A ratio with nine decimals, trailing zeros left out.
pub(crate) fn ratio(value: f64) -> String {
    let text = format!("{value:.9}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}

pub(crate) fn marked(mut row: Vec<String>, mark: &Mark) -> Vec<String> {
    row.push(mark.quality.as_str().to_owned());
    row.push(mark.source.clone());
    row
}

/// Rows with a header: one file.
pub(crate) struct File {
    pub(crate) name: &'static str,
    pub(crate) header: &'static [&'static str],
    pub(crate) rows: Vec<Vec<String>>,
}

/// All files of a world.
pub(crate) fn write_all(year: &BaseYear) -> FileSet {
    let tables = [
        world(year),
        economies(year),
        currency::file(&year.facts.economies, &year.facts.currencies),
        sectors(year),
        firms(year),
        trade(year),
        uses(year),
        value_added(year),
        margins(year),
        governments(year),
        households(year),
        baskets(year),
        subsectors(year),
        attached(year),
    ];
    let mut files = FileSet::new();
    let mut cited = BTreeSet::new();
    for table in tables {
        if let Some(column) = table.header.iter().position(|name| *name == "source") {
            cited.extend(table.rows.iter().map(|row| row[column].clone()));
        }
        if let Some(column) = table.header.iter().position(|name| *name == "duty_source") {
            cited.extend(table.rows.iter().map(|row| row[column].clone()));
        }
        files.insert(table.name.to_owned(), write(table.header, &table.rows));
    }
    let rows: Vec<Vec<String>> = year
        .facts
        .sources
        .iter()
        .filter(|(id, _)| cited.contains(*id))
        .map(|(id, text)| vec![id.clone(), text.clone()])
        .collect();
    files.insert("sources.csv".to_owned(), write(&["id", "text"], &rows));
    files
}

fn world(year: &BaseYear) -> File {
    let row = |key: &str, value: String, note: &str| vec![key.to_owned(), value, note.to_owned()];
    File {
        name: "world.csv",
        header: &["key", "value", "note"],
        rows: vec![
            row(
                "base_year",
                year.facts.base_year.to_string(),
                "year of all flows",
            ),
            row(
                "money",
                "USD bn a year".to_owned(),
                "basic prices, duties apart; nine decimals",
            ),
            row(
                "reference_currency",
                year.facts.reference_currency.clone(),
                "currency in which accounts are kept",
            ),
        ],
    }
}

fn economies(year: &BaseYear) -> File {
    let BaseYear {
        shape,
        accounts,
        facts,
        ..
    } = year;
    let number = |n: usize, variable: &str| {
        facts
            .macro_fact(shape.economy(n), variable)
            .map_or_else(|_| String::new(), |f| ratio(f.value))
    };
    let households = |n: usize| {
        let key = [shape.economy(n), "all", "households_million"];
        let counted = facts.households.get(&key);
        counted.map_or_else(String::new, |fact| ratio(fact.value))
    };
    let row = |n: usize| {
        let profit = year.distribution.total_profit(shape, n);
        let labour = &year.labour[n];
        let mark = facts.macro_fact(shape.economy(n), "gdp").map_or_else(
            |_| Mark::new(Quality::Assumed, "none"),
            |fact| fact.mark.clone(),
        );
        let row = vec![
            shape.economy(n).to_owned(),
            facts.economies[n].name.clone(),
            facts.economies[n].structure.clone(),
            facts.economies[n].land_block.clone(),
            number(n, "gdp"),
            text(government::gdp(shape, accounts, profit, n)),
            text(accounts.deficit(shape, n)),
            text(accounts.duties(shape, n)),
            ratio(year.prior.collection_share[n]),
            text(profit),
            number(n, "population"),
            households(n),
            ratio(labour.labour_force),
            ratio(labour.unemployment),
        ];
        marked(row, &mark)
    };
    File {
        name: "economies.csv",
        header: &[
            "economy",
            "name",
            "structure",
            "land_block",
            "gdp_market_prices_usd_bn",
            "gdp_usd_bn",
            "deficit_usd_bn",
            "duties_usd_bn",
            "collection_share",
            "retail_profit_usd_bn",
            "population_million",
            "households_million",
            "labour_force_million",
            "unemployment",
            "quality",
            "source",
        ],
        rows: (0..shape.economies).map(row).collect(),
    }
}

fn sectors(year: &BaseYear) -> File {
    let row = |row: &crate::facts::SectorRow| {
        let kind = if row.is_service { "services" } else { "goods" };
        vec![
            row.code.to_string(),
            row.name.clone(),
            kind.to_owned(),
            row.group.clone(),
        ]
    };
    File {
        name: "sectors.csv",
        header: &["sector", "name", "kind", "group"],
        rows: year.facts.sectors.iter().map(row).collect(),
    }
}

fn firms(year: &BaseYear) -> File {
    let mut rows = Vec::new();
    for s in 0..year.shape.sectors {
        let sector = year.shape.sector(s);
        for (key, fact) in year.facts.firms.iter().filter(|(key, _)| key[0] == sector) {
            rows.push(marked(
                vec![sector.to_owned(), key[1].clone(), ratio(fact.value)],
                &fact.mark,
            ));
        }
    }
    File {
        name: "firms.csv",
        header: &["sector", "variable", "value", "quality", "source"],
        rows,
    }
}

fn trade(year: &BaseYear) -> File {
    let BaseYear {
        shape,
        accounts,
        prior,
        ..
    } = year;
    let mut rows = Vec::new();
    for n in 0..shape.economies {
        for i in 0..shape.economies {
            for s in 0..shape.sectors {
                let flow = shape.flow(n, i, s);
                if accounts.fob[flow] == 0 && prior.duty_rate[flow] <= 0.0 {
                    continue;
                }
                let row = vec![
                    shape.economy(n).to_owned(),
                    shape.economy(i).to_owned(),
                    shape.sector(s).to_owned(),
                    text(accounts.fob[flow]),
                    text(accounts.duty[flow]),
                    ratio(prior.duty_rate[flow]),
                ];
                let row = marked(row, &prior.trade[flow].mark);
                rows.push(marked(row, &prior.duty_mark[flow]));
            }
        }
    }
    File {
        name: "trade.csv",
        header: &[
            "importer",
            "exporter",
            "sector",
            "fob_usd_bn",
            "duty_usd_bn",
            "duty_rate",
            "quality",
            "source",
            "duty_quality",
            "duty_source",
        ],
        rows,
    }
}

fn uses(year: &BaseYear) -> File {
    let BaseYear {
        shape,
        accounts,
        prior,
        ..
    } = year;
    let mut rows = Vec::new();
    for n in 0..shape.economies {
        for k in 0..shape.sectors {
            let mut push = |user: &str, amount: i64, mark: &Mark| {
                let place = [shape.economy(n), shape.sector(k), user].map(str::to_owned);
                let mut row = place.to_vec();
                row.push(text(amount));
                rows.push(marked(row, mark));
            };
            for s in 0..shape.sectors {
                let cell = shape.input(n, k, s);
                push(
                    shape.sector(s),
                    accounts.inputs[cell],
                    &prior.inputs[cell].mark,
                );
            }
            for (user, name) in USERS.iter().enumerate() {
                let cell = Accounts::use_of(shape, user, n, k);
                push(name, accounts.final_use[cell], &prior.final_use[cell].mark);
            }
            if k == year.distribution.services {
                let cell = Accounts::use_of(shape, 0, n, k);
                let amount = year.distribution.total_services(shape, n);
                push(DISTRIBUTION, amount, &prior.final_use[cell].mark);
            }
        }
    }
    File {
        name: "uses.csv",
        header: &[
            "economy",
            "commodity",
            "user",
            "usd_bn",
            "quality",
            "source",
        ],
        rows,
    }
}

fn value_added(year: &BaseYear) -> File {
    let BaseYear {
        shape,
        accounts,
        prior,
        ..
    } = year;
    let mut rows = Vec::new();
    for n in 0..shape.economies {
        for s in 0..shape.sectors {
            let market = shape.market(n, s);
            let row = vec![
                shape.economy(n).to_owned(),
                shape.sector(s).to_owned(),
                text(accounts.output[market]),
                text(accounts.labour[market]),
                text(accounts.surplus[market]),
                ratio(year.labour[n].employment[s]),
                year.labour[n].mark.quality.as_str().to_owned(),
            ];
            rows.push(marked(row, &prior.output[market].mark));
        }
    }
    File {
        name: "value_added.csv",
        header: &[
            "economy",
            "sector",
            "gross_output_usd_bn",
            "labour_usd_bn",
            "surplus_usd_bn",
            "employment_million",
            "employment_quality",
            "quality",
            "source",
        ],
        rows,
    }
}

fn margins(year: &BaseYear) -> File {
    let BaseYear {
        shape,
        accounts,
        distribution,
        ..
    } = year;
    let mut rows = Vec::new();
    for n in 0..shape.economies {
        for k in (0..shape.sectors).filter(|&k| k != distribution.services) {
            let market = shape.market(n, k);
            let goods = bn(accounts.final_use[Accounts::use_of(shape, 0, n, k)]);
            let services = bn(distribution.services_bought[market]);
            let profit = bn(distribution.retail_profit[market]);
            let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
            let row = vec![
                shape.economy(n).to_owned(),
                shape.sector(k).to_owned(),
                text(accounts.final_use[Accounts::use_of(shape, 0, n, k)]),
                text(distribution.services_bought[market]),
                text(distribution.retail_profit[market]),
                ratio(share(services, goods)),
                ratio(share(profit, goods + services)),
            ];
            rows.push(marked(row, &distribution.mark[market]));
        }
    }
    File {
        name: "margins.csv",
        header: &[
            "economy",
            "sector",
            "goods_usd_bn",
            "distribution_usd_bn",
            "retail_profit_usd_bn",
            "distribution_units",
            "retail_markup",
            "quality",
            "source",
        ],
        rows,
    }
}

fn subsectors(year: &BaseYear) -> File {
    let row = |weight: &crate::subsector::SubsectorWeight| {
        let (code, sector, _) = &year.facts.subsectors[weight.subsector];
        let row = vec![
            weight.importer.clone(),
            weight.exporter.clone(),
            code.to_string(),
            sector.to_string(),
            ratio(weight.weight),
            weight.duty_rate.map_or_else(String::new, ratio),
        ];
        marked(row, &weight.mark)
    };
    File {
        name: "subsectors.csv",
        header: &[
            "importer",
            "exporter",
            "subsector",
            "sector",
            "weight",
            "duty_rate",
            "quality",
            "source",
        ],
        rows: year.subsectors.iter().map(row).collect(),
    }
}

fn attached(year: &BaseYear) -> File {
    let mut rows = Vec::new();
    for (key, imports) in year.facts.attached_imports.iter() {
        let Some(place) = year.facts.attached_names.get(&key[0]) else {
            continue;
        };
        let exports = year
            .facts
            .attached_exports
            .get(&[&key[0]])
            .map_or(0.0, |fact| fact.value);
        let row = vec![
            key[0].clone(),
            place.name.clone(),
            place.host.clone(),
            place.partner.clone(),
            ratio(imports.value),
            ratio(exports),
        ];
        rows.push(marked(row, &imports.mark));
    }
    File {
        name: "attached.csv",
        header: &[
            "economy",
            "name",
            "host",
            "partner",
            "share_of_partner_imports_from_host",
            "share_of_partner_exports_to_host",
            "quality",
            "source",
        ],
        rows,
    }
}
