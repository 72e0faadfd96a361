//! Whole dollars: accounts close to the last unit because they are counted, not rounded.
//!
//! Amounts are kept as whole US dollars (`i64`, up to 9·10¹⁸) and written in USD bn with nine
//! decimals, so that a sum of what is printed is exactly the printed sum.

/// Dollars in a billion.
const BILLION: i64 = 1_000_000_000;

/// Whole dollars nearest to an amount in USD bn.
pub(crate) fn round(usd_bn: f64) -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "world output is far below 9e18 dollars"
    )]
    {
        (usd_bn * 1e9).round() as i64
    }
}

/// USD bn as f64.
pub(crate) fn bn(dollars: i64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "beyond 2^53 dollars the ninth digit is moot"
    )]
    {
        dollars as f64 / 1e9
    }
}

/// USD bn with at most nine decimals, trailing zeros left out.
pub(crate) fn text(dollars: i64) -> String {
    let sign = if dollars < 0 { "-" } else { "" };
    let (whole, rest) = (dollars.abs() / BILLION, dollars.abs() % BILLION);
    let text = format!("{sign}{whole}.{rest:09}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Reads what [`text`] writes; `None` for more than nine decimals or anything but a decimal.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty()
        || rest.len() > 9
        || !whole
            .bytes()
            .chain(rest.bytes())
            .all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let rest: i64 = format!("{rest:0<9}").parse().ok()?;
    let amount = whole.checked_mul(BILLION)?.checked_add(rest)?;
    Some(if negative { -amount } else { amount })
}

/// Splits a total over weights in whole dollars; the largest part takes the remainder.
///
/// Nothing is handed out when every weight is zero; the caller must not rely on it then.
pub(crate) fn split(total: i64, weights: &[f64]) -> Vec<i64> {
    let sum: f64 = weights.iter().sum();
    if sum <= 0.0 {
        return vec![0; weights.len()];
    }
    let mut parts: Vec<i64> = weights
        .iter()
        .map(|w| round(bn(total) * (w / sum)))
        .collect();
    let rest = total - parts.iter().sum::<i64>();
    if let Some(largest) = (0..parts.len()).max_by_key(|&p| parts[p].abs()) {
        parts[largest] += rest;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_to_the_dollar() {
        for amount in [0, 1, -1, 1_500_000_000, 40_689_300_000_001, -2_000_000_007] {
            assert_eq!(parse(&text(amount)), Some(amount), "{}", text(amount));
        }
        assert_eq!(text(1_500_000_000), "1.5");
        assert_eq!(text(-1), "-0.000000001");
    }

    #[test]
    fn ten_decimals_are_refused() {
        assert_eq!(parse("1.0000000001"), None);
        assert_eq!(parse("1e3"), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn a_split_adds_up_to_the_dollar() {
        let parts = split(100, &[1.0, 1.0, 1.0]);
        assert_eq!(parts.iter().sum::<i64>(), 100);
        assert_eq!(split(10, &[0.0, 0.0]), vec![0, 0]);
    }
}
