//! Rebuilds the crate when a file of the embedded folders is added or changed.

fn main() {
    for folder in ["../../configs", "../../experiments"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
