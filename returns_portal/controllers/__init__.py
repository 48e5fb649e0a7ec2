from . import portal
from . import portal_actions
from . import portal_request
from . import portal_guest
from . import portal_withdrawal
from . import portal_policy
from . import request_form
