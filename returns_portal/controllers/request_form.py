import math
import re
import uuid

from odoo import fields
from odoo.tools import format_date, formatLang

from ..models.returns_order_request import LineWish
from ..uploads import UploadError, read_uploads

#: Longer texts are no comments.
MAX_TEXT = 2000
#: A decimal number as browsers send it, or as people of some countries write it.
NUMBER = re.compile(r'^\d{1,9}([.,]\d{1,6})?$')
ID = re.compile(r'^\d{1,9}$')
KEY = re.compile(r'^[0-9a-f]{32}$')


def clean_text(text):
    """`text` without the control characters that no keyboard sends and no database takes."""
    return ''.join(char for char in str(text or '') if char in '\n\t' or char >= ' ').strip()


def read_id(text):
    """The number of a record, or `False` for anything that is none."""
    text = str(text or '')
    return int(text) if ID.match(text) else False


class RequestForm:
    """What a customer fills in to send goods back: what was delivered for some orders, and what was entered for it.

    Only the fields of what was delivered are read, each by its name; whatever else was sent is not looked at.
    """

    def __init__(self, orders_sudo, data=None, files=None):
        self.env = orders_sudo.env
        self.orders_sudo = orders_sudo
        self.data = data or {}
        self.files = files
        self.errors = {}
        self.Return = self.env['returns.order']
        self.lines = self.Return._get_request_lines(orders_sudo)
        self.offered = self.lines._get_wishes_offered()
        self.reasons = self.lines._get_request_reasons()
        self.draft = None
        self.wishes = {}

    # === What is shown ===

    @property
    def key(self):
        """Tells this request from another one; kept while it is filled in."""
        key = str(self.data.get('request_key') or '')
        return key if KEY.match(key) else uuid.uuid4().hex

    def get_rows(self):
        """What people see of each delivery: list of dict."""
        return [self._get_row(line) for line in self.lines]

    def _get_row(self, line):
        move = line.origin_move_id._origin
        until = line._get_window_deadline()
        today = line._to_local_date(fields.Datetime.now())
        return {
            'id': move.id,
            'line': line,
            'order': line.sale_line_id.order_id,
            'why_not': line._get_why_not(),
            'returnable': line._format_quantity(line.qty_returnable),
            'max': line.qty_returnable,
            'step': 1 if line.product_uom_id == self.env.ref('uom.product_uom_unit') else 'any',
            'delivered_on': format_date(self.env, line._to_local_date(move.date)),
            'until': format_date(self.env, until) if until else '',
            'days_left': max(0, (until - today).days) if until else 0,
            'reasons': self.reasons[line],
            'wishes': self.offered[line],
            'variants': self._get_variants(line),
        }

    def _get_variants(self, line):
        """Other sizes and colours that the product can be exchanged for."""
        if 'exchange' not in self.offered[line].mapped('action'):
            return line.product_id.browse()
        variants = line.product_id.product_tmpl_id.product_variant_ids
        return variants.filtered('sale_ok') - line.product_id._origin

    def value(self, name, row):
        return self.data.get(f"{name}_{row['id']}", '')

    def error(self, name, row):
        return self.errors.get(f"{name}_{row['id']}", '')

    # === What was entered ===

    def read(self):
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
        return {}

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
        quantity = float(text.replace(',', '.')) if NUMBER.match(text) else math.nan
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
        files = self.files.getlist(f'photos_{move.id}') if self.files else []
        try:
            return tuple(read_uploads(self.env, files))
        except UploadError as error:
            self.errors[f'photos_{move.id}'] = str(error)
            return ()

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

    def create(self):
        """The new return; nothing is made when something is wrong with it."""
        return self.Return._create_request(self.wishes, {**self.read_values(), 'request_key': self.key})
