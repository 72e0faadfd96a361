//! One body, compiled for several instruction sets, chosen when the program runs.

use std::sync::OnceLock;

/// A loop worth compiling once per instruction set.
///
/// Mark `run` and everything it calls `#[inline(always)]`: only inlined code
/// is compiled with the wider instructions. A closure cannot be marked, so keep
/// large bodies out of closures (a closure around [`super::pow`] ran at a sixth
/// of the speed). Call [`dispatch`] once per chunk of work, not once per
/// element.
///
/// ```
/// use tradewinds_kernel::maths::{Kernel, dispatch, exp};
///
/// struct SumOfExponentials<'a>(&'a [f64]);
/// impl Kernel for SumOfExponentials<'_> {
///     type Output = f64;
///     #[inline(always)]
///     fn run(self) -> f64 {
///         let mut total = 0.0;
///         for &value in self.0 {
///             total += exp(value);
///         }
///         total
///     }
/// }
/// assert_eq!(dispatch(SumOfExponentials(&[0.0, 0.0])), 2.0);
/// ```
pub trait Kernel {
    /// What the loop returns.
    type Output;
    /// The loop.
    fn run(self) -> Self::Output;
}

/// An instruction set, from the narrowest to the widest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// What every machine of the target has (SSE2 on x86-64).
    Baseline,
    /// 256-bit vectors.
    Avx2,
    /// 512-bit vectors.
    Avx512,
}

impl Tier {
    /// Every tier, narrowest first.
    pub const ALL: [Self; 3] = [Self::Baseline, Self::Avx2, Self::Avx512];

    /// The tier [`dispatch`] uses: the widest of this machine, or the one
    /// named by the environment variable `TRADEWINDS_SIMD` (`sse2`, `avx2`,
    /// `avx512`) where the machine has it. Read once per process.
    pub fn active() -> Self {
        static ACTIVE: OnceLock<Tier> = OnceLock::new();
        *ACTIVE.get_or_init(|| {
            let asked = std::env::var("TRADEWINDS_SIMD").ok();
            asked
                .and_then(|name| Self::from_name(&name))
                .unwrap_or(Self::Avx512)
                .or_narrower()
        })
    }

    /// The tier called `sse2`, `avx2` or `avx512`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.name() == name)
    }

    /// The name `TRADEWINDS_SIMD` takes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Baseline => "sse2",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }

    /// Whether this machine has the tier's instructions.
    #[cfg(target_arch = "x86_64")]
    pub fn is_supported(self) -> bool {
        match self {
            Self::Baseline => true,
            Self::Avx2 => is_x86_feature_detected!("avx2"),
            Self::Avx512 => {
                is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
                    && is_x86_feature_detected!("avx512bw")
            }
        }
    }

    /// Whether this machine has the tier's instructions.
    #[cfg(not(target_arch = "x86_64"))]
    pub fn is_supported(self) -> bool {
        self == Self::Baseline
    }

    /// This tier, or the widest narrower one the machine has.
    fn or_narrower(self) -> Self {
        let mut found = Self::Baseline;
        for tier in Self::ALL {
            if tier <= self && tier.is_supported() {
                found = tier;
            }
        }
        found
    }
}

/// Runs a kernel with the widest instructions of this machine.
#[inline]
pub fn dispatch<K: Kernel>(kernel: K) -> K::Output {
    run_supported(Tier::active(), kernel)
}

/// Runs a kernel on a given tier, or on the widest narrower one the machine
/// has. For tests that compare tiers.
pub fn dispatch_on<K: Kernel>(tier: Tier, kernel: K) -> K::Output {
    run_supported(tier.or_narrower(), kernel)
}

#[cfg(target_arch = "x86_64")]
#[inline]
#[expect(
    unsafe_code,
    reason = "calling code compiled for more instructions than the baseline; both callers pass a tier that the machine reports"
)]
fn run_supported<K: Kernel>(tier: Tier, kernel: K) -> K::Output {
    match tier {
        Tier::Baseline => kernel.run(),
        // SAFETY: `Tier::or_narrower` and `Tier::active` return `Avx2` only
        // after the processor reported every feature enabled on `run_avx2`.
        Tier::Avx2 => unsafe { run_avx2(kernel) },
        // SAFETY: as above, for the features of `run_avx512`.
        Tier::Avx512 => unsafe { run_avx512(kernel) },
    }
}

#[cfg(not(target_arch = "x86_64"))]
#[inline]
fn run_supported<K: Kernel>(_: Tier, kernel: K) -> K::Output {
    kernel.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn run_avx2<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw")]
fn run_avx512<K: Kernel>(kernel: K) -> K::Output {
    kernel.run()
}
