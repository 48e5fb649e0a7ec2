from . import returns_demo
from . import returns_demo_season
from . import payout_stories
