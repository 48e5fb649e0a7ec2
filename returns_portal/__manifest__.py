{
    'name': "Returns: Customer Portal",
    'summary': "Customers ask for returns, send them and follow them themselves",
    'version': '19.0.1.0.0',
    'category': 'Supply Chain/Inventory',
    'author': "Returns Management contributors",
    'license': 'LGPL-3',
    'depends': ['returns_management', 'portal', 'rating'],
    'data': [
        'security/ir.model.access.csv',
        'security/returns_portal_security.xml',

        'views/portal_templates.xml',
        'views/returns_order_templates.xml',
        'views/returns_request_templates.xml',
        'views/sale_order_templates.xml',
    ],
    'assets': {
        'web.assets_frontend': [
            'returns_portal/static/src/**/*',
        ],
        'web.assets_tests': [
            'returns_portal/static/tests/tours/**/*',
        ],
    },
}
