from . import returns_demo_inspections
