//! Joint pressure of allies, with the threat to single out who takes part.
//!
//! Each ally coordinates (C) or separates (S). With the share m that coordinates,
//! pressure works with probability q(m) = m^h / (m^h + m₀^h), and
//!
//! C(m) = q B − (1 − q) P min(1, T/(m N)) − k,  S(m) = b + b' m,
//!
//! with B, b gains, P the penalty on each of T singled out of N allies, k the cost
//! of coordination \[all in points of rate, or one unit of money\]. With private
//! and precise signals of the fundamentals an ally coordinates iff
//!
//! ∫₀¹ (C(m) − S(m)) dm ≥ 0
//!
//! (Laplacian rule, Morris and Shin 2003). Talks, section 5.

use super::dilemma::PayoffMatrix;

/// The game of allies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coalition {
    /// Gain of each from joint pressure that works, B.
    pub joint_gain: f64,
    /// Gain from signing alone when nobody coordinates, b.
    pub lone_gain: f64,
    /// Change of the lone gain from nobody to all coordinating, b'; above zero when
    /// a lone signer gains from rivals that are hit.
    pub lone_gain_slope: f64,
    /// Loss of an ally that is singled out, P.
    pub penalty: f64,
    /// Allies that can be singled out at once, T.
    pub targets: f64,
    /// Allies, N.
    pub allies: f64,
    /// Share at which pressure works half the time, m₀ > 0.
    pub half: f64,
    /// Steepness, h > 0.
    pub steepness: f64,
    /// Cost of coordination, k.
    pub cost: f64,
}

/// Panels of the quadrature over m.
const PANELS: u32 = 64;

/// Nodes and weights of Gauss and Legendre with five points on \[−1, 1\].
const GAUSS: [(f64, f64); 5] = [
    (-0.906_179_845_938_664, 0.236_926_885_056_189_1),
    (-0.538_469_310_105_683_1, 0.478_628_670_499_366_5),
    (0.0, 0.568_888_888_888_888_9),
    (0.538_469_310_105_683_1, 0.478_628_670_499_366_5),
    (0.906_179_845_938_664, 0.236_926_885_056_189_1),
];

/// ∫ f over \[from, to\], by composite Gauss and Legendre quadrature.
fn integral(f: impl Fn(f64) -> f64, from: f64, to: f64) -> f64 {
    let half = 0.5 * (to - from) / f64::from(PANELS);
    let panels = (0..PANELS).map(|panel| from + half * f64::from(2 * panel + 1));
    let panel = |centre: f64| -> f64 {
        let nodes = GAUSS.iter();
        nodes
            .map(|(node, weight)| weight * f(centre + half * node))
            .sum()
    };
    half * panels.map(panel).sum::<f64>()
}

impl Coalition {
    /// Probability that pressure by a share m works.
    pub fn success(&self, m: f64) -> f64 {
        if m <= 0.0 {
            return 0.0;
        }
        // Equal to m^h / (m^h + m₀^h), without overflow.
        1.0 / (1.0 + libm::pow(self.half / m, self.steepness))
    }

    /// Chance of a participant to be singled out when pressure by a share m fails.
    /// A visible leader counts `salience` times the others; 1 for all alike.
    pub fn chance_singled_out(&self, m: f64, salience: f64) -> f64 {
        let participants = (m * self.allies).max(1.0);
        (self.targets * salience / (participants - 1.0 + salience)).min(1.0)
    }

    /// Payoff of coordinating with a share m, at a given salience.
    pub fn coordinates(&self, m: f64, salience: f64) -> f64 {
        let works = self.success(m);
        let loss = self.penalty * self.chance_singled_out(m, salience);
        works * self.joint_gain - (1.0 - works) * loss - self.cost
    }

    /// Payoff of signing alone while a share m coordinates.
    pub fn separates(&self, m: f64) -> f64 {
        self.lone_gain + self.lone_gain_slope * m
    }

    /// Mean gain of coordinating over separating, m uniform on \[0, 1\]; for an ally
    /// of salience 1.
    pub fn laplacian_gain(&self) -> f64 {
        let (works, exposed) = self.laplacian_terms();
        let separate = self.lone_gain + 0.5 * self.lone_gain_slope;
        self.joint_gain * works - self.penalty * exposed - self.cost - separate
    }

    /// Whether the Laplacian rule says C.
    pub fn is_chosen(&self) -> bool {
        self.laplacian_gain() >= 0.0
    }

    /// Penalty above which the Laplacian rule says S; below zero when it always does.
    pub fn penalty_threshold(&self) -> f64 {
        let harmless = Self {
            penalty: 0.0,
            ..*self
        };
        harmless.laplacian_gain() / self.laplacian_terms().1
    }

    /// Mean gain of coordinating when the share m is believed to lie around `signal`
    /// with a normal error of standard deviation `noise`, kept within \[0, 1\]. Much
    /// noise tends to the Laplacian gain, none to the gain at the signal.
    pub fn expected_gain(&self, signal: f64, noise: f64, salience: f64) -> f64 {
        let gain = |m: f64| self.coordinates(m, salience) - self.separates(m);
        let centre = signal.clamp(0.0, 1.0);
        let low = (centre - 8.0 * noise).max(0.0);
        let high = (centre + 8.0 * noise).min(1.0);
        if high <= low {
            return gain(centre);
        }
        let density = |m: f64| {
            let z = (m - centre) / noise;
            libm::exp(-0.5 * z * z)
        };
        let weighted = integral(|m| density(m) * gain(m), low, high);
        weighted / integral(density, low, high)
    }

    /// The game of one ally against the rest as one: both coordinate (m = 1), it
    /// coordinates alone (m = 1/N), it alone separates (m = 1 − 1/N), nobody
    /// coordinates (m = 0).
    pub fn matrix(&self) -> PayoffMatrix {
        let one = 1.0 / self.allies;
        PayoffMatrix {
            reward: self.coordinates(1.0, 1.0),
            sucker: self.coordinates(one, 1.0),
            temptation: self.separates(1.0 - one),
            punishment: self.separates(0.0),
        }
    }

    /// ∫₀¹ q dm and ∫₀¹ (1 − q) min(1, T/(m N)) dm.
    ///
    /// With a = m₀ and c = min(1, T/N), the second is ∫₀ᶜ (1 − q) dm plus
    /// T/N × \[ln(m^h / (m^h + a^h)) / h\] from c to 1, in closed form.
    fn laplacian_terms(&self) -> (f64, f64) {
        let works = integral(|m| self.success(m), 0.0, 1.0);
        let reach = self.targets / self.allies;
        let certain = reach.min(1.0);
        let fails = integral(|m| 1.0 - self.success(m), 0.0, certain);
        let tail = |m: f64| libm::log(self.success(m)) / self.steepness;
        (works, fails + reach * (tail(1.0) - tail(certain)))
    }
}

/// Trust between two allies, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrustRule {
    /// Share lost a month.
    pub decay: f64,
    /// Fall when the other signs alone.
    pub fall: f64,
}

impl TrustRule {
    /// Trust after some months.
    pub fn after_months(&self, trust: f64, months: f64) -> f64 {
        trust * libm::pow(1.0 - self.decay, months)
    }

    /// Trust after the other signed alone.
    pub fn after_defection(&self, trust: f64) -> f64 {
        (trust - self.fall).max(0.0)
    }
}

#[cfg(test)]
mod tests;
