//! The committed worlds: rebuilt byte for byte, closed, and true to what was observed.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tradewinds_world::{Built, FileSet, Quality, Sources, World, WorldError, build};

const WORLDS: [&str; 2] = ["2024", "2017"];

fn folder(world: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../configs/worlds")
        .join(world)
}

fn read(folder: &Path) -> FileSet {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .filter(|path| path.is_file())
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect()
}

fn sources(world: &str) -> Sources {
    let own = Sources::new(read(&folder(world).join("sources")));
    match own.extends().unwrap() {
        Some(parent) => own.on_top_of(sources(&parent)),
        None => own,
    }
}

fn built(world: &str) -> Built {
    build(&sources(world)).unwrap()
}

fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.unwrap()).collect()
}

#[test]
fn committed_worlds_are_rebuilt_byte_for_byte() {
    for world in WORLDS {
        let fresh = built(world).files;
        let committed = read(&folder(world));
        assert_eq!(
            fresh.keys().collect::<Vec<_>>(),
            committed.keys().collect::<Vec<_>>(),
            "files of {world}"
        );
        for (name, text) in &fresh {
            assert!(
                committed[name] == *text,
                "{world}/{name} differs; rebuild it"
            );
        }
    }
}

#[test]
fn every_margin_closes_and_the_report_says_so() {
    for world in WORLDS {
        let built = built(world);
        assert!(
            built.report.solver_residual < 1e-12,
            "{:e}",
            built.report.solver_residual
        );
        assert!(
            built.report.closing_residual < 1e-15,
            "{:e}",
            built.report.closing_residual
        );
        World::load(&built.files).unwrap();
    }
}

#[test]
fn observed_cells_move_least() {
    for world in WORLDS {
        let movements = built(world).report.movements;
        assert_eq!(movements[0].quality, Quality::Observed);
        assert!(movements[0].weighted < 0.005, "{movements:?}");
        assert!(
            movements[0].weighted < movements[1].weighted,
            "{movements:?}"
        );
        assert!(
            movements[1].weighted < movements[2].weighted,
            "{movements:?}"
        );
    }
}

#[test]
fn shares_of_value_by_quality_sum_to_one() {
    for group in built("2024").report.shares {
        assert!(
            (group.shares.iter().sum::<f64>() - 1.0).abs() < 1e-12,
            "{group:?}"
        );
    }
}

#[test]
fn recorded_imports_of_each_origin_are_met_to_the_dollar() {
    let files = read(&folder("2024"));
    let mut recorded: BTreeMap<(String, String), f64> = BTreeMap::new();
    let detail = read(&folder("2024").join("sources"));
    for row in rows(&detail["trade_detail.csv"]) {
        let key = (row["importer"].clone(), row["exporter"].clone());
        *recorded.entry(key).or_default() += row["value_usd_bn"].parse::<f64>().unwrap();
    }
    let mut accounts: BTreeMap<(String, String), f64> = BTreeMap::new();
    for row in rows(&files["trade.csv"])
        .iter()
        .filter(|row| row["sector"] != "services")
    {
        let key = (row["importer"].clone(), row["exporter"].clone());
        *accounts.entry(key).or_default() += row["fob_usd_bn"].parse::<f64>().unwrap();
    }
    assert!(recorded.len() > 20);
    for (pair, value) in recorded {
        assert!(
            (accounts[&pair] - value).abs() < 1e-9,
            "{pair:?}: {} against {value}",
            accounts[&pair]
        );
    }
}

#[test]
fn duties_collected_by_the_recorded_importer_are_those_recorded() {
    let detail = read(&folder("2024").join("sources"));
    let recorded: f64 = rows(&detail["trade_detail.csv"])
        .iter()
        .map(|row| row["duties_usd_bn"].parse::<f64>().unwrap())
        .sum();
    let world = World::load(&read(&folder("2024"))).unwrap();
    let usa = world.economy_index("USA".parse().unwrap()).unwrap();
    assert!(
        (world.duties(usa) / recorded - 1.0).abs() < 0.005,
        "{} against {recorded}",
        world.duties(usa)
    );
}

#[test]
fn distribution_takes_the_recorded_share_of_the_store_price() {
    let world = World::load(&read(&folder("2024"))).unwrap();
    let usa = world.economy_index("USA".parse().unwrap()).unwrap();
    let autos = world.sector_index(&"autos".parse().unwrap()).unwrap();
    let market = world.market(usa, autos);
    let share = world.distribution[market] / (world.household[market] + world.distribution[market]);
    assert!((share - 0.559_841).abs() < 1e-6, "{share}");
    for n in 0..world.economy_count() {
        assert!(world.household[world.market(n, world.services)] > 0.0);
    }
}

#[test]
fn a_markup_never_exceeds_what_the_surplus_holds() {
    let world = World::load(&read(&folder("2024"))).unwrap();
    let mut capped = 0;
    for n in 0..world.economy_count() {
        for s in 0..world.sector_count() {
            let markup = world.markup(n, s);
            let profit = (1.0 - 1.0 / markup) * world.output[world.market(n, s)];
            assert!(profit <= world.surplus[world.market(n, s)] + 1e-9);
            assert!((1.0..=1.2 + 1e-12).contains(&markup));
            capped += usize::from(markup < 1.2 - 1e-12);
        }
    }
    assert!(capped > 0, "the cap is at work somewhere");
}

#[test]
fn subsectors_of_an_importer_without_records_take_the_mix_of_the_origin() {
    let world = World::load(&read(&folder("2024"))).unwrap();
    let economy = |code: &str| world.economy_index(code.parse().unwrap()).unwrap();
    let autos = world.sector_index(&"autos".parse().unwrap()).unwrap();
    let recorded = world.subsector_shares(economy("USA"), economy("JPN"), autos);
    let other = world.subsector_shares(economy("EUU"), economy("JPN"), autos);
    assert_eq!(recorded, other);
}

#[test]
fn a_flow_no_table_lists_is_filled_by_gravity_and_the_world_still_closes() {
    let mut files = read(&folder("2024").join("sources"));
    let trade = files["trade.csv"].clone();
    let kept: String = trade
        .lines()
        .filter(|line| !line.starts_with("BRA,IND,"))
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(kept.len() < trade.len());
    files.insert("trade.csv".to_owned(), kept);
    let built = build(&Sources::new(files)).unwrap();
    let filled: Vec<_> = rows(&built.files["trade.csv"])
        .into_iter()
        .filter(|row| row["importer"] == "BRA" && row["exporter"] == "IND")
        .collect();
    assert_eq!(filled.len(), 10);
    assert!(
        filled
            .iter()
            .all(|row| row["source"] == "gravity" && row["quality"] == "assumed")
    );
    World::load(&built.files).unwrap();
}

#[test]
fn a_dollar_moved_by_hand_is_found_on_loading() {
    let mut files = read(&folder("2024"));
    let text = files["value_added.csv"].clone();
    let line = text.lines().nth(1).unwrap();
    let mut fields: Vec<&str> = line.split(',').collect();
    let more = format!("{:.9}", fields[4].parse::<f64>().unwrap() + 0.001);
    fields[4] = &more;
    files.insert(
        "value_added.csv".to_owned(),
        text.replace(line, &fields.join(",")),
    );
    let error = World::load(&files).unwrap_err();
    assert!(
        matches!(
            error,
            WorldError::Identity {
                identity: "output and cost",
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn an_unknown_economy_is_refused_with_its_line() {
    let mut files = read(&folder("2024"));
    let text = files["trade.csv"].replacen("USA,USA,", "USX,USA,", 1);
    files.insert("trade.csv".to_owned(), text);
    let error = World::load(&files).unwrap_err();
    assert!(
        matches!(error, WorldError::Field { line: 2, .. }),
        "{error}"
    );
}

#[test]
fn a_fact_without_a_known_source_is_refused() {
    let mut files = read(&folder("2024").join("sources"));
    let text = files["macro.csv"].replacen("macro_1", "hearsay_1", 1);
    files.insert("macro.csv".to_owned(), text);
    let error = build(&Sources::new(files)).unwrap_err();
    assert!(
        matches!(error, WorldError::UnknownSource { ref id, .. } if id == "hearsay_1"),
        "{error}"
    );
}

#[test]
fn a_duty_that_does_not_follow_from_its_rate_is_refused() {
    let mut files = read(&folder("2024"));
    let text = files["trade.csv"].clone();
    let line = text
        .lines()
        .find(|line| line.starts_with("USA,JPN,autos,"))
        .unwrap();
    let mut fields: Vec<&str> = line.split(',').collect();
    fields[5] = "0.25";
    files.insert(
        "trade.csv".to_owned(),
        text.replace(line, &fields.join(",")),
    );
    let error = World::load(&files).unwrap_err();
    assert!(
        matches!(
            error,
            WorldError::Identity {
                identity: "spending and duty rates",
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn every_economy_but_the_rest_of_the_world_has_leaders_and_voters() {
    for name in WORLDS {
        let world = World::load(&read(&folder(name))).unwrap();
        for (n, code) in world.economies.iter().enumerate() {
            let leaders = world.leaders.iter().filter(|leader| leader.economy == n);
            let voters = world.voters.iter().filter(|voters| voters.economy == n);
            let (leaders, share) = (leaders.count(), voters.map(|one| one.share).sum::<f64>());
            if code.as_str() == "ROW" {
                assert!(leaders == 0 && share == 0.0);
            } else {
                assert!(
                    leaders > 0 && (share - 1.0).abs() < 1e-6,
                    "{name}: {code} {share}"
                );
            }
        }
        assert!(
            world
                .leaders
                .iter()
                .all(|leader| !leader.mark.source.is_empty())
        );
        let in_order = |pair: &[tradewinds_world::LeaderFacts]| {
            (pair[0].economy, pair[0].since) <= (pair[1].economy, pair[1].since)
        };
        assert!(world.leaders.windows(2).all(in_order));
    }
}

#[test]
fn a_world_without_leaders_follows_nobody_and_wrong_shares_are_refused() {
    let mut files = read(&folder("2024"));
    let voters = files.remove("voters.csv").unwrap();
    let leaders = files.remove("leaders.csv").unwrap();
    assert!(World::load(&files).unwrap().leaders.is_empty());
    let fewer: Vec<&str> = voters
        .lines()
        .filter(|line| !line.starts_with("USA,first,3,"))
        .collect();
    files.insert("voters.csv".to_owned(), fewer.join("\n"));
    let error = World::load(&files).unwrap_err();
    assert!(matches!(error, WorldError::Shares { ref economy, .. } if economy == "USA"));
    files.insert("voters.csv".to_owned(), voters);
    let wrong = leaders.replace(",minority,", ",shared,");
    files.insert("leaders.csv".to_owned(), wrong);
    let error = World::load(&files).unwrap_err();
    assert!(matches!(error, WorldError::Field { ref column, .. } if column == "office"));
}
