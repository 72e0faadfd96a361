//! What the law says of every flow of a world, before it is applied at the border.
//!
//! Most of the work of asking a law does not depend on what an ensemble draws
//! (uptake of preferences, claims, days at sea): it is done once for a plan.

use std::collections::BTreeMap;

use tradewinds_policy::{Standing, TariffSchedule};
use tradewinds_units::Date;
use tradewinds_world::World;

use crate::rates::{FlowMix, Span};

/// A law after a reform, and the books before it, over the flows of a world.
#[derive(Debug, Clone)]
pub struct StandingLaw {
    /// Flows that are traded, `[n][i][s]`.
    pub(crate) flows: Vec<usize>,
    /// The books on the day of the base year.
    pub(crate) books: FlowLaw,
    /// The law on that day, on the first day simulated and on every later day on which
    /// it changes.
    pub(crate) reformed: FlowLaw,
}

impl StandingLaw {
    /// Asks both about every flow of the world.
    pub fn of(
        world: &World,
        mix: &FlowMix,
        (books, schedule): (&TariffSchedule, &TariffSchedule),
        span: Span,
    ) -> Self {
        let all = 0..world.fob.len();
        let flows: Vec<usize> = all.filter(|flow| !mix.of_flow(*flow).is_empty()).collect();
        let mut law = Self {
            flows,
            books: FlowLaw::default(),
            reformed: FlowLaw::default(),
        };
        for (n, code) in world.economies.iter().enumerate() {
            let own = world.flow(n, 0, 0)..world.flow(n + 1, 0, 0);
            let own: Vec<usize> = (law.flows.iter().copied())
                .filter(|flow| own.contains(flow))
                .collect();
            law.books.ask(world, mix, books, (n, &own, span.base));
            law.reformed.ask(world, mix, schedule, (n, &own, span.base));
            law.reformed
                .ask(world, mix, schedule, (n, &own, span.start));
            for date in schedule.changes(Some(*code), span.base, span.end) {
                if date > span.start {
                    law.reformed.ask(world, mix, schedule, (n, &own, date));
                }
            }
        }
        law
    }
}

/// What one law says of flows by day.
#[derive(Debug, Clone, Default)]
pub(crate) struct FlowLaw {
    /// A flow with the standings of its subsectors, in the order of the mix; again where
    /// they change.
    pub(crate) standings: Vec<(usize, Vec<Standing>)>,
    /// Places in `standings` of the flows of an importer on a day.
    by_day: BTreeMap<(Date, usize), Vec<u32>>,
}

impl FlowLaw {
    /// Places of the flows of an importer on a day that was asked about.
    pub(crate) fn on(&self, importer: usize, day: Date) -> Option<&[u32]> {
        self.by_day.get(&(day, importer)).map(Vec::as_slice)
    }

    /// Places of the flows of all importers on a day that was asked about.
    pub(crate) fn all_on(&self, day: Date) -> Vec<usize> {
        let importers = self.by_day.range((day, 0)..=(day, usize::MAX));
        let places = importers.flat_map(|(_, places)| places);
        places.map(|at| *at as usize).collect()
    }

    /// Standings of the subsectors of a flow on a day.
    pub(crate) fn cells(
        world: &World,
        mix: &FlowMix,
        schedule: &TariffSchedule,
        flow: usize,
        day: Date,
    ) -> Vec<Standing> {
        let (sectors, economies) = (world.sector_count(), world.economy_count());
        let importer = world.economies[flow / (economies * sectors)];
        let origin = world.economies[flow / sectors % economies];
        let products = mix.of_flow(flow).iter();
        products
            .map(|(subsector, _)| {
                let product = &world.subsectors[*subsector].0;
                schedule.standing(importer, origin, product, day)
            })
            .collect()
    }

    /// Asks about the flows of an importer on a day not before the last one asked about.
    fn ask(
        &mut self,
        world: &World,
        mix: &FlowMix,
        schedule: &TariffSchedule,
        (importer, flows, day): (usize, &[usize], Date),
    ) {
        let days = self.by_day.iter().rev();
        let mut own = days.filter(|((_, asked), _)| *asked == importer);
        let before: Option<Vec<u32>> = own.next().map(|(_, places)| places.clone());
        let places = flows.iter().enumerate().map(|(at, flow)| {
            let cells = Self::cells(world, mix, schedule, *flow, day);
            let last = before.as_ref().map(|places| places[at]);
            match last.filter(|last| self.standings[*last as usize].1 == cells) {
                Some(last) => last,
                None => {
                    self.standings.push((*flow, cells));
                    self.standings.len() as u32 - 1
                }
            }
        });
        let places = places.collect();
        self.by_day.insert((day, importer), places);
    }
}
