from shop import QUANTITY_BACK


class Core:
    """Odoo alone, as people do it: the return wizard on each delivery, the credit note from each order, each saved."""

    name = 'core'
    title = "Odoo by hand"
    model = None  # there is no return to look at

    def set_up(self, env):
        pass

    def _one_by_one(self, env, records):
        for record in records:
            yield record
            env.cr.commit()  # as the end of a click, which forgets what it read

    def create(self, env, orders):
        self.wizards = []
        for order in self._one_by_one(env, orders):
            wizard = env['stock.return.picking'].with_context(
                active_id=order.picking_ids.id, active_model='stock.picking').create({})
            wizard.product_return_moves.quantity = QUANTITY_BACK
            self.wizards.append(wizard.id)

    def approve(self, env, orders):
        wizards = env['stock.return.picking'].browse(self.wizards)
        self.pickings = [wizard.action_create_returns()['res_id'] for wizard in self._one_by_one(env, wizards)]

    def receive(self, env, orders):
        for picking in self._one_by_one(env, env['stock.picking'].browse(self.pickings)):
            picking.button_validate()

    def credit(self, env, orders):
        self.credit_notes = [order._create_invoices(final=True).id for order in self._one_by_one(env, orders)]

    def post(self, env, orders):
        for credit_note in self._one_by_one(env, env['account.move'].browse(self.credit_notes)):
            credit_note.action_post()
