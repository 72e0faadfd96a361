//! What the word of a government is worth, learned from what became of its announcements.
//!
//! What was due on a day counts as carried out when at least half of it is in force, and
//! what ended as withdrawn when more than half is neither in force nor announced any more
//! for a day soon after. So a plan that becomes a law with a date is judged by the law, and
//! a text stated anew teaches nothing. Rises and cuts are judged apart, and a rise that is
//! taken back after it held counts as withdrawn: a pause on the day of a threat is a
//! reversal too. Nothing is learned from a change that hardly moves the average duty.

use tradewinds_units::{Date, days_between};

use super::{Announced, BeliefRule, Beliefs, Pending};
use crate::model::Model;

/// Change of the average duty on an economy's imports of goods from which on it tells
/// whether its government keeps its word.
const NOTABLE: f64 = 0.0005;
/// Days by which a change may be put off without counting as withdrawn.
const PUT_OFF: i64 = 14;

/// What a government's word was worth so far.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Word {
    /// On rises of duty; rises that it took back after they held count as withdrawn.
    pub rises: Deeds,
    /// On cuts.
    pub cuts: Deeds,
}

impl Word {
    /// Credibility of what it says of a change.
    pub(super) fn credibility(&self, rule: &BeliefRule, change: f64) -> f64 {
        match change > 0.0 {
            true => self.rises.credibility(rule),
            false => self.cuts.credibility(rule),
        }
    }

    /// Counts what ended on one day: at most one deed each.
    fn count(&mut self, rises: &Ended, cuts: &Ended) {
        for (deeds, ended) in [(&mut self.rises, rises), (&mut self.cuts, cuts)] {
            deeds.carried_out += f64::from(u8::from(ended.due.is_done()));
        }
        let is_broken = rises.is_dropped() || cuts.due.takes_back();
        self.rises.withdrawn += f64::from(u8::from(is_broken));
        self.cuts.withdrawn += f64::from(u8::from(cuts.is_dropped()));
    }
}

/// Announcements seen to be kept or not.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Deeds {
    /// Carried out.
    pub carried_out: f64,
    /// Withdrawn.
    pub withdrawn: f64,
}

impl Deeds {
    /// Probability that the next announcement comes true; zero where nothing says so.
    pub(crate) fn credibility(&self, rule: &BeliefRule) -> f64 {
        let believed = rule.prior_carried_out + self.carried_out;
        let all = believed + rule.prior_withdrawn + self.withdrawn;
        match all.is_infinite() || all <= 0.0 {
            true => 0.0,
            false => believed / all,
        }
    }
}

impl Beliefs {
    /// Counts announcements of lasting rates that have ended: at most one deed carried out
    /// and one withdrawn for each government and day, however many dates a text names.
    pub(super) fn learn(&mut self, model: &Model, day: Date) {
        let announced = model.law.lasting_outlook().announced();
        let of_law = &mut self.of_law.pending;
        let (ended, pending): (Vec<Pending>, Vec<Pending>) =
            (of_law.drain(..)).partition(|one| announced[one.first].known_until <= day);
        *of_law = pending;
        let mut of_all = vec![[Ended::default(); 2]; self.seen.len()];
        for one in &ended {
            let is_due = announced[one.first].effective <= day;
            let kept = Kept::of(model, (announced, of_law), one, day);
            for (of_direction, kept) in of_all[one.importer].iter_mut().zip(&kept) {
                if kept.trade >= NOTABLE * self.imports[one.importer] {
                    of_direction.add(kept, is_due);
                }
            }
        }
        for ([rises, cuts], word) in of_all.iter().zip(&mut self.seen) {
            word.count(rises, cuts);
        }
    }
}

/// Announcements of one direction that ended on one day.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Ended {
    /// Those whose day had not come.
    early: Kept,
    /// Those whose day had.
    due: Kept,
}

impl Ended {
    fn add(&mut self, kept: &Kept, is_due: bool) {
        match is_due {
            true => self.due.add(kept),
            false => self.early.add(kept),
        }
    }

    fn is_dropped(&self) -> bool {
        self.early.is_dropped() || self.due.is_dropped()
    }
}

/// What became of announcements: sums of changes of rates over flows.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Kept {
    /// Announced.
    asked: f64,
    /// Of it, in force.
    done: f64,
    /// Of it, in force or still announced for about the same day.
    stands: f64,
    /// Of it, in force and taken back from duties above those of the base year.
    back: f64,
    /// Announced, weighed with trade of the base year.
    trade: f64,
}

impl Kept {
    /// What has become on a day of the rises, and of the cuts, that a government announced
    /// on one day for one day.
    fn of(
        model: &Model,
        (announced, standing): (&[Announced], &[Pending]),
        one: &Pending,
        day: Date,
    ) -> [Self; 2] {
        let economy = &model.economy;
        let (group, sales) = (&announced[one.first..one.end], &economy.accounts().sales);
        let [then, now] = [group[0].known_from, day].map(|on| model.law.on(on).lasting());
        let of_importer = standing
            .iter()
            .filter(|other| other.importer == one.importer);
        let still = of_importer.map(|other| &announced[other.first..other.end]);
        let again = announced_again(still, group);
        let mut kept = [Self::default(); 2];
        for (announced, again) in group.iter().zip(again) {
            let (flow, asked) = (announced.flow as usize, announced.change.abs());
            let moved = (now[flow] - then[flow]) * announced.change.signum();
            let done = moved.clamp(0.0, asked);
            let above = (then[flow] - economy.import_duty[flow]).max(0.0);
            kept[usize::from(announced.change < 0.0)].add(&Self {
                asked,
                done,
                stands: asked.min(done + again),
                back: done.min(above),
                trade: sales[flow] * asked,
            });
        }
        kept
    }

    fn add(&mut self, other: &Self) {
        self.asked += other.asked;
        self.done += other.done;
        self.stands += other.stands;
        self.back += other.back;
        self.trade += other.trade;
    }

    /// Whether at least half is in force.
    fn is_done(&self) -> bool {
        self.asked > 0.0 && self.done >= 0.5 * self.asked
    }

    /// Whether more than half is neither in force nor announced any more.
    fn is_dropped(&self) -> bool {
        self.stands < 0.5 * self.asked
    }

    /// Whether cuts took at least half of what they are from duties added before.
    fn takes_back(&self) -> bool {
        self.asked > 0.0 && self.back >= 0.5 * self.asked
    }
}

/// Changes in the direction of those of `group` that are still announced, for days at
/// most [`PUT_OFF`] from its own, by place in the group. A later text states a change
/// against what holds by then.
fn announced_again<'a>(
    still: impl Iterator<Item = &'a [Announced]>,
    group: &[Announced],
) -> Vec<f64> {
    let effective = group[0].effective;
    let mut again = vec![0.0_f64; group.len()];
    let is_soon =
        |other: &&[Announced]| days_between(effective, other[0].effective).abs() <= PUT_OFF;
    for other in still.filter(is_soon).flatten() {
        let first = group.partition_point(|one| one.flow < other.flow);
        let of_flow = group[first..].iter().zip(&mut again[first..]);
        for (one, again) in of_flow.take_while(|(one, _)| one.flow == other.flow) {
            *again = again.max(other.change * one.change.signum());
        }
    }
    again
}
