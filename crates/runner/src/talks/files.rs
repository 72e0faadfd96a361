//! The files of talks and how they are found.

use tradewinds_config::{FieldSpec, Kind, NON_NEGATIVE, Source, TableSpec};

use super::TALKS;
use super::evidence::{KNOWN_ON, SOURCE, STATUS};
use crate::library::{Library, LibraryError};

/// Which of the files of talks one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TalksPart {
    /// Who sets the rates, and what the others offer by default.
    Head,
    /// Parameters by symbol.
    Parameters,
    /// A government with an economy in the model.
    Government,
    /// Governments attached to the rest of the world.
    Attached,
    /// An issue.
    Issue,
}

/// The files talks are read from.
#[derive(Debug, Clone)]
pub struct TalksFiles {
    pub(super) head: Source,
    pub(super) parameters: Source,
    pub(super) governments: Vec<Source>,
    pub(super) attached: Vec<Source>,
    pub(super) issues: Vec<Source>,
    /// Whether the parameters are those of other talks, which may have been known later.
    pub(super) has_parameters_of_others: bool,
    /// The record of talks and its sources.
    pub(super) record: (Source, Source),
    /// Files of estimated parameters.
    pub(super) estimates: Vec<Source>,
}

/// Names of the file of the principal and of that of parameters in a folder.
const HEAD: &str = "talks.toml";
const PARAMETERS: &str = "parameters.toml";
/// Names of the files of estimated parameters that hold some of the symbols.
const ESTIMATES: [&str; 2] = [
    "configs/parameters/approval.toml",
    "configs/parameters/markets.toml",
];

impl TalksFiles {
    /// The files of [`TALKS`].
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn of(library: &Library) -> Result<Self, LibraryError> {
        Self::within(library, TALKS)
    }

    /// The files of a folder; with the parameters of [`TALKS`] where it has none.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn within(library: &Library, own: &str) -> Result<Self, LibraryError> {
        let folder = |name: &str| {
            let paths = library.files(&format!("{own}/{name}")).into_iter();
            paths
                .filter(|path| path.ends_with(".toml"))
                .map(|path| library.source(&path))
                .collect::<Result<Vec<_>, _>>()
        };
        let table = |name: &str| library.source(&format!("{own}/{name}.csv"));
        let parameters = format!("{own}/{PARAMETERS}");
        let has_own = library.holds(&parameters);
        Ok(Self {
            head: library.source(&format!("{own}/{HEAD}"))?,
            parameters: match has_own {
                true => library.source(&parameters)?,
                false => library.source(&format!("{TALKS}/{PARAMETERS}"))?,
            },
            has_parameters_of_others: !has_own,
            governments: folder("governments")?,
            attached: folder("attached")?,
            issues: folder("issues")?,
            record: (table("record")?, table("sources")?),
            estimates: ESTIMATES
                .iter()
                .map(|path| library.source(path))
                .collect::<Result<_, _>>()?,
        })
    }

    /// The folder of talks that holds a file: the nearest around it with a head, else
    /// [`TALKS`].
    pub fn folder_of(library: &Library, path: &str) -> String {
        let around = path.match_indices('/').map(|(at, _)| &path[..at]);
        let mut around: Vec<&str> = around.collect();
        around.reverse();
        let found = (around.into_iter()).find(|one| library.holds(&format!("{one}/{HEAD}")));
        found.unwrap_or(TALKS).to_owned()
    }

    /// The same files with one more, which goes before another of its name.
    #[must_use]
    pub fn with(mut self, part: TalksPart, source: &Source) -> Self {
        let list = match part {
            TalksPart::Head => {
                self.head = source.clone();
                return self;
            }
            TalksPart::Parameters => {
                self.parameters = source.clone();
                self.has_parameters_of_others = false;
                return self;
            }
            TalksPart::Government => &mut self.governments,
            TalksPart::Attached => &mut self.attached,
            TalksPart::Issue => &mut self.issues,
        };
        let name = |source: &Source| -> Option<String> {
            source.name().rsplit(['/', '\\']).next().map(str::to_owned)
        };
        list.retain(|other| name(other) != name(source));
        list.push(source.clone());
        self
    }
}

static ALL: TableSpec = TableSpec::new(
    "trade_of_the_principal",
    "All goods trade of the principal.",
    &[
        FieldSpec::required("exports", NON_NEGATIVE, "Its exports.").unit("USD bn a year"),
        FieldSpec::required("imports", NON_NEGATIVE, "Its imports.").unit("USD bn a year"),
        STATUS,
        SOURCE,
    ],
);
static REST: TableSpec = TableSpec::new(
    "trade_of_the_rest",
    "Goods trade of the rest of the world with the principal.",
    &[
        FieldSpec::required("exports", NON_NEGATIVE, "Exports to the principal.")
            .unit("USD bn a year"),
        FieldSpec::required("imports", NON_NEGATIVE, "Imports from the principal.")
            .unit("USD bn a year"),
        STATUS,
        SOURCE,
    ],
);
static OFFER: TableSpec = TableSpec::new(
    "default_offer",
    "What a government without rows of its own offers on one issue.",
    &[
        FieldSpec::required("issue", Kind::Text, "Id of the issue."),
        FieldSpec::required("like", Kind::Economy, "The government whose row is scaled."),
        FieldSpec::required(
            "scaled_by",
            Kind::Choice(&["exports", "imports"]),
            "Its goods trade with the principal by which value and cost are scaled.",
        ),
        SOURCE,
    ],
);

const INSTRUMENTS: Kind = Kind::List(&Kind::Text);

/// The table of `talks.toml`.
pub fn talks_spec() -> &'static TableSpec {
    static SPEC: TableSpec = TableSpec::new(
        "talks",
        "Talks over tariffs: who sets the rates, what is known on which day.",
        &[
            FieldSpec::required("title", Kind::Text, "Which talks."),
            FieldSpec::required(
                "principal",
                Kind::Economy,
                "The economy that sets the rates.",
            ),
            FieldSpec::required("rival", Kind::Economy, "The third option of the others."),
            FieldSpec::optional(
                "rest",
                Kind::Economy,
                "The economy of which attached governments own parts.",
            )
            .when_absent("attached governments do not talk"),
            KNOWN_ON,
            FieldSpec::required(
                "country_rates",
                INSTRUMENTS,
                "Instruments of the principal that charge all goods of a partner.",
            ),
            FieldSpec::optional(
                "sector_duties",
                INSTRUMENTS,
                "Instruments of the principal on goods of some sectors.",
            )
            .when_absent("sector duties are not talked about"),
            FieldSpec::optional(
                "answers",
                INSTRUMENTS,
                "Instruments of partners that answer.",
            )
            .when_absent("no answer is in force before talks"),
            FieldSpec::required(
                "all_trade",
                Kind::Table(&ALL),
                "All trade of the principal.",
            ),
            FieldSpec::required("rest_of_world", Kind::Table(&REST), "Trade of the rest."),
            FieldSpec::optional("offer", Kind::Tables(&OFFER), "Offers by default.")
                .when_absent("governments without rows offer nothing"),
        ],
    );
    &SPEC
}
