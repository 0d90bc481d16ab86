"""How gunicorn serves the clinic: a few processes of a few threads, renewed now and then."""

import gc
import signal

worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 15
keepalive = 5
max_requests = 50_000
max_requests_jitter = 10_000
limit_request_line = 4094
limit_request_field_size = 8190
accesslog = None
loglevel = "warning"
worker_tmp_dir = None
control_socket_disable = True
NEW_OBJECTS = 50_000
"""So many are made before Python looks for cycles among them: a few requests, not a part of one."""


def post_worker_init(_worker: object) -> None:
    """Make ready what every request needs, and spare the search for cycles what stays anyway."""
    from attunement.clinic.noticing.warm import warm

    warm()
    # Ctrl-C reaches a whole terminal. The first process ends the others, each of them once:
    # asked again while it is ending, one would say that something broke.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)
