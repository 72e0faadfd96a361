//! Rules of talks out of the parameters of the files and those of an experiment.

use std::collections::BTreeMap;

use tradewinds_engine::talks::payoff::Weights;
use tradewinds_engine::talks::{AlliesRule, AttritionRule, PrincipalKinds, TalksRule};
use tradewinds_policy::PresetFormula;
use tradewinds_policy::talks::alignment::AlignmentRule;
use tradewinds_policy::talks::back_down::BackDownWeights;
use tradewinds_policy::talks::bargaining::Pair;
use tradewinds_policy::talks::belief::{BetaBelief, EventLikelihoods};
use tradewinds_policy::talks::capacity::SlotSupply;
use tradewinds_policy::talks::coalition::TrustRule;
use tradewinds_policy::talks::disagreement::SecurityLink;
use tradewinds_policy::talks::hazard::HazardWeights;
use tradewinds_policy::talks::implementation::AfterDeal;
use tradewinds_policy::talks::issue::Showcase;
use tradewinds_policy::talks::nash_in_nash::DampedIteration;
use tradewinds_policy::talks::offer::{AspirationRule, ConcessionPath};
use tradewinds_policy::talks::order::OrderWeights;
use tradewinds_policy::talks::red_line::RedLineRule;
use tradewinds_policy::talks::retaliation::{Escalation, RetaliationWeights};
use tradewinds_units::EconomyCode;

use super::{Held, Talks};

/// Distance at which rates that pairs reckon with count as found, share, and steps after
/// which the search ends: rates are sought in steps of 2.5 points.
const NEAR_RATE: f64 = 0.005;
const MOST_STEPS: u32 = 12;
/// What each of the principal's kinds is called in the files.
const KINDS: [&str; 4] = ["dealer", "revenue", "punisher", "decoupler"];
/// What a month may bring, in the order of bits of [`PrincipalKinds::months`].
const EVENTS: [&str; 4] = ["pause", "letter", "signed_deal", "repudiation"];

/// A parameter of talks that is not there.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CampaignError {
    /// No symbol of this name has one value.
    #[error("no parameter of talks is called `{0}`; see configs/talks/parameters.toml")]
    Symbol(String),
    /// The world does not have an economy that talks.
    #[error("the world has no economy {0}, which talks")]
    Economy(EconomyCode),
}

pub(super) struct Values<'a> {
    pub(super) talks: &'a Talks,
    pub(super) own: &'a BTreeMap<String, f64>,
}

impl Values<'_> {
    pub(super) fn of(&self, name: &str) -> Result<f64, CampaignError> {
        let own = self.own.get(name).copied();
        let value = own.or_else(|| self.talks.value(name));
        value.ok_or_else(|| CampaignError::Symbol(name.to_owned()))
    }

    fn belief(&self, hits: &str, misses: &str) -> Result<BetaBelief, CampaignError> {
        Ok(BetaBelief {
            hits: self.of(hits)?,
            misses: self.of(misses)?,
        })
    }
}

/// The rules of the facts, with `own` parameters by name in the place of theirs.
///
/// # Errors
/// [`CampaignError::Symbol`] where one is missing.
pub fn talks_rule(talks: &Talks, own: &BTreeMap<String, f64>) -> Result<TalksRule, CampaignError> {
    rule(&Values { talks, own })
}

pub(super) fn rule(values: &Values<'_>) -> Result<TalksRule, CampaignError> {
    let of = |name: &str| values.of(name);
    let path = |kind: &str| {
        Ok::<_, CampaignError>(ConcessionPath {
            first: of(&format!("first_offer_{kind}"))?,
            step: of(&format!("concession_step_{kind}"))?,
            peer_weight: of(&format!("peer_weight_{kind}"))?,
        })
    };
    Ok(TalksRule {
        floor: of("floor_rate")?,
        pause_days: of("pause_days")? as i64,
        extension_days: of("extension_days")? as i64,
        weights: Weights {
            revenue: of("us_weight_revenue")?,
            deficit: of("us_weight_deficit")?,
            cost: of("us_weight_consumers")?,
        },
        export_value: of("export_value")?,
        showcase: Showcase {
            first: of("us_showcase")?,
            decay: of("showcase_decay")?,
        },
        patience: of("discount_us")?,
        security: SecurityLink {
            loss: of("security_link")?,
            probability: of("p_link")?,
        },
        relax: of("exclusion_relax")?,
        round_gap: of("round_gap_days")?,
        offer_noise: of("offer_noise")?,
        bluff: of("bluff")?,
        claims: values.belief("cred_prior_a", "cred_prior_b")?,
        order: OrderWeights {
            dependence: of("order_dependence")?,
            size: of("order_size")?,
            readiness: of("order_readiness")?,
            issues: of("order_issues")?,
            salience: of("order_salience")?,
            temperature: of("order_temperature")?,
        },
        peer_gap: of("peer_gap")?,
        precedent: of("precedent_toughness")?,
        allies: allies(values)?,
        hazard: HazardWeights {
            constant: of("hazard_const")?,
            surplus: of("hazard_surplus")?,
            deadline: of("hazard_deadline")?,
            summit: of("hazard_summit")?,
            readiness: of("hazard_ready")?,
            red_line_gap: of("hazard_redline")?,
            caretaker: of("hazard_caretaker")?,
            queue: of("hazard_queue")?,
            extension: of("hazard_extension")?,
        },
        extension: values.belief("p_extension_a", "p_extension_b")?,
        kinds: kinds(values)?,
        optimism: of("optimism")?,
        attrition: AttritionRule {
            demands: Pair {
                principal: of("demand_us")?,
                partner: of("demand_partner")?,
            },
            stubborn: Pair {
                principal: of("stubborn_us")?,
                partner: of("stubborn_partner")?,
            },
            reversal: of("stubborn_uturn")?,
        },
        red_lines: RedLineRule {
            election_weeks: of("election_scale")?,
            minority_cut: of("minority_cut")?,
            mandate_bonus: of("mandate_bonus")?,
        },
        learning_weeks: of("learning_lag")?,
        caretakers_wait: values.own.get("caretakers").is_none_or(|flag| *flag > 0.5),
        ratify_noise: of("ratify_noise")?,
        seats_needed: of("seats_needed")?,
        slots: SlotSupply {
            per_week: of("slots")?,
            crisis_share: of("crisis_share")?,
            negotiators: of("principals")?,
        },
        leader_slots: of("slots_leader")?,
        rounds_per_issue: of("rounds_per_issue")?,
        principal_noise: of("principal_noise")?,
        veto: of("leader_veto")?,
        letter_margin: of("letter_margin")?,
        back_down: BackDownWeights {
            constant: of("backdown_const")?,
            stress: of("backdown_z")?,
            joint: of("backdown_joint")?,
            approval: of("backdown_approval")?,
            call: of("backdown_call")?,
            resolve: of("backdown_resolve")?,
        },
        resolve: of("resolve")?,
        crisis: of("crisis_stress")?,
        answered_rise: of("answered_rise")?,
        escalation_days: of("escalation_days")? as i64,
        quarrel_lag: of("quarrel_lag")?,
        retaliation: RetaliationWeights {
            constant: of("ret_const")?,
            power: of("ret_power")?,
            dependence: of("ret_dependence")?,
            security: of("ret_security")?,
            anger: of("ret_anger")?,
            self_image: of("ret_image")?,
        },
        match_levels: levels(values, "ret_levels")?,
        answer_days: [of("ret_lag_fast")?, of("ret_lag_union")?],
        answer_shape: of("ret_lag_shape")?,
        escalation: Escalation {
            after_full: of("us_escalate_full")?,
            after_part: of("us_escalate_part")?,
            step: of("us_escalate_step")?,
        },
        tit_for_tat: of("tit_for_tat")?,
        precision: of("choice_precision")?,
        opacity: of("opacity")?,
        aspiration: AspirationRule {
            gain: of("aspiration_speed")?,
        },
        paths: [
            path("fast")?,
            path("listener")?,
            path("holdout")?,
            path("hedger")?,
        ],
        after: AfterDeal {
            median_lag_days: of("legal_lag_median")?,
            lag_deviation: of("legal_lag_sd")?,
            dispute: of("p_dispute")?,
            unconfirmed: of("p_unconfirmed")?,
            snap_back: of("snapback")?,
        },
        alignment: AlignmentRule {
            // The file has it per unit of the rate.
            coercion: of("align_coercion")? / 100.0,
            security: of("align_security")?,
            backlash: of("align_backlash")?,
        },
        has_diversion: values.own.get("diversion").is_none_or(|flag| *flag > 0.5),
        pauses_sectors: values
            .own
            .get("sector_pause")
            .is_some_and(|flag| *flag > 0.5),
        nash_in_nash: match values.own.get("nash_in_nash") {
            Some(flag) if *flag > 0.5 => Some(DampedIteration {
                damping: of("nash_damping")?,
                tolerance: NEAR_RATE,
                steps: MOST_STEPS,
            }),
            _ => None,
        },
        presets: presets(values)?,
    })
}

/// How the principal presets rates, where the experiment says so: 1 by its formula, 0 at the
/// floor of that for all.
fn presets(values: &Values<'_>) -> Result<Option<PresetFormula>, CampaignError> {
    let Some(flag) = values.own.get("presets") else {
        return Ok(None);
    };
    let share = values.of("preset_share")?;
    Ok(Some(PresetFormula {
        floor: values.of("preset_floor")?,
        share: if *flag > 0.5 { share } else { 0.0 },
        rounds_up: true,
    }))
}

/// Levels of a parameter that is some numbers.
fn levels(values: &Values<'_>, name: &str) -> Result<Vec<f64>, CampaignError> {
    match values.talks.symbol(name).map(|symbol| &symbol.held) {
        Some(Held::Levels(levels)) => Ok(levels.clone()),
        _ => Err(CampaignError::Symbol(name.to_owned())),
    }
}

/// What partners think possible of the principal.
fn kinds(values: &Values<'_>) -> Result<PrincipalKinds, CampaignError> {
    let prior: Vec<f64> = (KINDS.iter())
        .map(|kind| values.of(&format!("us_type_{kind}")))
        .collect::<Result<_, _>>()?;
    let all: f64 = prior.iter().sum();
    let monthly: Vec<Vec<f64>> = (KINDS.iter())
        .map(|kind| {
            let chance = |event: &&str| values.of(&format!("lik_{event}_{kind}"));
            let chances: Result<Vec<f64>, _> = EVENTS.iter().map(chance).collect();
            Ok(chances?.iter().map(|one| one.clamp(0.0, 1.0)).collect())
        })
        .collect::<Result<_, CampaignError>>()?;
    let month = |chances: &Vec<f64>| -> Vec<f64> {
        let brought = |bits: usize| -> f64 {
            let one = |(bit, chance): (usize, &f64)| match bits >> bit & 1 {
                1 => *chance,
                _ => 1.0 - chance,
            };
            chances.iter().enumerate().map(one).product()
        };
        (0..1 << EVENTS.len()).map(brought).collect()
    };
    let months = EventLikelihoods::new(monthly.iter().map(month).collect());
    Ok(PrincipalKinds {
        prior: prior
            .iter()
            .map(|one| one / all.max(f64::MIN_POSITIVE))
            .collect(),
        pauses: monthly.iter().map(|chances| chances[0]).collect(),
        months: months.unwrap_or_else(|errors| panic!("chances that are none: {errors:?}")),
    })
}

fn allies(values: &Values<'_>) -> Result<AlliesRule, CampaignError> {
    let of = |name: &str| values.of(name);
    Ok(AlliesRule {
        least_security: of("ally_security")?,
        joint_gain: of("joint_gain")?,
        lone_gain: of("lone_gain")?,
        penalty: of("single_out_penalty")?,
        targets: of("single_out_count")?,
        half: of("pressure_half")?,
        steepness: of("pressure_slope")?,
        cost: of("coordination_cost")?,
        noise: of("coalition_noise")?,
        trust: of("trust_start")?,
        trust_rule: TrustRule {
            decay: of("trust_decay")?,
            fall: of("trust_fall")?,
        },
        salience: of("target_salience")?,
    })
}
