"""What is sent, as tables: every value here was chosen because something somewhere broke on it."""

from typing import Any


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = {"a": [value]}
    return value


# Tables, a line as many values as it holds: the formatter would give each its own.
# fmt: off
FIELDS: list[Any] = [
    # of another type
    None, True, False, 0, -1, 1.5, 1e300, -0.0, 10**30, -(2**63), 2**53 + 1, [], {}, [None], [[]],
    "", "0", "true", "null", "1e5", "NaN", "Infinity", {"": None}, ["x"] * 300, [{}] * 300,
    # text that is none, or is longer, wider or stranger than it looks
    "a\x00b", "\ud800", "a\udfff", "\ufeff", " ", "\t", "\n", "a\r\nb", "a\u2028b", "a\x85b",
    "\x1b[2J", "x" * 20_000, "ế" * 20_000, "\u0301" * 40, "e\u0302\u0301", "\u202eabc\u202c",
    "\U0010ffff", "💣👩‍👩‍👧‍👦", "ແຂວງຫົວພັນ", "ﬁ Å Ω ℌ", "a\ufffe\uffffb", "İıſK",
    # text that means something elsewhere
    "' or 1=1; drop table partners; --", "$1 :a %s %(b)s {c} ${d}", "../../../etc/passwd",
    "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "{{7*7}}", "http://127.0.0.1:5432/",
    "javascript:alert(1)", "%00%ff", "\\u0000", "(?:a+)+$", "((((((((((a",
    # days, periods, ids and amounts that are nearly right
    "2025-02-30", "0001-01-01", "9999-12-31", "2025-W26-4", "20250626", "2025-06-26T00:00:00Z",
    "9999-12-31/9999-12-31", "2026/2025", "../..", "2025-H3", "٢٠٢٥-٠٦-٢٦", "2025-6-1",
    "00000000-0000-0000-0000-000000000000", "urn:uuid:019a7c1e-5b60-7cc3-98c4-dc0c0c07398f",
    "{019a7c1e-5b60-7cc3-98c4-dc0c0c07398f}", "019A7C1E5B607CC398C4DC0C0C07398F", "1,5", "1_000",
    "+1", " 1", "1e400", "0x10", "-0", "99999999999999999999999999.99",
    # objects that hold too much, too deep, or names that are no text
    nested(12), nested(15), {"\ud800": "x", "a\x00": "y"}, {"__proto__": {}, "constructor": {}},
    {"vi": "\x00", "en": "\udc00"}, {"vi": None, "en": None, "lo": None}, {"vi": "x", "fr": "x"},
    {f"k{n}": n for n in range(300)}, [{"source_id": "x", "agency_id": 1, "name": []}] * 3,
    {"amount": "1e9999999", "currency": "USD"}, {"amount": 1, "currency": "XXX"},
    {"type": "Point", "coordinates": [1e400, "x"]}, {"type": "Point", "coordinates": [181, 91]},
]
"""For a field of a body."""

RAW: list[bytes] = [
    b"", b" ", b"null", b"true", b"5", b'"x"', b"[]", b"[[]]", b"{}", b"{}{}", b"{", b'{"a',
    b'{"a":', b'{"a": 1', b'{"a": 1,}', b"{'a': 1}", b'{"a": 01}', b'{"a": .5}', b'{"a": +1}',
    b'{"a": 0x10}', b'{"a": NaN}', b'{"a": Infinity}', b'{"a": -Infinity}', b'{"a": 1e999}',
    b'{"a": 1' + b"0" * 5000 + b"}", b'{"a": 1, "a": 1}', b'{"title": "x", "title": "y"}',
    b'{"note": "a", "n\\u006fte": "b"}', b'{"a": {"b": 1, "b": 2}}', b'{"a": "\x01"}',
    b'{"a": "\xc0\xaf"}', b'{"a": "\xed\xa0\x80"}', b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}",
    b"\x00", b"\x00" * 1000, b'{"\\ud800": "x"}', b'{"a\\u0000b": {"\\udfff": []}}',
    b'{"": {"": {"": null}}}', b'{"a/b~c": 1, "%": 2}',
    b'{"__proto__": {}, "__class__": "x", "constructor": {}}', b"/* x */ {}", b"{} // x", b"<a/>",
    b"a=b&c=d", b"--x\r\n\r\n{}\r\n--x--", b"[" * 100_000, b'{"a":' * 20_000, b"[" * 33 + b"]" * 33,
    b'{"note": "' + b"x" * 900_000 + b'"}', b'{"note": "' + b"x" * 1_000_100 + b'"}',
    b"[" + b"0," * 400_000 + b"0]", b"{" + b",".join(b'"k%d":0' % n for n in range(19_000)) + b"}",
    b"{" + b",".join(b'"k%d":0' % n for n in range(20_500)) + b"}",
    b'{"note": "' + b"\\ud83d\\udca3" * 5000 + b'"}', b'{"note": "' + b"\\u0301" * 9000 + b'"}',
]
"""Instead of a body."""
LARGE = b'{"note": "' + b"x" * 10_000_000 + b'"}'
"""Ten megabytes: sent once an address, as it takes longer than all the rest."""

QUERIES: list[bytes] = [
    b"", b"%00", b"a%00b", b"%ed%a0%80", b"%ff%fe", b"%", b"%zz", b"%2", b"x" * 5000, b"0", b"-1",
    b"1.5", b"9" * 40, b"1e10", b"NaN", b"+1", b"%201", b"0x10", b"true", b"TRUE", b"yes", b"null",
    b"None", b"[]", b"{}", b"%20", b"2025-02-30", b"0001-01-01", b"9999-12-31", b"../9999",
    b"0000-00-00/..", b"2026/2025", b"2025-H1", b"2025-H3", b"%27%20or%201%3D1%20--",
    b"%27%3B%20drop%20table%20partners%3B--", b"%25", b"_%25_", b"%5c", b"%5c%5c%27",
    b"(a%2B)%2B%24", b"%CC%81" * 50, b"%F0%9F%92%A3", b"%E1%BA%BF", b"*", b"**", b".", b"a,b",
    b"00000000-0000-0000-0000-000000000000", b"019a7c1e-5b60-7cc3-98c4-dc0c0c07398f", b"urn:uuid:x",
    b"-created_at", b"created_by", b"-owner_agency_id", b"id", b"password", b"created_at,version",
    b"--created_at", b"created_at%20desc", b"1%3Bselect%20pg_sleep(9)", b"csv", b"xlsx", b"exact",
    b"EXACT", b"LA", b"la", b"VN-05", b"a%0d%0aX-Injected:%201", b"\xe1\xba\xbf", b"%u0041",
    b"a%2Bb", b"a;b=c", b"limit=1", b"a+" * 30, b"w" * 501, b"1" * 9000,
]
"""For a parameter of a query, as it stands in the request line."""
WHOLE_QUERIES: list[bytes] = [
    b"&&&===", b"%", b"%zz=1", b"limit", b"limit=1&limit=2", b"limit=1&limit=x", b"a=" * 500, b";",
    b"?=?", b"[]=[]", b"limit[]=1", b"limit[$gt]=1", b"sort=-created_at&sort=created_at",
    b"colour=red", b"=1", b"a[b]=1", b"\x00", b"%00=1", b"limit=1%26count=exact",
    b"limit=200&count=exact&format=csv", b"format=json&format=csv", b"cursor=&limit=1",
    b"__proto__[x]=1", b"limit=1#fragment", b"&".join(b"p%d=1" % n for n in range(1000)),
]

HEADERS: list[bytes] = [
    b"", b" ", b"*", b"\xff\xfe", b'"', b'"1', b"1", b'"1"', b'W/"1"', b'"1", "2"', b'"-1"',
    b'"1e3"', b'"999999999999999999999999"', b"W/", b"9" * 5000, b"\t", b";;;,,,", b"q=0",
    b"*/*;q=x", b"text/html", b"application/json;q=0", b"a" * 30_000, b"\x01", b"a\x00b", b"a\x7f",
    b"gzip", b"gzip, br;q=1.0", b"identity;q=0", b"vi;q=9, en;q=-1", b"en-" * 400, b"bytes=0-0",
    b"bytes=9-1", b"bytes=-1", b"bytes=0-0,5-5" + b",1-1" * 500, b"items=0-1", b"%s%n",
    b"${jndi:ldap://127.0.0.1/a}", b"() { :; }; echo x", b'http://a.b/"><script>', b"\xe1\xba\xbf",
    b"a, b, c" * 50, b"Thu, 01 Jan 1970 00:00:00 GMT", b"-1", b"100-continue", b"chunked",
    b"00-" + b"0" * 32 + b"-" + b"0" * 16 + b"-01", b"127.0.0.1, 127.0.0.1" * 20, b"null",
]
"""For a header."""
HEADER_NAMES: list[bytes] = [
    b"If-Match", b"If-None-Match", b"If-Modified-Since", b"If-Range", b"Idempotency-Key", b"Accept",
    b"Accept-Language", b"Accept-Encoding", b"Accept-Charset", b"Content-Type", b"Content-Language",
    b"Range", b"Expect", b"traceparent", b"tracestate", b"Origin", b"Access-Control-Request-Method",
    b"X-Forwarded-For", b"X-Forwarded-Host", b"X-Forwarded-Proto", b"Forwarded", b"X-Request-Id",
    b"X-Original-URL", b"X-HTTP-Method-Override", b"Cookie", b"Referer", b"User-Agent", b"Upgrade",
    b"Via", b"Prefer",
]

CONTENT_TYPES: list[bytes] = [
    b"", b"application/json", b"APPLICATION/JSON", b"application/json; charset=utf-8",
    b"application/json;charset=utf-16", b"application/merge-patch+json",
    b"application/json-patch+json", b"application/vnd.api+json",
    b"application/x-www-form-urlencoded", b"multipart/form-data",
    b"multipart/form-data; boundary=x", b"multipart/form-data; boundary=" + b"x" * 5000,
    b"text/plain", b"text/json", b"application/xml", b"application/octet-stream",
    b"application/cbor", b"image/png", b"*/*", b"json", b"/", b";", b"\xff",
    b"application/json, text/plain", b"application/json\t;x", b"application/jsonx",
]
ENCODINGS: list[bytes] = [
    b"gzip", b"deflate", b"br", b"zstd", b"identity", b"x-gzip", b"gzip, gzip", b"", b"utf-8",
    b"\xff", b"compress", b"GZIP",
]
"""For Content-Encoding: no body here is compressed but where it says gzip."""

IDS: list[bytes] = [
    b"x", b"0", b"-1", b"1", b"null", b"undefined", b"%00", b"%ff%fe", b"%2e%2e%2f",
    b"..%2f..%2fetc%2fpasswd", b"%2e%2e", b"%252e%252e%252f", b"'%20or%201=1", b"0" * 500,
    b"%7Bid%7D", b"%F0%9F%92%A3", b"urn:uuid:x", b"*", b"%25", b"a%2fb", b"a%5cb", b"%0a", b"%20",
    b";a=b", b"00000000-0000-0000-0000-000000000000", b"ffffffff-ffff-ffff-ffff-ffffffffffff",
    b"019a7c1e-5b60-7cc3-98c4-dc0c0c07398", b"019a7c1e-5b60-7cc3-98c4-dc0c0c07398g",
    b"019a7c1e5b607cc398c4dc0c0c07398f", b"%7B019a7c1e-5b60-7cc3-98c4-dc0c0c07398f%7D",
    b"urn:uuid:019a7c1e-5b60-7cc3-98c4-dc0c0c07398f", b"019a7c1e-5b60-7cc3-98c4-dc0c0c07398f%00",
    b"019a7c1e-5b60-7cc3-98c4-dc0c0c07398f.json", b"019a7c1e-5b60-7cc3-98c4-dc0c0c07398f%20", b"me",
    b"summary", b"__proto__", b"constructor",
]
"""In the place of an id."""
PATHS: list[bytes] = [
    b"/", b"//", b"/.", b"/..", b"/../", b"/../../etc/passwd", b"/%2e%2e/%2e%2e/etc/passwd",
    b"/%2f", b"%2f", b"%00", b"%0a", b";a=b", b"/{id}/", b"/{id}//history", b"/{id}/history/",
    b"/{id}/history/x", b"/{id}%2fhistory", b"/{id}/../{id}", b"/{id}/%2e%2e/{id}",
    b"/{id}/nothing", b"/{id}?", b"/{id}.json", b"/{id};v=1", b"/" + b"a" * 8000, b"/a" * 2000,
    b"/\xcc\x81", b"/%ff", b"/*", b"/%7Bid%7D", b"/\\..\\..\\x", b"/~root", b"/.git/config",
    b"/.env", b"/{id}/transitions/x", b"/{id}/attachments", b"/batch", b"/summary",
]
"""After the address of a resource."""
METHODS: list[bytes] = [
    b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS", b"TRACE", b"CONNECT",
    b"LINK", b"PROPFIND", b"PURGE", b"SEARCH", b"get", b"Get", b"X", b"G" * 500, b"GET\xff",
    b"G\x00T", b"MKCOL",
]
FRAMINGS: list[bytes] = [
    b"Content-Length: -1\r\n\r\n", b"Content-Length: x\r\n\r\n",
    b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ", b"Content-Length: 2, 2\r\n\r\n{}",
    b"Content-Length: 99999999999999999999\r\n\r\n{}", b"Content-Length: +2\r\n\r\n{}",
    b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked\r\n\r\nx\r\n",
    b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}",
    b"Transfer-Encoding: identity, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    b"Transfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", b"X: a\r\n b\r\n\r\n", b"X\r\n\r\n",
    b": x\r\n\r\n", b"X\x00: y\r\n\r\n", b"X: y\n\r\n", b"\r\n", b"Host: a\r\nHost: b\r\n\r\n",
    b"".join(b"X-%d: y\r\n" % n for n in range(500)) + b"\r\n",
]
"""What follows a request line: lengths that disagree, and heads that are none."""
BROKEN_OFF: list[bytes] = [
    b"", b"X: y", b"X: y\r\n", b"Content-Length: 50\r\n\r\n{}",
    b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}",
    b"Content-Type: application/json\r\nIf-Match: *\r\nContent-Length: 500\r\n\r\n{}",
]
"""The same, after which nothing comes: it needs no answer, and changes nothing."""

KEYS: list[bytes] = [
    b"", b"Bearer", b"Bearer ", b"Bearer x", b"bearer  {key}", b"Bearer {key}x", b"Bearer {short}",
    b"Bearer {upper}", b"Bearer {revoked}", b"Bearer cal_{rest}", b"Basic {key}", b"{key}",
    b"Bearer {key}, Bearer {key}", b"Bearer\t{key}", b"Token {key}", b"Bearer \x00{key}",
    b"Bearer {key}\xff", b"Bearer " + b"a" * 20_000, b"Bearer sonla_" + b"a" * 40,
    b"Bearer sonla_' or 1=1 --", b"Bearer null", b"Bearer {flipped}", b'Digest username="a"',
    b"Bearer eyJhbGciOiJub25lIn0.e30.",
]
"""For Authorization: {key} is one that works, the others are made of it."""

OWNED: dict[str, Any] = {
    "id": "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f", "version": 99,
    "created_at": "1999-01-01T00:00:00Z", "created_by": "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f",
    "updated_at": "1999-01-01T00:00:00Z", "updated_by": "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f",
    "owner": "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f",
    "owner_agency": {"id": "019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"}, "owner_id": None,
    "agency_id_of_owner": None, "taking_part": ["019a7c1e-5b60-7cc3-98c4-dc0c0c07398f"],
    "words": "x", "search": "x", "deleted_at": None, "deleted": True, "is_deleted": True,
    "is_admin": True, "role": "administrator", "scopes": ["*"],
    "permissions": ["records:administer"], "actor": None, "actor_id": None,
    "actor_writes_all": True, "request_id": "x", "tenant_id": 1, "verbs": ["approve"],
    "approved": True, "approved_by": None, "published_on": "1999-01-01", "digest": "x", "_id": 1,
    "$set": {"version": 1}, "__class__": "x",
}
"""What the service writes itself, or what other services have been talked into writing."""
OWNED_INSIDE: dict[str, Any] = {
    "flags": [{"code": "year_inferred", "origin": "rule"}],
    "sources": [{"source_id": None, "source": {"id": "x"}}],
    "printed": {"version": "1"},
}
"""The same, inside fields that a body does name."""
