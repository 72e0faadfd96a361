use std::collections::BTreeSet;

use tradewinds_config::{Source, spec_faults};
use tradewinds_units::{Date, EconomyCode, parse_date};

use super::*;
use crate::politics::Politics;

/// The day after which nothing may be used.
const LAST: &str = "2025-05-03";

fn code(text: &str) -> EconomyCode {
    text.parse().unwrap()
}

fn last() -> Date {
    parse_date(LAST).unwrap()
}

fn talks() -> Talks {
    Talks::load(&Library::embedded()).unwrap()
}

fn text(path: &str) -> String {
    let library = Library::embedded();
    library.text(&format!("{TALKS}/{path}")).unwrap()
}

/// What is said when each of the replacements is made, once, in its file.
fn told(changes: &[(&str, &str, &str)]) -> String {
    let mut files = TalksFiles::of(&Library::embedded()).unwrap();
    for (path, from, to) in changes {
        let part = match path.split_once('/') {
            Some(("governments", _)) => TalksPart::Government,
            Some(("attached", _)) => TalksPart::Attached,
            Some(("issues", _)) => TalksPart::Issue,
            _ if *path == "parameters.toml" => TalksPart::Parameters,
            _ => TalksPart::Head,
        };
        let old = text(path);
        assert!(old.contains(from), "no {from:?} in {path}");
        let new = Source::new(format!("{TALKS}/{path}"), old.replacen(from, to, 1));
        files = files.with(part, &new);
    }
    Talks::read(&files).unwrap_err().to_string()
}

fn tells(change: (&str, &str, &str), parts: &[&str]) {
    let told = told(&[change]);
    for part in parts {
        assert!(told.contains(part), "no {part:?} in\n{told}");
    }
}

#[test]
fn the_committed_files_hold_23_and_57_governments_14_issues_and_257_symbols() {
    let talks = talks();
    assert_eq!(talks.governments.len(), 23);
    assert_eq!(talks.attached.len(), 57);
    assert_eq!(talks.issues.len(), 14);
    let rows: usize = talks.issues.iter().map(|issue| issue.offers.len()).sum();
    assert_eq!(rows, 17 * 14);
    assert_eq!(talks.symbols.len(), 257);
    let symbols: BTreeSet<&str> = talks
        .symbols
        .iter()
        .map(|one| one.symbol.as_str())
        .collect();
    assert_eq!(symbols.len(), 257);
    assert_eq!(talks.known_on, last());
}

#[test]
fn attached_governments_own_189_bn_of_exports_as_the_base_year_says() {
    let talks = talks();
    let sum = |of: fn(&Attached) -> f64| talks.attached.iter().map(of).sum::<f64>();
    assert!((sum(|one| one.exports) - 188.92).abs() < 0.01);
    assert!((sum(|one| one.imports) - 198.16).abs() < 0.01);
    assert!((sum(|one| one.weight) - 1.0).abs() < 1e-12);
    assert!((sum(|one| one.share_of_exports) - 0.8706).abs() < 1e-4);
    assert_eq!(
        talks.attached.iter().filter(|one| one.rate > 0.1).count(),
        57 - 16
    );
    let world = Library::embedded()
        .text("configs/worlds/2024/attached.csv")
        .unwrap();
    let mut compared = 0;
    for line in world.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let one = talks.attached_government(code(cells[0])).unwrap();
        let [from, to] = [4, 5].map(|at| cells[at].parse::<f64>().unwrap());
        assert!((one.share_of_exports - from).abs() < 1e-4, "{line}");
        assert!((one.share_of_imports - to).abs() < 1e-4, "{line}");
        compared += 1;
    }
    assert_eq!(compared, 57);
}

#[test]
fn every_row_has_a_source() {
    let talks = talks();
    let mut sources: Vec<&Evidence> =
        vec![&talks.all_trade.evidence, &talks.rest_of_world.evidence];
    for one in &talks.governments {
        sources.extend([
            &one.economics.evidence,
            &one.rule.evidence,
            &one.types.evidence,
        ]);
        sources.extend([&one.answers.evidence, &one.conduct.evidence]);
        sources.extend(one.preset.iter().map(|own| &own.evidence));
    }
    for one in &talks.attached {
        sources.extend([&one.evidence, &one.types.evidence, &one.answers.evidence]);
        sources.push(&one.conduct.evidence);
    }
    let rows = talks.issues.iter().flat_map(|issue| issue.offers.values());
    sources.extend(rows.map(|offer| &offer.evidence));
    sources.extend(talks.issues.iter().map(|issue| &issue.evidence));
    sources.extend(talks.symbols.iter().map(|one| &one.evidence));
    sources.extend(talks.offers.values().flatten().map(|offer| &offer.evidence));
    assert!(sources.len() > 800);
    for evidence in sources {
        assert!(evidence.source.len() > 5, "{:?}", evidence.source);
        assert!(
            !evidence.source.contains("_2024.csv"),
            "{}",
            evidence.source
        );
    }
}

#[test]
fn no_value_is_dated_after_the_last_day() {
    let library = Library::embedded();
    let months =
        "January February March April May June July August September October November December";
    for path in library.files(TALKS) {
        for (number, line) in library.text(&path).unwrap().lines().enumerate() {
            let key = line.split('=').next().unwrap_or_default().trim();
            let is_expected = ["caretaker_to", "next_vote", "next_vote_kind"].contains(&key);
            for at in 0..line.len() {
                let day = line.get(at..at + 10).and_then(|text| parse_date(text).ok());
                let is_late = day.is_some_and(|day| day > last());
                assert!(is_expected || !is_late, "{path}:{}: {line}", number + 1);
            }
            let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric()).collect();
            for pair in words.windows(2) {
                let month = months.split(' ').position(|month| month == pair[0]);
                let is_late = month.is_some_and(|at| at > 4 && pair[1] == "2025")
                    || month.is_some() && pair[1] == "2026";
                assert!(is_expected || !is_late, "{path}:{}: {line}", number + 1);
            }
        }
    }
    let talks = talks();
    for one in &talks.governments {
        let rule = &one.rule;
        assert!(one.known_on <= last());
        assert!(rule.minority_from.is_none_or(|day| day <= last()));
        assert!(rule.caretaker_from.is_none_or(|day| day <= last()));
        assert!(rule.next_vote.is_none_or(|day| day > last()));
    }
}

#[test]
fn the_record_holds_eleven_rounds_of_three_weeks_and_ends_on_the_last_day() {
    let talks = talks();
    assert_eq!(talks.record.len(), 56);
    assert!(
        talks
            .record
            .iter()
            .all(|event| event.date <= last() && !event.source.is_empty())
    );
    let from = parse_date("2025-04-10").unwrap();
    let rounds = talks
        .record
        .iter()
        .filter(|one| one.kind == "round" && one.date >= from);
    let rounds: Vec<&Event> = rounds.collect();
    assert_eq!(rounds.len(), 11);
    let partners: BTreeSet<EconomyCode> = rounds
        .iter()
        .flat_map(|one| one.economies.clone())
        .collect();
    assert_eq!(partners.len(), 7);
}

#[test]
fn a_later_event_is_refused() {
    let files = TalksFiles::of(&Library::embedded()).unwrap();
    let later = "2025-05-08,some,GBR,order,deal,0.1,0.1,a deal,record_1,high\n";
    let record = Source::new("record.csv", files.record.0.text().to_owned() + later);
    let sources = files.record.1.clone();
    let told = Talks::read(&TalksFiles {
        record: (record, sources),
        ..files
    });
    let told = told.unwrap_err().to_string();
    assert!(told.contains("a day up to 2025-05-03"), "{told}");
}

#[test]
fn next_votes_are_those_of_the_calendar_of_elections() {
    let elections = Politics::load(&Library::embedded()).unwrap().elections;
    let mut compared = 0;
    for one in &talks().governments {
        let scheduled = elections
            .iter()
            .find(|vote| vote.economy == one.economy && !vote.is_held);
        if let Some(vote) = scheduled {
            assert_eq!(one.rule.next_vote, Some(vote.date), "{}", one.economy);
            compared += 1;
        }
    }
    assert!(compared >= 20, "{compared}");
}

#[test]
fn governments_keep_the_numbers_of_their_files() {
    let talks = talks();
    let one = talks.government(code("JPN")).unwrap();
    assert!((one.dependence() - 148.21 / 4026.0).abs() < 1e-12);
    assert!((one.preset.as_ref().unwrap().rate - 0.24).abs() < 1e-12);
    assert!(one.rule.is_minority(last()) && !one.rule.is_caretaker(last()));
    assert!(one.conduct.is_all_or_nothing);
    let two = talks.government(code("KOR")).unwrap();
    let day = |text: &str| parse_date(text).unwrap();
    assert!(two.rule.is_caretaker(day("2025-06-03")) && !two.rule.is_caretaker(day("2025-06-04")));
    let without: Vec<&str> = talks
        .governments
        .iter()
        .filter(|one| one.preset.is_none())
        .map(|one| one.economy.as_str())
        .collect();
    assert_eq!(without, ["CAN", "MEX"]);
    assert!(
        talks
            .government(talks.rival)
            .unwrap()
            .economics
            .rival_share
            .is_none()
    );
}

#[test]
fn offers_by_default_grow_with_trade() {
    let talks = talks();
    let (like, own) = (code("PHL"), code("COL"));
    let row = |economy, id: &str| {
        let offers = talks.offers(economy).iter();
        offers
            .clone()
            .find(|offer| offer.issue == id)
            .unwrap()
            .clone()
    };
    let ids: BTreeSet<String> = talks
        .offers(own)
        .iter()
        .map(|one| one.issue.clone())
        .collect();
    assert_eq!(
        ids.into_iter().collect::<Vec<_>>(),
        ["farm_purchases", "own_tariff_cut", "transshipment_rules"]
    );
    let trade = talks.government(like).unwrap().economics.clone();
    let attached = talks.attached_government(own).unwrap();
    let (by_imports, by_exports) = (
        attached.imports / trade.imports,
        attached.exports / trade.exports,
    );
    let (cut, first) = (row(own, "own_tariff_cut"), row(like, "own_tariff_cut"));
    assert!((cut.value.value - first.value.value * by_imports).abs() < 1e-12);
    assert!((cut.cost.high - first.cost.high * by_imports).abs() < 1e-12);
    assert!(
        (cut.largest_change - first.largest_change).abs() < 1e-12,
        "a rate is not scaled"
    );
    let (farm, first) = (row(own, "farm_purchases"), row(like, "farm_purchases"));
    assert!((farm.largest_change - first.largest_change * by_imports).abs() < 1e-12);
    let (rules, first) = (
        row(own, "transshipment_rules"),
        row(like, "transshipment_rules"),
    );
    assert!((rules.value.value - first.value.value * by_exports).abs() < 1e-12);
    assert_eq!(cut.evidence.status, Status::Assumed);
    // Six governments of the model have no rows either.
    let few = talks
        .governments
        .iter()
        .filter(|one| talks.offers(one.economy).len() == 3);
    assert_eq!(few.count(), 6);
    for economy in talks.economies() {
        let offers = talks.offers(economy);
        assert!(offers.windows(2).all(|pair| pair[0].ease >= pair[1].ease));
    }
}

#[test]
fn the_order_by_value_over_cost_is_that_of_the_specification() {
    let talks = talks();
    let ratio = |issue: &Issue| {
        let sum = |of: fn(&Offer) -> f64| issue.offers.values().map(of).sum::<f64>();
        sum(|one| one.value.value) / sum(|one| one.cost.value)
    };
    let mut order: Vec<(&str, f64)> = talks
        .issues
        .iter()
        .map(|one| (one.id.as_str(), ratio(one)))
        .collect();
    order.sort_by(|one, other| other.1.total_cmp(&one.1));
    let names: Vec<&str> = order.iter().map(|one| one.0).collect();
    assert_eq!(
        names[..3],
        ["energy_purchases", "farm_purchases", "critical_minerals"]
    );
    assert_eq!(names[13], "treasury_holdings");
}

#[test]
fn values_are_resolved_to_governments_issues_and_estimates() {
    let talks = talks();
    let own = code("JPN");
    assert!((talks.value("floor_rate").unwrap() - 0.1).abs() < 1e-12);
    assert!((talks.value("discount_partner").unwrap() - 0.03).abs() < 1e-12);
    assert!((talks.value_for("discount_partner", own).unwrap() - 0.033).abs() < 1e-12);
    assert!((talks.value_for("defence_share", own).unwrap() - 0.014).abs() < 1e-12);
    assert!((talks.value_for("defence_share", code("COL"))).is_none());
    assert_eq!(talks.value("readiness"), None);
    assert!((talks.value_for("readiness", code("COL")).unwrap() - 0.3).abs() < 1e-12);
    let line = talks.value_on("red_line", (own, "own_tariff_cut")).unwrap();
    assert!((line - 0.6).abs() < 1e-12);
    let base = talks.symbol("approval_base").unwrap();
    assert_eq!(base.estimate.as_deref(), Some("approval_base"));
    assert!(matches!(base.held, Held::Number(number) if number.low < number.value));
    assert!(
        matches!(&talks.symbol("ret_levels").unwrap().held, Held::Levels(all) if all.len() == 4)
    );
    let unresolved: Vec<&str> = talks
        .symbols
        .iter()
        .filter(|one| one.held == Held::InTables)
        .filter(|one| {
            let column = one.column.unwrap();
            match column.is_of_issues() {
                true => talks.value_on(&one.name, (own, "own_tariff_cut")).is_none(),
                false => talks.value_for(&one.name, own).is_none(),
            }
        })
        .map(|one| one.name.as_str())
        .collect();
    assert!(unresolved.is_empty(), "{unresolved:?}");
}

#[test]
fn every_parameter_has_a_unit_and_a_range_around_its_value() {
    for one in &talks().symbols {
        assert!(!one.unit.is_empty(), "{}", one.name);
        assert!(!one.unit.contains("points of rate"), "{}", one.name);
        if let Held::Number(number) = one.held {
            assert!(
                (number.low..=number.high).contains(&number.value),
                "{}",
                one.name
            );
        }
    }
}

#[test]
fn descriptions_have_no_faults() {
    for spec in [
        talks_spec(),
        symbols_spec(),
        government_spec(),
        attached_spec(),
        issue_spec(),
    ] {
        assert_eq!(spec_faults(spec), Vec::<String>::new(), "{}", spec.name);
    }
}

#[test]
fn an_issue_for_a_government_that_is_not_there_is_refused() {
    let change = ("issues/own_tariff_cut.toml", "JPN =", "JPM =");
    tells(
        change,
        &[
            "own_tariff_cut.toml:16:1",
            "there is no government `JPM`",
            "did you mean \"JPN\"?",
        ],
    );
}

#[test]
fn an_unknown_government_is_refused() {
    tells(
        ("talks.toml", "like = \"PHL\"", "like = \"PHI\""),
        &[
            "there is no government with a row on `own_tariff_cut` `PHI`",
            "did you mean \"PHL\"?",
        ],
    );
    tells(
        ("talks.toml", "rival = \"CHN\"", "rival = \"CNH\""),
        &["there is no government `CNH`", "did you mean \"CHN\"?"],
    );
}

#[test]
fn an_unknown_issue_is_refused() {
    tells(
        ("talks.toml", "\"farm_purchases\"", "\"farm_purchase\""),
        &[
            "there is no issue `farm_purchase`",
            "did you mean \"farm_purchases\"?",
        ],
    );
}

#[test]
fn attached_governments_that_own_more_than_the_whole_are_refused() {
    tells(
        ("talks.toml", "exports = 217.0", "exports = 180.0"),
        &[
            "attached governments own more than all exports of the rest of the world",
            "shares that add up to 1.049553",
            "at most 1",
            "talks.toml",
        ],
    );
}

#[test]
fn a_red_line_outside_zero_to_one_is_refused() {
    tells(
        (
            "issues/own_tariff_cut.toml",
            "red_line = 0.6",
            "red_line = 60",
        ),
        &["own_tariff_cut.toml:16", "red_line", "0.6"],
    );
}

#[test]
fn a_range_without_its_value_is_refused() {
    tells(
        (
            "parameters.toml",
            "range = [17.0, 78.0]",
            "range = [50.0, 78.0]",
        ),
        &[
            "a value outside its own range",
            "40 beside [50, 78]",
            "move the value or the range",
        ],
    );
    let change = (
        "issues/own_tariff_cut.toml",
        "cost = 0.957",
        "cost = 0.957, cost_range = [2.0, 0.5]",
    );
    tells(
        change,
        &["a value outside its own range", "offers.JPN.cost_range"],
    );
    tells(
        ("issues/own_tariff_cut.toml", "[0.5, 2.0]", "[2.0, 0.5]"),
        &["factors of a range without the value in it"],
    );
}

#[test]
fn dates_out_of_order_are_refused() {
    tells(
        (
            "governments/kor.toml",
            "caretaker_to = 2025-06-03",
            "caretaker_to = 2024-06-03",
        ),
        &[
            "kor.toml",
            "the caretaker ends before it begins",
            "a day from 2024-12-14 on",
        ],
    );
    tells(
        (
            "governments/kor.toml",
            "next_vote = 2025-06-03",
            "next_vote = 2022-03-09",
        ),
        &["the next vote is past"],
    );
    tells(
        ("governments/kor.toml", "caretaker_from = 2024-12-14\n", ""),
        &["a caretaker without a first day"],
    );
}

#[test]
fn what_was_known_later_is_refused() {
    tells(
        (
            "governments/can.toml",
            "known_on = 2025-05-03",
            "known_on = 2025-05-13",
        ),
        &[
            "`known_on` lies after the day of the talks",
            "a day up to 2025-05-03",
        ],
    );
    tells(
        (
            "governments/can.toml",
            "minority_from = 2025-04-28",
            "minority_from = 2025-05-28",
        ),
        &["`minority_from` lies after the day it was known"],
    );
}

#[test]
fn priors_that_do_not_sum_to_one_are_refused() {
    tells(
        ("governments/jpn.toml", "fast = 0.15", "fast = 0.25"),
        &[
            "the priors of `types` do not add up to one",
            "1.1 in all",
            "change one of them by -0.1",
        ],
    );
    tells(
        ("attached/april_2025.toml", "none = 0.95", "none = 0.9"),
        &["the priors of `common.answers` do not add up to one"],
    );
    tells(
        (
            "parameters.toml",
            "value = 0.4\nrange = [0.05, 0.6]",
            "value = 0.5\nrange = [0.05, 0.6]",
        ),
        &["us_type_dealer", "do not add up to one", "1.1 in all"],
    );
}

#[test]
fn a_source_without_words_is_refused() {
    tells(
        (
            "talks.toml",
            "source = \"US Census",
            "source = \" \" # \"US Census",
        ),
        &["a row without a source", "own judgement"],
    );
}

#[test]
fn a_parameter_in_two_places_or_none_is_refused() {
    tells(
        (
            "parameters.toml",
            "estimate = \"approval_base\"",
            "estimate = \"approval_base\"\nvalue = 42.0",
        ),
        &["a parameter is held in one place", "`value` and `estimate`"],
    );
    tells(
        ("parameters.toml", "column = \"readiness\"\n", ""),
        &["none of them"],
    );
    tells(
        (
            "parameters.toml",
            "estimate = \"approval_base\"",
            "estimate = \"aproval_base\"",
        ),
        &["did you mean \"approval_base\"?"],
    );
}

#[test]
fn a_change_in_another_unit_and_purchases_of_no_sector_are_refused() {
    tells(
        (
            "issues/own_tariff_cut.toml",
            "change_unit = \"share of customs value\"",
            "change_unit = \"USD bn a year\"",
        ),
        &["`tariff_cut` does not change by USD bn a year"],
    );
    tells(
        ("issues/energy_purchases.toml", "sector = \"energy\"\n", ""),
        &["`purchases` of no sector"],
    );
}

#[test]
fn a_government_twice_and_the_principal_itself_are_refused() {
    tells(
        ("attached/april_2025.toml", "COL =", "JPN ="),
        &["two of one name among the governments"],
    );
    tells(
        ("governments/jpn.toml", "\"JPN\"", "\"USA\""),
        &["the principal does not talk with itself"],
    );
}

#[test]
fn several_mistakes_in_several_files_come_at_once() {
    let told = told(&[
        ("governments/jpn.toml", "fast = 0.15", "fast = 0.25"),
        ("issues/own_tariff_cut.toml", "KOR =", "KRO ="),
        (
            "parameters.toml",
            "range = [17.0, 78.0]",
            "range = [50.0, 78.0]",
        ),
    ]);
    for part in ["do not add up to one", "`KRO`", "outside its own range"] {
        assert!(told.contains(part), "no {part:?} in\n{told}");
    }
    assert_eq!(told.matches("error: ").count(), 3, "{told}");
}

#[test]
fn a_file_that_cannot_be_read_hides_no_mistake_of_another() {
    let told = told(&[
        ("governments/jpn.toml", "fast = 0.15", "fast = 0.25"),
        (
            "issues/own_tariff_cut.toml",
            "red_line = 0.6",
            "red_line = 60",
        ),
    ]);
    assert!(told.contains("do not add up to one") && told.contains("did you mean 0.6?"));
    assert_eq!(told.matches("error: ").count(), 2, "{told}");
}

#[test]
fn a_user_adds_an_issue_with_one_file() {
    let added = "id = \"ships\"\ntitle = \"Purchases of ships\"\neffect = \"purchases\"\n\
        quantity = \"ships\"\nchange_unit = \"USD bn a year\"\nsector = \"other\"\n\
        election = \"election_other\"\nrange_factors = [0.5, 2.0]\nstatus = \"assumed\"\n\
        source = \"own judgement\"\n[offers]\n\
        KOR = { value = 1.0, cost = 0.5, ease = 0.5, red_line = 0.5, largest_change = 2.0 }\n";
    let files = TalksFiles::of(&Library::embedded()).unwrap();
    let files = files.with(TalksPart::Issue, &Source::new("ships.toml", added));
    let talks = Talks::read(&files).unwrap();
    assert_eq!(talks.issues.len(), 15);
    assert_eq!(talks.offers(code("KOR")).len(), 15);
    assert_eq!(talks.issue("ships").unwrap().effect, Effect::Purchases);
}
