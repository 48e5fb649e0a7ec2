import uuid

from odoo import api, models

#: What customers may read of their returns, whatever the way: all else is for those who handle them.
CUSTOMER_FIELDS = {
    'returns.order': {
        'id', 'display_name', 'name', 'barcode', 'state', 'next_step', 'next_actor', 'date_next', 'company_id',
        'partner_id', 'contact_id', 'partner_shipping_id', 'customer_note', 'currency_id', 'amount_expected',
        'reception_status', 'credit_status', 'payout_status', 'date_request', 'date_approval', 'date_deadline',
        'date_sent', 'date_done', 'date_refund_deadline', 'tracking_ref', 'question', 'date_answer', 'refusal_note',
        'line_ids', 'access_url', 'create_date', 'write_date',
    },
    'returns.order.line': {
        'id', 'display_name', 'order_id', 'sequence', 'company_id', 'currency_id', 'sale_line_id', 'product_id',
        'product_uom_id', 'product_uom_qty', 'qty_approved', 'qty_received', 'qty_accepted', 'qty_credited',
        'refusal_note', 'reason_id', 'customer_note', 'wished_resolution_id', 'resolution_id', 'exchange_product_id',
        'amount_expected', 'amount_credited', 'create_date', 'write_date',
    },
}


def may_see(records, field):
    """Whether who asks may see `field` of a return or of its lines; only customers see less than all."""
    return records.env.su or not records.env.user.share or field.name in CUSTOMER_FIELDS[records._name]


class ReturnsOrder(models.Model):
    """Where does the customer see a return, and what of it?"""

    _inherit = 'returns.order'

    @api.model_create_multi
    def create(self, vals_list):
        """Override: the token is there from the start, so that no page has to write one."""
        for vals in vals_list:
            vals.setdefault('access_token', str(uuid.uuid4()))
        return super().create(vals_list)

    def _compute_access_url(self):
        super()._compute_access_url()
        for order in self:
            order.access_url = f'/my/returns/{order.id}'

    def _get_customer_url(self):
        return self.get_base_url() + self.get_portal_url()

    def action_preview(self):
        """Show what the customer sees."""
        self.ensure_one()
        return {'type': 'ir.actions.act_url', 'target': 'self', 'url': self.access_url}

    def _get_order_page_url(self, access_token):
        """Where this return is linked to from the page of its order: who got there by a token goes on by one."""
        return self.get_portal_url() if access_token else self.access_url

    def _has_field_access(self, field, operation):
        return super()._has_field_access(field, operation) and may_see(self, field)

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Override: customers write on the pages of their returns, which look at texts and files, not past them."""
        if message_operation == 'create' and self.env.user.share:
            return dict.fromkeys(self, 'write')
        return super()._mail_get_operation_for_mail_message_operation(message_operation)

    @api.model
    def _get_thread_with_access(self, thread_id, *, mode='read', **kwargs):
        """Override: no token lets anybody write past the pages either."""
        if mode != 'read' and self.env.user.share:
            return self.browse()
        return super()._get_thread_with_access(thread_id, mode=mode, **kwargs)


class ReturnsOrderLine(models.Model):
    _inherit = 'returns.order.line'

    def _has_field_access(self, field, operation):
        return super()._has_field_access(field, operation) and may_see(self, field)
