"""Names for stretches of a scale, such as *moderately severe*."""

from collections.abc import Iterable

from attunement.measures.instruments.catalogue import Instruments

Bands = tuple[tuple[float, str], ...]


def bands_of(scales: Iterable[str], instruments: Instruments) -> dict[str, Bands]:
    """Find the bands of those scales whose instruments have them.

    Parameters
    ----------
    scales
        Names as in tables of scores: ``phq9``, ``wai-sr.bond``.

    Returns
    -------
    By scale, where each band begins (in scale units) and its name, from the lowest.
    """
    found = {
        instrument.full_name(name): scale.bands.steps
        for instrument in instruments.values()
        for name, scale in instrument.scales.items()
        if scale.bands is not None
    }
    return {
        name: tuple(sorted((step.from_, step.label) for step in found[name]))
        for name in scales
        if name in found
    }
