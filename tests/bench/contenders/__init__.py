"""Who takes returns, each by its own methods."""

from .core import Core
from .oca import Oca
from .ours import Ours

#: Those that are compared with a goal run next to each other: how fast a machine is changes within the hour by hand.
CONTENDERS = {contender.name: contender for contender in (Ours, Oca, Core)}
#: What a return goes through, in this order.
STEPS = ('create', 'approve', 'receive', 'credit', 'post')
