//! Accounts: cash of every agent, and the identities that close each tick.
//!
//! After every phase the audit asks whether money, finished goods and materials
//! changed only where the phase may change them, and there by exactly what the
//! flows of the tick say, agent by agent. At the end of the tick it adds up the
//! world. The first breach stops the run with the phase, the agent and the amount.
//!
//! | identity | checked after |
//! | --- | --- |
//! | balances keep their number in local money; the change of their value is the revaluation recorded | `OpenPeriod` |
//! | I1 goods: stock + output − sales = stock; materials + arrivals − use = materials; importers' stocks, goods under way | `Produce`, `Trade` |
//! | I2, I3 buyers pay what sellers, customs and tax offices receive | `ClosePeriod` |
//! | I4, I5, I6 change of cash = receipts − payments, by firm, importer, final user, treasury | `Settle` |
//! | I7 net exports and transfers are the change of an economy's money; both add up to zero over the world | `ClosePeriod` |
//! | I8 production = income = expenditure, by economy | `ClosePeriod` |
//! | I9 employment does not exceed the labour force | `ClosePeriod` |
//! | I12 claims on the firms of an economy add up to one and to what its firms are worth; wealth in shares changes by revaluation alone | `ClosePeriod` |
//! | I11 money is neither made nor lost, revaluations apart | `ClosePeriod` |

mod balances;
mod books;
mod findings;
mod goods;
mod matrices;
mod national;
mod settlement;
mod shares;

use bevy_app::{App, Plugin};
use bevy_ecs::change_detection::Tick as ChangeTick;
use bevy_ecs::prelude::*;
use bytemuck::TransparentWrapper;
use tradewinds_kernel::phase::Phase;

use self::books::Books;
pub use self::matrices::{Institutions, Matrix, Money, balance_sheets, money, transactions};
pub use self::national::NationalAccounts;
use crate::Tick;
use crate::stocks::Cargo;

/// Residual allowed to one agent, as a share of its own gross flow.
pub const AGENT_TOLERANCE: f64 = 1e-9;
/// Residual allowed to the world, as a share of world output in the tick.
pub const WORLD_TOLERANCE: f64 = 1e-12;
/// Flows below one dollar (in USD bn) count as one dollar.
const ONE_DOLLAR: f64 = 1e-9;

/// Money of an agent, USD bn.
#[derive(Component, TransparentWrapper, Debug, Clone, Copy, PartialEq)]
#[repr(transparent)]
pub struct Cash(pub f64);

/// An agent, or the account of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// Cash of a firm, by row.
    FirmCash(usize),
    /// Finished goods of a firm, by row.
    FinishedGoods(usize),
    /// Materials of a firm: input sector and row.
    FirmMaterials(usize, usize),
    /// Cash of an importer, by row.
    ImporterCash(usize),
    /// Goods of a link in the stocks of importers.
    ImporterGoods(usize),
    /// Goods of a link under way.
    GoodsUnderWay(usize),
    /// Cost of the goods of a link, at hand and under way.
    ImporterGoodsValue(usize),
    /// Cash of a final user, by row.
    FinalUserCash(usize),
    /// Debt repaid by the treasury of an economy.
    Treasury(usize),
    /// An identity of an economy.
    Economy(&'static str, usize),
    /// An identity of the world.
    World(&'static str),
}

/// An account that does not close.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error(
    "accounts do not close in tick {tick} after {phase:?}: {account:?} is off by {amount:e} of a gross flow of {flow:e}"
)]
pub struct Breach {
    /// Tick in which it happened.
    pub tick: u32,
    /// Phase after which it was found.
    pub phase: Phase,
    /// Whose account.
    pub account: Account,
    /// Amount by which it is off, USD bn or units.
    pub amount: f64,
    /// Gross flow of the account in the tick.
    pub flow: f64,
}

/// What the audit of a phase compares with, and what it found.
#[derive(Resource, Debug, Clone, Default)]
pub struct Audit {
    firm_cash: Vec<f64>,
    importer_cash: Vec<f64>,
    user_cash: Vec<f64>,
    treasury: Vec<f64>,
    stock: Vec<f64>,
    materials: Vec<f64>,
    /// Goods in the stocks of importers, by link.
    import_units: Vec<f64>,
    /// Goods under way, by link.
    under_way: Vec<Cargo>,
    /// Cost of both, by link, USD bn.
    import_value: Vec<f64>,
    /// Change of the cost of importers' stocks this tick, `[n]`, USD bn.
    stocked: Vec<f64>,
    /// When the ECS last saw materials written.
    materials_written: Option<ChangeTick>,
    /// When the ECS last saw importers' stocks written.
    imports_written: Option<ChangeTick>,
    /// Sales of each flow this tick, quantity times price, `[n][i][s]`, USD bn a year.
    gate_value: Vec<f64>,
    /// Border value of each flow that customs cleared, `[n][i][s]`, USD bn a year.
    entered: Vec<f64>,
    /// Cash that firms and importers kept this tick, `[n]`, USD bn.
    retained: Vec<f64>,
    /// Change of the cash of final users and of the treasury this tick, `[n]`, USD bn.
    saved: Vec<f64>,
    /// Wealth in shares after the last tick, `[n][user]`, USD bn; empty without markets.
    shares: Vec<f64>,
    /// National accounts of this tick, `[n]`.
    pub national: Vec<NationalAccounts>,
    /// Money in the world after the last tick, USD bn.
    money: f64,
    /// Sales of each firm and compensation this tick, by row, USD bn.
    earned: Vec<f64>,
    /// Price at the factory gate relative to the base year, by link.
    gate_price: Vec<f64>,
    /// Scratch space: what is under way and what was bought, by link, and numbers of
    /// any agents.
    uncounted: Vec<Cargo>,
    bought: Vec<Cargo>,
    work: Vec<f64>,
    /// The first breach, if any.
    pub breach: Option<Breach>,
    /// Largest residual of a world identity so far, as a share of world output.
    pub worst_world: f64,
    /// Largest residual of an agent so far, as a share of its gross flow.
    pub worst_agent: f64,
}

/// The audit after a phase; faults injected by tests run before it.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AuditOf(pub Phase);

/// Audits every phase. Add after all populations exist.
pub struct AccountsPlugin;

impl Plugin for AccountsPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Audit>();
        let world = app.world_mut();
        world
            .run_system_cached(open_books)
            .unwrap_or_else(|error| panic!("{error}"));
        app.edit_schedule(Tick, |schedule| {
            for (at, phase) in Phase::ALL.into_iter().enumerate() {
                schedule.configure_sets(AuditOf(phase).after(phase));
                if let Some(next) = Phase::ALL.get(at + 1) {
                    schedule.configure_sets(AuditOf(phase).before(*next));
                }
            }
        });
        for phase in Phase::ALL {
            let audit =
                move |books: Books, mut audit: ResMut<Audit>| books.audit(phase, &mut audit);
            let named = IntoSystem::into_system(audit).with_name(audit_name(phase));
            app.add_systems(Tick, named.in_set(AuditOf(phase)));
        }
    }
}

/// Name of the audit of a phase among the systems of a tick: one for each, so
/// that lists and profiles can tell them apart.
pub fn audit_name(phase: Phase) -> String {
    format!("{}::audit({phase:?})", module_path!())
}

fn open_books(books: Books, mut audit: ResMut<Audit>) {
    books.remember_cash(&mut audit);
    books.remember_goods(&mut audit);
    audit.money = books.money();
}
