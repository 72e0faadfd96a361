//! The tree embedded and on disk.

use super::*;

fn checkout() -> Library {
    Library::at(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).unwrap()
}

#[test]
fn the_embedded_tree_and_the_checkout_hold_the_same_files() {
    for folder in ["configs", "experiments"] {
        let (own, disk) = (Library::embedded(), checkout());
        let files = own.files(folder);
        assert!(!files.is_empty(), "{folder}");
        assert_eq!(files, disk.files(folder));
        for path in &files {
            assert_eq!(
                own.bytes(path).unwrap(),
                disk.bytes(path).unwrap(),
                "{path}"
            );
        }
        assert_eq!(own.digest(), disk.digest());
    }
}

#[test]
fn worlds_and_law_load_from_the_binary_alone() {
    let library = Library::embedded();
    let world = library.world("2024").unwrap();
    assert_eq!(world.base_year, 2024);
    assert!(library.law().unwrap().authorities().len() > 10);
    let paths: Vec<String> = library.inputs().into_iter().map(|one| one.path).collect();
    assert!(paths.contains(&"configs/worlds/2024/trade.csv".to_owned()));
    assert!(!paths.iter().any(|path| path.contains("/sources/")));
    let message = library.world("1850").unwrap_err().to_string();
    assert!(message.contains("2017, 2024"), "{message}");
}

#[test]
fn the_digest_depends_on_what_was_read_and_on_nothing_else() {
    let (one, other) = (Library::embedded(), Library::embedded());
    let path = "configs/worlds/2024/sectors.csv";
    one.text(path).unwrap();
    assert_ne!(one.digest(), other.digest());
    other.text(path).unwrap();
    other.text(path).unwrap();
    assert_eq!(one.digest(), other.digest());
}

#[test]
fn paths_that_leave_the_root_are_refused() {
    for path in [
        "../Cargo.toml",
        "configs/../../x",
        "/etc/passwd",
        "C:\\x",
        "a//b",
    ] {
        let refused = |library: Library| library.bytes(path).unwrap_err().kind();
        for library in [Library::embedded(), checkout()] {
            assert_eq!(refused(library), io::ErrorKind::PermissionDenied, "{path}");
        }
    }
    assert_eq!(resolve("a/b.toml", "../c.toml").as_deref(), Some("c.toml"));
    assert_eq!(
        resolve("a/b.toml", "./d/c.toml").as_deref(),
        Some("a/d/c.toml")
    );
    assert_eq!(resolve("a/b.toml", "../../c.toml"), None);
}

#[test]
#[cfg(unix)]
fn links_that_leave_the_root_are_refused() {
    let root = tempfile::tempdir().unwrap();
    let outside = tempfile::NamedTempFile::new().unwrap();
    std::os::unix::fs::symlink(outside.path(), root.path().join("out.csv")).unwrap();
    let library = Library::at(root.path()).unwrap();
    let error = library.bytes("out.csv").unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
}

#[test]
fn a_users_folder_goes_before_the_tree_below() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("configs/worlds/2024");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("sectors.csv"), "own").unwrap();
    let library = Library::embedded().under(root.path()).unwrap();
    let text = |name: &str| {
        library
            .text(&format!("configs/worlds/2024/{name}.csv"))
            .unwrap()
    };
    assert_eq!(text("sectors"), "own");
    assert!(text("economies").starts_with("economy,"));
}
