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

        'data/ir_cron_data.xml',
        'data/mail_template_data.xml',

        'views/returns_order_views.xml',
        'views/returns_report_views.xml',
        'views/portal_templates.xml',
        'views/returns_order_templates.xml',
        'views/returns_request_templates.xml',
        'views/sale_order_templates.xml',
        'views/returns_guest_templates.xml',
        'views/returns_withdrawal_templates.xml',
        'views/returns_policy_templates.xml',
    ],
    'demo': [
        'demo/returns_portal_demo.xml',
    ],
    'post_init_hook': 'post_init_hook',
    'assets': {
        'web.assets_frontend': [
            'returns_portal/static/src/**/*',
        ],
        'web.assets_tests': [
            'returns_portal/static/tests/tours/**/*',
        ],
    },
}
