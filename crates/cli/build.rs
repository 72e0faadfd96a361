//! Names the git revision in the version string; a source archive has none.

use std::path::Path;
use std::process::Command;

fn main() {
    let revision = revision().unwrap_or_else(|| "unknown".to_owned());
    println!("cargo:rustc-env=TRADEWINDS_REVISION={revision}");
    // Code that changes after a commit is no longer the code of that commit.
    println!("cargo:rerun-if-changed=..");
}

/// Short hash of the commit, with `-changed` when files differ from it; none
/// outside a checkout of this repository.
fn revision() -> Option<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = root.canonicalize().ok()?;
    let git = |arguments: &[&str]| -> Option<String> {
        let output = Command::new("git")
            .arg("-C")
            .arg(&root)
            .args(arguments)
            .output()
            .ok()?;
        let text = output.status.success().then_some(output.stdout)?;
        Some(String::from_utf8(text).ok()?.trim().to_owned())
    };
    // An archive unpacked inside another repository is not that repository.
    let top = git(&["rev-parse", "--show-toplevel"])?;
    if Path::new(&top).canonicalize().ok()? != root {
        return None;
    }
    let folder = root.join(git(&["rev-parse", "--git-dir"])?);
    for file in ["HEAD", "logs/HEAD"] {
        let path = folder.join(file);
        if path.exists() {
            println!("cargo:rerun-if-changed={}", path.display());
        }
    }
    let hash = git(&["rev-parse", "--short=12", "HEAD"])?;
    let changes = git(&["status", "--porcelain", "--untracked-files=no"])?;
    let mark = if changes.is_empty() { "" } else { "-changed" };
    Some(format!("{hash}{mark}"))
}
