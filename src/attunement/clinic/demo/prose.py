"""What people of the synthetic clinic wrote."""

NOTES = (
    "We went back over last week. I had moved on too fast; said so, and it was a relief to both.",
    "Came in tired. Slept little. We kept to one thing: the talk with the sister on Sunday.",
    "Wants to work on saying no at work. Agreed to begin with one small request this week.",
    "Long silences. I asked whether something I said had landed badly. It had, and we spoke of it.",
    "Brought a list. Better mood than in spring. We looked at what helped, and wrote it down.",
    "Said the breathing exercise feels silly. We dropped it and looked for something else.",
    "Spoke about the father for the first time. Next time: ask how it was to have said it.",
    "Two sessions missed because of shifts. We moved to Thursdays.",
)
COMMENTS = (
    "It was good that you asked about last time.",
    "I did not manage to say what I wanted to.",
    "I would like to talk about my brother next week.",
    "Thank you for slowing down.",
)
STEPS = {
    "acknowledged": "I will raise it at the start of the next session.",
    "acted": "We spoke about it by telephone today, and agreed to begin with it next time.",
    "escalated": "I am away from tomorrow on. Would you look at this with me today?",
    "resolved": "We talked it through. It had been about the exercise; we chose another one.",
    "dismissed": "The low answers were about the room, which was too loud that day.",
}
SAFETY_STEPS = STEPS | {
    "escalated": "",
    "acted": "Rang the same afternoon. Safe for now; crisis card gone through, partner informed.",
    "resolved": "Seen in person the next day. Safety plan written together; GP informed.",
}
GLASS = "Covering for Dana this week; the client rang asking for an earlier appointment."
CONTACTS = (
    {"name": "Crisis line (made up)", "phone": "000 111 000", "hours": "day and night",
     "about": "free of charge, in several languages"},
    {"name": "On call at the practice (made up)", "phone": "000 222 000",
     "hours": "Monday to Friday, 8:00 to 18:00", "about": ""},
)  # fmt: skip
TO_RAISE = "When you looked at the clock last week I stopped. I would like to go on from there."
RAISED = (
    "I am not sure you got how tired I am. Can I try to tell you again?",
    "It was easier than I thought. We slowed down after that.",
)
ASKED = "I would like to talk more freely, and do fewer worksheets for a while."
TO_SERVICE = "The waiting room is so quiet that one hears every word from next door."
ANSWERED = "Thank you for telling us. There will be music in the corridor from Monday on."
SEEN = {
    "cbt": (
        (("situation", "Sunday evening, the week ahead.", False),),
        (
            ("situation", "Sunday evening, alone at home, the week ahead.", True),
            ("thoughts", "I will let everyone down. They will notice.", True),
            ("feelings", "A tight chest, dread, shame.", False),
            ("behaviour", "Works until late; puts off asking for help.", True),
            ("beliefs", "I count only as long as I am useful.", False),
        ),
    ),
    "person-centred": (
        (
            ("conditions", "Must be strong, for the sister too.", False),
            ("incongruence", "Says “it is fine” with tears in the eyes.", False),
        ),
    ),
}
SEEN_BY_CLIENT = {"cbt": ("thoughts", "Not everyone. It is mostly my father that I hear.")}
