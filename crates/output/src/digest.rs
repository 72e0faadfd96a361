//! A hash of a table's content that does not depend on how rows are split
//! over files or ordered within them.

use tradewinds_kernel::record::Column;

/// The digest of a set of rows: the sum, modulo 2^256, of the BLAKE3 hashes of
/// the rows, and their number.
///
/// A row is hashed as the bytes of its values in column order: counts and
/// dates as 4 bytes, numbers as the 8 bytes of their bits (every NaN the
/// same), codes as the length of the name in 4 bytes and the name; little
/// endian throughout. Rows that occur twice count twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowDigest {
    sum: [u64; 4],
    rows: u64,
}

impl RowDigest {
    /// Adds rows given by column.
    pub fn add_rows(&mut self, columns: &[Column]) {
        let rows = columns.iter().map(length).min().unwrap_or(0);
        let mut bytes = Vec::new();
        for row in 0..rows {
            bytes.clear();
            for column in columns {
                append(&mut bytes, column, row);
            }
            self.add(blake3::hash(&bytes).as_bytes());
        }
        self.rows += rows as u64;
    }

    /// Adds the rows of another digest.
    pub fn merge(&mut self, other: &Self) {
        self.add_words(other.sum);
        self.rows += other.rows;
    }

    /// Number of rows.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The sum as 64 hexadecimal digits, least significant byte first.
    pub fn to_hex(&self) -> String {
        let bytes = self.sum.iter().flat_map(|word| word.to_le_bytes());
        bytes.map(|byte| format!("{byte:02x}")).collect()
    }

    /// Reads [`Self::to_hex`] back, with the number of rows.
    pub fn from_hex(hex: &str, rows: u64) -> Option<Self> {
        if hex.len() != 64 || !hex.is_ascii() {
            return None;
        }
        let mut sum = [0; 4];
        for (word, digits) in sum.iter_mut().zip(hex.as_bytes().chunks(16)) {
            let digits = std::str::from_utf8(digits).ok()?;
            *word = u64::from_str_radix(digits, 16).ok()?.swap_bytes();
        }
        Some(Self { sum, rows })
    }

    /// The hash of a whole table: its name, its column names, the number of
    /// its rows and their sum.
    pub fn content_hash<'a>(
        &self,
        table: &'a str,
        columns: impl IntoIterator<Item = &'a str>,
    ) -> String {
        let mut hasher = blake3::Hasher::new();
        for name in [table].into_iter().chain(columns) {
            hasher.update(&(name.len() as u32).to_le_bytes());
            hasher.update(name.as_bytes());
        }
        hasher.update(&self.rows.to_le_bytes());
        for word in self.sum {
            hasher.update(&word.to_le_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }

    fn add(&mut self, hash: &[u8; 32]) {
        let mut words = [0; 4];
        for (word, bytes) in words.iter_mut().zip(hash.chunks_exact(8)) {
            *word = bytes
                .iter()
                .rev()
                .fold(0, |value, byte| (value << 8) | u64::from(*byte));
        }
        self.add_words(words);
    }

    fn add_words(&mut self, words: [u64; 4]) {
        let mut carry = false;
        for (sum, word) in self.sum.iter_mut().zip(words) {
            let (partial, first) = sum.overflowing_add(word);
            let (total, second) = partial.overflowing_add(u64::from(carry));
            *sum = total;
            carry = first || second;
        }
    }
}

/// Number of values of a column.
pub(crate) fn length(column: &Column) -> usize {
    match column {
        Column::Count(values) => values.len(),
        Column::Date(values) => values.len(),
        Column::Number(values) => values.len(),
        Column::Code { indices, .. } => indices.len(),
    }
}

fn append(bytes: &mut Vec<u8>, column: &Column, row: usize) {
    match column {
        Column::Count(values) => bytes.extend(values[row].to_le_bytes()),
        Column::Date(values) => bytes.extend(values[row].to_le_bytes()),
        Column::Number(values) => {
            let value = values[row];
            let bits = if value.is_nan() {
                f64::NAN.to_bits()
            } else {
                value.to_bits()
            };
            bytes.extend(bits.to_le_bytes());
        }
        Column::Code { indices, names } => {
            let name = names[indices[row] as usize].as_bytes();
            bytes.extend((name.len() as u32).to_le_bytes());
            bytes.extend(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(numbers: &[f64]) -> RowDigest {
        let mut digest = RowDigest::default();
        let counts = (0..numbers.len() as u32).map(|i| i % 3).collect();
        digest.add_rows(&[Column::Count(counts), Column::Number(numbers.to_vec())]);
        digest
    }

    #[test]
    fn one_row_is_the_hash_of_its_bytes() {
        let mut bytes = 0_u32.to_le_bytes().to_vec();
        bytes.extend(1.5_f64.to_le_bytes());
        assert_eq!(
            digest(&[1.5]).to_hex(),
            blake3::hash(&bytes).to_hex().as_str()
        );
    }

    #[test]
    fn the_sum_carries_over_all_words() {
        let mut digest = RowDigest::default();
        digest.add(&[0xff; 32]);
        digest.add(&{
            let mut one = [0; 32];
            one[0] = 1;
            one
        });
        assert_eq!(digest.sum, [0; 4]);
    }

    #[test]
    fn any_changed_value_changes_the_hash() {
        let names = ["run", "price"];
        let hash = |values: &[f64]| digest(values).content_hash("prices", names);
        let base = hash(&[1.0, 2.0, 3.0]);
        for other in [
            hash(&[1.0, 2.0, 3.0 + 1e-15]),
            hash(&[1.0, 2.0]),
            hash(&[2.0, 1.0, 3.0]),
            digest(&[1.0, 2.0, 3.0]).content_hash("costs", names),
            digest(&[1.0, 2.0, 3.0]).content_hash("prices", ["run", "cost"]),
        ] {
            assert_ne!(other, base);
        }
    }

    #[test]
    fn a_digest_survives_its_text_form() {
        let digest = digest(&[0.25; 5]);
        assert_eq!(RowDigest::from_hex(&digest.to_hex(), 5), Some(digest));
        assert_eq!(RowDigest::from_hex("xyz", 5), None);
    }
}
