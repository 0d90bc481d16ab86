"""Names of people who do not exist, from many places."""

GIVEN = (  # noqa: SIM905
    "Maya Tom Amara Jonas Priya Lee Sofía Kofi Ingrid Yusuf Elena Wen Nils Fatima Rosa Viktor "
    "Hana Tariq Chloe Mateo Aisha Björn Lucía Dmitri Zoë Emeka Leila Pavel Grace Haruto Nadia "
    "Owen Carmen Arjun Freya Samir Olga Diego Mei Callum Yara Stefan Thandi Marco Aylin Ruth "
    "Ibrahim Jana Luis Keiko Niamh Andrzej Salma Pedro Linh Hugo Miriam Ravi Anneke Said Clara "
    "Bao Teresa Felix Zainab Erik Paloma Jin Ewa Malik Birgit Tomás Asha Jakob Rania Declan Noor "
    "Chidi Greta Omar Valentina Sean Ayumi Katja Rafael Dalia Moritz Esra Piotr Lakshmi Finn "
    "Xiomara Anton Selam Joris Marisol Karim Signe Bruno Tamar"
).split()
FAMILY = "ABCDEFGHIJKLMNOPRSTVWZ"

THERAPISTS = (
    ("Dana Levi", "person-centred"),
    ("Omar Haddad", "cognitive-behavioural"),
    ("Lucía Fernández", "acceptance and commitment"),
    ("Henrik Sørensen", "psychodynamic"),
    ("Adaeze Okafor", "cognitive-behavioural"),
    ("Miguel Torres", "person-centred"),
    ("Sabine Krüger", "psychodynamic"),
    ("Anh Nguyen", "acceptance and commitment"),
)


def client_names(number: int) -> list[str]:
    """Give that many names, all different."""
    return [
        f"{GIVEN[place % len(GIVEN)]} {FAMILY[(7 * place + place // len(GIVEN)) % len(FAMILY)]}."
        for place in range(number)
    ]
