from odoo import models
from odoo.exceptions import UserError

from .rehearsal import rehearse

#: What a journal item is for, by its `display_type`; all else is another entry.
PURPOSES = {'product': 'credit', 'tax': 'tax', 'payment_term': 'owed', 'cogs': 'cost', 'rounding': 'rounding'}


class ReturnsOrder(models.Model):
    """What will this book? The credit notes are really made and posted, read, and undone."""

    _inherit = 'returns.order'

    def action_preview_posting(self):
        """Show the journal items of all that can be booked for this return now. Nothing is changed.

        :raise UserError: as booking it would
        """
        self.ensure_one()
        self.check_access('read')
        items = self._get_posting_preview()
        preview = self.env['returns.posting.preview']._create_of(self, items)
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("What Will This Book?"),
            'res_model': preview._name,
            'res_id': preview.id,
            'view_mode': 'form',
            'target': 'new',
        }

    def _get_posting_preview(self):
        """The journal items that crediting this return and posting all its credit notes would make.

        :return: list of dicts of `returns.posting.preview.line`; empty when there is nothing to book
        """
        self.ensure_one()
        if self.state not in ('approved', 'done'):
            raise UserError(self.env._("%s books nothing before it is approved.", self.name))
        # Who looks has no accounting rights; whoever books it later is not asked now.
        order_sudo = self.sudo()
        with rehearse(self.env.cr):
            last = order_sudo.env['account.move'].search([], order='id desc', limit=1)
            drafts = order_sudo.credit_note_ids.filtered(lambda move: move.state == 'draft')
            order_sudo._create_credit_notes()
            to_post = order_sudo.credit_note_ids.filtered(lambda move: move.state == 'draft')
            to_post.action_post()
            booked = drafts | to_post | last.search([('id', '>', last.id), ('state', '=', 'posted')])
            return booked.line_ids._prepare_returns_preview()


class AccountMoveLine(models.Model):
    _inherit = 'account.move.line'

    def _prepare_returns_preview(self):
        """These journal items as values of `returns.posting.preview.line`."""
        return [
            {
                'document': item.move_id.ref or item.move_id.name,
                'purpose': PURPOSES.get(item.display_type, 'other'),
                'account': item.account_id.display_name,
                'name': item.name,
                'debit': item.debit,
                'credit': item.credit,
                'amount_currency': item.amount_currency,
                'currency_id': item.currency_id.id,
            }
            for item in self if item.display_type not in ('line_section', 'line_subsection', 'line_note')
        ]
