//! Whole documents: defaults, accessors, `--set`, `extends`, schema, reference,
//! and text that nobody would write.

use crate::common::{SCENARIO, errors};
use proptest::prelude::*;
use tradewinds_config::{Diagnostics, Document, Source, Table, check, reference_markdown, schema};

fn checked(text: &str) -> Table {
    check(&Source::new("a.toml", text), &SCENARIO).expect("a valid text")
}

/// The document `text` after `--set` with each of `changes`.
fn set(text: &str, changes: &[&str]) -> Result<Table, Diagnostics> {
    let mut document = Document::parse(&Source::new("a.toml", text));
    changes.iter().for_each(|change| document.set(change));
    document.check(&SCENARIO)
}

#[test]
fn absent_keys_take_the_documented_default() {
    let table = checked("");
    assert_eq!(table.required::<i64>("firms"), 5000);
    assert!(!table.is_written("firms"));
    assert!(checked("firms = 5000").is_written("firms"));
    assert_eq!(checked("firms = 5000"), table);
    assert_eq!(table.get::<&str>("name"), None);
}

#[test]
fn every_kind_is_read_back_with_its_place() {
    let text = "from = 2001-02-03\nis_open = true\nhome = \"USA\"\npartners = \"JPN\"\n\
                weights = { services = 0.5, energy = 1 }\nscope = [\"EUU\"]\n\
                prior = { shape = \"normal\", mean = 1, spread = -0.0 }\n\
                extra = { a = [1, \"x\", 2025-01-01] }\n[size]\nfirms = 0x10\n[law.steel]\nrate = 1\n";
    let table = checked(text);
    assert_eq!(table.date("from").unwrap().value.to_string(), "2001-02-03");
    assert_eq!(table.span_of("home").position().line, 3);
    let partners: Vec<String> = table
        .list::<tradewinds_units::EconomyCode>("partners")
        .iter()
        .map(|code| code.value.to_string())
        .collect();
    assert_eq!(partners, ["JPN"]);
    let weights: Vec<(&str, f64)> = table
        .map::<f64>("weights")
        .into_iter()
        .map(|(key, value)| (key.value, value.value))
        .collect();
    assert_eq!(weights, [("energy", 1.0), ("services", 0.5)]);
    let prior = table.table("prior").unwrap();
    assert_eq!(
        (prior.spec().name, prior.required::<&str>("shape")),
        ("normal", "normal")
    );
    assert_eq!(prior.required::<f64>("spread").to_bits(), 0.0_f64.to_bits());
    let size = table.table("size").unwrap();
    assert_eq!(
        (
            size.required::<u32>("firms"),
            size.required::<usize>("lines")
        ),
        (16, 4)
    );
    let (name, law) = table.map::<&Table>("law").remove(0);
    assert_eq!((name.value, law.value.path()), ("steel", "law.steel"));
    let json = table.to_json();
    assert_eq!(
        json["extra"]["a"],
        serde_json::json!([1, "x", "2025-01-01"])
    );
}

#[test]
#[should_panic(expected = "no key `rat` in the specification `policy`")]
fn code_cannot_ask_for_a_key_the_description_lacks() {
    checked("[[policy]]\nrate = 0.1").tables("policy")[0].rate("rat");
}

#[test]
fn overrides_change_what_the_file_says_and_are_recorded() {
    let text = "[[policy]]\nrate = 0.1\n";
    let mut document = Document::parse(&Source::new("a.toml", text));
    for change in [
        "policy[0].rate=0.3",
        "size.lines = 7",
        "combine=max",
        "weights.\"services\"=0.2",
    ] {
        document.set(change);
    }
    let table = document.check(&SCENARIO).unwrap();
    let rate: f64 = table.tables("policy")[0].required("rate");
    assert_eq!(rate.to_bits(), 0.3_f64.to_bits());
    assert_eq!(table.table("size").unwrap().required::<i64>("lines"), 7);
    assert_eq!(table.required::<&str>("combine"), "max");
    let applied: Vec<(&str, Option<&str>)> = document
        .overrides()
        .iter()
        .map(|change| (change.assignment.as_str(), change.before.as_deref()))
        .collect();
    assert_eq!(applied[0], ("policy[0].rate=0.3", Some("0.1")));
    assert_eq!(applied[2], ("combine=max", None));
    assert_eq!(applied.len(), 4);
}

#[test]
fn wrong_overrides_are_named_as_written() {
    let cases = [
        (
            "policy[0].rate=30",
            "--set policy[0].rate=30:1:16",
            "did you mean 0.3?",
        ),
        (
            "policy[0].rate=0,3",
            "--set policy[0].rate=0,3:1:17",
            "use a point: 0.3",
        ),
        (
            "policy[5].rate=0.3",
            "--set policy[5].rate=0.3:1:7",
            "there are 1",
        ),
        ("policy.rate=0.3", "1:8", "policy[0].rate=0.3"),
        ("name.x=3", "1:6", "a step into text"),
        (
            "firms",
            "--set firms:1:6",
            "write --set firms=VALUE, as in --set population.firms_per_cell=5",
        ),
        ("=3", "1:1", "policy[0].rate=0.3"),
        ("a..b=3", "1:3", "policy[0].rate=0.3"),
        ("firms=", "--set firms=:1:7", "write a value"),
        ("frms=3", "--set frms=3:1:1", "did you mean `firms`?"),
        ("policy[x].rate=1", "1:7", "policy[0].rate=0.3"),
        ("firms=1 2", "1:7", "quotes"),
    ];
    for (change, place, fix) in cases {
        let text = "name = \"a\"\n[[policy]]\nrate = 0.1\n";
        let message = set(text, &[change]).unwrap_err().to_string();
        assert!(message.contains(place), "{change}: no {place:?}\n{message}");
        assert!(message.contains(fix), "{change}: no {fix:?}\n{message}");
    }
}

/// Files by name.
fn library(
    files: &'static [(&'static str, &'static str)],
) -> impl Fn(&str) -> std::io::Result<Vec<u8>> {
    |name| {
        let found = files.iter().find(|(known, _)| *known == name);
        found
            .map(|(_, text)| text.as_bytes().to_vec())
            .ok_or_else(|| std::io::ErrorKind::NotFound.into())
    }
}

#[test]
fn a_child_wins_key_by_key_and_replaces_lists() {
    let read = library(&[
        (
            "b/child.toml",
            "extends = \"../base.toml\"\nfirms = 9\n[size]\nlines = 2\n[[policy]]\nrate = 0.3\n",
        ),
        (
            "base.toml",
            "name = \"base\"\nfirms = 1\n[size]\nfirms = 3\nlines = 1\n[[policy]]\nrate = 0.1\n[[policy]]\nrate = 0.2\n",
        ),
    ]);
    let document = Document::load("b/child.toml", &read);
    let table = document.check(&SCENARIO).unwrap();
    assert_eq!(table.required::<&str>("name"), "base");
    assert_eq!(table.required::<i64>("firms"), 9);
    let size = table.table("size").unwrap();
    assert_eq!(
        (size.required::<i64>("firms"), size.required::<i64>("lines")),
        (3, 2)
    );
    assert_eq!(table.tables("policy").len(), 1);
    let names: Vec<&str> = document.sources().iter().map(Source::name).collect();
    assert_eq!(names, ["b/child.toml", "base.toml"]);
    assert_eq!(table.span_of("name").to_string(), "base.toml:1:8");
}

#[test]
fn an_error_in_a_parent_names_the_parent() {
    let read = library(&[
        ("a.toml", "extends = \"b.toml\"\n"),
        ("b.toml", "\nfrms = 2\nname = 0,5"),
    ]);
    let errors = Document::load("a.toml", &read)
        .check(&SCENARIO)
        .unwrap_err();
    let text = errors.to_string();
    assert!(
        text.contains("b.toml:2:1") && text.contains("b.toml:3:9"),
        "{text}"
    );
}

#[test]
fn a_chain_has_at_most_eight_files_and_each_must_exist() {
    let chain = |length: usize| {
        let read = move |name: &str| {
            let at: usize = name.trim_end_matches(".toml").parse().unwrap();
            let next = format!("extends = \"{}.toml\"\n", at + 1);
            Ok(if at < length {
                next.into_bytes()
            } else {
                Vec::new()
            })
        };
        Document::load("1.toml", &read).check(&SCENARIO)
    };
    assert!(chain(8).is_ok());
    let message = chain(9).unwrap_err().to_string();
    assert!(
        message.contains("deeper than 8 files") && message.contains("8.toml:1:11"),
        "{message}"
    );
    assert!(message.contains("help:"), "{message}");
    let read = library(&[("a.toml", "extends = \"gone.toml\"\n")]);
    let message = Document::load("a.toml", &read)
        .check(&SCENARIO)
        .unwrap_err()
        .to_string();
    assert!(
        message.contains("cannot read `gone.toml`") && message.contains("a.toml:1:11"),
        "{message}"
    );
}

#[test]
fn the_schema_states_ranges_units_defaults_and_the_rate_rule() {
    let schema = schema(&SCENARIO);
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    let firms = &schema["properties"]["firms"];
    assert_eq!(
        (&firms["minimum"], &firms["default"], &firms["x-unit"]),
        (&1.into(), &5000.into(), &"firms".into())
    );
    let policy = &schema["$defs"]["policy"];
    assert_eq!(policy["required"], serde_json::json!(["rate"]));
    assert_eq!(
        policy["allOf"][0]["else"]["properties"]["rate"]["maximum"],
        1.5
    );
    assert_eq!(
        schema["$defs"]["size"]["properties"]["inner"]["$ref"],
        "#/$defs/size"
    );
    let normal = &schema["properties"]["prior"]["oneOf"][0];
    assert_eq!(normal["properties"]["shape"]["const"], "normal");
    assert_eq!(
        normal["required"],
        serde_json::json!(["shape", "mean", "spread"])
    );
}

#[test]
fn the_reference_has_a_row_for_every_key() {
    let text = reference_markdown(&SCENARIO);
    let row = "| `rate` | a rate as a fraction, from -0.95 to 100 (0.25 is 25 %) | share of customs value | **required** | Additional duty. |";
    assert!(text.contains(row), "{text}");
    for field in SCENARIO.fields {
        assert!(
            text.contains(&format!("| `{}` |", field.key)),
            "{}",
            field.key
        );
    }
    assert!(text.contains("## `size`") && text.contains("`5000`"));
}

#[test]
fn megabytes_of_rubbish_are_refused_quickly() {
    let texts = [
        "]\n".repeat(520_000),
        "=".repeat(1_040_000),
        "\"\n".repeat(520_000),
        "[a]\n".repeat(260_000),
        "k\n".repeat(520_000),
        "k = 1\n".repeat(20_000),
        (0..90_000).map(|at| format!("k{at} = 1\n")).collect(),
        (0..40_000)
            .map(|at| format!("[[policy]]\nrtae={at}\n"))
            .collect(),
        format!("tags = [{}]", "1,".repeat(520_000)),
    ];
    for text in texts {
        let started = std::time::Instant::now();
        let message = errors(&text).to_string();
        let begin = &text[..10];
        assert!(
            message.contains("more") || message.contains("error"),
            "{begin}"
        );
        assert!(
            started.elapsed().as_secs() < 2,
            "{begin:?} {:?}",
            started.elapsed()
        );
    }
}

/// Lines that are right, nearly right or wrong, in any order.
fn lines() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just("[[policy]]".to_owned()),
        Just("[size]".to_owned()),
        Just("rate = 0,25".to_owned()),
        Just("rate = 0.25".to_owned()),
        Just("weights = { a = 1, b".to_owned()),
        Just("name = \"\"\"".to_owned()),
        Just("prior = { shape = \"normal\" }".to_owned()),
        "[a-z\\[\\]{}=,.\"'# 0-9\u{0}é“]{0,40}",
    ];
    prop::collection::vec(line, 0..12).prop_map(|lines| lines.join("\n"))
}

fn complete(problems: &Diagnostics) {
    for item in problems.iter() {
        let finding = &item.finding;
        for text in [
            &finding.summary,
            &finding.found,
            &finding.expected,
            &finding.help,
        ] {
            assert!(!text.is_empty(), "{item:?}");
        }
        assert!(item.render().lines().count() <= 24, "{}", item.render());
        let place = item.span.position();
        assert!(place.line >= 1 && place.column >= 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(2000)
    })]

    #[test]
    fn any_text_is_accepted_or_refused_with_complete_messages(text in "\\PC{0,200}|(.|\n){0,200}") {
        let (_, problems) = Document::parse(&Source::new("a", text)).examine(&SCENARIO);
        complete(&problems);
    }

    #[test]
    fn nearly_right_text_is_accepted_or_refused_with_complete_messages(text in lines()) {
        let (_, problems) = Document::parse(&Source::new("a", text)).examine(&SCENARIO);
        complete(&problems);
    }

    #[test]
    fn any_bytes_become_a_source_or_a_message(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        match Source::from_bytes("a", &bytes) {
            Ok(source) => prop_assert!(std::str::from_utf8(&bytes).unwrap().ends_with(source.text())),
            Err(problems) => complete(&problems),
        }
    }

    #[test]
    fn any_override_is_applied_or_refused(change in "(policy\\[0\\]|size|[a-z\".\\[\\]]{0,6})\\.?[a-z]{0,5}=?\\PC{0,12}") {
        let mut document = Document::parse(&Source::new("a", "[[policy]]\nrate = 0.1\n"));
        document.set(&change);
        let (_, problems) = document.examine(&SCENARIO);
        complete(&problems);
        prop_assert!(document.overrides().len() == 1 || problems.has_errors());
    }

    #[test]
    fn every_rate_is_read_back_to_the_last_bit(rate in -0.95_f64..1.5) {
        let table = checked(&format!("[[policy]]\nrate = {rate:?}\n"));
        let read: f64 = table.tables("policy")[0].required("rate");
        prop_assert_eq!(read.to_bits(), (rate + 0.0).to_bits());
    }
}
