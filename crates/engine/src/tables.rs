//! The tables a run records: every column with its unit and definition.

use tradewinds_kernel::record::{ColumnSpec, TableSpec};

use crate::talks::tables::{
    TALKS_ACTS, TALKS_ANSWERS, TALKS_COALITIONS, TALKS_DEALS, TALKS_OFFERS, TALKS_ROUNDS,
    TALKS_STATES,
};

/// All tables of the engine, in the order of [`crate::observe::Recorded::tables`].
pub static ALL: [&TableSpec; 20] = [
    &TRADE,
    &MARKETS,
    &PRICE_PARTS,
    &MACRO,
    &DUTIES,
    &QUOTAS,
    &HOUSEHOLDS,
    &ACCOUNTS,
    &GOVERNMENTS,
    &APPROVAL,
    &ELECTIONS,
    &FIRMS,
    &MARKET_DAYS,
    &TALKS_ROUNDS,
    &TALKS_OFFERS,
    &TALKS_DEALS,
    &TALKS_ANSWERS,
    &TALKS_COALITIONS,
    &TALKS_ACTS,
    &TALKS_STATES,
];

pub(crate) const SCENARIO: ColumnSpec =
    ColumnSpec::code("scenario", "name", "Scenario of the experiment.");
pub(crate) const REPLICATION: ColumnSpec = ColumnSpec::count(
    "replication",
    "id",
    "Replication; the same number shares parameters and noise in every scenario.",
);
const DATE: ColumnSpec =
    ColumnSpec::date("date", "First day of the period; values are means over it.");
const ECONOMY: ColumnSpec = ColumnSpec::code(
    "economy",
    "ISO 3166-1 alpha-3",
    "Economy (EUU: European Union, ROW: rest of the world).",
);
const IMPORTER: ColumnSpec =
    ColumnSpec::code("importer", "ISO 3166-1 alpha-3", "Importing economy.");
const EXPORTER: ColumnSpec =
    ColumnSpec::code("exporter", "ISO 3166-1 alpha-3", "Economy of origin.");
const SECTOR: ColumnSpec = ColumnSpec::code("sector", "code", "Sector of the good.");

const INDEX: &str = "index, base year = 1";
const LOCAL: &str = "index in local money, base year = 1";
pub(crate) const VALUE: &str = "USD bn a year";
pub(crate) const RATE: &str = "share of customs value";

/// Bilateral flows of the importers under watch.
pub static TRADE: TableSpec = TableSpec {
    name: "trade",
    description: "One bilateral flow of a sector in one period.",
    columns: &[
        SCENARIO,
        REPLICATION,
        DATE,
        IMPORTER,
        EXPORTER,
        SECTOR,
        ColumnSpec::number(
            "customs_value",
            VALUE,
            "Value cleared by customs in the period, export tax included, before duty.",
        ),
        ColumnSpec::number(
            "volume",
            "USD bn a year at base prices",
            "What was cleared, at the prices of the base year.",
        ),
        ColumnSpec::number(
            "gate_price",
            INDEX,
            "CES index of prices at the factory gate, duty exclusive.",
        ),
        ColumnSpec::number(
            "landed_price",
            INDEX,
            "Gate price with collected duty, export tax and trade cost.",
        ),
        ColumnSpec::number(
            "statutory_rate",
            RATE,
            "Duty as written in law, base duty included; mean over the days of the period.",
        ),
        ColumnSpec::number(
            "applied_rate",
            RATE,
            "Duty after preference claims, content shares and exemptions; within quotas; mean over the days of the period.",
        ),
        ColumnSpec::number(
            "collected_rate",
            RATE,
            "Duty that reaches the treasury, with the price of quota licences; mean over the ticks of the period, not weighted by value, so that duty over value differs from it where trade moves within the period or goods paid the rate of the tick in which they reached the border.",
        ),
        ColumnSpec::number("duty", VALUE, "Import duty collected."),
    ],
};

/// Prices and activity by economy and sector.
pub static MARKETS: TableSpec = TableSpec {
    name: "markets",
    description: "One sector of one economy under watch in one period.",
    columns: &[
        SCENARIO,
        REPLICATION,
        DATE,
        ECONOMY,
        SECTOR,
        ColumnSpec::number(
            "landed_price",
            LOCAL,
            "CES index of landed prices of domestic and imported goods, duty paid.",
        ),
        ColumnSpec::number(
            "landed_price_domestic",
            LOCAL,
            "The same for domestic goods.",
        ),
        ColumnSpec::number("landed_price_imported", LOCAL, "The same for imports."),
        ColumnSpec::number(
            "store_price",
            LOCAL,
            "Mean store price at the current mix of domestic and imported goods.",
        ),
        ColumnSpec::number(
            "store_price_domestic",
            LOCAL,
            "Store price of domestic goods.",
        ),
        ColumnSpec::number("store_price_imported", LOCAL, "Store price of imports."),
        ColumnSpec::number(
            "store_volume",
            "USD bn a year at base landed prices",
            "Units sold through the stores.",
        ),
        ColumnSpec::number(
            "employment",
            "USD bn a year at base wages",
            "Labour employed in the sector.",
        ),
        ColumnSpec::number("wage", LOCAL, "Wage."),
        ColumnSpec::number(
            "plant",
            INDEX,
            "Capital of the firms of the sector; 1 where nothing is made.",
        ),
        ColumnSpec::number(
            "capacity_use",
            INDEX,
            "What firms expect to sell over what their plant makes at the use of the base year.",
        ),
        ColumnSpec::number(
            "investment",
            INDEX,
            "Plant that firms of the sector add, what wears out included; 1 where plant does not change.",
        ),
    ],
};

const LOG: &str = "log points since the base year";

/// What prices of imports are made of.
pub static PRICE_PARTS: TableSpec = TableSpec {
    name: "price_parts",
    description: "Change of the price of the imports of a sector since the base year, in the buyer's money, split exactly: the parts of `landed` and of `store` add up to them.",
    columns: &[
        SCENARIO,
        REPLICATION,
        DATE,
        IMPORTER,
        SECTOR,
        ColumnSpec::number(
            "fob_price",
            LOG,
            "Price at the factory gate in the seller's money.",
        ),
        ColumnSpec::number("exchange_rate", LOG, "Seller's money in the buyer's."),
        ColumnSpec::number(
            "duty",
            LOG,
            "Duty that reaches the treasury, with the price of quota licences.",
        ),
        ColumnSpec::number("export_tax", LOG, "Export tax of the origin."),
        ColumnSpec::number("freight", LOG, "Cost of bringing goods over the border."),
        ColumnSpec::number(
            "landed",
            LOG,
            "Mean landed price over origins: fob price, exchange rate, duty, export tax, freight.",
        ),
        ColumnSpec::number(
            "stock_timing",
            LOG,
            "Cost of goods from importers' stocks against what they would cost now.",
        ),
        ColumnSpec::number(
            "mix",
            LOG,
            "Price index against the mean price: what buyers save by changing origins.",
        ),
        ColumnSpec::number(
            "distribution",
            LOG,
            "Price of distribution against that of goods.",
        ),
        ColumnSpec::number(
            "margin",
            LOG,
            "Store price against its cost: prices not yet reset, margins squeezed.",
        ),
        ColumnSpec::number(
            "store",
            LOG,
            "Store price of imports: landed, stock timing, mix, distribution, margin.",
        ),
    ],
};

/// Economies.
pub static MACRO: TableSpec = TableSpec {
    name: "macro",
    description: "One economy in one period.",
    columns: &[
        SCENARIO,
        REPLICATION,
        DATE,
        ECONOMY,
        ColumnSpec::number(
            "income",
            VALUE,
            "Income of all final users, transfers from abroad included.",
        ),
        ColumnSpec::number("consumption", VALUE, "Spending of households."),
        ColumnSpec::number(
            "real_consumption",
            "USD bn a year at base prices",
            "Spending of households over their exact price indices.",
        ),
        ColumnSpec::number(
            "consumer_prices",
            LOCAL,
            "Price of the base-year baskets of households (Laspeyres).",
        ),
        ColumnSpec::number(
            "consumer_prices_chained",
            LOCAL,
            "Chained price of households: baskets renewed once a year.",
        ),
        ColumnSpec::number(
            "cost_of_living",
            LOCAL,
            "Spending over real spending of households (exact index).",
        ),
        ColumnSpec::number(
            "real_gdp",
            "USD bn a year at base prices",
            "By production, at the prices of the base year: output less materials used, margins of stores, duties at base rates.",
        ),
        ColumnSpec::number("employment", INDEX, "Employment relative to rest."),
        ColumnSpec::number(
            "unemployment_rate",
            "share of the labour force",
            "Labour force without work.",
        ),
        ColumnSpec::number("wage", LOCAL, "Wages paid over labour employed."),
        ColumnSpec::number(
            "exports",
            VALUE,
            "Goods and services sold abroad, at the factory gate.",
        ),
        ColumnSpec::number(
            "imports",
            VALUE,
            "Goods and services from abroad cleared by customs, before duty.",
        ),
        ColumnSpec::number(
            "tax_on_trade",
            VALUE,
            "Import duties and export taxes collected.",
        ),
        ColumnSpec::number(
            "exchange_rate",
            INDEX,
            "Units of local money per unit of the reference money (up: the reference money appreciates).",
        ),
        ColumnSpec::number(
            "effective_exchange_rate",
            INDEX,
            "Value of local money against the money of trading partners, by their share in trade of the base year (up: local money appreciates).",
        ),
        ColumnSpec::number(
            "policy_rate_change",
            "share a year",
            "Policy rate less that of the base year.",
        ),
    ],
};

/// Duties by measure.
pub static DUTIES: TableSpec = TableSpec {
    name: "duties",
    description: "Duty collected under one measure by one importer in one period; periods without duty have no row.",
    columns: &[
        SCENARIO,
        REPLICATION,
        DATE,
        IMPORTER,
        ColumnSpec::code(
            "measure",
            "id",
            "Measure as named in the law book; base_duty is what no measure accounts for: the duty of the record before measures and every gap between record and law; answers_of_talks what governments that talk answer with beyond it.",
        ),
        ColumnSpec::number("duty", VALUE, "Duty collected under the measure."),
    ],
};

/// Quotas of the law.
pub static QUOTAS: TableSpec = TableSpec {
    name: "quotas",
    description: "One flow under one quota in one period; periods in which the quota is not in force have no row.",
    columns: &[
        SCENARIO,
        REPLICATION,
        DATE,
        IMPORTER,
        EXPORTER,
        SECTOR,
        ColumnSpec::code("quota", "id", "Quota as named in the law book."),
        ColumnSpec::code("holder", "name", "Who receives the rent of the quota."),
        ColumnSpec::number(
            "entered",
            "USD bn a year at base prices",
            "Goods of the flow under the quota that customs cleared, within the volume and above it.",
        ),
        ColumnSpec::number(
            "volume",
            "USD bn a year at base prices",
            "Volume of a quota year, shared by all flows of the quota.",
        ),
        ColumnSpec::number(
            "used",
            "share",
            "Volume of the quota period that all flows together have used up to now.",
        ),
        ColumnSpec::number(
            "premium",
            "share of the price at the border",
            "Price of a licence for goods under the quota; zero for quotas without licences.",
        ),
        ColumnSpec::number(
            "rent",
            VALUE,
            "What buyers of the flow pay above the duty owed; it goes to the holder.",
        ),
    ],
};

/// Final users.
pub static HOUSEHOLDS: TableSpec = TableSpec {
    name: "households",
    description: "One class of final users of one economy under watch in one period.",
    columns: &[
        SCENARIO,
        REPLICATION,
        DATE,
        ECONOMY,
        ColumnSpec::code(
            "class",
            "name",
            "Class of final users: income decile and owner or worker, government, investment.",
        ),
        ColumnSpec::number("income", VALUE, "Income available for spending."),
        ColumnSpec::number("spending", VALUE, "Planned spending."),
        ColumnSpec::number(
            "cost_of_living",
            LOCAL,
            "Exact CES price index of the class.",
        ),
        ColumnSpec::number(
            "basket_price",
            LOCAL,
            "Price of the base-year basket of the class.",
        ),
        ColumnSpec::number(
            "chained_price",
            LOCAL,
            "Chained price of the class: its basket renewed once a year with current spending.",
        ),
        ColumnSpec::number(
            "real_spending",
            "USD bn a year at base prices",
            "Spending over the exact price index.",
        ),
    ],
};

/// National accounts.
pub static ACCOUNTS: TableSpec = TableSpec {
    name: "accounts",
    description: "National accounts of one economy in one period, from three sides.",
    columns: &[
        SCENARIO,
        REPLICATION,
        DATE,
        ECONOMY,
        ColumnSpec::number(
            "production",
            VALUE,
            "Value added at market prices: sales less materials, with store margins and taxes on trade.",
        ),
        ColumnSpec::number(
            "income",
            VALUE,
            "Wages, dividends, interest, profits kept for investment or in cash, stocks built, taxes on trade.",
        ),
        ColumnSpec::number(
            "expenditure",
            VALUE,
            "Final spending, stocks built by importers and net exports.",
        ),
        ColumnSpec::number("net_exports", VALUE, "Exports less imports at the border."),
        ColumnSpec::number("materials", VALUE, "Materials bought by firms."),
        ColumnSpec::number(
            "final_spending",
            VALUE,
            "Spending of households, government and investment.",
        ),
        ColumnSpec::number(
            "trade_margin",
            VALUE,
            "What importers and stores keep after the cost of what they sold.",
        ),
        ColumnSpec::number(
            "stocks_built",
            VALUE,
            "Change of the cost of importers' stocks and goods under way.",
        ),
        ColumnSpec::number("retained", VALUE, "Cash kept by firms and importers."),
        ColumnSpec::number(
            "retained_for_investment",
            VALUE,
            "Profits that firms kept from owners to pay for plant; negative where saving pays for more.",
        ),
        ColumnSpec::number(
            "interest",
            VALUE,
            "Interest on debt of firms and importers.",
        ),
        ColumnSpec::number("wages", VALUE, "Wages paid."),
        ColumnSpec::number("dividends", VALUE, "Dividends paid by firms and importers."),
        ColumnSpec::number(
            "taxes_on_trade",
            VALUE,
            "Import duties and export taxes collected.",
        ),
        ColumnSpec::number(
            "transfers",
            VALUE,
            "Net transfers from abroad that finance the deficit.",
        ),
        ColumnSpec::number(
            "revaluation",
            VALUE,
            "Change of the value of money balances with the exchange rate; no flow.",
        ),
    ],
};

/// Governments.
pub static GOVERNMENTS: TableSpec = TableSpec {
    name: "governments",
    description: "Budget of the government of one economy in one period: import duties, export taxes, wage taxes, profit taxes and transfers from abroad, less transfers, revenue handed on, purchases, compensation and interest, are saving.",
    columns: &[
        SCENARIO,
        REPLICATION,
        DATE,
        ECONOMY,
        ColumnSpec::number(
            "import_duties",
            VALUE,
            "Import duties collected, less rents of quotas held abroad and less refunds of duties paid in the period; `trade.duty` is before refunds.",
        ),
        ColumnSpec::number("export_taxes", VALUE, "Export taxes collected."),
        ColumnSpec::number(
            "wage_taxes",
            VALUE,
            "Taxes on wages: the government's claim and what social transfers take.",
        ),
        ColumnSpec::number(
            "profit_taxes",
            VALUE,
            "Taxes on dividends: the government's claim and what social transfers take.",
        ),
        ColumnSpec::number("from_abroad", VALUE, "Net transfers from abroad."),
        ColumnSpec::number("transfers", VALUE, "Social transfers to households."),
        ColumnSpec::number(
            "handed_on",
            VALUE,
            "Duties and export taxes handed to households and other users.",
        ),
        ColumnSpec::number("purchases", VALUE, "Goods and services bought."),
        ColumnSpec::number(
            "defence",
            VALUE,
            "Defence beyond that of the base year, part of purchases as planned.",
        ),
        ColumnSpec::number(
            "compensation",
            VALUE,
            "Paid to producers who lost sales to foreign duties.",
        ),
        ColumnSpec::number(
            "interest",
            VALUE,
            "Interest on the change of debt since the base year; interest on the debt of the base year is left out on both sides.",
        ),
        ColumnSpec::number(
            "saving",
            VALUE,
            "What is left: debt repaid and money kept for purchases.",
        ),
        ColumnSpec::number(
            "debt",
            "USD bn",
            "Gross debt of the base year less what was repaid since, mean over the period.",
        ),
    ],
};

const LEADER: ColumnSpec = ColumnSpec::code(
    "leader",
    "name",
    "Leader in office at the end of the period; `successor`: one who is not in the data.",
);
const PERCENT: &str = "per cent";
const POINTS: &str = "points";

/// Approval of leaders.
pub static APPROVAL: TableSpec = TableSpec {
    name: "approval",
    description: "Approval of the leader of one economy in one period: the parts from base to other add up to it.",
    columns: &[
        SCENARIO,
        REPLICATION,
        DATE,
        ECONOMY,
        LEADER,
        ColumnSpec::number(
            "true_approval",
            PERCENT,
            "Voters who approve of the leader.",
        ),
        ColumnSpec::number(
            "published",
            PERCENT,
            "Published average of polls, which follows approval.",
        ),
        ColumnSpec::number(
            "poll",
            PERCENT,
            "Single poll of a tick, with the errors of its pollster and its sample.",
        ),
        ColumnSpec::number("own_camp", PERCENT, "Approval among the leader's camp."),
        ColumnSpec::number("independents", PERCENT, "Approval among voters of no camp."),
        ColumnSpec::number("opponents", PERCENT, "Approval among the other camp."),
        ColumnSpec::number("issue_trade", PERCENT, "Approval on trade and tariffs."),
        ColumnSpec::number("issue_inflation", PERCENT, "Approval on inflation."),
        ColumnSpec::number("issue_economy", PERCENT, "Approval on the economy."),
        ColumnSpec::number("base", POINTS, "Level after the honeymoon."),
        ColumnSpec::number("honeymoon", POINTS, "What is left of the honeymoon."),
        ColumnSpec::number("prices", POINTS, "Part of perceived inflation."),
        ColumnSpec::number("jobs", POINTS, "Part of unemployment by sector of work."),
        ColumnSpec::number("markets", POINTS, "Part of returns of shares."),
        ColumnSpec::number("news", POINTS, "Part of changes of the average tariff."),
        ColumnSpec::number("rally", POINTS, "Part of threats from abroad."),
        ColumnSpec::number(
            "other",
            POINTS,
            "Disturbances, own moods of voters, and what limits of approval cut off.",
        ),
    ],
};

/// Votes and changes of leaders.
pub static ELECTIONS: TableSpec = TableSpec {
    name: "elections",
    description: "One vote, change of leader or call of an early vote.",
    columns: &[
        SCENARIO,
        REPLICATION,
        ColumnSpec::date("date", "Day of the event."),
        ECONOMY,
        ColumnSpec::code(
            "leader",
            "name",
            "Leader before the event; `successor`: one who is not in the data.",
        ),
        ColumnSpec::code(
            "event",
            "name",
            "A vote that decides who leads, another national vote, the end of a cabinet without one, the call of an early vote, a change that the data date, or a vote that the data record as held (`held_vote`).",
        ),
        ColumnSpec::count(
            "stays",
            "0 or 1",
            "Whether the leader stays in office on that day; the outcome of a `held_vote` is the change that follows it.",
        ),
        ColumnSpec::number("approval", PERCENT, "Approval of that leader."),
        ColumnSpec::number(
            "vote_share",
            PERCENT,
            "Vote share of the leader's camp; missing without a vote, and for one that the data record as held.",
        )
        .or_missing(),
        ColumnSpec::number("seats", "share", "Seats of the camp."),
        ColumnSpec::number(
            "protection",
            POINTS,
            "Part of the vote share from duties that protect sectors of work.",
        ),
        ColumnSpec::number(
            "retaliation",
            POINTS,
            "Part from foreign duties on what sectors of work export.",
        ),
        ColumnSpec::number(
            "compensation",
            POINTS,
            "Part from compensation of sectors of work.",
        ),
    ],
};

/// Firms, on request.
pub static FIRMS: TableSpec = TableSpec {
    name: "firms",
    description: "One firm of an economy under watch in one period; recorded on request.",
    columns: &[
        SCENARIO,
        REPLICATION,
        DATE,
        ECONOMY,
        SECTOR,
        ColumnSpec::count(
            "firm",
            "id",
            "Firm; the same number in every scenario of a replication.",
        ),
        ColumnSpec::number("output", "units a year", "Units made."),
        ColumnSpec::number(
            "unit_cost",
            "USD bn a unit",
            "Cost of a unit at current wages and input prices.",
        ),
        ColumnSpec::number("employment", "USD bn a year at base wages", "Labour used."),
        ColumnSpec::number("finished_stock", "units", "Finished goods in stock."),
        ColumnSpec::number("cash", "USD bn", "Cash."),
        ColumnSpec::number("dividend", VALUE, "Paid to owners."),
        ColumnSpec::number(
            "value",
            "USD bn",
            "Present value of surplus over the regimes of trade policy that markets believe in; zero without markets for shares.",
        ),
        ColumnSpec::number("share_price", "USD bn", "What all shares of the firm cost."),
    ],
};

/// Markets for shares by day.
pub static MARKET_DAYS: TableSpec = TableSpec {
    name: "market_days",
    description: "One day of trade of the shares of an economy under watch, or of one of its sectors; sectors at the level `panel` only. No rows without markets for shares.",
    columns: &[
        SCENARIO,
        REPLICATION,
        ColumnSpec::date(
            "date",
            "Day of trade, Monday to Friday; holidays count as days of trade.",
        ),
        ECONOMY,
        ColumnSpec::code("sector", "code", "Sector of the firms, or `total`."),
        ColumnSpec::number(
            "index",
            LOCAL,
            "Capitalisation in local money over that of the base year.",
        ),
        ColumnSpec::number(
            "index_return",
            "share",
            "Index over that of the day of trade before, less one; of the first day against the base year.",
        ),
        ColumnSpec::number(
            "policy_return",
            "share",
            "Change of the value of firms by the news of the day about trade policy, before prices have followed and without shocks.",
        ),
        ColumnSpec::number(
            "volatility",
            "index",
            "Volatility index of the economy: answers its index, returns to its mean.",
        ),
        ColumnSpec::number(
            "yield_change",
            "share a year",
            "Yield of ten years less that of the base year.",
        ),
        ColumnSpec::number(
            "uncertainty",
            "standard deviations",
            "Trade policy uncertainty that the economy feels.",
        ),
        ColumnSpec::number(
            "uncertainty_at_home",
            "share",
            "Part of it that the own government makes.",
        ),
        ColumnSpec::number(
            "stress",
            "index",
            "Drawdown of the index in ten days, rise of the yield in five, and volatility, weighed 0.4 to 0.1, 0.4 to 40 basis points and 0.2 to 30 points above 20.",
        ),
        ColumnSpec::number(
            "escalation",
            "share",
            "Weight of escalation: the largest belief that an announced rise comes into force, times the part of a rise for ever that it is worth.",
        ),
        ColumnSpec::number(
            "relief",
            "share",
            "Part of the duties above those of the base year, by trade, that announced cuts are believed to take back; 0 where no such duty is in force.",
        ),
        ColumnSpec::number(
            "credibility",
            "share",
            "Credibility of the rises of governments, by trade under duties that they added or announced; the mean of all where there are none.",
        ),
        ColumnSpec::number(
            "war",
            "share",
            "Expected reach of a trade war for the economy: 1 where high duties and answers concern `war_breadth` of its trade.",
        ),
    ],
};
