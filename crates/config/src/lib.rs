//! TOML files as spanned trees, checked against one description of their fields.
