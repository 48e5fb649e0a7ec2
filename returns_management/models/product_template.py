from odoo import fields, models

#: Goods from whose sale a consumer cannot withdraw: Directive 2011/83/EU Art. 16 (c), (d), (e) and (i), in the United
#: Kingdom Consumer Contracts Regulations 2013 reg. 28 (1) (b), (c) and (3).
WITHDRAWAL_EXCEPTIONS = [
    ('made_to_order', "Made to the customer's order"),
    ('perishable', "Perishes or expires quickly"),
    ('sealed_hygiene', "Sealed for hygiene, when the seal is broken"),
    ('sealed_media', "Sealed audio, video or software, when the seal is broken"),
]


class ProductTemplate(models.Model):
    _inherit = 'product.template'

    returns_withdrawal_exception = fields.Selection(
        WITHDRAWAL_EXCEPTIONS, string="Excluded from Withdrawal",
        help="Why consumers cannot withdraw from the sale. Empty: as the product category says.")
