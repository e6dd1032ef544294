"""The app in a browser: the same app, behind an address that works once."""

import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

from tests.tui.driving import decisions_of

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def served(data):
    """The invitation of a running `curator review --web`."""
    command = [sys.executable, "-m", "curator", "review", str(data), "--web"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=os.environ)
    try:
        line = process.stderr.readline()
        yield re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", line).group()
    finally:
        process.terminate()
        process.wait()
        process.stderr.close()


def status_of(url, **headers) -> int:
    request = urllib.request.Request(url, headers=headers)
    opener = urllib.request.build_opener(_Stay())
    try:
        with opener.open(request) as response:
            return response.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def test_without_the_token_nothing_is_served_and_a_second_use_is_refused(desk):
    with served(desk) as invitation:
        address = invitation.partition("/?")[0]
        paths = ("/", "/ws", "/static/js/textual.js", "/download/x", "/?token=", "/?token=guess")
        assert {status_of(address + path) for path in paths} == {403}
        assert status_of(invitation, Host="evil.example") == 403
        assert status_of(invitation) == 303
        assert status_of(invitation) == 403
        assert status_of(address + "/") == 403


def test_the_session_of_the_first_use_serves_pages_but_no_websocket_from_elsewhere(desk):
    with served(desk) as invitation:
        address = invitation.partition("/?")[0]
        try:
            urllib.request.build_opener(_Stay()).open(invitation)
        except urllib.error.HTTPError as answer:
            cookie = answer.headers["Set-Cookie"]
            answer.close()
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        session = cookie.partition(";")[0]
        with urllib.request.urlopen(urllib.request.Request(address, headers={"Cookie": session})) as page:
            text = page.read().decode()
            assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        assert not set(re.findall(r"https?://[^\"'\s/]+", text)) - {address}
        assert status_of(f"{address}/ws", Cookie=session, Origin="http://evil.example") == 403
        assert status_of(f"{address}/ws", Cookie=session) == 403


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here (apt-get install chromium)")
def test_a_decision_taken_in_a_browser_is_in_the_database(desk):
    from playwright.sync_api import sync_playwright

    with served(desk) as invitation, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1000, "height": 700})
        page.goto(invitation)
        assert "token" not in page.url
        page.wait_for_selector("body.-first-byte", state="attached", timeout=0)
        page.click("#terminal")
        decided = []
        while not decided:  # the app needs a moment for its first screen; a key before it is lost
            page.keyboard.press("x")
            page.wait_for_timeout(200)
            decided = decisions_of(desk)
        browser.close()
    assert decided[-1].action == "drop"
