"""How gunicorn serves the clinic: a few processes of a few threads, renewed now and then."""

worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 15
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
limit_request_line = 4094
limit_request_field_size = 8190
accesslog = None
loglevel = "warning"
worker_tmp_dir = None
control_socket_disable = True


def post_worker_init(_worker: object) -> None:
    """Make what is noticed ready before the first request."""
    from attunement.clinic.noticing.warm import warm

    warm()
