from . import returns_demo
from . import returns_demo_season
