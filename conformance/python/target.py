"""Which broker the suite talks to, and as whom: everything comes from the environment.

AMQP_URL          the broker, with a user who may do everything on its virtual host
AMQP_LIMITED_URL  a user who may only touch names that start with `limited-` (default: limited:limited on AMQP_URL)
AMQP_OTHER_VHOST  a second virtual host for the first user; the limited user has no access to it (default: other)
"""
import os
from collections import namedtuple
from urllib.parse import quote, unquote, urlsplit

URL = os.environ.get('AMQP_URL', 'amqp://guest:guest@localhost:5672/')
OTHER_VHOST = os.environ.get('AMQP_OTHER_VHOST', 'other')

Target = namedtuple('Target', 'host port user password vhost')


def parse(url):
    parts = urlsplit(url)
    return Target(parts.hostname or 'localhost', parts.port or 5672, unquote(parts.username or 'guest'),
                  unquote(parts.password or 'guest'), unquote(parts.path[1:]) or '/')


def url(of):
    user, password, vhost = (quote(part, safe='') for part in (of.user, of.password, of.vhost))
    return f'amqp://{user}:{password}@{of.host}:{of.port}/{vhost}'


MAIN = parse(URL)
VHOST = MAIN.vhost
LIMITED = parse(os.environ['AMQP_LIMITED_URL']) if 'AMQP_LIMITED_URL' in os.environ else \
    MAIN._replace(user='limited', password='limited')
OTHER = MAIN._replace(vhost=OTHER_VHOST)
