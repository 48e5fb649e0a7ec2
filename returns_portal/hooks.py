def post_init_hook(env):
    """Returns that are older than the customer pages get the token that new ones are made with: no page writes one."""
    env.cr.execute("UPDATE returns_order SET access_token = gen_random_uuid()::text WHERE access_token IS NULL")
    env['returns.order'].invalidate_model(['access_token'])
