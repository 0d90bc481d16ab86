"""Goals as a client and a therapist may write them, and which of them belong together."""

LISTS = {
    "en": [
        (
            ["Sleep through the night", "Stop arguing with my sister", "Go back to work"],
            ["Improve sleep", "Return to work step by step", "Express anger safely"],
            {(0, 0), (2, 1)},
        ),
        (
            ["Fewer panic attacks on the bus", "Tell my partner what I need"],
            ["Say what she needs to her partner", "Travel by bus without panic", "Reduce drinking"],
            {(0, 1), (1, 0)},
        ),
        (
            ["Be a calmer father", "Drink less in the evening", "Find friends"],
            ["Cut down evening drinking", "Grieve for his mother", "Make friends"],
            {(1, 0), (2, 2)},
        ),
        (
            ["Understand why I keep leaving people", "Cry less"],
            ["Structure for the day", "Medication as agreed"],
            set(),
        ),
        (
            ["Say no at work", "Less pain in my back", "Enjoy music again"],
            ["Set limits at work", "Live well in spite of back pain", "Take up music"],
            {(0, 0), (1, 1), (2, 2)},
        ),
    ],
    "es": [
        (
            ["Dormir toda la noche", "Dejar de discutir con mi hermana", "Volver al trabajo"],
            ["Mejorar el sueño", "Reducir las discusiones con la hermana", "Retomar el trabajo"],
            {(1, 1), (2, 2)},
        ),
        (
            ["Menos ataques de pánico en el autobús", "Decir lo que necesito a mi pareja"],
            ["Expresar necesidades a la pareja", "Viajar en autobús sin pánico", "Beber menos"],
            {(0, 1), (1, 0)},
        ),
        (
            ["Ser un padre más tranquilo", "Hacer amigos"],
            ["Ordenar el día", "Tomar la medicación"],
            set(),
        ),
        (
            ["Decir que no en la oficina", "Vivir con menos dolor de espalda"],
            ["Convivir con el dolor de espalda", "Poner límites en la oficina"],
            {(0, 1), (1, 0)},
        ),
    ],
    "de": [
        (
            [
                "Endlich durchschlafen",
                "Nicht mehr mit meiner Schwester streiten",
                "Wieder arbeiten",
            ],
            ["Schlaf verbessern", "Streit mit der Schwester klären", "Rückkehr an die Arbeit"],
            {(0, 0), (1, 1), (2, 2)},
        ),
        (
            ["Weniger Panik im Bus", "Meinem Mann sagen, was ich brauche"],
            ["Mit dem Mann über Bedürfnisse sprechen", "Busfahren ohne Panikanfälle", "Trauern"],
            {(0, 1), (1, 0)},
        ),
        (
            ["Ein ruhigerer Vater sein", "Freunde finden"],
            ["Tagesstruktur aufbauen", "Medikamente einnehmen"],
            set(),
        ),
        (
            ["Nein sagen im Büro", "Mit den Rückenschmerzen leben", "Wieder Musik machen"],
            ["Umgang mit Rückenschmerz", "Grenzen setzen im Büro", "Musizieren"],
            {(0, 1), (1, 0), (2, 2)},
        ),
    ],
}
