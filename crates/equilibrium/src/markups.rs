//! Markups of firms whose share of a market gives them power over its price.

use crate::economy::EconomyParts;

/// Lowest perceived elasticity: below it a lone seller would have no finite markup.
pub(crate) const ELASTICITY_FLOOR: f64 = 1.05;

/// Symmetric firms inside every origin and sector that set Bertrand markups by destination.
#[derive(Clone, Debug, PartialEq)]
pub struct Oligopoly {
    /// Number of firms of origin i in sector s, `[i][s]` (at least 1; need not be whole).
    pub firms: Vec<f64>,
    /// Elasticity of substitution among firms of one origin, `[s]`.
    pub sigma_f: Vec<f64>,
    /// Elasticity across sectors that firms perceive.
    pub perceived_eta: f64,
}

/// Markups `[n][i][s]` and how often the floor on the elasticity was used.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Markups {
    pub(crate) values: Vec<f64>,
    pub(crate) floored: usize,
}

/// Bertrand markups E/(E-1) at the given duty-paid origin shares `[n][i][s]`.
///
/// For a foreign firm `E = sigma_f - (sigma_f - sigma) s_o - (sigma - eps) s_M - (eps - eta) s_s`, for
/// a domestic one `E = sigma_f - (sigma_f - eps) s_o - (eps - eta) s_s`, with the firm's shares of
/// its origin, of all imports and of the sector (Atkeson and Burstein 2008, four-tier nest).
pub(crate) fn bertrand(
    parts: &EconomyParts,
    oligopoly: &Oligopoly,
    origin_share: &[f64],
) -> Markups {
    let mut values = vec![1.0; parts.flows()];
    let mut floored = 0;
    for n in 0..parts.economies {
        for s in 0..parts.sectors {
            let imports: f64 = (0..parts.economies)
                .filter(|i| *i != n)
                .map(|i| origin_share[parts.flow(n, i, s)])
                .sum();
            for i in 0..parts.economies {
                let of_origin = 1.0 / oligopoly.firms[parts.market(i, s)];
                let of_sector = origin_share[parts.flow(n, i, s)] * of_origin;
                let of_imports = if i == n || imports <= 0.0 {
                    0.0
                } else {
                    of_sector / imports
                };
                let (sigma, eps, firm) = (parts.sigma[s], parts.eps[s], oligopoly.sigma_f[s]);
                let middle = if i == n { eps } else { sigma };
                let elasticity = firm
                    - (firm - middle) * of_origin
                    - (sigma - eps) * of_imports
                    - (eps - oligopoly.perceived_eta) * of_sector;
                floored += usize::from(elasticity < ELASTICITY_FLOOR);
                let perceived = elasticity.max(ELASTICITY_FLOOR);
                values[parts.flow(n, i, s)] = perceived / (perceived - 1.0);
            }
        }
    }
    Markups { values, floored }
}
