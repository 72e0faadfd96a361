use super::*;

const SMALL: [&str; 2] = ["population.firms_per_cell=1", "replications=4"];

fn small() -> Vec<String> {
    SMALL.iter().map(|one| (*one).to_owned()).collect()
}

fn loaded() -> Mechanisms {
    let experiment = Experiment::load(&Library::embedded(), "mechanisms", &small()).unwrap();
    Mechanisms::load(&experiment).unwrap()
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
    let found = run(
        &Library::embedded(),
        "mechanisms",
        (&list, &small()),
        &Control::default(),
    )
    .unwrap();
    assert!(found[0].holds(), "{:?}", found[0]);
    assert!(
        found[0].difference < -0.5,
        "points of share: {:?}",
        found[0]
    );
    assert!(!found[1].holds());
    assert!(found[1].difference.abs() < f64::EPSILON && found[1].p > 0.99);
}

#[test]
fn probabilities_are_those_of_student_tables() {
    // Two-sided 5 % and 1 % points with 11 degrees of freedom: 2.201 and 3.106.
    assert!((two_sided(2.201, 11.0) - 0.05).abs() < 1e-4);
    assert!((two_sided(3.106, 11.0) - 0.01).abs() < 1e-4);
    assert!((two_sided(50.0, 11.0) - SMALLEST).abs() < 1e-9);
    assert!((two_sided(0.0, 11.0) - 1.0).abs() < 1e-3);
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
