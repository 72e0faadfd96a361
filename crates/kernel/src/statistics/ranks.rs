//! Correlation of values and of ranks.

/// Pearson's correlation of two samples of one length; NaN when one of them
/// does not vary.
///
/// # Panics
/// When the samples differ in length.
pub fn correlation(left: &[f64], right: &[f64]) -> f64 {
    assert_eq!(left.len(), right.len(), "samples come in pairs");
    let count = left.len() as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / count;
    let (mean_left, mean_right) = (mean(left), mean(right));
    let (mut product, mut square_left, mut square_right) = (0.0, 0.0, 0.0);
    for (&a, &b) in left.iter().zip(right) {
        let (a, b) = (a - mean_left, b - mean_right);
        product += a * b;
        square_left += a * a;
        square_right += b * b;
    }
    product / (square_left.sqrt() * square_right.sqrt())
}

/// Ranks from 1; equal values share the mean of their ranks.
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for ties in order.chunk_by(|&a, &b| values[a].total_cmp(&values[b]).is_eq()) {
        let shared = before as f64 + (ties.len() as f64 + 1.0) / 2.0;
        for &at in ties {
            ranks[at] = shared;
        }
        before += ties.len();
    }
    ranks
}

/// Spearman's rank correlation.
///
/// # Panics
/// When the samples differ in length.
pub fn rank_correlation(left: &[f64], right: &[f64]) -> f64 {
    correlation(&ranks(left), &ranks(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_share_their_rank() {
        let found = ranks(&[3.0, 1.0, 3.0, 2.0]);
        for (rank, expected) in found.iter().zip([3.5, 1.0, 3.5, 2.0]) {
            assert!((rank - expected).abs() < 1e-15);
        }
    }

    #[test]
    fn rank_correlation_sees_order_only() {
        let x = [1.0, 2.0, 3.0, 4.0, 5.0];
        let cubes: Vec<f64> = x.iter().map(|v| v * v * v).collect();
        assert!((rank_correlation(&x, &cubes) - 1.0).abs() < 1e-15);
        assert!(correlation(&x, &cubes) < 0.99);
        // One swap of neighbours: 1 − 6·2/(5·24) = 0.9.
        assert!((rank_correlation(&x, &[1.0, 3.0, 2.0, 4.0, 5.0]) - 0.9).abs() < 1e-12);
        assert!(correlation(&x, &[2.0; 5]).is_nan());
    }
}
