"""What may be wrong with a file, and what to do about it: templates that can be translated.

What a page says instead of an option of the command line ends in ``HERE``.
``{value}`` stands for a cell's content, other names for what the check fills in.
"""

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
CORRECT_HERE = "correct it, or leave the cell empty, also where it is a code for missing"
DATE_HERE = "number each client's sessions 1, 2, 3 and so on, or say that this column holds the day"
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

SENTENCES = tuple(
    sentence
    for name, sentence in list(globals().items())
    if name.isupper() and isinstance(sentence, str)
)
