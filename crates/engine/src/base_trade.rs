//! Trade in goods of the base year, with which changes of duties are weighed.

use tradewinds_equilibrium::Economy;

/// Trade in goods of the base year, at factory gates, USD bn.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct GoodsTrade {
    /// Sales by flow, services among them, `[n][i][s]`.
    pub sales: Vec<f64>,
    /// Imports of goods of each economy, `[n]`.
    pub imports: Vec<f64>,
    /// Exports of goods of each economy, `[n]`.
    pub exports: Vec<f64>,
}

impl GoodsTrade {
    pub(crate) fn of(economy: &Economy) -> Self {
        let sales = economy.accounts().sales.clone();
        let none = || vec![0.0; economy.economies];
        let (mut imports, mut exports) = (none(), none());
        for (flow, value) in sales.iter().enumerate() {
            let (n, i, s) = economy.place(flow);
            if n != i && Some(s) != economy.services {
                imports[n] += value;
                exports[i] += value;
            }
        }
        Self {
            sales,
            imports,
            exports,
        }
    }
}
