//! From the tables of talks of a dataset to events of one run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use tradewinds_engine::tables::MACRO;
use tradewinds_engine::talks::Act;
use tradewinds_engine::talks::tables::{
    TALKS_ACTS, TALKS_ANSWERS, TALKS_COALITIONS, TALKS_DEALS, TALKS_OFFERS, TALKS_ROUNDS,
    TALKS_STATES,
};
use tradewinds_kernel::record::TableSpec;
use tradewinds_output::read_manifest;
use tradewinds_units::{Date, days_after};

use super::event::{Event, Kind, State};
use super::part::{Part, Whole};
use super::{Chronicle, ChronicleError};

/// Status of a file that is talked about.
const OPEN: &str = "open";
/// Status of a file with a deal.
const SIGNED: &str = "signed";

/// Issues with their extents, by government and day.
type Offers = BTreeMap<(String, Date), Vec<(String, f64)>>;

pub(super) fn read(
    folder: &Path,
    scenario: Option<&str>,
    replication: Option<u32>,
) -> Result<Chronicle, ChronicleError> {
    let manifest = read_manifest(folder)?;
    if manifest
        .table(TALKS_STATES.name)
        .is_none_or(|table| table.rows == 0)
    {
        return Err(ChronicleError::NoTalks(folder.to_owned()));
    }
    let states = Whole::read(folder, &TALKS_STATES)?;
    let (scenario, replication) = chosen(&states, scenario, replication)?;
    let run =
        |spec: &'static TableSpec| Whole::read(folder, spec)?.of((scenario.as_str(), replication));
    let states = states.of((scenario.as_str(), replication))?;
    let offers = offers(&run(&TALKS_OFFERS)?)?;
    let (ends, last) = ends(&states, &economies(folder)?)?;
    let mut events = [
        acts(&run(&TALKS_ACTS)?)?,
        ends,
        coalitions(&run(&TALKS_COALITIONS)?)?,
        rounds(&run(&TALKS_ROUNDS)?, &offers)?,
        deals(&run(&TALKS_DEALS)?, &offers)?,
        answers(&run(&TALKS_ANSWERS)?)?,
    ]
    .concat();
    events.sort_by_key(|event| (event.date, event.kind.place()));
    let title = manifest.provenance.get("title").cloned();
    Ok(Chronicle {
        title: title.unwrap_or_default(),
        scenario,
        replication,
        events,
        last,
    })
}

/// The run that is asked for, or the first with talks.
fn chosen(
    states: &Whole,
    scenario: Option<&str>,
    replication: Option<u32>,
) -> Result<(String, u32), ChronicleError> {
    let (scenarios, replications) = (states.codes("scenario")?, states.counts("replication")?);
    let runs = || scenarios.iter().copied().zip(replications.iter().copied());
    let mut known: Vec<&str> = Vec::new();
    for (name, _) in runs() {
        if !known.contains(&name) {
            known.push(name);
        }
    }
    let scenario = match scenario {
        Some(asked) if !known.contains(&asked) => {
            return Err(ChronicleError::Scenario {
                asked: asked.to_owned(),
                known: known.into_iter().map(str::to_owned).collect(),
            });
        }
        Some(asked) => asked,
        None => known.first().copied().unwrap_or_default(),
    };
    let numbers: BTreeSet<u32> = runs()
        .filter(|(name, _)| *name == scenario)
        .map(|(_, number)| number)
        .collect();
    let number = replication.or(numbers.first().copied()).unwrap_or(0);
    if !numbers.contains(&number) {
        return Err(ChronicleError::Replication {
            asked: number,
            scenario: scenario.to_owned(),
            known: ranges(&numbers),
        });
    }
    Ok((scenario.to_owned(), number))
}

/// Numbers as ranges: `0 to 9, 12`.
pub(super) fn ranges(numbers: &BTreeSet<u32>) -> String {
    let all: Vec<u32> = numbers.iter().copied().collect();
    let shown = all
        .chunk_by(|one, next| one + 1 == *next)
        .map(|run| match run {
            [one] => one.to_string(),
            [first, .., last] => format!("{first} to {last}"),
            [] => String::new(),
        });
    shown.collect::<Vec<String>>().join(", ")
}

/// Economies of the model.
fn economies(folder: &Path) -> Result<BTreeSet<String>, ChronicleError> {
    let table = Whole::read(folder, &MACRO)?;
    let codes = table.codes("economy")?;
    Ok(codes.into_iter().map(str::to_owned).collect())
}

fn offers(part: &Part) -> Result<Offers, ChronicleError> {
    let (days, who) = (part.days()?, part.codes("government")?);
    let (issues, extents) = (part.codes("issue")?, part.numbers("extent")?);
    let mut found = Offers::new();
    for at in part.rows() {
        let key = (who[at].clone(), days[at]);
        found
            .entry(key)
            .or_default()
            .push((issues[at].clone(), extents[at]));
    }
    for list in found.values_mut() {
        list.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    }
    Ok(found)
}

fn rounds(part: &Part, offers: &Offers) -> Result<Vec<Event>, ChronicleError> {
    let (days, who) = (part.days()?, part.codes("government")?);
    let (round, needed) = (part.counts("round")?, part.counts("needed")?);
    let (conceded, granted) = (part.numbers("conceded")?, part.numbers("granted_rate")?);
    let (own, other) = (
        part.numbers("government_gain")?,
        part.numbers("principal_gain")?,
    );
    let event = |at: usize| Event {
        date: days[at],
        kind: Kind::Round {
            government: who[at].clone(),
            round: round[at],
            needed: needed[at],
            conceded: conceded[at],
            granted_rate: granted[at],
            gains: (own[at].is_finite() && other[at].is_finite()).then_some([own[at], other[at]]),
            offers: offers
                .get(&(who[at].clone(), days[at]))
                .cloned()
                .unwrap_or_default(),
        },
    };
    Ok(part.rows().map(event).collect())
}

fn deals(part: &Part, offers: &Offers) -> Result<Vec<Event>, ChronicleError> {
    let (days, who) = (part.days()?, part.codes("government")?);
    let (outcome, lag) = (part.codes("outcome")?, part.numbers("legal_lag")?);
    let (rate, due) = (part.numbers("rate")?, part.numbers("due")?);
    let (cut, rank) = (part.counts("sector_cut")?, part.counts("rank")?);
    let (concessions, cost) = (part.numbers("concessions")?, part.numbers("cost")?);
    let disputed = part.counts("disputed")?;
    let event = |at: usize| {
        // What was last on the table up to the day.
        let first = (who[at].clone(), Date::MIN);
        let last = offers
            .range(first..=(who[at].clone(), days[at]))
            .next_back();
        Event {
            date: days[at],
            kind: Kind::Deal {
                government: who[at].clone(),
                outcome: outcome[at].clone(),
                law_from: after(days[at], lag[at]),
                rate: rate[at],
                due: due[at],
                has_sector_cut: cut[at] > 0,
                rank: rank[at],
                concessions: concessions[at],
                cost: cost[at],
                is_disputed: disputed[at] > 0,
                offers: last.map(|(_, offers)| offers.clone()).unwrap_or_default(),
            },
        }
    };
    Ok(part.rows().map(event).collect())
}

fn answers(part: &Part) -> Result<Vec<Event>, ChronicleError> {
    let (days, who) = (part.days()?, part.codes("government")?);
    let (by_principal, rate) = (part.counts("by_principal")?, part.numbers("rate")?);
    let (duty, lag) = (part.numbers("duty")?, part.numbers("lag")?);
    let event = |at: usize| Event {
        date: days[at],
        kind: Kind::Answer {
            government: who[at].clone(),
            by_principal: by_principal[at] > 0,
            rate: rate[at],
            duty: duty[at],
            from: after(days[at], lag[at]),
        },
    };
    Ok(part.rows().map(event).collect())
}

fn coalitions(part: &Part) -> Result<Vec<Event>, ChronicleError> {
    let days = part.days()?;
    let (allies, coordinating) = (part.counts("allies")?, part.counts("coordinating")?);
    let works = part.counts("works")?;
    let (reward, punishment) = (part.numbers("reward")?, part.numbers("punishment")?);
    let event = |at: usize| Event {
        date: days[at],
        kind: Kind::Coalition {
            allies: allies[at],
            coordinating: coordinating[at],
            works: works[at] > 0,
            together: reward[at],
            alone: punishment[at],
        },
    };
    Ok(part.rows().map(event).collect())
}

/// Acts; letters and an extension of one day are one event.
fn acts(part: &Part) -> Result<Vec<Event>, ChronicleError> {
    let (days, act) = (part.days()?, part.codes("act")?);
    let (left, governments) = (part.numbers("days_left")?, part.counts("governments")?);
    let stress = part.numbers("stress")?;
    let mut found: Vec<Event> = Vec::new();
    let mut letters: BTreeMap<Date, (u32, Option<Date>)> = BTreeMap::new();
    for at in part.rows() {
        let (date, name, governments) = (days[at], act[at].as_str(), governments[at]);
        let kind = if name == Act::Pause.name() {
            Kind::Pause {
                governments,
                until: after(date, left[at]),
                stress: stress[at],
            }
        } else if name == Act::SinglingOut.name() {
            Kind::SinglingOut { governments }
        } else if name == Act::Deadline.name() {
            Kind::Deadline { governments }
        } else {
            let day = letters.entry(date).or_default();
            match name == Act::Extension.name() {
                true => day.1 = after(date, left[at]),
                false => day.0 += governments,
            }
            continue;
        };
        found.push(Event { date, kind });
    }
    found.extend(
        letters
            .into_iter()
            .map(|(date, (letters, extended_to))| Event {
                date,
                kind: Kind::Letters {
                    letters,
                    extended_to,
                },
            }),
    );
    Ok(found)
}

/// Files that end without a deal, and the last state of each government.
fn ends(
    part: &Part,
    economies: &BTreeSet<String>,
) -> Result<(Vec<Event>, Vec<State>), ChronicleError> {
    let (days, who, status) = (
        part.days()?,
        part.codes("government")?,
        part.codes("status")?,
    );
    let (rate, due, answer) = (
        part.numbers("rate")?,
        part.numbers("due")?,
        part.numbers("answer")?,
    );
    let (rounds, letter) = (part.counts("rounds")?, part.counts("letter")?);
    let mut last: BTreeMap<String, State> = BTreeMap::new();
    let mut events = Vec::new();
    for at in part.rows() {
        let government = who[at].clone();
        let before = last.get(&government).map(|state| state.status.as_str());
        let has_ended = ![OPEN, SIGNED].contains(&status[at].as_str());
        if has_ended && before.is_some_and(|before| before != status[at]) {
            let kind = Kind::End {
                government: government.clone(),
                status: status[at].clone(),
            };
            events.push(Event {
                date: days[at],
                kind,
            });
        }
        let state = State {
            date: days[at],
            is_attached: !economies.contains(&government),
            government: government.clone(),
            status: status[at].clone(),
            rate: rate[at],
            due: due[at],
            rounds: rounds[at],
            answer: answer[at],
            has_letter: letter[at] > 0,
        };
        last.insert(government, state);
    }
    Ok((events, last.into_values().collect()))
}

/// A day so many days later; none where the number is missing.
fn after(date: Date, days: f64) -> Option<Date> {
    days.is_finite().then(|| days_after(date, days as i64))
}
