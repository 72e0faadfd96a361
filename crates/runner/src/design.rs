//! The design of an experiment: which draws of parameters and which noise each
//! replication has.
//!
//! Two uncertainties are kept apart. A *sample* is one draw of the parameters
//! (outer); each sample is run `repeats` times with other noise of the agents
//! (inner). Replication r is repeat `r % repeats` of sample `r / repeats`, and
//! all scenarios share samples and noise. A coordinate depends on seed, name of
//! the parameter and sample only, so adding a parameter, a scenario or a
//! replication leaves the others as they were; with [`Sampling::LatinHypercube`]
//! it depends on the number of samples too.

use tradewinds_kernel::draws::{Decision, Draws};

/// How parameters are sampled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sampling {
    /// Independent draws.
    Random,
    /// One draw in each of as many equal strata as there are samples.
    LatinHypercube,
}

/// Samples and repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Design {
    /// Seed of everything.
    pub seed: u64,
    /// Number of replications, those of one sample included.
    pub replications: u32,
    /// Replications that share a sample.
    pub repeats: u32,
    /// How parameters are sampled.
    pub sampling: Sampling,
}

const COORDINATE: Decision = Decision::named("parameter");
const STRATUM: Decision = Decision::named("stratum of a parameter");

impl Design {
    /// Number of samples.
    pub fn samples(&self) -> u32 {
        self.replications.div_ceil(self.repeats.max(1))
    }

    /// The sample of a replication.
    pub fn sample_of(&self, replication: u32) -> u32 {
        replication / self.repeats.max(1)
    }

    /// Coordinate of a sample along the parameter `name`, inside (0, 1).
    pub fn coordinate(&self, name: &str, sample: u32) -> f64 {
        let draws = Draws::new(self.seed, 0);
        let address = address(name);
        let draw = draws.uniform(COORDINATE, address, sample);
        match self.sampling {
            Sampling::Random => draw,
            Sampling::LatinHypercube => {
                let key = |sample: u32| (draws.uniform(STRATUM, address, sample), sample);
                let own = key(sample);
                let rank = (0..self.samples())
                    .filter(|other| key(*other) < own)
                    .count();
                (rank as f64 + draw) / f64::from(self.samples())
            }
        }
    }
}

/// Number under which a parameter is drawn: the start of the hash of its name.
fn address(name: &str) -> u32 {
    let hash = blake3::hash(name.as_bytes());
    let [a, b, c, d, ..] = *hash.as_bytes();
    u32::from_le_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::parameters::PARAMETERS;

    use super::*;

    fn design(sampling: Sampling) -> Design {
        Design {
            seed: 2025,
            replications: 400,
            repeats: 2,
            sampling,
        }
    }

    #[test]
    fn repeats_share_their_sample() {
        let design = design(Sampling::Random);
        let samples: Vec<u32> = (0..5).map(|one| design.sample_of(one)).collect();
        assert_eq!((design.samples(), samples), (200, vec![0, 0, 1, 1, 2]));
    }

    #[test]
    fn a_coordinate_depends_on_seed_name_and_sample_only() {
        let own = design(Sampling::Random);
        let at = |design: Design| design.coordinate("origin_elasticity", 7);
        let more = Design {
            replications: 4000,
            repeats: 1,
            ..own
        };
        assert_eq!(at(own).to_bits(), at(more).to_bits());
        let values: BTreeSet<u64> = [
            at(own),
            at(Design { seed: 2026, ..own }),
            own.coordinate("import_elasticity", 7),
            own.coordinate("origin_elasticity", 8),
        ]
        .into_iter()
        .map(f64::to_bits)
        .collect();
        assert_eq!(values.len(), 4);
    }

    #[test]
    fn a_latin_hypercube_visits_every_stratum_once() {
        let design = design(Sampling::LatinHypercube);
        for name in ["origin_elasticity", "margin_squeeze"] {
            let strata: BTreeSet<u32> = (0..200)
                .map(|sample| (design.coordinate(name, sample) * 200.0) as u32)
                .collect();
            assert_eq!(strata.len(), 200, "{name}");
        }
        let pairs = (0..200)
            .map(|sample| design.coordinate("a", sample) * design.coordinate("b", sample) - 0.25);
        let covariance = pairs.sum::<f64>() / 200.0;
        assert!(covariance.abs() < 0.02, "{covariance}");
    }

    #[test]
    fn no_two_parameters_share_their_draws() {
        let sectors = (0..40).map(|at| format!(".sector_{at}"));
        let endings: Vec<String> = std::iter::once(String::new()).chain(sectors).collect();
        let mut seen = BTreeSet::new();
        for spec in PARAMETERS {
            for ending in &endings {
                assert!(seen.insert(address(&format!("{}{ending}", spec.name))));
            }
        }
    }
}
