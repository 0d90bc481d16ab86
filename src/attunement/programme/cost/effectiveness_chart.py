"""The picture of cost and effect: the plane, and beside it whether it is worth it."""

import altair as alt

from attunement.programme.cost.acceptability_chart import acceptability_panel
from attunement.programme.cost.effectiveness import CostEffectiveness
from attunement.programme.cost.plane_chart import plane_panel
from attunement.programme.drawing import side_by_side


def cost_effectiveness_chart(found: CostEffectiveness) -> alt.HConcatChart:
    """Draw the bootstrap samples on the plane, and the acceptability curve beside them.

    The plane is that of Briggs, Wonderling and Mooney (1997, *Health Econ.* 6:327), the curve that
    of van Hout et al. (1994, *Health Econ.* 3:309); cited from memory.

    Parameters
    ----------
    found
        From :func:`attunement.programme.cost.effectiveness.cost_effectiveness`.

    Examples
    --------
    >>> import polars as pl
    >>> from attunement.programme.cost.effectiveness import cost_effectiveness
    >>> from attunement.programme.cost.perspective import Perspective
    >>> view = Perspective(payer="the service", counted=["therapists' time"], left_out=[],
    ...                    currency="GBP", price_year=2026)
    >>> old = pl.DataFrame({"cost": [400.0, 600] * 50, "reliable_recovery": [0, 0, 1, 0, 0] * 20})
    >>> new = pl.DataFrame({"cost": [500.0, 700] * 50, "reliable_recovery": [0, 1, 1, 0, 0] * 20})
    >>> found = cost_effectiveness(new, old, view, randomised=True, draws=200)
    >>> len(cost_effectiveness_chart(found).hconcat)
    2
    """
    return side_by_side(plane_panel(found), acceptability_panel(found))
