from odoo import models
from odoo.tools import SQL

from .returns_reconciliation_query import AMOUNT_EPSILON, QTY_EPSILON


class ReturnsReconciliation(models.Model):
    """What follows from the facts of a row: what is open, what it is worth, and what to call it."""

    _inherit = 'returns.reconciliation'

    # === Quantities ===

    def _get_step(self):
        """How far the row is, in the reference unit.

        `claim`: what came, counts, and is not credited by notes of the return. `room`: what is to be credited in all
        (`sale.order.line._get_returns_owed_qty`) less what is credited, by anybody: only that can be credited.
        """
        return SQL(
            """SELECT way.accepted, way.refused, way.credited, way.for_goods, way.with_goods,
                      CASE WHEN way.for_goods THEN GREATEST(0, way.accepted - way.credited) ELSE 0 END AS claim,
                      GREATEST(0, GREATEST(
                          COALESCE(sold.invoiced, 0) - GREATEST(0, COALESCE(kept.quantity, 0) - way.advance)
                          - CASE WHEN way.unbilled > 0 THEN COALESCE((%(awaited)s), 0) ELSE 0 END,
                          LEAST(COALESCE(sold.invoiced, 0), way.billed_back + way.advance)
                      ) - COALESCE(sold.refunded, 0)) AS room
                 FROM (SELECT own.*,
                      COALESCE(others.advance, 0)
                          + GREATEST(0, COALESCE(credit.billed, 0) - COALESCE(came.quantity, 0)) AS advance,
                      COALESCE(others.unbilled, 0) + own.own_unbilled AS unbilled,
                      GREATEST(0, COALESCE(others.billed_back, 0)
                          + CASE WHEN own.for_goods AND fact.line_id IS NOT NULL THEN GREATEST(0,
                                COALESCE(came.quantity, 0) - own.own_unbilled - own.refused) ELSE 0 END
                          - GREATEST(0, COALESCE(kept.resent, 0) - COALESCE(others.in_vain, 0) - own.in_vain)
                      ) AS billed_back
                 FROM (SELECT
                      GREATEST(0, COALESCE(came.quantity, 0) - (%(unaccepted)s) * row_uom.factor) AS accepted,
                      LEAST(COALESCE(came.quantity, 0), COALESCE(fact.qty_refused, 0) * row_uom.factor) AS refused,
                      COALESCE(CASE WHEN resolution.action = 'reduce' THEN credit.quantity ELSE credit.billed END, 0)
                          AS credited,
                      COALESCE(resolution.action, 'refund') NOT IN ('keep', 'reduce') AS with_goods,
                      LEAST(COALESCE(came.quantity, 0),
                            COALESCE(fact.qty_unbilled, 0) * row_uom.factor) AS own_unbilled,
                      CASE WHEN resolution.action = 'send_back' THEN COALESCE(came.quantity, 0)
                           WHEN %(for_goods)s THEN COALESCE(fact.qty_refused, 0) * row_uom.factor ELSE 0 END AS in_vain,
                      %(for_goods)s AS for_goods
                      OFFSET 0) own OFFSET 0) way""",
            for_goods=self._is_for_goods(SQL("fact"), SQL("resolution")), awaited=self._get_awaited(),
            unaccepted=self._get_unaccepted(SQL("fact")))

    def _get_unaccepted(self, row):
        """SQL: how much of what came on a return line is not accepted, in the unit of the `row`."""
        return SQL("GREATEST(0, %(row)s.qty_received - %(row)s.qty_accepted)", row=row)

    def _is_for_goods(self, row, resolution):
        """SQL condition: goods that come back on a return line are credited, as `_is_credited_for_goods` says."""
        return SQL(
            """CASE %(resolution)s.action
                    WHEN 'exchange' THEN COALESCE(%(row)s.exchange_product_id <> %(row)s.product_id, FALSE)
                    WHEN 'send_back' THEN FALSE WHEN 'keep' THEN FALSE WHEN 'reduce' THEN FALSE ELSE TRUE END""",
            row=row, resolution=resolution)

    def _get_due(self):
        """What is to be credited, and what credit notes made by hand have credited of the claim."""
        return SQL(
            """SELECT rest.uncredited,
                      LEAST(step.claim - rest.uncredited, COALESCE(sold.by_hand, 0)) AS by_hand
                 FROM (SELECT LEAST(step.claim, GREATEST(0, step.room - COALESCE(others.later, 0)))
                              AS uncredited OFFSET 0) rest""")

    def _get_quantities(self):
        return SQL(
            """SELECT step.credited + due.by_hand AS credited,
                      CASE WHEN step.for_goods
                           THEN LEAST(step.refused + step.credited + due.by_hand, COALESCE(came.quantity, 0))
                           ELSE COALESCE(came.quantity, 0) END AS costed,
                      step.claim - due.uncredited - due.by_hand AS uninvoiced,
                      CASE WHEN step.with_goods
                           THEN GREATEST(0, step.credited + due.by_hand - COALESCE(came.quantity, 0)) ELSE 0
                      END AS unreceived,
                      CASE WHEN due.by_hand > 0 THEN due.by_hand / sold.by_hand ELSE 0 END AS hand_share""")

    # === Money that no credit note explains ===

    def _get_online(self):
        """What was paid online for the order or its invoices, and refunded, in its currency.

        A payment that was captured in parts is told by its parts. Refunds of credit notes that are not posted any more
        are told by `_get_paid_on_withdrawn`. Refunded directly: for goods of the return that were never invoiced. The
        ids are those of the payments, and of those of which they are parts.
        """
        return SQL(
            """SELECT COUNT(*) AS number,
                      ARRAY_AGG(payment.id) || ARRAY_AGG(payment.source_transaction_id) AS ids,
                      SUM(payment.amount) FILTER (
                          WHERE payment.operation NOT IN ('refund', 'validation')) AS received,
                      -SUM(payment.amount) FILTER (WHERE payment.operation = 'refund') AS refunded,
                      -SUM(payment.amount) FILTER (
                          WHERE payment.operation = 'refund' AND payment.returns_order_id = fact.order_id
                            AND NOT EXISTS (
                                SELECT FROM account_invoice_transaction_rel pays
                                 WHERE pays.transaction_id = payment.id)) AS refunded_directly
                 FROM (
                      WITH RECURSIVE paid AS (
                           (SELECT rel.transaction_id AS id FROM sale_order_transaction_rel rel
                             WHERE rel.sale_order_id = sale.id
                             UNION
                            SELECT rel.transaction_id FROM account_invoice_transaction_rel rel
                             WHERE rel.invoice_id IN (%(documents)s))
                            UNION
                           SELECT child.id
                             FROM paid JOIN payment_transaction child ON child.source_transaction_id = paid.id)
                      SELECT paid.id FROM paid) of_order
                 JOIN payment_transaction payment ON payment.id = of_order.id
                WHERE payment.state = 'done' AND %(until)s
                  AND NOT EXISTS (
                      SELECT FROM payment_transaction part
                       WHERE part.source_transaction_id = payment.id AND part.operation <> 'refund')
                  AND NOT EXISTS (
                      SELECT FROM account_move__account_payment pays
                        JOIN account_move note ON note.id = pays.invoice_id AND note.state <> 'posted'
                       WHERE pays.payment_id = payment.payment_id AND payment.operation = 'refund')""",
            documents=self._get_documents_of_order(), until=self._until(SQL("payment.last_state_change")))

    def _get_documents_of_order(self):
        """SQL: the ids of what invoices and credits the lines of the order, by returns and by hand."""
        return SQL(
            """SELECT item.move_id FROM sale_order_line its_line
                 JOIN sale_order_line_invoice_rel its_rel ON its_rel.order_line_id = its_line.id
                 JOIN account_move_line item ON item.id = its_rel.invoice_line_id
                WHERE its_line.order_id = sale.id
                UNION
               SELECT item.move_id FROM sale_order_line its_line
                 JOIN returns_order_line its_return ON its_return.sale_line_id = its_line.id
                 JOIN account_move_line item ON item.returns_line_id = its_return.id
                WHERE its_line.order_id = sale.id""")

    def _get_documents(self):
        """What is invoiced and credited of an order that was paid online, in its currency, taxes included.

        With all that was paid by the same payments: one may pay several invoices, one invoice bill several orders.
        """
        return SQL(
            """SELECT COALESCE(SUM(doc.amount_total) FILTER (WHERE doc.move_type = 'out_invoice'), 0) AS invoiced,
                      COALESCE(SUM(doc.amount_total) FILTER (WHERE doc.move_type = 'out_refund'), 0) AS credited
                 FROM account_move doc
                WHERE online.number > 0 AND doc.id IN (
                      WITH paid AS (
                           SELECT its_document.move_id AS id FROM (%(documents)s) its_document
                            UNION
                           SELECT rel.invoice_id FROM account_invoice_transaction_rel rel
                            WHERE rel.transaction_id = ANY(online.ids))
                      SELECT paid.id FROM paid
                       UNION
                      SELECT note.id FROM paid JOIN account_move note ON note.reversed_entry_id = paid.id)
                  AND doc.state = 'posted' AND %(until)s""",
            documents=self._get_documents_of_order(), until=self._until_date(SQL("doc.date")))

    def _get_paid_on_withdrawn(self):
        """What was paid back for credit notes of the row that are not posted any more, in the company's currency.

        Odoo leaves a payment matched with a credit note that is reset to draft. What it pays besides is taken off.
        """
        return SQL(
            """SELECT SUM(payment.amount / COALESCE(NULLIF(note.invoice_currency_rate, 0), 1) - COALESCE((
                          SELECT SUM(partial.amount) FROM account_move_line paid_item
                            JOIN account_partial_reconcile partial ON partial.debit_move_id = paid_item.id
                            JOIN account_move_line other ON other.id = partial.credit_move_id
                           WHERE paid_item.move_id = payment.move_id AND other.parent_state = 'posted'
                      ), 0)) AS amount
                 FROM account_move_line item
                 JOIN account_move note ON note.id = item.move_id AND note.state <> 'posted'
                 JOIN account_move__account_payment rel ON rel.invoice_id = note.id
                 JOIN account_payment payment ON payment.id = rel.payment_id
                WHERE item.returns_line_id = fact.line_id AND payment.payment_type = 'outbound'
                  AND payment.state IN ('in_process', 'paid') AND %s
                  AND NOT EXISTS (
                      SELECT FROM account_move_line first
                       WHERE first.move_id = note.id AND first.returns_line_id IS NOT NULL AND first.id < item.id)""",
            self._until_date(SQL("payment.date")))

    def _is_first_of_payments(self):
        """SQL condition: what concerns all that was paid by the same payments is told in this row, the first of it."""
        return SQL(
            """NOT EXISTS (
                   SELECT FROM (%(lines)s) its_return
                     JOIN sale_order_line its_line ON its_line.id = its_return.sale_line_id
                    WHERE its_line.order_id IN (%(orders)s) AND %(is_told)s
                      AND (fact.line_id IS NULL OR its_return.id < fact.line_id))
               AND NOT EXISTS (
                   SELECT FROM stock_move move
                     JOIN sale_order_line its_line ON its_line.id = move.sale_line_id
                    WHERE fact.move_id IS NOT NULL AND its_line.order_id IN (%(orders)s) AND move.id < fact.move_id
                      AND %(is_plain)s AND %(until)s)""",
            orders=self._get_orders_of_payments(), is_plain=self._is_plain_return(), lines=self._get_lines(),
            is_told=self._is_told(SQL("its_return")), until=self._until(SQL("move.date")))

    def _get_orders_of_payments(self):
        """SQL: the ids of the orders that were paid, themselves or their invoices, by the payments of the row."""
        return SQL(
            """SELECT rel.sale_order_id FROM sale_order_transaction_rel rel WHERE rel.transaction_id = ANY(online.ids)
                UNION
               SELECT paid_line.order_id FROM account_invoice_transaction_rel rel
                 JOIN account_move_line item ON item.move_id = rel.invoice_id
                 JOIN sale_order_line_invoice_rel its_rel ON its_rel.invoice_line_id = item.id
                 JOIN sale_order_line paid_line ON paid_line.id = its_rel.order_line_id
                WHERE rel.transaction_id = ANY(online.ids)""")

    # === Amounts, in the currency of the company ===

    def _get_amounts(self):
        """Amounts of what is open. Money in the order's currency is converted at the order's rate.

        Paid back without a credit note: what was refunded beyond the credit notes, unless the order was not invoiced
        either. Paid and not invoiced: what was paid beyond the invoices and not refunded, up to what came back and was
        not refunded directly.
        """
        return SQL(
            """SELECT %(rounded_net)s AS net_uncredited, %(rounded_tax)s AS tax_uncredited,
                      CASE WHEN step.credited > 0 THEN credit.net / step.credited * qty.unreceived ELSE 0
                      END AS unreceived,
                      COALESCE(credit.unpaid, 0) + COALESCE(hand.unpaid * qty.hand_share, 0) AS unpaid,
                      COALESCE(withdrawn.amount, 0) + CASE WHEN online.refunded > documents.credited AND %(is_first)s
                          THEN GREATEST(0, LEAST(
                              online.refunded - documents.credited,
                              documents.invoiced - documents.credited
                              - COALESCE(online.received, 0) + online.refunded)) / rate.sale
                          ELSE 0 END AS paid_alone,
                      CASE WHEN qty.uninvoiced > %(epsilon)s THEN GREATEST(0, LEAST(
                              qty.uninvoiced * sale_line.price_reduce_taxinc / sale_uom.factor
                              - COALESCE(online.refunded_directly * (%(direct_share)s), 0),
                              COALESCE(online.received, 0) - documents.invoiced
                              - GREATEST(0, COALESCE(online.refunded, 0) - documents.credited))) / rate.sale
                          ELSE 0 END AS uninvoiced
                 FROM (SELECT COALESCE(NULLIF(sale.currency_rate, 0), 1) AS sale) rate
                 LEFT JOIN uom_uom sale_uom ON sale_uom.id = sale_line.product_uom_id""",
            rounded_net=self._round(self._get_uncredited(SQL("sold.net"), less=self._get_open_fees())),
            rounded_tax=self._round(self._get_uncredited(SQL("sold.tax"))),
            is_first=self._is_first_of_payments(), epsilon=QTY_EPSILON, direct_share=self._get_direct_share())

    def _get_direct_share(self):
        """SQL: which part of what was refunded directly for the return is for the row, by what was never invoiced."""
        return SQL(
            """SELECT SUM(worth.amount) FILTER (WHERE worth.id = fact.line_id) / NULLIF(SUM(worth.amount), 0)
                 FROM (SELECT its_return.id, its_return.qty_unbilled * its_uom.factor
                              * its_line.price_reduce_taxinc / its_line_uom.factor AS amount
                         FROM returns_order_line its_return
                         JOIN uom_uom its_uom ON its_uom.id = its_return.product_uom_id
                         JOIN sale_order_line its_line ON its_line.id = its_return.sale_line_id
                         JOIN uom_uom its_line_uom ON its_line_uom.id = its_line.product_uom_id
                        WHERE its_return.order_id = fact.order_id) worth""")

    def _get_uncredited(self, invoiced, less=None):
        """SQL: the part of the `invoiced` amount of the order line that is to be credited of this row.

        :param less: SQL of what is deducted
        """
        return SQL(
            """CASE WHEN due.uncredited > 0 THEN GREATEST(0,
                    %s / sold.invoiced * due.uncredited * fact.credit_share * (%s) - (%s)) ELSE 0 END""",
            invoiced, self._get_paid_share_of_price(), less or SQL("0"))

    def _get_paid_share_of_price(self):
        """SQL: which part of the price is paid after the discounts of the whole order, where these are shared."""
        return SQL(
            """CASE WHEN policy.discount_share = 'none' THEN 1 ELSE COALESCE((
                    SELECT SUM(its_line.price_subtotal)
                           / NULLIF(SUM(its_line.price_subtotal) FILTER (WHERE its_line.price_subtotal > 0), 0)
                      FROM sale_order_line its_line
                     WHERE its_line.order_id = sale.id AND its_line.display_type IS NULL
                       AND NOT COALESCE(its_line.is_downpayment, FALSE)), 1) END""")

    def _get_open_fees(self):
        """SQL: the fees that the next credit note deducts, without taxes, in the currency of the company."""
        return SQL(
            """GREATEST(0, COALESCE(fact.fee_freight, 0) + COALESCE(fact.fee_value, 0)
                   + COALESCE(fact.fee_restocking, 0) * CASE WHEN policy.fee_type = 'percent' THEN LEAST(1,
                       (step.credited + due.uncredited) / row_uom.factor / fact.product_uom_qty) ELSE 1 END
                   - COALESCE(credit.fee_currency, 0)) / COALESCE(NULLIF(sold.invoice_rate, 0), 1)""")

    def _round(self, amount):
        """SQL: `amount` rounded to the currency of the company."""
        return SQL("ROUND((%s)::numeric, company_currency.decimal_places)", amount)

    def _is_perpetual(self):
        """SQL condition: the cost of the product is booked with invoices and credit notes."""
        return SQL(
            """COALESCE(category.property_valuation ->> company.id::text, company.inventory_valuation) = 'real_time'
               AND template.is_storable""")

    # === What a row says ===

    def _get_computed(self):
        """What is told from facts: dict of SQL by name."""
        columns = {**self._get_quantity_columns(), **self._get_amount_columns()}
        columns['status'] = self._get_status(columns)
        columns['age'] = self._get_age()
        columns['age_bucket'] = self._get_age_bucket(columns['age'])
        columns.update({
            'currency_id': SQL("COALESCE(credit.currency_id, hand.currency_id, sold.currency_id, sale.currency_id)"),
            'date_received': SQL("came.date"), 'date_credit': SQL("GREATEST(credit.date, hand.date)"),
            'date_cost': SQL("booked.date"),
        })
        return columns

    def _get_identity(self):
        """What needs no facts: dict of SQL by name."""
        names = {
            'id': "fact.id", 'line_id': "fact.line_id", 'move_id': "fact.move_id", 'order_id': "fact.order_id",
            'sale_line_id': "fact.sale_line_id", 'sale_order_id': "sale.id", 'product_id': "fact.product_id",
            'categ_id': "template.categ_id", 'uom_id': "template.uom_id", 'company_id': "fact.company_id",
            'partner_id': "contact.commercial_partner_id", 'reason_id': "fact.reason_id", 'date': "fact.date",
            'company_currency_id': "company.currency_id",
            'kind': "CASE WHEN fact.line_id IS NULL THEN 'plain' ELSE 'return' END",
            'state': "returns_order.state", 'resolution_id': "resolution.id",
        }
        return {name: SQL(column) for name, column in names.items()}  # pylint: disable=sql-injection

    def _get_quantity_columns(self):
        """In the unit of the product."""
        day = self._until(SQL("returns_order.date_approval"))
        columns = {
            'qty_requested': SQL("fact.product_uom_qty * row_uom.factor"),
            'qty_approved': SQL(
                """CASE WHEN fact.line_id IS NULL OR %s THEN fact.qty_approved ELSE 0 END * row_uom.factor""", day),
            'qty_received': SQL("COALESCE(came.quantity, 0)"),
            'qty_accepted': SQL("step.accepted"),
            'qty_credited': SQL("qty.credited"),
            'qty_paid': SQL(
                """COALESCE(step.credited * credit.paid_currency / NULLIF(credit.total_currency, 0), 0)
                   + COALESCE(due.by_hand * hand.paid_currency / NULLIF(hand.total_currency, 0), 0)"""),
            'qty_uncredited': SQL("due.uncredited"),
            'qty_unreceived': SQL("qty.unreceived"),
            'qty_uninvoiced': SQL("qty.uninvoiced"),
        }
        return {
            name: SQL("ROUND((%s / product_uom.factor)::numeric, 6)", column) for name, column in columns.items()}

    def _get_amount_columns(self):
        """In the currency of the company, except `amount_net_currency`."""
        columns = {
            **{f'amount_{name}': SQL(
                "COALESCE(%s, 0) + COALESCE(%s * qty.hand_share, 0)",
                SQL.identifier('credit', name), SQL.identifier('hand', name),
            ) for name in ('net', 'tax', 'net_currency', 'rate_difference')},
            'amount_uncredited': SQL("amount.net_uncredited"),
            'amount_tax_uncredited': SQL("amount.tax_uncredited"),
            'amount_unreceived': SQL("amount.unreceived"),
            'amount_unpaid': SQL("amount.unpaid"),
            'amount_paid_alone': SQL("amount.paid_alone"),
            'amount_uninvoiced': SQL("amount.uninvoiced"),
            **self._get_cost_columns(),
        }
        return {
            **{name: self._round(column) for name, column in columns.items()},
            'rate_invoice': SQL("COALESCE(credit.invoice_rate, hand.invoice_rate, sold.invoice_rate)"),
            'rate_credit': SQL("COALESCE(credit.rate, hand.rate)"),
        }

    def _get_cost_columns(self):
        """Only where cost is booked with invoices; the value of what came is told of all."""
        received, credited, creditable, booked = (
            self._round(SQL("COALESCE(%s, 0)", SQL.identifier(*name)))
            for name in (('goods', 'received'), ('goods', 'credited'), ('goods', 'creditable'), ('booked', 'cost')))
        perpetual = self._is_perpetual()
        return {
            'cost_received': received,
            'cost_credited': SQL("CASE WHEN %s THEN %s ELSE 0 END", perpetual, credited),
            'cost_booked': booked,
            'cost_difference': SQL("CASE WHEN %s THEN %s - %s ELSE 0 END", perpetual, booked, credited),
            'cost_uncredited': SQL("CASE WHEN %s THEN %s - %s ELSE 0 END", perpetual, creditable, credited),
        }

    def _get_status(self, columns):
        """What is wrong comes before what is open, what is open before what is in order."""
        return SQL(
            """CASE WHEN COALESCE(sold.refunded, 0) > COALESCE(sold.invoiced, 0) + %(quantity)s
                      OR qty.credited > GREATEST(%(received)s, fact.qty_approved * row_uom.factor) + %(quantity)s
                      OR credit.price_currency > COALESCE(sold.net_currency, 0) + 0.01 * (1 + credit.number)
                    THEN 'over_credited'
                    WHEN amount.paid_alone > %(amount)s THEN 'paid_alone'
                    WHEN ABS(%(cost)s) > %(amount)s THEN 'cost'
                    WHEN ABS(%(rate)s) > %(amount)s AND %(rate_matters)s THEN 'rate'
                    WHEN due.uncredited > %(quantity)s THEN 'uncredited'
                    WHEN qty.unreceived > %(quantity)s THEN 'unreceived'
                    WHEN amount.unpaid > %(amount)s THEN 'unpaid'
                    WHEN amount.uninvoiced > %(amount)s THEN 'uninvoiced'
                    WHEN %(received)s < %(quantity)s AND qty.credited < %(quantity)s
                      OR step.accepted + step.refused < %(received)s - %(quantity)s THEN 'awaited'
                    ELSE 'matched' END""",
            quantity=QTY_EPSILON, amount=AMOUNT_EPSILON, received=SQL("COALESCE(came.quantity, 0)"),
            cost=columns['cost_difference'], rate=columns['amount_rate_difference'],
            rate_matters=self._is_rate_of_invoice())

    def _is_rate_of_invoice(self):
        """SQL condition: the company wants credit notes at the rate of the invoice."""
        return SQL("company.returns_exchange_rate = 'invoice'")

    def _get_age(self):
        """Days since the row waits: from the receipt for a credit, from the credit for goods and money."""
        day = self._get_as_of()
        return SQL(
            """CASE WHEN due.uncredited > %(epsilon)s OR qty.uninvoiced > %(epsilon)s
                    THEN %(today)s - came.date::date
                    WHEN qty.unreceived > %(epsilon)s OR amount.unpaid > %(amount)s
                    THEN %(today)s - GREATEST(credit.date, hand.date) END""",
            epsilon=QTY_EPSILON, amount=AMOUNT_EPSILON, today=SQL("%s::date", day) if day else SQL("CURRENT_DATE"))

    def _get_age_bucket(self, age):
        return SQL(
            """CASE WHEN %(age)s <= 14 THEN '14' WHEN %(age)s <= 30 THEN '30' WHEN %(age)s <= 60 THEN '60'
                    WHEN %(age)s <= 90 THEN '90' WHEN %(age)s > 90 THEN 'more' END""", age=age)
