"""Who takes returns, each by its own methods."""

from .core import Core
from .oca import Oca
from .ours import Ours

CONTENDERS = {contender.name: contender for contender in (Ours, Core, Oca)}
#: What a return goes through, in this order.
STEPS = ('create', 'approve', 'receive', 'credit', 'post')
