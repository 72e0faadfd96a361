//! Effects of mechanisms as a table and as a note.

use std::fmt::Write;

use super::{Effect, Mechanisms};

/// Columns of a name.
const NAME: usize = 26;
/// Probability below which only that is told.
const SMALLEST: f64 = 0.001;

/// On, off, difference, error and p of an effect; dashes where it is not available.
fn cells(effect: &Effect) -> [String; 5] {
    if !effect.is_available() {
        return std::array::from_fn(|_| "-".to_owned());
    }
    let p = if effect.p < SMALLEST {
        format!("< {SMALLEST}")
    } else {
        format!("{:.3}", effect.p)
    };
    let [on, off, difference] =
        [effect.on, effect.off, effect.difference].map(|value| format!("{value:.3}"));
    [
        on,
        off,
        difference,
        format!("{:.4}", effect.standard_error),
        p,
    ]
}

fn word(effect: &Effect) -> &'static str {
    match (effect.is_available(), effect.holds()) {
        (false, _) => "not available",
        (true, true) => "yes",
        (true, false) => "NO",
    }
}

/// A line per mechanism: observable with and without it, paired difference.
pub fn table(effects: &[Effect]) -> String {
    let mut text = format!(
        "{:<NAME$} {:>9} {:>9} {:>9} {:>9} {:>8}  as expected\n",
        "", "on", "off", "on - off", "error", "p"
    );
    for effect in effects {
        let [on, off, difference, error, p] = cells(effect);
        let _ = writeln!(
            text,
            "{:<NAME$} {on:>9} {off:>9} {difference:>9} {error:>9} {p:>8}  {}\n  {}",
            effect.mechanism.name,
            word(effect),
            effect.mechanism.title,
        );
    }
    text
}

/// The note: a part for each list.
pub fn markdown(parts: &[(&Mechanisms, Vec<Effect>)], command: &str) -> String {
    let mut text = String::new();
    for (at, (list, effects)) in parts.iter().enumerate() {
        let replications = effects.first().map_or(0, |effect| effect.replications);
        let _ = match at {
            0 => writeln!(
                text,
                "# {}\n\nWritten by `{command}`; do not edit.\n",
                list.title
            ),
            _ => writeln!(text, "\n## {}\n", list.title),
        };
        let _ = writeln!(
            text,
            "{}\n\n{replications} replications; p of a paired t-test, two-sided.\n",
            list.introduction.trim()
        );
        part(&mut text, effects);
    }
    text
}

fn part(text: &mut String, effects: &[Effect]) {
    text.push_str(
        "| Mechanism and observable | On | Off | On less off | Error | p | As expected |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | --- |\n",
    );
    for effect in effects {
        let _ = writeln!(
            text,
            "| {} | {} | {} |",
            effect.mechanism.title,
            cells(effect).join(" | "),
            word(effect),
        );
    }
    text.push_str("\n| Mechanism | On | Off |\n| --- | --- | --- |\n");
    for effect in effects {
        let keys = |keys: &[String]| {
            let shown: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
            shown.join(" ")
        };
        let own = &effect.mechanism;
        let _ = writeln!(
            text,
            "| {} | {} | {} |",
            own.name,
            keys(&own.on),
            keys(&own.off)
        );
    }
}
