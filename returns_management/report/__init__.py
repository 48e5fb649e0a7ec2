from . import returns_report
from . import sale_report
