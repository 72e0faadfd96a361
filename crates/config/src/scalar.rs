//! Single values against their kind, with the fix for common slips.

use tradewinds_units::{AdValorem, Date, EconomyCode, SectorCode};

use crate::render::shown;
use crate::slips::{percentage, plain};
use crate::spec::{ALLOW_EXTREME_KEY, EXTREME_RATE};
use crate::suggest::suggest;
use crate::table::join;
use crate::tree::{Form, Moment, Node};
use crate::value::Value;
use crate::{Diagnostic, FieldSpec, Finding, Kind, words};

/// Where a value stands and what its field says.
pub(crate) struct Place<'a> {
    pub(crate) path: String,
    pub(crate) field: &'a FieldSpec,
    /// Whether its table says `allow_extreme = true`; none when it may not.
    pub(crate) allows_extreme: Option<bool>,
}

impl Place<'_> {
    pub(crate) fn entry(&self, at: usize) -> Self {
        Self {
            path: format!("{}[{at}]", self.path),
            ..*self
        }
    }

    pub(crate) fn at_key(&self, key: &str) -> Self {
        Self {
            path: join(&self.path, key),
            ..*self
        }
    }

    /// Expectation with the unit of the field.
    fn expected(&self, kind: &Kind) -> String {
        let unit = match self.field.unit {
            "" => String::new(),
            unit => format!(" [{unit}]"),
        };
        format!("{}{unit}", words::expected(kind))
    }
}

type Checked = Result<Value, Box<Diagnostic>>;

/// Wrong form altogether, such as text for a number.
pub(crate) fn mismatch(
    node: &Node,
    place: &Place<'_>,
    expected: String,
    help: String,
) -> Diagnostic {
    let form = node.form.describe();
    let found = match &node.form {
        Form::Array(_) | Form::Table(_) => form.to_owned(),
        _ => format!("`{}` ({form})", shown(node.span.text(), 60)),
    };
    let finding = Finding {
        summary: format!("{form} where something else belongs"),
        found,
        expected,
        help,
    };
    Diagnostic::error(&node.span, place.path.as_str(), finding)
}

fn refused(
    node: &Node,
    place: &Place<'_>,
    kind: &Kind,
    summary: &str,
    help: String,
) -> Box<Diagnostic> {
    let finding = Finding {
        summary: summary.into(),
        found: format!("`{}`", shown(node.span.text(), 60)),
        expected: place.expected(kind),
        help,
    };
    Box::new(Diagnostic::error(&node.span, place.path.as_str(), finding))
}

/// Checks a value that is not a list or table.
pub(crate) fn scalar(node: &Node, kind: &Kind, place: &Place<'_>) -> Checked {
    match (kind, &node.form) {
        (
            Kind::Float { .. } | Kind::Code { .. } | Kind::Whole { .. } | Kind::Rate | Kind::Share,
            Form::Float(_) | Form::Integer { .. },
        ) => number(node, kind, place),
        (Kind::Integer { low, high }, Form::Integer { digits, radix }) => {
            match i64::from_str_radix(digits, *radix) {
                Ok(value) if (*low..=*high).contains(&value) => Ok(Value::Integer(value)),
                _ => {
                    let help = format!("write {}", example(kind, place));
                    Err(refused(
                        node,
                        place,
                        kind,
                        "a whole number out of range",
                        help,
                    ))
                }
            }
        }
        (Kind::Integer { low, high }, Form::Float(text)) => {
            let help = format!(
                "write {}",
                whole_of(text, *low, *high).unwrap_or_else(|| example(kind, place))
            );
            let summary = "a number with a point or exponent where a whole number belongs";
            Err(refused(node, place, kind, summary, help))
        }
        (Kind::Flag, Form::Flag(flag)) => Ok(Value::Flag(*flag)),
        (Kind::Date, Form::Moment(moment)) if !moment.has_time => {
            civil(moment).map(Value::Date).ok_or_else(|| {
                refused(
                    node,
                    place,
                    kind,
                    "a date that does not exist",
                    "write a day of the calendar".into(),
                )
            })
        }
        (_, Form::Text(text)) => text_value(node, text, kind, place),
        _ => {
            let help = help_for_form(node, kind, place);
            Err(Box::new(mismatch(node, place, place.expected(kind), help)))
        }
    }
}

fn example(kind: &Kind, place: &Place<'_>) -> String {
    let own = std::ptr::eq(kind, &raw const place.field.kind);
    match (place.field.example, place.field.default) {
        ("", "") => words::example(kind),
        ("", default) if own => default.to_owned(),
        (example, _) if own && !example.is_empty() => example.to_owned(),
        _ => words::example(kind),
    }
}

fn help_for_form(node: &Node, kind: &Kind, place: &Place<'_>) -> String {
    match (&node.form, kind) {
        (Form::Moment(moment), Kind::Date) => match civil(moment) {
            Some(day) => format!("write the day alone: {day}"),
            None => "write the day: 2001-02-03".into(),
        },
        (Form::Moment(_), Kind::Text) => format!("put it in quotes: \"{}\"", node.span.text()),
        (Form::Integer { .. } | Form::Float(_), Kind::Text) => {
            format!("put it in quotes: \"{}\"", node.span.text())
        }
        (Form::Array(_), _) => format!("write one value, as {}", example(kind, place)),
        _ => format!("write {}", example(kind, place)),
    }
}

/// The whole number a float text stands for, when it is in range and sensible.
fn whole_of(text: &str, low: i64, high: i64) -> Option<String> {
    let value: f64 = text.parse().ok()?;
    let sensible = value.abs() < 1e9 && value.fract().abs() < f64::EPSILON;
    let whole = value as i64;
    (sensible && (low..=high).contains(&whole)).then(|| whole.to_string())
}

fn number(node: &Node, kind: &Kind, place: &Place<'_>) -> Checked {
    let value = as_number(&node.form).unwrap_or(f64::NAN);
    if !value.is_finite() {
        let help = format!("write a finite number, as {}", example(kind, place));
        return Err(refused(node, place, kind, "a number must be finite", help));
    }
    match kind {
        Kind::Rate
            if AdValorem::new(value).is_err()
                || (value > EXTREME_RATE && place.allows_extreme != Some(true)) =>
        {
            Err(extreme(node, kind, place, value))
        }
        Kind::Share if !(0.0..=1.0).contains(&value) => {
            let help = if value > 1.0 && value <= 100.0 {
                format!("did you mean {}?", plain(value / 100.0))
            } else {
                format!("write {}", example(kind, place))
            };
            Err(refused(node, place, kind, "a share outside 0 to 1", help))
        }
        Kind::Float { low, high } if !(*low..=*high).contains(&value) => {
            let nearest = plain(value.clamp(*low, *high));
            let help = format!("the nearest allowed value is {nearest}");
            Err(refused(node, place, kind, "a number out of range", help))
        }
        Kind::Code { last }
            if value.fract() != 0.0 || !(0.0..=f64::from(*last)).contains(&value) =>
        {
            let help = format!("write one of them; {}", uncapitalised(place.field.doc));
            let summary = "a number that is none of the choices";
            Err(refused(node, place, kind, summary, help))
        }
        Kind::Whole { low, high }
            if value.fract() != 0.0 || !(f64::from(*low)..=f64::from(*high)).contains(&value) =>
        {
            let nearest = value.round().clamp(f64::from(*low), f64::from(*high));
            let help = format!("the nearest allowed value is {nearest}");
            let summary = "no whole number in range";
            Err(refused(node, place, kind, summary, help))
        }
        _ => Ok(Value::Float(value + 0.0)),
    }
}

/// The description of a field as the end of a sentence.
fn uncapitalised(doc: &str) -> String {
    let mut letters = doc.trim_end_matches('.').chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

fn as_number(form: &Form) -> Option<f64> {
    match form {
        Form::Float(text) => text.parse().ok(),
        Form::Integer { digits, radix: 10 } => digits.parse().ok(),
        Form::Integer { digits, radix } => i64::from_str_radix(digits, *radix)
            .ok()
            .map(|whole| whole as f64),
        _ => None,
    }
}

/// Whether a kind takes a number without a word beside it.
fn takes(kind: &Kind, value: f64) -> bool {
    match kind {
        Kind::Rate => AdValorem::new(value).is_ok() && value <= EXTREME_RATE,
        Kind::Share => (0.0..=1.0).contains(&value),
        Kind::Float { low, high } => value.is_finite() && (*low..=*high).contains(&value),
        _ => true,
    }
}

/// A rate that looks like a percentage, or is none in any unit.
fn extreme(node: &Node, kind: &Kind, place: &Place<'_>, value: f64) -> Box<Diagnostic> {
    let meant = Some(value / 100.0).filter(|meant| takes(kind, *meant));
    if value < 0.0 {
        let help = match meant {
            Some(meant) => format!("did you mean {}? a subsidy ends at -0.95", plain(meant)),
            None => format!("write {}; a subsidy ends at -0.95", example(kind, place)),
        };
        return refused(node, place, kind, "a rate below -0.95", help);
    }
    let percent = grouped(value * 100.0);
    let written = shown(node.span.text(), 40);
    let (summary, fix) = match meant.map(plain) {
        Some(meant) => (
            format!("{written} means {percent} %; did you mean {meant}?"),
            meant,
        ),
        None => (format!("{written} means {percent} %"), example(kind, place)),
    };
    let help = if value <= 100.0 && place.allows_extreme.is_some() {
        format!("write {fix}, or `{ALLOW_EXTREME_KEY} = true` beside it if {percent} % is right")
    } else {
        format!("write {fix}")
    };
    refused(node, place, kind, &summary, help)
}

/// A number with commas between thousands.
pub(crate) fn grouped(value: f64) -> String {
    let text = plain((value * 1e6).round() / 1e6);
    if text.contains('e') {
        return text;
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

fn civil(moment: &Moment) -> Option<Date> {
    let (year, month, day) = moment.day?;
    let year = i16::try_from(year).ok()?;
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    Date::new(year, month, day).ok()
}

fn text_value(node: &Node, text: &str, kind: &Kind, place: &Place<'_>) -> Checked {
    let refuse = |summary: &str, help: String| Err(refused(node, place, kind, summary, help));
    let write = || format!("write {}", example(kind, place));
    match kind {
        Kind::Text if text.contains('\0') => refuse(
            "text with a NUL character",
            "delete the escape \\u0000".into(),
        ),
        Kind::Text => Ok(Value::Text(text.to_owned())),
        Kind::Economy => match text.parse::<EconomyCode>() {
            Ok(code) => Ok(Value::Economy(code)),
            Err(_) => refuse("not an economy code", upper(text).unwrap_or_else(write)),
        },
        Kind::Sector => match text.parse::<SectorCode>() {
            Ok(code) => Ok(Value::Sector(code)),
            Err(_) => refuse("not a sector code", lower(text).unwrap_or_else(write)),
        },
        Kind::Choice(allowed) if allowed.contains(&text) => Ok(Value::Text(text.to_owned())),
        Kind::Choice(allowed) => {
            let meant = suggest(text, allowed.iter().copied());
            let help = meant.map_or_else(write, |word| format!("did you mean \"{word}\"?"));
            refuse("a word that is not on the list", help)
        }
        _ => {
            let bare = unquoted(text, kind);
            let help = bare.map_or_else(write, |bare| format!("write {bare} without quotes"));
            let expected = place.expected(kind);
            Err(Box::new(mismatch(node, place, expected, help)))
        }
    }
}

fn upper(text: &str) -> Option<String> {
    let code = text.trim().to_uppercase();
    let meant = code.parse::<EconomyCode>().ok();
    meant.map(|code| format!("did you mean \"{code}\"?"))
}

fn lower(text: &str) -> Option<String> {
    let code = text.trim().to_lowercase().replace([' ', '-'], "_");
    let meant = code.parse::<SectorCode>().ok();
    meant.map(|code| format!("did you mean \"{code}\"?"))
}

/// The text as a value of a kind that is written without quotes.
fn unquoted(text: &str, kind: &Kind) -> Option<String> {
    let trimmed = text.trim();
    match kind {
        Kind::Code { .. } | Kind::Whole { .. } => {
            trimmed.parse::<u32>().ok().map(|code| code.to_string())
        }
        Kind::Float { .. } | Kind::Rate | Kind::Share => {
            let meant = percentage(trimmed).unwrap_or_else(|| trimmed.to_owned());
            let value = meant.parse().ok();
            value.filter(|value| takes(kind, *value)).map(plain)
        }
        Kind::Integer { .. } => trimmed.parse::<i64>().ok().map(|whole| whole.to_string()),
        Kind::Date => tradewinds_units::parse_date(trimmed)
            .ok()
            .map(|day| day.to_string()),
        Kind::Flag => trimmed.parse::<bool>().ok().map(|flag| flag.to_string()),
        _ => None,
    }
}

/// A scalar form as it is; what no number holds stays text.
pub(crate) fn plain_value(node: &Node) -> Value {
    match &node.form {
        Form::Text(text) => Value::Text(text.clone()),
        Form::Flag(flag) => Value::Flag(*flag),
        Form::Moment(moment) => {
            let day = civil(moment).filter(|_| !moment.has_time);
            day.map_or_else(|| Value::Text(node.span.text().to_owned()), Value::Date)
        }
        Form::Integer { digits, radix } => i64::from_str_radix(digits, *radix)
            .map_or_else(|_| Value::Text(digits.clone()), Value::Integer),
        Form::Float(text) => text
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
            .map_or_else(|| Value::Text(text.clone()), Value::Float),
        Form::Array(_) | Form::Table(_) | Form::Broken => Value::Text(String::new()),
    }
}
