//! Outcomes of a scenario against the baseline with the same parameters and
//! noise: what a summary table and a comparison report.
//!
//! All outcomes are about one importer (the focus) in a window of periods,
//! against the same window of the baseline. Pass-through is measured twice: by
//! comparing the two worlds, and as an econometrician would who sees only the
//! world of the scenario (Amiti, Redding and Weinstein 2019: changes over a
//! year of duty-exclusive prices on changes of duties).

use tradewinds_engine::household::real_spending;
use tradewinds_equilibrium::Economy;
use tradewinds_kernel::maths::{exp, ln};
use tradewinds_kernel::statistics::{least_squares, without_fixed_effects};
use tradewinds_world::World;

use crate::series::{Panel, Series};

mod households;
mod talks;

pub use households::{DecileCost, MEASURES};
pub use talks::of_talks;

/// Share of goods imports above which an origin is listed.
const LARGE_SOURCE: f64 = 0.02;

/// One figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Group it is printed under.
    pub group: &'static str,
    /// Name within the group.
    pub name: String,
    /// Unit.
    pub unit: &'static str,
    /// Value.
    pub value: f64,
}

/// Whose outcomes, and when.
#[derive(Debug, Clone)]
pub struct Lens<'a> {
    /// The base year.
    pub economy: &'a Economy,
    /// Index of the importer.
    pub focus: usize,
    /// Periods of the window.
    pub window: std::ops::Range<usize>,
    /// Periods in a year.
    pub periods_per_year: usize,
    /// Names of economies.
    pub economies: &'a [String],
    /// Names of sectors.
    pub sectors: &'a [String],
    /// Names of household classes; two classes (owner, worker) per decile.
    pub users: &'a [String],
    /// Base year as the world has it: households and their incomes.
    pub world: &'a World,
    /// Share of duties above those of the base year that households receive.
    pub rebate_share: f64,
}

impl Lens<'_> {
    /// All outcomes of a scenario against the baseline.
    pub fn outcomes(&self, scenario: &Series, baseline: &Series) -> Vec<Outcome> {
        let mut found = Vec::new();
        self.rates(scenario, baseline, &mut found);
        self.pass_through(scenario, baseline, &mut found);
        self.regressions(scenario, &mut found);
        self.trade(scenario, baseline, &mut found);
        self.prices_and_welfare(scenario, baseline, &mut found);
        self.deciles(scenario, baseline, &mut found);
        self.jobs(scenario, baseline, &mut found);
        self.money(scenario, baseline, &mut found);
        found
    }

    /// Welfare of every economy: what its households consume, over the baseline.
    pub fn welfare_of_all(&self, scenario: &Series, baseline: &Series) -> Vec<Outcome> {
        let mean = |series: &Series| {
            let panel = &series.macroeconomy;
            panel.mean("real_consumption", self.window.clone())
        };
        let (new, old) = (mean(scenario), mean(baseline));
        let own = |(n, name): (usize, &String)| Outcome {
            group: "welfare by economy: real consumption of households",
            name: name.clone(),
            unit: "log change",
            value: ln(new[n] / old[n]),
        };
        self.economies.iter().enumerate().map(own).collect()
    }

    /// Cells of a table that belong to the focus economy.
    fn own(&self, panel: &Panel, column: &str) -> Vec<usize> {
        let codes = panel.codes(column);
        (0..panel.cells)
            .filter(|cell| codes[*cell] as usize == self.focus)
            .collect()
    }

    /// Base-year customs value of the cells of the trade table.
    fn base_values(&self, panel: &Panel) -> Vec<f64> {
        let (origins, sectors) = (panel.codes("exporter"), panel.codes("sector"));
        let importers = panel.codes("importer");
        (0..panel.cells)
            .map(|cell| {
                let (n, i, s) = (importers[cell], origins[cell], sectors[cell]);
                let flow = self.economy.flow(n as usize, i as usize, s as usize);
                self.economy.accounts().sales[flow]
            })
            .collect()
    }

    /// Goods flows of the focus: services pay no duty and are left out.
    fn goods(&self, panel: &Panel) -> Vec<usize> {
        let sectors = panel.codes("sector");
        let services = self.economy.services;
        self.own(panel, "importer")
            .into_iter()
            .filter(|cell| Some(sectors[*cell] as usize) != services)
            .collect()
    }

    fn rates(&self, scenario: &Series, baseline: &Series, found: &mut Vec<Outcome>) {
        let cells = self.goods(&scenario.trade);
        let base = self.base_values(&scenario.trade);
        let total: f64 = cells.iter().map(|cell| base[*cell]).sum();
        let level = |series: &Series, column: &str| {
            let rate = series.trade.mean(column, self.window.clone());
            cells
                .iter()
                .map(|cell| base[*cell] * rate[*cell])
                .sum::<f64>()
                / total
        };
        let actual = |series: &Series| {
            let duty = series.trade.mean("duty", self.window.clone());
            let value = series.trade.mean("customs_value", self.window.clone());
            let sum = |values: &[f64]| cells.iter().map(|cell| values[*cell]).sum::<f64>();
            (sum(&duty), sum(&duty) / sum(&value))
        };
        let group = "effective tariff rate";
        let mut push = |name: &str, unit, value| {
            found.push(Outcome {
                group,
                name: name.to_owned(),
                unit,
                value,
            });
        };
        push(
            "statutory, base-year weights",
            "share",
            level(scenario, "statutory_rate"),
        );
        push(
            "applied, base-year weights",
            "share",
            level(scenario, "applied_rate"),
        );
        push(
            "collected, base-year weights",
            "share",
            level(scenario, "collected_rate"),
        );
        let (duty, rate) = actual(scenario);
        push("duties over imports", "share", rate);
        push("duties over imports, baseline", "share", actual(baseline).1);
        push("duties collected", "USD bn a year", duty);
        push(
            "change of duties collected",
            "USD bn a year",
            duty - actual(baseline).0,
        );
    }

    fn pass_through(&self, scenario: &Series, baseline: &Series, found: &mut Vec<Outcome>) {
        let cells = self.goods(&scenario.trade);
        let base = self.base_values(&scenario.trade);
        let change = |column: &str, of: fn(f64) -> f64| -> Vec<f64> {
            let new = scenario.trade.mean(column, self.window.clone());
            let old = baseline.trade.mean(column, self.window.clone());
            new.iter()
                .zip(&old)
                .map(|(new, old)| of(*new) - of(*old))
                .collect()
        };
        let weighted =
            |values: &[f64]| -> f64 { cells.iter().map(|cell| base[*cell] * values[*cell]).sum() };
        let landed = weighted(&change("landed_price", ln));
        let collected = weighted(&change("collected_rate", |rate| ln(1.0 + rate)));
        let applied = weighted(&change("applied_rate", |rate| ln(1.0 + rate)));
        let group = "pass-through, against the baseline";
        let mut push = |name: &str, value: f64| {
            let (name, unit) = (name.to_owned(), "share of the duty");
            found.push(Outcome {
                group,
                name,
                unit,
                value,
            });
        };
        push("border, of the collected duty", landed / collected);
        push("border, of the applied duty", landed / applied);
        push(
            "store, imported goods",
            self.store_change(scenario, baseline, &cells, "imported"),
        );
        push(
            "store, domestic goods",
            self.store_change(scenario, baseline, &cells, "domestic"),
        );
    }

    /// Change of store prices over the change of collected duties, with base
    /// imports of each sector as weights.
    fn store_change(
        &self,
        scenario: &Series,
        baseline: &Series,
        cells: &[usize],
        shelf: &str,
    ) -> f64 {
        let base = self.base_values(&scenario.trade);
        let sectors = scenario.trade.codes("sector");
        let mut weight = vec![0.0; self.economy.sectors];
        let mut duty = 0.0;
        let new = scenario.trade.mean("collected_rate", self.window.clone());
        let old = baseline.trade.mean("collected_rate", self.window.clone());
        for cell in cells {
            weight[sectors[*cell] as usize] += base[*cell];
            duty += base[*cell] * (ln(1.0 + new[*cell]) - ln(1.0 + old[*cell]));
        }
        let column = format!("store_price_{shelf}");
        let new = scenario.markets.mean(&column, self.window.clone());
        let old = baseline.markets.mean(&column, self.window.clone());
        let codes = scenario.markets.codes("sector");
        let change: f64 = self
            .own(&scenario.markets, "economy")
            .into_iter()
            .map(|cell| weight[codes[cell] as usize] * ln(new[cell] / old[cell]))
            .sum();
        change / duty
    }

    fn regressions(&self, scenario: &Series, found: &mut Vec<Outcome>) {
        let year = self.periods_per_year;
        if self.window.is_empty() || self.window.end < 2 {
            return;
        }
        let panel = &scenario.trade;
        let cells: Vec<usize> = self.goods(panel);
        let sectors = panel.codes("sector");
        let origins = panel.codes("exporter");
        let (mut price, mut volume, mut duty) = (Vec::new(), Vec::new(), Vec::new());
        let (mut groups, mut clusters) = (Vec::new(), Vec::new());
        for period in self.window.clone().filter(|period| *period > 0) {
            let (now, then) = (period, period.saturating_sub(year));
            let change = |column: &str, cell: usize, of: fn(f64) -> f64| {
                of(panel.at(column, now)[cell]) - of(panel.at(column, then)[cell])
            };
            for cell in &cells {
                let moved = change("volume", *cell, ln);
                if !moved.is_finite() {
                    // Nothing came in: no logarithm, as in customs data.
                    continue;
                }
                price.push(change("gate_price", *cell, ln));
                volume.push(moved);
                duty.push(change("applied_rate", *cell, |rate| ln(1.0 + rate)));
                groups.push((period * self.economy.sectors) as u32 + sectors[*cell]);
                clusters.push(origins[*cell] * self.economy.sectors as u32 + sectors[*cell]);
            }
        }
        let weights = vec![1.0; price.len()];
        let within = |values: &[f64]| without_fixed_effects(values, &[&groups], &weights);
        let Ok(duty) = within(&duty) else { return };
        let group = "as an econometrician measures it (changes over a year or since the start)";
        for (name, outcome) in [
            (
                "duty-exclusive price on duty (0 is full pass-through)",
                price,
            ),
            ("import volume on duty", volume),
        ] {
            let Ok(outcome) = within(&outcome) else {
                continue;
            };
            if let Ok(fit) = least_squares(&outcome, &[&duty], &weights, &clusters) {
                let (name, unit) = (name.to_owned(), "elasticity");
                found.push(Outcome {
                    group,
                    name,
                    unit,
                    value: fit.coefficients[0],
                });
            }
        }
    }

    fn trade(&self, scenario: &Series, baseline: &Series, found: &mut Vec<Outcome>) {
        let cells = self.goods(&scenario.trade);
        let new = scenario.trade.mean("volume", self.window.clone());
        let old = baseline.trade.mean("volume", self.window.clone());
        let total = |values: &[f64]| cells.iter().map(|cell| values[*cell]).sum::<f64>();
        let (group, unit) = ("imports of goods", "log change of volume");
        let value = ln(total(&new) / total(&old));
        found.push(Outcome {
            group,
            name: "all goods".to_owned(),
            unit,
            value,
        });
        let (sectors, origins) = (
            scenario.trade.codes("sector"),
            scenario.trade.codes("exporter"),
        );
        for (s, name) in self.sectors.iter().enumerate() {
            let of = |values: &[f64]| -> f64 {
                let own = cells.iter().filter(|cell| sectors[**cell] as usize == s);
                own.map(|cell| values[*cell]).sum()
            };
            if of(&old) > 0.0 {
                let value = ln(of(&new) / of(&old));
                found.push(Outcome {
                    group,
                    name: name.clone(),
                    unit,
                    value,
                });
            }
        }
        let base = self.base_values(&scenario.trade);
        let values_new = scenario.trade.mean("customs_value", self.window.clone());
        let values_old = baseline.trade.mean("customs_value", self.window.clone());
        let (group, unit) = ("source of goods imports", "change of share, points");
        for (i, name) in self.economies.iter().enumerate() {
            let share = |values: &[f64]| -> f64 {
                let own = cells.iter().filter(|cell| origins[**cell] as usize == i);
                own.map(|cell| values[*cell]).sum::<f64>() / total(values)
            };
            // By base-year shares, so that the list is the same in every replication.
            if share(&base) > LARGE_SOURCE {
                let value = 100.0 * (share(&values_new) - share(&values_old));
                found.push(Outcome {
                    group,
                    name: name.clone(),
                    unit,
                    value,
                });
            }
        }
    }

    fn prices_and_welfare(&self, scenario: &Series, baseline: &Series, found: &mut Vec<Outcome>) {
        let macro_change = |column: &str| {
            let new = scenario.macroeconomy.mean(column, self.window.clone());
            let old = baseline.macroeconomy.mean(column, self.window.clone());
            ln(new[self.focus] / old[self.focus])
        };
        let mut push = |group, name: String, unit, value| {
            found.push(Outcome {
                group,
                name,
                unit,
                value,
            });
        };
        let group = "households";
        push(
            group,
            "consumer prices (fixed basket)".to_owned(),
            "log change",
            macro_change("consumer_prices"),
        );
        push(
            group,
            "cost of living (exact index)".to_owned(),
            "log change",
            macro_change("cost_of_living"),
        );
        push(
            group,
            "real consumption".to_owned(),
            "log change",
            macro_change("real_consumption"),
        );
        let real = |series: &Series| {
            let panel = &series.households;
            let mean = panel.mean("real_spending", self.window.clone());
            let own = self.own(panel, "economy").into_iter();
            own.map(|cell| mean[cell]).collect::<Vec<f64>>()
        };
        let (real_new, real_old) = (real(scenario), real(baseline));
        let gain = |row: usize| {
            let base = self.economy.accounts().user_spending[row][self.focus];
            base * (real_spending(real_new[row], 0.0, real_old[row]) - 1.0)
        };
        let households: f64 = (0..World::CLASSES).map(gain).sum();
        let everyone: f64 = (0..real_new.len()).map(gain).sum();
        let total = |series: &Series| {
            let duty = series.trade.mean("duty", self.window.clone());
            self.goods(&series.trade)
                .iter()
                .map(|cell| duty[*cell])
                .sum::<f64>()
        };
        let duties = (total(scenario) - total(baseline))
            * exp(macro_change("exchange_rate") - macro_change("cost_of_living"));
        let rebate = self.rebate_share * duties;
        let income: f64 = self.economy.accounts().income[self.focus];
        let group = "welfare (equivalent variation at exact prices)";
        let unit = "USD bn a year";
        push(group, "households".to_owned(), unit, households);
        push(
            group,
            "households, less the rebate received".to_owned(),
            unit,
            households - rebate,
        );
        push(
            group,
            "households, all duties handed back".to_owned(),
            unit,
            households - rebate + duties,
        );
        push(
            group,
            "households, government and investment".to_owned(),
            unit,
            everyone,
        );
        push(
            group,
            "the same, share of income".to_owned(),
            "share",
            everyone / income,
        );
        push(
            "activity",
            "real GDP".to_owned(),
            "log change",
            macro_change("real_gdp"),
        );
    }

    fn money(&self, scenario: &Series, baseline: &Series, found: &mut Vec<Outcome>) {
        let column = "effective_exchange_rate";
        let mean = |series: &Series, column: &str| {
            series.macroeconomy.mean(column, self.window.clone())[self.focus]
        };
        found.push(Outcome {
            group: "money",
            name: "value of the currency, by trade".to_owned(),
            unit: "log change",
            value: ln(mean(scenario, column) / mean(baseline, column)),
        });
        let column = "policy_rate_change";
        found.push(Outcome {
            group: "money",
            name: "policy rate".to_owned(),
            unit: "share a year",
            value: mean(scenario, column) - mean(baseline, column),
        });
    }

    fn jobs(&self, scenario: &Series, baseline: &Series, found: &mut Vec<Outcome>) {
        let new = scenario.markets.mean("employment", self.window.clone());
        let old = baseline.markets.mean("employment", self.window.clone());
        let sectors = scenario.markets.codes("sector");
        let cells = self.own(&scenario.markets, "economy");
        let (group, unit) = ("employment", "log change");
        let total = |values: &[f64]| cells.iter().map(|cell| values[*cell]).sum::<f64>();
        let value = ln(total(&new) / total(&old));
        found.push(Outcome {
            group,
            name: "all sectors".to_owned(),
            unit,
            value,
        });
        for cell in &cells {
            if old[*cell] > 0.0 {
                let name = self.sectors[sectors[*cell] as usize].clone();
                let value = ln(new[*cell] / old[*cell]);
                found.push(Outcome {
                    group,
                    name,
                    unit,
                    value,
                });
            }
        }
    }
}
