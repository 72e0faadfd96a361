//! Talks between governments: decision rules without agents, files or random numbers.
//!
//! One government, the principal, sets duties and negotiates with many partners.
//! Every rule takes parameters, states and draws and returns a value; who asks it, and
//! when, is the business of the caller. Draws are uniform on \[0, 1) or standard
//! normal. Payoffs are in USD bn a year and rates in shares of customs value unless
//! an item says otherwise.
//!
//! | Question | Modules |
//! | --- | --- |
//! | What is announced, and what would be best? | [`preset`], [`tariff_game`] |
//! | What do two sides agree on? | [`bargaining`], [`disagreement`], [`issue`], [`package`] |
//! | Who comes first, and on which terms? | [`order`], [`divide`], [`peers`], [`nash_in_nash`] |
//! | Do partners act together? | [`coalition`], [`dilemma`] |
//! | When is a deal made? | [`hazard`], [`attrition`], [`optimism`], [`capacity`] |
//! | What does home allow? | [`red_line`], [`ratification`] |
//! | What happens instead of a deal? | [`back_down`], [`retaliation`] |
//! | What is believed and learned? | [`belief`], [`attraction`], [`offer`] |
//! | What comes after? | [`implementation`], [`alignment`] |
//! | How do draws become choices and times? | [`choice`], [`distribution`] |

pub mod alignment;
pub mod attraction;
pub mod attrition;
pub mod back_down;
pub mod bargaining;
pub mod belief;
pub mod capacity;
pub mod choice;
pub mod coalition;
pub mod dilemma;
pub mod disagreement;
pub mod distribution;
pub mod divide;
pub mod hazard;
pub mod implementation;
pub mod issue;
pub mod nash_in_nash;
pub mod offer;
pub mod optimism;
pub mod order;
pub mod package;
pub mod peers;
pub mod preset;
pub mod ratification;
pub mod red_line;
pub mod retaliation;
pub mod tariff_game;
