//! From sourced facts to the files of a world.

use crate::accounts::{self, Accounts};
use crate::balance::Balanced;
use crate::distribution::{self, Distribution};
use crate::facts::{Facts, Sources};
use crate::government::{self, Government};
use crate::household::{self, Households};
use crate::labour::{self, Labour};
use crate::margins::{self, Problem};
use crate::prior::{self, Prior};
use crate::report::Report;
use crate::shape::Shape;
use crate::subsector::{self, SubsectorWeight};
use crate::table::FileSet;
use crate::{WorldError, files, politics, report};

/// A world built from facts.
#[derive(Debug)]
pub struct Built {
    /// The files of the world, by name; the same facts give the same bytes.
    pub files: FileSet,
    /// How the accounts came about.
    pub report: Report,
}

/// Everything the files are written from.
#[derive(Debug)]
pub(crate) struct BaseYear {
    pub(crate) facts: Facts,
    pub(crate) shape: Shape,
    pub(crate) prior: Prior,
    pub(crate) problem: Problem,
    pub(crate) balanced: Balanced,
    pub(crate) accounts: Accounts,
    pub(crate) distribution: Distribution,
    pub(crate) governments: Vec<Government>,
    pub(crate) households: Vec<Households>,
    pub(crate) labour: Vec<Labour>,
    pub(crate) subsectors: Vec<SubsectorWeight>,
}

/// Builds the balanced base-year accounts of a world.
///
/// # Errors
/// [`WorldError`] when a fact is missing or malformed, or the accounts cannot be balanced.
pub fn build(sources: &Sources) -> Result<Built, WorldError> {
    let year = base_year(sources)?;
    let mut files = files::write_all(&year);
    files.extend(politics::files(sources.layers()));
    Ok(Built {
        files,
        report: report::report(&year),
    })
}

fn base_year(sources: &Sources) -> Result<BaseYear, WorldError> {
    let facts = Facts::read(sources)?;
    let shape = Shape::of(&facts);
    let prior = prior::prior(&facts, &shape)?;
    let problem = margins::problem(&facts, &shape, &prior)?;
    let balanced = problem.balance.solve()?;
    let mut accounts = accounts::close(&shape, &prior, &problem, &balanced)?;
    let distribution = distribution::carve(&facts, &shape, &mut accounts)?;
    let (mut governments, mut households, mut labour) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..shape.economies {
        let retail_profit = distribution.total_profit(&shape, n);
        let government = government::government(&facts, &shape, &accounts, retail_profit, n)?;
        households.push(household::households(
            &facts,
            &shape,
            &accounts,
            &distribution,
            &government,
            n,
        )?);
        governments.push(government);
        labour.push(labour::labour(&facts, &shape, &accounts, n)?);
    }
    let subsectors = subsector::subsector_weights(&facts, &shape);
    Ok(BaseYear {
        facts,
        shape,
        prior,
        problem,
        balanced,
        accounts,
        distribution,
        governments,
        households,
        labour,
        subsectors,
    })
}
