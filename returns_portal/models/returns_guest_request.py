import ipaddress
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize, escape_psql, hash_sign, hmac, verify_hash_signed

from odoo.addons.returns_management.models.apart import act_apart

_logger = logging.getLogger(__name__)

#: Attempts an hour from one internet address, and of these for one and the same number.
MAX_BY_ADDRESS, MAX_BY_BOTH = 10, 5
#: After so many attempts an hour for one number, from wherever, somebody guesses: then each address has only so many.
#: No fewer, or strangers could lock out who placed the order.
MAX_BY_NUMBER, MAX_WHEN_GUESSED = 30, 2
#: Mails an hour about one number: who got so many needs no more, whoever asks for them.
MAX_MAILS = 5
#: Hours until a link is worth nothing, and until nothing is known about an attempt.
LINK_HOURS, KEPT_HOURS = 2, 24
#: What the signature of a link is for.
SCOPE = 'returns_portal.guest'


class ReturnsGuestRequest(models.Model):
    """Somebody without a login asks for the link to an order.

    To ask writes one row, whether or not there is such an order; a job looks it up afterwards. So neither the answer
    nor its time tells anything. The rows are the counters of attempts, too: address and number are kept as hashes.
    """

    _name = 'returns.guest.request'
    _description = "Guest's Request for a Link"

    number = fields.Char(help="Of the order, as it was entered; forgotten once the mail is written.")
    email = fields.Char(help="As it was entered; forgotten once the mail is written.")
    address_key = fields.Char(required=True, help="Hash of the internet address.")
    number_key = fields.Char(required=True, help="Hash of the number.")
    is_open = fields.Boolean(default=True)
    is_sent = fields.Boolean(help="A link was mailed.")

    _address_idx = models.Index('(address_key, create_date)')
    _number_idx = models.Index('(number_key, create_date)')

    @api.model
    def _ask(self, number, email, address):
        """Note that somebody asks for the link to an order. A job sends it if number and e-mail belong together.

        :param str address: internet address of who asks
        :return: whether the attempt was taken; not when there were too many within the hour
        """
        keys = {
            'address_key': self._hash(self._get_network(address)),
            'number_key': self._hash(number.casefold()),
        }
        if not self._has_attempts_left(**keys):
            return False
        self.create({'number': number, 'email': email, **keys})
        self.env.ref('returns_portal.ir_cron_answer_guests')._trigger()
        return True

    @api.model
    def _has_attempts_left(self, address_key, number_key):
        """Whether this internet address may ask for this number once more; known and unknown ones are counted alike.

        Attempts of one moment do not see one another: as many more may pass as Odoo answers at once. That is no help
        to who guesses, and a lock would have to be taken before anything else is read.
        """
        by_address = self._count_attempts(('address_key', '=', address_key))
        by_number = self._count_attempts(('number_key', '=', number_key))
        by_both = self._count_attempts(('address_key', '=', address_key), ('number_key', '=', number_key))
        allowed = MAX_BY_BOTH if by_number < MAX_BY_NUMBER else MAX_WHEN_GUESSED
        return by_address < MAX_BY_ADDRESS and by_both < allowed

    @api.model
    def _count_attempts(self, *conditions):
        """How many attempts within the hour meet these conditions of a domain, as far as that matters."""
        since = fields.Datetime.now() - timedelta(hours=1)
        return self.search_count([*conditions, ('create_date', '>', since)], limit=MAX_BY_NUMBER)

    @api.model
    def _hash(self, text):
        return hmac(self.env(su=True), SCOPE, text)

    @api.model
    def _get_network(self, address):
        """What one subscriber has: of the long addresses the first half."""
        try:
            parsed = ipaddress.ip_address(address or '')
        except ValueError:
            return ''
        return str(ipaddress.ip_network(f'{parsed}/64', strict=False)) if parsed.version == 6 else str(parsed)

    @api.model
    def _cron_answer(self, limit=100):
        """Write the mails to those whose number and e-mail belong together, and forget what was entered."""
        requests = self.search([('is_open', '=', True)], limit=limit)
        errors = act_apart(requests, lambda some: some._answer())
        for request, error in errors.items():
            _logger.error("No link to the guest of request %s: %s", request.id, error, exc_info=error)
        requests.write({'is_open': False, 'number': False, 'email': False})
        self.env['ir.cron']._commit_progress(len(requests), remaining=self.search_count([('is_open', '=', True)]))

    def _answer(self):
        for request in self:
            order = request._find_order()
            sent = self._count_attempts(('number_key', '=', request.number_key), ('is_sent', '=', True))
            if order and sent < MAX_MAILS:
                order._send_returns_guest_link()
                request.is_sent = True

    def _find_order(self):
        """The confirmed order of this number and e-mail; the newest one, should companies number alike."""
        self.ensure_one()
        email = email_normalize(self.email or '')
        if not email or not self.number:
            return self.env['sale.order']
        return self.env['sale.order'].search(
            self._get_orders_domain(email) & Domain('name', '=ilike', escape_psql(self.number)), limit=1)

    @api.model
    def _get_orders_domain(self, email):
        """The orders of exactly this e-mail, whatever record of a customer they were placed with."""
        return Domain('state', '=', 'sale') & Domain('partner_id.email_normalized', '=', email)

    # === The link ===

    @api.model
    def _make_token(self, email):
        return hash_sign(self.env(su=True), SCOPE, email, expiration_hours=LINK_HOURS)

    @api.model
    def _read_token(self, token):
        """The e-mail that a link was sent to; `False` for anything that is no link of ours, or an expired one."""
        if not token or not token.isascii() or len(token) > 1000:
            return False
        try:
            return verify_hash_signed(self.env(su=True), SCOPE, token) or False
        except (ValueError, IndexError):  # nothing that was ever signed
            return False

    @api.autovacuum
    def _gc_requests(self):
        self.search([('create_date', '<', fields.Datetime.now() - timedelta(hours=KEPT_HOURS))]).unlink()
