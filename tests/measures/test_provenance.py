"""Where the figures of the instruments in the box are from, frozen as they were last checked."""

import re

import pytest

from attunement.measures import library
from attunement.measures.instruments.model import Sourced, Standing

READ, ELSEWHERE, MEMORY = Standing.READ, Standing.ELSEWHERE, Standing.MEMORY
CUTOFFS = {  # scale and value: who published it, and how it came into the file
    ("phq2", 3): ("Kroenke, Spitzer & Williams 2003", READ),
    ("phq2", 2): ("Arroll et al. 2010", READ),
    ("phq8", 10): ("Kroenke & Spitzer 2002", ELSEWHERE),
    ("phq9", 10): ("Kroenke, Spitzer & Williams 2001", READ),
    ("gad2", 3): ("Kroenke et al. 2007", MEMORY),
    ("gad7", 10): ("Spitzer, Kroenke, Williams & Löwe 2006", ELSEWHERE),
    ("gad7", 8): ("NHS Talking Therapies manual", ELSEWHERE),
    ("k6", 13): ("Kessler et al. 2003", ELSEWHERE),
    ("pcl5", 31): ("Bovin et al. 2016", READ),
    ("core10", 11): ("Barkham et al. 2013", READ),
    ("core10", 13): ("Barkham et al. 2013", READ),
    ("core-om", 10): ("Connell et al. 2007", READ),
    ("who5", 50): ("Topp et al. 2015", ELSEWHERE),
    ("who5", 28): ("Topp et al. 2015", ELSEWHERE),
    ("srs", 36): ("Duncan et al. 2003", MEMORY),
    ("ors", 25): ("Miller et al. 2003", MEMORY),
    ("reqol10", 25): ("Keetharuth et al. 2018", MEMORY),
    ("cnip.directiveness", 8): ("Cooper & Norcross 2016", ELSEWHERE),
    ("cnip.directiveness", -3): ("Cooper & Norcross 2016", ELSEWHERE),
    ("cnip.emotional-intensity", 7): ("Cooper & Norcross 2016", ELSEWHERE),
    ("cnip.emotional-intensity", -1): ("Cooper & Norcross 2016", ELSEWHERE),
    ("cnip.past", 3): ("Cooper & Norcross 2016", ELSEWHERE),
    ("cnip.past", -3): ("Cooper & Norcross 2016", ELSEWHERE),
    ("cnip.support", 4): ("Cooper & Norcross 2016", ELSEWHERE),
    ("cnip.support", -4): ("Cooper & Norcross 2016", ELSEWHERE),
}
BANDS = {
    "phq8": ("Kroenke et al. 2009", ELSEWHERE),
    "phq9": ("Kroenke, Spitzer & Williams 2001", READ),
    "gad7": ("Spitzer, Kroenke, Williams & Löwe 2006", ELSEWHERE),
    "k10": ("Australian Bureau of Statistics 2012", READ),
    "bdi2": ("Beck, Steer & Brown 1996", MEMORY),
    "bai": ("Beck & Steer 1993", MEMORY),
    "wsas": ("Mundt et al. 2002", MEMORY),
}
READ_RELIABILITIES = {  # all others are from memory
    ("pcl5", 0.94): "Blevins et al. 2015",
    ("pcl5", 0.82): "Blevins et al. 2015",
    ("core10", 0.9): "Barkham et al. 2013",
    ("wsas", (0.7, 0.94)): "Mundt et al. 2002",
    ("wsas", 0.73): "Mundt et al. 2002",
    ("wai-sr.total", 0.8): "Munder et al. 2010",
    **{
        (f"cnip.{scale}", (0.6, 0.85)): "Cooper & Norcross 2016"
        for scale in ("directiveness", "emotional-intensity", "past", "support")
    },
}
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
WITHOUT_YEAR = {
    "Attunement, first edition",
    "NHS Talking Therapies manual",
    "the owners' manual; which edition was not found",
    "usual in CORE services; in which paper it stands was not found",
}


def scales():
    for instrument in library().values():
        for id_, scale in instrument.scales.items():
            yield instrument.full_name(id_), scale


def sourced():
    """Everything in the box that names a source or says how sure its key is."""
    for name, scale in scales():
        yield name, scale
        for part in (scale.bands, scale.prorate):
            if part is not None:
                yield name, part
        for group in (scale.cutoffs, scale.reliability, scale.sd, scale.reliable_change):
            yield from ((name, figure) for figure in group)


def published(part):
    """Authors and year, without the journal."""
    year = YEAR.search(part.source)
    return part.source[: year.end()] if year else part.source


def test_every_cut_off_is_attributed_and_says_how_it_came_here():
    found = {
        (name, cutoff.value): (published(cutoff), cutoff.standing)
        for name, scale in scales()
        for cutoff in scale.cutoffs
    }
    assert found == CUTOFFS


def test_every_set_of_bands_is_attributed_and_says_how_it_came_here():
    found = {
        name: (published(scale.bands), scale.bands.standing)
        for name, scale in scales()
        if scale.bands
    }
    assert found == BANDS


def test_reliabilities_that_were_read_are_these_and_no_others():
    found = {
        (name, figure.value): published(figure)
        for name, scale in scales()
        for figure in scale.reliability
        if figure.standing is not MEMORY
    }
    assert found == READ_RELIABILITIES


@pytest.mark.parametrize(
    ("name", "part"),
    [pytest.param(*found, id=f"{found[0]}-{n}") for n, found in enumerate(sourced())],
)
def test_what_was_read_elsewhere_says_where_and_nothing_else_does(name, part):
    assert (part.standing is ELSEWHERE) == bool(part.read_in), name


def test_every_source_is_a_publication_with_its_year_or_one_of_these():
    sources = {part.source for _, part in sourced() if isinstance(part, Sourced)}
    assert {source for source in sources if not YEAR.search(source)} == WITHOUT_YEAR


def test_a_source_is_written_alike_wherever_it_stands():
    sources = {part.source for _, part in sourced() if isinstance(part, Sourced)}
    sources |= {instrument.source for instrument in library().values()}
    short = {published(part) for _, part in sourced() if isinstance(part, Sourced)}
    for name in short:
        assert len({source for source in sources if source.startswith(name)}) == 1, name


def test_the_pcl_5_asks_in_the_words_of_its_standard_form():
    instruction = library()["pcl5"].instruction
    assert instruction.startswith("Below is a list of problems that people sometimes have")
    assert "Keeping your worst event in mind, please read each problem carefully" in instruction
    assert instruction.endswith("In the past month, how much were you bothered by:")
    assert all(item.text.endswith("?") for item in library()["pcl5"].items)
