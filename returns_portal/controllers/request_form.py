import math
import re
import uuid
from urllib.parse import urlencode

from odoo import fields
from odoo.tools import email_normalize, format_date, format_list, formatLang

from ..models.returns_order_request import LineWish
from ..uploads import MAX_FILES, UploadError, read_uploads

#: What is asked about each product, in this order; `line` is the product itself.
FIELDS = ('line', 'quantity', 'reason', 'wish', 'note', 'photos')
#: More files are not read of one form.
MAX_FILES_OF_FORM = 20
#: Longer texts are no comments.
MAX_TEXT = 2000
#: A decimal number as browsers send it, or as people of some countries write it.
NUMBER = re.compile(r'[0-9]{1,9}([.,][0-9]{1,6})?')
#: One address, without a name, and without what could be two.
EMAIL = re.compile(r'[^\s@,;<>"()]{1,64}@[^\s@,;<>"()]{1,180}\.[^\s@,;<>"().]{2,}')
ID = re.compile(r'[0-9]{1,9}')
KEY = re.compile(r'[0-9a-f]{32}')


def clean_text(text):
    """`text` without the control characters that no keyboard sends and no database takes."""
    return ''.join(char for char in str(text or '') if char in '\n\t' or char >= ' ').strip()


def read_token(text):
    """A token as it can be compared; `None` for anything that is none."""
    return text if text and str(text).isascii() else None


def read_id(text):
    """The number of a record, or `False` for anything that is none."""
    text = str(text or '')
    return int(text) if ID.fullmatch(text) else False


def read_email(text):
    """One e-mail address as Odoo compares it; `False` for anything that is none."""
    text = clean_text(text)
    return bool(EMAIL.fullmatch(text)) and email_normalize(text)


class RequestForm:
    """What a customer fills in to send goods back: what was delivered for some orders, and what was entered for it.

    Only the fields of what was delivered are read, each by its name; whatever else was sent is not looked at.
    """

    def __init__(self, orders_sudo, addresses_sudo, contact_sudo, data=None, files=None, source='portal'):
        """
        :param orders_sudo: of one customer, company and currency
        :param addresses_sudo: `res.partner` records that the goods may be sent from
        :param contact_sudo: who gets the messages; empty for whoever ordered
        :param data: what was entered, by the name of the field
        :param files: werkzeug's `MultiDict` of uploaded files; without it nothing can be made of the form
        :param str source: of the return
        """
        self.env = orders_sudo.env
        self.addresses = addresses_sudo
        self.contact = contact_sudo
        self.orders_sudo = orders_sudo
        self.source = source
        self.data = data or {}
        self.files = files
        self.errors = {}
        key = str(self.data.get('request_key') or '')
        #: Tells this request from another one; kept while it is filled in.
        self.key = key if KEY.fullmatch(key) else uuid.uuid4().hex
        self.Return = self.env['returns.order']
        self.lines = self._get_lines()
        self.offered = self.lines._get_wishes_offered()
        self.reasons = self.lines._get_request_reasons()
        self.draft = None
        self.wishes = {}
        self.files_read = 0

    def _get_lines(self):
        """What was delivered, as lines of a return in memory."""
        return self.Return._get_request_lines(self.orders_sudo)

    # === What is shown ===

    def get_rows(self):
        """What people see of each delivery: list of dict."""
        return [self._get_row(line) for line in self.lines]

    def _get_row(self, line):
        move = line.origin_move_id._origin
        return {
            'id': move.id,
            'line': line,
            'order': line.sale_line_id.order_id,
            'info': self._get_info(line),
            'is_open': bool(self.reasons[line]),
            'max': line.qty_returnable,
            'step': 1 if line._is_in_pieces() else 'any',
            'delivered': self.env._("delivered on %s", format_date(self.env, line._to_local_date(move.date))),
            'reasons': self.reasons[line],
            'needs_photo': line.policy_id.needs_photo,
            'wishes': self.offered[line],
            'variants': self._get_variants(line),
        }

    def _get_info(self, line):
        """How much can come back and until when, or why not."""
        why_not = line._get_why_not()
        if why_not and not self.reasons[line]:
            return self.env._("Cannot be returned: %s", why_not)
        quantity = line._format_quantity(line.qty_returnable)
        until = line._get_window_deadline()
        if why_not:
            return self.env._(
                "%(quantity)s can come back, only for: %(reasons)s", quantity=quantity,
                reasons=format_list(self.env, self.reasons[line].mapped('name')))
        if not until:
            return self.env._("%s can come back", quantity)
        return self.env._(
            "%(quantity)s can come back until %(day)s (%(left)s)", quantity=quantity,
            day=format_date(self.env, until), left=self._get_days_left(line, until))

    def _get_days_left(self, line, until):
        days = (until - line._to_local_date(fields.Datetime.now())).days
        if days <= 0:
            return self.env._("today is the last day")
        return self.env._("1 day left") if days == 1 else self.env._("%s days left", days)

    def _get_variants(self, line):
        """Other sizes and colours that the product can be exchanged for."""
        if 'exchange' not in self.offered[line].mapped('action'):
            return line.product_id.browse()
        variants = line.product_id.product_tmpl_id.product_variant_ids
        return variants.filtered('sale_ok') - line.product_id._origin

    def get_error_links(self, rows):
        """What is wrong, each with the field that it stands beside: list of dict of `field` and `text`."""
        names = {f"{name}_{row['id']}": row['line'].product_id.display_name for row in rows for name in FIELDS}
        return [
            {'field': field, 'text': f'{names[field]}: {text}'}
            for field, text in self.errors.items() if field in names
        ]

    def get_url(self, access_token, page='return', also=None):
        """The address of a page about the first of these orders, for who came by this token.

        :param str page: `return` or `withdraw`
        :param also: one order more
        """
        values = {}
        if also:
            values['also'] = ','.join(map(str, [*self.orders_sudo[1:].ids, also.id]))
        if access_token:
            values['access_token'] = access_token
        return f'/my/orders/{self.orders_sudo[0].id}/{page}' + (f'?{urlencode(values)}' if values else '')

    def has_files(self, row):
        """Whether files were sent, which no browser shows again."""
        return bool(self.files) and any(file.filename for file in self.files.getlist(f"photos_{row['id']}"))

    def value(self, name, row):
        return self.data.get(f"{name}_{row['id']}", '')

    def error(self, name, row):
        return self.errors.get(f"{name}_{row['id']}", '')

    # === What was entered ===

    def read_wishes(self):
        """Read what was entered, and have the model look at it. What is wrong stands in `errors`, by field."""
        for line in self.lines:
            wish = self._read_wish(line)
            if wish:
                self.wishes[line.origin_move_id._origin] = wish
        if not self.wishes and not self.errors:
            self.errors['form'] = self.env._("Choose at least one product: enter how many of it you send back.")
        if self.wishes:
            self.draft = self.Return._new_request(self.wishes, self.read_values())
            for move, name, message in self.draft._get_request_problems(self.wishes):
                self.errors.setdefault(f'{name}_{move.id}', message)

    def read_values(self):
        """Values of the return as a whole."""
        values = {'partner_shipping_id': self.address.id, 'source': self.source}
        if self.contact:
            values['contact_id'] = self.contact.id
        return values

    @property
    def address(self):
        """The one that is chosen now."""
        entered = self.addresses.filtered(lambda address: address.id == read_id(self.data.get('address')))
        return entered or self.orders_sudo[0].partner_shipping_id

    def _read_wish(self, line):
        """The `LineWish` for `line`; `None` when nothing of it was chosen."""
        move = line.origin_move_id._origin
        quantity = self._read_quantity(line, move)
        if not quantity:
            return None
        return LineWish(
            quantity=quantity,
            reason_id=self._read_choice(
                'reason', move, self.reasons[line], self.env._("Choose why it comes back.")),
            resolution_id=self._read_choice(
                'wish', move, self.offered[line], self.env._("Choose what you would like.")),
            exchange_product_id=self._read_variant(line, move),
            note=self._read_note(move),
            photos=self._read_photos(move),
        )

    def _read_quantity(self, line, move):
        text = str(self.data.get(f'quantity_{move.id}') or '').strip()
        if not text:
            return 0.0
        quantity = float(text.replace(',', '.')) if NUMBER.fullmatch(text) else math.nan
        unit = line.product_uom_id
        if not math.isfinite(quantity):
            self.errors[f'quantity_{move.id}'] = self.env._("Enter a number from 0 to %s.", line._format_quantity(
                line.qty_returnable))
            return 0.0
        if unit.compare(quantity, unit.round(quantity)) or quantity and unit.is_zero(quantity):
            self.errors[f'quantity_{move.id}'] = self.env._("This quantity is too fine: round it.")
            return 0.0
        return unit.round(quantity)

    def _read_choice(self, name, move, choices, missing):
        chosen = choices.filtered(lambda choice: choice.id == read_id(self.data.get(f'{name}_{move.id}')))
        if not chosen:
            self.errors[f'{name}_{move.id}'] = missing
        return chosen.id

    def _read_variant(self, line, move):
        chosen = read_id(self.data.get(f'exchange_{move.id}'))
        return chosen if chosen in self._get_variants(line).ids else False

    def _read_note(self, move):
        note = clean_text(self.data.get(f'note_{move.id}'))
        if len(note) > MAX_TEXT:
            self.errors[f'note_{move.id}'] = self.env._("Write at most %s characters.", MAX_TEXT)
        return note[:MAX_TEXT]

    def _read_photos(self, move):
        if self.files is None:  # only asked what would come of it: they are not sent yet
            return ({},) if self.data.get(f'has_photos_{move.id}') else ()
        files = self.files.getlist(f'photos_{move.id}')
        try:
            photos = tuple(read_uploads(self.env, files, min(MAX_FILES, MAX_FILES_OF_FORM - self.files_read)))
        except UploadError as error:
            self.errors[f'photos_{move.id}'] = str(error)
            return ()
        self.files_read += len(photos)
        return photos

    # === What comes of it ===

    def find_existing(self):
        """The return that this very request has made before: it was sent twice."""
        return self.Return._find_request(self.orders_sudo, self.key)

    def get_summary(self):
        """What the customer can expect: dict of `amount` as text, `seen` as it is compared, and `costs`, sentences."""
        if not self.draft or self.errors:
            return {}
        draft = self.draft
        return {
            'amount': formatLang(self.env, draft.amount_expected, currency_obj=draft.currency_id),
            'seen': f'{draft.currency_id.name} {draft.amount_expected:.6f}',
            'costs': draft._get_customer_costs(),
        }

    def is_seen(self):
        """Whether the customer has seen the amount that comes of this request."""
        return self.get_summary().get('seen') == self.data.get('amount_seen')

    def create_return(self):
        """The new return; nothing is made when something is wrong with it."""
        return self.Return._create_request(self.wishes, {**self.read_values(), 'request_key': self.key})
