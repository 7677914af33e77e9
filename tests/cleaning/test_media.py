"""What a body is, and which links are never pages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaning.media import asset_url, media_of
from cleaning.page import Media

URL = "http://a.gov.cn/x"


@pytest.mark.parametrize(
    ("body", "content_type", "url", "media"),
    [
        (b"<!DOCTYPE html><html>", "text/html", URL, Media.HTML),
        (b"\xef\xbb\xbf\r\n<!-- built -->\n<HTML>", "application/octet-stream", URL, Media.HTML),
        ("<html>".encode("utf-16"), "", URL, Media.HTML),
        (b"<p>x</p>", "", URL, Media.HTML),
        (b"plain words", "text/html", URL, Media.HTML),
        (b"plain words", "", URL + ".html", Media.HTML),
        (b"<html>404</html>", "image/png", URL + ".png", Media.HTML),
        (b"<html>404</html>", "application/msword", URL + ".doc", Media.HTML),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html>', "", URL, Media.HTML),
        (b"%PDF-1.4", "text/html", URL + ".html", Media.ATTACHMENT),
        (b"PK\x03\x04xx", "text/html", URL, Media.ATTACHMENT),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "", URL, Media.ATTACHMENT),
        (b"Rar!\x1a\x07\x00", "", URL, Media.ATTACHMENT),
        (b"7z\xbc\xaf\x27\x1c", "", URL, Media.ATTACHMENT),
        (b"{\\rtf1", "", URL, Media.ATTACHMENT),
        (b"User-agent: *", "text/plain", "http://a.cn/robots.txt", Media.ATTACHMENT),
        (b"a,b\n1,2\n", "text/csv", URL, Media.ATTACHMENT),
        (b"\x01\x02\x03", "application/octet-stream", URL + ".wps", Media.ATTACHMENT),
        (b"words", "text/html", URL + ".txt", Media.ATTACHMENT),
        (b"\x89PNG\r\n\x1a\n", "text/html", URL, Media.ASSET),
        (b"GIF89a..", "", URL, Media.ASSET),
        (b"\xff\xd8\xff\xe0", "", URL, Media.ASSET),
        (b"\x00\x00\x00\x18ftypmp42", "", URL, Media.ASSET),
        (b"<svg xmlns='x'>", "text/html", URL, Media.ASSET),
        (b"body{color:red}", "text/css", URL, Media.ASSET),
        (b"var a=1;", "text/html", URL + ".js", Media.ASSET),
        (b"body{}", "text/plain", URL + ".css", Media.ASSET),
        (b'{"a": 1}', "text/html", URL, Media.DATA),
        (b'[{"a":1}]', "application/json", URL, Media.DATA),
        (b'cb({"a":1});', "", URL, Media.DATA),
        (b'<?xml version="1.0"?><rss></rss>', "text/html", URL, Media.DATA),
        (b"\x01\x02\x03\x04", "text/html", URL, Media.DATA),
        (b"", "text/html", URL, Media.EMPTY),
        (b" \r\n\t", "text/html", URL, Media.EMPTY),
        (b"\xef\xbb\xbf", "", URL, Media.EMPTY),
    ],
)
def test_bytes_first_then_header_then_ending(body, content_type, url, media):
    """The bytes decide; the header where they are mute; the URL's ending where both are."""
    assert media_of(body, content_type, url) is media


@settings(deadline=None)
@given(st.binary(max_size=200), st.text(max_size=40), st.text(max_size=40))
def test_every_body_is_something(body, content_type, url):
    """Never raises."""
    assert media_of(body, content_type, url) in Media


@pytest.mark.parametrize(
    ("url", "asset"),
    [
        ("http://a.cn/x.js", True),
        ("http://a.cn/x.js?v=1.jsp", True),
        ("http://a.cn/x.PNG#a", True),
        ("http://a.cn/b.css;v=1", True),
        ("http://a.cn/v.mp4", True),
        ("http://a.cn/f.woff2", True),
        ("http://a.cn/setup.exe", True),
        ("http://a.cn/x.jsp", False),
        ("http://a.cn/x.json", False),
        ("http://a.cn/x.html?f=a.js", False),
        ("http://a.cn/x.js/", False),
        ("http://a.png", False),
        ("http://a.js/", False),
        ("http://a.cn/x.pdf", False),
        ("http://a.cn/", False),
        ("http://a.cn/js", False),
    ],
)
def test_assets_are_told_by_their_ending(url, asset):
    """Scripts, not server pages; the path's ending, not the query's or the host's."""
    assert asset_url(url) is asset
