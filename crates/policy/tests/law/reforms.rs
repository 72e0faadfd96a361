//! Reforms of the law on the books, and laws that cannot be put together.

use tradewinds_config::Source;
use tradewinds_policy::{
    Announcement, AnnouncementKind, Lapse, LawBook, PolicyError, Practice, PresetFormula, Reform,
    TariffSchedule, Without,
};

use crate::book::{compile, configs, day, economy, law, product, schedule};

fn without(what: &str, from: Option<&str>) -> Reform {
    Reform {
        without: vec![Without {
            what: what.into(),
            from: from.map(day),
        }],
        ..Reform::default()
    }
}

/// A user's file of law with one measure for each table of rates.
fn own_file(measures: &str) -> Source {
    let head = "id = \"own\"\ntitle = \"What if\"\nauthority = \"own\"\nlegal_basis = \"none\"\nimporter = \"JPN\"\n";
    Source::new("own.toml", format!("{head}{measures}"))
}

fn own_measure(name: &str, rate: f64, more: &str) -> String {
    format!(
        "\n[[measure]]\nname = \"{name}\"\nproducts = \"machinery\"\norigins = [\"USA\"]\n{more}\n\
         [[measure.rate]]\nannounced = 2025-01-01\nfrom = 2025-02-01\nvalue = {rate:?}\n\
         source = {{ title = \"own\", href = \"own\" }}\n"
    )
}

fn with_own(measures: &str) -> Result<TariffSchedule, Vec<PolicyError>> {
    let law = law();
    let instrument = law
        .read_instrument(&own_file(measures))
        .unwrap_or_else(|errors| panic!("{errors}"));
    let reform = Reform {
        instruments: vec![instrument],
        ..Reform::default()
    };
    TariffSchedule::compile(&law, &reform, Practice::default())
}

#[test]
fn an_empty_reform_changes_nothing() {
    assert_eq!(schedule().digest(), compile(&Reform::default()).digest());
    assert!(Reform::default().is_empty());
}

#[test]
fn a_reform_and_its_undo_are_the_law_before() {
    let law = law();
    for reform in [
        without("ieepa_reciprocal", Some("2025-04-09")),
        without("usa.s232_autos", None),
        Reform {
            lapse: vec![Lapse {
                pause: "ninety_days".into(),
                from: day("2025-05-01"),
            }],
            ..Reform::default()
        },
    ] {
        let changed = TariffSchedule::compile(&law, &reform, Practice::default()).unwrap();
        assert_ne!(changed.digest(), schedule().digest());
        let undo = reform.undo(&law).unwrap();
        let back = undo.apply(changed.law()).unwrap();
        assert_eq!(back, law);
    }
}

#[test]
fn a_power_switched_off_leaves_other_powers_alone() {
    let changed = compile(&without("s232_autos", None));
    let rate = changed.rate(
        economy("USA"),
        economy("KOR"),
        &product("autos_vehicles"),
        day("2025-04-20"),
    );
    let found: Vec<_> = rate
        .components
        .iter()
        .map(|one| one.measure.as_str())
        .collect();
    assert_eq!(found, ["usa.ieepa_reciprocal.country_rate"]);
    // Cars are then ordinary goods and pay the baseline (T015).
    assert!((rate.added_statutory() - 0.10).abs() < 1e-12);
}

#[test]
fn a_power_switched_off_from_a_day_changes_nothing_before() {
    let (law, changed) = (
        schedule(),
        compile(&without("ieepa_reciprocal", Some("2025-04-09"))),
    );
    for (sector, origin) in [
        ("agriculture_food", "JPN"),
        ("machinery", "CHN"),
        ("other", "ROW"),
    ] {
        let rate = |book: &TariffSchedule, date: &str| {
            book.rate(economy("USA"), economy(origin), &product(sector), day(date))
        };
        assert_eq!(rate(&law, "2025-04-08"), rate(&changed, "2025-04-08"));
        assert!(rate(&law, "2025-04-09").statutory > rate(&changed, "2025-04-09").statutory);
    }
}

#[test]
fn a_pause_that_lapses_brings_back_the_suspended_part() {
    let reform = Reform {
        lapse: vec![
            Lapse {
                pause: "ninety_days".into(),
                from: day("2025-05-01"),
            },
            Lapse {
                pause: "ninety_days_extended".into(),
                from: day("2025-05-01"),
            },
        ],
        ..Reform::default()
    };
    let changed = compile(&reform);
    let rate = |date: &str| {
        let rate = changed.rate(
            economy("USA"),
            economy("JPN"),
            &product("agriculture_food"),
            day(date),
        );
        rate.added_statutory()
    };
    assert!((rate("2025-04-30") - 0.10).abs() < 1e-12);
    assert!((rate("2025-05-01") - 0.24).abs() < 1e-12);
}

#[test]
fn names_the_law_does_not_hold_are_refused() {
    let law = law();
    let unknown = without("ieepa_recirpocal", None).apply(&law).unwrap_err();
    assert!(
        matches!(&unknown[0], PolicyError::UnknownMeasure { name, .. } if name == "ieepa_recirpocal")
    );
    assert!(unknown[0].to_string().contains("ieepa_reciprocal"));
    let lapse = Lapse {
        pause: "truce".into(),
        from: day("2025-05-01"),
    };
    let reform = Reform {
        lapse: vec![lapse],
        ..Reform::default()
    };
    assert!(matches!(
        &reform.apply(&law).unwrap_err()[0],
        PolicyError::UnknownPause { .. }
    ));
}

#[test]
fn two_measures_at_different_rates_need_a_stated_combination() {
    let both = own_measure("first", 0.1, "") + &own_measure("second", 0.2, "");
    let errors = with_own(&both).unwrap_err();
    let message = errors[0].to_string();
    for part in [
        "own.toml:7",
        "own.toml:18",
        "combine = \"add\"",
        "\"max\"",
        "date",
    ] {
        assert!(message.contains(part), "{part} in {message}");
    }
    let rate = |book: TariffSchedule| {
        let date = day("2025-02-01");
        book.rate(economy("JPN"), economy("USA"), &product("machinery"), date)
            .added_statutory()
    };
    let add = own_measure("first", 0.1, "combine = \"add\"") + &own_measure("second", 0.2, "");
    assert!((rate(with_own(&add).unwrap()) - 0.3).abs() < 1e-12);
    let max = own_measure("first", 0.1, "combine = \"max\"")
        + &own_measure("second", 0.2, "combine = \"max\"");
    assert!((rate(with_own(&max).unwrap()) - 0.2).abs() < 1e-12);
    let early = own_measure("first", 0.1, "ends = 2025-01-31")
        .replace("from = 2025-02-01", "from = 2025-01-15");
    let split = early + &own_measure("second", 0.2, "");
    assert!((rate(with_own(&split).unwrap()) - 0.2).abs() < 1e-12);
}

#[test]
fn mistakes_in_a_file_of_law_come_in_one_pass() {
    let text = own_measure("first", 25.0, "list = \"no_such_list\"")
        + &own_measure("second", 0.2, "except = [\"NOR\", \"XXX\"]")
            .replace("machinery", "machines");
    let errors = law().read_instrument(&own_file(&text)).unwrap_err();
    let text = errors.to_string();
    assert!(text.contains("0.25"), "{text}");
    let fixed = own_measure("first", 0.25, "list = \"no_such_list\"")
        + &own_measure("second", 0.2, "except = [\"NOR\", \"XXX\"]")
            .replace("machinery", "machines");
    let errors = law().read_instrument(&own_file(&fixed)).unwrap_err();
    assert_eq!(errors.error_count(), 4, "{errors}");
}

#[test]
fn a_measure_without_a_source_is_refused() {
    let text =
        own_measure("first", 0.1, "").replace("source = { title = \"own\", href = \"own\" }", "");
    assert!(
        law()
            .read_instrument(&own_file(&text))
            .unwrap_err()
            .to_string()
            .contains("source")
    );
}

#[test]
fn the_formula_gives_every_announced_rate_within_a_point() {
    let half = PresetFormula {
        floor: 0.10,
        share: 0.5,
        rounds_up: true,
    };
    let path = configs("policy").join("tables/reciprocal_formula.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let mut count = 0;
    for record in reader.records().map(|record| record.unwrap()) {
        let number = |column: usize| record[column].parse::<f64>().unwrap();
        let gap = half.rate(number(1), number(2)) - number(3);
        assert!(gap.abs() <= 0.01 + 1e-12, "{}: {gap}", &record[0]);
        count += 1;
    }
    assert_eq!(count, 78);
}

#[test]
fn cars_from_japan_pay_25_points_in_the_pause_parts_from_3_may_other_goods_10() {
    // T013, T014, T020: rates in law; the lists hold 97.1 % of cars, 77.4 % of parts.
    let law = schedule();
    let in_law = |sector: &str, date: &str, measure: &str| {
        let rate = law.rate(economy("USA"), economy("JPN"), &product(sector), day(date));
        let one = rate
            .components
            .into_iter()
            .find(|one| one.measure == measure);
        one.map(|one| (one.rate, one.legal_share))
    };
    let (rate, share) = in_law("autos_vehicles", "2025-04-20", "usa.s232_autos.vehicles").unwrap();
    assert!((rate - 0.25).abs() < 1e-12 && (share - 0.971).abs() < 1e-9);
    assert!(in_law("autos_parts", "2025-05-02", "usa.s232_autos.parts").is_none());
    let (rate, share) = in_law("autos_parts", "2025-05-03", "usa.s232_autos.parts").unwrap();
    assert!((rate - 0.25).abs() < 1e-12 && (share - 0.774).abs() < 1e-9);
    let reciprocal = "usa.ieepa_reciprocal.country_rate";
    let (rate, share) = in_law("agriculture_food", "2025-04-20", reciprocal).unwrap();
    assert!((rate - 0.10).abs() < 1e-12 && (share - 1.0).abs() < 1e-12);
    // The same car never pays both.
    let (_, share) = in_law("autos_vehicles", "2025-04-20", reciprocal).unwrap();
    assert!((share - 0.029).abs() < 1e-9);
}

#[test]
fn an_all_in_rate_tops_up_the_base_duty_and_never_lowers_it() {
    let law = schedule();
    let total = |origin: &str, sector: &str| {
        let rate = law.rate(
            economy("USA"),
            economy(origin),
            &product(sector),
            day("2025-08-10"),
        );
        (rate.statutory, rate.base.statutory)
    };
    // T042, farm goods: 15 in all, whatever the base duty below it.
    let (statutory, base) = total("EUU", "agriculture_food");
    assert!(
        base > 0.0 && (statutory - 0.15).abs() < 1e-12,
        "{statutory} {base}"
    );
    // T044 at first on top of the base duty.
    let (statutory, base) = total("KOR", "agriculture_food");
    assert!(base > 0.0 && (statutory - base - 0.15).abs() < 1e-12);
}

#[test]
fn goods_afloat_pay_the_rate_of_the_day_before() {
    let law = schedule();
    let slow = law.with_practice(Practice {
        transit_days: Some(30),
        ..Practice::default()
    });
    let added = |book: &TariffSchedule, date: &str| {
        let rate = book.rate(
            economy("USA"),
            economy("JPN"),
            &product("agriculture_food"),
            day(date),
        );
        (rate.added_statutory(), rate.added_applied())
    };
    // T015: loaded on 5 April or later pays from the day of entry.
    assert_eq!(added(&slow, "2025-05-04"), (0.10, 0.0));
    assert_eq!(added(&slow, "2025-05-05"), (0.10, 0.10));
    assert_eq!(added(&law, "2025-05-04"), (0.10, 0.10));
}

#[test]
fn a_retroactive_text_is_charged_late_and_refunded() {
    let law = schedule();
    let border = law.with_practice(Practice {
        as_published: true,
        ..Practice::default()
    });
    let cars = product("autos_vehicles");
    let rate = |book: &TariffSchedule, date: &str| {
        let rate = book.rate(economy("USA"), economy("EUU"), &cars, day(date));
        let one = rate
            .components
            .into_iter()
            .find(|one| one.measure == "usa.s232_autos.vehicles");
        one.unwrap().rate
    };
    // T043: in force from 1 August, published on 25 September.
    assert!((rate(&law, "2025-08-15") - 0.15).abs() < 1e-12);
    assert!((rate(&border, "2025-08-15") - 0.25).abs() < 1e-12);
    assert!((rate(&border, "2025-09-25") - 0.15).abs() < 1e-12);
    let due = law.refunds(economy("USA"), economy("EUU"), &cars);
    let cars_due = due.iter().filter(|one| one.paid == day("2025-09-25"));
    assert!(cars_due.clone().count() > 0);
    for one in cars_due {
        assert!(one.from >= day("2025-08-01") && one.to <= day("2025-09-24"));
        assert!(one.rate > 0.10 && one.rate < 0.13, "{one:?}");
    }
}

#[test]
fn nothing_changes_before_the_first_day_and_dates_are_sorted() {
    let law = schedule();
    let first = law.first_change().unwrap();
    let before = first.yesterday().unwrap();
    for origin in ["CHN", "CAN", "ROW"] {
        for sector in law.law().taxonomy.subsectors() {
            let rate = law.rate(economy("USA"), economy(origin), &sector.code, before);
            assert!(rate.components.is_empty(), "{origin} {}", sector.code);
        }
    }
    let dates = law.changes(Some(economy("USA")), day("2025-01-01"), day("2025-12-31"));
    assert!(dates.windows(2).all(|pair| pair[0] < pair[1]));
    for date in [
        "2025-02-04",
        "2025-04-05",
        "2025-04-10",
        "2025-05-03",
        "2025-11-10",
    ] {
        assert!(dates.contains(&day(date)), "{date}");
    }
}

#[test]
fn no_rate_moves_on_a_day_that_is_not_listed() {
    let (from, to) = (day("2025-01-01"), day("2026-09-01"));
    let afloat = Practice {
        transit_days: Some(25),
        ..Practice::default()
    };
    let border = Practice {
        as_published: true,
        ..Practice::default()
    };
    for practice in [Practice::default(), afloat, border] {
        let law = schedule().with_practice(practice);
        let listed = law.changes(Some(economy("USA")), from, to);
        for (origin, sector) in [
            ("JPN", "autos_vehicles"),
            ("EUU", "autos_parts"),
            ("CHN", "other"),
            ("MEX", "machinery"),
            ("CAN", "energy"),
            ("BRA", "agriculture_food"),
        ] {
            let (origin, sector) = (economy(origin), product(sector));
            let mut last = law.rate(economy("USA"), origin, &sector, from);
            let mut date = from;
            while date < to {
                date = date.tomorrow().unwrap();
                let rate = law.rate(economy("USA"), origin, &sector, date);
                assert!(
                    rate == last || listed.contains(&date),
                    "{origin} {sector} {date}"
                );
                last = rate;
            }
        }
    }
}

#[test]
fn a_history_joins_up_and_agrees_with_the_rate_on_each_day() {
    let law = schedule();
    let (usa, jpn, cars) = (economy("USA"), economy("JPN"), product("autos_vehicles"));
    let span = (day("2025-01-01"), day("2025-12-31"));
    let history = law.history(usa, jpn, &cars, span);
    assert_eq!(history[0].from, span.0);
    assert_eq!(history[history.len() - 1].to, span.1);
    for pair in history.windows(2) {
        assert_eq!(pair[0].to.tomorrow().unwrap(), pair[1].from);
        assert_ne!(pair[0].rate, pair[1].rate);
    }
    for one in &history {
        assert_eq!(law.rate(usa, jpn, &cars, one.to), one.rate);
    }
}

#[test]
fn the_rest_of_the_world_pays_the_mean_of_its_governments() {
    let law = schedule();
    let rate = |date: &str| {
        let rate = law.rate(
            economy("USA"),
            economy("ROW"),
            &product("agriculture_food"),
            day(date),
        );
        rate.components[0].rate
    };
    assert!((rate("2025-04-08") - 0.10).abs() < 1e-12);
    let book = law.law();
    let row = economy("ROW");
    let mean = |table: &str| {
        let vector = &book.vectors[table];
        let weight = book.economies.weight(row);
        let excess = book
            .economies
            .attached_to(row)
            .map(|(code, size)| size * (vector.get(&code).copied().unwrap_or(0.10) - 0.10));
        0.10 + excess.sum::<f64>() / weight
    };
    assert!((rate("2025-04-09") - mean("country_rates_2025_04_09")).abs() < 1e-12);
    assert!((rate("2025-08-07") - mean("country_rates_2025_08_07")).abs() < 1e-12);
    assert!(rate("2025-04-09") > 0.11 && rate("2025-04-09") < 0.20);
}

#[test]
fn claims_and_uptake_move_the_applied_rate_only() {
    let law = schedule();
    let none = law.with_practice(Practice {
        claim_scale: 0.0,
        preference_uptake: 0.0,
        ..Practice::default()
    });
    let rate = |book: &TariffSchedule| {
        book.rate(
            economy("USA"),
            economy("MEX"),
            &product("machinery"),
            day("2025-12-01"),
        )
    };
    assert!((rate(&law).statutory - rate(&none).statutory).abs() < 1e-15);
    assert!(rate(&law).added_applied() < 0.5 * rate(&none).added_applied());
    assert!((rate(&none).base.applied - rate(&none).base.statutory).abs() < 1e-15);
}

#[test]
fn the_same_files_in_another_order_make_the_same_law() {
    let mut files = crate::book::sources(&configs("policy"));
    files.reverse();
    let book = LawBook::load(&files).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(book.instruments, law().instruments);
}

#[test]
fn a_frozen_book_keeps_the_law_of_the_day_and_its_planned_steps() {
    let frozen = compile(&Reform {
        frozen_after: Some(day("2024-12-31")),
        ..Reform::default()
    });
    let book = schedule();
    let importers: Vec<_> = book.law().economies.modelled().collect();
    for importer in &importers {
        let solar = frozen.changes(Some(*importer), day("2025-01-01"), day("2030-12-31"));
        let is_solar = *importer == economy("USA");
        let planned: &[&str] = if is_solar {
            &["2025-02-07", "2026-02-07"]
        } else {
            &[]
        };
        let planned: Vec<_> = planned.iter().map(|text| day(text)).collect();
        assert_eq!(solar, planned, "{importer}");
        for origin in &importers {
            for (sector, days) in [
                ("steel_primary", ["2024-12-31", "2025-06-30", "2026-06-30"]),
                ("autos_parts", ["2024-12-31", "2025-06-30", "2026-06-30"]),
                ("semiconductors", ["2024-12-31", "2025-01-31", "2025-02-06"]),
            ] {
                let before = book.rate(*importer, *origin, &product(sector), day("2024-12-31"));
                for date in days {
                    let now = frozen.rate(*importer, *origin, &product(sector), day(date));
                    assert_eq!(now, before, "{importer} {origin} {sector} {date}");
                }
            }
        }
    }
}

#[test]
fn a_book_frozen_on_a_day_charges_until_then_what_the_whole_book_charges() {
    let (last, book) = (day("2025-07-15"), schedule());
    let frozen = compile(&Reform {
        frozen_after: Some(last),
        ..Reform::default()
    });
    let importer = economy("USA");
    for origin in book.law().economies.modelled() {
        for sector in ["steel_articles", "autos_vehicles", "machinery", "energy"] {
            for date in ["2024-06-01", "2025-03-20", "2025-04-20", "2025-07-15"] {
                let at =
                    |one: &TariffSchedule| one.rate(importer, origin, &product(sector), day(date));
                assert_eq!(at(&frozen), at(&book), "{origin} {sector} {date}");
            }
        }
    }
    assert!(
        frozen
            .law()
            .announcements(last.tomorrow().unwrap(), day("2030-01-01"))
            .is_empty()
    );
}

#[test]
fn an_authority_that_never_existed_announces_nothing_either() {
    let of = |reform: &Reform| compile(reform).announcements(day("2025-01-01"), day("2026-12-31"));
    let left = of(&without("ieepa_fentanyl", None));
    assert!(
        of(&Reform::default())
            .iter()
            .any(|one| one.authority == "ieepa_fentanyl")
    );
    assert!(left.iter().all(|one| one.authority != "ieepa_fentanyl"));
}

#[test]
fn a_scenario_file_switches_powers_off_and_adds_measures() {
    let law = law();
    let text = "instruments = [\"own.toml\"]\n[[without]]\nwhat = \"ieepa_reciprocal\"\nfrom = 2025-04-09\n\
                [[lapse]]\npause = \"us_truce\"\nfrom = 2025-06-01\n";
    let added = [own_file(&own_measure("first", 0.1, ""))];
    let reform = Reform::load(&Source::new("scenario.toml", text), &law, &added)
        .unwrap_or_else(|errors| panic!("{errors}"));
    let changed = compile(&reform);
    let rate = |importer: &str, origin: &str, date: &str| {
        let (importer, origin) = (economy(importer), economy(origin));
        changed.rate(importer, origin, &product("machinery"), day(date))
    };
    assert!((rate("JPN", "USA", "2025-02-01").added_statutory() - 0.1).abs() < 1e-12);
    let named = |date: &str, id: &str| {
        let found = rate("USA", "VNM", date).components;
        found.iter().any(|one| one.measure == id)
    };
    assert!(named("2025-04-08", "usa.ieepa_reciprocal.country_rate"));
    assert!(!named("2025-04-09", "usa.ieepa_reciprocal.country_rate"));
    // T089: 34 in law when the truce lapses.
    let all = |date: &str| {
        let found = rate("CHN", "USA", date).components.into_iter();
        found
            .filter(|one| one.measure == "chn.retaliation_2025.all_goods")
            .map(|one| one.rate)
            .sum::<f64>()
    };
    assert!((all("2025-05-31") - 0.10).abs() < 1e-12 && (all("2025-06-01") - 0.34).abs() < 1e-12);
    let missing = Reform::load(&Source::new("scenario.toml", text), &law, &[]).unwrap_err();
    assert!(missing.to_string().contains("own.toml"), "{missing}");
}

#[test]
fn a_quota_blends_the_rate_inside_with_the_rate_above() {
    // T024: 10 all-in within 100,000 cars, 27.5 all-in above, 98 % expected inside.
    let law = schedule();
    let cars = |book: &TariffSchedule| {
        let rate = book.rate(
            economy("USA"),
            economy("GBR"),
            &product("autos_vehicles"),
            day("2025-07-15"),
        );
        let base = rate.base.applied;
        let found = rate
            .components
            .into_iter()
            .find(|one| one.measure == "usa.s232_autos.vehicles");
        (found.unwrap(), base)
    };
    let (found, base) = cars(&law);
    let blended = 0.98 * 0.10 + 0.02 * 0.275;
    assert!(
        (found.statutory - 0.911 * (0.275 - base)).abs() < 1e-9,
        "{found:?}"
    );
    assert!(
        (found.applied - 0.911 * (blended - base)).abs() < 1e-9,
        "{found:?}"
    );
    let full = law.with_practice(Practice {
        inside_quota: [("uk_cars_2025".to_owned(), 0.0)].into(),
        ..Practice::default()
    });
    assert!((cars(&full).0.applied - 0.911 * (0.275 - base)).abs() < 1e-9);
}

#[test]
fn claims_and_content_come_off_the_applied_rate() {
    let law = schedule();
    let one = |origin: &str, sector: &str, date: &str, id: &str| {
        let rate = law.rate(economy("USA"), economy(origin), &product(sector), day(date));
        rate.components
            .into_iter()
            .find(|one| one.measure == id)
            .unwrap()
    };
    // T011: no claim counts before 7 March 2025.
    let canada = "usa.ieepa_fentanyl.canada";
    let before = one("CAN", "agriculture_food", "2025-03-06", canada);
    assert!((before.applied - 0.25).abs() < 1e-12);
    let shares = law.law().shares.get("usmca").unwrap();
    let farm = product("agriculture_food");
    let claimed = shares
        .get(economy("CAN"), &farm, day("2025-03-07"))
        .unwrap();
    let after = one("CAN", "agriculture_food", "2025-03-07", canada);
    assert!((after.applied - 0.25 * (1.0 - claimed)).abs() < 1e-12 && claimed > 0.3);
    assert!((after.statutory - 0.25).abs() < 1e-12);
    // T059: 50 on the steel content of the listed share.
    let derivatives = "usa.s232_steel.derivatives_august_2025";
    let found = one("EUU", "agriculture_food", "2025-09-01", derivatives);
    let share = |table: &str| {
        law.law()
            .shares
            .get(table)
            .unwrap()
            .get(economy("EUU"), &farm, day("2025-09-01"))
            .unwrap()
    };
    let (listed, content) = (
        share("steel_derivatives_august_2025"),
        share("steel_content"),
    );
    assert!((found.statutory - 0.50 * listed).abs() < 1e-12);
    assert!((found.applied - 0.50 * listed * content).abs() < 1e-12);
}

#[test]
fn every_importer_has_a_base_duty_on_every_product() {
    let law = schedule();
    let book = law.law();
    let origins: Vec<_> = book.economies.modelled().collect();
    // 25 economies and the two of an invented world, which charge nothing.
    assert_eq!((origins.len(), book.taxonomy.subsectors().len()), (27, 15));
    for importer in &origins {
        let rates = book.taxonomy.subsectors().iter().map(|sub| {
            let origin = origins.iter().find(|origin| *origin != importer).unwrap();
            law.rate(*importer, *origin, &sub.code, day("2024-12-31"))
                .base
                .statutory
        });
        let sum: f64 = rates.sum();
        assert!((0.0..6.0).contains(&sum), "{importer} {sum}");
        assert!(
            sum > 0.0 || ["SGP", "XHO", "XFO"].contains(&importer.as_str()),
            "{importer}"
        );
    }
    // Trade inside an economy pays nothing.
    let itself = law.rate(
        economy("JPN"),
        economy("JPN"),
        &product("other"),
        day("2025-09-01"),
    );
    assert!(itself.components.is_empty() && itself.statutory.abs() < 1e-15);
}

#[test]
fn a_frozen_law_keeps_what_its_texts_said_of_later_days() {
    let frozen = |last: &str| {
        compile(&Reform {
            frozen_after: Some(day(last)),
            ..Reform::default()
        })
    };
    let rate = |book: &TariffSchedule, origin: &str, goods: &str, on: &str| {
        let rate = book.rate(economy("USA"), economy(origin), &product(goods), day(on));
        rate.added_statutory()
    };
    // The order of 2 April said that goods under section 232 are left out and named exempt goods,
    // both from the day of its first rate.
    let april = frozen("2025-04-02");
    for (origin, goods, on) in [
        ("JPN", "autos_vehicles", "2025-04-06"),
        ("BGD", "electrical_other", "2025-05-03"),
        ("CHE", "pharma", "2025-04-09"),
    ] {
        let known = frozen("2025-04-08");
        let (then, later) = (
            rate(&april, origin, goods, on),
            rate(&known, origin, goods, on),
        );
        assert!(
            (then - later).abs() < 1e-12,
            "{origin} {goods}: {then} {later}"
        );
    }
    // The ruling of 20 February 2026 ended the duties from the 24th.
    let goods = ("VNM", "machinery", "2026-02-25");
    let before = rate(&frozen("2026-02-19"), goods.0, goods.1, goods.2);
    let after = rate(&frozen("2026-02-20"), goods.0, goods.1, goods.2);
    let law = rate(&schedule(), goods.0, goods.1, goods.2);
    assert!(
        before > 0.15 && (after - law).abs() < 1e-12,
        "{before} {after} {law}"
    );
    // News of the five ends stands among the announcements, with the last day that the
    // surcharge in their place had from its first.
    let news = schedule().announcements(day("2026-02-20"), day("2026-02-20"));
    let ends = news.iter().filter(|one| one.kind == AnnouncementKind::End);
    assert_eq!(ends.count(), 6);
    // What Brazil's goods were spared was said on 30 July, three weeks after the rate.
    let brazil = ("BRA", "energy", "2025-08-07");
    let [rate_alone, spared] =
        ["2025-07-09", "2025-07-30"].map(|last| rate(&frozen(last), brazil.0, brazil.1, brazil.2));
    assert!(rate_alone > spared + 0.1, "{rate_alone} {spared}");
}

#[test]
fn nobody_announced_an_end_that_a_reform_invents() {
    let reform = |what: &str, from: &str, last: &str| Reform {
        frozen_after: Some(day(last)),
        ..without(what, Some(from))
    };
    let law = law();
    let book = without("s122", Some("2026-05-01")).apply(&law).unwrap();
    let ends = |one: &&Announcement| one.kind == AnnouncementKind::End && one.authority == "s122";
    let news = book.announcements(day("2026-01-01"), day("2026-12-31"));
    assert_eq!(news.iter().filter(ends).count(), 0);
    // An end that is later than the law's own changes nothing.
    let kept = without("s122", Some("2027-05-01")).apply(&law).unwrap();
    let news = kept.announcements(day("2026-01-01"), day("2026-12-31"));
    assert_eq!(news.iter().filter(ends).count(), 1);
    let known = reform("s122", "2026-05-01", "2026-03-01").apply(&law);
    assert!(known.is_ok());
}

#[test]
fn a_measure_ends_on_or_after_the_first_day_of_its_first_rate() {
    for (ends, is_wrong) in [
        ("ends = 2025-01-31", true),
        ("ends = 2025-02-01", false),
        ("ends = 2025-02-28", false),
    ] {
        let read = law().read_instrument(&own_file(&own_measure("first", 0.1, ends)));
        let told = read.map_or_else(|errors| errors.to_string(), |_| String::new());
        let parts = [
            "measure[0].ends",
            "ends before its first rate begins",
            "a day from 2025-02-01 on",
        ];
        for part in parts {
            assert_eq!(told.contains(part), is_wrong, "{ends}: {told}");
        }
    }
}

#[test]
fn an_announced_end_needs_an_end_after_it() {
    for (ends, is_wrong) in [
        ("ends = 2025-09-30\nending_announced = 2025-09-01", false),
        ("ends = 2025-09-30\nending_announced = 2025-10-01", true),
        ("ending_announced = 2025-09-01", true),
    ] {
        let read = law().read_instrument(&own_file(&own_measure("first", 0.1, ends)));
        let told = read.map_or_else(|errors| errors.to_string(), |_| String::new());
        assert_eq!(
            told.contains("no end follows it"),
            is_wrong,
            "{ends}: {told}"
        );
        let found = told.lines().find(|line| line.contains("found:"));
        if is_wrong {
            let day = ends.rsplit(" = ").next().unwrap();
            assert!(found.is_some_and(|line| line.contains(day)), "{told}");
        }
    }
}

/// What is said of a file of law with one measure after a change of its text.
fn told(more: &str, (from, to): (&str, &str)) -> String {
    let text = own_measure("first", 0.1, more);
    assert!(text.contains(from), "{from}");
    let read = law().read_instrument(&own_file(&text.replacen(from, to, 1)));
    read.map_or_else(|errors| errors.to_string(), |_| String::new())
}

#[test]
fn nothing_is_in_force_before_it_is_announced() {
    let on = |day: &str| {
        told(
            "",
            ("announced = 2025-01-01", &format!("announced = {day}")),
        )
    };
    assert_eq!(on("2025-02-01"), "");
    let late = on("2025-02-02");
    for part in [
        "own.toml:13:",
        "measure[0].rate[0].announced",
        "in force before anybody knows of it",
        "a day up to 2025-02-01",
    ] {
        assert!(late.contains(part), "`{part}` is missing in:\n{late}");
    }
    let pause = "[[measure.pause]]\nid = \"p\"\nannounced = 2025-03-02\nfrom = 2025-03-01\n\
                 ends = 2025-04-01\nleaves = 0.0\nsource = { title = \"own\", href = \"own\" }\n";
    let paused = told(pause, ("", ""));
    assert!(paused.contains("measure[0].pause[0].announced"), "{paused}");
}

#[test]
fn an_end_is_announced_with_its_measure_or_later() {
    let on = |day: &str| {
        let ends = format!("ends = 2025-09-30\nending_announced = {day}");
        told(&ends, ("", ""))
    };
    assert_eq!(on("2025-01-01"), "");
    let early = on("2024-12-31");
    for part in [
        "measure[0].ending_announced",
        "an end that is announced before the measure is",
        "a day from 2025-01-01 on",
    ] {
        assert!(early.contains(part), "`{part}` is missing in:\n{early}");
    }
}
