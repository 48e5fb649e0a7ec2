{
    'name': "Returns Management",
    'summary': "Customer returns from request to credit note in one document",
    'version': '19.0.1.0.0',
    'category': 'Supply Chain/Inventory',
    'author': "Returns Management contributors",
    'license': 'LGPL-3',
    'depends': ['sale_stock', 'phone_validation'],
    'data': [
        'security/returns_groups.xml',
        'security/ir.model.access.csv',
        'security/returns_security.xml',

        'data/returns_reason_data.xml',
        'data/returns_resolution_data.xml',
        'data/returns_withdrawal_right_data.xml',
        'data/res_company_data.xml',
        'data/stock_warehouse_data.xml',

        'report/returns_order_slip.xml',

        'wizard/returns_policy_trial_views.xml',
        'wizard/returns_refuse_views.xml',
        'views/returns_phone_views.xml',
        'views/returns_order_views.xml',
        'views/returns_policy_views.xml',
        'views/returns_reason_views.xml',
        'views/returns_withdrawal_right_views.xml',
        'views/returns_law_views.xml',
        'views/account_move_views.xml',
        'views/res_partner_views.xml',
        'views/sale_order_views.xml',
        'views/stock_picking_views.xml',
        'views/stock_warehouse_views.xml',
        'views/returns_menus.xml',
    ],
    'demo': [
        'demo/res_users_demo.xml',
        'demo/returns_order_demo.xml',
    ],
    'assets': {
        'web.assets_backend': [
            'returns_management/static/src/**/*',
        ],
        'web.assets_tests': [
            'returns_management/static/tests/tours/**/*',
        ],
    },
    'application': True,
}
