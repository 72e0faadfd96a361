//! Goods on their way: loaded in one tick, at the border some ticks later.
//!
//! A transit time that is no whole number of ticks splits each shipment between
//! the two ticks around it, so that halving the tick halves the error.

use bytemuck::{cast_slice, cast_slice_mut};

/// Goods of one link, or a part of them.
#[derive(bytemuck::Zeroable, bytemuck::Pod, Debug, Clone, Copy, Default, PartialEq)]
#[repr(C)]
pub struct Cargo {
    /// Units; one cost USD 1 bn landed and duty paid in the base year.
    pub units: f64,
    /// Value at the factory gate, USD bn.
    pub gate: f64,
    /// Export tax paid on it, USD bn.
    pub export_tax: f64,
}

impl Cargo {
    /// What was paid for it before customs, USD bn.
    pub fn border(self) -> f64 {
        self.gate + self.export_tax
    }

    /// A part of it, or a multiple.
    pub fn times(self, factor: f64) -> Self {
        Self {
            units: factor * self.units,
            gate: factor * self.gate,
            export_tax: factor * self.export_tax,
        }
    }

    /// What is left without a part of it.
    pub fn less(self, part: Self) -> Self {
        Self {
            units: self.units - part.units,
            gate: self.gate - part.gate,
            export_tax: self.export_tax - part.export_tax,
        }
    }

    fn add(&mut self, part: f64, other: Self) {
        self.units += part * other.units;
        self.gate += part * other.gate;
        self.export_tax += part * other.export_tax;
    }
}

/// Goods at sea and on land, by link, as a ring of arrival ticks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Transit {
    links: usize,
    slots: usize,
    /// Whole ticks under way and the part of a shipment that takes one more, by link.
    delay: Vec<(usize, f64)>,
    /// Entry `slot * links + link`; the slot of this tick is `head`.
    cargo: Vec<Cargo>,
    head: usize,
    /// Sums over the slots, by link; empty since the cargo last changed.
    counted: Vec<Cargo>,
}

impl Transit {
    /// Steady flows under way: `yearly` cargo a year by link, with the years
    /// each link takes.
    pub fn steady(yearly: &[Cargo], years: &[f64], dt: f64) -> Self {
        let delay: Vec<(usize, f64)> = years
            .iter()
            .map(|years| {
                let ticks = years / dt;
                (ticks.floor() as usize, ticks - ticks.floor())
            })
            .collect();
        let slots = delay.iter().map(|(whole, _)| whole + 2).max().unwrap_or(0);
        let links = yearly.len();
        let mut cargo = vec![Cargo::default(); slots * links];
        for (link, (whole, part)) in delay.iter().enumerate() {
            for slot in 0..*whole {
                cargo[slot * links + link].add(dt, yearly[link]);
            }
            if *part > 0.0 {
                cargo[whole * links + link].add(dt * part, yearly[link]);
            }
        }
        Self {
            links,
            slots,
            delay,
            cargo,
            head: 0,
            counted: Vec::new(),
        }
    }

    /// Loads a shipment that leaves evenly over the tick.
    #[inline]
    pub fn load(&mut self, link: usize, shipment: Cargo) {
        self.load_uneven(link, shipment, self.before_split(link));
    }

    /// Share of a tick in which what leaves arrives with the earlier of the two ticks
    /// around its transit time.
    #[inline]
    pub fn before_split(&self, link: usize) -> f64 {
        1.0 - self.delay[link].1
    }

    /// Loads a shipment of which a share left in time for the earlier tick.
    #[inline]
    pub fn load_uneven(&mut self, link: usize, shipment: Cargo, share: f64) {
        self.counted.clear();
        let (whole, part) = self.delay[link];
        let first = self.slot(whole) * self.links + link;
        if part > 0.0 {
            let second = self.slot(whole + 1) * self.links + link;
            self.cargo[first].add(share, shipment);
            self.cargo[second].add(1.0 - share, shipment);
        } else {
            self.cargo[first].add(1.0, shipment);
        }
    }

    /// What reaches the border in this tick, by link.
    pub fn arriving(&self) -> &[Cargo] {
        &self.cargo[self.head * self.links..(self.head + 1) * self.links]
    }

    /// Clears what arrived and moves on by a tick.
    pub fn advance(&mut self) {
        self.counted.clear();
        let slot = self.head * self.links..(self.head + 1) * self.links;
        self.cargo[slot].fill(Cargo::default());
        self.head = self.slot(1);
    }

    /// Adds up what is under way, by link.
    pub fn total(&self, into: &mut Vec<Cargo>) {
        into.clear();
        into.resize(self.links, Cargo::default());
        let sums: &mut [f64] = cast_slice_mut(into);
        for slot in self.cargo.chunks_exact(self.links.max(1)) {
            for (sum, part) in sums.iter_mut().zip(cast_slice::<Cargo, f64>(slot)) {
                *sum += part;
            }
        }
    }

    /// Counts what is under way, for [`Transit::under_way`] until it changes.
    pub fn count(&mut self) -> &[Cargo] {
        let mut counted = std::mem::take(&mut self.counted);
        self.total(&mut counted);
        self.counted = counted;
        &self.counted
    }

    /// What is under way, by link: as counted since the last change, else added up
    /// in the scratch space given.
    pub fn under_way<'a>(&'a self, scratch: &'a mut Vec<Cargo>) -> &'a [Cargo] {
        if self.counted.len() == self.links {
            return &self.counted;
        }
        self.total(scratch);
        scratch
    }

    /// Slot of the tick that many ticks ahead, at most as many as there are slots.
    #[inline]
    fn slot(&self, ahead: usize) -> usize {
        let slot = self.head + ahead;
        if slot < self.slots {
            slot
        } else {
            slot - self.slots
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cargo(units: f64) -> Cargo {
        Cargo {
            units,
            gate: 0.9 * units,
            export_tax: 0.0,
        }
    }

    #[test]
    fn a_shipment_arrives_after_its_transit_time_on_average() {
        let dt = 7.0 / 365.25;
        for years in [0.0, 0.01, 0.05, 0.1] {
            let mut transit = Transit::steady(&[cargo(0.0)], &[years], dt);
            transit.load(0, cargo(1.0));
            let (mut arrived, mut time) = (0.0, 0.0);
            for tick in 0..20 {
                let units = transit.arriving()[0].units;
                arrived += units;
                time += units * f64::from(tick) * dt;
                transit.advance();
            }
            assert!((arrived - 1.0).abs() < 1e-14, "{years}: {arrived}");
            assert!((time - years).abs() < 1e-14, "{years}: {time}");
        }
    }

    #[test]
    fn a_steady_flow_stays_steady() {
        let dt = 1.0 / 52.0;
        let yearly = [cargo(3.0), cargo(5.0)];
        let mut transit = Transit::steady(&yearly, &[0.1, 0.01], dt);
        let mut under_way = Vec::new();
        for _ in 0..30 {
            transit.total(&mut under_way);
            assert!((under_way[0].units - 0.3).abs() < 1e-14, "{under_way:?}");
            assert!((under_way[1].units - 0.05).abs() < 1e-14, "{under_way:?}");
            for (link, yearly) in yearly.iter().enumerate() {
                transit.load(
                    link,
                    Cargo {
                        units: yearly.units * dt,
                        gate: yearly.gate * dt,
                        export_tax: 0.0,
                    },
                );
                assert!((transit.arriving()[link].units - yearly.units * dt).abs() < 1e-14);
            }
            transit.advance();
        }
    }
}
