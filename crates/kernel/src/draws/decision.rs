//! Names of the things that are decided by chance.

/// Something decided by chance, known by its name.
///
/// Mechanisms declare theirs as constants. The name alone gives the address,
/// so a mechanism of your own needs no number from anybody; [`Decision::distinct`]
/// tells two that meet.
///
/// ```
/// use tradewinds_kernel::draws::Decision;
///
/// const RESET_PRICE: Decision = Decision::named("reset_price");
/// const COST_SHOCK: Decision = Decision::named("cost_shock");
/// assert!(Decision::distinct(&[RESET_PRICE, COST_SHOCK]).is_ok());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    id: u32,
    name: &'static str,
}

/// Two decisions that would draw the same numbers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("decisions `{first}` and `{second}` share their draws; rename one of them")]
pub struct DecisionClash {
    /// Name of the first.
    pub first: &'static str,
    /// Name of the second.
    pub second: &'static str,
}

impl Decision {
    /// The decision of that name. Its number is the name's 32-bit FNV-1a hash,
    /// folded to 24 bits.
    pub const fn named(name: &'static str) -> Self {
        let bytes = name.as_bytes();
        let mut hash: u32 = 0x811C_9DC5;
        let mut at = 0;
        while at < bytes.len() {
            hash = (hash ^ bytes[at] as u32).wrapping_mul(0x0100_0193);
            at += 1;
        }
        Self {
            id: (hash >> 24) ^ (hash & 0x00FF_FFFF),
            name,
        }
    }

    /// The name.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// The number in the address, 24 bits.
    pub const fn id(self) -> u32 {
        self.id
    }

    /// Checks that no two decisions of a model share their draws.
    ///
    /// # Errors
    /// The first pair with one name or one number.
    pub fn distinct(decisions: &[Self]) -> Result<(), DecisionClash> {
        let mut sorted = decisions.to_vec();
        sorted.sort_by_key(|decision| (decision.id, decision.name));
        for pair in sorted.windows(2) {
            if pair[0].id == pair[1].id {
                return Err(DecisionClash {
                    first: pair[0].name,
                    second: pair[1].name,
                });
            }
        }
        Ok(())
    }
}
