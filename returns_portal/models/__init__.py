from . import returns_order
from . import returns_order_customer
from . import returns_order_follow
from . import returns_order_request
from . import returns_guest_request
from . import sale_order
from . import sale_order_withdrawal
from . import returns_policy
