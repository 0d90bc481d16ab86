"""What may be wrong with a file, and what to do about it: templates that can be translated.

``{value}`` stands for a cell's content, ``{kind}`` for one of :data:`KINDS`, other names for what
the check fills in. What a page says in place of a sentence that speaks of the command line, or
holds words of others, ends in ``HERE``: see :data:`ON_A_PAGE`.
"""

from attunement.measures.scoring.sentences import SENTENCES as ABOUT_ANSWERS

NOT_FINITE = "{value} is not a finite number"
NOT_A_NUMBER = "{value} is not a number"
COMMA_AND_POINT = "{value} has a comma and a point"
COMMA_AMONG_POINTS = "{value} has a comma where other numbers in the column have a point"
COMMA_UNCLEAR = "the comma in {value} may be a decimal comma or a thousands separator"
NO_NUMBERS = "the column holds {kind}, not numbers"
OUTSIDE = "{value} is outside the range of {scale}, {low} to {high}"
NO_SCORE = "there is no score of {scale}"
SESSION_IS_DATE = "{value} is a date, not the number of a session"
SESSION_DATES = "the column holds dates, not numbers of sessions"
NO_SESSION = "the session has no number"
NOT_WHOLE = "{value} is not a whole number"
NEGATIVE = "{value} is negative"
NO_SUCH_SESSION = "no therapy has a session {value}"
NO_NAME = "no {column} is named"
NO_NAMES = "the column holds {kind}, not names"
CONTROL = "{value} contains control characters"
DAY_OR_MONTH = "{value} may be read with the day or the month first"
NOT_A_DATE = "{value} is not a date"
NO_DATE = "there is no date"
REPEATED = "{key} is there already in row {first}"
EMPTY = "the file is empty"
NO_ROW = "there is a header but no row"
DAMAGED = "the Parquet file is damaged or cut off"
TWO_COLUMNS = "two columns are called '{name}'"
TITLE_FIRST = "'{title}' looks like a title"
LATE_HEADER = "this row looks like the header"
TOO_WIDE = "the table has {count} columns, and more than {most} are not read"
NOT_TEXT = "it is not readable text (byte {byte} is a control character)"
DOES_NOT_FIT = "it begins as {encoding} but byte {byte} does not fit"
MIXED = "some rows are UTF-8 and this one is not"
UNKNOWN_ENCODING = "its encoding is not known"
ONE_CELL = "this row has 1 cell where the header has {columns} columns"
RAGGED = "this row has {cells} cells where the header has {columns} columns"
NEVER_CLOSED = "a quotation mark is opened and never closed"
AFTER_QUOTE = "text follows a closing quotation mark"
UNREADABLE_ROW = "the row cannot be read ({reason})"
UNREADABLE = "the table cannot be read ({reason})"
FOLDER = "this is a folder"
NO_ORDINARY_FILE = "this is no ordinary file"
NO_SUCH_FILE = "there is no such file"
CANNOT_OPEN = "the file cannot be opened ({reason})"
OLD_WORKBOOK = "the workbook has a password or is in an old format (.xls)"
OTHER_KIND = "it is {kind}, not a table of scores"
MISNAMED = "it is not {kind}, in spite of its name"
COLUMNS_ONLY = "there are columns but no row"
DAMAGED_WORKBOOK = "the Excel workbook is damaged"
EMPTY_SHEETS = "every sheet is empty"
LARGE_WORKBOOK = "the workbook is larger than 2 GB when unpacked"
NO_COLUMN_OF_OURS = "'{name}' is no column of {table}"
NAME_TAKEN = "there is a column '{ours}' already, so '{theirs}' cannot be renamed to it"
TWO_NAMES = "one column is given two names"
NO_COLUMNS = "there is no column {missing}"
NO_SUCH_COLUMN = "there is no column '{name}'"
NUMBERED_COLUMNS = (
    "there is no column session, and {columns} may be a scale's scores at several sessions or the "
    "items of one questionnaire"
)
BOTH_MEAN = "'{one}' and '{other}' both mean {scale}"
MANY_SCALES = "there are {count} scales, and more than {most} are not read"
NO_ROW_OF_SCALE = "no row has the scale '{scale}'"
NO_SCORES = "there is no column with scores"
NO_KNOWN_SCALE = "no {what} is known as a scale ({found})"

AS_NUMBER = "write a number with a decimal point, or leave the cell empty"
WITH_POINT = "write numbers with a decimal point and without thousands separators"
CORRECT = "correct it, or leave the cell empty; or is it a code for missing? Say so with --missing"
NUMBER_SESSIONS = "number each client's sessions 1, 2, 3 and so on"
NUMBER_OR_DATE = (
    "number each client's sessions 1, 2, 3 and so on, or name the column: --rename date={column}"
)
NUMBER_OR_DELETE = (
    "number each client's sessions 1, 2, 3 and so on, or delete the row if it is a total"
)

LEAVE_OUT = "leave the scale out, or add scores"
FILL = "fill the cell"
NAMES = "write text or whole numbers"
REMOVE = "remove them"
ISO_DATE = "write dates as YYYY-MM-DD"
ONE_ROW = "keep one row for each"
ONE_ROW_PER_RATER = "keep one row for each, and give therapists' ratings their own scale"
GIVE_ROWS = "give a file with a header and rows"
GIVE_ROW = "give at least one row"
COPY_ANEW = "write or copy it anew"
RENAME = "rename one"
HEADER_FIRST = "the header must be the first row: delete what stands above it"
SESSIONS_IN_ROWS = "put sessions into rows, one row per client and session"
SAVE_AS_UTF8 = "save it as CSV in UTF-8, as Parquet or as Excel (.xlsx)"
SAVE_ANEW = "save it anew as UTF-8"
SAVE_WHOLE = "save the whole file anew as UTF-8"
SAVE_AS_CSV = "save it anew as CSV in UTF-8"
SAVE_AS = "save it as CSV, Parquet or Excel (.xlsx)"
SAVE_AS_CSV_OR_PARQUET = "save it as CSV or Parquet"
CHECK_SEPARATORS = "check its separators, and put quotes around text that contains one"
QUOTE_TWICE = 'write a quotation mark within text twice ("")'
NAME_FILE = "name the file in it"
SAVE_FIRST = "save what comes from it first"
CHECK_NAME = "check the name and the folder"
WITHOUT_PASSWORD = "remove the password and save it as Excel (.xlsx) or CSV"  # noqa: S105
OPEN_AND_SAVE = "open it in a spreadsheet and save it anew"
FILL_ONE = "put a header and rows into one"
COLUMNS_OF_OURS = "its columns are {columns}"
NEAR_OF_OURS = "did you mean '{near}'? Its columns are {columns}"
THE_COLUMNS = "the columns are {columns}"
NEAR_COLUMN = "did you mean '{near}'? The columns are {columns}"
LEAVE_ONE_OUT = "leave one out"
RENAME_ONCE = "rename it once"
NAME_COLUMNS = "name {them}: {renames}, where COLUMN is one of {columns}"
SEPARATE_COLUMNS = (
    "name {them}: {renames}, where COLUMN is one of {columns} (only one column was found: separate "
    "columns with comma, semicolon or tab)"
)
SCALE_OR_ROWS = (
    "if they are scores, say so with --scale {name}=SCALE; else put each session into a row of its "
    "own, with the columns {key} and one per scale"
)
NAMES_OF_SCALES = "put names of scales into the column scale"
THE_SCALES = "the scales are {scales}"
ADD_COLUMNS = "add one column for each scale"
DECLARE = "say which one holds scores and which way is better: --scale {name}={one} or {other}"

READ_AS_WINDOWS = "{file} is not UTF-8; its letters were read as Windows-1252 (Western European)."
THIS_SHEET = "{file}: read this sheet and not {others}."
DATES_READ = "{file}: dates were read as {kind}."
SESSIONS_NUMBERED = "{file}: sessions were numbered by date within each client."
COLUMNS_AS_SESSIONS = (
    "{file}: read {columns} as {scale} at sessions {sessions}; an empty cell counts as no session."
)
IGNORED = "{file}: ignored {columns} (not declared with --scale)."
PERHAPS_A_CODE = (
    "{file}, {scale}: {count} cells are {value}, far from all others; if that is a code for "
    "missing, say --missing {value}."
)

DATES = "dates"
TRUE_AND_FALSE = "true and false"
LISTS = "lists or records"
PDF = "a PDF"
GZIP = "compressed (gzip)"
BZIP2 = "compressed (bzip2)"
XZ = "compressed (xz)"
SQLITE = "a database (SQLite)"
SPSS = "an SPSS file"
RTF = "a word processor's document"
WEB_PAGE = "a web page"
PARQUET = "a Parquet file"
EXCEL = "an Excel workbook"
DAY_FIRST, MONTH_FIRST = "day/month/year", "month/day/year"
KINDS = (
    DATES, TRUE_AND_FALSE, LISTS, PDF, GZIP, BZIP2, XZ, SQLITE, SPSS, RTF, WEB_PAGE, PARQUET, EXCEL,
    DAY_FIRST, MONTH_FIRST,
)  # fmt: skip
"""What may stand for ``{kind}``."""

CORRECT_HERE = "correct it, or leave the cell empty, also where it is a code for missing"
DATE_HERE = "number each client's sessions 1, 2, 3 and so on, or say that this column holds the day"
REPEATED_HERE = "row {first} says the same of this client and session already"
TOO_WIDE_HERE = "more than {most} columns are not read"
UNREADABLE_ROW_HERE = "the row cannot be read"
UNREADABLE_HERE = "the table cannot be read"
CANNOT_OPEN_HERE = "the file cannot be opened"
NO_COLUMNS_HERE = "it is not known which column holds {names}"
NUMBERED_COLUMNS_HERE = "no column counts the sessions, and some are told apart by a number alone"
NO_KNOWN_SCALE_HERE = "nothing in it is known as a scale"
CHOOSE_COLUMN_HERE = "say what the columns are"
CHOOSE_SCALE_HERE = "say what each name stands for"
SEPARATE_HERE = "only one column was found: separate columns with comma, semicolon or tab"
ROWS_HERE = "put each session into a row of its own"
THIS_SHEET_HERE = "The workbook has several sheets, and only one of them was read."
READ_AS_WINDOWS_HERE = (
    "The file is not UTF-8; its letters were read as Windows-1252 (Western European)."
)
DATES_READ_HERE = "Dates were read as {kind}."
SESSIONS_NUMBERED_HERE = "Sessions were numbered by date within each client."
COLUMNS_AS_SESSIONS_HERE = (
    "Some columns were read as the sessions of one scale; an empty cell counts as no session."
)
IGNORED_HERE = "These columns were left out: {columns}."
PERHAPS_A_CODE_HERE = (
    "{scale}: {count} cells are {value}, far from all others. If that is a code for missing, "
    "empty these cells and hand the file in anew."
)

ON_A_PAGE = {
    CORRECT: CORRECT_HERE,
    NUMBER_OR_DATE: DATE_HERE,
    REPEATED: REPEATED_HERE,
    TOO_WIDE: TOO_WIDE_HERE,
    UNREADABLE_ROW: UNREADABLE_ROW_HERE,
    UNREADABLE: UNREADABLE_HERE,
    CANNOT_OPEN: CANNOT_OPEN_HERE,
    NO_COLUMNS: NO_COLUMNS_HERE,
    NO_COLUMN_OF_OURS: NO_SUCH_COLUMN,
    NUMBERED_COLUMNS: NUMBERED_COLUMNS_HERE,
    NO_KNOWN_SCALE: NO_KNOWN_SCALE_HERE,
    COLUMNS_OF_OURS: CHOOSE_COLUMN_HERE,
    NEAR_OF_OURS: CHOOSE_COLUMN_HERE,
    THE_COLUMNS: CHOOSE_COLUMN_HERE,
    NEAR_COLUMN: CHOOSE_COLUMN_HERE,
    RENAME_ONCE: CHOOSE_COLUMN_HERE,
    NAME_COLUMNS: CHOOSE_COLUMN_HERE,
    SEPARATE_COLUMNS: SEPARATE_HERE,
    SCALE_OR_ROWS: ROWS_HERE,
    THE_SCALES: CHOOSE_SCALE_HERE,
    DECLARE: CHOOSE_SCALE_HERE,
    THIS_SHEET: THIS_SHEET_HERE,
    READ_AS_WINDOWS: READ_AS_WINDOWS_HERE,
    DATES_READ: DATES_READ_HERE,
    SESSIONS_NUMBERED: SESSIONS_NUMBERED_HERE,
    COLUMNS_AS_SESSIONS: COLUMNS_AS_SESSIONS_HERE,
    IGNORED: IGNORED_HERE,
    PERHAPS_A_CODE: PERHAPS_A_CODE_HERE,
}
"""What a page says in place of a sentence: see above."""

SENTENCES = (
    *(
        sentence
        for name, sentence in list(globals().items())
        if name.isupper() and isinstance(sentence, str) and sentence not in ON_A_PAGE
    ),
    *ABOUT_ANSWERS,
)
"""Everything that a page may say, to be translated."""
