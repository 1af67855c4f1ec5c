"""What others do shows while one works: who is there, what changed, what happened meanwhile."""

from __future__ import annotations

import re
import threading

import pytest

from app import clock
from app.access import links
from app.db import connection as db
from app.dispatch import conversation, service
from tests.application import create_app
from tests.inline import advance
from tests.pages.reading import text
from tests.pages.staff import make_key, sign_in, sign_in_with
from tests.pages.test_console import many
from tests.pages.web import free_port, serving


def at_desk(client, play, name):
    sign_in(client, make_key("dispatcher", person_id=play.world.people[name]))
    return client


@pytest.fixture
def ana(client, play):
    """Ana at a browser."""
    return at_desk(client, play, "Ana")


@pytest.fixture
def ben(settings, play):
    """Ben at his."""
    return at_desk(create_app(settings).test_client(), play, "Ben")


def page_of(play, task_id, name):
    return "/t/" + links.make("task", task_id, play.world.people[name])


def version(html):
    found = re.search(r'data-version="(\w+)"', html)
    assert found
    return found[1]


def test_who_is_there_shows_in_the_list_and_on_the_case(ana, ben, play):
    play.courier()
    ana.get("/console/live?shown=1&page=a1&at=1")
    assert "Ana is looking" in text(ben.get("/console").text)
    mine = page_of(play, 1, "Ben")
    assert "Ana is looking." in text(ben.get(mine).text)
    ben.get(f"{mine}/live?phase=open&page=b1&writing=1")
    assert "Ben is writing here" in text(ana.get("/console/live?shown=1&page=a1&at=1").text)
    assert "Ben is writing here." in text(ana.get(page_of(play, 1, "Ana")).text)


def test_a_form_that_has_gone_stale_does_nothing_until_its_writer_has_seen_why(ana, play):
    play.courier()
    address = page_of(play, 1, "Ana")
    seen = version(ana.get(address).text)
    play.acknowledge(1, by="Ben")
    form = {"act": "resolve", "outcome": "search", "note": "Half an hour of words", "seen": seen}
    answer = ana.post(address, data=form)
    assert answer.status_code == 409
    said = text(answer.text)
    assert "This has changed since you opened it, so nothing was done." in said
    assert "Already acknowledged by Ben" in said
    assert "Half an hour of words" in answer.text
    assert play.task(1).state == "acknowledged"
    again = ana.post(address, data=form | {"seen": version(answer.text)})
    assert again.status_code == 303
    assert play.task(1).note == "Half an hour of words"


def test_from_case_to_case_in_the_order_of_the_queue_one_came_from(ana, ben, play):
    for n in range(1, 5):
        play.courier(parcel=f"P{n}")
    assert 'rel="next"' not in ana.get(page_of(play, 2, "Ana")).text  # a link alone leads nowhere
    ana.get("/console")
    order = [int(i) for i in re.findall(r'id="row-(\d+)"', ana.get("/console").text)]
    html = ana.get(page_of(play, order[1], "Ana")).text
    ways = dict(re.findall(r'rel="(prev|next)" href="([^"]+)"', html))
    assert ways == {
        "prev": page_of(play, order[0], "Ana"),
        "next": page_of(play, order[2], "Ana"),
    }
    assert 'rel="prev"' not in ana.get(page_of(play, order[0], "Ana")).text
    assert 'rel="next"' not in ana.get(page_of(play, order[3], "Ana")).text
    assert 'rel="next"' not in ana.get(page_of(play, order[1], "Ben")).text  # another one's link
    service.acknowledge(order[2], "Ben", "", "", clock.now())
    html = ana.get(page_of(play, order[1], "Ana")).text
    assert page_of(play, order[3], "Ana") in html
    ana.get("/console?tab=taken")
    assert 'rel="next"' not in ana.get(page_of(play, order[2], "Ana")).text
    for n in order[:2]:
        service.resolve(n, "Ben", "search", "", clock.now())
    ana.get("/console?tab=done")
    html = ana.get(page_of(play, order[1], "Ana")).text
    assert f'rel="next" href="{page_of(play, order[0], "Ana")}"' in html


def test_while_somebody_was_away(ana, play):
    play.courier(parcel="P1")
    play.courier(parcel="P2")
    play.acknowledge(1, by="Ana")
    assert "While you were away" not in text(ana.get("/console").text)
    advance(minutes=9)
    assert "While you were away" not in text(ana.get("/console").text)
    play.courier(parcel="P3")
    play.courier("delivered", parcel="P2")
    conversation.contacted(1, "phone", "Rang twice", "Ben", clock.now())
    advance(minutes=70)
    said = text(ana.get("/console").text)
    assert "While you were away (70 min): 1 task came in, nobody took on 1, 1 was finished" in said
    assert "something happened to 1 of yours." in said
    assert "While you were away" not in text(ana.get("/console").text)
    advance(minutes=11)
    ana.get("/console/live?shown=1&awake=1")
    assert "While you were away" not in text(ana.get("/console").text)


class Changes:
    """Ten changes a second, by couriers and colleagues."""

    def __init__(self, play, tasks):
        self._play = play
        self._stop = threading.Event()
        self._tasks = tasks
        self._thread = threading.Thread(target=self._run)
        self.made = 0

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _run(self):
        while not self._stop.wait(0.1):
            self.made += 1
            if self.made % 2:
                self._play.courier(parcel=f"N{self.made}")
            elif self._tasks:
                service.acknowledge(self._tasks.pop(), "Ben", "", "", clock.now())
        db.close()


WATCH = """
(() => {
  window.spoken = 0;
  window.whole = 0;
  const deep = {childList: true, characterData: true, subtree: true};
  const kept = '.task, .tasks, textarea, input';
  new MutationObserver(() => { spoken++ }).observe(document.querySelector('#news'), deep);
  new MutationObserver(changes => {
    const gone = changes.flatMap(change => [...change.removedNodes]);
    whole += gone.filter(node => node.matches?.(kept)).length;
  }).observe(document.querySelector('#board'), deep);
})()
"""
"""Counts what is spoken, and what is taken away of what somebody works on."""


@pytest.mark.browser
def test_ten_changes_a_second_disturb_nobody(env, browser, play):
    many(play, 90)
    key = make_key("dispatcher", person_id=play.world.people["Ana"])
    asked = play.courier(parcel="ASKS")
    with db.transaction() as conn:
        conn.execute(
            """INSERT INTO questions (case_id, text, wants, channel, sender, asked_at, answer_by)
               VALUES (%s, 'When does it come?', 'answer', 'page', '', %s, %s)""",
            [asked, clock.now(), clock.now()],
        )
        conn.execute(
            "UPDATE dispatch_tasks SET kind = 'question', deadline = %s WHERE case_id = %s",
            [clock.now(), asked],
        )
    with serving({**env, "PORT": str(free_port())}) as web:
        sign_in_with(browser, web, key, "/console")
        browser.ask(WATCH)
        browser.click("details summary")
        browser.click("details textarea")
        browser.type("It comes tomo")
        browser.ask("document.querySelector('.task:nth-child(9) .tick input').click()")
        browser.ask("scrollBy(0, 120)")
        browser.ask("document.activeElement.setSelectionRange(3, 8)")
        before = browser.ask(
            "[scrollY, document.querySelector('.task').getBoundingClientRect().top]"
        )
        taken = [
            int(i.partition("-")[2])
            for i in browser.ask(
                "[...document.querySelectorAll('.task')].slice(10, 40).map(e => e.id)"
            )
        ]
        with Changes(play, list(range(60, 90)) + taken) as changes:
            browser.until("document.querySelector('#show-new')")
            browser.until("document.querySelectorAll('.gone').length >= 10")
        assert changes.made > 20
        assert browser.ask("document.activeElement.value") == "It comes tomo"
        assert browser.ask(
            "[document.activeElement.selectionStart, document.activeElement.selectionEnd]"
        ) == [3, 8]
        assert browser.ask("document.querySelectorAll('.tick input:checked').length") == 1
        now = browser.ask("[scrollY, document.querySelector('.task').getBoundingClientRect().top]")
        assert now == before
        assert browser.ask("whole") == 0
        assert browser.ask("spoken") <= 4
        browser.ask("document.querySelector('#show-new').click()")
        browser.until("document.querySelector('.tasks').innerText.includes('ORD-N1')")
        assert browser.ask("document.querySelectorAll('.gone:not(:has(.here))').length") == 0
        assert browser.ask("document.querySelector('details textarea').value") == "It comes tomo"
        assert browser.ask("document.querySelectorAll('.tick input:checked').length") == 1
        assert browser.ask("document.activeElement !== document.body")

        browser.ask("document.querySelector('details textarea').value = ''")  # else it asks first
        browser.open(web + page_of(play, 5, "Ana"))
        browser.click("#note")
        browser.type("Half an hour of words")
        service.acknowledge(5, "Ben", "", "", clock.now())
        browser.until("document.querySelector('.stale')")
        browser.ask("document.querySelector('.act form .button').click()")
        browser.until("document.body.innerText.includes('so nothing was done')")
        assert browser.ask("document.querySelector('#note').value") == "Half an hour of words"
