//! Turns the checked table of an instrument into measures.

use std::collections::{BTreeMap, BTreeSet};

use tradewinds_config::{Diagnostics, Finding, Span, Table};
use tradewinds_units::{Date, EconomyCode, SectorCode};

use crate::law::{Announcement, AnnouncementKind, Instrument, LawBook, Refund};
use crate::measure::{
    Claim, Combine, Coverage, Evidence, Exemption, GivesWay, InTransit, Measure, Origins, Pause,
    Place, RateEntry, RateValue, Stacking,
};
use crate::quota::{Quota, QuotaAllocation, QuotaRent, QuotaUse, Quotas};

/// The word that stands for every product.
const ALL_GOODS: &str = "all_goods";

/// Reads one instrument against the tables of a book.
pub(crate) struct Reader<'a> {
    book: &'a LawBook,
    /// What is wrong so far.
    pub(crate) problems: Diagnostics,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(book: &'a LawBook) -> Self {
        Self {
            book,
            problems: Diagnostics::new(),
        }
    }

    /// The instrument; `problems` then holds what is wrong with it.
    pub(crate) fn instrument(&mut self, table: &Table) -> Instrument {
        let head = Head {
            id: table.required("id"),
            title: table.required("title"),
            authority: table.required("authority"),
            importer: table.required("importer"),
        };
        let quotas = self.quotas(table, &head);
        let measures = table.tables("measure");
        let mut names = BTreeSet::new();
        for one in &measures {
            let name: &str = one.required("name");
            if !names.insert(name.to_owned()) {
                self.wrong(
                    one,
                    "name",
                    "another measure has this name",
                    "a name of its own",
                );
            }
        }
        Instrument {
            measures: measures
                .into_iter()
                .map(|one| self.measure(one, &head, &quotas))
                .collect(),
            announcements: (table.tables("announcement").into_iter())
                .map(|one| self.announcement(one, &head))
                .collect(),
            refunds: (table.tables("refund").into_iter())
                .map(|one| self.refund(one, &head))
                .collect(),
            quotas,
            legal_basis: table.required("legal_basis"),
            place: place(table.span()),
            id: head.id,
            title: head.title,
            authority: head.authority,
            importer: head.importer,
        }
    }

    fn measure(&mut self, table: &Table, head: &Head, quotas: &Quotas) -> Measure {
        let name: &str = table.required("name");
        let products = self.products(table, "products");
        let stacking = stacking(table.required("stacking"));
        let mut rates: Vec<RateEntry> = (table.tables("rate").into_iter())
            .map(|one| self.rate(one, &products, stacking, quotas))
            .collect();
        if rates.windows(2).any(|pair| pair[1].from < pair[0].from) {
            self.wrong(
                table,
                "rate",
                "the entries are not in the order of their dates",
                "entries sorted by `from`",
            );
        }
        rates.sort_by_key(|entry| entry.from);
        let ends: Option<Date> = table.get("ends");
        if let (Some(first), Some(ends)) = (rates.first(), ends)
            && ends < first.from
        {
            let expected = format!("a day from {} on", first.from);
            self.wrong(
                table,
                "ends",
                "the measure ends before its first rate begins",
                &expected,
            );
        }
        let content: Option<String> = table.get("content");
        if let Some(content) = &content {
            self.known_table(table, "content", content);
        }
        Measure {
            id: format!("{}.{name}", head.id),
            instrument: head.id.clone(),
            title: table.get("title").unwrap_or_else(|| head.title.clone()),
            authority: head.authority.clone(),
            importer: head.importer,
            origins: self.origins(table),
            coverage: self.coverage(table),
            content,
            combine: table.get::<&str>("combine").map(|word| match word {
                "max" => Combine::Max,
                _ => Combine::Add,
            }),
            exemptions: (table.tables("exempt").into_iter())
                .map(|one| self.exemption(one))
                .collect(),
            claims: (table.tables("claim").into_iter())
                .map(|one| self.claim(one))
                .collect(),
            gives_way: (table.tables("gives_way").into_iter())
                .map(|one| GivesWay {
                    announced: one.get("announced"),
                    to: one.required("to"),
                    from: one.required("from"),
                    origins: self.origins(one),
                    evidence: evidence(one),
                })
                .collect(),
            pauses: (table.tables("pause").into_iter())
                .map(|one| Pause {
                    id: one.required("id"),
                    announced: self.announced(one),
                    from: one.required("from"),
                    ends: one.required("ends"),
                    origins: self.origins(one),
                    leaves: one.required("leaves"),
                    evidence: evidence(one),
                })
                .collect(),
            ends,
            ending_announced: self.ending_announced(table, &rates),
            place: place(table.span()),
            products,
            rates,
        }
    }

    /// The day a rate or a pause was made known, which is not after its first in force.
    fn announced(&mut self, table: &Table) -> Date {
        let announced: Date = table.required("announced");
        let from: Date = table.required("from");
        if announced > from {
            let expected = format!("a day up to {from}");
            let summary = "it is in force before anybody knows of it";
            self.wrong(table, "announced", summary, &expected);
        }
        announced
    }

    fn ending_announced(&mut self, table: &Table, rates: &[RateEntry]) -> Option<Date> {
        let announced: Option<Date> = table.get("ending_announced");
        let first = rates.iter().map(|entry| entry.announced).min();
        if let Some((_, first)) = announced.zip(first).filter(|(day, first)| day < first) {
            self.wrong(
                table,
                "ending_announced",
                "an end that is announced before the measure is",
                &format!("a day from {first} on"),
            );
        }
        let ends: Option<Date> = table.get("ends");
        if announced.is_some_and(|day| ends.is_none_or(|ends| day > ends)) {
            self.wrong(
                table,
                "ending_announced",
                "no end follows it",
                "a day not after `ends`",
            );
        }
        announced
    }

    fn rate(
        &mut self,
        table: &Table,
        within: &[SectorCode],
        stacking_of_measure: Stacking,
        quotas: &Quotas,
    ) -> RateEntry {
        let from: Date = table.required("from");
        let announced = self.announced(table);
        let products = if table.is_written("products") {
            self.products(table, "products")
        } else {
            within.to_vec()
        };
        let ends: Option<Date> = table.get("ends");
        if ends.is_some_and(|ends| ends < from) {
            self.wrong(
                table,
                "ends",
                "it ends before it starts",
                "a day not before `from`",
            );
        }
        let quota: Option<String> = table.get("quota");
        if quota.as_ref().is_some_and(|id| !quotas.contains_key(id)) {
            self.wrong(
                table,
                "quota",
                "no such quota in this file",
                "the id of a [[quota]]",
            );
        }
        if quota.is_some() != table.is_written("in_quota_rate") {
            self.wrong(
                table,
                "",
                "`quota` and `in_quota_rate` need each other",
                "both or none",
            );
        }
        let (loaded, entered) = (table.get("loaded_before"), table.get("entered_before"));
        if loaded.is_some() != entered.is_some() {
            self.wrong(
                table,
                "",
                "`loaded_before` and `entered_before` need each other",
                "both or none",
            );
        }
        RateEntry {
            announced,
            from,
            ends,
            published: table.get("published").unwrap_or(from),
            origins: self.origins(table),
            products,
            value: self.value(table),
            stacking: table.get("stacking").map_or(stacking_of_measure, stacking),
            cap: table.get("cap"),
            quota: quota.map(|quota| QuotaUse {
                quota,
                rate: table.get("in_quota_rate").unwrap_or_default(),
            }),
            in_transit: loaded
                .zip(entered)
                .map(|(loaded_before, entered_before)| InTransit {
                    loaded_before,
                    entered_before,
                }),
            evidence: evidence(table),
            place: place(table.span()),
        }
    }

    /// A flat rate, a vector, or a vector with a flat rate for the others. An
    /// economy that holds attached governments and has no row of its own pays
    /// their trade-weighted mean.
    fn value(&mut self, table: &Table) -> RateValue {
        let default: Option<f64> = table.get("value");
        let Some(name) = table.get::<&str>("table") else {
            if default.is_none() {
                self.wrong(
                    table,
                    "",
                    "the entry has no rate",
                    "`value`, or `table` with a rate vector",
                );
            }
            return RateValue {
                default,
                by_origin: BTreeMap::new(),
            };
        };
        let Some(vector) = self.book.vectors.get(name) else {
            self.wrong(
                table,
                "table",
                "no such rate vector",
                "a table of rates.csv",
            );
            return RateValue {
                default,
                by_origin: BTreeMap::new(),
            };
        };
        let rest: Option<f64> = table.get::<f64>("rest").or(default);
        let economies = &self.book.economies;
        let mut by_origin = BTreeMap::new();
        for host in economies.modelled() {
            let attached: Vec<_> = economies.attached_to(host).collect();
            if let Some(rate) = vector.get(&host) {
                by_origin.insert(host, *rate);
            } else if let (false, Some(rest)) = (attached.is_empty(), rest) {
                let mut sum = 0.0;
                let mut weight = 0.0;
                for (code, size) in attached {
                    sum += size * vector.get(&code).unwrap_or(&rest);
                    weight += size;
                }
                let others = (economies.weight(host) - weight).max(0.0);
                by_origin.insert(host, (sum + others * rest) / (weight + others));
            }
        }
        RateValue { default, by_origin }
    }

    fn exemption(&mut self, table: &Table) -> Exemption {
        let from: Date = table.required("from");
        if !table.is_written("list") && !table.is_written("share") {
            self.wrong(
                table,
                "",
                "it does not say which goods",
                "`list` or `share`",
            );
        }
        let published: Option<Date> = table.get("published");
        Exemption {
            announced: (table.get("announced")).or(published.filter(|day| *day < from)),
            goods: self.coverage(table),
            origins: self.origins(table),
            from,
            ends: table.get("ends"),
            published: published.unwrap_or(from),
            evidence: evidence(table),
        }
    }

    fn claim(&mut self, table: &Table) -> Claim {
        let name: String = table.required("table");
        self.known_table(table, "table", &name);
        Claim {
            announced: table.get("announced"),
            table: name,
            relief: table.required("relief"),
            origins: self.origins(table),
            products: if table.is_written("products") {
                self.products(table, "products")
            } else {
                Vec::new()
            },
            from: table.required("from"),
            ends: table.get("ends"),
            evidence: evidence(table),
        }
    }

    fn announcement(&mut self, table: &Table, head: &Head) -> Announcement {
        let values = table.map::<f64>("values").into_iter();
        let by_origin =
            values.filter_map(|(code, rate)| Some((code.value.parse().ok()?, rate.value)));
        Announcement {
            id: table.required("id"),
            kind: match table.required::<&str>("kind") {
                "threat" => AnnouncementKind::Threat,
                "ruling" => AnnouncementKind::Ruling,
                "deal" => AnnouncementKind::Deal,
                "statement" => AnnouncementKind::Statement,
                "refund" => AnnouncementKind::Refund,
                _ => AnnouncementKind::Plan,
            },
            title: table.required("title"),
            by: if table.is_written("by") {
                table.required("by")
            } else {
                vec![head.importer]
            },
            authority: head.authority.clone(),
            announced: table.required("announced"),
            from: table.get("from"),
            ends: table.get("ends"),
            origins: self.origins(table),
            products: if table.is_written("products") {
                self.products(table, "products")
            } else {
                Vec::new()
            },
            value: table.get("value"),
            by_origin: by_origin.collect(),
            evidence: evidence(table),
        }
    }

    fn refund(&mut self, table: &Table, head: &Head) -> Refund {
        Refund {
            id: table.required("id"),
            importer: head.importer,
            of: table.required("of"),
            from: table.required("from"),
            to: table.required("to"),
            paid: table.required("paid"),
            days: table.required("days"),
            share: table.required("share"),
            evidence: evidence(table),
        }
    }

    fn quotas(&mut self, table: &Table, head: &Head) -> Quotas {
        let mut quotas = Quotas::new();
        for one in table.tables("quota") {
            let id: String = one.required("id");
            let Some(year_starts) = month_and_day(one.required("year_starts")) else {
                self.wrong(
                    one,
                    "year_starts",
                    "no day of the year",
                    "month and day, as `01-01`",
                );
                continue;
            };
            let quota = Quota {
                id: id.clone(),
                importer: head.importer,
                origin: one.get("origin"),
                volume: one.required("volume"),
                unit: one.required("unit"),
                year_starts,
                periods: self.periods(one),
                allocation: match one.required("allocation") {
                    "licences" => QuotaAllocation::Licences,
                    _ => QuotaAllocation::FirstCome,
                },
                rent: match one.required("rent") {
                    "exporter" => QuotaRent::Exporter,
                    "government" => QuotaRent::Government,
                    _ => QuotaRent::Importer,
                },
                traded: self.traded(one),
                expected_inside: one.required("expected_inside"),
                absolute: one.required("absolute"),
                evidence: evidence(one),
            };
            quotas.insert(id, quota);
        }
        quotas
    }

    fn periods(&mut self, table: &Table) -> u32 {
        let periods: u32 = table.required("periods");
        if 12 % periods.max(1) != 0 {
            let expected = "1, 2, 3, 4, 6 or 12";
            self.wrong(table, "periods", "no whole months in a period", expected);
        }
        periods
    }

    /// What entered by year; a year without trade could not be compared with.
    fn traded(&mut self, table: &Table) -> BTreeMap<i32, f64> {
        let mut traded = BTreeMap::new();
        for (year, units) in table.map::<f64>("traded") {
            match year.value.parse::<i32>() {
                Ok(year) if units.value > 0.0 => {
                    traded.insert(year, units.value);
                }
                _ => self.wrong(
                    table,
                    "traded",
                    "no year with what entered in it",
                    "a year and a number above 0, as `{ 2024 = 102000 }`",
                ),
            }
        }
        traded
    }

    fn origins(&mut self, table: &Table) -> Origins {
        let mut read = |key: &str| -> BTreeSet<EconomyCode> {
            let mut codes = BTreeSet::new();
            for code in table.list::<EconomyCode>(key) {
                if !self.book.economies.is_modelled(code.value) {
                    let attached = self.book.economies.attached.get(&code.value);
                    let (summary, help) = match attached {
                        Some((host, _)) => (
                            format!("`{}` is counted inside `{host}`", code.value),
                            "give it a row in a rate vector (`table`) instead".to_owned(),
                        ),
                        None => (
                            format!("`{}` is no economy of this book", code.value),
                            "use a code of economies.csv".to_owned(),
                        ),
                    };
                    let finding = Finding {
                        summary,
                        found: code.value.to_string(),
                        expected: "a modelled economy".into(),
                        help,
                    };
                    self.problems.push(table.error_at(&code.span, key, finding));
                }
                codes.insert(code.value);
            }
            codes
        };
        let except = read("except");
        let only = read("origins");
        if table.is_written("origins") {
            Origins::Only(only.difference(&except).copied().collect())
        } else {
            Origins::AllExcept(except)
        }
    }

    fn products(&mut self, table: &Table, key: &str) -> Vec<SectorCode> {
        let mut products = BTreeSet::new();
        for code in table.list::<SectorCode>(key) {
            let taxonomy = &self.book.taxonomy;
            let found = if code.value.as_str() == ALL_GOODS {
                taxonomy
                    .subsectors()
                    .iter()
                    .map(|sub| sub.code.clone())
                    .collect()
            } else {
                taxonomy.expand(&code.value)
            };
            if found.is_empty() {
                let known: Vec<_> = taxonomy.codes().iter().map(ToString::to_string).collect();
                let finding = Finding {
                    summary: format!("`{}` is no product of this book", code.value),
                    found: code.value.to_string(),
                    expected: format!("{ALL_GOODS}, {}", known.join(", ")),
                    help: "use a code of sectors.csv".into(),
                };
                self.problems.push(table.error_at(&code.span, key, finding));
            }
            products.extend(found);
        }
        products.into_iter().collect()
    }

    fn coverage(&mut self, table: &Table) -> Coverage {
        if table.is_written("list") && table.is_written("share") {
            self.wrong(
                table,
                "share",
                "`list` and `share` exclude each other",
                "one of them",
            );
        }
        if let Some(list) = table.get::<String>("list") {
            self.known_table(table, "list", &list);
            return Coverage::List(list);
        }
        table
            .get::<f64>("share")
            .map_or(Coverage::Whole, Coverage::Share)
    }

    fn known_table(&mut self, table: &Table, key: &str, name: &str) {
        if self.book.shares.get(name).is_none() {
            let known: Vec<_> = self.book.shares.names().collect();
            let finding = Finding {
                summary: format!("no table of shares called `{name}`"),
                found: name.to_owned(),
                expected: known.join(", "),
                help: "use a table of coverage.csv, content.csv or claims.csv".into(),
            };
            self.problems.push(table.error(key, finding));
        }
    }

    fn wrong(&mut self, table: &Table, key: &str, summary: &str, expected: &str) {
        let is_written = !key.is_empty() && table.is_written(key);
        let value = is_written.then(|| table.span_of(key).text());
        // Tables within are shown by their name.
        let value = value.filter(|text| text.lines().count() == 1);
        let finding = Finding {
            summary: summary.to_owned(),
            found: value.map_or_else(|| table.path_of(key), str::to_owned),
            expected: expected.to_owned(),
            help: format!("write {expected}"),
        };
        self.problems.push(table.error(key, finding));
    }
}

struct Head {
    id: String,
    title: String,
    authority: String,
    importer: EconomyCode,
}

fn stacking(word: &str) -> Stacking {
    match word {
        "all_in" => Stacking::AllIn,
        "replaces" => Stacking::Replaces,
        _ => Stacking::Adds,
    }
}

fn evidence(table: &Table) -> Evidence {
    let source = table.table("source");
    let text = |key: &str| source.map_or_else(String::new, |source| source.required(key));
    Evidence {
        title: text("title"),
        href: text("href"),
        confidence: table.required("confidence"),
        record: table.get("record").unwrap_or_default(),
    }
}

fn month_and_day(text: &str) -> Option<(i8, i8)> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    // A common year, so that the day exists every year.
    Date::new(2001, month, day).ok().map(|_| (month, day))
}

fn place(span: &Span) -> Place {
    Place {
        file: span.source().name().to_owned(),
        line: span.position().line,
    }
}
