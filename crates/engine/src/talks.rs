//! Trade talks: what one large importer and its partners bargain over.
//!
//! [`payoff`] says what a package of rates is worth to both sides.

pub mod payoff;
