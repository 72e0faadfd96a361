//! Command line of Tradewinds.

fn main() {}
