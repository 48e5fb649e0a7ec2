from . import returns_order
from . import returns_order_customer
from . import returns_order_follow
from . import returns_order_request
