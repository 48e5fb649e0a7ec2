import base64
import re
import uuid

from odoo.http import Request
from odoo.tests import HttpCase, new_test_user

from odoo.addons.returns_management.tests.common import ReturnsCommon

#: A picture of one pixel.
PNG = base64.b64decode(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==')

#: Seconds: the first page after a change of the pages takes long on a busy machine.
TIMEOUT = 120


class PortalCommon(ReturnsCommon, HttpCase):
    """A customer with an account, a stranger with another one, and requests as browsers send them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = 'customer@example.com'
        cls.portal_user = cls._create_portal_user('test_portal', cls.customer)
        cls.stranger = cls.env['res.partner'].create({'name': "Stranger", 'is_company': True})
        cls.stranger_user = cls._create_portal_user('test_stranger', cls.stranger)
        cls.refund = cls.env.ref('returns_management.returns_resolution_refund')
        cls.exchange = cls.env.ref('returns_management.returns_resolution_exchange')
        cls.order = cls._create_delivered_order()

    @classmethod
    def _create_portal_user(cls, login, customer):
        user = new_test_user(
            cls.env, login, 'base.group_portal', company_id=cls.company.id, email=f'{login}@example.com')
        user.partner_id.parent_id = customer
        return user

    def setUp(self):
        super().setUp()
        self._logout()

    def _login(self, user=None):
        user = user or self.portal_user
        self.authenticate(user.login, user.login)

    def _logout(self):
        self.authenticate(None, None)

    def _get(self, url):
        """The page at `url`, without going where it sends us."""
        return self.url_open(url, allow_redirects=False, timeout=TIMEOUT)

    def _post(self, url, values=None, files=None):
        """The answer to a form sent to `url`, without going where it sends us."""
        data = {'csrf_token': Request.csrf_token(self), **(values or {})}
        answer = self.url_open(url, data=data, files=files, allow_redirects=False, timeout=TIMEOUT)
        self.env.invalidate_all()
        return answer

    def _get_move(self, order=None):
        """The first delivery of `order`: its id is in the names of the form's fields."""
        return (order or self.order).order_line[0]._get_returns_delivered_moves()[0]

    def _prepare_request(self, order=None, quantity=2, **values):
        """The fields of a request for the first delivery of `order`, of which the amount was not seen yet.

        :param values: of further fields about it, by name without the number
        """
        move = self._get_move(order)
        values = {'quantity': quantity, 'reason': self.reason.id, 'wish': self.refund.id, **values}
        return {'request_key': uuid.uuid4().hex, **{f'{name}_{move.id}': str(value) for name, value in values.items()}}

    def _request(self, order=None, values=None, files=None, token=None, **kwargs):
        """Send a request as somebody who looks at the amount and then sends it.

        :param values: all fields; without them `kwargs` are those of `_prepare_request`
        """
        url = f'/my/orders/{(order or self.order).id}/return'
        values = {**(values or self._prepare_request(order, **kwargs)), **({'access_token': token} if token else {})}
        seen = self._post(f'{url}/check', values).json().get('seen', '')
        return self._post(url, {'amount_seen': seen, **values}, files=files)

    def _get_returns(self, order=None):
        self.env.invalidate_all()
        return (order or self.order).returns_order_ids

    def _pay(self, move):
        """Pay an invoice, or pay a credit note out."""
        self.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=move.ids).create({})._create_payments()

    def _pay_out(self, return_order):
        """Receive the goods, credit them and pay the money back: the invoice was paid before."""
        self._pay(return_order.sale_order_ids.invoice_ids.filtered(lambda move: move.move_type == 'out_invoice'))
        self._receive(return_order)
        return_order.credit_note_ids.action_post()
        self._pay(return_order.credit_note_ids)

    def _request_return(self, **kwargs):
        self._request(**kwargs)
        return self._get_returns()


class GuestCommon(PortalCommon):
    """A consumer without an account, who gets a link by mail."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guest = cls.env['res.partner'].create({
            'name': "Gina Guest", 'email': "Gina <gina@example.com>", 'country_id': cls.env.ref('base.de').id})
        cls.guest_order = cls._create_delivered_order(partner_id=cls.guest.id)

    def _ask(self, number=None, email="gina@example.com"):
        return self._post('/returns', {'number': number or self.guest_order.name, 'email': email})

    def _answer(self):
        """The mails that the job writes."""
        before = self.env['mail.mail'].search([])
        self.env.ref('returns_portal.ir_cron_answer_guests').method_direct_trigger()
        self.env.invalidate_all()
        return self.env['mail.mail'].search([]) - before

    def _get_link(self):
        """The link that is mailed to the guest, as a path."""
        self._ask()
        return re.search(r'/returns/orders\?access_token=[\w-]+', self._answer().body_html)[0]

    def _get_token(self):
        return self._get_link().partition('=')[2]
