//! The one description of a configuration's fields. Checker, JSON Schema and
//! reference text all read it.

/// What a value may be.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A finite number from `low` to `high`; infinite bounds mean none. Whole
    /// numbers are numbers too; `-0.0` reads as `0.0`.
    Float {
        /// Lowest value.
        low: f64,
        /// Highest value.
        high: f64,
    },
    /// A choice by number: a whole number from 0 to `last`, read as a number.
    Code {
        /// Highest code.
        last: u32,
    },
    /// A whole number from `low` to `high` that counts in a formula, read as a number.
    Whole {
        /// Lowest value.
        low: u32,
        /// Highest value.
        high: u32,
    },
    /// An ad valorem rate as a fraction, -0.95 to 100. Above
    /// [`EXTREME_RATE`] the same table must say `allow_extreme = true`.
    Rate,
    /// A share of a whole, 0 to 1.
    Share,
    /// A whole number from `low` to `high`.
    Integer {
        /// Lowest value.
        low: i64,
        /// Highest value.
        high: i64,
    },
    /// Any text without U+0000.
    Text,
    /// A date, unquoted, as 2001-02-03.
    Date,
    /// `true` or `false`.
    Flag,
    /// An economy, ISO 3166-1 alpha-3, or `EUU`, `ROW`.
    Economy,
    /// A sector code, as `autos_vehicles`.
    Sector,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A list of values of one kind.
    List(&'static Kind),
    /// One value, or a list of at least one; always read as a list.
    OneOrMany(&'static Kind),
    /// A table.
    Table(&'static TableSpec),
    /// A list of tables, `[[x]]`.
    Tables(&'static TableSpec),
    /// A table with free keys and values of one kind, such as sector → value.
    Map(&'static Kind),
    /// A table with one value per economy.
    ByEconomy(&'static Kind),
    /// A table with one value per sector.
    BySector(&'static Kind),
    /// A table with free keys and a table at each.
    MapOfTables(&'static TableSpec),
    /// A table whose text under `tag` is the name of the specification it obeys.
    Variants {
        /// The key that tells which.
        tag: &'static str,
        /// The specifications, told apart by [`TableSpec::name`].
        tables: &'static [TableSpec],
    },
    /// The first of these kinds that accepts what is written. When none does,
    /// the one of the same TOML form (text, number, list, table) with the fewest
    /// errors is reported.
    Either(&'static [Kind]),
    /// Anything, kept as it is.
    Any,
}

/// Rates above this (150 %) need `allow_extreme = true` beside them: most are
/// percentages written as such.
pub const EXTREME_RATE: f64 = 1.5;
/// The key that allows rates above [`EXTREME_RATE`]; declare [`ALLOW_EXTREME`]
/// in tables that may hold such rates.
pub const ALLOW_EXTREME_KEY: &str = "allow_extreme";
/// The field behind [`ALLOW_EXTREME_KEY`].
pub const ALLOW_EXTREME: FieldSpec = FieldSpec::optional(
    ALLOW_EXTREME_KEY,
    Kind::Flag,
    "Accept rates above 1.5 (150 %) in this table.",
)
.default("false");
/// The key that names the parent file.
pub const EXTENDS_KEY: &str = "extends";
/// The field behind [`EXTENDS_KEY`], for files that may have a parent.
pub const EXTENDS: FieldSpec = FieldSpec::optional(
    EXTENDS_KEY,
    Kind::Text,
    "File to start from, relative to this one. Its tables are merged key by key, \
     a key written here wins, and lists are replaced as a whole.",
);

/// Any finite number.
pub const NUMBER: Kind = Kind::Float {
    low: f64::NEG_INFINITY,
    high: f64::INFINITY,
};
/// A finite number of at least 0.
pub const NON_NEGATIVE: Kind = Kind::Float {
    low: 0.0,
    high: f64::INFINITY,
};
/// A whole number of at least 0.
pub const COUNT: Kind = Kind::Integer {
    low: 0,
    high: i64::MAX,
};

/// One key of a table.
#[derive(Debug, Clone, Copy)]
pub struct FieldSpec {
    /// The key, as in files and in code.
    pub key: &'static str,
    /// What it means, one or two sentences.
    pub doc: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// Whether it must be written.
    pub required: bool,
    /// Unit of measure; empty when it has none.
    pub unit: &'static str,
    /// Value in TOML that holds when the key is absent; empty when there is none.
    pub default: &'static str,
    /// In words, what holds when the key is absent and there is no default.
    pub when_absent: &'static str,
    /// A value in TOML for messages and the reference; empty for a generic one.
    pub example: &'static str,
    /// Words people write instead; they are suggested, never accepted.
    pub synonyms: &'static [&'static str],
    /// Former names of the key; an error names the present one.
    pub renamed_from: &'static [&'static str],
}

impl FieldSpec {
    /// A key that must be written.
    pub const fn required(key: &'static str, kind: Kind, doc: &'static str) -> Self {
        Self {
            required: true,
            ..Self::optional(key, kind, doc)
        }
    }

    /// A key that may be left out.
    pub const fn optional(key: &'static str, kind: Kind, doc: &'static str) -> Self {
        Self {
            key,
            doc,
            kind,
            required: false,
            unit: "",
            default: "",
            when_absent: "",
            example: "",
            synonyms: &[],
            renamed_from: &[],
        }
    }

    /// Sets the unit of measure.
    #[must_use]
    pub const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    /// Sets the value, in TOML, of an absent key. The checked table holds it.
    #[must_use]
    pub const fn default(mut self, toml: &'static str) -> Self {
        self.default = toml;
        self
    }

    /// Says in words what an absent key means.
    #[must_use]
    pub const fn when_absent(mut self, words: &'static str) -> Self {
        self.when_absent = words;
        self
    }

    /// Sets the example value, in TOML.
    #[must_use]
    pub const fn example(mut self, toml: &'static str) -> Self {
        self.example = toml;
        self
    }

    /// Sets words people write instead of the key.
    #[must_use]
    pub const fn synonyms(mut self, words: &'static [&'static str]) -> Self {
        self.synonyms = words;
        self
    }

    /// Sets former names of the key.
    #[must_use]
    pub const fn renamed_from(mut self, keys: &'static [&'static str]) -> Self {
        self.renamed_from = keys;
        self
    }
}

/// A key that is gone without a successor of the same meaning.
#[derive(Debug, Clone, Copy)]
pub struct Tombstone {
    /// The key that was.
    pub key: &'static str,
    /// What to do instead.
    pub advice: &'static str,
}

/// The keys of a table.
#[derive(Debug, Clone, Copy)]
pub struct TableSpec {
    /// Name in the schema, the reference and messages; for [`Kind::Variants`]
    /// also the word under the tag. Unique within one configuration.
    pub name: &'static str,
    /// What the table describes.
    pub doc: &'static str,
    /// Its keys, in the order of the reference.
    pub fields: &'static [FieldSpec],
    /// Keys that are gone.
    pub removed: &'static [Tombstone],
}

impl TableSpec {
    /// A table of `fields`.
    pub const fn new(name: &'static str, doc: &'static str, fields: &'static [FieldSpec]) -> Self {
        Self {
            name,
            doc,
            fields,
            removed: &[],
        }
    }

    /// Sets the keys that are gone.
    #[must_use]
    pub const fn removed(mut self, keys: &'static [Tombstone]) -> Self {
        self.removed = keys;
        self
    }

    /// The field called `key`.
    pub fn field(&self, key: &str) -> Option<&'static FieldSpec> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// Whether both describe the same table. Addresses do not tell: a `const`
    /// has another at each use.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let keys = |spec: &Self| spec.fields.iter().map(|field| (field.key, field.doc));
        std::ptr::eq(self, other)
            || (self.name == other.name
                && self.doc == other.doc
                && self.fields.len() == other.fields.len()
                && keys(self).zip(keys(other)).all(|(own, its)| own == its))
    }
}

impl Kind {
    /// The kinds and tables directly inside.
    pub(crate) fn inner(&self) -> Vec<Inner> {
        match *self {
            Self::List(kind)
            | Self::OneOrMany(kind)
            | Self::Map(kind)
            | Self::ByEconomy(kind)
            | Self::BySector(kind) => vec![Inner::Kind(kind)],
            Self::Table(spec) | Self::Tables(spec) | Self::MapOfTables(spec) => {
                vec![Inner::Table(spec)]
            }
            Self::Variants { tables, .. } => tables.iter().map(Inner::Table).collect(),
            Self::Either(kinds) => kinds.iter().map(Inner::Kind).collect(),
            _ => Vec::new(),
        }
    }

    /// Tables reached through this kind without passing another table.
    pub(crate) fn tables(&self) -> Vec<&'static TableSpec> {
        let inner = self.inner().into_iter();
        inner
            .flat_map(|inner| match inner {
                Inner::Table(spec) => vec![spec],
                Inner::Kind(kind) => kind.tables(),
            })
            .collect()
    }
}

/// A kind or a table inside a kind.
pub(crate) enum Inner {
    Kind(&'static Kind),
    Table(&'static TableSpec),
}

/// Every table reached from `root`, each once, `root` first.
pub(crate) fn all_tables(root: &'static TableSpec) -> Vec<&'static TableSpec> {
    let mut seen: Vec<&'static TableSpec> = vec![root];
    let mut next = 0;
    while let Some(spec) = seen.get(next).copied() {
        let found = spec.fields.iter().flat_map(|field| field.kind.tables());
        for table in found {
            if seen.iter().all(|known| !known.is_same(table)) {
                seen.push(table);
            }
        }
        next += 1;
    }
    seen
}
