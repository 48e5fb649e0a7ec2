from datetime import datetime, time, timedelta

import pytz

from odoo import fields, models, tools
from odoo.tools import SQL

#: Plain returns of core have the id of their stock move plus this: the two kinds of rows never share an id, and both
#: are found by an index of their own table.
PLAIN = 10 ** 9
#: Quantities below this are nothing but rounding.
QTY_EPSILON = 0.00001
#: Amounts below this, in any currency, are nothing.
AMOUNT_EPSILON = 0.004


class ReturnsReconciliation(models.Model):
    """Where the rows come from.

    Each row is a key (a return line, or a stock move that nobody adopted) with one sub-select for each fact, which
    reads an index. So the first page of a list costs the same in a large database, and rows that are only counted have
    no facts computed. Whoever adds a fact adds such a sub-select, never a join of whole tables.

    Quantities of facts are in the reference unit until the columns convert them.
    """

    _inherit = 'returns.reconciliation'

    # === The day ===

    def _get_as_of(self):
        """The day as of which everything is told (`date`), None for now."""
        return fields.Date.to_date(self.env.context.get('returns_as_of')) or None

    def _get_as_of_moment(self):
        """The moment when that day ends where the company is, in UTC; None for now."""
        day = self._get_as_of()
        if not day:
            return None
        midnight = datetime.combine(day + timedelta(days=1), time.min)
        timezone = self.env.company._get_returns_timezone()
        return timezone.localize(midnight).astimezone(pytz.utc).replace(tzinfo=None)

    def _until(self, column):
        """SQL condition: the moment in `column` is not after the day."""
        moment = self._get_as_of_moment()
        return SQL("%s < %s", column, moment) if moment else SQL("TRUE")

    def _until_date(self, column):
        """SQL condition: the date in `column` is not after the day."""
        day = self._get_as_of()
        return SQL("%s <= %s", column, day) if day else SQL("TRUE")

    # === The query ===

    @property
    def _table_query(self):
        self.env.flush_all()  # it reads from everywhere
        if not self.env.cr.cache.get('returns_without_jit'):
            # To compile the sub-selects takes the database much longer than to run them for a page.
            self.env.cr.execute("SET LOCAL jit = off")
            self.env.cr.cache['returns_without_jit'] = True
        return self._get_query(
            self._get_as_of(), self._get_as_of_moment(), bool(self.env.context.get('returns_keys_only')))

    @tools.ormcache('day', 'moment', 'keys_only')
    def _get_query(self, day, moment, keys_only):
        """The SQL of all rows, written once: it is long, and Odoo asks for it for each field that it describes.

        :param day: `_get_as_of`
        :param moment: `_get_as_of_moment`
        :param bool keys_only: leave out what is told from facts, which takes the database long to plan
        """
        identity = [SQL("%s AS %s", column, SQL.identifier(name)) for name, column in self._get_identity().items()]
        if keys_only:
            return SQL("SELECT %s FROM %s WHERE %s", SQL(", ").join(identity), self._get_tables(),
                       self._get_condition())
        told = [SQL.identifier('told', name) for name in self._get_computed()]
        return SQL("SELECT %s FROM %s LEFT JOIN LATERAL (%s) told ON TRUE WHERE %s", SQL(", ").join(identity + told),
                   self._get_tables(), self._get_told(), self._get_condition())

    # === Rows ===

    def _get_rows(self):
        """The keys, each with what the table of the key says about itself."""
        return SQL(
            """SELECT line.id, line.id AS line_id, NULL::integer AS move_id, line.order_id, line.sale_line_id,
                      line.origin_move_id, line.product_id, line.product_uom_id AS uom_id, line.company_id,
                      line.reason_id, line.resolution_id, line.policy_id, line.exchange_product_id,
                      line.product_uom_qty, line.qty_approved, line.qty_received, line.qty_accepted,
                      %(refused)s AS qty_refused,
                      line.qty_unbilled, line.qty_credited, line.credit_share, line.fee_restocking, line.fee_freight,
                      line.fee_value, line.create_date AS date
                 FROM returns_order_line line
                UNION ALL
               SELECT move.id + %(plain)s, NULL, move.id, NULL, %(origin)s,
                      move.origin_returned_move_id, move.product_id, move.product_uom, move.company_id,
                      NULL, NULL, NULL, NULL,
                      move.quantity, move.quantity, move.quantity, move.quantity, NULL,
                      NULL, NULL, 1.0, NULL, NULL,
                      NULL, move.date
                 FROM stock_move move
                WHERE %(is_plain)s AND %(origin)s IS NOT NULL AND %(until)s""",
            plain=PLAIN, refused=self._get_refused(), is_plain=self._is_plain_return(),
            until=self._until(SQL("move.date")),
            # Not a join, beside which the database would not read the moves in the order of the list.
            origin=SQL("(SELECT sale_line_id FROM stock_move origin WHERE origin.id = move.origin_returned_move_id)"))

    def _get_refused(self):
        """SQL expression: how much of a return `line` is not accepted, and so never credited, in its unit."""
        return SQL("COALESCE(line.qty_refused, 0)")

    def _is_plain_return(self):
        """SQL condition: goods of `move` came back from a customer, and no return knows of it. As core counts it."""
        return SQL(
            """move.state = 'done' AND move.to_refund AND move.returns_line_id IS NULL
               AND move.origin_returned_move_id IS NOT NULL
               AND move.location_id IN (%(customers)s) AND move.location_dest_id NOT IN (%(customers)s)""",
            customers=self._get_customer_locations())

    def _get_customer_locations(self):
        """SQL: ids. Each fact asks for them, and the database plans a list in no time."""
        ids = self.env['stock.location']._get_returns_customer_ids() or [0]
        return SQL(", ").join(map(SQL, map(str, ids)))

    def _get_condition(self):
        return SQL("fact.line_id IS NULL OR %s", self._is_told(SQL("fact")))

    def _get_lines(self):
        """SQL: the return lines as rows, for what one row says about others."""
        return SQL(
            """SELECT line.*, line.id AS line_id, NULL::integer AS move_id, %s AS not_taken
                 FROM returns_order_line line""", self._get_refused())

    def _is_told(self, row):
        """SQL condition: drafts are no returns yet; what was called off or refused counts until then, and when
        something happened."""
        moment = self._get_as_of_moment()
        happened = SQL("(%(row)s.qty_received > 0 OR %(row)s.qty_credited > 0)", row=row)
        its_order = SQL("SELECT FROM returns_order its_order WHERE its_order.id = %s.order_id", row)
        alive = SQL("its_order.state NOT IN ('draft', 'cancel', 'refused')")
        if not moment:  # to look into the return costs more than into the line
            return SQL("(%s OR EXISTS (%s AND %s))", happened, its_order, alive)
        return SQL(
            """(EXISTS (%(its_order)s AND its_order.date_request < %(moment)s
                    AND (%(alive)s OR %(happened)s OR its_order.date_called_off >= %(moment)s)
               ) OR %(happened)s AND (EXISTS (SELECT %(receipts)s) OR EXISTS (
                   SELECT FROM account_move_line item WHERE item.returns_line_id = %(row)s.line_id AND %(posted)s)))""",
            moment=moment, alive=alive, happened=happened, its_order=its_order, row=row,
            receipts=self._get_receipts(row), posted=self._is_posted_credit())

    def _get_tables(self):
        return SQL(
            """(%s) fact
               LEFT JOIN returns_order ON returns_order.id = fact.order_id
               LEFT JOIN sale_order_line sale_line ON sale_line.id = fact.sale_line_id
               LEFT JOIN sale_order sale ON sale.id = sale_line.order_id
               LEFT JOIN res_company company ON company.id = fact.company_id
               LEFT JOIN product_product product ON product.id = fact.product_id
               LEFT JOIN product_template template ON template.id = product.product_tmpl_id
               LEFT JOIN product_category category ON category.id = template.categ_id
               LEFT JOIN uom_uom product_uom ON product_uom.id = template.uom_id
               LEFT JOIN uom_uom row_uom ON row_uom.id = fact.uom_id
               LEFT JOIN res_currency company_currency ON company_currency.id = company.currency_id
               LEFT JOIN res_partner contact ON contact.id = sale.partner_id
               LEFT JOIN returns_policy policy ON policy.id = fact.policy_id
               LEFT JOIN returns_resolution resolution
                 ON resolution.id = COALESCE(fact.resolution_id, policy.resolution_id)""", self._get_rows())

    def _get_told(self):
        """What is told from the facts of a row. An aggregate, since then the database knows that it is one row, and
        leaves it out where nobody asks for it."""
        computed = self._get_computed()
        return SQL(
            "SELECT %s FROM (SELECT %s FROM %s) computed",
            SQL(", ").join(
                SQL("MAX(%s) AS %s", SQL.identifier('computed', name), SQL.identifier(name)) for name in computed),
            SQL(", ").join(SQL("%s AS %s", column, SQL.identifier(name)) for name, column in computed.items()),
            self._get_facts())

    def _get_facts(self):
        """One sub-select for each fact, then what follows from them; each may read those before it."""
        facts = {
            'came': self._get_received(SQL("fact")),
            'credit': self._get_credited(SQL("item.returns_line_id = fact.line_id")),
            'sold': self._get_sold(),
            'kept': self._get_kept(),
            'others': self._get_others(),
            'step': self._get_step(),
            'due': self._get_due(),
            'qty': self._get_quantities(),
            'hand': self._get_credited(self._is_credited_by_hand()),
            'goods': self._get_value(),
            'booked': self._get_booked(),
            'online': self._get_online(),
            'documents': self._get_documents(),
            'withdrawn': self._get_paid_on_withdrawn(),
            'amount': self._get_amounts(),
        }
        # Not merged into one expression, which would be thousands of times as long.
        return SQL(" CROSS JOIN LATERAL ").join(
            SQL("(%s OFFSET 0) %s", fact, SQL.identifier(name)) for name, fact in facts.items())

    # === Facts about goods ===

    def _get_receipts(self, row):
        """FROM and WHERE of the receipts of a row: done, from outside, of what was delivered."""
        return SQL(
            """FROM stock_move move
               JOIN uom_uom move_uom ON move_uom.id = move.product_uom
              WHERE (move.returns_line_id = %(row)s.line_id OR move.id = %(row)s.move_id)
                AND move.origin_returned_move_id = %(row)s.origin_move_id AND move.product_id = %(row)s.product_id
                AND move.state = 'done' AND move.location_id IN (%(customers)s) AND %(until)s""",
            row=row, customers=self._get_customer_locations(), until=self._until(SQL("move.date")))

    def _get_received(self, row):
        return SQL(
            "SELECT SUM(move.quantity * move_uom.factor) AS quantity, MIN(move.date) AS date %s",
            self._get_receipts(row))

    def _get_value(self):
        """The value of what came: of all, of what is credited, and of what came and is still to be credited.

        What came first is credited first.
        """
        return SQL(
            """SELECT SUM(receipt.value) AS received,
                      SUM(receipt.value / receipt.quantity
                          * GREATEST(0, LEAST(qty.costed - receipt.before, receipt.quantity))) AS credited,
                      SUM(receipt.value / receipt.quantity
                          * GREATEST(0, LEAST(qty.costed + due.uncredited - receipt.before, receipt.quantity)))
                        AS creditable
                 FROM (SELECT %s AS value, move.quantity * move_uom.factor AS quantity,
                              SUM(move.quantity * move_uom.factor) OVER (ORDER BY move.date, move.id)
                                - move.quantity * move_uom.factor AS before
                       %s AND move.is_in AND move.quantity > 0) receipt""",
            self._get_receipt_value(), self._get_receipts(SQL("fact")))

    def _get_receipt_value(self):
        """SQL: the value at which the goods of `move` came back, as `stock.move._get_returns_cost` tells it."""
        return SQL("move.value")

    # === Facts about credit notes ===

    def _is_part(self, *parts):
        """SQL condition: what `item` credits (`returns_part`) is one of these; goods where nobody says what."""
        return SQL("COALESCE(item.returns_part, 'goods') IN %s", parts)

    def _get_sign(self, document):
        """SQL: 1 where `document` credits, -1 where an invoice takes a credit back."""
        return SQL("CASE WHEN %s.move_type = 'out_refund' THEN 1 ELSE -1 END", document)

    def _is_posted_credit(self):
        return SQL(
            "item.parent_state = 'posted' AND item.display_type = 'product' AND %s", self._until_date(SQL("item.date")))

    def _is_credited_by_hand(self):
        """SQL condition: `item` credits the order line of the row, and no return knows of it."""
        return SQL(
            """sold.by_hand > 0 AND item.returns_line_id IS NULL AND note.move_type = 'out_refund' AND item.id IN (
                   SELECT rel.invoice_line_id FROM sale_order_line_invoice_rel rel
                    WHERE rel.order_line_id = fact.sale_line_id)""")

    def _get_credited(self, condition):
        """What posted credit notes credit by the lines `item` that meet the `condition` (SQL)."""
        return SQL(
            """SELECT COUNT(*) AS number, MAX(item.date) AS date,
                      SUM(way.sign * item.quantity * item_uom.factor) FILTER (WHERE %(is_goods)s) AS billed,
                      SUM(way.sign * item.quantity * item_uom.factor) FILTER (WHERE %(is_quantity)s) AS quantity,
                      SUM(item.balance) AS net,
                      SUM(item.amount_currency) AS net_currency,
                      SUM(item.amount_currency) FILTER (WHERE %(is_price)s) AS price_currency,
                      -SUM(item.amount_currency) FILTER (WHERE %(is_fee)s) AS fee_currency,
                      SUM(way.tax / way.rate) AS tax,
                      SUM(way.total) AS total_currency,
                      SUM(way.total * paid.share) AS paid_currency,
                      SUM(way.total * (1 - paid.share) / way.rate) AS unpaid,
                      MAX(note.invoice_currency_rate) AS rate,
                      MAX(invoice.invoice_currency_rate) AS invoice_rate,
                      SUM(off.amount) FILTER (WHERE ABS(off.amount)
                          > company_currency.rounding + its_currency.rounding / way.rate) AS rate_difference,
                      MAX(item.currency_id) AS currency_id
                 FROM account_move_line item
                 JOIN account_move note ON note.id = item.move_id
                 CROSS JOIN LATERAL (
                      SELECT %(sign)s AS sign, COALESCE(NULLIF(note.invoice_currency_rate, 0), 1) AS rate,
                             %(sign)s * item.price_total AS total,
                             %(sign)s * (item.price_total - item.price_subtotal) AS tax) way
                 JOIN res_currency its_currency ON its_currency.id = item.currency_id
                 LEFT JOIN account_move invoice ON invoice.id = note.reversed_entry_id
                 CROSS JOIN LATERAL (
                      SELECT item.balance - item.amount_currency
                             / COALESCE(NULLIF(invoice.invoice_currency_rate, 0), way.rate) AS amount) off
                 LEFT JOIN uom_uom item_uom ON item_uom.id = item.product_uom_id
                 LEFT JOIN LATERAL (%(paid)s) paid ON TRUE
                WHERE %(condition)s AND %(posted)s""",
            is_goods=self._is_part('goods'), is_quantity=self._is_part('goods', 'price'),
            is_price=self._is_part('goods', 'price', 'share'), is_fee=self._is_part('restocking', 'freight', 'value'),
            sign=self._get_sign(SQL("note")), paid=self._get_paid_share(), condition=condition,
            posted=self._is_posted_credit())

    def _get_paid_share(self):
        """Which part of a credit note is matched, with payments or invoices, on the day; 0 to 1."""
        return SQL(
            """SELECT LEAST(1, GREATEST(0, COALESCE(
                          SUM(matched.amount) / NULLIF(SUM(ABS(owed.balance)), 0), 1))) AS share
                 FROM account_move_line owed
                 CROSS JOIN LATERAL (
                      SELECT COALESCE(SUM(partial.amount), 0) AS amount
                        FROM account_partial_reconcile partial
                       WHERE (partial.credit_move_id = owed.id OR partial.debit_move_id = owed.id) AND %s
                 ) matched
                WHERE owed.move_id = note.id AND owed.display_type = 'payment_term'""",
            self._until_date(SQL("partial.max_date")))

    def _get_sold(self):
        """What is invoiced and credited of the order line, by anybody."""
        return SQL(
            """SELECT SUM(item.quantity * item_uom.factor) FILTER (WHERE doc.move_type = 'out_invoice') AS invoiced,
                      SUM(item.quantity * item_uom.factor) FILTER (WHERE doc.move_type = 'out_refund') AS refunded,
                      SUM(item.quantity * item_uom.factor) FILTER (
                          WHERE doc.move_type = 'out_refund' AND item.returns_line_id IS NULL) AS by_hand,
                      -SUM(item.balance) FILTER (WHERE doc.move_type = 'out_invoice') AS net,
                      -SUM(item.amount_currency) FILTER (WHERE doc.move_type = 'out_invoice') AS net_currency,
                      SUM((item.price_total - item.price_subtotal)
                          / COALESCE(NULLIF(doc.invoice_currency_rate, 0), 1)
                      ) FILTER (WHERE doc.move_type = 'out_invoice') AS tax,
                      MAX(doc.invoice_currency_rate) FILTER (WHERE doc.move_type = 'out_invoice') AS invoice_rate,
                      MAX(item.currency_id) AS currency_id
                 FROM sale_order_line_invoice_rel rel
                 JOIN account_move_line item ON item.id = rel.invoice_line_id
                 JOIN account_move doc ON doc.id = item.move_id
                 JOIN uom_uom item_uom ON item_uom.id = item.product_uom_id
                WHERE rel.order_line_id = fact.sale_line_id AND %s""", self._is_posted_credit())

    def _get_booked(self):
        """The cost that is booked into the stock account for what came: with credit notes, and in entries of its own.

        Of a plain return it is that of the credit notes made by hand, as far as they credit it.
        """
        return SQL(
            """SELECT SUM(cost.balance * booking.share) AS cost, MAX(cost.date) AS date
                 FROM (SELECT linked.id, 1.0 AS share
                         FROM account_move_line linked
                        WHERE linked.returns_cost_line_id = fact.line_id AND %(is_of_receipt)s
                        UNION ALL
                       SELECT line.id, CASE WHEN fact.line_id IS NULL THEN qty.hand_share ELSE 1 END
                         FROM account_move_line item
                         JOIN account_move note ON note.id = item.move_id AND note.move_type = 'out_refund'
                         JOIN account_move_line line ON line.cogs_origin_id = item.id
                         JOIN account_account account
                           ON account.id = line.account_id AND LEFT(account.account_type, 5) = 'asset'
                        WHERE line.returns_cost_line_id IS NULL AND item.id IN (
                              SELECT own.id FROM account_move_line own WHERE own.returns_line_id = fact.line_id
                               UNION ALL
                              SELECT by_hand.id
                                FROM sale_order_line_invoice_rel rel
                                JOIN account_move_line by_hand ON by_hand.id = rel.invoice_line_id
                               WHERE fact.line_id IS NULL AND sold.by_hand > 0
                                 AND rel.order_line_id = fact.sale_line_id AND by_hand.returns_line_id IS NULL)
                      ) booking
                 JOIN account_move_line cost ON cost.id = booking.id
                WHERE cost.parent_state = 'posted' AND %(until)s""",
            until=self._until_date(SQL("cost.date")), is_of_receipt=self._is_cost_of_receipt(SQL("linked")))

    def _is_cost_of_receipt(self, item):
        """SQL condition: the cost that `item` books is that of what came, not of what was sent to the customer."""
        return SQL(
            """NOT EXISTS (
                   SELECT FROM stock_move sent
                    WHERE sent.id = %s.returns_cost_move_id AND sent.returns_delivery_line_id IS NOT NULL)""", item)
