//! The files about governments and households.

use crate::build::BaseYear;
use crate::dollars::text;
use crate::files::{File, marked, ratio};
use crate::government;
use crate::household::DECILES;
use crate::quality::{Mark, Quality};

pub(crate) fn governments(year: &BaseYear) -> File {
    let row = |(n, g): (usize, &government::Government)| {
        let code = year.shape.economy(n);
        let amounts = [g.purchases, g.investment, g.transfers, g.duties]
            .into_iter()
            .chain(g.taxes)
            .chain([g.balance, g.debt, g.interest, g.defence]);
        let mut row = vec![code.to_owned()];
        row.extend(amounts.map(text));
        let mark = year.facts.macro_fact(code, "social_transfers").map_or_else(
            |_| Mark::new(Quality::Assumed, "none"),
            |fact| fact.mark.clone(),
        );
        marked(row, &mark)
    };
    File {
        name: "governments.csv",
        header: &[
            "economy",
            "purchases_usd_bn",
            "investment_usd_bn",
            "transfers_usd_bn",
            "duties_usd_bn",
            "personal_income_tax_usd_bn",
            "social_contributions_usd_bn",
            "corporate_tax_usd_bn",
            "goods_taxes_usd_bn",
            "balance_usd_bn",
            "debt_usd_bn",
            "interest_usd_bn",
            "defence_usd_bn",
            "quality",
            "source",
        ],
        rows: year.governments.iter().enumerate().map(row).collect(),
    }
}

pub(crate) fn households(year: &BaseYear) -> File {
    let mut rows = Vec::new();
    for (n, households) in year.households.iter().enumerate() {
        for class in &households.classes {
            let kind = if class.is_owner { "owner" } else { "worker" };
            let mut row = vec![
                year.shape.economy(n).to_owned(),
                class.decile.to_string(),
                kind.to_owned(),
                ratio(class.population_share),
            ];
            let amounts = [
                class.labour_income,
                class.capital_income,
                class.transfers,
                class.taxes,
                class.other_transfers,
                class.saving,
                class.spending,
            ];
            row.extend(amounts.map(text));
            rows.push(marked(row, &households.mark));
        }
    }
    File {
        name: "households.csv",
        header: &[
            "economy",
            "decile",
            "kind",
            "population_share",
            "labour_income_usd_bn",
            "capital_income_usd_bn",
            "transfers_usd_bn",
            "taxes_usd_bn",
            "other_transfers_usd_bn",
            "saving_usd_bn",
            "spending_usd_bn",
            "quality",
            "source",
        ],
        rows,
    }
}

pub(crate) fn baskets(year: &BaseYear) -> File {
    let mut rows = Vec::new();
    for (n, households) in year.households.iter().enumerate() {
        for d in 0..DECILES {
            for k in 0..year.shape.sectors {
                let row = vec![
                    year.shape.economy(n).to_owned(),
                    (d + 1).to_string(),
                    year.shape.sector(k).to_owned(),
                    text(households.baskets[d * year.shape.sectors + k]),
                ];
                rows.push(marked(row, &households.mark));
            }
        }
    }
    File {
        name: "baskets.csv",
        header: &[
            "economy",
            "decile",
            "sector",
            "store_usd_bn",
            "quality",
            "source",
        ],
        rows,
    }
}
