from . import portal
from . import request_form
