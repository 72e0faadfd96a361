//! Audit of goods: finished, materials, stocks of importers, goods under way.

use std::ops::Range;

use bevy_ecs::prelude::DetectChanges;
use bytemuck::{TransparentWrapper, cast_slice};

use super::books::Books;
use super::findings::{Findings, gross};
use super::{Account, Audit};
use crate::columns::OnlyTable;
use crate::production::FinishedStock;
use crate::stocks::{Cargo, base_taxes};

/// Entries of the firms of a cell for one input.
pub(super) struct MaterialRange {
    /// Economy of the firms.
    pub(super) n: usize,
    /// Sector of the input.
    pub(super) k: usize,
    /// The firms.
    pub(super) firms: Range<usize>,
    /// Their entries in [`crate::production::Materials`].
    pub(super) at: Range<usize>,
    /// Entry of the input share.
    input: usize,
}

impl Books<'_, '_> {
    fn finished_stock(&self) -> &[f64] {
        FinishedStock::peel_slice(self.firms.table().1)
    }

    /// Copies the goods that the next audits compare with.
    pub(super) fn remember_goods(&self, audit: &mut Audit) {
        audit.stock.clear();
        audit.stock.extend_from_slice(self.finished_stock());
        audit.materials.clone_from(&self.materials.stock);
        audit.materials_written = Some(self.materials.last_changed());
        if audit.imports_written != Some(self.imports.last_changed()) {
            self.remember_imports(audit);
        }
    }

    fn remember_imports(&self, audit: &mut Audit) {
        audit.import_units.clone_from(&self.imports.book.units);
        let under_way = self.imports.transit.under_way(&mut audit.uncounted);
        self.import_value(under_way, &mut audit.import_value);
        audit.under_way.clear();
        audit.under_way.extend_from_slice(under_way);
        audit.imports_written = Some(self.imports.last_changed());
    }

    /// Cost of stocks and of goods under way, by link.
    fn import_value(&self, under_way: &[Cargo], value: &mut Vec<f64>) {
        let links = self.imports.book.values().iter().zip(under_way);
        value.clear();
        value.extend(links.map(|(at_hand, cargo)| at_hand + cargo.border()));
    }

    /// The cost of goods at hand keeps its number in local money; goods under way
    /// keep their value.
    pub(super) fn check_stock_revaluation(&self, audit: &mut Audit, found: &mut Findings) {
        if audit.imports_written == Some(self.imports.last_changed()) {
            return;
        }
        let economy = &self.model.economy;
        let under_way = self.imports.transit.under_way(&mut audit.uncounted);
        self.import_value(under_way, &mut audit.work);
        for n in 0..economy.economies {
            let factor = self.currencies.factor[n];
            let cells = self.cells(n);
            let links = self.imports.first[cells.start]..self.imports.first[cells.end];
            let now = audit.work[links.clone()].iter();
            let before = audit.import_value[links.clone()].iter();
            let residuals = now.zip(before.zip(&audit.under_way[links.clone()])).map(
                |(now, (before, under_way))| {
                    let shipped = under_way.border();
                    let at_hand = (before - shipped) * factor;
                    (now - (shipped + at_hand), *now)
                },
            );
            found.close_all(residuals, |link| {
                Account::ImporterGoodsValue(links.start + link)
            });
        }
        std::mem::swap(&mut audit.import_value, &mut audit.work);
    }

    pub(super) fn check_goods_unchanged(&self, audit: &mut Audit, found: &mut Findings) {
        found.unchanged(&audit.stock, self.finished_stock(), Account::FinishedGoods);
        self.check_imports_unchanged(audit, found);
        // Only systems that touched materials since the last audit can have moved them.
        if audit.materials_written == Some(self.materials.last_changed()) {
            return;
        }
        let firms = self.rows.firm_count();
        found.unchanged(&audit.materials, &self.materials.stock, |at| {
            Account::FirmMaterials(at / firms, at % firms)
        });
        audit.materials_written = Some(self.materials.last_changed());
    }

    pub(super) fn check_imports_unchanged(&self, audit: &mut Audit, found: &mut Findings) {
        if audit.imports_written == Some(self.imports.last_changed()) {
            return;
        }
        let units = &self.imports.book.units;
        let under_way = self.imports.transit.under_way(&mut audit.uncounted);
        self.import_value(under_way, &mut audit.work);
        let is_same = cast_slice::<f64, u8>(&audit.import_units) == cast_slice::<f64, u8>(units)
            && cast_slice::<Cargo, u8>(&audit.under_way) == cast_slice::<Cargo, u8>(under_way)
            && cast_slice::<f64, u8>(&audit.import_value) == cast_slice::<f64, u8>(&audit.work);
        // Link by link only where something may differ, in units, under way or in value.
        for link in (0..units.len()).filter(|_| !is_same) {
            let at = |_| Account::ImporterGoods(link);
            found.unchanged(&audit.import_units[link..=link], &units[link..=link], at);
            let (before, now) = (audit.under_way[link].units, under_way[link].units);
            found.unchanged(&[before], &[now], |_| Account::GoodsUnderWay(link));
            let (before, now) = (audit.import_value[link], audit.work[link]);
            found.unchanged(&[before], &[now], |_| Account::ImporterGoodsValue(link));
        }
        audit.imports_written = Some(self.imports.last_changed());
    }

    pub(super) fn check_production(&self, audit: &mut Audit, found: &mut Findings) {
        let dt = self.clock.dt();
        let (_, stock, output, bundles_per_unit, ..) = self.firms.table();
        let before = audit.stock.iter().zip(output);
        let residuals = before.zip(stock).map(|((before, output), stock)| {
            let made = output.0 * dt;
            (stock.0 - (before + made), gross(made, *before))
        });
        found.close_all(residuals, Account::FinishedGoods);
        let bundles = output.iter().zip(bundles_per_unit);
        audit.work.clear();
        (audit.work).extend(bundles.map(|(output, bundles)| output.0 * bundles.0 * dt));
        let sectors = self.model.economy.sectors;
        let per_economy = sectors * sectors;
        let mut missed = vec![0.0; self.model.economy.markets()];
        let mut needed = missed.clone();
        self.for_each_material(
            |MaterialRange {
                 k,
                 firms,
                 at,
                 input,
                 ..
             }| {
                let need = self.recipe.materials[input];
                // Firms go without what they do not have, where the input is not critical.
                let goes_without = self.model.frictions.criticality[input % per_economy] < 1.0;
                let now = self.materials.stock[at.clone()].iter();
                let before = audit.work[firms.clone()]
                    .iter()
                    .zip(&audit.materials[at.clone()]);
                if goes_without {
                    let cell = self
                        .model
                        .economy
                        .market(input / per_economy, input % sectors);
                    for (bundle, before) in before.clone() {
                        missed[cell] += (need * bundle - before).max(0.0);
                        needed[cell] += need * bundle;
                    }
                }
                let residuals = now.zip(before).map(|(now, (bundle, before))| {
                    let used = match goes_without {
                        true => (need * bundle).min(*before),
                        false => need * bundle,
                    };
                    (now - (before - used), gross(used, *before))
                });
                found.close_all(residuals, |firm| {
                    Account::FirmMaterials(k, firms.start + firm)
                });
            },
        );
        for (cell, missed) in missed.into_iter().enumerate() {
            let residual = self.materials.missed[cell] * dt - missed;
            let account = Account::Economy("what firms go without is counted", cell / sectors);
            found.close(account, residual, gross(needed[cell], missed));
        }
    }

    pub(super) fn check_deliveries(&self, audit: &mut Audit, found: &mut Findings) {
        let dt = self.clock.dt();
        let stock = self.finished_stock();
        let (sales, _, owner) = self.lines.table();
        let sold = &mut audit.work;
        sold.clear();
        sold.resize(stock.len(), 0.0);
        for (sales, owner) in sales.iter().zip(owner) {
            sold[owner.0 as usize] += sales.quantity * dt;
        }
        let before = audit.stock.iter().zip(&*sold);
        let residuals = before
            .zip(stock)
            .map(|((before, sold), stock)| (stock - (before - sold), gross(*sold, *before)));
        found.close_all(residuals, Account::FinishedGoods);
        let sectors = self.model.economy.sectors;
        self.for_each_material(
            |MaterialRange {
                 n, k, firms, at, ..
             }| {
                let delivered = self.shipments.delivered[n * sectors + k];
                let now = self.materials.stock[at.clone()].iter();
                let ordered = self.materials.ordered[at.clone()].iter();
                let before = ordered.zip(&audit.materials[at]);
                let residuals = now.zip(before).map(|(now, (ordered, before))| {
                    let arrived = ordered * delivered * dt;
                    (now - (before + arrived), gross(arrived, *before))
                });
                found.close_all(residuals, |firm| {
                    Account::FirmMaterials(k, firms.start + firm)
                });
            },
        );
    }

    /// Calls with the firms of each cell and each of their inputs.
    pub(super) fn for_each_material(&self, mut visit: impl FnMut(MaterialRange)) {
        let economy = &self.model.economy;
        let count = self.rows.firm_count();
        for cell in 0..economy.markets() {
            let (n, s) = (cell / economy.sectors, cell % economy.sectors);
            let firms = self.rows.firms[cell]..self.rows.firms[cell + 1];
            for k in 0..economy.sectors {
                visit(MaterialRange {
                    n,
                    k,
                    firms: firms.clone(),
                    at: k * count + firms.start..k * count + firms.end,
                    input: economy.input(n, k, s),
                });
            }
        }
    }

    /// Stocks of importers and goods under way changed by what was loaded, what
    /// arrived and what was sold, in units and at cost.
    pub(super) fn check_imports(&self, audit: &mut Audit, found: &mut Findings) {
        let economy = &self.model.economy;
        let dt = self.clock.dt();
        let imports = &*self.imports;
        let under_way = imports.transit.under_way(&mut audit.uncounted);
        self.import_value(under_way, &mut audit.work);
        imports.exp_by_link(|flow| self.prices.log_gate[flow], &mut audit.gate_price);
        audit.stocked.clear();
        for n in 0..economy.economies {
            let cells = self.cells(n);
            let mut stocked = 0.0;
            for link in imports.first[cells.start]..imports.first[cells.end] {
                let flow = imports.flow[link];
                let moved = &imports.moved[link];
                let sold = imports.sold[link] * dt;
                let held = audit.import_units[link];
                let arrived = moved.arrived.units;
                let residual = imports.book.units[link] - (held + arrived - sold);
                let flows = gross(arrived + sold, held);
                found.close(Account::ImporterGoods(link), residual, flows);
                // What was loaded follows from what firms sold, not from the importers' own record.
                let gate = self.shipments.value[flow] * dt;
                let price = audit.gate_price[link] * self.rates.rates.trade_cost[flow];
                let loaded = gate * base_taxes(economy, flow) / price;
                let before = audit.under_way[link].units;
                let residual = under_way[link].units - (before + loaded - arrived);
                let flows = gross(loaded + arrived, before);
                found.close(Account::GoodsUnderWay(link), residual, flows);
                let value = audit.work[link];
                let change = value - audit.import_value[link];
                let bought = gate * (1.0 + self.rates.rates.export_tax[flow]) + moved.duty;
                let residual = change - (bought - moved.cost_of_sales);
                let flows = gross(bought + moved.cost_of_sales, value);
                found.close(Account::ImporterGoodsValue(link), residual, flows);
                stocked += change;
            }
            audit.stocked.push(stocked);
        }
    }
}
