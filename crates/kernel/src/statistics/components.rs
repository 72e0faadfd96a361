//! How much of the spread comes from between groups and how much from within.

use super::Moments;

/// The variance of an outcome, split by source: one-way analysis of variance
/// with random effects (Searle, Casella and McCulloch 1992, chapter 3).
///
/// With one group per draw of the uncertain parameters and one value per
/// replication of the agents' noise, `between` is parameter uncertainty and
/// `within` agent uncertainty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VarianceComponents {
    /// Mean over all values.
    pub mean: f64,
    /// Variance of the groups' true means; 0 where noise alone explains the
    /// spread of the means seen, and with one group.
    pub between: f64,
    /// Variance within a group; 0 where no group has two values.
    pub within: f64,
}

impl VarianceComponents {
    /// Splits the variance of values given by group. Groups may differ in
    /// size; empty ones are left out.
    ///
    /// Where every group holds one value, the sources cannot be told apart:
    /// all variance is reported as between.
    pub fn of<'a>(groups: impl IntoIterator<Item = &'a [f64]>) -> Self {
        let groups: Vec<Moments> = groups
            .into_iter()
            .filter(|values| !values.is_empty())
            .map(Moments::of)
            .collect();
        let mut all = Moments::default();
        for group in &groups {
            all.merge(group);
        }
        let (total, count) = (all.count() as f64, groups.len() as f64);
        let size = |group: &Moments| group.count() as f64;
        let squares_within: f64 = groups.iter().map(|g| g.variance() * (size(g) - 1.0)).sum();
        let within = if total > count {
            squares_within / (total - count)
        } else {
            0.0
        };
        let apart = |group: &Moments| group.mean() - all.mean();
        let squares_between: f64 = groups.iter().map(|g| size(g) * apart(g) * apart(g)).sum();
        // The mean group size, corrected for unequal sizes.
        let sizes_squared: f64 = groups.iter().map(|g| size(g) * size(g)).sum();
        let mean_size = (total - sizes_squared / total) / (count - 1.0);
        let between = if groups.len() > 1 {
            ((squares_between / (count - 1.0) - within) / mean_size).max(0.0)
        } else {
            0.0
        };
        Self {
            mean: all.mean(),
            between,
            within,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::{Decision, Draws};

    #[test]
    fn a_balanced_table_gives_the_components_worked_by_hand() {
        // Means 2, 4, 9; within 2; mean square between 2·(9 + 1 + 16)/2 = 26; (26 − 2)/2.
        let groups = [[1.0, 3.0], [3.0, 5.0], [8.0, 10.0]];
        let found = VarianceComponents::of(groups.iter().map(<[f64; 2]>::as_slice));
        assert!((found.mean - 5.0).abs() < 1e-12);
        assert!((found.within - 2.0).abs() < 1e-12);
        assert!((found.between - 12.0).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn noise_alone_has_no_component_between_groups() {
        let same = [[1.0, 3.0], [3.0, 1.0]];
        let found = VarianceComponents::of(same.iter().map(<[f64; 2]>::as_slice));
        assert!(found.between <= 0.0 && (found.within - 2.0).abs() < 1e-12);
    }

    #[test]
    fn simulated_components_are_recovered() {
        const PARAMETER: Decision = Decision::named("parameter");
        const NOISE: Decision = Decision::named("noise");
        let draws = Draws::new(5, 0);
        let groups: Vec<Vec<f64>> = (0..2_000)
            .map(|group| {
                let centre = 2.0 * draws.normal(PARAMETER, group, 0);
                let size = 2 + group % 4;
                (0..size)
                    .map(|event| centre + draws.normal(NOISE, group, event))
                    .collect()
            })
            .collect();
        let found = VarianceComponents::of(groups.iter().map(Vec::as_slice));
        assert!((found.between - 4.0).abs() < 0.4, "{found:?}");
        assert!((found.within - 1.0).abs() < 0.1, "{found:?}");
    }
}
