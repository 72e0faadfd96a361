//! The law beside two public trackers of added United States duties.
//!
//! Run with `--nocapture` to see every row; docs/law.md explains the misses.

use std::collections::BTreeMap;

use crate::book::{configs, day, economy, product, schedule};
use tradewinds_policy::TariffSchedule;
use tradewinds_units::Date;

fn rows(file: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(configs("validation").join(file)).unwrap();
    let columns: Vec<String> = reader
        .headers()
        .unwrap()
        .iter()
        .map(str::to_owned)
        .collect();
    let records = reader.records().map(|record| record.unwrap());
    records
        .map(|record| {
            columns
                .iter()
                .cloned()
                .zip(record.iter().map(str::to_owned))
                .collect()
        })
        .collect()
}

/// Imports of 2024 by origin and subsector [billion USD].
fn imports() -> BTreeMap<String, Vec<(String, f64)>> {
    let mut by_origin: BTreeMap<String, Vec<(String, f64)>> = BTreeMap::new();
    for row in rows("us_imports_2024.csv") {
        let value = row["us_imports_usd_bn"].parse().unwrap();
        by_origin
            .entry(row["origin"].clone())
            .or_default()
            .push((row["subsector"].clone(), value));
    }
    by_origin
}

/// Added applied and statutory rate of an origin at 2024 weights.
fn added(
    law: &TariffSchedule,
    origin: &str,
    trade: &[(String, f64)],
    date: Date,
    but: &[&str],
) -> (f64, f64) {
    let (mut applied, mut statutory, mut total) = (0.0, 0.0, 0.0);
    for (sub, value) in trade {
        let rate = law.rate(economy("USA"), economy(origin), &product(sub), date);
        let counted = rate
            .components
            .iter()
            .filter(|one| !but.contains(&one.authority.as_str()));
        for one in counted {
            applied += value * one.applied;
            statutory += value * one.statutory;
        }
        total += value;
    }
    (applied / total, statutory / total)
}

fn middle(from: Date, to: Date) -> Date {
    let mut date = from;
    for _ in 0..tradewinds_units::days_between(from, to) / 2 {
        date = date.tomorrow().unwrap();
    }
    date
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let below = |x: f64| values.iter().filter(|y| **y < x).count() as f64;
    let ties = |x: f64| values.iter().filter(|y| (**y - x).abs() < 1e-15).count() as f64;
    values
        .iter()
        .map(|x| below(*x) + (ties(*x) - 1.0) / 2.0)
        .collect()
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
    let (ma, mb) = (mean(a), mean(b));
    let cross: f64 = a.iter().zip(b).map(|(x, y)| (x - ma) * (y - mb)).sum();
    let (va, vb): (f64, f64) = (
        a.iter().map(|x| (x - ma) * (x - ma)).sum(),
        b.iter().map(|y| (y - mb) * (y - mb)).sum(),
    );
    cross / (va * vb).sqrt()
}

struct Row {
    origin: String,
    from: Date,
    at: Date,
    tracker: f64,
    law: f64,
    statutory: f64,
    weight: f64,
    /// The tracker dates the row by the ruling, while the duties were in force
    /// to 23 February 2026.
    is_dated_early: bool,
}

fn partner_rows(law: &TariffSchedule) -> Vec<Row> {
    let imports = imports();
    let table = rows("tracker_partner.csv");
    let sources = rows("sources.csv");
    let early: Vec<&String> = sources
        .iter()
        .filter(|row| row["title"].contains("dated by the ruling"))
        .map(|row| &row["id"])
        .collect();
    let mut found = Vec::new();
    for (index, row) in table.iter().enumerate() {
        let from = day(&row["from"]);
        let next = table
            .get(index + 1)
            .filter(|next| next["origin"] == row["origin"]);
        let to = next.map_or(day("2026-08-31"), |next| day(&next["from"]));
        if from < day("2025-03-12") {
            continue;
        }
        let at = middle(from, to);
        // The tracker leaves out section 301 of 2018 and the safeguards.
        let trade = &imports[&row["origin"]];
        let (applied, statutory) = added(law, &row["origin"], trade, at, &["s301", "s201"]);
        found.push(Row {
            origin: row["origin"].clone(),
            from,
            at,
            tracker: row["added_rate"].parse().unwrap(),
            law: applied,
            statutory,
            weight: trade.iter().map(|(_, value)| value).sum(),
            is_dated_early: early.contains(&&row["source"]),
        });
    }
    found
}

#[test]
fn most_partner_rows_lie_within_two_points_of_the_tracker() {
    let rows = partner_rows(&schedule());
    for row in &rows {
        let gap = 100.0 * (row.law - row.tracker);
        let mark = if gap.abs() > 3.0 { " <-" } else { "" };
        println!(
            "{} {} ({}) tracker {:6.2} law {:6.2} statutory {:6.2} gap {gap:6.2}{mark}",
            row.origin,
            row.from,
            row.at,
            100.0 * row.tracker,
            100.0 * row.law,
            100.0 * row.statutory,
        );
    }
    let (all, all_rank) = summary(&rows);
    let dated: Vec<Row> = rows.into_iter().filter(|row| !row.is_dated_early).collect();
    let (kept, kept_rank) = summary(&dated);
    println!("all rows: within 1, 2, 3 {all:.3?} rank {all_rank:.4}");
    println!("rows with the legal date: within 1, 2, 3 {kept:.3?} rank {kept_rank:.4}");
    assert!(all[1].0 >= 0.80 && all[1].1 >= 0.70, "{all:?}");
    assert!(kept_rank >= 0.90, "{kept_rank}");
}

/// Shares of rows and of trade within 1, 2 and 3 points, and rank correlation.
fn summary(rows: &[Row]) -> ([(f64, f64); 3], f64) {
    let total: f64 = rows.iter().map(|row| row.weight).sum();
    let within = [1.0, 2.0, 3.0].map(|points| {
        let is_close = |row: &&Row| 100.0 * (row.law - row.tracker).abs() <= points;
        let count = rows.iter().filter(is_close).count() as f64;
        let weight: f64 = rows.iter().filter(is_close).map(|row| row.weight).sum();
        (count / rows.len() as f64, weight / total)
    });
    let law: Vec<f64> = rows.iter().map(|row| row.law).collect();
    let tracker: Vec<f64> = rows.iter().map(|row| row.tracker).collect();
    (within, correlation(&ranks(&law), &ranks(&tracker)))
}

#[test]
fn the_average_follows_the_daily_tracker() {
    let law = schedule();
    let imports = imports();
    let total: f64 = imports.values().flatten().map(|(_, value)| value).sum();
    let table = rows("tracker_daily.csv");
    let mut gaps = Vec::new();
    for (index, row) in table.iter().enumerate() {
        let from = day(&row["from"]);
        let to = table
            .get(index + 1)
            .map_or(day("2026-04-05"), |next| day(&next["from"]));
        let at = middle(from, to);
        let mut by_group = [0.0; 5];
        for (origin, trade) in &imports {
            for (sub, value) in trade {
                let rate = law.rate(economy("USA"), economy(origin), &product(sub), at);
                for one in &rate.components {
                    let group = match one.authority.as_str() {
                        name if name.starts_with("s232") => 0,
                        "s301" => 1,
                        "ieepa_fentanyl" => 3,
                        name if name.starts_with("ieepa") => 2,
                        "s122" => 4,
                        _ => continue,
                    };
                    by_group[group] += value * one.applied / total * 100.0;
                }
            }
        }
        let tracker = |column: &str| 100.0 * row[column].parse::<f64>().unwrap();
        println!(
            "{from} ({at}) s232 {:.2}/{:.2} s301 {:.2}/{:.2} reciprocal {:.2}/{:.2} fentanyl {:.2}/{:.2} s122 {:.2}/{:.2} total {:.2}/{:.2}",
            by_group[0],
            tracker("s232"),
            by_group[1],
            tracker("s301"),
            by_group[2],
            tracker("ieepa_reciprocal"),
            by_group[3],
            tracker("ieepa_fentanyl"),
            by_group[4],
            tracker("s122"),
            by_group.iter().sum::<f64>(),
            tracker("total_added_and_301"),
        );
        // Country rates held for a whole day and 125 on China: docs/law.md.
        let is_april_peak = (day("2025-04-09")..day("2025-05-14")).contains(&from);
        if !is_april_peak {
            gaps.push((by_group.iter().sum::<f64>() - tracker("total_added_and_301")).abs());
        }
    }
    let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
    println!("mean gap {mean:.2} points over {} intervals", gaps.len());
    assert!(gaps.len() >= 20 && mean <= 2.0, "{mean}");
}
