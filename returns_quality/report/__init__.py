from . import returns_inspection_report
from . import returns_defect_rate
from . import returns_reconciliation
