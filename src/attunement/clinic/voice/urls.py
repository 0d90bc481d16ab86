"""Addresses, each with the permission it needs."""

from attunement.clinic.people.permissions import Permission
from attunement.clinic.people.routes import page
from attunement.clinic.voice.views.link import answer_voice, brought, kiosk_voice
from attunement.clinic.voice.views.own import own_choose, own_voice, own_ways
from attunement.clinic.voice.views.staff import talked, word, words

urlpatterns = [
    page("me/voice", own_voice, "own_voice", Permission.OWN_ANSWER),
    page("me/voice/ways", own_ways, "own_ways", Permission.OWN_READ),
    page("me/check-ins/<int:checkin>/voice", own_choose, "own_choose", Permission.OWN_ANSWER),
    page("c/<str:secret>/voice", answer_voice, "answer_voice", Permission.CHECKIN_ANSWER_BY_TOKEN),
    page("c/<str:secret>/brought", brought, "brought", Permission.CHECKIN_ANSWER_BY_TOKEN),
    page("tablet/voice", kiosk_voice, "kiosk_voice", Permission.CHECKIN_ANSWER_BY_TOKEN),
    page("matters/<uuid:matter>", talked, "matter_talked", Permission.CLIENT_CHANGE),
    page("words/", words, "words", Permission.WORDS_READ),
    page("words/<uuid:word>/", word, "word", Permission.WORDS_READ),
]
