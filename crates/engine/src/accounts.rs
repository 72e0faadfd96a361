//! Accounts: cash of every agent.

use bevy_ecs::prelude::*;

/// Money of an agent, USD bn.
#[derive(Component, Debug, Clone, Copy, PartialEq)]
pub struct Cash(pub f64);
