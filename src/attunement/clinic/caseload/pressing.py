"""Which of a client's open alerts is the most pressing."""

from datetime import datetime

from attunement.clinic.noticing.models import Alert

State = Alert.State
IN_HAND = (State.ACKNOWLEDGED, State.ACTED)
STATES = (State.OPEN, State.ESCALATED, *IN_HAND)


def pressing(alert: Alert) -> tuple[bool, int, datetime]:
    """Order open alerts: safety, then what nobody has taken on, then the oldest."""
    return alert.kind != Alert.Kind.SAFETY, STATES.index(State(alert.state)), alert.opened_at
