from odoo import api, fields, models


class StockWarehouse(models.Model):
    _inherit = 'stock.warehouse'

    returns_type_id = fields.Many2one(
        'stock.picking.type', string="Returns Operation Type", check_company=True, copy=False)
    returns_location_id = fields.Many2one(
        'stock.location', check_company=True, copy=False,
        help="Where returned goods wait until somebody has decided about them: valued, but not on hand.")
    returns_partner_id = fields.Many2one(
        'res.partner', string="Returns Address", check_company=True,
        help="Where customers send their parcels; the address of the warehouse when empty.")

    @api.model_create_multi
    def create(self, vals_list):
        warehouses = super().create(vals_list)
        warehouses._create_returns_locations()
        return warehouses

    def write(self, vals):
        result = super().write(vals)
        if 'active' in vals:  # core archives what stands below the warehouse, the returns location does not
            self.with_context(active_test=False).returns_location_id.active = vals['active']
        return result

    @api.model
    def _create_missing_returns_data(self):
        """Give the warehouses from before this addon their location and operation type for returns."""
        warehouses = self.with_context(active_test=False)
        warehouses.search([('returns_type_id', '=', False)])._adopt_returns_leftovers()
        warehouses.search([('returns_location_id', '=', False)])._create_returns_locations()
        for warehouse in warehouses.search([('returns_type_id', '=', False)]):
            warehouse.write(warehouse._create_or_update_sequences_and_picking_types())

    def _adopt_returns_leftovers(self):
        """Take back what an earlier installation left: two operation types would number the same receipts."""
        types = self.env['stock.picking.type'].with_context(active_test=False).search([
            ('warehouse_id', 'in', self.ids), ('code', '=', 'incoming'), ('sequence_code', '=', 'RET'),
        ])
        for picking_type in types:
            picking_type.warehouse_id.returns_type_id = picking_type
            picking_type.active = picking_type.warehouse_id.active
        locations = self.env['stock.location'].with_context(active_test=False).search([
            ('company_id', 'in', self.company_id.ids), ('usage', '=', 'internal'), ('location_id', '=', False),
        ])
        for warehouse in self:
            warehouse.returns_location_id = locations.filtered(
                lambda location: location.company_id == warehouse.company_id  # noqa: B023
                and location.name == warehouse._get_returns_location_name())[:1]  # noqa: B023
            warehouse.returns_location_id.active = warehouse.active

    def _get_returns_location_name(self):
        self.ensure_one()
        return self.env._("%s Returns", self.code)

    def _create_returns_locations(self):
        """Outside the tree of the warehouse, so that nothing in it is on hand; of the company, so that it is valued."""
        locations = self.env['stock.location'].create([
            {
                'name': warehouse._get_returns_location_name(),
                'usage': 'internal',
                'location_id': False,
                'company_id': warehouse.company_id.id,
                'active': warehouse.active,
            }
            for warehouse in self
        ])
        for warehouse, location in zip(self, locations, strict=True):
            warehouse.returns_location_id = location

    def _get_sequence_values(self, name=False, code=False):
        values = super()._get_sequence_values(name=name, code=code)
        prefix = self.returns_type_id.sequence_code or 'RET'
        values['returns_type_id'] = {
            'name': self.env._("%s Sequence returns", name or self.name),
            'prefix': f'{code or self.code}/{prefix}/',
            'padding': 5,
            'company_id': self.company_id.id,
        }
        return values

    def _get_picking_type_create_values(self, max_sequence):
        data, next_sequence = super()._get_picking_type_create_values(max_sequence)
        # Last of all incoming types: core takes the first one it finds for purchases.
        data['returns_type_id'] = {
            'name': self.env._("Returns"),
            'code': 'incoming',
            'sequence_code': 'RET',
            'sequence': next_sequence + 1,
            'default_location_src_id': self.env.ref('stock.stock_location_customers').id,
            'default_location_dest_id': self.lot_stock_id.id,
            'create_backorder': 'always',
            'use_create_lots': False,
            'use_existing_lots': True,
            'company_id': self.company_id.id,
        }
        return data, next_sequence + 2

    def _get_picking_type_update_values(self):
        data = super()._get_picking_type_update_values()
        data['returns_type_id'] = {
            'active': self.active,
            'barcode': f"{self.code.replace(' ', '').upper()}RET",
        }
        return data

    def _get_returns_address(self):
        """The address that customers send their parcels to."""
        self.ensure_one()
        return self.returns_partner_id or self.partner_id or self.company_id.partner_id
