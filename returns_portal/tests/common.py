import base64
import re

from odoo.tests import HttpCase, new_test_user

from odoo.addons.returns_management.tests.common import ReturnsCommon

#: A picture of one pixel.
PNG = base64.b64decode(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==')


class PortalCommon(ReturnsCommon, HttpCase):
    """A customer with an account, a stranger with another one, and requests as browsers send them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = 'customer@example.com'
        cls.portal_user = cls._create_portal_user('test_portal', cls.customer)
        cls.stranger = cls.env['res.partner'].create({'name': "Stranger", 'is_company': True})
        cls.stranger_user = cls._create_portal_user('test_stranger', cls.stranger)
        cls.order = cls._create_delivered_order()

    @classmethod
    def _create_portal_user(cls, login, customer):
        user = new_test_user(
            cls.env, login, 'base.group_portal', company_id=cls.company.id, email=f'{login}@example.com')
        user.partner_id.parent_id = customer
        return user

    def _login(self, user):
        self.authenticate(user.login, user.login)

    def _get(self, url):
        """The page at `url`, without going where it sends us."""
        return self.url_open(url, allow_redirects=False)

    def _get_csrf_token(self):
        """The token against forgery of the session, as a page of it has it."""
        page = self.url_open('/my/security' if self.session.uid else '/web/login')
        return re.search(r'csrf_token: "(\w+)"', page.text).group(1)

    def _post(self, url, values=None, files=None, **kwargs):
        """The answer to a form sent to `url`, without going where it sends us."""
        data = {'csrf_token': self._get_csrf_token(), **(values or {})}
        return self.url_open(url, data=data, files=files, allow_redirects=False, **kwargs)

    def _prepare_request(self, order=None, quantity=2, **values):
        """The fields of a request for the first line of `order`, of which the amount was not seen yet."""
        move = (order or self.order).order_line[0]._get_returns_delivered_moves()[0]
        return {
            f'quantity_{move.id}': str(quantity),
            f'reason_{move.id}': str(self.reason.id),
            f'wish_{move.id}': str(self.env.ref('returns_management.returns_resolution_refund').id),
            'request_key': f'{self.env.cr.now().microsecond:032x}',
            **{f'{name}_{move.id}': value for name, value in values.items()},
        }

    def _request(self, order=None, values=None, files=None, url=None):
        """Send a request as somebody who looks at the amount and sends it then."""
        url = url or f'/my/orders/{(order or self.order).id}/return'
        values = values or self._prepare_request(order)
        check = self._post(f'{url}/check', values).json()
        return self._post(url, {**values, 'amount_seen': check.get('seen', '')}, files=files)
