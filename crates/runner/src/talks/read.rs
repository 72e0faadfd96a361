//! From the files of talks to governments, issues and parameters that fit together.

use std::collections::{BTreeMap, BTreeSet};

use tradewinds_config::{Diagnostics, Finding, Source, Table, TableSpec, check};
use tradewinds_units::{Date, EconomyCode};

use super::attached::{Attached, attached, attached_spec};
use super::evidence::{Evidence, Status, evidence, not_after, rounded, source};
use super::files::{TalksFiles, talks_spec};
use super::government::government;
use super::issue::{Offer, issue, issue_spec};
use super::keys::government_spec;
use super::record::record;
use super::symbol::{symbols, symbols_spec};
use super::{Talks, Trade};
use crate::estimate::Estimates;
use crate::scenario::{twice, unknown};

pub(super) fn read(files: &TalksFiles) -> Result<Talks, Diagnostics> {
    let mut reader = Reader::default();
    let head = reader.table(&files.head, talks_spec());
    let parameters = reader.table(&files.parameters, symbols_spec());
    let governments = reader.tables(&files.governments, government_spec());
    let own_attached = reader.tables(&files.attached, attached_spec());
    let issues = reader.tables(&files.issues, issue_spec());
    let mut entries = Vec::new();
    for source in &files.estimates {
        match Estimates::read(source) {
            Ok(found) => entries.extend(found.entries),
            Err(errors) => reader.problems.extend(errors),
        }
    }
    let Some(head) = head else {
        reader.problems.sort();
        return Err(reader.problems);
    };
    let known_on: Date = head.required("known_on");
    let problems = &mut reader.problems;
    let symbols = parameters.map_or_else(Vec::new, |table| {
        if !files.has_parameters_of_others {
            let last = (known_on, "the day of the talks");
            not_after(&table, "known_on", last, problems);
        }
        symbols(&table, &entries, problems)
    });
    let mut talks = Talks {
        title: head.required("title"),
        principal: head.required("principal"),
        rival: head.required("rival"),
        rest: head.get("rest"),
        known_on,
        country_rates: words(&head, "country_rates"),
        sector_duties: words(&head, "sector_duties"),
        answers: words(&head, "answers"),
        all_trade: trade(head.required("all_trade"), problems),
        rest_of_world: trade(head.required("rest_of_world"), problems),
        governments: Vec::new(),
        attached: Vec::new(),
        issues: Vec::new(),
        symbols,
        record: record((&files.record.0, &files.record.1), known_on, problems),
        offers: BTreeMap::new(),
    };
    reader.governments(&mut talks, &governments, &own_attached);
    reader.issues(&mut talks, &issues);
    // Without a file, what others say of it cannot be judged.
    if reader.is_whole {
        reader.names(&talks, &issues);
        reader.rival(&talks, &head);
        reader.shares(&mut talks, &head, &own_attached);
        reader.offers(&mut talks, &head);
    }
    reader.problems.into_result(talks)
}

fn words(table: &Table, key: &str) -> Vec<String> {
    let named = table.list::<&str>(key).into_iter();
    named.map(|one| one.value.to_owned()).collect()
}

#[derive(Debug)]
struct Reader {
    problems: Diagnostics,
    /// Whether every file could be read by itself.
    is_whole: bool,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            problems: Diagnostics::new(),
            is_whole: true,
        }
    }
}

impl Reader {
    fn table(&mut self, source: &Source, spec: &'static TableSpec) -> Option<Table> {
        match check(source, spec) {
            Ok(table) => Some(table),
            Err(errors) => {
                self.is_whole = false;
                self.problems.extend(errors);
                None
            }
        }
    }

    fn tables(&mut self, sources: &[Source], spec: &'static TableSpec) -> Vec<Table> {
        let found = sources.iter().map(|source| self.table(source, spec));
        found.collect::<Vec<_>>().into_iter().flatten().collect()
    }

    fn governments(&mut self, talks: &mut Talks, own: &[Table], rest: &[Table]) {
        let mut seen: BTreeSet<EconomyCode> = BTreeSet::new();
        for table in own {
            let one = government(table, talks.known_on, &mut self.problems);
            let wrong = named_before(talks.principal, one.economy, &mut seen);
            let at = wrong.map(|finding| table.error("economy", finding));
            at.into_iter().for_each(|error| self.problems.push(error));
            talks.governments.push(one);
        }
        for table in rest {
            let found = attached(table, talks.known_on, &mut self.problems);
            for (code, _) in table.map::<&Table>("governments") {
                let economy = code.value.parse().ok();
                let wrong = economy
                    .and_then(|economy| named_before(talks.principal, economy, &mut seen))
                    .map(|finding| table.error_at(&code.span, "governments", finding));
                wrong
                    .into_iter()
                    .for_each(|error| self.problems.push(error));
            }
            talks.attached.extend(found);
        }
        talks.governments.sort_by_key(|one| one.economy);
        talks.attached.sort_by_key(|one| one.economy);
    }

    fn rival(&mut self, talks: &Talks, head: &Table) {
        if !talks.economies().any(|code| code == talks.rival) {
            let known = names(talks);
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let finding = unknown("government", talks.rival.as_str(), &known);
            self.problems.push(head.error("rival", finding));
        }
    }

    /// Shares of the attached in the trade of the rest of the world, and weights
    /// among them.
    fn shares(&mut self, talks: &mut Talks, head: &Table, rest: &[Table]) {
        let total = |of: fn(&Attached) -> f64| talks.attached.iter().map(of).sum::<f64>();
        let (exports, imports) = (total(|one| one.exports), total(|one| one.imports));
        let whole: &Table = head.required("rest_of_world");
        for (key, sum) in [("exports", exports), ("imports", imports)] {
            let all: f64 = whole.required(key);
            if let Some(last) = rest.last().filter(|_| sum > all * (1.0 + 1e-9)) {
                let error = last.error("governments", too_much(key, sum, all));
                let error = error.related(whole.span_of(key), "the whole");
                self.problems.push(error);
            }
        }
        let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
        for one in &mut talks.attached {
            one.share_of_exports = share(one.exports, talks.rest_of_world.exports);
            one.share_of_imports = share(one.imports, talks.rest_of_world.imports);
            one.weight = share(one.exports, exports);
            one.size = share(one.exports, talks.all_trade.imports);
            one.import_share = share(one.imports, talks.all_trade.exports);
        }
    }

    fn issues(&mut self, talks: &mut Talks, tables: &[Table]) {
        for table in tables {
            let one = issue(table, &mut self.problems);
            if talks.issues.iter().any(|other| other.id == one.id) {
                self.problems
                    .push(table.error("id", twice("issue", &one.id)));
            }
            talks.issues.push(one);
        }
        talks.issues.sort_by(|one, other| one.id.cmp(&other.id));
    }

    /// Refuses rows of governments, and parameters, that are not there.
    fn names(&mut self, talks: &Talks, tables: &[Table]) {
        let known = names(talks);
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let symbols: Vec<&str> = talks.symbols.iter().map(|one| one.name.as_str()).collect();
        for table in tables {
            let election: &str = table.required("election");
            if !symbols.contains(&election) {
                let finding = unknown("parameter of talks", election, &symbols);
                self.problems.push(table.error("election", finding));
            }
            for (code, _) in table.map::<&Table>("offers") {
                if !known.contains(&code.value) {
                    let finding = unknown("government", code.value, &known);
                    self.problems
                        .push(table.error_at(&code.span, "offers", finding));
                }
            }
        }
    }

    /// What each government can concede: rows of its own, or scaled ones.
    fn offers(&mut self, talks: &mut Talks, head: &Table) {
        let defaults = self.defaults(talks, head);
        let trade = talks.trade();
        for (economy, (exports, imports)) in &trade {
            let own = talks.issues.iter();
            let mut offers: Vec<Offer> = own
                .filter_map(|issue| issue.offers.get(economy).cloned())
                .collect();
            if offers.is_empty() {
                let scaled = defaults.iter().map(|one| one.of((*exports, *imports)));
                offers = scaled.collect();
            }
            offers.sort_by(|one, other| other.ease.total_cmp(&one.ease));
            talks.offers.insert(*economy, offers);
        }
    }

    /// The offers of the head, each with the row it scales.
    fn defaults(&mut self, talks: &Talks, head: &Table) -> Vec<DefaultOffer> {
        let mut found = Vec::new();
        for own in head.tables("offer") {
            found.extend(self.default_offer(talks, own));
        }
        found
    }

    fn default_offer(&mut self, talks: &Talks, own: &Table) -> Option<DefaultOffer> {
        let source = source(own, &mut self.problems);
        let asked: &str = own.required("issue");
        let Some(issue) = talks.issues.iter().find(|issue| issue.id == asked) else {
            let known: Vec<&str> = talks.issues.iter().map(|one| one.id.as_str()).collect();
            self.problems
                .push(own.error("issue", unknown("issue", asked, &known)));
            return None;
        };
        let like: EconomyCode = own.required("like");
        let Some(row) = issue.offers.get(&like) else {
            let known: Vec<&str> = issue.offers.keys().map(EconomyCode::as_str).collect();
            let what = format!("government with a row on `{asked}`");
            self.problems
                .push(own.error("like", unknown(&what, like.as_str(), &known)));
            return None;
        };
        let by_exports = own.required::<&str>("scaled_by") == "exports";
        let (exports, imports) = talks.trade().get(&like).copied().unwrap_or_default();
        let trade = if by_exports { exports } else { imports };
        if trade <= 0.0 {
            self.problems.push(own.error("like", without_trade(like)));
            return None;
        }
        Some(DefaultOffer {
            row: row.clone(),
            like,
            is_money: issue.is_money(),
            by_exports,
            trade,
            source,
        })
    }
}

/// An offer of who has no rows of its own.
struct DefaultOffer {
    row: Offer,
    like: EconomyCode,
    is_money: bool,
    by_exports: bool,
    /// Trade of the government whose row it is \[USD bn a year\].
    trade: f64,
    source: String,
}

impl DefaultOffer {
    /// The offer of a government with exports to and imports from the principal.
    fn of(&self, (exports, imports): (f64, f64)) -> Offer {
        let own = if self.by_exports { exports } else { imports };
        let evidence = Evidence {
            status: Status::Assumed,
            source: format!("as {}, scaled by trade: {}", self.like, self.source),
        };
        Offer {
            evidence,
            ..self.row.scaled(own / self.trade, self.is_money)
        }
    }
}

fn names(talks: &Talks) -> Vec<String> {
    talks.economies().map(|code| code.to_string()).collect()
}

/// What is wrong with an economy that has a government already.
fn named_before(
    principal: EconomyCode,
    economy: EconomyCode,
    seen: &mut BTreeSet<EconomyCode>,
) -> Option<Finding> {
    if economy == principal {
        return Some(Finding {
            summary: "the principal does not talk with itself".into(),
            found: format!("\"{economy}\""),
            expected: "another economy than the `principal` of talks.toml".into(),
            help: "delete this government, or name another principal".into(),
        });
    }
    (!seen.insert(economy)).then(|| twice("government", economy.as_str()))
}

fn too_much(key: &str, sum: f64, whole: f64) -> Finding {
    Finding {
        summary: format!("attached governments own more than all {key} of the rest of the world"),
        found: format!("shares that add up to {}", rounded(sum / whole)),
        expected: "shares that add up to at most 1".into(),
        help: format!(
            "lower their `{key}`, or raise the whole in talks.toml to {}",
            rounded(sum)
        ),
    }
}

fn without_trade(like: EconomyCode) -> Finding {
    Finding {
        summary: "a row is scaled by trade that is nothing".into(),
        found: format!("\"{like}\""),
        expected: "a government that trades with the principal".into(),
        help: "name another one under `like`, or the other side under `scaled_by`".into(),
    }
}

fn trade(table: &Table, problems: &mut Diagnostics) -> Trade {
    Trade {
        exports: table.required("exports"),
        imports: table.required("imports"),
        evidence: evidence(table, problems),
    }
}
