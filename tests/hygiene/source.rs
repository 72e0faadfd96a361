//! Rust files, and what in them is not a test.

use std::path::{Path, PathBuf};

/// Every `.rs` file below a folder that is not a test module's own file.
pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            if !["tests", "target", "benches"].contains(&name) {
                found.extend(rust_files(&path));
            }
        } else if name.ends_with(".rs") && !["tests.rs", "fixtures.rs"].contains(&name) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The lines of a file outside `#[cfg(test)]` items, numbered from 1.
pub(crate) fn model_code(text: &str) -> Vec<(usize, &str)> {
    let mut kept = Vec::new();
    let mut lines = (1..).zip(text.lines());
    while let Some((number, line)) = lines.next() {
        if line.trim() != "#[cfg(test)]" {
            kept.push((number, line));
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        // The item ends with `;` on its line, or with the first `}` at its indentation.
        for (_, line) in lines.by_ref() {
            let depth = line.len() - line.trim_start().len();
            let closes = line.trim_start().starts_with('}') && depth == indent;
            let is_one_line = depth == indent && (line.ends_with(';') || line.ends_with("{}"));
            if closes || is_one_line {
                break;
            }
        }
    }
    kept
}

#[test]
fn test_modules_are_left_out_and_code_after_them_is_kept() {
    let text = "use a;\n#[cfg(test)]\nmod fixtures;\nfn b() {}\n#[cfg(test)]\nmod tests {\n    fn c() {\n    }\n}\nfn d() {}";
    let lines: Vec<&str> = model_code(text).into_iter().map(|(_, line)| line).collect();
    assert_eq!(lines, ["use a;", "fn b() {}", "fn d() {}"]);
    assert_eq!(model_code(text)[2].0, 10);
}
