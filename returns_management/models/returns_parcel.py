from odoo import api, fields, models
from odoo.exceptions import UserError


class ReturnsParcel(models.Model):
    """A parcel that could not simply be received: nobody knows whose it is, or it arrived empty.

    What the dock sees of it, so that somebody can find out later: a picture and a number to write on it.
    """

    _name = 'returns.parcel'
    _description = "Parcel"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'state, id desc'
    _check_company_auto = True

    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/", index='trigram')
    kind = fields.Selection(
        [('unknown', "Unknown sender"), ('empty', "Arrived empty")], required=True, default='unknown', tracking=True)
    state = fields.Selection(
        [('open', "Open"), ('resolved', "Resolved")], string="Status", required=True, default='open', readonly=True,
        index=True, copy=False, tracking=True)
    company_id = fields.Many2one(related='warehouse_id.company_id', store=True, index=True, precompute=True)
    warehouse_id = fields.Many2one(
        'stock.warehouse', required=True, index=True, check_company=True,
        default=lambda self: self.env['stock.warehouse'].search([('company_id', '=', self.env.company.id)], limit=1))
    date_arrival = fields.Datetime("Arrived On", required=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        'res.users', string="Received By", required=True, default=lambda self: self.env.user, readonly=True)
    tracking_ref = fields.Char("Tracking Reference", index='btree_not_null')
    sender = fields.Text(help="What the label says.")
    note = fields.Text("Contents", help="What is in it, and where it lies.")
    photo = fields.Image(max_width=1920, max_height=1920)
    returns_order_id = fields.Many2one(
        'returns.order', string="Return", check_company=True, index='btree_not_null', tracking=True, copy=False,
        domain="[('company_id', '=', company_id)]", help="The return it belongs to, once somebody has found out.")

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get('name', '/') == '/':
                vals['name'] = self._get_next_number()
        return super().create(vals_list)

    @api.model
    def _get_next_number(self):
        """:raise UserError: when parcels have no numbering"""
        number = self.env['ir.sequence'].next_by_code(self._name)
        if not number:
            raise UserError(self.env._(
                "Parcels have no numbering. Create a sequence with the code “returns.parcel” under Settings → "
                "Technical → Sequences."))
        return number

    def action_resolve(self):
        """Somebody knows what the parcels are: each has its return, or a text that says what became of it."""
        unclear = self.filtered(lambda parcel: not parcel.returns_order_id and not (parcel.note or '').strip())
        if unclear:
            raise UserError(self.env._(
                "Choose the return that %s belongs to, or write in its contents what became of it.",
                ", ".join(unclear.mapped('name'))))
        self.state = 'resolved'
        return True

    def action_reopen(self):
        self.state = 'open'
        return True

    def action_receive(self):
        """Open the dock's page with the return that was found."""
        self.ensure_one()
        if not self.returns_order_id:
            raise UserError(self.env._("Choose the return that %s belongs to first.", self.name))
        action = self.env['ir.actions.client']._for_xml_id('returns_management.returns_dock_action')
        action['params'] = {'code': self.returns_order_id.name, 'parcel_id': self.id}
        return action
