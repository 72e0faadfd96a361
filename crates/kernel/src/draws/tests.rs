#![expect(clippy::float_cmp, reason = "the same address gives the same bits")]

use rand::{Rng, RngExt};
use rand_distr::{Distribution, Gamma};

use super::*;

const COST: Decision = Decision::named("cost_shock");
const RESET: Decision = Decision::named("reset_price");

fn moments(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    (
        mean,
        values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count,
    )
}

#[test]
fn the_block_function_gives_the_published_words() {
    // Random123 known-answer file, philox4x32 with 10 rounds.
    assert_eq!(
        philox4x32_10([0; 4], [0; 2]),
        [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
    );
    assert_eq!(
        philox4x32_10([0xffff_ffff; 4], [0xffff_ffff; 2]),
        [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
    );
    assert_eq!(
        philox4x32_10(
            [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
            [0xa409_3822, 0x299f_31d0]
        ),
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
    );
}

#[test]
fn the_address_enters_as_documented() {
    let draws = Draws::new(0x0123_4567_89ab_cdef, 7);
    let words = philox4x32_10(
        [11, 13, (COST.id() << 8) | 1, 7],
        [0x89ab_cdef, 0x0123_4567],
    );
    let radius = (-2.0 * ln(unit(words[0], words[1]))).sqrt();
    let (sine, cosine) = sincos_2pi(unit(words[2], words[3]));
    assert_eq!(
        draws.normal_pair(COST, 11, 13),
        (radius * cosine, radius * sine)
    );
}

#[test]
fn every_part_of_the_address_changes_the_draw() {
    let base = Draws::new(1, 0).uniform(COST, 5, 9);
    assert_eq!(Draws::new(1, 0).uniform(COST, 5, 9), base);
    for other in [
        Draws::new(2, 0).uniform(COST, 5, 9),
        Draws::new(1 << 40, 0).uniform(COST, 5, 9),
        Draws::new(1, 1).uniform(COST, 5, 9),
        Draws::new(1, 0).uniform(RESET, 5, 9),
        Draws::new(1, 0).uniform(COST, 6, 9),
        Draws::new(1, 0).uniform(COST, 5, 10),
        Draws::new(1, 0).uniform(COST, 9, 5),
    ] {
        assert_ne!(other, base);
    }
}

#[test]
fn slices_hold_the_single_draws() {
    let draws = Draws::new(42, 3);
    let mut out = vec![0.0; 1_003];
    let at = |i: usize| 100 + i as u32;
    draws.fill_uniform(COST, 100, 8, &mut out);
    assert!(
        out.iter()
            .enumerate()
            .all(|(i, &x)| x == draws.uniform(COST, at(i), 8))
    );
    draws.fill_normal(COST, 100, 8, &mut out);
    assert!(
        out.iter()
            .enumerate()
            .all(|(i, &x)| x == draws.normal(COST, at(i), 8))
    );
    draws.fill_exponential(COST, 100, 8, &mut out);
    assert!(
        out.iter()
            .enumerate()
            .all(|(i, &x)| x == draws.exponential(COST, at(i), 8))
    );
    let agents: Vec<u32> = (0..1_003).map(|i| i * 7 % 1_003).collect();
    draws.normal_for(COST, &agents, 8, &mut out);
    assert!(
        out.iter()
            .zip(&agents)
            .all(|(&x, &agent)| x == draws.normal(COST, agent, 8))
    );
    draws.uniform_for(COST, &agents, 8, &mut out);
    assert!(
        out.iter()
            .zip(&agents)
            .all(|(&x, &agent)| x == draws.uniform(COST, agent, 8))
    );
    draws.exponential_for(COST, &agents, 8, &mut out);
    assert!(
        out.iter()
            .zip(&agents)
            .all(|(&x, &agent)| x == draws.exponential(COST, agent, 8))
    );
}

#[test]
fn moments_are_those_of_the_distributions() {
    let count = 400_000;
    let draws = Draws::new(2_026, 0);
    let mut out = vec![0.0; count];
    draws.fill_uniform(COST, 0, 1, &mut out);
    let (mean, variance) = moments(&out);
    assert!(
        (mean - 0.5).abs() < 0.002 && (variance - 1.0 / 12.0).abs() < 0.0005,
        "{mean} {variance}"
    );
    draws.fill_exponential(COST, 0, 1, &mut out);
    let (mean, variance) = moments(&out);
    assert!(
        (mean - 1.0).abs() < 0.007 && (variance - 1.0).abs() < 0.02,
        "{mean} {variance}"
    );
    draws.fill_normal(COST, 0, 1, &mut out);
    let (mean, variance) = moments(&out);
    assert!(
        (mean).abs() < 0.007 && (variance - 1.0).abs() < 0.01,
        "{mean} {variance}"
    );
    let fourth = out.iter().map(|x| x * x * x * x).sum::<f64>() / count as f64;
    assert!((fourth - 3.0).abs() < 0.08, "{fourth}");
    let product: f64 = (0..count as u32)
        .map(|agent| draws.normal_pair(COST, agent, 1))
        .map(|(a, b)| a * b)
        .sum::<f64>()
        / count as f64;
    assert!(product.abs() < 0.007, "{product}");
}

#[test]
fn uniform_draws_lie_strictly_between_zero_and_one() {
    assert_eq!(unit(0, 0), 0.5 / 4_503_599_627_370_496.0);
    assert!(unit(u32::MAX, u32::MAX) < 1.0);
    assert_eq!(unit(0x8000_0000, 0), 0.5 + unit(0, 0));
}

#[test]
fn streams_repeat_and_do_not_touch_other_draws() {
    let draws = Draws::new(9, 2);
    let gamma = Gamma::new(2.0, 1.5).unwrap();
    let sample = |agent| -> Vec<f64> {
        gamma
            .sample_iter(draws.stream(COST, agent))
            .take(50)
            .collect()
    };
    assert_eq!(sample(1), sample(1));
    assert_ne!(sample(1), sample(2));
    let mean = (0..4_000).map(|agent| sample(agent)[0]).sum::<f64>() / 4_000.0;
    assert!((mean - 3.0).abs() < 0.15, "{mean}");
    let mut stream = draws.stream(COST, 1);
    let words: Vec<u32> = (0..9).map(|_| stream.next_u32()).collect();
    let mut again = draws.stream(COST, 1);
    let mut bytes = [0_u8; 36];
    again.fill(&mut bytes);
    let read: Vec<u32> = bytes
        .chunks(4)
        .map(|b| u32::from_le_bytes(b.try_into().unwrap()))
        .collect();
    assert_eq!(words, read);
}

#[test]
fn decisions_of_one_name_or_number_are_refused() {
    assert!(Decision::distinct(&[COST, RESET]).is_ok());
    let clash = Decision::distinct(&[COST, RESET, Decision::named("cost_shock")]).unwrap_err();
    assert_eq!(
        clash,
        DecisionClash {
            first: "cost_shock",
            second: "cost_shock"
        }
    );
    assert!(COST.id() < 1 << 24);
}
