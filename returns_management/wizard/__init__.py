from . import returns_policy_trial
from . import returns_dialog
from . import returns_approve
from . import returns_ask
from . import returns_close
from . import returns_outcome
from . import returns_refuse
from . import returns_refuse_goods
