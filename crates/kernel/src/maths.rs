//! Elementary functions with the same bits on every machine and instruction set.
//!
//! The standard library takes `exp`, `ln` and `powf` from the platform, so
//! their last bit differs between systems. These functions use only IEEE
//! `+ - × ÷`, comparisons and integer shifts, never a fused multiply-add, and
//! have no branches: a loop over a slice becomes vector code, and
//! [`dispatch`] runs the same body with the widest instructions of the
//! machine at hand. Every tier gives the same bits (payloads of NaN excepted).
//!
//! | Function | Largest error against `libm` | Domain |
//! | --- | --- | --- |
//! | [`exp`] | 2 ulp | all; overflows to infinity, underflows through subnormals to 0 |
//! | [`exp_m1`] | 2 ulp | all; below −60 it is −1 |
//! | [`ln`] | 2 ulp | above 0, subnormals included; `ln(0) = −∞`, negative: NaN |
//! | [`ln_1p`] | 2 ulp | above −1; `ln_1p(−1) = −∞`, below: NaN |
//! | [`pow`] | 2 ulp + 1 ulp per unit of `|y ln x|` | base above 0; `pow(0, y > 0) = 0`, `pow(x, 0) = 1` |
//! | [`sincos_2pi`] | 2 ulp, or 2e-16 absolute near a zero | `|turns|` below 2^49 |
//!
//! NaN in, NaN out.
//!
//! The coefficients of [`ln`], [`ln_1p`] and [`sincos_2pi`] are those of fdlibm:
//!
//! > Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
//! > Developed at SunPro, a Sun Microsystems, Inc. business. Permission to
//! > use, copy, modify, and distribute this software is freely granted,
//! > provided that this notice is preserved.

mod dispatch;
mod scalar;

pub use dispatch::{Kernel, Tier, dispatch, dispatch_on};
pub use scalar::{exp, exp_m1, ln, ln_1p, pow, sincos_2pi};

/// Replaces every value by its exponential.
pub fn exp_slice(values: &mut [f64]) {
    dispatch(InPlace(values, exp));
}

/// Replaces every value by its natural logarithm.
pub fn ln_slice(values: &mut [f64]) {
    dispatch(InPlace(values, ln));
}

/// Replaces every value by `value^exponent`.
pub fn pow_slice(values: &mut [f64], exponent: f64) {
    dispatch(PowInPlace(values, exponent));
}

/// One function applied to each element of a slice.
struct InPlace<'a, F>(&'a mut [f64], F);

impl<F: Fn(f64) -> f64> Kernel for InPlace<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for value in self.0.iter_mut() {
            *value = (self.1)(*value);
        }
    }
}

/// A power of each element of a slice.
struct PowInPlace<'a>(&'a mut [f64], f64);

impl Kernel for PowInPlace<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for value in self.0.iter_mut() {
            *value = pow(*value, self.1);
        }
    }
}

#[cfg(test)]
mod tests;
