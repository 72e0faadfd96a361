//! `rates`: each measure in force, its source, and how they combine.

use serde_json::{Value, json};
use tradewinds_runner::duty_query::{Answer, DutyQuery, Question};
use tradewinds_units::{Date, EconomyCode, SectorCode};

use crate::failure::Failure;
use crate::law::{Law, Which, date, economy, unknown};
use crate::print::{percent, say, say_json};
use crate::{Form, Outcome};

/// Show each measure in force on a good, its source, and how they combine
#[derive(Debug, clap::Args)]
#[command(after_help = include_str!("../../../configs/help/rates.txt"))]
pub(crate) struct Arguments {
    /// Who charges the duty (ISO 3166-1 alpha-3)
    #[arg(long, value_name = "CODE", value_parser = economy)]
    importer: EconomyCode,
    /// Where the good comes from
    #[arg(long, value_name = "CODE", value_parser = economy)]
    origin: EconomyCode,
    /// Subsector, or sector of the model (then weighted with base-year trade)
    #[arg(long, value_name = "CODE")]
    sector: String,
    /// The day
    #[arg(long, value_name = "DATE", value_parser = date, required_unless_present = "from", conflicts_with_all = ["from", "to"])]
    on: Option<Date>,
    /// First day of a history
    #[arg(long, value_name = "DATE", value_parser = date, requires = "to")]
    from: Option<Date>,
    /// Last day of a history
    #[arg(long, value_name = "DATE", value_parser = date, requires = "from")]
    to: Option<Date>,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    form: Form,
}

/// Measures that add less to the applied rate are counted, not listed.
const SMALL: f64 = 0.001;

pub(crate) fn rates(arguments: &Arguments) -> Outcome {
    let law = arguments.which.law()?;
    let query = query(arguments, &law)?;
    let heading = format!(
        "{}: duty on {} from {}, {}",
        arguments.importer, arguments.sector, arguments.origin, law.title
    );
    match (arguments.on, arguments.from, arguments.to) {
        (Some(day), ..) => {
            let answer = query.on(day);
            if arguments.form.json {
                say_json(&to_json(arguments, &law, std::slice::from_ref(&answer)))
            } else {
                say(&format!(
                    "{heading}, on {day}\n\n{}",
                    one_day(&answer, &law)
                ))
            }
        }
        (None, Some(from), Some(to)) if from <= to => {
            let history = query.history(from, to);
            if arguments.form.json {
                say_json(&to_json(arguments, &law, &history))
            } else {
                say(&format!("{heading}\n\n{}", table(&history)))
            }
        }
        _ => Err(Failure::Request {
            problem: "the history ends before it begins".to_owned(),
            help: "write --from the earlier day and --to the later one".to_owned(),
        }),
    }
}

fn query<'a>(arguments: &Arguments, law: &'a Law) -> Result<DutyQuery<'a>, Failure> {
    let world = &law.experiment.world;
    let names = |wanted: EconomyCode| -> Result<(), Failure> {
        if law.experiment.law.economies.knows(wanted) {
            return Ok(());
        }
        let known: Vec<String> = world.economies.iter().map(ToString::to_string).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        Err(unknown("economy", wanted.as_str(), &known))
    };
    names(arguments.importer)?;
    names(arguments.origin)?;
    if arguments.importer == arguments.origin {
        return Err(Failure::Request {
            problem: format!("goods of {0} pay no import duty in {0}", arguments.origin),
            help: "name an origin that is another economy than the importer".to_owned(),
        });
    }
    let sector: Option<SectorCode> = arguments.sector.parse().ok();
    let question = sector.and_then(|sector| {
        let question = Question {
            importer: arguments.importer,
            origin: arguments.origin,
            sector,
        };
        DutyQuery::new(
            world,
            &law.schedule,
            question,
            law.experiment.base_law,
            law.gap,
        )
    });
    question.ok_or_else(|| {
        let codes = law.experiment.law.taxonomy.codes();
        let mut known: Vec<String> = codes.iter().map(ToString::to_string).collect();
        known.sort();
        known.dedup();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        unknown("sector or subsector", &arguments.sector, &known)
    })
}

fn one_day(answer: &Answer, law: &Law) -> String {
    let mut lines = vec![format!("{:<58} {:>10} {:>10}", "", "statutory", "applied")];
    let is_single = answer.parts.len() == 1;
    for part in &answer.parts {
        if !is_single {
            lines.push(format!(
                "{} ({} of trade)",
                part.product,
                percent(part.weight, 1)
            ));
        }
        let row = |name: &str, statutory: f64, applied: f64| {
            format!(
                "  {name:<56} {:>10} {:>10}",
                percent(statutory, 2),
                percent(applied, 2)
            )
        };
        let base = &part.rate.base;
        lines.push(row("base duty", base.statutory, base.applied));
        for component in &part.rate.components {
            let name = format!("{} ({})", component.measure, component.authority);
            lines.push(row(&name, component.statutory, component.applied));
            lines.push(format!("      {}", component.why));
            let evidence = &component.evidence;
            let record = evidence.record.join(", ");
            lines.push(format!(
                "      {}; {}; confidence {}{}",
                evidence.title,
                evidence.href,
                evidence.confidence,
                if record.is_empty() {
                    String::new()
                } else {
                    format!("; {record}")
                }
            ));
        }
        if !is_single {
            lines.push(row("together", part.rate.statutory, part.rate.applied));
        }
    }
    lines.push(format!(
        "{:<58} {:>10} {:>10}",
        if is_single {
            "together"
        } else {
            "all, weighted with base-year trade"
        },
        percent(answer.statutory, 2),
        percent(answer.applied, 2)
    ));
    lines.push(format!(
        "collected: {} = {} in the base year + {} of the change of the applied rate since {}",
        percent(answer.collected, 2),
        percent(answer.base_collected, 2),
        percent(1.0 - law.gap, 0),
        law.experiment.base_law,
    ));
    lines.join("\n")
}

fn table(history: &[Answer]) -> String {
    let mut lines = vec![format!(
        "{:<10}  {:<10}  {:>9}  {:>8}  {:>9}  measures, what each adds to the applied rate",
        "from", "to", "statutory", "applied", "collected"
    )];
    for answer in history {
        let (shown, small): (Vec<_>, Vec<_>) =
            (answer.measures().into_iter()).partition(|(_, applied)| applied.abs() >= SMALL);
        let mut measures: Vec<String> = shown
            .into_iter()
            .map(|(measure, applied)| format!("{measure} {}", percent(applied, 1)))
            .collect();
        if !small.is_empty() {
            measures.push(format!("{} below {}", small.len(), percent(SMALL, 1)));
        }
        lines.push(format!(
            "{}  {}  {:>9}  {:>8}  {:>9}  {}",
            answer.from,
            answer.to,
            percent(answer.statutory, 2),
            percent(answer.applied, 2),
            percent(answer.collected, 2),
            measures.join(", ")
        ));
    }
    lines.join("\n")
}

fn to_json(arguments: &Arguments, law: &Law, answers: &[Answer]) -> Value {
    let answers: Vec<Value> = answers
        .iter()
        .map(|answer| {
            let parts: Vec<Value> = answer.parts.iter().map(part_json).collect();
            json!({
                "from": answer.from.to_string(),
                "to": answer.to.to_string(),
                "statutory": answer.statutory,
                "applied": answer.applied,
                "collected": answer.collected,
                "parts": parts,
            })
        })
        .collect();
    json!({
        "importer": arguments.importer.as_str(),
        "origin": arguments.origin.as_str(),
        "sector": arguments.sector,
        "law": law.title,
        "collection_gap": law.gap,
        "rates": answers,
    })
}

fn part_json(part: &tradewinds_runner::duty_query::Part) -> Value {
    let measures: Vec<Value> = part
        .rate
        .components
        .iter()
        .map(|one| {
            json!({
                "measure": one.measure,
                "authority": one.authority,
                "rate": one.rate,
                "statutory": one.statutory,
                "applied": one.applied,
                "legal_share": one.legal_share,
                "why": one.why,
                "source": {
                    "title": one.evidence.title,
                    "href": one.evidence.href,
                    "confidence": one.evidence.confidence,
                    "record": one.evidence.record,
                },
            })
        })
        .collect();
    json!({
        "subsector": part.product.to_string(),
        "weight": part.weight,
        "base": { "statutory": part.rate.base.statutory, "applied": part.rate.base.applied },
        "statutory": part.rate.statutory,
        "applied": part.rate.applied,
        "collected": part.collected,
        "measures": measures,
    })
}
