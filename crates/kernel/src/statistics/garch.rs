//! Variance that feeds on past surprises, with fat tails: GARCH(1,1) with
//! Student's distribution (Bollerslev 1986, J. Econometrics 31; 1987, Review
//! of Economics and Statistics 69).
//!
//! A return is `r = μ + ε` with `ε = √h z`; z is Student with ν degrees of
//! freedom, scaled to variance one, and `h = ω + α ε'² + β h'`, where a stroke
//! marks the day before.

use super::minimum::{covariance_at, minimise};
use super::regression::RegressionError;
use crate::maths::{exp, ln};

/// Weight of a day before in the variance at the start.
const BACKCAST: f64 = 0.94;
/// Days that enter it.
const BACKCAST_DAYS: usize = 75;

/// Parameters of the process.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Garch {
    /// Mean μ.
    pub mean: f64,
    /// Constant of the variance ω.
    pub omega: f64,
    /// Weight of the last squared surprise α.
    pub alpha: f64,
    /// Weight of the last variance β.
    pub beta: f64,
    /// Degrees of freedom ν, above 2.
    pub freedom: f64,
}

/// A fitted process.
#[derive(Debug, Clone, PartialEq)]
pub struct GarchFit {
    /// The parameters of the greatest likelihood.
    pub garch: Garch,
    /// Standard errors of mean, ω, α, β, ν from the curvature of the likelihood.
    pub standard_errors: [f64; 5],
    /// The log-likelihood.
    pub log_likelihood: f64,
}

impl Garch {
    /// Log-likelihood of returns in order of time. The variance before the
    /// first day is a mean of the first 75 squares with weights that fall by
    /// 6 % a day.
    pub fn log_likelihood(&self, returns: &[f64]) -> f64 {
        let nu = self.freedom;
        let constant = libm::lgamma(0.5 * (nu + 1.0))
            - libm::lgamma(0.5 * nu)
            - 0.5 * ln(std::f64::consts::PI * (nu - 2.0));
        let mut before = backcast(returns, self.mean);
        let mut variance = before;
        let mut sum = 0.0;
        for value in returns {
            variance = self.omega + self.alpha * before + self.beta * variance;
            let surprise = value - self.mean;
            before = surprise * surprise;
            let scaled = before / (variance * (nu - 2.0));
            sum += constant - 0.5 * ln(variance) - 0.5 * (nu + 1.0) * ln(1.0 + scaled);
        }
        sum
    }

    /// The parameters that make `returns` most likely, with α + β below 1.
    ///
    /// # Errors
    /// [`RegressionError::Collinear`] where the likelihood has no top.
    pub fn fit(returns: &[f64]) -> Result<GarchFit, RegressionError> {
        let count = returns.len() as f64;
        let mean = returns.iter().sum::<f64>() / count;
        let spread = returns.iter().map(|r| (r - mean) * (r - mean)).sum::<f64>() / count;
        // ω and ν − 2 as logarithms; α and β as shares of a whole with a third.
        let of = |p: &[f64]| {
            let (alpha, beta) = (exp(p[2]), exp(p[3]));
            let whole = 1.0 + alpha + beta;
            Garch {
                mean: p[0],
                omega: exp(p[1]),
                alpha: alpha / whole,
                beta: beta / whole,
                freedom: 2.0 + exp(p[4]),
            }
        };
        let start = [mean, ln(0.05 * spread), ln(2.0), ln(17.0), ln(6.0)];
        let steps = [0.1 * spread.sqrt(), 0.5, 0.5, 0.5, 0.5];
        let minus = |p: &[f64]| -of(p).log_likelihood(returns);
        let found = minimise(minus, &start, &steps, 1e-10);
        let garch = of(&found.parameters);
        let Garch {
            mean,
            omega,
            alpha,
            beta,
            freedom,
        } = garch;
        let natural = |p: &[f64]| {
            let own = Garch {
                mean: p[0],
                omega: p[1],
                alpha: p[2],
                beta: p[3],
                freedom: p[4],
            };
            -own.log_likelihood(returns)
        };
        let point = [mean, omega, alpha, beta, freedom];
        let near = [
            1e-3 * spread.sqrt(),
            1e-3 * omega,
            1e-4,
            1e-4,
            1e-3 * freedom,
        ];
        let covariance = covariance_at(natural, &point, &near)?;
        Ok(GarchFit {
            garch,
            standard_errors: [0, 1, 2, 3, 4].map(|at| covariance[at][at].sqrt()),
            log_likelihood: -found.value,
        })
    }
}

/// A mean of the first squared surprises, the earliest with most weight.
fn backcast(returns: &[f64], mean: f64) -> f64 {
    let (mut sum, mut total, mut weight) = (0.0, 0.0, 1.0);
    for value in returns.iter().take(BACKCAST_DAYS) {
        sum += weight * (value - mean) * (value - mean);
        total += weight;
        weight *= BACKCAST;
    }
    sum / total
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::{Decision, Draws};

    /// Returns of a known process, the noise by inversion of Student's quantile.
    fn simulated(garch: Garch, days: u32) -> Vec<f64> {
        const NOISE: Decision = Decision::named("noise");
        let draws = Draws::new(11, 0);
        let scale = ((garch.freedom - 2.0) / garch.freedom).sqrt();
        let (mut variance, mut before) = (1.0, 1.0);
        (0..days)
            .map(|day| {
                variance = garch.omega + garch.alpha * before + garch.beta * variance;
                let uniform = draws.uniform(NOISE, 0, day).clamp(0.0005, 0.9995);
                let z = scale * crate::statistics::student_quantile(uniform, garch.freedom);
                before = variance * z * z;
                garch.mean + variance.sqrt() * z
            })
            .collect()
    }

    #[test]
    fn the_likelihood_is_that_of_an_independent_program() {
        // The same sum in numpy; arch 7 (ConstantMean, GARCH(1, 1), StudentsT), which takes
        // the variance at the start around the mean of the sample, has 340.842934.
        let returns: Vec<f64> = (0..200_u32)
            .map(|t| 0.1 * f64::from((t * 37) % 41) - 2.0 + f64::from(u8::from(t % 29 == 0)))
            .collect();
        let garch = Garch {
            mean: 0.05,
            omega: 0.03,
            alpha: 0.15,
            beta: 0.8,
            freedom: 6.0,
        };
        let found = garch.log_likelihood(&returns);
        assert!((found + 340.842_466_225).abs() < 1e-8, "{found}");
        assert!((found + 340.842_934).abs() < 1e-3, "{found}");
    }

    #[test]
    fn the_process_behind_simulated_returns_is_found_again() {
        let truth = Garch {
            mean: 0.1,
            omega: 0.04,
            alpha: 0.12,
            beta: 0.83,
            freedom: 6.0,
        };
        let fit = Garch::fit(&simulated(truth, 6_000)).unwrap();
        let found = fit.garch;
        for (value, expected, error) in [
            (found.mean, truth.mean, fit.standard_errors[0]),
            (found.omega, truth.omega, fit.standard_errors[1]),
            (found.alpha, truth.alpha, fit.standard_errors[2]),
            (found.beta, truth.beta, fit.standard_errors[3]),
            (found.freedom, truth.freedom, fit.standard_errors[4]),
        ] {
            assert!((value - expected).abs() < 3.0 * error, "{fit:?}");
        }
        assert!(fit.standard_errors[3] < 0.05, "{fit:?}");
    }
}
