//! Rebuilds the files of a world from its facts: `build_world WORLDS_FOLDER NAME`.
//!
//! Writes beside `NAME/sources` and prints the report.

use std::error::Error;
use std::path::Path;

use tradewinds_world::{FileSet, Sources, World, build};

fn read(folder: &Path) -> Result<FileSet, Box<dyn Error>> {
    let mut files = FileSet::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            files.insert(name, std::fs::read_to_string(&path)?);
        }
    }
    Ok(files)
}

fn sources(worlds: &Path, name: &str) -> Result<Sources, Box<dyn Error>> {
    let own = Sources::new(read(&worlds.join(name).join("sources"))?);
    Ok(match own.extends()? {
        Some(parent) => own.on_top_of(sources(worlds, &parent)?),
        None => own,
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [worlds, name] = arguments.as_slice() else {
        return Err("expected two arguments: the folder of worlds and the name of one".into());
    };
    let worlds = Path::new(worlds);
    let built = build(&sources(worlds, name)?)?;
    for (file, text) in &built.files {
        std::fs::write(worlds.join(name).join(file), text)?;
    }
    World::load(&built.files)?;
    use std::io::Write as _;
    writeln!(std::io::stdout(), "{}", built.report)?;
    Ok(())
}
