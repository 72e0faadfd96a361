//! "Did you mean …?"

/// The word of `allowed` that `word` was probably meant to be: equal but for
/// case, `-` and blanks, or at most a third of its letters away.
pub fn suggest<'a>(word: &str, allowed: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    closest(word, allowed).map(|(found, _)| found)
}

/// The closest word within reach and its distance.
fn closest<'a>(word: &str, allowed: impl IntoIterator<Item = &'a str>) -> Option<(&'a str, f64)> {
    if word.chars().count() > 64 {
        return None;
    }
    let plain = normal(word);
    let mut best: Option<(&str, f64)> = None;
    for candidate in allowed {
        let other = normal(candidate);
        let distance = strsim::damerau_levenshtein(&plain, &other) as f64;
        let reach = (plain.chars().count().max(other.chars().count()) as f64 / 3.0)
            .ceil()
            .max(1.0);
        let likeness = strsim::jaro_winkler(&plain, &other);
        let score = distance - likeness;
        let within = distance <= reach && likeness > 0.5;
        if within && best.is_none_or(|(_, least)| score < least) {
            best = Some((candidate, score));
        }
    }
    best
}

fn normal(word: &str) -> String {
    word.trim().to_lowercase().replace(['-', ' '], "_")
}

/// A key that was probably meant, through its own name or one of its synonyms.
pub(crate) fn suggest_key<'a>(
    word: &str,
    fields: impl IntoIterator<Item = (&'a str, &'a [&'a str])>,
) -> Option<&'a str> {
    let mut best: Option<(&str, f64)> = None;
    for (key, synonyms) in fields {
        let names = std::iter::once(key).chain(synonyms.iter().copied());
        let score = closest(word, names).map(|(_, score)| score);
        if let Some(score) = score.filter(|score| best.is_none_or(|(_, least)| *score < least)) {
            best = Some((key, score));
        }
    }
    best.map(|(key, _)| key)
}

/// `a`, `b` and `c` in backquotes, at most `limit` of them.
pub(crate) fn listed<'a>(words: impl IntoIterator<Item = &'a str>, limit: usize) -> String {
    let all: Vec<&str> = words.into_iter().collect();
    let shown: Vec<String> = all
        .iter()
        .take(limit)
        .map(|word| format!("`{word}`"))
        .collect();
    let more = all.len().saturating_sub(limit);
    let tail = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{tail}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 12] = [
        "authority",
        "announced",
        "from",
        "ends",
        "origins",
        "products",
        "value",
        "source",
        "replications",
        "elasticity",
        "pass_through",
        "margin_rule",
    ];

    #[test]
    fn one_letter_typos_lead_back_to_the_key() {
        let (mut right, mut all) = (0, 0);
        for key in KEYS {
            for at in 0..key.len() {
                let mut dropped = key.to_owned();
                dropped.remove(at);
                let mut doubled = key.to_owned();
                doubled.insert(at, key.as_bytes()[at] as char);
                let mut changed = key.to_owned();
                changed.replace_range(at..=at, "q");
                for typo in [dropped, doubled, changed] {
                    all += 1;
                    right += usize::from(suggest(&typo, KEYS) == Some(key));
                }
            }
        }
        assert!(right * 100 >= all * 95, "{right} of {all}");
    }

    #[test]
    fn other_words_lead_nowhere() {
        for word in ["zebra", "x", "", "capital_stock"] {
            assert_eq!(suggest(word, KEYS), None, "{word}");
        }
    }

    #[test]
    fn a_synonym_leads_to_its_key_even_misspelt() {
        let fields: [(&str, &[&str]); 2] = [("rate", &["tariff", "duty"]), ("from", &[])];
        assert_eq!(suggest_key("tarif", fields), Some("rate"));
        assert_eq!(suggest_key("Rate", fields), Some("rate"));
        assert_eq!(suggest_key("form", fields), Some("from"));
    }
}
