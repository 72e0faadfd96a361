use super::*;
use crate::customs::{MeasureRate, QuotaRate, RateTable};
use crate::refund::RefundOrder;

/// Share of applied duties that is collected.
const COLLECTED: f64 = 0.9;
/// Measures: two of the country lever, one of the sector lever, the base duty.
const FIRST: u32 = 0;
const SECOND: u32 = 1;
const SECTOR: u32 = 2;
const BASE: u32 = 3;

fn day(month: i8) -> Date {
    Date::constant(2025, month, 9)
}

fn part(flow: u32, measure: u32, rate: f64) -> MeasureRate {
    MeasureRate {
        flow,
        measure,
        rate,
    }
}

/// Rates of three flows at a country rate, of which a fifth is the first measure's: all of
/// flow 0 pays it, a third of flow 1, nothing of flow 2, which pays the sector rate, and of
/// flow 1 the share that is afloat does not yet.
fn table(country: f64, afloat: f64) -> RateTable {
    let mut table = RateTable {
        statutory: vec![0.02 + country, 0.03 + 0.4 * country, 0.25],
        applied: vec![0.02 + country, 0.03 + country * (1.0 - afloat) / 3.0, 0.25],
        collected: vec![0.01, 0.02, 0.005],
        once_arrived: Vec::new(),
        export_tax: vec![0.0; 3],
        trade_cost: vec![1.0; 3],
        by_measure: Vec::new(),
        quotas: Vec::new(),
        refunds: Vec::new(),
    };
    for (flow, share) in [(0, 1.0), (1, (1.0 - afloat) / 3.0)] {
        if country > 0.0 {
            for (measure, of) in [(FIRST, 0.2), (SECOND, 0.8)] {
                let rate = COLLECTED * of * share * country;
                table.by_measure.push(part(flow, measure, rate));
                table.collected[flow as usize] += rate;
            }
        }
        let base = [0.01, 0.02][flow as usize];
        table.by_measure.push(part(flow, BASE, base));
    }
    table.by_measure.push(part(2, SECTOR, 0.225));
    table.collected[2] += 0.225;
    if afloat > 0.0 {
        table.once_arrived = table.collected.clone();
        table.once_arrived[1] += COLLECTED * country * afloat / 3.0;
    }
    table
}

/// Nothing until April, 10 % with goods afloat, all of it in June, 24 % from July.
fn law() -> Arc<RateCalendar> {
    Arc::new(RateCalendar::new(vec![
        (day(1), table(0.0, 0.0)),
        (day(4), table(0.1, 0.5)),
        (day(6), table(0.1, 0.0)),
        (day(7), table(0.24, 0.0)),
    ]))
}

fn exposure(flow: u32, collected: f64, statutory: f64) -> Exposure {
    Exposure {
        flow,
        collected,
        statutory,
    }
}

fn country(law: &Arc<RateCalendar>) -> Lever {
    let statute = Statute {
        importer: 0,
        origin: 1,
        measures: vec![FIRST, SECOND],
        scheduled: vec![(day(1), 0.0), (day(4), 0.1), (day(7), 0.24)],
        exposure: vec![
            exposure(0, COLLECTED, 1.0),
            exposure(1, COLLECTED / 3.0, 0.4),
        ],
        collection: COLLECTED,
    };
    Lever::new(statute, law.clone())
}

fn sector(law: &Arc<RateCalendar>) -> Lever {
    let statute = Statute {
        measures: vec![SECTOR],
        scheduled: vec![(day(1), 0.25)],
        exposure: vec![exposure(2, COLLECTED, 1.0)],
        ..country(law).statute
    };
    Lever::new(statute, law.clone())
}

fn near(found: &[f64], known: &[f64], what: &str) {
    assert_eq!(found.len(), known.len(), "{what}");
    for (found, known) in found.iter().zip(known) {
        assert!((found - known).abs() < 1e-12, "{what}: {found} {known}");
    }
}

/// Two calendars say the same from January to December, in the middle of every month.
fn same(found: &RateCalendar, known: &RateCalendar) {
    for month in 1..=12 {
        for on in [Date::constant(2025, month, 1), day(month)] {
            let (found, known) = (found.on(on), known.on(on));
            let columns: [fn(&RateTable) -> &[f64]; 4] = [
                |table| &table.statutory,
                |table| &table.applied,
                |table| &table.collected,
                RateTable::lasting,
            ];
            for (at, column) in columns.iter().enumerate() {
                near(
                    column(found),
                    column(known),
                    &format!("column {at} on {on}"),
                );
            }
            let parts = |table: &RateTable| -> Vec<(u32, u32)> {
                let parts = table.by_measure.iter().filter(|part| part.rate > 0.0);
                parts.map(|part| (part.flow, part.measure)).collect()
            };
            assert_eq!(parts(found), parts(known), "{on}");
        }
    }
}

#[test]
fn a_lever_set_to_its_own_rates_changes_no_bit() {
    let law = law();
    let mut calendar = RateCalendar::clone(&law);
    let mut lever = country(&law);
    lever.follow(&mut calendar, &[(day(5), 0.1), (day(7), 0.24)]);
    lever.set(&mut calendar, day(8), 0.24);
    sector(&law).set(&mut calendar, day(2), 0.25);
    assert_eq!(calendar, *law);
    assert!((lever.rate_on(day(6)) - 0.1).abs() < 1e-15);
}

#[test]
fn a_rate_moves_the_parts_of_its_measures_from_its_day_on() {
    let law = law();
    let mut calendar = RateCalendar::clone(&law);
    let mut lever = country(&law);
    lever.set(&mut calendar, day(6), 0.15);
    for on in [day(2), day(4), day(5)] {
        assert_eq!(calendar.on(on), law.on(on));
    }
    same(
        &calendar,
        &RateCalendar::new(vec![
            (day(1), table(0.0, 0.0)),
            (day(4), table(0.1, 0.5)),
            (day(6), table(0.15, 0.0)),
        ]),
    );
    let rates = [day(2), day(5), day(6), day(9)].map(|on| lever.rate_on(on));
    near(&rates, &[0.0, 0.1, 0.15, 0.15], "rates");
}

#[test]
fn goods_afloat_pay_the_same_share_of_another_rate() {
    let law = law();
    let mut calendar = RateCalendar::clone(&law);
    country(&law).set(&mut calendar, day(5), 0.2);
    let found = calendar.on(day(5));
    let known = table(0.2, 0.5);
    near(&found.collected, &known.collected, "collected");
    near(&found.once_arrived, &known.once_arrived, "once arrived");
}

#[test]
fn a_rate_where_the_law_has_none_is_its_exposure() {
    let law = law();
    let mut calendar = RateCalendar::clone(&law);
    country(&law).set(&mut calendar, day(2), 0.2);
    let known = table(0.2, 0.0);
    for on in [day(2), day(3)] {
        let found = calendar.on(on);
        near(&found.collected, &known.collected, "collected");
        near(&found.applied, &known.applied, "applied");
        near(&found.statutory, &known.statutory, "statutory");
        // All of it is booked under the first measure.
        let booked: Vec<f64> = (found.by_measure.iter())
            .filter(|part| part.measure == FIRST)
            .map(|part| part.rate)
            .collect();
        near(&booked, &[0.18, 0.06], "booked");
    }
}

#[test]
fn the_order_in_which_a_lever_is_set_does_not_matter() {
    let law = law();
    let path = [(day(2), 0.3), (day(6), 0.05), (day(9), 0.0), (day(11), 0.4)];
    let mut at_once = RateCalendar::clone(&law);
    country(&law).follow(&mut at_once, &path);
    // One after the other; with the second half undone and set again; last ones first.
    let orders: [&[&[(Date, f64)]]; 3] = [
        &[&path[..1], &path[1..2], &path[2..3], &path[3..]],
        &[&path[..2], &[(day(5), 1.45)], &[(day(4), 0.0)], &path],
        &[&path[3..], &path[2..], &path[1..], &path],
    ];
    for order in orders {
        let mut calendar = RateCalendar::clone(&law);
        let mut lever = country(&law);
        for path in order {
            lever.follow(&mut calendar, path);
        }
        same(&calendar, &at_once);
    }
}

#[test]
fn levers_of_one_flow_and_of_others_do_not_disturb_each_other() {
    let law = law();
    let set = |is_sector_first: bool| {
        let mut calendar = RateCalendar::clone(&law);
        let (mut country, mut sector) = (country(&law), sector(&law));
        if is_sector_first {
            sector.set(&mut calendar, day(5), 0.5);
        }
        country.set(&mut calendar, day(5), 0.3);
        if !is_sector_first {
            sector.set(&mut calendar, day(5), 0.5);
        }
        country.follow(&mut calendar, &[(day(5), 0.1), (day(7), 0.24)]);
        calendar
    };
    let mut sector_alone = RateCalendar::clone(&law);
    sector(&law).set(&mut sector_alone, day(5), 0.5);
    for is_sector_first in [true, false] {
        same(&set(is_sector_first), &sector_alone);
    }
    let found = sector_alone.on(day(8));
    assert!((found.collected[2] - 0.455).abs() < 1e-12);
}

#[test]
fn what_is_collected_beside_the_measures_stays() {
    let law = law();
    let mut calendar = RateCalendar::clone(&law);
    let mut lever = country(&law);
    lever.follow(
        &mut calendar,
        &[(day(2), 0.7), (day(5), 0.0), (day(8), 1.45)],
    );
    for month in 1..=12 {
        let beside = |table: &RateTable| -> Vec<f64> {
            let rest = |flow: usize| {
                let parts = table.by_measure.iter();
                let own = parts.filter(|part| part.flow as usize == flow);
                table.collected[flow] - own.map(|part| part.rate).sum::<f64>()
            };
            (0..3).map(rest).collect()
        };
        let (found, known) = (calendar.on(day(month)), law.on(day(month)));
        near(&beside(found), &beside(known), "beside");
    }
}

#[test]
fn quotas_and_refunds_of_its_measures_move_with_it() {
    let mut under = table(0.1, 0.0);
    under.quotas = [(SECOND, 0.04), (SECTOR, 0.05)]
        .map(|(measure, gap)| QuotaRate {
            quota: 0,
            flow: 0,
            measure,
            share: 0.5,
            gap,
        })
        .to_vec();
    // Half of the second measure is paid back: 0.072 of flow 0.
    under.refunds = vec![part(0, 0, 0.036)];
    let order = RefundOrder {
        importer: 0,
        paid: day(12),
        days: 0,
        measures: vec![SECOND],
    };
    let law = RateCalendar::new(vec![(day(4), under)]).with_refunds(vec![order]);
    let law = Arc::new(law);
    let mut lever = country(&law);
    lever.statute.scheduled = vec![(day(4), 0.1)];
    lever.scheduled = lever.statute.scheduled.clone();
    let mut calendar = RateCalendar::clone(&law);
    for rate in [0.0, 0.2] {
        lever.set(&mut calendar, day(5), rate);
        let found = calendar.on(day(6));
        let gaps: Vec<f64> = found.quotas.iter().map(|part| part.gap).collect();
        near(&gaps, &[0.4 * rate, 0.05], "gaps");
        near(&[found.refunds[0].rate], &[0.36 * rate], "refund");
    }
}

#[test]
fn equal_rates_of_those_who_share_a_trade_are_one_rate() {
    let shares: Vec<f64> = (0..57).map(|one| 1.0 / f64::from(one + 3)).collect();
    let equal = mean_rate(&[0.17; 57], &shares).unwrap();
    assert!((equal - 0.17).abs() < 1e-12);
    let mean = mean_rate(&[0.1, 0.4], &[3.0, 1.0]).unwrap();
    assert!((mean - 0.175).abs() < 1e-12);
    // A deal moves the mean by the share of who signs it.
    let signed = mean_rate(&[0.1, 0.2], &[3.0, 1.0]).unwrap();
    assert!((mean - signed - 0.25 * 0.2).abs() < 1e-12);
    assert_eq!(mean_rate(&[], &[]), None);
    assert_eq!(mean_rate(&[0.1], &[0.0]), None);
}
