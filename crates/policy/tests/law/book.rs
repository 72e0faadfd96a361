//! The law on the books, read from `configs/policy`.

use std::fs;
use std::path::{Path, PathBuf};

use tradewinds_config::Source;
use tradewinds_policy::{LawBook, Practice, Reform, TariffSchedule};
use tradewinds_units::{Date, EconomyCode, SectorCode, parse_date};

pub(crate) fn configs(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../configs")
        .join(folder)
}

pub(crate) fn sources(folder: &Path) -> Vec<Source> {
    let mut found = Vec::new();
    let mut entries: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|one| one.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            found.extend(sources(&path));
        } else if let Some("toml" | "csv") = path.extension().and_then(|one| one.to_str()) {
            let text = fs::read_to_string(&path).unwrap();
            found.push(Source::new(path.to_string_lossy(), text));
        }
    }
    found
}

pub(crate) fn law() -> LawBook {
    LawBook::load(&sources(&configs("policy"))).unwrap_or_else(|errors| panic!("{errors}"))
}

pub(crate) fn schedule() -> TariffSchedule {
    compile(&Reform::default())
}

pub(crate) fn compile(reform: &Reform) -> TariffSchedule {
    TariffSchedule::compile(&law(), reform, Practice::default())
        .unwrap_or_else(|errors| panic!("{errors:#?}"))
}

pub(crate) fn economy(code: &str) -> EconomyCode {
    code.parse().unwrap()
}

pub(crate) fn product(code: &str) -> SectorCode {
    code.parse().unwrap()
}

pub(crate) fn day(text: &str) -> Date {
    parse_date(text).unwrap()
}
