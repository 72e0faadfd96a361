//! The frictionless equilibrium of a world under any law, solved directly.
