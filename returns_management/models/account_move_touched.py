import hashlib
import json

from odoo import fields, models


class AccountMove(models.Model):
    """Has somebody changed the draft that a return has made? Then it is not to be made anew.

    Odoo's `is_manually_modified` cannot tell: it is set by whatever writes on the document, as printing does, and not
    by who changes a line of it alone.
    """

    _inherit = 'account.move'

    returns_fingerprint = fields.Char(
        readonly=True, copy=False, help="What the credit note of a return said when it was made.")

    def _remember_returns_contents(self):
        """Note what these credit notes, which a return has just made, say."""
        for move in self.with_context(skip_invoice_sync=True, check_move_validity=False):  # no journal item changes
            move.returns_fingerprint = move._get_returns_fingerprint()

    def _is_returns_untouched(self):
        """Whether this says what a return has made it say. Nobody can tell of what was made by hand."""
        self.ensure_one()
        return bool(self.returns_fingerprint) and self.returns_fingerprint == self._get_returns_fingerprint()

    def _get_returns_fingerprint(self):
        """A short text that is another one when what people can change on a draft is changed."""
        self.ensure_one()
        contents = [
            self.partner_id.id, str(self.invoice_date), self.journal_id.id, self.currency_id.id, self.ref or '',
            str(self.narration or ''), self.invoice_payment_term_id.id, self.fiscal_position_id.id,
            [line._get_returns_contents() for line in self.invoice_line_ids.sorted('id')],
        ]
        return hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()


class AccountMoveLine(models.Model):
    _inherit = 'account.move.line'

    def _get_returns_contents(self):
        """What people can change on this line, as a list for JSON."""
        self.ensure_one()
        return [
            self.product_id.id, self.name or '', self.product_uom_id.id, self.account_id.id, sorted(self.tax_ids.ids),
            self.analytic_distribution or {}, [round(self[name], 6) for name in ('quantity', 'price_unit', 'discount')],
        ]
