from . import portal
from . import portal_actions
from . import portal_request
from . import request_form
