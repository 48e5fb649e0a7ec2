from odoo import fields, models


class ReturnsDisposition(models.Model):
    """Where inspected goods go: one record per choice offered, `action` picks the code that runs.

    To add an action, extend the selection and add a method `_dispose_<action>(inspections)`.
    """

    _name = 'returns.disposition'
    _description = "Return Disposition"
    _order = 'sequence, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one('res.company', index='btree_not_null', help="Empty: for every company.")
    action = fields.Selection(
        [
            ('restock', "Put back in stock"), ('scrap', "Scrap"), ('hold', "Hold"),
            ('send_back', "Send back to the customer"),
        ],
        string="What Happens", required=True, default='restock',
    )
    location_id = fields.Many2one(
        'stock.location', domain="[('usage', 'in', ('internal', 'inventory'))]",
        help="Empty: restocked goods go where returned goods go, held ones stay in the returns location, scrapped "
             "ones go to the scrap location. Goods of another company are not put there.")

    def _dispose(self, inspections):
        """Move the goods of finished `inspections` to where they go. Each action is one batch.

        :param inspections: `returns.inspection` records with this disposition
        """
        self.ensure_one()
        return getattr(self, f'_dispose_{self.action}')(inspections)

    def _dispose_restock(self, inspections):
        """Put accepted goods where they can be sold again."""
        inspections._move_goods({
            one: self._get_location(one.company_id) or one._get_stock_location() for one in inspections})

    def _get_location(self, company):
        """The location of this disposition for goods of `company`; empty when it is of another company, or not set."""
        return self.location_id.filtered(lambda location: location.company_id in (company, company.browse()))

    def _dispose_hold(self, inspections):
        """Keep the goods apart until somebody decides anew: where they are, or in the location of the disposition."""
        apart = inspections.filtered(lambda one: self._get_location(one.company_id))
        apart._move_goods(dict.fromkeys(apart, self.location_id))

    def _dispose_scrap(self, inspections):
        """Take the goods out of stock for good, with an entry where stock is valued perpetually."""
        scraps = self.env['stock.scrap'].create([inspection._prepare_scrap_vals() for inspection in inspections])
        for company, of_company in scraps.grouped('company_id').items():
            if location := self._get_location(company):
                of_company.scrap_location_id = location
        scraps._scrap_together()

    def _dispose_send_back(self, inspections):
        """Send refused goods to the customer again, the very same ones."""
        inspections.line_id._create_send_backs()
