//! A small world in which only sourcing moves: one buyer, some origins, prices
//! that change once.
//!
//! Economy 0 buys one good from origins 1 to J at shares of the base year; the
//! others buy from themselves. Prices at the factory gate are never reset and
//! wages stand still, so landed prices stay where a change of trade costs puts
//! them on the first day, and what moves is the choice of
//! [`tradewinds_engine::sourcing::SourcingPlugin`].

use std::sync::Arc;

use tradewinds_engine::accounts::Breach;
use tradewinds_engine::customs::{RateCalendar, RateTable};
use tradewinds_engine::model::{Frictions, Model, Population};
use tradewinds_engine::sourcing::{MarketPrices, SourcingRule};
use tradewinds_engine::{BuildError, Simulation, baseline};
use tradewinds_equilibrium::{Economy, EconomyError, EconomyParts, FinalUser};
use tradewinds_kernel::clock::TickLength;
use tradewinds_kernel::maths::ln;
use tradewinds_units::Date;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum SourcingWorldError {
    /// Shares, prices or elasticities that make no economy.
    #[error(transparent)]
    Economy(#[from] EconomyError),
    /// The simulation could not be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// Accounts did not close.
    #[error(transparent)]
    Breach(#[from] Breach),
    /// Two lists of different length, or none to compare.
    #[error(
        "{shares} base shares and {prices} prices; give at least two of each, as many of one as of the other"
    )]
    Lengths {
        /// Number of base shares.
        shares: usize,
        /// Number of prices.
        prices: usize,
    },
}

/// Origins before and after a change of their prices.
#[derive(Debug, Clone, PartialEq)]
pub struct SourcingCase {
    /// Shares of origins in imports in the base year; sum to 1.
    pub base_share: Vec<f64>,
    /// Landed prices from the first day on relative to the base year.
    pub price: Vec<f64>,
    /// Elasticity at once.
    pub short: f64,
    /// Elasticity in the long run.
    pub long: f64,
    /// Speed between them, per year.
    pub speed: f64,
}

/// What buyers do at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct SourcingAnswer {
    /// Shares of origins in imports, in the order of the case.
    pub share: Vec<f64>,
    /// Log of the price index of imports relative to the base year.
    pub log_import: f64,
    /// Elasticity between the two origins whose prices differ most.
    pub elasticity: f64,
}

impl SourcingCase {
    /// The model of the case: the baseline model with fixed prices.
    ///
    /// # Errors
    /// [`SourcingWorldError::Lengths`], or shares and prices out of range.
    pub fn model(&self, tick: TickLength) -> Result<Model, SourcingWorldError> {
        let (shares, prices) = (self.base_share.len(), self.price.len());
        if shares != prices || shares < 2 {
            return Err(SourcingWorldError::Lengths { shares, prices });
        }
        let economy = self.economy()?;
        let frictions = Frictions {
            border_reset: vec![0.0],
            producer_reset: vec![0.0],
            wage_speed: 0.0,
            // Room for any demand, so that nobody is rationed.
            unemployment: vec![0.5; economy.economies],
            sourcing: SourcingRule {
                origin_short: vec![self.short],
                import_short: economy.eps.clone(),
                speed: self.speed,
                seed: vec![0.0],
            },
            ..Frictions::oracle(economy.economies, 1)
        };
        let mut trade_cost = vec![1.0; economy.flows()];
        for (origin, price) in self.price.iter().enumerate() {
            trade_cost[economy.flow(0, origin + 1, 0)] = *price;
        }
        let zero = vec![0.0; economy.flows()];
        let rates = RateTable {
            statutory: zero.clone(),
            applied: zero.clone(),
            collected: zero.clone(),
            once_arrived: Vec::new(),
            export_tax: zero,
            trade_cost,
            by_measure: Vec::new(),
            quotas: Vec::new(),
            refunds: Vec::new(),
        };
        Ok(Model {
            population: Population::uniform(1, 1),
            economy: Arc::new(economy),
            frictions,
            law: Arc::new(RateCalendar::constant(rates)),
            talks: None,
            start: Date::ZERO,
            tick,
            seed: 0,
            replication: 0,
        })
    }

    fn economy(&self) -> Result<Economy, EconomyError> {
        let economies = self.base_share.len() + 1;
        let mut origin_share = vec![0.0; economies * economies];
        let mut wage_bill = vec![1.0];
        origin_share[0] = 0.5;
        for (origin, share) in self.base_share.iter().enumerate() {
            origin_share[origin + 1] = 0.5 * share;
            origin_share[(origin + 1) * (economies + 1)] = 1.0;
            wage_bill.push(1.0 + share);
        }
        let mut spending = vec![1.0; economies];
        spending[0] = 2.0;
        let deficit = spending.iter().zip(&wage_bill).map(|(x, w)| x - w);
        let everything = vec![1.0; economies];
        Economy::new(EconomyParts {
            economies,
            sectors: 1,
            deficit: deficit.collect(),
            spending,
            origin_share,
            import_duty: vec![0.0; economies * economies],
            export_tax: vec![0.0; economies * economies],
            markup: vec![1.0; economies * economies],
            labour_cost_share: everything.clone(),
            input_cost_share: vec![0.0; economies],
            wage_bill,
            sigma: vec![self.long],
            eps: vec![1.0],
            eta: 1.0,
            rho: 1.0,
            users: vec![FinalUser {
                budget_share: everything.clone(),
                labour_claim: everything.clone(),
                profit_claim: everything.clone(),
                revenue_claim: everything.clone(),
                transfer_claim: everything,
                is_retail: false,
            }],
            services: None,
            distribution_units: vec![0.0; economies],
            retail_markup: vec![0.0; economies],
            oligopoly: None,
        })
    }

    /// What buyers do in the ticks that start these years after the change,
    /// which increase; a time between ticks is that of the tick it falls in.
    ///
    /// # Errors
    /// As [`SourcingCase::model`], or accounts that do not close.
    pub fn answers(
        &self,
        years: &[f64],
        tick: TickLength,
    ) -> Result<Vec<SourcingAnswer>, SourcingWorldError> {
        let mut simulation = Simulation::new(self.model(tick)?, baseline)?;
        let mut ticks = 0_u32;
        let mut answers = Vec::new();
        for years in years {
            let last = (years / tick.years() + 1e-9).floor() as u32;
            while ticks <= last {
                simulation.step()?;
                ticks += 1;
            }
            answers.push(self.answer(simulation.world().resource::<MarketPrices>()));
        }
        Ok(answers)
    }

    fn answer(&self, prices: &MarketPrices) -> SourcingAnswer {
        let bought = &prices.origin_share[1..=self.base_share.len()];
        let imported: f64 = bought.iter().sum();
        let share: Vec<f64> = bought.iter().map(|share| share / imported).collect();
        let by_price = |pick: fn(f64, f64) -> bool| {
            (0..self.price.len()).fold(0, |best, next| {
                if pick(self.price[next], self.price[best]) {
                    next
                } else {
                    best
                }
            })
        };
        let (dear, cheap) = (by_price(|a, b| a > b), by_price(|a, b| a < b));
        let change = |origin: usize| ln(share[origin] / self.base_share[origin]);
        let dearer = ln(self.price[dear] / self.price[cheap]);
        SourcingAnswer {
            elasticity: 1.0 - (change(dear) - change(cheap)) / dearer,
            log_import: prices.log_import[0],
            share,
        }
    }
}

#[cfg(test)]
mod tests {
    use tradewinds_kernel::maths::exp;

    use super::*;

    const YEARS: [f64; 5] = [0.0, 0.25, 1.0, 5.0, 50.0];

    fn case(long: f64, short: f64) -> SourcingCase {
        SourcingCase {
            base_share: vec![0.7, 0.2, 0.1],
            price: vec![1.0, 1.25, 1.0],
            short,
            long,
            speed: 0.3,
        }
    }

    /// CES index and shares at one elasticity.
    fn ces(case: &SourcingCase, elasticity: f64) -> (f64, Vec<f64>) {
        let slope = 1.0 - elasticity;
        let weights: Vec<f64> = (case.base_share.iter().zip(&case.price))
            .map(|(share, price)| share * exp(slope * ln(*price)))
            .collect();
        let total: f64 = weights.iter().sum();
        (
            ln(total) / slope,
            weights.iter().map(|w| w / total).collect(),
        )
    }

    #[test]
    fn shares_of_the_published_cases_at_every_tick() {
        // oracles/DY.json, sourcing_0 and sourcing_2.
        let second = SourcingCase {
            base_share: vec![0.9, 0.06, 0.04],
            price: vec![1.0, 1.1, 1.0],
            short: 1.33,
            long: 3.0,
            speed: 0.3,
        };
        let expected = [
            (
                case(4.0, 1.3),
                [
                    1.3,
                    1.495_092_586_912_907_3,
                    1.999_790_804_159_361_7,
                    3.397_548_567_599_24,
                    3.999_999_174_063_735,
                ],
                [
                    0.189_503_822_899_785_93,
                    0.182_907_599_801_632_54,
                    0.166_673_150_198_495_27,
                    0.127_717_576_068_260_73,
                    0.113_475_195_845_517_28,
                ],
            ),
            (
                second,
                [
                    1.33,
                    1.450_668_377_831_316_7,
                    1.762_833_571_461_531,
                    2.627_372_632_552_122,
                    2.999_999_489_143_125,
                ],
                [
                    0.058_250_443_341_580_6,
                    0.057_622_729_362_227_024,
                    0.056_028_202_089_383_7,
                    0.051_826_274_429_040_226,
                    0.050_108_570_882_750_066,
                ],
            ),
        ];
        for (case, elasticities, shares) in expected {
            for tick in [12, 52, 364].map(TickLength::PerYear) {
                let answers = case.answers(&YEARS, tick).unwrap();
                for ((answer, elasticity), share) in answers.iter().zip(elasticities).zip(shares) {
                    assert!(
                        (answer.elasticity / elasticity - 1.0).abs() < 1e-10,
                        "{answer:?}"
                    );
                    assert!((answer.share[1] / share - 1.0).abs() < 1e-10, "{answer:?}");
                    let rest = (1.0 - share) * case.base_share[0] / (1.0 - case.base_share[1]);
                    assert!((answer.share[0] / rest - 1.0).abs() < 1e-10, "{answer:?}");
                }
            }
        }
    }

    #[test]
    fn the_index_runs_from_the_short_to_the_long_run_index() {
        let case = case(4.0, 1.3);
        let years: Vec<f64> = (0..200).map(|quarter| f64::from(quarter) / 4.0).collect();
        let answers = case.answers(&years, TickLength::PerYear(52)).unwrap();
        let at = |elasticity| ces(&case, elasticity).0;
        assert!((answers[0].log_import - at(1.3)).abs() < 1e-12);
        assert!((answers[199].log_import - at(4.0)).abs() < 1e-6);
        for pair in answers.windows(2) {
            assert!(pair[1].log_import < pair[0].log_import);
            assert!(pair[1].elasticity > pair[0].elasticity);
        }
    }

    #[test]
    fn a_uniform_change_moves_the_index_by_itself_at_every_horizon() {
        for (short, long) in [(1.3, 4.0), (0.33, 2.0), (1.0, 1.0)] {
            let mut case = case(long, short);
            case.price = vec![1.25; 3];
            let answers = case.answers(&YEARS, TickLength::PerYear(52)).unwrap();
            for answer in answers {
                assert!((answer.log_import - ln(1.25)).abs() < 1e-12);
                for (share, base) in answer.share.iter().zip(&case.base_share) {
                    assert!((share - base).abs() < 1e-12);
                }
            }
        }
    }

    #[test]
    fn origins_left_alone_keep_their_ratio() {
        let mut case = case(4.0, 1.3);
        for price in [1.25, 0.8, 100.0] {
            case.price[1] = price;
            for answer in case.answers(&YEARS, TickLength::PerYear(52)).unwrap() {
                assert!((answer.share[0] / answer.share[2] / 7.0 - 1.0).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn an_infinite_speed_is_the_long_run_from_the_first_tick() {
        let mut case = case(4.0, 1.3);
        case.speed = f64::INFINITY;
        let (index, shares) = ces(&case, 4.0);
        for answer in case.answers(&YEARS[..3], TickLength::Days(7)).unwrap() {
            assert!((answer.log_import - index).abs() < 1e-15);
            for (found, expected) in answer.share.iter().zip(&shares) {
                assert!((found - expected).abs() < 1e-15);
            }
        }
    }

    #[test]
    fn lists_of_different_length_are_refused() {
        let mut case = case(4.0, 1.3);
        case.price.pop();
        let error = case.model(TickLength::Days(7)).unwrap_err();
        assert!(error.to_string().contains("3 base shares and 2 prices"));
    }
}
