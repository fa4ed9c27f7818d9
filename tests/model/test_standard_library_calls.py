"""What the standard library calls of the analyzed code: each case reaches an e-mail, and nothing else, through one way."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.support.programs import effects_of

HEAD = (
    "import _thread, argparse, ast, asyncio, atexit, bisect, cProfile, cmd, codecs, collections, "
    "collections.abc, concurrent.futures, configparser, contextlib, contextvars, copy, csv, dataclasses, "
    "ftplib, functools, gc, gzip, heapq, html.parser, http.server, inspect, io, itertools, json, logging, "
    "logging.config, math, multiprocessing, operator, os, pathlib, pickle, pprint, queue, random, re, "
    "sched, shutil, signal, socketserver, sqlite3, statistics, string, subprocess, sys, tarfile, "
    "tempfile, threading, timeit, traceback, types, typing, urllib.request, warnings, weakref, xml.sax, "
    "xmlrpc.server, zipfile\n"
    "import smtplib\ndef send(*a, **k):\n    smtplib.SMTP('h').sendmail('a', 'b', 'c')\n    return 1\n"
)

ASKED: Mapping[str, tuple[str, ...]] = {
    "__add__": (
        "operator.add(A(), 1)",
        "operator.iadd(A(), 1)",
    ),
    "__sub__": ("operator.sub(A(), 1)",),
    "__mul__": ("operator.mul(A(), 1)",),
    "__truediv__": ("operator.truediv(A(), 1)",),
    "__floordiv__": ("operator.floordiv(A(), 1)",),
    "__mod__": ("operator.mod(A(), 1)",),
    "__pow__": ("operator.pow(A(), 1)",),
    "__matmul__": ("operator.matmul(A(), 1)",),
    "__lshift__": ("operator.lshift(A(), 1)",),
    "__rshift__": ("operator.rshift(A(), 1)",),
    "__lt__": (
        "operator.lt(A(), 1)",
        "statistics.median([A(), A()])",
        "h = []\nheapq.heappush(h, A())\nheapq.heappush(h, A())",
        "bisect.bisect([A()], A())",
    ),
    "__le__": ("operator.le(A(), 1)",),
    "__gt__": ("operator.gt(A(), 1)",),
    "__ge__": ("operator.ge(A(), 1)",),
    "__eq__": ("operator.eq(A(), 1)",),
    "__ne__": ("operator.ne(A(), 1)",),
    "__and__": ("operator.and_(A(), 1)",),
    "__or__": ("operator.or_(A(), 1)",),
    "__xor__": ("operator.xor(A(), 1)",),
    "__iadd__": ("operator.iadd(A(), 1)",),
    "__isub__": ("operator.isub(A(), 1)",),
    "__imul__": ("operator.imul(A(), 1)",),
    "__ior__": ("operator.ior(A(), 1)",),
    "__neg__": ("operator.neg(A())",),
    "__pos__": ("operator.pos(A())",),
    "__invert__": ("operator.invert(A())",),
    "__abs__": ("operator.abs(A())",),
    "__index__": (
        "operator.index(A())",
        "range(A())",
        "hex(A())",
    ),
    "__bool__": (
        "operator.truth(A())",
        "operator.not_(A())",
        "list(filter(None, [A()]))",
    ),
    "__contains__": ("operator.contains(A(), 1)",),
    "__getitem__": (
        "operator.getitem(A(), 1)",
        "sorted([A(), A()], key=operator.itemgetter(0))",
        "string.Template('$x').substitute(A())",
        "'x'.translate(A())",
    ),
    "__setitem__": (
        "operator.setitem(A(), 1, 2)",
        "random.shuffle(A())",
    ),
    "__delitem__": ("operator.delitem(A(), 1)",),
    "m": (
        "list(map(operator.methodcaller('m'), [A()]))",
        "with contextlib.nullcontext(A()) as b: b.m()",
        "weakref.ref(A())().m()",
        "weakref.proxy(A()).m()",
    ),
    "__floor__": ("math.floor(A())",),
    "__ceil__": ("math.ceil(A())",),
    "__trunc__": ("math.trunc(A())",),
    "__float__": (
        "math.sqrt(A())",
        "math.sin(A())",
        "math.fsum([A()])",
    ),
    "__iter__": (
        "statistics.mean(A())",
        "csv.writer(x).writerows(A())",
        "csv.reader(A())",
        "b''.join(A())",
        "set().update(A())",
        "[].extend(A())",
        "dict.fromkeys(A())",
        "collections.deque(A())",
        "collections.Counter(A())",
        "itertools.islice(A(), 1)",
        "sqlite3.connect('x').executemany('q', A())",
        "io.StringIO().writelines(A())",
    ),
    "__str__": (
        "string.Template('$x').substitute(x=A())",
        "csv.writer(open('x')).writerow([A()])",
        "csv.writer(x).writerows([[A()]])",
        "csv.DictWriter(x, []).writerow({'a': A()})",
    ),
    "write": (
        "sys.stdout = A()\nprint('x')",
        "json.dump({}, A())",
        "pickle.dump(1, A())",
        "csv.writer(A()).writerow([1])",
        "shutil.copyfileobj(x, A())",
        "traceback.print_exc(file=A())",
        "zipfile.ZipFile(A(), 'w')",
        "gzip.GzipFile(fileobj=A(), mode='w').write(b'x')",
        "io.TextIOWrapper(A()).write('x')",
    ),
    "read": ("json.load(A())",),
    "__getstate__": (
        "pickle.dumps(A())",
        "copy.copy(A())",
    ),
    "__reduce_ex__": ("pickle.dumps([A()])",),
    "__setstate__": ("copy.copy(A())",),
    "__deepcopy__": ("copy.deepcopy([A()])",),
    "__fspath__": (
        "os.fspath(A())",
        "os.path.join('a', A())",
        "pathlib.Path(A())",
        "os.remove(A())",
        "os.listdir(A())",
        "shutil.copy('a', A())",
    ),
    "__repr__": ("pprint.pprint([A()])",),
}
"""Statements that call a method of the object `A()`, by the method."""

CALLED = (
    "operator.getitem([send], 0)()",
    "operator.call(send, 1)",
    "operator.itemgetter(0)([send])()",
    "h = []\nheapq.heappush(h, send)\nheapq.heappop(h)()",
    "for f in heapq.nlargest(1, [send]): f()",
    "for f in heapq.merge([send], []): f()",
    "heapq.nsmallest(1, [1], key=send)",
    "l = []\nbisect.insort(l, send)\nl[0]()",
    "random.choice([send])()",
    "for f in random.sample([send], 1): f()",
    "with contextlib.ExitStack() as s: s.push(send)",
    "f = concurrent.futures.Future()\nf.add_done_callback(send)",
    "with concurrent.futures.ThreadPoolExecutor() as p:\n    p.submit(len, 'x').add_done_callback(lambda f: send())",
    "concurrent.futures.ThreadPoolExecutor(initializer=send)",
    "asyncio.get_event_loop().call_soon(send)",
    "asyncio.get_event_loop().call_later(1, send)",
    "signal.signal(signal.SIGTERM, send)",
    "asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, send)",
    "sys.excepthook = send",
    "threading.excepthook = send",
    "sys.displayhook = send",
    "warnings.showwarning = send\nwarnings.warn('x')",
    "contextvars.copy_context().run(send)",
    "q = queue.Queue()\nq.put(send)\nq.get()()",
    "q = queue.LifoQueue()\nq.put(send)\nq.get()()",
    "q = queue.SimpleQueue()\nq.put(send)\nq.get()()",
    "q = queue.PriorityQueue()\nq.put(send)\nq.get()()",
    "q = multiprocessing.Queue()\nq.put(send)\nq.get()()",
    "d = collections.deque()\nd.appendleft(send)\nd.pop()()",
    "d = collections.deque()\nd.extend([send])\nd[0]()",
    "for f in collections.deque([send], maxlen=3): f()",
    "c = collections.Counter({send: 1})\nfor f, n in c.most_common(): f()",
    "collections.ChainMap({}, {'a': send})['a']()",
    "collections.defaultdict(send)['x']",
    "d = collections.defaultdict(lambda: send)\nd['x']()",
    "d = collections.defaultdict(int)\nd['x'] = send\nd['x']()",
    "collections.OrderedDict([('a', send)])['a']()",
    "d = collections.OrderedDict(a=send)\nd.move_to_end('a')\nfor f in d.values(): f()",
    "l = collections.UserList([send])\nl[0]()",
    "types.MappingProxyType({'a': send})['a']()",
    "d = weakref.WeakValueDictionary()\nd['a'] = send\nd['a']()",
    "d = weakref.WeakSet()\nd.add(send)\nfor f in d: f()",
    "weakref.ref(x, send)",
    "for f in itertools.chain(*[[send]]): f()",
    "for f, g in zip(*[[send], [1]]): f()",
    "for f, g in itertools.zip_longest([send], []): f()",
    "for f, g in itertools.product([send], [1]): f()",
    "for f, g in itertools.pairwise([send, send]): f()",
    "for f, g in itertools.combinations_with_replacement([send], 2): f()",
    "for f in itertools.repeat(send, 1): f()",
    "a, b = itertools.tee([send])\nfor f in a: f()",
    "for f in itertools.compress([send], [1]): f()",
    "for f in itertools.cycle([send]): f()",
    "for k, g in itertools.groupby([send]):\n    for f in g: f()",
    "itertools.accumulate([1, 2], send)",
    "for b in itertools.batched([send], 1):\n    for f in b: f()",
    "for f in {1}.union([send]): f()",
    "for f in [1] + [send]: f()",
    "({'b': 1} | {'a': send})['a']()",
    "for f in {1} | {send}: f()",
    "l = [1]\nl += [send]\nfor f in l: f()",
    "l = {}\nl |= {'a': send}\nl['a']()",
    "for f in [send] * 2: f()",
    "json.loads('{}', object_hook=send)",
    "next(iter(send, None))",
    "argparse.ArgumentParser().add_argument('x', type=send)",
    "_thread.start_new_thread(send, ())",
    "threading.Barrier(1, send).wait()",
    "threading.Condition().wait_for(send)",
    "multiprocessing.Pool().apply_async(len, callback=send)",
    "subprocess.run(['x'], preexec_fn=send)",
    "os.walk('x', onerror=send)",
    "shutil.rmtree('x', onerror=send)",
    "shutil.copytree('x', 'y', ignore=send)",
    "c = sched.scheduler()\nc.enter(1, 1, send)\nc.run()",
    "timeit.timeit(send)",
    "cProfile.Profile().runcall(send)",
    "sqlite3.connect('x').create_function('f', 0, send)",
    "urllib.request.urlretrieve('x', 'y', reporthook=send)",
    "ftplib.FTP('x').retrbinary('RETR', send)",
    "xmlrpc.server.SimpleXMLRPCServer(('', 1)).register_function(send)",
    "asyncio.start_server(send, '', 1)",
    "tarfile.open('x').extractall(filter=send)",
    "gc.callbacks.append(send)",
    "codecs.register_error('x', send)",
    "sys.settrace(send)",
    "configparser.ConfigParser(converters={'x': send})",
)
"""Statements that call the function `send`."""

PROGRAMS = {
    "attrgetter key": "class A:\n    @property\n    def p(self): send()\n"
    "def start(): sorted([A()], key=operator.attrgetter('p'))",
    "attrgetter dotted": "class B:\n    @property\n    def q(self): send()\nclass A:\n    def __init__(self): self.b = B()\n"
    "def start(): operator.attrgetter('b.q')(A())",
    "Formatter": "class F(string.Formatter):\n    def get_value(self, *a): send()\ndef start(): F().format('{x}')",
    "closing as": "class A:\n    def m(self): send()\n    def close(self): ...\ndef start():\n"
    "    with contextlib.closing(A()) as b: b.m()",
    "aclosing": "class A:\n    async def aclose(self): send()\nasync def start():\n"
    "    async with contextlib.aclosing(A()): ...",
    "AsyncExitStack": "class A:\n    async def __aenter__(self): send()\n    async def __aexit__(self, *a): ...\n"
    "async def start():\n    async with contextlib.AsyncExitStack() as s: await s.enter_async_context(A())",
    "ExitStack push": "class A:\n    def __enter__(self): ...\n    def __exit__(self, *a): send()\ndef start():\n"
    "    with contextlib.ExitStack() as s: s.push(A())",
    "ExitStack value": "@contextlib.contextmanager\ndef c(): yield send\ndef start():\n    with contextlib.ExitStack() as s:\n"
    "        f = s.enter_context(c())\n        f()",
    "task callback": "async def c(): ...\nasync def start(): asyncio.create_task(c()).add_done_callback(send)",
    "local subclass": "class L(threading.local):\n    def __init__(self): send()\ndef start(): L()",
    "local field": "l = threading.local()\ndef start():\n    l.f = send\n    l.f()",
    "local field elsewhere": "l = threading.local()\ndef set_(): l.f = send\ndef start(): l.f()",
    "contextvar default": "v = contextvars.ContextVar('v', default=send)\ndef start(): v.get()()",
    "contextvar elsewhere": "v = contextvars.ContextVar('v')\ndef set_(): v.set(send)\ndef start(): v.get()()",
    "queue elsewhere": "q = queue.Queue()\ndef add(): q.put_nowait(send)\ndef start(): q.get_nowait()()",
    "queue pair": "q = queue.Queue()\ndef add(): q.put((send, 1))\ndef start():\n    f, n = q.get()\n    f(n)",
    "queue field": "class W:\n    def __init__(self): self.q = queue.Queue()\n    def add(self): self.q.put(send)\n"
    "    def run(self): self.q.get()()\ndef start(): W().run()",
    "queue annotated": "q: queue.Queue = queue.Queue()\ndef add(): q.put(send)\ndef start(): q.get()()",
    "asyncio.Queue": "async def start():\n    q = asyncio.Queue()\n    await q.put(send)\n    (await q.get())()",
    "deque global": "d = collections.deque()\ndef add(): d.append(send)\ndef start():\n    while d: d.popleft()()",
    "starmap": "def run(f, x): f()\ndef start(): list(itertools.starmap(run, [(send, 1)]))",
    "json default obj": "class A:\n    def as_dict(self): send()\n"
    "def start(): json.dumps({'a': [A()]}, default=lambda o: o.as_dict())",
    "json encoder obj": "class E(json.JSONEncoder):\n    def default(self, o): return o.as_dict()\nclass A:\n"
    "    def as_dict(self): send()\ndef start(): json.dumps([A()], cls=E)",
    "json encoder direct": "class E(json.JSONEncoder):\n    def default(self, o): send()\ndef start(): E().encode({})",
    "json encoder iterencode": "class E(json.JSONEncoder):\n    def default(self, o): send()\ndef start(): list(E().iterencode({}))",
    "json decoder": "class D(json.JSONDecoder):\n    def decode(self, s): send()\ndef start(): json.loads('', cls=D)",
    "logging filter": "class H(logging.Filter):\n    def filter(self, r): send()\nlogging.getLogger().addFilter(H())\n"
    "def start(): logging.info('x')",
    "logging filter fn": "logging.getLogger().addFilter(send)\ndef start(): logging.info('x')",
    "logging formatter": "class H(logging.Formatter):\n    def format(self, r): send()\nh = logging.StreamHandler()\n"
    "h.setFormatter(H())\nlogging.getLogger().addHandler(h)\ndef start(): logging.getLogger('x').error('x')",
    "logging handler emits": "class H(logging.Handler):\n    def __init__(self, f):\n        super().__init__()\n        self.f = f\n"
    "    def emit(self, r): self.f()\nlogging.getLogger().addHandler(H(send))\n"
    "def start(): logging.getLogger('x').error('x')",
    "logging adapter": "class H(logging.LoggerAdapter):\n    def process(self, m, k): send()\n"
    "def start(): H(logging.getLogger(), {}).info('x')",
    "logging stream": "class A:\n    def write(self, *a, **k): send()\n"
    "logging.getLogger().addHandler(logging.StreamHandler(A()))\ndef start(x=None):\n"
    "    logging.warning('x')",
    "logging dictConfig": "class H(logging.Handler):\n    def emit(self, r): send()\n"
    "logging.config.dictConfig({'handlers': {'h': {'class': 'app.H'}}})\ndef start(): logging.info('x')",
    "basicConfig": "class H(logging.Handler):\n    def emit(self, r): send()\nlogging.basicConfig(handlers=[H()])\n"
    "def start(): logging.info('x')",
    "total_ordering gt": "@functools.total_ordering\nclass A:\n    def __lt__(self, o): send()\ndef start(): A() > 1",
    "total_ordering sorted": "@functools.total_ordering\nclass A:\n    def __gt__(self, o): send()\ndef start(): sorted([A(), A()])",
    "namespace set": "def start():\n    n = types.SimpleNamespace()\n    n.f = send\n    n.f()",
    "argparse func": "def start():\n    p = argparse.ArgumentParser()\n"
    "    p.add_subparsers().add_parser('x').set_defaults(func=send)\n    a = p.parse_args()\n    a.func(a)",
    "argparse action": "class X(argparse.Action):\n    def __call__(self, *a): send()\ndef start():\n"
    "    p = argparse.ArgumentParser()\n    p.add_argument('x', action=X)\n    p.parse_args()",
    "HTMLParser": "class P(html.parser.HTMLParser):\n    def handle_data(self, d): send()\ndef start(): P().feed('x')",
    "NodeVisitor": "class P(ast.NodeVisitor):\n    def visit_Name(self, n): send()\ndef start(): P().visit(ast.parse('x'))",
    "NodeTransformer": "class P(ast.NodeTransformer):\n    def visit_Name(self, n): send()\n"
    "def start(): P().visit(ast.parse('x'))",
    "Cmd": "class P(cmd.Cmd):\n    def do_x(self, a): send()\ndef start(): P().onecmd('x')",
    "sax": "class P(xml.sax.ContentHandler):\n    def startElement(self, *a): send()\n"
    "def start(): xml.sax.parseString('x', P())",
    "Mapping.get": "class M(collections.abc.Mapping):\n    def __getitem__(self, k): send()\n"
    "    def __iter__(self): return iter([])\n    def __len__(self): return 0\ndef start(): M().get('a')",
    "Mapping in": "class M(collections.abc.Mapping):\n    def __getitem__(self, k): send()\n"
    "    def __iter__(self): return iter([])\n    def __len__(self): return 0\ndef start(): 'a' in M()",
    "Mapping.values": "class M(collections.abc.Mapping):\n    def __getitem__(self, k): send()\n"
    "    def __iter__(self): return iter([])\n    def __len__(self): return 0\n"
    "def start(): list(M().values())",
    "Mapping.items": "class M(collections.abc.Mapping):\n    def __getitem__(self, k): send()\n"
    "    def __iter__(self): return iter([])\n    def __len__(self): return 0\n"
    "def start(): list(M().items())",
    "Mapping dict()": "class M(collections.abc.Mapping):\n    def __getitem__(self, k): send()\n"
    "    def __iter__(self): return iter([])\n    def __len__(self): return 0\ndef start(): dict(M())",
    "from abc import": "from collections.abc import Mapping\nclass M(Mapping):\n    def __getitem__(self, k): send()\n"
    "    def __iter__(self): return iter([])\n    def __len__(self): return 0\ndef start(): M().get('a')",
    "typing Mapping": "from typing import Mapping\nclass M(Mapping[str, int]):\n    def __getitem__(self, k): send()\n"
    "    def __iter__(self): return iter([])\n    def __len__(self): return 0\ndef start(): M().get('a')",
    "MutableMapping.update": "from collections.abc import MutableMapping\nclass M(MutableMapping):\n"
    "    def __setitem__(self, k, v): send()\n    def __getitem__(self, k): ...\n"
    "    def __delitem__(self, k): ...\n    def __iter__(self): return iter([])\n"
    "    def __len__(self): return 0\ndef start(): M().update(a=1)",
    "MutableMapping.setdefault": "from collections.abc import MutableMapping\nclass M(MutableMapping):\n"
    "    def __setitem__(self, k, v): send()\n    def __getitem__(self, k): ...\n"
    "    def __delitem__(self, k): ...\n    def __iter__(self): return iter([])\n"
    "    def __len__(self): return 0\ndef start(): M().setdefault('a', 1)",
    "MutableSequence.append": "from collections.abc import MutableSequence\nclass M(MutableSequence):\n"
    "    def __setitem__(self, k, v): ...\n    def __getitem__(self, k): ...\n"
    "    def __delitem__(self, k): ...\n    def insert(self, i, v): send()\n"
    "    def __len__(self): return 0\ndef start(): M().append(1)",
    "Sequence for": "from collections.abc import Sequence\nclass M(Sequence):\n    def __getitem__(self, k): send()\n"
    "    def __len__(self): return 0\ndef start():\n    for x in M(): ...",
    "Sequence in": "from collections.abc import Sequence\nclass M(Sequence):\n    def __getitem__(self, k): send()\n"
    "    def __len__(self): return 0\ndef start():\n    1 in M()",
    "Set and": "from collections.abc import Set\nclass M(Set):\n    def __contains__(self, k): send()\n"
    "    def __iter__(self): return iter([])\n    def __len__(self): return 0\ndef start(): M() & {1}",
    "MutableSet.remove": "from collections.abc import MutableSet\nclass M(MutableSet):\n    def __contains__(self, k): ...\n"
    "    def __iter__(self): return iter([])\n    def __len__(self): return 0\n    def add(self, x): ...\n"
    "    def discard(self, x): send()\ndef start(): M().remove(1)",
    "RawIOBase": "class R(io.RawIOBase):\n    def readinto(self, b): send()\ndef start(): R().read()",
    "IOBase with": "class R(io.RawIOBase):\n    def close(self): send()\ndef start():\n    with R(): ...",
    "writelines": "class R(io.TextIOBase):\n    def write(self, b): send()\ndef start(): R().writelines(['x'])",
    "thread super target": "class T(threading.Thread):\n    def __init__(self): super().__init__(target=send)\n"
    "def start(): T().start()",
    "Pool starmap": "def run(f, x): f()\ndef start(): multiprocessing.Pool().starmap(run, [(send, 1)])",
    "getmembers": "class A:\n    @property\n    def p(self): send()\ndef start(): inspect.getmembers(A())",
    "dc replace": "@dataclasses.dataclass\nclass A:\n    x: int\n    def __post_init__(self): send()\n"
    "def start(a: A): dataclasses.replace(a, x=1)",
    "asdict factory": "@dataclasses.dataclass\nclass A:\n    x: int\ndef start(): dataclasses.asdict(A(1), dict_factory=send)",
    "http handler": "class H(http.server.BaseHTTPRequestHandler):\n    def do_GET(self): send()\n"
    "def start(): http.server.HTTPServer(('', 1), H).serve_forever()",
    "socketserver": "class H(socketserver.BaseRequestHandler):\n    def handle(self): send()\n"
    "def start(): socketserver.TCPServer(('', 1), H).serve_forever()",
    "wsgiref": "from wsgiref.simple_server import make_server\ndef start(x=None):\n"
    "    make_server('', 1, send).serve_forever()",
    "opener handler": "class H(urllib.request.BaseHandler):\n    def http_open(self, r): send()\n"
    "def start(): urllib.request.build_opener(H).open('x')",
    "asyncio proto": "class P(asyncio.Protocol):\n    def data_received(self, d): send()\nasync def start():\n"
    "    await asyncio.get_running_loop().create_server(P, '', 1)",
    "re.sub obj": "class R:\n    def __call__(self, m): send()\ndef start(): re.compile('x').sub(R(), 'y')",
    "MethodType": "class A: ...\ndef start():\n    a = A()\n    a.m = types.MethodType(send, a)\n    a.m()",
    "format_map obj": "class A:\n    def __missing__(self, k): ...\n    def __getitem__(self, k): send()\n"
    "def start(): '{x}'.format_map(A())",
    "reduce fn": "def start(): functools.reduce(lambda g, h: h(), [send, send])",
    "tempfile cls": "class T(tempfile.TemporaryDirectory):\n    def cleanup(self): send()\ndef start():\n    with T(): ...",
    "Executor submit partial": "def start(): concurrent.futures.ThreadPoolExecutor().submit(functools.partial(send, 1))",
    "atexit deco": "def start():\n    @atexit.register\n    def f(): send()",
    "EnumMeta call": "class A:\n    def m(self): send()\ndef start():\n    r = weakref.WeakMethod(A().m)\n    f = r()\n    f()",
    "ET write": "import xml.etree.ElementTree as E\nclass A:\n    def write(self, *a, **k): send()\ndef start(x=None):\n"
    "    E.ElementTree().write(A())",
    "pickler": "class P(pickle.Pickler):\n    def persistent_id(self, o): send()\ndef start(f): P(f).dump(1)",
    "unpickler": "class P(pickle.Unpickler):\n    def find_class(self, *a): send()\ndef start(f): P(f).load()",
    "Formatter subclass super": "class F(logging.Formatter):\n    def formatTime(self, r, d=None): send()\nh = logging.StreamHandler()\n"
    "h.setFormatter(F())\ndef start(): logging.info('x')",
    "closing": "class A:\n    def close(self): send()\ndef start():\n    with contextlib.closing(A()): ...",
    "exitstack enter": "class A:\n    def __enter__(self): send()\n    def __exit__(self, *a): ...\ndef start():\n"
    "    with contextlib.ExitStack() as s: s.enter_context(A())",
    "exitstack callback": "def start():\n    with contextlib.ExitStack() as s: s.callback(send)",
    "atexit": "def start(): atexit.register(send)",
    "finalize": "def start(x): weakref.finalize(x, send)",
    "methodcaller": "class A:\n    def m(self): send()\ndef start(): operator.methodcaller('m')(A())",
    "attrgetter": "class A:\n    @property\n    def m(self): send()\ndef start(): operator.attrgetter('m')(A())",
    "deque": "def start():\n    d = collections.deque()\n    d.append(send)\n    d.popleft()()",
    "deque iter": "def start():\n    d = collections.deque([send])\n    for f in d: f()",
    "ordereddict": "def start():\n    d = collections.OrderedDict()\n    d['a'] = send\n    d['a']()",
    "chain": "def start():\n    for f in itertools.chain([send], []): f()",
    "chainfromiter": "def start():\n    for f in itertools.chain.from_iterable([[send]]): f()",
    "islice": "def start():\n    for f in itertools.islice([send], 1): f()",
    "queue": "def start():\n    q = queue.Queue()\n    q.put(send)\n    q.get()()",
    "json encoder": "class E(json.JSONEncoder):\n    def default(self, o): send()\ndef start(): json.dumps({}, cls=E)",
    "json default": "def start(): json.dumps({}, default=send)",
    "logging handler": "class H(logging.Handler):\n    def emit(self, r): send()\nlogging.getLogger().addHandler(H())\n"
    "def start(): logging.info('x')",
    "iter sentinel": "def start():\n    for x in iter(send, None): ...",
    "total_ordering": "@functools.total_ordering\nclass A:\n    def __lt__(self, o): send()\n"
    "    def __eq__(self, o): return True\ndef start(): A() >= A()",
    "weakref method": "class A:\n    def m(self): send()\ndef start(): weakref.WeakMethod(A().m)()()",
    "pickle": "class A:\n    def __reduce__(self): send()\ndef start(): pickle.dumps(A())",
    "simplenamespace": "def start():\n    n = types.SimpleNamespace(f=send)\n    n.f()",
    "print file": "class A:\n    def write(self, s): send()\ndef start(): print('x', file=A())",
    "redirect": "class A:\n    def write(self, s): send()\ndef start():\n"
    "    with contextlib.redirect_stdout(A()): print('x')",
    "contextvar": "v = contextvars.ContextVar('v')\ndef start():\n    v.set(send)\n    v.get()()",
    "fspath": "class A:\n    def __fspath__(self): send()\ndef start(): open(A())",
    "join iter": "class A:\n    def __iter__(self):\n        send()\n        return iter([])\ndef start(): ','.join(A())",
    "divmod": "class A:\n    def __divmod__(self, o): send()\ndef start(): divmod(A(), 1)",
    "pow": "class A:\n    def __pow__(self, o): send()\ndef start(): pow(A(), 1)",
    "vars dir": "class A:\n    def __dir__(self): send()\ndef start(): dir(A())",
    "string template mod": "class A:\n    def __getitem__(self, k): send()\ndef start(): '%(x)s' % A()",
    "csv iter": "def g():\n    send()\n    yield []\ndef start(f): csv.writer(f).writerows(g())",
    "reduce": "def start(): functools.reduce(lambda a, b: send(), [1, 2])",
    "hasattr": "class A:\n    @property\n    def p(self): send()\ndef start(): hasattr(A(), 'p')",
    "ConfigParser sub": "class C(configparser.ConfigParser):\n    def optionxform(self, x): send()\n"
    "def start(): C().get('a', 'b')",
    "OrderedDict items": "d = collections.OrderedDict(a=send)\ndef start():\n    for k, f in d.items(): f()",
    "OrderedDict popitem": "d = collections.OrderedDict(a=send)\ndef start():\n    k, f = d.popitem()\n    f()",
    "argparse Namespace getattr": "def start():\n    p = argparse.ArgumentParser()\n    p.set_defaults(func=send)\n"
    "    getattr(p.parse_args(), 'func')()",
    "argparse const": "def start():\n    p = argparse.ArgumentParser()\n"
    "    p.add_argument('--x', dest='func', action='store_const', const=send)\n    p.parse_args().func()",
    "argparse default": "def start():\n    p = argparse.ArgumentParser()\n    p.add_argument('--func', default=send)\n"
    "    p.parse_args().func()",
    "argparse known": "def start():\n    p = argparse.ArgumentParser()\n    p.set_defaults(func=send)\n"
    "    a, rest = p.parse_known_args()\n    a.func()",
    "argparse subclass": "class P(argparse.ArgumentParser):\n    def error(self, m): send()\ndef start(): P().parse_args()",
    "contextmanager called": "def c():\n    send()\n    yield\nm = contextlib.contextmanager(c)\ndef start():\n    with m(): ...",
    "contextmanager deco": "@contextlib.contextmanager\ndef c():\n    yield\n    send()\n@c()\ndef f(): ...\ndef start(): f()",
    "contextvar None default": "v = contextvars.ContextVar('v', default=None)\ndef s(): v.set(send)\ndef start():\n    f = v.get()\n"
    "    if f: f()",
    "contextvar annotated": "v: contextvars.ContextVar[object] = contextvars.ContextVar('v')\ndef s(): v.set(send)\n"
    "def start(): v.get()()",
    "contextvar class": "class C:\n    v = contextvars.ContextVar('v')\n    def set(self): self.v.set(send)\n"
    "    def go(self): self.v.get()()\ndef start(): C().go()",
    "contextvar helper": "class A:\n    def m(self): send()\nv = contextvars.ContextVar('v')\ndef s(x): v.set(x)\ndef z(): s(A())\n"
    "def start(): v.get(None).m()",
    "contextvar obj": "class A:\n    def m(self): send()\nv = contextvars.ContextVar('v')\ndef s(): v.set(A())\n"
    "def start(): v.get().m()",
    "contextvar token": "v = contextvars.ContextVar('v')\ndef start():\n    t = v.set(send)\n    v.get()()\n    v.reset(t)",
    "json encoder with a default": "obj = json.JSONEncoder(default=send)\ndef start(): obj.encode({})",
    "deque annotated field": "class A:\n    def __init__(self): self.d: collections.deque = collections.deque()\n"
    "    def add(self, f): self.d.append(f)\n    def run(self): self.d.popleft()()\ndef start():\n"
    "    a = A()\n    a.add(send)\n    a.run()",
    "functools.partial class": "class A:\n    def __init__(self, f): self.f = f\n    def go(self): self.f()\n"
    "P = functools.partial(A, send)\ndef start(): P().go()",
    "getLogger annotated": "class H(logging.Handler):\n    def emit(self, r): send()\nlogging.getLogger().addHandler(H())\n"
    "def start(log: logging.Logger): log.info('x')",
    "inspect unwrap": "def start(): inspect.unwrap(send)()",
    "inspect.getattr_static": "class A:\n    def m(self): send()\ndef start(): inspect.getattr_static(A(), 'm')(A())",
    "json JSONEncoder super": "class E(json.JSONEncoder):\n    def default(self, o):\n"
    "        return super().default(o) if 0 else send()\ndef start(): json.dump({}, open('x','w'), cls=E)",
    "json attr partial": "class E(json.JSONEncoder):\n    def default(self, o): send()\n"
    "dumps = functools.partial(json.dumps, cls=E)\ndef start(): dumps({})",
    "json kwargs": "class E(json.JSONEncoder):\n    def default(self, o): send()\n"
    "def start(): json.dumps({}, **{'cls': E})",
    "local default getattr": "l = threading.local()\nclass A:\n    def m(self): send()\ndef s(): l.a = A()\n"
    "def start(): getattr(l, 'a', None).m()",
    "local dict": "l = threading.local()\ndef s(): l.d = {}\ndef t(): l.d['x'] = send\ndef start(): l.d['x']()",
    "local setattr": "l = threading.local()\ndef s(): setattr(l, 'a', send)\ndef start(): l.a()",
    "log.log": "class H(logging.Handler):\n    def emit(self, r): send()\nlogging.root.addHandler(H())\n"
    "def start(): logging.log(10, 'x')",
    "logging handler super": "class H(logging.StreamHandler):\n    def emit(self, r):\n        super().emit(r)\n        send()\n"
    "log = logging.getLogger(__name__)\nlog.addHandler(H())\ndef start(): log.warning('x')",
    "logging lastResort": "class H(logging.Handler):\n    def emit(self, r): send()\nlog = logging.getLogger(__name__)\n"
    "log.addHandler(H())\ndef start(): log.exception('x')",
    "logging wrapped": "class H(logging.Handler):\n    def emit(self, r): send()\ndef setup(log, h): log.addHandler(h)\n"
    "setup(logging.getLogger(), H())\ndef start(): logging.info('x')",
    "lru called": "def f(): send()\ng = functools.lru_cache(f)\ndef start(): g()",
    "namespace **": "def start(): types.SimpleNamespace(**{'f': send}).f()",
    "namespace nested": "n = types.SimpleNamespace(a=types.SimpleNamespace(f=send))\ndef start(): n.a.f()",
    "print to sub": "class S(io.StringIO):\n    def write(self, s): send()\ndef start(): print('x', file=S())",
    "queue iter get": "q = queue.Queue()\nq.put(send)\ndef start():\n    for f in iter(q.get, None): f()",
    "reduce operator": "class A:\n    def __add__(self, o): send()\ndef start(): functools.reduce(operator.add, [A(), A()])",
    "reduce or": "class A:\n    def __or__(self, o): send()\n"
    "def start(): functools.reduce(operator.or_, (A() for x in 'ab'))",
    "sax handler set": "class H(xml.sax.ContentHandler):\n    def startElement(self, *a): send()\ndef start():\n"
    "    p = xml.sax.make_parser()\n    p.setContentHandler(H())\n    p.parse('x')",
    "subprocess arg": "class E:\n    def __fspath__(self): send()\ndef start(): subprocess.run([E()])",
    "task result": "async def m(): return send\nasync def start(): (await asyncio.create_task(m()))()",
    "typing.assert_type": "class A:\n    def m(self): send()\ndef start(x): typing.assert_type(A(), A).m()",
    "fspath by name": "class E:\n    def __fspath__(self): send()\ndef start(): open(file=E())",
    "weakref callback WeakMethod": "class A:\n    def m(self): send()\nhooks = []\na = A()\nhooks.append(weakref.WeakMethod(a.m))\n"
    "def start():\n    for h in hooks:\n        f = h()\n        if f: f()",
    "wraps called": "def f(): send()\ndef g(): f()\nh = functools.update_wrapper(g, f)\ndef start(): h()",
    "writer lines sub": "class S(io.StringIO):\n    def write(self, s): send()\ndef start(): S().writelines(['x'])",
    "xml target": "import xml.etree.ElementTree as E\nclass T:\n    def start(self, *a): send()\n"
    "def start(): E.XMLParser(target=T()).feed('x')",
    "server subclass": "class S(socketserver.TCPServer):\n    def process_request(self, *a): send()\n"
    "def start(): S(('', 1), None).serve_forever()",
    "server subclass handler": "class H(http.server.BaseHTTPRequestHandler):\n    def do_GET(self): send()\n"
    "class S(http.server.HTTPServer): ...\ndef start(): S(('', 1), H).serve_forever()",
    "server subclass init": "class H(http.server.BaseHTTPRequestHandler):\n    def do_GET(self): send()\n"
    "class S(http.server.HTTPServer):\n    def __init__(self, port):\n"
    "        super().__init__(('', port), H)\ndef start(): S(1).serve_forever()",
    "stream handler subclass": "class W:\n    def write(self, s): send()\nclass H(logging.StreamHandler):\n"
    "    def __init__(self): super().__init__(W())\nlogging.getLogger().addHandler(H())\n"
    "def start(): logging.info('x')",
    "thread subclass target": "class T(threading.Thread): ...\ndef start(): T(target=send).start()",
    "parser subclass": "class P(argparse.ArgumentParser): ...\ndef start():\n    p = P()\n    p.set_defaults(func=send)\n"
    "    p.parse_args().func()",
    "timer subclass": "class T(threading.Timer): ...\ndef start(): T(1, send).start()",
    "barrier subclass": "class T(threading.Barrier): ...\ndef start(): T(1, send).wait()",
    "gc": "def start(): gc.callbacks.append(send)",
    "logging handlers append": "class H(logging.Handler):\n    def emit(self, r): send()\nlogging.getLogger().handlers.append(H())\n"
    "def start(): logging.warning('x')",
}
"""Programs in which `start` calls `send`."""

NOT_REACHED = {
    "stored": "hooks = []\ndef add(): hooks.append(send)\ndef start(): add()",
    "deque stored": "d = collections.deque()\ndef start(): d.append(send)",
    "queue stored": "q = queue.Queue()\ndef start(): q.put(send)",
    "contextvar stored": "v = contextvars.ContextVar('v')\ndef start(): v.set(send)",
    "handler made": "class H(logging.Handler):\n    def emit(self, r): send()\ndef start():\n    H()\n    logging.info('x')",
    "encoder made": "class E(json.JSONEncoder):\n    def default(self, o): send()\ndef start():\n    E()\n    json.dumps({})",
    "methodcaller made": "class A:\n    def m(self): send()\ndef start():\n    operator.methodcaller('m')\n    A()",
    "chain made": "def start(): itertools.chain([send], [])",
    "other queue": "q, r = queue.Queue(), queue.Queue()\nq.put(send)\nr.put(len)\ndef start(): r.get()('x')",
    "namespace stored": "def start(): types.SimpleNamespace(f=send)",
    "iter one": "def start(): iter([send])",
    "no write": "class A:\n    def write(self, s): send()\ndef start():\n    A()\n    print('x')",
    "divmod getattr": "class A:\n    def __getattr__(self, n): send()\ndef start(): divmod(A(), 1)",
    "total other": "@functools.total_ordering\nclass A:\n    def __lt__(self, o): send()\n"
    "    def __eq__(self, o): return True\n    def __ge__(self, o): return True\ndef start(): A() >= A()",
    "not total": "class A:\n    def __lt__(self, o): send()\ndef start(): A() >= 1",
    "percent plain": "class A:\n    def __getitem__(self, k): send()\ndef start(): '%s' % A()",
    "weakref kept": "def start(): weakref.ref(send)",
    "Mapping len": "class M(collections.abc.Mapping):\n    def __getitem__(self, k): send()\n"
    "    def __iter__(self): return iter([])\n    def __len__(self): return 0\ndef start(): len(M())",
    "attrgetter other": "class A:\n    @property\n    def p(self): send()\n    q = 1\ndef start(): operator.attrgetter('q')(A())",
    "defaultdict list": "d = collections.defaultdict(list)\ndef start(): d['x'].append(send)",
    "nullcontext": "class A:\n    def __enter__(self): send()\n    def __exit__(self, *a): ...\ndef start():\n"
    "    with contextlib.nullcontext(A()): ...",
    "closing enter": "class A:\n    def __enter__(self): send()\n    def close(self): ...\ndef start():\n"
    "    with contextlib.closing(A()): ...",
    "filter by function": "class A:\n    def __bool__(self): send()\ndef start(): list(filter(lambda a: 1, [A()]))",
    "copy plain": "class A:\n    def m(self): send()\ndef start(): copy.deepcopy([A()])",
    "thread subclass, not told": "class T(threading.Thread):\n    def __init__(self, f): super().__init__(name='x')\n"
    "def start(): T(send)",
    "partial made": "class E(json.JSONEncoder):\n    def default(self, o): send()\n"
    "def start(): functools.partial(json.dumps, cls=E)",
    "decorated within, made": "def c():\n    send()\n    yield\ndef start(): contextlib.contextmanager(c)",
    "hook of another name": "def start(): sys.hook = send",
    "log of nothing attached": "class H(logging.Handler):\n    def emit(self, r): send()\ndef attach(): H()\n"
    "def start(): logging.error('x')",
}
"""Programs in which it does not."""


def _indented(statement: str) -> str:
    return "".join(f"    {line}\n" for line in statement.splitlines())


@pytest.mark.parametrize(
    ("method", "statement"), [(method, statement) for method, each in ASKED.items() for statement in each]
)
def test_objects_are_asked(method: str, statement: str) -> None:
    made = f"class A:\n    def {method}(self, *a, **k): send()\n"
    assert "email" in effects_of(f"{HEAD}{made}def start(x=None):\n{_indented(statement)}")
    other = "class A:\n    def another(self, *a, **k): send()\n"
    assert "email" not in effects_of(f"{HEAD}{other}def start(x=None):\n{_indented(statement)}")


@pytest.mark.parametrize("statement", CALLED)
def test_functions_are_called(statement: str) -> None:
    assert "email" in effects_of(f"{HEAD}def start(x=None):\n{_indented(statement)}")


@pytest.mark.parametrize("name", PROGRAMS)
def test_code_is_reached(name: str) -> None:
    assert "email" in effects_of(HEAD + PROGRAMS[name])


@pytest.mark.parametrize("name", NOT_REACHED)
def test_what_is_only_stored_or_not_asked_is_not_reached(name: str) -> None:
    assert "email" not in effects_of(HEAD + NOT_REACHED[name])
