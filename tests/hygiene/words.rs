//! Words that belong into configs: places, people, laws and dates.

/// Names of places and peoples, of leaders, of acts and agreements.
const NAMES: &[&str] = &[
    // Places and peoples.
    "America",
    "American",
    "Argentina",
    "Australia",
    "Australian",
    "Bangladesh",
    "Beijing",
    "Brazil",
    "Brazilian",
    "Britain",
    "British",
    "Brussels",
    "Cambodia",
    "Canada",
    "Canadian",
    "Chile",
    "China",
    "Chinese",
    "Colombia",
    "EU",
    "Europe",
    "European",
    "France",
    "French",
    "German",
    "Germany",
    "India",
    "Indian",
    "Indonesia",
    "Ireland",
    "Israel",
    "Italy",
    "Japan",
    "Japanese",
    "Kingdom",
    "Korea",
    "Korean",
    "Malaysia",
    "Mexican",
    "Mexico",
    "Norway",
    "Pakistan",
    "Philippines",
    "Russia",
    "Russian",
    "Singapore",
    "Spain",
    "Swiss",
    "Switzerland",
    "Taiwan",
    "Thailand",
    "Turkey",
    "UK",
    "US",
    "Ukraine",
    "Vietnam",
    "Vietnamese",
    "Washington",
    // Leaders and officials.
    "Bessent",
    "Biden",
    "Carney",
    "Greer",
    "Lighthizer",
    "Lutnick",
    "Macron",
    "Merz",
    "Modi",
    "Navarro",
    "Putin",
    "Sheinbaum",
    "Starmer",
    "Trudeau",
    "Trump",
    "Xi",
    // Acts, agreements and days.
    "IEEPA",
    "Liberation",
    "NAFTA",
    "USMCA",
    "fentanyl",
];

/// ISO 3166-1 alpha-3 codes of the larger economies, and the code of the
/// European Union and of the rest of the world.
const CODES: &str = "
    ARE ARG AUS AUT BEL BGD BGR BRA CAN CHE CHL CHN COL CZE DEU DNK EGY ESP EST EUU FIN FRA GBR
    GRC HKG HRV HUN IDN IND IRL IRN ISR ITA JPN KHM KOR LKA LTU LUX LVA MAR MEX MYS NGA NLD NOR
    NZL PAK PER PHL POL PRT PRY ROU ROW RUS SAU SGP SVK SVN SWE THA TUN TUR TWN UKR URY USA VNM
    ZAF";

/// Years of the episode.
const EPISODE: &[&str] = &["2017", "2018", "2019", "2024", "2025", "2026"];

/// What of these a line contains.
pub(crate) fn of_the_episode(line: &str) -> Vec<&str> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut found: Vec<&str> = line
        .split(|c: char| !is_word(c))
        .filter(|word| NAMES.contains(word) || CODES.split_whitespace().any(|code| code == *word))
        .collect();
    found.extend(dates(line));
    found
}

/// Months and days of the episode (`2025-04`), and names that end in one of its
/// years (`-2025`).
fn dates(line: &str) -> Vec<&str> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mut found = Vec::new();
    for at in 0..line.len() {
        let Some(year) = line.get(at..at + 4).filter(|year| digits(year)) else {
            continue;
        };
        let is_of_the_episode = EPISODE.contains(&year);
        let starts = at == 0 || !line.as_bytes()[at - 1].is_ascii_digit();
        let bytes = line.as_bytes();
        let month = line.get(at + 4..at + 7);
        let has_month = month.is_some_and(|m| m.starts_with('-') && digits(&m[1..]))
            && !bytes.get(at + 7).is_some_and(u8::is_ascii_digit);
        let follows_a_name = at > 1 && bytes[at - 1] == b'-' && bytes[at - 2].is_ascii_alphabetic();
        let ends_there = bytes
            .get(at + 4)
            .is_none_or(|next| !next.is_ascii_alphanumeric() && *next != b'-');
        let is_suffix = follows_a_name && ends_there;
        if is_of_the_episode && starts && (has_month || is_suffix) {
            found.push(year);
        }
    }
    found
}

/// The two codes that are ours and not ISO's may be explained anywhere, but no
/// rule may ask for them; and dollars are a unit.
pub(crate) fn is_definition(line: &str, word: &str) -> bool {
    match word {
        "EUU" | "ROW" => !line.contains(&format!("\"{word}\"")),
        "European" => line.contains("EUU") && line.contains("European Union"),
        "US" => line.contains("US dollar"),
        _ => false,
    }
}

#[test]
fn names_codes_and_dates_are_found_as_whole_words() {
    assert_eq!(
        of_the_episode("let tariff = rate(\"CHN\", \"JPN\");"),
        ["CHN", "JPN"]
    );
    assert_eq!(
        of_the_episode("/// What Canada did in 2025-03."),
        ["Canada", "2025"]
    );
    assert_eq!(of_the_episode("experiments/us-2025"), ["2025"]);
    assert!(
        of_the_episode("// USD per row; the Canadians' 12025-03, RUSTSEC-2025-0038").is_empty()
    );
    assert!(
        is_definition("/// EUU: European Union", "European") && is_definition("or EUU.", "EUU")
    );
    assert!(!is_definition("if code == \"EUU\" {", "EUU") && !is_definition("the US", "US"));
    assert!(of_the_episode("(Amiti, Redding and Weinstein 2019), from 1970-01-01").is_empty());
}
