from . import returns_report
