from . import returns_dispose
from . import returns_split
