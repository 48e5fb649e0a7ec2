from markupsafe import Markup

from odoo import Command, api, models
from odoo.exceptions import UserError


class ReturnsOrder(models.Model):
    """From what was delivered to a new return: every button and page that makes one goes this way."""

    _inherit = 'returns.order'

    def _log_on_sale_orders(self):
        """Let the chatter of a sales order lead to its returns, and theirs to it."""
        if self.env.context.get('tracking_disable'):  # an import that leaves no notes
            return
        orders_sudo = self.sudo()  # a returns user need not be a salesperson to leave a note
        returns_by_sale_order = {}
        for order in orders_sudo:
            for sale_order in order.sale_order_ids:
                returns_by_sale_order.setdefault(sale_order, []).append(order)
        orders_sudo.sale_order_ids._message_log_batch({
            sale_order.id: self._get_log_body(returns) for sale_order, returns in returns_by_sale_order.items()})
        orders_sudo._message_log_batch({order.id: self._get_log_body(order.sale_order_ids) for order in orders_sudo})

    @api.model
    def _get_log_body(self, documents):
        links = Markup(", ").join(document._get_html_link(title=document.name) for document in documents)
        if documents[0]._name == self._name:
            return self.env._("Return: %s", links)
        return self.env._("Return of what was sold with %s", links)

    @api.model
    def _get_new_action(self, moves, source, ceilings=None):
        """The form of a new return of what `moves` delivered. Nothing is saved yet.

        :param moves: deliveries, `stock.move`
        :param str source: name of the document that people come from
        :param dict ceilings: no more than this quantity by sale line, in the unit of the product
        :raise UserError: when nothing can be returned, or when no single return can hold it
        """
        line_vals = self._prepare_line_vals(moves, ceilings)
        if not line_vals:
            raise UserError(self.env._(
                "Nothing of %s can be returned: nothing was delivered yet, or all of it is on a return already.",
                source))
        orders = moves.browse(vals['origin_move_id'] for vals in line_vals).sale_line_id.order_id
        action = self.env['ir.actions.act_window']._for_xml_id('returns_management.returns_order_action')
        values = {**self._prepare_customer_vals(orders), 'line_ids': [Command.create(vals) for vals in line_vals]}
        action.update({
            'views': [(False, 'form')],
            'context': {f'default_{name}': value for name, value in values.items()},
        })
        return action

    @api.model
    def _prepare_customer_vals(self, orders):
        """Whose return it is. Colleagues who ordered separately are no contact: then the customer is.

        :param orders: the `sale.order` records that the goods were delivered for
        :raise UserError: when no single return can hold them
        """
        customers = orders.partner_id.commercial_partner_id
        if len(customers) > 1 or len(orders.company_id) > 1 or len(orders.currency_id) > 1:
            raise UserError(self.env._(
                "A return belongs to one customer, company and currency. Make one for each of these orders: %s.",
                ", ".join(orders.mapped('name'))))
        return {
            'company_id': orders.company_id.id,
            'partner_id': customers.id,
            'contact_id': (orders.partner_id if len(orders.partner_id) == 1 else customers).id,
            'partner_shipping_id': orders[:1].partner_shipping_id.id,
        }

    @api.model
    def _prepare_line_vals(self, moves, ceilings=None):
        """One return line for each of the deliveries `moves` of which something can still come back, with all that can.

        :param dict ceilings: see `_get_new_action`
        :return: list of dicts for `returns.order.line.create`
        """
        claimed = moves._get_returns_claimed_qty()
        rooms = dict(ceilings) if ceilings is not None else None
        vals_list = []
        for move in moves.sorted(lambda move: (move.sale_line_id.sequence, move.sale_line_id.id, move.id)):
            unit = move.product_id.uom_id
            quantity = move._get_returns_done_qty() - claimed[move]
            if rooms is not None:
                quantity = min(quantity, rooms[move.sale_line_id])
                rooms[move.sale_line_id] -= quantity
            if unit.compare(quantity, 0) > 0:
                vals_list.append({
                    'sale_line_id': move.sale_line_id.id,
                    'origin_move_id': move.id,
                    'product_uom_id': move.product_uom.id,
                    'product_uom_qty': unit._compute_quantity(quantity, move.product_uom),
                })
        return vals_list
