//! The read-only tree of inputs: `configs/` and `experiments/`.
//!
//! It is embedded in the binary, so that a run needs no files, or read from a
//! folder on disk. A user's folder can lie over it: a file there goes before
//! the embedded one with the same path. Paths run from the root, with `/`
//! between parts, and never leave it. Everything handed out is remembered with
//! its hash, so that a run can name its inputs.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use include_dir::{Dir, include_dir};
use tradewinds_config::{Diagnostics, Source};
use tradewinds_policy::LawBook;
use tradewinds_world::{FileSet, World, WorldError};

static CONFIGS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../configs");
static EXPERIMENTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../experiments");

/// Folder of the law on the books.
pub const LAW: &str = "configs/policy";
/// Folder of the worlds, one folder each.
pub const WORLDS: &str = "configs/worlds";
/// Folder of the experiments, one folder each.
pub const EXPERIMENT_FOLDER: &str = "experiments";
/// The file of an experiment within its folder.
pub const EXPERIMENT_FILE: &str = "experiment.toml";

/// Why an input cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// A file that cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Read {
        /// Path as asked for.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A name that stands for nothing.
    #[error("there is no {kind} `{name}`; there are: {known}")]
    Unknown {
        /// What it was taken for.
        kind: &'static str,
        /// The name.
        name: String,
        /// Names that exist.
        known: String,
    },
    /// A file that some experiments have, beside one that has none.
    #[error("there is no `{path}`\n  help: name an experiment with a {file}: {known}")]
    Absent {
        /// Path as asked for.
        path: String,
        /// Name of the file.
        file: String,
        /// Experiments that have one.
        known: String,
    },
    /// A world whose files do not fit together.
    #[error("the world `{name}`: {source}")]
    World {
        /// Name of the world.
        name: String,
        /// Why.
        source: Box<WorldError>,
    },
    /// Files of law with mistakes.
    #[error(transparent)]
    Config(#[from] Diagnostics),
}

impl LibraryError {
    /// Exit code of a program that stops with this error.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) | Self::Unknown { .. } | Self::Absent { .. } => 2,
            Self::World { .. } => 3,
            Self::Read { .. } => 6,
        }
    }
}

/// One file that was handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Path from the root.
    pub path: String,
    /// BLAKE3 of its bytes, in hexadecimal.
    pub hash: String,
}

#[derive(Debug, Clone)]
enum Layer {
    Embedded,
    /// A folder, its path without links.
    Disk(PathBuf),
}

/// A tree of inputs. Clones share the record of what was read.
#[derive(Debug, Clone)]
pub struct Library {
    /// The first layer that holds a path answers.
    layers: Vec<Layer>,
    read: Arc<Mutex<BTreeMap<String, String>>>,
}

impl Library {
    /// The tree the binary was built with.
    pub fn embedded() -> Self {
        Self::of(vec![Layer::Embedded])
    }

    /// The tree in the folder `root`, which holds `configs` and `experiments`.
    ///
    /// # Errors
    /// When `root` is no readable folder.
    pub fn at(root: &Path) -> Result<Self, LibraryError> {
        Ok(Self::of(vec![Layer::Disk(folder(root)?)]))
    }

    fn of(layers: Vec<Layer>) -> Self {
        Self {
            layers,
            read: Arc::default(),
        }
    }

    /// The same tree below the folder `root`, with a record of its own.
    ///
    /// # Errors
    /// As [`Library::at`].
    pub fn under(&self, root: &Path) -> Result<Self, LibraryError> {
        let top = Layer::Disk(folder(root)?);
        Ok(Self::of(
            [top].into_iter().chain(self.layers.clone()).collect(),
        ))
    }

    /// The same tree with a record of its own.
    #[must_use]
    pub fn fresh(&self) -> Self {
        Self::of(self.layers.clone())
    }

    /// Bytes of a file.
    ///
    /// # Errors
    /// When no layer holds it, or its path or a link leaves the root.
    pub fn bytes(&self, path: &str) -> io::Result<Vec<u8>> {
        let mut missing = io::Error::new(io::ErrorKind::NotFound, "no such file");
        for layer in &self.layers {
            match layer.bytes(path) {
                Ok(bytes) => {
                    let hash = blake3::hash(&bytes).to_hex().to_string();
                    let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
                    read.insert(path.to_owned(), hash);
                    return Ok(bytes);
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => missing = error,
                Err(error) => return Err(error),
            }
        }
        Err(missing)
    }

    /// Text of a file.
    ///
    /// # Errors
    /// As [`Library::bytes`], and when it is not UTF-8.
    pub fn text(&self, path: &str) -> Result<String, LibraryError> {
        let fault = |source| LibraryError::Read {
            path: path.to_owned(),
            source,
        };
        String::from_utf8(self.bytes(path).map_err(fault)?)
            .map_err(|error| fault(io::Error::new(io::ErrorKind::InvalidData, error)))
    }

    /// A file as a source of diagnostics, named by its path.
    ///
    /// # Errors
    /// As [`Library::text`].
    pub fn source(&self, path: &str) -> Result<Source, LibraryError> {
        let bytes = self.bytes(path).map_err(|source| LibraryError::Read {
            path: path.to_owned(),
            source,
        })?;
        Ok(Source::from_bytes(path, &bytes)?)
    }

    /// Whether some layer holds the file.
    pub fn holds(&self, path: &str) -> bool {
        self.layers.iter().any(|layer| layer.bytes(path).is_ok())
    }

    /// Paths of the files below a folder, at any depth, sorted.
    pub fn files(&self, folder: &str) -> Vec<String> {
        let found: BTreeSet<String> = self
            .layers
            .iter()
            .flat_map(|layer| layer.files(folder))
            .collect();
        found.into_iter().collect()
    }

    /// Names of the folders directly inside a folder, sorted.
    pub fn folders(&self, folder: &str) -> Vec<String> {
        let start = format!("{folder}/");
        let files = self.files(folder);
        let inside = files.iter().filter_map(|path| path.strip_prefix(&start));
        let names: BTreeSet<&str> = inside
            .filter_map(|path| path.split_once('/'))
            .map(|(name, _)| name)
            .collect();
        names.into_iter().map(str::to_owned).collect()
    }

    /// Names of the experiments.
    pub fn experiments(&self) -> Vec<String> {
        let mut names = self.folders(EXPERIMENT_FOLDER);
        names.retain(|name| self.holds(&experiment_path(name)));
        names
    }

    /// Names of the worlds.
    pub fn worlds(&self) -> Vec<String> {
        self.folders(WORLDS)
    }

    /// The files of a world, without those it was built from.
    ///
    /// # Errors
    /// When there is no such world, or a file cannot be read.
    pub fn world_files(&self, name: &str) -> Result<FileSet, LibraryError> {
        if !self.worlds().iter().any(|known| known == name) {
            return Err(LibraryError::Unknown {
                kind: "world",
                name: name.to_owned(),
                known: self.worlds().join(", "),
            });
        }
        let start = format!("{WORLDS}/{name}/");
        let mut files = FileSet::new();
        for path in self.files(&format!("{WORLDS}/{name}")) {
            let inside = path.strip_prefix(&start).unwrap_or(&path).to_owned();
            if !inside.contains('/') && inside.ends_with(".csv") {
                files.insert(inside, self.text(&path)?);
            }
        }
        Ok(files)
    }

    /// A world by its name.
    ///
    /// # Errors
    /// When there is no such world, or its files do not fit together.
    pub fn world(&self, name: &str) -> Result<World, LibraryError> {
        World::load(&self.world_files(name)?).map_err(|error| LibraryError::World {
            name: name.to_owned(),
            source: Box::new(error),
        })
    }

    /// The law on the books.
    ///
    /// # Errors
    /// Every mistake in its files, in one pass.
    pub fn law(&self) -> Result<LawBook, LibraryError> {
        let mut sources = Vec::new();
        for path in self.files(LAW) {
            if path.ends_with(".toml") || path.ends_with(".csv") {
                sources.push(self.source(&path)?);
            }
        }
        Ok(LawBook::load(&sources)?)
    }

    /// Files handed out so far, with their hashes, sorted by path.
    pub fn inputs(&self) -> Vec<Input> {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let input = |(path, hash): (&String, &String)| Input {
            path: path.clone(),
            hash: hash.clone(),
        };
        read.iter().map(input).collect()
    }

    /// BLAKE3 over paths and hashes of [`Library::inputs`], in hexadecimal.
    pub fn digest(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        for input in self.inputs() {
            hasher.update(format!("{}\0{}\n", input.path, input.hash).as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }
}

/// Path of the file of the experiment `name`.
pub fn experiment_path(name: &str) -> String {
    format!("{EXPERIMENT_FOLDER}/{name}/{EXPERIMENT_FILE}")
}

/// Path from the root of `target`, written in the file `from`; none when it
/// is absolute, leaves the root or is no path.
pub fn resolve(from: &str, target: &str) -> Option<String> {
    let absolute = target.starts_with(['/', '~']) || target.contains([':', '\\']);
    if absolute || target.trim().is_empty() || target.chars().any(char::is_control) {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The project of a file: the nearest folder around it that holds `configs` or
/// `experiments`, the file's own folder when there is none.
pub fn project_of(file: &Path) -> &Path {
    let folder = file.parent().unwrap_or(file);
    let is_root = |path: &&Path| path.join("configs").is_dir() || path.join("experiments").is_dir();
    folder.ancestors().find(is_root).unwrap_or(folder)
}

fn folder(root: &Path) -> Result<PathBuf, LibraryError> {
    let fault = |source| LibraryError::Read {
        path: root.display().to_string(),
        source,
    };
    let path = root.canonicalize().map_err(fault)?;
    if !path.is_dir() {
        return Err(fault(io::ErrorKind::NotADirectory.into()));
    }
    Ok(path)
}

impl Layer {
    fn bytes(&self, path: &str) -> io::Result<Vec<u8>> {
        if resolve("", path).as_deref() != Some(path) {
            let reason = "the path leaves the project root";
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, reason));
        }
        match self {
            Self::Embedded => {
                let found = embedded().find_map(|folder| folder_file(folder, path));
                found
                    .map(<[u8]>::to_vec)
                    .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such file"))
            }
            Self::Disk(root) => {
                let real = root.join(path).canonicalize()?;
                if !real.starts_with(root) {
                    let reason = "a link leaves the project root";
                    return Err(io::Error::new(io::ErrorKind::PermissionDenied, reason));
                }
                std::fs::read(real)
            }
        }
    }

    fn files(&self, folder: &str) -> Vec<String> {
        let mut found = Vec::new();
        match self {
            Self::Embedded => {
                for (name, dir) in embedded() {
                    list_embedded(dir, name, &mut found);
                }
                let start = format!("{folder}/");
                found.retain(|path| path.starts_with(&start));
            }
            Self::Disk(root) if resolve("", folder).as_deref() == Some(folder) => {
                list_disk(&root.join(folder), folder, &mut found);
            }
            Self::Disk(_) => {}
        }
        found
    }
}

fn embedded() -> impl Iterator<Item = (&'static str, &'static Dir<'static>)> {
    [("configs", &CONFIGS), ("experiments", &EXPERIMENTS)].into_iter()
}

fn folder_file(
    (name, dir): (&'static str, &'static Dir<'static>),
    path: &str,
) -> Option<&'static [u8]> {
    let inside = path.strip_prefix(name)?.strip_prefix('/')?;
    dir.get_file(inside).map(include_dir::File::contents)
}

fn list_embedded(dir: &Dir<'_>, prefix: &str, found: &mut Vec<String>) {
    for file in dir.files() {
        if let Some(path) = file.path().to_str() {
            found.push(format!("{prefix}/{}", path.replace('\\', "/")));
        }
    }
    for inside in dir.dirs() {
        list_embedded(inside, prefix, found);
    }
}

/// Files below a folder on disk; links to folders are not followed, so that a
/// circle of links ends.
fn list_disk(folder: &Path, prefix: &str, found: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let (Some(name), Ok(kind)) = (name.to_str(), entry.file_type()) else {
            continue;
        };
        let path = format!("{prefix}/{name}");
        if kind.is_dir() {
            list_disk(&entry.path(), &path, found);
        } else {
            found.push(path);
        }
    }
}

#[cfg(test)]
mod tests;
