//! Writes a case of the oracle family `EH` of any size to stdout: a random world
//! that closes, a duty of one economy, and the equilibrium of the direct solver.
//!
//! `cargo run --release -p tradewinds-tests --example large_case -- 31 40 1 > case.json`
//! takes economies, sectors and a seed; `tradewinds oracles case.json` then times
//! both routes. As expected values come from the solver, the case tests the
//! simulated path against it, and the time of both.

use std::io::Write;

use serde_json::{Value, json};
use tradewinds_equilibrium::oracle::reported;
use tradewinds_equilibrium::{Economy, EconomyParts, FinalUser, solve};
use tradewinds_tests::fixtures::closed::Closed;
use tradewinds_tests::fixtures::models::{REPORTED, added_duty};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let given = std::env::args().skip(1).map(|one| one.parse::<usize>());
    let given = given.collect::<Result<Vec<_>, _>>()?;
    let [economies, sectors, seed] = given[..] else {
        return Err("name economies, sectors and a seed".into());
    };
    let parts = Closed {
        economies,
        sectors,
        seed: seed as u64,
        is_retail: false,
        ..Closed::default()
    }
    .parts();
    let economy = Economy::new(of_one_user(parts)?)?;
    let shock = added_duty(&economy, 0, 0.1);
    let found = solve(&economy, &shock)?;
    let expected: serde_json::Map<String, Value> = REPORTED
        .iter()
        .filter_map(|field| Some(((*field).to_owned(), json!(reported(&found, field)?))))
        .collect();
    let file = json!({ "family": "EH", "format": 1, "cases": [{
        "name": format!("{economies}x{sectors}_{seed}"),
        "statement": "ten points on all imports of the first economy",
        "inputs": { "economy": written(&economy), "shock": { "t1": shock.import_duty } },
        "expected": expected,
        "tolerance": { "frictionless_solver_rel": 1e-9, "abm_converged_rel": 1e-6 },
    }]});
    writeln!(std::io::stdout(), "{file}")?;
    Ok(())
}

/// The same world with all final users as one, who owns everything.
fn of_one_user(mut parts: EconomyParts) -> Outcome<EconomyParts> {
    let accounts = Economy::new(parts.clone())?.accounts().clone();
    let claims = vec![1.0; parts.economies];
    let mut budget_share = accounts.final_demand.clone();
    for n in 0..parts.economies {
        let of_n = parts.market(n, 0)..parts.market(n + 1, 0);
        let total: f64 = budget_share[of_n.clone()].iter().sum();
        for share in &mut budget_share[of_n] {
            *share /= total;
        }
    }
    parts.users = vec![FinalUser {
        budget_share,
        labour_claim: claims.clone(),
        profit_claim: claims.clone(),
        revenue_claim: claims.clone(),
        transfer_claim: claims,
        is_retail: false,
    }];
    Ok(parts)
}

fn written(economy: &Economy) -> Value {
    json!({
        "N": economy.economies, "S": economy.sectors, "sigma": economy.sigma,
        "eps": economy.eps, "eta": economy.eta, "rho": economy.rho, "X": economy.spending,
        "pi": economy.origin_share, "t": economy.import_duty, "tx": economy.export_tax,
        "beta": economy.labour_cost_share, "gam": economy.input_cost_share,
        "alpha": economy.users[0].budget_share, "mu": economy.markup,
        "wLs": economy.wage_bill, "D": economy.deficit,
    })
}
