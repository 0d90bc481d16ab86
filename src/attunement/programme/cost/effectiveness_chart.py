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
    """
    return side_by_side(plane_panel(found), acceptability_panel(found))
