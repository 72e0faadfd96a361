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

/// Entries of the firms of an economy for one input.
pub(super) struct MaterialRange {
    /// Market in which they buy it.
    pub(super) market: usize,
    /// The firms.
    pub(super) firms: Range<usize>,
    /// Their entries in [`crate::production::Materials`].
    pub(super) at: Range<usize>,
}

/// What firms need of an input and go without, by cell, USD bn at base prices.
struct Shortage {
    needed: Vec<f64>,
    missed: Vec<f64>,
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
            let links = self.links(n);
            let now = audit.work[links.clone()].iter();
            let before = audit.import_value[links.clone()].iter();
            let residuals = now.zip(before.zip(&audit.under_way[links.clone()])).map(
                |(now, (before, under_way))| {
                    let shipped = under_way.border();
                    let at_hand = (before - shipped) * factor;
                    (now - (shipped + at_hand), *now)
                },
            );
            found.close_all(links.len(), residuals, |link| {
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
        found.close_all(stock.len(), residuals, Account::FinishedGoods);
        let bundles = output.iter().zip(bundles_per_unit);
        audit.work.clear();
        (audit.work).extend(bundles.map(|(output, bundles)| output.0 * bundles.0 * dt));
        let economy = &self.model.economy;
        let mut shortage = Shortage {
            needed: vec![0.0; economy.markets()],
            missed: vec![0.0; economy.markets()],
        };
        for cell in 0..economy.markets() {
            for k in 0..economy.sectors {
                self.check_use(cell, k, audit, &mut shortage, found);
            }
        }
        for (cell, missed) in shortage.missed.into_iter().enumerate() {
            let residual = self.materials.missed[cell] * dt - missed;
            let account = "what firms go without is counted";
            let account = Account::Economy(account, cell / economy.sectors);
            found.close(account, residual, gross(shortage.needed[cell], missed));
        }
    }

    /// Firms of a cell used what their output needs of an input, from bundles made in
    /// the scratch space; of one that is not critical as much as was there at most.
    fn check_use(
        &self,
        cell: usize,
        k: usize,
        audit: &Audit,
        shortage: &mut Shortage,
        found: &mut Findings,
    ) {
        let economy = &self.model.economy;
        let (n, s) = (cell / economy.sectors, cell % economy.sectors);
        let count = self.rows.firm_count();
        let firms = self.rows.firms[cell]..self.rows.firms[cell + 1];
        let at = k * count + firms.start..k * count + firms.end;
        let need = self.recipe.materials[economy.input(n, k, s)];
        let now = self.materials.stock[at.clone()].iter();
        let before = audit.work[firms.clone()].iter();
        let before = before.zip(&audit.materials[at]);
        let account = |firm| Account::FirmMaterials(k, firms.start + firm);
        if self.model.frictions.criticality[economy.input(0, k, s)] < 1.0 {
            for (bundles, before) in before.clone() {
                shortage.missed[cell] += (need * bundles - before).max(0.0);
                shortage.needed[cell] += need * bundles;
            }
            let residuals = now.zip(before).map(|(now, (bundles, before))| {
                let used = (need * bundles).min(*before);
                (now - (before - used), gross(used, *before))
            });
            found.close_all(firms.len(), residuals, account);
        } else {
            let residuals = now.zip(before).map(|(now, (bundles, before))| {
                let used = need * bundles;
                (now - (before - used), gross(used, *before))
            });
            found.close_all(firms.len(), residuals, account);
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
        found.close_all(stock.len(), residuals, Account::FinishedGoods);
        let per_input = stock.len();
        self.for_each_material(|MaterialRange { market, firms, at }| {
            let delivered = self.shipments.delivered[market];
            let k = at.start / per_input;
            let now = self.materials.stock[at.clone()].iter();
            let ordered = self.materials.ordered[at.clone()].iter();
            let before = ordered.zip(&audit.materials[at]);
            let residuals = now.zip(before).map(|(now, (ordered, before))| {
                let arrived = ordered * delivered * dt;
                (now - (before + arrived), gross(arrived, *before))
            });
            found.close_all(firms.len(), residuals, |firm| {
                Account::FirmMaterials(k, firms.start + firm)
            });
        });
    }

    /// Calls with the firms of each economy and each of their inputs.
    pub(super) fn for_each_material(&self, mut visit: impl FnMut(MaterialRange)) {
        let economy = &self.model.economy;
        let count = self.rows.firm_count();
        for n in 0..economy.economies {
            let cells = self.cells(n);
            let firms = self.rows.firms[cells.start]..self.rows.firms[cells.end];
            for (k, market) in cells.enumerate() {
                visit(MaterialRange {
                    market,
                    firms: firms.clone(),
                    at: k * count + firms.start..k * count + firms.end,
                });
            }
        }
    }

    /// Stocks of importers and goods under way changed by what was loaded, what
    /// arrived and what was sold, in units and at cost.
    pub(super) fn check_imports(&self, audit: &mut Audit, found: &mut Findings) {
        let under_way = self.imports.transit.under_way(&mut audit.uncounted);
        self.import_value(under_way, &mut audit.work);
        self.check_import_units(&audit.import_units, found);
        self.count_bought(&mut audit.gate_price, &mut audit.bought);
        let imports = &*self.imports;
        let changes = audit.bought.iter().zip(&imports.arrived);
        let residuals = under_way.iter().zip(&audit.under_way).zip(changes);
        let residuals = residuals.map(|((now, before), (bought, arrived))| {
            let (before, loaded, arrived) = (before.units, bought.units, arrived.units);
            let residual = now.units - (before + loaded - arrived);
            (residual, gross(loaded + arrived, before))
        });
        let links = imports.book.units.len();
        found.close_all(links, residuals, Account::GoodsUnderWay);
        let values = audit.work.iter().zip(&audit.import_value);
        let paid = audit.bought.iter().zip(&imports.duty);
        let changes = paid.zip(&imports.cost_of_sales);
        let residuals = values.clone().zip(changes);
        let residuals = residuals.map(|((now, before), ((bought, duty), sold))| {
            let bought = bought.border() + duty;
            let residual = now - before - (bought - sold);
            (residual, gross(bought + sold, *now))
        });
        found.close_all(links, residuals, Account::ImporterGoodsValue);
        audit.stocked.clear();
        audit
            .stocked
            .extend((0..self.model.economy.economies).map(|n| {
                let links = values.clone().skip(self.links(n).start);
                let changes = links.take(self.links(n).len());
                changes.fold(0.0, |sum, (now, before)| sum + (now - before))
            }));
    }

    fn check_import_units(&self, before: &[f64], found: &mut Findings) {
        let dt = self.clock.dt();
        let imports = &*self.imports;
        let moved = imports.arrived.iter().zip(&imports.sold);
        let residuals = imports.book.units.iter().zip(before).zip(moved);
        let residuals = residuals.map(|((now, held), (arrived, sold))| {
            let (arrived, sold) = (arrived.units, sold * dt);
            (now - (held + arrived - sold), gross(arrived + sold, *held))
        });
        found.close_all(imports.book.units.len(), residuals, Account::ImporterGoods);
    }

    /// What importers bought by link: it follows from what firms sold, not from the
    /// importers' own record.
    fn count_bought(&self, gate_price: &mut Vec<f64>, bought: &mut Vec<Cargo>) {
        let imports = &*self.imports;
        let rates = &self.rates.rates;
        let dt = self.clock.dt();
        imports.exp_by_link(|flow| self.prices.log_gate[flow], gate_price);
        bought.clear();
        let links = imports.flow.iter().zip(&*gate_price);
        bought.extend(links.map(|(flow, gate_price)| {
            let gate = self.shipments.value[*flow] * dt;
            let taxed = gate * base_taxes(&self.model.economy, *flow);
            Cargo {
                units: taxed / (gate_price * rates.trade_cost[*flow]),
                gate,
                export_tax: gate * rates.export_tax[*flow],
            }
        }));
    }

    /// Links into an economy.
    fn links(&self, n: usize) -> Range<usize> {
        let cells = self.cells(n);
        self.imports.first[cells.start]..self.imports.first[cells.end]
    }
}
