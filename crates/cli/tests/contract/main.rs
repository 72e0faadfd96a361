//! The command line as a contract: output, exit codes, files.

mod checking;
mod reading;
mod running;
mod talking;

use std::path::Path;
use std::process::Output;

/// Runs the binary in `folder`.
fn tradewinds(folder: &Path, arguments: &[&str]) -> Output {
    assert_cmd::cargo::cargo_bin_cmd!("tradewinds")
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

/// Runs it, asserts the exit code, and hands out stdout and stderr.
fn expect(code: i32, folder: &Path, arguments: &[&str]) -> (String, String) {
    let output = tradewinds(folder, arguments);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert_eq!(
        output.status.code(),
        Some(code),
        "{arguments:?}\nstdout: {out}\nstderr: {err}"
    );
    (out, err)
}

/// Runs it with success and reads its JSON.
fn json(folder: &Path, arguments: &[&str]) -> serde_json::Value {
    serde_json::from_str(&expect(0, folder, arguments).0).unwrap()
}
