//! Mistakes people make and the messages they get: place, key, found, expected,
//! fix, on one screen.

use crate::common::{SCENARIO, errors};
use tradewinds_config::{Diagnostic, Diagnostics, Document, Finding, Source, check};

/// The only error of a text, printed.
fn only(text: &str) -> String {
    let errors = errors(text);
    assert_eq!(errors.len(), 1, "{errors}");
    errors.to_string()
}

fn assert_says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "no {part:?} in\n{message}");
    }
    assert!(message.lines().count() <= 24, "{message}");
}

#[test]
fn a_misspelt_key_is_answered_with_the_right_one_and_the_list() {
    let message = only("[[policy]]\ntarif = 0.2\n");
    assert_says(
        &message,
        &[
            "scenario.toml:2:1",
            "policy[0].tarif",
            "did you mean `rate`?",
            "`allow_extreme`",
            "`origin`",
        ],
    );
}

#[test]
fn a_decimal_comma_is_answered_with_a_point() {
    let message = only("[[policy]]\nrate = 0,25\n");
    assert_says(
        &message,
        &["scenario.toml:2:9", "use a point: 0.25", "policy.rate"],
    );
    let inline = only("policy = [{ rate = 0,25 }]\n");
    assert_says(&inline, &["scenario.toml:1:21", "use a point: 0.25"]);
    let negative = only("[[policy]]\nrate = -0,5 # half\r\n");
    assert_says(&negative, &["scenario.toml:2:10", "use a point: -0.5"]);
    let thousands = only("firms = 5,000\n");
    assert_says(
        &thousands,
        &["scenario.toml:1:10", "write 5000 without a separator"],
    );
}

#[test]
fn a_percentage_written_as_a_rate_is_answered_with_the_fraction() {
    let message = only("[[policy]]\nrate = 25\n");
    let wanted = "25 means 2,500 %; did you mean 0.25?";
    assert_says(
        &message,
        &["scenario.toml:2:8", wanted, "allow_extreme = true"],
    );
    let allowed = "[[policy]]\nrate = 25\nallow_extreme = true\n";
    let table = check(&Source::new("a", allowed), &SCENARIO).unwrap();
    let rate = table.tables("policy")[0].rate("rate").unwrap().value;
    assert_eq!(rate.get().to_bits(), 25.0_f64.to_bits());
    let percent = only("[[policy]]\nrate = \"10 %\"\n");
    assert_says(&percent, &["write 0.1 without quotes"]);
    let beyond = only("[[policy]]\nrate = 101.5\nallow_extreme = true\n");
    assert_says(&beyond, &["10,150 %", "1.015"]);
}

#[test]
fn a_float_for_a_whole_number_is_answered_with_the_usual_number() {
    let message = only("firms = 1e18\n");
    assert_says(
        &message,
        &[
            "scenario.toml:1:9",
            "found:    `1e18`",
            "help:     write 5000",
        ],
    );
    let even = only("firms = 250.0\n");
    assert_says(&even, &["help:     write 250"]);
    let huge = only("firms = 100000000000000000000\n");
    assert_says(&huge, &["scenario.toml:1:9", "out of range", "write 5000"]);
    let large = "firms = 1000000000000000000\n";
    let table = check(&Source::new("a", large), &SCENARIO).unwrap();
    assert_eq!(table.required::<i64>("firms"), 1_000_000_000_000_000_000);
}

#[test]
fn absurd_nesting_is_refused_at_once_with_its_place() {
    let started = std::time::Instant::now();
    let brackets = only(&format!("x = {}", "[".repeat(1_000_000)));
    assert_says(&brackets, &["nesting deeper than 32", "scenario.toml:1:37"]);
    let tables = only(&format!("x = {}", "{a=".repeat(300_000)));
    assert_says(&tables, &["nesting deeper than 32", "scenario.toml:1:"]);
    let dotted = only(&format!("y = 1\n{}a = 1", "a.".repeat(200_000)));
    assert_says(&dotted, &["nesting deeper than 32", "scenario.toml:2:64"]);
    let headers = only(&format!("[{}]", ["a.b.c.d.e"; 7].join(".")));
    assert_says(&headers, &["nesting deeper than 32", "scenario.toml:1:"]);
    let mixed =
        errors("a.a.a.a.a.a.a.a.a.a = {b.b.b.b.b.b.b.b.b.b.b = {c.c.c.c.c.c.c.c.c.c.c.c = 1}}");
    assert_says(&mixed.to_string(), &["nesting deeper than 32"]);
    assert!(
        started.elapsed().as_millis() < 500,
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn a_circle_of_files_is_printed_with_its_lines() {
    let read = |name: &str| match name {
        "a.toml" => Ok(b"\nextends = \"b.toml\"\n".to_vec()),
        "b.toml" => Ok(b"extends = \"a.toml\"\n".to_vec()),
        _ => Err(std::io::ErrorKind::NotFound.into()),
    };
    let errors = Document::load("a.toml", &read)
        .check(&SCENARIO)
        .unwrap_err();
    assert_eq!(errors.len(), 1, "{errors}");
    let parts = [
        "a.toml -> b.toml -> a.toml",
        "a.toml:2:11",
        "b.toml:1:11",
        "line 2",
    ];
    assert_says(&errors.to_string(), &parts);
}

#[test]
fn a_parent_outside_the_root_is_never_opened() {
    let targets = [
        "../../../../etc/passwd",
        "/etc/passwd",
        "C:\\\\secret.toml",
        "..\\\\..\\\\secret",
        "~/secret",
        "https://example.org/a.toml",
        "x/../../../secret",
    ];
    for target in targets {
        let text = format!("extends = \"{target}\"\n");
        let read = |name: &str| {
            assert_eq!(name, "configs/a.toml", "opened {name}");
            Ok(text.clone().into_bytes())
        };
        let errors = Document::load("configs/a.toml", &read);
        let errors = errors.check(&SCENARIO).unwrap_err();
        assert_says(&errors.to_string(), &["configs/a.toml:1:11", "extends"]);
        if !target.starts_with("..\\") {
            assert_says(&errors.to_string(), &["outside the project root"]);
        }
    }
}

#[test]
fn text_is_kept_letter_by_letter() {
    let name = "</script><script>alert(1)</script>";
    let source = Source::new("a", format!("name = \"{name}\"\n"));
    let table = check(&source, &SCENARIO).unwrap();
    assert_eq!(table.required::<&str>("name"), name);
}

#[test]
fn numbers_that_are_not_finite_are_all_refused_in_one_pass() {
    let errors = errors("elasticity = inf\n[[policy]]\nrate = nan\n[[policy]]\nrate = 1e999\n");
    assert_eq!(errors.len(), 3, "{errors}");
    let text = errors.to_string();
    assert_eq!(text.matches("must be finite").count(), 3, "{text}");
    for place in [
        "scenario.toml:1:14",
        "scenario.toml:3:8",
        "scenario.toml:5:8",
    ] {
        assert!(text.contains(place), "{text}");
    }
}

#[test]
fn a_caller_adds_contradictions_that_span_two_places() {
    let text =
        "[[policy]]\nrate = 0.1\norigin = \"EUU\"\n\n[[policy]]\nrate = 0.2\norigin = \"EUU\"\n";
    let source = Source::new("scenario.toml", text);
    let (table, mut problems) = Document::parse(&source).examine(&SCENARIO);
    let policies = table.tables("policy");
    let (first, second) = (policies[0], policies[1]);
    assert_eq!(
        first.economy("origin").unwrap().value,
        second.required("origin")
    );
    let finding = Finding {
        summary: "two rates for the same origin".into(),
        found: "rates 0.1 and 0.2".into(),
        expected: "one rate, or a rule that combines them".into(),
        help: "write `combine = \"add\"`, `combine = \"max\"`, or split the dates".into(),
    };
    problems.push(
        second
            .error("rate", finding)
            .related(first.span_of("rate"), "the other rate"),
    );
    let message = problems.into_result(()).unwrap_err().to_string();
    assert_says(
        &message,
        &[
            "scenario.toml:6:8",
            "scenario.toml:2:8",
            "policy[1].rate",
            "combine = \"max\"",
        ],
    );
}

#[test]
fn broken_text_is_answered_with_what_to_write() {
    let cases = [
        ("name = “hi”", "1:8", "use straight quotes: \"hi\""),
        ("name = hello", "1:8", "put it in quotes: \"hello\""),
        ("elasticity = 10%", "1:14", "write the fraction: 0.1"),
        ("elasticity = 2,5 %", "1:15", "use a point: 2.5"),
        ("name = \"abc\n", "1:12", "close it with the quote"),
        ("name = \"\"\"abc\n", "2:1", "three quotes"),
        ("name = \"a\0b\"", "1:10", "NUL"),
        ("name: \"a\"", "1:5", "write `=` between key and value"),
        ("name =", "1:7", "write a value after `=`"),
        ("name = \"a\" // note", "1:12", "own line"),
        ("firms = 5 // note", "1:9", "write `5 # ...`"),
        ("firms = 5;", "1:9", "write `5`"),
        ("firms = 007", "1:9", "no leading zeros"),
        ("elasticity = .5", "1:14", "digits on both sides"),
        ("firms = 5 USD", "1:9", "write 5; the key fixes the unit"),
        ("from = 04/05/2025", "1:8", "2001-02-03"),
        ("from = 2025-4-5", "1:8", "2001-02-03"),
        ("from = 2025-02-30", "1:8", "2001-02-03"),
        ("is_open = True", "1:11", "write `true`"),
        ("name = foo", "1:8", "put it in quotes: \"foo\""),
        ("name = north", "1:8", "put it in quotes: \"north\""),
        ("name = null", "1:8", "delete the line"),
        ("[size\nfirms = 1", "1:1", "close it with `]`"),
        ("weights = { services = 1", "1:11", "close it with `}`"),
        ("tags = [\"a\",\nname = \"b\"\n", "1:8", "close it with `]`"),
        (
            "name = 'C:\\new'\nnote = \"C:\\qew\"",
            "2:12",
            "'single quotes'",
        ),
        ("name == \"a\"", "1:7", "write `key = value`"),
        ("a b = 1", "1:3", "needs quotes or `_`"),
        ("firms = 1 name = 2", "1:9", "own line"),
    ];
    for (text, place, fix) in cases {
        let errors = errors(text);
        let message = errors
            .iter()
            .next()
            .map(Diagnostic::render)
            .unwrap_or_default();
        assert!(
            message.contains(&format!("scenario.toml:{place}\n")),
            "{text:?}\n{message}"
        );
        assert!(message.contains(fix), "{text:?} wants {fix:?}\n{message}");
        assert_eq!(errors.len(), 1, "{text:?}\n{errors}");
    }
}

#[test]
fn a_key_written_twice_names_both_places() {
    let text = "name = \"a\"\n[[policy]]\nrate = 0.1\n[[policy]]\nrate = 0.2\nrate = 0.3\n";
    assert_says(
        &only(text),
        &["scenario.toml:6:1", "written twice", "scenario.toml:5:1"],
    );
    let merged = errors("[size]\nfirms = 0\n[size]\nlines = 0\n");
    assert_eq!(merged.len(), 3, "{merged}");
    let tables = "[size]\nfirms = 1\n[size]\nlines = 1\n";
    assert_says(&only(tables), &["scenario.toml:3:2", "scenario.toml:1:2"]);
}

#[test]
fn syntax_and_meaning_are_reported_in_one_pass() {
    let text = "name = hello\nfirms = 0\n[[policy]]\nrate = 0,25\n[[policy]]\nrate = 30\n";
    let errors = errors(text);
    let lines: Vec<usize> = errors.iter().map(|item| item.span.line()).collect();
    assert_eq!(lines, [1, 2, 4, 6], "{errors}");
}

#[test]
fn a_missing_key_names_its_table_and_where_to_write_it() {
    let message = only("firms = 9\n\n[[policy]]\norigin = \"USA\"\n");
    assert_says(
        &message,
        &[
            "scenario.toml:3:1",
            "policy[0].rate",
            "add `rate = 0.25` below line 3",
        ],
    );
    let inline = only("policy = [{ origin = \"USA\" }]\n");
    assert_says(
        &inline,
        &["scenario.toml:1:11", "between the braces on line 1"],
    );
}

#[test]
fn values_of_the_wrong_kind_are_answered_with_the_right_form() {
    let cases = [
        ("from = \"2001-02-03\"", "write 2001-02-03 without quotes"),
        (
            "from = 2001-02-03T10:00:00",
            "write the day alone: 2001-02-03",
        ),
        ("name = 5", "put it in quotes: \"5\""),
        ("is_open = \"true\"", "write true without quotes"),
        ("firms = \"5\"", "write 5 without quotes"),
        ("firms = -5", "of at least 1"),
        ("uptake = 40", "did you mean 0.4?"),
        ("combine = \"mx\"", "did you mean \"max\"?"),
        ("home = \"usa\"", "did you mean \"USA\"?"),
        ("home = \"US\"", "three capitals"),
        (
            "policy = 3",
            "write `[[policy]]` with two pairs of brackets",
        ),
        (
            "[policy]\nrate = 0.1",
            "write `[[policy]]` with two pairs of brackets",
        ),
        (
            "[[size]]\nfirms = 1",
            "write `[size]` with one pair of brackets",
        ),
        ("tags = \"a\"", "write it in brackets"),
        ("partners = []", "name at least one"),
        ("weights = { services = 2 }", "share from 0 to 1"),
        ("prior = { shape = \"normal\", mean = 1 }", "add `spread"),
        (
            "prior = { shape = \"norml\", mean = 1 }",
            "did you mean \"normal\"?",
        ),
        ("prior = { mean = 1 }", "add `shape = \"normal\"`"),
        (
            "prior = { shape = \"uniform\", mean = 1, low = 0, high = 1 }",
            "unknown key `mean`",
        ),
        ("scope = \"al\"", "did you mean \"all\"?"),
        ("scope = 3", "or a list"),
        ("lines = 3", "`lines` belongs to the table `size`"),
        (
            "[size]\nelasticity = 3",
            "belongs above the first table header",
        ),
        ("tariff_rate = 1", "`tariff_rate` was removed"),
        ("company_count = 7", "write `firms = 7`"),
        ("name = \"a\\u0000b\"", "NUL"),
    ];
    for (text, fix) in cases {
        assert_says(&only(text), &[fix]);
    }
}

#[test]
fn a_text_beyond_the_limit_is_refused_with_its_size() {
    let text = "#".repeat(1_100_000);
    assert_says(&only(&text), &["too large", "1100000 bytes", "1048576"]);
}

#[test]
fn json_carries_every_part_of_every_message() {
    let json = errors("[[policy]]\ntarif = 0.2\n").to_json();
    assert_eq!(json["errors"], 1);
    let first = &json["diagnostics"][0];
    for part in [
        "severity", "file", "key", "summary", "found", "expected", "help",
    ] {
        let text = first[part].as_str().unwrap_or_default();
        assert!(!text.is_empty(), "{part} in {first}");
    }
    assert_eq!((&first["line"], &first["column"]), (&2.into(), &1.into()));
    assert_eq!(first["end_column"], 6);
}

#[test]
fn warnings_alone_do_not_refuse() {
    let source = Source::new("a", "x = 1");
    let finding = Finding {
        summary: "unusual".into(),
        found: "1".into(),
        expected: "more".into(),
        help: "look again".into(),
    };
    let warning = Diagnostic::warning(&source.span(0, 1), "x", finding);
    assert!(Diagnostics::from(warning).into_result(1).is_ok());
}

/// The fix of the first error of a text.
fn help(text: &str) -> String {
    let errors = errors(text);
    let first = errors.iter().next().map(|one| one.finding.help.clone());
    first.unwrap_or_default()
}

#[test]
fn a_number_of_a_fix_is_accepted_when_it_is_pasted() {
    let rates = [
        "1e30",
        "-1e30",
        "2.5e7",
        "150",
        "151",
        "25",
        "-3",
        "-0.97",
        "\"1e30\"",
        "\"1e30 %\"",
        "\"5 %\"",
        "\"inf\"",
        "\".5\"",
    ];
    for rate in rates {
        let text = help(&format!("[[policy]]\nrate = {rate}\n"));
        let start = |one: char| one.is_ascii_digit() || one == '-';
        let number = &text[text.find(start).unwrap()..];
        let number = number.split([' ', ',', ';', '?']).next().unwrap();
        let pasted = Source::new("pasted.toml", format!("[[policy]]\nrate = {number}\n"));
        let found = check(&pasted, &SCENARIO);
        assert!(found.is_ok(), "{rate}: {text}\n{}", found.unwrap_err());
    }
    let size = help("elasticity = \"1e30\"\n");
    assert_eq!(size, "write 1e30 without quotes");
}
