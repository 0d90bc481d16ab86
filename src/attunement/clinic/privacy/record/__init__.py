"""Everything that is kept about one client, as tables: for an export, and to say what there is."""

from attunement.clinic.privacy.record.counts import counts
from attunement.clinic.privacy.record.scope import Scope, Table
from attunement.clinic.privacy.record.tables import tables

__all__ = ["Scope", "Table", "counts", "tables"]
