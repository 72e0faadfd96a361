//! The calibrated structure of a world in its base year: who buys what from whom, at which taxes,
//! made with which inputs, and which income pays for it.
//!
//! All base prices are 1 and all money is in USD bn a year. Arrays are flat, in the order given by
//! [`EconomyParts::market`], [`EconomyParts::flow`] and [`EconomyParts::input`]. The agent-based
//! engine and the direct solver start from this one structure.

use std::ops::Deref;

use crate::accounts::BaseAccounts;
use crate::markups::Oligopoly;
use crate::validate;

/// A class of final users (households of one kind, government, investment) in every economy.
#[derive(Clone, Debug, PartialEq)]
pub struct FinalUser {
    /// Share of this user's spending on each sector at the prices this user pays, `[n][s]`,
    /// order [`EconomyParts::market`]; sums to 1 over sectors in each economy.
    pub budget_share: Vec<f64>,
    /// Share of the economy's wage bill that finances this user's spending, `[n]`; 1 over users.
    pub labour_claim: Vec<f64>,
    /// Share of the economy's profits (of producers and of retail), `[n]`; 1 over users.
    pub profit_claim: Vec<f64>,
    /// Share of the economy's import duty and export tax revenue, `[n]`; 1 over users.
    pub revenue_claim: Vec<f64>,
    /// Share of the economy's external deficit, `[n]`; 1 over users.
    pub transfer_claim: Vec<f64>,
    /// Whether this user buys at store prices (distribution services and retail markup added).
    pub is_retail: bool,
}

/// Everything that describes an [`Economy`], before it is checked.
///
/// N economies, S sectors; n is a buyer, i an origin, s a sector, k an input sector.
#[derive(Clone, Debug, PartialEq)]
pub struct EconomyParts {
    /// Number of economies, N.
    pub economies: usize,
    /// Number of sectors, S.
    pub sectors: usize,
    /// Spending of economy n on sector s at user (duty-paid, ex-store) prices, `[n][s]`
    /// (USD bn a year), by producers, final users and distribution together.
    pub spending: Vec<f64>,
    /// Share of `spending` that falls on origin i, `[n][i][s]`; sums to 1 over i.
    pub origin_share: Vec<f64>,
    /// Import duty of n on s from i, `[n][i][s]` (share of the price at the border, above -1).
    pub import_duty: Vec<f64>,
    /// Export tax of i on s sold to n, `[n][i][s]` (share of the seller's price, above -1).
    pub export_tax: Vec<f64>,
    /// Price over marginal cost of i's sellers in n, `[n][i][s]` (at least 1 for a profit).
    pub markup: Vec<f64>,
    /// Share of labour in the cost of production, `[n][s]`.
    pub labour_cost_share: Vec<f64>,
    /// Share of input k in the cost of producing s, `[n][k][s]`; with labour sums to 1 over k.
    pub input_cost_share: Vec<f64>,
    /// Wage bill, `[n][s]` (USD bn a year).
    pub wage_bill: Vec<f64>,
    /// External deficit, `[n]` (USD bn a year); sums to 0; positive where imports exceed exports.
    pub deficit: Vec<f64>,
    /// Elasticity of substitution across foreign origins, `[s]`.
    pub sigma: Vec<f64>,
    /// Elasticity of substitution between domestic goods and imports, `[s]`.
    pub eps: Vec<f64>,
    /// Elasticity of substitution across sectors in final demand.
    pub eta: f64,
    /// Elasticity of substitution among labour and materials in production.
    pub rho: f64,
    /// Final users; the same list in every economy.
    pub users: Vec<FinalUser>,
    /// The sector that supplies distribution (wholesale, retail, transport), if there is one.
    pub services: Option<usize>,
    /// Units of the services composite bought per physical unit of s sold at retail, `[n][s]`.
    pub distribution_units: Vec<f64>,
    /// Retail markup m on the cost of goods and distribution, `[n][s]` (share of that cost).
    pub retail_markup: Vec<f64>,
    /// Firms that set markups by their share of the market; `None` keeps markups constant.
    pub oligopoly: Option<Oligopoly>,
}

impl EconomyParts {
    /// Index of economy n and sector s in an `[n][s]` array.
    #[must_use]
    pub fn market(&self, economy: usize, sector: usize) -> usize {
        economy * self.sectors + sector
    }

    /// Index of buyer n, origin i and sector s in an `[n][i][s]` array.
    #[must_use]
    pub fn flow(&self, buyer: usize, origin: usize, sector: usize) -> usize {
        (buyer * self.economies + origin) * self.sectors + sector
    }

    /// Buyer, origin and sector of an index of an `[n][i][s]` array.
    #[must_use]
    pub fn place(&self, flow: usize) -> (usize, usize, usize) {
        let pair = flow / self.sectors;
        (
            pair / self.economies,
            pair % self.economies,
            flow % self.sectors,
        )
    }

    /// Index of economy n, input sector k and producing sector s in an `[n][k][s]` array.
    #[must_use]
    pub fn input(&self, economy: usize, input_sector: usize, sector: usize) -> usize {
        (economy * self.sectors + input_sector) * self.sectors + sector
    }

    /// Number of `[n][s]` entries.
    #[must_use]
    pub fn markets(&self) -> usize {
        self.economies * self.sectors
    }

    /// Number of `[n][i][s]` entries.
    #[must_use]
    pub fn flows(&self) -> usize {
        self.economies * self.economies * self.sectors
    }

    /// Number of `[n][k][s]` entries.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.economies * self.sectors * self.sectors
    }

    /// Whether anything is added to the price of goods on their way through the stores.
    #[must_use]
    pub fn has_distribution(&self) -> bool {
        let positive = |values: &[f64]| values.iter().any(|value| *value > 0.0);
        positive(&self.distribution_units) || positive(&self.retail_markup)
    }
}

/// A world in its base year whose accounts close, made by [`Economy::new`].
///
/// The parts are read through `Deref` (`economy.spending[economy.market(n, s)]`) and cannot be
/// changed; to change something, take [`Economy::into_parts`] and build again.
#[derive(Clone, Debug, PartialEq)]
pub struct Economy {
    parts: EconomyParts,
    accounts: BaseAccounts,
}

impl Economy {
    /// Checks shapes, ranges and sums, and that all accounts close to 1e-9.
    ///
    /// # Errors
    /// The first [`EconomyError`] found: a wrong length, a value out of range, shares that do not
    /// sum to 1, or a market, wage bill or external balance that does not close.
    pub fn new(parts: EconomyParts) -> Result<Self, EconomyError> {
        validate::check_shapes(&parts)?;
        validate::check_ranges(&parts)?;
        validate::check_sums(&parts)?;
        let accounts = BaseAccounts::of(&parts);
        validate::check_accounts(&parts, &accounts)?;
        Ok(Self { parts, accounts })
    }

    /// The base-year flows and incomes that follow from the parts.
    #[must_use]
    pub fn accounts(&self) -> &BaseAccounts {
        &self.accounts
    }

    /// Gives the parts back.
    #[must_use]
    pub fn into_parts(self) -> EconomyParts {
        self.parts
    }
}

impl Deref for Economy {
    type Target = EconomyParts;

    fn deref(&self) -> &EconomyParts {
        &self.parts
    }
}

/// Why the parts do not make an [`Economy`].
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EconomyError {
    /// An array has the wrong number of entries.
    #[error("`{field}` has {found} entries, expected {expected}")]
    Shape {
        /// Field of [`EconomyParts`] or [`FinalUser`].
        field: &'static str,
        /// Entries found.
        found: usize,
        /// Entries needed.
        expected: usize,
    },
    /// There is no economy, no sector or no final user.
    #[error("an economy needs at least one `{field}`")]
    Empty {
        /// What is missing.
        field: &'static str,
    },
    /// A value is not finite or outside its range.
    #[error("`{field}` entry {index} is {value}, must be {range}")]
    Range {
        /// Field of [`EconomyParts`] or [`FinalUser`].
        field: &'static str,
        /// Index in the flat array.
        index: usize,
        /// Value found.
        value: f64,
        /// Allowed range in words.
        range: &'static str,
    },
    /// Shares or transfers do not add up.
    #[error(
        "`{field}` of economy {economy}{} sums to {sum}, expected {expected}", in_sector(*sector)
    )]
    Sum {
        /// Field of [`EconomyParts`] or [`FinalUser`].
        field: &'static str,
        /// Economy n.
        economy: usize,
        /// Sector s, where the sum is by sector.
        sector: Option<usize>,
        /// Sum found.
        sum: f64,
        /// Sum needed.
        expected: f64,
    },
    /// Uses and supply of a market, a wage bill or an external balance differ.
    #[error(
        "accounts do not close: {account} of economy {economy}{} is {recorded}, but the other accounts imply {implied}", in_sector(*sector)
    )]
    Accounts {
        /// Which account.
        account: &'static str,
        /// Economy n.
        economy: usize,
        /// Sector s, where the account is by sector.
        sector: Option<usize>,
        /// Value in the parts (USD bn a year).
        recorded: f64,
        /// Value implied by the other parts (USD bn a year).
        implied: f64,
    },
    /// Base markups are not those the firms would set.
    #[error("`markup` entry {index} is {recorded}, but the oligopoly implies {implied}")]
    Markup {
        /// Index in `[n][i][s]`.
        index: usize,
        /// Markup in the parts.
        recorded: f64,
        /// Markup implied by shares and elasticities.
        implied: f64,
    },
}

impl EconomyError {
    /// The field at fault; an account where it is one.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::Shape { field, .. }
            | Self::Empty { field }
            | Self::Range { field, .. }
            | Self::Sum { field, .. } => field,
            Self::Accounts { account, .. } => account,
            Self::Markup { .. } => "markup",
        }
    }
}

/// A sector in words, where there is one.
fn in_sector(sector: Option<usize>) -> String {
    sector.map_or_else(String::new, |sector| format!(", sector {sector},"))
}
