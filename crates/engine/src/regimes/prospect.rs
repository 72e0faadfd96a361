//! What markets see ahead on a day: duties by regime, and who would pay them.

use tradewinds_kernel::maths::{exp_m1, ln};
use tradewinds_units::{Date, days_between};

use super::worth::{Horizon, NONE, Pending};
use super::{DEAL, DEAL_AFTER, ESCALATION, REGIMES, RegimeRule, STATUS_QUO};
use crate::base_trade::GoodsTrade;
use crate::beliefs::Expectation;
use crate::customs::RateTable;
use crate::model::Model;

/// Days after which a prospect with dates is made anew: what is further off than they are
/// counts for more as they pass.
const LASTS: i64 = 7;

/// Regimes of a stretch of days, as far as they do not move with the calendar.
#[derive(Debug, Clone, PartialEq)]
pub struct Prospect {
    /// Log of one plus the collected rate over that of the base year, by regime and flow
    /// `[k][n][i][s]`, without announced cuts: that of the status quo is the law in force.
    pub log_wedge: [Vec<f64>; REGIMES],
    /// The same of the law with announced cuts, and of a deal about it, `[n][i][s]`.
    pub log_wedge_cut: [Vec<f64>; 2],
    /// Probability of those cuts, times the part of a cut for ever that they are worth.
    pub cut_weight: f64,
    /// Markets in which some regime changes a rate, `[n][s]`.
    pub is_changed: Vec<bool>,
    /// Whether cuts are announced.
    pub has_cuts: bool,
    /// Whether escalation differs from the status quo.
    pub has_rises: bool,
    /// Whether a deal differs from the status quo.
    pub has_relief: bool,
    /// Credibility of the rises of governments, by trade under the duties they added, and
    /// under those they added or announced; the mean of all where there are none.
    pub credibility: [f64; 2],
    /// Part of the duties above those of the base year, by trade, that announced cuts are
    /// believed to take back: 0 where nothing is announced.
    pub relief: f64,
    /// Rises announced by the own government, each at its share of escalation, over the
    /// imports of the economy, `[n]`, share.
    pub own: Vec<f64>,
    /// The same of rises announced by others over the exports of the economy, `[n]`, share.
    pub abroad: Vec<f64>,
    /// Duty in force above that of the base year: on the imports of an economy, `[n]`, share.
    pub added: Vec<f64>,
    /// The same on its exports, `[n]`, share.
    pub added_abroad: Vec<f64>,
    /// Announced cuts as far as they are believed, on imports, `[n]`, share, below zero.
    pub cut: Vec<f64>,
    /// The same on exports, `[n]`, share.
    pub cut_abroad: Vec<f64>,
    /// Premium of the conflict of pending rises, as a share of that of rises with the weight
    /// of escalation: their ends count less or more in it than in profits.
    pub conflict: f64,
    /// Probability of announced cuts, times what they are worth in the premium of a conflict.
    pub calm: f64,
    /// What they take off a conflict: on imports and on exports, `[n]`, share, below zero.
    pub calmed: [Vec<f64>; 2],
    /// Number of the news it stands for.
    pub news: u64,
    /// Imports that duties of the own government hit in each [`World`], by partner,
    /// `[n][i]`, USD bn.
    hit: [Vec<f64>; 3],
    /// Imports and exports of each economy, `[n]`, USD bn.
    traded: [Vec<f64>; 2],
    rises: Vec<Pending>,
    /// What it was made from, and when.
    expected: Vec<Expectation>,
    table: Vec<f64>,
    words: Vec<f64>,
    made: Date,
}

/// Duties on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum World {
    /// The law in force.
    InForce,
    /// That of escalation.
    Risen,
    /// The law in force with announced cuts.
    Cut,
}

/// A day, and years from the start of the tick to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Today {
    pub date: Date,
    pub years: f64,
}

/// What is known on a day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    pub law: &'a RateTable,
    /// What is expected of lasting rates.
    pub expected: &'a [Expectation],
    /// Credibility of the rises of each government, `[n]`.
    pub words: &'a [f64],
}

impl Prospect {
    /// Whether it still holds for what is known on a day; the years left to each change may
    /// differ.
    pub(crate) fn holds(&self, today: Today, known: &Known<'_>) -> bool {
        let is_fresh = known.expected.is_empty() || days_between(self.made, today.date) < LASTS;
        is_fresh && self.is_same_news(known)
    }

    /// Whether it was made from the same law, announcements and words.
    pub(crate) fn is_same_news(&self, known: &Known<'_>) -> bool {
        let same = |(one, other): (&Expectation, &Expectation)| {
            let years = other.years;
            Expectation { years, ..*one } == *other
        };
        self.expected.len() == known.expected.len()
            && self.expected.iter().zip(known.expected).all(same)
            && self.table == known.law.lasting()
            && self.words == known.words
    }

    /// Regimes under what is known on a day.
    pub(crate) fn of(
        model: &Model,
        (rule, trade): (&RegimeRule, &GoodsTrade),
        today: Today,
        known: &Known<'_>,
    ) -> Self {
        let economy = &model.economy;
        let (flows, economies) = (economy.flows(), economy.economies);
        let (law, expected) = (known.law, known.expected);
        let horizon = Horizon {
            rule,
            discount: model.frictions.equity.discount_of_all(),
            fading: 0.5 * model.frictions.stress.acceptance,
            today: today.years,
        };
        let per_importer = economies * economy.sectors;
        let word_of = |flow: usize| known.words[flow / per_importer];
        let [rise, cut] = horizon.outlook(flows, expected, word_of);
        let rises = rise.pending(expected, &horizon);
        let (most, _) = rise.largest(expected);
        let (cut_weight, calm) = cut.largest(expected);
        let none = || vec![0.0; economies];
        let mut prospect = Self {
            log_wedge: std::array::from_fn(|_| vec![0.0; flows]),
            log_wedge_cut: [vec![0.0; flows], vec![0.0; flows]],
            cut_weight,
            is_changed: vec![false; economy.markets()],
            has_rises: !rises.is_empty(),
            has_cuts: cut.at.iter().any(|at| *at != NONE),
            has_relief: false,
            credibility: [known.words.iter().sum::<f64>() / economies as f64; 2],
            relief: 0.0,
            own: none(),
            abroad: none(),
            added: none(),
            added_abroad: none(),
            cut: none(),
            cut_abroad: none(),
            conflict: 1.0,
            calm,
            calmed: [none(), none()],
            news: 0,
            hit: std::array::from_fn(|_| vec![0.0; economies * economies]),
            traded: [trade.imports.clone(), trade.exports.clone()],
            rises,
            expected: expected.to_vec(),
            table: law.lasting().to_vec(),
            words: known.words.to_vec(),
            made: today.date,
        };
        let (mut taken_back, mut added_of_all) = (0.0, 0.0);
        let (mut words, mut stakes) = ([0.0; 2], [0.0; 2]);
        let (mut conflict, mut risen_worth) = (0.0, 0.0);
        for flow in 0..flows {
            let (now, base) = (law.lasting()[flow], economy.import_duty[flow]);
            let added = now - base;
            if added == 0.0 && rise.at[flow] == NONE && cut.at[flow] == NONE {
                continue;
            }
            let (n, i, s) = economy.place(flow);
            let sales = trade.sales[flow];
            if sales <= 0.0 {
                continue;
            }
            let (up, up_worth, up_conflict) = rise.change(expected, flow);
            let (down, down_worth, down_conflict) = cut.change(expected, flow);
            // The largest belief times the share is what is expected of the flow.
            let share = |part: f64, largest: f64| match largest > 0.0 {
                true => (part / largest).min(1.0),
                false => 0.0,
            };
            let up_share = share(up_worth, most);
            let wedge = |rate: f64| ln((1.0 + rate.max(-0.9)) / (1.0 + base));
            let moved = |change: f64, share: f64| match change == 0.0 {
                true => 0.0,
                false => share * (wedge(now + change) - wedge(now)),
            };
            let down_share = share(down_worth, cut_weight);
            let status_quo = wedge(now);
            let escalation = status_quo + moved(up, up_share);
            let kept = |log_wedge: f64| {
                let held = (1.0 + base) * exp_m1(log_wedge);
                (1.0 - rule.deal_relief) * held.max(0.0) + held.min(0.0)
            };
            let (deal, deal_after) = (kept(status_quo), kept(escalation));
            prospect.has_relief |= escalation > 0.0 && rule.deal_relief > 0.0;
            taken_back += sales * (-down * down_worth).min(added).max(0.0);
            added_of_all += sales * added.max(0.0);
            for (world, at_stake) in [added.abs(), added.abs() + up * up_share]
                .into_iter()
                .enumerate()
            {
                words[world] += sales * at_stake * word_of(flow);
                stakes[world] += sales * at_stake;
            }
            let cut = status_quo + moved(down, down_share);
            prospect.log_wedge_cut[0][flow] = cut;
            prospect.log_wedge_cut[1][flow] = wedge(base + kept(cut));
            prospect.log_wedge[STATUS_QUO][flow] = status_quo;
            prospect.log_wedge[ESCALATION][flow] = escalation;
            prospect.log_wedge[DEAL][flow] = wedge(base + deal);
            prospect.log_wedge[DEAL_AFTER][flow] = wedge(base + deal_after);
            prospect.is_changed[economy.market(n, s)] = true;
            if n == i || Some(s) == economy.services {
                continue;
            }
            let (of_imports, of_exports) = (sales / trade.imports[n], sales / trade.exports[i]);
            prospect.own[n] += of_imports * up * up_share;
            prospect.abroad[i] += of_exports * up * up_share;
            prospect.added[n] += of_imports * added;
            prospect.added_abroad[i] += of_exports * added;
            prospect.cut[n] += of_imports * down * down_worth;
            prospect.cut_abroad[i] += of_exports * down * down_worth;
            conflict += sales * up * up_conflict;
            risen_worth += sales * up * up_worth;
            let calmed = down * share(down_conflict, calm);
            prospect.calmed[0][n] += of_imports * calmed;
            prospect.calmed[1][i] += of_exports * calmed;
            let hit =
                [0.0, up * up_share, down * down_share].map(|change| rule.hit(added + change));
            for (by_pair, hit) in prospect.hit.iter_mut().zip(hit) {
                by_pair[n * economies + i] += sales * hit;
            }
        }
        if added_of_all > 0.0 {
            prospect.relief = taken_back / added_of_all;
        }
        for (world, stakes) in stakes.into_iter().enumerate() {
            if stakes > 0.0 {
                prospect.credibility[world] = words[world] / stakes;
            }
        }
        if risen_worth > 0.0 {
            prospect.conflict = conflict / risen_worth;
        }
        prospect
    }

    /// Weight of each regime some years after the start of the tick whose expectations
    /// are given.
    pub fn weights(
        &self,
        rule: &RegimeRule,
        expected: &[Expectation],
        years: f64,
    ) -> [f64; REGIMES] {
        let of = |one: &Pending| one.weight_at(rule, expected[one.at].years - years);
        let up = self.rises.iter().map(of).fold(0.0, f64::max);
        [1.0 - up, up, 0.0, 0.0]
    }

    /// Reach of a trade war in a world for each economy, `[n]`, 0 to 1: the larger of
    /// that over its imports and over its exports, and the share `spill` of what it is
    /// for the economy whose own government makes the largest.
    pub fn war(&self, rule: &RegimeRule, world: World, spill: f64) -> Vec<f64> {
        let (hit, [imports, exports]) = (&self.hit[world as usize], &self.traded);
        let economies = imports.len();
        let own = (0..economies).map(|n| {
            let partners = &hit[n * economies..(n + 1) * economies];
            rule.reach(partners.iter().copied(), imports[n])
        });
        let abroad = (0..economies).map(|i| {
            let governments = hit[i..].iter().step_by(economies);
            rule.reach(governments.copied(), exports[i])
        });
        let (own, abroad): (Vec<f64>, Vec<f64>) = (own.collect(), abroad.collect());
        felt(&own, &abroad, spill)
    }
}

/// The larger of what stems from the own government and from abroad, and the share
/// `spill` of what stems from the own government where that is largest, `[n]`.
pub(crate) fn felt(own: &[f64], abroad: &[f64], spill: f64) -> Vec<f64> {
    let largest = own.iter().fold(0.0_f64, |most, own| most.max(*own));
    (own.iter().zip(abroad))
        .map(|(own, abroad)| own.max(*abroad).max(spill * largest))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::SOME_RULE as RULE;
    use super::*;

    #[test]
    fn the_largest_war_of_a_government_reaches_others_in_part() {
        let mut prospect = Prospect {
            log_wedge: Default::default(),
            log_wedge_cut: Default::default(),
            cut_weight: 0.0,
            is_changed: Vec::new(),
            has_rises: false,
            has_cuts: false,
            has_relief: false,
            relief: 0.0,
            credibility: [0.5; 2],
            own: Vec::new(),
            abroad: Vec::new(),
            added: Vec::new(),
            added_abroad: Vec::new(),
            cut: Vec::new(),
            cut_abroad: Vec::new(),
            conflict: 1.0,
            calm: 0.0,
            calmed: Default::default(),
            news: 0,
            hit: std::array::from_fn(|_| vec![0.0; 9]),
            traded: [vec![10.0; 3], vec![10.0; 3]],
            rises: Vec::new(),
            expected: Vec::new(),
            table: Vec::new(),
            words: Vec::new(),
            made: Date::constant(2001, 1, 1),
        };
        // Economy 0 hits the two others alike.
        prospect.hit[World::Risen as usize][1] = 3.0;
        prospect.hit[World::Risen as usize][2] = 3.0;
        let war = prospect.war(&RULE, World::Risen, 0.4);
        assert!((war[0] - 0.5).abs() < 1e-15, "{war:?}");
        for abroad in &war[1..] {
            assert!((abroad - 0.2).abs() < 1e-15, "{war:?}");
        }
        let calm = prospect.war(&RULE, World::InForce, 0.4);
        assert!(calm.iter().all(|war| war.abs() < 1e-300));
    }
}
