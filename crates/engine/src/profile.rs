//! Where the time of a tick goes, by system.
//!
//! The profile runs every system of the tick by itself, in the order of the
//! schedule, and adds up wall time. It changes no result.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bevy_ecs::error::{BevyError, ErrorContext};
use bevy_ecs::schedule::{FixedBitSet, SingleThreadedExecutor, SystemExecutor, SystemSchedule};
use bevy_ecs::world::World;

/// Time spent in each system since the start, in the order of the schedule.
#[derive(Debug, Clone, Default)]
pub struct Profile(Arc<Mutex<Vec<Duration>>>);

impl Profile {
    /// Time by system.
    pub fn times(&self) -> Vec<Duration> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Sets the number of systems, once the schedule is known.
    pub(crate) fn expect(&self, systems: usize) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = vec![Duration::ZERO; systems];
    }
}

/// Runs systems one by one and takes the time of each.
pub(crate) struct ProfilingExecutor {
    pub(crate) profile: Profile,
    pub(crate) inner: SingleThreadedExecutor,
}

impl SystemExecutor for ProfilingExecutor {
    fn init(&mut self, schedule: &SystemSchedule) {
        self.inner.init(schedule);
    }

    fn run(
        &mut self,
        schedule: &mut SystemSchedule,
        world: &mut World,
        _: Option<&FixedBitSet>,
        error_handler: fn(BevyError, ErrorContext),
    ) {
        let mut times = self.profile.times();
        let mut others = FixedBitSet::with_capacity(times.len());
        others.insert_range(..);
        for (system, time) in times.iter_mut().enumerate() {
            others.set(system, false);
            let start = Instant::now();
            self.inner
                .run(schedule, world, Some(&others), error_handler);
            *time += start.elapsed();
            others.insert(system);
        }
        *self
            .profile
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = times;
    }

    fn set_apply_final_deferred(&mut self, value: bool) {
        self.inner.set_apply_final_deferred(value);
    }
}
