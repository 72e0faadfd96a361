//! The checker and the JSON Schema come from one description: they must give
//! the same verdict on the same content.

use crate::common::{POLICY, SCENARIO};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use tradewinds_config::{
    Document, FieldSpec, Kind, Source, TableSpec, check, reference_markdown, schema, spec_faults,
};

/// Whether `value` obeys `rule`: the part of JSON Schema that our schemas use.
fn obeys(value: &Json, rule: &Json, root: &Json) -> bool {
    let Some(rule) = rule.as_object() else {
        return rule != &json!(false);
    };
    rule.iter()
        .all(|(word, said)| obeys_word(value, word, said, &Json::Object(rule.clone()), root))
}

fn obeys_word(value: &Json, word: &str, said: &Json, rule: &Json, root: &Json) -> bool {
    let all = |list: &Json| -> Vec<bool> {
        let rules = list.as_array().into_iter().flatten();
        rules.map(|rule| obeys(value, rule, root)).collect()
    };
    let number = value.as_f64();
    match word {
        "$ref" => {
            let path = said.as_str().unwrap_or_default().trim_start_matches('#');
            root.pointer(path)
                .is_some_and(|rule| obeys(value, rule, root))
        }
        "type" => match said.as_str().unwrap_or_default() {
            "number" => value.is_number(),
            "integer" => value.is_i64() || value.is_u64(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            other => panic!("type {other}"),
        },
        "minimum" => number.is_none_or(|number| number >= said.as_f64().unwrap_or(f64::NAN)),
        "maximum" => number.is_none_or(|number| number <= said.as_f64().unwrap_or(f64::NAN)),
        "enum" => said.as_array().is_some_and(|words| words.contains(value)),
        "const" => value == said,
        "pattern" => value.as_str().is_none_or(|text| match said.as_str() {
            Some("^[A-Z]{3}$") => text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase()),
            Some("^[a-z0-9_]+$") => {
                let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
                !text.is_empty() && text.bytes().all(fits)
            }
            other => panic!("pattern {other:?}"),
        }),
        "format" => value
            .as_str()
            .is_none_or(|text| tradewinds_units::parse_date(text).is_ok()),
        "items" => {
            let items = value.as_array().into_iter().flatten();
            items.into_iter().all(|item| obeys(item, said, root))
        }
        "minItems" => value
            .as_array()
            .is_none_or(|list| list.len() as u64 >= said.as_u64().unwrap_or(0)),
        "required" => value.as_object().is_none_or(|table| {
            let mut keys = said.as_array().into_iter().flatten();
            keys.all(|key| table.contains_key(key.as_str().unwrap_or_default()))
        }),
        "properties" => value.as_object().is_none_or(|table| {
            table
                .iter()
                .all(|(key, inner)| said.get(key).is_none_or(|rule| obeys(inner, rule, root)))
        }),
        "additionalProperties" => value.as_object().is_none_or(|table| {
            table
                .iter()
                .filter(|(key, _)| rule["properties"].get(key.as_str()).is_none())
                .all(|(_, inner)| obeys(inner, said, root))
        }),
        "propertyNames" => value
            .as_object()
            .is_none_or(|table| table.keys().all(|key| obeys(&json!(key), said, root))),
        "anyOf" => all(said).contains(&true),
        "oneOf" => all(said).into_iter().filter(|fits| *fits).count() == 1,
        "allOf" => !all(said).contains(&false),
        "if" => {
            let branch = if obeys(value, said, root) {
                "then"
            } else {
                "else"
            };
            rule.get(branch).is_none_or(|rule| obeys(value, rule, root))
        }
        "then" | "else" | "description" | "default" | "title" | "x-unit" | "$schema" | "$defs" => {
            true
        }
        other => panic!("a word of JSON Schema that the test does not know: {other}"),
    }
}

/// A key with values of every form, in TOML and in JSON.
fn setting() -> impl Strategy<Value = (String, String, Json)> {
    let keys = prop::sample::select(vec![
        "name",
        "firms",
        "elasticity",
        "uptake",
        "from",
        "is_open",
        "home",
        "combine",
        "tags",
        "partners",
        "weights",
        "scope",
        "size",
        "policy",
        "law",
        "prior",
        "extra",
        "frms",
    ]);
    (keys, value()).prop_map(|(key, (toml, json))| (key.to_owned(), toml, json))
}

fn value() -> impl Strategy<Value = (String, Json)> {
    let same = |text: &str| {
        (
            text.to_owned(),
            serde_json::from_str(text).unwrap_or(Json::Null),
        )
    };
    let plain: Vec<(String, Json)> = [
        "0",
        "1",
        "-3",
        "0.5",
        "1.4",
        "2.5",
        "120.0",
        "true",
        "\"USA\"",
        "\"usa\"",
        "\"max\"",
        "\"all\"",
        "\"services\"",
        "\"x y\"",
        "[]",
        "[\"EUU\", \"JPN\"]",
        "[\"all\"]",
        "[1, 2]",
    ]
    .into_iter()
    .map(same)
    .chain([("2001-02-03".to_owned(), json!("2001-02-03"))])
    .collect();
    let tables: Vec<(String, Json)> = [
        ("{ services = 0.5 }", json!({ "services": 0.5 })),
        ("{ services = 5 }", json!({ "services": 5 })),
        ("{ firms = 1 }", json!({ "firms": 1 })),
        (
            "{ firms = 1, inner = { lines = 0 } }",
            json!({ "firms": 1, "inner": { "lines": 0 } }),
        ),
        ("[{ rate = 0.5 }]", json!([{ "rate": 0.5 }])),
        ("[{ rate = 25 }]", json!([{ "rate": 25 }])),
        (
            "[{ rate = 25, allow_extreme = true }]",
            json!([{ "rate": 25, "allow_extreme": true }]),
        ),
        (
            "[{ rate = 25, allow_extreme = false }]",
            json!([{ "rate": 25, "allow_extreme": false }]),
        ),
        ("[{ origin = \"USA\" }]", json!([{ "origin": "USA" }])),
        (
            "{ steel = { rate = 0.1 } }",
            json!({ "steel": { "rate": 0.1 } }),
        ),
        (
            "{ shape = \"normal\", mean = 1, spread = 2.0 }",
            json!({ "shape": "normal", "mean": 1, "spread": 2.0 }),
        ),
        (
            "{ shape = \"normal\", low = 1, high = 2.0 }",
            json!({ "shape": "normal", "low": 1, "high": 2.0 }),
        ),
        (
            "{ shape = \"uniform\", low = 1, high = 2.0 }",
            json!({ "shape": "uniform", "low": 1, "high": 2.0 }),
        ),
    ]
    .into_iter()
    .map(|(toml, json)| (toml.to_owned(), json))
    .collect();
    prop_oneof![prop::sample::select(plain), prop::sample::select(tables)]
}

/// Text for a date where the schema cannot tell the two apart.
fn is_date_beside_text(key: &str, toml: &str) -> bool {
    toml == "2001-02-03" && matches!(key, "name" | "note" | "from")
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(6000)
    })]

    #[test]
    fn checker_and_schema_agree((key, toml, json) in setting()) {
        prop_assume!(!is_date_beside_text(&key, &toml) || key == "from");
        let text = format!("{key} = {toml}\n");
        let checked = check(&Source::new("a", text.as_str()), &SCENARIO);
        let rules = schema(&SCENARIO);
        let obeyed = obeys(&json!({ key: json }), &rules, &rules);
        prop_assert_eq!(checked.is_ok(), obeyed, "{} {:?}", text, checked.err().map(|e| e.to_string()));
    }
}

#[test]
fn what_the_checker_hands_out_obeys_the_schema() {
    let text = "from = 2001-02-03\npartners = [\"JPN\"]\n[[policy]]\nrate = 0.25\n";
    let table = check(&Source::new("a", text), &SCENARIO).unwrap();
    let rules = schema(&SCENARIO);
    assert!(
        obeys(&table.to_json(), &rules, &rules),
        "{:#}",
        table.to_json()
    );
}

#[test]
fn the_description_of_the_tests_has_no_faults() {
    assert_eq!(spec_faults(&SCENARIO), Vec::<String>::new());
}

const PART: TableSpec = TableSpec::new(
    "part",
    "A part.",
    &[FieldSpec::optional("size", Kind::Share, "Size.")],
);
static WHOLE: TableSpec = TableSpec::new(
    "whole",
    "Two parts and shares by code.",
    &[
        FieldSpec::optional("left", Kind::Table(&PART), "One."),
        FieldSpec::optional("right", Kind::Tables(&PART), "Other."),
        FieldSpec::optional("by_origin", Kind::ByEconomy(&Kind::Rate), "Rates."),
        FieldSpec::optional("by_sector", Kind::BySector(&Kind::Table(&PART)), "Parts."),
    ],
);

#[test]
fn a_description_kept_as_a_constant_appears_once() {
    let defs = schema(&WHOLE)["$defs"].clone();
    assert_eq!(
        defs.as_object().map(serde_json::Map::len),
        Some(1),
        "{defs:#}"
    );
    assert_eq!(reference_markdown(&WHOLE).matches("## `part`").count(), 1);
}

#[test]
fn keys_by_economy_and_sector_are_codes() {
    let text =
        "by_origin = { JPN = 0.1, jpn = 0.2 }\nby_sector = { energy = {}, \"Steel x\" = {} }\n";
    let errors = check(&Source::new("a", text), &WHOLE)
        .unwrap_err()
        .to_string();
    for part in [
        "a:1:26",
        "did you mean \"JPN\"?",
        "a:2:28",
        "did you mean \"steel_x\"?",
    ] {
        assert!(errors.contains(part), "no {part}\n{errors}");
    }
    assert_eq!(errors.matches("error:").count(), 2, "{errors}");
    let good = check(&Source::new("a", "by_origin = { JPN = 0.1 }"), &WHOLE).unwrap();
    assert_eq!(good.map::<f64>("by_origin").len(), 1);
    let high = check(&Source::new("a", "by_origin = { JPN = 10 }"), &WHOLE);
    let message = high.unwrap_err().to_string();
    assert!(
        message.contains("write 0.1") && !message.contains("allow_extreme"),
        "{message}"
    );
}

#[test]
fn a_child_that_changes_a_tag_leaves_the_old_keys_behind() {
    let read = |name: &str| {
        let text = match name {
            "child.toml" => {
                "extends = \"base.toml\"\n[prior]\nshape = \"uniform\"\nlow = 0\nhigh = 1\n"
            }
            _ => "[prior]\nshape = \"normal\"\nmean = 0\nspread = 1\n",
        };
        Ok(text.as_bytes().to_vec())
    };
    let table = Document::load("child.toml", &read)
        .check(&SCENARIO)
        .unwrap();
    assert_eq!(table.table("prior").unwrap().spec().name, "uniform");
    let keeps = |name: &str| {
        let text = match name {
            "child.toml" => "extends = \"base.toml\"\n[prior]\nmean = 3\n",
            _ => "[prior]\nshape = \"normal\"\nmean = 0\nspread = 1\n",
        };
        Ok(text.as_bytes().to_vec())
    };
    let table = Document::load("child.toml", &keeps)
        .check(&SCENARIO)
        .unwrap();
    let prior = table.table("prior").unwrap();
    assert_eq!(prior.required::<f64>("mean").to_bits(), 3.0_f64.to_bits());
    assert!(prior.is_written("spread"));
}

#[test]
fn a_rate_may_be_as_high_as_law_has_been() {
    for (rate, fits) in [
        (1.45, true),
        (1.5, true),
        (1.51, false),
        (-0.95, true),
        (-0.96, false),
    ] {
        let text = format!("rate = {rate}\n");
        assert_eq!(
            check(&Source::new("a", text), &POLICY).is_ok(),
            fits,
            "{rate}"
        );
    }
}
