"""What was asked and answered, where an answer must reach a person."""

from dataclasses import dataclass

from django.utils.translation import get_language

from attunement.clinic.conf.numbers import in_language
from attunement.clinic.noticing.instruments import instruments
from attunement.clinic.noticing.models import Alert


@dataclass(frozen=True)
class SafetyAnswer:
    """One such answer in the words of its form."""

    question: str
    answer: str
    meaning: str


def safety_answers(alert: Alert) -> list[SafetyAnswer]:
    """Say which answers opened an alert about safety; whoever may see the alert may see them."""
    if alert.kind != Alert.Kind.SAFETY:
        return []
    found = []
    for name, items in alert.evidence.items():
        known = instruments().get(name)
        if known is None:
            continue
        form = known.in_language(get_language() or "en")
        for id_, value in items.items():
            item = form.items_by_id().get(id_)
            if item is None:
                continue
            labels = {option.value: option.label for option in form.answer_of(item).options}
            meanings = [rule.meaning for rule in form.safety if rule.item == id_]
            found.append(
                SafetyAnswer(
                    question=item.text or item.name or id_,
                    answer=labels.get(int(value), in_language(f"{value:g}")),
                    meaning=" ".join(dict.fromkeys(meanings)),
                )
            )
    return found
