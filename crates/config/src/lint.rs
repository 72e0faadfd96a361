//! Faults of a description itself, for the tests of whoever writes one.

use crate::spec::all_tables;
use crate::{Diagnostics, FieldSpec, TableSpec, defaults};

/// What is wrong with a description: keys written twice, words that lead to two
/// keys, missing documentation, defaults and examples the field would refuse.
/// Empty when all is well; to be asserted in a test.
pub fn spec_faults(root: &'static TableSpec) -> Vec<String> {
    let tables = all_tables(root);
    let mut faults: Vec<String> = tables.iter().flat_map(|spec| table(spec)).collect();
    for (at, spec) in tables.iter().enumerate() {
        if tables[..at].iter().any(|known| known.name == spec.name) {
            faults.push(format!("two tables are called `{}`", spec.name));
        }
    }
    faults
}

fn table(spec: &'static TableSpec) -> Vec<String> {
    let mut faults = Vec::new();
    let mut words: Vec<&str> = Vec::new();
    if spec.doc.is_empty() {
        faults.push(format!("`{}` has no documentation", spec.name));
    }
    let removed = spec.removed.iter().map(|grave| grave.key);
    let all = spec.fields.iter().flat_map(|field| {
        let synonyms = field.synonyms.iter().chain(field.renamed_from).copied();
        std::iter::once(field.key).chain(synonyms)
    });
    for word in all.chain(removed) {
        if words.contains(&word) {
            faults.push(format!("`{word}` occurs twice in `{}`", spec.name));
        }
        words.push(word);
    }
    faults.extend(spec.fields.iter().flat_map(|own| field(spec, own)));
    faults
}

fn field(spec: &TableSpec, field: &'static FieldSpec) -> Vec<String> {
    let name = format!("{}.{}", spec.name, field.key);
    let mut faults = Vec::new();
    if field.doc.is_empty() {
        faults.push(format!("`{name}` has no documentation"));
    }
    if field.required && !field.default.is_empty() {
        faults.push(format!("`{name}` is required and has a default"));
    }
    for (what, text) in [("default", field.default), ("example", field.example)] {
        let mut problems = Diagnostics::new();
        if !text.is_empty() {
            defaults::own_value(field, text, &mut problems);
        }
        for item in problems.iter() {
            faults.push(format!("{what} of `{name}`: {}", item.finding.summary));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ALLOW_EXTREME, Kind};

    #[test]
    fn a_description_that_contradicts_itself_is_found_out() {
        static SPEC: TableSpec = TableSpec::new(
            "spec",
            "",
            &[
                FieldSpec::required("a", Kind::Share, "A.").default("2"),
                FieldSpec::optional("b", Kind::Text, "").synonyms(&["a"]),
            ],
        );
        let faults = spec_faults(&SPEC);
        assert_eq!(faults.len(), 5, "{faults:#?}");
    }

    #[test]
    fn a_sound_description_has_no_faults() {
        static SPEC: TableSpec = TableSpec::new(
            "spec",
            "Sound.",
            &[
                FieldSpec::optional("rate", Kind::Rate, "A rate.").default("0.1"),
                ALLOW_EXTREME,
            ],
        );
        assert_eq!(spec_faults(&SPEC), Vec::<String>::new());
    }
}
