from odoo import Command, api, fields, models


class ReturnsDialog(models.AbstractModel):
    """Asks for the text that goes to the customers of the chosen returns, each in the own language."""

    _name = 'returns.dialog'
    _description = "Dialog about Returns"

    order_ids = fields.Many2many('returns.order', string="Returns", required=True)
    order_count = fields.Integer(compute='_compute_order_count')
    text_id = fields.Many2one('returns.text')
    note = fields.Text("Your Words", help="The customer reads it as you write it: it is not translated.")
    preview = fields.Text("The Customer Reads", compute='_compute_preview')

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if 'order_ids' in fields and self.env.context.get('active_model') == 'returns.order':
            values['order_ids'] = [Command.set(self.env.context.get('active_ids', []))]
        return values

    @api.depends('order_ids')
    def _compute_order_count(self):
        for dialog in self:
            dialog.order_count = len(dialog.order_ids)

    @api.depends('order_ids', 'text_id', 'note')
    def _compute_preview(self):
        for dialog in self:
            text_by_lang = dialog._get_text_by_lang()
            names = dict(self.env['res.lang'].get_installed())
            dialog.preview = "\n\n".join(
                f"{names.get(lang, lang)}:\n{text}" if len(text_by_lang) > 1 else text
                for lang, text in text_by_lang.items() if text)

    def _get_text_by_lang(self):
        """What the customers read, by the languages they read in: the chosen text, then the words of the clerk."""
        self.ensure_one()
        langs = {order._get_customer_lang() for order in self.order_ids._origin}
        return {
            lang: "\n\n".join(filter(None, (self.text_id.with_context(lang=lang).body, (self.note or '').strip())))
            for lang in sorted(langs)
        }
