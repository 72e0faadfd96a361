//! From facts of talks to a campaign that governments conduct in a run.

use std::collections::BTreeMap;

use tradewinds_engine::talks::{
    Campaign, Effect as InEconomy, Offer as OnTable, PartnerStatutes, Party, number_in_draws,
};
use tradewinds_policy::talks::order::{OrderTraits, standardised};
use tradewinds_policy::talks::retaliation::RetaliationTraits;
use tradewinds_units::{Date, EconomyCode};
use tradewinds_world::World;

use super::conducting::Conducting;
use super::levers::LeverLaw;
use super::rule::{CampaignError, Values, rule};
use super::{Conduct, Effect, Issue, Offer, Talks};

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
