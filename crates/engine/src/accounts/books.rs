//! What the audit of a phase reads, and which accounts it compares: those of
//! [`super::goods`], [`super::balances`] and [`super::settlement`].

use std::ops::Range;

use bevy_ecs::prelude::*;
use bevy_ecs::system::SystemParam;
use tradewinds_kernel::clock::Clock;
use tradewinds_kernel::phase::Phase;

use super::findings::Findings;
use super::{Audit, Breach, Cash};
use crate::credit::InterestPaid;
use crate::currency::Currencies;
use crate::customs::RatesInForce;
use crate::equity::{Equities, Shareholdings};
use crate::firm::{BundlesPerUnit, Dividend, Firm, Line, Owner, Rows};
use crate::government::Treasuries;
use crate::household::{Budgets, FinalBuyer, Incomes};
use crate::importer::{Importer, MarketShare, StorePrices};
use crate::investment::RetainedProfit;
use crate::labour::{LabourRationing, Wages, Workforce};
use crate::model::Model;
use crate::pricing::LogPrice;
use crate::production::{FinishedStock, Materials, Output, Recipe};
use crate::quota::Quotas;
use crate::refund::Refunds;
use crate::sourcing::MarketPrices;
use crate::stocks::ImportStocks;
use crate::trade::{Orders, Sales, Shipments};

/// Everything the audit reads.
#[derive(SystemParam)]
pub(super) struct Books<'w, 's> {
    pub(super) model: Res<'w, Model>,
    pub(super) clock: Res<'w, Clock>,
    pub(super) rows: Res<'w, Rows>,
    pub(super) recipe: Res<'w, Recipe>,
    pub(super) wages: Res<'w, Wages>,
    pub(super) labour: Res<'w, LabourRationing>,
    pub(super) rates: Res<'w, RatesInForce>,
    pub(super) prices: Res<'w, MarketPrices>,
    pub(super) stores: Res<'w, StorePrices>,
    pub(super) orders: Res<'w, Orders>,
    pub(super) budgets: Res<'w, Budgets>,
    pub(super) shipments: Res<'w, Shipments>,
    pub(super) materials: Res<'w, Materials>,
    pub(super) imports: Res<'w, ImportStocks>,
    pub(super) incomes: Res<'w, Incomes>,
    pub(super) treasuries: Res<'w, Treasuries>,
    pub(super) currencies: Res<'w, Currencies>,
    pub(super) quotas: Res<'w, Quotas>,
    pub(super) refunds: Res<'w, Refunds>,
    pub(super) equities: Res<'w, Equities>,
    pub(super) holdings: Res<'w, Shareholdings>,
    pub(super) firms: Query<'w, 's, FirmBooks, With<Firm>>,
    pub(super) lines:
        Query<'w, 's, (&'static Sales, &'static LogPrice, &'static Owner), With<Line>>,
    pub(super) importers: Query<'w, 's, ImporterBooks, With<Importer>>,
    pub(super) users: Query<'w, 's, UserBooks, With<FinalBuyer>>,
}

type FirmBooks = (
    &'static Cash,
    &'static FinishedStock,
    &'static Output,
    &'static BundlesPerUnit,
    &'static Workforce,
    &'static Dividend,
    &'static RetainedProfit,
    &'static InterestPaid,
);
type ImporterBooks = (
    &'static Cash,
    &'static MarketShare,
    &'static Dividend,
    &'static InterestPaid,
);
type UserBooks = (&'static Cash, &'static RetainedProfit);

impl Books<'_, '_> {
    pub(super) fn audit(&self, phase: Phase, audit: &mut Audit) {
        if audit.breach.is_some() {
            return;
        }
        let mut found = Findings::default();
        match phase {
            Phase::OpenPeriod => {
                self.check_revaluation(audit, &mut found);
                self.check_stock_revaluation(audit, &mut found);
                self.check_goods_unchanged(audit, &mut found);
            }
            Phase::Produce => {
                self.check_cash_unchanged(audit, &mut found);
                self.check_production(audit, &mut found);
                self.check_imports_unchanged(audit, &mut found);
            }
            Phase::Trade => {
                self.check_cash_unchanged(audit, &mut found);
                self.check_deliveries(audit, &mut found);
                self.check_imports(audit, &mut found);
            }
            Phase::Settle => {
                self.check_goods_unchanged(audit, &mut found);
                self.check_settlement(audit, &mut found);
            }
            _ => {
                self.check_cash_unchanged(audit, &mut found);
                self.check_goods_unchanged(audit, &mut found);
            }
        }
        if phase == Phase::ClosePeriod {
            self.check_world(audit, &mut found);
            self.check_shares(audit, &mut found);
        }
        audit.worst_agent = audit.worst_agent.max(found.worst);
        audit.breach = found.breach.map(|(account, amount, flow)| Breach {
            tick: self.clock.index(),
            phase,
            account,
            amount,
            flow,
        });
        match phase {
            Phase::Produce | Phase::Trade => self.remember_goods(audit),
            Phase::OpenPeriod | Phase::Settle => self.remember_cash(audit),
            _ => {}
        }
    }

    pub(super) fn cells(&self, n: usize) -> Range<usize> {
        self.model.economy.market(n, 0)..self.model.economy.market(n + 1, 0)
    }
}
