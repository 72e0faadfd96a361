//! From facts of talks to a campaign that governments conduct in a run.

use std::collections::BTreeMap;

use tradewinds_engine::talks::payoff::Weights;
use tradewinds_engine::talks::{
    AlliesRule, AttritionRule, Campaign, Effect as InEconomy, Offer as OnTable, PartnerStatutes,
    Party, PrincipalKinds, StrategyChoice, TalksRule, number_in_draws,
};
use tradewinds_kernel::draws::{Decision, Draws};
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
use tradewinds_policy::talks::order::{OrderTraits, OrderWeights, standardised};
use tradewinds_policy::talks::red_line::RedLineRule;
use tradewinds_policy::talks::retaliation::{Escalation, RetaliationTraits, RetaliationWeights};
use tradewinds_units::{Date, EconomyCode};
use tradewinds_world::World;

use super::evidence::Ranged;
use super::levers::LeverLaw;
use super::{Conduct, Effect, Held, Issue, Offer, Talks};
use crate::prior::Prior;

/// Distance at which rates that pairs reckon with count as found, share, and steps after
/// which the search ends: rates are sought in steps of 2.5 points.
const NEAR_RATE: f64 = 0.005;
const MOST_STEPS: u32 = 12;
/// Values of parameters of talks.
const RANGES: Decision = Decision::named("talks: values");
/// Value and cost of offers.
const OFFERS: Decision = Decision::named("talks: offers");
/// What each of the principal's kinds is called in the files.
const KINDS: [&str; 4] = ["dealer", "revenue", "punisher", "decoupler"];
/// What a month may bring, in the order of bits of [`PrincipalKinds::months`].
const EVENTS: [&str; 4] = ["pause", "letter", "signed_deal", "repudiation"];

/// Who conducts itself how, and which parameters differ from the files.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Conducting {
    /// Strategy of the principal.
    pub principal: StrategyChoice,
    /// Strategy of the partners.
    pub partners: StrategyChoice,
    /// Strategies of single partners.
    pub own: BTreeMap<EconomyCode, StrategyChoice>,
    /// Parameters in the place of those of the files, by name of the symbol.
    pub values: BTreeMap<String, f64>,
    /// Partners that talk; all where it is empty.
    pub only: Vec<EconomyCode>,
    /// Each draw of the parameters has its own values, over their ranges.
    pub has_ranges: bool,
    /// Value to the principal and cost to the partner of offers, USD bn a year, by partner and
    /// issue, in the place of those of the files.
    pub offers: BTreeMap<(EconomyCode, String), (f64, f64)>,
}

impl Conducting {
    /// The same with values of its own for a draw of the parameters, where ranges are
    /// drawn: triangular over the range of each symbol that `values` does not hold, and of
    /// value and cost of each offer.
    #[must_use]
    pub fn of_draw(&self, talks: &Talks, draws: &Draws) -> Self {
        if !self.has_ranges {
            return self.clone();
        }
        let mut values = self.values.clone();
        for symbol in &talks.symbols {
            if let Held::Number(number) = &symbol.held {
                let uniform = draws.uniform(RANGES, of_name(&symbol.name), 0);
                let drawn = triangular((number.low, number.value, number.high), uniform);
                values.entry(symbol.name.clone()).or_insert(drawn);
            }
        }
        let codes = (talks.governments.iter().map(|one| one.economy))
            .chain(talks.attached.iter().map(|one| one.economy));
        let of_code = |code: EconomyCode| {
            talks.offers(code).iter().map(move |offer| {
                let number = of_name(&format!("{code} {}", offer.issue));
                let of = |range: Ranged, place: u32| {
                    let uniform = draws.uniform(OFFERS, number, place);
                    triangular((range.low, range.value, range.high), uniform)
                };
                let key = (code, offer.issue.clone());
                (key, (of(offer.value, 0), of(offer.cost, 1)))
            })
        };
        Self {
            values,
            offers: codes.flat_map(of_code).collect(),
            ..self.clone()
        }
    }
}

impl Conducting {
    /// Value of a parameter over that of the files, of which governments have their own.
    fn over_file(&self, talks: &Talks, name: &str) -> f64 {
        let value = self.values.get(name).zip(talks.value(name));
        value.map_or(1.0, |(own, of_file)| own / of_file)
    }
}

/// A value of a triangular prior over a range; the middle where there is none.
fn triangular((low, mode, high): (f64, f64, f64), uniform: f64) -> f64 {
    match low < high {
        true => Prior::Triangular { low, mode, high }.quantile(uniform),
        false => mode,
    }
}

/// Number of a symbol in draws: of its name alone (FNV-1a).
fn of_name(name: &str) -> u32 {
    let step = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(16_777_619);
    name.bytes().fold(2_166_136_261, step)
}

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

struct Values<'a> {
    talks: &'a Talks,
    own: &'a BTreeMap<String, f64>,
}

impl Values<'_> {
    fn of(&self, name: &str) -> Result<f64, CampaignError> {
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

/// The campaign of the facts from a day on; `statutes` by economy of the world.
///
/// # Errors
/// [`CampaignError`] where a parameter or an economy is missing.
pub fn campaign(
    (talks, conducting): (&Talks, &Conducting),
    world: &World,
    statutes: Vec<Option<PartnerStatutes>>,
    from: Date,
) -> Result<Campaign, CampaignError> {
    let index = |code: EconomyCode| {
        let found = world.economies.iter().position(|one| *one == code);
        found.ok_or(CampaignError::Economy(code))
    };
    let values = Values {
        talks,
        own: &conducting.values,
    };
    let rest = talks.rest.map(index).transpose()?;
    let deadline = deadline(&statutes, from);
    let floor = values.of("floor_rate")?;
    let of_rest = rest.and_then(|rest| statutes.get(rest)?.as_ref());
    let of_rest = of_rest.map_or(Vec::new(), |one| one.country.scheduled.clone());
    let mut parties = Vec::new();
    for government in &talks.governments {
        let (code, rule) = (government.economy, &government.rule);
        let trade = &government.economics;
        let economy = index(code)?;
        let caretaker = rule
            .caretaker_from
            .map(|first| (first, rule.caretaker_to.unwrap_or(Date::MAX)));
        parties.push(Party {
            gdp: trade.gdp,
            order: order(&government.conduct, government.dependence(), trade.size),
            retaliation: retaliation(&government.conduct, government.dependence(), trade.power),
            types: types(&government.types),
            answers: answers(&government.answers),
            seats: rule.seats,
            minority_from: rule.minority_from,
            caretaker,
            next_vote: rule.next_vote,
            rival_share: trade.rival_share.unwrap_or(0.0),
            ..party(
                (talks, conducting),
                (code, economy),
                &government.conduct,
                from,
                world,
            )
        });
    }
    for one in &talks.attached {
        let Some(economy) = rest else { break };
        parties.push(Party {
            share: one.share_of_exports,
            is_attached: true,
            weight: one.weight,
            schedule: of_attached(&of_rest, floor, one.rate),
            gdp: one.gdp,
            order: order(&one.conduct, one.dependence(), one.size),
            retaliation: retaliation(&one.conduct, one.dependence(), one.power),
            types: types(&one.types),
            answers: answers(&one.answers),
            seats: one.seats,
            ..party(
                (talks, conducting),
                (one.economy, economy),
                &one.conduct,
                from,
                world,
            )
        });
    }
    standardise(&mut parties);
    Ok(Campaign {
        from,
        principal: index(talks.principal)?,
        rest,
        parties,
        statutes,
        issues: talks.issues.iter().map(|issue| issue.id.clone()).collect(),
        deadline,
        rule: rule(&values)?,
        principal_strategy: conducting.principal.clone(),
    })
}

/// Rates of an attached government: where the law has none on the rest of the world it pays
/// none, where that pays the floor it does, and above the floor its own.
fn of_attached(of_rest: &[(Date, f64)], floor: f64, own: f64) -> Vec<(Date, f64)> {
    let rate = |of_rest: f64| match of_rest {
        none if none <= 0.0 => 0.0,
        least if least <= floor => floor.min(own),
        _ => own,
    };
    let mut path: Vec<(Date, f64)> = (of_rest.iter())
        .map(|(day, of_rest)| (*day, rate(*of_rest)))
        .collect();
    path.dedup_by(|next, last| next.1.to_bits() == last.1.to_bits());
    path
}

/// The day after `from` on which most country rates rise for the last time, as the law
/// stands; the first of several.
fn deadline(statutes: &[Option<PartnerStatutes>], from: Date) -> Option<Date> {
    let mut rises: BTreeMap<Date, usize> = BTreeMap::new();
    for one in statutes.iter().flatten() {
        let steps = one.country.scheduled.windows(2).rev();
        let last = steps
            .map(|pair| (pair[1].0, pair[1].1 - pair[0].1))
            .find(|(day, rise)| *day > from && *rise > 0.0);
        if let Some((day, _)) = last {
            *rises.entry(day).or_default() += 1;
        }
    }
    let most = rises.values().max().copied()?;
    let found = rises.into_iter().find(|(_, count)| *count == most);
    found.map(|(day, _)| day)
}

/// What every party has, from what the files say of it.
fn party(
    (talks, conducting): (&Talks, &Conducting),
    (code, economy): (EconomyCode, usize),
    conduct: &Conduct,
    from: Date,
    world: &World,
) -> Party {
    let rounds = talks.record.iter().filter(|event| {
        event.kind == "round" && event.date < from && event.economies.contains(&code)
    });
    let own = conducting.own.get(&code);
    Party {
        code: code.to_string(),
        id: number_in_draws(&code.to_string()),
        economy,
        share: 1.0,
        is_attached: false,
        weight: 0.0,
        schedule: Vec::new(),
        is_absent: !conducting.only.is_empty() && !conducting.only.contains(&code),
        rounds_held: rounds.count() as u32,
        gdp: 0.0,
        trade: talks.trade().get(&code).copied().unwrap_or_default(),
        order: OrderTraits::default(),
        retaliation: retaliation(conduct, 0.0, 0.0),
        types: [0.0; 4],
        answers: [0.0; 4],
        patience: conduct.patience * conducting.over_file(talks, "discount_partner"),
        readiness: conduct.readiness,
        security: conduct.security,
        is_all_or_nothing: match conducting.values.get("all_or_nothing") {
            Some(flag) => *flag > 0.5 && conduct.is_all_or_nothing,
            None => conduct.is_all_or_nothing,
        },
        seats: 1.0,
        minority_from: None,
        caretaker: None,
        next_vote: None,
        rival_share: 0.0,
        offers: offers((talks, conducting), code, world),
        strategy: own.unwrap_or(&conducting.partners).clone(),
    }
}

fn offers(
    (talks, conducting): (&Talks, &Conducting),
    code: EconomyCode,
    world: &World,
) -> Vec<OnTable> {
    let values = Values {
        talks,
        own: &conducting.values,
    };
    let on_table = |offer: &Offer| {
        let (at, issue) =
            (talks.issues.iter().enumerate()).find(|(_, one)| one.id == offer.issue)?;
        let drawn = conducting.offers.get(&(code, offer.issue.clone()));
        let (value, cost) = drawn.map_or((offer.value.value, offer.cost.value), |pair| *pair);
        Some(OnTable {
            issue: at,
            value,
            cost,
            red_line: offer.red_line,
            tightening: values.of(&issue.election).unwrap_or(0.0),
            effect: in_economy(issue, offer, world),
            needs_vote: issue.effect == Effect::DefenceBudget,
        })
    };
    talks.offers(code).iter().filter_map(on_table).collect()
}

fn in_economy(issue: &Issue, offer: &Offer, world: &World) -> InEconomy {
    let sector = issue.sector.as_ref().and_then(|code| {
        let mut sectors = world.sectors.iter();
        sectors.position(|one| one.as_str() == code.as_str())
    });
    let by = offer.largest_change;
    match (issue.effect, sector) {
        (Effect::TariffCut, _) => InEconomy::Duty { by },
        (Effect::Purchases | Effect::ImportQuota, Some(sector)) => {
            InEconomy::Imports { sector, by }
        }
        (Effect::TradeCost, Some(sector)) if issue.is_money() => InEconomy::Imports { sector, by },
        (Effect::TradeCost, None) if !issue.is_money() => InEconomy::Cost { by },
        _ => InEconomy::None,
    }
}

fn order(conduct: &Conduct, dependence: f64, size: f64) -> OrderTraits {
    OrderTraits {
        dependence,
        size: size.max(0.0).sqrt(),
        readiness: conduct.readiness,
        issues: conduct.issue_load,
        salience: conduct.press_salience,
    }
}

fn retaliation(conduct: &Conduct, dependence: f64, power: f64) -> RetaliationTraits {
    RetaliationTraits {
        power,
        dependence,
        security: conduct.security,
        anger: conduct.anger,
        self_image: conduct.self_image,
    }
}

fn types(one: &super::TypePriors) -> [f64; 4] {
    [one.fast, one.listener, one.holdout, one.hedger]
}

fn answers(one: &super::AnswerPriors) -> [f64; 4] {
    [one.equaliser, one.partial, one.slow, one.none]
}

/// Traits of the order rule in standard deviations over parties.
fn standardise(parties: &mut [Party]) {
    let columns: [fn(&mut OrderTraits) -> &mut f64; 5] = [
        |one| &mut one.dependence,
        |one| &mut one.size,
        |one| &mut one.readiness,
        |one| &mut one.issues,
        |one| &mut one.salience,
    ];
    for column in columns {
        let values: Vec<f64> = parties
            .iter_mut()
            .map(|one| *column(&mut one.order))
            .collect();
        for (party, value) in parties.iter_mut().zip(standardised(&values)) {
            *column(&mut party.order) = value;
        }
    }
}

/// The rules of the facts, with `own` parameters by name in the place of theirs.
///
/// # Errors
/// [`CampaignError::Symbol`] where one is missing.
pub fn talks_rule(talks: &Talks, own: &BTreeMap<String, f64>) -> Result<TalksRule, CampaignError> {
    rule(&Values { talks, own })
}

fn rule(values: &Values<'_>) -> Result<TalksRule, CampaignError> {
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

/// What talks can move in a law, by economy; nothing of the principal itself.
pub fn statutes(talks: &Talks, law: &LeverLaw<'_>) -> Vec<Option<PartnerStatutes>> {
    let economies = &law.world.economies;
    let Some(principal) = economies.iter().position(|one| *one == talks.principal) else {
        return vec![None; economies.len()];
    };
    let ids = |named: &'_ [String]| named.to_vec();
    let (country, answers) = (ids(&talks.country_rates), ids(&talks.answers));
    (0..economies.len())
        .map(|partner| {
            let statute = |pair: (usize, usize), named: &[String]| {
                let named: Vec<&str> = named.iter().map(String::as_str).collect();
                law.statute(pair, &named)
            };
            let flow = (principal, partner);
            let reply = (partner, principal);
            let on_lists = statute(reply, &answers);
            // Of the rest of the world the model has no answers.
            let has_own = !on_lists.exposure.is_empty() || Some(economies[partner]) == talks.rest;
            let on_all = (!has_own).then(|| law.on_all_goods(reply)).flatten();
            (partner != principal).then(|| PartnerStatutes {
                country: statute(flow, &country),
                sectors: (talks.sector_duties.iter())
                    .map(|one| statute(flow, std::slice::from_ref(one)))
                    .filter(|one| !one.exposure.is_empty())
                    .collect(),
                answer: on_all.unwrap_or(on_lists),
            })
        })
        .collect()
}
