//! Polls: what is known of approval.
//!
//! The published average goes to approval at a speed; a single poll of a tick is
//! approval + error of its pollster + √(p (100 − p) / sample) × a normal number.

use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::draws::{Decision, Draws};

use super::opinion::Mandate;
use super::rule::PollRule;

const POLLSTER: Decision = Decision::named("pollster_asked");
const POLLSTER_ERROR: Decision = Decision::named("pollster_error");
const SAMPLE: Decision = Decision::named("poll_sample");
/// Pollsters of an economy; the error of each stays for a run.
const POLLSTERS: u32 = 8;

/// Publishes the polls of a tick of one economy.
pub(super) fn publish(
    rule: &PollRule,
    (clock, draws): (&Clock, &Draws),
    n: usize,
    mandate: &mut Mandate,
) {
    let approval = mandate.approval;
    mandate.published += clock.closing_share(rule.speed) * (approval - mandate.published);
    let (n, tick) = (n as u32, clock.index());
    let asked = draws.uniform(POLLSTER, n, tick) * f64::from(POLLSTERS);
    let pollster = n * POLLSTERS + (asked as u32).min(POLLSTERS - 1);
    let error = rule.pollster_error * draws.normal(POLLSTER_ERROR, pollster, 0);
    let spread = (approval * (100.0 - approval) / rule.sample)
        .max(0.0)
        .sqrt();
    let poll = approval + error + spread * draws.normal(SAMPLE, n, tick);
    mandate.poll = poll.clamp(0.0, 100.0);
}
