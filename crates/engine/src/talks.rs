//! Trade talks: what one large importer and its partners bargain over.
//!
//! [`payoff`] says what a package of rates is worth to both sides; [`levers`] are the
//! duties that a deal, a letter or an answer moves.

pub mod levers;
pub mod payoff;
