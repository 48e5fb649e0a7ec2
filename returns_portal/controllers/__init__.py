from . import portal
from . import portal_actions
from . import request_form
