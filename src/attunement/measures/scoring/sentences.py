"""What may be wrong with an answer, and what to do about it: templates that can be translated."""

NOTHING = "there is no {missing}"
NO_INSTRUMENT = "there is no instrument '{instrument}'"
NO_ITEM = "{instrument} has no item '{item}'"
ANSWERED_BY_CLIENT = "{instrument} is answered by the client, not by '{rater}'"
ANSWERED_BY_THERAPIST = "{instrument} is answered by the therapist, not by '{rater}'"
OUTSIDE = "answers to item {item} of {instrument} go from {lowest} to {highest}, not {value}"
BETWEEN = "{value} lies between two answers to item {item} of {instrument}"
TWICE = "item {item} of {instrument} is answered {times} times by one client in one session"

FILL = "fill it in, or remove the row"
NEAR = "perhaps you mean {near}"
ADD_ITS_FILE = "add its file, or remove the rows"
ITS_ITEMS = "its items are {items}"
RIGHT_FORM = "name the form that was used"
CORRECT = "correct it or leave it empty"
KEEP_ONE = "keep one of the answers"

SENTENCES = tuple(
    sentence
    for name, sentence in list(globals().items())
    if name.isupper() and isinstance(sentence, str)
)
