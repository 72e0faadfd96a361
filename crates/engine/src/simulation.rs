//! A run: built from a model and a list of mechanisms, stepped tick by tick.

use bevy_app::{App, Plugins};
use bevy_ecs::prelude::*;
use bevy_ecs::schedule::{
    LogLevel, ScheduleBuildSettings, Schedules, SingleThreadedExecutor, SystemExecutor,
};
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::draws::Draws;
use tradewinds_kernel::phase::Phase;

use crate::Tick;
use crate::accounts::{Audit, Breach};
use crate::model::Model;
use crate::profile::{Profile, ProfilingExecutor};

/// Why a simulation could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Two systems of a phase touch the same data without a stated order, or
    /// the stated order has a cycle.
    #[error("the schedule of a tick is not well ordered: {0}")]
    Schedule(String),
    /// A cell that sells in the base year without a firm that could.
    #[error(
        "sector {sector} of economy {economy} has no firm but sales of USD {sales} bn; give it at least one in `Population::firms_by_cell`, or no sales"
    )]
    NoFirms {
        /// Economy `i`.
        economy: usize,
        /// Sector `s`.
        sector: usize,
        /// Sales of the base year at the factory gate, USD bn.
        sales: f64,
    },
}

/// Refuses cells whose sales nobody could make.
fn check_firms(model: &Model) -> Result<(), BuildError> {
    let economy = &model.economy;
    let sold = &economy.accounts().sales;
    for cell in 0..economy.markets() {
        let (i, s) = (cell / economy.sectors, cell % economy.sectors);
        let sales: f64 = (0..economy.economies)
            .map(|n| sold[economy.flow(n, i, s)])
            .sum();
        if model.population.firms_in(cell) == 0 && sales > 0.0 {
            return Err(BuildError::NoFirms {
                economy: i,
                sector: s,
                sales,
            });
        }
    }
    Ok(())
}

/// One economy with its schedule.
pub struct Simulation {
    world: World,
    schedule: Schedule,
}

impl Simulation {
    /// Builds an economy at rest in its base year from a model and mechanisms
    /// ([`crate::baseline`], with a user's own plugins).
    ///
    /// # Errors
    /// [`BuildError::Schedule`] when the order of systems is ambiguous,
    /// [`BuildError::NoFirms`] when sales of the base year have no seller.
    pub fn new<M>(model: Model, mechanisms: impl Plugins<M>) -> Result<Self, BuildError> {
        Self::with_executor(model, mechanisms, SingleThreadedExecutor::new())
    }

    /// The same, with the time of every system taken; the times are in the
    /// order of [`Simulation::systems`].
    ///
    /// # Errors
    /// As [`Simulation::new`].
    pub fn profiled<M>(
        model: Model,
        mechanisms: impl Plugins<M>,
    ) -> Result<(Self, Profile), BuildError> {
        let profile = Profile::default();
        let inner = SingleThreadedExecutor::new();
        let executor = ProfilingExecutor {
            profile: profile.clone(),
            inner,
        };
        let simulation = Self::with_executor(model, mechanisms, executor)?;
        profile.expect(simulation.schedule.systems_len());
        Ok((simulation, profile))
    }

    fn with_executor<M>(
        model: Model,
        mechanisms: impl Plugins<M>,
        executor: impl SystemExecutor + 'static,
    ) -> Result<Self, BuildError> {
        check_firms(&model)?;
        let mut app = App::empty();
        let mut executor = Some(executor);
        app.init_resource::<Schedules>();
        app.edit_schedule(Tick, |schedule| {
            if let Some(executor) = executor.take() {
                schedule.set_executor(executor);
            }
            schedule.set_build_settings(ScheduleBuildSettings {
                ambiguity_detection: LogLevel::Error,
                ..Default::default()
            });
            for pair in Phase::ALL.windows(2) {
                schedule.configure_sets(pair[0].before(pair[1]));
            }
        });
        app.insert_resource(Clock::new(model.start, model.tick))
            .insert_resource(Draws::new(model.seed, model.replication))
            .insert_resource(model);
        app.add_plugins(mechanisms);
        let mut world = std::mem::take(app.world_mut());
        let schedule = world.resource_mut::<Schedules>().remove(Tick);
        let mut schedule = schedule.unwrap_or_else(|| Schedule::new(Tick));
        schedule
            .initialize(&mut world)
            .map_err(|error| BuildError::Schedule(error.to_string(schedule.graph(), &world)))?;
        Ok(Self { world, schedule })
    }

    /// Runs one tick.
    ///
    /// # Errors
    /// The [`Breach`] when an account does not close; the run cannot go on.
    pub fn step(&mut self) -> Result<(), Breach> {
        self.schedule.run(&mut self.world);
        self.world.resource_mut::<Clock>().advance();
        match self
            .world
            .get_resource::<Audit>()
            .and_then(|audit| audit.breach)
        {
            Some(breach) => Err(breach),
            None => Ok(()),
        }
    }

    /// The agents and resources.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The agents and resources, to change.
    pub fn world_mut(&mut self) -> &mut World {
        &mut self.world
    }

    /// Every system of the tick in its phase, in the order in which they run.
    pub fn systems(&self) -> Vec<String> {
        let systems = self.schedule.systems();
        systems.map_or_else(
            |_| Vec::new(),
            |systems| {
                systems
                    .map(|(_, system)| system.name().to_string())
                    .collect()
            },
        )
    }
}
