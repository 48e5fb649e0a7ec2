from . import returns_policy_trial
from . import returns_refuse
