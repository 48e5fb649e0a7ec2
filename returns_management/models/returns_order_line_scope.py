from odoo import api, fields, models


class ReturnsOrderLine(models.Model):
    """What policies and laws ask about a line: where it went, who bought it, what was sent in with it."""

    _inherit = 'returns.order.line'

    has_photo = fields.Boolean(
        compute='_compute_has_photo', compute_sudo=True, help="An image is attached to the line or to its return.")

    @api.depends('order_id')
    def _compute_has_photo(self):
        """One query for all lines."""
        orders, lines = self.order_id._origin, self._origin
        photos = self.env['ir.attachment'].search_fetch([
            ('mimetype', '=like', 'image/%'),
            '|',
            '&', ('res_model', '=', orders._name), ('res_id', 'in', orders.ids),
            '&', ('res_model', '=', lines._name), ('res_id', 'in', lines.ids),
        ], ['res_model', 'res_id'])
        shown = {(photo.res_model, photo.res_id) for photo in photos}
        for line in self:
            line.has_photo = not shown.isdisjoint({
                (orders._name, line.order_id._origin.id), (lines._name, line._origin.id)})

    def _get_country(self):
        """Where the goods were delivered to; where nothing is known, the country of the company."""
        sale_order = self.sale_line_id.order_id
        return (
            sale_order.partner_shipping_id.country_id or self.order_id.partner_id.country_id
            or self.company_id.country_id)

    def _get_customer_tags(self):
        """The tags of the one who ordered and of the customer as a whole."""
        return self.sale_line_id.order_id.partner_id.category_id | self.order_id.partner_id.category_id

    def _get_resolutions_allowed(self):
        """What policy and reason let the customer get; empty when neither narrows it down, `None` for nothing."""
        self.ensure_one()
        by_policy, by_reason = self.policy_id.resolution_ids, self.reason_id.resolution_ids._origin
        if by_policy and by_reason:
            return by_policy & by_reason or None
        return by_policy | by_reason

    def _is_resolution_allowed(self, resolution):
        allowed = self._get_resolutions_allowed()
        return allowed is not None and (not allowed or resolution._origin in allowed)

    def _get_default_resolution(self):
        """What the policy gives; where the reason does not allow that, the first of what both allow."""
        if self._is_resolution_allowed(self.policy_id.resolution_id):
            return self.policy_id.resolution_id
        return (self._get_resolutions_allowed() or self.policy_id.resolution_id)[:1]

    def _get_window_deadline(self):
        """Last day on which this line may be asked for, by law or by the policy; `False` when no day is set yet."""
        self.ensure_one()
        if self.order_id.legal_basis == 'withdrawal':
            return self.order_id.withdrawal_right_id._get_window_deadline(self) or False
        return self.policy_id.returnable and self.policy_id._get_window_deadline(self) or False
