//! TOML files as spanned trees, checked against one description of their fields.
//!
//! A [`TableSpec`] says which keys a file may have, of which kind, range, unit and
//! default. The same description drives the checker ([`check`], [`Document`]),
//! the JSON Schema ([`schema()`]) and the reference ([`reference_markdown`]).
//! All errors come in one pass, each with file, line, column, key, what was
//! found, what is expected and what to write instead ([`Diagnostic`]).
//!
//! ```
//! use tradewinds_config::{FieldSpec, Kind, Source, TableSpec, check};
//!
//! static MEASURE: TableSpec = TableSpec::new(
//!     "measure",
//!     "An additional duty.",
//!     &[
//!         FieldSpec::required("rate", Kind::Rate, "Duty on top of the base duty.")
//!             .unit("share of customs value")
//!             .synonyms(&["tariff", "duty"]),
//!         FieldSpec::required("from", Kind::Date, "First day in force."),
//!         FieldSpec::optional("origins", Kind::OneOrMany(&Kind::Economy), "Where goods come from.")
//!             .when_absent("all origins"),
//!     ],
//! );
//!
//! let good = Source::new("duty.toml", "rate = 0.25\nfrom = 2001-02-03\norigins = \"EUU\"\n");
//! let table = check(&good, &MEASURE)?;
//! assert_eq!(table.required::<f64>("rate"), 0.25);
//! assert_eq!(table.date("from").map(|day| day.span.line()), Some(2));
//!
//! let bad = Source::new("duty.toml", "rate = 25\nform = 2001-02-03\n");
//! let errors = check(&bad, &MEASURE).unwrap_err().to_string();
//! assert!(errors.contains("25 means 2,500 %; did you mean 0.25?"));
//! assert!(errors.contains("duty.toml:2:1"));
//! assert!(errors.contains("did you mean `from`?"));
//! # Ok::<(), tradewinds_config::Diagnostics>(())
//! ```

mod chain;
mod check;
mod defaults;
mod diagnostic;
mod document;
mod keys;
mod lint;
mod overrides;
mod parse;
mod reference;
mod render;
mod scalar;
mod scan;
mod schema;
mod shapes;
mod slips;
mod source;
mod spec;
mod suggest;
mod syntax;
mod table;
mod tree;
mod value;
mod words;

pub use chain::{MAX_CHAIN, Reader};
pub use diagnostic::{Diagnostic, Diagnostics, Finding, MAX_SHOWN, Related, Severity};
pub use document::{Document, check};
pub use lint::spec_faults;
pub use overrides::Override;
pub use reference::reference_markdown;
pub use scan::MAX_DEPTH;
pub use schema::schema;
pub use source::{MAX_BYTES, Position, Source, Span, Spanned};
pub use spec::{
    ALLOW_EXTREME, ALLOW_EXTREME_KEY, COUNT, EXTENDS, EXTENDS_KEY, EXTREME_RATE, FieldSpec, Kind,
    NON_NEGATIVE, NUMBER, TableSpec, Tombstone,
};
pub use suggest::suggest;
pub use table::Table;
pub use value::{FromValue, MapEntry, Value};
