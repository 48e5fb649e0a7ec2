from . import returns_reconciliation
from . import returns_reconciliation_columns
from . import returns_reconciliation_order_line
from . import returns_reconciliation_query
from . import returns_report
from . import returns_workbook
from . import returns_workbook_ledger
from . import sale_report
