//! Elementary functions with the same bits on every platform (pure Rust, within 1 ulp).

/// The exponential of `x`.
pub(crate) fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// The natural logarithm of `x`.
pub(crate) fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// `exp(x) - 1` without cancellation near zero.
pub(crate) fn exp_m1(x: f64) -> f64 {
    libm::expm1(x)
}

/// `ln(1 + x)` without cancellation near zero.
pub(crate) fn ln_1p(x: f64) -> f64 {
    libm::log1p(x)
}
