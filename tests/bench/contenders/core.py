from shop import QUANTITY_BACK


class Core:
    """Odoo alone, as people do it: the return wizard on each delivery, the credit note from each order."""

    name = 'core'
    title = "Odoo by hand"
    model = None  # there is no return to look at

    def set_up(self, env):
        pass

    def create(self, env, orders):
        self.wizards = []
        for order in orders:
            wizard = env['stock.return.picking'].with_context(
                active_id=order.picking_ids.id, active_model='stock.picking').create({})
            wizard.product_return_moves.quantity = QUANTITY_BACK
            self.wizards.append(wizard.id)

    def approve(self, env, orders):
        self.pickings = [
            env['stock.return.picking'].browse(wizard).action_create_returns()['res_id'] for wizard in self.wizards]

    def receive(self, env, orders):
        for picking in self.pickings:
            env['stock.picking'].browse(picking).button_validate()

    def credit(self, env, orders):
        self.credit_notes = [order._create_invoices(final=True).id for order in orders]

    def post(self, env, orders):
        for credit_note in self.credit_notes:
            env['account.move'].browse(credit_note).action_post()
