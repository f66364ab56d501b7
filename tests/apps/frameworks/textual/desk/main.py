"""The application; its style sheet lies beside it."""

from textual import on, work
from textual.app import App
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import Button, Footer, Header, Input, Label, ListItem, ListView, Markdown, Static, TabbedContent, TabPane, TextArea


class Sure(ModalScreen):
    BINDINGS = [("y", "dismiss(True)", "Yes"), ("n", "dismiss(False)", "No")]

    def compose(self):
        yield Label("Are you sure? y/n", id="question")


class Desk(App):
    CSS_PATH = "desk.tcss"
    BINDINGS = [("ctrl+q", "leave", "Leave"), ("ctrl+t", "next_tab", "Tab")]
    TITLE = "Desk"

    def compose(self):
        yield Header()
        with TabbedContent(id="tabs"):
            with TabPane("Tasks", id="tasks"):
                yield Input(placeholder="What is to be done?")
                yield ListView(ListItem(Label("read a book")))
                with Horizontal():
                    yield Static("1 task", id="count")
                    yield Button("Clear", id="clear")
            with TabPane("Notes", id="notes"):
                yield Markdown("# Notes\n\n- one\n- **two**\n\n```python\nprint('x')\n```\n")
                yield TextArea("def f():\n    return 1\n", language="python")
        yield Footer()

    def on_mount(self):
        self.query_one(Input).focus()

    @on(Input.Submitted)
    async def add(self, event):
        await self.query_one(ListView).append(ListItem(Label(event.value)))
        event.input.clear()
        self.count_later()

    @work(thread=True)
    def count_later(self):
        self.call_from_thread(self.recount)

    def recount(self):
        self.query_one("#count", Static).update(f"{len(self.query_one(ListView))} tasks")

    def action_next_tab(self):
        tabs = self.query_one(TabbedContent)
        tabs.active = "notes" if tabs.active == "tasks" else "tasks"

    def action_leave(self):
        self.push_screen(Sure(), lambda sure: self.exit(f"left with {len(self.query_one(ListView))} tasks") if sure else None)
