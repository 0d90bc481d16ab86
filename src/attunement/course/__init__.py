"""Notice: how one client's scores move over sessions.

The room is also its main function: ``attunement.course(scores)`` is
:func:`attunement.course.noticing.course`.
"""

import sys
from types import ModuleType

from attunement.course.noticing import Noticed, NoticedRows, course, notice, prepare_notice

__all__ = ["Noticed", "NoticedRows", "course", "notice", "prepare_notice"]


class _Room(ModuleType):
    __call__ = staticmethod(course)


sys.modules[__name__].__class__ = _Room
