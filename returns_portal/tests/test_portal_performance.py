from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .common import PortalCommon

#: So many returns of others, and of the customer.
OTHERS, OWN = 20_000, 200


@tagged('post_install', '-at_install')
class TestPortalPerformance(PortalCommon):
    """Pages cost the same whatever is in the database. Query counts, never timings."""

    def _count_queries(self, url):
        """The queries of the page at `url`, once the caches are warm."""
        for _time in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(self._get(url).status_code, 200)
        return self.cr.sql_log_count - before

    def _multiply(self, return_order, count):
        """`count` more returns like `return_order`, with their lines, past the ORM, which would take minutes."""
        self.env.flush_all()
        returns = self._copy_rows('returns_order', {'id': return_order.id}, count, {
            'name': SQL("'BULK/' || number"), 'barcode': SQL("'BULK' || number"), 'access_token': SQL("NULL"),
            'request_key': SQL("NULL")})
        for order_id in returns[:OWN]:
            self._copy_rows('returns_order_line', {'order_id': return_order.id}, 1, {'order_id': order_id})
        self.env.cr.execute("ANALYZE returns_order")
        self.env.invalidate_all()

    def _copy_rows(self, table, where, count, values):
        """Insert `count` copies of a row, with other `values`; the ids of the copies."""
        (column, wanted), = where.items()
        self.cr.execute(SQL(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name != 'id'", table))
        columns = [name for name, in self.cr.fetchall()]
        taken = [values.get(name, SQL.identifier(name)) for name in columns]
        self.cr.execute(SQL(
            "INSERT INTO %(table)s (%(columns)s) SELECT %(values)s FROM %(table)s, generate_series(1, %(count)s) number"
            " WHERE %(column)s = %(wanted)s RETURNING id",
            table=SQL.identifier(table), columns=SQL(", ").join(map(SQL.identifier, columns)),
            values=SQL(", ").join(value if isinstance(value, SQL) else SQL("%s", value) for value in taken),
            count=count, column=SQL.identifier(column), wanted=wanted))
        return [row_id for row_id, in self.cr.fetchall()]

    def test_the_list_costs_the_same_with_20000_returns(self):
        mine = self._create_confirmed_return(self.order)
        foreign = self._create_confirmed_return(self._create_delivered_order(partner_id=self.stranger.id))
        self._login()
        few = self._count_queries('/my/returns')

        self._multiply(foreign, OTHERS)
        others = self._count_queries('/my/returns')
        self.env.cr.execute("DELETE FROM returns_order WHERE name LIKE 'BULK/%'")
        self._multiply(mine, OWN)
        own = self._count_queries('/my/returns')

        self.assertEqual({others, own}, {few})
        self.assertLessEqual(own, 25)

    def test_the_list_of_a_consumer_costs_the_same_for_one_order_and_twenty(self):
        consumer = self.env['res.partner'].create({'name': "Carla", 'country_id': self.env.ref('base.de').id})
        self._create_confirmed_return(self._create_delivered_order(partner_id=consumer.id))
        self._login(self._create_portal_user('test_carla', consumer))
        few = [self._count_queries(url) for url in ('/my/returns', '/my/returns/withdraw')]
        for _number in range(19):
            self._create_delivered_order(partner_id=consumer.id, invoiced=False)
        many = [self._count_queries(url) for url in ('/my/returns', '/my/returns/withdraw')]
        self.assertEqual(many, few)
        self.assertLessEqual(many[0], 25)

    def test_the_order_page_and_the_form_cost_little_more_than_odoos_page(self):
        products = self.env['product.product'].create([
            {'name': f"Shoe {number}", 'is_storable': True, 'categ_id': self.category.id, 'list_price': 10}
            for number in range(50)])
        for product in products:
            self._add_stock(product, 10)
        # A consumer, whose right of withdrawal is looked up, too.
        self.customer.write({'is_company': False, 'country_id': self.env.ref('base.de').id})
        order = self._create_delivered_order(order_line=[
            Command.create({'product_id': product.id, 'product_uom_qty': 2}) for product in products])
        self._create_confirmed_return(order, quantity=1)
        self._login()
        page = self._count_queries(f'/my/orders/{order.id}')
        form = self._count_queries(f'/my/orders/{order.id}/return')

        for name in ('sale_order_portal_template', 'sale_order_portal_content'):
            self.env.ref(f'returns_portal.{name}').active = False
        core = self._count_queries(f'/my/orders/{order.id}')

        self.assertLessEqual(page, core + 25)
        self.assertLessEqual(form, core + 25)

    def test_the_form_costs_the_same_for_one_line_and_twenty(self):
        def count(lines):
            products = self.env['product.product'].create([
                {'name': f"Sock {number}", 'is_storable': True, 'categ_id': self.category.id, 'list_price': 10}
                for number in range(lines)])
            for product in products:
                self._add_stock(product, 10)
            order = self._create_delivered_order(order_line=[
                Command.create({'product_id': product.id, 'product_uom_qty': 2}) for product in products])
            return self._count_queries(f'/my/orders/{order.id}/return')

        self._login()
        self.assertLessEqual(count(20), count(1) + 3)
