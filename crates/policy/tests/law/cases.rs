//! Cases derived by hand from rows of the timeline of record: which measures
//! are in force on a cell, at which rate in law, and, where list shares do
//! not matter, the statutory rate on top of the base duty.

use crate::book::{day, economy, product, schedule};

/// Row, importer, origin, product, day; measures and rates in law; statutory
/// rate on top of the base duty where it follows from the rates alone.
type Case = (
    &'static str,
    [&'static str; 4],
    &'static [(&'static str, f64)],
    Option<f64>,
);

const RECIPROCAL: &str = "usa.ieepa_reciprocal.country_rate";
const CHINA: &str = "usa.ieepa_fentanyl.china";
const CANADA: &str = "usa.ieepa_fentanyl.canada";
const MEXICO: &str = "usa.ieepa_fentanyl.mexico";
const CARS: &str = "usa.s232_autos.vehicles";
const PARTS: &str = "usa.s232_autos.parts";
const STEEL: &str = "usa.s232_steel.primary";
const ALUMINIUM: &str = "usa.s232_aluminium.primary";
const CHAPTER_76: &str = "usa.s232_aluminium.derivatives_chapter_76";
const CONTENT_MARCH: &str = "usa.s232_aluminium.derivatives_march_2025";
const LIST_3: &str = "usa.s301_china.list_3";
const LIST_4A: &str = "usa.s301_china.list_4a";
const BRAZIL: &str = "usa.ieepa_brazil.brazil";
const OIL: &str = "usa.ieepa_russian_oil.india";
const SURCHARGE: &str = "usa.s122.surcharge";
const LABOUR: &str = "usa.s301_forced_labour.forced_labour";
const OLD_LIST_3: &str = "chn.retaliation_2018.list_3";
const OLD_LIST_4: &str = "chn.retaliation_2018.list_4";
const CHINA_ALL: &str = "chn.retaliation_2025.all_goods";

const FARM: &str = "agriculture_food";

const CASES: &[Case] = &[
    // Before anything: no special measure on Japanese farm goods.
    ("T015", ["USA", "JPN", FARM, "2025-04-04"], &[], Some(0.0)),
    // Fentanyl duty on China: 10, 20, 10, end.
    (
        "T001",
        ["USA", "CHN", "pharma", "2025-02-03"],
        &[],
        Some(0.0),
    ),
    (
        "T001",
        ["USA", "CHN", "pharma", "2025-02-04"],
        &[(CHINA, 0.10)],
        Some(0.10),
    ),
    (
        "T008",
        ["USA", "CHN", "pharma", "2025-03-03"],
        &[(CHINA, 0.10)],
        Some(0.10),
    ),
    (
        "T008",
        ["USA", "CHN", "pharma", "2025-03-04"],
        &[(CHINA, 0.20)],
        Some(0.20),
    ),
    (
        "T001",
        ["USA", "CHN", FARM, "2025-02-04"],
        &[(CHINA, 0.10), (LIST_3, 0.25), (LIST_4A, 0.075)],
        None,
    ),
    // Canada and Mexico: announced, suspended, in force; energy at 10; 35 from August.
    (
        "T002",
        ["USA", "CAN", FARM, "2025-02-05"],
        &[(CANADA, 0.0)],
        Some(0.0),
    ),
    (
        "T003",
        ["USA", "MEX", FARM, "2025-02-05"],
        &[(MEXICO, 0.0)],
        Some(0.0),
    ),
    (
        "T004",
        ["USA", "CAN", FARM, "2025-03-03"],
        &[(CANADA, 0.0)],
        Some(0.0),
    ),
    (
        "T009",
        ["USA", "CAN", FARM, "2025-03-04"],
        &[(CANADA, 0.25)],
        Some(0.25),
    ),
    (
        "T009",
        ["USA", "CAN", "energy", "2025-03-04"],
        &[(CANADA, 0.10)],
        Some(0.10),
    ),
    (
        "T010",
        ["USA", "MEX", FARM, "2025-03-04"],
        &[(MEXICO, 0.25)],
        Some(0.25),
    ),
    (
        "T010",
        ["USA", "MEX", "energy", "2025-03-04"],
        &[(MEXICO, 0.25)],
        Some(0.25),
    ),
    (
        "T036",
        ["USA", "CAN", "pharma", "2025-07-31"],
        &[(CANADA, 0.25)],
        Some(0.25),
    ),
    (
        "T036",
        ["USA", "CAN", "pharma", "2025-08-01"],
        &[(CANADA, 0.35)],
        Some(0.35),
    ),
    (
        "T056",
        ["USA", "MEX", "pharma", "2025-08-01"],
        &[(MEXICO, 0.25)],
        Some(0.25),
    ),
    // The baseline, the 13 hours, the pause.
    (
        "T015",
        ["USA", "JPN", FARM, "2025-04-05"],
        &[(RECIPROCAL, 0.10)],
        Some(0.10),
    ),
    (
        "T015",
        ["USA", "CAN", "pharma", "2025-04-05"],
        &[(CANADA, 0.25)],
        Some(0.25),
    ),
    (
        "T016",
        ["USA", "JPN", FARM, "2025-04-09"],
        &[(RECIPROCAL, 0.24)],
        Some(0.24),
    ),
    (
        "T016",
        ["USA", "EUU", FARM, "2025-04-09"],
        &[(RECIPROCAL, 0.20)],
        Some(0.20),
    ),
    (
        "T016",
        ["USA", "VNM", FARM, "2025-04-09"],
        &[(RECIPROCAL, 0.46)],
        Some(0.46),
    ),
    (
        "T016",
        ["USA", "KHM", FARM, "2025-04-09"],
        &[(RECIPROCAL, 0.49)],
        Some(0.49),
    ),
    (
        "T016",
        ["USA", "GBR", FARM, "2025-04-09"],
        &[(RECIPROCAL, 0.10)],
        Some(0.10),
    ),
    (
        "T020",
        ["USA", "JPN", FARM, "2025-04-10"],
        &[(RECIPROCAL, 0.10)],
        Some(0.10),
    ),
    (
        "T033",
        ["USA", "JPN", FARM, "2025-07-09"],
        &[(RECIPROCAL, 0.10)],
        Some(0.10),
    ),
    (
        "T033",
        ["USA", "VNM", FARM, "2025-08-06"],
        &[(RECIPROCAL, 0.10)],
        Some(0.10),
    ),
    // China: 84, 125, back to 10 with 24 suspended.
    (
        "T018",
        ["USA", "CHN", FARM, "2025-04-09"],
        &[
            (CHINA, 0.20),
            (RECIPROCAL, 0.84),
            (LIST_3, 0.25),
            (LIST_4A, 0.075),
        ],
        None,
    ),
    (
        "T019",
        ["USA", "CHN", FARM, "2025-04-10"],
        &[
            (CHINA, 0.20),
            (RECIPROCAL, 1.25),
            (LIST_3, 0.25),
            (LIST_4A, 0.075),
        ],
        None,
    ),
    (
        "T026",
        ["USA", "CHN", FARM, "2025-05-14"],
        &[
            (CHINA, 0.20),
            (RECIPROCAL, 0.10),
            (LIST_3, 0.25),
            (LIST_4A, 0.075),
        ],
        None,
    ),
    // Cars: 25 on top of the base duty, Korean ones all on the list; parts from 3 May.
    (
        "T013",
        ["USA", "JPN", "autos_vehicles", "2025-04-02"],
        &[],
        Some(0.0),
    ),
    (
        "T013",
        ["USA", "JPN", "autos_vehicles", "2025-04-20"],
        &[(RECIPROCAL, 0.10), (CARS, 0.25)],
        None,
    ),
    (
        "T013",
        ["USA", "KOR", "autos_vehicles", "2025-04-20"],
        &[(RECIPROCAL, 0.10), (CARS, 0.25)],
        Some(0.25),
    ),
    (
        "T023",
        ["USA", "CAN", "autos_vehicles", "2025-04-03"],
        &[(CANADA, 0.25), (CARS, 0.25)],
        Some(0.25),
    ),
    (
        "T024",
        ["USA", "GBR", "autos_vehicles", "2025-06-29"],
        &[(RECIPROCAL, 0.10), (CARS, 0.25)],
        None,
    ),
    (
        "T024",
        ["USA", "GBR", "autos_vehicles", "2025-06-30"],
        &[(RECIPROCAL, 0.10), (CARS, 0.275)],
        None,
    ),
    (
        "T041",
        ["USA", "JPN", "autos_vehicles", "2025-09-15"],
        &[(RECIPROCAL, 0.15), (CARS, 0.25)],
        None,
    ),
    (
        "T041",
        ["USA", "JPN", "autos_vehicles", "2025-09-16"],
        &[(RECIPROCAL, 0.15), (CARS, 0.15)],
        None,
    ),
    (
        "T043",
        ["USA", "EUU", "autos_vehicles", "2025-07-31"],
        &[(RECIPROCAL, 0.10), (CARS, 0.25)],
        None,
    ),
    (
        "T043",
        ["USA", "EUU", "autos_vehicles", "2025-08-01"],
        &[(RECIPROCAL, 0.10), (CARS, 0.15)],
        None,
    ),
    // Korean cars: the list holds all of them, and 15 all-in over 2.5 is 12.5.
    (
        "T045",
        ["USA", "KOR", "autos_vehicles", "2025-10-31"],
        &[(RECIPROCAL, 0.15), (CARS, 0.25)],
        Some(0.25),
    ),
    (
        "T014",
        ["USA", "JPN", "autos_parts", "2025-05-02"],
        &[(RECIPROCAL, 0.10), (CONTENT_MARCH, 0.25)],
        None,
    ),
    (
        "T014",
        ["USA", "JPN", "autos_parts", "2025-05-03"],
        &[(RECIPROCAL, 0.10), (CONTENT_MARCH, 0.25), (PARTS, 0.25)],
        None,
    ),
    // Metals.
    (
        "T005",
        ["USA", "JPN", "steel_primary", "2025-03-11"],
        &[(STEEL, 0.25)],
        None,
    ),
    (
        "T005",
        ["USA", "CAN", "steel_primary", "2025-03-11"],
        &[(CANADA, 0.25)],
        Some(0.25),
    ),
    (
        "T005",
        ["USA", "BRA", "steel_primary", "2025-03-11"],
        &[(STEEL, 0.0)],
        Some(0.0),
    ),
    (
        "T005",
        ["USA", "BRA", "steel_primary", "2025-03-12"],
        &[(STEEL, 0.25)],
        None,
    ),
    (
        "T029",
        ["USA", "JPN", "steel_primary", "2025-06-04"],
        &[(RECIPROCAL, 0.10), (STEEL, 0.50)],
        None,
    ),
    (
        "T029",
        ["USA", "GBR", "steel_primary", "2025-06-04"],
        &[(RECIPROCAL, 0.10), (STEEL, 0.25)],
        None,
    ),
    (
        "T006",
        ["USA", "IND", "aluminium", "2025-03-12"],
        &[(ALUMINIUM, 0.25), (CHAPTER_76, 0.25)],
        None,
    ),
    (
        "T030",
        ["USA", "IND", "aluminium", "2025-06-04"],
        &[(RECIPROCAL, 0.10), (ALUMINIUM, 0.50), (CHAPTER_76, 0.50)],
        None,
    ),
    (
        "T103",
        ["USA", "JPN", "steel_primary", "2018-03-23"],
        &[(STEEL, 0.25)],
        None,
    ),
    (
        "T103",
        ["USA", "CAN", "steel_primary", "2018-03-23"],
        &[],
        Some(0.0),
    ),
    (
        "T105",
        ["USA", "CAN", "steel_primary", "2018-06-01"],
        &[(STEEL, 0.25)],
        None,
    ),
    (
        "T105",
        ["USA", "MEX", "steel_primary", "2019-05-20"],
        &[],
        Some(0.0),
    ),
    (
        "T123",
        ["USA", "EUU", "steel_primary", "2018-05-31"],
        &[],
        Some(0.0),
    ),
    (
        "T123",
        ["USA", "EUU", "steel_primary", "2018-06-01"],
        &[(STEEL, 0.25)],
        None,
    ),
    (
        "T106",
        ["USA", "TUR", "steel_primary", "2018-08-13"],
        &[(STEEL, 0.50)],
        None,
    ),
    (
        "T106",
        ["USA", "TUR", "steel_primary", "2019-05-21"],
        &[(STEEL, 0.25)],
        None,
    ),
    (
        "T104",
        ["USA", "JPN", "aluminium", "2018-03-23"],
        &[(ALUMINIUM, 0.10)],
        None,
    ),
    // Country rates of 7 August 2025.
    (
        "T032",
        ["USA", "VNM", FARM, "2025-08-07"],
        &[(RECIPROCAL, 0.20)],
        Some(0.20),
    ),
    (
        "T038",
        ["USA", "IDN", FARM, "2025-08-07"],
        &[(RECIPROCAL, 0.19)],
        None,
    ),
    (
        "T039",
        ["USA", "PHL", FARM, "2025-08-07"],
        &[(RECIPROCAL, 0.19)],
        Some(0.19),
    ),
    (
        "T044",
        ["USA", "KOR", FARM, "2025-08-07"],
        &[(RECIPROCAL, 0.15)],
        Some(0.15),
    ),
    (
        "T048",
        ["USA", "IND", FARM, "2025-08-07"],
        &[(RECIPROCAL, 0.25)],
        Some(0.25),
    ),
    (
        "T049",
        ["USA", "CHE", FARM, "2025-08-07"],
        &[(RECIPROCAL, 0.39)],
        Some(0.39),
    ),
    (
        "T050",
        ["USA", "TWN", FARM, "2025-08-07"],
        &[(RECIPROCAL, 0.20)],
        Some(0.20),
    ),
    (
        "T051",
        ["USA", "THA", FARM, "2025-08-07"],
        &[(RECIPROCAL, 0.19)],
        Some(0.19),
    ),
    (
        "T051",
        ["USA", "KHM", FARM, "2025-08-07"],
        &[(RECIPROCAL, 0.19)],
        Some(0.19),
    ),
    (
        "T052",
        ["USA", "BGD", FARM, "2025-08-07"],
        &[(RECIPROCAL, 0.20)],
        Some(0.20),
    ),
    (
        "T053",
        ["USA", "ZAF", FARM, "2025-08-07"],
        &[(RECIPROCAL, 0.30)],
        Some(0.30),
    ),
    (
        "T054",
        ["USA", "TUR", FARM, "2025-08-07"],
        &[(RECIPROCAL, 0.15)],
        Some(0.15),
    ),
    (
        "T054",
        ["USA", "ISR", FARM, "2025-08-07"],
        &[(RECIPROCAL, 0.15)],
        Some(0.15),
    ),
    (
        "T055",
        ["USA", "AUS", FARM, "2025-08-07"],
        &[(RECIPROCAL, 0.10)],
        Some(0.10),
    ),
    (
        "T070",
        ["USA", "CHE", "pharma", "2025-11-13"],
        &[(RECIPROCAL, 0.39)],
        None,
    ),
    (
        "T070",
        ["USA", "CHE", "pharma", "2025-11-14"],
        &[(RECIPROCAL, 0.15)],
        None,
    ),
    // Brazil and India.
    (
        "T035",
        ["USA", "BRA", "pharma", "2025-08-05"],
        &[(RECIPROCAL, 0.10)],
        None,
    ),
    (
        "T035",
        ["USA", "BRA", FARM, "2025-08-06"],
        &[(BRAZIL, 0.40), (RECIPROCAL, 0.10)],
        None,
    ),
    (
        "T057",
        ["USA", "IND", "autos_vehicles", "2025-08-26"],
        &[(RECIPROCAL, 0.25), (CARS, 0.25)],
        None,
    ),
    (
        "T057",
        ["USA", "IND", "pharma", "2025-08-27"],
        &[(RECIPROCAL, 0.25), (OIL, 0.25)],
        None,
    ),
    (
        "T075",
        ["USA", "IND", "pharma", "2026-02-07"],
        &[(RECIPROCAL, 0.25)],
        None,
    ),
    (
        "T068",
        ["USA", "CHN", "pharma", "2025-11-10"],
        &[(CHINA, 0.10), (RECIPROCAL, 0.10)],
        None,
    ),
    (
        "T067",
        ["USA", "CHN", "pharma", "2025-11-09"],
        &[(CHINA, 0.20), (RECIPROCAL, 0.10)],
        None,
    ),
    // The ruling and what came after it.
    (
        "T076",
        ["USA", "JPN", "pharma", "2026-02-23"],
        &[(RECIPROCAL, 0.15)],
        None,
    ),
    (
        "T077",
        ["USA", "JPN", "pharma", "2026-02-24"],
        &[(SURCHARGE, 0.10)],
        None,
    ),
    (
        "T083",
        ["USA", "CHN", "pharma", "2026-07-24"],
        &[(LABOUR, 0.125)],
        None,
    ),
    (
        "T083",
        ["USA", "IND", "pharma", "2026-07-24"],
        &[(LABOUR, 0.10)],
        None,
    ),
    (
        "T124",
        ["USA", "IND", "pharma", "2026-07-31"],
        &[(LABOUR, 0.10), ("usa.s232_pharma.patented", 1.0)],
        None,
    ),
    (
        "T124",
        ["USA", "JPN", "pharma", "2026-07-31"],
        &[(LABOUR, 0.125), ("usa.s232_pharma.patented", 0.15)],
        None,
    ),
    (
        "T080",
        ["USA", "KOR", "steel_primary", "2026-04-06"],
        &[(SURCHARGE, 0.10), ("usa.s232_metals.annex_ia", 0.50)],
        None,
    ),
    (
        "T082",
        ["USA", "CAN", "pharma", "2026-08-19"],
        &[
            (LABOUR, 0.10),
            ("usa.s232_pharma.patented", 1.0),
            ("usa.s338_canada.listed", 0.50),
        ],
        None,
    ),
    // Section 301 of 2018-20.
    (
        "T109",
        ["USA", "CHN", FARM, "2018-09-24"],
        &[(LIST_3, 0.10)],
        None,
    ),
    (
        "T110",
        ["USA", "CHN", FARM, "2019-05-10"],
        &[(LIST_3, 0.25)],
        None,
    ),
    (
        "T111",
        ["USA", "CHN", FARM, "2019-09-01"],
        &[(LIST_3, 0.25), (LIST_4A, 0.15)],
        None,
    ),
    (
        "T122",
        ["USA", "CHN", FARM, "2020-02-14"],
        &[(LIST_3, 0.25), (LIST_4A, 0.075)],
        None,
    ),
    // Answers.
    (
        "T087",
        ["CHN", "USA", "pharma", "2025-04-10"],
        &[(CHINA_ALL, 0.84), (OLD_LIST_3, 0.15), (OLD_LIST_4, 0.0375)],
        None,
    ),
    (
        "T089",
        ["CHN", "USA", "semiconductors", "2025-05-14"],
        &[(CHINA_ALL, 0.10), (OLD_LIST_3, 0.15)],
        None,
    ),
    (
        "T088",
        ["CHN", "USA", "steel_primary", "2025-04-12"],
        &[(CHINA_ALL, 1.25), (OLD_LIST_3, 0.15)],
        None,
    ),
    (
        "T093",
        ["CAN", "USA", "autos_vehicles", "2025-04-09"],
        &[("can.countertariff_2025.vehicles", 0.25)],
        Some(0.25),
    ),
    (
        "T091",
        ["CAN", "USA", FARM, "2025-03-04"],
        &[("can.countertariff_2025.first_list", 0.25)],
        None,
    ),
    ("T091", ["CAN", "USA", FARM, "2025-09-01"], &[], Some(0.0)),
    (
        "T092",
        ["CAN", "USA", "aluminium", "2025-09-01"],
        &[("can.countertariff_2025.metals", 0.25)],
        None,
    ),
    ("T096", ["JPN", "USA", FARM, "2025-07-01"], &[], Some(0.0)),
    ("T094", ["EUU", "USA", FARM, "2025-05-01"], &[], Some(0.0)),
    (
        "T117",
        ["EUU", "USA", FARM, "2018-06-22"],
        &[("euu.rebalancing.list_2018_farm_and_consumer", 0.25)],
        None,
    ),
    (
        "T119",
        ["MEX", "USA", "steel_primary", "2018-06-05"],
        &[("mex.retaliation_2018.steel", 0.25)],
        None,
    ),
    (
        "T121",
        ["TUR", "USA", "machinery", "2018-08-15"],
        &[("tur.retaliation_2018.listed", 0.40)],
        None,
    ),
];

#[test]
fn every_case_has_the_measures_and_rates_of_its_row() {
    let law = schedule();
    let mut wrong = Vec::new();
    for (row, [importer, origin, sector, date], expected, added) in CASES {
        let rate = law.rate(
            economy(importer),
            economy(origin),
            &product(sector),
            day(date),
        );
        let mut found: Vec<_> = rate
            .components
            .iter()
            .map(|one| (one.measure.as_str(), one.rate))
            .collect();
        found.sort_by(|a, b| a.0.cmp(b.0));
        let mut wanted = expected.to_vec();
        wanted.sort_by(|a, b| a.0.cmp(b.0));
        let same = found.len() == wanted.len()
            && found
                .iter()
                .zip(&wanted)
                .all(|(a, b)| a.0 == b.0 && (a.1 - b.1).abs() < 1e-12);
        let close = added.is_none_or(|added| (rate.added_statutory() - added).abs() < 1e-12);
        if !same || !close {
            wrong.push(format!(
                "{row} {importer} {origin} {sector} {date}: found {found:?} adding {}, wanted {wanted:?} adding {added:?}",
                rate.added_statutory()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(CASES.len() >= 60, "{}", CASES.len());
}

#[test]
fn every_case_names_a_row_that_the_law_carries() {
    let law = schedule();
    let announced = law.announcements(day("2017-01-01"), day("2027-12-31"));
    let carried = |row: &str| {
        let known = |record: &[String]| record.iter().any(|one| one == row);
        announced.iter().any(|one| known(&one.evidence.record))
            || law.law().measures().any(|measure| {
                measure
                    .gives_way
                    .iter()
                    .any(|one| known(&one.evidence.record))
                    || measure.claims.iter().any(|one| known(&one.evidence.record))
                    || measure
                        .exemptions
                        .iter()
                        .any(|one| known(&one.evidence.record))
            })
    };
    for (row, ..) in CASES {
        assert!(carried(row), "{row}");
    }
    let missing: Vec<String> = (1..=125)
        .map(|number| format!("T{number:03}"))
        .filter(|row| !carried(row))
        .collect();
    assert!(
        missing.is_empty(),
        "rows of the timeline without a place in the law: {missing:?}"
    );
}
