from . import test_portal
from . import test_portal_actions
from . import test_portal_attacks
from . import test_portal_uploads
from . import test_portal_guest
from . import test_portal_tours
from . import test_portal_accessibility
from . import test_portal_performance
