use super::*;
use crate::library::Library;
use crate::record::MEASURES;

const SMALL: [&str; 2] = ["population.firms_per_cell=1", "replications=4"];

fn small() -> Vec<String> {
    SMALL.iter().map(|one| (*one).to_owned()).collect()
}

fn loaded() -> Mechanisms {
    let experiment = Experiment::load(&Library::embedded(), "mechanisms", &small()).unwrap();
    Mechanisms::load(&experiment).unwrap()
}

fn compared(list: &Mechanisms, control: &Control) -> Vec<Effect> {
    run(list, &list.settings(), control).unwrap()
}

#[test]
fn every_key_of_the_list_makes_an_experiment_that_differs_on_and_off() {
    let library = Library::embedded();
    for one in &loaded().list {
        let hash = |keys: &[String]| {
            let loaded = Experiment::load(&library, "mechanisms", keys);
            loaded
                .unwrap_or_else(|error| panic!("{}: {error}", one.name))
                .config_hash
        };
        assert_ne!(hash(&one.on), hash(&one.off), "{}", one.name);
    }
}

#[test]
fn the_choice_among_origins_is_found_and_a_mechanism_that_does_nothing_is_not() {
    let mut list = loaded();
    list.list.truncate(1);
    let mut idle = list.list[0].clone();
    idle.off.clone_from(&idle.on);
    idle.name = "idle".into();
    list.list.push(idle);
    let found = compared(&list, &Control::default());
    assert!(found[0].holds(), "{:?}", found[0]);
    assert!(
        found[0].difference < -0.5,
        "points of share: {:?}",
        found[0]
    );
    assert!(!found[1].holds());
    assert!(found[1].difference.abs() < f64::EPSILON && found[1].p > 0.99);
}

/// Three scenarios with share prices.
fn three_scenarios() -> (Experiment, Mechanisms) {
    let set = [
        "population.firms_per_cell=1",
        "replications=2",
        "end=2025-07-15",
    ];
    let set: Vec<String> = set.iter().map(|one| (*one).to_owned()).collect();
    let experiment = Experiment::load(&Library::embedded(), "markets", &set).unwrap();
    let list = Mechanisms::load(&experiment).unwrap();
    (experiment, list)
}

#[test]
fn a_value_does_not_depend_on_which_other_scenarios_are_run() {
    let (experiment, list) = three_scenarios();
    let mut asked: Vec<Measured> = Vec::new();
    let day = |text: &str| tradewinds_units::parse_date(text).unwrap();
    let earlier = |from: &str, to: &str| crate::record::Window {
        from: day(from),
        to: day(to),
    };
    let before = earlier("2024-11-01", "2024-11-30");
    let within = earlier("2025-01-08", "2025-01-21");
    for measure in MEASURES {
        let mut one = list.list[1].observable.clone();
        one.asked.measure = (*measure).to_owned();
        (one.window, one.asked.since) = (earlier("2025-02-05", "2025-02-28"), None);
        for since in [None, Some(within), Some(before)] {
            one.asked.since = since;
            asked.push(one.clone());
        }
        (one.window, one.asked.since) = (before, None);
        asked.push(one);
    }
    let plan = Plan::of(&experiment).unwrap();
    let control = Control::default();
    let all = plan.replicate(&[0, 1, 2], &control, |one| -> Vec<u64> {
        let value = |own: &Measured| own.value(&plan, one).to_bits();
        asked.iter().map(value).collect()
    });
    let all = all.unwrap();
    let mut by_need: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
    for (at, one) in asked.iter().enumerate() {
        let needed: Vec<usize> = one.scenarios(&experiment).into_iter().collect();
        match by_need.iter_mut().find(|(known, _)| *known == needed) {
            Some((_, own)) => own.push(at),
            None => by_need.push((needed, vec![at])),
        }
    }
    assert!(by_need.iter().all(|(needed, _)| needed.len() < 3));
    for (needed, own) in by_need {
        let some = plan.replicate(&needed, &Control::default(), |one| -> Vec<u64> {
            let value = |at: &usize| asked[*at].value(&plan, one).to_bits();
            own.iter().map(value).collect()
        });
        for (all, some) in all.iter().zip(some.unwrap()) {
            for (at, value) in own.iter().zip(some) {
                let own = &asked[*at].asked;
                assert_eq!(all[*at], value, "{} {:?}", own.measure, own.since);
            }
        }
    }
}

#[test]
fn only_scenarios_that_an_observable_needs_are_run() {
    let all = three_scenarios().1;
    let of = |name: &str| {
        let mut list = all.clone();
        list.list.retain(|one| one.name == name);
        list
    };
    let scenarios = |name: &str| -> Vec<Vec<usize>> {
        let found = of(name).settings().into_iter();
        found.map(|one| one.scenarios).collect()
    };
    // Shares of one scenario, approval of another, a currency against the baseline.
    assert_eq!(scenarios("habituation"), [[2], [2]]);
    assert_eq!(scenarios("rally"), [[1], [1]]);
    assert_eq!(scenarios("dollar sign"), [[0, 1], [0, 1]]);
    let list = of("dollar sign");
    let runs: usize = list.settings().iter().map(Setting::runs).sum();
    let control = Control::default();
    let _ = compared(&list, &control);
    assert_eq!((control.finished.into_inner(), runs), (8, 8));
}

#[test]
fn keys_that_say_what_holds_without_them_are_run_once() {
    let list = loaded();
    let settings = list.settings();
    let asked: usize = settings.iter().map(|one| one.asked.len()).sum();
    assert_eq!(asked, 2 * list.list.len());
    let named = |name: &str| list.list.iter().position(|one| one.name == name).unwrap();
    let of = |side: (usize, usize)| settings.iter().position(|one| one.asked.contains(&side));
    let [squeeze, gap] = ["margins that give way", "collection gap"].map(named);
    assert_eq!(of((squeeze, 0)), of((gap, 0)));
    assert_ne!(of((squeeze, 0)), of((squeeze, 1)));
    for one in &settings {
        for (at, side) in &one.asked {
            let mechanism = &list.list[*at];
            let keys = [&mechanism.on, &mechanism.off][*side];
            let set: Vec<String> = small().iter().chain(keys).cloned().collect();
            let own = Experiment::load(&Library::embedded(), "mechanisms", &set).unwrap();
            assert_eq!(own.draws(), one.experiment.draws(), "{}", mechanism.name);
            assert_eq!(own.closure, one.experiment.closure, "{}", mechanism.name);
        }
    }
}

/// What is said of the list of the experiment on markets after some changes of its text.
fn told(changes: &[(&str, &str)], set: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("experiments/markets");
    std::fs::create_dir_all(&path).unwrap();
    let file = "experiments/markets/mechanisms.toml";
    let mut text = Library::embedded().text(file).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    std::fs::write(path.join(MECHANISMS_FILE), text).unwrap();
    let library = Library::embedded().under(folder.path()).unwrap();
    let set: Vec<String> = set.iter().map(|one| (*one).to_owned()).collect();
    let experiment = Experiment::load(&library, "markets", &set).unwrap();
    Mechanisms::load(&experiment).unwrap_err().to_string()
}

#[test]
fn rows_that_an_experiment_does_not_keep_are_refused() {
    // The 5th of April 2025 was a Saturday; records of a week begin on Wednesdays.
    let weekend = (
        "from = 2025-04-02\nto = 2025-04-08",
        "from = 2025-04-05\nto = 2025-04-06",
    );
    let between = (
        "from = 2025-04-30\nto = 2025-05-06",
        "from = 2025-05-01\nto = 2025-05-06",
    );
    let unkept = ("importers = [\"JPN\"]", "importers = [\"JPN\", \"CHN\"]");
    let found = told(&[weekend, between, unkept], &[]);
    for part in [
        "mechanism[6].to",
        "a window without a day of trade in shares",
        "a day from Monday to Friday, between 2025-01-01 and 2025-07-29",
        "mechanism[1].to",
        "a window without a row of approval",
        "every 7 days from 2025-01-01",
        "mechanism[4].importers",
        "does not record CHN by itself",
        "one of CAN, EUU, JPN, KOR, USA",
    ] {
        assert!(found.contains(part), "`{part}` is missing in:\n{found}");
    }
    assert!(!found.contains("does not record JPN"), "{found}");
    let found = told(&[], &["collect.level=aggregate"]);
    assert!(found.contains("mechanism[4].measure"), "{found}");
    assert!(
        found.contains("write `collect.level = \"panel\"`"),
        "{found}"
    );
}

#[test]
fn shares_that_neither_side_prices_are_refused() {
    let on = (
        "on = [\"closure.equities=priced\"]",
        "on = [\"closure.equities=off\"]",
    );
    let off = (
        "prior_carried_out=1000.0\"",
        "prior_carried_out=1000.0\", \"closure.equities=off\"",
    );
    let found = told(&[on, off], &[]);
    assert!(found.contains("mechanism[0].measure"), "{found}");
    assert!(found.contains("has no markets for shares"), "{found}");
}

#[test]
fn observables_without_a_value_are_refused() {
    let found = told(
        &[
            ("off = [", "off = [\"closure.equities=off\", "),
            (
                "measure = \"currency_change\"",
                "measure = \"currency_change\"\nscenario = \"no-new-tariffs\"",
            ),
            (
                "measure = \"investment_change\"",
                "measure = \"volume_change\"\nexporters = [\"USA\"]",
            ),
        ],
        &[],
    );
    for part in [
        "mechanism[0].off",
        "a ratio of gains of shares, which `off` does not price",
        "mechanism[8].scenario",
        "a change of the scenario `no-new-tariffs` against itself",
        "mechanism[9].exporters",
        "no trade between `importers` and `exporters`",
    ] {
        assert!(found.contains(part), "`{part}` is missing in:\n{found}");
    }
}

#[test]
fn an_effect_without_a_value_is_said_to_be_not_available() {
    let list = loaded();
    let none = effect(&list.list[0], &[f64::NAN, 1.0], &[0.0, 0.0]);
    assert!(!none.holds());
    let none = std::slice::from_ref(&none);
    for text in [table(none), markdown(&[(&list, none.to_vec())], "")] {
        assert!(text.contains("not available"), "{text}");
        assert!(!text.contains("NaN") && !text.contains("1.000"), "{text}");
    }
    let told = &to_json(none)[0];
    assert!(told["on"].is_null() && told["p"].is_null(), "{told}");
    assert_eq!(told["holds"], false);
}

#[test]
fn mistakes_of_a_list_are_told_with_their_place() {
    let misspelt = ("parameters.rally_firm=0.0", "parameters.rally_frim=0.0");
    let unlike = ("closure.equities=priced", "closure.equities=dear");
    let twice = ("\"relief\"", "\"trade war\"");
    let early = ("from = 2025-04-30", "from = 2024-04-30");
    let late = ("to = 2025-07-08", "to = 2026-07-08");
    let idle = (
        "off = [\"parameters.share_telling_apart=0.0\"]",
        "off = [\"closure.equities=priced\", \"collect.period_weeks=1\"]",
    );
    let back = ("since_end = 2025-01-28", "since_end = 2025-01-08");
    let all = told(&[misspelt, unlike, twice, early, late, idle, back], &[]);
    for part in [
        "mechanisms.toml:10:",
        "mechanism[0].on",
        "mechanism[3].off",
        "did you mean `rally_firm`?",
        "mechanism[7].name",
        "mechanism[1].from",
        "begins before the run",
        "mechanism[2].to",
        "ends after the run",
        "mechanism[4].off",
        "the same experiment",
        "mechanism[1].since_end",
        "ends before it begins",
    ] {
        assert!(all.contains(part), "`{part}` is missing in:\n{all}");
    }
}

#[test]
fn probabilities_are_those_of_student_tables() {
    // Two-sided 5 % and 1 % points with 11 degrees of freedom: 2.201 and 3.106.
    assert!((two_sided(2.201, 12) - 0.05).abs() < 1e-4);
    assert!((two_sided(3.106, 12) - 0.01).abs() < 1e-4);
    assert!((two_sided(0.0, 12) - 1.0).abs() < 1e-12);
    assert!((two_sided(f64::NAN, 12) - 1.0).abs() < 1e-12);
    assert!((two_sided(50.0, 1) - 1.0).abs() < 1e-12);
}

#[test]
fn small_probabilities_are_exact_in_json_and_bounded_in_text() {
    let list = loaded();
    let of = |mean: f64| effect(&list.list[0], &[mean - 0.1, mean, mean + 0.1], &[0.0; 3]);
    let (near, far) = (of(1.0), of(10.0));
    let told = to_json(&[near.clone(), far.clone()]);
    // t of 10 √3 and of 100 √3 with 2 degrees of freedom: 2 / (s (s + t)), s = √(2 + t²).
    let exact = |t: f64| 2.0 / ((2.0 + t * t).sqrt() * ((2.0 + t * t).sqrt() + t));
    for (at, t) in [(0, 300_f64.sqrt()), (1, 30_000_f64.sqrt())] {
        let p = told[at]["p"].as_f64().unwrap();
        assert!((p / exact(t) - 1.0).abs() < 1e-6, "{p} {}", exact(t));
    }
    let text = table(std::slice::from_ref(&far));
    assert!(text.contains("< 0.001"), "{text}");
    assert!(markdown(&[(&list, vec![far])], "").contains("| < 0.001 |"));
    assert!(table(&[near]).contains("0.003"));
}

#[test]
fn the_written_note_has_the_rows_of_the_list() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let note = std::fs::read_to_string(root.join("docs/mechanisms.md")).unwrap();
    let list = root.join("experiments/mechanisms").join(MECHANISMS_FILE);
    let list = std::fs::read_to_string(list).unwrap();
    let cells = |heading: &str| -> Vec<String> {
        let lines = note.lines().skip_while(|line| !line.starts_with(heading));
        let rows = lines.skip(2).take_while(|line| line.starts_with('|'));
        let first = rows.filter_map(|row| row.split('|').nth(1));
        first.map(|cell| cell.trim().to_owned()).collect()
    };
    let written = |key: &str| -> Vec<String> {
        let mechanisms = list.split("[[mechanism]]").skip(1);
        let line = |one: &str| {
            let found = one.lines().find_map(|line| line.strip_prefix(key));
            found.map(|text| text.trim_matches('"').to_owned())
        };
        mechanisms.filter_map(line).collect()
    };
    assert!(!written("title = ").is_empty());
    assert_eq!(cells("| Mechanism and observable |"), written("title = "));
    assert_eq!(cells("| Mechanism | On |"), written("name = "));
}
